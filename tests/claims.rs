//! What a customer owes and pays, on cases that every accounts department knows: bounced payments, refunds, claims booked
//! again, last cents, discounts, promises, advances, groups, other currencies, lists of open items.

use std::path::PathBuf;

use encours::demo::DemoOptions;

use crate::books::{Ledger, Part, credit, debit};
use crate::desk::Desk;
use crate::skips;

const COMPANY: &str = "123456789FEC20241231.txt";

fn ledger(text: &Ledger) -> Desk {
    let desk = Desk::new();
    desk.load(&[&desk.file(COMPANY, text.text())]);
    desk
}

fn lists(files: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    let files: Vec<PathBuf> = files.iter().map(|(name, text)| desk.file(name, text)).collect();
    let tables: Vec<_> = files.iter().map(PathBuf::as_path).filter(|path| !path.ends_with("encours.toml")).collect();
    desk.load(&tables);
    desk
}

/// Money that goes out of the bank to a customer.
fn paid_back(books: Ledger, customer: &str, piece: &str, day: &str, amount: &str, letter: &str) -> Ledger {
    let lines = [debit("411000", customer, amount, letter), credit("512000", "", amount, "")];
    books.entry("BQ", day, piece, day, &lines)
}

/// Between receivable accounts, or another account of the chart.
fn moved(books: Ledger, day: &str, piece: &str, from: Part, to: Part) -> Ledger {
    books.entry("OD", day, piece, day, &[to, from])
}

/// `item_count mean_days` of a basis.
fn lateness(desk: &Desk, as_of: &str, basis: &str) -> String {
    let rows = desk.ask(as_of).rows("days_late");
    let row = rows.iter().find(|row| row["basis_code"] == basis).unwrap();
    format!("{} {}", row["item_count"], row["mean_days"])
}

fn open_on(desk: &Desk, as_of: &str) -> String {
    desk.ask(as_of).first("receivables", "open_amount")
}

/// `kind reference due past_due_days open` of each open item.
fn open_items(desk: &Desk, as_of: &str) -> Vec<String> {
    let told = |row: &crate::desk::Row| {
        ["kind", "reference", "due_date", "past_due_days", "open_amount"].map(|column| row[column].clone()).join(" ")
    };
    desk.ask(as_of).rows("open_items").iter().map(told).collect()
}

fn ties_out(desk: &Desk, days: &[&str]) {
    for day in days {
        assert_eq!(desk.ask(day).first("receivables", "tie_out_amount"), "0.00", "{day}");
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

/// After a SEPA rejection the invoice was counted as paid on time, and the rejection as an invoice of its own.
#[test]
fn a_rejected_direct_debit_leaves_its_invoice_open_with_its_own_dates() {
    for second_letter in ["AA", "AB"] {
        let books = Ledger::new(2024).lettered_invoice("CPRE", "F-1", "2024-03-01", "1200.00", "AA");
        let books = books.receipt("CPRE", "PRLV-03", "2024-03-31", "1200.00", "AA");
        let books = paid_back(books, "CPRE", "REJ-03", "2024-04-05", "1200.00", second_letter);
        let desk = ledger(&books.receipt("CPRE", "VIR-05", "2024-05-20", "1200.00", second_letter));
        assert_eq!(
            ["2024-03-31", "2024-04-10", "2024-05-20"].map(|day| open_on(&desk, day)),
            ["0.00", "1200.00", "0.00"]
        );
        assert_eq!(open_items(&desk, "2024-04-10"), ["invoice F-1 2024-03-31 10 1200.00"]);
        assert_eq!(lateness(&desk, "2024-06-30", "settled"), "1 50.0000", "{second_letter}");
        // on the day before it bounced nobody knew
        assert_eq!(lateness(&desk, "2024-04-04", "settled"), "1 0.0000");
        let payer = desk.ask("2024-06-30").rows("payers").remove(0);
        assert_eq!(&*payer["returned_payment_ratio"], "0.500000");
        ties_out(&desk, &["2024-03-31", "2024-04-05", "2024-04-10", "2024-05-20", "2024-12-31"]);
    }
}

#[test]
fn a_cheque_returned_twice_settles_when_the_third_one_stays() {
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "500.00", "A");
    let books = books.receipt("C1", "CHQ-1", "2024-02-05", "500.00", "A");
    let books = paid_back(books, "C1", "IMP-1", "2024-02-12", "500.00", "A");
    let books = books.receipt("C1", "CHQ-2", "2024-02-20", "500.00", "A");
    let books = paid_back(books, "C1", "IMP-2", "2024-02-28", "500.00", "A");
    let desk = ledger(&books.receipt("C1", "VIR", "2024-04-09", "500.00", "A"));
    assert_eq!(open_items(&desk, "2024-02-15"), ["invoice F-1 2024-02-09 6 500.00"]);
    assert_eq!(open_items(&desk, "2024-03-01"), ["invoice F-1 2024-02-09 21 500.00"]);
    assert_eq!(lateness(&desk, "2024-12-31", "settled"), "1 60.0000");
    ties_out(&desk, &["2024-02-12", "2024-02-20", "2024-03-31", "2024-12-31"]);
}

#[test]
fn a_partial_return_opens_its_part_and_its_fee_is_an_adjustment() {
    let books = Ledger::new(2024)
        .lettered_invoice("C1", "F-1", "2024-01-10", "600.00", "A")
        .lettered_invoice("C1", "F-2", "2024-01-20", "400.00", "A")
        .receipt("C1", "VIR-1", "2024-02-08", "1000.00", "A");
    let desk = ledger(&paid_back(books.clone(), "C1", "RET", "2024-02-15", "400.00", "A"));
    assert_eq!(open_items(&desk, "2024-02-29"), ["invoice F-2 2024-02-19 10 400.00"]);
    // the whole comes back, and the bank's fee is charged on
    let returned = [
        debit("411000", "C1", "1000.00", "A"),
        debit("411000", "C1", "12.00", ""),
        credit("512000", "", "1012.00", ""),
    ];
    let desk = ledger(&books.entry("BQ", "2024-02-15", "RET", "2024-02-15", &returned));
    let open = open_items(&desk, "2024-02-29");
    assert_eq!(open.len(), 3, "{open:?}");
    assert!(open.iter().any(|item| item.starts_with("adjustment RET") && item.ends_with("12.00")), "{open:?}");
    assert_eq!(lateness(&desk, "2024-12-31", "settled"), "0 ");
    ties_out(&desk, &["2024-02-08", "2024-02-29", "2024-12-31"]);
}

#[test]
fn a_receipt_of_december_that_bounces_in_january_opens_its_invoice_of_the_year_before() {
    let desk = Desk::new();
    let first = Ledger::new(2023).lettered_invoice("C1", "F-1", "2023-11-10", "900.00", "A");
    let first = first.receipt("C1", "CHQ", "2023-12-28", "900.00", "A");
    let second = paid_back(Ledger::new(2024), "C1", "IMP", "2024-01-05", "900.00", "A");
    let second = second.receipt("C1", "VIR", "2024-03-10", "900.00", "A");
    let files =
        [("123456789FEC20231231.txt", first), (COMPANY, second)].map(|(name, books)| desk.file(name, books.text()));
    desk.load(&[&files[0], &files[1]]);
    assert_eq!(open_items(&desk, "2024-01-31"), ["invoice F-1 2023-12-10 52 900.00"]);
    assert_eq!(lateness(&desk, "2023-12-31", "settled"), "1 18.0000");
    assert_eq!(lateness(&desk, "2024-12-31", "settled"), "1 91.0000");
    ties_out(&desk, &["2023-12-31", "2024-01-05", "2024-12-31"]);
}

/// A credit note paid back was an invoice paid the same day, and a payer's receipt that bounced.
#[test]
fn a_refund_is_neither_a_claim_nor_a_return() {
    let books = Ledger::new(2024)
        .lettered_invoice("CREF", "F-1", "2024-01-10", "1000.00", "A")
        .receipt("CREF", "VIR-1", "2024-02-05", "1000.00", "A")
        .credit_note("CREF", "AV-1", "2024-03-01", "240.00", "B");
    let books = paid_back(books, "CREF", "VIR-S1", "2024-03-12", "240.00", "B")
        .lettered_invoice("CDBL", "F-2", "2024-02-15", "500.00", "C")
        .receipt("CDBL", "VIR-2", "2024-03-10", "500.00", "C")
        .receipt("CDBL", "VIR-3", "2024-03-11", "500.00", "D");
    let desk = ledger(&paid_back(books, "CDBL", "VIR-S2", "2024-03-18", "500.00", "D"));
    assert_eq!(open_on(&desk, "2024-03-31"), "0.00");
    let mut asked = desk.ask("2024-03-31");
    let settled = asked.rows("days_late").remove(0);
    assert_eq!(
        ["item_count", "mean_days", "weighted_mean_days"].map(|column| &*settled[column]),
        ["2", "-5.0000", "-4.6667"]
    );
    let march = asked.rows("roll_forward").pop().unwrap();
    assert_eq!([&*march["refunds_amount"], &*march["returned_receipts_amount"]], ["740.00", "0.00"]);
    assert!(asked.rows("payers").iter().all(|payer| payer["returned_payment_ratio"] == "0.000000"));
    // what was refunded was not collected
    let ratio = asked.rows("collection_effectiveness").pop().unwrap()["cei_cash_ratio"].clone();
    assert_eq!(ratio, "1.923077", "500 received of 500 brought forward less 240 credited");
    ties_out(&desk, &["2024-03-11", "2024-03-12", "2024-03-31"]);
}

/// An invoice moved to doubtful debts became young again.
#[test]
fn a_debt_that_became_doubtful_keeps_its_age() {
    let books = Ledger::new(2024).lettered_invoice("K1", "FA1", "2024-01-10", "700.00", "AA");
    let desk = ledger(&moved(
        books,
        "2024-11-30",
        "OD2",
        credit("411000", "K1", "700.00", "AA"),
        debit("416000", "K1", "700.00", ""),
    ));
    assert_eq!(open_items(&desk, "2024-12-31"), ["transfer FA1 2024-02-09 326 700.00"]);
    let rolls = desk.ask("2024-12-31").rows("roll_rates");
    let november: Vec<_> = rolls
        .iter()
        .filter(|row| row["month_end_date"] == "2024-11-30" && row["roll_ratio"] != "0.000000")
        .map(|row| format!("{} {}", row["to_bucket_code"], row["roll_ratio"]))
        .collect();
    assert_eq!(november, ["moved 1.000000"]);
    assert_eq!(lateness(&desk, "2024-12-31", "settled"), "0 ", "booked again is not paid");
    ties_out(&desk, &["2024-11-29", "2024-11-30", "2024-12-31"]);
}

#[test]
fn a_bill_is_no_cash_and_one_unpaid_at_maturity_is_the_old_invoice() {
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "800.00", "A");
    let drawn = credit("411000", "C1", "800.00", "A");
    let books = moved(books, "2024-01-20", "LCR-1", drawn, debit("413000", "C1", "800.00", "B"));
    let paid = books.clone().entry(
        "BQ",
        "2024-03-10",
        "REM",
        "2024-03-10",
        &[debit("512000", "", "800.00", ""), credit("413000", "C1", "800.00", "B")],
    );
    let desk = ledger(&paid);
    assert_eq!(open_items(&desk, "2024-02-29"), ["transfer F-1 2024-02-09 20 800.00"]);
    assert_eq!(lateness(&desk, "2024-12-31", "settled"), "1 30.0000", "paid when the bill is");
    let back = credit("413000", "C1", "800.00", "B");
    let desk = ledger(&moved(books, "2024-03-10", "IMP", back, debit("411000", "C1", "800.00", "")));
    assert_eq!(open_items(&desk, "2024-03-31"), ["transfer F-1 2024-02-09 51 800.00"]);
    ties_out(&desk, &["2024-01-31", "2024-03-31"]);
}

