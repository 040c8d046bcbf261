//! Lists of what is open, month after month: what each says of an item, and what must have happened between two of them.
//!
//! In: rows of `listed_items`, and the days of `item_lists`. Out: items as first listed; receipts and allocations where a later
//! list holds less or nothing of them; adjustments where it holds more. On the day of a list all is what the list says; between
//! two lists what happened is dated in the middle. All lists of a company are read again with each: their order does not count.

use std::collections::{BTreeMap, BTreeSet};

use super::STEP_MEMORY;
use super::keys::{Keys, each_batch};
use super::stage::{Source, unwritable};
use super::wanted::Wanted;
use crate::engine::{Batch, Engine};
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::lake::Snapshot;
use crate::model::calendar::add_days;
use crate::model::money::smallest;
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, ITEM_LISTS, ITEMS, LISTED_ITEMS};
use crate::model::{Date, ItemKind, Money, Rows};
use crate::settings::Settings;

/// Rows written at once.
const ROWS_AT_ONCE: usize = 32_768;

/// The step of a load.
pub(super) struct OpenLists<'a> {
    pub settings: &'a Settings,
    pub base: &'a Snapshot,
    pub load_id: &'a str,
    pub tag: &'a str,
}

/// What lists say of an item: on which days how much of it was open, and its row in the last of them.
struct Listed {
    open: Vec<(Date, Money)>,
    /// Its amount in the first list, in its currency and in that of the books.
    first: (Cell, Cell),
    last: Vec<Cell>,
}

/// Items and allocations on their way.
struct Made {
    items: Rows,
    allocations: Rows,
    staging: Staging,
    origin: String,
    /// The smallest amount of the currency of the books, in thousandths.
    unit: i128,
}

