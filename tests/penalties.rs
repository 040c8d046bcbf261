//! Late-payment penalties: worked cases, and an independent computation, day by day, over them and the demo.

use std::path::Path;
use std::process::{Command, Output};

use encours::demo::DemoOptions;

use crate::desk::Desk;
use crate::skips;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent");
const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/reference");

/// A script of ours, run in a folder; `None` where there is no Python.
fn script(name: &str, arguments: &[&str], folder: &Path, reference: &str) -> Option<Output> {
    let mut python = Command::new("python3");
    python.arg(format!("{FOLDER}/{name}")).args(arguments).current_dir(folder);
    python.env("PYTHONDONTWRITEBYTECODE", "1").env("REFERENCE", reference);
    let output = python.output().ok();
    if output.is_none() {
        skips::skip("python3 is not there");
    }
    output
}

/// The independent computation finds no figure that differs.
#[track_caller]
fn is_the_same(desk: &Desk, reference: &str, arguments: &[&str]) {
    let lake = desk.path("lake");
    let more = [&[env!("CARGO_BIN_EXE_encours"), lake.to_str().unwrap()], arguments].concat();
    let Some(compared) = script("penalties.py", &more, &desk.path(""), reference) else { return };
    let (said, wrong) = (String::from_utf8_lossy(&compared.stdout), String::from_utf8_lossy(&compared.stderr));
    println!("{said}");
    assert!(compared.status.success(), "{said}{wrong}");
}

#[test]
fn penalties_are_those_of_the_worked_cases_and_of_an_independent_computation() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("src")).unwrap();
    let Some(written) = script("penalty_cases.py", &[], &desk.path(""), "") else { return };
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    // what was agreed and decided, and what a dollar is worth
    desk.file(
        "own/penalty_choices.csv",
        "company_id,customer_id,item_id,rate_ratio,claim_code,decider_name,decided_date,reason_text\n\
         ,,,,claimed,Finance director,2025-01-01,\n\
         ,A7,,0.12,,,,\n\
         ,A8,,,waived,Sales director,2025-09-01,\n\
         ,A8,V2,,invoiced,A. Martin,2025-09-15,\n",
    );
    desk.file("encours.toml", "reference = [\"own\"]\nbase_currency = \"EUR\"\n");
    let files = ["items", "allocations", "disputes", "customers"].map(|name| format!("src/{name}.csv"));
    desk.run(&[&["load"], &files.each_ref().map(String::as_str)[..]].concat()).ended(0);
    let rows = |text: &str| {
        let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
        rows.sort();
        rows
    };
    for day in ["2024-03-31", "2025-06-25", "2025-12-31"] {
        let expected = std::fs::read_to_string(format!(
            "{}/tests/golden/penalties/expected-{day}.csv",
            env!("CARGO_MANIFEST_DIR")
        ));
        let said = desk.run(&["query", "late_payment_penalties", "--as-of", day, "--output", "csv", "--quiet"]);
        assert_eq!(rows(&said.stdout), rows(&expected.unwrap()), "{day}");
    }
    is_the_same(&desk, &format!("{REFERENCE}:own"), &["2025-06-25", "2025-12-31", "--currency", "USD"]);
}

#[test]
fn penalties_of_the_demo_are_those_of_an_independent_computation() {
    let desk = Desk::demo(&DemoOptions { customer_count: 80, invoice_count: 1600, ..DemoOptions::default() });
    is_the_same(&desk, REFERENCE, &["2024-02-29", "2025-12-31", "--currency", "JPY"]);
}

#[test]
fn a_half_year_without_a_rate_is_an_error_that_names_it() {
    let desk = Desk::new();
    let items = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\nF1,C1,invoice,2025-01-06,2025-05-31,100.00,EUR\n";
    desk.load(&[&desk.file("items.csv", items)]);
    desk.file("own/penalty_rates.csv", "from_date,rate_ratio\n2025-01-01,0.0315\n");
    desk.file("encours.toml", "reference = [\"own\"]\n");
    desk.run(&["penalties", "--as-of", "2025-06-30"]).ended(0);
    let said = desk.run(&["penalties", "--as-of", "2025-07-31"]).ended(2);
    assert!(said.stderr.contains("2025-07-01"), "{}", said.stderr);
}
