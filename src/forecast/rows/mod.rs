//! The rows of the derived tables: one file a family, each from what was prepared for the as-of day.

mod backtests;
mod changes;
mod evidence;
mod items;
mod weeks;

use super::events::{Amount, Day, date_of};
use super::simulation::rounded;
use super::work::Prepared;
use crate::model::Value;

/// Rows of a derived table, a value a column.
pub(super) type Rows = Vec<Vec<Value<'static>>>;

pub(super) fn text(text: &str) -> Value<'static> {
    Value::text(text.to_owned())
}

impl Prepared {
    /// An amount of the answer's currency.
    fn money(&self, amount: Amount) -> Value<'static> {
        Value::Decimal { digits: amount.into(), scale: self.events.decimals }
    }
}

pub(super) fn whole(count: usize) -> Value<'static> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) fn day(day: Option<Day>) -> Value<'static> {
    day.map_or(Value::Null, |day| Value::Date(date_of(day)))
}

/// A share, six decimals.
pub(super) fn share(share: f64) -> Value<'static> {
    decimal(share, 6)
}

pub(super) fn decimal(value: f64, scale: u8) -> Value<'static> {
    Value::Decimal { digits: rounded(value * 10_f64.powi(scale.into())).into(), scale }
}
