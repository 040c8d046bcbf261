//! All receivable accounts of one customer: claims that move from one to another keep what they were (FEC.md 6).

use super::account::{AccountHistory, Derived, Rules, Undoable, Unexplained, Work};
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
        let money =
            works.iter().enumerate().flat_map(|(here, work)| work.unexplained().map(move |money| (here, money)));
        let mut money: Vec<(usize, Unexplained)> = money.collect();
        money.sort_by_key(|(_, money)| money.posted);
        let mut returns: Vec<(usize, Unexplained, usize, Undoable)> = Vec::new();
        for (here, money) in money {
            let others = works.iter().enumerate().filter(|(there, _)| *there != here);
            let receipts =
                others.flat_map(|(there, other)| other.undoable(&money).map(move |receipt| (there, receipt)));
            let is_free = |(there, receipt): &(usize, Undoable)| {
                returns.iter().all(|(_, _, of, taken)| (of, taken.item) != (there, receipt.item))
            };
            let latest = receipts.filter(is_free).max_by_key(|(_, receipt)| (receipt.posted, receipt.item));
            if let Some((there, receipt)) = latest {
                returns.push((here, money, there, receipt));
            }
        }
        drop(works);
        for (here, money, there, receipt) in &returns {
            self.move_back(*here, money, *there, receipt);
        }
        !returns.is_empty()
    }

    /// Books the return of a receipt of account `there`, which `money` took back on account `here`.
    fn move_back(&mut self, here: usize, money: &Unexplained, there: usize, receipt: &Undoable) {
        let lines = &mut self.accounts[here].lines;
        let is_it = |line: &Line| (&line.source_file, line.source_line) == (&money.source.0, money.source.1);
        let Some(line) = lines.iter_mut().find(|line| is_it(line)) else { return };
        line.kind = ItemKind::Transfer;
        // lettered with the receipt; in another year its letter means something else
        let letter = receipt.letter.clone().filter(|_| receipt.year_end == line.year_end);
        let letter = letter.unwrap_or_else(|| format!("{} {}", line.entry, line.source_line).into());
        let apart = Line { letter: None, letter_date: None, origins: Vec::new(), ..line.clone() };
        let left = Line { amount: -line.amount, letter: Some(letter), ..apart.clone() };
        let undone = Line { kind: ItemKind::ReturnedReceipt, ..apart };
        for fee in lines.iter_mut().filter(|fee| fee.entry == undone.entry && is_money_back(fee)) {
            fee.kind = ItemKind::Adjustment;
        }
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
