//! One receivable account of one customer over all its fiscal years: items, and who settled whom, when.
//!
//! The state of the letters on a day is the rule of FEC.md 7–9 applied to the lines posted by then; what changes from
//! one day to the next becomes allocations of that day, negative where a later line makes the rule take one back. So
//! a ledger cut off at a day answers for that day exactly as the whole ledger does.

mod departed;
mod returned;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use returned::{RETURN_DAYS, Undoable, Unexplained, Uses};

use super::identity::Identities;
use super::lettering::{Outcome, Pair, Part, oldest_first};
use super::pool::{Earlier, Excess, settle_earlier};
use super::returns::{Member, MoneyBack, money_back, outcome_on};
use super::{FiscalYear, Line};
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, ITEMS, OPENING_GAPS};
use crate::model::{AgreedTerms, Date, ItemKind, Money, Rows};

/// Lettered groups of a year.
type Groups = BTreeMap<Box<str>, Vec<Member>>;

/// What a company decides.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Its identifier.
    pub company_id: String,
    /// The currency its ledger is kept in.
    pub currency_code: String,
    /// Whether letters act from their `DateLet` (never before both lines are posted) instead of from the later line.
    pub letters_act_from_letter_date: bool,
}

/// All lines of one account and customer.
#[derive(Debug)]
pub struct AccountHistory<'a> {
    /// The receivable account.
    pub account: &'a str,
    /// The customer.
    pub customer: &'a str,
    /// By which terms its invoices fall due; nothing where that is not known.
    pub terms: Option<AgreedTerms>,
    /// Lines of every year.
    pub lines: Vec<Line>,
}

/// What the lines of one account and customer become.
#[derive(Debug)]
pub struct Derived {
    /// Rows of `items`.
    pub items: Rows,
    /// Rows of `allocations`.
    pub allocations: Rows,
    /// Rows of `opening_gaps`.
    pub gaps: Rows,
    /// Amount of the allocations that letters do not state outright.
    pub inferred: (i64, i128),
    /// Debit items whose due date is derived.
    pub derived_due: (i64, i128),
    /// Debit items without any date to age from.
    pub age_unknown: (i64, i128),
    /// Items whose document is dated after its entry.
    pub piece_date_late: (i64, i128),
    /// Credits that letters leave over and nothing of earlier absorbs.
    pub credits_left: (i64, i128),
    /// Debits that letters leave over: settled after the year's end.
    pub debits_left: (i64, i128),
}

struct Item {
    id: String,
    kind: ItemKind,
    posted: Date,
    issued: Date,
    due: Option<Date>,
    due_is_derived: bool,
    amount: i64,
    reference: Option<Box<str>>,
    label: Option<Box<str>>,
    source: Option<(Arc<str>, i64)>,
    letter: Option<Box<str>>,
    /// The entry that holds its line; lines of one entry share it.
    entry: Arc<str>,
    /// From when on something of it is open again: a receipt of a later year was taken back.
    reopened: Option<Date>,
    /// Closing date of the fiscal year it came in.
    year_end: Date,
    /// What is left, all allocations known so far taken off: same sign as `amount`.
    left: i64,
}

impl Item {
    /// A part of a line, its dates left to be told.
    fn of_line(id: String, line: &Line, year: &FiscalYear, amount: i64) -> Self {
        Self {
            id,
            kind: line.kind,
            posted: line.posted,
            issued: line.posted,
            due: None,
            due_is_derived: false,
            amount,
            reference: line.piece_reference.clone(),
            label: line.label.clone(),
            source: Some((line.source_file.clone(), line.source_line)),
            letter: line.letter.clone(),
            entry: line.entry.clone(),
            reopened: None,
            year_end: year.end,
            left: amount,
        }
    }

    /// Something of it may be open on a day.
    fn is_there(&self, day: Date) -> bool {
        self.posted <= day && self.reopened.is_none_or(|reopened| reopened <= day)
    }

    /// An opening with a letter of its own is settled by its own group.
    fn waits_for_letter(&self, day: Date) -> bool {
        self.letter.is_some() && self.kind == ItemKind::Opening && self.posted <= day
    }
}

