//! `encours worklist`: a list for each collector and owner, as page, workbook to be filled in, and agenda.

use crate::cli::WorklistArguments;
use crate::commands::report::{self, About, Origin, Target};
use crate::commands::{remind, shared};
use crate::engine::{Engine, Query};
use crate::error::{Error, Outcome};
use crate::model::{Answer, AnswerColumn, Value};
use crate::report::{Formats, Words};
use crate::settings::Settings;
use crate::worklist::{self, Agenda, Assignee};

const REPORT: &str = "worklist";

pub(super) async fn run(settings: &Settings, arguments: &WorklistArguments) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    engine.look_at_today_only();
    let asked = engine.ask_all(&["worklist", "collector_load", "worklist_sum", "receivables"]).await?;
    let [worklist, load, parts, receivables] = asked.try_into().unwrap_or_default();
    nothing_is_forgotten(&parts, &receivables);
    let as_of = engine.scope().as_of;
    let mut outcome = shared::tie_out(&mut engine).await?;
    if worklist.is_empty() {
        shared::say(settings, &format!("nothing is overdue, contested or soon due on {as_of}: no list to write"));
    }
    let guides = remind::call_guides(settings, &mut engine).await?;
    let assignees = worklist::assignees(&worklist);
    let names = shared::file_names(assignees.iter().map(|assignee| assignee.id.as_str()));
    let origin = Origin::of(settings, &snapshot, &engine).await?;
    let is_shared =
        |query: &Query| !["call_guides", "collector_load", "worklist"].contains(&query.header.name.as_str());
    let shared_answers = report::asked_once(settings, &mut engine, REPORT, is_shared).await?;
    let words = shared::words(settings)?;
    let mut prepared = Vec::new();
    for assignee in &assignees {
        let lines = worklist::of_assignee(&worklist, &assignee.id);
        let stem = format!("{REPORT}-{as_of}-{}-{}", names[&assignee.id], settings.language.code());
        let agenda_path = arguments.out.join(format!("{stem}.ics"));
        let own_guides = worklist::of_assignee(&guides, &assignee.id);
        let agenda = agenda(&words, &engine, &lines, &own_guides)?;
        let mut answers = shared_answers.clone();
        answers.insert("collector_load".to_owned(), worklist::of_assignee(&load, &assignee.id));
        answers.insert("worklist".to_owned(), lines);
        answers.insert("call_guides".to_owned(), own_guides);
        let about = About { subject: Some(named(&words, assignee)), answers, ..About::default() };
        let target = Target { folder: &arguments.out, stem };
        let files = report::prepare(settings, &origin, &mut engine, REPORT, about, &target).await?;
        prepared.push((files, (agenda_path, agenda)));
    }
    let (prepared, agendas): (Vec<_>, Vec<_>) = prepared.into_iter().unzip();
    for (written, (agenda_path, agenda)) in report::write_all(prepared)?.into_iter().zip(agendas) {
        written.print()?;
        report::write_file(&agenda_path, settings.readable_by, agenda.as_bytes())?;
        shared::print(&agenda_path.display().to_string())?;
        if written.outcome != Outcome::Done {
            outcome = written.outcome;
        }
    }
    Ok(outcome)
}

/// What is listed and what is excluded sums to what is overdue: a list that forgets somebody is worse than none.
fn nothing_is_forgotten(parts: &Answer, receivables: &Answer) {
    let amount = |value: &Value| value.thousandths().unwrap_or_default();
    let listed: i128 = (0..parts.len()).map(|row| amount(&parts.value(row, "overdue_amount"))).sum();
    let overdue = amount(&receivables.value(0, "overdue_amount"));
    assert_eq!(listed, overdue, "the lines of the worklist and what it excludes sum to what is overdue");
}

/// Whose list it is, in the reader's words where the assignee is an owner of ours.
fn named(words: &Words, assignee: &Assignee) -> String {
    words.of_code("owner", &assignee.name).map_or_else(|| assignee.name.clone(), str::to_owned)
}

fn agenda(words: &Words, engine: &Engine, lines: &Answer, guides: &Answer) -> Result<String, Error> {
    let texts =
        (0..guides.len()).map(|row| (guides.value(row, "message_id").plain(), guides.value(row, "guide_text").plain()));
    let guides = texts.collect();
    let formats = Formats::new(words)?;
    let word = |column: &str, code: &str| words.of_code(column, code).unwrap_or(code).to_owned();
    let text = |value: &Value, column: &str| match (value, lines.position(column)) {
        (Value::Null, _) => String::new(),
        (_, Some(place)) => formats.value(value, &AnswerColumn { ..lines.columns[place].clone() }),
        (_, None) => value.plain(),
    };
    Ok(worklist::agenda(&Agenda { day: engine.scope().as_of, lines, guides: &guides, word: &word, text: &text }))
}
