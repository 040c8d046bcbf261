//! Allocations get what they need of their two items, once, so that no question has to look them up.
//!
//! Only the files that a load adds are linked, unless it takes items or allocations away or some link is missing: then
//! all are linked anew. Items are found by 64 bits of a hash of their key: two items that share one stop the load.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;

use super::stage::unwritable;
use super::step_engine;
use super::wanted::Wanted;
use crate::engine::{Batch, Catalogue, Engine, Texts};
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::lake::Snapshot;
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATION_LINKS, ALLOCATIONS, ITEMS};
use crate::model::{Date, Money, Rows};
use crate::settings::Settings;

/// Items whose keys are held in memory at once.
const ITEMS_AT_ONCE: usize = 50_000_000;
/// Allocations whose items are held in memory at once.
const ALLOCATIONS_AT_ONCE: usize = 30_000_000;
/// Rows written at once.
const ROWS_AT_ONCE: usize = 30_000;
/// The origin of the files of links.
const ORIGIN: &str = "links";

/// An item as its allocations need it.
#[derive(Clone, Copy)]
struct Linked {
    number: i64,
    posted: i32,
    customer: u32,
    currency: u16,
    kind: u16,
}

/// Texts that many rows share, as numbers.
#[derive(Default)]
struct Shared {
    codes: HashMap<String, u32>,
    texts: Vec<String>,
    last: u32,
}

/// What is known of items, a part of them at a time.
#[derive(Default)]
struct Items {
    places: HashMap<u64, u32, Given>,
    linked: Vec<Linked>,
    customers: Shared,
    currencies: Shared,
    kinds: Shared,
    /// Amount and amount in the base currency, where they differ, by number.
    rates: HashMap<i64, (i64, Option<i64>)>,
}

/// Keys that are hashes already.
#[derive(Clone, Copy, Default)]
struct Given(u64);

impl BuildHasher for Given {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Shared {
    fn code(&mut self, text: &str) -> u32 {
        if self.texts.get(place(self.last)).is_some_and(|last| last == text) {
            return self.last;
        }
        let known = self.codes.get(text).copied();
        self.last = known.unwrap_or_else(|| {
            let code = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            self.texts.push(text.to_owned());
            self.codes.insert(text.to_owned(), code);
            code
        });
        self.last
    }

    fn text(&self, code: impl Into<u32>) -> Cell {
        Cell::text(self.texts.get(place(code.into())).map_or("", String::as_str))
    }
}

/// Links the allocations that need it.
pub(super) async fn link(
    settings: &Settings,
    catalogue: &Catalogue,
    wanted: &mut Wanted,
    base: &Snapshot,
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    let is_anew = wanted.lacks(base, &ITEMS)
        || wanted.lacks(base, &ALLOCATIONS)
        || base.row_count(&ALLOCATIONS) != base.row_count(&ALLOCATION_LINKS);
    if is_anew {
        wanted.drop_table(&ALLOCATION_LINKS);
    }
    let files = wanted.files(&ALLOCATIONS).iter().filter(|file| is_anew || !file.is_of_base);
    let (paths, counts): (Vec<PathBuf>, Vec<usize>) = files.map(|file| (file.path.clone(), file.row_count)).unzip();
    let row_count: usize = counts.iter().sum();
    if row_count == 0 {
        return Ok(());
    }
    let items = wanted.files(&ITEMS);
    let item_count: usize = items.iter().map(|file| file.row_count).sum();
    let item_paths: Vec<PathBuf> = items.iter().map(|file| file.path.clone()).collect();
    let engine = step_engine(settings, catalogue, &Wanted::default(), None, &[])?;
    engine.register_files("item_rows", &ITEMS, &item_paths)?;
    engine.register_files("allocation_rows", &ALLOCATIONS, &paths)?;
    let mut staging = Staging::new(settings.lake.root(), load_id, tag);
    let part_count = u64::try_from(item_count.div_ceil(ITEMS_AT_ONCE).max(1)).unwrap_or(1);
    let mut items = Items::default();
    for first in (0..row_count).step_by(ALLOCATIONS_AT_ONCE) {
        let slice = Slice { first, count: ALLOCATIONS_AT_ONCE.min(row_count - first) };
        let mut sides: Vec<[Option<Linked>; 2]> = vec![[None; 2]; slice.count];
        for part in 0..part_count {
            if part_count > 1 || first == 0 {
                items.read(&engine, part, part_count, item_count).await?;
            }
            slice.find(&engine, &items, &mut sides).await?;
        }
        slice
            .write(&engine, &items, &sides, &mut |rows| {
                staging.write(ORIGIN, rows).map_err(|cause| unwritable(settings, &cause))
            })
            .await?;
    }
    for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
        wanted.add(&file);
    }
    Ok(())
}

