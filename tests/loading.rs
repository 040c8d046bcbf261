//! Loading through the command line: what the last line says, mappings, references across files, workbooks.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::books::Ledger;
use crate::desk::Desk;
use crate::skips::real;

#[test]
fn the_last_line_is_the_one_a_controller_checks() {
    let desk = Desk::new();
    let file =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "1200.00").text());
    let said = desk.run(&["load", file.to_str().unwrap(), "--company-name", "Atelier Nord"]).ended(0);
    let expected = "lines read: 2 = accepted: 2 + rejected: 0; receivable lines: 1; debit: 1,200.00, credit: 1,200.00; assumptions: ";
    assert!(said.last_line().starts_with(expected), "{}", said.last_line());
    assert_eq!(said.stderr, "");
}

#[test]
fn every_official_case_loads_with_its_own_status() {
    let Some(folder) = real("fec_cases") else { return };
    // the line cannot be counted: a field too many or too few, a day in no calendar, a side or an amount that is none
    let refused = ["date_m13", "extra_field_in_row", "missing_field_in_row", "ms_badsens", "nonnum"];
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|ending| ending != "txt") {
            continue;
        }
        let status = i32::from(refused.iter().any(|case| name.contains(case)));
        let desk = Desk::new();
        let said = desk.run(&["load", path.to_str().unwrap()]).ended(status);
        assert!(said.last_line().starts_with("lines read: 3 = "), "{name}: {}", said.last_line());
        count += 1;
    }
    assert_eq!(count, 29);
}

#[test]
fn allocations_of_unknown_items_are_rejects_and_known_ones_resolve_across_files_and_the_lake() {
    let desk = Desk::new();
    let items = desk.file(
        "items.csv",
        "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2024-01-10,100.00\nR1,C1,receipt,2024-02-10,-40.00\n",
    );
    let header = "debit_item_id,credit_item_id,allocated_date,amount\n";
    let allocations = desk.file("allocations.csv", format!("{header}F1,R1,2024-02-10,40.00\nF9,R1,2024-02-10,1.00\n"));
    let said = desk.run(&["load", items.to_str().unwrap(), allocations.to_str().unwrap()]).ended(1);
    assert!(said.last_line().starts_with("lines read: 4 = accepted: 3 + rejected: 1;"), "{}", said.last_line());
    let rejects = desk.run(&["rejects", "--output", "csv"]).ended(0);
    assert!(rejects.stdout.contains("allocations.csv,3,item_unknown,F9"), "{}", rejects.stdout);
    assert_eq!(desk.ask("2024-12-31").first("receivables", "open_amount"), "60.00");
    let open: Vec<String> =
        desk.ask("2024-12-31").rows("open_items").iter().map(|row| row["open_amount"].clone()).collect();
    assert_eq!(open, ["60.00"]);
    // an unknown customer was created
    assert_eq!(desk.ask("2024-12-31").first("open_items", "customer_name"), "C1");
    let customers = desk.file("customers.csv", "customer_id,name\nC1,Société d'Été\n");
    desk.load(&[&customers]);
    assert_eq!(desk.ask("2024-12-31").first("open_items", "customer_name"), "Société d'Été");
    assert_eq!(desk.ask("2024-12-31").sql("select customers.customer_id from customers").len(), 1);
}

#[test]
fn a_customers_terms_reach_the_due_dates_of_its_ledger() {
    let desk = Desk::new();
    let file =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-01-20", "10.00").text());
    desk.load(&[&file]);
    assert_eq!(desk.ask("2024-12-31").first("open_items", "due_date"), "2024-02-19");
    let customers =
        desk.file("customers.csv", "company_id,customer_id,name,terms_code\n111111111,C1,Client C1,EOM45\n");
    desk.load(&[&customers]);
    let mut asked = desk.ask("2024-12-31");
    assert_eq!(asked.first("open_items", "due_date"), "2024-03-16");
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
}

#[test]
fn disputes_name_invoices_by_reference() {
    let desk = Desk::new();
    let ledger =
        Ledger::new(2024).invoice("C1", "F1", "2024-01-20", "10.00").invoice("C1", "F2", "2024-01-21", "20.00");
    let file = desk.file("111111111FEC20241231.txt", ledger.text());
    let disputes = desk.file(
        "disputes.csv",
        "company_id,dispute_id,item_id,opened_date,closed_date,disputed_amount\n111111111,D1,F2,2024-02-01,2024-03-01,15.00\n",
    );
    desk.load(&[&file, &disputes]);
    let contested = |as_of: &str| desk.ask(as_of).first("receivables", "disputed_amount");
    assert_eq!([contested("2024-01-31"), contested("2024-02-01"), contested("2024-03-01")], ["0.00", "15.00", "0.00"]);
}

