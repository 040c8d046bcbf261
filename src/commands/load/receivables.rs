//! Items, allocations and control balances of a company, derived anew from all its ledger years.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::stage::{Source, unwritable};
use super::step_engine;
use super::wanted::Wanted;
use crate::commands::shared;
use crate::engine::{Catalogue, Engine};
use crate::error::Error;
use crate::ingest::staging::{StagedFile, Staging};
use crate::ingest::{self, AccountRoles, RoleTerms};
use crate::ledger::{
    AccountHistory, ControlMovement, CounterpartKinds, CustomerHistory, Derived, Entry, FiscalYear, Line, Rules,
    control_balances,
};
use crate::model::calendar::{add_days, month_end};
use crate::model::money::money_text;
use crate::model::rows::Cell;
use crate::model::tables::{ALLOCATIONS, CONTROL_BALANCES, CUSTOMERS, FISCAL_YEARS, ITEMS, OPENING_GAPS, TOLD_LINES};
use crate::model::{AgreedTerms, Answer, Date, ItemKind, Money, Rows, TableSpec, Value};
use crate::settings::Settings;

/// An account without sub-accounts or auxiliaries that carries at least so many lines stands for many customers.
const COLLECTIVE_LINES: usize = 20;
/// The origin of work files.
const WORK: &str = "work";
/// Digits of an account that name it in the chart; more of them tell customers apart (plan comptable général).
const ROOT_DIGITS: usize = 4;

/// A fiscal year of a ledger the lake shall hold.
#[derive(Clone, Debug)]
pub(super) struct Year {
    pub company_id: String,
    pub start: Date,
    pub end: Date,
    source_file: String,
    line_count: i64,
    debit_amount: Option<Money>,
    credit_amount: Option<Money>,
}

impl Year {
    /// The key of its source.
    pub(super) fn key(&self) -> String {
        format!("{}/{}", self.company_id, self.end)
    }
}

/// The fiscal years the lake holds.
pub(super) async fn years(settings: &Settings, wanted: &Wanted, catalogue: &Catalogue) -> Result<Vec<Year>, Error> {
    if wanted.files(&FISCAL_YEARS).is_empty() {
        return Ok(Vec::new());
    }
    let engine = step_engine(settings, catalogue, wanted, None, &[]).await?;
    let answer = engine
        .ask_step(
            "select fiscal_years.company_id, fiscal_years.year_end_date, fiscal_years.year_start_date, \
             fiscal_years.source_file, fiscal_years.line_count, fiscal_years.debit_amount, \
             fiscal_years.credit_amount from fiscal_years order by fiscal_years.company_id, fiscal_years.year_end_date",
        )
        .await?;
    let year = |row: usize| Year {
        company_id: answer.value(row, "company_id").plain(),
        start: day(&answer, row, "year_start_date").unwrap_or_default(),
        end: day(&answer, row, "year_end_date").unwrap_or_default(),
        source_file: answer.value(row, "source_file").plain(),
        line_count: shared::count(&answer.value(row, "line_count")),
        debit_amount: money(&answer, row, "debit_amount"),
        credit_amount: money(&answer, row, "credit_amount"),
    };
    Ok((0..answer.len()).map(year).collect())
}

/// Puts a ledger's year in the place of the one of the same closing date; one that overlaps another is refused.
pub(super) fn add_year(years: &mut Vec<Year>, source: &Source) -> Result<(), Error> {
    let Some(found) = source.year else { return Ok(()) };
    let company_id = &source.report.company_id;
    years.retain(|year| year.company_id != *company_id || year.end != found.year_end);
    let overlaps =
        |year: &&Year| year.company_id == *company_id && year.start <= found.year_end && found.year_start <= year.end;
    if let Some(other) = years.iter().find(overlaps) {
        return Err(Error::Plain(
            format!(
                "`{}` holds the fiscal year {} to {}, which overlaps {} to {} of the same company, from `{}`",
                source.report.file_name, found.year_start, found.year_end, other.start, other.end, other.source_file
            ),
            overlap_hint(found, other),
        ));
    }
    years.push(Year {
        company_id: company_id.clone(),
        start: found.year_start,
        end: found.year_end,
        source_file: source.report.file_name.clone(),
        line_count: i64::try_from(source.report.accepted_count).unwrap_or(i64::MAX),
        debit_amount: Money::from_wide(source.report.debit_total),
        credit_amount: Money::from_wide(source.report.credit_total),
    });
    years.sort_by(|left, right| (&left.company_id, left.end).cmp(&(&right.company_id, right.end)));
    Ok(())
}

