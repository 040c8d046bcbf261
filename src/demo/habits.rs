//! Books whose customers' habits of payment are planted: what a forecast of receipts is held against.
//!
//! In: a habit, a seed and a size. Out: `items.csv`, `allocations.csv`, `customers.csv` as Encours reads them, and `truth.csv`:
//! what was planted of each customer. Same seed, same bytes, on every machine. Refused: nothing but a disk that refuses.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::{Datelike, Weekday};

use super::DemoError;
use super::dice::{Dice, Purpose};
use super::years::{bank_day, is_bank_day};
use crate::model::Date;
use crate::model::calendar::{add_days, add_months, month_end};
use crate::model::money::decimal_text;

/// What is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Each customer pays on a weekday of its own.
    Weekday,
    /// Each pays on the last bank day of a month.
    MonthEnd,
    /// Each takes the discount for early payment now and then, and pays at the end of a month else.
    TwoHabits,
    /// A third of the customers pay later and later: from 5 to 46 days within eight months.
    SlowDrift,
    /// A third pay later from one day to the next, half of them as before again four months later.
    Jump,
    /// Customers pay within a few days of the due date, or never.
    NeverPaid,
    /// Whatever falls due in August or December is paid later by all.
    Season,
    /// Parents pay for all companies of their group, twice a month.
    Parent,
    /// Customers of all these kinds in one book.
    Mixed,
}

impl Habit {
    /// All of them, with their codes.
    pub const ALL: [(&str, Self); 9] = [
        ("weekday", Self::Weekday),
        ("month_end", Self::MonthEnd),
        ("two_habits", Self::TwoHabits),
        ("slow_drift", Self::SlowDrift),
        ("jump", Self::Jump),
        ("never_paid", Self::NeverPaid),
        ("season", Self::Season),
        ("parent", Self::Parent),
        ("mixed", Self::Mixed),
    ];

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(_, habit)| *habit == self).map_or("", |(code, _)| code)
    }

    /// That of a customer of a book.
    fn of_customer(self, position: usize) -> Self {
        match self {
            Self::Mixed => Self::ALL[position % (Self::ALL.len() - 1)].1,
            habit => habit,
        }
    }

    /// The group of a customer, and the position of the company in it that pays for all: the first one.
    fn group_of(self, position: usize) -> (usize, usize) {
        // every so many customers of a book are of this habit
        let step = if self == Self::Mixed { Self::ALL.len() - 1 } else { 1 };
        let group = position / step / GROUP_SIZE;
        (group, group * GROUP_SIZE * step + position % step)
    }
}

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HabitOptions {
    /// What is planted.
    pub habit: Habit,
    /// Decides everything but the size.
    pub seed: u64,
    /// Of a hundred invoices of customers that never pay some, so many are never paid.
    pub never_percent: u8,
    /// How many customers.
    pub customer_count: usize,
    /// How many months the books hold.
    pub month_count: u16,
    /// The day the books end.
    pub last_day: Date,
}

impl HabitOptions {
    /// Sixty customers over thirty months.
    #[must_use]
    pub fn new(habit: Habit, seed: u64) -> Self {
        let last_day = Date::from_ymd_opt(2025, 6, 30).unwrap_or_default();
        Self { habit, seed, never_percent: 10, customer_count: 60, month_count: 30, last_day }
    }
}

/// Companies of one group.
const GROUP_SIZE: usize = 8;
/// Two groups pay on these days of a month, and two weeks later.
const GROUP_DAYS: [u32; 2] = [10, 15];
/// How the pace of a slowly drifting customer goes: days late before and after, and the months it takes.
const DRIFT: (i64, i64, i64) = (5, 46, 8);
/// Days that a jump adds, and after how many months half of the customers are back.
const JUMP_DAYS: i64 = 25;
const JUMP_MONTHS: i32 = 4;
/// Days that August and December add.
const SEASON_DAYS: [(u32, i64); 2] = [(8, 14), (12, 9)];

/// What was planted of a customer.
struct Payer {
    habit: Habit,
    terms: i64,
    /// Usual days after the due date.
    late_days: i64,
    /// How far a payment is from that at most.
    spread_days: i64,
    weekday: Weekday,
    /// Of a hundred invoices, so many are paid early.
    early_percent: i64,
    /// Of a thousand, so many never.
    never_permille: i64,
    /// Since when its pace changes.
    changed: Option<Date>,
    /// Whether it comes back to what it was.
    is_back: bool,
    invoices_a_month: i64,
    amount: i64,
}

const WEEKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

impl Payer {
    fn drawn(options: &HabitOptions, position: usize, dice: &mut Dice) -> Self {
        let habit = options.habit.of_customer(position);
        let terms = [30, 30, 45, 60][dice.position(4)];
        let late_days = dice.between(-4, 18);
        let spread_days = dice.between(1, 5);
        let months_back = i32::try_from(dice.between(3, 10)).unwrap_or(3);
        let is_changing = position.is_multiple_of(3);
        let changed = match habit {
            Habit::SlowDrift | Habit::Jump if is_changing || options.habit == Habit::Mixed => {
                Some(add_months(options.last_day, -months_back))
            }
            _ => None,
        };
        let never = i64::from(options.never_percent) * 10;
        Self {
            habit,
            terms,
            late_days: match habit {
                Habit::SlowDrift if changed.is_some() => DRIFT.0,
                Habit::NeverPaid => dice.between(-2, 4),
                Habit::MonthEnd | Habit::TwoHabits => dice.between(0, 20),
                _ => late_days,
            },
            spread_days: if habit == Habit::Jump && changed.is_none() { spread_days * 2 } else { spread_days },
            weekday: WEEKDAYS[dice.position(5)],
            early_percent: if habit == Habit::TwoHabits { dice.between(25, 75) } else { 0 },
            // some customers leave less unpaid than others
            never_permille: match (habit, dice.position(2)) {
                (Habit::NeverPaid, 0) => never / 2,
                (Habit::NeverPaid, _) => never * 3 / 2,
                _ => 0,
            },
            changed,
            is_back: dice.percent(50),
            invoices_a_month: dice.between(1, 5),
            amount: dice.between(200, 20_000),
        }
    }

    /// Usual days late of what falls due on a day.
    fn pace(&self, due: Date) -> i64 {
        let Some(changed) = self.changed.filter(|changed| due >= *changed) else { return self.late_days };
        let months = (due - changed).num_days() / 30;
        match self.habit {
            Habit::SlowDrift => {
                let (before, after, span) = DRIFT;
                before + (after - before) * months.min(span) / span
            }
            _ if self.is_back && due >= add_months(changed, JUMP_MONTHS) => self.late_days,
            _ => self.late_days + JUMP_DAYS,
        }
    }

    fn off(&self, dice: &mut Dice) -> i64 {
        dice.between(-self.spread_days, self.spread_days)
    }

    /// The day an invoice is paid; none if never.
    fn paid(&self, group: usize, issued: Date, due: Date, dice: &mut Dice) -> Option<Date> {
        let noise = i64::midpoint(self.off(dice), self.off(dice));
        let is_never = dice.permille(self.never_permille);
        let is_early = dice.percent(self.early_percent);
        let is_missed = dice.percent(4);
        let ready = add_days(due, self.pace(due) + noise);
        let run = match self.habit {
            Habit::Weekday => {
                let first = (0..7).map(|later| add_days(ready, later)).find(|day| day.weekday() == self.weekday);
                add_days(first.unwrap_or(ready), if is_missed { 7 } else { 0 })
            }
            Habit::TwoHabits if is_early => add_days(issued, 8 + noise.clamp(-2, 2)),
            Habit::MonthEnd | Habit::TwoHabits => {
                let end = month_end(ready);
                last_bank_day(if is_missed { month_end(add_days(end, 1)) } else { end })
            }
            Habit::Season => {
                let later = SEASON_DAYS.iter().find(|(month, _)| *month == due.month()).map_or(0, |(_, days)| *days);
                add_days(ready, later)
            }
            Habit::Parent => group_run(group, if is_missed { add_days(ready, 15) } else { ready }),
            _ => ready,
        };
        if is_never { None } else { Some(bank_day(run.max(add_days(issued, 1)))) }
    }
}

fn last_bank_day(end: Date) -> Date {
    (0..5).map(|before| add_days(end, -before)).find(|day| is_bank_day(*day)).unwrap_or(end)
}

/// The first day not before `ready` on which the group's parent pays.
fn group_run(group: usize, ready: Date) -> Date {
    let first = GROUP_DAYS[group % GROUP_DAYS.len()];
    let is_run = |day: &Date| day.day() == first || day.day() == first + 14;
    (0..40).map(|later| add_days(ready, later)).find(is_run).unwrap_or(ready)
}

