//! Receipts that came back, of lists: what they had settled is open again. Those of ledgers are told by their letters.

use std::collections::BTreeMap;

use super::stage::unwritable;
use super::step_engine;
use super::wanted::Wanted;
use crate::commands::shared;
use crate::engine::{Catalogue, Engine};
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::lake::Snapshot;
use crate::ledger::{ListedAllocation, ListedReceipt, ListedReturn, allocations_of_returns};
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, ITEMS};
use crate::model::{Answer, Date, Money, Rows, Value};
use crate::settings::Settings;

/// The step of a load.
pub(super) struct Returns<'a> {
    pub settings: &'a Settings,
    pub catalogue: &'a Catalogue,
    pub base: &'a Snapshot,
    pub load_id: &'a str,
    pub tag: &'a str,
}

/// What lists tell of the returns of a company.
#[derive(Default)]
struct Lists {
    returns: Vec<ListedReturn>,
    receipts: Vec<ListedReceipt>,
    given: Vec<ListedAllocation>,
}

/// Which items of lists are looked at: returns, and the receipts of their customers.
const LISTED: &str = "select read_items.company_id, read_items.item_id, read_items.customer_id, read_items.currency_code, \
    read_items.kind, read_items.amount, coalesce(read_items.posted_date, read_items.issued_date) as posted_date \
    from read_items where read_items.kind = 'returned_receipt' and read_items.amount > 0 \
    or read_items.kind = 'receipt' and read_items.amount < 0 and exists (select 1 from read_items as returned \
    where returned.kind = 'returned_receipt' and returned.customer_id = read_items.customer_id)";

/// What they are allocated to: of either item that is looked at.
const GIVEN: &str = "with listed as (select distinct listed_items.item_id from (LISTED) as listed_items), \
    given as (select allocations.* from allocations left semi join listed on allocations.credit_item_id = listed.item_id \
    union all select allocations.* from allocations left semi join listed on allocations.debit_item_id = listed.item_id \
    left anti join listed as others on allocations.credit_item_id = others.item_id) \
    select given.company_id, given.debit_item_id, given.credit_item_id, given.amount, \
    greatest(given.allocated_date, coalesce(debits.posted_date, debits.issued_date)) as acting_date \
    from given inner join items as debits on given.debit_item_id = debits.item_id \
    and coalesce(given.company_id, '') = coalesce(debits.company_id, '')";

/// What was concluded before.
const CONCLUDED: &str = "select concluded.company_id, concluded.debit_item_id, concluded.credit_item_id, concluded.amount, \
    concluded.allocated_date, concluded.is_inferred from concluded";

/// An allocation of a company.
type Row = (String, ListedAllocation);

impl Returns<'_> {
    /// Puts what returns make in the place of what they made before.
    pub(super) async fn derive(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let is_touched = [&ITEMS, &ALLOCATIONS].into_iter().any(|table| wanted.lists_change(self.base, table));
        if !is_touched && self.base.is_prepared() {
            return Ok(());
        }
        let mut given = wanted.clone();
        given.drop_origin(Wanted::RETURNS);
        let before = wanted.files(&ALLOCATIONS).iter().filter(|file| file.origin == Wanted::RETURNS);
        let before: Vec<_> = before.map(|file| file.url.clone()).collect();
        let lists = wanted.files(&ITEMS).iter().filter(|file| !file.is_derived());
        let lists: Vec<_> = lists.map(|file| file.url.clone()).collect();
        let mut made = Vec::new();
        let engine = step_engine(self.settings, self.catalogue, &given, None, &[]).await?;
        engine.register_files("read_items", &ITEMS, &lists)?;
        let count = "select count(*) as item_count from read_items where read_items.kind = 'returned_receipt'";
        if !lists.is_empty() && shared::count(&engine.ask_step(count).await?.at(0, 0)) > 0 {
            for (company, lists) in told(&engine).await? {
                let rows = allocations_of_returns(&lists.returns, &lists.receipts, &lists.given);
                made.extend(rows.into_iter().map(|row| (company.clone(), row)));
            }
        }
        if !before.is_empty() {
            engine.register_files("concluded", &ALLOCATIONS, &before)?;
            let known = rows_of(&engine.ask_step(CONCLUDED).await?, "allocated_date");
            match beyond(&made, known) {
                // what still holds stays where it is: only what is new is followed
                Some(new) => made = new,
                None => {
                    wanted.drop_origin(Wanted::RETURNS);
                }
            }
        }
        self.write(made, wanted)
    }

    fn write(&self, made: Vec<Row>, wanted: &mut Wanted) -> Result<(), Error> {
        if made.is_empty() {
            return Ok(());
        }
        let mut rows = Rows::new(&ALLOCATIONS);
        for (company, ListedAllocation { debit, credit, day, amount, is_inferred }) in made {
            let mut cells = vec![Cell::Empty; ALLOCATIONS.columns.len()];
            let mut set = |column: &str, cell: Cell| {
                if let Some(position) = ALLOCATIONS.position(column) {
                    cells[position] = cell;
                }
            };
            set("company_id", if company.is_empty() { Cell::Empty } else { Cell::text(company) });
            set("debit_item_id", Cell::text(debit));
            set("credit_item_id", Cell::text(credit));
            set("allocated_date", Cell::Date(day));
            set("amount", Cell::money(Money::from_thousandths(amount)));
            set("is_inferred", Cell::Flag(is_inferred));
            rows.push(cells);
        }
        let folder = self.settings.lake.staging_folder();
        let mut staging = Staging::new(folder, self.load_id, &format!("{}.returns", self.tag));
        staging.write(Wanted::RETURNS, rows).map_err(|cause| unwritable(self.settings, &cause))?;
        for file in staging.finish().map_err(|cause| unwritable(self.settings, &cause))? {
            wanted.add(&file);
        }
        Ok(())
    }
}

