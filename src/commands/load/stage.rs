//! Files become staged Parquet: which are new, how they are read, and what each brought.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::fingerprint::Fingerprint;
use super::master;
use super::sources::{Held, Master};
use crate::cli::{LoadArguments, ReadingArguments};
use crate::commands::shared;
use crate::engine::CellSql;
use crate::error::Error;
use crate::ingest::staging::{StagedFile, Staging};
use crate::ingest::{
    self, AccountRoles, ActionCodes, BoxedError, ColumnNames, CounterpartClasses, Currencies, DateOrder, Decimal,
    Encoding, FiscalYear, Mapping, OpeningJournals, Proposal, ReadOptions, Sink, SourceReport, WrittenForms,
};
use crate::model::money::smallest;
use crate::model::tables::PREPARED_CODE;
use crate::model::{Date, Money, Rows, TableSpec, Values};
use crate::settings::Settings;

/// A file read.
pub(super) struct Source {
    /// What reading it gave.
    pub report: SourceReport,
    /// SHA-256 of its bytes and of all that decides how they are read.
    pub hash: String,
    /// Whose rows its files hold.
    pub origin: String,
    /// The fiscal year, for a ledger.
    pub year: Option<FiscalYear>,
    /// Its staged files.
    pub files: Vec<StagedFile>,
    /// Of its entries or items, whatever their order and company: two sources that share one hold the same.
    pub fingerprint: Option<String>,
    /// SHA-256 of what decides what its columns mean: its mapping and what the user says of the reading.
    pub meaning: String,
}

impl Source {
    /// The columns that tell the items of a list apart, where they were proposed.
    pub(super) fn list_key(&self) -> Option<Vec<String>> {
        self.report.proposal.as_ref().filter(|_| self.brings("item_lists")).map(Proposal::key_columns)
    }

    /// Whether it brought rows of a table.
    pub(super) fn brings(&self, table: &str) -> bool {
        self.files.iter().any(|file| file.table.name == table)
    }
}

/// Files to read, and files the lake holds already.
pub(super) struct Fresh<'a> {
    pub files: Vec<(&'a Path, String)>,
    pub held: Vec<&'a Path>,
}

/// Tells files by their content: one that the lake holds as its source's last word need not be read again.
pub(super) fn not_yet_held<'a>(
    settings: &Settings,
    files: &'a [PathBuf],
    arguments: &LoadArguments,
    held: &BTreeMap<String, Held>,
) -> Result<Fresh<'a>, Error> {
    let rules = rules_hash(settings, arguments)?;
    let mut fresh = Fresh { files: Vec::new(), held: Vec::new() };
    for file in files {
        let hash = content_hash(file, &rules)?;
        let known = held.values().find(|source| source.text("hash") == hash);
        // rows of a plain file may since have been overwritten by another file, and those that were refused may name what
        // a ledger has brought since; a ledger's year is its own
        let is_ledger = |source: &Held| source.facts["is_ledger"].as_bool() == Some(true);
        let is_last_word = known.is_some_and(|source| {
            let has_refused = source.facts["rejected_count"].as_u64().is_some_and(|count| count > 0);
            let is_before = |other: &Held| other.version <= source.version || (is_ledger(other) && !has_refused);
            is_ledger(source) || held.values().all(is_before)
        });
        if is_last_word && arguments.replace.is_empty() {
            fresh.held.push(file.as_path());
        } else {
            fresh.files.push((file.as_path(), hash));
        }
    }
    Ok(fresh)
}

/// Reads every file into staged Parquet; one that cannot be read at all ends the load.
pub(super) fn read_all(
    settings: &Settings,
    files: &[(&Path, String)],
    arguments: &LoadArguments,
    load_id: &str,
    (ledgers, master): (&BTreeSet<String>, Option<&Master>),
) -> Result<Vec<Source>, Error> {
    let mut rules = Rules::settle(settings, &arguments.reading)?;
    let mut ledgers = ledgers.clone();
    let rates = Rates::parse(settings.ledger_currency(), settings.ledger_decimals()?, settings.reference("rates"))?;
    let mut sources = Vec::new();
    for (number, (path, hash)) in in_reading_order(files).into_iter().enumerate() {
        rules.default_company = plain_company(settings, &ledgers);
        let source = read_one(settings, path, number, (&rules, &rates, master), load_id)?;
        if let Some(other) = sources.iter().find(|other: &&Source| other.report.source_key == source.report.source_key)
        {
            return Err(Error::Plain(
                format!(
                    "`{}` and `{}` are both the source `{}`",
                    other.report.file_name, source.report.file_name, source.report.source_key
                ),
                "load one of them; a later load of the same source takes the place of the earlier one".to_owned(),
            ));
        }
        if source.year.is_some() {
            ledgers.insert(source.report.company_id.clone());
        }
        let meaning = meaning_hash(settings, arguments, &source.report)?;
        sources.push(Source { hash: hash.clone(), meaning, ..source });
    }
    Ok(sources)
}

