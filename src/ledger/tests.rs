//! The rules of reading a ledger, case by case.

use std::sync::Arc;

use super::{AccountHistory, ControlMovement, CustomerHistory, FiscalYear, Line, Rules, control_balances};
use crate::model::rows::Cell;
use crate::model::{Date, ItemKind, Money, Rows, Terms};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn year(number: i32, opening: Option<&str>) -> FiscalYear {
    FiscalYear {
        start: day(&format!("{number}-01-01")),
        end: day(&format!("{number}-12-31")),
        opening: opening.map(day),
    }
}

/// A line `day amount reference letter letter-day entry`, of the year of its day; before the amount `!` marks an opening, `~`
/// a transfer and `#` what went to the factor; `<` after it money that went back.
fn line(text: &str) -> Line {
    let parts: Vec<&str> = text.split(' ').collect();
    let posted = day(parts[0]);
    let is_opening = parts[1].starts_with('!');
    let amount: i64 = parts[1].trim_matches(['!', '~', '#', '<']).parse().unwrap();
    let text = |position: usize| parts.get(position).filter(|text| **text != "-").map(|text| Box::from(*text));
    Line {
        year_end: day(&format!("{}-12-31", &parts[0][..4])),
        entry: Arc::from(text(5).unwrap_or_else(|| parts.join(" ").into())),
        posted,
        journal: None,
        entry_number: None,
        piece_reference: text(2),
        piece_date: (!is_opening).then_some(posted),
        due_date: None,
        label: None,
        amount: Money::from_thousandths(amount).unwrap(),
        letter: text(3),
        letter_date: text(4).map(|text: Box<str>| day(&text)),
        is_opening,
        kind: match parts[1] {
            _ if is_opening => ItemKind::Opening,
            text if text.starts_with('~') => ItemKind::Transfer,
            text if text.starts_with('#') => ItemKind::Factored,
            text if text.ends_with('<') => ItemKind::Refund,
            _ if amount > 0 => ItemKind::Invoice,
            _ => ItemKind::Receipt,
        },
        origins: Vec::new(),
        source_file: Arc::from("ledger.txt"),
        source_line: 2,
    }
}

fn rules() -> Rules {
    Rules { company_id: "C".to_owned(), currency_code: "EUR".to_owned(), letters_act_from_letter_date: false }
}

/// Allocations as `debit credit day amount`, items named by their references.
fn allocations(lines: &[&str], years: &[FiscalYear], rules: &Rules) -> Vec<String> {
    let lines = lines.iter().map(|text| line(text)).collect();
    let account = AccountHistory { account: "411", customer: "X", terms: Some(Terms::STATUTORY.into()), lines };
    let derived = CustomerHistory { accounts: vec![account] }.derive(years, rules).remove(0);
    let name = |id: &Cell| {
        let row = (0..derived.items.len()).find(|row| derived.items.cell(*row, 1) == *id).unwrap();
        match derived.items.cell(row, 12) {
            Cell::Text(reference) => reference,
            _ => "adjustment".to_owned(),
        }
    };
    let said = |row: usize| {
        let cell = |column: usize| derived.allocations.cell(row, column);
        match (cell(3), cell(4)) {
            (Cell::Date(day), Cell::Money(amount)) => {
                format!("{} {} {day} {}", name(&cell(1)), name(&cell(2)), amount.thousandths())
            }
            other => format!("{other:?}"),
        }
    };
    (0..derived.allocations.len()).map(said).collect()
}

#[test]
fn a_letter_acts_from_the_later_posted_date() {
    let lines = ["2024-01-10 100 F1 A", "2024-02-01 -100 R1 A"];
    assert_eq!(allocations(&lines, &[year(2024, None)], &rules()), ["F1 R1 2024-02-01 100"]);
}

