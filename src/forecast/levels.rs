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

use super::normal::{LN_ROOT_TAU, between, density, ln_above};
use crate::model::processors::each_of;

/// Traits of a claim and of its customer: those of the claim, country, payment method, group.
pub(super) const FACTORS: usize = super::events::TRAITS + 3;

/// When a part of a claim was paid, in days after the day its customer counts from.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Paid(f64),
    /// After the first, by the second: that is all that two lists of open items tell.
    Between(f64, f64),
    /// Not yet, after so many days.
    Open(f64),
    /// What was paid before the first list that could have held it is in no list. For each part that lists do hold
    /// there were as many such as the levels foretell (B. Turnbull, "The Empirical Distribution Function with
    /// Arbitrarily Grouped, Censored and Truncated Data", Journal of the Royal Statistical Society B 38, 1976), of
    /// documents issued on any day between two lists: from the first to the second of these days it had until the list.
    Unlisted(f64, f64),
}

impl End {
    const fn is_paid(self) -> bool {
        matches!(self, Self::Paid(_) | Self::Between(..))
    }

    const fn last_day(self) -> f64 {
        match self {
            Self::Paid(day) | Self::Between(_, day) | Self::Open(day) | Self::Unlisted(_, day) => day,
        }
    }
}

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

impl Expectation {
    /// The chance to be still unpaid after so many days.
    pub(super) fn unpaid(&self, days: f64) -> f64 {
        let off = days - self.pace_days;
        let pace = ln_above(off / self.deviation).exp();
        let held = unpaid_if_held(off, self.deviation, self.extra_days);
        let usual = (1.0 - self.held_share) * pace + self.held_share * held;
        self.never_share + (1.0 - self.never_share) * with_stalled(usual, off)
    }
}

/// Whatever was seen, of so many claims one may be stalled for so long.
const STALLED_SHARE: f64 = 0.005;
const STALLED_DAYS: f64 = 60.0;

/// The chance to be unpaid so many days after the pace, with what may be stalled: what is late beyond anything seen is late
/// before it is lost.
fn with_stalled(usual: f64, off: f64) -> f64 {
    (1.0 - STALLED_SHARE) * usual + STALLED_SHARE * (-off.max(0.0) / STALLED_DAYS).exp()
}

/// The chance to be unpaid so many days after the pace, of what is held up.
fn unpaid_if_held(off: f64, spread: f64, extra: f64) -> f64 {
    let (z, ratio) = (off / spread, spread / extra);
    let waiting = (0.5 * ratio * ratio - off / extra + ln_above(ratio - z)).exp();
    (ln_above(z).exp() + waiting).min(1.0)
}

/// The density of being paid so many days after the pace, of what is held up.
fn density_if_held(off: f64, spread: f64, extra: f64) -> f64 {
    let (z, ratio) = (off / spread, spread / extra);
    (0.5 * ratio * ratio - off / extra + ln_above(ratio - z)).exp() / extra
}

/// The days it was held up, of what was paid so many days after the pace: the mean of a normal distribution above nought.
fn days_held(off: f64, spread: f64, extra: f64) -> f64 {
    let z = off / spread - spread / extra;
    let mills = (-0.5 * z * z - LN_ROOT_TAU - ln_above(-z)).exp();
    (spread * (z + mills)).max(0.0)
}

/// Levels of a factor that differ more, differ by what is never paid: that is no pace.
const MOST_BETWEEN: f64 = 400.0;
const LOWEST_SPREAD: f64 = 0.5;
/// Days that what is held up takes longer in the mean, at least and at most.
const EXTRA_DAYS: (f64, f64) = (2.0, 150.0);
const FARTHEST: f64 = 3.0;
/// Observations that the spread of all is worth beside a customer's own.
const SCALE_COUNT: f64 = 4.0;
/// Observations that the share of all that is never paid is worth beside a customer's own.
const NEVER_COUNT: f64 = 10.0;
/// Shares of what is never paid, at least and at most: what then is paid would tell nothing.
const NEVER_SHARES: (f64, f64) = (1e-6, 0.95);
/// Observations from which on they are shared by the processors.
const MANY: usize = 10_000;
/// How many unlisted parts one that is listed may stand for at most.
const MOST_UNLISTED: f64 = 5.0;
/// Days between two lists on which an unlisted document may have been issued, about.
const ISSUE_DAYS: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

