//! Receipts that came back, of lists whose allocations are given: the rule of FEC.md 5 and 6 without letters. A list says
//! which receipt a return undoes, or it is found by customer and amount; what that receipt had settled is open again, and who
//! pays the return pays that.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::account::RETURN_DAYS;
use crate::model::Date;
use crate::model::calendar::add_days;

/// A debit by which a receipt came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReturn {
    /// The item.
    pub item_id: String,
    /// Customer and currency: a return undoes a receipt of the same.
    pub owner: (String, String),
    /// Above zero, in thousandths.
    pub amount: i64,
    /// When it was posted.
    pub day: Date,
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReceipt {
    /// The item.
    pub item_id: String,
    /// Customer and currency.
    pub owner: (String, String),
    /// Above zero, in thousandths.
    pub amount: i64,
    /// When it was posted.
    pub day: Date,
}

/// An allocation, given or concluded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedAllocation {
    /// The debit item.
    pub debit: String,
    /// The credit item.
    pub credit: String,
    /// From when on it acts.
    pub day: Date,
    /// In thousandths; below zero it takes back.
    pub amount: i64,
    /// No file says so.
    pub is_inferred: bool,
}

/// The allocations that returns make beside those given, all of one company. Returns stand in the order of their days.
#[must_use]
pub fn allocations_of_returns(
    returns: &[ListedReturn],
    receipts: &[ListedReceipt],
    given: &[ListedAllocation],
) -> Vec<ListedAllocation> {
    let mut book =
        Book { returns: returns.iter().map(|returned| returned.item_id.as_str()).collect(), ..Book::default() };
    for receipt in receipts {
        book.receipts.entry(&receipt.item_id).or_insert(receipt);
        book.by_owner.entry((&receipt.owner, receipt.amount)).or_default().push(receipt);
    }
    given.iter().cloned().for_each(|given| book.add(given));
    for returned in returns {
        book.undo(returned);
    }
    book.all.split_off(given.len())
}

#[derive(Default)]
struct Book<'a> {
    returns: HashSet<&'a str>,
    receipts: HashMap<&'a str, &'a ListedReceipt>,
    by_owner: HashMap<(&'a (String, String), i64), Vec<&'a ListedReceipt>>,
    all: Vec<ListedAllocation>,
    /// The positions of allocations, by their debit and by their credit.
    of_debit: HashMap<String, Vec<usize>>,
    of_credit: HashMap<String, Vec<usize>>,
}

impl<'a> Book<'a> {
    fn undo(&mut self, returned: &ListedReturn) {
        let mut undone = self.given_receipts(returned);
        if undone.is_empty() {
            let Some(receipt) = self.found_receipt(returned) else { return };
            self.infer(&returned.item_id, &receipt.item_id, returned.day, returned.amount);
            undone.push((receipt, returned.day, true));
        }
        let mut open_again: Vec<(String, i64)> = Vec::new();
        for (receipt, given_day, is_inferred) in undone {
            let day = returned.day;
            if given_day > day {
                // the list says so later: it came back on its own day
                let pair = self.of_debit(&returned.item_id).filter(|given| given.credit == receipt.item_id);
                let amount: i64 = pair.map(|given| given.amount).sum();
                self.infer(&returned.item_id, &receipt.item_id, day, amount);
                self.infer(&returned.item_id, &receipt.item_id, given_day, -amount);
            }
            // what the list itself takes back, then or later, is not taken back again
            let all: i64 = self.of_credit(&receipt.item_id).map(|given| given.amount).sum();
            let used: i64 = self.used(&receipt.item_id, day).values().sum();
            let mut excess = used.min(all) - receipt.amount;
            // what it settled last is open again first
            for (debit, amount) in self.settled_last_first(&receipt.item_id, day) {
                let back = amount.min(excess);
                if back > 0 {
                    let credit = receipt.item_id.clone();
                    self.add(ListedAllocation { debit: debit.clone(), credit, day, amount: -back, is_inferred });
                    excess -= back;
                    open_again.push((debit, back));
                }
            }
        }
        self.hand_on(returned, open_again);
    }

    /// The receipts that the list says it undoes, each from which day on.
    fn given_receipts(&self, returned: &ListedReturn) -> Vec<(&'a ListedReceipt, Date, bool)> {
        let mut days: BTreeMap<&str, Date> = BTreeMap::new();
        for given in self.of_debit(&returned.item_id) {
            let day = days.entry(&given.credit).or_insert(given.day);
            *day = given.day.min(*day);
        }
        let receipts = days.into_iter().filter_map(|(credit, day)| Some((*self.receipts.get(credit)?, day)));
        let before = receipts.filter(|(receipt, _)| receipt.day <= returned.day);
        before.map(|(receipt, day)| (receipt, day.max(returned.day), false)).collect()
    }

