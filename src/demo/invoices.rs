//! What the demo company sells: who is invoiced when, for what, how much, and which invoices are contested.

use super::customers::{Customer, Trait};
use super::dice::{Dice, Purpose};
use super::parameters::{Behaviour, Cause, Parameters, Target};
use super::years::{Years, bank_day, is_bank_day};
use crate::model::Date;
use crate::model::calendar::{add_days, add_months, month_end};
use chrono::Datelike;
use std::collections::BTreeMap;

/// Where goods leave from.
pub(super) const SITES: [&str; 3] = ["LYO", "LIL", "BDX"];

/// What is sold: code, French word, account of sales.
pub(super) const PRODUCT_LINES: [(&str, &str, &str); 3] =
    [("pumps", "pompes", "701100"), ("valves", "vannes", "701200"), ("filters", "filtres", "701300")];

/// How busy each month is, January first.
const SEASON: [u64; 12] = [95, 93, 106, 99, 96, 105, 97, 60, 108, 107, 104, 82];

/// An invoice that is contested.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dispute {
    /// Position of its cause in `causes.csv`.
    pub(super) cause: usize,
    pub(super) opened: Date,
    /// How many days later than usual it is paid.
    pub(super) extra_days: i64,
    /// The share contested, in percent; 100 for the whole invoice.
    pub(super) contested_percent: i64,
    /// Whether the share contested ends in a credit note.
    pub(super) is_credited: bool,
}

/// One invoice.
#[derive(Clone, Debug)]
pub(super) struct Invoice {
    /// `F2024-00017`, in the order of issue.
    pub(super) number: String,
    /// Position of the customer.
    pub(super) customer: usize,
    pub(super) issued: Date,
    pub(super) posted: Date,
    pub(super) due: Date,
    pub(super) delivered: Date,
    /// In hundredths, without VAT.
    pub(super) net: i64,
    /// In hundredths.
    pub(super) vat: i64,
    /// Position in [`SITES`].
    pub(super) site: usize,
    /// Position in [`PRODUCT_LINES`].
    pub(super) product: usize,
    pub(super) order_number: Option<u64>,
    pub(super) dispute: Option<Dispute>,
    /// The day it must be paid on, for the items that stand on a boundary.
    pub(super) forced_payment: Option<Date>,
    /// Its own stream of draws, for its settlement.
    pub(super) stream: usize,
}

impl Invoice {
    /// With VAT, in hundredths.
    pub(super) const fn gross(&self) -> i64 {
        self.net + self.vat
    }
}

/// VAT of 20 % on a net amount, rounded half up (CGI art. 278).
pub(super) const fn vat_on(net: i64) -> i64 {
    (net * 20 + 50) / 100
}

/// The VAT inside a gross amount that bears 20 %, rounded half up.
pub(super) const fn vat_within(gross: i64) -> i64 {
    (gross * 20 + 60) / 120
}

/// A place in the calendar to be filled with an invoice.
struct Slot {
    issued: Date,
    customer: usize,
    forced_payment: Option<Date>,
}

/// All invoices in the order they are posted: `count` from the first year on, and those of the four months
/// before in proportion.
pub(super) fn draw(
    seed: u64,
    count: usize,
    customers: &[Customer],
    years: &Years,
    parameters: &Parameters,
) -> Vec<Invoice> {
    let mut slots = boundary_slots(customers, years);
    let prior = count / 9;
    fill(&mut slots, seed, count, prior, customers, years);
    slots.sort_by_key(|slot| (slot.issued, slot.customer, slot.forced_payment));

    let mut numbers: BTreeMap<i32, usize> = BTreeMap::new();
    let mut invoices = Vec::with_capacity(slots.len());
    for (stream, slot) in slots.iter().enumerate() {
        let number = numbers.entry(slot.issued.year()).or_insert(0);
        *number += 1;
        let number = format!("F{}-{number:05}", slot.issued.year());
        let mut dice = Dice::new(seed, Purpose::Invoice, 2 * stream);
        invoices.push(invoice(&mut dice, number, stream, slot, customers, years, parameters));
    }
    invoices
}

/// On the last day and on 30 June of the last year: one invoice issued, one due, one allocated that very day,
/// so that `<` taken for `<=` shows.
fn boundary_slots(customers: &[Customer], years: &Years) -> Vec<Slot> {
    let Some(customer) = customers.iter().position(|customer| customer.has(Trait::Boundary)) else { return Vec::new() };
    let days = [month_end(add_months(years.last_day(), -6)), years.last_day()];
    days.into_iter()
        .flat_map(|day| {
            [
                Slot { issued: day, customer, forced_payment: Some(add_days(day, 37)) },
                Slot { issued: add_days(day, -30), customer, forced_payment: Some(add_days(day, 16)) },
                Slot { issued: add_days(day, -47), customer, forced_payment: Some(day) },
            ]
        })
        .collect()
}

