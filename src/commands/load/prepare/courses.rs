//! What became of each item that a load adds or touches: closed or not, by what, and what changed on which day.
//!
//! Items are followed a part at a time, so that a lake of any size fits; an item of before that the load touches is
//! followed as it was and as it is now, and the difference is written.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::course::{Amounts, Course, Event, Means};
use super::shared::{Shared, SharedTexts, place};
use super::sums::Sums;
use super::tolerance::Tolerance;
use super::{Output, Prepare, engine_over};
use crate::commands::load::wanted::{Wanted, WantedFile};
use crate::engine::Batch;
use crate::error::Error;
use crate::ingest::staging::block_of;
use crate::model::rows::RowWriter;
use crate::model::tables::{
    ALLOCATION_LINKS, CLOSED_ITEMS, ITEM_DAYS, ITEMS, OPEN_CHANGES, UNEVEN_ITEMS, UNSETTLED_ITEMS,
};
use crate::model::{Date, ItemKind, Money, Rows, TableSpec};

/// The part of a number that is its place in its block.
const PLACE_BITS: i64 = 0xffff_ffff;
/// Numbers of one block that are followed at once.
const NUMBERS_AT_ONCE: i64 = 12 << 20;

/// An item as its course needs it.
#[derive(Clone, Copy)]
struct Item {
    number: i64,
    amounts: Amounts,
    issued: i32,
    posted: i32,
    due: Option<i32>,
    customer: u32,
    group: u32,
}

impl Item {
    /// What may be left of it when it counts as settled.
    fn tolerance(&self, tolerance: &Tolerance, is_claim: bool) -> i64 {
        if is_claim { tolerance.of(self.amounts.own) } else { 0 }
    }
}

/// What items are told apart by in sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Group {
    /// These three by number.
    company: u32,
    currency: u32,
    account: u32,
    /// Whether the customer owes it.
    is_debit: bool,
    /// Whether it is a claim.
    is_claim: bool,
}

/// Group, whether its items are even, month of posting, due date, days of issue and of change.
type ChangeKey = (u32, bool, i32, Option<i32>, [i32; 2]);

/// Group and kind by number; days of issue and posting; due date, and whether that was derived.
type ItemKey = (u32, u32, [i32; 2], Option<i32>, bool);

/// What all parts share.
struct Courses<'a, 'b> {
    prepare: &'a Prepare<'a>,
    output: &'a mut Output<'b>,
    is_anew: bool,
    texts: SharedTexts,
    groups: Shared<Group>,
    /// Items that were uneven before this load.
    uneven: HashSet<i64>,
    changes: Sums<ChangeKey, 8, 1>,
    tolerance: Tolerance,
    /// The smallest amount of the base currency.
    smallest: i64,
    /// Sums of all items that are read, while they are wanted.
    item_sums: Option<Sums<ItemKey, 2, 2>>,
    closed_rows: Rows,
    uneven_rows: Rows,
}

/// The items of a part and where each is.
#[derive(Default)]
struct Part {
    items: Vec<Item>,
    /// By block of numbers and place in it, one more than the place in `items`; 0 where there is none.
    places: HashMap<i64, Vec<u32>>,
    first_place: i64,
}

/// Days and what they changed, of every item of a part in turn.
#[derive(Default)]
struct Events {
    list: Vec<(u32, Event)>,
}

/// Follows the items.
pub(super) async fn follow(
    prepare: &Prepare<'_>,
    wanted: &Wanted,
    is_anew: bool,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let mut courses = Courses {
        prepare,
        output,
        is_anew,
        texts: SharedTexts::default(),
        groups: Shared::default(),
        uneven: HashSet::new(),
        changes: Sums::new(&OPEN_CHANGES),
        tolerance: Tolerance::parse(prepare.settings.reference("settlement_tolerance"))?,
        smallest: prepare.smallest()?,
        item_sums: None,
        closed_rows: Rows::new(&CLOSED_ITEMS),
        uneven_rows: Rows::new(&UNEVEN_ITEMS),
    };
    let touched = courses.touched(wanted).await?;
    if !touched.is_empty() {
        courses.follow_touched(wanted, &touched).await?;
    }
    let mut open = HashSet::new();
    let largest_place = courses.follow_part(wanted, 0, &mut open).await?;
    let mut first_place = NUMBERS_AT_ONCE;
    while first_place <= largest_place {
        courses.follow_part(wanted, first_place, &mut open).await?;
        first_place += NUMBERS_AT_ONCE;
    }
    courses.finish()?;
    list_unsettled(wanted, is_anew, &open, output).await
}

