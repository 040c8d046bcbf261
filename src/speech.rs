//! What the program says on a terminal, in the language of whoever reads it. A message is written in English where it is
//! said; `reports/messages.fr.toml` holds the French of each, with the same names between braces.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::report::Language;

const FRENCH: &str = include_str!("../reports/messages.fr.toml");

/// Messages within messages are followed so deep.
const DEEPEST: usize = 12;

/// A message with names between braces, `{file} is empty`, as what stands before, between and after them.
struct Pattern {
    /// One more than there are names.
    texts: Vec<String>,
    names: Vec<String>,
}

impl Pattern {
    fn of(template: &str) -> Self {
        let (mut texts, mut names) = (vec![String::new()], Vec::new());
        let mut rest = template;
        while let Some(mark) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(mark);
            texts.last_mut().expect("there is one from the start").push_str(before);
            if let Some(literal) = ["{{", "}}"].iter().find(|literal| after.starts_with(**literal)) {
                texts.last_mut().expect("there is one from the start").push_str(&literal[..1]);
                rest = &after[2..];
                continue;
            }
            let (name, after) = after[1..].split_once('}').unwrap_or((&after[1..], ""));
            names.push(name.to_owned());
            texts.push(String::new());
            rest = after;
        }
        texts.last_mut().expect("there is one from the start").push_str(rest);
        Self { texts, names }
    }

    /// What stands for the names, where a message is of this pattern.
    fn values<'a>(&self, message: &'a str) -> Option<Vec<&'a str>> {
        let (first, others) = self.texts.split_first()?;
        let mut rest = message.strip_prefix(first.as_str())?;
        let Some((last, between)) = others.split_last() else { return rest.is_empty().then(Vec::new) };
        let mut values = Vec::new();
        for text in between {
            let (value, after) = rest.split_once(text.as_str())?;
            values.push(value);
            rest = after;
        }
        values.push(rest.strip_suffix(last.as_str())?);
        Some(values)
    }

    /// How much of it is written down: of two patterns that a message has, the one that says more is meant.
    fn length(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }
}

static PATTERNS: LazyLock<Vec<(Pattern, String)>> = LazyLock::new(|| {
    let lines: BTreeMap<String, String> = toml::from_str(FRENCH).unwrap_or_default();
    let mut patterns: Vec<_> = lines.into_iter().map(|(english, french)| (Pattern::of(&english), french)).collect();
    patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.length()));
    patterns
});

/// A message in that language; one that has no French stays English.
#[must_use]
pub fn said_in(language: Language, message: &str) -> Cow<'_, str> {
    match language {
        Language::En => Cow::Borrowed(message),
        Language::Fr => french(message, DEEPEST).map_or(Cow::Borrowed(message), Cow::Owned),
    }
}

fn french(message: &str, depth: usize) -> Option<String> {
    if depth == 0 || message.is_empty() {
        return None;
    }
    for (pattern, french) in PATTERNS.iter() {
        if let Some(values) = pattern.values(message) {
            return Some(filled(&Pattern::of(french), &pattern.names, &values, depth));
        }
    }
    // several messages in a row
    ["\n", "; ", ", "].iter().find_map(|between| {
        // else the whole would be looked for again and again
        message.find(between)?;
        let parts: Vec<&str> = message.split(between).collect();
        let told: Vec<_> = parts.iter().map(|part| french(part, depth - 1)).collect();
        let is_known = told.iter().any(Option::is_some);
        let own = |(told, part): (Option<String>, &&str)| told.unwrap_or_else(|| (*part).to_owned());
        is_known.then(|| told.into_iter().zip(&parts).map(own).collect::<Vec<_>>().join(between))
    })
}

fn filled(french_pattern: &Pattern, names: &[String], values: &[&str], depth: usize) -> String {
    let mut text = french_pattern.texts[0].clone();
    for (name, after) in french_pattern.names.iter().zip(&french_pattern.texts[1..]) {
        let place = names.iter().position(|known| known == name);
        let value = place.map_or("", |place| values[place]);
        text += french(value, depth - 1).as_deref().unwrap_or(value);
        text += after;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_gives_what_stands_for_its_names() {
        let pattern = Pattern::of("`{file}` has {{{count}}} lines");
        assert_eq!(pattern.values("`a b` has {3} lines"), Some(vec!["a b", "3"]));
        assert_eq!(pattern.values("`a b` has {3} lines more"), None);
        assert_eq!(Pattern::of("nothing").values("nothing"), Some(vec![]));
        assert_eq!(Pattern::of("nothing").values("nothing else"), None);
        assert_eq!(Pattern::of("{who} asks").values("a\nb asks"), Some(vec!["a\nb"]));
    }

    #[test]
    fn every_message_is_a_pattern_once_and_has_the_same_names_in_french() {
        let lines: BTreeMap<String, String> = toml::from_str(FRENCH).expect("a table of texts");
        assert!(lines.len() > 100, "{}", lines.len());
        for (english, french) in &lines {
            let names = |text: &str| {
                let mut names = Pattern::of(text).names;
                names.sort();
                names
            };
            assert_eq!(names(english), names(french), "{english}");
            assert!(names(english).windows(2).all(|pair| pair[0] != pair[1]), "a name twice in {english}");
            let pattern = Pattern::of(english);
            assert!(pattern.texts.iter().any(|text| text.contains(char::is_alphabetic)), "only names in {english}");
            // where two names follow each other, nobody can tell where the first one ends
            assert!(pattern.texts[1..].iter().rev().skip(1).all(|text| !text.is_empty()), "names touch in {english}");
        }
    }

    #[test]
    fn a_long_list_of_what_is_no_message_is_looked_through_once() {
        let list = (0..200).map(|number| format!("name_{number}")).collect::<Vec<_>>().join(", ");
        let message = format!("{list}\n{list}; {list}");
        assert_eq!(said_in(Language::Fr, &message), message);
    }

    #[test]
    fn what_nobody_put_in_french_stays_as_it_is() {
        assert_eq!(said_in(Language::Fr, "no such message ☃"), "no such message ☃");
        assert_eq!(said_in(Language::En, "there is no lake in `x`"), "there is no lake in `x`");
    }
}
