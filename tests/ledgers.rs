//! Ledgers as software exports them: under other headers than the law's, over years that no calendar bounds, beside a list of the
//! same receivables. The books are invented.

use std::fmt::Write as _;

use rust_xlsxwriter::Workbook;

use crate::desk::{Desk, Said};

fn load(desk: &Desk, words: &[&str]) -> Said {
    desk.run(&[&["load"][..], words].concat())
}

fn open_at(desk: &Desk, day: &str) -> String {
    desk.ask(day).first("receivables", "open_amount")
}

/// An invoice of 700 that is paid and lettered, and one of 500.50 that is open.
const FRENCH: &str = "Journal des écritures;;;;;;;;;;\n\
    Date;Journal;N° pièce;Compte;Tiers;Libellé;Débit;Crédit;Lettrage;Échéance;N° écriture\n\
    10/01/2025;VT;FA1;41100000;K1;Facture FA1;700,00;;AA;09/02/2025;1\n\
    10/01/2025;VT;FA1;70600000;;Facture FA1;;700,00;;;1\n\
    12/02/2025;BQ;VIR;51200000;;Virement;700,00;;;;2\n\
    12/02/2025;BQ;VIR;41100000;K1;Virement;;700,00;AA;;2\n\
    31/03/2025;VT;FA2;41100000;K2;\"Facture FA2; mars\";500,50;;;30/04/2025;3\n\
    31/03/2025;VT;FA2;70600000;;\"Facture FA2; mars\";;500,50;;;3\n";

#[test]
fn a_journal_under_other_headers_is_a_ledger() {
    let desk = Desk::new();
    desk.file("journal.csv", FRENCH);
    let said = load(&desk, &["journal.csv"]).ended(0);
    assert!(said.stdout.contains("journal"), "{}", said.stdout);
    assert_eq!(open_at(&desk, "2025-03-31"), "500.50");
    let items = desk.ask("2025-03-31").rows("open_items");
    assert_eq!((&*items[0]["reference"], &*items[0]["customer_id"]), ("FA2", "K2"));
    assert_eq!(items[0]["due_date"], "2025-04-30");
    assert!(desk.ask("2025-03-31").rows("tie_out").is_empty());

    // what it was taken for is told
    let inspected = desk.run(&["inspect", "journal.csv"]).ended(0);
    assert!(inspected.stdout.contains("CompteNum"), "{}", inspected.stdout);
}

#[test]
fn a_journal_in_english_writes_months_first_and_points_and_one_amount_with_its_side() {
    let desk = Desk::new();
    desk.file(
        "journal.csv",
        "Journal,Entry No.,Posting Date,Account No.,Customer No.,Document No.,Description,Debit,Credit\n\
         SAL,1,01/31/2025,411000,C1,INV-1,Sale,\"1,700\",\n\
         SAL,1,01/31/2025,701000,,INV-1,Sale,,\"1,700\"\n\
         SAL,2,02/01/2025,411000,C2,INV-2,Sale,20.50,\n\
         SAL,2,02/01/2025,701000,,INV-2,Sale,,20.50\n",
    );
    load(&desk, &["journal.csv"]).ended(0);
    assert_eq!(open_at(&desk, "2025-02-28"), "1720.50");
    assert_eq!(desk.ask("2025-02-28").rows("open_items")[0]["issued_date"], "2025-01-31");

    let other = Desk::new();
    other.file(
        "journal.csv",
        "Belegdatum;Journal;Konto;Kunde;Belegnummer;Buchungstext;Betrag;S/H\n\
         31.01.2025;VK;411000;C1;R1;Rechnung;700,00;S\n31.01.2025;VK;701000;;R1;Rechnung;700,00;H\n",
    );
    let said = load(&other, &["journal.csv"]);
    // no column names the day of the entry: it is asked or refused, never loaded as items of two accounts
    assert!(said.status == 2 || open_at(&other, "2025-02-28") == "700.00", "{}{}", said.stdout, said.stderr);
}

#[test]
fn a_journal_whose_days_may_be_months_is_asked_and_a_sheet_is_one_too() {
    let desk = Desk::new();
    let text = FRENCH.replace("31/03/2025", "11/03/2025");
    desk.file("journal.csv", text.replace("30/04/2025", "10/04/2025"));
    let said = load(&desk, &["journal.csv"]).ended(2);
    assert!(said.stderr.contains("--date-order"), "{}", said.stderr);
    load(&desk, &["journal.csv", "--date-order", "dmy"]).ended(0);
    assert_eq!(open_at(&desk, "2025-03-31"), "500.50");

    let book = Desk::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(FRENCH.lines()) {
        for (column, cell) in (0..).zip(line.replace("; mars", " mars").split(';')) {
            sheet.write_string(row, column, cell.trim_matches('"')).unwrap();
        }
    }
    workbook.save(book.path("journal.xlsx")).unwrap();
    load(&book, &["journal.xlsx"]).ended(0);
    assert_eq!(open_at(&book, "2025-03-31"), "500.50");
}

