//! `encours report`: the answers of a report's queries become a page and a workbook.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::cli::ReportArguments;
use crate::commands::{check, load, shared};
use crate::engine::{Engine, Query};
use crate::error::{Error, Outcome};
use crate::lake::{KnownAt, LoadRecord, Snapshot};
use crate::model::money::thousandths_of;
use crate::model::processors::{processor_count, share_out};
use crate::model::{Answer, CustomerKey};
use crate::report::{
    Addressee, Assumption, Audience, LoadFacts, PageInput, PageSpec, SourceFacts, Templates, render_html,
    render_workbook,
};
use crate::settings::Settings;
use crate::store::{self, Place, Readers};

/// The report that leads to a page for each customer that matters, and that page.
const PAYERS: &str = "payers";
const PAYER: &str = "payer";
/// So many customers' pages wait to be written together.
const PAGES_AT_ONCE: usize = 64;
/// What differs from the control accounts.
const TIE_OUT: &str = "tie_out";

pub(super) async fn run(settings: &Settings, arguments: &ReportArguments) -> Result<Outcome, Error> {
    let settings = &settings.on_cluster(&arguments.place)?;
    let written = match (&*arguments.name, &arguments.customer) {
        (PAYER, Some(customer)) => payer(settings, customer, &arguments.out).await?,
        (PAYERS, _) => payers(settings, &arguments.out).await?,
        _ => write(settings, &arguments.name, &arguments.out).await?,
    };
    written.print()?;
    Ok(written.outcome)
}

/// The report on payers, and a page for each customer of the first stake: those that bring most of the billing.
pub(super) async fn payers(settings: &Settings, folder: &Path) -> Result<Written, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let payers = engine.ask("payers").await?;
    let stem = format!("{PAYERS}-{}-{}", engine.scope().as_of, settings.language.code());
    let text = |row: usize, column: &str| payers.value(row, column).plain();
    let matters = |row: &usize| text(*row, "stake_code") == "A";
    let customers: Vec<(CustomerKey, String)> =
        (0..payers.len()).filter(matters).map(|row| (payers.customer(row), text(row, "customer_name"))).collect();
    let keys: Vec<CustomerKey> = customers.iter().map(|(key, _)| key.clone()).collect();
    let names = shared::customer_file_names((0..payers.len()).map(|row| payers.customer(row)).collect());
    let file = |key: &CustomerKey| format!("{PAYER}-{}", names[key]);
    let links = keys.iter().map(|key| (key.clone(), format!("{stem}/{}.html", file(key)))).collect();
    let pages = folder.join(&stem);
    let mut answers = answers_by_customer(settings, &mut engine, &keys).await?;
    let of_all =
        |query: &Query| !query.is_by_customer() && !query.header.params.iter().any(|name| name == "customer_id");
    let shared_answers = asked_once(settings, &mut engine, PAYER, of_all).await?;
    let origin = Origin::of(settings, &snapshot, &engine).await?;
    let mut prepared = Vec::new();
    for (position, (key, name)) in customers.iter().enumerate() {
        let own = answers.iter_mut().map(|(query, (none, by_customer))| {
            (query.clone(), by_customer.remove(key).unwrap_or_else(|| none.clone()))
        });
        // for questions of one's own that know one customer only
        engine.set_customers(std::slice::from_ref(key), None).await?;
        let about = About {
            subject: Some(subject(name, &key.customer_id)),
            customer: Some(key.clone()),
            answers: own.chain(shared_answers.clone()).collect(),
            ..About::default()
        };
        let target = Target { folder: &pages, stem: file(key) };
        prepared.push(prepare(settings, &origin, &mut engine, PAYER, about, &target).await?);
        if prepared.len() == PAGES_AT_ONCE || position + 1 == customers.len() {
            write_all(std::mem::take(&mut prepared))?;
        }
    }
    engine.set_customers(&[], None).await?;
    let answers = shared_answers.into_iter().chain([(PAYERS.to_owned(), payers)]).collect();
    let about = About { links, answers, ..About::default() };
    write_files(settings, &origin, &mut engine, PAYERS, about, &Target { folder, stem }).await
}

