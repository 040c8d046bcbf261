//! Columns that a person fills in, and what is written so that a filled sheet can be read back in any language.
//!
//! Behind the columns of a table stand those to be filled in, empty and validated; behind them, hidden, raw values of
//! the answer. A hidden row beneath the headers names each column by a prefix and its name. What a list offers stands
//! on a hidden sheet of its own, each code beside its word: a list of words in the validation itself would end at 255
//! characters, and at the first comma.

use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Formula, Worksheet, utility};

use super::{HEADER_ROW, Writer, column_number, failed};
use crate::model::{AnswerColumn, ColumnKind, Value};
use crate::report::ReportError;
use crate::report::grid::{Grid, header_word};
use crate::report::panels::{EntryKind, EntrySpec, PanelSpec, TableView};

/// A title of a message holds 32 characters, its text 255.
const LONGEST_TITLE: usize = 32;
const LONGEST_MESSAGE: usize = 255;

/// Widths in characters of columns whose words do not tell it.
const DATE_WIDTH: usize = 12;
const AMOUNT_WIDTH: usize = 14;
const TEXT_WIDTH: usize = 24;

/// A column of a sheet.
pub(super) struct SheetColumn {
    pub(super) column: AnswerColumn,
    /// The word above it.
    pub(super) label: String,
    pub(super) role: Role,
    /// Its name for whoever reads the sheet back.
    machine_name: Option<String>,
}

/// What a column is there for.
pub(super) enum Role {
    /// To be read: a column of the grid.
    Shown(usize),
    /// To be filled in.
    Entry(EntrySpec),
    /// To be read back: a column of the answer as it is, hidden.
    Raw(usize),
}

/// The words that a column to be filled in offers, each with its code.
pub(super) struct List {
    of: String,
    /// The codes that the panel names; none: all that have words.
    asked: Vec<String>,
    words: Vec<(String, String)>,
}

impl SheetColumn {
    /// A column to be read.
    pub(super) fn shown(at: usize, column: &AnswerColumn, label: &str) -> Self {
        Self { column: column.clone(), label: label.to_owned(), role: Role::Shown(at), machine_name: None }
    }

    pub(super) const fn is_entry(&self) -> bool {
        matches!(self.role, Role::Entry(_))
    }
}

