//! Whose books pages are made from: companies, currency, the load behind them, and how the same is asked again.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::{load, shared};
use crate::engine::Engine;
use crate::error::Error;
use crate::lake::{KnownAt, LoadRecord, Snapshot};
use crate::model::money::thousandths_of;
use crate::model::tables::TABLES;
use crate::model::{CustomerKey, Date};
use crate::report::{Assumption, LoadFacts, SourceFacts, Templates};
use crate::settings::Settings;
use crate::store::Place;

/// Whose books all pages of a run are made from.
pub(in crate::commands) struct Origin {
    pub(super) templates: Templates,
    pub(super) company_id: String,
    /// What the companies are called, where that is known of all of them.
    pub(super) company_name: Option<String>,
    pub(super) currency_code: String,
    pub(super) decimals: u8,
    pub(super) load: LoadFacts,
    pub(super) books_end: Option<Date>,
    /// Tables that no load brought rows of.
    pub(super) absent_tables: BTreeSet<String>,
}

impl Origin {
    pub(in crate::commands) async fn of(
        settings: &Settings,
        snapshot: &Snapshot,
        engine: &Engine,
    ) -> Result<Self, Error> {
        let companies = companies(settings, engine).await?;
        Ok(Self {
            templates: shared::templates(settings),
            company_name: company_names(settings, snapshot, engine, &companies).await?,
            company_id: companies.join(", "),
            currency_code: currency(settings, engine).await?,
            decimals: engine.scope().decimals,
            load: facts(snapshot),
            books_end: engine.books_end(engine.scope().as_of).await?,
            absent_tables: absent_tables(settings, snapshot),
        })
    }
}

/// The companies in the answer, by their identifiers.
async fn companies(settings: &Settings, engine: &Engine) -> Result<Vec<String>, Error> {
    if let Some(company) = &settings.company {
        return Ok(vec![company.clone()]);
    }
    let answer =
        engine.ask_step("select distinct item_days.company_id from item_days order by item_days.company_id").await?;
    Ok((0..answer.len()).map(|row| answer.at(row, 0).plain()).collect())
}

/// What the companies are called: by the settings where there is one, as its loads named it, or as it signs its messages
/// (`senders.csv`). Nothing where one of several has no name at all.
async fn company_names(
    settings: &Settings,
    snapshot: &Snapshot,
    engine: &Engine,
    companies: &[String],
) -> Result<Option<String>, Error> {
    let mut names = load::company_names(&snapshot.history);
    let senders = engine.ask_step("select senders.company_id, senders.sender_name from senders").await?;
    for row in 0..senders.len() {
        names.entry(senders.at(row, 0).plain()).or_insert_with(|| senders.at(row, 1).plain());
    }
    if let (Some(name), [only]) = (&settings.company_name, companies) {
        names.insert(only.clone(), name.clone());
    }
    let mut found: Vec<&str> = companies.iter().filter_map(|company| names.get(company).map(String::as_str)).collect();
    let is_complete = !found.is_empty() && found.len() == companies.len();
    found.dedup();
    Ok(if is_complete { Some(found.join(", ")) } else { settings.company_name.clone() })
}

/// The currency amounts are in: the one asked, the only one, or the base currency.
pub(in crate::commands) async fn currency(settings: &Settings, engine: &Engine) -> Result<String, Error> {
    if let Some(currency) = &settings.currency {
        return Ok(currency.clone());
    }
    if engine.is_in_base() {
        return Ok(settings.ledger_currency().to_owned());
    }
    let sql = "select distinct item_days.currency_code from item_days order by item_days.currency_code";
    let answer = engine.ask_step(sql).await?;
    Ok(if answer.len() == 1 { answer.at(0, 0).plain() } else { settings.ledger_currency().to_owned() })
}

/// Reference tables that ship empty, for users to fill.
const USERS_OWN: [&str; 3] = ["monthly_targets", "planned_sales", "targets"];

