//! `encours customer_statement`: what a customer, or a group of customers, owes and what moved since its last statement, as
//! page and workbook; one of each currency that its items bear.

use std::collections::BTreeSet;

use crate::cli::CustomerStatementArguments;
use crate::commands::report::{self, About, Origin, Target};
use crate::commands::{remind::Signatories, shared};
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::lake::Snapshot;
use crate::model::{Answer, CustomerKey, Date, Value};
use crate::report::{Addressee, Language, Seller};
use crate::settings::Settings;

const REPORT: &str = "customer_statement";

pub(super) async fn run(settings: &Settings, arguments: &CustomerStatementArguments) -> Result<Outcome, Error> {
    let since = arguments.since.as_deref().map(|text| Settings::day("since", text)).transpose()?;
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let customers = customers(&engine, arguments).await?;
    let as_of = engine.scope().as_of;
    engine.set_customers(&customers, since).await?;
    let known = engine.ask("statement_customer").await?;
    let mut addressee = addressee(&known, arguments, since)?;
    addressee.seller = seller(settings, &customers)?;
    if addressee.since >= as_of {
        return Err(Error::Plain(
            format!("a statement as of {as_of} cannot tell what moved since {}", addressee.since),
            "name an earlier day with `--since`".to_owned(),
        ));
    }
    let language = settings.asked_language.or_else(|| language(&known)).unwrap_or(settings.language);
    let settings = Settings { language, as_of: Some(as_of), ..settings.clone() };
    let currencies = engine.currencies_of(&customers).await?;
    let statement = Statement { customers: &customers, addressee: &addressee, arguments };
    if settings.currency.is_some() || (currencies.len() < 2 && !engine.is_in_base()) {
        return statement.write(&settings, &snapshot, &mut engine, "").await;
    }
    // what a customer owes, it owes in the currency of its invoices
    let mut outcome = Outcome::Done;
    for currency in &currencies {
        let settings = Settings { currency: Some(currency.clone()), is_quiet: true, ..settings.clone() };
        let mut engine = shared::engine(&settings, &snapshot).await?;
        let mark = if currencies.len() > 1 { format!("-{}", shared::as_file_name(currency)) } else { String::new() };
        if let Outcome::Doubtful = statement.write(&settings, &snapshot, &mut engine, &mark).await? {
            outcome = Outcome::Doubtful;
        }
    }
    Ok(outcome)
}

/// Whom a statement is about, and for whom.
struct Statement<'a> {
    customers: &'a [CustomerKey],
    addressee: &'a Addressee,
    arguments: &'a CustomerStatementArguments,
}

impl Statement<'_> {
    /// Writes page and workbook; `mark` ends the stem of their names.
    async fn write(
        &self,
        settings: &Settings,
        snapshot: &Snapshot,
        engine: &mut Engine,
        mark: &str,
    ) -> Result<Outcome, Error> {
        engine.set_customers(self.customers, Some(self.addressee.since)).await?;
        let (name, as_of) = (shared::as_file_name(&self.addressee.customer_id), engine.scope().as_of);
        let stem = format!("{REPORT}-{name}-{as_of}-{}{mark}", settings.language.code());
        let customer = self.customers.first().filter(|_| self.arguments.group.is_none()).cloned();
        let about = About { customer, addressee: Some(self.addressee.clone()), ..About::default() };
        let target = Target { folder: &self.arguments.out, stem };
        let origin = Origin::of(settings, snapshot, engine).await?;
        report::write_files(settings, &origin, engine, REPORT, about, &target).await?.print()?;
        // what differs for other customers is none of this one's business
        let differences = engine.ask("tie_out").await?;
        let is_sound = (0..differences.len()).all(|row| !self.customers.contains(&differences.customer(row)));
        if !is_sound {
            shared::say(
                settings,
                "the open items of this customer are not the balance of its account: see `encours query tie_out`",
            );
        }
        Ok(if is_sound { Outcome::Done } else { Outcome::Doubtful })
    }
}

/// The customers of the group, or the one customer, known to one company.
async fn customers(engine: &Engine, arguments: &CustomerStatementArguments) -> Result<Vec<CustomerKey>, Error> {
    let Some(group) = &arguments.group else {
        return Ok(vec![shared::one_customer(engine, arguments.customer.as_deref().unwrap_or_default()).await?]);
    };
    let members = engine.customers_of_group(group).await?;
    let companies: BTreeSet<&str> = members.iter().map(|key| key.company_id.as_str()).collect();
    if members.is_empty() {
        return Err(Error::Plain(
            format!("no customer belongs to the group `{group}`"),
            "the customers' file tells groups in its column `group_id`; identifiers are case-sensitive".to_owned(),
        ));
    }
    if companies.len() > 1 {
        let companies: Vec<&str> = companies.into_iter().collect();
        return Err(Error::Plain(
            format!("customers of the group `{group}` owe several companies: {}", companies.join(", ")),
            "name one with `--company ID`: a statement tells what one company is owed".to_owned(),
        ));
    }
    Ok(members)
}

/// To whom it goes, and since when it tells what moved.
fn addressee(known: &Answer, arguments: &CustomerStatementArguments, since: Option<Date>) -> Result<Addressee, Error> {
    if known.is_empty() {
        let customer = arguments.customer.as_deref().unwrap_or_default();
        return Err(Error::Plain(
            format!("the lake holds no customer `{customer}`"),
            "`encours query aging_by_customer` lists those who owe; identifiers are case-sensitive".to_owned(),
        ));
    }
    let told = (0..known.len()).filter_map(|row| match known.value(row, "since_date") {
        Value::Date(day) => Some(day),
        _ => None,
    });
    let since = since.or_else(|| told.min()).unwrap_or_default();
    Ok(match (&arguments.group, &arguments.customer) {
        (Some(group), _) => Addressee {
            customer_id: group.clone(),
            name: group.clone(),
            since,
            address_lines: Vec::new(),
            seller: None,
        },
        (None, customer) => Addressee {
            customer_id: customer.clone().unwrap_or_default(),
            name: known.value(0, "customer_name").plain(),
            since,
            address_lines: known
                .value(0, "address_text")
                .plain()
                .split('|')
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            seller: None,
        },
    })
}

/// How the company signs letters, where `senders.csv` tells: a statement without it is no letter, but true all the same.
fn seller(settings: &Settings, customers: &[CustomerKey]) -> Result<Option<Seller>, Error> {
    let Some(company) = customers.first().map(|key| key.company_id.as_str()) else { return Ok(None) };
    let signatories = Signatories::of(settings)?;
    let Ok((sender, [iban, bic])) = signatories.sender(company) else {
        shared::say(
            settings,
            "`senders.csv` does not tell who sends this statement: it bears no address and no account",
        );
        return Ok(None);
    };
    let signer = signatories.signer("", &sender).ok();
    let contact = signer.as_ref().map_or_else(String::new, |signer| format!("{}, {}", signer.name, signer.role));
    let (email, phone) = signer.map_or((sender.email, sender.phone), |signer| (signer.email, signer.phone));
    Ok(Some(Seller {
        name: sender.name,
        address_lines: sender.address_lines,
        registration: sender.registration,
        contact,
        email,
        phone,
        iban,
        bic,
    }))
}

/// The language of all of them, where there are words in it.
fn language(known: &Answer) -> Option<Language> {
    let codes: BTreeSet<String> = (0..known.len()).map(|row| known.value(row, "language_code").plain()).collect();
    let code = codes.first().filter(|_| codes.len() == 1)?;
    Language::parse(code).ok()
}
