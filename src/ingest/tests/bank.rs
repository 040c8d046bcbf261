//! Bank statements, in each form that is read.

use super::*;

const CAMT: &str = include_str!("../../../data/cases/bank/camt053.xml");
const NOTICE: &str = include_str!("../../../data/cases/bank/camt054.xml");
const GERMAN: &str = include_str!("../../../data/cases/bank/german.sta");
const DUTCH: &str = include_str!("../../../data/cases/bank/dutch.sta");
const CFONB: &[u8] = include_bytes!("../../../data/cases/bank/cfonb120.txt");

const TOLD: [&str; 8] = [
    "booking_date",
    "value_date",
    "amount",
    "counterparty_name",
    "counterparty_iban",
    "remittance_text",
    "end_to_end_id",
    "return_reason_code",
];
const PROVEN: [&str; 6] =
    ["account_iban", "opening_amount", "closing_date", "closing_amount", "entry_count", "entries_amount"];

/// Reads a file of statements that must be read whole.
fn statements(name: &str, bytes: &[u8]) -> (SourceReport, Collected) {
    let desk = Desk::new();
    let (report, rows) = read_bytes(name, bytes, &desk.options()).unwrap();
    assert_eq!(report.rejected_count, 0, "{name}");
    (report, rows)
}

#[test]
fn a_statement_of_iso_20022_tells_who_paid_what_and_proves_it() {
    let (report, rows) = statements("releve.xml", CAMT.as_bytes());
    assert_eq!((report.format_code.as_str(), report.accepted_count), ("camt.053.001.08", 5));
    assert_eq!(note_codes(&report), [("entries_not_booked", 1)]);
    assert_eq!(
        rows.rows_of("bank_entries", &TOLD),
        [
            "2024-01-31 | 2024-02-01 | 1200.00 | Menuiserie & Fils <Dupré> | DE89370400440532013000 | Facture F-2024-017 et F-2024-018 | E2E-4711 | ",
            "2024-01-31 | 2024-01-31 | 500.00 | Halles SA |  |  |  | ",
            "2024-01-31 | 2024-01-31 | 1500.00 | Ateliers |  |  |  | ",
            "2024-01-31 | 2024-01-31 | -200.00 | Chalet Blanc |  |  | DD-99 | AM04",
            "2024-01-31 | 2024-01-31 | -12.00 |  |  | Frais de tenue de compte |  | ",
        ]
    );
    assert_eq!(rows.column("bank_entries", "structured_reference")[1], "RF18539007547034");
    assert_eq!(rows.column("bank_entries", "mandate_id")[3], "M-7");
    assert_eq!(rows.column("bank_entries", "operation_code")[0], "PMNT/RCDT/ESCT");
    assert_eq!(
        rows.rows_of("bank_statements", &PROVEN),
        ["FR1420041010050500013M02606 | 10000.00 | 2024-01-31 | 12988.00 | 5 | 2988.00"]
    );
}

#[test]
fn an_entry_is_the_same_in_a_notice_and_in_the_statement() {
    let (report, notice) = statements("avis.xml", NOTICE.as_bytes());
    assert_eq!(report.format_code, "camt.054.001.02");
    let (_, statement) = statements("releve.xml", CAMT.as_bytes());
    let ids = |rows: &Collected| rows.rows_of("bank_entries", &["account_iban", "entry_id"]);
    assert_eq!(ids(&notice)[0], ids(&statement)[0]);
    assert_eq!(notice.column("bank_entries", "origin_code"), ["notice"]);
    assert!(notice.column("bank_statements", "account_iban").is_empty());
}

#[test]
fn swift_statements_are_read_as_german_and_dutch_banks_write_them() {
    let (_, rows) = statements("umsaetze.sta", GERMAN.as_bytes());
    assert_eq!(
        rows.rows_of("bank_entries", &TOLD),
        [
            "2024-01-31 | 2024-01-31 | 1190.00 | BÄCKEREI KLEIN GMBH | DE75512108001245126199 | RE 2024-0101 UND 2024-0102 ABZGL. 2% SKONTO | E2E-88 | ",
            "2024-01-31 | 2024-01-31 | -35.50 |  |  | Entgelte 01/24 |  | ",
            "2024-01-31 | 2024-01-02 | -250.00 | Fahrradhaus Nord |  | Konto erloschen |  | 914",
        ]
    );
    assert_eq!(
        rows.rows_of("bank_statements", &PROVEN),
        ["37040044/0532013000 | 5000.00 | 2024-01-31 | 5904.50 | 3 | 904.50"]
    );
    let (report, rows) = statements("afschriften.sta", DUTCH.as_bytes());
    assert_eq!(note_codes(&report), [("entries_not_booked", 1)]);
    assert_eq!(
        rows.rows_of("bank_entries", &TOLD),
        [
            "2024-01-31 | 2024-01-31 | 4321.00 | Fietsen/Zonen B.V. | NL20INGB0001234567 | Factuur F-2024-020 | EREF-1 | "
        ]
    );
    assert_eq!(
        rows.rows_of("bank_statements", &PROVEN),
        [
            "NL91ABNA0417164300 | -100.00 | 2024-01-31 | 4221.00 | 1 | 4321.00",
            "NL91ABNA0417164300 | 4221.00 | 2024-02-01 | 4221.00 | 0 | 0.00"
        ]
    );
}

