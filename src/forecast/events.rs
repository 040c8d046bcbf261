//! What happened on the customers' accounts, in the order the engine tells it, kept small enough for ten million rows.
//!
//! Every event bears the day since which it is known, so that any earlier day can be looked at as it was then
//! ([`super::book`]).

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;

use crate::engine::Batch;
use crate::model::money::smallest;
use crate::model::{CustomerKey, Date};

/// Days since the common era: differences are what counts.
pub(super) type Day = i32;

/// A whole number of the smallest amounts of the answer's currency: cents, where it has them.
pub(super) type Amount = i64;

/// The number of a day.
pub(super) fn day_of(date: Date) -> Day {
    date.num_days_from_ce()
}

/// The day of a number.
pub(super) fn date_of(day: Day) -> Date {
    Date::from_num_days_from_ce_opt(day).unwrap_or_default()
}

/// Attributes of a claim that many claims share; each is a level of evidence of its own.
pub(super) const TRAITS: usize = 9;
/// Where the role of the account stands among the traits.
pub(super) const ROLE: usize = 1;
/// Where the company stands among the traits.
pub(super) const COMPANY: usize = 0;

/// What is owed by one document.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Claim {
    pub(super) item_number: i64,
    /// Tells documents apart whatever order they come in: a digest of company and identifier.
    pub(super) identity: u64,
    pub(super) customer: u32,
    /// Company, role of the account, how it was sent, site, product line, terms, amount, month and weekday of the due date:
    /// codes of [`Events::traits`].
    pub(super) traits: [u16; TRAITS],
    pub(super) currency: u16,
    pub(super) issued: Day,
    pub(super) posted: Day,
    /// Where the source tells none, thirty days after the issue date.
    pub(super) due: Day,
    pub(super) has_due: bool,
    pub(super) amount: Amount,
    /// The day of the first list of open items that holds it, where lists tell of it, and of the list before.
    pub(super) listed: Option<(Option<Day>, Day)>,
    /// Its place in the order claims came in.
    pub(super) arrival: u32,
}

/// What lowered a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settlement {
    pub(super) claim: u32,
    /// Known since.
    pub(super) acting: Day,
    /// When the cash came.
    pub(super) receipt: Day,
    /// Between which days it came, where only lists of open items tell: after the first, by the second.
    pub(super) between: Option<(Day, Day)>,
    pub(super) cash: Amount,
    pub(super) other: Amount,
}

/// A time in which a claim was known to be held up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(super) claim: u32,
    pub(super) from: Day,
    /// First day it held no longer.
    pub(super) to: Option<Day>,
}

/// A day promised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Promise {
    pub(super) customer: u32,
    /// None for all that was due.
    pub(super) claim: Option<u32>,
    pub(super) said: Day,
    pub(super) promised: Day,
}

/// A change of what a customer has to its credit.
#[derive(Clone, Copy, Debug)]
pub(super) struct CreditMovement {
    pub(super) customer: u32,
    pub(super) company: u16,
    pub(super) currency: u16,
    pub(super) day: Day,
    pub(super) amount: Amount,
}

/// How a customer pays.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Method {
    /// The payment method.
    pub(super) code: u16,
    /// Days its receipts take to the bank.
    pub(super) lag: Day,
}

/// What is known of a customer beside its payments.
#[derive(Clone, Debug, Default)]
pub(super) struct Payer {
    pub(super) key: CustomerKey,
    /// A digest of it.
    pub(super) identity: u64,
    /// Country or that it is a public body, as one code.
    pub(super) country: u16,
    method: Method,
    /// How it paid before, each with the first day it did so no longer, in the order of these days.
    earlier_methods: Vec<(Day, Method)>,
    /// The group it belongs to; nameless where it belongs to none.
    pub(super) group: u16,
    /// Since when it is insolvent, in legal hands or doubtful, and what share of such claims cash brings all the same.
    pub(super) stopped: Option<Day>,
    pub(super) recovered: f64,
}

impl Payer {
    /// How it paid what was issued on a day.
    fn method_on(&self, day: Day) -> Method {
        let then = self.earlier_methods.iter().find(|(until, _)| day < *until);
        then.map_or(self.method, |(_, method)| *method)
    }
}

