//! Laws over random ledgers: whatever is booked, these hold.
//!
//! Each law is tried on a few ledgers alone in their lake, then on ledgers that share a lake, thirty at a time, each a
//! company of its own: planning the questions takes nearly all the time, and takes it once for a lake.

use std::collections::BTreeMap;

use encours::model::Answer;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseResult, TestRunner};

use crate::desk::{Asked, Desk, Row, without};

/// One ledger in so many is tried alone.
const ALONE_IN: usize = 16;
/// Ledgers of a lake they share.
const TOGETHER: usize = 30;

/// A small random history: invoices, receipts and what of them is allocated. `@` stands for the company.
#[derive(Clone, Debug, Default)]
struct Books {
    items: Vec<String>,
    allocations: Vec<String>,
}

const ITEMS: &str = "company_id,item_id,customer_id,kind,issued_date,posted_date,due_date,amount,reference\n";
const ALLOCATIONS: &str = "company_id,debit_item_id,credit_item_id,allocated_date,amount\n";

fn day(offset: u32) -> String {
    let start = "2023-01-01".parse::<encours::model::Date>().unwrap();
    encours::model::calendar::add_days(start, offset.into()).to_string()
}

fn cents(amount: u32) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn ledger() -> impl Strategy<Value = Books> {
    let invoice = (0..4_u32, 0..400_u32, 0..60_u32, 1..200_000_u32, 0..5_u32);
    vec((invoice, vec((1..100_u32, 0..200_u32), 0..3)), 1..25).prop_map(|invoices| {
        let mut books = Books::default();
        for (number, ((customer, issued, terms, amount, kind), parts)) in invoices.into_iter().enumerate() {
            let (kind, sign) = if kind == 0 { ("credit_note", "-") } else { ("invoice", "") };
            let posted = issued + issued % 3;
            books.items.push(format!(
                "@,@I{number},@C{customer},{kind},{},{},{},{sign}{},F{number}\n",
                day(issued),
                day(posted),
                if sign.is_empty() { day(issued + terms) } else { day(issued) },
                cents(amount),
            ));
            let mut left = amount;
            for (part, (share, delay)) in parts.into_iter().enumerate().filter(|_| sign.is_empty()) {
                let paid = (amount / 100 * share).min(left).max(1);
                left -= paid.min(left);
                let on = day(posted + delay);
                let receipt = format!("R{number}.{part}");
                let amount_paid = cents(paid);
                books
                    .items
                    .push(format!("@,@{receipt},@C{customer},receipt,{on},{on},{on},-{amount_paid},{receipt}\n"));
                if left > 0 || share % 2 == 0 {
                    books.allocations.push(format!("@,@I{number},@{receipt},{on},{}\n", cents(paid.min(amount))));
                }
            }
        }
        books
    })
}

/// So many ledgers as one company's each.
fn ledgers(count: usize) -> impl Strategy<Value = Books> {
    vec(ledger(), count).prop_map(|ledgers| {
        let mut all = Books::default();
        for (number, ledger) in ledgers.into_iter().enumerate() {
            let of_company = |line: String| line.replace('@', &format!("L{number}"));
            all.items.extend(ledger.items.into_iter().map(of_company));
            all.allocations.extend(ledger.allocations.into_iter().map(of_company));
        }
        all
    })
}

/// Tries a law on `ENCOURS_CASES` random ledgers, 64 where none are named, and on a random draw beside each lake.
fn holds<T: std::fmt::Debug>(draw: impl Fn() -> BoxedStrategy<T>, law: impl Fn(Books, T) -> TestCaseResult) {
    let mut left: usize = std::env::var("ENCOURS_CASES").map_or(64, |count| count.parse().unwrap());
    let alone = left.div_ceil(ALONE_IN);
    let mut lakes = 0;
    while left > 0 {
        let count = if lakes < alone { 1 } else { TOGETHER.min(left) };
        let config = ProptestConfig { cases: 1, failure_persistence: None, ..ProptestConfig::default() };
        let tried = TestRunner::new(config).run(&(ledgers(count), draw()), |(books, drawn)| law(books, drawn));
        if let Err(cause) = tried {
            panic!("{cause}");
        }
        (left, lakes) = (left - count, lakes + 1);
    }
}

fn text(header: &str, lines: &[String]) -> String {
    header.to_owned() + &lines.concat()
}

fn load(books: &Books) -> Desk {
    let desk = Desk::new();
    let items = desk.file("items.csv", text(ITEMS, &books.items));
    let allocations = desk.file("allocations.csv", text(ALLOCATIONS, &books.allocations));
    let files: [&std::path::Path; 2] = [&items, &allocations];
    desk.load(if books.allocations.is_empty() { &files[..1] } else { &files[..] });
    desk
}