#[test]
fn a_workbook_loads_as_its_csv_does() {
    let desk = Desk::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (column, name) in ["item_id", "customer_id", "kind", "issued_date", "amount"].iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), *name).unwrap();
    }
    sheet.write(1, 0, "F1").unwrap();
    sheet.write(1, 1, "C1").unwrap();
    sheet.write(1, 2, "invoice").unwrap();
    sheet.write_with_format(1, 3, ExcelDateTime::from_ymd(2024, 1, 20).unwrap(), &date).unwrap();
    sheet.write(1, 4, 1234.56).unwrap();
    let path = desk.path("items.xlsx");
    book.save(&path).unwrap();
    desk.load(&[&path]);
    let mut asked = desk.ask("2024-12-31");
    assert_eq!(asked.first("open_items", "issued_date"), "2024-01-20");
    assert_eq!(asked.first("receivables", "open_amount"), "1234.56");
}

#[test]
fn a_file_nobody_knows_is_inspected_mapped_and_loaded() {
    let desk = Desk::new();
    let file = desk.file(
        "export.csv",
        "N° pièce;Code client;Type;Date facture;Échéance;Montant TTC\nFA1;C1;Facture;20/01/2024;19/02/2024;1 234,56\nRG1;C1;Règlement;05/02/2024;05/02/2024;1 000,00\n",
    );
    let unclear = desk.file("unclear.csv", "Pièce;Client;Date;Montant A;Montant B\nFA1;C1;20/01/2024;10,00;12,00\n");
    let refused = desk.run(&["load", unclear.to_str().unwrap()]).ended(2);
    assert!(refused.stderr.contains("`Montant A` (10.00) or `Montant B` (12.00)"), "{}", refused.stderr);
    assert!(refused.stderr.contains("encours inspect"), "{}", refused.stderr);
    let taken = desk.run(&["load", file.to_str().unwrap()]).ended(0);
    assert!(taken.stdout.contains("amount = `Montant TTC`"), "{}", taken.stdout);
    let said = desk.run(&["inspect", file.to_str().unwrap()]);
    let mapping = said.stdout.split_once("mapping").map(|(_, rest)| rest.split_once('\n').unwrap().1).unwrap();
    desk.file("own.toml", mapping);
    let loaded = desk.run(&["load", file.to_str().unwrap(), "--mapping", "own.toml"]);
    assert!(loaded.status < 2, "the proposed mapping is one to start from: {}\n{mapping}", loaded.stderr);
}

#[test]
fn a_file_whose_dates_tell_nothing_is_an_error_that_names_the_flag() {
    let desk = Desk::new();
    let file = desk.file("items.csv", "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,01/02/2024,10.00\n");
    let said = desk.run(&["load", file.to_str().unwrap()]).ended(2);
    assert!(said.stderr.contains("--date-order"), "{}", said.stderr);
    desk.run(&["load", file.to_str().unwrap(), "--date-order", "mdy"]).ended(0);
    assert_eq!(desk.ask("2024-12-31").first("open_items", "issued_date"), "2024-01-02");
}

#[test]
fn two_companies_of_one_siren_can_be_kept_apart() {
    let desk = Desk::new();
    let name = "111111111FEC20241231.txt";
    let first = desk.file(name, Ledger::new(2024).invoice("C1", "F1", "2024-01-20", "10.00").text());
    let other =
        desk.file(&format!("other/{name}"), Ledger::new(2024).invoice("C1", "F1", "2024-01-20", "25.00").text());
    desk.load(&[&first]);
    desk.run(&["load", other.to_str().unwrap(), "--company", "other"]).ended(0);
    let open = |arguments: &[&str]| {
        let said =
            desk.run(&[&["query", "receivables", "--as-of", "2024-12-31", "--output", "csv"], arguments].concat());
        said.ended(0).stdout.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned()
    };
    assert_eq!(
        [open(&[]), open(&["--company", "other"]), open(&["--company", "111111111"])],
        ["35.00", "25.00", "10.00"]
    );
}

