//! The files the lake shall hold after a load, table by table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use url::Url;

use super::stage::Source;
use crate::engine::TableFiles;
use crate::ingest::staging::StagedFile;
use crate::lake::{Changes, DataFile, Snapshot};
use crate::model::TableSpec;
use crate::model::tables::TABLES;

/// The first part of the origin of files derived from a company's ledgers.
const DERIVED: &str = "ledger-";

/// The first part of the origin of files derived from a company's lists of open items.
const LISTS: &str = "lists-";

/// A file, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct WantedFile {
    pub url: Url,
    pub origin: String,
    pub row_count: usize,
    /// Where it waits for the commit, if the lake does not hold it yet.
    staged: Option<PathBuf>,
}

impl WantedFile {
    /// Whether the lake held it before.
    pub(super) fn is_of_base(&self) -> bool {
        self.staged.is_none()
    }

    /// Whether it is derived, so that a load replaces it by deriving again.
    pub(super) fn is_derived(&self) -> bool {
        is_derived(&self.origin)
    }
}

fn is_derived(origin: &str) -> bool {
    origin.starts_with(DERIVED) || origin.starts_with(LISTS) || origin == Wanted::RETURNS
}

/// What the lake shall hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    files: BTreeMap<&'static str, Vec<WantedFile>>,
}

impl Wanted {
    /// The origin of allocations that returned receipts of lists make.
    pub(super) const RETURNS: &str = "returned-receipts";

    /// What it holds now.
    pub(super) fn of(base: &Snapshot) -> Self {
        let held = |file: &DataFile| WantedFile {
            url: file.url.clone(),
            origin: file.origin.clone(),
            row_count: file.row_count,
            staged: None,
        };
        let files = TABLES.iter().map(|table| (table.name, base.files(table).iter().map(held).collect())).collect();
        Self { files }
    }

    pub(super) fn files(&self, table: &TableSpec) -> &[WantedFile] {
        self.files.get(table.name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn addresses(&self) -> TableFiles {
        let addresses = |files: &Vec<WantedFile>| files.iter().map(|file| file.url.clone()).collect();
        TableFiles {
            addresses: self.files.iter().map(|(table, files)| (*table, addresses(files))).collect(),
            row_count: self.files.values().flatten().map(|file| file.row_count).sum(),
        }
    }

    pub(super) fn add(&mut self, file: &StagedFile) {
        let added = WantedFile {
            url: file.url(),
            origin: file.origin.clone(),
            row_count: file.row_count,
            staged: Some(file.path.clone()),
        };
        self.files.entry(file.table.name).or_default().push(added);
    }

    pub(super) fn drop_file(&mut self, table: &TableSpec, url: &Url) {
        if let Some(files) = self.files.get_mut(table.name) {
            files.retain(|file| file.url != *url);
        }
    }

    /// Whether a file that the snapshot has in a table shall go.
    pub(super) fn lacks(&self, base: &Snapshot, table: &TableSpec) -> bool {
        let kept = self.files(table).iter().filter(|file| file.is_of_base()).count();
        kept < base.files(table).len()
    }

    /// Whether a file of lists that a table had goes, or a new one comes.
    pub(super) fn lists_change(&self, base: &Snapshot, table: &TableSpec) -> bool {
        let lists = || self.files(table).iter().filter(|file| !file.is_derived());
        let held = base.files(table).iter().filter(|file| !is_derived(&file.origin)).count();
        lists().any(|file| !file.is_of_base()) || lists().count() < held
    }

    /// Drops every file of a table.
    pub(super) fn drop_table(&mut self, table: &TableSpec) {
        self.files.remove(table.name);
    }

    /// Drops what lists of open items came to.
    pub(super) fn drop_lists(&mut self) {
        for files in self.files.values_mut() {
            files.retain(|file| !file.origin.starts_with(LISTS));
        }
    }

    /// Drops every file of an origin; whether there was one.
    pub(super) fn drop_origin(&mut self, origin: &str) -> bool {
        let mut is_found = false;
        for files in self.files.values_mut() {
            let before = files.len();
            files.retain(|file| file.origin != origin);
            is_found |= files.len() != before;
        }
        is_found
    }

    /// The file takes the place of what its origin held in its table.
    pub(super) fn replace_origin(&mut self, file: &StagedFile) {
        if let Some(files) = self.files.get_mut(file.table.name) {
            files.retain(|held| held.origin != file.origin || !held.is_of_base());
        }
        self.add(file);
    }

    /// A ledger's new version may leave out a table (no reject any more): what its old one held there goes.
    pub(super) fn drop_untouched_origin(&mut self, source: &Source) {
        let touched: BTreeSet<&str> = source.files.iter().map(|file| file.table.name).collect();
        for (table, files) in &mut self.files {
            let is_loadable = TABLES.iter().any(|spec| spec.name == *table && spec.is_loadable);
            if !is_loadable && !touched.contains(table) {
                files.retain(|held| held.origin != source.origin);
            }
        }
    }

    /// The origin of what is derived from a company's ledgers.
    pub(super) fn derived_origin(company_id: &str) -> String {
        super::stage::slug(DERIVED, company_id)
    }

    /// The origin of what is derived from a company's lists of open items.
    pub(super) fn listed_origin(company_id: &str) -> String {
        super::stage::slug(LISTS, company_id)
    }

    /// What changes against the snapshot.
    pub(super) fn changes(&self, base: &Snapshot) -> Changes {
        let mut changes = Changes::default();
        for table in TABLES {
            let wanted: BTreeSet<&Url> = self.files(table).iter().map(|file| &file.url).collect();
            for file in base.files(table).iter().filter(|file| !wanted.contains(&file.url)) {
                changes.drop_file(table, file);
            }
            for path in self.files(table).iter().filter_map(|file| file.staged.clone()) {
                changes.add(table, path);
            }
        }
        changes
    }
}
