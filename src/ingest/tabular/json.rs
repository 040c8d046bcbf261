//! Rows of JSON: one object a line, or the objects of a document's list; their keys are the header.

use std::borrow::Cow;
use std::io;

use serde_json::{Map, Value};

use super::super::lines::{Line, LineSource};
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

/// What JSON a file holds.
pub enum Json {
    /// An object a line.
    Lines,
    /// The objects of its list, one text each.
    Objects(Vec<String>),
}

/// The objects of a document: those of its list, or of the only list of objects among its values (`results`, `records`), each of
/// them the object of its `fields` where it has such. `None` where it is no such document.
///
/// # Errors
/// When the file cannot be read.
pub fn objects(lines: &mut dyn LineSource) -> io::Result<Option<Vec<String>>> {
    let mut text = String::new();
    while let Some(line) = lines.next_line()? {
        text.push_str(line.text);
        text.push('\n');
    }
    let found = match serde_json::from_str(&text) {
        Ok(Value::Array(found)) => found,
        Ok(Value::Object(object)) => {
            let mut lists = object.into_iter().filter_map(|(_, value)| match value {
                Value::Array(list) if list.iter().all(Value::is_object) => Some(list),
                _ => None,
            });
            match (lists.next(), lists.next()) {
                (Some(list), None) => list,
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    let object = |value: Value| match value {
        Value::Object(mut object) => match object.remove("fields") {
            Some(fields @ Value::Object(_)) => Some(fields),
            Some(other) => {
                object.insert("fields".to_owned(), other);
                Some(Value::Object(object))
            }
            None => Some(Value::Object(object)),
        },
        _ => None,
    };
    let objects: Option<Vec<String>> = found.into_iter().map(|value| object(value).map(|of| of.to_string())).collect();
    Ok(objects.filter(|objects| !objects.is_empty()))
}

/// Objects as lines.
pub struct ObjectLines<'a> {
    objects: &'a [String],
    next: usize,
}

impl<'a> ObjectLines<'a> {
    /// From the first on.
    #[must_use]
    pub const fn new(objects: &'a [String]) -> Self {
        Self { objects, next: 0 }
    }
}

impl LineSource for ObjectLines<'_> {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
        let found = self.objects.get(self.next);
        self.next += 1;
        let number = u64::try_from(self.next).unwrap_or(u64::MAX);
        Ok(found.map(|text| Line { number, text, is_readable: !text.contains('\u{fffd}') }))
    }
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