impl OpenLists<'_> {
    /// Puts what the lists of each company that this load touches come to in the place of what they came to before.
    pub(super) async fn derive(&self, wanted: &mut Wanted, staged: &[Source], removed: &[String]) -> Result<(), Error> {
        let are_told = staged.iter().any(|source| source.brings("item_lists"));
        let are_gone = !removed.is_empty() || wanted.lacks(self.base, &ITEM_LISTS);
        let brings_items = staged.iter().any(|source| source.brings("items"));
        let has_lists = !wanted.files(&ITEM_LISTS).is_empty();
        if !(are_told || are_gone || brings_items && has_lists) {
            return Ok(());
        }
        if are_told || are_gone {
            // a list may hold several companies, and may have held others before
            wanted.drop_lists();
            for (company, days) in self.days(wanted).await? {
                self.derive_company(wanted, &company, &days).await?;
            }
        }
        self.refuse_both(wanted).await
    }

    /// An item that lists tell of and that another file brings as an item would count twice.
    async fn refuse_both(&self, wanted: &Wanted) -> Result<(), Error> {
        let listed: Vec<_> = wanted.files(&LISTED_ITEMS).iter().map(|file| file.url.clone()).collect();
        let plain: Vec<_> =
            wanted.files(&ITEMS).iter().filter(|file| !file.is_derived()).map(|file| file.url.clone()).collect();
        if listed.is_empty() || plain.is_empty() {
            return Ok(());
        }
        let engine = Engine::bare(STEP_MEMORY)?;
        let mut keys = Keys::default();
        engine.register_files("plain_rows", &ITEMS, &plain)?;
        each_batch(&engine, &ITEMS, "plain_rows", ITEMS.key, |batch, columns| {
            for row in 0..batch.len() {
                keys.ask(Keys::key(columns.iter().map(|column| column.get(row))));
            }
        })
        .await?;
        let mut both: Option<String> = None;
        engine.register_files("listed_rows", &LISTED_ITEMS, &listed)?;
        each_batch(&engine, &LISTED_ITEMS, "listed_rows", ITEMS.key, |batch, columns| {
            for row in 0..batch.len() {
                if both.is_none() && keys.holds(Keys::key(columns.iter().map(|column| column.get(row)))) {
                    both = Some(columns[1].get(row).to_owned());
                }
            }
        })
        .await?;
        match both {
            None => Ok(()),
            Some(item) => Err(Error::Plain(
                format!("item `{item}` is in a list of what is open, and another file brings it as an item: it would count twice"),
                "load either lists or items; `encours history --output json` names the sources, `--replace SOURCE` forgets one"
                    .to_owned(),
            )),
        }
    }

    /// The days of the lists, by company.
    async fn days(&self, wanted: &Wanted) -> Result<BTreeMap<String, BTreeSet<Date>>, Error> {
        let mut days: BTreeMap<String, BTreeSet<Date>> = BTreeMap::new();
        let urls: Vec<_> = wanted.files(&ITEM_LISTS).iter().map(|file| file.url.clone()).collect();
        if urls.is_empty() {
            return Ok(days);
        }
        let engine = Engine::bare(STEP_MEMORY)?;
        engine.register_files("rows_read", &ITEM_LISTS, &urls)?;
        let sql = "select rows_read.company_id, rows_read.list_date from rows_read";
        let mut rows = engine.stream_table(&ITEM_LISTS, sql).await?;
        while let Some(batch) = rows.next_batch().await? {
            let (companies, dates) = (batch.texts("company_id"), batch.days("list_date"));
            for row in 0..batch.len() {
                let day = dates.get(row).and_then(Date::from_epoch_days);
                days.entry(companies.get(row).to_owned()).or_default().extend(day);
            }
        }
        Ok(days)
    }

    async fn derive_company(&self, wanted: &mut Wanted, company: &str, days: &BTreeSet<Date>) -> Result<(), Error> {
        let urls: Vec<_> = wanted.files(&LISTED_ITEMS).iter().map(|file| file.url.clone()).collect();
        let folder = self.settings.lake.staging_folder();
        let mut made = Made {
            items: Rows::new(&ITEMS),
            allocations: Rows::new(&ALLOCATIONS),
            staging: Staging::new(
                folder,
                self.load_id,
                &format!("{}.{}", self.tag, super::stage::slug("lists-", company)),
            ),
            origin: Wanted::listed_origin(company),
            unit: smallest(self.settings.ledger_decimals()?),
        };
        if urls.is_empty() {
            return Ok(());
        }
        let engine = Engine::bare(STEP_MEMORY)?;
        engine.register_files("rows_read", &LISTED_ITEMS, &urls)?;
        let names: Vec<String> =
            LISTED_ITEMS.columns.iter().map(|column| format!("rows_read.{}", column.name)).collect();
        let sql = format!(
            "select {} from rows_read where coalesce(rows_read.company_id, '') = '{}' \
             order by rows_read.item_id, rows_read.list_date",
            names.join(", "),
            company.replace('\'', "''")
        );
        let mut rows = engine.stream_table(&LISTED_ITEMS, &sql).await?;
        let mut known: Option<Listed> = None;
        while let Some(batch) = rows.next_batch().await? {
            for row in 0..batch.len() {
                let Some((day, amount)) = open_of(&batch, row) else { continue };
                let cells = cells_of(&batch, row);
                match &mut known {
                    Some(listed) if is_same(&listed.last, &cells) => {
                        listed.open.push((day, amount));
                        listed.last = cells;
                    }
                    _ => {
                        let first = (cell_of(&cells, "amount"), cell_of(&cells, "base_amount"));
                        let new = Listed { open: vec![(day, amount)], first, last: cells };
                        if let Some(listed) = known.replace(new) {
                            made.follow(&listed, days);
                            made.write_full().map_err(|cause| unwritable(self.settings, &cause))?;
                        }
                    }
                }
            }
        }
        if let Some(listed) = known {
            made.follow(&listed, days);
        }
        let files = made.finish().map_err(|cause| unwritable(self.settings, &cause))?;
        for file in files {
            wanted.add(&file);
        }
        Ok(())
    }
}

