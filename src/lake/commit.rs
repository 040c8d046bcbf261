//! Committing a load: every touched table, then the `loads` row that makes them visible.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use deltalake_core::DeltaTable;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties, TableReference};
use deltalake_core::kernel::{Action, Add, Remove};
use deltalake_core::protocol::{DeltaOperation, SaveMode};

use super::at_once::at_once;
use super::record::Checksums;
use super::snapshot::DataFile;
use super::soundness::{CHECKPOINT, LastLoad, checkpoint_name, entry_name};
use super::tables::{Created, changed_columns, is_conflict, quiet};
use super::{Lake, LakeError, LoadRecord, Snapshot, statistics};
use crate::model::tables::{LOADS, TABLES, TOLD_LINES};
use crate::model::{Rows, TableSpec};
use crate::store::{self, Place};

/// Log files are folded into a checkpoint every so many loads, so that opening a table stays quick.
const LOADS_A_CHECKPOINT: u64 = 20;

/// How a batch of rows becomes a Parquet file (the writer lives in another room).
pub type RowsWriter<'a> = &'a (dyn Fn(&Rows, &Path) -> Result<(), String> + Sync);

/// What a load changes against the snapshot it began from.
#[derive(Debug, Default)]
pub struct Changes {
    added: BTreeMap<&'static str, Vec<PathBuf>>,
    dropped: BTreeMap<&'static str, BTreeSet<String>>,
    touched: BTreeMap<&'static str, &'static TableSpec>,
}

impl Changes {
    /// The file, already written below the lake's staging folder, becomes part of the table.
    pub fn add(&mut self, table: &'static TableSpec, path: PathBuf) {
        self.touched.insert(table.name, table);
        self.added.entry(table.name).or_default().push(path);
    }

    /// The file of the snapshot is no longer part of the table.
    pub fn drop_file(&mut self, table: &'static TableSpec, file: &DataFile) {
        self.touched.insert(table.name, table);
        self.dropped.entry(table.name).or_default().insert(file.name().to_owned());
    }

    /// What a table shall hold on top of a snapshot.
    fn wanted(&self, table: &TableSpec, base: &Snapshot) -> WantedFiles {
        let dropped = self.dropped.get(table.name);
        let is_kept = |file: &&DataFile| !dropped.is_some_and(|names| names.contains(file.name()));
        WantedFiles {
            kept: base.files(table).iter().filter(is_kept).map(|file| file.add.clone()).collect(),
            added: self.added.get(table.name).cloned().unwrap_or_default(),
        }
    }
}

/// What a table shall hold: base − dropped + added.
struct WantedFiles {
    kept: Vec<Add>,
    added: Vec<PathBuf>,
}

/// A load that is done: its files, logs and folders are on the disk.
#[derive(Debug)]
pub struct Committed {
    /// The load, with its number.
    pub record: LoadRecord,
    /// What could not be done after the commit, and takes nothing from it: a sentence each.
    pub warnings: Vec<String>,
}

