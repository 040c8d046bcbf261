//! `encours history`: the loads, oldest first.

use crate::cli::Output;
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::lake::LoadRecord;
use crate::model::money::SCALE;
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, output: Output) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let columns = [
        ("load_order", ColumnKind::Int),
        ("loaded_at", ColumnKind::Text),
        ("company_id", ColumnKind::Text),
        ("source_file", ColumnKind::Text),
        ("source_key", ColumnKind::Text),
        ("line_count", ColumnKind::Int),
        ("accepted_count", ColumnKind::Int),
        ("rejected_count", ColumnKind::Int),
        ("debit_amount", ColumnKind::Money),
        ("credit_amount", ColumnKind::Money),
    ];
    let columns = columns.map(|(name, kind)| AnswerColumn { name: name.to_owned(), kind }).to_vec();
    let rows = snapshot.history.iter().map(row);
    shared::write(settings, &Answer::of(columns, rows), output)?;
    Ok(Outcome::Done)
}

fn row(load: &LoadRecord) -> Vec<Value<'_>> {
    // a key is what `--replace` takes
    let named = |name: &str| -> String {
        let sources = load.sources.as_array().into_iter().flatten();
        sources.filter_map(|source| source[name].as_str()).collect::<Vec<_>>().join(", ")
    };
    vec![
        Value::Int(i64::try_from(load.version).unwrap_or(i64::MAX)),
        Value::text(load.loaded_at.clone()),
        Value::text(load.company_id.clone()),
        Value::text(named("file")),
        Value::text(named("key")),
        Value::Int(load.line_count),
        Value::Int(load.accepted_count),
        Value::Int(load.rejected_count),
        Value::Decimal { digits: load.debit_total, scale: SCALE },
        Value::Decimal { digits: load.credit_total, scale: SCALE },
    ]
}
