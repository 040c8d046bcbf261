//! `encours load`: files are read into staged Parquet, merged with what the lake holds, receivables are derived from
//! ledgers, and everything is committed at once or not at all.

mod doubles;
mod due_dates;
mod fingerprint;
mod keys;
mod master;
mod merge;
mod naming;
mod open_lists;
mod prepare;
mod receivables;
mod references;
mod returns;
mod sources;
mod stage;
mod summary;
mod wanted;

use std::collections::BTreeSet;
use std::path::PathBuf;

use self::due_dates::DueDates;
use self::open_lists::OpenLists;
use self::prepare::Prepare;
use self::receivables::Receivables;
use self::references::{References, Refused};
use self::returns::Returns;
use self::stage::Source;
use self::wanted::Wanted;
use crate::cli::LoadArguments;
use crate::commands::fetched::Fetched;
use crate::commands::shared;
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::ingest::staging;
use crate::lake::{Committed, KnownAt, LakeError, LoadRecord, Snapshot};
use crate::model::Rows;
use crate::settings::Settings;

/// How often a load starts again because others were committed first.
const ATTEMPTS: u32 = 20;

pub(super) use self::sources::{company_names, held};
pub(super) use self::stage::Rules;
pub(super) use self::summary::{assumption, sums_of, sums_text};

/// Notes on a file that its reader must not miss: no account of customers, no day of a list.
const LOUD: [&str; 4] = ["receivables_none", "list_undated", "dated_after_list", "own_total_differs"];

/// Memory the SQL steps of a load may hold before they go to disk.
const STEP_MEMORY: usize = 192 << 20;

pub(super) async fn run(settings: &Settings, arguments: &LoadArguments) -> Result<Outcome, Error> {
    let files = if arguments.files.is_empty() { settings.sources.clone() } else { arguments.files.clone() };
    if files.is_empty() && arguments.replace.is_empty() {
        return Err(Error::Plain(
            "found no file to load".to_owned(),
            "name the files, `encours load FILE…`, or list them as `sources` in encours.toml".to_owned(),
        ));
    }
    let fetched = Fetched::bring(&files).await?;
    let company_name = arguments.company_name.clone().or_else(|| settings.company_name.clone());
    load(&Settings { company_name, ..settings.clone() }, &fetched.files, arguments).await
}

/// Loads files into the lake as one load.
pub(super) async fn load(settings: &Settings, files: &[PathBuf], arguments: &LoadArguments) -> Result<Outcome, Error> {
    let replace = arguments.replace.as_slice();
    let mut base = settings.lake.snapshot(&KnownAt::Latest).await?;
    let load_id = new_load_id(&base.history);
    let held = sources::held(&base.history);
    let fresh = stage::not_yet_held(settings, files, arguments, &held)?;
    for file in fresh.held {
        if !settings.is_quiet {
            shared::tell(settings, &format!("{}: the lake already holds it; nothing changes", file.display()))?;
        }
    }
    if fresh.files.is_empty() && replace.is_empty() {
        return Ok(Outcome::Done);
    }
    let at_work = settings.lake.begin(&load_id)?;
    if let Err(cause) = settings.lake.clear_leftovers(&base.history).await {
        shared::warn(settings, &format!("what killed loads left could not be cleared: {cause}"));
    }
    let ledgers = held.values().filter(|source| source.facts["is_ledger"].as_bool() == Some(true));
    let ledgers = ledgers.map(|source| source.text("company_id").to_owned()).collect();
    let done = async {
        let master = sources::master(arguments.master.as_deref(), &held)?;
        let staged = stage::read_all(settings, &fresh.files, arguments, &load_id, (&ledgers, master.as_ref()))?;
        let settings = naming::with_name(settings, &staged, &base.history)?;
        let committed = commit(&settings, &mut base, &staged, replace, &load_id).await?;
        Ok::<_, Error>((staged, committed))
    };
    let done = done.await;
    if done.is_err() {
        settings.lake.forget_try(&load_id, &load_id).await;
    }
    drop(at_work);
    if done.is_err() && fresh.files.len() > 1 {
        shared::say(settings, "nothing of these files was loaded: the lake is as it was");
    }
    let (staged, Committed { record, warnings }) = done?;
    for warning in warnings {
        shared::warn(settings, &warning);
    }
    for note in staged.iter().flat_map(|source| &source.report.notes).filter(|note| LOUD.contains(&note.code)) {
        shared::warn(settings, &note.text);
    }
    // whoever wants to hear only what is wrong hears of a load that refused lines
    if !settings.is_quiet || record.rejected_count > 0 {
        for line in summary::lines(settings, &staged, &record)? {
            shared::print(&line)?;
        }
    }
    Ok(if record.rejected_count > 0 { Outcome::Doubtful } else { Outcome::Done })
}

/// Merges, derives and commits, again from the start when another load was committed meanwhile.
async fn commit(
    settings: &Settings,
    base: &mut Snapshot,
    staged: &[Source],
    replace: &[String],
    load_id: &str,
) -> Result<Committed, Error> {
    let write_rows =
        |rows: &Rows, path: &std::path::Path| staging::write_file(rows, path).map_err(|cause| cause.to_string());
    for attempt in 0..ATTEMPTS {
        // a name of its own for every try: files of a lost one may be named in a log already
        let tag = format!("{load_id}{attempt}");
        let tried = match prepare(settings, base, staged, replace, load_id, &tag).await {
            Ok(prepared) => {
                let changes = prepared.wanted.changes(base);
                settings.lake.commit(base, &changes, prepared.record, &write_rows).await.map_err(Error::from)
            }
            Err(cause) => Err(cause),
        };
        match tried {
            Ok(committed) => return Ok(committed),
            Err(Error::Lake(LakeError::Moved)) => {
                settings.lake.forget_try(load_id, &tag).await;
                tokio::time::sleep(std::time::Duration::from_millis(50 * u64::from(attempt + 1))).await;
                *base = settings.lake.snapshot(&KnownAt::Latest).await?;
                if shares_block(load_id, &base.history) {
                    return Err(LakeError::Moved.into());
                }
            }
            Err(cause) => {
                settings.lake.forget_try(load_id, &tag).await;
                return Err(cause);
            }
        }
    }
    Err(LakeError::Moved.into())
}

