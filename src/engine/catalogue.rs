//! The queries there are: those built in, each overridable by a file of the same name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use include_dir::{Dir, include_dir};

use super::{EngineError, Header};
use crate::model::tables::table;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/queries");

/// Where a query stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Computed before the others that read them.
    Base,
    /// A question of a reader.
    Metrics,
    /// Who does what next.
    Worklists,
    /// What is to be expected, and how sure that is.
    Forecasts,
    /// Which messages go out, and what came of them.
    Outreach,
    /// What is known of one customer, of the customer asked.
    Customers,
    /// Each row is a fault.
    Checks,
    /// What a customer's statement tells, of the customer asked.
    Statements,
    /// A step of a load.
    Ledger,
}

impl Room {
    const ALL: [Self; 9] = [
        Self::Base,
        Self::Metrics,
        Self::Worklists,
        Self::Forecasts,
        Self::Outreach,
        Self::Customers,
        Self::Checks,
        Self::Statements,
        Self::Ledger,
    ];

    /// The name of its folder.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Metrics => "metrics",
            Self::Worklists => "worklists",
            Self::Forecasts => "forecasts",
            Self::Outreach => "outreach",
            Self::Customers => "customers",
            Self::Checks => "checks",
            Self::Statements => "statements",
            Self::Ledger => "ledger",
        }
    }
}

/// A query: its promise and its SQL.
#[derive(Clone, Debug)]
pub struct Query {
    /// Where it stands.
    pub room: Room,
    /// What it promises.
    pub header: Header,
    /// What it does.
    pub sql: String,
}

/// The table of the customers asked about, one a row.
pub(super) const ASKED_CUSTOMERS: &str = "asked_customers";

impl Query {
    /// Whether it tells of the customers asked about.
    #[must_use]
    pub fn is_about_customers(&self) -> bool {
        self.header.sources.iter().any(|source| source == ASKED_CUSTOMERS)
    }

    /// Whether it tells of them one by one, each in rows with its `customer_id`.
    #[must_use]
    pub fn is_by_customer(&self) -> bool {
        self.is_about_customers() && self.header.columns.iter().any(|(name, _, _)| name == "customer_id")
    }

    /// Whether other queries may read its answer: one that bears the name of a table would hide that table.
    fn is_read_by_others(&self) -> bool {
        matches!(self.room, Room::Base | Room::Metrics | Room::Worklists | Room::Forecasts | Room::Outreach)
            && table(&self.header.name).is_none()
    }
}

/// All queries, by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    queries: BTreeMap<String, Query>,
}

impl Catalogue {
    /// The built-in queries, then those of the user's folders (`<folder>/<room>/<name>.sql`, or `<folder>/<name>.sql`
    /// for a name that is built in or else a metric), the later folder winning. Folders within a room part it by subject
    /// and mean nothing else.
    ///
    /// # Errors
    /// When a header does not say what it must.
    pub fn load(folders: &[PathBuf]) -> Result<Self, EngineError> {
        let mut catalogue = Self::default();
        for room in Room::ALL {
            for file in BUILT_IN.get_dir(room.folder()).into_iter().flat_map(files_of) {
                if let (Some(stem), Some(sql)) = (stem_of(file.path()), file.contents_utf8()) {
                    catalogue.insert(room, &stem, sql)?;
                }
            }
        }
        for folder in folders {
            catalogue.add_folder(folder, None)?;
            for room in Room::ALL {
                catalogue.add_folder(&folder.join(room.folder()), Some(room))?;
            }
        }
        Ok(catalogue)
    }

    fn add_folder(&mut self, folder: &std::path::Path, room: Option<Room>) -> Result<(), EngineError> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for part in paths.iter().filter(|path| room.is_some() && path.is_dir()) {
            self.add_folder(part, room)?;
        }
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "sql")) {
            if let (Some(stem), Ok(sql)) = (stem_of(&path), std::fs::read_to_string(&path)) {
                let known = self.queries.get(&stem).map(|query| query.room);
                self.insert(room.or(known).unwrap_or(Room::Metrics), &stem, &sql)?;
            }
        }
        Ok(())
    }

    fn insert(&mut self, room: Room, stem: &str, sql: &str) -> Result<(), EngineError> {
        let header = Header::parse(stem, sql)?;
        self.queries.insert(stem.to_owned(), Query { room, header, sql: sql.to_owned() });
        Ok(())
    }

    /// The query of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Query, EngineError> {
        self.queries.get(name).ok_or_else(|| EngineError::UnknownQuery {
            name: name.to_owned(),
            known: [Room::Metrics, Room::Worklists, Room::Forecasts, Room::Outreach]
                .into_iter()
                .flat_map(|room| self.in_room(room))
                .map(|query| query.header.name.clone())
                .collect(),
        })
    }

    /// The queries of a room, by name.
    pub fn in_room(&self, room: Room) -> impl Iterator<Item = &Query> {
        self.queries.values().filter(move |query| query.room == room)
    }

    /// The queries that these need and read, each after those it reads itself. A result that is there needs none of those
    /// it was computed of: they may have been let go.
    ///
    /// # Errors
    /// When queries need each other in a circle.
    pub fn bases_for<'a>(
        &'a self,
        names: impl IntoIterator<Item = &'a str>,
        is_there: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<&'a Query>, EngineError> {
        let mut order = Vec::new();
        let mut done = BTreeSet::new();
        for name in names {
            self.visit(name, is_there, &mut Vec::new(), &mut done, &mut order)?;
        }
        Ok(order)
    }

    fn visit<'a>(
        &'a self,
        name: &'a str,
        is_there: &dyn Fn(&str) -> bool,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
        order: &mut Vec<&'a Query>,
    ) -> Result<(), EngineError> {
        let Some(query) = self.queries.get(name) else { return Ok(()) };
        if path.contains(&name) {
            path.push(name);
            return Err(EngineError::Circle(path.join(" → ")));
        }
        if !done.insert(name) {
            return Ok(());
        }
        path.push(name);
        for source in &query.header.sources {
            if self.queries.get(source).is_some_and(Query::is_read_by_others) && !is_there(source) {
                self.visit(source, is_there, path, done, order)?;
            }
        }
        path.pop();
        if query.is_read_by_others() {
            order.push(query);
        }
        Ok(())
    }
}

/// The files of a folder and of those within it.
fn files_of<'a>(folder: &'a Dir<'a>) -> Box<dyn Iterator<Item = &'a include_dir::File<'a>> + 'a> {
    Box::new(folder.files().chain(folder.dirs().flat_map(files_of)))
}

fn stem_of(path: &std::path::Path) -> Option<String> {
    path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "queries that do not load must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_parted_by_folders_and_a_query_of_ones_own_may_stand_in_one() {
        let built_in = Catalogue::load(&[]).unwrap();
        assert_eq!(built_in.get("payers").unwrap().room, Room::Metrics);
        assert_eq!(built_in.get("work_items").unwrap().room, Room::Base);
        let own = tempfile::tempdir().unwrap();
        let folder = own.path().join("metrics/payers");
        std::fs::create_dir_all(&folder).unwrap();
        let sql = "-- payers: mine.\n--\n-- grain:   one\n-- key:     n_count\n-- source:  items\n-- params:  none\n\
                   -- columns:\n--   n_count  int  how many\n\nselect count(*) as n_count from items\n";
        std::fs::write(folder.join("payers.sql"), sql).unwrap();
        let overridden = Catalogue::load(&[own.path().to_owned()]).unwrap();
        assert_eq!(overridden.get("payers").unwrap().header.sentence, "mine.");
    }
}