/// The claim of each item, by its number: those of one load follow each other, so that a list holds them.
#[derive(Debug, Default)]
struct ItemClaims(HashMap<i64, Vec<u32>>);

impl ItemClaims {
    fn split(item_number: i64) -> Option<(i64, usize)> {
        Some((item_number >> 32, usize::try_from(item_number & 0xffff_ffff).ok()?))
    }

    fn insert(&mut self, item_number: i64, claim: u32) {
        let Some((load, place)) = Self::split(item_number) else { return };
        let claims = self.0.entry(load).or_default();
        if place >= claims.len() {
            claims.resize(place + 1, NO_CLAIM);
        }
        claims[place] = claim;
    }

    fn get(&self, item_number: i64) -> Option<u32> {
        let (load, place) = Self::split(item_number)?;
        self.0.get(&load)?.get(place).copied().filter(|claim| *claim != NO_CLAIM)
    }
}

/// Texts as numbers, in the order they were first met.
#[derive(Debug, Default)]
pub(super) struct Names {
    codes: HashMap<String, u16>,
    own: Vec<(&'static str, u16)>,
    last: u16,
    pub(super) texts: Vec<String>,
}

impl Names {
    /// The code of one of a few texts of the program's own, known by where it lies.
    fn code_of_own(&mut self, text: &'static str) -> u16 {
        if let Some((_, code)) = self.own.iter().find(|(known, _)| std::ptr::eq(*known, text)) {
            return *code;
        }
        let code = self.code(text);
        self.own.push((text, code));
        code
    }

    fn code(&mut self, text: &str) -> u16 {
        // one row is often like the one before
        if self.texts.get(usize::from(self.last)).is_some_and(|last| last == text) {
            return self.last;
        }
        if let Some(code) = self.codes.get(text) {
            self.last = *code;
            return *code;
        }
        // beyond 65 535 different texts the rest share one level
        let code = u16::try_from(self.texts.len()).unwrap_or(u16::MAX);
        if code < u16::MAX {
            self.texts.push(text.to_owned());
            self.codes.insert(text.to_owned(), code);
        }
        code
    }

    /// How many codes there are.
    pub(super) fn count(&self) -> usize {
        self.texts.len()
    }
}

/// All events of the scope, up to its as-of day.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The decimals of the amounts.
    pub(super) decimals: u8,
    pub(super) claims: Vec<Claim>,
    pub(super) settlements: Vec<Settlement>,
    pub(super) holds: Vec<Hold>,
    pub(super) promises: Vec<Promise>,
    pub(super) credits: Vec<CreditMovement>,
    pub(super) payers: Vec<Payer>,
    pub(super) traits: [Names; TRAITS],
    pub(super) countries: Names,
    pub(super) methods: Names,
    pub(super) groups: Names,
    pub(super) currencies: Names,
    /// Days on which banks are closed beside weekends.
    pub(super) holidays: Vec<Day>,
    lags: BTreeMap<String, Day>,
    /// By company, then customer.
    customers: HashMap<String, HashMap<String, u32>>,
    claim_of_item: ItemClaims,
}

const NO_CLAIM: u32 = u32::MAX;

impl Events {
    /// The base results that tell events, in the order they must be taken.
    pub(super) const INPUTS: [&'static str; 9] = [
        "holidays",
        "remittance_lags",
        "forecast_payers",
        "earlier_methods",
        "claims",
        "claim_settlements",
        "credit_movements",
        "claim_holds",
        "claim_promises",
    ];

    /// Takes some rows of an input.
    pub(super) fn take(&mut self, input: &str, rows: &Batch) {
        match input {
            "holidays" => {
                let days = rows.days("holiday_date");
                self.holidays.extend((0..rows.len()).filter_map(|row| days.get(row)).map(day_since));
            }
            "remittance_lags" => {
                let (methods, lags) = (rows.texts("payment_method"), rows.numbers("lag_days"));
                let lag = |row: usize| Some((methods.get(row).to_owned(), Day::try_from(lags.get(row)?).ok()?));
                self.lags.extend((0..rows.len()).filter_map(lag));
            }
            "forecast_payers" => self.take_payers(rows),
            "earlier_methods" => self.take_earlier_methods(rows),
            "claims" => self.take_claims(rows),
            "claim_settlements" => self.take_settlements(rows),
            "credit_movements" => self.take_credits(rows),
            "claim_holds" => self.take_holds(rows),
            "claim_promises" => self.take_promises(rows),
            _ => {}
        }
    }

