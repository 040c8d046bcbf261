//! Rows as their mapping shapes them: those that count, with the customer of the heading above, with cells filled down, and
//! with what SQL makes of them.
//!
//! In: the rows of a file, and what its mapping says of them. Out: the same rows with further columns; rows that do not
//! count are left out and counted.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use super::super::amount::{self, Decimal};
use super::super::dates::{self, DateOrder};
use super::super::names::fold;
use super::conventions::Conventions;
use super::grid::{Raw, Row, RowSource};
use crate::model::expressions::{CellReader, Evaluator, Expressions};
use crate::model::rows::Cell;
use crate::model::{Date, Money};

/// How a mapping names the heading above a row, where customers stand in rows of their own.
pub const HEADING: &str = "(heading)";
/// Columns from here on are none of the file's.
const BEYOND: usize = 1 << 20;
/// The column of the heading above a row.
pub const HEADING_COLUMN: usize = BEYOND;
/// Rows that SQL is evaluated over at once.
const BLOCK_ROWS: usize = 4_096;
/// First words of rows that sum others, folded: French, English, German, Spanish, Italian, Dutch.
const SUMS: [&str; 17] = [
    "total",
    "totals",
    "totaux",
    "totale",
    "totaal",
    "soustotal",
    "sous",
    "subtotal",
    "sub",
    "subtotaal",
    "grand",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "endsumme",
    "suma",
];

/// What a mapping does to the rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shaping {
    /// The expressions whose values are further columns.
    pub expressions: Vec<String>,
    /// The rows that count.
    pub condition: Option<String>,
    /// Columns whose empty cells hold what stands above.
    pub filled_down: Vec<usize>,
    /// Whether customers stand in rows of their own.
    pub has_headings: bool,
}

impl Shaping {
    /// Whether rows are taken as they are.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The column of an expression.
    #[must_use]
    pub const fn column(expression: usize) -> usize {
        BEYOND + 1 + expression
    }

    /// Prepares all that is SQL, the condition last.
    ///
    /// # Errors
    /// What is wrong with one of the expressions.
    pub fn prepare(
        &self,
        header: &[String],
        expressions: &dyn Expressions,
        reader: ConventionalReader,
    ) -> Result<Option<Box<dyn Evaluator>>, String> {
        let all: Vec<String> = self.expressions.iter().chain(&self.condition).cloned().collect();
        if all.is_empty() {
            return Ok(None);
        }
        // a name given twice could not be told from the other in SQL: only the first is seen
        let mut names: Vec<String> = Vec::with_capacity(header.len());
        for (position, name) in header.iter().enumerate() {
            let is_new = !name.is_empty() && !names.contains(name);
            names.push(if is_new { name.clone() } else { format!("column {}", position + 1) });
        }
        names.push(HEADING.to_owned());
        expressions.prepare(&names, &all, Arc::new(reader)).map(Some)
    }
}

/// Reads the cells of a file by what is known of how it writes.
#[derive(Clone, Copy, Debug)]
pub struct ConventionalReader {
    /// The decimal mark.
    pub decimal: Decimal,
    /// The order of days and months.
    pub date_order: DateOrder,
    /// The first of the hundred years that two digits stand for.
    pub two_digit_years_from: u32,
}

impl ConventionalReader {
    /// By the conventions of a file.
    #[must_use]
    pub const fn of(conventions: &Conventions, two_digit_years_from: u32) -> Self {
        Self { decimal: conventions.decimal, date_order: conventions.date_order, two_digit_years_from }
    }
}

impl CellReader for ConventionalReader {
    fn amount(&self, text: &str) -> Option<Money> {
        amount::read_marked(text, self.decimal).ok().flatten().map(|marked| marked.amount)
    }

    fn day(&self, text: &str) -> Option<Date> {
        dates::read_written(text, self.date_order, self.two_digit_years_from).ok()
    }
}

/// Whether a row sums others: its first word says so.
#[must_use]
pub fn is_sum(row: &dyn Row) -> bool {
    let first = (0..row.width()).map(|column| row.cell(column)).find(|cell| !cell.text().is_empty());
    let Some(first) = first else { return false };
    let text = first.text();
    let word = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    SUMS.contains(&fold(word).as_str())
}

/// The rows of a file, shaped.
pub struct ShapedRows<'a> {
    rows: Box<dyn RowSource + 'a>,
    shaping: &'a Shaping,
    evaluator: Option<&'a dyn Evaluator>,
    reader: ConventionalReader,
    width: usize,
    heading: String,
    above: Vec<String>,
    ready: VecDeque<ShapedRow>,
    row: ShapedRow,
    /// Rows that do not count.
    pub left_out_count: u64,
    /// Rows that sum others.
    pub sum_count: u64,
}

/// A row with its further columns.
#[derive(Default)]
struct ShapedRow {
    number: u64,
    is_readable: bool,
    width: usize,
    cells: Vec<Raw<'static>>,
    heading: String,
    evaluated: Vec<Cell>,
    shown: String,
}

