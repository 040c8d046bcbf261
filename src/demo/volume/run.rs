//! The days of the company, one after the other: what falls due is settled, then new invoices are written.

use std::collections::{BTreeMap, HashMap};

use super::customers::{Customers, Habit};
use super::{
    Allocation, Dispute, GROUP_LINES, Item, ItemId, Sink, VolumeOptions, VolumeReport, first_day, last_year_end,
};
use crate::demo::dice::{Dice, Purpose};
use crate::demo::years::{bank_day, is_bank_day};
use crate::model::calendar::{add_days, month_end};
use crate::model::{Date, ItemKind};

/// Items that one invoice comes to, in hundredths: itself, its receipts, its credit note.
const ITEMS_AN_INVOICE: u64 = 170;
/// Days of work of three years, those at the end of a month counted twice.
const WEIGHTED_DAYS: u64 = 888;
const REASONS: [&str; 6] =
    ["wrong_price", "short_delivery", "damaged_goods", "invoice_not_received", "missing_order_number", "wrong_amount"];

/// What will settle an invoice, or a part of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Settlement {
    customer: u32,
    group: u64,
    kind: Settling,
    invoice: u64,
    amount: i64,
    /// When the group has all its items.
    complete: Date,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Settling {
    CreditNote,
    Receipt,
    /// A receipt that nobody could tell an invoice for.
    Waiting,
}

/// Makes the receivables.
///
/// # Errors
/// Those of the sink.
pub fn generate<S: Sink>(options: &VolumeOptions, sink: &mut S) -> Result<VolumeReport, S::Error> {
    let customers = Customers::of(options.seed, options.item_count);
    for position in 0..customers.count {
        sink.customer(&customers.customer(position))?;
    }
    let mut run = Run {
        customers,
        dice: Dice::new(options.seed, Purpose::Volume, 0),
        day: first_day(),
        left: if options.is_of_whole_years { u64::MAX } else { options.item_count },
        queue: BTreeMap::new(),
        runs: HashMap::new(),
        last_group: 0,
        report: VolumeReport::default(),
    };
    run.report.customer_count = run.customers.count.into();
    let invoices_a_day = (options.item_count * 100 / ITEMS_AN_INVOICE / WEIGHTED_DAYS).max(1);
    while run.left > 0 && !(options.is_of_whole_years && run.day > last_year_end()) {
        run.work(invoices_a_day, sink)?;
    }
    run.report.last_day = add_days(run.day, -1);
    for number in 1..=options.more_days {
        sink.next_day(number)?;
        run.left = u64::MAX;
        while !is_bank_day(run.day) {
            run.work(invoices_a_day, sink)?;
        }
        run.work(invoices_a_day, sink)?;
    }
    Ok(run.report)
}

struct Run {
    customers: Customers,
    dice: Dice,
    day: Date,
    /// Items yet to be made.
    left: u64,
    /// What is settled on which day.
    queue: BTreeMap<Date, Vec<Settlement>>,
    /// The group that a payment of a customer on a day belongs to, and how many invoices it has.
    runs: HashMap<(u32, Date), (u64, u32)>,
    last_group: u64,
    report: VolumeReport,
}

impl Run {
    fn work<S: Sink>(&mut self, invoices_a_day: u64, sink: &mut S) -> Result<(), S::Error> {
        let day = self.day;
        if is_bank_day(day) {
            self.settle(sink)?;
            let is_month_end = add_days(month_end(day), -4) < day;
            for _ in 0..invoices_a_day * if is_month_end { 2 } else { 1 } {
                if self.left == 0 {
                    break;
                }
                self.invoice(sink)?;
            }
        }
        self.day = add_days(day, 1);
        Ok(())
    }