/// A list says that a debit came back, and not what it undoes: the invoice counted as paid on time, by a bounced cheque.
#[test]
fn a_returned_receipt_of_a_list_opens_its_invoice_however_the_list_says_so() {
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-03-01,2024-03-31,1200.00,EUR\nR-1,C1,receipt,2024-03-31,,-1200.00,EUR\n\
         RR-1,C1,returned_receipt,2024-04-05,,1200.00,EUR\nR-2,C1,receipt,2024-05-20,,-1200.00,EUR\n"
    );
    let first = "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2024-03-31,1200.00\n";
    for (form, rest) in [
        ("allocated to its receipt", "RR-1,R-1,2024-04-05,1200.00\nF-1,R-2,2024-05-20,1200.00\n"),
        ("allocated to nothing", "F-1,R-2,2024-05-20,1200.00\n"),
        ("paid by the next receipt", "RR-1,R-2,2024-05-20,1200.00\n"),
        (
            "taken back by the list itself",
            "F-1,R-1,2024-04-05,-1200.00\nRR-1,R-1,2024-04-05,1200.00\nF-1,R-2,2024-05-20,1200.00\n",
        ),
    ] {
        let desk = lists(&[("items.csv", &items), ("allocations.csv", &format!("{first}{rest}"))]);
        assert_eq!(
            ["2024-03-31", "2024-04-10", "2024-05-20"].map(|day| open_on(&desk, day)),
            ["0.00", "1200.00", "0.00"],
            "{form}"
        );
        assert_eq!(open_items(&desk, "2024-04-10"), ["invoice F-1 2024-03-31 10 1200.00"], "{form}");
        assert_eq!(lateness(&desk, "2024-06-30", "settled"), "1 50.0000", "{form}");
        assert_eq!(lateness(&desk, "2024-04-04", "settled"), "1 0.0000", "{form}");
        desk.run(&["check", "--as-of", "2024-06-30"]).ended(0);
        // a list that was wrong is corrected, and nothing of the return is left
        let corrected = items.replace("returned_receipt", "adjustment");
        desk.load(&[&desk.file("items.csv", corrected)]);
        let open: f64 = open_on(&desk, "2024-04-10").parse().unwrap();
        assert!((open - 1200.0).abs() < 0.001, "{form}");
        let settled = if form.starts_with("taken back") { "0 " } else { "1 0.0000" };
        assert_eq!(lateness(&desk, "2024-04-10", "settled"), settled, "{form}");
    }
    // of another customer, another currency or another company nothing is undone
    for other in ["C2,returned_receipt,2024-04-05,,1200.00,EUR", "C1,returned_receipt,2024-04-05,,1200.00,USD"] {
        let items = items.replace("C1,returned_receipt,2024-04-05,,1200.00,EUR", other);
        let desk = lists(&[("items.csv", &items), ("allocations.csv", first)]);
        let open = desk.ask("2024-04-10").sql("select item_id from unsettled_items order by item_id");
        let open: Vec<_> = open.iter().map(|row| row["item_id"].clone()).collect();
        assert!(!open.contains(&"F-1".to_owned()), "{other}: {open:?}");
    }
}