/// The items in eight files, each a load of its own, and then their allocations.
fn load_in_parts(books: &Books) -> Desk {
    let desk = Desk::new();
    for (number, lines) in books.items.chunks(books.items.len().div_ceil(8)).enumerate() {
        desk.load(&[&desk.file(&format!("items{number}.csv"), text(ITEMS, lines))]);
    }
    if !books.allocations.is_empty() {
        desk.load(&[&desk.file("allocations.csv", text(ALLOCATIONS, &books.allocations))]);
    }
    desk
}

fn hundredths(row: &Row, column: &str) -> i64 {
    row[column].replace('.', "").parse().unwrap()
}

fn sum(rows: &[Row], column: &str) -> i64 {
    rows.iter().map(|row| hundredths(row, column)).sum()
}

/// What is open by company; none where it is nothing.
fn open_by_company(asked: &mut Asked) -> BTreeMap<String, i64> {
    let mut open = BTreeMap::new();
    for row in asked.rows("open_items") {
        *open.entry(row["company_id"].clone()).or_default() += hundredths(&row, "open_amount");
    }
    open.retain(|_, amount| *amount != 0);
    open
}

#[test]
fn buckets_items_customers_and_history_sum_to_what_is_open() {
    holds(
        || (0..500_u32).boxed(),
        |books, offset| {
            let desk = load(&books);
            let as_of = day(offset);
            let mut asked = desk.ask(&as_of);
            let whole = asked.rows("receivables").remove(0);
            let open = hundredths(&whole, "open_amount");
            prop_assert_eq!(sum(&asked.rows("aging"), "open_amount"), open);
            prop_assert_eq!(sum(&asked.rows("open_items"), "open_amount"), open);
            prop_assert_eq!(sum(&asked.rows("aging_by_customer"), "open_amount"), open);
            let parts = ["not_due_amount", "overdue_amount", "age_unknown_amount"].map(|name| hundredths(&whole, name));
            prop_assert_eq!(parts.iter().sum::<i64>(), open);
            // open + allocated = amount, in each company
            let booked = asked.sql(&format!(
                "select items.company_id, sum(items.amount) as amount from items \
                 where items.posted_date <= date '{as_of}' group by items.company_id having sum(items.amount) <> 0"
            ));
            let booked: BTreeMap<String, i64> =
                booked.iter().map(|row| (row["company_id"].clone(), hundredths(row, "amount"))).collect();
            prop_assert_eq!(
                booked,
                open_by_company(&mut asked),
                "allocations take as much from debits as from credits"
            );
            let history = asked.rows("receivables_history");
            // one list of open items says nothing of earlier months, and why
            let within = |month: &&Row| &*month["month_end_date"] >= "2023-01-01" && month["missing_text"].is_empty();
            if let Some(month) = history.iter().rfind(within) {
                let then = asked.at(&month["month_end_date"]).rows("receivables").remove(0);
                for (name, value) in then.iter().filter(|(name, _)| *name != "as_of_date") {
                    prop_assert_eq!(value, &month[name], "{} at {}", name, &month["month_end_date"]);
                }
            }
            Ok(())
        },
    );
}

#[test]
fn after_the_last_event_every_day_answers_alike() {
    holds(
        || Just(()).boxed(),
        |books, ()| {
            let desk = load(&books);
            let mut asked = desk.ask("2026-01-31");
            let open = open_by_company(&mut asked);
            prop_assert_eq!(open, open_by_company(asked.at("2099-12-31")));
            Ok(())
        },
    );
}

#[test]
fn row_order_and_parts_change_no_answer() {
    // the line of a file is where it stands, which is all that differs
    let answers = |desk: &Desk, as_of: &str| -> BTreeMap<String, Answer> {
        let answers = desk.ask(as_of).all().into_iter();
        answers.map(|(name, answer)| (name, without(&answer, &["source_file", "source_line"]))).collect()
    };
    holds(
        || select(&["2023-08-31", "2023-12-31", "2026-01-31"][..]).boxed(),
        |books, as_of| {
            let expected = answers(&load(&books), as_of);
            let mut turned = books.clone();
            turned.items.reverse();
            turned.allocations.reverse();
            for other in [load(&turned), load_in_parts(&books)] {
                let found = answers(&other, as_of);
                prop_assert_eq!(&found, &expected);
            }
            Ok(())
        },
    );
}
