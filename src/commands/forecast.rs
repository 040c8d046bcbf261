//! `encours forecast`: the receipts of the weeks to come, with their range.

use crate::cli::{ForecastArguments, ForecastGroup, Output};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::forecast::Forecast;
use crate::model::Answer;
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &ForecastArguments, output: Output) -> Result<Outcome, Error> {
    let settings = &settings.on_cluster(&arguments.place)?;
    let snapshot = shared::snapshot(settings).await?;
    let forecast = Forecast { week_count: arguments.weeks.into(), seed: arguments.seed, ..Forecast::default() };
    let mut engine = shared::engine_with(settings, &snapshot, forecast).await?;
    // a forecast looks at no month-end but the last
    engine.look_at_today_only();
    let answer = match arguments.by {
        None => engine.ask("cash_forecast").await?,
        Some(ForecastGroup::Customer) => engine.ask("cash_forecast_by_customer").await?,
        Some(ForecastGroup::Company) => of_dimension(&engine.ask("cash_forecast_by").await?, "company"),
        Some(ForecastGroup::Currency) => of_dimension(&engine.ask("cash_forecast_by").await?, "currency"),
        Some(ForecastGroup::Segment) => engine.ask("cash_forecast_by_segment_week").await?,
    };
    let caveats = engine.ask("forecast_caveats").await?;
    for row in 0..caveats.len() {
        shared::say(settings, &caveats.value(row, "caveat_text").plain());
    }
    shared::write(settings, &answer, output)?;
    shared::tie_out(&mut engine).await
}

/// The rows of one dimension.
fn of_dimension(answer: &Answer, dimension: &str) -> Answer {
    let place = answer.position("dimension_code").unwrap_or_default();
    answer.filtered(|row| answer.at(row, place).plain() == dimension)
}
