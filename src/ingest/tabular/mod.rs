//! Tables: plain ones with our own columns, and those that mappings make ours; from CSV, JSON lines or a workbook; and
//! those for whose header a mapping is proposed.
//!
//! In: a file with a header. Out: rows of the tables it brings, `rejects`.
//! Refused: single rows with a reason; the file when nobody knows its header, it has no row, or its dates cannot be told apart.

mod canonical;
pub mod conventions;
pub mod grid;
pub mod inputs;
pub mod item;
pub mod json;
mod listed;
pub mod mapping;
pub mod plan;
pub mod propose;
pub mod results;
pub mod shaped;
mod sums;
pub mod values;
pub mod workbook;
pub mod writer;

use std::collections::HashSet;
use std::io;
use std::path::Path;

use self::canonical::Canonical;
use self::conventions::{Conventions, Said};
use self::grid::{RowSource, TextRows};
use self::json::{Json, ObjectLines};
use self::listed::ListDay;
use self::plan::Plan;
use self::propose::Proposal;
use self::shaped::{ConventionalReader, ShapedRows, Unevaluated};
use self::sums::{OwnSums, Totals};
use self::values::Values;
use self::workbook::Sheet;
use self::writer::{Writer, company_of};
use super::amount::{self, Decimal};
use super::dates::DateOrder;
use super::encoding::{self, TextForm};
use super::fields::{SEPARATORS, sniff};
use super::lines::{LineSource, Lines};
use super::output::Output;
use super::progress::Progress;
use super::{IngestError, ReadOptions, Sink, SourceReport};

/// How many rows may stand above the header: titles, names, dates of export.
const HEADER_ROWS: usize = 20;

/// Rows that a mapping is proposed from.
const SAMPLE_ROWS: usize = 5_000;
/// The name of a mapping that was proposed and taken.
const PROPOSED: &str = "proposed";

/// A table file, opened as far as its header.
pub struct Tabular {
    /// How the text is written; `None` for a workbook.
    pub form: Option<TextForm>,
    /// The mark between fields; `None` for a workbook.
    pub separator: Option<char>,
    /// The header.
    pub header: Vec<String>,
    /// What its columns give; `None` when nobody knows the header.
    pub plan: Option<Plan>,
    /// Where it is JSON.
    json: Option<Json>,
    /// Rows down to the header.
    header_rows: usize,
    /// What stands above it: titles, names, days.
    titles: Vec<String>,
    sheet: Option<Sheet>,
}

/// What JSON a text is, told by its first line, and by all of it where that does not.
fn json_of(path: &Path, form: TextForm, first: &str) -> io::Result<Option<Json>> {
    let is_object = json::is_object(first);
    let mut lines = Lines::open(path, form, |_| {})?;
    let is_one_line = lines.next_line()?.is_some() && lines.next_line()?.is_none();
    let begins = first.trim_start().starts_with('[') || first.trim() == "{" || (is_object && is_one_line);
    if begins && let Some(objects) = json::objects(&mut Lines::open(path, form, |_| {})?)? {
        return Ok(Some(Json::Objects(objects)));
    }
    Ok(is_object.then_some(Json::Lines))
}