    fn take_payers(&mut self, rows: &Batch) {
        let (ids, methods, countries) =
            (rows.texts("customer_id"), rows.texts("payment_method"), rows.texts("country_code"));
        let (companies, groups) = (rows.texts("company_id"), rows.texts("group_id"));
        let are_public = rows.flags("is_public_body");
        let (stops, recovered) = (rows.days("stopped_date"), rows.decimals("recovered_ratio"));
        let unit = 10_i64.pow(recovered.scale().into());
        let share = |row: usize| Some(super::book::ratio(i64::try_from(recovered.get(row)?).ok()?, unit));
        for row in 0..rows.len() {
            let (id, method) = (ids.get(row), self.method(methods.get(row)));
            let position = u32::try_from(self.payers.len()).unwrap_or(u32::MAX);
            self.payers.push(Payer {
                identity: digest(&[id]),
                key: CustomerKey::new(companies.get(row), id),
                country: self.countries.code(if are_public.get(row) { "public body" } else { countries.get(row) }),
                method,
                earlier_methods: Vec::new(),
                group: self.groups.code(groups.get(row)),
                stopped: stops.get(row).map(day_since),
                recovered: share(row).unwrap_or(0.0).clamp(0.0, 1.0),
            });
            let of_company = self.customers.entry(companies.get(row).to_owned()).or_default();
            of_company.insert(id.to_owned(), position);
        }
    }

    fn take_earlier_methods(&mut self, rows: &Batch) {
        let (companies, ids) = (rows.texts("company_id"), rows.texts("customer_id"));
        let (until_days, methods) = (rows.days("until_date"), rows.texts("payment_method"));
        for row in 0..rows.len() {
            let payer = self.customer(companies.get(row), ids.get(row));
            let (Some(payer), Some(until)) = (payer, until_days.get(row)) else { continue };
            let earlier = (day_since(until), self.method(methods.get(row)));
            self.payers[place(payer)].earlier_methods.push(earlier);
        }
    }

    /// A payment method, and how long it takes to the bank: as all receipts do, where its own are not known.
    fn method(&mut self, text: &str) -> Method {
        let lag = self.lags.get(text).or_else(|| self.lags.get("any")).copied().unwrap_or(0);
        Method { code: self.methods.code(text), lag: lag.clamp(0, 60) }
    }

    /// How a claim is paid: as its customer paid on the day it was issued.
    pub(super) fn method_of(&self, claim: &Claim) -> Method {
        self.payers[place(claim.customer)].method_on(claim.issued)
    }

    /// Whether no sum of its amounts can overflow.
    pub(super) fn sums_are_bounded(&self) -> bool {
        let wide = |amount: Amount| i128::from(amount.unsigned_abs());
        let sums: [i128; 3] = [
            self.claims.iter().map(|claim| wide(claim.amount)).sum(),
            self.settlements.iter().map(|settled| wide(settled.cash) + wide(settled.other)).sum(),
            self.credits.iter().map(|credit| wide(credit.amount)).sum(),
        ];
        sums.iter().sum::<i128>() < i128::from(Amount::MAX)
    }

    /// An amount that an answer holds in thousandths.
    fn amount(&self, thousandths: Option<i128>) -> Amount {
        let amount = thousandths.unwrap_or(0) / smallest(self.decimals);
        Amount::try_from(amount).unwrap_or(Amount::MAX)
    }

