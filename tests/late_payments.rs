//! The late-payment file: published figures to the cent and to four decimals, and an independent computation.

use std::process::Command;

use crate::desk::Desk;
use crate::skips::real;

const FILE: &str = "ibm/WA_Fn-UseC_-Accounts-Receivable.csv";

#[test]
fn at_the_end_of_2012_the_file_says_what_is_published() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    let said = desk.load(&[&file]);
    assert!(said.last_line().contains("lines read: 2,466 = accepted: 2,466 + rejected: 0"), "{}", said.last_line());
    let mut asked = desk.ask("2012-12-31");
    let receivables = asked.rows("receivables").remove(0);
    for (column, value) in [
        ("open_count", "99"),
        ("open_amount", "5725.06"),
        ("not_due_amount", "4936.32"),
        ("overdue_amount", "788.74"),
        ("age_unknown_amount", "0.00"),
        ("disputed_amount", "1700.31"),
        ("tie_out_amount", ""),
    ] {
        assert_eq!(receivables[column], value, "{column}");
    }
    let aging = asked.rows("aging");
    let of = |code: &str| aging.iter().find(|row| row["bucket_code"] == code).unwrap()["open_amount"].clone();
    assert_eq!((of("not_due"), of("1-30"), of("31-60")), ("4936.32".into(), "788.74".into(), "0.00".into()));
    let dso = asked.rows("dso");
    for (code, days) in [
        ("simple", "26.8407"),
        ("count_back", "27.3299"),
        ("best_possible_count_back", "23.5647"),
        ("best_possible_simple", "23.1428"),
        ("true", "13.0884"),
    ] {
        let found = dso.iter().find(|row| row["method_code"] == code).unwrap();
        assert_eq!(found["dso_days"], days, "{code}");
    }
    let bridge = asked.rows("dso_bridge");
    for (code, days) in [
        ("not_due", "23.1428"),
        ("past_due_disputed", "2.4857"),
        ("past_due_undisputed", "1.2122"),
        ("total", "26.8407"),
    ] {
        assert_eq!(bridge.iter().find(|row| row["component_code"] == code).unwrap()["dso_days"], days, "{code}");
    }
    let effectiveness = asked.rows("collection_effectiveness");
    let december = effectiveness.iter().find(|row| row["month_end_date"] == "2012-12-31").unwrap();
    assert_eq!((&*december["cei_book_ratio"], &*december["cei_cash_ratio"]), ("0.892933", "0.892933"));
    let late = asked.rows("days_late");
    for (code, count, mean, weighted, median, p90) in [
        ("settled", "1178", "-2.3973", "-2.2084", "-3.0000", "13.0000"),
        ("at_risk", "1191", "-2.2594", "-2.0796", "-3.0000", "14.0000"),
    ] {
        let found = late.iter().find(|row| row["basis_code"] == code).unwrap();
        let seen = ["item_count", "mean_days", "weighted_mean_days", "median_days", "p90_days"];
        assert_eq!(seen.map(|name| found[name].as_str()), [count, mean, weighted, median, p90], "{code}");
    }
    let rolls = asked.rows("roll_rates");
    let found = rolls.iter().find(|row| {
        row["month_end_date"] == "2012-12-31" && row["from_bucket_code"] == "not_due" && row["to_bucket_code"] == "1-30"
    });
    // 788.74 of 5 414.43
    assert_eq!(found.unwrap()["roll_ratio"], "0.145674");
    let mut may = desk.ask("2013-05-15");
    let count_back = may.rows("dso").into_iter().find(|row| row["method_code"] == "count_back").unwrap();
    assert_eq!(count_back["dso_days"], "27.4618");
}

/// Recomputes the file's balance, aging, counts and simple DSO with Python's own decimals, sharing nothing with us.
const ORACLE: &str = r#"
import csv, sys
from datetime import date, timedelta
from decimal import Decimal, ROUND_HALF_UP
def day(text):
    month, number, year = map(int, text.split("/"))
    return date(year, month, number)
rows = [(day(r["InvoiceDate"]), day(r["DueDate"]), day(r["SettledDate"]), Decimal(r["InvoiceAmount"]), r["Disputed"] == "Yes")
        for r in csv.DictReader(open(sys.argv[1], newline=""))]
for text in sys.argv[2:]:
    t = date.fromisoformat(text)
    open_rows = [r for r in rows if r[0] <= t < r[2]]
    total = sum((r[3] for r in open_rows), Decimal("0.00"))
    ages = [Decimal("0.00")] * 5
    for issued, due, settled, amount, disputed in open_rows:
        age = (t - due).days
        ages[0 if age <= 0 else 1 if age <= 30 else 2 if age <= 60 else 3 if age <= 90 else 4] += amount
    disputed = sum((r[3] for r in open_rows if r[4]), Decimal("0.00"))
    sales = sum(r[3] for r in rows if t - timedelta(90) < r[0] <= t)
    first = min(r[0] for r in rows)
    simple = "" if not sales or (t - first).days < 90 else str((total / sales * 90).quantize(Decimal("0.0001"), ROUND_HALF_UP))
    print(text, len(open_rows), total, *ages, disputed, simple or "-")
"#;

#[test]
fn at_any_day_an_independent_computation_agrees() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let days = [
        "2012-01-03",
        "2012-02-29",
        "2012-06-17",
        "2012-08-08",
        "2012-11-30",
        "2013-03-31",
        "2013-07-04",
        "2013-12-01",
        "2014-01-15",
    ];
    let output = Command::new("python3").arg("-c").arg(ORACLE).arg(&file).args(days).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut asked = desk.ask("2012-12-31");
    assert_eq!(text.lines().count(), days.len());
    for line in text.lines() {
        let expected: Vec<&str> = line.split(' ').collect();
        asked.at(expected[0]);
        let receivables = asked.rows("receivables").remove(0);
        let aging = asked.rows("aging");
        let mut found =
            vec![expected[0].to_owned(), receivables["open_count"].clone(), receivables["open_amount"].clone()];
        found.extend(
            aging.iter().filter(|row| row["bucket_code"] != "age_unknown").map(|row| row["open_amount"].clone()),
        );
        found.push(receivables["disputed_amount"].clone());
        let simple = asked.rows("dso").into_iter().find(|row| row["method_code"] == "simple").unwrap();
        found.push(if simple["dso_days"].is_empty() { "-".to_owned() } else { simple["dso_days"].clone() });
        assert_eq!(found.join(" "), line);
    }
}

/// 383 of 561 disputed items were paid late, 494 of the 1 905 others.
#[test]
fn disputed_items_are_paid_late_more_often_than_others() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let rows = desk.ask("2014-01-09").rows("dispute_lateness");
    let found = |disputed: &str| {
        let row = rows.iter().find(|row| row["is_disputed"] == disputed).unwrap();
        (row["item_count"].clone(), row["late_ratio"].clone())
    };
    assert_eq!(found("true"), ("561".into(), "0.682709".into()));
    assert_eq!(found("false"), ("1905".into(), "0.259318".into()));
}
