//! Which fiscal year a FEC holds: its name says so, and the dates of its lines decide where they disagree.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::super::FiscalYear;
use crate::model::calendar::{add_days, add_months, month_end};
use crate::model::{Date, YearEnd};

/// What the name of a FEC says: `<SIREN>FEC<closing date>`, with anything before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedYear {
    /// The company's number: 9 digits, 10 with some software; of a SIRET (14 digits) its first nine.
    pub siren: Option<String>,
    /// The closing date.
    pub year_end: Option<Date>,
}

impl NamedYear {
    /// Reads a file name. The last `FEC` followed by a date counts; case does not.
    #[must_use]
    pub fn read(file_name: &str) -> Self {
        let upper = file_name.to_ascii_uppercase();
        for (place, _) in upper.rmatch_indices("FEC") {
            let Some(year_end) = upper.get(place + 3..place + 11).and_then(closing_date) else { continue };
            let digits = upper[..place].bytes().rev().take_while(u8::is_ascii_digit).count();
            let siren = match digits {
                0..9 => None,
                9 | 10 => Some(&upper[place - digits..place]),
                // a SIRET: the SIREN and five digits of the establishment
                14 => Some(&upper[place - 14..place - 5]),
                // more digits than either: the nine nearest to the mark
                _ => Some(&upper[place - 9..place]),
            };
            return Self { siren: siren.map(str::to_owned), year_end: Some(year_end) };
        }
        Self::default()
    }
}

fn closing_date(digits: &str) -> Option<Date> {
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let year = digits[..4].parse().ok().filter(|year| (1900..2200).contains(year))?;
    Date::from_ymd_opt(year, digits[4..6].parse().ok()?, digits[6..].parse().ok()?)
}

/// Lines a posted date, and lines of opening journals a posted date.
#[derive(Clone, Debug, Default)]
pub struct Days {
    /// Every line whose date can be read.
    pub all: BTreeMap<Date, u64>,
    /// Those of opening journals.
    pub openings: BTreeMap<Date, u64>,
}

/// What the name and the lines give, and whether the name was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearFound {
    /// The year.
    pub year: FiscalYear,
    /// The closing date in the name, where the lines contradict it.
    pub contradicted: Option<Date>,
}

/// The fiscal year; `None` when no line has a date and the name tells nothing.
///
/// The name's closing date holds when at least half the lines lie in the 24 months before it (a first year may
/// last that long). Else the year closes on the company's usual day after the latest line, outliers left out, twelve months after
/// opening entries that lie within a month, or at the end of the month of the latest line. It begins
/// on the day of the opening entries; without them, twelve months before its end, or with its first line when at
/// least 2 % of the lines are earlier than that.
#[must_use]
pub fn find(named: Option<Date>, usual: Option<YearEnd>, days: &Days) -> Option<YearFound> {
    let total: u64 = days.all.values().sum();
    let is_held = |end: Date| 2 * count(&days.all, two_years_before(end), end) >= total;
    let (year_end, contradicted) = match named {
        Some(end) if is_held(end) => (end, None),
        named => {
            let latest = latest_day(&days.all, total)?;
            let by_opening = || within_a_month(days, latest);
            let end = usual.map(|end| end.on_or_after(latest)).or_else(by_opening).unwrap_or_else(|| month_end(latest));
            (end, named)
        }
    };
    let floor = two_years_before(year_end);
    // opening entries begin a ledger however long it is: several years may be exported as one
    let opening = days.openings.range(..=year_end).max_by_key(|&(&day, &lines)| (lines, std::cmp::Reverse(day)));
    let opening = opening.map(|(&day, _)| day).filter(|&day| 2 * count(&days.all, day, year_end) >= total);
    let year_start = opening.unwrap_or_else(|| {
        let usual = year_before(year_end, 12);
        let earlier = count(&days.all, floor, add_days(usual, -1));
        let first = days.all.range(floor..).next().map(|(&day, _)| day);
        if earlier > 0 && 50 * earlier >= total { first.unwrap_or(usual) } else { usual }
    });
    let has_openings = !days.openings.is_empty();
    let year = FiscalYear { year_start, year_end, has_openings, is_named: named.is_some() && contradicted.is_none() };
    Some(YearFound { year, contradicted })
}

fn count(days: &BTreeMap<Date, u64>, from: Date, to: Date) -> u64 {
    if from > to { 0 } else { days.range(from..=to).map(|(_, lines)| lines).sum() }
}

/// The first day of the `months` months that end on `end`.
fn year_before(end: Date, months: i32) -> Date {
    let before = add_months(end, -months);
    add_days(if end == month_end(end) { month_end(before) } else { before }, 1)
}

fn two_years_before(end: Date) -> Date {
    year_before(end, 24)
}

/// The day on which a year closes whose opening entries lie within a month: a day less than twelve months later, where no line
/// is beyond.
fn within_a_month(days: &Days, latest: Date) -> Option<Date> {
    let (opening, _) = days.openings.iter().max_by_key(|&(&day, &lines)| (lines, std::cmp::Reverse(day)))?;
    let end = add_days(add_months(*opening, 12), -1);
    (opening.day() > 1 && latest <= end).then_some(end)
}