#[test]
fn or_from_its_own_date_but_never_before_both_are_posted() {
    let rules = Rules { letters_act_from_letter_date: true, ..rules() };
    let lines = ["2024-01-10 100 F1 A 2024-03-05", "2024-02-01 -100 R1 A 2024-03-05"];
    assert_eq!(allocations(&lines, &[year(2024, None)], &rules), ["F1 R1 2024-03-05 100"]);
    let lines = ["2024-01-10 100 F1 A 2024-01-15", "2024-02-01 -100 R1 A 2024-01-15"];
    assert_eq!(allocations(&lines, &[year(2024, None)], &rules), ["F1 R1 2024-02-01 100"]);
}

#[test]
fn letters_are_case_sensitive() {
    let lines = ["2024-01-10 100 F1 a", "2024-02-01 -100 R1 A"];
    assert_eq!(allocations(&lines, &[year(2024, None)], &rules()), [] as [&str; 0]);
}

#[test]
fn a_credit_in_excess_settles_the_customers_openings_oldest_first() {
    let lines = ["2024-01-01 !70 O1 -", "2024-01-01 !50 O2 -", "2024-03-01 -90 R1 A"];
    let years = [year(2024, Some("2024-01-01"))];
    assert_eq!(allocations(&lines, &years, &rules()), ["O1 R1 2024-03-01 70", "O2 R1 2024-03-01 20"]);
}

#[test]
fn an_opening_with_a_letter_of_its_own_waits_for_its_own_group() {
    let lines = ["2024-01-01 !70 O1 B", "2024-01-01 !50 O2 -", "2024-03-01 -40 R1 A", "2024-04-01 -70 R2 B"];
    let years = [year(2024, Some("2024-01-01"))];
    assert_eq!(allocations(&lines, &years, &rules()), ["O2 R1 2024-03-01 40", "O1 R2 2024-04-01 70"]);
}

#[test]
fn a_debit_in_excess_stays_open() {
    let lines = ["2024-01-10 100 F1 A", "2024-01-11 30 F2 A", "2024-02-01 -100 R1 A"];
    assert_eq!(allocations(&lines, &[year(2024, None)], &rules()), ["F1 R1 2024-02-01 100"]);
}

#[test]
fn what_a_later_line_decides_better_is_taken_back_on_its_day() {
    let lines = ["2024-01-10 100 F1 A", "2024-02-10 -60 R1 A", "2024-03-10 60 F2 A"];
    let expected = ["F1 R1 2024-02-10 60", "F1 R1 2024-03-10 -60", "F2 R1 2024-03-10 60"];
    let mut found = allocations(&lines, &[year(2024, None)], &rules());
    found.sort_by_key(|text| text.split(' ').nth(2).map(str::to_owned));
    assert_eq!(found, expected);
}

#[test]
fn a_letter_reaches_back_by_reference_then_amount_then_age() {
    let years = [year(2023, None), year(2024, Some("2024-01-01"))];
    let before = ["2023-10-01 60 F1 -", "2023-11-01 60 F2 -", "2023-12-01 25 F3 -", "2024-01-01 !145 - -"];
    let with = |credit| allocations(&[&before[..], &[credit]].concat(), &years, &rules());
    assert_eq!(with("2024-01-20 -60 F2 A"), ["F2 F2 2024-01-20 60"]);
    assert_eq!(with("2024-01-20 -25 R1 A"), ["F3 R1 2024-01-20 25"]);
    assert_eq!(with("2024-01-20 -70 R1 A"), ["F1 R1 2024-01-20 60", "F2 R1 2024-01-20 10"]);
}

#[test]
fn a_detailed_opening_names_the_item_of_the_year_before_by_its_letter() {
    let years = [year(2023, None), year(2024, Some("2024-01-01"))];
    let lines = [
        "2023-10-01 60 F1 -",
        "2023-11-01 60 F2 -",
        "2024-01-01 !60 F1 -",
        "2024-01-01 !60 F2 B",
        "2024-02-20 -60 R1 B",
    ];
    assert_eq!(allocations(&lines, &years, &rules()), ["F2 R1 2024-02-20 60"]);
}

