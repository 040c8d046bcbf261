//! The pace of payment day by day: what calendar, holds, promises and the past's own errors do to the chances.
//!
//! The levels give each claim a hazard for each day (the chance to be paid on it if it was not before). Here that
//! hazard is multiplied by factors, each the payments observed over those expected, drawn towards 1 by as much as few
//! payments tell: (observed + k) / (expected + k), found in turn until all fit (iterative proportional fitting;
//! F. Yates' and W. E. Deming's scheme, as in D. Clayton, M. Hills, "Statistical Models in Epidemiology", 1993, ch. 22).
//! One factor follows the cumulated hazard itself, so that tails longer than normal ones are learned (a time change).

use super::book::{Index, Part, State};
use super::clock::{BankDays, Clock, Runs};
use super::events::{Claim, Day, Events, place};
use super::levels::Expectation;

/// Bounds of the cumulated hazard at which the time change may bend.
const BENDS: [f64; 16] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.4, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 80.0];
/// Payments that the belief in no effect is worth.
const PULL: f64 = 3.0;
/// The same by dimension: what the calendar does to all is believed with more evidence.
const PULLS: [f64; DIMENSIONS] = [PULL, 20.0, 20.0, PULL, PULL, PULL, PULL];
const ROUNDS: usize = 8;
/// How often days between two lists are shared out anew.
const LOOKS: usize = 6;
const DIMENSIONS: usize = 7;
const WEEKDAY: usize = 1;
const MONTH_PART: usize = 2;
/// Time bends in ways of its own for customers with payment days and without, each never held up or held up once.
const LEVELS: usize = 4 * (BENDS.len() + 1);
/// Days a part that stays open is followed after which nothing new is learned.
const LONGEST_DAYS: Day = 400;
/// Days after a promised day in which it is still kept.
const TOLERANCE_DAYS: Day = 3;
/// Share of holds released on a day where none was seen: one a month; worth so many releases.
const USUAL_RELEASE: f64 = 1.0 / 30.0;
/// Days after a hold in which a release shows.
const RELEASE_DAYS: Day = 21;

/// The levels a day has in each dimension: time, weekday, part of the month, payment day, hold, promise, part paid.
type Codes = [u8; DIMENSIONS];
/// How many levels each dimension has.
const LEVEL_COUNTS: [usize; DIMENSIONS] = [LEVELS, 8, 8, 3, 4, 4, 2];

/// The factors.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    factors: [[f64; LEVELS]; DIMENSIONS],
    /// Share of open holds that is released on a day, by how long they have lasted.
    releases: [f64; HOLD_BANDS],
}

/// A claim as its days are walked through.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    pub(super) events: &'a Events,
    pub(super) index: &'a Index,
    pub(super) bank: &'a BankDays,
    pub(super) claim: &'a Claim,
    pub(super) position: u32,
    pub(super) clock: &'a Clock,
    pub(super) expectation: &'a Expectation,
    /// The day it is counted from.
    pub(super) anchor: Day,
}

/// Payments of days that are alike in every dimension: those observed, and those that the levels expect.
#[derive(Clone, Copy, Debug, Default)]
struct Payments {
    observed: f64,
    expected: f64,
    /// Those of them whose days are told: what is only known to lie between two days shows nothing of the calendar.
    told: [f64; 2],
}

impl Payments {
    const fn told(observed: f64, expected: f64) -> Self {
        Self { observed, expected, told: [observed, expected] }
    }

    const fn shared_out(observed: f64, expected: f64) -> Self {
        Self { observed, expected, told: [0.0; 2] }
    }

    /// What a dimension learns from.
    const fn of_dimension(&self, dimension: usize) -> [f64; 2] {
        if matches!(dimension, WEEKDAY | MONTH_PART) { self.told } else { [self.observed, self.expected] }
    }
}

/// The days of all claims, those alike summed: the factors are fitted to sums, however many days they are of.
struct Days {
    cells: Vec<Payments>,
}

impl Days {
    fn new() -> Self {
        Self { cells: vec![Payments::default(); LEVEL_COUNTS.iter().product()] }
    }

    fn add(&mut self, codes: Codes, payments: Payments) {
        let mut cell = 0;
        for (code, count) in codes.into_iter().zip(LEVEL_COUNTS) {
            cell = cell * count + usize::from(code);
        }
        let sums = &mut self.cells[cell];
        sums.observed += payments.observed;
        sums.expected += payments.expected;
        for (sum, told) in sums.told.iter_mut().zip(payments.told) {
            *sum += told;
        }
    }

