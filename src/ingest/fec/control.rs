//! The balance of the receivable accounts by a path of its own, so that a lost or misread line shows (FEC.md 10).
//!
//! It shares nothing with the reading of lines but the places of the columns and the roles of accounts: its
//! own cutting into fields, its own dates and amounts, taken before any line is refused. What cannot be read
//! exactly is made out as well as can be: an impossible day is the last of its month, no usable date the year's end.

use std::collections::HashMap;

use super::super::reference::AccountRoles;
use super::header::{Field, Header};
use crate::model::money::smallest;
use crate::model::{Date, Money, calendar};

/// The wanted fields, in the order of their slots.
const WANTED: [Field; 7] = [
    Field::CompteNum,
    Field::CompAuxNum,
    Field::EcritureDate,
    Field::Debit,
    Field::Credit,
    Field::Montant,
    Field::Sens,
];

/// Movements kept apart before equal ones are put together.
const MERGE_FROM: usize = 1 << 20;

/// What one account and customer moved on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The account.
    pub account: String,
    /// The auxiliary account, else the account.
    pub customer_id: String,
    /// The day.
    pub day: Date,
    /// Σ debit.
    pub debit: Money,
    /// Σ credit.
    pub credit: Money,
}

/// A movement with its names as numbers; ordered by account, customer and day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    account: u32,
    customer: u32,
    day: Date,
    debit: i64,
    credit: i64,
}

impl Entry {
    /// Both together, where they are of one day and the sums can be stored.
    fn merged(self, other: Self) -> Option<Self> {
        let is_same = (self.account, self.customer, self.day) == (other.account, other.customer, other.day);
        let sum = |a: i64, b: i64| a.checked_add(b).filter(|sum| sum.abs() <= Money::LIMIT);
        let (debit, credit) = (sum(self.debit, other.debit)?, sum(self.credit, other.credit)?);
        is_same.then_some(Self { debit, credit, ..self })
    }
}

/// Sums the movements of a file, raw line by raw line.
pub struct Control<'a> {
    roles: &'a AccountRoles,
    separator: char,
    width: usize,
    /// The slot of each column; 0 where the column is not wanted.
    slots: Vec<usize>,
    year_end: Date,
    /// Decimals of the currency of the books.
    decimals: u8,
    names: HashMap<String, Name>,
    entries: Vec<Entry>,
    merge_at: usize,
}

impl<'a> Control<'a> {
    /// For the lines below a header.
    #[must_use]
    pub fn new(header: &Header, roles: &'a AccountRoles, year_end: Date, decimals: u8) -> Self {
        let mut slots = vec![0; header.names.len()];
        for (slot, field) in WANTED.into_iter().enumerate() {
            let is_spare = matches!(field, Field::Montant | Field::Sens) && header.has_debit_and_credit();
            if let Some(place) = header.place(field).filter(|_| !is_spare) {
                slots[place] = slot + 1;
            }
        }
        let (separator, width) = (header.separator, header.width);
        Self {
            roles,
            separator,
            width,
            slots,
            year_end,
            decimals,
            names: HashMap::new(),
            entries: Vec::new(),
            merge_at: MERGE_FROM,
        }
    }

