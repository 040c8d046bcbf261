//! The list of a day as its collector works with it: a customer once, its reasons together, each with its invoices; whom to
//! call or write to, what was said before, and room for what comes of it.
//!
//! What is typed there is kept by the browser and saved as a file of the same columns as the workbook's hidden row, which
//! `encours load` takes: the page needs no network and no server.

use std::collections::BTreeMap;

use minijinja::{Value as Shown, context};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};

use super::grid::{Reader, cell_text, header_word, narrowed};
use super::input::PageInput;
use super::panels::{EntryKind, EntrySpec, PanelSpec};
use super::{ReportError, visible};
use crate::model::{Answer, AnswerColumn, CustomerKey, Value};

/// So many invoices are named in an e-mail: mail programs cut longer ones.
const MOST_NAMED: usize = 15;
/// What an address keeps as it is.
const IN_ADDRESS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_').remove(b'+');

/// The customers of a list, or `None` where there is nothing to do.
pub(super) fn cockpit(panel: &PanelSpec, input: &PageInput, reader: &Reader) -> Result<Option<Shown>, ReportError> {
    let Some(view) = panel.tables.first() else { return Ok(None) };
    let Some(lines) = input.answers.get(&view.query) else { return Ok(None) };
    let lines = &*narrowed(&panel.id, &view.query, &view.only, lines)?;
    if lines.is_empty() {
        return Ok(None);
    }
    let none = Answer::default();
    let beside = |query: &str| input.answers.get(query).unwrap_or(&none);
    let list = List {
        lines,
        items: beside("worklist_items"),
        notes: beside("worklist_notes"),
        guides: beside("call_guides"),
        reader,
    };
    let mut cases: Vec<(CustomerKey, Vec<usize>)> = Vec::new();
    for row in 0..lines.len() {
        let key = lines.customer(row);
        match cases.iter_mut().find(|(known, _)| *known == key) {
            Some((_, rows)) => rows.push(row),
            None => cases.push((key, vec![row])),
        }
    }
    let cases: Result<Vec<Shown>, ReportError> = cases.iter().map(|(key, rows)| list.case(key, rows)).collect();
    let prefix = view.machine_header.as_ref().map_or("", |header| header.prefix.as_str());
    let entries: Result<Vec<Shown>, ReportError> =
        view.entries.iter().map(|entry| entry_context(entry, reader)).collect();
    let data = list.data(prefix, &view.hidden_columns, &view.entries);
    Ok(Some(context! {
        cases => cases?, entries => entries?, line_count => lines.len(),
        // within a script element only `<` could end or open anything
        data => data.to_string().replace('<', "\\u003c"),
    }))
}

/// What a person may fill in beside a line.
fn entry_context(entry: &EntrySpec, reader: &Reader) -> Result<Shown, ReportError> {
    let word = |code: &String| {
        let text = reader.words.of_code(&entry.of, code).unwrap_or(code);
        context! { code, text }
    };
    let options: Vec<Shown> = entry.codes.iter().map(word).collect();
    let kind = match entry.kind {
        EntryKind::List => "list",
        EntryKind::Date => "date",
        EntryKind::Amount => "amount",
        EntryKind::Text => "text",
    };
    Ok(context! { name => &entry.name, label => header_word(&entry.name, reader)?, kind, options })
}

struct List<'a> {
    lines: &'a Answer,
    items: &'a Answer,
    notes: &'a Answer,
    guides: &'a Answer,
    reader: &'a Reader<'a>,
}

