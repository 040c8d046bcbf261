//! What stands beside the ledger: customers, contacts, disputes and the collectors' actions, as plain CSV files.

use super::SIREN;
use super::company::{Company, FileText};
use super::customers::{Customer, Sector, Trait};
use super::dice::{Dice, Purpose};
use super::invoices::Invoice;
use super::outreach;
use super::parameters::Behaviour;
use super::settlement::{Nature, Plan};
use super::sister::Sister;
use super::truth::DemoFile;
use super::years::bank_day;
use crate::model::calendar::add_days;
use crate::model::tables::{ACTIONS, CONTACTS, CUSTOMERS, DISPUTES, FILLED_BY_LOAD};
use crate::model::{Date, TableSpec, money::decimal_text};

/// `customers.csv`.
pub(super) fn customers(company: &Company, sister: &Sister) -> FileText {
    let mut billed = vec![0_i64; company.customers.len()];
    for invoice in &company.invoices {
        billed[invoice.customer] += invoice.gross();
    }
    let rows = company.customers.iter().zip(billed).enumerate().map(|(position, (customer, billed))| {
        // Three months of billing, in steps of 5 000; one customer in eleven has no limit set.
        let limit = (billed * 3 / 40 / 500_000 + 1) * 500_000;
        let limit = if position % 11 == 7 { String::new() } else { decimal_text(limit.into(), 2) };
        vec![
            SIREN.to_owned(),
            customer.id.clone(),
            customer.name.clone(),
            customer.group.map(|group| format!("G{:02}", group + 1)).unwrap_or_default(),
            customer.country.clone(),
            if ["FR", "BE", "CH", "MA", "TN"].contains(&customer.country.as_str()) { "fr" } else { "en" }.to_owned(),
            customer.terms_code.to_owned(),
            limit,
            customer.collector_id.to_owned(),
            customer.payment_method.code().to_owned(),
            (customer.sector == Sector::Public).to_string(),
            false.to_string(),
            customer.billing_channel.to_owned(),
            String::new(),
            outreach::registration(position, customer),
            outreach::address(company, position, customer),
        ]
    });
    file(&CUSTOMERS, rows.chain(sister.customers(company)).collect())
}

/// `contacts.csv`: who pays, and sometimes who buys. The telephone numbers are those kept for fiction in France.
pub(super) fn contacts(company: &Company, sister: &Sister) -> FileText {
    let mut rows = Vec::new();
    for (position, customer) in company.customers.iter().enumerate() {
        let mut dice = Dice::new(company.options.seed, Purpose::Desk, 2 * position);
        let count = if dice.percent(30) { 2 } else { 1 };
        for number in 1..=count {
            let first = drawn(company, "first_name", &mut dice);
            let last = drawn(company, "surname", &mut dice);
            let phone = format!("01 99 00 {:02} {:02}", dice.below(100), dice.below(100));
            // The contact who left still stands in the file: an address that nobody reads, no telephone.
            let is_gone = number == 1 && customer.has(Trait::WrongContact);
            rows.push(vec![
                SIREN.to_owned(),
                customer.id.clone(),
                number.to_string(),
                if number == 1 { "accounts_payable" } else { "purchasing" }.to_owned(),
                format!("{first} {last}"),
                if is_gone { String::new() } else { phone },
                format!("{}@{}.example", if is_gone { "ancien" } else { "compta" }, customer.id.to_lowercase()),
                if dice.percent(60) { "09:00-12:00" } else { "" }.to_owned(),
                String::new(),
                // somebody here and there wants no mail of ours
                if position % 41 == 17 { "email" } else { "" }.to_owned(),
                // faxes have become rare
                if position % 9 == 4 { format!("01 99 00 90 {:02}", position % 100) } else { String::new() },
            ]);
        }
    }
    rows.extend(sister.contacts(company));
    file(&CONTACTS, rows)
}

pub(super) fn drawn(company: &Company, list: &str, dice: &mut Dice) -> String {
    let words = company.parameters.list(list);
    words.get(dice.position(words.len())).map(|(word, _)| word.clone()).unwrap_or_default()
}

/// A dispute as it ended, or has not yet.
pub(super) struct DisputeRow {
    /// Position of the cause.
    pub(super) cause: usize,
    pub(super) opened: Date,
    pub(super) closed: Option<Date>,
    pub(super) outcome: Option<&'static str>,
    /// In hundredths; none for the whole invoice.
    pub(super) disputed: Option<i64>,
}

