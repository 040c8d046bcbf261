//! Files in, rows out: the room as its callers see it. One file a family of files read.

mod bank;
mod canonical;
mod cases;
mod damage;
mod fec;
mod ledgers;
mod tables;
mod workbooks;

#[path = "../../../tests/skips.rs"]
mod skips;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use self::skips::real;
use super::{
    AccountRoles, BoxedError, ColumnNames, CounterpartClasses, Currencies, IngestError, Inspection, Mapping,
    OpeningJournals, ReadOptions, Reason, Sink, SourceReport, WrittenForms, inspect, read, samples,
};
use crate::model::expressions::{CellReader, Evaluator, Expressions};
use crate::model::rows::Cell;
use crate::model::{AgreedTerms, Rows, Terms};

/// Keeps every row.
#[derive(Default)]
struct Collected {
    batches: Vec<Rows>,
}

impl Sink for Collected {
    fn restart(&mut self) -> Result<(), BoxedError> {
        self.batches.clear();
        Ok(())
    }

    fn rows(&mut self, rows: Rows) -> Result<(), BoxedError> {
        assert!(!rows.is_empty() && rows.len() <= 32_768);
        self.batches.push(rows);
        Ok(())
    }
}

impl Collected {
    /// One column of a table, as text.
    fn column(&self, table: &str, column: &str) -> Vec<String> {
        let mut values = Vec::new();
        for rows in self.batches.iter().filter(|rows| rows.table.name == table) {
            let place = rows.table.position(column).unwrap();
            values.extend((0..rows.len()).map(|row| plain(&rows.cell(row, place))));
        }
        values
    }

    /// Some columns of a table, as text, row by row.
    fn rows_of(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let columns: Vec<Vec<String>> = columns.iter().map(|column| self.column(table, column)).collect();
        let count = columns.first().map_or(0, Vec::len);
        (0..count)
            .map(|row| columns.iter().map(|column| column[row].as_str()).collect::<Vec<&str>>().join(" | "))
            .collect()
    }

    /// Σ of a money column, in thousandths.
    fn sum(&self, table: &str, column: &str) -> i128 {
        let mut sum = 0;
        for rows in self.batches.iter().filter(|rows| rows.table.name == table) {
            let place = rows.table.position(column).unwrap();
            for row in 0..rows.len() {
                if let Cell::Money(amount) = rows.cell(row, place) {
                    sum += amount.wide();
                }
            }
        }
        sum
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Date(day) => day.to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::Money(amount) => amount.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

/// Evaluates nothing: the SQL of mappings is tried with the engine, in the tests of the whole program.
struct NoSql;

impl Expressions for NoSql {
    fn prepare(&self, _: &[String], _: &[String], _: Arc<dyn CellReader>) -> Result<Box<dyn Evaluator>, String> {
        Err("no engine evaluates SQL here".to_owned())
    }
}

/// The shipped reference data and mappings, and what a user may choose.
struct Desk {
    roles: AccountRoles,
    classes: CounterpartClasses,
    opening_journals: OpeningJournals,
    currencies: Currencies,
    written_forms: WrittenForms,
    column_names: ColumnNames,
    action_codes: super::ActionCodes,
    mappings: Vec<Mapping>,
    default_terms: AgreedTerms,
}

impl Desk {
    fn new() -> Self {
        Self {
            roles: samples::roles(),
            classes: samples::classes(),
            opening_journals: samples::opening_journals(),
            currencies: samples::currencies(),
            written_forms: samples::written_forms(),
            column_names: samples::column_names(),
            action_codes: samples::action_codes(),
            mappings: samples::mappings(),
            default_terms: Terms::STATUTORY.into(),
        }
    }

    fn options(&self) -> ReadOptions<'_> {
        ReadOptions {
            company_id: None,
            default_company_id: "main",
            base_currency: None,
            encoding: None,
            date_order: None,
            decimal: None,
            mapping: None,
            mappings: &self.mappings,
            default_terms: &self.default_terms,
            usual_year_end: None,
            roles: &self.roles,
            classes: &self.classes,
            opening_journals: &self.opening_journals,
            currencies: &self.currencies,
            written_forms: self.written_forms,
            column_names: &self.column_names,
            expressions: &NoSql,
            action_codes: &self.action_codes,
            list_day: None,
            is_no_list: false,
            are_totals_accepted: false,
            progress: &|_| {},
        }
    }
}

/// Reads bytes as a file of that name.
fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions<'_>) -> Result<(SourceReport, Collected), IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_path(&path, options)
}

fn read_path(path: &Path, options: &ReadOptions<'_>) -> Result<(SourceReport, Collected), IngestError> {
    let mut collected = Collected::default();
    let report = read(path, options, &mut collected)?;
    let rejected: u64 = report.reject_counts.values().sum();
    assert_eq!(report.line_count, report.accepted_count + report.rejected_count, "no line is lost");
    assert_eq!(report.rejected_count, rejected, "every refused line has its reason");
    assert_eq!(report.tables.get("rejects").copied().unwrap_or(0), rejected, "every refused line is in rejects");
    for (table, count) in &report.tables {
        let rows: usize = collected.batches.iter().filter(|rows| rows.table.name == *table).map(Rows::len).sum();
        assert_eq!(rows as u64, *count, "{table}");
    }
    Ok((report, collected))
}

fn inspect_bytes(name: &str, bytes: &[u8], options: &ReadOptions<'_>) -> Result<Inspection, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    inspect(&path, options)
}

/// The code of each note, with its lines.
fn note_codes(report: &SourceReport) -> Vec<(&'static str, u64)> {
    report.notes.iter().map(|note| (note.code, note.line_count)).collect()
}

/// Refused lines by reason.
fn reject_codes(report: &SourceReport) -> BTreeMap<&'static str, u64> {
    report.reject_counts.iter().map(|(reason, count)| (reason.code(), *count)).collect()
}
