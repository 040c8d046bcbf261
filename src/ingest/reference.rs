//! What the reference tables say of accounts, journals and currencies. The caller passes their CSV text.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::IngestError;
use super::names::fold;
use crate::model::Terms;

/// The role of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `trade`, `retention`, `bills`, `doubtful`, `not_yet_invoiced`, `advances`, `factor`.
    pub code: String,
    /// Whether its lines are receivable items.
    pub is_perimeter: bool,
    /// When its invoices fall due.
    pub terms: RoleTerms,
}

/// When invoices on the accounts of a role fall due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoleTerms {
    /// By the terms of the customer or the company.
    #[default]
    Usual,
    /// On a day that nobody knows until it is given: money held back until a work is accepted.
    Unknown,
    /// By terms of their own.
    Own(Terms),
}

/// Which accounts are receivables, and of what sort (`account_roles.csv`); the longest prefix wins.
#[derive(Clone, Debug, Default)]
pub struct AccountRoles {
    by_prefix: BTreeMap<String, Role>,
}

impl AccountRoles {
    /// Reads `account_prefix,role_code,is_perimeter`, and `terms_code` where there is one: terms, `unknown`, or nothing for the
    /// usual ones.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a missing column, an empty prefix, a prefix given twice, a flag that is none or terms
    /// that cannot be read.
    pub fn parse(text: &str) -> Result<Self, IngestError> {
        let mut by_prefix = BTreeMap::new();
        for row in rows("account_roles", text, &["account_prefix", "role_code", "is_perimeter", "terms_code?"])? {
            let [prefix, code, flag, terms] = row.cells;
            let terms = match &*terms {
                "" => RoleTerms::Usual,
                "unknown" => RoleTerms::Unknown,
                text => RoleTerms::Own(
                    Terms::parse(text)
                        .ok_or_else(|| row.place.broken(text, &format!("`unknown` or {}", Terms::FORMS)))?,
                ),
            };
            let is_perimeter = super::cells::flag(&flag).ok_or_else(|| row.place.broken(&flag, "`true` or `false`"))?;
            if prefix.is_empty() || by_prefix.contains_key(&prefix) {
                return Err(row.place.broken(&prefix, "a prefix of its own on each line"));
            }
            by_prefix.insert(prefix, Role { code, is_perimeter, terms });
        }
        Ok(Self { by_prefix })
    }

    /// The role of an account, if it has one.
    #[must_use]
    pub fn role(&self, account: &str) -> Option<&Role> {
        longest_prefix(&self.by_prefix, account)
    }

    /// Whether the account's lines are receivable items.
    #[must_use]
    pub fn is_perimeter(&self, account: &str) -> bool {
        self.role(account).is_some_and(|role| role.is_perimeter)
    }
}

/// What the other side of an entry says of a receivable line (`counterpart_classes.csv`).
#[derive(Clone, Debug, Default)]
pub struct CounterpartClasses {
    by_prefix: BTreeMap<String, String>,
}

impl CounterpartClasses {
    /// The class of every account that no line names.
    pub const OTHER: &'static str = "adjustment";

    /// Reads `account_prefix,class_code,class_order`; an empty prefix may give `adjustment` its order.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a missing column, an empty class, an order that is no number or a prefix given twice.
    pub fn parse(text: &str) -> Result<Self, IngestError> {
        let mut by_prefix = BTreeMap::new();
        for row in rows("counterpart_classes", text, &["account_prefix", "class_code", "class_order"])? {
            let [prefix, code, order] = row.cells;
            if order.parse::<u32>().is_err() {
                return Err(row.place.broken(&order, "a whole number"));
            }
            if code.is_empty() || (prefix.is_empty() && code != Self::OTHER) {
                return Err(row.place.broken(&code, "a prefix and its class"));
            }
            if !prefix.is_empty() && by_prefix.insert(prefix.clone(), code).is_some() {
                return Err(row.place.broken(&prefix, "a prefix of its own on each line"));
            }
        }
        Ok(Self { by_prefix })
    }

    /// The class of an account.
    #[must_use]
    pub fn class_code(&self, account: &str) -> &str {
        longest_prefix(&self.by_prefix, account).map_or(Self::OTHER, String::as_str)
    }
}

