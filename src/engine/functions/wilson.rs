//! `wilson_bound` and `difference_bound`: how far from what was seen a true share, or the difference of two, may lie.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Decimal128Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, SimpleScalarUDF, Volatility};

/// 95 % of a normal distribution lie within so many deviations.
const DEVIATIONS: f64 = 1.959_963_984_540_054;
const SCALE: i8 = 6;

pub(super) fn function() -> ScalarUDF {
    let arguments = vec![DataType::Int64, DataType::Int64, DataType::Boolean];
    let kind = DataType::Decimal128(18, SCALE);
    SimpleScalarUDF::new("wilson_bound", arguments, kind, Volatility::Immutable, Arc::new(bounds)).into()
}

pub(super) fn difference() -> ScalarUDF {
    let mut arguments = vec![DataType::Int64; 4];
    arguments.push(DataType::Boolean);
    let kind = DataType::Decimal128(18, SCALE);
    SimpleScalarUDF::new("difference_bound", arguments, kind, Volatility::Immutable, Arc::new(difference_bounds)).into()
}

fn difference_bounds(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let counts: Vec<_> = arrays[..4].iter().map(|array| cast(array, &DataType::Int64)).collect::<Result<_, _>>()?;
    let counts: Vec<_> = counts.iter().map(AsArray::as_primitive::<Int64Type>).collect();
    let is_upper = arrays[4].as_boolean();
    let bound = |row: usize| {
        if counts.iter().any(|count| count.is_null(row)) || is_upper.is_null(row) {
            return None;
        }
        let [hits, tries, other_hits, other_tries] = [0, 1, 2, 3].map(|place: usize| counts[place].value(row));
        difference_of((hits, tries), (other_hits, other_tries), is_upper.value(row))
    };
    let bounds = (0..is_upper.len()).map(bound).collect::<Decimal128Array>().with_precision_and_scale(18, SCALE)?;
    Ok(ColumnarValue::Array(Arc::new(bounds)))
}

/// Newcombe's hybrid score interval (1998, method 10) of the first share less the second, in millionths.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "an estimate is no money, and its millionths fit"
)]
fn difference_of(one: (i64, i64), other: (i64, i64), is_upper: bool) -> Option<i128> {
    let share = |(hits, tries): (i64, i64)| hits as f64 / tries as f64;
    let end = |of: (i64, i64), is_upper| bound(of.0, of.1, is_upper).map(|bound| bound as f64 / 1_000_000.0);
    // towards the bound that is asked: the first share's own side, the second one's other side
    let (own, others) = (end(one, is_upper)?, end(other, !is_upper)?);
    let difference = share(one) - share(other);
    let width = ((own - share(one)).powi(2) + (share(other) - others).powi(2)).sqrt();
    let bound = if is_upper { difference + width } else { difference - width };
    Some((bound * 1_000_000.0).round() as i128)
}

fn bounds(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let (hits, tries) = (cast(&arrays[0], &DataType::Int64)?, cast(&arrays[1], &DataType::Int64)?);
    let (hits, tries) = (hits.as_primitive::<Int64Type>(), tries.as_primitive::<Int64Type>());
    let is_upper = arrays[2].as_boolean();
    let bound = |row: usize| {
        let is_known = hits.is_valid(row) && tries.is_valid(row) && is_upper.is_valid(row);
        is_known.then(|| bound(hits.value(row), tries.value(row), is_upper.value(row))).flatten()
    };
    let bounds = (0..hits.len()).map(bound).collect::<Decimal128Array>().with_precision_and_scale(18, SCALE)?;
    Ok(ColumnarValue::Array(Arc::new(bounds)))
}

/// Wilson's score interval (1927): sound where hits are few. In millionths; none where nothing was tried.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "an estimate is no money, and its millionths fit"
)]
fn bound(hits: i64, tries: i64, is_upper: bool) -> Option<i128> {
    if tries <= 0 || !(0..=tries).contains(&hits) {
        return None;
    }
    let (share, count, square) = (hits as f64 / tries as f64, tries as f64, DEVIATIONS * DEVIATIONS);
    let middle = share + square / (2.0 * count);
    let width = DEVIATIONS * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    let bound = (if is_upper { middle + width } else { middle - width }) / (1.0 + square / count);
    Some((bound.clamp(0.0, 1.0) * 1_000_000.0).round() as i128)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_those_of_the_published_example() {
        // Newcombe (1998), table I: 81 of 263, score method: 0.2553 to 0.3662
        assert_eq!(bound(81, 263, false).map(|bound| (bound + 50) / 100), Some(2553));
        assert_eq!(bound(81, 263, true).map(|bound| (bound + 50) / 100), Some(3662));
        // 0 of 20: 0 to 0.1611
        assert_eq!(bound(0, 20, false), Some(0));
        assert_eq!(bound(0, 20, true).map(|bound| (bound + 50) / 100), Some(1611));
        assert_eq!(bound(0, 0, true), None);
    }

    #[test]
    fn the_bounds_of_a_difference_are_those_of_the_published_example() {
        // Newcombe (1998b), table II, method 10: 56 of 70 less 48 of 80: 0.0524 to 0.3339; 9 of 10 less 3 of 10: 0.1705 to 0.8090
        let ends = |one, other| {
            [false, true].map(|is_upper| (difference_of(one, other, is_upper).unwrap() + 50).div_euclid(100))
        };
        assert_eq!(ends((56, 70), (48, 80)), [524, 3339]);
        assert_eq!(ends((9, 10), (3, 10)), [1705, 8090]);
    }
}
