//! `encours remind write`: the messages of a plan in words and bytes, kept in the outbox and told to the lake. Nothing is sent.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use serde_json::Value as Json;

use crate::cli::RemindWriteArguments;
use crate::commands::remind::declare;
use crate::commands::remind::facts::Facts;
use crate::commands::remind::plan::{self, Plan};
use crate::commands::remind::record::{self, ITEMS, MESSAGES, Record};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::model::{Answer, CustomerKey, Date, Value};
use crate::outreach::{
    self, Draft, Enclosure, Event, FORM, Letter, MessageTemplates, Outbox, OutreachError, Typesetter, email, short_text,
};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &RemindWriteArguments) -> Result<Outcome, Error> {
    let settings = plan::chosen(settings, &arguments.choice);
    let mut plan = Plan::make(&settings, &arguments.choice).await?;
    plan.say(&settings)?;
    let held_out = plan.engine.ask("reminder_held_out").await?;
    let fresh: Vec<usize> =
        (0..plan.messages.len()).filter(|row| plan.messages.value(*row, "status_code").is_null()).collect();
    if fresh.is_empty() && held_out.is_empty() {
        shared::say(&settings, "no message to write: those of this day are written already, or there are none");
        return Ok(Outcome::Done);
    }
    let facts = Facts::of(&settings, &mut plan).await?;
    let templates = MessageTemplates::load(own_templates(&settings))?;
    // all in words before one is kept: a template that cannot be filled stops the run
    let drafted = |row: usize| {
        let draft = facts.draft(&plan.messages, row)?;
        let letter = templates.fill(&draft)?;
        Ok::<_, Error>((draft, letter))
    };
    for row in &fresh {
        drafted(*row)?;
    }
    let outbox = Outbox::at(arguments.outbox.clone());
    let as_of = plan.engine.scope().as_of;
    let time = record::now();
    let forms = Forms::new(&settings, as_of);
    let mut rows = Vec::new();
    let mut events = Vec::new();
    let mut item_rows = Vec::new();
    let mut shown = Vec::new();
    for row in &fresh {
        let (draft, letter) = drafted(*row)?;
        let (ending, bytes) = forms.form(&facts, &draft, &letter)?;
        let file_name = format!("{as_of}/{}.{ending}", draft.message_id);
        let hash = outbox.keep(&file_name, &bytes)?;
        let text = |name: &str| plan.messages.value(*row, name).plain();
        let run_id = as_of.to_string();
        rows.push(vec![
            text("company_id"),
            draft.message_id.clone(),
            run_id.clone(),
            run_id,
            text("customer_id"),
            text("contact_id"),
            text("policy_code"),
            text("variant_code"),
            text("level_order"),
            text("mode_code"),
            draft.channel.clone(),
            draft.address.clone(),
            draft.language.clone(),
            draft.tone.clone(),
            letter.subject.clone(),
            hash,
            file_name,
            time.clone(),
        ]);
        events.push(event(&text("company_id"), &draft.message_id, "written", &time, ""));
        item_rows.extend(facts.item_rows_of(&draft.message_id));
        if shown.len() < SHOWN {
            shown.push(format!("{} {} {} {}", draft.message_id, draft.channel, draft.customer, letter.subject));
        }
    }
    events.extend(superseded(&mut plan, &fresh, &time).await?);
    hold_out(&held_out, as_of, &time, (&mut rows, &mut item_rows, &mut events));
    let mut head = MESSAGES.to_vec();
    head.push("written_time");
    let mut record = Record::default();
    record.add("messages", &head, rows);
    record.add("message_items", &ITEMS, item_rows);
    record.add_events(&events, |_| as_of.to_string());
    record.load(&settings).await?;
    for line in shown.iter().filter(|_| !settings.is_quiet) {
        shared::print(line)?;
    }
    if fresh.len() > SHOWN {
        shared::say(
            &settings,
            &format!("and {} more: `encours query outgoing_messages` lists them", fresh.len() - SHOWN),
        );
    }
    shared::say(
        &settings,
        &format!(
            "{} messages written below {}; look at them, then `encours remind approve --by NAME` and `encours remind send`",
            fresh.len(),
            outbox.folder().join(as_of.to_string()).display()
        ),
    );
    Ok(Outcome::Done)
}

/// Messages that are listed on the screen.
const SHOWN: usize = 20;

/// The forms that messages take.
pub(super) struct Forms {
    typesetter: OnceCell<Typesetter>,
    letter_form: String,
    day: Date,
    written: SystemTime,
}

impl Forms {
    pub(super) fn new(settings: &Settings, day: Date) -> Self {
        let own = settings
            .report_folders
            .iter()
            .rev()
            .find_map(|folder| std::fs::read_to_string(folder.join("letters").join("letter.typ")).ok());
        Self {
            typesetter: OnceCell::new(),
            letter_form: own.unwrap_or_else(|| FORM.to_owned()),
            day,
            written: SystemTime::now(),
        }
    }

