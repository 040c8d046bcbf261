//! Words that cells of lists hold: kinds of documents, states of invoices, buckets of aged balances.

use super::super::super::names::fold;

/// What a state says of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not sent yet, cancelled, an offer: it owes nothing.
    Void,
    /// Paid in full.
    Paid,
    /// Anything else.
    Owed,
}

/// What kinds of documents are called, folded; what stands first is looked for first.
const KINDS: [(&str, &[&str]); 9] = [
    (
        "credit_note",
        &[
            "credit",
            "creditnote",
            "creditmemo",
            "av",
            "avoir",
            "cn",
            "cm",
            "gutschrift",
            "gu",
            "gs",
            "abono",
            "nota",
            "notadecredito",
            "notedecredit",
            "outrefund",
            "accreccredit",
            "creditnota",
            "creditfactuur",
            "dg",
            "rectificativa",
            "salescreditnote",
            "sc",
            "stornorechnung",
            "kg",
        ],
    ),
    (
        "returned_receipt",
        &[
            "imp",
            "impaye",
            "rejet",
            "returned",
            "bounced",
            "chargeback",
            "ruecklastschrift",
            "rucklastschrift",
            "devuelto",
        ],
    ),
    ("discount", &["escompte", "es", "skonto", "discount", "descuento", "korting"]),
    ("write_off", &["perte", "writeoff", "pe", "ausbuchung", "baddebt", "abschreibung", "afboeking", "incobrable"]),
    (
        "receipt",
        &[
            "payment",
            "receipt",
            "reglement",
            "reg",
            "rg",
            "encaissement",
            "enc",
            "virement",
            "vir",
            "cheque",
            "chq",
            "zahlung",
            "za",
            "zahlungseingang",
            "dz",
            "pago",
            "cobro",
            "betaling",
            "bank",
            "customerpayment",
            "acompte",
            "paiement",
            "pmt",
            "advance",
            "unappliedcash",
            "cash",
            "onaccount",
            "prelevement",
        ],
    ),
    (
        "opening",
        &["opening", "an", "ran", "anouveau", "ouverture", "eroeffnung", "eroffnung", "apertura", "openingbalance"],
    ),
    (
        "invoice",
        &[
            "invoice",
            "facture",
            "fa",
            "fac",
            "fc",
            "ft",
            "in",
            "inv",
            "rechnung",
            "re",
            "rv",
            "dr",
            "factura",
            "factuur",
            "si",
            "outinvoice",
            "accrec",
            "salesinvoice",
            "debit",
            "debitnote",
            "vt",
            "ve",
            "vf",
            "ar",
            "rg1",
            "r1",
            "f",
            "verkoopfactuur",
            "ausgangsrechnung",
            "customerinvoice",
            "standardinvoice",
            "custinvc",
            "i",
        ],
    ),
    (
        "adjustment",
        &["adjustment", "od", "ab", "journal", "journalentry", "entry", "ecriture", "sa", "ajuste", "correction"],
    ),
    (
        "none",
        &[
            "quote",
            "devis",
            "angebot",
            "presupuesto",
            "offerte",
            "proforma",
            "order",
            "salesorder",
            "commande",
            "auftrag",
            "pedido",
            "estimate",
            "bestelling",
            "bill",
            "billcredit",
            "vendorbill",
            "purchaseinvoice",
            "accpay",
            "ininvoice",
            "eingangsrechnung",
            "bondecommande",
            "bl",
            "deliverynote",
            "bondelivraison",
        ],
    ),
];

/// The kind that a word stands for; `none` for what is no claim, `None` where nobody knows.
#[must_use]
pub fn kind_of(value: &str) -> Option<&'static str> {
    let folded = fold(value);
    let whole = KINDS.iter().find(|(_, words)| words.contains(&folded.as_str()));
    // "Facture de vente": the first word of a longer name tells, where it is long enough to
    let begins = || KINDS.iter().find(|(_, words)| words.iter().any(|word| word.len() > 3 && folded.starts_with(word)));
    whole.or_else(begins).map(|(kind, _)| *kind)
}

/// Whether a kind is a supplier's.
#[must_use]
pub fn is_supplier_kind(value: &str) -> bool {
    const SUPPLIERS: [&str; 7] =
        ["bill", "billcredit", "vendorbill", "purchaseinvoice", "accpay", "ininvoice", "eingangsrechnung"];
    SUPPLIERS.contains(&fold(value).as_str())
}

