//! Rows that a table does not show but its search finds: a block of data in the page, as small as they get.
//!
//! Texts that come again and again (names, kinds, days) stand once in a list; numbers are whole, of the scale that
//! the column says. The script of the page lays rows out of them as the template lays out those that are shown.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::ReportError;
use super::grid::{Grid, GridColumn, Reader, digits};
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

/// The rows at `positions`, as many as fit, in their order; behind its cells a row has the places of its values in `filters`.
pub(super) fn hidden_rows(
    grid: &Grid,
    columns: &[&GridColumn],
    positions: &[usize],
    filters: &[String],
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
        let places = reader.filters.of_row(grid, *row, filters, reader)?;
        cells.extend(places.into_iter().map(Json::from));
        let cells = Json::Array(cells);
        size += cells.to_string().len() + 1;
        if size + texts.iter().map(|texts| texts.size).sum::<usize>() > BUDGET {
            break;
        }
        rows.push(cells);
    }
    let unknown = reader.words.get("format.unknown")?;
    let described: Vec<Json> = columns
        .iter()
        .zip(texts)
        .map(|(column, texts)| {
            let kind = column.column.kind;
            let name = &column.column.name;
            if is_whole(kind) {
                let scale = grid.decimals(column);
                let decimals = if grid.has_whole_amounts() { 0 } else { scale };
                let unknown = if column.is_blank { "" } else { unknown };
                json!({ "name": name, "kind": "number", "scale": scale, "decimals": decimals, "unknown": unknown })
            } else {
                json!({ "name": name, "kind": kind_of(kind), "texts": texts.listed })
            }
        })
        .collect();
    let row_count = rows.len();
    let marks = reader.formats.marks();
    let whole = json!({ "columns": described, "rows": rows, "group": marks.group, "decimal": marks.decimal, "minus": marks.minus });
    // within a script element only `<` could end or open anything
    Ok(HiddenRows { json: whole.to_string().replace('<', "\\u003c"), row_count })
}

/// Whether all values of a kind have the same number of decimals.
const fn is_whole(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Int | ColumnKind::Money)
}

const fn kind_of(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Date => "date",
        // numbers with decimals of their own
        ColumnKind::Decimal | ColumnKind::Ratio => "figure",
        _ => "text",
    }
}

/// A number as its digits; a text as its place in the list, where it stands with its small print and, for a day or a
/// number with decimals, as it sorts, or the page it leads to.
fn cell(grid: &Grid, row: usize, column: &GridColumn, value: &Value, texts: &mut Texts, reader: &Reader) -> Json {
    if is_whole(column.column.kind) {
        return digits(value).and_then(|digits| i64::try_from(digits).ok()).map_or(Json::Null, Json::from);
    }
    let text = grid.text(row, column, reader);
    let beneath = grid.text_beneath(row, column, &text.text, reader);
    let link = grid.link(row, column, reader).map_or("", String::as_str);
    let key = format!("{}\u{0}{}\u{0}{link}", value.plain(), beneath.text);
    let place = texts.place(key, |_| match value {
        Value::Date(_) | Value::Decimal { .. } => json!([text.text, beneath.text, value.plain()]),
        _ if !link.is_empty() => json!([text.text, beneath.text, null, link]),
        _ if !beneath.text.is_empty() => json!([text.text, beneath.text]),
        _ => json!(text.text),
    });
    Json::from(place)
}
