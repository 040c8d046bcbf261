//! `encours customer_statement`: what a customer owes and what moved since its last statement, as page and workbook.

use crate::cli::CustomerStatementArguments;
use crate::commands::report::{self, About, Origin, Target};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::model::{Answer, Value};
use crate::report::{Addressee, Language};
use crate::settings::Settings;

const REPORT: &str = "customer_statement";

pub(super) async fn run(settings: &Settings, arguments: &CustomerStatementArguments) -> Result<Outcome, Error> {
    let since = arguments.since.as_deref().map(|text| Settings::day("since", text)).transpose()?;
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    engine.set_customers(&[&arguments.customer], since).await?;
    let known = engine.ask("statement_customer").await?;
    let addressee = addressee(&known, arguments)?;
    let since = since.unwrap_or(addressee.since);
    let as_of = engine.scope().as_of;
    if since >= as_of {
        return Err(Error::Plain(
            format!("a statement as of {as_of} cannot tell what moved since {since}"),
            "name an earlier day with `--since`".to_owned(),
        ));
    }
    engine.set_customers(&[&arguments.customer], Some(since)).await?;
    let language = settings.asked_language.or_else(|| language(&known)).unwrap_or(settings.language);
    let settings = Settings { language, ..settings.clone() };
    let stem = format!("{REPORT}-{}-{as_of}-{}", shared::as_file_name(&arguments.customer), settings.language.code());
    let addressee = Addressee { since, ..addressee };
    let about =
        About { customer_id: Some(addressee.customer_id.clone()), addressee: Some(addressee), ..About::default() };
    let target = Target { folder: &arguments.out, stem };
    let origin = Origin::of(&settings, &snapshot, &engine).await?;
    let written = report::write_files(&settings, &origin, &mut engine, REPORT, about, &target).await?;
    written.print()?;
    // what differs for other customers is none of this one's business
    let differences = engine.ask("tie_out").await?;
    let is_sound =
        (0..differences.len()).all(|row| differences.value(row, "customer_id").plain() != arguments.customer);
    if !is_sound {
        shared::say(
            &settings,
            "the open items of this customer are not the balance of its account: see `encours query tie_out`",
        );
    }
    Ok(if is_sound { Outcome::Done } else { Outcome::Doubtful })
}

/// The customer, known to one company.
fn addressee(known: &Answer, arguments: &CustomerStatementArguments) -> Result<Addressee, Error> {
    let customer = &arguments.customer;
    match known.len() {
        0 => Err(Error::Plain(
            format!("the lake holds no customer `{customer}`"),
            "`encours query aging_by_customer` lists those who owe; identifiers are case-sensitive".to_owned(),
        )),
        1 => Ok(Addressee {
            customer_id: customer.clone(),
            name: known.value(0, "customer_name").plain(),
            since: match known.value(0, "since_date") {
                Value::Date(day) => day,
                _ => crate::model::Date::default(),
            },
        }),
        _ => {
            let companies: Vec<String> = (0..known.len()).map(|row| known.value(row, "company_id").plain()).collect();
            Err(Error::Plain(
                format!("several companies know a customer `{customer}`: {}", companies.join(", ")),
                "name one with `--company ID`".to_owned(),
            ))
        }
    }
}

/// The customer's own language, where there are words in it.
fn language(known: &Answer) -> Option<Language> {
    Language::parse(&known.value(0, "language_code").plain()).ok()
}
