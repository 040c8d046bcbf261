//! One row a week: of the total and its groups, of customers, of scenarios; ranges are of totals, never summed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rows, day, text, whole};
use crate::forecast::book::{OpenClaim, State};
use crate::forecast::events::{COMPANY, place};
use crate::forecast::model::Shift;
use crate::forecast::naive::due_day;
use crate::forecast::outlook::{Outlook, amount, mean_in_week};
use crate::forecast::simulation::{Draw, Futures, Groups, Range, futures, rounded};
use crate::forecast::work::{Prepared, ScenarioLine};
use crate::model::{CustomerKey, Value};

/// What stands between a company and its customer in the name of a group.
const COMPANY_END: char = '\u{1f}';
/// Groups of customers whose futures are held at once.
const GROUPS_AT_ONCE: usize = 200;

/// Some of the open claims with their outlooks.
struct Part<'a> {
    open: &'a [OpenClaim],
    outlooks: &'a [Outlook],
}

impl Prepared {
    /// The weeks of all, by company and by currency: one drawing, added up three ways.
    pub(in crate::forecast) fn weeks(&self) -> Rows {
        let events = &self.events;
        let open = &self.picture.book.open;
        let part = Part { open, outlooks: &self.picture.outlooks };
        let claims = open.iter().map(|open| &events.claims[place(open.claim)]);
        let cells: Vec<(u16, u16)> = claims.map(|claim| (claim.traits[COMPANY], claim.currency)).collect();
        let used: Vec<(u16, u16)> = cells.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let cell_of = |cell| used.binary_search(cell).ok().and_then(|place| u32::try_from(place).ok());
        let of_claim: Vec<u32> = cells.iter().map(|cell| cell_of(cell).unwrap_or_default()).collect();
        let drawn = self.drawn(&part, &of_claim, used.len(), Draw::of(self.forecast.seed, open.len()));
        let grouped = |dimension: &str, names: &[String], group_of: &dyn Fn((u16, u16)) -> u32| {
            let merged = drawn
                .as_ref()
                .map(|drawn| drawn.merged(&used.iter().map(|cell| group_of(*cell)).collect::<Vec<_>>(), names.len()));
            let groups: Vec<u32> = cells.iter().map(|cell| group_of(*cell)).collect();
            self.rows_of(dimension, names, &groups, &part, merged.as_ref())
        };
        let mut rows = grouped("total", &[String::new()], &|_| 0);
        rows.extend(grouped("company", &events.traits[COMPANY].texts, &|(company, _)| company.into()));
        rows.extend(grouped("currency", &events.currencies.texts, &|(_, currency)| currency.into()));
        rows
    }

    /// The weeks of each segment of payers; those nobody told of share a nameless one.
    pub(in crate::forecast) fn segment_weeks(&self, segments: &BTreeMap<CustomerKey, String>) -> Rows {
        let open = &self.picture.book.open;
        let of_payer = |open: &OpenClaim| {
            let claim = &self.events.claims[place(open.claim)];
            segments.get(&self.events.payers[place(claim.customer)].key).map_or("", String::as_str)
        };
        let names: BTreeSet<&str> = open.iter().map(of_payer).collect();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let place_of = |name: &str| names.binary_search_by(|known| known.as_str().cmp(name)).ok();
        let groups: Vec<u32> = open
            .iter()
            .map(|open| place_of(of_payer(open)).and_then(|place| u32::try_from(place).ok()).unwrap_or_default())
            .collect();
        self.group_rows("segment", &names, &groups, &self.picture.outlooks)
    }

    pub(in crate::forecast) fn customer_weeks(&self) -> Rows {
        let open = &self.picture.book.open;
        let draw = Draw::of(self.forecast.seed, open.len());
        let customer_of = |open: &OpenClaim| self.events.claims[place(open.claim)].customer;
        let mut rows = Vec::new();
        let mut first = 0;
        while first < open.len() {
            let (mut last, mut names, mut groups) = (first, Vec::new(), Vec::new());
            let mut customer = None;
            while last < open.len() {
                let next = customer_of(&open[last]);
                if customer != Some(next) {
                    if names.len() == GROUPS_AT_ONCE {
                        break;
                    }
                    let key = &self.events.payers[place(next)].key;
                    names.push(format!("{}{COMPANY_END}{}", key.company_id, key.customer_id));
                    customer = Some(next);
                }
                groups.push(u32::try_from(names.len() - 1).unwrap_or_default());
                last += 1;
            }
            let part = Part { open: &open[first..last], outlooks: &self.picture.outlooks[first..last] };
            rows.extend(self.part_rows("customer", &names, &groups, &part, draw));
            first = last;
        }
        rows
    }

