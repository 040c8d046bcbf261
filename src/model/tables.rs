//! The canonical tables: their columns, which a plain file must bring, and the key rows are known by.
//!
//! A column name here is the header of a plain CSV, the name in Parquet and the name in SQL.

mod outreach;
mod spec;

pub use self::outreach::{
    CONTACTS, INSOLVENCY_NOTICES, MESSAGE_EVENTS, MESSAGE_ITEMS, MESSAGES, PAYER_PROCESSES, REMINDER_BLOCKS,
};
pub use self::spec::{ColumnKind, ColumnSpec, TableSpec};
use self::spec::{may, must};
use ColumnKind::{Date, Flag, Int, Money, Text};

/// Columns that a load fills, whatever a file says.
pub const FILLED_BY_LOAD: [&str; 4] = ["load_id", "source_file", "source_line", "item_number"];

/// What is known of a customer.
const CUSTOMER_COLUMNS: [ColumnSpec; 17] = [
    may("company_id", Text),
    must("customer_id", Text),
    must("name", Text),
    may("group_id", Text),
    may("country_code", Text),
    may("language", Text),
    may("terms_code", Text),
    may("credit_limit_amount", Money),
    may("collector_id", Text),
    may("payment_method", Text),
    may("is_public_body", Flag),
    may("is_collective", Flag),
    may("billing_channel", Text),
    may("status_code", Text),
    // its number in the public register: in France the SIREN
    may("registration_id", Text),
    // where letters go: street, postcode and town, country, `|` between the lines
    may("address_text", Text),
    may("load_id", Text),
];

/// One row a customer.
pub static CUSTOMERS: TableSpec =
    TableSpec { name: "customers", columns: &CUSTOMER_COLUMNS, key: &["company_id", "customer_id"], is_loadable: true };

/// One row a customer and file that tells of it, as the file told it last: which of them `customers` goes by can be seen.
pub static CUSTOMERS_BY_SOURCE: TableSpec = TableSpec {
    name: "customers_by_source",
    columns: &{
        // the file, then the load
        let mut columns = [CUSTOMER_COLUMNS[CUSTOMER_COLUMNS.len() - 1]; CUSTOMER_COLUMNS.len() + 1];
        let mut position = 0;
        while position + 1 < CUSTOMER_COLUMNS.len() {
            columns[position] = CUSTOMER_COLUMNS[position];
            position += 1;
        }
        columns[position] = must("source_file", Text);
        columns
    },
    key: &[],
    is_loadable: false,
};

/// One row a customer and day on which its files first said how it pays and stands what they say until the next one.
pub static DATED_CUSTOMERS: TableSpec = TableSpec {
    name: "dated_customers",
    columns: &[
        may("company_id", Text),
        must("customer_id", Text),
        must("first_seen_date", Date),
        may("payment_method", Text),
        may("status_code", Text),
        may("load_id", Text),
    ],
    key: &["company_id", "customer_id", "first_seen_date"],
    is_loadable: true,
};