    /// The days there were, in an order of their own.
    fn seen(&self) -> Vec<(Codes, Payments)> {
        let seen = self.cells.iter().enumerate().filter(|(_, payments)| payments.observed + payments.expected > 0.0);
        let codes_of = |mut cell: usize| {
            let mut codes = Codes::default();
            for (code, count) in codes.iter_mut().zip(LEVEL_COUNTS).rev() {
                *code = u8::try_from(cell % count).unwrap_or(u8::MAX);
                cell /= count;
            }
            codes
        };
        seen.map(|(cell, payments)| (codes_of(cell), *payments)).collect()
    }
}

impl Default for Pace {
    fn default() -> Self {
        let mut factors = [[1.0; LEVELS]; DIMENSIONS];
        // what is known before any payment: banks that are closed pay nobody
        factors[1][5] = 0.1;
        factors[1][6] = 0.1;
        factors[1][7] = 0.1;
        Self { factors, releases: [USUAL_RELEASE; HOLD_BANDS] }
    }
}

/// The chances of a claim to be unpaid, day after day, as the levels and its customer's clock see them.
struct Course<'a> {
    walk: &'a Walk<'a>,
    /// The chance that a claim which waits for the customer's payment runs had been unpaid after the last of them.
    after_run: f64,
}

impl<'a> Course<'a> {
    /// The course up to the end of a day, and ln of the chance to be unpaid then.
    fn by(walk: &'a Walk<'a>, day: Day) -> (Self, f64) {
        let mut course = Self { walk, after_run: 1.0 };
        if walk.clock.runs != Runs::Any {
            course.after_run = walk.unpaid_at_pace(walk.clock.runs.by(day, walk.bank));
        }
        let ln_unpaid = course.ln_unpaid(day, walk.unpaid_at_pace(day));
        (course, ln_unpaid)
    }

    /// ln of the chance to be unpaid at the end of the next day.
    fn next(&mut self, day: Day, payment_day: u8) -> f64 {
        let unpaid = self.walk.unpaid_at_pace(day);
        if payment_day == ON_RUN {
            self.after_run = unpaid;
        }
        self.ln_unpaid(day, unpaid)
    }

    fn ln_unpaid(&self, day: Day, unpaid: f64) -> f64 {
        let clock = self.walk.clock;
        let usual = if clock.runs == Runs::Any {
            unpaid
        } else {
            clock.runs_share * self.after_run + (1.0 - clock.runs_share) * unpaid
        };
        let chance = clock.early.map_or(usual, |early| {
            early.share * early.unpaid(day - self.walk.claim.issued) + (1.0 - early.share) * usual
        });
        chance.max(f64::MIN_POSITIVE).ln()
    }
}

/// Codes of days: of customers without payment runs; a run; a day between two runs.
const NO_RUNS: u8 = 0;
const ON_RUN: u8 = 1;
const BETWEEN_RUNS: u8 = 2;

impl Walk<'_> {
    /// The chance to be unpaid at the end of a day, as the levels see it.
    fn unpaid_at_pace(&self, day: Day) -> f64 {
        let days = f64::from(day - self.anchor) + 0.5;
        let unpaid = self.expectation.unpaid(days);
        match self.clock.drift.filter(|drift| self.claim.due >= drift.since).and_then(|drift| drift.back()) {
            Some((share, step)) => (1.0 - share) * unpaid + share * self.expectation.unpaid(days + step),
            None => unpaid,
        }
    }

    fn calendar_codes(&self, day: Day) -> (u8, u8, u8) {
        let date = self.bank.date(day);
        let weekday = u8::try_from(date.weekday).unwrap_or(0);
        let weekday = if weekday < 5 && !self.bank.is_open(day) { 7 } else { weekday };
        // four days each, the last ones of the month together
        let month_part = u8::try_from((date.month_day - 1) / 4).unwrap_or(0).min(7);
        let payment_day = match self.clock.is_payment_day(day, self.bank) {
            None => NO_RUNS,
            Some(true) => ON_RUN,
            Some(false) => BETWEEN_RUNS,
        };
        (weekday, month_part, payment_day)
    }

    fn state_codes(state: &State, day: Day) -> (u8, u8) {
        let hold = match (state.held_since, state.released) {
            (Some(_), _) => 1,
            (None, Some(released)) if day < released + RELEASE_DAYS => 2,
            (None, Some(_)) => 3,
            (None, None) => 0,
        };
        let promise = match state.promised {
            None => 0,
            Some(promised) if day < promised => 1,
            Some(promised) if day <= promised + TOLERANCE_DAYS => 2,
            Some(_) => 3,
        };
        (hold, promise)
    }
}

/// Releases seen, and days that holds had lasted, by how long.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Releases {
    count: [f64; HOLD_BANDS],
    days: [f64; HOLD_BANDS],
}

