//! The outbox: each message as it was written, one file a message, and a journal of what is done with them.
//!
//! ```text
//!  outbox/2025-12-31/4f5c….eml       what is sent, byte for byte
//!  outbox/journal.jsonl              a line before the first byte leaves, a line once somebody took it
//!  outbox/lock                       one program sends at a time
//! ```
//!
//! The journal is on the disk before a message leaves: a program that is killed leaves at most one message a connection
//! of which nobody knows whether it went. Such a message is `uncertain`, is listed, and is not sent again by itself.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::OutreachError;

const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "lock";

/// A folder of outgoing messages.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

/// What was done with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose message it is.
    pub company_id: String,
    /// The message.
    pub message_id: String,
    /// `sending`, `accepted`, `failed`, `deferred`…: a code of `message_statuses`.
    pub event: String,
    /// When, in universal time: `2025-12-31T08:30:00Z`.
    pub time: String,
    /// What the server said.
    pub detail: String,
    /// Which channel told it.
    pub source: String,
}

impl Outbox {
    /// The outbox of that folder, which is made with the first message.
    #[must_use]
    pub const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps the bytes of a message under a name below the outbox, whole or not at all. Answers their SHA-256.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<String, OutreachError> {
        let path = self.folder.join(name);
        let failed = |cause| OutreachError::Disk(path.clone(), cause);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&path).map_err(|cause| failed(cause.error))?;
        Ok(hex::encode(Sha256::digest(bytes)))
    }

    /// The bytes of a message, if they are those that were written.
    ///
    /// # Errors
    /// When the file cannot be read or is not the one that was written.
    pub fn bytes(&self, name: &str, hash: &str) -> Result<Vec<u8>, OutreachError> {
        let path = self.folder.join(name);
        let bytes = fs::read(&path).map_err(|cause| OutreachError::Disk(path.clone(), cause))?;
        if hex::encode(Sha256::digest(&bytes)) == hash {
            Ok(bytes)
        } else {
            let cause = io::Error::new(io::ErrorKind::InvalidData, "these are not the bytes that were written");
            Err(OutreachError::Disk(path, cause))
        }
    }

    /// The journal, for one program at a time.
    ///
    /// # Errors
    /// When another program is sending, or the disk refuses.
    pub fn journal(&self) -> Result<Journal, OutreachError> {
        let path = self.folder.join(JOURNAL);
        let failed = |cause| OutreachError::Disk(path.clone(), cause);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let lock = File::create(self.folder.join(LOCK)).map_err(failed)?;
        lock.try_lock()
            .map_err(|_| failed(io::Error::new(io::ErrorKind::WouldBlock, "another program works with this outbox")))?;
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path).map_err(failed)?;
        let mut text = String::new();
        // a program that was killed may have left half a line, which says nothing
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        text.push_str(&String::from_utf8_lossy(&bytes));
        let left = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Journal { file: Mutex::new(file), _lock: lock, path, left })
    }
}

/// What is being done with the messages of an outbox, line by line on the disk.
#[derive(Debug)]
pub struct Journal {
    file: Mutex<File>,
    _lock: File,
    path: PathBuf,
    left: Vec<Event>,
}

impl Journal {
    /// What an earlier program wrote and the lake was not told: of what it began and did not end nobody knows more.
    #[must_use]
    pub fn left(&self) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for event in &self.left {
            // what was begun is told by how it ended
            let begun = events.iter().rposition(|of| of.message_id == event.message_id && of.event == "sending");
            if let Some(place) = begun {
                events.remove(place);
            }
            events.push(event.clone());
        }
        for event in &mut events {
            if event.event == "sending" {
                "uncertain".clone_into(&mut event.event);
                "the program ended while it was being sent".clone_into(&mut event.detail);
            }
        }
        events
    }

    /// Writes a line, on the disk when this returns.
    ///
    /// # Errors
    /// When the disk refuses: then nothing may be sent.
    pub fn note(&self, event: &Event) -> Result<(), OutreachError> {
        let mut line = serde_json::to_string(event).unwrap_or_default();
        line.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
        written.map_err(|cause| OutreachError::Disk(self.path.clone(), cause))
    }

    /// Begins an empty journal: what it held is in the lake.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn clear(&mut self) -> Result<(), OutreachError> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.set_len(0)
            .and_then(|()| file.sync_all())
            .map_err(|cause| OutreachError::Disk(self.path.clone(), cause))?;
        self.left.clear();
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]
mod tests {
    use super::*;

    fn event(message: &str, event: &str) -> Event {
        Event {
            company_id: String::new(),
            message_id: message.to_owned(),
            event: event.to_owned(),
            time: "2025-12-31T08:30:00Z".to_owned(),
            detail: String::new(),
            source: "email".to_owned(),
        }
    }

    #[test]
    fn what_was_begun_and_not_ended_is_uncertain() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::at(folder.path().join("outbox"));
        let journal = outbox.journal().unwrap();
        for (message, code) in
            [("a", "sending"), ("a", "accepted"), ("b", "sending"), ("c", "sending"), ("c", "failed")]
        {
            journal.note(&event(message, code)).unwrap();
        }
        assert!(outbox.journal().is_err(), "one program sends at a time");
        drop(journal);
        let path = folder.path().join("outbox").join(JOURNAL);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(b"{\"company_id\":\"\",\"mess");
        fs::write(&path, bytes).unwrap();
        let mut journal = outbox.journal().unwrap();
        let left: Vec<(String, String)> = journal.left().into_iter().map(|of| (of.message_id, of.event)).collect();
        let pair = |message: &str, code: &str| (message.to_owned(), code.to_owned());
        assert_eq!(left, [pair("a", "accepted"), pair("b", "uncertain"), pair("c", "failed")]);
        journal.clear().unwrap();
        drop(journal);
        assert!(outbox.journal().unwrap().left().is_empty());
    }

    #[test]
    fn bytes_that_were_changed_are_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::at(folder.path().to_owned());
        let hash = outbox.keep("2025-12-31/a.eml", b"Dear you").unwrap();
        assert_eq!(outbox.bytes("2025-12-31/a.eml", &hash).unwrap(), b"Dear you");
        fs::write(folder.path().join("2025-12-31/a.eml"), b"Dear me").unwrap();
        assert!(outbox.bytes("2025-12-31/a.eml", &hash).is_err());
    }
}
