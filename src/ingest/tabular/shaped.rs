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
use crate::model::calendar::{add_days, month_end};
use crate::model::expressions::{CellReader, Evaluator, Expressions};
use crate::model::rows::Cell;
use crate::model::{Date, Money};

/// How a mapping names the heading above a row, where customers stand in rows of their own.
pub const HEADING: &str = "(heading)";
/// How a mapping names the bucket of an amount by age, its amount, and the first day that the bucket allows it to be due.
pub const BUCKET: &str = "(bucket)";
pub const BUCKET_AMOUNT: &str = "(bucket amount)";
pub const BUCKET_DAY: &str = "(bucket day)";
/// Columns from here on are none of the file's.
const BEYOND: usize = 1 << 20;
/// Columns that no file has, by name, in the order of their places from there on.
pub const OWN_COLUMNS: [&str; 4] = [HEADING, BUCKET, BUCKET_AMOUNT, BUCKET_DAY];
/// Rows that SQL is evaluated over at once.
const BLOCK_ROWS: usize = 4_096;
/// What rows that sum others begin with, folded: French, English, German, Spanish, Italian, Dutch, Swedish.
const SUMS: [&str; 24] = [
    "total",
    "totals",
    "totaux",
    "totales",
    "totale",
    "totaal",
    "soustotal",
    "subtotal",
    "subtotaal",
    "grandtotal",
    "grandtotals",
    "summe",
    "gesamt",
    "gesamtsumme",
    "gesamtbetrag",
    "gesamtsaldo",
    "zwischensumme",
    "endsumme",
    "endsaldo",
    "summa",
    "percentage",
    "pourcentage",
    "prozent",
    "porcentaje",
];
/// Currencies that stand beside the amounts of rows that sum others.
const CURRENCIES: [&str; 10] = ["EUR", "USD", "GBP", "CHF", "CAD", "SEK", "NOK", "DKK", "PLN", "MAD"];

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
    /// Columns of an aged balance, and from how many days past due they are: each amount makes a row.
    pub buckets: Vec<(usize, String, i64)>,
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
        BEYOND + OWN_COLUMNS.len() + expression
    }

    /// The column of one of our own names.
    #[must_use]
    pub fn own_column(name: &str) -> Option<usize> {
        OWN_COLUMNS.iter().position(|own| *own == name).map(|position| BEYOND + position)
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
        names.extend(OWN_COLUMNS.map(str::to_owned));
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

/// Words before the day of a list.
const DAY_WORDS: [&str; 11] = ["au", "le", "of", "at", "on", "per", "zum", "stand", "am", "op", "al"];

/// The last day that a text names: `As of Mar 31, 2025`, `Période du 01/01/25 au 31/03/25`, `aging_2025-03-31`.
#[must_use]
pub fn day_in(text: &str, reader: ConventionalReader, is_order_known: bool) -> Option<Date> {
    let words: Vec<&str> = text.split([' ', '_', '\u{a0}', ':', ';']).filter(|word| !word.is_empty()).collect();
    // the longest run of words that is a day, from the last on
    (0..words.len()).rev().find_map(|start| {
        (start + 1..=words.len().min(start + 4)).rev().find_map(|end| {
            let run = words[start..end].join(" ");
            // six digits are a day behind a word that says so: `au 310325`
            let says_day = start > 0 && DAY_WORDS.contains(&words[start - 1].to_lowercase().as_str());
            let is_short = dates::is_six_digits(&run) && !says_day;
            let run = run.trim_matches(['(', ')', ',', '.']);
            // one that may be two days tells none where nothing tells the order
            if !is_order_known && dates::order_evidence(run) == dates::OrderEvidence::Either {
                return None;
            }
            // a day that only the other order of days and months makes one
            let other = ConventionalReader { date_order: reader.date_order.other(), ..reader };
            reader.day(run).or_else(|| other.day(run)).filter(|_| !is_short)
        })
    })
}

/// The last day of the month that a name ends with: `open_2025-01`, `OP 202501`.
#[must_use]
pub fn month_in(name: &str) -> Option<Date> {
    let digits: Vec<&str> = name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month) = match digits[..] {
        [.., year, month] | [.., month, year] if year.len() == 4 && month.len() == 2 => (year, month),
        [.., both] if both.len() == 6 => both.split_at(4),
        _ => return None,
    };
    let year = year.parse().ok().filter(|year| (1990..2100).contains(year))?;
    Date::from_ymd_opt(year, month.parse().ok()?, 1).map(month_end)
}

/// Whether a row sums others: it holds amounts, and it begins with a word for a sum, has a cell that is little else, or
/// holds nothing beside them.
#[must_use]
pub fn is_sum(row: &dyn Row) -> bool {
    let cells: Vec<String> = (0..row.width()).map(|column| row.cell(column).text().into_owned()).collect();
    let filled: Vec<&str> = cells.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let Some(first) = filled.first() else { return false };
    let is_amount =
        |text: &&str| amount::read_marked(text.trim_end_matches('%'), Decimal::Either).is_ok_and(|read| read.is_some());
    filled.iter().any(is_amount)
        && (begins_sum(first) || filled.iter().any(|text| is_sum_label(text)) || is_bare_sum(row))
}

/// Whether a row names nobody and holds a few amounts, and nothing beside them but their currencies.
#[must_use]
pub fn is_bare_sum(row: &dyn Row) -> bool {
    let cells: Vec<String> = (0..row.width()).map(|column| row.cell(column).text().into_owned()).collect();
    let filled: Vec<&String> = cells.iter().filter(|text| !text.is_empty()).collect();
    let is_amount = |text: &str| amount::read_marked(text, Decimal::Either).is_ok_and(|read| read.is_some());
    cells.first().is_some_and(String::is_empty)
        && filled.len() * 2 < cells.len()
        && filled.iter().any(|text| is_amount(text))
        && filled.iter().all(|text| is_amount(text) || CURRENCIES.contains(&text.as_str()))
}