impl Releases {
    /// A hold that lasted so many days, and was released then or is not known to be.
    pub(super) fn add(&mut self, days: Day, is_released: bool) {
        for day in 0..days.clamp(1, LONGEST_DAYS) {
            self.days[hold_band(day)] += 1.0;
        }
        if is_released {
            self.count[hold_band((days - 1).max(0))] += 1.0;
        }
    }
}

/// Bounds of the days a hold has lasted, within which it is released as likely.
const HOLD_BOUNDS: [Day; 6] = [7, 14, 21, 30, 45, 60];
const HOLD_BANDS: usize = HOLD_BOUNDS.len() + 1;

fn hold_band(days: Day) -> usize {
    HOLD_BOUNDS.iter().take_while(|bound| days >= **bound).count()
}

fn bend_of(cumulated: f64, hold: u8, payment_day: u8) -> u8 {
    let bend = BENDS.iter().take_while(|bend| cumulated > **bend).count();
    let way = usize::from(hold > 0) + 2 * usize::from(payment_day > 0);
    u8::try_from(bend + way * (BENDS.len() + 1)).unwrap_or(0)
}

impl Pace {
    /// The belief where lists tell nothing of weekdays: what closed banks take from a weekend its other days have more.
    fn of_even_weeks() -> Self {
        let mut belief = Self::default();
        let week: f64 = belief.factors[WEEKDAY][..7].iter().sum();
        for factor in &mut belief.factors[WEEKDAY] {
            *factor *= 7.0 / week;
        }
        belief
    }

    fn factor(&self, codes: Codes) -> f64 {
        let mut product = 1.0;
        for (factors, code) in self.factors.iter().zip(codes) {
            product *= factors[usize::from(code)];
        }
        product
    }

    /// Learns how fast holds are released: releases over days held, by how long they had lasted, each drawn to all.
    pub(super) fn learn_releases(&mut self, seen: &Releases) {
        let count: f64 = seen.count.iter().sum();
        let days: f64 = seen.days.iter().sum();
        let all = (count + PULL) / (days + PULL / USUAL_RELEASE);
        for band in 0..HOLD_BANDS {
            self.releases[band] = ((seen.count[band] + PULL) / (seen.days[band] + PULL / all)).clamp(0.0, 1.0);
        }
    }

    /// Learns from parts whose days are all walked through.
    pub(super) fn learn<'a>(&mut self, parts: impl Iterator<Item = (Part, f64, Walk<'a>)>) {
        let parts: Vec<(Part, f64, Walk<'a>)> = parts.collect();
        // days between two lists are shared out by the pace that was learned, and it is learned again
        let are_listed = parts.iter().any(|(part, ..)| part.between.is_some());
        let belief = if are_listed { Self::of_even_weeks() } else { Self::default() };
        *self = belief.clone();
        for _ in 0..if are_listed { LOOKS } else { 1 } {
            let mut days = Days::new();
            for (part, weight, walk) in &parts {
                record(part, *weight, walk, self, &mut days);
            }
            self.fit(&days.seen(), &belief);
        }
    }

    /// Fits the factors to the payments of days.
    fn fit(&mut self, seen: &[(Codes, Payments)], first: &Self) {
        for _ in 0..ROUNDS {
            for (dimension, pull) in PULLS.into_iter().enumerate() {
                let mut observed = [0.0_f64; LEVELS];
                let mut expected = [0.0_f64; LEVELS];
                for (codes, payments) in seen {
                    let level = usize::from(codes[dimension]);
                    let others = self.factor(*codes) / self.factors[dimension][level];
                    let [paid, foretold] = payments.of_dimension(dimension);
                    observed[level] += paid;
                    expected[level] += foretold * others;
                }
                for level in 0..LEVELS {
                    let belief = first.factors[dimension][level];
                    self.factors[dimension][level] =
                        ((observed[level] + pull * belief) / (expected[level] + pull)).clamp(0.002, 50.0);
                }
            }
        }
    }

    /// Walks a claim's days from the day after `day`: calls `each` with the day and the chance to be unpaid at its end,
    /// given that it is unpaid at the end of `day`, until `each` says stop.
    pub(super) fn walk(
        &self,
        walk: &Walk<'_>,
        day: Day,
        state: &State,
        is_part_paid: bool,
        mut each: impl FnMut(Day, f64) -> bool,
    ) {
        let (mut course, mut before) = Course::by(walk, day);
        let part_paid = u8::from(is_part_paid);
        let mut next = day + 1;
        // chances to be unpaid and held, just released, released long ago; a claim that was not held stays in the first
        let mut unpaid = [1.0, 0.0, 0.0];
        loop {
            let (weekday, month_part, payment_day) = walk.calendar_codes(next);
            let after = course.next(next, payment_day);
            let (hold, promise) = Walk::state_codes(state, next);
            let cumulated = -0.5 * (before + after);
            let base = (before - after).max(0.0);
            let kept = |hold: u8| {
                let codes =
                    [bend_of(cumulated, hold, payment_day), weekday, month_part, payment_day, hold, promise, part_paid];
                (-base * self.factor(codes)).exp()
            };
            unpaid[0] *= kept(hold);
            if let Some(since) = state.held_since {
                unpaid[1] *= kept(2);
                unpaid[2] *= kept(3);
                let (released, aged) =
                    (unpaid[0] * self.releases[hold_band(next - since)], unpaid[1] / f64::from(RELEASE_DAYS));
                unpaid = [unpaid[0] - released, unpaid[1] + released - aged, unpaid[2] + aged];
            }
            if !each(next, unpaid.iter().sum()) {
                return;
            }
            before = after;
            next += 1;
        }
    }
}

