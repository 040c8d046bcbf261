//! The answer to a question: named, typed columns and their rows, as outputs and pages read them.

mod order;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;

pub use self::order::SortColumn;

use super::money::{SCALE, decimal_text, needed_decimals, shown, smallest};
use super::processors::{processor_count, share_out};
use super::{ColumnKind, CustomerKey, Date};

/// Rows whose columns are worth more than one processor.
const ROWS_TO_SHARE: usize = 50_000;

/// One value of an answer; a text is its own or that of the answer it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// Nothing known.
    Null,
    /// Text, id or code.
    Text(Cow<'a, str>),
    /// A day.
    Date(Date),
    /// A whole number.
    Int(i64),
    /// An exact decimal: `digits` × 10^−`scale`. Money has the decimals of its currency.
    Decimal {
        /// All digits, signed.
        digits: i128,
        /// How many of them stand after the point.
        scale: u8,
    },
    /// Yes or no.
    Flag(bool),
}

impl<'a> Value<'a> {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// Plain text, the same in every language: `1234.50`, `2024-01-31`, `true`, empty for null.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone().into_owned(),
            Self::Date(day) => day.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Decimal { digits, scale } => decimal_text(*digits, *scale),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The thousandths of a money value; `None` for anything else.
    #[must_use]
    pub fn thousandths(&self) -> Option<i128> {
        match self {
            Self::Decimal { digits, scale } if *scale <= SCALE => digits.checked_mul(smallest(*scale)),
            _ => None,
        }
    }
}

/// The name and kind of a column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Column name, in code words.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Columns and rows, in the order they are published. Values lie column by column: millions of rows take little more
/// than their texts and digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The columns, as many and of the kinds that the values are.
    pub columns: Vec<AnswerColumn>,
    values: Vec<ColumnValues>,
    row_count: usize,
}

impl Answer {
    /// Columns without a row yet.
    #[must_use]
    pub fn new(columns: Vec<AnswerColumn>) -> Self {
        let values = columns.iter().map(|column| ColumnValues::new(column.kind)).collect();
        Self { columns, values, row_count: 0 }
    }

    /// Columns and rows, one value a column.
    ///
    /// # Panics
    /// When a row does not fit the columns: a broken law of ours, never of the data.
    #[must_use]
    pub fn of<'v>(columns: Vec<AnswerColumn>, rows: impl IntoIterator<Item = Vec<Value<'v>>>) -> Self {
        let mut answer = Self::new(columns);
        for row in rows {
            answer.push(row);
        }
        answer
    }

    /// Amounts are of a currency with so many decimals; those that have more, as of another currency, show them all.
    #[must_use]
    pub fn with_decimals(mut self, decimals: u8) -> Self {
        for values in &mut self.values {
            if let ColumnValues::Money(amounts) = values {
                amounts.decimals = decimals.max(amounts.needed_decimals());
            }
        }
        self
    }

    /// The decimals of the amounts of a column; of any other none.
    #[must_use]
    pub fn decimals(&self, position: usize) -> u8 {
        if let ColumnValues::Money(amounts) = &self.values[position] { amounts.decimals } else { 0 }
    }

    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.row_count
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.row_count == 0
    }

    /// Appends a row: one value a column.
    ///
    /// # Panics
    /// When it does not fit the columns: a broken law of ours, never of the data.
    pub fn push(&mut self, row: Vec<Value<'_>>) {
        assert_eq!(row.len(), self.columns.len(), "a row has one value a column");
        for (values, value) in self.values.iter_mut().zip(row) {
            values.push(&value);
        }
        self.row_count += 1;
    }

    /// Appends so many rows, column by column: `value` tells each by its column and its row among them.
    ///
    /// # Panics
    /// When one does not fit its column: a broken law of ours, never of the data.
    pub fn extend<'v>(&mut self, row_count: usize, value: impl Fn(usize, usize) -> Value<'v>) {
        for (column, values) in self.values.iter_mut().enumerate() {
            for row in 0..row_count {
                values.push(&value(column, row));
            }
        }
        self.row_count += row_count;
    }

    /// Where a column stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// One value by row and place of the column.
    ///
    /// # Panics
    /// Where there is no such row or column.
    #[must_use]
    pub fn at(&self, row: usize, position: usize) -> Value<'_> {
        self.values[position].get(row)
    }

    /// One value by row and column name; null where there is none.
    #[must_use]
    pub fn value(&self, row: usize, name: &str) -> Value<'_> {
        let position = self.position(name).filter(|_| row < self.row_count);
        position.map_or(Value::Null, |position| self.at(row, position))
    }

    /// The values of a row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Value<'_>> {
        self.values.iter().map(move |values| values.get(row))
    }

    /// Row after row.
    pub fn rows(&self) -> impl Iterator<Item = Vec<Value<'_>>> {
        (0..self.row_count).map(|row| self.row(row).collect())
    }

    /// The rows that are wanted, by their places.
    #[must_use]
    pub fn filtered(&self, is_wanted: impl Fn(usize) -> bool) -> Self {
        self.taken(&(0..self.row_count).filter(|row| is_wanted(*row)).collect::<Vec<_>>())
    }

    /// Whose row it is; what the answer does not tell is empty.
    #[must_use]
    pub fn customer(&self, row: usize) -> CustomerKey {
        CustomerKey::new(self.value(row, "company_id").plain(), self.value(row, "customer_id").plain())
    }

    /// The rows of each customer.
    #[must_use]
    pub fn by_customer(&self) -> BTreeMap<CustomerKey, Self> {
        let mut rows: BTreeMap<CustomerKey, Vec<usize>> = BTreeMap::new();
        for row in 0..self.row_count {
            rows.entry(self.customer(row)).or_default().push(row);
        }
        rows.into_iter().map(|(value, rows)| (value, self.taken(&rows))).collect()
    }

    fn taken(&self, rows: &[usize]) -> Self {
        let values = self.values.iter().map(|values| values.taken(rows)).collect();
        Self { columns: self.columns.clone(), values, row_count: rows.len() }
    }

    /// Brings the rows into an order; rows that it does not tell apart keep theirs. Columns are put into their new order
    /// one by one, by each processor: beside the rows, that takes the memory of as many of them.
    ///
    /// # Panics
    /// Where there is no such column.
    pub fn sort(&mut self, by: &[SortColumn]) {
        let mut rows: Vec<usize> = (0..self.row_count).collect();
        order::arrange(&self.values, &mut rows, by);
        if rows.is_sorted() {
            return;
        }
        let worker_count = if rows.len() < ROWS_TO_SHARE { 1 } else { processor_count() };
        let Ok(()) = share_out::<_, Infallible>(worker_count, self.values.iter_mut(), |values| {
            *values = values.taken(&rows);
            Ok(())
        });
    }
}

