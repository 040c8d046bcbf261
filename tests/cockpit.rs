//! Pages as people work with them in a real browser: a tile leads to its items, filters hold and can be shared, and a day's
//! results are typed into a list without a network, saved, loaded, and the next day's list goes by them.

use std::process::Command;

use serde_json::{Value as Json, json};

use crate::desk::Row;
use crate::pages::packages;
use crate::reports::company;

/// What `tests/browser/work.mjs` says.
fn work(arguments: &[&str]) -> Option<Json> {
    let output = Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/work.mjs"))
        .arg(packages()?)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Thousandths of a plain amount.
fn thousandths(amount: &str) -> i128 {
    let (whole, part) = amount.trim_start_matches('-').split_once('.').unwrap_or((amount.trim_start_matches('-'), ""));
    let digits: i128 = format!("{whole}{part:0<3}").parse().unwrap();
    if amount.starts_with('-') { -digits } else { digits }
}

/// The total that a page writes: `1,234.50`.
fn written(total: &Json) -> i128 {
    thousandths(&total.as_str().unwrap().replace(',', "").replace('\u{2212}', "-"))
}

#[test]
fn a_tile_leads_to_its_items_and_filters_hold_with_totals_that_follow() {
    if packages().is_none() {
        return;
    }
    let desk = company(400);
    desk.run(&["report", "--as-of", "2025-12-31", "--out", "pages", "--lang", "en"]).ended(0);
    let page = desk.path("pages/controller-2025-12-31-en.html");
    let Some(found) = work(&["filters", page.to_str().unwrap(), "over_90_amount"]) else { return };
    assert_eq!(found["messages"], json!([]));
    let items = desk.ask("2025-12-31").rows("open_items");
    let is_old = |row: &&Row| row["bucket_code"] == "91+";
    let sum = |wanted: &dyn Fn(&&Row) -> bool| -> i128 {
        items.iter().filter(wanted).map(|row| thousandths(&row["open_amount"])).sum()
    };
    let led = &found["led"];
    assert!(led["address"].as_str().unwrap().starts_with("#open_items?bucket_code=91"), "{}", led["address"]);
    assert_eq!(led["rows"].as_array().unwrap().len(), items.iter().filter(is_old).count());
    assert_eq!(written(&led["total"]), sum(&is_old));
    assert!(led["unfiltered"].as_array().unwrap().contains(&json!("dso_history")), "{}", led["unfiltered"]);
    let is_large = |row: &&Row| is_old(row) && thousandths(&row["open_amount"]) >= 1_000_000;
    let narrowed = &found["narrowed"];
    assert_eq!(narrowed["rows"].as_array().unwrap().len(), items.iter().filter(is_large).count());
    assert_eq!(written(&narrowed["total"]), sum(&is_large));
    assert_eq!(found["shared"]["rows"], narrowed["rows"], "whoever is sent the address sees the same");
    assert_eq!(found["shared"]["chosen"], narrowed["chosen"]);
    for part in ["rows", "total", "unfiltered", "chosen"] {
        assert_eq!(found["cleared"][part], found["before"][part], "nothing is left of a filter: {part}");
    }
}

#[test]
fn results_typed_into_a_list_are_kept_saved_and_loaded_and_the_next_days_list_goes_by_them() {
    if packages().is_none() {
        return;
    }
    let desk = company(400);
    let monday = "2025-12-29";
    desk.run(&["worklist", "--as-of", monday, "--lang", "en", "--out", "lists"]).ended(0);
    let lines = desk.ask(monday).months(1).rows("worklist");
    let is_call =
        |row: &&Row| row["status_code"] == "act" && row["reason_code"] == "due" && row["members_text"].is_empty();
    let calls = |collector: &str| -> Vec<&Row> {
        lines.iter().filter(is_call).filter(|row| row["assignee_id"] == collector).collect()
    };
    let collector = ["COL1", "COL2", "COL3", "COL4"].into_iter().max_by_key(|name| calls(name).len()).unwrap();
    let calls = calls(collector);
    let [promising, disputing, missed, ..] = calls.as_slice() else { panic!("{} calls are too few", calls.len()) };
    let typed = json!({
        promising["line_id"].as_str(): { "result_code": "promised", "promised_date": "2026-01-05", "promised_amount": "1,234.50", "note": "=1+1 \"soon\"" },
        disputing["line_id"].as_str(): { "result_code": "disputed", "reason_code": "wrong_price" },
        missed["line_id"].as_str(): { "result_code": "no_answer" },
    });
    let page = desk.path(&format!("lists/worklist-{monday}-{collector}-en.html"));
    let saved = desk.path("typed.csv");
    let Some(found) = work(&["results", page.to_str().unwrap(), saved.to_str().unwrap(), &typed.to_string()]) else {
        return;
    };
    assert_eq!(found["messages"], json!([]), "no network, and a silent console");
    assert!(found["said"].as_str().unwrap().starts_with("3 of "), "{}", found["said"]);
    assert_eq!(found["kept"][&promising["line_id"]]["promised_amount"], "1,234.50", "{}", found["kept"]);
    assert_eq!(found["name"], format!("results-{monday}-{collector}.csv"));
    // a customer stands once, whatever there is to do
    let own = |row: &&Row| row["assignee_id"] == collector && row["status_code"] == "act";
    let customers: std::collections::BTreeSet<_> =
        lines.iter().filter(own).map(|row| (row["company_id"].clone(), row["customer_id"].clone())).collect();
    assert_eq!(found["customers"], customers.len());
    for href in found["reach"].as_array().unwrap() {
        let href = href.as_str().unwrap();
        assert!(href.starts_with("tel:") || href.starts_with("mailto:"), "{href}");
    }

    let said = desk.run(&["load", "typed.csv"]).ended(0);
    assert!(said.last_line().starts_with("lines read: 3 = accepted: 3 + rejected: 0"), "{}", said.last_line());
    let tuesday = desk.ask("2025-12-30").months(1).rows("worklist");
    let line = |row: &Row, reason: &str| -> Row {
        let found =
            tuesday.iter().find(|line| line["customer_id"] == row["customer_id"] && line["reason_code"] == reason);
        found.unwrap_or_else(|| panic!("no line of {} for {reason}", row["customer_id"])).clone()
    };
    let promised = line(promising, "promise_open");
    assert_eq!((&*promised["status_code"], &*promised["promised_date"]), ("wait", "2026-01-05"));
    assert_eq!(thousandths(&promised["promised_amount"]), 1_234_500);
    assert_eq!(line(missed, "contacted")["status_code"], "wait");
    assert_eq!(line(disputing, "open_dispute")["contest_code"], "wrong_price");
    let notes = desk.ask("2025-12-30").months(1).sql("select actions.note from actions where actions.note like '=1%'");
    assert_eq!(notes.len(), 1, "what was typed is text");
    // and the next list shows what was said
    desk.run(&["worklist", "--as-of", "2026-01-09", "--lang", "en", "--out", "lists"]).ended(0);
    // twice counts once
    assert!(desk.run(&["load", "typed.csv"]).ended(0).stdout.contains("the lake already holds it"));
}
