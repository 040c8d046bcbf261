//! Why a page or an output could not be made.

/// A run of this room that cannot go on: what was found, what was wanted; [`ReportError::hint`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A language nobody wrote words for.
    #[error("found language `{found}`, wanted `fr` or `en`")]
    LanguageUnknown {
        /// What was asked.
        found: String,
    },
    /// A report without panels.
    #[error("found no report named `{found}`")]
    ReportUnknown {
        /// What was asked.
        found: String,
        /// The reports there are.
        known: Vec<String>,
    },
    /// A template a report names and nobody has.
    #[error("found no template `{name}`")]
    TemplateMissing {
        /// File name of the template.
        name: String,
    },
    /// A template that does not parse or does not run.
    #[error("template `{name}` does not run: {cause}")]
    TemplateFailed {
        /// File name of the template.
        name: String,
        /// Where and why.
        cause: String,
    },
    /// A file of panels that does not parse.
    #[error("panels `{name}` cannot be read: {cause}")]
    PanelsUnreadable {
        /// File name.
        name: String,
        /// Where and why.
        cause: String,
    },
    /// A file of words that does not parse.
    #[error("words `{name}` cannot be read: {cause}")]
    WordsUnreadable {
        /// File name.
        name: String,
        /// Where and why.
        cause: String,
    },
    /// A word that a page asks for and the language lacks.
    #[error("found no word `{key}` in `{name}`")]
    WordMissing {
        /// The key, dots between its parts.
        key: String,
        /// File name of the words.
        name: String,
    },
    /// A column that a panel shows and its answer lacks.
    #[error("panel `{panel}` wants column `{column}`, which the answer of `{query}` does not have")]
    ColumnMissing {
        /// The panel.
        panel: String,
        /// The query that answered.
        query: String,
        /// The column that was wanted.
        column: String,
    },
    /// A chart that could not be drawn.
    #[error("a chart could not be drawn: {cause}")]
    ChartFailed {
        /// Why.
        cause: String,
    },
    /// A workbook that could not be written.
    #[error("the workbook could not be written: {cause}")]
    WorkbookFailed {
        /// Why.
        cause: String,
    },
    /// Numbers or dates that cannot be written in a language.
    #[error("numbers and dates cannot be written in `{language}`: {cause}")]
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
