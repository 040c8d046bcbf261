//! The scenario and the worked figures of the metrics' definitions, reproduced to the cent and to four decimals.

use encours::demo::DemoOptions;
use encours::engine::Scope;

use crate::desk::{Asked, Desk, Row, day};
use crate::skips::skip;

/// A lake of items `id customer kind issued due amount` and allocations `debit credit day amount`.
fn lake(items: &str, allocations: &str) -> Desk {
    let csv = |header: &str, text: &str| {
        let rows = text.lines().map(str::trim).filter(|line| !line.is_empty());
        rows.fold(format!("{header}\n"), |text, row| {
            text + &row.split_whitespace().collect::<Vec<_>>().join(",") + "\n"
        })
    };
    let desk = Desk::new();
    let items = desk.file("items.csv", csv("item_id,customer_id,kind,issued_date,due_date,amount", items));
    if allocations.is_empty() {
        desk.load(&[&items]);
    } else {
        let header = "debit_item_id,credit_item_id,allocated_date,amount";
        let allocations = desk.file("allocations.csv", csv(header, allocations));
        desk.load(&[&items, &allocations]);
    }
    desk
}

fn dso(asked: &mut Asked, method: &str) -> (String, String) {
    let found = asked.rows("dso").into_iter().find(|row| row["method_code"] == method).unwrap();
    (found["dso_days"].clone(), found["is_capped"].clone())
}

#[track_caller]
fn assert_dso(asked: &mut Asked, method: &str, days: &str) {
    assert_eq!(dso(asked, method), (days.to_owned(), "false".to_owned()), "{method}");
}

#[test]
fn two_receipts_and_a_credit_note_age_as_the_scenario_says() {
    let desk = lake(
        "I05 A invoice 1980-05-13 1980-07-18 6.75
         I04 A invoice 1980-04-13 1980-06-18 4.00
         I03 A invoice 1980-03-13 1980-05-18 8.50
         I02 A invoice 1980-02-13 1980-04-18 7.50
         I01 A invoice 1980-01-13 1980-03-18 11.50
         BIG A invoice 1980-04-18 1980-04-18 200.00
         R1 A receipt 1980-03-18 1980-03-18 -1.50
         R2 A receipt 1980-03-20 1980-03-20 -2.00
         RB A receipt 1980-04-19 1980-04-19 -200.00
         CN A credit_note 1980-06-22 1980-06-22 -3.00",
        "I01 R1 1980-03-18 1.50
         I01 R2 1980-03-20 2.00
         BIG RB 1980-04-19 200.00",
    );
    let mut asked = desk.ask("1980-07-01");
    let aging: Vec<String> =
        asked.rows("aging").iter().map(|row| format!("{} {}", row["bucket_code"], row["open_amount"])).collect();
    assert_eq!(aging, ["age_unknown 0.00", "not_due 6.75", "1-30 1.00", "31-60 8.50", "61-90 7.50", "91+ 8.00"]);
    let whole = asked.rows("receivables").remove(0);
    assert_eq!(
        (&*whole["open_amount"], &*whole["unallocated_amount"], &*whole["gross_overdue_amount"]),
        ("31.75", "-3.00", "28.00")
    );
}

#[test]
fn day_30_belongs_to_1_30_and_the_due_day_is_not_overdue() {
    let desk = lake("F1 A invoice 2024-01-01 2024-01-31 10.00", "");
    for (as_of, bucket) in [
        ("2024-01-31", "not_due"),
        ("2024-02-01", "1-30"),
        ("2024-03-01", "1-30"),
        ("2024-03-02", "31-60"),
        ("2024-03-31", "31-60"),
        ("2024-04-01", "61-90"),
        ("2024-04-30", "61-90"),
        ("2024-05-01", "91+"),
    ] {
        assert_eq!(desk.ask(as_of).first("open_items", "bucket_code"), bucket, "{as_of}");
    }
}

