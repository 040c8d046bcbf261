//! Rows become Parquet files beside the lake's tables, invisible until a load commits them.
//!
//! In: batches of [`Rows`]. Out: files named `<table>/<origin>-<load>-<n>.parquet` and what each holds.
//! Refused: nothing; a file that cannot be written is an error of the disk. The only door to Polars.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, IntoSeries, NamedFrom, NewChunkedArray, ParquetCompression, ParquetWriter,
    PolarsError, PolarsResult, Schema, Series, StatisticsOptions, StringChunked,
};
use sha2::{Digest, Sha256};

use crate::model::{ColumnKind, Date, Rows, TableSpec, Values};

/// Items numbered by this process so far.
static NUMBERED: AtomicI64 = AtomicI64::new(0);

/// Rows held back until a row group is worth writing.
const ROW_GROUP_ROWS: usize = 49_152;

/// A file that waits for its commit.
#[derive(Clone, Debug)]
pub struct StagedFile {
    /// The table it belongs to.
    pub table: &'static TableSpec,
    /// Whose rows it holds; a later load replaces an origin's files as a whole.
    pub origin: String,
    /// Where it is.
    pub path: PathBuf,
    /// How many rows it holds.
    pub row_count: usize,
}

/// Writes the files of one load.
pub struct Staging {
    root: PathBuf,
    load_id: String,
    tag: String,
    open: BTreeMap<(&'static str, String), TableFile>,
    done: Vec<StagedFile>,
}

/// A Parquet file of a table being written.
pub struct TableFile {
    table: &'static TableSpec,
    path: PathBuf,
    writer: BatchedWriter<BufWriter<File>>,
    waiting: Option<Rows>,
    row_count: usize,
}

impl Staging {
    /// Files go below `root`, the lake's folder. Every row without a load yet bears `load_id`; `tag`, the load and
    /// which of its tries, tells the files from those of other tries.
    #[must_use]
    pub fn new(root: &Path, load_id: &str, tag: &str) -> Self {
        Self {
            root: root.to_owned(),
            load_id: load_id.to_owned(),
            tag: tag.to_owned(),
            open: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    /// Appends rows to the origin's file of their table. `origin` is a slug: `[a-z0-9._-]`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&mut self, origin: &str, rows: Rows) -> PolarsResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let key = (rows.table.name, origin.to_owned());
        if !self.open.contains_key(&key) {
            let path = self.root.join(rows.table.name).join(format!("{origin}-{}.parquet", self.tag));
            let file = TableFile::create(rows.table, path)?;
            self.open.insert(key.clone(), file);
        }
        if let Some(file) = self.open.get_mut(&key) {
            file.append(rows, &self.load_id)?;
        }
        Ok(())
    }

    /// Forgets all that was written: files of the same names will take the place of those begun.
    pub fn restart(&mut self) {
        self.open.clear();
        self.done.clear();
    }

    /// Closes every file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> PolarsResult<Vec<StagedFile>> {
        for ((_, origin), file) in std::mem::take(&mut self.open) {
            self.done.push(file.close(origin, &self.load_id)?);
        }
        Ok(self.done)
    }
}

impl TableFile {
    /// Opens it; its folder is made if missing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(table: &'static TableSpec, path: PathBuf) -> PolarsResult<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let writer = ParquetWriter::new(BufWriter::new(File::create(&path)?))
            .with_compression(ParquetCompression::Zstd(None))
            .with_statistics(StatisticsOptions::default())
            .batched(&schema(table))?;
        Ok(Self { table, path, writer, waiting: None, row_count: 0 })
    }

