//! What the command line means: options, then `encours.toml` from the current folder upwards, then defaults.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use url::Url;

use crate::cli::{ClusterArguments, Common};
use crate::engine::{Catalogue, Cluster, SCHEDULER_PORT, Scope};
use crate::error::Error;
use crate::ingest::Currencies;
use crate::lake::{KnownAt, Lake};
use crate::memory;
use crate::model::{AgreedTerms, Date, Terms, YearEnd};
use crate::report::Language;
use crate::store::{self, Place, Readers};

static REFERENCE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data/reference");
static MAPPINGS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data/mappings");

/// The company of files that name none, where no setting names one either.
const DEFAULT_COMPANY: &str = "main";
/// Where a lake's sessions on a cluster keep what later questions read, beside its tables.
const RESULTS: &str = "_results";
/// A FEC is kept in euros unless the settings say otherwise (C. com. L.123-22).
const LEDGER_CURRENCY: &str = "EUR";

/// Seconds that SQL of the user may take, unless the settings say otherwise.
const SQL_SECONDS: u64 = 600;

/// `encours.toml`. Paths are relative to its folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    company: Option<String>,
    company_name: Option<String>,
    base_currency: Option<String>,
    language: Option<String>,
    default_terms: Option<String>,
    fiscal_year_end: Option<String>,
    letters_act_from: Option<LettersActFrom>,
    age_from: Option<AgeFrom>,
    dso_days: Option<u16>,
    memory_megabytes: Option<u64>,
    sql_seconds: Option<u64>,
    readable_by: Readers,
    lake: Option<String>,
    sources: Vec<PathBuf>,
    queries: Vec<PathBuf>,
    mappings: Vec<PathBuf>,
    reference: Vec<PathBuf>,
    reports: Vec<PathBuf>,
}

/// From when a letter settles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LettersActFrom {
    /// The later of both posted dates.
    #[default]
    PostedDate,
    /// `DateLet`, never before both are posted.
    LetterDate,
}

/// From when ages count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeFrom {
    /// From the day after the due date on.
    #[default]
    DueDate,
    /// From the day after the invoice's own.
    IssuedDate,
}

/// What a run goes by.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Settings {
    /// The lake.
    pub lake: Lake,
    /// The cluster that answers, if not this process.
    pub cluster: Option<Cluster>,
    /// As of which load.
    pub known_at: KnownAt,
    /// `--company`.
    pub company: Option<String>,
    /// What the company is called on pages.
    pub company_name: Option<String>,
    /// The company of files that name none.
    pub default_company: String,
    /// Whether the settings name a company.
    pub has_own_company: bool,
    /// The currency answers are given in where several meet.
    pub base_currency: Option<String>,
    /// `--currency`.
    pub currency: Option<String>,
    /// `--as-of`.
    pub as_of: Option<Date>,
    /// Language of words, numbers and dates.
    pub language: Language,
    /// The language that the command line names.
    pub asked_language: Option<Language>,
    /// Due dates where a ledger has none.
    pub default_terms: AgreedTerms,
    /// The day on which the company usually closes its books.
    pub usual_year_end: Option<YearEnd>,
    /// Whether letters act from their `DateLet`.
    pub letters_act_from_letter_date: bool,
    /// From when ages count.
    pub age_from: AgeFrom,
    /// Days of sales that the simple DSO compares with.
    pub dso_days: i64,
    /// The memory a run may take, in bytes.
    pub memory_limit: u64,
    /// Seconds that SQL of the user may take.
    pub sql_seconds: u64,
    /// Who may read what is written new.
    pub readable_by: Readers,
    /// What `load` reads when no file is named.
    pub sources: Vec<PathBuf>,
    /// Overriding queries.
    pub query_folders: Vec<PathBuf>,
    /// Overriding templates and words.
    pub report_folders: Vec<PathBuf>,
    /// Reference tables, by stem.
    pub references: BTreeMap<String, String>,
    /// Mappings, by stem.
    pub mappings: BTreeMap<String, String>,
    /// Whether talk is unwanted.
    pub is_quiet: bool,
    /// Whether tables may be wider than the terminal.
    pub is_wide: bool,
}

impl Settings {
    /// Settles the options of a command line.
    ///
    /// # Errors
    /// When `encours.toml` or an option says what cannot be.
    pub fn settle(common: &Common) -> Result<Self, Error> {
        let here = std::env::current_dir().map_err(|cause| Error::Disk(".".into(), cause))?;
        Self::settle_in(&here, common)
    }

    /// The language to say in what went wrong before, or while, the options were settled.
    #[must_use]
    pub fn spoken(common: &Common) -> Language {
        let of_file = || read_file(&std::env::current_dir().ok()?).ok()?.1.language;
        let asked = common.lang.clone().or_else(of_file);
        asked.and_then(|text| Language::parse(&text).ok()).unwrap_or_else(environment_language)
    }

