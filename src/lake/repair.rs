//! Bringing a damaged lake back: from a copy that holds what is missing, or to its last whole load. Nothing is deleted: what
//! is taken out of the lake is put aside, in `_set_aside`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;

use super::leftovers::load_of;
use super::record::Checksums;
use super::soundness::{LAST_LOAD, LastLoad, entry_name, entry_of, is_entry};
use super::{Damage, Lake, LakeError, LoadRecord, Verified};
use crate::model::TableSpec;
use crate::model::tables::{LOADS, TABLES};
use crate::store::{self, Checksum, Place};

/// Where a repair puts what it takes out of the lake, in a folder for each.
const SET_ASIDE: &str = "_set_aside";

/// The last load whose every file is there as it was written, and what comes after it.
#[derive(Clone, Debug)]
pub struct LastWhole {
    /// The load; nothing where not even the first is whole.
    pub load: Option<LoadRecord>,
    /// Every load up to it.
    history: Vec<LoadRecord>,
    /// The number of the last load there was.
    pub last_version: u64,
    /// Files that loads after it brought, as far as can be told.
    pub undone_files: Vec<String>,
}

impl Lake {
    /// Looks for the last whole load.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn last_whole_load(&self) -> Result<LastWhole, LakeError> {
        let head = self.log_head(&LOADS).await?.unwrap_or_default();
        let last = self.last_load().await?.unwrap_or_default();
        let last_version = last.version.max(head);
        let mut sums = last.checksums;
        let mut whole = BTreeSet::new();
        let mut undone: BTreeMap<u64, LoadRecord> = BTreeMap::new();
        for version in (1..=head).rev() {
            let history = match self.history_at(version, &mut sums).await {
                Ok(history) => history,
                Err(cause) if is_damage(&cause) => continue,
                Err(cause) => return Err(cause),
            };
            let Some(load) = history.iter().find(|load| load.version == version) else { continue };
            match self.is_whole_at(load, &sums, &mut whole).await {
                Ok(true) => {
                    let undone_files = undone.values().flat_map(file_names).collect();
                    return Ok(LastWhole { load: Some(load.clone()), history, last_version, undone_files });
                }
                Ok(false) => {}
                Err(cause) if is_damage(&cause) => {}
                Err(cause) => return Err(cause),
            }
            undone.extend(history.into_iter().map(|load| (load.version, load)));
            undone.retain(|known, _| *known >= version);
        }
        let undone_files = undone.values().flat_map(file_names).collect();
        Ok(LastWhole { load: None, history: Vec::new(), last_version, undone_files })
    }

    /// Whether every file that a load reaches is as it was written. `whole` are those known to be, by name.
    async fn is_whole_at(
        &self,
        load: &LoadRecord,
        sums: &Checksums,
        whole: &mut BTreeSet<String>,
    ) -> Result<bool, LakeError> {
        let tables = TABLES.iter().copied().filter_map(|table| Some((table, *load.versions.get(table.name)?)));
        for (table, version) in tables.chain([(&LOADS, load.version)]) {
            let files = self.whole_files_at(table, version, sums).await?;
            let files = files.iter().map(|file| format!("{}/{}", table.name, file.name()));
            for name in files.chain((0..=version).map(|entry| entry_name(table, entry))) {
                let Some(wanted) = sums.get(&name).filter(|_| !whole.contains(&name)) else { continue };
                if self.checksum_of(&name).await?.is_none_or(|read| read.text() != *wanted) {
                    return Ok(false);
                }
                whole.insert(name);
            }
        }
        Ok(true)
    }

    /// Makes the last whole load the last one, and puts what came after it aside; answers where.
    ///
    /// # Errors
    /// When there is none, or the disk refuses: a second try then goes on where the first ended.
    pub async fn roll_back(&self, to: &LastWhole) -> Result<Place, LakeError> {
        let Some(load) = &to.load else { return Err(LakeError::Empty(self.place().clone())) };
        let aside = self.new_place_aside();
        let tables = TABLES.iter().copied().map(|table| (table, load.versions.get(table.name).copied()));
        for (table, version) in [(&LOADS, Some(load.version))].into_iter().chain(tables) {
            self.cut_log(table, version, &aside).await?;
        }
        let kept: BTreeSet<&str> = to.history.iter().map(|load| load.load_id.as_str()).collect();
        for table in TABLES.iter().copied().chain([&LOADS]) {
            for name in store::sizes_in(&self.place().within(table.name)).await?.into_keys() {
                if load_of(&name).is_some_and(|load_id| !kept.contains(load_id)) {
                    self.put_aside(&format!("{}/{name}", table.name), &aside).await?;
                }
            }
        }
        // its row was read and understood: from now on it is held against what it is now
        let row = self
            .files_at(&LOADS, Some(load.version))
            .await?
            .pop()
            .map(|file| format!("{}/{}", LOADS.name, file.name()));
        let checksums = self.checksums_of(row.into_iter().chain([entry_name(&LOADS, load.version)])).await?;
        self.keep_last_load(&LastLoad { version: load.version, checksums }).await?;
        Ok(aside)
    }

    /// Puts aside the entries of a log that come after a version, all of them where there is none; the last first, so that what
    /// is left is a log at any moment.
    async fn cut_log(&self, table: &TableSpec, version: Option<u64>, aside: &Place) -> Result<(), LakeError> {
        let log = self.place().within(table.name).within("_delta_log");
        for name in store::sizes_in(&log).await?.into_keys().rev() {
            let is_after = |entry: u64| version.is_none_or(|version| entry > version);
            // what tells the last checkpoint is but a help
            if entry_of(&name).is_none_or(is_after) {
                self.put_aside(&format!("{}/_delta_log/{name}", table.name), aside).await?;
            }
        }
        Ok(())
    }

    /// Brings what is damaged from a copy of the lake, as far as the copy holds it; answers the names of what was brought, and
    /// where what stood in their places is put.
    ///
    /// # Errors
    /// When the copy is of another lake, or a disk refuses.
    pub async fn fetch_from(&self, copy: &Self, verified: &Verified) -> Result<(Vec<String>, Place), LakeError> {
        self.is_of_same_lake(copy).await?;
        let aside = self.new_place_aside();
        let mut fetched = Vec::new();
        for Damage { file, checksum, .. } in &verified.damages {
            // of a log that is gone, all of it
            let names = if file.ends_with("/_delta_log") {
                let log = file.split('/').fold(copy.place().clone(), |place, folder| place.within(folder));
                store::sizes_in(&log).await?.into_keys().map(|name| format!("{file}/{name}")).collect()
            } else {
                vec![file.clone()]
            };
            for name in names {
                let Some(found) = copy.checksum_of(&name).await? else { continue };
                if found.byte_count == 0 || checksum.as_ref().is_some_and(|wanted| *wanted != found.text()) {
                    continue;
                }
                let bytes = store::read(&copy.address_of(&name)?).await?;
                if self.checksum_of(&name).await?.is_some() {
                    self.put_aside(&name, &aside).await?;
                }
                store::send(bytes.to_vec(), &self.address_of(&name)?).await?;
                fetched.push(name);
            }
        }
        // what holds the checksums of the last load may itself be what is damaged
        let name = format!("{}/{LAST_LOAD}", LOADS.name);
        if fetched.is_empty() && self.ends_as(copy).await? {
            let (own, other) = (self.checksum_of(&name).await?, copy.checksum_of(&name).await?);
            if other.is_some() && own.as_ref().map(Checksum::text) != other.as_ref().map(Checksum::text) {
                let bytes = store::read(&copy.address_of(&name)?).await?;
                if own.is_some() {
                    self.put_aside(&name, &aside).await?;
                }
                store::send(bytes.to_vec(), &self.address_of(&name)?).await?;
                fetched.push(name);
            }
        }
        Ok((fetched, aside))
    }

    /// Whether both logs of loads end with the same entry.
    async fn ends_as(&self, copy: &Self) -> Result<bool, LakeError> {
        let (Some(head), other) = (self.log_head(&LOADS).await?, copy.log_head(&LOADS).await?) else {
            return Ok(false);
        };
        let name = entry_name(&LOADS, head);
        Ok(other == Some(head) && self.checksum_of(&name).await? == copy.checksum_of(&name).await?)
    }

    /// A copy agrees with the lake in each entry of the log of `loads` that both hold.
    async fn is_of_same_lake(&self, copy: &Self) -> Result<(), LakeError> {
        let entries = async |lake: &Self| -> Result<BTreeMap<String, Vec<u8>>, LakeError> {
            let log = lake.place().within(LOADS.name).within("_delta_log");
            let mut entries = BTreeMap::new();
            for name in store::sizes_in(&log).await?.into_keys().filter(|name| is_entry(name)) {
                entries.insert(name.clone(), store::read(&log.file(&name)?).await?.to_vec());
            }
            Ok(entries)
        };
        let (own, other) = (entries(self).await?, entries(copy).await?);
        let shared = own.iter().filter(|(name, _)| other.contains_key(*name));
        let equal_count = shared.filter(|(name, bytes)| other[*name] == **bytes).count();
        // a damaged entry differs, and the others agree
        if other.is_empty() || (!own.is_empty() && equal_count == 0) {
            return Err(LakeError::NoCopy(copy.place().clone()));
        }
        Ok(())
    }

    /// Puts checkpoints aside that cannot be read: the log they were made of is there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn put_checkpoints_aside(&self, verified: &Verified) -> Result<Vec<String>, LakeError> {
        let aside = self.new_place_aside();
        let mut names = Vec::new();
        for Damage { file, .. } in verified.damages.iter().filter(|damage| damage.is_of_checkpoint()) {
            let (log, _) = file.rsplit_once('/').unwrap_or_default();
            for name in [file.clone(), format!("{log}/_last_checkpoint")] {
                if self.checksum_of(&name).await?.is_some() {
                    self.put_aside(&name, &aside).await?;
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    async fn put_aside(&self, name: &str, aside: &Place) -> Result<(), LakeError> {
        let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
        let place = folders.split('/').fold(aside.clone(), |place, folder| place.within(folder));
        Ok(store::rename(&self.address_of(name)?, &place.file(file)?).await?)
    }

    fn new_place_aside(&self) -> Place {
        self.place().within(SET_ASIDE).within(&Utc::now().format("%Y%m%dt%H%M%S%3fz").to_string())
    }
}

/// Whether something of the lake is damaged, rather than out of reach.
pub(super) const fn is_damage(cause: &LakeError) -> bool {
    matches!(cause, LakeError::Damaged(_) | LakeError::Delta(_) | LakeError::Parquet(_))
}

fn file_names(load: &LoadRecord) -> Vec<String> {
    let sources = load.sources.as_array().into_iter().flatten();
    sources.filter_map(|source| source["file"].as_str().map(str::to_owned)).collect()
}
