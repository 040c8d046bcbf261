//! Claims booked again, on another account or back from the factor: each keeps reference, issue and due date of what the
//! credit of its entry settled (FEC.md 6).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::Date;

/// A part of a claim booked again, and the claim it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// How much of it, in thousandths.
    pub amount: i64,
    /// Reference of the old claim.
    pub reference: Option<Box<str>>,
    /// Day of its document.
    pub issued: Date,
    /// When it fell due, where that is known.
    pub due: Option<Date>,
    /// Whether that comes from terms.
    pub due_is_derived: bool,
}

/// A credit by which a claim left its account, and what it settled.
#[derive(Debug)]
pub(super) struct Departure {
    pub entry: Arc<str>,
    pub day: Date,
    /// To the factor: what comes back has an entry of its own.
    pub is_factored: bool,
    pub reference: Option<Box<str>>,
    /// Positive, in thousandths.
    pub amount: i64,
    pub settled: Vec<Origin>,
}

/// A debit by which a claim came to its account.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    pub entry: &'a str,
    pub day: Date,
    pub reference: Option<&'a str>,
    pub amount: i64,
}

/// The departures of a customer, and what of each no arrival has taken yet.
#[derive(Default)]
pub(super) struct Departures {
    by_entry: BTreeMap<Arc<str>, Vec<Departure>>,
    factored: Vec<Departure>,
}

impl Departures {
    pub(super) fn of(departures: impl Iterator<Item = Departure>) -> Self {
        let mut all = Self::default();
        for departure in departures.filter(|departure| !departure.settled.is_empty()) {
            if departure.is_factored {
                all.factored.push(departure);
            } else {
                all.by_entry.entry(departure.entry.clone()).or_default().push(departure);
            }
        }
        all
    }

    /// What an arrival was before: of its entry the departure of the same amount, else all in turn; without one, what
    /// went to the factor under the same reference, else with the same amount, the latest.
    pub(super) fn origins(&mut self, arrival: &Arrival<'_>) -> Vec<Origin> {
        if let Some(twins) = self.by_entry.get_mut(arrival.entry) {
            let equal = twins.iter().position(|twin| twin.amount == arrival.amount);
            let mut settled = match equal {
                Some(position) => twins.remove(position).settled,
                None => twins.iter_mut().flat_map(|twin| std::mem::take(&mut twin.settled)).collect(),
            };
            let origins = taken(&mut settled, arrival.amount);
            // what is left is for the next arrival of the entry
            if !settled.is_empty()
                && let Some(twin) = twins.first_mut()
            {
                twin.settled.splice(0..0, settled);
            }
            return origins;
        }
        let is_before = |departure: &Departure| departure.day <= arrival.day && departure.amount >= arrival.amount;
        let same_reference =
            |departure: &Departure| departure.reference.as_deref().is_some_and(|text| Some(text) == arrival.reference);
        let named = self.factored.iter().rposition(|departure| is_before(departure) && same_reference(departure));
        let equal =
            || self.factored.iter().rposition(|departure| is_before(departure) && departure.amount == arrival.amount);
        let Some(position) = named.or_else(equal) else { return Vec::new() };
        let departure = &mut self.factored[position];
        departure.amount -= arrival.amount;
        taken(&mut departure.settled, arrival.amount)
    }
}

/// Takes so much of the parts, in their order.
fn taken(parts: &mut Vec<Origin>, amount: i64) -> Vec<Origin> {
    let mut left = amount;
    let mut taken = Vec::new();
    for part in parts.iter_mut() {
        let share = part.amount.min(left);
        if share > 0 {
            taken.push(Origin { amount: share, ..part.clone() });
            part.amount -= share;
            left -= share;
        }
    }
    parts.retain(|part| part.amount > 0);
    taken
}
