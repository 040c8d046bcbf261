//! `encours remind receipts`: delivery notices, disposition notices and answers of a mailbox become events of messages.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::Days;

use crate::cli::RemindReceiptsArguments;
use crate::commands::remind::record::Record;
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::outreach::channels::config::Channels;
use crate::outreach::{Event, OutreachError, mailbox, receipts};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &RemindReceiptsArguments) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let mut engine = shared::engine(&quiet, &snapshot).await?;
    let messages = engine.ask("outgoing_messages").await?;
    let text = |row: usize, name: &str| messages.value(row, name).plain();
    let known: BTreeMap<String, (String, String)> = (0..messages.len())
        .map(|row| (text(row, "message_id"), (text(row, "company_id"), text(row, "run_date"))))
        .collect();
    let is_ours = |id: &str| known.contains_key(id);
    let mut events: Vec<Event> = Vec::new();
    let mut silent = 0;
    let mut read = |bytes: &[u8]| {
        let mut told = receipts::events_of(bytes, &is_ours);
        silent += usize::from(told.is_empty());
        for event in &mut told {
            event.company_id = known.get(&event.message_id).map(|(company, _)| company.clone()).unwrap_or_default();
        }
        events.append(&mut told);
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
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &events {
        *counts.entry(&event.event).or_default() += 1;
    }
    let counted: Vec<String> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let mut record = Record::default();
    // nothing comes back of a message before the day of its run
    record.add_events(&events, |event| {
        let told = event.time.get(..10).unwrap_or_default().to_owned();
        known.get(&event.message_id).map_or(told.clone(), |(_, day)| told.max(day.clone()))
    });
    record.load(settings).await?;
    shared::print(&format!(
        "e-mails read: {}, of no message of ours: {silent}; events: {}",
        count,
        if counted.is_empty() { "none".to_owned() } else { counted.join(", ") }
    ))?;
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
