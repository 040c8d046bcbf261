//! The kinds of chart, one function each: from a drawing to marks on a canvas.

mod fan;

use super::canvas::{Canvas, Hang, Ink, Size, lines_of, width_of};
use super::scale::Scale;
use super::{Drawing, Point, Unit};
use crate::report::ReportError;
use crate::report::grid::Reader;
use crate::report::panels::ChartKind;

/// A drawing of a kind, as SVG.
pub(super) fn draw(kind: ChartKind, drawing: &Drawing, size: Size, reader: &Reader) -> Result<String, ReportError> {
    match kind {
        ChartKind::Lines => lines(drawing, size, reader),
        ChartKind::Fan => fan::fan(drawing, size, reader),
        ChartKind::Stacked => stacked(drawing, size, reader),
        ChartKind::Grouped => grouped(drawing, size, reader),
        ChartKind::Bars => bars(drawing, size),
        ChartKind::Waterfall => waterfall(drawing, size),
        ChartKind::Matrix => matrix(drawing, size),
        // drawn by `points`, from places and not from a value a label
        ChartKind::Points => Ok(String::new()),
    }
}

/// A name below a column has so many lines at most, each so high.
const MOST_LINES: usize = 3;
const LINE_HEIGHT: f64 = 14.0;

/// A field of columns or lines with levels: its edges and its scale.
struct Field {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    scale: Scale,
    count: usize,
    /// Whether names stand in several lines, so that none is left out.
    has_broken_names: bool,
}

impl Field {
    /// Room for names of levels at the left and of points below.
    fn new(size: Size, scale: Scale, count: usize, right_room: f64) -> Self {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let has_broken_names = false;
        Self { left: 48.0, right: width - right_room, top: 14.0, bottom: height - 26.0, scale, count, has_broken_names }
    }

    /// The lines of each name below its own point, where all of them find room there by breaking between words.
    fn broken_names(&self, labels: &[String]) -> Option<Vec<Vec<String>>> {
        let room = (self.right - self.left) / self.count as f64 - 6.0;
        let lines: Vec<Vec<String>> = labels.iter().map(|label| lines_of(label, room)).collect();
        let fits = lines.iter().all(|lines| lines.len() <= MOST_LINES)
            && lines.iter().flatten().all(|line| width_of(line) <= room);
        fits.then_some(lines)
    }

    /// A field of columns that are no months: their names are broken where that shows them all.
    fn of_columns(size: Size, scale: Scale, labels: &[String]) -> Self {
        let mut field = Self::new(size, scale, labels.len(), 8.0);
        if let Some(lines) = field.broken_names(labels) {
            let most = lines.iter().map(Vec::len).max().unwrap_or(1);
            field.bottom -= (most.max(1) - 1) as f64 * LINE_HEIGHT;
            field.has_broken_names = true;
        }
        field
    }

    fn y(&self, value: f64) -> f64 {
        let share = (self.scale.high - value) / (self.scale.high - self.scale.low);
        share.mul_add(self.bottom - self.top, self.top)
    }

    /// The left edge of the room of a point; of the one after the last, the right edge.
    fn edge(&self, at: usize) -> f64 {
        (at as f64 / self.count as f64).mul_add(self.right - self.left, self.left)
    }

    fn middle(&self, at: usize) -> f64 {
        f64::midpoint(self.edge(at), self.edge(at + 1))
    }

    fn levels(&self, canvas: &Canvas, unit: Unit, reader: &Reader) -> Result<(), ReportError> {
        for level in self.scale.levels() {
            let is_ground = level.abs() < (self.scale.high - self.scale.low) / 1e6;
            let ink = if is_ground { Ink::Ground } else { Ink::Grid };
            canvas.line(&[(self.left, self.y(level)), (self.right, self.y(level))], ink, 1)?;
            let name = self.scale.name(level, unit, reader)?;
            canvas.text(&name, (self.left - 8.0, self.y(level)), Hang::End, Ink::Quiet, false)?;
        }
        Ok(())
    }

