//! Plain tables and mapped ones, from text.

use super::*;

const ITEMS: &str = "item_id,customer_id,kind,issued_date,amount\n";

fn read_text(text: &str) -> (SourceReport, Collected) {
    read_bytes("items.csv", text.as_bytes(), &Desk::new().options()).unwrap()
}

#[test]
fn the_five_columns_of_items_are_enough() {
    let (report, rows) =
        read_text(&format!("{ITEMS}F1,C1,invoice,2024-01-31,120.00\nA1,C1,credit_note,2024-02-10,-20\n"));
    assert_eq!((report.source_key.as_str(), report.format_code.as_str()), ("main/items.csv", "items"));
    assert_eq!((report.debit_total, report.credit_total, report.receivable_count), (120_000, 20_000, 2));
    assert_eq!(
        rows.rows_of(
            "items",
            &[
                "company_id",
                "item_id",
                "posted_date",
                "due_date",
                "due_is_derived",
                "currency_code",
                "amount",
                "base_amount",
                "source_file",
                "source_line"
            ]
        ),
        [
            "main | F1 | 2024-01-31 | 2024-03-01 | true | XXX | 120.00 |  | items.csv | 2",
            "main | A1 | 2024-02-10 | 2024-02-10 | false | XXX | -20.00 |  | items.csv | 3",
        ]
    );
    assert_eq!(note_codes(&report), [("currency_assumed", 2), ("due_date_derived", 1)]);
    assert_eq!(report.notes[1].amount, Some(120_000));
}

#[test]
fn settings_fill_company_and_currency() {
    let desk = Desk::new();
    let options = ReadOptions { company_id: Some("ACME"), base_currency: Some("EUR"), ..desk.options() };
    let text = "item_id;customer_id;kind;issued_date;amount;currency_code;company_id\nF1;C1;invoice;2024-01-31;120,00;;\nF2;C1;invoice;2024-01-31;10,00;usd;OTHER\n";
    let (_, rows) = read_bytes("i.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(
        rows.rows_of("items", &["company_id", "currency_code", "amount", "base_amount"]),
        ["ACME | EUR | 120.00 | 120.00", "OTHER | USD | 10.00 | "]
    );
}

#[test]
fn headers_count_whatever_their_order_case_and_separator() {
    for separator in [",", ";", "\t", "|"] {
        let text = ["Amount,Issued_Date,KIND,Customer ID,item_id", "5,2024-01-31,Invoice,C1,F1"]
            .join("\n")
            .replace(',', separator);
        let (report, rows) = read_text(&text);
        assert_eq!(
            (report.accepted_count, rows.rows_of("items", &["item_id", "customer_id", "kind", "amount"])),
            (1, vec!["F1 | C1 | invoice | 5.00".to_owned()])
        );
    }
}

#[test]
fn a_row_is_refused_alone_with_its_reason() {
    for (row, reason, found) in [
        ("F1,C1,bill,2024-01-31,5", "kind_unknown", "kind=bill"),
        ("F1,C1,invoice,2024-02-31,5", "date_impossible", "issued_date=2024-02-31"),
        ("F1,C1,invoice,31/01-24,5", "date_unreadable", "issued_date=31/01-24"),
        ("F1,C1,invoice,2024-01-31,five", "amount_unreadable", "amount=five"),
        ("F1,C1,invoice,2024-01-31,10.005", "amount_too_precise", "amount=10.005"),
        ("F1,C1,invoice,2024-01-31,12345678901234567.00", "amount_too_large", "amount=12345678901234567.00"),
        (",C1,invoice,2024-01-31,5", "value_missing", "item_id="),
        ("F1,C1,invoice,2024-01-31,", "value_missing", "amount="),
        ("F1,C1,invoice,2024-01-31", "field_count", "4 fields instead of 5"),
        ("F1,C1,invoice,2024-01-31,5,x", "field_count", "6 fields instead of 5"),
        ("F0,C1,invoice,2024-01-31,5", "item_duplicate", "F0"),
    ] {
        let (report, rows) =
            read_text(&format!("{ITEMS}F0,C1,invoice,2024-01-31,5.25\n{row}\nF9,C1,invoice,2024-01-31,7.50\n"));
        assert_eq!((report.accepted_count, reject_codes(&report)), (2, [(reason, 1)].into()), "{row}");
        assert_eq!(
            rows.rows_of("rejects", &["source_key", "source_line", "found", "text"]),
            [format!("main/items.csv | 3 | {found} | {row}")]
        );
    }
    let (report, _) =
        read_text("item_id,customer_id,kind,issued_date,amount,currency_code\nF1,C1,invoice,2024-01-31,5,EURO\n");
    assert_eq!(reject_codes(&report), [("currency_unknown", 1)].into());
}