/// What all pages of a report show alike: the answers of its queries that are wanted, by name.
pub(super) async fn asked_once(
    settings: &Settings,
    engine: &mut Engine,
    report: &str,
    is_wanted: impl Fn(&Query) -> bool,
) -> Result<BTreeMap<String, Answer>, Error> {
    let spec = shared::templates(settings).report(report)?;
    let mut asked = asked_by(&spec);
    asked.retain(|query| engine.catalogue().get(query).is_ok_and(&is_wanted));
    let found = engine.ask_all(&asked).await?;
    Ok(asked.into_iter().map(str::to_owned).zip(found).collect())
}

/// What queries say of many customers, asked once for all of them: by query its columns without a row, and the answer
/// for each customer that has one.
async fn answers_by_customer(
    settings: &Settings,
    engine: &mut Engine,
    customers: &[CustomerKey],
) -> Result<BTreeMap<String, (Answer, BTreeMap<CustomerKey, Answer>)>, Error> {
    if customers.is_empty() {
        return Ok(BTreeMap::new());
    }
    engine.set_customers(customers, None).await?;
    let answers = asked_once(settings, engine, PAYER, Query::is_by_customer).await?.into_iter();
    Ok(answers.map(|(query, answer)| (query, (Answer::new(answer.columns.clone()), answer.by_customer()))).collect())
}

/// The page of one customer.
async fn payer(settings: &Settings, customer: &str, folder: &Path) -> Result<Written, Error> {
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

/// The files of a report, and whether its figures tie out.
pub(super) struct Written {
    pub page: PathBuf,
    pub workbook: PathBuf,
    pub outcome: Outcome,
}

impl Written {
    /// Says where the files are.
    pub(super) fn print(&self) -> Result<(), Error> {
        shared::print(&self.page.display().to_string())?;
        shared::print(&self.workbook.display().to_string())
    }
}

/// Writes the page and the workbook of a report.
pub(super) async fn write(settings: &Settings, name: &str, folder: &Path) -> Result<Written, Error> {
    // a report nobody wrote is refused before the work starts
    let spec = shared::templates(settings).report(name)?;
    if spec.audience == Audience::Customer {
        return Err(Error::Plain(
            format!("report `{name}` is written for one customer"),
            "write it with `encours customer_statement --customer ID`".to_owned(),
        ));
    }
    if name == PAYER {
        return Err(Error::Plain(
            "report `payer` is about one customer".to_owned(),
            "name it: `encours report payer --customer ID`; `encours report payers` writes those that matter"
                .to_owned(),
        ));
    }
    // and so is a folder that cannot be
    store::make_folder_for(folder, settings.readable_by).map_err(|cause| Error::Disk(folder.to_owned(), cause))?;
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let checks = check::run_all(&mut engine).await?.into_iter().map(|(result, _)| result).collect();
    let comments = comments(&engine.ask("comments").await?, name);
    let mut asked = asked_by(&spec);
    // what the checks alone read makes room for the questions
    engine.let_go_but(&asked)?;
    // lists of items come last: those of millions, their page and their workbook want the memory for themselves
    let lists = spec.lists();
    asked.retain(|query| !lists.contains(query));
    let mut answers = BTreeMap::new();
    for (asked, still) in [(&asked, &lists[..]), (&lists, &[])] {
        let found = engine.ask_all(asked).await?;
        answers.extend(asked.iter().map(|query| (*query).to_owned()).zip(found));
        engine.let_go_but(still)?;
    }
    let stem = format!("{name}-{}-{}", engine.scope().as_of, settings.language.code());
    let about = About { checks, comments, answers, ..About::default() };
    let origin = Origin::of(settings, &snapshot, &engine).await?;
    write_files(settings, &origin, &mut engine, name, about, &Target { folder, stem }).await
}

/// What a report asks: its queries, and whether all ties out.
fn asked_by(spec: &PageSpec) -> Vec<&str> {
    let mut asked = spec.queries();
    if !asked.contains(&TIE_OUT) {
        asked.push(TIE_OUT);
    }
    asked
}

/// What a report says beside the answers of its queries.
#[derive(Default)]
pub(super) struct About {
    pub checks: Vec<crate::report::CheckResult>,
    pub comments: Vec<(String, String)>,
    pub addressee: Option<Addressee>,
    /// Whom or what it is about, where that is not the company as a whole.
    pub subject: Option<String>,
    /// The one customer whose questions it shows.
    pub customer: Option<CustomerKey>,
    /// Pages of customers, as addresses from the report's folder.
    pub links: BTreeMap<CustomerKey, String>,
    /// Answers that are not to be asked again, or tell of a part only.
    pub answers: BTreeMap<String, Answer>,
}

/// Whose books all pages of a run are made from.
pub(super) struct Origin {
    templates: Templates,
    company_id: String,
    currency_code: String,
    decimals: u8,
    load: LoadFacts,
}

impl Origin {
    pub(super) async fn of(settings: &Settings, snapshot: &Snapshot, engine: &Engine) -> Result<Self, Error> {
        let company_id = company(settings, engine).await?;
        Ok(Self {
            templates: shared::templates(settings),
            company_id,
            currency_code: currency(settings, engine).await?,
            decimals: engine.scope().decimals,
            load: facts(snapshot),
        })
    }
}

/// Where a report is written: `<folder>/<stem>.html` and `.xlsx`.
pub(super) struct Target<'a> {
    pub folder: &'a Path,
    pub stem: String,
}

