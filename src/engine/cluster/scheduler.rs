//! The scheduler: takes plans, parts them into tasks, hands these to executors and again where one is lost.

use std::sync::Arc;
use std::time::Duration;

use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::error::DataFusionError;
use datafusion::execution::{FunctionRegistry, SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;

use super::{MESSAGE_BYTES, configuration, not_served};
use crate::engine::{EngineError, context, functions};

/// How a scheduler serves.
#[derive(Clone, Debug)]
pub struct SchedulerSettings {
    /// The address it listens on.
    pub host: String,
    /// The port it listens on; 0 for any that is free.
    pub port: u16,
    /// The name executors know it by.
    pub external_host: String,
    /// An executor that is not heard of for so long is lost.
    pub executor_timeout: Duration,
    /// How often it looks for lost executors.
    pub look_every: Duration,
    /// Into how many parts it cuts each step of a question.
    pub part_count: usize,
}

/// Serves until the process ends; `is_listening` is told the address once there is one.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn run(settings: &SchedulerSettings, is_listening: impl FnOnce(&str)) -> Result<(), EngineError> {
    let address = format!("{}:{}", settings.host, settings.port);
    let listener = TcpListener::bind(&address).await.map_err(|cause| not_served(&address, &cause))?;
    let bound = listener.local_addr().map_err(|cause| not_served(&address, &cause))?;
    let part_count = settings.part_count;
    let config = Arc::new(SchedulerConfig {
        external_host: settings.external_host.clone(),
        bind_host: settings.host.clone(),
        bind_port: bound.port(),
        // clients need to reach the scheduler only
        enable_embedded_flight_proxy: true,
        executor_timeout_seconds: settings.executor_timeout.as_secs(),
        expire_dead_executor_interval_seconds: settings.look_every.as_secs(),
        no_executors_grace_period_seconds: settings.executor_timeout.as_secs(),
        grpc_server_max_decoding_message_size: MESSAGE_BYTES,
        grpc_server_max_encoding_message_size: MESSAGE_BYTES,
        grpc_client_max_message_size: MESSAGE_BYTES,
        override_config_producer: Some(Arc::new(configuration)),
        override_session_builder: Some(Arc::new(move |config| session(config, part_count))),
        ..SchedulerConfig::default()
    });
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|cause| not_served(&address, &cause))?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config)
        .await
        .map_err(|cause| not_served(&address, &cause))?;
    is_listening(&bound.to_string());
    start_grpc_service_with_listener(listener, scheduler).await.map_err(|cause| not_served(&address, &cause))
}

/// A session as the scheduler plans it: our functions, every store, steps cut as it was told.
fn session(config: SessionConfig, part_count: usize) -> Result<SessionState, DataFusionError> {
    let mut state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config.with_target_partitions(part_count))
        .with_runtime_env(context::runtime().build_arc()?)
        .with_optimizer_rules(ballista_core::optimizer::ballista_default_optimizer_rules())
        .build();
    for function in functions::all() {
        state.register_udf(Arc::new(function))?;
    }
    Ok(state)
}
