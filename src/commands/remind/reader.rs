//! The language of a message's reader: its words, and its forms of amounts, rates and days.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::commands::shared;
use crate::error::Error;
use crate::model::{Answer, Date, Value};
use crate::report::{Formats, Language, Words, visible};
use crate::settings::Settings;

/// Characters of a text of a ledger that a message shows.
const LONGEST_TEXT: usize = 160;

/// A language with its words and forms.
pub(super) struct Reader {
    pub language: Language,
    pub words: Arc<Words>,
    pub formats: Formats,
}

/// All languages that messages are written in.
pub(super) struct Readers(Vec<Reader>);

impl Readers {
    pub(super) fn of(settings: &Settings) -> Result<Self, Error> {
        let templates = shared::templates(settings);
        let readers = Language::ALL.into_iter().map(|language| {
            let words = templates.words(language)?;
            Ok(Reader { language, formats: Formats::new(&words)?, words })
        });
        Ok(Self(readers.collect::<Result<_, Error>>()?))
    }

    /// The one of that language, else the first.
    pub(super) fn reader(&self, language: Language) -> Result<&Reader, Error> {
        let found = self.0.iter().find(|reader| reader.language == language).or(self.0.first());
        found.ok_or_else(|| {
            Error::Plain(
                "there are no words in any language".to_owned(),
                "name a folder with `words.fr.toml` or `words.en.toml` in `reports` of encours.toml, or none"
                    .to_owned(),
            )
        })
    }
}

impl Reader {
    /// A yearly rate, with all its decimals: `13,15 %`.
    pub(super) fn rate(&self, digits: i128, scale: u8) -> String {
        let number = self.formats.rounded(digits * 100, scale, 2);
        if self.language == Language::Fr { format!("{number}\u{a0}%") } else { format!("{number}%") }
    }

    /// An amount with its currency: `1 234,50 €`, `€1,234.50`, `1 200 JPY`, `JPY 1,200`.
    pub(super) fn money(&self, thousandths: i128, decimals: u8, currency_code: &str) -> String {
        let number = self.formats.money(thousandths.abs(), decimals);
        let minus = if thousandths < 0 { "\u{2212}" } else { "" };
        match (self.language, currency_code) {
            (_, "" | "XXX") => format!("{minus}{number}"),
            (Language::Fr, "EUR") => format!("{minus}{number}\u{a0}€"),
            (Language::En, "EUR") => format!("{minus}€{number}"),
            (Language::Fr, code) => format!("{minus}{number}\u{a0}{code}"),
            (Language::En, code) => format!("{minus}{code}\u{a0}{number}"),
        }
    }

    /// What results and reasons of calls are called: a guide names them as the worklist does.
    pub(super) fn codes(&self) -> BTreeMap<&str, &str> {
        self.words.under("codes.reason_code").chain(self.words.under("codes.result_code")).collect()
    }

    /// A word of messages.
    pub(super) fn word(&self, name: &str) -> Result<String, Error> {
        Ok(self.words.get(&format!("messages.{name}")).map(str::to_owned)?)
    }

    /// A day of an answer as a sentence names it; empty where there is none.
    pub(super) fn long_day(&self, value: &Value) -> String {
        date(value).map(|day| self.formats.long_day(day)).unwrap_or_default()
    }

    /// A day of an answer as a table shows it.
    pub(super) fn day(&self, answer: &Answer, row: usize, name: &str) -> String {
        date(&answer.value(row, name)).map(|day| self.formats.day(day)).unwrap_or_default()
    }
}

pub(super) fn date(value: &Value) -> Option<Date> {
    match value {
        Value::Date(day) => Some(*day),
        _ => None,
    }
}

/// A text of a ledger as a message shows it: one line, nothing that a reader cannot see, not without end.
pub(super) fn clean(text: &str) -> String {
    let line: String = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let private = |mark: &char| !('\u{e000}'..='\u{f8ff}').contains(mark);
    let mut shown: String = line.chars().filter(private).take(LONGEST_TEXT).collect();
    if line.chars().count() > LONGEST_TEXT {
        shown.push('…');
    }
    shown
}