#[test]
fn statements_in_lines_of_120_characters_name_the_account_by_its_iban() {
    let (report, rows) = statements("releve120.txt", CFONB);
    assert_eq!(report.format_code, "cfonb120");
    assert_eq!(
        rows.rows_of("bank_entries", &TOLD),
        [
            "2024-01-31 | 2024-02-01 | 1200.00 | MENUISERIE ET FILS DUPRÉ |  | VIR SEPA MENUISERIE DUPRE FACTURE F-2024-017 ET F-2024-018 | E2E-4711 | ",
            "2024-01-31 | 2024-01-31 | -200.00 |  |  | REJET PRELEVEMENT CHALET BLANC |  | 41",
            "2024-01-31 | 2024-01-31 | -12.00 |  |  | FRAIS |  | ",
        ]
    );
    assert_eq!(
        rows.rows_of("bank_statements", &PROVEN),
        ["FR1420041010050500013M02606 | 10000.00 | 2024-01-31 | 10988.00 | 3 | 988.00"]
    );
}

#[test]
fn a_statement_that_does_not_add_up_is_refused_unless_the_user_accepts_it() {
    let desk = Desk::new();
    for (name, bytes) in [
        ("releve.xml", CAMT.replace(">1200.00<", ">1200.01<").into_bytes()),
        ("umsaetze.sta", GERMAN.replace("CR1190,00", "CR1190,01").into_bytes()),
        ("releve120.txt", changed(CFONB, b"0000000109880{", b"0000000109881{")),
    ] {
        let refused = read_bytes(name, &bytes, &desk.options());
        assert!(matches!(refused, Err(IngestError::StatementUnproven { .. })), "{name}");
        let accepted = ReadOptions { are_totals_accepted: true, ..desk.options() };
        let (_, rows) = read_bytes(name, &bytes, &accepted).unwrap();
        assert_eq!(rows.column("bank_statements", "closing_amount").len(), 1, "{name}");
    }
}

#[test]
fn broken_messages_are_told_by_name() {
    let desk = Desk::new();
    let read = |name: &str, text: &str| read_bytes(name, text.as_bytes(), &desk.options());
    let later = read("releve.xml", &CAMT.replace("camt.053.001.08", "camt.053.001.99"));
    assert!(later.err().unwrap().to_string().contains("camt.053.001.99"));
    // cut in the middle
    let cut = read("releve.xml", &CAMT[..CAMT.len() / 2]);
    assert!(matches!(cut, Err(IngestError::File { .. })));
    // an amount, a day, a side and a currency that cannot be read cost one entry each; the balances tell it
    let accepted = ReadOptions { are_totals_accepted: true, ..desk.options() };
    let odd = CAMT.replace(">1200.00<", ">1 2OO<").replace("<BookgDt><DtTm>2024-01-31T", "<BookgDt><DtTm>31.01.2024 ");
    let odd =
        odd.replace("<Amt Ccy=\"EUR\">12.00</Amt><CdtDbtInd>DBIT", "<Amt Ccy=\"EUR\">12.00</Amt><CdtDbtInd>SOMEHOW");
    let (report, _) = read_bytes("releve.xml", odd.as_bytes(), &accepted).unwrap();
    let refused = BTreeMap::from([("amount_unreadable", 1), ("date_unreadable", 1), ("side_unreadable", 1)]);
    assert_eq!((report.accepted_count, reject_codes(&report)), (1, refused));
    let (report, _) = read_bytes("u.sta", GERMAN.replace(":61:240131", ":61:249931").as_bytes(), &accepted).unwrap();
    assert_eq!(reject_codes(&report), BTreeMap::from([("date_unreadable", 2)]));
}

