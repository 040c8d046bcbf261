//! Statements (camt.053), reports (camt.052) and notices (camt.054) of ISO 20022.
//!
//! Source: ISO 20022 message definitions `BankToCustomerStatement`, `BankToCustomerAccountReport`,
//! `BankToCustomerDebitCreditNotification`, and the use that European banks make of them (names within `Pty` since version 8).

use std::path::Path;

use super::statement::{Balance, Entry, Origin, Statements};
use crate::ingest::encoding::TextForm;
use crate::ingest::markup::{Markup, Step};
use crate::ingest::reason::Refusal;
use crate::ingest::{Decimal, IngestError, Reason};
use crate::model::{Date, Money};

/// The messages that are read, with the element that holds their statements.
const MESSAGES: [(&str, &str, Origin); 3] = [
    ("camt.053.001.", "Stmt", Origin::Statement),
    ("camt.052.001.", "Rpt", Origin::Report),
    ("camt.054.001.", "Ntfctn", Origin::Notice),
];
/// The versions that are read, first and last.
const VERSIONS: (u32, u32) = (2, 13);

/// Elements among which the message is looked for.
const FIRST_STEPS: usize = 500;
/// Payments that one entry may sum and be told apart.
const MOST_PARTS: usize = 200_000;

/// Which message a file holds, by its namespace; `None` for what is no message of accounts.
///
/// # Errors
/// [`IngestError::StatementVersion`] for a version that is not known, [`IngestError::File`].
pub fn message(path: &Path, file: &str, form: TextForm) -> Result<Option<String>, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let mut markup = Markup::open(path, form, |_| {}).map_err(failed)?;
    // messages come alone, or in an envelope of the bank's that may tell the version in their place
    let mut name: Option<String> = None;
    for _ in 0..FIRST_STEPS {
        let Some(step) = markup.next_step().map_err(failed)? else { break };
        if step == Step::Closed {
            continue;
        }
        let is_message = |name: &&str| MESSAGES.iter().any(|(family, ..)| name.starts_with(family));
        let spaces = markup.spaces().map(|space| space.rsplit(':').next().unwrap_or_default());
        if let Some(told) = spaces.filter(|name| is_message(name)).last() {
            name = Some(told.to_owned());
        }
        if markup.path().last().is_some_and(|name| name == "Document") {
            break;
        }
    }
    let Some(name) = name else { return Ok(None) };
    let version = MESSAGES.iter().find_map(|(family, ..)| name.strip_prefix(family)?.parse::<u32>().ok());
    if version.is_some_and(|version| (VERSIONS.0..=VERSIONS.1).contains(&version)) {
        return Ok(Some(name));
    }
    Err(IngestError::StatementVersion { file: file.to_owned(), found: name })
}

/// Reads a message.
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
    let mut markup = Markup::open(path, form, on_read).map_err(failed)?;
    let mut reader = MessageReader::default();
    while let Some(step) = markup.next_step().map_err(failed)? {
        let Some(place) = markup.path().iter().position(|name| name == "Document") else { continue };
        let names: Vec<&str> = markup.path()[place + 1..].iter().map(String::as_str).collect();
        // the element of the message, of the statement, and what is within
        let Some((_, _, origin)) = names.get(1).and_then(|name| MESSAGES.iter().find(|(_, of, _)| of == name)) else {
            continue;
        };
        let within = &names[2..];
        match (step, within) {
            (Step::Opened, []) => {
                // entries are numbered through the file
                reader = MessageReader { entry_count: reader.entry_count, ..MessageReader::default() };
                statements.begin(*origin);
            }
            (Step::Closed, []) => {
                reader.tell_balances(*origin, statements);
                statements.end()?;
            }
            (Step::Opened, ["Bal"]) => reader.balance = WrittenBalance::default(),
            (Step::Opened, ["Ntry"]) => reader.begin_entry(),
            (Step::Opened, ["Ntry", "NtryDtls", "TxDtls"]) if reader.parts.len() < MOST_PARTS => {
                reader.parts.push(Part::default());
            }
            (Step::Closed, ["Ntry"]) => reader.end_entry(statements)?,
            (Step::Closed, ["Bal"]) => reader.end_balance(),
            (Step::Closed, _) => reader.value(within, markup.text(), markup.attribute("Ccy"), statements),
            (Step::Opened, _) => {}
        }
    }
    Ok(())
}

