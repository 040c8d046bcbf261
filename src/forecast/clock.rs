//! The clock of each customer: from which day it counts when it pays, and on which days it pays at all.
//!
//! Some pay so many days from the due date, some from the invoice, some on fixed days of the month. The clock is the
//! one whose days explain best when the customer paid what nothing held up: the smallest mean distance from the median,
//! and better than the due date by a quarter at least.

use chrono::Datelike;

use super::book::{Book, MEMORY_DAYS, Part};
use super::events::{Claim, Day, Events, date_of, day_of, place};
use crate::model::calendar::{add_months, month_end};
use crate::model::processors::each_of;

/// What a customer counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The due date.
    #[default]
    Due,
    /// The date of the document.
    Issue,
    /// Its first payment day that is not before the due date.
    PaymentDay,
    /// Its payment day in the month after the one in which the claim fell due.
    MonthAfterDue,
}

/// When a customer pays.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    pub(super) anchor: Anchor,
    /// Days of the month on which it pays, moved on to a day banks are open; empty where there is no such habit.
    pub(super) month_days: Vec<u32>,
    /// Its usual days from document to due date, so that days from either count alike.
    pub(super) terms: Day,
    /// Days after which a payment of this customer counts half: fewer where its pace changes.
    pub(super) half_life: Day,
    /// Share of its payments on those days.
    pub(super) on_days_share: f64,
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

/// A day of the month of `day`, the last one where the month is shorter.
fn in_month_of(day: Day, month_day: u32) -> Day {
    let date = date_of(day);
    day_of(date.with_day(month_day.min(month_end(date).day())).unwrap_or(date))
}

fn in_next_month_of(day: Day, month_day: u32) -> Day {
    in_month_of(day_of(add_months(date_of(day).with_day(1).unwrap_or_default(), 1)), month_day)
}

impl Clock {
    /// The day from which days to payment are counted.
    pub(super) fn anchor_day(&self, claim: &Claim, bank: &BankDays) -> Day {
        self.day_by(self.anchor, claim, bank)
    }

    fn day_by(&self, anchor: Anchor, claim: &Claim, bank: &BankDays) -> Day {
        match anchor {
            Anchor::Due => claim.due,
            Anchor::Issue => claim.issued + self.terms,
            Anchor::PaymentDay => self.payment_day(claim.due, bank),
            Anchor::MonthAfterDue => {
                let day = self.month_days.first().copied().unwrap_or(1);
                bank.on_or_after(in_next_month_of(claim.due, day))
            }
        }
    }

    /// The first payment day that is not before `day`.
    fn payment_day(&self, day: Day, bank: &BankDays) -> Day {
        let here = self.month_days.iter().map(|month_day| bank.on_or_after(in_month_of(day, *month_day)));
        let later = self.month_days.iter().map(|month_day| bank.on_or_after(in_next_month_of(day, *month_day)));
        here.chain(later).filter(|payment| *payment >= day).min().unwrap_or(day)
    }

    /// Whether the customer has fixed days, and this is one of them.
    pub(super) fn is_payment_day(&self, day: Day, bank: &BankDays) -> Option<bool> {
        if self.month_days.is_empty() {
            return None;
        }
        Some(bank.is_open(day) && nominal_days(day, bank).any(|month_day| self.month_days.contains(&month_day)))
    }
}

/// The days of the month that a payment on this day may stand for: its own, and those just before on which banks were
/// closed.
fn nominal_days(day: Day, bank: &BankDays) -> impl Iterator<Item = u32> + '_ {
    let closed = (1..5).map(move |back| day - back).take_while(|before| !bank.is_open(*before));
    std::iter::once(day).chain(closed).map(|day| bank.date(day).month_day)
}

/// How many payment dates a habit needs.
const HABIT_DATES: usize = 6;
/// How many payment dates must stand for each fixed day.
const FEWEST_ON_DAY: usize = 3;
/// How many fixed days a month at most.
const MOST_DAYS: usize = 3;
/// How many of a hundred payments must fall on them.
const HABIT_PERCENT: usize = 80;
/// How many of the latest payments tell the clock.
const LATEST: usize = 60;

/// The clock of every customer at the day of the book.
pub(super) fn clocks(book: &Book, events: &Events, bank: &BankDays) -> Vec<Clock> {
    let customer_of = |part: &Part| events.claims[place(part.claim)].customer;
    let memories = Memories::default();
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
        clock(&paid[paid.len().saturating_sub(LATEST)..], bank, &memories)
    });
    let unknown = Clock { half_life: STEADY_HALF_LIFE, ..Clock::default() };
    let mut clocks = vec![unknown; events.payers.len()];
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

