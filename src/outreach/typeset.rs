//! Letters as PDF: a template and its data in, the bytes of a PDF out.
//!
//! A template sees one file, `data.json`. It reaches no disk, no network and no package. The same template, data and day give the
//! same bytes.

use serde_json::Value;
use typst::diag::{FileError, FileResult, Severity, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// The fonts that are offered to templates, the one of the letters first, then one for the scripts that it lacks.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];
/// What the PDFs keep to: they can be archived, and read aloud.
const STANDARDS: [PdfStandard; 2] = [PdfStandard::A_2a, PdfStandard::Ua_1];
/// How many letters what was computed for one is kept for those after it: what all letters share stays, what one had goes.
const KEPT_FOR: usize = 2;
/// What is shown for a character that no font has.
const UNKNOWN: char = '\u{FFFD}';

/// Typesets letters. Making one reads the fonts: it is made once and shared by all threads.
pub struct Typesetter {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    standards: PdfStandards,
    main: FileId,
    data: FileId,
}

impl Typesetter {
    /// Reads the fonts and builds the standard library.
    ///
    /// # Errors
    /// If the crates that the fonts and the PDF come from lack something: only another version of them can.
    pub fn new() -> Result<Self, String> {
        let mut fonts: Vec<Font> = typst_assets::fonts()
            .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
            .filter(|font| FAMILIES.contains(&font.info().family.as_str()))
            .collect();
        fonts.sort_by_key(|font| FAMILIES.iter().position(|family| *family == font.info().family));
        if fonts.first().is_none_or(|font| font.info().family != FAMILIES[0]) {
            return Err(format!("the font {} is missing", FAMILIES[0]));
        }
        let file = |path| {
            let path = VirtualPath::new(path).map_err(|error| error.to_string())?;
            Ok::<_, String>(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            standards: PdfStandards::new(&STANDARDS).map_err(|error| error.message().to_string())?,
            main: file("letter.typ")?,
            data: file("data.json")?,
        })
    }

    /// The PDF/A of `template`, which reads its texts from the file `data.json`. The PDF is dated `today` (year, month, day), as is
    /// what the template knows of time.
    ///
    /// # Errors
    /// If the data is no JSON, the date is none, or the template does not compile: then with the line of each fault.
    pub fn pdf(&self, template: &str, data_json: &[u8], today: (i32, u8, u8)) -> Result<Vec<u8>, String> {
        let data: Value = serde_json::from_slice(data_json).map_err(|error| format!("data.json: {error}"))?;
        let (year, month, day) = today;
        let today = Datetime::from_ymd(year, month, day).ok_or_else(|| format!("no date: {year}-{month}-{day}"))?;
        let main = Source::new(self.main, template.to_owned());
        let letter = |data: Value, shown: &dyn Fn(char) -> bool| {
            let data = Bytes::from_string(cleaned(data, shown).to_string());
            Letter { setter: self, main: main.clone(), data, today }.pdf()
        };
        let has = |font: &Font, c| font.info().coverage.contains(u32::from(c));
        let any = |c| self.fonts.iter().any(|font| has(font, c));
        // PDF/A refuses a character that its font lacks, and an accent that one font has may stand on a letter of another. Then only
        // what all faces of the first font have is kept.
        let own = |c| self.fonts.iter().filter(|font| font.info().family == FAMILIES[0]).all(|font| has(font, c));
        let pdf = letter(data.clone(), &any).or_else(|first| letter(data, &own).map_err(|_| first));
        comemo::evict(KEPT_FOR);
        pdf
    }
}

/// One letter: what the compiler may ask about the world.
struct Letter<'a> {
    setter: &'a Typesetter,
    main: Source,
    data: Bytes,
    today: Datetime,
}

impl Letter<'_> {
    fn pdf(&self) -> Result<Vec<u8>, String> {
        let document = typst::compile::<PagedDocument>(self).output.map_err(|faults| self.told(&faults))?;
        let options = PdfOptions {
            // two letters of one title are two documents: the data tells them apart
            ident: Smart::Custom(String::from_utf8_lossy(&self.data).into_owned()),
            creator: Smart::Custom(Some("Encours".to_owned())),
            timestamp: Some(Timestamp::new_utc(self.midnight())),
            standards: self.setter.standards.clone(),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|faults| self.told(&faults))
    }

    /// The first moment of today: PDF/A wants a time.
    fn midnight(&self) -> Datetime {
        let date = (self.today.year(), self.today.month(), self.today.day());
        let (Some(year), Some(month), Some(day)) = date else { return self.today };
        Datetime::from_ymd_hms(year, month, day, 0, 0, 0).unwrap_or(self.today)
    }

    /// The faults, each on a line of its own with its place in the template.
    fn told(&self, faults: &[SourceDiagnostic]) -> String {
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error);
        let lines = errors.map(|fault| {
            // a fault deep inside the library is placed where the template called for it
            let span = std::iter::once(fault.span).chain(fault.trace.iter().map(|point| point.span.into()));
            let place = span.filter(|span| span.id() == Some(self.setter.main)).find_map(|span| self.range(span));
            let place = place.and_then(|range| self.main.lines().byte_to_line_column(range.start));
            let place = place.map(|(line, column)| format!("line {}, column {}: ", line + 1, column + 1));
            let hints = fault.hints.iter().map(|hint| format!(" (hint: {})", hint.v)).collect::<Vec<_>>().concat();
            format!("{}{}{hints}", place.unwrap_or_default(), fault.message)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn refused<T>(id: FileId) -> FileResult<T> {
        let path = id.vpath().get_with_slash();
        let what = match id.root() {
            VirtualRoot::Project => format!("a letter reads data.json only, not {path}"),
            VirtualRoot::Package(package) => format!("a letter uses no packages: {package}"),
        };
        Err(FileError::Other(Some(what.into())))
    }
}

impl World for Letter<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.setter.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.setter.book
    }

    fn main(&self) -> FileId {
        self.setter.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.setter.main { Ok(self.main.clone()) } else { Self::refused(id) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.setter.data { Ok(self.data.clone()) } else { Self::refused(id) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.setter.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}

/// The data with each of its texts made printable. Keys stay: templates are written for them.
fn cleaned(value: Value, shown: &dyn Fn(char) -> bool) -> Value {
    match value {
        Value::String(text) => Value::String(printable(&text, shown)),
        Value::Array(list) => list.into_iter().map(|value| cleaned(value, shown)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, cleaned(value, shown))).collect(),
        other => other,
    }
}

/// The text on one line, without what reorders or hides its neighbours, and with a mark for what no font shows.
fn printable(text: &str, shown: &dyn Fn(char) -> bool) -> String {
    let seen = |c: char| match c {
        ' '..='~' => Some(c),
        // marks of direction: one that is not closed would turn the amounts after it
        '\u{061C}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        // soft hyphen, joiners, byte order mark, variation selectors: nothing to see
        | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' => None,
        '\u{2028}' | '\u{2029}' => Some(' '),
        _ if c.is_control() => Some(' '),
        _ if shown(c) => Some(c),
        _ => Some(UNKNOWN),
    };
    text.chars().filter_map(seen).collect()
}
