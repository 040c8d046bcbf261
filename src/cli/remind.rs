//! `encours remind`, and what it leaves behind: messages and their proofs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
