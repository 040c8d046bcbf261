//! The form of a FEC in XML (arrêté du 29 juillet 2013, LPF art. A47 A-1): `comptabilite`, `exercice`,
//! `journal`, `ecriture`, `ligne`, whose innermost elements bear the names of the fields.
//!
//! Each `ligne` becomes a line of the flat form, with the fields of the journal and entry around it, so that both
//! forms are read by the same code.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::dates::{self, DateOrder};
use super::super::encoding::TextForm;
use super::super::lines::{Line, LineSource, utf8_of};
use super::super::markup::resolved;
use super::header::Field;
use crate::model::Date;

/// What the beginning of a file in XML tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The closing date it states.
    pub closing_date: Option<Date>,
    /// Whether its first line gives an amount and a side (else a debit and a credit).
    pub has_sides: bool,
    /// Whether it holds a line with an account.
    pub has_line: bool,
}

/// Reads as far as the first line.
///
/// # Errors
/// When the file cannot be read or is not well-formed.
pub fn beginning(path: &Path, form: TextForm) -> io::Result<Beginning> {
    let mut lines = XmlLines::open(path, form, |_| {})?;
    let line = lines.next_line()?.map(|line| line.text.to_owned());
    let field = |field: Field| line.as_deref().and_then(|text| text.split('\t').nth(field as usize)).unwrap_or("");
    Ok(Beginning {
        has_sides: !field(Field::Sens).is_empty(),
        has_line: !field(Field::CompteNum).is_empty(),
        closing_date: dates::read(&lines.closing, DateOrder::DayFirst).ok(),
    })
}

/// The elements that hold others, outermost first.
const CONTAINERS: [&str; 3] = ["journal", "ecriture", "ligne"];

/// The lines of a file in XML. Their number is their place among the `ligne` elements.
pub struct XmlLines<'a> {
    reader: Reader<BufReader<Box<dyn Read + 'a>>>,
    buffer: Vec<u8>,
    /// Open elements.
    depth: usize,
    /// Open containers, as places in [`CONTAINERS`].
    open: Vec<usize>,
    /// The text of the innermost element.
    text: String,
    /// The value of each field, and in which container it stands.
    values: Vec<(String, usize)>,
    /// The lines of the entry being read: what stands in `ligne` itself.
    entry: Vec<Vec<String>>,
    ready: VecDeque<String>,
    current: String,
    number: u64,
    closing: String,
    fields: HashMap<String, Option<Field>>,
    is_ended: bool,
}

impl<'a> XmlLines<'a> {
    /// Opens a file; `on_read` hears of every block of bytes read.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path, form: TextForm, on_read: impl FnMut(u64) + 'a) -> io::Result<Self> {
        let text = utf8_of(path, form, on_read)?;
        Ok(Self {
            reader: Reader::from_reader(BufReader::with_capacity(1 << 16, text)),
            buffer: Vec::new(),
            depth: 0,
            open: Vec::new(),
            text: String::new(),
            values: no_values(),
            entry: Vec::new(),
            ready: VecDeque::new(),
            current: String::new(),
            number: 0,
            closing: String::new(),
            fields: HashMap::new(),
            is_ended: false,
        })
    }

    /// Reads one event.
    fn step(&mut self) -> io::Result<()> {
        self.buffer.clear();
        let broken = |error: quick_xml::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        match self.reader.read_event_into(&mut self.buffer).map_err(broken)? {
            Event::Start(element) => {
                self.depth += 1;
                self.text.clear();
                let name = element.local_name();
                if let Some(place) =
                    CONTAINERS.iter().position(|container| name.as_ref().eq_ignore_ascii_case(container))
                {
                    self.open.push(place);
                }
            }
            Event::End(element) => {
                let name = element.local_name().as_ref().to_owned();
                self.depth = self.depth.saturating_sub(1);
                self.close(&name);
            }
            Event::Text(text) => self.text.push_str(&text.xml10_content()),
            Event::CData(text) => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => self.text.push_str(&resolved(&reference)),
            Event::Eof => {
                if self.depth > 0 {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        format!("{} elements are not closed", self.depth),
                    ));
                }
                self.is_ended = true;
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        Ok(())
    }

    /// The end of an element: a field's value, a line, an entry, a journal.
    fn close(&mut self, name: &str) {
        let Some(container) = CONTAINERS.iter().position(|container| name.eq_ignore_ascii_case(container)) else {
            self.value(name);
            return;
        };
        self.open.pop();
        match CONTAINERS[container] {
            "ligne" => {
                let own = |value: &mut (String, usize)| {
                    if value.1 == container { std::mem::take(value).0 } else { String::new() }
                };
                self.entry.push(self.values.iter_mut().map(own).collect());
            }
            "ecriture" => {
                for line in std::mem::take(&mut self.entry) {
                    let of_entry = self.values.iter().map(|(value, _)| value);
                    let values = line.iter().zip(of_entry).map(|(own, entry)| if own.is_empty() { entry } else { own });
                    self.ready.push_back(values.map(String::as_str).collect::<Vec<&str>>().join("\t"));
                }
                self.forget(container);
            }
            _ => self.forget(container),
        }
    }

    /// The end of an innermost element.
    fn value(&mut self, name: &str) {
        let text: String = self.text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.text.clear();
        if name.eq_ignore_ascii_case("DateCloture") {
            self.closing = text;
            return;
        }
        let field = *self.fields.entry(name.to_owned()).or_insert_with(|| Field::named(name));
        if let (Some(field), Some(&container)) = (field, self.open.last()) {
            self.values[field as usize] = (text, container);
        }
    }

    /// Forgets what stood in a container that ends.
    fn forget(&mut self, container: usize) {
        for value in &mut self.values {
            if value.1 >= container {
                *value = (String::new(), 0);
            }
        }
    }
}

impl LineSource for XmlLines<'_> {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
        while self.ready.is_empty() && !self.is_ended {
            self.step()?;
        }
        let Some(line) = self.ready.pop_front() else { return Ok(None) };
        self.current = line;
        self.number += 1;
        let is_readable = !self.current.contains('\u{fffd}');
        Ok(Some(Line { number: self.number, text: &self.current, is_readable }))
    }
}

fn no_values() -> Vec<(String, usize)> {
    vec![(String::new(), 0); Field::ALL.len()]
}
