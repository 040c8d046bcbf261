//! The lines of a text file, decoded, one at a time: a file is never held whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::encoding::{Encoding, LineEnd, TextForm};

/// No line of a ledger is longer; what goes beyond is cut, and the line refused.
const LINE_BYTES: usize = 1 << 20;

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Where it stands in the file, from 1.
    pub number: u64,
    /// Its text without line end; what cannot be decoded is U+FFFD.
    pub text: &'a str,
    /// Whether every byte could be decoded, there is no NUL, and the line is not beyond all measure.
    pub is_readable: bool,
}

/// Gives lines, whatever they come from.
pub trait LineSource {
    /// The next line that is not blank; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what it seemed.
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error>;
}

/// The lines of a file.
pub struct Lines<'a> {
    reader: BufReader<Box<dyn Read + 'a>>,
    terminator: u8,
    table: Option<[char; 256]>,
    bytes: Vec<u8>,
    text: String,
    number: u64,
}

impl<'a> Lines<'a> {
    /// Opens a file of a known form; `on_read` hears of every block of bytes read.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path, form: TextForm, on_read: impl FnMut(u64) + 'a) -> io::Result<Self> {
        let mut file = File::open(path)?;
        io::copy(&mut file.by_ref().take(form.mark_bytes as u64), &mut io::sink())?;
        let counted = Counted { file, on_read };
        let reader: Box<dyn Read + 'a> = match form.encoding {
            Encoding::Utf16Le => Box::new(Transcoded::new(counted, encoding_rs::UTF_16LE)),
            Encoding::Utf16Be => Box::new(Transcoded::new(counted, encoding_rs::UTF_16BE)),
            _ => Box::new(counted),
        };
        Ok(Self {
            reader: BufReader::with_capacity(1 << 18, reader),
            terminator: if form.line_end == LineEnd::Cr { b'\r' } else { b'\n' },
            table: form.encoding.byte_table(),
            bytes: Vec::new(),
            text: String::new(),
            number: 0,
        })
    }

    /// Fills `bytes` with the next line; whether there is one, and whether it was cut.
    fn fill(&mut self) -> io::Result<(bool, bool)> {
        self.bytes.clear();
        let mut is_cut = false;
        let mut is_any = false;
        loop {
            let block = self.reader.fill_buf()?;
            if block.is_empty() {
                return Ok((is_any, is_cut));
            }
            is_any = true;
            // most lines are short: a plain search of the beginning beats setting up a wide one
            let end = block.iter().position(|&byte| byte == self.terminator);
            let taken = end.unwrap_or(block.len());
            let room = LINE_BYTES.saturating_sub(self.bytes.len()).min(taken);
            is_cut |= room < taken;
            self.bytes.extend_from_slice(&block[..room]);
            self.reader.consume(end.map_or(taken, |end| end + 1));
            if end.is_some() {
                return Ok((true, is_cut));
            }
        }
    }
}

impl LineSource for Lines<'_> {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
        loop {
            let (is_any, is_cut) = self.fill()?;
            if !is_any {
                return Ok(None);
            }
            self.number += 1;
            // CR CR LF, and the end-of-file sign of DOS
            while matches!(self.bytes.last(), Some(b'\r' | 0x1a)) {
                self.bytes.pop();
            }
            if self.bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.text.clear();
            let is_decoded = if let Some(table) = &self.table {
                self.text.extend(self.bytes.iter().map(|&byte| table[usize::from(byte)]));
                true
            } else if let Ok(text) = std::str::from_utf8(&self.bytes) {
                self.text.push_str(text);
                true
            } else {
                self.text.push_str(&String::from_utf8_lossy(&self.bytes));
                false
            };
            let is_readable = is_decoded && !is_cut && !self.bytes.contains(&0);
            return Ok(Some(Line { number: self.number, text: &self.text, is_readable }));
        }
    }
}

/// Tells how many bytes were read.
struct Counted<F> {
    file: File,
    on_read: F,
}

impl<F: FnMut(u64)> Read for Counted<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        (self.on_read)(read as u64);
        Ok(read)
    }
}

