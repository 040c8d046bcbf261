//! A Parquet file on its way: rows become columns, and each column is encoded by whichever processor is free.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::first_number;
use crate::model::money::SCALE;
use crate::model::processors::{processor_count, share_out};
use crate::model::{ColumnKind, ColumnSpec, Rows, TableSpec, Values};

/// Items numbered by this process so far.
static NUMBERED: AtomicI64 = AtomicI64::new(0);

/// Rows of one group: enough to compress well, few enough to be skipped or held by a reader.
const ROW_GROUP_ROWS: usize = 131_072;
/// Rows of a batch whose columns are worth more than one processor.
const ROWS_TO_SHARE: usize = 4_096;
/// Columns whose texts or numbers hardly ever come twice: a dictionary of them is work for nothing.
const DISTINCT_COLUMNS: [&str; 9] = [
    "item_id",
    "item_number",
    "source_line",
    "debit_item_id",
    "credit_item_id",
    "debit_item_number",
    "credit_item_number",
    "reference",
    "amount",
];

/// A file being written.
pub(super) struct ParquetFile {
    file: SerializedFileWriter<BufWriter<File>>,
    groups: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// The columns of the group that is open, if one is.
    columns: Vec<ArrowColumnWriter>,
    group_count: usize,
    /// Rows of the open group.
    row_count: usize,
}

impl ParquetFile {
    /// Opens it; its folder is made if missing.
    pub(super) fn create(table: &TableSpec, path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let level = ZstdLevel::try_new(1).map_err(io::Error::other)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by(concat!("encours ", env!("CARGO_PKG_VERSION")).to_owned());
        for column in DISTINCT_COLUMNS {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
        }
        let (file, schema) = (BufWriter::new(File::create(path)?), Arc::new(schema(table)));
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties.build())).map_err(io::Error::other)?;
        let (file, groups) = writer.into_serialized_writer().map_err(io::Error::other)?;
        Ok(Self { file, groups, schema, columns: Vec::new(), group_count: 0, row_count: 0 })
    }

    /// Appends rows; those without a load yet bear `load_id`.
    pub(super) fn write(&mut self, rows: &Rows, load_id: &str) -> io::Result<()> {
        let worker_count = if rows.len() < ROWS_TO_SHARE { 1 } else { processor_count() };
        let arrays: Vec<Mutex<Option<ArrayRef>>> = rows.columns.iter().map(|_| Mutex::new(None)).collect();
        let mut first = 0;
        while first < rows.len() {
            if self.columns.is_empty() {
                self.columns = self.groups.create_column_writers(self.group_count).map_err(io::Error::other)?;
            }
            let count = (rows.len() - first).min(ROW_GROUP_ROWS - self.row_count);
            let of_rows = rows.table.columns.iter().zip(&rows.columns).zip(&arrays);
            let columns = self.columns.iter_mut().zip(self.schema.fields()).zip(of_rows);
            share_out(worker_count, columns, |((writer, field), ((column, values), made))| {
                // a batch that does not fit its group is made once, and written in parts
                let mut made = made.lock().map_err(|_| io::Error::other("a column could not be made"))?;
                let array = match made.take() {
                    Some(array) => array,
                    None => array(column, values, load_id)?,
                };
                for leaf in compute_leaves(field, &array.slice(first, count)).map_err(io::Error::other)? {
                    writer.write(&leaf).map_err(io::Error::other)?;
                }
                *made = (first + count < rows.len()).then_some(array);
                Ok::<_, io::Error>(())
            })?;
            first += count;
            self.row_count += count;
            if self.row_count == ROW_GROUP_ROWS {
                self.end_group()?;
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> io::Result<()> {
        let mut group = self.file.next_row_group().map_err(io::Error::other)?;
        for column in std::mem::take(&mut self.columns) {
            let chunk = column.close().map_err(io::Error::other)?;
            chunk.append_to_row_group(&mut group).map_err(io::Error::other)?;
        }
        group.close().map_err(io::Error::other)?;
        self.group_count += 1;
        self.row_count = 0;
        Ok(())
    }

    /// Writes what is held back and closes the file.
    pub(super) fn close(mut self) -> io::Result<()> {
        if !self.columns.is_empty() {
            self.end_group()?;
        }
        self.file.close().map_err(io::Error::other)?;
        Ok(())
    }
}

fn schema(table: &TableSpec) -> Schema {
    let field = |column: &ColumnSpec| {
        let kind = match column.kind {
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Date => DataType::Date32,
            ColumnKind::Int => DataType::Int64,
            ColumnKind::Flag => DataType::Boolean,
            ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => {
                DataType::Decimal128(18, SCALE.cast_signed())
            }
        };
        Field::new(column.name, kind, true)
    };
    Schema::new(table.columns.iter().map(field).collect::<Vec<Field>>())
}

/// The values of a column. What has no load yet gets `load_id`; what has no number yet gets one, in the order of the rows.
fn array(column: &ColumnSpec, values: &Values, load_id: &str) -> io::Result<ArrayRef> {
    Ok(match (column.name, values) {
        // rows that another load brought keep its name
        ("load_id", Values::Text(ids)) => texts(ids.iter().map(|id| id.or(Some(load_id)))),
        ("item_number", Values::Int(numbers)) => {
            // so do rows that were numbered before; rows of links all are
            let first = first_number(load_id);
            let next = || first + NUMBERED.fetch_add(1, Ordering::Relaxed);
            let numbers = numbers.iter().map(|number| number.unwrap_or_else(next));
            Arc::new(Int64Array::from_iter_values(numbers))
        }
        (_, Values::Text(list)) => texts(list.iter()),
        (_, Values::Date(list)) => {
            Arc::new(list.iter().map(|day| day.map(|day| day.to_epoch_days())).collect::<Date32Array>())
        }
        (_, Values::Int(list)) => Arc::new(list.iter().copied().collect::<Int64Array>()),
        (_, Values::Flag(list)) => Arc::new(list.iter().copied().collect::<BooleanArray>()),
        (_, Values::Money(list)) => {
            let digits = list.iter().map(|amount| amount.map(crate::model::Money::wide));
            let digits = digits.collect::<Decimal128Array>().with_precision_and_scale(18, SCALE.cast_signed());
            Arc::new(digits.map_err(io::Error::other)?)
        }
    })
}

fn texts<'a>(list: impl ExactSizeIterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut texts = StringBuilder::with_capacity(list.len(), list.len() * 8);
    list.for_each(|text| texts.append_option(text));
    Arc::new(texts.finish())
}
