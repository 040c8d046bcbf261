//! The clock of each customer: from which day it counts when it pays, on which days it pays at all, and how often it pays
//! early.
//!
//! Some pay so many days from the due date, some from the invoice. Some pay only on certain days, their payment runs: a weekday,
//! days of the month, its last bank day; what is ready for payment waits for the next of them. Some take a discount for early
//! payment now and then, which is a habit apart. The clock is the one whose days explain best when the customer paid: the
//! smallest mean distance from the median, and better than the due date by a quarter at least.

use chrono::Datelike;

use super::book::{Book, Part};
use super::drift::{Drift, Lateness, drift};
use super::events::{Claim, Day, Events, date_of, day_of, place};
use super::normal::ln_above;
use crate::model::calendar::month_end;
use crate::model::processors::each_of;

/// What a customer counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The due date.
    #[default]
    Due,
    /// The date of the document.
    Issue,
    /// The end of the month in which the claim fell due.
    MonthEnd,
}

/// The days on which a customer pays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Runs {
    /// Any on which banks are open.
    #[default]
    Any,
    /// These days of the week, 0 for Monday.
    Weekdays(Vec<u32>),
    /// These days of the month, moved on to a day on which banks are open; [`LAST_BANK_DAY`] for its last such day.
    MonthDays(Vec<u32>),
}

/// The last day of a month on which banks are open, among days of the month.
pub(super) const LAST_BANK_DAY: u32 = 32;

/// What a customer pays early.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Early {
    /// Usual days after the date of the document.
    pub(super) days: f64,
    spread: f64,
    /// Share of its claims.
    pub(super) share: f64,
    /// A payment made by so many days after the document is an early one.
    last: Day,
}

impl Early {
    /// Whether an open claim may still be paid early.
    pub(super) fn is_ahead(&self, claim: &Claim, day: Day) -> bool {
        day - claim.issued < self.last
    }

    /// The chance that it is not paid so many days after its date, if it is paid early.
    pub(super) fn unpaid(&self, age: Day) -> f64 {
        ln_above((f64::from(age) + 0.5 - self.days) / self.spread).exp()
    }
}

/// When a customer pays.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    pub(super) anchor: Anchor,
    pub(super) runs: Runs,
    /// Share of its payments on those days.
    pub(super) runs_share: f64,
    pub(super) early: Option<Early>,
    /// Its usual days from document to due date, so that days from either count alike.
    pub(super) terms: Day,
    /// How its pace changed.
    pub(super) drift: Option<Drift>,
}

/// Days on which banks are open.
#[derive(Debug)]
pub(super) struct BankDays {
    first: Day,
    dates: Vec<CalendarDay>,
    is_open: Vec<bool>,
    next_open: Vec<Day>,
}

/// Where a day stands in its week and month.
#[derive(Clone, Copy, Debug)]
pub(super) struct CalendarDay {
    /// 0 for Monday.
    pub(super) weekday: u32,
    /// 1 for the first.
    pub(super) month_day: u32,
}

impl CalendarDay {
    fn of(day: Day) -> Self {
        let date = date_of(day);
        Self { weekday: date.weekday().num_days_from_monday(), month_day: date.day() }
    }
}

/// How far before the first and after the last day the calendar reaches.
const MARGIN_DAYS: Day = 900;

impl BankDays {
    /// The calendar around these days; outside of it every day counts as open.
    pub(super) fn around(first: Day, last: Day, holidays: &[Day]) -> Self {
        let first = first - MARGIN_DAYS;
        let count = usize::try_from(last + MARGIN_DAYS - first).unwrap_or_default();
        let dates: Vec<CalendarDay> = (first..).take(count).map(CalendarDay::of).collect();
        let mut is_open: Vec<bool> = dates.iter().map(|date| date.weekday < 5).collect();
        for holiday in holidays {
            if let Some(open) = usize::try_from(holiday - first).ok().and_then(|position| is_open.get_mut(position)) {
                *open = false;
            }
        }
        let mut next_open: Vec<Day> = (first..).take(count).collect();
        for position in (0..count.saturating_sub(1)).rev() {
            if !is_open[position] {
                next_open[position] = next_open[position + 1];
            }
        }
        Self { first, dates, is_open, next_open }
    }

    /// Where a day stands in its week and month.
    pub(super) fn date(&self, day: Day) -> CalendarDay {
        self.position(day).map_or_else(|| CalendarDay::of(day), |position| self.dates[position])
    }

    /// Whether banks are open.
    pub(super) fn is_open(&self, day: Day) -> bool {
        self.position(day).is_none_or(|position| self.is_open[position])
    }

    /// The day itself, or the next on which banks are open.
    pub(super) fn on_or_after(&self, day: Day) -> Day {
        self.position(day).map_or(day, |position| self.next_open[position])
    }

