//! Files that hold no table that can be read, told by their first bytes and named for what they are.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What begins how: bytes, then a name and what to do.
const BEGINNINGS: [(&[u8], NoTable); 12] = [
    (b"%PDF", NoTable::PDF),
    (b"\x89PNG", NoTable::IMAGE),
    (b"\xff\xd8\xff", NoTable::IMAGE),
    (b"GIF8", NoTable::IMAGE),
    (b"II*\0", NoTable::IMAGE),
    (b"MM\0*", NoTable::IMAGE),
    (b"\x1f\x8b", NoTable::PACKED),
    (b"7z\xbc\xaf", NoTable::PACKED),
    (b"Rar!", NoTable::PACKED),
    (b"BZh", NoTable::PACKED),
    (b"SQLi", NoTable::DATABASE),
    (b"PAR1", NoTable::PARQUET),
];
/// Bytes in which a locked workbook names what it holds.
const LOOKED_AT: u64 = 1 << 20;

/// A kind of file that holds no table that can be read, and what to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTable {
    /// What it is, with its article.
    pub name: &'static str,
    /// What to do.
    pub hint: &'static str,
}

impl NoTable {
    const PDF: Self =
        Self { name: "a PDF", hint: "export the list as CSV or XLSX: a PDF holds a picture of it, not its rows" };
    const IMAGE: Self = Self { name: "a picture", hint: "export the list itself, as CSV or XLSX" };
    const PACKED: Self = Self { name: "packed", hint: "unpack it, or pack it as a ZIP, which can be loaded as it is" };
    const DATABASE: Self = Self { name: "a database (SQLite)", hint: "export its table as CSV" };
    const PARQUET: Self = Self { name: "a Parquet file", hint: "export the table as CSV" };
    const LOCKED: Self =
        Self { name: "a workbook protected by a password", hint: "open it, save it without a password, and load that" };
    /// A document of Word or slides: an archive as workbooks are, with other parts.
    pub(super) const DOCUMENT: Self =
        Self { name: "a text document or slides", hint: "copy its table into a workbook, or export the list as CSV" };
}

/// What a file is, where it is nothing that can be read as a table.
///
/// # Errors
/// When the file cannot be read.
pub fn told_by(path: &Path, start: [u8; 4]) -> io::Result<Option<NoTable>> {
    if start == *b"\xd0\xcf\x11\xe0" {
        let mut bytes = Vec::new();
        File::open(path)?.take(LOOKED_AT).read_to_end(&mut bytes)?;
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_locked = bytes.windows(name.len()).any(|part| part == name);
        return Ok(is_locked.then_some(NoTable::LOCKED));
    }
    Ok(BEGINNINGS.iter().find(|(bytes, _)| start.starts_with(bytes)).map(|(_, what)| *what))
}
