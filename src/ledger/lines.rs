//! A line of a receivable account, and the fiscal years lines stand in.

use std::cmp::Ordering;
use std::sync::Arc;

use super::transfers::Origin;
use crate::model::calendar::add_days;
use crate::model::{Date, ItemKind, Money};

/// A line of a receivable account.
#[derive(Clone, Debug)]
pub struct Line {
    /// Closing date of the fiscal year that holds it.
    pub year_end: Date,
    /// What the lines of its entry have in common, and those of no other.
    pub entry: Arc<str>,
    /// Day of the entry.
    pub posted: Date,
    /// Journal.
    pub journal: Option<Arc<str>>,
    /// Number of the entry, as written.
    pub entry_number: Option<Box<str>>,
    /// Reference of the document.
    pub piece_reference: Option<Box<str>>,
    /// Day of the document.
    pub piece_date: Option<Date>,
    /// Due date, where the ledger tells one.
    pub due_date: Option<Date>,
    /// Label.
    pub label: Option<Box<str>>,
    /// Debit minus credit.
    pub amount: Money,
    /// Lettering code.
    pub letter: Option<Box<str>>,
    /// Day of lettering.
    pub letter_date: Option<Date>,
    /// Belongs to an opening entry.
    pub is_opening: bool,
    /// What its entry makes of it.
    pub kind: ItemKind,
    /// Of a claim booked again: what it was before.
    pub origins: Vec<Origin>,
    /// File.
    pub source_file: Arc<str>,
    /// Line in it.
    pub source_line: i64,
}

impl Line {
    /// Oldest first; lines of one day by what they say, so that the order of a file's rows changes nothing
    /// (2026-11-22: FEC.md 7 says "then line order"; the content decides first, the line only between twins).
    #[must_use]
    pub fn by_age(&self, other: &Self) -> Ordering {
        let number = |line: &Self| line.entry_number.as_ref().map(|text| (text.len(), text.clone()));
        self.posted
            .cmp(&other.posted)
            .then_with(|| self.journal.cmp(&other.journal))
            .then_with(|| number(self).cmp(&number(other)))
            .then_with(|| self.piece_reference.cmp(&other.piece_reference))
            .then_with(|| self.piece_date.cmp(&other.piece_date))
            .then_with(|| self.due_date.cmp(&other.due_date))
            .then_with(|| self.amount.cmp(&other.amount))
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| self.source_line.cmp(&other.source_line))
    }
}

/// A fiscal year of a company in the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiscalYear {
    /// Its first day.
    pub start: Date,
    /// Its closing date.
    pub end: Date,
    /// The day of its opening entries, where it has any.
    pub opening: Option<Date>,
}

impl FiscalYear {
    /// Whether it begins the day after `before` ends.
    #[must_use]
    pub fn follows(&self, before: &Self) -> bool {
        self.start == add_days(before.end, 1)
    }
}
