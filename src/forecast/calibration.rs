//! How far weekly totals were off what was foretold of them on past days: ranges are made wider or narrower by that.
//!
//! A range drawn from the model holds what the model knows. What it does not know, a season, a strike, customers that change
//! together, shows only in how often past totals lay outside. On every second Sunday of the last half year the same forecast is
//! made from what was known then; each total that has come since has a score: its distance from the middle in half ranges. The
//! ranges of today are as wide as four in five of these scores (split conformal prediction, rolling: V. Vovk, A. Gammerman,
//! G. Shafer, "Algorithmic Learning in a Random World", 2005).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use super::backtest::Bench;
use super::book::Book;
use super::events::{Day, Events};
use super::model::{Effort, Model, Shift, number};
use super::outlook::{Scene, Weeks, amount};
use super::simulation::{Draw, Groups, Range, futures, rounded};
use crate::model::processors::{processor_count, share_out};

/// How far back trials tell, and how many days lie between two of them.
const REMEMBERED_DAYS: Day = 26 * 7;
const TRIAL_DAYS: Day = 14;
/// The weeks that a trial foretells.
const TRIAL_WEEKS: usize = 9;
const TRIAL_FUTURES: usize = 400;
/// Claims that a trial looks at, about: those of some customers, chosen by their identity.
const TRIAL_CLAIMS: usize = 10_000;
/// The share of totals that a range is meant to hold.
const HELD_SHARE: f64 = 0.8;
/// Scores of a model that is right, and what each is worth beside one that was seen.
const BELIEVED: [f64; 5] = [0.2, 0.45, 0.7, 0.95, 1.2];
const BELIEVED_WEIGHT: f64 = 1.5;
/// How much a score of another week tells: less by half for so many weeks between.
const NEAR_WEEKS: f64 = 1.5;
/// Ranges are made so much wider at most, and so much narrower.
const FACTORS: (f64, f64) = (0.6, 4.0);
/// A half range is no narrower than that part of its total, or a score would be beyond all bounds.
const NARROWEST: f64 = 0.02;

/// A total that was foretold on a past day, and came.
#[derive(Clone, Copy, Debug)]
struct Trial {
    week: usize,
    /// The last day of the week.
    end: Day,
    /// The distance from the middle of its range, in half ranges.
    score: f64,
}

/// The trials of each past Sunday on which one was made.
#[derive(Debug, Default)]
pub(super) struct Trials(BTreeMap<Day, Vec<Trial>>);

/// How wide ranges are made, by week.
#[derive(Clone, Debug)]
pub(super) struct Calibration {
    factors: Vec<f64>,
}