impl Made {
    /// An item, and what became of it from list to list.
    fn follow(&mut self, listed: &Listed, days: &BTreeSet<Date>) {
        let Some((first_day, first_amount)) = listed.open.first().copied() else { return };
        let by_day: BTreeMap<Date, Money> = listed.open.iter().copied().collect();
        let before = days.range(..first_day).next_back().copied();
        let mut item = item_of(listed);
        set(&mut item, "amount", Cell::Money(first_amount));
        set(&mut item, "base_amount", base_of(listed, first_amount, self.unit));
        set(&mut item, "posted_date", Cell::Date(posted(listed, before, first_day)));
        self.items.push(item);
        let mut parts = vec![(text(listed, "item_id").to_owned(), first_amount.wide())];
        let mut last_day = first_day;
        for day in days.range(first_day..).skip(1) {
            let now = by_day.get(day).copied().unwrap_or(Money::ZERO).wide();
            let open: i128 = parts.iter().map(|(_, part)| part).sum();
            let between = i64::from(day.to_epoch_days() - last_day.to_epoch_days());
            let middle = add_days(last_day, (between + 1) / 2);
            // beyond nothing, all is settled and the rest is new
            let is_beyond = open.signum() * now.signum() < 0;
            let kept = if is_beyond { 0 } else { now };
            if kept.abs() < open.abs() {
                self.settle(listed, &mut parts, open - kept, (*day, middle));
            }
            if is_beyond || now.abs() > open.abs() {
                self.raise(listed, &mut parts, if is_beyond { now } else { now - open }, (*day, middle));
            }
            last_day = *day;
        }
    }

    /// What a later list holds less of an item was settled, what came first before what was added.
    fn settle(&mut self, listed: &Listed, parts: &mut Vec<(String, i128)>, amount: i128, (day, middle): (Date, Date)) {
        let is_claim = amount > 0;
        let (word, kind) = if is_claim { ("settled", ItemKind::Receipt) } else { ("used", ItemKind::Adjustment) };
        let id = format!("{}/{word} {day}", text(listed, "item_id"));
        let mut item = self.part(listed, &id, kind, -amount, middle);
        for name in ["issued_date", "due_date"] {
            set(&mut item, name, Cell::Date(middle));
        }
        self.items.push(item);
        let mut left = amount.abs();
        for (part, open) in parts.iter_mut() {
            let taken = left.min(open.abs());
            left -= taken;
            *open -= taken * open.signum();
            if taken > 0 {
                let (debit, credit) =
                    if is_claim { (part.as_str(), id.as_str()) } else { (id.as_str(), part.as_str()) };
                self.allocate(listed, (debit, credit), taken, middle);
            }
        }
        parts.retain(|(_, open)| *open != 0);
    }

    /// What a later list holds more of an item was added to it, and is as old as it is.
    fn raise(&mut self, listed: &Listed, parts: &mut Vec<(String, i128)>, amount: i128, (day, middle): (Date, Date)) {
        let id = format!("{}/raised {day}", text(listed, "item_id"));
        let item = self.part(listed, &id, ItemKind::Adjustment, amount, middle);
        self.items.push(item);
        parts.push((id, amount));
    }

    /// A further item beside the one that lists tell of.
    fn part(&self, listed: &Listed, id: &str, kind: ItemKind, amount: i128, middle: Date) -> Vec<Cell> {
        let amount = Money::from_wide(amount).unwrap_or_default();
        let mut item = item_of(listed);
        for (name, cell) in [
            ("item_id", Cell::text(id)),
            ("kind", Cell::text(kind.code())),
            ("amount", Cell::Money(amount)),
            ("base_amount", base_of(listed, amount, self.unit)),
            ("posted_date", Cell::Date(middle)),
        ] {
            set(&mut item, name, cell);
        }
        item
    }

    fn allocate(&mut self, listed: &Listed, (debit, credit): (&str, &str), amount: i128, middle: Date) {
        let mut cells = vec![Cell::Empty; ALLOCATIONS.columns.len()];
        for (name, cell) in [
            ("company_id", listed_cell(listed, "company_id")),
            ("debit_item_id", Cell::text(debit)),
            ("credit_item_id", Cell::text(credit)),
            ("allocated_date", Cell::Date(middle)),
            ("amount", Cell::money(Money::from_wide(amount))),
            ("is_inferred", Cell::Flag(true)),
        ] {
            if let Some(position) = ALLOCATIONS.position(name) {
                cells[position] = cell;
            }
        }
        self.allocations.push(cells);
    }

