//! Which files hold which table, as of a load.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use deltalake_core::DeltaTable;
use deltalake_core::arrow::array::{Array, AsArray};
use deltalake_core::arrow::datatypes::{Decimal128Type, Int64Type};
use deltalake_core::arrow::record_batch::RecordBatch;
use deltalake_core::kernel::Add;
use deltalake_core::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use deltalake_core::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use url::Url;

use super::at_once::at_once;
use super::record::Checksums;
use super::{Damage, Lake, LakeError, LoadRecord};
use crate::model::TableSpec;
use crate::model::money::thousandths_of;
use crate::model::tables::{LOADS, PREPARED_CODE, TABLES};
use crate::store::{self, Checksum};

/// As of which load the lake is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KnownAt {
    /// The last load.
    #[default]
    Latest,
    /// The load of that number.
    Version(u64),
    /// The last load committed by then.
    Time(DateTime<Utc>),
}

impl KnownAt {
    /// Reads a load's number, a day (its end, UTC) or an RFC 3339 time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(version) = text.parse() {
            return Some(Self::Version(version));
        }
        if let Ok(day) = text.parse::<crate::model::Date>() {
            return Some(Self::Time(day.and_hms_opt(23, 59, 59)?.and_utc()));
        }
        DateTime::parse_from_rfc3339(text).ok().map(|time| Self::Time(time.with_timezone(&Utc)))
    }
}

/// A file of a table.
#[derive(Clone, Debug)]
pub struct DataFile {
    /// Where it is.
    pub url: Url,
    /// Whose rows it holds: the first part of its name.
    pub origin: String,
    /// How many rows it holds.
    pub row_count: usize,
    pub(super) add: Add,
}

impl DataFile {
    /// Its name in its table.
    pub(super) fn name(&self) -> &str {
        &self.add.path
    }
}

/// The lake as of a load.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The load, or nothing for a lake without one.
    pub load: Option<LoadRecord>,
    /// Every load there was when it was taken, later ones included, oldest first.
    pub history: Vec<LoadRecord>,
    tables: BTreeMap<&'static str, Vec<DataFile>>,
}

impl Snapshot {
    /// Whether its load prepared what questions of this version read.
    #[must_use]
    pub fn is_prepared(&self) -> bool {
        self.load.as_ref().is_none_or(|load| load.prepared_code == PREPARED_CODE)
    }

    /// The files that hold a table.
    #[must_use]
    pub fn files(&self, table: &TableSpec) -> &[DataFile] {
        self.tables.get(table.name).map_or(&[], Vec::as_slice)
    }

    /// How many rows a table holds.
    #[must_use]
    pub fn row_count(&self, table: &TableSpec) -> usize {
        self.files(table).iter().map(|file| file.row_count).sum()
    }

    /// The number of the load, 0 for a lake without one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.load.as_ref().map_or(0, |load| load.version)
    }
}

impl Lake {
    /// The lake as of a load. A lake without loads answers an empty snapshot for [`KnownAt::Latest`].
    ///
    /// # Errors
    /// When no load answers to `known_at`, or files cannot be read.
    pub async fn snapshot(&self, known_at: &KnownAt) -> Result<Snapshot, LakeError> {
        let history = self.history().await?;
        let load = match known_at {
            KnownAt::Latest => history.last(),
            KnownAt::Version(version) => history.iter().find(|load| load.version == *version),
            KnownAt::Time(time) => history
                .iter()
                .rev()
                .find(|load| DateTime::parse_from_rfc3339(&load.loaded_at).is_ok_and(|loaded| loaded <= *time)),
        };
        let Some(load) = load else {
            if *known_at == KnownAt::Latest {
                return Ok(Snapshot::default());
            }
            let asked = match known_at {
                KnownAt::Version(version) => version.to_string(),
                KnownAt::Time(time) => time.to_rfc3339(),
                KnownAt::Latest => String::new(),
            };
            return Err(LakeError::UnknownVersion { asked, load_count: history.len() as u64 });
        };
        let held = TABLES.iter().copied().filter_map(|table| Some((table, *load.versions.get(table.name)?)));
        let sums = Arc::new(self.checksums(&history).await?);
        let read = held.chain([(&LOADS, load.version)]).map(|(table, version)| {
            let (lake, sums) = (self.clone(), sums.clone());
            async move { Ok((table.name, lake.whole_files_at(table, version, &sums).await?)) }
        });
        let tables = at_once(read).await.into_iter().collect::<Result<BTreeMap<_, _>, LakeError>>()?;
        self.files_hold_what_was_written(&tables, &sums).await?;
        Ok(Snapshot { load: Some(load.clone()), history, tables })
    }

