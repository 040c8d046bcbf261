//! Every query keeps what its header promises, on an empty lake and on the demo company; goldens of the demo.

use std::fs;
use std::path::Path;

use encours::demo::{self, DemoOptions};
use sha2::{Digest, Sha256};

use crate::desk::{Asked, Desk};

#[test]
fn an_empty_ledger_answers_every_query() {
    let desk = Desk::new();
    // one supplier invoice: a ledger, and no receivable in it
    let text = crate::books::Ledger::new(2024).entry(
        "AC",
        "2024-02-01",
        "S1",
        "2024-02-01",
        &[crate::books::debit("607000", "", "10.00", ""), crate::books::credit("401000", "X1", "10.00", "")],
    );
    let file = desk.file("111111111FEC20241231.txt", text.text());
    desk.load(&[&file]);
    let mut asked = desk.ask("2024-12-31");
    let answers = asked.all().into_iter().chain(asked.worklists()).chain(asked.forecasts());
    for (name, answer) in answers {
        assert!(!answer.columns.is_empty(), "{name} has its columns");
    }
    for check in asked.checks() {
        assert_eq!(asked.rows(&check), [], "{check}");
    }
    assert_eq!(asked.first("receivables", "open_amount"), "0.00");
}

/// Lines of an answer that its golden holds as they are.
const GOLDEN_LINES: usize = 61;

/// A short answer whole; the head of a long one, which shows its form, and a hash of all the rest.
fn golden_of(text: &str) -> String {
    let (mut golden, mut rest, mut count) = (String::new(), Sha256::new(), 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if number < GOLDEN_LINES {
            golden.push_str(line);
        } else {
            rest.update(line);
            count += 1;
        }
    }
    if count > 0 {
        let rest = format!("# and {count} lines more, SHA-256 {:x}\n", rest.finalize());
        golden.push_str(&rest);
    }
    golden
}

/// The demo has an item issued, one due and one allocated on the goldens' day itself.
#[test]
fn the_demo_answers_as_its_goldens_say() {
    let desk = Desk::demo(&DemoOptions::default());
    let mut asked = desk.ask("2025-12-31");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let is_renewed = std::env::var_os("ENCOURS_RENEW_GOLDENS").is_some();
    let answers = asked.all().into_iter().chain(asked.worklists()).chain(asked.forecasts());
    for (name, answer) in answers {
        let mut text = Vec::new();
        encours::report::outputs::write_csv(&answer, &mut text).unwrap();
        let text = golden_of(&String::from_utf8(text).unwrap());
        let path = folder.join(format!("{name}.csv"));
        if is_renewed {
            fs::write(&path, &text).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text, golden, "{name}: read the difference; ENCOURS_RENEW_GOLDENS=1 accepts it");
    }
}

#[test]
fn what_was_let_go_is_not_computed_again_for_what_a_result_stands_for() {
    let desk = Desk::new();
    let items = "item_id,customer_id,kind,issued_date,due_date,amount\nF1,C1,invoice,2024-01-10,2024-02-09,100.00\n";
    let file = desk.file("items.csv", items);
    desk.load(&[&file]);
    let mut asked = desk.ask("2024-06-30");
    let first = asked.answer("open_items");
    assert!(asked.holds("item_balances") && asked.holds("maybe_open_items"));
    asked.let_go_but(&["open_items"]);
    assert_eq!(asked.answer("open_items"), first);
    assert!(
        asked.holds("item_balances") && !asked.holds("maybe_open_items"),
        "balances stand for what they are made of"
    );
    asked.let_go_but(&[]);
    assert!(!asked.holds("item_balances"));
    assert_eq!(asked.answer("open_items"), first, "what is needed again is computed again");
}

#[test]
fn the_demo_is_healthy() {
    let desk = Desk::demo(&DemoOptions::default());
    let said = desk.run(&["check", "--as-of", "2025-12-31"]).ended(0);
    assert_eq!(said.stdout, "");
    for month in ["2023-06-30", "2024-01-31", "2025-01-15", "2025-12-31"] {
        assert_eq!(desk.ask(month).rows("tie_out"), [], "{month}");
    }
    planted_edges(&mut desk.ask("2025-12-31"));
}

/// What is planted in the demo is told where its parameters are.
#[test]
fn the_readme_of_data_tells_what_is_planted() {
    let desk = Desk::new();
    let planted = demo::planted_markdown(&demo::write(&DemoOptions::default(), &desk.path("sources")).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (head, told) = readme.split_once("### The demo company").unwrap();
    if std::env::var_os("ENCOURS_RENEW_GOLDENS").is_some() {
        fs::write(&path, format!("{head}{}\n", planted.trim_end())).unwrap();
        return;
    }
    assert_eq!(format!("### The demo company{}", told.trim_end()), planted.trim_end());
}

/// Without them the fault between `<` and `<=` on dates is not caught.
fn planted_edges(asked: &mut Asked) {
    for (what, sql) in [
        ("issued", "select count(*) as found from items where items.issued_date = $as_of and items.kind = 'invoice'"),
        ("due", "select count(*) as found from items where items.due_date = $as_of and items.kind = 'invoice'"),
        ("allocated", "select count(*) as found from allocations where allocations.allocated_date = $as_of"),
    ] {
        assert_ne!(asked.sql(sql)[0]["found"], "0", "an item is {what} on the goldens' day");
    }
}
