//! How a run ends: the three outcomes, and errors with their cause and what to do next.

use std::io::{self, Write};
use std::iter;
use std::process::ExitCode;

use crate::demo::DemoError;
use crate::engine::EngineError;
use crate::ingest::IngestError;
use crate::lake::LakeError;
use crate::outreach::OutreachError;
use crate::report::{Language, ReportError, visible};
use crate::speech;
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
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or mapping.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A question.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A page or an output.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The demo company.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A message to a customer.
    #[error(transparent)]
    Outreach(#[from] OutreachError),
    /// A bucket or an address.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings or the command line: what was found, and what to do.
    #[error("{0}")]
    Plain(String, String),
    /// A file of ours could not be written.
    #[error("`{0}`: {1}")]
    Disk(std::path::PathBuf, io::Error),
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
            Self::Outreach(cause) => cause.hint(),
            Self::Store(cause) => cause.hint().to_owned(),
            Self::Plain(_, hint) => hint.clone(),
            Self::Disk(..) => "check that the folder exists, can be written and has room".to_owned(),
        }
    }

    fn causes(&self) -> Vec<String> {
        let first = std::error::Error::source(self);
        std::iter::successors(first, |cause| cause.source()).map(ToString::to_string).collect()
    }
}

/// Characters of a message that are said at most: what a file holds may be longer than anyone reads.
const LONGEST_MESSAGE: usize = 4000;

/// `error:`, `cause:` lines, then `hint:`, on stderr. What they tell of files is shown, never obeyed by the terminal.
pub fn say(error: &Error, language: Language) {
    let mut text = String::new();
    let causes = error.causes().into_iter().map(|cause| ("cause", cause));
    for (mark, message) in iter::once(("error", error.to_string())).chain(causes).chain([("hint", error.hint())]) {
        let mark = format!("{mark}: ");
        text += &speech::said_in(language, &mark);
        text += &readable(&speech::said_in(language, &message));
        text += "\n";
    }
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
