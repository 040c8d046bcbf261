//! Files damaged in every way: an answer or an error, never a stop.

use proptest::prelude::*;

use super::*;

const LEDGER: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\nVE\tVentes\t1\t20240105\t411000\tClients\tC1\tÉric\tF1\t20240105\tFacture\t120,00\t0,00\tA\t20240210\t20240131\t\t\nVE\tVentes\t1\t20240105\t707000\tVentes\t\t\tF1\t20240105\tFacture\t0,00\t120,00\t\t\t20240131\t\t\n";
const TABLE: &str = "item_id,customer_id,kind,issued_date,amount,label\nF1,C1,invoice,2024-01-31,120.00,\"a,b\"\nF2,C1,credit_note,15/02/2024,-20,\"c\n";
const XML: &str = "<comptabilite><exercice><DateCloture>2024-12-31</DateCloture><journal><JournalCode>VE</JournalCode><ecriture><EcritureNum>1</EcritureNum><EcritureDate>2024-01-05</EcritureDate><ligne><CompteNum>411</CompteNum><Debit>1</Debit><Credit>0</Credit></ligne></ecriture></journal></exercice></comptabilite>";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_give_an_answer_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let desk = Desk::new();
        let _either = read_bytes("x", &bytes, &desk.options());
        let _either = inspect_bytes("x", &bytes, &desk.options());
    }

    #[test]
    fn any_damage_to_a_file_gives_an_answer_or_an_error(
        which in 0_usize..3,
        cut in 0_usize..1000,
        places in proptest::collection::vec((0_usize..1000, any::<u8>()), 0..6),
    ) {
        let mut bytes = [LEDGER, TABLE, XML][which].as_bytes().to_vec();
        for (place, byte) in places {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        bytes.truncate(bytes.len().max(cut) - cut.min(bytes.len() / 2));
        let desk = Desk::new();
        let _either = read_bytes("123456789FEC20241231.txt", &bytes, &desk.options());
        let _either = inspect_bytes("x.csv", &bytes, &desk.options());
    }
}

#[test]
fn a_ledger_cut_anywhere_loses_no_line_silently() {
    let desk = Desk::new();
    let header_end = LEDGER.find('\n').unwrap();
    for end in header_end + 2..LEDGER.len() {
        let Some(text) = LEDGER.get(..end) else { continue };
        if let Ok((report, rows)) = read_bytes("123456789FEC20241231.txt", text.as_bytes(), &desk.options()) {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).count() as u64 - 1;
            assert_eq!(report.line_count, lines, "cut at {end}");
            assert_eq!(rows.column("ledger_lines", "account").len() as u64, report.accepted_count);
        }
    }
}
