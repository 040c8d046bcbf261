//! What a customer contests in an answer: the code of a reason that the message offered, `R2`, and the documents it names.

/// Lines of an answer that are read.
const LINES: usize = 200;

/// What an answer says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// The number of the only reason it names; none where it names none, or several.
    pub reason_order: Option<i64>,
    /// Its own words: what stands above the message it quotes. A subject is mostly ours, answered.
    pub words: String,
}

impl Answered {
    /// Reads an answer: of its subject, else of what its writer wrote, and never of what it quotes, which names every reason.
    #[must_use]
    pub fn of(subject: &str, body: &str) -> Self {
        let own: Vec<&str> = body
            .lines()
            .take(LINES)
            .map(str::trim)
            .take_while(|line| !begins_quote(line))
            .filter(|line| !line.starts_with('>'))
            .collect();
        let own = own.join("\n");
        let reason_order = only_code(subject).or_else(|| only_code(&own));
        Self { reason_order, words: own }
    }

    /// Whether it names a document: the whole of its number, not a part of another one.
    #[must_use]
    pub fn names(&self, document: &str) -> bool {
        let is_part = |mark: Option<char>| mark.is_some_and(char::is_alphanumeric);
        !document.is_empty()
            && self.words.match_indices(document).any(|(place, found)| {
                let (before, after) = (&self.words[..place], &self.words[place + found.len()..]);
                !is_part(before.chars().next_back()) && !is_part(after.chars().next())
            })
    }
}

/// Whether from this line on somebody else's words follow: `On Monday … wrote:`, `Le lundi … a écrit :`, `-----Original Message-----`.
fn begins_quote(line: &str) -> bool {
    let folded = line.to_lowercase();
    let introduces =
        ["wrote:", "a écrit :", "a écrit\u{a0}:", "a écrit:"].iter().any(|ending| folded.ends_with(ending));
    introduces || folded.starts_with("-----") || folded.starts_with("_____")
}

/// The number of the only code in a text: `R` and one or two digits, alone.
fn only_code(text: &str) -> Option<i64> {
    let words = text.split(|mark: char| !mark.is_alphanumeric());
    let number = |word: &str| {
        let digits = word.strip_prefix(['R', 'r']).filter(|digits| (1..=2).contains(&digits.len()))?;
        digits.parse::<i64>().ok()
    };
    let mut numbers: Vec<i64> = words.filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    match numbers[..] {
        [only] => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_its_writer_wrote_is_read() {
        let quoted = "R2, thank you.\n\nOn Monday, Ann wrote:\n> R1 · Not received\n> R2 · No order number\n";
        assert_eq!(Answered::of("Re: reminder", quoted).reason_order, Some(2));
        assert_eq!(Answered::of("Re: reminder", "> R1\n> R2\nSee R3 please").reason_order, Some(3));
        assert_eq!(Answered::of("Re: reminder", "R1 or R2?").reason_order, None);
        assert_eq!(Answered::of("Ref. 4f5c R4", "R1 or R2?").reason_order, Some(4));
        for nothing in ["", "Bien reçu", "R2D2", "CR7", "R123", "Réf. 12"] {
            assert_eq!(Answered::of("", nothing).reason_order, None, "{nothing}");
        }
        assert_eq!(Answered::of("", "Bonjour,\n-----Message d’origine-----\nR5").reason_order, None);
    }

    #[test]
    fn a_document_is_named_by_the_whole_of_its_number() {
        let answered = Answered::of("R1", "FA-2025-12 and FA-2025-130.\nLe 3 mars, Ann a écrit :\nFA-2025-14");
        let named = ["FA-2025-12", "FA-2025-13", "FA-2025-130", "FA-2025-14", ""].map(|number| answered.names(number));
        assert_eq!(named, [true, false, true, false, false]);
    }
}
