//! The two forecasts anybody can make: paid on the due date; paid as late as the customer was on average.

use super::book::Book;
use super::events::{Claim, Day, Events, place};
use super::model::number;

/// Days back from the as-of day in which payments tell a customer's mean delay.
const WINDOW_DAYS: Day = 365;

/// The mean delay of each customer over twelve months, of all where a customer paid nothing.
#[derive(Debug)]
pub(super) struct MeanDelays {
    days: Vec<f64>,
}

impl MeanDelays {
    pub(super) fn of(book: &Book, events: &Events) -> Self {
        let mut sums = vec![(0.0, 0_usize); events.payers.len()];
        let mut all = (0.0, 0_usize);
        for part in book.parts.iter().filter(|part| part.is_paid && part.end > book.day - WINDOW_DAYS) {
            let claim = &events.claims[place(part.claim)];
            let late = f64::from(part.end - claim.due);
            let sum = &mut sums[place(claim.customer)];
            *sum = (sum.0 + late, sum.1 + 1);
            all = (all.0 + late, all.1 + 1);
        }
        let mean = |(sum, count): (f64, usize)| if count == 0 { None } else { Some(sum / number(count)) };
        let of_all = mean(all).unwrap_or(0.0);
        Self { days: sums.into_iter().map(|sum| mean(sum).unwrap_or(of_all)).collect() }
    }

    /// The mean delay of a customer.
    pub(super) fn days(&self, customer: u32) -> f64 {
        self.days[place(customer)]
    }

    /// The day a claim is paid if its customer pays as late as on average; tomorrow where that is past.
    pub(super) fn day(&self, claim: &Claim, as_of: Day) -> Day {
        #[expect(clippy::cast_possible_truncation, reason = "a mean of days between dates")]
        let late = self.days(claim.customer).round() as Day;
        (claim.due + late).max(as_of + 1)
    }
}

/// The due date, tomorrow where that is past.
pub(super) fn due_day(claim: &Claim, as_of: Day) -> Day {
    claim.due.max(as_of + 1)
}
