//! What can be typed. What it means is settled in `settings.rs`, what it does in `commands/`.

mod lake;
mod remind;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use self::lake::{
    ClusterArguments, ClusterCommand, ExecutorArguments, LakeCommand, RepairArguments, SchedulerArguments,
};
pub use self::remind::{
    ProofArguments, RemindApproveArguments, RemindChoice, RemindCommand, RemindDeclareArguments,
    RemindReceiptsArguments, RemindRunArguments, RemindSendArguments, RemindWriteArguments,
};
use crate::commands;
use crate::demo::habits::Habit;
use crate::error::{self, Outcome};
use crate::settings::Settings;

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
    /// All columns of a table, however wide the terminal
    #[arg(long, global = true)]
    pub wide: bool,
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
    #[command(after_help = "Examples:\n  encours demo\n  encours demo --out /tmp/demo --seed 7")]
    Demo(DemoArguments),
    /// Generate receivables of any size to measure with
    #[command(
        after_help = "Examples:\n  encours generate --items 1000000 --out big\n  encours generate --habit slow_drift --out drift"
    )]
    Generate(GenerateArguments),
    /// Load ledgers and payment histories into the lake
    #[command(
        after_help = "Examples:\n  encours load 123456789FEC20241231.txt customers.csv\n  encours load list.xlsx --as-of-list 2025-01-31\n  encours load --replace 123456789/2023-12-31"
    )]
    Load(LoadArguments),
    /// Say what a file is and how it would be read
    #[command(after_help = "Examples:\n  encours inspect export.csv\n  encours inspect export.csv --save mapping.toml")]
    Inspect(InspectArguments),
    /// The lines the lake's sources had refused
    #[command(after_help = "Examples:\n  encours rejects --output csv > rejects.csv")]
    Rejects,
    /// The loads, oldest first
    #[command(after_help = "Examples:\n  encours history")]
    History,
    /// Ask a question
    #[command(
        after_help = "Examples:\n  encours query aging --as-of 2024-12-31\n  encours query open_items --describe\n  encours query --sql 'select count(*) as item_count from open_items' --output json"
    )]
    Query(QueryArguments),
    /// Look for faults; silence means healthy
    #[command(after_help = "Examples:\n  encours check --as-of 2024-12-31")]
    Check(CheckArguments),
    /// Write a report: a page and a workbook
    #[command(
        after_help = "Examples:\n  encours report --as-of 2024-12-31\n  encours report all --lang fr --out pages\n  encours report payer --customer C001\n  encours report controller --print board"
    )]
    Report(ReportArguments),
    /// Write the statement one sends a customer: a page and a workbook
    #[command(after_help = "Examples:\n  encours customer_statement --customer C001 --as-of 2024-12-31")]
    #[command(name = "customer_statement", alias = "customer-statement")]
    CustomerStatement(CustomerStatementArguments),
    /// Write a comment beside a panel of a report, for the figures of a day
    #[command(
        after_help = "Examples:\n  encours comment aging 'Two customers wait for a credit note.' --as-of 2024-12-31"
    )]
    Comment(CommentArguments),
    /// Write the worklists of a day: page, workbook to be filled in and agenda, for each collector and owner
    #[command(after_help = "Examples:\n  encours worklist --out lists")]
    Worklist(WorklistArguments),
    /// Remind customers: plan, write, approve, send, read what comes back
    #[command(subcommand)]
    Remind(RemindCommand),
    /// Write the proof of a message: its bytes, their hash, all that became of it
    #[command(after_help = "Examples:\n  encours proof MESSAGE --outbox outbox")]
    Proof(ProofArguments),
    /// Interest and recovery fees that could be asked for late payment
    #[command(after_help = "Examples:\n  encours penalties --customer C001 --as-of 2024-12-31")]
    Penalties(PenaltiesArguments),
    /// Write the file of a claim for a court or an agency
    #[command(after_help = "Examples:\n  encours legal_file --customer C001")]
    #[command(name = "legal_file", alias = "legal-file")]
    LegalFile(LegalFileArguments),
    /// Forecast the receipts of the weeks to come, with their range
    #[command(after_help = "Examples:\n  encours forecast --weeks 8 --by segment")]
    Forecast(ForecastArguments),
    /// Hold forecasts of past days, made from what was known then, against what came
    #[command(after_help = "Examples:\n  encours backtest --step week --from 2024-01-31")]
    Backtest(BacktestArguments),
    /// Write what a shell needs to complete commands and options
    #[command(
        after_help = "Examples:\n  encours completions bash > ~/.local/share/bash-completion/completions/encours\n  encours completions fish > ~/.config/fish/completions/encours.fish"
    )]
    Completions(CompletionsArguments),
    /// Look after the lake: read all of it, bring it back where it is damaged, clear what killed loads left
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Serve as a part of a cluster that answers `--cluster`
    #[command(subcommand)]
    Cluster(ClusterCommand),
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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000_000), required_unless_present = "habit")]
    pub items: Option<u64>,
    /// Instead, thirty months of sixty customers whose habit of payment is planted, to hold forecasts against
    #[arg(long, value_name = "HABIT", value_parser = habit, conflicts_with_all = ["items", "format", "more_days"])]
    pub habit: Option<Habit>,
    /// Of a hundred invoices, so many are never paid, where that is the habit
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(0..=60), requires = "habit")]
    pub never_paid: u8,
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

