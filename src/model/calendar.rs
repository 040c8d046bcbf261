//! Days, months and payment terms.

use std::fmt;

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

/// When an invoice falls due (`terms_code`): French practice needs days, end of month in both orders, and a day of the month.
///
/// `60` is 60 days net. `45EOM` runs 45 days and then to the end of that month; `EOM45` runs to the end of the month and then
/// 45 days (both computations of "45 days end of month", C. com. L.441-10 I). `30EOM10` runs 30 days, to the end of that month,
/// and then to the 10th of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// So many days from the issue date.
    Net(u16),
    /// So many days, then the end of the month reached, then that day of the next month, if any.
    DaysThenEndOfMonth(u16, Option<u8>),
    /// The end of the issue month, then so many days.
    EndOfMonthThenDays(u16),
}

impl Terms {
    /// The statutory default in France: 30 days (C. com. L.441-10 I).
    pub const STATUTORY: Self = Self::Net(30);
    /// The forms that are read.
    pub const FORMS: &str = "30, 45EOM, EOM, EOM45, 30EOM10";
    /// Longer terms are a slip of the pen.
    const MOST_DAYS: u16 = 366;

    /// Reads `30`, `45EOM`, `EOM45`, `EOM`, `30EOM10`, in any case, with or without blanks between words and numbers. A blank
    /// within a number is none: `EOM30 10` is read as nothing.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let words = words_of(code.trim())?;
        let days = |word: &str| word.parse().ok().filter(|days| *days <= Self::MOST_DAYS);
        match *words.iter().map(String::as_str).collect::<Vec<_>>() {
            ["EOM"] => Some(Self::EndOfMonthThenDays(0)),
            ["EOM", after] => days(after).map(Self::EndOfMonthThenDays),
            [before, "EOM"] => days(before).map(|before| Self::DaysThenEndOfMonth(before, None)),
            [before, "EOM", day] => {
                let day = day.parse().ok().filter(|day| (1..=31).contains(day))?;
                days(before).map(|before| Self::DaysThenEndOfMonth(before, Some(day)))
            }
            [net] => days(net).map(Self::Net),
            _ => None,
        }
    }

    /// The due date of an invoice issued on `issued`.
    #[must_use]
    pub fn due(self, issued: Date) -> Date {
        match self {
            Self::Net(days) => add_days(issued, days.into()),
            Self::DaysThenEndOfMonth(days, None) => month_end(add_days(issued, days.into())),
            Self::DaysThenEndOfMonth(days, Some(day)) => {
                let first = add_days(month_end(add_days(issued, days.into())), 1);
                first.with_day(day.into()).unwrap_or_else(|| month_end(first))
            }
            Self::EndOfMonthThenDays(days) => add_days(month_end(issued), days.into()),
        }
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(days) => write!(out, "{days}"),
            Self::DaysThenEndOfMonth(days, None) => write!(out, "{days}EOM"),
            Self::DaysThenEndOfMonth(days, Some(day)) => write!(out, "{days}EOM{day}"),
            Self::EndOfMonthThenDays(days) => write!(out, "EOM{days}"),
        }
    }
}

/// A code as words and numbers, in capitals; nothing where it holds anything else.
fn words_of(code: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut is_apart = true;
    for mark in code.chars() {
        if mark.is_whitespace() {
            is_apart = true;
            continue;
        }
        if !mark.is_ascii_alphanumeric() {
            return None;
        }
        let is_number = |word: &String| word.ends_with(|mark: char| mark.is_ascii_digit());
        match words.last_mut() {
            Some(word) if !is_apart && is_number(word) == mark.is_ascii_digit() => word.push(mark.to_ascii_uppercase()),
            _ => words.push(mark.to_ascii_uppercase().to_string()),
        }
        is_apart = false;
    }
    Some(words)
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
    fn thirty_days_end_of_month_on_the_tenth() {
        let terms = Terms::parse("30EOM10").unwrap();
        assert_eq!(terms.due(day(2024, 1, 14)), day(2024, 3, 10));
        assert_eq!(terms.due(day(2024, 1, 31)), day(2024, 4, 10));
        // a month without that day ends before it
        assert_eq!(Terms::parse("30 eom 31").unwrap().due(day(2024, 2, 20)), day(2024, 4, 30));
        for (code, same) in [("30 EOM 10", "30EOM10"), ("45 eom", "45EOM"), (" 60 ", "60"), ("eom\u{a0}45", "EOM45")] {
            assert_eq!(Terms::parse(code), Terms::parse(same), "{code}");
            assert_eq!(Terms::parse(same).unwrap().to_string(), same);
        }
        for code in [
            "EOM30 10",
            "3 0EOM",
            "E OM",
            "30EOM0",
            "30EOM32",
            "367",
            "99999",
            "EOM 4 5",
            "-30",
            "30.0",
            "",
            " ",
            "30EOM10EOM",
            "30 days",
        ] {
            assert_eq!(Terms::parse(code), None, "{code}");
        }
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
