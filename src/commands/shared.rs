//! What several commands do alike: open the lake for questions, write answers, talk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Output;
use crate::engine::{self, Engine, TableFiles};
use crate::error::{Error, Outcome};
use crate::forecast::Forecast;
use crate::lake::{LakeError, Snapshot};
use crate::model::rows::Cell;
use crate::model::{Answer, CustomerKey, Date, Money, Value};
use crate::report::{Formats, SILENT_DAYS, Templates, Words, outputs, visible};
use crate::settings::Settings;
use crate::speech::said_in;

/// The lake as of `--known-at`, which must hold a load.
pub(super) async fn snapshot(settings: &Settings) -> Result<Snapshot, Error> {
    let snapshot = settings.lake.snapshot(&settings.known_at).await?;
    if snapshot.load.is_none() {
        return Err(LakeError::Empty(settings.lake.place().clone()).into());
    }
    if !snapshot.is_prepared() {
        return Err(Error::Plain(
            "an earlier version wrote this lake, and its loads did not prepare what questions read".to_owned(),
            "load any of its files again, or a further one, and all is prepared; or load the sources into a new folder"
                .to_owned(),
        ));
    }
    Ok(snapshot)
}

/// An engine on that snapshot, as of `--as-of` or the latest posted day that is not after today, which is said.
pub(super) async fn engine(settings: &Settings, snapshot: &Snapshot) -> Result<Engine, Error> {
    engine_with(settings, snapshot, Forecast::default()).await
}

/// The same, with a forecast that is not the usual one.
pub(super) async fn engine_with(settings: &Settings, snapshot: &Snapshot, forecast: Forecast) -> Result<Engine, Error> {
    let files = Engine::files_of(snapshot);
    let asked = settings.as_of.unwrap_or_default();
    let (catalogue, references) = (settings.catalogue()?, &settings.references);
    let cluster = settings.cluster.as_ref();
    let mut engine =
        Engine::open(&files, catalogue, references, settings.scope(asked), settings.memory_limit, cluster).await?;
    engine.set_derivation(Arc::new(forecast));
    known_scope(settings, &engine, &files).await?;
    if settings.as_of.is_none() {
        let as_of = engine.latest_posted_date(today()).await?;
        engine.set_as_of(as_of);
        say(settings, &format!("as of {}, the latest day of its items and lists", day_text(settings, as_of)?));
    }
    say_between_lists(settings, &engine).await?;
    warn_of_silence(settings, &engine).await?;
    Ok(engine)
}

/// A picture of a day that the books do not reach is one of what nobody knows: that is said loudly.
async fn warn_of_silence(settings: &Settings, engine: &Engine) -> Result<(), Error> {
    let Some(day) = settings.as_of.filter(|_| !settings.is_quiet) else { return Ok(()) };
    let asked = day_text(settings, day)?;
    match engine.books_end(day).await? {
        Some(last) if (day - last).num_days() > SILENT_DAYS => {
            let last = day_text(settings, last)?;
            let text = format!(
                "the books end on {last}: what was invoiced or paid until {asked} is unknown, and its figures hold only if \
                 there was nothing"
            );
            warn(settings, &text);
        }
        Some(_) => {}
        None => warn(settings, &format!("nothing was posted by {asked}: the books begin later")),
    }
    Ok(())
}

/// Between two lists of open items nothing is known for certain: that is said of a day without one.
async fn say_between_lists(settings: &Settings, engine: &Engine) -> Result<(), Error> {
    let as_of = engine.scope().as_of;
    match engine.list_days(as_of).await? {
        Some((first, None)) => {
            let (first, day) = (day_text(settings, first)?, day_text(settings, as_of)?);
            let text = format!(
                "the first list of what is open is of {first}: of {day} only what was still open then is known"
            );
            say(settings, &text);
        }
        Some((_, Some(last))) if last < as_of => {
            let (last, day) = (day_text(settings, last)?, day_text(settings, as_of)?);
            let text = format!("the last list of what is open is of {last}: what changed until {day} is not known");
            say(settings, &text);
        }
        _ => {}
    }
    Ok(())
}

