//! Why a file cannot be read at all: what was found, what was wanted, and what to do next.

use std::io;
use std::path::PathBuf;

use super::unreadable::NoTable;
use crate::model::Date;

/// What any part of the program may hand back when it cannot take rows.
pub type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// A file that cannot be read, a mapping or reference table that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The disk refuses.
    #[error("cannot read `{path}`")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder, a device or a pipe: what may have no end, or can be read once only.
    #[error("`{path}` is no file")]
    NoFile {
        /// What is named.
        path: PathBuf,
    },
    /// Nothing in it, or blank lines only.
    #[error("`{file}` is empty: a header and lines are wanted")]
    Empty {
        /// Which file.
        file: String,
    },
    /// A header and no line.
    #[error("`{file}` has a header and no line: at least one line is wanted")]
    NoLine {
        /// Which file.
        file: String,
    },
    /// A ledger in which no line has a date that can be read, and whose name tells none.
    #[error("no line of `{file}` has a date that can be read: the fiscal year is not known")]
    NoDate {
        /// Which file.
        file: String,
    },
    /// A journal none of whose accounts is known as one of customers.
    #[error("`{file}` is a journal, and none of its accounts ({}…) is known as one of customers", .accounts.join(", "))]
    ReceivablesUnknown {
        /// Which file.
        file: String,
        /// One of its accounts of each class.
        accounts: Vec<String>,
    },
    /// Bank statements of a version nobody here knows.
    #[error("`{file}` holds bank statements of the version `{found}`, which is not known")]
    StatementVersion {
        /// Which file.
        file: String,
        /// The name of the version.
        found: String,
    },
    /// A bank statement without the balance that it must begin or end with.
    #[error("statement `{statement}` in `{file}` lacks its opening or its closing balance")]
    StatementCut {
        /// Which file.
        file: String,
        /// The account at the bank, and what the bank calls the statement.
        statement: String,
    },
    /// A bank statement whose balances do not prove its entries.
    #[error(
        "statement `{statement}` in `{file}` does not add up: with its entries, its opening balance comes to {reached}, and it closes with {closing}"
    )]
    StatementUnproven {
        /// Which file.
        file: String,
        /// The account at the bank, and what the bank calls the statement.
        statement: String,
        /// The balance it begins with and its entries.
        reached: String,
        /// The balance it ends with.
        closing: String,
    },
    /// A journal under headers of its own whose lines do not balance as they were read.
    #[error(
        "`{file}` looks like a journal ({taken}), and its lines come to {debit} debit and {credit} credit: nothing was taken"
    )]
    JournalUnbalanced {
        /// Which file.
        file: String,
        /// Which column was taken for which field of a ledger.
        taken: String,
        /// Σ debit of what was read.
        debit: String,
        /// Σ credit.
        credit: String,
    },
    /// No format knows the header.
    #[error("`{file}` has a header nobody knows: found {}, wanted the columns of a FEC, of a table or of a mapping", listed(.found))]
    HeaderUnknown {
        /// Which file.
        file: String,
        /// The names in the header.
        found: Vec<String>,
    },
    /// A list of open items whose day lies before most of them were issued.
    #[error(
        "`{file}` is to list what was open on {day}, and most of its items ({later_count}) were issued after that day"
    )]
    ListDayTooEarly {
        /// Which file.
        file: String,
        /// The day it is said to be of.
        day: Date,
        /// How many of its items are later.
        later_count: u64,
    },
    /// A list of open items or an aged balance that does not tell its day.
    #[error("`{file}` does not tell as of which day its amounts are open")]
    ListDayUnknown {
        /// Which file.
        file: String,
    },
    /// A list of something else than receivables.
    #[error("`{file}` looks like {what}")]
    OtherList {
        /// Which file.
        file: String,
        /// What it is.
        what: String,
    },
    /// A header that nobody knows, and of which two columns may mean the same.
    #[error("`{file}` does not tell what every column means: {}", shortened_each(.questions))]
    ColumnsAsked {
        /// Which file.
        file: String,
        /// What cannot be told.
        questions: Vec<String>,
    },
    /// The format is clear, and columns it cannot do without are missing.
    #[error("`{file}` looks like `{format}` and has no column {}", listed(.missing))]
    ColumnsMissing {
        /// Which file.
        file: String,
        /// FEC, table or mapping.
        format: String,
        /// The columns, by the name wanted.
        missing: Vec<String>,
    },
    /// Two columns of the file mean the same.
    #[error("`{file}` has two columns for `{column}`: one is wanted")]
    ColumnTwice {
        /// Which file.
        file: String,
        /// The column.
        column: String,
    },
    /// Several mappings know the header.
    #[error("the header of `{file}` is known to several mappings: {}", listed(.names))]
    MappingAmbiguous {
        /// Which file.
        file: String,
        /// Their names.
        names: Vec<String>,
    },
    /// A mapping says what it cannot.
    #[error("mapping `{name}` cannot be used: found {found}, wanted {wanted}")]
    MappingBroken {
        /// Which mapping.
        name: String,
        /// What it says.
        found: String,
        /// What it may say.
        wanted: String,
    },
    /// SQL of a mapping that cannot be evaluated over the columns of the file.
    #[error("the SQL of `{format}` cannot be evaluated: {}", super::reason::shortened(.cause, 400))]
    ExpressionBroken {
        /// Which mapping.
        format: String,
        /// The expression, and what the engine says.
        cause: String,
    },
    /// A reference table says what it cannot.
    #[error("reference table `{name}`, line {line}: found {found}, wanted {wanted}")]
    ReferenceBroken {
        /// Which table.
        name: &'static str,
        /// Which line, from 1.
        line: u64,
        /// What it says.
        found: String,
        /// What it may say.
        wanted: String,
    },
    /// No day above 12 tells whether days or months come first.
    #[error("`{file}` writes dates such as `{example}` and no day above 12: it may be day first or month first")]
    DatesUndecided {
        /// Which file.
        file: String,
        /// A date that may be two days.
        example: String,
    },
    /// Dates of two digits throughout that seem to begin with their year.
    #[error("`{file}` writes dates such as `{example}`, whose years seem to come first: they are not read for days")]
    YearsUndecided {
        /// Which file.
        file: String,
        /// A date.
        example: String,
    },
    /// Some dates can only be day first, others only month first.
    #[error("`{file}` writes dates in two orders: `{}` (line {}) is day first, `{}` (line {}) is month first", .day_first.0, .day_first.1, .month_first.0, .month_first.1)]
    DatesContradict {
        /// Which file.
        file: String,
        /// A date that is day first, and its line.
        day_first: (String, u64),
        /// A date that is month first, and its line.
        month_first: (String, u64),
    },
    /// A kind of file that holds no table that can be read.
    #[error("`{file}` is {}, which holds no table that can be read", .what.name)]
    NoTable {
        /// Which file.
        file: String,
        /// What it is.
        what: NoTable,
    },
    /// A ZIP whose files cannot be unpacked.
    #[error("`{file}` is a ZIP that cannot be unpacked: {cause}")]
    Archive {
        /// Which file.
        file: String,
        /// Why.
        cause: String,
    },
    /// A workbook that cannot be opened.
    #[error("workbook `{file}` cannot be opened: {cause}")]
    Workbook {
        /// Which file.
        file: String,
        /// What its reader says.
        cause: String,
    },
    /// A workbook without the sheet a mapping names, or with no rows in any.
    #[error("workbook `{file}` has no sheet {}: found {}", wanted_sheet(.wanted), listed(.found))]
    SheetMissing {
        /// Which file.
        file: String,
        /// The sheet wanted; empty for any with rows.
        wanted: String,
        /// The sheets there are.
        found: Vec<String>,
    },
    /// Who takes the rows cannot.
    #[error("the rows read cannot be stored")]
    Sink {
        /// What it says.
        source: BoxedError,
    },
}

