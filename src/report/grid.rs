//! The rows and columns of a table view, in values: what the page and the workbook both write.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::filters::Filters;
use super::input::PageInput;
use super::panels::{Pivot, TableView};
use super::words::fill;
use super::{Formats, ReportError, Words, visible};
use crate::model::money::shown;
use crate::model::{Answer, AnswerColumn, ColumnKind, CustomerKey, Value};

/// Who reads: words and formats of one language, and the currency of the amounts.
pub(super) struct Reader<'a> {
    pub(super) words: &'a Words,
    pub(super) formats: &'a Formats,
    pub(super) currency_code: &'a str,
    /// The decimals of that currency.
    pub(super) decimals: u8,
    /// The page of a customer, from where this one stands.
    pub(super) links: &'a BTreeMap<CustomerKey, String>,
    /// What the tables of the page are filtered by.
    pub(super) filters: Filters,
}

impl<'a> Reader<'a> {
    /// Who reads a page; `links` are those to customers' pages from where it stands.
    pub(super) fn of(
        input: &'a PageInput<'a>,
        words: &'a Words,
        formats: &'a Formats,
        links: &'a BTreeMap<CustomerKey, String>,
    ) -> Self {
        let (currency_code, decimals) = (input.currency_code, input.decimals);
        Self { words, formats, currency_code, decimals, links, filters: Filters::default() }
    }
}

/// The rows of an answer whose columns hold these values, `|` between several; behind `!`, none of them.
pub(super) fn narrowed<'a>(
    panel: &str,
    query: &str,
    only: &BTreeMap<String, String>,
    answer: &'a Answer,
) -> Result<Cow<'a, Answer>, ReportError> {
    if only.is_empty() {
        return Ok(Cow::Borrowed(answer));
    }
    let mut wanted = Vec::new();
    for (column, values) in only {
        let position = answer.position(column).ok_or_else(|| ReportError::ColumnMissing {
            panel: panel.to_owned(),
            query: query.to_owned(),
            column: column.clone(),
        })?;
        let (is_among, values) = values.strip_prefix('!').map_or((true, values.as_str()), |values| (false, values));
        wanted.push((position, is_among, values.split('|').collect::<Vec<_>>()));
    }
    let is_wanted = |row: usize| {
        let holds = |at: usize, values: &[&str]| values.contains(&answer.at(row, at).plain().as_str());
        wanted.iter().all(|(at, is_among, values)| holds(*at, values) == *is_among)
    };
    Ok(Cow::Owned(answer.filtered(is_wanted)))
}

/// Where a table is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// On the page: what the view names.
    Page,
    /// In the workbook: every row, ids and further columns in columns of their own.
    Workbook,
}

/// A column of a grid.
pub(super) struct GridColumn {
    /// Its name and kind.
    pub(super) column: AnswerColumn,
    /// The word above it.
    pub(super) label: String,
    /// Where the small print of its cells comes from.
    pub(super) beneath: Option<usize>,
    /// Whether it holds the values of one code among several.
    is_pivoted: bool,
    /// Whether what is unknown in it is an empty cell.
    pub(super) is_blank: bool,
    origin: Origin,
}

/// Where the values of a column come from.
#[derive(Clone, Copy)]
enum Origin {
    Column(usize),
    Ratio { part: usize, whole: usize },
    RatioOfTotal { part: usize, total: i128 },
}

/// A table view over its answer.
pub(super) struct Grid<'a> {
    /// The columns, in order.
    pub(super) columns: Vec<GridColumn>,
    /// The rows of the answer, in the order they are shown.
    pub(super) order: Vec<usize>,
    /// How many rows before the first with an amount were left out.
    pub(super) skipped_count: usize,
    answer: Cow<'a, Answer>,
    view: &'a TableView,
}