/// A company or currency that the lake does not hold would be answered with zeros that mean nothing.
async fn known_scope(settings: &Settings, engine: &Engine, files: &TableFiles) -> Result<(), Error> {
    let mut wanted = Vec::new();
    if let Some(company) = &settings.company {
        wanted.push(("company", company, engine.companies_of(files).await?));
    }
    // books may be kept in a currency that no item bears
    if let Some(currency) = settings.currency.as_ref().filter(|asked| settings.base_currency.as_ref() != Some(asked)) {
        let answer = engine.ask_step("select distinct item_days.currency_code from item_days").await?;
        wanted.push(("currency", currency, (0..answer.len()).map(|row| answer.at(row, 0).plain()).collect()));
    }
    for (option, asked, known) in wanted {
        if !known.contains(asked) {
            let known: Vec<String> = known.into_iter().filter(|name| !name.is_empty()).collect();
            return Err(Error::Plain(
                format!("the lake holds no {option} `{asked}`"),
                format!("it holds {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") }),
            ));
        }
    }
    Ok(())
}

/// A day as the reader writes it.
pub(super) fn day_text(settings: &Settings, day: Date) -> Result<String, Error> {
    let words = words(settings)?;
    Ok(Formats::new(&words)?.day(day))
}

/// Today, read once, here: no query knows what day it is.
pub(super) fn today() -> Date {
    chrono::Local::now().date_naive()
}

/// What is being written, with the seconds it has taken, on a terminal.
pub(super) fn progress(settings: &Settings, what: &str) -> ProgressBar {
    if settings.is_quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(visible(what).into_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// The steps of a long run: each is shown while it lasts, all are told with their times at the end.
pub(super) struct Steps<'a> {
    settings: &'a Settings,
    bar: ProgressBar,
    since: Instant,
    done: Vec<(String, Duration)>,
}

impl<'a> Steps<'a> {
    pub(super) fn of(settings: &'a Settings) -> Self {
        Self { settings, bar: progress(settings, ""), since: Instant::now(), done: Vec::new() }
    }

    /// A step is done that began when the one before it was.
    pub(super) fn done(&mut self, step: &str) {
        self.done.push((step.to_owned(), self.since.elapsed()));
        self.since = Instant::now();
        self.bar.set_message(visible(step).into_owned());
    }

    /// Tells what took how long.
    pub(super) fn say(self) {
        self.bar.finish_and_clear();
        for (step, time) in &self.done {
            say(self.settings, &format!("{:>6.1} s  {step}", time.as_secs_f64()));
        }
    }
}

/// A line of talk on stderr, in the reader's language, unless it is unwanted.
pub(super) fn say(settings: &Settings, text: &str) {
    if !settings.is_quiet {
        // nobody is left to tell when stderr is closed
        drop(writeln!(io::stderr(), "{}", visible(&said_in(settings.language, text))));
    }
}

/// A line on stderr of something that was not done and takes nothing from what was.
pub(super) fn warn(settings: &Settings, text: &str) {
    let (mark, text) = (said_in(settings.language, "warning: "), said_in(settings.language, text));
    // nobody is left to tell when stderr is closed
    drop(writeln!(io::stderr(), "{mark}{}", visible(&text)));
}

/// A sentence of the answer on stdout, in the reader's language.
pub(super) fn tell(settings: &Settings, text: &str) -> Result<(), Error> {
    print(&visible(&said_in(settings.language, text)))
}

/// A line of the answer on stdout.
pub(super) fn print(text: &str) -> Result<(), Error> {
    finish(writeln!(io::stdout(), "{text}"))
}

/// Writes an answer to stdout in the form asked.
pub(super) fn write(settings: &Settings, answer: &Answer, output: Output) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    finish(match output {
        Output::Table => {
            let words = words(settings)?;
            let formats = Formats::new(&words)?;
            let width = if settings.is_wide { None } else { terminal_width() };
            let left_out = outputs::write_table(answer, &formats, width, &mut out);
            if let Some(names) = left_out.as_ref().ok().filter(|names| !names.is_empty()) {
                let text = format!("left out, for want of width: {}; `--wide` shows all", names.join(", "));
                say(settings, &text);
            }
            left_out.map(drop)
        }
        // a terminal shows what a cell holds, a file keeps it
        Output::Csv if io::stdout().is_terminal() => {
            let mut text = Vec::new();
            outputs::write_csv(answer, &mut text).and_then(|()| {
                String::from_utf8_lossy(&text).lines().try_for_each(|line| writeln!(out, "{}", visible(line)))
            })
        }
        Output::Csv => outputs::write_csv(answer, &mut out),
        Output::Json => outputs::write_json(answer, &mut out),
        Output::Parquet => {
            let bytes = engine::parquet(answer)?;
            out.write_all(&bytes)
        }
    })
}

