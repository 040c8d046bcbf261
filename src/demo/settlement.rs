//! How an invoice is settled: the steps that bring it to nothing, by the behaviour planted in its customer.

use super::customers::{Customer, PaymentMethod, Trait};
use super::dice::{Dice, Purpose};
use super::invoices::{Dispute, Invoice};
use super::parameters::{Behaviour, Parameters};
use super::years::{Years, bank_day, day_of_month};
use crate::model::Date;
use crate::model::calendar::{add_days, add_months};
use chrono::Datelike;

/// What a receivable posting of the demo ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nature {
    /// A line of the opening balance.
    Opening,
    Invoice,
    CreditNote,
    Receipt,
    /// The bank takes a direct debit back.
    ReturnedReceipt,
    /// We send back what was paid twice.
    Refund,
    Discount,
    WriteOff,
    /// Set against what we owe the customer as a supplier.
    Offset,
    /// From 411 to 413: the customer accepted a bill.
    BillDrawn,
    /// From 411 to 416.
    MadeDoubtful,
    Factored,
    CurrencyLoss,
    CurrencyGain,
    /// An advance of account 4191 set against the invoice.
    AdvanceUsed,
}

/// One step of a settlement. A positive amount lowers the claim; a currency gain raises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) day: Date,
    pub(super) nature: Nature,
    /// In hundredths.
    pub(super) amount: i64,
}

/// How one invoice is settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// On account 411, by day. They sum to the invoice.
    pub(super) steps: Vec<Step>,
    /// On account 413 or 416, for an invoice that moved there; they sum to the invoice too.
    pub(super) onward: Vec<Step>,
    /// Whether receipts of the same customer and day come as one transfer.
    pub(super) is_bundled: bool,
    /// The bank takes the direct debit back on the first day; it is paid again on the second.
    pub(super) returned: Option<(Date, Date)>,
    /// Paid a second time by error on the first day; sent back on the second, if ever.
    pub(super) doubled: Option<(Date, Option<Date>)>,
}

/// How much of a plan is kept, where the yearly ledgers alone could not tell what settled what (`chain`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// As planned.
    #[default]
    Full,
    /// Paid on its own, not with others.
    Alone,
    /// Settled whole, by one posting that bears the invoice's number.
    Whole,
}

impl Detail {
    /// The next simpler one.
    pub(super) const fn simpler(self) -> Self {
        match self {
            Self::Full => Self::Alone,
            Self::Alone | Self::Whole => Self::Whole,
        }
    }
}

impl Plan {
    /// The plan with so much detail.
    pub(super) fn with(&self, detail: Detail) -> Self {
        match detail {
            Detail::Full => self.clone(),
            Detail::Alone => Self { is_bundled: false, ..self.clone() },
            Detail::Whole => Self {
                steps: whole(&self.steps),
                onward: whole(&self.onward),
                is_bundled: false,
                returned: self.returned,
                doubled: None,
            },
        }
    }
}

/// One step on the day of the last, for the whole amount.
fn whole(steps: &[Step]) -> Vec<Step> {
    let Some(last) = steps.last() else { return Vec::new() };
    let nature = match last.nature {
        Nature::WriteOff | Nature::BillDrawn | Nature::MadeDoubtful | Nature::Offset | Nature::Factored => last.nature,
        _ => Nature::Receipt,
    };
    vec![Step { day: last.day, nature, amount: steps.iter().map(|step| step.amount).sum() }]
}