impl Items {
    /// Reads the items whose keys fall into a part of so many.
    async fn read(&mut self, engine: &Engine, part: u64, part_count: u64, item_count: usize) -> Result<(), Error> {
        self.places.clear();
        self.linked.clear();
        let count = item_count / usize::try_from(part_count).unwrap_or(1);
        self.places.reserve(count + count / 50);
        self.linked.reserve(count + count / 50);
        let sql = "select item_rows.company_id, item_rows.item_id, item_rows.item_number, item_rows.customer_id, \
                   item_rows.currency_code, item_rows.kind, item_rows.amount, item_rows.base_amount, \
                   coalesce(item_rows.posted_date, item_rows.issued_date) as posted_date from item_rows";
        let mut rows = engine.stream_table(&ITEMS, sql).await?;
        while let Some(batch) = rows.next_batch().await? {
            self.take(&batch, part, part_count)?;
        }
        Ok(())
    }

    fn take(&mut self, batch: &Batch, part: u64, part_count: u64) -> Result<(), Error> {
        let (companies, ids) = (batch.texts("company_id"), batch.texts("item_id"));
        let (numbers, posted) = (batch.numbers("item_number"), batch.days("posted_date"));
        let (customers, currencies, kinds) =
            (batch.texts("customer_id"), batch.texts("currency_code"), batch.texts("kind"));
        let (amounts, bases) = (batch.decimals("amount"), batch.decimals("base_amount"));
        for row in 0..batch.len() {
            let key = key(companies, ids, row);
            let (Some(number), Some(posted)) = (numbers.get(row), posted.get(row)) else { continue };
            if part_count > 1 && (key >> 32) % part_count != part {
                continue;
            }
            match self.places.entry(key) {
                Entry::Vacant(vacant) => {
                    vacant.insert(u32::try_from(self.linked.len()).unwrap_or(u32::MAX));
                }
                Entry::Occupied(_) => {
                    return Err(Error::Plain(
                        format!("item `{}` and another one share 64 bits of a hash", ids.get(row)),
                        "add a character to its identifier, and load its file again".to_owned(),
                    ));
                }
            }
            let whole = |digits: Option<i128>| digits.and_then(|digits| i64::try_from(digits).ok());
            let (amount, base) = (whole(amounts.get(row)).unwrap_or_default(), whole(bases.get(row)));
            if base != Some(amount) {
                self.rates.insert(number, (amount, base));
            }
            self.linked.push(Linked {
                number,
                posted,
                customer: self.customers.code(customers.get(row)),
                currency: u16::try_from(self.currencies.code(currencies.get(row))).unwrap_or(u16::MAX),
                kind: u16::try_from(self.kinds.code(kinds.get(row))).unwrap_or(u16::MAX),
            });
        }
        Ok(())
    }

    fn find(&self, key: u64) -> Option<Linked> {
        self.places.get(&key).map(|found| self.linked[place(*found)])
    }

    /// An amount at the rate of a debit item, half up.
    fn base_amount(&self, debit: i64, amount: i64) -> Option<i64> {
        let Some((of_item, base)) = self.rates.get(&debit).copied() else { return Some(amount) };
        if of_item == 0 {
            return None;
        }
        let (wide, of_item) = (i128::from(amount) * i128::from(base?), i128::from(of_item));
        let half_up = (2 * wide.abs() + of_item.abs()) / (2 * of_item.abs());
        i64::try_from(half_up * wide.signum() * of_item.signum()).ok()
    }
}

