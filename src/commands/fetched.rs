//! Sources in a bucket, brought to this machine for as long as they are read.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::error::Error;
use crate::store::{self, StoreError};

/// Files to read, on this machine.
pub(super) struct Fetched {
    /// In the order named.
    pub files: Vec<PathBuf>,
    /// What was brought goes with it.
    _folder: Option<TempDir>,
}

impl Fetched {
    /// Brings those that an address names, `s3://bucket/file`; the others are here.
    pub(super) async fn bring(named: &[PathBuf]) -> Result<Self, Error> {
        let address = |path: &PathBuf| path.to_str().filter(|text| store::is_address(text)).map(store::address);
        if named.iter().all(|path| address(path).is_none()) {
            return Ok(Self { files: named.to_vec(), _folder: None });
        }
        let unwritable = |cause| StoreError::Disk(std::env::temp_dir(), cause);
        let folder = TempDir::with_prefix("encours-").map_err(unwritable)?;
        let mut files = Vec::new();
        for (number, path) in named.iter().enumerate() {
            files.push(match address(path) {
                None => path.clone(),
                Some(address) => {
                    // two of one name lie in two folders
                    let own = folder.path().join(number.to_string());
                    std::fs::create_dir(&own).map_err(unwritable)?;
                    store::fetch(&address?, &own).await?
                }
            });
        }
        Ok(Self { files, _folder: Some(folder) })
    }
}
