//! The back-test: what would have been forecast on past days, from what was known then, beside what came.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use super::book::{Book, Index, OpenClaim, State};
use super::calibration::{Calibration, Trials};
use super::clock::BankDays;
use super::events::{Claim, Day, Events, place};
use super::levels::Priors;
use super::model::{Effort, Model, Shift, number};
use super::naive::{MeanDelays, due_day};
use super::outlook::{Outlook, Scene, WITHIN_DAYS, Weeks, amount, mean_in_week};
use super::simulation::{Draw, Groups, futures};
use crate::model::processors::{processor_count, share_out};

/// From which days forecasts are made.
#[derive(Clone, Debug)]
pub(super) enum Origins {
    /// From the end of each of these days, for all that was open.
    Days(Vec<Day>),
    /// For each claim from the day before it was posted, from the first day to the last.
    Issue(Day, Day),
}

/// Who forecasts.
pub(super) const MODEL_CODES: [&str; 3] = ["ours", "customer_mean", "due_date"];

/// What was forecast for one week from one origin, and what came.
#[derive(Clone, Debug)]
pub(super) struct WeekResult {
    pub(super) origin: Day,
    /// 0 for the first.
    pub(super) week: usize,
    pub(super) start: Day,
    pub(super) actual: f64,
    /// By [`MODEL_CODES`].
    pub(super) means: [f64; 3],
    /// Ours alone has a range: its tenth, half and nine tenths.
    pub(super) range: Option<[f64; 3]>,
}

/// What was forecast for one claim, and what came.
#[derive(Clone, Copy, Debug)]
pub(super) struct ItemResult {
    /// None while nobody can tell yet.
    pub(super) is_late: Option<bool>,
    pub(super) late_chance: f64,
    pub(super) mean_delay: f64,
    /// Days off, by [`MODEL_CODES`]; none where it is not settled by cash yet.
    pub(super) days_off: Option<[f64; 3]>,
    pub(super) is_in_range: Option<bool>,
    /// Chance of being paid within [`WITHIN_DAYS`], and whether it was.
    pub(super) within: [(f64, Option<bool>); 5],
}

/// All results.
#[derive(Clone, Debug, Default)]
pub(super) struct Results {
    pub(super) weeks: Vec<WeekResult>,
    pub(super) items: Vec<ItemResult>,
}

/// Weeks after the last known payment in which items posted late may still be paid.
const BEYOND_WEEKS: usize = 30;
/// Days after which everything is learned anew where a forecast is made every day.
const LEARNING_DAYS: Day = 7;

/// What a back-test is made of.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) events: &'a Events,
    pub(super) index: &'a Index,
    pub(super) bank: &'a BankDays,
    pub(super) priors: &'a Priors,
    pub(super) week_count: usize,
    pub(super) seed: u64,
    /// The last day whose payments are known.
    pub(super) last: Day,
}

