//! Where values stand: round levels, and their short names.

use super::Unit;
use crate::report::ReportError;
use crate::report::grid::Reader;
use crate::report::panels::Spread;

/// From the lowest to the highest level, both round, and the step between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    step: f64,
}

impl Scale {
    /// Levels around values that lie between `low` and `high`, zero among them: about `count` of them.
    pub(super) fn around(low: f64, high: f64, count: u32) -> Self {
        let (low, high) = (low.min(0.0), high.max(0.0));
        let span = if high - low > 0.0 { high - low } else { 1.0 };
        let rough = span / f64::from(count.max(1));
        let power = 10_f64.powf(rough.log10().floor());
        let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * power >= rough * 0.999).unwrap_or(10.0);
        let step = times * power;
        // the field ends a little beyond its values, not at a level nothing reaches
        let high = if high > 0.0 || low >= 0.0 { (high + span * 0.04).max(step * 1.04) } else { 0.0 };
        let low = if low < 0.0 { low - span * 0.04 } else { 0.0 };
        Self { low, high, step }
    }

    /// The levels, lowest first.
    pub(super) fn levels(&self) -> Vec<f64> {
        let (first, last) = ((self.low / self.step).ceil() as i64, (self.high / self.step).floor() as i64);
        (first..=last).map(|at| self.step * at as f64).collect()
    }

    /// A level in short: `4 M`, `250 k`, `30`, `20 %`.
    pub(super) fn name(&self, level: f64, unit: Unit, reader: &Reader) -> Result<String, ReportError> {
        let level = if level.abs() < self.step / 2.0 { 0.0 } else { level };
        short(level, self.high.abs().max(self.low.abs()), unit, reader)
    }
}

/// A level in short, in the unit that the largest one beside it calls for.
fn short(level: f64, largest: f64, unit: Unit, reader: &Reader) -> Result<String, ReportError> {
    if unit == Unit::Ratio {
        return Ok(reader.formats.short_percent((level * 1e6).round() as i128));
    }
    let (divisor, key) = match (unit, largest) {
        _ if level.abs() <= 0.0 => (1.0, "chart.ones"),
        (Unit::Money, 2e6..) => (1e6, "chart.millions"),
        (Unit::Money, 2e3..) => (1e3, "chart.thousands"),
        _ => (1.0, "chart.ones"),
    };
    let hundredths = (level / divisor * 100.0).round() as i128;
    let decimals = match (hundredths % 100, hundredths % 10) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => 2,
    };
    reader.words.fill(key, &[("number", &reader.formats.rounded(hundredths, 2, decimals))])
}

/// An axis of a map: from which figure to which, over which pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    spread: Spread,
    scale: Scale,
    from: f64,
    to: f64,
}

/// A logarithmic axis reaches over so many powers of ten at most.
const MOST_POWERS: i32 = 5;

