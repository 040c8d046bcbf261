//! What the file as a whole says of its dates and amounts: a first pass over its rows.

use std::collections::BTreeSet;
use std::io;

use super::super::IngestError;
use super::super::amount::Decimal;
use super::super::dates::{self, DateOrder, OrderEvidence};
use super::grid::{Raw, RowSource};
use super::plan::{Plan, Source};
use crate::model::ColumnKind;

/// How the file writes dates and amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conventions {
    /// The order of days and months.
    pub date_order: DateOrder,
    /// The decimal mark.
    pub decimal: Decimal,
    /// Rows below the header.
    pub row_count: u64,
    /// Dates whose year has two digits.
    pub short_year_count: u64,
    /// Whether the dates of the file contradict the order that its mapping names.
    pub is_order_corrected: bool,
}

/// What the user or a mapping says of dates and amounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said {
    /// The order of dates that the user names: it holds, whatever the file shows.
    pub order: Option<DateOrder>,
    /// The order that the mapping names: it holds where the file does not show another.
    pub mapped_order: Option<DateOrder>,
    /// The decimal mark that either names.
    pub decimal: Option<Decimal>,
}

/// A value that shows something, and where.
type Witness = Option<(String, u64)>;

/// What was seen of two ways of writing.
#[derive(Default)]
struct Evidence {
    first_count: u64,
    second_count: u64,
    first: Witness,
    second: Witness,
    /// A value that may be either.
    either: Witness,
}

impl Evidence {
    fn first(&mut self, text: &str, row: u64) {
        self.first_count += 1;
        self.first.get_or_insert_with(|| (text.to_owned(), row));
    }

    fn second(&mut self, text: &str, row: u64) {
        self.second_count += 1;
        self.second.get_or_insert_with(|| (text.to_owned(), row));
    }

    /// Whether one way is all there is but for a few slips, at most one in a hundred.
    const fn is_first(&self) -> bool {
        self.first_count > 0 && self.second_count * 100 <= self.first_count
    }

    const fn is_second(&self) -> bool {
        self.second_count > 0 && self.first_count * 100 <= self.second_count
    }
}

/// Reads every row once. `read` are the further columns that SQL reads as amounts and as days. Three digits
/// behind a lone mark are thousands or, where the currency of the books has three decimals and no amount of the file shows
/// anything else, decimals.
///
/// # Errors
/// [`IngestError::DatesUndecided`], [`IngestError::DatesContradict`]; [`IngestError::File`] through `failed`.
pub fn survey(
    rows: &mut dyn RowSource,
    plan: &Plan,
    read: (Vec<usize>, Vec<usize>),
    said: Said,
    books_decimals: u8,
    file: &str,
    failed: impl Fn(io::Error) -> IngestError,
) -> Result<Conventions, IngestError> {
    let of_kind = |kind: ColumnKind| -> Vec<usize> {
        let columns = plan.inputs.iter().zip(&plan.sources).filter(|(input, _)| input.kind == kind);
        columns.filter_map(|(_, source)| if let Source::Column(place) = source { Some(*place) } else { None }).collect()
    };
    let buckets: Vec<usize> = plan.shaping.buckets.iter().map(|(column, _, _)| *column).collect();
    let money_columns = [of_kind(ColumnKind::Money), read.0, buckets].concat();
    let date_columns = [of_kind(ColumnKind::Date), read.1].concat();
    let mut shown = Shown::default();
    let mut row_count = 0;
    while let Some(row) = rows.next_row().map_err(&failed)? {
        row_count += 1;
        for &column in &date_columns {
            if let Raw::Text(text) = row.cell(column) {
                shown.day(&text, row.number());
            }
        }
        for &column in &money_columns {
            if let Raw::Text(text) = row.cell(column) {
                shown.amount(&text, row.number());
            }
        }
    }
    let short_year_count = shown.short_year_count;
    let (date_order, decimal) = shown.decide(said, books_decimals, file)?;
    let is_order_corrected = said.order.is_none() && said.mapped_order.is_some_and(|mapped| mapped != date_order);
    Ok(Conventions { date_order, decimal, row_count, short_year_count, is_order_corrected })
}

/// What the cells of a file show of how it writes dates and amounts.
#[derive(Default)]
pub struct Shown {
    dates: Evidence,
    marks: Evidence,
    lone_marks: BTreeSet<char>,
    short_year_count: u64,
    short_years: ShortYears,
}

impl Shown {
    /// A cell that should hold a date, and its line.
    pub fn day(&mut self, text: &str, line: u64) {
        if dates::has_short_year(text) {
            self.short_year_count += 1;
            self.short_years.see(text);
        }
        match dates::order_evidence(text) {
            OrderEvidence::DayFirst => self.dates.first(text, line),
            OrderEvidence::MonthFirst => self.dates.second(text, line),
            OrderEvidence::Either => {
                self.dates.either.get_or_insert_with(|| (text.to_owned(), line));
            }
            OrderEvidence::None => {}
        }
    }

    /// A cell that should hold an amount, and its line.
    pub fn amount(&mut self, text: &str, line: u64) {
        match decimal_mark(text) {
            Some(',') => self.marks.first(text, line),
            Some(_) => self.marks.second(text, line),
            None => self.lone_marks.extend(text.chars().filter(|letter| matches!(letter, ',' | '.'))),
        }
    }

