//! Whether a customer's pace changed, and since when: from one day to the next, or more and more.
//!
//! Three courses of days late are fitted to its claims in the order they fell due: one level; two levels, with a step between
//! them; a level and a slope that follows it. The more complex one is believed where it explains so much more that its
//! parameters are paid for (G. Schwarz, "Estimating the Dimension of a Model", Annals of Statistics 6, 1978). What is overdue
//! and still open counts as late as it already is, or as late as the course foretells if that is more.

use super::events::Day;
use super::model::number;

/// How the pace of a customer changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drift {
    /// What falls due from this day on is paid otherwise.
    pub(super) since: Day,
    /// The first claim of the level before.
    from: Day,
    /// Days later than before, where the pace changed from one day to the next.
    step: f64,
    /// Days later for each day, where it went on changing.
    slope: f64,
    /// The last day that follows the slope.
    until: Day,
}

/// What a claim before a step still tells of the level after it, and one before the level that was left.
const BEFORE_STEP: f64 = 0.2;
const LONG_BEFORE: f64 = 0.01;
/// How many of those whose pace stepped have stepped back unseen.
const BACK_SHARE: f64 = 0.15;
/// A slope is followed so many days beyond the last claim that shows it.
const FOLLOWED_DAYS: Day = 75;
/// Steeper is no drift: a day later for each day is who stopped paying.
const STEEPEST: f64 = 0.5;
/// How many claims must lie on either side of a change.
const FEWEST: usize = 4;
/// The same after it: what is new shows first in few.
const FEWEST_AFTER: usize = 3;
/// Claims that a course needs.
const FEWEST_CLAIMS: usize = 10;
/// A smaller change is none, in days late.
const LEAST_DAYS: f64 = 4.0;
/// Parameters of a change: its day counts for two, since it is chosen among many; and a slope is followed beyond what was seen.
const STEP_COST: f64 = 3.0;
const SLOPE_COST: f64 = 4.0;
/// How much more must be explained, beyond what parameters cost.
const MARGIN: f64 = 12.0;
/// How long a slope is at least, and of how many claims.
const SLOPE_DAYS: Day = 75;
const SLOPE_CLAIMS: usize = 6;
/// A claim open for so many days more than its course foretells is late for another reason.
const LONG_OPEN: f64 = 60.0;
/// Days late beyond the middle that count no more.
const FARTHEST: f64 = 60.0;
/// How often what waits is looked at anew, once a step is seen.
const LOOKS: usize = 3;
/// What happens by chance more seldom shows something.
const BY_CHANCE: f64 = 0.001;

impl Drift {
    /// Days later than before the change.
    pub(super) fn days(&self, due: Day) -> f64 {
        if due < self.since { 0.0 } else { self.step + self.slope * f64::from(due.min(self.until) - self.since) }
    }

    /// Whether the pace went on changing.
    pub(super) fn is_gradual(&self) -> bool {
        self.slope != 0.0
    }

    /// The chance that the pace is again what it was before a step, and how many days that is earlier.
    pub(super) fn back(&self) -> Option<(f64, f64)> {
        (self.step != 0.0).then_some((BACK_SHARE, self.step))
    }

    /// How much a claim tells beside one after the change.
    pub(super) fn weight(&self, due: Day) -> f64 {
        match due {
            _ if due >= self.since || self.is_gradual() => 1.0,
            _ if due >= self.from => BEFORE_STEP,
            _ => LONG_BEFORE,
        }
    }
}

/// A claim: the day it fell due, how late it was paid or is by now, and whether it still is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lateness {
    pub(super) due: Day,
    pub(super) days: Day,
    pub(super) is_open: bool,
}

/// A fitted course.
#[derive(Clone, Copy)]
struct Fit {
    squares: f64,
    level: f64,
    /// After the change: the other level, or the slope.
    change: f64,
    since: Day,
    /// The first claim of the level before.
    from: Day,
    is_slope: bool,
}

impl Fit {
    fn at(&self, due: Day) -> f64 {
        match self.is_slope {
            true => self.level + self.change * f64::from((due - self.since).max(0)),
            false if due >= self.since => self.change,
            false => self.level,
        }
    }
}

