//! Rows and columns of a panel: which are shown, and each cell as the template prints it.

use std::cmp::Reverse;

use minijinja::{Value as Shown, context};

use super::panels::PanelSpec;
use super::{Formats, ReportError, Words, visible};
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};

/// Who reads: words and formats of one language, and the currency of the amounts.
pub(super) struct Reader<'a> {
    pub(super) words: &'a Words,
    pub(super) formats: &'a Formats,
    pub(super) currency_code: &'a str,
}

/// The word above a column or beside a figure.
pub(super) fn header_word<'a>(column: &str, reader: &Reader<'a>) -> Result<&'a str, ReportError> {
    reader.words.get(&format!("columns.{column}"))
}

/// A text of so many characters is not broken over lines: references, dates, codes.
const LONGEST_UNBROKEN: usize = 16;

/// A table of more columns than these is set closer.
const MOST_AIRY_COLUMNS: usize = 9;

/// The first row with an amount or a count that is not zero: months before it are those before the books.
pub(super) fn first_with_amount(answer: &Answer) -> usize {
    let is_counted = |kind: ColumnKind| matches!(kind, ColumnKind::Money | ColumnKind::Int);
    let has_amount = |row: &Vec<Value>| {
        row.iter()
            .zip(&answer.columns)
            .any(|(value, column)| is_counted(column.kind) && digits(value).unwrap_or(0) != 0)
    };
    answer.rows.iter().position(has_amount).unwrap_or(0)
}

/// Where the values of a shown column come from.
enum Origin {
    Column(usize),
    Ratio { part: usize, whole: usize },
    RatioOfTotal { part: usize, total: i128 },
}

struct ShownColumn {
    column: AnswerColumn,
    origin: Origin,
}

/// The table of a panel, or `None` for an answer without rows.
pub(super) fn table(
    panel: &PanelSpec,
    query: &str,
    answer: &Answer,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    if answer.rows.is_empty() {
        return Ok(None);
    }
    let builder = TableBuilder { panel, query, answer, reader };
    builder.table().map(Some)
}

struct TableBuilder<'a> {
    panel: &'a PanelSpec,
    query: &'a str,
    answer: &'a Answer,
    reader: &'a Reader<'a>,
}