/// A bill that the bank had discounted comes back by one entry, `411 to 512`, though its receipt stands on 413: it counted
/// as an invoice paid, and the customer as one to whom money was refunded.
#[test]
fn a_discounted_bill_that_the_bank_takes_back_is_the_old_invoice() {
    let drawn = |books: Ledger, number: &str, date: &str, letters: [&str; 2]| {
        let entry = format!("LCR-{number}");
        moved(
            books,
            date,
            &entry,
            credit("411000", "C1", "800.00", letters[0]),
            debit("413000", "C1", "800.00", letters[1]),
        )
    };
    let bank = |books: Ledger, date: &str, number: &str, lines: &[Part]| books.entry("BQ", date, number, date, lines);
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "800.00", "A").lettered_invoice(
        "C1",
        "F-2",
        "2024-01-10",
        "800.00",
        "D",
    );
    let books = drawn(drawn(books, "1", "2024-01-20", ["A", "B"]), "2", "2024-01-20", ["D", "E"]);
    let discounted = |letter| [debit("512000", "", "800.00", ""), credit("413000", "C1", "800.00", letter)];
    let books = bank(books, "2024-01-25", "ESC-1", &discounted("B"));
    let books = bank(books, "2024-01-25", "ESC-2", &discounted("E"));
    // one of the two comes back, with the fee of the bank
    let unpaid =
        [debit("411000", "C1", "800.00", ""), debit("411000", "C1", "12.00", ""), credit("512000", "", "812.00", "")];
    let once = bank(books.clone(), "2024-03-12", "IMP-1", &unpaid);
    let desk = ledger(&once);
    assert_eq!(open_on(&desk, "2024-03-11"), "0.00");
    let expected = ["transfer F-2 2024-02-09 51 800.00", "adjustment IMP-1 2024-04-11 -11 12.00"];
    assert_eq!(open_items(&desk, "2024-03-31"), expected);
    assert_eq!(lateness(&desk, "2024-02-29", "settled"), "2 -15.0000", "both bills paid by the bank");
    assert_eq!(lateness(&desk, "2024-03-31", "settled"), "1 -15.0000", "one of them was not");
    let march = desk.ask("2024-03-31").rows("roll_forward").pop().unwrap();
    assert_eq!([&*march["refunds_amount"], &*march["returned_receipts_amount"]], ["0.00", "800.00"]);
    ties_out(&desk, &["2024-03-11", "2024-03-12", "2024-03-31"]);
    // so does the other; one is paid in the end
    let unpaid = [debit("411000", "C1", "800.00", "Z"), credit("512000", "", "800.00", "")];
    let twice = bank(once, "2024-03-20", "IMP-2", &unpaid);
    let desk = ledger(&bank(
        twice,
        "2024-04-05",
        "VIR",
        &[debit("512000", "", "800.00", ""), credit("411000", "C1", "800.00", "Z")],
    ));
    let expected = ["transfer F-1 2024-02-09 51 800.00", "transfer F-2 2024-02-09 51 800.00"];
    let open = open_items(&desk, "2024-03-31").into_iter().filter(|item| item.starts_with("transfer")).collect();
    assert_eq!(sorted(open), expected);
    assert_eq!(lateness(&desk, "2024-03-31", "settled"), "0 ");
    assert_eq!(lateness(&desk, "2024-04-30", "settled"), "1 56.0000");
    ties_out(&desk, &["2024-03-20", "2024-03-31", "2024-04-05", "2024-04-30"]);
}

/// A bill of ninety days comes back long after it was discounted, and in the next year.
#[test]
fn a_bill_that_comes_back_after_its_maturity_in_the_next_year_is_the_old_invoice() {
    let bill = |year: i32, day: &str, discounted: &str| {
        let books = Ledger::new(year).lettered_invoice("C1", "F-1", day, "800.00", "A");
        let drawn = credit("411000", "C1", "800.00", "A");
        let books = moved(books, day, "LCR-1", drawn, debit("413000", "C1", "800.00", "B"));
        let received = [debit("512000", "", "800.00", ""), credit("413000", "C1", "800.00", "B")];
        books.entry("BQ", discounted, "ESC", discounted, &received)
    };
    let unpaid = |books: Ledger, day: &str| {
        books.entry("BQ", day, "IMP", day, &[debit("411000", "C1", "800.00", ""), credit("512000", "", "800.00", "")])
    };
    let desk = ledger(&unpaid(bill(2024, "2024-01-10", "2024-01-15"), "2024-04-25"));
    assert_eq!(open_on(&desk, "2024-04-24"), "0.00");
    assert_eq!(open_items(&desk, "2024-04-30"), ["transfer F-1 2024-02-09 81 800.00"]);
    assert_eq!(lateness(&desk, "2024-04-30", "settled"), "0 ");
    ties_out(&desk, &["2024-04-24", "2024-04-25", "2024-12-31"]);
    let desk = Desk::new();
    let first = desk.file("123456789FEC20231231.txt", bill(2023, "2023-11-10", "2023-11-15").text());
    let second = desk.file(COMPANY, unpaid(Ledger::new(2024), "2024-02-20").text());
    desk.load(&[&first, &second]);
    assert_eq!(open_items(&desk, "2024-02-29"), ["transfer F-1 2023-12-10 81 800.00"]);
    assert_eq!(lateness(&desk, "2024-02-29", "settled"), "0 ");
    ties_out(&desk, &["2023-12-31", "2024-02-19", "2024-02-20", "2024-12-31"]);
}

/// In one entry of the bank a bill and a transfer come back: each is undone where its receipt stands.
#[test]
fn an_entry_that_takes_back_a_bill_and_a_transfer_opens_both() {
    let books = Ledger::new(2024)
        .lettered_invoice("C1", "F-2", "2024-01-05", "200.00", "A")
        .receipt("C1", "VIR", "2024-03-10", "200.00", "A")
        .lettered_invoice("C1", "F-1", "2024-01-06", "100.00", "D");
    let drawn = credit("411000", "C1", "100.00", "D");
    let books = moved(books, "2024-02-01", "LCR", drawn, debit("413000", "C1", "100.00", "B"));
    let received = [debit("512000", "", "100.00", ""), credit("413000", "C1", "100.00", "B")];
    let books = books.entry("BQ", "2024-03-25", "REM", "2024-03-25", &received);
    let back =
        [debit("411000", "C1", "200.00", ""), debit("411000", "C1", "100.00", ""), credit("512000", "", "300.00", "")];
    let desk = ledger(&books.entry("BQ", "2024-04-01", "IMP", "2024-04-01", &back));
    let expected = ["invoice F-2 2024-02-04 86 200.00", "transfer F-1 2024-02-05 85 100.00"];
    assert_eq!(sorted(open_items(&desk, "2024-04-30")), expected);
    assert_eq!(lateness(&desk, "2024-04-30", "settled"), "0 ");
    ties_out(&desk, &["2024-03-31", "2024-04-01", "2024-12-31"]);
}

/// Two bills of one amount that come back in the next year are two old invoices.
#[test]
fn two_equal_bills_that_come_back_are_two_old_invoices() {
    let mut books = Ledger::new(2023);
    for (number, letters, received) in [("F-1", ["A", "B"], "2023-12-20"), ("F-2", ["D", "E"], "2023-12-28")] {
        books = books.lettered_invoice("C1", number, "2023-11-10", "800.00", letters[0]);
        let drawn = credit("411000", "C1", "800.00", letters[0]);
        books = moved(books, "2023-11-12", number, drawn, debit("413000", "C1", "800.00", letters[1]));
        let lines = [debit("512000", "", "800.00", ""), credit("413000", "C1", "800.00", letters[1])];
        books = books.entry("BQ", received, number, received, &lines);
    }
    let mut next = Ledger::new(2024);
    for (day, number) in [("2024-01-10", "IMP-1"), ("2024-01-12", "IMP-2")] {
        next = next.entry(
            "BQ",
            day,
            number,
            day,
            &[debit("411000", "C1", "800.00", ""), credit("512000", "", "800.00", "")],
        );
    }
    let desk = Desk::new();
    let first = desk.file("123456789FEC20231231.txt", books.text());
    desk.load(&[&first, &desk.file(COMPANY, next.text())]);
    let expected = ["transfer F-1 2023-12-10 52 800.00", "transfer F-2 2023-12-10 52 800.00"];
    assert_eq!(sorted(open_items(&desk, "2024-01-31")), expected);
    assert_eq!(lateness(&desk, "2024-01-31", "settled"), "0 ");
    ties_out(&desk, &["2023-12-31", "2024-01-10", "2024-01-12", "2024-12-31"]);
}

