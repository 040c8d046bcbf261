//! A filled line of a worklist as actions: what was said to whom, and what came of it.
//!
//! In: the line's hidden columns and what a collector wrote beside it. Out: rows of `actions`, one a contested item for
//! a dispute, else one. Refused: a result or reason nobody knows, a promise without its day.

use std::collections::BTreeMap;

use super::super::reason::{Reason, Refusal};
use super::super::reference::ActionCodes;
use crate::model::money::thousandths_of;
use crate::model::rows::Cell;
use crate::model::{Date, Money, tables};

const DISPUTED: &str = "disputed";
const SOLVED: &str = "dispute_solved";

/// The actions of a line; each row has one cell a column of `actions`. What was said for a group was said for each of its
/// customers on the line.
pub fn actions(
    values: &[Cell],
    places: &BTreeMap<&'static str, usize>,
    codes: &ActionCodes,
) -> Result<Vec<Vec<Cell>>, Refusal> {
    let line = Line { values, places };
    line.check(codes)?;
    let items = line.contested()?;
    let members = line.members();
    if !items.is_empty() {
        let mut rows: Vec<_> = items.iter().map(|item| line.action(item.customer, Some(item.id), None)).collect();
        // the others of a group were spoken to, no more
        let mut spoken: Vec<&str> = members.iter().map(|(customer, _)| *customer).collect();
        if !spoken.is_empty() && !spoken.contains(&line.text("customer_id")) {
            spoken.push(line.text("customer_id"));
        }
        spoken.retain(|customer| items.iter().all(|item| item.customer != *customer));
        rows.extend(spoken.into_iter().map(|customer| line.reached(customer)));
        return Ok(rows);
    }
    if members.is_empty() {
        return Ok(vec![line.action(line.text("customer_id"), None, None)]);
    }
    let mut rows: Vec<_> =
        line.shares(&members).into_iter().map(|(customer, share)| line.action(customer, None, Some(share))).collect();
    // who speaks for the group was spoken to, and promised nothing of its own
    if members.iter().all(|(customer, _)| *customer != line.text("customer_id")) {
        let nothing = Share { day: Cell::Empty, amount: Cell::Empty };
        rows.push(line.action(line.text("customer_id"), None, Some(nothing)));
    }
    Ok(rows)
}

/// An item of the line, and whose it is.
struct Item<'a> {
    id: &'a str,
    document: &'a str,
    customer: &'a str,
}

/// A customer's part of what was promised for its group.
struct Share {
    day: Cell,
    amount: Cell,
}

/// The values of a line by their names.
struct Line<'a> {
    values: &'a [Cell],
    places: &'a BTreeMap<&'static str, usize>,
}

