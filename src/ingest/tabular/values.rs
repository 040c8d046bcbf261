//! A row of a table file, read into one cell an input, or refused.

use super::super::ReadOptions;
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
    /// Where the signed amount stands, the same in the currency of the books, and its two sides.
    amount: Option<usize>,
    base: Option<usize>,
    sides: Option<(usize, usize)>,
    side: Option<usize>,
    paid: Option<usize>,
    kind: Option<usize>,
    two_digit_years_from: u32,
}

impl<'a> Values<'a> {
    /// For the rows of a plan.
    #[must_use]
    pub fn new(plan: &'a Plan, conventions: Conventions, options: &ReadOptions<'a>) -> Self {
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
            currencies: options.currencies,
            base_currency: options.base_currency,
            amounts: amounts.collect(),
            currency,
            amount: place("amount"),
            base: place("base_amount").filter(|_| plan.inputs.iter().any(|input| input.name == "kind")),
            sides,
            side: place("side").filter(|_| plan.sign == Sign::BySide),
            paid: place("paid_amount"),
            kind: place("kind"),
            two_digit_years_from: options.written_forms.two_digit_years_from,
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
        let mut marks = Vec::new();
        for place in 0..self.plan.inputs.len() {
            values.push(self.value(place, row, &mut marks)?);
        }
        self.take_marks(&marks, &mut values)?;
        self.sign(&mut values)?;
        self.require(&values)?;
        self.fit(&values)?;
        Ok(values)
    }

    /// The value of an input. What currency stands beside an amount goes into `marks`.
    fn value(&self, place: usize, row: &dyn Row, marks: &mut Vec<(usize, String)>) -> Result<Cell, Refusal> {
        let input = &self.plan.inputs[place];
        let raw = match &self.plan.sources[place] {
            Source::Absent => return Ok(Cell::Empty),
            Source::Constant(text) => Raw::Text(text.as_str().into()),
            Source::Column(column) => row.cell(*column),
        };
        let translated = self.plan.translations[place].as_ref().and_then(|values| values.get(&fold(&raw.text())));
        let mut mark = None;
        let cell = match translated {
            Some(ours) => self.cell(input, &Raw::Text(ours.as_str().into()), &mut mark),
            None => self.cell(input, &raw, &mut mark),
        };
        marks.extend(mark.map(|mark| (place, mark)));
        cell
    }

    fn cell(&self, input: &Input, raw: &Raw<'_>, mark: &mut Option<String>) -> Result<Cell, Refusal> {
        let text = raw.text();
        if text.is_empty() {
            return Ok(Cell::Empty);
        }
        let refused = |reason: Reason| Refusal::of(reason, input.name, &text);
        match (input.kind, raw) {
            (ColumnKind::Date, Raw::Day(day)) => Ok(Cell::Date(*day)),
            (ColumnKind::Date, _) => {
                match dates::read_written(&text, self.conventions.date_order, self.two_digit_years_from) {
                    Ok(day) => Ok(Cell::Date(day)),
                    Err(_) if dates::is_blank(&text) => Ok(Cell::Empty),
                    Err(reason) => Err(refused(reason)),
                }
            }
            (ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio, Raw::Number(number)) => {
                amount::read_binary(*number).map(Cell::Money).map_err(refused)
            }
            (ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio, Raw::Amount(amount)) => {
                Ok(Cell::Money(*amount))
            }
            (ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio, _) => {
                let marked = amount::read_marked(&text, self.conventions.decimal).map_err(refused)?;
                // in a column of one side the mark of a side says it once more
                let is_of_side = ["debit_amount", "credit_amount"].contains(&input.name);
                let (amount, currency) = marked.map_or((None, None), |marked| {
                    let amount = if is_of_side && marked.is_sided { marked.amount.abs() } else { marked.amount };
                    (Some(amount), marked.currency)
                });
                *mark = currency;
                Ok(Cell::money(amount))
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

    /// A currency beside an amount is that of its row, which it gives where no column does.
    fn take_marks(&self, marks: &[(usize, String)], values: &mut [Cell]) -> Result<(), Refusal> {
        for (place, mark) in marks {
            let input = self.plan.inputs[*place].name;
            let meant = self.currencies.of_mark(mark, self.base_currency);
            let Some(likeliest) = meant.first() else {
                return Err(Refusal::of(Reason::CurrencyUnknown, input, mark));
            };
            // limits are in the currency of the books, whatever the items of the row are in
            let Some(column) = self.currency.filter(|_| !input.starts_with("customer.")) else { continue };
            match &values[column] {
                Cell::Text(code) if meant.contains(&code.as_str()) => {}
                Cell::Text(code) => {
                    return Err(Refusal::of(Reason::CurrencyContradicts, input, &format!("{mark} beside {code}")));
                }
                _ => values[column] = Cell::text(*likeliest),
            }
        }
        Ok(())
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
        let before = values[place].clone();
        self.signed(place, values)?;
        if let (Cell::Money(before), Cell::Money(after)) = (&before, &values[place])
            && before != after
            && let Some(base) = self.base
            && let Cell::Money(based) = values[base]
        {
            values[base] = Cell::Money(-based);
        }
        // what was paid of it is no longer owed
        if let (Some(Cell::Money(paid)), Cell::Money(amount)) =
            (self.paid.map(|paid| values[paid].clone()), &values[place])
        {
            // some programs write payments as negative
            let paid = paid.wide().abs();
            let left = if *amount < Money::ZERO { amount.wide() + paid } else { amount.wide() - paid };
            let too_large = || Refusal::of(Reason::AmountTooLarge, "amount", &money_text(left, 2));
            values[place] = Cell::Money(Money::from_wide(left).ok_or_else(too_large)?);
        }
        Ok(())
    }

    /// The amount by its side, its kind or its two columns.
    fn signed(&self, place: usize, values: &mut [Cell]) -> Result<(), Refusal> {
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
        if let Some(side) = self.side {
            let written = if let Cell::Text(side) = &values[side] { side.as_str() } else { "" };
            let is_credit = is_credit(written).ok_or_else(|| Refusal::of(Reason::SideUnreadable, "side", written))?;
            if is_credit {
                values[place] = Cell::Money(-amount.abs());
            }
            return Ok(());
        }
        let kind = match self.kind.map(|kind| &values[kind]) {
            Some(Cell::Text(code)) => ItemKind::parse(code),
            _ => None,
        };
        let is_turned = match self.plan.sign {
            Sign::AsIs | Sign::DebitCredit | Sign::BySide => false,
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

/// Whether a word for a side means credit: in French, English, German, Spanish and Italian.
#[must_use]
pub fn is_credit(side: &str) -> Option<bool> {
    match fold(side).as_str() {
        "h" | "haben" | "c" | "cr" | "credit" | "haber" | "abono" | "avere" => Some(true),
        "s" | "soll" | "d" | "dr" | "db" | "debit" | "debe" | "cargo" | "dare" => Some(false),
        _ if side.trim() == "-" => Some(true),
        _ if side.trim() == "+" => Some(false),
        _ => None,
    }
}
