//! Who settles whom inside one lettered group (FEC.md 7).

use std::collections::{HashMap, VecDeque};

/// An item's part in a group, in thousandths, always positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The item.
    pub item: usize,
    /// What it brings.
    pub amount: i64,
}

/// How much of a credit item settles a debit item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub debit: usize,
    pub credit: usize,
    pub amount: i64,
}

/// The outcome of a group: what settles what, and what is left on each side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub pairs: Vec<Pair>,
    pub debits_left: Vec<Part>,
    pub credits_left: Vec<Part>,
}

/// Equal amounts first, oldest with oldest; then the rest, oldest debit to oldest credit. Both lists oldest first.
pub(super) fn settle(debits: &[Part], credits: &[Part]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut by_amount: HashMap<i64, VecDeque<usize>> = HashMap::new();
    for (position, credit) in credits.iter().enumerate() {
        by_amount.entry(credit.amount).or_default().push_back(position);
    }
    let mut is_used = vec![false; credits.len()];
    let mut waiting: VecDeque<Part> = VecDeque::new();
    for debit in debits {
        match by_amount.get_mut(&debit.amount).and_then(VecDeque::pop_front) {
            Some(position) => {
                is_used[position] = true;
                outcome.pairs.push(Pair { debit: debit.item, credit: credits[position].item, amount: debit.amount });
            }
            None => waiting.push_back(*debit),
        }
    }
    let rest = credits.iter().zip(&is_used).filter(|(_, is_used)| !**is_used).map(|(credit, _)| *credit);
    let mut rest: VecDeque<Part> = rest.collect();
    oldest_first(&mut waiting, &mut rest, &mut outcome.pairs);
    outcome.debits_left = waiting.into();
    outcome.credits_left = rest.into();
    outcome
}

/// Uses up the shorter side, oldest with oldest; what is left stays in its list.
pub(super) fn oldest_first(debits: &mut VecDeque<Part>, credits: &mut VecDeque<Part>, pairs: &mut Vec<Pair>) {
    while let (Some(debit), Some(credit)) = (debits.front_mut(), credits.front_mut()) {
        let amount = debit.amount.min(credit.amount);
        pairs.push(Pair { debit: debit.item, credit: credit.item, amount });
        debit.amount -= amount;
        credit.amount -= amount;
        if debit.amount == 0 {
            debits.pop_front();
        }
        if credits.front().is_some_and(|credit| credit.amount == 0) {
            credits.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(amounts: &[i64]) -> Vec<Part> {
        amounts.iter().enumerate().map(|(item, amount)| Part { item, amount: *amount }).collect()
    }

    fn pairs(outcome: &Outcome) -> Vec<(usize, usize, i64)> {
        outcome.pairs.iter().map(|pair| (pair.debit, pair.credit, pair.amount)).collect()
    }

    #[test]
    fn equal_amounts_settle_each_other_oldest_with_oldest() {
        let outcome = settle(&parts(&[100, 60, 60]), &parts(&[60, 100, 60]));
        assert_eq!(pairs(&outcome), [(0, 1, 100), (1, 0, 60), (2, 2, 60)]);
    }

    #[test]
    fn the_rest_goes_oldest_debit_to_oldest_credit() {
        let outcome = settle(&parts(&[100, 50]), &parts(&[30, 120]));
        assert_eq!(pairs(&outcome), [(0, 0, 30), (0, 1, 70), (1, 1, 50)]);
        assert!(outcome.debits_left.is_empty() && outcome.credits_left.is_empty());
    }

    #[test]
    fn what_a_side_has_in_excess_is_left() {
        let outcome = settle(&parts(&[10]), &parts(&[4, 4]));
        assert_eq!(outcome.debits_left, [Part { item: 0, amount: 2 }]);
        let outcome = settle(&[], &parts(&[7]));
        assert_eq!(outcome.credits_left, [Part { item: 0, amount: 7 }]);
    }
}
