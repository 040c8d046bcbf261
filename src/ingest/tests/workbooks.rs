//! Tables in workbooks: dates and numbers as the workbook stores them.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;

/// A workbook whose second sheet holds a table below a title.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    book.add_worksheet().set_name("Vide").unwrap();
    let sheet = book.add_worksheet().set_name("Postes").unwrap();
    sheet.write(0, 0, "Balance").unwrap();
    for (column, name) in ["item_id", "customer_id", "kind", "issued_date", "amount", "label"].into_iter().enumerate() {
        sheet.write(2, u16::try_from(column).unwrap(), name).unwrap();
    }
    for (row, number, amount) in [(3, 1001.0, 55.94), (4, 1002.0, 0.300_000_000_000_000_04), (6, 1003.0, 12.345)] {
        sheet.write(row, 0, number).unwrap();
        sheet.write(row, 1, "C1").unwrap();
        sheet.write(row, 2, "invoice").unwrap();
        sheet.write_with_format(row, 3, ExcelDateTime::from_ymd(2024, 1, 31).unwrap(), &day).unwrap();
        sheet.write(row, 4, amount).unwrap();
        sheet.write(row, 5, "'=1+1").unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn dates_and_numbers_are_taken_as_stored() {
    let (report, rows) = read_bytes("postes.xlsx", &workbook(), &Desk::new().options()).unwrap();
    assert_eq!((report.encoding_code, report.line_count, report.accepted_count), ("workbook", 3, 2));
    assert_eq!(
        rows.rows_of("items", &["item_id", "issued_date", "amount", "label", "source_line"]),
        ["1001 | 2024-01-31 | 55.94 | =1+1 | 4", "1002 | 2024-01-31 | 0.30 | =1+1 | 5"]
    );
    assert_eq!(
        rows.rows_of("rejects", &["source_line", "reason_code", "found"]),
        ["7 | amount_too_precise | amount=12.345"]
    );
}

#[test]
fn a_mapping_names_its_sheet() {
    let columns = "[columns]\nitem_id = \"item_id\"\ncustomer_id = \"customer_id\"\nkind = \"kind\"\nissued_date = \"issued_date\"\namount = \"amount\"\n";
    let desk = Desk::new();
    let read_sheet = |sheet: &str| {
        let mapping = Mapping::parse("m", &format!("sheet = \"{sheet}\"\n{columns}")).unwrap();
        read_bytes("p.xlsx", &workbook(), &ReadOptions { mapping: Some(&mapping), ..desk.options() })
            .map(|(report, _)| report.accepted_count)
            .map_err(|error| error.to_string())
    };
    assert_eq!(read_sheet("Postes"), Ok(2));
    assert_eq!(read_sheet("Autre"), Err("workbook `p.xlsx` has no sheet `Autre`: found `Vide`, `Postes`".into()));
}

#[test]
fn a_damaged_workbook_is_an_error() {
    let whole = workbook();
    for bytes in [&whole[..whole.len() / 2], b"PK\x03\x04", b"PK\x03\x04 but no more"] {
        assert!(matches!(read_bytes("p.xlsx", bytes, &Desk::new().options()), Err(IngestError::Workbook { .. })));
    }
}

#[test]
fn inspecting_a_workbook_nobody_knows_proposes_a_mapping() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["Facture", "Client", "Date facture", "Montant"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
        sheet.write(1, u16::try_from(column).unwrap(), ["F1", "C1", "2024-01-31", "5,00"][column]).unwrap();
    }
    let found = inspect_bytes("x.xlsx", &book.save_to_buffer().unwrap(), &Desk::new().options()).unwrap();
    assert!(found.proposal.is_some_and(|proposal| Mapping::parse("m", &proposal.mapping).is_ok()));
    assert_eq!((found.encoding_code, found.separator), ("workbook", None));
}

/// A table of so many rows from a row and a column on; a cell far away from them.
fn long_workbook(row_count: u32, first: (u32, u16), far: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet();
    for (column, name) in (first.1..).zip(["item_id", "customer_id", "kind", "issued_date", "amount"]) {
        sheet.write(first.0, column, name).unwrap();
    }
    for row in 0..row_count {
        let place = first.0 + 1 + row;
        sheet.write(place, first.1, format!("F{row}")).unwrap();
        sheet.write(place, first.1 + 1, "C1").unwrap();
        sheet.write(place, first.1 + 2, "invoice").unwrap();
        sheet.write_with_format(place, first.1 + 3, ExcelDateTime::from_ymd(2024, 1, 31).unwrap(), &day).unwrap();
        sheet.write(place, first.1 + 4, f64::from(row + 1)).unwrap();
    }
    if far {
        sheet.write(1_048_575, 16_383, "x").unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_long_sheet_is_read_whole_wherever_its_table_begins() {
    // more rows than are held
    for first in [(0, 0), (3, 2)] {
        let (report, rows) =
            read_bytes("p.xlsx", &long_workbook(20_500, first, false), &Desk::new().options()).unwrap();
        assert_eq!((report.line_count, report.accepted_count), (20_500, 20_500));
        assert_eq!(rows.sum("items", "amount"), 1_000 * (1..=20_500).sum::<i128>());
    }
}

#[test]
fn a_row_may_end_before_the_last_column() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["item_id", "customer_id", "kind", "issued_date", "amount", "label"]) {
        sheet.write(0, column, name).unwrap();
    }
    for (row, label) in [(1, "a label"), (2, "")] {
        for (column, text) in (0..).zip([&*format!("F{row}"), "C1", "invoice", "2024-01-31", "10.00", label]) {
            if !text.is_empty() {
                sheet.write(row, column, text).unwrap();
            }
        }
    }
    let (report, rows) = read_bytes("p.xlsx", &book.save_to_buffer().unwrap(), &Desk::new().options()).unwrap();
    assert_eq!((report.line_count, report.accepted_count), (2, 2));
    assert_eq!(rows.rows_of("items", &["item_id", "label"]), ["F1 | a label", "F2 | "]);
}

#[test]
fn a_cell_far_away_is_a_row_that_is_refused_and_no_more() {
    let (report, rows) = read_bytes("p.xlsx", &long_workbook(2, (0, 0), true), &Desk::new().options()).unwrap();
    assert_eq!((report.line_count, report.accepted_count, report.rejected_count), (3, 2, 1));
    assert_eq!(rows.column("rejects", "source_line"), ["1048576"]);
}

#[test]
fn a_workbook_that_grows_without_measure_is_refused_by_its_table_of_contents() {
    use std::io::Write;
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    packed.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..110 {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bytes = packed.finish().unwrap().into_inner();
    let cause = match read_bytes("p.xlsx", &bytes, &Desk::new().options()) {
        Err(IngestError::Workbook { cause, .. }) => cause,
        read => read.map_or_else(|error| error.to_string(), |_| "it is read".to_owned()),
    };
    assert!(cause.contains("`xl/worksheets/sheet1.xml` is 115343360 bytes in"), "{cause}");
}
