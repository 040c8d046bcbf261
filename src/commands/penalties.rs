//! `encours penalties`: interest and recovery fees that could be asked for late payment, interval by interval.

use crate::cli::{Output, PenaltiesArguments};
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &PenaltiesArguments, output: Output) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let asked = engine.ask_all(&["late_payment_penalties", "penalty_rates_missing"]).await?;
    let [penalties, missing] = asked.try_into().unwrap_or_default();
    // never the rate of another half-year, never none
    if !missing.is_empty() {
        let days: Vec<String> = (0..missing.len()).map(|row| missing.value(row, "rate_date").plain()).collect();
        return Err(Error::Plain(
            format!("late payment has no rate from {} on", days.join(", ")),
            "add a line for each to `penalty_rates.csv`: the ECB's main refinancing rate on that day".to_owned(),
        ));
    }
    let penalties = match &arguments.customer {
        Some(customer) => penalties.filtered(|row| penalties.value(row, "customer_id").plain() == *customer),
        None => penalties,
    };
    shared::write(settings, &penalties, output)?;
    Ok(Outcome::Done)
}
