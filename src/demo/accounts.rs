//! A customer's receivable accounts: every posting, and which postings settle each other.

use super::chain::{self, Allocation};
use super::customers::{Customer, Trait};
use super::dice::{Dice, Purpose};
use super::invoices::Invoice;
use super::parameters::{Behaviour, Parameters};
use super::settlement::{Detail, Nature, Plan, Step, pair_partial_payments, plan};
use super::years::{Years, bank_day};
use crate::model::Date;
use crate::model::calendar::{add_days, add_months};
use std::collections::BTreeMap;

/// The receivable accounts of the demo ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReceivableAccount {
    Trade,
    Bills,
    Doubtful,
}

impl ReceivableAccount {
    /// The account's number.
    pub(super) const fn number(self) -> &'static str {
        match self {
            Self::Trade => "411000",
            Self::Bills => "413000",
            Self::Doubtful => "416000",
        }
    }
}

/// One line on a receivable account.
#[derive(Clone, Debug)]
pub(super) struct Posting {
    pub(super) account: ReceivableAccount,
    pub(super) nature: Nature,
    pub(super) posted: Date,
    /// The date of the piece; none on some opening lines.
    pub(super) issued: Option<Date>,
    /// In hundredths, + owed to us.
    pub(super) amount: i64,
    /// The number of the piece.
    pub(super) reference: String,
    /// Position of the invoice it belongs to, where it is one.
    pub(super) invoice: Option<usize>,
    /// Postings that settle each other to nothing share a group.
    pub(super) group: Option<usize>,
    /// Postings of one customer with the same number here are lines of one entry.
    pub(super) entry: usize,
}

/// The accounts of one customer.
#[derive(Debug)]
pub(super) struct CustomerAccounts {
    /// In ledger order: by day, journal, entry.
    pub(super) postings: Vec<Posting>,
    /// What settles what, by position in `postings`.
    pub(super) allocations: Vec<Allocation>,
    /// Invoices by position, each with the plan carried out.
    pub(super) plans: BTreeMap<usize, Plan>,
}

/// Which journal a posting stands in, as its place among a day's journals.
pub(super) const fn journal_order(nature: Nature) -> u8 {
    match nature {
        Nature::Opening => 0,
        Nature::Invoice | Nature::CreditNote => 1,
        Nature::Receipt | Nature::ReturnedReceipt | Nature::Refund => 3,
        _ => 5,
    }
}

/// Keeps the accounts of the customer at `position`, whose invoices are given with their positions.
pub(super) fn keep(
    seed: u64,
    position: usize,
    customer: &Customer,
    invoices: &[(usize, &Invoice)],
    years: &Years,
    parameters: &Parameters,
) -> CustomerAccounts {
    let mut plans: Vec<Plan> =
        invoices.iter().map(|(_, invoice)| plan(seed, invoice, customer, years, parameters)).collect();
    if customer.behaviour == Behaviour::PartialPayer {
        let invoices: Vec<&Invoice> = invoices.iter().map(|(_, invoice)| *invoice).collect();
        pair_partial_payments(&invoices, &mut plans);
    }
    let mut details = vec![Detail::Full; plans.len()];
    loop {
        let kept: Vec<Plan> = plans.iter().zip(&details).map(|(plan, detail)| plan.with(*detail)).collect();
        let mut book = Book { years, customer, position, postings: Vec::new(), settled: Groups::default(), entry: 0 };
        book.old_balances(seed);
        book.invoices(invoices, &kept);
        let postings = book.close();
        let faults = chain::unrecoverable(&postings, years);
        let mut is_simpler = false;
        for (detail, (invoice, _)) in details.iter_mut().zip(invoices) {
            let is_struck = postings.iter().any(|posting| {
                posting.invoice == Some(*invoice) && posting.group.is_some_and(|group| faults.contains(&group))
            });
            if is_struck && *detail < Detail::Whole {
                *detail = detail.simpler();
                is_simpler = true;
            }
        }
        if !is_simpler {
            assert!(faults.is_empty(), "an invoice settled whole under its own number is always recovered");
            let plans = invoices.iter().map(|(invoice, _)| *invoice).zip(kept).collect();
            return CustomerAccounts { allocations: chain::allocations(&postings), postings, plans };
        }
    }
}

/// Accounts being written.
struct Book<'a> {
    years: &'a Years,
    customer: &'a Customer,
    position: usize,
    postings: Vec<Posting>,
    settled: Groups,
    entry: usize,
}

/// Receipts of one day that come as one transfer.
#[derive(Default)]
struct Bundle {
    amount: i64,
    /// The group and number of each invoice paid.
    paid: Vec<(usize, usize, String)>,
}

