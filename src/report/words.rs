//! Every word a reader sees, by key and language.

use std::collections::{BTreeMap, HashMap};

use super::{Language, ReportError};

const BUILT_IN: [(Language, &str); 2] = [
    (Language::Fr, include_str!("../../reports/words.fr.toml")),
    (Language::En, include_str!("../../reports/words.en.toml")),
];

/// The words of one language. A key is the path in the TOML file: `checks.over_allocated.fault`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
    texts: BTreeMap<String, String>,
    /// The words of codes by the column they stand in: large tables ask for each cell.
    codes: HashMap<String, HashMap<String, String>>,
}

impl Words {
    /// The built-in words of `language`; a word of `overrides` (TOML text) replaces the built-in one or adds to them.
    ///
    /// # Errors
    /// [`ReportError::WordsUnreadable`] when a file is not TOML or holds anything but texts.
    pub fn load(language: Language, overrides: Option<&str>) -> Result<Self, ReportError> {
        let mut texts = BTreeMap::new();
        let built_in = BUILT_IN.iter().filter(|(of, _)| *of == language).map(|(_, text)| *text);
        for source in built_in.chain(overrides) {
            let unreadable =
                |cause: String| ReportError::WordsUnreadable { name: language.words_name().to_owned(), cause };
            let table: toml::Table = source.parse().map_err(|error: toml::de::Error| unreadable(error.to_string()))?;
            flatten("", table, &mut texts).map_err(|key| unreadable(format!("`{key}` is not a text")))?;
        }
        let codes = codes_of(&texts);
        Ok(Self { language, texts, codes })
    }

    /// The language of these words.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The word of a key.
    ///
    /// # Errors
    /// [`ReportError::WordMissing`], which names the key.
    pub fn get(&self, key: &str) -> Result<&str, ReportError> {
        self.find(key).ok_or_else(|| ReportError::WordMissing {
            key: key.to_owned(),
            name: self.language.words_name().to_owned(),
        })
    }

    /// The word of a key, where there may be none: codes of a user's own reference data, checks of a user's own.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The word of a key with each `{name}` replaced by its text.
    ///
    /// # Errors
    /// [`ReportError::WordMissing`].
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> Result<String, ReportError> {
        Ok(fill(self.get(key)?, values))
    }

    /// The word of a code in a column: of its own codes, or of the column whose codes it shares (`same_codes`).
    #[must_use]
    pub fn of_code(&self, column: &str, code: &str) -> Option<&str> {
        self.codes.get(column)?.get(code).map(String::as_str)
    }

    /// All words under a key: `("DSO", "days sales outstanding")` for `abbreviations`.
    pub fn under<'a>(&'a self, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let prefix = format!("{key}.");
        self.texts.iter().filter_map(move |(key, text)| Some((key.strip_prefix(&prefix)?, text.as_str())))
    }
}

