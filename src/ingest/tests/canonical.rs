//! Simple files are read by all processors at once, and say what they say cell by cell.

use super::*;

const ITEM_HEADER: &str = "item_id,customer_id,kind,issued_date,posted_date,due_date,due_is_derived,currency_code,amount,\
                           base_amount,account,reference,label,delivered_date,company_id,colour";

/// The same file read as it is, and cell by cell: a quote in the header is enough for that.
#[track_caller]
fn both_ways(name: &str, text: &str, options: &ReadOptions<'_>) -> (SourceReport, Collected) {
    let (header, rows) = text.split_once('\n').unwrap();
    let (first, others) = header.split_once(',').unwrap();
    let simple = read_bytes(name, text.as_bytes(), options).unwrap();
    let cells = read_bytes(name, format!("\"{first}\",{others}\n{rows}").as_bytes(), options).unwrap();
    assert_eq!(format!("{:?}", simple.0), format!("{:?}", cells.0));
    for table in ["items", "allocations", "rejects"] {
        let columns: Vec<&str> =
            crate::model::tables::table(table).unwrap().columns.iter().map(|one| one.name).collect();
        let columns: Vec<&str> = columns.into_iter().filter(|name| *name != "text").collect();
        assert_eq!(simple.1.rows_of(table, &columns), cells.1.rows_of(table, &columns), "{table}");
    }
    simple
}

#[test]
fn rows_notes_and_totals_are_those_of_reading_cell_by_cell() {
    let desk = Desk::new();
    let options = ReadOptions { base_currency: Some("EUR"), ..desk.options() };
    let rows = [
        "F1,C1,invoice,2024-01-31,,,,EUR,120.00,,411000,2024-001,Société d'été,2024-01-30,,",
        "F2,C1,Invoice,2024-02-29,2024-03-01,2024-04-30,true,usd,1234.5,1100.00,,,,,B,blue",
        "",
        "R1,C1,receipt,2024-03-01,,,,,-120,,,,,,,",
        "O1,C2,opening,2023-12-31,,,,EUR,99.99,,,,,,,",
        "X1,C2,returned_receipt,2024-03-02,,,false,EUR,10.00,,,,'=1+1,,,",
        "A1,C2,credit_note,2024-03-02,,,,EUR,5.00,,,,,,,",
        "F3,C3,invoice,1899-12-31,,2099-12-31,,JPY,-1,,,,,,,",
        "F4,C3,invoice,2024-01-01,,,,EUR,99999999999999.99,,,,,,,",
    ];
    for end in ["\n", "\r\n"] {
        let (report, collected) =
            both_ways("items.csv", &([&[ITEM_HEADER], &rows[..]].concat().join(end) + end), &options);
        assert_eq!((report.accepted_count, report.receivable_count), (8, 8));
        assert_eq!(collected.column("items", "source_line"), ["2", "3", "5", "6", "7", "8", "9", "10"]);
        assert_eq!(collected.column("items", "label")[4], "=1+1");
        let codes: Vec<&str> = report.notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["age_unknown", "columns_unknown", "currency_assumed", "due_date_derived", "sign_unusual"]);
    }
}

#[test]
fn rows_of_many_blocks_keep_their_order_and_lines() {
    let row = |number: u32| {
        let (month, day, cents) = (number % 9 + 1, number % 10, number % 100);
        format!("F{number},R{},2024-0{month}-1{day},{number}.{cents:02}", number / 3)
    };
    let header = "debit_item_id,credit_item_id,allocated_date,amount".to_owned();
    let rows: Vec<String> = std::iter::once(header).chain((0..60_000).map(row)).collect();
    let text = rows.join("\n") + "\n";
    let (report, collected) = both_ways("allocations.csv", &text, &Desk::new().options());
    assert_eq!(report.accepted_count, 60_000);
    assert_eq!(collected.column("allocations", "source_line")[59_999], "60001");
    // a key given again many blocks later
    let (report, _) = both_ways("allocations.csv", &(text + &rows[1]), &Desk::new().options());
    assert_eq!((report.accepted_count, report.rejected_count), (60_000, 1));
}

#[test]
fn whatever_is_not_simple_is_read_cell_by_cell() {
    let many: Vec<String> = (0..500).map(|number| format!("F{number},C1,invoice,2024-01-31,1.00\n")).collect();
    let many = many.concat();
    for (line, rejected) in [
        ("F1,C1,invoice,2024-01-31,1.00", 1),                 // a key given twice
        ("G1,C1,invoice,2024-02-30,1.00", 1),                 // a day in no calendar
        ("G1,C1,invoice,31/01/2024,1.00", 0),                 // another way to write it
        ("G1,C1,invoice,2024-01-31,\"1.00\"", 0),             // a quote
        ("G1,C1,invoice,2024-01-31,1e3", 0),                  // as software writes large numbers
        ("G1,C1,invoice,2024-01-31,1.234", 1),                // more decimals than its currency
        ("G1,C1,invoice,2024-01-31,1.00,", 0),                // an empty cell too many
        ("G1,C1,invoice,2024-01-31", 1),                      // a cell too few
        (" G1 ,C1,invoice,2024-01-31,1.00", 0),               // white space
        ("G1,C1,furniture,2024-01-31,1.00", 1),               // a kind nobody knows
        (",C1,invoice,2024-01-31,1.00", 1),                   // no identifier
        ("G1,C1,invoice,2024-01-31,12345678901234567.00", 1), // too large
    ] {
        for text in [format!("{many}{line}\n"), format!("{line}\n{many}"), format!("{many}{line}")] {
            let text = format!("item_id,customer_id,kind,issued_date,amount\n{text}");
            let (report, _) = both_ways("items.csv", &text, &Desk::new().options());
            assert_eq!((report.line_count, report.rejected_count), (501, rejected), "{line}");
        }
    }
}
