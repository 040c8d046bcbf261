//! Many possible futures, drawn together: totals have quantiles of their own, which no sum of quantiles is.
//!
//! Claims of a customer share a part of their luck, and all claims share a smaller one (a Gaussian copula: D. X. Li, "On
//! Default Correlation", Journal of Fixed Income 9, 2000). A future is drawn for each customer from a stream of its own,
//! so that the same seed gives the same futures whatever else the lake holds.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::book::OpenClaim;
use super::events::{Amount, Events, place};
use super::model::{Model, number};
use super::normal::quantile;
use super::outlook::{Outlook, amount};

/// Draws in all, over futures and claims.
const MOST_DRAWS: usize = 150_000_000;
const MOST_FUTURES: usize = 2_000;
const FEWEST_FUTURES: usize = 200;
/// Steps of the table of normal draws.
const TABLE_BITS: u32 = 13;

/// How claims are put together into totals.
pub(super) struct Groups<'a> {
    /// For each open claim, the total it belongs to.
    pub(super) of_claim: &'a [u32],
    pub(super) count: usize,
}

/// How many futures are drawn, from which seed.
#[derive(Clone, Copy)]
pub(super) struct Draw {
    pub(super) seed: u64,
    pub(super) count: usize,
}

impl Draw {
    /// As many futures as so many open claims leave time for.
    pub(super) fn of(seed: u64, claim_count: usize) -> Self {
        Self { seed, count: (MOST_DRAWS / claim_count.max(1)).clamp(FEWEST_FUTURES, MOST_FUTURES) }
    }
}

/// The futures of each group.
pub(super) struct Futures {
    count: usize,
    weeks: usize,
    /// By group, week (and what is beyond), then future.
    totals: Vec<i64>,
}

/// The tenth, half and nine tenths of futures.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    pub(super) p10: Amount,
    pub(super) p50: Amount,
    pub(super) p90: Amount,
}

struct Draws {
    table: Vec<f32>,
}

impl Draws {
    fn new() -> Self {
        let count = 1_usize << TABLE_BITS;
        #[expect(clippy::cast_possible_truncation, reason = "a draw needs no more digits")]
        let table = (0..count).map(|step| quantile((number(step) + 0.5) / number(count)) as f32).collect();
        Self { table }
    }

    fn normal(&self, bits: u32) -> f32 {
        self.table[place(bits >> (32 - TABLE_BITS))]
    }

    fn normals(&self, random: &mut ChaCha8Rng, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.normal(random.next_u32())).collect()
    }
}

/// Draws futures for the open claims of a book, by group.
pub(super) fn futures(
    open: &[OpenClaim],
    outlooks: &[Outlook],
    events: &Events,
    model: &Model,
    groups: &Groups<'_>,
    draw: Draw,
) -> Futures {
    let Draw { seed, count } = draw;
    let weeks = outlooks.first().map_or(0, |outlook| outlook.by_week.len()) + 1;
    let draws = Draws::new();
    let shared = draws.normals(&mut stream(seed, u64::MAX), count);
    let customers = customers_of(open, events);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
    // each thread sums whole customers; thread sums are added in order, in whole cents, so that no order shows
    let parts: Vec<Vec<i64>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let (customers, draws, shared) = (&customers, &draws, &shared);
                scope.spawn(move || {
                    let mut totals = vec![0_i64; groups.count * weeks * count];
                    for (first, last) in customers.iter().skip(thread).step_by(threads).copied() {
                        let customer = events.claims[place(open[first].claim)].customer;
                        let mut random = stream(seed, events.payers[place(customer)].identity);
                        let own = draws.normals(&mut random, count);
                        for position in first..last {
                            let claim = &events.claims[place(open[position].claim)];
                            let outlook = &outlooks[position];
                            let shared_share = model.expectation(events, claim).shared_share;
                            let luck = Luck::new(model, shared_share);
                            let bounds = bounds(outlook);
                            let cash = rounded(amount(open[position].uncovered) * outlook.cash_share);
                            let base = place(groups.of_claim[position]) * weeks * count;
                            for future in 0..count {
                                let score = luck.all * shared[future]
                                    + luck.customer * own[future]
                                    + luck.alone * draws.normal(random.next_u32());
                                let week = bounds.iter().take_while(|bound| **bound < score).count();
                                // after the last bound it is never paid
                                if week < weeks {
                                    totals[base + week * count + future] += cash;
                                }
                            }
                        }
                    }
                    totals
                })
            })
            .collect();
        running.into_iter().map(joined).collect()
    });
    let mut totals = vec![0_i64; groups.count * weeks * count];
    for part in parts {
        for (total, part) in totals.iter_mut().zip(part) {
            *total += part;
        }
    }
    Futures { count, weeks, totals }
}

