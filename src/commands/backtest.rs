//! `encours backtest`: forecasts of past days, made from what was known then, against what came.

use crate::cli::{BacktestArguments, BacktestStep, BacktestTable, Output};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::forecast::{Forecast, Span, Step};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &BacktestArguments, output: Output) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let as_of = engine.scope().as_of;
    let day = |option: &str, text: &Option<String>| text.as_deref().map(|text| Settings::day(option, text)).transpose();
    let usual = Span::before(as_of);
    let span = Span {
        from: day("from", &arguments.from)?.unwrap_or(usual.from),
        to: day("to", &arguments.to)?.unwrap_or(usual.to),
        step: match arguments.step {
            BacktestStep::Month => Step::Month,
            BacktestStep::Week => Step::Week,
            BacktestStep::Issue => Step::Issue,
        },
    };
    if span.from > span.to {
        return Err(Error::Plain(
            format!("found `--from {}` after `--to {}`", span.from, span.to),
            "name the earlier day first".to_owned(),
        ));
    }
    let forecast = Forecast { week_count: arguments.weeks.into(), span: Some(span), seed: arguments.seed };
    engine.set_derivation(std::sync::Arc::new(forecast));
    engine.set_months(1);
    let answer = match arguments.table {
        BacktestTable::Scores => engine.ask("backtest").await?,
        BacktestTable::Weeks => engine.ask("backtest_by_week").await?,
        BacktestTable::Reliability => engine.ask("backtest_reliability").await?,
    };
    if answer.is_empty() {
        shared::say(
            settings,
            &format!(
                "nothing was open on a day from {} to {}: no forecast to hold against what came",
                span.from, span.to
            ),
        );
    }
    shared::write(settings, &answer, output)?;
    shared::tie_out(&mut engine).await
}
