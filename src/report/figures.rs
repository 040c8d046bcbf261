//! One row of an answer as labelled figures, each with its change since the last month-end.

use minijinja::{Value as Shown, context};

use super::ReportError;
use super::panels::PanelSpec;
use super::tables::{Reader, amounts_caption, digits, header_word, ratio};
use crate::model::{Answer, ColumnKind, Date, Value};

/// The figures of a panel, or `None` for an answer without rows. `months` is the answer of the panel's
/// `detail_query` (one row a month-end), which figures are compared with where it has the same column.
pub(super) fn figures(
    panel: &PanelSpec,
    answer: &Answer,
    months: Option<&Answer>,
    as_of: Date,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    if answer.rows.is_empty() {
        return Ok(None);
    }
    let before = months.and_then(|months| month_before(months, as_of));
    let mut figures = Vec::new();
    for name in &panel.columns {
        let position = answer.position(name).ok_or_else(|| ReportError::ColumnMissing {
            panel: panel.id.clone(),
            query: panel.query.clone().unwrap_or_default(),
            column: name.clone(),
        })?;
        let column = &answer.columns[position];
        let value = &answer.rows[0][position];
        let text = reader.formats.value(value, column);
        let (whole, cents) = split_cents(&text, value, column.kind);
        let change = match before {
            Some((months, row, day)) => {
                let since = panel.lead.contains(name).then_some(day);
                change(value, months.value(row, name), column.kind, since, reader)?
            }
            None => None,
        };
        let share = match panel.beneath.get(name).and_then(|ratio_name| panel.ratios.get(ratio_name)) {
            Some([part, whole]) => match ratio(digits(answer.value(0, part)), digits(answer.value(0, whole))) {
                Value::Decimal { digits, scale } => {
                    Some(reader.words.fill("figures.share", &[("ratio", &reader.formats.percent(digits, scale))])?)
                }
                _ => None,
            },
            None => None,
        };
        figures.push(context! {
            label => header_word(name, reader)?, whole, cents, change, share,
            is_lead => panel.lead.contains(name), is_quiet => value.is_null() || digits(value) == Some(0),
            note => reader.words.find(&format!("explanations.figures.{name}")),
        });
    }
    let changes = match before {
        Some((_, _, day)) => Some(reader.words.fill("figures.changes", &[("day", &reader.formats.day(day))])?),
        None => None,
    };
    Ok(Some(context! { figures, changes, caption => amounts_caption(false, reader)? }))
}

/// The last month-end before `as_of` that had something open.
fn month_before(months: &Answer, as_of: Date) -> Option<(&Answer, usize, Date)> {
    let of_row = |row: usize| match months.value(row, "month_end_date") {
        Value::Date(day) if *day < as_of => Some((months, row, *day)),
        _ => None,
    };
    let before = (0..months.rows.len()).filter_map(of_row).max_by_key(|(_, _, day)| *day)?;
    let (_, row, _) = before;
    (digits(months.value(row, "open_count")) != Some(0)).then_some(before)
}

/// The change of a figure; where `since` is given, with the day it counts from.
fn change(
    now: &Value,
    then: &Value,
    kind: ColumnKind,
    since: Option<Date>,
    reader: &Reader,
) -> Result<Option<String>, ReportError> {
    let (Some(now_digits), Some(then_digits)) = (digits(now), digits(then)) else { return Ok(None) };
    let difference = now_digits.saturating_sub(then_digits);
    let amount = match kind {
        ColumnKind::Money => reader.formats.rounded(difference, 2, 0),
        ColumnKind::Int => reader.formats.number(difference, 0),
        _ => return Ok(None),
    };
    let signed = if difference > 0 { format!("+{amount}") } else { amount };
    let day = since.map(|day| reader.formats.day(day)).unwrap_or_default();
    let key = match (difference, since) {
        (0, Some(_)) => "figures.unchanged_since",
        (0, None) => "figures.unchanged",
        (_, Some(_)) => "figures.change_since",
        (_, None) => "figures.change",
    };
    reader.words.fill(key, &[("amount", &signed), ("day", &day)]).map(Some)
}

/// The decimal mark and the cents apart, so that a page may print them smaller.
fn split_cents<'a>(text: &'a str, value: &Value, kind: ColumnKind) -> (&'a str, &'a str) {
    let has_cents = kind == ColumnKind::Money && value.hundredths().is_some();
    let cut = text.char_indices().rev().nth(2).filter(|_| has_cents).map_or(text.len(), |(position, _)| position);
    text.split_at(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_the_mark_and_two_digits() {
        let amount = Value::Decimal { digits: -123_456, scale: 2 };
        assert_eq!(split_cents("−1\u{202f}234,56", &amount, ColumnKind::Money), ("−1\u{202f}234", ",56"));
        assert_eq!(split_cents("1\u{202f}234", &Value::Int(1234), ColumnKind::Int), ("1\u{202f}234", ""));
        assert_eq!(split_cents("n.d.", &Value::Null, ColumnKind::Money), ("n.d.", ""));
    }
}
