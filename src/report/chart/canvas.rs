//! The drawing surface: inks that are variables of the page's style, text, and what each mark says when pointed at.

use std::fmt::Write;

use minijinja::HtmlEscape;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::ReportError;

/// The colours of the page, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Text that matters.
    Text,
    /// Names of levels and points.
    Quiet,
    /// Lines of levels.
    Grid,
    /// The line of zero.
    Ground,
    /// A total.
    Whole,
    /// A step that adds to what is owed, or to days.
    Rise,
    /// A step that takes from it.
    Fall,
    /// The surface behind.
    Card,
    /// A series, by its order.
    Series(usize),
    /// An aging bucket, by its order: unknown, not due, then by age.
    Age(usize),
}

/// How many series, and ages, have a colour of their own.
pub(super) const SERIES: usize = 6;
const AGES: usize = 7;

/// Colours that no drawing of ours uses: each stands for an ink until the SVG is written.
const MARK: (u8, u8) = (0xE1, 0xC3);

impl Ink {
    const PLAIN: [Self; 8] =
        [Self::Text, Self::Quiet, Self::Grid, Self::Ground, Self::Whole, Self::Rise, Self::Fall, Self::Card];

    fn all() -> impl Iterator<Item = Self> {
        Self::PLAIN.into_iter().chain((0..SERIES).map(Self::Series)).chain((0..AGES).map(Self::Age))
    }

    fn number(self) -> u8 {
        let number = match self {
            Self::Series(order) => 0x20 + order % SERIES,
            Self::Age(order) => 0x40 + order.min(AGES - 1),
            plain => Self::PLAIN.iter().position(|known| *known == plain).unwrap_or(0),
        };
        u8::try_from(number).unwrap_or(0)
    }

    /// The variable of the style.
    fn variable(self) -> String {
        match self {
            Self::Text => "--ink".to_owned(),
            Self::Quiet => "--quiet".to_owned(),
            Self::Grid => "--rule".to_owned(),
            Self::Ground => "--rule-strong".to_owned(),
            Self::Whole => "--accent".to_owned(),
            Self::Rise => "--rise".to_owned(),
            Self::Fall => "--fall".to_owned(),
            Self::Card => "--card".to_owned(),
            Self::Series(order) => format!("--series-{}", order % SERIES),
            Self::Age(order) => format!("--age-{}", order.min(AGES - 1)),
        }
    }

    /// The class of a key in a legend.
    pub(super) fn class(self) -> String {
        self.variable().trim_start_matches('-').to_owned()
    }

    fn color(self) -> RGBColor {
        RGBColor(MARK.0, MARK.1, self.number())
    }
}

/// How large a drawing is, in units that a screen shows as pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) is_narrow: bool,
}

impl Size {
    /// For a wide screen and for a phone.
    pub(super) const fn both(is_half: bool) -> [Self; 2] {
        let width = if is_half { 520 } else { 1080 };
        [Self { width, height: 290, is_narrow: false }, Self { width: 350, height: 250, is_narrow: true }]
    }

    pub(super) const fn class(self) -> &'static str {
        if self.is_narrow { "narrow" } else { "wide" }
    }

    pub(super) const fn with_height(self, height: i32) -> Self {
        Self { height, ..self }
    }
}

/// Where a text hangs from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hang {
    /// Its start, half its height.
    Start,
    /// Its middle, below the point.
    Below,
    /// Its middle, above the point.
    Above,
    /// Its middle, half its height.
    Middle,
    /// Its end, half its height.
    End,
}

/// A drawing being made. Places are in units from the upper left corner.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    hits: String,
}

/// The size of texts.
pub(super) const TEXT: f64 = 12.0;

/// A unit of `plotters`' fonts is so many of SVG's.
const FONT_UNIT: f64 = 1.24;

