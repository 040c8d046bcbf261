//! Short messages: the letters of GSM 03.38, counted as networks count them.

use super::message::Letter;

/// What one short message holds; parts of a longer one hold less, for each says which part it is.
const ONE: usize = 160;
const PART: usize = 153;
/// The same where letters stand that the alphabet lacks.
const ONE_WIDE: usize = 70;
const PART_WIDE: usize = 67;

/// The basic letters of GSM 03.38; those of `EXTENDED` count twice.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€";

/// A text as a short message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// What is sent.
    pub text: String,
    /// In how many parts.
    pub part_count: usize,
}

/// A message in the letters of the alphabet where they are near, in one line, with the parts it takes.
#[must_use]
pub fn short_text(letter: &Letter) -> Short {
    let words: Vec<String> = letter.plain().split_whitespace().map(folded).collect();
    let text = words.join(" ");
    let width = text.chars().map(|mark| 1 + usize::from(EXTENDED.contains(mark))).sum::<usize>();
    let is_plain = text.chars().all(|mark| BASIC.contains(mark) || EXTENDED.contains(mark));
    let (count, one, part) =
        if is_plain { (width, ONE, PART) } else { (text.encode_utf16().count(), ONE_WIDE, PART_WIDE) };
    Short { text, part_count: if count <= one { 1 } else { count.div_ceil(part) } }
}

/// A word with letters that the alphabet lacks brought to their nearest.
fn folded(word: &str) -> String {
    let near = |mark: char| match mark {
        '’' | '‘' => "'".to_owned(),
        '«' | '»' | '“' | '”' => "\"".to_owned(),
        '–' | '—' | '−' => "-".to_owned(),
        '…' => "...".to_owned(),
        '\u{a0}' | '\u{202f}' | '\u{2009}' => " ".to_owned(),
        'ç' => "c".to_owned(),
        'ê' | 'ë' => "e".to_owned(),
        'â' | 'á' => "a".to_owned(),
        'î' | 'ï' | 'í' => "i".to_owned(),
        'ô' | 'ó' => "o".to_owned(),
        'û' | 'ú' => "u".to_owned(),
        'œ' => "oe".to_owned(),
        'Œ' => "OE".to_owned(),
        'À' | 'Â' | 'Á' => "A".to_owned(),
        'È' | 'Ê' | 'Ë' => "E".to_owned(),
        'Î' | 'Ï' => "I".to_owned(),
        'Ô' => "O".to_owned(),
        'Û' | 'Ù' => "U".to_owned(),
        other => other.to_string(),
    };
    word.chars().map(near).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outreach::message::Block;

    fn short(text: &str) -> Short {
        short_text(&Letter { subject: String::new(), blocks: vec![Block::Paragraph(text.to_owned())] })
    }

    #[test]
    fn parts_are_counted_as_networks_count_them() {
        assert_eq!(
            short("Reste à régler : 1\u{202f}200,00\u{a0}€. Ça va ?").text,
            "Reste à régler : 1 200,00 €. Ça va ?"
        );
        assert_eq!(short(&"a".repeat(160)).part_count, 1);
        assert_eq!(short(&"a".repeat(161)).part_count, 2);
        assert_eq!(short(&"€".repeat(80)).part_count, 1, "two letters each");
        assert_eq!(short(&"€".repeat(81)).part_count, 2);
        assert_eq!(short(&"中".repeat(70)).part_count, 1, "letters of no alphabet of theirs");
        assert_eq!(short(&"中".repeat(71)).part_count, 2);
    }
}
