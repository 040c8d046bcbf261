//! A session: the tables of a snapshot in `DataFusion`, the base results computed for them, and questions asked.

mod bases;
mod currencies;
mod customers;
mod sql;
mod streams;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use datafusion::catalog::TableProvider;
use datafusion::common::ScalarValue;
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::prelude::{DataFrame, SessionContext, col, lit};
use url::Url;

use super::catalogue::{Catalogue, Query, Room};
use super::cluster::Cluster;
use super::cluster::results::SharedResults;
use super::derivation::{Derivation, Work};
use super::question::{self, Question};
use super::{EngineError, answers, context, reference, tables};
use crate::lake::Snapshot;
use crate::model::tables::{ACTIONS, CONTROL_BALANCES, CONTROL_MOVEMENTS, LEDGER_LINES, LOADS, TABLES};
use crate::model::{Answer, CustomerKey, Date, TableSpec, Value};

/// The files that hold the tables asked.
#[derive(Clone, Debug, Default)]
pub struct TableFiles {
    /// Of each table, by its name.
    pub addresses: BTreeMap<&'static str, Vec<Url>>,
    /// Rows of all tables together: how a question is planned goes by it.
    pub row_count: usize,
}

/// Which part of the lake is asked, and as of when.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// End of this day.
    pub as_of: Date,
    /// How many month-ends a history answers.
    pub months: i64,
    /// Whether payers are looked at on the as-of day alone, and not at the month-ends before it.
    pub is_today_only: bool,
    /// Ages count from the day of issue, not from the due date.
    pub ages_from_issue: bool,
    /// Days of sales that the simple DSO compares with.
    pub dso_days: i64,
    /// The language of sentences, `en` or `fr`.
    pub language_code: &'static str,
    /// One company only.
    pub company_id: Option<String>,
    /// One currency only.
    pub currency_code: Option<String>,
    /// The currency the books are kept in, where that is known.
    pub books_currency: Option<String>,
    /// The decimals of the currency that answers are in; a session finds them.
    pub decimals: u8,
    /// The customers that queries of customers and statements tell of.
    pub customers: Vec<CustomerKey>,
    /// Since the end of which day they tell what moved.
    pub since: Option<Date>,
}

impl Scope {
    /// The whole lake as of a day, with the default history of 36 month-ends.
    #[must_use]
    pub const fn at(as_of: Date) -> Self {
        Self {
            as_of,
            months: 36,
            is_today_only: false,
            ages_from_issue: false,
            dso_days: 90,
            language_code: "en",
            company_id: None,
            currency_code: None,
            books_currency: None,
            decimals: 2,
            customers: Vec::new(),
            since: None,
        }
    }
}

/// A session on one snapshot, for one scope.
pub struct Engine {
    context: SessionContext,
    catalogue: Catalogue,
    scope: Scope,
    is_in_base: bool,
    /// Currencies of the items asked about.
    currencies: Vec<String>,
    /// Where results that later questions read are kept, if not in memory.
    shared: Option<SharedResults>,
    /// How long the cluster that answers may take for a question.
    patience: Option<Duration>,
    /// Amounts that no answer can sum: said when a reader asks, not when faults are looked for.
    rate_missing: Option<(String, i64)>,
    computed: BTreeSet<String>,
    /// Bases that are looked up whenever they are read.
    views: Arc<BTreeSet<String>>,
    derivation: Option<Arc<dyn Derivation>>,
    /// The derivation once it has taken its inputs.
    work: Option<Box<dyn Work>>,
    /// What it has taken for some of its tables alone.
    fed: BTreeSet<&'static str>,
}

impl Engine {
    /// The files of a snapshot, for [`Engine::open`].
    #[must_use]
    pub fn files_of(snapshot: &Snapshot) -> TableFiles {
        let tables = || TABLES.iter().copied().chain([&LOADS]);
        let addresses = |table| snapshot.files(table).iter().map(|file| file.url.clone()).collect();
        TableFiles {
            addresses: tables().map(|table| (table.name, addresses(table))).collect(),
            row_count: tables().map(|table| snapshot.row_count(table)).sum(),
        }
    }