#[test]
fn hostile_markup_ends_in_an_error_and_in_little_memory() {
    let desk = Desk::new();
    let read = |text: &str| read_bytes("releve.xml", text.as_bytes(), &desk.options());
    let is_broken = |text: &str| matches!(read(text), Err(IngestError::File { .. }));
    // an element in an element, and so on
    let deep = CAMT.replace("<Sts><Cd>BOOK</Cd></Sts>", &format!("{}{}", "<a>".repeat(500), "</a>".repeat(500)));
    assert!(is_broken(&deep));
    // a text without end
    assert!(is_broken(&CAMT.replace("Facture F-2024-017", &"x".repeat(20 << 20))));
    // entities that grow stand for nothing
    let bomb = "<!DOCTYPE Document [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>";
    let bomb = CAMT.replacen("<Document", &format!("{bomb}<Document"), 1).replace("Facture F-2024-017", "&b;&c;");
    let (_, rows) = read(&bomb).unwrap();
    assert_eq!(rows.column("bank_entries", "remittance_text")[0], "\u{fffd}\u{fffd} et F-2024-018");
}

/// A SWIFT message with one entry.
fn swift(account: &str, entry: &str) -> String {
    format!(":20:X\n:25:{account}\n:28C:1\n:60F:C240131EUR0,00\n{entry}\n:62F:C240131EUR6,00\n-\n")
}

#[test]
fn accounts_are_told_from_their_banks_and_currencies() {
    for (written, account) in [
        ("TRIODOSBANK/0390123456", "TRIODOSBANK/0390123456"),
        ("0067-00763/93984487", "0067-00763/93984487"),
        ("COBADEFFXXX/DE75512108001245126199", "DE75512108001245126199"),
        ("NL91ABNA0417164300EUR", "NL91ABNA0417164300"),
        ("NL91ABNA0417164300/EUR", "NL91ABNA0417164300"),
        ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
    ] {
        let (_, rows) = statements("s.sta", swift(written, ":61:240131C6,00NTRFNONREF").as_bytes());
        assert_eq!(rows.column("bank_statements", "account_iban"), [account], "{written}");
    }
}

#[test]
fn swift_messages_as_they_come() {
    let told = |entry: &str, columns: &[&str]| {
        let (_, rows) = statements("s.sta", swift("NL91ABNA0417164300", entry).as_bytes());
        rows.rows_of("bank_entries", columns)
    };
    // months of thirty days
    assert_eq!(told(":61:2402300230C6,00NTRFNONREF", &["booking_date", "value_date"]), ["2024-02-29 | 2024-02-29"]);
    // a text is no list of fields because it begins with digits or a stroke
    assert_eq!(
        told(":61:240131C6,00NTRFNONREF\n:86:024/2025 LOYER BUREAU", &["remittance_text"]),
        ["024/2025 LOYER BUREAU"]
    );
    assert_eq!(
        told(":61:240131C6,00NTRFNONREF\n:86:/OCMT/EUR100,/CHGS/EUR5,/", &["remittance_text"]),
        ["/OCMT/EUR100,/CHGS/EUR5,/"]
    );
    assert_eq!(
        told(":61:240131C6,00NTRFNONREF\n:86:166?20RE 4711?21RE 4712", &["remittance_text"]),
        ["RE 4711 RE 4712"]
    );
    assert_eq!(
        told(
            ":61:240131C6,00NTRFEREF\n:86:/CNTP/NL20INGB0001234567/INGBNL2A/WEB/SHOP///REMI/USTD//Factuur 12//PURP/OTHR/",
            &["counterparty_name", "counterparty_iban", "remittance_text", "end_to_end_id"]
        ),
        ["WEB/SHOP | NL20INGB0001234567 | Factuur 12 | "]
    );
    // lines of the bank's own before the message
    let (report, _) = statements("s.940", format!("ABNANL2A\n940\n{DUTCH}").as_bytes());
    assert_eq!((report.format_code.as_str(), report.accepted_count), ("mt940", 1));
    // a report of the day has no balances
    let report = ":20:X\n:25:NL91ABNA0417164300\n:28C:1\n:34F:EURC0,00\n:13D:2401311200+0100\n:61:240131C6,00NTRFNONREF\n:86:Vente\n:90C:1EUR6,00\n-\n";
    let (_, rows) = statements("s.942", report.as_bytes());
    assert_eq!(rows.rows_of("bank_entries", &["origin_code", "amount", "currency_code"]), ["report | 6.00 | EUR"]);
    // other messages, and a statement that was cut
    let desk = Desk::new();
    let read = |text: &str| read_bytes("s.fin", text.as_bytes(), &desk.options()).err().unwrap();
    assert!(matches!(read(":20:X\n:32A:240131EUR6,00\n"), IngestError::NoLine { .. }));
    assert!(!matches!(read("{1:F01X}{2:O103X}{4:\n:20:X\n:32A:240131EUR6,00\n-}"), IngestError::NoLine { .. }));
    let cut = swift("NL91ABNA0417164300", ":61:240131C6,00NTRFNONREF").replace(":62F:C240131EUR6,00\n-\n", "");
    assert!(matches!(read(&cut), IngestError::StatementCut { .. }));
}