    fn write_full(&mut self) -> std::io::Result<()> {
        if self.items.len() >= ROWS_AT_ONCE {
            self.staging.write(&self.origin, std::mem::replace(&mut self.items, Rows::new(&ITEMS)))?;
        }
        if self.allocations.len() >= ROWS_AT_ONCE {
            self.staging.write(&self.origin, std::mem::replace(&mut self.allocations, Rows::new(&ALLOCATIONS)))?;
        }
        Ok(())
    }

    fn finish(mut self) -> std::io::Result<Vec<crate::ingest::staging::StagedFile>> {
        self.staging.write(&self.origin, self.items)?;
        self.staging.write(&self.origin, self.allocations)?;
        self.staging.finish()
    }
}

/// The day on which an item came: its own where that lies after the list before, which does not hold it.
fn posted(listed: &Listed, before: Option<Date>, first_day: Date) -> Date {
    let issued = match listed_cell(listed, "issued_date") {
        Cell::Date(day) => day,
        _ => first_day,
    };
    match before {
        Some(before) if issued <= before => add_days(before, 1),
        _ => issued.min(first_day),
    }
}

/// The row of an item as its last list tells it.
fn item_of(listed: &Listed) -> Vec<Cell> {
    ITEMS.columns.iter().map(|column| listed_cell(listed, column.name)).collect()
}

/// An amount in the currency of the books, at the rate of the first list that tells of the item.
fn base_of(listed: &Listed, amount: Money, unit: i128) -> Cell {
    match &listed.first {
        (Cell::Money(own), Cell::Money(base)) if own == base => Cell::Money(amount),
        (Cell::Money(own), Cell::Money(base)) if !own.is_zero() => {
            let (amount, base, own) = (amount.wide(), base.wide(), own.wide() * unit);
            let doubled = 2 * amount * base;
            // half away from zero, to the smallest amount of the currency
            let rounded = (doubled.abs() + own.abs()) / (2 * own.abs()) * unit * doubled.signum() * own.signum();
            Cell::money(Money::from_wide(rounded))
        }
        _ => Cell::Empty,
    }
}

fn cell_of(cells: &[Cell], name: &str) -> Cell {
    LISTED_ITEMS.position(name).map_or(Cell::Empty, |position| cells[position].clone())
}

fn listed_cell(listed: &Listed, name: &str) -> Cell {
    LISTED_ITEMS.position(name).map_or(Cell::Empty, |position| listed.last[position].clone())
}

fn text<'a>(listed: &'a Listed, name: &str) -> &'a str {
    match LISTED_ITEMS.position(name).map(|position| &listed.last[position]) {
        Some(Cell::Text(text)) => text,
        _ => "",
    }
}

fn set(cells: &mut [Cell], name: &str, cell: Cell) {
    if let Some(position) = ITEMS.position(name) {
        cells[position] = cell;
    }
}

/// Whether two rows of lists tell of one item.
fn is_same(left: &[Cell], right: &[Cell]) -> bool {
    LISTED_ITEMS.position("item_id").is_some_and(|position| left[position] == right[position])
}

/// What of an item was open on the day of a list.
fn open_of(batch: &Batch, row: usize) -> Option<(Date, Money)> {
    let day = batch.days("list_date").get(row).and_then(Date::from_epoch_days)?;
    let amount = batch.decimals("amount").get(row).and_then(Money::from_wide)?;
    Some((day, amount))
}

/// A row of a list.
fn cells_of(batch: &Batch, row: usize) -> Vec<Cell> {
    use crate::model::ColumnKind;
    let cell = |column: &crate::model::ColumnSpec| match column.kind {
        ColumnKind::Text => Cell::text(batch.texts(column.name).get(row)),
        ColumnKind::Date => Cell::date(batch.days(column.name).get(row).and_then(Date::from_epoch_days)),
        ColumnKind::Int => batch.numbers(column.name).get(row).map_or(Cell::Empty, Cell::Int),
        ColumnKind::Flag => Cell::Flag(batch.flags(column.name).get(row)),
        ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => {
            Cell::money(batch.decimals(column.name).get(row).and_then(Money::from_wide))
        }
    };
    LISTED_ITEMS.columns.iter().map(cell).collect()
}
