//! Due dates that a file does not tell: by the terms of the customer, else by those of the company, whichever of items and
//! customers came first. Those of ledgers are derived with their items, by the same rule; `invoice_details` comes before it.

use url::Url;

use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::{Wanted, WantedFile};
use crate::commands::shared;
use crate::engine::{Catalogue, Engine};
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::model::tables::{INVOICE_DETAILS, ITEMS};
use crate::model::{Date, Rows};
use crate::settings::Settings;

/// The step of a load.
pub(super) struct DueDates<'a> {
    pub settings: &'a Settings,
    pub catalogue: &'a Catalogue,
    pub staged: &'a [Source],
    pub load_id: &'a str,
    pub tag: &'a str,
}

/// Due dates of items that are not those of their file.
struct Change<'a> {
    /// In the names of the files that are written.
    code: &'a str,
    /// What `read_items` is joined with.
    join: &'a str,
    /// For which items.
    condition: &'a str,
    due_date: &'a str,
    is_derived: bool,
}

impl DueDates<'_> {
    /// Gives the items of ledgers that this load derived the due dates that `invoice_details` tells.
    pub(super) async fn take_told(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let files = files(wanted, |file| file.is_derived() && !file.is_of_base());
        if files.is_empty() || wanted.files(&INVOICE_DETAILS).is_empty() {
            return Ok(());
        }
        let mut engine = step_engine(self.settings, self.catalogue, wanted, None, &[]).await?;
        // all that will ever be posted; who names an item by its number is understood as in any other question
        engine.set_as_of(Date::from_ymd_opt(9999, 12, 31).unwrap_or_default());
        if engine.ask("told_due_dates").await?.is_empty() {
            return Ok(());
        }
        let change = Change {
            code: "told_due",
            join: "left join told_details on read_items.item_number = told_details.item_number",
            condition: "told_details.due_date is not null",
            due_date: "told_details.due_date",
            is_derived: false,
        };
        self.write_anew(wanted, &engine, files, &change).await
    }

    /// Writes the files anew whose derived due dates are not those of the terms that are known now.
    pub(super) async fn derive(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let brings = |table: &str| self.staged.iter().any(|source| source.brings(table));
        // terms may have changed for any item, or there are new items
        let (are_all_read, are_new_read) = (brings("customers"), brings("items"));
        let is_read = |is_of_base: bool| are_all_read || (are_new_read && !is_of_base);
        let files = files(wanted, |file| !file.is_derived() && is_read(file.is_of_base()));
        if files.is_empty() {
            return Ok(());
        }
        let due_date = format!(
            "coalesce(due_by_terms(read_items.issued_date, customers.terms_code), \
             due_by_terms(read_items.issued_date, '{}'))",
            self.settings.default_terms
        );
        let engine = step_engine(self.settings, self.catalogue, wanted, None, &[]).await?;
        let change = Change {
            code: "due",
            join: "left join customers on coalesce(read_items.company_id, '') = coalesce(customers.company_id, '') \
                   and read_items.customer_id = customers.customer_id",
            condition: &format!("read_items.due_is_derived and read_items.due_date <> {due_date}"),
            due_date: &due_date,
            is_derived: true,
        };
        self.write_anew(wanted, &engine, files, &change).await
    }

    /// Writes the files of items anew that hold one whose due date changes.
    async fn write_anew(
        &self,
        wanted: &mut Wanted,
        engine: &Engine,
        files: Vec<(Url, String)>,
        change: &Change<'_>,
    ) -> Result<(), Error> {
        let Self { settings, load_id, tag, .. } = *self;
        let Change { code, join, condition, due_date, is_derived } = change;
        let column = |name: &str| match name {
            "due_date" => format!("case when {condition} then {due_date} else read_items.due_date end as due_date"),
            "due_is_derived" => {
                format!("case when {condition} then {is_derived} else read_items.due_is_derived end as due_is_derived")
            }
            name => format!("read_items.{name}"),
        };
        let columns: Vec<String> = ITEMS.columns.iter().map(|spec| column(spec.name)).collect();
        let columns = columns.join(", ");
        let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.{code}"));
        for (url, origin) in files {
            engine.register_files("read_items", &ITEMS, std::slice::from_ref(&url))?;
            let sql = format!("select count(*) as item_count from read_items {join} where {condition}");
            if shared::count(&engine.ask_step(&sql).await?.at(0, 0)) == 0 {
                continue;
            }
            let mut rows = engine.stream_table(&ITEMS, &format!("select {columns} from read_items {join}")).await?;
            while let Some(answer) = rows.next().await? {
                let mut dated = Rows::new(&ITEMS);
                for row in answer.rows() {
                    dated.push(row.iter().map(shared::cell).collect());
                }
                staging.write(&origin, dated).map_err(|cause| unwritable(settings, &cause))?;
            }
            wanted.drop_file(&ITEMS, &url);
        }
        for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
            wanted.add(&file);
        }
        Ok(())
    }
}

/// Files of items and their origins.
fn files(wanted: &Wanted, is_read: impl Fn(&WantedFile) -> bool) -> Vec<(Url, String)> {
    let files = wanted.files(&ITEMS).iter().filter(|file| is_read(file));
    files.map(|file| (file.url.clone(), file.origin.clone())).collect()
}
