//! What a file is, told by what is in it, never by its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::bank::Bank;
use super::encoding::{self, TextForm};
use super::fec::header::Header;
use super::fec::journal;
use super::fec::sheet::SheetLines;
use super::fec::{Fec, Written, xml};
use super::lines::{LineSource, Lines};
use super::progress::Progress;
use super::tabular::Tabular;
use super::unreadable;
use super::{IngestError, ReadOptions};

/// Lines among which the header of a ledger is looked for.
const HEADER_LINES: usize = 20;

/// A file, opened as far as its header.
pub enum Opened {
    /// A ledger.
    Fec(Fec),
    /// Statements of a bank.
    Bank(Bank),
    /// A table.
    Tabular(Tabular),
}

/// The name without its folder, whatever its characters.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into_owned()
}

/// Tells what a file is.
pub fn open(
    path: &Path,
    file: &str,
    options: &ReadOptions<'_>,
    progress: &Progress<'_>,
) -> Result<Opened, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let mut start = [0_u8; 4];
    let mut beginning = regular_file(path)?.take(start.len() as u64);
    let mut filled = 0;
    while filled < start.len() {
        match beginning.read(&mut start[filled..]).map_err(failed)? {
            0 => break,
            read => filled += read,
        }
    }
    if let Some(what) = unreadable::told_by(path, start).map_err(failed)? {
        return Err(IngestError::NoTable { file: file.to_owned(), what });
    }
    if is_workbook(start) {
        return open_workbook(path, file, options);
    }
    let form = encoding::survey(path, options.encoding, progress.pass(1)).map_err(failed)?;
    let header = first_line(path, form)?.ok_or_else(|| IngestError::Empty { file: file.to_owned() })?;
    if options.mapping.is_some() {
        return Tabular::open_text(path, file, form, options).map(Opened::Tabular);
    }
    if let Some(bank) = Bank::open(path, file, form, &header)? {
        return Ok(Opened::Bank(bank));
    }
    if header.trim_start().starts_with('<') {
        return open_xml(path, file, form, &header).map(Opened::Fec);
    }
    let mut lines = Lines::open(path, form, |_| {}).map_err(failed)?;
    let ledger = |(header, lines_above)| {
        Opened::Fec(Fec { header, written: Written::Text(form), lines_above, closing_date: None })
    };
    if let Some(found) = fec_header(&mut lines, file, failed)? {
        return Ok(ledger(found));
    }
    let table = Tabular::open_text(path, file, form, options)?;
    if table.plan.is_some() {
        return Ok(Opened::Tabular(table));
    }
    let mut lines = Lines::open(path, form, |_| {}).map_err(failed)?;
    Ok(match journal::header(&mut lines, options, file, failed)? {
        Some(found) => ledger(found),
        None => Opened::Tabular(table),
    })
}

/// A ledger that somebody saved as a workbook, else a table.
fn open_workbook(path: &Path, file: &str, options: &ReadOptions<'_>) -> Result<Opened, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let ledger = |(header, lines_above)| {
        Opened::Fec(Fec { header, written: Written::Workbook, lines_above, closing_date: None })
    };
    if options.mapping.is_none()
        && let Some(found) = fec_header(&mut SheetLines::open(path, file)?, file, failed)?
    {
        return Ok(ledger(found));
    }
    let table = Tabular::open_workbook(path, file, options)?;
    if options.mapping.is_some() || table.plan.is_some() {
        return Ok(Opened::Tabular(table));
    }
    let found = journal::header(&mut SheetLines::open(path, file)?, options, file, failed)?;
    Ok(found.map_or(Opened::Tabular(table), ledger))
}

/// The header of a FEC among the first lines, and how many titles stand above it.
fn fec_header(
    lines: &mut dyn LineSource,
    file: &str,
    failed: impl Fn(std::io::Error) -> IngestError,
) -> Result<Option<(Header, usize)>, IngestError> {
    for lines_above in 0..HEADER_LINES {
        let Some(line) = lines.next_line().map_err(&failed)? else { break };
        match Header::read(line.text, file) {
            Ok(Some(header)) => return Ok(Some((header, lines_above))),
            // what a first line lacks is said; a title above may hold anything
            Err(cause) if lines_above == 0 => return Err(cause),
            Ok(None) | Err(_) => {}
        }
    }
    Ok(None)
}

/// Opens a file, and nothing that has no end.
///
/// # Errors
/// [`IngestError::NoFile`], or [`IngestError::File`] when the disk refuses.
pub fn regular_file(path: &Path) -> Result<File, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    // asked before it is opened: opening a pipe waits for who writes into it
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(IngestError::NoFile { path: path.to_owned() });
    }
    File::open(path).map_err(failed)
}

/// ZIP (XLSX, XLSM, ODS) or the older compound file (XLS).
const fn is_workbook(start: [u8; 4]) -> bool {
    matches!(start, [b'P', b'K', 3, 4] | [0xd0, 0xcf, 0x11, 0xe0])
}

fn first_line(path: &Path, form: TextForm) -> Result<Option<String>, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let mut lines = Lines::open(path, form, |_| {}).map_err(failed)?;
    Ok(lines.next_line().map_err(failed)?.map(|line| line.text.to_owned()))
}

fn open_xml(path: &Path, file: &str, form: TextForm, first: &str) -> Result<Fec, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let beginning = xml::beginning(path, form).map_err(failed)?;
    if beginning.has_line {
        let header = Header::of_xml(beginning.has_sides);
        let written = Written::Xml(form);
        return Ok(Fec { header, written, lines_above: 0, closing_date: beginning.closing_date });
    }
    Err(if beginning.closing_date.is_some() {
        IngestError::NoLine { file: file.to_owned() }
    } else {
        IngestError::HeaderUnknown { file: file.to_owned(), found: vec![first.chars().take(40).collect()] }
    })
}
