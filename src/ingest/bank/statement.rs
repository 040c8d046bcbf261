//! What banks tell of an account, whatever the form: entries, and the balances between which they stand.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::ingest::output::{Counts, Output};
use crate::ingest::reason::Refusal;
use crate::ingest::{IngestError, ReadOptions, Reason, Sink};
use crate::model::money::money_text;
use crate::model::rows::Cell;
use crate::model::tables::{BANK_ENTRIES, BANK_STATEMENTS};
use crate::model::{Date, Money};

/// What a message of a bank is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A statement: what was booked, proven by balances.
    #[default]
    Statement,
    /// What was booked so far today.
    Report,
    /// A notice of single entries.
    Notice,
}

impl Origin {
    /// The code in `bank_entries`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Report => "report",
            Self::Notice => "notice",
        }
    }
}

/// An account, as a bank names it.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Its IBAN, else what the bank calls it.
    pub iban: String,
    /// Its currency.
    pub currency: String,
}

/// A balance: its day, and the amount that the company has.
#[derive(Clone, Copy, Debug)]
pub struct Balance {
    pub day: Date,
    pub amount: Money,
}

/// An entry, as written; what a form does not tell is empty.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Where it stands in the file.
    pub place: u64,
    /// As it is written, for `rejects`.
    pub written: String,
    pub booked: Option<Date>,
    pub value: Option<Date>,
    /// Above zero for what came in.
    pub amount: Money,
    pub currency: String,
    pub counterparty_name: String,
    pub counterparty_iban: String,
    pub remittance: String,
    pub structured_reference: String,
    pub end_to_end: String,
    pub mandate: String,
    pub bank_reference: String,
    pub operation: String,
    pub return_reason: String,
}

/// A statement that is being read.
#[derive(Debug, Default)]
struct Current {
    account: Account,
    id: String,
    opening: Option<Balance>,
    closing: Option<Balance>,
    /// Whether both balances are mandatory.
    is_proof_required: bool,
    /// Its place among those of its account, where the bank numbers them.
    order: Option<i64>,
    entry_count: i64,
    entries: i128,
    /// How often an entry of the same content was met.
    seen: HashMap<String, u32>,
}

/// Takes what a form tells, proves it and writes it.
pub struct Statements<'a> {
    output: Output<'a>,
    options: &'a ReadOptions<'a>,
    company_id: String,
    file_name: String,
    origin: Origin,
    current: Current,
    pub accepted_count: u64,
    statement_count: i64,
}

impl<'a> Statements<'a> {
    pub fn new(sink: &'a mut dyn Sink, options: &'a ReadOptions<'a>, source_key: &str, file_name: &str) -> Self {
        let company_id = options.company_id.unwrap_or(options.default_company_id);
        Self {
            output: Output::new(sink, company_id, source_key, file_name),
            options,
            company_id: company_id.to_owned(),
            file_name: file_name.to_owned(),
            origin: Origin::Statement,
            current: Current::default(),
            accepted_count: 0,
            statement_count: 0,
        }
    }

    /// A statement begins.
    pub fn begin(&mut self, origin: Origin) {
        self.origin = origin;
        self.current = Current::default();
        self.statement_count += 1;
    }

