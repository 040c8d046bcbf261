//! Dates as software writes them: `20240105` `2024-01-05` `05/01/2024` `5.1.2024` `05012024`, with or without a time; in
//! tables also `13-Jan-2025`, `13 janv. 25`, `January 13, 2025`, `13/01/25` and `130125`.

use super::Reason;
use crate::model::Date;

/// Whether the day or the month comes first where the year comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/01/2024`
    DayFirst,
    /// `01/31/2024`
    MonthFirst,
}

impl DateOrder {
    /// The code on the command line and in mappings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }

    /// The other order.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::DayFirst => Self::MonthFirst,
            Self::MonthFirst => Self::DayFirst,
        }
    }

    /// The order a code names; case does not count.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst].into_iter().find(|order| order.code().eq_ignore_ascii_case(code.trim()))
    }
}

/// What one date tells of the order of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvidence {
    /// Nothing: the year comes first, both orders give the same day, or it is no date.
    None,
    /// Only the day can come first.
    DayFirst,
    /// Only the month can come first.
    MonthFirst,
    /// Both orders give a day, and not the same.
    Either,
}

/// Reads a date.
///
/// Years are written with four digits, from 1600 to 9999: two digits are refused, since they may be day, month or year.
///
/// # Errors
/// [`Reason::DateImpossible`] for a day that is in no calendar, else [`Reason::DateUnreadable`].
pub fn read(text: &str, order: DateOrder) -> Result<Date, Reason> {
    let (year, month, day) = match shape(text).ok_or(Reason::DateUnreadable)? {
        Shape::YearFirst(year, month, day) => (year, month, day),
        Shape::YearLast(first, second, year) => match order {
            DateOrder::DayFirst => (year, second, first),
            DateOrder::MonthFirst => (year, first, second),
        },
    };
    calendar_day(year, month, day).ok_or(Reason::DateImpossible)
}

/// Reads a date of a table, where months may have names and years two digits: those stand for the hundred years from
/// `first_year` on.
///
/// # Errors
/// As [`read`].
pub fn read_written(text: &str, order: DateOrder, first_year: u32) -> Result<Date, Reason> {
    match read(text, order) {
        Err(Reason::DateUnreadable) => {}
        read => return read,
    }
    let (year, month, day) = match short(text.trim()).or_else(|| six_digits(text.trim())) {
        Some(Shape::YearFirst(year, month, day)) => (year, month, day),
        Some(Shape::YearLast(first, second, year)) => match order {
            DateOrder::DayFirst => (year, second, first),
            DateOrder::MonthFirst => (year, first, second),
        },
        None => named(text).ok_or(Reason::DateUnreadable)?,
    };
    let year = if year < 100 { in_window(year, first_year) } else { year };
    calendar_day(year, month, day).ok_or(Reason::DateImpossible)
}

/// Whether a text is six digits that may be a day without marks: `310125`.
#[must_use]
pub fn is_six_digits(text: &str) -> bool {
    six_digits(text.trim()).is_some()
}

/// Day, month and two digits of the year without marks.
fn six_digits(text: &str) -> Option<Shape> {
    let digits: [u8; 6] = text.as_bytes().try_into().ok()?;
    let two = |at: usize| u32::from(digits[at] - b'0') * 10 + u32::from(digits[at + 1] - b'0');
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (first, second, third) = (two(0), two(2), two(4));
    let is_day = calendar_day(2000, second, first).is_some() || calendar_day(2000, first, second).is_some();
    is_day.then_some(Shape::YearLast(first, second, third))
}

/// The three numbers of a date of two digits each that may begin with its year, as well as end with it.
#[must_use]
pub fn may_begin_with_year(text: &str) -> Option<[u32; 3]> {
    let text = text.trim();
    match short(text).or_else(|| six_digits(text))? {
        Shape::YearFirst(first, second, third) => Some([first, second, third]),
        Shape::YearLast(first, second, third) => {
            calendar_day(2000 + first, second, third).is_some().then_some([first, second, third])
        }
    }
}

/// Whether a date writes its year with two digits.
#[must_use]
pub fn has_short_year(text: &str) -> bool {
    shape(text).is_none() && (short(text.trim()).is_some() || is_six_digits(text))
        || named(text).is_some_and(|(year, _, _)| year < 100)
}

