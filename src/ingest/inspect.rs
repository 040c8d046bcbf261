//! What a file is and what loading it would give, without loading it.

use std::path::Path;

use super::encoding::TextForm;
use super::fec::{Fec, Written};
use super::open::{self, Opened};
use super::progress::Progress;
use super::tabular::{Tabular, plan};
use super::{BoxedError, ColumnFinding, IngestError, Inspection, ReadOptions, Reason, RejectSample, Sink};
use crate::model::rows::Cell;
use crate::model::{Rows, tables};

/// Refused lines shown.
const SAMPLES: usize = 20;

/// Looks into a file of any format. A header nobody knows is no error here: a mapping is proposed for it.
///
/// # Errors
/// As [`super::read`], but for [`IngestError::HeaderUnknown`] and [`IngestError::ColumnsMissing`] of tables.
pub fn inspect(path: &Path, options: &ReadOptions<'_>) -> Result<Inspection, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let byte_count = std::fs::metadata(path).map_err(failed)?.len();
    let progress = Progress::new(options.progress);
    let file_name = open::file_name(path);
    let mut sampler = Sampler::default();
    let inspection = match open::open(path, &file_name, options, &progress)? {
        Opened::Fec(fec) => {
            let report = fec.read(path, &file_name, options, &progress, &mut sampler)?;
            let text = matches!(fec.written, Written::Text(_)).then_some(fec.header.separator);
            Inspection {
                columns: fec_columns(&fec),
                missing_columns: if fec.written.is_xml() {
                    Vec::new()
                } else {
                    fec.header.spared().into_iter().map(str::to_owned).collect()
                },
                report: Some(report),
                ..described(file_name, byte_count, fec.format_code(), fec.written.form(), text)
            }
        }
        Opened::Bank(bank) => {
            let report = bank.read(path, &file_name, options, &progress, &mut sampler)?;
            Inspection {
                report: Some(report),
                ..described(file_name, byte_count, bank.format_code(), Some(bank.form), None)
            }
        }
        Opened::Tabular(mut table) => {
            let (form, separator) = (table.form, table.separator);
            match table.plan.clone() {
                Some(plan) => {
                    let report = table.read(path, &file_name, options, &progress, &mut sampler)?;
                    Inspection {
                        columns: plan.columns(),
                        missing_columns: plan.absent(),
                        report: Some(report),
                        ..described(file_name, byte_count, &plan.format_code, form, separator)
                    }
                }
                None => unknown(path, file_name, byte_count, &mut table, options, &mut sampler)?,
            }
        }
    };
    Ok(Inspection { first_rejects: sampler.samples, ..inspection })
}

/// A header nobody knows: what it comes near to, a mapping to start from, and what it would give where nothing is left to ask.
fn unknown(
    path: &Path,
    file_name: String,
    byte_count: u64,
    table: &mut Tabular,
    options: &ReadOptions<'_>,
    sampler: &mut Sampler,
) -> Result<Inspection, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let proposal = table.propose(path, options).map_err(failed)?;
    let columns = table.header.iter().map(|name| ColumnFinding { header: name.clone(), known_as: None }).collect();
    let (form, separator) = (table.form, table.separator);
    let missing_columns = plan::nearest(&table.header).map_or_else(Vec::new, |(_, missing)| missing);
    let silent = Progress::new(&|_| {});
    // what it would give is told beside it; a file that cannot be read by it is told when it is loaded
    let report = if proposal.is_clear() && missing_columns.is_empty() {
        table.read(path, &file_name, options, &silent, sampler).ok()
    } else {
        None
    };
    Ok(Inspection {
        columns,
        missing_columns,
        report,
        own_sums: proposal.own_sums.clone(),
        proposal: Some(proposal),
        ..described(file_name, byte_count, "unknown", form, separator)
    })
}

fn described(
    file_name: String,
    byte_count: u64,
    format_code: &str,
    form: Option<TextForm>,
    separator: Option<char>,
) -> Inspection {
    Inspection {
        file_name,
        byte_count,
        format_code: format_code.to_owned(),
        encoding_code: form.map_or("workbook", |form| form.encoding.code()),
        has_byte_order_mark: form.is_some_and(|form| form.mark_bytes > 0),
        line_end_code: form.filter(|_| separator.is_some()).map(|form| form.line_end.code()),
        separator,
        columns: Vec::new(),
        missing_columns: Vec::new(),
        report: None,
        first_rejects: Vec::new(),
        proposal: None,
        own_sums: Vec::new(),
    }
}

fn fec_columns(fec: &Fec) -> Vec<ColumnFinding> {
    let known_as = |place: usize| fec.header.field_at(place).map(|field| field.name().to_owned());
    let names = fec.header.names.iter().enumerate();
    names.map(|(place, name)| ColumnFinding { header: name.clone(), known_as: known_as(place) }).collect()
}

/// Keeps the first refused lines, and nothing else.
#[derive(Default)]
struct Sampler {
    samples: Vec<RejectSample>,
}

impl Sink for Sampler {
    fn restart(&mut self) -> Result<(), BoxedError> {
        self.samples.clear();
        Ok(())
    }

    fn rows(&mut self, rows: Rows) -> Result<(), BoxedError> {
        if !std::ptr::eq(rows.table, &raw const tables::REJECTS) {
            return Ok(());
        }
        let text = |row: usize, name: &str| match rows.table.position(name).map(|column| rows.cell(row, column)) {
            Some(Cell::Text(text)) => text,
            Some(Cell::Int(number)) => number.to_string(),
            _ => String::new(),
        };
        for row in 0..rows.len().min(SAMPLES.saturating_sub(self.samples.len())) {
            let Some(reason) = Reason::parse(&text(row, "reason_code")) else { continue };
            self.samples.push(RejectSample {
                line: text(row, "source_line").parse().unwrap_or(0),
                reason,
                found: text(row, "found"),
                text: text(row, "text"),
            });
        }
        Ok(())
    }
}
