//! One file a subcommand; the only place that sees every room. Each reads as the data flow.

mod backtest;
mod check;
mod cluster;
mod comment;
mod customer_statement;
mod demo;
mod fetched;
mod forecast;
mod generate;
mod history;
mod inspect;
mod lake;
mod legal_file;
mod load;
mod penalties;
mod query;
mod reference;
mod rejects;
mod remind;
mod report;
mod shared;
mod worklist;

use log::LevelFilter;

use crate::cli::{self, Cli, Command};
use crate::error::{Error, Outcome};
use crate::memory;
use crate::settings::Settings;

/// Does what was typed.
///
/// # Errors
/// Whatever the run cannot go on from.
pub async fn run(cli: &Cli) -> Result<Outcome, Error> {
    // silent unless RUST_LOG asks: what is logged may name customers
    drop(env_logger::Builder::new().filter_level(LevelFilter::Off).parse_default_env().try_init());
    let settings = Settings::settle(&cli.common)?;
    // an executor is told by itself what it may take
    if !matches!(cli.command, Command::Cluster(_)) {
        memory::watch(settings.memory_limit, settings.language);
    }
    match &cli.command {
        Command::Demo(arguments) => demo::run(&settings, arguments).await,
        Command::Generate(arguments) => generate::run(&settings, arguments),
        Command::Load(arguments) => load::run(&settings, arguments).await,
        Command::Inspect(arguments) => inspect::run(&settings, arguments).await,
        Command::Rejects => rejects::run(&settings, cli.common.output).await,
        Command::History => history::run(&settings, cli.common.output).await,
        Command::Query(arguments) => query::run(&settings, arguments, cli.common.output).await,
        Command::Check(arguments) => check::run(&settings, arguments, cli.common.output).await,
        Command::Report(arguments) => report::run(&settings, arguments).await,
        Command::CustomerStatement(arguments) => customer_statement::run(&settings, arguments).await,
        Command::Worklist(arguments) => worklist::run(&settings, arguments).await,
        Command::Remind(command) => remind::run(&settings, command, cli.common.output).await,
        Command::LegalFile(arguments) => legal_file::run(&settings, arguments).await,
        Command::Penalties(arguments) => penalties::run(&settings, arguments, cli.common.output).await,
        Command::Proof(arguments) => remind::proof(&settings, arguments).await,
        Command::Forecast(arguments) => forecast::run(&settings, arguments, cli.common.output).await,
        Command::Backtest(arguments) => backtest::run(&settings, arguments, cli.common.output).await,
        Command::Comment(arguments) => comment::run(&settings, arguments).await,
        Command::Completions(arguments) => completions(arguments.shell),
        Command::Lake(command) => lake::run(&settings, command).await,
        Command::Cluster(command) => cluster::run(&settings, command).await,
    }
}

/// `encours completions`
fn completions(shell: clap_complete::Shell) -> Result<Outcome, Error> {
    match cli::write_completions(shell, &mut std::io::stdout()) {
        // a reader that closed the pipe has read enough
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::Disk("stdout".into(), cause)),
        _ => Ok(Outcome::Done),
    }
}