    /// One raw line.
    pub fn line<'l>(&mut self, line: &'l str) {
        let mut found = self.pieces(line, false);
        if line.contains('"') && found.count != self.width {
            found = self.pieces(line, true);
        }
        let clean = |piece: &'l str| {
            let piece = piece.trim();
            piece.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(piece).trim()
        };
        let [_, account, auxiliary, date, debit, credit, amount, side] = found.wanted;
        let account = clean(account);
        let account_name = self.name(account);
        if !account_name.is_perimeter {
            return;
        }
        let [auxiliary, date, debit, credit, amount, side] = [auxiliary, date, debit, credit, amount, side].map(clean);
        let (debit, credit) = if side.is_empty() && amount.is_empty() {
            (self.amount(debit), self.amount(credit))
        } else {
            let amount = self.amount(amount);
            match side.as_bytes() {
                [b'C' | b'c' | b'-', ..] => (0, amount),
                [b'D' | b'd' | b'1' | b'+', ..] => (amount, 0),
                _ => (0, 0),
            }
        };
        if (debit, credit) == (0, 0) {
            return;
        }
        let day = made_out(date).unwrap_or(self.year_end);
        let account = account_name.number;
        let customer = if auxiliary.is_empty() { account } else { self.name(auxiliary).number };
        self.entries.push(Entry { account, customer, day, debit, credit });
        if self.entries.len() >= self.merge_at {
            self.merge();
            self.merge_at = MERGE_FROM.max(2 * self.entries.len());
        }
    }

    fn amount(&self, text: &str) -> i64 {
        thousandths(text, self.decimals).unwrap_or(0)
    }

    /// Every movement, by account, customer and day. A sum beyond what can be stored stays in several.
    pub fn movements(mut self) -> impl Iterator<Item = Movement> {
        let mut names: Vec<(String, u32)> = self.names.drain().map(|(name, number)| (name, number.number)).collect();
        names.sort_unstable();
        let mut ranks = vec![0; names.len()];
        for (rank, (_, number)) in (0..).zip(&names) {
            ranks[*number as usize] = rank;
        }
        for entry in &mut self.entries {
            (entry.account, entry.customer) = (ranks[entry.account as usize], ranks[entry.customer as usize]);
        }
        self.merge();
        let money = |thousandths: i64| Money::from_thousandths(thousandths).unwrap_or_default();
        self.entries.into_iter().map(move |entry| Movement {
            account: names[entry.account as usize].0.clone(),
            customer_id: names[entry.customer as usize].0.clone(),
            day: entry.day,
            debit: money(entry.debit),
            credit: money(entry.credit),
        })
    }

    /// Cuts a line at separators; where quotes count, not at those between an opening and a closing one.
    fn pieces<'l>(&self, line: &'l str, quotes_count: bool) -> Pieces<'l> {
        let mut pieces = Pieces { wanted: [""; WANTED.len() + 1], count: 1 };
        let mut start = 0;
        let mut is_open = false;
        for (place, byte) in line.bytes().enumerate() {
            if byte == b'"' && quotes_count {
                is_open = !is_open;
            } else if char::from(byte) == self.separator && !is_open {
                if let Some(&slot) = self.slots.get(pieces.count - 1) {
                    pieces.wanted[slot] = &line[start..place];
                }
                pieces.count += 1;
                start = place + 1;
            }
        }
        if let Some(&slot) = self.slots.get(pieces.count - 1) {
            pieces.wanted[slot] = &line[start..];
        }
        pieces
    }

    fn name(&mut self, name: &str) -> Name {
        if let Some(&known) = self.names.get(name) {
            return known;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let new = Name { number, is_perimeter: self.roles.is_perimeter(name) };
        self.names.insert(name.to_owned(), new);
        new
    }

    fn merge(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup_by(|next, kept| match kept.merged(*next) {
            Some(both) => {
                *kept = both;
                true
            }
            None => false,
        });
    }
}

/// What a line was cut into.
struct Pieces<'l> {
    /// The wanted pieces, each in its slot.
    wanted: [&'l str; WANTED.len() + 1],
    /// How many pieces there are.
    count: usize,
}

/// A name met: its number, and whether it is that of a receivable account.
#[derive(Clone, Copy)]
struct Name {
    number: u32,
    is_perimeter: bool,
}

/// An amount in thousandths, rounded half away from zero where it has more decimals than its currency.
fn thousandths(text: &str, currency_decimals: u8) -> Option<i64> {
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let mut digits: i128 = 0;
    let mut is_negative = false;
    let mut decimals: Option<i32> = None;
    // an earlier mark of another kind, or the same mark again, groups thousands
    let mark = text.rfind([',', '.']).map(|place| &text[place..=place]).filter(|mark| text.matches(mark).count() == 1);
    for letter in text.chars() {
        match letter {
            '0'..='9' => {
                digits = digits.checked_mul(10)?.checked_add(i128::from(u32::from(letter) - u32::from('0')))?;
                decimals = decimals.map(|count| count.saturating_add(1));
            }
            '-' | '(' | '\u{2212}' => is_negative = true,
            ',' | '.' if mark.is_some_and(|mark| mark.starts_with(letter)) => decimals = Some(0),
            ',' | '.' | '+' | ')' | '\'' | '\u{2019}' | '€' => {}
            letter if letter.is_whitespace() => {}
            _ => return None,
        }
    }
    let mut shift = exponent.clamp(-99, 99) + i32::from(currency_decimals) - decimals.unwrap_or(0);
    while shift > 0 && digits != 0 {
        digits = digits.checked_mul(10)?;
        shift -= 1;
    }
    while shift < -1 && digits != 0 {
        digits /= 10;
        shift += 1;
    }
    if shift == -1 {
        digits = (digits + 5) / 10;
    }
    let digits = digits.checked_mul(smallest(currency_decimals))?;
    let amount = i64::try_from(digits).ok().filter(|amount| *amount <= Money::LIMIT)?;
    Some(if is_negative { -amount } else { amount })
}

