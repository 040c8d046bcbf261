//! An item on its way to `items`, its columns by place.

use crate::model::rows::Cell;
use crate::model::{Date, ItemKind, Money, tables};

/// Where a column of `items` stands; a name the table has not stops the build.
const fn place(name: &str) -> usize {
    let columns = tables::ITEMS.columns;
    let mut place = 0;
    while place < columns.len() {
        if is_same(columns[place].name.as_bytes(), name.as_bytes()) {
            return place;
        }
        place += 1;
    }
    unreachable!()
}

const fn is_same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut place = 0;
    while place < left.len() {
        if left[place] != right[place] {
            return false;
        }
        place += 1;
    }
    true
}

/// A column of `items`.
#[derive(Clone, Copy)]
pub struct Column(usize);

impl Column {
    pub const COMPANY_ID: Self = Self(place("company_id"));
    pub const ITEM_ID: Self = Self(place("item_id"));
    pub const CUSTOMER_ID: Self = Self(place("customer_id"));
    pub const ACCOUNT: Self = Self(place("account"));
    pub const KIND: Self = Self(place("kind"));
    pub const ISSUED_DATE: Self = Self(place("issued_date"));
    pub const POSTED_DATE: Self = Self(place("posted_date"));
    pub const DUE_DATE: Self = Self(place("due_date"));
    pub const DUE_IS_DERIVED: Self = Self(place("due_is_derived"));
    pub const CURRENCY_CODE: Self = Self(place("currency_code"));
    pub const AMOUNT: Self = Self(place("amount"));
    pub const BASE_AMOUNT: Self = Self(place("base_amount"));
    pub const REFERENCE: Self = Self(place("reference"));
    pub const LABEL: Self = Self(place("label"));
    pub const ORDER_ID: Self = Self(place("order_id"));
    pub const SITE: Self = Self(place("site"));
    pub const PRODUCT_LINE: Self = Self(place("product_line"));
    pub const SALESPERSON: Self = Self(place("salesperson"));
    pub const DELIVERED_DATE: Self = Self(place("delivered_date"));
    pub const BILLING_CHANNEL: Self = Self(place("billing_channel"));
    pub const SOURCE_FILE: Self = Self(place("source_file"));
    pub const SOURCE_LINE: Self = Self(place("source_line"));
}

impl From<Column> for usize {
    fn from(column: Column) -> Self {
        column.0
    }
}

/// The cells of an item.
pub struct Item {
    cells: Vec<Cell>,
}

impl Item {
    /// An item of one day: issued, and due, on it.
    pub fn of(item_id: &str, kind: ItemKind, day: Date, amount: Money) -> Self {
        let mut item = Self { cells: vec![Cell::Empty; tables::ITEMS.columns.len()] };
        item.set(Column::ITEM_ID, Cell::text(item_id));
        item.set(Column::KIND, Cell::text(kind.code()));
        item.set(Column::ISSUED_DATE, Cell::Date(day));
        item.set(Column::DUE_DATE, Cell::Date(day));
        item.set(Column::AMOUNT, Cell::Money(amount));
        item
    }

    /// From the values of a row, among which the columns of `items` come first.
    pub fn from_values(mut values: Vec<Cell>) -> Self {
        values.truncate(tables::ITEMS.columns.len());
        Self { cells: values }
    }

    /// A cell.
    pub fn get(&self, column: Column) -> &Cell {
        &self.cells[column.0]
    }

    /// Whether a cell is empty.
    pub fn is_empty(&self, column: Column) -> bool {
        *self.get(column) == Cell::Empty
    }

    /// Sets a cell.
    pub fn set(&mut self, column: Column, value: Cell) {
        self.cells[column.0] = value;
    }

    /// Sets a cell that is empty.
    pub fn fill(&mut self, column: Column, value: Cell) {
        if self.is_empty(column) {
            self.set(column, value);
        }
    }

    /// The row for `items`.
    pub fn into_cells(self) -> Vec<Cell> {
        self.cells
    }
}
