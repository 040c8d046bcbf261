//! What killed loads left behind, and how a load says that it is still at work.
//!
//! A load locks a file of its own in `_loading` before it writes anything; the system lets the lock go when the process
//! ends, however it ends. A file whose load is neither at work nor in the history is reached by nobody and goes.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::{Lake, LakeError, LoadRecord};
use crate::model::tables::{LOADS, TABLES, TOLD_LINES};
use crate::store::{self, Place};

/// Where the loads at work have their locks.
const LOADING: &str = "_loading";
/// How folders of this machine begin where files wait for a bucket.
pub(super) const WAITING: &str = "encours-waiting-";
/// What no lock tells of is left alone for so long: another machine may be at work on it.
const SURELY_LEFT: Duration = Duration::from_hours(24);

/// Says that a load is at work, for as long as it is held.
#[derive(Debug)]
pub struct AtWork {
    path: PathBuf,
    lock: Option<File>,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        drop(self.lock.take());
        // one that stays behind is cleared as what it was a lock of
        drop(std::fs::remove_file(&self.path));
    }
}

/// What was cleared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Files deleted.
    pub file_count: u64,
    /// Their bytes.
    pub byte_count: u64,
}

impl Cleared {
    fn add(&mut self, path: &Path, byte_count: u64) {
        if std::fs::remove_file(path).is_ok() {
            self.file_count += 1;
            self.byte_count += byte_count;
        }
    }
}

impl Lake {
    /// Says that a load is at work, until what is answered is dropped. To be called before the load writes anything.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(&self, load_id: &str) -> Result<AtWork, LakeError> {
        let folder = self.staging_folder().join(LOADING);
        let refused = |cause| LakeError::Disk(folder.clone(), cause);
        store::make_folder_for(self.staging_folder(), self.readers).map_err(refused)?;
        store::make_folder(&folder).map_err(refused)?;
        // locked before it bears its name: nobody sees it free
        let mut file = NamedTempFile::with_prefix_in("begun-", &folder).map_err(refused)?;
        // a file system that knows no locks tells so, here and to who asks: nothing of a load is cleared there for a day
        drop(file.as_file().lock());
        writeln!(file, "{}", host()).map_err(refused)?;
        let path = folder.join(load_id);
        let lock = file.persist_noclobber(&path).map_err(|cause| refused(cause.error))?;
        Ok(AtWork { path, lock: Some(lock) })
    }

    /// Clears what killed loads left: their files in the lake, and on this machine what waited for a bucket. `known` are loads
    /// that are done, whose files stay.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn clear_leftovers(&self, known: &[LoadRecord]) -> Result<Cleared, LakeError> {
        let mut cleared = Cleared::default();
        if let Place::Bucket(_) = self.place() {
            clear_waiting_folders(&mut cleared);
            return Ok(cleared);
        }
        let left = self.left_files(known);
        if left.is_empty() {
            return Ok(cleared);
        }
        // the history after the locks: a load that ended meanwhile is in it, one that was killed never will be
        let history = self.history().await?;
        for file in left {
            let is_done = |load_id: &String| history.iter().any(|load| load.load_id == *load_id);
            if !file.load_id.as_ref().is_some_and(is_done) {
                cleared.add(&file.path, file.byte_count);
            }
        }
        Ok(cleared)
    }

    /// Files in the lake's folder of loads that are neither known nor at work, and those that a known load wrote on its way
    /// and did not keep.
    fn left_files(&self, known: &[LoadRecord]) -> Vec<LeftFile> {
        let lake = self.staging_folder();
        let known: BTreeMap<&str, &LoadRecord> = known.iter().map(|load| (load.load_id.as_str(), load)).collect();
        let mut at_work: BTreeMap<String, bool> = BTreeMap::new();
        let mut left = Vec::new();
        for table in TABLES.iter().copied().chain([&LOADS, &TOLD_LINES]) {
            let folder = lake.join(table.name);
            for (path, byte_count, age) in files_in(&folder.join("_delta_log")).into_iter().chain(files_in(&folder)) {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let load_id = load_of(name);
                let is_left = match load_id.map(|load_id| (load_id, known.get(load_id))) {
                    // a row of loads is named by the next one
                    Some((_, Some(load))) => {
                        table.name != LOADS.name
                            && !load.checksums.is_empty()
                            && !load.checksums.contains_key(&format!("{}/{name}", table.name))
                    }
                    Some((load_id, None)) => !*at_work
                        .entry(load_id.to_owned())
                        .or_insert_with(|| is_at_work(&lake.join(LOADING).join(load_id), age)),
                    // on its way to its name, which takes no time
                    None => name.contains('#') && age > SURELY_LEFT,
                };
                if is_left {
                    let load_id = load_id.filter(|load_id| !known.contains_key(load_id)).map(str::to_owned);
                    left.push(LeftFile { path, load_id, byte_count });
                }
            }
        }
        let locks = files_in(&lake.join(LOADING)).into_iter().filter(|(path, _, age)| !is_at_work(path, *age));
        // after the files, which they tell of
        left.extend(locks.map(|(path, byte_count, _)| LeftFile { path, load_id: None, byte_count }));
        left
    }
}

