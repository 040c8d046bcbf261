//! How late claims are paid: the level of each customer, and of what claims and customers have in common.
//!
//! A claim is paid at its customer's pace; or it is held up first by something nobody noted, for a time that is forgotten
//! while it lasts (an exponentially modified normal distribution: E. Grushka, Analytical Chemistry 44, 1972); or it is never
//! paid (a mixture cure model: J. W. Boag, Journal of the Royal Statistical Society B 11, 1949): what is open long after its
//! like was paid teaches that share, and no pace.
//!
//! ```text
//! days late = all + Σ traits + customer + spread of the customer · ε + [held up] · extra · η   ε ~ N(0, 1), η ~ Exp(1)
//! logit P(held up) = all + Σ traits + customer
//! P(never paid) = share of the customer, drawn towards that of all
//! ```
//!
//! Each trait's and customer's part is drawn towards nothing by as much as its group's parts differ (random effects:
//! G. K. Robinson, "That BLUP is a Good Thing", Statistical Science 6, 1991), so that what one customer's three
//! payments cannot tell, those like it tell. What is still open counts as longer than it has lasted (the EM algorithm
//! on censored data: A. P. Dempster, N. M. Laird, D. B. Rubin, 1977). Days beyond three spreads count as three, so that
//! one forgotten claim moves nobody.

use super::normal::ln_above;
use super::ways::{End, Way, unpaid_if_held, with_stalled};
use crate::model::processors::each_of;

/// Traits of a claim and of its customer: those of the claim, country, payment method, group.
pub(super) const FACTORS: usize = super::events::TRAITS + 3;

/// A part of a claim as the levels see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observation {
    pub(super) customer: u32,
    pub(super) factors: [u16; FACTORS],
    pub(super) end: End,
    /// Share of its claim, less for what was to be paid long ago, whether it was or not.
    pub(super) weight: f64,
}

/// What is believed before anything is seen, and how firmly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priors {
    /// Days late of an unknown customer.
    pub(super) late_days: f64,
    /// Observations that belief is worth.
    pub(super) late_count: f64,
    /// How much customers differ, in days.
    pub(super) customer_days: f64,
    /// How much claims of one customer differ, in days.
    pub(super) spread_days: f64,
    /// Observations that belief is worth.
    pub(super) spread_count: f64,
    /// Share of claims that something holds up.
    pub(super) held_share: f64,
    /// Days that adds.
    pub(super) extra_days: f64,
    /// Observations that the two beliefs are worth.
    pub(super) held_count: f64,
    /// Share of claims that are never paid.
    pub(super) never_share: f64,
    /// Observations that belief is worth.
    pub(super) never_count: f64,
}

impl Default for Priors {
    /// Those of the built-in table `forecast_beliefs`.
    fn default() -> Self {
        Self {
            late_days: 10.0,
            late_count: 5.0,
            customer_days: 15.0,
            spread_days: 15.0,
            spread_count: 5.0,
            held_share: 0.15,
            extra_days: 30.0,
            held_count: 10.0,
            never_share: 0.01,
            never_count: 50.0,
        }
    }
}

/// The part of one level: days, and the variance of what is not known of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    pub(super) days: f64,
    pub(super) variance: f64,
    /// Part in the logit of being held up.
    pub(super) held: f64,
}

/// What is known of one customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct CustomerLevel {
    pub(super) level: Level,
    /// Its spread over the spread of all.
    pub(super) scale: f64,
    /// Payments it rests on.
    pub(super) count: f64,
    /// Share of its claims that is never paid, and the observations it rests on.
    never_share: f64,
    never_count: f64,
}

impl CustomerLevel {
    const fn unknown(variance: f64, never_share: f64) -> Self {
        let level = Level { days: 0.0, variance, held: 0.0 };
        Self { level, scale: 1.0, count: 0.0, never_share, never_count: NEVER_COUNT }
    }
}

/// Everything learned.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    all_days: f64,
    all_held: f64,
    all_never: f64,
    /// Observations that share is worth beside a customer's own.
    never_pull: f64,
    /// Mean of the days that what is held up takes longer.
    extra_days: f64,
    spread: f64,
    factors: Vec<Vec<Level>>,
    /// Variance between the levels of each factor, of days and of the logit.
    between: Vec<(f64, f64)>,
    customers: Vec<CustomerLevel>,
    between_customers: (f64, f64),
}