impl Bench<'_> {
    /// Forecasts from all origins and holds them against what came.
    pub(super) fn run(&self, origins: &Origins) -> Results {
        match origins {
            Origins::Days(days) => self.run_days(days),
            Origins::Issue(first, last) => self.run_issues(*first, *last),
        }
    }

    fn learn(&self, book: &Book) -> Model {
        Model::learn(book, self.events, self.index, self.bank, self.priors, Effort::FULL)
    }

    /// Each day is forecast by itself, so that the processors share them.
    fn run_days(&self, days: &[Day]) -> Results {
        let trials = Trials::before(self, days);
        let by_day = Mutex::new(BTreeMap::new());
        let worker_count = processor_count().min(days.len());
        let done: Result<(), Infallible> = share_out(worker_count, days.iter(), |day| {
            let found = self.run_day(*day, &trials.calibration(*day));
            by_day.lock().unwrap_or_else(PoisonError::into_inner).insert(*day, found);
            Ok(())
        });
        let Ok(()) = done;
        let mut results = Results::default();
        for found in by_day.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
            results.weeks.extend(found.weeks);
            results.items.extend(found.items);
        }
        results
    }

    fn run_day(&self, day: Day, calibration: &Calibration) -> Results {
        let mut results = Results::default();
        let book = Book::at(self.events, self.index, day);
        let learned = self.learn(&book);
        let delays = MeanDelays::of(&book, self.events);
        let weeks = Weeks::after(day, self.week_count);
        let scene =
            Scene { events: self.events, index: self.index, bank: self.bank, model: &learned, day, weeks: &weeks };
        let outlooks = scene.outlooks(&book, &|open| (Shift::default(), open.state));
        self.add_weeks(&scene, &book, &outlooks, &delays, calibration, &mut results);
        results
            .items
            .extend(book.open.iter().zip(&outlooks).map(|(open, outlook)| self.item(open, outlook, &delays, day)));
        results
    }

    fn run_issues(&self, first: Day, last: Day) -> Results {
        let mut days: Vec<Day> =
            self.events.claims.iter().map(|claim| claim.posted).filter(|day| (first..=last).contains(day)).collect();
        days.sort_unstable();
        days.dedup();
        let mut by_day: BTreeMap<Day, Vec<u32>> = BTreeMap::new();
        for (position, claim) in self.events.claims.iter().enumerate() {
            by_day.entry(claim.posted).or_default().push(u32::try_from(position).unwrap_or(u32::MAX));
        }
        let mut results = Results::default();
        let mut model: Option<(Day, Model)> = None;
        // all items share the weeks of the calendar, whatever day each is forecast from
        let latest =
            self.events.settlements.iter().map(|settlement| settlement.receipt).max().unwrap_or(last).max(last);
        let week_count = usize::try_from((latest - first) / 7).unwrap_or_default() + BEYOND_WEEKS;
        let weeks = Weeks::after(first - 1, week_count);
        let mut actual = vec![0.0; week_count + 1];
        let mut naive = vec![[0.0; 2]; week_count + 1];
        let mut forecasts: Vec<(OpenClaim, Outlook)> = Vec::new();
        for posted in days {
            let day = posted - 1;
            let book = Book::at(self.events, self.index, day);
            let learned = match model.take() {
                Some((since, mut earlier)) if day - since < LEARNING_DAYS => {
                    earlier.learn_levels(&book, self.events, self.bank, self.priors);
                    (since, earlier)
                }
                _ => (day, self.learn(&book)),
            };
            let delays = MeanDelays::of(&book, self.events);
            let scene = Scene {
                events: self.events,
                index: self.index,
                bank: self.bank,
                model: &learned.1,
                day,
                weeks: &weeks,
            };
            for position in by_day.get(&posted).into_iter().flatten() {
                let claim = &self.events.claims[place(*position)];
                let open = OpenClaim {
                    claim: *position,
                    open: claim.amount,
                    uncovered: claim.amount,
                    is_part_paid: false,
                    state: State::default(),
                };
                let outlook = scene.outlook(&open, &open.state, Shift::default());
                naive[weeks.of(delays.day(claim, day))][0] += amount(open.uncovered);
                naive[weeks.of(due_day(claim, day))][1] += amount(open.uncovered);
                for (receipt, cash) in self.receipts_after(&open, day) {
                    actual[weeks.of(receipt)] += cash;
                }
                results.items.push(self.item(&open, &outlook, &delays, day));
                forecasts.push((open, outlook));
            }
            model = Some(learned);
        }
        let Some((_, learned)) = model else { return results };
        forecasts.sort_by_key(|(open, _)| open.claim);
        let (open, outlooks): (Vec<OpenClaim>, Vec<Outlook>) = forecasts.into_iter().unzip();
        let one = vec![0; open.len()];
        let groups = Groups { of_claim: &one, count: 1 };
        let drawn = futures(&open, &outlooks, self.events, &learned, &groups, Draw::of(self.seed, open.len()));
        for week in 0..week_count {
            let range = drawn.week(0, week);
            let mean = open.iter().zip(&outlooks).map(|(open, outlook)| mean_in_week(outlook, open, week)).sum();
            if actual[week] > 0.0 || range.p90 > 0 || naive[week].iter().any(|naive| *naive > 0.0) {
                results.weeks.push(WeekResult {
                    origin: first,
                    week,
                    start: weeks.start(week),
                    actual: actual[week],
                    means: [mean, naive[week][0], naive[week][1]],
                    range: Some([amount(range.p10), amount(range.p50), amount(range.p90)]),
                });
            }
        }
        results
    }

    /// Cash that came on an open claim after a day, with the day it was in the bank.
    pub(super) fn receipts_after(&self, open: &OpenClaim, day: Day) -> impl Iterator<Item = (Day, f64)> + use<'_> {
        let claim = &self.events.claims[place(open.claim)];
        let lag = self.events.method_of(claim).lag;
        self.events
            .settlements_of(&self.index.settlements, place(open.claim))
            .iter()
            .filter(move |settlement| settlement.acting > day && settlement.receipt > day && settlement.cash != 0)
            .map(move |settlement| {
                let at_bank =
                    if lag == 0 { settlement.receipt } else { self.bank.on_or_after(settlement.receipt + lag) };
                (at_bank, amount(settlement.cash))
            })
    }

    fn add_weeks(
        &self,
        scene: &Scene<'_>,
        book: &Book,
        outlooks: &[Outlook],
        delays: &MeanDelays,
        calibration: &Calibration,
        results: &mut Results,
    ) {
        let weeks = scene.weeks;
        let groups = vec![0; book.open.len()];
        let groups = Groups { of_claim: &groups, count: 1 };
        let futures =
            futures(&book.open, outlooks, self.events, scene.model, &groups, Draw::of(self.seed, book.open.len()));
        let mut actual = vec![0.0; weeks.count() + 1];
        let mut means = vec![[0.0; 3]; weeks.count() + 1];
        for (open, outlook) in book.open.iter().zip(outlooks) {
            let claim = &self.events.claims[place(open.claim)];
            for (receipt, cash) in self.receipts_after(open, book.day) {
                actual[weeks.of(receipt)] += cash;
            }
            for (week, means) in means.iter_mut().enumerate().take(weeks.count()) {
                means[0] += mean_in_week(outlook, open, week);
            }
            means[weeks.of(delays.day(claim, book.day))][1] += amount(open.uncovered);
            means[weeks.of(due_day(claim, book.day))][2] += amount(open.uncovered);
        }
        for week in (0..weeks.count()).filter(|week| weeks.ends[*week] <= self.last) {
            let range = calibration.of_week(week, futures.week(0, week));
            results.weeks.push(WeekResult {
                origin: book.day,
                week,
                start: weeks.start(week),
                actual: actual[week],
                means: means[week],
                range: Some([amount(range.p10), amount(range.p50), amount(range.p90)]),
            });
        }
    }

    fn item(&self, open: &OpenClaim, outlook: &Outlook, delays: &MeanDelays, day: Day) -> ItemResult {
        let claim = &self.events.claims[place(open.claim)];
        let end = self.end_of(open.claim, claim);
        let days = |day: Day| f64::from(day);
        let medians = [outlook.median.unwrap_or(day + 730), delays.day(claim, day), due_day(claim, day)];
        let settled = match end {
            End::Paid(settled) => Some(settled),
            End::Open | End::Other => None,
        };
        let is_late = match end {
            _ if !claim.has_due || claim.due <= day => None,
            End::Paid(settled) => Some(settled > claim.due),
            End::Open if self.last > claim.due => Some(true),
            End::Open | End::Other => None,
        };
        let within = |position: usize, within: Day| {
            let was = match end {
                End::Paid(settled) => Some(settled <= day + within),
                End::Open if self.last >= day + within => Some(false),
                End::Open | End::Other => None,
            };
            (outlook.within[position], was)
        };
        ItemResult {
            is_late,
            late_chance: outlook.late.unwrap_or(1.0),
            mean_delay: delays.days(claim.customer),
            days_off: settled.map(|settled| medians.map(|median| days(median - settled).abs())),
            is_in_range: settled.map(|settled| {
                outlook.p10.is_none_or(|p10| p10 <= settled) && outlook.p90.is_none_or(|p90| settled <= p90)
            }),
            within: std::array::from_fn(|position| within(position, WITHIN_DAYS[position])),
        }
    }

    fn end_of(&self, position: u32, claim: &Claim) -> End {
        let mut open = claim.amount;
        let mut end = End::Open;
        let known = self.events.settlements_of(&self.index.settlements, place(position)).iter();
        for settlement in known.filter(|settlement| settlement.acting <= self.last) {
            open -= settlement.cash + settlement.other;
            end = match open <= 0 {
                true if settlement.cash > 0 => End::Paid(settlement.receipt),
                true => End::Other,
                false => End::Open,
            };
        }
        end
    }
}