impl<'a> Line<'a> {
    fn get(&self, name: &str) -> &'a Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.places.get(name).and_then(|&place| self.values.get(place)).unwrap_or(EMPTY)
    }

    fn text(&self, name: &str) -> &'a str {
        if let Cell::Text(text) = self.get(name) { text } else { "" }
    }

    /// The customers of a group and what each owes on the line, in thousandths; none where the line is of one customer.
    fn members(&self) -> Vec<(&'a str, i128)> {
        let pairs = self.text("members_text").split('|').filter_map(|pair| pair.rsplit_once('='));
        pairs.map(|(customer, amount)| (customer, thousandths_of(amount).unwrap_or_default())).collect()
    }

    fn action(&self, customer: &str, item: Option<&str>, share: Option<Share>) -> Vec<Cell> {
        let line_id = self.text("line_id");
        let name = match (item, &share) {
            (Some(item), _) => format!("{line_id} {item}"),
            (None, Some(_)) => format!("{line_id} {customer}"),
            (None, None) => line_id.to_owned(),
        };
        let share = share.unwrap_or_else(|| Share {
            day: self.get("promised_date").clone(),
            amount: self.get("promised_amount").clone(),
        });
        let cell = |column: &str| match column {
            "action_id" => Cell::text(name.as_str()),
            "customer_id" => Cell::text(customer),
            "item_id" => item.map_or(Cell::Empty, Cell::text),
            "collector_id" => self.get("assignee_id").clone(),
            "action_date" => self.get("list_date").clone(),
            "promised_date" => share.day.clone(),
            "promised_amount" => share.amount.clone(),
            other => self.get(other).clone(),
        };
        tables::ACTIONS.columns.iter().map(|column| cell(column.name)).collect()
    }

    /// Somebody was spoken to of other items than this customer's.
    fn reached(&self, customer: &str) -> Vec<Cell> {
        let mut cells = self.action(customer, None, Some(Share { day: Cell::Empty, amount: Cell::Empty }));
        for (name, cell) in [("result_code", Cell::text("reached")), ("reason_code", Cell::Empty)] {
            if let Some(place) = tables::ACTIONS.position(name) {
                cells[place] = cell;
            }
        }
        cells
    }

    /// What was promised, by member: in proportion to what each owes, the last taking the rest.
    fn shares(&self, members: &[(&'a str, i128)]) -> Vec<(&'a str, Share)> {
        let day = self.get("promised_date");
        let Cell::Money(promised) = self.get("promised_amount") else {
            let share = |customer| (customer, Share { day: day.clone(), amount: Cell::Empty });
            return members.iter().map(|(customer, _)| share(*customer)).collect();
        };
        let owed: i128 = members.iter().map(|(_, owed)| *owed).sum();
        // whole units where all is in whole units (yen have no cents), else hundredths, else thousandths
        let is_whole = |unit: &i128| promised.wide() % unit == 0 && members.iter().all(|(_, owed)| owed % unit == 0);
        let unit = [1000, 10].into_iter().find(is_whole).unwrap_or(1);
        let mut left = promised.wide();
        let mut shares = Vec::new();
        for (position, (customer, part)) in members.iter().enumerate() {
            let is_last = position + 1 == members.len();
            let share = if is_last || owed == 0 { left } else { promised.wide() * part / owed / unit * unit };
            left -= share;
            let amount = Cell::money(Money::from_wide(share).filter(|share| *share > Money::ZERO));
            let day = if amount == Cell::Empty { Cell::Empty } else { day.clone() };
            shares.push((*customer, Share { day, amount }));
        }
        shares
    }

    fn check(&self, codes: &ActionCodes) -> Result<(), Refusal> {
        let result = self.text("result_code");
        let Some(is_promise) = codes.is_promise(result) else {
            return Err(Refusal::of(Reason::ResultUnknown, "result_code", result));
        };
        let reason = self.text("reason_code");
        if !reason.is_empty() && !codes.knows_reason(reason) {
            return Err(Refusal::of(Reason::ReasonUnknown, "reason_code", reason));
        }
        let day = |name: &str| if let Cell::Date(day) = self.get(name) { Some(*day) } else { None };
        match (day("promised_date"), self.get("promised_amount")) {
            (None, _) if is_promise => Err(Refusal::of(Reason::PromiseIncomplete, "promised_date", "")),
            (Some(promised), _) if !is_promise => {
                Err(Refusal::of(Reason::PromiseIncomplete, "result_code", &format!("{result}, {promised}")))
            }
            (None, Cell::Money(amount)) => {
                Err(Refusal::of(Reason::PromiseIncomplete, "result_code", &format!("{result}, {amount}")))
            }
            (Some(promised), _) if day("list_date").is_some_and(|listed: Date| promised < listed) => {
                Err(Refusal::of(Reason::PromisePast, "promised_date", &promised.to_string()))
            }
            (Some(_), Cell::Money(amount)) if *amount <= Money::ZERO => {
                Err(Refusal::of(Reason::AmountNotPositive, "promised_amount", &amount.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// The items that a dispute, or its end, is about: the document named, else all of the line.
    fn contested(&self) -> Result<Vec<Item<'a>>, Refusal> {
        let document = self.text("document");
        let is_of_group = !self.text("members_text").is_empty();
        let items = self.text("items_text").split('|').filter_map(|pair| {
            let (id, rest) = pair.split_once('=')?;
            let own = (rest, self.text("customer_id"));
            let (document, customer) = if is_of_group { rest.rsplit_once('=').unwrap_or(own) } else { own };
            Some(Item { id, document, customer })
        });
        let is_about_items = [DISPUTED, SOLVED].contains(&self.text("result_code"));
        if document.is_empty() {
            return Ok(if is_about_items { items.collect() } else { Vec::new() });
        }
        let named: Vec<Item<'a>> = items.filter(|item| item.id == document || item.document == document).collect();
        if named.is_empty() { Err(Refusal::of(Reason::ItemUnknown, "document", document)) } else { Ok(named) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a shipped table that cannot be read must stop the test")]
mod tests {
    use super::*;
    use crate::ingest::samples;

    const NAMES: [&str; 10] = [
        "customer_id",
        "members_text",
        "line_id",
        "list_date",
        "result_code",
        "reason_code",
        "promised_date",
        "promised_amount",
        "items_text",
        "document",
    ];

    fn read(written: &[(&str, Cell)]) -> Result<Vec<Vec<Cell>>, Reason> {
        let day = Cell::Date("2025-12-31".parse().unwrap());
        let mut values = vec![Cell::Empty; NAMES.len()];
        let shown = [("line_id", Cell::text("L")), ("list_date", day), ("items_text", Cell::text("a=F1|b=F2"))];
        for (name, cell) in shown.iter().chain(written) {
            values[NAMES.iter().position(|known| known == name).unwrap()] = cell.clone();
        }
        let places = NAMES.iter().copied().enumerate().map(|(place, name)| (name, place)).collect();
        actions(&values, &places, &samples::action_codes()).map_err(|refusal| refusal.reason)
    }

    fn day(text: &str) -> Cell {
        Cell::Date(text.parse().unwrap())
    }

    #[test]
    fn a_promise_needs_its_day_and_a_day_its_promise() {
        let result = |code: &str| ("result_code", Cell::text(code));
        let amount = |hundredths| ("promised_amount", Cell::Money(Money::from_hundredths(hundredths).unwrap()));
        assert_eq!(read(&[result("promised"), ("promised_date", day("2026-01-15")), amount(100)]).unwrap().len(), 1);
        assert_eq!(read(&[result("promised")]), Err(Reason::PromiseIncomplete));
        assert_eq!(read(&[result("reached"), ("promised_date", day("2026-01-15"))]), Err(Reason::PromiseIncomplete));
        assert_eq!(read(&[result("reached"), amount(100)]), Err(Reason::PromiseIncomplete));
        assert_eq!(read(&[result("promised"), ("promised_date", day("2025-12-30"))]), Err(Reason::PromisePast));
        let negative = [result("promised"), ("promised_date", day("2026-01-15")), amount(-100)];
        assert_eq!(read(&negative), Err(Reason::AmountNotPositive));
        assert_eq!(read(&[result("shouted")]), Err(Reason::ResultUnknown));
        assert_eq!(read(&[result("disputed"), ("reason_code", Cell::text("bad luck"))]), Err(Reason::ReasonUnknown));
    }

    #[test]
    fn what_a_group_promises_each_of_its_customers_promises_in_proportion() {
        let line = |written: &[(&str, Cell)]| {
            let of_group = [
                ("customer_id", Cell::text("P")),
                ("members_text", Cell::text("A=200.000|B=100.000")),
                ("items_text", Cell::text("a=F=1=A|b=F2=B")),
            ];
            read(&of_group.iter().chain(written).cloned().collect::<Vec<_>>()).unwrap()
        };
        let told = |rows: Vec<Vec<Cell>>| {
            let place = |name: &str| tables::ACTIONS.position(name).unwrap();
            let columns = ["action_id", "customer_id", "promised_amount"].map(place);
            rows.iter().map(|row| columns.map(|column| row[column].clone())).collect::<Vec<_>>()
        };
        let money = |hundredths| Cell::Money(Money::from_hundredths(hundredths).unwrap());
        let promised = [("result_code", Cell::text("promised")), ("promised_date", day("2026-01-15"))];
        let of_part: Vec<_> = promised.iter().cloned().chain([("promised_amount", money(10_000))]).collect();
        let row = |id: &str, customer: &str, amount: Cell| [Cell::text(id), Cell::text(customer), amount];
        let expected = [row("L A", "A", money(6600)), row("L B", "B", money(3400)), row("L P", "P", Cell::Empty)];
        assert_eq!(told(line(&of_part)), expected);
        // no amount: all that each owes by then
        let expected = [row("L A", "A", Cell::Empty), row("L B", "B", Cell::Empty), row("L P", "P", Cell::Empty)];
        assert_eq!(told(line(&promised)), expected);
        let disputed = [("result_code", Cell::text("disputed")), ("document", Cell::text("F=1"))];
        let others = [row("L B", "B", Cell::Empty), row("L P", "P", Cell::Empty)];
        assert_eq!(told(line(&disputed)), [&[row("L a", "A", Cell::Empty)][..], &others].concat());
    }

    #[test]
    fn a_dispute_is_about_the_document_named_or_all_of_the_line() {
        let disputed = ("result_code", Cell::text("disputed"));
        let named = |document: &str| read(&[disputed.clone(), ("document", Cell::text(document))]);
        let ids = |rows: Vec<Vec<Cell>>| rows.iter().map(|row| row[1].clone()).collect::<Vec<_>>();
        assert_eq!(ids(named("F2").unwrap()), [Cell::text("L b")]);
        assert_eq!(ids(named("a").unwrap()), [Cell::text("L a")]);
        assert_eq!(named("F9"), Err(Reason::ItemUnknown));
        assert_eq!(ids(read(std::slice::from_ref(&disputed)).unwrap()), [Cell::text("L a"), Cell::text("L b")]);
    }
}
