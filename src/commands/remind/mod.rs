//! `encours remind`: whom to write to, the messages in words, their way out, and what comes back.
//!
//! ```text
//!  reminder_plan ─► facts ─► templates ─► outbox ─► approve ─► channels ─► journal ─► message_events
//!   (SQL)                    (words)     (bytes)              (--confirm)             receipts ─┘
//! ```
//!
//! `daily` goes this way by itself as far as policies allow. `declare` writes claims on insolvent customers to whom a notice names,
//! `guides` what to say on the calls of a worklist: both from the same facts, tables and templates.

mod answers;
mod approve;
mod callbacks;
mod daily;
mod declare;
mod facts;
mod guides;
mod plan;
mod proof;
mod reader;
mod receipts;
mod record;
mod send;
mod signatories;
mod tables;
mod write;

use crate::cli::RemindCommand;
use crate::error::{Error, Outcome};
use crate::settings::Settings;

pub(super) use guides::call_guides;
pub(super) use proof::run as proof;
pub(super) use signatories::{Signatories, sender_of};

pub(super) async fn run(
    settings: &Settings,
    command: &RemindCommand,
    output: crate::cli::Output,
) -> Result<Outcome, Error> {
    match command {
        RemindCommand::Plan(choice) => plan::run(settings, choice, output).await,
        RemindCommand::Write(arguments) => write::run(settings, arguments).await,
        RemindCommand::Approve(arguments) => approve::run(settings, arguments).await,
        RemindCommand::Send(arguments) => send::run(settings, arguments).await,
        RemindCommand::Receipts(arguments) => receipts::run(settings, arguments).await,
        RemindCommand::Run(arguments) => daily::run(settings, arguments).await,
        RemindCommand::Declare(arguments) => declare::run(settings, arguments).await,
    }
}
