//! Results that later questions read, as Parquet beside the lake, where executors find them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::parquet::arrow::ArrowWriter;
use tempfile::TempDir;

use super::unkept;
use crate::engine::{EngineError, tables};
use crate::store::{self, Place};

/// How the folder of a session begins: when it was opened, so that one left by a killed process is known as such.
const OPENED: &str = "%Y%m%dt%H%M%Sz";
/// No session lasts so long, in hours.
const OLDEST: i64 = 24;

/// The results of one session.
pub(in crate::engine) struct SharedResults {
    place: Place,
    /// Files on their way to a bucket.
    waiting: TempDir,
    written: AtomicUsize,
}

impl SharedResults {
    /// Room for a session's results; what killed sessions left is removed.
    pub(in crate::engine) async fn open(all: &Place) -> Result<Self, EngineError> {
        let unkept = |cause| unkept("session", cause);
        let waiting = TempDir::with_prefix("encours-").map_err(|cause| super::unkept("session", cause))?;
        let now = Utc::now();
        for name in store::names_in(all).await.map_err(unkept)? {
            if is_left_behind(&name, now) {
                store::remove_all(&all.within(&name)).await.map_err(unkept)?;
            }
        }
        // the name of the waiting room is like no other of this machine, the time like few of others
        let salt = waiting.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let place = all.within(&format!("{}-{}-{salt}", now.format(OPENED), now.timestamp_subsec_nanos()));
        if let Place::Folder(folder) = &place {
            std::fs::create_dir_all(folder).map_err(|cause| super::unkept("session", cause))?;
        }
        Ok(Self { place, waiting, written: AtomicUsize::new(0) })
    }

    /// Keeps a result; answers the table that reads it.
    pub(in crate::engine) async fn keep(
        &self,
        name: &str,
        schema: SchemaRef,
        batches: impl Iterator<Item = RecordBatch>,
    ) -> Result<Arc<dyn TableProvider>, EngineError> {
        // a name comes again when another day is asked: readers of the earlier file may not be done
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let file = format!("{number:05}.parquet");
        let url = self.place.file(&file).map_err(|cause| unkept(name, cause))?;
        match &self.place {
            Place::Folder(folder) => write(&folder.join(&file), &schema, batches)?,
            Place::Bucket(_) => {
                let path = self.waiting.path().join(&file);
                write(&path, &schema, batches)?;
                store::upload(&path, &url).await.map_err(|cause| unkept(name, cause))?;
                // goes with the folder at the latest
                drop(std::fs::remove_file(&path));
            }
        }
        tables::listing(&[&url], schema).map_err(|cause| EngineError::Sql { query: name.to_owned(), cause })
    }
}

impl Drop for SharedResults {
    /// Results go with their session; those that stay behind go with a later one.
    fn drop(&mut self) {
        let place = self.place.clone();
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(store::remove_all(&place)))
        });
        drop(removing.join());
    }
}

fn is_left_behind(name: &str, now: DateTime<Utc>) -> bool {
    let opened = name.split_once('-').and_then(|(time, _)| NaiveDateTime::parse_from_str(time, OPENED).ok());
    opened.is_some_and(|opened| now.signed_duration_since(opened.and_utc()) > Duration::hours(OLDEST))
}

fn write(path: &Path, schema: &SchemaRef, batches: impl Iterator<Item = RecordBatch>) -> Result<(), EngineError> {
    let failed = |cause: std::io::Error| unkept("session", cause);
    let file = File::create(path).map_err(failed)?;
    let mut writer = ArrowWriter::try_new(file, schema.clone(), None).map_err(|cause| unkept("session", cause))?;
    for batch in batches {
        writer.write(&batch).map_err(|cause| unkept("session", cause))?;
    }
    writer.close().map(|_| ()).map_err(|cause| unkept("session", cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_left_behind_a_day_after_its_session_was_opened_and_no_other_is() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
        let name = |hours: i64| format!("{}-1-encours-x", (now - Duration::hours(hours)).format(OPENED));
        assert!(is_left_behind(&name(25), now));
        assert!(!is_left_behind(&name(23), now));
        assert!(!is_left_behind("items", now) && !is_left_behind("a-folder-of-ones-own", now));
    }
}
