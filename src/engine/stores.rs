//! Where `DataFusion` finds files: the disks of this machine, and buckets when they are asked for.

use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use url::Url;

use crate::store::{self, ObjectStore};

/// Every store there is, opened when first asked for.
#[derive(Debug, Default)]
pub(super) struct Stores {
    known: DefaultObjectStoreRegistry,
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.known.register_store(url, store)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>, DataFusionError> {
        if store::is_bucket(url) || url.scheme() == "file" {
            store::store_of(url).map_err(|cause| DataFusionError::External(Box::new(cause)))
        } else {
            self.known.get_store(url)
        }
    }
}
