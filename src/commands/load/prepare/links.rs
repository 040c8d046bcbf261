//! Allocations get what they need of their two items, once, so that no question has to look them up.
//!
//! Only the files that a load adds are linked, unless it takes items or allocations away or some link is missing: then
//! all are linked anew. Items are found by 64 bits of a hash of their key: two items that share one stop the load.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

use super::course::Amounts;
use super::shared::{SharedTexts, place};
use super::sums::Sums;
use super::{Output, engine_over};
use crate::commands::load::keys::ByHash;
use crate::commands::load::wanted::{Wanted, WantedFile};
use crate::engine::{Batch, Engine, Texts};
use crate::error::Error;
use crate::model::processors::{processor_count, share_out};
use crate::model::tables::{ALLOCATION_DAYS, ALLOCATION_LINKS, ALLOCATIONS, ITEMS, UNSETTLED_ITEMS};
use crate::model::{Date, ItemKind, Money, Rows, TableSpec};

/// Items whose keys are held in memory at once.
const ITEMS_AT_ONCE: usize = 28_000_000;
/// Batches of keys that wait for their places.
const KEYS_AHEAD: usize = 8;
/// Allocations whose items are looked for at once.
const KEYS_AT_ONCE: usize = 1 << 17;
/// Allocations whose items are held in memory at once.
const ALLOCATIONS_AT_ONCE: usize = 30_000_000;

/// An item as its allocations need it.
#[derive(Clone, Copy)]
struct Linked {
    number: i64,
    posted: i32,
    customer: u32,
    currency: u16,
    kind: u16,
    /// Of its amount: what is greater is owed to us. A type of three values leaves room to tell that there is no item.
    sign: Ordering,
}

/// What is known of items, a part of them at a time.
#[derive(Default)]
struct Items {
    places: ByHash<u64, u32>,
    linked: Vec<Linked>,
    customers: SharedTexts,
    currencies: SharedTexts,
    kinds: SharedTexts,
    /// The smallest amount of the base currency, in thousandths.
    smallest: i64,
    /// Amounts, where the one in the base currency differs, by number.
    rates: HashMap<i64, Amounts>,
}

/// Links the allocations that need it: all, or those that the load adds. False where an item of
/// one is not known and all are needed; else such an allocation is left out.
pub(super) async fn link(
    wanted: &Wanted,
    is_anew: bool,
    needs_all: bool,
    smallest: i64,
    output: &mut Output<'_>,
) -> Result<bool, Error> {
    let is_read = |file: &WantedFile| is_anew || !file.is_of_base();
    let counted = wanted.files(&ALLOCATIONS).iter().filter(|file| is_read(file));
    let row_count: usize = counted.map(|file| file.row_count).sum();
    let Some(allocations) = engine_over(wanted, &ALLOCATIONS, is_read)? else { return Ok(true) };
    let mut days = AllocationDays::default();
    if !is_anew && row_count <= ALLOCATIONS_AT_ONCE {
        // nearly all are of items that this load brings, or that were left open: those are few
        let mut items = Items { smallest, ..Items::default() };
        let new = engine_over(wanted, &ITEMS, |file| !file.is_of_base())?;
        let unsettled = engine_over(wanted, &UNSETTLED_ITEMS, WantedFile::is_of_base)?;
        for (engine, table) in [(new, &ITEMS), (unsettled, &UNSETTLED_ITEMS)] {
            if let Some(engine) = engine {
                items.read(&engine, table, Share::WHOLE).await?;
            }
        }
        let slice = Slice { first: 0, count: row_count };
        let sides = slice.find(&allocations, &items, vec![[None; 2]; row_count]).await?;
        if sides.iter().flatten().all(Option::is_some) {
            slice.write(&allocations, &items, &sides, &mut days, output).await?;
            days.write(output)?;
            return Ok(true);
        }
    }
    let Some(engine) = engine_over(wanted, &ITEMS, |_| true)? else { return Ok(!needs_all) };
    let item_count: usize = wanted.files(&ITEMS).iter().map(|file| file.row_count).sum();
    let share_count = u64::try_from(item_count.div_ceil(ITEMS_AT_ONCE).max(1)).unwrap_or(1);
    let mut items = Items { smallest, ..Items::default() };
    for first in (0..row_count).step_by(ALLOCATIONS_AT_ONCE) {
        let slice = Slice { first, count: ALLOCATIONS_AT_ONCE.min(row_count - first) };
        let mut sides: Sides = vec![[None; 2]; slice.count];
        for number in 0..share_count {
            if share_count > 1 || first == 0 {
                items.forget(item_count / usize::try_from(share_count).unwrap_or(1));
                items.read(&engine, &ITEMS, Share { number, count: share_count }).await?;
            }
            sides = slice.find(&allocations, &items, sides).await?;
        }
        if needs_all && sides.iter().flatten().any(Option::is_none) {
            return Ok(false);
        }
        slice.write(&allocations, &items, &sides, &mut days, output).await?;
    }
    days.write(output)?;
    Ok(true)
}

