//! Rows of a workbook (XLSX and its kin), held whole: a sheet has at most a million rows.

use std::borrow::Cow;
use std::io::{self, Cursor};
use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::super::IngestError;
use super::grid::{Raw, Row, RowSource};

/// The rows of one sheet.
pub struct Sheet {
    /// Each row with its number in the sheet, from 1.
    rows: Vec<(u64, Vec<Data>)>,
    next: usize,
    row: SheetRow,
    /// The sheets behind it.
    further_names: Vec<String>,
}

/// A row of a sheet.
#[derive(Default)]
struct SheetRow {
    number: u64,
    cells: Vec<Data>,
}

impl Sheet {
    /// Opens the sheet of that name, else the first that has rows.
    ///
    /// # Errors
    /// [`IngestError::Workbook`], [`IngestError::SheetMissing`], [`IngestError::File`].
    pub fn open(path: &Path, file: &str, wanted: Option<&str>) -> Result<Self, IngestError> {
        let bytes = std::fs::read(path).map_err(|source| IngestError::File { path: path.to_owned(), source })?;
        let broken = |error: calamine::Error| IngestError::Workbook { file: file.to_owned(), cause: error.to_string() };
        let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
        let names = workbook.sheet_names();
        let is_wanted = |name: &&String| wanted.is_none_or(|wanted| name.trim() == wanted.trim());
        for (place, name) in names.iter().enumerate().filter(|(_, name)| is_wanted(name)) {
            let range = workbook.worksheet_range(name).map_err(broken)?;
            let Some((first_row, _)) = range.start() else { continue };
            let rows = (u64::from(first_row) + 1..).zip(range.rows().map(<[Data]>::to_vec)).collect();
            let further_names = names[place + 1..].to_vec();
            let mut sheet = Self { rows, next: 0, row: SheetRow::default(), further_names };
            sheet.lift_worklist_header();
            return Ok(sheet);
        }
        Err(IngestError::SheetMissing {
            file: file.to_owned(),
            wanted: wanted.unwrap_or_default().to_owned(),
            found: names,
        })
    }

    /// The names of the sheets behind this one.
    pub fn further_names(&self) -> &[String] {
        &self.further_names
    }

    /// Puts the row that names the columns of a worklist first, wherever sorting took it, and drops what stands above
    /// and is no line of the list: a line bears the day of its list.
    fn lift_worklist_header(&mut self) {
        let is = |cell: &Data, name: &str| matches!(cell, Data::String(text) if text.trim() == name);
        let names_lines = |(_, cells): &(u64, Vec<Data>)| cells.iter().any(|cell| is(cell, "worklist.line_id"));
        let Some(place) = self.rows.iter().position(names_lines) else { return };
        let header = self.rows.remove(place);
        let day = header.1.iter().position(|cell| is(cell, "worklist.list_date"));
        let above = self.rows.drain(..place).collect::<Vec<_>>();
        let is_line = |(_, cells): &(u64, Vec<Data>)| {
            day.is_some_and(|day| matches!(cells.get(day), Some(Data::DateTime(_) | Data::DateTimeIso(_))))
        };
        self.rows.splice(0..0, std::iter::once(header).chain(above.into_iter().filter(is_line)));
    }

    /// Takes the rows of another sheet below its header: one list over two sheets. `places` says where each column of
    /// this sheet stands in the other.
    ///
    /// # Errors
    /// When the other sheet cannot be read.
    pub fn append(&mut self, mut other: Self, header_rows: usize, places: &[Option<usize>]) -> io::Result<()> {
        other.rewind();
        for _ in 0..header_rows {
            other.next_row()?;
        }
        let cell = |cells: &[Data], place: Option<usize>| place.and_then(|at| cells.get(at)).cloned();
        let kept = |cells: &[Data]| places.iter().map(|place| cell(cells, *place).unwrap_or(Data::Empty)).collect();
        self.rows.extend(other.rows.iter().skip(other.next).map(|(number, cells)| (*number, kept(cells))));
        Ok(())
    }

    /// Goes back to the first row.
    pub const fn rewind(&mut self) {
        self.next = 0;
    }
}

impl Row for SheetRow {
    fn number(&self) -> u64 {
        self.number
    }
    fn is_readable(&self) -> bool {
        true
    }
    fn width(&self) -> usize {
        self.cells.len()
    }
    fn cell(&self, column: usize) -> Raw<'_> {
        match self.cells.get(column) {
            None | Some(Data::Empty) => Raw::Text(Cow::Borrowed("")),
            Some(Data::String(text)) => Raw::Text(Cow::Borrowed(text.trim())),
            Some(Data::DateTimeIso(text) | Data::DurationIso(text)) => Raw::Text(Cow::Borrowed(text)),
            Some(Data::Float(number)) => Raw::Number(*number),
            Some(Data::Int(number)) => Raw::Text(Cow::Owned(number.to_string())),
            Some(Data::Bool(flag)) => Raw::Flag(*flag),
            Some(Data::DateTime(time)) => match time.as_datetime() {
                Some(time) if time_is_day(time) => Raw::Day(time.date()),
                _ => Raw::Number(time.as_f64()),
            },
            // `#N/A` and its kin: text that no column can read
            Some(Data::Error(error)) => Raw::Text(Cow::Owned(error.to_string())),
        }
    }
    fn shown(&self) -> Cow<'_, str> {
        let cells: Vec<String> = (0..self.width()).map(|column| self.cell(column).text().into_owned()).collect();
        Cow::Owned(cells.join("\t"))
    }
}

/// Times of day without a day are stored as the first day of 1900 or the day before it.
fn time_is_day(time: chrono::NaiveDateTime) -> bool {
    time.date() > chrono::NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default()
}

impl RowSource for Sheet {
    fn next_row(&mut self) -> Result<Option<&dyn Row>, io::Error> {
        while let Some((number, cells)) = self.rows.get(self.next) {
            self.next += 1;
            let row = SheetRow { number: *number, cells: cells.clone() };
            let is_blank = (0..row.width()).all(|column| row.cell(column).text().trim().is_empty());
            if !is_blank {
                self.row = row;
                return Ok(Some(&self.row));
            }
        }
        Ok(None)
    }
}