#[test]
fn simple_dso_is_receivables_over_sales_times_days() {
    let desk = lake(
        "A X invoice 2023-10-03 2023-11-03 60000.00
         R X receipt 2023-12-01 2023-12-01 -30000.00",
        "A R 2023-12-01 30000.00",
    );
    let mut asked = desk.ask("2023-12-31");
    assert_dso(&mut asked, "simple", "45.0000");
    assert_dso(&mut asked, "delinquent", "45.0000");
    assert_dso(&mut asked, "best_possible_simple", "0.0000");
    // a day less of history says nothing
    assert_eq!(dso(asked.at("2023-12-30"), "simple").0, "");
}

#[test]
fn over_thirty_days_the_worked_figures_hold_too() {
    // 8 000 open, 3 000 of them not due, on 16 000 of sales
    let desk = lake(
        "F0 X invoice 2023-12-01 2023-12-31 1.00
         F1 X invoice 2024-01-05 2024-02-28 3000.00
         F2 X invoice 2024-01-06 2024-01-20 5000.00
         F3 X invoice 2024-01-07 2024-01-21 8000.00
         R0 X receipt 2024-01-02 2024-01-02 -1.00
         R3 X receipt 2024-01-22 2024-01-22 -8000.00",
        "F0 R0 2024-01-02 1.00
         F3 R3 2024-01-22 8000.00",
    );
    let scope = || Scope { dso_days: 30, ..Scope::at(day("2024-01-31")) };
    let mut asked = Asked::scoped(&desk.path("lake"), scope());
    assert_dso(&mut asked, "simple", "15.0000");
    assert_dso(&mut asked, "delinquent", "9.3750");
    assert_dso(&mut asked, "best_possible_simple", "5.6250");
    // 3 000 not due on 5 000 of sales
    let desk = lake(
        "F0 X invoice 2023-12-01 2023-12-31 1.00
         F1 X invoice 2024-01-05 2024-02-28 3000.00
         F2 X invoice 2024-01-06 2024-01-20 2000.00
         R0 X receipt 2024-01-02 2024-01-02 -1.00",
        "F0 R0 2024-01-02 1.00",
    );
    assert_dso(&mut Asked::scoped(&desk.path("lake"), scope()), "best_possible_simple", "18.0000");
}

#[test]
fn count_back_absorbs_month_after_month() {
    let desk = lake(
        "N X invoice 2023-11-10 2024-01-01 1200.00
         O X invoice 2023-10-10 2024-01-01 800.00
         S X invoice 2023-09-10 2024-01-01 700.00
         R X receipt 2023-11-30 2023-11-30 -200.00",
        "",
    );
    assert_dso(&mut desk.ask("2023-11-30"), "count_back", "82.4286");
    let desk = lake(
        "A X invoice 2023-09-05 2024-01-01 2500.00
         B X invoice 2023-08-05 2024-01-01 1750.00
         C X invoice 2023-07-05 2024-01-01 2250.00
         D X invoice 2023-06-05 2024-01-01 2500.00
         E X invoice 2023-05-05 2024-01-01 2000.00
         F X invoice 2023-04-05 2024-01-01 2250.00
         R X receipt 2023-09-30 2023-09-30 -1250.00",
        "",
    );
    assert_dso(&mut desk.ask("2023-09-30"), "count_back", "166.3333");
}

#[test]
fn count_back_says_when_history_is_exhausted_and_when_nothing_is_owed() {
    let desk = lake(
        "P X opening 2023-10-01 2023-10-31 5000.00
         N X invoice 2023-11-10 2024-01-01 100.00",
        "",
    );
    let (days, is_capped) = dso(&mut desk.ask("2023-11-30"), "count_back");
    assert_eq!((days.as_str(), is_capped.as_str()), ("30.0000", "true"));
    let desk = lake("N X invoice 2023-11-10 2024-01-01 100.00\nR X receipt 2023-11-20 2023-11-20 -300.00", "");
    assert_dso(&mut desk.ask("2023-11-30"), "count_back", "0.0000");
}

#[test]
fn days_late_are_plain_and_weighted() {
    let desk = lake(
        "A X invoice 2024-01-01 2024-01-31 10.00
         B X invoice 2024-01-01 2024-01-31 100.00
         RA X receipt 2024-02-05 2024-02-05 -10.00
         RB X receipt 2024-02-10 2024-02-10 -100.00",
        "A RA 2024-02-05 10.00
         B RB 2024-02-10 100.00",
    );
    for row in desk.ask("2024-03-31").rows("days_late") {
        assert_eq!((&*row["mean_days"], &*row["weighted_mean_days"]), ("7.5000", "9.5455"), "{row:?}");
    }
}