/// A habit by its code.
fn habit(code: &str) -> Result<Habit, String> {
    let known = || Habit::ALL.map(|(code, _)| code).join(", ");
    let found = Habit::ALL.iter().find(|(known, _)| *known == code).map(|(_, habit)| *habit);
    found.ok_or_else(|| format!("wanted one of {}", known()))
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
    /// Take bank statements whose balances do not prove their entries; the checks tell them
    #[arg(long)]
    pub accept_totals: bool,
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
    /// What pages call the company of these files, from now on
    #[arg(long, value_name = "NAME")]
    pub company_name: Option<String>,
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
    /// Name all queries by theme, a line each
    #[arg(long)]
    pub list: bool,
    /// Describe the columns of that query
    #[arg(long, requires = "name")]
    pub describe: bool,
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

/// What a report is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Print {
    /// One A4 for the board.
    Board,
}

/// `encours report`
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Name of the report; `all` writes every report, the day's lists and customers' pages, and an index that leads to them
    #[arg(value_name = "NAME", default_value = "controller")]
    pub name: String,
    /// The customer that report `payer` is about
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Write what is to be printed: `board` is one A4, as page and PDF
    #[arg(long, value_name = "WHAT", value_enum)]
    pub print: Option<Print>,
    /// Folder for the pages
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Where it is answered
    #[command(flatten)]
    pub place: ClusterArguments,
}

/// `encours completions`
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
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
    /// What invoices still to be issued bring, apart from those that are open
    #[arg(long, value_enum, conflicts_with = "by")]
    pub new_sales: Option<NewSales>,
    /// Another seed draws other futures
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Where it is answered
    #[command(flatten)]
    pub place: ClusterArguments,
}

/// Which sales are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NewSales {
    /// Those of `planned_sales.csv`.
    Planned,
    /// Like the same months of the last years.
    LastYears,
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

/// The command line as it is read and told. Options of every command are described by `encours --help`; the help of a command
/// shows its own, and names them.
fn command_line(arguments: &[OsString]) -> clap::Command {
    let plain = Cli::command();
    let is_of_all = match arguments.get(1..) {
        None | Some([]) => true,
        Some([only]) => ["--help", "-h", "help"].iter().any(|asked| only == asked),
        Some(_) => false,
    };
    if is_of_all {
        return plain;
    }
    let names: Vec<String> =
        plain.get_arguments().filter_map(|argument| argument.get_long()).map(|name| format!("--{name}")).collect();
    let told = format!("Every command takes {}: `encours --help` describes them.", names.join(", "));
    plain.mut_args(|argument| argument.hide(true)).mut_subcommands(|command| {
        let examples = command.get_after_help().map(ToString::to_string);
        let after = examples.into_iter().chain([told.clone()]).collect::<Vec<_>>().join("\n\n");
        command.after_help(after)
    })
}

/// Writes the completions of a shell.
///
/// # Errors
/// What `out` refuses.
pub fn write_completions(shell: Shell, out: &mut impl Write) -> io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "encours", &mut text);
    out.write_all(&text)
}

/// Runs the command line; the process's exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed =
        command_line(&arguments).try_get_matches_from(arguments).and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
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
            let cause = format!("no threads can be started: {cause}");
            error::say(&error::Error::Plain(cause, "free some memory".to_owned()), Settings::spoken(&cli.common));
            return Outcome::NotDone.into();
        }
    };
    let status = match runtime.block_on(commands::run(&cli)) {
        Ok(outcome) => outcome.into(),
        Err(cause) => {
            error::say(&cause, Settings::spoken(&cli.common));
            Outcome::NotDone.into()
        }
    };
    // Threads that have nothing to do end at once, and are joined: one that is let go of while it ends may have its stack
    // touched when that is gone (`pthread_detach` of glibc 2.36, seen once in thousands of runs). What goes on computing for a
    // question that was given up is not waited for.
    runtime.shutdown_timeout(PATIENCE_AT_THE_END);
    status
}
