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
    let mut faults = Answer::default();
    let mut todos = Vec::new();
    for (result, answer) in run_all(&mut engine).await? {
        if answer.is_empty() {
            continue;
        }
        let word =
            |part: &str, own: &str| words.find(&format!("checks.{}.{part}", result.name)).unwrap_or(own).to_owned();
        let fault = word("fault", &result.fault);
        if faults.columns.is_empty() {
            let named =
                ["check_code", "fault_text"].map(|name| AnswerColumn { name: name.to_owned(), kind: ColumnKind::Text });
            faults = Answer::new(named.into_iter().chain(answer.columns.clone()).collect());
        }
        for row in 0..answer.len() {
            let named = [Value::text(&*result.name), Value::text(&*fault)];
            faults.push(named.into_iter().chain(answer.row(row)).collect());
        }
        todos.push(format!("{}: {}", result.name, word("todo", &result.todo)));
    }
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