/// The day an invoice is paid if nothing particular happens to it, and the plan that follows.
pub(super) fn plan(seed: u64, invoice: &Invoice, customer: &Customer, years: &Years, parameters: &Parameters) -> Plan {
    let amount = invoice.gross();
    let receipt = |day, amount| Step { day, nature: Nature::Receipt, amount };
    if let Some(day) = invoice.forced_payment {
        return Plan { steps: vec![receipt(day, amount)], ..Plan::default() };
    }
    let mut dice = Dice::new(seed, Purpose::Invoice, 2 * invoice.stream + 1);
    let usual = usual_day(&mut dice, invoice, customer, years, parameters);
    if let Some(insolvency) = customer.insolvency
        && usual > insolvency.stopped
    {
        let dividend = amount * insolvency.dividend_percent / 100;
        let mut onward =
            vec![Step { day: insolvency.written_off, nature: Nature::WriteOff, amount: amount - dividend }];
        if dividend > 0 {
            onward.insert(0, receipt(bank_day(add_days(insolvency.written_off, -40)), dividend));
        }
        let steps = vec![Step { day: insolvency.moved, nature: Nature::MadeDoubtful, amount }];
        return Plan { steps, onward, ..Plan::default() };
    }
    if let Some(dispute) = invoice.dispute {
        return contested(&mut dice, invoice, customer, &dispute, usual);
    }
    if let Some(plan) = particular(&mut dice, invoice, customer, years, usual) {
        return plan;
    }
    let is_bundled = matches!(customer.behaviour, Behaviour::PaymentRun | Behaviour::Statement);
    let mut plan = Plan { steps: vec![receipt(usual, amount)], is_bundled, ..Plan::default() };
    if customer.payment_method == PaymentMethod::DirectDebit && dice.percent(7) {
        let returned = bank_day(add_days(usual, 5));
        plan.returned = Some((returned, bank_day(add_days(returned, dice.between(8, 25)))));
    } else if !is_bundled && dice.permille(3) {
        // A refund is lettered with the receipt it sends back: both stay in one year, or it never comes.
        let doubled = bank_day(add_days(usual, dice.between(2, 9)));
        let refunded = bank_day(add_days(doubled, dice.between(20, 50)));
        let is_refunded = years.index_of(doubled) == years.index_of(refunded) && refunded <= years.last_day();
        plan.doubled = Some((doubled, is_refunded.then_some(refunded)));
    }
    plan
}

/// The bank day on which the customer's behaviour pays an invoice that nothing holds up.
fn usual_day(dice: &mut Dice, invoice: &Invoice, customer: &Customer, years: &Years, parameters: &Parameters) -> Date {
    let (earliest, latest) = parameters.days(customer.behaviour);
    let drawn = add_days(invoice.due, dice.between(earliest, latest));
    let year = years.index_of(invoice.issued);
    let day = match customer.behaviour {
        _ if customer.payment_method == PaymentMethod::DirectDebit => invoice.due,
        Behaviour::PaymentRun => run_day(invoice.due),
        Behaviour::Statement => day_of_month(add_months(invoice.due, 1), 12),
        Behaviour::DiscountTaker if dice.percent(70) => add_days(invoice.issued, dice.between(7, 10)),
        Behaviour::Deteriorating if year == 2 => add_days(drawn, 4 * i64::from(invoice.issued.month())),
        Behaviour::Improving if year < 2 => add_days(drawn, if year == 0 { 36 } else { 20 }),
        // Now and then an invoice is forgotten.
        Behaviour::Ordinary | Behaviour::Erratic | Behaviour::PublicBody | Behaviour::DisputesOften
            if dice.percent(3) =>
        {
            add_days(drawn, dice.between(45, 200))
        }
        _ => drawn,
    };
    bank_day(day.max(add_days(invoice.posted, 1)))
}

/// The 10th or the 25th, not before `due`.
fn run_day(due: Date) -> Date {
    let days = [day_of_month(due, 10), day_of_month(due, 25)];
    days.into_iter().find(|day| *day >= due).unwrap_or_else(|| day_of_month(add_months(due, 1), 10))
}

/// A contested invoice: paid so many days later, less what is credited.
fn contested(dice: &mut Dice, invoice: &Invoice, customer: &Customer, dispute: &Dispute, usual: Date) -> Plan {
    let amount = invoice.gross();
    let late = add_days(usual.max(dispute.opened), dispute.extra_days);
    let is_bundled = matches!(customer.behaviour, Behaviour::PaymentRun | Behaviour::Statement);
    let paid = bank_day(if is_bundled { run_day(late) } else { late });
    let credited = if dispute.is_credited { amount * dispute.contested_percent / 100 } else { 0 };
    let mut steps = Vec::new();
    if credited > 0 {
        let noted = bank_day(add_days(paid, -dice.between(4, 10)));
        steps.push(Step { day: noted.max(invoice.posted), nature: Nature::CreditNote, amount: credited });
    }
    if amount > credited {
        steps.push(Step { day: paid, nature: Nature::Receipt, amount: amount - credited });
    }
    Plan { steps, is_bundled, ..Plan::default() }
}

