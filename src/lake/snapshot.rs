//! Which files hold which table, as of a load.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use deltalake_core::DeltaTable;
use deltalake_core::arrow::array::{Array, AsArray};
use deltalake_core::arrow::datatypes::{Decimal128Type, Int64Type};
use deltalake_core::arrow::record_batch::RecordBatch;
use deltalake_core::kernel::Add;
use deltalake_core::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use url::Url;

use super::at_once::at_once;
use super::{Lake, LakeError, LoadRecord};
use crate::model::TableSpec;
use crate::model::tables::{LOADS, TABLES};
use crate::store;

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
        let read = held.chain([(&LOADS, load.version)]).map(|(table, version)| {
            let lake = self.clone();
            async move { Ok((table.name, lake.whole_files_at(table, version).await?)) }
        });
        let tables = at_once(read).await.into_iter().collect::<Result<_, LakeError>>()?;
        Ok(Snapshot { load: Some(load.clone()), history, tables })
    }

    /// Every load, oldest first.
    pub(super) async fn history(&self) -> Result<Vec<LoadRecord>, LakeError> {
        self.loads_are_whole().await?;
        self.log_is_whole(&LOADS, None).await?;
        let files = self.files_at(&LOADS, None).await?;
        self.files_are_whole(&LOADS, &files).await?;
        let read = files.into_iter().map(|file| async move {
            let version = version_of(file.name());
            let records = read_records(&file.url).await?;
            Ok(records.into_iter().map(|record| LoadRecord { version, ..record }).collect())
        });
        let read: Vec<Vec<LoadRecord>> = at_once(read).await.into_iter().collect::<Result<_, LakeError>>()?;
        let mut history: Vec<LoadRecord> = read.into_iter().flatten().collect();
        history.sort_by_key(|load| load.version);
        Ok(history)
    }

    /// The files of a table at a version that a load names, each of them there.
    async fn whole_files_at(&self, table: &TableSpec, version: u64) -> Result<Vec<DataFile>, LakeError> {
        self.log_is_whole(table, Some(version)).await?;
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

async fn read_records(url: &Url) -> Result<Vec<LoadRecord>, LakeError> {
    let bytes = store::read(url).await?;
    let unreadable = |cause: String| LakeError::Parquet(format!("`{url}`: {cause}"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|cause| unreadable(cause.to_string()))?;
    let mut records = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|cause| unreadable(cause.to_string()))?;
        for row in 0..batch.num_rows() {
            records.push(record(&batch, row).ok_or_else(|| unreadable("not a row of `loads`".to_owned()))?);
        }
    }
    Ok(records)
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
    let total = |name: &str| Some(batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>()?.value(row));
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
        sources: serde_json::from_str(&text("sources")?).ok()?,
        assumptions: serde_json::from_str(&text("assumptions")?).ok()?,
        versions: serde_json::from_str(&text("versions")?).ok()?,
    })
}