/// The change of a customer's pace, if its claims show one; they come in the order they fell due.
pub(super) fn drift(claims: &[Lateness]) -> Option<Drift> {
    let mut paid: Vec<Day> = claims.iter().filter(|claim| !claim.is_open).map(|claim| claim.days).collect();
    if paid.len() < FEWEST_CLAIMS {
        return None;
    }
    paid.sort_unstable();
    let middle = f64::from(paid[paid.len() / 2]);
    // a claim that later ones overtook is held up for a reason of its own
    let last_paid = claims.iter().filter(|claim| !claim.is_open).map(|claim| claim.due).max()?;
    let open = |claims: &[Lateness]| claims.iter().filter(|claim| claim.is_open && claim.days > 0).count();
    let overtaken = claims.partition_point(|claim| claim.due < last_paid);
    let (left_open, waiting) = (open(&claims[..overtaken]), open(&claims[overtaken..]));
    let share = (number(left_open) + 0.5) / (number(overtaken) + 1.0);
    // as many may be open by chance where some always are
    let are_told = share.powf(number(waiting)) < BY_CHANCE;
    let near = |days: f64| days.clamp(middle - FARTHEST, middle + FARTHEST);
    let settled: Vec<(Day, f64)> =
        claims.iter().filter(|claim| !claim.is_open).map(|claim| (claim.due, near(f64::from(claim.days)))).collect();
    let mut best = last_change(&settled, true);
    if are_told {
        for _ in 0..LOOKS {
            // what waits shows that it is late, and not yet how late
            let expected = |due: Day| best.map_or(middle, |fit| fit.at(due));
            let waits = claims[overtaken..].iter().filter(|claim| claim.is_open && claim.days > 0);
            let waits = waits.map(|claim| (claim.due, f64::from(claim.days), expected(claim.due)));
            let waits = waits.filter(|(_, days, expected)| days - expected < LONG_OPEN);
            let mut all = settled.clone();
            all.extend(waits.map(|(due, days, expected)| (due, near(days.max(expected)))));
            all.sort_by_key(|(due, _)| *due);
            best = last_change(&all, true).or(best);
            // a slope that is followed would feed itself
            if best.is_none_or(|fit| fit.is_slope) {
                break;
            }
        }
    }
    let last = claims.iter().filter(|claim| !claim.is_open || claim.days > 0).map(|claim| claim.due).max()?;
    best.map(|fit| Drift {
        since: fit.since,
        from: fit.from,
        step: if fit.is_slope { 0.0 } else { fit.change - fit.level },
        slope: if fit.is_slope { fit.change } else { 0.0 },
        until: last + FOLLOWED_DAYS,
    })
}

/// Sums of a part of the points, in days since the first.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Sums {
    fn with(mut self, x: f64, y: f64) -> Self {
        self.count += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
        self.yy += y * y;
        self
    }

    fn less(self, other: Self) -> Self {
        Self {
            count: self.count - other.count,
            x: self.x - other.x,
            y: self.y - other.y,
            xx: self.xx - other.xx,
            xy: self.xy - other.xy,
            yy: self.yy - other.yy,
        }
    }

    /// Squares around the mean.
    fn squares(self) -> f64 {
        (self.yy - self.y * self.y / self.count).max(0.0)
    }
}

/// Points near a point in time, and by how many spreads it may be off their middle.
const NEIGHBOURS: usize = 3;
const FARTHEST_SPREADS: f64 = 3.0;

/// Pulls in what something else held up: a point far off the middle of those around it.
fn pulled_in(points: &[(Day, f64)]) -> Vec<(Day, f64)> {
    let middle = |days: &mut Vec<f64>| {
        days.sort_unstable_by(f64::total_cmp);
        days[days.len() / 2]
    };
    let around = |position: usize| {
        let (from, to) = (position.saturating_sub(NEIGHBOURS), (position + NEIGHBOURS + 1).min(points.len()));
        middle(&mut points[from..to].iter().map(|(_, days)| *days).collect())
    };
    let middles: Vec<f64> = (0..points.len()).map(around).collect();
    let mut off: Vec<f64> = points.iter().zip(&middles).map(|((_, days), middle)| (days - middle).abs()).collect();
    let most = FARTHEST_SPREADS * (1.5 * middle(&mut off)).max(1.0);
    points.iter().zip(middles).map(|((due, days), middle)| (*due, days.clamp(middle - most, middle + most))).collect()
}

/// Changes after the first that are looked for: who pays as before again has changed twice.
const MOST_CHANGES: usize = 3;

/// The last of the changes: what follows one is looked at by itself.
fn last_change(points: &[(Day, f64)], may_slope: bool) -> Option<Fit> {
    let points = pulled_in(points);
    let mut found: Option<Fit> = None;
    let mut rest = points.as_slice();
    for _ in 0..MOST_CHANGES {
        let Some(next) = changed(rest, may_slope) else { break };
        rest = &rest[rest.partition_point(|(due, _)| *due < next.since)..];
        found = Some(next);
        if next.is_slope {
            break;
        }
    }
    found
}