impl Row for ShapedRow {
    fn number(&self) -> u64 {
        self.number
    }
    fn is_readable(&self) -> bool {
        self.is_readable
    }
    fn width(&self) -> usize {
        self.width
    }
    fn cell(&self, column: usize) -> Raw<'_> {
        if column == HEADING_COLUMN {
            return Raw::Text(Cow::Borrowed(&self.heading));
        }
        match column.checked_sub(BEYOND + 1) {
            None => self.cells.get(column).cloned().unwrap_or(Raw::Text(Cow::Borrowed(""))),
            Some(expression) => match self.evaluated.get(expression) {
                Some(Cell::Text(text)) => Raw::Text(Cow::Borrowed(text)),
                Some(Cell::Money(amount)) => Raw::Amount(*amount),
                Some(Cell::Date(day)) => Raw::Day(*day),
                Some(Cell::Flag(flag)) => Raw::Flag(*flag),
                Some(Cell::Int(number)) => Raw::Text(Cow::Owned(number.to_string())),
                Some(Cell::Empty) | None => Raw::Text(Cow::Borrowed("")),
            },
        }
    }
    fn shown(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.shown)
    }
}

impl<'a> ShapedRows<'a> {
    /// Shapes the rows of a file with so many columns.
    pub fn new(
        rows: Box<dyn RowSource + 'a>,
        shaping: &'a Shaping,
        evaluator: Option<&'a dyn Evaluator>,
        reader: ConventionalReader,
        width: usize,
    ) -> Self {
        Self {
            rows,
            shaping,
            evaluator,
            reader,
            width,
            heading: String::new(),
            above: vec![String::new(); shaping.filled_down.len()],
            ready: VecDeque::new(),
            row: ShapedRow::default(),
            left_out_count: 0,
            sum_count: 0,
        }
    }

    /// Reads, shapes and evaluates a block of rows.
    fn fill(&mut self) -> io::Result<()> {
        let mut block = Vec::new();
        while block.len() < BLOCK_ROWS {
            let Some(row) = self.rows.next_row()? else { break };
            let shown = row.shown().into_owned();
            let cells: Vec<Raw<'static>> = (0..row.width()).map(|column| row.cell(column).into_owned()).collect();
            let mut shaped = ShapedRow {
                number: row.number(),
                is_readable: row.is_readable(),
                width: row.width(),
                cells,
                shown,
                ..ShapedRow::default()
            };
            if self.shaping.has_headings {
                if let Some(heading) = self.heading_of(&shaped) {
                    self.heading = heading;
                    continue;
                }
                if is_sum(&shaped) {
                    self.sum_count += 1;
                    continue;
                }
                shaped.heading.clone_from(&self.heading);
            }
            self.fill_down(&mut shaped);
            block.push(shaped);
        }
        if let Some(evaluator) = self.evaluator {
            self.evaluate(evaluator, &mut block)?;
        }
        self.ready.extend(block);
        Ok(())
    }

    /// The text of a row that holds one cell, and no day or amount in it.
    fn heading_of(&self, row: &ShapedRow) -> Option<String> {
        let mut filled = row.cells.iter().map(Raw::text).filter(|text| !text.is_empty());
        let only = filled.next().filter(|_| filled.next().is_none())?;
        let is_value = self.reader.amount(&only).is_some() || self.reader.day(&only).is_some();
        (!is_value && !is_sum(row)).then(|| only.into_owned())
    }

    /// An empty cell of a column that is filled down holds what the last filled one above it held.
    fn fill_down(&mut self, row: &mut ShapedRow) {
        for (column, above) in self.shaping.filled_down.iter().zip(&mut self.above) {
            let Some(cell) = row.cells.get_mut(*column) else { continue };
            if cell.text().is_empty() {
                *cell = Raw::Text(Cow::Owned(above.clone()));
            } else {
                *above = cell.text().into_owned();
            }
        }
    }

    /// Adds what the expressions give, and leaves out the rows that do not count.
    fn evaluate(&mut self, evaluator: &dyn Evaluator, block: &mut Vec<ShapedRow>) -> io::Result<()> {
        let mut columns: Vec<Vec<String>> = (0..self.width)
            .map(|column| block.iter().map(|row| row.cell(column).text().into_owned()).collect())
            .collect();
        columns.push(block.iter().map(|row| row.heading.clone()).collect());
        let evaluated = evaluator.evaluate(&columns).map_err(io::Error::other)?;
        for (position, row) in block.iter_mut().enumerate() {
            row.evaluated = evaluated.iter().map(|cells| cells[position].clone()).collect();
        }
        if self.shaping.condition.is_some() {
            let before = block.len();
            // a row that cannot be read is refused, not left out
            block.retain(|row| !row.is_readable || row.evaluated.last() == Some(&Cell::Flag(true)));
            self.left_out_count += (before - block.len()) as u64;
        }
        Ok(())
    }
}

impl RowSource for ShapedRows<'_> {
    fn next_row(&mut self) -> Result<Option<&dyn Row>, io::Error> {
        while self.ready.is_empty() {
            let before = (self.left_out_count, self.sum_count);
            self.fill()?;
            if self.ready.is_empty() && before == (self.left_out_count, self.sum_count) {
                return Ok(None);
            }
        }
        self.row = self.ready.pop_front().unwrap_or_default();
        Ok(Some(&self.row))
    }
}
