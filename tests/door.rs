//! Files as newcomers bring them: what each holds is loaded rightly at once, or asked. The cases are invented after files that
//! people really have; each kind has further cases of its own.

use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::desk::{Desk, Said};

const FEC: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\t\
                   EcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise";
const LINES: [&str; 4] = [
    "VT\tVentes\t1\t20250110\t411000\tClients\tK1\tClient un\tFA1\t20250110\tFA1\t700,00\t0,00\tAA\t20250212\t20250131\t\t",
    "VT\tVentes\t1\t20250110\t706000\tServices\t\t\tFA1\t20250110\tFA1\t0,00\t700,00\t\t\t20250131\t\t",
    "BQ\tBanque\t2\t20250212\t512000\tBanque\t\t\tVIR\t20250212\tVIR\t700,00\t0,00\t\t\t20250228\t\t",
    "BQ\tBanque\t2\t20250212\t411000\tClients\tK1\tClient un\tVIR\t20250212\tVIR\t0,00\t700,00\tAA\t20250212\t20250228\t\t",
];

fn fec() -> String {
    format!("{FEC}\n{}\n", LINES.join("\n"))
}

fn load(desk: &Desk, words: &[&str]) -> Said {
    desk.run(&[&["load"][..], words].concat())
}

fn open_at(desk: &Desk, day: &str) -> String {
    desk.ask(day).first("receivables", "open_amount")
}

const LIST: &str = "Doc,Client,Issued,Due,Billed,Left\nD1,K1,2025-01-10,2025-02-09,800.00,300.00\nD2,K2,2025-01-15,2025-02-14,200.00,200.00\n";

fn mapping(key: &str, amount: &str) -> String {
    format!(
        "shape = \"items\"\n[columns]\nitem_id = \"{key}\"\ncustomer_id = \"Client\"\nissued_date = \"Issued\"\ndue_date = \"Due\"\n\
         amount = \"{amount}\"\n[constants]\nkind = \"invoice\"\ncurrency_code = \"EUR\"\n"
    )
}

#[test]
fn a_corrected_mapping_reads_the_file_again_and_what_it_had_brought_goes() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.file("m.toml", mapping("Doc", "Billed"));
    load(&desk, &["list.csv", "--mapping", "m.toml"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "1000.00");
    desk.file("m.toml", mapping("Doc", "Left"));
    load(&desk, &["list.csv", "--mapping", "m.toml"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "500.00");
    // other keys: nothing of the first reading is left
    desk.file("m.toml", mapping("Client", "Left"));
    load(&desk, &["list.csv", "--mapping", "m.toml"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "500.00");
    // what the user says of the marks changes what a file means too
    let marks = "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2025-01-10,1.000\n";
    let other = Desk::new();
    other.file("items.csv", marks);
    load(&other, &["items.csv", "--decimal", "."]).ended(0);
    assert_eq!(open_at(&other, "2025-03-31"), "1.00");
    load(&other, &["items.csv", "--decimal", ","]).ended(0);
    assert_eq!(open_at(&other, "2025-03-31"), "1000.00");
}

#[test]
fn a_proposal_is_saved_to_a_new_file_and_never_over_corrections() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.run(&["inspect", "list.csv", "--save", "m.toml"]);
    let saved = std::fs::read_to_string(desk.path("m.toml")).unwrap();
    assert!(saved.contains("amount = \"Left\"") || saved.contains("amount = \"?\""), "{saved}");
    let said = desk.run(&["inspect", "list.csv", "--save", "m.toml"]).ended(2);
    assert!(said.stderr.contains("there already"), "{}", said.stderr);
    assert_eq!(std::fs::read_to_string(desk.path("m.toml")).unwrap(), saved);
}

#[test]
fn a_question_left_in_a_mapping_is_an_error_and_a_broken_one_stops_only_who_needs_it() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.file("m.toml", mapping("?", "Left"));
    let said = load(&desk, &["list.csv", "--mapping", "m.toml"]).ended(2);
    assert!(said.stderr.contains("`item_id` is still `?`"), "{}", said.stderr);
    desk.file("own/broken.toml", "shape = ");
    desk.file("encours.toml", "mappings = [\"own\"]\n");
    desk.file("items.csv", "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2025-01-10,10.00\n");
    let said = load(&desk, &["items.csv"]).ended(0);
    assert!(said.stderr.contains("mapping `broken` cannot be used"), "{}", said.stderr);
    assert!(load(&desk, &["list.csv", "--mapping", "broken"]).ended(2).stderr.contains("broken"));
}

