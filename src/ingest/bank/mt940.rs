//! Statements of SWIFT: MT940, and MT942 as far as it tells entries.
//!
//! Source: SWIFT Standards MT, category 9; the fields of `:86:` as the German banks (`?20`…) and the Dutch ones (`/REMI/`…) fill
//! them.

use std::path::Path;

use chrono::Datelike;

use super::statement::{Balance, Entry, Origin, Statements};
use crate::ingest::encoding::TextForm;
use crate::ingest::lines::{LineSource, Lines};
use crate::ingest::reason::Refusal;
use crate::ingest::{Decimal, IngestError, Reason};
use crate::model::Date;

/// Whether a first line begins a message.
pub fn begins(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("{1:") || line.starts_with(":20:") || line.starts_with("{4:")
}

/// A field of a message.
#[derive(Debug, Default)]
struct Field {
    place: u64,
    tag: String,
    /// Its lines, `\n` between them.
    text: String,
    is_readable: bool,
}

/// Reads all messages of a file.
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
    let mut reader = MessageReader { statements, entry: None, is_open: false };
    let mut field = Field::default();
    while let Some(line) = lines.next_line().map_err(failed)? {
        // headers stand before the first field of a message, on its line
        let text = line.text.rsplit_once("{4:").map_or(line.text, |(_, rest)| rest);
        if let Some((tag, rest)) = tag_of(text.trim_start()) {
            reader.take(&std::mem::take(&mut field))?;
            field =
                Field { place: line.number, tag: tag.to_owned(), text: rest.to_owned(), is_readable: line.is_readable };
        } else if text.trim_end() == "-" || text.starts_with("-}") {
            reader.take(&std::mem::take(&mut field))?;
            reader.end()?;
        } else if !field.tag.is_empty() {
            field.text.push('\n');
            field.text.push_str(text.trim_end());
            field.is_readable &= line.is_readable;
        }
    }
    reader.take(&field)?;
    reader.end()
}

/// `:61:…` is the tag `61` and the rest.
fn tag_of(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.strip_prefix(':')?.split_once(':')?;
    let is_tag = (2..=3).contains(&tag.len())
        && tag.bytes().take(2).all(|byte| byte.is_ascii_digit())
        && tag.bytes().skip(2).all(|byte| byte.is_ascii_uppercase());
    is_tag.then_some((tag, rest))
}

struct MessageReader<'a, 'b> {
    statements: &'a mut Statements<'b>,
    /// An entry that waits for its text.
    entry: Option<Entry>,
    is_open: bool,
}

impl MessageReader<'_, '_> {
    fn take(&mut self, field: &Field) -> Result<(), IngestError> {
        if field.tag == "86" {
            if let Some(entry) = &mut self.entry {
                tell(&field.text, entry);
            }
            return self.flush();
        }
        self.flush()?;
        match field.tag.as_str() {
            "20" => {
                self.end()?;
                self.statements.begin(Origin::Statement);
                self.is_open = true;
            }
            // bank and account, or the account alone
            "25" | "25P" => {
                let account = field.text.lines().next().unwrap_or_default();
                let account = account.rsplit_once('/').map_or(account, |(before, own)| {
                    // an account within its bank is known by both
                    if own.len() > 14 {
                        own
                    } else if before.len() > 8 {
                        before
                    } else {
                        account
                    }
                });
                // some write its currency behind it
                let mut words: Vec<&str> = account.split_whitespace().collect();
                if words.len() > 1 && words.last().is_some_and(|word| word.len() == 3) {
                    words.pop();
                }
                self.statements.account().iban = words.concat();
            }
            "28" | "28C" => self.statements.name(field.text.trim()),
            "60F" | "60M" => match balance(&field.text) {
                Some((balance, currency)) => {
                    self.statements.account().currency = currency;
                    self.statements.opening(balance);
                }
                None => self.broken(field)?,
            },
            "62F" | "62M" => match balance(&field.text) {
                Some((balance, _)) => self.statements.closing(balance),
                None => self.broken(field)?,
            },
            "61" => match entry(field) {
                Ok(Some(entry)) => self.entry = Some(entry),
                Ok(None) => self.statements.leave_out(None),
                Err(refusal) => self.statements.refuse(field.place, refusal, &field.text)?,
            },
            _ => {}
        }
        Ok(())
    }

