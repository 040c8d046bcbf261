//! Tables of `data/reference` that commands read themselves, and those that they answer with.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::settings::Settings;

/// The rows of a table of `data/reference`, by column.
pub(super) fn rows(settings: &Settings, name: &str) -> Result<Vec<BTreeMap<String, String>>, Error> {
    let text = settings.references.get(name).map_or("", String::as_str);
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Result<Vec<_>, csv::Error> = csv.deserialize().collect();
    rows.map_err(|cause| {
        Error::Plain(
            format!("`{name}.csv` cannot be read: {cause}"),
            "mend it, or remove it from your folder".to_owned(),
        )
    })
}

/// Rows with the same columns as the text of a table of `data/reference`.
pub(super) fn csv_of(rows: &[BTreeMap<String, String>]) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    // writing to memory cannot fail
    if let Some(first) = rows.first() {
        drop(csv.write_record(first.keys()));
    }
    for row in rows {
        drop(csv.write_record(row.values()));
    }
    String::from_utf8_lossy(&csv.into_inner().unwrap_or_default()).into_owned()
}
