//! Years chain: the demo's three yearly ledgers, loaded in any order, equal one continuous ledger of the company.

use encours::demo::{self, DemoOptions};

use crate::books::{Ledger, credit, debit};
use crate::desk::{Asked, Desk};

/// All that any answer is made of: equal facts are equal answers on every day.
const FACTS: [&str; 3] = [
    "select items.item_id, items.customer_id, items.account, items.kind, items.issued_date, items.posted_date, \
     items.due_date, items.due_is_derived, items.amount, items.reference, items.label \
     from items order by items.item_id",
    "select allocations.debit_item_id, allocations.credit_item_id, allocations.allocated_date, allocations.amount \
     from allocations order by allocations.debit_item_id, allocations.credit_item_id, allocations.allocated_date",
    "select control_balances.account, control_balances.customer_id, control_balances.balance_date, \
     control_balances.balance_amount from control_balances \
     order by control_balances.account, control_balances.customer_id, control_balances.balance_date",
];

/// Days on which the items of an account and customer do not sum to its control balance.
const DIFFERENCES: &str = "select control_balances.customer_id, control_balances.balance_date \
    from control_balances inner join (\
        select items.account, items.customer_id, items.posted_date, sum(sum(items.amount)) over (\
            partition by items.account, items.customer_id order by items.posted_date) as total_amount \
        from items group by items.account, items.customer_id, items.posted_date) as totals \
    on control_balances.account = totals.account and control_balances.customer_id = totals.customer_id \
    and control_balances.balance_date = totals.posted_date \
    where control_balances.balance_amount <> totals.total_amount";

#[test]
fn three_years_in_any_order_equal_one_continuous_ledger() {
    let options = DemoOptions::default();
    let source = Desk::new();
    let yearly = demo::write(&options, &source.path("yearly")).unwrap();
    let continuous = demo::write_continuous(&options, &source.path("continuous")).unwrap();
    let ledgers = |folder: &str, files: &[demo::DemoFile]| {
        let names = files.iter().map(|file| &file.name).filter(|name| name.contains("FEC"));
        let mut paths: Vec<_> = names.map(|name| source.path(folder).join(name)).collect();
        paths.sort();
        paths
    };
    let (years, whole) = (ledgers("yearly", &yearly.files), ledgers("continuous", &continuous.files));
    assert_eq!((years.len(), whole.len()), (3, 1));
    let one = Desk::new();
    one.load(&[&whole[0]]);
    let mut expected = one.ask("2025-12-31");
    assert!(expected.sql(FACTS[0]).len() > 20_000);
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let desk = Desk::new();
        for year in order {
            desk.load(&[&years[year]]);
        }
        let mut asked = desk.ask("2025-12-31");
        for facts in FACTS {
            let (found, wanted) = (asked.sql(facts), expected.sql(facts));
            let difference = found.iter().zip(&wanted).find(|(found, wanted)| found != wanted);
            assert_eq!(difference, None, "{order:?}: {facts}");
            assert_eq!(found.len(), wanted.len(), "{order:?}: {facts}");
        }
        assert_eq!(asked.sql(DIFFERENCES), [], "{order:?}: open = control, every customer, every day");
        let (found, wanted) = (asked.rows("receivables_history"), expected.rows("receivables_history"));
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found, wanted, "{order:?}");
            assert!(["0.00", ""].contains(&found["tie_out_amount"].as_str()), "{found:?}");
        }
        assert_eq!(found.len(), 36);
    }
    // and item by item, as a reader sees it, across a year's end
    let yearly = Desk::new();
    yearly.load(&years.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    for month in ["2024-12-31", "2025-01-31"] {
        let open = |asked: &mut Asked| -> Vec<[String; 4]> {
            let columns = ["item_id", "due_date", "bucket_code", "open_amount"];
            asked.rows("open_items").iter().map(|row| columns.map(|column| row[column].clone())).collect()
        };
        assert_eq!(open(&mut yearly.ask(month)), open(expected.at(month)), "{month}");
    }
}

/// Two years of a customer: an invoice of the first is settled in the second.
fn two_years() -> [Ledger; 2] {
    [
        Ledger::new(2023).invoice("C1", "F1", "2023-11-10", "100.00").invoice("C1", "F2", "2023-12-05", "60.00"),
        Ledger::new(2024)
            .opening("C1", "", "2024-01-01", "160.00", "")
            .receipt("C1", "F2", "2024-01-15", "60.00", "AA")
            .invoice("C1", "F3", "2024-02-01", "30.00"),
    ]
}

#[test]
fn a_letter_that_reaches_back_settles_the_item_of_the_year_before() {
    let [first, second] = two_years();
    let desk = Desk::new();
    let first = desk.file("111111111FEC20231231.txt", first.text());
    let second = desk.file("111111111FEC20241231.txt", second.text());
    desk.load(&[&second]);
    // alone, the second year knows one opening line and no invoice behind it
    assert_eq!(desk.ask("2024-03-31").first("receivables", "age_unknown_amount"), "100.00");
    desk.load(&[&first]);
    let mut asked = desk.ask("2024-03-31");
    let open: Vec<_> =
        asked.rows("open_items").iter().map(|row| (row["reference"].clone(), row["open_amount"].clone())).collect();
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(
        open.contains(&("F1".into(), "100.00".into())) && open.contains(&("F3".into(), "30.00".into())),
        "{open:?}"
    );
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
    assert_eq!(asked.rows("opening_differs"), []);
}

