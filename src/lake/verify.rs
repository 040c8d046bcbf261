//! Reading all that a lake holds: every file that a load wrote is there, as it was written.

use serde::de::IgnoredAny;
use url::Url;

use super::record::Checksums;
use super::repair::is_damage;
use super::snapshot::records_in;
use super::soundness::CHECKPOINT;
use super::{Damage, Lake, LakeError, LoadRecord};
use crate::model::TableSpec;
use crate::model::tables::{LOADS, TABLES, table};
use crate::store::{self, Checksum};

/// What reading all of a lake found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Loads in the history.
    pub load_count: usize,
    /// Files read.
    pub file_count: u64,
    /// Bytes read.
    pub byte_count: u64,
    /// Files of loads that kept no checksums: they are as long as their logs say, and more is not known of them.
    pub unproven_count: u64,
    /// What is not as it was written, by file.
    pub damages: Vec<Damage>,
}

/// Told how many files are read, of how many.
pub type FilesRead<'a> = &'a (dyn Fn(u64, u64) + Sync);

impl Lake {
    /// Reads all files of all loads, those of the past included, and says which are not as they were written.
    ///
    /// # Errors
    /// When the disk refuses, or the place holds no load.
    pub async fn verify(&self, progress: FilesRead<'_>) -> Result<Verified, LakeError> {
        let mut found = Verified::default();
        for table in [&LOADS].into_iter().chain(TABLES.iter().copied()) {
            self.verify_log(table, &mut found).await?;
        }
        let history = match self.history().await {
            Ok(history) => history,
            Err(cause) if is_damage(&cause) => {
                let cause = match cause {
                    LakeError::Damaged(damage) => {
                        found.add(damage);
                        None
                    }
                    cause => Some(cause),
                };
                self.verify_loads(&mut found).await?;
                return match cause {
                    Some(cause) if found.damages.is_empty() => Err(cause),
                    _ => Ok(found),
                };
            }
            Err(cause) => return Err(cause),
        };
        if history.is_empty() {
            return Err(LakeError::Empty(self.place().clone()));
        }
        found.load_count = history.len();
        let sums = self.checksums(&history).await?;
        let unproven = self.unproven_files(&history, &sums, &mut found).await?;
        let all = (sums.len() + unproven.len()) as u64;
        for (name, wanted) in &sums {
            let read = self.checksum_of(name).await?;
            found.byte_count += read.map_or(0, |read| read.byte_count);
            let is_missed = match read {
                Some(read) => read.text() != *wanted,
                None => !self.is_put_aside(name).await?,
            };
            if is_missed {
                found.add(Damage::of_content(name.clone(), read, wanted.clone()));
            }
            found.file_count += 1;
            progress(found.file_count, all);
        }
        for name in unproven {
            if let Some(read) = self.checksum_of(&name).await? {
                found.byte_count += read.byte_count;
            }
            found.unproven_count += 1;
            found.file_count += 1;
            progress(found.file_count, all);
        }
        Ok(found)
    }

    /// Holds the table of loads against the checksums of every row that lies in its folder, whether or not its log can name
    /// them.
    async fn verify_loads(&self, found: &mut Verified) -> Result<(), LakeError> {
        let place = self.place().within(LOADS.name);
        let mut sums = Checksums::new();
        for name in store::sizes_in(&place).await?.into_keys().filter(|name| name.ends_with(".parquet")) {
            let bytes = store::read(&place.file(&name)?).await?;
            // one that cannot be read proves nothing
            let records = records_in(bytes, &name).unwrap_or_default();
            sums.extend(records.into_iter().flat_map(|record| record.checksums));
        }
        sums.extend(self.last_load().await?.unwrap_or_default().checksums);
        for (name, wanted) in sums.into_iter().filter(|(name, _)| name.starts_with(&format!("{}/", LOADS.name))) {
            let read = self.checksum_of(&name).await?;
            if read.is_none_or(|read| read.text() != wanted) && !self.is_put_aside(&name).await? {
                found.add(Damage::of_content(name, read, wanted));
            }
        }
        Ok(())
    }

