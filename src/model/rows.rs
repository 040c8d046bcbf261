//! Rows of a canonical table on their way to the lake, column by column.

use super::{ColumnKind, Date, Money, TableSpec};

/// The values of one column; `None` is an empty cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Text, ids and codes.
    Text(Texts),
    /// Days.
    Date(Vec<Option<Date>>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Amounts.
    Money(Vec<Option<Money>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

/// Texts one behind the other: a column of a million of them is two pieces of memory. An empty text is an empty cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..self.ends[row]]).filter(|text| !text.is_empty())
    }

    /// All of them.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    fn append(&mut self, other: &Self) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }
}

/// One cell, for building rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// An empty cell of any kind.
    Empty,
    /// Text, id or code.
    Text(String),
    /// A day.
    Date(Date),
    /// A whole number.
    Int(i64),
    /// An amount.
    Money(Money),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// A text cell; empty text is an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
    /// A date cell.
    #[must_use]
    pub fn date(day: Option<Date>) -> Self {
        day.map_or(Self::Empty, Self::Date)
    }
    /// An amount cell.
    #[must_use]
    pub fn money(amount: Option<Money>) -> Self {
        amount.map_or(Self::Empty, Self::Money)
    }
}

/// A batch of rows of one table. Every column of the table is present, in its order.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Which table.
    pub table: &'static TableSpec,
    /// One entry a column of the table.
    pub columns: Vec<Values>,
    count: usize,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(table: &'static TableSpec) -> Self {
        let columns = table
            .columns
            .iter()
            .map(|column| match column.kind {
                ColumnKind::Text => Values::Text(Texts::default()),
                ColumnKind::Date => Values::Date(Vec::new()),
                ColumnKind::Int => Values::Int(Vec::new()),
                ColumnKind::Flag => Values::Flag(Vec::new()),
                ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => Values::Money(Vec::new()),
            })
            .collect();
        Self { table, columns, count: 0 }
    }

    /// No rows yet, with room for so many: what grows by and by is copied again and again.
    #[must_use]
    pub fn with_room(table: &'static TableSpec, row_count: usize) -> Self {
        let mut rows = Self::new(table);
        for values in &mut rows.columns {
            match values {
                Values::Text(list) => {
                    list.ends.reserve(row_count);
                    list.text.reserve(row_count * 8);
                }
                Values::Date(list) => list.reserve(row_count),
                Values::Int(list) => list.reserve(row_count),
                Values::Money(list) => list.reserve(row_count),
                Values::Flag(list) => list.reserve(row_count),
            }
        }
        rows
    }

    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends one row: one cell a column, in the table's order.
    ///
    /// # Panics
    /// When the cells do not fit the table: a broken law of ours, never of the data.
    pub fn push(&mut self, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.columns.len(), "a row of `{}` has one cell a column", self.table.name);
        for ((values, cell), column) in self.columns.iter_mut().zip(cells).zip(self.table.columns) {
            match (values, cell) {
                (Values::Text(list), Cell::Text(text)) => list.push(&text),
                (Values::Text(list), Cell::Empty) => list.push(""),
                (Values::Date(list), Cell::Date(day)) => list.push(Some(day)),
                (Values::Date(list), Cell::Empty) => list.push(None),
                (Values::Int(list), Cell::Int(number)) => list.push(Some(number)),
                (Values::Int(list), Cell::Empty) => list.push(None),
                (Values::Money(list), Cell::Money(amount)) => list.push(Some(amount)),
                (Values::Money(list), Cell::Empty) => list.push(None),
                (Values::Flag(list), Cell::Flag(flag)) => list.push(Some(flag)),
                (Values::Flag(list), Cell::Empty) => list.push(None),
                (_, cell) => unreachable!("`{}.{}` cannot hold {cell:?}", self.table.name, column.name),
            }
        }
        self.count += 1;
    }

    /// Moves the rows of another batch of the same table behind these.
    pub fn append(&mut self, other: Self) {
        self.count += other.count;
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            match (mine, theirs) {
                (Values::Text(list), Values::Text(more)) => list.append(&more),
                (Values::Date(list), Values::Date(more)) => list.extend(more),
                (Values::Int(list), Values::Int(more)) => list.extend(more),
                (Values::Money(list), Values::Money(more)) => list.extend(more),
                (Values::Flag(list), Values::Flag(more)) => list.extend(more),
                _ => unreachable!("batches of one table have the same columns"),
            }
        }
    }

    /// Adds to every number of a column.
    pub fn shift(&mut self, column: usize, by: i64) {
        if let Values::Int(list) = &mut self.columns[column] {
            list.iter_mut().flatten().for_each(|number| *number += by);
        }
    }

    /// The cell at a row and a column.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        match &self.columns[column] {
            Values::Text(list) => list.get(row).map_or(Cell::Empty, Cell::text),
            Values::Date(list) => Cell::date(list[row]),
            Values::Int(list) => list[row].map_or(Cell::Empty, Cell::Int),
            Values::Money(list) => Cell::money(list[row]),
            Values::Flag(list) => list[row].map_or(Cell::Empty, Cell::Flag),
        }
    }

    /// Begins a row, cell by cell.
    pub const fn row(&mut self) -> RowWriter<'_> {
        RowWriter { rows: self, place: 0 }
    }
}

/// Writes one row cell by cell, in the table's order, without an allocation for each.
///
/// # Panics
/// When a cell does not fit its column, or one is missing at the end: a broken law of ours, never of the data.
pub struct RowWriter<'a> {
    rows: &'a mut Rows,
    place: usize,
}

impl RowWriter<'_> {
    fn next(&mut self) -> &mut Values {
        self.place += 1;
        &mut self.rows.columns[self.place - 1]
    }

    /// A text; an empty one is an empty cell.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let Values::Text(list) = self.next() else { unreachable!("the column before {} holds text", self.place) };
        list.push(text);
        self
    }

    /// A day.
    #[must_use]
    pub fn date(mut self, day: Option<Date>) -> Self {
        let Values::Date(list) = self.next() else { unreachable!("the column before {} holds days", self.place) };
        list.push(day);
        self
    }

    /// A whole number.
    #[must_use]
    pub fn int(mut self, number: Option<i64>) -> Self {
        let Values::Int(list) = self.next() else { unreachable!("the column before {} holds numbers", self.place) };
        list.push(number);
        self
    }

    /// An amount.
    #[must_use]
    pub fn money(mut self, amount: Option<Money>) -> Self {
        let Values::Money(list) = self.next() else { unreachable!("the column before {} holds amounts", self.place) };
        list.push(amount);
        self
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(mut self, flag: Option<bool>) -> Self {
        let Values::Flag(list) = self.next() else { unreachable!("the column before {} holds flags", self.place) };
        list.push(flag);
        self
    }

    /// Ends the row.
    ///
    /// # Panics
    /// When a cell is missing.
    pub fn end(self) {
        assert_eq!(self.place, self.rows.columns.len(), "a row of `{}` has one cell a column", self.rows.table.name);
        self.rows.count += 1;
    }
}
