//! Numbers and days as the reader's language writes them.

use std::cmp::Ordering;

use chrono::Datelike;
use fixed_decimal::Decimal;
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_datetime::input::Date as Iso;
use icu_datetime::options::YearStyle;
use icu_decimal::DecimalFormatter;

use super::words::fill;
use super::{ReportError, Words, visible};
use crate::model::money::shown;
use crate::model::{AnswerColumn, ColumnKind, Date, Value};

/// The true minus sign; a hyphen is too short beside figures and breaks lines.
const MINUS: char = '\u{2212}';

/// Writes values for one language. Built once a page or table: not to be shared between threads.
#[derive(Debug)]
pub struct Formats {
    numbers: DecimalFormatter,
    day: DateTimeFormatter<YMD>,
    long_day: DateTimeFormatter<YMD>,
    month: DateTimeFormatter<YM>,
    percent: String,
    yes: String,
    no: String,
    unknown: String,
}

/// The marks of a written number, for a script that writes more of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// Between thousands.
    pub(super) group: String,
    /// Before the decimals.
    pub(super) decimal: String,
    /// Before a number below zero.
    pub(super) minus: char,
}

impl Formats {
    /// The formats of the language of `words`; percent, yes, no and unknown are words of theirs.
    ///
    /// # Errors
    /// [`ReportError::FormatUnavailable`] or [`ReportError::WordMissing`].
    pub fn new(words: &Words) -> Result<Self, ReportError> {
        let language = words.language();
        let unavailable = |cause: String| ReportError::FormatUnavailable { language: language.code(), cause };
        // French ledgers write 31/12/2025; English ones disagree on the order, so the month is a word there
        let short = match language {
            super::Language::Fr => YMD::short().with_year_style(YearStyle::Full),
            super::Language::En => YMD::medium(),
        };
        let locale = || language.locale();
        let days = |fields| {
            DateTimeFormatter::try_new(locale().into(), fields).map_err(|error| unavailable(error.to_string()))
        };
        Ok(Self {
            numbers: DecimalFormatter::try_new(
                locale().into(),
                icu_decimal::options::DecimalFormatterOptions::default(),
            )
            .map_err(|error| unavailable(error.to_string()))?,
            day: days(short)?,
            long_day: days(YMD::long())?,
            month: DateTimeFormatter::try_new(locale().into(), YM::medium())
                .map_err(|error| unavailable(error.to_string()))?,
            percent: words.get("format.percent")?.to_owned(),
            yes: words.get("format.yes")?.to_owned(),
            no: words.get("format.no")?.to_owned(),
            unknown: words.get("format.unknown")?.to_owned(),
        })
    }

    /// `digits` × 10^−`scale`, all decimals kept, thousands grouped: `−1 234,50`.
    #[must_use]
    pub fn number(&self, digits: i128, scale: u8) -> String {
        let mut decimal = Decimal::from(digits.unsigned_abs());
        decimal.multiply_pow10(-i16::from(scale));
        let shown = self.numbers.format(&decimal).to_string();
        if digits < 0 { format!("{MINUS}{shown}") } else { shown }
    }

    /// An amount in thousandths with the decimals of its currency, and all it has.
    #[must_use]
    pub fn money(&self, thousandths: i128, decimals: u8) -> String {
        let (digits, scale) = shown(thousandths, decimals);
        self.number(digits, scale)
    }

    /// As [`Formats::number`], rounded half-up to `decimals` where it has more.
    #[must_use]
    pub fn rounded(&self, digits: i128, scale: u8, decimals: u8) -> String {
        let (digits, scale) = round_half_up(digits, scale, decimals);
        self.number(digits, scale)
    }

    /// The marks of a number: what stands between the digits of 1 111.1.
    pub(super) fn marks(&self) -> Marks {
        let written = self.number(11_111, 1);
        let mut marks = written.split('1').filter(|mark| !mark.is_empty()).map(str::to_owned);
        let group = marks.next().unwrap_or_default();
        Marks { group, decimal: marks.next().unwrap_or_default(), minus: MINUS }
    }

    /// A share of one as a percentage with one decimal.
    #[must_use]
    pub fn percent(&self, digits: i128, scale: u8) -> String {
        let number = self.rounded(digits.saturating_mul(100), scale, 1);
        fill(&self.percent, &[("number", &number)])
    }

    /// A share of one as a percentage, without decimals where it is whole.
    pub(super) fn short_percent(&self, millionths: i128) -> String {
        let decimals = u8::from(millionths % 10_000 != 0);
        fill(&self.percent, &[("number", &self.rounded(millionths.saturating_mul(100), 6, decimals))])
    }

    /// `31/12/2025`, `31 Dec 2025`.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let (year, month, of_month) = parts(day);
        Iso::try_new_iso(year, month, of_month)
            .map_or_else(|_| day.to_string(), |date| self.day.format(&date).to_string())
    }

    /// `31 décembre 2025`, `31 December 2025`.
    #[must_use]
    pub fn long_day(&self, day: Date) -> String {
        let (year, month, of_month) = parts(day);
        Iso::try_new_iso(year, month, of_month)
            .map_or_else(|_| day.to_string(), |date| self.long_day.format(&date).to_string())
    }

    /// `déc. 2025`, `Dec 2025`.
    #[must_use]
    pub fn month(&self, day: Date) -> String {
        let (year, month, of_month) = parts(day);
        Iso::try_new_iso(year, month, of_month)
            .map_or_else(|_| day.to_string(), |date| self.month.format(&date).to_string())
    }

    /// A value as pages show it: money with the decimals of its currency, ratios as percentages and averages with one decimal,
    /// `month_end_date` as a month, null as the word for unknown.
    #[must_use]
    pub fn value(&self, value: &Value, column: &AnswerColumn) -> String {
        match value {
            Value::Decimal { digits, scale } => match column.kind {
                ColumnKind::Ratio => self.percent(*digits, *scale),
                ColumnKind::Money => self.number(*digits, *scale),
                _ => self.rounded(*digits, *scale, 1),
            },
            Value::Date(day) if column.name == "month_end_date" => self.month(*day),
            Value::Null => self.unknown.clone(),
            _ => self.exact(value),
        }
    }

    /// A value with every decimal it has, for terminals: ratios stay shares of one, null is empty.
    #[must_use]
    pub fn exact(&self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::Text(text) => visible(text).into_owned(),
            Value::Date(day) => self.day(*day),
            Value::Int(number) => self.number(i128::from(*number), 0),
            Value::Decimal { digits, scale } => self.number(*digits, *scale),
            Value::Flag(true) => self.yes.clone(),
            Value::Flag(false) => self.no.clone(),
        }
    }
}