impl IngestError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::File { source, .. } if source.kind() == io::ErrorKind::InvalidData => {
                "the file is damaged or was cut in transfer: export it again".into()
            }
            Self::File { .. } => "check that the file exists and that you may read it".into(),
            Self::NoFile { .. } => "name files; what a pipe brings can be saved to one first".into(),
            Self::Empty { .. } | Self::NoLine { .. } => "export the file again, with its lines".into(),
            Self::NoDate { .. } => "export the file again with dates such as `20241231` in `EcritureDate`".into(),
            Self::HeaderUnknown { .. } => {
                "`encours inspect FILE` shows what is in it and proposes a mapping for `--mapping`".into()
            }
            Self::ReceivablesUnknown { .. } => {
                "give the accounts of customers a role in `account_roles.csv` of your reference folder, such as `1400,trade,true`".into()
            }
            Self::JournalUnbalanced { .. } => {
                "export whole entries with one account a line, or the ledger as a FEC; a list of items is loaded with `--mapping`".into()
            }
            Self::ListDayTooEarly { .. } => "say the right day with `--as-of-list`, or `--as-of-list none` where it is no such list".into(),
            Self::ListDayUnknown { .. } => "say it with `--as-of-list 2025-01-31`".into(),
            Self::OtherList { .. } => {
                "load lists of invoices, receipts or customers; where it is one, say so with a mapping (`encours inspect FILE`)"
                    .into()
            }
            Self::ColumnsAsked { .. } => {
                "`encours inspect FILE` proposes a mapping: save it, replace each `?`, and load with `--mapping`".into()
            }
            Self::ColumnsMissing { .. } => {
                "add the columns to the export, or name the columns that hold them in a mapping (`encours inspect FILE`)".into()
            }
            Self::ColumnTwice { .. } => "rename or remove one of the two columns".into(),
            Self::MappingAmbiguous { names, .. } => {
                format!("say which with `--mapping {}`", names.first().map_or("NAME", String::as_str))
            }
            Self::MappingBroken { .. } => "correct the mapping; the shipped ones are examples".into(),
            Self::ExpressionBroken { .. } => {
                "write columns as in the header, between double quotes; `amount(\"…\")` and `day(\"…\")` read their cells"
                    .into()
            }
            Self::ReferenceBroken { .. } => "correct the reference table".into(),
            Self::DatesUndecided { .. } => "say which with `--date-order dmy` or `--date-order mdy`".into(),
            Self::YearsUndecided { .. } => "export it again with years of four digits".into(),
            Self::DatesContradict { .. } => {
                "correct the export; with `--date-order dmy` or `mdy` the dates that do not fit become rejects".into()
            }
            Self::NoTable { what, .. } => what.hint.into(),
            Self::StatementVersion { .. } => "ask the bank for camt.052, 053 or 054 in a version from 2 to 13".into(),
            Self::StatementUnproven { .. } | Self::StatementCut { .. } => {
                "ask the bank for the whole statement; `--accept-totals` loads it as it is, and the checks tell it".into()
            }
            Self::Archive { .. } => "unpack it and load its files".into(),
            Self::Workbook { .. } => "open it and save it again as .xlsx, or as CSV".into(),
            Self::SheetMissing { .. } => "name a sheet that holds a table with `sheet = \"…\"` in a mapping".into(),
            Self::Sink { .. } => "check that the disk has room and that the lake may be written".into(),
        }
    }
}

