//! Answers a batch at a time, for what is too large to be held.

use datafusion::prelude::DataFrame;
use url::Url;

use super::Engine;
use crate::engine::row_stream::RowStream;
use crate::engine::{EngineError, answers, question, tables};
use crate::model::{AnswerColumn, TableSpec};

impl Engine {
    /// The rows of a query of `queries/ledger`, a batch at a time, sorted as its `order by` says.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub async fn stream(&self, name: &str) -> Result<RowStream, EngineError> {
        let question = self.question(self.catalogue.get(name)?.clone())?;
        self.stream_of(name, question.columns(), question.planned().await?).await
    }

    /// The rows that a step's own SQL reads of a registered table, a batch at a time; `table` names it in errors.
    ///
    /// # Errors
    /// When the SQL does not plan or a file cannot be read.
    pub async fn stream_table(&self, table: &'static TableSpec, sql: &str) -> Result<RowStream, EngineError> {
        let failed = |cause| EngineError::Sql { query: table.name.to_owned(), cause };
        let frame = self.context.sql_with_options(sql, question::read_only()).await.map_err(failed)?;
        let columns = answers::columns_of(frame.schema().as_arrow()).map_err(EngineError::ReadOnly)?;
        self.stream_of(table.name, columns, frame).await
    }

    pub(super) async fn stream_of(
        &self,
        name: &str,
        columns: Vec<AnswerColumn>,
        frame: DataFrame,
    ) -> Result<RowStream, EngineError> {
        let batches = question::answered(name, self.patience, frame.execute_stream()).await?;
        Ok(RowStream::of(name, columns, batches, self.patience))
    }

    /// Registers more files under a name of their own, with the columns of a table.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub fn register_files(&self, name: &str, table: &TableSpec, files: &[Url]) -> Result<(), EngineError> {
        tables::of_files(table, files)
            .and_then(|provider| {
                self.context.deregister_table(name)?;
                self.context.register_table(name, provider)
            })
            .map(|_| ())
            .map_err(|cause| EngineError::Sql { query: name.to_owned(), cause })
    }
}
