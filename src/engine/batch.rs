//! Some rows of an answer as columns: cheap to read by the million, without a text or a row of their own each.

use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array, LargeStringArray, StringArray,
    StringViewArray,
};
use datafusion::arrow::datatypes::{Date32Type, Decimal128Type, Int64Type};
use datafusion::arrow::record_batch::RecordBatch;

/// Some rows, column by column. A column that is not there reads as empty.
#[derive(Clone, Debug)]
pub struct Batch(RecordBatch);

/// A column of texts.
#[derive(Clone, Copy)]
pub struct Texts<'a>(TextColumn<'a>);

#[derive(Clone, Copy)]
enum TextColumn<'a> {
    None,
    View(&'a StringViewArray),
    Plain(&'a StringArray),
    Large(&'a LargeStringArray),
}

/// A column of days.
#[derive(Clone, Copy)]
pub struct Days<'a>(Option<&'a Date32Array>);

/// A column of whole numbers.
#[derive(Clone, Copy)]
pub struct Numbers<'a>(Option<&'a Int64Array>);

/// A column of exact decimals.
#[derive(Clone, Copy)]
pub struct Decimals<'a>(Option<&'a Decimal128Array>);

/// A column of flags.
#[derive(Clone, Copy)]
pub struct Flags<'a>(Option<&'a BooleanArray>);

impl Batch {
    pub(super) const fn of(batch: RecordBatch) -> Self {
        Self(batch)
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.num_rows()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn column(&self, name: &str) -> Option<&dyn Array> {
        self.0.column_by_name(name).map(AsRef::as_ref)
    }

    /// Texts of a column.
    #[must_use]
    pub fn texts(&self, name: &str) -> Texts<'_> {
        let Some(column) = self.column(name) else { return Texts(TextColumn::None) };
        let found = column.as_string_view_opt().map(TextColumn::View);
        let found = found.or_else(|| column.as_string_opt::<i32>().map(TextColumn::Plain));
        Texts(found.or_else(|| column.as_string_opt::<i64>().map(TextColumn::Large)).unwrap_or(TextColumn::None))
    }

    /// Days of a column.
    #[must_use]
    pub fn days(&self, name: &str) -> Days<'_> {
        Days(self.column(name).and_then(|column| column.as_primitive_opt::<Date32Type>()))
    }

    /// Whole numbers of a column.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Numbers<'_> {
        Numbers(self.column(name).and_then(|column| column.as_primitive_opt::<Int64Type>()))
    }

    /// Decimals of a column.
    #[must_use]
    pub fn decimals(&self, name: &str) -> Decimals<'_> {
        Decimals(self.column(name).and_then(|column| column.as_primitive_opt::<Decimal128Type>()))
    }

    /// Flags of a column.
    #[must_use]
    pub fn flags(&self, name: &str) -> Flags<'_> {
        Flags(self.column(name).and_then(|column| column.as_boolean_opt()))
    }
}

impl<'a> Texts<'a> {
    /// The text of a row; empty where there is none.
    #[must_use]
    pub fn get(&self, row: usize) -> &'a str {
        match self.0 {
            TextColumn::View(texts) if !texts.is_null(row) => texts.value(row),
            TextColumn::Plain(texts) if !texts.is_null(row) => texts.value(row),
            TextColumn::Large(texts) if !texts.is_null(row) => texts.value(row),
            _ => "",
        }
    }
}

impl Days<'_> {
    /// The day of a row, counted from 1970-01-01.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i32> {
        self.0.filter(|days| !days.is_null(row)).map(|days| days.value(row))
    }
}

impl Numbers<'_> {
    /// The number of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i64> {
        self.0.filter(|numbers| !numbers.is_null(row)).map(|numbers| numbers.value(row))
    }
}

impl Decimals<'_> {
    /// All digits of a row's decimal, signed: its value × 10^[`Decimals::scale`].
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i128> {
        self.0.filter(|decimals| !decimals.is_null(row)).map(|decimals| decimals.value(row))
    }

    /// How many digits stand after the point.
    #[must_use]
    pub fn scale(&self) -> u8 {
        self.0.and_then(|decimals| u8::try_from(decimals.scale()).ok()).unwrap_or_default()
    }
}

impl Flags<'_> {
    /// Whether the flag of a row is set.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.0.is_some_and(|flags| !flags.is_null(row) && flags.value(row))
    }
}