/// A page and a workbook that wait to be written.
pub(super) struct Prepared<'a> {
    input: PageInput<'a>,
    templates: &'a Templates,
    readers: Readers,
    files: Written,
}

impl Prepared<'_> {
    /// Page and workbook are made of the same answers, side by side. They stand in their places once both are whole.
    pub(super) fn write(self) -> Result<Written, Error> {
        let Self { input, templates, readers, files } = self;
        let (mut html, xlsx) = (begun(&files.page, readers)?, begun(&files.workbook, readers)?);
        std::thread::scope(|scope| {
            let written = scope.spawn(|| render_workbook(&input, templates, xlsx.as_file()));
            let text = render_html(&input, templates)?;
            html.write_all(text.as_bytes()).map_err(|cause| Error::Disk(files.page.clone(), cause))?;
            match written.join() {
                Ok(written) => Ok::<_, Error>(written?),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        })?;
        put(html, &files.page)?;
        put(xlsx, &files.workbook)?;
        Ok(files)
    }
}

/// Writes pages and workbooks, as many at once as there are processors; they come back in their order.
pub(super) fn write_all(prepared: Vec<Prepared<'_>>) -> Result<Vec<Written>, Error> {
    let written = Mutex::new(BTreeMap::new());
    share_out(processor_count(), prepared.into_iter().enumerate(), |(position, prepared)| {
        let files = prepared.write()?;
        written.lock().unwrap_or_else(PoisonError::into_inner).insert(position, files);
        Ok::<_, Error>(())
    })?;
    Ok(written.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
}

/// Asks the queries of a report and writes its files.
pub(super) async fn write_files(
    settings: &Settings,
    origin: &Origin,
    engine: &mut Engine,
    name: &str,
    about: About,
    target: &Target<'_>,
) -> Result<Written, Error> {
    prepare(settings, origin, engine, name, about, target).await?.write()
}

/// Asks the queries of a report that nobody asked yet.
pub(super) async fn prepare<'a>(
    settings: &'a Settings,
    origin: &'a Origin,
    engine: &mut Engine,
    name: &'a str,
    about: About,
    target: &Target<'_>,
) -> Result<Prepared<'a>, Error> {
    let spec = origin.templates.report(name)?;
    store::make_folder_for(target.folder, settings.readable_by)
        .map_err(|cause| Error::Disk(target.folder.to_owned(), cause))?;
    let mut answers = about.answers;
    let mut asked = asked_by(&spec);
    asked.retain(|query| !answers.contains_key(*query));
    let found = engine.ask_all(&asked).await?;
    answers.extend(asked.into_iter().map(str::to_owned).zip(found));
    let is_sound = answers.get(TIE_OUT).is_some_and(Answer::is_empty);
    let outcome = if is_sound { Outcome::Done } else { Outcome::Doubtful };
    let input = PageInput {
        report_name: name,
        language: settings.language,
        company_id: &origin.company_id,
        company_name: settings.company_name.as_deref(),
        currency_code: &origin.currency_code,
        decimals: origin.decimals,
        ages_from_issue: engine.scope().ages_from_issue,
        as_of: engine.scope().as_of,
        load: origin.load.clone(),
        answers,
        checks: about.checks,
        comments: about.comments,
        addressee: about.addressee,
        subject: about.subject,
        links: about.links,
        query_options: query_options(settings, about.customer.as_ref()),
        generated_note: concat!("encours ", env!("CARGO_PKG_VERSION")),
    };
    let page = target.folder.join(format!("{}.html", target.stem));
    let workbook = target.folder.join(format!("{}.xlsx", target.stem));
    let files = Written { page, workbook, outcome };
    Ok(Prepared { input, templates: &origin.templates, readers: settings.readable_by, files })
}