/// What a state of an invoice says.
#[must_use]
pub fn state_of(value: &str) -> State {
    const VOID: [&str; 33] = [
        "draft",
        "brouillon",
        "entwurf",
        "borrador",
        "concept",
        "void",
        "cancel",
        "annul",
        "storn",
        "anulad",
        "geannul",
        "deleted",
        "quote",
        "devis",
        "proforma",
        "verworfen",
        "rejet",
        "reject",
        "refus",
        "abandon",
        "supprim",
        "planned",
        "pendingapproval",
        "avalider",
        "aemettre",
        "voorlopig",
        "uncollectible",
        "writtenoff",
        "writeoff",
        "passeenperte",
        "abgeschrieben",
        "irrecouvrable",
        "incobrable",
    ];
    const PAID: [&str; 23] = [
        "paid",
        "fullypaid",
        "paidinfull",
        "payee",
        "paye",
        "reglee",
        "regle",
        "soldee",
        "solde",
        "bezahlt",
        "betaald",
        "pagada",
        "pagado",
        "cobrada",
        "cobrado",
        "closed",
        "settled",
        "encaissee",
        "acquittee",
        "misenpaiement",
        "beglichen",
        "ausgeglichen",
        "cleared",
    ];
    let folded = fold(value);
    if VOID.iter().any(|word| folded.starts_with(word)) {
        State::Void
    } else if PAID.contains(&folded.as_str()) {
        State::Paid
    } else {
        State::Owed
    }
}

/// A column of an aged balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// From so many days past due on; 0 for what is not due.
    From(i64),
    /// Beyond the last.
    Older,
}

/// The bucket that a header names.
#[must_use]
pub fn bucket_of(header: &str) -> Option<Bucket> {
    const NOT_DUE: [&str; 17] = [
        "current",
        "notdue",
        "notyetdue",
        "nonechu",
        "nonechue",
        "nonechus",
        "nonechues",
        "aechoir",
        "nichtfallig",
        "nichtfaellig",
        "novencido",
        "sinvencer",
        "nietvervallen",
        "notoverdue",
        "nietverlopen",
        "atdate",
        "future",
    ];
    const BEYOND: [&str; 10] = ["over", "plus", "uber", "ueber", "mas", "meer", "above", "older", "mehr", "ab"];
    const BELOW: [&str; 6] = ["moins", "unter", "menos", "minder", "under", "lessthan"];
    let folded = fold(header);
    if NOT_DUE.contains(&folded.as_str()) {
        return Some(Bucket::From(0));
    }
    let numbers: Vec<i64> = header
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty() && part.len() < 4)
        .filter_map(|part| part.parse().ok())
        .collect();
    let begins = |words: &[&str]| words.iter().any(|word| folded.starts_with(word));
    let is_beyond =
        header.contains(['>', '+']) || begins(&BEYOND) || folded.ends_with("over") || folded.ends_with("older");
    let is_below = header.trim_start().starts_with(['<', '-']) || begins(&BELOW);
    let in_months = ["month", "mois", "monat", "mes", "maand"].iter().any(|word| folded.contains(word));
    Some(match numbers[..] {
        [from, to] if from < to => Bucket::From(from.max(1)),
        [_] if is_below => Bucket::From(1),
        [from] if in_months => Bucket::From(from * 30 + 1),
        [from] if is_beyond => Bucket::From(from + 1),
        [] if folded.starts_with("older") || folded.starts_with("plusancien") || folded == "ouder" => Bucket::Older,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_cells_are_known_in_five_languages() {
        for (kind, words) in [
            ("invoice", &["FA", "Rechnung", "RV", "Sales Invoice", "Facture de vente", "out_invoice"][..]),
            ("credit_note", &["AV", "Gutschrift", "Credit Memo", "Nota de crédito", "DG", "Avoir client"]),
            ("receipt", &["DZ", "Règlement", "Payment", "Zahlung"]),
            ("none", &["Devis", "Sales Order", "Angebot"]),
        ] {
            for word in words {
                assert_eq!(kind_of(word), Some(kind), "{word}");
            }
        }
        assert_eq!(kind_of("XQ"), None);
        for (state, words) in [
            (State::Void, &["Draft", "Annulée", "Storniert", "Void", "Brouillon"][..]),
            (State::Paid, &["Paid", "Réglée", "bezahlt", "Closed"]),
            (State::Owed, &["Open", "Unpaid", "Partially paid", "En retard", "Overdue", "Partiellement réglée"]),
        ] {
            for word in words {
                assert_eq!(state_of(word), state, "{word}");
            }
        }
        for (header, from) in [
            ("Current", Some(Bucket::From(0))),
            ("Non échu", Some(Bucket::From(0))),
            ("1-30", Some(Bucket::From(1))),
            ("0 - 30 days", Some(Bucket::From(1))),
            ("31 à 60 jours", Some(Bucket::From(31))),
            ("> 90", Some(Bucket::From(91))),
            ("90+", Some(Bucket::From(91))),
            ("Plus de 90 jours", Some(Bucket::From(91))),
            ("- de 30 j", Some(Bucket::From(1))),
            ("91 AND OVER", Some(Bucket::From(92))),
            ("2 Months", Some(Bucket::From(61))),
            ("Older", Some(Bucket::Older)),
            ("Invoice No", None),
            ("2024", None),
        ] {
            assert_eq!(bucket_of(header), from, "{header}");
        }
    }
}