    /// The same as if the command line had been typed in that folder.
    ///
    /// # Errors
    /// As `settle`.
    pub fn settle_in(here: &Path, common: &Common) -> Result<Self, Error> {
        let (folder, file) = read_file(here)?;
        let under = |paths: &[PathBuf]| paths.iter().map(|path| folder.join(path)).collect::<Vec<_>>();
        let lake = match (&common.lake, &file.lake) {
            (Some(place), _) => Place::parse(place, here),
            (None, Some(place)) => Place::parse(place, &folder),
            (None, None) => Place::parse("lake", here),
        };
        let language = match common.lang.as_deref().or(file.language.as_deref()) {
            None => environment_language(),
            Some(text) => Language::parse(text)?,
        };
        let default_terms = match &file.default_terms {
            None => Terms::STATUTORY.into(),
            Some(code) => AgreedTerms::parse(code).ok_or_else(|| {
                plain(
                    format!("found `default_terms = \"{code}\"`"),
                    &format!("write days, end of month and day of the month as {}", AgreedTerms::FORMS),
                )
            })?,
        };
        let usual_year_end = match &file.fiscal_year_end {
            None => None,
            Some(text) => Some(YearEnd::parse(text).ok_or_else(|| {
                plain(format!("found `fiscal_year_end = \"{text}\"`"), "write month and day as `12-31`")
            })?),
        };
        let known_at = match &common.known_at {
            None => KnownAt::Latest,
            Some(text) => KnownAt::parse(text).ok_or_else(|| {
                plain(
                    format!("found `--known-at {text}`"),
                    "write the number of a load, a day (2024-12-31) or a time (2024-12-31T18:00:00Z)",
                )
            })?,
        };
        let as_of = match &common.as_of {
            None => None,
            Some(text) => Some(Self::day("as-of", text)?),
        };
        for (name, text) in [
            ("company", &common.company),
            ("company", &file.company),
            ("currency", &common.currency),
            ("base_currency", &file.base_currency),
        ] {
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                return Err(plain(
                    format!("found an empty `{name}`"),
                    "name it, or leave it out to mean all or the default",
                ));
            }
        }
        for path in [&file.queries, &file.mappings, &file.reference, &file.reports].into_iter().flatten() {
            if !folder.join(path).is_dir() {
                return Err(plain(
                    format!("encours.toml names the folder `{}`, which is not there", path.display()),
                    "correct the path, which is relative to the folder of encours.toml, or make the folder",
                ));
            }
        }
        Ok(Self {
            lake: Lake::at(lake?)?.readable_by(file.readable_by),
            cluster: None,
            known_at,
            company: common.company.clone(),
            company_name: file.company_name.clone(),
            has_own_company: file.company.is_some(),
            default_company: file.company.clone().unwrap_or_else(|| DEFAULT_COMPANY.to_owned()),
            base_currency: file.base_currency.clone(),
            currency: common.currency.clone(),
            as_of,
            language,
            asked_language: common.lang.as_ref().map(|_| language),
            default_terms,
            usual_year_end,
            letters_act_from_letter_date: file.letters_act_from == Some(LettersActFrom::LetterDate),
            age_from: file.age_from.unwrap_or_default(),
            dso_days: file.dso_days.map_or(Scope::at(Date::default()).dso_days, i64::from),
            memory_limit: file.memory_megabytes.map_or_else(memory::usual_limit, |megabytes| megabytes << 20),
            sql_seconds: file.sql_seconds.unwrap_or(SQL_SECONDS),
            readable_by: file.readable_by,
            sources: file.sources.iter().map(|source| source_at(&folder, source)).collect(),
            query_folders: under(&file.queries),
            report_folders: under(&file.reports),
            references: files(&REFERENCE, &under(&file.reference), "csv"),
            mappings: files(&MAPPINGS, &under(&file.mappings), "toml"),
            is_quiet: common.quiet,
            is_wide: common.wide,
        })
    }

    /// The same, answered by the cluster of that scheduler where one is named: `HOST`, `HOST:PORT`, or either behind
    /// `http://`.
    ///
    /// # Errors
    /// When it is no address.
    pub fn on_cluster(&self, place: &ClusterArguments) -> Result<Self, Error> {
        let Some(scheduler) = place.cluster.as_deref() else { return Ok(self.clone()) };
        let host = scheduler.split_once("://").map_or(scheduler, |(_, host)| host);
        let parsed = Url::parse(&format!("http://{host}"));
        let is_plain = |url: &Url| url.path() == "/" && url.query().is_none() && url.username().is_empty();
        match parsed.ok().filter(|url| (scheduler == host || scheduler.starts_with("http://")) && is_plain(url)) {
            Some(scheduler) => {
                let results = self.lake.place().within(RESULTS);
                let patience = Duration::from_secs(place.cluster_timeout);
                Ok(Self { cluster: Some(Cluster { scheduler, results, patience }), ..self.clone() })
            }
            None => Err(plain(
                format!("found `--cluster {scheduler}`"),
                &format!("name the scheduler as `HOST:PORT`, for one on this machine `localhost:{SCHEDULER_PORT}`"),
            )),
        }
    }

    /// The day that an option names.
    ///
    /// # Errors
    /// When there is no such day.
    pub fn day(option: &str, text: &str) -> Result<Date, Error> {
        text.parse().map_err(|_| {
            plain(
                format!("found `--{option} {text}`"),
                &format!("write a day that exists, year first: `--{option} 2024-12-31`"),
            )
        })
    }

    /// The currency a ledger without one is kept in.
    #[must_use]
    pub fn ledger_currency(&self) -> &str {
        self.base_currency.as_deref().unwrap_or(LEDGER_CURRENCY)
    }

    /// The decimals of that currency.
    ///
    /// # Errors
    /// When the table of currencies cannot be read.
    pub fn ledger_decimals(&self) -> Result<u8, Error> {
        Ok(Currencies::parse(self.reference("currencies"))?.decimals(Some(self.ledger_currency())))
    }

    /// The queries, the user's over the built-in ones.
    ///
    /// # Errors
    /// When a header does not say what it must.
    pub fn catalogue(&self) -> Result<Catalogue, Error> {
        Ok(Catalogue::load(&self.query_folders)?)
    }

    /// What is asked, as of a day.
    #[must_use]
    pub fn scope(&self, as_of: Date) -> Scope {
        Scope {
            ages_from_issue: self.age_from == AgeFrom::IssuedDate,
            dso_days: self.dso_days,
            language_code: self.language.code(),
            company_id: self.company.clone(),
            currency_code: self.currency.clone(),
            books_currency: self.base_currency.clone(),
            ..Scope::at(as_of)
        }
    }

    /// A reference table's text; empty where there is none.
    #[must_use]
    pub fn reference(&self, name: &str) -> &str {
        self.references.get(name).map_or("", String::as_str)
    }
}