    /// The names of files, from the lake's place, that loads name and no checksum proves.
    async fn unproven_files(
        &self,
        history: &[LoadRecord],
        sums: &Checksums,
        found: &mut Verified,
    ) -> Result<Vec<String>, LakeError> {
        let mut names = Vec::new();
        // a load that keeps checksums names all it wrote
        for load in history.iter().filter(|load| load.checksums.is_empty()) {
            for (table, version) in load.versions.iter().filter_map(|(name, version)| Some((table(name)?, *version))) {
                match self.whole_files_at(table, version, sums).await {
                    Ok(files) => names.extend(files.iter().map(|file| format!("{}/{}", table.name, file.name()))),
                    Err(LakeError::Damaged(damage)) => found.add(damage),
                    Err(LakeError::Delta(_)) if !found.damages.is_empty() => {}
                    Err(cause) => return Err(cause),
                }
            }
        }
        names.sort();
        names.dedup();
        names.retain(|name| !sums.contains_key(name));
        Ok(names)
    }

    /// Reads the log of a table: every entry up to its last is there and can be read.
    async fn verify_log(&self, table: &TableSpec, found: &mut Verified) -> Result<(), LakeError> {
        let place = self.place().within(table.name).within("_delta_log");
        let sizes = store::sizes_in(&place).await?;
        let entries = sizes.keys().filter_map(|name| name.strip_suffix(".json")?.parse::<u64>().ok());
        let Some(head) = entries.max() else { return Ok(()) };
        for entry in 0..=head {
            let name = format!("{entry:020}.json");
            let damage = if sizes.contains_key(&name) {
                let bytes = store::read(&place.file(&name)?).await?;
                found.file_count += 1;
                found.byte_count += bytes.len() as u64;
                let is_entry = |line: &[u8]| serde_json::from_slice::<IgnoredAny>(line).is_ok();
                let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).peekable();
                if lines.peek().is_none() {
                    Some("an empty file")
                } else if lines.all(is_entry) {
                    None
                } else {
                    Some("what is no JSON")
                }
            } else {
                Some("no file")
            };
            if let Some(text) = damage {
                found.add(Damage::new(format!("{}/_delta_log/{name}", table.name), text, "an entry of the log"));
            }
        }
        Ok(())
    }

    /// The checksums that loads kept, by the file's name from the lake's place.
    pub(super) async fn checksums(&self, history: &[LoadRecord]) -> Result<Checksums, LakeError> {
        let mut sums: Checksums = history.iter().flat_map(|load| load.checksums.clone()).collect();
        sums.extend(self.last_load().await?.unwrap_or_default().checksums);
        Ok(sums)
    }

    /// Whether a file is a checkpoint that nobody looks for: it was put aside with what tells of it, and the log that it folds
    /// is there.
    async fn is_put_aside(&self, name: &str) -> Result<bool, LakeError> {
        let Some((log, _)) = name.rsplit_once('/').filter(|_| name.ends_with(CHECKPOINT)) else { return Ok(false) };
        Ok(self.checksum_of(&format!("{log}/_last_checkpoint")).await?.is_none())
    }

    /// The bytes of a file, by its name from the lake's place; nothing where there is no such file.
    pub(super) async fn checksum_of(&self, name: &str) -> Result<Option<Checksum>, LakeError> {
        Ok(store::checksum(&self.address_of(name)?).await?)
    }

    /// The address of a file, by its name from the lake's place.
    pub(super) fn address_of(&self, name: &str) -> Result<Url, LakeError> {
        let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
        let place = folders.split('/').filter(|folder| !folder.is_empty());
        Ok(place.fold(self.place().clone(), |place, folder| place.within(folder)).file(file)?)
    }
}

impl Verified {
    /// A file that several looks find damaged is told once.
    fn add(&mut self, damage: Damage) {
        if !self.damages.iter().any(|known| known.file == damage.file) {
            self.damages.push(damage);
        }
    }
}
