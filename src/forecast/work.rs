//! A forecast under way: events taken, the model learned once, each table derived when it is asked.

use std::collections::BTreeMap;

use super::backtest::{
    Bench, ItemScore, MODEL_CODES, Origins, Results, WeekScore, item_score, reliability, week_score,
};
use super::book::{Book, Index, OpenClaim, State, ratio};
use super::clock::{Anchor, BankDays};
use super::events::{COMPANY, Day, Events, Hundredths, date_of, day_of, place};
use super::levels::Priors;
use super::model::{Model, Shift};
use super::naive::{MeanDelays, due_day};
use super::outlook::{Outlook, Scene, Weeks, amount, mean_in_week};
use super::simulation::{Draw, Groups, Range, futures, hundredths};
use super::tables;
use super::{Forecast, Span, Step};
use crate::engine::Work;
use crate::model::calendar::{add_months, month_end};
use crate::model::{Answer, Date, Value};

/// What a forecast looks at: the events, what is believed before any, and the scenarios.
pub(super) const INPUTS: [&str; Events::INPUTS.len() + 2] = {
    let mut inputs = ["forecast_beliefs"; Events::INPUTS.len() + 2];
    inputs[1] = "scenarios";
    let mut position = 0;
    while position < Events::INPUTS.len() {
        inputs[position + 2] = Events::INPUTS[position];
        position += 1;
    }
    inputs
};

/// Groups of customers whose futures are held at once.
const GROUPS_AT_ONCE: usize = 200;
/// What changed is told since so many days.
const CHANGE_DAYS: Day = 7;
/// Month-ends of the back-test of a report.
const REPORT_MONTHS: i32 = 12;
/// Below so many payments a customer is little known.
const KNOWN_PAYMENTS: f64 = 5.0;

/// A line of the table of scenarios.
#[derive(Clone, Debug)]
struct ScenarioLine {
    code: String,
    customer_id: String,
    late_days: Day,
    terms_days: Day,
    is_dispute_solved: bool,
}

/// What was learned and expected on a day.
struct Picture {
    book: Book,
    model: Model,
    weeks: Weeks,
    outlooks: Vec<Outlook>,
}

/// A forecast under way.
pub(super) struct Forecasting {
    forecast: Forecast,
    day: Day,
    events: Events,
    scenarios: Vec<ScenarioLine>,
    priors: Priors,
    ready: Option<Ready>,
    backtest: Option<Results>,
}

struct Ready {
    index: Index,
    bank: BankDays,
    picture: Picture,
}

type Rows = Vec<Vec<Value>>;

impl Forecasting {
    pub(super) fn new(forecast: Forecast, as_of: Date) -> Self {
        Self {
            forecast,
            day: day_of(as_of),
            events: Events::default(),
            scenarios: Vec::new(),
            priors: Priors {
                late_days: 10.0,
                late_count: 5.0,
                customer_days: 15.0,
                spread_days: 15.0,
                spread_count: 5.0,
                held_share: 0.15,
                extra_days: 30.0,
                held_count: 10.0,
            },
            ready: None,
            backtest: None,
        }
    }

    fn ready(&mut self) -> &Ready {
        if self.ready.is_none() {
            self.events.settle();
            let index = Index::of(&self.events);
            let days = self.events.claims.iter().flat_map(|claim| [claim.posted, claim.issued, claim.due]);
            let (first, last) = days.fold((self.day, self.day), |(first, last), day| (first.min(day), last.max(day)));
            // a date of another century is a slip, and no reason for a calendar of a thousand years
            let bank = BankDays::around(first.max(self.day - 7300), last.min(self.day + 1500), &self.events.holidays);
            let picture = picture(&self.events, &index, &bank, &self.priors, self.day, self.forecast.week_count);
            self.ready = Some(Ready { index, bank, picture });
        }
        match &self.ready {
            Some(ready) => ready,
            None => unreachable!("it was made ready just now"),
        }
    }
}

