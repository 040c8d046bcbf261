//! Lists of what is open, month after month: on the day of each, what the full history says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use encours::model::Date;
use encours::model::calendar::{add_months, month_end};

use crate::desk::{Desk, day};
use crate::skips::real;

const HEADER: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n";

fn open_at(desk: &Desk, day: &str) -> String {
    desk.ask(day).first("receivables", "open_amount")
}

#[test]
fn lists_in_any_order_again_or_corrected_pile_nothing_up() {
    let desk = Desk::new();
    let january = format!(
        "{HEADER}D1,K1,invoice,2025-01-05,2025-02-04,100.00,EUR\nD2,K1,invoice,2025-01-10,2025-02-09,50.00,EUR\n"
    );
    let february = format!(
        "{HEADER}D2,K1,invoice,2025-01-10,2025-02-09,50.00,EUR\nD3,K1,invoice,2025-02-10,2025-03-12,70.00,EUR\n"
    );
    let later = desk.file("open_2025-02.csv", february);
    let earlier = desk.file("open_2025-01.csv", &january);
    desk.load(&[&later]);
    desk.load(&[&earlier]);
    assert_eq!((open_at(&desk, "2025-01-31"), open_at(&desk, "2025-02-28")), ("150.00".into(), "120.00".into()));
    // the same again, under another name; then corrected
    let again = desk.file("copy of open items 2025-01-31.csv", &january);
    desk.load(&[&again]);
    assert_eq!((open_at(&desk, "2025-01-31"), open_at(&desk, "2025-02-28")), ("150.00".into(), "120.00".into()));
    let corrected = desk.file("open_2025-01.csv", january.replace("100.00", "130.00"));
    desk.load(&[&corrected]);
    assert_eq!((open_at(&desk, "2025-01-31"), open_at(&desk, "2025-02-28")), ("180.00".into(), "120.00".into()));
    // sales between lists are not known, and which file would tell is said
    let mut asked = desk.ask("2025-02-28");
    let dso = asked.rows("dso").remove(0);
    assert!(dso["dso_days"].is_empty() && dso["missing_text"].contains("list of open items"), "{dso:?}");
    // the day of the last list is the day that is asked
    let said = desk.run(&["query", "receivables"]).ended(0);
    assert!(said.stderr.contains("as of 28 Feb 2025"), "{}", said.stderr);
}

#[test]
fn what_a_later_list_holds_less_or_more_of_was_paid_or_added() {
    let desk = Desk::new();
    let list = |name: &str, rows: &str| desk.file(name, format!("{HEADER}{rows}"));
    let files = [
        list(
            "a.csv",
            "P,K1,invoice,2025-01-05,2025-02-04,100.00,EUR\nM,K1,invoice,2025-01-06,2025-02-05,40.00,EUR\n\
             C,K1,credit_note,2025-01-07,2025-01-07,-30.00,EUR\nB,K2,invoice,2025-01-08,2025-02-07,60.00,EUR\n",
        ),
        list(
            "b.csv",
            "P,K1,invoice,2025-01-05,2025-02-04,25.00,EUR\nM,K1,invoice,2025-01-06,2025-02-05,45.00,EUR\n\
             L,K2,invoice,2025-01-20,2025-02-19,10.00,EUR\n",
        ),
        list("c.csv", "B,K2,invoice,2025-01-08,2025-02-07,60.00,EUR\n"),
    ];
    for (file, day) in files.iter().zip(["2025-01-31", "2025-02-28", "2025-03-31"]) {
        desk.run(&["load", file.to_str().unwrap(), "--as-of-list", day]).ended(0);
    }
    let balances = ["2025-01-31", "2025-02-28", "2025-03-31"].map(|day| open_at(&desk, day));
    assert_eq!(balances, ["170.00", "80.00", "60.00"]);
    // an invoice that comes late with an old date is not open on the list before
    let january: Vec<String> =
        desk.ask("2025-01-31").rows("open_items").iter().map(|row| row["item_id"].clone()).collect();
    assert!(!january.contains(&"L".to_owned()), "{january:?}");
    // a partial payment leaves the invoice its dates
    let rows = desk.ask("2025-02-28").rows("open_items");
    let paid = rows.iter().find(|row| row["item_id"] == "P").unwrap();
    assert_eq!((&*paid["open_amount"], &*paid["due_date"], &*paid["past_due_days"]), ("25.00", "2025-02-04", "24"));
    // one that comes again is open again, as old as it is
    let rows = desk.ask("2025-03-31").rows("open_items");
    assert_eq!(rows.iter().map(|row| row["due_date"].clone()).collect::<Vec<String>>(), ["2025-02-07"]);
    desk.run(&["check", "--as-of", "2025-03-31"]).ended(0);
}

