//! Tables of the page: which rows of a grid are shown, and each cell as the template prints it.

use minijinja::{Value as Shown, context};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::ReportError;
use super::grid::{
    Grid, GridColumn, Medium, Reader, amounts_caption, cell_text, digits, figure, header_word, is_number, millionths,
    narrowed,
};
use super::panels::TableView;
use super::search::hidden_rows;
use crate::model::{Answer, ColumnKind, Value};

/// A text of so many characters is not broken over lines: references, dates, codes.
const LONGEST_UNBROKEN: usize = 16;

/// A text of so many characters is a sentence: it gets room.
const SHORTEST_PROSE: usize = 48;

/// A table of more columns than these is set closer.
const MOST_AIRY_COLUMNS: usize = 9;

/// The table of a view, or `None` for an answer without rows.
pub(super) fn table(
    panel: &str,
    view: &TableView,
    answer: &Answer,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let answer = &*narrowed(panel, &view.query, &view.only, answer)?;
    if answer.is_empty() {
        return Ok(None);
    }
    let grid = Grid::new(panel, view, answer, Medium::Page, reader)?;
    let largest = grid.largest_shaded();
    TableBuilder { panel, view, grid, largest, reader }.table().map(Some)
}

struct TableBuilder<'a> {
    panel: &'a str,
    view: &'a TableView,
    grid: Grid<'a>,
    /// The largest figure that is shaded, in millionths.
    largest: Option<i128>,
    reader: &'a Reader<'a>,
}

