//! Forecasts of books whose customers' habits were planted, beside the simple forecasts and gradient boosting.

use std::fmt::Write as _;
use std::process::Command;

use chrono::NaiveDate;
use encours::demo::habits::{Habit, HabitOptions, write_habits};

use crate::desk::{Desk, Row, rows_of_csv};
use crate::skips::skip;

/// The days of issue that are forecast; what came by the last day of the books is known.
const FROM: &str = "2025-01-01";
const TO: &str = "2025-04-30";

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is a number"))
}

/// The Python that has what boosting needs; `tests/run` looks for one.
fn python() -> Option<String> {
    let python = std::env::var("ENCOURS_NUMPY").unwrap_or_else(|_| "python3".to_owned());
    let has_numpy = Command::new(&python).args(["-c", "import numpy"]).output().is_ok_and(|said| said.status.success());
    if !has_numpy {
        skip("needs Python with numpy");
    }
    has_numpy.then_some(python)
}

/// A book in a lake of its own.
fn book(options: &HabitOptions) -> Desk {
    let desk = Desk::new();
    let folder = desk.path("book");
    let report = write_habits(options, &folder).unwrap();
    println!("{} of seed {}, {} %: {report:?}", options.habit.code(), options.seed, options.never_percent);
    let files = ["customers.csv", "items.csv", "allocations.csv"].map(|name| folder.join(name));
    desk.load(&files.each_ref().map(std::path::PathBuf::as_path));
    desk
}

/// At issue: days off and chance to tell late from not, of ours and of four others.
fn beside_others(python: &str, desk: &Desk) {
    let ours = desk.csv_rows(&["backtest", "--from", FROM, "--to", TO, "--step", "issue"]).remove(0);
    let said = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent/boosting.py"))
        .arg(desk.path("book"))
        // it tells the days before FROM apart by itself
        .args([FROM, TO, "2025-06-30"])
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let others: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    println!("ours: {} days off, AUC {}; others: {others}", ours["mae_days"], ours["late_auc_ratio"]);
    assert_eq!(ours["item_count"], others["item_count"].to_string(), "the same invoices");
    for name in ["due_date", "customer_mean", "customer_median_60", "boosting"] {
        let off = others[name]["mae_days"].as_f64().unwrap();
        assert!(number(&ours["mae_days"]) < off, "{name} is {off} days off");
        let auc = others[name]["late_auc"].as_f64();
        if let Some(auc) = auc.filter(|_| !ours["late_auc_ratio"].is_empty()) {
            assert!(number(&ours["late_auc_ratio"]) > auc, "{name} has {auc}");
        }
    }
}

#[test]
fn planted_habits_are_foretold_better_than_by_gradient_boosting() {
    let Some(python) = python() else { return };
    for (habit, never_percent) in [(Habit::Mixed, 10), (Habit::NeverPaid, 25)] {
        beside_others(&python, &book(&HabitOptions { never_percent, ..HabitOptions::new(habit, 1) }));
    }
}

/// From every Sunday of four months, all that was open.
#[test]
fn weekly_totals_of_planted_habits_are_unbiased_and_their_ranges_hold_four_in_five() {
    let (mut inside, mut weeks) = (0.0, 0.0);
    for (habit, never_percent) in [(Habit::MonthEnd, 0), (Habit::NeverPaid, 25), (Habit::Season, 0)] {
        let desk = book(&HabitOptions { never_percent, ..HabitOptions::new(habit, 1) });
        let rows = desk.csv_rows(&["backtest", "--from", FROM, "--to", TO, "--step", "week"]);
        let of = |horizon: u32, model: &str| {
            rows.iter().find(|row| row["horizon_weeks"] == horizon.to_string() && row["model_code"] == model).unwrap()
        };
        for horizon in 1..=6 {
            let (ours, mean) = (of(horizon, "ours"), of(horizon, "customer_mean"));
            assert!(number(&ours["bias_ratio"]).abs() <= 0.1, "week {horizon}: {ours:?}");
            assert!(number(&ours["wape_ratio"]) <= number(&mean["wape_ratio"]), "week {horizon}: {ours:?} {mean:?}");
        }
        for horizon in 1..=8 {
            let ours = of(horizon, "ours");
            inside += number(&ours["p10_p90_coverage_ratio"]) * number(&ours["week_count"]);
            weeks += number(&ours["week_count"]);
        }
        println!("{}: {:?}", habit.code(), of(0, "ours"));
    }
    println!("{:.3} of {weeks} weeks within their range", inside / weeks);
    assert!((0.74..=0.9).contains(&(inside / weeks)), "{}", inside / weeks);
}