    /// Names below, as many as have room, the last one always.
    fn names(&self, canvas: &Canvas, labels: &[String]) -> Result<(), ReportError> {
        let widest = labels.iter().map(|label| width_of(label)).fold(0.0, f64::max) + 14.0;
        let every = ((widest * self.count as f64 / (self.right - self.left)).ceil() as usize).max(1);
        if let Some(broken) = self.broken_names(labels).filter(|_| self.has_broken_names) {
            for (at, lines) in broken.iter().enumerate() {
                for (line, text) in lines.iter().enumerate() {
                    let y = (line as f64).mul_add(LINE_HEIGHT, self.bottom + 9.0);
                    canvas.text(text, (self.middle(at), y), Hang::Below, Ink::Quiet, false)?;
                }
            }
            return Ok(());
        }
        for (at, label) in labels.iter().enumerate() {
            if (labels.len() - 1 - at).is_multiple_of(every) {
                canvas.text(label, (self.middle(at), self.bottom + 9.0), Hang::Below, Ink::Quiet, false)?;
            }
        }
        Ok(())
    }

    /// A line from top to bottom where something is marked, behind what is drawn.
    fn marks(&self, canvas: &Canvas, drawing: &Drawing) -> Result<(), ReportError> {
        for at in drawing.marks.keys() {
            let x = self.middle(*at);
            canvas.line(&[(x, self.top - 4.0), (x, self.bottom)], Ink::Whole, 1)?;
            canvas.dot((x, self.top - 6.0), Ink::Whole)?;
        }
        Ok(())
    }

    /// The last values beside the ends of their lines, one below the other where they would meet.
    fn ends(&self, canvas: &Canvas, mut ends: Vec<End>) -> Result<(), ReportError> {
        ends.sort_by(|one, other| one.0.total_cmp(&other.0));
        let x = self.middle(self.count.saturating_sub(1)) + 10.0;
        // a stack that would hang below the field stands on its ground
        let mut places: Vec<f64> = Vec::new();
        for (y, _, _) in &ends {
            places.push(places.last().map_or(*y, |above| y.max(above + LINE_HEIGHT)));
        }
        let over = places.last().map_or(0.0, |last| (last - self.bottom).max(0.0));
        for ((_, point, ink), y) in ends.into_iter().zip(places) {
            canvas.text(&point.text, (x, y - over), Hang::Start, ink, true)?;
        }
        Ok(())
    }

    /// What is said of a whole point, from top to bottom of the field.
    fn say(&self, canvas: &mut Canvas, drawing: &Drawing, at: usize) {
        let read = drawing
            .series
            .iter()
            .filter_map(|series| Some(format!("{} {}", series.name, series.points[at].as_ref()?.text)));
        let read: Vec<String> = read.collect();
        let said = format!("{} — {}{}", drawing.labels[at], read.join(", "), mark_said(drawing, at));
        canvas.hit((self.edge(at), self.top), (self.edge(at + 1), self.bottom), &said);
    }
}

/// Where a line ends, at which value, and in which ink.
type End<'a> = (f64, &'a Point, Ink);

/// The room that the last values want beside the ends of their lines.
fn room_of_ends(drawing: &Drawing) -> f64 {
    let lasts = drawing.series.iter().filter_map(|series| series.points.last()?.as_ref());
    lasts.map(|point| width_of(&point.text) * 1.08 + 12.0).fold(44.0, f64::max)
}

/// What is marked at a label, to be said after its figures.
fn mark_said(drawing: &Drawing, at: usize) -> String {
    drawing.marks.get(&at).map_or_else(String::new, |text| format!(" — {text}"))
}

fn values(drawing: &Drawing) -> impl Iterator<Item = f64> {
    drawing.series.iter().flat_map(|series| &series.points).flatten().map(|point| point.value)
}

