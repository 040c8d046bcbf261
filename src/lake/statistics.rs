//! What a Delta log says of a file: counts, and the smallest and largest day and identifier, from its Parquet footer.
//!
//! Decimals are left out: readers disagree on how their bounds are written.

use std::fs::File;
use std::path::Path;

use deltalake_core::parquet::file::reader::{FileReader, SerializedFileReader};
use deltalake_core::parquet::file::statistics::Statistics;
use serde_json::{Map, Value as Json, json};

use super::LakeError;
use crate::model::{ColumnKind, Date, TableSpec};

/// Identifiers longer than this have no bounds in the log: a cut one would be a wrong one.
const LONGEST_BOUND: usize = 32;

/// The statistics of a file as Delta's JSON, and its row count.
pub(super) fn of_file(table: &TableSpec, path: &Path) -> Result<(String, i64), LakeError> {
    let file = File::open(path).map_err(|cause| LakeError::Disk(path.to_owned(), cause))?;
    let reader = SerializedFileReader::new(file).map_err(|cause| LakeError::Parquet(cause.to_string()))?;
    let footer = reader.metadata();
    let mut smallest = Map::new();
    let mut largest = Map::new();
    let mut nulls = Map::new();
    for (position, column) in table.columns.iter().enumerate() {
        let mut bounds: Option<(Json, Json)> = None;
        let mut null_count = Some(0_u64);
        let mut is_bounded = true;
        for group in footer.row_groups() {
            let Some(statistics) = group.column(position).statistics() else {
                null_count = None;
                is_bounded = false;
                break;
            };
            null_count = null_count.and_then(|sum| Some(sum + statistics.null_count_opt()?));
            match group_bounds(column.kind, statistics) {
                Bounds::Of(low, high) => bounds = Some(widened(bounds, low, high)),
                Bounds::AllNull => {}
                Bounds::Unknown => is_bounded = false,
            }
        }
        if let Some(count) = null_count {
            nulls.insert(column.name.to_owned(), json!(count));
        }
        if let (true, Some((low, high))) = (is_bounded, bounds) {
            smallest.insert(column.name.to_owned(), low);
            largest.insert(column.name.to_owned(), high);
        }
    }
    let row_count = footer.file_metadata().num_rows();
    let statistics =
        json!({ "numRecords": row_count, "minValues": smallest, "maxValues": largest, "nullCount": nulls });
    Ok((statistics.to_string(), row_count))
}

enum Bounds {
    Of(Json, Json),
    AllNull,
    Unknown,
}

fn group_bounds(kind: ColumnKind, statistics: &Statistics) -> Bounds {
    match (kind, statistics) {
        (ColumnKind::Date, Statistics::Int32(days)) => match (days.min_opt(), days.max_opt()) {
            (Some(low), Some(high)) => match (Date::from_epoch_days(*low), Date::from_epoch_days(*high)) {
                (Some(low), Some(high)) => Bounds::Of(json!(low.to_string()), json!(high.to_string())),
                _ => Bounds::Unknown,
            },
            _ => Bounds::AllNull,
        },
        (ColumnKind::Text, Statistics::ByteArray(text)) => match (text.min_opt(), text.max_opt()) {
            (Some(low), Some(high)) => match (low.as_utf8(), high.as_utf8()) {
                (Ok(low), Ok(high)) if low.len().max(high.len()) <= LONGEST_BOUND => {
                    Bounds::Of(json!(low), json!(high))
                }
                _ => Bounds::Unknown,
            },
            _ => Bounds::AllNull,
        },
        _ => Bounds::Unknown,
    }
}

/// Days and identifiers both compare as text: days are written year first.
fn widened(bounds: Option<(Json, Json)>, low: Json, high: Json) -> (Json, Json) {
    let Some((known_low, known_high)) = bounds else { return (low, high) };
    let low = if low.as_str() < known_low.as_str() { low } else { known_low };
    let high = if high.as_str() > known_high.as_str() { high } else { known_high };
    (low, high)
}
