//! Amounts have the decimals of their currency: none in yen, two in euros, three in dinars; stored exactly, shown so everywhere.

use crate::books::Ledger;
use crate::desk::Desk;

const DINARS: &str = "company = \"TUNIS\"\nbase_currency = \"TND\"\n";
const ITEMS: &str = "item_id,customer_id,kind,issued_date,due_date,currency_code,amount\n";
const ALLOCATIONS: &str = "debit_item_id,credit_item_id,allocated_date,amount\n";

/// A desk with these files, those of a lake loaded.
fn desk(settings: &str, files: &[(&str, String)]) -> Desk {
    let desk = Desk::new();
    desk.file("encours.toml", settings);
    for (name, text) in files {
        let path = desk.file(name, text);
        desk.load(&[&path]);
    }
    desk
}

/// A column of an answer, row by row, as CSV writes it.
fn column(desk: &Desk, query: &str, name: &str, options: &[&str]) -> Vec<String> {
    let said = desk.run(&[&["query", query, "--output", "csv"], options].concat());
    let mut lines = said.stdout.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let position = header.iter().position(|column| column == name).unwrap();
    lines.map(|cells| cells[position].clone()).collect()
}

fn first(desk: &Desk, query: &str, name: &str, options: &[&str]) -> String {
    column(desk, query, name, options)[0].clone()
}

/// Three of four invoices in dinars were refused for their third decimal.
#[test]
fn dinars_keep_their_third_decimal_from_the_file_to_the_statement() {
    let items = format!(
        "{ITEMS}F-1,C1,invoice,2024-01-05,2024-02-04,TND,1250.500\nF-2,C1,invoice,2024-01-08,2024-02-07,TND,1234.567\n\
         R-1,C1,receipt,2024-02-20,2024-02-20,TND,-1234.567\nF-3,C1,invoice,2024-01-08,2024-02-07,TND,88.125\n"
    );
    let allocations = format!("{ALLOCATIONS}F-2,R-1,2024-02-20,1234.567\n");
    let files = [("items.csv", items), ("allocations.csv", allocations)];
    let desk = desk(DINARS, &files);
    let day = ["--as-of", "2024-03-31"];
    assert_eq!(column(&desk, "open_items", "open_amount", &day), ["1250.500", "88.125"]);
    assert_eq!(first(&desk, "receivables", "open_amount", &day), "1338.625");
    assert_eq!(first(&desk, "receivables", "disputed_amount", &day), "0.000");
    let json = desk.run(&["query", "receivables", "--as-of", "2024-03-31", "--output", "json"]).ended(0).stdout;
    assert!(json.contains("\"overdue_amount\": 1338.625"), "{json}");
    let out = desk.run(&["customer_statement", "--customer", "C1", "--as-of", "2024-03-31"]).ended(0).stdout;
    let statement = std::fs::read_to_string(desk.path(out.lines().next().unwrap())).unwrap();
    assert!(statement.contains("1,338.625") && statement.contains("88.125") && statement.contains("TND"));
    let out = desk.run(&["report", "controller", "--as-of", "2024-03-31"]).ended(0).stdout;
    let page = std::fs::read_to_string(desk.path(out.lines().next().unwrap())).unwrap();
    assert!(page.contains(".625") && !page.contains("1,338.63"), "no figure of the page is rounded to cents");
    // what it was a month before: 2 573.192
    let out = desk.run(&["report", "controller", "--as-of", "2024-02-29"]).ended(0).stdout;
    let page = std::fs::read_to_string(desk.path(out.lines().next().unwrap())).unwrap();
    assert!(page.contains("\u{2212}1,235 on the month"), "a change goes by the same unit");
    desk.run(&["check", "--as-of", "2024-03-31"]).ended(0);
    desk.run(&["lake", "verify"]).ended(0);
}

