//! The languages a reader may ask for.

use icu_locale_core::{Locale, locale};

use super::ReportError;

/// A language with words of its own in `reports/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Reads `fr` or `en`; case does not count.
    ///
    /// # Errors
    /// [`ReportError::LanguageUnknown`] for anything else.
    pub fn parse(code: &str) -> Result<Self, ReportError> {
        let found = Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(code.trim()));
        found.ok_or_else(|| ReportError::LanguageUnknown { found: code.to_owned() })
    }

    /// The code at the command line and in the page's `lang`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// The file of its words.
    #[must_use]
    pub const fn words_name(self) -> &'static str {
        match self {
            Self::Fr => "words.fr.toml",
            Self::En => "words.en.toml",
        }
    }

    /// How numbers and dates are written. English puts the day first, as ledgers of Europe do: a reader who
    /// meets `31 Dec 2025` cannot take the day for the month.
    pub(super) const fn locale(self) -> Locale {
        match self {
            Self::Fr => locale!("fr-FR"),
            Self::En => locale!("en-GB"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_by_its_code_and_nothing_else() {
        assert_eq!(Language::parse("FR "), Ok(Language::Fr));
        assert_eq!(Language::parse("en"), Ok(Language::En));
        assert_eq!(Language::parse("de"), Err(ReportError::LanguageUnknown { found: "de".to_owned() }));
    }
}
