//! A ledger under other headers than the law's: a journal as software exports it, in any language whose words are known.
//!
//! In: the first lines of a file. Out: its header, where columns are named as those of a ledger and accounts of several classes,
//! receivable ones among them, stand below. A ledger of one account only is no journal: its lines are items of a list.

use std::io;

use super::super::dates::{self, DateOrder};
use super::super::fields::{Fields, SEPARATORS};
use super::super::lines::{Line, LineSource};
use super::super::tabular::conventions::{Said, Shown};
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
/// When the file cannot be read.
pub fn header(lines: &mut dyn LineSource, options: &ReadOptions<'_>) -> io::Result<Option<(Header, usize)>> {
    for lines_above in 0..HEADER_LINES {
        let Some(line) = lines.next_line()? else { return Ok(None) };
        if let Some(header) = named(line.text, options.column_names) {
            let is_ledger = holds_accounts(lines, &header, options)?;
            return Ok(is_ledger.then_some((header, lines_above)));
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
    places
}

/// Whether accounts of several classes stand below a header, and some of customers among them.
fn holds_accounts(lines: &mut dyn LineSource, header: &Header, options: &ReadOptions<'_>) -> io::Result<bool> {
    let mut fields = Fields::default();
    let mut first_class: Option<char> = None;
    let (mut are_several, mut has_customers) = (false, false);
    for _ in 0..LOOKED_AT {
        let Some(line) = lines.next_line()? else { break };
        fields.split(line.text, header.separator, header.width);
        let account = header.get(&fields, Field::CompteNum);
        let Some(class) = account.chars().next().filter(char::is_ascii_digit) else { continue };
        are_several |= *first_class.get_or_insert(class) != class;
        has_customers |= options.roles.is_perimeter(account);
        if are_several && has_customers {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How a journal writes dates and amounts: no law says it, so its lines do, or the user.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    order: DateOrder,
    decimal: Decimal,
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
        let mut fields = Fields::default();
        let mut shown = Shown::default();
        while let Some(line) = lines.next_line().map_err(&failed)? {
            fields.split(line.text, header.separator, header.width);
            for field in DATES {
                shown.day(header.get(&fields, field), line.number);
            }
            for field in AMOUNTS {
                shown.amount(header.get(&fields, field), line.number);
            }
        }
        let said = Said { order: options.date_order, mapped_order: None, decimal: options.decimal };
        let decimals = options.currencies.decimals(options.base_currency);
        let (order, decimal) = shown.decide(said, decimals, file)?;
        Ok(Self { order, decimal })
    }
}

const DATES: [Field; 5] =
    [Field::EcritureDate, Field::PieceDate, Field::DateLet, Field::ValidDate, Field::DateLimitReglmt];
const AMOUNTS: [Field; 3] = [Field::Debit, Field::Credit, Field::Montant];

/// Lines of a journal, their dates and amounts written as the law wants them in a ledger.
pub struct LawfulLines<'a> {
    inner: Box<dyn LineSource + 'a>,
    header: Header,
    forms: Forms,
    fields: Fields,
    text: String,
}

impl<'a> LawfulLines<'a> {
    /// Rewrites lines.
    #[must_use]
    pub fn new(inner: Box<dyn LineSource + 'a>, header: Header, forms: Forms) -> Self {
        Self { inner, header, forms, fields: Fields::default(), text: String::new() }
    }
}

impl LineSource for LawfulLines<'_> {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, io::Error> {
        let Some(line) = self.inner.next_line()? else { return Ok(None) };
        let (separator, header) = (self.header.separator, &self.header);
        self.fields.split(line.text, separator, header.width);
        self.text.clear();
        for (place, field) in self.fields.iter().enumerate() {
            if place > 0 {
                self.text.push(separator);
            }
            let kind = header.field_at(place);
            let written = if kind.is_some_and(|kind| DATES.contains(&kind)) {
                dates::read(field, self.forms.order).ok().map(|day| day.format("%Y%m%d").to_string())
            } else if kind.is_some_and(|kind| AMOUNTS.contains(&kind)) {
                lawful_amount(field, self.forms.decimal)
            } else {
                None
            };
            match written {
                Some(written) => quote(&mut self.text, &written, separator),
                None => quote(&mut self.text, field, separator),
            }
        }
        Ok(Some(Line { number: line.number, text: &self.text, is_readable: line.is_readable }))
    }
}

/// An amount with a comma before its decimals and nothing between its digits; none where it cannot be read.
fn lawful_amount(text: &str, decimal: Decimal) -> Option<String> {
    let amount = super::super::amount::read_marked(text, decimal).ok().flatten()?;
    Some(amount.amount.to_string().replace('.', ","))
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
