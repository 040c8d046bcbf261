//! Real ledgers and the cases of the tax administration's checker, where the shared data is at hand.

use super::*;

/// Case, then accepted lines, then refused lines by reason, then notes (lines) beside `company_assumed`.
type Expected = (&'static str, u64, &'static [(&'static str, u64)], &'static [(&'static str, u64)]);

const CASES: [Expected; 29] = [
    ("123456789FEC20241231_accent_hdr.txt", 3, &[], &[]),
    ("123456789FEC20241231_acct_letters.txt", 3, &[], &[]),
    ("123456789FEC20241231_bad_semicolon.txt", 3, &[], &[]),
    ("123456789FEC20241231_both_sides.txt", 3, &[], &[("both_sides", 1)]),
    ("123456789FEC20241231_compaux_empty.txt", 3, &[], &[]),
    ("123456789FEC20241231_date_ddmmyyyy.txt", 3, &[], &[]),
    ("123456789FEC20241231_date_fr.txt", 3, &[], &[]),
    ("123456789FEC20241231_date_iso.txt", 3, &[], &[]),
    ("123456789FEC20241231_date_m13.txt", 2, &[("date_impossible", 1)], &[]),
    ("123456789FEC20241231_date_year1850.txt", 3, &[], &[]),
    ("123456789FEC20241231_dot_decimal.txt", 3, &[], &[]),
    ("123456789FEC20241231_ecrlib_empty.txt", 3, &[], &[]),
    ("123456789FEC20241231_ecrnum_gap.txt", 3, &[], &[]),
    ("123456789FEC20241231_extra_field_in_row.txt", 2, &[("field_count", 1)], &[]),
    ("123456789FEC20241231_journalcode_empty.txt", 3, &[], &[]),
    ("123456789FEC20241231_missing_col_comptelib.txt", 3, &[], &[("columns_missing", 0)]),
    ("123456789FEC20241231_missing_field_in_row.txt", 2, &[("field_count", 1)], &[]),
    ("123456789FEC20241231_ms_badsens.txt", 2, &[("side_unreadable", 1)], &[]),
    ("123456789FEC20241231_nbsp.txt", 3, &[], &[]),
    ("123456789FEC20241231_nonnum.txt", 2, &[("amount_unreadable", 1)], &[]),
    ("123456789FEC20241231_ok_cr.txt", 3, &[], &[]),
    ("123456789FEC20241231_ok_pipe_latin9.txt", 3, &[], &[]),
    ("123456789FEC20241231_pieceref_empty.txt", 3, &[], &[]),
    ("123456789FEC20241231_quotes.txt", 3, &[], &[]),
    ("123456789FEC20241231_sci.txt", 3, &[], &[]),
    ("123456789FEC20241231_thousand_sep.txt", 3, &[], &[]),
    ("123456789FEC20241231_trailing_sep.txt", 3, &[], &[]),
    ("123456789FEC20241231_validdate_empty.txt", 3, &[], &[]),
    ("FEC20241231.txt", 3, &[], &[]),
];

#[test]
fn the_cases_of_the_official_checker_are_read_as_the_catalogue_says() {
    let Some(folder) = shared("fec_cases") else { return };
    let desk = Desk::new();
    let files = std::fs::read_dir(&folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "txt"));
    assert_eq!(files.count(), CASES.len(), "every case is in the catalogue");
    for (case, accepted, rejects, notes) in CASES {
        let (report, rows) = read_path(&folder.join(case), &desk.options()).unwrap();
        assert_eq!(report.accepted_count, accepted, "{case}");
        assert_eq!(reject_codes(&report), rejects.iter().copied().collect(), "{case}");
        let found: Vec<(&str, u64)> =
            note_codes(&report).into_iter().filter(|(code, _)| *code != "company_assumed").collect();
        assert_eq!(found, notes, "{case}");
        assert_eq!(report.fiscal_year.unwrap().year_end.to_string(), "2024-12-31", "{case}");
        let is_grouped = case.ends_with("nbsp.txt") || case.ends_with("thousand_sep.txt");
        let debit = if is_grouped { 112_000 } else { 12_000 };
        let control = match case {
            // no account of the perimeter, no amount or side that can be made out
            "123456789FEC20241231_acct_letters.txt"
            | "123456789FEC20241231_nonnum.txt"
            | "123456789FEC20241231_ms_badsens.txt" => 0,
            _ => debit,
        };
        assert_eq!(rows.sum("control_movements", "debit_amount"), control, "{case}");
        let is_first_refused = rejects.first().is_some_and(|(code, _)| *code != "field_count");
        assert_eq!(report.debit_total, if is_first_refused { 0 } else { debit }, "{case}");
        let names = rows.column("ledger_lines", "auxiliary_name");
        if !is_first_refused {
            assert_eq!(names[0], "Société Éric", "{case}");
        }
    }
}

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
        total: 1_373_828_595,
        receivable_count: 3_310,
        encoding_code: "utf-8",
        year: ("2018-08-01", "2019-07-31"),
        closing: 28_311_383,
    },
    Ledger {
        file: "fec/odicom_123456789FEC20200331.txt",
        line_count: 4_916,
        total: 391_255_394,
        receivable_count: 290,
        encoding_code: "iso-8859-15",
        year: ("2019-04-01", "2020-03-31"),
        closing: 2_739_944,
    },
    Ledger {
        file: "fec/cegid_0000000001FEC20220831.txt",
        line_count: 5_422,
        total: 1_018_621_981,
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
        let Some(path) = shared(ledger.file) else { return };
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
        assert_eq!(control, ledger.closing, "{}", ledger.file);
    }
}

fn perimeter_balance(rows: &Collected) -> i128 {
    let roles = rows.column("ledger_lines", "role_code");
    let is_perimeter = |role: &str| ["trade", "retention", "bills", "doubtful"].contains(&role);
    let hundredths = |text: &str| text.replace('.', "").parse::<i128>().unwrap();
    let (debits, credits) = (rows.column("ledger_lines", "debit_amount"), rows.column("ledger_lines", "credit_amount"));
    let amounts = debits.iter().zip(&credits).map(|(debit, credit)| hundredths(debit) - hundredths(credit));
    roles.iter().zip(amounts).filter(|(role, _)| is_perimeter(role)).map(|(_, amount)| amount).sum()
}

#[test]
fn the_late_payment_file_is_an_invoice_history() {
    let Some(path) = shared("ibm/WA_Fn-UseC_-Accounts-Receivable.csv") else { return };
    let (report, rows) = read_path(&path, &Desk::new().options()).unwrap();
    assert_eq!(
        (report.line_count, report.rejected_count, report.format_code.as_str()),
        (2_466, 0, "mapping:late_payment")
    );
    assert_eq!((report.debit_total, report.credit_total), (14_770_318, 14_770_318));
    assert_eq!(report.receivable_count, 4_932);
    assert_eq!(rows.sum("allocations", "amount"), 14_770_318);
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
