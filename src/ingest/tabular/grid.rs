//! Rows of a table file, from text or from a workbook: cells in columns below a header.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;

use super::super::fields::Fields;
use super::super::lines::LineSource;
use crate::model::{Date, Money};

/// One cell as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw<'a> {
    /// Text without the spaces around it; empty for an empty cell.
    Text(Cow<'a, str>),
    /// A number that a workbook stores in binary.
    Number(f64),
    /// A day that a workbook stores as one.
    Day(Date),
    /// A truth value of a workbook.
    Flag(bool),
    /// An amount that an expression gave.
    Amount(Money),
}

impl Default for Raw<'_> {
    fn default() -> Self {
        Self::Text(Cow::Borrowed(""))
    }
}

impl Raw<'_> {
    /// The cell as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.as_ref()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::Flag(flag) => Cow::Owned(flag.to_string()),
            Self::Amount(amount) => Cow::Owned(amount.to_string()),
        }
    }

    /// The same, whatever becomes of its row.
    #[must_use]
    pub fn into_owned(self) -> Raw<'static> {
        match self {
            Self::Text(text) => Raw::Text(Cow::Owned(text.into_owned())),
            Self::Number(number) => Raw::Number(number),
            Self::Day(day) => Raw::Day(day),
            Self::Flag(flag) => Raw::Flag(flag),
            Self::Amount(amount) => Raw::Amount(amount),
        }
    }
}

/// A row below the header.
pub trait Row {
    /// Where it stands in the file: line of a text, row of a sheet, from 1.
    fn number(&self) -> u64;
    /// Whether it is text throughout.
    fn is_readable(&self) -> bool;
    /// How many cells it has.
    fn width(&self) -> usize;
    /// The cell of a column; empty beyond the last.
    fn cell(&self, column: usize) -> Raw<'_>;
    /// The row as it can be shown.
    fn shown(&self) -> Cow<'_, str>;
}

/// Gives rows.
pub trait RowSource {
    /// The next row that is not blank; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn next_row(&mut self) -> Result<Option<&dyn Row>, io::Error>;
}

/// Lines that one quoted cell may run over.
const CELL_LINES: usize = 30;
/// Bytes that a row may have when a cell runs over several lines.
const CELL_BYTES: usize = 1 << 14;

/// The rows of a text file.
pub struct TextRows<L> {
    lines: L,
    separator: char,
    /// Lines read ahead for a quote that was never closed.
    ahead: VecDeque<TextLine>,
    row: TextRow,
}

#[derive(Default)]
struct TextLine {
    number: u64,
    text: String,
    is_readable: bool,
}

/// A row of a text file.
#[derive(Default)]
struct TextRow {
    line: TextLine,
    fields: Fields,
}

impl Row for TextRow {
    fn number(&self) -> u64 {
        self.line.number
    }
    fn is_readable(&self) -> bool {
        self.line.is_readable
    }
    fn width(&self) -> usize {
        self.fields.len()
    }
    fn cell(&self, column: usize) -> Raw<'_> {
        Raw::Text(Cow::Borrowed(self.fields.get(column)))
    }
    fn shown(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.line.text)
    }
}

impl<L: LineSource> TextRows<L> {
    /// Cuts lines into rows.
    pub fn new(lines: L, separator: char) -> Self {
        Self { lines, separator, ahead: VecDeque::new(), row: TextRow::default() }
    }

    /// Puts the next line into the row.
    fn take_line(&mut self) -> io::Result<bool> {
        if let Some(line) = self.ahead.pop_front() {
            self.row.line = line;
            return Ok(true);
        }
        let Some(line) = self.lines.next_line()? else { return Ok(false) };
        self.row.line.number = line.number;
        self.row.line.is_readable = line.is_readable;
        line.text.clone_into(&mut self.row.line.text);
        Ok(true)
    }

    /// A quote is open at the end of the line: its cell goes on. When it is not closed within reason, the quote is
    /// text, and the lines after it are rows of their own.
    fn run_on(&mut self) -> io::Result<()> {
        let mut whole = self.row.line.text.clone();
        let mut is_readable = self.row.line.is_readable;
        for place in 0..CELL_LINES {
            if self.ahead.len() <= place {
                let Some(line) = self.lines.next_line()? else { break };
                self.ahead.push_back(TextLine {
                    number: line.number,
                    text: line.text.to_owned(),
                    is_readable: line.is_readable,
                });
            }
            let next = &self.ahead[place];
            whole.push('\n');
            whole.push_str(&next.text);
            is_readable &= next.is_readable;
            if whole.len() > CELL_BYTES {
                break;
            }
            if next.text.contains('"') && self.row.fields.split_quoted(&whole, self.separator) {
                self.ahead.drain(..=place);
                self.row.line.text = whole;
                self.row.line.is_readable = is_readable;
                return Ok(());
            }
        }
        self.row.fields.split_plain(&self.row.line.text, self.separator);
        Ok(())
    }
}

impl<L: LineSource> RowSource for TextRows<L> {
    fn next_row(&mut self) -> Result<Option<&dyn Row>, io::Error> {
        loop {
            if !self.take_line()? {
                return Ok(None);
            }
            if !self.row.line.text.contains('"') {
                self.row.fields.split_plain(&self.row.line.text, self.separator);
            } else if !self.row.fields.split_quoted(&self.row.line.text, self.separator) {
                self.run_on()?;
            }
            if !self.row.fields.is_blank() {
                return Ok(Some(&self.row));
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "lines in memory can always be read")]
mod tests {
    use super::super::super::lines::Line;
    use super::*;

    struct Texts {
        lines: Vec<String>,
        place: usize,
    }

    impl LineSource for Texts {
        fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
            let Some(text) = self.lines.get(self.place) else { return Ok(None) };
            self.place += 1;
            Ok(Some(Line { number: self.place as u64, text, is_readable: true }))
        }
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let lines = Texts { lines: text.split('\n').map(str::to_owned).collect(), place: 0 };
        let mut source = TextRows::new(lines, ',');
        let mut rows = Vec::new();
        while let Some(row) = source.next_row().unwrap() {
            rows.push((row.number(), (0..row.width()).map(|column| row.cell(column).text().into_owned()).collect()));
        }
        rows
    }

    #[test]
    fn a_quoted_cell_may_hold_separators_quotes_and_lines() {
        let found = rows("a,\"b,\"\"c\"\"\",d\n1,\"two\nlines\",3\n,,\nx,y,z");
        let texts: Vec<Vec<&str>> = found.iter().map(|(_, cells)| cells.iter().map(String::as_str).collect()).collect();
        assert_eq!(texts, [vec!["a", "b,\"c\"", "d"], vec!["1", "two\nlines", "3"], vec!["x", "y", "z"]]);
        assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<u64>>(), [1, 2, 5]);
    }

    #[test]
    fn a_quote_never_closed_swallows_no_line() {
        let found = rows("1,\"tube 3\n2,b\n3,c");
        assert_eq!(
            found.iter().map(|(number, cells)| (*number, cells.len())).collect::<Vec<(u64, usize)>>(),
            [(1, 2), (2, 2), (3, 2)]
        );
        assert_eq!(found[0].1[1], "\"tube 3");
    }
}
