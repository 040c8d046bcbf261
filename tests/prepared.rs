//! What a load prepares (links of allocations, closed items) says what the items and allocations alone say, whatever the
//! order in which they came, were corrected or were taken back.

use std::collections::BTreeMap;

use crate::desk::{Asked, Desk};

const DAYS: [&str; 4] = ["2024-01-31", "2024-02-29", "2024-06-30", "2025-12-31"];
const ITEMS: &str = "company_id,item_id,customer_id,kind,issued_date,currency_code,amount,base_amount\n";
const ALLOCATIONS: &str = "company_id,debit_item_id,credit_item_id,allocated_date,amount\n";

type Open = BTreeMap<(String, String), String>;

/// What is open of each item by the queries, in euros.
fn told(asked: &mut Asked) -> Open {
    let rows = asked.rows("open_items").into_iter();
    rows.map(|row| ((row["company_id"].clone(), row["item_id"].clone()), row["open_amount"].clone())).collect()
}

/// The same from the loaded tables alone; dollars at the invoice's rate.
fn computed(asked: &mut Asked, day: &str) -> Open {
    let sql = format!(
        "with acting as (
            select a.company_id, a.debit_item_id, a.credit_item_id, a.amount * d.base_amount / d.amount as change
            from allocations as a
            inner join items as d on a.company_id = d.company_id and a.debit_item_id = d.item_id
            inner join items as c on a.company_id = c.company_id and a.credit_item_id = c.item_id
            where greatest(a.allocated_date, d.issued_date, c.issued_date) <= date '{day}'
        ), sides as (
            select acting.company_id, acting.debit_item_id as item_id, -acting.change as change from acting
            union all
            select acting.company_id, acting.credit_item_id, acting.change from acting
            union all
            select i.company_id, i.item_id, i.base_amount from items as i where i.issued_date <= date '{day}'
        )
        select sides.company_id, sides.item_id, cast(sum(sides.change) as decimal(18, 2)) as open_amount
        from sides
        group by sides.company_id, sides.item_id
        having sum(sides.change) <> 0"
    );
    let rows = asked.sql(&sql).into_iter();
    rows.map(|row| ((row["company_id"].clone(), row["item_id"].clone()), row["open_amount"].clone())).collect()
}

#[track_caller]
fn agrees(desk: &Desk, count: usize) {
    for day in DAYS {
        let mut asked = desk.ask(day);
        assert_eq!(told(&mut asked), computed(&mut asked, day), "on {day}");
    }
    let mut asked = desk.ask("2025-12-31");
    assert_eq!(asked.rows("open_items").len(), count);
    let numbers = asked.sql("select count(*) as a, count(distinct items.item_number) as b from items");
    assert_eq!(numbers[0]["a"], numbers[0]["b"], "no two items share a number");
}

#[test]
fn what_is_open_is_the_same_from_the_loaded_tables_alone() {
    let desk = Desk::new();
    let first = desk.file(
        "items_1.csv",
        format!(
            "{ITEMS}A,F1,C1,invoice,2024-01-10,EUR,100.00,100.00\nA,F2,C1,invoice,2024-01-20,USD,300.00,270.00\n\
             A,R1,C1,receipt,2024-02-10,EUR,-100.00,-100.00\nB,F1,C1,invoice,2024-01-10,EUR,50.00,50.00\n\
             B,R1,C1,receipt,2024-03-01,EUR,-80.00,-80.00\n"
        ),
    );
    let second = desk.file("allocations_1.csv", format!("{ALLOCATIONS}A,F1,R1,2024-02-10,100.00\n"));
    desk.load(&[&first]);
    agrees(&desk, 5);
    desk.load(&[&second]);
    agrees(&desk, 3);
    // a load of both kinds, with an allocation on an item of before and one written before its receipt
    let third = desk.file(
        "items_2.csv",
        format!("{ITEMS}A,R2,C1,receipt,2024-04-02,USD,-100.00,-90.00\nA,F3,C2,invoice,2024-05-01,EUR,10.00,10.00\n"),
    );
    let fourth =
        desk.file("allocations_2.csv", format!("{ALLOCATIONS}A,F2,R2,2024-03-01,100.00\nB,F1,R1,2024-03-15,50.00\n"));
    desk.load(&[&third, &fourth]);
    agrees(&desk, 3);
    let base = desk
        .ask("2025-12-31")
        .sql("select allocation_links.base_amount from allocation_links where allocation_links.currency_code = 'USD'");
    assert_eq!(base[0]["base_amount"], "90.00", "at the invoice's rate");
    // an allocation taken back by a later row reopens a closed invoice and its receipt
    let fifth = desk.file("allocations_3.csv", format!("{ALLOCATIONS}A,F1,R1,2024-06-01,-40.00\n"));
    desk.load(&[&fifth]);
    agrees(&desk, 5);
    // a file corrected: less was allocated than it said
    desk.file("allocations_2.csv", format!("{ALLOCATIONS}A,F2,R2,2024-03-01,90.00\nB,F1,R1,2024-03-15,45.00\n"));
    desk.load(&[&fourth]);
    agrees(&desk, 7);
    // an item whose amount was corrected
    desk.file(
        "items_2.csv",
        format!("{ITEMS}A,R2,C1,receipt,2024-04-02,USD,-120.00,-108.00\nA,F3,C2,invoice,2024-05-01,EUR,10.00,10.00\n"),
    );
    desk.load(&[&third]);
    agrees(&desk, 7);
    let apart = desk.ask("2025-12-31").rows("open_items");

    // all at once into another lake: the same answer
    let other = Desk::new();
    let copies: Vec<_> = ["items_1.csv", "items_2.csv", "allocations_1.csv", "allocations_2.csv", "allocations_3.csv"]
        .into_iter()
        .map(|name| other.file(name, std::fs::read(desk.path(name)).unwrap()))
        .collect();
    let copies: Vec<_> = copies.iter().map(std::path::PathBuf::as_path).collect();
    other.load(&copies);
    agrees(&other, 7);
    assert_eq!(other.ask("2025-12-31").rows("open_items"), apart);
    // a file taken away: what it allocated is open again
    let none = other.file("none.csv", format!("{ALLOCATIONS}A,F1,R1,2024-02-10,100.00\n"));
    other.run(&["load", none.to_str().unwrap(), "--replace", "main/allocations_2.csv"]).ended(0);
    agrees(&other, 7);
}
