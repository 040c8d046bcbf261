//! The customers of the demo company: who they are, how big, on which terms, and which behaviour is planted in them.

use super::dice::{Dice, Purpose};
use super::parameters::{Behaviour, Parameters};
use super::years::{Years, bank_day};
use crate::model::calendar::{add_days, add_months};
use crate::model::{Date, Terms};
use std::collections::BTreeSet;

/// What kind of buyer a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sector {
    Distribution,
    Industry,
    Public,
    Export,
}

/// How a customer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaymentMethod {
    Transfer,
    DirectDebit,
    Check,
    /// An accepted bill of exchange, held on account 413 until it is paid.
    Bill,
}

impl PaymentMethod {
    /// The code in `customers.csv`.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::DirectDebit => "direct_debit",
            Self::Check => "check",
            Self::Bill => "bill",
        }
    }
}

/// Something particular planted in a few customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// The contact of the customer file has left: invoices get lost.
    WrongContact,
    /// Belongs to a group that refuses invoices without an order number.
    OrderGroup,
    /// Sells to us too; some invoices are set against what we owe.
    Supplier,
    /// Two months of invoices are sold to a factor in one batch.
    Factored,
    /// Pays a part before delivery.
    PaysAdvances,
    /// Carries the items issued, due and allocated on the days the golden pictures are taken.
    Boundary,
    /// Half of its invoices have the same amount: a maintenance contract.
    Contract,
    /// Its opening lines carry no date of their own.
    UndatedOpening,
    /// Holds a credit balance from before the first year that nobody claims.
    OldCredit,
    /// Opens with a doubtful balance from before the first year.
    OldDoubtful,
}

impl Trait {
    /// Every trait.
    pub const ALL: [Self; 10] = [
        Self::WrongContact,
        Self::OrderGroup,
        Self::Supplier,
        Self::Factored,
        Self::PaysAdvances,
        Self::Boundary,
        Self::Contract,
        Self::UndatedOpening,
        Self::OldCredit,
        Self::OldDoubtful,
    ];

    /// What it means, in words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::WrongContact => "the contact in the file has left, invoices get lost",
            Self::OrderGroup => "belongs to a group that refuses invoices without an order number",
            Self::Supplier => "sells to us too, some invoices are set against what we owe",
            Self::Factored => "two months of its invoices are sold to a factor in one batch",
            Self::PaysAdvances => "pays a part before delivery (account 4191)",
            Self::Boundary => "items issued, due and allocated on the last day and on 30 June of the last year",
            Self::Contract => "half of its invoices have one same amount",
            Self::UndatedOpening => "its first opening lines carry no date of their own",
            Self::OldCredit => "an old credit balance nobody claims",
            Self::OldDoubtful => "opens with an old doubtful balance on 416",
        }
    }

    /// The code in the report.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongContact => "wrong_contact",
            Self::OrderGroup => "order_group",
            Self::Supplier => "supplier",
            Self::Factored => "factored",
            Self::PaysAdvances => "pays_advances",
            Self::Boundary => "boundary",
            Self::Contract => "contract",
            Self::UndatedOpening => "undated_opening",
            Self::OldCredit => "old_credit",
            Self::OldDoubtful => "old_doubtful",
        }
    }
}

/// How a doubtful customer ends. The same days for all its invoices, as in insolvency proceedings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Insolvency {
    /// From when on it pays nothing.
    pub(super) stopped: Date,
    /// When its open invoices move to account 416.
    pub(super) moved: Date,
    /// When what is left is written off.
    pub(super) written_off: Date,
    /// What the liquidator pays before that, in percent.
    pub(super) dividend_percent: i64,
}

/// One customer.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) sector: Sector,
    pub(super) country: String,
    pub(super) group: Option<usize>,
    pub(super) behaviour: Behaviour,
    pub(super) traits: BTreeSet<Trait>,
    pub(super) terms_code: &'static str,
    pub(super) terms: Terms,
    pub(super) payment_method: PaymentMethod,
    pub(super) collector_id: &'static str,
    pub(super) billing_channel: &'static str,
    /// How often it buys, against the others.
    pub(super) weight: u64,
    /// How big its invoices are, in percent of the usual.
    pub(super) size_percent: i64,
    /// Where most of its goods come from: a position in the list of sites.
    pub(super) home_site: usize,
    /// The first and last day it is invoiced.
    pub(super) window: (Date, Date),
    /// The net amount of its maintenance contract, in hundredths.
    pub(super) contract_amount: i64,
    pub(super) insolvency: Option<Insolvency>,
}

impl Customer {
    pub(super) fn has(&self, planted: Trait) -> bool {
        self.traits.contains(&planted)
    }