/// Half a euro that goes back decides nothing: the invoice stays paid.
#[test]
fn a_trifle_that_comes_back_leaves_the_invoice_paid() {
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-03-01,2024-03-31,100.00,EUR\nR-1,C1,receipt,2024-03-31,,-100.00,EUR\n\
         RR-1,C1,returned_receipt,2024-04-10,,0.50,EUR\n"
    );
    let allocations =
        "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2024-03-31,100.00\nRR-1,R-1,2024-04-10,0.50\n";
    let desk = lists(&[("items.csv", &items), ("allocations.csv", allocations)]);
    assert_eq!(open_on(&desk, "2024-04-30"), "0.50");
    assert_eq!(lateness(&desk, "2024-04-30", "settled"), "1 0.0000");
}

/// What was paid twice by bill goes back: nothing is claimed again.
#[test]
fn a_refund_of_what_was_paid_twice_is_no_unpaid_bill() {
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "800.00", "A");
    let drawn = credit("411000", "C1", "800.00", "A");
    let books = moved(books, "2024-01-20", "LCR-1", drawn, debit("413000", "C1", "800.00", "B"));
    let paid = |books: Ledger, date: &str, account: &str, letter: &str| {
        books.entry(
            "BQ",
            date,
            date,
            date,
            &[debit("512000", "", "800.00", ""), credit(account, "C1", "800.00", letter)],
        )
    };
    let books = paid(paid(books, "2024-03-10", "413000", "B"), "2024-03-12", "411000", "");
    let back = [debit("411000", "C1", "800.00", ""), credit("512000", "", "800.00", "")];
    let desk = ledger(&books.entry("BQ", "2024-03-20", "RBT", "2024-03-20", &back));
    assert_eq!(lateness(&desk, "2024-03-31", "settled"), "1 30.0000");
    let march = desk.ask("2024-03-31").rows("roll_forward").pop().unwrap();
    assert_eq!([&*march["refunds_amount"], &*march["returned_receipts_amount"]], ["800.00", "0.00"]);
    ties_out(&desk, &["2024-03-31"]);
}

#[test]
fn what_the_factor_gives_back_is_the_old_invoice() {
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "800.00", "A");
    let sold = credit("411000", "C1", "800.00", "A");
    let books = moved(books, "2024-01-15", "CES", sold, debit("467000", "", "800.00", ""));
    let back = credit("467000", "", "800.00", "");
    let desk = ledger(&moved(books, "2024-05-20", "REC", back, debit("411000", "C1", "800.00", "")));
    assert_eq!(open_on(&desk, "2024-04-30"), "0.00");
    assert_eq!(open_items(&desk, "2024-05-31"), ["transfer F-1 2024-02-09 112 800.00"]);
}

#[test]
fn claims_booked_again_together_come_back_one_by_one() {
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "700.00", "A").lettered_invoice(
        "C1",
        "F-2",
        "2024-02-10",
        "300.00",
        "A",
    );
    let desk = ledger(&moved(
        books,
        "2024-11-30",
        "OD",
        credit("411000", "C1", "1000.00", "A"),
        debit("416000", "C1", "1000.00", ""),
    ));
    let expected = ["transfer F-1 2024-02-09 326 700.00", "transfer F-2 2024-03-11 295 300.00"];
    assert_eq!(open_items(&desk, "2024-12-31"), expected);
    ties_out(&desk, &["2024-12-31"]);
}

const ITEM: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n";

/// The cent that was never paid made an invoice paid early the latest of all, and somebody was to call for it.
#[test]
fn the_last_cent_decides_nothing_and_nobody_is_called_for_it() {
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-02-04,2024-03-05,215.28,EUR\nR-1,C1,receipt,2024-03-01,2024-03-01,-215.27,EUR\n\
         F-2,C1,invoice,2024-03-10,2024-04-09,1000.00,EUR\nR-2,C1,receipt,2024-04-15,2024-04-15,-1000.00,EUR\n\
         W-1,C1,write_off,2024-12-31,2024-12-31,-0.01,EUR\n"
    );
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2024-03-01,215.27\n\
        F-2,R-2,2024-04-15,1000.00\nF-1,W-1,2024-12-31,0.01\n";
    let desk = lists(&[("items.csv", &items), ("allocations.csv", allocations)]);
    for as_of in ["2024-06-28", "2024-12-31"] {
        assert_eq!(lateness(&desk, as_of, "settled"), "2 1.0000");
        assert_eq!(lateness(&desk, as_of, "at_risk"), "2 1.0000");
    }
    let mut asked = desk.ask("2024-06-28");
    assert_eq!(asked.first("receivables", "open_amount"), "0.01");
    assert_eq!(asked.rows("worklist"), []);
    let parts: Vec<_> = asked
        .rows("worklist_sum")
        .iter()
        .map(|row| format!("{} {}", row["part_code"], row["overdue_amount"]))
        .collect();
    assert_eq!(parts, ["below_cost 0.01"], "listed and excluded sum to what is overdue");
}

#[test]
fn more_than_the_tolerance_is_open_and_a_whole_small_invoice_is_never_within_it() {
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-02-04,2024-03-05,1000.00,EUR\nR-1,C1,receipt,2024-03-01,2024-03-01,-994.99,EUR\n\
         F-2,C1,invoice,2024-02-04,2024-03-05,1000.00,EUR\nR-2,C1,receipt,2024-03-07,2024-03-07,-995.00,EUR\n\
         F-3,C1,invoice,2024-02-04,2024-03-05,0.80,EUR\n"
    );
    let allocations =
        "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2024-03-01,994.99\nF-2,R-2,2024-03-07,995.00\n";
    let desk = lists(&[("items.csv", &items), ("allocations.csv", allocations)]);
    assert_eq!(lateness(&desk, "2024-03-15", "settled"), "1 2.0000");
    // F-1 and F-3, ten days late, with F-2
    assert_eq!(lateness(&desk, "2024-03-15", "at_risk"), "3 7.3333");
}

/// 98 % paid early and 2 % of discount booked at the month's end was in no figure.
#[test]
fn a_discount_taken_in_time_belongs_to_the_payment() {
    let discount = |books: Ledger, piece: &str, day: &str, amount: &str, letter: &str| {
        let lines = [debit("665000", "", amount, ""), credit("411000", "C1", amount, letter)];
        books.entry("OD", day, piece, day, &lines)
    };
    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-03-01", "1000.00", "A");
    let books =
        discount(books.receipt("C1", "VIR-1", "2024-03-10", "980.00", "A"), "ESC-1", "2024-03-31", "20.00", "A");
    // taken when it was too late: the day of the receipt paid less than was due
    let books = books.lettered_invoice("C1", "F-2", "2024-03-02", "500.00", "B");
    let books =
        discount(books.receipt("C1", "VIR-2", "2024-04-20", "485.00", "B"), "ESC-2", "2024-04-30", "15.00", "B");
    let desk = ledger(&books);
    assert_eq!(lateness(&desk, "2024-03-30", "settled"), "0 ", "the discount is not known yet");
    assert_eq!(lateness(&desk, "2024-03-31", "settled"), "1 -21.0000");
    assert_eq!(lateness(&desk, "2024-05-31", "settled"), "1 -21.0000");
    ties_out(&desk, &["2024-03-31", "2024-04-30"]);
}

const GROUP: &str = "item_id,customer_id,account,kind,issued_date,due_date,amount,currency_code\n\
    F-1,FIL1,411000,invoice,2024-01-10,2024-02-09,100.00,EUR\nF-2,FIL2,411000,invoice,2024-01-12,2024-02-11,250.00,EUR\n\
    F-3,FIL2,411000,invoice,2024-03-01,2024-03-31,60.00,EUR\nAV-1,FIL1,411000,credit_note,2024-02-01,2024-02-01,-50.00,EUR\n\
    R-1,HOLD,411000,receipt,2024-03-05,2024-03-05,-300.00,EUR\n";
