//! Small ledgers, one idea each: what is accepted, refused, assumed.

use super::*;

const HEADER: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise";
const INVOICE: &str = "VE\tVentes\t1\t20240105\t411000\tClients\tC1\tDupont\tF1\t20240105\tFacture\t120,00\t0,00\tA\t20240210\t20240131\t\t";
const SALE: &str = "VE\tVentes\t1\t20240105\t707000\tVentes\t\t\tF1\t20240105\tFacture\t0,00\t100,00\t\t\t20240131\t\t";
const VAT: &str = "VE\tVentes\t1\t20240105\t445710\tTVA\t\t\tF1\t20240105\tFacture\t0,00\t20,00\t\t\t20240131\t\t";
const NAME: &str = "123456789FEC20241231.txt";

fn ledger(lines: &[&str]) -> String {
    [&[HEADER], lines].concat().join("\r\n")
}

fn read_ledger(lines: &[&str]) -> (SourceReport, Collected) {
    read_bytes(NAME, ledger(lines).as_bytes(), &Desk::new().options()).unwrap()
}

/// The three lines, the first with one field changed.
fn with_field(field: usize, value: &str) -> (SourceReport, Collected) {
    let mut fields: Vec<&str> = INVOICE.split('\t').collect();
    fields[field] = value;
    read_ledger(&[&fields.join("\t"), SALE, VAT])
}

#[test]
fn a_ledger_becomes_lines_movements_and_a_report() {
    let (report, rows) = read_ledger(&[INVOICE, SALE, VAT]);
    assert_eq!((report.line_count, report.accepted_count, report.receivable_count), (3, 3, 1));
    assert_eq!((report.debit_total, report.credit_total), (120_000, 120_000));
    assert_eq!((report.source_key.as_str(), report.company_id.as_str()), ("123456789/2024-12-31", "123456789"));
    assert_eq!((report.format_code.as_str(), report.encoding_code), ("fec", "utf-8"));
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    let year = report.fiscal_year.unwrap();
    assert_eq!((year.year_start.to_string(), year.year_end.to_string()), ("2024-01-01".into(), "2024-12-31".into()));
    assert_eq!(
        rows.rows_of(
            "ledger_lines",
            &[
                "company_id",
                "source_line",
                "entry_key",
                "posted_date",
                "account",
                "auxiliary_id",
                "debit_amount",
                "role_code",
                "class_code"
            ]
        ),
        [
            "123456789 | 2 | VE/1/2024-01-05 | 2024-01-05 | 411000 | C1 | 120.00 | trade | receivable",
            "123456789 | 3 | VE/1/2024-01-05 | 2024-01-05 | 707000 |  | 0.00 |  | sales",
            "123456789 | 4 | VE/1/2024-01-05 | 2024-01-05 | 445710 |  | 0.00 |  | sales",
        ]
    );
    assert_eq!(
        rows.rows_of(
            "control_movements",
            &["account", "customer_id", "movement_date", "debit_amount", "credit_amount"]
        ),
        ["411000 | C1 | 2024-01-05 | 120.00 | 0.00"]
    );
    assert!(rows.column("ledger_lines", "load_id").iter().all(String::is_empty), "the writer names the load");
}

#[test]
fn a_line_is_refused_alone_with_its_reason_and_still_counts_in_the_control() {
    for (field, value, reason, found) in [
        (3, "20240231", Reason::DateImpossible, "EcritureDate=20240231"),
        (3, "20241305", Reason::DateImpossible, "EcritureDate=20241305"),
        (3, "05/01/24", Reason::DateUnreadable, "EcritureDate=05/01/24"),
        (3, "", Reason::ValueMissing, "EcritureDate="),
        (9, "31/04/2024", Reason::DateImpossible, "PieceDate=31/04/2024"),
        (14, "soon", Reason::DateUnreadable, "DateLet=soon"),
        (15, "20230229", Reason::DateImpossible, "ValidDate=20230229"),
        (12, "abc", Reason::AmountUnreadable, "Credit=abc"),
        (12, "0,001", Reason::AmountTooPrecise, "Credit=0,001"),
        (12, "123456789012345678,00", Reason::AmountTooLarge, "Credit=123456789012345678,00"),
    ] {
        let (report, rows) = with_field(field, value);
        assert_eq!((report.accepted_count, report.rejected_count), (2, 1), "{value}");
        assert_eq!(
            rows.rows_of("rejects", &["source_key", "source_line", "reason_code", "found"]),
            [format!("123456789/2024-12-31 | 2 | {} | {found}", reason.code())]
        );
        assert_eq!(rows.column("rejects", "text")[0].split('\t').count(), 18);
        assert_eq!(rows.sum("control_movements", "debit_amount"), 120_000, "{value}");
    }
    let (report, rows) = with_field(4, "");
    assert_eq!(reject_codes(&report), [("account_missing", 1)].into());
    assert!(rows.column("control_movements", "account").is_empty());
}

