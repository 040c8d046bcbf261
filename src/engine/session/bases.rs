//! Base results: what several queries read is computed once, in the order in which they need each other, and kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;

use super::Engine;
use crate::engine::catalogue::Query;
use crate::engine::derivation::{Derivation, Work};
use crate::engine::question::{self, Question};
use crate::engine::{EngineError, answers};
use crate::model::{Answer, AnswerColumn};

impl Engine {
    /// Registers a result that later questions read, in place of an earlier one of its name.
    pub(super) async fn keep(
        &self,
        name: &str,
        schema: SchemaRef,
        parts: Vec<Vec<RecordBatch>>,
    ) -> Result<(), EngineError> {
        let failed = |cause| EngineError::Sql { query: name.to_owned(), cause };
        let table: Arc<dyn TableProvider> = match &self.shared {
            None => Arc::new(MemTable::try_new(schema, parts).map_err(failed)?),
            Some(shared) => shared.keep(name, schema, parts.into_iter().flatten()).await?,
        };
        self.context.deregister_table(name).map_err(failed)?;
        self.context.register_table(name, table).map_err(failed)?;
        Ok(())
    }

    /// Derives tables that queries read, from now on.
    pub fn set_derivation(&mut self, derivation: Arc<dyn Derivation>) {
        self.derivation = Some(derivation);
        self.forget();
    }