/// One of so many shares of the items, told by their keys.
#[derive(Clone, Copy)]
struct Share {
    number: u64,
    count: u64,
}

impl Share {
    const WHOLE: Self = Self { number: 0, count: 1 };

    const fn holds(self, key: u64) -> bool {
        self.count == 1 || (key >> 32) % self.count == self.number
    }
}

impl Items {
    /// Makes room for so many others.
    fn forget(&mut self, count: usize) {
        self.places.clear();
        self.linked.clear();
        self.places.reserve(count + count / 50);
        self.linked.reserve(count + count / 50);
    }

    /// Reads the items of a share.
    async fn read(&mut self, engine: &Engine, table: &'static TableSpec, share: Share) -> Result<(), Error> {
        let sql = "select rows_read.company_id, rows_read.item_id, rows_read.item_number, rows_read.customer_id, \
                   rows_read.currency_code, rows_read.kind, rows_read.amount, rows_read.base_amount, \
                   coalesce(rows_read.posted_date, rows_read.issued_date) as posted_date from rows_read";
        let mut rows = engine.stream_table(table, sql).await?;
        // places of keys are looked up all over the memory: a processor of their own waits for that
        let (keys, waiting) = mpsc::sync_channel::<Vec<u64>>(KEYS_AHEAD);
        let (mut places, mut next) = (std::mem::take(&mut self.places), self.linked.len());
        let placing = thread::spawn(move || {
            let mut twice = None;
            for key in waiting.into_iter().flatten() {
                match places.entry(key) {
                    Entry::Vacant(vacant) => {
                        vacant.insert(u32::try_from(next).unwrap_or(u32::MAX));
                    }
                    Entry::Occupied(_) => twice = Some(key),
                }
                next += 1;
            }
            (places, twice)
        });
        while let Some(batch) = rows.next_batch().await? {
            if keys.send(self.take(&batch, share)).is_err() {
                break;
            }
        }
        drop(keys);
        let (places, twice) = placing.join().unwrap_or_else(|panic| resume_unwind(panic));
        self.places = places;
        match twice {
            Some(key) => Err(shared_hash(engine, table, key).await?),
            None => Ok(()),
        }
    }

    /// Takes the items of a share; answers their keys.
    fn take(&mut self, batch: &Batch, share: Share) -> Vec<u64> {
        let mut keys = Vec::with_capacity(batch.len());
        let (companies, ids) = (batch.texts("company_id"), batch.texts("item_id"));
        let (numbers, posted) = (batch.numbers("item_number"), batch.days("posted_date"));
        let (customers, currencies, kinds) =
            (batch.texts("customer_id"), batch.texts("currency_code"), batch.texts("kind"));
        let (amounts, bases) = (batch.decimals("amount"), batch.decimals("base_amount"));
        for row in 0..batch.len() {
            let key = key(companies, ids, row);
            let (Some(number), Some(posted)) = (numbers.get(row), posted.get(row)) else { continue };
            if !share.holds(key) {
                continue;
            }
            keys.push(key);
            let whole = |digits: Option<i128>| digits.and_then(|digits| i64::try_from(digits).ok());
            let (own, base) = (whole(amounts.get(row)).unwrap_or_default(), whole(bases.get(row)));
            if base != Some(own) {
                self.rates.insert(number, Amounts { own, base });
            }
            self.linked.push(Linked {
                number,
                posted,
                customer: self.customers.number(0, customers.get(row)),
                currency: u16::try_from(self.currencies.number(0, currencies.get(row))).unwrap_or(u16::MAX),
                kind: u16::try_from(self.kinds.number(0, kinds.get(row))).unwrap_or(u16::MAX),
                sign: own.cmp(&0),
            });
        }
        keys
    }