/// Which results an action may have (`results.csv`), and which reasons hold an invoice up (`reasons.csv`).
#[derive(Clone, Debug, Default)]
pub struct ActionCodes {
    promises: BTreeMap<String, bool>,
    reasons: BTreeSet<String>,
}

impl ActionCodes {
    /// Reads `result_code,has_promise` and `reason_code`.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a missing column, an empty code or a flag that is none.
    pub fn parse(results: &str, reasons: &str) -> Result<Self, IngestError> {
        let mut codes = Self::default();
        for row in rows("results", results, &["result_code", "has_promise"])? {
            let [code, flag] = row.cells;
            let has_promise = super::cells::flag(&flag).ok_or_else(|| row.place.broken(&flag, "`true` or `false`"))?;
            if code.is_empty() || codes.promises.insert(code.clone(), has_promise).is_some() {
                return Err(row.place.broken(&code, "a code of its own on each line"));
            }
        }
        for row in rows("reasons", reasons, &["reason_code"])? {
            let [code] = row.cells;
            if code.is_empty() {
                return Err(row.place.broken(&code, "a code"));
            }
            codes.reasons.insert(code);
        }
        Ok(codes)
    }

    /// Whether a result is a promise; `None` for one nobody knows.
    #[must_use]
    pub fn is_promise(&self, result: &str) -> Option<bool> {
        self.promises.get(result).copied()
    }

    /// Whether a reason is known.
    #[must_use]
    pub fn knows_reason(&self, reason: &str) -> bool {
        self.reasons.contains(reason)
    }
}

/// By which code or label a journal is known to hold opening entries (`opening_journals.csv`).
#[derive(Clone, Debug, Default)]
pub struct OpeningJournals {
    names: HashSet<String>,
}

impl OpeningJournals {
    /// Reads `journal_name`: codes and labels alike.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a missing column or an empty name.
    pub fn parse(text: &str) -> Result<Self, IngestError> {
        let mut names = HashSet::new();
        for row in rows("opening_journals", text, &["journal_name"])? {
            let [name] = row.cells;
            let folded = fold(&name);
            if folded.is_empty() {
                return Err(row.place.broken(&name, "a journal's code or label"));
            }
            names.insert(folded);
        }
        Ok(Self { names })
    }

    /// Whether a journal of that code or label holds opening entries; case, accents and punctuation do not count.
    #[must_use]
    pub fn holds(&self, code: &str, label: &str) -> bool {
        self.names.contains(&fold(code)) || self.names.contains(&fold(label))
    }
}

/// The currencies of ISO 4217 (`currencies.csv`), `XXX` (no currency) among them.
#[derive(Clone, Debug, Default)]
pub struct Currencies {
    /// Decimals, by code.
    decimals: BTreeMap<String, u8>,
    /// The currencies that a mark may mean.
    marks: BTreeMap<String, Vec<String>>,
}

impl Currencies {
    /// The code for "no currency known".
    pub const NONE: &'static str = "XXX";

    /// What a mark that several currencies share means where the books are in none of them.
    const USUAL: [&'static str; 3] = ["USD", "GBP", "JPY"];

    /// Reads `currency_code`, `decimal_count` and the marks written beside amounts; other columns are for the reader's eye.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a missing column, a code that is not three capitals or decimals that are not
    /// 0, 2 or 3.
    pub fn parse(text: &str) -> Result<Self, IngestError> {
        let mut decimals = BTreeMap::new();
        let mut by_mark: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows("currencies", text, &["currency_code", "decimal_count", "marks?"])? {
            let [code, decimal_count, marks] = row.cells;
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(row.place.broken(&code, "three capital letters"));
            }
            let known = ["0", "2", "3"].contains(&decimal_count.as_str());
            let count = decimal_count.parse().ok().filter(|_| known);
            for mark in marks.split_whitespace() {
                by_mark.entry(mark.to_lowercase()).or_default().push(code.clone());
            }
            decimals.insert(code, count.ok_or_else(|| row.place.broken(&decimal_count, "0, 2 or 3 decimals"))?);
        }
        Ok(Self { decimals, marks: by_mark })
    }