/// A ledger kept in dinars writes three decimals behind a comma; in euros the third one is refused.
#[test]
fn a_ledger_in_dinars_ties_out_to_the_thousandth_and_one_in_euros_has_none() {
    let ledger = Ledger::new(2024).lettered_invoice("C1", "F1", "2024-01-05", "1250.500", "A");
    let ledger = ledger.receipt("C1", "B1", "2024-02-20", "1250.500", "A").invoice("C1", "F2", "2024-03-05", "88.125");
    let dinars = desk(DINARS, &[("123456789FEC20241231.txt", ledger.text())]);
    let day = ["--as-of", "2024-12-31"];
    assert_eq!(column(&dinars, "open_items", "open_amount", &day), ["88.125"]);
    assert_eq!(first(&dinars, "receivables", "control_amount", &day), "88.125");
    assert_eq!(first(&dinars, "receivables", "tie_out_amount", &day), "0.000");
    let euros = Desk::new();
    let path = euros.file("123456789FEC20241231.txt", ledger.text());
    let refused = euros.run(&["load", path.to_str().unwrap()]);
    assert_eq!(refused.status, 1, "{}", refused.stderr);
    assert!(refused.stdout.contains("amount with more decimals than its currency"), "{}", refused.stdout);
}

/// Key assumptions is said in the same unit as the balance.
#[test]
fn assumptions_are_said_with_the_amounts_that_hang_on_them() {
    let ledger =
        Ledger::new(2024).invoice("C1", "F1", "2024-01-05", "1250.50").invoice("C2", "F2", "2024-03-05", "88.10");
    for (settings, told) in [("base_currency = \"TND\"\n", "1,338.600\u{a0}TND"), ("", "1,338.60\u{a0}EUR")] {
        let desk = desk(settings, &[("123456789FEC20241231.txt", ledger.text())]);
        let out = desk.run(&["report", "controller", "--as-of", "2024-12-31"]).ended(0).stdout;
        let page = std::fs::read_to_string(desk.path(out.lines().next().unwrap())).unwrap();
        let rest = page.split("Key assumptions").nth(1).unwrap();
        assert!(rest.split("</section>").next().unwrap().contains(told), "{settings}");
    }
}

/// Where each amount of a file has three digits behind its only mark, they are decimals in books of dinars alone.
#[test]
fn three_digits_behind_a_lone_mark_are_decimals_where_the_currency_has_three() {
    let items =
        format!("{ITEMS}F-1,C1,invoice,2024-01-05,2024-02-04,,88.125\nF-2,C1,invoice,2024-01-05,2024-02-04,,1.250\n");
    let dinars = desk(DINARS, &[("items.csv", items.clone())]);
    assert_eq!(column(&dinars, "open_items", "amount", &["--as-of", "2024-03-31"]), ["88.125", "1.250"]);
    let euros = Desk::new();
    euros.file("encours.toml", "base_currency = \"EUR\"\n");
    euros.file("items.csv", items);
    let refused = euros.run(&["load", "items.csv"]);
    assert!(refused.status != 0 && (refused.stdout + &refused.stderr).contains("amount_mark_undecided"));
}

/// Yen have no cents: none is shown, and one that a file writes is refused.
#[test]
fn yen_have_no_cents() {
    let items = format!(
        "{ITEMS}F-1,C1,invoice,2024-01-05,2024-02-04,JPY,1250500\nF-2,C2,invoice,2024-01-05,2024-02-04,JPY,1000.00\n"
    );
    let desk = desk("company = \"KYOTO\"\nbase_currency = \"JPY\"\n", &[("items.csv", items)]);
    let day = ["--as-of", "2024-03-31"];
    assert_eq!(column(&desk, "open_items", "open_amount", &day), ["1250500", "1000"]);
    assert_eq!(first(&desk, "receivables", "open_amount", &day), "1251500");
    for query in ["worklist", "top_debtors", "aging", "key_figures", "cash_forecast", "concentration"] {
        let said = desk.run(&["query", query, "--as-of", "2024-03-31", "--output", "json"]).ended(0).stdout;
        let amounts = said.split("_amount\": ").skip(1).map(|rest| rest.split([',', '}']).next().unwrap());
        let cents: Vec<&str> = amounts.filter(|amount| amount.contains('.')).collect();
        // what an action costs is said in cents, whatever the currency
        assert_eq!(cents.iter().filter(|amount| !amount.starts_with('0')).count(), 0, "{query}: {cents:?}");
    }
    let path = desk.file("more.csv", format!("{ITEMS}F-3,C1,invoice,2024-01-05,2024-02-04,JPY,12.50\n"));
    let refused = desk.run(&["load", path.to_str().unwrap()]);
    assert!((refused.stdout + &refused.stderr).contains("amount_too_precise"));
}