impl List<'_> {
    /// A customer, with its lines.
    fn case(&self, key: &CustomerKey, rows: &[usize]) -> Result<Shown, ReportError> {
        let Some(first) = rows.first() else { return Ok(Shown::from(())) };
        let text = |column: &str| self.text(self.lines, *first, column);
        let lines: Vec<Shown> = rows.iter().map(|row| self.line(*row)).collect();
        let items: Vec<usize> = rows.iter().flat_map(|row| self.items_of(*row)).collect();
        let references: Vec<String> = items.iter().map(|item| self.text(self.items, *item, "document_text")).collect();
        let phone = text("phone_text");
        let email = text("email_text");
        let of_customer = |answer: &Answer, row: usize| answer.customer(row) == *key;
        let notes = (0..self.notes.len()).filter(|row| of_customer(self.notes, *row)).map(|row| {
            let text = |column: &str| self.text(self.notes, row, column);
            let what = [text("channel_code"), text("result_code")];
            let what: Vec<String> = what.into_iter().filter(|part| !part.is_empty()).collect();
            context! { day => text("action_date"), what => what.join(" · "), text => text("note_text") }
        });
        let guide = (0..self.guides.len()).find(|row| of_customer(self.guides, *row)).map(|row| {
            let text = self.guides.value(row, "guide_text").plain();
            text.lines().map(|line| visible(line).into_owned()).collect::<Vec<_>>()
        });
        let sum = |column: &str| {
            let amounts = rows.iter().map(|row| self.lines.value(*row, column).thousandths().unwrap_or_default());
            let sum: i128 = amounts.sum();
            (sum != 0).then(|| self.reader.formats.rounded(sum, crate::model::money::SCALE, 0))
        };
        let sum_of_first = |column: &str| {
            let amount = self.lines.value(*first, column).thousandths()?;
            Some(self.reader.formats.rounded(amount, crate::model::money::SCALE, 0))
        };
        Ok(context! {
            name => text("customer_name"), customer_id => &key.customer_id, link => self.reader.links.get(key),
            contact => text("contact_name"), hours => text("hours_text"), process => text("process_text"),
            tel => tel(&phone), phone, mailto => self.mailto(&email, &text("contact_name"), &items)?, email,
            overdue => sum("overdue_amount"), not_due => sum("not_due_amount"),
            over_limit => sum_of_first("over_limit_amount"), over_since => text("over_limit_since_date"),
            references => references.join(", "), why => text("why_text"), lines,
            notes => notes.collect::<Vec<_>>(), guide,
        })
    }

    /// A reason to act, with its invoices.
    fn line(&self, row: usize) -> Shown {
        let text = |column: &str| self.text(self.lines, row, column);
        let items = self.items_of(row).into_iter().map(|item| {
            let text = |column: &str| self.text(self.items, item, column);
            let days = match self.items.value(item, "past_due_days") {
                Value::Int(days) if days > 0 => Some(days),
                _ => None,
            };
            context! {
                document => text("document_text"), due => text("due_date"), days,
                amount => text("open_amount"), is_disputed => matches!(self.items.value(item, "is_disputed"), Value::Flag(true)),
            }
        });
        let formula = text("formula_text");
        context! {
            id => self.lines.value(row, "line_id").plain(), action => text("action_code"), channel => text("channel_code"),
            why => text("why_rank_text"), formula => (!formula.is_empty()).then_some(formula), items => items.collect::<Vec<_>>(),
        }
    }

    fn items_of(&self, row: usize) -> Vec<usize> {
        let line = self.lines.value(row, "line_id");
        (0..self.items.len()).filter(|item| self.items.value(*item, "line_id") == line).collect()
    }

    /// The text of a cell as the reader's language writes it; nothing where it is unknown.
    fn text(&self, answer: &Answer, row: usize, column: &str) -> String {
        let Some(position) = answer.position(column) else { return String::new() };
        let value = answer.at(row, position);
        if value.is_null() {
            return String::new();
        }
        let column = AnswerColumn { ..answer.columns[position].clone() };
        cell_text(&value, &column, false, self.reader).text
    }

    /// An e-mail that is ready to be sent: to whom, about which invoices.
    fn mailto(&self, email: &str, contact: &str, items: &[usize]) -> Result<Option<String>, ReportError> {
        if email.is_empty() {
            return Ok(None);
        }
        let words = self.reader.words;
        let address = utf8_percent_encode(email, IN_ADDRESS);
        let due: Vec<usize> = items
            .iter()
            .copied()
            .filter(|item| matches!(self.items.value(*item, "past_due_days"), Value::Int(days) if days > 0))
            .collect();
        if due.is_empty() {
            return Ok(Some(format!("mailto:{address}")));
        }
        let text = |item: usize, column: &str| self.text(self.items, item, column);
        let mut lines = Vec::new();
        for item in due.iter().take(MOST_NAMED) {
            let values = [
                ("document", text(*item, "document_text")),
                ("due", text(*item, "due_date")),
                ("amount", text(*item, "open_amount")),
            ];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            lines.push(words.fill("mail.line", &values)?);
        }
        let named: Vec<String> = due.iter().take(3).map(|item| text(*item, "document_text")).collect();
        let subject = words.fill("mail.subject", &[("documents", &named.join(", "))])?;
        let body = words.fill("mail.body", &[("contact", contact), ("lines", &lines.join("\n"))])?;
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        Ok(Some(format!(
            "mailto:{address}?subject={}&body={}",
            encoded(&subject),
            encoded(&body.replace('\n', "\r\n"))
        )))
    }

    /// What a saved file says of each line beside what is typed: the columns of the workbook's hidden row.
    fn data(&self, prefix: &str, columns: &[String], entries: &[EntrySpec]) -> Json {
        let mut lines = Map::new();
        for row in 0..self.lines.len() {
            let cells: Vec<Json> = columns.iter().map(|column| json!(self.lines.value(row, column).plain())).collect();
            lines.insert(self.lines.value(row, "line_id").plain(), Json::Array(cells));
        }
        let named = |name: &String| format!("{prefix}.{name}");
        let kinds: BTreeMap<&str, bool> =
            entries.iter().map(|entry| (entry.name.as_str(), entry.kind == EntryKind::Amount)).collect();
        let first =
            |column: &str| if self.lines.is_empty() { String::new() } else { self.lines.value(0, column).plain() };
        json!({
            "columns": columns.iter().map(named).collect::<Vec<_>>(),
            "entries": entries.iter().map(|entry| &entry.name).collect::<Vec<_>>(),
            "amounts": kinds,
            "prefix": prefix, "lines": lines,
            "key": format!("{} {}", first("list_date"), first("assignee_id")),
            "file": format!("results-{}-{}", first("list_date"), first("assignee_id")),
        })
    }
}

/// The number as a telephone takes it: the first one where several are told.
fn tel(phone: &str) -> Option<String> {
    let mut number = String::new();
    for mark in phone.chars() {
        match mark {
            '0'..='9' => number.push(mark),
            '+' if number.is_empty() => number.push(mark),
            ' ' | '.' | '-' | '(' | ')' | '\u{a0}' | '\u{202f}' => {}
            _ if number.len() > 5 => break,
            _ => number.clear(),
        }
    }
    (number.len() > 5).then(|| format!("tel:{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_a_telephone_takes_it() {
        for (written, dialled) in [
            ("01 99 00 10 00", Some("tel:0199001000")),
            ("+33 (1) 99.00-10 00", Some("tel:+33199001000")),
            ("tél. 01 99 00 10 00 ou 06 11 22 33 44", Some("tel:0199001000")),
            ("ask Anne", None),
            ("", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(tel(written).as_deref(), dialled, "{written}");
        }
    }
}