#[test]
fn an_impossible_day_counts_on_the_last_of_its_month_and_no_date_on_the_closing_date() {
    assert_eq!(with_field(3, "20240231").1.column("control_movements", "movement_date"), ["2024-02-29"]);
    assert_eq!(with_field(3, "").1.column("control_movements", "movement_date"), ["2024-12-31"]);
}

#[test]
fn fields_too_many_or_too_few_are_refused() {
    let extra = format!("{SALE}\tx");
    let short = SALE.rsplit_once("\t\t").unwrap().0;
    for line in [extra.as_str(), short, &format!("{SALE}\t")] {
        let (report, _) = read_ledger(&[INVOICE, line, VAT]);
        assert_eq!(reject_codes(&report), [("field_count", 1)].into(), "{line}");
    }
}

#[test]
fn separators_at_the_end_are_taken_where_they_are_the_habit_of_the_file() {
    let ended: Vec<String> = [INVOICE, SALE, VAT].iter().map(|line| format!("{line}\t")).collect();
    let desk = Desk::new();
    let accepted = |header: &str, lines: &[String]| {
        let text = [&[header.to_owned()], lines].concat().join("\n");
        read_bytes(NAME, text.as_bytes(), &desk.options()).unwrap().0.accepted_count
    };
    let plain: Vec<String> = [INVOICE, SALE, VAT].map(str::to_owned).into();
    assert_eq!(accepted(&format!("{HEADER}\t"), &ended), 3, "header and rows");
    assert_eq!(accepted(HEADER, &ended), 3, "rows only");
    assert_eq!(accepted(&format!("{HEADER}\t"), &plain), 3, "header only");
    let short: Vec<String> = plain.iter().map(|line| line.trim_end_matches('\t').to_owned()).collect();
    assert_eq!(accepted(HEADER, &short), 3, "rows without their empty end");
}

#[test]
fn a_line_cut_in_the_middle_is_refused() {
    let cut = &VAT[..VAT.len() / 2];
    let (report, rows) = read_ledger(&[INVOICE, SALE, cut]);
    assert_eq!(reject_codes(&report), [("field_count", 1)].into());
    assert_eq!(rows.column("rejects", "text"), [cut]);
}

#[test]
fn nul_bytes_refuse_their_line_only() {
    let (report, rows) = read_ledger(&[&INVOICE.replace("Dupont", "Du\0pont"), SALE, VAT]);
    assert_eq!(reject_codes(&report), [("text_unreadable", 1)].into());
    assert!(!rows.column("rejects", "text")[0].contains('\0'));
    assert_eq!(rows.sum("control_movements", "debit_amount"), 120_000);
}

#[test]
fn amounts_may_come_with_their_side() {
    let header = HEADER.replace("Debit\tCredit", "Montant\tSens");
    for (debit, credit) in [("D", "C"), ("+1", "-1"), ("1", "-1"), ("d", "c")] {
        let line = |line: &str, amount: &str, side: &str| {
            let mut fields: Vec<&str> = line.split('\t').collect();
            (fields[11], fields[12]) = (amount, side);
            fields.join("\t")
        };
        let text = [header.clone(), line(INVOICE, "120,00", debit), line(SALE, "120,00", credit), line(VAT, "5", "X")]
            .join("\n");
        let (report, rows) = read_bytes(NAME, text.as_bytes(), &Desk::new().options()).unwrap();
        assert_eq!((report.debit_total, report.credit_total), (120_000, 120_000));
        assert_eq!(reject_codes(&report), [("side_unreadable", 1)].into());
        assert_eq!(rows.rows_of("control_movements", &["debit_amount", "credit_amount"]), ["120.00 | 0.00"]);
    }
}

#[test]
fn a_debit_and_a_credit_on_one_line_are_accepted_and_noted() {
    let (report, rows) = with_field(12, "5,00");
    assert_eq!(note_codes(&report), [("both_sides", 1)]);
    assert_eq!(report.notes[0].amount, Some(115_000));
    assert_eq!(rows.rows_of("control_movements", &["debit_amount", "credit_amount"]), ["120.00 | 5.00"]);
}

#[test]
fn a_foreign_currency_that_cannot_be_read_refuses_no_line() {
    for (amount, code) in [("12,3456", "USD"), ("130", "Dollars")] {
        let mut fields: Vec<&str> = INVOICE.split('\t').collect();
        (fields[16], fields[17]) = (amount, code);
        let (report, _) = read_ledger(&[&fields.join("\t"), SALE, VAT]);
        assert_eq!((report.rejected_count, note_codes(&report)), (0, vec![("currency_unreadable", 1)]));
    }
    let mut fields: Vec<&str> = INVOICE.split('\t').collect();
    (fields[16], fields[17]) = ("130", "usd");
    let (_, rows) = read_ledger(&[&fields.join("\t"), SALE, VAT]);
    assert_eq!(rows.rows_of("ledger_lines", &["currency_amount", "currency_code"])[0], "130.00 | USD");
}

