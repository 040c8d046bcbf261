//! From the values of a row to rows of our tables: defaults, identities, and what one row of a file stands for.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};

use super::super::output::Output;
use super::super::reason::{Reason, Refusal};
use super::super::reference::Currencies;
use super::super::{IngestError, ReadOptions};
use super::inputs::{CUSTOMER, Shape};
use super::item::{Column, Item};
use super::plan::{Plan, Source};
use super::results;
use super::sums::Totals;
use crate::model::rows::Cell;
use crate::model::{AgreedTerms, Date, ItemKind, Money, TableSpec, tables};

/// What is noted of an item that a file says less of than it could.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemNote {
    /// A balance brought forward without due date.
    AgeUnknown,
    /// It names no currency.
    CurrencyAssumed,
    /// The due date comes from the terms of the customer or the company.
    DueDateDerived,
    /// A negative invoice, a positive receipt.
    SignUnusual,
}

impl ItemNote {
    /// What becomes of an item without due date: nothing to note where it is due when issued, as credits are.
    #[must_use]
    pub fn of_due_date(kind: ItemKind, amount: Money) -> Option<Self> {
        let is_claim = amount > Money::ZERO && kind != ItemKind::ReturnedReceipt;
        let note = if kind == ItemKind::Opening { Self::AgeUnknown } else { Self::DueDateDerived };
        is_claim.then_some(note)
    }

    /// Whether the sign is not that of the kind.
    #[must_use]
    pub fn is_sign_unusual(kind: ItemKind, amount: Money) -> bool {
        kind.sign().is_some_and(|sign| sign * amount.thousandths().signum() < 0)
    }

    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AgeUnknown => "age_unknown",
            Self::CurrencyAssumed => "currency_assumed",
            Self::DueDateDerived => "due_date_derived",
            Self::SignUnusual => "sign_unusual",
        }
    }

    /// What it says.
    #[must_use]
    pub fn text(self, base_currency: Option<&str>) -> String {
        let text = match self {
            Self::AgeUnknown => "opening items without due date: their age is not known",
            Self::CurrencyAssumed => {
                let currency = base_currency.unwrap_or(Currencies::NONE);
                return format!("items without currency: taken for {currency}");
            }
            Self::DueDateDerived => {
                "items without due date: derived from the issue date by the terms of the customer or the company"
            }
            Self::SignUnusual => {
                "items whose sign is not that of their kind (a negative invoice, a positive receipt): taken as written"
            }
        };
        text.to_owned()
    }
}

/// Writes the rows of one file.
pub struct Writer<'a> {
    options: &'a ReadOptions<'a>,
    shape: Shape,
    file_name: &'a str,
    places: BTreeMap<&'static str, usize>,
    keys: Keys,
    customers: Keys,
    /// Whether rows repeat their document: then what each key owes.
    repeats: bool,
    repeated: HashMap<(String, String), [Cell; 3]>,
    /// Whether rows say more of a customer than its number.
    describes_customers: bool,
    receipts: BTreeMap<(String, String), Receipt>,
    totals: Totals,
    /// How many items of each company a list holds.
    listed_counts: BTreeMap<String, i64>,
    /// Invoices with a day of payment, and those paid before they were issued.
    settled_counts: (u64, u64),
    /// The day of a list of open items: what it holds is what was open on it.
    list_day: Option<Date>,
    /// Items of the list that were issued after that day.
    later_count: u64,
}

/// A receipt put together from its rows.
struct Receipt {
    first_line: u64,
    values: Vec<Cell>,
    sum: i128,
}

/// The company and its default for rows that name none.
pub fn company_of<'a>(options: &ReadOptions<'a>) -> &'a str {
    options.company_id.unwrap_or(options.default_company_id)
}

impl<'a> Writer<'a> {
    /// For the rows of a plan.
    #[must_use]
    pub fn new(plan: &Plan, options: &'a ReadOptions<'a>, file_name: &'a str) -> Self {
        Self {
            options,
            shape: plan.shape,
            file_name,
            places: plan.inputs.iter().enumerate().map(|(place, input)| (input.name, place)).collect(),
            keys: Keys::default(),
            customers: Keys::default(),
            repeats: plan.repeats,
            repeated: HashMap::new(),
            describes_customers: plan.shape == Shape::InvoiceHistory
                || plan
                    .inputs
                    .iter()
                    .zip(&plan.sources)
                    .any(|(input, source)| CUSTOMER.contains(input) && *source != Source::Absent),
            receipts: BTreeMap::new(),
            totals: Totals::default(),
            listed_counts: BTreeMap::new(),
            settled_counts: (0, 0),
            list_day: plan.listed_on,
            later_count: 0,
        }
    }

