//! The sister company abroad, known by its lists alone: yen, which have no decimals, dinars, which have three, groups whose
//! head office pays for all, retentions, discounts taken in time, last cents that nobody pays.
//!
//! It stands beside the company of the ledgers and changes nothing there. Its balance is kept by account and day, so that its
//! items are proven as those of a ledger are.

use std::collections::BTreeMap;

use super::company::{Company, FileText};
use super::dice::{Dice, Purpose};
use super::tables::{drawn, file, file_without};
use super::years::bank_day;
use crate::model::Date;
use crate::model::calendar::{add_days, add_months, month_end};
use crate::model::money::decimal_text;
use crate::model::tables::{ALLOCATIONS, CONTROL_BALANCES, ITEMS};

/// The company its rows bear.
pub(super) const SISTER: &str = "SEYSSOLLES-EXPORT";
const TRADE: &str = "411000";
const RETENTION: &str = "411700";

/// A currency it sells in.
struct Currency {
    code: &'static str,
    decimals: u32,
    /// What one of it is worth, in millionths of a euro.
    rate: i128,
}

const CURRENCIES: [Currency; 3] = [
    Currency { code: "EUR", decimals: 2, rate: 1_000_000 },
    Currency { code: "JPY", decimals: 0, rate: 6_250 },
    Currency { code: "TND", decimals: 3, rate: 295_500 },
];

impl Currency {
    /// The same in euros, half up to the cent, in thousandths.
    const fn in_base(&self, thousandths: i128) -> i128 {
        let exact = thousandths * self.rate;
        (exact.abs() + 5_000_000) / 10_000_000 * 10 * exact.signum()
    }

    /// Down to its smallest coin.
    const fn coins(&self, thousandths: i128) -> i128 {
        let coin = 10_i128.pow(3 - self.decimals);
        thousandths / coin * coin
    }
}

/// A customer of the sister.
struct Customer {
    id: String,
    /// Which currency it is billed in.
    currency: usize,
    /// Position of the group; its first customer is the head office, which pays for all.
    group: Option<usize>,
}

/// What it sold and got, in the order of its books.
pub(super) struct Sister {
    customers: Vec<Customer>,
    items: Vec<Vec<String>>,
    allocations: Vec<Vec<String>>,
    actions: Vec<Vec<String>>,
    /// What moved on each account, in thousandths of a euro.
    moves: BTreeMap<(&'static str, Date), i128>,
}

/// How many customers a group has.
const GROUP_SIZE: usize = 3;

impl Sister {
    /// What it sold over the last twenty months: ninety invoices, or a fortieth of those of the company.
    pub(super) fn of(company: &Company) -> Self {
        let seed = company.options.seed;
        let count = (company.options.customer_count / 16).max(12);
        let customers = (0..count).map(|position| Customer {
            id: format!("E{:04}", position + 1),
            currency: position / GROUP_SIZE % CURRENCIES.len(),
            group: (position / GROUP_SIZE < 2).then_some(position / GROUP_SIZE),
        });
        let mut sister = Self {
            customers: customers.collect(),
            items: Vec::new(),
            allocations: Vec::new(),
            actions: Vec::new(),
            moves: BTreeMap::new(),
        };
        let invoice_count = (company.options.invoice_count / 40).max(90);
        for number in 0..invoice_count {
            sister.sell(number, &mut Dice::new(seed, Purpose::Sister, number), company);
        }
        sister
    }

