//! Where the demo's customers are written to, their numbers in the register, and what the official bulletin says of one.

use super::SIREN;
use super::company::{Company, FileText};
use super::customers::{Customer, Sector};
use super::dice::{Dice, Purpose};
use super::tables::{drawn, file};
use crate::model::calendar::add_days;
use crate::model::tables::INSOLVENCY_NOTICES;

/// Days before the end of the books on which the notice was published, and the judgment it tells of.
const PUBLISHED_DAYS: i64 = 24;
const JUDGED_DAYS: i64 = 36;

/// A number in the register: of French companies nine digits, which no real one bears (they begin with 0).
pub(super) fn registration(position: usize, customer: &Customer) -> String {
    match customer.sector {
        Sector::Export => String::new(),
        _ => format!("000 {:03} {:03}", position / 1000 + 100, position % 1000),
    }
}

/// Street, postcode and town; one customer in thirteen is known by name only.
pub(super) fn address(company: &Company, position: usize, customer: &Customer) -> String {
    if position % 13 == 6 || customer.sector == Sector::Export {
        return String::new();
    }
    let mut dice = Dice::new(company.options.seed, Purpose::Outreach, position);
    let (street, town) = (drawn(company, "surname", &mut dice), drawn(company, "town", &mut dice));
    let kind = ["rue", "avenue", "quai", "place", "chemin"][dice.position(5)];
    let postcode = 10_000 + dice.below(85) * 1000 + dice.below(10) * 10;
    format!("{} {kind} {street}|{postcode:05} {town}", 1 + dice.below(140))
}

/// `insolvency_notices.csv`: a customer who stopped paying, in the words of the bulletin, and a company nobody here knows.
pub(super) fn notices(company: &Company) -> FileText {
    let last_day = company.years.last_day();
    let published = add_days(last_day, -PUBLISHED_DAYS);
    let is_open = |customer: &Customer| {
        customer.insolvency.as_ref().is_some_and(|told| told.stopped < published && told.written_off > last_day)
    };
    let insolvent = company.customers.iter().enumerate().filter(|(_, customer)| is_open(customer));
    let named = insolvent.take(1).map(|(position, customer)| registration(position, customer));
    let rows = named.chain(["000 999 001".to_owned()]).enumerate().map(|(number, registration)| {
        vec![
            SIREN.to_owned(),
            format!("A2025{:04}", 117 + number),
            registration,
            published.to_string(),
            add_days(last_day, -JUDGED_DAYS).to_string(),
            "redressement_judiciaire".to_owned(),
            "Jugement d’ouverture d’une procédure de redressement judiciaire".to_owned(),
            "Maître Odile Tresseyre, mandataire judiciaire, 3 place du Palais, 38000 Grenoble".to_owned(),
        ]
    });
    file(&INSOLVENCY_NOTICES, rows.collect())
}