    /// The latest receipt of its customer and amount that had settled something.
    fn found_receipt(&self, returned: &ListedReturn) -> Option<&'a ListedReceipt> {
        let may_be = |receipt: &&&ListedReceipt| {
            let is_near = receipt.day <= returned.day && returned.day <= add_days(receipt.day, RETURN_DAYS);
            if !is_near {
                return false;
            }
            let used = self.used(&receipt.item_id, returned.day);
            // the list took back what it had settled, and left the return as it is
            let is_taken_back = || self.of_credit(&receipt.item_id).any(|given| given.amount < 0);
            let is_claimed = used.keys().all(|debit| !self.returns.contains(debit.as_str()));
            is_claimed && (!used.is_empty() || is_taken_back())
        };
        let receipts = self.by_owner.get(&(&returned.owner, returned.amount))?.iter();
        receipts.filter(may_be).max_by_key(|receipt| (receipt.day, &receipt.item_id)).copied()
    }

    /// What others pay for the return beyond what its receipt takes pays what is open again.
    fn hand_on(&mut self, returned: &ListedReturn, mut open_again: Vec<(String, i64)>) {
        let mut excess = self.of_debit(&returned.item_id).map(|given| given.amount).sum::<i64>() - returned.amount;
        let is_later = |credit: &str| self.receipts.get(credit).is_none_or(|receipt| receipt.day > returned.day);
        let of_return = self.of_debit(&returned.item_id);
        let mut payments: Vec<ListedAllocation> =
            of_return.filter(|given| given.amount > 0 && is_later(&given.credit)).cloned().collect();
        payments.sort_by(|left, right| (left.day, &left.credit).cmp(&(right.day, &right.credit)));
        for payment in payments {
            let mut left = payment.amount.min(excess);
            while left > 0
                && let Some((debit, open)) = open_again.pop()
            {
                let part = left.min(open);
                self.infer(&returned.item_id, &payment.credit, payment.day, -part);
                self.infer(&debit, &payment.credit, payment.day, part);
                left -= part;
                excess -= part;
                if part < open {
                    open_again.push((debit, open - part));
                }
            }
        }
    }

    /// What a credit is used for on a day, by debit item.
    fn used(&self, credit: &str, day: Date) -> BTreeMap<String, i64> {
        let mut used: BTreeMap<String, i64> = BTreeMap::new();
        for given in self.of_credit(credit).filter(|given| given.day <= day) {
            *used.entry(given.debit.clone()).or_default() += given.amount;
        }
        used.retain(|_, amount| *amount > 0);
        used
    }

    /// What a receipt settles on a day, the latest first.
    fn settled_last_first(&self, receipt: &str, day: Date) -> Vec<(String, i64)> {
        let mut used = self.used(receipt, day);
        used.retain(|debit, _| !self.returns.contains(debit.as_str()));
        let last = |debit: &str| {
            let of_pair = self.of_credit(receipt).filter(|given| given.debit == debit && given.day <= day);
            of_pair.filter(|given| given.amount > 0).map(|given| given.day).max()
        };
        let mut settled: Vec<_> = used.into_iter().map(|(debit, amount)| (last(&debit), debit, amount)).collect();
        settled.sort_unstable_by(|left, right| right.cmp(left));
        settled.into_iter().map(|(_, debit, amount)| (debit, amount)).collect()
    }

    fn of_debit(&self, debit: &str) -> impl Iterator<Item = &ListedAllocation> {
        self.of_debit.get(debit).into_iter().flatten().map(|position| &self.all[*position])
    }

    fn of_credit(&self, credit: &str) -> impl Iterator<Item = &ListedAllocation> {
        self.of_credit.get(credit).into_iter().flatten().map(|position| &self.all[*position])
    }

    fn infer(&mut self, debit: &str, credit: &str, day: Date, amount: i64) {
        let (debit, credit) = (debit.to_owned(), credit.to_owned());
        self.add(ListedAllocation { debit, credit, day, amount, is_inferred: true });
    }

    fn add(&mut self, allocation: ListedAllocation) {
        let position = self.all.len();
        self.of_debit.entry(allocation.debit.clone()).or_default().push(position);
        self.of_credit.entry(allocation.credit.clone()).or_default().push(position);
        self.all.push(allocation);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a case that cannot be made must stop the test")]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        format!("2024-{text}").parse().unwrap()
    }

    /// `debit credit day amount` of what returns make of those given.
    fn made(
        returns: &[(&str, &str, i64)],
        receipts: &[(&str, &str, i64)],
        given: &[(&str, &str, &str, i64)],
    ) -> Vec<String> {
        let owner = || ("C".to_owned(), "EUR".to_owned());
        let returns: Vec<_> = returns
            .iter()
            .map(|(id, on, amount)| ListedReturn {
                item_id: (*id).to_owned(),
                owner: owner(),
                amount: *amount,
                day: day(on),
            })
            .collect();
        let receipts: Vec<_> = receipts
            .iter()
            .map(|(id, on, amount)| ListedReceipt {
                item_id: (*id).to_owned(),
                owner: owner(),
                amount: *amount,
                day: day(on),
            })
            .collect();
        let given: Vec<_> = given
            .iter()
            .map(|(debit, credit, on, amount)| ListedAllocation {
                debit: (*debit).to_owned(),
                credit: (*credit).to_owned(),
                day: day(on),
                amount: *amount,
                is_inferred: false,
            })
            .collect();
        let made = allocations_of_returns(&returns, &receipts, &given);
        made.iter().map(|made| format!("{} {} {} {}", made.debit, made.credit, made.day, made.amount)).collect()
    }

    const PAID: (&str, &str, &str, i64) = ("F", "R", "03-31", 100);

    #[test]
    fn what_the_receipt_had_settled_is_open_again_whether_the_list_says_which_or_not() {
        let (returns, receipts) = ([("B", "04-05", 100)], [("R", "03-31", 100)]);
        assert_eq!(made(&returns, &receipts, &[PAID, ("B", "R", "04-05", 100)]), ["F R 2024-04-05 -100"]);
        assert_eq!(made(&returns, &receipts, &[PAID]), ["B R 2024-04-05 100", "F R 2024-04-05 -100"]);
        // who wrote the taking back himself has nothing added
        let written = [PAID, ("F", "R", "04-05", -100), ("B", "R", "04-05", 100)];
        assert_eq!(made(&returns, &receipts, &written), [""; 0]);
        // too long ago, of another amount, or not used: nobody knows
        assert_eq!(made(&[("B", "07-05", 100)], &receipts, &[PAID]), [""; 0]);
        assert_eq!(made(&[("B", "04-05", 90)], &receipts, &[PAID]), [""; 0]);
        assert_eq!(made(&returns, &receipts, &[]), [""; 0]);
    }

    #[test]
    fn it_came_back_on_its_own_day_whenever_the_list_says_so() {
        let (returns, receipts) = ([("B", "04-05", 100)], [("R", "03-31", 100)]);
        assert_eq!(
            made(&returns, &receipts, &[PAID, ("B", "R", "06-01", 100)]),
            ["B R 2024-04-05 100", "B R 2024-06-01 -100", "F R 2024-04-05 -100"]
        );
        // what the list takes back itself, be it later, is not taken back twice
        let later = [PAID, ("B", "R", "04-05", 100), ("F", "R", "04-10", -100)];
        assert_eq!(made(&returns, &receipts, &later), [""; 0]);
        assert_eq!(made(&returns, &receipts, &[PAID, ("F", "R", "04-05", -100)]), ["B R 2024-04-05 100"]);
    }

    #[test]
    fn who_pays_the_return_pays_what_is_open_again() {
        let returns = [("B", "04-05", 100)];
        let receipts = [("R", "03-31", 100), ("S", "05-20", 100)];
        assert_eq!(
            made(&returns, &receipts, &[PAID, ("B", "S", "05-20", 100)]),
            ["B R 2024-04-05 100", "F R 2024-04-05 -100", "B S 2024-05-20 -100", "F S 2024-05-20 100"]
        );
    }

    #[test]
    fn a_part_that_comes_back_opens_what_was_settled_last_and_each_return_has_its_own_receipt() {
        let given = [("F", "R", "03-31", 60), ("G", "R", "04-01", 40), ("B", "R", "04-05", 40)];
        assert_eq!(made(&[("B", "04-05", 40)], &[("R", "03-31", 100)], &given), ["G R 2024-04-05 -40"]);
        let returns = [("B", "04-05", 100), ("D", "04-25", 100)];
        let receipts = [("R", "03-31", 100), ("S", "04-20", 100)];
        assert_eq!(
            made(&returns, &receipts, &[PAID, ("F", "S", "04-20", 100)]),
            ["B R 2024-04-05 100", "F R 2024-04-05 -100", "D S 2024-04-25 100", "F S 2024-04-25 -100"]
        );
    }
}
