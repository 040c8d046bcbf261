//! What the control accounts say, from the raw lines alone (FEC.md 10): no kind, no letter, no reject is looked at.

use super::FiscalYear;
use crate::model::rows::Cell;
use crate::model::tables::CONTROL_BALANCES;
use crate::model::{Date, Money, Rows};

/// What the raw lines of a day sum to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlMovement {
    /// Closing date of the fiscal year that holds the lines.
    pub year_end: Date,
    /// Day of the entries.
    pub day: Date,
    /// Debits minus credits.
    pub amount: Money,
}

/// Rows of `control_balances` for one account and customer: its balance from each day of change on. `movements` and
/// `years` stand oldest first.
///
/// A year that opens starts from its own opening; the balance carried so far holds until that day. A year without
/// opening entries goes on from the year before. `None` where a balance has more than 18 digits.
#[must_use]
pub fn control_balances(
    company_id: &str,
    account: &str,
    customer: &str,
    movements: &[ControlMovement],
    years: &[FiscalYear],
) -> Option<Rows> {
    let mut balances: Vec<(Date, i128)> = Vec::new();
    let mut carried = 0_i128;
    for (position, year) in years.iter().enumerate() {
        let before = position.checked_sub(1).map(|position| &years[position]);
        let is_new_start = before.is_none_or(|before| year.opening.is_some() || !year.follows(before));
        let restart = year.opening.unwrap_or(year.start);
        if is_new_start && before.is_some() {
            // what the year before says of days this year answers for no longer counts
            balances.retain(|(day, _)| *day < restart);
        }
        let mut total = 0_i128;
        let mut has_restarted = !is_new_start || before.is_none();
        for movement in movements.iter().filter(|movement| movement.year_end == year.end) {
            // a line dated before its year counts from the year's first day: its ledger answers for no earlier one
            let day = if before.is_some() { movement.day.max(year.start) } else { movement.day };
            if !has_restarted && day >= restart {
                balances.push((restart, total));
                has_restarted = true;
            }
            total += movement.amount.wide();
            let goes_on = !is_new_start || (before.is_some() && day < restart);
            balances.push((day, if goes_on { carried + total } else { total }));
        }
        if !has_restarted {
            balances.push((restart, total));
        }
        carried = if is_new_start { total } else { carried + total };
    }
    rows(company_id, account, customer, balances)
}

fn rows(company_id: &str, account: &str, customer: &str, mut balances: Vec<(Date, i128)>) -> Option<Rows> {
    // several statements of one day: the last one holds
    balances.sort_by_key(|(day, _)| *day);
    let mut rows = Rows::new(&CONTROL_BALANCES);
    let mut said = 0_i128;
    for (position, (day, balance)) in balances.iter().enumerate() {
        let is_last_of_day = balances.get(position + 1).is_none_or(|(next, _)| next != day);
        if !is_last_of_day || said == *balance {
            continue;
        }
        said = *balance;
        rows.push(vec![
            Cell::text(company_id),
            Cell::text(account),
            Cell::text(customer),
            Cell::Date(*day),
            Cell::Money(Money::from_wide(*balance)?),
            Cell::Empty,
        ]);
    }
    Some(rows)
}