/// Euros, dinars and yen in one lake: books in euros to the cent, each currency by itself exactly.
#[test]
fn books_in_euros_hold_dinars_and_yen_each_with_its_own_decimals() {
    let items = "item_id,customer_id,kind,issued_date,due_date,currency_code,amount,base_amount\n\
        F-1,C1,invoice,2024-01-05,2024-02-04,TND,1000.000,295.55\nR-1,C1,receipt,2024-02-20,2024-02-20,TND,-333.333,-98.52\n\
        F-2,C2,invoice,2024-01-05,2024-02-04,JPY,160000,1000.00\nR-2,C2,receipt,2024-02-20,2024-02-20,JPY,-53333,-333.33\n\
        F-3,C3,invoice,2024-01-05,2024-02-04,EUR,100.00,\n";
    let allocations = format!("{ALLOCATIONS}F-1,R-1,2024-02-20,333.333\nF-2,R-2,2024-02-20,53333\n");
    let settings = "company = \"ACME\"\nbase_currency = \"EUR\"\n";
    let desk = desk(settings, &[("items.csv", items.to_owned()), ("allocations.csv", allocations)]);
    let day = ["--as-of", "2024-03-31"];
    // 666.667 × 295.55 / 1000 = 197.0334; 106 667 × 1000 / 160 000 = 666.66875
    assert_eq!(column(&desk, "open_items", "open_amount", &day), ["197.03", "666.67", "100.00"]);
    assert_eq!(first(&desk, "receivables", "open_amount", &day), "963.70");
    let of = |currency| ["--as-of", "2024-03-31", "--currency", currency];
    assert_eq!(first(&desk, "receivables", "open_amount", &of("TND")), "666.667");
    assert_eq!(first(&desk, "receivables", "open_amount", &of("JPY")), "106667");
    assert_eq!(first(&desk, "receivables", "open_amount", &of("EUR")), "100.00");
    // month-ends are sums that a load prepared
    let months = ["--as-of", "2024-03-31", "--months", "1"];
    assert_eq!(column(&desk, "receivables_history", "open_amount", &months).last().unwrap(), "963.70");
    let refused = desk.file(
        "more.csv",
        "item_id,customer_id,kind,issued_date,currency_code,amount,base_amount\nF-4,C1,invoice,2024-01-05,TND,1.000,0.305\n\
         F-5,C1,invoice,2024-01-05,EUR,1.005,\nF-6,C1,invoice,2024-01-05,TND,1.005,0.30\n",
    );
    let said = desk.run(&["load", refused.to_str().unwrap()]).ended(1).stdout;
    assert!(said.contains("accepted: 1 + rejected: 2"), "{said}");
    desk.run(&["lake", "verify"]).ended(0);
}

/// What a list brought of several currencies was added up in the line a controller checks.
#[test]
fn the_last_line_of_a_load_adds_no_yen_to_euros() {
    let items = format!(
        "{ITEMS}F-1,C1,invoice,2024-01-05,,EUR,1000.50\nF-2,C2,invoice,2024-01-05,,JPY,500000\n\
         R-2,C2,receipt,2024-02-05,,JPY,-200000\nF-3,C3,invoice,2024-01-05,2024-02-04,TND,88.125\n"
    );
    let desk = Desk::new();
    let file = desk.file("items.csv", items);
    let said = desk.load(&[&file]).stdout;
    assert!(
        said.contains(
            "debit: 1,000.50\u{a0}EUR + 500,000\u{a0}JPY + 88.125\u{a0}TND, credit: 0.00\u{a0}EUR + 200,000\u{a0}JPY"
        ),
        "{said}"
    );
    assert!(said.contains("derived due dates: the file holds none (lines: 2)"), "no amount of both: {said}");
    // of one currency, whichever it is, nothing is named
    let yen = format!("{ITEMS}F-9,C9,invoice,2024-01-05,2024-02-04,JPY,700\n");
    assert!(desk.load(&[&desk.file("yen.csv", yen)]).stdout.contains("debit: 700, credit: 0;"));
    let inspected = desk.run(&["inspect", "items.csv"]).ended(0).stdout;
    assert!(inspected.contains("300,000\u{a0}JPY"), "what is owed by a list, too: {inspected}");
}

