//! Each check fires on its own broken case, and all are silent on a sound ledger.

use crate::books::{Ledger, credit, debit};
use crate::desk::{Desk, Row};

const FEC: &str = "111111111FEC20241231.txt";
const ITEMS: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code,reference\n";

fn sound() -> Ledger {
    Ledger::new(2024)
        .lettered_invoice("C1", "F1", "2024-03-05", "120.00", "AA")
        .receipt("C1", "R1", "2024-04-05", "120.00", "AA")
        .invoice("C2", "F2", "2024-05-06", "60.00")
}

/// Loads the files one after the other, whatever the status, and answers the faults of a check.
fn faults(check: &str, files: &[(&str, String)]) -> Vec<Row> {
    let desk = Desk::new();
    for (name, text) in files {
        let file = desk.file(name, text);
        let said = desk.run(&["load", file.to_str().unwrap()]);
        assert!(said.status < 2, "{check}: {}", said.stderr);
    }
    desk.ask("2024-12-31").rows(check)
}

fn ledger(text: String) -> Vec<(&'static str, String)> {
    vec![(FEC, text)]
}

/// Every check with a case on which it must fire.
fn cases_of_books() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let items = |rows: &str| ("items.csv", format!("{ITEMS}{rows}"));
    let allocations =
        |rows: &str| ("allocations.csv", format!("debit_item_id,credit_item_id,allocated_date,amount\n{rows}"));
    let disputes =
        |rows: &str| ("disputes.csv", format!("dispute_id,item_id,reason_code,opened_date,closed_date\n{rows}"));
    let pair =
        "F1,C1,invoice,2024-03-05,2024-04-04,120.00,EUR,F1\nR1,C1,receipt,2024-04-05,2024-04-05,-120.00,EUR,R1\n";
    vec![
        (
            "allocation_of_other_customer",
            vec![items(&pair.replace("R1,C1", "R1,C2")), allocations("F1,R1,2024-04-05,120.00\n")],
        ),
        (
            "allocation_of_other_currency",
            vec![items(&pair.replace("-120.00,EUR", "-120.00,USD")), allocations("F1,R1,2024-04-05,120.00\n")],
        ),
        ("allocation_too_precise", vec![items(pair), allocations("F1,R1,2024-04-05,119.995\n")]),
        ("allocation_wrong_side", vec![items(pair), allocations("R1,F1,2024-04-05,120.00\n")]),
        ("over_allocated", vec![items(pair), allocations("F1,R1,2024-04-05,130.00\n")]),
        ("due_before_issued", vec![items(&pair.replace("2024-04-04", "2024-03-01"))]),
        ("currency_rate_missing", vec![items(&pair.replace("-120.00,EUR", "-120.00,USD"))]),
        ("dispute_closed_before_opened", vec![items(pair), disputes("D1,F1,wrong_price,2024-05-05,2024-05-01\n")]),
        (
            "dispute_item_unknown",
            vec![
                (FEC, sound().text()),
                ("disputes.csv", "company_id,dispute_id,item_id,opened_date\n111111111,D1,F2,2024-06-01\n".to_owned()),
                // the corrected ledger no longer knows the invoice
                (FEC, sound().text().replace("F2", "F3")),
            ],
        ),
        (
            "customer_look_alike",
            vec![items(&pair.replace("C1", "00123")), ("customers.csv", "customer_id,name\n123,Dupont\n".to_owned())],
        ),
        (
            "customer_sources_differ",
            vec![
                items(pair),
                ("a.csv", "customer_id,name,terms_code\nC1,Dupont,30\n".to_owned()),
                ("b.csv", "customer_id,name,terms_code\nC1,Dupont,60\n".to_owned()),
            ],
        ),
        (
            "customer_unknown",
            vec![items(pair), ("contacts.csv", "customer_id,contact_id,name\nC9,P1,Mme Petit\n".to_owned())],
        ),
        (
            "reference_ambiguous",
            vec![
                items(&format!(
                    "{pair}F2,C2,invoice,2024-03-06,2024-04-05,60.00,EUR,F1-A\nF3,C3,invoice,2024-03-07,2024-04-06,70.00,EUR,F1-A\n"
                )),
                disputes("D1,F1-A,wrong_price,2024-05-05,\n"),
            ],
        ),
        (
            "reference_unknown",
            vec![
                items(pair),
                (
                    "actions.csv",
                    "action_id,customer_id,item_id,action_date,channel_code\nA1,C1,F999,2024-04-10,phone\n".to_owned(),
                ),
            ],
        ),
        // a field too many: the line is refused, and the control account still counts it
        ("control_differs", ledger(with_extra_field(&sound().text(), "F2"))),
        ("line_rejected", ledger(with_extra_field(&sound().text(), "F2"))),
        ("entry_unbalanced", ledger(sound().text().replacen("60,00", "61,00", 1))),
        ("ledger_unbalanced", ledger(sound().text().replacen("60,00", "61,00", 1))),
        ("date_outside_year", ledger(sound().invoice("C3", "F9", "2022-05-06", "1.00").text())),
        ("line_duplicated", ledger(duplicated(&sound().text(), "F2"))),
        (
            "valid_date_before_entry_date",
            ledger(sound().text().replacen("\t20240506\t\t\r\n", "\t20240501\t\t\r\n", 1)),
        ),
        (
            "odd_lettering",
            ledger(sound().text().replacen("\tAA\t\t20240305", "\tAA\t20240110\t20240305", 1).replacen(
                "\tAA\t\t20240405",
                "\tAA\t20240110\t20240405",
                1,
            )),
        ),
        (
            "opening_differs",
            vec![
                ("111111111FEC20231231.txt", Ledger::new(2023).invoice("C1", "F0", "2023-12-05", "10.00").text()),
                (FEC, Ledger::new(2024).opening("C1", "", "2024-01-01", "11.00", "").text()),
            ],
        ),
        (
            "year_missing",
            vec![
                ("111111111FEC20221231.txt", Ledger::new(2022).invoice("C1", "F0", "2022-12-05", "10.00").text()),
                (FEC, Ledger::new(2024).opening("C1", "", "2024-01-01", "10.00", "").text()),
            ],
        ),
    ]
}

