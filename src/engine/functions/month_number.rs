//! `month_number`: a day's month as a number, so that months can be counted.

use std::sync::Arc;

use chrono::Datelike;
use datafusion::arrow::array::{AsArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::model::Date;

pub(super) fn function() -> ScalarUDF {
    create_udf("month_number", vec![DataType::Date32], DataType::Int64, Volatility::Immutable, Arc::new(month_numbers))
}

fn month_numbers(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let days = arguments[0].to_array(1)?;
    let number = |day: Option<i32>| {
        let day = Date::from_epoch_days(day?)?;
        Some(i64::from(day.year()) * 12 + i64::from(day.month0()))
    };
    let numbers: Int64Array = days.as_primitive::<Date32Type>().iter().map(number).collect();
    Ok(ColumnarValue::Array(Arc::new(numbers)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a day that does not exist must stop the test")]
mod tests {
    use datafusion::arrow::array::Date32Array;
    use datafusion::arrow::datatypes::Int64Type;

    use super::*;

    #[test]
    fn january_follows_december() {
        let day = |text: &str| Some(text.parse::<Date>().unwrap().to_epoch_days());
        let days = Date32Array::from(vec![day("2023-12-31"), day("2024-01-01"), None]);
        let numbers = month_numbers(&[ColumnarValue::Array(Arc::new(days))]).unwrap().to_array(3).unwrap();
        let wanted = [Some(2023 * 12 + 11), Some(2024 * 12), None];
        assert_eq!(numbers.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), wanted);
    }
}
