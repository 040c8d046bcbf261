//! A rule of planning: of two sides without a key in common, a small one is held and the other passes by.
//!
//! `DataFusion` holds the side that the SQL names first unless it knows, or guesses, the rows of both. What a filter or a
//! join leaves it can only guess: a table of one row after it, settings or a day, makes a batch of one row for each row
//! before it. And where the held side is more than memory bears, it is read again to wait on the disk, which what was shared
//! out between processors cannot be: that ends the run (2026-11-29, `DataFusion` 55.2: `partition not used yet`).

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::DataFusionError;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{CrossJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::{ExecutionPlan, StatisticsArgs, StatisticsContext};

/// Up to so many rows are few.
const FEW_ROWS: usize = 10_000;

/// The rule.
#[derive(Debug)]
pub(super) struct SmallFirst;

/// Whether a plan surely has few rows: what is guessed of a filter or a join may be wrong by any factor.
fn has_few_rows(plan: &Arc<dyn ExecutionPlan>) -> Result<bool, DataFusionError> {
    let known = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(matches!(known.num_rows, Precision::Exact(rows) if rows <= FEW_ROWS))
}

fn is_wrong_way(left: &Arc<dyn ExecutionPlan>, right: &Arc<dyn ExecutionPlan>) -> Result<bool, DataFusionError> {
    Ok(has_few_rows(right)? && !has_few_rows(left)?)
}

impl PhysicalOptimizerRule for SmallFirst {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let turned = plan.transform_up(|plan| {
            if let Some(join) = plan.downcast_ref::<CrossJoinExec>() {
                if is_wrong_way(join.left(), join.right())? {
                    return Ok(Transformed::yes(join.swap_inputs()?));
                }
            } else if let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>()
                && is_wrong_way(join.left(), join.right())?
            {
                return Ok(Transformed::yes(join.swap_inputs()?));
            }
            Ok(Transformed::no(plan))
        });
        Ok(turned?.data)
    }

    fn name(&self) -> &'static str {
        "small_first"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