/// The books as they grow.
#[derive(Default)]
struct Books {
    items: String,
    allocations: String,
    customers: String,
    truth: String,
    invoice_count: usize,
    receipt_count: usize,
}

impl Books {
    fn begun() -> Self {
        Self {
            items: "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned(),
            allocations: "debit_item_id,credit_item_id,allocated_date,amount\n".to_owned(),
            customers: "customer_id,name,group_id\n".to_owned(),
            truth: "customer_id,habit_code,late_days,spread_days,weekday,early_percent,never_permille,changed_date,is_back\n"
                .to_owned(),
            ..Self::default()
        }
    }

    fn customer(&mut self, id: &str, group: Option<usize>, payer: &Payer) -> std::fmt::Result {
        let group_id = group.map_or_else(String::new, |group| format!("G{group}"));
        writeln!(self.customers, "{id},Customer {id},{group_id}")?;
        writeln!(
            self.truth,
            "{id},{},{},{},{},{},{},{},{}",
            payer.habit.code(),
            payer.late_days,
            payer.spread_days,
            payer.weekday,
            payer.early_percent,
            payer.never_permille,
            payer.changed.map_or_else(String::new, |day| day.to_string()),
            payer.is_back
        )
    }

    /// One invoice, and the receipt of whoever pays it.
    fn invoice(
        &mut self,
        id: &str,
        payer_id: &str,
        span: [Date; 2],
        paid: Option<Date>,
        amount: i64,
    ) -> std::fmt::Result {
        self.invoice_count += 1;
        let number = self.invoice_count;
        let text = decimal_text(amount.into(), 2);
        writeln!(self.items, "F{number},{id},invoice,{},{},{text}", span[0], span[1])?;
        if let Some(paid) = paid {
            self.receipt_count += 1;
            writeln!(self.items, "R{number},{payer_id},receipt,{paid},{paid},-{text}")?;
            writeln!(self.allocations, "F{number},R{number},{paid},{text}")?;
        }
        Ok(())
    }
}

/// What was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HabitReport {
    /// Customers.
    pub customer_count: usize,
    /// Invoices.
    pub invoice_count: usize,
    /// Invoices paid by the last day.
    pub receipt_count: usize,
}

/// Writes the books into `folder`, made if missing.
///
/// # Errors
/// [`DemoError::Write`] when the folder cannot be written to.
pub fn write_habits(options: &HabitOptions, folder: &Path) -> Result<HabitReport, DemoError> {
    let mut books = Books::begun();
    // what is written into a text of the program's own memory cannot fail
    let _: std::fmt::Result = fill(options, &mut books);
    let unwritable = |source| DemoError::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(unwritable)?;
    let files = [
        ("items.csv", &books.items),
        ("allocations.csv", &books.allocations),
        ("customers.csv", &books.customers),
        ("truth.csv", &books.truth),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).map_err(unwritable)?;
    }
    let Books { invoice_count, receipt_count, .. } = books;
    Ok(HabitReport { customer_count: options.customer_count, invoice_count, receipt_count })
}

fn fill(options: &HabitOptions, books: &mut Books) -> std::fmt::Result {
    let first_month = add_months(options.last_day, -i32::from(options.month_count));
    for position in 0..options.customer_count {
        let mut dice = Dice::new(options.seed, Purpose::Habit, position);
        let payer = Payer::drawn(options, position, &mut dice);
        let id = customer_id(position);
        let is_of_group = payer.habit == Habit::Parent;
        let (group, parent) = options.habit.group_of(position);
        let payer_id = if is_of_group { customer_id(parent) } else { id.clone() };
        books.customer(&id, is_of_group.then_some(group), &payer)?;
        for month in 0..i32::from(options.month_count) {
            let start = add_days(month_end(add_months(first_month, month)), 1);
            for _ in 0..payer.invoices_a_month {
                let issued = bank_day(add_days(start, dice.between(0, 27)));
                let due = add_days(issued, payer.terms);
                let amount = payer.amount * dice.between(40, 250);
                let paid = payer.paid(group, issued, due, &mut dice).filter(|paid| *paid <= options.last_day);
                if issued <= options.last_day {
                    books.invoice(&id, &payer_id, [issued, due], paid, amount)?;
                }
            }
        }
    }
    Ok(())
}

fn customer_id(position: usize) -> String {
    format!("K{:03}", position + 1)
}