/// What the desk knows of an invoice's dispute at the end of the last year.
pub(super) fn dispute(company: &Company, position: usize, invoice: &Invoice) -> Option<DisputeRow> {
    let planned = invoice.dispute?;
    let last_day = company.years.last_day();
    let plan = company.accounts[invoice.customer].plans.get(&position)?;
    if planned.opened > last_day {
        return None;
    }
    let noted = plan.steps.iter().find(|step| step.nature == Nature::CreditNote).map(|step| step.day);
    let paid = plan.steps.last().map_or(last_day, |step| step.day);
    let closed = noted.unwrap_or_else(|| bank_day(add_days(paid, -5))).max(planned.opened);
    let is_whole = planned.contested_percent == 100;
    let outcome = match noted {
        Some(_) => "credited",
        None if is_whole => "corrected",
        None => "rejected",
    };
    let is_closed = closed <= last_day;
    Some(DisputeRow {
        cause: planned.cause,
        opened: planned.opened,
        closed: is_closed.then_some(closed),
        outcome: is_closed.then_some(outcome),
        disputed: (!is_whole).then_some(invoice.gross() * planned.contested_percent / 100),
    })
}

/// `disputes.csv`. `item_id` is the number of the invoice.
pub(super) fn disputes(company: &Company) -> FileText {
    let mut found: Vec<(DisputeRow, &Invoice)> = company
        .invoices
        .iter()
        .enumerate()
        .filter_map(|(position, invoice)| Some((dispute(company, position, invoice)?, invoice)))
        .collect();
    found.sort_by_key(|(row, _)| row.opened);
    let rows = found.into_iter().enumerate().map(|(number, (row, invoice))| {
        vec![
            SIREN.to_owned(),
            format!("D{:05}", number + 1),
            invoice.number.clone(),
            company.parameters.causes[row.cause].reason_code.clone(),
            row.opened.to_string(),
            row.closed.map(|day| day.to_string()).unwrap_or_default(),
            row.disputed.map(|amount| decimal_text(amount.into(), 2)).unwrap_or_default(),
            row.outcome.unwrap_or_default().to_owned(),
        ]
    });
    file(&DISPUTES, rows.collect())
}

/// A contact with a customer about one invoice.
struct Action {
    day: Date,
    channel: &'static str,
    result: &'static str,
    reason: String,
    promised: Option<(Date, i64)>,
    note: &'static str,
}

/// What customers say on the telephone. Collectors type what they like, and so do those who mean harm.
const NOTES: [&str; 8] = [
    "",
    "",
    "rappeler lundi après-midi",
    "dit avoir déjà payé, attend l'avis de virement",
    "comptable absente, voir <b>M. Ferrand</b>",
    "=HYPERLINK(\"http://exemple.invalid\";\"relevé\")",
    "d'accord sur le solde; \"à la fin du mois\"",
    "double de facture demandé",
];

/// `actions.csv`: reminders of invoices that were late, oldest first. `item_id` is the number of the invoice.
pub(super) fn actions(company: &Company, sister: &Sister) -> FileText {
    let mut found: Vec<(Action, &Invoice)> = Vec::new();
    for (position, invoice) in company.invoices.iter().enumerate() {
        if invoice.posted < company.years.first_day() || invoice.gross() < 60_000 {
            continue;
        }
        let customer = &company.customers[invoice.customer];
        let Some(plan) = company.accounts[invoice.customer].plans.get(&position) else { continue };
        let dispute = dispute(company, position, invoice);
        let mut dice = Dice::new(company.options.seed, Purpose::Desk, 2 * position + 1);
        let reminded = reminders(&mut dice, company, invoice, customer, plan, dispute.as_ref());
        found.extend(reminded.into_iter().map(|action| (action, invoice)));
    }
    found.sort_by_key(|(action, _)| action.day);
    let rows = found.into_iter().enumerate().map(|(number, (action, invoice))| {
        let customer = &company.customers[invoice.customer];
        vec![
            SIREN.to_owned(),
            format!("R{:06}", number + 1),
            customer.id.clone(),
            invoice.number.clone(),
            customer.collector_id.to_owned(),
            action.day.to_string(),
            action.channel.to_owned(),
            action.result.to_owned(),
            action.reason,
            action.promised.map(|(day, _)| day.to_string()).unwrap_or_default(),
            action.promised.map(|(_, amount)| decimal_text(amount.into(), 2)).unwrap_or_default(),
            String::new(),
            action.note.to_owned(),
        ]
    });
    file(&ACTIONS, rows.chain(sister.actions()).collect())
}

