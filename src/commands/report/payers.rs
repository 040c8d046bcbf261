//! The report on payers, and a page for each customer that owes something or brings most of the billing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use super::files::{Written, write_all};
use super::origin::Origin;
use super::reporter::{About, Reporter, Target, asked_once, prepare, write_files};
use crate::commands::shared;
use crate::engine::{Engine, Query};
use crate::error::Error;
use crate::model::{Answer, CustomerKey};
use crate::report::{Way, Ways};
use crate::settings::Settings;

/// The report that leads to a page for each customer that matters, and that page.
pub(super) const PAYERS: &str = "payers";
pub(super) const PAYER: &str = "payer";
/// So many customers have a page, those with the largest overdue first: any other is written when it is asked for.
const MOST_PAGES: usize = 1_000;
/// So many customers' pages wait to be written together.
const PAGES_AT_ONCE: usize = 64;

/// A customer that has a page: who it is, what it is called, and its page from the reports' folder.
pub(super) struct CustomerPage {
    pub key: CustomerKey,
    name: String,
    stem: String,
    pub address: String,
}

/// The customers that have a page: those that owe something overdue and those of the first stake, which bring most of the
/// billing; the largest overdue first, then the largest billing.
pub(super) async fn with_pages(reporter: &mut Reporter<'_>) -> Result<Vec<CustomerPage>, Error> {
    let payers = reporter.engine.ask(PAYERS).await?;
    let amount = |row: usize, column: &str| payers.value(row, column).thousandths().unwrap_or_default();
    let matters = |row: &usize| payers.value(*row, "stake_code").plain() == "A" || amount(*row, "overdue_amount") > 0;
    let mut rows: Vec<usize> = (0..payers.len()).filter(matters).collect();
    rows.sort_by_key(|row| Reverse((amount(*row, "overdue_amount"), amount(*row, "billed_amount"))));
    rows.truncate(MOST_PAGES);
    let names = shared::customer_file_names((0..payers.len()).map(|row| payers.customer(row)).collect());
    let folder = reporter.stem(PAYERS);
    let page = |row: usize| {
        let key = payers.customer(row);
        let stem = format!("{PAYER}-{}", names[&key]);
        let address = format!("{folder}/{stem}.html");
        CustomerPage { key, name: payers.value(row, "customer_name").plain(), stem, address }
    };
    Ok(rows.into_iter().map(page).collect())
}

/// The pages of customers, as addresses from the reports' folder.
pub(super) fn links(customers: &[CustomerPage]) -> BTreeMap<CustomerKey, String> {
    customers.iter().map(|customer| (customer.key.clone(), customer.address.clone())).collect()
}

/// Writes the report on payers and the pages of these customers; `ways` lead from the report to others.
pub(super) async fn write(
    reporter: &mut Reporter<'_>,
    customers: &[CustomerPage],
    ways: &Ways,
    folder: &Path,
) -> Result<Written, Error> {
    let payers = reporter.engine.ask(PAYERS).await?;
    let stem = reporter.stem(PAYERS);
    let title = shared::words(reporter.settings)?.get(&format!("pages.{PAYERS}.title"))?.to_owned();
    let up = ways.one_folder_down(&Way { title, address: format!("{stem}.html") });
    let Reporter { settings, engine, origin, .. } = reporter;
    let pages = folder.join(&stem);
    let keys: Vec<CustomerKey> = customers.iter().map(|customer| customer.key.clone()).collect();
    let mut answers = answers_by_customer(origin, engine, &keys).await?;
    let of_all =
        |query: &Query| !query.is_by_customer() && !query.header.params.iter().any(|name| name == "customer_id");
    let shared_answers = asked_once(origin, engine, PAYER, of_all).await?;
    let mut prepared = Vec::new();
    for (position, customer) in customers.iter().enumerate() {
        let own = answers.iter_mut().map(|(query, (none, by_customer))| {
            (query.clone(), by_customer.remove(&customer.key).unwrap_or_else(|| none.clone()))
        });
        // for questions of one's own that know one customer only
        engine.set_customers(std::slice::from_ref(&customer.key), None).await?;
        let about = About {
            subject: Some(subject(&customer.name, &customer.key.customer_id)),
            customer: Some(customer.key.clone()),
            answers: own.chain(shared_answers.clone()).collect(),
            ways: up.clone(),
            ..About::default()
        };
        let target = Target { folder: &pages, stem: customer.stem.clone() };
        prepared.push(prepare(settings, origin, engine, PAYER, about, &target).await?);
        if prepared.len() == PAGES_AT_ONCE || position + 1 == customers.len() {
            write_all(std::mem::take(&mut prepared))?;
        }
    }
    engine.set_customers(&[], None).await?;
    let answers = shared_answers.into_iter().chain([(PAYERS.to_owned(), payers)]).collect();
    let about = About { links: links(customers), answers, ways: ways.clone(), ..About::default() };
    write_files(settings, origin, engine, PAYERS, about, &Target { folder, stem }).await
}

/// What queries say of many customers, asked once for all of them: by query its columns without a row, and the answer
/// for each customer that has one.
async fn answers_by_customer(
    origin: &Origin,
    engine: &mut Engine,
    customers: &[CustomerKey],
) -> Result<BTreeMap<String, (Answer, BTreeMap<CustomerKey, Answer>)>, Error> {
    if customers.is_empty() {
        return Ok(BTreeMap::new());
    }
    engine.set_customers(customers, None).await?;
    let answers = asked_once(origin, engine, PAYER, Query::is_by_customer).await?.into_iter();
    Ok(answers.map(|(query, answer)| (query, (Answer::new(answer.columns.clone()), answer.by_customer()))).collect())
}

/// The page of one customer.
pub(super) async fn one(settings: &Settings, customer: &str, folder: &Path) -> Result<Written, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let key = shared::one_customer(&engine, customer).await?;
    engine.set_customers(std::slice::from_ref(&key), None).await?;
    let profile = engine.ask("payer_profile").await?;
    if profile.is_empty() {
        return Err(Error::Plain(
            format!("no item of a customer `{customer}` was posted by {}", engine.scope().as_of),
            "`encours query payers` lists the customers; identifiers are case-sensitive".to_owned(),
        ));
    }
    let subject = subject(&profile.value(0, "customer_name").plain(), customer);
    let stem =
        format!("{PAYER}-{}-{}-{}", shared::as_file_name(customer), engine.scope().as_of, settings.language.code());
    let about = About { subject: Some(subject), customer: Some(key), ..About::default() };
    let origin = Origin::of(settings, &snapshot, &engine).await?;
    write_files(settings, &origin, &mut engine, PAYER, about, &Target { folder, stem }).await
}

/// Whom a page is about: a customer's name and identifier, where it has both.
fn subject(name: &str, id: &str) -> String {
    if name == id { id.to_owned() } else { format!("{name} · {id}") }
}
