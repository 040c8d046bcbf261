//! What a table is: its columns, what they hold, and the key of its rows.

/// What a column holds; its name's suffix promises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, ids and codes.
    Text,
    /// A calendar day.
    Date,
    /// A whole number.
    Int,
    /// An exact number with a stated scale.
    Decimal,
    /// An amount: `decimal(18, 3)` in the lake, `decimal(21, 3)` in answers.
    Money,
    /// A share of one, six decimals.
    Ratio,
    /// Yes or no.
    Flag,
}

impl ColumnKind {
    /// The word in query headers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Money => "money",
            Self::Ratio => "ratio",
            Self::Flag => "flag",
        }
    }

    /// The kind a header word names.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Text, Self::Date, Self::Int, Self::Decimal, Self::Money, Self::Ratio, Self::Flag]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A column of a canonical table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name everywhere.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a plain file must bring it.
    pub is_required: bool,
}

/// A canonical table.
#[derive(Debug, PartialEq, Eq)]
pub struct TableSpec {
    /// Its name in the lake and in SQL.
    pub name: &'static str,
    /// All columns, in order. Every table begins with `company_id` and ends with `load_id`.
    pub columns: &'static [ColumnSpec],
    /// The columns that tell one row from another; empty where rows have no identity.
    pub key: &'static [&'static str],
    /// Whether a user's plain CSV or XLSX may bring this table.
    pub is_loadable: bool,
}

impl TableSpec {
    /// Where a column stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// A column that a file must bring.
pub(super) const fn must(name: &'static str, kind: ColumnKind) -> ColumnSpec {
    ColumnSpec { name, kind, is_required: true }
}

/// A column that a file may bring.
pub(super) const fn may(name: &'static str, kind: ColumnKind) -> ColumnSpec {
    ColumnSpec { name, kind, is_required: false }
}
