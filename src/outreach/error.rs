//! What keeps a message from being written or sent.

use std::io;
use std::path::PathBuf;

/// What was found, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum OutreachError {
    /// A template that is not there.
    #[error("there is no message template `{0}`")]
    TemplateMissing(String),
    /// A template that names what nobody has, or cannot be read.
    #[error("the message template `{name}` cannot be filled: {cause}")]
    Template {
        /// Its file.
        name: String,
        /// What the template engine says.
        cause: String,
    },
    /// A letter that cannot be typeset.
    #[error("the letter `{message_id}` cannot be typeset: {cause}")]
    Typeset {
        /// The message.
        message_id: String,
        /// What the typesetter says.
        cause: String,
    },
    /// A message that cannot become an e-mail.
    #[error("message `{message_id}` cannot become an e-mail: {cause}")]
    Email {
        /// The message.
        message_id: String,
        /// What is wrong.
        cause: String,
    },
    /// `channels.toml` cannot be used.
    #[error("`{path}` cannot be used: {cause}")]
    Channels {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// A server that takes nothing.
    #[error("the server of channel `{channel}` takes no messages: {cause}")]
    Server {
        /// The channel.
        channel: String,
        /// What it says.
        cause: String,
    },
    /// A file of the outbox.
    #[error("`{0}`: {1}")]
    Disk(PathBuf, io::Error),
}

impl OutreachError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::TemplateMissing(_) => {
                "`reminder_levels.csv` names tones that have a template: built in, or `messages/TONE.LANGUAGE.txt` in a folder of `reports`"
                    .to_owned()
            }
            Self::Template { .. } => {
                "nothing was written: mend the template, or remove it from your folder to use the built-in one".to_owned()
            }
            Self::Typeset { .. } => "nothing was written: this is a fault of the program, or of your own letter template".to_owned(),
            Self::Email { .. } => "mend the address in the contacts or senders' file and load it again".to_owned(),
            Self::Channels { .. } => "README.md shows such a file".to_owned(),
            Self::Server { .. } => {
                "check address, name and password in `channels.toml` and the environment; what was not sent waits in the outbox".to_owned()
            }
            Self::Disk(..) => "check that the folder exists, can be written and has room".to_owned(),
        }
    }
}
