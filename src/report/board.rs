//! The board's page in figures: what `reports/board.typ` sets on one A4.

use serde_json::{Value as Json, json};

use super::grid::{Reader, cell_text, figure, header_word, label_word};
use super::input::PageInput;
use super::needs::Known;
use super::page::{spelled_out, tie_out_sentence};
use super::tiles::tile_texts;
use super::{Formats, ReportError, Templates, visible};
use crate::model::{Answer, ColumnKind, Value};

/// The report.
const BOARD: &str = "board";
/// How many month-ends and debtors one page holds.
const MONTHS: usize = 13;
const DEBTORS: usize = 10;

/// The template of the page as PDF, and what it shows: JSON.
///
/// # Errors
/// A word, template or column that nobody has: [`ReportError`].
pub fn board_page(input: &PageInput, templates: &Templates) -> Result<(String, Json), ReportError> {
    let words = templates.words(input.language)?;
    let formats = Formats::new(&words)?;
    let reader = Reader::of(input, &words, &formats, &input.links);
    let board = Board { input, reader: &reader, none: Answer::default() };
    let Known { spec, .. } = templates.report(BOARD)?.told(input.absent_tables);
    let figures = spec.panels.iter().find(|panel| !panel.tiles.is_empty());
    let tiles = match (figures, input.answers.get("key_figures")) {
        (Some(panel), Some(answer)) => tile_texts(panel, answer, input.as_of, &reader)?,
        _ => Vec::new(),
    };
    let tiles: Vec<Json> = tiles
        .into_iter()
        .map(|[label, value, beneath, change]| json!({ "label": label, "value": value, "beneath": beneath, "change": change }))
        .collect();
    let company = input.company_name.unwrap_or(input.company_id);
    let data = json!({
        "title": words.get("pages.board.title")?,
        "company": visible(company),
        "day": formats.long_day(input.as_of),
        "language": input.language.code(),
        "proof": tie_out_sentence(input, &reader)?.unwrap_or_default(),
        "source": format!("{} · {}", visible(input.generated_note), visible(&input.load.load_id)),
        "sentences": board.sentences(),
        "tiles": tiles,
        "dso": board.sheet("board_dso", "dso_history", &["month_end_date", "dso_count_back_days", "dso_best_possible_count_back_days"], |rows| {
            rows.split_off(rows.len().saturating_sub(MONTHS))
        })?,
        "aging": board.aging()?,
        "debtors": board.sheet("board_debtors", "top_debtors", &["customer_name", "open_amount", "overdue_amount", "share_ratio"], |rows| {
            rows.truncate(DEBTORS);
            std::mem::take(rows)
        })?,
        "forecast": board.sheet("board_forecast", "cash_forecast", &["week_end_date", "p10_amount", "p50_amount", "p90_amount"], std::mem::take)?,
    });
    Ok((templates.get("board.typ")?.into_owned(), data))
}

struct Board<'a> {
    input: &'a PageInput<'a>,
    reader: &'a Reader<'a>,
    none: Answer,
}

impl Board<'_> {
    fn answer(&self, query: &str) -> &Answer {
        self.input.answers.get(query).unwrap_or(&self.none)
    }

    fn sentences(&self) -> Vec<String> {
        let answer = self.answer("brief");
        let text = |row: usize| spelled_out(&answer.value(row, "brief_text").plain(), self.reader);
        (0..answer.len()).map(|row| visible(&text(row)).into_owned()).collect()
    }

    /// A table of some columns, whole amounts; rows without their first value are left out: what is beyond the weeks.
    fn sheet(
        &self,
        panel: &str,
        query: &str,
        columns: &[&str],
        shown: impl Fn(&mut Vec<usize>) -> Vec<usize>,
    ) -> Result<Json, ReportError> {
        let answer = self.answer(query);
        let mut rows: Vec<usize> = (0..answer.len()).filter(|row| !answer.value(*row, columns[0]).is_null()).collect();
        let text = |row: usize, name: &str| {
            let Some(position) = answer.position(name) else { return String::new() };
            cell_text(&answer.at(row, position), &answer.columns[position], true, self.reader).text
        };
        let rows: Vec<Vec<String>> =
            shown(&mut rows).into_iter().map(|row| columns.iter().map(|name| text(row, name)).collect()).collect();
        let headers: Result<Vec<&str>, ReportError> =
            columns.iter().map(|name| label_word(panel, query, name, self.reader)).collect();
        Ok(json!({ "title": self.title(panel)?, "headers": headers?, "rows": rows }))
    }

    fn title(&self, panel: &str) -> Result<&str, ReportError> {
        self.reader.words.get(&format!("panels.{panel}.title"))
    }

    /// The aged debt with the lengths of its bars in thousandths of the largest.
    fn aging(&self) -> Result<Json, ReportError> {
        let answer = self.answer("aging");
        let amount = |row: usize| figure(&answer.value(row, "open_amount"), ColumnKind::Money).unwrap_or(0);
        let largest = (0..answer.len()).map(|row| amount(row).max(0)).max().unwrap_or(0).max(1);
        let total: i128 = (0..answer.len()).map(amount).sum();
        let cell = |row: usize, name: &str| {
            let Some(position) = answer.position(name) else { return String::new() };
            cell_text(&answer.at(row, position), &answer.columns[position], true, self.reader).text
        };
        let share = |row: usize| match total {
            0 => String::new(),
            total => {
                let value = Value::Decimal { digits: amount(row) * 1_000_000 / total, scale: 6 };
                let column = crate::model::AnswerColumn { name: "share_ratio".to_owned(), kind: ColumnKind::Ratio };
                cell_text(&value, &column, true, self.reader).text
            }
        };
        // ages take their colours in their order, what is of unknown age the last
        let age = |row: usize| match answer.value(row, "bucket_order") {
            Value::Int(order) if order >= 0 => order.min(4),
            _ => 5,
        };
        let row = |row: usize| {
            let length = i64::try_from(amount(row).max(0) * 1000 / largest).unwrap_or(0);
            json!({ "label": cell(row, "bucket_code"), "amount": cell(row, "open_amount"), "share": share(row), "length": length, "age": age(row) })
        };
        let shown = (0..answer.len())
            .filter(|row| amount(*row) != 0 || answer.value(*row, "bucket_code").plain() != "age_unknown");
        let headers = [
            header_word("bucket_code", self.reader)?,
            "",
            label_word("aging", "aging", "open_amount", self.reader)?,
            header_word("share_ratio", self.reader)?,
        ];
        Ok(
            json!({ "title": self.title("board_aging")?, "headers": headers, "rows": shown.map(row).collect::<Vec<_>>() }),
        )
    }
}