/// The company of plain files that name none: the one of the settings, else the only one that has a ledger.
fn plain_company(settings: &Settings, ledgers: &BTreeSet<String>) -> String {
    match ledgers.iter().next() {
        Some(only) if ledgers.len() == 1 && !settings.has_own_company => only.clone(),
        _ => settings.default_company.clone(),
    }
}

/// Ledgers first, told by their names: plain files beside them speak of the same company.
fn in_reading_order<'a>(files: &'a [(&'a Path, String)]) -> Vec<&'a (&'a Path, String)> {
    let is_plain = |path: &Path| {
        let name = shared::file_name(path).unwrap_or_default().to_uppercase();
        !name.contains("FEC") && path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("xml"))
    };
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_key(|(path, _)| is_plain(path));
    files
}

fn read_one(
    settings: &Settings,
    path: &Path,
    number: usize,
    (rules, rates, master): (&Rules<'_>, &Rates, Option<&Master>),
    load_id: &str,
) -> Result<Source, Error> {
    // the name of its source is known once it is read
    let waiting = format!("reading.{number}");
    let bar = progress_bar(path, settings.is_quiet);
    let progress = |bytes: u64| bar.set_position(bytes);
    let mut sink = Staged {
        staging: Staging::new(settings.lake.staging_folder(), load_id, load_id),
        origin: &waiting,
        rates,
        master,
        detail_count: 0,
        fingerprint: Fingerprint::default(),
    };
    let read = ingest::read(path, &rules.options(&progress), &mut sink);
    bar.finish_and_clear();
    let fingerprint = sink.fingerprint.told().filter(|_| master.is_none());
    let detail_count = sink.detail_count;
    let finished = sink.staging.finish();
    let mut report = read?;
    let files = finished.map_err(|cause| unwritable(settings, &cause))?;
    if master.is_some() {
        take_details(&mut report, detail_count)?;
    }
    let is_list = report.tables.contains_key("item_lists");
    if is_list && report.rejected_count > 0 {
        return Err(Error::Plain(
            format!(
                "{} of the {} lines of the list `{}` cannot be read: what they hold would count as settled",
                report.rejected_count, report.line_count, report.file_name
            ),
            "`encours inspect FILE` shows the refused lines; correct them, or load it with `--as-of-list none` as items".to_owned(),
        ));
    }
    // a day without entries has its balances
    let is_statement = report.tables.contains_key("bank_statements");
    if report.accepted_count == 0 && !is_list && !is_statement {
        let reason = report.reject_counts.keys().next().map_or("none", |reason| reason.code());
        return Err(Error::Plain(
            format!(
                "none of the {} lines of `{}` can be accepted (`{reason}`); nothing was changed",
                report.line_count, report.file_name
            ),
            "`encours inspect FILE` shows how it was read and the first refused lines".to_owned(),
        ));
    }
    let origin = origin_of_key(&report.source_key);
    let files = files.iter().map(|file| renamed(file, &origin, load_id)).collect::<Result<_, Error>>()?;
    Ok(Source {
        year: report.fiscal_year,
        report,
        hash: String::new(),
        origin,
        files,
        fingerprint,
        meaning: String::new(),
    })
}

/// A file whose receivables another source tells: what it brings instead.
fn take_details(report: &mut SourceReport, detail_count: u64) -> Result<(), Error> {
    if report.fiscal_year.is_some() {
        return Err(Error::Plain(
            format!("`{}` is a ledger, and `--master` says that another source counts in its place", report.file_name),
            "load the ledger without it, and the lists beside with `--master`".to_owned(),
        ));
    }
    for table in ["items", "listed_items", "item_lists", "allocations"] {
        report.tables.remove(table);
    }
    report.tables.insert("invoice_details", detail_count);
    report.receivable_count = 0;
    // no list of items tells a margin
    report.absent_columns.push("margin_amount".to_owned());
    Ok(())
}

fn renamed(file: &StagedFile, origin: &str, load_id: &str) -> Result<StagedFile, Error> {
    let path = file.path.with_file_name(format!("{origin}-{load_id}.parquet"));
    std::fs::rename(&file.path, &path).map_err(|cause| Error::Disk(path.clone(), cause))?;
    Ok(StagedFile { origin: origin.to_owned(), path, ..file.clone() })
}

pub(super) fn unwritable(settings: &Settings, cause: &dyn std::fmt::Display) -> Error {
    Error::Disk(settings.lake.staging_folder().to_owned(), std::io::Error::other(cause.to_string()))
}

/// What every reading goes by: the user's words and the reference tables, read once.
pub(in crate::commands) struct Rules<'a> {
    settings: &'a Settings,
    default_company: String,
    encoding: Option<Encoding>,
    date_order: Option<DateOrder>,
    decimal: Option<Decimal>,
    mapping: Option<Mapping>,
    mappings: Vec<Mapping>,
    roles: AccountRoles,
    classes: CounterpartClasses,
    opening_journals: OpeningJournals,
    currencies: Currencies,
    written_forms: WrittenForms,
    column_names: ColumnNames,
    action_codes: ActionCodes,
    list_day: Option<Date>,
    is_no_list: bool,
    are_totals_accepted: bool,
}

impl<'a> Rules<'a> {
    pub(in crate::commands) fn settle(settings: &'a Settings, reading: &ReadingArguments) -> Result<Self, Error> {
        let encoding = match &reading.encoding {
            None => None,
            Some(code) => Some(Encoding::parse(code).ok_or_else(|| {
                Error::Plain(
                    format!("found `--encoding {code}`"),
                    "write utf-8, iso-8859-15, cp1252, cp850 or utf-16".to_owned(),
                )
            })?),
        };
        let date_order = match &reading.date_order {
            None => None,
            Some(code) => Some(DateOrder::parse(code).ok_or_else(|| {
                Error::Plain(
                    format!("found `--date-order {code}`"),
                    "write `dmy` where days come first, `mdy` where months do".to_owned(),
                )
            })?),
        };
        let decimal = match &reading.decimal {
            None => None,
            Some(code) => Some(Decimal::parse(code).ok_or_else(|| {
                Error::Plain(format!("found `--decimal {code}`"), "write `--decimal ,` or `--decimal .`".to_owned())
            })?),
        };
        let is_no_list = reading.as_of_list.as_deref() == Some("none");
        let list_day = match &reading.as_of_list {
            None => None,
            Some(_) if is_no_list => None,
            Some(text) => Some(text.parse::<Date>().map_err(|_| {
                Error::Plain(
                    format!("found `--as-of-list {text}`"),
                    "write a day as `2025-01-31`, or `none` where a file is no list of what is open".to_owned(),
                )
            })?),
        };
        // one that cannot be used stops no file that does not need it
        let mut mappings = Vec::new();
        for (name, text) in &settings.mappings {
            match Mapping::parse(name, text) {
                Ok(mapping) => mappings.push(mapping),
                Err(cause) if reading.mapping.as_ref() == Some(name) => return Err(cause.into()),
                Err(cause) => shared::warn(settings, &format!("{cause}; it is left out")),
            }
        }
        Ok(Self {
            settings,
            default_company: settings.default_company.clone(),
            encoding,
            date_order,
            decimal,
            mapping: reading.mapping.as_deref().map(|name| named_mapping(settings, name)).transpose()?,
            mappings,
            roles: AccountRoles::parse(settings.reference("account_roles"))?,
            classes: CounterpartClasses::parse(settings.reference("counterpart_classes"))?,
            opening_journals: OpeningJournals::parse(settings.reference("opening_journals"))?,
            currencies: Currencies::parse(settings.reference("currencies"))?,
            written_forms: WrittenForms::parse(settings.reference("written_forms"))?,
            column_names: ColumnNames::parse(settings.reference("column_words"), settings.reference("column_roles"))?,
            list_day,
            is_no_list,
            are_totals_accepted: reading.accept_totals,
            action_codes: ActionCodes::parse(settings.reference("results"), settings.reference("reasons"))?,
        })
    }

    pub(in crate::commands) fn options<'b>(&'b self, progress: &'b dyn Fn(u64)) -> ReadOptions<'b> {
        ReadOptions {
            company_id: self.settings.company.as_deref(),
            default_company_id: &self.default_company,
            base_currency: self.settings.base_currency.as_deref(),
            encoding: self.encoding,
            date_order: self.date_order,
            decimal: self.decimal,
            mapping: self.mapping.as_ref(),
            mappings: &self.mappings,
            default_terms: &self.settings.default_terms,
            usual_year_end: self.settings.usual_year_end,
            roles: &self.roles,
            classes: &self.classes,
            opening_journals: &self.opening_journals,
            currencies: &self.currencies,
            written_forms: self.written_forms,
            column_names: &self.column_names,
            expressions: &CellSql,
            action_codes: &self.action_codes,
            list_day: self.list_day,
            is_no_list: self.is_no_list,
            are_totals_accepted: self.are_totals_accepted,
            progress,
        }
    }
}

/// A mapping by its name, or from its file.
fn named_mapping(settings: &Settings, name: &str) -> Result<Mapping, Error> {
    Ok(Mapping::parse(name, &mapping_text(settings, name)?)?)
}

/// What a mapping says, by its name or from its file.
fn mapping_text(settings: &Settings, name: &str) -> Result<String, Error> {
    if let Some(text) = settings.mappings.get(name) {
        return Ok(text.clone());
    }
    match std::fs::read_to_string(name) {
        Ok(text) => Ok(text),
        Err(_) => Err(Error::Plain(
            format!("no mapping is named `{name}`, and no file is there"),
            format!(
                "name one of {}, or a file that `encours inspect FILE` proposed",
                settings.mappings.keys().cloned().collect::<Vec<_>>().join(", ")
            ),
        )),
    }
}

/// Rows on their way to the disk, with amounts in the base currency where a rate gives them.
struct Staged<'a> {
    staging: Staging,
    origin: &'a str,
    rates: &'a Rates,
    /// The source that tells the receivables, where the user names one: only details are taken.
    master: Option<&'a Master>,
    detail_count: u64,
    fingerprint: Fingerprint,
}

