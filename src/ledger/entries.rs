//! What an entry says of its receivable lines: their kind, by the largest counterpart, and whether it opens the year
//! (FEC.md 5).

use std::collections::BTreeMap;

use super::FiscalYear;
use crate::model::{Date, ItemKind, Money};

/// What each counterpart class makes of a debit and of a credit, and which comes first among equal amounts.
#[derive(Clone, Debug, Default)]
pub struct CounterpartKinds(BTreeMap<String, [(ItemKind, u32); 2]>);

impl CounterpartKinds {
    /// Reads `class_code,debit_kind,debit_order,credit_kind,credit_order` with a header.
    ///
    /// # Errors
    /// The line that says what cannot be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut kinds = BTreeMap::new();
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let side = |kind: usize| Some((ItemKind::parse(cells.get(kind)?)?, cells.get(kind + 1)?.parse().ok()?));
            let sides = side(1).zip(side(3)).ok_or_else(|| line.to_owned())?;
            kinds.insert(cells[0].to_owned(), [sides.0, sides.1]);
        }
        Ok(Self(kinds))
    }

    fn of(&self, class: &str) -> [(ItemKind, u32); 2] {
        self.0.get(class).copied().unwrap_or([(ItemKind::Adjustment, u32::MAX); 2])
    }
}

/// The lines of one entry, as they are read one after the other.
#[derive(Debug, Default)]
pub struct Entry {
    /// By kind and side (0: what a debit item would be, 1: a credit item): order, total.
    totals: [BTreeMap<ItemKind, (u32, i128)>; 2],
    is_opening_journal: bool,
    has_other_account: bool,
    days: Option<(Date, Date)>,
}

impl Entry {
    /// One line of the entry.
    pub fn add(
        &mut self,
        class: &str,
        net: Money,
        posted: Date,
        is_receivable: bool,
        is_opening_journal: bool,
        kinds: &CounterpartKinds,
    ) {
        self.is_opening_journal |= is_opening_journal;
        self.has_other_account |= !is_receivable;
        let (first, last) = self.days.unwrap_or((posted, posted));
        self.days = Some((first.min(posted), last.max(posted)));
        if net.is_zero() {
            return;
        }
        // a debit item is told by what stands on the credit side, and the reverse
        let side = usize::from(net > Money::ZERO);
        let (kind, order) = kinds.of(class)[side];
        let total = self.totals[side].entry(kind).or_insert((order, 0));
        *total = (total.0.min(order), total.1 + net.abs().wide());
    }

    /// Whether it opens the year: by its journal, or since it stands on the year's first day and on receivable
    /// accounts alone (an opening redistributed over customers).
    #[must_use]
    pub fn is_opening(&self, year: Option<&FiscalYear>) -> bool {
        let is_on_first_day =
            self.days.zip(year).is_some_and(|((first, last), year)| first == year.start && last == year.start);
        self.is_opening_journal || (is_on_first_day && !self.has_other_account)
    }

    /// What a line of that amount is in this entry; of an opening entry, an opening.
    #[must_use]
    pub fn kind(&self, amount: Money, year: Option<&FiscalYear>) -> ItemKind {
        if self.is_opening(year) {
            return ItemKind::Opening;
        }
        let side = usize::from(amount < Money::ZERO);
        let totals = self.totals[side].iter();
        let largest = totals.max_by(|(_, left), (_, right)| left.1.cmp(&right.1).then(right.0.cmp(&left.0)));
        largest.map_or(ItemKind::Adjustment, |(kind, _)| *kind)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a case that cannot be made must stop the test")]
mod tests {
    use super::*;

    const KINDS: &str = "class_code,debit_kind,debit_order,credit_kind,credit_order\ncash,refund,2,receipt,1\n\
        sales,invoice,1,credit_note,2\ndeferred_sales,invoice,1,adjustment,9\nadjustment,adjustment,9,adjustment,9\n";

    fn kind(lines: &[(&str, i64)], amount: i64) -> ItemKind {
        let kinds = CounterpartKinds::parse(KINDS).unwrap();
        let mut entry = Entry::default();
        for (class, net) in lines {
            let day = "2024-03-01".parse().unwrap();
            entry.add(class, Money::from_thousandths(*net).unwrap(), day, *class == "receivable", false, &kinds);
        }
        entry.kind(Money::from_thousandths(amount).unwrap(), None)
    }

    #[test]
    fn the_largest_counterpart_on_the_other_side_tells_the_kind() {
        assert_eq!(kind(&[("receivable", 120), ("sales", -100), ("sales", -20)], 120), ItemKind::Invoice);
        assert_eq!(kind(&[("receivable", -120), ("cash", 120)], -120), ItemKind::Receipt);
        assert_eq!(kind(&[("receivable", 120), ("cash", -120)], 120), ItemKind::Refund);
        assert_eq!(kind(&[("receivable", -50), ("deferred_sales", 50)], -50), ItemKind::Adjustment);
        assert_eq!(kind(&[("receivable", 50)], 50), ItemKind::Adjustment);
    }

    #[test]
    fn equal_amounts_follow_the_order() {
        assert_eq!(kind(&[("receivable", -80), ("sales", 40), ("cash", 40)], -80), ItemKind::Receipt);
        assert_eq!(kind(&[("receivable", 80), ("sales", -40), ("cash", -40)], 80), ItemKind::Invoice);
    }

    #[test]
    fn an_entry_of_the_first_day_on_receivables_alone_is_an_opening() {
        let year =
            FiscalYear { start: "2024-01-01".parse().unwrap(), end: "2024-12-31".parse().unwrap(), opening: None };
        let kinds = CounterpartKinds::parse(KINDS).unwrap();
        let mut entry = Entry::default();
        let amount = Money::from_thousandths(10).unwrap();
        entry.add("receivable", amount, year.start, true, false, &kinds);
        entry.add("receivable", -amount, year.start, true, false, &kinds);
        assert_eq!(entry.kind(amount, Some(&year)), ItemKind::Opening);
        entry.add("sales", -amount, year.start, false, false, &kinds);
        assert!(!entry.is_opening(Some(&year)));
    }
}
