//! Charts of answers as inline SVG, drawn by `plotters`, coloured by the variables of the page's style.
//!
//! In: the chart of a panel, its answer. Out: a legend, and the same chart for a wide and for a narrow screen, each
//! with a name, a description and, over each mark, what it says in words. The only door to `plotters`.
//!
//! Each mark keeps the exact text of its value; only where it stands is a matter of pixels.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels are not money: texts come from the exact values"
)]

mod canvas;
mod kinds;
mod points;
mod scale;

use std::collections::BTreeMap;

use minijinja::{Value as Shown, context};

use self::canvas::{Ink, SERIES, Size};
use super::ReportError;
use super::grid::{Reader, cell_text, digits, header_word, narrowed, rows_of_last};
use super::panels::{ChartKind, ChartSpec, MarkSpec, Palette, PanelSpec};
use super::visible;
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};

/// What is drawn, whatever its kind.
struct Drawing {
    /// The names of the points, in order.
    labels: Vec<String>,
    /// What they are names of, plainly; empty where nothing is marked by them.
    keys: Vec<String>,
    /// What is marked at each label; empty where nothing is.
    marks: BTreeMap<usize, String>,
    series: Vec<Series>,
    /// The lower and the upper edge of a fan.
    band: Option<[Series; 2]>,
    unit: Unit,
}

impl Drawing {
    const fn empty(unit: Unit) -> Self {
        Self { labels: Vec::new(), keys: Vec::new(), marks: BTreeMap::new(), series: Vec::new(), band: None, unit }
    }
}

struct Series {
    name: String,
    ink: Ink,
    /// One a label.
    points: Vec<Option<Point>>,
}

/// A value: where it stands, and how it reads.
#[derive(Clone, Debug)]
struct Point {
    value: f64,
    text: String,
    /// For a step of a waterfall: whether it is a total, which starts from zero.
    is_total: bool,
}

/// So many marked labels are told below the chart.
const MOST_NOTED: usize = 6;

/// So many marks of one label are told; the others are counted.
const MOST_MARKS: usize = 4;

/// What the values are, for the scale beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Money,
    Days,
    Ratio,
    Count,
}

/// The chart of a panel over an answer, with marks from another, or `None` where it has nothing to draw.
pub(super) fn chart(
    panel: &PanelSpec,
    spec: &ChartSpec,
    answer: &Answer,
    marked: Option<&Answer>,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let query = spec.query.as_deref().unwrap_or_default();
    let answer = &*narrowed(&panel.id, query, &spec.only, answer)?;
    let builder = Builder { panel, spec, answer, reader };
    let title = reader.words.get(&format!("panels.{}.title", panel.id))?;
    if spec.kind == ChartKind::Points {
        return Ok(points::map(&builder)?.map(|shown| context! { title, kind => "points", ..shown }));
    }
    let Some(mut drawing) = builder.drawing()? else { return Ok(None) };
    if let (Some(spec), Some(marked)) = (&spec.marks, marked) {
        let marked = narrowed(&panel.id, &spec.query, &spec.only, marked)?;
        drawing.marks = builder.marks(spec, &marked, &drawing.keys)?;
    }
    let description = builder.description(&drawing)?;
    let mut svgs = Vec::new();
    for size in Size::both(panel.is_half) {
        let body = kinds::draw(spec.kind, &drawing, size, reader)?;
        svgs.push(context! { class => size.class(), body => Shown::from_safe_string(body) });
    }
    let has_legend = (drawing.series.len() > 1 || drawing.band.is_some())
        && spec.kind != ChartKind::Matrix
        && spec.kind != ChartKind::Waterfall;
    let mut legend: Vec<Shown> = drawing
        .series
        .iter()
        .filter(|_| has_legend)
        .map(|series| context! { text => &series.name, ink => series.ink.class() })
        .collect();
    if let Some([low, _]) = &drawing.band {
        let ink = format!("{} band", low.ink.class());
        legend.insert(0, context! { text => reader.words.get("chart.band")?, ink });
    }
    // whoever reads on paper or with a finger has no pointer: a few marks are said below
    let note = if drawing.marks.len() <= MOST_NOTED { builder.marks_said(&drawing)?.join(" ") } else { String::new() };
    Ok(Some(context! { title, description, svgs, legend, kind => "", note }))
}

struct Builder<'a> {
    panel: &'a PanelSpec,
    spec: &'a ChartSpec,
    answer: &'a Answer,
    reader: &'a Reader<'a>,
}