#[test]
fn every_loadable_table_is_known_by_its_columns() {
    for (text, table) in [
        ("debit_item_id,credit_item_id,allocated_date,amount\nF1,R1,2024-02-01,5\n", "allocations"),
        ("customer_id,name\nC1,Dupont\n", "customers"),
        ("dispute_id,item_id\nD1,F1\n", "disputes"),
        ("action_id,customer_id,action_date,channel_code\nA1,C1,2024-02-01,phone\n", "actions"),
        ("customer_id,contact_id,name\nC1,P1,Marie\n", "contacts"),
        ("customer_id,portal,cut_off_day,is_order_number_required\nC1,chorus,25,oui\n", "payer_processes"),
        ("item_id,status_code,event_date\nF1,210,2024-02-01\n", "invoice_events"),
        ("account,balance_date,balance_amount\n411,2024-02-01,5\n", "control_balances"),
    ] {
        let (report, rows) = read_text(text);
        assert_eq!((report.format_code.as_str(), report.tables[table], report.rejected_count), (table, 1, 0));
        assert_eq!(rows.column(table, "company_id"), ["main"]);
        let (report, _) = read_text(&format!("{text}{}", text.lines().nth(1).unwrap()));
        assert_eq!(reject_codes(&report), [("row_duplicate", 1)].into(), "{table}");
    }
}

#[test]
fn a_header_that_nearly_fits_is_told_what_it_lacks() {
    let error = |text: &str| read_bytes("f.csv", text.as_bytes(), &Desk::new().options()).err().unwrap().to_string();
    assert_eq!(
        error("item_id,customer_id,issued_date,amount\n1,2,3,4\n"),
        "`f.csv` looks like `items` and has no column `kind`"
    );
    assert_eq!(error(ITEMS), "`f.csv` has a header and no line: at least one line is wanted");
    assert_eq!(
        error("item_id,customer_id,kind,issued_date,amount,Amount\n1,2,3,4,5,6\n"),
        "`f.csv` has two columns for `amount`: one is wanted"
    );
}

#[test]
fn unknown_columns_are_noted_and_texts_lose_the_guard_of_spreadsheets() {
    let (report, rows) =
        read_text("item_id,customer_id,kind,issued_date,amount,colour,label\nF1,C1,invoice,2024-01-31,5,red,'=1+1\n");
    assert!(report.notes.iter().any(|note| note.code == "columns_unknown" && note.text.ends_with("colour")));
    assert_eq!(rows.column("items", "label"), ["=1+1"]);
}

#[test]
fn the_file_decides_between_day_and_month_or_the_user_does() {
    let desk = Desk::new();
    let text = |dates: [&str; 2]| format!("{ITEMS}F1,C1,invoice,{},5\nF2,C1,invoice,{},5\n", dates[0], dates[1]);
    let days = |dates: [&str; 2], options: &ReadOptions<'_>| {
        read_bytes("i.csv", text(dates).as_bytes(), options)
            .map(|(_, rows)| rows.column("items", "issued_date"))
            .map_err(|error| error.to_string())
    };
    assert_eq!(days(["1/2/2013", "1/15/2013"], &desk.options()).unwrap(), ["2013-01-02", "2013-01-15"]);
    assert_eq!(days(["1/2/2013", "15/1/2013"], &desk.options()).unwrap(), ["2013-02-01", "2013-01-15"]);
    assert_eq!(days(["3/3/2013", "2013-01-15"], &desk.options()).unwrap(), ["2013-03-03", "2013-01-15"]);
    assert!(days(["1/2/2013", "1/3/2013"], &desk.options()).unwrap_err().contains("day first or month first"));
    assert!(days(["1/15/2013", "15/1/2013"], &desk.options()).unwrap_err().contains("two orders"));
    let chosen = ReadOptions { date_order: crate::ingest::DateOrder::parse("mdy"), ..desk.options() };
    assert_eq!(days(["1/2/2013", "15/1/2013"], &chosen).unwrap(), ["2013-01-02"]);
}