    fn position(&self, day: Day) -> Option<usize> {
        usize::try_from(day - self.first).ok().filter(|position| *position < self.is_open.len())
    }
}

/// How far back a run is looked for.
const FARTHEST_RUN: Day = 40;

impl Runs {
    /// Whether the customer pays on this day.
    pub(super) fn is_on(&self, day: Day, bank: &BankDays) -> bool {
        match self {
            Self::Any => true,
            Self::Weekdays(weekdays) => {
                bank.is_open(day) && nominal_weekdays(day, bank).any(|weekday| weekdays.contains(&weekday))
            }
            Self::MonthDays(days) => {
                bank.is_open(day) && nominal_days(day, bank).any(|month_day| days.contains(&month_day))
            }
        }
    }

    /// The last run by this day.
    pub(super) fn by(&self, day: Day, bank: &BankDays) -> Day {
        let runs = |day: &Day| self.is_on(*day, bank);
        (0..FARTHEST_RUN).map(|back| day - back).find(runs).unwrap_or(day)
    }

    /// The first run from this day on.
    fn from(&self, day: Day, bank: &BankDays) -> Day {
        let runs = |day: &Day| self.is_on(*day, bank);
        (0..FARTHEST_RUN).map(|later| day + later).find(runs).unwrap_or(day)
    }
}

/// Days after which a payment counts half.
const HALF_LIFE_DAYS: f64 = 365.0;

impl Clock {
    /// The day from which days to payment are counted.
    pub(super) fn anchor_day(&self, claim: &Claim) -> Day {
        #[expect(clippy::cast_possible_truncation, reason = "some days")]
        let later = self.drift.map_or(0.0, |drift| drift.days(claim.due)).round() as Day;
        self.day_by(self.anchor, claim) + later
    }

    /// How much a claim that was to be paid so long ago tells of the next one.
    pub(super) fn weight(&self, claim: &Claim, day: Day) -> f64 {
        let age = f64::from((day - self.anchor_day(claim)).max(0));
        let changed = self.drift.map_or(1.0, |drift| drift.weight(claim.due));
        changed * (-age / HALF_LIFE_DAYS * std::f64::consts::LN_2).exp()
    }

    fn day_by(&self, anchor: Anchor, claim: &Claim) -> Day {
        match anchor {
            Anchor::Due => claim.due,
            Anchor::Issue => claim.issued + self.terms,
            Anchor::MonthEnd => day_of(month_end(date_of(claim.due))),
        }
    }

    /// Whether the customer has fixed days, and this is one of them.
    pub(super) fn is_payment_day(&self, day: Day, bank: &BankDays) -> Option<bool> {
        (self.runs != Runs::Any).then(|| self.runs.is_on(day, bank))
    }

    /// The day a claim is paid at its customer's pace, so many days after it is counted from.
    pub(super) fn usual_day(&self, claim: &Claim, pace_days: f64, bank: &BankDays) -> Day {
        #[expect(clippy::cast_possible_truncation, reason = "some days")]
        let ready = self.anchor_day(claim) + pace_days.round() as Day;
        if self.runs == Runs::Any { ready } else { self.runs.from(ready, bank) }
    }

    /// Whether a claim paid on this day was paid early.
    pub(super) fn is_early(&self, claim: &Claim, day: Day) -> bool {
        self.early.is_some_and(|early| day - claim.issued <= early.last)
    }
}

/// The day itself, and those just before on which banks were closed.
fn nominal(day: Day, bank: &BankDays) -> impl Iterator<Item = Day> + '_ {
    std::iter::once(day).chain((1..5).map(move |back| day - back).take_while(|before| !bank.is_open(*before)))
}

/// The days of the week that a payment on this day may stand for. Weekends stand for none.
fn nominal_weekdays(day: Day, bank: &BankDays) -> impl Iterator<Item = u32> + '_ {
    nominal(day, bank).map(|day| bank.date(day).weekday).filter(|weekday| *weekday < 5)
}

/// The days of the month that a payment on this day may stand for: the last day of a month stands for those it does not have.
fn nominal_days(day: Day, bank: &BankDays) -> impl Iterator<Item = u32> + '_ {
    let is_last = bank.is_open(day) && bank.date(bank.on_or_after(day + 1)).month_day < bank.date(day).month_day;
    let stands_for = |day: Day| {
        let month_day = bank.date(day).month_day;
        month_day..=if bank.date(day + 1).month_day == 1 { 31 } else { month_day }
    };
    nominal(day, bank).flat_map(stands_for).chain(is_last.then_some(LAST_BANK_DAY))
}