/// The condition that a number has a place within a range of its block: what is outside need not be decoded.
fn within(column: &str, places: &Range<i64>) -> String {
    let place = format!("(rows_read.{column} & {PLACE_BITS})");
    format!("{place} >= {} and {place} < {}", places.start, places.end)
}

/// Whether this load reads a file as new.
fn is_read(is_anew: bool) -> impl Fn(&WantedFile) -> bool + Copy {
    move |file| is_anew || !file.is_of_base()
}

impl Courses<'_, '_> {
    /// Items of before that allocations of this load name.
    async fn touched(&mut self, wanted: &Wanted) -> Result<HashSet<i64>, Error> {
        // a lake that held no item has none to be touched
        if self.is_anew || !wanted.files(&ITEMS).iter().any(WantedFile::is_of_base) {
            return Ok(HashSet::new());
        }
        let of_base = |file: &WantedFile| file.is_of_base();
        if let Some(engine) = engine_over(wanted, &UNEVEN_ITEMS, of_base)? {
            let mut rows = engine.stream_table(&UNEVEN_ITEMS, "select rows_read.item_number from rows_read").await?;
            while let Some(batch) = rows.next_batch().await? {
                let numbers = batch.numbers("item_number");
                self.uneven.extend((0..batch.len()).filter_map(|row| numbers.get(row)));
            }
        }
        let mut touched = HashSet::new();
        let own_block = i64::from(block_of(self.prepare.load_id));
        self.each_link(wanted, is_read(false), "", |number, _| {
            if number >> 32 != own_block {
                touched.insert(number);
            }
        })
        .await?;
        Ok(touched)
    }

    /// Follows items of before as they were and as they are.
    async fn follow_touched(&mut self, wanted: &Wanted, touched: &HashSet<i64>) -> Result<(), Error> {
        let of_base = |file: &WantedFile| file.is_of_base();
        let mut part = Part::default();
        let is_asked = |number: i64| touched.contains(&number);
        // nearly all of them were open, and those are listed
        self.read_items(wanted, &UNSETTLED_ITEMS, of_base, "", is_asked, &mut part).await?;
        if part.items.len() < touched.len() {
            let found: HashSet<i64> = part.items.iter().map(|item| item.number).collect();
            let is_missing = |number: i64| touched.contains(&number) && !found.contains(&number);
            self.read_items(wanted, &ITEMS, of_base, "", is_missing, &mut part).await?;
        }
        let mut before = Events::default();
        self.each_link(wanted, of_base, "", |number, event| before.add(&part, number, event)).await?;
        let mut now = Events { list: before.list.clone() };
        self.each_link(wanted, is_read(false), "", |number, event| now.add(&part, number, event)).await?;
        let before = before.sorted(&part);
        let now = now.sorted(&part);
        let (mut old, mut new) = (Course::default(), Course::default());
        for (at, item) in part.items.iter().enumerate() {
            let is_claim = self.groups.value(item.group).is_claim;
            let tolerance = item.tolerance(&self.tolerance, is_claim);
            old.follow(item.amounts.own, item.posted, before.of(at), tolerance);
            new.follow(item.amounts.own, item.posted, now.of(at), tolerance);
            let was_uneven = self.uneven.contains(&item.number);
            self.change(item, &old, !was_uneven, -1);
            // what was closed is listed as closed since that day: it is followed step by step from now on
            let is_even =
                !was_uneven && new.is_even && (!is_claim || new.is_plain) && (old.closed.is_none() || old == new);
            self.change(item, &new, is_even, 1);
            if is_even && old.closed.is_none() {
                self.close(item, &new)?;
            } else if !is_even && !was_uneven {
                self.list_uneven(item)?;
            }
        }
        Ok(())
    }

