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

/// Which message a file holds, by its namespace; `None` for what is no message of accounts.
///
/// # Errors
/// [`IngestError::StatementVersion`] for a version that is not known, [`IngestError::File`].
pub fn message(path: &Path, file: &str, form: TextForm) -> Result<Option<String>, IngestError> {
    let failed = |source| IngestError::File { path: path.to_owned(), source };
    let mut markup = Markup::open(path, form, |_| {}).map_err(failed)?;
    while let Some(step) = markup.next_step().map_err(failed)? {
        // messages come alone, or in an envelope of the bank's
        if step == Step::Opened && markup.path().last().is_some_and(|name| name == "Document") {
            let space = markup.attribute("xmlns").or_else(|| markup.attribute("xmlns:ns2")).unwrap_or_default();
            let name = space.rsplit(':').next().unwrap_or_default();
            let Some((family, ..)) = MESSAGES.iter().find(|(family, ..)| name.starts_with(family)) else {
                return Ok(None);
            };
            let version = name[family.len()..].parse::<u32>().ok();
            if version.is_some_and(|version| (VERSIONS.0..=VERSIONS.1).contains(&version)) {
                return Ok(Some(name.to_owned()));
            }
            return Err(IngestError::StatementVersion { file: file.to_owned(), found: name.to_owned() });
        }
        if step == Step::Closed || markup.path().len() > 8 {
            return Ok(None);
        }
    }
    Ok(None)
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
            (Step::Opened, []) => statements.begin(*origin),
            (Step::Closed, []) => statements.end()?,
            (Step::Opened, ["Bal"]) => reader.balance = WrittenBalance::default(),
            (Step::Opened, ["Ntry"]) => reader.begin_entry(),
            (Step::Opened, ["Ntry", "NtryDtls", "TxDtls"]) => reader.parts.push(Part::default()),
            (Step::Closed, ["Ntry"]) => reader.end_entry(statements)?,
            (Step::Closed, ["Bal"]) => reader.end_balance(statements),
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
    entry_count: u64,
    whole: Part,
    parts: Vec<Part>,
    status: String,
    booked: String,
    value: String,
    operation: String,
    additional: String,
}

impl MessageReader {
    fn begin_entry(&mut self) {
        *self = Self { entry_count: self.entry_count + 1, ..Self::default() };
    }

    /// The text of an element within a statement.
    fn value(&mut self, within: &[&str], text: &str, currency: Option<&str>, statements: &mut Statements<'_>) {
        match within {
            ["Id"] => statements.name(text),
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
            ["AddtlNtryInf"] => text.clone_into(&mut self.additional),
            _ => self.whole.value(within, text, currency),
        }
    }

    fn end_balance(&mut self, statements: &mut Statements<'_>) {
        let written = std::mem::take(&mut self.balance);
        let amount = signed(&written.amount, &written.side).ok();
        let Some((amount, day)) = amount.zip(day(&written.day)) else { return };
        match written.code.as_str() {
            "OPBD" | "PRCD" => statements.opening(Balance { day, amount }),
            "CLBD" => statements.closing(Balance { day, amount }),
            _ => {}
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
        // payments of one collective entry stand by themselves where they make its amount
        let amounts: Vec<Option<Money>> =
            parts.iter().map(|part| signed(&part.amount, side_of(part, &whole)).ok()).collect();
        let sum = amounts.iter().map(|amount| amount.map(Money::wide)).sum::<Option<i128>>();
        let is_of_one_currency = parts.iter().all(|part| part.currency == whole.currency);
        if parts.len() > 1 && sum == Some(amount.wide()) && is_of_one_currency {
            for (part, amount) in parts.iter().zip(amounts) {
                let mut entry = Entry { amount: amount.unwrap_or_default(), ..entry.clone() };
                part.tell(&mut entry);
                statements.entry(entry)?;
            }
            return Ok(());
        }
        let mut entry = entry;
        if let [only] = &parts[..] {
            only.tell(&mut entry);
        } else {
            let texts: Vec<String> = parts.iter().flat_map(|part| part.texts.iter().cloned()).collect();
            Part { texts, ..whole }.tell(&mut entry);
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
                text.clone_into(&mut self.debtor.iban);
            }
            ["RltdPties", "CdtrAcct", "Id", "IBAN"] | ["RltdPties", "CdtrAcct", "Id", "Othr", "Id"] => {
                text.clone_into(&mut self.creditor.iban);
            }
            ["RmtInf", "Ustrd"] | ["RmtInf", "Strd", "AddtlRmtInf"] | ["RmtInf", "Strd", "RfrdDocInf", "Nb"]
                if !text.is_empty() =>
            {
                self.texts.push(text.to_owned());
            }
            ["RmtInf", "Strd", "CdtrRefInf", "Ref"] => text.clone_into(&mut self.structured_reference),
            ["Refs", "EndToEndId"] if text != "NOTPROVIDED" => text.clone_into(&mut self.end_to_end),
            ["Refs", "MndtId"] => text.clone_into(&mut self.mandate),
            ["AcctSvcrRef"] | ["Refs", "AcctSvcrRef"] => text.clone_into(&mut self.bank_reference),
            ["RtrInf", "Rsn", "Cd" | "Prtry"] => text.clone_into(&mut self.return_reason),
            _ => {}
        }
    }

    /// Tells what it knows of an entry.
    fn tell(&self, entry: &mut Entry) {
        // who paid what came in, who was paid what went out; of what came back, the other one
        let came_in = entry.amount.thousandths() >= 0;
        let (usual, other) = if came_in { (&self.debtor, &self.creditor) } else { (&self.creditor, &self.debtor) };
        let party = if usual.name.is_empty() && usual.iban.is_empty() { other } else { usual };
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