/// An account of one customer after another is no journal: its lines are items.
#[test]
fn a_list_of_one_account_is_no_ledger() {
    let desk = Desk::new();
    desk.file(
        "clients.csv",
        "Date;Journal;N° pièce;Compte;Libellé;Débit;Crédit\n31/01/2025;VT;FA1;411DUPONT;Facture;700,00;\n\
         28/02/2025;BQ;VIR;411DUPONT;Virement;;200,00\n15/03/2025;VT;FA2;411MARTIN;Facture;90,00;\n",
    );
    let said = load(&desk, &["clients.csv"]);
    assert!(!said.stdout.contains(" journal"), "{}", said.stdout);
    assert!(said.status == 2 || open_at(&desk, "2025-03-31") == "590.00", "{}{}", said.stdout, said.stderr);
}

const HEADER: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t\
    PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n";

/// An entry on two accounts.
fn entry(journal: &str, number: u32, day: &str, accounts: [(&str, &str); 2], piece: &str, amount: &str) -> String {
    let line = |(account, customer): (&str, &str), debit: &str, credit: &str| {
        format!(
            "{journal}\t{journal}\t{number}\t{day}\t{account}\t{account}\t{customer}\t{customer}\t{piece}\t{day}\t{piece}\t\
             {debit}\t{credit}\t\t\t{day}\t\t\n"
        )
    };
    line(accounts[0], amount, "0,00") + &line(accounts[1], "0,00", amount)
}

/// Two years that close on the fifteenth of June, the first invoice carried over.
fn years_within_a_month() -> [String; 2] {
    let (client, sales) = (("411000", "K1"), ("706000", ""));
    let first = [
        entry("VT", 1, "20230616", [client, sales], "FA1", "100,00"),
        entry("VT", 2, "20240614", [client, sales], "FA2", "40,00"),
    ];
    let second = [
        entry("AN", 1, "20240616", [client, ("890000", "")], "FA1", "100,00"),
        entry("AN", 2, "20240616", [client, ("890000", "")], "FA2", "40,00"),
        entry("VT", 3, "20250610", [client, sales], "FA3", "7,00"),
    ];
    [first.concat(), second.concat()].map(|lines| format!("{HEADER}{lines}"))
}

#[test]
fn a_year_that_begins_or_ends_within_a_month_is_one_year() {
    let [first, second] = years_within_a_month();
    for names in [["123456789FEC20240615.txt", "123456789FEC20250615.txt"], ["first.txt", "second.txt"]] {
        let desk = Desk::new();
        desk.file(names[0], &first);
        desk.file(names[1], &second);
        if names[0] == "first.txt" {
            // its own lines do not tell on which day of June the first one closes
            let said = load(&desk, &names).ended(2);
            assert!(said.stderr.contains("fiscal_year_end = \"06-15\""), "{}", said.stderr);
            desk.file("encours.toml", "fiscal_year_end = \"06-15\"\n");
        }
        load(&desk, &names).ended(0);
        for (day, open) in [("2024-06-15", "140.00"), ("2024-06-16", "140.00"), ("2025-06-15", "147.00")] {
            assert_eq!(open_at(&desk, day), open, "{day} of {names:?}");
        }
        let mut asked = desk.ask("2025-06-15");
        assert!(asked.rows("tie_out").is_empty(), "{names:?}");
        let days = "select cast(year_start_date as text) as first_text, cast(year_end_date as text) as last_text \
                    from fiscal_years order by year_end_date";
        let years: Vec<String> =
            asked.sql(days).iter().map(|row| format!("{} {}", row["first_text"], row["last_text"])).collect();
        assert_eq!(years, ["2023-06-16 2024-06-15", "2024-06-16 2025-06-15"], "{names:?}");
        assert!(asked.rows("year_missing").is_empty(), "{names:?}");
    }
    // the second alone: its opening entries tell
    let desk = Desk::new();
    desk.file("second.txt", &second);
    load(&desk, &["second.txt"]).ended(0);
    let end = "select cast(year_end_date as text) as last_text from fiscal_years";
    assert_eq!(desk.ask("2025-06-15").sql(end)[0]["last_text"], "2025-06-15");
}

/// Invoices of a ledger, and the list that another program exports of them.
fn ledger_and_list(count: u32) -> (String, String) {
    let (mut ledger, mut list) =
        (HEADER.to_owned(), "Invoice number;Customer;Invoice date;Due date;Amount;Currency\n".to_owned());
    for number in 1..=count {
        let (day, amount) = (10 + number, 100 * number);
        let customer = format!("K{number}");
        ledger += &entry(
            "VT",
            number,
            &format!("202501{day}"),
            [("411000", &customer), ("706000", "")],
            &format!("FA{number:03}"),
            &format!("{amount},00"),
        );
        writeln!(list, "FA{number:03};K{number};{day}/01/2025;{}/03/2025;{amount},00;EUR", day + 1).unwrap();
    }
    (ledger, list)
}