/// Tables that users load and that no load brought rows of, and reference tables of theirs that hold no line.
fn absent_tables(settings: &Settings, snapshot: &Snapshot) -> BTreeSet<String> {
    let absent = TABLES.iter().filter(|table| table.is_loadable && snapshot.files(table).is_empty());
    let holds_lines = |name: &&str| {
        let lines = settings.reference(name).lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        lines.count() > 1
    };
    let unfilled = USERS_OWN.into_iter().filter(|name| !holds_lines(name));
    absent.map(|table| table.name).chain(unfilled).map(str::to_owned).collect()
}

fn facts(snapshot: &Snapshot) -> LoadFacts {
    let Some(load) = &snapshot.load else { return LoadFacts::default() };
    let history = &snapshot.history;
    let known: Vec<LoadRecord> = history.iter().filter(|past| past.version <= load.version).cloned().collect();
    let held = load::held(&known);
    let mut assumptions: BTreeMap<String, (u64, Option<i128>)> = BTreeMap::new();
    let mut add = |fact: &serde_json::Value| {
        let sum = assumptions.entry(fact["code"].as_str().unwrap_or_default().to_owned()).or_default();
        sum.0 += fact["line_count"].as_u64().unwrap_or_default();
        if let Some(amount) = fact["amount"].as_str().and_then(thousandths_of) {
            sum.1 = Some(sum.1.unwrap_or_default() + amount);
        }
    };
    for source in held.values() {
        source.facts["notes"].as_array().into_iter().flatten().for_each(&mut add);
    }
    // what was assumed of a company's ledgers, its last derivation says
    let mut derived: BTreeMap<&str, &LoadRecord> = BTreeMap::new();
    for past in &known {
        for fact in past.assumptions.as_array().into_iter().flatten() {
            derived.insert(fact["company_id"].as_str().unwrap_or_default(), past);
        }
    }
    for (company, past) in derived {
        let facts = past.assumptions.as_array().into_iter().flatten();
        facts.filter(|fact| fact["company_id"].as_str() == Some(company)).for_each(&mut add);
    }
    LoadFacts {
        load_id: load.load_id.clone(),
        loaded_at: load.loaded_at.clone(),
        // `--known-at` may name the last load too
        is_latest: known.len() == history.len(),
        sources: held
            .values()
            .map(|source| SourceFacts {
                file_name: source.text("file").to_owned(),
                line_count: source.count("line_count"),
                accepted_count: source.count("accepted_count"),
                rejected_count: source.count("rejected_count"),
            })
            .collect(),
        assumptions: assumptions
            .into_iter()
            .map(|(code, (line_count, amount))| Assumption { code, line_count, amount })
            .collect(),
    }
}

/// What asks the same part of the same lake again. A page that leaves the house tells nobody where the lake lies: its
/// folder alone is named, as from where it lies.
pub(super) fn query_options(settings: &Settings, customer: Option<&CustomerKey>) -> Vec<String> {
    let lake = match settings.lake.place() {
        Place::Folder(path) => {
            path.file_name().map_or_else(|| "lake".into(), |name| name.to_string_lossy()).into_owned()
        }
        bucket @ Place::Bucket(_) => bucket.to_string(),
    };
    let mut options = vec!["--lake".to_owned(), lake];
    let known_at = match &settings.known_at {
        KnownAt::Latest => None,
        KnownAt::Version(version) => Some(version.to_string()),
        KnownAt::Time(time) => Some(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
    };
    let mut add = |name: &str, value: &Option<String>| {
        if let Some(value) = value {
            options.extend([name.to_owned(), value.clone()]);
        }
    };
    let company = customer.map(|key| key.company_id.clone()).filter(|company| !company.is_empty());
    add("--company", &settings.company.clone().or(company));
    add("--currency", &settings.currency);
    add("--known-at", &known_at);
    add("--customer", &customer.map(|key| key.customer_id.clone()));
    options
}
