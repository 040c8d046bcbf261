//! What a customer was granted, and from when on: terms change in the middle of a year, and older invoices keep theirs.

use std::fmt;

use super::{Date, Terms};

/// The terms of a customer through time (`terms_code`): `30`, or `30 / 60EOM from 2024-06-01 / 45 from 2025-01-01`.
///
/// An invoice is due by the terms in force on the day it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedTerms {
    first: Terms,
    /// Each with the first day of issue it holds for, in the order of the days.
    later: Vec<(Date, Terms)>,
}

impl AgreedTerms {
    /// The forms that are read.
    pub const FORMS: &str = "30, 45EOM, EOM, EOM45, 30EOM10, or after a change 30 / 60 from 2024-06-01";

    /// Reads [`Terms`], then changes: `/`, the new terms, `from` (`dès`, `depuis`), the day as `2024-06-01`. The days must
    /// follow each other.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let mut parts = code.split('/');
        let first = Terms::parse(parts.next()?)?;
        let later = parts.map(change).collect::<Option<Vec<_>>>()?;
        let is_in_order = later.windows(2).all(|pair| pair[0].0 < pair[1].0);
        is_in_order.then_some(Self { first, later })
    }

    /// The due date of an invoice issued on `issued`.
    #[must_use]
    pub fn due(&self, issued: Date) -> Date {
        let changed = self.later.iter().rev().find(|(from, _)| *from <= issued);
        changed.map_or(self.first, |(_, terms)| *terms).due(issued)
    }
}

/// `60EOM from 2024-06-01`.
fn change(part: &str) -> Option<(Date, Terms)> {
    let (rest, day) = part.trim().rsplit_once(char::is_whitespace)?;
    let (terms, word) = rest.trim().rsplit_once(char::is_whitespace)?;
    let is_from = ["from", "dès", "depuis"].contains(&word.to_lowercase().as_str());
    Some((day.parse().ok().filter(|_| is_from)?, Terms::parse(terms)?))
}

impl From<Terms> for AgreedTerms {
    fn from(first: Terms) -> Self {
        Self { first, later: Vec::new() }
    }
}

impl fmt::Display for AgreedTerms {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.first)?;
        self.later.iter().try_for_each(|(from, terms)| write!(out, " / {terms} from {from}"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a code that cannot be read must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_is_due_by_the_terms_of_its_day() {
        let terms = AgreedTerms::parse("30 / 60EOM from 2024-06-01 / 45 depuis 2025-01-01").unwrap();
        let due = |issued: &str| terms.due(issued.parse().unwrap()).to_string();
        assert_eq!(["2024-05-31", "2024-06-01", "2025-01-01"].map(due), ["2024-06-30", "2024-07-31", "2025-02-15"]);
        assert_eq!(terms.to_string(), "30 / 60EOM from 2024-06-01 / 45 from 2025-01-01");
        assert_eq!(AgreedTerms::parse("30EOM10").unwrap(), Terms::parse("30EOM10").unwrap().into());
    }

    #[test]
    fn what_says_no_day_or_no_order_is_read_as_nothing() {
        for code in [
            "30 / 60",
            "30 / 60 2024-06-01",
            "30 / from 2024-06-01",
            "30 / 60 from 2024-06-31",
            "30 / 60 from 2024-06-01 / 45 from 2024-06-01",
            "/ 60 from 2024-06-01",
            "30 /",
            "30 60 from 2024-06-01",
        ] {
            assert_eq!(AgreedTerms::parse(code), None, "{code}");
        }
    }
}
