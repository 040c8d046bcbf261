//! Sessions of `DataFusion`: how they compute, and the functions they know.

use std::sync::Arc;

use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::small_first::SmallFirst;
use super::stores::Stores;
use super::{EngineError, functions};

/// Up to so many rows a question takes longer to plan than to answer.
const FEW_ROWS: usize = 200_000;

/// Bytes that a run holds beside its questions: itself, and the pages of files being read.
const BESIDE: usize = 200 << 20;

/// What makes a plan right, and lets it be stopped; the other rules make it faster.
const NEEDED_RULES: [&str; 4] = ["OutputRequirements", "EnsureRequirements", "EnsureCooperative", "SanityCheckPlan"];

/// A session in this process, for questions to a lake of so many rows: what sorts and groups goes to disk before the run
/// holds `memory_limit` bytes.
pub(super) fn embedded(row_count: usize, memory_limit: usize) -> Result<SessionContext, EngineError> {
    // results that later questions read are not counted, nor is what a thread keeps to use again
    let pool_bytes = memory_limit.saturating_sub(BESIDE) / 10 * 6;
    // 2026-11-29: each step its share; where the first may take all, the next one can neither go on nor go to disk
    let runtime = runtime().with_memory_pool(Arc::new(FairSpillPool::new(pool_bytes)));
    let mut config = config();
    let reserved = &mut config.options_mut().execution.sort_spill_reservation_bytes;
    *reserved = (*reserved).min(pool_bytes / 32);
    if row_count > FEW_ROWS {
        return session(config, runtime, PhysicalOptimizer::new().rules);
    }
    // 2026-11-29: planned more plainly, a page of a ledger of 5 000 lines takes a third less
    let mut config = config.with_target_partitions(1);
    config.options_mut().optimizer.enable_dynamic_filter_pushdown = false;
    config.options_mut().execution.collect_statistics = false;
    let mut rules = PhysicalOptimizer::new().rules;
    rules.retain(|rule| NEEDED_RULES.contains(&rule.name()));
    session(config, runtime, rules)
}

/// A session in this process for a step of a load: so many bytes, then to disk.
pub(super) fn of_step(memory_limit: usize) -> Result<SessionContext, EngineError> {
    // 2026-11-22: one partition, since repartitioned sorts of one pool starve each other; steps of a load sort once and
    // join small tables only
    let config = config().with_target_partitions(1).with_batch_size(4096);
    let runtime = runtime().with_memory_pool(Arc::new(FairSpillPool::new(memory_limit)));
    session(config, runtime, PhysicalOptimizer::new().rules)
}

fn config() -> SessionConfig {
    let mut config = SessionConfig::new().with_information_schema(false);
    config.options_mut().execution.parquet.pushdown_filters = true;
    config.options_mut().execution.parquet.schema_force_view_types = false;
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    config.options_mut().sql_parser.enable_ident_normalization = true;
    config
}

type Rules = Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>>;

fn session(config: SessionConfig, runtime: RuntimeEnvBuilder, mut rules: Rules) -> Result<SessionContext, EngineError> {
    // before anything is shared out: what must be together is seen to after it
    let position = rules.iter().position(|rule| rule.name() == "EnsureRequirements").unwrap_or(0);
    rules.insert(position, Arc::new(SmallFirst));
    let runtime = runtime.build_arc().map_err(|cause| EngineError::Sql { query: "session".to_owned(), cause })?;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_default_features()
        .with_physical_optimizer_rules(rules)
        .build();
    Ok(with_functions(SessionContext::new_with_state(state)))
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
