//! `percentile_of`: the value below which so many percent of a list lie, interpolated, exact in hundredths.
//!
//! `DataFusion`'s `percentile_cont` computes in binary fractions cut after six decimals, which a controller's own reckoning
//! does not meet.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Decimal128Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Signature, SimpleScalarUDF, Volatility};

/// Digits and decimals of the answer.
const PRECISION: u8 = 18;
const SCALE: i8 = 4;

pub(super) fn function() -> ScalarUDF {
    let answer = DataType::Decimal128(PRECISION, SCALE);
    // any list: a signature of exact types would refuse a list that bears no nulls
    let signature = Signature::any(2, Volatility::Immutable);
    SimpleScalarUDF::new_with_signature("percentile_of", signature, answer, Arc::new(percentiles)).into()
}

fn percentiles(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let lists = cast(&arrays[0], &DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true))))?;
    let lists = lists.as_list::<i32>();
    let percents = cast(&arrays[1], &DataType::Int64)?;
    let percents = percents.as_primitive::<Int64Type>();
    let mut numbers = Vec::new();
    let answers = (0..lists.len()).map(|row| {
        if lists.is_null(row) || percents.is_null(row) {
            return None;
        }
        numbers.clear();
        numbers.extend(lists.value(row).as_primitive::<Int64Type>().iter().flatten());
        percentile(&mut numbers, percents.value(row))
    });
    let answers = answers.collect::<Decimal128Array>().with_precision_and_scale(PRECISION, SCALE)?;
    Ok(ColumnarValue::Array(Arc::new(answers)))
}

/// Of `count` numbers in order it stands at `(count − 1) × percent / 100`, counted from 0, the two around it mixed; in
/// ten thousandths. Nothing for no number, or a percent that is none.
fn percentile(numbers: &mut [i64], percent: i64) -> Option<i128> {
    let percent = usize::try_from(percent).ok().filter(|percent| *percent <= 100)?;
    let rank = numbers.len().checked_sub(1)? * percent;
    let (below, hundredths) = (rank / 100, i128::try_from(rank % 100).unwrap_or(0));
    let (_, lower, above) = numbers.select_nth_unstable(below);
    let lower = i128::from(*lower);
    let upper = above.iter().min().map_or(lower, |upper| i128::from(*upper));
    Some(lower * 10_000 + (upper - lower) * hundredths * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_lies_between_two_numbers() {
        let of = |numbers: &[i64], percent| percentile(&mut numbers.to_vec(), percent);
        assert_eq!(of(&[], 50), None);
        assert_eq!(of(&[7], 90), Some(70_000));
        assert_eq!(of(&[4, 1], 50), Some(25_000));
        assert_eq!(of(&[3, 1, 2], 50), Some(20_000));
        assert_eq!(of(&[10, 0, 20, -10], 90), Some(170_000));
        assert_eq!(of(&[5, 5, -5], 0), Some(-50_000));
        assert_eq!(of(&[5, 9, -5], 100), Some(90_000));
        assert_eq!(of(&[1, 2], 101), None);
        // index 9.9 of twelve numbers: what binary fractions cut to 0.899999
        assert_eq!(of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1_000, 2_000], 90), Some(9_000_000));
    }
}
