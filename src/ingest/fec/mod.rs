//! Fichiers des écritures comptables: one fiscal year of a whole ledger, as text, as XML or saved as a workbook.
//!
//! In: a file whose header is a FEC's. Out: `ledger_lines`, `control_movements`, `rejects`, the fiscal year.
//! Refused: single lines with a reason; the file when a vital column is missing or no line has a date.

pub mod control;
pub mod fiscal_year;
pub mod header;
pub mod journal;
mod likely;
pub mod line;
pub mod sheet;
pub mod survey;
pub mod xml;

use std::path::Path;

use self::control::Control;
use self::fiscal_year::NamedYear;
use self::header::{Field, Header};
use self::journal::{Forms, LawfulLines};
use self::likely::LikelyAccounts;
use self::line::{LineReader, Setting};
use self::survey::{EntryNumbers, Facts};
use super::encoding::TextForm;
use super::fields::Fields;
use super::lines::{LineSource, Lines};
use super::output::Output;
use super::progress::Progress;
use super::{FiscalYear, IngestError, ReadOptions, Sink, SourceReport};
use crate::model::money::money_text;
use crate::model::rows::Cell;
use crate::model::{Date, tables};

/// How a FEC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Fields between separators.
    Text(TextForm),
    /// The form in XML.
    Xml(TextForm),
    /// Saved as a workbook.
    Workbook,
}

impl Written {
    /// How its text is written; `None` for a workbook.
    #[must_use]
    pub const fn form(self) -> Option<TextForm> {
        match self {
            Self::Text(form) | Self::Xml(form) => Some(form),
            Self::Workbook => None,
        }
    }

    /// Whether it is the form in XML.
    #[must_use]
    pub const fn is_xml(self) -> bool {
        matches!(self, Self::Xml(_))
    }
}

/// A FEC, opened as far as its header.
pub struct Fec {
    /// Its columns.
    pub header: Header,
    /// How the file is written.
    pub written: Written,
    /// Lines that stand above the header: titles.
    pub lines_above: usize,
    /// The closing date that the form in XML states.
    pub closing_date: Option<Date>,
}

/// How its lines are to be read.
struct Reading<'a> {
    path: &'a Path,
    file_name: &'a str,
    /// How a journal writes dates and amounts; none where the law says it.
    forms: Option<Forms>,
}

