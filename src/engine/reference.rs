//! Reference tables: the CSV files of `data/reference`, typed by the suffixes of their columns.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;

use super::EngineError;
use crate::model::Date;
use crate::model::money::SCALE;

/// A reference file as a batch: `_date` is a day; `_days _order _count` whole numbers; `_amount` and `_ratio` exact
/// decimals; `is_` and `has_` yes or no; anything else text. An empty cell is null.
pub(super) fn batch(name: &str, text: &str) -> Result<RecordBatch, EngineError> {
    let refuse = |cause: String| EngineError::Reference { name: name.to_owned(), cause };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|cause| refuse(cause.to_string()))?.clone();
    let mut cells: Vec<Vec<Option<String>>> = vec![Vec::new(); header.len()];
    for row in reader.records() {
        let row = row.map_err(|cause| refuse(cause.to_string()))?;
        for (column, cell) in cells.iter_mut().zip(row.iter()) {
            column.push((!cell.is_empty()).then(|| cell.to_owned()));
        }
    }
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (column, values) in header.iter().zip(&cells) {
        let array = array(column, values).map_err(refuse)?;
        fields.push(Field::new(column, array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|cause| refuse(cause.to_string()))
}

fn array(column: &str, values: &[Option<String>]) -> Result<ArrayRef, String> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| column.ends_with(ending));
    if column.starts_with("is_") || column.starts_with("has_") {
        let flags = parsed(column, values, "`true` or `false`", |text| text.parse::<bool>().ok())?;
        return Ok(Arc::new(BooleanArray::from(flags)));
    }
    if ends(&["_date"]) {
        let days =
            parsed(column, values, "a day, year first", |text| Some(text.parse::<Date>().ok()?.to_epoch_days()))?;
        return Ok(Arc::new(Date32Array::from(days)));
    }
    if ends(&["_days", "_order", "_count"]) {
        let numbers = parsed(column, values, "a whole number", |text| text.parse::<i64>().ok())?;
        return Ok(Arc::new(Int64Array::from(numbers)));
    }
    if ends(&["_amount", "_ratio"]) {
        let scale = if column.ends_with("_amount") { SCALE.cast_signed() } else { 6 };
        let digits = parsed(column, values, "a decimal number", |text| decimal_digits(text, scale))?;
        let exact = Decimal128Array::from(digits).with_data_type(DataType::Decimal128(18, scale));
        return Ok(Arc::new(exact));
    }
    Ok(Arc::new(StringArray::from(values.to_vec())))
}

fn parsed<T>(
    column: &str,
    values: &[Option<String>],
    wanted: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, String> {
    let cell = |(row, value): (usize, &Option<String>)| match value {
        None => Ok(None),
        Some(text) => parse(text)
            .map(Some)
            .ok_or_else(|| format!("found `{text}` in column `{column}`, line {}; wanted {wanted}", row + 2)),
    };
    values.iter().enumerate().map(cell).collect()
}

fn decimal_digits(text: &str, scale: i8) -> Option<i128> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let scale = usize::try_from(scale).ok()?;
    if part.len() > scale || whole.is_empty() || !format!("{whole}{part}").bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{part:0<scale$}").parse::<i128>().ok().map(|digits| sign * digits)
}