    fn take_claims(&mut self, rows: &Batch) {
        let (numbers, customers, amounts) =
            (rows.numbers("item_number"), rows.texts("customer_id"), rows.decimals("amount"));
        let (issued_days, posted_days, due_days) =
            (rows.days("issued_date"), rows.days("posted_date"), rows.days("due_date"));
        let (unlisted_days, listed_days) = (rows.days("unlisted_date"), rows.days("listed_date"));
        let (companies, ids, currencies) =
            (rows.texts("company_id"), rows.texts("item_id"), rows.texts("currency_code"));
        let texts = ["role_code", "billing_channel", "site", "product_line"].map(|column| rows.texts(column));
        self.claims.reserve(rows.len());
        for row in 0..rows.len() {
            let (Some(number), Some(issued), Some(posted)) =
                (numbers.get(row), issued_days.get(row).map(day_since), posted_days.get(row).map(day_since))
            else {
                continue;
            };
            let Some(customer) = self.customer(companies.get(row), customers.get(row)) else { continue };
            let due = due_days.get(row).map(day_since);
            let amount = self.amount(amounts.get(row));
            let company = companies.get(row);
            let told = [company, texts[0].get(row), texts[1].get(row), texts[2].get(row), texts[3].get(row)];
            let own = [
                due.map_or("unknown", |due| terms_code(due - issued)),
                amount_code(amounts.get(row).unwrap_or_default() / 10),
                due.map_or("unknown", |due| MONTHS[place(date_of(due).month0())]),
                due.map_or("unknown", |due| WEEKDAYS[place(date_of(due).weekday().num_days_from_monday())]),
            ];
            let mut traits = [0; TRAITS];
            for (position, text) in told.into_iter().enumerate() {
                traits[position] = self.traits[position].code(text);
            }
            for (position, text) in (told.len()..).zip(own) {
                traits[position] = self.traits[position].code_of_own(text);
            }
            let arrival = u32::try_from(self.claims.len()).unwrap_or(NO_CLAIM);
            self.claim_of_item.insert(number, arrival);
            self.claims.push(Claim {
                item_number: number,
                identity: digest(&[company, ids.get(row)]),
                customer,
                traits,
                currency: self.currencies.code(currencies.get(row)),
                issued,
                posted,
                due: due.unwrap_or(issued + STATUTORY_TERMS),
                has_due: due.is_some(),
                amount,
                listed: listed_days.get(row).map(|day| (unlisted_days.get(row).map(day_since), day_since(day))),
                arrival,
            });
        }
    }

    fn take_settlements(&mut self, rows: &Batch) {
        let (numbers, acting_days, receipt_days) =
            (rows.numbers("item_number"), rows.days("acting_date"), rows.days("receipt_date"));
        let (cash, other) = (rows.decimals("cash_amount"), rows.decimals("other_amount"));
        let (after_days, by_days) = (rows.days("after_date"), rows.days("by_date"));
        let settlement = |row: usize| {
            Some(Settlement {
                claim: self.claim(numbers.get(row)?)?,
                acting: day_since(acting_days.get(row)?),
                receipt: day_since(receipt_days.get(row)?),
                between: after_days.get(row).map(day_since).zip(by_days.get(row).map(day_since)),
                cash: self.amount(cash.get(row)),
                other: self.amount(other.get(row)),
            })
        };
        let taken: Vec<Settlement> = (0..rows.len()).filter_map(settlement).collect();
        self.settlements.extend(taken);
    }

    fn take_credits(&mut self, rows: &Batch) {
        let (companies, customers, currencies) =
            (rows.texts("company_id"), rows.texts("customer_id"), rows.texts("currency_code"));
        let (days, amounts) = (rows.days("movement_date"), rows.decimals("credit_amount"));
        for row in 0..rows.len() {
            let customer = self.customer(companies.get(row), customers.get(row));
            let (Some(customer), Some(day)) = (customer, days.get(row)) else { continue };
            let company = self.traits[COMPANY].code(companies.get(row));
            let currency = self.currencies.code(currencies.get(row));
            let (day, amount) = (day_since(day), self.amount(amounts.get(row)));
            self.credits.push(CreditMovement { customer, company, currency, day, amount });
        }
    }

    fn take_holds(&mut self, rows: &Batch) {
        let (numbers, from_days, to_days) = (rows.numbers("item_number"), rows.days("from_date"), rows.days("to_date"));
        let hold = |row: usize| {
            let claim = self.claim(numbers.get(row)?)?;
            Some(Hold { claim, from: day_since(from_days.get(row)?), to: to_days.get(row).map(day_since) })
        };
        let taken: Vec<Hold> = (0..rows.len()).filter_map(hold).collect();
        self.holds.extend(taken);
    }

