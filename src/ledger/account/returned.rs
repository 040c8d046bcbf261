//! Which receipt the money undoes that went back (FEC.md 5 and 6): of its own lettered group, of another group of the year,
//! or of a year before; and what is left over of it, with the receipts that money of another account may undo.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Groups, Item, Work};
use crate::ledger::lettering::Pair;
use crate::ledger::returns::{Member, money_back, outcome_on};
use crate::model::calendar::add_days;
use crate::model::{Date, ItemKind};

/// Within so many days a receipt of the same amount is the one that was returned (FEC.md 5).
pub(in crate::ledger) const RETURN_DAYS: i64 = 60;
/// Within so many, where the receipt stands on another account: a bill that the bank had discounted comes back after its
/// maturity.
const BILL_RETURN_DAYS: i64 = 120;

/// Money that went back and finds on its own account nothing to undo or to refund.
pub(in crate::ledger) struct Unexplained {
    pub source: (Arc<str>, i64),
    pub posted: Date,
    pub amount: i64,
}

/// A receipt that money of another account may undo.
pub(in crate::ledger) struct Undoable {
    /// Its number among the items of its account.
    pub item: usize,
    pub posted: Date,
    pub year_end: Date,
    pub letter: Option<Box<str>>,
    /// Reference of what it had settled.
    pub reference: Option<Box<str>>,
}

/// The credits of an account by amount, and what each settled.
pub(in crate::ledger) struct Uses<'a> {
    items: &'a [Item],
    by_amount: HashMap<i64, Vec<usize>>,
    /// Days, debits and amounts.
    of_credit: HashMap<usize, Vec<(Date, usize, i64)>>,
    /// Money that went back, and whether it is lettered with a credit before it.
    refunds: HashMap<usize, bool>,
}

impl Uses<'_> {
    /// Money that went back without a credit before it, lettered with it or waiting.
    pub(in crate::ledger) fn unexplained(&self) -> impl Iterator<Item = Unexplained> + '_ {
        let unlettered = self.refunds.iter().filter(|(_, is_explained)| !**is_explained);
        unlettered.filter_map(|(debit, _)| {
            let Item { posted, amount, ref source, .. } = self.items[*debit];
            let waits =
                |credit: &usize| self.items[*credit].posted <= posted && self.settled(*credit, posted).is_empty();
            if self.by_amount.get(&amount).into_iter().flatten().any(waits) {
                return None;
            }
            Some(Unexplained { source: source.clone()?, posted, amount })
        })
    }

    /// Receipts of that amount which on that day had settled a claim.
    pub(in crate::ledger) fn undoable<'a>(&'a self, money: &'a Unexplained) -> impl Iterator<Item = Undoable> + 'a {
        let credits = self.by_amount.get(&money.amount).into_iter().flatten().copied();
        let receipts = credits.filter(move |credit| {
            let Item { kind, posted, .. } = self.items[*credit];
            kind == ItemKind::Receipt && posted <= money.posted && money.posted <= add_days(posted, BILL_RETURN_DAYS)
        });
        let is_claim = |debit: &usize| !matches!(self.items[*debit].kind, ItemKind::Refund | ItemKind::ReturnedReceipt);
        receipts.filter_map(move |item| {
            let settled = self.settled(item, money.posted);
            let first = *settled.keys().next().filter(|_| settled.keys().all(is_claim))?;
            let Item { posted, year_end, ref letter, .. } = self.items[item];
            let reference = self.items[first].reference.clone();
            Some(Undoable { item, posted, year_end, letter: letter.clone(), reference })
        })
    }

    /// What a credit had settled by the end of a day, by debit.
    fn settled(&self, credit: usize, day: Date) -> BTreeMap<usize, i64> {
        let mut settled: BTreeMap<usize, i64> = BTreeMap::new();
        for (_, debit, amount) in
            self.of_credit.get(&credit).into_iter().flatten().filter(|(acting, ..)| *acting <= day)
        {
            *settled.entry(*debit).or_default() += amount;
        }
        settled.retain(|_, amount| *amount > 0);
        settled
    }
}

