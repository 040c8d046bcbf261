//! The first pass over a FEC: what must be known of all its lines before the first can be read.

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::super::OpeningJournals;
use super::super::dates::{self, DateOrder};
use super::super::fields::Fields;
use super::super::lines::LineSource;
use super::fiscal_year::Days;
use super::header::{Field, Header};
use crate::model::Date;

/// Whether entry numbers tell entries apart (FEC.md 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryNumbers {
    /// They do.
    Telling,
    /// They are empty on every line, or the same on every line while a journal holds several days and pieces.
    Constant,
}

/// What the first pass found.
#[derive(Debug)]
pub struct Facts {
    /// Lines below the header that are not blank.
    pub line_count: u64,
    /// The number of fields that more than half of the lines have.
    pub usual_width: Option<usize>,
    /// Whether entry numbers tell entries apart.
    pub entry_numbers: EntryNumbers,
    /// Lines a day.
    pub days: Days,
}

/// Reads every line below the header once.
///
/// # Errors
/// When the file cannot be read.
pub fn survey(source: &mut dyn LineSource, header: &Header, journals: &OpeningJournals) -> io::Result<Facts> {
    let mut fields = Fields::default();
    let mut line_count = 0;
    let mut widths: BTreeMap<usize, u64> = BTreeMap::new();
    let mut days = Days::default();
    let mut numbers = Numbers::default();
    let mut openings = OpeningMemo::new(journals);
    let mut last_day: Option<(String, Option<Date>)> = None;
    while let Some(line) = source.next_line()? {
        fields.split(line.text, header.separator, header.width);
        if fields.is_blank() {
            continue;
        }
        line_count += 1;
        *widths.entry(fields.len()).or_default() += 1;
        let written = header.get(&fields, Field::EcritureDate);
        // ledgers go day by day: most lines bear the date of the line before
        let day = match &last_day {
            Some((text, day)) if text == written => *day,
            _ => {
                let day = dates::read(written, DateOrder::DayFirst).ok();
                last_day = Some((written.to_owned(), day));
                day
            }
        };
        let Some(day) = day else { continue };
        *days.all.entry(day).or_default() += 1;
        let journal = header.get(&fields, Field::JournalCode);
        numbers.line(journal, header.get(&fields, Field::EcritureNum), day, header.get(&fields, Field::PieceRef));
        let is_opening = openings.holds(journal, header.get(&fields, Field::JournalLib));
        if is_opening {
            *days.openings.entry(day).or_default() += 1;
        }
    }
    let usual_width = widths.into_iter().find(|&(_, lines)| 2 * lines > line_count).map(|(width, _)| width);
    Ok(Facts { line_count, usual_width, entry_numbers: numbers.verdict(), days })
}

/// Remembers the last journal asked for: ledgers go journal by journal, or nearly.
pub struct OpeningMemo<'a> {
    journals: &'a OpeningJournals,
    code: String,
    label: String,
    is_opening: bool,
}

impl<'a> OpeningMemo<'a> {
    /// Nothing asked yet; a journal without name is none of them.
    #[must_use]
    pub const fn new(journals: &'a OpeningJournals) -> Self {
        Self { journals, code: String::new(), label: String::new(), is_opening: false }
    }

    /// As [`OpeningJournals::holds`].
    pub fn holds(&mut self, code: &str, label: &str) -> bool {
        if self.code != code || self.label != label {
            code.clone_into(&mut self.code);
            label.clone_into(&mut self.label);
            self.is_opening = self.journals.holds(code, label);
        }
        self.is_opening
    }
}

/// Follows the entry numbers until they differ.
#[derive(Default)]
struct Numbers {
    first: Option<String>,
    differ: bool,
    journals: HashMap<String, Spread>,
    /// Whether a journal has lines of several days and of several pieces.
    is_spread: bool,
}

/// The first day and piece of a journal, and whether others came.
struct Spread {
    day: Date,
    piece: String,
    days_differ: bool,
    pieces_differ: bool,
}

impl Numbers {
    fn line(&mut self, journal: &str, number: &str, day: Date, piece: &str) {
        if self.differ {
            return;
        }
        match &self.first {
            None => self.first = Some(number.to_owned()),
            Some(first) if first != number => {
                self.differ = true;
                return;
            }
            Some(_) => {}
        }
        if self.is_spread {
            return;
        }
        if let Some(spread) = self.journals.get_mut(journal) {
            spread.days_differ |= spread.day != day;
            spread.pieces_differ |= spread.piece != piece;
            self.is_spread = spread.days_differ && spread.pieces_differ;
        } else {
            let spread = Spread { day, piece: piece.to_owned(), days_differ: false, pieces_differ: false };
            self.journals.insert(journal.to_owned(), spread);
        }
    }

    fn verdict(&self) -> EntryNumbers {
        let is_empty = self.first.as_deref().is_none_or(str::is_empty);
        if !self.differ && (is_empty || self.is_spread) { EntryNumbers::Constant } else { EntryNumbers::Telling }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::*;

    fn verdict(lines: &[(&str, &str, &str, &str)]) -> EntryNumbers {
        let mut numbers = Numbers::default();
        for (journal, number, day, piece) in lines {
            numbers.line(journal, number, day.parse().unwrap(), piece);
        }
        numbers.verdict()
    }

    #[test]
    fn a_number_that_never_changes_over_days_and_pieces_tells_nothing() {
        let (first, second) = ("2024-01-05", "2024-01-06");
        assert_eq!(verdict(&[("2", "0", first, "F1"), ("2", "0", second, "F2")]), EntryNumbers::Constant);
        assert_eq!(verdict(&[("2", "", first, ""), ("3", "", first, "")]), EntryNumbers::Constant);
        assert_eq!(verdict(&[("2", "1", first, "F1"), ("2", "2", second, "F2")]), EntryNumbers::Telling);
        // the first entry of each of two journals, an entry with several pieces, an entry with a slip in a date
        assert_eq!(verdict(&[("VE", "1", first, "F1"), ("BQ", "1", second, "B1")]), EntryNumbers::Telling);
        assert_eq!(verdict(&[("BQ", "1", first, "B1"), ("BQ", "1", first, "B2")]), EntryNumbers::Telling);
        assert_eq!(verdict(&[("VE", "1", first, "F1"), ("VE", "1", second, "F1")]), EntryNumbers::Telling);
    }
}
