//! Money that goes back to a customer: it undoes a receipt that had settled something, or refunds a credit (FEC.md 5 and 6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lettering::{Outcome, Pair, Part, settle};
use crate::model::{Date, ItemKind};

/// A line's part in a lettered group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub item: usize,
    pub amount: i64,
    pub kind: ItemKind,
    /// The entry that holds its line; lines of one entry share it.
    pub entry: Arc<str>,
    /// From this day on it belongs to the group.
    pub joined: Date,
    /// On this day it left for another group.
    pub left: Option<Date>,
}

impl Member {
    fn is_in(&self, day: Date) -> bool {
        self.joined <= day && self.left.is_none_or(|left| day < left)
    }

    /// Money that the company paid to the customer, or the bank took back.
    const fn is_money_back(&self) -> bool {
        self.amount > 0 && matches!(self.kind, ItemKind::Refund | ItemKind::ReturnedReceipt)
    }

    /// A credit by which the claim goes on to another account: money that went back leaves it alone.
    fn moves_claim_of(&self, debit: &Self) -> bool {
        self.amount < 0 && self.kind == ItemKind::Transfer && self.entry == debit.entry
    }
}

/// What money that went back was set against, from its own day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MoneyBack {
    pub day: Date,
    pub pair: Pair,
    /// It undoes a receipt that had settled something; otherwise it refunds a credit that was not used.
    pub is_return: bool,
}

/// What the money that went back of a group undoes or refunds, in the order of the days.
pub(super) fn money_back(members: &[Member]) -> Vec<MoneyBack> {
    let mut order: Vec<&Member> = members.iter().filter(|member| member.is_money_back()).collect();
    // of one entry the return comes before its fee
    order.sort_by_key(|member| (member.joined, std::cmp::Reverse(member.amount)));
    let mut found = Vec::new();
    let mut matched_entries = BTreeSet::new();
    for debit in order {
        let credits = Credits::before(debit, members, &found);
        let (parts, is_whole) = match credits.of_amount(debit.amount) {
            Some(part) => (vec![part], true),
            // beside a returned receipt the rest of its entry is a fee
            None if matched_entries.contains(&debit.entry) => continue,
            None => (credits.of_less(debit.amount), false),
        };
        if is_whole {
            matched_entries.insert(debit.entry.clone());
        }
        found.extend(parts.into_iter().map(|(part, is_return)| MoneyBack {
            day: debit.joined,
            pair: Pair { debit: debit.item, credit: part.item, amount: part.amount },
            is_return,
        }));
    }
    found
}

/// The credits of a group on a day: what of each is used and what is not.
struct Credits {
    /// Oldest first.
    unused: Vec<Part>,
    /// Receipts that settled something, with all that is left of them; the latest first.
    used_receipts: Vec<Part>,
}

impl Credits {
    /// As `debit` found them on its day.
    fn before(debit: &Member, members: &[Member], found: &[MoneyBack]) -> Self {
        let is_other = |member: &&Member| !member.is_money_back() && !member.moves_claim_of(debit);
        let others: Vec<Member> = members.iter().filter(is_other).cloned().collect();
        let outcome = outcome_on(&others, found, debit.joined);
        let money_back: BTreeSet<usize> = found.iter().map(|back| back.pair.debit).collect();
        let mut used: BTreeMap<usize, i64> = BTreeMap::new();
        for pair in outcome.pairs.iter().filter(|pair| !money_back.contains(&pair.debit)) {
            *used.entry(pair.credit).or_default() += pair.amount;
        }
        let unused = outcome.credits_left;
        let left_of = |item: usize| unused.iter().filter(|part| part.item == item).map(|part| part.amount).sum::<i64>();
        let receipts = others.iter().rev().filter(|member| matches!(member.kind, ItemKind::Receipt));
        let used_receipts = receipts
            .filter_map(|member| {
                let used = used.get(&member.item)?;
                Some(Part { item: member.item, amount: used + left_of(member.item) })
            })
            .collect();
        Self { unused, used_receipts }
    }

    /// One credit of exactly that amount: rather one that is not used.
    fn of_amount(&self, amount: i64) -> Option<(Part, bool)> {
        let unused = self.unused.iter().rev().find(|part| part.amount == amount);
        let receipt = || self.used_receipts.iter().find(|part| part.amount == amount);
        unused.map(|part| (*part, false)).or_else(|| receipt().map(|part| (*part, true)))
    }

    /// Credits that are not used, where they suffice; otherwise receipts that settled something, the latest first.
    fn of_less(&self, amount: i64) -> Vec<(Part, bool)> {
        let is_enough = self.unused.iter().map(|part| part.amount).sum::<i64>() >= amount;
        let unused = self.unused.iter().map(|part| (*part, false));
        let receipts = self.used_receipts.iter().map(|part| (*part, true));
        let candidates: Vec<(Part, bool)> = if is_enough {
            unused.collect()
        } else {
            let of_receipts: BTreeSet<usize> = self.used_receipts.iter().map(|part| part.item).collect();
            receipts.chain(unused.filter(|(part, _)| !of_receipts.contains(&part.item))).collect()
        };
        let mut left = amount;
        let mut taken = Vec::new();
        for (part, is_return) in candidates.into_iter().take_while(|_| amount > 0) {
            let share = part.amount.min(left);
            if share > 0 {
                taken.push((Part { item: part.item, amount: share }, is_return));
                left -= share;
            }
        }
        taken
    }
}