    /// Follows the new items from a place of their blocks on; answers the largest place that was read: of all of them, when
    /// it is the first.
    async fn follow_part(&mut self, wanted: &Wanted, first_place: i64, open: &mut HashSet<i64>) -> Result<i64, Error> {
        let is_new = is_read(self.is_anew);
        let mut part = Part { first_place, ..Part::default() };
        let mut largest_place = 0;
        let range = first_place..first_place + NUMBERS_AT_ONCE;
        let is_asked = |number: i64| {
            let place = number & PLACE_BITS;
            largest_place = largest_place.max(place);
            range.contains(&place)
        };
        self.item_sums = (first_place == 0).then(|| Sums::new(&ITEM_DAYS));
        // the first reading looks at all items, for their sums and the largest place
        let condition =
            if first_place == 0 { String::new() } else { format!("where {}", within("item_number", &range)) };
        self.read_items(wanted, &ITEMS, is_new, &condition, is_asked, &mut part).await?;
        if let Some(sums) = self.item_sums.take() {
            self.write_item_sums(sums)?;
        }
        let condition = if first_place == 0 && largest_place < NUMBERS_AT_ONCE {
            String::new()
        } else {
            format!("where {} or {}", within("debit_item_number", &range), within("credit_item_number", &range))
        };
        let mut events = Events::default();
        self.each_link(wanted, is_new, &condition, |number, event| events.add(&part, number, event)).await?;
        let events = events.sorted(&part);
        let mut course = Course::default();
        for (at, item) in part.items.iter().enumerate() {
            let is_claim = self.groups.value(item.group).is_claim;
            course.follow(item.amounts.own, item.posted, events.of(at), item.tolerance(&self.tolerance, is_claim));
            let is_even = course.is_even && (!is_claim || course.is_plain);
            if item.amounts.is_revaluation() {
                course.closed = None;
            }
            self.change(item, &course, is_even, 1);
            if is_even {
                self.close(item, &course)?;
            } else {
                self.list_uneven(item)?;
            }
            if course.closed.is_none() {
                open.insert(item.number);
            }
        }
        Ok(largest_place)
    }

    /// Adds, or takes back, what a course changes.
    fn change(&mut self, item: &Item, course: &Course, is_even: bool, sign: i64) {
        let is_debit = item.amounts.is_debit();
        let revaluation = item.amounts.base.filter(|_| item.amounts.is_revaluation());
        let month = first_of_month(item.posted);
        for step in &course.steps {
            let base = |amount: i64| item.amounts.in_base(amount, self.smallest).unwrap_or_default();
            let amounts = [step.before, step.after, step.moved];
            let based = revaluation.map_or_else(|| amounts.map(base), |base| [0, base, 0]);
            let [own, based] = [amounts, based].map(|[before, after, moved]| {
                let debit = if is_debit { after.max(0) - before.max(0) } else { 0 };
                // what was moved is a part of what the debit item went down by
                let moved = if is_debit { moved.clamp(debit.min(0), 0) } else { 0 };
                [after - before, debit, after.min(0) - before.min(0), moved].map(|change| sign * change)
            });
            let is_open_after = step.after != 0 || revaluation.is_some();
            let count = sign * (i64::from(is_open_after) - i64::from(step.before != 0));
            let amounts = [own[0], own[1], own[2], own[3], based[0], based[1], based[2], based[3]];
            if amounts.iter().any(|amount| *amount != 0) || count != 0 {
                self.changes.add((item.group, is_even, month, item.due, [item.issued, step.day]), amounts, [count]);
            }
        }
    }

