//! Days, months and payment terms.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A calendar day, without time or zone.
pub type Date = NaiveDate;

/// The last day of the month that holds `day`.
#[must_use]
pub fn month_end(day: Date) -> Date {
    let first = day.with_day(1).unwrap_or(day);
    add_months(first, 1).pred_opt().unwrap_or(day)
}

/// `day` moved by calendar months; the 31st becomes the last day of a shorter month.
#[must_use]
pub fn add_months(day: Date, months: i32) -> Date {
    let step = Months::new(months.unsigned_abs());
    let moved = if months < 0 { day.checked_sub_months(step) } else { day.checked_add_months(step) };
    moved.unwrap_or(day)
}

/// `day` moved by whole days.
#[must_use]
pub fn add_days(day: Date, days: i64) -> Date {
    let step = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(step) } else { day.checked_add_days(step) };
    moved.unwrap_or(day)
}

/// The day of the year on which a company closes its books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearEnd {
    month: u32,
    day: u32,
}

impl YearEnd {
    /// Reads `12-31`. A 29 February is the end of February in other years.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        let found = Self { month: month.parse().ok()?, day: day.parse().ok()? };
        // a leap year holds every day there is
        Date::from_ymd_opt(2024, found.month, found.day).map(|_| found)
    }

    /// The first closing date that is not before `day`.
    #[must_use]
    pub fn on_or_after(self, day: Date) -> Date {
        let of = |year: i32| {
            let first = Date::from_ymd_opt(year, self.month, 1).map(month_end);
            Date::from_ymd_opt(year, self.month, self.day).or(first).unwrap_or(day)
        };
        let this = of(day.year());
        if this < day { of(day.year() + 1) } else { this }
    }
}

/// When an invoice falls due (`terms_code`): French practice needs days, end of month and both orders.
///
/// `45EOM` runs 45 days and then to the end of that month; `EOM45` runs to the end of the month and then
/// 45 days (both computations of "45 days end of month", C. com. L.441-10 I). `60` is 60 days net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// So many days from the issue date.
    Net(u16),
    /// So many days, then the end of the month reached.
    DaysThenEndOfMonth(u16),
    /// The end of the issue month, then so many days.
    EndOfMonthThenDays(u16),
}

impl Terms {
    /// The statutory default in France: 30 days (C. com. L.441-10 I).
    pub const STATUTORY: Self = Self::Net(30);

    /// Reads `30`, `45EOM`, `EOM45`, `EOM`; case and inner spaces do not count.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        if code == "EOM" {
            return Some(Self::EndOfMonthThenDays(0));
        }
        if let Some(days) = code.strip_prefix("EOM") {
            return days.parse().ok().map(Self::EndOfMonthThenDays);
        }
        if let Some(days) = code.strip_suffix("EOM") {
            return days.parse().ok().map(Self::DaysThenEndOfMonth);
        }
        code.parse().ok().map(Self::Net)
    }

    /// The due date of an invoice issued on `issued`.
    #[must_use]
    pub fn due(self, issued: Date) -> Date {
        match self {
            Self::Net(days) => add_days(issued, days.into()),
            Self::DaysThenEndOfMonth(days) => month_end(add_days(issued, days.into())),
            Self::EndOfMonthThenDays(days) => add_days(month_end(issued), days.into()),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn terms_say_days_end_of_month_and_both() {
        let issued = day(2024, 1, 20);
        assert_eq!(Terms::parse("30").unwrap().due(issued), day(2024, 2, 19));
        assert_eq!(Terms::parse("45EOM").unwrap().due(issued), day(2024, 3, 31));
        assert_eq!(Terms::parse("eom 45").unwrap().due(issued), day(2024, 3, 16));
        assert_eq!(Terms::parse("EOM").unwrap().due(issued), day(2024, 1, 31));
        assert_eq!(Terms::parse("soon"), None);
    }

    #[test]
    fn a_year_ends_on_its_day_or_the_next_time_round() {
        let end = YearEnd::parse("08-31").unwrap();
        assert_eq!(end.on_or_after(day(2024, 8, 31)), day(2024, 8, 31));
        assert_eq!(end.on_or_after(day(2024, 9, 1)), day(2025, 8, 31));
        assert_eq!(YearEnd::parse("02-29").unwrap().on_or_after(day(2025, 1, 1)), day(2025, 2, 28));
        assert_eq!(YearEnd::parse("31-12"), None);
    }

    #[test]
    fn months_end_on_their_last_day() {
        assert_eq!(month_end(day(2024, 2, 1)), day(2024, 2, 29));
        assert_eq!(month_end(day(2023, 12, 31)), day(2023, 12, 31));
        assert_eq!(add_months(day(2024, 3, 31), -1), day(2024, 2, 29));
    }
}