impl Axis {
    /// The axis of these figures, from one pixel to another.
    pub(super) fn new(figures: impl Iterator<Item = f64> + Clone, spread: Spread, (from, to): (f64, f64)) -> Self {
        let (low, high) = figures.clone().fold((0.0_f64, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)));
        let mut scale = Scale::around(low, high, 5);
        // nothing above zero has no logarithm
        let spread = if spread == Spread::Log && high <= 0.0 { Spread::Root } else { spread };
        if spread == Spread::Log {
            let least = figures.filter(|figure| *figure > 0.0).fold(high, f64::min);
            let least = least.max(high / 10_f64.powi(MOST_POWERS));
            (scale.low, scale.high) = (10_f64.powf(least.log10().floor()), high * 1.04);
        }
        Self { spread, scale, from, to }
    }

    /// Where a figure stands.
    pub(super) fn at(&self, figure: f64) -> f64 {
        let spread = |figure: f64| match self.spread {
            Spread::Even => figure,
            Spread::Root => figure.abs().sqrt().copysign(figure),
            Spread::Log => figure.max(self.scale.low).log10(),
        };
        let (low, high) = (spread(self.scale.low), spread(self.scale.high));
        ((spread(figure) - low) / (high - low)).mul_add(self.to - self.from, self.from)
    }

    /// Whether a figure lies within it.
    pub(super) fn holds(&self, figure: f64) -> bool {
        (self.scale.low..=self.scale.high).contains(&figure)
    }

    /// Zero and the bounds, then round levels, as many as stand `gap` apart.
    pub(super) fn levels(&self, bounds: &[f64], gap: f64) -> Vec<f64> {
        let is_wide = (self.at(self.scale.high) - self.at(self.scale.high / 10.0)).abs() > gap * 4.0;
        let times: &[f64] = if self.spread == Spread::Log && !is_wide { &[1.0] } else { &[5.0, 2.0, 1.0] };
        let candidates: Vec<f64> = match self.spread {
            Spread::Even => self.scale.levels(),
            Spread::Root | Spread::Log => (-2..=13)
                .rev()
                .flat_map(|power| times.iter().map(move |times| times * 10_f64.powi(power)))
                .flat_map(|level| [level, -level])
                .collect(),
        };
        let mut levels: Vec<f64> = Vec::new();
        for level in [0.0].into_iter().chain(bounds.iter().copied()).chain(candidates) {
            let is_clear = |other: &f64| (self.at(*other) - self.at(level)).abs() >= gap;
            if self.holds(level) && levels.iter().all(is_clear) {
                levels.push(level);
            }
        }
        levels
    }

    /// A level in short.
    pub(super) fn name(&self, level: f64, unit: Unit, reader: &Reader) -> Result<String, ReportError> {
        match self.spread {
            Spread::Even => self.scale.name(level, unit, reader),
            // thousands and millions stand on one axis here
            Spread::Root | Spread::Log => short(level, level.abs() * 2.0, unit, reader),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_round_hold_every_value_and_are_few() {
        for (low, high) in
            [(0.0, 12_034_567.89), (-3.0, 99.0), (-5_000.0, 0.0), (0.0, 0.004), (0.0, 1.0), (-1.0, 1.0), (3.0, 27.3)]
        {
            let scale = Scale::around(low, high, 4);
            let levels = scale.levels();
            assert!(scale.low <= low && scale.high >= high && levels.contains(&0.0), "{low} {high}: {levels:?}");
            assert!((2..=6).contains(&levels.len()), "{low} {high}: {levels:?}");
        }
    }

    #[test]
    fn an_axis_keeps_its_figures_in_order_and_its_levels_apart() {
        let figures = [-40.0, -3.0, 0.0, 2.0, 90.0, 1_204_567.0];
        for spread in [Spread::Even, Spread::Root, Spread::Log] {
            let axis = Axis::new(figures.into_iter(), spread, (300.0, 20.0));
            let places: Vec<f64> = figures.iter().map(|figure| axis.at(*figure)).collect();
            assert!(places.is_sorted_by(|one, other| one >= other), "{spread:?}: {places:?}");
            assert!(places.iter().all(|place| (20.0..=300.0).contains(place)), "{spread:?}: {places:?}");
            let mut levels: Vec<f64> = axis.levels(&[30.0], 24.0).into_iter().map(|level| axis.at(level)).collect();
            levels.sort_by(f64::total_cmp);
            assert!(levels.len() >= 3, "{spread:?}: {levels:?}");
            assert!(levels.windows(2).all(|pair| pair[1] - pair[0] >= 24.0), "{spread:?}: {levels:?}");
        }
    }

    #[test]
    fn an_axis_of_nothing_and_one_below_zero_stand() {
        for spread in [Spread::Even, Spread::Root, Spread::Log] {
            for figures in [vec![], vec![0.0], vec![-5.0, -1.0]] {
                let axis = Axis::new(figures.iter().copied(), spread, (0.0, 100.0));
                assert!(figures.iter().all(|figure| axis.at(*figure).is_finite()), "{spread:?} {figures:?}");
                assert!(!axis.levels(&[], 20.0).is_empty(), "{spread:?} {figures:?}");
            }
        }
    }

    #[test]
    fn nothing_at_all_still_has_a_scale() {
        let scale = Scale::around(0.0, 0.0, 4);
        assert!(scale.high > 0.0 && scale.levels().len() > 1);
    }
}
