//! The model: learned from the book of a day, it tells for each open claim when cash may come.

use super::book::{Book, Index, OpenClaim, Part, State};
use super::clock::{BankDays, Clock, Runs, clocks};
use super::events::{Claim, Day, Events, ROLE, TRAITS, place};
use super::levels::{Expectation, FACTORS, Levels, Observation, Priors};
use super::normal::quantile;
use super::outlook::Scene;
use super::pace::{Pace, Releases, Walk};
use super::ways::End;
use crate::model::processors::each_of;

/// How much is looked at to learn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// Parts from which the levels of traits are learned, and rounds of learning.
    level_parts: usize,
    rounds: usize,
    /// Parts whose days are walked through for the pace.
    pace_parts: usize,
}

impl Effort {
    pub(super) const FULL: Self = Self { level_parts: 120_000, rounds: 40, pace_parts: 20_000 };
    /// For a trial of which only the ranges count.
    pub(super) const TRIAL: Self = Self { level_parts: 10_000, rounds: 25, pace_parts: 4_000 };
}

/// The latest parts that tell a customer's own level.
const LATEST_PARTS: usize = 60;
const DAILY_ROUNDS: usize = 4;
const CUSTOMER_ROUNDS: usize = 6;
/// Payments that the share of cash of all is worth beside one customer's.
const CASH_PULL: f64 = 5.0;

/// What all claims have in common at least: levels learned from the same payments hide a part of it.
const LEAST_TOGETHER: f64 = 0.05;

/// How much claims move together, as shares of the variance of their normal scores.
#[derive(Clone, Copy, Debug)]
pub(super) struct Together {
    /// Claims of one customer.
    pub(super) customer: f64,
    /// All claims.
    pub(super) all: f64,
}

impl Together {
    /// Before any payment was seen.
    const BELIEVED: Self = Self { customer: 2.0 * LEAST_TOGETHER, all: LEAST_TOGETHER };
}

/// What was learned at the end of a day.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) levels: Levels,
    pub(super) pace: Pace,
    pub(super) clocks: Vec<Clock>,
    pub(super) together: Together,
    /// Share of what is settled that comes as cash, by customer and role, as the book counts them.
    cash_shares: Vec<f64>,
    roles: usize,
}

/// What moves a claim beside its history.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shift {
    /// Days later than the model says.
    pub(super) days: Day,
}

fn observation(part: &Part, events: &Events, clocks: &[Clock], bank: &BankDays, day: Day) -> Observation {
    let claim = &events.claims[place(part.claim)];
    let clock = &clocks[place(claim.customer)];
    let anchor = clock.anchor_day(claim);
    let is_on_run = clock.runs != Runs::Any && part.is_paid && clock.runs.is_on(part.end, bank);
    Observation {
        customer: claim.customer,
        factors: factors(events, claim),
        end: match part.between {
            Some((after, by)) => End::Between(end_of(after - anchor), end_of(by - anchor)),
            // what a payment run pays was ready on any day since the run before
            None if is_on_run => {
                End::Between(end_of(clock.runs.by(part.end - 1, bank) - anchor), end_of(part.end - anchor))
            }
            None if part.is_paid => End::Paid(f64::from(part.end - anchor)),
            None => End::Open(end_of(clock.runs.by(part.end, bank) - anchor)),
        },
        // what is paid early is a habit apart, and tells nothing of the pace
        weight: if part.is_paid && clock.is_early(claim, part.end) {
            0.0
        } else {
            part.share * clock.weight(claim, day)
        },
    }
}

/// The end of a day, on a line where whole numbers are middays.
fn end_of(day: Day) -> f64 {
    f64::from(day) + 0.5
}

/// What parts tell, and what those of lists tell of others that were paid before a list could hold them.
fn observations(parts: &[Part], events: &Events, clocks: &[Clock], bank: &BankDays, day: Day) -> Vec<Observation> {
    let mut observations = each_of(parts, |part| observation(part, events, clocks, bank, day));
    for part in parts {
        let claim = &events.claims[place(part.claim)];
        if let Some((before, listed)) = claim.listed.filter(|(_, listed)| *listed <= day) {
            let anchor = clocks[place(claim.customer)].anchor_day(claim);
            let seen = observation(part, events, clocks, bank, day);
            let own = listed - anchor;
            // another document of the same terms, issued on any day since the list before
            let (first, last) = before
                .filter(|before| claim.issued > *before)
                .map_or((own, own), |before| (own + claim.issued - listed, own + claim.issued - before));
            observations.push(Observation { end: End::Unlisted(end_of(first), end_of(last)), ..seen });
        }
    }
    observations
}

/// The traits of a claim and its customer, as the levels count them.
fn factors(events: &Events, claim: &Claim) -> [u16; FACTORS] {
    let payer = &events.payers[place(claim.customer)];
    let mut factors = [0; FACTORS];
    factors[..TRAITS].copy_from_slice(&claim.traits);
    factors[TRAITS] = payer.country;
    factors[TRAITS + 1] = events.method_of(claim).code;
    factors[TRAITS + 2] = payer.group;
    factors
}

