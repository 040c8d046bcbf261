//! The ledger as files: 18 columns, tabs, UTF-8, comma as decimal mark (LPF art. A47 A-1), with their openings.

use super::books::{Auxiliary, Entry, Journal, Line, Sources, account_name, receivable};
use super::business;
use super::chain::open_amounts;
use super::letters::{Letter, Scope, letters};
use super::settlement::Nature;
use super::years::{bank_day, day_of_month};
use crate::model::Date;
use crate::model::calendar::add_months;
use crate::model::money::decimal_text;
use chrono::Datelike;
use std::collections::BTreeMap;

/// The columns, in the order the law gives.
pub(super) const HEADER: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t\
    PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n";

/// How the balances of the year before stand at the head of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// As the company began: open invoices of an earlier time.
    First,
    /// One line an open item, with its piece and the letter under which it will be settled.
    Detailed,
    /// One line an account and customer, net, without a letter.
    Summarised,
}

/// A file and what it sums to.
#[derive(Debug)]
pub(super) struct FecText {
    pub(super) text: String,
    /// Lines without the header.
    pub(super) line_count: usize,
    /// In hundredths.
    pub(super) debit: i64,
    /// In hundredths.
    pub(super) credit: i64,
}

/// Who stands behind an account in the columns `CompAuxNum` and `CompAuxLib`.
pub(super) struct Directory<'a> {
    pub(super) sources: &'a Sources<'a>,
    /// Names of suppliers by position.
    pub(super) suppliers: &'a [String],
}

/// The ledger of a scope as a FEC.
pub(super) fn write(directory: &Directory<'_>, entries: &[Entry], scope: Scope) -> FecText {
    let sources = directory.sources;
    let years = sources.years;
    let letters: Vec<BTreeMap<usize, Letter>> = sources
        .accounts
        .iter()
        .enumerate()
        .map(|(position, accounts)| letters(accounts, scope, years, position.is_multiple_of(3)))
        .collect();
    let opening = match scope {
        Scope::Continuous | Scope::Year(0) => Opening::First,
        Scope::Year(1) => Opening::Detailed,
        Scope::Year(_) => Opening::Summarised,
    };
    let (first, last) = scope.days(years);
    let mut file = File {
        directory,
        letters: &letters,
        numbers: BTreeMap::new(),
        written: FecText { text: HEADER.to_owned(), line_count: 0, debit: 0, credit: 0 },
    };
    file.entry(&opening_entry(sources, entries, opening, first));
    for entry in entries.iter().filter(|entry| (first..=last).contains(&entry.day)) {
        file.entry(entry);
    }
    file.written
}

/// The opening balance of a file: receivables as told, every other account in one line, the result on 120.
fn opening_entry(sources: &Sources<'_>, entries: &[Entry], opening: Opening, day: Date) -> Entry {
    let mut lines = Vec::new();
    let mut others = business::first_opening(sources);
    let opened = receivable_lines(sources, opening, day);
    if opening != Opening::First {
        for line in entries.iter().filter(|entry| entry.day < day).flat_map(|entry| &entry.lines) {
            if line.posting.is_none() && line.account < "6" {
                *others.entry((line.account, line.auxiliary)).or_default() += line.amount;
            }
        }
    }
    let balance: i64 = opened.iter().map(|line| line.amount).sum::<i64>() + others.values().sum::<i64>();
    // What the first opening lacks are reserves; what a later one lacks is the result of the years before.
    let balancing = if opening == Opening::First { "106800" } else { "120000" };
    if opening == Opening::First {
        *others.entry((balancing, None)).or_default() -= balance;
    } else {
        let reserves = first_reserves(sources);
        *others.entry(("106800", None)).or_default() += reserves;
        *others.entry((balancing, None)).or_default() -= balance + reserves;
    }
    let label = "A nouveau";
    for ((account, auxiliary), amount) in others {
        lines.extend(Entry::new(Journal::Opening, day, "AN", label, &[(account, auxiliary, amount)]).lines);
    }
    let at = lines.iter().position(|line| line.account > "411000").unwrap_or(lines.len());
    lines.splice(at..at, opened);
    Entry { journal: Journal::Opening, day, lines }
}

/// What the reserves were when the first year opened.
fn first_reserves(sources: &Sources<'_>) -> i64 {
    let opened = receivable_lines(sources, Opening::First, sources.years.first_day());
    -opened.iter().map(|line| line.amount).sum::<i64>() - business::first_opening(sources).values().sum::<i64>()
}

