//! A filled line of a worklist as actions: what was said to whom, and what came of it.
//!
//! In: the line's hidden columns and what a collector wrote beside it. Out: rows of `actions`, one a contested item for
//! a dispute, else one. Refused: a result or reason nobody knows, a promise without its day.

use std::collections::BTreeMap;

use super::super::reason::{Reason, Refusal};
use super::super::reference::ActionCodes;
use crate::model::rows::Cell;
use crate::model::{Date, Money, tables};

const DISPUTED: &str = "disputed";
const SOLVED: &str = "dispute_solved";

/// The actions of a line; each row has one cell a column of `actions`.
pub fn actions(
    values: &[Cell],
    places: &BTreeMap<&'static str, usize>,
    codes: &ActionCodes,
) -> Result<Vec<Vec<Cell>>, Refusal> {
    let line = Line { values, places };
    line.check(codes)?;
    let items = line.contested()?;
    let line_id = line.text("line_id");
    let action = |item: Option<&str>| {
        let cell = |name: &str| match name {
            "action_id" => Cell::text(item.map_or_else(|| line_id.to_owned(), |item| format!("{line_id} {item}"))),
            "item_id" => item.map_or(Cell::Empty, Cell::text),
            "collector_id" => line.get("assignee_id").clone(),
            "action_date" => line.get("list_date").clone(),
            other => line.get(other).clone(),
        };
        tables::ACTIONS.columns.iter().map(|column| cell(column.name)).collect()
    };
    Ok(match items.as_slice() {
        [] => vec![action(None)],
        items => items.iter().map(|item| action(Some(item))).collect(),
    })
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
    fn contested(&self) -> Result<Vec<&'a str>, Refusal> {
        let document = self.text("document");
        let items = self.text("items_text").split('|').filter_map(|pair| pair.split_once('='));
        let is_about_items = [DISPUTED, SOLVED].contains(&self.text("result_code"));
        if document.is_empty() {
            return Ok(if is_about_items { items.map(|(item, _)| item).collect() } else { Vec::new() });
        }
        let named: Vec<&str> =
            items.filter(|(item, number)| *item == document || *number == document).map(|(item, _)| item).collect();
        if named.is_empty() { Err(Refusal::of(Reason::ItemUnknown, "document", document)) } else { Ok(named) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a shipped table that cannot be read must stop the test")]
mod tests {
    use super::*;
    use crate::ingest::samples;

    const NAMES: [&str; 8] = [
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
