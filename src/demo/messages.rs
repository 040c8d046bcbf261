//! Messages of the demo's last half-year: weekly runs by the levels of the standard policy, what came back of them, and customers
//! left alone to see what reminders do.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::SIREN;
use super::company::{Company, FileText};
use super::customers::{Customer, Trait};
use super::dice::{Dice, Purpose};
use super::invoices::Invoice;
use super::outreach;
use super::tables::{dispute, file};
use super::years::{bank_day, is_bank_day};
use crate::model::calendar::add_days;
use crate::model::tables::{MESSAGE_EVENTS, MESSAGE_ITEMS, MESSAGES};
use crate::model::{Date, money::decimal_text};

/// Days before the end of the books on which the first run went out; then one a week, the last of them a week before.
const FIRST_RUN_DAYS: i64 = 182;
const LAST_RUN_DAYS: i64 = 7;
/// Days past due from which the levels of the standard policy hold.
const LEVEL_DAYS: [i64; 3] = [5, 20, 40];
const TONES: [&str; 3] = ["friendly", "reminder", "last_reminder"];
/// Days between two messages that hold the same invoice.
const WAIT_DAYS: i64 = 7;
/// Smallest sums of a message, in hundredths.
const LEAST: i64 = 1_500;
/// Percent of customers and months left alone: where something was paid within 14 days, and where nothing was. That reminders bring
/// payments is planted so: the payments themselves are the ledger's.
pub(super) const HELD_PERCENT: [u64; 2] = [3, 17];
/// Days after a message within which a payment counts as its own.
const RESPONSE_DAYS: i64 = 14;

/// The three files, by table.
pub(super) fn files(company: &Company) -> Vec<FileText> {
    let mut rows = Rows::default();
    let invoices = by_customer(company);
    for (position, customer) in company.customers.iter().enumerate() {
        if customer.insolvency.is_some() || customer.currency().is_some() {
            continue;
        }
        Case { company, position, customer, invoices: &invoices[position] }.write(&mut rows);
    }
    vec![file(&MESSAGES, rows.messages), file(&MESSAGE_ITEMS, rows.items), file(&MESSAGE_EVENTS, rows.events)]
}

#[derive(Default)]
struct Rows {
    messages: Vec<Vec<String>>,
    items: Vec<Vec<String>>,
    events: Vec<Vec<String>>,
}

fn by_customer(company: &Company) -> Vec<Vec<(usize, &Invoice)>> {
    let mut invoices = vec![Vec::new(); company.customers.len()];
    for (position, invoice) in company.invoices.iter().enumerate() {
        invoices[invoice.customer].push((position, invoice));
    }
    invoices
}

/// A customer and its invoices.
struct Case<'a> {
    company: &'a Company,
    position: usize,
    customer: &'a Customer,
    invoices: &'a [(usize, &'a Invoice)],
}

/// An invoice as a run finds it.
struct Open<'a> {
    position: usize,
    invoice: &'a Invoice,
    level: usize,
    amount: i64,
}

impl<'a> Case<'a> {
    fn write(&self, rows: &mut Rows) {
        let last_day = self.company.years.last_day();
        let mut dice = Dice::new(self.company.options.seed, Purpose::Messages, self.position);
        let mut reached: BTreeMap<usize, (usize, Date)> = BTreeMap::new();
        let mut bounced = false;
        let mut day = bank_day(add_days(last_day, -FIRST_RUN_DAYS));
        while day <= add_days(last_day, -LAST_RUN_DAYS) {
            let due = self.due(day, &reached);
            let sum: i64 = due.iter().map(|open| open.amount).sum();
            if let Some(level) = due.iter().map(|open| open.level).max().filter(|_| sum >= LEAST) {
                let address = outreach::address(self.company, self.position, self.customer);
                let is_held = self.is_held(day, &due);
                if !bounced || !address.is_empty() {
                    let channel = if bounced { "letter" } else { "email" };
                    let sent = self.message(rows, &mut dice, (day, level, channel), &due, is_held);
                    bounced |= !sent && !is_held;
                    if sent {
                        reached.extend(due.iter().map(|open| (open.position, (open.level, day))));
                    }
                }
            }
            day = bank_day(add_days(day, 7));
        }
    }