impl Work<'_> {
    /// Money that went back joins the group of the receipt that it undoes, where its own group holds none; a receipt of a
    /// year before is taken back at once. Answers the items that are open again by that.
    pub(super) fn join_returns(&mut self, groups: &mut Groups, first_of_year: usize) -> Vec<usize> {
        let mut reopened = Vec::new();
        let mut undone: BTreeSet<usize> = BTreeSet::new();
        for item in first_of_year..self.items.len() {
            let Item { kind, amount, posted, .. } = self.items[item];
            if amount <= 0 || !matches!(kind, ItemKind::Refund | ItemKind::ReturnedReceipt) {
                continue;
            }
            let own = groups.iter().find(|(_, members)| members.iter().any(|member| member.item == item));
            let own = own.map(|(letter, members)| (letter.clone(), money_back(members)));
            let is_found = own.as_ref().is_some_and(|(_, backs)| backs.iter().any(|back| back.pair.debit == item));
            if is_found || kind == ItemKind::Refund && self.has_unused_credit(item, first_of_year) {
                continue;
            }
            let own = own.map(|(letter, _)| letter);
            if let Some((receipt, letter)) = self.receipt_of_year(groups, item, first_of_year, &undone) {
                undone.insert(receipt);
                let mut moved = vec![self.member(item, amount, posted)];
                if let Some(members) = own.and_then(|own| groups.get_mut(&own)) {
                    for member in members {
                        if member.item != item {
                            moved.push(Member { joined: member.joined.max(posted), ..member.clone() });
                        }
                        member.left = Some(posted);
                    }
                }
                let group = groups.entry(letter).or_default();
                group.extend(moved);
                group.sort_by_key(|member| member.item);
            } else if let Some(receipt) = self.receipt_of_before(item, first_of_year, &undone) {
                undone.insert(receipt);
                reopened.extend(self.take_back(item, receipt));
                for members in groups.values_mut() {
                    members.retain(|member| member.item != item);
                }
            }
        }
        reopened
    }

    /// The credits of this account by amount, and what each settled.
    pub(in crate::ledger) fn uses(&self) -> Uses<'_> {
        let mut uses =
            Uses { items: &self.items, by_amount: HashMap::new(), of_credit: HashMap::new(), refunds: HashMap::new() };
        let returned = self.items.iter().filter(|item| item.kind == ItemKind::ReturnedReceipt);
        let entries: BTreeSet<&Arc<str>> = returned.map(|item| &item.entry).collect();
        for (position, item) in self.items.iter().enumerate() {
            // what stands beside a returned receipt was taken for a fee
            let is_fee = item.kind == ItemKind::Adjustment && entries.contains(&item.entry);
            if item.amount < 0 {
                uses.by_amount.entry(-item.amount).or_default().push(position);
            } else if (item.kind == ItemKind::Refund || is_fee) && item.amount > 0 {
                uses.refunds.insert(position, false);
            }
        }
        for ((day, debit, credit), (amount, _)) in &self.changes {
            uses.of_credit.entry(*credit).or_default().push((*day, *debit, *amount));
            if let Some(is_explained) = uses.refunds.get_mut(debit) {
                let until = self.items[*debit].posted;
                *is_explained |= *day <= until && self.items[*credit].posted <= until;
            }
        }
        uses
    }

    /// Whether a credit of that amount, which no letter names, waits for money that went back.
    fn has_unused_credit(&self, item: usize, first_of_year: usize) -> bool {
        let Item { amount, posted, .. } = self.items[item];
        self.items.iter().enumerate().any(|(place, credit)| {
            let is_unused = if place < first_of_year { credit.left == credit.amount } else { credit.letter.is_none() };
            credit.amount == -amount && credit.posted <= posted && is_unused
        })
    }

    /// A lettered receipt of the year that had settled something: of the same amount, the latest before.
    fn receipt_of_year(
        &self,
        groups: &Groups,
        item: usize,
        first_of_year: usize,
        undone: &BTreeSet<usize>,
    ) -> Option<(usize, Box<str>)> {
        let posted = self.items[item].posted;
        for receipt in (first_of_year..self.items.len()).rev() {
            if undone.contains(&receipt) || !self.may_be_returned(receipt, item) {
                continue;
            }
            let is_here = |member: &Member| member.item == receipt && member.left.is_none();
            let Some((letter, members)) = groups.iter().find(|(_, members)| members.iter().any(is_here)) else {
                continue;
            };
            let backs = money_back(members);
            let is_taken = backs.iter().any(|back| back.pair.credit == receipt);
            let outcome = outcome_on(members, &backs, posted);
            if !is_taken && outcome.pairs.iter().any(|pair| pair.credit == receipt) {
                return Some((receipt, letter.clone()));
            }
        }
        None
    }

    /// A receipt of an earlier year that settled something.
    fn receipt_of_before(&self, item: usize, first_of_year: usize, undone: &BTreeSet<usize>) -> Option<usize> {
        let is_used = |receipt: &usize| self.items[*receipt].left != self.items[*receipt].amount;
        let mut used = (0..first_of_year).rev().filter(is_used).filter(|receipt| !undone.contains(receipt));
        used.find(|receipt| self.may_be_returned(*receipt, item))
    }

    fn may_be_returned(&self, receipt: usize, item: usize) -> bool {
        let Item { kind, amount, posted, .. } = self.items[item];
        let receipt = &self.items[receipt];
        let is_of_amount = receipt.kind == ItemKind::Receipt && receipt.amount == -amount;
        // money that is known to come back was found on another account
        let days = if kind == ItemKind::ReturnedReceipt { BILL_RETURN_DAYS } else { RETURN_DAYS };
        is_of_amount && receipt.posted <= posted && posted <= add_days(receipt.posted, days)
    }

    /// Takes back what a receipt of an earlier year settled, the latest first; answers what is open again.
    fn take_back(&mut self, item: usize, receipt: usize) -> Vec<usize> {
        let day = self.items[item].posted;
        let mut settled: BTreeMap<usize, (Date, i64)> = BTreeMap::new();
        for ((day, debit, credit), (amount, _)) in &self.changes {
            if *credit == receipt {
                let sum = settled.entry(*debit).or_insert((*day, 0));
                *sum = (sum.0.max(*day), sum.1 + amount);
            }
        }
        let mut settled: Vec<(Date, usize, i64)> =
            settled.into_iter().map(|(debit, (day, amount))| (day, debit, amount)).collect();
        settled.sort_unstable_by(|left, right| right.cmp(left));
        let amount = self.items[item].amount;
        let mut opened = Vec::new();
        for (_, debit, amount) in settled.into_iter().filter(|(_, _, amount)| *amount > 0) {
            self.change(day, Pair { debit, credit: receipt, amount }, -1, true);
            self.items[debit].reopened = Some(day);
            opened.push(debit);
        }
        self.change(day, Pair { debit: item, credit: receipt, amount }, 1, true);
        self.items[item].kind = ItemKind::ReturnedReceipt;
        opened
    }

    /// What stands beside a returned receipt in its entry is a fee.
    pub(super) fn name_fees(&mut self, first_of_year: usize) {
        let is_returned = |item: &&Item| item.kind == ItemKind::ReturnedReceipt;
        let entries: BTreeSet<Arc<str>> =
            self.items[first_of_year..].iter().filter(is_returned).map(|item| item.entry.clone()).collect();
        for item in &mut self.items[first_of_year..] {
            if item.kind == ItemKind::Refund && item.amount > 0 && entries.contains(&item.entry) {
                item.kind = ItemKind::Adjustment;
            }
        }
    }
}