impl Fec {
    /// `fec`, `fec_xml`, or `journal` for a ledger under other headers than the law's.
    #[must_use]
    pub const fn format_code(&self) -> &'static str {
        match self.written {
            Written::Xml(_) => "fec_xml",
            _ if self.header.is_lawful => "fec",
            _ => "journal",
        }
    }

    /// The lines below the header.
    fn lines<'a>(
        &self,
        reading: &Reading<'_>,
        progress: &'a Progress<'a>,
        share: u64,
    ) -> Result<Box<dyn LineSource + 'a>, IngestError> {
        let (path, file) = (reading.path, reading.file_name);
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let on_read = progress.pass(share);
        let mut lines: Box<dyn LineSource + 'a> = match self.written {
            Written::Xml(form) => return Ok(Box::new(xml::XmlLines::open(path, form, on_read).map_err(failed)?)),
            Written::Text(form) => Box::new(Lines::open(path, form, on_read).map_err(failed)?),
            Written::Workbook => Box::new(sheet::SheetLines::open(path, file)?),
        };
        for _ in 0..=self.lines_above {
            lines.next_line().map_err(failed)?;
        }
        Ok(match reading.forms {
            Some(forms) => Box::new(LawfulLines::new(lines, self.header.clone(), forms)),
            None => lines,
        })
    }

    /// Reads the whole file.
    ///
    /// # Errors
    /// [`IngestError::NoLine`], [`IngestError::File`], [`IngestError::Sink`].
    pub fn read(
        &self,
        path: &Path,
        file_name: &str,
        options: &ReadOptions<'_>,
        progress: &Progress<'_>,
        sink: &mut dyn Sink,
    ) -> Result<SourceReport, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let mut reading = Reading { path, file_name, forms: None };
        if !self.header.is_lawful {
            let mut lines = self.lines(&reading, progress, 1)?;
            reading.forms = Some(Forms::shown(lines.as_mut(), &self.header, options, file_name, failed)?);
        }
        let mut lines = self.lines(&reading, progress, if self.header.is_lawful { 3 } else { 2 })?;
        let facts = survey::survey(lines.as_mut(), &self.header, options.opening_journals).map_err(failed)?;
        drop(lines);
        let named = NamedYear::read(file_name);
        let closing = self.closing_date.or(named.year_end);
        let found = fiscal_year::find(closing, options.usual_year_end, &facts.days).filter(|_| facts.line_count > 0);
        let Some(found) = found else {
            return Err(if facts.line_count == 0 {
                IngestError::NoLine { file: file_name.to_owned() }
            } else {
                IngestError::NoDate { file: file_name.to_owned() }
            });
        };
        let year = found.year;
        let company_id = options.company_id.or(named.siren.as_deref()).unwrap_or(options.default_company_id);
        let source_key = format!("{company_id}/{}", year.year_end);
        let mut output = Output::new(sink, company_id, &source_key, file_name);
        self.note_assumptions(&mut output, &facts, year, found.contradicted);
        if options.company_id.is_none() && named.siren.is_none() {
            output.note_file(
                "company_assumed",
                format!("the file's name holds no SIREN: the company is taken for `{company_id}`"),
            );
        }

        let decimals = options.currencies.decimals(options.base_currency);
        let mut reader = LineReader::new(Setting {
            header: &self.header,
            usual_width: facts.usual_width,
            entry_numbers: facts.entry_numbers,
            company_id,
            file_name,
            year_end: year.year_end,
            roles: options.roles,
            classes: options.classes,
            currencies: options.currencies,
            decimals,
            opening_journals: options.opening_journals,
        });
        let mut control = Control::new(&self.header, options.roles, year.year_end, decimals);
        let mut totals = Totals::default();
        let mut likely = LikelyAccounts::default();
        let mut fields = Fields::default();
        let mut lines = self.lines(&reading, progress, 6)?;
        while let Some(line) = lines.next_line().map_err(failed)? {
            fields.split(line.text, self.header.separator, self.header.width);
            if fields.is_blank() {
                continue;
            }
            control.line(line.text);
            match reader.read(&line, &fields) {
                Ok(read) => {
                    totals.add(&read, &mut output);
                    if totals.receivable_count == 0 {
                        likely.add(
                            self.header.get(&fields, Field::CompteNum),
                            self.header.get(&fields, Field::CompAuxNum),
                            read.debit,
                        );
                    }
                    output.push(&tables::LEDGER_LINES, read.cells)?;
                }
                Err(refusal) => output.reject(line.number, refusal, line.text)?,
            }
        }
        self.prove(&totals, file_name)?;
        if let Some(count) = reading.forms.map(|forms| forms.left_out_count).filter(|count| *count > 0) {
            let text = "lines that are no entries: drafts, analytic lines, sums and titles between lines, left out";
            output.note_many("no_entries_left_out", count, None, text);
        }
        if let Some(told) = likely.told(file_name).filter(|_| totals.receivable_count == 0) {
            output.note_file("receivables_none", told);
        }
        write_movements(control, company_id, year.year_end, &mut output)?;
        let counts = output.finish()?;
        Ok(SourceReport {
            absent_columns: Vec::new(),
            proposal: None,
            company_id: company_id.to_owned(),
            source_key,
            file_name: file_name.to_owned(),
            format_code: self.format_code().to_owned(),
            encoding_code: self.written.form().map_or("workbook", |form| form.encoding.code()),
            line_count: totals.accepted_count + counts.rejected,
            accepted_count: totals.accepted_count,
            rejected_count: counts.rejected,
            receivable_count: totals.receivable_count,
            debit_total: totals.debit,
            credit_total: totals.credit,
            sums: Vec::new(),
            fiscal_year: Some(year),
            tables: counts.tables,
            reject_counts: counts.rejected_by_reason,
            notes: counts.notes,
        })
    }

    /// A ledger under other headers may not be what it was taken for: its lines prove it.
    fn prove(&self, totals: &Totals, file_name: &str) -> Result<(), IngestError> {
        if self.header.is_lawful || totals.debit == totals.credit {
            return Ok(());
        }
        Err(IngestError::JournalUnbalanced {
            file: file_name.to_owned(),
            taken: self.header.taken(),
            debit: money_text(totals.debit, 2),
            credit: money_text(totals.credit, 2),
        })
    }

    /// What had to be assumed of the file as a whole.
    fn note_assumptions(&self, output: &mut Output<'_>, facts: &Facts, year: FiscalYear, contradicted: Option<Date>) {
        let end = year.year_end;
        if let Some(named) = contradicted {
            let text =
                format!("the name says the year closes on {named}, most lines are elsewhere: taken to close on {end}");
            output.note_file("closing_date_disagrees", text);
        } else if !year.is_named {
            output.note_file(
                "closing_date_derived",
                format!("the year is taken to close on {end}, from the dates of its lines"),
            );
        }
        let is_text = !self.written.is_xml() && self.header.is_lawful;
        let spared = if is_text { self.header.spared() } else { Vec::new() };
        if !self.header.is_lawful {
            let text = format!("a ledger under other headers than those of a FEC: {} are taken", self.header.taken());
            output.note_file("columns_renamed", text);
        }
        if !spared.is_empty() {
            output.note_file(
                "columns_missing",
                format!("columns the law wants and the file has not: {}", spared.join(", ")),
            );
        }
        let unknown = self.header.unknown();
        if !unknown.is_empty() {
            output.note_file("columns_unknown", format!("columns nobody knows, left out: {}", unknown.join(", ")));
        }
        if facts.entry_numbers == EntryNumbers::Constant {
            let text = "entry numbers tell no entry from another: journal, date and piece make the entry";
            output.note_file("entries_by_piece", text.to_owned());
        }
    }
}

