//! Which sources the lake holds, as its loads tell; which of them a load forgets first.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::stage::{Source, origin_of_key};
use super::wanted::Wanted;
use crate::error::Error;
use crate::lake::{LoadRecord, Snapshot};

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
