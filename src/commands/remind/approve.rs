//! `encours remind approve`: a person lets messages go. Which, and who, is data of the lake.

use crate::cli::RemindApproveArguments;
use crate::commands::remind::record::{self, Record};
use crate::commands::remind::send;
use crate::commands::remind::write::event;
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::model::Value;
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &RemindApproveArguments) -> Result<Outcome, Error> {
    let (_, waiting) = send::waiting(settings).await?;
    let id = |row: usize| waiting.value(row, "message_id").plain();
    if let Some(unknown) = arguments.messages.iter().find(|asked| !(0..waiting.len()).any(|row| id(row) == **asked)) {
        return Err(Error::Plain(
            format!("no message `{unknown}` waits to be sent"),
            "`encours query outgoing_messages` lists all messages and how far they are".to_owned(),
        ));
    }
    let is_meant = |row: &usize| arguments.messages.is_empty() || arguments.messages.contains(&id(*row));
    let is_new = |row: &usize| waiting.value(*row, "is_approved") != Value::Flag(true);
    let time = record::now();
    let approved: Vec<_> = (0..waiting.len())
        .filter(is_meant)
        .filter(is_new)
        .map(|row| {
            let event = event(&waiting.value(row, "company_id").plain(), &id(row), "approved", &time, &arguments.by);
            (event, waiting.value(row, "run_date").plain())
        })
        .collect();
    let count = approved.len();
    let mut record = Record::default();
    let (events, days): (Vec<_>, Vec<_>) = approved.into_iter().unzip();
    record.add_events(&events, |event| {
        let place = events.iter().position(|of| of.message_id == event.message_id);
        place.map(|place| days[place].clone()).unwrap_or_default()
    });
    record.load(settings).await?;
    shared::say(settings, &format!("{count} messages approved by {}", arguments.by));
    Ok(Outcome::Done)
}