impl AccountHistory<'_> {
    /// Items and allocations over `years`, oldest first. Lines stand oldest first.
    pub(super) fn work<'a>(&'a self, years: &[FiscalYear], rules: &'a Rules) -> Work<'a> {
        let mut work = Work {
            rules,
            account: self.account,
            customer: self.customer,
            terms: self.terms.as_ref(),
            identities: Identities::new(self.account, self.customer),
            items: Vec::new(),
            changes: BTreeMap::new(),
            gaps: Rows::new(&OPENING_GAPS),
            credits_left: (0, 0),
            debits_left: (0, 0),
            piece_date_late: (0, 0),
        };
        let mut before: Option<&FiscalYear> = None;
        for year in years {
            let lines: Vec<&Line> = self.lines.iter().filter(|line| line.year_end == year.end).collect();
            work.year(year, before, &lines);
            before = Some(year);
        }
        work
    }
}

/// The derivation of one account and customer.
pub(super) struct Work<'a> {
    rules: &'a Rules,
    account: &'a str,
    customer: &'a str,
    terms: Option<&'a AgreedTerms>,
    identities: Identities<'a>,
    items: Vec<Item>,
    /// (day, debit item, credit item) → amount, and whether letters state it outright.
    changes: BTreeMap<(Date, usize, usize), (i64, bool)>,
    gaps: Rows,
    credits_left: (i64, i128),
    debits_left: (i64, i128),
    piece_date_late: (i64, i128),
}

