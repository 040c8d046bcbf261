//! The tables of what is made, by the columns that a plain file of ours has.

use crate::model::ColumnKind::{Date, Money, Text};
use crate::model::{ColumnKind, ColumnSpec, TableSpec};

const fn column(name: &'static str, kind: ColumnKind) -> ColumnSpec {
    ColumnSpec { name, kind, is_required: true }
}

const fn table(name: &'static str, columns: &'static [ColumnSpec]) -> TableSpec {
    TableSpec { name, columns, key: &[], is_loadable: true }
}

/// One row a customer.
pub static CUSTOMERS: TableSpec = table(
    "customers",
    &[column("customer_id", Text), column("name", Text), column("country_code", Text), column("terms_code", Text)],
);

/// One row a posting.
pub static ITEMS: TableSpec = table(
    "items",
    &[
        column("item_id", Text),
        column("customer_id", Text),
        column("kind", Text),
        column("issued_date", Date),
        column("due_date", Date),
        column("currency_code", Text),
        column("amount", Money),
    ],
);

/// One row a part of a credit item set against an invoice.
pub static ALLOCATIONS: TableSpec = table(
    "allocations",
    &[
        column("debit_item_id", Text),
        column("credit_item_id", Text),
        column("allocated_date", Date),
        column("amount", Money),
    ],
);

/// One row a dispute.
pub static DISPUTES: TableSpec = table(
    "disputes",
    &[
        column("dispute_id", Text),
        column("item_id", Text),
        column("reason_code", Text),
        column("opened_date", Date),
        column("closed_date", Date),
        column("disputed_amount", Money),
    ],
);

/// The header of a table's CSV.
#[must_use]
pub fn header(table: &TableSpec) -> String {
    table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",")
}
