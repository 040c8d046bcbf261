//! Which items are closed for good, and since when: a question of what is open then looks at the few others only.
//!
//! An item is closed from the latest day on which something was allocated on it, if nothing is left of it then. Only
//! items that a load adds or touches are looked at, unless links were made anew or a closed item is touched: then all are.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::stage::unwritable;
use super::step_engine;
use super::wanted::{Wanted, WantedFile};
use crate::engine::{Catalogue, Engine};
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::lake::Snapshot;
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATION_LINKS, CLOSED_ITEMS, ITEMS};
use crate::model::{Date, Rows, TableSpec};
use crate::settings::Settings;

/// Rows written at once.
const ROWS_AT_ONCE: usize = 40_000;
/// The origin of the files of closed items.
const ORIGIN: &str = "closings";

/// What is left of an item, in hundredths, and the latest day that changed it.
#[derive(Clone, Copy)]
struct Left {
    hundredths: i64,
    last: i32,
    is_known: bool,
}

impl Left {
    const UNKNOWN: Self = Self { hundredths: 0, last: i32::MIN, is_known: false };
}

/// What is left of items, by number. Numbers of a load follow each other, so that a place in a list is found by them.
#[derive(Default)]
struct Lefts {
    blocks: HashMap<i64, Vec<Left>>,
}

impl Lefts {
    fn place(number: i64) -> (i64, usize) {
        (number >> 32, usize::try_from(number & 0xffff_ffff).unwrap_or_default())
    }

    fn open(&mut self, number: i64, hundredths: i64, posted: i32) {
        let (block, place) = Self::place(number);
        let lefts = self.blocks.entry(block).or_default();
        if lefts.len() <= place {
            lefts.resize(place + 1, Left::UNKNOWN);
        }
        lefts[place] = Left { hundredths, last: posted, is_known: true };
    }

    fn change(&mut self, number: i64, hundredths: i64, day: i32) {
        let (block, place) = Self::place(number);
        let left = self.blocks.get_mut(&block).and_then(|lefts| lefts.get_mut(place));
        if let Some(left) = left.filter(|left| left.is_known) {
            left.hundredths += hundredths;
            left.last = left.last.max(day);
        }
    }

    fn closed(&self) -> impl Iterator<Item = (i64, i32)> + '_ {
        let mut blocks: Vec<&i64> = self.blocks.keys().collect();
        blocks.sort_unstable();
        blocks.into_iter().flat_map(|block| {
            let lefts = self.blocks[block].iter().enumerate();
            lefts
                .filter(|(_, left)| left.is_known && left.hundredths == 0)
                .map(move |(place, left)| (block << 32 | i64::try_from(place).unwrap_or_default(), left.last))
        })
    }
}

/// The step of a load.
pub(super) struct Closings<'a> {
    pub settings: &'a Settings,
    pub catalogue: &'a Catalogue,
    pub base: &'a Snapshot,
    pub load_id: &'a str,
    pub tag: &'a str,
}

