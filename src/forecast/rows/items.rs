//! One row an open claim: the days on which cash may come, how likely that is, and what it rests on.

use super::{Rows, day, share, text};
use crate::forecast::book::{OpenClaim, State};
use crate::forecast::clock::Anchor;
use crate::forecast::events::place;
use crate::forecast::model::Shift;
use crate::forecast::outlook::{Outlook, mean_in_week};
use crate::forecast::simulation::rounded;
use crate::forecast::work::Prepared;
use crate::model::Value;

/// Rows of a million items are made in parts.
const ROWS_AT_ONCE: usize = 1 << 14;

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
            let lag = self.events.payers[place(claim.customer)].lag;
            let weeks = picture.weeks.count();
            let mean: f64 = (0..weeks).map(|week| mean_in_week(outlook, open, week)).sum();
            let usual = level.pace_days + f64::from(clock.anchor_day(claim, &self.bank) - claim.due);
            let state = open.state;
            let held = state.held_since.is_some();
            let promised = state.promised.filter(|promised| *promised + 3 > picture.book.day);
            let paid = outlook.within;
            let month_days: Vec<String> = clock.month_days.iter().map(u32::to_string).collect();
            vec![
                Value::Int(claim.item_number),
                self.money(open.open - open.uncovered),
                self.money(rounded(mean)),
                share(outlook.cash_share),
                day(outlook.p10),
                day(outlook.median),
                day(outlook.p90),
                day(outlook.median.map(|median| if lag == 0 { median } else { self.bank.on_or_after(median + lag) })),
                outlook.late.map_or(Value::Null, share),
                share(paid[0]),
                share(paid[1]),
                share(paid[2]),
                share(paid[3]),
                share(paid[4]),
                Value::Int(rounded(own.count)),
                Value::Int(rounded(usual)),
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
                text(match clock.anchor {
                    Anchor::Due => "due_date",
                    Anchor::Issue => "issued_date",
                    Anchor::PaymentDay => "payment_day",
                    Anchor::MonthAfterDue => "month_after_due",
                }),
                if month_days.is_empty() { Value::Null } else { Value::text(month_days.join(", ")) },
            ]
        };
        let items = picture.book.open.chunks(ROWS_AT_ONCE).zip(picture.outlooks.chunks(ROWS_AT_ONCE));
        items.map(move |(open, outlooks)| open.iter().zip(outlooks).map(row).collect())
    }
}