struct Prepared {
    wanted: Wanted,
    record: LoadRecord,
}

async fn prepare(
    settings: &Settings,
    base: &Snapshot,
    staged: &[Source],
    replace: &[String],
    load_id: &str,
    tag: &str,
) -> Result<Prepared, Error> {
    let mut wanted = Wanted::of(base);
    let mut removed = sources::remove(&mut wanted, replace, staged, base)?;
    sources::refuse_twins(staged, replace, base)?;
    sources::refuse_other_keys(staged, replace, base)?;
    sources::forget_other_meanings(settings, &mut wanted, staged, base, &mut removed);
    let catalogue = settings.catalogue()?;
    let mut years = receivables::years(settings, &wanted, &catalogue).await?;
    years.retain(|year| !removed.contains(&year.key()));
    for source in staged {
        receivables::add_year(&mut years, source)?;
        for file in &source.files {
            if file.table.is_loadable {
                let absent = &source.report.absent_columns;
                merge::upsert(settings, &mut wanted, (file, absent), load_id, tag).await?;
            } else {
                wanted.replace_origin(file);
            }
        }
        wanted.drop_untouched_origin(source);
        merge::keep_customers(settings, &mut wanted, source, load_id, tag).await?;
    }
    let tells_due_dates = |source: &Source| {
        source.brings("invoice_details") && !source.report.absent_columns.iter().any(|column| column == "due_date")
    };
    let moves_due_dates = |source: &&Source| source.brings("customers") || tells_due_dates(source);
    let mut companies: BTreeSet<String> =
        staged.iter().filter(|source| source.year.is_some()).map(|source| source.report.company_id.clone()).collect();
    // what an earlier version derived of ledgers is derived again
    if staged.iter().find(moves_due_dates).is_some() || !removed.is_empty() || !base.is_prepared() {
        companies.extend(years.iter().map(|year| year.company_id.clone()));
        companies.extend(removed.iter().filter_map(|key| Some(key.split_once('/')?.0.to_owned())));
    }
    let mut assumptions = Vec::new();
    for company in companies {
        let derived = Receivables { settings, catalogue: &catalogue, years: &years, company: &company, load_id, tag };
        assumptions.extend(derived.derive(&mut wanted).await?);
    }
    let lists = OpenLists { settings, base, load_id, tag };
    lists.derive(&mut wanted, staged, &removed).await?;
    doubles::refuse(&wanted, staged, base).await?;
    let references = References { settings, catalogue: &catalogue, base, staged, load_id, tag };
    let mut refused = Refused::new();
    references.resolve(&mut wanted, &mut refused).await?;
    if staged.iter().any(|source| source.brings("customers")) {
        merge::date_customers(settings, &catalogue, &mut wanted, load_id, tag).await?;
    }
    let due_dates = DueDates { settings, catalogue: &catalogue, staged, load_id, tag };
    due_dates.take_told(&mut wanted).await?;
    due_dates.derive(&mut wanted).await?;
    Returns { settings, catalogue: &catalogue, base, load_id, tag }.derive(&mut wanted).await?;
    let preparation = Prepare { settings, base, load_id, tag };
    // linking them tells whether all their items are known; nearly always they are
    if !preparation.link(&mut wanted, true).await? {
        references.refuse_allocations(&mut wanted, &mut refused).await?;
        preparation.link(&mut wanted, false).await?;
    }
    preparation.follow(&mut wanted).await?;
    let record = summary::record(settings, staged, &removed, &refused, assumptions, load_id);
    Ok(Prepared { wanted, record })
}

/// An engine over wanted files, of one company or all, for a step of the load.
async fn step_engine(
    settings: &Settings,
    catalogue: &crate::engine::Catalogue,
    wanted: &Wanted,
    company: Option<&str>,
    more: &[(&str, String)],
) -> Result<Engine, Error> {
    let mut references = settings.references.clone();
    references.extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.clone())));
    Ok(Engine::for_load(&wanted.addresses(), catalogue.clone(), &references, company, STEP_MEMORY).await?)
}

/// `20261122t101500z-1a2b3c`: sorts by time; the rest keeps two loads of one second apart, and the numbers of its items
/// from those of any other load.
fn new_load_id(history: &[LoadRecord]) -> String {
    loop {
        let now = chrono::Utc::now();
        let salt = now.timestamp_subsec_nanos() ^ std::process::id().rotate_left(12);
        let load_id = format!("{}-{:06x}", now.format("%Y%m%dt%H%M%Sz"), salt & 0x00ff_ffff);
        if !shares_block(&load_id, history) {
            return load_id;
        }
    }
}

/// Whether a load of the history numbers its items from the same block: one chance in 2³¹ for each.
fn shares_block(load_id: &str, history: &[LoadRecord]) -> bool {
    history.iter().any(|load| staging::block_of(&load.load_id) == staging::block_of(load_id))
}
