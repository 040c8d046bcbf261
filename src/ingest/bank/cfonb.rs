//! Statements of French banks in lines of 120 characters (CFONB 120).
//!
//! Source: CFONB, « Relevé de compte sur support informatique », July 2004, and its additions of August 2007 for transfers.

use std::path::Path;

use super::iban::{is_iban, of_french_account};
use super::statement::{Balance, Entry, Origin, Statements};
use crate::ingest::encoding::TextForm;
use crate::ingest::lines::{LineSource, Lines};
use crate::ingest::reason::Refusal;
use crate::ingest::{IngestError, Reason};
use crate::model::{Date, Money};

/// Characters of a line.
const WIDTH: usize = 120;

/// Whether a first line is the balance that a statement begins with.
pub fn begins(line: &str) -> bool {
    let line = Line::of(line);
    line.code() == "01" && line.amount().is_some() && line.day(35).is_some() && line.part(17, 3).trim().len() == 3
}

/// Reads all statements of a file.
///
/// # Errors
/// [`IngestError::StatementUnproven`], [`IngestError::File`], [`IngestError::Sink`].
pub fn read(
    path: &Path,
    form: TextForm,
    on_read: impl FnMut(u64),
    statements: &mut Statements<'_>,
) -> Result<(), IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let mut lines = Lines::open(path, form, on_read).map_err(failed)?;
    let mut reader = RecordReader { statements, waiting: None, is_open: false };
    while let Some(read) = lines.next_line().map_err(failed)? {
        let characters: Vec<char> = read.text.chars().collect();
        // some files have no ends of lines
        if characters.len() > WIDTH && characters.len().is_multiple_of(WIDTH) {
            for record in characters.chunks(WIDTH) {
                reader.take(read.number, &record.iter().collect::<String>(), read.is_readable)?;
            }
        } else {
            reader.take(read.number, read.text, read.is_readable)?;
        }
    }
    reader.end()
}

struct RecordReader<'a, 'b> {
    statements: &'a mut Statements<'b>,
    /// An entry that waits for what the lines behind it add.
    waiting: Option<Entry>,
    is_open: bool,
}

impl RecordReader<'_, '_> {
    fn take(&mut self, place: u64, text: &str, is_readable: bool) -> Result<(), IngestError> {
        let line = Line::of(text);
        let unreadable = |reason: Reason, column: &str| Refusal::of(reason, column, text);
        if line.code() != "05"
            && let Some(entry) = self.waiting.take()
        {
            self.statements.entry(entry)?;
        }
        if !is_readable {
            return self.statements.refuse(place, unreadable(Reason::TextUnreadable, "line"), text);
        }
        if text.trim_end().chars().count() > WIDTH {
            return self.statements.refuse(place, unreadable(Reason::FieldCount, "line"), text);
        }
        let balance = line.balance().ok_or_else(|| unreadable(Reason::AmountUnreadable, "balance"));
        match (line.code(), balance) {
            ("01" | "07", Err(refusal)) => self.statements.refuse(place, refusal, text)?,
            ("01", Ok(balance)) => {
                self.end()?;
                self.is_open = true;
                self.statements.begin(Origin::Statement);
                self.statements.must_be_proven();
                *self.statements.account() = line.account();
                // it bears no number: the day it begins with tells it
                self.statements.name(&balance.day.to_string());
                self.statements.opening(balance);
            }
            ("07", Ok(balance)) => {
                self.statements.closing(balance);
                self.end()?;
            }
            ("04", _) => match line.entry(place) {
                Ok(entry) => self.waiting = Some(entry),
                Err(refusal) => self.statements.refuse(place, refusal, text)?,
            },
            ("05", _) => {
                if let Some(entry) = &mut self.waiting {
                    line.tell(entry);
                }
            }
            _ => self.statements.refuse(place, unreadable(Reason::KindUnknown, "record"), text)?,
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), IngestError> {
        if let Some(entry) = self.waiting.take() {
            self.statements.entry(entry)?;
        }
        if std::mem::take(&mut self.is_open) { self.statements.end() } else { Ok(()) }
    }
}

/// A line, by the places of its characters.
struct Line {
    characters: Vec<char>,
    text: String,
}

impl Line {
    fn of(text: &str) -> Self {
        let mut characters: Vec<char> = text.chars().take(WIDTH).collect();
        characters.resize(WIDTH, ' ');
        Self { text: characters.iter().take(2).collect(), characters }
    }

