//! How a run ends: the three outcomes, and errors with their cause and what to do next.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::demo::DemoError;
use crate::engine::EngineError;
use crate::ingest::IngestError;
use crate::lake::LakeError;
use crate::report::{ReportError, visible};
use crate::store::StoreError;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Done, and something is doubtful: a rejected line, a fault, a tie-out that is not zero.
    Doubtful,
    /// Not done.
    NotDone,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Doubtful => Self::from(1),
            Outcome::NotDone => Self::from(2),
        }
    }
}

/// What a run cannot go on from.
#[derive(Debug)]
pub enum Error {
    /// A file or mapping.
    Ingest(IngestError),
    /// The lake.
    Lake(LakeError),
    /// A question.
    Engine(EngineError),
    /// A page or an output.
    Report(ReportError),
    /// The demo company.
    Demo(DemoError),
    /// A bucket or an address.
    Store(StoreError),
    /// The settings or the command line: what was found, and what to do.
    Plain(String, String),
    /// A file of ours could not be written.
    Disk(std::path::PathBuf, io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ingest(cause) => write!(out, "{cause}"),
            Self::Lake(cause) => write!(out, "{cause}"),
            Self::Engine(cause) => write!(out, "{cause}"),
            Self::Report(cause) => write!(out, "{cause}"),
            Self::Demo(cause) => write!(out, "{cause}"),
            Self::Store(cause) => write!(out, "{cause}"),
            Self::Plain(found, _) => write!(out, "{found}"),
            Self::Disk(path, cause) => write!(out, "`{}`: {cause}", path.display()),
        }
    }
}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Ingest(cause) => cause.hint(),
            Self::Lake(cause) => cause.hint().to_owned(),
            Self::Engine(cause) => cause.hint(),
            Self::Report(cause) => cause.hint(),
            Self::Demo(cause) => cause.hint().to_owned(),
            Self::Store(cause) => cause.hint().to_owned(),
            Self::Plain(_, hint) => hint.clone(),
            Self::Disk(..) => "check that the folder exists, can be written and has room".to_owned(),
        }
    }

    fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let first: &(dyn std::error::Error + 'static) = match self {
            Self::Ingest(cause) => cause,
            Self::Lake(cause) => cause,
            Self::Engine(cause) => cause,
            Self::Report(cause) => cause,
            Self::Demo(cause) => cause,
            Self::Store(cause) => cause,
            Self::Plain(..) | Self::Disk(..) => return causes,
        };
        let mut next = first.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        causes
    }
}

/// Characters of a message that are said at most: what a file holds may be longer than anyone reads.
const LONGEST_MESSAGE: usize = 4000;

/// `error:`, `cause:` lines, then `hint:`, on stderr. What they tell of files is shown, never obeyed by the terminal.
pub fn say(error: &Error) {
    let causes: String =
        error.causes().iter().fold(String::new(), |text, cause| text + "cause: " + &readable(cause) + "\n");
    let text = format!("error: {}\n{causes}hint: {}\n", readable(&error.to_string()), readable(&error.hint()));
    // nobody is left to tell when stderr is closed
    drop(io::stderr().write_all(text.as_bytes()));
}

/// A message of several lines as a terminal may show it, cut where it has no end.
fn readable(message: &str) -> String {
    let lines: Vec<_> = message.split('\n').map(visible).collect();
    let text = without_credentials(&lines.join("\n"));
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}… ({} characters more)", &text[..end], text[end..].chars().count()),
        None => text,
    }
}

/// A message without what stands before the `@` of an address, which may be a name and a password.
fn without_credentials(message: &str) -> String {
    let mut parts = message.split("://");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end =
            part.find(|mark: char| mark == '/' || mark.is_whitespace() || "`\"'".contains(mark)).unwrap_or(part.len());
        let host = part[..end].rsplit_once('@').map_or(&part[..end], |(_, host)| host);
        text.push_str("://");
        text.push_str(host);
        text.push_str(&part[end..]);
    }
    text
}

macro_rules! from_rooms {
    ($($room:ident($cause:ty)),+) => {$(
        impl From<$cause> for Error {
            fn from(cause: $cause) -> Self {
                Self::$room(cause)
            }
        }
    )+};
}
from_rooms!(
    Ingest(IngestError),
    Lake(LakeError),
    Engine(EngineError),
    Report(ReportError),
    Demo(DemoError),
    Store(StoreError)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_shown_and_has_an_end() {
        assert_eq!(readable("a\u{1b}[31mb\nc\u{7}"), "a␛[31mb\nc␇");
        let long = readable(&"é".repeat(5000));
        assert!(long.ends_with("é… (1000 characters more)"), "{long}");
    }

    #[test]
    fn credentials_in_an_address_are_never_said() {
        for (text, said) in [
            ("`https://key:secret@host:9000/b`: refused", "`https://host:9000/b`: refused"),
            ("no s3://books/lake@2024 there", "no s3://books/lake@2024 there"),
            ("a@b.fr :// @", "a@b.fr :// @"),
        ] {
            assert_eq!(without_credentials(text), said);
        }
    }
}
