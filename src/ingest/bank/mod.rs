//! Bank statements: what came and went on the company's accounts.
//!
//! In: messages of ISO 20022 (camt.052, 053, 054), of SWIFT (MT940) and of the French banks (CFONB 120).
//! Out: `bank_entries`, `bank_statements`, `rejects`. Refused: single entries with a reason; the file when the balances of a
//! statement do not prove its entries, unless the user accepts that, and when its version is not known.

mod camt;
mod cfonb;
mod iban;
mod mt940;
mod statement;

use std::path::Path;

use self::statement::Statements;
use super::encoding::TextForm;
use super::progress::Progress;
use super::{IngestError, ReadOptions, Sink, SourceReport};

/// A file of statements.
pub struct Bank {
    /// How its text is written.
    pub form: TextForm,
    format: Format,
}

/// The form of its messages.
enum Format {
    /// The name of the message, with its version.
    Camt(String),
    Mt940,
    Cfonb120,
}

impl Bank {
    /// Tells by the first line whether a file holds statements.
    ///
    /// # Errors
    /// [`IngestError::StatementVersion`], [`IngestError::File`].
    pub fn open(path: &Path, file: &str, form: TextForm, first: &str) -> Result<Option<Self>, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let format = if first.trim_start().starts_with('<') {
            camt::message(path, file, form)?.map(Format::Camt)
        } else if mt940::begins(path, form).map_err(failed)? {
            Some(Format::Mt940)
        } else if cfonb::begins(first) {
            Some(Format::Cfonb120)
        } else {
            None
        };
        Ok(format.map(|format| Self { form, format }))
    }

    /// The name of the form.
    #[must_use]
    pub fn format_code(&self) -> &str {
        match &self.format {
            Format::Camt(name) => name,
            Format::Mt940 => "mt940",
            Format::Cfonb120 => "cfonb120",
        }
    }

    /// Reads the whole file.
    ///
    /// # Errors
    /// [`IngestError::StatementUnproven`], [`IngestError::NoLine`], [`IngestError::File`], [`IngestError::Sink`].
    pub fn read(
        &self,
        path: &Path,
        file_name: &str,
        options: &ReadOptions<'_>,
        progress: &Progress<'_>,
        sink: &mut dyn Sink,
    ) -> Result<SourceReport, IngestError> {
        let company_id = options.company_id.unwrap_or(options.default_company_id).to_owned();
        let source_key = format!("{company_id}/{file_name}");
        let mut statements = Statements::new(sink, options, &source_key, file_name);
        let on_read = progress.pass(9);
        match &self.format {
            Format::Camt(_) => camt::read(path, self.form, on_read, &mut statements)?,
            Format::Mt940 => mt940::read(path, self.form, on_read, &mut statements)?,
            Format::Cfonb120 => cfonb::read(path, self.form, on_read, &mut statements)?,
        }
        let accepted_count = statements.accepted_count;
        let counts = statements.finish()?;
        if accepted_count + counts.rejected == 0 && !counts.tables.contains_key("bank_statements") {
            return Err(IngestError::NoLine { file: file_name.to_owned() });
        }
        Ok(SourceReport {
            source_key,
            company_id,
            file_name: file_name.to_owned(),
            format_code: self.format_code().to_owned(),
            encoding_code: self.form.encoding.code(),
            line_count: accepted_count + counts.rejected,
            accepted_count,
            rejected_count: counts.rejected,
            receivable_count: 0,
            // what is in the bank is no part of what customers owe: its balances prove it
            debit_total: 0,
            credit_total: 0,
            sums: Vec::new(),
            fiscal_year: None,
            tables: counts.tables,
            reject_counts: counts.rejected_by_reason,
            notes: counts.notes,
            absent_columns: Vec::new(),
            proposal: None,
        })
    }
}
