//! What reading a file gave beside its rows: counts, totals, the fiscal year, assumptions and doubts.

use std::collections::BTreeMap;

use super::Reason;
use super::tabular::propose::Proposal;
use crate::model::Date;

/// The fiscal year a FEC holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiscalYear {
    /// Its first day.
    pub year_start: Date,
    /// Its last day, the closing date.
    pub year_end: Date,
    /// Whether the file holds entries of an opening journal.
    pub has_openings: bool,
    /// Whether the closing date is the one in the file's name (else the lines' dates give it).
    pub is_named: bool,
}

/// An assumption made or a doubt about accepted lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Stable code, `snake_case`.
    pub code: &'static str,
    /// How many lines it concerns; 0 for the file as a whole.
    pub line_count: u64,
    /// What they sum to, in thousandths, distance from zero; `None` where amounts say nothing.
    pub amount: Option<i128>,
    /// A sentence.
    pub text: String,
}

/// What amounts of one currency come to, in thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencySum {
    /// The currency; empty for the one the books are kept in.
    pub currency_code: String,
    /// Σ of amounts owed to us.
    pub debit: i128,
    /// Σ of amounts that lower it, without sign.
    pub credit: i128,
}

impl CurrencySum {
    /// Adds to the sum of a currency, which is among `sums` or becomes the last of them.
    pub fn add(sums: &mut Vec<Self>, currency_code: &str, debit: i128, credit: i128) {
        match sums.iter_mut().find(|sum| sum.currency_code == currency_code) {
            Some(sum) => (sum.debit, sum.credit) = (sum.debit + debit, sum.credit + credit),
            None => sums.push(Self { currency_code: currency_code.to_owned(), debit, credit }),
        }
    }
}

/// What one file gave.
#[derive(Clone, Debug)]
pub struct SourceReport {
    /// Who the source is across loads: `<company>/<closing date>` for a FEC, else `<company>/<file name>`.
    pub source_key: String,
    /// The company of a FEC, or the one that rows without company were given.
    pub company_id: String,
    /// The file's name without its folder.
    pub file_name: String,
    /// `fec`, `fec_xml`, a table's name, or `mapping:<name>`.
    pub format_code: String,
    /// The encoding's code; `workbook` for XLSX.
    pub encoding_code: &'static str,
    /// Data lines read: accepted and rejected. Header and blank lines are not counted.
    pub line_count: u64,
    /// Lines taken.
    pub accepted_count: u64,
    /// Lines refused.
    pub rejected_count: u64,
    /// Accepted lines of the perimeter (FEC), or item rows written.
    pub receivable_count: u64,
    /// FEC: Σ debit of all accepted lines. Items: Σ of amounts owed to us. Hundredths.
    pub debit_total: i128,
    /// FEC: Σ credit of all accepted lines. Items: Σ of amounts that lower it, without sign. Hundredths.
    pub credit_total: i128,
    /// The same by currency, where the file bears several.
    pub sums: Vec<CurrencySum>,
    /// The fiscal year, for a FEC.
    pub fiscal_year: Option<FiscalYear>,
    /// How many rows each table got, `rejects` among them.
    pub tables: BTreeMap<&'static str, u64>,
    /// How many lines were refused, by reason.
    pub reject_counts: BTreeMap<Reason, u64>,
    /// Assumptions and doubts, by code.
    pub notes: Vec<Note>,
    /// Columns of its table that the file does not have: it says nothing of them.
    pub absent_columns: Vec<String>,
    /// For a header that nobody knew: the mapping it was read by, and which column was taken for what.
    pub proposal: Option<Proposal>,
}

/// A column of the header, and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnFinding {
    /// The name in the file.
    pub header: String,
    /// The FEC field or canonical column it is; `None` where nobody knows it.
    pub known_as: Option<String>,
}

/// A refused line, to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectSample {
    /// Where it stands in the file.
    pub line: u64,
    /// Why it was refused.
    pub reason: Reason,
    /// The value that could not be taken.
    pub found: String,
    /// The line.
    pub text: String,
}

/// What a file is, without loading it.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The file's name without its folder.
    pub file_name: String,
    /// Its size.
    pub byte_count: u64,
    /// As [`SourceReport::format_code`]; `unknown` where no format knows the header.
    pub format_code: String,
    /// The encoding's code; `workbook` for XLSX.
    pub encoding_code: &'static str,
    /// Whether a byte order mark stands before the text.
    pub has_byte_order_mark: bool,
    /// `lf`, `crlf`, `cr`, `crcrlf`; `None` for XLSX and XML.
    pub line_end_code: Option<&'static str>,
    /// The mark between fields; `None` for XLSX and XML.
    pub separator: Option<char>,
    /// The header, column by column.
    pub columns: Vec<ColumnFinding>,
    /// Columns the format knows and the file has not.
    pub missing_columns: Vec<String>,
    /// What loading it would give; `None` where no format knows the header.
    pub report: Option<SourceReport>,
    /// The first refused lines.
    pub first_rejects: Vec<RejectSample>,
    /// For a header nobody knows: a mapping to start from.
    pub proposal: Option<Proposal>,
    /// What the last row that sums others holds, cell by cell under their headers.
    pub own_sums: Vec<(String, String)>,
}