/// What cannot be told, each in at most 200 characters.
fn shortened_each(questions: &[String]) -> String {
    let shown: Vec<String> = questions.iter().map(|question| super::reason::shortened(question, 200)).collect();
    shown.join("; ")
}

/// The sheet that is wanted: any with rows, or the one named.
fn wanted_sheet(wanted: &str) -> String {
    if wanted.is_empty() { "with rows".to_owned() } else { format!("`{wanted}`") }
}

/// Names in backticks, at most twelve of them, each shortened and without control characters.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let clean = |name: &String| {
        let name: String = name.chars().filter(|&c| !c.is_control() && !turns_text(c)).collect();
        format!("`{}`", super::reason::shortened(&name, 40))
    };
    let mut text = names.iter().take(SHOWN).map(clean).collect::<Vec<String>>().join(", ");
    if names.is_empty() {
        text.push_str("none");
    }
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => text,
        Some(more) => format!("{text} and {more} more"),
    }
}

/// Marks that turn the direction of writing, or show nothing: they could make a message read otherwise.
const fn turns_text(mark: char) -> bool {
    matches!(mark, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_was_found_and_what_to_do() {
        let error = IngestError::MappingAmbiguous { file: "a.csv".into(), names: vec!["one".into(), "two".into()] };
        assert_eq!(error.to_string(), "the header of `a.csv` is known to several mappings: `one`, `two`");
        assert_eq!(error.hint(), "say which with `--mapping one`");
    }

    #[test]
    fn a_long_or_hostile_header_does_not_flood_the_message() {
        let found = vec![format!("\u{1b}[31m{}", "x".repeat(500)); 100];
        let text = IngestError::HeaderUnknown { file: "a.csv".into(), found }.to_string();
        assert!(text.len() < 900 && !text.contains('\u{1b}') && text.contains("and 88 more"), "{text}");
    }
}
