//! Values as a spreadsheet holds them: numbers as floats where those keep every digit, days as counts, texts that nothing runs.

use rust_xlsxwriter::{Format, Worksheet};

use super::{Writer, failed};
use crate::model::{AnswerColumn, ColumnKind, Date, Value};
use crate::report::ReportError;
use crate::report::grid::cell_text;

/// Excel shows, and many programs keep, fifteen digits of a number.
const MOST_DIGITS: i64 = 999_999_999_999_999;

/// How long a text is not cut, in units of UTF-16 as spreadsheets count: a cell holds 32 767.
const LONGEST_TEXT: usize = 32_000;

/// 1970-01-01, 1900-03-01 and 9999-12-31 as spreadsheets count days.
const EPOCH: i32 = 25_569;
const FIRST_DAY: i32 = 61;
const LAST_DAY: i32 = 2_958_465;

impl Writer<'_> {
    /// Writes a value as what it is.
    pub(super) fn cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        at: u16,
        value: &Value,
        column: &AnswerColumn,
    ) -> Result<(), ReportError> {
        match value {
            Value::Null => {}
            Value::Int(_) | Value::Decimal { .. } => {
                match exact(value) {
                    Some(number) => sheet.write_number(row, at, number),
                    None => sheet.write_string_with_format(row, at, value.plain(), &self.styles.number_text),
                }
                .map_err(failed)?;
            }
            Value::Date(day) => {
                match serial(*day) {
                    Some(serial) => sheet.write_number(row, at, serial),
                    None => sheet.write_string(row, at, day.to_string()),
                }
                .map_err(failed)?;
            }
            Value::Text(_) | Value::Flag(_) => {
                let text = cell_text(value, column, false, self.reader).text;
                if looks_like_a_formula(&text) {
                    self.text(sheet, row, at, &text, &self.styles.marked)?;
                } else if text.len() > LONGEST_TEXT {
                    sheet.write_string(row, at, cut(&text)).map_err(failed)?;
                } else if !text.is_empty() {
                    sheet.write_string(row, at, text).map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    /// About how many characters a value takes.
    pub(super) fn width(&self, value: &Value, column: &AnswerColumn) -> usize {
        match value {
            Value::Null => 0,
            Value::Int(_) | Value::Decimal { .. } => {
                let length = value.plain().len();
                // thousands are grouped, and an amount bears its currency
                length + length / 3 + if column.kind == ColumnKind::Money { 4 } else { 1 }
            }
            Value::Date(_) => 11,
            Value::Text(_) | Value::Flag(_) => cell_text(value, column, false, self.reader).text.chars().count(),
        }
    }

    /// Writes a text that nothing runs, cut where a cell ends.
    pub(super) fn text(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        at: u16,
        text: &str,
        style: &Format,
    ) -> Result<(), ReportError> {
        if text.is_empty() {
            return Ok(());
        }
        let style = if looks_like_a_formula(text) { &self.styles.marked } else { style };
        sheet.write_string_with_format(row, at, cut(text), style).map_err(failed)?;
        Ok(())
    }
}

/// A spreadsheet would take it for a formula, were it typed.
fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A longer text ends where a cell does.
fn cut(text: &str) -> &str {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let mut length = 0;
    let end = text.char_indices().find_map(|(place, letter)| {
        length += letter.len_utf16();
        (length > LONGEST_TEXT).then_some(place)
    });
    end.map_or(text, |end| &text[..end])
}

/// The number of a day as spreadsheets count, from March 1900 on: before, no two of them agree.
fn serial(day: Date) -> Option<f64> {
    let serial = day.to_epoch_days() + EPOCH;
    (FIRST_DAY..=LAST_DAY).contains(&serial).then(|| f64::from(serial))
}

/// The number of a spreadsheet that is this one, where it has no more digits than such numbers keep.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "digits below 2^53 and a power of ten below 10^22 are exact, so that their quotient is the nearest number"
)]
fn exact(value: &Value) -> Option<f64> {
    let (digits, scale) = match value {
        Value::Int(number) => (*number, 0),
        Value::Decimal { digits, scale } => (i64::try_from(*digits).ok()?, *scale),
        _ => return None,
    };
    let is_exact = (-MOST_DIGITS..=MOST_DIGITS).contains(&digits) && scale <= 18;
    is_exact.then(|| digits as f64 / 10_i64.pow(u32::from(scale)) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_spreadsheets_count() {
        let day = |year, month, day| Date::from_ymd_opt(year, month, day).unwrap_or_default();
        assert_eq!(serial(day(1900, 3, 1)).map(f64::to_bits), Some(61_f64.to_bits()));
        assert_eq!(serial(day(2025, 12, 31)).map(f64::to_bits), Some(46_022_f64.to_bits()));
        assert_eq!(serial(day(1899, 12, 31)), None);
        assert_eq!(serial(day(1900, 2, 28)), None);
        assert_eq!(serial(day(2099, 12, 31)).map(f64::to_bits), Some(73_050_f64.to_bits()));
    }

    #[test]
    fn a_long_text_ends_where_a_cell_does() {
        for (letter, kept) in [("a", 32_000), ("é", 32_000), ("😀", 16_000)] {
            assert_eq!(cut(&letter.repeat(40_000)).chars().count(), kept);
            assert_eq!(cut(&letter.repeat(9_000)).chars().count(), 9_000);
        }
    }

    #[test]
    fn a_number_is_the_nearest_to_its_digits_or_none() {
        for (digits, scale) in [(1, 2), (-123_456, 2), (999_999_999_999_999, 2), (5, 6), (333_333, 6), (7, 18), (0, 2)]
        {
            let value = Value::Decimal { digits, scale };
            let parsed: f64 = value.plain().parse().unwrap_or(f64::NAN);
            assert_eq!(exact(&value).map(f64::to_bits), Some(parsed.to_bits()), "{}", value.plain());
        }
        assert_eq!(exact(&Value::Int(-42)).map(f64::to_bits), Some((-42_f64).to_bits()));
        assert_eq!(exact(&Value::Decimal { digits: 1_000_000_000_000_000, scale: 2 }), None);
        assert_eq!(exact(&Value::Int(i64::MIN)), None);
    }
}
