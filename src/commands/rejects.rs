//! `encours rejects`: the refused lines of the sources the lake holds.

use crate::cli::Output;
use crate::commands::shared;
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::settings::Settings;

const REJECTS: &str = "select rejects.source_file, rejects.source_line, rejects.reason_code, rejects.found, \
    rejects.text, rejects.load_id from rejects order by rejects.source_file, rejects.source_line, rejects.reason_code";

pub(super) async fn run(settings: &Settings, output: Output) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let scope = settings.scope(shared::today());
    let files = Engine::files_of(&snapshot);
    let engine =
        Engine::open(&files, settings.catalogue()?, &settings.references, scope, settings.memory_limit, None).await?;
    shared::write(settings, &engine.ask_step(REJECTS).await?, output)?;
    Ok(Outcome::Done)
}
