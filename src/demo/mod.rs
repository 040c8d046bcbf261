//! A seeded generator of a plausible company with planted causes: same seed, same bytes, on every machine.
//!
//! In: a seed and a size. Out: one FEC a fiscal year (or one continuous ledger), `customers.csv`,
//! `contacts.csv`, `disputes.csv`, `actions.csv`, and the truth that was planted in them; beside the company of the
//! ledgers a sister that is known by lists (`sister`).
//! Refused: sizes too small to hold every behaviour, a last year that does not end on 31 December.
//!
//! The company is invented: a maker of pumps, valves and filters, whose SIREN fails its own check digit and so
//! belongs to nobody. Its three yearly files chain: read together they say, item by item and at every day, what
//! the continuous ledger says (`chain`). The second year opens with one line an open item, the third with one
//! line an account and customer.
//!
//! Beside it, receivables of any size to measure with ([`volume`]).

mod accounts;
mod books;
mod business;
mod chain;
mod company;
mod customers;
mod dice;
mod error;
mod fec;
pub mod habits;
mod invoices;
mod letters;
mod messages;
mod outreach;
mod parameters;
mod portals;
mod settlement;
mod sister;
mod tables;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a company that cannot be made must stop the test")]
mod tests;
mod truth;
pub mod volume;
mod years;

pub use customers::Trait;
pub use error::DemoError;
pub use parameters::Behaviour;
pub use truth::{DemoFile, DemoReport, PlantedCause, PlantedPayer, planted_markdown};

use crate::model::Date;
use company::Company;
use std::path::Path;

/// The SIREN of the company. Its Luhn digit is wrong on purpose: no register can hold it.
pub const SIREN: &str = "999999997";

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// Decides everything but the sizes.
    pub seed: u64,
    /// How many customers, at least 60.
    pub customer_count: usize,
    /// About how many invoices over the three years, at least 10 a customer.
    pub invoice_count: usize,
    /// The last day of the third fiscal year, a 31 December.
    pub last_year_end: Date,
}

impl Default for DemoOptions {
    fn default() -> Self {
        let last_year_end = Date::from_ymd_opt(2025, 12, 31).unwrap_or_default();
        Self { seed: 42, customer_count: 400, invoice_count: 12_000, last_year_end }
    }
}

/// Writes the company into `folder` (made if missing): three yearly FEC and the CSV files beside them.
///
/// # Errors
/// [`DemoError::Options`] when the company cannot be that small, that large or end on that day;
/// [`DemoError::Write`] when the folder cannot be written to.
pub fn write(options: &DemoOptions, folder: &Path) -> Result<DemoReport, DemoError> {
    let company = Company::make(options)?;
    company.save(&company.yearly_files(), folder)
}

/// Writes the same company as one ledger of three years without intermediate openings, and the same CSV files.
///
/// # Errors
/// As [`write`].
pub fn write_continuous(options: &DemoOptions, folder: &Path) -> Result<DemoReport, DemoError> {
    let company = Company::make(options)?;
    company.save(&company.continuous_files(), folder)
}
