//! A mapping for a header nobody knows: columns by what their names say and what they hold, held against what must add up.
//!
//! In: a header and the first rows below it. Out: a mapping in TOML with the reason of each choice, and what could not be
//! told, which it asks instead of taking one of two; or what the file is, where it holds no receivables.

mod amounts;
mod codes;
mod customers;
mod keys;
mod kinds;
pub mod names;
mod profile;
mod shape;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a proposal that cannot be read back must stop the test")]
mod tests;
mod written;

use std::collections::BTreeMap;

pub use self::codes::{State, bucket_of, state_of};
use self::names::{ColumnNames, Said};
pub use self::profile::is_date;
use self::profile::{Profile, Sample};
use super::super::reference::Currencies;
use super::shaped::{BUCKET, HEADING};
use crate::model::money::money_text;

/// A score below which a name tells nothing.
const LEAST_SCORE: i32 = 34;
/// Two scores as near as this do not tell one column from another.
const NEAR: i32 = 5;

/// What is proposed for a file.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// A mapping in TOML; what it asks stands in it as `?`.
    pub mapping: String,
    /// What could not be told.
    pub questions: Vec<String>,
    /// What the file is, where it holds no receivables.
    pub is_other: Option<String>,
    /// Which column was taken for what, in words.
    pub choices: Vec<String>,
    /// What the last row that sums others holds, under the headers.
    pub own_sums: Vec<(String, String)>,
}

impl Proposal {
    /// Whether nothing is left to ask.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.questions.is_empty() && self.is_other.is_none()
    }

    /// The columns that tell one row from another.
    #[must_use]
    pub fn key_columns(&self) -> Vec<String> {
        let value = self.mapping.lines().find_map(|line| line.strip_prefix("item_id = "));
        let parts = value.unwrap_or_default().split("  #").next().unwrap_or_default().split('"');
        // names stand between quotes: every second part
        parts.skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// What decides which rows are which, and what they are worth: the same for two files that only differ in what they hold.
    #[must_use]
    pub fn core(&self) -> String {
        const CORE: [&str; 10] = [
            "shape",
            "table",
            "sign",
            "item_id",
            "customer_id",
            "amount",
            "debit_amount",
            "credit_amount",
            "side",
            "paid_amount",
        ];
        let is_core = |line: &&str| line.split_once(" = ").is_some_and(|(key, _)| CORE.contains(&key));
        let value = |line: &str| line.split("  #").next().unwrap_or_default().trim().to_owned();
        self.mapping.lines().filter(is_core).map(value).collect::<Vec<String>>().join("\n")
    }
}

/// What a mapping takes a value from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Taken {
    /// A column.
    Column(usize),
    /// Several columns, which tell a row only together.
    Columns(Vec<usize>),
    /// SQL over columns.
    Sql(String),
    /// The heading above.
    Heading,
    /// Nobody knows which.
    Asked,
}

/// The table a file seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Items,
    InvoiceHistory,
    Receipts,
    Table(&'static str),
}

/// The columns of a file and what has been taken of them so far.
struct Columns<'a> {
    header: &'a [String],
    names: &'a ColumnNames,
    said: Vec<Said>,
    profiles: Vec<Profile>,
    sample: Sample<'a>,
    taken: BTreeMap<&'static str, (Taken, String)>,
    used: Vec<usize>,
    questions: Vec<String>,
    condition: Option<String>,
    kinds: Vec<(String, &'static str)>,
    sign: &'static str,
    filled_down: Vec<usize>,
    buckets: Vec<(usize, i64)>,
    /// Whether rows repeat the whole of their document.
    repeats: bool,
    /// The currency of the books, where it is known.
    books: Option<&'a str>,
    /// What the name of the file says.
    file_said: Said,
}

/// Proposes a mapping.
#[must_use]
pub fn propose(
    header: &[String],
    rows: &[Vec<String>],
    separator: Option<char>,
    file: &str,
    (names, currencies): (&ColumnNames, &Currencies),
    books: Option<&str>,
) -> Proposal {
    let sample = Sample::of(rows, header.len(), currencies);
    let mut columns = Columns {
        header,
        names,
        said: header.iter().map(|name| names.said(name)).collect(),
        profiles: (0..header.len()).map(|column| sample.profile(column)).collect(),
        sample,
        taken: BTreeMap::new(),
        used: Vec::new(),
        questions: Vec::new(),
        condition: None,
        kinds: Vec::new(),
        sign: "as_is",
        filled_down: Vec::new(),
        buckets: Vec::new(),
        repeats: false,
        books,
        file_said: names.said(file.rsplit_once('.').map_or(file, |(stem, _)| stem)),
    };
    if let Some(what) = columns.other() {
        return Proposal {
            mapping: String::new(),
            questions: Vec::new(),
            is_other: Some(what.to_owned()),
            choices: Vec::new(),
            own_sums: Vec::new(),
        };
    }
    let shape = columns.choose();
    columns.proposal(shape, separator)
}

