//! One cell of a table file: text made safe, yes or no, whole numbers.

/// Text as it is kept: without the quote that spreadsheets put before `=`, `+`, `-` and `@` so that a text is not
/// taken for a formula.
#[must_use]
pub fn text(written: &str) -> &str {
    match written.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => written,
    }
}

/// Yes or no, in the words of software and of French.
#[must_use]
pub fn flag(written: &str) -> Option<bool> {
    match super::names::fold(written).as_str() {
        "true" | "1" | "yes" | "y" | "oui" | "o" | "vrai" => Some(true),
        "false" | "0" | "no" | "n" | "non" | "faux" => Some(false),
        _ => None,
    }
}

/// A whole number; `12.0` and `12,00` are whole, as workbooks write them.
#[must_use]
pub fn whole_number(written: &str) -> Option<i64> {
    let digits = match written.split_once(['.', ',']) {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => written,
    };
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_looks_like_a_formula_loses_its_guard_and_no_more() {
        for (written, kept) in
            [("'=1+1", "=1+1"), ("'@sum", "@sum"), ("'-5", "-5"), ("'tis", "'tis"), ("=1+1", "=1+1"), ("'", "'")]
        {
            assert_eq!(text(written), kept, "{written}");
        }
    }

    #[test]
    fn yes_and_no_have_many_words() {
        for word in ["true", "TRUE", "1", "yes", "Oui", "vrai"] {
            assert_eq!(flag(word), Some(true), "{word}");
        }
        for word in ["false", "0", "No", "NON"] {
            assert_eq!(flag(word), Some(false), "{word}");
        }
        assert_eq!(flag("perhaps"), None);
        assert_eq!(flag(""), None);
    }

    #[test]
    fn a_whole_number_has_no_fraction() {
        assert_eq!(whole_number("25"), Some(25));
        assert_eq!(whole_number("25.0"), Some(25));
        assert_eq!(whole_number("-3"), Some(-3));
        assert_eq!(whole_number("2.5"), None);
        assert_eq!(whole_number(""), None);
    }
}
