//! The `loads` row: what a load read, what it held and which version of every table it left.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::model::rows::Cell;
use crate::model::tables::LOADS;
use crate::model::{Money, Rows};

/// Checksums of files, by their names from the lake's place.
pub type Checksums = BTreeMap<String, String>;

/// One load. `version` is its number: 1, 2, 3… in the order of commits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadRecord {
    /// Its number; 0 before it is committed.
    pub version: u64,
    /// Its identifier, borne by every row it wrote.
    pub load_id: String,
    /// The companies touched, separated by commas.
    pub company_id: String,
    /// When, UTC, RFC 3339.
    pub loaded_at: String,
    /// Lines read, without headers.
    pub line_count: i64,
    /// Lines accepted.
    pub accepted_count: i64,
    /// Lines refused.
    pub rejected_count: i64,
    /// Total of debits in thousandths.
    pub debit_total: i128,
    /// Total of credits in thousandths.
    pub credit_total: i128,
    /// The sources: an array of objects `{key, file, hash, …}`.
    pub sources: Json,
    /// The assumptions made: an array of objects `{code, line_count, amount}`.
    pub assumptions: Json,
    /// The version of every table of the lake from this load on.
    pub versions: BTreeMap<String, u64>,
    /// The checksums of the files it wrote and of the row of the load before, by their names from the lake's place.
    pub checksums: Checksums,
    /// How what questions read was prepared; empty for a load of before 2026-11-29.
    pub prepared_code: String,
}

impl LoadRecord {
    /// As a row of `loads`. A total beyond 18 digits is empty: those of its sources tell it.
    #[must_use]
    pub fn rows(&self) -> Rows {
        let money = |wide: i128| Cell::money(Money::from_wide(wide));
        let mut rows = Rows::new(&LOADS);
        rows.push(vec![
            Cell::text(self.company_id.clone()),
            Cell::text(self.loaded_at.clone()),
            Cell::Int(self.line_count),
            Cell::Int(self.accepted_count),
            Cell::Int(self.rejected_count),
            money(self.debit_total),
            money(self.credit_total),
            Cell::text(self.sources.to_string()),
            Cell::text(self.assumptions.to_string()),
            Cell::text(serde_json::json!(self.versions).to_string()),
            Cell::text(serde_json::json!(self.checksums).to_string()),
            Cell::text(self.prepared_code.clone()),
            Cell::text(self.load_id.clone()),
        ]);
        rows
    }
}
