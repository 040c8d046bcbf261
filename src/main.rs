//! The `encours` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    encours::cli::run(std::env::args_os())
}
