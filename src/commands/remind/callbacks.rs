//! Files of what gateways call back and carriers write become events of messages.

use std::collections::BTreeMap;
use std::path::Path;

use crate::commands::remind::receipts::Known;
use crate::engine::Engine;
use crate::error::Error;
use crate::outreach::channels::config::Channels;
use crate::outreach::{Event, calls};

/// What such a file tells: events of messages of ours, and how many rows tell none.
pub(super) async fn read(
    engine: &Engine,
    known: &Known,
    channels: &Path,
    (file, name): (&Path, &str),
) -> Result<(Vec<Event>, usize, usize), Error> {
    let described = Channels::read(channels)?;
    let Some(form) = described.callbacks.get(name) else {
        return Err(Error::Plain(
            format!("`{}` describes no `[callbacks.{name}]`", channels.display()),
            "describe there how the file is read (README.md shows it)".to_owned(),
        ));
    };
    let bytes = std::fs::read(file).map_err(|cause| Error::Disk(file.to_owned(), cause))?;
    let refused = |cause: String| {
        Error::Plain(
            format!("`{}`, read as `[callbacks.{name}]`: {cause}", file.display()),
            "nothing of it was taken: mend the description in channels.toml, or the row".to_owned(),
        )
    };
    let told = calls(&bytes, form).map_err(refused)?;
    let numbers = numbers(engine).await?;
    let mut silent = told.silent;
    let mut events = Vec::new();
    let count = told.calls.len() + told.silent;
    for call in told.calls {
        let id = if call.message_id.is_empty() { numbers.get(&call.own_id) } else { Some(&call.message_id) };
        let Some((id, (company, _))) = id.and_then(|id| known.get_key_value(id)) else {
            silent += 1;
            continue;
        };
        events.push(Event {
            company_id: company.clone(),
            message_id: id.clone(),
            event: call.event,
            time: call.time,
            detail: call.detail.chars().filter(|mark| !mark.is_control()).take(500).collect(),
            source: name.to_owned(),
        });
    }
    Ok((events, count, silent))
}

/// The gateway's own numbers of messages, which it answered when it took them.
async fn numbers(engine: &Engine) -> Result<BTreeMap<String, String>, Error> {
    let taken = "select message_events.detail, message_events.message_id from message_events \
                 where message_events.event_code = 'accepted' and message_events.detail is not null";
    let taken = engine.ask_step(taken).await?;
    let pair = |row: usize| (taken.value(row, "detail").plain(), taken.value(row, "message_id").plain());
    Ok((0..taken.len()).map(pair).collect())
}
