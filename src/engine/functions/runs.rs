//! `densest_runs`: around which numbers most of a list lie.

use std::cmp::Reverse;
use std::ops::RangeInclusive;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, ListBuilder, PrimitiveBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Signature, SimpleScalarUDF, Volatility};

/// How wide a run may be: all that lie in one are tried.
const WIDTHS: RangeInclusive<i64> = 1..=31;

pub(super) fn function() -> ScalarUDF {
    // any list: a signature of exact types would refuse a list that bears no nulls
    let signature = Signature::any(2, Volatility::Immutable);
    SimpleScalarUDF::new_with_signature("densest_runs", signature, numbers(), Arc::new(runs_of_lists)).into()
}

fn numbers() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)))
}

fn runs_of_lists(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let lists = cast(&arrays[0], &numbers())?;
    let lists = lists.as_list::<i32>();
    let widths = cast(&arrays[1], &DataType::Int64)?;
    let widths = widths.as_primitive::<Int64Type>();
    let mut answers = ListBuilder::new(PrimitiveBuilder::<Int64Type>::new());
    for row in 0..lists.len() {
        let is_known = lists.is_valid(row) && widths.is_valid(row);
        if is_known && !WIDTHS.contains(&widths.value(row)) {
            return Err(DataFusionError::Execution("`densest_runs` finds runs of 1 to 31 numbers".to_owned()));
        }
        if is_known {
            let mut numbers: Vec<i64> = lists.value(row).as_primitive::<Int64Type>().iter().flatten().collect();
            numbers.sort_unstable();
            for (start, count) in densest(&numbers, widths.value(row)) {
                answers.values().append_value(start);
                answers.values().append_value(count);
            }
        }
        answers.append(is_known);
    }
    Ok(ColumnarValue::Array(Arc::new(answers.finish())))
}

/// The run of `width` whole numbers from 1 on that holds most of `sorted`, and the one of those apart from it: where each
/// starts and how many it holds. Of runs that hold as many, the later one.
fn densest(sorted: &[i64], width: i64) -> Vec<(i64, i64)> {
    let mut runs: Vec<(Reverse<i64>, Reverse<i64>)> = Vec::new();
    let mut last_start = 0;
    for (position, number) in sorted.iter().enumerate() {
        for start in number.saturating_sub(width - 1).max(last_start + 1)..=*number {
            let first = sorted[..position].partition_point(|other| *other < start);
            let count = sorted[first..].partition_point(|other| *other < start.saturating_add(width));
            runs.push((Reverse(i64::try_from(count).unwrap_or(i64::MAX)), Reverse(start)));
            last_start = start;
        }
    }
    let Some((count, start)) = runs.iter().min().copied() else { return Vec::new() };
    let apart = runs.iter().filter(|(_, other)| other.0.abs_diff(start.0) >= width.unsigned_abs()).min();
    [Some((count, start)), apart.copied()].into_iter().flatten().map(|(count, start)| (start.0, count.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_on_which_most_is_paid_are_found() {
        assert_eq!(densest(&[], 3), []);
        assert_eq!(densest(&[10], 3), [(10, 1)]);
        // the 10th, or the Monday after it; the 25th
        assert_eq!(densest(&[10, 10, 11, 12, 25, 25, 26], 3), [(10, 4), (25, 3)]);
        // the run begins at the 1st at the earliest
        assert_eq!(densest(&[1, 2], 3), [(1, 2)]);
        // as many: the later one
        assert_eq!(densest(&[5, 20], 3), [(20, 1), (5, 1)]);
        assert_eq!(densest(&[5, 6, 7, 8], 3), [(6, 3), (3, 1)]);
    }
}