    fn code(&self) -> &str {
        &self.text
    }

    /// So many characters from a place on, counted from 1.
    fn part(&self, from: usize, count: usize) -> String {
        self.characters[from - 1..from - 1 + count].iter().collect()
    }

    /// `DDMMYY` from a place on.
    fn day(&self, from: usize) -> Option<Date> {
        let number = |place: usize| self.part(place, 2).parse::<u32>().ok();
        let year = number(from + 4)?;
        let year = if year > 60 { 1900 + year } else { 2000 + year };
        Date::from_ymd_opt(i32::try_from(year).ok()?, number(from + 2)?, number(from)?)
    }

    /// Thirteen digits and a letter that is the last digit and the sign.
    fn amount(&self) -> Option<Money> {
        let digits = self.part(91, 13);
        let last = self.characters[103];
        let (sign, unit) = match last {
            '{' | 'é' => (1, 0),
            '}' | 'è' => (-1, 0),
            'A'..='I' => (1, u32::from(last) - u32::from('A') + 1),
            'J'..='R' => (-1, u32::from(last) - u32::from('J') + 1),
            '0'..='9' => (1, u32::from(last) - u32::from('0')),
            _ => return None,
        };
        if !digits.trim_start().bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let whole: i128 = if digits.trim().is_empty() { 0 } else { digits.trim().parse().ok()? };
        let decimals: u32 = self.part(20, 1).trim().parse().unwrap_or(2);
        let amount = sign * (whole * 10 + i128::from(unit));
        let thousandths = match decimals {
            0..=3 => amount * 10_i128.pow(3 - decimals),
            _ => return None,
        };
        Money::from_wide(thousandths)
    }

    fn balance(&self) -> Option<Balance> {
        Some(Balance { day: self.day(35)?, amount: self.amount()? })
    }

    fn account(&self) -> super::statement::Account {
        super::statement::Account {
            iban: of_french_account(self.part(3, 5).trim(), self.part(12, 5).trim(), self.part(22, 11).trim()),
            currency: self.part(17, 3).trim().to_owned(),
        }
    }

    fn entry(&self, place: u64) -> Result<Entry, Refusal> {
        let written: String = self.characters.iter().collect();
        let unreadable = |reason: Reason, column: &str| Refusal::of(reason, column, &written);
        Ok(Entry {
            place,
            booked: Some(self.day(35).ok_or_else(|| unreadable(Reason::DateUnreadable, "booking_date"))?),
            value: self.day(43),
            amount: self.amount().ok_or_else(|| unreadable(Reason::AmountUnreadable, "amount"))?,
            currency: self.part(17, 3).trim().to_owned(),
            remittance: self.part(49, 31).trim().to_owned(),
            bank_reference: format!("{} {}", self.part(82, 7).trim(), self.part(105, 16).trim()).trim().to_owned(),
            operation: self.part(33, 2),
            return_reason: Some(self.part(41, 2).trim().to_owned()).filter(|code| code != "00").unwrap_or_default(),
            written: written.clone(),
            ..Entry::default()
        })
    }

    /// What a line behind an entry adds to it.
    fn tell(&self, entry: &mut Entry) {
        let information = self.part(49, 70);
        let text = information.trim();
        match self.part(46, 3).as_str() {
            "NPY" | "NBE" => {
                // who paid what came in, who was paid what went out; of what comes back, the other one
                let is_payer = (entry.amount.thousandths() >= 0) == entry.return_reason.is_empty();
                if entry.counterparty_name.is_empty() || is_payer == (self.part(46, 3) == "NPY") {
                    text.clone_into(&mut entry.counterparty_name);
                }
            }
            "IPY" | "IBE" => {
                let identifier: String = information.chars().take(35).collect();
                let identifier = identifier.trim();
                if is_iban(identifier) {
                    identifier.clone_into(&mut entry.counterparty_iban);
                }
            }
            "LIB" | "LCC" | "LC2" => {
                entry.remittance.push_str(if entry.remittance.is_empty() { "" } else { " " });
                entry.remittance.push_str(text);
            }
            "LCS" => text.chars().take(35).collect::<String>().trim().clone_into(&mut entry.structured_reference),
            "RCN" => {
                let reference: String = information.chars().take(35).collect();
                if !matches!(reference.trim(), "" | "NOTPROVIDED") {
                    reference.trim().clone_into(&mut entry.end_to_end);
                }
            }
            _ => {}
        }
    }
}