/// Ways of settling that only some customers have; `None` for a plain payment.
fn particular(dice: &mut Dice, invoice: &Invoice, customer: &Customer, years: &Years, usual: Date) -> Option<Plan> {
    let amount = invoice.gross();
    let step = |day, nature, amount| Step { day, nature, amount };
    let is_prior = invoice.posted < years.first_day();
    let steps = if customer.has(Trait::Supplier) && dice.percent(35) {
        vec![step(usual, Nature::Offset, amount)]
    } else if customer.has(Trait::Factored) && in_factored_batch(invoice, years) {
        vec![step(factored_day(years), Nature::Factored, amount)]
    } else if customer.payment_method == PaymentMethod::Bill && !is_prior {
        let drawn = bank_day(add_days(invoice.posted, 8));
        let onward = vec![step(bank_day(invoice.due.max(add_days(drawn, 1))), Nature::Receipt, amount)];
        return Some(Plan { steps: vec![step(drawn, Nature::BillDrawn, amount)], onward, ..Plan::default() });
    } else if customer.has(Trait::PaysAdvances) && !is_prior && dice.percent(40) {
        let advance = round_down(amount * 30 / 100);
        if advance == 0 {
            return None;
        }
        vec![step(invoice.posted, Nature::AdvanceUsed, advance), step(usual, Nature::Receipt, amount - advance)]
    } else if customer.behaviour == Behaviour::DiscountTaker && usual < invoice.due {
        let discount = amount * 2 / 100;
        vec![step(usual, Nature::Receipt, amount - discount), step(usual, Nature::Discount, discount)]
    } else if customer.behaviour == Behaviour::PartialPayer {
        let first = round_down(amount * dice.between(40, 60) / 100);
        if first == 0 {
            return None;
        }
        let last = bank_day(add_days(usual, dice.between(25, 40)));
        vec![step(usual, Nature::Receipt, first), step(last, Nature::Receipt, amount - first)]
    } else if customer.currency().is_some() {
        let drift = amount * dice.between(-12, 12) / 1000;
        match drift {
            0 => return None,
            1.. => vec![step(usual, Nature::Receipt, amount - drift), step(usual, Nature::CurrencyLoss, drift)],
            _ => vec![step(usual, Nature::CurrencyGain, drift), step(usual, Nature::Receipt, amount - drift)],
        }
    } else {
        return None;
    };
    Some(Plan { steps, ..Plan::default() })
}

/// Whole hundreds of euros.
const fn round_down(hundredths: i64) -> i64 {
    hundredths / 10_000 * 10_000
}

/// The day the batch is sold to the factor: early June of the year before the last.
pub(super) fn factored_day(years: &Years) -> Date {
    bank_day(day_of_month(years.month_back(19), 5))
}

/// Whether an invoice is young enough on that day.
fn in_factored_batch(invoice: &Invoice, years: &Years) -> bool {
    (years.month_back(21)..years.month_back(19)).contains(&invoice.posted)
}

/// Lets a partial payer settle neighbouring invoices two by two: one round part for both, then the rest.
///
/// `plans` are those of one customer, beside the invoices in order.
pub(super) fn pair_partial_payments(invoices: &[&Invoice], plans: &mut [Plan]) {
    let mut first = 0;
    while first + 1 < plans.len() {
        let second = first + 1;
        let is_near = add_days(invoices[first].issued, 25) >= invoices[second].issued;
        if is_near && is_two_receipts(&plans[first]) && is_two_receipts(&plans[second]) {
            let days = [plans[second].steps[0].day, plans[second].steps[1].day];
            for plan in &mut plans[first..=second] {
                plan.is_bundled = true;
                for (step, day) in plan.steps.iter_mut().zip(days) {
                    step.day = day;
                }
            }
            first += 2;
        } else {
            first += 1;
        }
    }
}

fn is_two_receipts(plan: &Plan) -> bool {
    plan.steps.len() == 2 && plan.steps.iter().all(|step| step.nature == Nature::Receipt)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test date that does not exist must stop the test")]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_payment_run_waits_for_the_10th_or_the_25th() {
        assert_eq!(run_day(day(2025, 3, 10)), day(2025, 3, 10));
        assert_eq!(run_day(day(2025, 3, 11)), day(2025, 3, 25));
        assert_eq!(run_day(day(2025, 12, 31)), day(2026, 1, 10));
    }

    #[test]
    fn a_whole_settlement_keeps_the_last_day_and_the_sum() {
        let step = |month, nature, amount| Step { day: day(2025, month, 3), nature, amount };
        let plan =
            Plan { steps: vec![step(2, Nature::CreditNote, 100), step(3, Nature::Receipt, 900)], ..Plan::default() };
        assert_eq!(plan.with(Detail::Whole).steps, [step(3, Nature::Receipt, 1_000)]);
        let doubtful = Plan {
            steps: vec![step(4, Nature::MadeDoubtful, 1_000)],
            onward: vec![step(5, Nature::Receipt, 100), step(6, Nature::WriteOff, 900)],
            ..Plan::default()
        };
        assert_eq!(doubtful.with(Detail::Whole).onward, [step(6, Nature::WriteOff, 1_000)]);
        assert_eq!(doubtful.with(Detail::Whole).steps, doubtful.steps);
    }
}