/// A balance, as written.
#[derive(Debug, Default)]
struct WrittenBalance {
    code: String,
    amount: String,
    side: String,
    day: String,
}

/// An entry, or one of the payments that it sums.
#[derive(Debug, Default)]
struct Part {
    amount: String,
    currency: String,
    side: String,
    debtor: Party,
    creditor: Party,
    texts: Vec<String>,
    structured_reference: String,
    end_to_end: String,
    mandate: String,
    bank_reference: String,
    return_reason: String,
}

#[derive(Debug, Default)]
struct Party {
    name: String,
    iban: String,
}

/// What is read of a message.
#[derive(Debug, Default)]
struct MessageReader {
    balance: WrittenBalance,
    /// By code, in the order they are told.
    balances: Vec<(String, Balance)>,
    entry_count: u64,
    whole: Part,
    parts: Vec<Part>,
    status: String,
    booked: String,
    value: String,
    operation: String,
    additional: String,
    is_reversal: bool,
}

impl MessageReader {
    fn begin_entry(&mut self) {
        let balances = std::mem::take(&mut self.balances);
        *self = Self { entry_count: self.entry_count + 1, balances, ..Self::default() };
    }

    /// The text of an element within a statement.
    fn value(&mut self, within: &[&str], text: &str, currency: Option<&str>, statements: &mut Statements<'_>) {
        match within {
            ["Id"] => statements.name(text),
            ["ElctrncSeqNb"] => {
                if let Ok(number) = text.parse() {
                    statements.order(number);
                }
            }
            ["Acct", "Id", "IBAN"] | ["Acct", "Id", "Othr", "Id"] => {
                statements.account().iban = text.split_whitespace().collect();
            }
            ["Acct", "Ccy"] => text.clone_into(&mut statements.account().currency),
            ["Bal", "Tp", "CdOrPrtry", "Cd"] => text.clone_into(&mut self.balance.code),
            ["Bal", "CdtDbtInd"] => text.clone_into(&mut self.balance.side),
            ["Bal", "Dt", "Dt" | "DtTm"] => text.clone_into(&mut self.balance.day),
            ["Bal", "Amt"] => {
                text.clone_into(&mut self.balance.amount);
                let of_account = &mut statements.account().currency;
                if of_account.is_empty() {
                    currency.unwrap_or_default().clone_into(of_account);
                }
            }
            ["Ntry", "NtryDtls", "TxDtls", within @ ..] => {
                if let Some(part) = self.parts.last_mut() {
                    part.value(within, text, currency);
                }
            }
            ["Ntry", within @ ..] => self.entry_value(within, text, currency),
            _ => {}
        }
    }

    fn entry_value(&mut self, within: &[&str], text: &str, currency: Option<&str>) {
        match within {
            ["Sts"] | ["Sts", "Cd"] if !text.is_empty() => text.clone_into(&mut self.status),
            ["BookgDt", "Dt" | "DtTm"] => text.clone_into(&mut self.booked),
            ["ValDt", "Dt" | "DtTm"] => text.clone_into(&mut self.value),
            ["BkTxCd", "Domn", "Cd"] | ["BkTxCd", "Domn", "Fmly", "Cd" | "SubFmlyCd"] => {
                self.operation.push_str(if self.operation.is_empty() { "" } else { "/" });
                self.operation.push_str(text);
            }
            ["BkTxCd", "Prtry", "Cd"] if self.operation.is_empty() => text.clone_into(&mut self.operation),
            ["RvslInd"] => self.is_reversal = matches!(text, "true" | "1"),
            ["AddtlNtryInf"] => text.clone_into(&mut self.additional),
            _ => self.whole.value(within, text, currency),
        }
    }