    /// Lets base results go, and the memory they take, but for those that some queries read: a later question computes
    /// again what it needs.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub fn let_go_but(&mut self, names: &[&str]) -> Result<(), EngineError> {
        let mut kept = BTreeSet::new();
        let mut read: Vec<&str> = names.to_vec();
        while let Some(name) = read.pop() {
            let Ok(query) = self.catalogue.get(name) else { continue };
            kept.insert(name.to_owned());
            for source in &query.header.sources {
                let is_known = self.catalogue.get(source).is_ok();
                if kept.insert(source.clone()) && is_known && !self.has_result(source) {
                    read.push(source);
                }
            }
        }
        for name in self.computed.iter().filter(|name| !kept.contains(*name)) {
            let failed = |cause| EngineError::Sql { query: name.clone(), cause };
            self.context.deregister_table(name.as_str()).map_err(failed)?;
        }
        self.computed.retain(|name| kept.contains(name));
        Arc::make_mut(&mut self.views).retain(|name| kept.contains(name));
        self.work = None;
        self.fed.clear();
        Ok(())
    }

    /// Whether rows of a base are there: they stand for all they were computed of, where a view reads it each time.
    pub(super) fn has_result(&self, name: &str) -> bool {
        self.computed.contains(name) && !self.views.contains(name)
    }

    pub(super) fn forget(&mut self) {
        self.computed.clear();
        self.views = Arc::default();
        self.work = None;
        self.fed.clear();
    }

    /// Computes and registers the base results that queries need, unless they are there.
    pub(super) async fn compute_bases(&mut self, queries: &[Query]) -> Result<(), EngineError> {
        let names: Vec<&str> = queries.iter().map(|query| query.header.name.as_str()).collect();
        let is_there = |name: &str| self.has_result(name);
        let mut needed = BTreeSet::new();
        for name in &names {
            let bases = self.catalogue.bases_for([*name], &is_there)?.into_iter();
            needed.extend(bases.map(|base| base.header.name.clone()).filter(|base| base != name));
        }
        let bases: Vec<Query> = self.catalogue.bases_for(names, &is_there)?.into_iter().cloned().collect();
        self.compute(bases.into_iter().filter(|base| needed.contains(&base.header.name)).collect()).await?;
        for query in queries {
            self.derive(|table| query.header.sources.iter().any(|source| source == table)).await?;
        }
        Ok(())
    }

    /// Computes and registers base results whose own bases are there or among them.
    pub(super) async fn compute(&mut self, mut waiting: Vec<Query>) -> Result<(), EngineError> {
        loop {
            // what a derived table needed on the way is there already
            waiting.retain(|base| !self.computed.contains(&base.header.name));
            if waiting.is_empty() {
                return Ok(());
            }
            let names: BTreeSet<String> = waiting.iter().map(|base| base.header.name.clone()).collect();
            let waits = |base: &Query| {
                base.header.sources.iter().any(|source| *source != base.header.name && names.contains(source))
            };
            let (later, ready): (Vec<Query>, Vec<Query>) = waiting.into_iter().partition(waits);
            if ready.is_empty() {
                return Err(EngineError::Circle(names.into_iter().collect::<Vec<_>>().join(" → ")));
            }
            let mut questions = Vec::new();
            for base in ready {
                self.derive(|table| base.header.sources.iter().any(|source| source == table)).await?;
                let question = self.question(base)?;
                if question.query.header.is_view {
                    self.look_up(question).await?;
                } else {
                    questions.push(question);
                }
            }
            questions.retain(|question| !self.computed.contains(&question.query.header.name));
            for result in question::results_of(questions).await? {
                self.keep(&result.name, result.schema, result.parts).await?;
                self.computed.insert(result.name);
            }
            waiting = later;
        }
    }

    /// Registers a base that is looked up whenever it is read.
    pub(super) async fn look_up(&mut self, base: Question) -> Result<(), EngineError> {
        let name = base.query.header.name.clone();
        let failed = |cause| EngineError::Sql { query: name.clone(), cause };
        let view = base.planned().await?.into_view();
        self.context.deregister_table(name.as_str()).map_err(failed)?;
        self.context.register_table(name.as_str(), view).map_err(failed)?;
        Arc::make_mut(&mut self.views).insert(name.clone());
        self.computed.insert(name);
        Ok(())
    }

    /// Derives and registers the tables wanted that no SQL computes, unless they are there.
    pub(super) async fn derive(&mut self, is_wanted: impl Fn(&str) -> bool) -> Result<(), EngineError> {
        let Some(derivation) = self.derivation.clone() else { return Ok(()) };
        for table in derivation.tables().iter().filter(|table| is_wanted(table.name)) {
            if !self.computed.insert(table.name.to_owned()) {
                continue;
            }
            let mut work = match self.work.take() {
                Some(work) => work,
                None => Box::pin(self.fed(derivation.as_ref())).await?,
            };
            for input in table.inputs {
                if self.fed.insert(input) {
                    Box::pin(self.feed(input, work.as_mut())).await?;
                }
            }
            let columns: Vec<AnswerColumn> = table
                .columns
                .iter()
                .map(|(name, kind)| AnswerColumn { name: (*name).to_owned(), kind: *kind })
                .collect();
            // none at all still tells the columns
            let none = answers::batch(&Answer::new(columns.clone()));
            let blocks = work.derive(table.name).map_err(|cause| EngineError::Sql {
                query: table.name.to_owned(),
                cause: DataFusionError::Execution(cause),
            })?;
            let batches =
                blocks.map(|rows| answers::batch(&Answer::of(columns.clone(), rows))).collect::<Result<Vec<_>, _>>();
            let (schema, batches) = none.and_then(|none| Ok((none.schema(), batches?))).map_err(|cause| {
                EngineError::Sql { query: table.name.to_owned(), cause: DataFusionError::from(cause) }
            })?;
            let schema = batches.first().map_or(schema, RecordBatch::schema);
            self.keep(table.name, schema, vec![batches]).await?;
            self.work = Some(work);
        }
        Ok(())
    }

    /// A derivation that has taken all its inputs.
    pub(super) async fn fed(&mut self, derivation: &dyn Derivation) -> Result<Box<dyn Work>, EngineError> {
        let mut work = derivation.begin(&self.scope);
        for input in derivation.inputs() {
            self.feed(input, work.as_mut()).await?;
        }
        Ok(work)
    }

    /// Hands all rows of one input over.
    pub(super) async fn feed(&mut self, input: &str, work: &mut dyn Work) -> Result<(), EngineError> {
        let query = self.catalogue.get(input).cloned().ok();
        let mut rows = if let Some(query) = query {
            self.compute_bases(std::slice::from_ref(&query)).await?;
            self.stream(input).await?
        } else {
            // a table of the lake or of the reference data
            let failed = |cause| EngineError::Sql { query: input.to_owned(), cause };
            let frame = self.context.table(input).await.map_err(failed)?;
            self.stream_of(input, Vec::new(), frame).await?
        };
        while let Some(rows) = rows.next_batch().await? {
            work.take(input, &rows);
        }
        Ok(())
    }
}
