//! Rows become Parquet files beside the lake's tables, invisible until a load commits them.
//!
//! In: batches of [`Rows`]. Out: files named `<table>/<origin>-<load>-<n>.parquet` and what each holds.
//! Refused: nothing; a file that cannot be written is an error of the disk. The only door to the writer of Parquet.
//!
//! Each file is written beside what makes its rows, and its columns beside each other: compressing is most of the work.

mod parquet_file;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};
use url::Url;

use self::parquet_file::ParquetFile;
use crate::model::{Rows, TableSpec};

/// Batches that wait for the writer of a file.
const BATCHES_AHEAD: usize = 2;
/// A file that waits for its commit.
#[derive(Clone, Debug)]
pub struct StagedFile {
    /// The table it belongs to.
    pub table: &'static TableSpec,
    /// Whose rows it holds; a later load replaces an origin's files as a whole.
    pub origin: String,
    /// Where it is.
    pub path: PathBuf,
    /// How many rows it holds.
    pub row_count: usize,
}

impl StagedFile {
    /// Its address.
    #[must_use]
    pub fn url(&self) -> Url {
        Url::from_file_path(&self.path).unwrap_or_else(|()| unreachable!("files are staged below an absolute folder"))
    }
}

/// Writes the files of one load.
pub struct Staging {
    root: PathBuf,
    load_id: String,
    tag: String,
    open: BTreeMap<(&'static str, String), TableFile>,
    done: Vec<StagedFile>,
}

/// A Parquet file of a table being written.
pub struct TableFile {
    table: &'static TableSpec,
    path: PathBuf,
    row_count: usize,
    waiting: Option<mpsc::SyncSender<(Rows, String)>>,
    writer: Option<JoinHandle<io::Result<()>>>,
}

impl Staging {
    /// Files go below `root`, the lake's staging folder. Every row without a load yet bears `load_id`; `tag`, the load and
    /// which of its tries, tells the files from those of other tries.
    #[must_use]
    pub fn new(root: &Path, load_id: &str, tag: &str) -> Self {
        Self {
            root: root.to_owned(),
            load_id: load_id.to_owned(),
            tag: tag.to_owned(),
            open: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    /// Appends rows to the origin's file of their table. `origin` is a slug: `[a-z0-9._-]`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&mut self, origin: &str, rows: Rows) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let key = (rows.table.name, origin.to_owned());
        if !self.open.contains_key(&key) {
            let path = self.root.join(rows.table.name).join(format!("{origin}-{}.parquet", self.tag));
            let file = TableFile::create(rows.table, path)?;
            self.open.insert(key.clone(), file);
        }
        if let Some(file) = self.open.get_mut(&key) {
            file.append(rows, &self.load_id)?;
        }
        Ok(())
    }

    /// Forgets all that was written: files of the same names will take the place of those begun.
    pub fn restart(&mut self) {
        self.open.clear();
        self.done.clear();
    }

    /// Closes every file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> io::Result<Vec<StagedFile>> {
        for ((_, origin), file) in std::mem::take(&mut self.open) {
            self.done.push(file.close(origin)?);
        }
        Ok(self.done)
    }
}

impl TableFile {
    /// Opens it; its folder is made if missing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(table: &'static TableSpec, path: PathBuf) -> io::Result<Self> {
        let mut file = ParquetFile::create(table, &path)?;
        let (batches, rows) = mpsc::sync_channel::<(Rows, String)>(BATCHES_AHEAD);
        let writing = std::thread::Builder::new().name("parquet".to_owned()).spawn(move || {
            while let Ok((rows, load_id)) = rows.recv() {
                file.write(&rows, &load_id)?;
            }
            file.close()
        })?;
        Ok(Self { table, path, row_count: 0, waiting: Some(batches), writer: Some(writing) })
    }

    /// Appends rows; those without a load yet bear `load_id`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn append(&mut self, rows: Rows, load_id: &str) -> io::Result<()> {
        self.row_count += rows.len();
        let is_taken = self.waiting.as_ref().is_some_and(|waiting| waiting.send((rows, load_id.to_owned())).is_ok());
        // a writer that no longer takes any has met an error
        if is_taken { Ok(()) } else { self.end() }
    }

    /// Writes what is held back and closes the file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn close(mut self, origin: String) -> io::Result<StagedFile> {
        self.end()?;
        Ok(StagedFile { table: self.table, origin, path: self.path.clone(), row_count: self.row_count })
    }

    /// Lets the writer come to its end, and hears how it went.
    fn end(&mut self) -> io::Result<()> {
        self.waiting = None;
        match self.writer.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(written)) => written,
            Some(Err(cause)) => std::panic::resume_unwind(cause),
        }
    }
}

impl Drop for TableFile {
    /// A file given up is not written to behind the back of one that takes its place.
    fn drop(&mut self) {
        self.waiting = None;
        if let Some(writer) = self.writer.take() {
            drop(writer.join());
        }
    }
}

/// Writes one small batch of rows to a file of its own (the `loads` row of a commit).
///
/// # Errors
/// When the disk refuses.
pub fn write_file(rows: &Rows, path: &Path) -> io::Result<()> {
    let mut file = ParquetFile::create(rows.table, path)?;
    file.write(rows, "")?;
    file.close()
}

/// Items of a load are numbered from here on: 2³¹ blocks of 2³² numbers, chosen by a hash of the load's identifier.
/// Two loads of a lake do not share a block: see [`block_of`].
fn first_number(load_id: &str) -> i64 {
    i64::from(block_of(load_id)) << 32
}

/// The block of numbers that a load's items take theirs from: a load chooses an identifier whose block no load of the
/// lake has.
#[must_use]
pub fn block_of(load_id: &str) -> u32 {
    let bytes = Sha256::digest(load_id.as_bytes());
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) >> 1
}
