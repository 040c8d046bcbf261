//! What a customer is sent, and what a controller wrote beside the figures of a day.

use crate::books::Ledger;
use crate::desk::Desk;

/// Two invoices, one half paid in June, the other open; a credit note in July that nothing has used.
fn desk() -> Desk {
    let desk = Desk::new();
    let ledger = Ledger::new(2024)
        .invoice("C1", "F1", "2024-03-05", "120.00")
        .invoice("C1", "F2", "2024-07-02", "80.00")
        .receipt("C1", "R1", "2024-06-10", "50.00", "")
        .credit_note("C1", "A1", "2024-07-03", "5.00", "")
        .invoice("C2", "F3", "2024-07-04", "999.00");
    desk.load(&[&desk.file("123456789FEC20241231.txt", ledger.text())]);
    desk
}

fn asked(desk: &Desk, query: &str, since: &str) -> Vec<String> {
    let options = ["--customer", "C1", "--since", since, "--as-of", "2024-07-31", "--output", "csv", "--quiet"];
    let said = desk.run(&[&["query", query], &options[..]].concat()).ended(0);
    said.stdout.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_statement_tells_what_moved_since_the_last_one_and_sums() {
    let desk = desk();
    assert_eq!(
        asked(&desk, "statement_balance", "2024-06-30"),
        ["2024-06-30,2024-07-31,70.00,80.00,-5.00,0.00,0.00,145.00,65.00,"]
    );
    assert_eq!(
        asked(&desk, "statement_balance", "2024-05-31"),
        ["2024-05-31,2024-07-31,120.00,80.00,-5.00,-50.00,0.00,145.00,65.00,"]
    );
    let open = asked(&desk, "statement_items", "2024-06-30");
    assert_eq!(open.len(), 4, "{open:?}");
    assert!(open.iter().all(|line| !line.contains("999")), "another customer's items stay out");
    assert_eq!(asked(&desk, "statement_receipts", "2024-06-30").len(), 1);
    assert_eq!(asked(&desk, "statement_receipts", "2024-05-31").len(), 2);
}

#[test]
fn a_statement_starts_at_the_last_one_sent_and_speaks_the_customers_language() {
    let desk = desk();
    let written = |more: &[&str]| {
        let said =
            desk.run(&[&["customer_statement", "--customer", "C1", "--as-of", "2024-07-31"], more].concat()).ended(0);
        let page = said.stdout.lines().next().unwrap().to_owned();
        (std::fs::read_to_string(desk.path(&page)).unwrap(), page)
    };
    let (html, page) = written(&[]);
    assert!(
        page.ends_with("customer_statement-C1-2024-07-31-en.html") && desk.path(&page).with_extension("xlsx").exists()
    );
    assert!(html.contains("<time datetime=\"2024-06-30\">"), "the month-end before");
    let customers = desk.file("customers.csv", "customer_id,name,language\nC1,Maison <b>Dubois</b>,fr\n");
    let actions =
        desk.file("actions.csv", "action_id,customer_id,action_date,channel_code\nA1,C1,2024-06-15,statement\n");
    desk.load(&[&customers, &actions]);
    let (html, page) = written(&[]);
    assert!(page.ends_with("-fr.html"), "{page}");
    assert!(html.contains("Relevé de compte") && html.contains("<time datetime=\"2024-06-15\">"));
    assert!(html.contains("<bdi>Maison &lt;b&gt;Dubois&lt;&#x2f;b&gt;</bdi>"));
    let (html, _) = written(&["--lang", "en", "--since", "2024-01-31"]);
    assert!(html.contains("Statement of account") && html.contains("<time datetime=\"2024-01-31\">"));
}

#[test]
fn a_statement_of_nobody_or_of_no_time_is_refused() {
    let desk = desk();
    let refused = |arguments: &[&str]| desk.run(&[&["customer_statement"], arguments].concat()).ended(2).stderr;
    let said = refused(&["--customer", "c1' or true --", "--as-of", "2024-07-31"]);
    assert!(said.contains("error: the lake holds no customer") && said.contains("hint: "), "{said}");
    let said = refused(&["--customer", "C1", "--as-of", "2024-07-31", "--since", "2024-07-31"]);
    assert!(said.contains("cannot tell what moved since 2024-07-31"), "{said}");
    let said = desk.run(&["report", "customer_statement"]).ended(2).stderr;
    assert!(said.contains("for one customer") && said.contains("--customer ID"), "{said}");
    let said = desk.run(&["query", "statement_items", "--as-of", "2024-07-31"]).ended(2).stderr;
    assert!(said.contains("needs `$customer_id`") && said.contains("--customer ID"), "{said}");
}

#[test]
fn a_comment_is_kept_with_its_day_printed_with_it_and_taken_back() {
    let desk = desk();
    let page = |as_of: &str, more: &[&str]| {
        let out = format!("out{}", more.len());
        desk.run(&[&["report", "--as-of", as_of, "--lang", "en", "--out", &out], more].concat()).ended(0);
        std::fs::read_to_string(desk.path(&format!("{out}/controller-{as_of}-en.html"))).unwrap()
    };
    desk.run(&["comment", "aging", "First.\nSecond \"quoted\", =1+1", "--as-of", "2024-07-31"]).ended(0);
    let html = page("2024-07-31", &[]);
    assert!(html.contains("<p><bdi>First.</bdi></p>") && html.contains("Second &quot;quoted&quot;, =1+1"), "{html}");
    assert!(!page("2024-06-30", &[]).contains("First."), "another month has its own");
    desk.run(&["comment", "aging", "Corrected.", "--as-of", "2024-07-31"]).ended(0);
    let html = page("2024-07-31", &[]);
    assert!(html.contains("Corrected.") && !html.contains("First."));
    // as known then
    assert!(page("2024-07-31", &["--known-at", "2"]).contains("First."));
    desk.run(&["comment", "aging", "", "--as-of", "2024-07-31"]).ended(0);
    assert!(!page("2024-07-31", &[]).contains("class=\"comment\""));
    let refused = desk.run(&["comment", "agin", "x", "--as-of", "2024-07-31"]).ended(2).stderr;
    assert!(refused.contains("no panel `agin`") && refused.contains("aging_history"), "{refused}");
    // a file of comments loads as any table
    let file = desk.file(
        "remarks.csv",
        "report_code,panel_code,as_of_date,comment_text\ncontroller,credits,2024-07-31,From a file\n",
    );
    desk.load(&[&file]);
    assert!(page("2024-07-31", &[]).contains("From a file"));
}