    fn broken(&mut self, field: &Field) -> Result<(), IngestError> {
        let refusal = Refusal::of(Reason::AmountUnreadable, "balance", &field.text);
        self.statements.refuse(field.place, refusal, &field.text)
    }

    fn flush(&mut self) -> Result<(), IngestError> {
        match self.entry.take() {
            Some(entry) => self.statements.entry(entry),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), IngestError> {
        self.flush()?;
        if std::mem::take(&mut self.is_open) { self.statements.end() } else { Ok(()) }
    }
}

/// `C240131EUR1234,56`.
fn balance(text: &str) -> Option<(Balance, String)> {
    let text = text.lines().next()?.trim();
    let (side, rest) = (text.get(..1)?, text.get(1..)?);
    let (day, currency, amount) = (six_digits(rest.get(..6)?)?, rest.get(6..9)?, rest.get(9..)?);
    let amount = Statements::amount(amount, Decimal::Comma).ok()?;
    let amount = match side {
        "C" => amount,
        "D" => -amount,
        _ => return None,
    };
    Some((Balance { day, amount }, currency.to_owned()))
}

/// `YYMMDD`.
fn six_digits(text: &str) -> Option<Date> {
    let number = |from: usize| text.get(from..from + 2)?.parse::<u32>().ok().filter(|_| text.is_ascii());
    let year = number(0)?;
    let year = if year < 80 { 2000 + year } else { 1900 + year };
    Date::from_ymd_opt(i32::try_from(year).ok()?, number(2)?, number(4)?)
}

/// `2401310131CR1234,56NTRFNONREF//BANKREF` and a line more; none for what is expected only.
fn entry(field: &Field) -> Result<Option<Entry>, Refusal> {
    let unreadable = |reason: Reason, column: &str| Refusal::of(reason, column, &field.text);
    if !field.is_readable {
        return Err(unreadable(Reason::TextUnreadable, "entry"));
    }
    let mut lines = field.text.lines();
    let line = lines.next().unwrap_or_default();
    let value = line.get(..6).and_then(six_digits).ok_or_else(|| unreadable(Reason::DateUnreadable, "value_date"))?;
    let mut rest = &line[6..];
    let mut booked = value;
    if let Some(month_day) = rest.get(..4).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())) {
        booked = near(value, month_day).ok_or_else(|| unreadable(Reason::DateImpossible, "booking_date"))?;
        rest = &rest[4..];
    }
    // a reversal of what came in goes out
    let sides = [("RC", -1), ("RD", 1), ("EC", 0), ("ED", 0), ("C", 1), ("D", -1)];
    let (side, sign) = sides
        .into_iter()
        .find(|(side, _)| rest.starts_with(side))
        .ok_or_else(|| unreadable(Reason::SideUnreadable, "side"))?;
    rest = &rest[side.len()..];
    // the third letter of the currency
    rest = rest.strip_prefix(|letter: char| letter.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|character: char| !(character.is_ascii_digit() || character == ',')).unwrap_or(rest.len());
    let amount = Statements::amount(&rest[..end], Decimal::Comma)?;
    rest = &rest[end..];
    let operation = rest.get(..4).unwrap_or_default();
    let references = rest.get(4..).unwrap_or_default();
    let (own, of_bank) = references.split_once("//").unwrap_or((references, ""));
    let known = |reference: &str| {
        if matches!(reference.trim(), "NONREF" | "NOTPROVIDED" | "KREF+") { "" } else { reference }.to_owned()
    };
    if sign == 0 {
        return Ok(None);
    }
    Ok(Some(Entry {
        place: field.place,
        written: field.text.clone(),
        booked: Some(booked),
        value: Some(value),
        amount: if sign < 0 { -amount } else { amount },
        end_to_end: known(own),
        bank_reference: known(of_bank),
        operation: operation.to_owned(),
        remittance: lines.collect::<Vec<_>>().join(" "),
        ..Entry::default()
    }))
}

/// The day of a month and day that is nearest to another day.
fn near(day: Date, month_day: &str) -> Option<Date> {
    let (month, of_month) = (month_day[..2].parse().ok()?, month_day[2..].parse().ok()?);
    let years = [day.year() - 1, day.year(), day.year() + 1];
    let days = years.into_iter().filter_map(|year| Date::from_ymd_opt(year, month, of_month));
    days.min_by_key(|other| (*other - day).num_days().abs())
}

