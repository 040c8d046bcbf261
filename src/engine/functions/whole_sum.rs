//! `sum` of whole numbers that ends with an error where it is beyond 64 bits, and never with another number.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Accumulator, AggregateUDF, Volatility, create_udaf};

/// Digits of a sum on its way: more rows than a machine holds, each the largest number, have fewer.
const DIGITS: u8 = 38;

/// `sum(int)`.
pub(in crate::engine) fn function() -> AggregateUDF {
    create_udaf(
        "sum",
        vec![DataType::Int64],
        Arc::new(DataType::Int64),
        Volatility::Immutable,
        Arc::new(|_| Ok(Box::new(WholeSum::default()))),
        Arc::new(vec![DataType::Decimal128(DIGITS, 0)]),
    )
}

/// The sum so far; nothing before the first number.
#[derive(Debug, Default)]
struct WholeSum {
    sum: Option<i128>,
}

impl WholeSum {
    fn add(&mut self, numbers: impl Iterator<Item = i128>) {
        for number in numbers {
            self.sum = Some(self.sum.unwrap_or_default() + number);
        }
    }
}

impl Accumulator for WholeSum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        self.add(values[0].as_primitive::<Int64Type>().iter().flatten().map(i128::from));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        let beyond = |_| DataFusionError::Execution("a sum of whole numbers is beyond 64 bits".to_owned());
        Ok(ScalarValue::Int64(self.sum.map(i64::try_from).transpose().map_err(beyond)?))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        Ok(vec![ScalarValue::Decimal128(self.sum, DIGITS, 0)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        self.add(states[0].as_primitive::<Decimal128Type>().iter().flatten());
        Ok(())
    }
}