/// The text of a file as UTF-8, whatever its encoding, for readers that find their own way through it.
///
/// # Errors
/// When the file cannot be opened.
pub fn utf8_of<'a>(path: &Path, form: TextForm, on_read: impl FnMut(u64) + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut file = File::open(path)?;
    io::copy(&mut file.by_ref().take(form.mark_bytes as u64), &mut io::sink())?;
    let encoding = match form.encoding {
        Encoding::Utf8 => encoding_rs::UTF_8,
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
        Encoding::Iso8859_15 => encoding_rs::ISO_8859_15,
        // no writer of marked-up text uses the DOS page
        Encoding::Windows1252 | Encoding::Cp850 => encoding_rs::WINDOWS_1252,
    };
    Ok(Box::new(Transcoded::new(Counted { file, on_read }, encoding)))
}

/// Any encoding in, UTF-8 out; what cannot be decoded is U+FFFD.
struct Transcoded<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    source: Vec<u8>,
    filled: usize,
    /// Nothing more comes in.
    is_ended: bool,
    /// Nothing more goes out.
    is_finished: bool,
}

impl<R: Read> Transcoded<R> {
    fn new(inner: R, encoding: &'static encoding_rs::Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { inner, decoder, source: vec![0; 1 << 16], filled: 0, is_ended: false, is_finished: false }
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_finished {
            if self.filled == 0 && !self.is_ended {
                self.filled = self.inner.read(&mut self.source)?;
                self.is_ended = self.filled == 0;
            }
            let (result, taken, written, _) =
                self.decoder.decode_to_utf8(&self.source[..self.filled], buffer, self.is_ended);
            self.source.copy_within(taken..self.filled, 0);
            self.filled -= taken;
            self.is_finished = self.is_ended && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test file that cannot be written must stop the test")]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::ingest::encoding;

    fn lines_of(bytes: &[u8], chosen: Option<Encoding>) -> Vec<(u64, String, bool)> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let form = encoding::survey(file.path(), chosen, |_| {}).unwrap();
        let mut lines = Lines::open(file.path(), form, |_| {}).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            all.push((line.number, line.text.to_owned(), line.is_readable));
        }
        all
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        lines_of(bytes, None).into_iter().map(|(_, text, _)| text).collect()
    }

    #[test]
    fn every_line_end_parts_the_same_lines() {
        for end in ["\n", "\r\n", "\r", "\r\r\n"] {
            let file = ["Société", "b", "c"].join(end);
            assert_eq!(texts(file.as_bytes()), ["Société", "b", "c"], "{end:?}");
            assert_eq!(texts(format!("{file}{end}").as_bytes()), ["Société", "b", "c"], "{end:?}");
        }
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16: Vec<u8> = "\u{feff}Société\r\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16_big: Vec<u8> = "\u{feff}Société\r\nb".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            "Société\nb".as_bytes(),
            "\u{feff}Société\nb".as_bytes(),
            b"Soci\xe9t\xe9\nb",
            b"Soci\x82t\x82\r\nb",
            &utf16,
            &utf16_big,
        ] {
            assert_eq!(texts(bytes), ["Société", "b"], "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn blank_lines_are_numbered_and_left_out() {
        let lines = lines_of(b"a\n\n  \nb\n\x1a", None);
        assert_eq!(lines, [(1, "a".to_owned(), true), (4, "b".to_owned(), true)]);
    }

    #[test]
    fn nul_and_undecodable_bytes_make_a_line_unreadable() {
        assert!(!lines_of(b"a\0b", None)[0].2);
        let lines = lines_of("é\né\n".bytes().chain(*b"\xe9t\xe9").collect::<Vec<u8>>().as_slice(), None);
        assert_eq!(lines.iter().map(|line| line.2).collect::<Vec<bool>>(), [true, true, false]);
    }

    #[test]
    fn a_line_without_end_is_cut_and_not_held() {
        let lines = lines_of(&vec![b'x'; 3 * LINE_BYTES], None);
        assert_eq!((lines.len(), lines[0].1.len(), lines[0].2), (1, LINE_BYTES, false));
    }

    #[test]
    fn a_chosen_encoding_overrides_the_evidence() {
        assert_eq!(lines_of(b"Soci\x82t\x82", Some(Encoding::Windows1252))[0].1, "Soci‚t‚");
    }
}