/// The receivable lines of an opening.
fn receivable_lines(sources: &Sources<'_>, opening: Opening, day: Date) -> Vec<Line> {
    let mut lines = Vec::new();
    let eve = day.pred_opt().unwrap_or(day);
    for (position, accounts) in sources.accounts.iter().enumerate() {
        if opening == Opening::First {
            let opened = accounts.postings.iter().enumerate().filter(|(_, posting)| posting.nature == Nature::Opening);
            lines.extend(opened.map(|(line, _)| receivable(sources, position, line)));
            continue;
        }
        let mut nets = BTreeMap::new();
        for (line, open) in open_amounts(&accounts.postings, &accounts.allocations, eve).into_iter().enumerate() {
            let Some(open) = open.filter(|open| *open != 0) else { continue };
            if opening == Opening::Detailed {
                let line = receivable(sources, position, line);
                let label = format!("A nouveau {}", line.reference);
                lines.push(Line { amount: open, label, currency: None, ..line });
            } else {
                *nets.entry(accounts.postings[line].account).or_insert(0) += open;
            }
        }
        for (account, net) in nets.into_iter().filter(|(_, net)| *net != 0) {
            let customer = Some(Auxiliary::Customer(position));
            lines.extend(
                Entry::new(Journal::Opening, day, "AN", "Solde à nouveau", &[(account.number(), customer, net)]).lines,
            );
        }
    }
    lines.sort_by_key(|line| line.account);
    lines
}

/// A file being written.
struct File<'a> {
    directory: &'a Directory<'a>,
    /// One map a customer.
    letters: &'a [BTreeMap<usize, Letter>],
    /// The last number of each journal and year.
    numbers: BTreeMap<(Journal, i32), usize>,
    written: FecText,
}

impl File<'_> {
    fn entry(&mut self, entry: &Entry) {
        let number = self.numbers.entry((entry.journal, entry.day.year())).or_insert(0);
        *number += 1;
        let number = format!("{:02}{number:06}", entry.day.year() % 100);
        let (code, name) = entry.journal.names();
        let valid = bank_day(day_of_month(add_months(entry.day, 1), 10));
        for line in &entry.lines {
            let (auxiliary, auxiliary_name) = self.auxiliary(line.auxiliary);
            let (letter, lettered) =
                self.letter(line).map_or(("", None), |letter| (letter.code.as_str(), letter.lettered));
            let (debit, credit) = (line.amount.max(0), (-line.amount).max(0));
            let (currency_amount, currency) =
                line.currency.map_or((String::new(), ""), |(amount, code)| (decimal(amount), code));
            let cells = [
                code,
                name,
                &number,
                &day_text(entry.day),
                line.account,
                account_name(line.account),
                &auxiliary,
                &auxiliary_name,
                &line.reference,
                &line.piece_date.map(day_text).unwrap_or_default(),
                &line.label,
                &decimal(debit),
                &decimal(credit),
                letter,
                &lettered.map(day_text).unwrap_or_default(),
                &day_text(valid),
                &currency_amount,
                currency,
            ];
            let text = cells.join("\t");
            self.written.text.push_str(&text);
            self.written.text.push('\n');
            self.written.line_count += 1;
            self.written.debit += debit;
            self.written.credit += credit;
        }
    }

    fn auxiliary(&self, auxiliary: Option<Auxiliary>) -> (String, String) {
        match auxiliary {
            None => (String::new(), String::new()),
            Some(Auxiliary::Customer(position)) => {
                let customer = &self.directory.sources.customers[position];
                (customer.id.clone(), customer.name.clone())
            }
            Some(Auxiliary::Supplier(position)) => {
                (format!("F{:05}", position + 1), self.directory.suppliers.get(position).cloned().unwrap_or_default())
            }
        }
    }

    fn letter(&self, line: &Line) -> Option<&Letter> {
        let (customer, posting) = line.posting?;
        let group = self.directory.sources.accounts[customer].postings[posting].group?;
        self.letters[customer].get(&group)
    }
}

pub(super) fn day_text(day: Date) -> String {
    day.format("%Y%m%d").to_string()
}

/// `1234,50`.
pub(super) fn decimal(hundredths: i64) -> String {
    decimal_text(hundredths.into(), 2).replace('.', ",")
}
