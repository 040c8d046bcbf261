//! A question on its way: a query of the catalogue with its parameters bound, planned, held against its header, answered.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{Expr, LogicalPlan, Sort};
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use tokio::task::JoinSet;

use super::catalogue::Query;
use super::{EngineError, answers, cluster, contract};
use crate::model::answer::SortColumn;
use crate::model::{Answer, AnswerColumn};

/// Questions that are answered at once: while one plans, reads a small table or sorts, the other computes.
const AT_ONCE: usize = 2;

/// A query with all it needs to be answered beside others.
pub(super) struct Question {
    pub(super) context: SessionContext,
    pub(super) query: Query,
    /// Its parameters by name.
    pub(super) values: Vec<(String, ScalarValue)>,
    /// Bases that are looked up whenever they are read.
    pub(super) views: Arc<BTreeSet<String>>,
    /// Its rows were computed for others that read them.
    pub(super) is_computed: bool,
    pub(super) patience: Option<Duration>,
}

impl Question {
    /// The plan, held against the header.
    pub(super) async fn planned(&self) -> Result<DataFrame, EngineError> {
        let name = &self.query.header.name;
        let failed = |cause| EngineError::Sql { query: name.clone(), cause };
        let frame = self.context.sql_with_options(&self.query.sql, read_only()).await.map_err(failed)?;
        let frame = if self.values.is_empty() {
            frame
        } else {
            frame.with_param_values(self.values.clone()).map_err(failed)?
        };
        match contract::difference(&self.query.header, frame.logical_plan(), &self.views) {
            Some(difference) => Err(EngineError::Contract { query: name.clone(), difference }),
            None => Ok(frame),
        }
    }

    /// The columns of the answer, as the header says.
    pub(super) fn columns(&self) -> Vec<AnswerColumn> {
        let columns = self.query.header.columns.iter();
        columns.map(|(name, kind, _)| AnswerColumn { name: name.clone(), kind: *kind }).collect()
    }

    /// The answer, held against the header.
    async fn answer(self) -> Result<Answer, EngineError> {
        let (name, started) = (&self.query.header.name, Instant::now());
        let frame = self.planned().await?;
        let answer = if self.patience.is_some() {
            answers::answer(self.columns(), answered(name, self.patience, frame.collect()).await?)
        } else {
            // of a long list, no batch is held longer than it takes to be taken, not even to be sorted
            let failed = |cause| EngineError::Sql { query: name.clone(), cause };
            let (mut frame, order) = without_order(frame);
            // an order that is none of the answer's columns is in the plan alone
            if self.is_computed && !order.is_empty() {
                frame = self.context.table(name.as_str()).await.map_err(failed)?;
            }
            let mut batches = frame.execute_stream().await.map_err(failed)?;
            let mut answer = Answer::new(self.columns());
            while let Some(batch) = batches.next().await {
                answers::append(&mut answer, &batch.map_err(failed)?);
            }
            answer.sort(&order);
            answer
        };
        log::debug!("{name}: answered {} rows in {:.2?}", answer.len(), started.elapsed());
        match contract::repeated_key(&self.query.header, &answer) {
            Some(key) => {
                Err(EngineError::Contract { query: name.clone(), difference: format!("the key ({key}) comes twice") })
            }
            None => Ok(answer),
        }
    }

    /// The rows of a base result, for later questions to read.
    async fn result(self) -> Result<BaseResult, EngineError> {
        let (name, started) = (self.query.header.name.clone(), Instant::now());
        let frame = self.planned().await?;
        let schema = nullable(frame.schema().as_arrow());
        let parts = answered(&name, self.patience, frame.collect_partitioned()).await?;
        let parts = parts.into_iter().map(|batches| relaxed(&schema, batches));
        let parts = parts.collect::<Result<Vec<_>, _>>();
        let parts = parts.map_err(|cause| EngineError::Sql { query: name.clone(), cause })?;
        let batches = || parts.iter().flatten();
        log::debug!(
            "{name}: computed {} rows, {} MB, in {:.2?}",
            batches().map(RecordBatch::num_rows).sum::<usize>(),
            batches().map(RecordBatch::get_array_memory_size).sum::<usize>() >> 20,
            started.elapsed()
        );
        Ok(BaseResult { name, schema, parts })
    }
}

