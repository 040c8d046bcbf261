//! The accounts as they stood at the end of a day: what had been paid by then, and what was still open.
//!
//! Nothing that became known later is looked at: an event counts from the day it acts. A part of a claim that cash
//! paid is one observation, what is left of it another one whose end is not known yet (censored).

use super::events::{Amount, Day, Events, ROLE, place, starts};

/// How far back payments tell how customers pay, in days.
pub(super) const MEMORY_DAYS: Day = 3 * 365;

/// A part of a claim: paid on a day, or not yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) claim: u32,
    /// The day cash came; for what is open, the last day it was seen open.
    pub(super) end: Day,
    /// Between which days cash came, where only lists of open items tell: its day is an estimate then.
    pub(super) between: Option<(Day, Day)>,
    pub(super) is_paid: bool,
    /// Its share of the claim.
    pub(super) share: f64,
}

/// What is left of a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenClaim {
    pub(super) claim: u32,
    pub(super) open: Amount,
    /// What is open and no credit of the customer covers: this is what cash is expected for.
    pub(super) uncovered: Amount,
    pub(super) is_part_paid: bool,
    pub(super) state: State,
}

/// What is known beside the calendar while a claim waits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// Since when it is held up, if it was not yet released.
    pub(super) held_since: Option<Day>,
    /// First day after the last hold, if one ended.
    pub(super) released: Option<Day>,
    /// The last day promised.
    pub(super) promised: Option<Day>,
}

/// How much of what was settled came as cash, by customer and role of the account.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CashShare {
    pub(super) cash: f64,
    pub(super) other: f64,
}

/// The accounts at the end of a day.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) day: Day,
    /// By claim, so by customer.
    pub(super) parts: Vec<Part>,
    pub(super) open: Vec<OpenClaim>,
    /// By customer, then role: rows of `roles` entries.
    pub(super) cash_shares: Vec<CashShare>,
    pub(super) roles: usize,
}

/// Where the events of each claim or customer begin.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) settlements: Vec<u32>,
    holds: Vec<u32>,
    promises: Vec<u32>,
    credits: Vec<u32>,
    pub(super) claims: Vec<u32>,
}

impl Index {
    pub(super) fn of(events: &Events) -> Self {
        Self {
            settlements: events.settlement_starts(),
            holds: starts(events.claims.len(), events.holds.iter().map(|hold| hold.claim)),
            promises: starts(events.payers.len(), events.promises.iter().map(|promise| promise.customer)),
            credits: starts(events.payers.len(), events.credits.iter().map(|credit| credit.customer)),
            claims: starts(events.payers.len(), events.claims.iter().map(|claim| claim.customer)),
        }
    }
}

impl Index {
    /// Whether holds or promises change what is known of a claim while it waits.
    pub(super) fn has_states(&self, claim: u32, customer: u32) -> bool {
        let (claim, customer) = (place(claim), place(customer));
        self.holds[claim] < self.holds[claim + 1] || self.promises[customer] < self.promises[customer + 1]
    }
}

impl Book {
    /// The accounts as known at the end of `day`.
    pub(super) fn at(events: &Events, index: &Index, day: Day) -> Self {
        Self::of(events, index, day, |_| true)
    }

    /// Those of some customers only.
    pub(super) fn of(events: &Events, index: &Index, day: Day, is_in: impl Fn(usize) -> bool) -> Self {
        let roles = events.traits[ROLE].count().max(1);
        let mut book = Self {
            day,
            cash_shares: vec![CashShare::default(); events.payers.len() * roles],
            roles,
            ..Self::default()
        };
        for customer in (0..events.payers.len()).filter(|customer| is_in(*customer)) {
            let first_open = book.open.len();
            for claim in index.claims[customer]..index.claims[customer + 1] {
                book.add(events, index, claim);
            }
            cover(&mut book.open[first_open..], events, index, customer, day);
        }
        book
    }

