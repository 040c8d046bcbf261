//! What customers contest in their answers, and our apologies for it.

use super::company::{DAY_5, DAY_20, asked, company, left_out, loaded, signed, written};
use crate::desk::Desk;

fn answer(desk: &Desk, name: &str, id: &str, subject: &str, body: &str) {
    let reply = if id.is_empty() { String::new() } else { format!("In-Reply-To: <{id}@nous.example>\r\n") };
    desk.file(
        &format!("inbox/cur/{name}"),
        format!(
            "From: c@client.example\r\nDate: Fri, 14 Mar 2025 09:00:00 +0100\r\n{reply}Subject: {subject}\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
        ),
    );
}

fn disputes(desk: &Desk) -> Vec<String> {
    let lines = desk.run(&[
        "query",
        "--sql",
        "select item_id, reason_code, opened_date from disputes order by item_id",
        "--output",
        "csv",
    ]);
    lines.ended(0).stdout.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn reasons_of_answers_come_back_as_disputes_once() {
    let due = super::company::DUE;
    let desk = company(&[
        ("F1", "C1", due, "1000.00"),
        ("F2", "C2", due, "300.00"),
        ("F20", "C2", due, "200.00"),
        ("F3", "C3", due, "70.00"),
        ("F30", "C3", due, "80.00"),
    ]);
    written(&desk, DAY_5, "accepted");
    let rows = desk.ask(DAY_5).rows("outgoing_messages");
    let id = |customer: &str| rows.iter().find(|row| row["customer_id"] == customer).unwrap()["message_id"].clone();
    // an answer to the message, whose quotation names all reasons
    answer(
        &desk,
        "1",
        &id("C1"),
        "Re: F1",
        "R2, merci\n\nLe 13 mars 2025, Encre & Fils a écrit :\n> R1 · Facture\n> R3 · Prix",
    );
    // a new e-mail that a link of ours began
    answer(&desk, "2", "", &format!("Votre référence {}, motif R3", id("C2")), "Facture(s) concernée(s) :\nF20\n");
    // several invoices, and none named
    answer(&desk, "3", &id("C3"), "Re: F3", "R1");
    let read = desk.run(&["remind", "receipts", "inbox"]).ended(0);
    assert!(read.stdout.contains("events: replied 3"), "{}", read.stdout);
    assert!(
        read.stderr.contains("2 invoices contested") && read.stderr.contains("1 answers give a reason"),
        "{}",
        read.stderr
    );
    assert_eq!(disputes(&desk), ["F1,missing_order_number,2025-03-14", "F20,wrong_price,2025-03-14"]);
    assert_eq!(left_out(&desk, DAY_20), ["disputed 1000.00", "disputed 200.00"]);
    let mut said = asked(&desk, DAY_20);
    said.sort();
    assert_eq!(said, ["F2 2 300.00", "F3 2 70.00", "F30 2 80.00"], "the rest goes on");
    // a person closed one: the same answer, read again, opens nothing
    let closed = "dispute_id,item_id,reason_code,opened_date,closed_date\n".to_owned()
        + &format!("answer-{}-F1,F1,missing_order_number,2025-03-14,2025-03-17\n", id("C1"));
    loaded(&desk, "disputes.csv", &closed);
    desk.run(&["remind", "receipts", "inbox"]).ended(0);
    assert!(asked(&desk, DAY_20).contains(&"F1 2 1000.00".to_owned()), "{:?}", asked(&desk, DAY_20));
}

#[test]
fn a_customer_with_a_problem_of_ours_gets_an_apology_and_is_asked_nothing() {
    let due = super::company::DUE;
    let desk = company(&[
        ("F1", "C1", due, "1000.00"),
        ("F2", "C2", due, "300.00"),
        ("F3", "C2", due, "50.00"),
        ("F4", "C3", due, "90.00"),
    ]);
    signed(&desk);
    // C1 contests all it owes, C2 a part; what holds C3 up is its own
    let opened = "dispute_id,item_id,reason_code,opened_date\nD1,F1,wrong_price,2025-03-11\nD2,F2,short_delivery,2025-03-11\nD3,F4,validation_pending,2025-03-11\n";
    loaded(&desk, "disputes.csv", opened);
    let plan = |day: &str| {
        let rows = desk.ask(day).rows("reminder_plan");
        rows.iter()
            .map(|row| format!("{} {} {}", row["customer_id"], row["tone_code"], row["overdue_amount"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(plan(DAY_5), ["C2 friendly 50.00", "C1 apology 0.00"]);
    assert_eq!(
        left_out(&desk, DAY_5),
        ["disputed 1000.00", "disputed 300.00", "disputed 90.00"],
        "what is on messages and what is left out sum to what is overdue"
    );
    assert_eq!(asked(&desk, DAY_5), ["F3 1 50.00"], "an apology asks for nothing");
    let said = desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    assert!(said.stdout.contains("our apologies, and where your query on F1 stands"), "{}", said.stdout);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    // it was put right before the message left
    loaded(
        &desk,
        "solved.csv",
        "dispute_id,item_id,reason_code,opened_date,closed_date\nD1,F1,wrong_price,2025-03-11,2025-03-12\n",
    );
    let said = desk.run(&["remind", "send", "--confirm"]).ended(0);
    assert!(said.stderr.contains("what they ask for has changed"), "{}", said.stderr);
    assert_eq!(plan(DAY_5), ["C1 friendly 1000.00", "C2 friendly 50.00"]);
}

#[test]
fn an_apology_is_sent_once_for_each_problem_and_again_while_it_stays_open() {
    let desk = company(&[("F1", "C1", super::company::DUE, "1000.00"), ("F2", "C1", "2025-06-30", "10.00")]);
    loaded(&desk, "disputes.csv", "dispute_id,item_id,reason_code,opened_date\nD1,F1,wrong_price,2025-03-11\n");
    let tones = |day: &str| -> Vec<String> {
        desk.ask(day).rows("reminder_plan").iter().map(|row| row["tone_code"].clone()).collect()
    };
    assert_eq!(tones(DAY_5), ["apology"]);
    written(&desk, DAY_5, "accepted");
    assert_eq!(tones("2025-03-20"), [""; 0]);
    assert_eq!(tones("2025-04-03"), ["apology"], "three weeks later it is still open");
    loaded(&desk, "more.csv", "dispute_id,item_id,reason_code,opened_date\nD2,F2,wrong_price,2025-03-17\n");
    assert_eq!(tones("2025-03-20"), ["apology"], "a new problem");
    loaded(&desk, "blocks.csv", "block_id,customer_id,from_date,blocked_by\nB1,C1,2025-03-01,Camille\n");
    assert_eq!(tones("2025-03-20"), [""; 0]);
}

#[test]
fn an_address_that_gives_a_message_back_is_a_gap_that_somebody_fills() {
    let desk = company(&[("F1", "C1", super::company::DUE, "1000.00")]);
    loaded(&desk, "customers.csv", "customer_id,name\nC1,Alpha\n");
    let gaps = || -> Vec<String> {
        let rows = desk.ask(DAY_20).rows("worklist");
        rows.iter().map(|row| row["reason_code"].clone()).filter(|reason| reason == "contact_unknown").collect()
    };
    assert_eq!(gaps(), [""; 0]);
    written(&desk, DAY_5, "bounced");
    assert_eq!(gaps(), ["contact_unknown"]);
    assert_eq!(left_out(&desk, DAY_20), ["no_contact 1000.00"]);
}