    /// One row. `Ok(Err(_))` when it is refused: it then left nothing behind.
    pub fn row(
        &mut self,
        line: u64,
        mut values: Vec<Cell>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), Refusal>, IngestError> {
        self.fill(&mut values, "company_id", Cell::text(company_of(self.options)));
        self.leave_out_unknown_terms(&mut values, output);
        let written = match self.shape {
            Shape::Table(table) if std::ptr::eq(table, &raw const tables::ITEMS) => {
                self.item_row(line, values, output)?
            }
            Shape::Table(table) => self.plain_row(line, table, values, output)?,
            Shape::InvoiceHistory => self.history_row(line, values, output)?,
            Shape::Receipts => self.receipt_row(line, values, output)?,
            Shape::WorklistResults => match results::actions(&values, &self.places, self.options.action_codes) {
                Ok(actions) => self.action_rows(line, actions, output)?,
                Err(refusal) => Err(refusal),
            },
        };
        self.totals.accepted_count += u64::from(written.is_ok());
        Ok(written)
    }

    /// What can only be written after the last row.
    pub fn finish(mut self, output: &mut Output<'_>) -> Result<Totals, IngestError> {
        for ((_, receipt_id), receipt) in std::mem::take(&mut self.receipts) {
            // a sum too large to store cannot come from rows: each of them is checked
            let amount = Money::from_wide(-receipt.sum).unwrap_or_default();
            let day = self.day(&receipt.values, "receipt_date");
            let mut item = Item::of(&receipt_id, ItemKind::Receipt, day, amount);
            for (column, name) in [
                (Column::COMPANY_ID, "company_id"),
                (Column::CUSTOMER_ID, "customer_id"),
                (Column::ACCOUNT, "account"),
                (Column::CURRENCY_CODE, "currency_code"),
                (Column::REFERENCE, "reference"),
                (Column::LABEL, "label"),
            ] {
                item.set(column, self.get(&receipt.values, name).clone());
            }
            self.write_item(receipt.first_line, item, output)?;
        }
        let (settled, before_issue) = self.settled_counts;
        if before_issue > 2 && before_issue * 10 > settled {
            let text = "many invoices are settled before they were issued: days and months may be taken for each other; see --date-order";
            output.note_file("dates_may_be_swapped", text.to_owned());
        }
        if let Some(list_day) = self.list_day {
            let listed_count: i64 = self.listed_counts.values().sum();
            if i64::try_from(2 * self.later_count).is_ok_and(|twice| twice > listed_count) {
                return Err(IngestError::ListDayTooEarly {
                    file: self.file_name.to_owned(),
                    day: list_day,
                    later_count: self.later_count,
                });
            }
            if self.later_count > 0 {
                let text =
                    format!("items of `{}` that are issued after the day of the list, {list_day}", self.file_name);
                output.note_many("dated_after_list", self.later_count, None, &text);
            }
            // a list that holds nothing says that nothing is open
            if self.listed_counts.is_empty() {
                self.listed_counts.insert(company_of(self.options).to_owned(), 0);
            }
            for (company, count) in &self.listed_counts {
                let cells = |name: &str| match name {
                    "company_id" => Cell::text(company.as_str()),
                    "list_date" => Cell::Date(list_day),
                    "item_count" => Cell::Int(*count),
                    "source_file" => Cell::text(self.file_name),
                    _ => Cell::Empty,
                };
                output.push(&tables::ITEM_LISTS, row_of(&tables::ITEM_LISTS, cells))?;
            }
        }
        Ok(self.totals)
    }