impl TableBuilder<'_> {
    fn table(&self) -> Result<Shown, ReportError> {
        let order = &self.grid.order;
        let split = self.view.last_rows.map_or(0, |count| order.len().saturating_sub(count));
        let (earlier, rest) = order.split_at(split);
        let shown = &rest[..self.view.first_rows.unwrap_or(usize::MAX).min(rest.len())];

        let (columns, dropped) = self.columns_with_amount(shown);
        let count = |number: usize| self.reader.formats.number(number.try_into().unwrap_or(i128::MAX), 0);
        let dropped = match dropped.as_slice() {
            [] => None,
            names => Some(self.reader.words.fill("table.dropped", &[("columns", &names.join(", "))])?),
        };
        let starts = match order.first() {
            Some(first) if self.grid.skipped_count > 0 => {
                let (value, column) = self.grid.behind(*first, 0);
                let value = self.reader.formats.value(&value, column);
                Some(self.reader.words.fill("table.starts", &[("first", &value)])?)
            }
            _ => None,
        };
        let search = if self.view.is_searchable {
            Some(hidden_rows(&self.grid, &columns, &rest[shown.len()..], &self.view.filters, self.reader)?)
        } else {
            None
        };
        let hidden = rest.len() - shown.len();
        let more = if hidden > 0 {
            let findable = shown.len() + search.as_ref().map_or(0, |search| search.row_count);
            let values = [
                ("shown", count(shown.len())),
                ("total", count(order.len())),
                ("hidden", count(hidden)),
                ("findable", count(findable)),
            ];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let key = match &search {
                Some(_) if findable == order.len() => "table.more_findable",
                Some(_) => "table.more_partly_findable",
                None => "table.more",
            };
            Some(self.reader.words.fill(key, &values)?)
        } else {
            None
        };
        let earlier = match earlier.len() {
            0 => None,
            number => {
                let label = self.reader.words.fill("table.earlier", &[("count", &count(number))])?;
                let (columns, _) = self.columns_with_amount(earlier);
                Some(context! { label, ..self.grid(earlier, &columns)? })
            }
        };
        Ok(context! {
            verdict => self.verdict()?, more, dropped, starts, earlier, total => self.total(&columns)?, caption => self.caption(&columns)?,
            is_folded => self.view.is_folded, is_list => self.view.is_list, is_searchable => self.view.is_searchable, total_count => order.len(),
            hidden_rows => search.as_ref().map(|search| search.json.clone()), query => &self.view.query, filters => self.view.filters.join(" "),
            // of rows that are in the workbook only no sum can be told again
            is_whole => shown.len() + search.as_ref().map_or(0, |search| search.row_count) == order.len(),
            ..self.grid(shown, &columns)?
        })
    }

    /// Headers and rows of one table.
    fn grid(&self, positions: &[usize], columns: &[&GridColumn]) -> Result<Shown, ReportError> {
        let mut headers = Vec::new();
        for column in columns {
            headers.push(context! { text => &column.label, name => &column.column.name, is_number => is_number(column.column.kind), is_entry => false });
        }
        if !self.view.parts.is_empty() {
            let text = self.reader.words.get("table.parts")?;
            headers.push(context! { text, name => "parts", is_number => false, is_entry => false });
        }
        let is_dense = headers.len() > MOST_AIRY_COLUMNS;
        for entry in &self.view.entries {
            let text = header_word(&entry.name, self.reader)?;
            headers.push(context! { text, name => &entry.name, is_number => false, is_entry => true });
        }
        let rows: Result<Vec<Shown>, ReportError> = positions.iter().map(|row| self.row(*row, columns)).collect();
        let entry_count = self.view.entries.len();
        Ok(context! { headers, rows => rows?, is_dense, entry_count })
    }

    /// The columns of the view that these rows need, and the words of those they do not.
    fn columns_with_amount(&self, rows: &[usize]) -> (Vec<&GridColumn>, Vec<String>) {
        let mut columns = Vec::new();
        let mut dropped = Vec::new();
        for column in &self.grid.columns {
            if self.view.drop_if_zero.contains(&column.column.name) && self.grid.is_without_amount(column, rows) {
                dropped.push(column.label.to_lowercase());
            } else if !self.grid.is_nothing(column, self.reader) {
                columns.push(column);
            }
        }
        (columns, dropped)
    }

    fn row(&self, row: usize, columns: &[&GridColumn]) -> Result<Shown, ReportError> {
        let mut cells = Vec::new();
        for shown in columns {
            let value = self.grid.value(row, shown);
            let text = self.grid.text(row, shown, self.reader);
            let beneath = self.grid.text_beneath(row, shown, &text.text, self.reader);
            let bar = (self.view.bar.as_deref() == Some(&shown.column.name)).then(|| self.bar(&value, shown));
            let explanation = self.explanation(&value, shown);
            let is_sortable = is_number(shown.column.kind) || shown.column.kind == ColumnKind::Date;
            let plain = if is_sortable && !value.is_null() { Some(value.plain()) } else { None };
            let is_shaded = self.grid.is_shaded(shown) && !self.grid.is_total(row);
            let shade = is_shaded.then(|| self.shade(&value));
            let classes = [
                ("number", is_number(shown.column.kind)),
                ("quiet", value.is_null() || digits(&value) == Some(0)),
                ("named", !beneath.text.is_empty() && beneath.is_ledger),
                ("prose", text.text.chars().count() >= SHORTEST_PROSE),
                ("short", text.text.chars().count() <= LONGEST_UNBROKEN),
            ];
            let applied = classes.iter().filter(|(_, applies)| *applies).map(|(class, _)| (*class).to_owned());
            let class = applied.chain(shade.map(|shade| format!("shade-{shade}"))).collect::<Vec<_>>().join(" ");
            cells.push(context! {
                text => text.text, is_ledger => text.is_ledger, class, plain,
                beneath => beneath.text, beneath_is_ledger => beneath.is_ledger, bar, explanation,
                is_below => digits(&value).unwrap_or(0) < 0, parts => Shown::from(()), link => self.grid.link(row, shown, self.reader),
            });
        }
        if !self.view.parts.is_empty() {
            cells.push(context! {
                text => "", is_ledger => false, class => "parts", plain => Shown::from(()), beneath => "",
                bar => Shown::from(()), explanation => Shown::from(()), parts => self.parts(row)?,
            });
        }
        let places = self.reader.filters.of_row(&self.grid, row, &self.view.filters, self.reader)?;
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        let leads = self.view.leads.as_deref().filter(|_| !self.grid.is_total(row)).map(|leads| self.led(leads, row));
        Ok(context! { cells, is_total => self.grid.is_total(row), places => places.join(" "), leads })
    }

    /// The place in the page that the rows behind a row stand at: `{column}` is the row's own value.
    fn led(&self, leads: &str, row: usize) -> String {
        let mut led = leads.to_owned();
        for position in 0.. {
            let Some(name) = self.grid.name(position) else { break };
            let place = format!("{{{name}}}");
            if led.contains(&place) {
                let value = self.grid.behind(row, position).0.plain();
                led = led.replace(&place, &utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string());
            }
        }
        led
    }

    /// What a flag of every row says of the table as a whole, and whether it is a no.
    fn verdict(&self) -> Result<Option<Shown>, ReportError> {
        let Some(name) = &self.view.verdict else { return Ok(None) };
        let position = self.grid.position(name).ok_or_else(|| ReportError::ColumnMissing {
            panel: self.panel.to_owned(),
            query: self.view.query.clone(),
            column: name.clone(),
        })?;
        let Some(first) = self.grid.order.first() else { return Ok(None) };
        let is_no = matches!(self.grid.behind(*first, position).0, Value::Flag(false));
        let text = self.reader.words.get(&format!("verdicts.{name}.{}", if is_no { "no" } else { "yes" }))?;
        Ok(Some(context! { text, is_no }))
    }

    fn explanation(&self, value: &Value, shown: &GridColumn) -> Option<&str> {
        if self.view.explain.as_deref() != Some(&shown.column.name) {
            return None;
        }
        let Value::Text(code) = value else { return None };
        self.reader.words.find(&format!("explanations.{}.{code}", shown.column.name))
    }

    /// How dark a figure is shaded, in eighths of the largest; 0 is plain.
    fn shade(&self, value: &Value) -> i128 {
        let figure = millionths(value).unwrap_or(0).max(0);
        let largest = self.largest.unwrap_or(0);
        figure.saturating_mul(8).saturating_add(largest - 1).checked_div(largest).unwrap_or(0).min(8)
    }

    /// The length of a bar in thousandths of the longest one.
    fn bar(&self, value: &Value, shown: &GridColumn) -> i128 {
        let length = digits(value).unwrap_or(0).abs();
        let longest =
            self.grid.order.iter().filter_map(|row| digits(&self.grid.value(*row, shown))).map(i128::abs).max();
        length.saturating_mul(1000).checked_div(longest.unwrap_or(0)).unwrap_or(0)
    }

    /// What is owed by age as one bar: each part's place and length in thousandths. Amounts below zero have no place
    /// in it: the words beside it name them.
    fn parts(&self, row: usize) -> Result<Shown, ReportError> {
        let mut amounts = Vec::new();
        for name in &self.view.parts {
            let position = self.grid.position(name).ok_or_else(|| ReportError::ColumnMissing {
                panel: self.panel.to_owned(),
                query: self.view.query.clone(),
                column: name.clone(),
            })?;
            let (value, column) = self.grid.behind(row, position);
            amounts.push((name, position, figure(&value, column.kind).unwrap_or(0)));
        }
        let whole: i128 = amounts.iter().map(|(_, _, amount)| amount.max(&0)).sum();
        let mut from = 0;
        let mut parts = Vec::new();
        let mut read = Vec::new();
        for (order, (name, position, amount)) in amounts.into_iter().enumerate() {
            if amount != 0 {
                let (value, column) = self.grid.behind(row, position);
                let text = cell_text(&value, column, true, self.reader).text;
                read.push(format!("{} {text}", header_word(name, self.reader)?));
            }
            let length = (amount.max(0) * 1000).checked_div(whole).unwrap_or(0);
            if length > 0 {
                parts.push(context! { order, from, length });
                from += length;
            }
        }
        Ok(context! { parts, read => read.join(", ") })
    }

    /// The last row: sums over every row of the answer, shown or not.
    fn total(&self, columns: &[&GridColumn]) -> Result<Option<Shown>, ReportError> {
        if self.view.totals.is_empty() {
            return Ok(None);
        }
        let mut cells = Vec::new();
        for (position, shown) in columns.iter().enumerate() {
            let text = match self.grid.total(shown) {
                _ if position == 0 => self.reader.words.get("table.total")?.to_owned(),
                Some(value) => cell_text(&value, &shown.column, self.view.whole_amounts, self.reader).text,
                None => String::new(),
            };
            let total = self.view.totals.contains(&shown.column.name) && position > 0;
            let decimals = if self.view.whole_amounts { 0 } else { self.grid.decimals(shown) };
            cells.push(context! { text, is_number => is_number(shown.column.kind), sums => total.then_some(&shown.column.name), decimals });
        }
        if !self.view.parts.is_empty() {
            cells.push(context! { text => "", is_number => false, sums => Shown::from(()), decimals => 0 });
        }
        Ok(Some(Shown::from(cells)))
    }

    fn caption(&self, columns: &[&GridColumn]) -> Result<String, ReportError> {
        let words = self.reader.words;
        if let Some(own) = words.find(&format!("captions.{}", self.view.query)) {
            return Ok(own.to_owned());
        }
        if columns.iter().all(|column| column.column.kind != ColumnKind::Money) {
            return Ok(String::new());
        }
        amounts_caption(self.view.whole_amounts, self.reader)
    }
}
