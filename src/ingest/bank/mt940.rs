//! Statements of SWIFT: MT940, and MT942 as far as it tells entries.
//!
//! Source: SWIFT Standards MT, category 9; the fields of `:86:` as the German banks (`?20`…) and the Dutch ones (`/REMI/`…) fill
//! them.

use std::path::Path;

use chrono::Datelike;

use super::iban::is_iban;
use super::statement::{Balance, Entry, Origin, Statements};
use crate::ingest::encoding::TextForm;
use crate::ingest::lines::{LineSource, Lines};
use crate::ingest::reason::Refusal;
use crate::ingest::{Decimal, IngestError, Reason};
use crate::model::Date;

/// Lines among which the first field of a message is looked for: some banks put lines of their own before it.
const FIRST_LINES: usize = 5;
/// So much is kept of a field, in bytes.
const KEPT_BYTES: usize = 1 << 16;
/// The messages that tell entries, by the numbers that stand in their headers.
const MESSAGES: [&str; 3] = ["940", "942", "950"];

/// Whether a file begins with a message of statements.
///
/// # Errors
/// When the file cannot be read.
pub fn begins(path: &Path, form: TextForm) -> std::io::Result<bool> {
    let mut lines = Lines::open(path, form, |_| {})?;
    for _ in 0..FIRST_LINES {
        let Some(line) = lines.next_line()? else { break };
        let text = plain(line.text);
        if let Some((_, header)) = text.split_once("{2:") {
            let number = header.get(1..4).unwrap_or_default();
            return Ok(text.starts_with("{1:") && MESSAGES.contains(&number));
        }
        if text.starts_with(":20:") {
            return Ok(true);
        }
        // what stands before is short: a name of the bank, the number of the message
        if text.len() > 40 || text.contains([';', '\t']) {
            break;
        }
    }
    Ok(false)
}

/// A line without marks that no text has.
fn plain(line: &str) -> &str {
    line.trim_matches(|character: char| character.is_control() || character.is_whitespace())
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
        let text = text.trim_start_matches(|character: char| character.is_control() || character.is_whitespace());
        if let Some((tag, rest)) = tag_of(text) {
            reader.take(&std::mem::take(&mut field))?;
            field =
                Field { place: line.number, tag: tag.to_owned(), text: rest.to_owned(), is_readable: line.is_readable };
        } else if text.trim_end() == "-" || text.starts_with("-}") {
            reader.take(&std::mem::take(&mut field))?;
            reader.end()?;
        } else if !field.tag.is_empty() {
            if field.text.len() < KEPT_BYTES {
                field.text.push('\n');
                field.text.push_str(text.trim_end_matches(['\r', '\n']));
            }
            field.is_readable &= line.is_readable && field.text.len() < KEPT_BYTES;
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
                self.statements.must_be_proven();
                // until the number of the statement is told
                self.statements.name(field.text.trim());
                self.is_open = true;
            }
            "25" | "25P" => self.statements.account().iban = account(field.text.lines().next().unwrap_or_default()),
            "28" | "28C" => {
                let number = field.text.lines().next().unwrap_or_default().trim();
                let parts: Vec<i64> = number.split('/').filter_map(|part| part.trim().parse().ok()).collect();
                // a bank that numbers nothing writes zeros
                if parts.first().is_none_or(|number| *number > 0) {
                    self.statements.name(number);
                }
                if let Some(number) = parts.first().filter(|number| **number > 0) {
                    self.statements.order(
                        number.min(&999_999_999) * 100_000 + parts.get(1).copied().unwrap_or(0).clamp(0, 99_999),
                    );
                }
            }
            // what only a report of the day has
            "34F" => {
                let currency = field.text.get(..3).unwrap_or_default().to_owned();
                let of_account = &mut self.statements.account().currency;
                if of_account.is_empty() {
                    *of_account = currency;
                }
                self.statements.become_of(Origin::Report);
            }
            "13" | "13D" | "90C" | "90D" => self.statements.become_of(Origin::Report),
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
    bank_day(i32::try_from(year).ok()?, number(2)?, number(4)?)
}

/// A day of the bank's calendar, where each month may have up to thirty-one: what a month does not have is its last.
fn bank_day(year: i32, month: u32, of_month: u32) -> Option<Date> {
    (28..=of_month.min(31)).rev().chain([of_month]).find_map(|day| Date::from_ymd_opt(year, month, day))
}