    /// The currencies that a code or mark beside an amount may mean, the likeliest first: that of the books where it is one
    /// of them. None where nobody knows the mark, or several share it and none is usual.
    #[must_use]
    pub fn of_mark(&self, mark: &str, books: Option<&str>) -> Vec<&str> {
        if let Some(code) = self.code(mark) {
            return vec![code];
        }
        let mut meant: Vec<&str> =
            self.marks.get(&mark.trim().to_lowercase()).into_iter().flatten().map(String::as_str).collect();
        let likeliest = meant
            .iter()
            .position(|code| books == Some(*code))
            .or_else(|| meant.iter().position(|code| meant.len() == 1 || Self::USUAL.contains(code)));
        let Some(likeliest) = likeliest else { return Vec::new() };
        meant.swap(0, likeliest);
        meant
    }

    /// The code as the standard writes it, if it is one; case does not count.
    #[must_use]
    pub fn code(&self, written: &str) -> Option<&str> {
        self.decimals.get_key_value(written.trim().to_uppercase().as_str()).map(|(code, _)| code.as_str())
    }

    /// How many decimals amounts of a currency may have: two where it is not known.
    #[must_use]
    pub fn decimals(&self, code: Option<&str>) -> u8 {
        code.and_then(|code| self.decimals.get(code)).copied().unwrap_or(2)
    }
}

/// How files write what can be written in several ways (`written_forms.csv`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenForms {
    /// The first of the hundred years that two digits stand for.
    pub two_digit_years_from: u32,
}

impl WrittenForms {
    /// Reads `form` and `value`.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a form nobody knows, or a year that is none.
    pub fn parse(text: &str) -> Result<Self, IngestError> {
        let mut forms = Self { two_digit_years_from: 1970 };
        for row in rows("written_forms", text, &["form", "value"])? {
            let [form, value] = &row.cells;
            if form != "two_digit_years_from" {
                return Err(row.place.broken(form, "the form `two_digit_years_from`"));
            }
            let year = value.parse().ok().filter(|year| (1900..=2100).contains(year));
            forms.two_digit_years_from = year.ok_or_else(|| row.place.broken(value, "a year from 1900 to 2100"))?;
        }
        Ok(forms)
    }
}

/// The value of the longest prefix of `account` in the map.
fn longest_prefix<'a, V>(by_prefix: &'a BTreeMap<String, V>, account: &str) -> Option<&'a V> {
    account
        .char_indices()
        .map(|(place, letter)| place + letter.len_utf8())
        .rev()
        .find_map(|end| by_prefix.get(&account[..end]))
}

/// Where a row of a reference table stands.
struct Place {
    table: &'static str,
    line: u64,
}

impl Place {
    fn broken(&self, found: &str, wanted: &str) -> IngestError {
        let found = format!("`{}`", super::reason::shortened(found, 40));
        IngestError::ReferenceBroken { name: self.table, line: self.line, found, wanted: wanted.into() }
    }
}

/// A row of a reference table.
pub(super) struct Row<const N: usize> {
    place: Place,
    /// Its cells, in the order of the wanted columns.
    pub(super) cells: [String; N],
}

impl<const N: usize> Row<N> {
    /// What is wrong with a cell of the row.
    pub(super) fn broken(&self, found: &str, wanted: &str) -> IngestError {
        self.place.broken(found, wanted)
    }
}

