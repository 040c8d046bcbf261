//! What is owed: the balance where there is one, else what was billed less what was paid, never what is net of tax.

use super::profile::Profile;
use super::{Columns, NEAR, Shape, Taken, sql_name};

/// Currencies that headers name: an amount "in EUR" is in that of the company.
const CURRENCIES: [&str; 7] = ["EUR", "USD", "GBP", "CHF", "SEK", "CAD", "LCY"];

impl Columns<'_> {
    /// The amount of an item.
    pub(super) fn choose_amount(&mut self, shape: Shape) {
        let open = self.ranked("open_amount", Profile::is_amount);
        let total = self.ranked("total_amount", Profile::is_amount);
        let paid = self.ranked("paid_amount", Profile::is_amount);
        let debit = self.ranked("debit_amount", Profile::is_amount).first().copied();
        let credit = self.ranked("credit_amount", Profile::is_amount).first().copied();
        let open: Vec<(i32, usize)> = open
            .into_iter()
            .filter(|(score, column)| {
                // "Amount due" and "Due amount" are open; a total that says no more is not
                *score >= self.score("total_amount", *column) && !self.is_running(*column, &total)
            })
            .collect();
        let is_history = shape == Shape::InvoiceHistory;
        if self.taken.contains_key("side") {
            self.sign = "by_side";
        }
        let is_open = |(_, column): &(i32, usize)| {
            !self.said[*column].has("overdue") || !self.sample.amounts(*column).contains(&0)
        };
        let open: Vec<(i32, usize)> = open.into_iter().filter(is_open).collect();
        if let Some((_, column)) = open.first().copied().filter(|_| !is_history) {
            self.take_one(&open, "what is still open");
            if let Some((_, billed)) = total.iter().find(|(_, billed)| *billed != column) {
                self.used.push(*billed);
            }
            // "Amount due" less "Amount paid", where nothing says that the one is what is left of the other
            if !self.said[column].has("open") && !self.said[column].has("balance") {
                self.take_paid_of(column, &total, &paid);
            }
        } else if let (Some((_, debit)), Some((_, credit))) = (debit, credit) {
            self.take("debit_amount", debit, "");
            self.take("credit_amount", credit, "");
            self.sign = "debit_credit";
        } else if !total.is_empty() {
            // what was paid in the currency of the books is a part of the amount in it
            let is_paid_local = paid.first().is_some_and(|(_, paid)| self.is_local(*paid));
            let of_paid: Vec<(i32, usize)> =
                total.iter().filter(|(_, column)| is_paid_local && self.is_local(*column)).copied().collect();
            self.take_one(if of_paid.is_empty() { &total } else { &of_paid }, "what is owed");
            if let Some((_, column)) = paid.first().copied().filter(|(_, column)| !self.used.contains(column)) {
                let role = if is_history { "settled_amount" } else { "paid_amount" };
                self.take(role, column, "what was paid of it");
            }
        } else {
            self.amount_otherwise();
        }
    }

    /// Takes what was paid off an amount due that still includes it: it is the total in every row, or, where there is no total,
    /// some row is paid in full and its amount is not nothing.
    fn take_paid_of(&mut self, amount: usize, total: &[(i32, usize)], paid: &[(i32, usize)]) {
        let Some((_, paid)) = paid.first().copied().filter(|(_, paid)| !self.used.contains(paid)) else { return };
        let total = total.iter().find(|(_, total)| *total != amount).map(|(_, total)| *total);
        let (amounts, paids) = (self.sample.amounts(amount), self.sample.amounts(paid));
        let includes_paid = match total {
            Some(total) => self.are_equal_amounts(amount, total),
            None => (0..amounts.len()).any(|row| amounts[row] != 0 && amounts[row] == paids[row]),
        };
        if includes_paid {
            self.take("paid_amount", paid, "what was paid of it");
        }
    }

    /// The amount that a receipt brought, or its part for an invoice.
    pub(super) fn choose_applied_amount(&mut self) {
        let ranked = self.ranked("applied_amount", Profile::is_amount);
        if ranked.is_empty() { self.amount_otherwise() } else { self.take_one(&ranked, "what was received") }
    }

    /// Takes the likeliest; two that nothing tells apart are asked.
    fn take_one(&mut self, ranked: &[(i32, usize)], wanted: &str) {
        let (score, column) = ranked[0];
        let rivals: Vec<usize> = ranked[1..]
            .iter()
            .filter(|(other, rival)| score - other <= NEAR && !self.are_equal_amounts(column, *rival))
            .map(|(_, rival)| *rival)
            .collect();
        if rivals.is_empty() {
            self.take("amount", column, wanted);
            let currency = self.ranked("currency_code", Profile::is_currency).first().copied();
            let is_in_several = currency.is_some_and(|(_, currency)| self.profiles[currency].values.len() > 1);
            let beside = ranked.iter().find(|(score, other)| *other != column && *score >= 50 && self.is_local(*other));
            if let Some((_, local)) = beside.copied()
                && is_in_several
                && !self.is_local(column)
                && self.is_in_books(local)
            {
                self.take("base_amount", local, "the same in the currency of the books");
            }
            return;
        }
        // an amount in two currencies: that of the document, and beside it that of the books
        let among: Vec<usize> = std::iter::once(column).chain(rivals).collect();
        let (local, own): (Vec<usize>, Vec<usize>) = among.iter().partition(|column| self.is_local(**column));
        let document = self.ranked("currency_code", Profile::is_currency).first().copied();
        match (&local[..], &own[..], document) {
            ([local], [own], Some(_)) if self.is_in_books(*local) => {
                self.take("amount", *own, &format!("{wanted}, in the currency of the document"));
                self.take("base_amount", *local, "the same in the currency of the books");
            }
            ([local], [_], None) => self.take("amount", *local, &format!("{wanted}, in the currency of the books")),
            _ => self.ask("amount", &among, wanted),
        }
    }

    /// Whether a header says that its amounts are in the currency of the company.
    fn is_local(&self, column: usize) -> bool {
        let said = &self.said[column];
        said.has("local")
            || (said.has("company") && (said.has("currency") || said.has("code")))
            || self.names_currency(column)
    }

    /// Whether the currency of the company is that of the books, as far as the file tells.
    fn is_in_books(&self, column: usize) -> bool {
        let named = self.header[column].split(|c: char| !c.is_alphabetic()).find(|word| CURRENCIES.contains(word));
        let local = self.ranked("local_currency", Profile::is_currency).first().copied();
        let code = local.and_then(|(_, local)| {
            let values: Vec<&String> = self.profiles[local].values.keys().collect();
            if let [only] = values[..] { Some(only.as_str()) } else { None }
        });
        match (named.or(code), self.books) {
            (Some(code), Some(books)) => code == books,
            _ => true,
        }
    }

    /// Whether a header names one currency: `Amount (EUR)`.
    fn names_currency(&self, column: usize) -> bool {
        let mut words = self.header[column].split(|c: char| !c.is_alphabetic());
        words.any(|word| CURRENCIES.contains(&word))
    }

    fn are_equal_amounts(&self, left: usize, right: usize) -> bool {
        let (left, right) = (self.sample.amounts(left), self.sample.amounts(right));
        self.sample.adds_up(|row| left[row] == right[row])
    }

    /// Whether a balance runs on from row to row: then it is no row's own.
    fn is_running(&self, column: usize, total: &[(i32, usize)]) -> bool {
        let balance = self.sample.amounts(column);
        let runs_with = |amounts: &[i64]| {
            let steps = (1..balance.len()).filter(|row| balance[*row] == balance[row - 1] + amounts[*row]);
            balance.len() > 2 && steps.count() * 5 >= (balance.len() - 1) * 3
        };
        let side =
            |role: &str| self.ranked(role, Profile::is_amount).first().map(|(_, column)| self.sample.amounts(*column));
        let by_sides = side("debit_amount").zip(side("credit_amount")).map(|(debit, credit)| {
            debit.iter().zip(credit).map(|(debit, credit)| debit - credit).collect::<Vec<i64>>()
        });
        self.said[column].has("balance")
            && (total.iter().any(|(_, total)| runs_with(&self.sample.amounts(*total)))
                || by_sides.is_some_and(|amounts| runs_with(&amounts)))
    }

    /// No name tells: net and tax, or the only column of amounts.
    fn amount_otherwise(&mut self) {
        let net = self.ranked("net_amount", Profile::is_amount).first().copied();
        let tax = self.ranked("tax_amount", Profile::is_amount).first().copied();
        match (net, tax) {
            (Some((_, net)), Some((_, tax))) => {
                let sql = format!("amount({}) + amount({})", sql_name(&self.header[net]), sql_name(&self.header[tax]));
                self.used.extend([net, tax]);
                self.taken.insert("amount", (Taken::Sql(sql), "net and tax together".to_owned()));
            }
            (Some((_, net)), None) => self.ask("amount", &[net], "what is owed, but is net of tax"),
            _ => {
                let fits = |column: &usize| {
                    let profile = &self.profiles[*column];
                    profile.is_amount() && !self.used.contains(column) && self.says_no_other(*column)
                };
                let all: Vec<usize> = (0..self.header.len()).filter(fits).collect();
                let marked: Vec<usize> =
                    all.iter().filter(|column| self.profiles[**column].marked_count > 0).copied().collect();
                match if marked.is_empty() { &all[..] } else { &marked[..] } {
                    [only] => self.take("amount", *only, "by its values"),
                    several => {
                        let several = several.to_vec();
                        self.ask("amount", &several, "what is owed");
                    }
                }
            }
        }
    }

    /// Whether a header says nothing that an amount owed is not.
    fn says_no_other(&self, column: usize) -> bool {
        const OTHER: [&str; 12] = [
            "number", "id", "code", "account", "customer", "days", "quantity", "price", "tax", "phone", "company",
            "order",
        ];
        !OTHER.iter().any(|concept| self.said[column].has(concept))
    }

    /// The currency that the amount is in: of the document, or its own where it is the local one.
    pub(super) fn choose_currency(&mut self) {
        let amount = match self.taken.get("amount") {
            Some((Taken::Column(column), _)) => Some(*column),
            _ => None,
        };
        let is_local = amount.is_some_and(|amount| self.is_local(amount));
        let own = self.ranked("currency_code", Profile::is_currency);
        let local = self.ranked("local_currency", Profile::is_currency);
        let best = if is_local { local.first() } else { own.first() };
        // where there is one currency only, it is the currency of all
        let only = own.first().filter(|(_, column)| is_local && self.profiles[*column].values.len() == 1);
        let Some((_, column)) = best.or(only).copied() else { return };
        let is_elsewhere = amount.is_some_and(|amount| self.is_of_another_amount(amount, column));
        if !is_elsewhere {
            self.take("currency_code", column, "");
        }
    }

    /// Whether a currency is that of another amount: one "in the currency" that differs where what is open goes with a third.
    fn is_of_another_amount(&self, amount: usize, currency: usize) -> bool {
        if self.profiles[currency].values.len() < 2 || self.said[amount].has("currency") {
            return false;
        }
        let amounts = |column: usize| self.sample.amounts(column);
        let is_in_currency = |column: &usize| {
            *column != amount
                && self.profiles[*column].is_amount()
                && self.said[*column].has("currency")
                && self.said[*column].has("amount")
        };
        let Some(foreign) = (0..self.header.len()).find(is_in_currency) else { return false };
        let (own, foreign) = (amounts(amount), amounts(foreign));
        let third = (0..self.header.len()).find(|column| {
            let third = amounts(*column);
            *column != amount
                && self.profiles[*column].is_amount()
                && (0..own.len()).any(|row| third[row] == own[row] && foreign[row] != own[row] && own[row] != 0)
        });
        third.is_some()
    }
}