fn picture(events: &Events, index: &Index, bank: &BankDays, priors: &Priors, day: Day, week_count: usize) -> Picture {
    let book = Book::at(events, index, day);
    let model = Model::learn(&book, events, index, bank, priors, None);
    let weeks = Weeks::after(day, week_count);
    let scene = Scene { events, index, bank, model: &model, day, weeks: &weeks };
    let outlooks = scene.outlooks(&book, &|open| (Shift::default(), open.state));
    Picture { book, model, weeks, outlooks }
}

impl Work for Forecasting {
    fn take(&mut self, input: &str, rows: &Answer) {
        match input {
            "forecast_beliefs" => self.take_beliefs(rows),
            "scenarios" => self.take_scenarios(rows),
            _ => self.events.take(input, rows),
        }
    }

    fn derive(&mut self, table: &str) -> Rows {
        self.ready();
        match table {
            tables::ITEM_FORECASTS => self.items(),
            tables::WEEK_FORECASTS => self.weeks(),
            tables::CUSTOMER_FORECASTS => self.customer_weeks(),
            tables::SCENARIO_FORECASTS => self.scenario_weeks(),
            tables::CHANGED_FORECASTS => self.changes(),
            tables::FORECAST_CAVEATS => self.caveats(),
            tables::BACKTEST_WEEKS => self.backtest_weeks(),
            tables::BACKTEST_SCORES => self.backtest_scores(),
            tables::BACKTEST_RELIABILITY => self.backtest_reliability(),
            _ => Vec::new(),
        }
    }
}

impl Forecasting {
    fn take_beliefs(&mut self, rows: &Answer) {
        for row in 0..rows.rows.len() {
            let Value::Decimal { digits, scale } = rows.value(row, "belief_amount") else { continue };
            let value = ratio(i64::try_from(*digits).unwrap_or(0), 10_i64.pow(u32::from(*scale)));
            let priors = &mut self.priors;
            match rows.value(row, "belief_code").plain().as_str() {
                "late_days" => priors.late_days = value,
                "late_count" => priors.late_count = value.max(0.1),
                "customer_days" => priors.customer_days = value.max(0.5),
                "spread_days" => priors.spread_days = value.max(0.5),
                "spread_count" => priors.spread_count = value.max(0.1),
                "held_percent" => priors.held_share = (value / 100.0).clamp(0.001, 0.9),
                "extra_days" => priors.extra_days = value.max(2.0),
                "held_count" => priors.held_count = value.max(0.1),
                _ => {}
            }
        }
    }

    fn take_scenarios(&mut self, rows: &Answer) {
        let days = |row: usize, column: &str| match rows.value(row, column) {
            Value::Int(days) => Day::try_from((*days).clamp(-365, 365)).unwrap_or_default(),
            _ => 0,
        };
        for row in 0..rows.rows.len() {
            self.scenarios.push(ScenarioLine {
                code: rows.value(row, "scenario_code").plain(),
                customer_id: rows.value(row, "customer_id").plain(),
                late_days: days(row, "late_days"),
                terms_days: days(row, "terms_days"),
                is_dispute_solved: matches!(rows.value(row, "is_dispute_solved"), Value::Flag(true)),
            });
        }
    }

    fn scene<'a>(&'a self, ready: &'a Ready) -> Scene<'a> {
        Scene {
            events: &self.events,
            index: &ready.index,
            bank: &ready.bank,
            model: &ready.picture.model,
            day: self.day,
            weeks: &ready.picture.weeks,
        }
    }