    /// Whether French VAT is charged.
    pub(super) const fn is_domestic(&self) -> bool {
        !matches!(self.sector, Sector::Export)
    }

    /// The currency it is invoiced in, where that is not the euro.
    pub(super) fn currency(&self) -> Option<&'static str> {
        match self.country.as_str() {
            "US" => Some("USD"),
            "GB" => Some("GBP"),
            "CH" => Some("CHF"),
            _ => None,
        }
    }
}

/// All customers, by number. `seed` decides everything but their count.
pub(super) fn cast(seed: u64, count: usize, years: &Years, parameters: &Parameters) -> Vec<Customer> {
    let mut dice = Dice::new(seed, Purpose::Cast, 0);
    let behaviours = deal_behaviours(&mut dice, count, parameters);
    let ranks = deal_ranks(&mut dice, &behaviours);
    let mut names = Names { taken: BTreeSet::new(), parameters };
    let mut customers = Vec::with_capacity(count);
    let mut difficult = 0;
    for (index, (behaviour, rank)) in behaviours.into_iter().zip(ranks).enumerate() {
        let mut dice = Dice::new(seed, Purpose::Cast, index + 1);
        let sector = match behaviour {
            Behaviour::PublicBody => Sector::Public,
            Behaviour::Ordinary | Behaviour::Prompt | Behaviour::Erratic | Behaviour::New if dice.percent(24) => {
                Sector::Export
            }
            _ if dice.percent(50) => Sector::Industry,
            _ => Sector::Distribution,
        };
        // One customer in twenty or so, as far as the list goes, has a name meant to break readers;
        // large customers bear plain names: the demo is looked at by people who would lend their own
        let is_difficult = sector != Sector::Public && rank >= count / 5 && index >= difficult * (count / 24);
        let (name, country, sector) = names.draw(&mut dice, sector, is_difficult.then_some(difficult));
        difficult += usize::from(is_difficult);
        let terms_code = terms_code(&mut dice, behaviour);
        let insolvency = (behaviour == Behaviour::Doubtful).then(|| insolvency_of(&mut dice, years));
        let window = match behaviour {
            Behaviour::New => (years.month_back(4), years.last_day()),
            Behaviour::Dormant => (opening_window(years), add_days(years.month_back(dice_months(&mut dice)), -1)),
            _ => (
                opening_window(years),
                insolvency.map_or(years.last_day(), |insolvency: Insolvency| insolvency.stopped),
            ),
        };
        // A few buy much and many little: the weight falls with the rank, as in Zipf's law.
        let weight = 1_000_000 / u64::try_from(rank + 6).unwrap_or(u64::MAX);
        let is_public = sector == Sector::Public;
        customers.push(Customer {
            id: format!("C{:05}", index + 1),
            name,
            sector,
            country,
            group: None,
            behaviour,
            traits: BTreeSet::new(),
            terms_code,
            terms: Terms::parse(terms_code).unwrap_or(Terms::STATUTORY),
            payment_method: PaymentMethod::Transfer,
            collector_id: ["COL1", "COL2", "COL3", "COL4"][index % 4],
            billing_channel: if is_public {
                "chorus_pro"
            } else {
                ["email", "email", "portal", "paper"][dice.position(4)]
            },
            // A customer in trouble buys more from those who still deliver.
            weight: if behaviour == Behaviour::Doubtful { 3 * weight } else { weight },
            size_percent: 56 + dice.between(0, 70) + if rank < 20 { 70 } else { 0 },
            home_site: dice.position(3),
            window,
            contract_amount: dice.between(40, 400) * 1000,
            insolvency,
        });
    }
    plant(&mut Dice::new(seed, Purpose::Cast, count + 1), &mut customers);
    customers
}

/// Invoices are drawn from four months before the first year, so that it opens with true balances.
fn opening_window(years: &Years) -> Date {
    add_months(years.first_day(), -4)
}

fn dice_months(dice: &mut Dice) -> i32 {
    i32::try_from(dice.between(7, 14)).unwrap_or(7)
}

/// One behaviour a customer, in the shares of `behaviours.csv`, each at least once.
fn deal_behaviours(dice: &mut Dice, count: usize, parameters: &Parameters) -> Vec<Behaviour> {
    let whole = i64::try_from(count).unwrap_or(i64::MAX);
    let mut deck = Vec::with_capacity(count);
    for figures in parameters.behaviours.iter().filter(|figures| figures.behaviour != Behaviour::Ordinary) {
        let share = usize::try_from(whole.saturating_mul(figures.share_permille) / 1000).unwrap_or(0).max(1);
        deck.extend(std::iter::repeat_n(figures.behaviour, share));
    }
    deck.resize(count, Behaviour::Ordinary);
    dice.shuffle(&mut deck);
    deck
}

