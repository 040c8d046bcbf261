//! The comment that heads every query: what it answers, its grain, key, sources, parameters and columns.
//!
//! ```text
//! -- aging: how old what is owed is, by bucket.
//! --
//! -- grain:   one bucket, empty ones included
//! -- key:     bucket_code
//! -- source:  open_items, buckets
//! -- params:  $as_of date
//! -- kept:    no (only where a base is looked up in its tables whenever it is read)
//! -- columns:
//! --   bucket_code    text   name of the bucket
//! --   open_amount    money  what is open in it
//! ```

use crate::model::ColumnKind;

/// What a query promises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its name: the stem of its file.
    pub name: String,
    /// What it answers, in a sentence.
    pub sentence: String,
    /// What one row is.
    pub grain: String,
    /// The columns that tell one row from another.
    pub key: Vec<String>,
    /// The tables and queries it reads.
    pub sources: Vec<String>,
    /// The parameters it takes, without `$`.
    pub params: Vec<String>,
    /// Its columns, in order: name, kind, meaning.
    pub columns: Vec<(String, ColumnKind, String)>,
    /// Whether its rows are looked up where they are needed, not computed once and kept: for what only renames and
    /// filters rows of a table.
    pub is_view: bool,
    /// For a check: what is wrong with each row.
    pub fault: String,
    /// For a check: what to do about it.
    pub todo: String,
}

/// A header that does not say what it must.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the header of query `{query}` {cause}")]
pub struct HeaderError {
    /// The query file.
    pub query: String,
    /// What is missing or wrong.
    pub cause: String,
}

impl Header {
    /// Reads the leading comment of a query file.
    ///
    /// # Errors
    /// When the name differs from `stem`, a part is missing or a column has no known kind.
    pub fn parse(stem: &str, sql: &str) -> Result<Self, HeaderError> {
        let refuse = |cause: String| HeaderError { query: stem.to_owned(), cause };
        let mut header = Self::default();
        let mut part = String::new();
        for (number, line) in sql.lines().take_while(|line| line.starts_with("--")).enumerate() {
            let text = line.trim_start_matches('-');
            let trimmed = text.trim();
            if number == 0 {
                let (name, sentence) = trimmed
                    .split_once(':')
                    .ok_or_else(|| refuse("does not begin with `-- name: sentence`".to_owned()))?;
                name.trim().clone_into(&mut header.name);
                sentence.trim().clone_into(&mut header.sentence);
                "sentence".clone_into(&mut part);
                continue;
            }
            if trimmed.is_empty() {
                continue;
            }
            let is_continued = text.starts_with("   ") || text.starts_with('\t');
            if let (false, Some((name, rest))) = (is_continued, trimmed.split_once(':'))
                && ["grain", "key", "source", "params", "columns", "fault", "todo", "kept"].contains(&name)
            {
                name.clone_into(&mut part);
                header.take(&part, rest.trim()).map_err(&refuse)?;
            } else {
                header.take(&part, trimmed).map_err(&refuse)?;
            }
        }
        header.complete(stem).map_err(refuse)?;
        Ok(header)
    }

    fn take(&mut self, part: &str, text: &str) -> Result<(), String> {
        let words = |text: &str| -> Vec<String> {
            text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let join = |into: &mut String| {
            if !into.is_empty() && !text.is_empty() {
                into.push(' ');
            }
            into.push_str(text);
        };
        match part {
            "sentence" => join(&mut self.sentence),
            "grain" => join(&mut self.grain),
            "key" => self.key.extend(words(text)),
            "source" => self.sources.extend(words(text)),
            "params" => self.params.extend(
                words(text)
                    .iter()
                    .filter_map(|word| word.strip_prefix('$')?.split_whitespace().next().map(str::to_owned)),
            ),
            "columns" => self.take_column(text)?,
            "kept" => self.is_view = text == "no",
            "fault" => join(&mut self.fault),
            "todo" => join(&mut self.todo),
            _ => {}
        }
        Ok(())
    }

    fn take_column(&mut self, text: &str) -> Result<(), String> {
        let mut words = text.split_whitespace();
        let (Some(name), kind) = (words.next(), words.next()) else { return Ok(()) };
        let meaning = words.collect::<Vec<_>>().join(" ");
        match kind.and_then(ColumnKind::parse) {
            Some(kind) => self.columns.push((name.to_owned(), kind, meaning)),
            // a meaning that runs over to the next line
            None => match self.columns.last_mut() {
                Some((_, _, meaning)) => {
                    meaning.push(' ');
                    meaning.push_str(text);
                }
                None => return Err(format!("has a column without a kind: `{text}`")),
            },
        }
        Ok(())
    }

    fn complete(&self, stem: &str) -> Result<(), String> {
        if self.name != stem {
            return Err(format!("names it `{}`", self.name));
        }
        for (part, is_missing) in [
            ("grain", self.grain.is_empty()),
            ("source", self.sources.is_empty()),
            ("columns", self.columns.is_empty()),
            ("sentence", self.sentence.is_empty()),
        ] {
            if is_missing {
                return Err(format!("has no `{part}`"));
            }
        }
        if let Some(column) = self.key.iter().find(|column| self.columns.iter().all(|known| known.0 != **column)) {
            return Err(format!("has the key column `{column}`, which is not among its columns"));
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a header that does not parse must stop the test")]
mod tests {
    use super::*;

    const AGING: &str = "-- aging: how old it is.\n--\n-- grain:   one bucket\n-- key:     bucket_code\n\
        -- source:  items, buckets\n-- params:  $as_of date, $months int\n-- columns:\n\
        --   bucket_code  text   name, which\n--     runs over two lines\n--   open_amount  money  open in it\nselect 1\n";

    #[test]
    fn says_what_the_query_promises() {
        let header = Header::parse("aging", AGING).unwrap();
        assert_eq!(header.key, ["bucket_code"]);
        assert_eq!(header.sources, ["items", "buckets"]);
        assert_eq!(header.params, ["as_of", "months"]);
        assert_eq!(header.columns.len(), 2);
        assert_eq!(header.columns[1].1, ColumnKind::Money);
    }

    #[test]
    fn a_name_unlike_its_file_is_refused() {
        assert_eq!(Header::parse("dso", AGING).unwrap_err().to_string(), "the header of query `dso` names it `aging`");
    }
}