/// The change that explains best, if it explains enough more than none.
fn changed(points: &[(Day, f64)], may_slope: bool) -> Option<Fit> {
    let (count, first) = (points.len(), points.first()?.0);
    let mut sums = vec![Sums::default()];
    for (due, days) in points {
        let last = sums[sums.len() - 1];
        sums.push(last.with(f64::from(due - first), *days));
    }
    let all = sums[count];
    let number = number(count);
    // whole days are never known better than that
    let ln_mean = |squares: f64| (squares / number).max(0.25).ln();
    let unchanged = ln_mean(all.squares());
    let mut best: Option<(f64, Fit)> = None;
    for position in
        (FEWEST..count.saturating_sub(FEWEST_AFTER - 1)).filter(|place| points[*place].0 > points[place - 1].0)
    {
        let since = points[position].0;
        let (before, after) = (sums[position], all.less(sums[position]));
        let step = Fit {
            squares: before.squares() + after.squares(),
            level: before.y / before.count,
            change: after.y / after.count,
            since,
            from: first,
            is_slope: false,
        };
        let is_long = may_slope && points[count - 1].0 - since >= SLOPE_DAYS && count - position >= SLOPE_CLAIMS;
        let slope = if is_long { slope(before, all, since, first) } else { None };
        for (fit, cost) in [(Some(step), STEP_COST), (slope, SLOPE_COST)] {
            let Some(fit) = fit else { continue };
            let gain = number * (unchanged - ln_mean(fit.squares)) - cost * number.ln() - MARGIN;
            if gain > best.map_or(0.0, |(gain, _)| gain) {
                best = Some((gain, fit));
            }
        }
    }
    let last = points[count - 1].0;
    best.map(|(_, fit)| fit).filter(|fit| (fit.at(last) - fit.at(first)).abs() >= LEAST_DAYS)
}

/// A level and a slope after it, by least squares over u = max(0, x − since).
fn slope(before: Sums, all: Sums, since: Day, first: Day) -> Option<Fit> {
    let from = f64::from(since - first);
    let after = all.less(before);
    let u = after.x - from * after.count;
    let uu = after.xx - 2.0 * from * after.x + from * from * after.count;
    let uy = after.xy - from * after.y;
    let spread = uu - u * u / all.count;
    if spread <= 1.0 {
        return None;
    }
    let slope = ((uy - u * all.y / all.count) / spread).clamp(-STEEPEST, STEEPEST);
    let level = (all.y - slope * u) / all.count;
    let squares = all.yy - 2.0 * level * all.y - 2.0 * slope * uy
        + level * level * all.count
        + 2.0 * level * slope * u
        + slope * slope * uu;
    Some(Fit { squares: squares.max(0.0), level, change: slope, since, from: first, is_slope: true })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a change that is not found must stop the test")]
mod tests {
    use super::*;

    /// A claim a week; days late as told, and up to two days more or less.
    fn claims(days: impl Fn(Day) -> Day) -> Vec<Lateness> {
        let claim = |week: Day| Lateness { due: 7 * week, days: days(week) + (week * 7) % 5 - 2, is_open: false };
        (0..50).map(claim).collect()
    }

    #[test]
    fn a_steady_pace_has_not_changed() {
        assert_eq!(drift(&claims(|_| 8)), None);
        assert_eq!(drift(&claims(|week| (week * 13) % 17)), None, "however wide its spread");
    }

    #[test]
    fn a_step_is_found_on_its_day() {
        let found = drift(&claims(|week| if week < 42 { 5 } else { 30 })).unwrap();
        assert_eq!((found.since, found.slope), (7 * 42, 0.0));
        assert!((found.days(7 * 42) - 25.0).abs() < 1.0 && found.days(7 * 41) == 0.0, "{found:?}");
        assert!(found.weight(7 * 42) > found.weight(7 * 41));
    }

    #[test]
    fn who_pays_as_before_again_has_changed_twice() {
        let found = drift(&claims(|week| if (20..44).contains(&week) { 40 } else { 5 })).unwrap();
        assert_eq!((found.since, found.from), (7 * 44, 7 * 20));
        assert!((found.days(7 * 45) + 35.0).abs() < 1.0, "{found:?}");
        assert!(found.weight(7 * 10) < found.weight(7 * 30), "the level before is the one that was left");
    }

    #[test]
    fn a_slope_is_followed_for_a_while_and_no_further() {
        let found = drift(&claims(|week| 5 + (week - 30).max(0))).unwrap();
        assert!((found.slope - 1.0 / 7.0).abs() < 0.02, "{found:?}");
        assert!((found.since - 210).abs() <= 14, "{found:?}");
        assert!((found.days(7 * 49) - 19.0).abs() < 2.0, "{found:?}");
        assert!(found.days(10_000) < 32.0);
    }

    #[test]
    fn what_is_open_shows_a_step_before_it_is_paid() {
        let mut claims = claims(|_| 5);
        for claim in &mut claims[44..] {
            (claim.days, claim.is_open) = (350 - claim.due, true);
        }
        let found = drift(&claims).unwrap();
        assert!(found.since >= 7 * 40, "{found:?}");
    }
}
