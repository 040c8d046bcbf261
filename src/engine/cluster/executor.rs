//! An executor: does the tasks of a scheduler on this machine, knows our functions, and tells it that it is alive.

use std::sync::Arc;
use std::time::Duration;

use ballista_core::extension::ballista_scalar_functions;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use tempfile::TempDir;

use super::stages::Stages;
use super::{MESSAGE_BYTES, configuration, not_served};
use crate::engine::{EngineError, context, functions};

/// How an executor serves.
#[derive(Clone, Debug)]
pub struct ExecutorSettings {
    /// The address it listens on.
    pub host: String,
    /// The name others know it by.
    pub external_host: String,
    /// The port its results are fetched from.
    pub port: u16,
    /// The port it takes tasks on.
    pub task_port: u16,
    /// The host of the scheduler.
    pub scheduler_host: String,
    /// The port of the scheduler.
    pub scheduler_port: u16,
    /// How many tasks it does at once; as many as the machine has cores where nothing is said.
    pub core_count: Option<usize>,
    /// Memory its tasks may hold, in bytes, before they go to disk; seven tenths of the machine's where nothing is said.
    pub memory_bytes: Option<u64>,
    /// How often it tells that it is alive.
    pub heartbeat: Duration,
    /// How long it waits for the scheduler when it starts.
    pub connect_timeout: Duration,
}

/// Serves until it is told to stop; what its tasks wrote to this machine's disk goes with it.
///
/// # Errors
/// When the scheduler cannot be reached or the address cannot be listened on.
pub async fn run(settings: &ExecutorSettings) -> Result<(), EngineError> {
    let scheduler = format!("{}:{}", settings.scheduler_host, settings.scheduler_port);
    let folder = TempDir::with_prefix("encours-executor-").map_err(|cause| not_served(&scheduler, &cause))?;
    let mut registry = BallistaFunctionRegistry::default();
    // 2026-11-27: those of lists are not in the registry by default
    let known = ballista_scalar_functions().into_iter().chain(functions::all().into_iter().map(Arc::new));
    registry.scalar_functions.extend(known.map(|function| (function.name().to_owned(), function)));
    let spilled = folder.path().to_owned();
    let runtime = move |_: &_| context::runtime().with_temp_file_path(spilled.clone()).build_arc();
    let config = ExecutorProcessConfig {
        bind_host: settings.host.clone(),
        external_host: Some(settings.external_host.clone()),
        port: settings.port,
        grpc_port: settings.task_port,
        scheduler_host: settings.scheduler_host.clone(),
        scheduler_port: settings.scheduler_port,
        scheduler_connect_timeout_seconds: u16::try_from(settings.connect_timeout.as_secs()).unwrap_or(u16::MAX),
        vcores: settings.core_count.unwrap_or_default(),
        work_dir: Some(folder.path().to_string_lossy().into_owned()),
        // what a question left here is removed when nobody can ask for it any more
        job_data_ttl_seconds: 3600,
        job_data_clean_up_interval_seconds: 600,
        grpc_max_decoding_message_size: MESSAGE_BYTES,
        grpc_max_encoding_message_size: MESSAGE_BYTES,
        executor_heartbeat_interval_seconds: settings.heartbeat.as_secs(),
        memory_pool_size: settings.memory_bytes,
        override_execution_engine: Some(Arc::new(Stages::default())),
        override_function_registry: Some(Arc::new(registry)),
        override_runtime_producer: Some(Arc::new(runtime)),
        override_config_producer: Some(Arc::new(configuration)),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await.map_err(|cause| not_served(&scheduler, &cause))
}
