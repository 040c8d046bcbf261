//! What settles what, read from letters alone: once from the whole ledger, once from its yearly files.
//!
//! The generator may only plant settlements that both readings recover alike, at every day (FEC.md 7 to 9).
//! `unrecoverable` names the groups where they would part; their invoices are then settled more simply.
//! It is stricter than the rules: a credit that reaches back must find its debit whether equal amounts are
//! compared with what an item was or with what is left of it, whether credits are taken one by one or rule by
//! rule, and whether the oldest item is the one posted or the one issued first.

use super::accounts::Posting;
use super::settlement::Nature;
use super::years::{YEAR_COUNT, Years};
use crate::model::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A part of a credit posting set against a debit posting, by position in the list read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Allocation {
    pub(super) debit: usize,
    pub(super) credit: usize,
    /// In hundredths, above 0.
    pub(super) amount: i64,
}

/// The allocations inside every letter group. Postings stand in ledger order.
pub(super) fn allocations(postings: &[Posting]) -> Vec<Allocation> {
    groups(postings).values().flat_map(|lines| letter_rule(lines, postings).0).collect()
}

/// The day an allocation acts from: the later of both postings.
pub(super) fn acting_day(allocation: &Allocation, postings: &[Posting]) -> Date {
    postings[allocation.debit].posted.max(postings[allocation.credit].posted)
}

/// What is left of each posting at the end of a day, signed; `None` for those not posted by then.
pub(super) fn open_amounts(postings: &[Posting], allocations: &[Allocation], day: Date) -> Vec<Option<i64>> {
    let mut open: Vec<Option<i64>> =
        postings.iter().map(|posting| (posting.posted <= day).then_some(posting.amount)).collect();
    for allocation in allocations.iter().filter(|allocation| acting_day(allocation, postings) <= day) {
        if let Some(left) = &mut open[allocation.debit] {
            *left -= allocation.amount;
        }
        if let Some(left) = &mut open[allocation.credit] {
            *left += allocation.amount;
        }
    }
    open
}

/// The groups whose settlement the yearly files would not give back as the whole ledger does.
pub(super) fn unrecoverable(postings: &[Posting], years: &Years) -> BTreeSet<usize> {
    let groups = groups(postings);
    let truth: Vec<Allocation> = groups.values().flat_map(|lines| letter_rule(lines, postings).0).collect();
    let mut faults: BTreeSet<usize> =
        groups.iter().filter(|(_, lines)| !is_same_day_by_day(lines, postings)).map(|(group, _)| *group).collect();
    for year in 0..YEAR_COUNT {
        faults.extend(faults_of_year(year, &groups, postings, &truth, years));
    }
    faults
}

fn groups(postings: &[Posting]) -> BTreeMap<usize, Vec<usize>> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, posting) in postings.iter().enumerate() {
        if let Some(group) = posting.group {
            groups.entry(group).or_default().push(position);
        }
    }
    groups
}

/// FEC.md 7: equal amounts first, oldest with oldest; then the oldest debit with the oldest credit.
/// Also gives what is left of each credit.
fn letter_rule(lines: &[usize], postings: &[Posting]) -> (Vec<Allocation>, BTreeMap<usize, i64>) {
    let side = |wanted: i64| -> Vec<(usize, i64)> {
        let amounts = lines.iter().map(|line| (*line, postings[*line].amount * wanted));
        amounts.filter(|(_, amount)| *amount > 0).collect()
    };
    let (mut debits, mut credits) = (side(1), side(-1));
    let mut found = Vec::new();
    for (debit, left) in &mut debits {
        if let Some((credit, amount)) = credits.iter_mut().find(|(_, amount)| *amount == *left) {
            found.push(Allocation { debit: *debit, credit: *credit, amount: *amount });
            (*left, *amount) = (0, 0);
        }
    }
    for (debit, left) in &mut debits {
        for (credit, amount) in &mut credits {
            let part = (*left).min(*amount);
            if part > 0 {
                found.push(Allocation { debit: *debit, credit: *credit, amount: part });
                *left -= part;
                *amount -= part;
            }
        }
    }
    found.sort_unstable();
    (found, credits.into_iter().collect())
}

