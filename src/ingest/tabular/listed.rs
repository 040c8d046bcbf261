//! Lists of what is open on a day: whether a file is one, and of which day.

use std::path::Path;

use super::super::amount::Decimal;
use super::super::dates::DateOrder;
use super::super::names::fold;
use super::super::output::Output;
use super::super::progress::Progress;
use super::super::{BoxedError, IngestError, ReadOptions, Sink};
use super::Tabular;
use super::plan::Plan;
use super::shaped::{self, ConventionalReader};
use crate::model::{Date, Rows, Values, tables};

/// How lists of what is open are called, folded.
const LIST_NAMES: [&str; 10] = [
    "open",
    "offen",
    "ouvert",
    "outstanding",
    "unpaid",
    "pendiente",
    "nonregle",
    "impaye",
    "agedreceivables",
    "echeancier",
];

/// What is known of the day of a list of open items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListDay {
    /// The file is none.
    NoList,
    /// It is one of this day.
    Told(Date),
    /// It is one, and does not tell of which day.
    Untold,
}

/// Keeps the latest day on which an item was issued or posted, and nothing else.
#[derive(Default)]
struct LatestDay(Option<Date>);

impl Sink for LatestDay {
    fn restart(&mut self) -> Result<(), BoxedError> {
        self.0 = None;
        Ok(())
    }

    fn rows(&mut self, rows: Rows) -> Result<(), BoxedError> {
        for name in ["issued_date", "posted_date"] {
            let column = rows.table.position(name).filter(|_| rows.table.name == tables::ITEMS.name);
            let Some(Values::Date(days)) = column.map(|column| &rows.columns[column]) else { continue };
            self.0 = self.0.max(days.iter().copied().flatten().max());
        }
        Ok(())
    }
}

impl Tabular {
    /// Whether a file lists what is open on a day, and which day: the user or its mapping say that it is one, or its own name, a
    /// title or a column of balances do.
    ///
    /// # Errors
    /// [`IngestError::ListDayUnknown`] where the mapping says that it is one, and nothing tells its day.
    pub(super) fn list_of_open_items(
        &self,
        file: &str,
        plan: &Plan,
        options: &ReadOptions<'_>,
    ) -> Result<ListDay, IngestError> {
        if !plan.could_be_list() {
            return Ok(ListDay::NoList);
        }
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let said = options.list_day.or(plan.list_day);
        let names_list = |text: &str| {
            let folded = fold(text);
            LIST_NAMES.iter().any(|name| folded.contains(name))
        };
        // a mapping that the user names says what its rows are
        let is_named =
            options.mapping.is_none() && (names_list(stem) || self.titles.iter().any(|title| names_list(title)));
        let is_aged = !plan.shaping.buckets.is_empty();
        let is_list = said.is_some() || plan.is_list || plan.is_of_balances || is_named || is_aged;
        if !is_list || options.is_no_list {
            return Ok(ListDay::NoList);
        }
        let known = options.date_order.or(plan.date_order);
        let reader = ConventionalReader {
            decimal: Decimal::Either,
            date_order: known.unwrap_or(DateOrder::DayFirst),
            two_digit_years_from: options.written_forms.two_digit_years_from,
        };
        let day = said.or_else(|| self.day_told(file, reader, known.is_some()));
        match day {
            None if plan.is_list || is_aged => Err(IngestError::ListDayUnknown { file: file.to_owned() }),
            None => Ok(ListDay::Untold),
            Some(day) => Ok(ListDay::Told(day)),
        }
    }

    /// The latest day on which an item of the file was issued or posted.
    pub(super) fn latest_day(
        &mut self,
        path: &Path,
        file: &str,
        plan: &Plan,
        options: &ReadOptions<'_>,
    ) -> Result<Option<Date>, IngestError> {
        let mut latest = LatestDay::default();
        let mut output = Output::new(&mut latest, "", "", file);
        self.read_cells(path, file, plan, options, &Progress::new(&|_| {}), &mut output)?;
        output.finish()?;
        Ok(latest.0)
    }

    /// The day of a list, as its titles or its name tell it: the last day named, or the month of the name.
    pub(super) fn day_told(&self, file: &str, reader: ConventionalReader, is_order_known: bool) -> Option<Date> {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let day_in = |text: &str| shaped::day_in(text, reader, is_order_known);
        let in_titles = self.titles.iter().filter_map(|title| day_in(title)).next_back();
        in_titles.or_else(|| day_in(stem)).or_else(|| shaped::month_in(stem))
    }
}
