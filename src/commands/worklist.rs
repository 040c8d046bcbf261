//! `encours worklist`: a list for each collector and owner, as page, workbook to be filled in, and agenda.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::WorklistArguments;
use crate::commands::report::{self, About, Origin, Target, Written};
use crate::commands::{remind, shared};
use crate::engine::{Engine, Query};
use crate::error::{Error, Outcome};
use crate::model::money::SCALE;
use crate::model::{Answer, AnswerColumn, ColumnKind, CustomerKey, Value};
use crate::report::{Card, Formats, Way, Ways, Words};
use crate::settings::Settings;
use crate::worklist::{self, Agenda, Assignee};

const REPORT: &str = "worklist";

pub(super) async fn run(settings: &Settings, arguments: &WorklistArguments) -> Result<Outcome, Error> {
    let progress = shared::progress(settings, REPORT);
    let lists = write(settings, &arguments.out, &BTreeMap::new(), &Ways::default()).await?;
    progress.finish_and_clear();
    for list in &lists.lists {
        list.files.print()?;
        shared::print(&list.agenda.display().to_string())?;
    }
    Ok(lists.outcome)
}

/// The lists of a day.
pub(super) struct Lists {
    lists: Vec<List>,
    pub outcome: Outcome,
}

/// The list of one collector or owner.
struct List {
    name: String,
    files: Written,
    agenda: PathBuf,
    /// Lines to act on today, and what is overdue on them in the reader's form.
    sums: [String; 2],
}

impl Lists {
    /// What an index says of them, and where they are.
    pub(super) fn cards(&self, words: &Words) -> Result<Vec<Card>, Error> {
        let address = |path: &Path| shared::file_name(path).unwrap_or_default();
        let card = |list: &List| {
            let [count, amount] = &list.sums;
            Ok::<_, Error>(Card {
                way: Way { title: list.name.clone(), address: address(&list.files.page) },
                about: words.fill("index.list", &[("count", count), ("amount", amount)])?,
                files: vec![
                    Way { title: words.get("index.workbook")?.to_owned(), address: address(&list.files.workbook) },
                    Way { title: words.get("index.agenda")?.to_owned(), address: address(&list.agenda) },
                ],
            })
        };
        self.lists.iter().map(card).collect()
    }
}

/// Writes the lists of a day into a folder; `customer_pages` are addresses of pages of customers, `ways` those of other reports, from there.
pub(super) async fn write(
    settings: &Settings,
    folder: &Path,
    customer_pages: &BTreeMap<CustomerKey, String>,
    ways: &Ways,
) -> Result<Lists, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    engine.look_at_today_only();
    let asked = engine.ask_all(&["worklist", "collector_load", "worklist_sum", "receivables"]).await?;
    let [worklist, load, parts, receivables] = asked.try_into().unwrap_or_default();
    nothing_is_forgotten(&parts, &receivables);
    let as_of = engine.scope().as_of;
    let mut outcome = shared::tie_out(&mut engine).await?;
    if worklist.is_empty() {
        let day = shared::day_text(settings, as_of)?;
        shared::say(settings, &format!("nothing is overdue, contested or soon due on {day}: no list to write"));
    }
    let guides = remind::call_guides(settings, &mut engine).await?;
    let assignees = worklist::assignees(&worklist);
    let names = shared::file_names(assignees.iter().map(|assignee| assignee.id.as_str()));
    let origin = Origin::of(settings, &snapshot, &engine).await?;
    let is_shared =
        |query: &Query| !["call_guides", "collector_load", "worklist"].contains(&query.header.name.as_str());
    let shared_answers = report::asked_once(&origin, &mut engine, REPORT, is_shared).await?;
    let words = shared::words(settings)?;
    let formats = Formats::new(&words)?;
    let mut prepared = Vec::new();
    for person in &assignees {
        let lines = worklist::of_assignee(&worklist, &person.id);
        let stem = format!("{REPORT}-{as_of}-{}-{}", names[&person.id], settings.language.code());
        let agenda_path = folder.join(format!("{stem}.ics"));
        let own_guides = worklist::of_assignee(&guides, &person.id);
        let agenda = agenda(&words, &engine, &lines, &own_guides)?;
        let own_load = worklist::of_assignee(&load, &person.id);
        let figure = |column: &str| {
            let kind = own_load.position(column).map(|position| &own_load.columns[position]);
            let told = |column: &AnswerColumn| match own_load.value(0, &column.name) {
                amount if column.kind == ColumnKind::Money => {
                    formats.rounded(amount.thousandths().unwrap_or_default(), SCALE, 0)
                }
                other => formats.value(&other, column),
            };
            kind.map_or_else(String::new, told)
        };
        let sums = [figure("act_count"), figure("act_amount")];
        let name = named(&words, person);
        let mut answers = shared_answers.clone();
        answers.insert("collector_load".to_owned(), own_load);
        answers.insert("worklist".to_owned(), lines);
        answers.insert("call_guides".to_owned(), own_guides);
        let about_list = About {
            subject: Some(name.clone()),
            answers,
            links: customer_pages.clone(),
            ways: ways.clone(),
            ..About::default()
        };
        let target = Target { folder, stem };
        let files = report::prepare(settings, &origin, &mut engine, REPORT, about_list, &target).await?;
        prepared.push((files, (name, sums, agenda_path, agenda)));
    }
    let (prepared, others): (Vec<_>, Vec<_>) = prepared.into_iter().unzip();
    let mut lists = Vec::new();
    for (files, (name, sums, agenda, text)) in report::write_all(prepared)?.into_iter().zip(others) {
        report::write_file(&agenda, settings.readable_by, text.as_bytes())?;
        if files.outcome != Outcome::Done {
            outcome = files.outcome;
        }
        lists.push(List { name, files, agenda, sums });
    }
    Ok(Lists { lists, outcome })
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