fn lines(drawing: &Drawing, size: Size, reader: &Reader) -> Result<String, ReportError> {
    // whoever pays before the due date has days below zero
    let (low, high) = values(drawing).fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let field = Field::new(size, Scale::around(low, high, 4), drawing.labels.len(), room_of_ends(drawing));
    Canvas::draw(size, |canvas| {
        field.levels(canvas, drawing.unit, reader)?;
        field.names(canvas, &drawing.labels)?;
        field.marks(canvas, drawing)?;
        let mut ends: Vec<End> = Vec::new();
        for series in &drawing.series {
            // a gap in what is known is a gap in the line
            let mut run: Vec<(f64, f64)> = Vec::new();
            for (at, point) in series.points.iter().enumerate() {
                if let Some(point) = point {
                    run.push((field.middle(at), field.y(point.value)));
                } else {
                    canvas.line(&run, series.ink, 2)?;
                    run.clear();
                }
            }
            canvas.line(&run, series.ink, 2)?;
            if let (Some(Some(point)), Some(end)) = (series.points.last(), run.last()) {
                canvas.dot(*end, series.ink)?;
                ends.push((end.1, point, series.ink));
            }
        }
        field.ends(canvas, ends)?;
        for at in 0..drawing.labels.len() {
            field.say(canvas, drawing, at);
        }
        Ok(())
    })
}

fn stacked(drawing: &Drawing, size: Size, reader: &Reader) -> Result<String, ReportError> {
    let sums = (0..drawing.labels.len()).map(|at| {
        let of = |pick: fn(f64) -> f64| {
            drawing.series.iter().filter_map(|series| series.points[at].as_ref()).map(|point| pick(point.value)).sum()
        };
        (of(|value| value.min(0.0)), of(|value| value.max(0.0)))
    });
    let (low, high) =
        sums.fold((0.0_f64, 0.0_f64), |(low, high), (below, above): (f64, f64)| (low.min(below), high.max(above)));
    let field = Field::new(size, Scale::around(low, high, 4), drawing.labels.len(), 8.0);
    Canvas::draw(size, |canvas| {
        field.levels(canvas, drawing.unit, reader)?;
        field.names(canvas, &drawing.labels)?;
        field.marks(canvas, drawing)?;
        for at in 0..drawing.labels.len() {
            // few months make no walls
            let width = ((field.edge(at + 1) - field.edge(at)) * 0.74).clamp(1.0, 56.0);
            let (left, right) = (field.middle(at) - width / 2.0, field.middle(at) + width / 2.0);
            let (mut above, mut below) = (0.0, 0.0);
            for series in &drawing.series {
                let Some(point) = &series.points[at] else { continue };
                let end = if point.value < 0.0 { &mut below } else { &mut above };
                let from = *end;
                *end += point.value;
                canvas.rect((left, field.y(from)), (right, field.y(*end)), series.ink, 1.0)?;
            }
            field.say(canvas, drawing, at);
        }
        canvas.line(&[(field.left, field.y(0.0)), (field.right, field.y(0.0))], Ink::Ground, 1)
    })
}

fn grouped(drawing: &Drawing, size: Size, reader: &Reader) -> Result<String, ReportError> {
    let (low, high) = values(drawing).fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    // room for the figures above and below
    let room = (high - low) / 12.0;
    let low = if low < 0.0 { low - room } else { low };
    let field = Field::of_columns(size, Scale::around(low, high + room, 4), &drawing.labels);
    Canvas::draw(size, |canvas| {
        field.levels(canvas, drawing.unit, reader)?;
        field.names(canvas, &drawing.labels)?;
        field.marks(canvas, drawing)?;
        let count = drawing.series.len().max(1) as f64;
        // figures that would touch stay out: each column says its own when pointed at
        let room = ((field.edge(1) - field.edge(0)) * 0.7 / count).min(64.0);
        let texts = drawing.series.iter().flat_map(|series| &series.points).flatten();
        let has_figures = texts.map(|point| width_of(&point.text)).fold(0.0, f64::max) <= room + 2.0;
        for at in 0..drawing.labels.len() {
            let width = ((field.edge(at + 1) - field.edge(at)) * 0.7 / count).min(64.0);
            let first = field.middle(at) - width * count / 2.0;
            for (order, series) in drawing.series.iter().enumerate() {
                let Some(point) = &series.points[at] else { continue };
                let left = (order as f64).mul_add(width, first);
                let (from, to) = ((left + 2.0, field.y(0.0)), (left + width - 2.0, field.y(point.value)));
                canvas.rect(from, to, series.ink, 1.0)?;
                let (hang, gap) = if point.value < 0.0 { (Hang::Below, 4.0) } else { (Hang::Above, -4.0) };
                if has_figures {
                    canvas.text(&point.text, (left + width / 2.0, to.1 + gap), hang, Ink::Text, false)?;
                }
                let mark = mark_said(drawing, at);
                let said = format!("{} — {} {}{mark}", drawing.labels[at], series.name, point.text);
                canvas.hit((left, field.top), (left + width, field.bottom), &said);
            }
        }
        canvas.line(&[(field.left, field.y(0.0)), (field.right, field.y(0.0))], Ink::Ground, 1)
    })
}

