//! Why a page or an output could not be made.

use std::fmt;

/// A run of this room that cannot go on: what was found, what was wanted; [`ReportError::hint`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportError {
    /// A language nobody wrote words for.
    LanguageUnknown {
        /// What was asked.
        found: String,
    },
    /// A report without panels.
    ReportUnknown {
        /// What was asked.
        found: String,
        /// The reports there are.
        known: Vec<String>,
    },
    /// A template a report names and nobody has.
    TemplateMissing {
        /// File name of the template.
        name: String,
    },
    /// A template that does not parse or does not run.
    TemplateFailed {
        /// File name of the template.
        name: String,
        /// Where and why.
        cause: String,
    },
    /// A file of panels that does not parse.
    PanelsUnreadable {
        /// File name.
        name: String,
        /// Where and why.
        cause: String,
    },
    /// A file of words that does not parse.
    WordsUnreadable {
        /// File name.
        name: String,
        /// Where and why.
        cause: String,
    },
    /// A word that a page asks for and the language lacks.
    WordMissing {
        /// The key, dots between its parts.
        key: String,
        /// File name of the words.
        name: String,
    },
    /// A column that a panel shows and its answer lacks.
    ColumnMissing {
        /// The panel.
        panel: String,
        /// The query that answered.
        query: String,
        /// The column that was wanted.
        column: String,
    },
    /// A chart that could not be drawn.
    ChartFailed {
        /// Why.
        cause: String,
    },
    /// A workbook that could not be written.
    WorkbookFailed {
        /// Why.
        cause: String,
    },
    /// Numbers or dates that cannot be written in a language.
    FormatUnavailable {
        /// The language.
        language: &'static str,
        /// Why.
        cause: String,
    },
}

impl ReportError {
    /// What to do next, one lower-case sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::LanguageUnknown { .. } => "ask for `--lang fr` or `--lang en`".to_owned(),
            Self::ReportUnknown { known, .. } => format!("ask for one of: {}", known.join(", ")),
            Self::TemplateMissing { name } => {
                format!("put `{name}` into the folder of templates, or name another template")
            }
            Self::TemplateFailed { name, .. } => format!("correct `{name}`, or remove it to use the built-in one"),
            Self::PanelsUnreadable { name, .. } => format!("compare `{name}` with the built-in `controller.toml`"),
            Self::WordsUnreadable { name, .. } => format!("write `{name}` as TOML tables whose values are all texts"),
            Self::WordMissing { key, name } => format!("add `{key}` to `{name}` in the folder of templates"),
            Self::ColumnMissing { query, column, .. } => {
                format!("add `{column}` to the query `{query}`, or write `{column}?` where the panel can do without it")
            }
            Self::ChartFailed { .. } => "report this: whatever its figures are, a chart must be drawn".to_owned(),
            Self::WorkbookFailed { .. } => "report this: whatever its texts are, a workbook must be written".to_owned(),
            Self::FormatUnavailable { .. } => "report this: the built-in languages must always be writable".to_owned(),
        }
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LanguageUnknown { found } => write!(out, "found language `{found}`, wanted `fr` or `en`"),
            Self::ReportUnknown { found, .. } => write!(out, "found no report named `{found}`"),
            Self::TemplateMissing { name } => write!(out, "found no template `{name}`"),
            Self::TemplateFailed { name, cause } => write!(out, "template `{name}` does not run: {cause}"),
            Self::PanelsUnreadable { name, cause } => write!(out, "panels `{name}` cannot be read: {cause}"),
            Self::WordsUnreadable { name, cause } => write!(out, "words `{name}` cannot be read: {cause}"),
            Self::WordMissing { key, name } => write!(out, "found no word `{key}` in `{name}`"),
            Self::ColumnMissing { panel, query, column } => {
                write!(out, "panel `{panel}` wants column `{column}`, which the answer of `{query}` does not have")
            }
            Self::ChartFailed { cause } => write!(out, "a chart could not be drawn: {cause}"),
            Self::WorkbookFailed { cause } => write!(out, "the workbook could not be written: {cause}"),
            Self::FormatUnavailable { language, cause } => {
                write!(out, "numbers and dates cannot be written in `{language}`: {cause}")
            }
        }
    }
}

impl std::error::Error for ReportError {}
