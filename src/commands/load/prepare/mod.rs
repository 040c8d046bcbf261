//! What a load prepares, so that questions need not look through all that ever was: allocations with what they need of
//! their items (`links`), what became of each item (`courses`), and sums by day (`sums`).
//!
//! Only what a load adds or touches is prepared, in files of its own; where it takes items or allocations away, or a lake
//! lacks what this version prepares, all is prepared anew.

mod course;
mod courses;
mod links;
mod shared;
mod sums;
mod tolerance;

use super::STEP_MEMORY;
use super::stage::unwritable;
use super::wanted::{Wanted, WantedFile};
use crate::engine::Engine;
use crate::error::Error;
use crate::ingest::staging::Staging;
use crate::lake::Snapshot;
use crate::model::money::smallest;
use crate::model::tables::{
    ALLOCATION_DAYS, ALLOCATION_LINKS, ALLOCATIONS, CLOSED_ITEMS, ITEM_DAYS, ITEMS, OPEN_CHANGES, UNEVEN_ITEMS,
    UNSETTLED_ITEMS,
};
use crate::model::{Rows, TableSpec};
use crate::settings::Settings;

/// Rows written at once.
const ROWS_AT_ONCE: usize = 32_768;
/// What the step makes.
const PREPARED: [&TableSpec; 7] =
    [&ALLOCATION_LINKS, &CLOSED_ITEMS, &UNSETTLED_ITEMS, &UNEVEN_ITEMS, &OPEN_CHANGES, &ITEM_DAYS, &ALLOCATION_DAYS];

/// The step of a load.
pub(super) struct Prepare<'a> {
    pub settings: &'a Settings,
    pub base: &'a Snapshot,
    pub load_id: &'a str,
    pub tag: &'a str,
}

impl Prepare<'_> {
    /// The smallest amount of the base currency, in thousandths.
    fn smallest(&self) -> Result<i64, Error> {
        let smallest = smallest(self.settings.ledger_decimals()?);
        Ok(i64::try_from(smallest).unwrap_or(1))
    }

    /// Links allocations. False, and nothing is added, where an item of one is not known and all are needed: the item of
    /// an allocation of before may have been taken away.
    pub(super) async fn link(&self, wanted: &mut Wanted, needs_all: bool) -> Result<bool, Error> {
        if self.is_anew(wanted) {
            for table in PREPARED {
                wanted.drop_table(table);
            }
        }
        let mut output = self.output();
        let are_all_linked =
            links::link(wanted, self.is_anew(wanted), needs_all, self.smallest()?, &mut output).await?;
        if are_all_linked {
            output.finish(wanted)?;
        }
        Ok(are_all_linked)
    }

    /// Follows the items that the load adds or touches.
    pub(super) async fn follow(&self, wanted: &mut Wanted) -> Result<(), Error> {
        let brings = |table: &TableSpec| wanted.files(table).iter().any(|file| !file.is_of_base());
        if !self.is_anew(wanted) && !brings(&ITEMS) && !brings(&ALLOCATION_LINKS) {
            return Ok(());
        }
        let mut output = self.output();
        courses::follow(self, wanted, self.is_anew(wanted), &mut output).await?;
        output.finish(wanted)
    }

    /// Whether all must be prepared anew.
    fn is_anew(&self, wanted: &Wanted) -> bool {
        !self.base.is_prepared()
            || wanted.lacks(self.base, &ITEMS)
            || wanted.lacks(self.base, &ALLOCATIONS)
            || self.base.row_count(&ALLOCATIONS) != self.base.row_count(&ALLOCATION_LINKS)
            || (self.base.row_count(&ITEMS) > 0) != (self.base.row_count(&ITEM_DAYS) > 0)
    }

    fn output(&self) -> Output<'_> {
        Output { prepare: self, staging: Staging::new(self.settings.lake.staging_folder(), self.load_id, self.tag) }
    }
}

/// An engine over some files of a table, as `rows_read`; none where there is no such file.
fn engine_over(
    wanted: &Wanted,
    table: &'static TableSpec,
    is_read: impl Fn(&WantedFile) -> bool,
) -> Result<Option<Engine>, Error> {
    let files = wanted.files(table).iter().filter(|file| is_read(file));
    let urls: Vec<_> = files.map(|file| file.url.clone()).collect();
    if urls.is_empty() {
        return Ok(None);
    }
    let engine = Engine::bare(STEP_MEMORY)?;
    engine.register_files("rows_read", table, &urls)?;
    Ok(Some(engine))
}

/// Where prepared rows go.
struct Output<'a> {
    prepare: &'a Prepare<'a>,
    staging: Staging,
}

impl Output<'_> {
    /// Writes rows once there are enough of them.
    fn offer(&mut self, rows: &mut Rows) -> Result<(), Error> {
        if rows.len() < ROWS_AT_ONCE {
            return Ok(());
        }
        self.write(rows)?;
        *rows = Rows::with_room(rows.table, ROWS_AT_ONCE);
        Ok(())
    }

    /// Writes rows, however few.
    fn write(&mut self, rows: &mut Rows) -> Result<(), Error> {
        let rows = std::mem::replace(rows, Rows::new(rows.table));
        self.staging.write("prepared", rows).map_err(|cause| unwritable(self.prepare.settings, &cause))
    }

    /// Closes the files: the lake shall hold them.
    fn finish(self, wanted: &mut Wanted) -> Result<(), Error> {
        let settings = self.prepare.settings;
        for file in self.staging.finish().map_err(|cause| unwritable(settings, &cause))? {
            wanted.add(&file);
        }
        Ok(())
    }
}
