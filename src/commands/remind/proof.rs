//! `encours proof MESSAGE`: the bytes of a message as they were written, their hash, and all that became of it.

use std::fs;

use crate::cli::ProofArguments;
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::model::Answer;
use crate::outreach::Outbox;
use crate::report::outputs;
use crate::settings::Settings;

pub(in crate::commands) async fn run(settings: &Settings, arguments: &ProofArguments) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let mut engine = shared::engine(&quiet, &snapshot).await?;
    let of_message =
        |answer: Answer| answer.filtered(|row| answer.value(row, "message_id").plain() == arguments.message);
    let message = of_message(engine.ask("outgoing_messages").await?);
    if message.is_empty() {
        return Err(Error::Plain(
            format!("the lake holds no message `{}`", arguments.message),
            "`encours query outgoing_messages` lists all messages".to_owned(),
        ));
    }
    let events = of_message(engine.ask("message_events").await?);
    let items = of_message(engine.ask_step("select message_items.* from message_items").await?);
    let (file_name, hash) = (message.value(0, "file_name").plain(), message.value(0, "content_hash").plain());
    let bytes = Outbox::at(arguments.outbox.clone()).bytes(&file_name, &hash)?;
    let folder = arguments.out.join(format!("proof-{}", shared::as_file_name(&arguments.message)));
    fs::create_dir_all(&folder).map_err(|cause| Error::Disk(folder.clone(), cause))?;
    let ending = file_name.rsplit('.').next().unwrap_or_default().to_owned();
    let mut files = vec![(format!("message.{ending}"), bytes)];
    files.push(("sha256.txt".to_owned(), format!("{hash}  message.{ending}\n").into_bytes()));
    for (name, answer) in [("message.csv", &message), ("items.csv", &items), ("events.csv", &events)] {
        let mut csv = Vec::new();
        outputs::write_csv(answer, &mut csv).map_err(|cause| Error::Disk(folder.join(name), cause))?;
        files.push((name.to_owned(), csv));
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|cause| Error::Disk(path.clone(), cause))?;
        shared::print(&path.display().to_string())?;
    }
    Ok(Outcome::Done)
}
