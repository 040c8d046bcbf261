//! Three FEC nobody here wrote: no amount is lost, what is open is what the control accounts say at every month-end
//! and for every customer, and the roll-forward closes every month.

use crate::desk::{Asked, Desk, Row};
use crate::skips::real;

struct Ledger {
    file: &'static str,
    lines: &'static str,
    closing: &'static str,
    total: &'static str,
    /// Balance of the perimeter at close, where it is published.
    open: Option<&'static str>,
}

const LEDGERS: [Ledger; 3] = [
    Ledger {
        file: "fec/quadra_123456789FEC20190731.txt",
        lines: "12,605",
        closing: "2019-07-31",
        total: "13,738,285.95",
        open: Some("283113.83"),
    },
    Ledger {
        file: "fec/odicom_123456789FEC20200331.txt",
        lines: "4,916",
        closing: "2020-03-31",
        total: "3,912,553.94",
        open: None,
    },
    Ledger {
        file: "fec/cegid_0000000001FEC20220831.txt",
        lines: "5,422",
        closing: "2022-08-31",
        total: "10,186,219.81",
        open: None,
    },
];

fn hundredths(row: &Row, column: &str) -> i64 {
    row[column].replace('.', "").parse().unwrap_or_else(|_| panic!("{column} of {row:?} is an amount"))
}

#[test]
fn every_line_is_accepted_and_the_totals_are_those_of_the_file() {
    for ledger in &LEDGERS {
        let Some(file) = real(ledger.file) else { return };
        let desk = Desk::new();
        let said = desk.load(&[&file]);
        let last = said.last_line();
        assert!(last.contains(&format!("lines read: {0} = accepted: {0} + rejected: 0", ledger.lines)), "{last}");
        assert!(last.contains(&format!("debit: {0}, credit: {0}", ledger.total)), "{last}");
    }
}

#[test]
fn what_is_open_is_what_the_control_accounts_say() {
    for ledger in &LEDGERS {
        let Some(file) = real(ledger.file) else { return };
        let desk = Desk::new();
        desk.load(&[&file]);
        let mut asked = desk.ask(ledger.closing).months(12);
        if let Some(open) = ledger.open {
            assert_eq!(asked.first("receivables", "open_amount"), open);
        }
        assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
        let history = asked.rows("receivables_history");
        assert_eq!(history.len(), 12);
        for month in &history {
            assert_eq!(month["tie_out_amount"], "0.00", "{} at {}", ledger.file, month["month_end_date"]);
            let parts = ["not_due_amount", "overdue_amount", "age_unknown_amount"];
            let sum: i64 = parts.iter().map(|part| hundredths(month, part)).sum();
            assert_eq!(sum, hundredths(month, "open_amount"), "{} at {}", ledger.file, month["month_end_date"]);
        }
        customers_tie_out(&mut asked, &history);
        roll_forward_closes(&mut asked, &history);
    }
}

fn customers_tie_out(asked: &mut Asked, history: &[Row]) {
    for month in history {
        let differences = asked.at(&month["month_end_date"]).rows("tie_out");
        assert_eq!(differences, [], "at {}", month["month_end_date"]);
        assert_eq!(
            asked.first("receivables", "open_amount"),
            month["open_amount"],
            "the history is the answer of the day"
        );
    }
}

fn roll_forward_closes(asked: &mut Asked, history: &[Row]) {
    let last = &history.last().unwrap()["month_end_date"];
    let months = asked.at(last).rows("roll_forward");
    assert!(!months.is_empty());
    for (position, month) in months.iter().enumerate() {
        let moved: i64 = month
            .keys()
            .filter(|column| {
                column.ends_with("_amount") && !["opening_amount", "closing_amount"].contains(&column.as_str())
            })
            .map(|column| hundredths(month, column))
            .sum();
        assert_eq!(hundredths(month, "opening_amount") + moved, hundredths(month, "closing_amount"), "{month:?}");
        if let Some(next) = months.get(position + 1) {
            assert_eq!(month["closing_amount"], next["opening_amount"], "{month:?}");
        }
    }
    assert_eq!(months.last().unwrap()["closing_amount"], history.last().unwrap()["open_amount"]);
}
