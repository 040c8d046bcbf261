//! `encours cluster`: serve as the scheduler or an executor of a cluster, until the process is ended.

use std::time::Duration;

use crate::cli::{ClusterCommand, ExecutorArguments, SchedulerArguments};
use crate::commands::shared;
use crate::engine::{ExecutorSettings, SCHEDULER_PORT, SchedulerSettings, run_executor, run_scheduler};
use crate::error::{Error, Outcome};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, command: &ClusterCommand) -> Result<Outcome, Error> {
    match command {
        ClusterCommand::Scheduler(arguments) => {
            let scheduler = scheduler(arguments);
            run_scheduler(&scheduler, |address| shared::say(settings, &format!("scheduler on {address}"))).await?;
        }
        ClusterCommand::Executor(arguments) => {
            let executor = executor(arguments)?;
            let (host, port) = (&executor.scheduler_host, executor.scheduler_port);
            shared::say(settings, &format!("executor on {}:{} for {host}:{port}", executor.host, executor.port));
            run_executor(&executor).await?;
        }
    }
    Ok(Outcome::Done)
}

fn scheduler(arguments: &SchedulerArguments) -> SchedulerSettings {
    SchedulerSettings {
        host: arguments.host.clone(),
        port: arguments.port,
        external_host: arguments.external_host.clone().unwrap_or_else(|| arguments.host.clone()),
        executor_timeout: Duration::from_secs(arguments.executor_timeout),
        look_every: Duration::from_secs(arguments.look_every),
        part_count: arguments.parts.into(),
    }
}

fn executor(arguments: &ExecutorArguments) -> Result<ExecutorSettings, Error> {
    let named = arguments.scheduler.trim_start_matches("http://");
    let (host, port) = match named.rsplit_once(':') {
        None => (named, Some(SCHEDULER_PORT)),
        Some((host, port)) => (host, port.parse().ok()),
    };
    let (Some(port), false) = (port, host.is_empty()) else {
        return Err(Error::Plain(
            format!("found `--scheduler {}`", arguments.scheduler),
            "name the scheduler as `HOST:PORT`".to_owned(),
        ));
    };
    Ok(ExecutorSettings {
        host: arguments.host.clone(),
        external_host: arguments.external_host.clone().unwrap_or_else(|| arguments.host.clone()),
        port: arguments.port,
        task_port: arguments.task_port,
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        core_count: arguments.cores.map(usize::from),
        memory_bytes: arguments.memory.map(|megabytes| megabytes << 20),
        heartbeat: Duration::from_secs(arguments.heartbeat),
        connect_timeout: Duration::from_secs(arguments.connect_timeout.into()),
    })
}