#[test]
fn amounts_paid_on_no_day_are_no_longer_owed() {
    let desk = Desk::new();
    desk.file("invoices.csv", "Numero;Client;Emise;Echeance;TTC;Regle\nFA1;K1;13/01/2025;12/02/2025;1500,00;1500,00\nFA2;K2;20/01/2025;19/02/2025;900,00;250,00\nAV1;K2;21/01/2025;21/01/2025;-40,00;10,00\n");
    let columns = "item_id = \"Numero\"\ncustomer_id = \"Client\"\nissued_date = \"Emise\"\ndue_date = \"Echeance\"\namount = \"TTC\"\n";
    desk.file("history.toml", format!("shape = \"invoice_history\"\n[columns]\n{columns}settled_amount = \"Regle\"\n"));
    load(&desk, &["invoices.csv", "--mapping", "history.toml"]).ended(0);
    // 900 − 250, and 30 of the credit note
    assert_eq!(open_at(&desk, "2025-06-30"), "620.00");
    // the same of plain items
    let items = Desk::new();
    items.file("invoices.csv", "Numero;Client;Emise;Echeance;TTC;Regle\nFA1;K1;13/01/2025;12/02/2025;1500,00;500,00\n");
    items.file("items.toml", format!("[columns]\n{columns}paid_amount = \"Regle\"\n"));
    load(&items, &["invoices.csv", "--mapping", "items.toml"]).ended(0);
    assert_eq!(open_at(&items, "2025-06-30"), "1000.00");
}

#[test]
fn a_balance_is_taken_before_what_was_billed_and_disputes_come_with_it() {
    let desk = Desk::new();
    desk.file(
        "balances.csv",
        "invoice_id,customer_id,invoice_date,due_date,invoice_amount,open_balance,dispute_flag\n\
         A1,K1,2025-03-03,2025-04-02,1000,400,Y\nA2,K2,2025-03-14,2025-04-13,250,250,N\n",
    );
    let said = load(&desk, &["balances.csv"]).ended(0);
    assert!(said.stdout.contains("amount = `open_balance`"), "{}", said.stdout);
    let mut asked = desk.ask("2025-04-30");
    assert_eq!(asked.first("receivables", "open_amount"), "650.00");
    assert_eq!(asked.first("receivables", "disputed_amount"), "400.00");
}