/// The wanted columns of a reference table, row by row. One that ends with `?` need not be there: its cells are empty then.
pub(super) fn rows<const N: usize>(
    table: &'static str,
    text: &str,
    wanted: &[&str; N],
) -> Result<Vec<Row<N>>, IngestError> {
    let broken =
        |line: u64, found: String, wanted: String| IngestError::ReferenceBroken { name: table, line, found, wanted };
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).flexible(false).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| broken(1, error.to_string(), "a header".into()))?.clone();
    let mut places = [None; N];
    for (place, wanted) in places.iter_mut().zip(wanted) {
        let name = wanted.trim_end_matches('?');
        *place = header.iter().position(|column| column.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
        if place.is_none() && name == *wanted {
            let found = format!("columns `{}`", header.iter().collect::<Vec<&str>>().join("`, `"));
            return Err(broken(1, found, format!("a column `{name}`")));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            broken(line, error.to_string(), format!("{} columns", header.len()))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = places.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default().to_owned());
        rows.push(Row { place: Place { table, line }, cells });
    }
    Ok(rows)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a shipped table that cannot be read must stop the test")]
mod tests {
    use super::*;
    use crate::ingest::samples;

    #[test]
    fn the_longest_prefix_gives_the_role() {
        let roles = samples::roles();
        for (account, code, is_perimeter) in [
            ("411000", "trade", true),
            ("41170001", "retention", true),
            ("413000", "bills", true),
            ("416", "doubtful", true),
            ("418100", "not_yet_invoiced", false),
            ("419100", "advances", false),
            ("467000", "factor", false),
        ] {
            let role = roles.role(account).unwrap();
            assert_eq!((role.code.as_str(), role.is_perimeter), (code, is_perimeter), "{account}");
        }
        for account in ["401000", "", "C411", "é411", "41"] {
            assert!(roles.role(account).is_none(), "{account}");
        }
    }

    #[test]
    fn every_account_has_a_counterpart_class() {
        let classes = samples::classes();
        for (account, class) in [
            ("707000", "sales"),
            ("709000", "sales"),
            ("445710", "sales"),
            ("419100", "deferred_sales"),
            ("487000", "deferred_sales"),
            ("418100", "deferred_sales"),
            ("419800", "credits_owed"),
            ("512000", "cash"),
            ("654000", "write_off"),
            ("671400", "write_off"),
            ("665000", "discount"),
            ("401000", "supplier"),
            ("411000", "receivable"),
            ("413000", "receivable"),
            ("416000", "receivable"),
            ("467000", "factor"),
            ("445660", "adjustment"),
            ("", "adjustment"),
        ] {
            assert_eq!(classes.class_code(account), class, "{account}");
        }
    }

    #[test]
    fn an_opening_journal_is_known_by_code_or_label() {
        let journals = samples::opening_journals();
        for (code, label) in [
            ("AN", "x"),
            ("ano", ""),
            ("RAN", ""),
            ("2", "BILAN D'OUVERTURE"),
            ("XX", "à-nouveaux"),
            ("R1", "Report à nouveau"),
        ] {
            assert!(journals.holds(code, label), "{code} {label}");
        }
        assert!(!journals.holds("VE", "Ventes"));
        assert!(!journals.holds("", ""));
    }

    #[test]
    fn currencies_are_known_whatever_their_case() {
        let currencies = samples::currencies();
        assert_eq!(currencies.code(" eur "), Some("EUR"));
        assert_eq!(currencies.code("XXX"), Some("XXX"));
        assert_eq!(currencies.code("EURO"), None);
    }

    #[test]
    fn a_mark_beside_an_amount_means_the_currency_of_the_books_where_it_can() {
        let currencies = samples::currencies();
        assert_eq!(currencies.of_mark("€", None), ["EUR"]);
        assert_eq!(currencies.of_mark("chf", Some("EUR")), ["CHF"]);
        assert_eq!(currencies.of_mark("$", Some("EUR"))[0], "USD");
        assert_eq!(currencies.of_mark("$", Some("CAD"))[0], "CAD");
        assert_eq!(currencies.of_mark("kr", Some("SEK"))[0], "SEK");
        assert!(currencies.of_mark("kr", Some("EUR")).is_empty() && currencies.of_mark("zz", None).is_empty());
    }

    #[test]
    fn a_broken_table_says_where_and_what() {
        for (text, message) in [
            (
                "account_prefix,role_code\n411,trade\n",
                "reference table `account_roles`, line 1: found columns `account_prefix`, `role_code`, wanted a column `is_perimeter`",
            ),
            (
                "account_prefix,role_code,is_perimeter\n411,trade,perhaps\n",
                "reference table `account_roles`, line 2: found `perhaps`, wanted `true` or `false`",
            ),
            (
                "account_prefix,role_code,is_perimeter\n411,a,yes\n411,b,no\n",
                "reference table `account_roles`, line 3: found `411`, wanted a prefix of its own on each line",
            ),
        ] {
            assert_eq!(AccountRoles::parse(text).unwrap_err().to_string(), message);
        }
    }
}