#[test]
fn a_returned_receipt_takes_back_what_it_had_settled_from_its_own_day() {
    let lines = ["2024-03-01 1200 F1 A", "2024-03-31 -1200 R1 A", "2024-04-05 1200< REJ A", "2024-05-20 -1200 R2 A"];
    let mut found = allocations(&lines, &[year(2024, None)], &rules());
    found.sort_by_key(|text| text.split(' ').nth(2).map(str::to_owned));
    let expected =
        ["F1 R1 2024-03-31 1200", "F1 R1 2024-04-05 -1200", "REJ R1 2024-04-05 1200", "F1 R2 2024-05-20 1200"];
    assert_eq!(found, expected);
}

#[test]
fn a_return_lettered_with_the_receipt_that_replaces_it_finds_the_one_it_undoes() {
    let sorted = |lines: &[&str]| {
        let mut found = allocations(lines, &[year(2024, None)], &rules());
        found.sort_by_key(|text| text.split(' ').nth(2).map(str::to_owned));
        found
    };
    let lines = ["2024-03-01 1200 F1 A", "2024-03-31 -1200 R1 A", "2024-04-05 1200< REJ B", "2024-05-20 -1200 R2 B"];
    let expected =
        ["F1 R1 2024-03-31 1200", "F1 R1 2024-04-05 -1200", "REJ R1 2024-04-05 1200", "F1 R2 2024-05-20 1200"];
    assert_eq!(sorted(&lines), expected);
    // cut off before the new receipt, and without any letter
    assert_eq!(sorted(&lines[..3]), expected[..3]);
    let unlettered = ["2024-03-01 1200 F1 A", "2024-03-31 -1200 R1 A", "2024-04-05 1200< REJ -"];
    assert_eq!(sorted(&unlettered), expected[..3]);
    // too long after: it is no return of that receipt
    let late = ["2024-03-01 1200 F1 A", "2024-03-31 -1200 R1 A", "2024-06-05 1200< REJ -"];
    assert_eq!(sorted(&late), expected[..1]);
}

#[test]
fn a_receipt_of_the_year_before_that_is_returned_opens_its_invoice_again() {
    let years = [year(2023, None), year(2024, None)];
    let lines = ["2023-11-10 500 F1 A", "2023-12-28 -500 R1 A", "2024-01-04 500< REJ A", "2024-02-20 -500 R2 A"];
    let mut found = allocations(&lines, &years, &rules());
    found.sort_by_key(|text| text.split(' ').nth(2).map(str::to_owned));
    let expected = ["F1 R1 2023-12-28 500", "F1 R1 2024-01-04 -500", "REJ R1 2024-01-04 500", "F1 R2 2024-02-20 500"];
    assert_eq!(found, expected);
}

#[test]
fn money_that_was_never_used_is_refunded_and_undoes_nothing() {
    let lines = ["2024-02-15 500 F1 A", "2024-03-10 -500 R1 A", "2024-03-11 -500 R2 B", "2024-03-18 500< S B"];
    assert_eq!(allocations(&lines, &[year(2024, None)], &rules()), ["F1 R1 2024-03-10 500", "S R2 2024-03-18 500"]);
    // an open credit note of the same amount waits for it
    let unlettered = ["2024-02-15 500 F1 A", "2024-03-10 -500 R1 A", "2024-03-11 -500 AV -", "2024-03-18 500< S -"];
    assert_eq!(allocations(&unlettered, &[year(2024, None)], &rules()), ["F1 R1 2024-03-10 500"]);
}

/// Due dates and references of the debit items of several accounts, in their order.
fn debits(accounts: &[(&str, &[&str])]) -> Vec<String> {
    let accounts = accounts.iter().map(|(account, lines)| AccountHistory {
        account,
        customer: "X",
        terms: Some(Terms::STATUTORY.into()),
        lines: lines.iter().map(|text| line(text)).collect(),
    });
    let derived = CustomerHistory { accounts: accounts.collect() }.derive(&[year(2024, None)], &rules());
    let mut found = Vec::new();
    for items in derived.iter().map(|derived| &derived.items) {
        for row in 0..items.len() {
            if let (Cell::Money(amount), Cell::Date(due), Cell::Text(reference)) =
                (items.cell(row, 10), items.cell(row, 7), items.cell(row, 12))
                && amount.thousandths() > 0
            {
                found.push(format!("{reference} {due} {}", amount.thousandths()));
            }
        }
    }
    found
}