#[test]
fn an_opening_that_differs_from_the_closing_is_one_adjustment_and_a_fault() {
    let [first, _] = two_years();
    let second = Ledger::new(2024).opening("C1", "", "2024-01-01", "150.00", "");
    let desk = Desk::new();
    let first = desk.file("111111111FEC20231231.txt", first.text());
    let second = desk.file("111111111FEC20241231.txt", second.text());
    desk.load(&[&first, &second]);
    let mut asked = desk.ask("2024-01-31");
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
    let adjusted = asked.sql("select items.amount, items.posted_date from items where items.kind = 'adjustment'");
    assert_eq!(adjusted.len(), 1);
    assert_eq!((&*adjusted[0]["amount"], &*adjusted[0]["posted_date"]), ("-10.00", "2024-01-01"));
    assert_eq!(asked.rows("opening_differs").len(), 1);
}

#[test]
fn a_year_without_opening_entries_carries_the_year_before_forward() {
    let [first, _] = two_years();
    let second = Ledger::new(2024).receipt("C1", "R1", "2024-01-15", "100.00", "AA");
    let desk = Desk::new();
    let first = desk.file("111111111FEC20231231.txt", first.text());
    let second = desk.file("111111111FEC20241231.txt", second.text());
    let said = desk.load(&[&first, &second]);
    assert!(said.last_line().contains("carried forward"), "{}", said.last_line());
    let mut asked = desk.ask("2024-01-31");
    assert_eq!(asked.first("receivables", "open_amount"), "60.00");
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
}

#[test]
fn a_missing_year_is_closed_over_and_said() {
    let [first, _] = two_years();
    let third =
        Ledger::new(2025).opening("C1", "", "2025-01-01", "70.00", "").invoice("C1", "F9", "2025-02-01", "5.00");
    let desk = Desk::new();
    let first = desk.file("111111111FEC20231231.txt", first.text());
    let third = desk.file("111111111FEC20251231.txt", third.text());
    desk.load(&[&first, &third]);
    let mut asked = desk.ask("2025-02-28");
    assert_eq!(asked.first("receivables", "open_amount"), "75.00");
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
    assert_eq!(asked.rows("year_missing").len(), 1);
    assert_eq!(asked.at("2024-06-30").first("receivables", "open_amount"), "160.00");
}

#[test]
fn overlapping_years_are_refused_with_the_flag_that_says_which_to_keep() {
    let desk = Desk::new();
    let first =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "10.00").text());
    let other =
        desk.file("111111111FEC20240930.txt", Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "20.00").text());
    desk.load(&[&first]);
    let said = desk.run(&["load", other.to_str().unwrap()]).ended(2);
    assert!(
        said.stderr.contains("overlaps") && said.stderr.contains("--replace 111111111/2024-12-31"),
        "{}",
        said.stderr
    );
    desk.run(&["load", other.to_str().unwrap(), "--replace", "111111111/2024-12-31"]).ended(0);
    assert_eq!(desk.ask("2024-09-30").first("receivables", "open_amount"), "20.00");
    desk.run(&["load", first.to_str().unwrap(), "--replace", "111111111/2024-09-30"]).ended(0);
    assert_eq!(desk.ask("2024-09-30").first("receivables", "open_amount"), "10.00");
}

#[test]
fn kinds_are_told_by_the_largest_counterpart() {
    let desk = Desk::new();
    let ledger = Ledger::new(2024)
        .opening("C1", "", "2024-01-01", "500.00", "")
        .invoice("C1", "F1", "2024-01-10", "120.00")
        .credit_note("C1", "A1", "2024-01-11", "12.00", "")
        .receipt("C1", "R1", "2024-01-12", "100.00", "")
        .entry(
            "BQ",
            "2024-01-13",
            "J1",
            "2024-01-13",
            &[debit("411000", "C1", "100.00", ""), credit("512000", "", "100.00", "")],
        )
        .entry(
            "OD",
            "2024-01-14",
            "P1",
            "2024-01-14",
            &[debit("654000", "", "5.00", ""), credit("411000", "C1", "5.00", "")],
        )
        .entry(
            "OD",
            "2024-01-15",
            "E1",
            "2024-01-15",
            &[debit("665000", "", "6.00", ""), credit("411000", "C1", "6.00", "")],
        )
        .entry(
            "OD",
            "2024-01-16",
            "K1",
            "2024-01-16",
            &[debit("401000", "X1", "7.00", ""), credit("411000", "C1", "7.00", "")],
        )
        .entry(
            "OD",
            "2024-01-17",
            "T1",
            "2024-01-17",
            &[debit("416000", "C1", "8.00", ""), credit("411000", "C1", "8.00", "")],
        )
        .entry(
            "OD",
            "2024-01-18",
            "N1",
            "2024-01-18",
            &[debit("467000", "", "9.00", ""), credit("411000", "C1", "9.00", "")],
        )
        .entry(
            "OD",
            "2024-01-19",
            "D1",
            "2024-01-19",
            &[debit("471000", "", "4.00", ""), credit("411000", "C1", "4.00", "")],
        );
    let file = desk.file("111111111FEC20241231.txt", ledger.text());
    desk.load(&[&file]);
    let mut asked = desk.ask("2024-12-31");
    let kinds = asked.sql("select items.kind, items.amount from items order by items.posted_date, items.amount desc");
    let kinds: Vec<String> = kinds.iter().map(|row| format!("{} {}", row["kind"], row["amount"])).collect();
    let expected = [
        "opening 500.00",
        "invoice 120.00",
        "credit_note -12.00",
        "receipt -100.00",
        // the receipt it may undo had settled nothing
        "refund 100.00",
        "write_off -5.00",
        "discount -6.00",
        "offset -7.00",
        "transfer 8.00",
        "transfer -8.00",
        "factored -9.00",
        "adjustment -4.00",
    ];
    assert_eq!(kinds, expected);
}
