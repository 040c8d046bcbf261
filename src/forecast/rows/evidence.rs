//! One row a thing to know before the figures of a forecast are believed.

use super::{Rows, text, whole};
use crate::forecast::book::OpenClaim;
use crate::forecast::events::{Amount, place};
use crate::forecast::outlook::amount;
use crate::forecast::simulation::rounded;
use crate::forecast::work::Prepared;
use crate::model::Value;

/// Below so many payments a customer is little known.
const KNOWN_PAYMENTS: f64 = 5.0;
/// Below so many payments of all customers their habits are little known.
const KNOWN_HABITS: i64 = 30;

/// A fiftieth of what is open is worth a word.
const MATERIAL: Amount = 50;

impl Prepared {
    /// What is thin, new, covered or without a due date.
    pub(in crate::forecast) fn evidence(&self) -> Rows {
        let picture = &self.picture;
        let open = &picture.book.open;
        let payments = rounded(picture.model.levels.payment_count());
        let customer_of = |open: &OpenClaim| self.events.claims[place(open.claim)].customer;
        let customers = |kept: &dyn Fn(&&OpenClaim) -> bool| {
            let mut customers: Vec<u32> = open.iter().filter(kept).map(customer_of).collect();
            customers.dedup();
            customers.len()
        };
        let line =
            |order: usize, code: &str, kept: &dyn Fn(&&OpenClaim) -> bool, amount: &dyn Fn(&OpenClaim) -> Amount| {
                vec![
                    whole(order),
                    text(code),
                    whole(open.iter().filter(kept).count()),
                    self.money(open.iter().filter(kept).map(amount).sum()),
                    Value::Int(payments),
                    whole(customers(kept)),
                ]
            };
        let is_new = |open: &&OpenClaim| picture.model.levels.customer(customer_of(open)).count < KNOWN_PAYMENTS;
        let all = |_: &&OpenClaim| true;
        let of_open = |open: &OpenClaim| open.open;
        let mut rows = Vec::new();
        if open.is_empty() {
            rows.push(line(1, "nothing_open", &all, &of_open));
            return rows;
        }
        if payments == 0 {
            rows.push(line(2, "no_history", &all, &of_open));
        } else if payments < KNOWN_HABITS {
            rows.push(line(2, "little_history", &all, &of_open));
        }
        if customers(&all) == 1 {
            rows.push(line(3, "one_customer", &all, &of_open));
        }
        if payments > 0 && customers(&is_new) > 0 {
            let code = if customers(&is_new) == customers(&all) { "all_new" } else { "some_new" };
            rows.push(line(4, code, &is_new, &of_open));
        }
        let covered = |open: &&OpenClaim| open.uncovered < open.open;
        if open.iter().any(|open| covered(&open)) {
            rows.push(line(5, "covered", &covered, &|open| open.open - open.uncovered));
        }
        let without_due = |open: &&OpenClaim| !self.events.claims[place(open.claim)].has_due;
        if open.iter().any(|open| without_due(&open)) {
            rows.push(line(6, "no_due_date", &without_due, &of_open));
        }
        let is_stopped = |open: &&OpenClaim| {
            let payer = &self.events.payers[place(customer_of(open))];
            payer.stopped.is_some_and(|stopped| stopped <= self.day)
        };
        if open.iter().any(|open| is_stopped(&open)) {
            let brings =
                open.iter().filter(is_stopped).any(|open| self.events.payers[place(customer_of(open))].recovered > 0.0);
            rows.push(line(7, if brings { "stopped_recovered" } else { "stopped" }, &is_stopped, &of_open));
        }
        let never = open
            .iter()
            .zip(&picture.outlooks)
            .map(|(open, outlook)| rounded(amount(open.uncovered) * outlook.cash_share * (1.0 - outlook.ever)));
        let never: Amount = never.sum();
        if payments >= KNOWN_HABITS && never * MATERIAL >= open.iter().map(of_open).sum() {
            let mut row = line(8, "never_paid", &all, &of_open);
            row[3] = self.money(never);
            rows.push(row);
        }
        rows
    }
}