impl<'a> Grid<'a> {
    /// The grid of a view; `panel` names it where a column is missing.
    pub(super) fn new(
        panel: &str,
        view: &'a TableView,
        answer: &'a Answer,
        medium: Medium,
        reader: &Reader,
    ) -> Result<Self, ReportError> {
        let mut names: Vec<String> = Vec::new();
        let mut beneath: HashMap<String, String> = HashMap::new();
        for name in &view.columns {
            names.push(name.clone());
            if let Some(below) = view.beneath.get(name.trim_end_matches('?')) {
                match medium {
                    Medium::Page => drop(beneath.insert(name.clone(), below.clone())),
                    Medium::Workbook => names.push(below.clone()),
                }
            }
        }
        if medium == Medium::Workbook {
            names.splice(
                0..0,
                view.workbook_columns.iter().filter(|name| view.last_of.as_ref() == Some(*name)).cloned(),
            );
            let more: Vec<String> =
                view.workbook_columns.iter().chain(&view.parts).filter(|name| !names.contains(name)).cloned().collect();
            names.extend(more);
        }
        let mut answer = Cow::Borrowed(answer);
        let mut labels: HashMap<String, String> = HashMap::new();
        let missing = |column: &str| ReportError::ColumnMissing {
            panel: panel.to_owned(),
            query: view.query.clone(),
            column: column.to_owned(),
        };
        let mut rows: Vec<usize> = match (&view.last_of, medium) {
            (Some(column), Medium::Page) => {
                rows_of_last(&answer, answer.position(column).ok_or_else(|| missing(column))?)
            }
            _ => (0..answer.len()).collect(),
        };
        if let Some(pivot) = &view.pivot {
            let keys: Result<Vec<usize>, ReportError> =
                names.iter().map(|name| answer.position(name).ok_or_else(|| missing(name))).collect();
            let place = |name: &str| answer.position(name).ok_or_else(|| missing(name));
            let places = (place(&pivot.across)?, place(&pivot.value)?);
            let pivoted = pivoted(&answer, &rows, &keys?, places);
            for column in &pivoted.columns[names.len()..] {
                labels.insert(column.name.clone(), label_of_code(pivot, &column.name, reader));
                names.push(column.name.clone());
            }
            rows = (0..pivoted.len()).collect();
            answer = Cow::Owned(pivoted);
        }
        let mut grid = Self { columns: Vec::new(), order: rows, skipped_count: 0, answer, view };
        for name in &names {
            let (name, is_optional) = name.strip_suffix('?').map_or((name.as_str(), false), |name| (name, true));
            let position = |name: &str| grid.answer.position(name).ok_or_else(|| missing(name));
            let (column, origin) = if let Some([part, whole]) = view.ratios.get(name) {
                let part = position(part)?;
                let origin = match whole.strip_prefix("total:") {
                    Some(whole) => Origin::RatioOfTotal { part, total: grid.sum(position(whole)?) },
                    None => Origin::Ratio { part, whole: position(whole)? },
                };
                (AnswerColumn { name: name.to_owned(), kind: ColumnKind::Ratio }, origin)
            } else if is_optional && grid.answer.position(name).is_none() {
                continue;
            } else {
                let position = position(name)?;
                (grid.answer.columns[position].clone(), Origin::Column(position))
            };
            let own = labels.remove(name);
            let is_pivoted = own.is_some();
            let label = match own {
                Some(label) => label,
                None => label_word(panel, &view.query, name, reader)?.to_owned(),
            };
            let beneath = beneath.get(name).map(|below| position(below)).transpose()?;
            // where two codes never meet there is nothing to tell
            let is_blank = is_pivoted || view.blanks.iter().any(|blank| blank == name);
            grid.columns.push(GridColumn { column, label, beneath, is_pivoted, is_blank, origin });
        }
        if let Some(name) = &view.largest_by {
            let column = grid.answer.position(name).ok_or_else(|| missing(name))?;
            let answer = &grid.answer;
            grid.order.sort_by_cached_key(|row| Reverse(digits(&answer.at(*row, column)).unwrap_or(0).unsigned_abs()));
        }
        if view.skip_leading_zeros && medium == Medium::Page {
            grid.skipped_count = first_with_amount(&grid.answer);
            grid.order.drain(..grid.skipped_count);
        }
        Ok(grid)
    }

