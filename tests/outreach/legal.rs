//! The file for a court or an agency: every amount ties to the claim, and it bears a table of contents.

use std::process::Command;

use super::company::{CONTACTS, ITEMS, signed};
use crate::desk::{Desk, Row};
use crate::skips::skip;

const DAY: &str = "2025-07-15";

fn rows(desk: &Desk, name: &str) -> Vec<Row> {
    let path = desk.path(&format!("legal_file-C1-{DAY}-{name}.csv"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn cents(rows: &[Row], name: &str) -> i64 {
    let cents = |row: &Row| row[name].replace('.', "").parse::<i64>().unwrap();
    rows.iter().map(cents).sum()
}

#[test]
fn a_file_for_court_ties_to_the_claim() {
    if !Command::new("pdftotext").arg("-v").output().is_ok_and(|said| said.status.success()) {
        skip("pdftotext is not there (apt-get install poppler-utils)");
        return;
    }
    let desk = Desk::new();
    // the worked figure of the law: 158.01 and 40.00, then 1 000.00 that is not due yet
    let items = format!(
        "{ITEMS}F1,C1,invoice,2025-05-01,2025-05-31,10000.00,EUR\nF2,C1,invoice,2025-07-01,2025-08-31,1000.00,EUR\nG1,C2,invoice,2025-05-01,2025-05-31,77.00,EUR\n"
    );
    let customers = "customer_id,name,registration_id,address_text\nC1,Nord Outillage,123 456 789,1 rue du Port|29200 Brest\nC2,Sud,,\n";
    desk.load(&[
        &desk.file("items.csv", items),
        &desk.file("customers.csv", customers),
        &desk.file("contacts.csv", CONTACTS.to_owned() + "C1,1,Ann Kerouac,ann@c1.example\n"),
    ]);
    signed(&desk);
    desk.run(&["legal_file", "--customer", "C1", "--as-of", DAY, "--out", "."]).ended(0);
    let (claim, agency) = (rows(&desk, "claim"), rows(&desk, "agency"));
    assert_eq!((cents(&claim, "open_amount"), cents(&agency, "open_amount")), (1_100_000, 1_100_000));
    assert_eq!((cents(&agency, "interest_amount"), cents(&agency, "recovery_fee_amount")), (15_801, 4_000));
    assert_eq!(cents(&agency, "total_amount"), 1_119_801);
    let first = &agency[0];
    let told = ["customer_name", "registration_id", "contact_name", "email_text", "document_text", "due_date"];
    assert_eq!(
        told.map(|name| first[name].as_str()),
        ["Nord Outillage", "123 456 789", "Ann Kerouac", "ann@c1.example", "F1", "2025-05-31"]
    );
    let file = desk.path(&format!("legal_file-C1-{DAY}.pdf"));
    let text = Command::new("pdftotext").arg("-layout").arg(file).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Contents",
        "Nord Outillage",
        "123 456 789",
        "11,000.00",
        "158.01",
        "40.00",
        "11,198.01",
        "F1",
        "F2",
        "items.csv",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert!(!words.contains("Sud") && !words.contains("77.00"), "nothing of another customer");
}
