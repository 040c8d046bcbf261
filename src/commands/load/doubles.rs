//! The same receivables from two sources, such as a ledger and a list of another program: they would count twice.
//!
//! In: items by where they come from. Refused: a load that brings invoices of which another source tells most already, under other
//! keys: number, amount and day are the same. `--master` says which of the two counts; of the other, details are taken.

use std::collections::{BTreeMap, HashMap};

use url::Url;

use super::STEP_MEMORY;
use super::keys::each_batch;
use super::sources::held;
use super::stage::{Source, origin_of_key};
use super::wanted::Wanted;
use crate::engine::{Batch, Engine, Texts};
use crate::error::Error;
use crate::lake::Snapshot;
use crate::model::ItemKind;
use crate::model::tables::ITEMS;

/// Invoices that two sources must share at least.
const FEWEST: usize = 3;
/// Of a hundred invoices of the smaller source, how many the other must tell too.
const PERCENT: usize = 60;
/// Invoices of one source that are compared, about.
const COMPARED: usize = 50_000;

const COLUMNS: [&str; 6] = ["company_id", "item_id", "reference", "kind", "issued_date", "amount"];

/// An invoice of the source that came.
struct Invoice {
    company: String,
    day: String,
    amount: String,
    is_met: bool,
}

/// The files of items of one origin.
struct Group {
    origin: String,
    urls: Vec<Url>,
    row_count: usize,
    is_new: bool,
}

/// Refuses what another source tells already.
pub(super) async fn refuse(wanted: &Wanted, staged: &[Source], base: &Snapshot) -> Result<(), Error> {
    let groups = groups(wanted);
    if groups.len() < 2 {
        return Ok(());
    }
    let engine = Engine::bare(STEP_MEMORY)?;
    for (position, group) in groups.iter().enumerate().filter(|(_, group)| group.is_new) {
        // two sources that came together are compared once
        let others: Vec<&Group> = groups
            .iter()
            .enumerate()
            .filter(|(other, held)| *other > position || !held.is_new)
            .map(|(_, held)| held)
            .collect();
        let most = others.iter().map(|other| other.row_count).max().unwrap_or_default().max(group.row_count);
        let sample = Sample { step: u64::try_from(most / COMPARED).unwrap_or_default().max(1) };
        let mut known = sample.read(&engine, group).await?;
        for other in others {
            let (met, count) = sample.compare(&engine, other, &mut known).await?;
            let own = known.values().map(Vec::len).sum::<usize>();
            let smaller = own.min(count);
            if met >= FEWEST && met * 100 >= smaller * PERCENT {
                return Err(told(group, other, (met, smaller), staged, base));
            }
        }
    }
    Ok(())
}

fn groups(wanted: &Wanted) -> Vec<Group> {
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    for file in wanted.files(&ITEMS) {
        let group = groups.entry(&file.origin).or_insert_with(|| Group {
            origin: file.origin.clone(),
            urls: Vec::new(),
            row_count: 0,
            is_new: false,
        });
        group.urls.push(file.url.clone());
        group.row_count += file.row_count;
        group.is_new |= !file.is_of_base();
    }
    groups.into_values().collect()
}

/// Invoices chosen by their numbers alone, so that both sources choose the same.
struct Sample {
    step: u64,
}

impl Sample {
    fn holds(&self, number: &str) -> bool {
        xxhash_rust::xxh3::xxh3_64(number.as_bytes()).is_multiple_of(self.step)
    }

    /// The invoices of a source, by their numbers.
    async fn read(&self, engine: &Engine, group: &Group) -> Result<HashMap<String, Vec<Invoice>>, Error> {
        let mut known: HashMap<String, Vec<Invoice>> = HashMap::new();
        self.each(engine, group, |number, [company, day, amount]| {
            let (company, day, amount) = (company.to_owned(), day.to_owned(), amount.to_owned());
            known.entry(number).or_default().push(Invoice { company, day, amount, is_met: false });
        })
        .await?;
        Ok(known)
    }

    /// How many invoices of another source are among them, and how many it has.
    async fn compare(
        &self,
        engine: &Engine,
        other: &Group,
        known: &mut HashMap<String, Vec<Invoice>>,
    ) -> Result<(usize, usize), Error> {
        let (mut met, mut count) = (0, 0);
        for invoice in known.values_mut().flatten() {
            invoice.is_met = false;
        }
        self.each(engine, other, |number, [company, day, amount]| {
            count += 1;
            let same = known.get_mut(&number).into_iter().flatten().find(|invoice| {
                let (is_day, is_amount) = (invoice.day == day, invoice.amount == amount);
                // what is open of an invoice is less than all; two companies may well use one number
                !invoice.is_met && if invoice.company == company { is_day || is_amount } else { is_day && is_amount }
            });
            if let Some(invoice) = same {
                invoice.is_met = true;
                met += 1;
            }
        })
        .await?;
        Ok((met, count))
    }

    /// Hands number, company, day and amount of each invoice of a source to `see`.
    async fn each(&self, engine: &Engine, group: &Group, mut see: impl FnMut(String, [&str; 3])) -> Result<(), Error> {
        engine.register_files("item_rows", &ITEMS, &group.urls)?;
        each_batch(engine, &ITEMS, "item_rows", &COLUMNS, |batch: &Batch, columns: &[Texts<'_>]| {
            for row in 0..batch.len() {
                let [company, item, reference, kind, day, amount] =
                    std::array::from_fn(|column| columns[column].get(row));
                let number = folded(if reference.is_empty() { item } else { reference });
                if kind == ItemKind::Invoice.code() && !number.is_empty() && self.holds(&number) {
                    see(number, [company, day, amount]);
                }
            }
        })
        .await
    }
}

/// A number without what programs add to it: zeros before it, blanks, the case of its letters.
fn folded(number: &str) -> String {
    number.trim().trim_start_matches('0').to_uppercase()
}

fn told(group: &Group, other: &Group, (met, count): (usize, usize), staged: &[Source], base: &Snapshot) -> Error {
    let of = |origin: &str| -> (String, String) {
        let held = held(&base.history);
        let of_company = |company: &str, is_ledger: bool| {
            origin == if is_ledger { Wanted::derived_origin(company) } else { Wanted::listed_origin(company) }
        };
        let new = staged.iter().find(|source| {
            let company = &source.report.company_id;
            source.origin == origin
                || of_company(company, true) && source.year.is_some()
                || of_company(company, false) && source.brings("item_lists")
        });
        let known = || {
            held.iter().rev().find(|(key, held)| {
                let company = held.text("company_id");
                let is_ledger = held.facts["is_ledger"].as_bool() == Some(true);
                origin_of_key(key) == origin
                    || of_company(company, is_ledger) && (is_ledger || key.contains("open items of"))
            })
        };
        match new {
            Some(source) => (source.report.file_name.clone(), source.report.source_key.clone()),
            None => known().map_or_else(
                || (origin.to_owned(), origin.to_owned()),
                |(key, held)| (held.text("file").to_owned(), key.clone()),
            ),
        }
    };
    let ((file, _), (other_file, other_key)) = (of(&group.origin), of(&other.origin));
    Error::Plain(
        format!(
            "`{file}` tells the receivables that `{other_file}` (source `{other_key}`) tells too: {met} of {count} invoices compared have \
             the same number and amount or day, and would count twice"
        ),
        format!(
            "load `{file}` with `--master '{other_key}'` to take only its due dates and other details; `--replace '{other_key}'` forgets \
             the other; load one of them where both come together"
        ),
    )
}