    /// A cell.
    pub(super) fn value(&self, row: usize, column: &GridColumn) -> Value<'_> {
        let figure = |position: usize| self.figure(row, position);
        match column.origin {
            Origin::Column(position) => self.answer.at(row, position),
            Origin::Ratio { part, whole } => ratio(figure(part), figure(whole)),
            Origin::RatioOfTotal { part, total } => ratio(figure(part), Some(total)),
        }
    }

    /// A value of the answer behind the grid, and its column.
    pub(super) fn behind(&self, row: usize, position: usize) -> (Value<'_>, &AnswerColumn) {
        (self.answer.at(row, position), &self.answer.columns[position])
    }

    /// The text of a cell.
    pub(super) fn text(&self, row: usize, column: &GridColumn, reader: &Reader) -> CellText {
        let value = self.value(row, column);
        if column.is_blank && value.is_null() {
            return CellText::default();
        }
        cell_text(&value, &column.column, self.view.whole_amounts, reader)
    }

    /// The small print of a cell; nothing where it is unknown, or would say again what stands `above`.
    pub(super) fn text_beneath(&self, row: usize, column: &GridColumn, above: &str, reader: &Reader) -> CellText {
        let Some(position) = column.beneath else { return CellText::default() };
        let (value, column) = self.behind(row, position);
        let found = cell_text(&value, column, self.view.whole_amounts, reader);
        if value.is_null() || found.text.is_empty() || found.text == above {
            return CellText::default();
        }
        match reader.words.find(&format!("beneath.{}", column.name)) {
            Some(word) => CellText { text: fill(word, &[("value", &found.text)]), ..found },
            None => found,
        }
    }

    /// The page of the customer that a row names.
    pub(super) fn link<'r>(&self, row: usize, column: &GridColumn, reader: &Reader<'r>) -> Option<&'r String> {
        let is_name = ["customer_name", "customer_id"].contains(&column.column.name.as_str());
        if !is_name || reader.links.is_empty() {
            return None;
        }
        let [company_id, customer_id] =
            ["company_id", "customer_id"].map(|name| Some(self.behind(row, self.position(name)?).0.plain()));
        reader.links.get(&CustomerKey::new(company_id?, customer_id?))
    }

    /// Whether amounts are shown without cents.
    pub(super) const fn has_whole_amounts(&self) -> bool {
        self.view.whole_amounts
    }

    /// Whether no row has anything in a column whose unknown is an empty cell.
    pub(super) fn is_nothing(&self, column: &GridColumn, reader: &Reader) -> bool {
        let is_empty = |row: &usize| {
            let text = self.text(*row, column, reader).text;
            text.is_empty() && self.text_beneath(*row, column, &text, reader).text.is_empty()
        };
        column.is_blank && !column.is_pivoted && self.order.iter().all(is_empty)
    }

    /// What a column of the answer behind the grid holds.
    pub(super) fn kind(&self, position: usize) -> ColumnKind {
        self.answer.columns[position].kind
    }

    /// The decimals of the amounts of a column.
    pub(super) fn decimals(&self, column: &GridColumn) -> u8 {
        if let Origin::Column(position) = column.origin { self.answer.decimals(position) } else { 0 }
    }

    /// Where a column of the answer behind the grid stands.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.answer.position(name)
    }

    /// The column of the answer behind the grid that stands there.
    pub(super) fn name(&self, position: usize) -> Option<&str> {
        self.answer.columns.get(position).map(|column| column.name.as_str())
    }

    /// The sum of a column over every row of the answer, shown or not; `None` where it is not summed.
    pub(super) fn total(&self, column: &GridColumn) -> Option<Value<'static>> {
        if !self.view.totals.contains(&column.column.name) || self.answer.is_empty() {
            return None;
        }
        // of what nobody knows the sum is unknown, not zero
        if let Origin::Column(position) = column.origin
            && (0..self.answer.len()).all(|row| self.answer.at(row, position).is_null())
        {
            return Some(Value::Null);
        }
        Some(match column.origin {
            Origin::Column(position) if self.kind(position) == ColumnKind::Int => {
                Value::Int(i64::try_from(self.sum(position)).unwrap_or(i64::MAX))
            }
            Origin::Column(position) => {
                let (digits, scale) = shown(self.sum(position), self.answer.decimals(position));
                Value::Decimal { digits, scale }
            }
            Origin::RatioOfTotal { part, total } => ratio(Some(self.sum(part)), Some(total)),
            Origin::Ratio { part, whole } => ratio(Some(self.sum(part)), Some(self.sum(whole))),
        })
    }

    /// The figure of a cell of the answer: of amounts in thousandths.
    fn figure(&self, row: usize, column: usize) -> Option<i128> {
        figure(&self.answer.at(row, column), self.kind(column))
    }

    fn sum(&self, column: usize) -> i128 {
        let figures = (0..self.answer.len()).filter_map(|row| self.figure(row, column));
        figures.fold(0, i128::saturating_add)
    }

    /// Whether an amount column is zero in all these rows.
    pub(super) fn is_without_amount(&self, column: &GridColumn, rows: &[usize]) -> bool {
        column.column.kind == ColumnKind::Money
            && rows.iter().all(|row| digits(&self.value(*row, column)).unwrap_or(0) == 0)
    }

    /// Whether the figures of a column are shaded by their size.
    pub(super) fn is_shaded(&self, column: &GridColumn) -> bool {
        let is_meant = if self.view.pivot.is_some() {
            column.is_pivoted && is_number(column.column.kind)
        } else {
            column.column.kind == ColumnKind::Ratio
        };
        self.view.is_shaded && is_meant
    }

    /// The largest figure that is shaded, in millionths; nothing where none is above zero.
    pub(super) fn largest_shaded(&self) -> Option<i128> {
        let columns = self.columns.iter().filter(|column| self.is_shaded(column));
        let rows = || self.order.iter().filter(|row| !self.is_total(**row));
        let figures = columns.flat_map(|column| rows().filter_map(|row| millionths(&self.value(*row, column))));
        figures.max().filter(|largest| *largest > 0)
    }

    /// Whether a row sums the others.
    pub(super) fn is_total(&self, row: usize) -> bool {
        self.answer.row(row).zip(&self.answer.columns).any(|(value, column)| {
            column.name.ends_with("_code") && matches!(value, Value::Text(code) if code == "total")
        })
    }
}