impl Lake {
    /// Commits `changes` on top of `base`. All is flushed to the disk before the row of `loads` that makes it visible,
    /// and that row before this returns.
    ///
    /// # Errors
    /// [`LakeError::Moved`] when another load was committed since `base`: nothing of this one is visible, and the
    /// caller starts again from a new snapshot. Otherwise when the disk or Delta refuses. After the row of `loads` is
    /// committed there is no error any more.
    pub async fn commit(
        &self,
        base: &Snapshot,
        changes: &Changes,
        mut record: LoadRecord,
        write_rows: RowsWriter<'_>,
    ) -> Result<Committed, LakeError> {
        let loads = self.open_or_create(&LOADS).await?;
        if loads.version() != Some(base.version()) {
            return Err(LakeError::Moved);
        }
        record.versions = base.load.as_ref().map(|load| load.versions.clone()).unwrap_or_default();
        let commits = changes.touched.values().copied().map(|table| {
            let (lake, wanted) = (self.clone(), changes.wanted(table, base));
            async move { Ok((table.name.to_owned(), lake.commit_table(table, wanted).await?)) }
        });
        // all are ended before a failure is told: none goes on behind the back of the next try
        let done = at_once(commits).await.into_iter().collect::<Result<Vec<_>, LakeError>>()?;
        // a row cannot bear its own checksum: the next one does, and until then what is beside the log
        let last = self.last_load().await?.filter(|last| last.version == base.version()).unwrap_or_default();
        let is_new = |name: &str| !name.ends_with(CHECKPOINT) || last.version.is_multiple_of(LOADS_A_CHECKPOINT);
        let of_last = last.checksums.iter().filter(|(name, _)| is_new(name));
        record.checksums.extend(of_last.map(|(name, checksum)| (name.clone(), checksum.clone())));
        for (table, (version, checksums)) in done {
            record.versions.insert(table, version);
            record.checksums.extend(checksums);
        }
        record.version = base.version() + 1;
        let name = format!("{:08}-{}.parquet", record.version, record.load_id);
        let path = self.staging_folder().join(LOADS.name).join(name);
        write_rows(&record.rows(), &path).map_err(LakeError::Parquet)?;
        let add = self.bring(&LOADS, &path).await?;
        let lake = self.staging_folder();
        let folders = [Some(lake.join(LOADS.name)), Some(lake.to_owned()), lake.parent().map(Path::to_owned)];
        let folders: Vec<&Path> = folders.iter().flatten().map(PathBuf::as_path).collect();
        self.flush_folders(&folders).await?;
        let file = add.path.clone();
        match commit_actions(&LOADS, &loads, vec![Action::Add(add)]).await {
            Ok(version) => debug_assert_eq!(version, record.version, "the number of a load is the version of `loads`"),
            // an answer may get lost on its way, and a second try then meets the first: what the log says counts
            Err(cause) => {
                let committed = self.files_at(&LOADS, Some(record.version)).await;
                if !committed.is_ok_and(|files| files.iter().any(|found| found.name() == file)) {
                    return Err(cause);
                }
            }
        }
        let mut warnings = Vec::new();
        let mut names = vec![format!("{}/{file}", LOADS.name), entry_name(&LOADS, record.version)];
        if record.version.is_multiple_of(LOADS_A_CHECKPOINT) {
            warnings.extend(self.checkpoint(&record).await);
            names.extend(tables_of(&record).map(|(table, version)| checkpoint_name(table, version)));
        }
        if record.version == 1 {
            names.push(entry_name(&LOADS, 0));
        }
        let kept = match self.checksums_of(names).await {
            Ok(mut checksums) => {
                // the log of loads is proven before a row of it is read
                let proofs = last.checksums.into_iter().filter(|(name, _)| name.ends_with(CHECKPOINT));
                checksums.extend(proofs.filter(|_| !record.version.is_multiple_of(LOADS_A_CHECKPOINT)));
                self.keep_last_load(&LastLoad { version: record.version, checksums }).await
            }
            Err(cause) => Err(cause),
        };
        if let Err(cause) = kept {
            warnings.push(format!("the load is done; its number could not be kept beside its log ({cause})"));
        }
        Ok(Committed { record, warnings })
    }