/// The account of `:25:`: alone, behind its bank, or before its currency.
fn account(text: &str) -> String {
    let is_currency = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    let text = text.trim().trim_start_matches('/');
    let text = match text.rsplit_once('/') {
        Some((before, last)) if is_currency(last) => before,
        Some((_, own)) if is_iban(own) => own,
        _ => text,
    };
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 1 && words.last().is_some_and(|word| is_currency(word)) {
        words.pop();
    }
    let joined = words.concat();
    match joined.len().checked_sub(3).and_then(|end| joined.split_at_checked(end)) {
        Some((own, last)) if is_currency(last) && is_iban(own) => own.to_owned(),
        _ => joined,
    }
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
        if matches!(reference.trim(), "NONREF" | "NOTPROVIDED" | "KREF+" | "EREF" | "PREF" | "MARF") {
            ""
        } else {
            reference
        }
        .to_owned()
    };
    if sign == 0 {
        return Ok(None);
    }
    // some banks name the other account behind the entry
    let more = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    let of_other = more.split_whitespace().next().filter(|word| is_iban(word)).unwrap_or_default().to_owned();
    Ok(Some(Entry {
        place: field.place,
        written: field.text.clone(),
        booked: Some(booked),
        value: Some(value),
        amount: if sign < 0 { -amount } else { amount },
        end_to_end: known(own),
        bank_reference: known(of_bank),
        operation: operation.to_owned(),
        counterparty_iban: of_other,
        remittance: more,
        ..Entry::default()
    }))
}

/// The day of a month and day that is nearest to another day.
fn near(day: Date, month_day: &str) -> Option<Date> {
    let (month, of_month) = (month_day[..2].parse().ok()?, month_day[2..].parse().ok()?);
    let years = [day.year() - 1, day.year(), day.year() + 1];
    let days = years.into_iter().filter_map(|year| bank_day(year, month, of_month));
    days.min_by_key(|other| (*other - day).num_days().abs())
}

/// What the text of an entry tells, in whichever of three ways it is written.
fn tell(text: &str, entry: &mut Entry) {
    let joined: String = text.lines().collect();
    let plain = || text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
    let mark = joined.chars().nth(3).filter(|mark| mark.is_ascii_punctuation() && !"/-.,:".contains(*mark));
    let is_coded = joined.len() > 6 && [0, 1, 2, 4, 5].iter().all(|place| joined.as_bytes()[*place].is_ascii_digit());
    let told = match mark.filter(|_| is_coded) {
        Some(mark) => {
            tell_coded(&joined, mark, entry);
            true
        }
        None => joined.starts_with('/') && tell_slashed(&joined, entry),
    };
    if !told && !plain().is_empty() {
        entry.remittance = plain();
    }
}

/// Characters of a piece of the text that goes on in the next one.
const PIECE: usize = 27;

/// `166?00GUTSCHRIFT?20EREF+…?21SVWZ+…?31IBAN?32NAME`.
fn tell_coded(text: &str, mark: char, entry: &mut Entry) {
    text[..3].clone_into(&mut entry.operation);
    let (mut purpose, mut name) = (String::new(), String::new());
    let mut last_length = PIECE;
    for part in text.split(mark).skip(1) {
        let (code, rest) = (part.get(..2).unwrap_or_default(), part.get(2..).unwrap_or_default());
        match code.parse::<u32>() {
            Ok(20..=29 | 60..=63) => {
                // a piece that is not full ends a word
                if last_length < PIECE && !purpose.is_empty() && !purpose.ends_with(' ') {
                    purpose.push(' ');
                }
                last_length = rest.chars().count();
                purpose.push_str(rest);
            }
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

/// `/TRTP/SEPA/IBAN/NL…/NAME/…/REMI/…/EREF/…`; whether it told anything.
fn tell_slashed(text: &str, entry: &mut Entry) -> bool {
    const WORDS: [&str; 28] = [
        "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "MARF", "CSID", "RTRN", "ISDT", "ORDP", "BENM", "ID", "TRCD",
        "PREF", "CNTP", "ADDR", "PURP", "ULTD", "ULTC", "ULTB", "SVCL", "OCMT", "CHGS", "EXCH", "IREF", "BUSP", "INIT",
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
    let is_told = values.iter().any(|(word, _)| ["IBAN", "NAME", "REMI", "EREF", "CNTP"].contains(word));
    for (word, value) in values {
        let value = value.trim().trim_end_matches('/').to_owned();
        match word {
            "IBAN" => entry.counterparty_iban = value,
            "NAME" => entry.counterparty_name = value,
            // account, bank and name
            "CNTP" => {
                let mut parts = value.splitn(3, '/');
                parts.next().unwrap_or_default().clone_into(&mut entry.counterparty_iban);
                parts.nth(1).unwrap_or_default().trim_matches('/').clone_into(&mut entry.counterparty_name);
            }
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
    is_told
}
