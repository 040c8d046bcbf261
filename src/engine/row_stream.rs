//! Rows of a query, a batch at a time: the next ones are read and decoded while those before are looked at.

use std::time::Duration;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};

use super::EngineError;
use super::answers;
use super::batch::Batch;
use super::cluster;
use crate::model::{Answer, AnswerColumn};

/// Batches that are read ahead.
const BATCHES_AHEAD: usize = 4;

/// Rows of a query, a batch at a time.
pub struct RowStream {
    query: String,
    columns: Vec<AnswerColumn>,
    batches: mpsc::Receiver<Result<RecordBatch, DataFusionError>>,
    reading: Option<JoinHandle<()>>,
    /// How long the cluster that answers may take for the next batch.
    patience: Option<Duration>,
}

impl RowStream {
    /// Of a query that runs already.
    pub(super) fn of(
        query: &str,
        columns: Vec<AnswerColumn>,
        mut stream: SendableRecordBatchStream,
        patience: Option<Duration>,
    ) -> Self {
        let (sender, batches) = mpsc::channel(BATCHES_AHEAD);
        let reading = tokio::spawn(async move {
            while let Some(batch) = stream.next().await {
                // nobody listens any more
                if sender.send(batch).await.is_err() {
                    break;
                }
            }
        });
        Self { query: query.to_owned(), columns, batches, reading: Some(reading), patience }
    }

    /// The next batch as an answer; `None` after the last.
    ///
    /// # Errors
    /// When the query fails midway.
    pub async fn next(&mut self) -> Result<Option<Answer>, EngineError> {
        match self.next_records().await? {
            Some(batch) => Ok(Some(answers::answer(self.columns.clone(), [batch]))),
            None => Ok(None),
        }
    }

    /// The next batch as columns; `None` after the last.
    ///
    /// # Errors
    /// When the query fails midway.
    pub async fn next_batch(&mut self) -> Result<Option<Batch>, EngineError> {
        Ok(self.next_records().await?.map(Batch::of))
    }

    async fn next_records(&mut self) -> Result<Option<RecordBatch>, EngineError> {
        let next = match self.patience {
            None => self.batches.recv().await,
            Some(patience) => tokio::time::timeout(patience, self.batches.recv())
                .await
                .map_err(|_| cluster::late(&self.query, patience))?,
        };
        match next {
            Some(Ok(batch)) => Ok(Some(batch)),
            Some(Err(cause)) if self.patience.is_some() => Err(cluster::failed(&self.query, &cause)),
            Some(Err(cause)) => Err(EngineError::Sql { query: self.query.clone(), cause }),
            None => {
                // a reader that broke off is no end of the rows
                if let Some(Err(cause)) = self.ended().await
                    && let Ok(panic) = cause.try_into_panic()
                {
                    std::panic::resume_unwind(panic);
                }
                Ok(None)
            }
        }
    }

    async fn ended(&mut self) -> Option<Result<(), JoinError>> {
        match self.reading.take() {
            Some(reading) => Some(reading.await),
            None => None,
        }
    }
}
