//! A map of points: where each stands by two figures, how large by a third, in which colour by a code.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use minijinja::{Value as Shown, context};

use super::canvas::{Canvas, Hang, Ink, Size, TEXT, width_of};
use super::scale::Axis;
use super::{Builder, Point, Unit, unit};
use crate::report::ReportError;
use crate::report::grid::{Reader, digits, header_word, ratio};
use crate::report::panels::Spread;
use crate::report::visible;

/// At most so many points are drawn, the largest: a page stays light, and more could not be told apart.
const MOST_POINTS: usize = 400;

/// So many points are named in the description.
const MOST_TOLD: usize = 10;

/// The radius of a point so small that its area could not be seen.
const LEAST_RADIUS: f64 = 2.0;

/// The height of a name beside its point.
const NAME_HEIGHT: f64 = TEXT + 2.0;

/// What is drawn, largest points first.
struct Map<'a> {
    spots: Vec<Spot>,
    groups: Vec<Group>,
    across: Side<'a>,
    upwards: Side<'a>,
    /// What the map leaves out or does with its figures, in sentences.
    notes: Vec<String>,
}

/// One point.
struct Spot {
    x: f64,
    y: f64,
    /// Its size as a share of the largest.
    share: f64,
    ink: Ink,
    name: String,
    said: String,
}

/// The points of one colour.
struct Group {
    name: String,
    ink: Ink,
    count: usize,
}

/// What an axis holds.
struct Side<'a> {
    name: &'a str,
    unit: Unit,
    spread: Spread,
    bounds: Vec<f64>,
}

/// The map of a chart, for wide and for narrow screens; `None` where no row has a place on it.
pub(super) fn map(builder: &Builder) -> Result<Option<Shown>, ReportError> {
    let map = builder.map()?;
    if map.spots.is_empty() {
        return Ok(None);
    }
    let mut svgs = Vec::new();
    for size in Size::both(builder.panel.is_half) {
        let body = map.drawn(size, builder.reader)?;
        svgs.push(context! { class => size.class(), body => Shown::from_safe_string(body) });
    }
    let has_legend = map.groups.len() > 1;
    let groups = map.groups.iter().filter(|_| has_legend);
    let legend: Vec<Shown> = groups.map(|group| context! { text => &group.name, ink => group.ink.class() }).collect();
    let description = map.description(builder.reader)?;
    Ok(Some(context! { description, svgs, legend, note => map.notes.join(" ") }))
}

/// A row with a place on the map.
struct Placed {
    row: usize,
    x: Point,
    y: Point,
    /// Its size in the digits of its column; what is owed to a customer has none.
    size: i128,
    code: String,
}