/// How many payment dates a habit needs.
const HABIT_DATES: usize = 6;
/// How many payment dates must stand for each fixed day.
const FEWEST_ON_DAY: usize = 3;
/// How many fixed days a month or week at most.
const MOST_DAYS: usize = 3;
const MOST_WEEKDAYS: usize = 2;
/// How many payment dates two weekdays need, and what share of them they hold.
const MANY_DATES: usize = 16;
const TWO_WEEKDAYS_SHARE: f64 = 0.9;
/// How many of a hundred payments must fall on them.
const HABIT_PERCENT: usize = 80;
/// How many of the latest payments tell the clock.
const LATEST: usize = 60;

/// The clock of every customer at the day of the book.
pub(super) fn clocks(book: &Book, events: &Events, bank: &BankDays) -> Vec<Clock> {
    let customer_of = |part: &Part| events.claims[place(part.claim)].customer;
    let of_customer: Vec<&[Part]> =
        book.parts.chunk_by(|left, right| customer_of(left) == customer_of(right)).collect();
    let found = each_of(&of_customer, |parts| {
        let paid = parts.iter().filter(|part| part.is_paid);
        let mut paid: Vec<Paid> = paid
            .map(|part| Paid {
                claim: &events.claims[place(part.claim)],
                end: part.end,
                is_told: part.between.is_none(),
            })
            .collect();
        paid.sort_by_key(|paid| (paid.end, paid.claim.identity));
        let paid = &paid[paid.len().saturating_sub(LATEST)..];
        let mut clock = clock(paid, bank);
        let open = parts.iter().filter(|part| !part.is_paid).map(|part| (&events.claims[place(part.claim)], part.end));
        clock.drift = clock.change(paid, open);
        clock
    });
    let mut clocks = vec![Clock::default(); events.payers.len()];
    for (parts, clock) in of_customer.iter().zip(found) {
        clocks[place(customer_of(&parts[0]))] = clock;
    }
    clocks
}

/// A payment of a claim.
#[derive(Clone, Copy)]
struct Paid<'a> {
    claim: &'a Claim,
    end: Day,
    /// Whether its day is told: estimates between two lists show no days of habit.
    is_told: bool,
}

/// Days late that are tried where a customer pays on fixed days.
const TRIED_LATE: std::ops::RangeInclusive<Day> = -30..=60;

fn clock(paid: &[Paid<'_>], bank: &BankDays) -> Clock {
    let mut terms: Vec<Day> = paid.iter().map(|paid| paid.claim.due - paid.claim.issued).collect();
    terms.sort_unstable();
    let terms = terms.get(terms.len() / 2).copied().unwrap_or_default();
    let mut clock = Clock { terms, ..Clock::default() };
    if paid.len() < HABIT_DATES {
        return clock;
    }
    let told: Vec<Paid<'_>> = paid.iter().filter(|paid| paid.is_told).copied().collect();
    clock.early = early(&told, terms);
    let is_late = |paid: &&Paid<'_>| !clock.is_early(paid.claim, paid.end);
    let usual: Vec<Paid<'_>> = told.iter().filter(is_late).copied().collect();
    (clock.runs, clock.runs_share) = runs(&usual, bank);
    if told.len() >= HABIT_DATES {
        let off = |anchor| clock.days_off(anchor, &usual, bank);
        let due = off(Anchor::Due);
        let mut best = (Anchor::Due, 0.75 * due - 0.25);
        for anchor in [Anchor::Issue, Anchor::MonthEnd] {
            let off = off(anchor);
            if off < best.1 {
                best = (anchor, off);
            }
        }
        clock.anchor = best.0;
    }
    clock
}

impl Clock {
    /// How the pace changed, by what was paid and by what still is open at the end of a day.
    fn change<'a>(&self, paid: &[Paid<'_>], open: impl Iterator<Item = (&'a Claim, Day)>) -> Option<Drift> {
        let late = |claim: &Claim, day: Day, is_open: bool| Lateness {
            due: claim.due,
            days: day - self.day_by(self.anchor, claim),
            is_open,
        };
        let usual = paid.iter().filter(|paid| !self.is_early(paid.claim, paid.end));
        let mut claims: Vec<Lateness> = usual.map(|paid| late(paid.claim, paid.end, false)).collect();
        claims.extend(open.map(|(claim, day)| late(claim, day, true)));
        claims.sort_by_key(|claim| (claim.due, claim.days));
        drift(&claims)
    }

    /// How far payments are from what an anchor foretells, in the mean.
    fn days_off(&self, anchor: Anchor, paid: &[Paid<'_>], bank: &BankDays) -> f64 {
        if self.runs == Runs::Any {
            return spread(paid.iter().map(|paid| paid.end - self.day_by(anchor, paid.claim)).collect());
        }
        let off = |late: Day| -> Day {
            let off = |paid: &Paid<'_>| {
                (self.runs.from(self.day_by(anchor, paid.claim) + late, bank) - paid.end).abs().min(60)
            };
            paid.iter().map(off).sum()
        };
        let least = TRIED_LATE.step_by(3).map(off).min().unwrap_or_default();
        f64::from(least) / f64::from(u32::try_from(paid.len()).unwrap_or(u32::MAX).max(1))
    }
}

