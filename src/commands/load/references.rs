//! What rows of a load refer to must exist: an unknown item refuses the row, an unknown customer is created.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Keys, each_row};
use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::Wanted;
use crate::commands::shared;
use crate::engine::Catalogue;
use crate::error::Error;
use crate::ingest::Reason;
use crate::ingest::staging::{StagedFile, Staging};
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, CUSTOMERS, DISPUTES, INVOICE_DETAILS, INVOICE_EVENTS, ITEMS, REJECTS};
use crate::model::{Rows, TableSpec};
use crate::settings::Settings;

/// The origin of customers that only items name.
const CREATED: &str = "created";

/// Rows refused after reading, by source key.
pub(super) type Refused = BTreeMap<String, u64>;

/// The columns of a table that name items, and whether a reference will do as a name.
fn item_columns(table: &TableSpec) -> Option<(&'static [&'static str], bool)> {
    if *table == ALLOCATIONS {
        Some((&["debit_item_id", "credit_item_id"], false))
    } else if [&DISPUTES, &INVOICE_EVENTS, &INVOICE_DETAILS].contains(&table) {
        Some((&["item_id"], true))
    } else {
        None
    }
}

/// Moves rows with unknown items to `rejects` and creates unknown customers.
pub(super) async fn resolve(
    settings: &Settings,
    catalogue: &Catalogue,
    wanted: &mut Wanted,
    staged: &[Source],
    load_id: &str,
    tag: &str,
) -> Result<Refused, Error> {
    let mut refused = Refused::new();
    for source in staged {
        for file in &source.files {
            if let Some((columns, by_reference)) = item_columns(file.table) {
                let step = Step { settings, catalogue, source, file, load_id, tag };
                let count = step.refuse_unknown(wanted, columns, by_reference).await?;
                if count > 0 {
                    *refused.entry(source.report.source_key.clone()).or_default() += count;
                }
            }
        }
    }
    if staged.iter().any(|source| source.brings("items")) {
        create_customers(settings, catalogue, wanted, load_id, tag).await?;
    }
    Ok(refused)
}

struct Step<'a> {
    settings: &'a Settings,
    catalogue: &'a Catalogue,
    source: &'a Source,
    file: &'a StagedFile,
    load_id: &'a str,
    tag: &'a str,
}

impl Step<'_> {
    async fn refuse_unknown(&self, wanted: &mut Wanted, columns: &[&str], by_reference: bool) -> Result<u64, Error> {
        let table = self.file.table;
        let engine = step_engine(self.settings, self.catalogue, wanted, None, &[])?;
        engine.register_files("staged_rows", table, std::slice::from_ref(&self.file.path))?;
        let names = [&["company_id"][..], columns].concat();
        let mut keys = Keys::default();
        each_row(&engine, table, "staged_rows", &names, |answer, row| {
            (1..names.len()).for_each(|column| keys.ask(Keys::key(answer, row, &[0, column])));
        })
        .await?;
        each_row(&engine, &ITEMS, "items", &["company_id", "item_id", "reference"], |answer, row| {
            keys.meet(Keys::key(answer, row, &[0, 1]));
            if by_reference {
                keys.meet(Keys::key(answer, row, &[0, 2]));
            }
        })
        .await?;
        if keys.are_all_met() {
            return Ok(0);
        }
        let mut staging = Staging::new(self.settings.lake.root(), self.load_id, &format!("{}.known", self.tag));
        let mut rejects = Rows::new(&REJECTS);
        let all: Vec<String> = table.columns.iter().map(|column| format!("staged_rows.{}", column.name)).collect();
        let places: Vec<usize> = names.iter().filter_map(|name| table.position(name)).collect();
        let line = table.position("source_line").unwrap_or_default();
        let mut rows = engine.stream_table(table, &format!("select {} from staged_rows", all.join(", "))).await?;
        while let Some(answer) = rows.next().await? {
            let mut known = Rows::new(table);
            for row in 0..answer.rows.len() {
                let values = &answer.rows[row];
                let is_unknown = |place: &&usize| !keys.is_met(Keys::key(&answer, row, &[places[0], **place]));
                match places[1..].iter().find(is_unknown) {
                    None => known.push(values.iter().map(shared::cell).collect()),
                    Some(place) => {
                        let both: Vec<String> = places[1..].iter().map(|place| values[*place].plain()).collect();
                        rejects.push(vec![
                            Cell::text(self.source.report.company_id.as_str()),
                            Cell::text(self.source.report.source_key.as_str()),
                            Cell::text(self.source.report.file_name.as_str()),
                            Cell::Int(shared::count(&values[line])),
                            Cell::text(Reason::ItemUnknown.code()),
                            Cell::text(values[*place].plain()),
                            Cell::text(both.join(" | ")),
                            Cell::Empty,
                        ]);
                    }
                }
            }
            self.write(&mut staging, known)?;
        }
        let count = rejects.len() as u64;
        self.write(&mut staging, rejects)?;
        wanted.drop_path(table, &self.file.path);
        for file in staging.finish().map_err(|cause| unwritable(self.settings, &cause))? {
            wanted.add(&file);
        }
        Ok(count)
    }

    fn write(&self, staging: &mut Staging, rows: Rows) -> Result<(), Error> {
        staging.write(&self.source.origin, rows).map_err(|cause| unwritable(self.settings, &cause))
    }
}

async fn create_customers(
    settings: &Settings,
    catalogue: &Catalogue,
    wanted: &mut Wanted,
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    let engine = step_engine(settings, catalogue, wanted, None, &[])?;
    let named = |answer: &crate::model::Answer, row: usize| (answer.rows[row][0].plain(), answer.rows[row][1].plain());
    let mut unknown: BTreeSet<(String, String)> = BTreeSet::new();
    let columns = ["company_id", "customer_id"];
    each_row(&engine, &ITEMS, "items", &columns, |answer, row| {
        unknown.insert(named(answer, row));
    })
    .await?;
    each_row(&engine, &CUSTOMERS, "customers", &columns, |answer, row| {
        unknown.remove(&named(answer, row));
    })
    .await?;
    let mut rows = Rows::new(&CUSTOMERS);
    for (company, customer) in unknown {
        let cell = |name: &str| match name {
            "company_id" => Cell::text(company.as_str()),
            "customer_id" | "name" => Cell::text(customer.as_str()),
            _ => Cell::Empty,
        };
        rows.push(CUSTOMERS.columns.iter().map(|column| cell(column.name)).collect());
    }
    let mut staging = Staging::new(settings.lake.root(), load_id, tag);
    staging.write(CREATED, rows).map_err(|cause| unwritable(settings, &cause))?;
    for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
        wanted.add(&file);
    }
    Ok(())
}