impl Builder<'_> {
    fn map(&self) -> Result<Map<'_>, ReportError> {
        let place = |name: &Option<String>| name.as_deref().map(|name| self.position(name)).transpose();
        // the reading of the panels has made sure of these three
        let [x, y, size] = [&self.spec.x, &self.spec.y, &self.spec.size].map(|name| name.as_deref().unwrap_or(""));
        let (x_at, y_at, size_at) = (self.position(x)?, self.position(y)?, self.position(size)?);
        let (label_at, colour_at) = (place(&self.spec.label)?, place(&self.spec.colour_by)?);
        let rows = self.rows()?;
        let mut placed: Vec<Placed> = rows
            .iter()
            .filter_map(|row| {
                let size = digits(&self.answer.at(*row, size_at))?.max(0);
                let code = colour_at.map_or_else(String::new, |at| self.answer.at(*row, at).plain());
                Some(Placed {
                    row: *row,
                    x: self.point(*row, x_at, false)?,
                    y: self.point(*row, y_at, false)?,
                    size,
                    code,
                })
            })
            .collect();
        let unplaced_count = rows.len() - placed.len();
        let placed_count = placed.len();
        placed.sort_by_key(|placed| Reverse(placed.size));
        let whole: i128 = placed.iter().map(|placed| placed.size).fold(0, i128::saturating_add);
        let counts = placed.iter().fold(BTreeMap::<&str, usize>::new(), |mut counts, placed| {
            *counts.entry(&placed.code).or_default() += 1;
            counts
        });
        // a code keeps its colour from one day to the next where the panel names it
        let mut codes: Vec<&str> = self.spec.colours.iter().map(String::as_str).collect();
        codes.extend(counts.keys().filter(|code| !self.spec.colours.iter().any(|known| known == *code)));
        let ink_of = |code: &str| self.ink(codes.iter().position(|known| *known == code).unwrap_or(0));
        let group_name = |code: &str| {
            let found = placed.iter().find(|placed| placed.code == code)?;
            Some(self.text(&self.answer.at(found.row, colour_at?), &self.answer.columns[colour_at?]))
        };
        let groups: Vec<Group> = codes
            .iter()
            .filter_map(|code| Some(Group { name: group_name(code)?, ink: ink_of(code), count: *counts.get(code)? }))
            .collect();

        let (x_name, y_name) = (header_word(x, self.reader)?, header_word(y, self.reader)?);
        let size_name = header_word(size, self.reader)?;
        let largest = placed.first().map_or(1, |placed| placed.size.max(1));
        let mut spots = Vec::new();
        let mut drawn_size = 0_i128;
        for placed in placed.iter().take(MOST_POINTS) {
            let text = |at: usize| self.text(&self.answer.at(placed.row, at), &self.answer.columns[at]);
            let mut figures = vec![format!("{x_name} {}", placed.x.text), format!("{y_name} {}", placed.y.text)];
            if ![x_at, y_at].contains(&size_at) {
                figures.push(format!("{size_name} {}", text(size_at)));
            }
            figures.extend(colour_at.map(text));
            let name = label_at.map_or_else(String::new, text);
            let dash = if name.is_empty() { "" } else { " — " };
            spots.push(Spot {
                x: placed.x.value,
                y: placed.y.value,
                share: placed.size as f64 / largest as f64,
                ink: ink_of(&placed.code),
                said: format!("{name}{dash}{}", figures.join(", ")),
                name,
            });
            drawn_size = drawn_size.saturating_add(placed.size);
        }

        let words = self.reader.words;
        let count = |number: usize| self.reader.formats.number(number.try_into().unwrap_or(i128::MAX), 0);
        let mut notes = vec![words.fill("chart.area", &[("size", size_name)])?];
        for (axis, spread) in [(x_name, self.spec.x_spread), (y_name, self.spec.y_spread)] {
            match spread {
                Spread::Even => {}
                Spread::Root => notes.push(words.fill("chart.scale_root", &[("axis", axis)])?),
                Spread::Log => notes.push(words.fill("chart.scale_log", &[("axis", axis)])?),
            }
        }
        if spots.len() < placed_count {
            let share = digits(&ratio(Some(drawn_size), Some(whole))).unwrap_or(0);
            let values = [
                ("drawn", count(spots.len())),
                ("total", count(placed_count)),
                ("ratio", self.reader.formats.percent(share, 6)),
            ];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            notes.push(words.fill("chart.largest_drawn", &values)?);
        }
        if unplaced_count > 0 {
            notes.push(words.fill("chart.unplaced", &[("count", &count(unplaced_count))])?);
        }
        let axis_of = |name, at: usize, spread, bounds: &[i32]| Side {
            name,
            unit: unit(&self.answer.columns[at]),
            spread,
            bounds: bounds.iter().map(|bound| f64::from(*bound)).collect(),
        };
        Ok(Map {
            spots,
            groups,
            across: axis_of(x_name, x_at, self.spec.x_spread, &self.spec.x_bounds),
            upwards: axis_of(y_name, y_at, self.spec.y_spread, &self.spec.y_bounds),
            notes,
        })
    }
}

/// A place taken on the drawing: left, top, right, bottom.
#[derive(Clone, Copy)]
struct Room(f64, f64, f64, f64);

impl Room {
    fn meets(&self, other: &Self) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn meets_disc(&self, (x, y): (f64, f64), radius: f64) -> bool {
        let (near_x, near_y) = (x.clamp(self.0, self.2), y.clamp(self.1, self.3));
        (near_x - x).hypot(near_y - y) < radius
    }
}

