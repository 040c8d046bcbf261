//! `encours remind run`: the run of a day. What came back is read, what the policies ask for is written, and what they mark as
//! automatic leaves where its channel is live; the rest waits for a person. It says what it did.

use crate::cli::{
    RemindChoice, RemindReceiptsArguments, RemindRunArguments, RemindSendArguments, RemindWriteArguments,
};
use crate::commands::remind::send::{self, Leave};
use crate::commands::remind::{receipts, write};
use crate::error::{Error, Outcome};
use crate::outreach::channels::config::Channels;
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &RemindRunArguments) -> Result<Outcome, Error> {
    let RemindRunArguments { outbox, channels, mail, limit, allow } = arguments;
    if mail.is_some() || Channels::read(channels)?.mailbox.is_some() {
        let from =
            RemindReceiptsArguments { folder: mail.clone(), channels: channels.clone(), callbacks: None, of: None };
        receipts::run(settings, &from).await?;
    }
    let policies = RemindWriteArguments { choice: RemindChoice::default(), outbox: outbox.clone() };
    write::run(settings, &policies).await?;
    let automatic = RemindSendArguments {
        outbox: outbox.clone(),
        channels: channels.clone(),
        confirm: false,
        redirect_to: None,
        limit: *limit,
        allow: allow.clone(),
    };
    send::send(settings, &automatic, Leave::Automatic).await
}
