//! Opening and creating the Delta tables.

use std::sync::{Arc, Once};

use deltalake_core::kernel::transaction::CommitProperties;
use deltalake_core::kernel::{Action, DataType, MetadataExt, PrimitiveType, StructField, StructType};
use deltalake_core::logstore::{
    LogStore, LogStoreFactory, ObjectStoreFactory, ObjectStoreRef, StorageConfig, default_logstore, logstore_factories,
    object_store_factories,
};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::{DeltaTable, DeltaTableBuilder, DeltaTableError};

use deltalake_core::Path as Key;
use url::Url;

use super::{Lake, LakeError};
use crate::model::money::SCALE;
use crate::model::{ColumnKind, TableSpec};
use crate::store::{self, Place};

impl Lake {
    /// The table at a version (`None`: its head), or nothing where it was never created.
    pub(super) async fn open(&self, table: &TableSpec, version: Option<u64>) -> Result<Option<DeltaTable>, LakeError> {
        know_stores();
        let place = self.place().within(table.name);
        if let Place::Folder(folder) = &place
            && !folder.join("_delta_log").is_dir()
        {
            return Ok(None);
        }
        let mut builder = DeltaTableBuilder::from_url(place.url()?)?;
        if let Some(version) = version {
            builder = builder.with_version(version);
        }
        match builder.load().await {
            Ok(table) => Ok(Some(table)),
            Err(DeltaTableError::NotATable(_)) if version.is_none() => Ok(None),
            Err(cause) => Err(cause.into()),
        }
    }

    /// The table's head; created empty where there is none. Two creators at once both get the one table.
    pub(super) async fn open_or_create(&self, table: &TableSpec) -> Result<DeltaTable, LakeError> {
        match self.open(table, None).await? {
            Some(found) => Ok(found),
            None => self.create(table, Vec::new()).await.map(|created| match created {
                Created::Now(table) | Created::Before(table) => table,
            }),
        }
    }

    /// Creates a table that was not there, with its first files, unless another does so first.
    pub(super) async fn create(&self, table: &TableSpec, files: Vec<Action>) -> Result<Created, LakeError> {
        know_stores();
        let place = self.place().within(table.name);
        if let Place::Folder(folder) = &place {
            store::make_folder(folder).map_err(|cause| LakeError::Disk(folder.clone(), cause))?;
        }
        let created = CreateBuilder::new()
            .with_location(place.url()?.to_string())
            .with_table_name(table.name)
            .with_columns(fields(table))
            // the past is asked again through old versions, so their logs stay
            .with_configuration([("delta.enableExpiredLogCleanup", Some("false"))])
            .with_commit_properties(quiet(CommitProperties::default()))
            .with_actions(files)
            .await;
        match created {
            Ok(created) => Ok(Created::Now(created)),
            Err(cause) => match self.open(table, None).await? {
                Some(found) => Ok(Created::Before(found)),
                None => Err(cause.into()),
            },
        }
    }
}

/// A table that was not there a moment ago.
pub(super) enum Created {
    /// Created by us, with our files.
    Now(DeltaTable),
    /// Created by another, with whatever it wrote.
    Before(DeltaTable),
}

/// No retries, no checkpoint, no clean-up: the lake does each of these itself.
pub(super) fn quiet(properties: CommitProperties) -> CommitProperties {
    properties.with_max_retries(0).with_create_checkpoint(false).with_cleanup_expired_logs(Some(false))
}

/// Tells Delta of our stores, once: folders whose files are flushed before they bear their names, and buckets. A log is
/// written with a conditional put: where two loads commit at once, the store refuses the second.
fn know_stores() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for scheme in ["file://", "s3://"].into_iter().filter_map(|scheme| Url::parse(scheme).ok()) {
            object_store_factories().insert(scheme.clone(), Arc::new(Stores));
            logstore_factories().insert(scheme, Arc::new(Stores));
        }
    });
}

struct Stores;

impl ObjectStoreFactory for Stores {
    fn parse_url_opts(&self, url: &Url, _: &StorageConfig) -> Result<(ObjectStoreRef, Key), DeltaTableError> {
        let refused = |cause: store::StoreError| DeltaTableError::GenericError { source: Box::new(cause) };
        Ok((store::store_of(url).map_err(refused)?, store::path_in(url).map_err(refused)?))
    }
}

impl LogStoreFactory for Stores {
    fn with_options(
        &self,
        prefixed_store: ObjectStoreRef,
        root_store: ObjectStoreRef,
        location: &Url,
        options: &StorageConfig,
    ) -> Result<Arc<dyn LogStore>, DeltaTableError> {
        Ok(default_logstore(prefixed_store, root_store, location, options))
    }
}

fn fields(table: &TableSpec) -> impl Iterator<Item = StructField> {
    table.columns.iter().map(|column| StructField::new(column.name, data_type(column.kind), true))
}

/// The columns as this version writes them, where the log of the table says others: an earlier version wrote it.
pub(super) fn changed_columns(table: &TableSpec, found: &DeltaTable) -> Result<Option<Action>, DeltaTableError> {
    let (known, wanted) = (found.snapshot()?, StructType::try_new(fields(table))?);
    if *known.schema() == wanted {
        return Ok(None);
    }
    Ok(Some(Action::Metadata(known.metadata().clone().with_schema(&wanted)?)))
}

fn data_type(kind: ColumnKind) -> DataType {
    let primitive = match kind {
        ColumnKind::Text => PrimitiveType::String,
        ColumnKind::Date => PrimitiveType::Date,
        ColumnKind::Int => PrimitiveType::Long,
        ColumnKind::Flag => PrimitiveType::Boolean,
        ColumnKind::Money | ColumnKind::Decimal | ColumnKind::Ratio => return decimal(),
    };
    DataType::Primitive(primitive)
}

fn decimal() -> DataType {
    DataType::decimal(18, SCALE).unwrap_or_else(|cause| unreachable!("decimal(18, 3) is a type of Delta: {cause}"))
}

/// Errors of Delta that mean "someone else committed first".
pub(super) fn is_conflict(cause: &DeltaTableError) -> bool {
    use deltalake_core::kernel::transaction::TransactionError;
    match cause {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::VersionAlreadyExists(_)
                | TransactionError::MaxCommitAttempts(_)
                | TransactionError::CommitConflict(_)
        ),
        _ => false,
    }
}