    fn find(&self, key: u64) -> Option<Linked> {
        self.places.get(&key).map(|found| self.linked[place(*found)])
    }

    /// Finds the items of both sides of some allocations that are not known yet, on all processors.
    fn find_all(&self, keys: &[[u64; 2]], sides: &mut [[Option<Linked>; 2]]) {
        let worker_count = processor_count();
        let share = keys.len().div_ceil(worker_count).max(1);
        let shares = keys.chunks(share).zip(sides.chunks_mut(share));
        let Ok(()) = share_out::<_, Infallible>(worker_count, shares, |(keys, sides)| {
            for (key, side) in keys.iter().flatten().zip(sides.iter_mut().flatten()) {
                if side.is_none() {
                    *side = self.find(*key);
                }
            }
            Ok(())
        });
    }

    /// An amount at the rate of a debit item.
    fn base_amount(&self, debit: i64, amount: i64) -> Option<i64> {
        self.rates.get(&debit).map_or(Some(amount), |amounts| amounts.in_base(amount, self.smallest))
    }
}

/// The debit and the credit item of each allocation, where they are known.
type Sides = Vec<[Option<Linked>; 2]>;

/// Some of the allocations, in the order of their files.
struct Slice {
    first: usize,
    count: usize,
}

impl Slice {
    /// Finds the items of the slice's rows among those read.
    async fn find(&self, engine: &Engine, items: &Items, mut sides: Sides) -> Result<Sides, Error> {
        let sql = "select rows_read.company_id, rows_read.debit_item_id, rows_read.credit_item_id \
                   from rows_read";
        let mut rows = engine.stream_table(&ALLOCATIONS, sql).await?;
        let mut seen = 0;
        let mut found = 0;
        let mut keys: Vec<[u64; 2]> = Vec::new();
        while let Some(batch) = rows.next_batch().await? {
            let companies = batch.texts("company_id");
            let ids = [batch.texts("debit_item_id"), batch.texts("credit_item_id")];
            keys.extend(self.within(seen, batch.len()).map(|row| ids.map(|ids| key(companies, ids, row))));
            seen += batch.len();
            let is_last = seen >= self.first + self.count;
            if is_last || keys.len() >= KEYS_AT_ONCE {
                items.find_all(&keys, &mut sides[found..found + keys.len()]);
                found += keys.len();
                keys.clear();
            }
            if is_last {
                break;
            }
        }
        items.find_all(&keys, &mut sides[found..found + keys.len()]);
        Ok(sides)
    }

    /// Writes the rows whose items were found.
    async fn write(
        &self,
        engine: &Engine,
        items: &Items,
        sides: &[[Option<Linked>; 2]],
        days: &mut AllocationDays,
        output: &mut Output<'_>,
    ) -> Result<(), Error> {
        let sql = "select rows_read.company_id, rows_read.allocated_date, rows_read.amount, \
                   rows_read.is_inferred from rows_read";
        let mut rows = engine.stream_table(&ALLOCATIONS, sql).await?;
        let mut seen = 0;
        let mut out = Rows::new(&ALLOCATION_LINKS);
        while let Some(batch) = rows.next_batch().await? {
            let (companies, dates) = (batch.texts("company_id"), batch.days("allocated_date"));
            let (amounts, inferred) = (batch.decimals("amount"), batch.flags("is_inferred"));
            for row in self.within(seen, batch.len()) {
                let [Some(debit), Some(credit)] = sides[seen + row - self.first] else { continue };
                let met = debit.posted.max(credit.posted);
                let acting = dates.get(row).map_or(met, |date| date.max(met));
                let amount = amounts.get(row).and_then(|digits| i64::try_from(digits).ok()).unwrap_or_default();
                let (amount, base) = (
                    Money::from_thousandths(amount),
                    items.base_amount(debit.number, amount).and_then(Money::from_thousandths),
                );
                let is_inferred = inferred.get(row);
                let (currency, kind) =
                    (items.currencies.value(debit.currency.into()), items.kinds.value(credit.kind.into()));
                // what a refund uses up of a receipt was not collected
                let debit_kind = items.kinds.value(debit.kind.into());
                let summed = if debit_kind == ItemKind::Refund.code() { debit_kind } else { kind };
                days.add([companies.get(row), currency, summed], acting, is_inferred, [amount, base]);
                let linked = out.row().text(companies.get(row)).text(currency);
                let linked = linked.int(Some(debit.number)).int(Some(credit.number));
                let linked = linked.text(kind).text(items.customers.value(credit.customer));
                let linked = linked.date(Date::from_epoch_days(acting)).date(Date::from_epoch_days(met));
                let linked = linked.money(amount).money(base);
                let linked = linked.flag(Some(is_inferred)).flag(Some(debit.customer != credit.customer));
                let linked = linked.flag(Some(debit.currency != credit.currency));
                linked.flag(Some(debit.sign.is_le() || credit.sign.is_ge())).text("").end();
            }
            seen += batch.len();
            output.offer(&mut out)?;
            if seen >= self.first + self.count {
                break;
            }
        }
        output.write(&mut out)
    }

