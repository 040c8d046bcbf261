//! Rows of a canonical table on their way to the lake, column by column.

use super::{ColumnKind, Date, Money, TableSpec};

/// The values of one column; `None` is an empty cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Text, ids and codes.
    Text(Vec<Option<String>>),
    /// Days.
    Date(Vec<Option<Date>>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Amounts.
    Money(Vec<Option<Money>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
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
                ColumnKind::Text => Values::Text(Vec::new()),
                ColumnKind::Date => Values::Date(Vec::new()),
                ColumnKind::Int => Values::Int(Vec::new()),
                ColumnKind::Flag => Values::Flag(Vec::new()),
                ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => Values::Money(Vec::new()),
            })
            .collect();
        Self { table, columns, count: 0 }
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
                (Values::Text(list), Cell::Text(text)) => list.push(Some(text)),
                (Values::Text(list), Cell::Empty) => list.push(None),
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
                (Values::Text(list), Values::Text(more)) => list.extend(more),
                (Values::Date(list), Values::Date(more)) => list.extend(more),
                (Values::Int(list), Values::Int(more)) => list.extend(more),
                (Values::Money(list), Values::Money(more)) => list.extend(more),
                (Values::Flag(list), Values::Flag(more)) => list.extend(more),
                _ => unreachable!("batches of one table have the same columns"),
            }
        }
    }

    /// The cell at a row and a column.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        match &self.columns[column] {
            Values::Text(list) => list[row].clone().map_or(Cell::Empty, Cell::Text),
            Values::Date(list) => list[row].map_or(Cell::Empty, Cell::Date),
            Values::Int(list) => list[row].map_or(Cell::Empty, Cell::Int),
            Values::Money(list) => list[row].map_or(Cell::Empty, Cell::Money),
            Values::Flag(list) => list[row].map_or(Cell::Empty, Cell::Flag),
        }
    }
}