const GROUP_ALLOCATIONS: &str = "debit_item_id,credit_item_id,allocated_date,amount\nF-1,AV-1,2024-03-05,50.00\n\
    F-1,R-1,2024-03-05,50.00\nF-2,R-1,2024-03-05,250.00\n";

fn promises(desk: &Desk, as_of: &str) -> Vec<String> {
    let mut told: Vec<String> = desk
        .ask(as_of)
        .rows("promises")
        .iter()
        .map(|row| format!("{} {} {}", row["action_id"], row["status_code"], row["received_amount"]))
        .collect();
    told.sort();
    told
}

/// The head office paid, and its subsidiary's promise was called broken.
#[test]
fn a_promise_is_kept_by_whoever_pays_and_a_group_has_one_statement() {
    let customers =
        "customer_id,name,group_id\nHOLD,Groupe Sartre,SARTRE\nFIL1,Sartre Lyon,SARTRE\nFIL2,Sartre Lille,SARTRE\n";
    let actions = "action_id,customer_id,action_date,channel_code,result_code,promised_date,promised_amount\n\
        A-1,FIL2,2024-02-20,phone,promised,2024-03-10,250.00\n";
    let files = [
        ("items.csv", GROUP),
        ("allocations.csv", GROUP_ALLOCATIONS),
        ("customers.csv", customers),
        ("actions.csv", actions),
    ];
    let desk = lists(&files);
    assert_eq!(promises(&desk, "2024-03-20"), ["A-1 kept 250.00"]);
    let statement = ["customer_statement", "--group", "SARTRE", "--as-of", "2024-03-20", "--out", "pages"];
    let page = desk.run(&statement).ended(0).stdout.lines().next().unwrap().to_owned();
    let page = std::fs::read_to_string(desk.path(&page)).unwrap();
    assert!(page.contains("60.00") && page.contains("Sartre Lille") && page.contains("SARTRE"), "{page}");
    let refused = desk.run(&["customer_statement", "--group", "NOBODY", "--as-of", "2024-03-20"]).ended(2).stderr;
    assert!(refused.contains("no customer belongs to the group `NOBODY`"), "{refused}");
}

/// The parent pays for its subsidiaries, and three people called three customers for one payment.
#[test]
fn what_a_group_owes_is_one_line_for_who_pays_and_its_result_is_of_each_customer() {
    let customers = "customer_id,name,group_id\nHOLD,Sartre Holding,SARTRE\nFIL1,Sartre Nord,SARTRE\n\
        FIL2,Sartre Sud,SARTRE\nSOLO,Camus,\n";
    let contacts = "customer_id,contact_id,name,phone,email\nHOLD,1,Mme Beauvoir,0102030405,pay@sartre.example\n\
        SOLO,2,M. Meursault,0102030406,\n";
    let invoice = |customer: &str, month: u32| {
        let (due, amount) = (month + 1, month * 1000);
        format!("{customer}-{month},{customer},invoice,2024-0{month}-05,2024-0{due}-04,{amount}.00,EUR\n")
    };
    let mut items = format!("{ITEM}R-1,HOLD,receipt,2024-03-20,2024-03-20,-3000.00,EUR\n");
    for customer in ["FIL1", "FIL2", "SOLO"] {
        items.extend((1..=6).map(|month| invoice(customer, month)));
    }
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\nFIL1-1,R-1,2024-03-20,1000.00\n\
        FIL2-2,R-1,2024-03-20,2000.00\n";
    let desk = lists(&[
        ("customers.csv", customers),
        ("contacts.csv", contacts),
        ("items.csv", &items),
        ("allocations.csv", allocations),
    ]);
    let lines = |as_of: &str| desk.ask(as_of).rows("worklist");
    let told = |row: &crate::desk::Row| {
        ["customer_id", "action_code", "channel_code", "overdue_amount", "item_count", "members_text"]
            .map(|column| row[column].clone())
            .join(" ")
    };
    let due = |rows: &[crate::desk::Row]| -> Vec<String> {
        rows.iter().filter(|row| row["block_code"] == "collect").map(told).collect()
    };
    let today = lines("2024-08-14");
    let expected = [
        "HOLD formal_notice letter 39000.00 10 FIL1=20000.000|FIL2=19000.000",
        "SOLO formal_notice letter 21000.00 6 ",
    ];
    assert_eq!(due(&today), expected);
    assert_eq!(&*today[0]["customer_name"], "Sartre Holding · group SARTRE (FIL1, FIL2)");
    assert_eq!(&*today[0]["documents_text"], "FIL1-2, FIL1-3, FIL1-4, FIL1-5, FIL1-6 +5");
    assert!(today.iter().all(|row| row["reason_code"] != "contact_unknown"), "who pays for them is known");
    let mut asked = desk.ask("2024-08-14");
    let sum: f64 = asked.rows("worklist_sum").iter().map(|row| row["overdue_amount"].parse::<f64>().unwrap()).sum();
    assert!((sum - 60_000.0).abs() < 0.001, "nothing is listed twice: {sum}");
    // the collector writes down that the holding contests one invoice and promises half of the rest
    let line = &today[0];
    let columns = [
        "line_id",
        "company_id",
        "customer_id",
        "assignee_id",
        "list_date",
        "channel_code",
        "items_text",
        "members_text",
    ];
    let header: Vec<String> = columns.iter().map(|name| format!("worklist.{name}")).collect();
    let written =
        "worklist.result_code,worklist.reason_code,worklist.promised_date,worklist.promised_amount,worklist.document";
    let row: Vec<&str> = columns.iter().map(|name| &*line[*name]).collect();
    let filled = |name: &str, result: &str| {
        let text = format!("{},{written}\n{},{result}\n", header.join(","), row.join(","));
        desk.load(&[&desk.file(name, text)]);
    };
    filled("promise.csv", "promised,,2024-08-30,19500.00,");
    let actions = desk.ask("2024-08-15").rows("promise_outcomes");
    let promised: Vec<String> = actions
        .iter()
        .map(|row| format!("{} {} {}", row["customer_id"], row["promised_amount"], row["status_code"]))
        .collect();
    assert_eq!(sorted(promised), ["FIL1 10000.00 open", "FIL2 9500.00 open"]);
    // the older half is promised, the rest was spoken of: both wait, as one line each
    let expected = [
        "HOLD await_promise internal 19500.00 8 FIL1=10000.000|FIL2=9500.000",
        "HOLD insist phone 19500.00 4 FIL1=10000.000|FIL2=9500.000",
    ];
    let waiting = lines("2024-08-19");
    let told: Vec<String> = due(&waiting).into_iter().filter(|line| line.starts_with("HOLD")).collect();
    assert_eq!(sorted(told), expected);
    assert!(waiting.iter().filter(|row| row["customer_id"] != "SOLO").all(|row| row["status_code"] == "wait"));
    // a parent that is insolvent pays for nobody: the others are asked themselves
    let insolvent = customers
        .replace("group_id\nHOLD,Sartre Holding,SARTRE", "group_id,status_code\nHOLD,Sartre Holding,SARTRE,insolvent");
    let insolvent = insolvent.replace(",SARTRE\n", ",SARTRE,\n").replace("Camus,\n", "Camus,,\n");
    let desk = lists(&[("customers.csv", &insolvent), ("items.csv", &items), ("allocations.csv", allocations)]);
    let expected = [
        "FIL1 formal_notice letter 39000.00 10 FIL1=20000.000|FIL2=19000.000",
        "SOLO formal_notice letter 21000.00 6 ",
    ];
    let mut asked = desk.ask("2024-08-14");
    assert_eq!(due(&asked.rows("worklist")), expected);
}