/// An e-mail a week after the due date, calls at two and nine weeks, a letter at six; until it is settled.
fn reminders(
    dice: &mut Dice,
    company: &Company,
    invoice: &Invoice,
    customer: &Customer,
    plan: &Plan,
    dispute: Option<&DisputeRow>,
) -> Vec<Action> {
    let settled = plan.steps.last().map(|step| step.day);
    let mut actions = Vec::new();
    for (after, channel) in [(6, "email"), (15, "phone"), (42, "letter"), (63, "phone")] {
        let day = bank_day(add_days(invoice.due, after + dice.between(0, 4)));
        if day > company.years.last_day() || settled.is_some_and(|settled| settled <= day) {
            break;
        }
        let action = |result| Action { day, channel, result, reason: String::new(), promised: None, note: "" };
        if channel != "phone" {
            actions.push(action("sent"));
            continue;
        }
        let contested = dispute.filter(|row| row.opened <= day && row.closed.is_none_or(|closed| closed > day));
        let note = NOTES[dice.position(NOTES.len())];
        let drawn = dice.between(0, 99);
        let called = if let Some(row) = contested {
            let reason = company.parameters.causes[row.cause].reason_code.clone();
            Action { reason, note, ..action("disputed") }
        } else if drawn < 45 {
            Action {
                promised: Some((promise(dice, customer, day, settled), left(plan, invoice, day))),
                note,
                ..action("promised")
            }
        } else if drawn < 75 {
            action("no_answer")
        } else {
            Action { note, ..action("reached") }
        };
        actions.push(called);
    }
    actions
}

/// The day a customer promises: often the true one, if it knows; those who cannot pay promise soon and in vain.
fn promise(dice: &mut Dice, customer: &Customer, day: Date, settled: Option<Date>) -> Date {
    let soon = bank_day(add_days(day, dice.between(4, 12)));
    let near = settled.filter(|settled| *settled <= add_days(day, 30) && customer.behaviour != Behaviour::Doubtful);
    match near {
        Some(settled) if dice.percent(65) => add_days(settled, -dice.between(0, 2)).max(add_days(day, 1)),
        _ => soon,
    }
}

/// What is left of the invoice on a day.
fn left(plan: &Plan, invoice: &Invoice, day: Date) -> i64 {
    invoice.gross() - plan.steps.iter().filter(|step| step.day <= day).map(|step| step.amount).sum::<i64>()
}

/// Rows as a plain CSV with the table's own header, without what a load fills.
pub(super) fn file(table: &TableSpec, rows: Vec<Vec<String>>) -> FileText {
    file_without(&[], table, rows)
}

/// As [`file`], without the columns of which nothing is told.
pub(super) fn file_without(untold: &[&str], table: &TableSpec, rows: Vec<Vec<String>>) -> FileText {
    let names = table.columns.iter().map(|column| column.name);
    let is_told = |name: &&str| !FILLED_BY_LOAD.contains(name) && !untold.contains(name);
    let columns: Vec<&str> = names.filter(is_told).collect();
    let line_count = rows.len();
    let mut text = columns.join(",");
    text.push('\n');
    for row in rows {
        assert_eq!(row.len(), columns.len(), "a row of `{}` has one cell a column", table.name);
        let cells: Vec<String> = row.into_iter().map(|cell| quoted(&cell)).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let listed = DemoFile { name: format!("{}.csv", table.name), line_count, debit_amount: None, credit_amount: None };
    FileText { listed, text }
}

/// A cell in quotes where it needs them (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_with_commas_and_quotes_are_quoted_and_others_are_not() {
        assert_eq!(quoted("Dupont, Fils"), "\"Dupont, Fils\"");
        assert_eq!(quoted("dit \"non\""), "\"dit \"\"non\"\"\"");
        assert_eq!(quoted("=SUM(A1)"), "=SUM(A1)");
    }
}