/// What a plan gives before it is brought into its order, and that order; of one that orders by what it does not answer,
/// or answers a part of what it orders, nothing is taken away.
fn without_order(frame: DataFrame) -> (DataFrame, Vec<SortColumn>) {
    let order = match frame.logical_plan() {
        LogicalPlan::Sort(Sort { expr, input, fetch: None }) => {
            let columns = expr.iter().map(|sorted| {
                let Expr::Column(column) = &sorted.expr else { return None };
                let position = input.schema().maybe_index_of_column(column)?;
                Some(SortColumn { position, is_descending: !sorted.asc, are_nulls_first: sorted.nulls_first })
            });
            columns.collect::<Option<Vec<_>>>()
        }
        _ => None,
    };
    let Some(order) = order else { return (frame, Vec::new()) };
    match frame.into_parts() {
        (state, LogicalPlan::Sort(sort)) => (DataFrame::new(state, Arc::unwrap_or_clone(sort.input)), order),
        (state, plan) => (DataFrame::new(state, plan), Vec::new()),
    }
}

/// A base result on its way to those that read it.
pub(super) struct BaseResult {
    pub(super) name: String,
    pub(super) schema: SchemaRef,
    pub(super) parts: Vec<Vec<RecordBatch>>,
}

/// The answers of questions that read nothing of each other, in their order.
pub(super) async fn answers_of(questions: Vec<Question>) -> Result<Vec<Answer>, EngineError> {
    side_by_side(at_once(&questions), questions.into_iter().map(Question::answer)).await
}

/// The rows of base results that read nothing of each other.
pub(super) async fn results_of(questions: Vec<Question>) -> Result<Vec<BaseResult>, EngineError> {
    side_by_side(at_once(&questions), questions.into_iter().map(Question::result)).await
}

/// A cluster is asked one after the other: each question has the executors and its time for itself.
fn at_once(questions: &[Question]) -> usize {
    if questions.iter().any(|question| question.patience.is_some()) { 1 } else { AT_ONCE }
}

async fn side_by_side<T: Send + 'static>(
    at_once: usize,
    work: impl Iterator<Item = impl Future<Output = Result<T, EngineError>> + Send + 'static>,
) -> Result<Vec<T>, EngineError> {
    let mut waiting = work.enumerate().map(|(position, work)| async move { (position, work.await) });
    let mut running = JoinSet::new();
    for work in waiting.by_ref().take(at_once) {
        running.spawn(work);
    }
    let mut done = BTreeMap::new();
    while let Some(ended) = running.join_next().await {
        let cause = match ended {
            Ok((position, Ok(result))) => {
                done.insert(position, result);
                if let Some(work) = waiting.next() {
                    running.spawn(work);
                }
                continue;
            }
            Ok((_, Err(cause))) => cause,
            Err(stopped) => match stopped.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(stopped) => {
                    EngineError::Sql { query: "session".to_owned(), cause: DataFusionError::External(stopped.into()) }
                }
            },
        };
        // those that still run are ended before the failure is told: none goes on while the program ends
        running.shutdown().await;
        return Err(cause);
    }
    Ok(done.into_values().collect())
}

/// What a plan gives, of this process or, in good time, of the cluster.
pub(super) async fn answered<T>(
    query: &str,
    patience: Option<Duration>,
    answer: impl Future<Output = Result<T, DataFusionError>>,
) -> Result<T, EngineError> {
    let Some(patience) = patience else {
        return answer.await.map_err(|cause| EngineError::Sql { query: query.to_owned(), cause });
    };
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer.map_err(|cause| cluster::failed(query, &cause)),
        Err(_) => Err(cluster::late(query, patience)),
    }
}

/// What SQL may do here: ask.
pub(super) fn read_only() -> SQLOptions {
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false)
}

/// A base result may be null anywhere as far as its readers know.
fn nullable(schema: &Schema) -> SchemaRef {
    let fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    Arc::new(Schema::new(fields))
}

/// Batches as the schema says: a plan may promise one kind of text and bring the other.
fn relaxed(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Vec<RecordBatch>, DataFusionError> {
    let relax = |batch: RecordBatch| {
        let columns =
            batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        Ok(RecordBatch::try_new(schema.clone(), columns)?)
    };
    batches.into_iter().map(relax).collect()
}