/// The word above a column: its own in the panel or of the query, else that of the column everywhere.
pub(super) fn label_word<'a>(
    panel: &str,
    query: &str,
    column: &str,
    reader: &Reader<'a>,
) -> Result<&'a str, ReportError> {
    let own = |of: &str| reader.words.find(&format!("labels.{of}.{column}"));
    own(panel).or_else(|| own(query)).map_or_else(|| header_word(column, reader), Ok)
}

/// The word above a column or beside a figure.
pub(super) fn header_word<'a>(column: &str, reader: &Reader<'a>) -> Result<&'a str, ReportError> {
    reader.words.get(&format!("columns.{column}"))
}

fn label_of_code(pivot: &Pivot, code: &str, reader: &Reader) -> String {
    let word = reader.words.of_code(&pivot.across, code);
    word.map_or_else(|| visible(code).into_owned(), str::to_owned)
}

/// The rows that hold the last value of a column: its greatest.
pub(super) fn rows_of_last(answer: &Answer, column: usize) -> Vec<usize> {
    let plain = |row: usize| answer.at(row, column).plain();
    let last = (0..answer.len()).map(plain).max();
    (0..answer.len()).filter(|row| Some(plain(*row)) == last).collect()
}

/// One row for each combination of the key columns, in the order they come; one more column for each value of
/// `across`. A combination without a value holds null.
fn pivoted(answer: &Answer, rows: &[usize], keys: &[usize], (across, value): (usize, usize)) -> Answer {
    let mut columns: Vec<AnswerColumn> = keys.iter().map(|key| answer.columns[*key].clone()).collect();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let code = answer.at(*row, across).plain();
        if !places.contains_key(&code) {
            places.insert(code.clone(), columns.len());
            columns.push(AnswerColumn { name: code, kind: answer.columns[value].kind });
        }
    }
    let mut found: HashMap<Vec<String>, usize> = HashMap::new();
    let mut laid_out: Vec<Vec<Value<'_>>> = Vec::new();
    for row in rows {
        let key: Vec<String> = keys.iter().map(|key| answer.at(*row, *key).plain()).collect();
        let at = *found.entry(key).or_insert_with(|| {
            let mut begun: Vec<Value<'_>> = keys.iter().map(|key| answer.at(*row, *key)).collect();
            begun.resize(columns.len(), Value::Null);
            laid_out.push(begun);
            laid_out.len() - 1
        });
        laid_out[at][places[&answer.at(*row, across).plain()]] = answer.at(*row, value);
    }
    Answer::of(columns, laid_out).with_decimals(answer.decimals(value))
}