/// The rank by size of each customer. Public bodies, doubtful, new and dormant ones stay out of the largest tenth.
fn deal_ranks(dice: &mut Dice, behaviours: &[Behaviour]) -> Vec<usize> {
    let mut ranks: Vec<usize> = (0..behaviours.len()).collect();
    dice.shuffle(&mut ranks);
    let is_small = |behaviour| {
        matches!(behaviour, Behaviour::PublicBody | Behaviour::Doubtful | Behaviour::New | Behaviour::Dormant)
    };
    let large = behaviours.len() / 10;
    let mut next = 0;
    for index in 0..ranks.len() {
        if is_small(behaviours[index]) && ranks[index] < large {
            while next < ranks.len() && (is_small(behaviours[next]) || ranks[next] < large) {
                next += 1;
            }
            if next < ranks.len() {
                ranks.swap(index, next);
            }
        }
    }
    ranks
}

/// Terms lawful in France: at most 60 days, or 45 days end of month (C. com. L.441-10 I).
fn terms_code(dice: &mut Dice, behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::PublicBody | Behaviour::DiscountTaker => "30",
        Behaviour::Statement => ["EOM", "30", "EOM30"][dice.position(3)],
        _ => {
            ["30", "30", "30", "30", "30", "45", "45", "60", "45EOM", "EOM45", "EOM30", "EOM", "EOM"][dice.position(13)]
        }
    }
}

fn insolvency_of(dice: &mut Dice, years: &Years) -> Insolvency {
    // Between month 22 and month 7 counted back: some are written off, some wait on 416 at the end.
    let stopped = bank_day(add_days(years.month_back(7), -dice.between(0, 450)));
    let moved = bank_day(add_days(stopped, 95));
    Insolvency {
        stopped,
        moved,
        written_off: bank_day(add_days(moved, dice.between(200, 300))),
        dividend_percent: if dice.percent(50) { dice.between(5, 15) } else { 0 },
    }
}

/// Groups, payment methods and particular traits, given to customers that suit them.
fn plant(dice: &mut Dice, customers: &mut [Customer]) {
    let ordinary = |customer: &Customer| customer.behaviour == Behaviour::Ordinary;
    let home = |customer: &Customer| customer.is_domestic() && customer.sector != Sector::Public;
    // The first one found carries the boundary days: statutory terms, nothing else in its way.
    if let Some(customer) = customers.iter_mut().find(|customer| ordinary(customer) && home(customer)) {
        customer.traits.insert(Trait::Boundary);
        customer.terms_code = "30";
        customer.terms = Terms::STATUTORY;
    }
    let free = |customer: &Customer| ordinary(customer) && home(customer) && customer.traits.is_empty();
    // Only a customer that buys often has invoices to sell or to set off: the larger third.
    let mut weights: Vec<u64> = customers.iter().map(|customer| customer.weight).collect();
    weights.sort_unstable();
    let often = weights[weights.len() * 2 / 3];
    give(dice, customers, 5, Trait::Factored, |customer| free(customer) && customer.weight > often);
    give(dice, customers, 3, Trait::Supplier, |customer| free(customer) && customer.weight > often);
    let exporter = |customer: &Customer| customer.sector == Sector::Export && customer.traits.is_empty();
    give(dice, customers, 12, Trait::PaysAdvances, exporter);
    let reachable = |customer: &Customer| {
        customer.traits.is_empty()
            && home(customer)
            && !matches!(customer.behaviour, Behaviour::Doubtful | Behaviour::Prompt)
    };
    give(dice, customers, 10, Trait::WrongContact, reachable);
    give(dice, customers, 16, Trait::Contract, |customer| {
        customer.traits.is_empty() && customer.behaviour != Behaviour::New
    });
    let known = |customer: &Customer| !customer.has(Trait::Boundary) && customer.behaviour != Behaviour::New;
    let share = customers.len() / 8;
    give(dice, customers, share, Trait::UndatedOpening, known);
    give(dice, customers, 4, Trait::OldCredit, known);
    give(dice, customers, 3, Trait::OldDoubtful, known);

    // Six groups; the first two want an order number on every invoice.
    for group in 0..6 {
        for _ in 0..4 {
            let free: Vec<usize> = (0..customers.len())
                .filter(|index| {
                    let customer = &customers[*index];
                    customer.group.is_none()
                        && home(customer)
                        && !customer.has(Trait::Boundary)
                        && !customer.has(Trait::WrongContact)
                        && matches!(
                            customer.behaviour,
                            Behaviour::Ordinary | Behaviour::PaymentRun | Behaviour::RegularLate | Behaviour::Statement
                        )
                })
                .collect();
            let Some(index) = free.get(dice.position(free.len())) else { break };
            customers[*index].group = Some(group);
            if group < 2 {
                customers[*index].traits.insert(Trait::OrderGroup);
            }
        }
    }
    for customer in customers.iter_mut().filter(|customer| home(customer) && customer.traits.is_empty()) {
        customer.payment_method = match customer.behaviour {
            Behaviour::Ordinary | Behaviour::Prompt if dice.percent(18) => PaymentMethod::DirectDebit,
            Behaviour::Ordinary if dice.percent(12) => PaymentMethod::Bill,
            Behaviour::Ordinary | Behaviour::RegularLate | Behaviour::Erratic if dice.percent(25) => {
                PaymentMethod::Check
            }
            _ => PaymentMethod::Transfer,
        };
    }
}

