//! One line of a FEC, read into the cells of `ledger_lines` or refused.

use std::collections::HashMap;

use super::super::amount::{self, Decimal};
use super::super::dates::{self, DateOrder};
use super::super::fields::Fields;
use super::super::lines::Line;
use super::super::reason::{Reason, Refusal};
use super::super::reference::{AccountRoles, Currencies};
use super::super::{CounterpartClasses, OpeningJournals};
use super::header::{Field, Header};
use super::survey::{EntryNumbers, OpeningMemo};
use crate::model::rows::Cell;
use crate::model::{Date, Money};

/// Reads the lines of one file.
pub struct LineReader<'a> {
    setting: Setting<'a>,
    openings: OpeningMemo<'a>,
    accounts: HashMap<String, Account>,
}

/// What the reference tables say of an account.
#[derive(Clone)]
struct Account {
    role_code: Option<String>,
    class_code: String,
    is_perimeter: bool,
}

/// What the lines of one file have in common.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The header of the file.
    pub header: &'a Header,
    /// The number of fields most lines have, where it is not the header's.
    pub usual_width: Option<usize>,
    /// Whether entry numbers tell entries apart.
    pub entry_numbers: EntryNumbers,
    /// The company.
    pub company_id: &'a str,
    /// The file.
    pub file_name: &'a str,
    /// The closing date.
    pub year_end: Date,
    /// Roles of accounts.
    pub roles: &'a AccountRoles,
    /// Classes of counterparts.
    pub classes: &'a CounterpartClasses,
    /// Known currencies.
    pub currencies: &'a Currencies,
    /// Decimals of the currency of the books.
    pub decimals: u8,
    /// Journals of opening entries.
    pub opening_journals: &'a OpeningJournals,
}

/// An accepted line.
pub struct LedgerLine {
    /// The cells of `ledger_lines`.
    pub cells: Vec<Cell>,
    /// Whether its account is a receivable one.
    pub is_perimeter: bool,
    /// Its debit.
    pub debit: Money,
    /// Its credit.
    pub credit: Money,
    /// Whether its currency or amount in currency could not be taken; neither enters any sum.
    pub is_currency_lost: bool,
}

impl<'a> LineReader<'a> {
    /// For the lines below a header.
    #[must_use]
    pub fn new(setting: Setting<'a>) -> Self {
        Self { setting, openings: OpeningMemo::new(setting.opening_journals), accounts: HashMap::new() }
    }

    /// Reads one line, already cut into fields.
    ///
    /// # Errors
    /// Why the line is refused.
    pub fn read(&mut self, line: &Line<'_>, fields: &Fields) -> Result<LedgerLine, Refusal> {
        if !line.is_readable {
            return Err(Refusal { reason: Reason::TextUnreadable, found: "bytes that are no text".to_owned() });
        }
        self.check_width(fields)?;
        let header = self.setting.header;
        let get = |field: Field| header.get(fields, field);
        let account = get(Field::CompteNum);
        if account.is_empty() {
            return Err(Refusal::of(Reason::AccountMissing, Field::CompteNum.name(), account));
        }
        let posted = date(get(Field::EcritureDate), Field::EcritureDate)?
            .ok_or_else(|| Refusal::of(Reason::ValueMissing, Field::EcritureDate.name(), get(Field::EcritureDate)))?;
        let piece_date = date(get(Field::PieceDate), Field::PieceDate)?;
        // of no law: one that cannot be read is none
        let due_date = date(get(Field::DateLimitReglmt), Field::DateLimitReglmt).ok().flatten();
        let letter_date = date(get(Field::DateLet), Field::DateLet)?;
        let valid_date = date(get(Field::ValidDate), Field::ValidDate)?;
        let (debit, credit) = self.debit_and_credit(fields)?;
        let (currency_amount, currency_code, is_currency_lost) = self.currency(fields);

        let (journal_code, journal_name) = (get(Field::JournalCode), get(Field::JournalLib));
        let is_opening = self.openings.holds(journal_code, journal_name);
        let entry_key = self.entry_key(fields, posted);
        let facts = self.account(account);
        let is_perimeter = facts.is_perimeter;
        let cells = vec![
            Cell::text(self.setting.company_id),
            Cell::Date(self.setting.year_end),
            Cell::text(self.setting.file_name),
            Cell::Int(i64::try_from(line.number).unwrap_or(i64::MAX)),
            Cell::text(journal_code),
            Cell::text(journal_name),
            Cell::text(get(Field::EcritureNum)),
            Cell::text(entry_key),
            Cell::Date(posted),
            Cell::text(account),
            Cell::text(get(Field::CompteLib)),
            Cell::text(get(Field::CompAuxNum)),
            Cell::text(get(Field::CompAuxLib)),
            Cell::text(get(Field::PieceRef)),
            Cell::date(piece_date),
            Cell::date(due_date),
            Cell::text(get(Field::EcritureLib)),
            Cell::Money(debit),
            Cell::Money(credit),
            Cell::text(get(Field::EcritureLet)),
            Cell::date(letter_date),
            Cell::date(valid_date),
            Cell::money(currency_amount),
            currency_code.map_or(Cell::Empty, Cell::Text),
            facts.role_code.map_or(Cell::Empty, Cell::Text),
            Cell::Text(facts.class_code),
            Cell::Flag(is_opening),
            Cell::Empty,
        ];
        Ok(LedgerLine { cells, is_perimeter, debit, credit, is_currency_lost })
    }

