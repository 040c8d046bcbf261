//! What is expected of one open claim: the days on which cash may come, and how likely each week is.

use super::book::{Book, Index, OpenClaim, ratio};
use super::clock::BankDays;
use super::events::{Amount, Day, Events, date_of, place};
use super::model::{Model, Shift};
use crate::model::processors::each_of;
use chrono::Datelike;

/// Days after which nobody is told a date any more.
const FARTHEST_DAYS: Day = 730;
/// Once its chance to be paid has grown by no more than this part within so many days, a claim is followed no further.
const STILL: f64 = 0.005;
const STILL_DAYS: Day = 60;
/// Within so many days a claim is paid with the chances that are published.
pub(super) const WITHIN_DAYS: [Day; 5] = [7, 14, 30, 60, 90];

/// The weeks of a forecast: from the day after the as-of day to Sunday, then Monday to Sunday, then all that is beyond.
#[derive(Clone, Debug)]
pub(super) struct Weeks {
    pub(super) day: Day,
    /// The last day of each week.
    pub(super) ends: Vec<Day>,
}

impl Weeks {
    pub(super) fn after(day: Day, count: usize) -> Self {
        let to_sunday = 7 - Day::try_from(date_of(day + 1).weekday().number_from_monday()).unwrap_or(7);
        let first = day + 1 + to_sunday;
        Self { day, ends: (0..).take(count).map(|week| first + 7 * week).collect() }
    }

    /// The week of a day, or one more than there are for what is beyond.
    pub(super) fn of(&self, day: Day) -> usize {
        self.ends.partition_point(|end| *end < day)
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The first day of a week; of what is beyond, the day after the last.
    pub(super) fn start(&self, week: usize) -> Day {
        if week == 0 { self.day + 1 } else { self.ends.get(week - 1).map_or(self.day + 1, |end| end + 1) }
    }
}

/// What is expected of one open claim.
#[derive(Clone, Debug)]
pub(super) struct Outlook {
    /// Chance that cash is in the bank by the end of each week.
    pub(super) by_week: Vec<f64>,
    pub(super) p10: Option<Day>,
    pub(super) median: Option<Day>,
    pub(super) p90: Option<Day>,
    /// Chance of being paid after the due date; none where there is no due date.
    pub(super) late: Option<f64>,
    /// Chance of being paid within [`WITHIN_DAYS`].
    pub(super) within: [f64; 5],
    /// Chance that it is ever paid; the three days above are those of what is.
    pub(super) ever: f64,
    /// Chance that what is settled comes as cash.
    pub(super) cash_share: f64,
}

impl Outlook {
    /// A day as it is told: of what is likelier paid than not.
    pub(super) fn told(&self, day: Option<Day>) -> Option<Day> {
        day.filter(|_| self.ever >= 0.5)
    }
}

/// What a forecast walks through.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) events: &'a Events,
    pub(super) index: &'a Index,
    pub(super) bank: &'a BankDays,
    pub(super) model: &'a Model,
    /// The day from whose end on is looked ahead.
    pub(super) day: Day,
    pub(super) weeks: &'a Weeks,
}

impl Scene<'_> {
    /// The outlook of an open claim.
    pub(super) fn outlook(&self, open: &OpenClaim, state: &super::book::State, shift: Shift) -> Outlook {
        let day = self.day;
        let claim = &self.events.claims[place(open.claim)];
        let payer = &self.events.payers[place(claim.customer)];
        let lag = self.events.method_of(claim).lag;
        let count = self.weeks.count();
        let mut outlook = Outlook {
            by_week: vec![0.0; count],
            p10: None,
            median: None,
            p90: None,
            late: claim.has_due.then_some(1.0),
            within: [0.0; 5],
            ever: 0.0,
            // of who cannot or may not pay comes what such claims brought before
            cash_share: match payer.stopped {
                Some(stopped) if stopped <= day => payer.recovered.min(self.model.cash_share(claim)),
                _ => self.model.cash_share(claim),
            },
        };
        let last_needed = self.weeks.ends.last().copied().unwrap_or(day).max(day + 90);
        let mut unpaid_at_due = if claim.due <= day { Some(1.0) } else { None };
        let mut course: Vec<(Day, f64)> = Vec::new();
        let mut last_moved = (day, 0.0);
        let never_share = self.model.walk(self, open, state, |walked, unpaid| {
            // what a scenario moves is paid so many days later, or sooner but not before tomorrow
            let next = self.moved(walked, shift);
            let paid = 1.0 - unpaid;
            let at_bank = if lag == 0 { next } else { self.bank.on_or_after(next + lag) };
            let week = self.weeks.of(at_bank);
            if week < count {
                outlook.by_week[week] = paid;
            }
            for (within, days) in outlook.within.iter_mut().zip(WITHIN_DAYS) {
                if next - day <= days {
                    *within = paid;
                }
            }
            if claim.has_due && next <= claim.due {
                unpaid_at_due = Some(unpaid);
            }
            course.push((next, paid));
            if paid > last_moved.1 * (1.0 + STILL) {
                last_moved = (next, paid);
            }
            let is_moving = next < last_moved.0.max(claim.due) + STILL_DAYS && walked < day + FARTHEST_DAYS;
            next < last_needed || is_moving
        });
        let (last, paid) = course.last().copied().unwrap_or((day, 0.0));
        // what falls due beyond the days that are followed is paid later than they tell
        outlook.ever = if last < claim.due + STILL_DAYS { paid.max(1.0 - never_share) } else { paid };
        for (share, place) in [(0.1, &mut outlook.p10), (0.5, &mut outlook.median), (0.9, &mut outlook.p90)] {
            let reached = course.partition_point(|(_, paid)| *paid < share * outlook.ever);
            *place = course.get(reached).map(|(day, _)| *day);
        }
        if let Some(late) = &mut outlook.late {
            *late = unpaid_at_due.unwrap_or(1.0);
        }
        for week in 1..count {
            outlook.by_week[week] = outlook.by_week[week].max(outlook.by_week[week - 1]);
        }
        outlook
    }

    /// A day of payment as a scenario moves it.
    fn moved(&self, day: Day, shift: Shift) -> Day {
        if shift.days == 0 { day } else { self.bank.on_or_after((day + shift.days).max(self.day + 1)) }
    }

    /// The outlooks of all open claims of a book, in their order.
    pub(super) fn outlooks(
        &self,
        book: &Book,
        shift_of: &(impl Fn(&OpenClaim) -> (Shift, super::book::State) + Sync),
    ) -> Vec<Outlook> {
        each_of(&book.open, |open| {
            let (shift, state) = shift_of(open);
            self.outlook(open, &state, shift)
        })
    }
}

/// Cash expected of a claim in a week.
pub(super) fn mean_in_week(outlook: &Outlook, open: &OpenClaim, week: usize) -> f64 {
    let before = if week == 0 { 0.0 } else { outlook.by_week[week - 1] };
    let by = outlook.by_week.get(week).copied().unwrap_or(outlook.ever.max(before));
    (by - before) * outlook.cash_share * amount(open.uncovered)
}

/// An amount as a number to estimate with.
pub(super) fn amount(amount: Amount) -> f64 {
    ratio(amount, 1)
}