/// Lines of lying marks: a name, a mark, a figure.
struct Lying {
    height: f64,
    left: f64,
    right: f64,
    is_narrow: bool,
    low: f64,
    high: f64,
}

impl Lying {
    fn new(drawing: &Drawing, size: Size, (low, high): (f64, f64)) -> (Self, Size) {
        let height = if size.is_narrow { 42.0 } else { 34.0 };
        let widest = drawing.labels.iter().map(|label| width_of(label)).fold(0.0, f64::max);
        let figure = drawing
            .series
            .iter()
            .flat_map(|series| &series.points)
            .flatten()
            .map(|point| width_of(&point.text))
            .fold(0.0, f64::max);
        let left = if size.is_narrow { 4.0 } else { (widest + 18.0).min(f64::from(size.width) * 0.4) };
        // a mark that ends left of zero has its figure at its left
        let left = if low < 0.0 { left + figure + 10.0 } else { left };
        let right = f64::from(size.width) - figure - 14.0;
        let size = size.with_height((height * drawing.labels.len() as f64) as i32 + 6);
        let high = if high - low > 0.0 { high } else { low + 1.0 };
        (Self { height, left, right, is_narrow: size.is_narrow, low, high }, size)
    }

    fn x(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).mul_add(self.right - self.left, self.left)
    }

    fn mark(
        &self,
        canvas: &mut Canvas,
        (at, name): (usize, &str),
        (from, to): (f64, f64),
        ink: Ink,
        point: &Point,
    ) -> Result<(), ReportError> {
        let top = (at as f64).mul_add(self.height, 3.0);
        let (name_at, from_top, thickness) =
            if self.is_narrow { ((2.0, top + 8.0), 18.0, 16.0) } else { ((2.0, top + 15.0), 5.0, 20.0) };
        let ink_of_name = if point.is_total { Ink::Text } else { Ink::Quiet };
        canvas.text(name, name_at, Hang::Start, ink_of_name, point.is_total)?;
        let (y0, y1) = (top + from_top, top + from_top + thickness);
        let (x0, x1) = (self.x(from.min(to)), self.x(from.max(to)));
        canvas.rect((x0, y0), (x1.max(x0 + 1.0), y1), ink, 1.0)?;
        let middle = f64::midpoint(y0, y1);
        let is_below = to < 0.0 && from <= 0.0;
        let (place, hang) = if is_below { (x0 - 6.0, Hang::End) } else { (x1 + 6.0, Hang::Start) };
        canvas.text(&point.text, (place, middle), hang, Ink::Text, point.is_total)?;
        canvas.hit((2.0, top), (self.right, top + self.height - 2.0), &format!("{name} — {}", point.text));
        Ok(())
    }
}

fn bars(drawing: &Drawing, size: Size) -> Result<String, ReportError> {
    let range = values(drawing).fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let (lying, size) = Lying::new(drawing, size, range);
    Canvas::draw(size, |canvas| {
        for series in &drawing.series {
            for (at, point) in series.points.iter().enumerate() {
                let Some(point) = point else { continue };
                // alone, each bar takes the colour of its own age or that of the first series
                let ink = match series.ink {
                    Ink::Age(_) => Ink::Age(at),
                    ink => ink,
                };
                lying.mark(canvas, (at, &drawing.labels[at]), (0.0, point.value), ink, point)?;
            }
        }
        if lying.low < 0.0 {
            canvas.line(&[(lying.x(0.0), 2.0), (lying.x(0.0), f64::from(size.height) - 2.0)], Ink::Ground, 1)?;
        }
        Ok(())
    })
}