/// The year of the hundred from `first_year` on that ends with two digits.
const fn in_window(year: u32, first_year: u32) -> u32 {
    let year = first_year - first_year % 100 + year;
    if year < first_year { year + 100 } else { year }
}

/// Three numbers of at most two digits with one mark between them. The year comes first where it can be no day.
fn short(text: &str) -> Option<Shape> {
    let mark = text.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = text.split(mark);
    let mut number = || {
        let part = parts.next().filter(|part| (1..=2).contains(&part.len()))?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten()
    };
    let (first, second, third) = (number()?, number()?, number()?);
    if parts.next().is_some() || text.rsplit(mark).next().is_none_or(|year| year.len() != 2) {
        return None;
    }
    Some(if first > 31 { Shape::YearFirst(first, second, third) } else { Shape::YearLast(first, second, third) })
}

/// How months begin in English, French, German, Spanish, Italian and Dutch, folded; longer beginnings tell apart what shorter
/// ones do not.
const MONTHS: [(u32, &[&str]); 12] = [
    (1, &["jan", "ene", "gen"]),
    (2, &["feb", "fev"]),
    (3, &["mar", "mrz", "maa", "mae", "mrt"]),
    (4, &["apr", "avr", "abr"]),
    (5, &["may", "mai", "mei", "mag"]),
    (6, &["jun", "juin", "giu"]),
    (7, &["jul", "juil", "lug"]),
    (8, &["aug", "aou", "ago"]),
    (9, &["sep", "set"]),
    (10, &["oct", "okt", "ott"]),
    (11, &["nov"]),
    (12, &["dec", "dez", "dic"]),
];

/// Year, month and day of a date whose month has a name; the year may have two digits.
fn named(text: &str) -> Option<(u32, u32, u32)> {
    if text.len() > 40 {
        return None;
    }
    let month_of = |word: &str| {
        let folded = super::names::fold(word);
        let begins = |starts: &[&str]| starts.iter().any(|start| folded.starts_with(start));
        MONTHS.iter().find(|(_, starts)| begins(starts)).map(|(month, _)| *month)
    };
    let (mut numbers, mut month, mut is_month_first) = (Vec::new(), None, false);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for (position, word) in words.enumerate() {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            // 1st, 2nd, 1er
            if !["", "st", "nd", "rd", "th", "er"].contains(&&word[digits..]) || digits > 4 {
                return None;
            }
            numbers.push((word[..digits].parse::<u32>().ok()?, digits));
        } else if let Some(found) = month_of(word) {
            if month.replace(found).is_some() {
                return None;
            }
            is_month_first = numbers.is_empty();
        } else if !(["de", "del", "of"].contains(&word) || position == 0) {
            // the first word may be a day of the week
            return None;
        }
    }
    let [(first, first_digits), (second, second_digits)] = numbers[..] else { return None };
    let month = month?;
    match (first_digits, second_digits) {
        (4, 1..=2) if !is_month_first => Some((first, month, second)),
        (1..=2, 2 | 4) => Some((second, month, first)),
        _ => None,
    }
}

/// Whether the cell holds no date: blank, zeros, or the first day of year 1 that some software writes for "none".
#[must_use]
pub fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.bytes().all(|byte| matches!(byte, b'0' | b'/' | b'-' | b'.' | b' '))
        || matches!(shape(text), Some(Shape::YearFirst(1, 1, 1) | Shape::YearLast(1, 1, 1)))
}

/// What a date tells of the order of days and months.
#[must_use]
pub fn order_evidence(text: &str) -> OrderEvidence {
    let trimmed = text.trim();
    let Some(Shape::YearLast(first, second, year)) =
        shape(text).or_else(|| short(trimmed)).or_else(|| six_digits(trimmed))
    else {
        return OrderEvidence::None;
    };
    // any leap year serves to tell whether there is such a day
    let year = if year < 100 { 2000 } else { year };
    match (calendar_day(year, second, first), calendar_day(year, first, second)) {
        (Some(day_first), Some(month_first)) if day_first != month_first => OrderEvidence::Either,
        (Some(_), None) => OrderEvidence::DayFirst,
        (None, Some(_)) => OrderEvidence::MonthFirst,
        _ => OrderEvidence::None,
    }
}

/// The three numbers of a date.
enum Shape {
    YearFirst(u32, u32, u32),
    YearLast(u32, u32, u32),
}

