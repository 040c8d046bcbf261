//! What rows of a load refer to must exist: an unknown item refuses the row, an unknown customer is created.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{ByHash, Keys, each_batch};
use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::Wanted;
use crate::commands::shared;
use crate::engine::Catalogue;
use crate::error::Error;
use crate::ingest::Reason;
use crate::ingest::staging::{StagedFile, Staging};
use crate::lake::Snapshot;
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, CUSTOMERS, DISPUTES, INVOICE_DETAILS, INVOICE_EVENTS, ITEMS, REJECTS};
use crate::model::{Rows, TableSpec, Value};
use crate::settings::Settings;

/// The origin of customers that only items name.
const CREATED: &str = "created";

/// Rows refused after reading, by source key.
pub(super) type Refused = BTreeMap<String, u64>;

/// The step of a load.
pub(super) struct References<'a> {
    pub settings: &'a Settings,
    pub catalogue: &'a Catalogue,
    pub base: &'a Snapshot,
    pub staged: &'a [Source],
    pub load_id: &'a str,
    pub tag: &'a str,
}

impl References<'_> {
    /// Moves rows of disputes and the like with unknown items to `rejects`, and creates unknown customers.
    pub(super) async fn resolve(&self, wanted: &mut Wanted, refused: &mut Refused) -> Result<(), Error> {
        let tables = [&DISPUTES, &INVOICE_EVENTS, &INVOICE_DETAILS];
        self.refuse_unknown(wanted, &tables, &["item_id"], true, refused).await?;
        if self.staged.iter().any(|source| source.brings("items") || source.brings("listed_items")) {
            self.create_customers(wanted).await?;
        }
        Ok(())
    }

    /// Customers that only items name: of the new items, or of all where the load takes customers away.
    async fn create_customers(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let Self { settings, catalogue, base, load_id, tag, .. } = *self;
        let engine = step_engine(settings, catalogue, wanted, None, &[]).await?;
        let are_all_read = wanted.lacks(base, &CUSTOMERS);
        let read = wanted.files(&ITEMS).iter().filter(|file| are_all_read || !file.is_of_base());
        engine.register_files("read_items", &ITEMS, &read.map(|file| file.url.clone()).collect::<Vec<_>>())?;
        // by key: whether the customer is known, else its names the first time it is met
        let mut customers: ByHash<u128, Option<(String, String)>> = ByHash::default();
        let columns = ["company_id", "customer_id"];
        each_batch(&engine, &CUSTOMERS, "customers", &columns, |batch, columns| {
            for row in 0..batch.len() {
                customers.insert(Keys::key([columns[0].get(row), columns[1].get(row)]), None);
            }
        })
        .await?;
        each_batch(&engine, &ITEMS, "read_items", &columns, |batch, columns| {
            for row in 0..batch.len() {
                let names = [columns[0].get(row), columns[1].get(row)];
                let both = || Some((names[0].to_owned(), names[1].to_owned()));
                customers.entry(Keys::key(names)).or_insert_with(both);
            }
        })
        .await?;
        let unknown: BTreeSet<(String, String)> = customers.into_values().flatten().collect();
        let mut rows = Rows::new(&CUSTOMERS);
        for (company, customer) in unknown {
            let cell = |name: &str| match name {
                "company_id" => Cell::text(company.as_str()),
                "customer_id" | "name" => Cell::text(customer.as_str()),
                _ => Cell::Empty,
            };
            rows.push(CUSTOMERS.columns.iter().map(|column| cell(column.name)).collect());
        }
        let mut staging = Staging::new(settings.lake.staging_folder(), load_id, tag);
        staging.write(CREATED, rows).map_err(|cause| unwritable(settings, &cause))?;
        for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
            wanted.add(&file);
        }
        Ok(())
    }

    /// Moves allocations with unknown items to `rejects`.
    pub(super) async fn refuse_allocations(&self, wanted: &mut Wanted, refused: &mut Refused) -> Result<(), Error> {
        self.refuse_unknown(wanted, &[&ALLOCATIONS], &["debit_item_id", "credit_item_id"], false, refused).await
    }

    /// Moves rows of some tables to `rejects` whose columns name items that nobody knows; a reference may do as a name.
    async fn refuse_unknown(
        &self,
        wanted: &mut Wanted,
        tables: &[&TableSpec],
        columns: &[&str],
        by_reference: bool,
        refused: &mut Refused,
    ) -> Result<(), Error> {
        let Self { settings, catalogue, load_id, tag, .. } = *self;
        for source in self.staged {
            for file in source.files.iter().filter(|file| tables.contains(&file.table)) {
                let step = Step { settings, catalogue, source, file, load_id, tag };
                let count = step.refuse_unknown(wanted, columns, by_reference).await?;
                if count > 0 {
                    *refused.entry(source.report.source_key.clone()).or_default() += count;
                }
            }
        }
        Ok(())
    }
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
        let engine = step_engine(self.settings, self.catalogue, wanted, None, &[]).await?;
        engine.register_files("staged_rows", table, &[self.file.url()])?;
        let names = [&["company_id"][..], columns].concat();
        let mut keys = Keys::default();
        each_batch(&engine, table, "staged_rows", &names, |batch, columns| {
            for row in 0..batch.len() {
                columns[1..].iter().for_each(|name| keys.ask(Keys::key([columns[0].get(row), name.get(row)])));
            }
        })
        .await?;
        let identifiers: &[&str] = if by_reference { &["item_id", "reference"] } else { &["item_id"] };
        each_batch(&engine, &ITEMS, "items", &[&["company_id"], identifiers].concat(), |batch, columns| {
            for row in 0..batch.len() {
                columns[1..].iter().for_each(|name| keys.meet(Keys::key([columns[0].get(row), name.get(row)])));
            }
        })
        .await?;
        if keys.are_all_met() {
            return Ok(0);
        }
        let mut staging =
            Staging::new(self.settings.lake.staging_folder(), self.load_id, &format!("{}.known", self.tag));
        let mut rejects = Rows::new(&REJECTS);
        let all: Vec<String> = table.columns.iter().map(|column| format!("staged_rows.{}", column.name)).collect();
        let places: Vec<usize> = names.iter().filter_map(|name| table.position(name)).collect();
        let line = table.position("source_line").unwrap_or_default();
        let mut rows = engine.stream_table(table, &format!("select {} from staged_rows", all.join(", "))).await?;
        while let Some(answer) = rows.next().await? {
            let mut known = Rows::new(table);
            for row in 0..answer.len() {
                let values: Vec<Value<'_>> = answer.row(row).collect();
                let company = values[places[0]].plain();
                let is_unknown =
                    |place: &&usize| !keys.is_met(Keys::key([company.as_str(), values[**place].plain().as_str()]));
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
        wanted.drop_file(table, &self.file.url());
        for file in staging.finish().map_err(|cause| unwritable(self.settings, &cause))? {
            wanted.add(&file);
        }
        Ok(count)
    }

    fn write(&self, staging: &mut Staging, rows: Rows) -> Result<(), Error> {
        staging.write(&self.source.origin, rows).map_err(|cause| unwritable(self.settings, &cause))
    }
}
