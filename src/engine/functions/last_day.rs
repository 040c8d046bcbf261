//! `last_day`: the last day of a day's month.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Date32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::model::Date;
use crate::model::calendar::month_end;

pub(super) fn function() -> ScalarUDF {
    create_udf("last_day", vec![DataType::Date32], DataType::Date32, Volatility::Immutable, Arc::new(last_days))
}

fn last_days(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let days = arguments[0].to_array(1)?;
    let last_day = |day: Option<i32>| Some(month_end(Date::from_epoch_days(day?)?).to_epoch_days());
    let last_days: Date32Array = days.as_primitive::<Date32Type>().iter().map(last_day).collect();
    Ok(ColumnarValue::Array(Arc::new(last_days)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a day that does not exist must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_on_its_last_day_leap_years_included() {
        let day = |text: &str| Some(text.parse::<Date>().unwrap().to_epoch_days());
        let days = Date32Array::from(vec![day("2024-02-01"), day("2023-12-31"), None, day("1900-02-10")]);
        let ends = last_days(&[ColumnarValue::Array(Arc::new(days))]).unwrap().to_array(4).unwrap();
        let wanted = [day("2024-02-29"), day("2023-12-31"), None, day("1900-02-28")];
        assert_eq!(ends.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), wanted);
    }
}
