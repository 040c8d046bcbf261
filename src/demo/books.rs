//! The whole ledger of the demo company as entries: sales and cash from the customers' accounts, and the
//! counterpart of each posting, which tells its kind (FEC.md 5).

use super::accounts::{CustomerAccounts, Posting, ReceivableAccount};
use super::business;
use super::customers::{Customer, PaymentMethod, Trait};
use super::invoices::{Invoice, PRODUCT_LINES, SITES, vat_within};
use super::settlement::Nature;
use super::years::{Years, bank_day};
use crate::model::Date;
use crate::model::calendar::add_days;
use chrono::{Datelike, Weekday};
use std::collections::BTreeMap;

/// The journals of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Journal {
    Opening,
    Sales,
    Purchases,
    Bank,
    Payroll,
    General,
}

impl Journal {
    /// `JournalCode` and `JournalLib`.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Opening => ("AN", "A nouveaux"),
            Self::Sales => ("VE", "Ventes"),
            Self::Purchases => ("AC", "Achats"),
            Self::Bank => ("BQ", "Banque"),
            Self::Payroll => ("PA", "Paie"),
            Self::General => ("OD", "Opérations diverses"),
        }
    }
}

/// Who stands behind a collective account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Auxiliary {
    /// A customer's position.
    Customer(usize),
    /// A supplier's position.
    Supplier(usize),
}

/// One line of an entry.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) account: &'static str,
    pub(super) auxiliary: Option<Auxiliary>,
    /// In hundredths: a debit above 0, a credit below.
    pub(super) amount: i64,
    /// The customer's posting this line is, by position of the customer and of the posting.
    pub(super) posting: Option<(usize, usize)>,
    pub(super) reference: String,
    pub(super) piece_date: Option<Date>,
    pub(super) label: String,
    /// The amount in the currency of the invoice, where that is not the euro.
    pub(super) currency: Option<(i64, &'static str)>,
}

/// One entry. Its lines sum to nothing.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) journal: Journal,
    pub(super) day: Date,
    pub(super) lines: Vec<Line>,
}

