//! A report as a workbook: one sheet a table, every row, real numbers and days, an index in front.
//!
//! In: the same answers as the page. Out: an XLSX file, the same bytes for the same inputs. Texts of ledgers
//! are text cells, never formulas, and bear the sheet's own mark of a text where they look like one (`quotePrefix`,
//! the apostrophe that a spreadsheet hides). What a binary number cannot hold exactly is written as text.

mod cells;
mod entries;
mod styles;

use std::collections::BTreeSet;
use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, FormatAlign, IgnoreError, Url, Workbook, Worksheet, XlsxError};

use self::entries::{List, Role, SheetColumn, entry_width};
use self::styles::Styles;
use super::grid::{Grid, Medium, Reader, is_number, narrowed};
use super::input::PageInput;
use super::page::{command_of, panel_comments, tie_out_sentence};
use super::panels::{Audience, PageSpec, PanelSpec, Shape, TableView};
use super::{Formats, ReportError, Templates, visible};
use crate::model::money::SCALE;
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};

/// The most rows of a sheet (Excel's own limit is 1 048 576), its head included; more go on in further sheets.
const MOST_ROWS: usize = 1_048_000;
/// Rows of a sheet that is put together in memory.
const ROWS_IN_MEMORY: usize = 20_000;

/// The row of the headers: above it stand title, question and source of the sheet.
const HEADER_ROW: u32 = 4;

/// Widths in characters.
const NARROWEST: usize = 9;
const WIDEST: usize = 48;

/// Rows looked at to tell how wide a column must be.
const MEASURED_ROWS: usize = 500;

/// Writes the workbook of a report.
///
/// # Errors
/// A word, template or column that the report asks for and nobody has, or an `out` that refuses: [`ReportError`].
///
/// # Panics
/// When the folder of temporary files is full: cells of large sheets wait there, uncompressed.
pub fn render_workbook(input: &PageInput, templates: &Templates, out: impl Write + Send) -> Result<(), ReportError> {
    let spec = templates.report(input.report_name)?.known(input.absent_tables);
    let words = templates.words(input.language)?;
    let formats = Formats::new(&words)?;
    let links = std::collections::BTreeMap::new();
    let reader = Reader::of(input, &words, &formats, &links);
    let styles = Styles::new(input);
    let mut writer = Writer {
        workbook: Workbook::new(),
        input,
        spec: &spec,
        reader: &reader,
        styles,
        names: BTreeSet::new(),
        index: Vec::new(),
        lists: Vec::new(),
        lists_name: String::new(),
    };
    let index_name = writer.name(words.get("workbook.index")?);
    let mut sheets = Vec::new();
    writer.lists_name = writer.name("lists");
    for panel in &spec.panels {
        writer.panel(panel, &mut sheets)?;
    }
    sheets.extend(writer.lists_sheet()?);
    let properties = writer.properties()?;
    writer.workbook.set_properties(&properties);
    // a tenth larger than at the usual level, in half the time
    writer.workbook.set_zip_compression_level(2);
    let mut first = writer.index_sheet(&index_name)?;
    first.set_active(true);
    let mut workbook = writer.workbook;
    workbook.push_worksheet(first);
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_writer(out).map_err(failed)
}

struct Writer<'a> {
    workbook: Workbook,
    input: &'a PageInput<'a>,
    spec: &'a PageSpec,
    reader: &'a Reader<'a>,
    styles: Styles,
    names: BTreeSet<String>,
    /// The sheets by name, each with its head.
    index: Vec<(String, Head)>,
    /// What columns to be filled in may hold, and the sheet it stands on.
    lists: Vec<List>,
    lists_name: String,
}

/// The head of a sheet.
#[derive(Clone)]
struct Head {
    title: String,
    question: String,
    /// The command behind it; empty for a customer.
    command: String,
    comment: String,
}

