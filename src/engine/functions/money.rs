//! `money`: a computed number as an amount of its currency.

use std::sync::Arc;

use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Signature, SimpleScalarUDF, Volatility};

use crate::model::money::SCALE;

/// Amounts as answers hold them: sums of many that a table of the lake holds.
pub(in crate::engine) const MONEY: DataType = DataType::Decimal128(21, SCALE.cast_signed());

pub(super) fn function() -> ScalarUDF {
    // any number: a signature of exact types would refuse a decimal of another scale
    let signature = Signature::any(2, Volatility::Immutable);
    SimpleScalarUDF::new_with_signature("money", signature, MONEY, Arc::new(amounts)).into()
}

/// Rounds half away from zero, as ledgers do, to the decimals of the currency.
fn amounts(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let decimals = match &arguments[1] {
        ColumnarValue::Scalar(ScalarValue::Int64(Some(decimals))) => i8::try_from(*decimals).ok(),
        _ => None,
    };
    let decimals = decimals.filter(|decimals| (0..=SCALE.cast_signed()).contains(decimals));
    let decimals = decimals
        .ok_or_else(|| DataFusionError::Execution("money(number, decimals): decimals are 0, 2 or 3".to_owned()))?;
    let numbers = arguments[0].to_array(1)?;
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let rounded = cast_with_options(&numbers, &DataType::Decimal128(38, decimals), &exact)?;
    let amounts = cast_with_options(&rounded, &MONEY, &exact)?;
    Ok(match &arguments[0] {
        ColumnarValue::Array(_) => ColumnarValue::Array(amounts),
        ColumnarValue::Scalar(_) => ColumnarValue::Scalar(ScalarValue::try_from_array(&amounts, 0)?),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "an amount that cannot be rounded must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_once_half_away_from_zero() {
        let rounded = |digits: i128, scale: i8, decimals: i64| {
            let number = ColumnarValue::Scalar(ScalarValue::Decimal128(Some(digits), 38, scale));
            let decimals = ColumnarValue::Scalar(ScalarValue::Int64(Some(decimals)));
            match amounts(&[number, decimals]).unwrap() {
                ColumnarValue::Scalar(ScalarValue::Decimal128(amount, 21, 3)) => amount,
                other => unreachable!("{other:?}"),
            }
        };
        // 0.0049, 0.005, −0.005, 12.3455, 1.5, 0.4999
        assert_eq!([rounded(49, 4, 2), rounded(5, 3, 2), rounded(-5, 3, 2)], [Some(0), Some(10), Some(-10)]);
        assert_eq!(
            [rounded(123_455, 4, 3), rounded(15, 1, 0), rounded(4_999, 4, 0)],
            [Some(12_346), Some(2_000), Some(0)]
        );
        let none = ColumnarValue::Scalar(ScalarValue::Decimal128(None, 38, 6));
        let two = ColumnarValue::Scalar(ScalarValue::Int64(Some(2)));
        assert!(matches!(amounts(&[none, two]).unwrap(), ColumnarValue::Scalar(ScalarValue::Decimal128(None, 21, 3))));
    }

    #[test]
    fn an_amount_too_large_stops_with_an_error() {
        let number = ColumnarValue::Scalar(ScalarValue::Decimal128(Some(10_i128.pow(30)), 38, 2));
        assert!(amounts(&[number, ColumnarValue::Scalar(ScalarValue::Int64(Some(2)))]).is_err());
    }
}
