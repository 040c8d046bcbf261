//! Rows of a source whose receivables another source tells: of each document only its details are taken.

use crate::model::rows::Cell;
use crate::model::tables::{INVOICE_DETAILS, ITEMS, LISTED_ITEMS};
use crate::model::{ItemKind, Rows};

/// What items lay down beside details: how they were paid, and that they were listed.
const LEFT_OUT: [&str; 2] = ["allocations", "item_lists"];

/// The rows that are taken in the place of these; none where nothing of them is.
pub(super) fn details(rows: Rows, company_id: Option<&str>) -> Option<Rows> {
    if LEFT_OUT.contains(&rows.table.name) {
        return None;
    }
    if rows.table.name != ITEMS.name && rows.table.name != LISTED_ITEMS.name {
        return Some(rows);
    }
    let cell = |row: usize, name: &str| rows.table.position(name).map_or(Cell::Empty, |column| rows.cell(row, column));
    let mut details = Rows::new(&INVOICE_DETAILS);
    for row in (0..rows.len()).filter(|row| cell(*row, "kind") == Cell::text(ItemKind::Invoice.code())) {
        let is_derived = cell(row, "due_is_derived") == Cell::Flag(true);
        let of_column = |name: &str| match name {
            "company_id" => company_id.map_or_else(|| cell(row, name), Cell::text),
            "due_date" if is_derived => Cell::Empty,
            name => cell(row, name),
        };
        details.push(INVOICE_DETAILS.columns.iter().map(|column| of_column(column.name)).collect());
    }
    Some(details).filter(|details| !details.is_empty())
}
