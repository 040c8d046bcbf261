//! Amounts stacked month by month, as rectangles on a grid of whole units.

use minijinja::{Value as Shown, context};

use super::ReportError;
use super::tables::{Reader, first_with_amount, header_word};
use crate::model::{Answer, Value};

/// The drawing's own units: SVG scales them to the page. Amounts are named at the right, beside the last
/// month, which a narrow screen shows first.
const WIDTH: i128 = 960;
const HEIGHT: i128 = 240;
const LEFT: i128 = 20;
const RIGHT: i128 = 64;
const TOP: i128 = 12;
const BOTTOM: i128 = 28;

/// What the template draws: one column a row of `answer` from the first with an amount, the `stacked` amounts
/// on top of each other, lowest first; amounts below zero hang below the ground, first highest. `None` without
/// any amount: nothing to draw.
pub(super) fn month_columns(
    stacked: &[String],
    answer: &Answer,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let amount = |row: usize, name: &str| answer.value(row, name).hundredths().unwrap_or(0);
    let first = first_with_amount(answer);
    let rows = first..answer.rows.len();
    let above = |row: usize| stacked.iter().map(|name| amount(row, name).max(0)).sum::<i128>();
    let below = |row: usize| stacked.iter().map(|name| amount(row, name).min(0)).sum::<i128>();
    let highest = rows.clone().map(above).max().unwrap_or(0);
    let lowest = rows.clone().map(below).min().unwrap_or(0);
    if highest == 0 && lowest == 0 {
        return Ok(None);
    }
    let step = step(highest.max(-lowest));
    let top = (highest + step - 1) / step * step;
    let depth = (step - 1 - lowest) / step * step;
    let level = |hundredths: i128| TOP + (top - hundredths) * (HEIGHT - TOP - BOTTOM) / (top + depth);
    // a part that no month has is no part of the picture
    let parts: Vec<(usize, &String)> =
        stacked.iter().enumerate().filter(|(_, name)| rows.clone().any(|row| amount(row, name) != 0)).collect();

    let count = i128::try_from(rows.len()).unwrap_or(i128::MAX);
    let left_of = |position: i128| LEFT + (WIDTH - LEFT - RIGHT) * position / count;
    let mut columns = Vec::new();
    for (row, position) in rows.clone().zip(0_i128..) {
        let (left, right) = (left_of(position), left_of(position + 1));
        // few months make no walls
        let width = ((right - left) * 4 / 5).clamp(1, 56);
        let middle = i128::midpoint(left, right);
        let (mut high, mut low) = (0, 0);
        let mut drawn = Vec::new();
        let mut read = Vec::new();
        for (order, name) in &parts {
            let value = amount(row, name);
            let end = if value < 0 { &mut low } else { &mut high };
            let (from, to) = (*end, *end + value);
            *end = to;
            let (y, foot) = (level(from.max(to)), level(from.min(to)));
            drawn.push(context! { order, y, height => foot - y });
            read.push(format!("{} {}", header_word(name, reader)?, reader.formats.rounded(value, 2, 0)));
        }
        let month = match answer.value(row, "month_end_date") {
            Value::Date(day) => reader.formats.month(*day),
            other => reader.formats.exact(other),
        };
        // a name under every third column from the last: all of them would not fit, unless they are few
        let is_named = rows.len() <= 12 || (answer.rows.len() - 1 - row).is_multiple_of(3);
        let read = reader.words.fill("drawing.column", &[("month", &month), ("amounts", &read.join(", "))])?;
        columns.push(context! { x => middle - width / 2, width, middle, parts => drawn, month, is_named, read });
    }
    let unit = Unit::of(top.max(depth));
    let mut levels = Vec::new();
    let mut at = -depth;
    while at <= top {
        levels.push(context! { y => level(at), text => unit.text(at, reader)?, is_ground => at == 0 });
        at += step;
    }
    let mut legend = Vec::new();
    for (order, name) in &parts {
        legend.push(context! { order, text => header_word(name, reader)? });
    }
    Ok(Some(context! {
        columns, levels, legend, width => WIDTH, height => HEIGHT, left => LEFT, right => WIDTH - RIGHT, names => HEIGHT - 8,
    }))
}

/// The distance between two lines: 1, 2 or 5 × a power of ten, three to six lines below `highest`.
fn step(highest: i128) -> i128 {
    let mut power = 1;
    while power * 10 <= highest / 3 {
        power *= 10;
    }
    [5, 2].into_iter().map(|times| times * power).find(|step| *step <= highest / 3).unwrap_or(power)
}

/// Millions, thousands or ones, so that the names of the lines stay short.
enum Unit {
    Millions,
    Thousands,
    Ones,
}

impl Unit {
    const fn of(top: i128) -> Self {
        match top {
            200_000_000.. => Self::Millions,
            200_000.. => Self::Thousands,
            _ => Self::Ones,
        }
    }

    fn text(&self, hundredths: i128, reader: &Reader) -> Result<String, ReportError> {
        let (scale, key) = match self {
            _ if hundredths == 0 => (2, "drawing.ones"),
            Self::Millions => (8, "drawing.millions"),
            Self::Thousands => (5, "drawing.thousands"),
            Self::Ones => (2, "drawing.ones"),
        };
        let decimals = u8::from(hundredths % 10_i128.pow(scale.into()) != 0);
        reader.words.fill(key, &[("number", &reader.formats.rounded(hundredths, scale, decimals))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_amounts_and_are_few() {
        for (highest, wanted) in
            [(1_203_456_789, 200_000_000), (100, 20), (999, 200), (3, 1), (1, 1), (1_500_000_000, 500_000_000)]
        {
            assert_eq!(step(highest), wanted, "{highest}");
            assert!(highest / step(highest) <= 7);
        }
    }
}
