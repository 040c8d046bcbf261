//! A fan: the band in which most futures lie, the line in the middle of them, and lines to compare with.

use super::{End, Field, mark_said, room_of_ends, values};
use crate::report::ReportError;
use crate::report::chart::canvas::{Canvas, Hang, Ink, Size};
use crate::report::chart::scale::Scale;
use crate::report::chart::{Drawing, Point, Series};
use crate::report::grid::Reader;

/// How much of what is behind shows through the band.
const BAND: f64 = 0.22;

/// A line to compare with may reach so many times as high as the fan before it is cut off.
const MOST_TIMES: f64 = 1.7;

/// The band, then the lines over it. What to compare with may be out of all proportion (all that is past due, due
/// tomorrow): the scale is then that of the fan, and the point stands at its edge with its figure.
pub(super) fn fan(drawing: &Drawing, size: Size, reader: &Reader) -> Result<String, ReportError> {
    let band = drawing.band.as_ref();
    let of = |series: &Series| -> Vec<f64> { series.points.iter().flatten().map(|point| point.value).collect() };
    let own: Vec<f64> = band.into_iter().flatten().chain(drawing.series.first()).flat_map(of).collect();
    let (low, high) = range(own.into_iter());
    let (all_low, all_high) = range(values(drawing));
    let top = if all_high > high * MOST_TIMES && high > 0.0 { high * 1.2 } else { all_high.max(high) };
    let field = Field::new(size, Scale::around(low.min(all_low), top, 6), drawing.labels.len(), room_of_ends(drawing));
    Canvas::draw(size, |canvas| {
        field.levels(canvas, drawing.unit, reader)?;
        field.names(canvas, &drawing.labels)?;
        field.marks(canvas, drawing)?;
        if let Some([low, high]) = band {
            for edge in runs(low, high) {
                let below = edge.iter().rev().map(|(at, low, _)| (field.middle(*at), field.y(low.value)));
                let above = edge.iter().map(|(at, _, high)| (field.middle(*at), field.y(high.value)));
                let around: Vec<(f64, f64)> = above.chain(below).collect();
                canvas.area(&around, Ink::Series(0), BAND)?;
            }
        }
        let ceiling = field.scale.high;
        let mut ends: Vec<End> = Vec::new();
        // the line in the middle lies over those it is compared with
        for series in drawing.series.iter().rev() {
            let mut run: Vec<(f64, f64)> = Vec::new();
            let mut cut: Vec<(usize, &Point)> = Vec::new();
            for (at, point) in series.points.iter().enumerate() {
                if let Some(point) = point {
                    run.push((field.middle(at), field.y(point.value.min(ceiling))));
                    if point.value > ceiling {
                        cut.push((at, point));
                    }
                } else {
                    canvas.line(&run, series.ink, 2)?;
                    run.clear();
                }
            }
            canvas.line(&run, series.ink, 2)?;
            for (at, point) in cut {
                let (x, y) = (field.middle(at), field.top);
                canvas.dot((x, field.y(ceiling)), series.ink)?;
                canvas.text(&format!("↑ {}", point.text), (x + 9.0, y + 4.0), Hang::Start, series.ink, true)?;
            }
            if let (Some(Some(point)), Some(end)) = (series.points.last(), run.last()) {
                canvas.dot(*end, series.ink)?;
                ends.push((end.1, point, series.ink));
            }
        }
        field.ends(canvas, ends)?;
        for at in 0..drawing.labels.len() {
            let told = band.into_iter().flatten().chain(&drawing.series);
            let told = told.filter_map(|series| Some(format!("{} {}", series.name, series.points[at].as_ref()?.text)));
            let told: Vec<String> = told.collect();
            let said = format!("{} — {}{}", drawing.labels[at], told.join(", "), mark_said(drawing, at));
            canvas.hit((field.edge(at), field.top), (field.edge(at + 1), field.bottom), &said);
        }
        Ok(())
    })
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)))
}

/// The stretches over which both edges are known: a gap in what is known is a gap in the band.
fn runs<'a>(low: &'a Series, high: &'a Series) -> Vec<Vec<(usize, &'a Point, &'a Point)>> {
    let mut runs = vec![Vec::new()];
    for (at, pair) in low.points.iter().zip(&high.points).enumerate() {
        match (pair, runs.last_mut()) {
            ((Some(low), Some(high)), Some(run)) => run.push((at, low, high)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}
