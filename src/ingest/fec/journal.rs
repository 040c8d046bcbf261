//! A ledger under other headers than the law's: a journal as software exports it, in any language whose words are known.
//!
//! In: the first lines of a file. Out: its header, where columns are named as those of a ledger and accounts of several classes,
//! receivable ones among them, stand below. A ledger of one account only is no journal: its lines are items of a list.

use std::collections::BTreeMap;
use std::io;

use super::super::amount::read_marked;
use super::super::dates::{self, DateOrder};
use super::super::fields::{Fields, SEPARATORS};
use super::super::lines::{Line, LineSource};
use super::super::tabular::conventions::{Said, Shown};
use super::super::tabular::propose::{State, state_of};
use super::super::tabular::values::is_credit;
use super::super::{ColumnNames, Decimal, IngestError, ReadOptions};
use super::header::{Field, Header};

/// Lines among which the header is looked for.
const HEADER_LINES: usize = 20;
/// Lines whose accounts are looked at.
const LOOKED_AT: usize = 20_000;
/// How much a header must speak for a field at least.
const LEAST_SCORE: i32 = 60;

/// The header of a journal among the first lines, and how many titles stand above it.
///
/// # Errors
/// [`IngestError::ReceivablesUnknown`] for a journal without an account that is known as one of customers;
/// [`IngestError::File`] through `failed`.
pub fn header(
    lines: &mut dyn LineSource,
    options: &ReadOptions<'_>,
    file: &str,
    failed: impl Fn(io::Error) -> IngestError,
) -> Result<Option<(Header, usize)>, IngestError> {
    for lines_above in 0..HEADER_LINES {
        let Some(line) = lines.next_line().map_err(&failed)? else { return Ok(None) };
        if let Some(header) = named(line.text, options.column_names) {
            let accounts = Accounts::below(lines, &header, options).map_err(&failed)?;
            return match (accounts.has_customers, accounts.are_balanced()) {
                _ if accounts.by_class.len() < 2 => Ok(None),
                (true, _) => Ok(Some((header, lines_above))),
                (false, false) => Ok(None),
                (false, true) => {
                    let accounts = accounts.by_class.into_values().collect();
                    Err(IngestError::ReceivablesUnknown { file: file.to_owned(), accounts })
                }
            };
        }
    }
    Ok(None)
}

/// The columns of a line that names those of a ledger.
fn named(line: &str, names: &ColumnNames) -> Option<Header> {
    let mut fields = Fields::default();
    SEPARATORS.into_iter().find_map(|separator| {
        fields.split(line, separator, 0);
        let texts: Vec<String> = fields.iter().map(str::to_owned).collect();
        Header::of_places(texts.clone(), separator, places(&texts, names))
    })
}

/// The field of each column, the surest first.
fn places(texts: &[String], names: &ColumnNames) -> Vec<(Field, usize)> {
    let mut scores: Vec<(i32, usize, Field)> = Vec::new();
    for (column, text) in texts.iter().enumerate() {
        let said = names.said(text);
        let score = |field: Field| names.score(&format!("ledger.{}", field.name()), &said);
        let of_field = Field::ALL.into_iter().map(|field| (score(field), column, field));
        scores.extend(of_field.filter(|(score, ..)| *score >= LEAST_SCORE));
    }
    scores.sort_by_key(|(score, column, field)| (-score, *column, *field as usize));
    let mut places: Vec<(Field, usize)> = Vec::new();
    for (_, column, field) in scores {
        if places.iter().all(|(taken, place)| *taken != field && *place != column) {
            places.push((field, column));
        }
    }
    // one day may stand for both, and a customer without number is told by its name
    for (field, other) in [(Field::EcritureDate, Field::PieceDate), (Field::CompAuxNum, Field::CompAuxLib)] {
        let place_of = |field: Field| places.iter().find(|(taken, _)| *taken == field).map(|(_, place)| *place);
        if let (None, Some(place)) = (place_of(field), place_of(other)) {
            places.push((field, place));
        }
    }
    places
}

/// The accounts below a header.
#[derive(Default)]
struct Accounts {
    /// One account of each class.
    by_class: BTreeMap<char, String>,
    has_customers: bool,
    debit: i128,
    credit: i128,
}