/// Statements of a bank.
fn cases_of_statements() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let statements = |rows: &str| {
        let header = "account_iban,statement_id,opening_date,opening_amount,closing_date,closing_amount,entry_count,entries_amount";
        let item = "F1,C1,invoice,2024-03-05,2024-04-04,120.00,EUR,F1\n";
        vec![("items.csv", format!("{ITEMS}{item}")), ("statements.csv", format!("{header},currency_code\n{rows}"))]
    };
    let first = "A,1,2024-01-01,10.00,2024-01-02,15.00,1,5.00,EUR\n";
    vec![
        ("statement_differs", statements("A,1,2024-01-01,10.00,2024-01-02,30.00,1,5.00,EUR\n")),
        ("statement_gap", statements(&format!("{first}A,3,2024-01-03,20.00,2024-01-04,25.00,1,5.00,EUR\n"))),
    ]
}

fn cases() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    cases_of_books().into_iter().chain(cases_of_statements()).collect()
}

fn with_extra_field(text: &str, piece: &str) -> String {
    let line = |line: &str| {
        if line.contains("\t411000\t") && line.contains(piece) { format!("{line}x") } else { line.to_owned() }
    };
    text.split("\r\n")
        .map(line)
        .map(|line| if line.ends_with('x') { line.replace("\t\tx", "\t\t\tx") } else { line })
        .collect::<Vec<_>>()
        .join("\r\n")
}

fn duplicated(text: &str, piece: &str) -> String {
    let twice = |line: &str| if line.contains(piece) { format!("{line}\r\n{line}") } else { line.to_owned() };
    text.split("\r\n").map(twice).collect::<Vec<_>>().join("\r\n")
}

#[test]
fn each_check_fires_on_its_own_broken_case() {
    for (check, files) in cases() {
        assert_ne!(faults(check, &files), [], "{check} is silent");
    }
}

#[test]
fn every_check_has_its_case() {
    let desk = Desk::new();
    let file = desk.file(FEC, sound().text());
    desk.load(&[&file]);
    let mut known: Vec<String> = cases().iter().map(|(check, _)| (*check).to_owned()).collect();
    // its case is a file of reference data
    known.push("segment_feature_unknown".to_owned());
    known.sort();
    known.dedup();
    assert_eq!(desk.ask("2024-12-31").checks(), known);
}

#[test]
fn a_rule_of_segments_on_a_feature_nobody_knows_is_a_fault() {
    let desk = Desk::new();
    let file = desk.file(FEC, sound().text());
    desk.load(&[&file]);
    desk.run(&["check"]).ended(0);
    desk.file("encours.toml", "reference = [\"own\"]\n");
    let conditions = "rule_code,feature_code,least_number_ratio,below_number_ratio,codes_text\n";
    desk.file("own/segment_conditions.csv", format!("{conditions}late,late_rato,0.5,,\nlate,stake_code,,,A\n"));
    let said = desk.run(&["check", "--output", "csv"]).ended(1);
    assert!(said.stdout.contains("segment_feature_unknown"), "{}", said.stdout);
}