/// A sister company known by its lists alone made the whole group's proof fail by all that is open there.
#[test]
fn what_has_no_control_account_is_no_difference_to_one() {
    let desk = Desk::new();
    let books =
        Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "1000.00").invoice("C2", "F2", "2024-04-05", "500.00");
    let ledger = desk.file("123456789FEC20241231.txt", books.text());
    let items = desk.file(
        "items.csv",
        "company_id,item_id,customer_id,kind,issued_date,due_date,currency_code,amount\n\
         SISTER,S1,C1,invoice,2024-02-05,2024-03-06,EUR,77.25\nSISTER,S2,C1,invoice,2024-05-05,2024-06-04,EUR,10.00\n\
         SISTER,S0,C1,invoice,2024-01-05,2024-02-04,EUR,30.00\nSISTER,R0,C1,receipt,2024-02-02,,EUR,-30.00\n",
    );
    let paid = desk.file(
        "allocations.csv",
        "company_id,debit_item_id,credit_item_id,allocated_date,amount\nSISTER,S0,R0,2024-02-02,30.00\n",
    );
    desk.load(&[&ledger, &items, &paid]);
    let day = ["--as-of", "2024-12-31"];
    let told = |name: &str, options: &[&str]| first(&desk, "receivables", name, &[&day[..], options].concat());
    assert_eq!((told("open_amount", &[]), told("control_amount", &[])), ("1587.25".to_owned(), "1500.00".to_owned()));
    assert_eq!(
        (told("uncontrolled_amount", &[]), told("tie_out_amount", &[])),
        ("87.25".to_owned(), "0.00".to_owned())
    );
    // month by month as well: 1 077.25 of March against 1 000.00
    let of_march = |name: &str| column(&desk, "receivables_history", name, &day)[35 - 9].clone();
    assert_eq!((of_march("uncontrolled_amount"), of_march("tie_out_amount")), ("77.25".to_owned(), "0.00".to_owned()));
    let page = desk.run(&["report", "controller", "--as-of", "2024-12-31", "--lang", "en"]).ended(0).stdout;
    let page = std::fs::read_to_string(desk.path(page.lines().next().unwrap())).unwrap();
    assert!(
        page.contains("Ties to the ledger") && page.contains("Open items 1,500.00\u{a0}EUR ="),
        "the ledger's part is proven"
    );
    assert!(page.contains("A further 87.25\u{a0}EUR is open at companies known by their lists alone"));
    // each by itself: the ledger is proven whole, the lists by nothing
    assert_eq!(told("uncontrolled_amount", &["--company", "123456789"]), "0.00");
    assert_eq!(
        (told("uncontrolled_amount", &["--company", "SISTER"]), told("tie_out_amount", &["--company", "SISTER"])),
        <_>::default()
    );
    // once its accounts are there, their difference is seen
    let control = "company_id,account,balance_date,balance_amount\nSISTER,411000,2024-12-31,80.00\n";
    desk.load(&[&desk.file("control_balances.csv", control)]);
    let said = desk.run(&["query", "receivables", "--as-of", "2024-12-31", "--output", "csv"]).ended(1).stdout;
    assert!(said.trim_end().ends_with("1580.00,0.00,7.25"), "{said}");
}