impl TableBuilder<'_> {
    fn table(&self) -> Result<Shown, ReportError> {
        let mut order = self.order()?;
        let skipped = if self.panel.skip_leading_zeros { first_with_amount(self.answer) } else { 0 };
        order.drain(..skipped);
        let split = self.panel.last_rows.map_or(0, |count| order.len().saturating_sub(count));
        let (earlier, shown) = order.split_at(split);
        let shown = &shown[..self.panel.first_rows.unwrap_or(usize::MAX).min(shown.len())];

        let (columns, dropped) = self.columns_with_amount(shown)?;
        let count = |number: usize| self.reader.formats.number(number.try_into().unwrap_or(i128::MAX), 0);
        let more = if shown.len() + earlier.len() < order.len() {
            let hidden = order.len() - shown.len() - earlier.len();
            let values = [("shown", count(shown.len())), ("total", count(order.len())), ("hidden", count(hidden))];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            Some(self.reader.words.fill("table.more", &values)?)
        } else {
            None
        };
        let dropped = match dropped.as_slice() {
            [] => None,
            names => Some(self.reader.words.fill("table.dropped", &[("columns", &names.join(", "))])?),
        };
        let starts = match order.first() {
            Some(first) if skipped > 0 => {
                let value = self.reader.formats.value(&self.answer.rows[*first][0], &self.answer.columns[0]);
                Some(self.reader.words.fill("table.starts", &[("first", &value)])?)
            }
            _ => None,
        };
        let earlier = match earlier.len() {
            0 => None,
            number => {
                let label = self.reader.words.fill("table.earlier", &[("count", &count(number))])?;
                let (columns, _) = self.columns_with_amount(earlier)?;
                Some(context! { label, ..self.grid(earlier, &columns)? })
            }
        };
        Ok(context! {
            more, dropped, starts, earlier, total => self.total(&columns)?, caption => self.caption(&columns)?,
            ..self.grid(shown, &columns)?
        })
    }

    /// Headers and rows of one table.
    fn grid(&self, positions: &[usize], columns: &[ShownColumn]) -> Result<Shown, ReportError> {
        let mut headers = Vec::new();
        for column in columns {
            headers.push(context! { text => header_word(&column.column.name, self.reader)?, is_number => is_number(column.column.kind) });
        }
        let rows: Result<Vec<Shown>, ReportError> = positions.iter().map(|row| self.row(*row, columns)).collect();
        Ok(context! { headers, rows => rows?, is_dense => columns.len() > MOST_AIRY_COLUMNS })
    }

    /// The columns of the panel that these rows need, and the words of those they do not.
    fn columns_with_amount(&self, rows: &[usize]) -> Result<(Vec<ShownColumn>, Vec<String>), ReportError> {
        let mut columns = Vec::new();
        let mut dropped = Vec::new();
        for column in self.columns()? {
            if self.panel.drop_if_zero.contains(&column.column.name) && self.is_without_amount(&column, rows) {
                dropped.push(header_word(&column.column.name, self.reader)?.to_lowercase());
            } else {
                columns.push(column);
            }
        }
        Ok((columns, dropped))
    }

    fn position(&self, name: &str) -> Result<usize, ReportError> {
        self.answer.position(name).ok_or_else(|| ReportError::ColumnMissing {
            panel: self.panel.id.clone(),
            query: self.query.to_owned(),
            column: name.to_owned(),
        })
    }

    fn order(&self) -> Result<Vec<usize>, ReportError> {
        let mut order: Vec<usize> = (0..self.answer.rows.len()).collect();
        if let Some(name) = &self.panel.largest_by {
            let column = self.position(name)?;
            order.sort_by_key(|row| Reverse(digits(&self.answer.rows[*row][column]).unwrap_or(0).unsigned_abs()));
        }
        Ok(order)
    }

    fn columns(&self) -> Result<Vec<ShownColumn>, ReportError> {
        let mut columns = Vec::new();
        for name in &self.panel.columns {
            let (name, is_optional) = name.strip_suffix('?').map_or((name.as_str(), false), |name| (name, true));
            if let Some([part, whole]) = self.panel.ratios.get(name) {
                let part = self.position(part)?;
                let origin = match whole.strip_prefix("total:") {
                    Some(whole) => Origin::RatioOfTotal { part, total: self.sum(self.position(whole)?) },
                    None => Origin::Ratio { part, whole: self.position(whole)? },
                };
                let column = AnswerColumn { name: name.to_owned(), kind: ColumnKind::Ratio };
                columns.push(ShownColumn { column, origin });
            } else if !is_optional || self.answer.position(name).is_some() {
                let position = self.position(name)?;
                columns.push(ShownColumn {
                    column: self.answer.columns[position].clone(),
                    origin: Origin::Column(position),
                });
            }
        }
        Ok(columns)
    }

    fn sum(&self, column: usize) -> i128 {
        self.answer.rows.iter().filter_map(|row| digits(&row[column])).fold(0, i128::saturating_add)
    }

    fn is_without_amount(&self, shown: &ShownColumn, rows: &[usize]) -> bool {
        let Origin::Column(column) = shown.origin else { return false };
        shown.column.kind == ColumnKind::Money
            && rows.iter().all(|row| digits(&self.answer.rows[*row][column]).unwrap_or(0) == 0)
    }

    fn row(&self, row: usize, columns: &[ShownColumn]) -> Result<Shown, ReportError> {
        let values = &self.answer.rows[row];
        let mut cells = Vec::new();
        for shown in columns {
            let value = match shown.origin {
                Origin::Column(column) => values[column].clone(),
                Origin::Ratio { part, whole } => ratio(digits(&values[part]), digits(&values[whole])),
                Origin::RatioOfTotal { part, total } => ratio(digits(&values[part]), Some(total)),
            };
            let beneath = match self.panel.beneath.get(&shown.column.name) {
                Some(name) => {
                    let position = self.position(name)?;
                    cell_text(&values[position], &self.answer.columns[position], false, self.reader)
                }
                None => CellText::default(),
            };
            let text = cell_text(&value, &shown.column, self.panel.whole_amounts, self.reader);
            let bar = (self.panel.bar.as_deref() == Some(&shown.column.name)).then(|| self.bar(&value, shown));
            let explanation = self.explanation(&value, &shown.column);
            let classes = [
                ("number", is_number(shown.column.kind)),
                ("quiet", value.is_null() || digits(&value) == Some(0)),
                ("named", !beneath.text.is_empty() && beneath.is_ledger),
                ("short", text.text.chars().count() <= LONGEST_UNBROKEN),
            ];
            let class =
                classes.iter().filter(|(_, applies)| *applies).map(|(class, _)| *class).collect::<Vec<_>>().join(" ");
            cells.push(context! {
                text => text.text, is_ledger => text.is_ledger, class,
                beneath => beneath.text, beneath_is_ledger => beneath.is_ledger, bar, explanation,
                is_below => digits(&value).unwrap_or(0) < 0,
            });
        }
        let is_total = values.iter().zip(&self.answer.columns).any(|(value, column)| {
            column.name.ends_with("_code") && matches!(value, Value::Text(code) if code == "total")
        });
        Ok(context! { cells, is_total })
    }

    fn explanation(&self, value: &Value, column: &AnswerColumn) -> Option<&str> {
        if self.panel.explain.as_deref() != Some(&column.name) {
            return None;
        }
        let Value::Text(code) = value else { return None };
        self.reader.words.find(&format!("explanations.{}.{code}", column.name))
    }

    /// The length of a bar in thousandths of the longest one.
    fn bar(&self, value: &Value, shown: &ShownColumn) -> i128 {
        let length = digits(value).unwrap_or(0).abs();
        let longest = self.answer.rows.iter().filter_map(|row| match shown.origin {
            Origin::Column(column) => digits(&row[column]),
            Origin::Ratio { part, whole } => digits(&ratio(digits(&row[part]), digits(&row[whole]))),
            Origin::RatioOfTotal { part, total } => digits(&ratio(digits(&row[part]), Some(total))),
        });
        let longest = longest.map(i128::abs).max().unwrap_or(0);
        length.saturating_mul(1000).checked_div(longest).unwrap_or(0)
    }

    /// The last row: sums over every row of the answer, shown or not.
    fn total(&self, columns: &[ShownColumn]) -> Result<Option<Shown>, ReportError> {
        if self.panel.totals.is_empty() {
            return Ok(None);
        }
        let mut cells = Vec::new();
        for (position, shown) in columns.iter().enumerate() {
            let is_summed = self.panel.totals.contains(&shown.column.name);
            let text = match shown.origin {
                _ if position == 0 => self.reader.words.get("table.total")?.to_owned(),
                Origin::Column(column) if is_summed => {
                    let value = match &self.answer.rows[0][column] {
                        Value::Int(_) => Value::Int(i64::try_from(self.sum(column)).unwrap_or(i64::MAX)),
                        _ => Value::Decimal { digits: self.sum(column), scale: 2 },
                    };
                    cell_text(&value, &shown.column, self.panel.whole_amounts, self.reader).text
                }
                Origin::RatioOfTotal { part, total } if is_summed => {
                    cell_text(&ratio(Some(self.sum(part)), Some(total)), &shown.column, false, self.reader).text
                }
                _ => String::new(),
            };
            cells.push(context! { text, is_number => is_number(shown.column.kind), has_bar => self.panel.bar.as_deref() == Some(&shown.column.name) });
        }
        Ok(Some(Shown::from(cells)))
    }

    fn caption(&self, columns: &[ShownColumn]) -> Result<String, ReportError> {
        let words = self.reader.words;
        if let Some(own) = words.find(&format!("panels.{}.caption", self.panel.id)) {
            return Ok(own.to_owned());
        }
        if columns.iter().all(|column| column.column.kind != ColumnKind::Money) {
            return Ok(String::new());
        }
        amounts_caption(self.panel.whole_amounts, self.reader)
    }
}