#[test]
fn a_ledger_is_one_in_a_workbook_in_an_archive_and_below_titles() {
    let desk = Desk::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write(0, 0, "Grand livre 2025").unwrap();
    for (column, name) in FEC.split('\t').enumerate() {
        sheet.write(1, u16::try_from(column).unwrap(), name).unwrap();
    }
    for (row, line) in (2_u32..).zip(LINES) {
        for (column, cell) in (0_u16..).zip(line.split('\t')) {
            match column {
                3 => {
                    let date = ExcelDateTime::from_ymd(2025, cell[4..6].parse().unwrap(), cell[6..].parse().unwrap());
                    sheet.write_with_format(row, column, date.unwrap(), &day).unwrap();
                }
                2 | 4 | 11 | 12 => {
                    sheet.write(row, column, cell.replace(',', ".").parse::<f64>().unwrap()).unwrap();
                }
                _ => {
                    sheet.write(row, column, cell).unwrap();
                }
            }
        }
    }
    book.save(desk.path("123123125FEC20251231.xlsx")).unwrap();
    let said = load(&desk, &["123123125FEC20251231.xlsx"]).ended(0);
    assert!(said.stdout.contains("source 123123125/2025-12-31"), "{}", said.stdout);
    let mut asked = desk.ask("2025-12-31");
    assert_eq!(
        (asked.first("receivables", "open_count"), asked.first("receivables", "tie_out_amount")),
        ("0".into(), "0.00".into())
    );
    // in a ZIP, beside what belongs to the archive alone
    let zipped = Desk::new();
    let mut archive = zip::ZipWriter::new(std::fs::File::create(zipped.path("export.zip")).unwrap());
    for (name, text) in
        [("2025/123123124FEC20251231.txt", fec()), ("__MACOSX/._x", "x".to_owned()), (".DS_Store", "x".to_owned())]
    {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    load(&zipped, &["export.zip"]).ended(0);
    assert_eq!(zipped.ask("2025-12-31").first("receivables", "open_count"), "0");
    // titles above, a misspelt column
    let titled = Desk::new();
    titled.file(
        "123123124FEC20251231.txt",
        format!("Export comptable\nSociété d'essai\n{}", fec().replace("EcritureLet", "EcrtureLet")),
    );
    load(&titled, &["123123124FEC20251231.txt"]).ended(0);
    assert_eq!(titled.ask("2025-12-31").first("receivables", "open_count"), "0");
    // a SIRET tells the SIREN
    titled.file("12312312600014FEC20251231.txt", fec().replace("K1", "K2"));
    let said = load(&titled, &["12312312600014FEC20251231.txt"]).ended(0);
    assert!(said.stdout.contains("source 123123126/2025-12-31"), "{}", said.stdout);
}

#[test]
fn what_is_no_table_is_named_for_what_it_is() {
    let desk = Desk::new();
    for (name, bytes, what) in [
        ("list.pdf", &b"%PDF-1.7 ..."[..], "is a PDF"),
        ("list.csv", b"\x89PNG\r\n\x1a\n....", "is a picture"),
        ("list.gz", b"\x1f\x8b\x08\x00....", "is packed"),
        (
            "bank.csv",
            b"Date;Libell\xc3\xa9;D\xc3\xa9bit;Cr\xc3\xa9dit;Solde\n13/01/2025;VIR X;;10,00;20,00\n",
            "a bank statement",
        ),
        ("frs.csv", b"Fournisseur;N\xc2\xb0 facture;Date;TTC\nX;F1;13/01/2025;10,00\n", "a list of suppliers"),
        ("quotes.csv", b"Quote No,Customer,Date,Total\nQ1,C1,2025-01-13,10.00\n", "a list of offers"),
    ] {
        let path = desk.file(name, bytes);
        let said = load(&desk, &[path.to_str().unwrap()]).ended(2);
        assert!(said.stderr.contains(what) && said.stderr.contains("hint:"), "{name}: {}", said.stderr);
    }
}

#[test]
fn customers_in_heading_rows_are_whose_items_stand_below() {
    let desk = Desk::new();
    desk.file(
        "aged.csv",
        "Aged receivables detail,,,,\nInvoice Date,Due Date,Invoice Number,Total,Reference\nCustomer one,,,,\n\
         2025-01-13,2025-02-12,N-1,640.00,\nTotal Customer one,,,640.00,\nCustomer two,,,,\n2025-02-14,2025-03-16,N-2,90.00,PO 4\n\
         Total Customer two,,,90.00,\nTotal,,,730.00,\n",
    );
    load(&desk, &["aged.csv"]).ended(0);
    let rows = desk.ask("2025-03-31").rows("top_debtors");
    let told: Vec<_> = rows.iter().map(|row| (&*row["customer_id"], &*row["open_amount"])).collect();
    assert_eq!(told, [("Customer one", "640.00"), ("Customer two", "90.00")]);
    // an item below a heading is one, whatever its text says
    let named = Desk::new();
    named.file("list.csv", "Date,Numero,Libelle,Montant\nCliente Uno,,,\n2025-01-13,N-1,Saldo,640.00\n2025-01-14,N-2,Total,10.00\nTotal,,,650.00\n");
    load(&named, &["list.csv"]).ended(0);
    assert_eq!(open_at(&named, "2025-03-31"), "650.00");
    // a customer written once, its items below it
    let merged = Desk::new();
    merged.file(
        "list.csv",
        "Client;Facture;Date;Montant\nAlpha;F1;13/01/2025;10,00\n;F2;14/01/2025;20,00\nBeta;F3;15/01/2025;5,00\n",
    );
    load(&merged, &["list.csv"]).ended(0);
    let rows = merged.ask("2025-03-31").rows("top_debtors");
    assert_eq!(rows.iter().map(|row| &*row["open_amount"]).collect::<Vec<&str>>(), ["30.00", "5.00"]);
}

#[test]
fn amounts_and_days_are_read_as_they_are_written() {
    let desk = Desk::new();
    desk.file(
        "written.csv",
        "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n\
         W1,K1,invoice,2025-01-13,2025-02-12,\"$1,200.00\",USD\nW2,K1,invoice,2025-01-13,2025-02-12,600.00 EUR,EUR\n\
         W3,K1,invoice,2025-01-13,2025-02-12,($50.00),USD\nW4,K1,invoice,2025-01-13,2025-02-12,20.00 CR,EUR\n\
         W5,K1,invoice,13-Jan-2025,12-Feb-2025,10.00,EUR\nW6,K1,invoice,13/01/25,12/02/25,10.00,EUR\nW7,K1,invoice,2025-01-13,2025-02-12,5.00,EUR\n",
    );
    let said = load(&desk, &["written.csv"]).ended(0);
    assert!(said.stdout.contains("1970 to 2069"), "{}", said.stdout);
    let sql = "select item_id, issued_date, due_date, amount, currency_code from items order by item_id";
    let rows = desk.ask("2025-03-31").sql(sql);
    let told: Vec<_> = rows.iter().map(|row| (&*row["issued_date"], &*row["amount"], &*row["currency_code"])).collect();
    let day = "2025-01-13";
    let expected = [
        ("1200.00", "USD"),
        ("600.00", "EUR"),
        ("-50.00", "USD"),
        ("-20.00", "EUR"),
        ("10.00", "EUR"),
        ("10.00", "EUR"),
        ("5.00", "EUR"),
    ];
    assert_eq!(told, expected.map(|(amount, currency)| (day, amount, currency)));
    // the currency beside an amount is that of its row where no column says it, and is refused where one says another
    let marks = Desk::new();
    marks.file("marks.csv", "item_id,customer_id,kind,issued_date,amount,currency_code\nA,K1,invoice,2025-01-13,£5.00,\nB,K1,invoice,2025-01-13,€5.00,USD\n");
    load(&marks, &["marks.csv"]).ended(1);
    let rows = marks.ask("2025-03-31").sql("select item_id, currency_code from items");
    assert_eq!(rows.iter().map(|row| (&*row["item_id"], &*row["currency_code"])).collect::<Vec<_>>(), [("A", "GBP")]);
}

#[test]
fn the_same_entries_under_a_second_name_or_company_are_refused() {
    let desk = Desk::new();
    desk.file("123123128FEC20251231.txt", fec());
    desk.file("ledger 2025.txt", fec());
    load(&desk, &["123123128FEC20251231.txt"]).ended(0);
    for words in [&["ledger 2025.txt"][..], &["ledger 2025.txt", "--company", "other"]] {
        let said = load(&desk, words).ended(2);
        assert!(said.stderr.contains("the same entries") && said.stderr.contains("--replace"), "{}", said.stderr);
    }
    // who means it takes the place of the other
    load(&desk, &["ledger 2025.txt", "--company", "other", "--replace", "123123128/2025-12-31"]).ended(0);
    // lists too
    let items = Desk::new();
    let rows =
        "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2025-01-10,10.00\nF2,C1,invoice,2025-01-11,20.00\n";
    items.file("one.csv", rows);
    items.file("two.csv", rows);
    load(&items, &["one.csv"]).ended(0);
    load(&items, &["two.csv", "--company", "second"]).ended(2);
    assert_eq!(open_at(&items, "2025-03-31"), "30.00");
}

#[test]
fn a_side_in_a_column_gives_the_sign() {
    for (head, debit, credit) in
        [("S/H", "S", "H"), ("Sens", "D", "C"), ("DR/CR", "DR", "CR"), ("Soll/Haben", "Soll", "Haben")]
    {
        let desk = Desk::new();
        desk.file(
            "side.csv",
            format!(
                "Konto;Rechnungs-Nr.;Belegdatum;Faelligkeit;Betrag;{head}\nK1;R1;15.01.2025;14.02.2025;1.300,00;{debit}\n\
                 K1;Z1;20.03.2025;20.03.2025;300,00;{credit}\n"
            ),
        );
        load(&desk, &["side.csv"]).ended(0);
        assert_eq!(open_at(&desk, "2025-03-31"), "1000.00", "{head}");
    }
}

#[test]
fn a_mapping_may_say_sql_over_the_columns_of_the_file() {
    let desk = Desk::new();
    desk.file(
        "export.csv",
        "Doc;Ech;Tiers;Type;Statut;Date;TTC;Acompte\nF1;1;C1;Vente;Valide;31/01/2025;1 000,00;200,00\nF1;2;C1;Vente;Valide;31/01/2025;500,00;\n\
         F2;1;C2;Vente;Brouillon;31/01/2025;900,00;\nF3;1;C2;Achat;Valide;31/01/2025;70,00;\n",
    );
    desk.file(
        "sql.toml",
        "where = '''\"Statut\" <> 'Brouillon' and \"Type\" = 'Vente' '''\n[columns]\nitem_id = [\"Doc\", \"Ech\"]\ncustomer_id = \"Tiers\"\n\
         issued_date = \"Date\"\ndue_date = { sql = '''day(\"Date\") + interval '30 days' ''' }\n\
         amount = { sql = '''amount(\"TTC\") - coalesce(amount(\"Acompte\"), 0)''' }\n",
    );
    let said = load(&desk, &["export.csv", "--mapping", "sql.toml"]).ended(0);
    assert!(
        said.stdout.contains("leaves out") || said.stdout.contains("left out") || said.stdout.contains("leaves"),
        "{}",
        said.stdout
    );
    let rows = desk.ask("2025-03-31").rows("open_items");
    let mut told: Vec<_> = rows.iter().map(|row| (&*row["item_id"], &*row["due_date"], &*row["open_amount"])).collect();
    told.sort_unstable();
    assert_eq!(told, [("F1/1", "2025-03-02", "800.00"), ("F1/2", "2025-03-02", "500.00")]);
    desk.file("sql.toml", "[columns]\nitem_id = \"Doc\"\ncustomer_id = \"Tiers\"\nissued_date = \"Date\"\namount = { sql = 'amount(\"Nope\")' }\n");
    let said = load(&desk, &["export.csv", "--mapping", "sql.toml"]).ended(2);
    assert!(said.stderr.contains("amount(\"Nope\")") && said.stderr.contains("hint:"), "{}", said.stderr);
}

#[test]
fn the_dates_of_a_file_decide_their_order_whatever_its_mapping_says() {
    let desk = Desk::new();
    // the shipped mapping of the late-payment file says months first
    let header = "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate";
    desk.file("history.csv", format!("{header}\n1,C1,1/1/2024,1,13/1/2025,12/2/2025,10.00,No,20/2/2025,Paper,1,1\n1,C1,1/1/2024,2,14/1/2025,13/2/2025,7.00,No,,Paper,1,1\n"));
    let said = load(&desk, &["history.csv"]).ended(0);
    assert!(said.stdout.contains("in the order they show"), "{}", said.stdout);
    assert_eq!(open_at(&desk, "2025-03-31"), "7.00");
}

#[test]
fn json_lines_and_sheets_of_libreoffice_are_tables() {
    let desk = Desk::new();
    desk.file(
        "items.jsonl",
        "{\"item_id\":\"F1\",\"customer_id\":\"C1\",\"kind\":\"invoice\",\"issued_date\":\"2025-01-10\",\"amount\":10.5}\n\
         {\"item_id\":\"F2\",\"customer_id\":\"C1\",\"kind\":\"invoice\",\"issued_date\":\"2025-01-11\",\"amount\":\"20.00\",\"label\":null}\n\
         {\"item_id\":\"F3\",\n",
    );
    let said = load(&desk, &["items.jsonl"]).ended(1);
    assert!(said.last_line().contains("lines read: 3 = accepted: 2 + rejected: 1"), "{}", said.last_line());
    assert_eq!(open_at(&desk, "2025-03-31"), "30.50");
    // with names of its own
    let other = Desk::new();
    other.file(
        "export.jsonl",
        "{\"Invoice No\":\"F1\",\"Customer\":\"C1\",\"Invoice date\":\"2025-01-13\",\"Balance due\":10}\n",
    );
    load(&other, &["export.jsonl"]).ended(0);
    assert_eq!(open_at(&other, "2025-03-31"), "10.00");
}

#[test]
fn a_ledger_without_known_customers_names_the_accounts_that_look_like_some() {
    let desk = Desk::new();
    desk.file("123123124FEC20251231.txt", fec().replace("411000", "467100"));
    let said = load(&desk, &["123123124FEC20251231.txt"]).ended(0);
    assert!(said.stderr.contains("467…") && said.stderr.contains("account_roles.csv"), "{}", said.stderr);
    // quiet is quiet, but for what is wrong
    let quiet = Desk::new();
    quiet.file("123123124FEC20251231.txt", fec());
    let said = load(&quiet, &["123123124FEC20251231.txt", "--quiet"]).ended(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
}

#[test]
fn days_and_months_taken_for_each_other_are_seen_by_what_was_settled_before_it_was_issued() {
    let desk = Desk::new();
    let mut text = "Invoice No,Customer,Invoice date,Payment date,Amount\n".to_owned();
    for number in 1..9 {
        // the third of February, paid on the fifth of April
        std::fmt::Write::write_fmt(
            &mut text,
            format_args!("F{number},C{},0{}/02/2025,0{}/01/2025,10.00\n", number % 3, number, number + 1),
        )
        .unwrap();
    }
    desk.file("history.csv", text);
    let said = load(&desk, &["history.csv", "--date-order", "dmy"]).ended(0);
    assert!(said.stdout.contains("--date-order"), "{}", said.stdout);
}

#[test]
fn a_row_that_cannot_be_read_is_never_taken_for_one_that_sums_others() {
    let desk = Desk::new();
    desk.file(
        "list.csv",
        "Customer,Invoice No,Invoice date,Amount\nGrand Hotel,F1,2025-02-31,5000.00\nTotal Energies,F2,2025-01-13,2 x\n\
         Total Energies,F3,2025-01-14,70.00\nTotal,,,5070.00\n",
    );
    desk.file(
        "m.toml",
        "[columns]\nitem_id = \"Invoice No\"\ncustomer_id = \"Customer\"\nissued_date = \"Invoice date\"\namount = \"Amount\"\n",
    );
    let said = load(&desk, &["list.csv", "--mapping", "m.toml"]).ended(1);
    assert!(said.last_line().contains("lines read: 3 = accepted: 1 + rejected: 2"), "{}", said.last_line());
    assert_eq!(open_at(&desk, "2025-03-31"), "70.00");
    // nor is a customer of an aged balance, or one that stands above its items
    let aged = Desk::new();
    aged.file(
        "aging 2025-03-31.csv",
        "Customer,Current,1-30,31-60,Over 60\nGrand Hotel,1530.00,0.00,0.00,0.00\nIBM,,500.00,,\n10023,,700.00,,\nTotal,1530.00,1200.00,,\n",
    );
    load(&aged, &["aging 2025-03-31.csv"]).ended(0);
    assert_eq!(open_at(&aged, "2025-03-31"), "2730.00");
    let above = Desk::new();
    above.file("list.csv", "Invoice Date,Invoice Number,Total\nGrand Hotel,,\n2025-01-13,N-1,640.00\n3M,,\n2025-01-14,N-2,90.00\nTotal,,730.00\n");
    load(&above, &["list.csv"]).ended(0);
    let rows = above.ask("2025-03-31").rows("top_debtors");
    assert_eq!(rows.iter().map(|row| &*row["customer_id"]).collect::<Vec<&str>>(), ["Grand Hotel", "3M"]);
}

#[test]
fn marks_of_sides_and_payments_below_zero_turn_no_sign_twice() {
    let desk = Desk::new();
    desk.file(
        "sides.csv",
        "Invoice No,Customer,Invoice date,Debit,Credit\nF1,C1,2025-01-13,100.00 DR,\nR1,C1,2025-01-14,,20.00 CR\n",
    );
    load(&desk, &["sides.csv"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "80.00");
    let paid = Desk::new();
    paid.file("paid.csv", "Invoice No,Customer,Invoice date,Total,Paid\nF1,C1,2025-01-13,1000.00,-200.00\nF2,C1,2025-01-14,500.00,-500.00\n");
    load(&paid, &["paid.csv"]).ended(0);
    assert_eq!(open_at(&paid, "2025-03-31"), "800.00");
}

#[test]
fn what_only_a_later_row_tells_is_heard() {
    let desk = Desk::new();
    let mut text = "Invoice No,Customer,Invoice date,Amount,Status\n".to_owned();
    for number in 0..6_000 {
        let status = if number == 5_500 { "Cancelled" } else { "Open" };
        std::fmt::Write::write_fmt(&mut text, format_args!("F{number},C{},2025-01-13,1.00,{status}\n", number % 7))
            .unwrap();
    }
    desk.file("long.csv", text);
    load(&desk, &["long.csv"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "5999.00");
    // two customers' invoices of one number are no lines of one
    let twice = Desk::new();
    twice.file("list.csv", "Invoice No,Customer,Invoice date,Amount\n1,Acme,2025-01-13,10.00\n1,Beta,2025-01-14,10.00\n2,Beta,2025-01-15,5.00\n");
    let said = load(&twice, &["list.csv"]).ended(2);
    assert!(said.stderr.contains("rows share it"), "{}", said.stderr);
    // a header made to be taken apart in all ways ends
    let hostile = Desk::new();
    hostile.file("list.csv", format!("{}q,Customer\n1,2\n", "nos".repeat(40)));
    load(&hostile, &["list.csv"]).ended(2);
}

#[test]
fn years_of_two_digits_that_seem_to_come_first_are_not_taken_for_days() {
    let desk = Desk::new();
    let list = |dates: [&str; 2]| {
        format!(
            "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,{},10.00\nF2,C1,invoice,{},5.00\n",
            dates[0], dates[1]
        )
    };
    desk.file("items.csv", list(["25-01-15", "25-01-16"]));
    let said = load(&desk, &["items.csv"]).ended(2);
    assert!(said.stderr.contains("four digits"), "{}", said.stderr);
    desk.file("items.csv", list(["15-01-25", "16-01-25"]));
    load(&desk, &["items.csv"]).ended(0);
    let days = desk.ask("2025-03-31").sql("select issued_date from items order by issued_date");
    assert_eq!(days.iter().map(|row| &*row["issued_date"]).collect::<Vec<_>>(), ["2025-01-15", "2025-01-16"]);
}
