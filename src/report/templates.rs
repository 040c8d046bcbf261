//! Templates, panels and words by file name: the built-in ones, or a user's own of the same name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Language, PageSpec, ReportError, Words};

const BUILT_IN: [(&str, &str); 15] = [
    ("board.typ", include_str!("../../reports/board.typ")),
    ("board.toml", include_str!("../../reports/board.toml")),
    ("collections.toml", include_str!("../../reports/collections.toml")),
    ("controller.toml", include_str!("../../reports/controller.toml")),
    ("customer_statement.toml", include_str!("../../reports/customer_statement.toml")),
    ("index.toml", include_str!("../../reports/index.toml")),
    ("process.toml", include_str!("../../reports/process.toml")),
    ("payer.toml", include_str!("../../reports/payer.toml")),
    ("payers.toml", include_str!("../../reports/payers.toml")),
    ("treasury.toml", include_str!("../../reports/treasury.toml")),
    ("reminders.toml", include_str!("../../reports/reminders.toml")),
    ("worklist.toml", include_str!("../../reports/worklist.toml")),
    ("page.html", include_str!("../../reports/page.html")),
    ("page.js", include_str!("../../reports/page.js")),
    ("page.css", include_str!("../../reports/page.css")),
];

/// The files a page is made of. A user's file of the same name replaces a built-in one; a user's words
/// (`words.fr.toml`, `words.en.toml`) are laid over the built-in ones, word by word.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    own: BTreeMap<String, String>,
    read: Arc<Mutex<Read>>,
}

/// What was read of them: a report may have a page for each of a thousand customers.
#[derive(Debug, Default)]
struct Read {
    words: BTreeMap<&'static str, Arc<Words>>,
    specs: BTreeMap<String, Arc<PageSpec>>,
}

impl Templates {
    /// Only what is compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// A user's files, name → text, over what is compiled in.
    #[must_use]
    pub fn with_own(own: BTreeMap<String, String>) -> Self {
        Self { own, read: Arc::default() }
    }

    /// The text of a file, its line ends as `\n` (browsers read them so before they hash a style or a script).
    ///
    /// # Errors
    /// [`ReportError::TemplateMissing`].
    pub fn get(&self, name: &str) -> Result<Cow<'_, str>, ReportError> {
        let built_in = || BUILT_IN.iter().find(|(of, _)| *of == name).map(|(_, text)| *text);
        let text = self.own.get(name).map(String::as_str).or_else(built_in);
        let text = text.ok_or_else(|| ReportError::TemplateMissing { name: name.to_owned() })?;
        Ok(if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(text)
        })
    }

    /// The words of a language, the user's own over the built-in ones.
    ///
    /// # Errors
    /// [`ReportError::WordsUnreadable`].
    pub fn words(&self, language: Language) -> Result<Arc<Words>, ReportError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(words) = read.words.get(language.code()) {
            return Ok(words.clone());
        }
        let words = Arc::new(Words::load(language, self.own.get(language.words_name()).map(String::as_str))?);
        read.words.insert(language.code(), words.clone());
        Ok(words)
    }

    /// The panels of a report.
    ///
    /// # Errors
    /// [`ReportError::ReportUnknown`] when nobody wrote its panels, [`ReportError::PanelsUnreadable`].
    pub fn report(&self, name: &str) -> Result<Arc<PageSpec>, ReportError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spec) = read.specs.get(name) {
            return Ok(spec.clone());
        }
        let spec = Arc::new(PageSpec::load(name, self)?);
        read.specs.insert(name.to_owned(), spec.clone());
        Ok(spec)
    }

    /// The names of all reports, in order: a report is a file of panels.
    #[must_use]
    pub fn report_names(&self) -> Vec<String> {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let names = built_in.chain(self.own.keys().map(String::as_str));
        let mut names: Vec<String> = names
            .filter(|name| !name.starts_with("words."))
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