#[test]
fn a_promise_for_an_invoice_is_not_kept_by_money_for_another_nor_by_money_that_came_back() {
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-01-10,2024-02-09,100.00,EUR\nF-2,C1,invoice,2024-01-12,2024-02-11,100.00,EUR\n\
         R-2,C1,receipt,2024-03-05,2024-03-05,-100.00,EUR\n"
    );
    let actions = "action_id,customer_id,item_id,action_date,channel_code,result_code,promised_date,promised_amount\n\
        A-1,C1,F-1,2024-03-01,phone,promised,2024-03-10,100.00\nA-2,C1,F-2,2024-03-01,phone,promised,2024-03-10,100.00\n\
        A-3,C1,F-2,2024-03-01,phone,promised,2024-03-10,\n";
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\nF-2,R-2,2024-03-25,100.00\n";
    let desk = lists(&[("items.csv", &items), ("allocations.csv", allocations), ("actions.csv", actions)]);
    // the receipt came in time, however late it was allocated; until then it was nobody's
    assert_eq!(promises(&desk, "2024-03-31")[..2], ["A-1 broken 0.00", "A-2 kept 100.00"]);
    assert_eq!(promises(&desk, "2024-03-20")[..2], ["A-1 kept 100.00", "A-2 broken 0.00"]);

    let books = Ledger::new(2024).lettered_invoice("C1", "F-1", "2024-01-10", "100.00", "A");
    let books = books.receipt("C1", "CHQ", "2024-03-05", "100.00", "A");
    let books = paid_back(books, "C1", "IMP", "2024-03-20", "100.00", "A");
    let desk = Desk::new();
    let actions = "company_id,action_id,customer_id,item_id,action_date,channel_code,result_code,promised_date,promised_amount\n\
        123456789,A-1,C1,F-1,2024-03-01,phone,promised,2024-03-10,100.00\n";
    desk.load(&[&desk.file(COMPANY, books.text()), &desk.file("actions.csv", actions)]);
    assert_eq!(promises(&desk, "2024-03-19"), ["A-1 kept 100.00"]);
    assert_eq!(promises(&desk, "2024-03-20"), ["A-1 broken 0.00"]);
}

#[test]
fn a_promise_without_an_amount_is_one_of_all_that_was_due() {
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-01-10,2024-02-09,100.00,EUR\nF-2,C1,invoice,2024-01-12,2024-02-11,300.00,EUR\n\
         F-3,C1,invoice,2024-02-25,2024-03-26,70.00,EUR\nR-1,C1,receipt,2024-03-05,2024-03-05,-100.00,EUR\n"
    );
    let actions = "action_id,customer_id,action_date,channel_code,result_code,promised_date\nA-1,C1,2024-03-01,phone,promised,2024-03-10\n";
    let desk = lists(&[("items.csv", &items), ("actions.csv", actions)]);
    assert_eq!(promises(&desk, "2024-03-31"), ["A-1 partially_kept "], "100 of the 400 that were due");
}

/// A customer whose advance of 6 000 we hold was called for 500, and nobody knew.
#[test]
fn an_advance_that_we_hold_is_seen_by_whoever_calls_or_writes() {
    let books =
        Ledger::new(2024).invoice("CADV", "F-1", "2024-01-10", "500.00").invoice("CNOR", "F-2", "2024-01-12", "300.00");
    let received = [debit("512000", "", "6000.00", ""), credit("419100", "CADV", "6000.00", "")];
    let desk = ledger(&books.entry("BQ", "2024-01-15", "VIR-9", "2024-01-15", &received));
    let mut asked = desk.ask("2024-03-15");
    assert_eq!(
        ["open_amount", "advances_amount"].map(|column| asked.first("receivables", column)),
        ["800.00", "-6000.00"]
    );
    let lines: Vec<String> = asked
        .rows("worklist")
        .iter()
        .filter(|line| line["block_code"] == "collect")
        .map(|line| {
            format!(
                "{} {} {} {}",
                line["customer_id"], line["action_code"], line["reason_code"], line["overdue_amount"]
            )
        })
        .collect();
    assert_eq!(lines, ["CADV apply_cash advance_held 500.00", "CNOR write due 300.00"]);
    asked.about("CADV", "2024-02-29");
    assert_eq!(asked.first("statement_balance", "advance_amount"), "6000.00");
    assert_eq!(asked.first("payer_profile", "advance_amount"), "6000.00");
    let out = desk.run(&["customer_statement", "--customer", "CADV", "--as-of", "2024-03-15"]).ended(0).stdout;
    let page = std::fs::read_to_string(desk.path(out.lines().next().unwrap())).unwrap();
    assert!(page.contains("Advances held") && page.contains("6,000.00"), "{page}");
}

/// Statements sent to customers billed in dollars were in the company's currency.
#[test]
fn a_statement_is_in_the_currency_of_its_invoices() {
    let items = "item_id,customer_id,kind,issued_date,due_date,currency_code,amount,base_amount\n\
        F-1,C1,invoice,2024-01-05,2024-02-04,USD,1000.00,920.00\nF-2,C1,invoice,2024-01-08,2024-02-07,EUR,500.00,500.00\n\
        R-1,C1,receipt,2024-02-20,2024-02-20,USD,-1000.00,-940.00\nF-3,C2,invoice,2024-02-08,2024-03-09,USD,300.00,270.00\n";
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2024-02-20,1000.00\n";
    let settings = "company = \"ACME\"\nbase_currency = \"EUR\"\n";
    let desk = lists(&[("encours.toml", settings), ("items.csv", items), ("allocations.csv", allocations)]);
    let pages = |customer: &str| {
        let said = desk.run(&["customer_statement", "--customer", customer, "--as-of", "2024-03-28"]).ended(0).stdout;
        let paths = said.lines().filter(|line| !line.ends_with("xlsx")).map(str::to_owned);
        paths.map(|path| (path.clone(), std::fs::read_to_string(desk.path(&path)).unwrap())).collect::<Vec<_>>()
    };
    let dollars = pages("C2");
    assert_eq!(dollars.len(), 1);
    assert!(dollars[0].1.contains("300.00") && dollars[0].1.contains("USD") && !dollars[0].1.contains("270.00"));
    let both = pages("C1");
    assert_eq!(both.len(), 2, "one a currency");
    assert!(both[0].0.ends_with("-EUR.html") && both[0].1.contains("500.00") && both[1].0.ends_with("-USD.html"));
}

/// Books in rupees with an invoice in dollars held dollars against rupees.
#[test]
fn books_in_another_currency_than_their_invoices_answer_in_their_own() {
    let items = "item_id,customer_id,kind,issued_date,due_date,currency_code,amount,base_amount\n\
        I,C,invoice,2024-01-01,2024-01-31,USD,100,8000\nR,C,adjustment,2024-01-31,2024-01-31,USD,0.00,500\n";
    let control = "account,balance_date,balance_amount\n411,2024-01-31,8500.00\n";
    let desk = lists(&[
        ("encours.toml", "base_currency = \"INR\"\n"),
        ("items.csv", items),
        ("control_balances.csv", control),
    ]);
    let ask = |options: &[&str], status| {
        let said = desk.run(&[&["query", "receivables", "--as-of", "2024-02-10", "--output", "csv"], options].concat());
        let said = said.ended(status).stdout;
        let cells: Vec<Vec<&str>> = said.lines().map(|line| line.split(',').collect()).collect();
        let cell = |name: &str| cells[1][cells[0].iter().position(|column| *column == name).unwrap()].to_owned();
        ["open_amount", "control_amount", "tie_out_amount", "open_count"].map(cell)
    };
    assert_eq!(ask(&[], 0), ["8500.00", "8500.00", "0.00", "2"]);
    assert_eq!(ask(&["--currency", "INR"], 0), ["8500.00", "8500.00", "0.00", "2"]);
    assert_eq!(ask(&["--currency", "USD"], 0)[..3], ["100.00", "", ""], "dollars are not held against rupees");
    let items = desk.run(&["query", "open_items", "--as-of", "2024-02-10", "--output", "csv"]).ended(0).stdout;
    assert!(items.contains("8000.00") && items.contains("500.00"), "{items}");
}