/// One row a list of open items: what of a company was open on a day, all of it.
pub static ITEM_LISTS: TableSpec = TableSpec {
    name: "item_lists",
    columns: &[
        may("company_id", Text),
        must("list_date", Date),
        must("item_count", Int),
        must("source_file", Text),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// What is told of an item.
const ITEM_COLUMNS: [ColumnSpec; 24] = [
    may("company_id", Text),
    must("item_id", Text),
    must("customer_id", Text),
    may("account", Text),
    must("kind", Text),
    must("issued_date", Date),
    may("posted_date", Date),
    may("due_date", Date),
    may("due_is_derived", Flag),
    may("currency_code", Text),
    must("amount", Money),
    may("base_amount", Money),
    may("reference", Text),
    may("label", Text),
    may("order_id", Text),
    may("site", Text),
    may("product_line", Text),
    may("salesperson", Text),
    may("delivered_date", Date),
    may("billing_channel", Text),
    may("source_file", Text),
    may("source_line", Int),
    // tells items apart within the lake, and joins them: a number is quicker than two texts
    may("item_number", Int),
    may("load_id", Text),
];

/// One row a receivable posting; `amount` is signed, + owed to us.
pub static ITEMS: TableSpec =
    TableSpec { name: "items", columns: &ITEM_COLUMNS, key: &["company_id", "item_id"], is_loadable: true };

/// One row an item and list of open items that holds it, as the list tells it: `amount` is what was open on the list's day.
pub static LISTED_ITEMS: TableSpec = TableSpec {
    name: "listed_items",
    columns: &{
        // the day of the list in place of the number: what is listed gets none
        let mut columns = ITEM_COLUMNS;
        columns[ITEM_COLUMNS.len() - 2] = must("list_date", Date);
        columns
    },
    key: &[],
    is_loadable: false,
};

/// One row a part of a credit item set against a debit item on a day. A negative amount takes back an earlier one.
pub static ALLOCATIONS: TableSpec = TableSpec {
    name: "allocations",
    columns: &[
        may("company_id", Text),
        must("debit_item_id", Text),
        must("credit_item_id", Text),
        must("allocated_date", Date),
        must("amount", Money),
        may("is_inferred", Flag),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "debit_item_id", "credit_item_id", "allocated_date"],
    is_loadable: true,
};

/// One row an allocation, with what it needs of its two items, so that no question must look them up: derived from
/// `allocations` and `items` by every load, never read from files.
pub static ALLOCATION_LINKS: TableSpec = TableSpec {
    name: "allocation_links",
    columns: &[
        may("company_id", Text),
        // the debit item's
        may("currency_code", Text),
        must("debit_item_number", Int),
        must("credit_item_number", Int),
        must("credit_kind", Text),
        must("credit_customer_id", Text),
        // the latest of its own date and both posted dates
        must("acting_date", Date),
        // the later of both posted dates
        must("met_date", Date),
        must("amount", Money),
        // at the debit item's rate; empty where that has none
        may("base_amount", Money),
        may("is_inferred", Flag),
        // what a check asks: the credit is another customer's, in another currency; a side is not what it is named as
        must("is_other_customer", Flag),
        must("is_other_currency", Flag),
        must("is_wrong_side", Flag),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// One row an item of which nothing is left from a day on, as far as the lake knows: derived by every load, so that
/// what is open need not be looked for among all that ever was. Rows of `uneven_items` say nothing here.
pub static CLOSED_ITEMS: TableSpec = TableSpec {
    name: "closed_items",
    columns: &[
        may("company_id", Text),
        must("item_number", Int),
        must("customer_id", Text),
        may("currency_code", Text),
        must("is_debit", Flag),
        must("posted_date", Date),
        may("due_date", Date),
        must("amount", Money),
        may("base_amount", Money),
        // the day on which its open amount reached 0
        must("closed_date", Date),
        // a receipt acted on that day: it was paid, not credited, offset or lost
        must("is_cash", Flag),
        // it says how a customer pays
        must("is_claim", Flag),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// One row an item that the load which brought it left open, with what questions ask of it: derived by every load. It
/// may have been closed since: `closed_items`.
pub static UNSETTLED_ITEMS: TableSpec = TableSpec {
    name: "unsettled_items",
    columns: &[
        may("company_id", Text),
        must("item_number", Int),
        must("item_id", Text),
        must("customer_id", Text),
        may("account", Text),
        may("currency_code", Text),
        must("kind", Text),
        must("issued_date", Date),
        must("posted_date", Date),
        may("due_date", Date),
        may("due_is_derived", Flag),
        must("amount", Money),
        may("base_amount", Money),
        may("reference", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// One row an item whose open amount did not only go down to 0 and stay there: it was open again after a payment, or
/// more was set against it than it bears. Derived by every load; such items are followed step by step.
pub static UNEVEN_ITEMS: TableSpec = TableSpec {
    name: "uneven_items",
    columns: &[may("company_id", Text), must("item_number", Int), may("load_id", Text)],
    key: &[],
    is_loadable: false,
};

/// What changes of the open amounts on a day, summed over the items of one kind of course: derived by every load, so that
/// any number of month-ends is a sum over few rows. Rows of one load may take back rows of another.
pub static OPEN_CHANGES: TableSpec = TableSpec {
    name: "open_changes",
    columns: &[
        may("company_id", Text),
        may("currency_code", Text),
        may("account", Text),
        must("is_debit", Flag),
        // the items say how customers pay
        must("is_claim", Flag),
        // the items are none of `uneven_items`
        must("is_even", Flag),
        // the first day of the month in which the items were posted
        must("posted_month_date", Date),
        may("due_date", Date),
        must("issued_date", Date),
        must("step_date", Date),
        // change of what is open, in the items' currency; of what is open above 0 on debit items; of what is below 0
        must("open_amount", Money),
        must("debit_amount", Money),
        must("credit_amount", Money),
        // of debit_amount: booked again elsewhere, or gone to the factor
        must("moved_amount", Money),
        // the same in the base currency; items without a rate add nothing
        must("base_open_amount", Money),
        must("base_debit_amount", Money),
        must("base_credit_amount", Money),
        must("base_moved_amount", Money),
        // items opened less items closed
        must("open_count", Int),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// Items summed by what they are and their days: derived by every load.
pub static ITEM_DAYS: TableSpec = TableSpec {
    name: "item_days",
    columns: &[
        may("company_id", Text),
        may("currency_code", Text),
        may("account", Text),
        must("kind", Text),
        must("is_debit", Flag),
        must("issued_date", Date),
        must("posted_date", Date),
        may("due_date", Date),
        must("due_is_derived", Flag),
        must("amount", Money),
        must("base_amount", Money),
        must("item_count", Int),
        // those without an amount in the base currency
        must("rate_missing_count", Int),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// Allocations summed by what they use up and their day: derived by every load.
pub static ALLOCATION_DAYS: TableSpec = TableSpec {
    name: "allocation_days",
    columns: &[
        may("company_id", Text),
        may("currency_code", Text),
        must("credit_kind", Text),
        must("acting_date", Date),
        must("is_inferred", Flag),
        must("amount", Money),
        must("base_amount", Money),
        must("allocation_count", Int),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// One row a dispute. `item_id` may hold an item's identifier or its reference (invoice number).
pub static DISPUTES: TableSpec = TableSpec {
    name: "disputes",
    columns: &[
        may("company_id", Text),
        must("dispute_id", Text),
        must("item_id", Text),
        may("reason_code", Text),
        may("opened_date", Date),
        may("closed_date", Date),
        may("disputed_amount", Money),
        may("outcome_code", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "dispute_id"],
    is_loadable: true,
};

/// One row an invoice: where its goods came from, who sold them, when it is due, and what else a ledger does not tell. `item_id` may hold an
/// item's identifier or its reference (invoice number). `margin_amount` is in the item's currency, VAT excluded.
pub static INVOICE_DETAILS: TableSpec = TableSpec {
    name: "invoice_details",
    columns: &[
        may("company_id", Text),
        must("item_id", Text),
        may("order_id", Text),
        may("site", Text),
        may("product_line", Text),
        may("salesperson", Text),
        may("delivered_date", Date),
        may("due_date", Date),
        may("margin_amount", Money),
        may("is_title_retained", Flag),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "item_id"],
    is_loadable: true,
};

/// One row a contact made or message sent.
pub static ACTIONS: TableSpec = TableSpec {
    name: "actions",
    columns: &[
        may("company_id", Text),
        must("action_id", Text),
        must("customer_id", Text),
        may("item_id", Text),
        may("collector_id", Text),
        must("action_date", Date),
        must("channel_code", Text),
        may("result_code", Text),
        may("reason_code", Text),
        may("promised_date", Date),
        may("promised_amount", Money),
        // of the amount promised; empty: that of the item named, else the only one the customer owes in
        may("currency_code", Text),
        may("note", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "action_id"],
    is_loadable: true,
};

/// One row a status that an e-invoice platform or portal gave an invoice.
pub static INVOICE_EVENTS: TableSpec = TableSpec {
    name: "invoice_events",
    columns: &[
        may("company_id", Text),
        must("item_id", Text),
        must("status_code", Text),
        must("event_date", Date),
        may("reason_code", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "item_id", "status_code", "event_date"],
    is_loadable: true,
};

/// One row a comment that a controller wrote beside a panel of a report, for the figures of a day.
pub static COMMENTS: TableSpec = TableSpec {
    name: "comments",
    columns: &[
        may("company_id", Text),
        must("report_code", Text),
        must("panel_code", Text),
        must("as_of_date", Date),
        may("comment_text", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    key: &["company_id", "report_code", "panel_code", "as_of_date"],
    is_loadable: true,
};

/// One row a day on which the balance of an account and customer changed; `balance_amount` holds from that day on.
pub static CONTROL_BALANCES: TableSpec = TableSpec {
    name: "control_balances",
    columns: &[
        may("company_id", Text),
        must("account", Text),
        may("customer_id", Text),
        must("balance_date", Date),
        must("balance_amount", Money),
        may("load_id", Text),
    ],
    key: &["company_id", "account", "customer_id", "balance_date"],
    is_loadable: true,
};

/// One row an entry of a bank account: what came in, above zero, or went out, below.
pub static BANK_ENTRIES: TableSpec = TableSpec {
    name: "bank_entries",
    columns: &[
        may("company_id", Text),
        // the account's IBAN, else what its bank calls it
        must("account_iban", Text),
        must("entry_id", Text),
        // statement, report or notice
        may("origin_code", Text),
        may("statement_id", Text),
        must("booking_date", Date),
        may("value_date", Date),
        must("amount", Money),
        must("currency_code", Text),
        may("counterparty_name", Text),
        may("counterparty_iban", Text),
        may("remittance_text", Text),
        may("structured_reference", Text),
        may("end_to_end_id", Text),
        may("mandate_id", Text),
        may("bank_reference", Text),
        may("operation_code", Text),
        may("return_reason_code", Text),
        may("source_file", Text),
        may("source_line", Int),
        may("load_id", Text),
    ],
    // the same content on one day in two statements is two entries
    key: &["company_id", "account_iban", "origin_code", "statement_id", "entry_id"],
    is_loadable: true,
};

/// One row a statement of a bank account: the balances between which its entries stand.
pub static BANK_STATEMENTS: TableSpec = TableSpec {
    name: "bank_statements",
    columns: &[
        may("company_id", Text),
        must("account_iban", Text),
        must("statement_id", Text),
        // among the statements of one day
        may("statement_order", Int),
        must("opening_date", Date),
        must("opening_amount", Money),
        must("closing_date", Date),
        must("closing_amount", Money),
        must("entry_count", Int),
        must("entries_amount", Money),
        must("currency_code", Text),
        may("source_file", Text),
        may("load_id", Text),
    ],
    // an account may have several currencies
    key: &["company_id", "account_iban", "currency_code", "statement_id", "closing_date"],
    is_loadable: true,
};

/// One row an accepted line of a ledger file, as read, with the roles that `data/reference` gives its account.
pub static LEDGER_LINES: TableSpec = TableSpec {
    name: "ledger_lines",
    columns: &[
        may("company_id", Text),
        must("year_end_date", Date),
        must("source_file", Text),
        must("source_line", Int),
        may("journal_code", Text),
        may("journal_name", Text),
        may("entry_number", Text),
        must("entry_key", Text),
        must("posted_date", Date),
        must("account", Text),
        may("account_name", Text),
        may("auxiliary_id", Text),
        may("auxiliary_name", Text),
        may("piece_reference", Text),
        may("piece_date", Date),
        may("due_date", Date),
        may("label", Text),
        must("debit_amount", Money),
        must("credit_amount", Money),
        may("letter_code", Text),
        may("letter_date", Date),
        may("valid_date", Date),
        may("currency_amount", Money),
        may("currency_code", Text),
        may("role_code", Text),
        must("class_code", Text),
        must("is_opening_journal", Flag),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// One row an account, customer and day: what the raw lines of the perimeter sum to, by a path of its own.
pub static CONTROL_MOVEMENTS: TableSpec = TableSpec {
    name: "control_movements",
    columns: &[
        may("company_id", Text),
        must("year_end_date", Date),
        must("account", Text),
        must("customer_id", Text),
        must("movement_date", Date),
        must("debit_amount", Money),
        must("credit_amount", Money),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// One row a fiscal year of a company in the lake.
pub static FISCAL_YEARS: TableSpec = TableSpec {
    name: "fiscal_years",
    columns: &[
        may("company_id", Text),
        must("year_end_date", Date),
        must("year_start_date", Date),
        must("source_file", Text),
        must("line_count", Int),
        must("debit_amount", Money),
        must("credit_amount", Money),
        must("has_openings", Flag),
        must("is_carried_forward", Flag),
        may("load_id", Text),
    ],
    key: &["company_id", "year_end_date"],
    is_loadable: false,
};

/// One row an account and customer whose opening differs from the closing of the year before.
pub static OPENING_GAPS: TableSpec = TableSpec {
    name: "opening_gaps",
    columns: &[
        may("company_id", Text),
        must("year_end_date", Date),
        must("opening_date", Date),
        must("account", Text),
        must("customer_id", Text),
        must("closing_amount", Money),
        must("opening_amount", Money),
        may("load_id", Text),
    ],
    key: &["company_id", "year_end_date", "account", "customer_id"],
    is_loadable: false,
};

/// One row a refused line of a source the lake holds.
pub static REJECTS: TableSpec = TableSpec {
    name: "rejects",
    columns: &[
        may("company_id", Text),
        must("source_key", Text),
        must("source_file", Text),
        must("source_line", Int),
        must("reason_code", Text),
        may("found", Text),
        may("text", Text),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// How this version prepares what questions read. It changes with every table or column that a load derives and an earlier
/// one did not, and with every rule that decides what they hold.
pub const PREPARED_CODE: &str = "2026-11-29 replaced receipts";

/// One row a load: the commit point of the lake.
pub static LOADS: TableSpec = TableSpec {
    name: "loads",
    columns: &[
        may("company_id", Text),
        must("loaded_at", Text),
        must("line_count", Int),
        must("accepted_count", Int),
        must("rejected_count", Int),
        must("debit_amount", Money),
        must("credit_amount", Money),
        must("sources", Text),
        must("assumptions", Text),
        must("versions", Text),
        may("checksums", Text),
        // how what questions read was prepared: `PREPARED_CODE` of the version that loaded
        may("prepared_code", Text),
        may("load_id", Text),
    ],
    key: &["load_id"],
    is_loadable: false,
};

/// One row a receivable line with what its entry tells: a work table of a load, never part of the lake.
pub static TOLD_LINES: TableSpec = TableSpec {
    name: "told_lines",
    columns: &[
        may("company_id", Text),
        must("account", Text),
        must("customer_id", Text),
        may("customer_name", Text),
        must("is_auxiliary", Flag),
        must("year_end_date", Date),
        must("entry_key", Text),
        must("posted_date", Date),
        may("journal_code", Text),
        may("entry_number", Text),
        may("piece_reference", Text),
        may("piece_date", Date),
        may("due_date", Date),
        may("label", Text),
        must("amount", Money),
        may("letter_code", Text),
        may("letter_date", Date),
        must("is_opening", Flag),
        must("kind", Text),
        may("source_file", Text),
        must("source_line", Int),
        may("load_id", Text),
    ],
    key: &[],
    is_loadable: false,
};

/// Every table but `loads`, in the order a load writes them.
pub static TABLES: &[&TableSpec] = &[
    &CUSTOMERS,
    &CUSTOMERS_BY_SOURCE,
    &DATED_CUSTOMERS,
    &ITEMS,
    &LISTED_ITEMS,
    &ITEM_LISTS,
    &ALLOCATIONS,
    &ALLOCATION_LINKS,
    &CLOSED_ITEMS,
    &UNSETTLED_ITEMS,
    &UNEVEN_ITEMS,
    &OPEN_CHANGES,
    &ITEM_DAYS,
    &ALLOCATION_DAYS,
    &INVOICE_DETAILS,
    &DISPUTES,
    &ACTIONS,
    &CONTACTS,
    &PAYER_PROCESSES,
    &INVOICE_EVENTS,
    &MESSAGES,
    &MESSAGE_ITEMS,
    &MESSAGE_EVENTS,
    &REMINDER_BLOCKS,
    &INSOLVENCY_NOTICES,
    &COMMENTS,
    &BANK_ENTRIES,
    &BANK_STATEMENTS,
    &CONTROL_BALANCES,
    &LEDGER_LINES,
    &CONTROL_MOVEMENTS,
    &FISCAL_YEARS,
    &OPENING_GAPS,
    &REJECTS,
];

/// The table of that name, `loads` included.
#[must_use]
pub fn table(name: &str) -> Option<&'static TableSpec> {
    TABLES.iter().copied().chain([&LOADS]).find(|table| table.name == name)
}