/// Draws customers by weight and days by season until the wanted counts are there.
fn fill(slots: &mut Vec<Slot>, seed: u64, count: usize, prior: usize, customers: &[Customer], years: &Years) {
    let mut dice = Dice::new(seed, Purpose::Calendar, 0);
    let mut totals = Vec::with_capacity(customers.len());
    let mut total = 0;
    for customer in customers {
        total += customer.weight;
        totals.push(total);
    }
    let months = months(years);
    // Every customer is invoiced at least once.
    for (position, customer) in customers.iter().enumerate() {
        if let Some(issued) =
            (0..10_000).map(|_| draw_day(&mut dice, &months, years.last_day())).find(|day| is_within(*day, customer))
        {
            slots.push(Slot { issued, customer: position, forced_payment: None });
        }
    }
    let mut missing = (count + prior).saturating_sub(slots.len());
    while missing > 0 {
        let drawn = dice.below(total);
        let customer = totals.partition_point(|upper| *upper <= drawn);
        let issued = draw_day(&mut dice, &months, years.last_day());
        // Outside its window a customer is not invoiced; the next draw takes the place.
        if is_within(issued, &customers[customer]) {
            slots.push(Slot { issued, customer, forced_payment: None });
            missing -= 1;
        }
    }
}

fn is_within(day: Date, customer: &Customer) -> bool {
    (customer.window.0..=customer.window.1).contains(&day)
}

/// The months from four before the first year to the last, each with its weight: season and growth.
fn months(years: &Years) -> Vec<(Date, u64)> {
    let first = add_months(years.first_day(), -4);
    (0..40)
        .map(|later| {
            let month = add_months(first, later);
            let season = SEASON[usize::try_from(month.month0()).unwrap_or(0)];
            (month, season * (100 + u64::try_from(later / 3).unwrap_or(0)))
        })
        .collect()
}

/// A day of one of the months, more often one of its last three bank days.
fn draw_day(dice: &mut Dice, months: &[(Date, u64)], last_day: Date) -> Date {
    let mut left = dice.below(months.iter().map(|(_, weight)| weight).sum());
    let mut drawn = last_day;
    for (month, weight) in months {
        drawn = *month;
        if left < *weight {
            break;
        }
        left -= weight;
    }
    let days: Vec<Date> = drawn.iter_days().take_while(|day| day.month() == drawn.month()).collect();
    let working: Vec<Date> = days.iter().copied().filter(|day| is_bank_day(*day)).collect();
    if dice.percent(2) {
        // An invoice of a Saturday is posted on the Monday after.
        let saturday =
            days.iter().copied().find(|day| day.weekday() == chrono::Weekday::Sat && bank_day(*day) <= last_day);
        if let Some(day) = saturday {
            return day;
        }
    }
    let late = working.len().saturating_sub(3);
    let position =
        if dice.percent(25) { late + dice.position(working.len() - late) } else { dice.position(working.len()) };
    working.get(position).copied().unwrap_or(drawn)
}

fn invoice(
    dice: &mut Dice,
    number: String,
    stream: usize,
    slot: &Slot,
    customers: &[Customer],
    years: &Years,
    parameters: &Parameters,
) -> Invoice {
    let customer = &customers[slot.customer];
    let site = if dice.percent(70) { customer.home_site } else { dice.position(SITES.len()) };
    let product = [0, 0, 1, 1, 1, 2, 2][dice.position(7)];
    let (least, most) = match dice.between(0, 99) {
        0..=46 => (25_000, 320_000),
        47..=81 => (320_000, 1_200_000),
        82..=96 => (1_200_000, 3_600_000),
        _ => (3_600_000, 9_000_000),
    };
    let drawn = dice.between(least, most) * customer.size_percent / 100;
    let is_contract = customer.has(Trait::Contract) && dice.percent(50);
    let net = if is_contract { customer.contract_amount } else { drawn };
    // The Bordeaux site invoices late; the others within days.
    let lag = if SITES[site] == "BDX" { dice.between(12, 25) } else { dice.between(0, 3) };
    let order_number = 4_500_000 + dice.below(400_000);
    let posted = if is_bank_day(slot.issued) { slot.issued } else { bank_day(slot.issued) };
    let mut drawn = Invoice {
        number,
        customer: slot.customer,
        issued: slot.issued,
        posted,
        due: customer.terms.due(slot.issued),
        delivered: add_days(slot.issued, -lag),
        net,
        vat: if customer.is_domestic() { vat_on(net) } else { 0 },
        site,
        product,
        order_number: Some(order_number),
        dispute: None,
        forced_payment: slot.forced_payment,
        stream,
    };
    if slot.forced_payment.is_none() && posted >= years.first_day() {
        drawn.dispute = contest(dice, &drawn, customer, years, &parameters.causes);
        if let Some(dispute) = drawn.dispute
            && parameters.causes[dispute.cause].target == Target::OrderGroup
        {
            drawn.order_number = None;
        }
    }
    drawn
}

