//! What happened on the customers' accounts, in the order the engine tells it, kept small enough for ten million rows.
//!
//! Every event bears the day since which it is known, so that any earlier day can be looked at as it was then
//! ([`super::book`]).

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;

use crate::model::{Answer, Date, Value};

/// Days since the common era: differences are what counts.
pub(super) type Day = i32;

/// Amounts in hundredths of the answer's currency.
pub(super) type Hundredths = i64;

/// The number of a day.
pub(super) fn day_of(date: Date) -> Day {
    date.num_days_from_ce()
}

/// The day of a number.
pub(super) fn date_of(day: Day) -> Date {
    Date::from_num_days_from_ce_opt(day).unwrap_or_default()
}

/// Attributes of a claim that many claims share; each is a level of evidence of its own.
pub(super) const TRAITS: usize = 7;
/// Where the role of the account stands among the traits.
pub(super) const ROLE: usize = 1;
/// Where the company stands among the traits.
pub(super) const COMPANY: usize = 0;

/// What is owed by one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) item_number: i64,
    /// Tells documents apart whatever order they come in: a digest of company and identifier.
    pub(super) identity: u64,
    pub(super) customer: u32,
    /// Company, role of the account, how it was sent, site, product line, terms, amount: codes of [`Events::names`].
    pub(super) traits: [u16; TRAITS],
    pub(super) currency: u16,
    pub(super) issued: Day,
    pub(super) posted: Day,
    /// Where the source tells none, thirty days after the issue date.
    pub(super) due: Day,
    pub(super) has_due: bool,
    pub(super) amount: Hundredths,
}

/// What lowered a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settlement {
    pub(super) claim: u32,
    /// Known since.
    pub(super) acting: Day,
    /// When the cash came.
    pub(super) receipt: Day,
    pub(super) cash: Hundredths,
    pub(super) other: Hundredths,
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
    pub(super) amount: Hundredths,
}

/// What is known of a customer beside its payments.
#[derive(Clone, Debug, Default)]
pub(super) struct Payer {
    pub(super) id: String,
    /// A digest of it.
    pub(super) identity: u64,
    /// Country, payment method and whether it is a public body, as one code each.
    pub(super) country: u16,
    pub(super) method: u16,
    pub(super) segment: u16,
    /// Days its receipts take to the bank.
    pub(super) lag: Day,
}

/// Texts as numbers, in the order they were first met.
#[derive(Debug, Default)]
pub(super) struct Names {
    codes: HashMap<String, u16>,
    pub(super) texts: Vec<String>,
}