/// The chance that a part is paid between two scores, and its mean and variance in days if it is; no further off than what
/// is paid on a known day.
fn part_between(after: f64, by: f64, spread: f64) -> (f64, f64, f64) {
    let (chance, mean, variance) = between(after, by);
    (chance, mean.clamp(-FARTHEST, FARTHEST) * spread, spread * spread * variance)
}

/// The same of what is paid before one of several days, each as likely.
fn unlisted(scores: [f64; ISSUE_DAYS.len()], spread: f64) -> (f64, f64, f64) {
    let (mut chances, mut days, mut squares) = (0.0, 0.0, 0.0);
    for score in scores {
        let (chance, mean, variance) = part_between(f64::NEG_INFINITY, score, spread);
        chances += chance;
        days += chance * mean;
        squares += chance * (variance + mean * mean);
    }
    if chances < f64::MIN_POSITIVE {
        return (0.0, 0.0, 0.0);
    }
    let mean = days / chances;
    (chances / super::model::number(ISSUE_DAYS.len()), mean, (squares / chances - mean * mean).max(0.0))
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

/// What an end tells of one way to be paid.
struct Way {
    chance: f64,
    /// Days off the pace that are not explained, and their variance.
    surplus: f64,
    variance: f64,
    /// Days it was held up.
    held_days: f64,
}

impl Way {
    /// At the pace.
    fn of_pace(end: End, days: f64, spread: f64) -> Self {
        let score = |day: f64| (day - days) / spread;
        let (chance, surplus, variance) = match end {
            End::Paid(day) => {
                let pulled = score(day).clamp(-FARTHEST, FARTHEST);
                (density(pulled) / spread, pulled * spread, 0.0)
            }
            End::Open(day) => {
                // the mean and variance of what lies above (Mills ratio)
                let z = score(day);
                let ln_chance = ln_above(z);
                let mills = (-0.5 * z * z - LN_ROOT_TAU - ln_chance).exp();
                let mean = mills.clamp(z.max(-FARTHEST), FARTHEST.max(z));
                let variance = (1.0 + z * mills - mills * mills).clamp(0.0, 1.0);
                (ln_chance.exp(), mean.min(FARTHEST) * spread, spread * spread * variance)
            }
            End::Between(after, by) => part_between(score(after), score(by), spread),
            End::Unlisted(first, last) => unlisted(ISSUE_DAYS.map(|part| score(first + part * (last - first))), spread),
        };
        Self { chance, surplus, variance, held_days: 0.0 }
    }

    /// After having been held up.
    fn of_held(end: End, days: f64, spread: f64, extra: f64) -> Self {
        let unpaid = |day: f64| unpaid_if_held(day - days, spread, extra);
        let on = |off: f64| {
            let held_days = days_held(off, spread, extra);
            (held_days, (off - held_days).clamp(-FARTHEST * spread, FARTHEST * spread))
        };
        match end {
            End::Paid(day) => {
                let off = (day - days).max(-FARTHEST * spread);
                let (held_days, surplus) = on(off);
                Self { chance: density_if_held(off, spread, extra), surplus, variance: 0.0, held_days }
            }
            // it waits as long again as on the first day
            End::Open(day) => {
                let held_days = (day - days).max(0.0) + extra;
                Self { chance: unpaid(day), surplus: 0.0, variance: spread * spread, held_days }
            }
            End::Between(after, by) => {
                let (held_days, surplus) = on(f64::midpoint(after, by) - days);
                Self { chance: (unpaid(after) - unpaid(by)).max(0.0), surplus, variance: 0.0, held_days }
            }
            End::Unlisted(first, last) => {
                let paid = ISSUE_DAYS.map(|part| 1.0 - unpaid(first + part * (last - first)));
                let chance = paid.iter().sum::<f64>() / super::model::number(ISSUE_DAYS.len());
                Self { chance, surplus: 0.0, variance: spread * spread, held_days: 0.5 * extra }
            }
        }
    }
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
            own.never_count = sum[8] + NEVER_COUNT;
            let never = (sum[9] + NEVER_COUNT * self.all_never) / own.never_count;
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