/// The values of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ColumnValues {
    Text(Texts),
    Date(Vec<Option<Date>>),
    Int(Vec<Option<i64>>),
    Money(Amounts),
    Decimal(Decimals),
    Flag(Vec<Option<bool>>),
}

impl ColumnValues {
    const fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(Texts { text: String::new(), ends: Vec::new() }),
            ColumnKind::Date => Self::Date(Vec::new()),
            ColumnKind::Int => Self::Int(Vec::new()),
            ColumnKind::Money => Self::Money(Amounts { thousandths: Vec::new(), decimals: 2 }),
            ColumnKind::Ratio | ColumnKind::Decimal => {
                Self::Decimal(Decimals { digits: Vec::new(), scales: Vec::new() })
            }
            ColumnKind::Flag => Self::Flag(Vec::new()),
        }
    }

    fn push(&mut self, value: &Value<'_>) {
        match (self, value) {
            (Self::Text(list), Value::Text(text)) => list.push(Some(text)),
            (Self::Text(list), Value::Null) => list.push(None),
            (Self::Date(list), Value::Date(day)) => list.push(Some(*day)),
            (Self::Date(list), Value::Null) => list.push(None),
            (Self::Int(list), Value::Int(number)) => list.push(Some(*number)),
            (Self::Int(list), Value::Null) => list.push(None),
            (Self::Money(list), Value::Null) => list.push(None),
            (Self::Money(list), value) if value.thousandths().is_some() => list.push(value.thousandths()),
            (Self::Decimal(list), Value::Decimal { digits, scale }) => list.push(*digits, *scale),
            (Self::Decimal(list), Value::Null) => list.push(0, Decimals::NULL),
            (Self::Flag(list), Value::Flag(flag)) => list.push(Some(*flag)),
            (Self::Flag(list), Value::Null) => list.push(None),
            // neither of them is told: a name of a customer is nothing for a log
            _ => unreachable!("a value is of its column's kind"),
        }
    }

    /// The values of some rows, in their order.
    fn taken(&self, rows: &[usize]) -> Self {
        match self {
            Self::Text(list) => Self::Text(list.taken(rows)),
            Self::Date(list) => Self::Date(rows.iter().map(|row| list[*row]).collect()),
            Self::Int(list) => Self::Int(rows.iter().map(|row| list[*row]).collect()),
            Self::Money(list) => Self::Money(Amounts {
                thousandths: rows.iter().map(|row| list.thousandths[*row]).collect(),
                decimals: list.decimals,
            }),
            Self::Decimal(list) => Self::Decimal(Decimals {
                digits: rows.iter().map(|row| list.digits[*row]).collect(),
                scales: rows.iter().map(|row| list.scales[*row]).collect(),
            }),
            Self::Flag(list) => Self::Flag(rows.iter().map(|row| list[*row]).collect()),
        }
    }

    fn get(&self, row: usize) -> Value<'_> {
        match self {
            Self::Text(list) => list.get(row).map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text))),
            Self::Date(list) => list[row].map_or(Value::Null, Value::Date),
            Self::Int(list) => list[row].map_or(Value::Null, Value::Int),
            Self::Money(list) => list.get(row),
            Self::Decimal(list) => list.get(row),
            Self::Flag(list) => list[row].map_or(Value::Null, Value::Flag),
        }
    }
}