impl Tabular {
    fn open_json(
        path: &Path,
        file: &str,
        form: TextForm,
        json: Json,
        options: &ReadOptions<'_>,
    ) -> Result<Self, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let header = match &json {
            Json::Lines => json::header(&mut Lines::open(path, form, |_| {}).map_err(failed)?),
            Json::Objects(objects) => json::header(&mut ObjectLines::new(objects)),
        };
        let header = header.map_err(failed)?;
        let plan = plan::find(&header, file, options)?;
        Ok(Self {
            form: Some(form),
            separator: None,
            header,
            plan,
            json: Some(json),
            header_rows: 0,
            titles: Vec::new(),
            sheet: None,
        })
    }

    /// Opens a text file of a known form.
    ///
    /// # Errors
    /// [`IngestError::Empty`], and as [`plan::find`].
    pub fn open_text(path: &Path, file: &str, form: TextForm, options: &ReadOptions<'_>) -> Result<Self, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let mut lines = Lines::open(path, form, |_| {}).map_err(failed)?;
        let first = lines.next_line().map_err(failed)?.map(|line| line.text.to_owned());
        let first = first.ok_or_else(|| IngestError::Empty { file: file.to_owned() })?;
        if let Some(json) = json_of(path, form, &first).map_err(failed)? {
            return Self::open_json(path, file, form, json, options);
        }
        let chosen = options.mapping.and_then(|mapping| mapping.separator);
        let likely = chosen.unwrap_or_else(|| sniff(&first, plan::known_names(options)));
        let mut separators = vec![likely];
        if chosen.is_none() {
            // titles above the header do not show the separator
            separators.extend(SEPARATORS.into_iter().filter(|separator| *separator != likely));
        }
        let mut best_found: Option<Self> = None;
        let mut refused = None;
        for separator in separators {
            let lines = Lines::open(path, form, |_| {}).map_err(failed)?;
            let found = match find_header(&mut TextRows::new(lines, separator), file, options, failed) {
                Ok(found) => found,
                Err(error @ IngestError::ColumnsMissing { .. }) => {
                    refused.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let found = Self { form: Some(form), separator: Some(separator), sheet: None, ..found };
            if found.plan.is_some() {
                return found.in_its_own_encoding(path, file, options);
            }
            let is_better =
                |before: &Self| header_score(&found.header, options) > header_score(&before.header, options);
            if best_found.as_ref().is_none_or(is_better) {
                best_found = Some(found);
            }
        }
        match (refused, best_found) {
            (Some(error), _) => Err(error),
            (None, Some(found)) => Ok(found),
            (None, None) => Err(IngestError::Empty { file: file.to_owned() }),
        }
    }

    /// Opens a workbook.
    ///
    /// # Errors
    /// As [`Sheet::open`] and [`plan::find`].
    pub fn open_workbook(path: &Path, file: &str, options: &ReadOptions<'_>) -> Result<Self, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let wanted = options.mapping.and_then(|mapping| mapping.sheet.as_deref());
        let mut sheet = Sheet::open(path, file, wanted)?;
        let mut found = find_header(&mut sheet, file, options, failed)?;
        // a cover may stand in front: the first sheet whose header somebody knows
        let further: Vec<String> = if wanted.is_none() { sheet.further_names().to_vec() } else { Vec::new() };
        for name in further {
            let Ok(mut next) = Sheet::open(path, file, Some(&name)) else { continue };
            let Ok(of_next) = find_header(&mut next, file, options, failed) else { continue };
            if found.plan.is_none() && of_next.plan.is_some() {
                (sheet, found) = (next, of_next);
            } else if found.continues_in(&of_next) {
                // blocks of one worklist, a sheet each
                let place = |name: &String| of_next.header.iter().position(|other| other == name);
                let places: Vec<Option<usize>> = found.header.iter().map(place).collect();
                sheet.append(next, of_next.header_rows, &places);
            }
        }
        // a mapping that selects itself may name another sheet
        let named =
            found.plan.as_ref().and_then(|plan| mapping_of(plan, options)).and_then(|mapping| mapping.sheet.as_deref());
        if let (None, Some(named)) = (wanted, named) {
            sheet = Sheet::open(path, file, Some(named))?;
            found = find_header(&mut sheet, file, options, failed)?;
        }
        Ok(Self { sheet: Some(sheet), ..found })
    }

    /// Whether another sheet holds further lines of the same worklist.
    fn continues_in(&self, other: &Self) -> bool {
        let is_worklist = |plan: &Plan| plan.shape == inputs::Shape::WorklistResults;
        self.plan.as_ref().is_some_and(is_worklist) && other.plan.as_ref().is_some_and(is_worklist)
    }

    /// Where the mapping found names an encoding of its own and the user none, the file is read in that.
    fn in_its_own_encoding(self, path: &Path, file: &str, options: &ReadOptions<'_>) -> Result<Self, IngestError> {
        let wanted = self.plan.as_ref().and_then(|plan| mapping_of(plan, options)).and_then(|mapping| mapping.encoding);
        let (Some(wanted), None, Some(form)) = (wanted, options.encoding, self.form) else { return Ok(self) };
        if wanted == form.encoding || form.mark_bytes > 0 {
            return Ok(self);
        }
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let form = encoding::survey(path, Some(wanted), |_| {}).map_err(failed)?;
        let separator = self.separator.unwrap_or(',');
        let lines = Lines::open(path, form, |_| {}).map_err(failed)?;
        let found = find_header(&mut TextRows::new(lines, separator), file, options, failed)?;
        Ok(Self { form: Some(form), separator: Some(separator), ..found })
    }

    /// The rows below the header.
    fn rows<'a>(
        &'a mut self,
        path: &Path,
        progress: &'a Progress<'a>,
        share: u64,
    ) -> io::Result<Box<dyn RowSource + 'a>> {
        let mut rows: Box<dyn RowSource + 'a> = match (&mut self.sheet, self.form) {
            (Some(sheet), _) => {
                sheet.rewind();
                Box::new(SheetRows { sheet })
            }
            (None, Some(form)) => match &self.json {
                Some(Json::Lines) => {
                    let lines = Lines::open(path, form, progress.pass(share))?;
                    Box::new(json::JsonRows::new(lines, self.header.clone()))
                }
                Some(Json::Objects(objects)) => {
                    Box::new(json::JsonRows::new(ObjectLines::new(objects), self.header.clone()))
                }
                None => {
                    let lines = Lines::open(path, form, progress.pass(share))?;
                    Box::new(TextRows::new(lines, self.separator.unwrap_or(',')))
                }
            },
            (None, None) => return Err(io::Error::other("neither text nor workbook")),
        };
        for _ in 0..self.header_rows {
            rows.next_row()?;
        }
        Ok(rows)
    }

    /// The first rows, and of all others those that tell something new: a value of a column that has few, a cell of one that was
    /// empty.
    fn telling_rows(&mut self, path: &Path) -> io::Result<Vec<Vec<String>>> {
        const FEW_VALUES: usize = 50;
        let width = self.header.len();
        let progress = Progress::new(&|_| {});
        let mut rows = self.rows(path, &progress, 0)?;
        let mut seen: Vec<HashSet<String>> = vec![HashSet::new(); width];
        let mut told = Vec::new();
        while let Some(row) = rows.next_row()? {
            let mut is_telling = told.len() < SAMPLE_ROWS;
            for (column, values) in seen.iter_mut().enumerate() {
                let cell = row.cell(column);
                let text = cell.text();
                if values.len() <= FEW_VALUES && !text.is_empty() && !values.contains(text.as_ref()) {
                    values.insert(text.into_owned());
                    is_telling = true;
                }
            }
            if is_telling && told.len() < 2 * SAMPLE_ROWS {
                told.push((0..width).map(|column| row.cell(column).text().into_owned()).collect());
            }
        }
        Ok(told)
    }

    /// Proposes a mapping from the rows that tell.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn propose(&mut self, path: &Path, options: &ReadOptions<'_>) -> io::Result<Proposal> {
        let sample = self.telling_rows(path)?;
        let file = super::open::file_name(path);
        let known = (options.column_names, options.currencies);
        Ok(propose::propose(&self.header, &sample, self.separator, &file, known, options.base_currency))
    }

    /// The plan of a header that nobody knows: of the mapping proposed for it, where nothing is left to ask.
    fn proposed_plan(
        &mut self,
        path: &Path,
        file: &str,
        options: &ReadOptions<'_>,
    ) -> Result<(Plan, Proposal), IngestError> {
        if let Some((table, missing)) = plan::nearest(&self.header) {
            return Err(IngestError::ColumnsMissing { file: file.to_owned(), format: table.to_owned(), missing });
        }
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let proposal = self.propose(path, options).map_err(failed)?;
        if let Some(what) = proposal.is_other {
            return Err(IngestError::OtherList { file: file.to_owned(), what });
        }
        // a header of which no word is known is no header of a list
        let is_known = self.header.iter().any(|name| !options.column_names.said(name).concepts.is_empty());
        if !is_known {
            return Err(IngestError::HeaderUnknown { file: file.to_owned(), found: self.header.clone() });
        }
        if !proposal.is_clear() {
            return Err(IngestError::ColumnsAsked { file: file.to_owned(), questions: proposal.questions });
        }
        let mapping = mapping::Mapping::parse(PROPOSED, &proposal.mapping)?;
        let proposed = ReadOptions { mapping: Some(&mapping), ..*options };
        let plan = plan::find(&self.header, file, &proposed)?;
        let unknown = || IngestError::HeaderUnknown { file: file.to_owned(), found: self.header.clone() };
        Ok((plan.ok_or_else(unknown)?, proposal))
    }

    /// Reads the rows cell by cell, in whatever form they are.
    fn read_cells(
        &mut self,
        path: &Path,
        file: &str,
        plan: &Plan,
        options: &ReadOptions<'_>,
        progress: &Progress<'_>,
        output: &mut Output<'_>,
    ) -> Result<Totals, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let said = Said {
            order: options.date_order,
            mapped_order: plan.date_order,
            decimal: options.decimal.or(plan.decimal),
        };
        let window = options.written_forms.two_digit_years_from;
        let unusable = |cause: String| IngestError::ExpressionBroken { format: plan.format_code.clone(), cause };
        // what SQL reads as amounts and days counts among what shows how the file writes them
        let doubtful = ConventionalReader {
            decimal: Decimal::Either,
            date_order: DateOrder::DayFirst,
            two_digit_years_from: window,
        };
        let prepare = |reader| plan.shaping.prepare(&self.header, options.expressions, reader).map_err(unusable);
        let read = prepare(doubtful)?.map_or_else(Default::default, |evaluator| evaluator.cells_read());
        let books_decimals = options.currencies.decimals(options.base_currency);
        let mut rows = self.rows(path, progress, 3).map_err(failed)?;
        let conventions = conventions::survey(rows.as_mut(), plan, read, said, books_decimals, file, failed)?;
        drop(rows);
        // a list that holds nothing says that nothing is open
        if conventions.row_count == 0 && plan.listed_on.is_none() {
            return Err(IngestError::NoLine { file: file.to_owned() });
        }
        note_conventions(&conventions, window, output);
        let values = Values::new(plan, conventions, options);
        let (header_width, header) = (self.header.len(), self.header.clone());
        let reader = ConventionalReader::of(&conventions, window);
        let list_day = plan.listed_on.or_else(|| self.day_told(file, reader, true));
        if !plan.shaping.buckets.is_empty() {
            let day = list_day.ok_or_else(|| IngestError::ListDayUnknown { file: file.to_owned() })?;
            let text = format!("amounts by age, as of {day}: each is due on the last day that its column allows");
            output.note_file("amounts_by_age", text);
        }
        let mut writer = Writer::new(plan, options, file);
        let mut own_sums = OwnSums::of(plan.amount_column(), reader);
        if plan.listed_on.is_some() {
            output.note_file(
                "list_of_open_items",
                "a list of what was open on its day: what is no longer in a later one was settled between them"
                    .to_owned(),
            );
        }
        let rows = self.rows(path, progress, 6).map_err(failed)?;
        if !plan.shaping.is_plain() {
            let evaluator = plan.shaping.prepare(&header, options.expressions, reader).map_err(unusable)?;
            let mut rows = ShapedRows::new(rows, &plan.shaping, evaluator.as_deref(), reader, header_width, list_day);
            let failed =
                |source: io::Error| match source.get_ref().and_then(|cause| cause.downcast_ref::<Unevaluated>()) {
                    Some(Unevaluated(cause)) => unusable(cause.clone()),
                    None => failed(source),
                };
            read_rows(&mut rows, plan, &values, (&mut writer, &mut own_sums), output, failed)?;
            note_left_out(rows.left_out_count, rows.sum_count, output);
            let is_whole = rows.left_out_count == 0;
            let totals = writer.finish(output)?;
            own_sums.compare(&totals, is_whole, file, output);
            return Ok(totals);
        }
        let mut rows = rows;
        read_rows(rows.as_mut(), plan, &values, (&mut writer, &mut own_sums), output, failed)?;
        drop(rows);
        let totals = writer.finish(output)?;
        own_sums.compare(&totals, true, file, output);
        Ok(totals)
    }

    /// Reads the whole file.
    ///
    /// # Errors
    /// [`IngestError::HeaderUnknown`], [`IngestError::ColumnsMissing`], [`IngestError::NoLine`], and as
    /// [`conventions::survey`].
    pub fn read(
        &mut self,
        path: &Path,
        file: &str,
        options: &ReadOptions<'_>,
        progress: &Progress<'_>,
        sink: &mut dyn Sink,
    ) -> Result<SourceReport, IngestError> {
        let (mut plan, proposal) = if let Some(plan) = self.plan.clone() {
            (plan, None)
        } else {
            let (plan, proposal) = self.proposed_plan(path, file, options)?;
            (plan, Some(proposal))
        };
        let company_id = company_of(options);
        let list_day = self.list_of_open_items(file, &plan, options)?;
        plan.listed_on = match list_day {
            ListDay::NoList => None,
            ListDay::Told(day) => Some(day),
            ListDay::Untold => self.latest_day(path, file, &plan, options)?,
        };
        // a list takes the place of another of the same day, whatever their names
        let source_key = match plan.listed_on {
            Some(day) => format!("{company_id}/open items of {day}"),
            None => format!("{company_id}/{file}"),
        };
        let mut output = Output::new(sink, company_id, &source_key, file);
        note_unknown_columns(&plan, &mut output);
        if let (ListDay::Untold, Some(day)) = (list_day, plan.listed_on) {
            let text = format!(
                "`{file}` lists what is open and tells no day: taken as of {day}, the latest day it names; `--as-of-list DATE` says the \
                 right one, `--as-of-list none` that it is no such list"
            );
            output.note_file("list_undated", text);
        }
        let canonical = Canonical::of(&plan, self.form, self.separator, options, file)
            .filter(|_| self.header_rows == 1 && plan.listed_on.is_none());
        let totals = match (canonical, self.form) {
            (Some(canonical), Some(form)) => canonical.read(path, form, &mut output, progress.pass(9))?,
            _ => None,
        };
        let totals = if let Some(totals) = totals.filter(|totals| totals.accepted_count > 0) {
            totals
        } else {
            output.restart()?;
            self.read_cells(path, file, &plan, options, progress, &mut output)?
        };
        let counts = output.finish()?;
        let (debit_total, credit_total) = totals.read();
        Ok(SourceReport {
            absent_columns: plan.absent(),
            proposal,
            source_key,
            company_id: company_id.to_owned(),
            file_name: file.to_owned(),
            format_code: plan.format_code,
            encoding_code: self.form.map_or("workbook", |form| form.encoding.code()),
            line_count: totals.accepted_count + counts.rejected,
            accepted_count: totals.accepted_count,
            rejected_count: counts.rejected,
            receivable_count: totals.item_count,
            debit_total,
            credit_total,
            sums: totals.sums,
            fiscal_year: None,
            tables: counts.tables,
            reject_counts: counts.rejected_by_reason,
            notes: counts.notes,
        })
    }
}

