//! The engine: any question, answered from a snapshot of the lake by the SQL of `queries/`.
//!
//! In: the files of a snapshot (or of a load being made), the query catalogue, reference tables, `$as_of`.
//! Out: [`Answer`]s whose columns, kinds, sources and key are checked against the header of their query.
//! Refused: a query that is not in the catalogue, one whose SQL breaks its header, SQL that would write.
//! The only door to `DataFusion`.

mod answers;
mod batch;
mod catalogue;
mod cell_sql;
mod cluster;
mod context;
mod contract;
mod derivation;
mod functions;
mod header;
mod question;
mod reference;
mod row_stream;
mod session;
mod small_first;
mod stores;
mod tables;
mod user_sql;

use datafusion::error::DataFusionError;

pub use answers::parquet;
pub use batch::{Batch, Days, Decimals, Flags, Numbers, Texts};
pub use catalogue::{Catalogue, Query, Room};
pub use cell_sql::CellSql;
pub use cluster::{Cluster, ExecutorSettings, SCHEDULER_PORT, SchedulerSettings, run_executor, run_scheduler};
pub use derivation::{Derivation, DerivedTable, RowBlocks, Work};
pub use header::{Header, HeaderError};
pub use row_stream::RowStream;
pub use session::{Engine, Scope, TableFiles};

/// What the engine can refuse.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No query bears that name.
    #[error("no query is named `{name}`")]
    UnknownQuery {
        /// What was asked.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The header of a query file does not say what it must.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The SQL of a query does not keep what its header promises.
    #[error("query `{query}` breaks its header: {difference}")]
    Contract {
        /// The query.
        query: String,
        /// What differs.
        difference: String,
    },
    /// Base queries need each other in a circle.
    #[error("queries need each other in a circle: {0}")]
    Circle(String),
    /// A reference file is not a table.
    #[error("reference table `{name}`: {cause}")]
    Reference {
        /// Its name.
        name: String,
        /// What is wrong.
        cause: String,
    },
    /// A parameter of a query that nobody gave.
    #[error("query `{query}` needs `${parameter}`")]
    ParameterMissing {
        /// The query.
        query: String,
        /// The parameter, without `$`.
        parameter: String,
    },
    /// Amounts in a currency without a rate.
    #[error("{item_count} item(s) in `{currency_code}` have no amount in the base currency")]
    RateMissing {
        /// The currency.
        currency_code: String,
        /// How many items.
        item_count: i64,
    },
    /// SQL of the user is nested deeper than can be planned.
    #[error("the question holds {count} operators, joins and unions; at most {most} can be nested")]
    TooDeep {
        /// Operators, joins and unions it holds.
        count: usize,
        /// How many it may.
        most: usize,
    },
    /// SQL of the user took longer than it may.
    #[error("the question was not answered within {seconds} s")]
    TooLong {
        /// How long that is.
        seconds: u64,
    },
    /// The lake holds no item, so no day to answer for.
    #[error("the lake holds no item, so there is no day to answer for")]
    NoItems,
    /// SQL that would change something.
    #[error("only questions are answered here: {0}")]
    ReadOnly(String),
    /// The cluster, or a part of it, cannot be reached or cannot serve.
    #[error("the cluster at `{address}`: {cause}")]
    Cluster {
        /// Where it is.
        address: String,
        /// What is wrong.
        cause: String,
    },
    /// The cluster could not answer a question, or not in time.
    #[error("query `{query}` failed on the cluster: {cause}")]
    OnCluster {
        /// Which query.
        query: String,
        /// What it says.
        cause: String,
    },
    /// What later questions to a cluster read could not be kept beside the lake.
    #[error("what executors are to read (`{query}`) cannot be kept beside the lake: {cause}")]
    Unkept {
        /// Whose answer.
        query: String,
        /// What the disk or the bucket says.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The plan or its execution failed.
    #[error("query `{query}` failed: {}", .cause.strip_backtrace())]
    Sql {
        /// Which query.
        query: String,
        /// What `DataFusion` says.
        cause: DataFusionError,
    },
}

impl EngineError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownQuery { known, .. } => format!("`encours query --list` describes them: {}", known.join(", ")),
            Self::Header(_) | Self::Contract { .. } | Self::Circle(_) => {
                "correct the query file, or remove it from your folder of queries to use the built-in one".to_owned()
            }
            Self::Reference { .. } => {
                "correct the file, or remove it from your folder of reference data to use the built-in one".to_owned()
            }
            Self::ParameterMissing { parameter, .. } => match parameter.as_str() {
                "customer_id" => "name the customer with `--customer ID`".to_owned(),
                "since" => "name the day with `--since YYYY-MM-DD`".to_owned(),
                other => format!(
                    "`${other}` is none of $as_of, $months, $today_only, $dso_days, $ages_from_issue, $in_base, $currency, $decimals, $language, $customer_id, $since"
                ),
            },
            Self::RateMissing { currency_code, .. } => format!(
                "add a rate for `{currency_code}` to `rates.csv` in your reference folder and load again, or ask one currency with `--currency {currency_code}`"
            ),
            Self::NoItems => "load a ledger with `encours load FILE…`, or name a day with `--as-of`".to_owned(),
            Self::TooDeep { .. } => "compare with a list, `in (…)`, or load what you compare with as a table".to_owned(),
            Self::TooLong { .. } => {
                "ask for less, or allow more time with `sql_seconds` in encours.toml".to_owned()
            }
            Self::ReadOnly(_) => "write a `select`; the lake is changed by `encours load` only".to_owned(),
            Self::Cluster { .. } => {
                "start `encours cluster scheduler` and, for each machine, `encours cluster executor \
                                     --scheduler HOST:PORT`; or leave `--cluster` out and the question is answered here"
                    .to_owned()
            }
            Self::OnCluster { .. } => "ask again: an executor may just have been lost; if it fails again, leave `--cluster` \
                                       out and the question is answered here, or allow more time with `--cluster-timeout`"
                .to_owned(),
            Self::Unkept { .. } => "questions to a cluster need to write `_results` in the lake's folder or bucket: allow it and \
                                    make room there and in the folder of temporary files, or leave `--cluster` out"
                .to_owned(),
            Self::Sql { query, cause } => match cause.find_root() {
                DataFusionError::ResourcesExhausted(_) => {
                    "allow more with `memory_megabytes` in encours.toml, make room on the disk, or ask for less (one \
                     `--company`, fewer `--months`)"
                        .to_owned()
                }
                DataFusionError::ArrowError(..) | DataFusionError::Execution(_) => {
                    "a sum beyond 18 digits or a day out of range cannot be answered: ask a narrower `--company`, \
                     `--currency`, `--as-of` or `--months`"
                        .to_owned()
                }
                _ if query == "--sql" => "`encours query --list` names the queries, `encours query NAME --describe` their columns".to_owned(),
                _ => "if you override queries or reference data, compare yours with the built-in ones".to_owned(),
            },
        }
    }
}
