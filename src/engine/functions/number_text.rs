//! `number_text`: a number as a sentence writes it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Signature, SimpleScalarUDF, Volatility};

/// How many decimals a number may bring.
const SCALE: i8 = 6;

pub(super) fn function() -> ScalarUDF {
    // any number and any text: a signature of exact types would refuse a decimal of another scale
    let signature = Signature::any(3, Volatility::Immutable);
    SimpleScalarUDF::new_with_signature("number_text", signature, DataType::Utf8, Arc::new(number_texts)).into()
}

fn number_texts(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let numbers = cast(&arrays[0], &DataType::Decimal128(38, SCALE))?;
    let numbers = numbers.as_primitive::<Decimal128Type>();
    let decimals = cast(&arrays[1], &DataType::Int64)?;
    let decimals = decimals.as_primitive::<Int64Type>();
    let languages = cast(&arrays[2], &DataType::Utf8)?;
    let languages = as_string_array(&languages)?;
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
}