    fn close(&mut self, item: &Item, course: &Course) -> Result<(), Error> {
        let Some(closed) = course.closed else { return Ok(()) };
        let Group { company, currency, is_debit, is_claim, .. } = *self.groups.value(item.group);
        let row = self.closed_rows.row().text(self.texts.value(company)).int(Some(item.number));
        let row = row.text(self.texts.value(item.customer)).text(self.texts.value(currency)).flag(Some(is_debit));
        let row = row.date(Date::from_epoch_days(item.posted)).date(item.due.and_then(Date::from_epoch_days));
        let row = row.money(Money::from_thousandths(item.amounts.own));
        let row = row.money(item.amounts.base.and_then(Money::from_thousandths)).date(Date::from_epoch_days(closed));
        row.flag(Some(course.is_cash)).flag(Some(is_claim)).text("").end();
        self.output.offer(&mut self.closed_rows)
    }

    fn list_uneven(&mut self, item: &Item) -> Result<(), Error> {
        let company = self.groups.value(item.group).company;
        self.uneven_rows.row().text(self.texts.value(company)).int(Some(item.number)).text("").end();
        self.output.offer(&mut self.uneven_rows)
    }

    fn finish(mut self) -> Result<(), Error> {
        self.output.write(&mut self.closed_rows)?;
        self.output.write(&mut self.uneven_rows)?;
        let (texts, groups) = (&self.texts, &self.groups);
        let day = |days: i32| Date::from_epoch_days(days);
        self.changes.write(self.output, |rows, (group, is_even, month, due, [issued, step]), amounts, [count]| {
            let Group { company, currency, account, is_debit, is_claim } = *groups.value(group);
            let row = rows.row().text(texts.value(company)).text(texts.value(currency)).text(texts.value(account));
            let row = row.flag(Some(is_debit)).flag(Some(is_claim)).flag(Some(is_even)).date(day(month));
            let row = row.date(due.and_then(Date::from_epoch_days)).date(day(issued)).date(day(step));
            amounts.into_iter().fold(row, RowWriter::money).int(count).text("").end();
        })
    }

    /// Reads the items asked for into a part.
    async fn read_items(
        &mut self,
        wanted: &Wanted,
        table: &'static TableSpec,
        is_read: impl Fn(&WantedFile) -> bool,
        condition: &str,
        mut is_asked: impl FnMut(i64) -> bool,
        part: &mut Part,
    ) -> Result<(), Error> {
        let Some(engine) = engine_over(wanted, table, is_read)? else { return Ok(()) };
        let sql = "select rows_read.company_id, rows_read.item_number, rows_read.customer_id, rows_read.account, \
                   rows_read.kind, rows_read.issued_date, rows_read.posted_date, rows_read.due_date, \
                   rows_read.due_is_derived, rows_read.currency_code, rows_read.amount, rows_read.base_amount from rows_read";
        let mut rows = engine.stream_table(table, &format!("{sql} {condition}")).await?;
        while let Some(batch) = rows.next_batch().await? {
            self.take_items(&batch, &mut is_asked, part);
        }
        Ok(())
    }

    fn take_items(&mut self, batch: &Batch, is_asked: &mut impl FnMut(i64) -> bool, part: &mut Part) {
        let numbers = batch.numbers("item_number");
        let [companies, customers, accounts, kinds, currencies] =
            ["company_id", "customer_id", "account", "kind", "currency_code"].map(|name| batch.texts(name));
        let [issued, posted, due] = ["issued_date", "posted_date", "due_date"].map(|name| batch.days(name));
        let (amounts, bases) = (batch.decimals("amount"), batch.decimals("base_amount"));
        let derived = batch.flags("due_is_derived");
        for row in 0..batch.len() {
            let Some(number) = numbers.get(row) else { continue };
            let is_wanted = is_asked(number);
            if !is_wanted && self.item_sums.is_none() {
                continue;
            }
            let own = thousandths(amounts.get(row));
            let base = bases.get(row).map(|base| thousandths(Some(base)));
            let issued = issued.get(row).unwrap_or_default();
            let posted = posted.get(row).unwrap_or(issued);
            let due = due_date(own, kinds.get(row), due.get(row), issued);
            let company = self.texts.number(0, companies.get(row));
            let currency = self.texts.number(1, currencies.get(row));
            let account = self.texts.number(2, accounts.get(row));
            let is_debit = Amounts { own, base }.is_debit();
            let is_claim = is_debit && ItemKind::parse(kinds.get(row)).is_some_and(ItemKind::is_claim);
            let group = self.groups.number(Group { company, currency, account, is_debit, is_claim });
            if let Some(sums) = &mut self.item_sums {
                let key = (group, self.texts.number(3, kinds.get(row)), [issued, posted], due, derived.get(row));
                sums.add(key, [own, base.unwrap_or_default()], [1, i64::from(base.is_none())]);
            }
            if is_wanted {
                let customer = self.texts.number(4, customers.get(row));
                part.push(Item { number, amounts: Amounts { own, base }, issued, posted, due, customer, group });
            }
        }
    }