    /// A short line is refused, since a line cut in transfer looks the same; fields too many are taken when they
    /// are empty. Either is taken when it is the habit of the file: its header or most of its lines are so.
    fn check_width(&self, fields: &Fields) -> Result<(), Refusal> {
        let (count, width) = (fields.len(), self.setting.header.width);
        let is_usual = count == self.setting.header.full_width || Some(count) == self.setting.usual_width;
        let is_taken = if count < width {
            is_usual && self.setting.header.reaches(count)
        } else {
            count == width || (is_usual && (width..count).all(|place| fields.get(place).is_empty()))
        };
        let found = || format!("{count} fields instead of {width}");
        if is_taken { Ok(()) } else { Err(Refusal { reason: Reason::FieldCount, found: found() }) }
    }

    /// The amounts of a line, from either pair of columns; blank is zero.
    fn debit_and_credit(&self, fields: &Fields) -> Result<(Money, Money), Refusal> {
        let money = |field: Field| {
            let text = self.setting.header.get(fields, field);
            let refused = |reason| Refusal::of(reason, field.name(), text);
            let amount = amount::read(text, Decimal::French).map_err(refused)?.unwrap_or_default();
            if amount.fits(self.setting.decimals) { Ok(amount) } else { Err(refused(Reason::AmountTooPrecise)) }
        };
        let (debit, credit) = if self.setting.header.has_debit_and_credit() {
            (money(Field::Debit)?, money(Field::Credit)?)
        } else {
            let amount = money(Field::Montant)?;
            let side = self.setting.header.get(fields, Field::Sens);
            match side.to_ascii_uppercase().as_str() {
                "D" | "1" | "+1" | "+" => (amount, Money::ZERO),
                "C" | "-1" | "-" => (Money::ZERO, amount),
                _ => return Err(Refusal::of(Reason::SideUnreadable, Field::Sens.name(), side)),
            }
        };
        match Money::from_wide(debit.wide() - credit.wide()) {
            Some(_) => Ok((debit, credit)),
            None => Err(Refusal::of(Reason::AmountTooLarge, Field::Debit.name(), &debit.to_string())),
        }
    }

    /// The foreign currency never enters an amount, so what cannot be read of it is left out and noted.
    fn currency(&self, fields: &Fields) -> (Option<Money>, Option<String>, bool) {
        let text = self.setting.header.get(fields, Field::Montantdevise);
        let written = self.setting.header.get(fields, Field::Idevise);
        if text.is_empty() && written.is_empty() {
            return (None, None, false);
        }
        let amount = amount::read(text, Decimal::French);
        let code = self.setting.currencies.code(written).map(str::to_owned);
        let is_lost = amount.is_err() || (code.is_none() && !written.is_empty());
        (amount.unwrap_or_default(), code, is_lost)
    }

    /// The entry a line belongs to: journal and number; where numbers tell nothing, journal and piece.
    ///
    /// The posted date is always a part of it. Where an entry has one date, that changes nothing. Where software
    /// gives one number to lines of several days, a day's entry must not change when the lines of later days
    /// arrive, or the past would read differently after each load.
    fn entry_key(&self, fields: &Fields, posted: Date) -> String {
        let journal = self.setting.header.get(fields, Field::JournalCode);
        let number = self.setting.header.get(fields, Field::EcritureNum);
        let is_numbered = self.setting.entry_numbers == EntryNumbers::Telling && !number.is_empty();
        let last = if is_numbered { number } else { self.setting.header.get(fields, Field::PieceRef) };
        let mut key = String::with_capacity(journal.len() + last.len() + 12);
        push_part(&mut key, journal);
        key.push('/');
        if is_numbered {
            push_part(&mut key, last);
            key.push('/');
            push_date(&mut key, posted);
        } else {
            push_date(&mut key, posted);
            key.push('/');
            push_part(&mut key, last);
        }
        key
    }

    fn account(&mut self, account: &str) -> Account {
        if let Some(facts) = self.accounts.get(account) {
            return facts.clone();
        }
        let role = self.setting.roles.role(account);
        let facts = Account {
            role_code: role.map(|role| role.code.clone()),
            class_code: self.setting.classes.class_code(account).to_owned(),
            is_perimeter: role.is_some_and(|role| role.is_perimeter),
        };
        self.accounts.insert(account.to_owned(), facts.clone());
        facts
    }
}

/// A date of a FEC: day first where the year comes last; `None` where the field says no date.
fn date(text: &str, field: Field) -> Result<Option<Date>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    match dates::read(text, DateOrder::DayFirst) {
        Ok(day) => Ok(Some(day)),
        Err(_) if dates::is_blank(text) => Ok(None),
        Err(reason) => Err(Refusal::of(reason, field.name(), text)),
    }
}

/// A part of a key; slashes inside are marked, so that two different keys are never the same text.
fn push_part(key: &mut String, part: &str) {
    for letter in part.chars() {
        if matches!(letter, '/' | '\\') {
            key.push('\\');
        }
        key.push(letter);
    }
}

fn push_date(key: &mut String, day: Date) {
    use std::fmt::Write as _;
    // writing to a text cannot fail
    let _written = write!(key, "{day}");
}
