//! The elements of a file in XML, one at a time: nothing is held but the path to where the reader is.
//!
//! Entities are never expanded beyond those of XML itself, nothing outside of the file is read, and a piece of text or a depth
//! beyond all measure ends the reading.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::encoding::TextForm;
use super::lines::utf8_of;

/// No element is nested deeper.
const MOST_DEPTH: usize = 64;
/// No tag, text or comment is longer, in bytes.
const MOST_BYTES: u64 = 1 << 24;
/// So much is kept of the text of an element, in bytes.
const KEPT_BYTES: usize = 1 << 20;

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
    /// Bytes read since the last piece was whole.
    pending: Rc<Cell<u64>>,
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
        let pending = Rc::new(Cell::new(0));
        let text = Bounded { inner: utf8_of(path, form, on_read)?, pending: Rc::clone(&pending) };
        let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, text));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            pending,
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
            self.pending.set(0);
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
                Event::Eof if self.path.is_empty() && self.is_begun => return Ok(None),
                Event::Eof => return Err(broken(format!("{} elements are not closed", self.path.len()))),
                _ if self.text.len() > KEPT_BYTES => {}
                Event::Text(text) => self.text.push_str(&text.xml10_content()),
                Event::CData(text) => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => self.text.push_str(&resolved(&reference)),
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

    /// The name spaces that the element which was opened last declares.
    pub fn spaces(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().filter(|(name, _)| name.starts_with("xmlns")).map(|(_, value)| value.as_str())
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

/// Ends the reading where a piece does not end for too long.
struct Bounded<R> {
    inner: R,
    pending: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.pending.set(self.pending.get() + read as u64);
        if self.pending.get() > MOST_BYTES {
            return Err(broken(format!("a piece of it is longer than {} MB", MOST_BYTES >> 20)));
        }
        Ok(read)
    }
}
