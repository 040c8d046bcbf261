//! Payment terms: one grammar, and due dates by the terms of the customer before those of the company, whatever came first.

use std::path::PathBuf;

use crate::books::{Ledger, credit, debit};
use crate::desk::Desk;

const ITEMS: &str = "item_id,customer_id,kind,issued_date,amount,currency_code\n\
    F-1,C1,invoice,2024-01-20,1200.00,EUR\nF-2,C2,invoice,2024-02-01,1600.00,EUR\n\
    F-3,C3,invoice,2024-02-10,400.00,EUR\nF-4,C4,invoice,2024-01-15,1000.00,EUR\n";
const CUSTOMERS: &str = "customer_id,name,terms_code\nC1,One,45EOM\nC2,Two,60\nC3,Three,\nC4,Four,EOM45\n";

/// The due dates of all items, in their order.
fn due_dates(desk: &Desk) -> Vec<String> {
    let rows = desk
        .ask("2024-12-31")
        .sql("select items.due_date from items order by coalesce(items.reference, items.item_id), items.issued_date");
    rows.into_iter().map(|row| row["due_date"].clone()).collect()
}

/// What is open by bucket, where anything is.
fn aging(desk: &Desk, as_of: &str) -> Vec<String> {
    let rows = desk.ask(as_of).rows("aging").into_iter().filter(|row| row["open_count"] != "0");
    rows.map(|row| format!("{} {} ({})", row["bucket_code"], row["open_amount"], row["open_count"])).collect()
}

