//! Real ledgers, where the shared data is at hand.

use super::*;

struct Ledger {
    file: &'static str,
    line_count: u64,
    total: i128,
    receivable_count: u64,
    encoding_code: &'static str,
    year: (&'static str, &'static str),
    closing: i128,
}

const LEDGERS: [Ledger; 3] = [
    Ledger {
        file: "fec/quadra_123456789FEC20190731.txt",
        line_count: 12_605,
        total: 13_738_285_950,
        receivable_count: 3_310,
        encoding_code: "utf-8",
        year: ("2018-08-01", "2019-07-31"),
        closing: 28_311_383,
    },
    Ledger {
        file: "fec/odicom_123456789FEC20200331.txt",
        line_count: 4_916,
        total: 3_912_553_940,
        receivable_count: 290,
        encoding_code: "iso-8859-15",
        year: ("2019-04-01", "2020-03-31"),
        closing: 2_739_944,
    },
    Ledger {
        file: "fec/cegid_0000000001FEC20220831.txt",
        line_count: 5_422,
        total: 10_186_219_810,
        receivable_count: 538,
        encoding_code: "utf-8",
        year: ("2021-09-01", "2022-08-31"),
        closing: 5_251_724,
    },
];

#[test]
fn real_ledgers_are_read_whole_and_balance() {
    let desk = Desk::new();
    for ledger in LEDGERS {
        let Some(path) = real(ledger.file) else { return };
        let (report, rows) = read_path(&path, &desk.options()).unwrap();
        assert_eq!((report.line_count, report.rejected_count), (ledger.line_count, 0), "{}", ledger.file);
        assert_eq!(report.debit_total, report.credit_total, "{}", ledger.file);
        assert_eq!(report.debit_total, ledger.total, "{}", ledger.file);
        assert_eq!(
            (report.receivable_count, report.encoding_code),
            (ledger.receivable_count, ledger.encoding_code),
            "{}",
            ledger.file
        );
        let year = report.fiscal_year.unwrap();
        assert_eq!(
            (year.year_start.to_string().as_str(), year.year_end.to_string().as_str()),
            ledger.year,
            "{}",
            ledger.file
        );
        assert!(year.has_openings && year.is_named, "{}", ledger.file);
        let control = rows.sum("control_movements", "debit_amount") - rows.sum("control_movements", "credit_amount");
        assert_eq!(control, perimeter_balance(&rows), "{}: both paths agree", ledger.file);
        assert_eq!(control, 10 * ledger.closing, "{}", ledger.file);
    }
}

fn perimeter_balance(rows: &Collected) -> i128 {
    let roles = rows.column("ledger_lines", "role_code");
    let is_perimeter = |role: &str| ["trade", "retention", "bills", "doubtful"].contains(&role);
    let thousandths = |text: &str| 10 * text.replace('.', "").parse::<i128>().unwrap();
    let (debits, credits) = (rows.column("ledger_lines", "debit_amount"), rows.column("ledger_lines", "credit_amount"));
    let amounts = debits.iter().zip(&credits).map(|(debit, credit)| thousandths(debit) - thousandths(credit));
    roles.iter().zip(amounts).filter(|(role, _)| is_perimeter(role)).map(|(_, amount)| amount).sum()
}

#[test]
fn the_late_payment_file_is_an_invoice_history() {
    let Some(path) = real("ibm/WA_Fn-UseC_-Accounts-Receivable.csv") else { return };
    let (report, rows) = read_path(&path, &Desk::new().options()).unwrap();
    assert_eq!(
        (report.line_count, report.rejected_count, report.format_code.as_str()),
        (2_466, 0, "mapping:late_payment")
    );
    assert_eq!((report.debit_total, report.credit_total), (147_703_180, 147_703_180));
    assert_eq!(report.receivable_count, 4_932);
    assert_eq!(rows.sum("allocations", "amount"), 147_703_180);
    assert_eq!(report.tables["allocations"], 2_466);
    let disputed = rows.column("disputes", "item_id").len();
    assert_eq!((report.tables["customers"], disputed), (100, 561));
    assert_eq!(
        rows.rows_of(
            "items",
            &["item_id", "customer_id", "kind", "issued_date", "due_date", "currency_code", "amount"]
        )[..2],
        [
            "0000611365/receipt | 0379-NEVHP | receipt | 2013-01-15 | 2013-01-15 | XXX | -55.94",
            "0000611365 | 0379-NEVHP | invoice | 2013-01-02 | 2013-02-01 | XXX | 55.94",
        ]
    );
    assert_eq!(
        rows.rows_of("allocations", &["debit_item_id", "credit_item_id", "allocated_date", "amount"])[0],
        "0000611365 | 0000611365/receipt | 2013-01-15 | 55.94"
    );
}
