//! What a page is made of: the answers, and what is known of the company, the load and the reader.

use std::collections::{BTreeMap, BTreeSet};

use super::{Card, Language, Ways};
use crate::model::{Answer, CustomerKey, Date};

/// All a page shows.
#[derive(Clone, Debug)]
pub struct PageInput<'a> {
    /// The report: the stem of its file of panels.
    pub report_name: &'a str,
    /// Who reads.
    pub language: Language,
    /// The company.
    pub company_id: &'a str,
    /// Its name, where settings give one.
    pub company_name: Option<&'a str>,
    /// ISO 4217 code of all amounts; `XXX` shows none.
    pub currency_code: &'a str,
    /// The decimals of that currency.
    pub decimals: u8,
    /// Whether ages count from the day of issue, not from the due date: the page says so.
    pub ages_from_issue: bool,
    /// The day the picture is taken, end of day.
    pub as_of: Date,
    /// How far the books reach up to then; none where they begin later.
    pub books_end: Option<Date>,
    /// The load the picture is taken from.
    pub load: LoadFacts,
    /// Answers by the name of their query. A panel whose query is missing here says so.
    pub answers: BTreeMap<String, Answer>,
    /// The result of every check that was run.
    pub checks: Vec<CheckResult>,
    /// What was written beside the figures of the day: panel and text.
    pub comments: Vec<(String, String)>,
    /// To whom it is sent, for a report that customers read.
    pub addressee: Option<Addressee>,
    /// Whom or what it is about, where that is not the company as a whole: a customer, a collector.
    pub subject: Option<String>,
    /// Pages of customers, as addresses from where this page stands.
    pub links: BTreeMap<CustomerKey, String>,
    /// Tables that no load brought rows of.
    pub absent_tables: &'a BTreeSet<String>,
    /// Where the page stands among others.
    pub ways: Ways,
    /// What panels of cards lead to, by panel.
    pub cards: BTreeMap<String, Vec<Card>>,
    /// What comes after `encours query NAME --as-of DAY` and `encours check --as-of DAY` to ask the same again: `["--lake", "./lake"]`; quoted here.
    pub query_options: Vec<String>,
    /// Who made the page, at the foot: `encours 0.1.0`.
    pub generated_note: &'a str,
}

/// The customer a report is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    /// Who owes.
    pub customer_id: String,
    /// Its name.
    pub name: String,
    /// End of the day from which on it tells what moved.
    pub since: Date,
    /// Its postal address, line by line; empty where it is not known.
    pub address_lines: Vec<String>,
    /// Who writes; nothing where nobody told.
    pub seller: Option<Seller>,
}

/// The company as it signs a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seller {
    /// Its name.
    pub name: String,
    /// Its postal address, line by line.
    pub address_lines: Vec<String>,
    /// Its number in the register.
    pub registration: String,
    /// Whom to ask: name and role where they are known.
    pub contact: String,
    /// Address for questions.
    pub email: String,
    /// Telephone for questions.
    pub phone: String,
    /// The account that money is to go to.
    pub iban: String,
    /// Its bank.
    pub bic: String,
}

/// What the lake knows of a load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadFacts {
    /// The load.
    pub load_id: String,
    /// When, RFC 3339 in UTC.
    pub loaded_at: String,
    /// False when `--known-at` asked for an earlier one.
    pub is_latest: bool,
    /// Files behind the lake at that load.
    pub sources: Vec<SourceFacts>,
    /// What had to be assumed.
    pub assumptions: Vec<Assumption>,
}

/// Lines of one source: `line_count` = `accepted_count` + `rejected_count`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// File name.
    pub file_name: String,
    /// Lines read.
    pub line_count: u64,
    /// Lines taken.
    pub accepted_count: u64,
    /// Lines refused.
    pub rejected_count: u64,
}

/// Something a load had to assume, and how much hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What was assumed: the word `assumptions.<code>`.
    pub code: String,
    /// Lines it touches; 0 for the file as a whole.
    pub line_count: u64,
    /// Their amount in thousandths, where it makes sense.
    pub amount: Option<i128>,
}

/// A check and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// Stem of the check: the words `checks.<name>.title`, `.fault`, `.todo`.
    pub name: String,
    /// Rows it returned, each a fault.
    pub fault_count: u64,
    /// What is wrong, from the query's header: for a user's own check, which has no words here.
    pub fault: String,
    /// What to do, from the query's header.
    pub todo: String,
}