    /// The order of dates and the decimal mark.
    ///
    /// # Errors
    /// [`IngestError::DatesUndecided`], [`IngestError::DatesContradict`], [`IngestError::YearsUndecided`].
    pub fn decide(self, said: Said, books_decimals: u8, file: &str) -> Result<(DateOrder, Decimal), IngestError> {
        let decimal = said.decimal.unwrap_or(if self.marks.is_first() {
            Decimal::Comma
        } else if self.marks.is_second() {
            Decimal::Dot
        } else {
            let shows_nothing = self.marks.first_count + self.marks.second_count == 0;
            let only = self.lone_marks.first().filter(|_| books_decimals == 3 && self.lone_marks.len() == 1);
            match only.filter(|_| shows_nothing) {
                Some(',') => Decimal::Comma,
                Some(_) => Decimal::Dot,
                None => Decimal::Either,
            }
        });
        if let Some(example) = self.short_years.begins_with_years() {
            return Err(IngestError::YearsUndecided { file: file.to_owned(), example });
        }
        Ok((decide_order(said, self.dates, file)?, decimal))
    }
}

/// What dates of two digits throughout show of where their years stand.
#[derive(Default)]
struct ShortYears {
    firsts: BTreeSet<u32>,
    lasts: BTreeSet<u32>,
    example: String,
    /// Whether one of them cannot begin with its year.
    is_last: bool,
}

impl ShortYears {
    fn see(&mut self, text: &str) {
        match dates::may_begin_with_year(text) {
            None => self.is_last = true,
            Some([first, _, last]) => {
                self.firsts.insert(first);
                self.lasts.insert(last);
                text.clone_into(&mut self.example);
            }
        }
    }

    /// An example, where what comes first varies less than what comes last: years do.
    fn begins_with_years(self) -> Option<String> {
        (!self.is_last && self.firsts.len() < self.lasts.len()).then_some(self.example)
    }
}

fn decide_order(said: Said, dates: Evidence, file: &str) -> Result<DateOrder, IngestError> {
    if let Some(order) = said.order {
        return Ok(order);
    }
    if dates.is_first() {
        return Ok(DateOrder::DayFirst);
    }
    if dates.is_second() {
        return Ok(DateOrder::MonthFirst);
    }
    if let (None, _) | (_, None) = (&dates.first, &dates.second)
        && let Some(order) = said.mapped_order
    {
        return Ok(order);
    }
    match (dates.first, dates.second, dates.either) {
        (Some(day_first), Some(month_first), _) => {
            Err(IngestError::DatesContradict { file: file.to_owned(), day_first, month_first })
        }
        (_, _, Some((example, _))) => Err(IngestError::DatesUndecided { file: file.to_owned(), example }),
        // no date whose order matters
        _ => Ok(DateOrder::DayFirst),
    }
}

/// The decimal mark an amount proves; `None` where it may be read either way.
pub fn decimal_mark(text: &str) -> Option<char> {
    let (comma, point) = (text.rfind(','), text.rfind('.'));
    let (mark, place) = match (comma, point) {
        (Some(comma), Some(point)) if comma > point => return Some(','),
        (Some(_), Some(_)) => return Some('.'),
        (Some(place), None) => (',', place),
        (None, Some(place)) => ('.', place),
        (None, None) => return None,
    };
    let other = if mark == ',' { '.' } else { ',' };
    if text.matches(mark).count() > 1 {
        return Some(other);
    }
    let digits = text[place + 1..].bytes().take_while(u8::is_ascii_digit).count();
    // 1,234 may be thousands; 12345,678 may not
    let before = text[..place].bytes().filter(u8::is_ascii_digit).count();
    (digits > 0 && (digits != 3 || before > 3)).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_proves_its_decimal_mark_or_does_not() {
        for (text, mark) in [
            ("1.234,56", Some(',')),
            ("1,234.56", Some('.')),
            ("12,5", Some(',')),
            ("55.94", Some('.')),
            ("1.234.567", Some(',')),
            ("1,234", None),
            ("1.234", None),
            ("12345.678", Some('.')),
            ("100", None),
            ("", None),
        ] {
            assert_eq!(decimal_mark(text), mark, "{text}");
        }
    }

    #[test]
    fn a_few_slips_do_not_change_the_order_of_dates() {
        let evidence = |first: u64, second: u64| Evidence {
            first_count: first,
            second_count: second,
            first: (first > 0).then(|| ("31/01/2024".to_owned(), 2)),
            second: (second > 0).then(|| ("01/31/2024".to_owned(), 3)),
            either: Some(("01/02/2024".to_owned(), 4)),
        };
        let decided = |first, second| {
            decide_order(Said::default(), evidence(first, second), "f.csv").map_err(|error| error.to_string())
        };
        let mapped = Said { mapped_order: Some(DateOrder::MonthFirst), ..Said::default() };
        assert_eq!(decide_order(mapped, evidence(0, 0), "f.csv").ok(), Some(DateOrder::MonthFirst));
        assert_eq!(decide_order(mapped, evidence(9, 0), "f.csv").ok(), Some(DateOrder::DayFirst));
        assert!(decide_order(mapped, evidence(5, 5), "f.csv").is_err());
        assert_eq!(decided(500, 2), Ok(DateOrder::DayFirst));
        assert_eq!(decided(2, 500), Ok(DateOrder::MonthFirst));
        assert_eq!(
            decided(5, 5),
            Err("`f.csv` writes dates in two orders: `31/01/2024` (line 2) is day first, `01/31/2024` (line 3) is month first".into())
        );
        assert_eq!(
            decided(0, 0),
            Err("`f.csv` writes dates such as `01/02/2024` and no day above 12: it may be day first or month first"
                .into())
        );
    }
}
