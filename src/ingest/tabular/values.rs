//! A row of a table file, read into one cell an input, or refused.

use super::super::amount;
use super::super::cells;
use super::super::dates;
use super::super::names::fold;
use super::super::reason::{Reason, Refusal};
use super::super::reference::Currencies;
use super::conventions::Conventions;
use super::grid::{Raw, Row};
use super::inputs::{Input, Shape};
use super::mapping::Sign;
use super::plan::{Plan, Source};
use crate::model::money::{SCALE, money_text};
use crate::model::rows::Cell;
use crate::model::{ColumnKind, ItemKind, Money};

/// In which currency an amount is.
#[derive(Clone, Copy)]
enum Currency {
    /// That of its row.
    Row,
    /// That of the books.
    Books,
    /// That of an item, which its row names.
    Item,
}

/// Reads the rows of one file.
pub struct Values<'a> {
    plan: &'a Plan,
    conventions: Conventions,
    currencies: &'a Currencies,
    base_currency: Option<&'a str>,
    /// The amounts of a row.
    amounts: Vec<(usize, Currency)>,
    currency: Option<usize>,
    /// Where the signed amount stands, and its two sides.
    amount: Option<usize>,
    sides: Option<(usize, usize)>,
    kind: Option<usize>,
}

impl<'a> Values<'a> {
    /// For the rows of a plan.
    #[must_use]
    pub fn new(
        plan: &'a Plan,
        conventions: Conventions,
        currencies: &'a Currencies,
        base_currency: Option<&'a str>,
    ) -> Self {
        let place = |name: &str| plan.inputs.iter().position(|input| input.name == name);
        let sides = place("debit_amount").zip(place("credit_amount")).filter(|_| plan.sign == Sign::DebitCredit);
        let currency = place("currency_code");
        let of_item = ["allocations", "disputes", "invoice_details", "actions"];
        let is_of_item = match plan.shape {
            Shape::Table(table) => of_item.contains(&table.name),
            shape => shape == Shape::WorklistResults,
        };
        let in_books = ["base_amount", "customer.credit_limit_amount"];
        let amounts = plan.inputs.iter().enumerate().filter(|(_, input)| input.kind == ColumnKind::Money);
        let amounts = amounts.map(|(place, input)| {
            let is_in_books = in_books.contains(&input.name) || (currency.is_none() && !is_of_item);
            let of = if is_in_books {
                Currency::Books
            } else if is_of_item {
                Currency::Item
            } else {
                Currency::Row
            };
            (place, of)
        });
        Self {
            plan,
            conventions,
            currencies,
            base_currency,
            amounts: amounts.collect(),
            currency,
            amount: place("amount"),
            sides,
            kind: place("kind"),
        }
    }

    /// One cell an input, in the order of the inputs.
    ///
    /// # Errors
    /// Why the row is refused.
    pub fn read(&self, row: &dyn Row) -> Result<Vec<Cell>, Refusal> {
        if !row.is_readable() {
            return Err(Refusal { reason: Reason::TextUnreadable, found: "bytes that are no text".to_owned() });
        }
        let width = self.plan.header.len();
        let is_extra = (width..row.width()).any(|column| !row.cell(column).text().is_empty());
        if row.width() < width || is_extra {
            return Err(Refusal {
                reason: Reason::FieldCount,
                found: format!("{} fields instead of {width}", row.width()),
            });
        }
        let mut values = Vec::with_capacity(self.plan.inputs.len());
        for place in 0..self.plan.inputs.len() {
            values.push(self.value(place, row)?);
        }
        self.sign(&mut values)?;
        self.require(&values)?;
        self.fit(&values)?;
        Ok(values)
    }

    fn value(&self, place: usize, row: &dyn Row) -> Result<Cell, Refusal> {
        let input = &self.plan.inputs[place];
        let raw = match &self.plan.sources[place] {
            Source::Absent => return Ok(Cell::Empty),
            Source::Constant(text) => Raw::Text(text.as_str().into()),
            Source::Column(column) => row.cell(*column),
        };
        let translated = self.plan.translations[place].as_ref().and_then(|values| values.get(&fold(&raw.text())));
        match translated {
            Some(ours) => self.cell(input, &Raw::Text(ours.as_str().into())),
            None => self.cell(input, &raw),
        }
    }

