//! Functions that SQL lacks: numbers as a sentence writes them, and Fisher's exact test.
//!
//! | function | gives |
//! |---|---|
//! | `number_text(number, decimals, language)` | the number rounded half-up, thousands grouped: `1 234,5` or `1,234.5` |
//! | `fisher_p_value(hits, misses, earlier_hits, earlier_misses)` | two-sided p of equal rates, ten decimals |

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Decimal128Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use statrs::distribution::{Discrete, Hypergeometric};

/// How many decimals a number may bring.
const NUMBER_SCALE: i8 = 6;
/// How many decimals a p-value has.
const P_SCALE: i8 = 10;

/// All of them, for a session.
pub(super) fn all() -> Vec<ScalarUDF> {
    let number = DataType::Decimal128(38, NUMBER_SCALE);
    let count = DataType::Int64;
    vec![
        create_udf(
            "number_text",
            vec![number, count.clone(), DataType::Utf8],
            DataType::Utf8,
            Volatility::Immutable,
            Arc::new(number_texts),
        ),
        create_udf(
            "fisher_p_value",
            vec![count.clone(), count.clone(), count.clone(), count],
            DataType::Decimal128(18, P_SCALE),
            Volatility::Immutable,
            Arc::new(fisher_p_values),
        ),
    ]
}

fn number_texts(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let numbers = arrays[0].as_primitive::<Decimal128Type>();
    let decimals = arrays[1].as_primitive::<Int64Type>();
    let languages = as_string_array(&arrays[2])?;
    let texts = (0..numbers.len()).map(|row| {
        let is_known = numbers.is_valid(row) && decimals.is_valid(row) && languages.is_valid(row);
        is_known.then(|| number_text(numbers.value(row), decimals.value(row), languages.value(row)))
    });
    Ok(ColumnarValue::Array(Arc::new(texts.collect::<StringArray>())))
}

/// `millionths` as a sentence in that language writes them.
fn number_text(millionths: i128, decimals: i64, language: &str) -> String {
    let decimals = usize::try_from(decimals).unwrap_or(0).min(6);
    let step = 10_u128.pow(6 - u32::try_from(decimals).unwrap_or(0));
    let rounded = (millionths.unsigned_abs() + step / 2) / step;
    let digits = format!("{rounded:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    // French groups by a narrow space that does not break
    let (group, mark) = if language == "fr" { ('\u{202f}', ',') } else { (',', '.') };
    let mut text = String::new();
    if millionths < 0 && rounded > 0 {
        text.push('\u{2212}');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push(mark);
        text.push_str(part);
    }
    text
}

fn fisher_p_values(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let counts: Vec<_> = arrays.iter().map(|array| array.as_primitive::<Int64Type>()).collect();
    let p_value = |row: usize| {
        let count = |column: usize| counts[column].is_valid(row).then(|| counts[column].value(row));
        let known = [count(0)?, count(1)?, count(2)?, count(3)?];
        fisher_p_value(known.map(|count| u64::try_from(count).unwrap_or(0)))
    };
    let values = (0..counts[0].len()).map(p_value).collect::<Decimal128Array>();
    Ok(ColumnarValue::Array(Arc::new(values.with_data_type(DataType::Decimal128(18, P_SCALE)))))
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
    fn numbers_are_written_as_the_language_does() {
        assert_eq!(number_text(1_234_567_500_000, 2, "fr"), "1\u{202f}234\u{202f}567,50");
        assert_eq!(number_text(1_234_567_500_000, 0, "en"), "1,234,568");
        assert_eq!(number_text(-400_000, 0, "en"), "0");
        assert_eq!(number_text(-12_350_000, 1, "fr"), "\u{2212}12,4");
        assert_eq!(number_text(999_000_000, 0, "fr"), "999");
    }

    #[test]
    fn fishers_test_gives_the_values_of_the_literature() {
        // the lady tasting tea: 3 of 4 right; Agresti, Categorical Data Analysis, table 3.8
        assert_eq!(fisher_p_value([3, 1, 1, 3]), Some(4_857_142_857));
        // dizygotic against monozygotic twins of criminals, Fisher 1934, table 17
        assert_eq!(fisher_p_value([2, 15, 10, 3]), Some(5_367_241));
        assert_eq!(fisher_p_value([0, 0, 4, 9]), Some(10_000_000_000));
    }
}
