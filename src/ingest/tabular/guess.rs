//! A mapping to start from, for a header nobody knows: columns by their names in French and English, then by what
//! they hold.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::amount::{self, Decimal};
use super::super::dates::{self, DateOrder};
use super::super::names::fold;

/// By which folded names an input is known.
const NAMES: [(&str, &[&str]); 28] = [
    (
        "receipt_id",
        &[
            "receiptid",
            "receiptnumber",
            "receiptno",
            "paymentid",
            "paymentnumber",
            "numeroreglement",
            "nreglement",
            "noreglement",
            "reglement",
            "numeroencaissement",
            "encaissement",
        ],
    ),
    ("receipt_date", &["receiptdate", "datereglement", "dateencaissement", "paymentdate", "datepaiement"]),
    (
        "invoice_id",
        &[
            "invoiceid",
            "invoicenumber",
            "invoiceno",
            "numerofacture",
            "nfacture",
            "nofacture",
            "numfacture",
            "facture",
            "factureno",
            "factureimputee",
        ],
    ),
    (
        "item_id",
        &[
            "itemid",
            "invoicenumber",
            "invoiceno",
            "invoiceid",
            "invoice",
            "numerofacture",
            "nfacture",
            "nofacture",
            "numfacture",
            "factureno",
            "facture",
            "documentnumber",
            "documentno",
            "docno",
            "docid",
            "numerodocument",
            "numeropiece",
            "npiece",
            "nopiece",
            "piece",
            "numpiece",
        ],
    ),
    (
        "customer_id",
        &[
            "customerid",
            "customerno",
            "customernumber",
            "custnumber",
            "customercode",
            "customer",
            "clientid",
            "codeclient",
            "numeroclient",
            "nclient",
            "noclient",
            "numclient",
            "client",
            "comptetiers",
            "codetiers",
            "tiers",
            "compteclient",
            "compteauxiliaire",
            "debtor",
            "debtorid",
            "debiteur",
        ],
    ),
    (
        "customer.name",
        &[
            "customername",
            "namecustomer",
            "nomclient",
            "nomduclient",
            "raisonsociale",
            "nom",
            "name",
            "intitule",
            "intituletiers",
            "libelletiers",
        ],
    ),
    ("customer.country_code", &["country", "countrycode", "pays", "codepays"]),
    ("customer.group_id", &["group", "groupe", "parentcustomer", "maisonmere"]),
    (
        "kind",
        &[
            "kind",
            "type",
            "typepiece",
            "typedepiece",
            "typedocument",
            "documenttype",
            "doctype",
            "nature",
            "invoicetype",
            "typefacture",
        ],
    ),
    (
        "issued_date",
        &[
            "issueddate",
            "issuedate",
            "invoicedate",
            "datefacture",
            "datedefacture",
            "datefacturation",
            "documentdate",
            "datedocument",
            "datepiece",
            "datedepiece",
            "dateemission",
            "date",
        ],
    ),
    ("posted_date", &["posteddate", "postingdate", "datecomptable", "datecomptabilisation", "dateecriture"]),
    ("due_date", &["duedate", "dueindate", "dateecheance", "datedecheance", "echeance", "echeancele"]),
    (
        "settled_date",
        &[
            "settleddate",
            "settlementdate",
            "paiddate",
            "paymentdate",
            "datepaiement",
            "datedepaiement",
            "datereglement",
            "dateencaissement",
            "cleardate",
            "clearingdate",
            "payele",
            "regle",
            "reglele",
        ],
    ),
    ("settled_amount", &["settledamount", "paidamount", "amountpaid", "montantregle", "montantpaye"]),
    (
        "amount",
        &[
            "amount",
            "invoiceamount",
            "montant",
            "montantttc",
            "montantfacture",
            "totalttc",
            "total",
            "totalopenamount",
            "openamount",
            "amountdue",
            "balance",
            "solde",
            "soldedu",
            "restedu",
            "resteapayer",
            "montantdu",
            "montantimpute",
            "montantreglement",
        ],
    ),
    ("debit_amount", &["debit", "montantdebit", "debitamount"]),
    ("credit_amount", &["credit", "montantcredit", "creditamount"]),
    ("currency_code", &["currency", "currencycode", "invoicecurrency", "devise", "codedevise", "monnaie"]),
    ("is_disputed", &["disputed", "isdisputed", "litige", "enlitige", "conteste"]),
    ("account", &["account", "glaccount", "compte", "comptegeneral", "numerocompte", "comptecollectif"]),
    ("reference", &["reference", "ref", "yourreference", "referenceclient", "refclient"]),
    ("label", &["label", "libelle", "description", "designation", "libelleecriture"]),
    (
        "order_id",
        &[
            "orderid",
            "ordernumber",
            "orderno",
            "ponumber",
            "purchaseorder",
            "commande",
            "numerocommande",
            "ncommande",
            "bondecommande",
            "numeroengagement",
        ],
    ),
    ("site", &["site", "agence", "etablissement", "branch", "plant"]),
    ("product_line", &["productline", "product", "produit", "gamme", "famille", "lignedeproduit"]),
    ("salesperson", &["salesperson", "salesrep", "commercial", "representant", "vendeur"]),
    ("delivered_date", &["delivereddate", "deliverydate", "datelivraison", "datedelivraison"]),
    ("company_id", &["companyid", "company", "companycode", "businesscode", "societe", "codesociete", "siren"]),
];

