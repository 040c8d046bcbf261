//! SQL given as text: of the user, and of the steps of a load.

use std::time::Duration;

use datafusion::common::runtime::SpawnedTask;
use datafusion::error::DataFusionError;
use datafusion::prelude::DataFrame;

use super::Engine;
use crate::engine::catalogue::{Query, Room};
use crate::engine::{EngineError, answers, question, user_sql};
use crate::model::Answer;

/// What the SQL of a user may name.
const PARAMETERS: [&str; 9] =
    ["as_of", "months", "ages_from_issue", "dso_days", "decimals", "in_base", "currency", "customer_id", "since"];

impl Engine {
    /// Answers SQL of the user, who may read every table and base query but change nothing, within so many seconds. `$as_of`
    /// is bound.
    ///
    /// # Errors
    /// When it would write, is nested too deep, does not plan, takes longer or fails.
    pub async fn ask_sql(&mut self, sql: &str, seconds: u64) -> Result<Answer, EngineError> {
        user_sql::check(sql)?;
        let answer = tokio::time::timeout(Duration::from_secs(seconds), self.answer_sql(sql)).await;
        answer.unwrap_or(Err(EngineError::TooLong { seconds }))
    }

    async fn answer_sql(&mut self, sql: &str) -> Result<Answer, EngineError> {
        let bases = self.catalogue.in_room(Room::Base).filter(|base| sql.contains(&base.header.name));
        let bases: Vec<Query> = bases.cloned().collect();
        self.compute_bases(&bases).await?;
        self.compute(bases).await?;
        self.derive(|table| sql.contains(table)).await?;
        let frame = self.planned(sql).await?;
        // an executor knows the engine's own functions only
        let frame = if self.patience.is_some() {
            frame
        } else {
            let (state, plan) = frame.into_parts();
            let failed = |cause| EngineError::Sql { query: "--sql".to_owned(), cause };
            DataFrame::new(state, user_sql::checked(plan).map_err(failed)?)
        };
        let columns = answers::columns_of(frame.schema().as_arrow()).map_err(EngineError::ReadOnly)?;
        // on a thread of its own: a join that finds nothing for minutes lets nobody look at the clock
        let rows = SpawnedTask::spawn(frame.collect());
        let rows = async { rows.await.unwrap_or_else(|stopped| Err(DataFusionError::External(stopped.into()))) };
        let batches = question::answered("--sql", self.patience, rows).await?;
        Ok(answers::answer(columns, batches).with_decimals(self.scope.decimals))
    }

    pub(super) async fn sql(&self, sql: &str) -> Result<Answer, EngineError> {
        self.answer_of(self.planned(sql).await?).await
    }

    /// The plan of SQL that only asks, its parameters bound.
    async fn planned(&self, sql: &str) -> Result<DataFrame, EngineError> {
        let failed = |cause: DataFusionError| match cause.find_root() {
            DataFusionError::Plan(message) if message.contains("not supported:") => {
                EngineError::ReadOnly(message.clone())
            }
            _ => EngineError::Sql { query: "--sql".to_owned(), cause },
        };
        let frame = self.context.sql_with_options(sql, question::read_only()).await.map_err(failed)?;
        let mut values = Vec::new();
        for name in PARAMETERS {
            if let (true, Some(value)) = (sql.contains(&format!("${name}")), self.parameter(name)) {
                values.push((name, value));
            }
        }
        if values.is_empty() { Ok(frame) } else { frame.with_param_values(values).map_err(failed) }
    }

    /// Answers SQL of ours over registered tables.
    ///
    /// # Errors
    /// As [`Engine::ask_sql`].
    pub async fn ask_step(&self, sql: &str) -> Result<Answer, EngineError> {
        self.sql(sql).await
    }
}