impl Columns<'_> {
    fn score(&self, role: &str, column: usize) -> i32 {
        self.names.score(role, &self.said[column])
    }

    /// Whether a header says a concept.
    fn has(&self, concept: &str) -> bool {
        self.said.iter().any(|said| said.has(concept))
    }

    /// The columns whose names speak for a role and that hold what it needs, the likeliest first.
    fn ranked(&self, role: &str, fits: impl Fn(&Profile) -> bool) -> Vec<(i32, usize)> {
        let mut ranked: Vec<(i32, usize)> = (0..self.header.len())
            .filter(|column| !self.used.contains(column))
            .map(|column| (self.score(role, column), column))
            .filter(|(score, column)| *score >= LEAST_SCORE && (self.is_bare() || fits(&self.profiles[*column])))
            .collect();
        ranked.sort_by_key(|(score, column)| (-score, *column));
        ranked
    }

    /// Whether there is no row to look at.
    fn is_bare(&self) -> bool {
        self.sample.rows.is_empty()
    }

    fn name(&self, column: usize) -> String {
        format!("`{}`", self.header[column])
    }

    fn take(&mut self, role: &'static str, column: usize, why: &str) {
        self.used.push(column);
        self.taken.insert(role, (Taken::Column(column), why.to_owned()));
    }

    /// Asks which of several columns it is.
    fn ask(&mut self, role: &'static str, among: &[usize], wanted: &str) {
        // which of two amounts it is, their sums tell
        let sum = |column: usize| {
            let sum: i64 = self.sample.amounts(column).iter().sum();
            format!("{} ({})", self.name(column), money_text(sum.into(), 2))
        };
        let is_amount = role == "amount";
        let named: Vec<String> =
            among.iter().map(|column| if is_amount { sum(*column) } else { self.name(*column) }).collect();
        let question = if named.is_empty() {
            format!("`{role}`: no column tells {wanted}")
        } else {
            format!("`{role}`: {} may be {wanted}", named.join(" or "))
        };
        self.questions.push(question.clone());
        self.taken.insert(role, (Taken::Asked, question));
    }

    /// The best of a role, if it has a name of its own.
    fn take_best(&mut self, role: &'static str, fits: impl Fn(&Profile) -> bool) {
        if let Some((_, column)) = self.ranked(role, fits).first().copied() {
            self.take(role, column, "");
        }
    }

    fn choose(&mut self) -> Shape {
        match self.shape() {
            Shape::Table(table) => {
                self.choose_table(table);
                Shape::Table(table)
            }
            Shape::Receipts => {
                self.choose_receipts();
                Shape::Receipts
            }
            shape => self.choose_items(shape),
        }
    }

    fn choose_table(&mut self, table: &str) {
        let of_table: &[&'static str] = match table {
            "customers" => &[
                "customer_id",
                "customer_name",
                "country_code",
                "group_id",
                "terms_code",
                "credit_limit_amount",
                "payment_method",
                "collector_id",
            ],
            "contacts" => &["customer_id", "contact_name", "email", "phone"],
            _ => &["dispute_id", "item_id", "dispute_reason_code", "opened_date", "open_amount", "total_amount"],
        };
        for role in of_table {
            match *role {
                "opened_date" => self.take_best(role, Profile::is_date),
                "credit_limit_amount" | "open_amount" | "total_amount" => self.take_best(role, Profile::is_amount),
                role => self.take_best(role, |profile| !profile.is_empty()),
            }
        }
        let required: &[&'static str] = match table {
            "customers" => &["customer_id"],
            "contacts" => &["customer_id", "contact_name"],
            _ => &["dispute_id", "item_id"],
        };
        if table == "customers"
            && !self.taken.contains_key("customer_id")
            && let Some((Taken::Column(name), _)) = self.taken.get("customer_name").cloned()
        {
            self.taken
                .insert("customer_id", (Taken::Column(name), "no column holds a code: the name stands for it".into()));
        }
        for role in required {
            if !self.taken.contains_key(role) {
                self.ask(role, &[], "it");
            }
        }
    }

    fn choose_receipts(&mut self) {
        self.take_best("invoice_id", |profile| !profile.is_empty());
        self.take_best("receipt_id", |profile| !profile.is_empty());
        if !self.taken.contains_key("receipt_id") {
            match self.ranked("item_id", |profile| !profile.is_empty()).first().copied() {
                Some((_, column)) => self.take("receipt_id", column, ""),
                None => self.ask("receipt_id", &[], "the number of the payment"),
            }
        }
        self.take_best("receipt_date", Profile::is_date);
        if let Some((_, column)) = self.ranked("issued_date", Profile::is_date).first().copied()
            && !self.taken.contains_key("receipt_date")
            && self.score("issued_date", column) > 60
            && !self.said[column].has("invoice")
        {
            self.take("receipt_date", column, "");
        }
        if !self.taken.contains_key("receipt_date") {
            self.take_by_value("receipt_date", Profile::is_date, "the day of a payment");
        }
        self.choose_customer();
        self.choose_applied_amount();
        self.take_best("currency_code", Profile::is_currency);
        self.take_best("label", |profile| !profile.is_empty());
    }

    /// Items and histories: the amount first, since most depends on it.
    fn choose_items(&mut self, shape: Shape) -> Shape {
        self.take_side();
        self.take_best("due_date", Profile::may_be_date);
        let is_history = shape == Shape::InvoiceHistory && {
            self.take_best("settled_date", Profile::may_be_date);
            self.taken.contains_key("settled_date")
        };
        self.take_best("issued_date", Profile::may_be_date);
        let buckets = self.buckets();
        let has_document = (0..self.header.len()).any(|column| self.score("item_id", column) >= 48);
        if buckets.len() > 2 && !has_document && !self.taken.contains_key("issued_date") {
            self.choose_aged(&buckets);
            return Shape::Items;
        }
        // columns of buckets say again what the amount of the row says
        self.used.extend(buckets.iter().map(|(column, _)| *column).filter(|_| buckets.len() > 2));
        if !self.taken.contains_key("issued_date") {
            self.take_by_value("issued_date", Profile::is_date, "the day of the invoice");
        }
        self.take_best("posted_date", Profile::is_date);
        let mut shape = if is_history { Shape::InvoiceHistory } else { Shape::Items };
        self.choose_amount(shape);
        self.choose_currency();
        self.choose_status();
        self.choose_paid_flag();
        self.leave_out_matched();
        self.choose_customer();
        self.choose_company();
        self.choose_kind();
        self.choose_key();
        self.choose_sign();
        self.take_best("is_disputed", |profile| {
            !profile.is_empty() && profile.values.keys().all(|value| super::super::cells::flag(value).is_some())
        });
        if self.taken.contains_key("is_disputed") {
            shape = Shape::InvoiceHistory;
        }
        for role in ["order_id", "reference", "label", "salesperson", "site", "delivered_date", "country_code"] {
            if role == "delivered_date" {
                self.take_best(role, Profile::is_date);
            } else {
                self.take_best(role, |profile| !profile.is_empty());
            }
        }
        shape
    }

    /// An aged balance: one row a customer, one column a bucket; each amount becomes an item that is due as its bucket says.
    fn choose_aged(&mut self, buckets: &[(usize, i64)]) {
        self.used.extend(buckets.iter().map(|(column, _)| *column));
        self.buckets = buckets.to_vec();
        self.choose_customer();
        if let Some((Taken::Column(customer), _)) = self.taken.get("customer_id").cloned() {
            let sql = format!("concat_ws('/', {}, \"{}\")", sql_name(&self.header[customer]), BUCKET);
            self.taken.insert("item_id", (Taken::Sql(sql), "a customer's amount in a bucket".to_owned()));
        }
        self.take_best("currency_code", Profile::is_currency);
    }

    /// Two companies may use one number: a short code a row.
    fn choose_company(&mut self) {
        let is_code = |profile: &Profile| {
            !profile.is_empty() && profile.values.keys().all(|value| value.len() <= 8 && !value.contains(' '))
        };
        self.take_best("company_id", is_code);
    }

    /// The side: a column whose name or whose values say it, and that stands on both.
    fn take_side(&mut self) {
        if let Some((_, column)) = self.ranked("side", Profile::is_side).first().copied() {
            self.take("side", column, "S or D: owed to us; H or C: lowers it");
            return;
        }
        let by_values = (0..self.header.len()).find(|column| {
            let profile = &self.profiles[*column];
            let sides = || profile.values.keys().filter_map(|value| super::values::is_credit(value));
            profile.is_side() && sides().any(|is_credit| is_credit) && sides().any(|is_credit| !is_credit)
        });
        if let Some(column) = by_values {
            self.take("side", column, "its values are sides");
        }
    }

    /// The only column that holds such values and has no telling name; several are asked.
    fn take_by_value(&mut self, role: &'static str, fits: impl Fn(&Profile) -> bool, wanted: &str) {
        let fitting: Vec<usize> = (0..self.header.len())
            .filter(|column| !self.used.contains(column) && fits(&self.profiles[*column]))
            .collect();
        match fitting[..] {
            [] => self.ask(role, &[], wanted),
            // a second day is when it is due, where it never lies before the first
            [first, second] if role == "issued_date" && !self.taken.contains_key("due_date") => {
                self.take(role, first, "by its values: the only other day never lies before it");
                self.take("due_date", second, "by its values: never before the other day");
            }
            [only] => self.take(role, only, "by its values"),
            _ => self.ask(role, &fitting, wanted),
        }
    }

    /// Whether two columns hold the same in every row.
    fn are_same(&self, left: usize, right: usize) -> bool {
        self.sample.rows.iter().all(|row| row[left] == row[right])
    }

    fn heading() -> &'static str {
        HEADING
    }
}

/// A column as SQL names it.
fn sql_name(header: &str) -> String {
    format!("\"{}\"", header.replace('"', "\"\""))
}