/// Reads the rows one by one: each is taken, refused, or left out because it says nothing of its own.
fn read_rows(
    rows: &mut dyn RowSource,
    plan: &Plan,
    values: &Values<'_>,
    (writer, own_sums): (&mut Writer<'_>, &mut OwnSums),
    output: &mut Output<'_>,
    failed: impl Fn(io::Error) -> IngestError,
) -> Result<(), IngestError> {
    let (mut unfilled_count, mut sum_count) = (0, 0);
    let is_mapped = plan.format_code.starts_with("mapping:");
    while let Some(row) = rows.next_row().map_err(&failed)? {
        if plan.is_unfilled(row) {
            unfilled_count += 1;
            continue;
        }
        let written = match values.read(row) {
            Ok(values) => writer.row(row.number(), values, output)?,
            Err(refusal) => Err(refusal),
        };
        match written {
            Ok(()) => {}
            // what sums rows of the list is no row of it
            Err(_) if is_mapped && plan.says_nothing(row) => {
                own_sums.see(row);
                sum_count += 1;
            }
            Err(refusal) => output.reject(row.number(), refusal, &row.shown())?,
        }
    }
    if unfilled_count > 0 {
        let text = format!("lines of the worklist without a result: {unfilled_count}; nothing to load from them");
        output.note_file("results_unfilled", text);
    }
    note_left_out(0, sum_count, output);
    Ok(())
}

/// Rows that do not count are said.
fn note_left_out(left_out_count: u64, sum_count: u64, output: &mut Output<'_>) {
    if left_out_count > 0 {
        output.note_many("rows_left_out", left_out_count, None, "rows that the mapping's `where` leaves out");
    }
    if sum_count > 0 {
        output.note_many("sums_left_out", sum_count, None, "rows that sum others: left out");
    }
}

/// What the reading assumes of the dates of the file.
fn note_conventions(conventions: &Conventions, window: u32, output: &mut Output<'_>) {
    if conventions.short_year_count > 0 {
        let text = format!("dates with two digits of the year: read as {window} to {}", window + 99);
        output.note_many("short_years", conventions.short_year_count, None, &text);
    }
    if conventions.is_order_corrected {
        let order = conventions.date_order.code();
        let text = format!("dates read as `{order}`, which they show, and not in the order that the mapping names");
        output.note_file("date_order_corrected", text);
    }
}

/// A sheet lent for one pass.
struct SheetRows<'a> {
    sheet: &'a mut Sheet,
}

