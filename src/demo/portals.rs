//! What stands beside the demo's invoices: where they came from, how customers validate them, what platforms said.

use super::SIREN;
use super::company::{Company, FileText};
use super::customers::{Customer, Sector, Trait};
use super::dice::{Dice, Purpose};
use super::invoices::{Invoice, PRODUCT_LINES, SITES};
use super::parameters::{Behaviour, Target};
use super::settlement::Nature;
use super::tables::{self, file, file_without};
use super::years::bank_day;
use crate::model::Date;
use crate::model::calendar::add_days;
use crate::model::money::decimal_text;
use crate::model::tables::{INVOICE_DETAILS, INVOICE_EVENTS, PAYER_PROCESSES};

/// Who sells: each customer has its own.
const SALESPEOPLE: [&str; 6] = ["V01", "V02", "V03", "V04", "V05", "V06"];

/// The invoices that the ledgers tell of, with their positions.
fn told(company: &Company) -> impl Iterator<Item = (usize, &Invoice)> {
    let first_day = company.years.first_day();
    company.invoices.iter().enumerate().filter(move |(_, invoice)| invoice.posted >= first_day)
}

/// `invoice_details.csv`. `item_id` is the number of the invoice.
pub(super) fn invoice_details(company: &Company) -> FileText {
    let rows = told(company).map(|(position, invoice)| {
        let mut dice = Dice::new(company.options.seed, Purpose::Beside, 2 * position);
        let (product_line, _, _) = PRODUCT_LINES[invoice.product];
        // filters earn more than pumps, pumps more than valves
        let margin_percent = [24, 18, 35][invoice.product] + dice.between(-6, 6);
        vec![
            SIREN.to_owned(),
            invoice.number.clone(),
            invoice.order_number.map(|order| order.to_string()).unwrap_or_default(),
            SITES[invoice.site].to_owned(),
            product_line.to_owned(),
            SALESPEOPLE[invoice.customer * 5 % SALESPEOPLE.len()].to_owned(),
            invoice.delivered.to_string(),
            decimal_text((invoice.net * margin_percent / 100).into(), 2),
            // pumps stay ours until they are paid
            (invoice.product == 0).to_string(),
        ]
    });
    file_without(&["due_date"], &INVOICE_DETAILS, rows.collect())
}

/// Whether a customer receives invoices through a platform that tells what becomes of them.
fn is_on_platform(customer: &Customer) -> bool {
    matches!(customer.billing_channel, "portal" | "chorus_pro")
}

/// `payer_processes.csv`: how customers validate and pay, as far as anybody asked them: one in seven never was.
pub(super) fn payer_processes(company: &Company) -> FileText {
    let mut rows = Vec::new();
    for (position, customer) in company.customers.iter().enumerate() {
        if position % 7 == 3 {
            continue;
        }
        let mut dice = Dice::new(company.options.seed, Purpose::Beside, 2 * position + 1);
        let portal = match customer.billing_channel {
            "chorus_pro" => "Chorus Pro".to_owned(),
            "portal" => format!("https://fournisseurs.{}.example", customer.id.to_lowercase()),
            "paper" => "papier".to_owned(),
            _ => "courriel".to_owned(),
        };
        let payment_days = match customer.behaviour {
            Behaviour::PaymentRun => "10,25",
            Behaviour::Statement => "12",
            _ => "",
        };
        let steps = match customer.sector {
            Sector::Public => "service fait; ordonnateur; comptable",
            _ if customer.has(Trait::OrderGroup) => "rapprochement commande; bon de réception; paiement",
            _ => ["bon à payer", "acheteur; comptabilité", ""][dice.position(3)],
        };
        let cut_off = if payment_days.is_empty() { String::new() } else { dice.between(3, 6).to_string() };
        rows.push(vec![
            SIREN.to_owned(),
            customer.id.clone(),
            portal,
            customer.has(Trait::OrderGroup).to_string(),
            cut_off,
            payment_days.to_owned(),
            steps.to_owned(),
        ]);
    }
    file(&PAYER_PROCESSES, rows)
}

/// `invoice_events.csv`: what platforms said, by the codes of the French e-invoicing reform.
pub(super) fn invoice_events(company: &Company) -> FileText {
    let last_day = company.years.last_day();
    let mut rows = Vec::new();
    for (position, invoice) in told(company) {
        let customer = &company.customers[invoice.customer];
        if !is_on_platform(customer) {
            continue;
        }
        let mut tell = |status: &str, day: Date, reason: &str| {
            if day <= last_day {
                rows.push((day, invoice.number.clone(), status.to_owned(), reason.to_owned()));
            }
        };
        tell("203", invoice.posted, "");
        if let Some(row) = tables::dispute(company, position, invoice) {
            let cause = &company.parameters.causes[row.cause];
            let status = match cause.target {
                Target::OrderGroup => "210",
                Target::WrongContact => "213",
                Target::Everyone | Target::DisputesOften => "207",
            };
            tell(status, row.opened, &cause.reason_code);
            if let Some(closed) = row.closed {
                tell("205", closed.max(add_days(row.opened, 1)), "");
            }
        }
        // a public accountant tells when money leaves
        let plan = company.accounts[invoice.customer].plans.get(&position);
        let paid = plan.and_then(|plan| plan.steps.last()).filter(|step| step.nature == Nature::Receipt);
        if let (Sector::Public, Some(step)) = (customer.sector, paid) {
            tell("211", bank_day(add_days(step.day, -3)).max(add_days(invoice.posted, 1)), "");
        }
    }
    rows.sort();
    // the same status twice on a day is one
    rows.dedup_by(|later, earlier| later.0 == earlier.0 && later.1 == earlier.1 && later.2 == earlier.2);
    let cells = |(day, number, status, reason): (Date, String, String, String)| {
        vec![SIREN.to_owned(), number, status, day.to_string(), reason]
    };
    file(&INVOICE_EVENTS, rows.into_iter().map(cells).collect())
}