/// What exchange rates left on an account was taken for a misread line.
#[test]
fn an_exchange_difference_left_in_the_account_is_named() {
    let items = "item_id,customer_id,account,kind,issued_date,due_date,currency_code,amount,base_amount\n\
        F-1,B,120000,invoice,2022-01-03,2022-01-28,USD,100.00,1360.00\nR-1,B,120000,receipt,2022-01-28,2022-01-28,USD,-100.00,-1363.00\n\
        F-2,B,120000,invoice,2022-02-03,2022-02-28,USD,99.99,1363.33\nR-2,B,120000,receipt,2022-02-10,2022-02-10,USD,-33.33,-455.00\n\
        F-9,D,120000,invoice,2022-01-03,2022-02-28,TRY,50.00,50.00\n";
    let allocations =
        "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2022-01-28,100.00\nF-2,R-2,2022-02-10,33.33\n";
    let control =
        "account,customer_id,balance_date,balance_amount\n120000,B,2022-02-10,905.33\n120000,D,2022-01-28,50.00\n";
    let desk = lists(&[
        ("encours.toml", "company = \"TR\"\nbase_currency = \"TRY\"\n"),
        ("items.csv", items),
        ("allocations.csv", allocations),
        ("control_balances.csv", control),
    ]);
    let out = desk.run(&["query", "tie_out", "--as-of", "2022-02-28", "--output", "csv"]).ended(1).stdout;
    assert_eq!(out.lines().nth(1).unwrap(), "TR,B,120000,908.89,905.33,3.56,B,3.56");
    let check = desk.run(&["check", "--as-of", "2022-02-28"]).ended(1).stdout;
    assert!(check.contains("exchange differences not booked explain 3.56"), "{check}");
}

/// One list of open items was given a DSO of 270 days and a history.
#[test]
fn one_list_of_open_items_bears_no_dso_and_says_what_would() {
    let items = format!(
        "{ITEM}D1,K1,invoice,2024-09-10,2024-10-10,800.00,EUR\nD2,K2,invoice,2024-11-15,2024-12-15,200.00,EUR\n\
         D3,K3,invoice,2025-01-20,2025-02-19,500.00,EUR\n"
    );
    let desk = lists(&[("items.csv", &items)]);
    let mut asked = desk.ask("2025-03-31");
    assert_eq!(asked.first("receivables", "open_amount"), "1500.00");
    for (query, columns) in [
        ("dso", &["dso_days"][..]),
        ("collection_effectiveness", &["cei_book_ratio", "cei_cash_ratio"]),
        ("receivables_history", &["open_amount", "dso_simple_days", "dso_count_back_days"]),
    ] {
        let rows = asked.rows(query);
        assert!(!rows.is_empty(), "{query}");
        for row in rows {
            assert!(columns.iter().all(|column| row[*column].is_empty()), "{query}: {row:?}");
            assert!(row["missing_text"].contains("one list of open items"), "{query}: {row:?}");
        }
    }
    // ages are exact on such a list
    let aging: Vec<_> = asked.rows("aging").iter().map(|row| row["open_amount"].clone()).collect();
    assert_eq!(aging.iter().filter(|amount| *amount != "0.00").count(), 2, "{aging:?}");
    for report in ["controller", "collections", "payers", "treasury", "process"] {
        desk.run(&["report", report, "--as-of", "2025-03-31"]).ended(0);
    }
    // with what was settled it is a list no more
    let settled = format!(
        "{items}D0,K1,invoice,2024-08-10,2024-09-09,100.00,EUR\nR0,K1,receipt,2024-09-09,2024-09-09,-100.00,EUR\n"
    );
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\nD0,R0,2024-09-09,100.00\n";
    let desk = lists(&[("items.csv", &settled), ("allocations.csv", allocations)]);
    assert_ne!(desk.ask("2025-03-31").rows("dso")[0]["dso_days"], "");
}

/// Customers of the same code in several companies were one debtor.
#[test]
fn a_customer_is_one_of_its_company_everywhere() {
    let items = "company_id,item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n\
        A,F-1,C1,invoice,2024-01-10,2024-02-09,100.00,EUR\nA,F-2,C2,invoice,2024-02-10,2024-03-11,50.00,EUR\n\
        B,F-1,C1,invoice,2024-01-12,2024-02-11,300.00,EUR\nB,R-1,C1,receipt,2024-03-01,2024-03-01,-30.00,EUR\n\
        C,F-1,C1,invoice,2024-02-12,2024-03-11,7000.00,EUR\n";
    let customers =
        "company_id,customer_id,name,terms_code\nA,C1,Anna SARL,30\nB,C1,Bruno SA,45EOM\nC,C1,Carla GmbH,60\n";
    let actions = "company_id,action_id,customer_id,action_date,channel_code,result_code,promised_date,promised_amount\n\
        A,P1,C1,2024-02-20,phone,promised,2024-03-01,30.00\nB,P1,C1,2024-02-20,phone,promised,2024-03-01,30.00\n";
    let desk = lists(&[("items.csv", items), ("customers.csv", customers), ("actions.csv", actions)]);
    let mut asked = desk.ask("2024-03-28");
    let told = |rows: Vec<crate::desk::Row>, columns: &[&str]| -> Vec<String> {
        rows.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect::<Vec<_>>().join(" ")).collect()
    };
    let by_customer =
        told(asked.rows("aging_by_customer"), &["company_id", "customer_id", "customer_name", "open_amount"]);
    assert_eq!(
        by_customer,
        ["C C1 Carla GmbH 7000.00", "B C1 Bruno SA 270.00", "A C1 Anna SARL 100.00", "A C2 C2 50.00"]
    );
    let promised = told(asked.rows("promises"), &["company_id", "customer_name", "status_code"]);
    assert_eq!(promised, ["A Anna SARL broken", "B Bruno SA kept"]);
    let payers = told(asked.rows("payers"), &["company_id", "customer_id", "open_amount"]);
    assert_eq!(payers.len(), 4, "{payers:?}");
    let worklist = asked.rows("worklist");
    let ids: std::collections::BTreeSet<_> = worklist.iter().map(|row| row["line_id"].clone()).collect();
    assert_eq!(ids.len(), worklist.len());
    for name in ["top_debtors", "cash_forecast_by_customer", "payer_gaps", "terms_compliance", "open_items"] {
        asked.rows(name);
    }
    // pages, links and files tell them apart; a question about one code alone names the companies
    desk.run(&["report", "payers", "--as-of", "2024-03-28", "--out", "pages"]).ended(0);
    let pages = std::fs::read_dir(desk.path("pages/payers-2024-03-28-en")).unwrap();
    let mut names: Vec<String> = pages.map(|file| file.unwrap().file_name().to_str().unwrap().to_owned()).collect();
    names.retain(|name| !name.ends_with("xlsx"));
    names.sort();
    assert!(names.contains(&"payer-C_C1.html".to_owned()), "{names:?}");
    let refused = desk.run(&["report", "payer", "--customer", "C1", "--as-of", "2024-03-28"]).ended(2).stderr;
    assert!(refused.contains("several companies know a customer `C1`: A, B, C"), "{refused}");
    desk.run(&["report", "payer", "--customer", "C1", "--company", "B", "--as-of", "2024-03-28"]).ended(0);
    desk.run(&["customer_statement", "--customer", "C1", "--company", "A", "--as-of", "2024-03-28"]).ended(0);
}

