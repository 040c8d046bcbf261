//! `due_by_terms`: the due date that payment terms give, as loads derive it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Date32Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::model::{AgreedTerms, Date};

pub(super) fn function() -> ScalarUDF {
    let arguments = vec![DataType::Date32, DataType::Utf8];
    create_udf("due_by_terms", arguments, DataType::Date32, Volatility::Immutable, Arc::new(due_by_terms))
}

fn due_by_terms(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let issued = arrays[0].as_primitive::<Date32Type>();
    // texts come in several forms
    let codes = cast(&arrays[1], &DataType::Utf8)?;
    let codes: &StringArray = codes.as_string();
    let due = |row: usize| {
        let is_known = issued.is_valid(row) && codes.is_valid(row);
        let terms = is_known.then(|| AgreedTerms::parse(codes.value(row))).flatten()?;
        Some(terms.due(Date::from_epoch_days(issued.value(row))?).to_epoch_days())
    };
    let dates: Date32Array = (0..issued.len()).map(due).collect();
    Ok(ColumnarValue::Array(Arc::new(dates)))
}