impl Closings<'_> {
    /// Adds the items that the load closes.
    pub(super) async fn close(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let kept = |table: &TableSpec| !wanted.lacks(self.base, table) && self.base.row_count(table) > 0;
        let mut closed = None;
        if kept(&ITEMS) && !wanted.lacks(self.base, &ALLOCATION_LINKS) && kept(&CLOSED_ITEMS) {
            closed = self.of_new(wanted).await?;
        }
        let lefts = if let Some(lefts) = closed { lefts } else { self.of_all(wanted).await? };
        let mut staging = Staging::new(self.settings.lake.root(), self.load_id, self.tag);
        let mut rows = Rows::new(&CLOSED_ITEMS);
        let mut write = |rows: Rows| staging.write(ORIGIN, rows).map_err(|cause| unwritable(self.settings, &cause));
        for (number, day) in lefts.closed() {
            rows.push(vec![Cell::Int(number), Cell::date(Date::from_epoch_days(day)), Cell::Empty]);
            if rows.len() >= ROWS_AT_ONCE {
                write(std::mem::replace(&mut rows, Rows::new(&CLOSED_ITEMS)))?;
            }
        }
        write(rows)?;
        for file in staging.finish().map_err(|cause| unwritable(self.settings, &cause))? {
            wanted.add(&file);
        }
        Ok(())
    }

    /// What is left of every item, as if none were known to be closed.
    async fn of_all(&self, wanted: &mut Wanted) -> Result<Lefts, Error> {
        wanted.drop_table(&CLOSED_ITEMS);
        let mut lefts = Lefts::default();
        self.open(&mut lefts, wanted, |_| true, |_| true).await?;
        self.change(&mut lefts, wanted, |_| true).await?;
        Ok(lefts)
    }

    /// What is left of the items that the load adds or touches; none where it touches a closed one.
    async fn of_new(&self, wanted: &Wanted) -> Result<Option<Lefts>, Error> {
        let mut touched = HashSet::new();
        let mut touch = |number, _, _| {
            touched.insert(number);
        };
        self.each_link(wanted, |file| !file.is_of_base, &mut touch).await?;
        let mut lefts = Lefts::default();
        self.open(&mut lefts, wanted, |file| file.is_of_base, |number| touched.contains(&number)).await?;
        self.change(&mut lefts, wanted, |file| file.is_of_base).await?;
        if lefts.closed().next().is_some() {
            return Ok(None);
        }
        self.open(&mut lefts, wanted, |file| !file.is_of_base, |_| true).await?;
        self.change(&mut lefts, wanted, |file| !file.is_of_base).await?;
        Ok(Some(lefts))
    }

    async fn open(
        &self,
        lefts: &mut Lefts,
        wanted: &Wanted,
        is_read: impl Fn(&WantedFile) -> bool,
        is_asked: impl Fn(i64) -> bool,
    ) -> Result<(), Error> {
        let Some(engine) = self.engine(wanted, &ITEMS, is_read)? else { return Ok(()) };
        let sql = "select rows_read.item_number, rows_read.amount, \
                   coalesce(rows_read.posted_date, rows_read.issued_date) as posted_date from rows_read";
        let mut rows = engine.stream_table(&ITEMS, sql).await?;
        while let Some(batch) = rows.next_batch().await? {
            let (numbers, amounts, days) =
                (batch.numbers("item_number"), batch.decimals("amount"), batch.days("posted_date"));
            for row in 0..batch.len() {
                if let (Some(number), Some(amount), Some(day)) = (numbers.get(row), amounts.get(row), days.get(row))
                    && is_asked(number)
                {
                    lefts.open(number, i64::try_from(amount).unwrap_or(i64::MAX), day);
                }
            }
        }
        Ok(())
    }

    async fn change(
        &self,
        lefts: &mut Lefts,
        wanted: &Wanted,
        is_read: impl Fn(&WantedFile) -> bool,
    ) -> Result<(), Error> {
        self.each_link(wanted, is_read, |number, change, day| lefts.change(number, change, day)).await
    }

    /// Each item of a link, what the link changes of it, and when.
    async fn each_link(
        &self,
        wanted: &Wanted,
        is_read: impl Fn(&WantedFile) -> bool,
        mut each: impl FnMut(i64, i64, i32),
    ) -> Result<(), Error> {
        let Some(engine) = self.engine(wanted, &ALLOCATION_LINKS, is_read)? else { return Ok(()) };
        let sql = "select rows_read.debit_item_number, rows_read.credit_item_number, rows_read.amount, \
                   rows_read.acting_date from rows_read";
        let mut rows = engine.stream_table(&ALLOCATION_LINKS, sql).await?;
        while let Some(batch) = rows.next_batch().await? {
            let (debits, credits) = (batch.numbers("debit_item_number"), batch.numbers("credit_item_number"));
            let (amounts, days) = (batch.decimals("amount"), batch.days("acting_date"));
            for row in 0..batch.len() {
                if let (Some(debit), Some(credit), Some(amount), Some(day)) =
                    (debits.get(row), credits.get(row), amounts.get(row), days.get(row))
                {
                    let amount = i64::try_from(amount).unwrap_or(i64::MAX);
                    each(debit, -amount, day);
                    each(credit, amount, day);
                }
            }
        }
        Ok(())
    }

    /// An engine over some files of a table, as `rows_read`; none where there is no such file.
    fn engine(
        &self,
        wanted: &Wanted,
        table: &'static TableSpec,
        is_read: impl Fn(&WantedFile) -> bool,
    ) -> Result<Option<Engine>, Error> {
        let files = wanted.files(table).iter().filter(|file| is_read(file));
        let paths: Vec<PathBuf> = files.map(|file| file.path.clone()).collect();
        if paths.is_empty() {
            return Ok(None);
        }
        let engine = step_engine(self.settings, self.catalogue, &Wanted::default(), None, &[])?;
        engine.register_files("rows_read", table, &paths)?;
        Ok(Some(engine))
    }
}
