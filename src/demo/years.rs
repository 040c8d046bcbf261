//! The three fiscal years of the demo company, and its bank days.

use crate::model::Date;
use crate::model::calendar::{add_days, add_months};
use chrono::{Datelike, Weekday};

/// How many fiscal years the company has.
pub(super) const YEAR_COUNT: usize = 3;

/// Three calendar years in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Years {
    closes: [Date; YEAR_COUNT],
}

impl Years {
    /// The three years that end on `last_year_end`, a 31 December.
    pub(super) fn ending(last_year_end: Date) -> Self {
        Self { closes: [add_months(last_year_end, -24), add_months(last_year_end, -12), last_year_end] }
    }

    /// The day the first year begins.
    pub(super) fn first_day(&self) -> Date {
        self.opening(0)
    }

    /// The day the last year ends.
    pub(super) const fn last_day(&self) -> Date {
        self.closes[YEAR_COUNT - 1]
    }

    /// The first day of a year, counted from 0.
    pub(super) fn opening(&self, year: usize) -> Date {
        add_days(add_months(self.close(year), -12), 1)
    }

    /// The last day of a year, counted from 0.
    pub(super) fn close(&self, year: usize) -> Date {
        self.closes[year.min(YEAR_COUNT - 1)]
    }

    /// The year that holds `day`: 0 for all before, 2 for all after.
    pub(super) fn index_of(&self, day: Date) -> usize {
        self.closes.iter().position(|close| day <= *close).unwrap_or(YEAR_COUNT - 1)
    }

    /// The first day of the month that lies `back` months before the end: 1 is the last month itself.
    pub(super) fn month_back(&self, back: i32) -> Date {
        add_days(add_months(self.last_day(), -back), 1).with_day(1).unwrap_or(self.last_day())
    }
}

/// Whether banks and the office work: Monday to Friday, New Year's Day apart (on which only openings are posted).
pub(super) fn is_bank_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && day.ordinal() != 1
}

/// `day` itself, or the next bank day.
pub(super) fn bank_day(day: Date) -> Date {
    (0..4).map(|later| add_days(day, later)).find(|day| is_bank_day(*day)).unwrap_or(day)
}

/// That day of that month, or the month's last one.
pub(super) fn day_of_month(month: Date, day: u32) -> Date {
    month.with_day(day).unwrap_or_else(|| crate::model::calendar::month_end(month))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn three_calendar_years_end_on_the_last_one() {
        let years = Years::ending(day(2025, 12, 31));
        assert_eq!(years.first_day(), day(2023, 1, 1));
        assert_eq!(years.close(0), day(2023, 12, 31));
        assert_eq!(years.opening(2), day(2025, 1, 1));
        assert_eq!(years.index_of(day(2024, 12, 31)), 1);
        assert_eq!(years.index_of(day(2022, 11, 3)), 0);
        assert_eq!(years.month_back(10), day(2025, 3, 1));
        assert_eq!(years.month_back(36), day(2023, 1, 1));
    }

    #[test]
    fn nothing_is_posted_on_a_week_end_or_on_new_year() {
        assert_eq!(bank_day(day(2025, 5, 31)), day(2025, 6, 2));
        assert_eq!(bank_day(day(2024, 1, 1)), day(2024, 1, 2));
        assert_eq!(bank_day(day(2022, 12, 31)), day(2023, 1, 2));
    }
}