    fn items(&self) -> Rows {
        let Some(ready) = &self.ready else { return Vec::new() };
        let scene = self.scene(ready);
        let picture = &ready.picture;
        let median_without = |open: &OpenClaim, outlook: &Outlook, state: State| -> Value {
            let without = scene.outlook(open, &state, Shift::default());
            match (outlook.median, without.median) {
                (Some(with), Some(without)) => Value::Int(i64::from(with - without)),
                _ => Value::Null,
            }
        };
        let row = |(open, outlook): (&OpenClaim, &Outlook)| {
            let claim = &self.events.claims[place(open.claim)];
            let clock = &picture.model.clocks[place(claim.customer)];
            let own = picture.model.levels.customer(claim.customer);
            let level = picture.model.level_of(&self.events, claim);
            let lag = self.events.payers[place(claim.customer)].lag;
            let weeks = picture.weeks.count();
            let mean: f64 = (0..weeks).map(|week| mean_in_week(outlook, open, week)).sum();
            let usual = level.pace_days + f64::from(clock.anchor_day(claim, &ready.bank) - claim.due);
            let state = open.state;
            let held = state.held_since.is_some();
            let promised = state.promised.filter(|promised| *promised + 3 > picture.book.day);
            let paid = outlook.within;
            let month_days: Vec<String> = clock.month_days.iter().map(u32::to_string).collect();
            vec![
                Value::Int(claim.item_number),
                money(open.open - open.uncovered),
                money(hundredths(mean)),
                share(outlook.cash_share),
                day(outlook.p10),
                day(outlook.median),
                day(outlook.p90),
                day(outlook.median.map(|median| if lag == 0 { median } else { ready.bank.on_or_after(median + lag) })),
                outlook.late.map_or(Value::Null, share),
                share(paid[0]),
                share(paid[1]),
                share(paid[2]),
                share(paid[3]),
                share(paid[4]),
                Value::Int(hundredths(own.count)),
                Value::Int(hundredths(usual)),
                share(level.held_share),
                Value::Int(hundredths(level.extra_days)),
                if held { median_without(open, outlook, State { held_since: None, ..state }) } else { Value::Null },
                if promised.is_some() {
                    median_without(open, outlook, State { promised: None, ..state })
                } else {
                    Value::Null
                },
                day(promised),
                Value::Flag(open.is_part_paid),
                text(match clock.anchor {
                    Anchor::Due => "due_date",
                    Anchor::Issue => "issued_date",
                    Anchor::PaymentDay => "payment_day",
                    Anchor::MonthAfterDue => "month_after_due",
                }),
                if month_days.is_empty() { Value::Null } else { Value::Text(month_days.join(", ")) },
            ]
        };
        picture.book.open.iter().zip(&picture.outlooks).map(row).collect()
    }

    fn weeks(&self) -> Rows {
        let Some(ready) = &self.ready else { return Vec::new() };
        let events = &self.events;
        let open = &ready.picture.book.open;
        let claim_of = |open: &OpenClaim| &events.claims[place(open.claim)];
        let one = vec![String::new()];
        let mut rows = self.group_rows("total", &one, &vec![0; open.len()], ready, &ready.picture.outlooks);
        let companies: Vec<u32> = open.iter().map(|open| claim_of(open).traits[COMPANY].into()).collect();
        rows.extend(self.group_rows(
            "company",
            &events.traits[COMPANY].texts,
            &companies,
            ready,
            &ready.picture.outlooks,
        ));
        let currencies: Vec<u32> = open.iter().map(|open| claim_of(open).currency.into()).collect();
        rows.extend(self.group_rows("currency", &events.currencies.texts, &currencies, ready, &ready.picture.outlooks));
        let segments: Vec<u32> =
            open.iter().map(|open| events.payers[place(claim_of(open).customer)].segment.into()).collect();
        rows.extend(self.group_rows("segment", &events.segments.texts, &segments, ready, &ready.picture.outlooks));
        rows
    }