/// Some of the allocations, in the order of their files.
struct Slice {
    first: usize,
    count: usize,
}

impl Slice {
    /// Finds the items of the slice's rows among those read.
    async fn find(&self, engine: &Engine, items: &Items, sides: &mut [[Option<Linked>; 2]]) -> Result<(), Error> {
        let sql = "select allocation_rows.company_id, allocation_rows.debit_item_id, allocation_rows.credit_item_id \
                   from allocation_rows";
        let mut rows = engine.stream_table(&ALLOCATIONS, sql).await?;
        let mut seen = 0;
        while let Some(batch) = rows.next_batch().await? {
            let companies = batch.texts("company_id");
            let ids = [batch.texts("debit_item_id"), batch.texts("credit_item_id")];
            for row in self.within(seen, batch.len()) {
                let side = &mut sides[seen + row - self.first];
                for (side, ids) in side.iter_mut().zip(ids) {
                    if side.is_none() {
                        *side = items.find(key(companies, ids, row));
                    }
                }
            }
            seen += batch.len();
            if seen >= self.first + self.count {
                break;
            }
        }
        Ok(())
    }

    /// Writes the rows whose items were found.
    async fn write(
        &self,
        engine: &Engine,
        items: &Items,
        sides: &[[Option<Linked>; 2]],
        write: &mut impl FnMut(Rows) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let sql = "select allocation_rows.company_id, allocation_rows.allocated_date, allocation_rows.amount, \
                   allocation_rows.is_inferred from allocation_rows";
        let mut rows = engine.stream_table(&ALLOCATIONS, sql).await?;
        let mut seen = 0;
        let mut out = Rows::new(&ALLOCATION_LINKS);
        while let Some(batch) = rows.next_batch().await? {
            let (companies, dates) = (batch.texts("company_id"), batch.days("allocated_date"));
            let (amounts, inferred) = (batch.decimals("amount"), batch.flags("is_inferred"));
            for row in self.within(seen, batch.len()) {
                let [Some(debit), Some(credit)] = sides[seen + row - self.first] else { continue };
                let met = debit.posted.max(credit.posted);
                let amount = amounts.get(row).and_then(|digits| i64::try_from(digits).ok()).unwrap_or_default();
                let money = |hundredths: i64| Cell::money(Money::from_hundredths(hundredths));
                let day = |days: i32| Cell::date(Date::from_epoch_days(days));
                out.push(vec![
                    Cell::text(companies.get(row)),
                    items.currencies.text(debit.currency),
                    Cell::Int(debit.number),
                    Cell::Int(credit.number),
                    items.kinds.text(credit.kind),
                    items.customers.text(credit.customer),
                    day(dates.get(row).map_or(met, |date| date.max(met))),
                    day(met),
                    money(amount),
                    items.base_amount(debit.number, amount).map_or(Cell::Empty, money),
                    Cell::Flag(inferred.get(row)),
                    Cell::Empty,
                ]);
            }
            seen += batch.len();
            if out.len() >= ROWS_AT_ONCE {
                write(std::mem::replace(&mut out, Rows::new(&ALLOCATION_LINKS)))?;
            }
            if seen >= self.first + self.count {
                break;
            }
        }
        write(out)
    }

    /// The rows of a batch that belong to the slice, when so many were seen before it.
    fn within(&self, seen: usize, len: usize) -> std::ops::Range<usize> {
        let first = self.first.saturating_sub(seen).min(len);
        first..(self.first + self.count).saturating_sub(seen).min(len)
    }
}

/// 64 bits of a hash of a company and an item.
fn key(companies: Texts<'_>, ids: Texts<'_>, row: usize) -> u64 {
    let (company, id) = (companies.get(row), ids.get(row));
    // the length keeps `ab|c` apart from `a|bc`
    let seed = xxhash_rust::xxh3::xxh3_64_with_seed(company.as_bytes(), company.len() as u64);
    xxhash_rust::xxh3::xxh3_64_with_seed(id.as_bytes(), seed)
}

fn place(code: u32) -> usize {
    usize::try_from(code).unwrap_or(usize::MAX)
}