/// Every day on which the part could have been paid, and was seen not to be until then. Where lists tell only between which
/// days it was paid, each of them has a share of it, as likely as a pace makes it.
fn record(part: &Part, weight: f64, walk: &Walk<'_>, pace: &Pace, days: &mut Days) {
    // what lists tell of was seen from the first of them
    let listed = walk.claim.listed.map_or(Day::MIN, |(_, listed)| listed + 1);
    let first = walk.claim.posted.min(part.end).max(listed);
    let last = part.between.map_or(part.end, |(_, by)| by).min(first + LONGEST_DAYS);
    let (mut course, mut before) = Course::by(walk, first - 1);
    let has_states = walk.index.has_states(walk.position, walk.claim.customer);
    let part_paid_from = walk
        .events
        .settlements_of(&walk.index.settlements, place(walk.position))
        .iter()
        .filter(|settlement| settlement.cash > 0 && settlement.receipt < part.end)
        .map(|settlement| settlement.receipt)
        .min();
    let mut between: Vec<(Codes, f64)> = Vec::new();
    for day in first..=last {
        let (weekday, month_part, payment_day) = walk.calendar_codes(day);
        let after = course.next(day, payment_day);
        let state =
            if has_states { State::at(walk.events, walk.index, walk.position, day - 1) } else { State::default() };
        let (hold, promise) = Walk::state_codes(&state, day);
        let part_paid = u8::from(part_paid_from.is_some_and(|from| from < day));
        let codes = [
            bend_of(-0.5 * (before + after), hold, payment_day),
            weekday,
            month_part,
            payment_day,
            hold,
            promise,
            part_paid,
        ];
        let expected = (before - after).max(0.0);
        if part.between.is_some_and(|(after, _)| day > after) {
            between.push((codes, expected));
        } else {
            let is_paid = part.is_paid && day == part.end;
            let observed = if is_paid { weight } else { 0.0 };
            let exposed = if is_paid { exposed_until_paid(expected) } else { expected };
            let payments = if walk.claim.listed.is_none() { Payments::told } else { Payments::shared_out };
            days.add(codes, payments(observed, exposed * weight));
        }
        before = after;
    }
    for ((codes, expected), (unpaid, paid)) in between.iter().zip(shares(&between, pace)) {
        days.add(*codes, Payments::shared_out(weight * paid, weight * unpaid * expected));
    }
}

/// The part of a day's hazard that had gone by when it was paid, in the mean: a run of payments holds more than one.
fn exposed_until_paid(hazard: f64) -> f64 {
    if hazard < 1e-6 { 0.5 * hazard } else { 1.0 - hazard / hazard.exp_m1() }
}

/// Of what is paid on one of several days: the share that is unpaid during each, and the share paid on it.
fn shares(days: &[(Codes, f64)], pace: &Pace) -> Vec<(f64, f64)> {
    let mut unpaid = 1.0;
    let paid: Vec<f64> = days
        .iter()
        .map(|(codes, expected)| {
            let kept = (-expected * pace.factor(*codes)).exp();
            let paid = unpaid * (1.0 - kept);
            unpaid *= kept;
            paid
        })
        .collect();
    let all: f64 = paid.iter().sum();
    let even = 1.0 / super::model::number(days.len().max(1));
    let mut left = 1.0_f64;
    let share = |paid: f64| {
        let share = if all > 1e-9 { paid / all } else { even };
        // what is paid on a day is unpaid for half of it
        let during = (left - 0.5 * share).max(0.0);
        left -= share;
        (during, share)
    };
    paid.into_iter().map(share).collect()
}
