//! Tables that no SQL computes: a room of the program derives them from batches, queries read them as any other.
//!
//! The engine knows neither which room nor how: it feeds the inputs and registers what comes out.

use super::{Batch, Scope};
use crate::model::{ColumnKind, Date, Value};

/// A derived table: its name and its columns.
#[derive(Clone, Copy, Debug)]
pub struct DerivedTable {
    /// Its name in SQL.
    pub name: &'static str,
    /// Its columns, in order.
    pub columns: &'static [(&'static str, ColumnKind)],
    /// What must be seen for this table alone, once all that [`Derivation::inputs`] names was.
    pub inputs: &'static [&'static str],
}

/// Something that derives tables from batches.
pub trait Derivation: Send + Sync {
    /// The tables it derives.
    fn tables(&self) -> &'static [DerivedTable];
    /// The queries and tables it must see first, in this order.
    fn inputs(&self) -> &'static [&'static str];
    /// The day that a parameter of its inputs stands for, as of a day; none where it has no such parameter.
    fn parameter(&self, name: &str, as_of: Date) -> Option<Date>;
    /// Begins anew, for a scope.
    fn begin(&self, scope: &Scope) -> Box<dyn Work>;
}

/// Rows, some at a time; a value a column.
pub type RowBlocks<'a> = Box<dyn Iterator<Item = Vec<Vec<Value<'static>>>> + 'a>;

/// A derivation under way.
pub trait Work: Send {
    /// Takes some rows of an input; all rows of one come before those of the next.
    fn take(&mut self, input: &str, rows: &Batch);
    /// The rows of one of its tables, once all its inputs were taken: some at a time, a value a column.
    ///
    /// # Errors
    /// Says what cannot be computed from these inputs.
    fn derive(&mut self, table: &str) -> Result<RowBlocks<'_>, String>;
}