fn clock(paid: &[Paid<'_>], bank: &BankDays, memories: &Memories) -> Clock {
    let told: Vec<Paid<'_>> = paid.iter().filter(|paid| paid.is_told).copied().collect();
    let (month_days, on_days_share) = habit(&told, bank);
    let mut terms: Vec<Day> = paid.iter().map(|paid| paid.claim.due - paid.claim.issued).collect();
    terms.sort_unstable();
    let terms = terms.get(terms.len() / 2).copied().unwrap_or_default();
    let mut clock = Clock { month_days, on_days_share, terms, half_life: STEADY_HALF_LIFE, anchor: Anchor::Due };
    if paid.len() < HABIT_DATES {
        return clock;
    }
    let spread = |anchor| spread(told.iter().map(|paid| paid.end - clock.day_by(anchor, paid.claim, bank)).collect());
    let due = spread(Anchor::Due);
    let mut best = (Anchor::Due, 0.75 * due - 0.25);
    let others: &[Anchor] = if told.len() < HABIT_DATES {
        &[]
    } else if clock.month_days.is_empty() {
        &[Anchor::Issue]
    } else {
        &[Anchor::Issue, Anchor::PaymentDay, Anchor::MonthAfterDue]
    };
    for anchor in others {
        let spread = spread(*anchor);
        if spread < best.1 {
            best = (*anchor, spread);
        }
    }
    clock.anchor = best.0;
    let paces = paid.iter().map(|paid| (paid.claim.posted, paid.end, paid.end - clock.anchor_day(paid.claim, bank)));
    clock.half_life = half_life(paces, memories);
    clock
}

/// Days after which a payment counts half, of a customer whose pace is steady.
const STEADY_HALF_LIFE: Day = 365;
/// The same of customers whose pace changes, faster and faster.
const CHANGING_HALF_LIVES: [Day; 2] = [90, 30];
/// How many payments tell whether a pace changes.
const CHANGE_PAYMENTS: usize = 8;
/// How much better the faster memory must foretell.
const CHANGE_RATIO: f64 = 0.88;

/// What a payment of so many days ago weighs.
struct Memory {
    half_life: Day,
    weights: Vec<f64>,
}

impl Memory {
    fn of(half_life: Day) -> Self {
        Self { half_life, weights: (0..MEMORY_DAYS).map(|days| weight(days, half_life)).collect() }
    }

    fn weight(&self, days: Day) -> f64 {
        let known = usize::try_from(days).ok().and_then(|days| self.weights.get(days));
        known.copied().unwrap_or_else(|| weight(days, self.half_life))
    }
}

fn weight(days: Day, half_life: Day) -> f64 {
    0.5_f64.powf(f64::from(days) / f64::from(half_life))
}

/// That of a steady customer, and of those whose pace changes.
struct Memories {
    steady: Memory,
    changing: [Memory; CHANGING_HALF_LIVES.len()],
}

impl Default for Memories {
    fn default() -> Self {
        Self { steady: Memory::of(STEADY_HALF_LIFE), changing: CHANGING_HALF_LIVES.map(Memory::of) }
    }
}

/// Whether recent payments foretell the next one better by far than all payments do: each is foretold from those before
/// its document was posted.
fn half_life(paid: impl Iterator<Item = (Day, Day, Day)>, memories: &Memories) -> Day {
    let paid: Vec<(Day, Day, f64)> =
        paid.map(|(posted, end, late)| (posted, end, f64::from(late.clamp(-60, 60)))).collect();
    let off = |memory: &Memory| {
        let (mut off, mut count) = (0.0, 0_usize);
        for (posted, _, late) in paid.iter().skip(2) {
            let (mut sum, mut weights) = (0.0, 0.0);
            for (_, end, late) in paid.iter().filter(|(_, end, _)| end < posted) {
                let weight = memory.weight(posted - end);
                sum += weight * late;
                weights += weight;
            }
            if weights > 0.0 {
                off += (late - sum / weights).abs().min(30.0);
                count += 1;
            }
        }
        (off, count)
    };
    let (mut least, count) = off(&memories.steady);
    let mut best = STEADY_HALF_LIFE;
    for memory in memories.changing.iter().filter(|_| count >= CHANGE_PAYMENTS) {
        let (faster, _) = off(memory);
        if faster < CHANGE_RATIO * least {
            (least, best) = (faster, memory.half_life);
        }
    }
    best
}

/// The mean distance from the median.
fn spread(mut days: Vec<Day>) -> f64 {
    days.sort_unstable();
    let Some(median) = days.get(days.len() / 2).copied() else { return 0.0 };
    let sum: Day = days.iter().map(|day| (day - median).abs().min(60)).sum();
    f64::from(sum) / f64::from(u32::try_from(days.len()).unwrap_or(u32::MAX))
}

/// The few days of the month that hold four in five of the dates on which it paid.
fn habit(paid: &[Paid<'_>], bank: &BankDays) -> (Vec<u32>, f64) {
    let mut dates: Vec<Day> = paid.iter().map(|paid| paid.end).collect();
    dates.dedup();
    let mut left = dates.clone();
    let mut days = Vec::new();
    while days.len() < MOST_DAYS {
        let mut counts = [0_usize; 32];
        for nominal in left.iter().flat_map(|date| nominal_days(*date, bank)) {
            counts[usize::try_from(nominal).unwrap_or(0)] += 1;
        }
        let best = (1..).zip(&counts[1..]).map(|(day, count)| (*count, 31_u32 - day)).max();
        let Some((_, rank)) = best.filter(|(count, _)| *count >= FEWEST_ON_DAY) else { break };
        let day = 31 - rank;
        left.retain(|date| !nominal_days(*date, bank).any(|nominal| nominal == day));
        days.push(day);
        if left.len() * 100 <= (100 - HABIT_PERCENT) * dates.len() {
            break;
        }
    }
    let on_days = dates.len() - left.len();
    if dates.len() < HABIT_DATES || days.is_empty() || on_days * 100 < HABIT_PERCENT * dates.len() {
        return (Vec::new(), 0.0);
    }
    days.sort_unstable();
    let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    (days, (count(on_days) + 0.5) / (count(dates.len()) + 1.0))
}
