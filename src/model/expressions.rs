//! SQL over the columns of a file, as mappings write it: what reading needs of whoever evaluates it.
//!
//! In: a block of rows, each column as text. Out: for each expression one cell a row. Reading and the engine meet here, so
//! that neither need know the other.

use std::fmt;
use std::sync::Arc;

use super::rows::Cell;
use super::{Date, Money};

/// Reads cells as the file writes them: what `amount("Betrag")` and `day("Datum")` mean in SQL.
pub trait CellReader: fmt::Debug + Send + Sync {
    /// The amount of a cell; `None` where it holds none that can be read.
    fn amount(&self, text: &str) -> Option<Money>;
    /// The day of a cell; `None` where it holds none that can be read.
    fn day(&self, text: &str) -> Option<Date>;
}

/// Prepares SQL over the columns of a file.
pub trait Expressions: Sync {
    /// Prepares expressions over columns of these names, all of them text.
    ///
    /// # Errors
    /// What is wrong with one of them, with its text.
    fn prepare(
        &self,
        columns: &[String],
        expressions: &[String],
        reader: Arc<dyn CellReader>,
    ) -> Result<Box<dyn Evaluator>, String>;
}

/// Expressions that are ready.
pub trait Evaluator {
    /// The columns whose cells `amount(…)` reads, and those that `day(…)` reads.
    fn cells_read(&self) -> (Vec<usize>, Vec<usize>);

    /// The cells that each expression gives, row by row, over a block of rows given column by column; an empty text is no
    /// value.
    ///
    /// # Errors
    /// What the evaluation met.
    fn evaluate(&self, columns: &[Vec<String>]) -> Result<Vec<Vec<Cell>>, String>;
}
