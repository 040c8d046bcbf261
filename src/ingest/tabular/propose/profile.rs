//! What the rows of a file show of its columns: days, amounts, codes; what is unique, what adds up.

use std::collections::{BTreeMap, HashSet};

use super::super::super::amount::{self, Decimal};
use super::super::super::dates::{self, DateOrder};
use super::super::super::reference::Currencies;
use super::super::conventions::decimal_mark;
use super::super::shaped;
use super::super::values::is_credit;

/// The rows a proposal is made from, without headings, sums and lines that say nothing.
pub struct Sample<'a> {
    currencies: &'a Currencies,
    /// Cells, row by row; each row is as wide as the header.
    pub rows: Vec<Vec<String>>,
    /// Rows that hold one cell only, above others: customers, sections.
    pub heading_count: usize,
    /// The amounts of the last row that sums others, by column.
    pub sums: Option<Vec<String>>,
    /// How the file seems to write decimals.
    pub decimal: Decimal,
}

/// What the cells of a column are.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub filled_count: usize,
    pub date_count: usize,
    pub amount_count: usize,
    /// Amounts that show a decimal mark.
    pub marked_count: usize,
    pub negative_count: usize,
    pub currency_count: usize,
    pub side_count: usize,
    /// Six digits that may be a day: they are one where the header says so.
    pub short_day_count: usize,
    /// Cells with a digit and no blank, as numbers of documents are.
    pub code_count: usize,
    /// The values, and how often each comes.
    pub values: BTreeMap<String, usize>,
}

impl<'a> Sample<'a> {
    /// Takes the rows below a header.
    pub fn of(rows: &[Vec<String>], width: usize, currencies: &'a Currencies) -> Self {
        let mut marks = (0_usize, 0_usize);
        for cell in rows.iter().flatten() {
            match decimal_mark(cell).filter(|_| amount::read_marked(cell, Decimal::Either).is_ok()) {
                Some(',') => marks.0 += 1,
                Some(_) => marks.1 += 1,
                None => {}
            }
        }
        let decimal = match marks {
            (comma, point) if comma > point => Decimal::Comma,
            (_, point) if point > 0 => Decimal::Dot,
            _ => Decimal::Either,
        };
        let mut sample = Self { currencies, rows: Vec::new(), heading_count: 0, sums: None, decimal };
        for row in rows {
            let filled: Vec<&String> = row.iter().filter(|cell| !cell.trim().is_empty()).collect();
            let is_value = |cell: &str| is_date(cell) || sample.thousandths(cell).is_some();
            let Some(first) = filled.first() else { continue };
            let is_amount = |cell: &&String| sample.thousandths(cell).is_some() && !is_date(cell);
            let is_code = |cell: &&String| cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase());
            let amounts = filled.iter().filter(|cell| is_amount(cell)).count();
            let holds_amounts_only =
                amounts > 0 && filled.iter().all(|cell| is_amount(cell) || is_code(cell) || shaped::begins_sum(cell));
            let says_sum =
                shaped::begins_sum(first) || filled.iter().any(|cell| cell.len() < 20 && shaped::begins_sum(cell));
            if says_sum || (holds_amounts_only && filled.len() * 2 < width) {
                sample.sums = Some(padded(row, width));
            } else if (filled.len() == 1 && width > 2)
                || (filled.len() == 2 && width > 5 && !filled.iter().any(|cell| is_value(cell)))
            {
                let is_rule = first.chars().all(|letter| matches!(letter, '-' | '=' | '_' | '|' | ' '));
                sample.heading_count += usize::from(!is_value(first) && !is_rule);
            } else {
                sample.rows.push(padded(row, width));
            }
        }
        sample
    }

    /// The cells of a column that hold something.
    pub fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| row[column].as_str()).filter(|cell| !cell.is_empty())
    }

    /// What the cells of a column are.
    pub fn profile(&self, column: usize) -> Profile {
        let mut profile = Profile::default();
        for cell in self.values(column) {
            profile.filled_count += 1;
            let is_day = is_date(cell);
            profile.date_count += usize::from(is_day);
            if let Some(thousandths) = self.thousandths(cell) {
                profile.amount_count += 1;
                profile.marked_count += usize::from(decimal_mark(cell).is_some());
                profile.negative_count += usize::from(thousandths < 0);
            }
            profile.currency_count += usize::from(!self.currencies.of_mark(cell, None).is_empty());
            profile.side_count += usize::from(is_credit(cell).is_some());
            profile.short_day_count += usize::from(dates::is_six_digits(cell));
            let is_code = cell.bytes().any(|byte| byte.is_ascii_digit()) && !cell.contains(' ');
            profile.code_count += usize::from(is_code);
            *profile.values.entry(cell.to_owned()).or_default() += 1;
        }
        profile
    }

    /// The amount of a cell in thousandths; one that may be read in two ways counts as the larger.
    pub fn thousandths(&self, cell: &str) -> Option<i64> {
        let read = amount::read_marked(cell, self.decimal).or_else(|_| amount::read_marked(cell, Decimal::Dot));
        let marked = read.ok().flatten()?;
        // letters before digits make a number of a document, unless they are a currency
        let is_known = |mark: &String| !self.currencies.of_mark(mark, Some("SEK")).is_empty();
        marked.currency.as_ref().is_none_or(is_known).then(|| marked.amount.thousandths())
    }

    /// The amounts of a column, row by row; empty cells are nothing.
    pub fn amounts(&self, column: usize) -> Vec<i64> {
        self.rows.iter().map(|row| self.thousandths(&row[column]).unwrap_or_default()).collect()
    }

    /// Whether no two rows share the values of these columns, and none lacks them.
    pub fn is_unique(&self, columns: &[usize]) -> bool {
        let key = |row: &Vec<String>| columns.iter().map(|column| row[*column].clone()).collect::<Vec<String>>();
        let keys: HashSet<Vec<String>> = self.rows.iter().map(key).collect();
        keys.len() == self.rows.len() && columns.iter().all(|column| self.values(*column).count() == self.rows.len())
    }

    /// Whether each value of one column goes with one value of another, and the other way round.
    pub fn go_together(&self, left: usize, right: usize) -> bool {
        let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
        self.rows.iter().filter(|row| !row[left].is_empty() && !row[right].is_empty()).all(|row| {
            let (a, b) = (row[left].as_str(), row[right].as_str());
            *there.entry(a).or_insert(b) == b && *back.entry(b).or_insert(a) == a
        })
    }

    /// Whether amounts add up in nearly all rows.
    pub fn adds_up(&self, is_equal: impl Fn(usize) -> bool) -> bool {
        let count = (0..self.rows.len()).filter(|row| is_equal(*row)).count();
        !self.rows.is_empty() && count * 20 >= self.rows.len() * 19
    }
}

