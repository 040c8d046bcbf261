//! `text_digest` and `drawn_ratio`: what a text is known by, and its place in a draw that is the same every time.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Decimal128Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, SimpleScalarUDF, Volatility};
use sha2::{Digest, Sha256};

/// Bytes of a digest that tell one text from another: of a billion texts, two alike are less likely than one in thirty.
const BYTES: usize = 8;
/// `drawn_ratio` has six decimals, all below one.
const STEPS: u64 = 1_000_000;

pub(super) fn text_digest() -> ScalarUDF {
    let told = |texts: &StringArray| -> Result<ArrayRef, DataFusionError> {
        let digests = texts.iter().map(|text| text.map(|text| hex::encode(digest(text))));
        Ok(Arc::new(digests.collect::<StringArray>()))
    };
    function("text_digest", DataType::Utf8, told)
}

pub(super) fn drawn_ratio() -> ScalarUDF {
    let told = |texts: &StringArray| -> Result<ArrayRef, DataFusionError> {
        let drawn = texts.iter().map(|text| text.map(|text| i128::from(u64::from_be_bytes(digest(text)) % STEPS)));
        Ok(Arc::new(drawn.collect::<Decimal128Array>().with_precision_and_scale(18, 6)?))
    };
    function("drawn_ratio", DataType::Decimal128(18, 6), told)
}

fn function(
    name: &str,
    kind: DataType,
    told: impl Fn(&StringArray) -> Result<ArrayRef, DataFusionError> + Send + Sync + 'static,
) -> ScalarUDF {
    let by_row = move |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let texts = cast(&arrays[0], &DataType::Utf8)?;
        Ok(ColumnarValue::Array(told(as_string_array(&texts)?)?))
    };
    SimpleScalarUDF::new(name, vec![DataType::Utf8], kind, Volatility::Immutable, Arc::new(by_row)).into()
}

fn digest(text: &str) -> [u8; BYTES] {
    let mut short = [0; BYTES];
    short.copy_from_slice(&Sha256::digest(text.as_bytes())[..BYTES]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_always_known_by_the_same_digits() {
        // sha256sum of "C1"
        assert_eq!(hex::encode(digest("C1")), &hex::encode(Sha256::digest(b"C1"))[..16]);
        assert_ne!(digest("C1"), digest("C2"));
    }
}
