//! The lake: canonical tables as Delta tables, changed together or not at all.
//!
//! In: files staged by a load. Out: snapshots (which files hold which table, as of a load) and the history of loads.
//! Refused: a folder that is no lake, a version that no load wrote. The only door to Delta.
//!
//! **`loads` is the commit point**, since Delta has no transaction over several tables. A load reads the last `loads`
//! row, writes its files, commits each touched table as *wanted − head* and then the `loads` row, without retries. If
//! `loads` moved meanwhile it starts again from its new last row. Readers open only versions that a `loads` row names:
//! a load killed earlier is invisible, and the next load heals what it left at the heads.

mod commit;
mod record;
mod snapshot;
mod statistics;
mod tables;

use std::fmt;
use std::path::{Component, Path, PathBuf};

pub use commit::{Changes, RowsWriter};
pub use record::LoadRecord;
pub use snapshot::{DataFile, KnownAt, Snapshot};

/// A lake in a folder.
#[derive(Clone, Debug)]
pub struct Lake {
    root: PathBuf,
}

impl Lake {
    /// The lake in that folder, which need not exist yet.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self { root: without_parents(&root) }
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// A path without `..`, which addresses of object stores refuse; what exists of it is asked, since `a/link/..` is
/// rarely `a`.
fn without_parents(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            plain = plain.canonicalize().unwrap_or(plain);
            plain.pop();
        } else {
            plain.push(component);
        }
    }
    plain
}

/// What a lake can refuse.
#[derive(Debug)]
pub enum LakeError {
    /// The folder holds no load.
    Empty(PathBuf),
    /// No load has that number or is that old.
    UnknownVersion {
        /// What was asked.
        asked: String,
        /// How many loads there are.
        load_count: u64,
    },
    /// Another load was committed meanwhile; start again from the new snapshot.
    Moved,
    /// Delta could not read or write.
    Delta(deltalake_core::DeltaTableError),
    /// A Parquet file could not be read or written.
    Parquet(String),
    /// The disk refused.
    Disk(PathBuf, std::io::Error),
}

impl fmt::Display for LakeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(root) => write!(out, "there is no lake in `{}`", root.display()),
            Self::UnknownVersion { asked, load_count } => {
                write!(out, "no load is known at `{asked}`: the lake holds {load_count} load(s)")
            }
            Self::Moved => write!(out, "another load was committed meanwhile"),
            Self::Delta(cause) => write!(out, "the lake could not be read or written: {cause}"),
            Self::Parquet(cause) => write!(out, "a file of the lake could not be read or written: {cause}"),
            Self::Disk(path, cause) => write!(out, "`{}`: {cause}", path.display()),
        }
    }
}

impl LakeError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty(_) => "load a ledger first: `encours load FILE…`, or name the folder with `--lake DIR`",
            Self::UnknownVersion { .. } => "`encours history` lists the loads and when they were made",
            Self::Moved => "run the load again",
            Self::Delta(_) | Self::Parquet(_) => {
                "if files of the lake were moved or edited by hand, put them back or load the sources into a new folder"
            }
            Self::Disk(..) => "check that the folder exists, can be written and has room",
        }
    }
}

impl std::error::Error for LakeError {}

impl From<deltalake_core::DeltaTableError> for LakeError {
    fn from(cause: deltalake_core::DeltaTableError) -> Self {
        Self::Delta(cause)
    }
}
