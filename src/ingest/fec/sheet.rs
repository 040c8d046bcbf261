//! The lines of a FEC that somebody saved as a workbook.

use std::io;
use std::path::Path;

use super::super::IngestError;
use super::super::lines::{Line, LineSource};
use super::super::tabular::grid::{Raw, RowSource};
use super::super::tabular::workbook::Sheet;

/// The rows of a sheet as lines of fields between tabs.
pub struct SheetLines {
    sheet: Sheet,
    text: String,
}

impl SheetLines {
    /// Opens the first sheet that has rows.
    ///
    /// # Errors
    /// As [`Sheet::open`].
    pub fn open(path: &Path, file: &str) -> Result<Self, IngestError> {
        Ok(Self { sheet: Sheet::open(path, file, None)?, text: String::new() })
    }
}

impl LineSource for SheetLines {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
        let Some(row) = self.sheet.next_row()? else { return Ok(None) };
        let fields: Vec<String> = (0..row.width()).map(|column| field(&row.cell(column))).collect();
        self.text = fields.join("\t");
        Ok(Some(Line { number: row.number(), text: &self.text, is_readable: true }))
    }
}

/// A cell as the text form of the file would write it: days as eight digits, amounts with a comma.
fn field(cell: &Raw<'_>) -> String {
    match cell {
        Raw::Day(day) => day.format("%Y%m%d").to_string(),
        // a binary number holds fifteen digits for certain; six of them behind the mark are more than money has
        Raw::Number(number) => {
            let written = format!("{number:.6}");
            written.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
        }
        cell => cell.text().replace(['\t', '\n', '\r'], " "),
    }
}