impl Writer<'_> {
    /// The columns of a table: those of its grid, those to be filled in, those to be read back. What is filled in stands beside
    /// whom it is about: behind the column that names the customer.
    pub(super) fn columns(
        &mut self,
        panel: &PanelSpec,
        view: &TableView,
        grid: &Grid,
    ) -> Result<Vec<SheetColumn>, ReportError> {
        let named = |name: &str, is_beside_raw: bool| {
            let prefix = &view.machine_header.as_ref()?.prefix;
            Some(if is_beside_raw { format!("{prefix}.shown.{name}") } else { format!("{prefix}.{name}") })
        };
        let mut columns: Vec<SheetColumn> = Vec::new();
        for (at, column) in grid.columns.iter().enumerate() {
            let name = &column.column.name;
            let machine_name = named(name, view.hidden_columns.contains(name));
            columns.push(SheetColumn { machine_name, ..SheetColumn::shown(at, &column.column, &column.label) });
        }
        let named_at = columns.iter().position(|column| column.column.name == "customer_name");
        let behind = columns.split_off(named_at.map_or(columns.len(), |at| at + 1));
        for entry in &view.entries {
            if entry.kind == EntryKind::List {
                self.add_list(entry)?;
            }
            columns.push(SheetColumn {
                column: AnswerColumn { name: entry.name.clone(), kind: ColumnKind::Text },
                label: header_word(&entry.name, self.reader)?.to_owned(),
                role: Role::Entry(entry.clone()),
                machine_name: named(&entry.name, false),
            });
        }
        columns.extend(behind);
        for name in &view.hidden_columns {
            let position = grid.position(name).ok_or_else(|| ReportError::ColumnMissing {
                panel: panel.id.clone(),
                query: view.query.clone(),
                column: name.clone(),
            })?;
            let kind = grid.kind(position);
            columns.push(SheetColumn {
                column: AnswerColumn { name: name.clone(), kind },
                label: header_word(name, self.reader).unwrap_or(name).to_owned(),
                role: Role::Raw(position),
                machine_name: named(name, false),
            });
        }
        Ok(columns)
    }

    /// The hidden row of names, where there is one; the row below it.
    pub(super) fn machine_header(&self, sheet: &mut Worksheet, columns: &[SheetColumn]) -> Result<u32, ReportError> {
        let row = HEADER_ROW + 1;
        if columns.iter().all(|column| column.machine_name.is_none()) {
            return Ok(row);
        }
        for (at, column) in columns.iter().enumerate() {
            if let Some(name) = &column.machine_name {
                self.text(sheet, row, column_number(at), name, &self.styles.note)?;
            }
        }
        sheet.set_row_hidden(row).map_err(failed)?;
        Ok(row + 1)
    }

    /// An empty cell to be filled in.
    pub(super) fn entry_cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        at: u16,
        kind: EntryKind,
    ) -> Result<(), ReportError> {
        let style = match kind {
            EntryKind::Date => &self.styles.entry_date,
            EntryKind::Amount => &self.styles.entry_amount,
            EntryKind::Text | EntryKind::List => &self.styles.entry_text,
        };
        sheet.write_blank(row, at, style).map_err(failed)?;
        Ok(())
    }

    /// A value to be read back: codes and identifiers as they are, days and numbers as such.
    pub(super) fn raw_cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        at: u16,
        value: &Value,
        column: &AnswerColumn,
    ) -> Result<(), ReportError> {
        match value {
            Value::Text(_) | Value::Flag(_) => self.text(sheet, row, at, &value.plain(), &self.styles.text),
            _ => self.cell(sheet, row, at, value, column),
        }
    }

    /// What each column to be filled in takes, from the first row to the last.
    pub(super) fn validations(
        &self,
        sheet: &mut Worksheet,
        columns: &[SheetColumn],
        (first, last): (u32, u32),
    ) -> Result<(), ReportError> {
        for (at, column) in columns.iter().enumerate() {
            let Role::Entry(entry) = &column.role else { continue };
            let at = column_number(at);
            if let Some(validation) = self.validation(entry, &column.label)? {
                sheet.add_data_validation(first, at, last, at, &validation).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn validation(&self, entry: &EntrySpec, label: &str) -> Result<Option<DataValidation>, ReportError> {
        let words = self.reader.words;
        let validation = DataValidation::new();
        let (validation, message) = match entry.kind {
            EntryKind::Text => return Ok(None),
            EntryKind::List => {
                let (order, list) =
                    self.lists.iter().enumerate().find(|(_, list)| list.is_of(entry)).ok_or_else(|| {
                        ReportError::WorkbookFailed { cause: format!("no list for `{}`", entry.name) }
                    })?;
                let column = utility::column_number_to_name(column_number(order * 2 + 1));
                let range = format!("='{}'!${column}$2:${column}${}", self.lists_name, list.words.len() + 1);
                (validation.allow_list_formula(Formula::new(range)), words.get("workbook.entry_list")?)
            }
            EntryKind::Date => {
                let first = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
                let last = ExcelDateTime::from_ymd(2100, 12, 31).map_err(failed)?;
                (validation.allow_date(DataValidationRule::Between(first, last)), words.get("workbook.entry_date")?)
            }
            EntryKind::Amount => {
                let rule = DataValidationRule::GreaterThanOrEqualTo(0.0);
                (validation.allow_decimal_number(rule), words.get("workbook.entry_amount")?)
            }
        };
        let validation = validation.set_error_title(first_of(label, LONGEST_TITLE)).map_err(failed)?;
        Ok(Some(validation.set_error_message(first_of(message, LONGEST_MESSAGE)).map_err(failed)?))
    }

    /// Keeps the words of a list for its sheet, once.
    fn add_list(&mut self, entry: &EntrySpec) -> Result<(), ReportError> {
        let words = self.reader.words;
        if self.lists.iter().any(|list| list.is_of(entry)) {
            return Ok(());
        }
        let group = format!("codes.{}", entry.of);
        let mut listed: Vec<(String, String)> = Vec::new();
        for code in &entry.codes {
            listed.push((code.clone(), words.get(&format!("{group}.{code}"))?.to_owned()));
        }
        if entry.codes.is_empty() {
            listed.extend(words.under(&group).map(|(code, word)| (code.to_owned(), word.to_owned())));
        }
        if listed.is_empty() {
            words.get(&group)?;
        }
        for (order, (code, word)) in listed.iter().enumerate() {
            if let Some((other, _)) = listed[..order].iter().find(|(_, other)| other == word) {
                let cause =
                    format!("`{group}.{other}` and `{group}.{code}` are the same word: no choice could be read back");
                return Err(ReportError::WorkbookFailed { cause });
            }
        }
        self.lists.push(List { of: entry.of.clone(), asked: entry.codes.clone(), words: listed });
        Ok(())
    }

    /// The hidden sheet of the lists: two columns each, the codes and their words.
    pub(super) fn lists_sheet(&self) -> Result<Option<Worksheet>, ReportError> {
        if self.lists.is_empty() {
            return Ok(None);
        }
        let mut sheet = Worksheet::new();
        sheet.set_name(&self.lists_name).map_err(failed)?;
        for (order, list) in self.lists.iter().enumerate() {
            let (codes, words) = (column_number(order * 2), column_number(order * 2 + 1));
            self.text(&mut sheet, 0, codes, &format!("codes.{}", list.of), &self.styles.note)?;
            self.text(&mut sheet, 0, words, &format!("words.{}", list.of), &self.styles.note)?;
            for (row, (code, word)) in (1..).zip(&list.words) {
                self.text(&mut sheet, row, codes, code, &self.styles.text)?;
                self.text(&mut sheet, row, words, word, &self.styles.text)?;
            }
        }
        sheet.set_hidden(true);
        Ok(Some(sheet))
    }
}

impl List {
    /// Whether an entry offers this list.
    fn is_of(&self, entry: &EntrySpec) -> bool {
        self.of == entry.of && self.asked == entry.codes
    }
}

/// About how many characters a column to be filled in must hold.
pub(super) const fn entry_width(kind: EntryKind) -> usize {
    match kind {
        EntryKind::Date => DATE_WIDTH,
        EntryKind::Amount => AMOUNT_WIDTH,
        EntryKind::Text => TEXT_WIDTH,
        EntryKind::List => DATE_WIDTH * 2,
    }
}

/// The first characters of a text.
fn first_of(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a workbook that is not written must stop the test")]
mod tests {
    use std::io::Read;

    use super::super::render_workbook;
    use crate::report::Language;
    use crate::report::sample::{own_report, page, worklist};

    const WORKLIST: &str = "
[[panels.tables]]
query = \"worklist\"
columns = [\"customer_name\", \"channel_code\", \"due_date\", \"open_amount\"]
entries = [
    { name = \"result_code\", kind = \"list\", of = \"own_result\", codes = [\"promise\", \"dispute\"] },
    { name = \"promised_date\", kind = \"date\" },
    { name = \"promised_amount\", kind = \"amount\" },
    { name = \"note_text\", kind = \"text\" },
]
machine_header = { prefix = \"worklist\" }
hidden_columns = [\"action_id\", \"channel_code\", \"due_date\"]
";

    /// The parts of a workbook as one text.
    fn parts(panel: &str, language: Language) -> String {
        let mut input = page(language);
        input.answers.clear();
        input.answers.insert("worklist".to_owned(), worklist());
        let mut bytes = std::io::Cursor::new(Vec::new());
        render_workbook(&input, &own_report(panel), &mut bytes).unwrap();
        let mut archive = zip::ZipArchive::new(bytes).unwrap();
        let mut text = String::new();
        for part in 0..archive.len() {
            archive.by_index(part).unwrap().read_to_string(&mut text).unwrap();
        }
        text
    }

    fn strings(parts: &str) -> Vec<&str> {
        let texts = parts.split("<t>").chain(parts.split("<t xml:space=\"preserve\">"));
        texts.filter_map(|rest| rest.split_once("</t>")).map(|(text, _)| text).collect()
    }

    #[test]
    fn every_column_is_named_for_the_reading_back_whatever_the_language() {
        for language in Language::ALL {
            let parts = parts(WORKLIST, language);
            let names: Vec<&str> =
                strings(&parts).into_iter().filter_map(|text| text.strip_prefix("worklist.")).collect();
            // what is filled in stands beside the customer
            let entries = ["result_code", "promised_date", "promised_amount", "note_text"];
            let shown = ["shown.channel_code", "shown.due_date", "open_amount"];
            let raw = ["action_id", "channel_code", "due_date"];
            assert_eq!(names, [&["customer_name"][..], &entries[..], &shown[..], &raw[..]].concat());
            assert!(parts.contains("<row r=\"6\" spans=\"1:11\" hidden=\"1\">"));
            assert!(parts.contains("<autoFilter ref=\"A5:K9\""), "sorting moves whole rows");
            // the last three columns, and the sheet of lists
            assert_eq!(parts.matches("hidden=\"1\" customWidth=\"1\"/>").count(), 3);
            assert!(parts.contains("state=\"hidden\""));
        }
    }

    #[test]
    fn what_is_filled_in_is_validated_and_its_message_says_what_is_wanted() {
        let parts = parts(WORKLIST, Language::En);
        for validation in [
            "<dataValidation type=\"list\"",
            "sqref=\"B7:B9\"><formula1>'lists'!$B$2:$B$3</formula1>",
            "<dataValidation type=\"date\"",
            "sqref=\"C7:C9\"><formula1>36526</formula1><formula2>73415</formula2>",
            "<dataValidation type=\"decimal\" operator=\"greaterThanOrEqual\"",
            "sqref=\"D7:D9\"><formula1>0</formula1>",
            "error=\"Please choose one of the words of the list.\"",
        ] {
            assert!(parts.contains(validation), "{validation}: {parts}");
        }
        let strings = strings(&parts);
        for listed in ["codes.own_result", "words.own_result", "promise", "Promise, to pay", "dispute", "Dispute"] {
            assert!(strings.contains(&listed), "{listed}: {strings:?}");
        }
        assert!(!strings.contains(&"No answer"), "a code that is not offered");
    }

    #[test]
    fn codes_are_raw_beside_their_words_and_what_looks_like_a_formula_is_marked() {
        let parts = parts(WORKLIST, Language::En);
        let strings = strings(&parts);
        for text in ["Telephone", "telephone", "=A1", "007"] {
            assert!(strings.contains(&text), "{text}: {strings:?}");
        }
        assert!(parts.contains("quotePrefix=\"1\"") && !parts.contains("<f>"));
    }

    #[test]
    fn a_list_of_no_codes_offers_all_that_have_words() {
        let parts = parts(&WORKLIST.replace(", codes = [\"promise\", \"dispute\"]", ""), Language::Fr);
        assert!(strings(&parts).contains(&"No answer") && parts.contains("'lists'!$B$2:$B$4"), "{parts}");
    }

    #[test]
    fn two_codes_of_one_word_are_refused() {
        let mut input = page(Language::En);
        input.answers.insert("worklist".to_owned(), worklist());
        let panel = WORKLIST.replace("\"promise\", \"dispute\"", "\"promise\", \"promise\"");
        let refused = render_workbook(&input, &own_report(&panel), std::io::Cursor::new(Vec::new())).unwrap_err();
        assert!(refused.to_string().contains("are the same word"), "{refused}");
    }

    #[test]
    fn a_table_without_entries_has_neither_names_nor_lists() {
        let parts = parts("[[panels.tables]]\nquery = \"worklist\"\ncolumns = [\"customer_name\"]\n", Language::En);
        for absent in ["hidden=\"1\" customWidth", "state=\"hidden\"", "dataValidation", "'lists'"] {
            assert!(!parts.contains(absent), "{absent}: {parts}");
        }
    }
}