    /// The rows of a batch that belong to the slice, when so many were seen before it.
    fn within(&self, seen: usize, len: usize) -> std::ops::Range<usize> {
        let first = self.first.saturating_sub(seen).min(len);
        first..(self.first + self.count).saturating_sub(seen).min(len)
    }
}

/// Sums of allocations by company, currency and kind of credit (`refund` where the debit item is one), day and whether they
/// were concluded.
struct AllocationDays {
    texts: SharedTexts,
    sums: Sums<(u32, u32, u32, i32, bool), 2, 1>,
}

impl Default for AllocationDays {
    fn default() -> Self {
        Self { texts: SharedTexts::default(), sums: Sums::new(&ALLOCATION_DAYS) }
    }
}

impl AllocationDays {
    fn add(&mut self, names: [&str; 3], day: i32, is_inferred: bool, amounts: [Option<Money>; 2]) {
        let [company, currency, kind] = names;
        let (company, currency) = (self.texts.number(0, company), self.texts.number(1, currency));
        let amounts = amounts.map(|amount| amount.map_or(0, Money::thousandths));
        self.sums.add((company, currency, self.texts.number(2, kind), day, is_inferred), amounts, [1]);
    }

    fn write(self, output: &mut Output<'_>) -> Result<(), Error> {
        let Self { texts, sums } = self;
        sums.write(output, |rows, (company, currency, kind, day, is_inferred), [amount, base], [count]| {
            let row = rows.row().text(texts.value(company)).text(texts.value(currency)).text(texts.value(kind));
            let row = row.date(Date::from_epoch_days(day)).flag(Some(is_inferred)).money(amount).money(base);
            row.int(count).text("").end();
        })
    }
}

/// What is said where two items share a key.
async fn shared_hash(engine: &Engine, table: &'static TableSpec, twice: u64) -> Result<Error, Error> {
    let sql = "select rows_read.company_id, rows_read.item_id from rows_read";
    let mut rows = engine.stream_table(table, sql).await?;
    let mut names = Vec::new();
    while let Some(batch) = rows.next_batch().await? {
        let (companies, ids) = (batch.texts("company_id"), batch.texts("item_id"));
        let of_key = (0..batch.len()).filter(|row| key(companies, ids, *row) == twice);
        names.extend(of_key.map(|row| format!("`{}`", ids.get(row))));
    }
    Ok(Error::Plain(
        format!("items {} share 64 bits of a hash", names.join(" and ")),
        "add a character to the identifier of one of them, and load its file again".to_owned(),
    ))
}

/// 64 bits of a hash of a company and an item.
fn key(companies: Texts<'_>, ids: Texts<'_>, row: usize) -> u64 {
    let (company, id) = (companies.get(row), ids.get(row));
    // the length keeps `ab|c` apart from `a|bc`
    let seed = xxhash_rust::xxh3::xxh3_64_with_seed(company.as_bytes(), company.len() as u64);
    xxhash_rust::xxh3::xxh3_64_with_seed(id.as_bytes(), seed)
}