/// The ways a claim may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation {
    /// Days late at its customer's pace.
    pub(super) pace_days: f64,
    /// Mean of the days more if it is held up.
    pub(super) extra_days: f64,
    /// Chance of that, of what is paid at all.
    pub(super) held_share: f64,
    /// Chance that it is never paid.
    pub(super) never_share: f64,
    /// Standard deviation around the pace, with what is not known of the customer.
    pub(super) deviation: f64,
    /// Part of that variance which all claims of the customer share.
    pub(super) shared_share: f64,
}

/// So many deviations before the pace nothing is paid.
const LONG_BEFORE: f64 = 8.0;

impl Expectation {
    /// The chance to be still unpaid after so many days.
    pub(super) fn unpaid(&self, days: f64) -> f64 {
        let off = days - self.pace_days;
        if off < -LONG_BEFORE * self.deviation {
            return 1.0;
        }
        let pace = ln_above(off / self.deviation).exp();
        let held = unpaid_if_held(off, self.deviation, self.extra_days);
        let usual = (1.0 - self.held_share) * pace + self.held_share * held;
        self.never_share + (1.0 - self.never_share) * with_stalled(usual, off)
    }
}

/// Levels of a factor that differ more, differ by what is never paid: that is no pace.
const MOST_BETWEEN: f64 = 400.0;
const LOWEST_SPREAD: f64 = 0.5;
/// Days that what is held up takes longer in the mean, at least and at most.
const EXTRA_DAYS: (f64, f64) = (2.0, 150.0);
/// Observations that the spread of all is worth beside a customer's own.
const SCALE_COUNT: f64 = 4.0;
/// Observations that the share of all that is never paid is worth beside a customer's own, before customers tell how much they
/// differ; at least and at most.
const NEVER_COUNT: f64 = 10.0;
const NEVER_COUNTS: (f64, f64) = (5.0, 100.0);
/// Shares of what is never paid, at least and at most: what then is paid would tell nothing.
const NEVER_SHARES: (f64, f64) = (1e-6, 0.95);
/// Observations from which on they are shared by the processors.
const MANY: usize = 10_000;
/// How many unlisted parts one that is listed may stand for at most.
const MOST_UNLISTED: f64 = 5.0;
/// What the share of all is worth beside a customer's own, by how much more customers' shares differ than chance makes them:
/// the moments of a beta-binomial distribution (J. C. Kleinman, Journal of the American Statistical Association 68, 1973).
fn never_pull(customers: impl Iterator<Item = (f64, f64)>, share: f64) -> f64 {
    let (mut seen, mut all, mut squares, mut off) = (0.0, 0.0, 0.0, 0.0);
    for (count, never) in customers.filter(|(count, _)| *count > 0.0) {
        seen += 1.0;
        all += count;
        squares += count * count;
        off += count * (never / count - share).powi(2);
    }
    let chance = share * (1.0 - share);
    let effective = all - squares / all;
    if seen < 2.0 || effective <= 0.0 {
        return NEVER_COUNT;
    }
    // the belief is worth three customers
    let believed = chance / (NEVER_COUNT + 1.0);
    let between = (off - (seen - 1.0) * chance) / effective;
    let between = (between * seen + 3.0 * believed) / (seen + 3.0);
    if between <= 0.0 { NEVER_COUNTS.1 } else { (chance / between - 1.0).clamp(NEVER_COUNTS.0, NEVER_COUNTS.1) }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// What one observation tells in one round.
struct Told {
    /// How much it tells of the pace: that of the observation, and of as many unlisted ones as it stands for, less the
    /// chance that it is never paid.
    weight: f64,
    /// How much it tells of what is never paid, and the chance that it is.
    never_weight: f64,
    never: f64,
    /// Chance that it was held up, and for how many days then.
    held: f64,
    held_days: f64,
    /// Days above its own expectation, pulled in where far off.
    surplus: f64,
    /// Square of its days off the pace, with what is not known of them.
    variance: f64,
    /// How much of the weight is evidence: less where only a span of its days is known.
    evidence: f64,
    /// Chance of being held up that was expected, and its logit.
    expected_held: f64,
    logit: f64,
}

impl Told {
    /// Expects as levels that were moved do.
    fn moved(&mut self, days: f64, held: f64) {
        self.surplus -= days;
        self.logit += held;
        self.expected_held = logistic(self.logit).clamp(1e-6, 1.0 - 1e-6);
    }
}

impl Levels {
    /// Nothing seen yet.
    pub(super) fn before(priors: &Priors, factor_counts: [usize; FACTORS], customer_count: usize) -> Self {
        let variance = priors.customer_days * priors.customer_days;
        Self {
            all_days: priors.late_days,
            all_held: (priors.held_share / (1.0 - priors.held_share)).ln(),
            all_never: priors.never_share,
            never_pull: NEVER_COUNT,
            extra_days: priors.extra_days,
            spread: priors.spread_days,
            factors: factor_counts.iter().map(|count| vec![Level::default(); count + 1]).collect(),
            between: vec![(9.0, 0.25); FACTORS],
            customers: vec![CustomerLevel::unknown(variance, priors.never_share); customer_count],
            between_customers: (variance, 1.0),
        }
    }

    /// How a claim of this customer with these traits goes.
    pub(super) fn expect(&self, customer: u32, factors: &[u16; FACTORS]) -> Expectation {
        self.expectation(customer, factors, self.customer(customer).level)
    }

    /// How an open claim goes. That it is open must not teach first how much its customer leaves unpaid, and be judged by that.
    pub(super) fn expect_open(&self, one: &Observation) -> Expectation {
        let own = self.customer(one.customer);
        let told = self.told(one);
        let count = (own.never_count - told.never_weight).max(1.0);
        let never = own.never_share * own.never_count - told.never_weight * told.never;
        let never_share = (never / count).clamp(NEVER_SHARES.0, NEVER_SHARES.1);
        Expectation { never_share, ..self.expect_without(one) }
    }

    /// How it would have been thought to go without having seen it: what is learned from a payment's own day is taken
    /// out of its customer's level (leave one out), or the past would look better foretold than the future can be.
    pub(super) fn expect_without(&self, one: &Observation) -> Expectation {
        let own = self.customer(one.customer);
        let mut level = own.level;
        let noise = (self.spread * own.scale).powi(2);
        let told = self.told(one);
        let (evidence, weight) = (noise / level.variance, told.weight * told.evidence);
        if evidence > 1.01 * weight {
            level.days -= told.weight * told.surplus / (evidence - weight);
            level.variance = noise / (evidence - weight);
        }
        self.expectation(one.customer, &one.factors, level)
    }

    fn expectation(&self, customer: u32, factors: &[u16; FACTORS], level: Level) -> Expectation {
        let (days, held) = self.sums(&level, factors);
        let spread = (self.spread * self.customer(customer).scale).max(LOWEST_SPREAD);
        let variance = spread * spread + level.variance;
        Expectation {
            pace_days: days,
            extra_days: self.extra_days,
            held_share: logistic(held).clamp(1e-4, 1.0 - 1e-4),
            never_share: self.customer(customer).never_share,
            deviation: variance.sqrt(),
            shared_share: level.variance / variance,
        }
    }

    /// What is known of a customer.
    pub(super) fn customer(&self, customer: u32) -> &CustomerLevel {
        &self.customers[super::events::place(customer)]
    }

    /// Days and logit of a customer's level and of what its claim has in common with others.
    fn sums(&self, own: &Level, factors: &[u16; FACTORS]) -> (f64, f64) {
        let mut sums = (self.all_days + own.days, self.all_held + own.held);
        for (levels, code) in self.factors.iter().zip(factors) {
            let level = &levels[usize::from(*code).min(levels.len() - 1)];
            sums = (sums.0 + level.days, sums.1 + level.held);
        }
        sums
    }

    /// Payments that all customers' levels rest on.
    pub(super) fn payment_count(&self) -> f64 {
        self.customers.iter().map(|own| own.count).sum()
    }

    /// Learns all levels from observations; begins where it stands, so that a later day is learned in few rounds.
    pub(super) fn learn(&mut self, observations: &[Observation], priors: &Priors, rounds: usize) {
        for _ in 0..rounds {
            let mut told = self.told_by_all(observations);
            self.learn_all(observations, &mut told, priors);
            for factor in 0..FACTORS {
                self.learn_factor(factor, observations, &mut told);
            }
            self.learn_customers(observations, &mut told, priors);
            self.learn_spread(observations, &told, priors);
        }
    }

    /// Learns the levels of customers alone, from observations sorted by customer.
    pub(super) fn learn_customers_only(&mut self, observations: &[Observation], priors: &Priors, rounds: usize) {
        let between = self.between_customers;
        for _ in 0..rounds {
            let mut told = self.told_by_all(observations);
            self.learn_customers(observations, &mut told, priors);
            self.between_customers = between;
        }
    }

    /// What each observation tells; by all processors where there are many.
    fn told_by_all(&self, observations: &[Observation]) -> Vec<Told> {
        if observations.len() < MANY {
            return observations.iter().map(|one| self.told(one)).collect();
        }
        each_of(observations, |one| self.told(one))
    }

    fn told(&self, one: &Observation) -> Told {
        let own = self.customer(one.customer);
        let (days, logit) = self.sums(&own.level, &one.factors);
        let spread = (self.spread * own.scale).max(LOWEST_SPREAD);
        let expected_held = logistic(logit).clamp(1e-6, 1.0 - 1e-6);
        let pace = Way::of_pace(one.end, days, spread);
        let late = Way::of_held(one.end, days, spread, self.extra_days);
        let both = expected_held * late.chance + (1.0 - expected_held) * pace.chance;
        let held = if both > 1e-12 {
            expected_held * late.chance / both
        } else {
            f64::from(u8::from(one.end.last_day() > days))
        };
        let never = match one.end {
            End::Open(day) => {
                own.never_share / (own.never_share + (1.0 - own.never_share) * with_stalled(both, day - days))
            }
            End::Paid(_) | End::Between(..) | End::Unlisted(..) => 0.0,
        };
        let unlisted =
            if matches!(one.end, End::Unlisted(..)) { (both / (1.0 - both)).min(MOST_UNLISTED) } else { 1.0 };
        let evidence = match one.end {
            End::Paid(_) | End::Open(_) => 1.0,
            End::Between(..) => 1.0 - pace.variance / (spread * spread),
            End::Unlisted(..) => 0.0,
        };
        Told {
            weight: one.weight * unlisted * (1.0 - never),
            never_weight: one.weight * unlisted,
            never,
            evidence,
            held,
            held_days: late.held_days,
            surplus: held * late.surplus + (1.0 - held) * pace.surplus,
            variance: pace.variance + pace.surplus * pace.surplus,
            expected_held,
            logit,
        }
    }

    fn scale_of(&self, one: &Observation) -> f64 {
        let scale = self.customer(one.customer).scale;
        scale * scale
    }

    fn learn_all(&mut self, observations: &[Observation], told: &mut [Told], priors: &Priors) {
        let (mut weight, mut surplus, mut held, mut curve) = (0.0, 0.0, 0.0, 0.0);
        let (mut held_weight, mut held_days) = (priors.held_count, priors.held_count * priors.extra_days);
        let (mut never_weight, mut never) = (priors.never_count, priors.never_count * priors.never_share);
        for (one, told) in observations.iter().zip(told.iter()) {
            let precision = told.weight / self.scale_of(one);
            weight += precision;
            surplus += precision * told.surplus;
            held += told.weight * (told.held - told.expected_held);
            curve += told.weight * told.expected_held * (1.0 - told.expected_held);
            held_weight += told.weight * told.held;
            held_days += told.weight * told.held * told.held_days;
            never_weight += told.never_weight;
            never += told.never_weight * told.never;
        }
        let pull = priors.late_count;
        let step = (surplus + pull * (priors.late_days - self.all_days)) / (weight + pull);
        self.all_days += step;
        let prior_logit = (priors.held_share / (1.0 - priors.held_share)).ln();
        let share = priors.held_share;
        let held_pull = priors.held_count * share * (1.0 - share);
        let held_step = ((held + held_pull * (prior_logit - self.all_held)) / (curve + held_pull)).clamp(-1.0, 1.0);
        self.all_held += held_step;
        self.extra_days = (held_days / held_weight).clamp(EXTRA_DAYS.0, EXTRA_DAYS.1);
        self.all_never = (never / never_weight).clamp(NEVER_SHARES.0, NEVER_SHARES.1);
        for told in told.iter_mut() {
            told.moved(step, held_step);
        }
    }

    fn learn_factor(&mut self, factor: usize, observations: &[Observation], told: &mut [Told]) {
        let count = self.factors[factor].len();
        let code_of = |one: &Observation| usize::from(one.factors[factor]).min(count - 1);
        let mut sums = vec![[0.0_f64; 4]; count];
        for (one, told) in observations.iter().zip(told.iter()) {
            let precision = told.weight / self.scale_of(one);
            let sum = &mut sums[code_of(one)];
            sum[0] += precision;
            sum[1] += precision * told.surplus;
            sum[2] += told.weight * (told.held - told.expected_held);
            sum[3] += told.weight * told.expected_held * (1.0 - told.expected_held);
        }
        let seen = sums.iter().filter(|sum| sum[0] > 0.0).count();
        if seen < 2 {
            // one level alone is the level of all
            return;
        }
        let noise = self.spread * self.spread;
        let (between_days, between_held) = self.between[factor];
        let mut steps = vec![(0.0, 0.0); count];
        let (mut spread_days, mut spread_held) = (0.0, 0.0);
        for (position, sum) in sums.iter().enumerate() {
            let level = &mut self.factors[factor][position];
            let pull = noise / between_days;
            let days = (sum[1] + sum[0] * level.days) / (sum[0] + pull);
            steps[position].0 = days - level.days;
            level.days = days;
            level.variance = noise / (sum[0] + pull);
            let held_pull = 1.0 / between_held;
            steps[position].1 = ((sum[2] - held_pull * level.held) / (sum[3] + held_pull)).clamp(-1.0, 1.0);
            level.held += steps[position].1;
            if sum[0] > 0.0 {
                spread_days += level.days * level.days + level.variance;
                spread_held += level.held * level.held + 1.0 / (sum[3] + held_pull);
            }
        }
        let seen = f64::from(u32::try_from(seen).unwrap_or(u32::MAX));
        // two pseudo-levels of one day and a tenth of a logit keep a group of few levels from running away
        self.between[factor] = (
            ((spread_days + 2.0) / (seen + 2.0)).clamp(0.05, MOST_BETWEEN),
            ((spread_held + 0.1) / (seen + 2.0)).clamp(0.01, 4.0),
        );
        for (one, told) in observations.iter().zip(told.iter_mut()) {
            let (days, held) = steps[code_of(one)];
            told.moved(days, held);
        }
    }

    fn learn_customers(&mut self, observations: &[Observation], told: &mut [Told], priors: &Priors) {
        let mut sums = vec![[0.0_f64; 10]; self.customers.len()];
        let noise = self.spread * self.spread;
        for (one, told) in observations.iter().zip(told.iter()) {
            let sum = &mut sums[super::events::place(one.customer)];
            sum[0] += told.weight;
            sum[1] += told.weight * told.surplus;
            sum[2] += told.weight * (told.held - told.expected_held);
            sum[3] += told.weight * told.expected_held * (1.0 - told.expected_held);
            sum[4] += told.weight * (1.0 - told.held) * told.variance;
            sum[5] += told.weight * (1.0 - told.held);
            sum[6] += f64::from(u8::from(one.end.is_paid()));
            sum[7] += told.weight * told.evidence;
            sum[8] += told.never_weight;
            sum[9] += told.never_weight * told.never;
        }
        let (between_days, between_held) = self.between_customers;
        let (mut seen, mut spread_days, mut spread_held) = (0.0, 0.0, 0.0);
        for (own, sum) in self.customers.iter_mut().zip(&sums) {
            own.count = sum[6];
            own.never_count = sum[8] + self.never_pull;
            let never = (sum[9] + self.never_pull * self.all_never) / own.never_count;
            own.never_share = never.clamp(NEVER_SHARES.0, NEVER_SHARES.1);
            let noise = noise * own.scale * own.scale;
            let pull = noise / between_days;
            own.level.days = (sum[1] + sum[0] * own.level.days) / (sum[0] + pull);
            own.level.variance = noise / (sum[7] + pull);
            let held_pull = 1.0 / between_held;
            own.level.held += ((sum[2] - held_pull * own.level.held) / (sum[3] + held_pull)).clamp(-1.0, 1.0);
            own.scale =
                ((sum[4] / (self.spread * self.spread) + SCALE_COUNT) / (sum[5] + SCALE_COUNT)).sqrt().clamp(0.05, 4.0);
            if sum[0] > 0.0 {
                seen += 1.0;
                spread_days += own.level.days * own.level.days + own.level.variance;
                spread_held += own.level.held * own.level.held + 1.0 / (sum[3] + held_pull);
            }
        }
        self.never_pull = never_pull(sums.iter().map(|sum| (sum[8], sum[9])), self.all_never);
        let variance = priors.customer_days * priors.customer_days;
        self.between_customers = (
            ((spread_days + 2.0 * variance) / (seen + 2.0)).max(0.25),
            ((spread_held + 2.0) / (seen + 2.0)).clamp(0.05, 6.0),
        );
    }

    fn learn_spread(&mut self, observations: &[Observation], told: &[Told], priors: &Priors) {
        let (mut weight, mut squares) =
            (priors.spread_count, priors.spread_count * priors.spread_days * priors.spread_days);
        for (one, told) in observations.iter().zip(told) {
            let pace = told.weight * (1.0 - told.held);
            weight += pace;
            squares += pace * told.variance / self.scale_of(one);
        }
        self.spread = (squares / weight).sqrt().max(LOWEST_SPREAD);
    }
}
