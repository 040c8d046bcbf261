//! Due dates that a file does not tell: by the terms of the customer, else by those of the company, whichever of items and
//! customers came first. Those of ledgers are derived with their items, by the same rule; `invoice_details` comes before it.

use url::Url;

use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::Wanted;
use crate::commands::shared;
use crate::engine::Catalogue;
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::model::Rows;
use crate::model::tables::{INVOICE_DETAILS, ITEMS};
use crate::settings::Settings;

/// The step of a load.
pub(super) struct DueDates<'a> {
    pub settings: &'a Settings,
    pub catalogue: &'a Catalogue,
    pub staged: &'a [Source],
    pub load_id: &'a str,
    pub tag: &'a str,
}

impl DueDates<'_> {
    /// Gives the items of ledgers that this load derived the due dates that `invoice_details` tells.
    pub(super) async fn take_told(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let Self { settings, catalogue, load_id, tag, .. } = *self;
        let files = wanted.files(&ITEMS).iter().filter(|file| file.is_derived() && !file.is_of_base());
        let files: Vec<(Url, String)> = files.map(|file| (file.url.clone(), file.origin.clone())).collect();
        if files.is_empty() || wanted.files(&INVOICE_DETAILS).is_empty() {
            return Ok(());
        }
        let engine = step_engine(settings, catalogue, wanted, None, &[]).await?;
        // a detail names an item by its identifier, else by the number of one document
        let told = "with told as (\
                select coalesce(invoice_details.company_id, '') as company_id, invoice_details.item_id, \
                    min(invoice_details.due_date) as due_date \
                from invoice_details where invoice_details.due_date is not null \
                group by coalesce(invoice_details.company_id, ''), invoice_details.item_id\
            ), numbers as (\
                select told.company_id, told.item_id, told.due_date \
                from told inner join items \
                    on told.company_id = coalesce(items.company_id, '') and told.item_id = items.reference \
                where items.amount > 0 \
                group by told.company_id, told.item_id, told.due_date \
                having min(items.issued_date) = max(items.issued_date)\
            )";
        let from = "from read_items \
            left join told on coalesce(read_items.company_id, '') = told.company_id and read_items.item_id = told.item_id \
            left join numbers \
                on coalesce(read_items.company_id, '') = numbers.company_id and read_items.reference = numbers.item_id";
        let due = "case when read_items.amount > 0 then coalesce(told.due_date, numbers.due_date) end";
        let column = |name: &str| match name {
            "due_date" => format!("coalesce({due}, read_items.due_date) as due_date"),
            "due_is_derived" => format!("({due}) is null and read_items.due_is_derived as due_is_derived"),
            name => format!("read_items.{name}"),
        };
        let columns: Vec<String> = ITEMS.columns.iter().map(|spec| column(spec.name)).collect();
        let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.told_due"));
        for (url, origin) in files {
            engine.register_files("read_items", &ITEMS, std::slice::from_ref(&url))?;
            let found = engine
                .ask_step(&format!("{told} select count(*) as item_count {from} where {due} is not null"))
                .await?;
            if shared::count(&found.at(0, 0)) == 0 {
                continue;
            }
            let sql = format!("{told} select {} {from}", columns.join(", "));
            let mut rows = engine.stream_table(&ITEMS, &sql).await?;
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

    /// Writes the files anew whose derived due dates are not those of the terms that are known now.
    pub(super) async fn derive(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let Self { settings, catalogue, staged, load_id, tag } = *self;
        let brings = |table: &str| staged.iter().any(|source| source.brings(table));
        // terms may have changed for any item, or there are new items
        let (are_all_read, are_new_read) = (brings("customers"), brings("items"));
        let is_read = |is_of_base: bool| are_all_read || (are_new_read && !is_of_base);
        let files = wanted.files(&ITEMS).iter().filter(|file| !file.is_derived() && is_read(file.is_of_base()));
        let files: Vec<(Url, String)> = files.map(|file| (file.url.clone(), file.origin.clone())).collect();
        if files.is_empty() {
            return Ok(());
        }
        let due = format!(
            "coalesce(due_by_terms(read_items.issued_date, customers.terms_code), \
             due_by_terms(read_items.issued_date, '{}'))",
            settings.default_terms
        );
        let from = "from read_items left join customers \
                    on coalesce(read_items.company_id, '') = coalesce(customers.company_id, '') \
                    and read_items.customer_id = customers.customer_id";
        let column = |name: &str| match name {
            "due_date" => {
                format!("case when read_items.due_is_derived then {due} else read_items.due_date end as due_date")
            }
            name => format!("read_items.{name}"),
        };
        let columns: Vec<String> = ITEMS.columns.iter().map(|spec| column(spec.name)).collect();
        let columns = columns.join(", ");
        let engine = step_engine(settings, catalogue, wanted, None, &[]).await?;
        let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.due"));
        for (url, origin) in files {
            engine.register_files("read_items", &ITEMS, std::slice::from_ref(&url))?;
            let changed = engine
                .ask_step(&format!(
                    "select count(*) as item_count {from} where read_items.due_is_derived and read_items.due_date <> {due}"
                ))
                .await?;
            if shared::count(&changed.at(0, 0)) == 0 {
                continue;
            }
            let mut rows = engine.stream_table(&ITEMS, &format!("select {columns} {from}")).await?;
            while let Some(answer) = rows.next().await? {
                let mut derived = Rows::new(&ITEMS);
                for row in answer.rows() {
                    derived.push(row.iter().map(shared::cell).collect());
                }
                staging.write(&origin, derived).map_err(|cause| unwritable(settings, &cause))?;
            }
            wanted.drop_file(&ITEMS, &url);
        }
        for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
            wanted.add(&file);
        }
        Ok(())
    }
}
