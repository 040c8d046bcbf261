//! Claims that left an account for another one, and what they were.

use std::collections::BTreeMap;

use super::{Item, Work};
use crate::ledger::transfers::{Departure, Origin};
use crate::model::{Date, ItemKind};

impl Work<'_> {
    /// The credits by which claims left this account for another one, and what each settled by its own day.
    pub(in crate::ledger) fn departures(&self) -> impl Iterator<Item = Departure> + '_ {
        let is_departure =
            |item: &Item| item.amount < 0 && matches!(item.kind, ItemKind::Transfer | ItemKind::Factored);
        let credits = self.items.iter().enumerate().filter(move |(_, item)| is_departure(item));
        credits.map(|(credit, item)| {
            let of_day = self.settled_by(credit, Some(item.posted));
            let settled = if of_day.is_empty() { self.settled_by(credit, None) } else { of_day };
            Departure {
                entry: item.entry.clone(),
                day: item.posted,
                is_factored: item.kind == ItemKind::Factored,
                reference: item.reference.clone(),
                amount: -item.amount,
                settled,
            }
        })
    }

    /// What a credit settled until a day, or in all.
    fn settled_by(&self, credit: usize, until: Option<Date>) -> Vec<Origin> {
        let mut settled: BTreeMap<usize, i64> = BTreeMap::new();
        for ((day, debit, of), (amount, _)) in &self.changes {
            if *of == credit && until.is_none_or(|until| *day <= until) {
                *settled.entry(*debit).or_default() += amount;
            }
        }
        let is_other = |debit: &usize| self.items[*debit].entry != self.items[credit].entry;
        let parts = settled.into_iter().filter(|(debit, amount)| *amount > 0 && is_other(debit));
        let origin = |(debit, amount): (usize, i64)| {
            let item = &self.items[debit];
            Origin {
                amount,
                reference: item.reference.clone(),
                issued: item.issued,
                due: item.due,
                due_is_derived: item.due_is_derived,
            }
        };
        parts.map(origin).collect()
    }
}