    fn end_balance(&mut self) {
        let written = std::mem::take(&mut self.balance);
        let amount = signed(&written.amount, &written.side).ok();
        if let Some((amount, day)) = amount.zip(day(&written.day)) {
            self.balances.push((written.code, Balance { day, amount }));
        }
    }

    /// The balances between which the entries stand: those of the days booked, else those of a page that is not the first or
    /// the last one of its statement.
    fn tell_balances(&mut self, origin: Origin, statements: &mut Statements<'_>) {
        let balances = std::mem::take(&mut self.balances);
        let of =
            |code: &'static str| balances.iter().filter(move |(known, _)| known == code).map(|(_, balance)| *balance);
        let interim: Vec<Balance> = if origin == Origin::Statement { of("ITBD").collect() } else { Vec::new() };
        let before = of("PRCD").min_by_key(|balance| balance.day);
        let opening = of("OPBD").min_by_key(|balance| balance.day).or(before);
        let closing = of("CLBD").max_by_key(|balance| balance.day);
        let last_interim = if opening.is_some() || interim.len() > 1 { interim.last().copied() } else { None };
        if let Some(opening) = opening.or_else(|| interim.first().copied()) {
            statements.opening(opening);
        }
        if let Some(closing) = closing.or(last_interim) {
            statements.closing(closing);
        }
    }

    fn end_entry(&mut self, statements: &mut Statements<'_>) -> Result<(), IngestError> {
        let whole = std::mem::take(&mut self.whole);
        let parts = std::mem::take(&mut self.parts);
        let place = self.entry_count;
        let written = format!("{} {} {} {}", self.booked, whole.amount, whole.side, self.additional);
        let amount = match signed(&whole.amount, &whole.side) {
            Ok(amount) => amount,
            Err(refusal) => return statements.refuse(place, refusal, &written),
        };
        if !self.status.is_empty() && self.status != "BOOK" {
            statements.leave_out(Some(amount));
            return Ok(());
        }
        if !self.booked.is_empty() && day(&self.booked).is_none() {
            return statements.refuse(
                place,
                Refusal::of(Reason::DateUnreadable, "booking_date", &self.booked),
                &written,
            );
        }
        let entry = Entry {
            place,
            written,
            booked: day(&self.booked).or_else(|| day(&self.value)),
            value: day(&self.value),
            amount,
            currency: whole.currency.clone(),
            bank_reference: whole.bank_reference.clone(),
            operation: std::mem::take(&mut self.operation),
            remittance: std::mem::take(&mut self.additional),
            ..Entry::default()
        };
        let own = statements.account().iban.clone();
        let is_reversal = self.is_reversal;
        // payments of one collective entry stand by themselves where they make its amount
        let amounts: Vec<Option<Money>> =
            parts.iter().map(|part| signed(&part.amount, side_of(part, &whole)).ok()).collect();
        let sum = amounts.iter().map(|amount| amount.map(Money::wide)).sum::<Option<i128>>();
        let is_of_one_currency = parts.iter().all(|part| part.currency == whole.currency);
        if parts.len() > 1 && sum == Some(amount.wide()) && is_of_one_currency {
            for (part, amount) in parts.iter().zip(amounts) {
                let mut entry = Entry { amount: amount.unwrap_or_default(), ..entry.clone() };
                part.tell(&mut entry, &own, is_reversal);
                statements.entry(entry)?;
            }
            return Ok(());
        }
        let mut entry = entry;
        if let [only] = &parts[..] {
            only.tell(&mut entry, &own, is_reversal);
        } else {
            let texts: Vec<String> = parts.iter().flat_map(|part| part.texts.iter().cloned()).collect();
            Part { texts, ..whole }.tell(&mut entry, &own, is_reversal);
        }
        statements.entry(entry)
    }
}