/// How a claim ended, as far as is known.
#[derive(Clone, Copy, Debug)]
enum End {
    Open,
    Paid(Day),
    /// By a credit note, an offset, a transfer…
    Other,
}

/// The scores of a model over some weeks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WeekScore {
    pub(super) week_count: usize,
    pub(super) actual: f64,
    pub(super) wape: Option<f64>,
    pub(super) bias: Option<f64>,
    pub(super) coverage: Option<f64>,
    pub(super) pinball: Option<f64>,
}

/// The scores of a model over items.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ItemScore {
    pub(super) item_count: usize,
    pub(super) late_auc: Option<f64>,
    pub(super) mae_days: Option<f64>,
    pub(super) brier: Option<f64>,
    pub(super) coverage: Option<f64>,
}

/// Scores weeks: WAPE = Σ|a − f| / Σ|a|, bias = Σ(f − a) / Σa, share of weeks within the range, and the pinball loss over
/// the tenth, half and nine tenths (R. Koenker, G. Bassett, Econometrica 46, 1978), a mean over weeks.
pub(super) fn week_score<'a>(weeks: impl Iterator<Item = &'a WeekResult>, model: usize) -> WeekScore {
    let (mut count, mut off, mut bias, mut actual, mut sum) = (0_usize, 0.0, 0.0, 0.0, 0.0);
    let (mut inside, mut ranged, mut pinball) = (0_usize, 0_usize, 0.0);
    for week in weeks {
        count += 1;
        let forecast = week.means[model];

        off += (week.actual - forecast).abs();
        bias += forecast - week.actual;
        actual += week.actual.abs();
        sum += week.actual;
        let range = if model == 0 { week.range } else { week.range.map(|_| [forecast; 3]) };
        if let Some(range) = range {
            ranged += 1;
            inside += usize::from(range[0] <= week.actual && week.actual <= range[2]);
            let loss = |share: f64, at: f64| (share * (week.actual - at)).max((share - 1.0) * (week.actual - at));
            pinball += (loss(0.1, range[0]) + loss(0.5, range[1]) + loss(0.9, range[2])) / 3.0;
        }
    }
    let over = |part: f64, whole: f64| if whole > 0.0 { Some(part / whole) } else { None };
    WeekScore {
        week_count: count,
        actual: sum,
        wape: over(off, actual),
        bias: over(bias, sum),
        coverage: if model == 0 { over(number(inside), number(ranged)) } else { None },
        pinball: over(pinball, number(ranged)),
    }
}

