//! `encours remind receipts`: delivery notices, disposition notices and answers of a mailbox become events of messages.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::Days;

use crate::cli::RemindReceiptsArguments;
use crate::commands::remind::record::Record;
use crate::commands::remind::{answers, callbacks};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::outreach::channels::config::Channels;
use crate::outreach::receipts::Receipt;
use crate::outreach::{Event, OutreachError, mailbox, receipts};
use crate::settings::Settings;

/// Messages of the lake: whose they are, and the day of their run.
pub(super) type Known = BTreeMap<String, (String, String)>;

pub(super) async fn run(settings: &Settings, arguments: &RemindReceiptsArguments) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let mut engine = shared::engine(&quiet, &snapshot).await?;
    let messages = engine.ask("outgoing_messages").await?;
    let text = |row: usize, name: &str| messages.value(row, name).plain();
    let known: Known = (0..messages.len())
        .map(|row| (text(row, "message_id"), (text(row, "company_id"), text(row, "run_date"))))
        .collect();
    if let (Some(file), Some(name)) = (&arguments.callbacks, &arguments.of) {
        let (events, count, silent) = callbacks::read(&engine, &known, &arguments.channels, (file, name)).await?;
        let record = told(&events, &known);
        record.load(settings).await?;
        return say(settings, "rows read", count, silent, &events);
    }
    let is_ours = |id: &str| known.contains_key(id);
    let mut receipts: Vec<Receipt> = Vec::new();
    let mut silent = 0;
    let mut read = |bytes: &[u8]| {
        let mut of_mail = receipts::receipts_of(bytes, &is_ours);
        silent += usize::from(of_mail.is_empty());
        for Receipt { event, .. } in &mut of_mail {
            event.company_id = known.get(&event.message_id).map(|(company, _)| company.clone()).unwrap_or_default();
        }
        receipts.append(&mut of_mail);
    };
    let count = match &arguments.folder {
        Some(folder) => {
            let paths = receipts::mails_below(folder).map_err(|cause| Error::Disk(folder.clone(), cause))?;
            for path in &paths {
                read(&std::fs::read(path).map_err(|cause| Error::Disk(path.clone(), cause))?);
            }
            paths.len()
        }
        None => of_mailbox(&arguments.channels, &mut read).await?,
    };
    let contested = answers::contested(settings, &engine, &known, &receipts).await?;
    let events: Vec<Event> = receipts.into_iter().map(|receipt| receipt.event).collect();
    let mut record = told(&events, &known);
    let opened = contested.disputes.len();
    record.add("disputes", &answers::DISPUTES, contested.disputes);
    record.load(settings).await?;
    if opened > 0 {
        shared::say(settings, &format!("{opened} invoices contested in answers: their disputes are open"));
    }
    if contested.unclear > 0 {
        shared::warn(
            settings,
            &format!(
                "{} answers give a reason and name none of several invoices: a person must read them",
                contested.unclear
            ),
        );
    }
    say(settings, "e-mails read", count, silent, &events)
}

impl Receipt {
    /// The day it counts from: nothing comes back of a message before the day of its run.
    pub(super) fn day(&self, known: &Known) -> String {
        day_of(&self.event, known)
    }
}

fn day_of(event: &Event, known: &Known) -> String {
    let told = event.time.get(..10).unwrap_or_default().to_owned();
    known.get(&event.message_id).map_or(told.clone(), |(_, day)| told.max(day.clone()))
}

fn told(events: &[Event], known: &Known) -> Record {
    let mut record = Record::default();
    record.add_events(events, |event| day_of(event, known));
    record
}

fn say(settings: &Settings, what: &str, count: usize, silent: usize, events: &[Event]) -> Result<Outcome, Error> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        *counts.entry(&event.event).or_default() += 1;
    }
    let counted: Vec<String> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    shared::tell(
        settings,
        &format!(
            "{what}: {count}, of no message of ours: {silent}; events: {}",
            if counted.is_empty() { "none".to_owned() } else { counted.join(", ") }
        ),
    )?;
    Ok(Outcome::Done)
}

/// Reads the mailbox that `channels.toml` names.
async fn of_mailbox(path: &Path, read: &mut dyn FnMut(&[u8])) -> Result<usize, Error> {
    let Some(mailbox) = Channels::read(path)?.mailbox else {
        return Err(Error::Plain(
            format!("`{}` describes no mailbox", path.display()),
            "name a folder of e-mails, or describe `[mailbox]` there (README.md shows it)".to_owned(),
        ));
    };
    let since = shared::today() - Days::new(mailbox.since_days);
    let failed = |cause| OutreachError::Server { channel: "mailbox".to_owned(), cause };
    Ok(mailbox::mails_since(&mailbox, since, read).await.map_err(failed)?)
}
