//! The worklist as people carry it: one list for each collector and owner, and an agenda of the day.
//!
//! In: the answer of the query `worklist`, which decides who acts on whom, in which order. Out: the lines of each
//! assignee, and the bytes of an iCalendar file. Refused: nothing; a line without a place in the day stands at its end.
//! What collectors write beside the lines comes back through `ingest` as rows of `actions`.

mod agenda;
mod lists;

pub use agenda::{Agenda, agenda};
pub use lists::{Assignee, assignees, of_assignee};