    /// Every load, oldest first.
    pub(super) async fn history(&self) -> Result<Vec<LoadRecord>, LakeError> {
        self.loads_are_whole().await?;
        self.log_is_whole(&LOADS, None).await?;
        let mut sums = self.last_load().await?.unwrap_or_default().checksums;
        self.log_holds_what_was_written(&LOADS, None, &sums).await?;
        let files = self.files_at(&LOADS, None).await?;
        self.history_of(files, &mut sums).await
    }

    /// Every load up to a version, oldest first. `sums` are the checksums known, to which those of these loads are added.
    pub(super) async fn history_at(&self, version: u64, sums: &mut Checksums) -> Result<Vec<LoadRecord>, LakeError> {
        let files = self.whole_files_at(&LOADS, version, sums).await?;
        self.history_of(files, sums).await
    }

    async fn history_of(&self, files: Vec<DataFile>, sums: &mut Checksums) -> Result<Vec<LoadRecord>, LakeError> {
        self.files_are_whole(&LOADS, &files).await?;
        let read = files
            .into_iter()
            .map(|file| async move { Ok((version_of(file.name()), store::read(&file.url).await?, file)) });
        let mut read = at_once(read).await.into_iter().collect::<Result<Vec<_>, LakeError>>()?;
        // a row is proven by the one after it
        read.sort_by_key(|(version, ..)| Reverse(*version));
        let mut history = Vec::new();
        for (version, bytes, file) in read {
            let name = format!("{}/{}", LOADS.name, file.name());
            let found = Checksum::of(&bytes);
            if let Some(wanted) = sums.get(&name).filter(|wanted| **wanted != found.text()) {
                return Err(LakeError::Damaged(Damage::of_content(name, Some(found), wanted.clone())));
            }
            for record in records_in(bytes, &name)? {
                sums.extend(record.checksums.clone());
                history.push(LoadRecord { version, ..record });
            }
        }
        history.sort_by_key(|load| load.version);
        Ok(history)
    }

    /// The files of a table at a version that a load names, each of them there, told by a log that is what was written.
    pub(super) async fn whole_files_at(
        &self,
        table: &TableSpec,
        version: u64,
        sums: &Checksums,
    ) -> Result<Vec<DataFile>, LakeError> {
        self.log_is_whole(table, Some(version)).await?;
        self.log_holds_what_was_written(table, Some(version), sums).await?;
        let files = self.files_at(table, Some(version)).await?;
        self.files_are_whole(table, &files).await?;
        Ok(files)
    }

    /// The files of a table at a version, by name; none where the table was never created.
    pub(super) async fn files_at(&self, table: &TableSpec, version: Option<u64>) -> Result<Vec<DataFile>, LakeError> {
        match self.open(table, version).await? {
            Some(found) => self.files_of(table, &found),
            None => Ok(Vec::new()),
        }
    }

    #[expect(deprecated, reason = "2026-11-22: a removed file of the base comes back with the very Add it had")]
    pub(super) fn files_of(&self, table: &TableSpec, found: &DeltaTable) -> Result<Vec<DataFile>, LakeError> {
        let place = self.place().within(table.name);
        let files = found
            .snapshot()?
            .log_data()
            .iter()
            .map(|view| {
                let add = view.add_action();
                Ok(DataFile {
                    url: place.file(&add.path)?,
                    origin: origin_of(&add.path).to_owned(),
                    row_count: row_count_of(&add),
                    add,
                })
            })
            .collect::<Result<_, LakeError>>();
        let mut files: Vec<DataFile> = files?;
        files.sort_by(|left, right| left.name().cmp(right.name()));
        Ok(files)
    }
}