impl Writer<'_> {
    fn properties(&self) -> Result<DocProperties, ReportError> {
        let title = self.reader.words.get(&format!("pages.{}.title", self.input.report_name))?;
        let company = self.input.company_name.unwrap_or(self.input.company_id);
        // the moment of the load, not of the writing: the same inputs give the same bytes
        let made = ExcelDateTime::parse_from_str(self.input.load.loaded_at.trim_end_matches('Z'))
            .or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))
            .map_err(failed)?;
        Ok(DocProperties::new()
            .set_title(format!("{title} – {}", self.input.as_of))
            .set_company(visible(company))
            .set_author("encours")
            .set_creation_datetime(&made))
    }

    /// A sheet's name, unlike any other: at most 31 characters, none that a sheet may not have.
    fn name(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(|mark| if "[]:*?/\\'".contains(mark) { ' ' } else { mark }).collect();
        let clean = clean.trim();
        for number in 1.. {
            let end = if number == 1 { String::new() } else { format!(" ({number})") };
            let room = 31 - end.chars().count();
            let name: String = clean.chars().take(room).chain(end.chars()).collect();
            if self.names.insert(name.to_lowercase()) {
                return name;
            }
        }
        unreachable!("numbers do not end")
    }

    fn panel(&mut self, panel: &PanelSpec, sheets: &mut Vec<Worksheet>) -> Result<(), ReportError> {
        match panel.shape {
            Shape::Tiles => {
                let query = panel.query.clone().unwrap_or_default();
                let head = self.head(panel, &format!("query {query}"))?;
                let Some(answer) = self.input.answers.get(&query) else { return Ok(()) };
                let columns = answer.columns.iter().map(|column| column.name.clone()).collect();
                let view = TableView { query, columns, ..TableView::default() };
                self.table(panel, &view, answer, head, sheets)
            }
            Shape::Checks => {
                let head = self.head(panel, "check")?;
                let (answer, labels) = self.checks()?;
                self.facts(&answer, &labels, head, sheets)
            }
            Shape::Load => {
                let (answer, labels) = self.sources()?;
                let head = self.head(panel, "history")?;
                self.facts(&answer, &labels, head, sheets)
            }
            // ways between pages, and what stands in lists of their own
            Shape::Cards | Shape::Cockpit => Ok(()),
            // its sentence stands on the index; who carries a difference has a sheet
            Shape::TieOut | Shape::Assumptions | Shape::Sentences | Shape::Table => {
                for (order, view) in panel.tables.iter().enumerate() {
                    let mut head = self.head(panel, &format!("query {}", view.query))?;
                    if order > 0 {
                        self.reader.words.get(&format!("tables.{}", view.query))?.clone_into(&mut head.title);
                        head.comment.clear();
                    }
                    let Some(answer) = self.input.answers.get(&view.query) else { continue };
                    let answer = &*narrowed(&panel.id, &view.query, &view.only, answer)?;
                    if panel.shape == Shape::TieOut && answer.is_empty() {
                        continue;
                    }
                    self.table(panel, view, answer, head, sheets)?;
                }
                Ok(())
            }
        }
    }

    fn head(&self, panel: &PanelSpec, question: &str) -> Result<Head, ReportError> {
        let word = |part: &str| self.reader.words.get(&format!("panels.{}.{part}", panel.id)).map(str::to_owned);
        Ok(Head {
            title: word("title")?,
            question: word("question")?,
            command: self.command(question),
            comment: panel_comments(self.input, &panel.id).join("\n"),
        })
    }

    fn command(&self, question: &str) -> String {
        match self.spec.audience {
            Audience::Company => command_of(question, self.input),
            Audience::Customer => String::new(),
        }
    }

    fn table(
        &mut self,
        panel: &PanelSpec,
        view: &TableView,
        answer: &Answer,
        head: Head,
        sheets: &mut Vec<Worksheet>,
    ) -> Result<(), ReportError> {
        if answer.is_empty() {
            let empty = self.reader.words.get(&format!("panels.{}.empty", panel.id))?.to_owned();
            let (mut sheet, name) = self.sheet(&head, 0)?;
            sheet.write_with_format(HEADER_ROW, 0, empty, &self.styles.note).map_err(failed)?;
            self.index.push((name, head));
            sheets.push(sheet);
            return Ok(());
        }
        let grid = Grid::new(&panel.id, view, answer, Medium::Workbook, self.reader)?;
        let columns = self.columns(panel, view, &grid)?;
        let total = |column: &SheetColumn| match column.role {
            Role::Shown(at) => grid.total(&grid.columns[at]),
            _ => None,
        };
        let totals: Vec<Option<Value<'_>>> = columns.iter().map(total).collect();
        let parts: Vec<&[usize]> = grid.order.chunks(MOST_ROWS).collect();
        for (number, rows) in parts.iter().enumerate() {
            let (mut sheet, name) = self.sheet(&head, rows.len())?;
            let value = |row: usize, at: usize| match columns[at].role {
                Role::Raw(position) => grid.behind(rows[row], position).0,
                Role::Shown(at) => grid.value(rows[row], &grid.columns[at]),
                Role::Entry(_) => Value::Null,
            };
            let is_last = number + 1 == parts.len();
            self.fill(&mut sheet, &columns, rows.len(), value, if is_last { &totals } else { &[] })?;
            if number == 0 {
                self.index.push((name, head.clone()));
            }
            sheets.push(sheet);
        }
        Ok(())
    }

    /// A sheet of facts that no query answers.
    fn facts(
        &mut self,
        answer: &Answer,
        labels: &[String],
        head: Head,
        sheets: &mut Vec<Worksheet>,
    ) -> Result<(), ReportError> {
        let (mut sheet, name) = self.sheet(&head, answer.len())?;
        let shown = answer.columns.iter().zip(labels).enumerate();
        let columns: Vec<SheetColumn> =
            shown.map(|(at, (column, label))| SheetColumn::shown(at, column, label)).collect();
        self.fill(&mut sheet, &columns, answer.len(), |row, at| answer.at(row, at), &[])?;
        self.index.push((name, head));
        sheets.push(sheet);
        Ok(())
    }

    /// A sheet with its head, for so many rows: those of a large one go to disk as they are written.
    fn sheet(&mut self, head: &Head, row_count: usize) -> Result<(Worksheet, String), ReportError> {
        let name = self.name(&head.title);
        let mut sheet = if row_count > ROWS_IN_MEMORY {
            self.workbook.new_worksheet_with_constant_memory().map_err(failed)?
        } else {
            Worksheet::new()
        };
        sheet.set_name(&name).map_err(failed)?;
        sheet.write_with_format(0, 0, &*head.title, &self.styles.title).map_err(failed)?;
        sheet.write_with_format(1, 0, &*head.question, &self.styles.note).map_err(failed)?;
        let source = match self.spec.audience {
            Audience::Company => {
                let values =
                    [("day", self.reader.formats.day(self.input.as_of)), ("load", self.input.load.load_id.clone())];
                let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
                format!("{}  {}", self.reader.words.fill("workbook.source", &values)?, head.command)
            }
            Audience::Customer => {
                self.reader.words.fill("workbook.as_of", &[("day", &self.reader.formats.day(self.input.as_of))])?
            }
        };
        sheet.write_with_format(2, 0, visible(&source).into_owned(), &self.styles.command).map_err(failed)?;
        if !head.comment.is_empty() {
            self.text(&mut sheet, 3, 0, &head.comment, &self.styles.comment)?;
        }
        Ok((sheet, name))
    }

    /// Headers, rows and totals below the head, with filter, frozen panes and widths.
    fn fill<'v>(
        &self,
        sheet: &mut Worksheet,
        columns: &[SheetColumn],
        row_count: usize,
        value: impl Fn(usize, usize) -> Value<'v>,
        totals: &[Option<Value<'_>>],
    ) -> Result<(), ReportError> {
        let last_column = column_number(columns.len().saturating_sub(1));
        let mut widths: Vec<usize> = columns.iter().map(|column| label_width(&column.label)).collect();
        for (at, column) in columns.iter().enumerate() {
            // a format a column, not a cell: looking formats up took a third of the time of large sheets
            if let Some(style) = self.styles.of(&column.column).filter(|_| !column.is_entry()) {
                sheet.set_column_format(column_number(at), style).map_err(failed)?;
            }
            let style = match column.role {
                Role::Entry(_) => &self.styles.entry_header,
                _ if is_number(column.column.kind) => &self.styles.header_number,
                _ => &self.styles.header,
            };
            self.text(sheet, HEADER_ROW, column_number(at), &column.label, style)?;
        }
        let first = self.machine_header(sheet, columns)?;
        let mut below = first;
        for row in 0..row_count {
            for (at, column) in columns.iter().enumerate() {
                let number = column_number(at);
                match &column.role {
                    Role::Entry(spec) => {
                        self.entry_cell(sheet, below, number, spec.kind)?;
                        widths[at] = widths[at].max(entry_width(spec.kind));
                    }
                    Role::Raw(_) => self.raw_cell(sheet, below, number, &value(row, at), &column.column)?,
                    Role::Shown(_) => {
                        let value = value(row, at);
                        self.cell(sheet, below, number, &value, &column.column)?;
                        if row < MEASURED_ROWS {
                            widths[at] = widths[at].max(self.width(&value, &column.column));
                        }
                    }
                }
            }
            below += 1;
        }
        if row_count > 0 {
            // over every column, hidden ones too: what is sorted stays with its row
            sheet.autofilter(HEADER_ROW, 0, below - 1, last_column).map_err(failed)?;
            self.validations(sheet, columns, (first, below - 1))?;
        }
        if totals.iter().any(Option::is_some) {
            self.text(sheet, below, 0, self.reader.words.get("table.total")?, &self.styles.header)?;
            for (at, total) in totals.iter().enumerate() {
                if let Some(total) = total {
                    self.cell(sheet, below, column_number(at), total, &columns[at].column)?;
                    widths[at] = widths[at].max(self.width(total, &columns[at].column));
                }
            }
        }
        for (at, width) in widths.into_iter().enumerate() {
            let width = u32::try_from(width.clamp(NARROWEST, WIDEST) + 2).unwrap_or(20);
            sheet.set_column_width(column_number(at), f64::from(width)).map_err(failed)?;
            if matches!(columns[at].role, Role::Raw(_)) {
                sheet.set_column_hidden(column_number(at)).map_err(failed)?;
            }
        }
        // whom a line is about stays in sight, and what is filled in beside it
        let entered_at = columns.iter().position(SheetColumn::is_entry);
        let frozen = entered_at.map_or_else(|| u16::from(columns.len() > 4), column_number);
        sheet.set_freeze_panes(first, frozen).map_err(failed)?;
        sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW).map_err(failed)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        // identifiers that are digits are texts on purpose
        sheet.ignore_error_range(first, 0, below, last_column, IgnoreError::NumberStoredAsText).map_err(failed)?;
        Ok(())
    }

    /// The first sheet: what the report says of itself, and where each table is.
    fn index_sheet(&mut self, name: &str) -> Result<Worksheet, ReportError> {
        let words = self.reader.words;
        let mut sheet = Worksheet::new();
        sheet.set_name(name).map_err(failed)?;
        let company = visible(self.input.company_name.unwrap_or(self.input.company_id)).into_owned();
        let title = words.get(&format!("pages.{}.title", self.input.report_name))?;
        self.text(&mut sheet, 0, 0, &company, &self.styles.title)?;
        let as_of = format!("{title} {} {}", words.get("page.as_of")?, self.reader.formats.long_day(self.input.as_of));
        self.text(&mut sheet, 1, 0, &as_of, &self.styles.note)?;
        let mut lines = Vec::new();
        if self.input.ages_from_issue {
            lines.push(words.get("page.ages_from_issue")?.to_owned());
        }
        if let Some(subject) = &self.input.subject {
            lines.push(subject.clone());
        }
        if let Some(addressee) = &self.input.addressee {
            lines.push(format!("{} ({})", addressee.name, addressee.customer_id));
        }
        if self.spec.audience == Audience::Company {
            lines.extend(tie_out_sentence(self.input, self.reader)?);
            // its panel has no sheet where all agrees
            lines.extend(panel_comments(self.input, "tie_out"));
            let values = [("load", self.input.load.load_id.as_str()), ("moment", self.input.load.loaded_at.as_str())];
            lines.push(words.fill("workbook.load", &values)?);
        }
        lines.push(super::grid::amounts_caption(false, self.reader)?);
        let mut row = 2;
        for line in lines {
            self.text(&mut sheet, row, 0, &visible(&line), &self.styles.note)?;
            row += 1;
        }
        row += 1;
        let is_for_company = self.spec.audience == Audience::Company;
        let mut labels = vec!["workbook.sheet", "workbook.question"];
        if is_for_company {
            labels.extend(["workbook.command", "workbook.comment"]);
        }
        for (at, label) in labels.iter().enumerate() {
            self.text(&mut sheet, row, column_number(at), words.get(label)?, &self.styles.header)?;
        }
        let header = row;
        for (sheet_name, head) in &self.index {
            row += 1;
            let link = Url::new(format!("internal:'{sheet_name}'!A1")).set_text(&head.title);
            sheet.write_url_with_format(row, 0, link, &self.styles.link).map_err(failed)?;
            self.text(&mut sheet, row, 1, &head.question, &self.styles.text.clone().set_text_wrap())?;
            if is_for_company {
                self.text(
                    &mut sheet,
                    row,
                    2,
                    &visible(&head.command),
                    &self.styles.command.clone().set_align(FormatAlign::Top),
                )?;
                self.text(&mut sheet, row, 3, &head.comment, &self.styles.comment)?;
            }
        }
        for (at, width) in [34_u32, 60, 70, 50].into_iter().enumerate() {
            sheet.set_column_width(column_number(at), f64::from(width)).map_err(failed)?;
        }
        sheet.set_freeze_panes(header + 1, 0).map_err(failed)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(sheet)
    }

    /// Each check and its faults.
    fn checks(&self) -> Result<(Answer, Vec<String>), ReportError> {
        let words = self.reader.words;
        let columns = [
            ("check_name", ColumnKind::Text),
            ("fault_count", ColumnKind::Int),
            ("fault_text", ColumnKind::Text),
            ("todo_text", ColumnKind::Text),
        ];
        let mut rows = Vec::new();
        for check in &self.input.checks {
            let word = |part: &str, own: &str| {
                let own = visible(own).into_owned();
                Value::text(words.find(&format!("checks.{}.{part}", check.name)).map_or(own, str::to_owned))
            };
            rows.push(vec![
                word("title", &check.name),
                Value::Int(i64::try_from(check.fault_count).unwrap_or(i64::MAX)),
                word("fault", &check.fault),
                word("todo", &check.todo),
            ]);
        }
        let labels = ["check", "faults", "fault", "todo"].map(|word| words.get(&format!("checks_table.{word}")));
        answer_of(&columns, rows, labels)
    }

    /// The files behind the lake, then what was assumed of them.
    fn sources(&self) -> Result<(Answer, Vec<String>), ReportError> {
        let words = self.reader.words;
        let columns = [
            ("source_name", ColumnKind::Text),
            ("line_count", ColumnKind::Int),
            ("accepted_count", ColumnKind::Int),
            ("rejected_count", ColumnKind::Int),
            ("amount", ColumnKind::Money),
        ];
        let count = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        let load = &self.input.load;
        let mut rows: Vec<Vec<Value>> = load
            .sources
            .iter()
            .map(|source| {
                let name = Value::text(source.file_name.clone());
                let counts = [source.line_count, source.accepted_count, source.rejected_count].map(count);
                [name].into_iter().chain(counts).chain([Value::Null]).collect()
            })
            .collect();
        for assumption in &load.assumptions {
            let sentence = words.find(&format!("assumptions.{}", assumption.code)).unwrap_or(&assumption.code);
            rows.push(vec![
                Value::text(sentence.to_owned()),
                if assumption.line_count == 0 { Value::Null } else { count(assumption.line_count) },
                Value::Null,
                Value::Null,
                assumption.amount.map_or(Value::Null, |amount| Value::Decimal { digits: amount, scale: SCALE }),
            ]);
        }
        let labels = ["file_or_assumption", "lines", "accepted", "rejected", "amount"]
            .map(|word| words.get(&format!("load_table.{word}")));
        let (answer, labels) = answer_of(&columns, rows, labels)?;
        Ok((answer.with_decimals(self.input.decimals), labels))
    }
}

fn answer_of<const N: usize>(
    columns: &[(&str, ColumnKind); N],
    rows: Vec<Vec<Value>>,
    labels: [Result<&str, ReportError>; N],
) -> Result<(Answer, Vec<String>), ReportError> {
    let columns = columns.iter().map(|(name, kind)| AnswerColumn { name: (*name).to_owned(), kind: *kind }).collect();
    let labels: Result<Vec<String>, ReportError> = labels.into_iter().map(|label| label.map(str::to_owned)).collect();
    Ok((Answer::of(columns, rows), labels?))
}

/// A header wraps at its words.
fn label_width(label: &str) -> usize {
    label.split(' ').map(|word| word.chars().count()).max().unwrap_or(0).max(label.chars().count() / 2) + 3
}

fn column_number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failed(cause: XlsxError) -> ReportError {
    ReportError::WorkbookFailed { cause: cause.to_string() }
}
