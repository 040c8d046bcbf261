//! The figures of a day as tiles, each with its change since the month and the year before and its last months.

use std::collections::BTreeMap;

use minijinja::{Value as Shown, context};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::ReportError;
use super::grid::{Reader, amounts_caption, cell_text, digits, figure, label_word};
use super::panels::{Better, PanelSpec, TileSpec};
use crate::model::calendar::{add_months, month_end};
use crate::model::money::SCALE;
use crate::model::{Answer, ColumnKind, Date, Value};

/// How many month-ends the small line of a tile shows.
const MONTHS: usize = 13;

/// The small line's own units.
const LINE_WIDTH: i128 = 120;
const LINE_HEIGHT: i128 = 28;

/// The rows of an answer that tell of `as_of`, of the month and of the year before.
struct Days<'a> {
    answer: &'a Answer,
    now: usize,
    month_before: Option<(usize, Date)>,
    /// The month-end before the last one: within a month, the last one tells of the same month as `as_of` does.
    complete_month_before: Option<(usize, Date)>,
    year_before: Option<(usize, Date)>,
    /// The last month-ends and `as_of`, oldest first.
    months: Vec<usize>,
}

/// The tiles of a panel, or `None` where the answer has no row for `as_of` or nothing was ever owed.
pub(super) fn tiles(
    panel: &PanelSpec,
    answer: &Answer,
    answers: &BTreeMap<String, Answer>,
    as_of: Date,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let Some(days) = Days::of(answer, as_of) else { return Ok(None) };
    let mut tiles = Vec::new();
    for tile in &panel.tiles {
        // a figure of another query is of this day alone
        let other = tile.query.as_ref().map(|query| answers.get(query).map(Days::only));
        let days = match &other {
            Some(Some(Some(only))) => only,
            Some(_) => continue,
            None => &days,
        };
        if days.shows(tile) {
            tiles.push(days.tile(panel, tile, reader)?);
        }
    }
    // what is expected has no better way and nothing before it
    let is_of_past = panel.tiles.iter().any(|tile| tile.better.is_some());
    let compared = match (days.month_before, days.year_before) {
        (None, _) if !is_of_past => String::new(),
        (None, _) => reader.words.get("tiles.nothing_before")?.to_owned(),
        (Some((_, month)), None) => {
            reader.words.fill("tiles.compared_month", &[("month", &reader.formats.day(month))])?
        }
        (Some((_, month)), Some((_, year))) => reader
            .words
            .fill("tiles.compared", &[("month", &reader.formats.day(month)), ("year", &reader.formats.day(year))])?,
    };
    Ok(Some(
        context! { tiles, caption => format!("{} {compared}", amounts_caption(panel.whole_amounts, reader)?).trim_end() },
    ))
}

/// The tiles of a panel in words: label, figure, what stands beneath, change since the month before.
pub(super) fn tile_texts(
    panel: &PanelSpec,
    answer: &Answer,
    as_of: Date,
    reader: &Reader,
) -> Result<Vec<[String; 4]>, ReportError> {
    let Some(days) = Days::of(answer, as_of) else { return Ok(Vec::new()) };
    let texts = |tile: &TileSpec| {
        let shown = days.tile(panel, tile, reader)?;
        let text = |value: Shown| value.as_str().unwrap_or_default().to_owned();
        let part = |name: &str| shown.get_attr(name).map(text).unwrap_or_default();
        let change = shown.get_attr("since_month").and_then(|change| change.get_attr("text")).map(text);
        Ok([part("label"), part("whole") + &part("cents"), part("beneath"), change.unwrap_or_default()])
    };
    panel.tiles.iter().filter(|tile| days.shows(tile)).map(texts).collect()
}

impl<'a> Days<'a> {
    /// The only row of an answer, with nothing before it.
    fn only(answer: &'a Answer) -> Option<Self> {
        let of_day = Self {
            answer,
            now: 0,
            month_before: None,
            complete_month_before: None,
            year_before: None,
            months: vec![0],
        };
        (answer.len() == 1).then_some(of_day)
    }

    fn of(answer: &'a Answer, as_of: Date) -> Option<Self> {
        let day = |row: usize| match answer.value(row, "as_of_date") {
            Value::Date(day) => Some(day),
            _ => None,
        };
        let has_items = |row: &usize| digits(&answer.value(*row, "open_count")).unwrap_or(0) != 0;
        let now = (0..answer.len()).find(|row| day(*row) == Some(as_of))?;
        // a month-end before the books has nothing to compare with
        let before = |limit: Date| {
            let rows = (0..answer.len()).filter_map(|row| Some((row, day(row)?)));
            rows.filter(|(_, day)| *day <= limit && *day < as_of)
                .max_by_key(|(_, day)| *day)
                .filter(|(row, _)| has_items(row))
        };
        let mut months: Vec<usize> = (0..=now).skip_while(|row| !has_items(row)).collect();
        months.drain(..months.len().saturating_sub(MONTHS));
        Some(Self {
            answer,
            now,
            month_before: before(day_before(as_of)),
            complete_month_before: before(day_before(last_month_end(as_of))),
            year_before: before(year_before(as_of)),
            months,
        })
    }