/// A reader that closed the pipe has read enough; anything else is an error.
fn finish(written: io::Result<()>) -> Result<(), Error> {
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Error::Disk("stdout".into(), cause)),
        _ => Ok(()),
    }
}

/// The characters of a line: what the environment says, else the terminal; none where the answer goes into a file.
fn terminal_width() -> Option<u16> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.or_else(|| {
        let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(width)
    })
}

/// Templates and words, the user's over the built-in ones.
pub(super) fn templates(settings: &Settings) -> Templates {
    let mut own = BTreeMap::new();
    for folder in &settings.report_folders {
        for path in std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            if let (Some(name), Ok(text)) = (file_name(&path), std::fs::read_to_string(&path)) {
                own.insert(name, text);
            }
        }
    }
    Templates::with_own(own)
}

pub(super) fn file_name(path: &Path) -> Option<String> {
    path.file_name().and_then(|name| name.to_str()).map(str::to_owned)
}

/// An identifier of a ledger as a part of a file name: what a path could take for its own becomes `_`.
pub(super) fn as_file_name(identifier: &str) -> String {
    let is_plain = |mark: char| mark.is_alphanumeric() || matches!(mark, '-' | '_');
    identifier.chars().take(60).map(|mark| if is_plain(mark) { mark } else { '_' }).collect()
}

/// The customer of that code, where one company only knows it.
pub(super) async fn one_customer(engine: &Engine, code: &str) -> Result<CustomerKey, Error> {
    let mut known = engine.customers_of_code(code).await?;
    match (known.pop(), known.is_empty()) {
        (Some(key), true) => Ok(key),
        (last, _) => {
            let companies: Vec<String> = known.into_iter().chain(last).map(|key| key.company_id).collect();
            Err(Error::Plain(
                format!("several companies know a customer `{code}`: {}", companies.join(", ")),
                "name one with `--company ID`".to_owned(),
            ))
        }
    }
}

/// Names of customers in file names: their codes, after their companies where there are several.
pub(super) fn customer_file_names(keys: Vec<CustomerKey>) -> BTreeMap<CustomerKey, String> {
    let is_one_company = keys.iter().all(|key| key.company_id == keys[0].company_id);
    let text = |key: &CustomerKey| if is_one_company { key.customer_id.clone() } else { key.to_string() };
    let names = file_names(keys.iter().map(text).collect::<Vec<_>>().iter().map(String::as_str));
    keys.into_iter().map(|key| (key.clone(), names[&text(&key)].clone())).collect()
}

/// Identifiers as parts of file names, each unlike the others, in any case of letters: a page written over another
/// would be lost, and led to in its place.
pub(super) fn file_names<'a>(identifiers: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut taken = BTreeSet::new();
    let mut names = BTreeMap::new();
    for identifier in identifiers {
        let plain = as_file_name(identifier);
        let mut name = plain.clone();
        for number in 2.. {
            if taken.insert(name.to_lowercase()) {
                break;
            }
            name = format!("{plain}-{number}");
        }
        names.insert(identifier.to_owned(), name);
    }
    names
}

/// The words of the language asked.
pub(super) fn words(settings: &Settings) -> Result<Arc<Words>, Error> {
    Ok(templates(settings).words(settings.language)?)
}

/// Doubtful when what is open differs from the control accounts.
pub(super) async fn tie_out(engine: &mut Engine) -> Result<Outcome, Error> {
    let answer = engine.ask("tie_out").await?;
    Ok(if answer.is_empty() { Outcome::Done } else { Outcome::Doubtful })
}

/// A value of an answer as a cell of a row.
pub(super) fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Text(text) => Cell::text(&**text),
        Value::Date(day) => Cell::Date(*day),
        Value::Int(number) => Cell::Int(*number),
        Value::Decimal { .. } => Cell::money(value.thousandths().and_then(Money::from_wide)),
        Value::Flag(flag) => Cell::Flag(*flag),
    }
}

/// A count of an answer; 0 where there is none.
pub(super) fn count(value: &Value) -> i64 {
    match value {
        Value::Int(count) => *count,
        _ => 0,
    }
}