    /// A session over these files, computed in this process, which may hold `memory_limit` bytes, or by a cluster.
    /// `references` are the reference files, by stem.
    ///
    /// # Errors
    /// When a reference file is not a table or the cluster cannot be reached.
    pub async fn open(
        files: &TableFiles,
        catalogue: Catalogue,
        references: &BTreeMap<String, String>,
        scope: Scope,
        memory_limit: u64,
        cluster: Option<&Cluster>,
    ) -> Result<Self, EngineError> {
        let memory_limit = usize::try_from(memory_limit).unwrap_or(usize::MAX);
        let mut engine = match cluster {
            None => Self::new(context::embedded(files.row_count, memory_limit)?, catalogue, scope),
            Some(cluster) => {
                let mut engine = Self::new(cluster.context().await?, catalogue, scope);
                engine.shared = Some(SharedResults::open(&cluster.results).await?);
                engine.patience = Some(cluster.patience);
                engine
            }
        };
        engine.register(files, references).await?;
        engine.look_at_currencies().await?;
        // books whose items all bear other currencies answer in their own
        if engine.currencies.is_empty() && engine.is_in_books() && engine.scope.currency_code.is_some() {
            engine.scope.currency_code = None;
            engine.register(files, references).await?;
            engine.look_at_currencies().await?;
        }
        Ok(engine)
    }

    /// A session for the steps of a load, on one company or all: `memory_limit` bytes, then to disk.
    ///
    /// # Errors
    /// When a reference file is not a table.
    pub async fn for_load(
        files: &TableFiles,
        catalogue: Catalogue,
        references: &BTreeMap<String, String>,
        company_id: Option<&str>,
        memory_limit: usize,
    ) -> Result<Self, EngineError> {
        let scope = Scope { company_id: company_id.map(str::to_owned), ..Scope::default() };
        let engine = Self::new(context::of_step(memory_limit)?, catalogue, scope);
        engine.register(files, references).await?;
        Ok(engine)
    }

    /// A session that knows no table yet, for what [`Engine::register_files`] gives it: `memory_limit` bytes, then to
    /// disk.
    ///
    /// # Errors
    /// When no session can be had.
    pub fn bare(memory_limit: usize) -> Result<Self, EngineError> {
        Ok(Self::new(context::of_step(memory_limit)?, Catalogue::default(), Scope::default()))
    }

    fn new(context: SessionContext, catalogue: Catalogue, scope: Scope) -> Self {
        Self {
            context,
            catalogue,
            scope,
            is_in_base: false,
            currencies: Vec::new(),
            shared: None,
            patience: None,
            rate_missing: None,
            computed: BTreeSet::new(),
            views: Arc::default(),
            derivation: None,
            work: None,
            fed: BTreeSet::new(),
        }
    }

    pub(super) async fn register(
        &self,
        files: &TableFiles,
        references: &BTreeMap<String, String>,
    ) -> Result<(), EngineError> {
        let none = Vec::new();
        for table in TABLES.iter().copied().chain([&LOADS]) {
            let failed = |cause| EngineError::Sql { query: table.name.to_owned(), cause };
            let files = files.addresses.get(table.name).unwrap_or(&none);
            let provider = match &self.shared {
                // an empty table of this process cannot be sent to another
                Some(shared) if files.is_empty() => {
                    shared.keep(table.name, tables::schema(table), std::iter::empty()).await?
                }
                _ => tables::of_files(table, files).map_err(failed)?,
            };
            let view = self.scoped(table, provider).map_err(failed)?;
            self.context.deregister_table(table.name).map_err(failed)?;
            self.context.register_table(table.name, view).map_err(failed)?;
        }
        for (name, text) in references {
            let batch = reference::batch(name, text)?;
            self.keep(name, batch.schema(), vec![vec![batch]]).await?;
        }
        Ok(())
    }

