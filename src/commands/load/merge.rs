//! Rows of a plain file take the place of the rows of the same key that the lake held.

use std::path::PathBuf;

use super::stage::unwritable;
use super::step_engine;
use super::wanted::Wanted;
use crate::engine::Catalogue;
use crate::error::Error;
use crate::ingest::staging::{StagedFile, Staging};
use crate::model::{ColumnKind, TableSpec, Value};
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
        engine.register_files("staged_rows", staged.table, std::slice::from_ref(&staged.path))?;
        for (number, (path, origin)) in held.into_iter().enumerate() {
            engine.register_files("held_rows", staged.table, std::slice::from_ref(&path))?;
            let condition = same_key(staged.table);
            let count =
                format!("select count(*) as row_count from held_rows left semi join staged_rows on {condition}");
            if engine.ask_step(&count).await?.value(0, "row_count") == &Value::Int(0) {
                continue;
            }
            let columns: Vec<String> =
                staged.table.columns.iter().map(|column| format!("held_rows.{}", column.name)).collect();
            let rest =
                format!("select {} from held_rows left anti join staged_rows on {condition}", columns.join(", "));
            let mut rows = engine.stream_table(staged.table, &rest).await?;
            let mut staging = Staging::new(settings.lake.root(), load_id, &format!("{tag}.{number}"));
            while let Some(batch) = rows.next_rows(staged.table).await? {
                staging.write(&origin, batch).map_err(|cause| unwritable(settings, &cause))?;
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

/// The key columns of both sides are equal, an empty one to an empty one.
fn same_key(table: &TableSpec) -> String {
    let equal = |name: &str| {
        let is_text = table.columns.iter().any(|column| column.name == name && column.kind == ColumnKind::Text);
        if is_text {
            format!("coalesce(held_rows.{name}, '') = coalesce(staged_rows.{name}, '')")
        } else {
            format!("held_rows.{name} = staged_rows.{name}")
        }
    };
    table.key.iter().copied().map(equal).collect::<Vec<_>>().join(" and ")
}
