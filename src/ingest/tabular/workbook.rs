//! Rows of a workbook (XLSX and its kin). A long sheet is read as a stream by a thread of its own: its memory does not grow
//! with its rows, nor with how far apart its cells are.

use std::borrow::Cow;
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use bytes::Bytes;
use calamine::{Data, Reader, Sheets, open_workbook_auto_from_rs};
use zip::ZipArchive;

use super::super::IngestError;
use super::grid::{Raw, Row, RowSource};

/// Rows that are held. Lists that people fill in are shorter, and their header may stand anywhere.
const HELD_ROWS: usize = 20_000;
/// Rows whose longest tells how wide a sheet is: the header is among them.
const FIRST_ROWS: usize = 100;
/// Rows that wait at a time for who reads them.
const BATCH_ROWS: usize = 256;
/// Columns up to which a row is held cell by cell; a cell further away is kept with the columns before it left out.
const USUAL_COLUMNS: u32 = 4096;
/// Bytes that the texts of a workbook may take: they are held while its sheets are read.
const MOST_TEXT_BYTES: u64 = 300 << 20;
/// How many times a part of a workbook may be packed where it is long: rows that people fill are packed ten to thirty times.
const MOST_PACKED: u64 = 150;
/// From how many bytes on a part is long.
const LONG_PART: u64 = 100 << 20;

/// A row with its number in the sheet, from 1.
type NumberedRow = (u64, Vec<Data>);

/// The rows of one sheet.
pub struct Sheet {
    source: Source,
    /// The first rows, or all of them.
    held: Vec<NumberedRow>,
    next: usize,
    /// The rows after those held; none where all are held, or before the first of them is asked.
    stream: Option<Stream>,
    has_more: bool,
    /// Empty columns before the first that is filled.
    left_count: usize,
    /// Columns from there to the last that is filled, in the first rows.
    width: usize,
    row: SheetRow,
    /// The sheets behind it.
    further_names: Vec<String>,
    /// Sheets that go on where it ends.
    appended: Vec<Appended>,
    /// Which of them is read.
    part: usize,
}

/// A sheet that goes on where another ends.
struct Appended {
    sheet: Sheet,
    header_rows: usize,
    /// Where each column of the first sheet stands in it.
    places: Vec<Option<usize>>,
}

/// A row of a sheet.
#[derive(Default)]
struct SheetRow {
    number: u64,
    /// Up to the last that is filled.
    cells: Vec<Data>,
    /// A sheet has as many columns in every row.
    width: usize,
}

/// Which sheet of which file.
#[derive(Clone)]
struct Source {
    workbook: Bytes,
    name: String,
}