    /// The table narrowed to the company and currency asked.
    pub(super) fn scoped(
        &self,
        table: &TableSpec,
        provider: Arc<dyn TableProvider>,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let company = self.scope.company_id.as_ref().filter(|_| table.name != LOADS.name);
        // a line of a ledger names the currency of its foreign amount, not of what it books; an action that of a promise
        let is_of_items = ![LEDGER_LINES.name, ACTIONS.name].contains(&table.name);
        let has_currency = table.position("currency_code").is_some() && is_of_items;
        let currency = self.scope.currency_code.as_ref().filter(|_| has_currency);
        // balances of accounts are in the currency of the books
        let is_of_control = table.name == CONTROL_BALANCES.name || table.name == CONTROL_MOVEMENTS.name;
        let is_hidden = is_of_control && !self.is_in_books();
        if company.is_none() && currency.is_none() && !is_hidden {
            return Ok(provider);
        }
        // the scan bears the table's name, so that a plan still tells what it reads
        let scan = LogicalPlanBuilder::scan(table.name, provider_as_source(provider), None)?.build()?;
        let mut frame = DataFrame::new(self.context.state(), scan);
        if let Some(company) = company {
            frame = frame.filter(col("company_id").eq(lit(company.as_str())))?;
        }
        if let Some(currency) = currency {
            frame = frame.filter(col("currency_code").eq(lit(currency.as_str())))?;
        }
        if is_hidden {
            frame = frame.filter(lit(false))?;
        }
        Ok(frame.into_view())
    }

    /// What is asked.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Asks as of another day from now on.
    pub fn set_as_of(&mut self, as_of: Date) {
        self.scope.as_of = as_of;
        self.forget();
    }

    /// Answers histories of so many month-ends from now on.
    pub fn set_months(&mut self, months: i64) {
        self.scope.months = months;
        self.forget();
    }

    /// Looks at payers on the as-of day alone: a list of the day needs their verdict of today.
    pub fn look_at_today_only(&mut self) {
        self.scope.is_today_only = true;
        self.set_months(1);
    }

    /// The queries there are.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The latest day that is not after `today` of which the books tell: something was posted, or a list says what was open.
    ///
    /// # Errors
    /// When there is no such item.
    pub async fn latest_posted_date(&self, today: Date) -> Result<Date, EngineError> {
        let latest = self
            .sql(&format!(
                "select max(known_days.posted_date) as posted_date from ( \
                 select item_days.posted_date from item_days \
                 union all select item_lists.list_date as posted_date from item_lists \
                 ) as known_days where known_days.posted_date <= date '{today}'"
            ))
            .await?;
        match latest.value(0, "posted_date") {
            Value::Date(day) => Ok(day),
            _ => Err(EngineError::NoItems),
        }
    }