/// What each control account moved by, day by day.
fn write_movements(
    control: Control<'_>,
    company_id: &str,
    year_end: Date,
    output: &mut Output<'_>,
) -> Result<(), IngestError> {
    for movement in control.movements() {
        let cells = vec![
            Cell::text(company_id),
            Cell::Date(year_end),
            Cell::text(movement.account),
            Cell::text(movement.customer_id),
            Cell::Date(movement.day),
            Cell::Money(movement.debit),
            Cell::Money(movement.credit),
            Cell::Empty,
        ];
        output.push(&tables::CONTROL_MOVEMENTS, cells)?;
    }
    Ok(())
}

/// The sums of accepted lines.
#[derive(Default)]
struct Totals {
    accepted_count: u64,
    receivable_count: u64,
    debit: i128,
    credit: i128,
}

impl Totals {
    fn add(&mut self, line: &line::LedgerLine, output: &mut Output<'_>) {
        self.accepted_count += 1;
        self.receivable_count += u64::from(line.is_perimeter);
        self.debit += line.debit.wide();
        self.credit += line.credit.wide();
        if !line.debit.is_zero() && !line.credit.is_zero() {
            let amount = line.debit.wide() - line.credit.wide();
            output.note("both_sides", Some(amount), "lines with a debit and a credit: their amount is the difference");
        }
        if line.is_currency_lost {
            output.note(
                "currency_unreadable",
                None,
                "lines whose foreign currency or its amount cannot be read: left out, no sum uses it",
            );
        }
    }
}