#[test]
fn expected_loss_is_balance_times_rate() {
    let desk = lake(
        "A X invoice 2024-06-01 2024-06-30 300000.00
         B X invoice 2024-05-01 2024-06-25 140000.00
         C X invoice 2024-04-01 2024-05-16 60000.00
         D X invoice 2024-03-01 2024-04-16 23000.00
         E X invoice 2024-01-01 2024-03-02 5000.00",
        "",
    );
    desk.file("encours.toml", "reference = [\"own\"]\n");
    let rates = |rates: [&str; 5]| {
        let codes = ["not_due", "1-30", "31-60", "61-90", "91+"];
        let rows = codes.iter().zip(rates).map(|(code, rate)| format!("{code},{rate}\n"));
        format!("bucket_code,loss_ratio\nage_unknown,\n{}", rows.collect::<String>())
    };
    let sum = |desk: &Desk| -> i64 {
        let said = desk.run(&["query", "provision_matrix", "--as-of", "2024-06-30", "--output", "csv"]).ended(0);
        let column =
            |name: &str| said.stdout.lines().next().unwrap().split(',').position(|found| found == name).unwrap();
        let (allowance, source) = (column("allowance_amount"), column("loss_source_code"));
        let rows = said.stdout.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        rows.filter(|row| row[source] == "given")
            .map(|row| row[allowance].replace('.', "").parse::<i64>().unwrap())
            .sum()
    };
    desk.file("own/loss_rates.csv", rates(["0.02", "0.04", "0.086957", "0.25", "1"]));
    assert_eq!(sum(&desk), 2_756_742);
    let desk = lake(
        "A X invoice 2024-06-01 2024-06-30 7000000.00
         B X invoice 2024-05-01 2024-06-25 4000000.00
         C X invoice 2024-04-01 2024-05-16 2500000.00
         D X invoice 2024-03-01 2024-04-16 1000000.00",
        "",
    );
    desk.file("encours.toml", "reference = [\"own\"]\n");
    desk.file("own/loss_rates.csv", rates(["0.015", "0.034", "0.071", "0.108", ""]));
    assert_eq!(sum(&desk), 52_650_000);
}

#[test]
fn several_currencies_answer_in_the_base_currency_or_one_at_a_time() {
    let desk = Desk::new();
    desk.file("encours.toml", "base_currency = \"EUR\"\nreference = [\"own\"]\n");
    std::fs::create_dir_all(desk.path("own")).unwrap();
    let header = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n";
    let items = format!(
        "{header}F1,C1,invoice,2024-01-10,2024-02-09,100.00,EUR\nF2,C1,invoice,2024-01-10,2024-02-09,200.00,USD\n"
    );
    let items = desk.file("items.csv", items);
    desk.load(&[&items]);
    let refused = desk.run(&["query", "receivables", "--as-of", "2024-01-31"]).ended(2);
    assert!(refused.stderr.contains("`USD`") && refused.stderr.contains("rates.csv"), "{}", refused.stderr);
    let open = |arguments: &[&str]| {
        let said =
            desk.run(&[&["query", "receivables", "--as-of", "2024-01-31", "--output", "csv"], arguments].concat());
        said.ended(0).stdout.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned()
    };
    assert_eq!(open(&["--currency", "USD"]), "200.00");
    desk.file("own/rates.csv", "currency_code,rate_date,rate_ratio\nUSD,2024-01-01,0.912345\n");
    desk.load(&[&items]);
    assert_eq!(open(&[]), "282.47");
    assert_eq!(open(&["--currency", "EUR"]), "100.00");
}