impl Map<'_> {
    fn drawn(&self, size: Size, reader: &Reader) -> Result<String, ReportError> {
        let size = size.with_height(if size.is_narrow { 380 } else { 440 });
        let largest = f64::from(size.width).sqrt().mul_add(0.62, 8.0);
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let (left, right, top, bottom) = (48.0, width - 6.0, 24.0, height - 40.0);
        // the largest disc stays within the field wherever it stands
        let x = Axis::new(
            self.spots.iter().map(|spot| spot.x),
            self.across.spread,
            (left + largest * 0.7, right - largest * 0.9),
        );
        let radius = |spot: &Spot| (spot.share.sqrt() * largest).max(LEAST_RADIUS);
        // discs at the lower end stay off the names below
        let room = self.spots.iter().filter(|spot| spot.y <= 0.0).map(radius).fold(5.0, f64::max);
        let y = Axis::new(self.spots.iter().map(|spot| spot.y), self.upwards.spread, (bottom - room, top + largest));
        let discs: Vec<((f64, f64), f64)> =
            self.spots.iter().map(|spot| ((x.at(spot.x), y.at(spot.y)), radius(spot))).collect();
        Canvas::draw(size, |canvas| {
            let names_y = y.levels(&self.upwards.bounds, 26.0);
            let names_x = x.levels(&self.across.bounds, 52.0);
            let lines = |names: &[f64], bounds: &[f64], axis: &Axis| -> Vec<(f64, Ink)> {
                let bounds: Vec<f64> = [0.0].iter().chain(bounds).copied().filter(|bound| axis.holds(*bound)).collect();
                let levels = names.iter().filter(|level| !bounds.contains(level)).map(|level| (*level, Ink::Grid));
                levels.chain(bounds.iter().map(|bound| (*bound, Ink::Ground))).collect()
            };
            for (level, ink) in lines(&names_y, &self.upwards.bounds, &y) {
                canvas.line(&[(left, y.at(level)), (right, y.at(level))], ink, 1)?;
            }
            for (level, ink) in lines(&names_x, &self.across.bounds, &x) {
                canvas.line(&[(x.at(level), top), (x.at(level), bottom)], ink, 1)?;
            }
            for level in names_y {
                let name = y.name(level, self.upwards.unit, reader)?;
                canvas.text(&name, (left - 8.0, y.at(level)), Hang::End, Ink::Quiet, false)?;
            }
            for level in names_x {
                let name = x.name(level, self.across.unit, reader)?;
                canvas.text(&name, (x.at(level), bottom + 8.0), Hang::Below, Ink::Quiet, false)?;
            }
            canvas.text(self.upwards.name, (2.0, 8.0), Hang::Start, Ink::Quiet, true)?;
            canvas.text(self.across.name, (right, height - 8.0), Hang::End, Ink::Quiet, true)?;
            for (spot, (at, radius)) in self.spots.iter().zip(&discs) {
                canvas.disc(*at, *radius, spot.ink)?;
                // small ones are pointed at as easily as others
                canvas.hit_disc(*at, radius.max(5.0), &spot.said);
            }
            self.names(canvas, &discs, size)
        })
    }

    /// The names of the largest points, as many as have room without touching one another or a large disc.
    fn names(&self, canvas: &Canvas, discs: &[((f64, f64), f64)], size: Size) -> Result<(), ReportError> {
        let (most, longest) = if size.is_narrow { (6, 18) } else { (12, 26) };
        let (width, height) = (f64::from(size.width), f64::from(size.height) - 40.0);
        let mut taken: Vec<Room> = Vec::new();
        for (order, (spot, ((x, y), radius))) in self.spots.iter().zip(discs).enumerate().take(most * 2) {
            let name = shortened(&spot.name, longest);
            if taken.len() == most || name.is_empty() {
                continue;
            }
            let (across, half) = (width_of(&name), NAME_HEIGHT / 2.0);
            let beside = radius + 4.0;
            let middle = x.clamp(50.0 + across / 2.0, width - 2.0 - across / 2.0);
            let places = [
                (Hang::Start, (x + beside, *y), Room(x + beside, y - half, x + beside + across, y + half)),
                (Hang::End, (x - beside, *y), Room(x - beside - across, y - half, x - beside, y + half)),
                (
                    Hang::Above,
                    (middle, y - radius - 2.0),
                    Room(middle - across / 2.0, y - radius - NAME_HEIGHT, middle + across / 2.0, y - radius),
                ),
                (
                    Hang::Below,
                    (middle, y + radius + 2.0),
                    Room(middle - across / 2.0, y + radius, middle + across / 2.0, y + radius + NAME_HEIGHT),
                ),
            ];
            let is_free = |room: &Room| {
                let is_inside = room.0 >= 50.0 && room.2 <= width - 2.0 && room.1 >= 16.0 && room.3 <= height;
                let mut others = discs.iter().enumerate().filter(|(other, _)| *other != order).take(most * 2);
                is_inside
                    && !taken.iter().any(|other| other.meets(room))
                    && !others.any(|(_, (at, radius))| room.meets_disc(*at, *radius))
            };
            let free = places.iter().find(|(_, _, room)| is_free(room));
            // within its disc, where it is large enough
            let within = Room(x - across / 2.0, y - half, x + across / 2.0, y + half);
            let is_large = across + 6.0 < radius * 2.0 && !taken.iter().any(|other| other.meets(&within));
            let found = if is_large { Some(&(Hang::Middle, (*x, *y), within)) } else { free };
            if let Some((hang, at, room)) = found {
                canvas.text(&name, *at, *hang, Ink::Text, false)?;
                taken.push(*room);
            }
        }
        Ok(())
    }

    /// What the map shows, for whoever cannot see it.
    fn description(&self, reader: &Reader) -> Result<String, ReportError> {
        let words = reader.words;
        let mut sentences = vec![words.fill("chart.axes", &[("x", self.across.name), ("y", self.upwards.name)])?];
        sentences.extend(self.notes.iter().cloned());
        for group in &self.groups {
            let count = reader.formats.number(group.count.try_into().unwrap_or(i128::MAX), 0);
            sentences.push(words.fill("chart.group", &[("group", &group.name), ("count", &count)])?);
        }
        let told: Vec<&str> = self.spots.iter().take(MOST_TOLD).map(|spot| spot.said.as_str()).collect();
        sentences.push(words.fill("chart.largest", &[("points", &told.join("; "))])?);
        sentences.push(words.get("chart.table_follows")?.to_owned());
        Ok(visible(&sentences.join(" ")).into_owned())
    }
}

/// A name of at most so many characters.
fn shortened(name: &str, longest: usize) -> String {
    if name.chars().count() <= longest {
        return name.to_owned();
    }
    let kept: String = name.chars().take(longest - 1).collect();
    format!("{}…", kept.trim_end())
}