    /// Deletes the files that a try of a load wrote, finished or not, unless a load of the lake may reach them.
    pub async fn forget_try(&self, load_id: &str, tag: &str) {
        let Ok(history) = self.history().await else { return };
        if history.iter().any(|load| load.load_id == load_id) {
            return;
        }
        let tables = TABLES.iter().copied().chain([&LOADS, &TOLD_LINES]);
        let folders = tables.map(|table| self.staging_folder().join(table.name));
        for path in folders.flat_map(std::fs::read_dir).flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            let is_of_try = path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| {
                // `…-<tag>`, or `…-<tag>.<step>`
                stem.rsplit_once(tag).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with('.'))
            });
            if is_of_try {
                // one that stays behind is seen by nobody
                drop(std::fs::remove_file(&path));
            }
        }
    }

    /// Brings the head of a table to what is wanted, whatever a killed or rival load left there.
    /// Answers its version, and the checksums of what was added.
    async fn commit_table(
        &self,
        table: &'static TableSpec,
        wanted: WantedFiles,
    ) -> Result<(u64, Checksums), LakeError> {
        let WantedFiles { kept, added } = wanted;
        let mut wanted: BTreeMap<String, Add> = kept.into_iter().map(|add| (add.path.clone(), add)).collect();
        let mut checksums = Checksums::new();
        for path in added {
            let add = self.bring(table, &path).await?;
            let checksum = store::checksum(&store::of_file(&path)?).await?.map(|read| read.text()).unwrap_or_default();
            checksums.insert(format!("{}/{}", table.name, add.path), checksum);
            wanted.insert(add.path.clone(), add);
        }
        self.flush_folders(&[&self.staging_folder().join(table.name)]).await?;
        let found = match self.open(table, None).await? {
            Some(found) => found,
            None => match self.create(table, wanted.values().cloned().map(Action::Add).collect()).await? {
                Created::Now(created) => {
                    let version = created.version().unwrap_or_default();
                    checksums.extend(self.checksums_of([entry_name(table, version)]).await?);
                    return Ok((version, checksums));
                }
                Created::Before(found) => found,
            },
        };
        let head = self.files_of(table, &found)?;
        let at_head: BTreeSet<&str> = head.iter().map(DataFile::name).collect();
        let mut actions: Vec<Action> = head
            .iter()
            .filter(|file| !wanted.contains_key(file.name()))
            .map(|file| Action::Remove(remove_of(&file.add)))
            .collect();
        let added = wanted.into_values().filter(|add| !at_head.contains(add.path.as_str()));
        actions.extend(added.map(Action::Add));
        let version = commit_actions(table, &found, actions).await?;
        checksums.extend(self.checksums_of([entry_name(table, version)]).await?);
        Ok((version, checksums))
    }

    /// The checksums of files that are there, by their names from the lake's place.
    pub(super) async fn checksums_of(&self, names: impl IntoIterator<Item = String>) -> Result<Checksums, LakeError> {
        let mut checksums = Checksums::new();
        for name in names {
            if let Some(read) = self.checksum_of(&name).await? {
                checksums.insert(name, read.text());
            }
        }
        Ok(checksums)
    }

    /// What the log shall say of a staged file, which is sent to the bucket where the lake is in one, else flushed.
    async fn bring(&self, table: &TableSpec, path: &Path) -> Result<Add, LakeError> {
        let add = add_of(table, path)?;
        match self.place() {
            Place::Bucket(_) => store::upload(path, &self.place().within(table.name).file(&add.path)?).await?,
            Place::Folder(_) => flush(path.to_owned()).await?,
        }
        Ok(add)
    }

    /// Flushes folders of the lake, where it is in one: the names of what is in them.
    async fn flush_folders(&self, folders: &[&Path]) -> Result<(), LakeError> {
        if let Place::Folder(_) = self.place() {
            for folder in folders {
                flush((*folder).to_owned()).await?;
            }
        }
        Ok(())
    }

    /// Folds the logs of all tables; what cannot be done, each table by itself.
    async fn checkpoint(&self, record: &LoadRecord) -> Vec<String> {
        let mut warnings = Vec::new();
        for (table, version) in tables_of(record) {
            if let Err(cause) = self.checkpoint_of(table, version).await {
                warnings.push(format!(
                    "the load is done; the log of `{}` could not be folded into a checkpoint ({cause}), which the \
                     {LOADS_A_CHECKPOINT}th load from now tries again",
                    table.name
                ));
            }
        }
        warnings
    }

    async fn checkpoint_of(&self, table: &TableSpec, version: u64) -> Result<(), LakeError> {
        if let Some(found) = self.open(table, Some(version)).await? {
            deltalake_core::checkpoints::create_checkpoint(&found, None).await?;
        }
        Ok(())
    }
}

/// The tables that a load names, `loads` too, each with its version.
fn tables_of(record: &LoadRecord) -> impl Iterator<Item = (&'static TableSpec, u64)> + use<'_> {
    let tables = TABLES.iter().copied();
    tables.filter_map(|table| Some((table, *record.versions.get(table.name)?))).chain([(&LOADS, record.version)])
}

async fn flush(path: PathBuf) -> Result<(), LakeError> {
    let flushed =
        tokio::task::spawn_blocking(move || store::flush(&path).map_err(|cause| LakeError::Disk(path, cause)));
    flushed.await.unwrap_or_else(|stopped| resume_unwind(stopped.into_panic()))
}

async fn commit_actions(
    table: &'static TableSpec,
    found: &DeltaTable,
    mut actions: Vec<Action>,
) -> Result<u64, LakeError> {
    actions.extend(changed_columns(table, found)?);
    let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
    let committed = CommitBuilder::from(quiet(CommitProperties::default()))
        .with_actions(actions)
        .build(Some(found.snapshot()? as &dyn TableReference), found.log_store(), operation)
        .await;
    match committed {
        Ok(done) => Ok(done.version()),
        Err(cause) if is_conflict(&cause) => Err(LakeError::Moved),
        Err(cause) => Err(cause.into()),
    }
}

fn add_of(table: &TableSpec, path: &Path) -> Result<Add, LakeError> {
    let unreadable = |cause| LakeError::Disk(path.to_owned(), cause);
    let facts = std::fs::metadata(path).map_err(unreadable)?;
    let (statistics, _) = statistics::of_file(table, path)?;
    let modified = facts.modified().map_err(unreadable)?;
    Ok(Add {
        path: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        size: i64::try_from(facts.len()).unwrap_or(i64::MAX),
        modification_time: DateTime::<Utc>::from(modified).timestamp_millis(),
        data_change: true,
        stats: Some(statistics),
        ..Add::default()
    })
}

fn remove_of(add: &Add) -> Remove {
    Remove {
        path: add.path.clone(),
        data_change: true,
        deletion_timestamp: Some(Utc::now().timestamp_millis()),
        extended_file_metadata: Some(true),
        size: Some(add.size),
        partition_values: Some(add.partition_values.clone()),
        ..Remove::default()
    }
}