    /// The bytes of a message and the ending of its file's name. An e-mail bears the customer's statement.
    fn form(&self, facts: &Facts, draft: &Draft, letter: &Letter) -> Result<(&'static str, Vec<u8>), Error> {
        Ok(match draft.channel.as_str() {
            "email" => {
                let statement = facts.statement(draft)?;
                let bytes = self.letter(draft, &statement, None)?;
                let name = format!("{}-{}.pdf", statement_name(&draft.language), self.day);
                ("eml", email(draft, letter, vec![Enclosure { name, bytes }], self.written)?)
            }
            "letter" | "registered_letter" | "fax" => ("pdf", self.letter(draft, letter, None)?),
            "sms" | "voice" => ("txt", short_text(letter).text.into_bytes()),
            _ => ("txt", letter.plain().into_bytes()),
        })
    }

    /// A letter, with the file that it encloses.
    pub(super) fn letter(&self, draft: &Draft, letter: &Letter, enclosed: Option<&Json>) -> Result<Vec<u8>, Error> {
        // the fonts are read with the first letter
        let typesetter = if let Some(typesetter) = self.typesetter.get() {
            typesetter
        } else {
            let failed = |cause| OutreachError::Typeset { message_id: draft.message_id.clone(), cause };
            let made = Typesetter::new().map_err(failed)?;
            self.typesetter.get_or_init(|| made)
        };
        Ok(outreach::letter(typesetter, &self.letter_form, draft, letter, enclosed, self.day)?)
    }
}

fn statement_name(language: &str) -> &'static str {
    if language == "fr" { "releve" } else { "statement" }
}

/// Customers left alone are told too, with what they would have been asked for: what reminders do shows against them.
fn hold_out(
    held_out: &Answer,
    as_of: Date,
    time: &str,
    (rows, item_rows, events): (&mut Vec<Vec<String>>, &mut Vec<Vec<String>>, &mut Vec<Event>),
) {
    let mut last = String::new();
    for row in 0..held_out.len() {
        let text = |name: &str| held_out.value(row, name).plain();
        let (company_id, message_id, run_id) = (text("company_id"), text("message_id"), as_of.to_string());
        item_rows.push(vec![
            company_id.clone(),
            message_id.clone(),
            text("item_id"),
            text("item_level_order"),
            text("asked_amount"),
            text("currency_code"),
        ]);
        if message_id == last {
            continue;
        }
        events.push(event(&company_id, &message_id, "held_out", time, ""));
        rows.push(vec![
            company_id,
            message_id.clone(),
            run_id.clone(),
            run_id,
            text("customer_id"),
            String::new(),
            text("policy_code"),
            "hold_out".to_owned(),
            text("level_order"),
            "hold_out".to_owned(),
            text("channel_code"),
            text("address_text"),
            String::new(),
            text("tone_code"),
            String::new(),
            "none".to_owned(),
            "none".to_owned(),
            time.to_owned(),
        ]);
        last = message_id;
    }
}

/// Messages that were never sent and give way: those of earlier days, for what they asked for stands on newer ones or is paid, and
/// another one to the same customer, who gets one message a run.
async fn superseded(plan: &mut Plan, fresh: &[usize], time: &str) -> Result<Vec<Event>, Error> {
    let as_of = plan.engine.scope().as_of;
    let waiting: Answer = plan.engine.ask("outgoing_messages").await?;
    let written_to: BTreeSet<CustomerKey> = fresh.iter().map(|row| plan.messages.customer(*row)).collect();
    let gives_way = |row: &usize| {
        let is_old = matches!(waiting.value(*row, "run_date"), Value::Date(day) if day < as_of);
        let is_second = written_to.contains(&waiting.customer(*row));
        // a claim is declared whatever else is written
        let is_declaration = waiting.value(*row, "tone_code").plain() == declare::TONE;
        waiting.value(*row, "is_waiting") == Value::Flag(true) && !is_declaration && (is_old || is_second)
    };
    let old = (0..waiting.len()).filter(gives_way).map(|row| {
        let text = |name: &str| waiting.value(row, name).plain();
        event(&text("company_id"), &text("message_id"), "withdrawn", time, "another message took its place")
    });
    Ok(old.collect())
}

pub(super) fn event(company_id: &str, message_id: &str, code: &str, time: &str, detail: &str) -> Event {
    Event {
        company_id: company_id.to_owned(),
        message_id: message_id.to_owned(),
        event: code.to_owned(),
        time: time.to_owned(),
        detail: detail.to_owned(),
        source: "encours".to_owned(),
    }
}

/// The user's own templates: `messages/*.txt` in the folders of `reports`, the later folder winning.
pub(super) fn own_templates(settings: &Settings) -> BTreeMap<String, String> {
    let texts = |folder: &Path| {
        let entries = std::fs::read_dir(folder.join("messages")).into_iter().flatten();
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths
            .filter_map(|path| Some((shared::file_name(&path)?, std::fs::read_to_string(&path).ok()?)))
            .collect::<Vec<_>>()
    };
    settings
        .report_folders
        .iter()
        .flat_map(|folder| texts(folder))
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|ending| ending == "txt"))
        .collect()
}
