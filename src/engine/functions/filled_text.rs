//! `filled_text`: a sentence with its figures.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Signature, SimpleScalarUDF, Volatility};

pub(super) fn function() -> ScalarUDF {
    let signature = Signature::any(3, Volatility::Immutable);
    SimpleScalarUDF::new_with_signature("filled_text", signature, DataType::Utf8, Arc::new(filled_texts)).into()
}

fn filled_texts(arguments: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let sentences = cast(&arrays[0], &DataType::Utf8)?;
    let sentences = as_string_array(&sentences)?;
    let texts = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
    let (names, values) = (cast(&arrays[1], &texts)?, cast(&arrays[2], &texts)?);
    let filled = (0..sentences.len()).map(|row| {
        let of_row = |lists: &ArrayRef| lists.as_list::<i32>().value(row);
        sentences.is_valid(row).then(|| filled_text(sentences.value(row), &of_row(&names), &of_row(&values)))
    });
    Ok(ColumnarValue::Array(Arc::new(filled.collect::<StringArray>())))
}

/// `{name}` becomes its value, a dash where that is unknown; `{name?item|items}` the first form where the value is one,
/// else the second; any other brace stays.
fn filled_text(sentence: &str, names: &ArrayRef, values: &ArrayRef) -> String {
    let (names, values) = (names.as_string::<i32>(), values.as_string::<i32>());
    let value = |name: &str| {
        let place = (0..names.len()).find(|place| names.is_valid(*place) && names.value(*place) == name)?;
        Some(if values.is_valid(place) { values.value(place) } else { "–" })
    };
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let told = |mark: &str| -> Option<String> {
            let Some((name, forms)) = mark.split_once('?') else { return value(mark).map(str::to_owned) };
            let (one, many) = forms.split_once('|')?;
            let is_one = value(name)?.trim_start_matches(['+', '-', '−']) == "1";
            Some(if is_one { one } else { many }.to_owned())
        };
        if let Some((told, after)) = after.split_once('}').and_then(|(mark, after)| Some((told(mark)?, after))) {
            text.push_str(&told);
            rest = after;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_once_and_never_read_as_names() {
        let names: ArrayRef = Arc::new(StringArray::from(vec!["days", "name", "none"]));
        let values: ArrayRef = Arc::new(StringArray::from(vec![Some("12"), Some("{days}"), None]));
        let filled = filled_text("{name}: {days} days, {none} of {what} {", &names, &values);
        assert_eq!(filled, "{days}: 12 days, – of {what} {");
    }

    #[test]
    fn what_is_counted_is_singular_where_it_is_one() {
        let names: ArrayRef = Arc::new(StringArray::from(vec!["count", "days", "none"]));
        let values: ArrayRef = Arc::new(StringArray::from(vec![Some("1"), Some("−12"), None]));
        let sentence =
            "{count} {count?item is|items are} open, {days} {days?day|days}, {none} {none?way|ways} {other?a|b}";
        let filled = filled_text(sentence, &names, &values);
        assert_eq!(filled, "1 item is open, −12 days, – ways {other?a|b}");
        let values: ArrayRef = Arc::new(StringArray::from(vec![Some("21"), Some("+1"), Some("a|b?c")]));
        assert_eq!(filled_text(sentence, &names, &values), "21 items are open, +1 day, a|b?c ways {other?a|b}");
    }
}
