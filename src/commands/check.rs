//! `encours check`: every row of `queries/checks/*` is a fault, with what to do; silence means healthy.

use crate::cli::{CheckArguments, Output};
use crate::commands::shared;
use crate::engine::{Engine, Header, Room};
use crate::error::{Error, Outcome};
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};
use crate::report::CheckResult;
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &CheckArguments, output: Output) -> Result<Outcome, Error> {
    look(&settings.on_cluster(&arguments.place)?, output).await
}

/// Looks for faults and tells them.
pub(super) async fn look(settings: &Settings, output: Output) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let words = shared::words(settings)?;
    let mut found = Vec::new();
    let mut todos = Vec::new();
    for (result, answer) in run_all(&mut engine).await? {
        if answer.is_empty() {
            continue;
        }
        let word =
            |part: &str, own: &str| words.find(&format!("checks.{}.{part}", result.name)).unwrap_or(own).to_owned();
        todos.push(format!("{}: {}", result.name, word("todo", &result.todo)));
        found.push((result.name.clone(), word("fault", &result.fault), answer));
    }
    let faults = laid_out(&found);
    if faults.is_empty() {
        if output == Output::Json {
            shared::write(settings, &faults, output)?;
        }
        return Ok(Outcome::Done);
    }
    shared::write(settings, &faults, output)?;
    for todo in &todos {
        shared::say(settings, todo);
    }
    Ok(Outcome::Doubtful)
}

/// The faults of all checks as one answer: by check, fault and the columns of each, empty where a check has none of it.
fn laid_out(found: &[(String, String, Answer)]) -> Answer {
    let text = |name: &str| AnswerColumn { name: name.to_owned(), kind: ColumnKind::Text };
    let mut columns = if found.is_empty() { Vec::new() } else { vec![text("check_code"), text("fault_text")] };
    for column in found.iter().flat_map(|(_, _, answer)| &answer.columns) {
        match columns.iter_mut().find(|known| known.name == column.name) {
            None => columns.push(column.clone()),
            // of two kinds, what both can be
            Some(known) if known.kind != column.kind => known.kind = ColumnKind::Text,
            Some(_) => {}
        }
    }
    let mut faults = Answer::new(columns.clone());
    for (check, fault, answer) in found {
        for row in 0..answer.len() {
            let told = columns[2..].iter().map(|column| match answer.value(row, &column.name) {
                Value::Null => Value::Null,
                value if column.kind == ColumnKind::Text => Value::text(value.plain()),
                value => value,
            });
            faults.push([Value::text(check.as_str()), Value::text(fault.as_str())].into_iter().chain(told).collect());
        }
    }
    faults
}

/// Every check and its faults, by name.
pub(super) async fn run_all(engine: &mut Engine) -> Result<Vec<(CheckResult, Answer)>, Error> {
    let checks: Vec<_> = engine.catalogue().in_room(Room::Checks).map(|query| query.header.clone()).collect();
    let names: Vec<&str> = checks.iter().map(|header| header.name.as_str()).collect();
    let answers = engine.ask_all(&names).await?;
    let result = |(header, answer): (Header, Answer)| {
        let fault_count = answer.len() as u64;
        let result = CheckResult { name: header.name, fault_count, fault: header.fault, todo: header.todo };
        (result, answer)
    };
    Ok(checks.into_iter().zip(answers).map(result).collect())
}