    fn add(&mut self, events: &Events, index: &Index, position: u32) {
        let claim = &events.claims[place(position)];
        if claim.posted > self.day || claim.amount <= 0 {
            return;
        }
        let settlements = events.settlements_of(&index.settlements, place(position));
        let known = settlements.iter().filter(|settlement| settlement.acting <= self.day);
        let (cash, other) =
            known.clone().fold((0, 0), |(cash, other), settlement| (cash + settlement.cash, other + settlement.other));
        let open = claim.amount - cash - other;
        let is_remembered = claim.issued > self.day - MEMORY_DAYS;
        if is_remembered || open > 0 {
            let share = |part: Amount| ratio(part, claim.amount).clamp(0.0, 1.0);
            // cash that was taken back paid nothing: the latest parts are undone first
            let mut undone: Amount = known.clone().map(|settlement| (-settlement.cash).max(0)).sum();
            for settlement in known.rev().filter(|settlement| settlement.cash > 0) {
                let left = (settlement.cash - undone).max(0);
                undone -= settlement.cash - left;
                if left > 0 {
                    self.parts.push(Part {
                        claim: position,
                        end: settlement.receipt,
                        between: settlement.between,
                        is_paid: true,
                        share: share(left),
                    });
                }
            }
            if open > 0 {
                self.parts.push(Part {
                    claim: position,
                    end: self.day,
                    between: None,
                    is_paid: false,
                    share: share(open),
                });
            }
            let role = usize::from(claim.traits[ROLE]).min(self.roles - 1);
            let shares = &mut self.cash_shares[place(claim.customer) * self.roles + role];
            shares.cash += share(cash);
            shares.other += share(other);
        }
        if open > 0 {
            let state = State::at(events, index, position, self.day);
            self.open.push(OpenClaim { claim: position, open, uncovered: open, is_part_paid: cash > 0, state });
        }
    }
}

impl State {
    /// What is known of a claim at the end of a day.
    pub(super) fn at(events: &Events, index: &Index, position: u32, day: Day) -> Self {
        let claim = &events.claims[place(position)];
        let mut state = Self::default();
        for hold in &events.holds[place(index.holds[place(position)])..place(index.holds[place(position) + 1])] {
            if hold.from > day {
                continue;
            }
            match hold.to.filter(|to| *to <= day) {
                Some(to) => state.released = state.released.max(Some(to)),
                None => state.held_since = Some(state.held_since.map_or(hold.from, |since| since.min(hold.from))),
            }
        }
        let customer = place(claim.customer);
        for promise in &events.promises[place(index.promises[customer])..place(index.promises[customer + 1])] {
            let is_of_claim = promise.claim.map_or(claim.due <= promise.said, |of| of == position);
            if is_of_claim && promise.said <= day && promise.said >= claim.posted {
                state.promised = state.promised.max(Some(promise.promised));
            }
        }
        state
    }
}

/// Credits of the customer cover what fell due first, within the same company and currency.
fn cover(open: &mut [OpenClaim], events: &Events, index: &Index, customer: usize, day: Day) {
    let movements = &events.credits[place(index.credits[customer])..place(index.credits[customer + 1])];
    if movements.is_empty() || open.is_empty() {
        return;
    }
    let mut order: Vec<usize> = (0..open.len()).collect();
    order.sort_by_key(|position| {
        let claim = &events.claims[place(open[*position].claim)];
        (claim.due, claim.identity)
    });
    let mut accounts: Vec<(u16, u16, Amount)> = Vec::new();
    for movement in movements.iter().filter(|movement| movement.day <= day) {
        match accounts
            .iter_mut()
            .find(|(company, currency, _)| (*company, *currency) == (movement.company, movement.currency))
        {
            Some((_, _, credit)) => *credit += movement.amount,
            None => accounts.push((movement.company, movement.currency, movement.amount)),
        }
    }
    for (company, currency, mut credit) in accounts {
        for position in &order {
            let claim = &events.claims[place(open[*position].claim)];
            if credit > 0 && claim.traits[super::events::COMPANY] == company && claim.currency == currency {
                let covered = credit.min(open[*position].uncovered);
                open[*position].uncovered -= covered;
                credit -= covered;
            }
        }
    }
}

/// A part of a whole.
#[expect(clippy::cast_precision_loss, reason = "a share is an estimate's weight, not money")]
pub(super) fn ratio(part: Amount, whole: Amount) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