/// Whole customers, chosen by their identity alone, for about so many parts: a sample that neither the order of rows nor
/// later customers change.
fn sampled(book: &Book, events: &Events, most: usize) -> Vec<Part> {
    if book.parts.len() <= most {
        return book.parts.clone();
    }
    let per_mille = u64::try_from(most * 1000 / book.parts.len()).unwrap_or(1000).max(1);
    let is_in = |part: &&Part| {
        let customer = &events.payers[place(events.claims[place(part.claim)].customer)];
        customer.identity % 1000 < per_mille
    };
    let sample: Vec<Part> = book.parts.iter().filter(is_in).copied().collect();
    // a single customer may hold nearly all
    let step = (sample.len() / most).max(1);
    sample.into_iter().step_by(step).collect()
}

impl Model {
    /// Learns from a book alone, so that a day is told the same whatever was learned before.
    pub(super) fn learn(
        book: &Book,
        events: &Events,
        index: &Index,
        bank: &BankDays,
        priors: &Priors,
        effort: Effort,
    ) -> Self {
        let clocks = clocks(book, events, bank);
        let observe = |parts: &[Part]| observations(parts, events, &clocks, bank, book.day);
        let mut counts = [0; FACTORS];
        for (position, names) in events.traits.iter().enumerate() {
            counts[position] = names.count();
        }
        counts[TRAITS] = events.countries.count();
        counts[TRAITS + 1] = events.methods.count();
        counts[TRAITS + 2] = events.groups.count();
        let mut levels = Levels::before(priors, counts, events.payers.len());
        let sample = sampled(book, events, effort.level_parts);
        levels.learn(&observe(&sample), priors, effort.rounds);
        if sample.len() < book.parts.len() {
            levels.learn_customers_only(&observe(&latest_parts(book, events)), priors, CUSTOMER_ROUNDS);
        }
        let mut model = Self {
            levels,
            pace: Pace::default(),
            clocks,
            together: Together::BELIEVED,
            cash_shares: cash_shares(book),
            roles: book.roles,
        };
        model.learn_pace(book, events, index, bank, effort.pace_parts);
        model
    }

    /// Learns the levels of a later day only; what the calendar does stays as it was learned.
    pub(super) fn learn_levels(&mut self, book: &Book, events: &Events, bank: &BankDays, priors: &Priors) {
        self.clocks = clocks(book, events, bank);
        let sample =
            observations(&sampled(book, events, Effort::FULL.level_parts), events, &self.clocks, bank, book.day);
        self.levels.learn(&sample, priors, DAILY_ROUNDS);
        self.cash_shares = cash_shares(book);
    }

