//! `encours lake`: looks after the lake itself: reads all of it, brings it back where it is damaged, clears what killed loads
//! left.

use std::io::{self, IsTerminal};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{LakeCommand, RepairArguments};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::lake::{Cleared, Damage, KnownAt, Lake, LastWhole, LoadRecord, Verified};
use crate::settings::Settings;
use crate::store::Place;

pub(super) async fn run(settings: &Settings, command: &LakeCommand) -> Result<Outcome, Error> {
    match command {
        LakeCommand::Verify => verify(settings).await,
        LakeCommand::Repair(arguments) => repair(settings, arguments).await,
        LakeCommand::Clean => clean(settings).await,
    }
}

async fn verify(settings: &Settings) -> Result<Outcome, Error> {
    let verified = read_all(settings).await?;
    tell(settings, &verified)?;
    if verified.damages.is_empty() {
        return Ok(Outcome::Done);
    }
    shared::say(settings, "`encours lake repair --dry-run` says how the lake can be brought back");
    Ok(Outcome::Doubtful)
}

/// What is damaged, file by file, and how much was read.
fn tell(settings: &Settings, verified: &Verified) -> Result<(), Error> {
    for Damage { file, found, wanted, .. } in &verified.damages {
        shared::tell(settings, &format!("{file}: found {found}, wanted {wanted}"))?;
    }
    let Verified { load_count, file_count, byte_count, unproven_count, damages } = verified;
    let damaged = match damages.len() {
        0 => "none is damaged".to_owned(),
        count => format!("damaged: {count}"),
    };
    let unproven = match unproven_count {
        0 => String::new(),
        count => format!("; {count} of loads that kept no checksums, of which only the length is proven"),
    };
    shared::tell(
        settings,
        &format!("loads: {load_count}; files: {file_count}, bytes: {byte_count}; {damaged}{unproven}"),
    )
}

async fn repair(settings: &Settings, arguments: &RepairArguments) -> Result<Outcome, Error> {
    let verified = read_all(settings).await?;
    if verified.damages.is_empty() {
        shared::tell(settings, "nothing is damaged; nothing changes")?;
        return Ok(Outcome::Done);
    }
    for Damage { file, found, .. } in &verified.damages {
        shared::tell(settings, &format!("damaged: {file}: found {found}"))?;
    }
    let checkpoint_count = verified.damages.iter().filter(|damage| damage.is_of_checkpoint()).count();
    if checkpoint_count > 0 {
        shared::tell(settings, "checkpoints that cannot be read are put aside: the logs that they fold are there")?;
        if !arguments.dry_run {
            settings.lake.put_checkpoints_aside(&verified).await?;
        }
    }
    if checkpoint_count == verified.damages.len() {
        // nothing else is damaged
    } else if let Some(copy) = &arguments.from {
        let copy = Lake::at(Place::parse(copy, Path::new("."))?)?;
        if arguments.dry_run {
            shared::tell(
                settings,
                &format!("what the copy `{}` holds of these files is brought from it", copy.place()),
            )?;
        } else {
            bring_from(settings, &copy, verified).await?;
        }
    } else {
        roll_back(settings, arguments.dry_run).await?;
    }
    if arguments.dry_run {
        shared::tell(settings, "nothing was changed")?;
        return Ok(Outcome::Doubtful);
    }
    let again = read_all(settings).await?;
    tell(settings, &again)?;
    Ok(if again.damages.is_empty() { Outcome::Done } else { Outcome::Doubtful })
}

/// Brings what is damaged from a copy; what comes to light only then too.
async fn bring_from(settings: &Settings, copy: &Lake, mut verified: Verified) -> Result<(), Error> {
    loop {
        let (fetched, aside) = settings.lake.fetch_from(copy, &verified).await?;
        for file in &fetched {
            shared::tell(settings, &format!("brought from the copy: {file}"))?;
        }
        if fetched.is_empty() {
            let missing: Vec<&str> = verified.damages.iter().map(|damage| damage.file.as_str()).collect();
            return Err(Error::Plain(
                format!(
                    "the copy `{}` does not hold these files as they were written: {}",
                    copy.place(),
                    missing.join(", ")
                ),
                "name another copy, or leave `--from` out to go back to the last whole load".to_owned(),
            ));
        }
        shared::say(settings, &format!("what stood there before is in `{aside}`"));
        verified = read_all(settings).await?;
        if verified.damages.is_empty() {
            return Ok(());
        }
    }
}

/// Goes back to the last whole load.
async fn roll_back(settings: &Settings, is_dry: bool) -> Result<(), Error> {
    let found = settings.lake.last_whole_load().await?;
    let LastWhole { load: Some(load), last_version, undone_files, .. } = &found else {
        return Err(Error::Plain(
            "no load of this lake is whole".to_owned(),
            format!(
                "name a copy of the lake with `--from`, or load into a new folder: {}",
                found.undone_files.join(", ")
            ),
        ));
    };
    let LoadRecord { version, loaded_at, .. } = load;
    if version == last_version {
        // what is damaged, the last load does not reach
        shared::tell(
            settings,
            &format!("the last load, {version}, is whole: answers of today hold; the past before it is damaged"),
        )?;
        return Ok(());
    }
    shared::tell(
        settings,
        &format!("goes back from load {last_version} to load {version} of {loaded_at}, the last that is whole"),
    )?;
    if !undone_files.is_empty() {
        shared::tell(settings, &format!("to be loaded again: {}", undone_files.join(", ")))?;
    }
    if !is_dry {
        let aside = settings.lake.roll_back(&found).await?;
        shared::tell(settings, &format!("what came after it is in `{aside}`"))?;
    }
    Ok(())
}

async fn clean(settings: &Settings) -> Result<Outcome, Error> {
    let history = settings.lake.snapshot(&KnownAt::Latest).await?.history;
    let Cleared { file_count, byte_count } = settings.lake.clear_leftovers(&history).await?;
    shared::tell(settings, &format!("cleared of killed loads: {file_count} files, {byte_count} bytes"))?;
    Ok(Outcome::Done)
}

/// Reads all of the lake, and shows how far it is.
async fn read_all(settings: &Settings) -> Result<Verified, Error> {
    let is_seen = !settings.is_quiet && io::stderr().is_terminal();
    let bar = if is_seen { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    let verified = settings
        .lake
        .verify(&|read, all| {
            bar.set_length(all);
            bar.set_position(read);
        })
        .await;
    bar.finish_and_clear();
    Ok(verified?)
}