    /// An invoice, and what became of it by the end of the last year.
    fn sell(&mut self, number: usize, dice: &mut Dice, company: &Company) {
        let last_day = company.years.last_day();
        let buyer = dice.position(self.customers.len());
        let (currency, group) = (&CURRENCIES[self.customers[buyer].currency], self.customers[buyer].group);
        let issued = bank_day(add_days(add_months(last_day, -20), dice.between(0, 595)));
        if issued > last_day {
            return;
        }
        let due = add_days(issued, 45);
        // between 800 and 24 000 euros
        let amount = currency.coins(i128::from(dice.between(800_000, 24_000_000)) * 1_000_000 / currency.rate);
        let is_euro = currency.code == "EUR";
        let document = format!("X{:05}", number + 1);
        // a twentieth is kept back for a year against faults of the works
        let kept = if is_euro && dice.percent(15) { currency.coins(amount / 20) } else { 0 };
        let item = |kind, account, issued, due, amount| Item { buyer, kind, account, issued, due, amount };
        self.post(&document, &document, &item("invoice", TRADE, issued, due, amount - kept), currency);
        if kept > 0 {
            let retained = item("invoice", RETENTION, issued, add_months(issued, 12), kept);
            self.post(&format!("{document}-RG"), &document, &retained, currency);
        }
        let late = dice.between(-3, 25) + if group.is_some() { 10 } else { 0 };
        let paid = bank_day(add_days(due, late).max(add_days(issued, 5)));
        let way = dice.between(0, 99);
        let owed = amount - kept;
        let asked = bank_day(add_days(due, 7));
        if asked < paid && asked <= last_day {
            let promised = bank_day(add_days(asked, dice.between(4, 12)));
            self.promise(number, buyer, &document, [asked, promised], (&amount_text(owed, currency), currency.code));
        }
        if paid > last_day || way < 4 {
            return;
        }
        // 2 % taken in time and booked at the end of the month; or some cents that never come
        let (taken, missing) = match way {
            4..14 if is_euro => (currency.coins(owed / 50), 0),
            14..26 if is_euro => (0, i128::from(dice.between(1, 90)) * 10),
            _ => (0, 0),
        };
        let paid = if taken > 0 { bank_day(add_days(issued, dice.between(6, 12))) } else { paid };
        // the head office pays for its group
        let payer = group.map_or(buyer, |group| group * GROUP_SIZE);
        let got = owed - taken - missing;
        let receipt = Item { buyer: payer, kind: "receipt", account: TRADE, issued: paid, due: paid, amount: -got };
        self.settle(&document, &format!("B{:05}", number + 1), &receipt, currency);
        let booked = bank_day(month_end(paid));
        if taken > 0 && booked <= last_day {
            self.settle(
                &document,
                &format!("E{:05}", number + 1),
                &item("discount", TRADE, booked, booked, -taken),
                currency,
            );
        }
        let cleared = bank_day(add_days(paid, 60));
        if missing > 0 && cleared <= last_day && dice.percent(50) {
            let written_off = item("write_off", TRADE, cleared, cleared, -missing);
            self.settle(&document, &format!("P{:05}", number + 1), &written_off, currency);
        }
    }

    /// A call a week after the due date, and what was promised.
    fn promise(&mut self, number: usize, buyer: usize, document: &str, days: [Date; 2], amount: (&str, &str)) {
        let (id, [asked, promised]) = (format!("X{:05}", number + 1), days.map(|day| day.to_string()));
        let (customer, (amount, currency)) = (&self.customers[buyer].id, amount);
        let cells =
            [SISTER, &id, customer, document, "COL1", &asked, "phone", "promised", "", &promised, amount, currency, ""];
        self.actions.push(cells.map(str::to_owned).to_vec());
    }

    fn settle(&mut self, document: &str, id: &str, item: &Item, currency: &Currency) {
        self.post(id, document, item, currency);
        let cells = [SISTER, document, id, &item.issued.to_string(), &amount_text(-item.amount, currency), "false"];
        self.allocations.push(cells.map(str::to_owned).to_vec());
    }