    /// Writes the sums of the items this load adds.
    fn write_item_sums(&mut self, sums: Sums<ItemKey, 2, 2>) -> Result<(), Error> {
        let (texts, groups) = (&self.texts, &self.groups);
        sums.write(self.output, |rows, (group, kind, days, due, is_derived), [amount, base], [count, missing]| {
            let Group { company, currency, account, is_debit, .. } = *groups.value(group);
            let row = rows.row().text(texts.value(company)).text(texts.value(currency)).text(texts.value(account));
            let row = row.text(texts.value(kind)).flag(Some(is_debit));
            let row = days.into_iter().fold(row, |row, day| row.date(Date::from_epoch_days(day)));
            let row = row.date(due.and_then(Date::from_epoch_days)).flag(Some(is_derived));
            row.money(amount).money(base).int(count).int(missing).text("").end();
        })
    }

    /// Each item of a link, and what the link changes of it.
    async fn each_link(
        &self,
        wanted: &Wanted,
        is_read: impl Fn(&WantedFile) -> bool,
        condition: &str,
        mut each: impl FnMut(i64, Event),
    ) -> Result<(), Error> {
        let Some(engine) = engine_over(wanted, &ALLOCATION_LINKS, is_read)? else { return Ok(()) };
        let sql = "select rows_read.debit_item_number, rows_read.credit_item_number, rows_read.amount, \
                   rows_read.acting_date, rows_read.credit_kind from rows_read";
        let mut rows = engine.stream_table(&ALLOCATION_LINKS, &format!("{sql} {condition}")).await?;
        while let Some(batch) = rows.next_batch().await? {
            let (debits, credits) = (batch.numbers("debit_item_number"), batch.numbers("credit_item_number"));
            let (amounts, days) = (batch.decimals("amount"), batch.days("acting_date"));
            let kinds = batch.texts("credit_kind");
            for row in 0..batch.len() {
                let (Some(debit), Some(credit), Some(day)) = (debits.get(row), credits.get(row), days.get(row)) else {
                    continue;
                };
                let amount = thousandths(amounts.get(row));
                each(debit, Event { day, change: -amount, means: means(kinds.get(row)) });
                each(credit, Event { day, change: amount, means: Means::Other });
            }
        }
        Ok(())
    }
}

impl Part {
    fn push(&mut self, item: Item) {
        let (block, at) = self.place_of(item.number);
        let places = self.places.entry(block).or_default();
        if places.len() <= at {
            places.resize(at + 1, 0);
        }
        self.items.push(item);
        places[at] = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
    }

    fn place_of(&self, number: i64) -> (i64, usize) {
        (number >> 32, usize::try_from((number & PLACE_BITS) - self.first_place).unwrap_or(usize::MAX))
    }

    fn find(&self, number: i64) -> Option<u32> {
        let (block, at) = self.place_of(number);
        self.places.get(&block)?.get(at)?.checked_sub(1)
    }
}

impl Events {
    fn add(&mut self, part: &Part, number: i64, event: Event) {
        if let Some(at) = part.find(number) {
            self.list.push((at, event));
        }
    }

