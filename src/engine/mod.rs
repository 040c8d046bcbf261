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

use std::fmt;

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
#[derive(Debug)]
pub enum EngineError {
    /// No query bears that name.
    UnknownQuery {
        /// What was asked.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The header of a query file does not say what it must.
    Header(HeaderError),
    /// The SQL of a query does not keep what its header promises.
    Contract {
        /// The query.
        query: String,
        /// What differs.
        difference: String,
    },
    /// Base queries need each other in a circle.
    Circle(String),
    /// A reference file is not a table.
    Reference {
        /// Its name.
        name: String,
        /// What is wrong.
        cause: String,
    },
    /// A parameter of a query that nobody gave.
    ParameterMissing {
        /// The query.
        query: String,
        /// The parameter, without `$`.
        parameter: String,
    },
    /// Amounts in a currency without a rate.
    RateMissing {
        /// The currency.
        currency_code: String,
        /// How many items.
        item_count: i64,
    },
    /// SQL of the user is nested deeper than can be planned.
    TooDeep {
        /// Operators, joins and unions it holds.
        count: usize,
        /// How many it may.
        most: usize,
    },
    /// SQL of the user took longer than it may.
    TooLong {
        /// How long that is.
        seconds: u64,
    },
    /// The lake holds no item, so no day to answer for.
    NoItems,
    /// SQL that would change something.
    ReadOnly(String),
    /// The cluster, or a part of it, cannot be reached or cannot serve.
    Cluster {
        /// Where it is.
        address: String,
        /// What is wrong.
        cause: String,
    },
    /// The cluster could not answer a question, or not in time.
    OnCluster {
        /// Which query.
        query: String,
        /// What it says.
        cause: String,
    },
    /// What later questions to a cluster read could not be kept beside the lake.
    Unkept {
        /// Whose answer.
        query: String,
        /// What the disk or the bucket says.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The plan or its execution failed.
    Sql {
        /// Which query.
        query: String,
        /// What `DataFusion` says.
        cause: DataFusionError,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownQuery { name, .. } => write!(out, "no query is named `{name}`"),
            Self::Header(cause) => write!(out, "{cause}"),
            Self::Contract { query, difference } => write!(out, "query `{query}` breaks its header: {difference}"),
            Self::Circle(names) => write!(out, "queries need each other in a circle: {names}"),
            Self::Reference { name, cause } => write!(out, "reference table `{name}`: {cause}"),
            Self::ParameterMissing { query, parameter } => write!(out, "query `{query}` needs `${parameter}`"),
            Self::RateMissing { currency_code, item_count } => {
                write!(out, "{item_count} item(s) in `{currency_code}` have no amount in the base currency")
            }
            Self::TooDeep { count, most } => {
                write!(out, "the question holds {count} operators, joins and unions; at most {most} can be nested")
            }
            Self::TooLong { seconds } => write!(out, "the question was not answered within {seconds} s"),
            Self::NoItems => write!(out, "the lake holds no item, so there is no day to answer for"),
            Self::ReadOnly(cause) => write!(out, "only questions are answered here: {cause}"),
            Self::Cluster { address, cause } => write!(out, "the cluster at `{address}`: {cause}"),
            Self::OnCluster { query, cause } => write!(out, "query `{query}` failed on the cluster: {cause}"),
            Self::Unkept { query, cause } => {
                write!(out, "what executors are to read (`{query}`) cannot be kept beside the lake: {cause}")
            }
            Self::Sql { query, cause } => write!(out, "query `{query}` failed: {}", cause.strip_backtrace()),
        }
    }
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
                _ if query == "--sql" => "`encours query --list` names the queries and their columns".to_owned(),
                _ => "if you override queries or reference data, compare yours with the built-in ones".to_owned(),
            },
        }
    }
}

impl std::error::Error for EngineError {}

impl From<HeaderError> for EngineError {
    fn from(cause: HeaderError) -> Self {
        Self::Header(cause)
    }
}