impl Sink for Staged<'_> {
    fn rows(&mut self, mut rows: Rows) -> Result<(), BoxedError> {
        self.fingerprint.take(&rows);
        if ["items", "listed_items"].contains(&rows.table.name) {
            self.rates.convert(&mut rows);
        }
        if let Some(master) = self.master {
            let Some(details) = master::details(rows, master.company_id.as_deref()) else { return Ok(()) };
            rows = details;
            self.detail_count += if rows.table.name == "invoice_details" { rows.len() as u64 } else { 0 };
        }
        Ok(self.staging.write(self.origin, rows)?)
    }

    fn restart(&mut self) -> Result<(), BoxedError> {
        // files of the same names take the place of those begun
        self.staging.restart();
        self.detail_count = 0;
        self.fingerprint = Fingerprint::default();
        Ok(())
    }
}

/// The base currency, and what one unit of another is worth in it, from a day on, in millionths.
struct Rates {
    base: String,
    /// The smallest amount of it, in thousandths.
    smallest: i128,
    by_currency: BTreeMap<String, BTreeMap<Date, i128>>,
}

impl Rates {
    fn parse(base: &str, decimals: u8, text: &str) -> Result<Self, Error> {
        let refuse = |line: usize, found: &str| {
            Error::Plain(
                format!("line {} of rates.csv holds `{found}`; wanted a currency, a day and a rate", line + 1),
                "write lines as `USD,2024-01-31,0.923456`".to_owned(),
            )
        };
        let mut rates: BTreeMap<String, BTreeMap<Date, i128>> = BTreeMap::new();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
        for (number, line) in lines.skip(1) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let parsed = match cells[..] {
                [code, day, rate] => {
                    day.parse::<Date>().ok().zip(millionths(rate)).map(|(day, rate)| (code, day, rate))
                }
                _ => None,
            };
            let (code, day, rate) = parsed.ok_or_else(|| refuse(number, line))?;
            rates.entry(code.to_owned()).or_default().insert(day, rate);
        }
        Ok(Self { base: base.to_owned(), smallest: smallest(decimals), by_currency: rates })
    }

    /// Fills `base_amount` where it is empty: amounts in the base currency as they are, others at the rate of the
    /// issue day or the last before it, half up.
    fn convert(&self, rows: &mut Rows) {
        let column = |table: &TableSpec, name: &str| table.position(name).unwrap_or_default();
        let (currency, issued, amount, base) = (
            column(rows.table, "currency_code"),
            column(rows.table, "issued_date"),
            column(rows.table, "amount"),
            column(rows.table, "base_amount"),
        );
        let converted: Vec<Option<Money>> =
            match (&rows.columns[currency], &rows.columns[issued], &rows.columns[amount]) {
                (Values::Text(codes), Values::Date(days), Values::Money(amounts)) => codes
                    .iter()
                    .zip(days)
                    .zip(amounts)
                    .map(|((code, day), amount)| {
                        let code = code?;
                        if code == self.base {
                            return *amount;
                        }
                        let (_, rate) = self.by_currency.get(code)?.range(..=(*day)?).next_back()?;
                        let millionths = (*amount)?.wide() * rate;
                        let unit = 1_000_000 * self.smallest;
                        let half_up = (millionths.abs() + unit / 2) / unit * self.smallest;
                        Money::from_wide(half_up * millionths.signum())
                    })
                    .collect(),
                _ => return,
            };
        if let Values::Money(bases) = &mut rows.columns[base] {
            for (base, converted) in bases.iter_mut().zip(converted) {
                *base = base.or(converted);
            }
        }
    }
}