/// The first row with a number that is not zero: months before it are those before the books.
pub(super) fn first_with_amount(answer: &Answer) -> usize {
    let is_counted = |kind: ColumnKind| {
        matches!(kind, ColumnKind::Money | ColumnKind::Int | ColumnKind::Decimal | ColumnKind::Ratio)
    };
    let has_amount = |row: &usize| {
        let mut values = answer.row(*row).zip(&answer.columns);
        values.any(|(value, column)| is_counted(column.kind) && digits(&value).unwrap_or(0) != 0)
    };
    (0..answer.len()).find(has_amount).unwrap_or(0)
}

/// A number to be held against others of its kind: an amount in thousandths, else its digits.
pub(super) fn figure(value: &Value<'_>, kind: ColumnKind) -> Option<i128> {
    if kind == ColumnKind::Money { value.thousandths() } else { digits(value) }
}

/// The digits of a number, whatever its scale.
pub(super) fn digits(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Decimal { digits, .. } => Some(*digits),
        _ => None,
    }
}

/// A number in millionths: figures of one kind compare whatever their scales.
pub(super) fn millionths(value: &Value) -> Option<i128> {
    let scale = match value {
        Value::Decimal { scale, .. } => u32::from(*scale),
        _ => 0,
    };
    let digits = digits(value)?;
    Some(match 6_u32.checked_sub(scale) {
        Some(more) => digits.saturating_mul(10_i128.saturating_pow(more)),
        None => digits / 10_i128.saturating_pow(scale - 6),
    })
}

/// part / whole with six decimals, half away from zero; null when the whole is not positive.
pub(super) fn ratio(part: Option<i128>, whole: Option<i128>) -> Value<'static> {
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

/// A text of a cell, in the reader's words.
#[derive(Default)]
pub(super) struct CellText {
    pub(super) text: String,
    /// Whether a ledger wrote it: the page then isolates its direction.
    pub(super) is_ledger: bool,
}

/// A value as the reader's language writes it.
pub(super) fn cell_text(value: &Value, column: &AnswerColumn, whole_amounts: bool, reader: &Reader) -> CellText {
    let ours = |text: String| CellText { text, is_ledger: false };
    match value {
        // codes may be a user's own data (buckets, reasons): one without a word shows as it is
        Value::Text(text) => reader.words.of_code(&column.name, text).map_or_else(
            || CellText { text: visible(text).into_owned(), is_ledger: true },
            |word| ours(word.to_owned()),
        ),
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

    #[test]
    fn figures_of_different_scales_compare() {
        for (value, shown) in [
            (Value::Int(3), 3_000_000),
            (Value::Decimal { digits: -250, scale: 2 }, -2_500_000),
            (Value::Decimal { digits: 12_345_678, scale: 8 }, 123_456),
        ] {
            assert_eq!(millionths(&value), Some(shown));
        }
        assert_eq!(millionths(&Value::Null), None);
    }

    #[test]
    fn rows_become_columns_and_a_gap_is_null() {
        let column = |name: &str, kind| AnswerColumn { name: name.to_owned(), kind };
        let columns = vec![
            column("from", ColumnKind::Text),
            column("to", ColumnKind::Text),
            column("open_count", ColumnKind::Int),
        ];
        let rows = [("a", "x", 1), ("a", "y", 2), ("b", "y", 3)];
        let rows = rows.map(|(from, to, count)| vec![Value::text(from), Value::text(to), Value::Int(count)]);
        let answer = Answer::of(columns, rows);
        let laid_out = pivoted(&answer, &[0, 1, 2], &[0], (1, 2));
        let names: Vec<&str> = laid_out.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["from", "x", "y"]);
        assert_eq!(laid_out.row(1).collect::<Vec<_>>(), [Value::text("b"), Value::Null, Value::Int(3)]);
    }
}
