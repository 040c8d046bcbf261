//! A line cut into fields, with quotes where the writer used them.

/// The fields of one line; its buffers serve line after line.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    text: String,
    bounds: Vec<(usize, usize)>,
}

impl Fields {
    /// How many fields.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bounds.len()
    }

    /// A field without the spaces around it; empty beyond the last.
    #[must_use]
    pub fn get(&self, place: usize) -> &str {
        self.bounds.get(place).map_or("", |&(start, end)| self.text[start..end].trim())
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place))
    }

    /// Whether every field is empty.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.iter().all(str::is_empty)
    }

    /// Cuts a ledger line at every separator; quotes count only where a field is wholly between them. Where that
    /// does not give the `expected` number of fields and there are quotes, separators between quotes do not cut.
    pub fn split(&mut self, line: &str, separator: char, expected: usize) {
        self.split_plain(line, separator);
        if !line.contains('"') {
            return;
        }
        if self.len() == expected {
            self.strip_quotes();
        } else {
            let plain = self.clone();
            if !self.split_quoted(line, separator) || self.len() != expected {
                *self = plain;
                self.strip_quotes();
            }
        }
    }

    /// Cuts at every separator.
    pub fn split_plain(&mut self, line: &str, separator: char) {
        self.text.clear();
        self.text.push_str(line);
        self.bounds.clear();
        let mut start = 0;
        // every separator is ASCII, and no byte of a longer character is
        for (place, byte) in line.bytes().enumerate() {
            if char::from(byte) == separator {
                self.bounds.push((start, place));
                start = place + 1;
            }
        }
        self.bounds.push((start, line.len()));
    }

    /// Cuts at separators outside quotes (RFC 4180); whether every quote is closed.
    ///
    /// A quote that opens no field is text, as is a pair of them between quotes.
    pub fn split_quoted(&mut self, text: &str, separator: char) -> bool {
        self.text.clear();
        self.bounds.clear();
        let mut start = 0;
        let mut letters = text.chars().peekable();
        loop {
            let mut is_closed = true;
            while letters.next_if(|&c| c == ' ').is_some() {}
            if letters.next_if_eq(&'"').is_some() {
                is_closed = false;
                while let Some(letter) = letters.next() {
                    if letter != '"' {
                        self.text.push(letter);
                    } else if letters.next_if_eq(&'"').is_some() {
                        self.text.push('"');
                    } else {
                        is_closed = true;
                        break;
                    }
                }
            }
            let mut is_last = true;
            for letter in letters.by_ref() {
                if letter == separator {
                    is_last = false;
                    break;
                }
                self.text.push(letter);
            }
            self.bounds.push((start, self.text.len()));
            start = self.text.len();
            if is_last {
                return is_closed;
            }
        }
    }

    /// Takes the quotes off fields that are wholly between them.
    fn strip_quotes(&mut self) {
        if !self.iter().any(|field| field.starts_with('"')) {
            return;
        }
        let fields: Vec<String> = self
            .iter()
            .map(|field| match field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(inner) => inner.replace("\"\"", "\""),
                None => field.to_owned(),
            })
            .collect();
        self.text.clear();
        self.bounds.clear();
        for field in fields {
            let start = self.text.len();
            self.text.push_str(&field);
            self.bounds.push((start, self.text.len()));
        }
    }
}

/// The separators that files use, in the order they are preferred.
pub const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];

/// The separator that cuts a header into the most fields `is_known` knows; where it knows none, into the most
/// fields.
pub fn sniff(header: &str, is_known: impl Fn(&str) -> bool) -> char {
    let mut fields = Fields::default();
    let mut best = ((0, 0), '\t');
    for separator in SEPARATORS {
        fields.split_quoted(header, separator);
        let score = (fields.iter().filter(|field| is_known(field)).count(), fields.len());
        if score > best.0 {
            best = (score, separator);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(line: &str, separator: char, expected: usize) -> Vec<String> {
        let mut fields = Fields::default();
        fields.split(line, separator, expected);
        fields.iter().map(str::to_owned).collect()
    }

    #[test]
    fn quotes_count_where_the_writer_used_them() {
        assert_eq!(split("a\t b \tc", '\t', 3), ["a", "b", "c"]);
        assert_eq!(split("\"a\"\t\"b \"\"c\"\"\"\t\"\"", '\t', 3), ["a", "b \"c\"", ""]);
        assert_eq!(split("\"a;b\";c", ';', 2), ["a;b", "c"]);
        // an inch sign is no quote
        assert_eq!(split("tube 3\";5;\"x", ';', 3), ["tube 3\"", "5", "\"x"]);
        assert_eq!(split("\"open\tb\tc", '\t', 3), ["\"open", "b", "c"]);
        assert_eq!(split("a|b|", '|', 2), ["a", "b", ""]);
    }

    #[test]
    fn an_open_quote_is_told() {
        let mut fields = Fields::default();
        assert!(!fields.split_quoted("a,\"b,c", ','));
        assert!(fields.split_quoted("a,\"b\nc\" ,d", ','));
        assert_eq!(fields.iter().collect::<Vec<&str>>(), ["a", "b\nc", "d"]);
    }

    #[test]
    fn the_separator_is_the_one_that_gives_known_names() {
        assert_eq!(sniff("a;b,c,d,e;f", |_| false), ',');
        assert_eq!(sniff("a;b,c,d,e;f", |name| name == "f"), ';');
        assert_eq!(sniff("a|b", |_| false), '|');
        assert_eq!(sniff("a", |_| false), '\t');
    }

    proptest! {
        #[test]
        fn every_text_can_be_split(text in "\\PC{0,40}", marks in "[\",;\t a]{0,40}", expected in 0_usize..6) {
            for line in [&text, &marks] {
                let mut fields = Fields::default();
                fields.split(line, ';', expected);
                prop_assert!(fields.len() > 0);
                fields.split_quoted(line, ',');
                prop_assert!(fields.iter().count() == fields.len());
            }
        }
    }
}