/// What a thread brought; if it broke, so does this one: a future without its claims would be a false one.
pub(super) fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))
}

struct Luck {
    all: f32,
    customer: f32,
    alone: f32,
}

impl Luck {
    #[expect(clippy::cast_possible_truncation, reason = "a weight of luck needs no more digits")]
    fn new(model: &Model, shared_share: f64) -> Self {
        // what is not known of a customer moves all its claims, beside what moved them together in the past
        let own = (model.together.customer - model.together.all).max(0.0);
        let customer = (own + (1.0 - own) * shared_share).min(0.9);
        let all = model.together.all.min(1.0 - customer);
        Self {
            all: all.sqrt() as f32,
            customer: customer.sqrt() as f32,
            alone: (1.0 - customer - all).max(0.0).sqrt() as f32,
        }
    }
}

/// Scores at which a claim passes from one week to the next, from the last one to what is beyond, and from that to never.
#[expect(clippy::cast_possible_truncation, reason = "a score needs no more digits")]
fn bounds(outlook: &Outlook) -> Vec<f32> {
    let last = outlook.by_week.last().copied().unwrap_or(0.0);
    let ever = outlook.ever.max(last);
    outlook
        .by_week
        .iter()
        .chain(std::iter::once(&ever))
        .map(|chance| {
            if *chance <= 0.0 {
                f32::NEG_INFINITY
            } else if *chance >= 1.0 {
                f32::INFINITY
            } else {
                quantile(*chance) as f32
            }
        })
        .collect()
}

fn customers_of(open: &[OpenClaim], events: &Events) -> Vec<(usize, usize)> {
    let mut customers = Vec::new();
    let mut first = 0;
    for part in open
        .chunk_by(|left, right| events.claims[place(left.claim)].customer == events.claims[place(right.claim)].customer)
    {
        customers.push((first, first + part.len()));
        first += part.len();
    }
    customers
}

fn stream(seed: u64, what: u64) -> ChaCha8Rng {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&what.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// An estimate as a whole number: of the smallest amounts, of days or of things.
#[expect(clippy::cast_possible_truncation, reason = "beyond 18 digits no amount is loaded")]
pub(super) fn rounded(estimate: f64) -> i64 {
    estimate.round().clamp(-9.2e18, 9.2e18) as i64
}

impl Futures {
    /// The futures of groups of groups: `group_of` tells each one's new group, of so many.
    pub(super) fn merged(&self, group_of: &[u32], groups: usize) -> Self {
        let size = self.weeks * self.count;
        let mut totals = vec![0_i64; groups * size];
        for (part, group) in self.totals.chunks(size).zip(group_of) {
            for (total, part) in totals[place(*group) * size..].iter_mut().zip(part) {
                *total += part;
            }
        }
        Self { totals, ..*self }
    }

    fn of(&self, group: usize, week: usize) -> &[i64] {
        let first = (group * self.weeks + week) * self.count;
        // where nothing is open no future was drawn, and every total is nothing
        self.totals.get(first..first + self.count).unwrap_or_default()
    }

    /// The range of one week of a group.
    pub(super) fn week(&self, group: usize, week: usize) -> Range {
        range(self.of(group, week).to_vec())
    }

    /// The range of all up to the end of a week.
    pub(super) fn to_week(&self, group: usize, week: usize) -> Range {
        let mut sums = vec![0_i64; self.count];
        for week in 0..=week {
            for (sum, total) in sums.iter_mut().zip(self.of(group, week)) {
                *sum += total;
            }
        }
        range(sums)
    }
}

fn range(mut totals: Vec<i64>) -> Range {
    totals.sort_unstable();
    let at =
        |percent: usize| totals.get((totals.len().saturating_sub(1) * percent).div_ceil(100)).copied().unwrap_or(0);
    Range { p10: at(10), p50: at(50), p90: at(90) }
}
