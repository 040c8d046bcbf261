//! When cash comes in, and how sure that is: the days to payment of each open item as a distribution.
//!
//! In: the engine's answers on claims, settlements, holds, promises, credits and payers, all bearing the day since which
//! they are known. Out: tables that queries read ([`Forecast`] is the engine's derivation of them): an outlook for each
//! item, ranges for each week, scenarios, what changed, and the back-test. Refused: nothing; where little is known the
//! ranges are wide and a caveat says why.
//!
//! ```text
//! events ─► book (as known on a day) ─► clocks, levels, pace = model ─► outlooks ─► futures ─► ranges
//!                                                     └── the same on past days ─► back-test, calibration of ranges
//! ```
//!
//! Estimates are floating-point numbers; money enters and leaves as whole numbers of the smallest amount of its currency.

#![expect(clippy::float_arithmetic, reason = "chances and days are estimates, not money")]

mod backtest;
mod book;
mod calibration;
mod clock;
mod drift;
mod events;
mod levels;
mod listed;
mod model;
mod naive;
mod normal;
mod outlook;
mod pace;
mod rows;
mod simulation;
mod tables;
mod ways;
mod work;

use crate::engine::{Derivation, DerivedTable, Scope, Work};
use crate::model::Date;
use crate::model::calendar::add_months;

use book::MEMORY_DAYS;
use events::{Day, date_of, day_of};

/// What changed is told since so many days.
const CHANGE_DAYS: Day = 7;

/// Between which days and how often the back-test forecasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// At each month-end, all that is open.
    Month,
    /// Each Sunday, all that is open.
    Week,
    /// The day before each item is posted, that item.
    Issue,
}

/// The span of a back-test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Not before this day.
    pub from: Date,
    /// Not after this day.
    pub to: Date,
    /// From which days.
    pub step: Step,
}

impl Span {
    /// The twelve month-ends of which a month of payments is known on a day.
    #[must_use]
    pub fn before(as_of: Date) -> Self {
        Self { from: add_months(as_of, -12), to: add_months(as_of, -1), step: Step::Month }
    }
}

/// A forecast of receipts: the derivation of its tables.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    /// How many weeks.
    pub week_count: usize,
    /// The span of the back-test; [`Span::before`] the as-of day where none is given.
    pub span: Option<Span>,
    /// From which futures are drawn.
    pub seed: u64,
}

impl Default for Forecast {
    fn default() -> Self {
        Self { week_count: 13, span: None, seed: 42 }
    }
}

impl Forecast {
    /// The first day at whose end the accounts are looked at: that of the back-test, or of what changed lately.
    fn looked_from(&self, as_of: Date) -> Day {
        let tested = self.span.unwrap_or_else(|| Span::before(as_of)).from;
        // what is posted on the first day is forecast from the day before
        day_of(tested).min(day_of(as_of) - CHANGE_DAYS) - 1
    }
}

impl Derivation for Forecast {
    fn tables(&self) -> &'static [DerivedTable] {
        tables::ALL
    }

    fn inputs(&self) -> &'static [&'static str] {
        &work::INPUTS
    }

    fn parameter(&self, name: &str, as_of: Date) -> Option<Date> {
        let looked_from = self.looked_from(as_of);
        match name {
            "looked_from" => Some(date_of(looked_from)),
            "remembered_from" => Some(date_of(looked_from - MEMORY_DAYS)),
            _ => None,
        }
    }

    fn begin(&self, scope: &Scope) -> Box<dyn Work> {
        Box::new(work::Forecasting::new(*self, scope))
    }
}