    /// Brings the events into the order of their items, each item's into that of the days.
    fn sorted(self, part: &Part) -> SortedEvents {
        let mut ends = vec![0_u32; part.items.len() + 1];
        self.list.iter().for_each(|(at, _)| ends[place(*at) + 1] += 1);
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        let mut next = ends.clone();
        let mut events = vec![Event { day: 0, change: 0, means: Means::Other }; self.list.len()];
        for (at, event) in self.list {
            let place_of_event = &mut next[place(at)];
            events[place(*place_of_event)] = event;
            *place_of_event += 1;
        }
        for at in 1..ends.len() {
            events[place(ends[at - 1])..place(ends[at])].sort_by_key(|event| event.day);
        }
        SortedEvents { events, ends }
    }
}

/// The events of the items of a part, one item after the other.
struct SortedEvents {
    events: Vec<Event>,
    /// Where those of each item begin; the next one's begin where they end.
    ends: Vec<u32>,
}

impl SortedEvents {
    fn of(&self, at: usize) -> &[Event] {
        &self.events[place(self.ends[at])..place(self.ends[at + 1])]
    }
}

/// Lists the new items that are open, with what questions ask of them.
async fn list_unsettled(
    wanted: &Wanted,
    is_anew: bool,
    open: &HashSet<i64>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let Some(engine) = engine_over(wanted, &ITEMS, is_read(is_anew))? else { return Ok(()) };
    let columns: Vec<String> =
        UNSETTLED_ITEMS.columns.iter().map(|column| format!("rows_read.{}", column.name)).collect();
    let sql = format!("select {} from rows_read", columns.join(", "));
    let mut out = Rows::new(&UNSETTLED_ITEMS);
    let mut rows = engine.stream_table(&UNSETTLED_ITEMS, &sql).await?;
    while let Some(batch) = rows.next_batch().await? {
        let numbers = batch.numbers("item_number");
        for row in 0..batch.len() {
            let Some(number) = numbers.get(row).filter(|number| open.contains(number)) else { continue };
            let text = |name: &str| batch.texts(name).get(row);
            let day = |name: &str| batch.days(name).get(row).and_then(Date::from_epoch_days);
            let money = |name: &str| batch.decimals(name).get(row).and_then(Money::from_wide);
            let issued = day("issued_date");
            let listed = out.row().text(text("company_id")).int(Some(number)).text(text("item_id"));
            let listed = listed.text(text("customer_id")).text(text("account")).text(text("currency_code"));
            let listed = listed.text(text("kind")).date(issued).date(day("posted_date").or(issued));
            let listed = listed.date(day("due_date")).flag(Some(batch.flags("due_is_derived").get(row)));
            let listed = listed.money(money("amount")).money(money("base_amount")).text(text("reference"));
            let line = batch.numbers("source_line").get(row);
            listed.text(text("source_file")).int(line).text("").end();
        }
        output.offer(&mut out)?;
    }
    output.write(&mut out)
}

/// All digits of an amount of the lake, which has no more than 18.
fn thousandths(digits: Option<i128>) -> i64 {
    digits.and_then(|digits| i64::try_from(digits).ok()).unwrap_or_default()
}

/// The due date as questions see it: credits and money that went back sit on their own date.
fn due_date(own: i64, kind: &str, due: Option<i32>, issued: i32) -> Option<i32> {
    let is_money_back = [ItemKind::ReturnedReceipt, ItemKind::Refund].iter().any(|back| back.code() == kind);
    if own > 0 && !is_money_back { due } else { due.or(Some(issued)) }
}

/// By what a credit of that kind lowers a debit item.
fn means(kind: &str) -> Means {
    match ItemKind::parse(kind) {
        Some(ItemKind::Receipt) => Means::Receipt,
        Some(ItemKind::Discount) => Means::Discount,
        Some(ItemKind::Transfer | ItemKind::Factored) => Means::Move,
        _ => Means::Other,
    }
}

/// The first day of a day's month, both counted from 1970-01-01.
fn first_of_month(day: i32) -> i32 {
    use chrono::Datelike;
    Date::from_epoch_days(day).map_or(day, |date| day - i32::try_from(date.day0()).unwrap_or_default())
}