/// The day of a date; the last of its month where it has no such day.
fn made_out(text: &str) -> Option<Date> {
    let mut numbers = [0_u32; 3];
    let mut lengths = [0_usize; 3];
    let mut part = 0;
    for byte in text.bytes().take_while(|byte| !matches!(byte, b'T' | b' ')) {
        match byte {
            b'0'..=b'9' if lengths[part] < 9 => {
                numbers[part] = numbers[part] * 10 + u32::from(byte - b'0');
                lengths[part] += 1;
            }
            b'/' | b'-' | b'.' if part < 2 => part += 1,
            _ => return None,
        }
    }
    let [first, second, third] = numbers;
    let attempts = match lengths {
        [8, 0, 0] => [
            (first / 10_000, first / 100 % 100, first % 100),
            (first % 10_000, first / 10_000 % 100, first / 1_000_000),
        ],
        [4, _, 1..=2] => [(first, second, third); 2],
        [1..=2, _, 4] => [(third, second, first); 2],
        _ => return None,
    };
    let is_year = |year: u32| (1600..=9999).contains(&year);
    let exact = |&(year, month, day): &(u32, u32, u32)| {
        Date::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|_| is_year(year))
    };
    let last_of_month = |&(year, month, day): &(u32, u32, u32)| {
        let first = exact(&(year, month, 1))?;
        (28..=31).contains(&day).then(|| calendar::month_end(first))
    };
    attempts.iter().find_map(exact).or_else(|| attempts.iter().find_map(last_of_month))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::*;
    use crate::ingest::samples;

    const HEADER: &str = "JournalCode\tEcritureNum\tEcritureDate\tCompteNum\tCompAuxNum\tDebit\tCredit\tEcritureLib";

    fn movements(lines: &[&str]) -> Vec<(String, String, String, i64, i64)> {
        let header = Header::read(HEADER, "f.txt").unwrap().unwrap();
        let roles = samples::roles();
        let mut control = Control::new(&header, &roles, "2024-12-31".parse().unwrap(), 2);
        for line in lines {
            control.line(line);
        }
        let row =
            |m: Movement| (m.account, m.customer_id, m.day.to_string(), m.debit.thousandths(), m.credit.thousandths());
        control.movements().map(row).collect()
    }

    fn row(account: &str, customer: &str, day: &str, debit: i64, credit: i64) -> (String, String, String, i64, i64) {
        (account.into(), customer.into(), day.into(), debit, credit)
    }

    #[test]
    fn lines_of_one_day_are_one_movement() {
        let found = movements(&[
            "VE\t1\t20240105\t411000\tC1\t120,00\t0\tx",
            "VE\t1\t20240105\t707000\t\t0\t100,00\tx",
            "BQ\t1\t05/01/2024\t411000\tC1\t\t20,00\tx",
            "BQ\t2\t2024-01-06\t411000\t\t\t1 020,00\tx",
        ]);
        assert_eq!(
            found,
            [row("411000", "411000", "2024-01-06", 0, 1_020_000), row("411000", "C1", "2024-01-05", 120_000, 20_000)]
        );
    }

    #[test]
    fn what_is_refused_elsewhere_still_counts_here() {
        for (line, expected) in [
            // an impossible day, no usable date, a cut line, one field too many, a quoted field with a separator
            ("VE\t1\t20240231\t411\tC1\t5\t0\tx", ("2024-02-29", 5_000)),
            ("VE\t1\t20241305\t411\tC1\t5\t0\tx", ("2024-12-31", 5_000)),
            ("VE\t1\t\t411\tC1\t5\t0\tx", ("2024-12-31", 5_000)),
            ("VE\t1\t20240105\t411\tC1\t5", ("2024-01-05", 5_000)),
            ("VE\t1\t20240105\t411\tC1\t5\t0\tx\ty\tz", ("2024-01-05", 5_000)),
            ("\"V\tE\"\t1\t20240105\t411\tC1\t5\t0\tx", ("2024-01-05", 5_000)),
            ("VE\t1\t20240105\t411\tC1\t12,345\t0\tx", ("2024-01-05", 12_350)),
        ] {
            assert_eq!(movements(&[line]), [row("411", "C1", expected.0, expected.1, 0)], "{line}");
        }
        assert!(movements(&["VE\t1\t20240105\t411\tC1\tabc\t0\tx"]).is_empty());
    }

    #[test]
    fn amounts_are_made_out() {
        for (text, expected) in [
            ("777,18", Some(777_180)),
            ("+000000069,40", Some(69_400)),
            ("120,00-", Some(-120_000)),
            ("(120,00)", Some(-120_000)),
            ("1,2E2", Some(120_000)),
            ("1\u{a0}120,00", Some(1_120_000)),
            ("1.234,56", Some(1_234_560)),
            ("1.234.567", Some(1_234_567_000)),
            ("", Some(0)),
            ("0,005", Some(10)),
            ("1E99", None),
            ("12a", None),
        ] {
            assert_eq!(thousandths(text, 2), expected, "{text}");
        }
        // dinars and yen
        assert_eq!([thousandths("1250,5005", 3), thousandths("1250,5", 0)], [Some(1_250_501), Some(1_251_000)]);
    }

    #[test]
    fn a_sum_too_large_to_store_stays_in_two_movements() {
        let line = "VE\t1\t20240105\t411\tC1\t999999999999999,99\t0\tx";
        assert_eq!(movements(&[line, line]).len(), 2);
    }
}
