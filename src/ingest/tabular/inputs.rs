//! What a row of a table file may bring, by the shape of the file.

use crate::model::ColumnKind::{self, Date, Flag, Money, Text};
use crate::model::tables::FILLED_BY_LOAD;
use crate::model::{TableSpec, tables};

/// What a row of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A row of one of our tables.
    Table(&'static TableSpec),
    /// An invoice and, once it is settled, its settlement.
    InvoiceHistory,
    /// A receipt, or a part of one, applied to an invoice.
    Receipts,
    /// A line of a worklist, with what a collector wrote beside it.
    WorklistResults,
}

/// A value that a row may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name in mappings and plain headers.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a file must bring it.
    pub is_required: bool,
}

const fn may(name: &'static str, kind: ColumnKind) -> Input {
    Input { name, kind, is_required: false }
}
const fn must(name: &'static str, kind: ColumnKind) -> Input {
    Input { name, kind, is_required: true }
}

/// What an amount may come from: two columns, a side, a part that was paid.
const SIDES: [Input; 4] =
    [may("debit_amount", Money), may("credit_amount", Money), may("side", Text), may("paid_amount", Money)];

/// What item files say of customers.
pub const CUSTOMER: [Input; 10] = [
    may("customer.name", Text),
    may("customer.group_id", Text),
    may("customer.country_code", Text),
    may("customer.language", Text),
    may("customer.terms_code", Text),
    may("customer.credit_limit_amount", Money),
    may("customer.collector_id", Text),
    may("customer.payment_method", Text),
    may("customer.is_public_body", Flag),
    may("customer.billing_channel", Text),
];

/// What an invoice history says beyond the item.
const HISTORY: [Input; 4] = [
    may("settled_date", Date),
    may("settled_amount", Money),
    may("is_disputed", Flag),
    may("dispute_reason_code", Text),
];

/// What a receipts file says.
const RECEIPTS: [Input; 11] = [
    may("company_id", Text),
    must("receipt_id", Text),
    must("customer_id", Text),
    must("receipt_date", Date),
    must("amount", Money),
    may("invoice_id", Text),
    may("allocated_date", Date),
    may("account", Text),
    may("currency_code", Text),
    may("reference", Text),
    may("label", Text),
];

/// What a filled worklist says: the line as it was written out, then what was written beside it.
const RESULTS: [Input; 15] = [
    may("company_id", Text),
    must("line_id", Text),
    must("customer_id", Text),
    may("assignee_id", Text),
    must("list_date", Date),
    must("channel_code", Text),
    may("items_text", Text),
    may("members_text", Text),
    may("currency_code", Text),
    must("result_code", Text),
    may("reason_code", Text),
    may("promised_date", Date),
    may("promised_amount", Money),
    may("document", Text),
    may("note", Text),
];

/// What a collector writes on a line.
pub const WRITTEN: [&str; 6] = ["result_code", "reason_code", "promised_date", "promised_amount", "document", "note"];

impl Shape {
    /// What a row may bring. For tables, and for the items of a history, the columns of the table come first, in
    /// its order; the load's own columns are there and never read.
    #[must_use]
    pub fn inputs(self) -> Vec<Input> {
        let of_table = |table: &TableSpec| -> Vec<Input> {
            table
                .columns
                .iter()
                .map(|column| Input { name: column.name, kind: column.kind, is_required: column.is_required })
                .collect()
        };
        match self {
            Self::Table(table) if std::ptr::eq(table, &raw const tables::ITEMS) => {
                of_table(table).into_iter().chain(SIDES).chain(CUSTOMER).collect()
            }
            Self::Table(table) => of_table(table),
            Self::InvoiceHistory => {
                let mut inputs: Vec<Input> =
                    of_table(&tables::ITEMS).into_iter().chain(SIDES).chain(CUSTOMER).chain(HISTORY).collect();
                // an invoice or, where negative, a credit note, unless the file says more
                for input in inputs.iter_mut().filter(|input| input.name == "kind") {
                    input.is_required = false;
                }
                inputs
            }
            Self::Receipts => RECEIPTS.to_vec(),
            Self::WorklistResults => RESULTS.to_vec(),
        }
    }

    /// The code in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Table(table) => table.name,
            Self::InvoiceHistory => "invoice_history",
            Self::Receipts => "receipts",
            Self::WorklistResults => "worklist_results",
        }
    }
}

/// Whether the load fills this column whatever the file says.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    FILLED_BY_LOAD.contains(&name)
}