/// Whether the rule, applied on any day to what was posted by then, agrees with the rule applied to all.
fn is_same_day_by_day(lines: &[usize], postings: &[Posting]) -> bool {
    let whole = letter_rule(lines, postings).0;
    let days: BTreeSet<Date> = lines.iter().map(|line| postings[*line].posted).collect();
    days.into_iter().all(|day| {
        let by_then: Vec<usize> = lines.iter().copied().filter(|line| postings[*line].posted <= day).collect();
        let acting: Vec<Allocation> =
            whole.iter().copied().filter(|allocation| acting_day(allocation, postings) <= day).collect();
        letter_rule(&by_then, postings).0 == acting
    })
}

/// Reads one year's file: groups hold that year's lines alone, and credits in excess reach back.
fn faults_of_year(
    year: usize,
    groups: &BTreeMap<usize, Vec<usize>>,
    postings: &[Posting],
    truth: &[Allocation],
    years: &Years,
) -> BTreeSet<usize> {
    let opening = years.opening(year);
    let in_year = |line: usize| (opening..=years.close(year)).contains(&postings[line].posted);
    let mut faults = BTreeSet::new();
    let mut reaching: Vec<(usize, i64)> = Vec::new();
    for (group, lines) in groups {
        let lines: Vec<usize> = lines.iter().copied().filter(|line| in_year(*line)).collect();
        if lines.is_empty() {
            continue;
        }
        let (found, left) = letter_rule(&lines, postings);
        let is_inside = |allocation: &&Allocation| {
            in_year(allocation.debit) && in_year(allocation.credit) && postings[allocation.debit].group == Some(*group)
        };
        let mut expected: Vec<Allocation> = truth.iter().filter(is_inside).copied().collect();
        expected.sort_unstable();
        let is_mistaken = runs_ahead(&lines, &left, postings) && has_earlier_debit(lines[0], opening, postings, truth);
        if found != expected || is_mistaken {
            faults.insert(*group);
        }
        reaching.extend(left.into_iter().filter(|(_, amount)| *amount > 0));
    }
    reaching.sort_unstable();
    faults.extend(faults_of_reach(&reaching, opening, postings, truth));
    faults
}

/// Whether on some day a credit of the year waits for a debit still to come: until then it looks in excess.
fn runs_ahead(lines: &[usize], left: &BTreeMap<usize, i64>, postings: &[Posting]) -> bool {
    let days: BTreeSet<Date> = lines.iter().map(|line| postings[*line].posted).collect();
    days.into_iter().any(|day| {
        let by_then: Vec<usize> = lines.iter().copied().filter(|line| postings[*line].posted <= day).collect();
        letter_rule(&by_then, postings).1.into_iter().any(|(credit, excess)| left.get(&credit) != Some(&excess))
    })
}

/// Whether the account of a line holds a debit from before the year, or one it opened with, that a credit which
/// looks in excess would be taken to settle.
fn has_earlier_debit(line: usize, opening: Date, postings: &[Posting], truth: &[Allocation]) -> bool {
    let eve = opening.pred_opt().unwrap_or(opening);
    let open = open_amounts(postings, truth, eve);
    postings.iter().zip(open).any(|(posting, open)| {
        let is_opening = posting.nature == Nature::Opening && posting.posted == opening;
        posting.account == postings[line].account
            && posting.amount > 0
            && (is_opening || open.is_some_and(|open| open > 0))
    })
}

