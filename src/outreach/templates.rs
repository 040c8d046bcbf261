//! The texts of messages: built in, or a user's own of the same name, filled with facts.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use minijinja::{Environment, UndefinedBehavior};

use super::error::OutreachError;
use super::message::{Draft, Letter, TABLE_MARK, TABLES};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/reports/messages");

/// Channels whose messages are a few words: their templates bear the channel's name.
const SHORT: [(&str, &str); 4] = [("sms", "sms"), ("voice", "sms"), ("phone", "call"), ("visit", "call")];

/// All templates of messages, by file name: `friendly.fr.txt`, `friendly.sms.en.txt`.
#[derive(Debug)]
pub struct MessageTemplates {
    environment: Environment<'static>,
}

impl MessageTemplates {
    /// Those built in, with the user's own over them.
    ///
    /// # Errors
    /// When one cannot be read as a template.
    pub fn load(own: BTreeMap<String, String>) -> Result<Self, OutreachError> {
        let mut environment = Environment::new();
        // a field that nobody knows stops the run before anything is written
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // text is text: what a form must escape, the form escapes
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let built_in = BUILT_IN.files().filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.to_owned();
            Some((name, file.contents_utf8()?.to_owned()))
        });
        for (name, text) in built_in.chain(own) {
            environment
                .add_template_owned(name.clone(), marked(&text))
                .map_err(|cause| OutreachError::Template { name, cause: cause_of(&cause) })?;
        }
        Ok(Self { environment })
    }

    /// The message in words.
    ///
    /// # Errors
    /// When there is no template of that tone and language, or it names what nobody has.
    pub fn fill(&self, draft: &Draft) -> Result<Letter, OutreachError> {
        let Draft { tone, language, channel, .. } = draft;
        let name = SHORT
            .iter()
            .find(|(of, _)| of == channel)
            .map_or_else(|| format!("{tone}.{language}.txt"), |(_, short)| format!("{tone}.{short}.{language}.txt"));
        let template =
            self.environment.get_template(&name).map_err(|_| OutreachError::TemplateMissing(name.clone()))?;
        let text = template
            .render(minijinja::value::Serde(&draft.facts))
            .map_err(|cause| OutreachError::Template { name: name.clone(), cause: cause_of(&cause) })?;
        Ok(Letter::of(&text, draft))
    }
}

/// A template whose lines that stand for tables bear the mark that no fact can hold.
fn marked(text: &str) -> String {
    let line = |line: &str| {
        let name = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        name.filter(|name| TABLES.contains(name)).map_or_else(|| line.to_owned(), |name| format!("{TABLE_MARK}{name}"))
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// What went wrong and in which line.
fn cause_of(error: &minijinja::Error) -> String {
    let line = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
    format!("{error}{line}")
}