    fn cell(&self, input: &Input, raw: &Raw<'_>) -> Result<Cell, Refusal> {
        let text = raw.text();
        if text.is_empty() {
            return Ok(Cell::Empty);
        }
        let refused = |reason: Reason| Refusal::of(reason, input.name, &text);
        match (input.kind, raw) {
            (ColumnKind::Date, Raw::Day(day)) => Ok(Cell::Date(*day)),
            (ColumnKind::Date, _) => match dates::read(&text, self.conventions.date_order) {
                Ok(day) => Ok(Cell::Date(day)),
                Err(_) if dates::is_blank(&text) => Ok(Cell::Empty),
                Err(reason) => Err(refused(reason)),
            },
            (ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio, Raw::Number(number)) => {
                amount::read_binary(*number).map(Cell::Money).map_err(refused)
            }
            (ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio, _) => {
                amount::read(&text, self.conventions.decimal).map(Cell::money).map_err(refused)
            }
            (ColumnKind::Int, _) => {
                cells::whole_number(&text).map(Cell::Int).ok_or_else(|| refused(Reason::NumberUnreadable))
            }
            (ColumnKind::Flag, _) => cells::flag(&text).map(Cell::Flag).ok_or_else(|| refused(Reason::FlagUnreadable)),
            (ColumnKind::Text, _) => self.text(input, cells::text(&text)),
        }
    }

    /// Text, in the standard's form where it is a code with one.
    fn text(&self, input: &Input, text: &str) -> Result<Cell, Refusal> {
        let refused = |reason: Reason| Refusal::of(reason, input.name, text);
        Ok(match input.name {
            "kind" => Cell::text(ItemKind::parse(text).ok_or_else(|| refused(Reason::KindUnknown))?.code()),
            "currency_code" => Cell::text(self.currencies.code(text).ok_or_else(|| refused(Reason::CurrencyUnknown))?),
            _ => Cell::text(text),
        })
    }

    /// No amount has more decimals than its currency.
    fn fit(&self, values: &[Cell]) -> Result<(), Refusal> {
        let books = self.currencies.decimals(self.base_currency);
        let row = match self.currency.map(|place| &values[place]) {
            Some(Cell::Text(code)) => self.currencies.decimals(Some(code)),
            _ => books,
        };
        for (place, currency) in &self.amounts {
            let Cell::Money(amount) = values[*place] else { continue };
            let decimals = match currency {
                Currency::Row => row,
                Currency::Books => books,
                Currency::Item => SCALE,
            };
            if !amount.fits(decimals) {
                let name = self.plan.inputs[*place].name;
                return Err(Refusal::of(Reason::AmountTooPrecise, name, &amount.to_string()));
            }
        }
        Ok(())
    }

    /// Gives the amount the sign it has with us: + is owed to us.
    fn sign(&self, values: &mut [Cell]) -> Result<(), Refusal> {
        let Some(place) = self.amount else { return Ok(()) };
        let too_large = |amount: i128| Refusal::of(Reason::AmountTooLarge, "amount", &money_text(amount, 2));
        if let Some((debit, credit)) = self.sides {
            let wide = |cell: &Cell| if let Cell::Money(amount) = cell { Some(amount.wide()) } else { None };
            if let (None, None) = (wide(&values[debit]), wide(&values[credit])) {
                return Err(Refusal::of(Reason::ValueMissing, "debit_amount", ""));
            }
            let amount = wide(&values[debit]).unwrap_or(0) - wide(&values[credit]).unwrap_or(0);
            values[place] = Cell::Money(Money::from_wide(amount).ok_or_else(|| too_large(amount))?);
            return Ok(());
        }
        let Cell::Money(amount) = values[place] else { return Ok(()) };
        let kind = match self.kind.map(|kind| &values[kind]) {
            Some(Cell::Text(code)) => ItemKind::parse(code),
            _ => None,
        };
        let is_turned = match self.plan.sign {
            Sign::AsIs | Sign::DebitCredit => false,
            Sign::Reversed => true,
            Sign::ByKind => amount > Money::ZERO && kind.and_then(ItemKind::sign) == Some(-1),
        };
        if is_turned {
            values[place] = Cell::Money(-amount);
        }
        Ok(())
    }

    fn require(&self, values: &[Cell]) -> Result<(), Refusal> {
        let mut inputs = self.plan.inputs.iter().zip(values);
        match inputs.find(|(input, value)| input.is_required && **value == Cell::Empty) {
            None => Ok(()),
            Some((input, _)) => Err(Refusal::of(Reason::ValueMissing, input.name, "")),
        }
    }
}