impl Entry {
    /// An entry of two or more lines under one piece: account, who stands behind it, amount.
    pub(super) fn new(
        journal: Journal,
        day: Date,
        reference: &str,
        label: &str,
        lines: &[(&'static str, Option<Auxiliary>, i64)],
    ) -> Self {
        let lines = lines.iter().filter(|(_, _, amount)| *amount != 0).map(|(account, auxiliary, amount)| Line {
            account,
            auxiliary: *auxiliary,
            amount: *amount,
            posting: None,
            reference: reference.to_owned(),
            piece_date: Some(day),
            label: label.to_owned(),
            currency: None,
        });
        Self { journal, day, lines: lines.collect() }
    }
}

/// Everything the entries are made of.
pub(super) struct Sources<'a> {
    pub(super) seed: u64,
    pub(super) years: &'a Years,
    pub(super) customers: &'a [Customer],
    pub(super) invoices: &'a [Invoice],
    pub(super) accounts: &'a [CustomerAccounts],
    /// How many suppliers there are; customers that sell to us stand behind the last ones.
    pub(super) supplier_count: usize,
}

/// All entries but the openings, by day, then journal, in the order they came up.
pub(super) fn entries(sources: &Sources<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut batch: Vec<Line> = Vec::new();
    for (position, accounts) in sources.accounts.iter().enumerate() {
        let mut pieces: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (line, posting) in accounts.postings.iter().enumerate() {
            match posting.nature {
                Nature::Opening => {}
                Nature::Factored => batch.push(receivable(sources, position, line)),
                _ => pieces.entry(posting.entry).or_default().push(line),
            }
        }
        for lines in pieces.values() {
            piece(sources, position, lines, &mut entries);
        }
    }
    factored(batch, &mut entries);
    remit_checks(sources.years, &mut entries);
    business::add(sources, &mut entries);
    entries.retain(|entry| !entry.lines.is_empty());
    entries.sort_by_key(|entry| (entry.day, entry.journal));
    entries
}

/// The entry of one piece of a customer, and those that come with it.
fn piece(sources: &Sources<'_>, position: usize, postings: &[usize], entries: &mut Vec<Entry>) {
    let mut lines: Vec<Line> = postings.iter().map(|line| receivable(sources, position, *line)).collect();
    let Some(posting) = postings.first().map(|line| &sources.accounts[position].postings[*line]) else { return };
    let first = lines[0].clone();
    for (account, auxiliary, amount) in counterparts(sources, position, posting) {
        if amount != 0 {
            lines.push(Line { account, auxiliary, amount, posting: None, currency: None, ..first.clone() });
        }
    }
    let journal = match posting.nature {
        Nature::Opening => Journal::Opening,
        Nature::Invoice | Nature::CreditNote => Journal::Sales,
        Nature::Receipt | Nature::ReturnedReceipt | Nature::Refund => Journal::Bank,
        _ => Journal::General,
    };
    entries.push(Entry { journal, day: posting.posted, lines });
    let customer = Some(Auxiliary::Customer(position));
    let amount = posting.amount.abs();
    match posting.nature {
        Nature::ReturnedReceipt => {
            let label = format!("Frais de rejet {}", posting.reference);
            entries.push(Entry::new(
                Journal::Bank,
                posting.posted,
                &posting.reference,
                &label,
                &[("627800", None, 2_000), ("512100", None, -2_000)],
            ));
        }
        Nature::AdvanceUsed => {
            let ordered = bank_day(add_days(posting.posted, -30).max(add_days(sources.years.first_day(), 1)));
            let reference = format!("AC-{}", posting.reference);
            entries.push(Entry::new(
                Journal::Bank,
                ordered,
                &reference,
                "Acompte sur commande",
                &[("512100", None, amount), ("419100", customer, -amount)],
            ));
        }
        Nature::Offset => {
            let bought = bank_day(add_days(posting.posted, -30).max(add_days(sources.years.first_day(), 1)));
            let vat = vat_within(amount);
            let reference = format!("CP-{}", posting.reference);
            entries.push(Entry::new(
                Journal::Purchases,
                bought,
                &reference,
                "Achat à compenser",
                &[
                    ("604000", None, amount - vat),
                    ("445660", None, vat),
                    ("401000", Some(supplier(sources, position)), -amount),
                ],
            ));
        }
        _ => {}
    }
}

/// What stands on the other side of a posting: account, who is behind it, amount.
fn counterparts(
    sources: &Sources<'_>,
    position: usize,
    posting: &Posting,
) -> Vec<(&'static str, Option<Auxiliary>, i64)> {
    let customer = &sources.customers[position];
    let amount = -posting.amount;
    let vat = if customer.is_domestic() { vat_within(amount.abs()) * amount.signum() } else { 0 };
    match posting.nature {
        Nature::Invoice => {
            let Some(invoice) = posting.invoice.map(|invoice| &sources.invoices[invoice]) else { return Vec::new() };
            let account = if customer.is_domestic() { PRODUCT_LINES[invoice.product].2 } else { "701900" };
            vec![(account, None, -invoice.net), ("445710", None, -invoice.vat)]
        }
        Nature::CreditNote => vec![("709100", None, amount - vat), ("445710", None, vat)],
        Nature::Receipt
            if customer.payment_method == PaymentMethod::Check && posting.account == ReceivableAccount::Trade =>
        {
            vec![("511200", None, amount)]
        }
        Nature::Receipt | Nature::ReturnedReceipt | Nature::Refund => vec![("512100", None, amount)],
        Nature::Discount => vec![("665000", None, amount - vat), ("445710", None, vat)],
        Nature::WriteOff => vec![("654000", None, amount - vat), ("445710", None, vat)],
        Nature::Offset => vec![("401000", Some(supplier(sources, position)), amount)],
        Nature::CurrencyLoss => vec![("666000", None, amount)],
        Nature::CurrencyGain => vec![("766000", None, amount)],
        Nature::AdvanceUsed => vec![("419100", Some(Auxiliary::Customer(position)), amount)],
        // Both lines of a transfer are the customer's; a batch and an opening are entries of their own.
        Nature::BillDrawn | Nature::MadeDoubtful | Nature::Factored | Nature::Opening => Vec::new(),
    }
}

/// The supplier that a customer is to us.
fn supplier(sources: &Sources<'_>, position: usize) -> Auxiliary {
    let both = sources.customers[..position].iter().filter(|customer| customer.has(Trait::Supplier)).count();
    Auxiliary::Supplier(sources.supplier_count + both)
}

/// The ledger line of a customer's posting.
pub(super) fn receivable(sources: &Sources<'_>, position: usize, line: usize) -> Line {
    let posting = &sources.accounts[position].postings[line];
    let customer = &sources.customers[position];
    let invoice = posting.invoice.map(|invoice| &sources.invoices[invoice]);
    let currency = match (posting.nature, customer.currency()) {
        (Nature::Invoice, Some(currency)) => Some((foreign(posting.amount, currency), currency)),
        _ => None,
    };
    Line {
        account: posting.account.number(),
        auxiliary: Some(Auxiliary::Customer(position)),
        amount: posting.amount,
        posting: Some((position, line)),
        reference: posting.reference.clone(),
        piece_date: posting.issued,
        label: label(posting, invoice, customer),
        currency,
    }
}

/// A euro amount in a foreign currency at the company's fixed rate; never read back, only shown.
const fn foreign(amount: i64, currency: &'static str) -> i64 {
    let per_mille = match currency.as_bytes() {
        b"USD" => 1_085,
        b"GBP" => 862,
        _ => 957,
    };
    amount * per_mille / 1_000
}

/// What the line says in French, with site, product, order and delivery of an invoice.
fn label(posting: &Posting, invoice: Option<&Invoice>, customer: &Customer) -> String {
    let number = &posting.reference;
    match posting.nature {
        Nature::Invoice => invoice.map_or_else(String::new, |invoice| {
            let order =
                invoice.order_number.map_or_else(|| "sans n° de cde".to_owned(), |order| format!("cde {order}"));
            format!(
                "Facture {number} {} {} {order} livr. {}",
                SITES[invoice.site],
                PRODUCT_LINES[invoice.product].1,
                invoice.delivered.format("%d/%m/%Y")
            )
        }),
        Nature::CreditNote => {
            let invoiced = invoice.map_or("", |invoice| invoice.number.as_str());
            format!("Avoir {number} sur facture {invoiced}")
        }
        Nature::Opening => format!("A nouveau {number}"),
        Nature::Receipt => match customer.payment_method {
            PaymentMethod::Check => format!("Chèque {}", customer.name),
            PaymentMethod::DirectDebit => format!("Prélèvement {}", customer.name),
            PaymentMethod::Bill => format!("Effet échu {}", customer.name),
            PaymentMethod::Transfer => format!("Virement {}", customer.name),
        },
        Nature::ReturnedReceipt => format!("Rejet de prélèvement {}", customer.name),
        Nature::Refund => format!("Remboursement double règlement {}", customer.name),
        Nature::Discount => format!("Escompte 2 % {number}"),
        Nature::WriteOff => format!("Créance irrécouvrable {number}"),
        Nature::Offset => format!("Compensation fournisseur {number}"),
        Nature::BillDrawn => format!("Effet accepté {number}"),
        Nature::MadeDoubtful => format!("Passage en douteux {number}"),
        Nature::Factored => format!("Cession affacturage {number}"),
        Nature::CurrencyLoss | Nature::CurrencyGain => format!("Écart de change {number}"),
        Nature::AdvanceUsed => format!("Imputation acompte {number}"),
    }
}

/// One entry for all that goes to the factor on a day, and the factor's payment ten days later.
fn factored(batch: Vec<Line>, entries: &mut Vec<Entry>) {
    let Some(day) = batch.first().and_then(|line| line.piece_date) else { return };
    let total: i64 = batch.iter().map(|line| line.amount).sum();
    let commission = -total / 40;
    let mut entry = Entry::new(Journal::General, day, "CESSION-1", "Cession affacturage", &[("467000", None, -total)]);
    entry.lines.splice(0..0, batch);
    entries.push(entry);
    let paid = bank_day(add_days(day, 10));
    let lines = [("512100", None, -total - commission), ("622500", None, commission), ("467000", None, total)];
    entries.push(Entry::new(Journal::Bank, paid, "CESSION-1", "Règlement du factor", &lines));
}

/// Takes the cheques of a week to the bank on the Thursday after.
fn remit_checks(years: &Years, entries: &mut Vec<Entry>) {
    let mut remitted: BTreeMap<Date, i64> = BTreeMap::new();
    for line in entries.iter().flat_map(|entry| entry.lines.iter().map(move |line| (entry.day, line))) {
        if let (day, Line { account: "511200", amount, .. }) = line {
            let thursday = (1..8).map(|later| add_days(day, later)).find(|day| day.weekday() == Weekday::Thu);
            *remitted.entry(bank_day(thursday.unwrap_or(day))).or_default() += amount;
        }
    }
    for (day, amount) in remitted.into_iter().filter(|(day, _)| *day <= years.last_day()) {
        let reference = format!("REM{}", day.format("%Y%m%d"));
        entries.push(Entry::new(
            Journal::Bank,
            day,
            &reference,
            "Remise de chèques",
            &[("512100", None, amount), ("511200", None, -amount)],
        ));
    }
}

/// The name of an account of the chart.
pub(super) fn account_name(account: &str) -> &'static str {
    match account {
        "101000" => "Capital",
        "106800" => "Autres réserves",
        "120000" => "Résultat de l'exercice",
        "164000" => "Emprunts",
        "213000" => "Constructions",
        "215400" => "Matériel industriel",
        "281540" => "Amortissements du matériel",
        "310000" => "Matières premières",
        "355000" => "Produits finis",
        "401000" => "Fournisseurs",
        "411000" => "Clients",
        "413000" => "Clients - effets à recevoir",
        "416000" => "Clients douteux ou litigieux",
        "419100" => "Clients - avances et acomptes",
        "421000" => "Personnel - rémunérations dues",
        "431000" => "Sécurité sociale",
        "445510" => "TVA à décaisser",
        "445660" => "TVA déductible",
        "445670" => "Crédit de TVA",
        "445710" => "TVA collectée",
        "467000" => "Factor",
        "491000" => "Dépréciations des comptes clients",
        "511200" => "Chèques à encaisser",
        "512100" => "Banque",
        "601000" => "Achats de matières premières",
        "604000" => "Achats de prestations",
        "606100" => "Énergie",
        "613200" => "Locations immobilières",
        "615000" => "Entretien et réparations",
        "622500" => "Commissions d'affacturage",
        "624100" => "Transports sur achats",
        "627800" => "Frais bancaires",
        "641000" => "Rémunérations du personnel",
        "645000" => "Charges sociales",
        "654000" => "Pertes sur créances irrécouvrables",
        "665000" => "Escomptes accordés",
        "666000" => "Pertes de change",
        "681120" => "Dotations aux amortissements",
        "681740" => "Dotations aux dépréciations des créances",
        "701100" => "Ventes de pompes",
        "701200" => "Ventes de vannes",
        "701300" => "Ventes de filtres",
        "701900" => "Ventes hors de France",
        "709100" => "Rabais, remises et ristournes accordés",
        "766000" => "Gains de change",
        "781740" => "Reprises sur dépréciations des créances",
        _ => "Autres",
    }
}