/// What an input was guessed from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Name,
    Values,
}

/// The columns of a header, each taken for at most one input.
struct Guess<'a> {
    header: &'a [String],
    sample: &'a [Vec<String>],
    taken: HashMap<usize, (&'static str, Ground)>,
}

/// A mapping in TOML. It can be read back; what it does not know stands in it as comments.
#[must_use]
pub fn propose(header: &[String], sample: &[Vec<String>], separator: Option<char>) -> String {
    let mut guess = Guess { header, sample, taken: HashMap::new() };
    let shape = guess.shape();
    for (input, names) in NAMES {
        if is_of_shape(shape, input) {
            guess.by_name(input, names);
        }
    }
    guess.by_values(shape);
    guess.written(shape, separator)
}

fn is_of_shape(shape: &str, input: &str) -> bool {
    match shape {
        "receipts" => matches!(
            input,
            "receipt_id"
                | "receipt_date"
                | "invoice_id"
                | "customer_id"
                | "amount"
                | "account"
                | "currency_code"
                | "reference"
                | "label"
                | "company_id"
        ),
        "invoice_history" => {
            !matches!(input, "receipt_id" | "receipt_date" | "invoice_id" | "debit_amount" | "credit_amount")
        }
        _ => !matches!(
            input,
            "receipt_id" | "receipt_date" | "invoice_id" | "settled_date" | "settled_amount" | "is_disputed"
        ),
    }
}