/// How many payments of either habit show two.
const FEWEST_OF_HABIT: usize = 4;
/// The days between early payments and the others, a tenth of either apart.
const GAP_DAYS: Day = 7;
/// How far early payments are from the middle of them at most, in the mean.
const EARLY_SPREAD: f64 = 4.0;

/// The habit of paying some claims early: those paid well before they fell due, so many days after their date.
fn early(paid: &[Paid<'_>], terms: Day) -> Option<Early> {
    let is_early = |paid: &&Paid<'_>| paid.claim.due - paid.end >= (terms / 3).max(7);
    let mut ages: Vec<Day> = paid.iter().filter(is_early).map(|paid| paid.end - paid.claim.issued).collect();
    let mut others: Vec<Day> =
        paid.iter().filter(|paid| !is_early(paid)).map(|paid| paid.end - paid.claim.issued).collect();
    if ages.len() < FEWEST_OF_HABIT || others.len() < FEWEST_OF_HABIT {
        return None;
    }
    ages.sort_unstable();
    others.sort_unstable();
    let (usual, off) = (ages[ages.len() / 2], spread(ages.clone()));
    let gap = others[others.len() / 10] - ages[(ages.len() * 9).div_ceil(10) - 1];
    if off > EARLY_SPREAD || gap < GAP_DAYS {
        return None;
    }
    let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let spread = (1.25 * off).max(1.0);
    #[expect(clippy::cast_possible_truncation, reason = "a few days")]
    let last = usual + (3.0 * spread).ceil() as Day;
    Some(Early {
        days: f64::from(usual),
        spread,
        share: (count(ages.len()) + 0.5) / (count(paid.len()) + 1.0),
        last: last.min(others[0] - 1).max(usual),
    })
}

/// The mean distance from the median.
fn spread(mut days: Vec<Day>) -> f64 {
    days.sort_unstable();
    let Some(median) = days.get(days.len() / 2).copied() else { return 0.0 };
    let sum: Day = days.iter().map(|day| (day - median).abs().min(60)).sum();
    f64::from(sum) / f64::from(u32::try_from(days.len()).unwrap_or(u32::MAX))
}

/// The few days of the month or week that hold four in five of the dates on which it paid, and the share they hold.
fn runs(paid: &[Paid<'_>], bank: &BankDays) -> (Runs, f64) {
    let mut dates: Vec<Day> = paid.iter().map(|paid| paid.end).collect();
    dates.dedup();
    // two days of five hold most of a few dates by chance
    let most_weekdays = if dates.len() < MANY_DATES { 1 } else { MOST_WEEKDAYS };
    let weekdays = habit(&dates, most_weekdays, |day| nominal_weekdays(day, bank).collect());
    let weekdays = weekdays.filter(|(days, share)| days.len() == 1 || *share >= TWO_WEEKDAYS_SHARE);
    let month_days = habit(&dates, MOST_DAYS, |day| nominal_days(day, bank).collect());
    match (weekdays, month_days) {
        // days of the month are fewer than days of the week
        (_, Some((days, share))) => (Runs::MonthDays(days), share),
        (Some((days, share)), None) => (Runs::Weekdays(days), share),
        (None, None) => (Runs::Any, 0.0),
    }
}

/// The few codes that hold four in five of some dates, and the share they hold.
fn habit(dates: &[Day], most: usize, codes_of: impl Fn(Day) -> Vec<u32>) -> Option<(Vec<u32>, f64)> {
    let mut left: Vec<Vec<u32>> = dates.iter().map(|date| codes_of(*date)).collect();
    let mut found = Vec::new();
    while found.len() < most {
        let mut counts = [0_usize; 33];
        for code in left.iter().flatten() {
            counts[place(*code)] += 1;
        }
        let best = (0..).zip(&counts).map(|(code, count)| (*count, 33_u32 - code)).max();
        let Some((_, rank)) = best.filter(|(count, _)| *count >= FEWEST_ON_DAY) else { break };
        let code = 33 - rank;
        left.retain(|codes| !codes.contains(&code));
        found.push(code);
        if left.len() * 100 <= (100 - HABIT_PERCENT) * dates.len() {
            break;
        }
    }
    let on_days = dates.len() - left.len();
    if dates.len() < HABIT_DATES || found.is_empty() || on_days * 100 < HABIT_PERCENT * dates.len() {
        return None;
    }
    found.sort_unstable();
    let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    Some((found, (count(on_days) + 0.5) / (count(dates.len()) + 1.0)))
}