#[test]
fn a_list_without_a_day_is_asked_or_said() {
    let desk = Desk::new();
    let list =
        desk.file("clients.csv", "Invoice,Customer,Date,Due date,Balance due\nF1,C1,2025-01-13,2025-02-12,10.00\n");
    let said = desk.run(&["load", list.to_str().unwrap()]).ended(0);
    assert!(said.stdout.contains("--as-of-list"), "{}", said.stdout);
    let mapping = "shape = \"open_items\"\n[columns]\nitem_id = \"Invoice\"\ncustomer_id = \"Customer\"\nissued_date = \"Date\"\namount = \"Balance due\"\n";
    desk.file("open.toml", mapping);
    let refused = desk.run(&["load", list.to_str().unwrap(), "--mapping", "open.toml"]).ended(2);
    assert!(refused.stderr.contains("--as-of-list"), "{}", refused.stderr);
    desk.file("open.toml", format!("list_date = \"2025-01-31\"\n{mapping}"));
    desk.run(&["load", list.to_str().unwrap(), "--mapping", "open.toml"]).ended(0);
    assert_eq!(open_at(&desk, "2025-01-31"), "10.00");
}

/// The rows of the late-payment file.
fn invoices(file: &std::path::Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let names = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| names.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

/// A date as that file writes it: month, day, year.
fn date(text: &str) -> Date {
    let parts: Vec<&str> = text.split('/').collect();
    day(&format!("{}-{:0>2}-{:0>2}", parts[2], parts[0], parts[1]))
}

/// The late-payment file as a house would have it that can only export what is open: a list at the end of each month.
fn monthly(desk: &Desk, file: &std::path::Path) -> Vec<(String, PathBuf)> {
    let rows = invoices(file);
    let first = day("2012-01-31");
    (0..24)
        .map(|month| {
            let end = month_end(add_months(first, month));
            let mut text = HEADER.to_owned();
            for row in &rows {
                let (issued, settled) = (date(&row["InvoiceDate"]), date(&row["SettledDate"]));
                if issued <= end && settled > end {
                    let due = date(&row["DueDate"]);
                    let (number, customer, amount) = (&row["invoiceNumber"], &row["customerID"], &row["InvoiceAmount"]);
                    writeln!(text, "{number},{customer},invoice,{issued},{due},{amount},EUR").unwrap();
                }
            }
            (end.to_string(), desk.file(&format!("open items {end}.csv"), text))
        })
        .collect()
}

#[test]
fn the_late_payment_file_as_monthly_lists_says_at_each_month_end_what_the_full_file_says() {
    let Some(file) = real("ibm/WA_Fn-UseC_-Accounts-Receivable.csv") else { return };
    let full = Desk::new();
    full.load(&[&file]);
    let lists = Desk::new();
    let mut months = monthly(&lists, &file);
    // in an order that has nothing to do with time
    months.sort_by_key(|(end, _)| end.bytes().rev().collect::<Vec<u8>>());
    let files: Vec<&std::path::Path> = months.iter().map(|(_, file)| file.as_path()).collect();
    lists.load(&files);
    for (end, _) in &months {
        let (mut whole, mut listed) = (full.ask(end), lists.ask(end));
        for query in ["receivables", "aging", "top_debtors"] {
            let cut = |rows: Vec<BTreeMap<String, String>>| -> Vec<Vec<String>> {
                let kept =
                    ["open_amount", "not_due_amount", "overdue_amount", "customer_id", "bucket_code", "open_count"];
                rows.iter().map(|row| kept.iter().filter_map(|name| row.get(*name).cloned()).collect()).collect()
            };
            assert_eq!(cut(whole.rows(query)), cut(listed.rows(query)), "{query} at {end}");
        }
    }
    // that an item is no longer listed is what the list says, and no assumption of ours
    assert!(lists.ask("2013-10-31").rows("open_assumptions").is_empty());
    let rolls = |desk: &Desk| {
        let rows = desk.ask("2013-11-30").rows("roll_rates");
        let told = |row: &BTreeMap<String, String>| {
            ["month_end_date", "from_bucket_code", "to_bucket_code", "roll_ratio"].map(|name| row[name].clone())
        };
        rows.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(rolls(&full), rolls(&lists));
}

/// Between two lists days are unknown, yet the day on which each open item is expected is off by a quarter more at most.
#[test]
fn a_forecast_from_monthly_lists_errs_a_quarter_more_than_one_from_the_full_history() {
    let Some(file) = real("ibm/WA_Fn-UseC_-Accounts-Receivable.csv") else { return };
    let full = Desk::new();
    full.load(&[&file]);
    let lists = Desk::new();
    let months = monthly(&lists, &file);
    let files: Vec<&std::path::Path> = months.iter().map(|(_, file)| file.as_path()).collect();
    lists.load(&files);
    let settled: BTreeMap<String, Date> =
        invoices(&file).iter().map(|row| (row["invoiceNumber"].clone(), date(&row["SettledDate"]))).collect();
    let error = |desk: &Desk| {
        let (mut days, mut count) = (0, 0);
        for (end, _) in &months[14..22] {
            for row in desk.ask(end).rows("payment_probabilities") {
                let Some(settled) = settled.get(&row["item_id"]) else { continue };
                days += (day(&row["expected_date"]) - *settled).num_days().abs();
                count += 1;
            }
        }
        (f64::from(i32::try_from(days).unwrap()) / f64::from(count), count)
    };
    let ((whole, count), (listed, same)) = (error(&full), error(&lists));
    assert!(count == same && count > 500, "{count} and {same} items");
    assert!(listed <= 1.25 * whole, "off by {listed:.2} days from lists, by {whole:.2} from the full history");
}

#[test]
fn a_list_may_hold_several_companies_and_hold_nothing_at_all() {
    let desk = Desk::new();
    let header = "company_id,item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n";
    let rows = "A,1,K1,invoice,2025-01-05,2025-02-04,100.00,EUR\nB,1,K1,invoice,2025-01-05,2025-02-04,900.00,EUR\n";
    desk.load(&[&desk.file("open items 2025-01-31.csv", format!("{header}{rows}"))]);
    assert_eq!(open_at(&desk, "2025-01-31"), "1000.00");
    // nothing of either is open any more
    desk.file("open items 2025-02-28.csv", format!("{header}A,1,K1,invoice,2025-01-05,2025-02-04,40.00,EUR\n"));
    desk.run(&["load", "open items 2025-02-28.csv"]).ended(0);
    assert_eq!(open_at(&desk, "2025-02-28"), "940.00");
    desk.file("open items 2025-03-31.csv", HEADER);
    desk.run(&["load", "open items 2025-03-31.csv", "--company", "A"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "900.00");
}

#[test]
fn what_would_count_twice_or_as_paid_without_a_word_is_refused_or_said() {
    let desk = Desk::new();
    let rows = format!(
        "{HEADER}F1,K1,invoice,2025-01-05,2025-02-04,100.00,EUR\nF2,K1,invoice,2025-01-06,2025-02-05,200.00,EUR\n"
    );
    desk.file("items.csv", &rows);
    desk.load(&[&desk.path("items.csv")]);
    desk.file("open items 2025-01-31.csv", &rows);
    let said = desk.run(&["load", "open items 2025-01-31.csv"]).ended(2);
    assert!(said.stderr.contains("would count twice"), "{}", said.stderr);
    // the same file as a list takes the place of what it had brought as items
    desk.run(&["load", "items.csv", "--as-of-list", "2025-01-31"]).ended(0);
    assert_eq!(open_at(&desk, "2025-01-31"), "300.00");
    let said = desk.run(&["load", "items.csv"]).ended(2);
    assert!(said.stderr.contains("would count twice"), "{}", said.stderr);
    // another file of the same day takes its place, which is said
    desk.file("open south 2025-01-31.csv", format!("{HEADER}S1,K9,invoice,2025-01-05,2025-02-04,7.00,EUR\n"));
    let said = desk.run(&["load", "open south 2025-01-31.csv"]).ended(0);
    assert!(said.stderr.contains("takes the place of `items.csv`"), "{}", said.stderr);
    // a row that cannot be read would count as settled
    desk.file("open items 2025-02-28.csv", rows.replace("200.00", "two hundred"));
    let said = desk.run(&["load", "open items 2025-02-28.csv"]).ended(2);
    assert!(said.stderr.contains("would count as settled"), "{}", said.stderr);
    // who says that it is no list has items
    let other = Desk::new();
    other.file("open items 2025-01-31.csv", &rows);
    other.run(&["load", "open items 2025-01-31.csv", "--as-of-list", "none"]).ended(0);
    assert_eq!(other.ask("2025-01-31").sql("select count(*) as count from item_lists")[0]["count"], "0");
}

#[test]
fn balances_by_age_month_after_month_are_lists_too() {
    let desk = Desk::new();
    let month = |day: &str, row: &str| {
        let text = format!("Aged receivables\nAs of {day}\n\nCustomer,Current,1-30,31-60,61-90,Over 90\n{row}\n");
        desk.file(&format!("aging {day}.csv"), text)
    };
    desk.load(&[&month("2025-01-31", "Acme,10.00,50.00,0.00,0.00,0.00")]);
    desk.load(&[&month("2025-02-28", "Acme,0.00,10.00,50.00,0.00,0.00")]);
    assert_eq!((open_at(&desk, "2025-01-31"), open_at(&desk, "2025-02-28")), ("60.00".into(), "60.00".into()));
    let aging = desk.ask("2025-02-28").rows("aging");
    let of = |code: &str| aging.iter().find(|row| row["bucket_code"] == code).unwrap()["open_amount"].clone();
    assert_eq!((of("not_due"), of("1-30"), of("31-60")), ("0.00".into(), "10.00".into(), "50.00".into()));
}

/// Two companies may export a list under one name: the day that one tells later is no word on the other.
#[test]
fn a_list_without_a_day_is_forgotten_by_its_own_company_alone() {
    let desk = Desk::new();
    let list = |amount: &str| {
        format!("Invoice no;Customer;Invoice date;Due date;Balance due\nF1;C1;2025-01-10;2025-02-09;{amount}\n")
    };
    desk.file("open.csv", list("100.00"));
    let said = desk.run(&["load", "open.csv", "--company", "A"]).ended(0);
    assert!(said.stderr.contains("tells no day"), "{}", said.stderr);
    desk.file("open.csv", list("40.00"));
    desk.run(&["load", "open.csv", "--company", "B", "--as-of-list", "2025-01-31"]).ended(0);
    assert_eq!(open_at(&desk, "2025-01-31"), "140.00");
    // the day of the first, told now, takes the place of the guess
    desk.file("open.csv", list("90.00"));
    let said = desk.run(&["load", "open.csv", "--company", "A", "--as-of-list", "2025-01-31"]).ended(0);
    assert!(said.stderr.contains("was a guess"), "{}", said.stderr);
    assert_eq!(open_at(&desk, "2025-01-31"), "130.00");
}
