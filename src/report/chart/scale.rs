//! Where values stand: round levels, and their short names.

use super::Unit;
use crate::report::ReportError;
use crate::report::grid::Reader;

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
        if unit == Unit::Ratio {
            return Ok(reader.formats.short_percent((level * 1e6).round() as i128));
        }
        let largest = self.high.abs().max(self.low.abs());
        let (divisor, key) = match (unit, largest) {
            _ if level.abs() < self.step / 2.0 => (1.0, "chart.ones"),
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
    fn nothing_at_all_still_has_a_scale() {
        let scale = Scale::around(0.0, 0.0, 4);
        assert!(scale.high > 0.0 && scale.levels().len() > 1);
    }
}