#[test]
fn a_claim_booked_again_keeps_reference_and_due_date_pro_rata() {
    let trade = ["2024-01-10 700 F1 A", "2024-02-10 300 F2 A", "2024-11-30 ~-1000 OD2 A - OD2"];
    let doubtful = ["2024-11-30 ~1000 OD2 - - OD2"];
    let expected = ["F1 2024-02-09 700", "F2 2024-03-11 300", "F1 2024-02-09 700", "F2 2024-03-11 300"];
    assert_eq!(debits(&[("411", &trade), ("416", &doubtful)]), expected);
    // what its credit settled only in part is a claim of its own for the rest
    let part = ["2024-01-10 700 F1 A", "2024-11-30 ~-1000 OD2 A - OD2"];
    let expected = ["F1 2024-02-09 700", "F1 2024-02-09 700", "OD2 2024-12-30 300"];
    assert_eq!(debits(&[("411", &part), ("416", &doubtful)]), expected);
}

#[test]
fn a_bill_unpaid_at_maturity_is_the_old_invoice_again_and_so_is_what_the_factor_gives_back() {
    let trade = [
        "2024-01-10 700 F1 A",
        "2024-01-20 ~-700 LCR A - B1",
        "2024-04-05 ~700 IMP - - B2",
        "2024-05-01 50 F9 B",
        "2024-05-02 #-50 CES B - C1",
        "2024-08-02 ~50 REC - - C2",
    ];
    let bills = ["2024-01-20 ~700 LCR C - B1", "2024-04-05 ~-700 IMP C - B2"];
    let expected =
        ["F1 2024-02-09 700", "F1 2024-02-09 700", "F9 2024-05-31 50", "F9 2024-05-31 50", "F1 2024-02-09 700"];
    assert_eq!(debits(&[("411", &trade), ("413", &bills)]), expected);
}

fn balances(rows: &Rows) -> Vec<(String, i64)> {
    let said = |row: usize| match (rows.cell(row, 3), rows.cell(row, 4)) {
        (Cell::Date(day), Cell::Money(amount)) => (day.to_string(), amount.thousandths()),
        other => (format!("{other:?}"), 0),
    };
    (0..rows.len()).map(said).collect()
}

fn movement(year: i32, day_text: &str, amount: i64) -> ControlMovement {
    let year_end = day(&format!("{year}-12-31"));
    ControlMovement { year_end, day: day(day_text), amount: Money::from_thousandths(amount).unwrap() }
}

#[test]
fn control_starts_anew_from_each_opening() {
    let years = [year(2023, None), year(2024, Some("2024-01-01"))];
    let movements =
        [movement(2023, "2023-05-01", 100), movement(2024, "2024-01-01", 90), movement(2024, "2024-02-01", 5)];
    let rows = control_balances("C", "411", "X", &movements, &years).unwrap();
    let expected = [("2023-05-01", 100), ("2024-01-01", 90), ("2024-02-01", 95)];
    assert_eq!(balances(&rows), expected.map(|(day, amount)| (day.to_owned(), amount)));
    // a customer the opening forgets is at zero from that day on
    let rows = control_balances("C", "411", "X", &movements[..1], &years).unwrap();
    assert_eq!(balances(&rows), [("2023-05-01".to_owned(), 100), ("2024-01-01".to_owned(), 0)]);
}

#[test]
fn control_goes_on_through_a_year_without_openings_and_counts_stray_days_from_its_first() {
    let years = [year(2023, None), year(2024, None)];
    let movements =
        [movement(2023, "2023-05-01", 100), movement(2024, "1999-01-01", 7), movement(2024, "2024-02-01", 5)];
    let rows = control_balances("C", "411", "X", &movements, &years).unwrap();
    let expected = [("2023-05-01", 100), ("2024-01-01", 107), ("2024-02-01", 112)];
    assert_eq!(balances(&rows), expected.map(|(day, amount)| (day.to_owned(), amount)));
}
