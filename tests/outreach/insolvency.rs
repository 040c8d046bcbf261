//! Notices of the official bulletin as it exports them, the claims declared, and goods that stay ours.

use super::company::{CONTACTS, ITEMS, files_below, left_out, signed};
use crate::desk::{Desk, Row};

const DAY: &str = "2025-06-10";

/// A customer that a notice names, and one that none names.
fn desk() -> Desk {
    let desk = Desk::new();
    let items = format!(
        "{ITEMS}F1,C1,invoice,2025-02-03,2025-03-05,1000.00,EUR\nF2,C1,invoice,2025-05-05,2025-06-30,200.00,EUR\n\
         F3,C1,invoice,2025-06-02,2025-07-30,50.00,EUR\nR1,C1,receipt,2025-04-01,,-400.00,EUR\nR2,C1,receipt,2025-06-05,,-100.00,EUR\n\
         G1,C2,invoice,2025-02-03,2025-03-05,70.00,EUR\n"
    );
    let allocations =
        "debit_item_id,credit_item_id,allocated_date,amount\nF1,R1,2025-04-01,400.00\nF1,R2,2025-06-05,100.00\n";
    let customers = "customer_id,name,registration_id,address_text\nC1,Nord Outillage,123 456 789 00012,1 rue du Port|29200 Brest\nC2,Sud,987654321,\n";
    let details = "item_id,is_title_retained\nF2,true\n";
    desk.load(&[
        &desk.file("items.csv", items),
        &desk.file("allocations.csv", allocations),
        &desk.file("customers.csv", customers),
        &desk.file("contacts.csv", CONTACTS.to_owned() + "C1,1,Ann,a@c1.example\nC2,1,Bea,b@c2.example\n"),
        &desk.file("invoice_details.csv", details),
    ]);
    signed(&desk);
    desk
}

/// As the bulletin's open data write it: the judgment is JSON within a text.
fn notice(id: &str, siren: &str, kind: &str, nature: &str) -> serde_json::Value {
    let judgment = serde_json::json!({
        "type": kind,
        "famille": "Jugement d'ouverture",
        "nature": nature,
        "date": "2025-05-20",
        "complementJugement": "Date de cessation des paiements le 1er mars 2025, désignant liquidateur Selarl Dupont, 2 place du Palais, 29200 Brest",
    });
    serde_json::json!({
        "id": id,
        "dateparution": "2025-06-01",
        "familleavis": "collective",
        "registre": [format!("{} {} {}", &siren[..3], &siren[3..6], &siren[6..]), siren],
        "commercant": "NORD OUTILLAGE",
        "jugement": judgment.to_string(),
    })
}

fn notices() -> Vec<serde_json::Value> {
    let opened = "Jugement d'ouverture de liquidation judiciaire";
    vec![
        notice("A202500101", "123456789", "initial", opened),
        notice("A202500102", "555555555", "initial", opened),
        notice("A202500103", "987654321", "annulation", opened),
        notice("A202500104", "987654321", "initial", "Jugement de clôture pour extinction du passif"),
    ]
}

