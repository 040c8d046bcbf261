//! The ways to be paid, and what the end of a claim tells of each: at its customer's pace, or after having been held up.

use super::model::number;
use super::normal::{LN_ROOT_TAU, between, density, ln_above};

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
    pub(super) const fn is_paid(self) -> bool {
        matches!(self, Self::Paid(_) | Self::Between(..))
    }

    pub(super) const fn last_day(self) -> f64 {
        match self {
            Self::Paid(day) | Self::Between(_, day) | Self::Open(day) | Self::Unlisted(_, day) => day,
        }
    }
}

/// Spreads off the pace that count no more.
const FARTHEST: f64 = 3.0;
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
    (chances / number(ISSUE_DAYS.len()), mean, (squares / chances - mean * mean).max(0.0))
}

/// Whatever was seen, of so many claims one may be stalled for so long.
const STALLED_SHARE: f64 = 0.005;
const STALLED_DAYS: f64 = 60.0;

/// The chance to be unpaid so many days after the pace, with what may be stalled: what is late beyond anything seen is late
/// before it is lost.
pub(super) fn with_stalled(usual: f64, off: f64) -> f64 {
    (1.0 - STALLED_SHARE) * usual + STALLED_SHARE * (-off.max(0.0) / STALLED_DAYS).exp()
}

/// The chance to be unpaid so many days after the pace, of what is held up.
pub(super) fn unpaid_if_held(off: f64, spread: f64, extra: f64) -> f64 {
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

/// What an end tells of one way to be paid.
pub(super) struct Way {
    pub(super) chance: f64,
    /// Days off the pace that are not explained, and their variance.
    pub(super) surplus: f64,
    pub(super) variance: f64,
    /// Days it was held up.
    pub(super) held_days: f64,
}

impl Way {
    /// At the pace.
    pub(super) fn of_pace(end: End, days: f64, spread: f64) -> Self {
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
    pub(super) fn of_held(end: End, days: f64, spread: f64, extra: f64) -> Self {
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
                let chance = paid.iter().sum::<f64>() / number(ISSUE_DAYS.len());
                Self { chance, surplus: 0.0, variance: spread * spread, held_days: 0.5 * extra }
            }
        }
    }
}
