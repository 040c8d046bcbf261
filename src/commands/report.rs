//! `encours report`: the answers of a report's queries become a page.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::ReportArguments;
use crate::commands::{check, load, shared};
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::lake::{KnownAt, LoadRecord, Snapshot};
use crate::model::{Date, Money, Value};
use crate::report::{Assumption, LoadFacts, PageInput, PageSpec, SourceFacts, Templates, render_html};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &ReportArguments) -> Result<Outcome, Error> {
    let (path, outcome) = write(settings, &arguments.name, &arguments.out).await?;
    shared::print(&path.display().to_string())?;
    Ok(outcome)
}

/// Writes the page of a report; where it is, and whether its figures tie out.
pub(super) async fn write(settings: &Settings, name: &str, folder: &Path) -> Result<(PathBuf, Outcome), Error> {
    let templates = shared::templates(settings);
    let spec = PageSpec::load(name, &templates)?;
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    // the file is opened before the work starts
    fs::create_dir_all(folder).map_err(|cause| Error::Disk(folder.to_owned(), cause))?;
    let mut answers = BTreeMap::new();
    for query in spec.queries() {
        answers.insert(query.to_owned(), engine.ask(query).await?);
    }
    let checks = check::run_all(&mut engine).await?.into_iter().map(|(result, _)| result).collect();
    let outcome = shared::tie_out(&mut engine).await?;
    let as_of = engine.scope().as_of;
    let history = settings.lake.history().await?;
    let input = PageInput {
        report_name: name,
        language: settings.language,
        company_id: &company(settings, &engine).await?,
        company_name: settings.company_name.as_deref(),
        currency_code: &currency(settings, &engine).await?,
        as_of,
        load: facts(&snapshot, &history),
        answers,
        checks,
        query_options: &query_options(settings),
        generated_note: concat!("encours ", env!("CARGO_PKG_VERSION")),
    };
    let path = folder.join(file_name(name, as_of, settings));
    let page = render(&input, &templates)?;
    fs::write(&path, page).map_err(|cause| Error::Disk(path.clone(), cause))?;
    Ok((path, outcome))
}

fn render(input: &PageInput<'_>, templates: &Templates) -> Result<String, Error> {
    Ok(render_html(input, templates)?)
}

fn file_name(name: &str, as_of: Date, settings: &Settings) -> String {
    format!("{name}-{as_of}-{}.html", settings.language.code())
}

/// The companies in the answer, by their identifiers.
async fn company(settings: &Settings, engine: &Engine) -> Result<String, Error> {
    if let Some(company) = &settings.company {
        return Ok(company.clone());
    }
    let answer = engine.ask_step("select distinct items.company_id from items order by items.company_id").await?;
    Ok(answer.rows.iter().filter_map(|row| row.first().map(Value::plain)).collect::<Vec<_>>().join(", "))
}

/// The currency amounts are in: the one asked, the only one, or the base currency.
async fn currency(settings: &Settings, engine: &Engine) -> Result<String, Error> {
    if let Some(currency) = &settings.currency {
        return Ok(currency.clone());
    }
    let answer = engine.ask_step("select distinct items.currency_code from items order by items.currency_code").await?;
    Ok(match answer.rows.as_slice() {
        [only] => only.first().map(Value::plain).unwrap_or_default(),
        _ => settings.ledger_currency().to_owned(),
    })
}

fn facts(snapshot: &Snapshot, history: &[LoadRecord]) -> LoadFacts {
    let Some(load) = &snapshot.load else { return LoadFacts::default() };
    let known: Vec<LoadRecord> = history.iter().filter(|past| past.version <= load.version).cloned().collect();
    let held = load::held(&known);
    let mut assumptions: BTreeMap<String, (u64, Option<Money>)> = BTreeMap::new();
    let mut add = |fact: &serde_json::Value| {
        let sum = assumptions.entry(fact["code"].as_str().unwrap_or_default().to_owned()).or_default();
        sum.0 += fact["line_count"].as_u64().unwrap_or_default();
        let amount = fact["amount"].as_str().and_then(|text| text.replace('.', "").parse::<i64>().ok());
        if let Some(amount) = amount.and_then(Money::from_hundredths) {
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

/// What asks the same part of the same lake again.
fn query_options(settings: &Settings) -> Vec<String> {
    let mut options = vec!["--lake".to_owned(), settings.lake.root().display().to_string()];
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
    add("--company", &settings.company);
    add("--currency", &settings.currency);
    add("--known-at", &known_at);
    options
}
