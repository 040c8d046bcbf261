//! The controller's month: its figures computed once more from the open items, the days and the raw items themselves.

use std::collections::BTreeMap;

use encours::demo::DemoOptions;

use crate::desk::{Asked, Desk, Row};
use crate::skips::real;

fn hundredths(text: &str) -> i128 {
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("{text} is an amount"))
}

/// The same day of the year before.
fn year_before(day: &str) -> String {
    let (year, rest) = day.split_at(4);
    format!("{}{rest}", year.parse::<i32>().unwrap() - 1)
}

fn amount(row: &Row, column: &str) -> i128 {
    hundredths(&row[column])
}

/// part / whole with six decimals, half away from zero.
fn ratio(part: i128, whole: i128) -> String {
    let scaled = part * 10_000_000 / whole;
    let rounded = (scaled + if scaled < 0 { -5 } else { 5 }) / 10;
    let sign = if rounded < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", rounded.abs() / 1_000_000, rounded.abs() % 1_000_000)
}

/// The figures of a day out of its open items.
fn figures_are_those_of_the_open_items(asked: &mut Asked, day: &str) {
    let items = asked.at(day).rows("open_items");
    let sum = |keep: &dyn Fn(&Row) -> bool| -> i128 {
        items.iter().filter(|row| keep(row)).map(|row| amount(row, "open_amount")).sum()
    };
    let is_debit = |row: &Row| amount(row, "open_amount") > 0;
    let late = |row: &Row, days: i64| row["past_due_days"].parse::<i64>().is_ok_and(|past| past > days);
    let figures = asked.rows("key_figures").into_iter().find(|row| row["as_of_date"] == day).unwrap();
    let debit = sum(&is_debit);
    for (column, wanted) in [
        ("open_amount", sum(&|_| true)),
        ("debit_amount", debit),
        ("gross_overdue_amount", sum(&|row| is_debit(row) && late(row, 0))),
        ("over_60_amount", sum(&|row| is_debit(row) && late(row, 60))),
        ("over_90_amount", sum(&|row| is_debit(row) && late(row, 90))),
        ("unallocated_amount", sum(&|row| !is_debit(row))),
    ] {
        assert_eq!(amount(&figures, column), wanted, "{column} on {day}");
        let share = column.replace("_amount", "_ratio");
        if let Some(found) = figures.get(&share) {
            assert_eq!(*found, ratio(wanted, debit), "{share} on {day}");
        }
    }
    assert_eq!(figures["open_count"], items.len().to_string());
    let assumed: BTreeMap<String, Row> =
        asked.rows("open_assumptions").into_iter().map(|row| (row["assumption_code"].clone(), row)).collect();
    for (code, wanted) in [
        ("due_date_derived", sum(&|row| is_debit(row) && row["due_is_derived"] == "true")),
        ("age_unknown", sum(&|row| is_debit(row) && row["bucket_code"] == "age_unknown")),
        ("currency_assumed", sum(&|row| is_debit(row) && row["currency_code"] == "XXX")),
    ] {
        let found = assumed.get(code).map_or(0, |row| amount(row, "amount"));
        assert_eq!(found, wanted, "{code} on {day}");
        if let Some(row) = assumed.get(code) {
            assert_eq!(row["share_ratio"], ratio(wanted, debit), "{code} on {day}");
        }
    }
    // sales of twelve months, from the items themselves
    let sales = asked.sql(
        "select sum(coalesce(items.base_amount, items.amount)) as sales_amount from items where items.kind in ('invoice', 'credit_note') \
         and items.posted_date <= $as_of and items.issued_date <= $as_of \
         and items.issued_date > $as_of - interval '12 months'",
    );
    let day_amount = (amount(&sales[0], "sales_amount") * 10 / 365 + 5) / 10;
    // a day of twelve months' sales, where the books hold twelve months
    let first = asked.sql("select min(item_days.posted_date) as first_date from item_days")[0]["first_date"].clone();
    if figures["dso_day_amount"].is_empty() {
        assert!(first.as_str() > &*year_before(day), "the books reach back to {first}: a day of DSO on {day} is known");
    } else {
        assert_eq!(amount(&figures, "dso_day_amount"), day_amount, "one day of DSO on {day}");
    }
    // the last complete month's effectiveness, and the DSO methods
    let months = asked.rows("collection_effectiveness");
    let month = months.last().unwrap();
    assert_eq!(
        (&figures["cei_book_ratio"], &figures["cei_cash_ratio"]),
        (&month["cei_book_ratio"], &month["cei_cash_ratio"])
    );
    for row in asked.rows("dso") {
        if let Some(found) = figures.get(&format!("dso_{}_days", row["method_code"])) {
            assert_eq!(*found, row["dso_days"], "{} on {day}", row["method_code"]);
        }
    }
    // who owes, and what waits to be allocated
    let concentration = asked.rows("concentration");
    let debtors = asked.rows("top_debtors");
    for row in &concentration {
        let count: usize = row["customer_count"].parse().unwrap();
        let open: i128 = debtors[..count].iter().map(|row| amount(row, "open_amount")).sum();
        assert_eq!(amount(row, "open_amount"), open, "{}", row["group_code"]);
        assert_eq!(row["share_ratio"], debtors[count - 1]["cumulative_ratio"]);
    }
    for debtor in &debtors {
        let parts: i128 = debtor
            .iter()
            .filter(|(name, _)| {
                name.starts_with("days_")
                    || ["not_due_amount", "age_unknown_amount", "other_buckets_amount"].contains(&name.as_str())
            })
            .map(|(_, value)| hundredths(value))
            .sum();
        assert_eq!(parts, amount(debtor, "open_amount"), "{debtor:?}");
    }
    let credits = asked.rows("credits");
    let open: i128 =
        credits.iter().filter(|row| row["credit_code"] != "advances").map(|row| amount(row, "open_amount")).sum();
    assert_eq!(open, amount(&figures, "unallocated_amount"), "credits by kind");
    let listed = asked.rows("open_credits");
    assert_eq!(listed.iter().map(|row| amount(row, "open_amount")).sum::<i128>(), open, "credits one by one");
    let mut coverable: BTreeMap<&str, i128> = BTreeMap::new();
    for row in &listed {
        *coverable.entry(&row["customer_id"]).or_default() += amount(row, "coverable_amount");
    }
    for (customer, found) in coverable {
        let of = |sign: i128| -> i128 {
            let amounts =
                items.iter().filter(|row| row["customer_id"] == customer).map(|row| amount(row, "open_amount") * sign);
            amounts.filter(|amount| *amount > 0).sum()
        };
        assert_eq!(found, of(1).min(of(-1)), "{customer}: the smaller of what it owes and what it is owed");
    }
}