impl Builder<'_> {
    /// The rows drawn, in the answer's order.
    fn rows(&self) -> Result<Vec<usize>, ReportError> {
        Ok(match &self.spec.last_of {
            Some(column) => rows_of_last(self.answer, self.position(column)?),
            None => (0..self.answer.len()).collect(),
        })
    }

    fn position(&self, name: &str) -> Result<usize, ReportError> {
        self.answer.position(name).ok_or_else(|| ReportError::ColumnMissing {
            panel: self.panel.id.clone(),
            query: self
                .spec
                .query
                .clone()
                .or_else(|| Some(self.panel.tables.first()?.query.clone()))
                .unwrap_or_default(),
            column: name.to_owned(),
        })
    }

    fn drawing(&self) -> Result<Option<Drawing>, ReportError> {
        let mut rows = self.rows()?;
        let drawing = match (&self.spec.label, &self.spec.split_by) {
            (None, _) => self.steps(rows.last().copied())?,
            (Some(label), Some(split_by)) => self.long(label, split_by, &rows)?,
            (Some(label), None) => {
                // months before the books have nothing to draw
                let columns: Result<Vec<usize>, ReportError> =
                    self.spec.series.iter().map(|name| self.position(name)).collect();
                let columns = columns?;
                if self.answer.columns[self.position(label)?].kind == ColumnKind::Date {
                    let is_known = |row: &usize| columns.iter().any(|column| !self.answer.at(*row, *column).is_null());
                    rows.drain(..rows.iter().position(is_known).unwrap_or(0));
                }
                self.wide(label, &rows)?
            }
        };
        let has_value = |drawing: &Drawing| {
            drawing.series.iter().flat_map(|series| &series.points).flatten().any(|point| point.value.abs() > 0.0)
        };
        Ok(drawing.filter(has_value))
    }

    /// One row a label, one column a series.
    fn wide(&self, label: &str, rows: &[usize]) -> Result<Option<Drawing>, ReportError> {
        let label_at = self.position(label)?;
        let mut drawing = Drawing::empty(Unit::Count);
        for row in rows {
            let value = &self.answer.at(*row, label_at);
            drawing.labels.push(self.text(value, &self.answer.columns[label_at]));
            drawing.keys.push(value.plain());
        }
        let is_total = |row: usize| matches!(&self.answer.at(row, label_at), Value::Text(code) if code == "total");
        for (order, name) in self.spec.series.iter().enumerate() {
            let at = self.position(name)?;
            drawing.unit = unit(&self.answer.columns[at]);
            drawing.series.push(Series {
                name: header_word(name, self.reader)?.to_owned(),
                ink: self.ink(order),
                points: rows.iter().map(|row| self.point(*row, at, is_total(*row))).collect(),
            });
        }
        if let Some([low, high]) = &self.spec.band {
            let edge = |name: &String| -> Result<Series, ReportError> {
                let at = self.position(name)?;
                let points = rows.iter().map(|row| self.point(*row, at, false)).collect();
                Ok(Series { name: header_word(name, self.reader)?.to_owned(), ink: self.ink(0), points })
            };
            drawing.band = Some([edge(low)?, edge(high)?]);
        }
        // what nobody knows is no series
        drawing.series.retain(|series| series.points.iter().any(Option::is_some));
        Ok(Some(drawing).filter(|drawing| !drawing.labels.is_empty()))
    }

    /// One row a label and series.
    fn long(&self, label: &str, split_by: &str, rows: &[usize]) -> Result<Option<Drawing>, ReportError> {
        let (label_at, split_at) = (self.position(label)?, self.position(split_by)?);
        let name = self.spec.series.first().map_or("", String::as_str);
        let at = self.position(name)?;
        let mut labels: Vec<String> = Vec::new();
        let mut codes: Vec<String> = Vec::new();
        for row in rows {
            for (list, position) in [(&mut labels, label_at), (&mut codes, split_at)] {
                let plain = self.answer.at(*row, position).plain();
                if !list.contains(&plain) {
                    list.push(plain);
                }
            }
        }
        let mut texts = vec![String::new(); labels.len()];
        let small = self.small(rows, split_at, at);
        codes.retain(|code| !small.contains(code));
        let mut series: Vec<Series> = codes
            .iter()
            .enumerate()
            .map(|(order, _)| Series { name: String::new(), ink: self.ink(order), points: vec![None; labels.len()] })
            .collect();
        let mut rest: Vec<Option<i128>> = vec![None; labels.len()];
        for row in rows {
            let value = |position: usize| self.answer.at(*row, position);
            let place = |list: &[String], position: usize| {
                let plain = value(position).plain();
                list.iter().position(|known| *known == plain)
            };
            let label = place(&labels, label_at).unwrap_or(0);
            texts[label] = self.text(&value(label_at), &self.answer.columns[label_at]);
            if let Some(code) = place(&codes, split_at) {
                series[code].name = self.text(&value(split_at), &self.answer.columns[split_at]);
                series[code].points[label] = self.point(*row, at, false);
            } else if let Some(digits) = digits(&value(at)) {
                rest[label] = Some(rest[label].unwrap_or(0).saturating_add(digits));
            }
        }
        if !small.is_empty() {
            let scale = rows.iter().find_map(|row| match self.answer.at(*row, at) {
                Value::Decimal { scale, .. } => Some(scale),
                _ => None,
            });
            let summed = |digits: i128| match scale {
                Some(scale) => Value::Decimal { digits, scale },
                None => Value::Int(i64::try_from(digits).unwrap_or(i64::MAX)),
            };
            let point = |digits: &Option<i128>| self.point_of(&summed((*digits)?), &self.answer.columns[at], false);
            let name = self.reader.words.get("chart.others")?.to_owned();
            series.push(Series { name, ink: self.ink(SERIES - 1), points: rest.iter().map(point).collect() });
        }
        // months before the books have nothing to draw, nor has a series without any value
        let is_nothing = |point: &Option<Point>| point.as_ref().is_none_or(|point| point.value.abs() <= 0.0);
        let is_over_time = matches!(self.answer.columns[label_at].kind, ColumnKind::Date);
        let first = (0..labels.len()).find(|label| series.iter().any(|series| !is_nothing(&series.points[*label])));
        let first = first.filter(|_| is_over_time).unwrap_or(0);
        for series in &mut series {
            series.points.drain(..first);
        }
        texts.drain(..first);
        labels.drain(..first);
        if self.spec.kind != ChartKind::Matrix {
            series.retain(|series| !series.points.iter().all(is_nothing));
        }
        let drawing = Drawing { labels: texts, keys: labels, series, ..Drawing::empty(unit(&self.answer.columns[at])) };
        Ok(Some(drawing).filter(|drawing| !drawing.labels.is_empty()))
    }

    /// Of stacked series more than there are colours: the codes of the smaller ones, drawn as one.
    fn small(&self, rows: &[usize], split_at: usize, at: usize) -> Vec<String> {
        let mut sizes: BTreeMap<String, i128> = BTreeMap::new();
        for row in rows {
            let size = digits(&self.answer.at(*row, at)).unwrap_or(0).saturating_abs();
            let sum = sizes.entry(self.answer.at(*row, split_at).plain()).or_default();
            *sum = sum.saturating_add(size);
        }
        if self.spec.kind != ChartKind::Stacked || self.spec.palette != Palette::Series || sizes.len() <= SERIES {
            return Vec::new();
        }
        let mut sizes: Vec<(String, i128)> = sizes.into_iter().collect();
        sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        sizes.split_off(SERIES - 1).into_iter().map(|(code, _)| code).collect()
    }

    /// The columns of one row as steps between two totals; steps of nothing are left out.
    fn steps(&self, row: Option<usize>) -> Result<Option<Drawing>, ReportError> {
        let Some(row) = row else { return Ok(None) };
        let mut drawing = Drawing::empty(Unit::Money);
        let mut points = Vec::new();
        let last = self.spec.series.len().saturating_sub(1);
        for (order, name) in self.spec.series.iter().enumerate() {
            let at = self.position(name)?;
            let is_total = order == 0 || order == last;
            let Some(point) = self.point(row, at, is_total) else { continue };
            if is_total || point.value.abs() > 0.0 {
                drawing.labels.push(header_word(name, self.reader)?.to_owned());
                points.push(Some(point));
            }
        }
        drawing.series.push(Series { name: String::new(), ink: Ink::Whole, points });
        Ok(Some(drawing))
    }

    fn point(&self, row: usize, at: usize, is_total: bool) -> Option<Point> {
        self.point_of(&self.answer.at(row, at), &self.answer.columns[at], is_total)
    }

    fn point_of(&self, value: &Value, column: &AnswerColumn, is_total: bool) -> Option<Point> {
        let scale = match value {
            Value::Decimal { scale, .. } => *scale,
            _ => 0,
        };
        let text = cell_text(value, column, true, self.reader).text;
        Some(Point { value: digits(value)? as f64 / 10_f64.powi(scale.into()), text, is_total })
    }

    fn text(&self, value: &Value, column: &AnswerColumn) -> String {
        cell_text(value, column, true, self.reader).text
    }

    fn ink(&self, order: usize) -> Ink {
        match self.spec.palette {
            Palette::Series => Ink::Series(order),
            Palette::Age => Ink::Age(order + self.first_age()),
        }
    }

    /// Each age keeps its colour where the first, what is of unknown age, has no place in the chart.
    fn first_age(&self) -> usize {
        let by = self.spec.split_by.as_deref().or(self.spec.label.as_deref());
        let is_known = by == Some("bucket_code") && self.answer.value(0, "bucket_code").plain() != "age_unknown";
        usize::from(is_known && !self.answer.is_empty())
    }

    /// What another answer marks, by the label it stands at.
    fn marks(&self, spec: &MarkSpec, marked: &Answer, keys: &[String]) -> Result<BTreeMap<usize, String>, ReportError> {
        let place = |name: &str| {
            marked.position(name).ok_or_else(|| ReportError::ColumnMissing {
                panel: self.panel.id.clone(),
                query: spec.query.clone(),
                column: name.to_owned(),
            })
        };
        let (at, text) = (place(&spec.at)?, place(&spec.text)?);
        let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for row in 0..marked.len() {
            let plain = marked.at(row, at).plain();
            let label = match marked.at(row, at) {
                Value::Date(_) => {
                    // days sort as they are written; a label of another month is none of theirs
                    keys.iter().position(|key| *key >= plain).filter(|label| keys[*label].get(..7) == plain.get(..7))
                }
                _ => keys.iter().position(|key| *key == plain),
            };
            let said = self.text(&marked.at(row, text), &marked.columns[text]);
            if let Some(label) = label.filter(|_| !said.is_empty()) {
                let texts = found.entry(label).or_default();
                if !texts.contains(&said) {
                    texts.push(said);
                }
            }
        }
        let joined = |(label, texts): (usize, Vec<String>)| {
            let more = texts.len().saturating_sub(MOST_MARKS);
            let mut told: Vec<String> = texts.into_iter().take(MOST_MARKS).collect();
            if more > 0 {
                let count = self.reader.formats.number(more.try_into().unwrap_or(i128::MAX), 0);
                told.push(self.reader.words.fill("chart.more_marks", &[("count", &count)])?);
            }
            Ok((label, told.join("; ")))
        };
        found.into_iter().map(joined).collect()
    }

    fn marks_said(&self, drawing: &Drawing) -> Result<Vec<String>, ReportError> {
        let said = |(label, text): (&usize, &String)| {
            self.reader.words.fill("chart.mark", &[("label", &drawing.labels[*label]), ("text", text)])
        };
        drawing.marks.iter().map(said).collect()
    }

    /// What the chart shows, for whoever cannot see it: its range, and where the figures stand.
    fn description(&self, drawing: &Drawing) -> Result<String, ReportError> {
        let words = self.reader.words;
        let mut sentences = Vec::new();
        let is_over_time = self.spec.label.as_deref() == Some("month_end_date");
        for series in drawing.series.iter().chain(drawing.band.iter().flatten()) {
            let known: Vec<(usize, &Point)> =
                series.points.iter().enumerate().filter_map(|(at, point)| Some((at, point.as_ref()?))).collect();
            let (Some((_, first)), Some((at, last))) = (known.first(), known.last()) else { continue };
            if is_over_time {
                let values = [
                    ("series", series.name.as_str()),
                    ("first", first.text.as_str()),
                    ("last", last.text.as_str()),
                    ("month", drawing.labels[*at].as_str()),
                ];
                sentences.push(words.fill("chart.course", &values)?);
            } else {
                let parts: Vec<String> =
                    known.iter().map(|(at, point)| format!("{} {}", drawing.labels[*at], point.text)).collect();
                let points = parts.join(", ");
                sentences.push(if series.name.is_empty() {
                    format!("{points}.")
                } else {
                    words.fill("chart.points", &[("series", &series.name), ("points", &points)])?
                });
            }
        }
        sentences.extend(self.marks_said(drawing)?);
        sentences.push(words.get("chart.table_follows")?.to_owned());
        Ok(visible(&sentences.join(" ")).into_owned())
    }
}

const fn unit(column: &AnswerColumn) -> Unit {
    match column.kind {
        ColumnKind::Money => Unit::Money,
        ColumnKind::Decimal => Unit::Days,
        ColumnKind::Ratio => Unit::Ratio,
        _ => Unit::Count,
    }
}