impl Book<'_> {
    /// The invoices and all that settles them.
    fn invoices(&mut self, invoices: &[(usize, &Invoice)], plans: &[Plan]) {
        let mut bundles: BTreeMap<Date, Bundle> = BTreeMap::new();
        for ((position, invoice), plan) in invoices.iter().zip(plans) {
            self.invoice(*position, invoice, plan, &mut bundles);
        }
        for (day, bundle) in bundles {
            let mut paid = bundle.paid.into_iter();
            let Some((group, invoice, number)) = paid.next() else { continue };
            let mut reference = number;
            for (other, _, _) in paid {
                reference = format!("VIR{}", day.format("%Y%m%d"));
                self.settled.unite(group, other);
            }
            self.entry += 1;
            self.post(
                ReceivableAccount::Trade,
                Nature::Receipt,
                day,
                -bundle.amount,
                &reference,
                Some(invoice),
                Some(group),
            );
        }
    }

    fn invoice(&mut self, position: usize, invoice: &Invoice, plan: &Plan, bundles: &mut BTreeMap<Date, Bundle>) {
        let first_day = self.years.first_day();
        let is_prior = invoice.posted < first_day;
        // Of an invoice before the first year only what its first day still holds is known.
        let steps: Vec<Step> = plan.steps.iter().copied().filter(|step| !is_prior || step.day >= first_day).collect();
        let amount = if is_prior { steps.iter().map(|step| step.amount).sum() } else { invoice.gross() };
        if amount <= 0 {
            return;
        }
        let group = self.settled.open();
        let reference = invoice.number.as_str();
        self.entry += 1;
        if is_prior {
            self.post(
                ReceivableAccount::Trade,
                Nature::Opening,
                first_day,
                amount,
                reference,
                Some(position),
                Some(group),
            );
            let issued = if self.customer.has(Trait::UndatedOpening) { self.no_date() } else { Some(invoice.issued) };
            self.date_last(issued);
        } else {
            self.post(
                ReceivableAccount::Trade,
                Nature::Invoice,
                invoice.posted,
                amount,
                reference,
                Some(position),
                Some(group),
            );
            self.date_last(Some(invoice.issued));
        }
        let mut left = amount;
        for step in steps.iter().filter(|step| step.day <= self.years.last_day()) {
            left -= step.amount;
            if plan.is_bundled && step.nature == Nature::Receipt {
                let bundle = bundles.entry(step.day).or_default();
                bundle.amount += step.amount;
                bundle.paid.push((group, position, invoice.number.clone()));
                continue;
            }
            self.entry += 1;
            let reference = if step.nature == Nature::CreditNote {
                invoice.number.replace('F', "AV")
            } else {
                reference.to_owned()
            };
            self.post(
                ReceivableAccount::Trade,
                step.nature,
                step.day,
                -step.amount,
                &reference,
                Some(position),
                Some(group),
            );
            let onward = match step.nature {
                Nature::BillDrawn => ReceivableAccount::Bills,
                Nature::MadeDoubtful => ReceivableAccount::Doubtful,
                _ => continue,
            };
            self.onward(onward, position, invoice, step, &plan.onward);
        }
        if left != 0 {
            self.settled.leave_open(group);
        }
        self.afterwards(position, invoice, plan, is_prior);
    }

    /// The claim on the account it moved to, dated as the invoice, and what settles it there.
    fn onward(&mut self, account: ReceivableAccount, position: usize, invoice: &Invoice, moved: &Step, steps: &[Step]) {
        let group = self.settled.open();
        self.post(account, moved.nature, moved.day, moved.amount, &invoice.number, Some(position), Some(group));
        self.date_last(Some(invoice.issued));
        let mut left = moved.amount;
        for step in steps.iter().filter(|step| step.day <= self.years.last_day()) {
            left -= step.amount;
            self.entry += 1;
            self.post(account, step.nature, step.day, -step.amount, &invoice.number, Some(position), Some(group));
        }
        if left != 0 {
            self.settled.leave_open(group);
        }
    }

    /// What the bank takes back, and what was paid twice.
    fn afterwards(&mut self, position: usize, invoice: &Invoice, plan: &Plan, is_prior: bool) {
        let last_day = self.years.last_day();
        if let Some((returned, repaid)) = plan.returned
            && !is_prior
            && returned <= last_day
        {
            let group = self.settled.open();
            let reference = format!("REJ-{}", invoice.number);
            self.entry += 1;
            self.post(
                ReceivableAccount::Trade,
                Nature::ReturnedReceipt,
                returned,
                invoice.gross(),
                &reference,
                Some(position),
                Some(group),
            );
            if repaid <= last_day {
                self.entry += 1;
                self.post(
                    ReceivableAccount::Trade,
                    Nature::Receipt,
                    repaid,
                    -invoice.gross(),
                    &reference,
                    Some(position),
                    Some(group),
                );
            } else {
                self.settled.leave_open(group);
            }
        }
        if let Some((doubled, refunded)) = plan.doubled
            && !is_prior
            && doubled <= last_day
        {
            let group = refunded.map(|_| self.settled.open());
            let reference = format!("DBL-{}", invoice.number);
            self.entry += 1;
            self.post(
                ReceivableAccount::Trade,
                Nature::Receipt,
                doubled,
                -invoice.gross(),
                &reference,
                Some(position),
                group,
            );
            if let Some(refunded) = refunded {
                self.entry += 1;
                self.post(
                    ReceivableAccount::Trade,
                    Nature::Refund,
                    refunded,
                    invoice.gross(),
                    &reference,
                    Some(position),
                    group,
                );
            }
        }
    }

    /// Balances from before the first year, and receipts nobody can place.
    fn old_balances(&mut self, seed: u64) {
        let mut dice = Dice::new(seed, Purpose::Account, self.position);
        let first_day = self.years.first_day();
        if self.customer.has(Trait::OldCredit) {
            self.entry += 1;
            let amount = -dice.between(4_000, 90_000);
            self.post(ReceivableAccount::Trade, Nature::Opening, first_day, amount, "AV-ANCIEN", None, None);
            let issued = if self.customer.has(Trait::UndatedOpening) {
                None
            } else {
                Some(add_days(first_day, -dice.between(150, 400)))
            };
            self.date_last(issued);
        }
        if self.customer.has(Trait::OldDoubtful) {
            let group = self.settled.open();
            self.entry += 1;
            let amount = dice.between(300_000, 1_500_000);
            let reference = "DOUTEUX-ANCIEN";
            self.post(ReceivableAccount::Doubtful, Nature::Opening, first_day, amount, reference, None, Some(group));
            self.date_last(None);
            let written_off = bank_day(add_months(first_day, i32::try_from(dice.between(5, 40)).unwrap_or(5)));
            if written_off <= self.years.last_day() {
                self.entry += 1;
                self.post(
                    ReceivableAccount::Doubtful,
                    Nature::WriteOff,
                    written_off,
                    -amount,
                    reference,
                    None,
                    Some(group),
                );
            } else {
                self.settled.leave_open(group);
            }
        }
        if dice.percent(3) {
            let day = bank_day(add_days(self.years.last_day(), -dice.between(8, 400)));
            self.entry += 1;
            self.post(
                ReceivableAccount::Trade,
                Nature::Receipt,
                day,
                -dice.between(2, 60) * 10_000,
                "VIR SANS REFERENCE",
                None,
                None,
            );
        }
    }

    /// Some books leave the date of an opening line empty, some put the opening day.
    fn no_date(&self) -> Option<Date> {
        self.position.is_multiple_of(2).then(|| self.years.first_day())
    }

    #[expect(clippy::too_many_arguments, reason = "one argument a column of the account")]
    fn post(
        &mut self,
        account: ReceivableAccount,
        nature: Nature,
        posted: Date,
        amount: i64,
        reference: &str,
        invoice: Option<usize>,
        group: Option<usize>,
    ) {
        self.postings.push(Posting {
            account,
            nature,
            posted,
            issued: Some(posted),
            amount,
            reference: reference.to_owned(),
            invoice,
            group,
            entry: self.entry,
        });
    }

    /// Gives the last posting a date of its piece other than its posted date.
    fn date_last(&mut self, issued: Option<Date>) {
        if let Some(posting) = self.postings.last_mut() {
            posting.issued = issued;
        }
    }

    /// The postings in ledger order, with a group only where it comes to nothing.
    fn close(mut self) -> Vec<Posting> {
        let complete = self.settled.complete();
        for posting in &mut self.postings {
            posting.group = posting.group.and_then(|group| complete[group]);
        }
        self.postings.sort_by_key(|posting| (posting.posted, journal_order(posting.nature), posting.entry));
        self.postings
    }
}

/// Groups of postings, united where one receipt pays several.
#[derive(Default)]
struct Groups {
    parents: Vec<usize>,
    left_open: Vec<bool>,
}

impl Groups {
    fn open(&mut self) -> usize {
        self.parents.push(self.parents.len());
        self.left_open.push(false);
        self.parents.len() - 1
    }

    fn leave_open(&mut self, group: usize) {
        self.left_open[group] = true;
    }

    fn root(&self, group: usize) -> usize {
        let mut root = group;
        while self.parents[root] != root {
            root = self.parents[root];
        }
        root
    }

    fn unite(&mut self, group: usize, other: usize) {
        let (group, other) = (self.root(group), self.root(other));
        self.parents[group.max(other)] = group.min(other);
    }

    /// For each group, the one it belongs to; `None` where a part of that stays open.
    fn complete(&self) -> Vec<Option<usize>> {
        let mut is_open = vec![false; self.parents.len()];
        for (group, left) in self.left_open.iter().enumerate() {
            is_open[self.root(group)] |= left;
        }
        (0..self.parents.len()).map(|group| self.root(group)).map(|root| (!is_open[root]).then_some(root)).collect()
    }
}
