//! Forecasts of receipts: the bars they must pass, no look-ahead, sums that hold, small lakes, and the demo calibrated.

use std::collections::BTreeMap;

use encours::demo::DemoOptions;

use crate::desk::{Desk, Row};
use crate::skips::real;

const FILE: &str = "ibm/WA_Fn-UseC_-Accounts-Receivable.csv";

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is a number"))
}

/// A figure of the README that is no longer true is found here.
#[track_caller]
fn the_readme_says(lines: &[String]) {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for line in lines {
        assert!(readme.contains(line), "the README does not say `{line}`");
    }
}

fn of_model<'a>(rows: &'a [Row], horizon: &str, model: &str) -> &'a Row {
    rows.iter().find(|row| row["horizon_weeks"] == horizon && row["model_code"] == model).unwrap()
}

/// METRICS, "Cash forecast": items issued after 2013-06-30, forecast at their issue from items settled before it. The
/// model was chosen on items issued in the first half of 2013.
#[test]
fn items_of_the_late_payment_file_are_foretold_at_their_issue_better_than_the_published_bars() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let rows = desk.csv_rows(&["backtest", "--from", "2013-07-01", "--to", "2013-12-31", "--step", "issue"]);
    let (ours, mean, due) =
        (of_model(&rows, "0", "ours"), of_model(&rows, "0", "customer_mean"), of_model(&rows, "0", "due_date"));
    println!("at issue: {ours:?}");
    assert_eq!(ours["item_count"], "536");
    // the published figures of the simplest forecast are ours too: the test is the same test
    assert_eq!((&*due["mae_days"], &*due["wape_ratio"]), ("11.1119", "0.329262"));
    assert!(number(&ours["late_auc_ratio"]) >= 0.870, "{ours:?}");
    assert!(number(&ours["mae_days"]) <= 5.5, "{ours:?}");
    assert!((0.75..=0.85).contains(&number(&ours["item_coverage_ratio"])), "{ours:?}");
    assert!(number(&ours["wape_ratio"]) <= 0.16, "{ours:?}");
    assert!(number(&ours["wape_ratio"]) < number(&mean["wape_ratio"]));
    the_readme_says(&[
        format!("| late or not: AUC | {:.3} |", number(&ours["late_auc_ratio"])),
        format!("| days off the day paid | {:.2} | {:.2} |", number(&ours["mae_days"]), number(&mean["mae_days"])),
        format!("| weekly totals: WAPE | {:.2} % |", 100.0 * number(&ours["wape_ratio"])),
        format!("| paid between P10 and P90 | {:.1} % |", 100.0 * number(&ours["item_coverage_ratio"])),
    ]);
}

#[test]
fn open_items_of_the_late_payment_file_are_foretold_month_by_month() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let rows = desk.csv_rows(&["backtest", "--from", "2013-06-30", "--to", "2013-11-30"]);
    let (ours, due) = (of_model(&rows, "0", "ours"), of_model(&rows, "0", "due_date"));
    println!("month by month: {ours:?}");
    assert!(number(&ours["mae_days"]) <= 0.65 * number(&due["mae_days"]), "{ours:?} {due:?}");
    assert!(number(&ours["late_auc_ratio"]) >= 0.85, "{ours:?}");
    the_readme_says(&[
        format!("| late or not: AUC, of items not yet due | {:.3} |", number(&ours["late_auc_ratio"])),
        format!("| days off the day paid | {:.2} |", number(&ours["mae_days"])),
    ]);
}

