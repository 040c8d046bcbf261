//! What is read is all there, or nothing is answered: logs without a gap, data files as long as the log says.

use std::collections::BTreeMap;

use super::snapshot::DataFile;
use super::{Lake, LakeError};
use crate::model::TableSpec;
use crate::model::tables::{LOADS, TABLES};
use crate::store;

/// Beside the log of `loads`: the number of the last load that was done, so that a log lost at its end is noticed.
const LAST_LOAD: &str = "_last_load";

/// What a table's folder `_delta_log` holds.
struct Log {
    sizes: BTreeMap<String, u64>,
}

impl Log {
    /// The last entry there is.
    fn head(&self) -> Option<u64> {
        self.sizes.keys().rev().find_map(|name| name.strip_suffix(".json")?.parse().ok())
    }

    /// The first entry that is read for a version and is not there, or empty; and what is found in its place.
    fn fault(&self, version: u64) -> Option<(String, &'static str)> {
        let mut first = 0;
        if let Some((checkpoint, name)) = self.checkpoint(version) {
            if self.sizes.get(name) == Some(&0) {
                return Some((name.to_owned(), "an empty file"));
            }
            first = checkpoint + 1;
        }
        (first..=version).map(|entry| format!("{entry:020}.json")).find_map(|name| match self.sizes.get(&name) {
            None => Some((name, "no file")),
            Some(0) => Some((name, "an empty file")),
            Some(_) => None,
        })
    }

    /// The last checkpoint at or before a version; what came before it is not read.
    fn checkpoint(&self, version: u64) -> Option<(u64, &str)> {
        let of_name = |name: &str| name.strip_suffix(".checkpoint.parquet")?.parse::<u64>().ok();
        self.sizes
            .keys()
            .rev()
            .find_map(|name| Some((of_name(name)?, name.as_str())).filter(|found| found.0 <= version))
    }
}

impl Lake {
    async fn log_of(&self, table: &TableSpec) -> Result<Log, LakeError> {
        Ok(Log { sizes: store::sizes_in(&self.place().within(table.name).within("_delta_log")).await? })
    }

    /// Every entry of a table's log that is read for a version is there and holds something; for its head where none is
    /// asked.
    pub(super) async fn log_is_whole(&self, table: &TableSpec, version: Option<u64>) -> Result<(), LakeError> {
        let log = self.log_of(table).await?;
        let Some(version) = version.or_else(|| log.head()) else { return Ok(()) };
        if log.fault(version).is_none() {
            return Ok(());
        }
        // a folder that was listed while entries were added may show a later one and not the one before it: look again
        match self.log_of(table).await?.fault(version) {
            None => Ok(()),
            Some((name, found)) => Err(LakeError::Damaged {
                file: format!("{}/_delta_log/{name}", table.name),
                found: found.to_owned(),
                wanted: format!("an entry of the log, of which version {version} is asked"),
            }),
        }
    }

    /// Every file is there and as long as the log says.
    pub(super) async fn files_are_whole(&self, table: &TableSpec, files: &[DataFile]) -> Result<(), LakeError> {
        let sizes = store::sizes_in(&self.place().within(table.name)).await?;
        for file in files {
            let wanted = u64::try_from(file.add.size).unwrap_or_default();
            let found = match sizes.get(file.name()) {
                Some(size) if *size == wanted => continue,
                Some(size) => format!("{size} bytes"),
                None => "no file".to_owned(),
            };
            let (file, wanted) = (format!("{}/{}", table.name, file.name()), format!("{wanted} bytes"));
            return Err(LakeError::Damaged { file, found, wanted });
        }
        Ok(())
    }

    /// The log of `loads` reaches as far as the last load that was done; a lake without `loads` holds nothing else.
    pub(super) async fn loads_are_whole(&self) -> Result<(), LakeError> {
        // the number first: a load that is committed meanwhile may be ahead of it, never behind
        let last = self.last_load().await?;
        let head = self.log_of(&LOADS).await?.head();
        if let Some(last) = last
            && head.is_none_or(|head| head < last)
        {
            return Err(LakeError::Damaged {
                file: format!("{}/_delta_log/{last:020}.json", LOADS.name),
                found: "no file".to_owned(),
                wanted: format!("the entry of load {last}, which was done"),
            });
        }
        if head.is_none() {
            // a load makes the log of loads first
            let names = store::names_in(self.place()).await?;
            for table in TABLES.iter().filter(|table| names.iter().any(|name| name == table.name)) {
                // the first load may be making both meanwhile
                if self.log_of(table).await?.head().is_some() && self.log_of(&LOADS).await?.head().is_none() {
                    return Err(LakeError::Damaged {
                        file: format!("{}/_delta_log", LOADS.name),
                        found: "no log".to_owned(),
                        wanted: format!("the log of loads, since `{}` has one", table.name),
                    });
                }
            }
        }
        Ok(())
    }

    async fn last_load(&self) -> Result<Option<u64>, LakeError> {
        let place = self.place().within(LOADS.name);
        if !store::sizes_in(&place).await?.contains_key(LAST_LOAD) {
            return Ok(None);
        }
        let bytes = store::read(&place.file(LAST_LOAD)?).await?;
        Ok(std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok()))
    }

    /// Keeps the number of the last load that was done.
    pub(super) async fn keep_last_load(&self, version: u64) -> Result<(), LakeError> {
        let url = self.place().within(LOADS.name).file(LAST_LOAD)?;
        Ok(store::send(format!("{version}\n").into_bytes(), &url).await?)
    }
}