impl Work<'_> {
    fn year(&mut self, year: &FiscalYear, before: Option<&FiscalYear>, lines: &[&Line]) {
        let is_chained = before.is_some_and(|before| year.follows(before));
        let earlier: Vec<usize> = (0..self.items.len()).filter(|item| self.items[*item].left != 0).collect();
        let mut groups: Groups = BTreeMap::new();
        let mut openings: Vec<usize> = Vec::new();
        let first_of_year = self.items.len();
        if let (Some(_), false) = (before, is_chained) {
            self.close(&earlier, year.opening.unwrap_or(year.start));
        }
        if is_chained && let Some(opening) = year.opening {
            self.compare_opening(year, opening, &earlier, lines);
            self.join_openings(&mut groups, opening, &earlier, lines);
        }
        let is_evidence = |line: &Line| line.is_opening && is_chained;
        for line in lines.iter().filter(|line| !is_evidence(line) && !line.amount.is_zero()) {
            for item in self.add(line, year) {
                if line.is_opening {
                    openings.push(item);
                }
                if let Some(letter) = &line.letter {
                    let joined = match line.letter_date {
                        Some(day) if self.rules.letters_act_from_letter_date => day.max(line.posted),
                        _ => line.posted,
                    };
                    groups.entry(letter.clone()).or_default().push(self.member(item, self.items[item].amount, joined));
                }
            }
        }
        let mut candidates = if is_chained { earlier } else { openings };
        let reopened = self.join_returns(&mut groups, first_of_year);
        candidates.extend(reopened);
        candidates.sort_unstable();
        candidates.dedup();
        self.letters(&groups, &candidates);
        self.name_fees(first_of_year);
    }

    fn member(&self, item: usize, amount: i64, joined: Date) -> Member {
        let Item { kind, ref entry, .. } = self.items[item];
        Member { item, amount, kind, entry: entry.clone(), joined, left: None }
    }

    /// After a gap between years nobody knows what became of the open items: one adjustment closes them.
    fn close(&mut self, earlier: &[usize], day: Date) {
        let total = self.left_of(earlier);
        let mut open = earlier.to_vec();
        if total != 0 {
            open.push(self.add_adjustment(-total, day, "year missing before"));
        }
        let side = |work: &Self, sign: i64| {
            let of_side = open.iter().filter(|item| work.items[**item].left * sign > 0);
            of_side.map(|item| Part { item: *item, amount: work.items[*item].left.abs() }).collect()
        };
        let mut pairs = Vec::new();
        oldest_first(&mut side(self, 1), &mut side(self, -1), &mut pairs);
        for pair in pairs {
            self.change(day, pair, 1, false);
        }
    }

    /// What is left of items together. More than 18 digits are beyond any column: a law of ours would be broken.
    fn left_of(&self, items: &[usize]) -> i64 {
        let total: i128 = items.iter().map(|item| i128::from(self.items[*item].left)).sum();
        i64::try_from(total).unwrap_or_else(|_| unreachable!("amounts of one customer sum to at most 18 digits"))
    }

    /// The opening is evidence: where it differs from the closing before, the difference is one item.
    fn compare_opening(&mut self, year: &FiscalYear, opening: Date, earlier: &[usize], lines: &[&Line]) {
        let closing = self.left_of(earlier);
        let opened: i64 = lines.iter().filter(|line| line.is_opening).map(|line| line.amount.thousandths()).sum();
        if closing == opened {
            return;
        }
        self.add_adjustment(opened - closing, opening, "opening differs from closing");
        let money = |thousandths: i64| Cell::Money(Money::from_thousandths(thousandths).unwrap_or_default());
        self.gaps.push(vec![
            Cell::text(self.rules.company_id.as_str()),
            Cell::Date(year.end),
            Cell::Date(opening),
            Cell::text(self.account),
            Cell::text(self.customer),
            money(closing),
            money(opened),
            Cell::Empty,
        ]);
    }

    /// A lettered opening line says that an open item of earlier belongs to the group: same reference and amount
    /// first, then same amount.
    fn join_openings(&self, groups: &mut Groups, opening: Date, earlier: &[usize], lines: &[&Line]) {
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        let mut claimed: BTreeSet<usize> = BTreeSet::new();
        for must_share_reference in [true, false] {
            for (position, line) in lines.iter().enumerate().filter(|(_, line)| line.is_opening) {
                let Some(letter) = line.letter.as_ref().filter(|_| !claimed.contains(&position)) else { continue };
                let amount = line.amount.thousandths();
                let found = earlier.iter().find(|index| {
                    let item = &self.items[**index];
                    let shares_reference = item.reference.is_some() && item.reference == line.piece_reference;
                    !taken.contains(*index) && item.left == amount && (shares_reference || !must_share_reference)
                });
                if let Some(item) = found {
                    taken.insert(*item);
                    claimed.insert(position);
                    let member = self.member(*item, amount, opening);
                    groups.entry(letter.clone()).or_default().push(member);
                }
            }
        }
    }

    /// Replays the year's letters day by day, and what they leave over against `candidates`.
    fn letters(&mut self, groups: &Groups, candidates: &[usize]) {
        let mut days: BTreeMap<Date, BTreeSet<&str>> = BTreeMap::new();
        for (letter, members) in groups {
            for day in members.iter().flat_map(|member| [Some(member.joined), member.left]).flatten() {
                days.entry(day).or_default().insert(letter);
            }
        }
        let backs: BTreeMap<&str, Vec<MoneyBack>> =
            groups.iter().map(|(letter, members)| (&**letter, money_back(members))).collect();
        for back in backs.values().flatten().filter(|back| back.is_return) {
            self.items[back.pair.debit].kind = ItemKind::ReturnedReceipt;
        }
        let mut outcomes: BTreeMap<&str, Outcome> = BTreeMap::new();
        let mut pool: Vec<Pair> = Vec::new();
        let left_before: Vec<i64> = candidates.iter().map(|item| self.items[*item].left).collect();
        for (day, touched) in days {
            for letter in touched {
                let outcome = outcome_on(&groups[letter], &backs[letter], day);
                let old = outcomes.insert(letter, outcome).unwrap_or_default();
                let new = outcomes.get(letter).map(|outcome| outcome.pairs.clone()).unwrap_or_default();
                self.replace(day, &old.pairs, &new, true);
            }
            let settled = self.pool_on(day, &outcomes, candidates, &left_before);
            self.replace(day, &pool, &settled, false);
            pool = settled;
        }
        let used: i64 = pool.iter().map(|pair| pair.amount).sum();
        let left_over = |parts: &mut dyn Iterator<Item = &Part>| {
            parts.fold((0_i64, 0_i128), |(count, sum), part| (count + 1, sum + i128::from(part.amount)))
        };
        let credits = left_over(&mut outcomes.values().flat_map(|outcome| &outcome.credits_left));
        let debits = left_over(&mut outcomes.values().flat_map(|outcome| &outcome.debits_left));
        let remaining = credits.1 - i128::from(used);
        if remaining > 0 {
            self.credits_left = (self.credits_left.0 + 1, self.credits_left.1 + remaining);
        }
        self.debits_left = (self.debits_left.0 + debits.0, self.debits_left.1 + debits.1);
    }

    /// What the credits in excess on a day settle among the candidates.
    fn pool_on(
        &self,
        day: Date,
        outcomes: &BTreeMap<&str, Outcome>,
        candidates: &[usize],
        left_before: &[i64],
    ) -> Vec<Pair> {
        let mut credits: Vec<Part> = outcomes.values().flat_map(|outcome| outcome.credits_left.clone()).collect();
        if credits.is_empty() {
            return Vec::new();
        }
        credits.sort_by_key(|part| part.item);
        let excess: Vec<Excess<'_>> = credits
            .into_iter()
            .map(|part| Excess { part, reference: self.items[part.item].reference.as_deref() })
            .collect();
        let mut lettered: BTreeMap<usize, i64> = BTreeMap::new();
        for pair in outcomes.values().flat_map(|outcome| &outcome.pairs) {
            *lettered.entry(pair.debit).or_default() += pair.amount;
        }
        let grouped: BTreeSet<usize> = outcomes
            .values()
            .flat_map(|outcome| {
                let left = outcome.debits_left.iter().map(|part| part.item);
                left.chain(outcome.pairs.iter().map(|pair| pair.debit))
            })
            .collect();
        let mut earlier: Vec<Earlier<'_>> = candidates
            .iter()
            .zip(left_before)
            .filter(|(item, left)| **left > 0 && self.items[**item].is_there(day))
            .map(|(item, left)| Earlier {
                part: Part { item: *item, amount: left - lettered.get(item).copied().unwrap_or_default() },
                reference: self.items[*item].reference.as_deref(),
            })
            .collect();
        // an item with a letter of its own waits for its own group
        earlier.sort_by_key(|debit| {
            let item = &self.items[debit.part.item];
            let is_lettered = grouped.contains(&debit.part.item) || item.waits_for_letter(day);
            (is_lettered, item.issued, debit.part.item)
        });
        settle_earlier(&earlier, &excess)
    }

    /// Turns one state of pairs into another, as changes of a day.
    fn replace(&mut self, day: Date, old: &[Pair], new: &[Pair], is_stated: bool) {
        if old == new {
            return;
        }
        for pair in old {
            self.change(day, *pair, -1, is_stated);
        }
        for pair in new {
            self.change(day, *pair, 1, is_stated);
        }
    }

    fn change(&mut self, day: Date, pair: Pair, sign: i64, is_stated: bool) {
        let amount = pair.amount * sign;
        self.items[pair.debit].left -= amount;
        self.items[pair.credit].left += amount;
        // letters of one year speak of its own lines; that they reach an item of an earlier year is inferred
        let is_one_year = self.items[pair.debit].year_end == self.items[pair.credit].year_end;
        let change = self.changes.entry((day, pair.debit, pair.credit)).or_insert((0, true));
        change.0 += amount;
        change.1 &= is_stated && is_one_year;
    }

    /// The items of a line: one, or a part for each claim that it was before.
    fn add(&mut self, line: &Line, year: &FiscalYear) -> std::ops::Range<usize> {
        let first = self.items.len();
        let id = self.identities.of_line(line);
        // a document dated after its entry bears the day on which it was typed
        let is_typed_late = line.piece_date.is_some_and(|day| day > line.posted);
        let issued = line.piece_date.filter(|_| !is_typed_late).unwrap_or(line.posted);
        let mut left = line.amount.thousandths();
        for (number, origin) in line.origins.iter().enumerate() {
            let id = if number == 0 { id.clone() } else { format!("{id}/{}", number + 1) };
            let due = line.due_date.or(origin.due);
            let due_is_derived = line.due_date.is_none() && origin.due_is_derived;
            let item = Item::of_line(id, line, year, origin.amount);
            let reference = origin.reference.clone().or_else(|| item.reference.clone());
            self.items.push(Item { issued: origin.issued, due, due_is_derived, reference, ..item });
            left -= origin.amount;
        }
        if left == 0 {
            return first..self.items.len();
        }
        if is_typed_late {
            self.piece_date_late = (self.piece_date_late.0 + 1, self.piece_date_late.1 + i128::from(left.abs()));
        }
        let has_no_date = line.kind == ItemKind::Opening && line.piece_date.is_none_or(|day| is_placeholder(day, year));
        let (due, due_is_derived) = match (left > 0, line.kind) {
            (true, ItemKind::Refund | ItemKind::ReturnedReceipt) | (false, _) => (Some(issued), false),
            (true, _) if line.due_date.is_some() => (line.due_date, false),
            (true, ItemKind::Opening) if has_no_date => (None, false),
            (true, _) => (self.terms.map(|terms| terms.due(issued)), self.terms.is_some()),
        };
        let id = if line.origins.is_empty() { id } else { format!("{id}/rest") };
        let item = Item::of_line(id, line, year, left);
        self.items.push(Item { issued, due, due_is_derived, ..item });
        first..self.items.len()
    }

    fn add_adjustment(&mut self, amount: i64, day: Date, reason: &str) -> usize {
        let content = [reason.to_owned(), day.to_string(), amount.to_string()];
        let due = if amount > 0 { self.terms.map(|terms| terms.due(day)) } else { Some(day) };
        self.items.push(Item {
            id: self.identities.of_content(&content),
            kind: ItemKind::Adjustment,
            posted: day,
            issued: day,
            due,
            due_is_derived: amount > 0 && due.is_some(),
            amount,
            reference: None,
            label: Some(reason.into()),
            source: None,
            letter: None,
            entry: Arc::from(""),
            reopened: None,
            year_end: day,
            left: amount,
        });
        self.items.len() - 1
    }

    pub(super) fn finish(mut self) -> Derived {
        let mut derived = Derived {
            items: Rows::new(&ITEMS),
            allocations: Rows::new(&ALLOCATIONS),
            gaps: std::mem::replace(&mut self.gaps, Rows::new(&OPENING_GAPS)),
            inferred: (0, 0),
            derived_due: (0, 0),
            age_unknown: (0, 0),
            credits_left: self.credits_left,
            debits_left: self.debits_left,
            piece_date_late: self.piece_date_late,
        };
        let count = |sum: &mut (i64, i128), amount: i64| *sum = (sum.0 + 1, sum.1 + i128::from(amount));
        for item in &self.items {
            if item.due_is_derived {
                count(&mut derived.derived_due, item.amount);
            }
            if item.due.is_none() {
                count(&mut derived.age_unknown, item.amount);
            }
            derived.items.push(self.item_row(item));
        }
        let mut inferred: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for ((day, debit, credit), (amount, is_stated)) in &self.changes {
            if *amount == 0 {
                continue;
            }
            let is_inferred = !is_stated;
            if is_inferred {
                *inferred.entry((*debit, *credit)).or_default() += amount;
            }
            derived.allocations.push(vec![
                Cell::text(self.rules.company_id.as_str()),
                Cell::text(self.items[*debit].id.as_str()),
                Cell::text(self.items[*credit].id.as_str()),
                Cell::Date(*day),
                Cell::Money(Money::from_thousandths(*amount).unwrap_or_default()),
                Cell::Flag(is_inferred),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ]);
        }
        // what a later line took back is not counted
        inferred.values().filter(|amount| **amount != 0).for_each(|amount| count(&mut derived.inferred, *amount));
        derived
    }

    fn item_row(&self, item: &Item) -> Vec<Cell> {
        let text = |text: Option<&str>| text.map_or(Cell::Empty, Cell::text);
        let amount = Cell::Money(Money::from_thousandths(item.amount).unwrap_or_default());
        vec![
            Cell::text(self.rules.company_id.as_str()),
            Cell::text(item.id.as_str()),
            Cell::text(self.customer),
            Cell::text(self.account),
            Cell::text(item.kind.code()),
            Cell::Date(item.issued),
            Cell::Date(item.posted),
            Cell::date(item.due),
            Cell::Flag(item.due_is_derived),
            Cell::text(self.rules.currency_code.as_str()),
            amount.clone(),
            amount,
            text(item.reference.as_deref()),
            text(item.label.as_deref()),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            item.source.as_ref().map_or(Cell::Empty, |(file, _)| Cell::text(file.as_ref())),
            item.source.as_ref().map_or(Cell::Empty, |(_, line)| Cell::Int(*line)),
            Cell::Empty,
            Cell::Empty,
        ]
    }
}

/// Software writes the year's first day, or that day of an earlier year, where it no longer knows the invoice's date
/// (FEC.md 6).
fn is_placeholder(day: Date, year: &FiscalYear) -> bool {
    use chrono::Datelike;
    day >= year.start || (day.month(), day.day()) == (year.start.month(), year.start.day())
}
