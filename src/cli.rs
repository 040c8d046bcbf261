//! What can be typed. What it means is settled in `settings.rs`, what it does in `commands/`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::engine::SCHEDULER_PORT;
use crate::error::{self, Outcome};

/// Receivables analytics that prove themselves against the ledger.
#[derive(Debug, Parser)]
#[command(name = "encours", version, about, propagate_version = true)]
pub struct Cli {
    /// What is asked everywhere.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// Folder of the lake, or its place in a bucket, `s3://bucket/prefix` [default: ./lake]
    #[arg(long, global = true, value_name = "DIR")]
    pub lake: Option<String>,
    /// One company only (for `load`: the company the files belong to)
    #[arg(long, global = true, value_name = "ID")]
    pub company: Option<String>,
    /// One currency only
    #[arg(long, global = true, value_name = "CODE")]
    pub currency: Option<String>,
    /// End of this day [default: the latest posted date that is not after today]
    #[arg(long, global = true, value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,
    /// As known after that load: its number, a day or a time
    #[arg(long, global = true, value_name = "VERSION|TIME")]
    pub known_at: Option<String>,
    /// Language of words, numbers and dates
    #[arg(long, global = true, value_name = "fr|en")]
    pub lang: Option<String>,
    /// Form of the answer
    #[arg(long, global = true, value_enum, default_value_t)]
    pub output: Output,
    /// Say only what is wrong
    #[arg(long, global = true)]
    pub quiet: bool,
}

/// Form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For the eye.
    #[default]
    Table,
    /// Comma-separated, with a header.
    Csv,
    /// An array of objects.
    Json,
    /// A Parquet file, for other tools.
    Parquet,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Generate the demo company, load it, check it, write its pages
    Demo(DemoArguments),
    /// Generate receivables of any size to measure with
    Generate(GenerateArguments),
    /// Load ledgers and payment histories into the lake
    Load(LoadArguments),
    /// Say what a file is and how it would be read
    Inspect(InspectArguments),
    /// The lines the lake's sources had refused
    Rejects,
    /// The loads, oldest first
    History,
    /// Ask a question
    Query(QueryArguments),
    /// Look for faults; silence means healthy
    Check(CheckArguments),
    /// Write a report: a page and a workbook
    Report(ReportArguments),
    /// Write the statement one sends a customer: a page and a workbook
    #[command(name = "customer_statement", alias = "customer-statement")]
    CustomerStatement(CustomerStatementArguments),
    /// Write a comment beside a panel of a report, for the figures of a day
    Comment(CommentArguments),
    /// Write the worklists of a day: page, workbook to be filled in and agenda, for each collector and owner
    Worklist(WorklistArguments),
    /// Remind customers: plan, write, approve, send, read what comes back
    #[command(subcommand)]
    Remind(RemindCommand),
    /// Write the proof of a message: its bytes, their hash, all that became of it
    Proof(ProofArguments),
    /// Interest and recovery fees that could be asked for late payment
    Penalties(PenaltiesArguments),
    /// Write the file of a claim for a court or an agency
    #[command(name = "legal_file", alias = "legal-file")]
    LegalFile(LegalFileArguments),
    /// Forecast the receipts of the weeks to come, with their range
    Forecast(ForecastArguments),
    /// Hold forecasts of past days, made from what was known then, against what came
    Backtest(BacktestArguments),
    /// Look after the lake: read all of it, bring it back where it is damaged, clear what killed loads left
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Serve as a part of a cluster that answers `--cluster`
    #[command(subcommand)]
    Cluster(ClusterCommand),
}

/// What can be done for a lake.
#[derive(Debug, Subcommand)]
pub enum LakeCommand {
    /// Read all that its loads wrote, and say which files are not as they were written
    Verify,
    /// Say how a damaged lake is brought back, then do it: from a copy, or to its last whole load. Nothing is deleted
    Repair(RepairArguments),
    /// Clear what killed loads left
    Clean,
}

