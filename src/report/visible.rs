//! Characters that act instead of showing (controls, text direction overrides), made to show.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every control character as its picture (`␛`) and every direction override or isolate as its
/// name (`[U+202E]`), so that neither a terminal nor a page obeys it. Letters of any script stay as they are.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\u{0}'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(character))),
            '\u{7f}' => shown.push('\u{2421}'),
            _ if acts(character) => {
                // writing to a String cannot fail
                let _ = write!(shown, "[U+{:04X}]", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Controls, line and paragraph separators, direction embeddings, overrides and isolates. The marks that only
/// hint a direction (U+200E, U+200F, U+061C) belong to honest Hebrew and Arabic text and stay.
const fn acts(character: char) -> bool {
    matches!(character, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_and_what_is_written_stays() {
        for (found, shown) in [
            ("Société Générale d’Équipement", "Société Générale d’Équipement"),
            ("شركة النور", "شركة النور"),
            ("a\tb\nc\0", "a␉b␊c␀"),
            ("\u{1b}[2J", "␛[2J"),
            ("del\u{7f}\u{9b}", "del␡[U+009B]"),
            ("fdp.\u{202e}exe", "fdp.[U+202E]exe"),
            ("\u{2066}x\u{2069}", "[U+2066]x[U+2069]"),
        ] {
            assert_eq!(visible(found), shown, "{found:?}");
        }
    }
}