/// What a reason costs: losses, waiting and work. A credit note that was due costs nothing, one given before the contest is none
/// of it, and one given after two contests belongs to the later one.
#[test]
fn a_reason_costs_its_losses_its_waiting_and_its_work() {
    let desk = lake(
        "F1 A invoice 2024-01-10 2024-02-09 1000.00
         F2 A invoice 2024-01-20 2024-02-19 600.00
         N0 A credit_note 2024-02-20 2024-02-20 -30.00
         N1 A credit_note 2024-03-20 2024-03-20 -200.00
         W1 A write_off 2024-04-01 2024-04-01 -50.00
         N2 A credit_note 2024-03-18 2024-03-18 -100.00
         N3 A credit_note 2024-03-25 2024-03-25 -60.00",
        "F1 N0 2024-02-20 30.00
         F1 N1 2024-03-20 200.00
         F1 W1 2024-04-01 50.00
         F2 N2 2024-03-18 100.00
         F2 N3 2024-03-25 60.00",
    );
    let disputes = "dispute_id,item_id,reason_code,opened_date,closed_date,disputed_amount,outcome_code
D1,F1,price,2024-03-01,2024-04-10,400.00,credited
D2,F2,short_delivery,2024-02-15,2024-03-15,100.00,credited
D3,F2,damaged_goods,2024-03-20,2024-03-30,60.00,credited
";
    desk.load(&[&desk.file("disputes.csv", disputes)]);
    let rows = desk.ask("2024-06-30").rows("cause_costs");
    let columns =
        ["credited_amount", "written_off_amount", "cash_cost_amount", "work_hours", "work_cost_amount", "cost_amount"];
    let found: Vec<_> = rows.iter().map(|row| (&*row["reason_code"], columns.map(|column| &*row[column]))).collect();
    // 400 × 40 days × 6 % / 365; 45 minutes at 0.60; 100 × 29 days; 60 × 10 days
    assert_eq!(
        found,
        [
            ("price", ["200.00", "50.00", "2.63", "0.7500", "27.00", "79.63"]),
            ("short_delivery", ["100.00", "0.00", "0.48", "0.7500", "27.00", "27.48"]),
            ("damaged_goods", ["60.00", "0.00", "0.10", "0.7500", "27.00", "27.10"]),
        ]
    );
}

/// The overdue's way to the aged debt, limits and since when, targets and planned sales of the demo, by a program that knows
/// nothing of ours.
#[test]
fn figures_beside_the_headlines_are_those_of_an_independent_computation() {
    let desk = Desk::demo(&DemoOptions::default());
    let said = desk.run(&["forecast", "--as-of", "2025-12-31", "--new-sales", "planned"]).ended(2);
    assert!(said.stderr.contains("no sales planned"), "{}", said.stderr);
    let said = desk.csv_rows(&["forecast", "--as-of", "2025-12-31", "--new-sales", "last-years"]);
    let amount = |week: &Row, column: &str| week[column].parse::<f64>().unwrap();
    let is_range = |week: &Row| amount(week, "planned_p10_amount") < amount(week, "planned_p90_amount");
    assert!(said.len() == 13 && said.iter().all(is_range));
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/reference");
    let monthly_targets = std::fs::read_to_string(format!("{demo}/monthly_targets.csv")).unwrap();
    desk.file("reference/monthly_targets.csv", monthly_targets);
    // a plan of past months tells how far plans are off; of the months to come one is planned, the others are like the last years
    let past: Vec<String> = (3..=9).map(|month| format!("2025-{month:02}-28,*,4{month}00000\n")).collect();
    let past = past.concat();
    let plan = format!("month_end_date,segment_code,planned_amount\n{past}2026-01-31,*,4900000\n,*,\n");
    desk.file("reference/planned_sales.csv", plan);
    desk.file("encours.toml", "reference = [\"reference\"]\n");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent/cockpit.py");
    let compared = std::process::Command::new("python3")
        .args([script, env!("CARGO_BIN_EXE_encours"), desk.path("lake").to_str().unwrap(), "2025-12-31", "2025-10-15"])
        .current_dir(desk.path(""))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("REFERENCE", desk.path("reference"))
        .output();
    let Ok(compared) = compared else {
        skip("python3 is not there");
        return;
    };
    let (said, wrong) = (String::from_utf8_lossy(&compared.stdout), String::from_utf8_lossy(&compared.stderr));
    println!("{said}");
    assert!(compared.status.success(), "{said}{wrong}");
}
