//! `channels.toml`: how each channel is reached. Secrets stand in the environment, the file only names the variables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::outreach::error::OutreachError;
use crate::outreach::hours::Hours;

/// Channels by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    /// E-mail, by SMTP.
    pub email: Option<Smtp>,
    /// Letters, to be printed.
    pub letter: Option<Letters>,
    /// Faxes, by e-mail to a service.
    pub fax: Option<FaxByEmail>,
    /// SMS, voice, fax and others, each by an HTTP gateway.
    #[serde(rename = "gateway")]
    pub gateways: BTreeMap<String, HttpGateway>,
    /// Where notices and answers come to.
    pub mailbox: Option<Mailbox>,
    /// What gateways and carriers call back, by a name of the user's.
    pub callbacks: BTreeMap<String, Callbacks>,
    /// Between which hours of the clock nothing leaves: `19-8`.
    pub quiet_hours: Option<Hours>,
    /// How often and with what pauses a message is tried.
    pub retry: Retry,
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Whether anything may leave; otherwise only `--redirect-to` sends.
    #[serde(default)]
    pub live: bool,
    /// Its name.
    pub server: String,
    /// Its port.
    #[serde(default = "submission")]
    pub port: u16,
    /// How the connection is kept from strangers.
    #[serde(default)]
    pub tls: Tls,
    /// The environment variable that holds the user's name; none for a server that asks for none.
    pub user_from: Option<String>,
    /// The environment variable that holds the password.
    pub password_from: Option<String>,
    /// The address that messages come from, as the server allows it.
    pub from: String,
    /// Connections side by side.
    #[serde(default = "two")]
    pub connections: usize,
    /// Seconds that an answer may take.
    #[serde(default = "minute")]
    pub timeout_seconds: u64,
}

/// How a connection is kept from strangers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Begun in the clear, then encrypted; refused where it cannot be.
    #[default]
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// In the clear: for a server on the same machine.
    None,
}

/// A mailbox that is read over IMAP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The server's name.
    pub server: String,
    /// Its port.
    #[serde(default = "imaps")]
    pub port: u16,
    /// Encrypted from the first byte, or in the clear on the same machine.
    #[serde(default = "encrypted")]
    pub tls: Tls,
    /// The environment variable that holds the user's name.
    pub user_from: String,
    /// The environment variable that holds the password.
    pub password_from: String,
    /// The folder.
    #[serde(default = "inbox")]
    pub folder: String,
    /// Days back that are read.
    #[serde(default = "quarter")]
    pub since_days: u64,
    /// Seconds that an answer may take.
    #[serde(default = "minute")]
    pub timeout_seconds: u64,
}

/// Letters are put into a folder, with a list of them, for printing or hybrid mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// Whether anything may leave.
    #[serde(default)]
    pub live: bool,
    /// The folder that batches are put into.
    pub folder: PathBuf,
}

/// A service that takes faxes as e-mails, by the mail server of `[email]`: the letter is enclosed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaxByEmail {
    /// Whether anything may leave.
    #[serde(default)]
    pub live: bool,
    /// The service's address; `{number}` stands for the digits of the fax number.
    pub to: String,
}

/// A file of what became of messages, as a gateway calls it back or a carrier writes it: JSON or CSV.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Callbacks {
    /// Where the gateway's own number of the message stands: a column, or `data.id`.
    pub id_at: String,
    /// Where our `message_id` stands, where it is given back.
    pub message_id_at: String,
    /// Where it says what happened.
    pub status_at: String,
    /// Where it says when: a day and time, or seconds since 1970.
    pub time_at: String,
    /// Where it says more; none if empty.
    pub detail_at: String,
    /// What its statuses mean: codes of `message_statuses.csv`, or `none` for what says nothing.
    pub statuses: BTreeMap<String, String>,
}

/// A gateway that takes a message by HTTP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpGateway {
    /// Whether anything may leave.
    #[serde(default)]
    pub live: bool,
    /// Where messages are posted to.
    pub url: String,
    /// Headers; `$NAME` in a value is the environment variable of that name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What is posted: JSON in which the texts `{address}`, `{text}`, `{message_id}` and `{file}` (base64) stand for those.
    pub body: serde_json::Value,
    /// Where the answer bears the gateway's own number of the message: `data.id`.
    #[serde(default)]
    pub id_at: String,
    /// Seconds that an answer may take.
    #[serde(default = "minute")]
    pub timeout_seconds: u64,
}

/// Tries of a message that is refused for the moment.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// How many.
    pub tries: u32,
    /// The first pause; each further one is twice as long.
    pub pause_seconds: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { tries: 3, pause_seconds: 5.0 }
    }
}

const fn submission() -> u16 {
    587
}
const fn imaps() -> u16 {
    993
}
const fn encrypted() -> Tls {
    Tls::Tls
}
fn inbox() -> String {
    "INBOX".to_owned()
}
const fn quarter() -> u64 {
    90
}
const fn two() -> usize {
    2
}
const fn minute() -> u64 {
    60
}

impl Channels {
    /// The file of that path; no channel where there is no file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> Result<Self, OutreachError> {
        let refuse = |cause: String| OutreachError::Channels { path: path.to_owned(), cause };
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).map_err(|cause| refuse(cause.to_string())),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(refuse(cause.to_string())),
        }
    }

    /// Whether messages of a channel may leave.
    #[must_use]
    pub fn is_live(&self, code: &str) -> bool {
        match code {
            "email" => self.email.as_ref().is_some_and(|server| server.live),
            "letter" | "registered_letter" => self.letter.as_ref().is_some_and(|letters| letters.live),
            _ => match (self.gateways.get(code), &self.fax) {
                (Some(gateway), _) => gateway.live,
                (None, Some(fax)) if code == "fax" => fax.live && self.email.as_ref().is_some_and(|server| server.live),
                _ => false,
            },
        }
    }
}