#[test]
fn the_file_decides_what_comma_and_point_are() {
    let amounts = |cells: [&str; 2]| {
        let text = format!(
            "item_id;customer_id;kind;issued_date;amount\nF1;C1;invoice;2024-01-31;{}\nF2;C1;invoice;2024-01-31;{}\n",
            cells[0], cells[1]
        );
        let (report, rows) = read_text(&text);
        (rows.column("items", "amount"), reject_codes(&report).into_keys().collect::<Vec<&str>>())
    };
    assert_eq!(amounts(["1,234", "5.25"]), (vec!["1234.00".into(), "5.25".into()], vec![]));
    assert_eq!(amounts(["1.234", "5,25"]), (vec!["1234.00".into(), "5.25".into()], vec![]));
    assert_eq!(amounts(["1.234", "5"]), (vec!["5.00".into()], vec!["amount_mark_undecided"]));
}

#[test]
fn openings_without_due_date_have_no_age() {
    let (report, rows) = read_text(&format!("{ITEMS}O1,C1,opening,2024-01-01,50\n"));
    assert_eq!(rows.rows_of("items", &["due_date", "due_is_derived"]), [" | false"]);
    assert!(note_codes(&report).contains(&("age_unknown", 1)));
}

#[test]
fn a_french_item_list_is_read_by_its_mapping() {
    let text = "Balance au 31/12/2024\r\n\r\nN° pièce;Code client;Nom client;Type;Date pièce;Échéance;Montant TTC;Devise\r\nF1;C1;Dupont;FA;31/01/2024;01/03/2024;1 200,00;EUR\r\nA1;C1;Dupont;AV;15/02/2024;;100,00;EUR\r\nR1;C1;Dupont;Règlement;20/02/2024;;\"1.100,00\";EUR\r\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let (report, rows) = read_bytes("liste.csv", &bytes, &Desk::new().options()).unwrap();
    assert_eq!((report.format_code.as_str(), report.rejected_count), ("mapping:french_items", 0));
    assert_eq!(
        rows.rows_of("items", &["item_id", "kind", "due_date", "amount", "currency_code", "source_line"]),
        [
            "F1 | invoice | 2024-03-01 | 1200.00 | EUR | 4",
            "A1 | credit_note | 2024-02-15 | -100.00 | EUR | 5",
            "R1 | receipt | 2024-02-20 | -1100.00 | EUR | 6",
        ]
    );
    assert_eq!(rows.rows_of("customers", &["customer_id", "name"]), ["C1 | Dupont"]);
}

#[test]
fn rows_of_one_receipt_make_one_item() {
    let text = "N° règlement;Code client;Date règlement;N° pièce;Montant imputé\nR1;C1;31/01/2024;F1;100,00\nR1;C1;31/01/2024;F2;50,50\nR1;C1;31/01/2024;;9,50\nR1;C2;31/01/2024;F3;1,00\nR1;C1;31/01/2024;F1;100,00\nR2;C1;15/02/2024;F2;10,00\n";
    let (report, rows) = read_text(text);
    assert_eq!((report.line_count, report.accepted_count), (6, 4));
    assert_eq!(reject_codes(&report), [("receipt_contradicts", 1), ("row_duplicate", 1)].into());
    assert_eq!(
        rows.rows_of("items", &["item_id", "customer_id", "kind", "issued_date", "amount", "source_line"]),
        ["R1 | C1 | receipt | 2024-01-31 | -160.00 | 2", "R2 | C1 | receipt | 2024-02-15 | -10.00 | 7"]
    );
    assert_eq!(
        rows.rows_of("allocations", &["debit_item_id", "credit_item_id", "allocated_date", "amount"]),
        ["F1 | R1 | 2024-01-31 | 100.00", "F2 | R1 | 2024-01-31 | 50.50", "F2 | R2 | 2024-02-15 | 10.00"]
    );
}

const HISTORY: &str = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n";