    /// Posts what settles invoices on this day.
    fn settle<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        let Some(mut due) = self.queue.remove(&self.day) else { return Ok(()) };
        due.sort_unstable();
        for settlements in due.chunk_by(|one, next| (one.group, one.kind) == (next.group, next.kind)) {
            if self.left == 0 {
                break;
            }
            let Settlement { customer, group, kind, complete, .. } = settlements[0];
            self.runs.remove(&(customer, self.day));
            let amount: i64 = settlements.iter().map(|settlement| settlement.amount).sum();
            let count = if kind == Settling::CreditNote {
                &mut self.report.credit_note_count
            } else {
                &mut self.report.receipt_count
            };
            *count += 1;
            let item_kind = if kind == Settling::CreditNote { ItemKind::CreditNote } else { ItemKind::Receipt };
            let id = ItemId { kind: item_kind, number: *count };
            let group = (kind != Settling::Waiting).then_some((group, complete));
            self.post(&Item { id, customer, day: self.day, due: None, amount: -amount, group }, sink)?;
            if kind == Settling::Waiting {
                continue;
            }
            for settlement in settlements {
                let debit = ItemId { kind: ItemKind::Invoice, number: settlement.invoice };
                sink.allocation(&Allocation { debit, credit: id, day: self.day, amount: settlement.amount })?;
                self.report.allocation_count += 1;
            }
        }
        Ok(())
    }

    fn invoice<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        let customer = self.customers.drawn(&mut self.dice);
        let habit = self.customers.habit(customer);
        self.report.invoice_count += 1;
        let number = self.report.invoice_count;
        // as many from 10 to 20 as from 5 000 to 10 000 euros
        let scale = 1_000_i64 << self.dice.below(10);
        let amount = scale + self.dice.between(0, scale);
        let id = ItemId { kind: ItemKind::Invoice, number };
        let due = add_days(self.day, habit.terms_days);
        let dispute = self.dispute(id, amount, due);
        let later = dispute.map_or(0, |dispute| (dispute.closed - due).num_days().max(0));
        let planned = self.plan(customer, habit, number, amount, add_days(due, later));
        let settled = planned.last().map(|(_, settlement)| *settlement).filter(|last| last.kind != Settling::Waiting);
        let group = settled.map(|last| (last.group, last.complete));
        for (day, settlement) in planned {
            self.queue.entry(day).or_default().push(settlement);
        }
        self.post(&Item { id, customer, day: self.day, due: Some(due), amount, group }, sink)?;
        if let Some(dispute) = dispute {
            sink.dispute(&dispute)?;
            self.report.dispute_count += 1;
        }
        Ok(())
    }

    /// What will settle an invoice due on a day, in the order of the days.
    fn plan(&mut self, customer: u32, habit: Habit, invoice: u64, amount: i64, due: Date) -> Vec<(Date, Settlement)> {
        if self.dice.permille(4) {
            return Vec::new();
        }
        let stray = habit.stray_days;
        let late = habit.late_days + self.dice.between(-stray, stray) / 2 + self.dice.between(0, stray);
        let first = add_days(self.day, 1);
        let paid = bank_day(habit.payment_day(bank_day(add_days(due, late).max(first))));
        let is_credited = self.dice.permille(25);
        let is_in_parts = self.dice.percent(8);
        if self.dice.permille(3) {
            let group = self.own_group();
            let kind = Settling::Waiting;
            return vec![(paid, Settlement { customer, group, kind, invoice, amount, complete: paid })];
        }
        if is_credited || is_in_parts {
            let part = amount * self.dice.between(5, 60) / 100;
            let (kind, day) = if is_credited {
                (Settling::CreditNote, bank_day(add_days(self.day, self.dice.between(3, 12)).min(paid)))
            } else {
                (Settling::Receipt, paid)
            };
            let last = if day < paid { paid } else { bank_day(add_days(paid, self.dice.between(7, 35))) };
            let group = self.own_group();
            let settlement = |kind, amount| Settlement { customer, group, kind, invoice, amount, complete: last };
            return vec![(day, settlement(kind, part)), (last, settlement(Settling::Receipt, amount - part))];
        }
        let group = if habit.pays_in_runs() { self.run_group(customer, paid) } else { self.own_group() };
        vec![(paid, Settlement { customer, group, kind: Settling::Receipt, invoice, amount, complete: paid })]
    }

    const fn own_group(&mut self) -> u64 {
        self.last_group += 1;
        self.last_group
    }

    /// The group of what a customer pays on a day, as long as it has room.
    fn run_group(&mut self, customer: u32, day: Date) -> u64 {
        let known = self.runs.get(&(customer, day)).copied().filter(|(_, count)| count + 2 < GROUP_LINES);
        let (group, count) = known.unwrap_or_else(|| (self.own_group(), 0));
        self.runs.insert((customer, day), (group, count + 1));
        group
    }

    fn dispute(&mut self, invoice: ItemId, amount: i64, due: Date) -> Option<Dispute> {
        if !self.dice.permille(15) {
            return None;
        }
        let opened = add_days(self.day, self.dice.between(5, 40));
        let closed = add_days(opened.max(due), self.dice.between(1, 60));
        let reason_code = REASONS[self.dice.position(REASONS.len())];
        Some(Dispute { invoice, reason_code, opened, closed, amount })
    }

    fn post<S: Sink>(&mut self, item: &Item, sink: &mut S) -> Result<(), S::Error> {
        self.left -= 1;
        sink.item(item)
    }
}