/// The latest line that lies within two years of the middle one.
fn latest_day(days: &BTreeMap<Date, u64>, total: u64) -> Option<Date> {
    let mut passed = 0;
    let middle = days.iter().find_map(|(&day, lines)| {
        passed += lines;
        (2 * passed >= total).then_some(day)
    })?;
    Some(days.range(..=add_months(middle, 24)).next_back().map_or(middle, |(&day, _)| day))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn days(all: &[(&str, u64)], openings: &[(&str, u64)]) -> Days {
        let map = |list: &[(&str, u64)]| list.iter().map(|&(text, lines)| (day(text), lines)).collect();
        Days { all: map(all), openings: map(openings) }
    }

    fn bounds(named: Option<&str>, days: &Days) -> (Date, Date) {
        let year = find(named.map(day), None, days).unwrap().year;
        (year.year_start, year.year_end)
    }

    #[test]
    fn the_name_tells_company_and_closing_date() {
        for (name, siren, end) in [
            ("123456789FEC20241231.txt", Some("123456789"), Some("2024-12-31")),
            ("0000000001FEC20220831.txt", Some("0000000001"), Some("2022-08-31")),
            ("ACME (copie) 123456789fec20241231_v2.TXT", Some("123456789"), Some("2024-12-31")),
            ("20240101123456789FEC20241231.txt", Some("123456789"), Some("2024-12-31")),
            ("FEC20241231.txt", None, Some("2024-12-31")),
            ("FEC 123456789FEC20241231", Some("123456789"), Some("2024-12-31")),
            ("123456789FEC20241331.txt", None, None),
            ("fecal é.txt", None, None),
            ("FEC2024é231.txt", None, None),
            ("", None, None),
        ] {
            let named = NamedYear::read(name);
            assert_eq!((named.siren.as_deref(), named.year_end), (siren, end.map(day)), "{name}");
        }
    }

    #[test]
    fn the_name_holds_while_half_the_lines_agree() {
        let lines = days(&[("1850-01-05", 1), ("2024-01-05", 2)], &[]);
        assert_eq!(bounds(Some("2024-12-31"), &lines), (day("2024-01-01"), day("2024-12-31")));
        let found = find(Some(day("2020-12-31")), None, &lines).unwrap();
        assert_eq!((found.year.year_end, found.contradicted), (day("2024-01-31"), Some(day("2020-12-31"))));
        assert!(!found.year.is_named);
    }

    #[test]
    fn outliers_do_not_move_the_closing_date() {
        let lines = days(&[("1850-01-05", 1), ("2024-01-05", 50), ("2024-12-20", 50), ("2099-01-01", 1)], &[]);
        assert_eq!(bounds(None, &lines), (day("2024-01-01"), day("2024-12-31")));
    }

    #[test]
    fn opening_entries_tell_the_first_day() {
        let lines = days(&[("2018-08-01", 10), ("2019-07-31", 90)], &[("2018-08-01", 10)]);
        assert_eq!(bounds(Some("2019-07-31"), &lines), (day("2018-08-01"), day("2019-07-31")));
        let long = days(&[("2023-04-01", 10), ("2024-12-31", 90)], &[("2023-04-01", 10)]);
        assert_eq!(bounds(Some("2024-12-31"), &long).0, day("2023-04-01"));
        // openings of the next year, generated on the closing date
        let late = days(&[("2024-01-05", 90), ("2024-12-31", 10)], &[("2024-12-31", 5)]);
        assert_eq!(bounds(Some("2024-12-31"), &late).0, day("2024-01-01"));
    }

    #[test]
    fn a_long_first_year_begins_with_its_first_line() {
        let lines = days(&[("2023-09-12", 5), ("2024-12-31", 95)], &[]);
        assert_eq!(bounds(Some("2024-12-31"), &lines).0, day("2023-09-12"));
        let stray = days(&[("2023-09-12", 1), ("2024-12-31", 99)], &[]);
        assert_eq!(bounds(Some("2024-12-31"), &stray).0, day("2024-01-01"));
    }

    #[test]
    fn february_closings_keep_whole_months() {
        let lines = |text: &str| days(&[(text, 10)], &[]);
        assert_eq!(bounds(Some("2025-02-28"), &lines("2025-01-10")).0, day("2024-03-01"));
        assert_eq!(bounds(Some("2024-02-29"), &lines("2024-01-10")).0, day("2023-03-01"));
    }

    #[test]
    fn a_file_without_any_date_has_no_year_unless_named() {
        assert_eq!(find(None, None, &Days::default()), None);
        let interim = days(&[("2024-03-01", 5)], &[]);
        assert_eq!(find(None, YearEnd::parse("12-31"), &interim).unwrap().year.year_end, day("2024-12-31"));
        assert_eq!(find(Some(day("2024-12-31")), None, &Days::default()).unwrap().year.year_end, day("2024-12-31"));
    }
}