/// In which currency amounts are, and whether they are rounded.
pub(super) fn amounts_caption(whole_amounts: bool, reader: &Reader) -> Result<String, ReportError> {
    // ISO 4217: XXX is a transaction without a currency
    let key = match (reader.currency_code, whole_amounts) {
        ("XXX" | "", false) => "table.amounts_without_currency",
        ("XXX" | "", true) => "table.whole_amounts_without_currency",
        (_, false) => "table.amounts",
        (_, true) => "table.whole_amounts",
    };
    reader.words.fill(key, &[("currency", &visible(reader.currency_code))])
}

#[derive(Default)]
struct CellText {
    text: String,
    /// Whether a ledger wrote it: the page then isolates its direction.
    is_ledger: bool,
}

fn cell_text(value: &Value, column: &AnswerColumn, whole_amounts: bool, reader: &Reader) -> CellText {
    let ours = |text: String| CellText { text, is_ledger: false };
    match value {
        Value::Text(code) if column.name.ends_with("_code") || column.name == "kind" => {
            // codes may be a user's own data (buckets, reasons): one without a word shows as it is
            let word = reader.words.find(&format!("codes.{}.{code}", column.name));
            word.map_or_else(
                || CellText { text: visible(code).into_owned(), is_ledger: true },
                |word| ours(word.to_owned()),
            )
        }
        Value::Text(text) => CellText { text: visible(text).into_owned(), is_ledger: true },
        Value::Decimal { digits, scale } if whole_amounts && column.kind == ColumnKind::Money => {
            ours(reader.formats.rounded(*digits, *scale, 0))
        }
        Value::Flag(flag) => {
            let word = reader.words.find(&format!("flags.{}", column.name));
            match (flag, word) {
                (true, Some(word)) => ours(word.to_owned()),
                (false, Some(_)) => CellText::default(),
                (_, None) => ours(reader.formats.exact(value)),
            }
        }
        Value::Null if column.kind == ColumnKind::Text => CellText::default(),
        _ => ours(reader.formats.value(value, column)),
    }
}