/// `encours lake repair`
#[derive(Debug, Args)]
pub struct RepairArguments {
    /// A copy of the lake, which what is damaged is brought from [default: back to the last whole load]
    #[arg(long, value_name = "DIR")]
    pub from: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// Where a question is answered.
#[derive(Clone, Debug, Args)]
pub struct ClusterArguments {
    /// Answered by the cluster of that scheduler [default: by this process]
    #[arg(long, value_name = "URL")]
    pub cluster: Option<String>,
    /// Seconds that the cluster may take for one question of those asked
    #[arg(long, value_name = "S", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub cluster_timeout: u64,
}

/// The parts of a cluster. None asks who speaks to it: they belong on a network of their own.
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Take questions and hand their parts to executors
    Scheduler(SchedulerArguments),
    /// Do the parts of questions on this machine
    Executor(ExecutorArguments),
}

/// `encours cluster scheduler`
#[derive(Debug, Args)]
pub struct SchedulerArguments {
    /// Address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 takes one that is free
    #[arg(long, value_name = "PORT", default_value_t = SCHEDULER_PORT)]
    pub port: u16,
    /// Name that executors know it by [default: the address]
    #[arg(long, value_name = "NAME")]
    pub external_host: Option<String>,
    /// Seconds without a heartbeat after which an executor is lost and its work done again elsewhere
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=3600))]
    pub executor_timeout: u64,
    /// Seconds between two looks for lost executors
    #[arg(long, value_name = "S", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub look_every: u64,
    /// Parts that each step of a question is cut into: about the cores of all executors together
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub parts: u16,
}

/// `encours cluster executor`
#[derive(Debug, Args)]
pub struct ExecutorArguments {
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:50050")]
    pub scheduler: String,
    /// Address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub host: String,
    /// Name that others know it by [default: the address]
    #[arg(long, value_name = "NAME")]
    pub external_host: Option<String>,
    /// Port that its results are fetched from
    #[arg(long, value_name = "PORT", default_value_t = 50051)]
    pub port: u16,
    /// Port that it takes tasks on
    #[arg(long, value_name = "PORT", default_value_t = 50052)]
    pub task_port: u16,
    /// Tasks at once [default: the cores of the machine]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub cores: Option<u16>,
    /// Megabytes that its tasks may hold before they go to disk [default: seven tenths of the machine's]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(64..=1_000_000_000))]
    pub memory: Option<u64>,
    /// Seconds between two heartbeats
    #[arg(long, value_name = "S", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub heartbeat: u64,
    /// Seconds to wait for the scheduler when it starts
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub connect_timeout: u16,
}

/// `encours check`
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Where it is answered
    #[command(flatten)]
    pub place: ClusterArguments,
}

/// `encours demo`
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Folder for the company's files, lake and pages
    #[arg(long, value_name = "DIR", default_value = "encours-demo")]
    pub out: PathBuf,
    /// Another seed, another company
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
}

/// What generated receivables are written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GenerateFormat {
    /// Plain CSV with our own columns.
    #[default]
    Csv,
    /// The same tables as Parquet.
    Parquet,
    /// A ledger a year, 2022 to 2024, with about so many items.
    Fec,
}

/// `encours generate`
#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// How many items: invoices, receipts, credit notes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub items: u64,
    /// Another seed, other receivables
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What they are written as
    #[arg(long, value_enum, default_value_t)]
    pub format: GenerateFormat,
    /// So many days of work that come after, in folders of their own
    #[arg(long, value_name = "D", default_value_t = 0)]
    pub more_days: u16,
}