    /// It turns out to be a report or a notice.
    pub fn become_of(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// Its form wants an opening and a closing balance.
    pub fn must_be_proven(&mut self) {
        self.current.is_proof_required = true;
    }

    /// Its number among the statements of its account.
    pub fn order(&mut self, order: i64) {
        self.current.order = Some(order);
    }

    /// What the bank calls the statement.
    pub fn name(&mut self, id: &str) {
        id.clone_into(&mut self.current.id);
    }

    /// The account it is of.
    pub fn account(&mut self) -> &mut Account {
        &mut self.current.account
    }

    /// The balance that the entries begin with: the first one that is told counts.
    pub fn opening(&mut self, balance: Balance) {
        self.current.opening.get_or_insert(balance);
    }

    /// The balance that the entries lead to: the last one that is told counts.
    pub fn closing(&mut self, balance: Balance) {
        self.current.closing = Some(balance);
    }

    /// An amount that must be there, as the file writes it.
    pub fn amount(text: &str, decimal: crate::ingest::Decimal) -> Result<Money, Refusal> {
        match crate::ingest::amount::read(text, decimal) {
            Ok(Some(amount)) => Ok(amount),
            Ok(None) => Err(Refusal::of(Reason::ValueMissing, "amount", text)),
            Err(reason) => Err(Refusal::of(reason, "amount", text)),
        }
    }

    /// A refused entry.
    pub fn refuse(&mut self, place: u64, refusal: Refusal, written: &str) -> Result<(), IngestError> {
        self.output.reject(place, refusal, written)
    }

    /// What is announced and not booked yet.
    pub fn leave_out(&mut self, amount: Option<Money>) {
        let text = "entries that are announced and not booked yet, left out";
        self.output.note("entries_not_booked", amount.map(Money::wide), text);
    }

    /// An entry of the statement.
    pub fn entry(&mut self, mut entry: Entry) -> Result<(), IngestError> {
        if entry.currency.is_empty() {
            entry.currency.clone_from(&self.current.account.currency);
        }
        let refusal = if entry.booked.is_none() {
            Some(Refusal::of(Reason::ValueMissing, "booking_date", ""))
        } else if self.current.account.iban.is_empty() {
            Some(Refusal::of(Reason::ValueMissing, "account_iban", ""))
        } else if self.options.currencies.code(&entry.currency).is_none() {
            Some(Refusal::of(Reason::CurrencyUnknown, "currency_code", &entry.currency))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.refuse(entry.place, refusal, &entry.written);
        }
        self.current.entry_count += 1;
        self.current.entries += entry.amount.wide();
        self.accepted_count += 1;
        let entry_id = self.entry_id(&entry);
        let text = |text: &str| Cell::text(text.trim());
        self.output.push(
            &BANK_ENTRIES,
            vec![
                text(&self.company_id),
                text(&self.current.account.iban),
                text(&entry_id),
                text(self.origin.code()),
                text(&self.current.id),
                entry.booked.map_or(Cell::Empty, Cell::Date),
                entry.value.map_or(Cell::Empty, Cell::Date),
                Cell::Money(entry.amount),
                text(&entry.currency),
                text(&entry.counterparty_name),
                text(&entry.counterparty_iban),
                text(&entry.remittance),
                text(&entry.structured_reference),
                text(&entry.end_to_end),
                text(&entry.mandate),
                text(&entry.bank_reference),
                text(&entry.operation),
                text(&entry.return_reason),
                text(&self.file_name),
                Cell::Int(i64::try_from(entry.place).unwrap_or(i64::MAX)),
                Cell::Empty,
            ],
        )
    }

    /// The same entry is the same in whichever message it comes: its content tells it, and which of several equal ones of its
    /// day in the statement it is.
    fn entry_id(&mut self, entry: &Entry) -> String {
        let day = entry.booked.unwrap_or_default().to_string();
        let amount = entry.amount.thousandths().to_string();
        let parts = [
            day.as_str(),
            &amount,
            &entry.currency,
            &entry.bank_reference,
            &entry.end_to_end,
            &entry.remittance,
            &entry.counterparty_name,
        ];
        let mut digest = Sha256::new();
        for part in parts {
            let letters: String = part.chars().filter(|character| !character.is_whitespace()).collect();
            digest.update(letters.as_bytes());
            digest.update([0x1f]);
        }
        let id = hex::encode(&digest.finalize()[..8]);
        let count = self.current.seen.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 { format!("{id}-{count}") } else { id }
    }

    /// The statement ends: its balances must prove its entries.
    pub fn end(&mut self) -> Result<(), IngestError> {
        let current = std::mem::take(&mut self.current);
        if self.origin == Origin::Statement
            && current.is_proof_required
            && current.opening.is_some() != current.closing.is_some()
            && !self.options.are_totals_accepted
        {
            return Err(IngestError::StatementCut {
                file: self.file_name.clone(),
                statement: format!("{} {}", current.account.iban, current.id).trim_end().to_owned(),
            });
        }
        let (Some(opening), Some(closing)) = (current.opening, current.closing) else {
            if self.origin == Origin::Statement && current.entry_count > 0 {
                self.output.note(
                    "balances_missing",
                    None,
                    "statements without an opening and a closing balance: nothing proves that all entries are there",
                );
            }
            return Ok(());
        };
        let difference = opening.amount.wide() + current.entries - closing.amount.wide();
        if difference != 0 && !self.options.are_totals_accepted {
            return Err(IngestError::StatementUnproven {
                file: self.file_name.clone(),
                statement: format!("{} {}", current.account.iban, current.id).trim_end().to_owned(),
                reached: money_text(opening.amount.wide() + current.entries, 2),
                closing: money_text(closing.amount.wide(), 2),
            });
        }
        if self.origin != Origin::Statement {
            return Ok(());
        }
        self.output.push(
            &BANK_STATEMENTS,
            vec![
                Cell::text(self.company_id.as_str()),
                Cell::text(current.account.iban.as_str()),
                Cell::text(if current.id.is_empty() { closing.day.to_string() } else { current.id }),
                Cell::Int(current.order.unwrap_or(self.statement_count)),
                Cell::Date(opening.day),
                Cell::Money(opening.amount),
                Cell::Date(closing.day),
                Cell::Money(closing.amount),
                Cell::Int(current.entry_count),
                Money::from_wide(current.entries).map_or(Cell::Empty, Cell::Money),
                Cell::text(current.account.currency.as_str()),
                Cell::text(self.file_name.as_str()),
                Cell::Empty,
            ],
        )
    }

    /// Hands over what is left, and tells what there was.
    pub fn finish(self) -> Result<Counts, IngestError> {
        self.output.finish()
    }
}