    fn customer_weeks(&self) -> Rows {
        let Some(ready) = &self.ready else { return Vec::new() };
        let open = &ready.picture.book.open;
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
                    names.push(self.events.payers[place(next)].id.clone());
                    customer = Some(next);
                }
                groups.push(u32::try_from(names.len() - 1).unwrap_or_default());
                last += 1;
            }
            let part = Part { open: &open[first..last], outlooks: &ready.picture.outlooks[first..last] };
            rows.extend(self.part_rows("customer", &names, &groups, ready, &part, draw));
            first = last;
        }
        rows
    }

    fn group_rows(
        &self,
        dimension: &str,
        names: &[String],
        groups: &[u32],
        ready: &Ready,
        outlooks: &[Outlook],
    ) -> Rows {
        let open = &ready.picture.book.open;
        let part = Part { open, outlooks };
        self.part_rows(dimension, names, groups, ready, &part, Draw::of(self.forecast.seed, open.len()))
    }

    fn part_rows(
        &self,
        dimension: &str,
        names: &[String],
        groups: &[u32],
        ready: &Ready,
        part: &Part<'_>,
        draw: Draw,
    ) -> Rows {
        let weeks = &ready.picture.weeks;
        let count = weeks.count();
        let delays = MeanDelays::of(&ready.picture.book, &self.events);
        let drawn = if part.open.is_empty() {
            None
        } else {
            let groups = Groups { of_claim: groups, count: names.len() };
            Some(futures(part.open, part.outlooks, &self.events, &ready.picture.model, &groups, draw))
        };
        let mut means = vec![[0.0_f64; 3]; names.len() * (count + 1)];
        for ((open, outlook), group) in part.open.iter().zip(part.outlooks).zip(groups) {
            let claim = &self.events.claims[place(open.claim)];
            let first = place(*group) * (count + 1);
            for week in 0..=count {
                means[first + week][0] += mean_in_week(outlook, open, week);
            }
            means[first + weeks.of(due_day(claim, weeks.day))][1] += amount(open.uncovered);
            means[first + weeks.of(delays.day(claim, weeks.day))][2] += amount(open.uncovered);
        }
        let used: std::collections::BTreeSet<u32> = groups.iter().copied().collect();
        let mut rows = Vec::new();
        for (group, name) in names.iter().enumerate() {
            if dimension != "total" && !used.contains(&u32::try_from(group).unwrap_or_default()) {
                continue;
            }
            for week in 0..=count {
                let is_beyond = week == count;
                let range = drawn.as_ref().map_or(Range::default(), |drawn| drawn.week(group, week));
                let sum = drawn.as_ref().map_or(Range::default(), |drawn| drawn.to_week(group, week));
                let mean = means[group * (count + 1) + week];
                rows.push(vec![
                    text(dimension),
                    text(name),
                    whole(week + 1),
                    Value::Flag(is_beyond),
                    day(Some(weeks.start(week))),
                    if is_beyond { Value::Null } else { day(Some(weeks.ends[week])) },
                    money(range.p10),
                    money(range.p50),
                    money(range.p90),
                    money(hundredths(mean[0])),
                    money(hundredths(mean[1])),
                    money(hundredths(mean[2])),
                    money(sum.p10),
                    money(sum.p50),
                    money(sum.p90),
                ]);
            }
        }
        rows
    }

    /// The weeks as forecast, then those of each scenario; the same futures are drawn for all of them.
    fn scenario_weeks(&self) -> Rows {
        let Some(ready) = &self.ready else { return Vec::new() };
        let open = &ready.picture.book.open;
        let one = vec![0; open.len()];
        let mut rows = self.group_rows("scenario", &["as_forecast".to_owned()], &one, ready, &ready.picture.outlooks);
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
                let id = &self.events.payers[place(claim.customer)].id;
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
            let outlooks = self.scene(ready).outlooks(&ready.picture.book, &shift_of);
            rows.extend(self.group_rows("scenario", &[code.to_owned()], &one, ready, &outlooks));
        }
        rows
    }

    /// The cash of the days that both forecasts see, claim by claim: a week ago's, and today's.
    fn changes(&self) -> Rows {
        let Some(ready) = &self.ready else { return Vec::new() };
        let then = self.day - CHANGE_DAYS;
        let earlier =
            picture(&self.events, &ready.index, &ready.bank, &self.priors, then, self.forecast.week_count + 1);
        let weeks = &ready.picture.weeks;
        let last = weeks.ends.last().copied().unwrap_or(self.day);
        // what was expected between now and the end of the weeks, and what is expected now
        let between = |picture: &Picture, open: &OpenClaim, outlook: &Outlook, from: Day| {
            let count = picture.weeks.count();
            (0..count)
                .filter(|week| picture.weeks.ends[*week] <= last && picture.weeks.start(*week) >= from)
                .map(|week| mean_in_week(outlook, open, week))
                .sum::<f64>()
        };
        let mut lines: BTreeMap<u32, (f64, f64, Option<Day>, Option<Day>)> = BTreeMap::new();
        for (open, outlook) in earlier.book.open.iter().zip(&earlier.outlooks) {
            let line = lines.entry(open.claim).or_default();
            (line.0, line.2) = (between(&earlier, open, outlook, then), outlook.median);
        }
        for (open, outlook) in ready.picture.book.open.iter().zip(&ready.picture.outlooks) {
            let line = lines.entry(open.claim).or_default();
            (line.1, line.3) = (between(&ready.picture, open, outlook, then), outlook.median);
        }
        let row = |(claim, (before, now, before_date, now_date)): (u32, (f64, f64, Option<Day>, Option<Day>))| {
            let (before, now) = (hundredths(before), hundredths(now));
            let is_new = self.events.claims[place(claim)].posted > then;
            let settlements = self.events.settlements_of(&ready.index.settlements, place(claim));
            let came =
                settlements.iter().filter(|settlement| settlement.acting > then && settlement.acting <= self.day);
            let (cash, other) = came.fold((0, 0), |(cash, other), one| (cash + one.cash, other + one.other));
            let code = match now_date {
                _ if is_new => "new_item",
                None if before_date.is_some() && cash >= other => "received",
                None => "settled_otherwise",
                Some(_) if cash > 0 => "part_received",
                Some(_) if now > before => "sooner",
                Some(_) => "later",
            };
            (before != now).then(|| {
                vec![
                    Value::Int(self.events.claims[place(claim)].item_number),
                    text(code),
                    money(before),
                    money(now),
                    day(before_date),
                    day(now_date),
                ]
            })
        };
        lines.into_iter().filter_map(row).collect()
    }

    fn caveats(&self) -> Rows {
        let Some(ready) = &self.ready else { return Vec::new() };
        let picture = &ready.picture;
        let open = &picture.book.open;
        let payments = hundredths(picture.model.paid_count);
        let customer_of = |open: &OpenClaim| self.events.claims[place(open.claim)].customer;
        let customers = |kept: &dyn Fn(&&OpenClaim) -> bool| {
            let mut customers: Vec<u32> = open.iter().filter(kept).map(customer_of).collect();
            customers.dedup();
            customers.len()
        };
        let line = |order: usize,
                    code: &str,
                    kept: &dyn Fn(&&OpenClaim) -> bool,
                    amount: &dyn Fn(&OpenClaim) -> Hundredths| {
            vec![
                whole(order),
                text(code),
                whole(open.iter().filter(kept).count()),
                money(open.iter().filter(kept).map(amount).sum()),
                Value::Int(payments),
                whole(customers(kept)),
            ]
        };
        let is_new = |open: &&OpenClaim| picture.model.levels.customer(customer_of(open)).count < KNOWN_PAYMENTS;
        let all = |_: &&OpenClaim| true;
        let of_open = |open: &OpenClaim| open.open;
        let mut rows = Vec::new();
        if open.is_empty() {
            rows.push(line(1, "nothing_open", &all, &of_open));
            return rows;
        }
        if payments == 0 {
            rows.push(line(2, "no_history", &all, &of_open));
        } else if payments < 30 {
            rows.push(line(2, "little_history", &all, &of_open));
        }
        if customers(&all) == 1 {
            rows.push(line(3, "one_customer", &all, &of_open));
        }
        if payments > 0 && customers(&is_new) > 0 {
            let code = if customers(&is_new) == customers(&all) { "all_new" } else { "some_new" };
            rows.push(line(4, code, &is_new, &of_open));
        }
        let covered = |open: &&OpenClaim| open.uncovered < open.open;
        if open.iter().any(|open| covered(&open)) {
            rows.push(line(5, "covered", &covered, &|open| open.open - open.uncovered));
        }
        let without_due = |open: &&OpenClaim| !self.events.claims[place(open.claim)].has_due;
        if open.iter().any(|open| without_due(&open)) {
            rows.push(line(6, "no_due_date", &without_due, &of_open));
        }
        rows
    }

    fn results(&mut self) -> Results {
        if let Some(results) = &self.backtest {
            return results.clone();
        }
        let as_of = date_of(self.day);
        let span = self.forecast.span.unwrap_or(Span {
            from: add_months(as_of, -REPORT_MONTHS - 1),
            to: add_months(as_of, -1),
            step: Step::Month,
        });
        let Some(ready) = &self.ready else { return Results::default() };
        let first_posted = self.events.claims.iter().map(|claim| claim.posted).min().unwrap_or(self.day);
        let (from, to) = (day_of(span.from).max(first_posted), day_of(span.to).min(self.day));
        let origins = match span.step {
            Step::Issue => Origins::Issue(from, to),
            Step::Month | Step::Week => Origins::Days(
                (from..=to)
                    .filter(|day| match span.step {
                        Step::Month => month_end(date_of(*day)) == date_of(*day),
                        _ => day.rem_euclid(7) == SUNDAY,
                    })
                    .collect(),
            ),
        };
        let bench = Bench {
            events: &self.events,
            index: &ready.index,
            bank: &ready.bank,
            priors: &self.priors,
            week_count: self.forecast.week_count,
            seed: self.forecast.seed,
            last: self.day,
        };
        let results = bench.run(&origins);
        self.backtest = Some(results.clone());
        results
    }

    fn backtest_weeks(&mut self) -> Rows {
        let estimate = |amount: f64| money(hundredths(amount));
        let row = |week: super::backtest::WeekResult| {
            let range = |position: usize| week.range.map_or(Value::Null, |range| estimate(range[position]));
            vec![
                day(Some(week.origin)),
                whole(week.week + 1),
                day(Some(week.start)),
                estimate(week.actual),
                range(0),
                range(1),
                range(2),
                estimate(week.means[0]),
                estimate(week.means[1]),
                estimate(week.means[2]),
            ]
        };
        self.results().weeks.into_iter().map(row).collect()
    }

    fn backtest_scores(&mut self) -> Rows {
        let results = self.results();
        let horizons = results.weeks.iter().map(|week| week.week + 1).max().unwrap_or(0);
        let is_by_week = self.forecast.span.is_none_or(|span| span.step != Step::Issue);
        let mut rows = Vec::new();
        for horizon in 0..=if is_by_week { horizons } else { 0 } {
            for (model, code) in MODEL_CODES.into_iter().enumerate() {
                let weeks = results.weeks.iter().filter(|week| horizon == 0 || week.week + 1 == horizon);
                let weeks: WeekScore = week_score(weeks, model);
                let items: ItemScore =
                    if horizon == 0 { item_score(&results.items, model) } else { ItemScore::default() };
                let maybe = |value: Option<f64>| value.map_or(Value::Null, share);
                rows.push(vec![
                    whole(horizon),
                    whole(model + 1),
                    text(code),
                    whole(weeks.week_count),
                    money(hundredths(weeks.actual)),
                    maybe(weeks.wape),
                    maybe(weeks.bias),
                    maybe(weeks.coverage),
                    weeks.pinball.map_or(Value::Null, |loss| money(hundredths(loss))),
                    if horizon == 0 { whole(items.item_count) } else { Value::Null },
                    maybe(items.late_auc),
                    items.mae_days.map_or(Value::Null, |days| decimal(days, 4)),
                    maybe(items.brier),
                    maybe(items.coverage),
                ]);
            }
        }
        rows
    }

    fn backtest_reliability(&mut self) -> Rows {
        let row = |line: super::backtest::Reliability| {
            vec![
                Value::Int(line.within_days.into()),
                whole(line.tenth + 1),
                whole(line.item_count),
                share(line.expected),
                share(line.observed),
            ]
        };
        reliability(&self.results().items).into_iter().map(row).collect()
    }
}

/// Days since the common era of Sundays are whole weeks.
const SUNDAY: Day = 0;

/// Some of the open claims with their outlooks.
struct Part<'a> {
    open: &'a [OpenClaim],
    outlooks: &'a [Outlook],
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn money(hundredths: Hundredths) -> Value {
    Value::Decimal { digits: hundredths.into(), scale: 2 }
}

fn whole(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn day(day: Option<Day>) -> Value {
    day.map_or(Value::Null, |day| Value::Date(date_of(day)))
}

/// A share, six decimals.
fn share(share: f64) -> Value {
    decimal(share, 6)
}

fn decimal(value: f64, scale: u8) -> Value {
    Value::Decimal { digits: hundredths(value * 10_f64.powi(scale.into())).into(), scale }
}