/// Scores items: the chance that a late one is thought likelier to be late than one on time (ranks, ties half), the mean
/// days between the median and the day, and the mean square of chance less outcome (G. W. Brier, Monthly Weather Review
/// 78, 1950).
pub(super) fn item_score(items: &[ItemResult], model: usize) -> ItemScore {
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (mut sum, mut count) = (0.0, 0_usize);
        for value in values {
            sum += value;
            count += 1;
        }
        if count == 0 { None } else { Some(sum / number(count)) }
    };
    let scored = |item: &ItemResult| {
        item.is_late.map(|is_late| (if model == 0 { item.late_chance } else { item.mean_delay }, is_late))
    };
    let chances: Vec<(f64, bool)> = if model < 2 { items.iter().filter_map(scored).collect() } else { Vec::new() };
    let ours = model == 0;
    ItemScore {
        item_count: items.len(),
        late_auc: auc(chances.clone()),
        mae_days: mean(&mut items.iter().filter_map(|item| item.days_off.map(|off| off[model]))),
        brier: if ours {
            mean(&mut chances.iter().map(|(chance, is_late)| (chance - f64::from(u8::from(*is_late))).powi(2)))
        } else {
            None
        },
        coverage: if ours {
            mean(&mut items.iter().filter_map(|item| item.is_in_range).map(|is_in| f64::from(u8::from(is_in))))
        } else {
            None
        },
    }
}

fn auc(mut chances: Vec<(f64, bool)>) -> Option<f64> {
    chances.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut before, mut sum, mut late) = (0.0, 0.0, 0.0);
    for ties in chances.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let late_here = number(ties.iter().filter(|(_, is_late)| *is_late).count());
        let on_time = number(ties.len()) - late_here;
        sum += late_here * (before + 0.5 * on_time);
        before += on_time;
        late += late_here;
    }
    if late > 0.0 && before > 0.0 { Some(sum / (late * before)) } else { None }
}

/// One line of the reliability table: of claims given about this chance, how many were paid in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reliability {
    pub(super) within_days: Day,
    /// Tenths of chance: 0 is up to 10 %.
    pub(super) tenth: usize,
    pub(super) item_count: usize,
    pub(super) expected: f64,
    pub(super) observed: f64,
}

/// Chances beside outcomes, by tenths of chance.
pub(super) fn reliability(items: &[ItemResult]) -> Vec<Reliability> {
    let mut lines = Vec::new();
    for (position, within_days) in WITHIN_DAYS.into_iter().enumerate() {
        let mut sums = [(0_usize, 0.0, 0_usize); 10];
        for (chance, was) in items.iter().map(|item| item.within[position]) {
            if let Some(was) = was {
                let tenth = (0..9).take_while(|tenth| chance > 0.1 * number(tenth + 1)).count();
                let sum = &mut sums[tenth];
                *sum = (sum.0 + 1, sum.1 + chance, sum.2 + usize::from(was));
            }
        }
        for (tenth, (count, expected, observed)) in sums.into_iter().enumerate().filter(|(_, sum)| sum.0 > 0) {
            lines.push(Reliability {
                within_days,
                tenth,
                item_count: count,
                expected: expected / number(count),
                observed: number(observed) / number(count),
            });
        }
    }
    lines
}
