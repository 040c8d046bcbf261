//! Which sources the lake holds, as its loads tell; which of them a load forgets first.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::stage::{Source, origin_of_key};
use super::wanted::Wanted;
use crate::commands::shared;
use crate::error::Error;
use crate::lake::{LoadRecord, Snapshot};
use crate::settings::Settings;

/// A source as its last load left it.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Held {
    /// What its load said of it.
    pub facts: Json,
    /// The number of that load.
    pub version: u64,
}

impl Held {
    pub(in crate::commands) fn text(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_default()
    }

    pub(in crate::commands) fn count(&self, name: &str) -> u64 {
        self.facts[name].as_u64().unwrap_or_default()
    }
}

/// The sources the lake holds after these loads, by key.
pub(in crate::commands) fn held(history: &[LoadRecord]) -> BTreeMap<String, Held> {
    let mut held = BTreeMap::new();
    for load in history {
        for facts in load.sources.as_array().into_iter().flatten() {
            let key = facts["key"].as_str().unwrap_or_default().to_owned();
            if facts["is_removed"].as_bool() == Some(true) {
                held.remove(&key);
            } else {
                held.insert(key, Held { facts: facts.clone(), version: load.version });
            }
        }
    }
    held
}

/// What loads named companies, by their identifiers: the last name counts.
pub(in crate::commands) fn company_names(history: &[LoadRecord]) -> BTreeMap<String, String> {
    let sources = history.iter().flat_map(|load| load.sources.as_array().into_iter().flatten());
    let named = sources.filter_map(|facts| Some((facts["company_id"].as_str()?, facts["company_name"].as_str()?)));
    named.map(|(company, name)| (company.to_owned(), name.to_owned())).collect()
}

/// The source that `--master` names: which company its documents are of, where it is a ledger.
pub(super) fn master(key: Option<&str>, held: &BTreeMap<String, Held>) -> Result<Option<Master>, Error> {
    let Some(key) = key else { return Ok(None) };
    let Some(source) = held.get(key) else {
        return Err(Error::Plain(
            format!("found `--master {key}`, and the lake holds no such source"),
            "load it first; `encours history --output json` names the sources the lake holds".to_owned(),
        ));
    };
    let is_ledger = source.facts["is_ledger"].as_bool() == Some(true);
    Ok(Some(Master { company_id: is_ledger.then(|| source.text("company_id").to_owned()) }))
}

/// A source that tells the receivables of which another tells details.
pub(super) struct Master {
    /// The company of its documents; none where its rows name theirs.
    pub company_id: Option<String>,
}

/// Refuses a source that holds the very entries or items of another: under a second name, or a second company's, every
/// amount would count twice.
pub(super) fn refuse_twins(staged: &[Source], replace: &[String], base: &Snapshot) -> Result<(), Error> {
    let held = held(&base.history);
    for (position, source) in staged.iter().enumerate() {
        let Some(fingerprint) = &source.fingerprint else { continue };
        let own = &source.report.source_key;
        // rows of lists take each other's place by their keys within a company
        let company = source.report.company_id.as_str();
        let counts_twice = |of_ledger: bool, other: &str| of_ledger || company != other;
        let is_ledger = source.year.is_some();
        let is_other = |key: &str| key != own && !replace.iter().any(|replaced| replaced == key);
        let beside = staged[..position]
            .iter()
            .find(|other| other.fingerprint == source.fingerprint && counts_twice(is_ledger, &other.report.company_id));
        let of_lake = held.iter().find(|(key, held)| {
            let is_same = is_other(key) && held.text("fingerprint") == fingerprint;
            is_same && counts_twice(is_ledger, held.text("company_id"))
        });
        let other = beside
            .map(|other| (&other.report.source_key, other.report.file_name.as_str()))
            .or_else(|| of_lake.map(|(key, held)| (key, held.text("file"))));
        if let Some((key, file)) = other {
            return Err(Error::Plain(
                format!(
                    "`{}` (source `{own}`) holds the same entries as `{file}` (source `{key}`): they would count twice",
                    source.report.file_name
                ),
                format!("load one of them; to keep the new one and forget the other, add `--replace {key}`"),
            ));
        }
    }
    Ok(())
}

