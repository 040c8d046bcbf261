//! What is read is all there, or nothing is answered: logs without a gap, data files as long as the log says, contents that are
//! those of the checksums.

use std::collections::BTreeMap;

use deltalake_core::parquet::errors::ParquetError;
use deltalake_core::parquet::file::metadata::ParquetMetaDataReader;

use super::at_once::at_once;
use super::record::Checksums;
use super::snapshot::{DataFile, has_places};
use super::{Damage, Lake, LakeError};
use crate::model::TableSpec;
use crate::model::tables::{LOADS, TABLES};
use crate::store;

/// Beside the log of `loads`: the last load that was done, so that a log lost at its end is noticed.
pub(super) const LAST_LOAD: &str = "_last_load";

/// The last load that was done: its number, and the checksums of its row and of the entry that names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LastLoad {
    pub(super) version: u64,
    pub(super) checksums: Checksums,
}

impl LastLoad {
    /// The number, then a line a file: its checksum and its name.
    fn text(&self) -> String {
        let first = format!("{}\n", self.version);
        self.checksums.iter().fold(first, |text, (name, checksum)| text + checksum + " " + name + "\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let (version, files) = text.split_once('\n').unwrap_or((text, ""));
        let files = files.lines().filter_map(|line| line.split_once(' '));
        let checksums = files.map(|(checksum, name)| (name.to_owned(), checksum.to_owned())).collect();
        Some(Self { version: version.trim().parse().ok()?, checksums })
    }
}

/// The file of an entry of a table's log, from the lake's place.
pub(super) fn entry_name(table: &TableSpec, version: u64) -> String {
    format!("{}/_delta_log/{version:020}.json", table.name)
}

/// The checkpoint of a table's log at a version, from the lake's place.
pub(super) fn checkpoint_name(table: &TableSpec, version: u64) -> String {
    format!("{}/_delta_log/{version:020}{CHECKPOINT}", table.name)
}

/// Bytes of data files that are read once more to be held against their checksums.
const MOST_BYTES_READ_AGAIN: u64 = 64 << 20;

/// Bytes at the end of a data file that nearly always hold all of its footer.
const FOOTER_BYTES: u64 = 64 << 10;

/// How the name of a checkpoint ends, after the version it folds.
pub(super) const CHECKPOINT: &str = ".checkpoint.parquet";

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

    /// The files that are read for a version: the last checkpoint and the entries after it.
    fn read_for(&self, version: u64) -> Vec<&str> {
        let checkpoint = self.checkpoint(version);
        let first = checkpoint.map_or(0, |(folded, _)| folded + 1);
        let is_read =
            |name: &&str| is_entry(name) && entry_of(name).is_some_and(|entry| (first..=version).contains(&entry));
        let entries = self.sizes.keys().map(String::as_str).filter(is_read);
        checkpoint.map(|(_, name)| name).into_iter().chain(entries).collect()
    }

    /// The last checkpoint at or before a version; what came before it is not read.
    fn checkpoint(&self, version: u64) -> Option<(u64, &str)> {
        let checkpoints = self.sizes.keys().rev().filter(|name| name.ends_with(CHECKPOINT));
        checkpoints.filter_map(|name| Some((entry_of(name)?, name.as_str()))).find(|found| found.0 <= version)
    }
}

/// The footer of a data file counts as many rows as the log says.
async fn rows_are_counted(table: &str, file: &DataFile) -> Result<(), LakeError> {
    let size = u64::try_from(file.add.size).unwrap_or_default();
    let name = format!("{table}/{}", file.name());
    let unreadable = |cause: String| LakeError::Damaged(Damage::new(name.clone(), cause, "a Parquet file"));
    let mut byte_count = FOOTER_BYTES;
    let found = loop {
        let mut reader = ParquetMetaDataReader::new();
        let bytes = store::read_end(&file.url, byte_count).await?;
        match reader.try_parse_sized(&bytes, size) {
            Ok(()) => break reader.finish().map_err(|cause| unreadable(cause.to_string()))?,
            Err(ParquetError::NeedMoreData(needed)) if (needed as u64) > byte_count => byte_count = needed as u64,
            Err(cause) => return Err(unreadable(cause.to_string())),
        }
    };
    if !has_places(&found) {
        return Err(unreadable("a column that begins before the file does".to_owned()));
    }
    let count = usize::try_from(found.file_metadata().num_rows()).unwrap_or_default();
    if count == file.row_count {
        return Ok(());
    }
    Err(LakeError::Damaged(Damage::new(name.clone(), format!("{count} rows"), format!("{} rows", file.row_count))))
}

/// Whether a file of a log is an entry, not a checkpoint.
pub(super) fn is_entry(name: &str) -> bool {
    name.strip_suffix(".json").is_some_and(|version| version.parse::<u64>().is_ok())
}