/// The digits of a number, whatever its scale.
pub(super) fn digits(value: &Value) -> Option<i128> {
    match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Decimal { digits, .. } => Some(*digits),
        _ => None,
    }
}

/// part / whole with six decimals, half away from zero; null when the whole is not positive.
pub(super) fn ratio(part: Option<i128>, whole: Option<i128>) -> Value {
    let exact = || -> Option<i128> {
        let whole = whole.filter(|whole| *whole > 0)?;
        let scaled = part?.checked_mul(1_000_000)?;
        let rest = scaled % whole;
        let step = if rest.abs() >= whole - rest.abs() { scaled.signum() } else { 0 };
        Some(scaled / whole + step)
    };
    exact().map_or(Value::Null, |digits| Value::Decimal { digits, scale: 6 })
}

pub(super) const fn is_number(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Int | ColumnKind::Decimal | ColumnKind::Money | ColumnKind::Ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_unknown() {
        assert_eq!(ratio(Some(5), Some(0)), Value::Null);
        assert_eq!(ratio(Some(5), Some(-3)), Value::Null);
        assert_eq!(ratio(None, Some(3)), Value::Null);
        assert_eq!(ratio(Some(2), Some(3)), Value::Decimal { digits: 666_667, scale: 6 });
        assert_eq!(ratio(Some(-2), Some(3)), Value::Decimal { digits: -666_667, scale: 6 });
    }
}