/// The first cause that strikes an invoice, if any does.
fn contest(
    dice: &mut Dice,
    invoice: &Invoice,
    customer: &Customer,
    years: &Years,
    causes: &[Cause],
) -> Option<Dispute> {
    if customer.behaviour == Behaviour::Doubtful {
        return None;
    }
    let (position, cause) = causes.iter().enumerate().find(|(_, cause)| {
        let struck = match cause.target {
            Target::Everyone => true,
            Target::OrderGroup => customer.has(Trait::OrderGroup),
            Target::WrongContact => customer.has(Trait::WrongContact),
            Target::DisputesOften => customer.behaviour == Behaviour::DisputesOften,
        };
        let since = years.month_back(cause.months_back.0);
        let until = month_end(years.month_back(cause.months_back.1));
        struck
            && (cause.site_code.is_empty() || cause.site_code == SITES[invoice.site])
            && (cause.product_line.is_empty() || cause.product_line == PRODUCT_LINES[invoice.product].0)
            && (since..=until).contains(&invoice.issued)
            && dice.percent(cause.rate_percent)
    })?;
    let is_credited = dice.percent(cause.credited_percent);
    let contested_percent =
        if cause.credit_percent.1 == 0 { 100 } else { dice.between(cause.credit_percent.0, cause.credit_percent.1) };
    // Nobody contests an invoice it has not received before it should have been paid.
    let opened = if cause.target == Target::WrongContact {
        add_days(invoice.due, dice.between(3, 9))
    } else {
        add_days(invoice.posted, dice.between(4, 19))
    };
    Some(Dispute {
        cause: position,
        opened: bank_day(opened),
        extra_days: dice.between(cause.extra_days.0, cause.extra_days.1),
        contested_percent,
        is_credited,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a missing date or parameter must stop the test")]
mod tests {
    use super::super::customers::cast;
    use super::*;

    fn drawn() -> (Years, Vec<Customer>, Vec<Invoice>) {
        let years = Years::ending(Date::from_ymd_opt(2025, 12, 31).unwrap());
        let parameters = Parameters::read().unwrap();
        let customers = cast(42, 120, &years, &parameters);
        let invoices = draw(42, 2_000, &customers, &years, &parameters);
        (years, customers, invoices)
    }

    #[test]
    fn vat_of_a_gross_amount_is_what_was_put_in() {
        for net in [100, 12_345, 9_999_999] {
            assert_eq!(vat_within(net + vat_on(net)), vat_on(net));
        }
    }

    #[test]
    fn the_boundary_days_have_an_item_issued_and_one_due() {
        let (years, _, invoices) = drawn();
        for day in [years.last_day(), Date::from_ymd_opt(2025, 6, 30).unwrap()] {
            assert!(invoices.iter().any(|invoice| invoice.issued == day));
            assert!(invoices.iter().any(|invoice| invoice.due == day));
            assert!(invoices.iter().any(|invoice| invoice.forced_payment == Some(day)));
        }
    }

    #[test]
    fn numbers_follow_the_days_of_issue_and_never_repeat() {
        let (_, _, invoices) = drawn();
        assert!(invoices.windows(2).all(|pair| pair[0].issued <= pair[1].issued && pair[0].number < pair[1].number));
    }

    #[test]
    fn a_cause_strikes_only_where_and_when_it_is_planted() {
        let (years, customers, invoices) = drawn();
        let causes = Parameters::read().unwrap().causes;
        let mut struck = 0;
        for (invoice, dispute) in invoices.iter().filter_map(|invoice| Some((invoice, invoice.dispute?))) {
            struck += 1;
            match causes[dispute.cause].code.as_str() {
                "lyon_damage" => assert!(SITES[invoice.site] == "LYO" && invoice.issued >= years.month_back(10)),
                "valve_prices" => assert_eq!(PRODUCT_LINES[invoice.product].0, "valves"),
                "order_numbers" => {
                    assert!(customers[invoice.customer].has(Trait::OrderGroup) && invoice.order_number.is_none());
                }
                "lost_invoices" => assert!(customers[invoice.customer].has(Trait::WrongContact)),
                _ => {}
            }
        }
        assert!(struck > 50, "{struck} invoices are contested");
    }
}