impl Profile {
    fn is_all(&self, count: usize) -> bool {
        self.filled_count > 0 && count * 10 >= self.filled_count * 9
    }

    /// Whether its cells are days.
    pub fn is_date(&self) -> bool {
        self.is_all(self.date_count)
    }

    /// Whether its cells are days, or six digits that are some where the header says so.
    pub fn may_be_date(&self) -> bool {
        self.is_date() || self.is_all(self.short_day_count)
    }

    /// Whether its cells look like numbers of documents, and no two are the same.
    pub fn is_number_like(&self) -> bool {
        self.is_all(self.code_count) && self.values.values().all(|count| *count == 1)
    }

    /// Whether its cells are amounts.
    pub fn is_amount(&self) -> bool {
        self.is_all(self.amount_count) && !self.is_date()
    }

    /// Whether its cells are currencies.
    pub fn is_currency(&self) -> bool {
        self.is_all(self.currency_count)
    }

    /// Whether its cells are words for debit and credit.
    pub fn is_side(&self) -> bool {
        self.is_all(self.side_count)
    }

    /// Whether it holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.filled_count == 0
    }
}

fn padded(row: &[String], width: usize) -> Vec<String> {
    (0..width).map(|column| row.get(column).map(|cell| cell.trim().to_owned()).unwrap_or_default()).collect()
}

/// Whether a cell is a day in either order.
pub fn is_date(cell: &str) -> bool {
    let is = |order| !dates::is_six_digits(cell) && dates::read_written(cell, order, 1970).is_ok();
    is(DateOrder::DayFirst) || is(DateOrder::MonthFirst)
}
