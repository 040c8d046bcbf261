//! Names as people write them, brought to one form: `Pièce Réf.` and `PIECEREF` are the same name.

/// Lower case, without accents, spaces or punctuation.
#[must_use]
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            Some(letters) => folded.push_str(letters),
            None if letter.is_alphanumeric() => folded.push(letter),
            None => {}
        }
    }
    folded
}

/// The plain letters of an accented lower-case one.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        // nº and 1ª; combining accents, as some systems write file names and headers
        'º' | 'ª' | '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_punctuation_do_not_count() {
        for (written, folded) in [
            ("PièceRef", "pieceref"),
            ("CompteLIB", "comptelib"),
            ("BILAN D'OUVERTURE", "bilandouverture"),
            ("À nouveaux", "anouveaux"),
            ("customer_id", "customerid"),
            ("N° de pièce", "ndepiece"),
            ("Cœur", "coeur"),
            ("e\u{301}chéance", "echeance"),
        ] {
            assert_eq!(fold(written), folded, "{written}");
        }
    }
}
