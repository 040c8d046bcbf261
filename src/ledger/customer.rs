//! All receivable accounts of one customer: claims that move from one to another keep what they were (FEC.md 6).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::account::{AccountHistory, Derived, Rules, Undoable, Unexplained, Uses, Work};
use super::transfers::{Arrival, Departures};
use super::{FiscalYear, Line};
use crate::model::ItemKind;

/// How often a claim is followed from one account to the next: to a bill, back, to doubtful debts and on.
const MOVES: usize = 6;

/// The accounts of one customer.
#[derive(Debug)]
pub struct CustomerHistory<'a> {
    /// Each with its lines.
    pub accounts: Vec<AccountHistory<'a>>,
}

impl CustomerHistory<'_> {
    /// What the lines of each account become, over `years`, oldest first.
    #[must_use]
    pub fn derive(mut self, years: &[FiscalYear], rules: &Rules) -> Vec<Derived> {
        for account in &mut self.accounts {
            account.lines.sort_by(Line::by_age);
        }
        self.follow_all(years, rules);
        // what was drawn again comes back again
        for _ in 0..MOVES {
            if !self.bring_back(years, rules) {
                break;
            }
            self.follow_all(years, rules);
        }
        self.accounts.iter().map(|account| account.work(years, rules).finish()).collect()
    }

    fn follow_all(&mut self, years: &[FiscalYear], rules: &Rules) {
        if self.accounts.iter().any(|account| account.lines.iter().any(is_arrival)) {
            for _ in 0..MOVES {
                if !self.follow(years, rules) {
                    break;
                }
            }
        }
    }

    /// Money that the bank took back on one account for a receipt that stands on another one (an unpaid bill booked
    /// `411 to 512`): there the receipt is undone and the claim leaves, here it is the old claim. The two lines that say so
    /// cancel out, so that each account keeps its balance. Answers whether there was any.
    fn bring_back(&mut self, years: &[FiscalYear], rules: &Rules) -> bool {
        if self.accounts.len() < 2 || !self.accounts.iter().any(|account| account.lines.iter().any(is_money_back)) {
            return false;
        }
        let works: Vec<Work<'_>> = self.accounts.iter().map(|account| account.work(years, rules)).collect();
        let uses: Vec<Uses<'_>> = works.iter().map(Work::uses).collect();
        let money = uses.iter().enumerate().flat_map(|(here, uses)| uses.unexplained().map(move |money| (here, money)));
        let mut money: Vec<(usize, Unexplained)> = money.collect();
        money.sort_by(|(_, left), (_, right)| (left.posted, &left.source).cmp(&(right.posted, &right.source)));
        let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut returns: Vec<(usize, Unexplained, usize, Undoable)> = Vec::new();
        let mut others_back: Vec<(usize, Unexplained)> = Vec::new();
        for (here, money) in money {
            let others = uses.iter().enumerate().filter(|(there, _)| *there != here);
            let receipts =
                others.flat_map(|(there, other)| other.undoable(&money).map(move |receipt| (there, receipt)));
            let free = receipts.filter(|(there, receipt)| !taken.contains(&(*there, receipt.item)));
            match free.max_by_key(|(_, receipt)| (receipt.posted, receipt.item)) {
                Some((there, receipt)) => {
                    taken.insert((there, receipt.item));
                    returns.push((here, money, there, receipt));
                }
                None => others_back.push((here, money)),
            }
        }
        drop(uses);
        drop(works);
        for (here, money, there, receipt) in &returns {
            self.move_back(*here, money, *there, receipt);
        }
        // beside a claim that comes back, money that nothing explains is the bank's fee
        let entries: BTreeSet<(usize, Arc<str>)> = returns
            .iter()
            .filter_map(|(here, money, ..)| Some((*here, self.line_of(*here, money)?.entry.clone())))
            .collect();
        for (here, money) in others_back {
            if let Some(line) = self.line_of(here, &money)
                && entries.contains(&(here, line.entry.clone()))
            {
                line.kind = ItemKind::Adjustment;
            }
        }
        !returns.is_empty()
    }

    /// The line that money comes from.
    fn line_of(&mut self, account: usize, money: &Unexplained) -> Option<&mut Line> {
        let is_it = |line: &&mut Line| (&line.source_file, line.source_line) == (&money.source.0, money.source.1);
        self.accounts[account].lines.iter_mut().find(is_it)
    }

    /// Books the return of a receipt of account `there`, which `money` took back on account `here`.
    fn move_back(&mut self, here: usize, money: &Unexplained, there: usize, receipt: &Undoable) {
        let Some(line) = self.line_of(here, money) else { return };
        line.kind = ItemKind::Transfer;
        // lettered with the receipt; in another year its letter means something else
        let letter = receipt.letter.clone().filter(|_| receipt.year_end == line.year_end);
        let letter = letter.unwrap_or_else(|| format!("{} {}", line.entry, line.source_line).into());
        let apart = Line { letter: None, letter_date: None, origins: Vec::new(), ..line.clone() };
        // in another year the claim that leaves is known by its reference
        let piece_reference = receipt.reference.clone().or_else(|| line.piece_reference.clone());
        let left = Line { amount: -line.amount, letter: Some(letter), piece_reference, ..apart.clone() };
        let undone = Line { kind: ItemKind::ReturnedReceipt, ..apart };
        let lines = &mut self.accounts[there].lines;
        lines.extend([undone, left]);
        lines.sort_by(Line::by_age);
    }

    /// Tells each claim booked again what it was, as far as that is known by now; whether that changed anything.
    fn follow(&mut self, years: &[FiscalYear], rules: &Rules) -> bool {
        let works: Vec<Work<'_>> = self.accounts.iter().map(|account| account.work(years, rules)).collect();
        let mut departures = Departures::of(works.iter().flat_map(Work::departures));
        drop(works);
        let mut has_changed = false;
        for line in self.accounts.iter_mut().flat_map(|account| &mut account.lines).filter(|line| is_arrival(line)) {
            let origins = departures.origins(&Arrival {
                entry: &line.entry,
                day: line.posted,
                reference: line.piece_reference.as_deref(),
                amount: line.amount.thousandths(),
            });
            has_changed |= origins != line.origins;
            line.origins = origins;
        }
        has_changed
    }
}

/// Money paid to the customer, or taken back by the bank.
fn is_money_back(line: &Line) -> bool {
    line.kind == ItemKind::Refund && line.amount.thousandths() > 0 && !line.is_opening
}

/// A claim that comes to an account from another one.
fn is_arrival(line: &Line) -> bool {
    line.kind == ItemKind::Transfer && line.amount.thousandths() > 0 && !line.is_opening
}