    /// Whether a tile has anything to say, or must say that it has not.
    fn shows(&self, tile: &TileSpec) -> bool {
        !tile.is_optional || !self.answer.value(self.now, &tile.value).is_null()
    }

    fn tile(&self, panel: &PanelSpec, tile: &TileSpec, reader: &Reader) -> Result<Shown, ReportError> {
        let missing = |column: &str| ReportError::ColumnMissing {
            panel: panel.id.clone(),
            query: panel.query.clone().unwrap_or_default(),
            column: column.to_owned(),
        };
        let position = self.answer.position(&tile.value).ok_or_else(|| missing(&tile.value))?;
        let column = &self.answer.columns[position];
        let value = &self.answer.at(self.now, position);
        let text = cell_text(value, column, panel.whole_amounts, reader).text;
        let (whole, cents) = match (panel.whole_amounts, column.kind) {
            (true, ColumnKind::Money) => (&*text, ""),
            _ => split_cents(&text, value, column.kind),
        };
        let beneath = match &tile.beneath {
            Some(name) => {
                let position = self.answer.position(name).ok_or_else(|| missing(name))?;
                let value = reader.formats.value(&self.answer.at(self.now, position), &self.answer.columns[position]);
                Some(reader.words.fill(&format!("tiles.{name}"), &[("value", &value)])?)
            }
            None => None,
        };
        let change = |before: Option<(usize, Date)>, key: &str| match before {
            Some((row, _)) => change(value, &self.answer.at(row, position), column.kind, tile.better, key, reader),
            None => Ok(None),
        };
        Ok(context! {
            leads => tile.leads.as_deref().map(addressed),
            name => &tile.value, label => label_word(&panel.id, tile.query.as_deref().or(panel.query.as_deref()).unwrap_or_default(), &tile.value, reader)?, whole, cents, beneath,
            is_quiet => value.is_null() || digits(value) == Some(0), plain => value.plain(),
            since_month => change(if tile.is_monthly { self.complete_month_before } else { self.month_before }, "month")?, since_year => change(self.year_before, "year")?,
            line => self.line(position),
            note => reader.words.find(&format!("explanations.tiles.{}", tile.value)),
        })
    }

    /// The last months of a figure as the points of a line; `None` for fewer than three known ones.
    fn line(&self, position: usize) -> Option<Shown> {
        let known: Vec<(i128, i128)> = (0..)
            .zip(&self.months)
            .filter_map(|(at, row)| Some((at, digits(&self.answer.at(*row, position))?)))
            .collect();
        let (lowest, highest) =
            (known.iter().map(|(_, value)| *value).min()?, known.iter().map(|(_, value)| *value).max()?);
        if known.len() < 3 {
            return None;
        }
        let steps = i128::try_from(self.months.len() - 1).unwrap_or(1).max(1);
        let place = |(at, value): &(i128, i128)| {
            let x = 3 + (LINE_WIDTH - 6) * at / steps;
            let y = if highest == lowest {
                LINE_HEIGHT / 2
            } else {
                3 + (LINE_HEIGHT - 6) * (highest - value) / (highest - lowest)
            };
            (x, y)
        };
        let points: Vec<String> = known.iter().map(place).map(|(x, y)| format!("{x},{y}")).collect();
        let (x, y) = place(known.last()?);
        Some(context! { points => points.join(" "), x, y, width => LINE_WIDTH, height => LINE_HEIGHT })
    }
}

/// A place in the page as an address: `open_items?bucket_code=61-90|91+` with its values as addresses write them.
fn addressed(place: &str) -> String {
    let Some((anchor, conditions)) = place.split_once('?') else { return format!("#{place}") };
    let condition = |condition: &str| {
        let (name, values) = condition.split_once('=').unwrap_or((condition, ""));
        let values: Vec<String> =
            values.split('|').map(|value| utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()).collect();
        format!("{name}={}", values.join("|"))
    };
    format!("#{anchor}?{}", conditions.split('&').map(condition).collect::<Vec<_>>().join("&"))
}

fn day_before(day: Date) -> Date {
    day.pred_opt().unwrap_or(day)
}

/// The last month-end on or before a day.
fn last_month_end(day: Date) -> Date {
    if month_end(day) == day { day } else { month_end(add_months(day, -1)) }
}

/// The same day twelve months ago; of a month-end, that month's end.
fn year_before(day: Date) -> Date {
    let before = add_months(day, -12);
    if month_end(day) == day { month_end(before) } else { before }
}

