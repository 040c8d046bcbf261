//! One row an open claim: the days on which cash may come, how likely that is, and what it rests on.

use super::{Rows, day, share};
use crate::forecast::book::{OpenClaim, State};
use crate::forecast::clock::{LAST_BANK_DAY, Runs};
use crate::forecast::events::{Day, place};
use crate::forecast::model::Shift;
use crate::forecast::outlook::{Outlook, mean_in_week};
use crate::forecast::simulation::rounded;
use crate::forecast::work::Prepared;
use crate::model::Value;

/// Rows of a million items are made in parts.
const ROWS_AT_ONCE: usize = 1 << 14;

/// The days on which a customer pays: days of the month, weekdays from 1 for Monday, and whether its last bank day is one.
fn payment_days(runs: &Runs) -> (Value<'static>, Value<'static>, bool) {
    let told = |days: Vec<String>| if days.is_empty() { Value::Null } else { Value::text(days.join(", ")) };
    match runs {
        Runs::Any => (Value::Null, Value::Null, false),
        Runs::Weekdays(days) => (Value::Null, told(days.iter().map(|day| (day + 1).to_string()).collect()), false),
        Runs::MonthDays(days) => {
            let month_days = days.iter().filter(|day| **day != LAST_BANK_DAY).map(u32::to_string).collect();
            (told(month_days), Value::Null, days.contains(&LAST_BANK_DAY))
        }
    }
}

impl Prepared {
    /// The outlook of each open claim.
    pub(in crate::forecast) fn items(&self) -> impl Iterator<Item = Rows> + '_ {
        let scene = self.scene();
        let picture = &self.picture;
        let median_without = move |open: &OpenClaim, outlook: &Outlook, state: State| -> Value {
            let without = scene.outlook(open, &state, Shift::default());
            match (outlook.median, without.median) {
                (Some(with), Some(without)) => Value::Int(i64::from(with - without)),
                _ => Value::Null,
            }
        };
        let row = move |(open, outlook): (&OpenClaim, &Outlook)| {
            let claim = &self.events.claims[place(open.claim)];
            let clock = &picture.model.clocks[place(claim.customer)];
            let own = picture.model.levels.customer(claim.customer);
            let level = picture.model.expectation(&self.events, claim);
            let lag = self.events.method_of(claim).lag;
            let weeks = picture.weeks.count();
            let mean: f64 = (0..weeks).map(|week| mean_in_week(outlook, open, week)).sum();
            let usual = clock.usual_day(claim, level.pace_days, &self.bank) - claim.due;
            let (month_days, weekdays, is_month_end) = payment_days(&clock.runs);
            let is_early = clock.early.filter(|early| early.is_ahead(claim, self.day));
            let state = open.state;
            let held = state.held_since.is_some();
            let promised = state.promised.filter(|promised| *promised + 3 > picture.book.day);
            let paid = outlook.within;
            let in_bank = |day: Day| if lag == 0 { day } else { self.bank.on_or_after(day + lag) };
            vec![
                Value::Int(claim.item_number),
                self.money(open.open - open.uncovered),
                self.money(rounded(mean)),
                share(outlook.cash_share),
                day(outlook.told(outlook.p10)),
                day(outlook.told(outlook.median)),
                day(outlook.told(outlook.p90)),
                day(outlook.told(outlook.median).map(in_bank)),
                outlook.late.map_or(Value::Null, share),
                share(paid[0]),
                share(paid[1]),
                share(paid[2]),
                share(paid[3]),
                share(paid[4]),
                Value::Int(rounded(own.count)),
                Value::Int(usual.into()),
                share(1.0 - outlook.ever),
                share(level.held_share),
                Value::Int(rounded(level.extra_days)),
                if held { median_without(open, outlook, State { held_since: None, ..state }) } else { Value::Null },
                if promised.is_some() {
                    median_without(open, outlook, State { promised: None, ..state })
                } else {
                    Value::Null
                },
                day(promised),
                Value::Flag(open.is_part_paid),
                month_days,
                weekdays,
                Value::Flag(is_month_end),
                is_early.map_or(Value::Null, |early| Value::Int(rounded(early.days))),
                is_early.map_or(Value::Null, |early| share(early.share)),
                day(clock.drift.map(|drift| drift.since)),
                clock.drift.map_or(Value::Null, |drift| Value::Flag(drift.is_gradual())),
            ]
        };
        let items = picture.book.open.chunks(ROWS_AT_ONCE).zip(picture.outlooks.chunks(ROWS_AT_ONCE));
        items.map(move |(open, outlooks)| open.iter().zip(outlooks).map(row).collect())
    }
}