/// `fec-123-20261121t101500z-a1b2.parquet` → `fec-123`: the load's identifier is the last two parts.
fn origin_of(name: &str) -> &str {
    name.rsplitn(3, '-').nth(2).unwrap_or_default()
}

/// The count of rows that the log tells of a file.
fn row_count_of(add: &Add) -> usize {
    let told = add.stats.as_ref().and_then(|stats| serde_json::from_str::<serde_json::Value>(stats).ok());
    told.and_then(|told| usize::try_from(told["numRecords"].as_u64()?).ok()).unwrap_or_default()
}

/// `00000012-….parquet` → 12: a file of `loads` begins with its number.
fn version_of(name: &str) -> u64 {
    name.split('-').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The rows of a file of `loads`; `name` names it from the lake's place.
pub(super) fn records_in(bytes: Bytes, name: &str) -> Result<Vec<LoadRecord>, LakeError> {
    let unreadable = |cause: String| LakeError::Damaged(Damage::new(name, cause, "a row of `loads`"));
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|cause| unreadable(cause.to_string()))?;
    if !has_places(builder.metadata()) {
        return Err(unreadable("a column that begins before the file does".to_owned()));
    }
    let reader = builder.build().map_err(|cause| unreadable(cause.to_string()))?;
    let mut records = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|cause| unreadable(cause.to_string()))?;
        for row in 0..batch.num_rows() {
            records.push(record(&batch, row).ok_or_else(|| unreadable("not a row of `loads`".to_owned()))?);
        }
    }
    Ok(records)
}

/// Whether each column of a file has a place and a length: its reader takes that for granted, and stops the program where a
/// changed bit has made one negative.
pub(super) fn has_places(metadata: &ParquetMetaData) -> bool {
    let columns = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    columns.into_iter().all(|column| {
        let first = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        first >= 0 && column.compressed_size() >= 0
    })
}

fn record(batch: &RecordBatch, row: usize) -> Option<LoadRecord> {
    let text = |name: &str| -> Option<String> {
        let column = batch.column_by_name(name)?;
        if column.is_null(row) {
            return Some(String::new());
        }
        let text = column
            .as_string_view_opt()
            .map(|list| list.value(row))
            .or_else(|| column.as_string_opt::<i64>().map(|list| list.value(row)))
            .or_else(|| column.as_string_opt::<i32>().map(|list| list.value(row)))?;
        Some(text.to_owned())
    };
    let count = |name: &str| Some(batch.column_by_name(name)?.as_primitive_opt::<Int64Type>()?.value(row));
    let sources: serde_json::Value = serde_json::from_str(&text("sources")?).ok()?;
    let total = |name: &str| -> Option<i128> {
        let column = batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>()?;
        let of_source = |source: &serde_json::Value| source[name].as_str().and_then(thousandths_of);
        let of_sources = || sources.as_array().into_iter().flatten().filter_map(of_source).sum();
        Some(if column.is_null(row) { of_sources() } else { column.value(row) })
    };
    Some(LoadRecord {
        version: 0,
        load_id: text("load_id")?,
        company_id: text("company_id")?,
        loaded_at: text("loaded_at")?,
        line_count: count("line_count")?,
        accepted_count: count("accepted_count")?,
        rejected_count: count("rejected_count")?,
        debit_total: total("debit_amount")?,
        credit_total: total("credit_amount")?,
        sources,
        assumptions: serde_json::from_str(&text("assumptions")?).ok()?,
        versions: serde_json::from_str(&text("versions")?).ok()?,
        // loads of before 2026-11-28 kept none
        checksums: match text("checksums").filter(|text| !text.is_empty()) {
            Some(text) => serde_json::from_str(&text).ok()?,
            None => BTreeMap::new(),
        },
        prepared_code: text("prepared_code").unwrap_or_default(),
    })
}
