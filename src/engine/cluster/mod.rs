//! The cluster: the same plans, computed by executors on other machines (Apache Ballista), which know our functions.
//!
//! In: the address of a scheduler, a place that it, its executors and this machine can all reach. Out: a session whose
//! questions run there. Refused: a scheduler that cannot be reached or has no executor. The only door to Ballista.
//!
//! A session of this machine holds nothing that executors read: bases, reference tables and derived tables are written
//! as Parquet beside the lake ([`results::SharedResults`]) and removed when the session ends.

mod executor;
pub(super) mod results;
mod scheduler;
mod stages;

use std::time::Duration;

use ballista_core::extension::{SessionConfigExt, SessionStateExt};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use url::Url;

pub use executor::{ExecutorSettings, run as run_executor};
pub use scheduler::{SchedulerSettings, run as run_scheduler};

use super::{EngineError, context};
use crate::store::Place;

/// The port of a scheduler where its address names none.
pub const SCHEDULER_PORT: u16 = 50050;

/// Messages between the parts of a cluster may be so large: plans over thousands of files are.
const MESSAGE_BYTES: u32 = 256 << 20;
/// A scheduler that does not answer is given up after so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A cluster to ask.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Where its scheduler listens.
    pub scheduler: Url,
    /// Where results that later questions read are kept: beside the lake, which all parts of the cluster reach.
    pub results: Place,
    /// How long it may take for one question.
    pub patience: Duration,
}

impl Cluster {
    /// A session whose questions run on the cluster.
    pub(super) async fn context(&self) -> Result<SessionContext, EngineError> {
        self.is_ready().await?;
        let failed = |cause| EngineError::Sql { query: "session".to_owned(), cause };
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(configuration())
            .with_runtime_env(context::runtime().build_arc().map_err(failed)?)
            .build()
            .upgrade_for_ballista(self.address())
            .map_err(failed)?;
        Ok(context::with_functions(SessionContext::new_with_state(state)))
    }

    fn address(&self) -> String {
        let host = self.scheduler.host_str().unwrap_or_default();
        format!("http://{host}:{}", self.scheduler.port().unwrap_or(SCHEDULER_PORT))
    }

    /// Asks the scheduler whether it has an executor: a question put to none would wait for ever.
    async fn is_ready(&self) -> Result<(), EngineError> {
        let refused = |cause: String| EngineError::Cluster { address: self.address(), cause };
        let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        let client = client.map_err(|cause| refused(cause.to_string()))?;
        let answer = client.get(format!("{}/readyz", self.address())).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) if answer.status().as_u16() == 503 => Err(refused("it has no executor".to_owned())),
            Ok(answer) => Err(refused(format!("it answers {} and is no scheduler", answer.status()))),
            Err(_) => Err(refused("nothing answers there".to_owned())),
        }
    }
}

/// How sessions, scheduler and executors compute: alike, and like the embedded engine where answers could differ.
fn configuration() -> SessionConfig {
    let mut config = SessionConfig::new_with_ballista()
        .with_information_schema(false)
        // 2026-11-27: with plans changed underway a question never ended; not tried again since `stages` counts nothing
        .with_ballista_adaptive_query_planner(false)
        .with_ballista_grpc_client_max_message_size(MESSAGE_BYTES as usize);
    config.options_mut().execution.parquet.pushdown_filters = true;
    config.options_mut().sql_parser.enable_ident_normalization = true;
    config
}

/// The error of a question that the cluster could not answer.
pub(super) fn failed(query: &str, cause: &DataFusionError) -> EngineError {
    EngineError::OnCluster { query: query.to_owned(), cause: cause.strip_backtrace() }
}

/// The error of a question that it did not answer in time.
pub(super) fn late(query: &str, patience: Duration) -> EngineError {
    EngineError::OnCluster { query: query.to_owned(), cause: format!("no answer in {} s", patience.as_secs()) }
}

/// What a part of the cluster that serves others cannot go on from.
fn not_served(address: &str, cause: &impl std::fmt::Display) -> EngineError {
    EngineError::Cluster { address: address.to_owned(), cause: cause.to_string() }
}

/// The error of a file that a result would be kept in.
fn unkept(name: &str, cause: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::Unkept { query: name.to_owned(), cause: Box::new(cause) }
}
