//! The customers that questions are about.

use std::collections::BTreeSet;

use datafusion::error::DataFusionError;
use datafusion::prelude::{DataFrame, col, lit};

use super::Engine;
use crate::engine::catalogue::ASKED_CUSTOMERS;
use crate::engine::{EngineError, TableFiles, answers, tables};
use crate::model::tables::{CUSTOMERS, FISCAL_YEARS, ITEM_DAYS, ITEMS};
use crate::model::{Answer, AnswerColumn, ColumnKind, CustomerKey, Date, Value};

impl Engine {
    /// Tells of these customers from now on, and since when.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub async fn set_customers(&mut self, customers: &[CustomerKey], since: Option<Date>) -> Result<(), EngineError> {
        let columns = ["company_id", "customer_id"];
        let columns = columns.map(|name| AnswerColumn { name: name.to_owned(), kind: ColumnKind::Text }).to_vec();
        let customers: BTreeSet<&CustomerKey> = customers.iter().collect();
        let row = |key: &&CustomerKey| vec![Value::text(key.company_id.clone()), Value::text(key.customer_id.clone())];
        let rows = Answer::of(columns, customers.iter().map(row));
        let failed =
            |cause| EngineError::Sql { query: ASKED_CUSTOMERS.to_owned(), cause: DataFusionError::from(cause) };
        let batch = answers::batch(&rows).map_err(failed)?;
        self.keep(ASKED_CUSTOMERS, batch.schema(), vec![vec![batch]]).await?;
        self.scope.customers = customers.into_iter().cloned().collect();
        self.scope.since = since;
        Ok(())
    }

    /// The companies whose rows the files hold, whatever is asked.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub async fn companies_of(&self, files: &TableFiles) -> Result<BTreeSet<String>, EngineError> {
        let mut found = BTreeSet::new();
        for table in [&ITEM_DAYS, &CUSTOMERS, &FISCAL_YEARS] {
            let failed = |cause| EngineError::Sql { query: table.name.to_owned(), cause };
            let Some(files) = files.addresses.get(table.name).filter(|files| !files.is_empty()) else { continue };
            let provider = tables::of_files(table, files).map_err(failed)?;
            let frame = self.context.read_table(provider).map_err(failed)?;
            let frame = frame.select(vec![col("company_id")]).and_then(DataFrame::distinct).map_err(failed)?;
            let answer = self.answer_of(frame).await?;
            found.extend((0..answer.len()).map(|row| answer.at(row, 0).plain()));
        }
        Ok(found)
    }

    /// The customers of that code, one a company that knows it; without any, the one of the company asked.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub async fn customers_of_code(&self, customer_id: &str) -> Result<Vec<CustomerKey>, EngineError> {
        let mut found = BTreeSet::new();
        for table in [&CUSTOMERS, &ITEMS] {
            let failed = |cause| EngineError::Sql { query: table.name.to_owned(), cause };
            let frame = self.context.table(table.name).await.map_err(failed)?;
            let frame = frame.filter(col("customer_id").eq(lit(customer_id))).map_err(failed)?;
            let frame = frame.select(vec![col("company_id")]).and_then(DataFrame::distinct).map_err(failed)?;
            let answer = self.answer_of(frame).await?;
            found.extend((0..answer.len()).map(|row| CustomerKey::new(answer.at(row, 0).plain(), customer_id)));
        }
        if found.is_empty() {
            found.insert(CustomerKey::new(self.scope.company_id.clone().unwrap_or_default(), customer_id));
        }
        Ok(found.into_iter().collect())
    }

    /// The customers of a group, by its code.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub async fn customers_of_group(&self, group_id: &str) -> Result<Vec<CustomerKey>, EngineError> {
        let failed = |cause| EngineError::Sql { query: CUSTOMERS.name.to_owned(), cause };
        let frame = self.context.table(CUSTOMERS.name).await.map_err(failed)?;
        let frame = frame.filter(col("group_id").eq(lit(group_id))).map_err(failed)?;
        let frame = frame.select(vec![col("company_id"), col("customer_id")]).map_err(failed)?;
        let answer = self.answer_of(frame).await?;
        Ok((0..answer.len()).map(|row| answer.customer(row)).collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// The currencies of all that was ever posted of customers.
    ///
    /// # Errors
    /// When `DataFusion` refuses.
    pub async fn currencies_of(&self, customers: &[CustomerKey]) -> Result<Vec<String>, EngineError> {
        let failed = |cause| EngineError::Sql { query: ITEMS.name.to_owned(), cause };
        let ids = customers.iter().map(|key| lit(key.customer_id.as_str())).collect();
        let frame = self.context.table(ITEMS.name).await.map_err(failed)?;
        let frame = frame.filter(col("customer_id").in_list(ids, false)).map_err(failed)?;
        let columns = vec![col("company_id"), col("customer_id"), col("currency_code")];
        let frame = frame.select(columns).and_then(DataFrame::distinct).map_err(failed)?;
        let answer = self.answer_of(frame).await?;
        let rows = (0..answer.len()).filter(|row| customers.contains(&answer.customer(*row)));
        Ok(rows.map(|row| answer.value(row, "currency_code").plain()).collect::<BTreeSet<_>>().into_iter().collect())
    }
}
