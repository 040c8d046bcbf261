//! How messages leave: one file a channel, all behind [`Channel`].

pub mod config;
mod email;
mod fax;
mod gateway;
mod letter;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use self::config::Channels;
pub use self::email::secret;
use super::error::OutreachError;
use super::outbox::{Event, Journal, Outbox};

/// A message on its way out.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Whose message it is.
    pub company_id: String,
    /// The message.
    pub message_id: String,
    /// Where to.
    pub address: String,
    /// Its file below the outbox, and the hash of its bytes.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub content_hash: String,
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not now: it waits and is tried again.
    Later(String),
    /// Never so: another channel must do.
    Never(String),
    /// Its bytes left, and no answer came: nobody knows.
    Unknown(String),
}

/// A way out.
pub trait Channel: Sync {
    /// Opens a connection.
    ///
    /// # Errors
    /// What the server says, where it takes nothing at all.
    fn open(&self) -> Result<Box<dyn Connection>, String>;
}

/// A connection, which takes one message after the other.
pub trait Connection {
    /// Sends a message. Answers what the server said when it took it.
    ///
    /// # Errors
    /// Why it did not.
    fn send(&mut self, message: &Outgoing, bytes: &[u8]) -> Result<String, Refusal>;
}

/// What became of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Taken.
    pub accepted: usize,
    /// Refused for good.
    pub failed: usize,
    /// Waiting for a better moment.
    pub deferred: usize,
    /// Of which nobody knows.
    pub uncertain: usize,
}

/// The channel of that code as `channels.toml` describes it; `None` where it describes none.
#[must_use]
pub fn channel(channels: &Channels, code: &str, batch: &str) -> Option<Box<dyn Channel>> {
    match code {
        "email" => channels.email.clone().map(|server| Box::new(email::Smtp::new(server)) as Box<dyn Channel>),
        "letter" | "registered_letter" => {
            let letters = channels.letter.as_ref()?;
            Some(Box::new(letter::Print::new(&letters.folder, code, batch)) as Box<dyn Channel>)
        }
        _ => match (channels.gateways.get(code), &channels.fax, &channels.email) {
            (Some(way), ..) => Some(Box::new(gateway::Gateway::new(way.clone()))),
            (None, Some(fax), Some(server)) if code == "fax" => Some(Box::new(fax::Fax::new(fax, server.clone()))),
            _ => None,
        },
    }
}

/// How a run is sent.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Connections side by side.
    pub connections: usize,
    /// Tries of a message that is refused for the moment.
    pub tries: u32,
    /// The pause before the second try; each further one is twice as long.
    pub pause: Duration,
    /// Whether all goes to one address of ours: then no customer got anything, and no address of a customer failed.
    pub is_redirected: bool,
}

/// Sends messages through a channel, each line of the journal on the disk before its message leaves.
///
/// # Errors
/// When no connection could be opened, or the journal cannot be written; what was sent until then stands in the journal.
pub fn send_all(
    code: &str,
    channel: &dyn Channel,
    messages: Vec<Outgoing>,
    outbox: &Outbox,
    journal: &Journal,
    pace: Pace,
) -> Result<Sent, OutreachError> {
    let connections = pace.connections.clamp(1, messages.len().max(1));
    let run = Run {
        code,
        channel,
        outbox,
        journal,
        pace,
        queue: Mutex::new(messages.into()),
        sent: Mutex::default(),
        is_stopped: AtomicBool::new(false),
    };
    let results: Vec<Result<(), OutreachError>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..connections).map(|_| scope.spawn(|| run.work())).collect();
        let stopped = || Err(OutreachError::Server { channel: code.to_owned(), cause: "it stopped".to_owned() });
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| stopped())).collect()
    });
    let sent = *run.sent.lock().unwrap_or_else(PoisonError::into_inner);
    // one connection that works is enough
    let is_all_sent = run.queue.into_inner().unwrap_or_else(PoisonError::into_inner).is_empty();
    match results.into_iter().find_map(Result::err) {
        Some(OutreachError::Server { .. }) if is_all_sent => Ok(sent),
        Some(cause) => Err(cause),
        None => Ok(sent),
    }
}

struct Run<'a> {
    code: &'a str,
    channel: &'a dyn Channel,
    outbox: &'a Outbox,
    journal: &'a Journal,
    pace: Pace,
    queue: Mutex<VecDeque<Outgoing>>,
    sent: Mutex<Sent>,
    is_stopped: AtomicBool,
}

impl Run<'_> {
    /// One connection's share.
    fn work(&self) -> Result<(), OutreachError> {
        let mut connection = self.open()?;
        while !self.is_stopped.load(Ordering::Relaxed) {
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(message) = next else { break };
            // a file that is gone or was changed is our fault, not the address's: the run stops, and the message waits
            let bytes = self
                .outbox
                .bytes(&message.file_name, &message.content_hash)
                .inspect_err(|_| self.is_stopped.store(true, Ordering::Relaxed))?;
            if self.send(&mut connection, &message, &bytes)? {
                continue;
            }
            connection = self.open()?;
        }
        Ok(())
    }

    fn open(&self) -> Result<Box<dyn Connection>, OutreachError> {
        self.channel.open().map_err(|cause| OutreachError::Server { channel: self.code.to_owned(), cause })
    }

    /// Whether the connection can go on.
    fn send(
        &self,
        connection: &mut Box<dyn Connection>,
        message: &Outgoing,
        bytes: &[u8],
    ) -> Result<bool, OutreachError> {
        let mut pause = self.pace.pause;
        for attempt in 1.. {
            self.note(message, "sending", "")?;
            match connection.send(message, bytes) {
                Ok(answer) => return self.note(message, "accepted", &answer).map(|()| true),
                Err(Refusal::Never(cause)) => return self.note(message, "failed", &cause).map(|()| true),
                Err(Refusal::Unknown(cause)) => return self.note(message, "uncertain", &cause).map(|()| false),
                Err(Refusal::Later(cause)) if attempt >= self.pace.tries => {
                    return self.note(message, "deferred", &cause).map(|()| true);
                }
                Err(Refusal::Later(cause)) => {
                    self.note_only(message, "deferred", &cause)?;
                    thread::sleep(pause);
                    pause *= 2;
                    *connection = self.open()?;
                }
            }
        }
        Ok(true)
    }

    /// A line of the journal, counted.
    fn note(&self, message: &Outgoing, code: &str, detail: &str) -> Result<(), OutreachError> {
        self.note_only(message, code, detail)?;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        match code {
            "accepted" => sent.accepted += 1,
            "failed" => sent.failed += 1,
            "deferred" => sent.deferred += 1,
            "uncertain" => sent.uncertain += 1,
            _ => {}
        }
        Ok(())
    }

    fn note_only(&self, message: &Outgoing, code: &str, detail: &str) -> Result<(), OutreachError> {
        let code = match code {
            "accepted" if self.pace.is_redirected => "redirected",
            "failed" if self.pace.is_redirected => "deferred",
            _ => code,
        };
        let noted = self.journal.note(&Event {
            company_id: message.company_id.clone(),
            message_id: message.message_id.clone(),
            event: code.to_owned(),
            time: chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            // a server's words are a stranger's: one line, and not without end
            detail: detail.chars().filter(|mark| !mark.is_control()).take(500).collect(),
            source: self.code.to_owned(),
        });
        if noted.is_err() {
            self.is_stopped.store(true, Ordering::Relaxed);
        }
        noted
    }
}