/// The version that a file of a log is of: an entry or a checkpoint.
pub(super) fn entry_of(name: &str) -> Option<u64> {
    name.strip_suffix(".json").or_else(|| name.strip_suffix(CHECKPOINT))?.parse().ok()
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
            Some((name, found)) => Err(LakeError::Damaged(Damage::new(
                format!("{}/_delta_log/{name}", table.name),
                found,
                format!("an entry of the log, of which version {version} is asked"),
            ))),
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
            let file = format!("{}/{}", table.name, file.name());
            return Err(LakeError::Damaged(Damage::new(file, found, format!("{wanted} bytes"))));
        }
        Ok(())
    }

    /// What is read of a table's log for a version, or for its head, is what was written, as far as checksums were kept.
    pub(super) async fn log_holds_what_was_written(
        &self,
        table: &TableSpec,
        version: Option<u64>,
        sums: &Checksums,
    ) -> Result<(), LakeError> {
        let log = self.log_of(table).await?;
        let Some(version) = version.or_else(|| log.head()) else { return Ok(()) };
        let names = log.read_for(version).into_iter().map(|name| format!("{}/_delta_log/{name}", table.name));
        self.hold_what_was_written(names.collect(), sums).await
    }

    /// Data files are what was written, as far as checksums were kept. Of more bytes than can be read once more in a moment,
    /// `verify` tells; each holds as many rows as its log says.
    pub(super) async fn files_hold_what_was_written(
        &self,
        tables: &BTreeMap<&'static str, Vec<DataFile>>,
        sums: &Checksums,
    ) -> Result<(), LakeError> {
        let sizes = tables.values().flatten().map(|file| u64::try_from(file.add.size).unwrap_or_default());
        if sizes.sum::<u64>() > MOST_BYTES_READ_AGAIN {
            let all = tables.iter().flat_map(|(table, files)| files.iter().map(|file| (*table, file.clone())));
            let counted = all.map(|(table, file)| async move { rows_are_counted(table, &file).await });
            return at_once(counted).await.into_iter().collect();
        }
        let names =
            tables.iter().flat_map(|(table, files)| files.iter().map(move |file| format!("{table}/{}", file.name())));
        self.hold_what_was_written(names.collect(), sums).await
    }

    async fn hold_what_was_written(&self, names: Vec<String>, sums: &Checksums) -> Result<(), LakeError> {
        let wanted = names.into_iter().filter_map(|name| Some((sums.get(&name)?.clone(), name)));
        let checked = wanted.map(|(wanted, name)| {
            let lake = self.clone();
            async move {
                match lake.checksum_of(&name).await? {
                    Some(read) if read.text() == wanted => Ok(()),
                    read => Err(LakeError::Damaged(Damage::of_content(name, read, wanted))),
                }
            }
        });
        at_once(checked).await.into_iter().collect()
    }

    /// The log of `loads` reaches as far as the last load that was done; a lake without `loads` holds nothing else.
    pub(super) async fn loads_are_whole(&self) -> Result<(), LakeError> {
        // the number first: a load that is committed meanwhile may be ahead of it, never behind
        let last = self.last_load().await?.map(|last| last.version);
        let head = self.log_of(&LOADS).await?.head();
        if let Some(last) = last
            && head.is_none_or(|head| head < last)
        {
            let wanted = format!("the entry of load {last}, which was done");
            return Err(LakeError::Damaged(Damage::new(entry_name(&LOADS, last), "no file", wanted)));
        }
        if head.is_none() {
            // a load makes the log of loads first
            let names = store::names_in(self.place()).await?;
            for table in TABLES.iter().filter(|table| names.iter().any(|name| name == table.name)) {
                // the first load may be making both meanwhile
                if self.log_of(table).await?.head().is_some() && self.log_of(&LOADS).await?.head().is_none() {
                    let file = format!("{}/_delta_log", LOADS.name);
                    let wanted = format!("the log of loads, since `{}` has one", table.name);
                    return Err(LakeError::Damaged(Damage::new(file, "no log", wanted)));
                }
            }
        }
        Ok(())
    }

    /// The last load that was done, where it is kept.
    pub(super) async fn last_load(&self) -> Result<Option<LastLoad>, LakeError> {
        let place = self.place().within(LOADS.name);
        if !store::sizes_in(&place).await?.contains_key(LAST_LOAD) {
            return Ok(None);
        }
        let bytes = store::read(&place.file(LAST_LOAD)?).await?;
        Ok(std::str::from_utf8(&bytes).ok().and_then(LastLoad::parse))
    }

    /// The last entry of a table's log.
    pub(super) async fn log_head(&self, table: &TableSpec) -> Result<Option<u64>, LakeError> {
        Ok(self.log_of(table).await?.head())
    }

    /// Keeps which load was the last that was done.
    pub(super) async fn keep_last_load(&self, last: &LastLoad) -> Result<(), LakeError> {
        let url = self.place().within(LOADS.name).file(LAST_LOAD)?;
        Ok(store::send(last.text().into_bytes(), &url).await?)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a file that cannot be made must stop the test")]
mod tests {
    use std::sync::Arc;

    use deltalake_core::arrow::array::{ArrayRef, Int64Array};
    use deltalake_core::arrow::record_batch::RecordBatch;
    use deltalake_core::parquet::arrow::ArrowWriter;

    use super::*;
    use crate::store::Place;

    #[tokio::test]
    async fn a_data_file_holds_as_many_rows_as_its_log_says() {
        let folder = tempfile::tempdir().unwrap();
        let column = Int64Array::from_iter_values(0..100_000);
        let batch = RecordBatch::try_from_iter([("n", Arc::new(column) as ArrayRef)]).unwrap();
        let path = folder.path().join("rows.parquet");
        let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let size = std::fs::metadata(&path).unwrap().len();
        let file = |row_count: usize| DataFile {
            url: Place::folder(folder.path()).file("rows.parquet").unwrap(),
            origin: "rows".to_owned(),
            row_count,
            add: serde_json::from_value(serde_json::json!({
                "path": "rows.parquet", "size": size, "partitionValues": {}, "modificationTime": 0, "dataChange": true,
            }))
            .unwrap(),
        };
        rows_are_counted("items", &file(100_000)).await.unwrap();
        let missed = rows_are_counted("items", &file(100_001)).await.unwrap_err().to_string();
        assert!(missed.contains("items/rows.parquet") && missed.contains("100000 rows"), "{missed}");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&bytes[..bytes.len() - 5], b"xxxxx"].concat()).unwrap();
        assert!(matches!(rows_are_counted("items", &file(100_000)).await, Err(LakeError::Damaged(_))));
    }
}
