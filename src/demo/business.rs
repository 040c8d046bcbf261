//! The rest of a company's ledger: purchases, pay, VAT, bank, year-end; so that the demo FEC is a whole one.
//!
//! Every figure follows from the sales of the month, so that any size of company stays plausible.

use super::books::{Auxiliary, Entry, Journal, Sources};
use super::dice::{Dice, Purpose};
use super::years::{YEAR_COUNT, bank_day, day_of_month};
use crate::model::Date;
use crate::model::calendar::{add_days, add_months, month_end};
use std::collections::BTreeMap;

/// Accounts of purchases, and how many of a hundred purchases they are.
const PURCHASES: [(&str, i64); 5] = [("601000", 62), ("604000", 14), ("624100", 10), ("606100", 8), ("615000", 6)];

/// Adds all entries that are not the customers' own.
pub(super) fn add(sources: &Sources<'_>, entries: &mut Vec<Entry>) {
    let mut dice = Dice::new(sources.seed, Purpose::Books, 0);
    let months: Vec<Date> = (0..36).map(|later| add_months(sources.years.first_day(), later)).collect();
    let sales: Vec<i64> = months.iter().map(|month| -movement(entries, "70", *month, month_end(*month))).collect();
    for (month, sales) in months.iter().zip(&sales) {
        purchases(&mut dice, sources, *month, *sales, entries);
        let reference = format!("FB{}", month.format("%Y%m"));
        let fees = 15_000 + dice.between(0, 9_000);
        let day = bank_day(day_of_month(*month, 28));
        entries.push(Entry::new(
            Journal::Bank,
            day,
            &reference,
            "Frais de tenue de compte",
            &[("627800", None, fees), ("512100", None, -fees)],
        ));
    }
    for year in 0..YEAR_COUNT {
        let average = sales[12 * year..12 * (year + 1)].iter().sum::<i64>() / 12;
        for month in &months[12 * year..12 * (year + 1)] {
            payroll(sources, *month, average, entries);
        }
    }
    pay_opening_suppliers(sources, entries);
    for month in months {
        vat_return(sources, month, entries);
    }
    year_ends(sources, entries);
}

/// What suppliers are owed when the first year opens: supplier position and amount.
pub(super) fn opening_suppliers(sources: &Sources<'_>) -> Vec<(usize, i64)> {
    let mut dice = Dice::new(sources.seed, Purpose::Books, 1);
    (0..sources.supplier_count)
        .map(|supplier| (supplier, scaled(sources, dice.between(1_500_000, 9_500_000))))
        .collect()
}

/// An amount that suits 12 000 invoices, for as many as there are.
pub(super) fn scaled(sources: &Sources<'_>, amount: i64) -> i64 {
    let count = i64::try_from(sources.invoices.len()).unwrap_or(i64::MAX);
    amount.saturating_mul(count) / 13_300
}

/// Σ debit − credit of the accounts that begin so, from a day to a day.
fn movement(entries: &[Entry], prefix: &str, since: Date, until: Date) -> i64 {
    let within = entries.iter().filter(|entry| (since..=until).contains(&entry.day));
    within.flat_map(|entry| &entry.lines).filter(|line| line.account.starts_with(prefix)).map(|line| line.amount).sum()
}

/// Fourteen purchases a month, 64 % of the month's sales together, paid 45 days later.
fn purchases(dice: &mut Dice, sources: &Sources<'_>, month: Date, sales: i64, entries: &mut Vec<Entry>) {
    let budget = sales * 64 / 100;
    let shares: Vec<i64> = (0..14).map(|_| dice.between(20, 180)).collect();
    let total: i64 = shares.iter().sum();
    for share in shares {
        let net = budget * share / total;
        let vat = super::invoices::vat_on(net);
        let drawn = dice.between(0, 99);
        let mut upper = 0;
        let found = PURCHASES.iter().find(|(_, chance)| {
            upper += chance;
            drawn < upper
        });
        let account = found.map_or("601000", |(account, _)| *account);
        let supplier = Some(Auxiliary::Supplier(dice.position(sources.supplier_count)));
        let day = bank_day(add_days(month, dice.between(1, 24)));
        let reference = format!("A{}-{}", day.format("%Y%m%d"), dice.between(100, 999));
        let lines = [(account, None, net), ("445660", None, vat), ("401000", supplier, -net - vat)];
        entries.push(Entry::new(Journal::Purchases, day, &reference, "Facture fournisseur", &lines));
        let paid = bank_day(add_days(day, 45));
        if paid <= sources.years.last_day() {
            let lines = [("401000", supplier, net + vat), ("512100", None, -net - vat)];
            entries.push(Entry::new(Journal::Bank, paid, &reference, "Règlement fournisseur", &lines));
        }
    }
}

