//! Rows of a plain file take the place of the rows of the same key that the lake held. A column that the file does not have
//! says nothing: what was known of it stays, but for items and allocations. An empty cell clears, a filled one replaces.

use url::Url;

use super::STEP_MEMORY;
use super::keys::{ByHash, Keys, each_batch};
use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::Wanted;
use crate::commands::shared;
use crate::engine::{Catalogue, Engine};
use crate::error::Error;
use crate::ingest::staging::{StagedFile, Staging};
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, CUSTOMERS, CUSTOMERS_BY_SOURCE, DATED_CUSTOMERS, ITEMS};
use crate::model::{Rows, TableSpec};
use crate::settings::Settings;

/// The origin of rows that loads write.
const FIRST_SEEN: &str = "first-seen";

/// Adds a staged file of a table with a key; held files that hold one of its keys are written anew without it, the
/// others stay as they are.
pub(super) async fn upsert(
    settings: &Settings,
    wanted: &mut Wanted,
    (staged, absent): (&StagedFile, &[String]),
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    let untold = untold_columns(staged.table, absent);
    let mut known: ByHash<u128, Vec<Cell>> = ByHash::default();
    let held: Vec<(Url, String)> = wanted
        .files(staged.table)
        .iter()
        .filter(|file| !file.is_derived())
        .map(|file| (file.url.clone(), file.origin.clone()))
        .collect();
    if !held.is_empty() {
        let engine = Engine::bare(STEP_MEMORY)?;
        let mut keys = Keys::default();
        engine.register_files("staged_rows", staged.table, &[staged.url()])?;
        each_batch(&engine, staged.table, "staged_rows", staged.table.key, |batch, columns| {
            for row in 0..batch.len() {
                keys.ask(Keys::key(columns.iter().map(|column| column.get(row))));
            }
        })
        .await?;
        for (number, (url, origin)) in held.into_iter().enumerate() {
            engine.register_files("held_rows", staged.table, std::slice::from_ref(&url))?;
            let mut is_shared = false;
            each_batch(&engine, staged.table, "held_rows", staged.table.key, |batch, columns| {
                let mut all = (0..batch.len()).map(|row| Keys::key(columns.iter().map(|column| column.get(row))));
                is_shared = is_shared || all.any(|key| keys.holds(key));
            })
            .await?;
            if !is_shared {
                continue;
            }
            let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.{number}"));
            let names: Vec<&str> = staged.table.columns.iter().map(|column| column.name).collect();
            let columns: Vec<String> = names.iter().map(|name| format!("held_rows.{name}")).collect();
            let mut rows =
                engine.stream_table(staged.table, &format!("select {} from held_rows", columns.join(", "))).await?;
            while let Some(answer) = rows.next().await? {
                let mut kept = Rows::new(staged.table);
                for row in 0..answer.len() {
                    let texts: Vec<String> = places(staged.table).map(|place| answer.at(row, place).plain()).collect();
                    let key = Keys::key(texts.iter().map(String::as_str));
                    if !keys.holds(key) {
                        kept.push(answer.row(row).map(|value| shared::cell(&value)).collect());
                    } else if !untold.is_empty() {
                        known.insert(key, untold.iter().map(|place| shared::cell(&answer.at(row, *place))).collect());
                    }
                }
                staging.write(&origin, kept).map_err(|cause| unwritable(settings, &cause))?;
            }
            wanted.drop_file(staged.table, &url);
            for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
                wanted.add(&file);
            }
        }
    }
    if known.is_empty() {
        wanted.add(staged);
        return Ok(());
    }
    let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.told"));
    let engine = Engine::bare(STEP_MEMORY)?;
    engine.register_files("staged_rows", staged.table, &[staged.url()])?;
    let columns: Vec<String> =
        staged.table.columns.iter().map(|column| format!("staged_rows.{}", column.name)).collect();
    let mut rows =
        engine.stream_table(staged.table, &format!("select {} from staged_rows", columns.join(", "))).await?;
    while let Some(answer) = rows.next().await? {
        let mut filled = Rows::new(staged.table);
        for row in 0..answer.len() {
            let texts: Vec<String> = places(staged.table).map(|place| answer.at(row, place).plain()).collect();
            let mut cells: Vec<Cell> = answer.row(row).map(|value| shared::cell(&value)).collect();
            if let Some(told) = known.get(&Keys::key(texts.iter().map(String::as_str))) {
                untold.iter().zip(told).for_each(|(place, cell)| cells[*place] = cell.clone());
            }
            filled.push(cells);
        }
        staging.write(&staged.origin, filled).map_err(|cause| unwritable(settings, &cause))?;
    }
    for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
        wanted.add(&file);
    }
    Ok(())
}