fn calendar_day(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = i32::try_from(year).ok().filter(|year| (1600..=9999).contains(year))?;
    Date::from_ymd_opt(year, month, day)
}

fn shape(text: &str) -> Option<Shape> {
    if let Some(shape) = compact(text.as_bytes()).or_else(|| iso(text.as_bytes())) {
        return Some(shape);
    }
    let day = without_time(text.trim())?;
    compact(day.as_bytes()).or_else(|| separated(day))
}

/// Eight digits: year, month, day; else day, month, year, whose last four digits can be no month and day.
fn compact(bytes: &[u8]) -> Option<Shape> {
    let digits: [u8; 8] = bytes.try_into().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        digits[range].iter().fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let year_first = (number(0..4), number(4..6), number(6..8));
    if calendar_day(year_first.0, year_first.1, year_first.2).is_some() {
        return Some(Shape::YearFirst(year_first.0, year_first.1, year_first.2));
    }
    let year_last = (number(0..2), number(2..4), number(4..8));
    let is_year_last = (1900..2200).contains(&year_last.2)
        && (calendar_day(year_last.2, year_last.1, year_last.0).is_some()
            || calendar_day(year_last.2, year_last.0, year_last.1).is_some()
            || !(1600..2200).contains(&year_first.0));
    Some(if is_year_last {
        Shape::YearLast(year_last.0, year_last.1, year_last.2)
    } else {
        Shape::YearFirst(year_first.0, year_first.1, year_first.2)
    })
}

/// `2024-01-05`, the most common form with marks, without search for them.
fn iso(bytes: &[u8]) -> Option<Shape> {
    let bytes: &[u8; 10] = bytes.try_into().ok()?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |digits: &[u8]| {
        let digit = |number: u32, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'));
        digits.iter().try_fold(0, digit)
    };
    Some(Shape::YearFirst(number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?))
}

/// Three numbers with one mark between them; the year has four digits.
fn separated(text: &str) -> Option<Shape> {
    let mark = text.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = text.split(mark);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || ![first, second, third].into_iter().all(is_number) || second.len() > 2 {
        return None;
    }
    let numbers = (first.parse().ok()?, second.parse().ok()?, third.parse().ok()?);
    match (first.len(), third.len()) {
        (4, 1..=2) => Some(Shape::YearFirst(numbers.0, numbers.1, numbers.2)),
        (1..=2, 4) => Some(Shape::YearLast(numbers.0, numbers.1, numbers.2)),
        _ => None,
    }
}

