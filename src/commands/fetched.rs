//! Sources in a bucket or in a ZIP, brought to this machine for as long as they are read.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::error::Error;
use crate::ingest::archive;
use crate::store::{self, StoreError};

/// Files to read, on this machine.
pub(super) struct Fetched {
    /// In the order named.
    pub files: Vec<PathBuf>,
    /// What was brought goes with it.
    _folder: Option<TempDir>,
}

impl Fetched {
    /// Brings those that an address names, `s3://bucket/file`, and unpacks those that are ZIPs of files; the others are here.
    pub(super) async fn bring(named: &[PathBuf]) -> Result<Self, Error> {
        let address = |path: &PathBuf| path.to_str().filter(|text| store::is_address(text)).map(store::address);
        let mut folder = None;
        let mut files = Vec::new();
        for path in named {
            let here = match address(path) {
                None => path.clone(),
                Some(address) => store::fetch(&address?, &own_folder(&mut folder)?).await?,
            };
            // what cannot be opened is told when it is read
            if here.is_file() && archive::is_archive(&here)? {
                files.extend(archive::unpack(&here, &own_folder(&mut folder)?)?);
            } else {
                files.push(here);
            }
        }
        Ok(Self { files, _folder: folder })
    }
}

/// A new folder below one that is made when it is first wanted: two files of one name lie in two folders.
fn own_folder(folder: &mut Option<TempDir>) -> Result<PathBuf, Error> {
    let unwritable = |cause| StoreError::Disk(std::env::temp_dir(), cause);
    let below = match folder {
        Some(folder) => folder,
        None => folder.insert(TempDir::with_prefix("encours-").map_err(unwritable)?),
    };
    let number = std::fs::read_dir(below.path()).map_err(unwritable)?.count();
    let own = below.path().join(number.to_string());
    std::fs::create_dir(&own).map_err(unwritable)?;
    Ok(own)
}