/// How files are read.
#[derive(Clone, Debug, Default, Args)]
pub struct ReadingArguments {
    /// A mapping by name, or its file
    #[arg(long, value_name = "NAME|FILE")]
    pub mapping: Option<String>,
    /// Encoding, where the guess is wrong: utf-8, iso-8859-15, cp1252, cp850, utf-16
    #[arg(long, value_name = "E")]
    pub encoding: Option<String>,
    /// Whether 01/02 is in February (dmy) or January (mdy), where the file cannot tell
    #[arg(long, value_name = "dmy|mdy")]
    pub date_order: Option<String>,
    /// Which mark separates decimals, where 1.000 may be one or a thousand
    #[arg(long, value_name = ",|.")]
    pub decimal: Option<String>,
    /// The day of a list of what is open, where its title and name do not tell; none: it is no such list
    #[arg(long, value_name = "DATE|none")]
    pub as_of_list: Option<String>,
}

/// `encours load`
#[derive(Debug, Default, Args)]
pub struct LoadArguments {
    /// Files; none: the sources of encours.toml
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How they are read
    #[command(flatten)]
    pub reading: ReadingArguments,
    /// First forget all that this source had brought
    #[arg(long, value_name = "SOURCE")]
    pub replace: Vec<String>,
    /// This source tells the same receivables: take due dates, orders and other details of these files, no amounts
    #[arg(long, value_name = "SOURCE")]
    pub master: Option<String>,
}

/// `encours inspect`
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write the mapping that is proposed to this new file, to correct it and load with --mapping
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// How it is read
    #[command(flatten)]
    pub reading: ReadingArguments,
}

/// `encours query`
#[derive(Debug, Args)]
pub struct QueryArguments {
    /// Name of the query
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Describe all queries
    #[arg(long)]
    pub list: bool,
    /// Ask in SQL (read-only); `$as_of` is the day
    #[arg(long, value_name = "SELECT…", conflicts_with_all = ["name", "list"])]
    pub sql: Option<String>,
    /// How many month-ends a history answers
    #[arg(long, value_name = "N", default_value_t = 36)]
    pub months: u16,
    /// The customer that queries of statements tell of
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Since the end of which day they tell what moved
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<String>,
    /// Where it is answered
    #[command(flatten)]
    pub place: ClusterArguments,
}

/// `encours report`
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Name of the report
    #[arg(value_name = "NAME", default_value = "controller")]
    pub name: String,
    /// The customer that report `payer` is about
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Folder for the pages
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Where it is answered
    #[command(flatten)]
    pub place: ClusterArguments,
}

/// `encours customer_statement`
#[derive(Debug, Args)]
pub struct CustomerStatementArguments {
    /// The customer
    #[arg(long, value_name = "ID", required_unless_present = "group", conflicts_with = "group")]
    pub customer: Option<String>,
    /// All customers of a group (`group_id` of the customers' file) on one statement
    #[arg(long, value_name = "ID")]
    pub group: Option<String>,
    /// End of the day of the last statement [default: the last action by the channel `statement`, else the month-end
    /// before]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<String>,
    /// Folder for page and workbook
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
}

/// `encours worklist`
#[derive(Debug, Args)]
pub struct WorklistArguments {
    /// Folder for the lists
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
}

/// What a forecast is told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForecastGroup {
    /// The company that is owed.
    Company,
    /// The currency of the items, as amounts of the answer's currency.
    Currency,
    /// The segment of the payer.
    Segment,
    /// The payer.
    Customer,
}

/// `encours forecast`
#[derive(Debug, Args)]
pub struct ForecastArguments {
    /// How many weeks, to Sunday and then Monday to Sunday
    #[arg(long, value_name = "N", default_value_t = 13, value_parser = clap::value_parser!(u16).range(1..=104))]
    pub weeks: u16,
    /// Told apart by
    #[arg(long, value_enum)]
    pub by: Option<ForecastGroup>,
    /// Another seed draws other futures
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Where it is answered
    #[command(flatten)]
    pub place: ClusterArguments,
}

/// How often a back-test forecasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BacktestStep {
    /// At each month-end, all that is open.
    #[default]
    Month,
    /// Each Sunday, all that is open.
    Week,
    /// The day before each item is posted, that item.
    Issue,
}