/// The file as it would have been written at the end of a day: later invoices are not there, later settlements neither.
fn known_by(text: &str, day: (u32, u32, u32)) -> String {
    let parts = |cell: &str| {
        let numbers: Vec<u32> = cell.split('/').map(|part| part.parse().unwrap()).collect();
        (numbers[2], numbers[0], numbers[1])
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = reader.headers().unwrap().clone();
    writer.write_record(&header).unwrap();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (issued, settled) = (place("InvoiceDate"), place("SettledDate"));
    for row in reader.records().map(Result::unwrap).filter(|row| parts(&row[issued]) <= day) {
        let is_open = parts(&row[settled]) > day;
        writer
            .write_record(row.iter().enumerate().map(|(at, cell)| if at == settled && is_open { "" } else { cell }))
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn hiding_all_that_came_later_changes_no_forecast() {
    let Some(file) = real(FILE) else { return };
    let full = Desk::new();
    full.load(&[&file]);
    let text = std::fs::read_to_string(&file).unwrap();
    for (as_of, day) in [("2012-10-31", (2012, 10, 31)), ("2013-06-30", (2013, 6, 30))] {
        let cut = Desk::new();
        cut.load(&[&cut.file("WA_Fn-UseC_-Accounts-Receivable.csv", known_by(&text, day))]);
        let expected = full.ask(as_of).forecasts();
        for (name, found) in cut.ask(as_of).forecasts() {
            assert_eq!(found, expected[&name], "{name} at {as_of}");
        }
    }
}

#[test]
fn what_the_back_test_forecasts_for_a_day_is_what_was_answered_on_it() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let then = desk.csv_rows(&["backtest", "--from", "2013-05-31", "--to", "2013-05-31", "--table", "weeks"]);
    let asked = desk.csv_rows(&["forecast", "--as-of", "2013-05-31"]);
    assert_eq!(then.len(), 13);
    for (then, asked) in then.iter().zip(&asked) {
        for column in [
            "week_start_date",
            "p10_amount",
            "p50_amount",
            "p90_amount",
            "mean_amount",
            "due_date_amount",
            "customer_mean_amount",
        ] {
            assert_eq!(then[column], asked[column], "{column}: {then:?} {asked:?}");
        }
    }
}

#[test]
fn the_same_lake_and_seed_give_the_same_forecast_whatever_the_order_of_rows() {
    let Some(file) = real(FILE) else { return };
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    let (first, second) = (Desk::new(), Desk::new());
    first.load(&[&file]);
    second.load(&[&second.file("WA_Fn-UseC_-Accounts-Receivable.csv", lines.join("\n"))]);
    let forecast = |desk: &Desk, seed: &str| {
        desk.run(&["forecast", "--as-of", "2013-03-31", "--by", "customer", "--seed", seed, "--output", "csv"])
            .ended(0)
            .stdout
    };
    assert_eq!(forecast(&first, "42"), forecast(&second, "42"));
    assert_ne!(forecast(&first, "42"), forecast(&first, "43"));
}

#[test]
fn the_demo_is_foretold_better_than_by_either_simple_forecast_and_its_sums_hold() {
    let desk = Desk::demo(&DemoOptions::default());
    let rows = desk.csv_rows(&["backtest", "--step", "week", "--from", "2025-03-01", "--to", "2025-08-31"]);
    for horizon in 0..=13 {
        let wape = |model| number(&of_model(&rows, &horizon.to_string(), model)["wape_ratio"]);
        println!(
            "week {horizon}: ours {:.3}, customer's mean {:.3}, due date {:.3}",
            wape("ours"),
            wape("customer_mean"),
            wape("due_date")
        );
        assert!(wape("ours") < wape("customer_mean") && wape("ours") < wape("due_date"), "week {horizon}");
    }
    let ours = of_model(&rows, "0", "ours");
    println!("all: {ours:?}");
    assert!(number(&ours["bias_ratio"]).abs() < 0.05, "{ours:?}");
    let mut off = 0.0;
    let mut count = 0.0;
    for line in desk.csv_rows(&["backtest", "--table", "reliability"]) {
        let gap = number(&line["expected_ratio"]) - number(&line["observed_ratio"]);
        println!(
            "within {} days: expected {}, came {} ({})",
            line["within_days"], line["expected_ratio"], line["observed_ratio"], line["item_count"]
        );
        off += gap.abs() * number(&line["item_count"]);
        count += number(&line["item_count"]);
    }
    println!("mean gap between chance and outcome: {:.4}", off / count);
    assert!(off / count < 0.05, "chances are off by {:.4} on average", off / count);

    // groups sum to the total, and nothing is expected twice
    let mut asked = desk.ask("2025-06-30");
    let total = asked.rows("cash_forecast");
    let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in asked.rows("cash_forecast_by") {
        *sums.entry((row["dimension_code"].clone(), row["week_order"].clone())).or_default() +=
            number(&row["mean_amount"]);
    }
    for row in asked.rows("cash_forecast_by_segment_week") {
        *sums.entry(("segment".into(), row["week_order"].clone())).or_default() += number(&row["mean_amount"]);
    }
    for row in asked.rows("cash_forecast_by_customer") {
        *sums.entry(("customer".into(), row["week_order"].clone())).or_default() += number(&row["mean_amount"]);
    }
    for dimension in ["company", "currency", "segment", "customer"] {
        for row in &total {
            let sum = sums[&(dimension.to_owned(), row["week_order"].clone())];
            assert!((sum - number(&row["mean_amount"])).abs() < 3.0, "{dimension} {row:?}: {sum}");
        }
    }
    let receivables = asked.rows("receivables").remove(0);
    let open = number(&receivables["open_amount"]) - number(&receivables["unallocated_amount"]);
    let expected: f64 = total.iter().map(|row| number(&row["mean_amount"])).sum();
    assert!(expected <= open && expected > 0.9 * number(&receivables["open_amount"]), "{expected} of {open}");
    for row in &total {
        assert!(
            number(&row["p10_amount"]) <= number(&row["p50_amount"])
                && number(&row["p50_amount"]) <= number(&row["p90_amount"])
        );
    }
}

const ITEMS: &str = "item_id,customer_id,kind,issued_date,due_date,amount\n";

fn days_between(row: &Row) -> i64 {
    if row["p90_date"].is_empty() {
        return 730;
    }
    let date = |column: &str| row[column].parse::<encours::model::Date>().unwrap();
    (date("p90_date") - date("p10_date")).num_days()
}

#[test]
fn little_known_lakes_are_told_with_wide_ranges_and_a_sentence() {
    let invoices = |customers: &[&str]| {
        let line = |(number, customer): (usize, &&str)| {
            format!(
                "F{number},{customer},invoice,2024-03-{:02},2024-04-{:02},{}.00\n",
                number + 1,
                number + 1,
                100 + number
            )
        };
        let lines: String = customers.iter().enumerate().map(line).collect();
        format!("{ITEMS}{lines}")
    };
    for (case, customers, caveats) in [
        ("no payment yet", vec!["A", "B", "C"], vec!["no_history"]),
        ("one customer", vec!["A", "A"], vec!["no_history", "one_customer"]),
        ("one item", vec!["A"], vec!["no_history", "one_customer"]),
    ] {
        let desk = Desk::new();
        desk.load(&[&desk.file("items.csv", invoices(&customers))]);
        let mut asked = desk.ask("2024-03-31");
        let told: Vec<String> = asked.rows("forecast_caveats").iter().map(|row| row["caveat_code"].clone()).collect();
        assert_eq!(told, caveats, "{case}");
        assert!(asked.rows("forecast_caveats").iter().all(|row| row["caveat_text"].len() > 20));
        for row in asked.rows("payment_probabilities") {
            assert!(days_between(&row) >= 30, "{case}: {row:?}");
            assert!(row["why_text"].contains("Little known"), "{row:?}");
        }
        let total = asked.rows("cash_forecast");
        assert_eq!(total.len(), 14);
        assert_eq!(asked.rows("backtest_by_week").len(), 0, "{case}: nothing to look back at");
    }
}

#[test]
fn all_new_customers_are_told_from_others_and_nothing_open_is_said() {
    let line = |number: u32| {
        let (customer, month, day) = (number % 6, 1 + number / 20, 1 + number % 20);
        let (due, paid) = (day + 5, day + 7);
        (
            format!(
                "F{number},OLD{customer},invoice,2024-{month:02}-{day:02},2024-{month:02}-{due:02},100.00\n\
                 R{number},OLD{customer},receipt,2024-{month:02}-{paid:02},,-100.00\n"
            ),
            format!("F{number},R{number},2024-{month:02}-{paid:02},100.00\n"),
        )
    };
    let (items, allocations): (String, String) = (0..60).map(line).unzip();
    let items = format!("{ITEMS}{items}");
    let allocations = format!("debit_item_id,credit_item_id,allocated_date,amount\n{allocations}");
    let desk = Desk::new();
    let settled = desk.file("items.csv", &items);
    let allocated = desk.file("allocations.csv", allocations);
    desk.load(&[&settled, &allocated]);
    let mut asked = desk.ask("2024-03-31");
    assert_eq!(asked.rows("forecast_caveats")[0]["caveat_code"], "nothing_open");
    assert!(asked.rows("cash_forecast").iter().all(|row| row["p90_amount"] == "0.00"));
    assert!(asked.rows("payment_probabilities").is_empty());

    desk.load(&[&desk.file(
        "new.csv",
        format!("{ITEMS}N1,NEW1,invoice,2024-03-20,2024-04-19,500.00\nN2,NEW2,invoice,2024-03-21,2024-04-20,700.00\n"),
    )]);
    let mut asked = desk.ask("2024-03-31");
    assert_eq!(asked.rows("forecast_caveats")[0]["caveat_code"], "all_new");
    for row in asked.rows("payment_probabilities") {
        assert!(row["why_text"].contains("Little known (0 payments): those like it pay"), "{row:?}");
        assert!(days_between(&row) >= 5, "{row:?}");
    }
}

#[test]
fn credits_cover_what_fell_due_first_and_no_cash_is_expected_for_it() {
    let desk = Desk::new();
    let items = format!(
        "{ITEMS}F1,A,invoice,2024-03-01,2024-03-31,100.00\nF2,A,invoice,2024-03-02,2024-04-30,100.00\n\
         R1,A,receipt,2024-03-20,,-130.00\nF3,B,invoice,2024-03-02,2024-04-30,999999999999.99\nF4,B,invoice,1899-12-31,1899-12-31,5.00\n\
         F5,\"<b>Ö'x\",invoice,2024-03-02,2099-12-31,7.00\n"
    );
    desk.load(&[&desk.file("items.csv", items)]);
    let mut asked = desk.ask("2024-03-31");
    let rows = asked.rows("payment_probabilities");
    let covered = |item: &str| rows.iter().find(|row| row["item_id"] == item).unwrap()["covered_amount"].clone();
    assert_eq!((covered("F1"), covered("F2"), covered("F3")), ("100.00".into(), "30.00".into(), "0.00".into()));
    assert!(asked.rows("forecast_caveats").iter().any(|row| row["caveat_code"] == "covered"));
    assert_eq!(asked.rows("cash_forecast").len(), 14);
    let again = desk
        .run(&["forecast", "--as-of", "2024-03-31", "--by", "segment", "--weeks", "4", "--output", "json"])
        .ended(0);
    assert!(again.stdout.contains("\"week_order\": 5"), "{}", again.stdout);
    let said = desk.run(&["backtest", "--from", "2024-03-31", "--to", "2024-01-31"]).ended(2);
    assert!(said.stderr.contains("name the earlier day first"), "{}", said.stderr);
}