impl Accounts {
    fn below(lines: &mut dyn LineSource, header: &Header, options: &ReadOptions<'_>) -> io::Result<Self> {
        let mut accounts = Self::default();
        let mut fields = Fields::default();
        for _ in 0..LOOKED_AT {
            let Some(line) = lines.next_line()? else { break };
            fields.split(line.text, header.separator, header.width);
            let account = account_of(header.get(&fields, Field::CompteNum));
            let Some(class) = account.chars().next().filter(char::is_ascii_digit) else { continue };
            accounts.by_class.entry(class).or_insert_with(|| account.to_owned());
            accounts.has_customers |= options.roles.is_perimeter(account);
            let amount = |field: Field| {
                let read = read_marked(header.get(&fields, field), Decimal::Either).ok().flatten();
                read.map_or(0, |marked| marked.amount.wide())
            };
            let sides = [Field::Debit, Field::Credit].map(amount);
            let [debit, credit] = match is_credit(header.get(&fields, Field::Sens)) {
                Some(true) => [0, amount(Field::Montant).abs()],
                Some(false) => [amount(Field::Montant).abs(), 0],
                None => sides,
            };
            accounts.debit += debit;
            accounts.credit += credit;
        }
        Ok(accounts)
    }

    /// What is owed is on one side, what was booked on both.
    const fn are_balanced(&self) -> bool {
        self.debit == self.credit && self.debit > 0
    }
}

/// How a journal writes its lines: no law says it, so they do, or the user.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    order: DateOrder,
    decimal: Decimal,
    two_digit_years_from: u32,
    /// Whether amounts below zero say again what the side says.
    is_signed: bool,
    /// The column that tells drafts.
    state: Option<usize>,
    /// The column that tells analytic lines, which say again what others say.
    sort: Option<usize>,
    /// Lines that do not count.
    pub left_out_count: u64,
}

impl Forms {
    /// What all lines show.
    ///
    /// # Errors
    /// [`IngestError::DatesUndecided`], [`IngestError::DatesContradict`]; [`IngestError::File`] through `failed`.
    pub fn shown(
        lines: &mut dyn LineSource,
        header: &Header,
        options: &ReadOptions<'_>,
        file: &str,
        failed: impl Fn(io::Error) -> IngestError,
    ) -> Result<Self, IngestError> {
        let column = |concepts: &[&str]| {
            let mut names = header.names.iter().map(|name| options.column_names.said(name));
            names.position(|said| concepts.iter().all(|concept| said.has(concept)))
        };
        let mut forms = Self {
            order: DateOrder::DayFirst,
            decimal: Decimal::Either,
            two_digit_years_from: options.written_forms.two_digit_years_from,
            is_signed: false,
            state: column(&["status"]),
            sort: column(&["entry", "kind"]),
            left_out_count: 0,
        };
        let mut fields = Fields::default();
        let mut shown = Shown::default();
        let mut signs = Signs::default();
        while let Some(line) = lines.next_line().map_err(&failed)? {
            fields.split(line.text, header.separator, header.width);
            if line.is_readable && !forms.counts(&fields, header) {
                forms.left_out_count += u64::from(!fields.is_blank());
                continue;
            }
            for field in DATES {
                shown.day(header.get(&fields, field), line.number);
            }
            for field in AMOUNTS {
                shown.amount(header.get(&fields, field), line.number);
            }
            signs.see(header.get(&fields, Field::Montant), header.get(&fields, Field::Sens));
        }
        let said = Said { order: options.date_order, mapped_order: None, decimal: options.decimal };
        let decimals = options.currencies.decimals(options.base_currency);
        (forms.order, forms.decimal) = shown.decide(said, decimals, file)?;
        forms.is_signed = signs.are_told_twice();
        Ok(forms)
    }

    /// Whether a line counts: sums, titles between lines, drafts and analytic lines do not.
    fn counts(&self, fields: &Fields, header: &Header) -> bool {
        let is_empty = |field: Field| header.get(fields, field).is_empty();
        let names_entry = !is_empty(Field::CompteNum) || !is_empty(Field::EcritureDate) && !is_empty(Field::PieceRef);
        let is_void = self.state.is_some_and(|column| state_of(fields.get(column)) == State::Void);
        let is_analytic = self.sort.is_some_and(|column| fields.get(column) == "A");
        names_entry && !is_void && !is_analytic
    }
}

/// Whether amounts bear the sign of their side.
#[derive(Default)]
struct Signs {
    credit_count: u64,
    /// Credits above zero, and debits below.
    other_count: u64,
}