/// Gives a trait to `count` drawn customers that suit it.
fn give(dice: &mut Dice, customers: &mut [Customer], count: usize, planted: Trait, suits: impl Fn(&Customer) -> bool) {
    let mut suited: Vec<usize> = (0..customers.len()).filter(|index| suits(&customers[*index])).collect();
    dice.shuffle(&mut suited);
    for index in suited.into_iter().take(count) {
        customers[index].traits.insert(planted);
    }
}

/// Names given out so far: no two customers share one.
struct Names<'a> {
    taken: BTreeSet<String>,
    parameters: &'a Parameters,
}

impl Names<'_> {
    /// A name, its country, and the sector that goes with it: a foreign name makes an export customer.
    fn draw(&mut self, dice: &mut Dice, sector: Sector, difficult: Option<usize>) -> (String, String, Sector) {
        if let Some((name, country)) = difficult.and_then(|position| self.parameters.list("difficult").get(position)) {
            self.taken.insert(name.clone());
            let sector = if country == "FR" { Sector::Distribution } else { Sector::Export };
            return (name.clone(), country.clone(), sector);
        }
        let patterns = self.parameters.list(match sector {
            Sector::Distribution => "distribution",
            Sector::Industry => "industry",
            Sector::Public => "public",
            Sector::Export => "export",
        });
        let (pattern, country) = patterns.get(dice.position(patterns.len())).cloned().unwrap_or_default();
        let mut name = self.fill(dice, &pattern);
        if self.taken.contains(&name) {
            name = format!("{name} {}", self.word(dice, if sector == Sector::Export { "stem" } else { "town" }));
        }
        let plain = name.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain} {number}");
            number += 1;
        }
        (name, country, sector)
    }

    fn fill(&self, dice: &mut Dice, pattern: &str) -> String {
        ["town", "surname", "stem"].into_iter().fold(pattern.to_owned(), |name, list| {
            let slot = format!("{{{list}}}");
            if name.contains(&slot) { name.replace(&slot, &self.word(dice, list)) } else { name }
        })
    }

    fn word(&self, dice: &mut Dice, list: &str) -> String {
        let words = self.parameters.list(list);
        words.get(dice.position(words.len())).map(|(word, _)| word.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a missing date or parameter must stop the test")]
mod tests {
    use super::*;

    fn four_hundred() -> Vec<Customer> {
        let years = Years::ending(Date::from_ymd_opt(2025, 12, 31).unwrap());
        cast(42, 400, &years, &Parameters::read().unwrap())
    }

    #[test]
    fn every_behaviour_and_trait_is_planted_somewhere() {
        let customers = four_hundred();
        for behaviour in Behaviour::ALL {
            assert!(customers.iter().any(|customer| customer.behaviour == behaviour), "{}", behaviour.code());
        }
        for planted in [
            Trait::Boundary,
            Trait::Supplier,
            Trait::Factored,
            Trait::PaysAdvances,
            Trait::WrongContact,
            Trait::OrderGroup,
        ] {
            assert!(customers.iter().any(|customer| customer.has(planted)), "{}", planted.code());
        }
    }

    #[test]
    fn no_two_customers_share_a_name_or_a_number() {
        let customers = four_hundred();
        assert_eq!(customers.iter().map(|customer| &customer.name).collect::<BTreeSet<_>>().len(), 400);
        assert_eq!(customers.iter().map(|customer| &customer.id).collect::<BTreeSet<_>>().len(), 400);
    }

    #[test]
    fn every_difficult_name_is_borne_by_a_customer() {
        let customers = four_hundred();
        for (name, _) in Parameters::read().unwrap().list("difficult") {
            assert!(customers.iter().any(|customer| customer.name == *name), "{name}");
        }
    }

    #[test]
    fn terms_stay_within_the_law() {
        for customer in four_hundred() {
            assert!(Terms::parse(customer.terms_code).is_some(), "{} can be read", customer.terms_code);
        }
    }
}
