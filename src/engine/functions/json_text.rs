//! `json_text`: a value of a JSON object that a text holds.

use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, SimpleScalarUDF, Volatility};
use serde_json::Value;

pub(super) fn function() -> ScalarUDF {
    let by_row = |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let (texts, names) = (cast(&arrays[0], &DataType::Utf8)?, cast(&arrays[1], &DataType::Utf8)?);
        let pairs = as_string_array(&texts)?.iter().zip(as_string_array(&names)?.iter());
        let found = pairs.map(|(text, name)| of_object(text?, name?));
        Ok(ColumnarValue::Array(Arc::new(found.collect::<StringArray>())))
    };
    let arguments = vec![DataType::Utf8, DataType::Utf8];
    SimpleScalarUDF::new("json_text", arguments, DataType::Utf8, Volatility::Immutable, Arc::new(by_row)).into()
}

fn of_object(text: &str, name: &str) -> Option<String> {
    match serde_json::from_str::<Value>(text).ok()?.get(name)? {
        Value::Null => None,
        Value::String(found) => Some(found.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_name_and_what_is_no_object_holds_none() {
        let text = r#"{"nature":"Jugement d\u2019ouverture","count":2,"none":null}"#;
        assert_eq!(of_object(text, "nature").as_deref(), Some("Jugement d’ouverture"));
        assert_eq!(of_object(text, "count").as_deref(), Some("2"));
        for (text, name) in [(text, "none"), (text, "date"), ("[1]", "nature"), ("not JSON", "nature"), ("", "")] {
            assert_eq!(of_object(text, name), None);
        }
    }
}
