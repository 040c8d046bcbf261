//! Filters of a page: columns that rows of its tables are found by, the values they take, and the rows' own.
//!
//! The page holds each value once, as the reader sees it; a row names its values by their places among them. Tables whose
//! rows lack a column are not filtered by it, and the page says so.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Value as Json, json};

use super::ReportError;
use super::grid::{Grid, Reader, cell_text, header_word};

/// A column of more values than these is no choice for anybody: it has no filter.
const MOST_VALUES: usize = 80;

/// The columns that the tables of one page are filtered by.
#[derive(Default)]
pub(super) struct Filters(RefCell<BTreeMap<String, FilterColumn>>);

#[derive(Default)]
struct FilterColumn {
    label: String,
    /// What an address says of a value, and what the reader sees.
    values: Vec<(String, String)>,
    places: HashMap<String, usize>,
}

impl FilterColumn {
    fn add(&mut self, code: String, text: String) -> usize {
        let place = self.values.len();
        self.places.insert(code.clone(), place);
        self.values.push((code, text));
        place
    }
}

impl Filters {
    /// The places of a row's values in the columns that its table is filtered by, in their order.
    pub(super) fn of_row(
        &self,
        grid: &Grid,
        row: usize,
        columns: &[String],
        reader: &Reader,
    ) -> Result<Vec<usize>, ReportError> {
        let mut filters = self.0.borrow_mut();
        let mut places = Vec::with_capacity(columns.len());
        for name in columns {
            let Some(position) = grid.position(name) else {
                places.push(0);
                continue;
            };
            if !filters.contains_key(name) {
                let label = header_word(name, reader)?.to_owned();
                filters.insert(name.clone(), FilterColumn { label, ..FilterColumn::default() });
            }
            let (value, column) = grid.behind(row, position);
            let Some(filter) = filters.get_mut(name) else { continue };
            let code = value.plain();
            let known = filter.places.get(&code).copied();
            let place = known.unwrap_or_else(|| filter.add(code, cell_text(&value, column, false, reader).text));
            places.push(place);
        }
        Ok(places)
    }

    /// The filters that a reader may choose from, as data for the page's script; `None` where no table has any.
    pub(super) fn choices(&self, reader: &Reader) -> Option<String> {
        let filters = self.0.borrow();
        let column = |(name, filter): (&String, &FilterColumn)| {
            let is_choice = filter.values.len() > 1 && filter.values.len() <= MOST_VALUES;
            let values: Vec<Json> = filter.values.iter().map(|(code, text)| json!([code, text])).collect();
            json!({ "name": name, "label": filter.label, "values": values, "is_choice": is_choice })
        };
        let columns: Vec<Json> = filters.iter().map(column).collect();
        let marks = reader.formats.marks();
        let whole = json!({ "columns": columns, "group": marks.group, "decimal": marks.decimal, "minus": marks.minus });
        // within a script element only `<` could end or open anything
        (!filters.is_empty()).then(|| whole.to_string().replace('<', "\\u003c"))
    }
}
