//! What is known of customers is dated: an earlier day is asked as it was known then.

use crate::desk::Desk;

const ITEMS: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n\
    F-1,C1,invoice,2024-01-20,2024-02-20,1200.00,EUR\nF-2,C2,invoice,2024-02-01,2024-03-01,1600.00,EUR\n\
    R-1,C1,receipt,2024-02-25,,-200.00,EUR\n";
const CUSTOMERS: &str =
    "customer_id,name,payment_method,status_code\nC1,One,direct_debit,\nC2,Two,transfer,insolvent\nC3,Three,,\n";

/// Payment method and status of each customer on a day.
fn payers(desk: &Desk, as_of: &str) -> Vec<[String; 2]> {
    let rows = desk.ask(as_of).rows("payers");
    let mut told: Vec<_> =
        rows.iter().map(|row| (&row["customer_id"], &row["payment_method"], &row["status_code"])).collect();
    told.sort();
    told.into_iter().map(|(_, method, status)| [method.clone(), status.clone()]).collect()
}

fn seen(desk: &Desk) -> Vec<[String; 4]> {
    let sql = "select customer_id, first_seen_date, payment_method, status_code from dated_customers order by 1, 2";
    let columns = ["customer_id", "first_seen_date", "payment_method", "status_code"];
    desk.ask("2024-12-31").sql(sql).iter().map(|row| columns.map(|name| row[name].clone())).collect()
}

#[test]
fn a_load_dates_what_it_sees_first_and_the_last_load_of_a_day_counts() {
    let desk = Desk::new();
    let before = chrono::Utc::now().date_naive().to_string();
    desk.load(&[&desk.file("items.csv", ITEMS), &desk.file("customers.csv", CUSTOMERS)]);
    let today = chrono::Utc::now().date_naive().to_string();
    let row = |customer: &str, method: &str, status: &str| [customer, &today, method, status].map(str::to_owned);
    // midnight passed
    if before != today {
        return;
    }
    assert_eq!(seen(&desk), [row("C1", "direct_debit", ""), row("C2", "transfer", "insolvent")]);
    // the same once more, then a file that says nothing of it, then another method
    desk.load(&[&desk.file("again.csv", CUSTOMERS)]);
    desk.load(&[&desk.file("names.csv", "customer_id,name\nC1,One more\n")]);
    assert_eq!(seen(&desk).len(), 2);
    desk.load(&[
        &desk.file("customers.csv", CUSTOMERS.replace("direct_debit", "cheque").replace("Three,,", "Three,card,"))
    ]);
    let expected = [row("C1", "cheque", ""), row("C2", "transfer", "insolvent"), row("C3", "card", "")];
    if chrono::Utc::now().date_naive().to_string() == today {
        assert_eq!(seen(&desk), expected);
    }
    desk.run(&["lake", "verify"]).ended(0);
}

#[test]
fn an_earlier_day_is_asked_by_what_was_told_then() {
    let desk = Desk::new();
    let dated = "customer_id,first_seen_date,payment_method,status_code\nC1,2023-01-01,cheque,\nC1,2024-06-01,transfer,\n\
        C1,2024-09-01,direct_debit,\nC2,2023-01-01,transfer,\nC2,2024-06-01,transfer,insolvent\n";
    desk.load(&[
        &desk.file("items.csv", ITEMS),
        &desk.file("dated.csv", dated),
        &desk.file("customers.csv", CUSTOMERS),
    ]);
    // what a load sees that was told already is nothing new
    assert_eq!(seen(&desk).len(), 5);
    let told = |as_of: &str| payers(&desk, as_of).concat().join(" ");
    assert_eq!(told("2022-12-31"), "");
    assert_eq!(told("2024-03-31"), "cheque  transfer ");
    assert_eq!(told("2024-06-01"), "transfer  transfer insolvent");
    assert_eq!(told("2024-12-31"), "direct_debit dormant transfer insolvent");
    // a forecast brings nothing of an insolvent customer, and that only since it is known
    let expected = |as_of: &str| {
        let rows = desk.ask(as_of).rows("payment_probabilities");
        let of_second = rows.iter().find(|row| row["customer_id"] == "C2").map(|row| row["mean_amount"].clone());
        of_second.unwrap()
    };
    assert_eq!(expected("2024-12-31"), "0.00");
    assert_ne!(expected("2024-03-31"), "0.00");
}
