//! Which characters the bytes of a file stand for, decided by evidence over the whole file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A character encoding that ledgers come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark; plain ASCII too.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// ISO-8859-15 (Latin 9), the one the law names for a FEC.
    Iso8859_15,
    /// Windows code page 1252.
    Windows1252,
    /// DOS code page 850.
    Cp850,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 6] =
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Iso8859_15, Self::Windows1252, Self::Cp850];

    /// The code on the command line and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Iso8859_15 => "iso-8859-15",
            Self::Windows1252 => "windows-1252",
            Self::Cp850 => "cp850",
        }
    }

    /// The encoding a code or one of its common names stands for; case and punctuation do not count.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Some(match super::names::fold(code).as_str() {
            "utf8" => Self::Utf8,
            "utf16" | "utf16le" => Self::Utf16Le,
            "utf16be" => Self::Utf16Be,
            "iso885915" | "latin9" => Self::Iso8859_15,
            "windows1252" | "cp1252" | "iso88591" | "latin1" | "ansi" => Self::Windows1252,
            "cp850" | "ibm850" | "dos" | "oem850" => Self::Cp850,
            _ => return None,
        })
    }

    /// The characters of the 256 bytes, where one byte is one character.
    #[must_use]
    pub fn byte_table(self) -> Option<[char; 256]> {
        let high = |byte: u8| match self {
            Self::Iso8859_15 => first_char(encoding_rs::ISO_8859_15, byte),
            Self::Windows1252 => first_char(encoding_rs::WINDOWS_1252, byte),
            Self::Cp850 => oem_cp::decode_char_complete_table(byte, &oem_cp::code_table::DECODING_TABLE_CP850),
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => '\u{fffd}',
        };
        if matches!(self, Self::Utf8 | Self::Utf16Le | Self::Utf16Be) {
            return None;
        }
        let mut table = ['\0'; 256];
        for (byte, character) in (0..=u8::MAX).zip(&mut table) {
            *character = if byte.is_ascii() { char::from(byte) } else { high(byte) };
        }
        Some(table)
    }
}

fn first_char(encoding: &'static encoding_rs::Encoding, byte: u8) -> char {
    encoding.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or('\u{fffd}')
}

/// What stands between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// Line feed.
    Lf,
    /// Carriage return and line feed.
    CrLf,
    /// Carriage return alone.
    Cr,
    /// Two carriage returns and a line feed: a file converted twice.
    CrCrLf,
}

impl LineEnd {
    /// The code in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lf => "lf",
            Self::CrLf => "crlf",
            Self::Cr => "cr",
            Self::CrCrLf => "crcrlf",
        }
    }
}

/// How a text file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextForm {
    /// Its characters.
    pub encoding: Encoding,
    /// Its line ends.
    pub line_end: LineEnd,
    /// Bytes of the byte order mark, 0 where there is none.
    pub mark_bytes: usize,
}

/// Reads a file through once to tell how it is written. `chosen` overrides what the bytes say.
///
/// # Errors
/// When the file cannot be read.
pub fn survey(path: &Path, chosen: Option<Encoding>, mut on_read: impl FnMut(u64)) -> io::Result<TextForm> {
    const BLOCK_BYTES: usize = 1 << 20;
    let mut file = File::open(path)?;
    let mut block = vec![0_u8; BLOCK_BYTES];
    let mut kept = 0_usize;
    let mut form: Option<TextForm> = None;
    let mut evidence = Evidence::default();
    loop {
        let read = file.read(&mut block[kept..])?;
        on_read(read as u64);
        let filled = kept + read;
        let form = form.get_or_insert_with(|| first_look(&block[..filled], chosen));
        if chosen.is_some() || form.encoding != Encoding::Utf8 {
            return Ok(*form);
        }
        if read == 0 {
            evidence.lines(&block[..filled]);
            form.encoding = evidence.verdict();
            return Ok(*form);
        }
        // a line that goes on in the next block waits for it; one that fills a whole block is cut between characters
        let after_last =
            |is_end: fn(&u8) -> bool| block[..filled].iter().rposition(is_end).map_or(0, |place| place + 1);
        let ended = after_last(|&byte| byte == b'\n' || byte == b'\r');
        let taken = if ended > 0 || filled < BLOCK_BYTES { ended } else { after_last(u8::is_ascii).max(filled / 2) };
        evidence.lines(&block[..taken]);
        block.copy_within(taken..filled, 0);
        kept = filled - taken;
    }
}

/// What the beginning of the file tells: byte order mark, width of characters, line ends.
fn first_look(start: &[u8], chosen: Option<Encoding>) -> TextForm {
    let (mark_bytes, marked) = match start {
        [0xef, 0xbb, 0xbf, ..] => (3, Encoding::Utf8),
        [0xff, 0xfe, ..] => (2, Encoding::Utf16Le),
        [0xfe, 0xff, ..] => (2, Encoding::Utf16Be),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => (0, Encoding::Utf16Le),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => (0, Encoding::Utf16Be),
        _ => (0, Encoding::Utf8),
    };
    let encoding = chosen.unwrap_or(marked);
    let bytes: Vec<u8> = match encoding {
        Encoding::Utf16Le | Encoding::Utf16Be => start.iter().copied().filter(|&byte| byte != 0).collect(),
        _ => start.to_vec(),
    };
    let line_end = match bytes.iter().position(|&byte| byte == b'\n') {
        None if bytes.contains(&b'\r') => LineEnd::Cr,
        None => LineEnd::Lf,
        Some(place) => match &bytes[..place] {
            [.., b'\r', b'\r'] => LineEnd::CrCrLf,
            [.., b'\r'] => LineEnd::CrLf,
            _ => LineEnd::Lf,
        },
    };
    TextForm { encoding, line_end, mark_bytes }
}

