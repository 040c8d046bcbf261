//! Sessions of `DataFusion`: how they compute, and the functions they know.

use std::sync::Arc;

use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::stores::Stores;
use super::{EngineError, functions};

/// A session in this process; one with a limit of memory, in bytes, goes to disk beyond it.
pub(super) fn embedded(memory_limit: Option<usize>) -> Result<SessionContext, EngineError> {
    let mut config = SessionConfig::new().with_information_schema(false);
    config.options_mut().execution.parquet.pushdown_filters = true;
    config.options_mut().sql_parser.enable_ident_normalization = true;
    let mut runtime = runtime();
    if let Some(limit) = memory_limit {
        // 2026-11-22: one partition, since repartitioned sorts of one pool starve each other; steps of a load sort
        // once and join small tables only
        config = config.with_target_partitions(1).with_batch_size(4096);
        config.options_mut().execution.parquet.schema_force_view_types = false;
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(limit)));
    }
    let runtime = runtime.build_arc().map_err(|cause| EngineError::Sql { query: "session".to_owned(), cause })?;
    Ok(with_functions(SessionContext::new_with_config_rt(config, runtime)))
}

/// What a session runs in: every store there is.
pub(super) fn runtime() -> RuntimeEnvBuilder {
    RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores::default()))
}

/// The session, knowing our functions.
pub(super) fn with_functions(context: SessionContext) -> SessionContext {
    for function in functions::all() {
        context.register_udf(function);
    }
    context
}
