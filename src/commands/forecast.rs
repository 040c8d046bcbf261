//! `encours forecast`: the receipts of the weeks to come, with their range.

use crate::cli::{ForecastArguments, ForecastGroup, NewSales, Output};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::forecast::Forecast;
use crate::model::Answer;
use crate::settings::Settings;

/// `planned_sales.csv` of who asks for months like those of the last years.
const LIKE_LAST_YEARS: &str = "month_end_date,segment_code,planned_amount\n,*,\n";

pub(super) async fn run(settings: &Settings, arguments: &ForecastArguments, output: Output) -> Result<Outcome, Error> {
    let mut settings = settings.on_cluster(&arguments.place)?;
    if arguments.new_sales == Some(NewSales::LastYears) {
        settings.references.insert("planned_sales".to_owned(), LIKE_LAST_YEARS.to_owned());
    }
    let settings = &settings;
    let snapshot = shared::snapshot(settings).await?;
    let forecast = Forecast { week_count: arguments.weeks.into(), seed: arguments.seed, ..Forecast::default() };
    let mut engine = shared::engine_with(settings, &snapshot, forecast).await?;
    // a forecast looks at no month-end but the last
    engine.look_at_today_only();
    let answer = match arguments.by {
        None if arguments.new_sales.is_some() => engine.ask("planned_receipts").await?,
        None => engine.ask("cash_forecast").await?,
        Some(ForecastGroup::Customer) => engine.ask("cash_forecast_by_customer").await?,
        Some(ForecastGroup::Company) => of_dimension(&engine.ask("cash_forecast_by").await?, "company"),
        Some(ForecastGroup::Currency) => of_dimension(&engine.ask("cash_forecast_by").await?, "currency"),
        Some(ForecastGroup::Segment) => engine.ask("cash_forecast_by_segment_week").await?,
    };
    if arguments.new_sales.is_some() && answer.is_empty() {
        return Err(no_sales(arguments.new_sales == Some(NewSales::LastYears)));
    }
    let caveats = engine.ask("forecast_caveats").await?;
    for row in 0..caveats.len() {
        shared::say(settings, &caveats.value(row, "caveat_text").plain());
    }
    shared::write(settings, &answer, output)?;
    shared::tie_out(&mut engine).await
}

fn no_sales(is_like_last_years: bool) -> Error {
    let (found, hint) = if is_like_last_years {
        (
            "found less than twelve whole months of sales",
            "load the ledgers of earlier years, or plan sales in `planned_sales.csv`",
        )
    } else {
        (
            "found no sales planned for after this day",
            "write them in `planned_sales.csv` in your folder of reference data, or ask for `--new-sales last-years`",
        )
    };
    Error::Plain(found.to_owned(), hint.to_owned())
}

/// The rows of one dimension.
fn of_dimension(answer: &Answer, dimension: &str) -> Answer {
    let place = answer.position("dimension_code").unwrap_or_default();
    answer.filtered(|row| answer.at(row, place).plain() == dimension)
}