/// The change of a figure in a phrase, and whether it is for the better.
fn change(
    now: &Value,
    then: &Value,
    kind: ColumnKind,
    better: Option<Better>,
    key: &str,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let (Some(now), Some(then)) = (figure(now, kind), figure(then, kind)) else { return Ok(None) };
    let difference = now.saturating_sub(then);
    let formats = reader.formats;
    let amount = match kind {
        ColumnKind::Money => formats.rounded(difference, SCALE, 0),
        ColumnKind::Int => formats.number(difference, 0),
        // shares of one, in points of a hundred
        ColumnKind::Ratio => {
            reader.words.fill("tiles.points", &[("number", &formats.rounded(difference.saturating_mul(100), 6, 1))])?
        }
        ColumnKind::Decimal => reader.words.fill("tiles.days", &[("number", &formats.rounded(difference, 4, 1))])?,
        _ => return Ok(None),
    };
    let signed = if difference > 0 { format!("+{amount}") } else { amount };
    let improves = match better {
        _ if difference == 0 => None,
        Some(Better::Lower) => Some(difference < 0),
        Some(Better::Higher) => Some(difference > 0),
        Some(Better::Nearer) => Some(now.abs() < then.abs()),
        None => None,
    };
    let tone = match improves {
        Some(true) => "better",
        Some(false) => "worse",
        None => "",
    };
    let state = if difference == 0 { "unchanged" } else { "since" };
    let text = reader.words.fill(&format!("tiles.{state}_{key}"), &[("amount", &signed)])?;
    let judged = match improves {
        Some(true) => Some(reader.words.get("tiles.better")?),
        Some(false) => Some(reader.words.get("tiles.worse")?),
        None => None,
    };
    Ok(Some(context! { text, tone, judged }))
}

/// The decimal mark and the cents apart, so that a page may print them smaller.
fn split_cents<'a>(text: &'a str, value: &Value, kind: ColumnKind) -> (&'a str, &'a str) {
    let decimals = match value {
        Value::Decimal { scale, .. } if kind == ColumnKind::Money => usize::from(*scale),
        _ => 0,
    };
    let mark = text.char_indices().rev().nth(decimals).filter(|_| decimals > 0);
    let cut = mark.map_or(text.len(), |(position, _)| position);
    text.split_at(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_compared_with_the_month_and_the_year_before_it() {
        let day = |year, month, day| Date::from_ymd_opt(year, month, day).unwrap_or_default();
        let figures = |last: Date, months: i32| {
            let rows = (1..months).rev().map(|back| month_end(add_months(last_month_end(last), -back)));
            let rows = rows.chain((last_month_end(last) != last).then(|| last_month_end(last))).chain([last]);
            let columns = [("as_of_date", ColumnKind::Date), ("open_count", ColumnKind::Int)]
                .map(|(name, kind)| crate::model::AnswerColumn { name: name.to_owned(), kind });
            Answer::of(columns.to_vec(), rows.map(|day| vec![Value::Date(day), Value::Int(1)]))
        };
        for (as_of, month, complete_month, year) in [
            (day(2025, 12, 31), day(2025, 11, 30), day(2025, 11, 30), day(2024, 12, 31)),
            (day(2025, 2, 28), day(2025, 1, 31), day(2025, 1, 31), day(2024, 2, 29)),
            (day(2013, 5, 15), day(2013, 4, 30), day(2013, 3, 31), day(2012, 4, 30)),
        ] {
            let answer = figures(as_of, 20);
            let found = Days::of(&answer, as_of).map(|days| {
                [days.month_before, days.complete_month_before, days.year_before].map(|found| found.map(|(_, day)| day))
            });
            assert_eq!(found, Some([Some(month), Some(complete_month), Some(year)]), "{as_of}");
        }
    }

    #[test]
    fn cents_are_the_mark_and_the_digits_behind_it() {
        let amount = Value::Decimal { digits: -123_456, scale: 2 };
        assert_eq!(split_cents("−1\u{202f}234,56", &amount, ColumnKind::Money), ("−1\u{202f}234", ",56"));
        let dinars = Value::Decimal { digits: 1_234_567, scale: 3 };
        assert_eq!(split_cents("1\u{202f}234,567", &dinars, ColumnKind::Money), ("1\u{202f}234", ",567"));
        assert_eq!(split_cents("1\u{202f}234", &Value::Decimal { digits: 1_234, scale: 0 }, ColumnKind::Money).1, "");
        assert_eq!(split_cents("1\u{202f}234", &Value::Int(1234), ColumnKind::Int), ("1\u{202f}234", ""));
        assert_eq!(split_cents("n.d.", &Value::Null, ColumnKind::Money), ("n.d.", ""));
    }
}