/// A promise of 202 287 yen for an invoice of 202 287 yen, paid in full, was broken: 1 264 euros had come.
#[test]
fn a_promise_is_in_the_currency_of_what_is_promised_for() {
    let items = "item_id,customer_id,kind,issued_date,due_date,currency_code,amount,base_amount\n\
        F-1,C1,invoice,2024-01-05,2024-02-04,JPY,202287,1264.29\nR-1,C1,receipt,2024-02-20,,JPY,-202287,-1264.29\n\
        F-2,C2,invoice,2024-01-05,2024-02-04,TND,1000.000,300.00\nR-2,C2,receipt,2024-02-20,,TND,-400.000,-120.00\n\
        F-3,C3,invoice,2024-01-05,2024-02-04,JPY,100000,620.00\nF-4,C3,invoice,2024-01-05,2024-02-04,EUR,50.00,50.00\n\
        R-3,C3,receipt,2024-02-20,,EUR,-50.00,-50.00\n";
    let allocations = "debit_item_id,credit_item_id,allocated_date,amount\n\
        F-1,R-1,2024-02-20,202287\nF-2,R-2,2024-02-20,400.000\nF-4,R-3,2024-02-20,50.00\n";
    // of one invoice; of all that a customer owes, in its only currency; of one that owes in two, in the books' own; of an
    // invoice in yen, in euros, since it is said
    let actions = "action_id,customer_id,item_id,action_date,channel_code,result_code,promised_date,promised_amount,currency_code\n\
        A1,C1,F-1,2024-02-15,phone,promised,2024-02-20,202287,\nA2,C2,,2024-02-15,phone,promised,2024-02-20,1000.000,TND\n\
        A3,C3,,2024-02-15,phone,promised,2024-02-20,50,\nA4,C3,F-3,2024-02-15,phone,promised,2024-02-20,310.00,EUR\n";
    let files = [("items.csv", items), ("allocations.csv", allocations), ("actions.csv", actions)];
    let desk = desk("company = \"A\"\nbase_currency = \"EUR\"\n", &files.map(|(name, text)| (name, text.to_owned())));
    let told = |options: &[&str]| {
        let of = |name| column(&desk, "promises", name, &[&["--as-of", "2024-03-31"], options].concat());
        let (actions, states) = (of("action_id"), of("status_code"));
        let amounts = of("promised_amount").into_iter().zip(of("received_amount"));
        let mut rows: Vec<String> = actions
            .into_iter()
            .zip(states)
            .zip(amounts)
            .map(|((action, state), (promised, received))| format!("{action} {state} {received}/{promised}"))
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(
        told(&[]),
        ["A1 kept 1264.29/1264.29", "A2 partially_kept 120.00/300.00", "A3 kept 50.00/50.00", "A4 broken 0.00/310.00"]
    );
    assert_eq!(told(&["--currency", "TND"])[1], "A2 partially_kept 400.000/1000.000");
    // what is typed on a list is in the list's currency, which it says
    let list = desk.run(&["query", "worklist", "--as-of", "2024-03-31", "--output", "csv"]).ended(0).stdout;
    let position = list.lines().next().unwrap().split(',').position(|name| name == "currency_code").unwrap();
    assert_eq!(list.lines().nth(1).unwrap().split(',').nth(position), Some("EUR"));
    // euros say nothing of yen: the whole invoice is what was promised
    let yen = told(&["--currency", "JPY"]);
    assert_eq!((&*yen[0], yen.last().unwrap().as_str()), ("A1 kept 202287/202287", "A4 broken /"));
}

/// Sales of the company with a ledger beside what two companies have open gave a DSO of neither.
#[test]
fn open_lists_of_one_company_leave_no_history_of_both() {
    let desk = Desk::new();
    let books = Ledger::new(2024)
        .lettered_invoice("C1", "F1", "2024-03-05", "1000.00", "AA")
        .receipt("C1", "R1", "2024-05-05", "1000.00", "AA")
        .invoice("C2", "F2", "2024-12-05", "500.00");
    let ledger = desk.file("123456789FEC20241231.txt", books.text());
    let items = "company_id,item_id,customer_id,kind,issued_date,due_date,currency_code,amount\n\
        SISTER,S1,C1,invoice,2024-11-05,2024-12-05,EUR,9000.00\n";
    desk.load(&[&ledger, &desk.file("items.csv", items)]);
    let dso = |options: &[&str]| first(&desk, "dso", "dso_days", &[&["--as-of", "2024-12-31"], options].concat());
    let missing =
        |options: &[&str]| first(&desk, "dso", "missing_text", &[&["--as-of", "2024-12-31"], options].concat());
    assert_eq!(dso(&[]), "");
    assert!(missing(&[]).starts_with("\"Of SISTER all there is is lists of open items"), "{}", missing(&[]));
    assert!(missing(&["--company", "SISTER"]).starts_with("\"All there is is one list"));
    // of the ledger alone it is told: 500 open of 500 sold in ninety days
    assert_eq!(
        (dso(&["--company", "123456789"]), missing(&["--company", "123456789"])),
        ("90.0000".to_owned(), String::new())
    );
}
