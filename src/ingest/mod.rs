//! From files to rows of the canonical tables.
//!
//! In: a ledger (FEC, as text, XML or workbook), bank statements (ISO 20022, SWIFT, CFONB), a table (CSV, JSON lines, workbook) with our own columns, one that a mapping makes
//! ours, or one for which a mapping is proposed; alone or in a ZIP.
//! Out: batches of [`Rows`] handed to a [`Sink`], and a [`SourceReport`]. Refused: each line that cannot be read is
//! a row of `rejects` with its [`Reason`], so that lines in = lines accepted + lines rejected; a file that cannot be
//! read at all is an [`IngestError`] with a hint. Files are streamed, never held whole (workbooks excepted).

mod amount;
pub mod archive;
mod bank;
mod cells;
mod dates;
mod encoding;
mod error;
mod fec;
mod fields;
mod inspect;
mod lines;
mod markup;
mod names;
mod open;
mod outcome;
mod output;
mod progress;
mod reason;
mod reference;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a shipped table that cannot be read must stop the tests")]
mod samples;
pub mod staging;
mod tabular;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot prepare its files must stop")]
mod tests;
mod unreadable;

use std::path::Path;

pub use self::amount::Decimal;
pub use self::dates::DateOrder;
pub use self::encoding::Encoding;
pub use self::error::{BoxedError, IngestError};
pub use self::inspect::inspect;
pub use self::open::regular_file;
pub use self::outcome::{ColumnFinding, CurrencySum, FiscalYear, Inspection, Note, RejectSample, SourceReport};
pub use self::reason::Reason;
pub use self::reference::{
    AccountRoles, ActionCodes, CounterpartClasses, Currencies, OpeningJournals, Role, RoleTerms, WrittenForms,
};
pub use self::tabular::mapping::Mapping;
pub use self::tabular::propose::Proposal;
pub use self::tabular::propose::names::ColumnNames;
pub use self::unreadable::NoTable;
use crate::model::expressions::Expressions;
use crate::model::{AgreedTerms, Date, Rows, YearEnd};

/// Takes rows, batch by batch.
pub trait Sink {
    /// Takes a batch of at most 32 768 rows of one table.
    ///
    /// # Errors
    /// When it cannot; the file is then given up.
    fn rows(&mut self, rows: Rows) -> Result<(), BoxedError>;

    /// Throws away all it took: the file is read anew in another way.
    ///
    /// # Errors
    /// When it cannot; the file is then given up.
    fn restart(&mut self) -> Result<(), BoxedError>;
}

/// What the reading of a file needs to know beside the file.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The company, when the user names it; over the SIREN in the name of a FEC.
    pub company_id: Option<&'a str>,
    /// The company of rows that name none, when the user does not either.
    pub default_company_id: &'a str,
    /// The currency of items that name none, and of `base_amount`.
    pub base_currency: Option<&'a str>,
    /// The encoding, over what the bytes say.
    pub encoding: Option<Encoding>,
    /// The order of days and months, over what the dates say. A FEC is always day first.
    pub date_order: Option<DateOrder>,
    /// The decimal mark, over what the amounts say. A FEC has its own.
    pub decimal: Option<Decimal>,
    /// The mapping the user asks for; the file is then no FEC and no plain table.
    pub mapping: Option<&'a Mapping>,
    /// The mappings that may select themselves by the header.
    pub mappings: &'a [Mapping],
    /// The terms of items without due date.
    pub default_terms: &'a AgreedTerms,
    /// The day on which the company usually closes its books, for ledgers whose name does not tell.
    pub usual_year_end: Option<YearEnd>,
    /// Roles of accounts.
    pub roles: &'a AccountRoles,
    /// Classes of counterparts.
    pub classes: &'a CounterpartClasses,
    /// Journals of opening entries.
    pub opening_journals: &'a OpeningJournals,
    /// Currencies known.
    pub currencies: &'a Currencies,
    /// How tables write what can be written in several ways.
    pub written_forms: WrittenForms,
    /// What headers that nobody knows may mean.
    pub column_names: &'a ColumnNames,
    /// Evaluates the SQL of mappings.
    pub expressions: &'a dyn Expressions,
    /// Results and reasons of actions known.
    pub action_codes: &'a ActionCodes,
    /// The day of a list of open items or of an aged balance, over what the file says.
    pub list_day: Option<Date>,
    /// Whether the user says that no file is a list of what is open on a day.
    pub is_no_list: bool,
    /// Whether the user takes bank statements whose balances do not prove their entries.
    pub are_totals_accepted: bool,
    /// Hears how many bytes are done, up to the size of the file.
    pub progress: &'a dyn Fn(u64),
}

/// Reads a file of any known format into `sink`.
///
/// # Errors
/// As [`IngestError`] lists; rows handed over before an error are to be thrown away.
pub fn read(path: &Path, options: &ReadOptions<'_>, sink: &mut dyn Sink) -> Result<SourceReport, IngestError> {
    let progress = progress::Progress::new(options.progress);
    let file_name = open::file_name(path);
    match open::open(path, &file_name, options, &progress)? {
        open::Opened::Fec(fec) => fec.read(path, &file_name, options, &progress, sink),
        open::Opened::Bank(bank) => bank.read(path, &file_name, options, &progress, sink),
        open::Opened::Tabular(mut table) => table.read(path, &file_name, options, &progress, sink),
    }
}
