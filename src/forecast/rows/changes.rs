//! One row a claim whose expected cash is not what it was a week ago.

use std::collections::BTreeMap;

use super::{Rows, day, text};
use crate::forecast::CHANGE_DAYS;
use crate::forecast::book::OpenClaim;
use crate::forecast::events::{Day, place};
use crate::forecast::outlook::{Outlook, mean_in_week};
use crate::forecast::simulation::rounded;
use crate::forecast::work::{Picture, Prepared};
use crate::model::Value;

/// What is expected of a claim: a week ago and now; no outlook where it was not open.
#[derive(Default)]
struct Change<'a> {
    before: f64,
    now: f64,
    earlier: Option<&'a Outlook>,
    later: Option<&'a Outlook>,
}

impl Prepared {
    /// The cash of the days that both forecasts see, claim by claim: a week ago's, and today's.
    pub(in crate::forecast) fn changes(&self) -> Rows {
        let then = self.day - CHANGE_DAYS;
        let earlier =
            Picture::at(&self.events, &self.index, &self.bank, &self.priors, then, self.forecast.week_count + 1);
        let weeks = &self.picture.weeks;
        let last = weeks.ends.last().copied().unwrap_or(self.day);
        // what was expected between now and the end of the weeks, and what is expected now
        let between = |picture: &Picture, open: &OpenClaim, outlook: &Outlook, from: Day| {
            let count = picture.weeks.count();
            (0..count)
                .filter(|week| picture.weeks.ends[*week] <= last && picture.weeks.start(*week) >= from)
                .map(|week| mean_in_week(outlook, open, week))
                .sum::<f64>()
        };
        let mut lines: BTreeMap<u32, Change<'_>> = BTreeMap::new();
        for (open, outlook) in earlier.book.open.iter().zip(&earlier.outlooks) {
            let line = lines.entry(open.claim).or_default();
            (line.before, line.earlier) = (between(&earlier, open, outlook, then), Some(outlook));
        }
        for (open, outlook) in self.picture.book.open.iter().zip(&self.picture.outlooks) {
            let line = lines.entry(open.claim).or_default();
            (line.now, line.later) = (between(&self.picture, open, outlook, then), Some(outlook));
        }
        let told = |outlook: Option<&Outlook>| day(outlook.and_then(|outlook| outlook.told(outlook.median)));
        let row = |(claim, Change { before, now, earlier, later }): (u32, Change<'_>)| {
            let (before, now) = (rounded(before), rounded(now));
            let is_new = self.events.claims[place(claim)].posted > then;
            let settlements = self.events.settlements_of(&self.index.settlements, place(claim));
            let came =
                settlements.iter().filter(|settlement| settlement.acting > then && settlement.acting <= self.day);
            let (cash, other) = came.fold((0, 0), |(cash, other), one| (cash + one.cash, other + one.other));
            let code = match later {
                _ if is_new => "new_item",
                None if earlier.is_some() && cash >= other => "received",
                None => "settled_otherwise",
                Some(_) if cash > 0 => "part_received",
                Some(_) if now > before => "sooner",
                Some(_) => "later",
            };
            (before != now).then(|| {
                vec![
                    Value::Int(self.events.claims[place(claim)].item_number),
                    text(code),
                    self.money(before),
                    self.money(now),
                    told(earlier),
                    told(later),
                ]
            })
        };
        lines.into_iter().filter_map(row).collect()
    }
}
