//! Rows on their way out: batches a table, refused lines, counts and notes.

use std::collections::BTreeMap;

use super::reason::{Refusal, shortened};
use super::{IngestError, Note, Reason, Sink};
use crate::model::rows::Cell;
use crate::model::{Rows, TableSpec, tables};

/// Rows in one batch: few enough to stay in the processor's cache until the sink has them.
const BATCH_ROWS: usize = 8_192;
/// Characters kept of a refused line.
const REJECT_TEXT: usize = 500;

/// Collects what one file gives.
pub struct Output<'a> {
    sink: &'a mut dyn Sink,
    batches: Vec<Rows>,
    table_counts: BTreeMap<&'static str, u64>,
    reject_counts: BTreeMap<Reason, u64>,
    rejected_count: u64,
    company_id: String,
    source_key: String,
    file_name: String,
    notes: BTreeMap<&'static str, Note>,
}

impl<'a> Output<'a> {
    /// For the rows of one source.
    pub fn new(sink: &'a mut dyn Sink, company_id: &str, source_key: &str, file_name: &str) -> Self {
        Self {
            sink,
            batches: Vec::new(),
            table_counts: BTreeMap::new(),
            reject_counts: BTreeMap::new(),
            rejected_count: 0,
            company_id: company_id.to_owned(),
            source_key: source_key.to_owned(),
            file_name: file_name.to_owned(),
            notes: BTreeMap::new(),
        }
    }

    /// One row: one cell a column of the table.
    pub fn push(&mut self, table: &'static TableSpec, cells: Vec<Cell>) -> Result<(), IngestError> {
        let place = self.batches.iter().position(|batch| std::ptr::eq(batch.table, table));
        let place = place.unwrap_or_else(|| {
            self.batches.push(Rows::new(table));
            self.batches.len() - 1
        });
        self.batches[place].push(cells);
        if self.batches[place].len() >= BATCH_ROWS {
            let full = std::mem::replace(&mut self.batches[place], Rows::new(table));
            self.hand_over(full)?;
        }
        Ok(())
    }

    /// Throws away rows, counts and notes of lines: the file is read anew in another way.
    pub fn restart(&mut self) -> Result<(), IngestError> {
        self.batches.clear();
        self.table_counts.clear();
        self.reject_counts.clear();
        self.rejected_count = 0;
        self.notes.retain(|_, note| note.line_count == 0);
        self.sink.restart().map_err(|source| IngestError::Sink { source })
    }

    /// Rows that make a batch of their own.
    pub fn push_rows(&mut self, rows: Rows) -> Result<(), IngestError> {
        if rows.is_empty() { Ok(()) } else { self.hand_over(rows) }
    }

    /// One refused line.
    pub fn reject(&mut self, line: u64, refusal: Refusal, text: &str) -> Result<(), IngestError> {
        *self.reject_counts.entry(refusal.reason).or_default() += 1;
        self.rejected_count += 1;
        let cells = vec![
            Cell::text(self.company_id.as_str()),
            Cell::text(self.source_key.as_str()),
            Cell::text(self.file_name.as_str()),
            Cell::Int(i64::try_from(line).unwrap_or(i64::MAX)),
            Cell::text(refusal.reason.code()),
            Cell::text(refusal.found),
            Cell::text(shortened(text, REJECT_TEXT)),
            Cell::Empty,
        ];
        self.push(&tables::REJECTS, cells)
    }

    /// One more line that a note concerns; `text` is used the first time.
    pub fn note(&mut self, code: &'static str, amount: Option<i128>, text: &str) {
        self.note_many(code, 1, amount.map(i128::abs), text);
    }

    /// So many more lines that a note concerns, and the sum of their amounts without sign.
    pub fn note_many(&mut self, code: &'static str, line_count: u64, amount: Option<i128>, text: &str) {
        let note =
            self.notes.entry(code).or_insert_with(|| Note { code, line_count: 0, amount: None, text: text.to_owned() });
        note.line_count += line_count;
        if let Some(amount) = amount {
            note.amount = Some(note.amount.unwrap_or(0) + amount);
        }
    }

    /// A note on the file as a whole.
    pub fn note_file(&mut self, code: &'static str, text: String) {
        self.notes.entry(code).or_insert(Note { code, line_count: 0, amount: None, text });
    }

    /// Hands over what is left, and tells what there was.
    pub fn finish(mut self) -> Result<Counts, IngestError> {
        for batch in std::mem::take(&mut self.batches) {
            if !batch.is_empty() {
                self.hand_over(batch)?;
            }
        }
        Ok(Counts {
            rejected: self.rejected_count,
            tables: self.table_counts,
            rejected_by_reason: self.reject_counts,
            notes: self.notes.into_values().collect(),
        })
    }

    fn hand_over(&mut self, rows: Rows) -> Result<(), IngestError> {
        *self.table_counts.entry(rows.table.name).or_default() += rows.len() as u64;
        self.sink.rows(rows).map_err(|source| IngestError::Sink { source })
    }
}

/// What an [`Output`] counted.
pub struct Counts {
    /// Lines refused.
    pub rejected: u64,
    /// Rows a table.
    pub tables: BTreeMap<&'static str, u64>,
    /// Refused lines a reason.
    pub rejected_by_reason: BTreeMap<Reason, u64>,
    /// Notes by code.
    pub notes: Vec<Note>,
}