/// Refuses a list whose items a proposal tells apart by more or fewer columns than those of the lists before it: as documents
/// with instalments in one month only make it. Each item would count as settled and come as a new one.
pub(super) fn refuse_other_keys(staged: &[Source], replace: &[String], base: &Snapshot) -> Result<(), Error> {
    let held = held(&base.history);
    for (position, source) in staged.iter().enumerate() {
        let Some(key) = source.list_key() else { continue };
        let is_part = |other: &[String]| {
            let (less, more) = if other.len() < key.len() { (other, key.as_slice()) } else { (key.as_slice(), other) };
            less.len() < more.len() && less.iter().all(|column| more.contains(column))
        };
        let beside = staged[..position].iter().find_map(|other| {
            let other_key = other.list_key().filter(|other| is_part(other))?;
            Some((other.report.file_name.clone(), other_key))
        });
        let of_lake = || {
            let is_other = |key: &str| key != source.report.source_key && !replace.iter().any(|gone| gone == key);
            held.iter().find_map(|(held_key, held)| {
                let columns = held.facts["list_key"].as_array()?.iter();
                let other: Vec<String> = columns.filter_map(|column| column.as_str().map(str::to_owned)).collect();
                let is_met =
                    is_other(held_key) && held.text("company_id") == source.report.company_id && is_part(&other);
                is_met.then(|| (held.text("file").to_owned(), other))
            })
        };
        if let Some((file, other)) = beside.or_else(of_lake) {
            let (own, other) = (key.join("` and `"), other.join("` and `"));
            return Err(Error::Plain(
                format!(
                    "the items of the list `{}` are told apart by `{own}`, those of `{file}` by `{other}`: what is open in both would \
                     count as settled and come anew",
                    source.report.file_name
                ),
                "write one mapping with `encours inspect FILE --save list.toml` for the list that needs more columns, and load all lists \
                 with `--mapping list.toml`"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}

/// Forgets what sources had brought while their columns were read in another meaning: a corrected mapping may give the same
/// rows other keys.
pub(super) fn forget_other_meanings(
    settings: &Settings,
    wanted: &mut Wanted,
    staged: &[Source],
    base: &Snapshot,
    removed: &mut Vec<String>,
) {
    let held = held(&base.history);
    for source in staged {
        // a list whose day was taken from its items, and is told now
        let is_guess = |held: &Held| {
            let notes = held.facts["notes"].as_array().into_iter().flatten();
            let is_same = |name: &str, own: &str| held.text(name) == own;
            is_same("file", &source.report.file_name)
                && is_same("company_id", &source.report.company_id)
                && notes.clone().any(|note| note["code"] == "list_undated")
        };
        for (key, _) in held.iter().filter(|(key, held)| is_guess(held) && **key != source.report.source_key) {
            wanted.drop_origin(&origin_of_key(key));
            removed.push(key.clone());
            shared::warn(
                settings,
                &format!("`{key}` was a guess of the day of `{}`, and is forgotten", source.report.file_name),
            );
        }
        // a file that was read as items, and is now known for a list of what is open on a day
        let plain = format!("{}/{}", source.report.company_id, source.report.file_name);
        if plain != source.report.source_key && source.brings("item_lists") && held.contains_key(&plain) {
            wanted.drop_origin(&origin_of_key(&plain));
            removed.push(plain);
        }
        let Some(known) = held.get(&source.report.source_key) else { continue };
        let before = known.text("meaning");
        if !before.is_empty() && before != source.meaning && wanted.drop_origin(&source.origin) {
            shared::warn(
                settings,
                &format!(
                    "what `{}` had brought was read in another meaning, and is forgotten",
                    source.report.file_name
                ),
            );
        }
        if source.brings("item_lists") && known.text("file") != source.report.file_name {
            shared::warn(
                settings,
                &format!(
                    "`{}` takes the place of `{}`: both list what was open on one day",
                    source.report.file_name,
                    known.text("file")
                ),
            );
        }
    }
}

/// Forgets what the sources named by `--replace` had brought, but for those being loaded anew; answers their keys.
pub(super) fn remove(
    wanted: &mut Wanted,
    replace: &[String],
    staged: &[Source],
    base: &Snapshot,
) -> Result<Vec<String>, Error> {
    let mut removed = Vec::new();
    for key in replace {
        let is_found = wanted.drop_origin(&origin_of_key(key));
        let is_loaded = staged.iter().any(|source| source.report.source_key == *key);
        if !is_found && !is_loaded {
            return Err(Error::Plain(
                format!("found `--replace {key}`, and load {} of the lake holds no such source", base.version()),
                "`encours history --output json` names the sources; a source is `<company>/<closing date or file name>`"
                    .to_owned(),
            ));
        }
        if !is_loaded {
            removed.push(key.clone());
        }
    }
    Ok(removed)
}