#[test]
fn iso_20022_messages_as_they_come() {
    // in an envelope, under a prefix
    let wrapped =
        CAMT.replace("<Document xmlns=\"urn", "<Envelope><AppHdr><Fr>BANK</Fr></AppHdr><n0:Document xmlns:n0=\"urn");
    let wrapped = wrapped
        .replace("</Document>", "</n0:Document></Envelope>")
        .replace("<BkTo", "<n0:BkTo")
        .replace("</BkTo", "</n0:BkTo");
    let (report, _) = statements("e.xml", wrapped.as_bytes());
    assert_eq!((report.format_code.as_str(), report.accepted_count), ("camt.053.001.08", 5));
    // what comes back names both sides as they were: we are not who it came back from
    let back = CAMT.replace(
        "<Dbtr><Pty><Nm>Chalet Blanc</Nm></Pty></Dbtr>",
        "<Dbtr><Pty><Nm>Chalet Blanc</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Nous</Nm></Pty></Cdtr>\
         <CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></CdtrAcct>",
    );
    let (_, rows) = statements("r.xml", back.as_bytes());
    assert_eq!(rows.column("bank_entries", "counterparty_name")[3], "Chalet Blanc");
    let swapped = back
        .replace("<Dbtr><Pty><Nm>Chalet Blanc", "<Dbtr><Pty><Nm>Ici")
        .replace(
            "<Cdtr><Pty><Nm>Nous</Nm></Pty></Cdtr>\
         <CdtrAcct>",
            "<Cdtr><Pty><Nm>Chalet Blanc</Nm></Pty></Cdtr><DbtrAcct>",
        )
        .replace("</IBAN></Id></CdtrAcct>", "</IBAN></Id></DbtrAcct>");
    let (_, rows) = statements("r.xml", swapped.as_bytes());
    assert_eq!(rows.column("bank_entries", "counterparty_name")[3], "Chalet Blanc");
    // two statements in one message: each entry has its own place
    let (start, end) = (CAMT.find("    <Stmt>").unwrap(), CAMT.find("  </BkToCstmrStmt>").unwrap());
    let second = CAMT[start..end].replace("2024-01-31", "2024-02-01").replace("<Id>2024-031</Id>", "<Id>2024-032</Id>");
    let (_, rows) = statements("two.xml", format!("{}{second}{}", &CAMT[..end], &CAMT[end..]).as_bytes());
    let places = rows.column("bank_entries", "source_line");
    assert_eq!(places, ["1", "2", "2", "3", "4", "6", "7", "7", "8", "9"]);
    assert_eq!(rows.column("bank_statements", "statement_id"), ["2024-031", "2024-032"]);
    // the first page of a statement
    let page = CAMT.replace("<Cd>CLBD</Cd>", "<Cd>ITBD</Cd>");
    let (_, rows) = statements("p.xml", page.as_bytes());
    assert_eq!(rows.rows_of("bank_statements", &["opening_amount", "closing_amount"]), ["10000.00 | 12988.00"]);
}

#[test]
fn lines_of_120_characters_may_have_no_ends_and_must_be_whole() {
    let joined: Vec<u8> = CFONB.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let (report, _) = statements("r.txt", &joined);
    assert_eq!(report.accepted_count, 3);
    let desk = Desk::new();
    let cut = read_bytes("r.txt", &CFONB[..CFONB.len() - 122], &desk.options());
    assert!(matches!(cut, Err(IngestError::StatementCut { .. })));
    let (_, rows) = statements("r.txt", &changed(CFONB, b"41310124REJET", b"10310124REJET"));
    assert_eq!(rows.column("bank_entries", "return_reason_code"), ["", "10", ""]);
}

/// The bytes with one piece of them in the place of another.
fn changed(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = bytes.windows(from.len()).position(|piece| piece == from).unwrap();
    [&bytes[..place], to, &bytes[place + from.len()..]].concat()
}