/// The rows that were not known before; nothing where one that was known is no longer there.
fn beyond(made: &[Row], known: Vec<Row>) -> Option<Vec<Row>> {
    let mut counts: BTreeMap<Row, usize> = BTreeMap::new();
    for row in made {
        *counts.entry(row.clone()).or_default() += 1;
    }
    for row in known {
        let count = counts.get_mut(&row)?;
        *count = count.checked_sub(1)?;
    }
    Some(counts.into_iter().flat_map(|(row, count)| std::iter::repeat_n(row, count)).collect())
}

/// Allocations of an answer, which acts on the day of a column.
fn rows_of(answer: &Answer, day_column: &str) -> Vec<Row> {
    let row = |row: usize| {
        let text = |name: &str| answer.value(row, name).plain();
        let allocation = ListedAllocation {
            debit: text("debit_item_id"),
            credit: text("credit_item_id"),
            day: day(answer, row, day_column)?,
            amount: thousandths(answer, row),
            is_inferred: answer.position("is_inferred").is_some() && text("is_inferred") == "true",
        };
        Some((text("company_id"), allocation))
    };
    (0..answer.len()).filter_map(row).collect()
}

/// What lists tell of returns, by company; returns in the order of their days.
async fn told(engine: &Engine) -> Result<BTreeMap<String, Lists>, Error> {
    let mut companies: BTreeMap<String, Lists> = BTreeMap::new();
    let items = engine.ask_step(&format!("{LISTED} order by posted_date, read_items.item_id")).await?;
    for row in 0..items.len() {
        let text = |name: &str| items.value(row, name).plain();
        let lists = companies.entry(text("company_id")).or_default();
        let (item_id, owner) = (text("item_id"), (text("customer_id"), text("currency_code")));
        let Some(day) = day(&items, row, "posted_date") else { continue };
        let amount = thousandths(&items, row);
        if text("kind") == "receipt" {
            lists.receipts.push(ListedReceipt { item_id, owner, amount: -amount, day });
        } else {
            lists.returns.push(ListedReturn { item_id, owner, amount, day });
        }
    }
    companies.retain(|_, lists| !lists.returns.is_empty());
    for (company, allocation) in rows_of(&engine.ask_step(&GIVEN.replace("LISTED", LISTED)).await?, "acting_date") {
        if let Some(lists) = companies.get_mut(&company) {
            lists.given.push(allocation);
        }
    }
    Ok(companies)
}

fn day(answer: &Answer, row: usize, name: &str) -> Option<Date> {
    if let Value::Date(day) = answer.value(row, name) { Some(day) } else { None }
}

/// An amount in thousandths: one of a row always fits.
fn thousandths(answer: &Answer, row: usize) -> i64 {
    answer.value(row, "amount").thousandths().and_then(|wide| i64::try_from(wide).ok()).unwrap_or_default()
}
