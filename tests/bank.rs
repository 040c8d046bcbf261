//! Bank statements in the lake: each entry once, balances that prove themselves, and the cash position that starts from them.

use crate::desk::Desk;

const CAMT: &str = include_str!("../data/cases/bank/camt053.xml");
const NOTICE: &str = include_str!("../data/cases/bank/camt054.xml");
const DUTCH: &str = include_str!("../data/cases/bank/dutch.sta");
const ITEMS: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n\
    F-1,C1,invoice,2024-01-02,2024-03-01,1200.00,EUR\nF-2,C2,invoice,2024-01-20,2024-03-05,300.00,EUR\n";

/// A desk with two open invoices.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.load(&[&desk.file("items.csv", ITEMS)]);
    desk
}

fn movements(desk: &Desk, as_of: &str) -> Vec<String> {
    let rows = desk.ask(as_of).rows("bank_movements");
    rows.iter().map(|row| format!("{} {} {}", row["booking_date"], row["origin_code"], row["amount"])).collect()
}

#[test]
fn an_entry_counts_once_whatever_messages_tell_it() {
    let desk = desk();
    let notice = desk.file("avis.xml", NOTICE);
    let statement = desk.file("releve.xml", CAMT);
    desk.load(&[&notice]);
    assert_eq!(movements(&desk, "2024-01-31"), ["2024-01-31 notice 1200.00"]);
    desk.load(&[&statement]);
    let all =
        ["-12.00", "-200.00", "1200.00", "1500.00", "500.00"].map(|amount| format!("2024-01-31 statement {amount}"));
    let sorted = |desk: &Desk| {
        let mut rows = movements(desk, "2024-01-31");
        rows.sort();
        rows
    };
    assert_eq!(sorted(&desk), all);
    // once more, under other names, and the notice after the statement
    desk.load(&[&desk.file("releve-copie.xml", CAMT)]);
    desk.load(&[&desk.file("avis-copie.xml", NOTICE)]);
    assert_eq!(sorted(&desk), all);
    assert!(movements(&desk, "2024-01-30").is_empty());
    // the same statement in another form
    let cfonb = String::from_utf8_lossy(include_bytes!("../data/cases/bank/cfonb120.txt")).into_owned();
    let again = DUTCH.replace("940S240131", "OTHER").replace(":28C:31", ":28C:A");
    desk.load(&[&desk.file("releve120.txt", cfonb), &desk.file("nl.sta", DUTCH), &desk.file("nl-autre.sta", again)]);
    let dutch =
        desk.ask("2024-01-31").rows("bank_movements").into_iter().filter(|row| row["account_iban"].starts_with("NL"));
    assert_eq!(dutch.map(|row| row["amount"].clone()).collect::<Vec<_>>(), ["4321.00"]);
    desk.run(&["lake", "verify"]).ended(0);
}

#[test]
fn equal_entries_of_one_day_are_as_many_as_were_booked() {
    let desk = desk();
    let fee = ":61:240131D12,00NMSCNONREF\n:86:Frais\n";
    let page = |number: u32, opening: &str, closing: &str| {
        format!(
            ":20:X\n:25:NL91ABNA0417164300\n:28C:7/{number}\n:60M:C240131EUR{opening}\n{fee}{fee}:62M:C240131EUR{closing}\n-\n"
        )
    };
    desk.load(&[&desk.file("pages.sta", page(1, "100,00", "76,00") + &page(2, "76,00", "52,00"))]);
    assert_eq!(movements(&desk, "2024-01-31"), vec!["2024-01-31 statement -12.00"; 4]);
    desk.run(&["check", "--as-of", "2024-01-31"]).ended(0);
}

#[test]
fn the_cash_position_starts_from_the_last_statement_of_each_account() {
    let desk = desk();
    let opening = |as_of: &str| desk.ask(as_of).first("cash_position", "opening_amount");
    desk.load(&[&desk.file("releve.xml", CAMT)]);
    assert_eq!(opening("2024-01-31"), "12988.00");
    desk.load(&[&desk.file("afschriften.sta", DUTCH)]);
    assert_eq!(opening("2024-01-31"), "17209.00");
    let dollars = CAMT.replace("FR1420041010050500013M02606", "FR7630006000011234567890189").replace("EUR", "USD");
    desk.load(&[&desk.file("dollars.xml", dollars)]);
    assert_eq!(opening("2024-01-31"), "17209.00", "another currency is not added");
    let foreign = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code,base_amount\n\
        F-9,C1,invoice,2024-01-05,2024-03-01,110.00,USD,100.00\n";
    desk.load(&[&desk.file("foreign.csv", foreign)]);
    assert_eq!(opening("2024-01-31"), "17209.00", "books of several currencies are in the one that needs no rate");
    assert!(desk.ask("2024-01-15").rows("cash_position").is_empty(), "no statement says anything yet");
}

#[test]
fn gaps_and_sums_that_do_not_hold_are_told() {
    let desk = desk();
    let checks = |as_of: &str| {
        let mut asked = desk.ask(as_of);
        ["statement_differs", "statement_gap"].map(|check| asked.rows(check).len())
    };
    desk.load(&[&desk.file("releve.xml", CAMT)]);
    assert_eq!(checks("2024-02-29"), [0, 0]);
    let next = CAMT.replace("2024-01-31", "2024-02-02").replace("<Id>2024-031</Id>", "<Id>2024-033</Id>");
    desk.load(&[&desk.file("suivant.xml", next)]);
    assert_eq!(checks("2024-02-29"), [0, 1]);
    let wrong = CAMT.replace(">12988.00<", ">12988.50<").replace("<Id>2024-031</Id>", "<Id>2024-099</Id>");
    let wrong = desk.file("faux.xml", wrong);
    let said = desk.run(&["load", wrong.to_str().unwrap()]).ended(2);
    assert!(
        said.stderr.contains("FR1420041010050500013M02606 2024-099") && said.stderr.contains("--accept-totals"),
        "{}",
        said.stderr
    );
    desk.run(&["load", wrong.to_str().unwrap(), "--accept-totals"]).ended(0);
    assert_eq!(checks("2024-01-31"), [1, 1]);
    desk.run(&["inspect", wrong.to_str().unwrap(), "--accept-totals"]).ended(0);
}