impl Part {
    /// The text of an element within.
    fn value(&mut self, within: &[&str], text: &str, currency: Option<&str>) {
        let amount = (&mut self.amount, &mut self.currency);
        match within {
            ["Amt"] | ["AmtDtls", "TxAmt", "Amt"] if amount.0.is_empty() => {
                text.clone_into(amount.0);
                currency.unwrap_or_default().clone_into(amount.1);
            }
            ["CdtDbtInd"] => text.clone_into(&mut self.side),
            ["RltdPties", "Dbtr", "Nm"] | ["RltdPties", "Dbtr", "Pty", "Nm"] => text.clone_into(&mut self.debtor.name),
            ["RltdPties", "Cdtr", "Nm"] | ["RltdPties", "Cdtr", "Pty", "Nm"] => {
                text.clone_into(&mut self.creditor.name);
            }
            ["RltdPties", "DbtrAcct", "Id", "IBAN"] | ["RltdPties", "DbtrAcct", "Id", "Othr", "Id"] => {
                self.debtor.iban = text.split_whitespace().collect();
            }
            ["RltdPties", "CdtrAcct", "Id", "IBAN"] | ["RltdPties", "CdtrAcct", "Id", "Othr", "Id"] => {
                self.creditor.iban = text.split_whitespace().collect();
            }
            ["RmtInf", "Strd", "CdtrRefInf", "Ref"] if self.structured_reference.is_empty() => {
                text.clone_into(&mut self.structured_reference);
            }
            // of several references the others are text
            ["RmtInf", "Ustrd"]
            | ["RmtInf", "Strd", "AddtlRmtInf"]
            | ["RmtInf", "Strd", "CdtrRefInf", "Ref"]
            | ["RmtInf", "Strd", "RfrdDocInf", "Nb"]
            | ["AddtlTxInf"]
                if !text.is_empty() =>
            {
                self.texts.push(text.to_owned());
            }
            ["Refs", "EndToEndId"] if text != "NOTPROVIDED" => text.clone_into(&mut self.end_to_end),
            ["Refs", "MndtId"] => text.clone_into(&mut self.mandate),
            ["AcctSvcrRef"] | ["Refs", "AcctSvcrRef"] => text.clone_into(&mut self.bank_reference),
            ["RtrInf", "Rsn", "Cd" | "Prtry"] => text.clone_into(&mut self.return_reason),
            _ => {}
        }
    }

    /// Tells what it knows of an entry of our account `own`.
    fn tell(&self, entry: &mut Entry, own: &str, is_reversal: bool) {
        // who paid what came in, who was paid what went out; what comes back names them as they were
        let came_in = entry.amount.thousandths() >= 0;
        let is_back = is_reversal || !self.return_reason.is_empty();
        let (usual, other) =
            if came_in == is_back { (&self.creditor, &self.debtor) } else { (&self.debtor, &self.creditor) };
        // we are never the other side
        let party = if !usual.iban.is_empty() && usual.iban == own { other } else { usual };
        entry.counterparty_name.clone_from(&party.name);
        entry.counterparty_iban.clone_from(&party.iban);
        if !self.texts.is_empty() {
            entry.remittance = self.texts.join(" ");
        }
        entry.structured_reference.clone_from(&self.structured_reference);
        entry.end_to_end.clone_from(&self.end_to_end);
        entry.mandate.clone_from(&self.mandate);
        entry.return_reason.clone_from(&self.return_reason);
        if !self.bank_reference.is_empty() {
            entry.bank_reference.clone_from(&self.bank_reference);
        }
    }
}

/// The side of a payment: its own, else that of the entry that sums it.
fn side_of<'a>(part: &'a Part, whole: &'a Part) -> &'a str {
    if part.side.is_empty() { &whole.side } else { &part.side }
}

/// An amount above zero for what came in.
fn signed(amount: &str, side: &str) -> Result<Money, Refusal> {
    let amount = Statements::amount(amount, Decimal::Dot)?;
    match side {
        "CRDT" => Ok(amount),
        "DBIT" => Ok(-amount),
        _ => Err(Refusal::of(Reason::SideUnreadable, "CdtDbtInd", side)),
    }
}

/// The day of `2024-01-31`, `2024-01-31T10:00:00` or `2024-01-31+01:00`.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}