fn waterfall(drawing: &Drawing, size: Size) -> Result<String, ReportError> {
    let points: Vec<&Point> = drawing.series.iter().flat_map(|series| &series.points).flatten().collect();
    let mut spans: Vec<(f64, f64)> = Vec::new();
    let mut level = 0.0;
    for point in &points {
        let from = if point.is_total { 0.0 } else { level };
        level = if point.is_total { point.value } else { level + point.value };
        spans.push((from, level));
    }
    let range = spans
        .iter()
        .fold((0.0_f64, 0.0_f64), |(low, high), (from, to)| (low.min(from.min(*to)), high.max(from.max(*to))));
    let (lying, size) = Lying::new(drawing, size, range);
    Canvas::draw(size, |canvas| {
        for (at, (point, span)) in points.iter().zip(&spans).enumerate() {
            let ink = match point {
                point if point.is_total => Ink::Whole,
                point if point.value < 0.0 => Ink::Fall,
                _ => Ink::Rise,
            };
            lying.mark(canvas, (at, &drawing.labels[at]), *span, ink, point)?;
            if let Some((from, _)) = spans.get(at + 1).filter(|_| !points[at + 1].is_total) {
                // the next step starts where this one ends
                let (x, y) = (lying.x(*from), (at as f64 + 1.0) * lying.height);
                canvas.line(&[(x, y - 3.0), (x, y + 6.0)], Ink::Ground, 1)?;
            }
        }
        Ok(())
    })
}

/// Labels down, series across, shares in the cells.
fn matrix(drawing: &Drawing, size: Size) -> Result<String, ReportError> {
    let widest = drawing.labels.iter().map(|label| width_of(label)).fold(0.0, f64::max);
    let left = if size.is_narrow { 62.0 } else { widest + 16.0 };
    let top = 48.0;
    let cell =
        (if size.is_narrow { 36.0 } else { 40.0 }, (f64::from(size.width) - left - 2.0) / drawing.series.len() as f64);
    let size = size.with_height((top + cell.0 * drawing.labels.len() as f64) as i32 + 4);
    Canvas::draw(size, |canvas| {
        for (across, series) in drawing.series.iter().enumerate() {
            let x = (across as f64).mul_add(cell.1, left);
            let lines = lines_of(&series.name, cell.1 - 6.0);
            for (line, text) in lines.iter().enumerate() {
                let up = (lines.len() - line) as f64 * 14.0;
                canvas.text(text, (x + cell.1 / 2.0, top - up), Hang::Below, Ink::Quiet, false)?;
            }
            for (down, point) in series.points.iter().enumerate() {
                let y = (down as f64).mul_add(cell.0, top);
                let Some(point) = point else { continue };
                let (from, to) = ((x + 1.0, y + 1.0), (x + cell.1 - 1.0, y + cell.0 - 1.0));
                canvas.rect(from, to, Ink::Grid, 0.45)?;
                if point.value > 0.0 {
                    canvas.rect(from, to, Ink::Series(0), point.value.clamp(0.0, 1.0).mul_add(0.62, 0.04))?;
                }
                let middle = (x + cell.1 / 2.0, y + cell.0 / 2.0);
                let ink = if point.value > 0.0 { Ink::Text } else { Ink::Quiet };
                canvas.text(&point.text, middle, Hang::Middle, ink, point.value >= 0.5)?;
                canvas.hit(from, to, &format!("{} → {} — {}", drawing.labels[down], series.name, point.text));
            }
        }
        for (down, label) in drawing.labels.iter().enumerate() {
            let middle = (down as f64).mul_add(cell.0, top) + cell.0 / 2.0;
            let lines = lines_of(label, left - 8.0);
            for (line, text) in lines.iter().enumerate() {
                let y = (line as f64 - (lines.len() as f64 - 1.0) / 2.0).mul_add(13.0, middle);
                canvas.text(text, (left - 10.0, y), Hang::End, Ink::Quiet, false)?;
            }
        }
        Ok(())
    })
}
