//! What the demo company promises: the same bytes for the same seed, entries that balance, years that chain.

use super::chain::{acting_day, open_amounts};
use super::company::Company;
use super::settlement::Nature;
use super::{Behaviour, DemoError, DemoOptions, planted_markdown, truth, write, write_continuous};
use crate::model::Date;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

fn small() -> DemoOptions {
    DemoOptions { customer_count: 80, invoice_count: 1_600, ..DemoOptions::default() }
}

/// One digest over names and bytes of all yearly files.
fn digest(options: &DemoOptions) -> String {
    let mut hash = Sha256::new();
    for file in Company::make(options).unwrap().yearly_files() {
        hash.update(file.listed.name.as_bytes());
        hash.update(file.text.as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The cells of a FEC, header left out.
fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect()).collect()
}

fn hundredths(cell: &str) -> i64 {
    cell.replace(',', "").parse().unwrap()
}

/// Debit less credit of the receivable accounts, by account and customer, of the lines wanted.
fn balances(lines: &[Vec<&str>], wanted: impl Fn(&[&str]) -> bool) -> BTreeMap<(String, String), i64> {
    let mut balances = BTreeMap::new();
    for line in lines.iter().filter(|line| line[4].starts_with("41") && !line[4].starts_with("419") && wanted(line)) {
        *balances.entry((line[4].to_owned(), line[6].to_owned())).or_insert(0) +=
            hundredths(line[11]) - hundredths(line[12]);
    }
    balances.retain(|_, balance| *balance != 0);
    balances
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    assert_eq!(digest(&small()), digest(&small()));
    assert_ne!(digest(&small()), digest(&DemoOptions { seed: 43, ..small() }));
}

/// A change of this digest is a change of every golden file made from the demo company: know why before it is accepted.
#[test]
fn the_default_company_is_the_same_on_every_machine() {
    assert_eq!(digest(&DemoOptions::default()), "8d79acf3eadf38d4b5877ebed07676bc7e80eb0eae13fb9a1b137f8d7d539a85");
}

#[test]
fn every_entry_and_every_file_balances() {
    let company = Company::make(&small()).unwrap();
    for file in company
        .yearly_files()
        .into_iter()
        .chain(company.continuous_files())
        .filter(|file| file.listed.debit_amount.is_some())
    {
        let mut entries: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for line in cells(&file.text) {
            assert_eq!(line.len(), 18, "{line:?}");
            *entries.entry((line[0], line[2])).or_default() += hundredths(line[11]) - hundredths(line[12]);
        }
        assert!(entries.values().all(|sum| *sum == 0), "{}", file.listed.name);
        assert_eq!(file.listed.debit_amount, file.listed.credit_amount);
    }
}

#[test]
fn a_year_opens_with_what_the_year_before_closed_with() {
    let files = Company::make(&small()).unwrap().yearly_files();
    for pair in files[..3].windows(2) {
        let (before, after) = (cells(&pair[0].text), cells(&pair[1].text));
        let closing = balances(&before, |_| true);
        let opening = balances(&after, |line| line[0] == "AN");
        assert!(closing.len() > 20);
        assert_eq!(closing, opening);
    }
}

#[test]
fn every_letter_of_the_continuous_ledger_comes_to_nothing() {
    let files = Company::make(&small()).unwrap().continuous_files();
    let mut groups: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    for line in cells(&files[0].text).into_iter().filter(|line| !line[13].is_empty()) {
        *groups.entry((line[4], line[6], line[13])).or_default() += hundredths(line[11]) - hundredths(line[12]);
    }
    assert!(groups.len() > 1_000);
    assert!(groups.values().all(|sum| *sum == 0));
}

#[test]
fn the_first_opening_is_partly_dated_the_second_detailed_and_the_third_summarised() {
    let files = Company::make(&small()).unwrap().yearly_files();
    let opening = |year: usize| -> Vec<Vec<&str>> {
        cells(&files[year].text)
            .into_iter()
            .filter(|line| line[0] == "AN" && line[4].starts_with("41") && !line[4].starts_with("419"))
            .collect()
    };
    let dated = |line: &&Vec<&str>| !line[9].is_empty() && line[9] < "20230101";
    assert!(opening(0).iter().any(|line| dated(&line)) && opening(0).iter().any(|line| !dated(&line)));
    assert!(opening(1).iter().any(|line| !line[13].is_empty()), "a line of the detailed opening bears its letter");
    let summarised = opening(2);
    assert!(summarised.iter().all(|line| line[13].is_empty()));
    let keys: BTreeSet<_> = summarised.iter().map(|line| (line[4], line[6])).collect();
    assert_eq!(keys.len(), summarised.len(), "one line an account and customer");
}

#[test]
fn a_january_receipt_for_the_year_before_bears_a_letter_of_its_own() {
    let files = Company::make(&small()).unwrap().yearly_files();
    let mut groups: BTreeMap<(&str, &str, &str), (i64, i64)> = BTreeMap::new();
    for line in cells(&files[2].text).into_iter().filter(|line| !line[13].is_empty()) {
        let sides = groups.entry((line[4], line[6], line[13])).or_default();
        sides.0 += hundredths(line[11]);
        sides.1 += hundredths(line[12]);
    }
    assert!(groups.values().filter(|(debit, credit)| *debit == 0 && *credit > 0).count() > 30);
}

#[test]
fn every_kind_of_posting_is_there() {
    let company = Company::make(&DemoOptions::default()).unwrap();
    let natures: BTreeSet<Nature> =
        company.accounts.iter().flat_map(|accounts| &accounts.postings).map(|posting| posting.nature).collect();
    for nature in [
        Nature::Opening,
        Nature::Invoice,
        Nature::CreditNote,
        Nature::Receipt,
        Nature::ReturnedReceipt,
        Nature::Refund,
        Nature::Discount,
        Nature::WriteOff,
        Nature::Offset,
        Nature::BillDrawn,
        Nature::MadeDoubtful,
        Nature::Factored,
        Nature::CurrencyLoss,
        Nature::CurrencyGain,
        Nature::AdvanceUsed,
    ] {
        assert!(natures.contains(&nature), "{nature:?}");
    }
}

#[test]
fn something_is_issued_due_and_allocated_on_each_boundary_day() {
    let company = Company::make(&small()).unwrap();
    for (month, day) in [(6, 30), (12, 31)] {
        let boundary = Date::from_ymd_opt(2025, month, day).unwrap();
        assert!(company.invoices.iter().any(|invoice| invoice.issued == boundary));
        assert!(company.invoices.iter().any(|invoice| invoice.due == boundary));
        let allocated = company.accounts.iter().any(|accounts| {
            accounts.allocations.iter().any(|allocation| acting_day(allocation, &accounts.postings) == boundary)
        });
        assert!(allocated, "something is allocated on {boundary}");
    }
}

#[test]
fn the_default_company_has_the_size_and_the_habits_of_a_healthy_one() {
    let company = Company::make(&DemoOptions::default()).unwrap();
    let report = truth::report(&company, Vec::new());
    assert!((11_700..=12_300).contains(&report.invoice_count), "{} invoices", report.invoice_count);
    for sales in &report.sales_amounts {
        assert!((33_000_000_000..=47_000_000_000).contains(&sales.thousandths()), "sales of {sales}");
    }
    // Open at the end against the sales of its last 90 days: 45 to 65 days of sales.
    let last_day = company.years.last_day();
    let open: i64 = company
        .accounts
        .iter()
        .flat_map(|accounts| open_amounts(&accounts.postings, &accounts.allocations, last_day))
        .flatten()
        .sum();
    let since = crate::model::calendar::add_days(last_day, -90);
    let sales: i64 =
        company.invoices.iter().filter(|invoice| invoice.issued > since).map(super::invoices::Invoice::gross).sum();
    assert!((45..=65).contains(&(open * 90 / sales)), "{} days of sales", open * 90 / sales);
}

#[test]
fn both_ledgers_and_the_tables_beside_them_are_written_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let yearly = write(&small(), folder.path()).unwrap();
    let names: Vec<&str> = yearly.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "999999997FEC20231231.txt",
            "999999997FEC20241231.txt",
            "999999997FEC20251231.txt",
            "customers.csv",
            "contacts.csv",
            "disputes.csv",
            "actions.csv",
            "invoice_details.csv",
            "payer_processes.csv",
            "invoice_events.csv",
            "insolvency_notices.csv",
            "messages.csv",
            "message_items.csv",
            "message_events.csv",
            "items.csv",
            "allocations.csv",
            "control_balances.csv",
        ]
    );
    assert!(yearly.files.iter().all(|file| folder.path().join(&file.name).is_file() && file.line_count > 0));
    let continuous = write_continuous(&small(), &folder.path().join("continuous")).unwrap();
    assert_eq!(continuous.files[0].name, "999999997FEC20251231.txt");
    let told = planted_markdown(&yearly);
    for behaviour in Behaviour::ALL {
        assert!(told.contains(&format!("| `{}` (", behaviour.code())));
    }
}