#[test]
fn an_invoice_history_holds_invoices_receipts_and_disputes() {
    let (report, rows) = read_text(&format!(
        "{HISTORY}391,C1,001,1/2/2013,2/1/2013,55.94,No,1/15/2013\n391,C1,002,1/20/2013,2/19/2013,10.00,Yes,\n406,C2,003,1/20/2013,2/19/2013,-5.00,No,1/21/2013\n391,C1,004,1/20/2013,2/19/2013,7.00,No,1/1/2013\n"
    ));
    assert_eq!(report.rejected_count, 0);
    assert_eq!(
        rows.rows_of("items", &["item_id", "kind", "posted_date", "amount"]),
        [
            "001/receipt | receipt | 2013-01-15 | -55.94",
            "001 | invoice | 2013-01-02 | 55.94",
            "002 | invoice | 2013-01-20 | 10.00",
            "003/receipt | returned_receipt | 2013-01-21 | 5.00",
            "003 | credit_note | 2013-01-20 | -5.00",
            "004/receipt | receipt | 2013-01-01 | -7.00",
            "004 | invoice | 2013-01-20 | 7.00",
        ]
    );
    assert_eq!(
        rows.rows_of("allocations", &["debit_item_id", "credit_item_id", "amount"]),
        ["001 | 001/receipt | 55.94", "003/receipt | 003 | 5.00", "004 | 004/receipt | 7.00"]
    );
    assert_eq!(rows.rows_of("disputes", &["dispute_id", "item_id", "opened_date"]), ["002/dispute | 002 | "]);
    assert_eq!(rows.rows_of("customers", &["customer_id", "name", "country_code"]), ["C1 | C1 | 391", "C2 | C2 | 406"]);
    assert_eq!(note_codes(&report), [("currency_assumed", 7), ("dispute_undated", 1), ("settled_before_issue", 1)]);
}

#[test]
fn two_mappings_that_know_a_header_are_told_and_one_can_be_asked_for() {
    let mut desk = Desk::new();
    let twin = Mapping { name: "twin".into(), ..desk.mappings[0].clone() };
    desk.mappings.push(twin);
    let text = format!("{HISTORY}391,C1,001,1/20/2013,2/1/2013,5,No,\n");
    let error = read_bytes("h.csv", text.as_bytes(), &desk.options()).err().unwrap();
    assert_eq!(error.to_string(), "the header of `h.csv` is known to several mappings: `late_payment`, `twin`");
    let asked = ReadOptions { mapping: desk.mappings.last(), ..desk.options() };
    assert_eq!(read_bytes("h.csv", text.as_bytes(), &asked).unwrap().0.format_code, "mapping:twin");
    let unfit = ReadOptions { mapping: Some(&desk.mappings[1]), ..desk.options() };
    let error = read_bytes("h.csv", text.as_bytes(), &unfit).err().unwrap();
    assert!(error.to_string().starts_with("`h.csv` looks like `mapping:french_items` and has no column `"), "{error}");
}

#[test]
fn debit_and_credit_columns_make_an_amount() {
    let mapping = Mapping::parse(
        "ledger",
        "sign = \"debit_credit\"\n[columns]\nitem_id = \"Pièce\"\ncustomer_id = \"Compte\"\nissued_date = \"Date\"\ndebit_amount = \"Débit\"\ncredit_amount = \"Crédit\"\n[constants]\nkind = \"adjustment\"\ncurrency_code = \"EUR\"\n",
    )
    .unwrap();
    let desk = Desk::new();
    let options = ReadOptions { mapping: Some(&mapping), ..desk.options() };
    let text = "Pièce;Compte;Date;Débit;Crédit\n1;C1;31/01/2024;10,50;\n2;C1;31/01/2024;;4\n3;C1;31/01/2024;;\n";
    let (report, rows) = read_bytes("g.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(rows.column("items", "amount"), ["10.50", "-4.00"]);
    assert_eq!(reject_codes(&report), [("value_missing", 1)].into());
}

#[test]
fn inspecting_a_header_nobody_knows_proposes_a_mapping_that_works() {
    let desk = Desk::new();
    let text = "Facture;Client;Libellé;Date facture;Échéance;Montant\nF1;C1;x;31/01/2024;01/03/2024;10,50\nF2;C2;y;31/01/2024;01/03/2024;7,00\n";
    let found = inspect_bytes("f.csv", text.as_bytes(), &desk.options()).unwrap();
    assert_eq!((found.format_code.as_str(), found.report.unwrap().debit_total), ("unknown", 17_500));
    let mapping = Mapping::parse("proposed", &found.proposal.unwrap().mapping).unwrap();
    let (report, rows) =
        read_bytes("f.csv", text.as_bytes(), &ReadOptions { mapping: Some(&mapping), ..desk.options() }).unwrap();
    assert_eq!((report.rejected_count, rows.sum("items", "amount")), (0, 17_500));
    assert_eq!(rows.column("items", "due_date"), ["2024-03-01", "2024-03-01"]);
}

#[test]
fn a_long_file_comes_in_batches() {
    let lines: Vec<String> = (0..40_000).map(|number| format!("F{number},C1,invoice,2024-01-31,1.00")).collect();
    let (report, rows) = read_text(&format!("{ITEMS}{}", lines.join("\n")));
    assert_eq!((report.accepted_count, report.debit_total), (40_000, 40_000_000));
    assert!(rows.batches.len() > 1);
}