    /// Appends rows; those without a load yet bear `load_id`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn append(&mut self, rows: Rows, load_id: &str) -> PolarsResult<()> {
        self.row_count += rows.len();
        let mut waiting = self.waiting.take().unwrap_or_else(|| Rows::new(rows.table));
        waiting.append(rows);
        if waiting.len() >= ROW_GROUP_ROWS {
            self.writer.write_batch(&frame(&waiting, load_id)?)?;
        } else {
            self.waiting = Some(waiting);
        }
        Ok(())
    }

    /// Writes what is held back and closes the file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn close(mut self, origin: String, load_id: &str) -> PolarsResult<StagedFile> {
        if let Some(rows) = self.waiting.take() {
            self.writer.write_batch(&frame(&rows, load_id)?)?;
        }
        self.writer.finish()?;
        Ok(StagedFile { table: self.table, origin, path: self.path, row_count: self.row_count })
    }
}

/// Writes one small batch of rows to a file of its own (the `loads` row of a commit).
///
/// # Errors
/// When the disk refuses.
pub fn write_file(rows: &Rows, path: &Path) -> Result<(), PolarsError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut writer = ParquetWriter::new(BufWriter::new(File::create(path)?)).batched(&schema(rows.table))?;
    writer.write_batch(&frame(rows, "")?)?;
    writer.finish()?;
    Ok(())
}

/// Items of a load are numbered from here on: 2³¹ blocks of 2³² numbers, chosen by a hash of the load's identifier.
/// Two loads of a lake do not share a block: see [`block_of`].
fn first_number(load_id: &str) -> i64 {
    i64::from(block_of(load_id)) << 32
}

/// The block of numbers that a load's items take theirs from: a load chooses an identifier whose block no load of the
/// lake has.
#[must_use]
pub fn block_of(load_id: &str) -> u32 {
    let bytes = Sha256::digest(load_id.as_bytes());
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) >> 1
}

fn schema(table: &TableSpec) -> Schema {
    table
        .columns
        .iter()
        .map(|column| {
            let kind = match column.kind {
                ColumnKind::Text => DataType::String,
                ColumnKind::Date => DataType::Date,
                ColumnKind::Int => DataType::Int64,
                ColumnKind::Flag => DataType::Boolean,
                ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => DataType::Decimal(18, 2),
            };
            (column.name.into(), kind)
        })
        .collect()
}

fn frame(rows: &Rows, load_id: &str) -> PolarsResult<DataFrame> {
    let columns = rows
        .table
        .columns
        .iter()
        .zip(&rows.columns)
        .map(|(column, values)| {
            if let ("load_id", Values::Text(ids)) = (column.name, values) {
                // rows that another load brought keep its name
                let ids = ids.iter().map(|id| id.or(Some(load_id)));
                return Ok(StringChunked::from_iter_options(column.name.into(), ids).into_series().into_column());
            }
            if let ("item_number", Values::Int(numbers)) = (column.name, values) {
                // so do rows that were numbered before; rows of links all are
                let first = first_number(load_id);
                let next = || first + NUMBERED.fetch_add(1, Ordering::Relaxed);
                let numbers = numbers.iter().map(|number| number.unwrap_or_else(next));
                return Ok(Series::new(column.name.into(), numbers.collect::<Vec<i64>>()).into_column());
            }
            column_of(column.name, values)
        })
        .collect::<PolarsResult<Vec<Column>>>()?;
    DataFrame::new(rows.len(), columns)
}

fn column_of(name: &str, values: &Values) -> PolarsResult<Column> {
    let series = match values {
        Values::Text(list) => StringChunked::from_iter_options(name.into(), list.iter()).into_series(),
        Values::Date(list) => {
            let days: Vec<Option<i32>> = list.iter().map(|day| day.map(days_since_epoch)).collect();
            Series::new(name.into(), days).into_date()
        }
        Values::Int(list) => Series::new(name.into(), list),
        Values::Flag(list) => Series::new(name.into(), list),
        Values::Money(list) => {
            let digits: Vec<Option<i128>> = list.iter().map(|amount| amount.map(crate::model::Money::wide)).collect();
            Series::new(name.into(), digits).into_decimal(18, 2)?
        }
    };
    Ok(series.into_column())
}

/// Days since 1970-01-01, as Parquet counts them.
fn days_since_epoch(day: Date) -> i32 {
    day.to_epoch_days()
}
