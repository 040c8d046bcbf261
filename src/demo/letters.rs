//! Lettering: the code that postings settling each other share, in one year's file or in the whole ledger.

use super::accounts::CustomerAccounts;
use super::years::Years;
use crate::model::Date;
use std::collections::BTreeMap;

/// `EcritureLet` and `DateLet` of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    /// `AA`, `AB`… where the group comes to nothing; `aa`, `ab`… where it is settled in part.
    pub(super) code: String,
    /// The day the last line came, where the customer's clerk writes it down.
    pub(super) lettered: Option<Date>,
}

/// Which lines one file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// One fiscal year, by position.
    Year(usize),
    /// All years in one ledger.
    Continuous,
}

impl Scope {
    /// The first and last day of the file.
    pub(super) fn days(self, years: &Years) -> (Date, Date) {
        match self {
            Self::Year(year) => (years.opening(year), years.close(year)),
            Self::Continuous => (years.first_day(), years.last_day()),
        }
    }
}

/// The letters of a customer's groups in one file. A file knows what was settled by its close: a group that
/// comes to nothing by then, or in part by a credit of the file's own year. All else bears none.
pub(super) fn letters(
    accounts: &CustomerAccounts,
    scope: Scope,
    years: &Years,
    is_dated: bool,
) -> BTreeMap<usize, Letter> {
    let (first, last) = scope.days(years);
    let mut found: BTreeMap<usize, Group> = BTreeMap::new();
    for posting in &accounts.postings {
        let Some(number) = posting.group else { continue };
        let group = found.entry(number).or_insert(Group {
            latest: posting.posted,
            is_complete: true,
            has_lines: false,
            has_credit: false,
            first_credit: None,
        });
        if posting.posted > last {
            group.is_complete = false;
            continue;
        }
        group.latest = group.latest.max(posting.posted);
        if posting.posted >= first {
            group.has_lines = true;
            group.has_credit |= posting.amount < 0;
        }
        if posting.amount < 0 && group.first_credit.is_none() {
            group.first_credit = Some(posting.posted);
        }
    }
    let mut lettered: Vec<(Date, usize, bool, bool)> = found
        .into_iter()
        .filter(|(_, group)| group.has_lines && (group.is_complete || group.has_credit))
        .map(|(number, group)| {
            // Parts paid in two years were lettered twice: no one day tells it, and none is written.
            let is_one_year = group.first_credit.is_some_and(|day| years.index_of(day) == years.index_of(group.latest));
            (group.latest, number, group.is_complete, is_dated && group.is_complete && is_one_year)
        })
        .collect();
    lettered.sort_unstable();
    let (mut complete, mut partial) = (0, 0);
    let letters = lettered.into_iter().map(|(latest, number, is_complete, is_dated)| {
        let next = if is_complete { &mut complete } else { &mut partial };
        let code = code(*next);
        *next += 1;
        let code = if is_complete { code } else { code.to_lowercase() };
        (number, Letter { code, lettered: is_dated.then_some(latest) })
    });
    letters.collect()
}

struct Group {
    /// When its last line in the file came.
    latest: Date,
    /// Whether no line comes later.
    is_complete: bool,
    /// Whether the file's own year holds a line of it.
    has_lines: bool,
    /// Whether it holds a credit of it.
    has_credit: bool,
    /// When its first credit came, in whatever year.
    first_credit: Option<Date>,
}

/// `AA`, `AB`… `ZZ`, `AAA`…
fn code(number: usize) -> String {
    let (mut width, mut count, mut left) = (2, 26 * 26, number);
    while left >= count {
        left -= count;
        count *= 26;
        width += 1;
    }
    let mut letters = Vec::new();
    for _ in 0..width {
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::super::accounts::{Posting, ReceivableAccount};
    use super::super::settlement::Nature;
    use super::*;

    #[test]
    fn codes_go_on_after_two_letters_are_used_up() {
        assert_eq!([0, 1, 26, 675, 676, 677].map(code), ["AA", "AB", "BA", "ZZ", "AAA", "AAB"]);
    }

    #[test]
    fn a_group_settled_in_part_by_the_close_is_small_and_a_later_one_has_no_letter() {
        let day = |year, month| Date::from_ymd_opt(year, month, 10).unwrap();
        let posting = |posted, amount, group| Posting {
            account: ReceivableAccount::Trade,
            nature: if amount > 0 { Nature::Invoice } else { Nature::Receipt },
            posted,
            issued: None,
            amount,
            reference: String::new(),
            invoice: None,
            group: Some(group),
            entry: 0,
        };
        let postings = vec![
            posting(day(2023, 10), 100, 0),
            posting(day(2023, 11), 50, 1),
            posting(day(2023, 12), 80, 2),
            posting(day(2023, 12), -50, 1),
            posting(day(2023, 12), -30, 2),
            posting(day(2024, 1), -100, 0),
            posting(day(2024, 2), -50, 2),
        ];
        let accounts = CustomerAccounts { postings, allocations: Vec::new(), plans: BTreeMap::new() };
        let years = Years::ending(Date::from_ymd_opt(2025, 12, 31).unwrap());
        let codes = |scope| {
            let letters = letters(&accounts, scope, &years, false);
            letters.into_iter().map(|(group, letter)| format!("{group}{}", letter.code)).collect::<Vec<_>>()
        };
        assert_eq!(codes(Scope::Year(0)), ["1AA", "2aa"]);
        assert_eq!(codes(Scope::Year(1)), ["0AA", "2AB"]);
        assert!(codes(Scope::Year(2)).is_empty());
        assert_eq!(codes(Scope::Continuous), ["0AB", "1AA", "2AC"]);
    }
}
