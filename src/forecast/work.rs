//! A forecast under way: inputs taken, everything learned once, each table derived when it is asked.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Forecast;
use super::backtest::{Bench, Results};
use super::book::{Book, Index, ratio};
use super::calibration::{Calibration, Trials};
use super::clock::BankDays;
use super::events::{Day, Events, day_of};
use super::levels::Priors;
use super::model::{Effort, Model, Shift};
use super::naive::MeanDelays;
use super::outlook::{Outlook, Scene, Weeks};
use super::tables;
use crate::engine::{Batch, RowBlocks, Scope, Work};
use crate::model::CustomerKey;

/// What a forecast looks at: what is believed before any event, the scenarios, and the events.
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

/// A line of the table of scenarios.
#[derive(Clone, Debug)]
pub(super) struct ScenarioLine {
    pub(super) code: String,
    pub(super) customer_id: String,
    pub(super) late_days: Day,
    pub(super) terms_days: Day,
    pub(super) is_dispute_solved: bool,
}

/// What was known, learned and expected on a day.
pub(super) struct Picture {
    pub(super) book: Book,
    pub(super) model: Model,
    pub(super) weeks: Weeks,
    pub(super) outlooks: Vec<Outlook>,
    pub(super) delays: MeanDelays,
}

impl Picture {
    pub(super) fn at(
        events: &Events,
        index: &Index,
        bank: &BankDays,
        priors: &Priors,
        day: Day,
        week_count: usize,
    ) -> Self {
        let book = Book::at(events, index, day);
        let model = Model::learn(&book, events, index, bank, priors, Effort::FULL);
        let weeks = Weeks::after(day, week_count);
        let scene = Scene { events, index, bank, model: &model, day, weeks: &weeks };
        let outlooks = scene.outlooks(&book, &|open| (Shift::default(), open.state));
        let delays = MeanDelays::of(&book, events);
        Self { book, model, weeks, outlooks, delays }
    }
}

/// What was taken of the inputs.
#[derive(Default)]
struct Taken {
    events: Events,
    scenarios: Vec<ScenarioLine>,
    priors: Priors,
}

/// A forecast under way.
pub(super) struct Forecasting {
    forecast: Forecast,
    day: Day,
    taken: Taken,
    prepared: Option<Prepared>,
    /// The segment of each customer, once it was asked.
    segments: BTreeMap<CustomerKey, String>,
}

/// Everything the tables are derived from.
pub(super) struct Prepared {
    pub(super) forecast: Forecast,
    pub(super) day: Day,
    pub(super) events: Events,
    pub(super) scenarios: Vec<ScenarioLine>,
    pub(super) priors: Priors,
    pub(super) index: Index,
    pub(super) bank: BankDays,
    pub(super) picture: Picture,
    /// Once it was asked.
    pub(super) backtest: Option<Results>,
    /// How wide ranges are made, once one was asked.
    calibration: OnceLock<Calibration>,
}

impl Forecasting {
    pub(super) fn new(forecast: Forecast, scope: &Scope) -> Self {
        let mut taken = Taken::default();
        taken.events.decimals = scope.decimals;
        Self { forecast, day: day_of(scope.as_of), taken, prepared: None, segments: BTreeMap::new() }
    }
}

impl Work for Forecasting {
    fn take(&mut self, input: &str, rows: &Batch) {
        match input {
            "forecast_beliefs" => self.taken.take_beliefs(rows),
            "scenarios" => self.taken.take_scenarios(rows),
            tables::SEGMENTS => {
                let (companies, customers) = (rows.texts("company_id"), rows.texts("customer_id"));
                let segments = rows.texts("segment_code");
                let key = |row: usize| CustomerKey::new(companies.get(row), customers.get(row));
                let segment = |row: usize| (key(row), segments.get(row).to_owned());
                self.segments.extend((0..rows.len()).map(segment));
            }
            _ => self.taken.events.take(input, rows),
        }
    }

    fn derive(&mut self, table: &str) -> Result<RowBlocks<'_>, String> {
        let (forecast, day, taken) = (self.forecast, self.day, &mut self.taken);
        if self.prepared.is_none() && !taken.events.sums_are_bounded() {
            return Err("the invoices sum to more than a forecast can hold".to_owned());
        }
        let prepared = self.prepared.get_or_insert_with(|| Prepared::from(forecast, day, std::mem::take(taken)));
        Ok(Box::new(std::iter::once(match table {
            tables::ITEM_FORECASTS => return Ok(Box::new(prepared.items())),
            tables::WEEK_FORECASTS => prepared.weeks(),
            tables::SEGMENT_WEEK_FORECASTS => prepared.segment_weeks(&self.segments),
            tables::CUSTOMER_WEEK_FORECASTS => prepared.customer_weeks(),
            tables::SCENARIO_WEEK_FORECASTS => prepared.scenario_weeks(),
            tables::CHANGED_FORECASTS => prepared.changes(),
            tables::FORECAST_EVIDENCE => prepared.evidence(),
            tables::BACKTEST_WEEKS => prepared.backtest_weeks(),
            tables::BACKTEST_SCORES => prepared.backtest_scores(),
            tables::BACKTEST_CHANCES => prepared.backtest_chances(),
            _ => Vec::new(),
        })))
    }
}