    /// How far the books reach up to a day: to the last posting or list, or the end of a year that a ledger tells whole, whichever
    /// is later; `None` where they begin after it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn books_end(&self, day: Date) -> Result<Option<Date>, EngineError> {
        let posted = match self.latest_posted_date(day).await {
            Ok(posted) => posted,
            Err(EngineError::NoItems) => return Ok(None),
            Err(cause) => return Err(cause),
        };
        let told = self
            .sql(&format!(
                "select max(fiscal_years.year_end_date) as year_end_date from fiscal_years \
                 where fiscal_years.year_start_date <= date '{day}'"
            ))
            .await?;
        Ok(Some(match told.value(0, "year_end_date") {
            Value::Date(end) => posted.max(end.min(day)),
            _ => posted,
        }))
    }

    /// The first list of open items, and the last that is not after a day; `None` where the lake holds none.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn list_days(&self, day: Date) -> Result<Option<(Date, Option<Date>)>, EngineError> {
        let days = self
            .sql(&format!(
                "select min(item_lists.list_date) as first_date, \
                 max(case when item_lists.list_date <= date '{day}' then item_lists.list_date end) as last_date \
                 from item_lists"
            ))
            .await?;
        Ok(match (days.value(0, "first_date"), days.value(0, "last_date")) {
            (Value::Date(first), Value::Date(last)) => Some((first, Some(last))),
            (Value::Date(first), _) => Some((first, None)),
            _ => None,
        })
    }

    /// Asks a query of the catalogue; its header is held against the plan and the rows.
    ///
    /// # Errors
    /// When there is no such query, it breaks its header or fails.
    pub async fn ask(&mut self, name: &str) -> Result<Answer, EngineError> {
        Ok(self.ask_all(&[name]).await?.pop().unwrap_or_default())
    }

    /// Asks queries of the catalogue; their answers in the same order. Those that can be answered side by side are.
    ///
    /// # Errors
    /// As [`Engine::ask`].
    pub async fn ask_all(&mut self, names: &[&str]) -> Result<Vec<Answer>, EngineError> {
        let mut queries = Vec::with_capacity(names.len());
        for name in names {
            let query = self.catalogue.get(name)?.clone();
            if let (
                Room::Metrics | Room::Worklists | Room::Forecasts | Room::Outreach | Room::Customers | Room::Statements,
                Some((currency_code, item_count)),
            ) = (query.room, &self.rate_missing)
            {
                return Err(EngineError::RateMissing { currency_code: currency_code.clone(), item_count: *item_count });
            }
            queries.push(query);
        }
        self.compute_bases(&queries).await?;
        let questions = queries.into_iter().map(|query| self.question(query)).collect::<Result<_, _>>()?;
        let answers = question::answers_of(questions).await?;
        Ok(answers.into_iter().map(|answer| answer.with_decimals(self.scope.decimals)).collect())
    }

    /// A query with its parameters bound.
    pub(super) fn question(&self, query: Query) -> Result<Question, EngineError> {
        let missing = |parameter: &str| EngineError::ParameterMissing {
            query: query.header.name.clone(),
            parameter: parameter.to_owned(),
        };
        if self.scope.customers.is_empty() && query.is_about_customers() {
            return Err(missing("customer_id"));
        }
        let mut values = Vec::new();
        for param in &query.header.params {
            let value = self.parameter(param).ok_or_else(|| missing(param))?;
            values.push((param.clone(), value));
        }
        let (context, views) = (self.context.clone(), self.views.clone());
        let is_computed = self.has_result(&query.header.name);
        Ok(Question { context, query, values, views, is_computed, patience: self.patience })
    }

    pub(super) fn parameter(&self, name: &str) -> Option<ScalarValue> {
        match name {
            "as_of" => Some(ScalarValue::Date32(Some(self.scope.as_of.to_epoch_days()))),
            "months" => Some(ScalarValue::Int64(Some(self.scope.months))),
            "today_only" => Some(ScalarValue::Boolean(Some(self.scope.is_today_only))),
            "ages_from_issue" => Some(ScalarValue::Boolean(Some(self.scope.ages_from_issue))),
            "dso_days" => Some(ScalarValue::Int64(Some(self.scope.dso_days))),
            "decimals" => Some(ScalarValue::Int64(Some(self.scope.decimals.into()))),
            "in_base" => Some(ScalarValue::Boolean(Some(self.is_in_base))),
            "currency" => Some(ScalarValue::Utf8(self.currency().map(str::to_owned))),
            "language" => Some(ScalarValue::Utf8(Some(self.scope.language_code.to_owned()))),
            "customer_id" => {
                let (first, others) = self.scope.customers.split_first()?;
                let is_one = others.iter().all(|key| key.customer_id == first.customer_id);
                is_one.then(|| ScalarValue::Utf8(Some(first.customer_id.clone())))
            }
            "since" => self.scope.since.map(|day| ScalarValue::Date32(Some(day.to_epoch_days()))),
            _ => {
                let day = self.derivation.as_ref()?.parameter(name, self.scope.as_of)?;
                Some(ScalarValue::Date32(Some(day.to_epoch_days())))
            }
        }
    }

    async fn answer_of(&self, frame: DataFrame) -> Result<Answer, EngineError> {
        let columns = answers::columns_of(frame.schema().as_arrow()).map_err(EngineError::ReadOnly)?;
        let batches = question::answered("--sql", self.patience, frame.collect()).await?;
        Ok(answers::answer(columns, batches).with_decimals(self.scope.decimals))
    }
}