#[test]
fn a_file_of_which_nothing_can_be_accepted_changes_nothing() {
    let desk = Desk::new();
    let sound = Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").text();
    let file = desk.file("111111111FEC20241231.txt", &sound);
    desk.load(&[&file]);
    desk.file("111111111FEC20241231.txt", sound.replace("120,00", "abc"));
    let said = desk.run(&["load", file.to_str().unwrap()]).ended(2);
    assert!(said.stderr.contains("amount_unreadable"), "{}", said.stderr);
    assert_eq!(desk.ask("2024-12-31").first("receivables", "open_amount"), "120.00");
    let left = std::fs::read_dir(desk.path("lake/ledger_lines"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "parquet"));
    assert_eq!(left.count(), 1, "no file of the refused load stays behind");
}

#[test]
fn two_files_of_one_source_in_one_load_are_refused() {
    let desk = Desk::new();
    let name = "111111111FEC20241231.txt";
    let first = desk.file(name, Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "1.00").text());
    let other = desk.file(&format!("other/{name}"), Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "2.00").text());
    let said = desk.run(&["load", first.to_str().unwrap(), other.to_str().unwrap()]).ended(2);
    assert!(said.stderr.contains("111111111/2024-12-31"), "{}", said.stderr);
}

#[test]
fn plain_files_beside_a_ledger_speak_of_its_company() {
    let desk = Desk::new();
    let file =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-01-20", "10.00").text());
    let customers = desk.file("customers.csv", "customer_id,name,terms_code\nC1,Client C1,60\n");
    let disputes = desk.file("disputes.csv", "dispute_id,item_id,opened_date\nD1,F1,2024-02-01\n");
    desk.load(&[&customers, &file]);
    desk.load(&[&disputes]);
    let mut asked = desk.ask("2024-12-31");
    assert_eq!(asked.first("open_items", "due_date"), "2024-03-20");
    assert_eq!(asked.first("receivables", "disputed_amount"), "10.00");
    assert_eq!(asked.sql("select customers.customer_id from customers").len(), 1);
}

#[test]
fn what_was_refused_after_reading_is_named_too() {
    let desk = Desk::new();
    let items =
        desk.file("items.csv", "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2024-01-10,100.00\n");
    let disputes = desk.file("disputes.csv", "dispute_id,item_id\nD1,F9\nD2,F1\n");
    let said = desk.run(&["load", items.to_str().unwrap(), disputes.to_str().unwrap()]).ended(1);
    assert!(said.stdout.lines().any(|line| line.contains('1') && line.contains("item")), "{}", said.stdout);
    assert!(said.stdout.lines().count() >= 4, "{}", said.stdout);
}

/// Sums beyond 18 digits were cut, or ended the program: the control account said 0.
#[test]
fn amounts_that_sum_to_more_than_can_be_held_are_an_error_and_no_figure() {
    let large = "999999999999999.99";
    let books = |year| {
        (0..3).fold(Ledger::new(year), |books, number| {
            books.invoice("C1", &format!("F{number}"), &format!("{year}-03-05"), large)
        })
    };
    let desk = Desk::new();
    let years = [2023, 2024].map(|year| desk.file(&format!("123456789FEC{year}1231.txt"), books(year).text()));
    let said = desk.run(&["load", "--quiet", years[0].to_str().unwrap(), years[1].to_str().unwrap()]).ended(2);
    let expected = "error: the lines of account `411000`, customer `C1`, of company `123456789` sum to more than ";
    assert!(said.stderr.starts_with(expected) && said.stderr.contains("hint:"), "{}", said.stderr);
    assert!(desk.run(&["query", "receivables"]).ended(2).stderr.contains("there is no lake"));
    // of many customers, what can be asked is asked of fewer
    let rows = (0..1200).map(|number| format!("F{number},C{number},invoice,2024-03-05,2024-04-04,{large},EUR\n"));
    let text =
        format!("item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n{}", rows.collect::<String>());
    desk.load(&[&desk.file("items.csv", text)]);
    for query in ["receivables", "aging", "dso", "payers", "cash_forecast", "worklist"] {
        let said = desk.run(&["query", query, "--as-of", "2024-12-31", "--quiet"]).ended(2);
        assert!(
            said.stderr.starts_with("error: ") && said.stderr.contains("hint: a sum beyond"),
            "{query}: {}",
            said.stderr
        );
        assert!(!said.stderr.contains("panicked"), "{query}: {}", said.stderr);
    }
}