/// Whether a row holds one text and no value, above or between rows: a heading, or a rule.
#[must_use]
pub fn is_heading(row: &dyn Row) -> bool {
    let filled = (0..row.width()).map(|column| row.cell(column).text().into_owned()).filter(|text| !text.is_empty());
    let filled: Vec<String> = filled.collect();
    let is_value = |text: &str| {
        amount::read_marked(text, Decimal::Either).is_ok()
            || dates::read_written(text, DateOrder::DayFirst, 1970).is_ok()
    };
    matches!(&filled[..], [only] if !is_value(only))
}

/// Whether a text begins as that of a row that sums others does.
#[must_use]
pub fn begins_sum(text: &str) -> bool {
    let words: Vec<String> = words_of(text).take(2).collect();
    let is_starred = !text.is_empty() && text.chars().all(|letter| letter == '*');
    let first = words.first().is_some_and(|word| SUMS.contains(&word.as_str()));
    is_starred || first || SUMS.contains(&words.concat().as_str())
}

/// Whether a text is a word for a sum, and nothing else.
#[must_use]
pub fn is_sum_label(text: &str) -> bool {
    let all = words_of(text).collect::<String>();
    SUMS.contains(&all.as_str()) || ["totalgeneral", "generaltotal", "totalclients", "saldo"].contains(&all.as_str())
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(fold)
}

/// What the evaluation of an expression met.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unevaluated(pub String);

/// Whether the first cell of a row of an aged balance is empty: nobody is named.
fn is_unnamed(row: &ShapedRow) -> bool {
    row.cells.first().is_none_or(|cell| cell.text().is_empty()) && is_sum(row)
}

/// The rows of a file, shaped.
pub struct ShapedRows<'a> {
    rows: Box<dyn RowSource + 'a>,
    shaping: &'a Shaping,
    evaluator: Option<&'a dyn Evaluator>,
    reader: ConventionalReader,
    width: usize,
    list_day: Option<Date>,
    heading: String,
    above: Vec<String>,
    ready: VecDeque<ShapedRow>,
    row: ShapedRow,
    /// Rows that do not count.
    pub left_out_count: u64,
    /// Rows of an aged balance that sum others.
    pub sum_count: u64,
}

/// A row with its further columns.
#[derive(Clone, Default)]
struct ShapedRow {
    number: u64,
    is_readable: bool,
    width: usize,
    cells: Vec<Raw<'static>>,
    /// Our own columns.
    own: [Raw<'static>; OWN_COLUMNS.len()],
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
        if let Some(own) = column.checked_sub(BEYOND).and_then(|own| self.own.get(own)) {
            return own.clone();
        }
        match column.checked_sub(BEYOND + OWN_COLUMNS.len()) {
            None => self.cells.get(column).cloned().unwrap_or_default(),
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
        list_day: Option<Date>,
    ) -> Self {
        Self {
            rows,
            shaping,
            evaluator,
            reader,
            width,
            list_day,
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
                shaped.own[0] = Raw::Text(Cow::Owned(self.heading.clone()));
            }
            self.fill_down(&mut shaped);
            if self.shaping.buckets.is_empty() || !shaped.is_readable {
                block.push(shaped);
            } else if shaped.cells.iter().any(|cell| is_sum_label(&cell.text()) || cell.text().ends_with('%'))
                || is_unnamed(&shaped)
            {
                self.sum_count += 1;
            } else {
                self.unfold(&shaped, &mut block);
            }
        }
        if let Some(evaluator) = self.evaluator {
            self.evaluate(evaluator, &mut block)?;
        }
        self.ready.extend(block);
        Ok(())
    }

    /// One row for each bucket of an aged balance that holds an amount.
    fn unfold(&self, row: &ShapedRow, block: &mut Vec<ShapedRow>) {
        for (column, name, days) in &self.shaping.buckets {
            let cell = row.cells.get(*column).cloned().unwrap_or_default();
            let is_nothing = match &cell {
                Raw::Number(number) => *number == 0.0,
                cell => {
                    let text = cell.text();
                    text.is_empty() || text.as_ref() == "-" || self.reader.amount(&text).is_some_and(Money::is_zero)
                }
            };
            if is_nothing {
                continue;
            }
            let mut unfolded = row.clone();
            let day = self.list_day.map(|list_day| add_days(list_day, -days));
            unfolded.own[1] = Raw::Text(Cow::Owned(name.clone()));
            unfolded.own[2] = cell;
            unfolded.own[3] = day.map_or_else(Raw::default, Raw::Day);
            block.push(unfolded);
        }
    }

    /// The first text of a row that holds one or two, and no day or amount in them.
    fn heading_of(&self, row: &ShapedRow) -> Option<String> {
        let filled: Vec<Cow<'_, str>> = row.cells.iter().map(Raw::text).filter(|text| !text.is_empty()).collect();
        let is_value = |text: &Cow<'_, str>| self.reader.amount(text).is_some() || self.reader.day(text).is_some();
        let is_heading = (1..=2).contains(&filled.len()) && !filled.iter().any(is_value) && !is_sum(row);
        is_heading.then(|| filled[0].clone().into_owned())
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
        let own = (0..OWN_COLUMNS.len()).map(|own| block.iter().map(|row| row.own[own].text().into_owned()).collect());
        columns.extend(own);
        let evaluated = evaluator.evaluate(&columns).map_err(|cause| io::Error::other(Unevaluated(cause)))?;
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