    fn group_rows(&self, dimension: &str, names: &[String], groups: &[u32], outlooks: &[Outlook]) -> Rows {
        let open = &self.picture.book.open;
        let part = Part { open, outlooks };
        self.part_rows(dimension, names, groups, &part, Draw::of(self.forecast.seed, open.len()))
    }

    fn part_rows(&self, dimension: &str, names: &[String], groups: &[u32], part: &Part<'_>, draw: Draw) -> Rows {
        let drawn = self.drawn(part, groups, names.len(), draw);
        self.rows_of(dimension, names, groups, part, drawn.as_ref())
    }

    /// Futures of the groups; none where nothing is open.
    fn drawn(&self, part: &Part<'_>, of_claim: &[u32], count: usize, draw: Draw) -> Option<Futures> {
        let groups = Groups { of_claim, count };
        let draw = || futures(part.open, part.outlooks, &self.events, &self.picture.model, &groups, draw);
        (!part.open.is_empty()).then(draw)
    }

    fn rows_of(
        &self,
        dimension: &str,
        names: &[String],
        groups: &[u32],
        part: &Part<'_>,
        drawn: Option<&Futures>,
    ) -> Rows {
        let weeks = &self.picture.weeks;
        let count = weeks.count();
        let mut means = vec![[0.0_f64; 3]; names.len() * (count + 1)];
        for ((open, outlook), group) in part.open.iter().zip(part.outlooks).zip(groups) {
            let claim = &self.events.claims[place(open.claim)];
            let first = place(*group) * (count + 1);
            for week in 0..=count {
                means[first + week][0] += mean_in_week(outlook, open, week);
            }
            means[first + weeks.of(due_day(claim, weeks.day))][1] += amount(open.uncovered);
            means[first + weeks.of(self.picture.delays.day(claim, weeks.day))][2] += amount(open.uncovered);
        }
        let used: BTreeSet<u32> = groups.iter().copied().collect();
        let mut rows = Vec::new();
        for (group, name) in names.iter().enumerate() {
            if dimension != "total" && !used.contains(&u32::try_from(group).unwrap_or_default()) {
                continue;
            }
            let (company, name) = name.split_once(COMPANY_END).unwrap_or(("", name));
            for week in 0..=count {
                let is_beyond = week == count;
                let calibrated = |range: Range| match dimension {
                    // those of few claims are not those of many
                    "customer" => range,
                    _ => self.calibration().of_week(week, range),
                };
                let range = drawn.map_or(Range::default(), |drawn| calibrated(drawn.week(group, week)));
                let sum = drawn.map_or(Range::default(), |drawn| calibrated(drawn.to_week(group, week)));
                let mean = means[group * (count + 1) + week];
                rows.push(vec![
                    text(dimension),
                    text(company),
                    text(name),
                    whole(week + 1),
                    Value::Flag(is_beyond),
                    day(Some(weeks.start(week))),
                    if is_beyond { Value::Null } else { day(Some(weeks.ends[week])) },
                    self.money(range.p10),
                    self.money(range.p50),
                    self.money(range.p90),
                    self.money(rounded(mean[0])),
                    self.money(rounded(mean[1])),
                    self.money(rounded(mean[2])),
                    self.money(sum.p10),
                    self.money(sum.p50),
                    self.money(sum.p90),
                ]);
            }
        }
        rows
    }

    /// The weeks as forecast, then those of each scenario; the same futures are drawn for all of them.
    pub(in crate::forecast) fn scenario_weeks(&self) -> Rows {
        let open = &self.picture.book.open;
        let one = vec![0; open.len()];
        let mut rows = self.group_rows("scenario", &["as_forecast".to_owned()], &one, &self.picture.outlooks);
        let mut codes: Vec<&str> = Vec::new();
        for line in &self.scenarios {
            if !codes.contains(&line.code.as_str()) {
                codes.push(&line.code);
            }
        }
        for code in codes {
            let lines: Vec<&ScenarioLine> = self.scenarios.iter().filter(|line| line.code == code).collect();
            let shift_of = |open: &OpenClaim| {
                let claim = &self.events.claims[place(open.claim)];
                let id = &self.events.payers[place(claim.customer)].key.customer_id;
                let mut shift = Shift::default();
                let mut state = open.state;
                for line in lines.iter().filter(|line| line.customer_id.is_empty() || line.customer_id == *id) {
                    shift.days += line.late_days;
                    // other terms change nothing of what is past due
                    if claim.due > self.day {
                        shift.days += line.terms_days;
                    }
                    if line.is_dispute_solved && state.held_since.is_some() {
                        state = State { held_since: None, released: Some(self.day + 1), ..state };
                    }
                }
                (shift, state)
            };
            let outlooks = self.scene().outlooks(&self.picture.book, &shift_of);
            rows.extend(self.group_rows("scenario", &[code.to_owned()], &one, &outlooks));
        }
        rows
    }
}