    fn learn_pace(&mut self, book: &Book, events: &Events, index: &Index, bank: &BankDays, part_count: usize) {
        let parts = sampled(book, events, part_count);
        let expectations: Vec<Expectation> = parts
            .iter()
            .map(|part| self.levels.expect_without(&observation(part, events, &self.clocks, bank, book.day)))
            .collect();
        let walks: Vec<(Part, f64, Walk<'_>)> = parts
            .iter()
            .zip(&expectations)
            .map(|(part, expectation)| {
                let claim = &events.claims[place(part.claim)];
                let clock = &self.clocks[place(claim.customer)];
                let anchor = clock.anchor_day(claim);
                let weight = part.share * clock.weight(claim, book.day);
                (*part, weight, Walk { events, index, bank, claim, position: part.claim, clock, expectation, anchor })
            })
            .collect();
        self.pace.learn(walks.iter().copied());
        self.pace.learn_releases(&releases(events, index, book.day));
        self.together = together(&walks, &self.pace);
    }

    /// How a claim goes by the levels alone.
    pub(super) fn expectation(&self, events: &Events, claim: &Claim) -> Expectation {
        self.levels.expect(claim.customer, &factors(events, claim))
    }

    /// Share of the claim that is expected to come as cash.
    pub(super) fn cash_share(&self, claim: &Claim) -> f64 {
        let role = usize::from(claim.traits[ROLE]).min(self.roles - 1);
        self.cash_shares[place(claim.customer) * self.roles + role]
    }

    /// Walks the days of an open claim from the day after that of the scene: see [`Pace::walk`]. Returns the chance that it is
    /// never paid, as the levels tell it.
    pub(super) fn walk(
        &self,
        scene: &Scene<'_>,
        open: &OpenClaim,
        state: &State,
        each: impl FnMut(Day, f64) -> bool,
    ) -> f64 {
        let Scene { events, index, bank, .. } = *scene;
        let claim = &events.claims[place(open.claim)];
        let part = Part { claim: open.claim, end: scene.day, between: None, is_paid: false, share: 1.0 };
        let expectation = self.levels.expect_open(&observation(&part, events, &self.clocks, bank, scene.day));
        let clock = &self.clocks[place(claim.customer)];
        let anchor = clock.anchor_day(claim);
        let walk = Walk { events, index, bank, claim, position: open.claim, clock, expectation: &expectation, anchor };
        self.pace.walk(&walk, scene.day, state, open.is_part_paid, each);
        expectation.never_share
    }
}

/// The holds known by the end of a day: how long each had lasted, and whether it was released.
fn releases(events: &Events, index: &Index, day: Day) -> Releases {
    let mut seen = Releases::default();
    for hold in events.holds.iter().filter(|hold| hold.from <= day) {
        let settled = events.settlements_of(&index.settlements, place(hold.claim)).iter();
        let settled = settled.map(|settlement| settlement.acting).filter(|acting| *acting <= day).max();
        let freed = hold.to.filter(|to| *to <= day);
        let end = freed.or(settled.filter(|settled| *settled >= hold.from)).unwrap_or(day);
        seen.add(end - hold.from, freed.is_some());
    }
    seen
}

/// The latest parts of each customer.
fn latest_parts(book: &Book, events: &Events) -> Vec<Part> {
    let mut latest = Vec::new();
    let mut first = 0;
    let customer_of = |part: &Part| events.claims[place(part.claim)].customer;
    while first < book.parts.len() {
        let customer = customer_of(&book.parts[first]);
        let count = book.parts[first..].iter().take_while(|part| customer_of(part) == customer).count();
        latest.extend_from_slice(&book.parts[first + count.saturating_sub(LATEST_PARTS)..first + count]);
        first += count;
    }
    latest
}

/// The share of cash of each customer and role, drawn towards that of the role, and that towards nearly all.
fn cash_shares(book: &Book) -> Vec<f64> {
    let mut of_role = vec![(0.97 * CASH_PULL, CASH_PULL); book.roles];
    for (position, share) in book.cash_shares.iter().enumerate() {
        let (cash, all) = &mut of_role[position % book.roles];
        *cash += share.cash;
        *all += share.cash + share.other;
    }
    book.cash_shares
        .iter()
        .enumerate()
        .map(|(position, share)| {
            let (cash, all) = of_role[position % book.roles];
            ((share.cash + CASH_PULL * cash / all) / (share.cash + share.other + CASH_PULL)).clamp(0.0, 1.0)
        })
        .collect()
}

/// How much the scores of payments of one customer and month, and of all in a month, have in common beyond chance.
fn together(walks: &[(Part, f64, Walk<'_>)], pace: &Pace) -> Together {
    let mut scores: Vec<(u32, Day, f64)> = Vec::new();
    for (part, _, walk) in walks.iter().filter(|(part, _, _)| part.is_paid) {
        let first = walk.claim.posted.min(part.end) - 1;
        let (mut unpaid_before, mut unpaid) = (1.0, 1.0);
        let state = State::default();
        pace.walk(walk, first, &state, false, |day, chance| {
            unpaid_before = unpaid;
            unpaid = chance;
            day < part.end
        });
        scores.push((walk.claim.customer, part.end.div_euclid(30), quantile(1.0 - 0.5 * (unpaid_before + unpaid))));
    }
    if scores.is_empty() {
        return Together::BELIEVED;
    }
    let mean = scores.iter().map(|score| score.2).sum::<f64>() / number(scores.len());
    let variance = (scores.iter().map(|score| (score.2 - mean).powi(2)).sum::<f64>() / number(scores.len())).max(0.1);
    for score in &mut scores {
        score.2 = ((score.2 - mean) / variance.sqrt()).clamp(-3.0, 3.0);
    }
    scores.sort_by(|left, right| (left.1, left.0).cmp(&(right.1, right.0)).then(left.2.total_cmp(&right.2)));
    // products of pairs: within one customer and month, and within a month between customers; the belief is worth
    // twenty pairs with a tenth in common
    let (mut own, mut own_pairs, mut all, mut all_pairs) = (2.0, 20.0, 0.0, 200.0);
    for month in scores.chunk_by(|left, right| left.1 == right.1) {
        let total: f64 = month.iter().map(|score| score.2).sum();
        let squares: f64 = month.iter().map(|score| score.2 * score.2).sum();
        let mut same = 0.0;
        let mut same_pairs = 0.0;
        for customer in month.chunk_by(|left, right| left.0 == right.0) {
            let sum: f64 = customer.iter().map(|score| score.2).sum();
            let squares: f64 = customer.iter().map(|score| score.2 * score.2).sum();
            same += sum * sum - squares;
            same_pairs += number(customer.len()) * (number(customer.len()) - 1.0);
        }
        own += same;
        own_pairs += same_pairs;
        all += total * total - squares - same;
        all_pairs += number(month.len()) * (number(month.len()) - 1.0) - same_pairs;
    }
    let customer = (own / own_pairs).clamp(2.0 * LEAST_TOGETHER, 0.6);
    Together { customer, all: (all / all_pairs).clamp(LEAST_TOGETHER, 0.3) }
}

#[expect(clippy::cast_precision_loss, reason = "a count of observations")]
pub(super) fn number(count: usize) -> f64 {
    count as f64
}