impl Canvas<'_> {
    /// The marks that `draw` makes, as the inside of an SVG element with its own view box.
    pub(super) fn draw(
        size: Size,
        draw: impl FnOnce(&mut Canvas) -> Result<(), ReportError>,
    ) -> Result<String, ReportError> {
        let mut svg = String::new();
        let pixels = |length: i32| u32::try_from(length).unwrap_or(1);
        let mut hits = String::new();
        {
            let backend = SVGBackend::with_string(&mut svg, (pixels(size.width), pixels(size.height)));
            let mut canvas = Canvas { area: backend.into_drawing_area(), hits: String::new() };
            draw(&mut canvas)?;
            canvas.area.present().map_err(failed)?;
            std::mem::swap(&mut hits, &mut canvas.hits);
        }
        for ink in Ink::all() {
            let color = ink.color();
            svg = svg.replace(
                &format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2),
                &format!("var({})", ink.variable()),
            );
        }
        // the element itself is the template's: it bears the name and the description
        let inside = svg.split_once('>').map_or("", |(_, inside)| inside);
        let inside = inside.trim().trim_end_matches("</svg>").replace(" opacity=\"1\"", "");
        let inside = inside.replace(" stroke=\"none\"", "").replace(" font-family=\"sans-serif\"", "");
        let (width, height) = (size.width, size.height);
        Ok(format!(
            "<svg viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\" focusable=\"false\">\n{inside}<g class=\"hits\">{hits}</g></svg>"
        ))
    }

    pub(super) fn rect(
        &self,
        (x0, y0): (f64, f64),
        (x1, y1): (f64, f64),
        ink: Ink,
        share: f64,
    ) -> Result<(), ReportError> {
        let corners = [(x0 as i32, y0.min(y1).round() as i32), (x1 as i32, y0.max(y1).round() as i32)];
        self.area.draw(&Rectangle::new(corners, ink.color().mix(share).filled())).map_err(failed)
    }

    pub(super) fn line(&self, points: &[(f64, f64)], ink: Ink, width: u32) -> Result<(), ReportError> {
        let points: Vec<(i32, i32)> = points.iter().map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
        self.area.draw(&PathElement::new(points, ink.color().stroke_width(width))).map_err(failed)
    }

    /// A field within a closed line, that lets what is behind it through.
    pub(super) fn area(&self, points: &[(f64, f64)], ink: Ink, share: f64) -> Result<(), ReportError> {
        let points: Vec<(i32, i32)> = points.iter().map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
        self.area.draw(&Polygon::new(points, ink.color().mix(share).filled())).map_err(failed)
    }

    pub(super) fn dot(&self, (x, y): (f64, f64), ink: Ink) -> Result<(), ReportError> {
        let at = (x.round() as i32, y.round() as i32);
        self.area.draw(&Circle::new(at, 4, ink.color().filled())).map_err(failed)
    }

    /// A disc that lets what is behind it through.
    pub(super) fn disc(&self, (x, y): (f64, f64), radius: f64, ink: Ink) -> Result<(), ReportError> {
        let at = (x.round() as i32, y.round() as i32);
        self.area.draw(&Circle::new(at, radius.round() as i32, ink.color().mix(0.7).filled())).map_err(failed)
    }

    pub(super) fn text(
        &self,
        text: &str,
        (x, y): (f64, f64),
        hang: Hang,
        ink: Ink,
        is_strong: bool,
    ) -> Result<(), ReportError> {
        let (across, down) = match hang {
            Hang::Start => (HPos::Left, VPos::Center),
            Hang::Below => (HPos::Center, VPos::Top),
            Hang::Above => (HPos::Center, VPos::Bottom),
            Hang::Middle => (HPos::Center, VPos::Center),
            Hang::End => (HPos::Right, VPos::Center),
        };
        let style = if is_strong { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::SansSerif, TEXT * FONT_UNIT, style);
        let color = ink.color();
        let style = TextStyle::from(font).color(&color).pos(Pos::new(across, down));
        self.area.draw(&Text::new(text, (x.round() as i32, y.round() as i32), style)).map_err(failed)
    }

    /// What is said when the pointer is over a place.
    pub(super) fn hit(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), said: &str) {
        let (x, y) = (x0.min(x1).round(), y0.min(y1).round());
        let (width, height) = ((x1 - x0).abs().round().max(1.0), (y1 - y0).abs().round().max(1.0));
        // writing to a String cannot fail
        let _ = write!(
            self.hits,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"><title>{}</title></rect>",
            HtmlEscape(said)
        );
    }

    /// What is said when the pointer is over a disc.
    pub(super) fn hit_disc(&mut self, (x, y): (f64, f64), radius: f64, said: &str) {
        let (x, y, radius) = (x.round(), y.round(), radius.round());
        let _ = write!(
            self.hits,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"><title>{}</title></circle>",
            HtmlEscape(said)
        );
    }
}

/// About how wide a text is: figures and small letters of a sans serif are a little over half as wide as high.
pub(super) fn width_of(text: &str) -> f64 {
    let width = |mark: char| match mark {
        mark if "il.,' :;|1\u{202f}\u{a0}".contains(mark) => 0.33,
        'm' | 'w' | '%' | '—' => 0.95,
        mark if mark.is_uppercase() => 0.72,
        _ => 0.6,
    };
    text.chars().map(width).sum::<f64>() * TEXT
}

/// A text in lines of at most `width`, broken between words; at most three lines.
pub(super) fn lines_of(text: &str, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let is_last = lines.len() == 3;
        match lines.last_mut() {
            Some(line) if width_of(line) + width_of(word) + TEXT / 3.0 <= width || is_last => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failed<E: std::error::Error + Send + Sync>(cause: DrawingAreaErrorKind<E>) -> ReportError {
    ReportError::ChartFailed { cause: cause.to_string() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a drawing that fails must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_knows_no_colour_but_those_of_the_style_and_no_mark_up_but_its_own() {
        let size = Size::both(false)[0];
        let svg = Canvas::draw(size, |canvas| {
            canvas.rect((10.0, 10.0), (20.0, 30.0), Ink::Series(1), 1.0)?;
            canvas.rect((10.0, 10.0), (20.0, 30.0), Ink::Age(9), 0.5)?;
            canvas.line(&[(0.0, 0.0), (5.0, 5.0)], Ink::Grid, 1)?;
            canvas.text("<script>a & b", (3.0, 3.0), Hang::Below, Ink::Quiet, false)?;
            canvas.hit((0.0, 0.0), (10.0, 10.0), "<img src=x>");
            Ok(())
        })
        .unwrap();
        assert!(!svg.contains('#'), "{svg}");
        assert!(svg.contains("fill=\"var(--series-1)\"") && svg.contains("fill=\"var(--age-6)\""), "{svg}");
        assert!(svg.contains("&lt;script&gt;a &amp; b") && svg.contains("&lt;img src=x&gt;"), "{svg}");
        assert!(!svg.contains("style=") && !svg.contains("<script") && !svg.contains("<img"), "{svg}");
    }

    #[test]
    fn names_break_between_words() {
        assert_eq!(lines_of("31 à 60 jours", 50.0), ["31 à 60", "jours"]);
        assert_eq!(lines_of("Total", 5.0), ["Total"]);
    }
}