    /// A row of a table other than items: as it is.
    fn plain_row(
        &mut self,
        line: u64,
        table: &'static TableSpec,
        mut values: Vec<Cell>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), Refusal>, IngestError> {
        // the columns of a table come first among the values of its rows
        let places = table.key.iter().filter_map(|name| table.position(name));
        let key: Vec<&Cell> = places.filter_map(|place| values.get(place)).collect();
        if !table.key.is_empty() && !self.keys.insert(&key) {
            return Ok(Err(duplicate(Reason::RowDuplicate, &key)));
        }
        if std::ptr::eq(table, &raw const tables::ALLOCATIONS) {
            self.fill(&mut values, "is_inferred", Cell::Flag(false));
        }
        for (name, cell) in [("source_file", Cell::text(self.file_name)), ("source_line", line_cell(line))] {
            if let Some(position) = table.position(name) {
                values[position] = cell;
            }
        }
        output.push(table, values)?;
        Ok(Ok(()))
    }

    /// The actions that a line of a worklist came to.
    fn action_rows(
        &mut self,
        line: u64,
        actions: Vec<Vec<Cell>>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), Refusal>, IngestError> {
        for values in actions {
            if let Err(refusal) = self.plain_row(line, &tables::ACTIONS, values, output)? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    fn item_row(
        &mut self,
        line: u64,
        mut values: Vec<Cell>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), Refusal>, IngestError> {
        self.fill_kind(&mut values);
        if self.repeats_item(&values, output) {
            return Ok(Ok(()));
        }
        if let Err(refusal) = self.claim_item(&values) {
            return Ok(Err(refusal));
        }
        self.customer(&values, output)?;
        self.write_item(line, Item::from_values(values), output)?;
        Ok(Ok(()))
    }

    /// Where nothing tells the kind, what is owed to us is an invoice and what lowers it a credit note.
    fn fill_kind(&self, values: &mut [Cell]) {
        let amount = self.money(values, "amount").unwrap_or_default();
        let kind = if amount < Money::ZERO { ItemKind::CreditNote } else { ItemKind::Invoice };
        self.fill(values, "kind", Cell::text(kind.code()));
    }

    /// An invoice; where it is settled, a receipt named after it, and what of the one went to the other.
    fn history_row(
        &mut self,
        line: u64,
        mut values: Vec<Cell>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), Refusal>, IngestError> {
        self.fill_kind(&mut values);
        if self.repeats_item(&values, output) {
            return Ok(Ok(()));
        }
        if let Err(refusal) = self.claim_item(&values) {
            return Ok(Err(refusal));
        }
        self.customer(&values, output)?;
        if !self.take_off_undated(&mut values, output) {
            return Ok(Ok(()));
        }
        let amount = self.money(&values, "amount").unwrap_or_default();
        let company = self.get(&values, "company_id").clone();
        let item_id = self.text(&values, "item_id").to_owned();
        let issued = self.day(&values, "issued_date");
        if let Cell::Date(settled) = *self.get(&values, "settled_date") {
            self.settled_counts.0 += 1;
            if settled < issued {
                self.settled_counts.1 += 1;
                output.note(
                    "settled_before_issue",
                    Some(amount.wide()),
                    "invoices settled before they were issued: taken as written",
                );
            }
            let paid = self.money(&values, "settled_amount").map_or(amount.abs(), Money::abs);
            self.settlement(line, &values, settled, (amount, paid), output)?;
        }
        if *self.get(&values, "is_disputed") == Cell::Flag(true) {
            output.note(
                "dispute_undated",
                Some(amount.wide()),
                "disputes without dates: they hold for the whole life of the item",
            );
            let cells = |name: &str| match name {
                "company_id" => company.clone(),
                "dispute_id" => Cell::text(format!("{item_id}/dispute")),
                "item_id" => Cell::text(item_id.as_str()),
                "reason_code" => self.get(&values, "dispute_reason_code").clone(),
                "source_file" => Cell::text(self.file_name),
                "source_line" => line_cell(line),
                _ => Cell::Empty,
            };
            output.push(&tables::DISPUTES, row_of(&tables::DISPUTES, cells))?;
        }
        self.write_item(line, Item::from_values(values), output)?;
        Ok(Ok(()))
    }

    /// What was paid on a day that nobody tells is no longer owed, and that is all that can be said of it: the item is what is
    /// left. Whether anything is.
    fn take_off_undated(&self, values: &mut [Cell], output: &mut Output<'_>) -> bool {
        let paid = self.money(values, "settled_amount").unwrap_or_default();
        if *self.get(values, "settled_date") != Cell::Empty || paid.is_zero() {
            return true;
        }
        let amount = self.money(values, "amount").unwrap_or_default();
        // some programs write payments as negative
        let taken = if amount < Money::ZERO { -paid.abs() } else { paid.abs() };
        // amounts of rows are far from the largest that can be held
        let left = Money::from_wide(amount.wide() - taken.wide()).unwrap_or_default();
        let text = "amounts paid on a day that the file does not tell: only what is left of their invoices is taken";
        output.note("paid_undated", Some(paid.wide()), text);
        if let Some(cell) = self.places.get("amount").and_then(|&place| values.get_mut(place)) {
            *cell = Cell::Money(left);
        }
        !left.is_zero()
    }

    /// What settled an invoice (or, with the signs turned, a credit note), on the day it did.
    fn settlement(
        &mut self,
        line: u64,
        values: &[Cell],
        settled: Date,
        (amount, paid): (Money, Money),
        output: &mut Output<'_>,
    ) -> Result<(), IngestError> {
        if paid.is_zero() {
            return Ok(());
        }
        let item_id = self.text(values, "item_id");
        let receipt_id = format!("{item_id}/receipt");
        let is_claim = amount >= Money::ZERO;
        let (kind, receipt_amount) =
            if is_claim { (ItemKind::Receipt, -paid) } else { (ItemKind::ReturnedReceipt, paid) };
        let (debit_id, credit_id) =
            if is_claim { (item_id, receipt_id.as_str()) } else { (receipt_id.as_str(), item_id) };
        let allocated = amount.abs().min(paid);
        let cells = |name: &str| match name {
            "company_id" => self.get(values, "company_id").clone(),
            "debit_item_id" => Cell::text(debit_id),
            "credit_item_id" => Cell::text(credit_id),
            "allocated_date" => Cell::Date(settled),
            "amount" => Cell::Money(allocated),
            "is_inferred" => Cell::Flag(false),
            "source_file" => Cell::text(self.file_name),
            "source_line" => line_cell(line),
            _ => Cell::Empty,
        };
        if !allocated.is_zero() {
            output.push(&tables::ALLOCATIONS, row_of(&tables::ALLOCATIONS, cells))?;
        }
        let mut item = Item::of(&receipt_id, kind, settled, receipt_amount);
        for (column, name) in [
            (Column::COMPANY_ID, "company_id"),
            (Column::CUSTOMER_ID, "customer_id"),
            (Column::ACCOUNT, "account"),
            (Column::CURRENCY_CODE, "currency_code"),
        ] {
            item.set(column, self.get(values, name).clone());
        }
        self.write_item(line, item, output)
    }

    /// A receipt, or a part of one, applied to an invoice; without invoice, a part that waits.
    ///
    /// All rows of one receipt make one item, which bears their sum.
    fn receipt_row(
        &mut self,
        line: u64,
        values: Vec<Cell>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), Refusal>, IngestError> {
        let company = self.get(&values, "company_id").clone();
        let receipt_id = self.text(&values, "receipt_id").to_owned();
        let amount = self.money(&values, "amount").unwrap_or_default();
        let received = self.get(&values, "receipt_date").clone();
        let key = (self.text(&values, "company_id").to_owned(), receipt_id.clone());
        if let Some(receipt) = self.receipts.get(&key) {
            let differs = |name: &&&str| self.get(&receipt.values, name) != self.get(&values, name);
            if let Some(name) = ["customer_id", "receipt_date", "currency_code"].iter().find(differs) {
                return Ok(Err(Refusal::of(Reason::ReceiptContradicts, name, &plain(self.get(&values, name)))));
            }
        }
        let sum = self.receipts.get(&key).map_or(0, |receipt| receipt.sum) + amount.wide();
        if Money::from_wide(sum).is_none() {
            return Ok(Err(Refusal::of(Reason::AmountTooLarge, "amount", &amount.to_string())));
        }
        let invoice = self.get(&values, "invoice_id").clone();
        if invoice != Cell::Empty {
            let allocated = match self.get(&values, "allocated_date") {
                Cell::Empty => received,
                day => day.clone(),
            };
            let key = [&company, &invoice, &Cell::text(receipt_id.as_str()), &allocated];
            if !self.keys.insert(&key) {
                return Ok(Err(duplicate(Reason::RowDuplicate, &key)));
            }
            let cells = |name: &str| match name {
                "company_id" => company.clone(),
                "debit_item_id" => invoice.clone(),
                "credit_item_id" => Cell::text(receipt_id.as_str()),
                "allocated_date" => allocated.clone(),
                "amount" => Cell::Money(amount),
                "is_inferred" => Cell::Flag(false),
                "source_file" => Cell::text(self.file_name),
                "source_line" => line_cell(line),
                _ => Cell::Empty,
            };
            output.push(&tables::ALLOCATIONS, row_of(&tables::ALLOCATIONS, cells))?;
        }
        self.receipts.entry(key).or_insert(Receipt { first_line: line, values, sum: 0 }).sum = sum;
        Ok(Ok(()))
    }

    /// Fills what an item may lack, and writes it.
    fn write_item(&mut self, line: u64, mut item: Item, output: &mut Output<'_>) -> Result<(), IngestError> {
        let Cell::Money(amount) = *item.get(Column::AMOUNT) else { return Ok(()) };
        let Cell::Date(issued) = *item.get(Column::ISSUED_DATE) else { return Ok(()) };
        let kind = if let Cell::Text(code) = item.get(Column::KIND) { ItemKind::parse(code) } else { None };
        item.set(Column::SOURCE_FILE, Cell::text(self.file_name));
        item.set(Column::SOURCE_LINE, line_cell(line));
        item.fill(Column::POSTED_DATE, Cell::Date(issued));
        self.due_date(&mut item, kind, issued, amount, output);
        item.fill(Column::DUE_IS_DERIVED, Cell::Flag(false));
        let default_currency = self.options.base_currency.unwrap_or(Currencies::NONE);
        if item.is_empty(Column::CURRENCY_CODE) {
            self.note(ItemNote::CurrencyAssumed, amount, output);
            item.set(Column::CURRENCY_CODE, Cell::text(default_currency));
        }
        let is_base =
            self.options.base_currency.is_some_and(|base| *item.get(Column::CURRENCY_CODE) == Cell::text(base));
        if is_base {
            item.fill(Column::BASE_AMOUNT, Cell::Money(amount));
        }
        if kind.is_some_and(|kind| ItemNote::is_sign_unusual(kind, amount)) {
            self.note(ItemNote::SignUnusual, amount, output);
        }
        if let Cell::Text(currency) = item.get(Column::CURRENCY_CODE) {
            self.totals.add_item(currency, amount);
        }
        let Some(list_day) = self.list_day else { return output.push(&tables::ITEMS, item.into_cells()) };
        let company =
            if let Cell::Text(company) = item.get(Column::COMPANY_ID) { company.clone() } else { String::new() };
        *self.listed_counts.entry(company).or_default() += 1;
        self.later_count += u64::from(issued > list_day);
        let item = item.into_cells();
        let cells = |name: &str| match (name, tables::ITEMS.position(name)) {
            ("list_date", _) => Cell::Date(list_day),
            (_, Some(position)) => item[position].clone(),
            (_, None) => Cell::Empty,
        };
        output.push(&tables::LISTED_ITEMS, row_of(&tables::LISTED_ITEMS, cells))
    }

    /// Credits are due when issued; claims after the default terms; a balance brought forward has no due date.
    fn due_date(&self, item: &mut Item, kind: Option<ItemKind>, issued: Date, amount: Money, output: &mut Output<'_>) {
        if !item.is_empty(Column::DUE_DATE) {
            return;
        }
        match kind.and_then(|kind| ItemNote::of_due_date(kind, amount)) {
            None => item.set(Column::DUE_DATE, Cell::Date(issued)),
            Some(ItemNote::AgeUnknown) => self.note(ItemNote::AgeUnknown, amount, output),
            Some(derived) => {
                item.set(Column::DUE_DATE, Cell::Date(self.options.default_terms.due(issued)));
                item.set(Column::DUE_IS_DERIVED, Cell::Flag(true));
                self.note(derived, amount, output);
            }
        }
    }

    fn note(&self, note: ItemNote, amount: Money, output: &mut Output<'_>) {
        output.note_many(note.code(), 1, Some(amount.wide().abs()), &note.text(self.options.base_currency));
    }

    /// The customer of an item, the first time it is met in a file that says more of it than its number.
    fn customer(&mut self, values: &[Cell], output: &mut Output<'_>) -> Result<(), IngestError> {
        if !self.describes_customers {
            return Ok(());
        }
        let (company, customer) = (self.get(values, "company_id"), self.get(values, "customer_id"));
        if !self.customers.insert(&[company, customer]) {
            return Ok(());
        }
        let cells = |name: &str| match name {
            "company_id" => company.clone(),
            "customer_id" => customer.clone(),
            "is_collective" | "load_id" => Cell::Empty,
            "name" if *self.get(values, "customer.name") == Cell::Empty => customer.clone(),
            other => self.get(values, &format!("customer.{other}")).clone(),
        };
        output.push(&tables::CUSTOMERS, row_of(&tables::CUSTOMERS, cells))
    }

    /// Whether a row repeats what an earlier row of its document owes. One that owes something else is not the same, and is
    /// refused as a second of one key.
    fn repeats_item(&mut self, values: &[Cell], output: &mut Output<'_>) -> bool {
        if !self.repeats {
            return false;
        }
        let key = (self.text(values, "company_id").to_owned(), self.text(values, "item_id").to_owned());
        let told = ["amount", "customer_id", "issued_date"].map(|name| self.get(values, name).clone());
        match self.repeated.get(&key) {
            None => {
                self.repeated.insert(key, told);
                false
            }
            Some(known) => {
                let is_same = *known == told;
                if is_same {
                    output.note("rows_repeated", None, "rows that repeat their document: each document counts once");
                }
                is_same
            }
        }
    }

    fn claim_item(&mut self, values: &[Cell]) -> Result<(), Refusal> {
        let key = [self.get(values, "company_id"), self.get(values, "item_id")];
        if self.keys.insert(&key) { Ok(()) } else { Err(duplicate(Reason::ItemDuplicate, &key[1..])) }
    }

    fn get<'v>(&self, values: &'v [Cell], name: &str) -> &'v Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.places.get(name).and_then(|&place| values.get(place)).unwrap_or(EMPTY)
    }