#[test]
fn faults_of_checks_that_tell_different_things_stand_in_one_answer() {
    let (_, files) = cases().into_iter().find(|(check, _)| *check == "over_allocated").unwrap();
    let desk = Desk::new();
    for (name, text) in files {
        let file = desk.file(name, text);
        desk.run(&["load", file.to_str().unwrap()]);
    }
    desk.file("encours.toml", "reference = [\"own\"]\nqueries = [\"mine\"]\n");
    let conditions = "rule_code,feature_code,least_number_ratio,below_number_ratio,codes_text\n";
    desk.file("own/segment_conditions.csv", format!("{conditions}late,late_rato,0.5,,\n"));
    let own = "-- own_check: amounts as counts.\n--\n-- grain:   one\n-- key:\n-- source:  items\n-- params:  none\n\
               -- columns:\n--   amount  int  how many\n-- fault:   Own fault.\n-- todo:    Nothing.\n\n\
               select count(*) as amount from items\n";
    desk.file("mine/checks/own_check.sql", own);
    let said = desk.run(&["check", "--as-of", "2024-12-31", "--output", "csv"]).ended(1);
    for check in ["over_allocated,", "own_check,", "segment_feature_unknown,"] {
        assert!(said.stdout.lines().any(|line| line.starts_with(check)), "{check} {}", said.stdout);
    }
    let widths = said.stdout.lines().map(|line| line.matches(',').count());
    assert!(widths.max() >= Some(9), "{}", said.stdout);
}

#[test]
fn a_sound_ledger_is_silent_and_exits_0() {
    let desk = Desk::new();
    let ledger = sound().credit_note("C2", "A1", "2024-05-07", "10.00", "").entry(
        "OD",
        "2024-06-01",
        "T1",
        "2024-06-01",
        &[debit("416000", "C2", "50.00", ""), credit("411000", "C2", "50.00", "")],
    );
    let file = desk.file(FEC, ledger.text());
    desk.load(&[&file]);
    let said = desk.run(&["check", "--as-of", "2024-12-31"]).ended(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
    assert_eq!(desk.run(&["check", "--output", "json", "--quiet"]).ended(0).stdout, "[]\n");
}

#[test]
fn a_fault_is_named_with_what_to_do_and_exits_1() {
    let desk = Desk::new();
    let file = desk.file(FEC, sound().text().replacen("60,00", "61,00", 1));
    desk.load(&[&file]);
    let said = desk.run(&["check", "--as-of", "2024-12-31"]).ended(1);
    assert!(said.stdout.contains("entry_unbalanced"), "{}", said.stdout);
    assert!(said.stderr.contains("entry_unbalanced: "), "{}", said.stderr);
    let french = desk.run(&["check", "--as-of", "2024-12-31", "--lang", "fr"]).ended(1);
    assert_ne!(french.stderr, said.stderr);
}

/// 00123 becomes 123 on the way through a spreadsheet.
#[test]
fn codes_that_lost_their_zeros_are_told_and_other_customers_without_items_are_not() {
    let items = "F1,00123,invoice,2024-03-05,2024-04-04,120.00,EUR,F1\nF2,0456,invoice,2024-03-05,2024-04-04,10.00,EUR,F2\n\
        F3,ab 7,invoice,2024-03-05,2024-04-04,10.00,EUR,F3\nF4,9,invoice,2024-03-05,2024-04-04,10.00,EUR,F4\n";
    let customers = "customer_id,name\n123,Dupont\nAB7,Martin\n9,Petit\n009,Neuf\n555,A prospect\n";
    let actions = "action_id,customer_id,action_date,channel_code\nA1,123,2024-05-01,phone\nA2,77,2024-05-01,phone\n";
    let files = [
        ("items.csv", format!("{ITEMS}{items}")),
        ("customers.csv", customers.to_owned()),
        ("actions.csv", actions.to_owned()),
    ];
    let found: Vec<(String, String)> = faults("customer_look_alike", &files)
        .into_iter()
        .map(|row| (row["subject_id"].clone(), row["detail_text"].clone()))
        .collect();
    let pair = |named: &str, known: &str| (named.to_owned(), format!("customer {known}"));
    assert_eq!(found, [pair("00123", "123"), pair("ab 7", "AB7")]);
    let unknown = faults("customer_unknown", &files);
    assert_eq!(unknown.len(), 1);
    assert_eq!((&*unknown[0]["subject_id"], &*unknown[0]["detail_text"]), ("77", "action A2"));
}

/// A head office that pays for its subsidiaries is no fault, once the group is known.
#[test]
fn one_of_a_group_may_pay_for_another() {
    let items = format!(
        "{ITEMS}F1,C1,invoice,2024-03-05,2024-04-04,120.00,EUR,F1\nR1,C2,receipt,2024-04-05,2024-04-05,-120.00,EUR,R1\n"
    );
    let files = |customers: &str| {
        vec![
            ("items.csv", items.clone()),
            (
                "allocations.csv",
                "debit_item_id,credit_item_id,allocated_date,amount\nF1,R1,2024-04-05,120.00\n".to_owned(),
            ),
            ("customers.csv", format!("customer_id,name,group_id\n{customers}")),
        ]
    };
    let count = |customers: &str| faults("allocation_of_other_customer", &files(customers)).len();
    assert_eq!(count("C1,Agence,G1\nC2,Siège,G1\n"), 0);
    assert_eq!((count("C1,Agence,G1\nC2,Siège,G2\n"), count("C1,Agence,\nC2,Siège,G1\n")), (1, 1));
}