fn only(desk: &Desk) -> Row {
    let mut rows = desk.ask(DAY).rows("insolvencies");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[test]
fn notices_are_read_as_the_bulletin_exports_them() {
    let all = notices();
    let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
    let pretty = serde_json::to_string_pretty(&all).unwrap();
    let mut csv = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    csv.write_record(["id", "dateparution", "familleavis", "registre", "commercant", "jugement"]).unwrap();
    for notice in &all {
        let text = |name: &str| notice[name].as_str().unwrap().to_owned();
        let numbers: Vec<&str> =
            notice["registre"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        let cells = [
            text("id"),
            text("dateparution"),
            text("familleavis"),
            numbers.join(","),
            text("commercant"),
            text("jugement"),
        ];
        csv.write_record(cells).unwrap();
    }
    let csv = String::from_utf8(csv.into_inner().unwrap()).unwrap();
    let records: Vec<serde_json::Value> = all
        .iter()
        .map(|fields| serde_json::json!({ "datasetid": "annonces-commerciales", "fields": fields }))
        .collect();
    let api = serde_json::json!({ "nhits": 4, "records": records }).to_string();
    for (name, text) in [
        ("list.json", format!("[{}]", lines.join(","))),
        ("pretty.json", pretty),
        ("lines.jsonl", lines.join("\n")),
        ("api.json", api),
        ("results.json", serde_json::json!({ "total_count": 4, "results": all }).to_string()),
        ("annonces.csv", csv),
    ] {
        let desk = desk();
        desk.load(&[&desk.file(name, text)]);
        let row = only(&desk);
        let shown =
            ["customer_id", "notice_id", "judgment_date", "published_date", "deadline_date", "administrator_text"];
        assert_eq!(
            shown.map(|column| row[column].as_str()),
            [
                "C1",
                "A202500101",
                "2025-05-20",
                "2025-06-01",
                "2025-08-01",
                "Selarl Dupont, 2 place du Palais, 29200 Brest"
            ],
            "{name}"
        );
    }
}

#[test]
fn a_claim_is_declared_as_it_stood_on_the_day_of_the_judgment_and_the_customer_gets_nothing() {
    let desk = desk();
    desk.load(&[&desk.file("bodacc.json", serde_json::to_string(&notices()).unwrap())]);
    let row = only(&desk);
    // 1 000 less the 400 of April; the 100 of June came after the judgment, and F3 too
    let amounts = ["open_amount", "due_amount", "to_fall_due_amount", "retained_amount", "reclaim_date", "is_declared"];
    assert_eq!(amounts.map(|name| row[name].as_str()), ["800.00", "600.00", "200.00", "200.00", "2025-09-01", "false"]);
    assert_eq!(left_out(&desk, DAY)[0], "insolvent 500.00");
    desk.run(&["remind", "declare", "--as-of", DAY]).ended(0);
    let again = desk.run(&["remind", "declare", "--as-of", DAY]).ended(0);
    assert!(again.stderr.contains("0 declarations") && again.stderr.contains("written already"), "{}", again.stderr);
    let unnamed = desk.run(&["remind", "declare", "--as-of", DAY, "--customer", "C2"]).ended(2);
    assert!(unnamed.stderr.contains("C2"), "{}", unnamed.stderr);
    // a run of reminders leaves it where it is
    desk.run(&["remind", "write", "--as-of", DAY]).ended(0);
    desk.file("channels.toml", "[letter]\nlive = true\nfolder = \"to-print\"\n");
    let said = desk.run(&["remind", "send", "--confirm"]).ended(0);
    assert!(said.stdout.contains("sent: 1"), "{} {}", said.stdout, said.stderr);
    let batch = desk.path(&format!("to-print/{DAY}-registered_letter"));
    let list = std::fs::read_to_string(batch.join("manifest.csv")).unwrap();
    assert!(list.contains("Selarl Dupont|2 place du Palais|29200 Brest") && !list.contains("rue du Port"), "{list}");
    assert_eq!(only(&desk)["is_declared"], "true");
    let done = desk.run(&["remind", "declare", "--as-of", DAY]).ended(0);
    assert!(done.stderr.contains("the claim is declared"), "{}", done.stderr);
    // only C2 is written to
    let written: Vec<String> = desk
        .ask(DAY)
        .rows("outgoing_messages")
        .iter()
        .map(|row| format!("{} {}", row["customer_id"], row["tone_code"]))
        .collect();
    assert_eq!(written, ["C1 declaration", "C2 friendly"].map(str::to_owned));
    assert_eq!(files_below(&batch).len(), 2, "the letter and the list");
}

#[test]
fn a_claim_that_changed_since_it_was_written_does_not_leave() {
    let desk = desk();
    desk.load(&[&desk.file("bodacc.json", serde_json::to_string(&notices()).unwrap())]);
    desk.run(&["remind", "declare", "--as-of", DAY]).ended(0);
    desk.file("channels.toml", "[letter]\nlive = true\nfolder = \"to-print\"\n");
    let late = format!("{ITEMS}F9,C1,credit_note,2025-05-10,,-30.00,EUR\n");
    desk.load(&[
        &desk.file("late.csv", late),
        &desk.file(
            "late-allocation.csv",
            "debit_item_id,credit_item_id,allocated_date,amount\nF1,F9,2025-05-10,30.00\n",
        ),
    ]);
    let said = desk.run(&["remind", "send", "--confirm"]).ended(0);
    assert!(said.stderr.contains("what they ask for has changed"), "{}", said.stderr);
    assert_eq!(only(&desk)["is_declared"], "false");
}

#[test]
fn a_declaration_and_the_file_it_encloses_claim_the_same_sum() {
    if !std::process::Command::new("pdftotext").arg("-v").output().is_ok_and(|said| said.status.success()) {
        crate::skips::skip("pdftotext is not there (apt-get install poppler-utils)");
        return;
    }
    let desk = desk();
    desk.load(&[&desk.file("bodacc.json", serde_json::to_string(&notices()).unwrap())]);
    // what is contested is declared too, with its interest
    let disputes = "dispute_id,item_id,reason_code,opened_date\nD1,F1,wrong_price,2025-03-10\n";
    desk.load(&[&desk.file("disputes.csv", disputes)]);
    desk.run(&["remind", "declare", "--as-of", DAY]).ended(0);
    let folder = desk.path("outbox").join(DAY);
    let file = folder.join(files_below(&folder).remove(0));
    let text = std::process::Command::new("pdftotext").arg("-layout").arg(file).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    let line = text.lines().find(|line| line.contains("Total claimed")).unwrap();
    let sum = line.rsplit('€').next().unwrap().trim();
    assert_eq!(text.matches(sum).count(), 2, "{sum} in the letter and in its file: {text}");
}