/// What a back-test tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BacktestTable {
    /// Scores by horizon and model.
    #[default]
    Scores,
    /// Each origin and week: forecast beside what came.
    Weeks,
    /// Chances given beside how often it came so.
    Reliability,
}

/// `encours backtest`
#[derive(Debug, Args)]
pub struct BacktestArguments {
    /// First day from which a forecast is made [default: twelve months before the as-of day]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// Last such day [default: a month before the as-of day]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<String>,
    /// How often, and of what
    #[arg(long, value_enum, default_value_t)]
    pub step: BacktestStep,
    /// How many weeks
    #[arg(long, value_name = "N", default_value_t = 13, value_parser = clap::value_parser!(u16).range(1..=104))]
    pub weeks: u16,
    /// What is told
    #[arg(long, value_enum, default_value_t)]
    pub table: BacktestTable,
    /// Another seed draws other futures
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
}

/// What can be done to remind customers.
#[derive(Debug, Subcommand)]
pub enum RemindCommand {
    /// Say which messages would go out, and why the rest of what is overdue is left out
    Plan(RemindChoice),
    /// Write these messages into the outbox, to be looked at; nothing is sent
    Write(RemindWriteArguments),
    /// Let messages go that wait for a person's word
    Approve(RemindApproveArguments),
    /// Send what waits; without --confirm, only say what would be sent
    Send(RemindSendArguments),
    /// Read delivery notices, disposition notices and answers from a mailbox, or what a gateway or carrier calls back
    Receipts(RemindReceiptsArguments),
    /// The run of a day: read the mailbox, write what the policies ask for, send what they mark as automatic
    Run(RemindRunArguments),
    /// Write the declaration of the claim on customers in insolvency, to whom the notice names; nothing is sent
    Declare(RemindDeclareArguments),
}

/// Whom to remind: those the policies say, or those a person chooses.
#[derive(Clone, Debug, Default, Args)]
pub struct RemindChoice {
    /// These customers, whatever their policy says of days and sums
    #[arg(long = "customer", value_name = "ID")]
    pub customers: Vec<String>,
    /// Through this channel
    #[arg(long, value_name = "CODE", requires = "customers")]
    pub channel: Option<String>,
    /// To this contact
    #[arg(long, value_name = "ID", requires = "customers")]
    pub contact: Option<String>,
    /// With this template
    #[arg(long, value_name = "TONE", requires = "customers")]
    pub tone: Option<String>,
}

/// `encours remind write`
#[derive(Debug, Args)]
pub struct RemindWriteArguments {
    /// Whom
    #[command(flatten)]
    pub choice: RemindChoice,
    /// Folder of outgoing messages
    #[arg(long, value_name = "DIR", default_value = "outbox")]
    pub outbox: PathBuf,
}

/// `encours remind approve`
#[derive(Debug, Args)]
pub struct RemindApproveArguments {
    /// These messages [default: all of the last run that wait]
    #[arg(value_name = "MESSAGE")]
    pub messages: Vec<String>,
    /// Who approves
    #[arg(long, value_name = "NAME")]
    pub by: String,
}

/// `encours remind send`
#[derive(Debug, Args)]
pub struct RemindSendArguments {
    /// Folder of outgoing messages
    #[arg(long, value_name = "DIR", default_value = "outbox")]
    pub outbox: PathBuf,
    /// How channels are reached
    #[arg(long, value_name = "FILE", default_value = "channels.toml")]
    pub channels: PathBuf,
    /// Send
    #[arg(long)]
    pub confirm: bool,
    /// Send all e-mails to this address instead, to try; no level rises, and nothing else leaves
    #[arg(long, value_name = "ADDRESS")]
    pub redirect_to: Option<String>,
    /// At most so many messages
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only to addresses that contain one of these
    #[arg(long, value_name = "PART")]
    pub allow: Vec<String>,
}

