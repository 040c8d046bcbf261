//! The back-test: forecasts of past days, their scores by horizon and model, and chances beside outcomes.

use super::{Rows, day, decimal, share, text, whole};
use crate::forecast::backtest::{
    ItemScore, MODEL_CODES, Origins, Reliability, Results, WeekResult, WeekScore, item_score, reliability, week_score,
};
use crate::forecast::events::{Day, date_of, day_of};
use crate::forecast::simulation::rounded;
use crate::forecast::work::Prepared;
use crate::forecast::{Span, Step};
use crate::model::Value;
use crate::model::calendar::month_end;

/// Days since the common era of Sundays are whole weeks.
const SUNDAY: Day = 0;

impl Prepared {
    fn results(&mut self) -> Results {
        if let Some(results) = &self.backtest {
            return results.clone();
        }
        let as_of = date_of(self.day);
        let span = self.forecast.span.unwrap_or_else(|| Span::before(as_of));
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
        let results = self.bench().run(&origins);
        self.backtest = Some(results.clone());
        results
    }

    pub(in crate::forecast) fn backtest_weeks(&mut self) -> Rows {
        let results = self.results();
        let estimate = |amount: f64| self.money(rounded(amount));
        let row = |week: WeekResult| {
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
        results.weeks.into_iter().map(row).collect()
    }

    pub(in crate::forecast) fn backtest_scores(&mut self) -> Rows {
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
                    self.money(rounded(weeks.actual)),
                    maybe(weeks.wape),
                    maybe(weeks.bias),
                    maybe(weeks.coverage),
                    weeks.pinball.map_or(Value::Null, |loss| self.money(rounded(loss))),
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

    pub(in crate::forecast) fn backtest_chances(&mut self) -> Rows {
        let row = |line: Reliability| {
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
