//! The lines of the worklist, assignee by assignee.

use crate::model::Answer;

/// Who has lines on the worklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignee {
    /// The collector, or the owner who can unblock something.
    pub id: String,
    /// The name, or the identifier where there is none.
    pub name: String,
}

/// Everybody who has a line, in the answer's order.
#[must_use]
pub fn assignees(worklist: &Answer) -> Vec<Assignee> {
    let mut found: Vec<Assignee> = Vec::new();
    for row in 0..worklist.len() {
        let text = |column: &str| worklist.value(row, column).plain();
        if found.last().is_none_or(|last| last.id != text("assignee_id")) {
            found.push(Assignee { id: text("assignee_id"), name: text("assignee_name") });
        }
    }
    found
}

/// The rows of an answer that belong to an assignee.
#[must_use]
pub fn of_assignee(answer: &Answer, assignee_id: &str) -> Answer {
    let place = answer.position("assignee_id");
    answer.filtered(|row| place.is_some_and(|place| answer.at(row, place).plain() == assignee_id))
}