/// `encours remind receipts`
#[derive(Debug, Args)]
pub struct RemindReceiptsArguments {
    /// A Maildir, or a folder of e-mails as a mail program saves them [default: the mailbox of channels.toml, over IMAP]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// How the mailbox is reached
    #[arg(long, value_name = "FILE", default_value = "channels.toml")]
    pub channels: PathBuf,
    /// A file of what a gateway called back or a carrier wrote, JSON or CSV, instead of e-mails
    #[arg(long, value_name = "FILE", requires = "of", conflicts_with = "folder")]
    pub callbacks: Option<PathBuf>,
    /// Which `[callbacks.NAME]` of channels.toml tells how that file is read
    #[arg(long = "as", value_name = "NAME", requires = "callbacks")]
    pub of: Option<String>,
}

/// `encours remind run`
#[derive(Debug, Args)]
pub struct RemindRunArguments {
    /// Folder of outgoing messages
    #[arg(long, value_name = "DIR", default_value = "outbox")]
    pub outbox: PathBuf,
    /// How channels are reached
    #[arg(long, value_name = "FILE", default_value = "channels.toml")]
    pub channels: PathBuf,
    /// A Maildir, or a folder of e-mails [default: the mailbox of channels.toml, if it describes one]
    #[arg(long, value_name = "DIR")]
    pub mail: Option<PathBuf>,
    /// At most so many messages
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only to addresses that contain one of these
    #[arg(long, value_name = "PART")]
    pub allow: Vec<String>,
}

/// `encours remind declare`
#[derive(Debug, Args)]
pub struct RemindDeclareArguments {
    /// Of this customer only
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Folder of outgoing messages
    #[arg(long, value_name = "DIR", default_value = "outbox")]
    pub outbox: PathBuf,
}

/// `encours proof`
#[derive(Debug, Args)]
pub struct ProofArguments {
    /// The message
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    /// Folder of outgoing messages
    #[arg(long, value_name = "DIR", default_value = "outbox")]
    pub outbox: PathBuf,
    /// Folder that the proof is written below
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// `encours penalties`
#[derive(Debug, Args)]
pub struct PenaltiesArguments {
    /// Of this customer only
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
}

/// `encours legal_file`
#[derive(Debug, Args)]
pub struct LegalFileArguments {
    /// The customer
    #[arg(long, value_name = "ID")]
    pub customer: String,
    /// Folder that the file is written to
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// `encours comment`
#[derive(Debug, Args)]
pub struct CommentArguments {
    /// The panel: the name behind `#` of its title
    #[arg(value_name = "PANEL")]
    pub panel: String,
    /// The comment; an empty one takes the old one back
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// Name of the report
    #[arg(long, value_name = "NAME", default_value = "controller")]
    pub report: String,
}

/// How long threads may take to end that go on computing.
const PATIENCE_AT_THE_END: Duration = Duration::from_millis(200);

/// Runs the command line; the process's exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(cause) => {
            // help and version are answers, not errors
            let printed = cause.print();
            if cause.use_stderr() {
                // nobody is left to tell when stderr is closed
                drop(writeln!(
                    io::stderr(),
                    "hint: `encours help` lists the commands, `encours COMMAND --help` what each takes"
                ));
                return Outcome::NotDone.into();
            }
            return if printed.is_err() { Outcome::NotDone.into() } else { Outcome::Done.into() };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(8 << 20).build() {
        Ok(runtime) => runtime,
        Err(cause) => {
            error::say(&error::Error::Plain(format!("no threads can be started: {cause}"), "free some memory".into()));
            return Outcome::NotDone.into();
        }
    };
    let status = match runtime.block_on(commands::run(&cli)) {
        Ok(outcome) => outcome.into(),
        Err(cause) => {
            error::say(&cause);
            Outcome::NotDone.into()
        }
    };
    // Threads that have nothing to do end at once, and are joined: one that is let go of while it ends may have its stack
    // touched when that is gone (`pthread_detach` of glibc 2.36, seen once in thousands of runs). What goes on computing for a
    // question that was given up is not waited for.
    runtime.shutdown_timeout(PATIENCE_AT_THE_END);
    status
}
