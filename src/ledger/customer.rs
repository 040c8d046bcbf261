//! All receivable accounts of one customer: claims that move from one to another keep what they were (FEC.md 6).

use super::account::{AccountHistory, Derived, Rules, Work};
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
        if self.accounts.iter().any(|account| account.lines.iter().any(is_arrival)) {
            for _ in 0..MOVES {
                if !self.follow(years, rules) {
                    break;
                }
            }
        }
        self.accounts.iter().map(|account| account.work(years, rules).finish()).collect()
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

/// A claim that comes to an account from another one.
fn is_arrival(line: &Line) -> bool {
    line.kind == ItemKind::Transfer && line.amount.thousandths() > 0 && !line.is_opening
}