impl Trials {
    /// Those that are known by the end of each of some days.
    pub(super) fn before(bench: &Bench<'_>, days: &[Day]) -> Self {
        let first_posted = bench.events.claims.iter().map(|claim| claim.posted).min().unwrap_or_default();
        let mut sundays: Vec<Day> = days.iter().flat_map(|day| sundays_before(*day)).collect();
        sundays.retain(|day| *day >= first_posted);
        sundays.sort_unstable();
        sundays.dedup();
        let per_mille = sampled_per_mille(bench.events);
        let found = Mutex::new(BTreeMap::new());
        let done: Result<(), Infallible> = share_out(processor_count().min(sundays.len()), sundays.iter(), |day| {
            let trials = trials_of(bench, *day, per_mille);
            found.lock().unwrap_or_else(PoisonError::into_inner).insert(*day, trials);
            Ok(())
        });
        let Ok(()) = done;
        Self(found.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is known by the end of a day.
    pub(super) fn calibration(&self, day: Day) -> Calibration {
        let known: Vec<&Trial> = sundays_before(day)
            .filter_map(|sunday| self.0.get(&sunday))
            .flatten()
            .filter(|trial| trial.end <= day)
            .collect();
        Calibration { factors: (0..TRIAL_WEEKS).map(|week| factor(&known, week)).collect() }
    }
}

/// The Sundays on which a trial tells something to a day: every second one of the calendar.
fn sundays_before(day: Day) -> impl Iterator<Item = Day> {
    let last = (day - 7).div_euclid(TRIAL_DAYS) * TRIAL_DAYS;
    (0..REMEMBERED_DAYS / TRIAL_DAYS).map(move |back| last - TRIAL_DAYS * back)
}

/// The half range, in model's half ranges, that holds four in five of the scores of a week.
fn factor(known: &[&Trial], week: usize) -> f64 {
    let weight = |trial: &Trial| {
        let between = number(trial.week.abs_diff(week));
        (-between / NEAR_WEEKS * std::f64::consts::LN_2).exp()
    };
    let seen = known.iter().map(|trial| (trial.score, weight(trial)));
    let mut scores: Vec<(f64, f64)> = seen.chain(BELIEVED.map(|score| (score, BELIEVED_WEIGHT))).collect();
    scores.sort_by(|left, right| left.0.total_cmp(&right.0));
    // the total to come counts as one more that lies beyond all
    let all = 1.0 + scores.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut sum = 0.0;
    let reached = scores.iter().find(|(_, weight)| {
        sum += weight;
        sum >= HELD_SHARE * all
    });
    reached.map_or(FACTORS.1, |(score, _)| score.clamp(FACTORS.0, FACTORS.1))
}

/// Customers of a thousand whose claims are about as many as a trial looks at.
fn sampled_per_mille(events: &Events) -> u64 {
    u64::try_from(TRIAL_CLAIMS * 1000 / events.claims.len().max(1)).unwrap_or(1000).clamp(1, 1000)
}

fn trials_of(bench: &Bench<'_>, day: Day, per_mille: u64) -> Vec<Trial> {
    let Bench { events, index, bank, .. } = *bench;
    let is_in = |customer: usize| events.payers[customer].identity % 1000 < per_mille;
    let book = Book::of(events, index, day, is_in);
    if book.open.is_empty() {
        return Vec::new();
    }
    let model = Model::learn(&book, events, index, bank, bench.priors, Effort::TRIAL);
    let weeks = Weeks::after(day, TRIAL_WEEKS);
    let scene = Scene { events, index, bank, model: &model, day, weeks: &weeks };
    let outlooks = scene.outlooks(&book, &|open| (Shift::default(), open.state));
    let groups = Groups { of_claim: &vec![0; book.open.len()], count: 1 };
    let draw = Draw { seed: bench.seed, count: TRIAL_FUTURES };
    let drawn = futures(&book.open, &outlooks, events, &model, &groups, draw);
    let mut actual = vec![0.0; weeks.count() + 1];
    for open in &book.open {
        for (receipt, cash) in bench.receipts_after(open, day) {
            actual[weeks.of(receipt)] += cash;
        }
    }
    let trial = |week: usize| Trial { week, end: weeks.ends[week], score: score(actual[week], drawn.week(0, week)) };
    (0..weeks.count()).filter(|week| weeks.ends[*week] <= bench.last).map(trial).collect()
}

/// The distance of a total from the middle of its range, in half ranges.
fn score(actual: f64, range: Range) -> f64 {
    let [p10, p50, p90] = [range.p10, range.p50, range.p90].map(amount);
    let narrowest = (NARROWEST * actual.abs().max(p50)).max(1.0);
    if actual < p50 { (p50 - actual) / (p50 - p10).max(narrowest) } else { (actual - p50) / (p90 - p50).max(narrowest) }
}

impl Calibration {
    /// A range of the totals of a week, as wide as past totals were spread.
    pub(super) fn of_week(&self, week: usize, range: Range) -> Range {
        let factor = self.factors.get(week).or(self.factors.last()).copied().unwrap_or(1.0);
        let widened = |half: i64| rounded(factor * amount(half));
        let Range { p10, p50, p90 } = range;
        // no range holds less than nothing, unless the model's own does
        Range { p10: (p50 - widened(p50 - p10)).max(p10.min(0)), p50, p90: p50 + widened(p90 - p50) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scores: impl Iterator<Item = f64>) -> f64 {
        let trials: Vec<Trial> = scores.map(|score| Trial { week: 2, end: 0, score }).collect();
        factor(&trials.iter().collect::<Vec<_>>(), 2)
    }

    #[test]
    fn ranges_are_as_wide_as_four_in_five_of_past_totals_were_off() {
        let even = |most: f64| (1..=400).map(move |rank| most * f64::from(rank) / 400.0);
        assert!((of(even(1.25)) - 1.0).abs() < 0.05, "a model that is right");
        assert!((of(even(2.5)) - 2.0).abs() < 0.1, "one whose ranges are half as wide as they should be");
        assert!(of(even(0.5)) < 0.62);
        assert!((1.0..1.3).contains(&of(std::iter::empty())), "nothing seen");
        let Range { p10, p50, p90 } =
            Calibration { factors: vec![2.0] }.of_week(5, Range { p10: 40, p50: 100, p90: 130 });
        assert_eq!((p10, p50, p90), (0, 100, 160), "nothing comes less than nothing");
    }

    #[test]
    fn a_day_is_told_by_the_sundays_before_it_alone() {
        let day = 739_000;
        let sundays: Vec<Day> = sundays_before(day).collect();
        assert!(sundays.iter().all(|sunday| *sunday <= day - 7 && sunday % 14 == 0));
        assert_eq!(sundays.len(), 13);
    }
}