/// Keeps what a source tells of customers as it tells it, in place of what it told before.
pub(super) async fn keep_customers(
    settings: &Settings,
    wanted: &mut Wanted,
    source: &Source,
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    for (number, file) in source.files.iter().filter(|file| file.table.name == CUSTOMERS.name).enumerate() {
        let engine = Engine::bare(STEP_MEMORY)?;
        engine.register_files("staged_rows", &CUSTOMERS, &[file.url()])?;
        let told = CUSTOMERS_BY_SOURCE.columns.iter().map(|column| column.name);
        let told: Vec<String> =
            told.filter(|name| *name != "source_file").map(|name| format!("staged_rows.{name}")).collect();
        let sql = format!("select {} from staged_rows", told.join(", "));
        let source_file = CUSTOMERS_BY_SOURCE.position("source_file").unwrap_or_default();
        let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.source.{number}"));
        let mut rows = engine.stream_table(&CUSTOMERS, &sql).await?;
        while let Some(answer) = rows.next().await? {
            let mut kept = Rows::new(&CUSTOMERS_BY_SOURCE);
            for row in 0..answer.len() {
                let mut cells: Vec<Cell> = answer.row(row).map(|value| shared::cell(&value)).collect();
                cells.insert(source_file, Cell::text(source.report.file_name.as_str()));
                kept.push(cells);
            }
            staging.write(&file.origin, kept).map_err(|cause| unwritable(settings, &cause))?;
        }
        for staged in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
            wanted.replace_origin(&staged);
        }
    }
    Ok(())
}

/// Dates how customers pay and stand by the day their files first said so: a forecast of an earlier day, or one that is tried on
/// it, must not go by what was told later. Of two loads on one day the later one counts.
pub(super) async fn date_customers(
    settings: &Settings,
    catalogue: &Catalogue,
    wanted: &mut Wanted,
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    let mut engine = step_engine(settings, catalogue, wanted, None, &[]).await?;
    engine.set_as_of(chrono::Utc::now().date_naive());
    let changed = engine.ask("changed_customers").await?;
    let mut rows = Rows::new(&DATED_CUSTOMERS);
    for row in 0..changed.len() {
        let cell = |name: &str| shared::cell(&changed.value(row, name));
        rows.push(vec![
            cell("company_id"),
            cell("customer_id"),
            cell("first_seen_date"),
            cell("payment_method"),
            cell("status_code"),
            Cell::Empty,
        ]);
    }
    let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.seen"));
    staging.write(FIRST_SEEN, rows).map_err(|cause| unwritable(settings, &cause))?;
    for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
        upsert(settings, wanted, (&file, &[]), load_id, tag).await?;
    }
    Ok(())
}

/// The places of the columns that a file of such a table says nothing of.
fn untold_columns(table: &TableSpec, absent: &[String]) -> Vec<usize> {
    // of an item much is derived from what its file tells; an allocation has nothing but its amount
    let keeps = ![ITEMS.name, ALLOCATIONS.name].contains(&table.name);
    let is_untold = |name: &str| !table.key.contains(&name) && absent.iter().any(|absent| absent == name);
    let places = table.columns.iter().enumerate().filter(|(_, column)| keeps && is_untold(column.name));
    places.map(|(place, _)| place).collect()
}

/// Where the columns of a table's key stand.
fn places(table: &TableSpec) -> impl Iterator<Item = usize> + '_ {
    table.key.iter().filter_map(|name| table.position(name))
}
