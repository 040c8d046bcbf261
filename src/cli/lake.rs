//! `encours lake` and `encours cluster`: what looks after a lake, and what answers for it.

use clap::{Args, Subcommand};

use crate::engine::SCHEDULER_PORT;

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