/// `pattern` with each `{name}` replaced, in one pass: a brace inside a value is only a brace.
pub(super) fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(start) = rest.find('{') {
        let (before, opened) = rest.split_at(start);
        filled.push_str(before);
        let found = values.iter().find_map(|(name, value)| {
            let after = opened.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((*value, after))
        });
        if let Some((value, after)) = found {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = &opened[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// Codes by column, those that it shares with another below its own.
fn codes_of(texts: &BTreeMap<String, String>) -> HashMap<String, HashMap<String, String>> {
    let mut own: HashMap<String, HashMap<String, String>> = HashMap::new();
    for (key, text) in texts {
        if let Some((column, code)) = key.strip_prefix("codes.").and_then(|key| key.split_once('.')) {
            own.entry(column.to_owned()).or_default().insert(code.to_owned(), text.clone());
        }
    }
    let mut all = own.clone();
    for (key, of) in texts {
        if let (Some(column), Some(shared)) = (key.strip_prefix("same_codes."), own.get(of)) {
            let codes = all.entry(column.to_owned()).or_default();
            for (code, text) in shared {
                codes.entry(code.clone()).or_insert_with(|| text.clone());
            }
        }
    }
    all
}

/// Nested tables as one map of dotted keys; the key of the first leaf that is not a text otherwise.
fn flatten(prefix: &str, table: toml::Table, texts: &mut BTreeMap<String, String>) -> Result<(), String> {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::String(text) => {
                texts.insert(key, text);
            }
            toml::Value::Table(inner) => flatten(&key, inner, texts)?,
            _ => return Err(key),
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "words that do not load must stop the test")]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::{ColumnKind, ItemKind};

    fn keys(language: Language) -> Vec<String> {
        Words::load(language, None).unwrap().texts.into_keys().collect()
    }

    #[test]
    fn every_language_has_the_same_words() {
        let french = keys(Language::Fr);
        let english = keys(Language::En);
        let only_french: Vec<_> = french.iter().filter(|key| !english.contains(key)).collect();
        let only_english: Vec<_> = english.iter().filter(|key| !french.contains(key)).collect();
        assert!(only_french.is_empty() && only_english.is_empty(), "fr only {only_french:?}, en only {only_english:?}");
    }

    #[test]
    fn both_languages_leave_the_same_places_to_fill() {
        let places = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        let english = Words::load(Language::En, None).unwrap();
        for (key, french) in Words::load(Language::Fr, None).unwrap().texts {
            assert_eq!(places(&french), places(english.get(&key).unwrap()), "`{key}`");
        }
    }

    #[test]
    fn no_word_is_empty_and_french_spaces_do_not_break() {
        for language in Language::ALL {
            for (key, text) in Words::load(language, None).unwrap().texts {
                assert!(!text.trim().is_empty(), "`{key}` says nothing");
                if language == Language::Fr {
                    for broken in [" :", " ;", " ?", " !", " %", "« ", " »", "'"] {
                        assert!(!text.contains(broken), "`{key}` holds {broken:?}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_kind_of_item_has_its_word() {
        for language in Language::ALL {
            let words = Words::load(language, None).unwrap();
            for kind in ItemKind::ALL {
                words.get(&format!("codes.kind.{}", kind.code())).unwrap();
            }
        }
    }

    /// The files of a folder of queries and of those within it: name and text.
    fn queries(folder: &str) -> Vec<(String, String)> {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("queries").join(folder)];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "sql") {
                    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                    found.push((name, std::fs::read_to_string(path).unwrap()));
                }
            }
        }
        found
    }

    #[test]
    fn every_check_has_its_words() {
        for language in Language::ALL {
            let words = Words::load(language, None).unwrap();
            for (check, _) in queries("checks") {
                for part in ["title", "fault", "todo"] {
                    words.get(&format!("checks.{check}.{part}")).unwrap();
                }
            }
        }
    }

    /// The Rust files of a folder of `src/`, tests left out, as one text without line breaks and indents.
    fn source(folder: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
        let mut text = String::new();
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() && !entry.ends_with("tests") {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "rs") {
                    let file = std::fs::read_to_string(entry).unwrap();
                    let file = file.split("#[cfg(test)]").next().unwrap_or_default();
                    text.extend(file.lines().map(str::trim));
                }
            }
        }
        text
    }

    /// The codes that stand in quotes right behind one of `marks`.
    fn codes_behind(marks: &[&str], text: &str) -> Vec<String> {
        let behind = |mark: &&str| -> Vec<String> {
            text.split(mark).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
        };
        let mut codes: Vec<String> = marks.iter().flat_map(behind).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// The names of the words right under a key.
    fn names_under(key: &str) -> Vec<String> {
        let words = Words::load(Language::Fr, None).unwrap();
        words.under(key).map(|(name, _)| name.to_owned()).collect()
    }

    // the rooms that speak of reasons and assumptions cannot be imported here: their text is read instead

    #[test]
    fn every_assumption_that_a_load_makes_has_its_words_and_no_word_waits_for_none() {
        let rooms = source("ingest") + &source("commands/load") + &source("ledger");
        let mut made = codes_behind(
            &["output.note(\"", "output.note_many(\"", "output.note_file(\"", "assumptions.add(\""],
            &rooms,
        );
        // what is noted of an item is named once for both ways of reading
        let (_, notes) = rooms.split_once("{match self {Self::AgeUnknown").unwrap();
        made.extend(codes_behind(&["=> \""], notes.split_once("}}").unwrap().0));
        made.sort();
        made.dedup();
        assert!(made.len() > 15, "{made:?}");
        assert_eq!(names_under("assumptions"), made);
    }

    #[test]
    fn every_reason_of_a_reject_has_its_words_and_no_word_waits_for_none() {
        let text = source("ingest");
        let (_, codes) =
            text.split_once("pub const fn code(self) -> &'static str {match self {Self::FieldCount").unwrap();
        let (codes, _) = codes.split_once("}}").unwrap();
        let refused = codes_behind(&["=> \""], codes);
        assert!(refused.len() > 15, "{refused:?}");
        assert_eq!(names_under("reasons"), refused);
    }

    #[test]
    fn every_published_column_has_its_word() {
        let words = Words::load(Language::Fr, None).unwrap();
        let rooms = ["metrics", "statements", "customers", "worklists"];
        for (query, text) in rooms.into_iter().flat_map(queries) {
            // a column is a line of the header with two words or more, three spaces in
            let lines = text.lines().filter_map(|line| line.strip_prefix("--   "));
            for line in lines.filter(|line| !line.starts_with(' ')) {
                let mut parts = line.split_whitespace();
                let (Some(column), Some(kind)) = (parts.next(), parts.next()) else { continue };
                if ColumnKind::parse(kind).is_some() {
                    assert!(words.find(&format!("columns.{column}")).is_some(), "`{column}` of `{query}`");
                }
            }
        }
    }

    #[test]
    fn a_word_nobody_wrote_is_named() {
        let words = Words::load(Language::Fr, None).unwrap();
        let missing = words.get("checks.horoscope.fault").unwrap_err();
        assert_eq!(missing.to_string(), "found no word `checks.horoscope.fault` in `words.fr.toml`");
        assert_eq!(missing.hint(), "add `checks.horoscope.fault` to `words.fr.toml` in the folder of templates");
    }

    #[test]
    fn a_users_word_replaces_ours_and_may_add_to_them() {
        let own = "[checks.over_allocated]\nfault = \"mine\"\n[checks.own]\nfault = \"new\"";
        let words = Words::load(Language::En, Some(own)).unwrap();
        assert_eq!(words.get("checks.over_allocated.fault"), Ok("mine"));
        assert_eq!(words.get("checks.own.fault"), Ok("new"));
        assert!(words.get("checks.over_allocated.todo").is_ok());
    }

    #[test]
    fn a_word_that_is_no_text_is_refused() {
        let refused = Words::load(Language::En, Some("[page]\ntitle = 3")).unwrap_err();
        assert_eq!(refused.to_string(), "words `words.en.toml` cannot be read: `page.title` is not a text");
    }

    #[test]
    fn places_are_filled_once_and_braces_of_values_stay() {
        assert_eq!(fill("{a} of {b}, {c}", &[("a", "{b}"), ("b", "2")]), "{b} of 2, {c}");
    }
}