/// What to do about two years that overlap: by less than a month, the earlier one was taken to close with its month.
fn overlap_hint(found: ingest::FiscalYear, other: &Year) -> String {
    let (earlier, later) =
        if found.year_end < other.end { (found.year_end, other.start) } else { (other.end, found.year_start) };
    let last = add_days(later, -1);
    if later <= earlier && earlier == month_end(last) {
        return format!(
            "if its years close within a month, write `fiscal_year_end = \"{}\"` into encours.toml, or the closing date into the \
             names: `<SIREN>FEC{}.txt`",
            last.format("%m-%d"),
            last.format("%Y%m%d")
        );
    }
    format!(
        "to keep the new one and forget the other, add `--replace {}`; if they are different companies, name this one with `--company`",
        other.key()
    )
}

/// The years as a reference table, for the SQL of the derivation.
fn calendar(years: &[Year]) -> String {
    let row = |year: &Year| {
        let company = year.company_id.replace('"', "\"\"");
        format!("\"{company}\",{},{}\n", year.end, year.start)
    };
    let header = "company_id,year_end_date,year_start_date\n".to_owned();
    years.iter().fold(header, |text, year| text + &row(year))
}

/// The derivation of one company.
pub(super) struct Receivables<'a> {
    pub settings: &'a Settings,
    pub catalogue: &'a Catalogue,
    pub years: &'a [Year],
    pub company: &'a str,
    pub load_id: &'a str,
    pub tag: &'a str,
}

/// What files other than the ledger tell of its customers and accounts.
struct Known {
    /// The own terms of each customer that a file names.
    terms: BTreeMap<String, Option<AgreedTerms>>,
    roles: AccountRoles,
    default_terms: AgreedTerms,
}

impl Known {
    /// By which terms a customer's invoices on an account fall due; nothing where nobody knows.
    fn terms_of(&self, account: &str, customer: &str) -> Option<AgreedTerms> {
        match self.roles.role(account).map(|role| role.terms).unwrap_or_default() {
            RoleTerms::Unknown => None,
            RoleTerms::Own(terms) => Some(terms.into()),
            RoleTerms::Usual => {
                let own = self.terms.get(customer).and_then(Option::as_ref);
                Some(own.unwrap_or(&self.default_terms).clone())
            }
        }
    }
}

