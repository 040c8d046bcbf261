//! `fisher_p_value`: whether two rates differ by more than chance.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Decimal128Array};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use statrs::distribution::{Discrete, Hypergeometric};

/// How many decimals a p-value has.
const SCALE: i8 = 10;

pub(super) fn function() -> ScalarUDF {
    let p_value = DataType::Decimal128(18, SCALE);
    create_udf("fisher_p_value", vec![DataType::Int64; 4], p_value, Volatility::Immutable, Arc::new(fisher_p_values))
}

fn fisher_p_values(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let counts: Vec<_> = arrays.iter().map(AsArray::as_primitive::<Int64Type>).collect();
    let p_value = |row: usize| {
        let count = |column: usize| counts[column].is_valid(row).then(|| counts[column].value(row));
        let known = [count(0)?, count(1)?, count(2)?, count(3)?];
        fisher_p_value(known.map(|count| u64::try_from(count).unwrap_or(0)))
    };
    let values = (0..counts[0].len()).map(p_value).collect::<Decimal128Array>();
    Ok(ColumnarValue::Array(Arc::new(values.with_data_type(DataType::Decimal128(18, SCALE)))))
}

/// Fisher's exact test, two-sided: the probability, margins given, of every table no likelier than the one found
/// (R. A. Fisher, *Statistical Methods for Research Workers*, 5th ed. 1934, § 21.02). Ten decimals.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "a probability is no money; it lies between 0 and 1"
)]
fn fisher_p_value([hits, misses, earlier_hits, earlier_misses]: [u64; 4]) -> Option<i128> {
    let (recent, all_hits) = (hits + misses, hits + earlier_hits);
    let all = recent + earlier_hits + earlier_misses;
    let tables = Hypergeometric::new(all, all_hits, recent).ok()?;
    let found = tables.ln_pmf(hits);
    let least = recent.saturating_sub(all - all_hits);
    // two tables that differ by rounding alone are as likely as each other
    let is_no_likelier = |other: &f64| *other <= found + 1e-9;
    let sum: f64 =
        (least..=recent.min(all_hits)).map(|other| tables.ln_pmf(other)).filter(is_no_likelier).map(f64::exp).sum();
    Some((sum.min(1.0) * 1e10).round() as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fishers_test_gives_the_values_of_the_literature() {
        // the lady tasting tea: 3 of 4 right; Agresti, Categorical Data Analysis, table 3.8
        assert_eq!(fisher_p_value([3, 1, 1, 3]), Some(4_857_142_857));
        // dizygotic against monozygotic twins of criminals, Fisher 1934, table 17
        assert_eq!(fisher_p_value([2, 15, 10, 3]), Some(5_367_241));
        assert_eq!(fisher_p_value([0, 0, 4, 9]), Some(10_000_000_000));
    }
}