/// What the bytes above 0x7F say, line by line.
#[derive(Default)]
struct Evidence {
    utf8_lines: u64,
    other_lines: u64,
    cp850_letters: u64,
    windows_letters: u64,
    windows_signs: u64,
}

impl Evidence {
    fn lines(&mut self, block: &[u8]) {
        if block.is_ascii() {
            return;
        }
        for line in block.split(|&byte| byte == b'\n' || byte == b'\r').filter(|line| !line.is_ascii()) {
            if std::str::from_utf8(line).is_ok() {
                self.utf8_lines += 1;
            } else {
                self.other_lines += 1;
                self.single_bytes(line);
            }
        }
    }

    /// 0x80 to 0x9F are letters in code page 850 (é = 0x82, à = 0x85), signs in Windows 1252, nothing in
    /// ISO 8859-15; above that, the French letters of the last two are graphics or rare capitals in the first.
    fn single_bytes(&mut self, line: &[u8]) {
        for (place, &byte) in line.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            let before = place.checked_sub(1).and_then(|place| line.get(place));
            let after = line.get(place + 1);
            let is_letter =
                |neighbour: Option<&u8>| neighbour.is_some_and(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic());
            let in_word = is_letter(before) || is_letter(after);
            let inside = is_letter(before) && is_letter(after);
            match byte {
                0x91 | 0x92 | 0x9c if inside => self.windows_signs += 2,
                // à, the one letter that is a word
                0x85 if before == Some(&b' ') && after == Some(&b' ') => self.cp850_letters += 1,
                // …, which ends a word
                0x85 if !inside => self.windows_signs += 1,
                0x81..=0x85 | 0x87..=0x8c | 0x90 | 0x93 | 0x94 | 0x96 | 0x97 if in_word => self.cp850_letters += 1,
                0x80..=0x9f => self.windows_signs += 1,
                0xc0..=0xff if in_word => self.windows_letters += 1,
                _ => {}
            }
        }
    }

    fn verdict(&self) -> Encoding {
        if self.other_lines == 0 || self.utf8_lines > self.other_lines {
            Encoding::Utf8
        } else if self.cp850_letters > self.windows_letters + self.windows_signs {
            Encoding::Cp850
        } else if self.windows_signs + self.cp850_letters > 0 {
            Encoding::Windows1252
        } else {
            Encoding::Iso8859_15
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test file that cannot be written must stop the test")]
mod tests {
    use std::io::Write;

    use super::*;

    fn form_of(bytes: &[u8]) -> TextForm {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        survey(file.path(), None, |_| {}).unwrap()
    }

    #[test]
    fn evidence_tells_the_encoding() {
        for (bytes, encoding) in [
            (&b"plain"[..], Encoding::Utf8),
            ("Société Éric".as_bytes(), Encoding::Utf8),
            (b"\xef\xbb\xbfx", Encoding::Utf8),
            (b"\xff\xfeA\0B\0", Encoding::Utf16Le),
            (b"\xfe\xff\0A\0B", Encoding::Utf16Be),
            (b"A\0B\0C\0", Encoding::Utf16Le),
            (b"Soci\xe9t\xe9 \xc9ric", Encoding::Iso8859_15),
            (b"100 \xa4", Encoding::Iso8859_15),
            (b"l\x92\xe9t\xe9", Encoding::Windows1252),
            (b"Prix 100 \x80", Encoding::Windows1252),
            (b"c\x9cur", Encoding::Windows1252),
            (b"et cetera\x85 ", Encoding::Windows1252),
            (b"Soci\x82t\x82 \x90ric", Encoding::Cp850),
            (b"facture \x85 payer", Encoding::Cp850),
            (b"re\x87u", Encoding::Cp850),
        ] {
            assert_eq!(form_of(bytes).encoding, encoding, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn one_bad_line_does_not_make_another_encoding_of_a_utf8_file() {
        let mut bytes = "Société\nÉlan\n".repeat(20).into_bytes();
        bytes.extend_from_slice(b"Soci\xe9t\xe9\n");
        assert_eq!(form_of(&bytes).encoding, Encoding::Utf8);
    }

    #[test]
    fn line_ends_are_recognised() {
        for (bytes, line_end) in [
            (&b"a\nb\n"[..], LineEnd::Lf),
            (b"a\r\nb\r\n", LineEnd::CrLf),
            (b"a\rb\r", LineEnd::Cr),
            (b"a\r\r\nb\r\r\n", LineEnd::CrCrLf),
            (b"a", LineEnd::Lf),
        ] {
            assert_eq!(form_of(bytes).line_end, line_end, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn every_encoding_is_found_by_its_code() {
        for encoding in Encoding::ALL {
            assert_eq!(Encoding::parse(encoding.code()), Some(encoding));
        }
        assert_eq!(Encoding::parse("ISO_8859-15"), Some(Encoding::Iso8859_15));
        assert_eq!(Encoding::parse("ebcdic"), None);
    }

    #[test]
    fn the_tables_hold_the_letters_of_french() {
        for (encoding, byte) in
            [(Encoding::Iso8859_15, 0xe9_u8), (Encoding::Windows1252, 0xe9), (Encoding::Cp850, 0x82)]
        {
            assert_eq!(encoding.byte_table().unwrap()[usize::from(byte)], 'é');
        }
        assert_eq!(Encoding::Iso8859_15.byte_table().unwrap()[0xbd], 'œ');
        assert!(Encoding::Utf8.byte_table().is_none());
    }
}
