//! What rows of a load refer to must exist: an unknown item refuses the row, an unknown customer is created.

use std::collections::BTreeMap;

use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::Wanted;
use crate::engine::Catalogue;
use crate::error::Error;
use crate::ingest::Reason;
use crate::ingest::staging::{StagedFile, Staging};
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, CUSTOMERS, DISPUTES, INVOICE_EVENTS, REJECTS};
use crate::model::{Rows, TableSpec};
use crate::settings::Settings;

/// The origin of customers that only items name.
const CREATED: &str = "created";

/// Rows refused after reading, by source key.
pub(super) type Refused = BTreeMap<String, u64>;

/// How the rows of a table name items: SQL that holds for a row whose items are all known.
fn known_items(table: &TableSpec) -> Option<String> {
    let by_id = |column: &str| {
        format!(
            "exists (select 1 from items where items.company_id = staged_rows.company_id \
             and items.item_id = staged_rows.{column})"
        )
    };
    let by_reference = "exists (select 1 from items where items.company_id = staged_rows.company_id \
        and items.reference = staged_rows.item_id)";
    if *table == ALLOCATIONS {
        Some(format!("{} and {}", by_id("debit_item_id"), by_id("credit_item_id")))
    } else if *table == DISPUTES || *table == INVOICE_EVENTS {
        Some(format!("({} or {by_reference})", by_id("item_id")))
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
            if let Some(condition) = known_items(file.table) {
                let step = Step { settings, catalogue, source, file, load_id, tag };
                let count = step.refuse_unknown(wanted, &condition).await?;
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
    async fn refuse_unknown(&self, wanted: &mut Wanted, condition: &str) -> Result<u64, Error> {
        let engine = step_engine(self.settings, self.catalogue, wanted, None, &[])?;
        engine.register_files("staged_rows", self.file.table, std::slice::from_ref(&self.file.path))?;
        let item_column = if *self.file.table == ALLOCATIONS { "debit_item_id" } else { "item_id" };
        let other_column = if *self.file.table == ALLOCATIONS { "credit_item_id" } else { "item_id" };
        let unknown = engine
            .ask_step(&format!(
                "select staged_rows.source_line, staged_rows.{item_column} as first_id, \
                 staged_rows.{other_column} as second_id from staged_rows where not ({condition}) \
                 order by staged_rows.source_line"
            ))
            .await?;
        if unknown.rows.is_empty() {
            return Ok(0);
        }
        let mut staging = Staging::new(self.settings.lake.root(), self.load_id, &format!("{}.known", self.tag));
        let columns: Vec<String> =
            self.file.table.columns.iter().map(|column| format!("staged_rows.{}", column.name)).collect();
        let known = format!("select {} from staged_rows where {condition}", columns.join(", "));
        let mut rows = engine.stream_table(self.file.table, &known).await?;
        while let Some(batch) = rows.next_rows(self.file.table).await? {
            self.write(&mut staging, batch)?;
        }
        let mut rejects = Rows::new(&REJECTS);
        for row in 0..unknown.rows.len() {
            let (first, second) = (unknown.value(row, "first_id").plain(), unknown.value(row, "second_id").plain());
            let text = if first == second { first.clone() } else { format!("{first} | {second}") };
            rejects.push(vec![
                Cell::text(self.source.report.company_id.as_str()),
                Cell::text(self.source.report.source_key.as_str()),
                Cell::text(self.source.report.file_name.as_str()),
                Cell::Int(crate::commands::shared::count(unknown.value(row, "source_line"))),
                Cell::text(Reason::ItemUnknown.code()),
                Cell::text(first),
                Cell::text(text),
                Cell::Empty,
            ]);
        }
        self.write(&mut staging, rejects)?;
        wanted.drop_path(self.file.table, &self.file.path);
        for file in staging.finish().map_err(|cause| unwritable(self.settings, &cause))? {
            wanted.add(&file);
        }
        Ok(unknown.rows.len() as u64)
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
    let unknown = engine
        .ask_step(
            "select distinct items.company_id, items.customer_id from items left anti join customers \
             on items.company_id = customers.company_id and items.customer_id = customers.customer_id \
             order by items.company_id, items.customer_id",
        )
        .await?;
    let mut rows = Rows::new(&CUSTOMERS);
    for row in 0..unknown.rows.len() {
        let mut cells = vec![Cell::Empty; CUSTOMERS.columns.len()];
        let customer = unknown.value(row, "customer_id").plain();
        for (name, text) in [
            ("company_id", unknown.value(row, "company_id").plain()),
            ("customer_id", customer.clone()),
            ("name", customer),
        ] {
            if let Some(position) = CUSTOMERS.position(name) {
                cells[position] = Cell::text(text);
            }
        }
        rows.push(cells);
    }
    let mut staging = Staging::new(settings.lake.root(), load_id, tag);
    staging.write(CREATED, rows).map_err(|cause| unwritable(settings, &cause))?;
    for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
        wanted.add(&file);
    }
    Ok(())
}
