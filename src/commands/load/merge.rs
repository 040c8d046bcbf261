//! Rows of a plain file take the place of the rows of the same key that the lake held.

use url::Url;

use super::STEP_MEMORY;
use super::keys::{Keys, each_batch};
use super::stage::unwritable;
use super::wanted::Wanted;
use crate::engine::Engine;
use crate::error::Error;
use crate::ingest::staging::{StagedFile, Staging};
use crate::model::Rows;
use crate::settings::Settings;

/// Adds a staged file of a table with a key; held files that hold one of its keys are written anew without it, the
/// others stay as they are.
pub(super) async fn upsert(
    settings: &Settings,
    wanted: &mut Wanted,
    staged: &StagedFile,
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    let held: Vec<(Url, String)> = wanted
        .files(staged.table)
        .iter()
        .filter(|file| !file.is_derived())
        .map(|file| (file.url.clone(), file.origin.clone()))
        .collect();
    if !held.is_empty() {
        let engine = Engine::bare(STEP_MEMORY)?;
        let mut keys = Keys::default();
        engine.register_files("staged_rows", staged.table, &[staged.url()])?;
        each_batch(&engine, staged.table, "staged_rows", staged.table.key, |batch, columns| {
            for row in 0..batch.len() {
                keys.ask(Keys::key(columns.iter().map(|column| column.get(row))));
            }
        })
        .await?;
        for (number, (url, origin)) in held.into_iter().enumerate() {
            engine.register_files("held_rows", staged.table, std::slice::from_ref(&url))?;
            let mut is_shared = false;
            each_batch(&engine, staged.table, "held_rows", staged.table.key, |batch, columns| {
                let mut all = (0..batch.len()).map(|row| Keys::key(columns.iter().map(|column| column.get(row))));
                is_shared = is_shared || all.any(|key| keys.holds(key));
            })
            .await?;
            if !is_shared {
                continue;
            }
            let mut staging = Staging::new(settings.lake.staging_folder(), load_id, &format!("{tag}.{number}"));
            let names: Vec<&str> = staged.table.columns.iter().map(|column| column.name).collect();
            let places: Vec<usize> = staged.table.key.iter().filter_map(|name| staged.table.position(name)).collect();
            let columns: Vec<String> = names.iter().map(|name| format!("held_rows.{name}")).collect();
            let mut rows =
                engine.stream_table(staged.table, &format!("select {} from held_rows", columns.join(", "))).await?;
            while let Some(answer) = rows.next().await? {
                let mut kept = Rows::new(staged.table);
                for row in 0..answer.len() {
                    let texts: Vec<String> = places.iter().map(|place| answer.at(row, *place).plain()).collect();
                    if !keys.holds(Keys::key(texts.iter().map(String::as_str))) {
                        kept.push(answer.row(row).map(|value| crate::commands::shared::cell(&value)).collect());
                    }
                }
                staging.write(&origin, kept).map_err(|cause| unwritable(settings, &cause))?;
            }
            wanted.drop_file(staged.table, &url);
            for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
                wanted.add(&file);
            }
        }
    }
    wanted.add(staged);
    Ok(())
}
