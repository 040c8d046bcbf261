//! Proposals for small lists, as their readers see them.

use proptest::prelude::*;

use super::super::inputs;
use super::super::mapping::{Mapping, Origin, Sign};
use super::*;
use crate::ingest::samples;

fn proposed(text: &str) -> Proposal {
    let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect();
    let (names, currencies) = (samples::column_names(), samples::currencies());
    propose(&rows[0], &rows[1..], Some(';'), "list.csv", (&names, &currencies), Some("EUR"))
}

fn mapped(text: &str) -> Mapping {
    let proposal = proposed(text);
    assert!(proposal.is_clear(), "{:?}", proposal.questions);
    Mapping::parse("m", &proposal.mapping).unwrap()
}

fn column(mapping: &Mapping, input: &str) -> Option<String> {
    match mapping.origins.get(input) {
        Some(Origin::Column(name)) => Some(name.clone()),
        _ => None,
    }
}

#[test]
fn a_french_item_list_is_understood_by_its_names() {
    let mapping = mapped(
        "N° facture;Code client;Nom client;Type;Date facture;Échéance;Montant TTC;Divers\n\
         F1;C1;Dupont;FA;31/01/2024;01/03/2024;1 200,00;x\nA1;C1;Dupont;AV;31/01/2024;31/01/2024;100,00;y",
    );
    for (input, header) in [
        ("item_id", "N° facture"),
        ("customer_id", "Code client"),
        ("customer.name", "Nom client"),
        ("issued_date", "Date facture"),
        ("due_date", "Échéance"),
        ("amount", "Montant TTC"),
    ] {
        assert_eq!(column(&mapping, input).as_deref(), Some(header), "{input}");
    }
    assert_eq!(mapping.values["kind"]["av"], "credit_note");
    assert_eq!(mapping.sign, Sign::ByKind);
}

#[test]
fn columns_without_telling_names_are_understood_by_their_values() {
    let mapping = mapped("k;c;d1;d2;m\n1;x;2024-01-01;2024-02-01;10,50\n2;x;2024-01-02;2024-02-02;11,00");
    for (input, header) in
        [("item_id", "k"), ("customer_id", "c"), ("issued_date", "d1"), ("due_date", "d2"), ("amount", "m")]
    {
        assert_eq!(column(&mapping, input).as_deref(), Some(header), "{input}");
    }
}

#[test]
fn what_is_open_comes_before_what_was_billed_and_a_side_gives_the_sign() {
    let balance = "invoice_id;customer_id;invoice_date;due_date;invoice_amount;open_balance\n\
                   A1;K1;2025-03-03;2025-04-02;1000;400\nA2;K2;2025-03-14;2025-04-13;250;250";
    assert_eq!(column(&mapped(balance), "amount").as_deref(), Some("open_balance"));
    let side = "Konto;Rechnungs-Nr.;Belegdatum;Faelligkeit;Betrag;S/H\n\
                K1;R1;15.01.2025;14.02.2025;1.300,00;S\nK1;Z1;20.03.2025;20.03.2025;300,00;H";
    let mapping = mapped(side);
    assert_eq!((mapping.sign, column(&mapping, "side").as_deref()), (Sign::BySide, Some("S/H")));
    assert_eq!(column(&mapping, "customer_id").as_deref(), Some("Konto"));
}

#[test]
fn two_columns_that_may_be_meant_are_asked() {
    let two = "Invoice No;Customer;Invoice date;Amount A;Amount B\nF1;C1;2024-01-31;10.00;12.00";
    let proposal = proposed(two);
    assert!(proposal.questions[0].contains("`Amount A` (10.00) or `Amount B` (12.00)"), "{:?}", proposal.questions);
    assert!(proposal.mapping.contains("amount = \"?\""));
    let index =
        ";Invoice No;Customer Name;Invoice Date;Due Date;Amount\n0;N-1;Customer one;2025-01-13;2025-02-12;640.00";
    assert_eq!(column(&mapped(index), "customer_id").as_deref(), Some("Customer Name"));
}

#[test]
fn settlements_receipts_and_other_lists_make_other_shapes() {
    let shape = |text: &str| mapped(text).shape;
    assert_eq!(
        shape("Invoice number;Customer;Invoice date;Amount;Payment date\nF1;C;2024-01-31;1.00;2024-02-03"),
        inputs::Shape::InvoiceHistory
    );
    assert_eq!(
        shape("N° règlement;Client;Date règlement;N° facture;Montant imputé\nR1;C;2024-01-31;F1;1,00"),
        inputs::Shape::Receipts
    );
    assert!(proposed("Fournisseur;N° facture;Date;Montant\nX;F1;2024-01-31;1,00").is_other.is_some());
    assert!(proposed("Date;Libellé;Débit;Crédit;Solde\n2024-01-31;VIR;;1,00;3,00").is_other.is_some());
}

proptest! {
    #[test]
    fn every_proposal_can_be_read_back(header in proptest::collection::vec("\\PC{1,12}", 1..8), cells in proptest::collection::vec("\\PC{0,8}", 8)) {
        let (names, currencies) = (samples::column_names(), samples::currencies());
        let proposal = propose(&header, &[cells.clone(), cells], Some('\t'), "list.csv", (&names, &currencies), None);
        prop_assert!(proposal.mapping.parse::<toml::Table>().is_ok(), "{}", proposal.mapping);
    }
}