#[test]
fn entries_are_told_by_piece_where_numbers_tell_nothing() {
    let line = |date: &str, piece: &str| {
        SALE.replace("20240105\t707", &format!("{date}\t707"))
            .replace("\tF1\t", &format!("\t{piece}\t"))
            .replace("\t1\t", "\t0\t")
    };
    let (report, rows) = read_ledger(&[&line("20240105", "F1"), &line("20240105", "F2"), &line("20240106", "A/B")]);
    assert_eq!(note_codes(&report), [("entries_by_piece", 0)]);
    assert_eq!(
        rows.column("ledger_lines", "entry_key"),
        ["VE/2024-01-05/F1", "VE/2024-01-05/F2", "VE/2024-01-06/A\\/B"]
    );
}

#[test]
fn one_number_over_several_days_is_an_entry_a_day() {
    let second = SALE.replace("20240105\t707", "20240106\t707");
    let other = VAT.replace("\t1\t", "\t2\t");
    let (_, rows) = read_ledger(&[INVOICE, &second, &other]);
    assert_eq!(rows.column("ledger_lines", "entry_key"), ["VE/1/2024-01-05", "VE/1/2024-01-06", "VE/2/2024-01-05"]);
}

#[test]
fn the_lines_decide_the_year_where_the_name_is_wrong() {
    let desk = Desk::new();
    let text = ledger(&[INVOICE, SALE, VAT]);
    let (report, _) = read_bytes("123456789FEC20191231.txt", text.as_bytes(), &desk.options()).unwrap();
    assert_eq!(report.source_key, "123456789/2024-01-31");
    assert_eq!(note_codes(&report), [("closing_date_disagrees", 0)]);
    let (report, _) = read_bytes("été \"'<b>.csv", text.as_bytes(), &desk.options()).unwrap();
    assert_eq!(report.source_key, "main/2024-01-31");
    assert_eq!(note_codes(&report), [("closing_date_derived", 0), ("company_assumed", 0)]);
    let named = ReadOptions { company_id: Some("ACME"), ..desk.options() };
    assert_eq!(read_bytes(NAME, text.as_bytes(), &named).unwrap().0.source_key, "ACME/2024-12-31");
}

#[test]
fn opening_journals_are_known_by_their_label() {
    let opening = INVOICE.replace("VE\tVentes", "02\tBILAN D'OUVERTURE").replace("20240105\t411", "20240101\t411");
    let (report, rows) = read_ledger(&[&opening, SALE, VAT]);
    assert_eq!(rows.column("ledger_lines", "is_opening_journal"), ["true", "false", "false"]);
    let year = report.fiscal_year.unwrap();
    assert!(year.has_openings);
    assert_eq!(year.year_start.to_string(), "2024-01-01");
}