impl RowSource for SheetRows<'_> {
    fn next_row(&mut self) -> Result<Option<&dyn grid::Row>, io::Error> {
        self.sheet.next_row()
    }
}

/// Columns that nobody knows are left out, which is said.
fn note_unknown_columns(plan: &Plan, output: &mut Output<'_>) {
    let columns = plan.columns().into_iter().filter(|column| column.known_as.is_none() && !column.header.is_empty());
    let unknown: Vec<String> = columns.map(|column| column.header).collect();
    if !unknown.is_empty() {
        output.note_file("columns_unknown", format!("columns nobody knows, left out: {}", unknown.join(", ")));
    }
}

/// The mapping that a plan comes from.
fn mapping_of<'a>(plan: &Plan, options: &ReadOptions<'a>) -> Option<&'a mapping::Mapping> {
    let name = plan.format_code.strip_prefix("mapping:")?;
    options.mapping.into_iter().chain(options.mappings).find(|mapping| mapping.name == name)
}

/// The first row that somebody knows as a header, else the one among the first whose words are known best.
fn find_header(
    rows: &mut dyn RowSource,
    file: &str,
    options: &ReadOptions<'_>,
    failed: impl Fn(io::Error) -> IngestError,
) -> Result<Tabular, IngestError> {
    let mut best: Option<(usize, Tabular)> = None;
    let mut refused = None;
    let mut titles_above: Vec<String> = Vec::new();
    for place in 1..=HEADER_ROWS {
        let Some(row) = rows.next_row().map_err(&failed)? else { break };
        let mut header: Vec<String> = (0..row.width()).map(|column| row.cell(column).text().into_owned()).collect();
        let named = header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        header.truncate(named);
        // a mapping asked for does not fit a title above the header either: that is told when no row fits
        let plan = match plan::find(&header, file, options) {
            Ok(plan) => plan,
            Err(error @ IngestError::ColumnsMissing { .. }) => {
                refused.get_or_insert(error);
                None
            }
            Err(error) => return Err(error),
        };
        let is_known = plan.is_some();
        let score = header_score(&header, options);
        let texts = header.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<String>>();
        let titles = titles_above.clone();
        titles_above.extend(texts);
        let found =
            Tabular { form: None, separator: None, header, plan, json: None, header_rows: place, titles, sheet: None };
        if is_known {
            return Ok(found);
        }
        if best.as_ref().is_none_or(|(before, _)| score > *before) {
            best = Some((score, found));
        }
    }
    match (refused, best) {
        (Some(error), _) => Err(error),
        (None, Some((_, found))) => Ok(found),
        (None, None) => Err(IngestError::Empty { file: file.to_owned() }),
    }
}

/// How much a row looks like a header: three for each column whose words are known, one for each other that has a name. Days
/// and amounts are no names.
fn header_score(header: &[String], options: &ReadOptions<'_>) -> usize {
    let filled = || header.iter().filter(|name| !name.is_empty());
    // letters and digits make a name, signs and digits an amount
    let is_amount =
        |name: &str| amount::read_marked(name, Decimal::Either).is_ok() && !name.starts_with(char::is_alphabetic);
    let is_value = |name: &&String| is_amount(name) || propose::is_date(name);
    if filled().count() < 2 || filled().any(|name| is_value(&name)) {
        return usize::from(filled().count() > 1);
    }
    let is_known =
        |name: &&String| !options.column_names.said(name).concepts.is_empty() || propose::bucket_of(name).is_some();
    let known = filled().filter(is_known).count();
    2 + 3 * known + filled().count()
}