/// Rows of a file that the sister company wrote, by column names.
fn rows_of(files: &[super::company::FileText], name: &str) -> Vec<BTreeMap<String, String>> {
    let text = &files.iter().find(|file| file.listed.name == name).unwrap().text;
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let header = rows.headers().unwrap().clone();
    let named = |row: csv::StringRecord| header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    rows.records().map(|row| named(row.unwrap())).collect()
}

#[test]
fn the_sister_company_sells_in_three_currencies_to_groups_whose_head_office_pays() {
    let files = Company::make(&small()).unwrap().yearly_files();
    let items = rows_of(&files, "items.csv");
    let decimals = |amount: &str| amount.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    for (currency, wanted) in [("EUR", 2), ("JPY", 0), ("TND", 3)] {
        let mut own = items.iter().filter(|item| item["currency_code"] == currency).peekable();
        assert!(own.peek().is_some() && own.all(|item| decimals(&item["amount"]) == wanted), "{currency}");
    }
    let count = |column: &str, wanted: &str| items.iter().filter(|item| item[column] == wanted).count();
    assert!(count("account", "411700") > 0 && count("kind", "discount") > 0 && count("kind", "receipt") > 5);
    let customer: BTreeMap<&str, &str> =
        items.iter().map(|item| (item["item_id"].as_str(), item["customer_id"].as_str())).collect();
    let group: BTreeMap<String, String> = rows_of(&files, "customers.csv")
        .into_iter()
        .filter(|row| row["company_id"] == super::sister::SISTER)
        .map(|row| (row["customer_id"].clone(), row["group_id"].clone()))
        .collect();
    let mut paid_for_others = 0;
    for row in rows_of(&files, "allocations.csv") {
        let [debtor, payer] = ["debit_item_id", "credit_item_id"].map(|side| customer[row[side].as_str()]);
        if debtor != payer {
            paid_for_others += 1;
            assert!(!group[debtor].is_empty() && group[debtor] == group[payer], "{debtor}, {payer}");
        }
    }
    assert!(paid_for_others > 0);
    // its accounts hold what its items come to
    let base = |row: &BTreeMap<String, String>, column: &str| hundredths(&row[column].replace('.', ","));
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows_of(&files, "control_balances.csv") {
        last.insert(row["account"].clone(), base(&row, "balance_amount"));
    }
    assert_eq!(last.values().sum::<i64>(), items.iter().map(|item| base(item, "base_amount")).sum::<i64>());
}

#[test]
fn a_company_too_small_for_every_behaviour_is_refused_with_what_is_wanted() {
    let refused = Company::make(&DemoOptions { customer_count: 5, ..DemoOptions::default() }).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "the demo company was asked for 5 customers; wanted 60 to 20000, so that every behaviour finds one"
    );
    let last_year_end = Date::from_ymd_opt(2025, 6, 30).unwrap();
    let refused = Company::make(&DemoOptions { last_year_end, ..DemoOptions::default() }).err().unwrap();
    assert!(matches!(refused, DemoError::Options { .. }));
}