/// A customer's own terms were ignored for invoices that came as a list.
#[test]
fn the_customers_terms_come_before_the_companys_for_a_list_of_items_too() {
    let right = ["2024-03-31", "2024-04-01", "2024-03-11", "2024-03-16"];
    for order in [&["items", "customers"][..], &["customers", "items"], &["items customers"], &["customers items"]] {
        let desk = Desk::new();
        desk.file("items.csv", ITEMS);
        desk.file("customers.csv", CUSTOMERS);
        for files in order {
            let paths: Vec<PathBuf> = files.split(' ').map(|name| desk.path(&format!("{name}.csv"))).collect();
            desk.load(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        }
        assert_eq!(due_dates(&desk), right, "{order:?}");
        assert_eq!(aging(&desk, "2024-03-15"), ["not_due 3800.00 (3)", "1-30 400.00 (1)"], "{order:?}");
        desk.run(&["lake", "verify"]).ended(0);
        desk.run(&["check"]).ended(0);
    }
}

#[test]
fn terms_that_change_or_go_move_the_due_dates_that_were_derived_and_no_other() {
    let desk = Desk::new();
    let told = ITEMS.replace("issued_date,", "issued_date,due_date,").replace("2024-01-20,", "2024-01-20,2024-05-05,");
    let told = ["2024-02-01", "2024-02-10", "2024-01-15"]
        .iter()
        .fold(told, |text, day| text.replace(&format!("{day},"), &format!("{day},,")));
    let items = desk.file("items.csv", told);
    let customers = desk.file("customers.csv", CUSTOMERS);
    desk.load(&[&items, &customers]);
    assert_eq!(due_dates(&desk), ["2024-05-05", "2024-04-01", "2024-03-11", "2024-03-16"], "what the file told stays");
    let changed = desk.file("customers.csv", CUSTOMERS.replace("Two,60", "Two,30EOM10").replace("EOM45", ""));
    desk.load(&[&changed]);
    assert_eq!(due_dates(&desk), ["2024-05-05", "2024-04-10", "2024-03-11", "2024-02-14"]);
    assert_eq!(aging(&desk, "2024-04-05"), ["not_due 2800.00 (2)", "1-30 400.00 (1)", "31-60 1000.00 (1)"]);
    desk.run(&["lake", "verify"]).ended(0);
}

#[test]
fn a_customer_of_another_company_with_the_same_code_has_its_own_terms() {
    let desk = Desk::new();
    let items = "company_id,item_id,customer_id,kind,issued_date,amount,currency_code\n\
        A,F-1,C1,invoice,2024-01-20,10.00,EUR\nB,F-2,C1,invoice,2024-01-20,20.00,EUR\nC,F-3,C1,invoice,2024-01-20,30.00,EUR\n";
    let customers = "company_id,customer_id,name,terms_code\nA,C1,One,60\nB,C1,Other,EOM\n";
    desk.load(&[&desk.file("items.csv", items), &desk.file("customers.csv", customers)]);
    assert_eq!(due_dates(&desk), ["2024-03-20", "2024-01-31", "2024-02-19"]);
}

/// `30 days end of month on the 10th` gave a due date a month too early.
#[test]
fn thirty_days_end_of_month_on_the_tenth_falls_on_the_tenth() {
    let ledger = Ledger::new(2024)
        .invoice("C10", "F-1", "2024-01-14", "1000.00")
        .invoice("C10", "F-2", "2024-01-31", "500.00")
        .invoice("C45", "F-3", "2024-02-10", "700.00")
        .invoice("CE45", "F-4", "2024-01-15", "300.00")
        .invoice("CE45", "F-5", "2024-01-20", "900.00");
    let desk = Desk::new();
    let file = desk.file("123456789FEC20241231.txt", ledger.text());
    let customers = "customer_id,name,terms_code\nC10,Ten,30EOM10\nC45,Days first,45EOM\nCE45,Month first,EOM45\n";
    desk.load(&[&file, &desk.file("customers.csv", customers)]);
    assert_eq!(due_dates(&desk), ["2024-03-10", "2024-04-10", "2024-03-31", "2024-03-16", "2024-03-16"]);
    assert_eq!(aging(&desk, "2024-03-20"), ["not_due 1200.00 (2)", "1-30 2200.00 (3)"]);
    // what was agreed is told in the same words
    let agreed = desk.ask("2024-12-31").rows("terms_compliance");
    let of = |customer: &str| {
        agreed.iter().find(|row| row["dimension_code"] == "customer" && row["value_id"] == customer).unwrap()["agreed_days"].clone()
    };
    assert_eq!(of("C45"), "50.0000");
}

/// Terms of June moved the due dates of what had been invoiced in May.
#[test]
fn terms_that_change_in_the_middle_of_a_year_leave_older_invoices_theirs() {
    let invoices = [("F-1", "2024-05-20", "100.00"), ("F-2", "2024-06-03", "200.00"), ("F-3", "2025-02-01", "300.00")];
    let customers = "customer_id,name,terms_code\nC1,One,30 / 60EOM from 2024-06-01 / 45 from 2025-01-01\n";
    let right = ["2024-06-19", "2024-08-31", "2025-03-18"];
    // as lists, and as ledgers whose customer changes its terms after they were loaded
    let rows = invoices.map(|(number, day, amount)| format!("{number},C1,invoice,{day},{amount},EUR\n"));
    let items = format!("item_id,customer_id,kind,issued_date,amount,currency_code\n{}", rows.concat());
    let desk = Desk::new();
    desk.load(&[&desk.file("items.csv", items)]);
    desk.load(&[&desk.file("customers.csv", customers)]);
    assert_eq!(due_dates(&desk), right);
    let desk = Desk::new();
    for year in [2024, 2025] {
        let of_year = invoices.iter().filter(|(_, day, _)| day.starts_with(&year.to_string()));
        let books =
            of_year.fold(Ledger::new(year), |books, (number, day, amount)| books.invoice("C1", number, day, amount));
        desk.load(&[&desk.file(&format!("123456789FEC{year}1231.txt"), books.text())]);
    }
    desk.load(&[&desk.file("customers.csv", customers)]);
    let rows = desk.ask("2025-12-31").sql("select due_date from items where reference is not null order by reference");
    let found: Vec<_> = rows.iter().map(|row| row["due_date"].clone()).collect();
    assert_eq!(found, right);
    // the company's own terms may change too
    let desk = Desk::new();
    desk.file("encours.toml", "default_terms = \"30 / 45EOM from 2024-02-01\"\n");
    desk.load(&[&desk.file("items.csv", ITEMS)]);
    assert_eq!(due_dates(&desk), ["2024-02-19", "2024-03-31", "2024-03-31", "2024-02-14"]);
}

#[test]
fn terms_that_cannot_be_read_empty_their_cell_and_the_customer_keeps_the_rest() {
    for code in ["EOM30 10", "3 0", "net thirty", "400", "30EOM32"] {
        let desk = Desk::new();
        let items = desk.file("items.csv", ITEMS);
        let customers = desk.file("customers.csv", format!("customer_id,name,terms_code\nC1,One,{code}\nC2,Two,60\n"));
        let said = desk.load(&[&items, &customers]).stdout;
        assert!(said.contains("30EOM10"), "{code}: the forms that are read are listed: {said}");
        assert_eq!(due_dates(&desk)[..2], ["2024-02-19", "2024-04-01"], "{code}: by the company's terms");
        let rows = desk.ask("2024-12-31").sql("select name, terms_code from customers where customer_id = 'C1'");
        assert_eq!((&*rows[0]["name"], &*rows[0]["terms_code"]), ("One", ""), "{code}");
    }
}

/// Retention held back until acceptance was called overdue by the date of its invoice.
#[test]
fn money_held_back_is_due_on_a_day_that_nobody_knows_until_terms_of_the_account_are_given() {
    let ledger = Ledger::new(2024)
        .entry(
            "VE",
            "2024-03-15",
            "S-1",
            "2024-03-15",
            &[
                debit("411000", "MAIR", "11400.00", "A"),
                debit("411700", "MAIR", "600.00", ""),
                credit("704000", "", "12000.00", ""),
            ],
        )
        .entry(
            "BQ",
            "2024-04-20",
            "VIR-1",
            "2024-04-20",
            &[debit("512000", "", "11400.00", ""), credit("411000", "MAIR", "11400.00", "A")],
        )
        .invoice("AUTR", "F-2", "2024-09-01", "240.00");
    let desk = Desk::new();
    let file = desk.file("123456789FEC20241231.txt", ledger.text());
    desk.load(&[&file]);
    assert_eq!(aging(&desk, "2024-12-31"), ["age_unknown 600.00 (1)", "91+ 240.00 (1)"]);
    let mut asked = desk.ask("2024-12-31");
    assert_eq!(asked.first("receivables", "overdue_amount"), "240.00");
    assert_eq!(asked.first("receivables", "tie_out_amount"), "0.00");
    let calls = asked.rows("worklist");
    assert!(calls.iter().all(|line| line["customer_id"] != "MAIR" || line["overdue_amount"] == "0.00"), "{calls:?}");
    let late: Vec<String> = asked.rows("late_payment_table").into_iter().map(|row| format!("{row:?}")).collect();
    assert!(late.iter().all(|row| !row.contains("840.00")), "{late:?}");
    // one year after the work was accepted, a company may say so for all its sites
    desk.file("encours.toml", "reference = [\"own\"]\n");
    let roles =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/reference/account_roles.csv")).unwrap();
    desk.file("own/account_roles.csv", roles.replace("true,unknown", "true,366"));
    desk.load(&[&file]);
    assert_eq!(aging(&desk, "2024-12-31"), ["not_due 600.00 (1)", "91+ 240.00 (1)"]);
    // a table of one's own without the column holds the usual terms
    desk.file("own/account_roles.csv", "account_prefix,role_code,is_perimeter\n411,trade,true\n4117,retention,true\n");
    desk.load(&[&file]);
    assert_eq!(aging(&desk, "2024-12-31"), ["91+ 840.00 (2)"]);
}

const EIGHTEEN: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\t\
    PieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise";

/// A document dated after its entry bears the day of typing; the file's own due date was not read.
#[test]
fn a_ledger_may_tell_due_dates_and_a_document_is_not_issued_after_its_entry() {
    let desk = Desk::new();
    let line = |account: &str, customer: &str, due: &str, debit: &str, credit: &str| {
        format!(
            "VT\tVentes\t1\t20250203\t{account}\tx\t{customer}\tx\tFA1\t20250520\tFA1\t{debit}\t{credit}\t\t\t20250531\t\t\t{due}\tFA1\n"
        )
    };
    for (name, due, issued_due) in [
        ("DateLimitReglmt", "20250404", ["2025-02-03", "2025-04-04", "26", "false"]),
        ("Echeance", "04/04/2025", ["2025-02-03", "2025-04-04", "26", "false"]),
        // one that cannot be read is none
        ("DateLimitReglmt", "soon", ["2025-02-03", "2025-03-05", "56", "true"]),
    ] {
        let text = format!(
            "{EIGHTEEN}\t{name}\tNumFacture\n{}{}",
            line("411000", "K1", due, "960,00", "0,00"),
            line("706000", "", due, "0,00", "960,00")
        );
        let file = desk.file("123456789FEC20251231.txt", text);
        let said = desk.load(&[&file]).stdout;
        assert!(said.contains("documents dated after their entry"), "{said}");
        let row = desk.ask("2025-04-30").rows("open_items").remove(0);
        let told = ["issued_date", "due_date", "past_due_days", "due_is_derived"].map(|column| row[column].clone());
        assert_eq!(told, issued_due, "{name} {due}");
    }
}

/// Letters under another name were not seen, and all that was paid stood open.
#[test]
fn letters_are_read_under_the_names_that_programs_give_them() {
    for name in ["EcrtureLet", "EcritureLettrage", "Lettrage"] {
        let ledger = Ledger::new(2025).lettered_invoice("C1", "F1", "2025-03-05", "700.00", "AA").receipt(
            "C1",
            "R1",
            "2025-04-05",
            "700.00",
            "AA",
        );
        let desk = Desk::new();
        let file = desk.file("123456789FEC20251231.txt", ledger.text().replacen("EcritureLet", name, 1));
        desk.load(&[&file]);
        assert_eq!(desk.ask("2025-12-31").rows("open_items").len(), 0, "{name}");
        assert_eq!(desk.ask("2025-12-31").first("receivables", "overdue_amount"), "0.00", "{name}");
    }
}

/// Some count ages from the invoice's own date: the buckets move, what is overdue does not.
#[test]
fn ages_count_from_the_due_date_or_where_that_is_asked_from_the_date_of_the_invoice() {
    let items = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n\
        F-1,C1,invoice,2024-01-10,2024-03-10,100.00,EUR\nF-2,C2,invoice,2024-02-20,2024-02-25,50.00,EUR\n\
        F-3,C2,invoice,2024-03-31,2024-04-30,30.00,EUR\nO-1,C3,opening,2023-12-31,,20.00,EUR\n\
        A-1,C1,credit_note,2024-03-01,,-10.00,EUR\nR-1,C1,receipt,2024-03-05,,-5.00,EUR\n";
    let desk = Desk::new();
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\nF-1,R-1,2024-03-05,5.00\n";
    desk.load(&[&desk.file("items.csv", items), &desk.file("allocations.csv", allocations)]);
    let answer = |query: &str, columns: &[&str]| -> Vec<String> {
        let said = desk.run(&["query", query, "--as-of", "2024-03-31", "--months", "2", "--output", "csv"]).stdout;
        let cells: Vec<Vec<&str>> = said.lines().map(|line| line.split(',').collect()).collect();
        let place = |name: &&str| cells[0].iter().position(|column| column == name).unwrap();
        let places: Vec<usize> = columns.iter().map(place).collect();
        let row = |row: &Vec<&str>| places.iter().map(|at| row[*at]).collect::<Vec<_>>().join(" ");
        cells[1..].iter().map(row).filter(|row| !row.ends_with(" 0.00")).collect()
    };
    let aging = || answer("aging", &["bucket_code", "open_amount"]);
    let history = || answer("aging_history", &["month_end_date", "bucket_code", "open_amount"]);
    let by_customer = || answer("aging_by_customer", &["customer_id", "days_1_30_amount", "days_61_90_amount"]);
    let overdue = || answer("receivables", &["overdue_amount", "not_due_amount", "age_unknown_amount"]);
    // F-1 is 21 days late, F-2 35; the credit note, of 30 days, sits on its own date
    assert_eq!(aging(), ["age_unknown 20.00", "not_due 30.00", "1-30 85.00", "31-60 50.00"]);
    assert_eq!(by_customer(), Vec::<String>::new(), "nobody is more than 60 days late");
    let then = history();
    assert!(then.contains(&"2024-02-29 not_due 100.00".to_owned()), "{then:?}");
    let late = overdue();
    assert_eq!(late, ["135.00 30.00 20.00"]);
    let page = |language: &str| {
        let out = desk.run(&["report", "controller", "--as-of", "2024-03-31", "--lang", language]).stdout;
        std::fs::read_to_string(desk.path(out.lines().next().unwrap())).unwrap()
    };
    assert!(!page("en").contains("Ageing runs from"));

    // 81, 40, 0 and 91 days since their dates
    desk.file("encours.toml", "age_from = \"issued_date\"\n");
    assert_eq!(aging(), ["not_due 30.00", "1-30 -10.00", "31-60 50.00", "61-90 95.00", "91+ 20.00"]);
    let by_issue = by_customer();
    assert!(by_issue.contains(&"C1 -10.00 95.00".to_owned()), "{by_issue:?}");
    let then = history();
    for row in ["2024-02-29 1-30 50.00", "2024-02-29 31-60 120.00", "2024-03-31 61-90 95.00", "2024-03-31 91+ 20.00"] {
        assert!(then.contains(&row.to_owned()), "{row} in {then:?}");
    }
    assert_eq!(overdue(), late, "what is overdue goes by due dates");
    assert!(page("en").contains("Ageing runs from the invoice date"));
    assert!(page("fr").contains("depuis la date de facture"));
    desk.file("encours.toml", "age_from = \"yesterday\"\n");
    assert!(desk.run(&["query", "aging"]).ended(2).stderr.contains("age_from"));
}

/// A ledger tells no due dates, and whoever billed knows them.
#[test]
fn details_of_invoices_give_due_dates_to_a_ledger_whichever_comes_first() {
    let ledger =
        Ledger::new(2024).invoice("C1", "F1", "2024-01-10", "100.00").invoice("C1", "F2", "2024-02-10", "50.00");
    // of one number: two customers' documents of a day, two documents of one customer; and money held back, of which nobody
    // knows when it is due
    let ledger = ledger.invoice("C2", "F3", "2024-03-10", "30.00").invoice("C3", "F3", "2024-03-10", "20.00");
    let ledger = ledger.invoice("C2", "F4", "2024-03-10", "30.00").invoice("C2", "F4", "2024-04-10", "20.00");
    let held = [debit("411700", "C4", "10.00", ""), credit("707000", "", "10.00", "")];
    let ledger = ledger.entry("VE", "2024-05-10", "F5", "2024-05-10", &held);
    let details = "company_id,item_id,due_date\n111111111,F1,2024-06-30\n111111111,F3,2024-12-31\n111111111,F4,2024-12-31\n111111111,F5,2025-05-10\n";
    for order in [["ledger", "details"], ["details", "ledger"]] {
        let desk = Desk::new();
        let ledger = desk.file("111111111FEC20241231.txt", ledger.text());
        let status = i32::from(order[0] == "details");
        for name in order {
            match name {
                "ledger" => drop(desk.run(&["load", ledger.to_str().unwrap()]).ended(0)),
                // of items that are not there yet nothing is taken
                _ => drop(desk.run(&["load", desk.file("details.csv", details).to_str().unwrap()]).ended(status)),
            }
        }
        if order[0] == "details" {
            desk.load(&[&desk.file("details.csv", details)]);
        }
        assert_eq!(
            due_dates(&desk),
            ["2024-06-30", "2024-03-11", "2024-04-09", "2024-04-09", "2024-04-09", "2024-05-10", "2025-05-10"],
            "{order:?}"
        );
        let derived = desk.ask("2024-12-31").sql(
            "select items.due_is_derived from items where items.amount > 0 order by items.reference, items.issued_date",
        );
        let derived: Vec<&str> = derived.iter().map(|row| &*row["due_is_derived"]).collect();
        assert_eq!(derived, ["false", "true", "true", "true", "true", "true", "false"]);
        // corrected, and cleared: the terms again
        desk.load(&[&desk.file("more.csv", "company_id,item_id,due_date\n111111111,F1,\n111111111,F5,2025-06-10\n")]);
        assert_eq!(
            due_dates(&desk),
            ["2024-02-09", "2024-03-11", "2024-04-09", "2024-04-09", "2024-04-09", "2024-05-10", "2025-06-10"]
        );
        // the ledger again: what was told stays
        desk.load(&[&desk.file("111111111FEC20241231.txt", std::fs::read(&ledger).unwrap())]);
        assert_eq!(due_dates(&desk)[6], "2025-06-10");
        desk.run(&["check", "--as-of", "2024-12-31"]);
        desk.run(&["lake", "verify"]).ended(0);
    }
}