    fn take_promises(&mut self, rows: &Batch) {
        let (companies, customers) = (rows.texts("company_id"), rows.texts("customer_id"));
        let numbers = rows.numbers("item_number");
        let (said_days, promised_days) = (rows.days("action_date"), rows.days("promised_date"));
        let promise = |row: usize| {
            Some(Promise {
                customer: self.customer(companies.get(row), customers.get(row))?,
                claim: numbers.get(row).and_then(|number| self.claim(number)),
                said: day_since(said_days.get(row)?),
                promised: day_since(promised_days.get(row)?),
            })
        };
        let taken: Vec<Promise> = (0..rows.len()).filter_map(promise).collect();
        self.promises.extend(taken);
    }

    fn customer(&self, company_id: &str, customer_id: &str) -> Option<u32> {
        self.customers.get(company_id)?.get(customer_id).copied()
    }

    fn claim(&self, item_number: i64) -> Option<u32> {
        self.claim_of_item.get(item_number)
    }

    /// Puts everything in an order of its own, whatever order rows came in.
    pub(super) fn settle(&mut self) {
        let mut ranks: Vec<u32> = (0..u32::try_from(self.payers.len()).unwrap_or(NO_CLAIM)).collect();
        ranks.sort_by(|left, right| {
            let key = |payer: u32| {
                let key = &self.payers[place(payer)].key;
                (&key.customer_id, &key.company_id)
            };
            key(*left).cmp(&key(*right))
        });
        let mut rank_of = vec![0_u32; self.payers.len()];
        for (rank, payer) in ranks.iter().enumerate() {
            rank_of[place(*payer)] = u32::try_from(rank).unwrap_or(NO_CLAIM);
        }
        let payers = std::mem::take(&mut self.payers);
        let mut sorted: Vec<Payer> = ranks.iter().map(|payer| payers[place(*payer)].clone()).collect();
        std::mem::swap(&mut self.payers, &mut sorted);
        for claim in &mut self.claims {
            claim.customer = rank_of[place(claim.customer)];
        }
        for promise in &mut self.promises {
            promise.customer = rank_of[place(promise.customer)];
        }
        for credit in &mut self.credits {
            credit.customer = rank_of[place(credit.customer)];
        }
        self.customers.clear();
        self.claim_of_item = ItemClaims::default();
        // sorted where they stand, since a copy of ten million would be half of the memory
        self.claims.sort_unstable_by_key(|claim| (claim.customer, claim.issued, claim.identity));
        let mut new_place = vec![0_u32; self.claims.len()];
        for (new, claim) in self.claims.iter().enumerate() {
            new_place[place(claim.arrival)] = u32::try_from(new).unwrap_or(NO_CLAIM);
        }
        for settlement in &mut self.settlements {
            settlement.claim = new_place[place(settlement.claim)];
        }
        self.settlements.sort_unstable_by_key(|settlement| {
            (settlement.claim, settlement.acting, settlement.receipt, settlement.cash, settlement.other)
        });
        self.settlements.dedup_by(|later, first| {
            let is_same = (later.claim, later.acting, later.receipt) == (first.claim, first.acting, first.receipt);
            if is_same {
                first.cash += later.cash;
                first.other += later.other;
            }
            is_same
        });
        for hold in &mut self.holds {
            hold.claim = new_place[place(hold.claim)];
        }
        self.holds.sort_unstable_by_key(|hold| (hold.claim, hold.from, hold.to));
        for promise in &mut self.promises {
            promise.claim = promise.claim.map(|claim| new_place[place(claim)]);
        }
        self.promises.sort_unstable_by_key(|promise| (promise.customer, promise.claim, promise.said, promise.promised));
        self.credits.sort_unstable_by_key(|credit| (credit.customer, credit.company, credit.currency, credit.day));
        self.holidays.sort_unstable();
        super::listed::date_within_lists(&self.claims, &mut self.settlements, self.payers.len());
        self.names_in_order();
    }