/// Credits in excess, in ledger order, against what was open before the year began.
fn faults_of_reach(
    reaching: &[(usize, i64)],
    opening: Date,
    postings: &[Posting],
    truth: &[Allocation],
) -> BTreeSet<usize> {
    let Some(eve) = opening.pred_opt() else { return BTreeSet::new() };
    let before: BTreeMap<usize, i64> = open_amounts(postings, truth, eve)
        .into_iter()
        .enumerate()
        .filter_map(|(line, open)| Some((line, open?)))
        .filter(|(_, open)| *open > 0)
        .collect();
    let mut now = before.clone();
    let mut faults = BTreeSet::new();
    for (credit, excess) in reaching {
        let targets: BTreeMap<usize, i64> = truth
            .iter()
            .filter(|allocation| allocation.credit == *credit && before.contains_key(&allocation.debit))
            .map(|allocation| (allocation.debit, allocation.amount))
            .collect();
        let reach = Reach { postings, before: &before, now: &now, credit: *credit, excess: *excess, targets: &targets };
        if !reach.is_certain() {
            faults.extend(postings[*credit].group);
        }
        for (debit, amount) in targets {
            now.entry(debit).and_modify(|open| *open -= amount);
        }
    }
    faults
}

/// A credit that reaches back into the year before.
struct Reach<'a> {
    postings: &'a [Posting],
    /// Debits open when the year began, and what was left of them then.
    before: &'a BTreeMap<usize, i64>,
    /// The same, less what earlier credits of the year took.
    now: &'a BTreeMap<usize, i64>,
    credit: usize,
    excess: i64,
    /// What it truly settles of them.
    targets: &'a BTreeMap<usize, i64>,
}