    fn post(&mut self, id: &str, document: &str, item: &Item, currency: &Currency) {
        let base = currency.in_base(item.amount);
        *self.moves.entry((item.account, item.issued)).or_default() += base;
        let (issued, due) = (item.issued.to_string(), item.due.to_string());
        let (amount, base) = (amount_text(item.amount, currency), decimal_text(base / 10, 2));
        let customer = &self.customers[item.buyer].id;
        let cells = [
            SISTER,
            id,
            customer,
            item.account,
            item.kind,
            &issued,
            &issued,
            &due,
            currency.code,
            &amount,
            &base,
            document,
        ];
        self.items.push(cells.map(str::to_owned).to_vec());
    }

    /// `items.csv`, `allocations.csv` and `control_balances.csv`.
    pub(super) fn files(&self) -> [FileText; 3] {
        let told = [
            "company_id",
            "item_id",
            "customer_id",
            "account",
            "kind",
            "issued_date",
            "posted_date",
            "due_date",
            "currency_code",
            "amount",
            "base_amount",
            "reference",
        ];
        let untold: Vec<&str> =
            ITEMS.columns.iter().map(|column| column.name).filter(|name| !told.contains(name)).collect();
        let mut balances: BTreeMap<&str, i128> = BTreeMap::new();
        let balance = |((account, day), moved): (&(&'static str, Date), &i128)| {
            let balance = balances.entry(account).or_default();
            *balance += moved;
            [SISTER, account, "", &day.to_string(), &decimal_text(*balance / 10, 2)].map(str::to_owned).to_vec()
        };
        let balances = self.moves.iter().map(balance).collect();
        [
            file_without(&untold, &ITEMS, self.items.clone()),
            file(&ALLOCATIONS, self.allocations.clone()),
            file(&CONTROL_BALANCES, balances),
        ]
    }

    /// Rows of `customers.csv`.
    pub(super) fn customers(&self, company: &Company) -> Vec<Vec<String>> {
        let row = |(position, customer): (usize, &Customer)| {
            let mut dice = Dice::new(company.options.seed, Purpose::Sister, usize::MAX - position);
            let (country, language) = [("ES", "en"), ("JP", "en"), ("TN", "fr")][customer.currency];
            let name = format!(
                "{} {}",
                drawn(company, "surname", &mut dice),
                ["Export", "KK", "Distribution"][customer.currency]
            );
            let group = customer.group.map(|group| format!("X{:02}", group + 1)).unwrap_or_default();
            let cells = [
                SISTER,
                &customer.id,
                &name,
                &group,
                country,
                language,
                "45",
                "",
                "COL1",
                "transfer",
                "false",
                "false",
                "email",
                "",
                "",
                "",
            ];
            cells.map(str::to_owned).to_vec()
        };
        self.customers.iter().enumerate().map(row).collect()
    }

    /// Rows of `actions.csv`.
    pub(super) fn actions(&self) -> Vec<Vec<String>> {
        self.actions.clone()
    }

    /// Rows of `contacts.csv`.
    pub(super) fn contacts(&self, company: &Company) -> Vec<Vec<String>> {
        let row = |(position, customer): (usize, &Customer)| {
            let mut dice = Dice::new(company.options.seed, Purpose::Sister, usize::MAX / 2 - position);
            let name = format!("{} {}", drawn(company, "first_name", &mut dice), drawn(company, "surname", &mut dice));
            let email = format!("accounts@{}.example", customer.id.to_lowercase());
            [SISTER, &customer.id, "1", "accounts_payable", &name, "", &email, "", "", "", ""]
                .map(str::to_owned)
                .to_vec()
        };
        self.customers.iter().enumerate().map(row).collect()
    }
}

/// What stands on an account.
struct Item {
    /// Position of the customer.
    buyer: usize,
    kind: &'static str,
    account: &'static str,
    issued: Date,
    due: Date,
    /// In thousandths of its currency, + owed to us.
    amount: i128,
}

fn amount_text(thousandths: i128, currency: &Currency) -> String {
    let coin = 10_i128.pow(3 - currency.decimals);
    decimal_text(thousandths / coin, u8::try_from(currency.decimals).unwrap_or_default())
}