    /// What is due for a message on a day: past due, not contested, its next level's day come, not reminded within a week.
    fn due(&self, day: Date, reached: &BTreeMap<usize, (usize, Date)>) -> Vec<Open<'a>> {
        let invoices: &'a [(usize, &'a Invoice)] = self.invoices;
        let open = |(position, invoice): &(usize, &'a Invoice)| {
            let late = (day - invoice.due).num_days();
            let plan = self.company.accounts[invoice.customer].plans.get(position)?;
            let (level, last) = reached.get(position).map_or((0, None), |(level, day)| (*level, Some(*day)));
            let is_ready = invoice.posted <= day
                && LEVEL_DAYS.get(level).is_some_and(|from| late >= *from)
                && last.is_none_or(|last| (day - last).num_days() >= WAIT_DAYS);
            if !is_ready {
                return None;
            }
            let contested = dispute(self.company, *position, invoice)
                .is_some_and(|row| row.opened <= day && row.closed.is_none_or(|closed| closed > day));
            let settled: i64 = plan.steps.iter().filter(|step| step.day <= day).map(|step| step.amount).sum();
            let amount = invoice.gross() - settled;
            (amount > 0 && !contested).then_some(Open { position: *position, invoice, level: level + 1, amount })
        };
        invoices.iter().filter_map(open).collect()
    }

    /// Whether the customer was left alone in that month.
    fn is_held(&self, day: Date, due: &[Open]) -> bool {
        let until = add_days(day, RESPONSE_DAYS);
        let is_paid = due.iter().any(|open| {
            let plan = self.company.accounts[open.invoice.customer].plans.get(&open.position);
            plan.and_then(|plan| plan.steps.last()).is_some_and(|step| step.day > day && step.day <= until)
        });
        let key = format!("{}|{}|{}", self.company.options.seed, self.customer.id, day.format("%Y-%m"));
        let drawn = Sha256::digest(key.as_bytes())[0];
        // of 256
        u64::from(drawn) * 100 < HELD_PERCENT[usize::from(!is_paid)] * 256
    }

    /// Writes a message and what came of it; whether it arrived.
    fn message(
        &self,
        rows: &mut Rows,
        dice: &mut Dice,
        (day, level, channel): (Date, usize, &str),
        due: &[Open],
        is_held: bool,
    ) -> bool {
        let id = hex::encode(&Sha256::digest(format!("{}|{level}|{day}", self.customer.id).as_bytes())[..8]);
        let code = self.customer.id.to_lowercase();
        let is_gone = self.customer.has(Trait::WrongContact);
        let address = match channel {
            "email" => format!("{}@{code}.example", if is_gone { "ancien" } else { "compta" }),
            _ => outreach::address(self.company, self.position, self.customer),
        };
        let language =
            if ["FR", "BE", "CH", "MA", "TN"].contains(&self.customer.country.as_str()) { "fr" } else { "en" };
        let contact = if channel == "email" { "1" } else { "" };
        let tone = TONES[level - 1];
        rows.messages.push(
            [
                SIREN,
                &id,
                &day.to_string(),
                &day.to_string(),
                &self.customer.id,
                contact,
                "standard",
                if is_held { "hold_out" } else { "a" },
                &level.to_string(),
                if is_held { "hold_out" } else { "approve" },
                channel,
                &address,
                language,
                tone,
                "",
                "none",
                "none",
                &format!("{day}T08:00:00Z"),
            ]
            .map(str::to_owned)
            .to_vec(),
        );
        for open in due {
            let amount = decimal_text(open.amount.into(), 2);
            let item = [SIREN, &id, &open.invoice.number, &open.level.to_string(), &amount, "EUR"];
            rows.items.push(item.map(str::to_owned).to_vec());
        }
        let mut event = |code: &str, on: Date, time: &str, detail: &str, source: &str| {
            let row = [SIREN, &id, code, &on.to_string(), &format!("{on}T{time}Z"), detail, source];
            rows.events.push(row.map(str::to_owned).to_vec());
        };
        if is_held {
            event("held_out", day, "08:00:00", "", "encours");
            return false;
        }
        event("written", day, "08:00:00", "", "encours");
        event("approved", day, "08:20:00", "Hélène Besson", "encours");
        event("accepted", day, "08:30:00", "250 2.0.0 taken", channel);
        if channel == "letter" {
            return true;
        }
        if is_gone {
            event("bounced", day, "08:31:00", "5.1.1 smtp; 550 nobody of that name", "mailbox");
            return false;
        }
        if dice.percent(70) {
            event("delivered", day, "08:32:00", "2.0.0", "mailbox");
        }
        let opened = bank_day(add_days(day, dice.between(0, 3)));
        let last_day = self.company.years.last_day();
        if dice.percent(45) && opened <= last_day {
            event("read", opened, "10:05:00", "displayed", "mailbox");
            if dice.percent(18) && is_bank_day(opened) {
                event("replied", opened, "10:40:00", "Re: votre relance", "mailbox");
            }
        }
        true
    }
}