impl Reach<'_> {
    /// Whether every reading of FEC.md 9 finds the true targets.
    fn is_certain(&self) -> bool {
        let credit = &self.postings[self.credit];
        if self.targets.values().sum::<i64>() != self.excess {
            return false;
        }
        let only = if self.targets.len() == 1 { self.targets.iter().next() } else { None };
        let is_whole = only.is_some_and(|(debit, amount)| {
            let debited = self.postings[*debit].amount;
            *amount == debited
                && self.now.get(debit) == Some(&debited)
                && -credit.amount == debited
                && self.excess == debited
        });
        if is_whole && only.is_some_and(|(debit, _)| self.postings[*debit].reference == credit.reference) {
            return true;
        }
        let looks_alike = |line: usize, open: i64| {
            let amounts = [open, self.postings[line].amount];
            amounts.contains(&self.excess) || amounts.contains(&-credit.amount)
        };
        let is_same_account = |line: usize| self.postings[line].account == credit.account;
        let is_mistakable = self
            .before
            .iter()
            .filter(|(line, _)| is_same_account(**line))
            .any(|(line, open)| looks_alike(*line, *open) && only.is_none_or(|(debit, _)| debit != line));
        !is_mistakable && (is_whole || (self.takes_oldest(false) && self.takes_oldest(true)))
    }

    /// Whether taking the oldest open items first, by posted or by issued date, gives the true targets.
    fn takes_oldest(&self, by_issue: bool) -> bool {
        let account = self.postings[self.credit].account;
        let mut lines: Vec<usize> = self
            .now
            .iter()
            .filter(|(line, open)| **open > 0 && self.postings[**line].account == account)
            .map(|(line, _)| *line)
            .collect();
        if by_issue {
            lines.sort_by_key(|line| (self.postings[*line].issued.unwrap_or(self.postings[*line].posted), *line));
        }
        let mut left = self.excess;
        let mut taken = BTreeMap::new();
        for line in lines {
            let part = left.min(self.now.get(&line).copied().unwrap_or(0));
            if part > 0 {
                taken.insert(line, part);
                left -= part;
            }
        }
        taken == *self.targets
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::super::accounts::ReceivableAccount;
    use super::*;

    fn day(year: i32, month: u32) -> Date {
        Date::from_ymd_opt(year, month, 15).unwrap()
    }

    /// A posting of 411; a positive amount is a debit.
    fn posting(posted: Date, amount: i64, reference: &str, group: Option<usize>) -> Posting {
        Posting {
            account: ReceivableAccount::Trade,
            nature: if amount > 0 { Nature::Invoice } else { Nature::Receipt },
            posted,
            issued: Some(posted),
            amount,
            reference: reference.to_owned(),
            invoice: None,
            group,
            entry: 0,
        }
    }

    fn years() -> Years {
        Years::ending(Date::from_ymd_opt(2025, 12, 31).unwrap())
    }

    #[test]
    fn equal_amounts_are_set_against_each_other_before_the_oldest_is() {
        let postings = [
            posting(day(2024, 1), 100, "A", Some(0)),
            posting(day(2024, 2), 50, "B", Some(0)),
            posting(day(2024, 3), -50, "R", Some(0)),
            posting(day(2024, 4), -100, "S", Some(0)),
        ];
        let found = allocations(&postings);
        assert_eq!(
            found,
            [Allocation { debit: 0, credit: 3, amount: 100 }, Allocation { debit: 1, credit: 2, amount: 50 }]
        );
    }

    #[test]
    fn a_receipt_that_bears_the_number_of_a_whole_invoice_is_recovered_whatever_else_is_open() {
        let postings = [
            posting(day(2024, 1), 100, "A", None),
            posting(day(2024, 2), 50, "B", Some(0)),
            posting(day(2025, 1), -50, "B", Some(0)),
        ];
        assert!(unrecoverable(&postings, &years()).is_empty());
    }

    #[test]
    fn a_part_payment_across_the_close_is_recovered_only_on_the_oldest_item() {
        let mut postings = vec![
            posting(day(2024, 2), 100, "B", Some(0)),
            posting(day(2024, 12), -40, "B", Some(0)),
            posting(day(2025, 1), -60, "B", Some(0)),
        ];
        assert!(unrecoverable(&postings, &years()).is_empty());
        postings.insert(0, posting(day(2024, 1), 70, "A", None));
        assert_eq!(unrecoverable(&postings, &years()), BTreeSet::from([0]));
    }

    #[test]
    fn a_credit_left_open_at_the_close_and_used_the_year_after_is_not_recovered() {
        let postings = [posting(day(2024, 11), -40, "AV", Some(0)), posting(day(2025, 1), 40, "B", Some(0))];
        assert_eq!(unrecoverable(&postings, &years()), BTreeSet::from([0]));
    }

    #[test]
    fn a_group_whose_reading_changes_with_later_lines_is_refused() {
        // Until April the first receipt pays A; the equal amount of May would take it away from A.
        let postings = [
            posting(day(2024, 2), 100, "A", Some(0)),
            posting(day(2024, 4), -60, "R", Some(0)),
            posting(day(2024, 5), 60, "B", Some(0)),
            posting(day(2024, 5), -100, "S", Some(0)),
        ];
        assert_eq!(unrecoverable(&postings, &years()), BTreeSet::from([0]));
    }

    #[test]
    fn a_receipt_ahead_of_its_debit_is_refused_while_an_item_of_the_year_before_is_open() {
        let refunded = [posting(day(2024, 3), -50, "DBL", Some(0)), posting(day(2024, 4), 50, "DBL", Some(0))];
        assert!(unrecoverable(&refunded, &years()).is_empty());
        let [receipt, refund] = refunded;
        let with_open_item = [posting(day(2023, 11), 70, "A", None), receipt, refund];
        assert_eq!(unrecoverable(&with_open_item, &years()), BTreeSet::from([0]));
    }

    #[test]
    fn what_is_open_changes_on_the_later_of_both_days() {
        let postings = [posting(day(2024, 2), 100, "A", Some(0)), posting(day(2024, 4), -100, "A", Some(0))];
        let found = allocations(&postings);
        assert_eq!(open_amounts(&postings, &found, day(2024, 3)), [Some(100), None]);
        assert_eq!(open_amounts(&postings, &found, day(2024, 4)), [Some(0), Some(0)]);
    }
}