/// Writes a file that is whole once it bears its name.
pub(super) fn write_file(path: &Path, readers: Readers, content: &[u8]) -> Result<(), Error> {
    let mut file = begun(path, readers)?;
    file.write_all(content).map_err(|cause| Error::Disk(path.to_owned(), cause))?;
    put(file, path)
}

/// Puts a file that is written in its place.
fn put(file: NamedTempFile, path: &Path) -> Result<(), Error> {
    let failed = |cause| Error::Disk(path.to_owned(), cause);
    // who may read what stood there may read what stands there now
    if let Ok(before) = fs::metadata(path) {
        file.as_file().set_permissions(before.permissions()).map_err(failed)?;
    }
    file.persist(place_of(path)).map_err(|refused| failed(refused.error))?;
    Ok(())
}

/// Where a file stands: a link stays one.
fn place_of(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A file in the folder of another, without a name that anybody looks for.
fn begun(path: &Path, readers: Readers) -> Result<NamedTempFile, Error> {
    let path = &*place_of(path);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut begun = tempfile::Builder::new();
    begun.prefix(".encours-");
    #[cfg(unix)]
    begun.permissions(std::os::unix::fs::PermissionsExt::from_mode(readers.file_mode()));
    begun.tempfile_in(folder).map_err(|cause| Error::Disk(folder.to_owned(), cause))
}

/// What was written beside the panels of a report.
fn comments(answer: &Answer, report: &str) -> Vec<(String, String)> {
    let of_report = (0..answer.len()).filter(|row| answer.value(*row, "report_code").plain() == report);
    of_report.map(|row| (answer.value(row, "panel_code").plain(), answer.value(row, "comment_text").plain())).collect()
}

/// The companies in the answer, by their identifiers.
async fn company(settings: &Settings, engine: &Engine) -> Result<String, Error> {
    if let Some(company) = &settings.company {
        return Ok(company.clone());
    }
    let answer =
        engine.ask_step("select distinct item_days.company_id from item_days order by item_days.company_id").await?;
    Ok((0..answer.len()).map(|row| answer.at(row, 0).plain()).collect::<Vec<_>>().join(", "))
}

/// The currency amounts are in: the one asked, the only one, or the base currency.
pub(super) async fn currency(settings: &Settings, engine: &Engine) -> Result<String, Error> {
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
fn query_options(settings: &Settings, customer: Option<&CustomerKey>) -> Vec<String> {
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
