//! Rows of a plain file take the place of the rows of the same key that the lake held.

use std::path::PathBuf;

use super::keys::{Keys, each_row};
use super::stage::unwritable;
use super::step_engine;
use super::wanted::Wanted;
use crate::engine::Catalogue;
use crate::error::Error;
use crate::ingest::staging::{StagedFile, Staging};
use crate::model::Rows;
use crate::settings::Settings;

/// Adds a staged file of a table with a key; held files that hold one of its keys are written anew without it, the
/// others stay as they are.
pub(super) async fn upsert(
    settings: &Settings,
    catalogue: &Catalogue,
    wanted: &mut Wanted,
    staged: &StagedFile,
    load_id: &str,
    tag: &str,
) -> Result<(), Error> {
    let held: Vec<(PathBuf, String)> = wanted
        .files(staged.table)
        .iter()
        .filter(|file| !file.is_derived())
        .map(|file| (file.path.clone(), file.origin.clone()))
        .collect();
    if !held.is_empty() {
        let engine = step_engine(settings, catalogue, &Wanted::default(), None, &[])?;
        let places: Vec<usize> = (0..staged.table.key.len()).collect();
        let mut keys = Keys::default();
        engine.register_files("staged_rows", staged.table, std::slice::from_ref(&staged.path))?;
        each_row(&engine, staged.table, "staged_rows", staged.table.key, |answer, row| {
            keys.ask(Keys::key(answer, row, &places));
        })
        .await?;
        for (number, (path, origin)) in held.into_iter().enumerate() {
            engine.register_files("held_rows", staged.table, std::slice::from_ref(&path))?;
            let mut is_shared = false;
            each_row(&engine, staged.table, "held_rows", staged.table.key, |answer, row| {
                is_shared |= keys.holds(Keys::key(answer, row, &places));
            })
            .await?;
            if !is_shared {
                continue;
            }
            let mut staging = Staging::new(settings.lake.root(), load_id, &format!("{tag}.{number}"));
            let names: Vec<&str> = staged.table.columns.iter().map(|column| column.name).collect();
            let places: Vec<usize> = staged.table.key.iter().filter_map(|name| staged.table.position(name)).collect();
            let columns: Vec<String> = names.iter().map(|name| format!("held_rows.{name}")).collect();
            let mut rows =
                engine.stream_table(staged.table, &format!("select {} from held_rows", columns.join(", "))).await?;
            while let Some(answer) = rows.next().await? {
                let mut kept = Rows::new(staged.table);
                for row in (0..answer.rows.len()).filter(|row| !keys.holds(Keys::key(&answer, *row, &places))) {
                    kept.push(answer.rows[row].iter().map(crate::commands::shared::cell).collect());
                }
                staging.write(&origin, kept).map_err(|cause| unwritable(settings, &cause))?;
            }
            wanted.drop_path(staged.table, &path);
            for file in staging.finish().map_err(|cause| unwritable(settings, &cause))? {
                wanted.add(&file);
            }
        }
    }
    wanted.add(staged);
    Ok(())
}