/// Fewer decimals, half away from zero (as ledgers round); a scale that is small enough already stays.
pub(super) fn round_half_up(digits: i128, scale: u8, decimals: u8) -> (i128, u8) {
    match scale.cmp(&decimals) {
        Ordering::Greater => {
            let Some(unit) = 10_i128.checked_pow(u32::from(scale - decimals)) else { return (0, decimals) };
            let whole = digits / unit;
            let rest = digits % unit;
            let step = if rest.abs() >= unit - rest.abs() { digits.signum() } else { 0 };
            (whole + step, decimals)
        }
        Ordering::Less | Ordering::Equal => (digits, scale),
    }
}

/// Year, month and day of the month, as the calendar of the formats takes them.
fn parts(day: Date) -> (i32, u8, u8) {
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    (day.year(), small(day.month()), small(day.day()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a language that cannot be written must stop the test")]
mod tests {
    use super::*;
    use crate::report::Language;

    fn formats(language: Language) -> Formats {
        Formats::new(&Words::load(language, None).unwrap()).unwrap()
    }

    fn column(name: &str, kind: ColumnKind) -> AnswerColumn {
        AnswerColumn { name: name.to_owned(), kind }
    }

    #[test]
    fn amounts_are_written_as_each_language_writes_them() {
        let (french, english) = (formats(Language::Fr), formats(Language::En));
        for (hundredths, in_french, in_english) in [
            (0, "0,00", "0.00"),
            (-5, "−0,05", "−0.05"),
            (123_450, "1\u{202f}234,50", "1,234.50"),
            (-1_234_567_890, "−12\u{202f}345\u{202f}678,90", "−12,345,678.90"),
            (
                i128::from(i64::MAX),
                "92\u{202f}233\u{202f}720\u{202f}368\u{202f}547\u{202f}758,07",
                "92,233,720,368,547,758.07",
            ),
        ] {
            assert_eq!(french.number(hundredths, 2), in_french);
            assert_eq!(english.number(hundredths, 2), in_english);
        }
    }

    #[test]
    fn days_and_months_are_written_as_each_language_writes_them() {
        let day = Date::from_ymd_opt(2025, 12, 31).unwrap();
        let french = formats(Language::Fr);
        assert_eq!(
            [french.day(day), french.long_day(day), french.month(day)],
            ["31/12/2025", "31 décembre 2025", "déc. 2025"]
        );
        let english = formats(Language::En);
        assert_eq!(
            [english.day(day), english.long_day(day), english.month(day)],
            ["31 Dec 2025", "31 December 2025", "Dec 2025"]
        );
    }

    #[test]
    fn rounding_goes_half_away_from_zero_and_never_shows_minus_zero() {
        let french = formats(Language::Fr);
        for (digits, scale, decimals, shown) in [
            (268_407, 4, 1, "26,8"),
            (25, 2, 1, "0,3"),
            (-25, 2, 1, "−0,3"),
            (-4, 2, 1, "0,0"),
            (99_950, 2, 0, "1\u{202f}000"),
            (7, 0, 2, "7"),
        ] {
            assert_eq!(french.rounded(digits, scale, decimals), shown);
        }
    }

    #[test]
    fn a_script_gets_the_marks_of_the_language() {
        let marks =
            |group: &str, decimal: &str| Marks { group: group.to_owned(), decimal: decimal.to_owned(), minus: MINUS };
        assert_eq!(formats(Language::Fr).marks(), marks("\u{202f}", ","));
        assert_eq!(formats(Language::En).marks(), marks(",", "."));
    }

    #[test]
    fn a_value_is_shown_by_the_kind_of_its_column() {
        let french = formats(Language::Fr);
        let ratio = Value::Decimal { digits: 382_149, scale: 6 };
        assert_eq!(french.value(&ratio, &column("share_ratio", ColumnKind::Ratio)), "38,2\u{202f}%");
        assert_eq!(formats(Language::En).value(&ratio, &column("share_ratio", ColumnKind::Ratio)), "38.2%");
        assert_eq!(french.exact(&ratio), "0,382149");
        let days = Value::Decimal { digits: 268_407, scale: 4 };
        assert_eq!(french.value(&days, &column("dso_days", ColumnKind::Decimal)), "26,8");
        assert_eq!(french.value(&Value::Null, &column("dso_days", ColumnKind::Decimal)), "n.d.");
        assert_eq!(french.exact(&Value::Null), "");
        let text = Value::text("a\u{1b}b".to_owned());
        assert_eq!(french.value(&text, &column("customer_name", ColumnKind::Text)), "a␛b");
        assert_eq!(french.value(&Value::Flag(true), &column("is_capped", ColumnKind::Flag)), "oui");
    }
}
