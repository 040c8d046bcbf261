//! ZIP archives of files: each is read as if it lay where the archive lies.
//!
//! In: a ZIP that is no workbook. Out: its files in a folder, in the order of their names. Refused: one protected by a
//! password, one that holds no file, one that grows without measure once it is unpacked.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::IngestError;
use super::unreadable::NoTable;

/// Files that an archive may hold.
const MOST_FILES: usize = 1_000;
/// Bytes that its files may take in all.
const MOST_BYTES: u64 = 4 << 30;

/// Whether a file is an archive of files, and no workbook.
///
/// # Errors
/// [`IngestError::NoTable`] for a document, [`IngestError::File`].
pub fn is_archive(path: &Path) -> Result<bool, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let mut start = [0_u8; 4];
    if super::regular_file(path)?.read_exact(&mut start).is_err() || start != *b"PK\x03\x04" {
        return Ok(false);
    }
    let Ok(mut archive) = ZipArchive::new(File::open(path).map_err(failed)?) else { return Ok(false) };
    let mut holds = |name: &str| archive.by_name(name).is_ok();
    if holds("word/document.xml") || holds("ppt/presentation.xml") {
        return Err(IngestError::NoTable { file: super::open::file_name(path), what: NoTable::DOCUMENT });
    }
    // workbooks are archives too: of Excel, and of LibreOffice
    Ok(!holds("[Content_Types].xml") && !holds("mimetype"))
}

/// Unpacks an archive into a folder.
///
/// # Errors
/// [`IngestError::Archive`], [`IngestError::File`].
pub fn unpack(path: &Path, folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let file_name = super::open::file_name(path);
    let broken = |cause: String| IngestError::Archive { file: file_name.clone(), cause };
    let mut archive = ZipArchive::new(File::open(path).map_err(failed)?).map_err(|cause| broken(cause.to_string()))?;
    let mut files = Vec::new();
    let mut left = MOST_BYTES;
    for position in 0..archive.len() {
        let mut part = match archive.by_index(position) {
            Ok(part) => part,
            Err(cause) => return Err(broken(cause.to_string())),
        };
        let name = part.name().map(Cow::into_owned).unwrap_or_default();
        // only the last part of a name counts: a path may lead anywhere
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let is_hidden = last.is_empty() || last.starts_with('.') || name.starts_with("__MACOSX");
        if part.is_dir() || is_hidden {
            continue;
        }
        if files.len() == MOST_FILES {
            return Err(broken(format!("it holds more than {MOST_FILES} files")));
        }
        let own = folder.join(files.len().to_string());
        std::fs::create_dir_all(&own).map_err(failed)?;
        let unpacked = own.join(&last);
        let mut out = File::create(&unpacked).map_err(failed)?;
        let written =
            io::copy(&mut part.by_ref().take(left + 1), &mut out).map_err(|cause| broken(cause.to_string()))?;
        left = left
            .checked_sub(written)
            .ok_or_else(|| broken(format!("its files take more than {} GB", MOST_BYTES >> 30)))?;
        files.push(unpacked);
    }
    if files.is_empty() {
        return Err(broken("it holds no file".to_owned()));
    }
    files.sort_by_key(|file| file.file_name().map(std::ffi::OsStr::to_owned));
    Ok(files)
}