fn millionths(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 6 || !format!("{whole}{part}").bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{part:0<6}").parse().ok()
}

/// The origin of a source's files: readable, and unique by a hash.
pub(super) fn origin_of_key(source_key: &str) -> String {
    slug("source-", source_key)
}

/// Letters, digits and dots of a name, and eight digits of its hash: safe in paths on every system.
pub(super) fn slug(prefix: &str, text: &str) -> String {
    let readable: String = text
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '.' })
        .take(40)
        .collect();
    format!("{prefix}{readable}.{}", &hex::encode(Sha256::digest(text.as_bytes()))[..8])
}

fn content_hash(path: &Path, rules: &str) -> Result<String, Error> {
    let unreadable = |cause| Error::Ingest(ingest::IngestError::File { path: path.to_owned(), source: cause });
    let mut file = ingest::regular_file(path)?;
    let mut digest = Sha256::new();
    digest.update(rules.as_bytes());
    // the name tells the company and the year
    digest.update(path.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default());
    let mut buffer = vec![0_u8; 1 << 18];
    loop {
        let count = file.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            return Ok(hex::encode(digest.finalize()));
        }
        digest.update(&buffer[..count]);
    }
}

/// All that decides how a file is read and what is derived from it.
fn rules_hash(settings: &Settings, arguments: &LoadArguments) -> Result<String, Error> {
    let reading = &arguments.reading;
    let named = reading.mapping.as_deref().map(|name| mapping_text(settings, name)).transpose()?;
    let rules = format!(
        "{:?}",
        (
            (env!("CARGO_PKG_VERSION"), PREPARED_CODE),
            &settings.company,
            &settings.default_company,
            &settings.base_currency,
            &settings.default_terms,
            settings.usual_year_end,
            settings.letters_act_from_letter_date,
            &settings.references,
            &settings.mappings,
            (reading, &arguments.master),
            named,
        )
    );
    Ok(hex::encode(Sha256::digest(rules.as_bytes())))
}

/// What decides what the columns of a file mean. Where it changes, what the source had brought was read in another meaning.
fn meaning_hash(settings: &Settings, arguments: &LoadArguments, report: &SourceReport) -> Result<String, Error> {
    let reading = &arguments.reading;
    let named = report.format_code.strip_prefix("mapping:");
    let mapping = match &report.proposal {
        // what was proposed means the same while it takes keys, customers and amounts from the same columns
        Some(proposal) => Some(proposal.core()),
        None => named.map(|name| mapping_text(settings, name)).transpose()?,
    };
    let said = (&reading.encoding, &reading.date_order, &reading.decimal, &arguments.master);
    Ok(hex::encode(Sha256::digest(format!("{:?}", (mapping, said)).as_bytes())))
}

fn progress_bar(path: &Path, is_quiet: bool) -> ProgressBar {
    let size = path.metadata().map(|facts| facts.len()).unwrap_or_default();
    if is_quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(shared::file_name(path).unwrap_or_default());
    bar
}
