//! Generated receivables of any size: same seed, same bytes; CSV, Parquet and yearly ledgers say the same; what they
//! hold is skewed, paid in parts, credited and disputed.

use std::collections::BTreeMap;
use std::path::Path;

use encours::demo::volume::{CsvFiles, FecFiles, VolumeOptions, generate};

use encours::engine::Scope;

use crate::desk::{Asked, Desk, day};

const OPTIONS: VolumeOptions = VolumeOptions { seed: 7, item_count: 4_000, is_of_whole_years: true, more_days: 0 };

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let desk = Desk::new();
    let made = |name: &str, seed: &str, format: &str, more: &str| {
        let out = desk.path(name);
        let arguments = ["--items", "3000", "--seed", seed, "--format", format, "--more-days", more];
        desk.run(&[&["generate", "--out", out.to_str().unwrap()], &arguments[..]].concat()).ended(0);
        files(&out)
    };
    for (format, more) in [("csv", "2"), ("parquet", "1"), ("fec", "0")] {
        let first = made(&format!("{format}1"), "3", format, more);
        assert_eq!(first, made(&format!("{format}2"), "3", format, more), "{format}");
        assert_ne!(first, made(&format!("{format}3"), "4", format, more), "{format}");
        assert!(first.len() >= 5, "{:?}", first.keys());
    }
    let refused = ["generate", "--items", "9", "--out", "x", "--format", "fec", "--more-days", "1"];
    assert!(desk.run(&refused).ended(2).stderr.contains("hint: "), "a day cannot stand beside a ledger of a year");
}

#[test]
fn chained_ledgers_plain_files_and_parquet_say_the_same() {
    let plain = Desk::new();
    let folder = plain.path("made");
    let mut csv = CsvFiles::create(&folder).unwrap();
    let report = generate(&OPTIONS, &mut csv).unwrap();
    csv.finish().unwrap();
    let names = ["customers.csv", "items.csv", "allocations.csv", "disputes.csv"].map(|name| folder.join(name));
    plain.load(&names.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    assert!(report.credit_note_count > 20 && report.dispute_count > 10, "{report:?}");
    assert!(report.allocation_count > report.receipt_count, "some receipts settle many invoices: {report:?}");

    let ledgers = Desk::new();
    let folder = ledgers.path("made");
    let mut fec = FecFiles::create(&folder).unwrap();
    assert_eq!(generate(&OPTIONS, &mut fec).unwrap(), report);
    fec.finish().unwrap();
    let years = [2022, 2023, 2024].map(|year| format!("999999996FEC{year}1231.txt"));
    let names = years.iter().map(String::as_str).chain(["customers.csv", "disputes.csv"]).map(|name| folder.join(name));
    let names: Vec<_> = names.collect();
    ledgers.load(&names.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    for day in ["2022-06-30", "2022-12-31", "2023-09-15", "2024-12-31"] {
        let open = |desk: &Desk| -> Vec<(String, String)> {
            let rows = desk.ask(day).rows("aging_by_customer").into_iter();
            rows.map(|row| (row["customer_id"].clone(), row["open_amount"].clone())).collect()
        };
        assert_eq!(open(&plain), open(&ledgers), "{day}");
        assert!(open(&plain).len() > 5, "{day}");
    }
    let mut asked = ledgers.ask("2024-12-31");
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
    assert_eq!(
        asked.first("receivables", "disputed_amount"),
        plain.ask("2024-12-31").first("receivables", "disputed_amount")
    );
}

#[test]
fn a_few_customers_get_most_and_pay_many_invoices_at_once() {
    let desk = Desk::new();
    let out = desk.path("made");
    desk.run(&["generate", "--items", "60000", "--out", out.to_str().unwrap()]).ended(0);
    let text = std::fs::read_to_string(out.join("items.csv")).unwrap();
    assert_eq!(text.lines().count(), 60_001, "exactly as many as asked");
    // rows whose cell at a place begins so, counted by the cell at another
    let counts = |name: &str, (place, first): (usize, &str), by: usize| {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        for cells in text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
            if cells[place].starts_with(first) {
                *counts.entry(cells[by].to_owned()).or_default() += 1;
            }
        }
        let mut counts: Vec<u32> = counts.into_values().collect();
        counts.sort_unstable();
        counts
    };
    let by_customer = counts("items.csv", (2, "invoice"), 1);
    let total: u32 = by_customer.iter().sum();
    let largest: u32 = by_customer.iter().rev().take(by_customer.len() / 10).sum();
    assert!(largest * 5 > total * 2, "a tenth of the customers gets more than two fifths");
    let of_receipt = *counts("allocations.csv", (1, "R"), 1).last().unwrap();
    assert!((50..500).contains(&of_receipt), "{of_receipt} invoices of one receipt");
    let parts = counts("allocations.csv", (0, "F"), 0);
    assert!(parts.iter().filter(|count| **count == 2).count() * 20 > parts.len(), "one in twenty is settled in parts");
}

/// So little that a question may hold a few megabytes.
const LITTLE_MEGABYTES: u64 = 230;

/// Whether a step of a plan wrote to disk, as `explain analyze` says it.
fn went_to_disk(plan: &str) -> bool {
    assert!(plan.contains("spilled_bytes="), "{plan}");
    plan.split("spilled_bytes=").skip(1).any(|said| !said.starts_with("0.0 B"))
}

/// Beyond 200 000 rows questions are planned for several processors. With so little memory, a join that held all payment
/// dates beside the days of the pictures was begun again from a source that can be read once, and the run ended in a panic.
#[test]
fn payers_and_the_days_list_are_told_of_many_items_with_little_memory() {
    let desk = Desk::new();
    let out = desk.path("made");
    desk.run(&["generate", "--items", "300000", "--out", out.to_str().unwrap()]).ended(0);
    let names = ["customers.csv", "items.csv", "allocations.csv", "disputes.csv"].map(|name| out.join(name));
    desk.load(&names.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    let answers = |megabytes: u32| {
        desk.file("encours.toml", format!("memory_megabytes = {megabytes}\n"));
        ["payers", "worklist"].map(|query| desk.run(&["query", query, "--output", "csv"]).ended(0).stdout.clone())
    };
    let little = answers(1_500);
    assert_eq!(little[0].lines().count(), 1_501, "each customer, under a header");
    assert!(little[1].lines().count() > 1_000, "{} lines", little[1].lines().count());
    assert!(little == answers(8_000), "more memory changes no answer");

    // what is sorted and grouped goes to disk where memory does not hold it, and comes back whole
    let asked = |megabytes: u64, sql: &str| {
        let scope = Scope::at(day("2024-12-31"));
        let rows = Asked::within(&desk.path("lake"), scope, None, megabytes << 20).sql(sql);
        rows.into_iter().map(|row| row.into_values().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
    };
    for sql in [
        "select count(*) as row_count, sum(numbered.position * (numbered.position % 7)) as mixed from ( \
         select row_number() over (order by items.amount, items.item_id) as position from items) as numbered",
        "select count(*) as row_count, sum(grouped.amount) as amount from ( \
         select items.item_id, items.reference, max(items.amount) as amount from items group by items.item_id, items.reference) as grouped",
    ] {
        let plan = asked(LITTLE_MEGABYTES, &format!("explain analyze {sql}"));
        assert!(went_to_disk(&plan), "{plan}");
        assert_eq!(asked(LITTLE_MEGABYTES, sql), asked(8_000, sql));
        assert!(!went_to_disk(&asked(8_000, &format!("explain analyze {sql}"))), "memory enough keeps all");
    }
}