/// The reference tables that are compiled in, by stem.
#[must_use]
pub fn built_in_references() -> BTreeMap<String, String> {
    files(&REFERENCE, &[], "csv")
}

fn plain(found: String, hint: &str) -> Error {
    Error::Plain(found, hint.to_owned())
}

/// French where the system speaks French, else English.
fn environment_language() -> Language {
    let spoken = ["LC_ALL", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    if spoken.is_some_and(|text| text.starts_with("fr")) { Language::Fr } else { Language::En }
}

/// The nearest `encours.toml` upwards and its folder; none: the defaults, here.
fn read_file(here: &Path) -> Result<(PathBuf, File), Error> {
    let Some(path) = here.ancestors().map(|folder| folder.join("encours.toml")).find(|path| path.is_file()) else {
        return Ok((here.to_owned(), File::default()));
    };
    let text = fs::read_to_string(&path).map_err(|cause| Error::Disk(path.clone(), cause))?;
    let file = toml::from_str(&text).map_err(|cause| {
        Error::Plain(
            format!("`{}` cannot be read: {}", path.display(), cause.to_string().trim_end()),
            "the README lists what encours.toml may say".to_owned(),
        )
    })?;
    Ok((path.parent().map_or_else(|| here.to_owned(), Path::to_owned), file))
}

/// A source that `encours.toml` names, relative to its folder; an address stays as it is.
fn source_at(folder: &Path, source: &Path) -> PathBuf {
    if source.to_str().is_some_and(store::is_address) { source.to_owned() } else { folder.join(source) }
}

/// The built-in files, then those of the user's folders, by stem.
fn files(built_in: &Dir<'_>, folders: &[PathBuf], ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let stem = |path: &Path| {
        let is_wanted = path.extension().is_some_and(|found| found == ending);
        path.file_stem().filter(|_| is_wanted).and_then(|stem| stem.to_str()).map(str::to_owned)
    };
    for file in built_in.files() {
        if let (Some(stem), Some(text)) = (stem(file.path()), file.contents_utf8()) {
            found.insert(stem, text.to_owned());
        }
    }
    for folder in folders {
        for path in fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            if let (Some(stem), Ok(text)) = (stem(&path), fs::read_to_string(&path)) {
                found.insert(stem, text);
            }
        }
    }
    found
}