impl Signs {
    fn see(&mut self, amount: &str, side: &str) {
        let Some(is_credit) = is_credit(side) else { return };
        let is_negative = amount.starts_with(['-', '(', '\u{2212}']) || amount.ends_with('-');
        self.credit_count += u64::from(is_credit);
        self.other_count += u64::from(is_credit != is_negative);
    }

    const fn are_told_twice(&self) -> bool {
        self.credit_count > 0 && self.other_count == 0
    }
}

const DATES: [Field; 5] =
    [Field::EcritureDate, Field::PieceDate, Field::DateLet, Field::ValidDate, Field::DateLimitReglmt];
const AMOUNTS: [Field; 3] = [Field::Debit, Field::Credit, Field::Montant];
/// What only the first line of an entry may say.
const OF_ENTRY: [Field; 7] = [
    Field::JournalCode,
    Field::EcritureNum,
    Field::EcritureDate,
    Field::PieceRef,
    Field::PieceDate,
    Field::CompAuxNum,
    Field::CompAuxLib,
];

/// Lines of a journal, written as the law wants them in a ledger.
pub struct LawfulLines<'a> {
    inner: Box<dyn LineSource + 'a>,
    header: Header,
    forms: Forms,
    fields: Fields,
    /// Of the last line that has a day: its fields.
    first: Vec<String>,
    text: String,
}

impl<'a> LawfulLines<'a> {
    /// Rewrites lines.
    #[must_use]
    pub fn new(inner: Box<dyn LineSource + 'a>, header: Header, forms: Forms) -> Self {
        Self { inner, header, forms, fields: Fields::default(), first: Vec::new(), text: String::new() }
    }

    /// Writes the line that was cut into fields.
    fn write(&mut self) {
        let (header, forms) = (&self.header, self.forms);
        let is_further = header.get(&self.fields, Field::EcritureDate).is_empty();
        if !is_further {
            self.first = self.fields.iter().map(str::to_owned).collect();
        }
        let of_entry = |place: usize| OF_ENTRY.iter().any(|field| header.place(*field) == Some(place));
        self.text.clear();
        for (place, own) in self.fields.iter().enumerate() {
            if place > 0 {
                self.text.push(header.separator);
            }
            let above = self.first.get(place).map(String::as_str).filter(|_| is_further && own.is_empty());
            let field = above.filter(|_| of_entry(place)).unwrap_or(own);
            let is = |kind: Field| header.place(kind) == Some(place);
            let written = if DATES.into_iter().any(is) {
                dates::read_written(field, forms.order, forms.two_digit_years_from)
                    .ok()
                    .map(|day| day.format("%Y%m%d").to_string())
            } else if AMOUNTS.into_iter().any(is) {
                let is_told_twice = forms.is_signed && is(Field::Montant);
                lawful_amount(field, forms.decimal, is_told_twice)
            } else if is(Field::Sens) {
                is_credit(field).map(|is_credit| if is_credit { "C".to_owned() } else { "D".to_owned() })
            } else if is(Field::CompteNum) {
                Some(account_of(field).to_owned())
            } else {
                None
            };
            quote(&mut self.text, written.as_deref().unwrap_or(field), header.separator);
        }
    }
}

impl LineSource for LawfulLines<'_> {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
        loop {
            let Some(line) = self.inner.next_line()? else { return Ok(None) };
            let (number, is_readable) = (line.number, line.is_readable);
            self.fields.split(line.text, self.header.separator, self.header.width);
            if self.forms.counts(&self.fields, &self.header) || !is_readable {
                self.write();
                return Ok(Some(Line { number, text: &self.text, is_readable }));
            }
        }
    }
}

/// The number of an account, where its name stands behind it: `411000 Customers`.
fn account_of(text: &str) -> &str {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, name) = text.split_at(digits);
    if digits > 2 && name.starts_with([' ', '-', ':']) { number } else { text }
}

/// An amount with a comma before its decimals and nothing between its digits; none where it cannot be read.
fn lawful_amount(text: &str, decimal: Decimal, is_told_twice: bool) -> Option<String> {
    let amount = read_marked(text, decimal).ok().flatten()?.amount;
    let amount = if is_told_twice { amount.abs() } else { amount };
    Some(amount.to_string().replace('.', ","))
}

/// Adds a field, between quotes where it holds the separator.
fn quote(text: &mut String, field: &str, separator: char) {
    if field.contains(separator) {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}
