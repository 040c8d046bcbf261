//! The lake: canonical tables as Delta tables, changed together or not at all.
//!
//! In: a place (`store`), files staged by a load. Out: snapshots (which files hold which table, as of a load) and the history of loads.
//! Refused: a folder that is no lake, a version that no load wrote. The only door to Delta.
//!
//! **`loads` is the commit point**, since Delta has no transaction over several tables. A load reads the last `loads`
//! row, writes its files, commits each touched table as *wanted − head* and then the `loads` row, without retries. If
//! `loads` moved meanwhile it starts again from its new last row. Readers open only versions that a `loads` row names:
//! a load killed earlier is invisible, and the next load heals what it left at the heads.
//!
//! **Done is done.** All is flushed before that row and the row before the load is said to be done; nothing is deleted by a
//! load whose row may be there. What a snapshot names is held against the disk (`soundness`).

mod at_once;
mod commit;
mod leftovers;
mod record;
mod repair;
mod snapshot;
mod soundness;
mod statistics;
mod tables;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

pub use commit::{Changes, Committed, RowsWriter};
pub use leftovers::{AtWork, Cleared};
pub use record::LoadRecord;
pub use repair::LastWhole;
pub use snapshot::{DataFile, KnownAt, Snapshot};
pub use verify::{FilesRead, Verified};

use crate::store::{self, Checksum, Place, Readers, StoreError};

/// A lake in a folder or a bucket.
#[derive(Clone, Debug)]
pub struct Lake {
    place: Place,
    /// Where the files of a load wait for their commit, if not in the lake's own folder.
    waiting: Option<Arc<TempDir>>,
    /// Who may read it, where it is new.
    readers: Readers,
}

impl Lake {
    /// The lake at that place, which need not exist yet.
    ///
    /// # Errors
    /// When it is in a bucket and this machine has no room for files on their way to it.
    pub fn at(place: Place) -> Result<Self, LakeError> {
        let waiting = match place {
            Place::Folder(_) => None,
            Place::Bucket(_) => Some(Arc::new(
                TempDir::with_prefix(leftovers::WAITING)
                    .map_err(|cause| LakeError::Disk(std::env::temp_dir(), cause))?,
            )),
        };
        Ok(Self { place, waiting, readers: Readers::default() })
    }

    /// The same, to be read by these where it is made new.
    #[must_use]
    pub fn readable_by(self, readers: Readers) -> Self {
        Self { readers, ..self }
    }

    /// Its place.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// The folder where the files of a load wait for their commit, in a folder for each table: a lake's own folder, or
    /// one of this machine that goes with the process.
    #[must_use]
    pub fn staging_folder(&self) -> &Path {
        match (&self.place, &self.waiting) {
            (Place::Folder(folder), _) => folder,
            (_, Some(waiting)) => waiting.path(),
            (Place::Bucket(_), None) => unreachable!("a lake in a bucket has its waiting room from the first"),
        }
    }
}

/// A file of the lake that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Which, from the lake's place.
    pub file: String,
    /// What is there.
    pub found: String,
    /// What should be.
    pub wanted: String,
    /// The checksum of what should be, where it is known.
    pub checksum: Option<String>,
}

impl Damage {
    fn new(file: impl Into<String>, found: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self { file: file.into(), found: found.into(), wanted: wanted.into(), checksum: None }
    }

    /// What a file holds instead of what was written.
    fn of_content(file: String, read: Option<Checksum>, wanted: String) -> Self {
        let found = match read {
            None => "no file".to_owned(),
            Some(read) => format!("{} bytes of the checksum {}", read.byte_count, read.text()),
        };
        Self { file, found, wanted: format!("the checksum {wanted}"), checksum: Some(wanted) }
    }

    /// Whether it is a checkpoint: a log that is folded, beside the log.
    #[must_use]
    pub fn is_of_checkpoint(&self) -> bool {
        self.file.ends_with(".checkpoint.parquet") || self.file.ends_with("/_last_checkpoint")
    }
}

/// What a lake can refuse.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The place holds no load.
    #[error("there is no lake in `{0}`")]
    Empty(Place),
    /// No load has that number or is that old.
    #[error("no load is known at `{asked}`: the lake holds {load_count} load(s)")]
    UnknownVersion {
        /// What was asked.
        asked: String,
        /// How many loads there are.
        load_count: u64,
    },
    /// Another load was committed meanwhile; start again from the new snapshot.
    #[error("another load was committed meanwhile")]
    Moved,
    /// A file of the lake is missing or is not what the lake says of it: nothing is answered from what is left.
    #[error("the lake is damaged at `{}`: found {}, wanted {}", .0.file, .0.found, .0.wanted)]
    Damaged(Damage),
    /// What should be a copy of the lake is none.
    #[error("`{0}` is no copy of this lake: no entry of its log of loads is the same")]
    NoCopy(Place),
    /// Delta could not read or write.
    #[error("the lake could not be read or written: {0}")]
    Delta(deltalake_core::DeltaTableError),
    /// A Parquet file could not be read or written.
    #[error("a file of the lake could not be read or written: {0}")]
    Parquet(String),
    /// The disk refused.
    #[error("`{0}`: {1}")]
    Disk(PathBuf, std::io::Error),
    /// The object store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LakeError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty(_) => "load a ledger first: `encours load FILE…`, or name its place with `--lake DIR`",
            Self::UnknownVersion { .. } => "`encours history` lists the loads and when they were made",
            Self::Moved => "run the load again",
            Self::Damaged(_) => {
                "`encours lake repair --dry-run` says how the lake can be brought back, from a copy or to its last whole load; \
                 nothing was changed"
            }
            Self::NoCopy(_) => "name the folder or bucket that the lake was copied to",
            // Delta tells of a store only in words
            Self::Delta(cause) if cause.to_string().contains("object store") => store::REFUSED,
            Self::Delta(_) | Self::Parquet(_) => {
                "if files of the lake were moved or edited by hand, put them back or load the sources into a new folder"
            }
            Self::Disk(..) => "check that the folder exists, can be written and has room",
            Self::Store(cause) => cause.hint(),
        }
    }
}

impl From<deltalake_core::DeltaTableError> for LakeError {
    fn from(cause: deltalake_core::DeltaTableError) -> Self {
        Self::Delta(cause)
    }
}
