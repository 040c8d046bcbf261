//! Rows of a file of JSON lines: one object a line, its keys the header.

use std::borrow::Cow;
use std::io;

use serde_json::{Map, Value};

use super::super::lines::LineSource;
use super::grid::{Raw, Row, RowSource};

/// Lines whose keys make the header.
const HEADER_LINES: usize = 1_000;

/// The rows of such a file.
pub struct JsonRows<L> {
    lines: L,
    header: Vec<String>,
    row: JsonRow,
}

/// A row: the values of the header's keys, then those of keys that it has not.
#[derive(Default)]
struct JsonRow {
    number: u64,
    is_readable: bool,
    cells: Vec<String>,
    text: String,
}

impl Row for JsonRow {
    fn number(&self) -> u64 {
        self.number
    }
    fn is_readable(&self) -> bool {
        self.is_readable
    }
    fn width(&self) -> usize {
        self.cells.len()
    }
    fn cell(&self, column: usize) -> Raw<'_> {
        Raw::Text(Cow::Borrowed(self.cells.get(column).map_or("", |cell| cell.trim())))
    }
    fn shown(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.text)
    }
}

/// Whether a first line is an object: the file is one of JSON lines.
#[must_use]
pub fn is_object(line: &str) -> bool {
    line.trim_start().starts_with('{') && object(line).is_some()
}

/// The keys of the first objects, in the order in which they come.
///
/// # Errors
/// When the file cannot be read.
pub fn header(lines: &mut dyn LineSource) -> io::Result<Vec<String>> {
    let mut header: Vec<String> = Vec::new();
    for _ in 0..HEADER_LINES {
        let Some(line) = lines.next_line()? else { break };
        for key in object(line.text).into_iter().flat_map(|object| object.into_iter().map(|(key, _)| key)) {
            if !header.contains(&key) {
                header.push(key);
            }
        }
    }
    Ok(header)
}

impl<L> JsonRows<L> {
    /// The objects of lines, by the keys of a header.
    pub fn new(lines: L, header: Vec<String>) -> Self {
        Self { lines, header, row: JsonRow::default() }
    }
}

impl<L: LineSource> RowSource for JsonRows<L> {
    fn next_row(&mut self) -> Result<Option<&dyn Row>, io::Error> {
        let Some(line) = self.lines.next_line()? else { return Ok(None) };
        self.row.number = line.number;
        line.text.clone_into(&mut self.row.text);
        let parsed = object(line.text).filter(|_| line.is_readable);
        self.row.is_readable = parsed.is_some();
        self.row.cells = vec![String::new(); self.header.len()];
        for (key, value) in parsed.into_iter().flatten() {
            let text = text_of(&value);
            match self.header.iter().position(|name| *name == key) {
                Some(position) => self.row.cells[position] = text,
                None => self.row.cells.push(text),
            }
        }
        Ok(Some(&self.row))
    }
}

fn object(line: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(line.trim()).ok()
}

/// A value as a cell holds it; what is nested stays JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