fn history_is_the_answer_of_each_day(asked: &mut Asked, as_of: &str) {
    let months = asked.at(as_of).rows("aging_history");
    let figures = asked.rows("key_figures");
    let days: Vec<String> = figures.iter().map(|row| row["as_of_date"].clone()).rev().take(8).collect();
    for day in days {
        let aging = asked.at(&day).rows("aging");
        let then: Vec<&Row> = months.iter().filter(|row| row["month_end_date"] == day).collect();
        for (now, then) in aging.iter().zip(&then) {
            for column in ["bucket_code", "open_amount", "open_count"] {
                assert_eq!(now[column], then[column], "{column} on {day}");
            }
        }
        let of_the_day = asked.rows("key_figures").into_iter().find(|row| row["as_of_date"] == day).unwrap();
        let of_the_history = figures.iter().find(|row| row["as_of_date"] == day).unwrap();
        assert_eq!(of_the_day, *of_the_history, "on {day}, as of {as_of}");
    }
}

#[test]
fn the_demos_month_is_what_its_items_say() {
    let desk = Desk::demo(&DemoOptions::default());
    let mut asked = desk.ask("2025-12-31");
    for day in ["2025-12-31", "2025-06-17", "2024-02-29"] {
        figures_are_those_of_the_open_items(&mut asked, day);
    }
    history_is_the_answer_of_each_day(&mut asked, "2025-12-31");
    // the allowance that the ledger holds, and what is expected
    let lines: BTreeMap<String, String> = asked
        .at("2025-12-31")
        .rows("booked_allowances")
        .into_iter()
        .map(|row| (row["line_code"].clone(), row["amount"].clone()))
        .collect();
    let booked = asked.sql(
        "select sum(ledger_lines.credit_amount - ledger_lines.debit_amount) as amount from ledger_lines \
         where starts_with(ledger_lines.account, '491') and ledger_lines.year_end_date = date '2025-12-31'",
    );
    assert_eq!(lines["booked"], booked[0]["amount"]);
    assert_eq!(lines["doubtful"], asked.first("receivables", "doubtful_amount"));
    // terms: issue to due date of the invoices of twelve months, by amount
    let terms = asked.sql(
        "select cast(sum(cast(items.base_amount * (items.due_date - items.issued_date) as decimal(38, 2))) as decimal(38, 8)) \
         / sum(items.base_amount) as terms_days from items where items.kind = 'invoice' and items.amount > 0 \
         and items.issued_date > date '2024-12-31' and items.issued_date <= $as_of and items.posted_date <= $as_of",
    );
    let last = asked.rows("dso_history").pop().unwrap();
    let difference = last["terms_days"].parse::<f64>().unwrap() - terms[0]["terms_days"].parse::<f64>().unwrap();
    assert!(difference.abs() < 0.0001, "{last:?} {terms:?}");
}

#[test]
fn the_late_payment_files_month_is_what_is_published_of_it() {
    let Some(file) = real("ibm/WA_Fn-UseC_-Accounts-Receivable.csv") else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let mut asked = desk.ask("2012-12-31");
    let figures = asked.rows("key_figures").pop().unwrap();
    for (column, wanted) in [
        ("open_amount", "5725.06"),
        ("gross_overdue_amount", "788.74"),
        ("over_60_amount", "0.00"),
        ("disputed_amount", "1700.31"),
        ("dso_count_back_days", "27.3299"),
        ("dso_best_possible_count_back_days", "23.5647"),
        ("cei_book_ratio", "0.892933"),
        ("cei_cash_ratio", "0.892933"),
        ("open_count", "99"),
    ] {
        assert_eq!(figures[column], wanted, "{column}");
    }
    let undated = asked.rows("open_assumptions").into_iter().find(|row| row["assumption_code"] == "dispute_undated");
    assert_eq!(undated.unwrap()["amount"], "1700.31", "no dispute of the file bears a date");
    for day in ["2012-12-31", "2013-05-15"] {
        figures_are_those_of_the_open_items(&mut asked, day);
    }
    history_is_the_answer_of_each_day(&mut asked, "2013-05-15");
}