impl Guess<'_> {
    fn shape(&self) -> &'static str {
        let has = |input: &str| {
            let names = NAMES.iter().find(|(name, _)| *name == input).map_or(&[][..], |(_, names)| names);
            self.header.iter().any(|header| names.contains(&fold(header).as_str()))
        };
        if has("receipt_id") && has("invoice_id") {
            "receipts"
        } else if has("settled_date") {
            "invoice_history"
        } else {
            "items"
        }
    }

    fn has(&self, input: &str) -> bool {
        self.taken.values().any(|(taken, _)| *taken == input)
    }

    fn take(&mut self, place: usize, input: &'static str, ground: Ground) {
        self.taken.insert(place, (input, ground));
    }

    /// The first free column with one of the names, better names first.
    fn by_name(&mut self, input: &'static str, names: &[&str]) {
        let folded: Vec<String> = self.header.iter().map(|name| fold(name)).collect();
        let free = |name: &&str| {
            folded.iter().position(|header| header == name).filter(|place| !self.taken.contains_key(place))
        };
        if let Some(place) = names.iter().find_map(free) {
            self.take(place, input, Ground::Name);
        }
    }

    /// Required inputs that no name tells: the first column that holds nothing but such values.
    fn by_values(&mut self, shape: &str) {
        let dates: &[&'static str] = if shape == "receipts" { &["receipt_date"] } else { &["issued_date", "due_date"] };
        let is_date = |text: &str| {
            [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter().any(|order| dates::read(text, order).is_ok())
        };
        for input in dates {
            self.first_of(input, is_date);
        }
        let by_sides = self.has("debit_amount") && self.has("credit_amount");
        if !by_sides {
            self.first_of("amount", |text| amount::read(text, Decimal::Either).is_ok() && text.contains(['.', ',']));
            self.first_of("amount", |text| amount::read(text, Decimal::Either).is_ok());
        }
        let key = if shape == "receipts" { "receipt_id" } else { "item_id" };
        if !self.has(key) {
            let is_unique = |place: usize| {
                let values: Vec<&str> = self.values(place).collect();
                values.len() == self.sample.len() && values.iter().collect::<HashSet<&&str>>().len() == values.len()
            };
            let place = self.free().find(|&place| !self.sample.is_empty() && is_unique(place));
            if let Some(place) = place {
                self.take(place, key, Ground::Values);
            }
        }
        self.first_of("customer_id", |_| true);
    }

    fn first_of(&mut self, input: &'static str, is_such: impl Fn(&str) -> bool) {
        if self.has(input) {
            return;
        }
        let place = self.free().find(|&place| self.values(place).next().is_some() && self.values(place).all(&is_such));
        if let Some(place) = place {
            self.take(place, input, Ground::Values);
        }
    }

    fn free(&self) -> impl Iterator<Item = usize> {
        (0..self.header.len()).filter(|place| !self.taken.contains_key(place) && !fold(&self.header[*place]).is_empty())
    }

    fn values(&self, place: usize) -> impl Iterator<Item = &str> {
        self.sample.iter().filter_map(move |row| row.get(place)).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn written(&self, shape: &str, separator: Option<char>) -> String {
        let mut lines = vec![
            "# proposed from the header and the first rows: check every line before use".to_owned(),
            "description = \"what this file is and where it comes from\"".to_owned(),
            format!("shape = \"{shape}\""),
        ];
        if let Some(separator) = separator {
            lines.push(format!("separator = {}", quoted(&separator.to_string())));
        }
        lines.push("dates = \"auto\"    # or dmy, mdy".to_owned());
        lines.push("decimal = \"auto\"  # or \",\" or \".\"".to_owned());
        let by_sides = self.has("debit_amount") && self.has("credit_amount");
        let sign = if by_sides {
            "debit_credit"
        } else if self.is_unsigned() {
            "by_kind"
        } else {
            "as_is"
        };
        lines.push(format!("sign = \"{sign}\"      # or as_is, by_kind, reversed, debit_credit"));
        lines.push(String::new());
        self.columns(shape, by_sides, &mut lines);
        self.kinds(shape, &mut lines);
        let of_customer = |name: &str| name.starts_with("customer.");
        if self.taken.values().any(|(name, _)| of_customer(name)) {
            lines.push(String::new());
            lines.push("[customer]".to_owned());
            for (place, name, ground) in self.in_order().filter(|(_, name, _)| of_customer(name)) {
                lines.push(self.line(name.trim_start_matches("customer."), place, ground));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn columns(&self, shape: &str, by_sides: bool, lines: &mut Vec<String>) {
        lines.push("[columns]".to_owned());
        for (place, name, ground) in self.in_order().filter(|(_, name, _)| !name.contains('.')) {
            lines.push(self.line(name, place, ground));
        }
        let required: &[&str] = match shape {
            "receipts" => &["receipt_id", "customer_id", "receipt_date", "amount"],
            _ => &["item_id", "customer_id", "issued_date", "amount"],
        };
        for name in required.iter().filter(|name| !(self.has(name) || by_sides && **name == "amount")) {
            lines.push(format!("{name} = \"?\"  # required: name the column that holds it"));
        }
        for place in (0..self.header.len()).filter(|place| !self.taken.contains_key(place)) {
            lines.push(format!("# not used: {}", quoted(&self.header[place])));
        }
    }

    /// The kind: from a column, with what its values seem to stand for, or the same on every row.
    fn kinds(&self, shape: &str, lines: &mut Vec<String>) {
        let place = self.taken.iter().find(|(_, (name, _))| *name == "kind").map(|(place, _)| *place);
        match place {
            None if shape == "items" => {
                lines.push(String::new());
                lines.push("[constants]".to_owned());
                lines.push("kind = \"invoice\"".to_owned());
            }
            None => {}
            Some(place) => {
                lines.push(String::new());
                lines.push("[values.kind]".to_owned());
                let values: BTreeSet<&str> = self.values(place).collect();
                for value in values.into_iter().take(20) {
                    lines.push(format!("{} = \"{}\"", quoted(value), kind_of(value)));
                }
            }
        }
    }

    /// Kinds that lower the balance, and yet no negative amount.
    fn is_unsigned(&self) -> bool {
        let place = |input: &str| self.taken.iter().find(|(_, (name, _))| *name == input).map(|(place, _)| *place);
        let (Some(kind), Some(amount)) = (place("kind"), place("amount")) else { return false };
        let lowers = self.values(kind).any(|value| matches!(kind_of(value), "credit_note" | "receipt"));
        lowers && self.values(amount).all(|text| !text.contains(['-', '(', '\u{2212}']))
    }

    /// What was taken, in the order of the inputs.
    fn in_order(&self) -> impl Iterator<Item = (usize, &'static str, Ground)> {
        NAMES.iter().filter_map(|(input, _)| {
            let found = self.taken.iter().find(|(_, (name, _))| name == input);
            found.map(|(place, (name, ground))| (*place, *name, *ground))
        })
    }

    fn line(&self, name: &str, place: usize, ground: Ground) -> String {
        let why = if ground == Ground::Values { "  # guessed from its values" } else { "" };
        format!("{name} = {}{why}", quoted(&self.header[place]))
    }
}

/// What a word for a kind seems to stand for.
fn kind_of(value: &str) -> &'static str {
    let folded = fold(value);
    let begins = |words: &[&str]| words.iter().any(|word| folded.starts_with(word));
    if begins(&["av", "credit", "cn", "note"]) {
        "credit_note"
    } else if begins(&["reg", "rg", "rec", "enc", "pay", "pai", "vir", "chq", "cheque"]) {
        "receipt"
    } else if begins(&["an", "ouv", "open", "ran"]) {
        "opening"
    } else if begins(&["fa", "fc", "in", "vt", "ve"]) {
        "invoice"
    } else {
        "adjustment"
    }
}

/// A text between quotes, on one line.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                written.push('\\');
                written.push(letter);
            }
            '\t' => written.push_str("\\t"),
            letter if letter.is_control() => written.push(' '),
            letter => written.push(letter),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a proposal that cannot be read back must stop the test")]
mod tests {
    use proptest::prelude::*;

    use super::super::inputs::Shape;
    use super::super::mapping::{Mapping, Origin};
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    fn column(mapping: &Mapping, input: &str) -> Option<String> {
        match mapping.origins.get(input) {
            Some(Origin::Column(name)) => Some(name.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_french_item_list_is_understood_by_its_names() {
        let rows = rows(
            "N° facture;Code client;Nom client;Type;Date facture;Échéance;Montant TTC;Divers\nF1;C1;Dupont;FA;31/01/2024;01/03/2024;1 200,00;x\nA1;C1;Dupont;AV;31/01/2024;31/01/2024;100,00;y",
        );
        let mapping = Mapping::parse("m", &propose(&rows[0], &rows[1..], Some(';'))).unwrap();
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
        assert_eq!(mapping.sign, super::super::mapping::Sign::ByKind);
    }

    #[test]
    fn columns_without_telling_names_are_understood_by_their_values() {
        let rows = rows("k;c;d1;d2;m\n1;x;2024-01-01;2024-02-01;10,50\n2;x;2024-01-02;2024-02-02;11,00");
        let mapping = Mapping::parse("m", &propose(&rows[0], &rows[1..], None)).unwrap();
        for (input, header) in
            [("item_id", "k"), ("customer_id", "c"), ("issued_date", "d1"), ("due_date", "d2"), ("amount", "m")]
        {
            assert_eq!(column(&mapping, input).as_deref(), Some(header), "{input}");
        }
    }

    #[test]
    fn settlements_and_receipts_make_other_shapes() {
        let header = |text: &str| -> Vec<String> { text.split(';').map(str::to_owned).collect() };
        let shape = |text: &str| Mapping::parse("m", &propose(&header(text), &[], None)).unwrap().shape;
        assert_eq!(shape("Invoice number;Customer;Invoice date;Amount;Payment date"), Shape::InvoiceHistory);
        assert_eq!(shape("N° règlement;Client;Date règlement;N° facture;Montant imputé"), Shape::Receipts);
    }

    proptest! {
        #[test]
        fn every_proposal_can_be_read_back(header in proptest::collection::vec("\\PC{1,12}", 1..8), cells in proptest::collection::vec("\\PC{0,8}", 8)) {
            let proposal = propose(&header, &[cells.clone(), cells], Some('\t'));
            prop_assert!(proposal.parse::<toml::Table>().is_ok(), "{}", proposal);
        }
    }
}
