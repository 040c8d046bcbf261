//! The elements of a file in XML, one at a time: nothing is held but the path to where the reader is.
//!
//! Entities are never expanded beyond those of XML itself, nothing outside of the file is read, and a piece of text or a depth
//! beyond all measure ends the reading.

use std::io::{self, BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::encoding::TextForm;
use super::lines::utf8_of;

/// No element is nested deeper.
const MOST_DEPTH: usize = 64;
/// No tag or text between two tags is longer, in bytes.
const MOST_BYTES: u64 = 1 << 24;

/// Whether an element begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It begins; its attributes are known.
    Opened,
    /// It ends; its text is known.
    Closed,
}

/// A file in XML, read from its beginning.
pub struct Markup<'a> {
    reader: Reader<BufReader<Bounded<Box<dyn Read + 'a>>>>,
    buffer: Vec<u8>,
    path: Vec<String>,
    attributes: Vec<(String, String)>,
    text: String,
    is_closed: bool,
    is_begun: bool,
}

impl<'a> Markup<'a> {
    /// Opens a file; `on_read` hears of every block of bytes read.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path, form: TextForm, on_read: impl FnMut(u64) + 'a) -> io::Result<Self> {
        let text = Bounded { inner: utf8_of(path, form, on_read)?, since_mark: 0 };
        let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, text));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            buffer: Vec::new(),
            path: Vec::new(),
            attributes: Vec::new(),
            text: String::new(),
            is_closed: false,
            is_begun: false,
        })
    }

    /// Goes to where the next element begins or ends; none at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read or is not well-formed.
    pub fn next_step(&mut self) -> io::Result<Option<Step>> {
        if std::mem::take(&mut self.is_closed) {
            self.path.pop();
        }
        loop {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer).map_err(broken)? {
                Event::Start(element) => {
                    if self.path.len() == MOST_DEPTH {
                        return Err(broken(format!("elements are nested more than {MOST_DEPTH} deep")));
                    }
                    self.text.clear();
                    self.attributes = attributes(&element)?;
                    self.path.push(element.local_name().as_ref().to_owned());
                    self.is_begun = true;
                    return Ok(Some(Step::Opened));
                }
                Event::End(_) => {
                    self.is_closed = true;
                    return Ok(Some(Step::Closed));
                }
                Event::Text(text) => self.text.push_str(&text.xml10_content()),
                Event::CData(text) => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => self.text.push_str(&resolved(&reference)),
                Event::Eof if self.path.is_empty() && self.is_begun => return Ok(None),
                Event::Eof => return Err(broken(format!("{} elements are not closed", self.path.len()))),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// The names of the open elements without prefix, outermost first; of one that ends, itself is the last.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// An attribute of the element that was opened last.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The text of an element that ends, when it holds no other one.
    pub fn text(&self) -> &str {
        self.text.trim()
    }
}

fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

fn attributes(element: &BytesStart<'_>) -> io::Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(broken)?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(broken)?;
        all.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(all)
}

/// What a reference stands for; an entity that the file defines itself stands for nothing that is known.
pub fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(reference).map_or_else(|| '\u{fffd}'.to_string(), str::to_owned)
}

/// Ends the reading where no `<` or `>` comes for too long.
struct Bounded<R> {
    inner: R,
    since_mark: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.since_mark = match buffer[..read].iter().rposition(|byte| matches!(byte, b'<' | b'>')) {
            Some(place) => (read - place) as u64,
            None => self.since_mark + read as u64,
        };
        if self.since_mark > MOST_BYTES {
            return Err(broken(format!("a piece of it is longer than {} MB", MOST_BYTES >> 20)));
        }
        Ok(read)
    }
}