    /// Codes follow the alphabet, so that sums over levels do not depend on who came first.
    fn names_in_order(&mut self) {
        for (position, names) in self.traits.iter_mut().enumerate() {
            let ranks = names.sort();
            for claim in &mut self.claims {
                claim.traits[position] = ranks[usize::from(claim.traits[position])];
            }
            if position == COMPANY {
                for credit in &mut self.credits {
                    credit.company = ranks[usize::from(credit.company)];
                }
            }
        }
        let ranks = self.currencies.sort();
        for claim in &mut self.claims {
            claim.currency = ranks[usize::from(claim.currency)];
        }
        for credit in &mut self.credits {
            credit.currency = ranks[usize::from(credit.currency)];
        }
        let (countries, methods, groups) = (self.countries.sort(), self.methods.sort(), self.groups.sort());
        for payer in &mut self.payers {
            payer.country = countries[usize::from(payer.country)];
            payer.earlier_methods.sort_unstable_by_key(|(until, _)| *until);
            let earlier = payer.earlier_methods.iter_mut().map(|(_, method)| method);
            for method in earlier.chain([&mut payer.method]) {
                method.code = methods[usize::from(method.code)];
            }
            payer.group = groups[usize::from(payer.group)];
        }
    }

    /// The settlements of a claim, by the day they act.
    pub(super) fn settlements_of(&self, starts: &[u32], claim: usize) -> &[Settlement] {
        &self.settlements[place(starts[claim])..place(starts[claim + 1])]
    }

    /// Where the settlements of each claim begin.
    pub(super) fn settlement_starts(&self) -> Vec<u32> {
        starts(self.claims.len(), self.settlements.iter().map(|settlement| settlement.claim))
    }
}

impl Names {
    /// Renumbers by alphabet; the new code of each old one.
    fn sort(&mut self) -> Vec<u16> {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_by(|left, right| self.texts[*left].cmp(&self.texts[*right]));
        let mut ranks = vec![0; usize::from(u16::MAX) + 1];
        for (rank, old) in order.iter().enumerate() {
            ranks[*old] = u16::try_from(rank).unwrap_or(u16::MAX);
        }
        ranks[usize::from(u16::MAX)] = u16::MAX;
        self.texts = order.into_iter().map(|old| self.texts[old].clone()).collect();
        self.codes.clear();
        self.own.clear();
        ranks
    }
}

/// Where the rows of each owner begin, for rows sorted by owner; one more than there are owners.
pub(super) fn starts(count: usize, owners: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; count + 1];
    for owner in owners {
        starts[place(owner) + 1] += 1;
    }
    for position in 0..count {
        starts[position + 1] += starts[position];
    }
    starts
}

/// A position as an index.
pub(super) fn place(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// Thirty days where nobody says more (C. com. L.441-10 I).
const STATUTORY_TERMS: Day = 30;

/// Months and weekdays as levels of evidence.
const MONTHS: [&str; 12] = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Terms as a level of evidence.
fn terms_code(days: Day) -> &'static str {
    match days {
        ..=0 => "at once",
        1..=15 => "to 15 days",
        16..=35 => "to 35 days",
        36..=50 => "to 50 days",
        51..=65 => "to 65 days",
        _ => "longer",
    }
}

/// The size of an amount as a level of evidence: half a power of ten each.
fn amount_code(hundredths: i128) -> &'static str {
    const BOUNDS: [(i128, &str); 12] = [
        (2_500, "below 25"),
        (5_000, "below 50"),
        (7_500, "below 75"),
        (10_000, "below 100"),
        (30_000, "below 300"),
        (100_000, "below 1 000"),
        (300_000, "below 3 000"),
        (1_000_000, "below 10 000"),
        (3_000_000, "below 30 000"),
        (10_000_000, "below 100 000"),
        (30_000_000, "below 300 000"),
        (100_000_000, "below 1 000 000"),
    ];
    BOUNDS.iter().find(|(bound, _)| hundredths < *bound).map_or("above", |(_, code)| code)
}

/// FNV-1a over the parts and a mark between them (G. Fowler, L. C. Noll, K.-P. Vo; 64 bits).
fn digest(parts: &[&str]) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    digest
}

/// A day counted from 1970-01-01 as days are counted here.
const fn day_since(epoch_days: i32) -> Day {
    epoch_days + EPOCH
}

/// 1970-01-01.
const EPOCH: Day = 719_163;
