//! Rows that a table does not show but its search finds: a block of data in the page, as small as they get.
//!
//! Texts that come again and again (names, kinds, days) stand once in a list; numbers are whole, of the scale that
//! the column says. The script of the page lays rows out of them as the template lays out those that are shown.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::ReportError;
use super::grid::{Grid, GridColumn, Reader, cell_text, digits};
use crate::model::{ColumnKind, Value};

/// How much of a page such rows may take, in bytes: a page stays under two megabytes.
const BUDGET: usize = 1_000_000;

/// Rows as data.
pub(super) struct HiddenRows {
    /// A JSON object that HTML cannot read as anything else.
    pub(super) json: String,
    /// How many rows found their place; the others are in the workbook.
    pub(super) row_count: usize,
}

/// Texts by the order they came in.
#[derive(Default)]
struct Texts {
    places: HashMap<String, usize>,
    listed: Vec<Json>,
    size: usize,
}

impl Texts {
    fn place(&mut self, text: String, listed: impl FnOnce(&str) -> Json) -> usize {
        if let Some(place) = self.places.get(&text) {
            return *place;
        }
        let listed = listed(&text);
        self.size += listed.to_string().len() + 1;
        self.listed.push(listed);
        self.places.insert(text, self.listed.len() - 1);
        self.listed.len() - 1
    }
}

/// The rows at `positions`, as many as fit, in their order.
pub(super) fn hidden_rows(
    grid: &Grid,
    columns: &[&GridColumn],
    positions: &[usize],
    reader: &Reader,
) -> Result<HiddenRows, ReportError> {
    let mut texts: Vec<Texts> = columns.iter().map(|_| Texts::default()).collect();
    let mut rows: Vec<Json> = Vec::new();
    let mut size = 0;
    for row in positions {
        let mut cells: Vec<Json> = Vec::with_capacity(columns.len());
        for (column, texts) in columns.iter().zip(&mut texts) {
            let value = grid.value(*row, column);
            cells.push(cell(grid, *row, column, &value, texts, reader));
        }
        let cells = Json::Array(cells);
        size += cells.to_string().len() + 1;
        if size + texts.iter().map(|texts| texts.size).sum::<usize>() > BUDGET {
            break;
        }
        rows.push(cells);
    }
    let described: Vec<Json> = columns
        .iter()
        .zip(texts)
        .map(|(column, texts)| {
            let kind = column.column.kind;
            let name = &column.column.name;
            if is_whole(kind) {
                json!({ "name": name, "kind": "number", "scale": if kind == ColumnKind::Money { 2 } else { 0 } })
            } else {
                json!({ "name": name, "kind": if kind == ColumnKind::Date { "date" } else { "text" }, "texts": texts.listed })
            }
        })
        .collect();
    let row_count = rows.len();
    let marks = reader.formats.marks();
    let whole = json!({ "columns": described, "rows": rows, "group": marks.group, "decimal": marks.decimal, "minus": marks.minus,
        "unknown": reader.words.get("format.unknown")? });
    // within a script element only `<` could end or open anything
    Ok(HiddenRows { json: whole.to_string().replace('<', "\\u003c"), row_count })
}

/// Whether all values of a kind have the same number of decimals.
const fn is_whole(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Int | ColumnKind::Money)
}

/// A number as its digits; a text as its place in the list, where it stands with its small print and, for a day, as
/// it sorts.
fn cell(grid: &Grid, row: usize, column: &GridColumn, value: &Value, texts: &mut Texts, reader: &Reader) -> Json {
    if is_whole(column.column.kind) {
        return digits(value).and_then(|digits| i64::try_from(digits).ok()).map_or(Json::Null, Json::from);
    }
    let beneath = column.beneath.map(|position| {
        let (value, column) = grid.behind(row, position);
        cell_text(value, column, false, reader)
    });
    let text = cell_text(value, &column.column, false, reader);
    let key = format!("{}\u{0}{}", value.plain(), beneath.as_ref().map_or("", |beneath| beneath.text.as_str()));
    let place = texts.place(key, |_| match (beneath, value) {
        (Some(beneath), Value::Date(day)) => json!([text.text, beneath.text, day.to_string()]),
        (None, Value::Date(day)) => json!([text.text, "", day.to_string()]),
        (Some(beneath), _) if !beneath.text.is_empty() => json!([text.text, beneath.text]),
        _ => json!(text.text),
    });
    Json::from(place)
}