/// Pay and social charges: 21 % of the year's average sales; wages paid on the 28th, charges on the next 15th.
fn payroll(sources: &Sources<'_>, month: Date, sales: i64, entries: &mut Vec<Entry>) {
    let (wages, charges) = (sales * 15 / 100, sales * 6 / 100);
    let withheld = wages * 22 / 100;
    let reference = format!("PAIE{}", month.format("%Y%m"));
    let day = bank_day(day_of_month(month, 26));
    let lines = [
        ("641000", None, wages),
        ("645000", None, charges),
        ("421000", None, withheld - wages),
        ("431000", None, -withheld - charges),
    ];
    entries.push(Entry::new(Journal::Payroll, day, &reference, "Salaires du mois", &lines));
    let paid = bank_day(day_of_month(month, 28));
    entries.push(Entry::new(
        Journal::Bank,
        paid,
        &reference,
        "Virement des salaires",
        &[("421000", None, wages - withheld), ("512100", None, withheld - wages)],
    ));
    let paid = bank_day(day_of_month(add_months(month, 1), 15));
    if paid <= sources.years.last_day() {
        let owed = withheld + charges;
        entries.push(Entry::new(
            Journal::Bank,
            paid,
            &reference,
            "Cotisations sociales",
            &[("431000", None, owed), ("512100", None, -owed)],
        ));
    }
}

fn pay_opening_suppliers(sources: &Sources<'_>, entries: &mut Vec<Entry>) {
    for (supplier, amount) in opening_suppliers(sources) {
        let later = i64::try_from(supplier % 40).unwrap_or(0);
        let day = bank_day(add_days(sources.years.first_day(), 8 + later));
        let lines = [("401000", Some(Auxiliary::Supplier(supplier)), amount), ("512100", None, -amount)];
        entries.push(Entry::new(Journal::Bank, day, "SOLDE-AN", "Règlement fournisseur", &lines));
    }
}

/// The month's VAT, declared at its end and paid on the 24th of the next month.
fn vat_return(sources: &Sources<'_>, month: Date, entries: &mut Vec<Entry>) {
    let end = month_end(month);
    let (collected, deducted) = (-movement(entries, "445710", month, end), movement(entries, "445660", month, end));
    let owed = collected - deducted;
    let reference = format!("TVA{}", month.format("%Y%m"));
    let balance = if owed < 0 { "445670" } else { "445510" };
    let lines = [("445710", None, collected), ("445660", None, -deducted), (balance, None, -owed)];
    entries.push(Entry::new(Journal::General, end, &reference, "Déclaration de TVA", &lines));
    let paid = bank_day(day_of_month(add_months(month, 1), 24));
    if owed > 0 && paid <= sources.years.last_day() {
        entries.push(Entry::new(
            Journal::Bank,
            paid,
            &reference,
            "Paiement TVA",
            &[("445510", None, owed), ("512100", None, -owed)],
        ));
    }
}

/// Depreciation, allowance for doubtful customers, and in June the profit of the year before put to reserves.
fn year_ends(sources: &Sources<'_>, entries: &mut Vec<Entry>) {
    let years = sources.years;
    let mut allowance = 0;
    for year in 0..YEAR_COUNT {
        let close = years.close(year);
        let worn = scaled(sources, 85_000_000);
        entries.push(Entry::new(
            Journal::General,
            close,
            "AMORT",
            "Dotation aux amortissements",
            &[("681120", None, worn), ("281540", None, -worn)],
        ));

        // Half of what is doubtful, without VAT.
        let doubtful: i64 = sources.accounts.iter().map(|accounts| doubtful_at(accounts, close)).sum();
        let wanted = doubtful * 100 / 240;
        let change = wanted - allowance;
        allowance = wanted;
        let account = if change < 0 { "781740" } else { "681740" };
        entries.push(Entry::new(
            Journal::General,
            close,
            "DEPREC",
            "Dépréciation des créances",
            &[(account, None, change), ("491000", None, -change)],
        ));
    }
    for year in 1..YEAR_COUNT {
        let (since, until) = (years.opening(year - 1), years.close(year - 1));
        let result = movement(entries, "6", since, until) + movement(entries, "7", since, until);
        let day = bank_day(day_of_month(add_months(years.opening(year), 5), 20));
        entries.push(Entry::new(
            Journal::General,
            day,
            "AGO",
            "Affectation du résultat",
            &[("120000", None, -result), ("106800", None, result)],
        ));
    }
}

fn doubtful_at(accounts: &super::accounts::CustomerAccounts, day: Date) -> i64 {
    let doubtful = accounts
        .postings
        .iter()
        .filter(|posting| posting.account == super::accounts::ReceivableAccount::Doubtful && posting.posted <= day);
    doubtful.map(|posting| posting.amount).sum()
}

/// The balances of all other accounts when the first year opens; reserves make them balance.
pub(super) fn first_opening(sources: &Sources<'_>) -> BTreeMap<(&'static str, Option<Auxiliary>), i64> {
    let mut balances: BTreeMap<(&'static str, Option<Auxiliary>), i64> = [
        ("101000", -400_000_000),
        ("164000", -350_000_000),
        ("213000", 620_000_000),
        ("215400", 980_000_000),
        ("281540", -510_000_000),
        ("310000", 310_000_000),
        ("355000", 420_000_000),
        ("512100", 240_000_000),
    ]
    .into_iter()
    .map(|(account, amount)| ((account, None), scaled(sources, amount)))
    .collect();
    for (supplier, amount) in opening_suppliers(sources) {
        balances.insert(("401000", Some(Auxiliary::Supplier(supplier))), -amount);
    }
    balances
}
