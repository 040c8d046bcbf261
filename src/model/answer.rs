//! The answer to a question: named, typed columns and their rows, as outputs and pages read them.

use super::{ColumnKind, Date, money::decimal_text};

/// One value of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing known.
    Null,
    /// Text, id or code.
    Text(String),
    /// A day.
    Date(Date),
    /// A whole number.
    Int(i64),
    /// An exact decimal: `digits` × 10^−`scale`. Money has scale 2.
    Decimal {
        /// All digits, signed.
        digits: i128,
        /// How many of them stand after the point.
        scale: u8,
    },
    /// Yes or no.
    Flag(bool),
}

impl Value {
    /// Plain text, the same in every language: `1234.50`, `2024-01-31`, `true`, empty for null.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Date(day) => day.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Decimal { digits, scale } => decimal_text(*digits, *scale),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The hundredths of a money value; `None` for anything else.
    #[must_use]
    pub const fn hundredths(&self) -> Option<i128> {
        match self {
            Self::Decimal { digits, scale: 2 } => Some(*digits),
            _ => None,
        }
    }
}

/// The name and kind of a column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Column name, in code words.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Columns and rows, in the order they are published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The columns.
    pub columns: Vec<AnswerColumn>,
    /// The rows, one value a column.
    pub rows: Vec<Vec<Value>>,
}

impl Answer {
    /// Where a column stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// One value by row and column name; null where there is none.
    #[must_use]
    pub fn value(&self, row: usize, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        let found = self.position(name).and_then(|column| self.rows.get(row)?.get(column));
        found.unwrap_or(NULL)
    }
}