/// What the text of an entry tells, in whichever of three ways it is written.
fn tell(text: &str, entry: &mut Entry) {
    let joined: String = text.lines().collect();
    let mark = joined.as_bytes().get(3).copied().filter(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ');
    let is_coded = joined.bytes().take(3).all(|byte| byte.is_ascii_digit());
    match mark.filter(|_| is_coded && joined.len() > 5) {
        Some(mark) => tell_coded(&joined, char::from(mark), entry),
        None if joined.starts_with('/') && joined.matches('/').count() > 2 => tell_slashed(&joined, entry),
        None => {
            if !joined.trim().is_empty() {
                entry.remittance = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            }
        }
    }
}

/// `166?00GUTSCHRIFT?20EREF+…?21SVWZ+…?31IBAN?32NAME`.
fn tell_coded(text: &str, mark: char, entry: &mut Entry) {
    text[..3].clone_into(&mut entry.operation);
    let (mut purpose, mut name) = (String::new(), String::new());
    for part in text.split(mark).skip(1) {
        let (code, rest) = (part.get(..2).unwrap_or_default(), part.get(2..).unwrap_or_default());
        match code.parse::<u32>() {
            Ok(20..=29 | 60..=63) => purpose.push_str(rest),
            Ok(31) => rest.trim().clone_into(&mut entry.counterparty_iban),
            Ok(32 | 33) => name.push_str(rest),
            Ok(34) if !matches!(rest.trim(), "" | "000" | "888" | "992" | "997" | "999") => {
                rest.trim().clone_into(&mut entry.return_reason);
            }
            _ => {}
        }
    }
    name.trim().clone_into(&mut entry.counterparty_name);
    // words of four letters and a plus begin what they name
    let marks =
        ["EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "SVWZ+", "ABWA+", "ABWE+", "COAM+", "OAMT+", "IBAN+", "BIC+"];
    let mut places: Vec<(usize, &str)> = marks.iter().filter_map(|mark| Some((purpose.find(mark)?, *mark))).collect();
    places.sort_unstable();
    if places.is_empty() {
        purpose.trim().clone_into(&mut entry.remittance);
        return;
    }
    let mut free = purpose[..places[0].0].trim().to_owned();
    for (number, (place, mark)) in places.iter().enumerate() {
        let end = places.get(number + 1).map_or(purpose.len(), |(next, _)| *next);
        let value = purpose[place + mark.len()..end].trim();
        match *mark {
            "EREF+" if value != "NOTPROVIDED" => value.clone_into(&mut entry.end_to_end),
            "MREF+" => value.clone_into(&mut entry.mandate),
            "IBAN+" => value.clone_into(&mut entry.counterparty_iban),
            "SVWZ+" => {
                free.push_str(if free.is_empty() { "" } else { " " });
                free.push_str(value);
            }
            _ => {}
        }
    }
    entry.remittance = free;
}

/// `/TRTP/SEPA/IBAN/NL…/NAME/…/REMI/…/EREF/…`.
fn tell_slashed(text: &str, entry: &mut Entry) {
    const WORDS: [&str; 16] = [
        "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "MARF", "CSID", "RTRN", "ISDT", "ORDP", "BENM", "ID", "TRCD",
        "PREF", "CNTP",
    ];
    let mut values: Vec<(&str, String)> = Vec::new();
    for part in text.split('/').skip(1) {
        match WORDS.iter().find(|word| **word == part.trim()) {
            Some(word) => values.push((*word, String::new())),
            None => {
                if let Some((_, value)) = values.last_mut() {
                    value.push_str(if value.is_empty() { "" } else { "/" });
                    value.push_str(part);
                }
            }
        }
    }
    for (word, value) in values {
        let value = value.trim().trim_end_matches('/').to_owned();
        match word {
            "IBAN" => entry.counterparty_iban = value,
            "NAME" => entry.counterparty_name = value,
            // `USTD//text` and `STRD/CUR/reference` tell which kind it is
            "REMI" => match value.strip_prefix("STRD/") {
                Some(structured) => {
                    structured.rsplit('/').next().unwrap_or_default().clone_into(&mut entry.structured_reference);
                }
                None => value.strip_prefix("USTD//").unwrap_or(&value).clone_into(&mut entry.remittance),
            },
            "EREF" if value != "NOTPROVIDED" => entry.end_to_end = value,
            "MARF" => entry.mandate = value,
            "RTRN" => entry.return_reason = value,
            _ => {}
        }
    }
}
