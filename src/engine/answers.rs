//! Arrow batches become answers.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, Schema, UInt64Type,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;

use super::EngineError;
use crate::model::money::SCALE;
use crate::model::{Answer, AnswerColumn, ColumnKind, Date, Value};

/// The kind an Arrow type answers as, where a header does not say.
pub(super) fn kind_of(name: &str, kind: &DataType) -> Option<ColumnKind> {
    Some(match kind {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null => ColumnKind::Text,
        DataType::Date32 => ColumnKind::Date,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::UInt64 => ColumnKind::Int,
        DataType::Boolean => ColumnKind::Flag,
        DataType::Decimal128(_, 3) => ColumnKind::Money,
        DataType::Decimal128(_, 6) if name.ends_with("_ratio") => ColumnKind::Ratio,
        DataType::Decimal128(_, _) => ColumnKind::Decimal,
        _ => return None,
    })
}

/// Batches as an answer with these columns; each is let go once it is taken.
pub(super) fn answer(columns: Vec<AnswerColumn>, batches: impl IntoIterator<Item = RecordBatch>) -> Answer {
    let mut answer = Answer::new(columns);
    for batch in batches {
        append(&mut answer, &batch);
    }
    answer
}

/// Appends the rows of a batch to an answer of its columns.
pub(super) fn append(answer: &mut Answer, batch: &RecordBatch) {
    answer.extend(batch.num_rows(), |column, row| value(batch.column(column).as_ref(), row));
}

/// The columns of a result whose kinds nobody promised (`--sql`); types we do not publish are named.
pub(super) fn columns_of(schema: &Schema) -> Result<Vec<AnswerColumn>, String> {
    schema
        .fields()
        .iter()
        .map(|field| match kind_of(field.name(), field.data_type()) {
            Some(kind) => Ok(AnswerColumn { name: field.name().clone(), kind }),
            None => Err(format!(
                "column `{}` is a {}: cast it to text, bigint, date or decimal",
                field.name(),
                field.data_type()
            )),
        })
        .collect()
}

fn value(column: &dyn Array, row: usize) -> Value<'_> {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => Value::text(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Value::text(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Value::text(column.as_string_view().value(row)),
        DataType::Date32 => {
            Date::from_epoch_days(column.as_primitive::<Date32Type>().value(row)).map_or(Value::Null, Value::Date)
        }
        DataType::Int8 => Value::Int(column.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Value::Int(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Value::Int(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt64 => {
            i64::try_from(column.as_primitive::<UInt64Type>().value(row)).map_or(Value::Null, Value::Int)
        }
        DataType::Boolean => Value::Flag(column.as_boolean().value(row)),
        DataType::Decimal128(_, scale) => {
            let digits = column.as_primitive::<Decimal128Type>().value(row);
            Value::Decimal { digits, scale: u8::try_from(*scale).unwrap_or_default() }
        }
        _ => Value::Null,
    }
}

/// An answer as a batch.
pub(super) fn batch(answer: &Answer) -> Result<RecordBatch, ArrowError> {
    let arrays = answer.columns.iter().enumerate();
    let arrays = arrays.map(|(position, column)| (column.name.clone(), array(column.kind, answer, position), true));
    RecordBatch::try_from_iter_with_nullable(arrays)
}

/// An answer as a Parquet file.
///
/// # Errors
/// When Arrow or Parquet refuses the columns.
pub fn parquet(answer: &Answer) -> Result<Vec<u8>, EngineError> {
    let failed = |cause: &dyn std::fmt::Display| EngineError::ReadOnly(format!("no Parquet file can be made: {cause}"));
    let batch = batch(answer).map_err(|cause| failed(&cause))?;
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).map_err(|cause| failed(&cause))?;
    writer.write(&batch).map_err(|cause| failed(&cause))?;
    writer.into_inner().map_err(|cause| failed(&cause))
}

fn array(kind: ColumnKind, answer: &Answer, position: usize) -> ArrayRef {
    let values = (0..answer.len()).map(|row| answer.at(row, position));
    match kind {
        ColumnKind::Text => {
            let texts = values.map(|value| if let Value::Text(text) = value { Some(text) } else { None });
            Arc::new(texts.collect::<StringArray>())
        }
        ColumnKind::Date => {
            let days = values.map(|value| if let Value::Date(day) = value { Some(day.to_epoch_days()) } else { None });
            Arc::new(days.collect::<Date32Array>())
        }
        ColumnKind::Int => {
            let numbers = values.map(|value| if let Value::Int(number) = value { Some(number) } else { None });
            Arc::new(numbers.collect::<Int64Array>())
        }
        ColumnKind::Flag => {
            let flags = values.map(|value| if let Value::Flag(flag) = value { Some(flag) } else { None });
            Arc::new(flags.collect::<BooleanArray>())
        }
        ColumnKind::Money => {
            let amounts = values.map(|value| value.thousandths()).collect::<Decimal128Array>();
            Arc::new(amounts.with_data_type(DataType::Decimal128(38, SCALE.cast_signed())))
        }
        ColumnKind::Ratio | ColumnKind::Decimal => {
            let parts = |value: Value<'_>| {
                if let Value::Decimal { digits, scale } = value { Some((digits, scale)) } else { None }
            };
            let usual = if kind == ColumnKind::Ratio { 6 } else { 2 };
            let scale = values.clone().find_map(parts).and_then(|(_, scale)| i8::try_from(scale).ok());
            let digits = values.map(|value| parts(value).map(|(digits, _)| digits)).collect::<Decimal128Array>();
            Arc::new(digits.with_data_type(DataType::Decimal128(38, scale.unwrap_or(usual))))
        }
    }
}