impl Names {
    fn code(&mut self, text: &str) -> u16 {
        if let Some(code) = self.codes.get(text) {
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
    pub(super) claims: Vec<Claim>,
    pub(super) settlements: Vec<Settlement>,
    pub(super) holds: Vec<Hold>,
    pub(super) promises: Vec<Promise>,
    pub(super) credits: Vec<CreditMovement>,
    pub(super) payers: Vec<Payer>,
    pub(super) traits: [Names; TRAITS],
    pub(super) countries: Names,
    pub(super) methods: Names,
    pub(super) segments: Names,
    pub(super) currencies: Names,
    /// Days on which banks are closed beside weekends.
    pub(super) holidays: Vec<Day>,
    lags: BTreeMap<String, Day>,
    customers: HashMap<String, u32>,
    claim_of_item: Vec<u32>,
}

const NO_CLAIM: u32 = u32::MAX;

impl Events {
    /// The base results that tell events, in the order they must be taken.
    pub(super) const INPUTS: [&'static str; 8] = [
        "holidays",
        "remittance_lags",
        "forecast_payers",
        "claims",
        "claim_settlements",
        "credit_movements",
        "claim_holds",
        "claim_promises",
    ];

    /// Takes some rows of an input.
    pub(super) fn take(&mut self, input: &str, rows: &Answer) {
        let reader = Reader { answer: rows };
        match input {
            "holidays" => self.holidays.extend(reader.rows(|row| row.day("holiday_date"))),
            "remittance_lags" => self
                .lags
                .extend(reader.rows(|row| Some((row.text("payment_method").to_owned(), row.whole("lag_days")?)))),
            "forecast_payers" => self.take_payers(&reader),
            "claims" => self.take_claims(&reader),
            "claim_settlements" => {
                let taken = reader.rows(|row| {
                    Some(Settlement {
                        claim: self.claim(row.number("item_number")?)?,
                        acting: row.day("acting_date")?,
                        receipt: row.day("receipt_date")?,
                        cash: row.money("cash_amount"),
                        other: row.money("other_amount"),
                    })
                });
                self.settlements.extend(taken);
            }
            "credit_movements" => self.take_credits(&reader),
            "claim_holds" => {
                let taken = reader.rows(|row| {
                    Some(Hold {
                        claim: self.claim(row.number("item_number")?)?,
                        from: row.day("from_date")?,
                        to: row.day("to_date"),
                    })
                });
                self.holds.extend(taken);
            }
            "claim_promises" => {
                let taken = reader.rows(|row| {
                    Some(Promise {
                        customer: *self.customers.get(row.text("customer_id"))?,
                        claim: row.number("item_number").and_then(|number| self.claim(number)),
                        said: row.day("action_date")?,
                        promised: row.day("promised_date")?,
                    })
                });
                self.promises.extend(taken);
            }
            _ => {}
        }
    }

    fn take_payers(&mut self, reader: &Reader<'_>) {
        for row in reader.each() {
            let id = row.text("customer_id").to_owned();
            let method = row.text("payment_method");
            let is_public = row.flag("is_public_body");
            let position = u32::try_from(self.payers.len()).unwrap_or(u32::MAX);
            let any = self.lags.get("any").copied();
            let payer = Payer {
                identity: digest(&[&id]),
                id: id.clone(),
                country: self.countries.code(if is_public { "public body" } else { row.text("country_code") }),
                method: self.methods.code(method),
                segment: self.segments.code(row.text("segment_code")),
                lag: self.lags.get(method).copied().or(any).unwrap_or(0).clamp(0, 60),
            };
            self.customers.insert(id, position);
            self.payers.push(payer);
        }
    }

    fn take_claims(&mut self, reader: &Reader<'_>) {
        for row in reader.each() {
            let (Some(number), Some(issued), Some(posted)) =
                (row.number("item_number"), row.day("issued_date"), row.day("posted_date"))
            else {
                continue;
            };
            let Some(customer) = self.customers.get(row.text("customer_id")).copied() else { continue };
            let due = row.day("due_date");
            let amount = row.money("amount");
            let terms = due.map_or("unknown", |due| terms_code(due - issued));
            let texts = [
                row.text("company_id"),
                row.text("role_code"),
                row.text("billing_channel"),
                row.text("site"),
                row.text("product_line"),
                terms,
                amount_code(amount),
            ];
            let mut traits = [0; TRAITS];
            for (position, text) in texts.into_iter().enumerate() {
                traits[position] = self.traits[position].code(text);
            }
            let claim = Claim {
                item_number: number,
                identity: digest(&[row.text("company_id"), row.text("item_id")]),
                customer,
                traits,
                currency: self.currencies.code(row.text("currency_code")),
                issued,
                posted,
                due: due.unwrap_or(issued + STATUTORY_TERMS),
                has_due: due.is_some(),
                amount,
            };
            let position = u32::try_from(self.claims.len()).unwrap_or(NO_CLAIM);
            let place = usize::try_from(number).unwrap_or_default();
            if place >= self.claim_of_item.len() {
                self.claim_of_item.resize(place + 1, NO_CLAIM);
            }
            self.claim_of_item[place] = position;
            self.claims.push(claim);
        }
    }

    fn take_credits(&mut self, reader: &Reader<'_>) {
        for row in reader.each() {
            let (Some(customer), Some(day)) =
                (self.customers.get(row.text("customer_id")).copied(), row.day("movement_date"))
            else {
                continue;
            };
            let company = self.traits[COMPANY].code(row.text("company_id"));
            let currency = self.currencies.code(row.text("currency_code"));
            self.credits.push(CreditMovement { customer, company, currency, day, amount: row.money("credit_amount") });
        }
    }

    fn claim(&self, item_number: i64) -> Option<u32> {
        let place = usize::try_from(item_number).ok()?;
        self.claim_of_item.get(place).copied().filter(|claim| *claim != NO_CLAIM)
    }

    /// Puts everything in an order of its own, whatever order rows came in.
    pub(super) fn settle(&mut self) {
        let mut order: Vec<u32> = (0..u32::try_from(self.claims.len()).unwrap_or(NO_CLAIM)).collect();
        let mut ranks: Vec<u32> = (0..u32::try_from(self.payers.len()).unwrap_or(NO_CLAIM)).collect();
        ranks.sort_by(|left, right| self.payers[place(*left)].id.cmp(&self.payers[place(*right)].id));
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
        self.claim_of_item = Vec::new();
        order.sort_unstable_by_key(|position| {
            let claim = &self.claims[place(*position)];
            (claim.customer, claim.issued, claim.identity)
        });
        let mut new_place = vec![0_u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            new_place[place(*old)] = u32::try_from(new).unwrap_or(NO_CLAIM);
        }
        self.claims = order.iter().map(|old| self.claims[place(*old)]).collect();
        for settlement in &mut self.settlements {
            settlement.claim = new_place[place(settlement.claim)];
        }
        self.settlements.sort_unstable_by_key(|settlement| {
            (settlement.claim, settlement.acting, settlement.receipt, settlement.cash, settlement.other)
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
        let (countries, methods, segments) = (self.countries.sort(), self.methods.sort(), self.segments.sort());
        for payer in &mut self.payers {
            payer.country = countries[usize::from(payer.country)];
            payer.method = methods[usize::from(payer.method)];
            payer.segment = segments[usize::from(payer.segment)];
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
fn amount_code(amount: Hundredths) -> &'static str {
    const BOUNDS: [(Hundredths, &str); 12] = [
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
    BOUNDS.iter().find(|(bound, _)| amount < *bound).map_or("above", |(_, code)| code)
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

/// Rows of an answer, read by column name.
struct Reader<'a> {
    answer: &'a Answer,
}

struct Row<'a> {
    answer: &'a Answer,
    row: usize,
}

impl<'a> Reader<'a> {
    fn each(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let answer = self.answer;
        (0..answer.rows.len()).map(move |row| Row { answer, row })
    }

    fn rows<T>(&self, read: impl Fn(&Row<'a>) -> Option<T>) -> Vec<T> {
        self.each().filter_map(|row| read(&row)).collect()
    }
}

impl<'a> Row<'a> {
    fn text(&self, column: &str) -> &'a str {
        match self.answer.value(self.row, column) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    fn day(&self, column: &str) -> Option<Day> {
        match self.answer.value(self.row, column) {
            Value::Date(date) => Some(day_of(*date)),
            _ => None,
        }
    }

    fn number(&self, column: &str) -> Option<i64> {
        match self.answer.value(self.row, column) {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    fn whole(&self, column: &str) -> Option<Day> {
        self.number(column).and_then(|number| Day::try_from(number).ok())
    }

    fn money(&self, column: &str) -> Hundredths {
        let hundredths = self.answer.value(self.row, column).hundredths().unwrap_or(0);
        Hundredths::try_from(hundredths).unwrap_or(Hundredths::MAX)
    }

    fn flag(&self, column: &str) -> bool {
        matches!(self.answer.value(self.row, column), Value::Flag(true))
    }
}
