//! Statements of French banks in lines of 120 characters (CFONB 120).
//!
//! Source: CFONB, « Relevé de compte sur support informatique », July 2004, and its additions of August 2007 for transfers.

use std::path::Path;

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
    let mut waiting: Option<Entry> = None;
    while let Some(read) = lines.next_line().map_err(failed)? {
        let line = Line::of(read.text);
        let unreadable = |reason: Reason, column: &str| Refusal::of(reason, column, read.text);
        if line.code() != "05"
            && let Some(entry) = waiting.take()
        {
            statements.entry(entry)?;
        }
        match line.code() {
            _ if !read.is_readable => {
                statements.refuse(read.number, unreadable(Reason::TextUnreadable, "line"), read.text)?;
            }
            "01" => {
                statements.begin(Origin::Statement);
                *statements.account() = line.account();
                match line.balance() {
                    Some(balance) => statements.opening(balance),
                    None => {
                        statements.refuse(read.number, unreadable(Reason::AmountUnreadable, "balance"), read.text)?;
                    }
                }
            }
            "04" => match line.entry(read.number) {
                Ok(entry) => waiting = Some(entry),
                Err(refusal) => statements.refuse(read.number, refusal, read.text)?,
            },
            "05" => {
                if let Some(entry) = &mut waiting {
                    line.tell(entry);
                }
            }
            "07" => {
                match line.balance() {
                    Some(balance) => statements.closing(balance),
                    None => {
                        statements.refuse(read.number, unreadable(Reason::AmountUnreadable, "balance"), read.text)?;
                    }
                }
                statements.end()?;
            }
            _ => statements.refuse(read.number, unreadable(Reason::KindUnknown, "record"), read.text)?,
        }
    }
    if let Some(entry) = waiting {
        statements.entry(entry)?;
    }
    Ok(())
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
            iban: iban(self.part(3, 5).trim(), self.part(12, 5).trim(), self.part(22, 11).trim()),
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
            return_reason: self.part(41, 2).trim().trim_matches('0').to_owned(),
            written: written.clone(),
            ..Entry::default()
        })
    }

    /// What a line behind an entry adds to it.
    fn tell(&self, entry: &mut Entry) {
        let information = self.part(49, 70);
        let text = information.trim();
        match self.part(46, 3).as_str() {
            "NPY" | "NBE" => text.clone_into(&mut entry.counterparty_name),
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

/// Whether a text is an IBAN, by its own two digits.
fn is_iban(text: &str) -> bool {
    let letters: String = text.split_whitespace().collect();
    (15..=34).contains(&letters.len())
        && letters.is_ascii()
        && remainder(&format!("{}{}", &letters[4..], &letters[..4])) == Some(1)
}

/// The remainder of 97 of digits and of letters that count from ten on.
fn remainder(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest: u32, character| {
        let digit = character.to_digit(36)?;
        Some(if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 })
    })
}

/// The IBAN of a French account: its key of two digits, then those of the IBAN (ISO 13616; the key: CFONB, RIB).
fn iban(bank: &str, branch: &str, account: &str) -> String {
    // letters of an account stand for digits: A and J for 1, B, K and S for 2, and so on
    let digits = |text: &str| -> Option<u64> {
        text.chars().try_fold(0_u64, |number, letter| {
            let digit = match letter.to_ascii_uppercase() {
                digit @ '0'..='9' => u64::from(digit) - u64::from('0'),
                letter @ 'A'..='I' => u64::from(letter) - u64::from('A') + 1,
                letter @ 'J'..='R' => u64::from(letter) - u64::from('J') + 1,
                letter @ 'S'..='Z' => u64::from(letter) - u64::from('S') + 2,
                _ => return None,
            };
            Some(number * 10 + digit)
        })
    };
    let own = format!("{bank}{branch}{account}");
    let (Some(first), Some(second), Some(third)) = (digits(bank), digits(branch), digits(account)) else { return own };
    if (bank.len(), branch.len(), account.len()) != (5, 5, 11) {
        return own;
    }
    let key = 97 - (89 * first + 15 * second + 3 * third) % 97;
    let basic = format!("{own}{key:02}");
    match remainder(&format!("{basic}FR00")) {
        Some(rest) => format!("FR{:02}{basic}", 98 - rest),
        None => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_by_its_iban() {
        assert!(is_iban(&iban("20041", "01005", "0500013M026")));
        assert_eq!(iban("20041", "01005", "0500013M026"), "FR1420041010050500013M02606");
        assert!(!is_iban("FR1420041010050500013M02607"));
    }
}