/// What is counted while deriving, by assumption code: lines and amount.
#[derive(Default)]
struct Assumptions(BTreeMap<&'static str, (i64, i128)>);

impl Assumptions {
    fn add(&mut self, code: &'static str, (count, amount): (i64, i128)) {
        if count > 0 {
            let sum = self.0.entry(code).or_default();
            *sum = (sum.0 + count, sum.1 + amount);
        }
    }
}

impl Receivables<'_> {
    /// Puts what is derived in the place of what was; answers the assumptions made.
    pub(super) async fn derive(&self, wanted: &mut Wanted) -> Result<Vec<Json>, Error> {
        let origin = Wanted::derived_origin(self.company);
        wanted.drop_origin(&origin);
        let mine: Vec<Year> = self.years.iter().filter(|year| year.company_id == self.company).cloned().collect();
        if mine.is_empty() {
            return Ok(Vec::new());
        }
        let engine = step_engine(
            self.settings,
            self.catalogue,
            wanted,
            Some(self.company),
            &[("fiscal_calendar", calendar(&mine))],
        )
        .await?;
        let years = self.fiscal_years(&engine, &mine).await?;
        let known = self.known(&engine).await?;
        let mut staging = Staging::new(self.settings.lake.staging_folder(), self.load_id, self.tag);
        let mut assumptions = Assumptions::default();
        self.year_rows(&mine, &years, &origin, &mut staging, &mut assumptions)?;
        self.items(&engine, &years, &known, &origin, &mut staging, &mut assumptions).await?;
        self.control(&engine, &years, &origin, &mut staging).await?;
        for file in staging.finish().map_err(|cause| unwritable(self.settings, &cause))? {
            wanted.add(&file);
        }
        let assumption = |(code, (count, amount)): (&'static str, (i64, i128))| json!({ "code": code, "company_id": self.company, "line_count": count, "amount": money_text(amount, 2) });
        Ok(assumptions.0.into_iter().map(assumption).collect())
    }

    async fn fiscal_years(&self, engine: &Engine, mine: &[Year]) -> Result<Vec<FiscalYear>, Error> {
        let mut openings = BTreeMap::new();
        let mut rows = engine.stream("opening_days").await?;
        while let Some(answer) = rows.next().await? {
            for row in 0..answer.len() {
                openings.insert(day(&answer, row, "year_end_date"), day(&answer, row, "opening_date"));
            }
        }
        let year = |year: &Year| FiscalYear {
            start: year.start,
            end: year.end,
            opening: openings.get(&Some(year.end)).copied().flatten().map(|opening| opening.max(year.start)),
        };
        Ok(mine.iter().map(year).collect())
    }

    async fn known(&self, engine: &Engine) -> Result<Known, Error> {
        let mut known = Known {
            terms: BTreeMap::new(),
            roles: AccountRoles::parse(self.settings.reference("account_roles"))?,
            default_terms: self.settings.default_terms.clone(),
        };
        let sql = "select customers.customer_id, customers.terms_code from customers";
        let answer = engine.ask_step(sql).await?;
        for row in 0..answer.len() {
            let terms = AgreedTerms::parse(&answer.value(row, "terms_code").plain());
            known.terms.insert(answer.value(row, "customer_id").plain(), terms);
        }
        Ok(known)
    }

    fn year_rows(
        &self,
        mine: &[Year],
        years: &[FiscalYear],
        origin: &str,
        staging: &mut Staging,
        assumptions: &mut Assumptions,
    ) -> Result<(), Error> {
        let mut rows = Rows::new(&FISCAL_YEARS);
        for (position, (year, fiscal)) in mine.iter().zip(years).enumerate() {
            let before = position.checked_sub(1).map(|position| &years[position]);
            let is_carried_forward = fiscal.opening.is_none() && before.is_some_and(|before| fiscal.follows(before));
            if is_carried_forward {
                assumptions.add("year_carried_forward", (1, 0));
            }
            rows.push(vec![
                Cell::text(self.company),
                Cell::Date(year.end),
                Cell::Date(year.start),
                Cell::text(year.source_file.as_str()),
                Cell::Int(year.line_count),
                Cell::money(year.debit_amount),
                Cell::money(year.credit_amount),
                Cell::Flag(fiscal.opening.is_some()),
                Cell::Flag(is_carried_forward),
                Cell::Empty,
            ]);
        }
        self.write(staging, origin, rows)
    }

    async fn items(
        &self,
        engine: &Engine,
        years: &[FiscalYear],
        known: &Known,
        origin: &str,
        staging: &mut Staging,
        assumptions: &mut Assumptions,
    ) -> Result<(), Error> {
        let rules = Rules {
            company_id: self.company.to_owned(),
            currency_code: self.settings.ledger_currency().to_owned(),
            letters_act_from_letter_date: self.settings.letters_act_from_letter_date,
        };
        let mut texts = Texts::default();
        let mut customers = Rows::new(&CUSTOMERS);
        let mut named: BTreeSet<String> = BTreeSet::new();
        let mut batches = Batches::default();
        let mut groups: Vec<Group> = Vec::new();
        let told = self.told_lines(engine, years).await?;
        let addresses: Vec<_> = told.iter().map(StagedFile::url).collect();
        engine.register_files(TOLD_LINES.name, &TOLD_LINES, &addresses)?;
        let mut stream = engine.stream("receivable_lines").await?;
        loop {
            let answer = stream.next().await?;
            let is_last = answer.is_none();
            let answer = answer.unwrap_or_default();
            for row in 0..answer.len() {
                let account = answer.value(row, "account").plain();
                let customer = answer.value(row, "customer_id").plain();
                if groups.last().is_some_and(|group| group.customer != customer) {
                    let done = std::mem::take(&mut groups);
                    self.customer_rows(&done, known, &mut named, &mut customers);
                    batches.take_all(self.derived(done, years, known, &rules)?, assumptions);
                }
                if groups.last().is_none_or(|group| group.account != account) {
                    groups.push(Group { account, customer, ..Group::default() });
                }
                if let Some(group) = groups.last_mut() {
                    group.take(&answer, row, &mut texts);
                }
            }
            if is_last {
                let done = std::mem::take(&mut groups);
                self.customer_rows(&done, known, &mut named, &mut customers);
                batches.take_all(self.derived(done, years, known, &rules)?, assumptions);
            }
            if is_last || batches.items.len() > 20_000 {
                for rows in batches.drain() {
                    self.write(staging, origin, rows)?;
                }
            }
            if is_last {
                break;
            }
        }
        // read to their end
        for file in &told {
            drop(std::fs::remove_file(&file.path));
        }
        self.write(staging, origin, customers)
    }

    /// Writes each receivable line with what its entry says of it to a work file: entries come in the order of their
    /// keys, customers need theirs, and neither order fits into memory.
    async fn told_lines(&self, engine: &Engine, years: &[FiscalYear]) -> Result<Vec<StagedFile>, Error> {
        let kinds = CounterpartKinds::parse(self.settings.reference("counterpart_kinds")).map_err(|line| {
            Error::Plain(
                format!("counterpart_kinds.csv holds `{line}`"),
                "write lines as `class_code,debit_kind,debit_order,credit_kind,credit_order`, kinds as in the README"
                    .to_owned(),
            )
        })?;
        let mut staging = Staging::new(self.settings.lake.staging_folder(), self.load_id, self.tag);
        let mut entry = OpenEntry::default();
        let mut rows = Rows::new(&TOLD_LINES);
        let mut stream = engine.stream("entry_lines").await?;
        while let Some(answer) = stream.next().await? {
            for row in 0..answer.len() {
                if !entry.holds(&answer, row) {
                    std::mem::take(&mut entry).close(years, &mut rows);
                }
                entry.take(&answer, row, &kinds);
            }
            if rows.len() > 30_000 {
                self.write(&mut staging, WORK, std::mem::replace(&mut rows, Rows::new(&TOLD_LINES)))?;
            }
        }
        entry.close(years, &mut rows);
        self.write(&mut staging, WORK, rows)?;
        staging.finish().map_err(|cause| unwritable(self.settings, &cause))
    }

    /// A customer that no file of customers names is known by what the ledger calls it.
    fn customer_rows(&self, groups: &[Group], known: &Known, named: &mut BTreeSet<String>, rows: &mut Rows) {
        for group in groups {
            self.customer_row(group, known, named, rows);
        }
    }

    fn customer_row(&self, group: &Group, known: &Known, named: &mut BTreeSet<String>, rows: &mut Rows) {
        if known.terms.contains_key(&group.customer) || !named.insert(group.customer.clone()) {
            return;
        }
        let root = group.account.trim_end_matches('0');
        let is_collective = !group.is_auxiliary && root.len() <= ROOT_DIGITS && group.lines.len() >= COLLECTIVE_LINES;
        let name = group.name.clone().unwrap_or_else(|| group.customer.clone());
        let mut cells = vec![Cell::Empty; CUSTOMERS.columns.len()];
        let mut set = |column: &str, cell: Cell| {
            if let Some(position) = CUSTOMERS.position(column) {
                cells[position] = cell;
            }
        };
        set("company_id", Cell::text(self.company));
        set("customer_id", Cell::text(group.customer.as_str()));
        set("name", Cell::text(name));
        set("is_collective", Cell::Flag(is_collective));
        rows.push(cells);
    }

    async fn control(
        &self,
        engine: &Engine,
        years: &[FiscalYear],
        origin: &str,
        staging: &mut Staging,
    ) -> Result<(), Error> {
        let mut rows = Rows::new(&CONTROL_BALANCES);
        let mut at: Option<(String, String)> = None;
        let mut movements: Vec<ControlMovement> = Vec::new();
        let mut stream = engine.stream("control_lines").await?;
        let close = |at: Option<(String, String)>, movements: &mut Vec<ControlMovement>, rows: &mut Rows| {
            if let Some((account, customer)) = at {
                let balances = control_balances(self.company, &account, &customer, movements, years);
                rows.append(balances.ok_or_else(|| self.too_large(&account, &customer))?);
            }
            movements.clear();
            Ok::<_, Error>(())
        };
        while let Some(answer) = stream.next().await? {
            for row in 0..answer.len() {
                let here = (answer.value(row, "account").plain(), answer.value(row, "customer_id").plain());
                if at.as_ref() != Some(&here) {
                    close(at.replace(here), &mut movements, &mut rows)?;
                }
                let amount = money(&answer, row, "amount");
                movements.push(ControlMovement {
                    year_end: day(&answer, row, "year_end_date").unwrap_or_default(),
                    day: day(&answer, row, "movement_date").unwrap_or_default(),
                    amount: amount.ok_or_else(|| {
                        self.too_large(&answer.value(row, "account").plain(), &answer.value(row, "customer_id").plain())
                    })?,
                });
            }
            if rows.len() > 20_000 {
                self.write(staging, origin, std::mem::replace(&mut rows, Rows::new(&CONTROL_BALANCES)))?;
            }
        }
        close(at, &mut movements, &mut rows)?;
        self.write(staging, origin, rows)
    }

    /// What the accounts of one customer become.
    fn derived(
        &self,
        groups: Vec<Group>,
        years: &[FiscalYear],
        known: &Known,
        rules: &Rules,
    ) -> Result<Vec<Derived>, Error> {
        let names: Vec<(String, String)> =
            groups.iter().map(|group| (group.account.clone(), group.customer.clone())).collect();
        for group in &groups {
            // then no sum of some of them is
            if group.lines.iter().map(|line| line.amount.abs().wide()).sum::<i128>() > i128::from(Money::LIMIT) {
                return Err(self.too_large(&group.account, &group.customer));
            }
        }
        let accounts = groups.into_iter().zip(&names).map(|(group, (account, customer))| AccountHistory {
            account,
            customer,
            terms: known.terms_of(account, customer),
            lines: group.lines,
        });
        Ok(CustomerHistory { accounts: accounts.collect() }.derive(years, rules))
    }

    fn too_large(&self, account: &str, customer: &str) -> Error {
        let largest = Money::from_thousandths(Money::LIMIT).unwrap_or_default();
        Error::Plain(
            format!(
                "the lines of account `{account}`, customer `{customer}`, of company `{}` sum to more than {largest}",
                self.company
            ),
            "look for a line whose amount was mistyped, and load the corrected ledger".to_owned(),
        )
    }

    fn write(&self, staging: &mut Staging, origin: &str, rows: Rows) -> Result<(), Error> {
        staging.write(origin, rows).map_err(|cause| unwritable(self.settings, &cause))
    }
}

/// The entry whose lines stream by, and its receivable lines.
#[derive(Default)]
struct OpenEntry {
    year_end: Option<Date>,
    key: String,
    entry: Entry,
    lines: Vec<Vec<Cell>>,
}

impl OpenEntry {
    fn holds(&self, answer: &Answer, row: usize) -> bool {
        self.year_end == day(answer, row, "year_end_date")
            && matches!(answer.value(row, "entry_key"), Value::Text(key) if *key == self.key)
    }

    fn take(&mut self, answer: &Answer, row: usize, kinds: &CounterpartKinds) {
        if self.year_end.is_none() {
            self.year_end = day(answer, row, "year_end_date");
            self.key = answer.value(row, "entry_key").plain();
        }
        let flag = |name: &str| matches!(answer.value(row, name), Value::Flag(true));
        let net = money(answer, row, "net_amount").unwrap_or_default();
        let posted = day(answer, row, "posted_date").unwrap_or_default();
        let is_receivable = flag("is_receivable");
        let class = answer.value(row, "class_code").plain();
        self.entry.add(&class, net, posted, is_receivable, flag("is_opening_journal"), kinds);
        if is_receivable {
            let cell =
                |name: &str| shared::cell(&answer.value(row, if name == "amount" { "net_amount" } else { name }));
            self.lines.push(TOLD_LINES.columns.iter().map(|column| cell(column.name)).collect());
        }
    }

    /// Tells its receivable lines what they are.
    fn close(self, years: &[FiscalYear], rows: &mut Rows) {
        let place = |name: &str| TOLD_LINES.position(name).unwrap_or_default();
        let (amount, opening, kind) = (place("amount"), place("is_opening"), place("kind"));
        let year = years.iter().find(|year| Some(year.end) == self.year_end);
        for mut cells in self.lines {
            let net = if let Cell::Money(net) = cells[amount] { net } else { Money::ZERO };
            cells[opening] = Cell::Flag(self.entry.is_opening(year));
            cells[kind] = Cell::text(self.entry.kind(net, year).code());
            rows.push(cells);
        }
    }
}

/// The lines of one account and customer, while they stream by.
#[derive(Default)]
struct Group {
    account: String,
    customer: String,
    name: Option<String>,
    is_auxiliary: bool,
    lines: Vec<Line>,
}

impl Group {
    fn take(&mut self, answer: &Answer, row: usize, texts: &mut Texts) {
        let own = |name: &str| match answer.value(row, name) {
            Value::Text(text) if !text.is_empty() => Some(Box::<str>::from(text)),
            _ => None,
        };
        // lines come oldest year first, so the last name said is the latest
        if let Some(name) = own("customer_name") {
            self.name = Some(name.into());
        }
        self.is_auxiliary |= matches!(answer.value(row, "is_auxiliary"), Value::Flag(true));
        let kind = ItemKind::parse(&answer.value(row, "kind").plain()).unwrap_or(ItemKind::Adjustment);
        self.lines.push(Line {
            year_end: day(answer, row, "year_end_date").unwrap_or_default(),
            entry: Arc::from(format!(
                "{} {}",
                answer.value(row, "year_end_date").plain(),
                answer.value(row, "entry_key").plain()
            )),
            posted: day(answer, row, "posted_date").unwrap_or_default(),
            journal: own("journal_code").map(|text| texts.shared(&text)),
            entry_number: own("entry_number"),
            piece_reference: own("piece_reference"),
            piece_date: day(answer, row, "piece_date"),
            due_date: day(answer, row, "due_date"),
            label: own("label"),
            amount: money(answer, row, "amount").unwrap_or_default(),
            letter: own("letter_code"),
            letter_date: day(answer, row, "letter_date"),
            is_opening: matches!(answer.value(row, "is_opening"), Value::Flag(true)),
            kind,
            origins: Vec::new(),
            source_file: texts.shared(&answer.value(row, "source_file").plain()),
            source_line: shared::count(&answer.value(row, "source_line")),
        });
    }
}

/// Texts that repeat on every line are held once.
#[derive(Default)]
struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(found) = self.0.get(text) {
            return found.clone();
        }
        let made: Arc<str> = text.into();
        self.0.insert(made.clone());
        made
    }
}