#[test]
fn a_file_that_cannot_be_a_ledger_is_an_error_with_a_hint() {
    let desk = Desk::new();
    for (bytes, message) in [
        (Vec::new(), "`f.txt` is empty"),
        (b"\n  \n".to_vec(), "`f.txt` is empty"),
        (HEADER.as_bytes().to_vec(), "`f.txt` has a header and no line"),
        (format!("{HEADER}\n\n").into_bytes(), "`f.txt` has a header and no line"),
        (b"colour;taste\nred;sweet\n".to_vec(), "`f.txt` has a header nobody knows: found `colour`, `taste`"),
        (HEADER.replace("\tCompteNum", "").into_bytes(), "`f.txt` looks like `FEC` and has no column `CompteNum`"),
        (
            format!("{HEADER}\n{}", "\t".repeat(17).replacen('\t', "VE\t", 1)).into_bytes(),
            "no line of `f.txt` has a date",
        ),
    ] {
        let error = read_bytes("f.txt", &bytes, &desk.options()).err().unwrap();
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn hostile_texts_are_kept_as_texts() {
    for text in
        ["<script>alert(1)</script>", "=cmd|'/C calc'!A0", "'; drop table items; --", "\u{202e}gnp.exe", "\"\"", "a\"b"]
    {
        let (report, rows) = read_ledger(&[&INVOICE.replace("Dupont", text), SALE, VAT]);
        assert_eq!(report.rejected_count, 0, "{text}");
        let kept = &rows.column("ledger_lines", "auxiliary_name")[0];
        assert_eq!(kept, if text == "\"\"" { "" } else { text });
    }
}

#[test]
fn both_forms_of_a_ledger_give_the_same_lines() {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<comptabilite><exercice><DateCloture>2024-12-31</DateCloture>\
        <journal><JournalCode>VE</JournalCode><JournalLib>Ventes</JournalLib>\
        <ecriture><EcritureNum>1</EcritureNum><EcritureDate>2024-01-05</EcritureDate><EcritureLib>Facture</EcritureLib>\
        <PieceRef>F1</PieceRef><PieceDate>2024-01-05</PieceDate><EcritureLet>A</EcritureLet><DateLet>2024-02-10</DateLet><ValidDate>2024-01-31</ValidDate>\
        <ligne><CompteNum>411000</CompteNum><CompteLib>Clients</CompteLib><CompAuxNum>C1</CompAuxNum><CompAuxLib>Dupont &amp; Fils</CompAuxLib><Debit>120.00</Debit><Credit>0.00</Credit></ligne>\
        <ligne><CompteNum>707000</CompteNum><CompteLib>Ventes</CompteLib><Debit>0.00</Debit><Credit>100.00</Credit></ligne>\
        <ligne><CompteNum>445710</CompteNum><CompteLib>T&#86;A</CompteLib><Debit>0.00</Debit><Credit>20.00</Credit></ligne>\
        </ecriture></journal></exercice></comptabilite>";
    let sides = xml
        .replace("<Debit>120.00</Debit><Credit>0.00</Credit>", "<Montant>120.00</Montant><Sens>D</Sens>")
        .replace("<Debit>0.00</Debit><Credit>100.00</Credit>", "<Montant>100.00</Montant><Sens>C</Sens>")
        .replace("<Debit>0.00</Debit><Credit>20.00</Credit>", "<Montant>20.00</Montant><Sens>C</Sens>");
    let columns = [
        "journal_code",
        "entry_key",
        "account",
        "account_name",
        "auxiliary_id",
        "piece_reference",
        "debit_amount",
        "credit_amount",
    ];
    let flat = read_ledger(&[INVOICE, SALE, VAT]).1.rows_of("ledger_lines", &columns);
    for form in [xml, &sides] {
        let (report, rows) = read_bytes("compta.xml", form.as_bytes(), &Desk::new().options()).unwrap();
        assert_eq!((report.format_code.as_str(), report.source_key.as_str()), ("fec_xml", "main/2024-12-31"));
        assert_eq!(rows.rows_of("ledger_lines", &columns), flat);
        assert_eq!(rows.column("ledger_lines", "auxiliary_name")[0], "Dupont & Fils");
        assert_eq!(rows.sum("control_movements", "debit_amount"), 120_000);
    }
    let cut = &xml[..xml.len() - 30];
    assert!(read_bytes("compta.xml", cut.as_bytes(), &Desk::new().options()).is_err());
    let empty = "<comptabilite><exercice><DateCloture>2024-12-31</DateCloture></exercice></comptabilite>";
    let error = read_bytes("compta.xml", empty.as_bytes(), &Desk::new().options()).err().unwrap();
    assert_eq!(error.to_string(), "`compta.xml` has a header and no line: at least one line is wanted");
}

#[test]
fn inspecting_a_ledger_says_what_it_is_and_what_is_refused() {
    let text = ledger(&[INVOICE, &SALE.replace("100,00", "abc"), VAT]).replace("CompteLib\t", "Divers\t");
    let found = inspect_bytes(NAME, text.as_bytes(), &Desk::new().options()).unwrap();
    assert_eq!((found.format_code.as_str(), found.line_end_code, found.separator), ("fec", Some("crlf"), Some('\t')));
    assert_eq!(found.missing_columns, ["CompteLib"]);
    assert_eq!(
        found
            .columns
            .iter()
            .filter(|column| column.known_as.is_none())
            .map(|column| column.header.as_str())
            .collect::<Vec<&str>>(),
        ["Divers"]
    );
    assert_eq!(found.first_rejects.len(), 1);
    assert_eq!(
        (found.first_rejects[0].line, found.first_rejects[0].reason, found.first_rejects[0].found.as_str()),
        (3, Reason::AmountUnreadable, "Credit=abc")
    );
    assert_eq!(found.report.unwrap().accepted_count, 2);
}

#[test]
fn the_bytes_done_end_at_the_size_of_the_file() {
    let last = std::cell::Cell::new(0);
    let desk = Desk::new();
    let text = ledger(&[INVOICE, SALE, VAT]);
    let report = |bytes: u64| last.set(bytes);
    read_bytes(NAME, text.as_bytes(), &ReadOptions { progress: &report, ..desk.options() }).unwrap();
    assert_eq!(last.get(), text.len() as u64);
}
