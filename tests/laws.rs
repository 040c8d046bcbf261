//! Laws over random ledgers: whatever is booked, these hold.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::desk::{Desk, Row, without_lines};

/// A small random history: invoices, receipts and what of them is allocated.
#[derive(Clone, Debug)]
struct Books {
    items: Vec<String>,
    allocations: Vec<String>,
}

const ITEMS: &str = "item_id,customer_id,kind,issued_date,posted_date,due_date,amount,reference\n";
const ALLOCATIONS: &str = "debit_item_id,credit_item_id,allocated_date,amount\n";

fn day(offset: u32) -> String {
    let start = "2023-01-01".parse::<encours::model::Date>().unwrap();
    encours::model::calendar::add_days(start, offset.into()).to_string()
}

fn cents(amount: u32) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn books() -> impl Strategy<Value = Books> {
    let invoice = (0..4_u32, 0..400_u32, 0..60_u32, 1..200_000_u32, 0..5_u32);
    vec((invoice, vec((1..100_u32, 0..200_u32), 0..3)), 1..25).prop_map(|invoices| {
        let mut books = Books { items: Vec::new(), allocations: Vec::new() };
        for (number, ((customer, issued, terms, amount, kind), parts)) in invoices.into_iter().enumerate() {
            let (kind, sign) = if kind == 0 { ("credit_note", "-") } else { ("invoice", "") };
            let posted = issued + issued % 3;
            books.items.push(format!(
                "I{number},C{customer},{kind},{},{},{},{sign}{},F{number}\n",
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
                books.items.push(format!("{receipt},C{customer},receipt,{on},{on},{on},-{},{receipt}\n", cents(paid)));
                if left > 0 || share % 2 == 0 {
                    books.allocations.push(format!("I{number},{receipt},{on},{}\n", cents(paid.min(amount))));
                }
            }
        }
        books
    })
}

fn load(books: &Books) -> Desk {
    let desk = Desk::new();
    let items = desk.file("items.csv", books.items.iter().fold(ITEMS.to_owned(), |text, line| text + line));
    let allocations =
        desk.file("allocations.csv", books.allocations.iter().fold(ALLOCATIONS.to_owned(), |text, line| text + line));
    if books.allocations.is_empty() {
        desk.load(&[&items]);
    } else {
        desk.load(&[&items, &allocations]);
    }
    desk
}

fn hundredths(row: &Row, column: &str) -> i64 {
    row[column].replace('.', "").parse().unwrap()
}

fn sum(rows: &[Row], column: &str) -> i64 {
    rows.iter().map(|row| hundredths(row, column)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn buckets_items_customers_and_history_sum_to_what_is_open(books in books(), offset in 0..500_u32) {
        let desk = load(&books);
        let as_of = day(offset);
        let mut asked = desk.ask(&as_of);
        let whole = asked.rows("receivables").remove(0);
        let open = hundredths(&whole, "open_amount");
        prop_assert_eq!(sum(&asked.rows("aging"), "open_amount"), open);
        prop_assert_eq!(sum(&asked.rows("open_items"), "open_amount"), open);
        prop_assert_eq!(sum(&asked.rows("aging_by_customer"), "open_amount"), open);
        let parts: i64 = ["not_due_amount", "overdue_amount", "age_unknown_amount"].iter().map(|name| hundredths(&whole, name)).sum();
        prop_assert_eq!(parts, open);
        // open + allocated = amount
        let items = asked.sql(&format!("select sum(items.amount) as amount from items where items.posted_date <= date '{as_of}'"));
        let booked: i64 = items[0]["amount"].replace('.', "").parse().unwrap_or_default();
        prop_assert_eq!(booked, open, "allocations take as much from debits as from credits");
        let history = asked.rows("receivables_history");
        let within = |month: &&Row| month["month_end_date"].as_str() >= "2023-01-01";
        if let Some(month) = history.iter().rfind(within) {
            let then = asked.at(&month["month_end_date"]).rows("receivables").remove(0);
            for (name, value) in then.iter().filter(|(name, _)| *name != "as_of_date") {
                prop_assert_eq!(value, &month[name], "{} at {}", name, &month["month_end_date"]);
            }
        }
    }

    #[test]
    fn after_the_last_event_every_day_answers_alike_and_row_order_changes_nothing(books in books()) {
        let desk = load(&books);
        let mut turned = books.clone();
        turned.items.reverse();
        turned.allocations.reverse();
        let other = load(&turned);
        for as_of in ["2023-08-31", "2026-01-31"] {
            let mut expected = desk.ask(as_of).all();
            let mut found = other.ask(as_of).all();
            // the line of a file is where it stands, which is all that differs
            for answers in [&mut expected, &mut found] {
                if let Some(answer) = answers.get_mut("open_items") {
                    *answer = without_lines(answer);
                }
            }
            prop_assert_eq!(expected, found);
        }
        let late = desk.ask("2026-01-31").first("receivables", "open_amount");
        prop_assert_eq!(late, desk.ask("2099-12-31").first("receivables", "open_amount"));
    }

    #[test]
    fn one_part_or_eight_give_the_same_answers(books in books()) {
        let whole = load(&books);
        let parts = Desk::new();
        let size = books.items.len().div_ceil(8);
        for (number, lines) in books.items.chunks(size).enumerate() {
            let text = lines.iter().fold(ITEMS.to_owned(), |text, line| text + line);
            let file = parts.file(&format!("items{number}.csv"), text);
            parts.load(&[&file]);
        }
        if !books.allocations.is_empty() {
            let text = books.allocations.iter().fold(ALLOCATIONS.to_owned(), |text, line| text + line);
            let file = parts.file("allocations.csv", text);
            parts.load(&[&file]);
        }
        let pick = |desk: &Desk| desk.ask("2023-12-31").all().into_iter().filter(|(name, _)| name != "open_items").collect::<Vec<_>>();
        prop_assert_eq!(pick(&whole), pick(&parts));
    }
}