/// Texts one behind the other, an empty one apart from one that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Texts {
    text: String,
    /// Where each ends, marked where it is not known.
    ends: Vec<usize>,
}

impl Texts {
    /// The mark of what is not known: no text is that long.
    const UNKNOWN: usize = 1 << (usize::BITS - 1);

    fn push(&mut self, text: Option<&str>) {
        self.text.push_str(text.unwrap_or_default());
        self.ends.push(self.text.len() | if text.is_none() { Self::UNKNOWN } else { 0 });
    }

    fn is_known(&self, row: usize) -> bool {
        self.ends[row] & Self::UNKNOWN == 0
    }

    fn get(&self, row: usize) -> Option<&str> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before] & !Self::UNKNOWN);
        self.is_known(row).then(|| &self.text[start..self.ends[row]])
    }

    fn taken(&self, rows: &[usize]) -> Self {
        // all of them take as much room as they did
        let room = if rows.len() == self.ends.len() { self.text.len() } else { 0 };
        let mut taken = Self { text: String::with_capacity(room), ends: Vec::with_capacity(rows.len()) };
        for row in rows {
            taken.push(self.get(*row));
        }
        taken
    }
}

/// Amounts, all shown with the same decimals: those of their currency, more where one has more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Amounts {
    thousandths: Vec<i128>,
    decimals: u8,
}

impl Amounts {
    /// The mark of what is not known: no amount is that far below zero.
    const UNKNOWN: i128 = i128::MIN;

    fn push(&mut self, thousandths: Option<i128>) {
        self.decimals = self.decimals.max(thousandths.map_or(0, needed_decimals));
        self.thousandths.push(thousandths.unwrap_or(Self::UNKNOWN));
    }

    fn needed_decimals(&self) -> u8 {
        let known = self.thousandths.iter().filter(|amount| **amount != Self::UNKNOWN);
        known.map(|amount| needed_decimals(*amount)).max().unwrap_or_default()
    }

    fn get(&self, row: usize) -> Value<'static> {
        match self.thousandths[row] {
            Self::UNKNOWN => Value::Null,
            amount => {
                let (digits, scale) = shown(amount, self.decimals);
                Value::Decimal { digits, scale }
            }
        }
    }
}

/// Exact decimals, each with its scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Decimals {
    digits: Vec<i128>,
    scales: Vec<u8>,
}

impl Decimals {
    /// The scale of what is not known.
    const NULL: u8 = u8::MAX;

    fn push(&mut self, digits: i128, scale: u8) {
        self.digits.push(digits);
        self.scales.push(scale);
    }

    fn get(&self, row: usize) -> Value<'static> {
        match self.scales[row] {
            Self::NULL => Value::Null,
            scale => Value::Decimal { digits: self.digits[row], scale },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column of each kind.
    pub(super) fn columns() -> Vec<AnswerColumn> {
        let kinds = [
            ("name", ColumnKind::Text),
            ("due_date", ColumnKind::Date),
            ("open_count", ColumnKind::Int),
            ("open_amount", ColumnKind::Money),
            ("is_disputed", ColumnKind::Flag),
        ];
        kinds.map(|(name, kind)| AnswerColumn { name: name.to_owned(), kind }).to_vec()
    }

    #[test]
    fn what_goes_in_comes_out_and_an_empty_text_is_not_an_unknown_one() {
        let columns = columns();
        let day = Date::from_ymd_opt(2099, 12, 31).unwrap_or_default();
        let full = |name: &'static str, digits: i128| {
            let amount = Value::Decimal { digits, scale: 2 };
            vec![Value::text(name), Value::Date(day), Value::Int(-7), amount, Value::Flag(true)]
        };
        let rows = vec![full("é", i64::MAX.into()), vec![Value::Null; 5], full("", -1), full("last", 0)];
        let answer = Answer::of(columns.clone(), rows.clone());
        assert_eq!(answer.rows().collect::<Vec<_>>(), rows);
        assert_eq!(answer.value(2, "name"), Value::text(""));
        assert_eq!(answer.value(4, "name"), Value::Null, "no such row");
        assert_eq!(answer.value(0, "nobody"), Value::Null, "no such column");
        let mut at_once = Answer::new(columns);
        at_once.extend(4, |column, row| rows[row][column].clone());
        assert_eq!(at_once, answer);
        assert_eq!(answer.filtered(|row| row % 2 == 1).rows().collect::<Vec<_>>(), [rows[1].clone(), rows[3].clone()]);
    }
}