#[test]
fn the_same_receivables_from_a_ledger_and_a_list_are_refused_or_the_list_tells_details() {
    let (ledger, list) = ledger_and_list(8);
    let desk = Desk::new();
    desk.file("123456789FEC20251231.txt", &ledger);
    desk.file("erp.csv", &list);
    load(&desk, &["123456789FEC20251231.txt"]).ended(0);
    assert_eq!(open_at(&desk, "2025-04-30"), "3600.00");
    let said = load(&desk, &["erp.csv"]).ended(2);
    assert!(said.stderr.contains("8 of 8 invoices") && said.stderr.contains("--master"), "{}", said.stderr);
    assert_eq!(open_at(&desk, "2025-04-30"), "3600.00");

    // the ledger counts, the list says when each falls due
    load(&desk, &["erp.csv", "--master", "123456789/2025-12-31"]).ended(0);
    assert_eq!(open_at(&desk, "2025-04-30"), "3600.00");
    let dues = desk.ask("2025-04-30").rows("open_items");
    let due_of = |number: &str| dues.iter().find(|row| row["reference"] == number).unwrap()["due_date"].clone();
    assert_eq!((due_of("FA001"), due_of("FA008")), ("2025-03-12".to_owned(), "2025-03-19".to_owned()));
    // again, it is what the lake holds
    let again = load(&desk, &["erp.csv", "--master", "123456789/2025-12-31"]).ended(0);
    assert!(again.stdout.contains("already holds"), "{}", again.stdout);

    let unknown = load(&desk, &["erp.csv", "--master", "other"]).ended(2);
    assert!(unknown.stderr.contains("encours history"), "{}", unknown.stderr);
}

#[test]
fn both_together_a_ledger_after_a_list_and_a_second_company_are_refused_too() {
    let (ledger, list) = ledger_and_list(5);
    let together = Desk::new();
    together.file("123456789FEC20251231.txt", &ledger);
    together.file("erp.csv", &list);
    load(&together, &["123456789FEC20251231.txt", "erp.csv"]).ended(2);
    let history = together.run(&["history", "--output", "csv"]);
    assert!(history.stdout.lines().count() < 2, "{}", history.stdout);

    let after = Desk::new();
    after.file("erp.csv", &list);
    after.file("123456789FEC20251231.txt", &ledger);
    load(&after, &["erp.csv"]).ended(0);
    let said = load(&after, &["123456789FEC20251231.txt"]).ended(2);
    assert!(said.stderr.contains("erp.csv"), "{}", said.stderr);
    // the list goes, the ledger counts
    let key = said.stderr.split("--replace '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
    load(&after, &["123456789FEC20251231.txt", "--replace", &key]).ended(0);
    assert_eq!(open_at(&after, "2025-04-30"), "1500.00");

    // a few invoices that two companies number alike are no double
    let companies = Desk::new();
    let other = "Invoice number;Customer;Invoice date;Due date;Amount;Currency\nFA001;K9;11/01/2025;20/02/2025;999,00;EUR\n\
        FA002;K9;12/01/2025;20/02/2025;77,00;EUR\nFA003;K8;13/02/2025;20/03/2025;300,00;EUR\nFA009;K8;14/02/2025;20/03/2025;1,00;EUR\n";
    companies.file("erp.csv", &list);
    companies.file("other.csv", other);
    load(&companies, &["erp.csv", "--company", "A"]).ended(0);
    load(&companies, &["other.csv", "--company", "B"]).ended(0);
    assert_eq!(open_at(&companies, "2025-04-30"), "2877.00");
}

/// What an accountant reads in a file of `tests/journals`.
#[derive(serde::Deserialize)]
struct Ledger {
    name: String,
    is_journal: bool,
    open_total: String,
}

#[derive(serde::Deserialize)]
struct Ledgers {
    file: Vec<Ledger>,
}

/// Journals as programs of many houses export them, written by somebody who had not seen the reader, and lists that look like
/// journals.
#[test]
fn journals_of_many_programs_are_right_or_refused() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    let answers: Ledgers = toml::from_str(&std::fs::read_to_string(folder.join("answers.toml")).unwrap()).unwrap();
    let (mut right, mut wrong) = (0, Vec::new());
    for ledger in &answers.file {
        let desk = Desk::new();
        let said = load(&desk, &[folder.join(&ledger.name).to_str().unwrap()]);
        if said.status == 2 {
            continue;
        }
        // a draft is not owed, and that it was left out is said
        assert!(!ledger.name.contains("technical") || said.stdout.contains("drafts"), "{}", said.stdout);
        let open = open_at(&desk, "2099-12-31");
        if open == ledger.open_total {
            right += usize::from(ledger.is_journal);
        } else {
            wrong.push(format!("{}: {open} for {}", ledger.name, ledger.open_total));
        }
    }
    println!("{right} of {} journals right, {} wrong", answers.file.len(), wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(right >= 16, "{right} are right");
}
