//! As-of is honest: a lake that holds only what was posted up to a day answers every query for that day as the full
//! lake does.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use encours::demo::{self, DemoOptions};
use encours::model::Value;

use crate::books::Ledger;
use crate::desk::{Desk, without};
use crate::skips::real;

/// A ledger without the lines posted after a day. The date is the fourth column of a FEC, as all of ours have it.
fn posted_until(file: &Path, separator: u8, until: &str) -> Vec<u8> {
    let until = until.replace('-', "").into_bytes();
    let bytes = fs::read(file).unwrap();
    let mut kept = Vec::new();
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let posted = line.split(|byte| *byte == separator).nth(3).unwrap_or_default();
        if number == 0 || posted <= until.as_slice() {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn assert_same_answers(full: &Desk, cut: &Desk, as_of: &str) {
    // a few month-ends show a look ahead as well as all of them
    let answers = |desk: &Desk| {
        let mut asked = desk.ask(as_of).months(4);
        let mut answers = asked.all();
        answers.append(&mut asked.forecasts());
        answers
    };
    let expected = answers(full);
    let mut found = answers(cut);
    for (name, mut answer) in expected {
        let mut other = found.remove(&name).unwrap();
        for answer in [&mut answer, &mut other] {
            // a line moves up when lines above it are cut
            *answer = without(answer, &["source_line"]);
        }
        let others: HashSet<Vec<Value>> = other.rows().collect();
        assert_eq!(answer.rows().find(|row| !others.contains(row)), None, "{name} at {as_of}");
        assert_eq!(answer.len(), other.len(), "{name} at {as_of}");
    }
}

#[test]
fn real_ledgers_cut_off_at_a_day_answer_as_the_whole() {
    for (name, separator, days) in [
        ("fec/quadra_123456789FEC20190731.txt", b'\t', ["2018-09-30", "2019-02-14"]),
        ("fec/odicom_123456789FEC20200331.txt", b'|', ["2019-06-30", "2020-01-31"]),
        ("fec/cegid_0000000001FEC20220831.txt", b'\t', ["2021-11-30", "2022-03-17"]),
    ] {
        let Some(file) = real(name) else { return };
        let full = Desk::new();
        full.load(&[&file]);
        for as_of in days {
            let cut = Desk::new();
            let part = cut.file(&file.file_name().unwrap().to_string_lossy(), posted_until(&file, separator, as_of));
            cut.load(&[&part]);
            assert_same_answers(&full, &cut, as_of);
        }
    }
}

#[test]
fn the_demo_cut_off_at_a_day_answers_as_the_whole() {
    let full = Desk::new();
    let written = demo::write(&DemoOptions::default(), &full.path("sources")).unwrap();
    let names = written.files.iter().map(|file| &file.name).filter(|name| name.contains("FEC"));
    let ledgers: Vec<PathBuf> = names.map(|name| full.path("sources").join(name)).collect();
    full.load(&ledgers.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    for as_of in ["2024-05-31", "2025-01-20"] {
        let cut = Desk::new();
        let parts: Vec<_> = ledgers
            .iter()
            .map(|file| (file.file_name().unwrap().to_string_lossy().into_owned(), posted_until(file, b'\t', as_of)))
            .filter(|(_, bytes)| bytes.split(|byte| *byte == b'\n').count() > 2)
            .map(|(name, bytes)| cut.file(&name, bytes))
            .collect();
        cut.load(&parts.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        assert_same_answers(&full, &cut, as_of);
    }
}

#[test]
fn the_order_of_a_ledgers_lines_changes_nothing() {
    let ledger = Ledger::new(2024)
        .opening("C1", "", "2024-01-01", "40.00", "")
        .lettered_invoice("C1", "F1", "2024-01-10", "100.00", "AA")
        .lettered_invoice("C1", "F2", "2024-01-10", "80.00", "AA")
        .receipt("C1", "R1", "2024-02-10", "150.00", "AA")
        .receipt("C1", "R2", "2024-02-10", "35.00", "AB");
    let (first, second) = (Desk::new(), Desk::new());
    let name = "111111111FEC20241231.txt";
    first.load(&[&first.file(name, ledger.text())]);
    second.load(&[&second.file(name, ledger.reversed().text())]);
    for as_of in ["2024-01-31", "2024-12-31"] {
        assert_same_answers(&first, &second, as_of);
    }
}

/// Here the rule "equal amounts first" finds a better match only once a later line is posted.
#[test]
fn letters_never_look_ahead() {
    let ledger = Ledger::new(2024)
        .opening("C1", "OLD", "2023-11-02", "40.00", "")
        .lettered_invoice("C1", "F1", "2024-01-10", "100.00", "AA")
        .receipt("C1", "R1", "2024-02-10", "60.00", "AA")
        .lettered_invoice("C1", "F2", "2024-03-10", "60.00", "AA")
        .receipt("C1", "R2", "2024-04-10", "100.00", "AA")
        .receipt("C1", "R3", "2024-02-20", "40.00", "AB")
        .lettered_invoice("C1", "F3", "2024-05-02", "40.00", "AB");
    let name = "111111111FEC20241231.txt";
    let full = Desk::new();
    let file = full.file(name, ledger.text());
    full.load(&[&file]);
    for as_of in ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"] {
        let cut = Desk::new();
        let part = cut.file(name, ledger.clone().until(as_of).text());
        cut.load(&[&part]);
        assert_same_answers(&full, &cut, as_of);
    }
    let open = |as_of: &str| -> Vec<(String, String)> {
        full.ask(as_of)
            .rows("open_items")
            .iter()
            .map(|row| (row["reference"].clone(), row["open_amount"].clone()))
            .collect()
    };
    assert_eq!(open("2024-02-29"), [("F1".to_owned(), "40.00".to_owned())]);
    assert_eq!(open("2024-05-31"), [("OLD".to_owned(), "40.00".to_owned())]);
}