/// The rule of FEC.md 7 applied to those who are in a group on a day, after what went back. Members stand oldest first.
pub(super) fn outcome_on(members: &[Member], found: &[MoneyBack], day: Date) -> Outcome {
    let backs: Vec<&MoneyBack> = found.iter().filter(|back| back.day <= day).collect();
    let mut taken: BTreeMap<usize, i64> = BTreeMap::new();
    for back in &backs {
        *taken.entry(back.pair.debit).or_default() += back.pair.amount;
        *taken.entry(back.pair.credit).or_default() += back.pair.amount;
    }
    let side = |sign: i64| -> Vec<Part> {
        let of_side = members.iter().filter(|member| member.is_in(day) && member.amount * sign > 0);
        let parts = of_side.map(|member| {
            let taken = taken.get(&member.item).copied().unwrap_or_default();
            Part { item: member.item, amount: member.amount.abs() - taken }
        });
        parts.filter(|part| part.amount > 0).collect()
    };
    let mut outcome = settle(&side(1), &side(-1));
    outcome.pairs.splice(0..0, backs.into_iter().map(|back| back.pair));
    outcome
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a case that cannot be made must stop the test")]
mod tests {
    use super::*;

    /// Members `day of May, amount, kind, entry`, items numbered in their order.
    fn members(lines: &[(u32, i64, ItemKind, &str)]) -> Vec<Member> {
        let member = |(item, (day, amount, kind, entry)): (usize, &(u32, i64, ItemKind, &str))| Member {
            item,
            amount: *amount,
            kind: *kind,
            entry: Arc::from(*entry),
            joined: format!("2024-05-{day:02}").parse().unwrap(),
            left: None,
        };
        lines.iter().enumerate().map(member).collect()
    }

    /// `debit, credit, amount, is it a return`
    fn found(members: &[Member]) -> Vec<(usize, usize, i64, bool)> {
        let backs = money_back(members);
        backs.iter().map(|back| (back.pair.debit, back.pair.credit, back.pair.amount, back.is_return)).collect()
    }

    fn pairs(members: &[Member], day: u32) -> Vec<(usize, usize, i64)> {
        let outcome = outcome_on(members, &money_back(members), format!("2024-05-{day:02}").parse().unwrap());
        outcome.pairs.iter().map(|pair| (pair.debit, pair.credit, pair.amount)).collect()
    }

    use ItemKind::{CreditNote, Invoice, Receipt, Refund};

    #[test]
    fn a_cheque_returned_twice_leaves_the_invoice_to_the_receipt_that_stays() {
        let lines = members(&[
            (1, 100, Invoice, "1"),
            (5, -100, Receipt, "2"),
            (8, 100, Refund, "3"),
            (12, -100, Receipt, "4"),
            (15, 100, Refund, "5"),
            (20, -100, Receipt, "6"),
        ]);
        assert_eq!(found(&lines), [(2, 1, 100, true), (4, 3, 100, true)]);
        assert_eq!(pairs(&lines, 7), [(0, 1, 100)]);
        assert_eq!(pairs(&lines, 9), [(2, 1, 100)]);
        assert_eq!(pairs(&lines, 20), [(2, 1, 100), (4, 3, 100), (0, 5, 100)]);
    }

    #[test]
    fn a_return_of_a_part_opens_what_its_receipt_settled_last() {
        let lines =
            members(&[(1, 60, Invoice, "1"), (2, 40, Invoice, "2"), (5, -100, Receipt, "3"), (9, 40, Refund, "4")]);
        assert_eq!(found(&lines), [(3, 2, 40, true)]);
        assert_eq!(pairs(&lines, 9), [(3, 2, 40), (0, 2, 60)]);
    }

    #[test]
    fn what_was_not_used_is_refunded() {
        let credit_note = members(&[(1, -24, CreditNote, "1"), (9, 24, Refund, "2")]);
        assert_eq!(found(&credit_note), [(1, 0, 24, false)]);
        let paid_twice =
            members(&[(1, 50, Invoice, "1"), (3, -50, Receipt, "2"), (4, -50, Receipt, "3"), (9, 50, Refund, "4")]);
        assert_eq!(found(&paid_twice), [(3, 2, 50, false)]);
        let too_much = members(&[(1, 50, Invoice, "1"), (3, -80, Receipt, "2"), (9, 30, Refund, "3")]);
        assert_eq!(found(&too_much), [(2, 1, 30, false)]);
    }

    #[test]
    fn a_receipt_returned_whole_takes_what_was_left_of_it_too() {
        let lines = members(&[(1, 100, Invoice, "1"), (3, -101, Receipt, "2"), (9, 101, Refund, "3")]);
        assert_eq!(found(&lines), [(2, 1, 101, true)]);
        assert_eq!(pairs(&lines, 9), [(2, 1, 101)]);
    }

    #[test]
    fn the_fee_beside_a_returned_receipt_undoes_nothing() {
        let lines = members(&[
            (1, 100, Invoice, "1"),
            (2, 15, Invoice, "2"),
            (3, -100, Receipt, "3"),
            (4, -15, Receipt, "4"),
            (9, 12, Refund, "5"),
            (9, 100, Refund, "5"),
        ]);
        assert_eq!(found(&lines), [(5, 2, 100, true)]);
    }
}