impl Prepared {
    fn from(forecast: Forecast, day: Day, taken: Taken) -> Self {
        let Taken { mut events, scenarios, priors } = taken;
        let begun = std::time::Instant::now();
        events.settle();
        let index = Index::of(&events);
        log::debug!("forecast: {} claims put in order in {:.2?}", events.claims.len(), begun.elapsed());
        let days = events.claims.iter().flat_map(|claim| [claim.posted, claim.issued, claim.due]);
        let (first, last) = days.fold((day, day), |(first, last), day| (first.min(day), last.max(day)));
        // a date of another century is a slip, and no reason for a calendar of a thousand years
        let bank = BankDays::around(first.max(day - 7300), last.min(day + 1500), &events.holidays);
        let begun = std::time::Instant::now();
        let picture = Picture::at(&events, &index, &bank, &priors, day, forecast.week_count);
        log::debug!("forecast: learned, and {} claims foretold in {:.2?}", picture.outlooks.len(), begun.elapsed());
        Self {
            forecast,
            day,
            events,
            scenarios,
            priors,
            index,
            bank,
            picture,
            backtest: None,
            calibration: OnceLock::new(),
        }
    }

    /// What forecasts are made and tried with.
    pub(super) fn bench(&self) -> Bench<'_> {
        Bench {
            events: &self.events,
            index: &self.index,
            bank: &self.bank,
            priors: &self.priors,
            week_count: self.forecast.week_count,
            seed: self.forecast.seed,
            last: self.day,
        }
    }

    /// How wide ranges are made.
    pub(super) fn calibration(&self) -> &Calibration {
        self.calibration.get_or_init(|| {
            let begun = std::time::Instant::now();
            let calibration = Trials::before(&self.bench(), &[self.day]).calibration(self.day);
            log::debug!("forecast: ranges calibrated in {:.2?}", begun.elapsed());
            calibration
        })
    }

    /// What is walked through from the as-of day on.
    pub(super) fn scene(&self) -> Scene<'_> {
        Scene {
            events: &self.events,
            index: &self.index,
            bank: &self.bank,
            model: &self.picture.model,
            day: self.day,
            weeks: &self.picture.weeks,
        }
    }
}

impl Taken {
    /// The one row of beliefs; a column that a table of the user's leaves out keeps what is built in.
    fn take_beliefs(&mut self, rows: &Batch) {
        let priors = &mut self.priors;
        let places: [(&str, &mut f64, f64); 10] = [
            ("late_days", &mut priors.late_days, f64::MIN),
            ("late_count", &mut priors.late_count, 0.1),
            ("customer_days", &mut priors.customer_days, 0.5),
            ("spread_days", &mut priors.spread_days, 0.5),
            ("spread_count", &mut priors.spread_count, 0.1),
            ("held_ratio", &mut priors.held_share, 0.001),
            ("extra_days", &mut priors.extra_days, 2.0),
            ("held_count", &mut priors.held_count, 0.1),
            ("never_ratio", &mut priors.never_share, 0.0001),
            ("never_count", &mut priors.never_count, 0.1),
        ];
        for (column, place, least) in places.into_iter().filter(|_| !rows.is_empty()) {
            let decimals = rows.decimals(column);
            let decimal = decimals.get(0).and_then(|digits| i64::try_from(digits).ok());
            let decimal = decimal.map(|digits| ratio(digits, 10_i64.pow(decimals.scale().into())));
            let told = rows.numbers(column).get(0).map(|number| ratio(number, 1)).or(decimal);
            *place = told.unwrap_or(*place).max(least);
        }
        priors.held_share = priors.held_share.min(0.9);
        priors.never_share = priors.never_share.min(0.9);
    }

    fn take_scenarios(&mut self, rows: &Batch) {
        let (codes, customers) = (rows.texts("scenario_code"), rows.texts("customer_id"));
        let (late, terms) = (rows.numbers("late_days"), rows.numbers("terms_days"));
        let are_solved = rows.flags("is_dispute_solved");
        let days = |told: Option<i64>| Day::try_from(told.unwrap_or(0).clamp(-365, 365)).unwrap_or_default();
        let line = |row: usize| ScenarioLine {
            code: codes.get(row).to_owned(),
            customer_id: customers.get(row).to_owned(),
            late_days: days(late.get(row)),
            terms_days: days(terms.get(row)),
            is_dispute_solved: are_solved.get(row),
        };
        self.scenarios.extend((0..rows.len()).map(line));
    }
}