/// `1.000` was imported as one instead of a thousand.
#[test]
fn round_thousands_with_a_point_are_never_one_and_the_mark_may_be_said() {
    let items = "item_id;customer_id;kind;issued_date;due_date;amount;currency_code\n\
        F-1;C1;invoice;05/01/2024;04/02/2024;1.000;EUR\nF-2;C1;invoice;18/01/2024;17/02/2024;12.500;EUR\n\
        R-1;C1;receipt;20/02/2024;20/02/2024;-3.000;EUR\nF-3;C2;invoice;25/01/2024;24/02/2024;950;EUR\n";
    let desk = Desk::new();
    desk.file("items.csv", items);
    let said = desk.run(&["load", "items.csv"]).ended(1).stdout;
    assert!(said.contains("rejects: 3, three digits after the only mark") && said.contains("--decimal"), "{said}");
    let rejects = desk.run(&["rejects", "--output", "csv"]).stdout;
    assert_eq!(rejects.matches("amount_mark_undecided").count(), 3, "{rejects}");
    let open = |mark: &str| {
        let desk = Desk::new();
        desk.file("items.csv", items);
        let said = desk.run(&["load", "items.csv", "--decimal", mark]);
        (said.status, open_on(&desk, "2024-03-31"))
    };
    assert_eq!(open(","), (0, "11450.00".to_owned()));
    // who says that it is the point means one, and has said so
    assert_eq!(open("."), (0, "960.50".to_owned()));
    let desk = Desk::new();
    desk.file("items.csv", items.replace("950", "950,00"));
    desk.run(&["load", "items.csv"]).ended(0);
    assert_eq!(open_on(&desk, "2024-03-31"), "11450.00");
    assert!(desk.run(&["load", "items.csv", "--decimal", "point"]).ended(2).stderr.contains("--decimal ,"));
}

/// Ages, lateness and promises on six days, by a program that knows nothing of ours: over the demo, a ledger full of returns,
/// refunds, discounts, last cents, doubtful debts, bills and retentions, and lists whose head offices pay.
#[test]
fn ages_lateness_and_promises_are_those_of_an_independent_computation() {
    let tool = |name: &str, arguments: &[&str]| {
        let script = format!("{}/tests/independent/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut command = std::process::Command::new("python3");
        command.arg(script).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1").output()
    };
    let desk = Desk::demo(&DemoOptions { customer_count: 80, invoice_count: 1600, ..DemoOptions::default() });
    let folder = desk.path("more");
    let Ok(written) = tool("ledger.py", &[folder.to_str().unwrap(), "7"]) else {
        skips::skip("python3 is not there");
        return;
    };
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let files = ["222222222FEC20241231.txt", "items.csv", "allocations.csv", "actions.csv"];
    let files: Vec<PathBuf> = files.iter().map(|name| folder.join(name)).collect();
    desk.load(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let days = ["2023-12-31", "2024-04-10", "2024-06-30", "2024-09-15", "2024-12-31", "2025-12-31"];
    let lake = desk.path("lake");
    let compared =
        tool("claims.py", &[&[env!("CARGO_BIN_EXE_encours"), lake.to_str().unwrap()], &days[..]].concat()).unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&compared.stdout), String::from_utf8_lossy(&compared.stderr));
    println!("{said}");
    assert!(compared.status.success(), "{said}{wrong}");
}

/// A second file wiped the terms that the first one had given.
#[test]
fn a_column_that_a_file_lacks_says_nothing_and_an_empty_cell_clears() {
    let desk = Desk::new();
    let told = |desk: &Desk| -> Vec<String> {
        let sql =
            "select customer_id, name, terms_code, collector_id, country_code from customers order by customer_id";
        let rows = desk.ask("2024-12-31").sql(sql);
        let columns = ["customer_id", "name", "terms_code", "collector_id", "country_code"];
        rows.iter().map(|row| columns.map(|column| row[column].clone()).join("|")).collect()
    };
    let items = format!(
        "{ITEM}F-1,C1,invoice,2024-01-10,2024-02-09,10.00,EUR\nF-4,C4,invoice,2024-01-10,2024-02-09,10.00,EUR\n"
    );
    desk.load(&[&desk.file("terms.csv", "customer_id,name,terms_code,collector_id\nC1,One,60,COL1\nC2,Two,30,COL2\n")]);
    desk.load(&[&desk.file("countries.csv", "customer_id,name,country_code\nC1,One SA,DE\nC3,Three,FR\n")]);
    desk.load(&[&desk.file("items.csv", items)]);
    let expected = ["C1|One SA|60|COL1|DE", "C2|Two|30|COL2|", "C3|Three|||FR", "C4|C4|||"];
    assert_eq!(told(&desk), expected);
    // both in one load, whichever comes first; a customer that items made takes what a file says
    desk.load(&[&desk.file("cleared.csv", "customer_id,name,terms_code\nC1,One SA,\nC4,Four,45EOM\n")]);
    assert_eq!(told(&desk), ["C1|One SA||COL1|DE", "C2|Two|30|COL2|", "C3|Three|||FR", "C4|Four|45EOM||"]);
    // which file says what can be seen, and where two of them disagree
    let said = desk.run(&["query", "customers_sources", "--output", "csv", "--as-of", "2024-12-31"]).ended(0).stdout;
    let said: Vec<&str> = said.lines().collect();
    assert!(said.contains(&"main,C1,One SA,terms_code,60,false,terms.csv"), "{said:?}");
    assert!(said.contains(&"main,C4,Four,terms_code,45EOM,true,cleared.csv"), "{said:?}");
    assert!(said.contains(&"main,C1,One SA,name,One,false,terms.csv"), "{said:?}");
    let check = |desk: &Desk| desk.run(&["check", "--as-of", "2024-12-31"]).stdout;
    assert!(!check(&desk).contains("disagree"), "a cleared cell is no other value");
    desk.load(&[&desk.file("crm.csv", "customer_id,name,terms_code,collector_id\nC2,Deux,45,COL2\n")]);
    let faults = check(&desk);
    assert!(
        faults.contains("terms_code: 45 (crm.csv), 30 (terms.csv)") && !faults.contains("collector_id:"),
        "{faults}"
    );
    // the file that was wrong is corrected, or taken back
    desk.load(&[&desk.file("crm.csv", "customer_id,name,terms_code,collector_id\nC2,Deux,30,COL2\n")]);
    assert!(!check(&desk).contains("terms_code:"));

    // and people keep their numbers
    desk.load(&[&desk.file("people.csv", "customer_id,contact_id,name,phone\nC1,P1,Ada,0102030405\n")]);
    desk.load(&[&desk.file("mails.csv", "customer_id,contact_id,name,email\nC1,P1,Ada,ada@one.example\n")]);
    let people = desk.ask("2024-12-31").sql("select phone, email from contacts");
    assert_eq!([&*people[0]["phone"], &*people[0]["email"]], ["0102030405", "ada@one.example"]);
    // a dispute keeps its reason when a file tells that it was closed, and an invoice its order
    desk.load(&[
        &desk.file("opened.csv", "dispute_id,item_id,opened_date,reason_code\nD1,F-1,2024-02-01,wrong_price\n")
    ]);
    desk.load(&[&desk.file("closed.csv", "dispute_id,item_id,closed_date\nD1,F-1,2024-03-01\n")]);
    let dispute = desk.ask("2024-12-31").sql("select opened_date, closed_date, reason_code from disputes");
    let dispute = ["opened_date", "closed_date", "reason_code"].map(|column| &*dispute[0][column]);
    assert_eq!(dispute, ["2024-02-01", "2024-03-01", "wrong_price"]);
    desk.load(&[&desk.file("orders.csv", "item_id,site,order_id\nF-1,Lille,O-7\n")]);
    desk.load(&[&desk.file("sites.csv", "item_id,site\nF-1,Lyon\n")]);
    let details = desk.ask("2024-12-31").sql("select site, order_id from invoice_details");
    assert_eq!([&*details[0]["site"], &*details[0]["order_id"]], ["Lyon", "O-7"]);
    desk.run(&["lake", "verify"]).ended(0);
}
