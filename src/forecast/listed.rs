//! Payments of which lists of open items tell only that they came between two days.
//!
//! In: claims and their settlements, each with its span. Out: the expected day within the span, by how late the customer usually
//! pays. That is the lateness under which its spans are likeliest, if days late are normal with a spread that all customers
//! share: maximum likelihood of interval-censored days (B. Turnbull, "The Empirical Distribution Function with Arbitrarily
//! Grouped, Censored and Truncated Data", Journal of the Royal Statistical Society B 38, 1976, with a normal in place of steps).

use super::events::{Claim, Day, Settlement, place};
use super::normal::{density, ln_above};

/// The latest payments of a customer that tell how late it pays.
const LATEST: usize = 60;
/// Spreads of days late that are tried.
const SPREADS: [f64; 6] = [3.0, 5.0, 7.0, 10.0, 14.0, 20.0];
/// Days late that are tried: before, and after the due date.
const FIRST_LATE: Day = -60;
const LAST_LATE: Day = 180;
const COARSE_STEP: usize = 6;
/// The least chance of a span: one payment out of all habits must not decide.
const LEAST_CHANCE: f64 = 1e-4;
/// Customers whose spans tell the spread.
const SPREAD_CUSTOMERS: usize = 200;
/// How far a customer is usually from all others, in days.
const BETWEEN_CUSTOMERS: f64 = 15.0;

/// A span of days late, the first of them not included.
type Span = (f64, f64);

/// Dates the payments of which only a span is known.
pub(super) fn date_within_lists(claims: &[Claim], settlements: &mut [Settlement], customer_count: usize) {
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); customer_count];
    for settlement in settlements.iter().filter(|settlement| settlement.cash > 0) {
        let Some((after, by)) = settlement.between else { continue };
        let claim = &claims[place(settlement.claim)];
        spans[place(claim.customer)].push((half_after(after - claim.due), half_after(by - claim.due)));
    }
    if spans.iter().all(Vec::is_empty) {
        return;
    }
    for of_customer in &mut spans {
        of_customer.drain(..of_customer.len().saturating_sub(LATEST));
    }
    let mut middles: Vec<f64> = spans.iter().flatten().map(|(after, by)| f64::midpoint(*after, *by)).collect();
    middles.sort_unstable_by(f64::total_cmp);
    let common = middles[middles.len() / 2];
    let likeliest = |spread: f64, spans: &[Span]| likeliest(spans, spread, common);
    let told: Vec<&Vec<Span>> = spans.iter().filter(|spans| spans.len() > 2).take(SPREAD_CUSTOMERS).collect();
    let likelihood = |spread: f64| told.iter().map(|spans| likeliest(spread, spans).1).sum::<f64>();
    let spread = SPREADS.into_iter().max_by(|left, right| likelihood(*left).total_cmp(&likelihood(*right)));
    let spread = spread.unwrap_or(SPREADS[2]);
    let usual: Vec<f64> =
        spans.iter().map(|spans| if spans.is_empty() { common } else { likeliest(spread, spans).0 }).collect();
    for settlement in settlements {
        let Some((after, by)) = settlement.between else { continue };
        let claim = &claims[place(settlement.claim)];
        let span = (half_after(after - claim.due), half_after(by - claim.due));
        let late = expected(span, usual[place(claim.customer)], spread);
        settlement.receipt = (claim.due + whole(late)).clamp(after + 1, by.max(after + 1));
        // it is known since the list that no longer holds it
        settlement.acting = by;
    }
}

/// The days late under which spans are likeliest, and how likely they are then.
fn likeliest(spans: &[Span], spread: f64, common: f64) -> (f64, f64) {
    let likelihood = |late: f64| {
        let far = (late - common) / BETWEEN_CUSTOMERS;
        spans.iter().map(|span| chance(*span, late, spread).max(LEAST_CHANCE).ln()).sum::<f64>() - 0.5 * far * far
    };
    let best = |tried: &mut dyn Iterator<Item = Day>| {
        let tried = tried.map(|late| (f64::from(late), likelihood(f64::from(late))));
        tried.max_by(|left, right| left.1.total_cmp(&right.1)).unwrap_or((common, likelihood(common)))
    };
    let (coarse, _) = best(&mut (FIRST_LATE..=LAST_LATE).step_by(COARSE_STEP));
    let around = whole(coarse);
    best(&mut (around - 5..=around + 5))
}

/// The chance that days late lie within a span.
fn chance((after, by): Span, late: f64, spread: f64) -> f64 {
    ln_above((after - late) / spread).exp() - ln_above((by - late) / spread).exp()
}

/// The mean of days late that lie within a span.
fn expected((after, by): Span, late: f64, spread: f64) -> f64 {
    let chance = chance((after, by), late, spread);
    if chance < LEAST_CHANCE {
        return late.clamp(after, by);
    }
    let (low, high) = ((after - late) / spread, (by - late) / spread);
    late + spread * (density(low) - density(high)) / chance
}

/// The end of a day, on a line where whole numbers are middays.
fn half_after(day: Day) -> f64 {
    f64::from(day) + 0.5
}

#[expect(clippy::cast_possible_truncation, reason = "days late are few")]
fn whole(days: f64) -> Day {
    days.round().clamp(-9_999.0, 9_999.0) as Day
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A customer that pays ten days late, seen at month-ends only.
    #[test]
    fn payments_seen_at_month_ends_are_dated_as_late_as_they_usually_come() {
        let claim = |number: i32| Claim { due: 1_000 + 7 * number, customer: 0, amount: 100, ..Claim::default() };
        let claims: Vec<Claim> = (0..40).map(claim).collect();
        let mut settlements: Vec<Settlement> = (0_u32..)
            .zip(&claims)
            .map(|(position, claim)| {
                let after = (claim.due + 9) / 30 * 30;
                let (middle, between) = (after + 15, Some((after, after + 30)));
                Settlement { claim: position, acting: middle, receipt: middle, between, cash: 100, other: 0 }
            })
            .collect();
        date_within_lists(&claims, &mut settlements, 1);
        let off = settlements.iter().zip(&claims);
        let off: i32 = off.map(|(settlement, claim)| (settlement.receipt - claim.due - 10).abs()).sum();
        assert!(off <= 3 * 40, "{off} days off in 40 payments");
        assert!(settlements.iter().all(|settlement| {
            settlement.between.is_some_and(|(after, by)| settlement.receipt > after && settlement.receipt <= by)
        }));
    }
}