/// Rows that wait to be written.
struct Batches {
    items: Rows,
    allocations: Rows,
    gaps: Rows,
}

impl Default for Batches {
    fn default() -> Self {
        let none = |table: &'static TableSpec| Rows::new(table);
        Self { items: none(&ITEMS), allocations: none(&ALLOCATIONS), gaps: none(&OPENING_GAPS) }
    }
}

impl Batches {
    fn take_all(&mut self, derived: Vec<Derived>, assumptions: &mut Assumptions) {
        for derived in derived {
            self.take(derived, assumptions);
        }
    }

    fn take(&mut self, derived: Derived, assumptions: &mut Assumptions) {
        assumptions.add("due_date_derived", derived.derived_due);
        assumptions.add("age_unknown", derived.age_unknown);
        assumptions.add("piece_date_late", derived.piece_date_late);
        assumptions.add("allocation_inferred", derived.inferred);
        assumptions.add("letters_credit_left", derived.credits_left);
        assumptions.add("letters_debit_left", derived.debits_left);
        self.items.append(derived.items);
        self.allocations.append(derived.allocations);
        self.gaps.append(derived.gaps);
    }

    fn drain(&mut self) -> [Rows; 3] {
        let done = std::mem::take(self);
        [done.items, done.allocations, done.gaps]
    }
}

fn day(answer: &Answer, row: usize, name: &str) -> Option<Date> {
    match answer.value(row, name) {
        Value::Date(day) => Some(day),
        _ => None,
    }
}

fn money(answer: &Answer, row: usize, name: &str) -> Option<Money> {
    answer.value(row, name).thousandths().and_then(Money::from_wide)
}
