//! Receivables of any size, day after day: what a large lake is measured with.
//!
//! In: how many items, a seed. Out, through a [`Sink`], in the order of the days: customers, items, allocations,
//! disputes. Same seed, same rows, on every machine; nothing is held but what is not settled yet.
//!
//! A few large customers get most invoices, and pay many of them with one receipt on their payment days; the others pay
//! each invoice, one in twelve in two parts. Some invoices are credited in part, disputed, or never paid; some receipts
//! wait for their invoice. The company works from Monday to Friday, and invoices most in the last days of a month.

mod csv;
mod customers;
mod fec;
mod run;
pub mod tables;

use std::fmt;
use std::path::{Path, PathBuf};

pub use csv::CsvFiles;
pub use customers::customer_id;
pub use fec::FecFiles;
pub use run::generate;

use crate::model::{Date, ItemKind};

/// Lines that one lettered group of a ledger has at most.
pub const GROUP_LINES: u32 = 500;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeOptions {
    /// Decides everything but the size.
    pub seed: u64,
    /// How many items: invoices, receipts, credit notes.
    pub item_count: u64,
    /// Whether the books end with the third year instead, with about so many items.
    pub is_of_whole_years: bool,
    /// Days of work to add behind them, each handed over apart.
    pub more_days: u16,
}

/// The first day of the books.
#[must_use]
pub fn first_day() -> Date {
    Date::from_ymd_opt(2022, 1, 1).unwrap_or_default()
}

/// The last day of the third year.
#[must_use]
pub fn last_year_end() -> Date {
    Date::from_ymd_opt(2024, 12, 31).unwrap_or_default()
}

/// Where the files of an added day go.
#[must_use]
pub fn day_folder(folder: &Path, number: u16) -> PathBuf {
    folder.join(format!("day-{number:02}"))
}

/// An item's identifier: `F12`, `R7`, `A3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemId {
    /// Its kind.
    pub kind: ItemKind,
    /// Counted from 1 within the kind.
    pub number: u64,
}

impl fmt::Display for ItemId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.kind {
            ItemKind::Receipt => 'R',
            ItemKind::CreditNote => 'A',
            _ => 'F',
        };
        write!(out, "{letter}{}", self.number)
    }
}

/// A posting on a customer's account.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its identifier.
    pub id: ItemId,
    /// The position of the customer.
    pub customer: u32,
    /// The day of document and posting.
    pub day: Date,
    /// Where it has one.
    pub due: Option<Date>,
    /// In hundredths; + owed to us.
    pub amount: i64,
    /// The lettered group it will belong to, and the day on which that is complete.
    pub group: Option<(u64, Date)>,
}

/// A part of a credit item set against an invoice.
#[derive(Clone, Copy, Debug)]
pub struct Allocation {
    /// The invoice.
    pub debit: ItemId,
    /// What lowers it.
    pub credit: ItemId,
    /// When.
    pub day: Date,
    /// In hundredths.
    pub amount: i64,
}

/// A dispute about an invoice.
#[derive(Clone, Copy, Debug)]
pub struct Dispute {
    /// The invoice.
    pub invoice: ItemId,
    /// A code of `reasons.csv`.
    pub reason_code: &'static str,
    /// When it was opened.
    pub opened: Date,
    /// When it was solved.
    pub closed: Date,
    /// In hundredths.
    pub amount: i64,
}

/// A customer, as `customers.csv` has it.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its identifier, `C000001`.
    pub id: String,
    /// An invented name.
    pub name: String,
    /// Net days.
    pub terms_days: i64,
    /// Two letters.
    pub country_code: &'static str,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VolumeReport {
    /// Customers.
    pub customer_count: u64,
    /// Invoices.
    pub invoice_count: u64,
    /// Receipts.
    pub receipt_count: u64,
    /// Credit notes.
    pub credit_note_count: u64,
    /// Allocations.
    pub allocation_count: u64,
    /// Disputes.
    pub dispute_count: u64,
    /// The last day of the books, without those added.
    pub last_day: Date,
}

/// Takes what is made. An error stops the work.
pub trait Sink {
    /// What can go wrong.
    type Error;
    /// A customer; all come first, in the order of their positions.
    ///
    /// # Errors
    /// When it cannot be written.
    fn customer(&mut self, customer: &Customer) -> Result<(), Self::Error>;
    /// A posting.
    ///
    /// # Errors
    /// When it cannot be written.
    fn item(&mut self, item: &Item) -> Result<(), Self::Error>;
    /// An allocation; both its items came before.
    ///
    /// # Errors
    /// When it cannot be written.
    fn allocation(&mut self, allocation: &Allocation) -> Result<(), Self::Error>;
    /// A dispute; its invoice came before.
    ///
    /// # Errors
    /// When it cannot be written.
    fn dispute(&mut self, dispute: &Dispute) -> Result<(), Self::Error>;
    /// All that was asked for is made: what comes next is added day `number`, from 1.
    ///
    /// # Errors
    /// When files cannot be opened or closed.
    fn next_day(&mut self, number: u16) -> Result<(), Self::Error>;
}