/// The day of a timestamp; `None` where what follows the day is no time.
fn without_time(text: &str) -> Option<&str> {
    let Some(place) = text.find(['T', ' ']) else {
        return Some(text);
    };
    let time = text[place + 1..].trim();
    let is_time = time.starts_with(|c: char| c.is_ascii_digit())
        && time.contains(':')
        && time.bytes().all(|byte| byte.is_ascii_digit() || b":.,+-Z AaPpMm".contains(&byte));
    is_time.then_some(&text[..place])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_day_is_written_in_many_ways() {
        for text in [
            "20240105",
            "2024-01-05",
            "2024/1/5",
            "05/01/2024",
            "5/1/2024",
            "05.01.2024",
            "5-1-2024",
            "05012024",
            "2024-01-05T00:00:00",
            "2024-01-05 23:59:59.999",
            "05/01/2024 00:00",
            " 20240105 ",
        ] {
            assert_eq!(read(text, DateOrder::DayFirst), Ok(day(2024, 1, 5)), "{text}");
        }
        assert_eq!(read("1/2/2013", DateOrder::MonthFirst), Ok(day(2013, 1, 2)));
        assert_eq!(read("20112023", DateOrder::DayFirst), Ok(day(2023, 11, 20)));
        assert_eq!(read("18500105", DateOrder::DayFirst), Ok(day(1850, 1, 5)));
        assert_eq!(read("20240229", DateOrder::DayFirst), Ok(day(2024, 2, 29)));
    }

    #[test]
    fn a_day_in_no_calendar_is_impossible_and_other_text_is_unreadable() {
        for text in
            ["20241305", "20240231", "20230229", "2024-02-30", "31/04/2024", "32012024", "00/01/2024", "0024-01-05"]
        {
            assert_eq!(read(text, DateOrder::DayFirst), Err(Reason::DateImpossible), "{text}");
        }
        for text in [
            "05/01/24",
            "24-01-05",
            "2024",
            "202401",
            "soon",
            "",
            "2024-01",
            "1/2/3/2024",
            "05/01-2024",
            "2024-01-05 x",
            "٢٠٢٤٠١٠٥",
            "123456789",
        ] {
            assert_eq!(read(text, DateOrder::DayFirst), Err(Reason::DateUnreadable), "{text}");
        }
    }

    #[test]
    fn a_table_may_name_months_and_shorten_years() {
        for text in [
            "05-Jan-2025",
            "5 janv. 25",
            "January 5, 2025",
            "Jan 5th, 2025",
            "5. Januar 2025",
            "5 de enero de 2025",
            "Sun, 05 Jan 2025",
            "2025-Jan-05",
            "05/01/25",
            "5.1.25",
            "050125",
            "05/01/2025",
        ] {
            assert_eq!(read_written(text, DateOrder::DayFirst, 1970), Ok(day(2025, 1, 5)), "{text}");
        }
        assert_eq!(read_written("3 août 71", DateOrder::DayFirst, 1970), Ok(day(1971, 8, 3)));
        assert_eq!(read_written("3 juil. 69", DateOrder::DayFirst, 1970), Ok(day(2069, 7, 3)));
        assert_eq!(read_written("31-Dec-99", DateOrder::MonthFirst, 1970), Ok(day(1999, 12, 31)));
        assert_eq!(read_written("1/13/25", DateOrder::MonthFirst, 1970), Ok(day(2025, 1, 13)));
        assert_eq!(read_written("99-12-31", DateOrder::DayFirst, 1970), Ok(day(1999, 12, 31)));
        assert_eq!(read_written("31 Feb 2025", DateOrder::DayFirst, 1970), Err(Reason::DateImpossible));
        for text in ["Jan", "Jan 2025", "5 Jan Feb 2025", "5 Jan 2025 x", "5 soon 2025", "1/2/3", "25 25 Jan 25"] {
            assert_eq!(read_written(text, DateOrder::DayFirst, 1970), Err(Reason::DateUnreadable), "{text}");
        }
        assert!(has_short_year("13/01/25") && has_short_year("13 Jan 25") && !has_short_year("13 Jan 2025"));
        assert_eq!(order_evidence("13/01/25"), OrderEvidence::DayFirst);
        assert_eq!(order_evidence("01/13/25"), OrderEvidence::MonthFirst);
    }

    #[test]
    fn zeros_and_the_first_day_of_year_one_say_no_date() {
        for text in ["", "  ", "00000000", "0", "00/00/0000", "0000-00-00", "00010101", "0001-01-01", "01/01/0001"] {
            assert!(is_blank(text), "{text}");
        }
        assert!(!is_blank("20240105"));
    }

    #[test]
    fn days_after_the_twelfth_tell_the_order() {
        for (text, evidence) in [
            ("1/15/2013", OrderEvidence::MonthFirst),
            ("15/1/2013", OrderEvidence::DayFirst),
            ("1/2/2013", OrderEvidence::Either),
            ("2/2/2013", OrderEvidence::None),
            ("2013-02-01", OrderEvidence::None),
            ("20130201", OrderEvidence::None),
            ("soon", OrderEvidence::None),
        ] {
            assert_eq!(order_evidence(text), evidence, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_stops_the_reader(text in "\\PC{0,20}", digits in "[0-9/. T:-]{0,20}") {
            let _either = (read(&text, DateOrder::DayFirst), read(&digits, DateOrder::MonthFirst), is_blank(&digits), is_blank(&text));
            let _written = (read_written(&text, DateOrder::DayFirst, 1970), read_written(&digits, DateOrder::MonthFirst, 1970));
        }

        #[test]
        fn a_day_written_is_the_day_read(days in 0_i64..50_000) {
            let written = crate::model::calendar::add_days(day(1900, 1, 1), days);
            for format in ["%Y%m%d", "%d%m%Y", "%Y-%m-%d", "%d/%m/%Y"] {
                prop_assert_eq!(read(&written.format(format).to_string(), DateOrder::DayFirst), Ok(written));
            }
            prop_assert_eq!(read(&written.format("%m/%d/%Y").to_string(), DateOrder::MonthFirst), Ok(written));
        }
    }
}
