//! Amounts stacked month by month, as rectangles on a grid of whole units.

use minijinja::{Value as Shown, context};

use super::ReportError;
use super::tables::{Reader, header_word};
use crate::model::{Answer, Value};

/// The drawing's own units: SVG scales them to the page.
const WIDTH: i128 = 960;
const HEIGHT: i128 = 240;
const LEFT: i128 = 64;
const RIGHT: i128 = 28;
const TOP: i128 = 12;
const BOTTOM: i128 = 28;

/// What the template draws: one column a row of `answer`, the `stacked` amounts on top of each other, lowest
/// first. Amounts below zero have no height. `None` without a positive amount: nothing to draw.
pub(super) fn month_columns(
    stacked: &[String],
    answer: &Answer,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let amount = |row: usize, name: &str| answer.value(row, name).hundredths().unwrap_or(0).max(0);
    let sum = |row: usize| stacked.iter().map(|name| amount(row, name)).sum::<i128>();
    let highest = (0..answer.rows.len()).map(sum).max().unwrap_or(0);
    if highest == 0 {
        return Ok(None);
    }
    let step = step(highest);
    let top = (highest + step - 1) / step * step;
    let drawn_height = HEIGHT - TOP - BOTTOM;
    let ground = HEIGHT - BOTTOM;
    let level = |hundredths: i128| ground - hundredths * drawn_height / top;

    let count = i128::try_from(answer.rows.len()).unwrap_or(i128::MAX);
    let left_of = |position: i128| LEFT + (WIDTH - LEFT - RIGHT) * position / count;
    let mut columns = Vec::new();
    for (row, position) in (0..answer.rows.len()).zip(0_i128..) {
        let (left, right) = (left_of(position), left_of(position + 1));
        let gap = ((right - left) / 5).max(1);
        let mut below = 0;
        let mut parts = Vec::new();
        let mut read = Vec::new();
        for (order, name) in stacked.iter().enumerate() {
            let above = below + amount(row, name);
            parts.push(context! { order, y => level(above), height => level(below) - level(above) });
            below = above;
            let value = answer.value(row, name).hundredths().unwrap_or(0);
            read.push(format!("{} {}", header_word(name, reader)?, reader.formats.rounded(value, 2, 0)));
        }
        let month = match answer.value(row, "month_end_date") {
            Value::Date(day) => reader.formats.month(*day),
            other => reader.formats.exact(other),
        };
        // a name under every third column from the last: all of them would not fit
        let is_named = (answer.rows.len() - 1 - row).is_multiple_of(3);
        let read = reader.words.fill("drawing.column", &[("month", &month), ("amounts", &read.join(", "))])?;
        columns.push(context! {
            x => left, width => (right - left - gap).max(1), middle => left + (right - left - gap) / 2, parts, month, is_named, read,
        });
    }
    let unit = Unit::of(top);
    let mut levels = Vec::new();
    let mut at = 0;
    while at <= top {
        levels.push(context! { y => level(at), text => unit.text(at, reader)? });
        at += step;
    }
    let mut legend = Vec::new();
    for (order, name) in stacked.iter().enumerate() {
        legend.push(context! { order, text => header_word(name, reader)? });
    }
    Ok(Some(context! {
        columns, levels, legend, width => WIDTH, height => HEIGHT, left => LEFT, right => WIDTH - RIGHT, ground, names => HEIGHT - 8,
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