/// A file that its load may have left.
struct LeftFile {
    path: PathBuf,
    /// The load, where it may have been done meanwhile.
    load_id: Option<String>,
    byte_count: u64,
}

/// Whether the load of a lock is at work; `age` is that of what it wrote.
fn is_at_work(lock: &Path, age: Duration) -> bool {
    // some file systems lock for writers only
    let Ok(mut file) = OpenOptions::new().read(true).write(true).open(lock) else { return age < SURELY_LEFT };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return true,
        Err(TryLockError::Error(_)) => return age < SURELY_LEFT,
    }
    let mut said = String::new();
    let is_of_here = file.read_to_string(&mut said).is_ok() && said.trim() == host();
    // not every file system tells one machine of the locks of another
    !is_of_here && age < SURELY_LEFT
}

/// Folders of this machine where files of killed loads waited for a bucket.
fn clear_waiting_folders(cleared: &mut Cleared) {
    let folders = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for folder in folders.map(|entry| entry.path()) {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let locks = files_in(&folder.join(LOADING));
        if !name.starts_with(WAITING) || locks.is_empty() || locks.iter().any(|(path, _, age)| is_at_work(path, *age)) {
            continue;
        }
        let tables = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for (path, byte_count, _) in tables.flat_map(|table| files_in(&table.path())) {
            cleared.add(&path, byte_count);
        }
        // what cannot be removed now is by a later load
        drop(std::fs::remove_dir_all(&folder));
    }
}

/// The files of a folder, each with its bytes and how long ago it was written; none where there is no such folder.
fn files_in(folder: &Path) -> Vec<(PathBuf, u64, Duration)> {
    let now = SystemTime::now();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let facts = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let age = now.duration_since(facts.modified().ok()?).unwrap_or_default();
        Some((entry.path(), facts.len(), age))
    });
    files.collect()
}

/// The load that a file was staged by: `…-20261122t101500z-1a2b3c…` bears its identifier.
pub(super) fn load_of(name: &str) -> Option<&str> {
    const FORM: &[u8] = b"00000000t000000z-xxxxxx";
    let is_load_id = |text: &str| {
        text.bytes().zip(FORM).all(|(mark, form)| match form {
            b'0' => mark.is_ascii_digit(),
            b'x' => mark.is_ascii_hexdigit(),
            form => mark == *form,
        })
    };
    let ends = (FORM.len()..=name.len()).rev();
    ends.filter_map(|end| name.get(end - FORM.len()..end)).find(|text| is_load_id(text))
}

fn host() -> String {
    sysinfo::System::host_name().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staged_file_tells_its_load() {
        for (name, load_id) in [
            ("fec-123-20261122t101500z-1a2b3c.parquet", Some("20261122t101500z-1a2b3c")),
            ("source-items.csv.0badcafe-20261122t101500z-1a2b3c0.parquet", Some("20261122t101500z-1a2b3c")),
            ("reading.0-20261122t101500z-1a2b3c12.changes.parquet", Some("20261122t101500z-1a2b3c")),
            ("00000000000000000003.json", None),
            ("notes.parquet", None),
            ("été", None),
        ] {
            assert_eq!(load_of(name), load_id, "{name}");
        }
    }
}
