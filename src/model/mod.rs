//! The vocabulary every room shares: money, days, kinds of columns, canonical tables, answers.
//!
//! In: nothing. Out: types. This room imports no other room of the project (`tests/tidy.rs` holds it to that).

pub mod answer;
pub mod calendar;
pub mod customer;
pub mod expressions;
pub mod kinds;
pub mod money;
pub mod processors;
pub mod rows;
pub mod tables;
pub mod terms;

pub use answer::{Answer, AnswerColumn, Value};
pub use calendar::{Date, Terms, YearEnd};
pub use customer::CustomerKey;
pub use kinds::ItemKind;
pub use money::Money;
pub use rows::{Rows, Values};
pub use tables::{ColumnKind, ColumnSpec, TableSpec};
pub use terms::AgreedTerms;