/// A jump by 25 days and a drift from 5 to 46 are told from noise, and followed.
#[test]
fn customers_whose_pace_changed_are_expected_at_their_new_pace() {
    for habit in [Habit::Jump, Habit::SlowDrift] {
        let desk = book(&HabitOptions::new(habit, 1));
        let truth = rows_of_csv(&std::fs::read_to_string(desk.path("book").join("truth.csv")).unwrap());
        let rows = desk.ask("2025-04-30").rows("payment_probabilities");
        let says_so = |row: &&Row| row["why_text"].starts_with("Since") || row["why_text"].starts_with("Its pace");
        let changed = |row: &Row| {
            let planted = truth.iter().find(|planted| planted["customer_id"] == row["customer_id"]).unwrap();
            planted["changed_date"].clone()
        };
        // who changed by the end of January, and not back
        let old: Vec<&Row> = rows
            .iter()
            .filter(|row| {
                let planted = truth.iter().find(|planted| planted["customer_id"] == row["customer_id"]).unwrap();
                let day = changed(row);
                !day.is_empty()
                    && day.as_str() < "2025-02-01"
                    && (habit == Habit::SlowDrift || planted["is_back"] == "false")
            })
            .collect();
        let steady: Vec<&Row> = rows.iter().filter(|row| changed(row).is_empty()).collect();
        let told = old.iter().copied().filter(says_so).count();
        let wrongly = steady.iter().copied().filter(says_so).count();
        println!("{}: {told} of {} told, {wrongly} of {} others", habit.code(), old.len(), steady.len());
        assert!(10 * told >= 9 * old.len() && !old.is_empty(), "{told} of {}", old.len());
        assert!(50 * wrongly <= steady.len(), "{wrongly} of {}", steady.len());
    }
}

/// Twelve customers that pay within two days of the due date, invoices of whom one in so many is never paid: that teaches the
/// share that is never paid, and nothing of the pace.
#[test]
fn what_is_never_paid_is_no_pace_and_no_drift() {
    for one_in in [4_i32, 10] {
        let (mut items, mut allocations) = (
            "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned(),
            "debit_item_id,credit_item_id,allocated_date,amount\n".to_owned(),
        );
        for number in 0..12 * 18_i32 {
            let (customer, month) = (number / 18, number % 18);
            let issued = NaiveDate::from_ymd_opt(2023, 1, 5).unwrap()
                + chrono::TimeDelta::days((30 * month + customer % 5).into());
            let due = issued + chrono::TimeDelta::days(30);
            writeln!(items, "F{number},C{customer},invoice,{issued},{due},100.00").unwrap();
            if (number + 1) % one_in != 0 {
                let paid = due + chrono::TimeDelta::days(((customer + 7 * month) % 5 - 2).into());
                writeln!(items, "R{number},C{customer},receipt,{paid},{paid},-100.00").unwrap();
                writeln!(allocations, "F{number},R{number},{paid},100.00").unwrap();
            }
        }
        let desk = Desk::new();
        desk.load(&[&desk.file("items.csv", items), &desk.file("allocations.csv", allocations)]);
        let as_of = "2024-04-12";
        let mut asked = desk.ask(as_of);
        let drifting = asked.rows("payers").iter().filter(|row| row["drift_code"] != "stable").count();
        assert_eq!(drifting, 0, "one in {one_in}: nobody drifts");
        let rows = asked.rows("payment_probabilities");
        let is_new = |row: &&Row| (-28..0).contains(&row["past_due_days"].parse::<i64>().unwrap());
        let new: Vec<&Row> = rows.iter().filter(is_new).collect();
        assert!(new.len() >= 12, "{}", new.len());
        let share = new.iter().map(|row| number(&row["p_paid_30_days_ratio"])).sum::<f64>()
            / f64::from(u32::try_from(new.len()).unwrap());
        let truth = 1.0 - 1.0 / f64::from(one_in);
        println!(
            "one in {one_in} is never paid: {share:.4} of new invoices are expected within 30 days, {truth:.4} is right"
        );
        assert!((share - truth).abs() <= 0.03, "one in {one_in}: {share}");
        for row in new {
            let text = &row["why_text"];
            assert!(text.contains("on the due date as a rule") || text.contains("1 day "), "{text}");
        }
        // what has been open for months is expected no more
        let dead: Vec<f64> = rows
            .iter()
            .filter(|row| row["past_due_days"].parse::<i64>().unwrap() > 60)
            .map(|row| number(&row["p_paid_90_days_ratio"]))
            .collect();
        assert!(dead.len() > 5 && dead.iter().all(|share| *share < 0.1), "one in {one_in}: {dead:?}");
    }
}