    /// Terms that cannot be read empty their cell; the rest of the row holds.
    fn leave_out_unknown_terms(&self, values: &mut [Cell], output: &mut Output<'_>) {
        for name in ["terms_code", "customer.terms_code"] {
            let Some(cell) = self.places.get(name).and_then(|&place| values.get_mut(place)) else { continue };
            if let Cell::Text(code) = cell
                && AgreedTerms::parse(code).is_none()
            {
                output.note(
                    "terms_unknown",
                    None,
                    &format!("payment terms as `{code}` left out: write {}", AgreedTerms::FORMS),
                );
                *cell = Cell::Empty;
            }
        }
    }

    fn fill(&self, values: &mut [Cell], name: &str, value: Cell) {
        if let Some(cell) =
            self.places.get(name).and_then(|&place| values.get_mut(place)).filter(|cell| **cell == Cell::Empty)
        {
            *cell = value;
        }
    }

    fn text<'v>(&self, values: &'v [Cell], name: &str) -> &'v str {
        if let Cell::Text(text) = self.get(values, name) { text } else { "" }
    }

    fn money(&self, values: &[Cell], name: &str) -> Option<Money> {
        if let Cell::Money(amount) = self.get(values, name) { Some(*amount) } else { None }
    }

    /// A required date: rows without it never come here.
    fn day(&self, values: &[Cell], name: &str) -> Date {
        if let Cell::Date(day) = self.get(values, name) { *day } else { Date::default() }
    }
}

/// The keys met in a file, as 128 bits each: a file of ten million rows must not be held to find a key given twice.
#[derive(Default)]
struct Keys {
    seen: HashSet<u128>,
    states: (RandomState, RandomState),
}

impl Keys {
    /// Whether the key is new.
    fn insert<K: Hash + ?Sized>(&mut self, key: &K) -> bool {
        let half = |state: &RandomState| u128::from(state.hash_one(key));
        self.seen.insert((half(&self.states.0) << 64) | half(&self.states.1))
    }
}

fn duplicate(reason: Reason, key: &[&Cell]) -> Refusal {
    let shown: Vec<String> = key.iter().map(|cell| plain(cell)).collect();
    Refusal { reason, found: super::super::reason::shortened(&shown.join(" "), 120) }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Date(day) => day.to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::Money(amount) => amount.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

/// Where a row stands in its file.
fn line_cell(line: u64) -> Cell {
    Cell::Int(i64::try_from(line).unwrap_or(i64::MAX))
}

fn row_of(table: &TableSpec, cell: impl Fn(&str) -> Cell) -> Vec<Cell> {
    table.columns.iter().map(|column| cell(column.name)).collect()
}
