//! What the rows of a file come to, beside its own totals.

use super::super::amount;
use super::super::output::Output;
use super::grid;
use super::shaped::ConventionalReader;
use crate::ingest::outcome::CurrencySum;
use crate::model::Money;
use crate::model::expressions::CellReader as _;
use crate::model::money::money_text;

/// The sums of the items written.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Rows taken.
    pub accepted_count: u64,
    /// Items written.
    pub item_count: u64,
    /// What they come to, a sum a currency.
    pub sums: Vec<CurrencySum>,
}

impl Totals {
    /// Counts an item.
    pub fn add_item(&mut self, currency_code: &str, amount: Money) {
        self.item_count += 1;
        let amount = amount.wide();
        CurrencySum::add(&mut self.sums, currency_code, amount.max(0), (-amount).max(0));
    }

    /// Σ of amounts owed to us, and of amounts that lower it, without sign: what was read, whatever the currencies.
    #[must_use]
    pub fn read(&self) -> (i128, i128) {
        (self.sums.iter().map(|sum| sum.debit).sum(), self.sums.iter().map(|sum| sum.credit).sum())
    }

    /// Adds those of other rows.
    pub fn add(&mut self, other: &Self) {
        self.accepted_count += other.accepted_count;
        self.item_count += other.item_count;
        for sum in &other.sums {
            CurrencySum::add(&mut self.sums, &sum.currency_code, sum.debit, sum.credit);
        }
    }
}

/// What rows of a file that sum others hold in its column of amounts.
pub struct OwnSums {
    /// Where amounts stand, if in one column.
    column: Option<usize>,
    reader: ConventionalReader,
    sums: Vec<i128>,
}

impl OwnSums {
    /// For the rows of a file whose amounts stand in this column.
    #[must_use]
    pub const fn of(column: Option<usize>, reader: ConventionalReader) -> Self {
        Self { column, reader, sums: Vec::new() }
    }

    /// A row that sums others.
    pub fn see(&mut self, row: &dyn grid::Row) {
        let cell = self.column.map(|column| row.cell(column));
        let amount = match cell {
            Some(grid::Raw::Number(number)) => amount::read_binary(number).ok(),
            Some(cell) => self.reader.amount(&cell.text()),
            None => None,
        };
        self.sums.extend(amount.map(Money::wide));
    }

    /// Says so where the rows come to none of the sums: each of them, or all, may sum a part only, but one sums the whole.
    pub fn compare(&self, totals: &Totals, is_whole: bool, file: &str, output: &mut Output<'_>) {
        let [total] = &*totals.sums else { return };
        let sum = total.debit - total.credit;
        let Some(last) = self.sums.last().filter(|_| is_whole) else { return };
        // what customers come to, each by a sum of its own, is the whole too
        let all: i128 = self.sums.iter().sum();
        if all == sum || self.sums.iter().any(|own| own.abs() == sum.abs()) {
            return;
        }
        let [rows, own] = [sum, *last].map(|amount| money_text(amount, 2));
        let text = format!(
            "the rows of `{file}` come to {rows}, and no total of its own says so (the last says {own}): something is left out, or \
             counted twice"
        );
        output.note_file("own_total_differs", text);
    }
}