impl Sheet {
    /// Opens the sheet of that name, else the first that has rows.
    ///
    /// # Errors
    /// [`IngestError::Workbook`], [`IngestError::SheetMissing`], [`IngestError::File`].
    pub fn open(path: &Path, file: &str, wanted: Option<&str>) -> Result<Self, IngestError> {
        let broken = |cause: String| IngestError::Workbook { file: file.to_owned(), cause };
        let workbook = std::fs::read(path).map_err(|source| IngestError::File { path: path.to_owned(), source })?;
        let workbook = Bytes::from(workbook);
        refuse_packed(&workbook).map_err(broken)?;
        let names = opened(&workbook).map_err(broken)?.sheet_names();
        let is_wanted = |name: &&String| wanted.is_none_or(|wanted| name.trim() == wanted.trim());
        for (place, name) in names.iter().enumerate().filter(|(_, name)| is_wanted(name)) {
            let source = Source { workbook: workbook.clone(), name: name.clone() };
            let mut stream = Stream::begin(source.clone());
            let mut held = Vec::new();
            let mut has_more = true;
            while held.len() < HELD_ROWS && has_more {
                match stream.next_row().map_err(broken)? {
                    Some(row) => held.push(row),
                    None => has_more = false,
                }
            }
            if held.is_empty() {
                continue;
            }
            let empty_count = |(_, cells): &NumberedRow| cells.iter().take_while(|cell| **cell == Data::Empty).count();
            let is_filled = |(_, cells): &&NumberedRow| cells.iter().any(|cell| *cell != Data::Empty);
            let left_count = held.iter().filter(is_filled).map(empty_count).min().unwrap_or_default();
            let mut sheet = Self {
                source,
                left_count,
                width: 0,
                held,
                next: 0,
                stream: has_more.then_some(stream),
                has_more,
                row: SheetRow::default(),
                further_names: names[place + 1..].to_vec(),
                appended: Vec::new(),
                part: 0,
            };
            sheet.lift_worklist_header();
            let lengths = sheet.held.iter().take(FIRST_ROWS).map(|(_, cells)| cells.len());
            sheet.width = lengths.max().unwrap_or_default().saturating_sub(left_count);
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
        let names_lines = |(_, cells): &NumberedRow| cells.iter().any(|cell| is(cell, "worklist.line_id"));
        let Some(place) = self.held.iter().position(names_lines) else { return };
        let header = self.held.remove(place);
        let day = header.1.iter().position(|cell| is(cell, "worklist.list_date"));
        let above = self.held.drain(..place).collect::<Vec<_>>();
        let is_line = |(_, cells): &NumberedRow| {
            day.is_some_and(|day| matches!(cells.get(day), Some(Data::DateTime(_) | Data::DateTimeIso(_))))
        };
        self.held.splice(0..0, std::iter::once(header).chain(above.into_iter().filter(is_line)));
    }

    /// Takes the rows of another sheet below its header: one list over two sheets. `places` says where each column of
    /// this sheet stands in the other.
    pub fn append(&mut self, sheet: Self, header_rows: usize, places: &[Option<usize>]) {
        self.appended.push(Appended { sheet, header_rows, places: places.to_vec() });
    }

    /// Goes back to the first row.
    pub fn rewind(&mut self) {
        self.next = 0;
        self.part = 0;
        // what was read of it is gone: it begins again where it is asked
        self.stream = None;
    }

    /// The next row of this sheet, blank or not.
    fn next_of_sheet(&mut self) -> Result<Option<NumberedRow>, String> {
        if let Some((number, cells)) = self.held.get(self.next) {
            self.next += 1;
            return Ok(Some((*number, cells[self.left_count.min(cells.len())..].to_vec())));
        }
        if !self.has_more {
            return Ok(None);
        }
        if self.stream.is_none() {
            let mut stream = Stream::begin(self.source.clone());
            for _ in 0..HELD_ROWS {
                stream.next_row()?;
            }
            self.stream = Some(stream);
        }
        let row = self.stream.as_mut().map_or(Ok(None), Stream::next_row)?;
        Ok(row.map(|(number, mut cells)| (number, cells.split_off(self.left_count.min(cells.len())))))
    }

    /// The next row of this sheet and of those that go on where it ends, blank or not.
    fn next_of_all(&mut self) -> Result<Option<NumberedRow>, String> {
        if self.part == 0 {
            if let Some(row) = self.next_of_sheet()? {
                return Ok(Some(row));
            }
            self.begin_part(1)?;
        }
        while let Some(part) = self.part.checked_sub(1).and_then(|part| self.appended.get_mut(part)) {
            if let Some((number, cells)) = part.sheet.next_of_sheet()? {
                let cell = |place: &Option<usize>| place.and_then(|at| cells.get(at)).cloned().unwrap_or(Data::Empty);
                return Ok(Some((number, part.places.iter().map(cell).collect())));
            }
            self.begin_part(self.part + 1)?;
        }
        Ok(None)
    }

    /// Goes on with the sheet that was appended at that place, below its header.
    fn begin_part(&mut self, part: usize) -> Result<(), String> {
        self.part = part;
        let Some(Appended { sheet, header_rows, .. }) = part.checked_sub(1).and_then(|at| self.appended.get_mut(at))
        else {
            return Ok(());
        };
        sheet.rewind();
        for _ in 0..*header_rows {
            sheet.next_filled()?;
        }
        Ok(())
    }

    /// The next row that is not blank.
    fn next_filled(&mut self) -> Result<Option<SheetRow>, String> {
        while let Some((number, cells)) = self.next_of_all()? {
            let row = SheetRow { number, width: self.width.max(cells.len()), cells };
            if (0..row.width()).any(|column| !row.cell(column).text().trim().is_empty()) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// Rows on their way from the thread that reads a sheet.
struct Stream {
    /// Rows, and at the end of the sheet none.
    batches: Receiver<Result<Vec<NumberedRow>, String>>,
    batch: std::vec::IntoIter<NumberedRow>,
    is_ended: bool,
}

impl Stream {
    /// Reads a sheet from its first row on.
    fn begin(source: Source) -> Self {
        let (sent, batches) = sync_channel(2);
        // it ends with the sheet, or when nobody reads any more
        thread::spawn(move || {
            let mut rows = Rows { sent, batch: Vec::new() };
            let read = source.read(&mut rows).and_then(|()| rows.end());
            if let Err(cause) = read {
                drop(rows.sent.send(Err(cause)));
            }
        });
        Self { batches, batch: Vec::new().into_iter(), is_ended: false }
    }

    fn next_row(&mut self) -> Result<Option<NumberedRow>, String> {
        loop {
            if let Some(row) = self.batch.next() {
                return Ok(Some(row));
            }
            if self.is_ended {
                return Ok(None);
            }
            let batch = self.batches.recv().map_err(|_| "what reads the sheet stopped before its end".to_owned())??;
            self.is_ended = batch.is_empty();
            self.batch = batch.into_iter();
        }
    }
}

/// Rows on their way to who reads a sheet.
struct Rows {
    sent: SyncSender<Result<Vec<NumberedRow>, String>>,
    batch: Vec<NumberedRow>,
}

impl Rows {
    fn push(&mut self, row: NumberedRow) -> Result<(), String> {
        self.batch.push(row);
        if self.batch.len() < BATCH_ROWS { Ok(()) } else { self.send() }
    }

    /// Sends what waits, then that there is no more.
    fn end(&mut self) -> Result<(), String> {
        if !self.batch.is_empty() {
            self.send()?;
        }
        self.send()
    }

    fn send(&mut self) -> Result<(), String> {
        self.sent.send(Ok(std::mem::take(&mut self.batch))).map_err(|_| "nobody reads it any more".to_owned())
    }
}

impl Source {
    /// Reads all rows of the sheet.
    fn read(&self, rows: &mut Rows) -> Result<(), String> {
        let mut workbook = opened(&self.workbook)?;
        let Sheets::Xlsx(workbook) = &mut workbook else {
            let range = workbook.worksheet_range(&self.name).map_err(|cause| cause.to_string())?;
            let Some((first_row, _)) = range.start() else { return Ok(()) };
            for (number, cells) in (u64::from(first_row) + 1..).zip(range.rows()) {
                rows.push((number, cells.to_vec()))?;
            }
            return Ok(());
        };
        let mut cells = workbook.worksheet_cells_reader(&self.name).map_err(|cause| cause.to_string())?;
        let mut row: Option<NumberedRow> = None;
        while let Some(cell) = cells.next_cell().map_err(|cause| cause.to_string())? {
            let (number, column) = (u64::from(cell.get_position().0) + 1, cell.get_position().1);
            let value = Data::from(cell.get_value().clone());
            if value == Data::Empty {
                continue;
            }
            if row.as_ref().is_none_or(|(known, _)| *known != number)
                && let Some(full) = row.replace((number, Vec::new()))
            {
                rows.push(full)?;
            }
            let Some((_, filled)) = &mut row else { continue };
            let column =
                if column < USUAL_COLUMNS { column as usize } else { filled.len().max(USUAL_COLUMNS as usize) };
            if filled.len() <= column {
                filled.resize(column, Data::Empty);
                filled.push(value);
            } else {
                filled[column] = value;
            }
        }
        if let Some(last) = row {
            rows.push(last)?;
        }
        Ok(())
    }
}

fn opened(workbook: &Bytes) -> Result<Sheets<Cursor<Bytes>>, String> {
    open_workbook_auto_from_rs(Cursor::new(workbook.clone())).map_err(|cause| cause.to_string())
}

/// Refuses a workbook whose parts grow without measure once they are unpacked; what is no archive has none.
fn refuse_packed(workbook: &Bytes) -> Result<(), String> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(workbook.clone())) else { return Ok(()) };
    for place in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(place) else { continue };
        let (size, packed) = (part.size(), part.compressed_size().max(1));
        let name = part.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        if size > LONG_PART && size / packed > MOST_PACKED {
            return Err(format!(
                "`{name}` is {size} bytes in {packed}: packed {} times, as no rows are",
                size / packed
            ));
        }
        if name.ends_with("sharedStrings.xml") && size > MOST_TEXT_BYTES {
            return Err(format!(
                "its texts take {size} bytes, of which at most {MOST_TEXT_BYTES} are read; save it as CSV"
            ));
        }
    }
    Ok(())
}

impl Row for SheetRow {
    fn number(&self) -> u64 {
        self.number
    }
    fn is_readable(&self) -> bool {
        true
    }
    fn width(&self) -> usize {
        self.width
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
        match self.next_filled() {
            Ok(Some(row)) => {
                self.row = row;
                Ok(Some(&self.row))
            }
            Ok(None) => Ok(None),
            Err(cause) => Err(io::Error::new(io::ErrorKind::InvalidData, cause)),
        }
    }
}
