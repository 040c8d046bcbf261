//! A mapping for a header nobody knows: columns by what their names say and what they hold, held against what must add up.
//!
//! In: a header and the first rows below it. Out: a mapping in TOML with the reason of each choice, and what could not be
//! told, which it asks instead of taking one of two; or what the file is, where it holds no receivables.

mod amounts;
mod codes;
pub mod names;
mod profile;
mod written;

use std::collections::BTreeMap;

use self::codes::State;
pub use self::codes::bucket_of;
use self::names::{ColumnNames, Said};
pub use self::profile::is_date;
use self::profile::{Profile, Sample};
use super::super::reference::Currencies;
use super::shaped::{BUCKET, HEADING};

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
        let named: Vec<String> = among.iter().map(|column| self.name(*column)).collect();
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

    /// What the file is, where it holds no receivables.
    fn other(&self) -> Option<&'static str> {
        const SUPPLIERS: &str = "a list of suppliers or of their invoices: what you owe, not what is owed to you";
        const OFFERS: &str = "a list of offers: nothing is owed before there is an invoice";
        const ORDERS: &str = "a list of orders: nothing is owed before there is an invoice";
        let scores = |role: &str, least: i32| (0..self.header.len()).any(|column| self.score(role, column) >= least);
        let names_customer = (0..self.header.len()).any(|column| {
            self.said[column].has("customer")
                && ["customer_id", "customer_name"].iter().any(|role| self.score(role, column) >= 70)
        });
        let says = |concept: &str| self.has(concept) || self.file_said.has(concept);
        if says("supplier") && !names_customer {
            return Some(SUPPLIERS);
        }
        // a column of types that holds nothing else than what is no claim
        for column in 0..self.header.len() {
            let values: Vec<&String> = self.profiles[column].values.keys().collect();
            let is_none = |value: &&String| codes::kind_of(value) == Some("none");
            if self.score("kind", column) >= LEAST_SCORE && !values.is_empty() && values.iter().all(is_none) {
                let is_bill = values.iter().all(|value| codes::is_supplier_kind(value));
                return Some(if is_bill { SUPPLIERS } else { ORDERS });
            }
        }
        if says("quote") && !self.has("invoice") {
            return Some(OFFERS);
        }
        let has_document = self.has("invoice") || scores("item_id", 76);
        let has_money = self.profiles.iter().any(|profile| profile.is_amount() && profile.marked_count > 0);
        let is_of_orders = self.said.iter().any(|said| said.has("order") && said.has("number"))
            && !has_document
            && self.has("customer");
        if (is_of_orders || self.file_said.has("order")) && !self.has("invoice") && !self.has("due") && has_money {
            return Some(ORDERS);
        }
        let tells_bank = self.has("bank") || self.has("value") || self.file_said.has("bank") || self.has("balance");
        let is_claim = |value: &String| matches!(codes::kind_of(value), Some("invoice" | "credit_note"));
        let has_claims = (0..self.header.len()).any(|column| {
            self.score("kind", column) >= LEAST_SCORE && self.profiles[column].values.keys().any(is_claim)
        });
        let is_of_claims = has_claims
            || names_customer
            || has_document
            || self.has("due")
            || self.has("overdue")
            || self.has_buckets();
        if tells_bank && self.has("date") && has_money && !is_of_claims && self.sample.heading_count < 3 {
            return Some("a bank statement: it tells what came in, and not of which invoice");
        }
        None
    }

    /// Whether columns are buckets of an aged balance.
    fn has_buckets(&self) -> bool {
        self.buckets().len() > 2
    }

    /// The columns that are buckets, and from how many days past due on.
    fn buckets(&self) -> Vec<(usize, i64)> {
        let mut buckets: Vec<(usize, i64)> = Vec::new();
        for (column, header) in self.header.iter().enumerate() {
            let is_money = self.is_bare() || self.profiles[column].is_amount() || self.profiles[column].is_empty();
            match codes::bucket_of(header).filter(|_| is_money) {
                Some(codes::Bucket::From(days)) => buckets.push((column, days)),
                Some(codes::Bucket::Older) => {
                    let last = buckets.last().map_or(0, |(_, days)| *days);
                    buckets.push((column, last + 30));
                }
                None => {}
            }
        }
        buckets
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

    /// The table a file seems to be, by what its columns are called.
    fn shape(&self) -> Shape {
        let has = |role: &str, least: i32| (0..self.header.len()).any(|column| self.score(role, column) >= least);
        let has_document = has("item_id", 68);
        let has_due = has("due_date", 80);
        let has_money = self.bare_or(|profile| profile.is_amount() && profile.marked_count > 0);
        if has("dispute_id", 90) || (has("dispute_reason_code", 76) && has_document && !has_due) {
            return Shape::Table("disputes");
        }
        let names_invoice = has("invoice_id", 80);
        let are_receipts = (0..self.header.len()).any(|column| {
            let values = &self.profiles[column].values;
            self.score("kind", column) >= LEAST_SCORE
                && !values.is_empty()
                && values.keys().all(|value| codes::kind_of(value) == Some("receipt"))
        });
        if (has("receipt_id", 84) || are_receipts) && names_invoice && !has_due {
            return Shape::Receipts;
        }
        let names_customer = has("customer_id", 40) || has("customer_name", 40);
        let is_plain = !has_document && !has_due && names_customer && (!has_money || has("credit_limit_amount", 38));
        let describes = ["terms_code", "credit_limit_amount", "payment_method"].iter().any(|role| has(role, 38))
            || self.has("address");
        let has_contact = has("email", 90) && has("contact_name", 80);
        if is_plain
            && (describes || (!has_contact && (has("email", 70) || has("phone", 70) || has("country_code", 90))))
        {
            return Shape::Table("customers");
        }
        if !has_document && !has_due && has_contact {
            return Shape::Table("contacts");
        }
        let is_settled = (0..self.header.len()).any(|column| {
            let is_date = self.is_bare() || self.profiles[column].is_date();
            is_date && self.score("settled_date", column) >= 66
        });
        if is_settled && (has_document || has_due) { Shape::InvoiceHistory } else { Shape::Items }
    }

    /// Whether some column holds such cells; true where there is no row to look at.
    fn bare_or(&self, fits: impl Fn(&Profile) -> bool) -> bool {
        self.is_bare() || self.profiles.iter().any(fits)
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

    /// Entries matched with each other owe nothing: where every code of matching adds up to nothing, those rows do not count.
    fn leave_out_matched(&mut self) {
        let (Some((Taken::Column(debit), _)), Some((Taken::Column(credit), _))) =
            (self.taken.get("debit_amount"), self.taken.get("credit_amount"))
        else {
            return;
        };
        let (debits, credits) = (self.sample.amounts(*debit), self.sample.amounts(*credit));
        let matched = (0..self.header.len()).find(|column| {
            let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
            for (row, cells) in self.sample.rows.iter().enumerate() {
                if !cells[*column].is_empty() {
                    *sums.entry(&cells[*column]).or_default() += debits[row] - credits[row];
                }
            }
            let is_matching = self.said[*column].has("settled") && !self.profiles[*column].is_date();
            is_matching && !self.used.contains(column) && !sums.is_empty() && sums.values().all(|sum| *sum == 0)
        });
        if let Some(column) = matched {
            self.used.push(column);
            self.add_condition(format!("coalesce({}, '') = ''", sql_name(&self.header[column])));
        }
    }

    /// A balance of credit less debit, or invoices that are negative, turn the sign.
    fn choose_sign(&mut self) {
        let Some((Taken::Column(amount), _)) = self.taken.get("amount").cloned() else { return };
        if self.sign != "as_is" {
            return;
        }
        let said = &self.said[amount];
        let first = |words: &[&str]| {
            let folded = super::super::names::fold(&self.header[amount]);
            words.iter().filter_map(|word| folded.find(word)).min()
        };
        let is_credit_first = said.has("credit")
            && said.has("debit")
            && first(&["credit", "haben", "haber"]) < first(&["debit", "soll", "debe"]);
        let invoices = match self.taken.get("kind") {
            Some((Taken::Column(kind), _)) => {
                let is_invoice = |row: &&Vec<String>| codes::kind_of(&row[*kind]) == Some("invoice");
                self.sample
                    .rows
                    .iter()
                    .filter(is_invoice)
                    .map(|row| self.sample.thousandths(&row[amount]).unwrap_or_default())
                    .collect()
            }
            _ => Vec::new(),
        };
        let are_negative =
            invoices.len() > 1 && invoices.iter().filter(|amount| **amount < 0).count() * 10 >= invoices.len() * 9;
        let is_credit_only = said.has("credit") && !said.has("debit") && said.has("balance");
        if is_credit_first || is_credit_only || are_negative {
            self.sign = "reversed";
        } else if self.sample.amounts(amount).iter().sum::<i64>() < 0 {
            self.questions
                .push("`sign`: the amounts sum to less than nothing: whether minus is what is owed".to_owned());
        }
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

    /// Who owes: a code, else a name, else the heading above.
    fn choose_customer(&mut self) {
        let filled = |profile: &Profile| !profile.is_empty() && !profile.is_date();
        let mut identified = self.ranked("customer_id", filled);
        // of two as good by their names, the one that is filled more
        identified
            .sort_by_key(|(score, column)| (-score, self.sample.rows.len() - self.profiles[*column].filled_count));
        let is_code =
            |column: usize| self.profiles[column].values.keys().all(|value| !value.contains(' ') && value.len() <= 20);
        // a column that is only called customer holds names where a code goes with it, each with its own
        let plain = identified.iter().position(|(_, column)| {
            self.said[*column].concepts.len() == 1 && self.said[*column].has("customer") && !is_code(*column)
        });
        if let Some(plain) = plain {
            let called = identified[plain].1;
            let filled_count = |column: usize| self.profiles[column].filled_count;
            let coded = identified.iter().find(|(score, column)| {
                *column != called
                    && *score > 35
                    && is_code(*column)
                    && filled_count(*column) == filled_count(called)
                    && self.sample.go_together(*column, called)
                    && !self.is_bare()
            });
            if let Some((_, code)) = coded.copied() {
                self.take("customer_id", code, "");
                self.take("customer_name", called, "");
                return;
            }
        }
        // an account or a code without a word of customers is one only where names go with it, or it stands alone
        let beside = self.ranked("customer_name", |profile| filled(profile) && !profile.is_number_like());
        identified.retain(|(score, column)| {
            let is_weak = *score < 60 && !self.said[*column].has("customer") && !self.said[*column].has("auxiliary");
            !is_weak
                || beside.is_empty()
                || beside.iter().any(|(_, name)| name != column && self.sample.go_together(*column, *name))
        });
        let called = self.ranked("customer_name", |profile| filled(profile) && !profile.is_number_like());
        let chosen = identified.first().copied();
        // one column may be both: then it is the chosen, unless another is a better one
        let name = called.iter().find(|(score, column)| {
            chosen.is_none_or(|(chosen_score, chosen)| chosen != *column || *score > chosen_score)
        });
        let chosen = match (chosen, name) {
            (Some((chosen_score, column)), Some((name_score, named)))
                if column == *named && *name_score > chosen_score =>
            {
                identified.iter().find(|(_, other)| other != named).copied()
            }
            (chosen, _) => chosen,
        };
        if let Some((score, column)) = chosen {
            let filled_count = self.profiles[column].filled_count;
            let rival = identified.iter().find(|(other, rival)| {
                *rival != column
                    && self.profiles[*rival].filled_count >= filled_count
                    && score - other <= NEAR
                    && Some(*rival) != name.map(|(_, name)| *name)
            });
            if let Some((_, rival)) = rival.filter(|(_, rival)| !self.are_same(column, *rival)) {
                let among = [column, *rival];
                self.ask("customer_id", &among, "the customer");
                return;
            }
            self.take("customer_id", column, "");
        }
        if let Some((_, column)) = name.filter(|(_, column)| !self.used.contains(column)) {
            self.take("customer_name", *column, "");
        }
        if !self.taken.contains_key("customer_id") {
            if let Some((Taken::Column(name), _)) = self.taken.get("customer_name").cloned() {
                self.taken.insert(
                    "customer_id",
                    (Taken::Column(name), "no column holds a code: the name stands for it".to_owned()),
                );
            } else if self.sample.heading_count > 0 {
                let why = "customers stand in rows of their own, above their items";
                self.taken.insert("customer_id", (Taken::Heading, why.to_owned()));
                return;
            } else {
                self.customer_by_values();
            }
        }
        // a customer written once above its items
        if let Some((Taken::Column(column), _)) = self.taken.get("customer_id").cloned() {
            let (filled, all) = (self.profiles[column].filled_count, self.sample.rows.len());
            let is_first_filled = self.sample.rows.first().is_some_and(|row| !row[column].is_empty());
            if filled < all && is_first_filled {
                self.filled_down.push(column);
            }
        }
    }

    /// Texts that come again and again under a header that says nothing; several are asked.
    fn customer_by_values(&mut self) {
        let count = self.sample.rows.len();
        let fitting: Vec<usize> = (0..self.header.len())
            .filter(|column| !self.used.contains(column) && !self.header[*column].is_empty())
            .filter(|column| {
                let profile = &self.profiles[*column];
                let is_money = profile.is_amount() && profile.marked_count > 0;
                let is_code = !(is_money || profile.is_date() || profile.is_currency());
                let repeats = profile.values.len() < count || count == 1;
                let says_other = !self.said[*column].concepts.is_empty();
                profile.filled_count == count && count > 0 && is_code && repeats && !says_other
            })
            .collect();
        match fitting[..] {
            [only] => self.take("customer_id", only, "by its values"),
            _ => self.ask("customer_id", &fitting, "the customer"),
        }
    }

    /// Whether two columns hold the same in every row.
    fn are_same(&self, left: usize, right: usize) -> bool {
        self.sample.rows.iter().all(|row| row[left] == row[right])
    }

    /// The kinds of documents, and whether their signs are those of the amounts.
    fn choose_kind(&mut self) {
        let is_told = |profile: &Profile| {
            let known = profile.values.keys().filter(|value| codes::kind_of(value).is_some()).count();
            !profile.is_empty() && known * 2 >= profile.values.len() && profile.values.len() <= 20
        };
        let Some((_, column)) = self.ranked("kind", is_told).first().copied() else { return };
        self.take("kind", column, "");
        let values: Vec<String> = self.profiles[column].values.keys().cloned().collect();
        let is_of_si = values.iter().any(|value| value == "SI");
        let (mut kinds, mut others) = (Vec::new(), Vec::new());
        for value in values {
            match codes::kind_of(&value) {
                Some("none") => others.push(value),
                // SA is a journal entry with some, and a payment on account beside SI and SC
                Some("adjustment") if value == "SA" && is_of_si => kinds.push((value, "receipt")),
                kind => kinds.push((value, kind.unwrap_or("adjustment"))),
            }
        }
        if !others.is_empty() {
            self.leave_out(column, &others);
        }
        self.kinds = kinds;
        let lowers = |kind: &str| matches!(kind, "credit_note" | "receipt" | "write_off" | "discount");
        let has_lowering = self.kinds.iter().any(|(_, kind)| lowers(kind));
        let amount = match self.taken.get("amount") {
            Some((Taken::Column(column), _)) => Some(*column),
            _ => None,
        };
        let is_unsigned = amount.is_some_and(|amount| self.profiles[amount].negative_count == 0);
        if has_lowering && is_unsigned && self.sign == "as_is" {
            self.sign = "by_kind";
        }
        let unknown: Vec<&String> =
            self.kinds.iter().filter(|(_, kind)| *kind == "adjustment").map(|(value, _)| value).collect();
        if !unknown.is_empty() && is_unsigned && matches!(self.sign, "as_is" | "by_kind") {
            let listed: Vec<String> = unknown.iter().map(|value| format!("`{value}`")).collect();
            self.questions.push(format!("`kind`: whether {} is owed or lowers what is owed", listed.join(", ")));
        }
    }

    /// Rows whose column holds one of these values do not count.
    fn leave_out(&mut self, column: usize, values: &[String]) {
        let listed: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
        self.add_condition(format!("coalesce({}, '') not in ({})", sql_name(&self.header[column]), listed.join(", ")));
    }

    fn add_condition(&mut self, clause: String) {
        self.condition = Some(match self.condition.take() {
            Some(before) => format!("{before} and {clause}"),
            None => clause,
        });
    }

    /// Drafts and cancelled invoices owe nothing; paid ones neither, where no column tells what was paid.
    fn choose_status(&mut self) {
        let tells_paid =
            ["settled_date", "paid_amount"].iter().any(|role| self.taken.contains_key(role)) || self.amount_is_left();
        for (_, column) in self.ranked("status", |profile| profile.values.len() <= 20 && !profile.is_empty()) {
            let is_of_completion = self.said[column].has("complete");
            let values: Vec<String> = self.profiles[column].values.keys().cloned().collect();
            let is_left = |value: &&String| match codes::state_of(value) {
                // "Complete: No" is not issued yet; "Open: No" is settled
                _ if is_of_completion => super::super::cells::flag(value) == Some(false),
                State::Void => true,
                State::Paid => !tells_paid,
                State::Owed => false,
            };
            let left: Vec<String> = values.iter().filter(is_left).cloned().collect();
            if !left.is_empty() {
                self.used.push(column);
                self.leave_out(column, &left);
            }
        }
    }

    /// Whether the amount taken is what is left, by its name.
    fn amount_is_left(&self) -> bool {
        match self.taken.get("amount") {
            Some((Taken::Column(column), _)) => {
                ["open", "balance", "overdue"].iter().any(|concept| self.said[*column].has(concept))
            }
            _ => false,
        }
    }

    /// "Settled: yes" owes nothing, where the amount is not what is left.
    fn choose_paid_flag(&mut self) {
        let is_flag = |profile: &Profile| {
            !profile.is_empty() && profile.values.keys().all(|value| super::super::cells::flag(value).is_some())
        };
        let tells_open = self.amount_is_left();
        let Some((_, column)) = self.ranked("paid_flag", is_flag).first().copied().filter(|_| !tells_open) else {
            return;
        };
        let is_paid = |value: &&String| super::super::cells::flag(value) == Some(true);
        let paid: Vec<String> = self.profiles[column].values.keys().filter(is_paid).cloned().collect();
        if !paid.is_empty() {
            self.used.push(column);
            self.leave_out(column, &paid);
        }
    }

    /// What tells one row from another.
    fn choose_key(&mut self) {
        let filled = |profile: &Profile| !profile.is_empty() && !profile.is_date();
        let mut ranked = self.ranked("item_id", filled);
        // a bare name is a number where it looks like one
        ranked.retain(|(_, column)| {
            let said = &self.said[*column];
            !(said.concepts.len() == 1 && said.has("name")) || self.profiles[*column].is_number_like()
        });
        let Some((score, first)) = ranked.first().copied() else {
            let unique: Vec<usize> = (0..self.header.len())
                .filter(|column| !self.used.contains(column) && !self.header[*column].is_empty())
                .filter(|column| self.sample.is_unique(&[*column]) && !self.profiles[*column].is_date())
                .filter(|column| self.profiles[*column].marked_count == 0 && self.said[*column].concepts.is_empty())
                .collect();
            match unique[..] {
                [only] if !self.is_bare() => self.take("item_id", only, "by its values: no two rows share one"),
                _ => self.ask("item_id", &unique, "the number of the document"),
            }
            return;
        };
        if self.is_bare() || self.sample.is_unique(&[first]) {
            self.take("item_id", first, "");
            return;
        }
        // rows that repeat their document with all it owes: lines of one invoice
        if self.repeats_amounts(first) {
            self.repeats = true;
            self.take("item_id", first, "rows repeat their document: each counts once");
            return;
        }
        // instalments of one invoice, series of numbers, companies: a second column tells them apart
        let filled = |profile: &Profile| !profile.is_empty();
        let of = |role: &str| match self.taken.get(role) {
            Some((Taken::Column(column), _)) => Some(*column),
            _ => None,
        };
        if let Some(company) = of("company_id")
            && self.sample.is_unique(&[company, first])
        {
            self.take("item_id", first, "a number in each company");
            return;
        }
        let named: Vec<usize> = ["instalment", "series"]
            .iter()
            .flat_map(|role| self.ranked(role, filled))
            .map(|(_, column)| column)
            .chain(of("due_date"))
            .collect();
        if let Some(second) = named.into_iter().find(|second| self.sample.is_unique(&[first, *second])) {
            self.used.extend([first, second]);
            let why = "the number alone comes several times".to_owned();
            let columns = if self.said[second].has("series") { vec![second, first] } else { vec![first, second] };
            self.taken.insert("item_id", (Taken::Columns(columns), why));
            return;
        }
        // another number that tells every row, nearly as good by its name
        let other = ranked
            .iter()
            .find(|(other, column)| *column != first && score - other <= 30 && self.sample.is_unique(&[*column]));
        if let Some((_, column)) = other.copied() {
            let why = format!("no two rows share one, as they do in {}", self.name(first));
            self.take("item_id", column, &why);
            return;
        }
        self.ask("item_id", &[first], "the number of the document, but rows share it");
    }

    /// Whether rows of one document bear one amount: each is a line of it, and repeats its total.
    fn repeats_amounts(&self, column: usize) -> bool {
        let Some((Taken::Column(amount), _)) = self.taken.get("amount") else { return false };
        let mut by_document: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in &self.sample.rows {
            by_document.entry(&row[column]).or_default().push(&row[*amount]);
        }
        let several: Vec<&Vec<&str>> = by_document.values().filter(|amounts| amounts.len() > 1).collect();
        let due_differs = match self.taken.get("due_date") {
            Some((Taken::Column(due), _)) => self.sample.rows.iter().enumerate().any(|(position, row)| {
                self.sample.rows[..position]
                    .iter()
                    .any(|other| other[column] == row[column] && other[*due] != row[*due])
            }),
            _ => false,
        };
        !several.is_empty()
            && !due_differs
            && several.iter().all(|amounts| amounts.iter().all(|amount| *amount == amounts[0]))
    }

    fn heading() -> &'static str {
        HEADING
    }
}

/// A column as SQL names it.
fn sql_name(header: &str) -> String {
    format!("\"{}\"", header.replace('"', "\"\""))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a proposal that cannot be read back must stop the test")]
mod tests {
    use proptest::prelude::*;

    use super::super::inputs;
    use super::super::mapping::{Mapping, Origin, Sign};
    use super::*;
    use crate::ingest::samples;

    fn proposed(text: &str) -> Proposal {
        let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect();
        let (names, currencies) = (samples::column_names(), samples::currencies());
        propose(&rows[0], &rows[1..], Some(';'), "list.csv", (&names, &currencies), Some("EUR"))
    }

    fn mapped(text: &str) -> Mapping {
        let proposal = proposed(text);
        assert!(proposal.is_clear(), "{:?}", proposal.questions);
        Mapping::parse("m", &proposal.mapping).unwrap()
    }

    fn column(mapping: &Mapping, input: &str) -> Option<String> {
        match mapping.origins.get(input) {
            Some(Origin::Column(name)) => Some(name.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_french_item_list_is_understood_by_its_names() {
        let mapping = mapped(
            "N° facture;Code client;Nom client;Type;Date facture;Échéance;Montant TTC;Divers\n\
             F1;C1;Dupont;FA;31/01/2024;01/03/2024;1 200,00;x\nA1;C1;Dupont;AV;31/01/2024;31/01/2024;100,00;y",
        );
        for (input, header) in [
            ("item_id", "N° facture"),
            ("customer_id", "Code client"),
            ("customer.name", "Nom client"),
            ("issued_date", "Date facture"),
            ("due_date", "Échéance"),
            ("amount", "Montant TTC"),
        ] {
            assert_eq!(column(&mapping, input).as_deref(), Some(header), "{input}");
        }
        assert_eq!(mapping.values["kind"]["av"], "credit_note");
        assert_eq!(mapping.sign, Sign::ByKind);
    }

    #[test]
    fn columns_without_telling_names_are_understood_by_their_values() {
        let mapping = mapped("k;c;d1;d2;m\n1;x;2024-01-01;2024-02-01;10,50\n2;x;2024-01-02;2024-02-02;11,00");
        for (input, header) in
            [("item_id", "k"), ("customer_id", "c"), ("issued_date", "d1"), ("due_date", "d2"), ("amount", "m")]
        {
            assert_eq!(column(&mapping, input).as_deref(), Some(header), "{input}");
        }
    }

    #[test]
    fn what_is_open_comes_before_what_was_billed_and_a_side_gives_the_sign() {
        let balance = "invoice_id;customer_id;invoice_date;due_date;invoice_amount;open_balance\n\
                       A1;K1;2025-03-03;2025-04-02;1000;400\nA2;K2;2025-03-14;2025-04-13;250;250";
        assert_eq!(column(&mapped(balance), "amount").as_deref(), Some("open_balance"));
        let side = "Konto;Rechnungs-Nr.;Belegdatum;Faelligkeit;Betrag;S/H\n\
                    K1;R1;15.01.2025;14.02.2025;1.300,00;S\nK1;Z1;20.03.2025;20.03.2025;300,00;H";
        let mapping = mapped(side);
        assert_eq!((mapping.sign, column(&mapping, "side").as_deref()), (Sign::BySide, Some("S/H")));
        assert_eq!(column(&mapping, "customer_id").as_deref(), Some("Konto"));
    }

    #[test]
    fn two_columns_that_may_be_meant_are_asked() {
        let two = "Invoice No;Customer;Invoice date;Amount A;Amount B\nF1;C1;2024-01-31;10.00;12.00";
        let proposal = proposed(two);
        assert!(proposal.questions[0].contains("`Amount A` or `Amount B`"), "{:?}", proposal.questions);
        assert!(proposal.mapping.contains("amount = \"?\""));
        let index =
            ";Invoice No;Customer Name;Invoice Date;Due Date;Amount\n0;N-1;Customer one;2025-01-13;2025-02-12;640.00";
        assert_eq!(column(&mapped(index), "customer_id").as_deref(), Some("Customer Name"));
    }

    #[test]
    fn settlements_receipts_and_other_lists_make_other_shapes() {
        let shape = |text: &str| mapped(text).shape;
        assert_eq!(
            shape("Invoice number;Customer;Invoice date;Amount;Payment date\nF1;C;2024-01-31;1.00;2024-02-03"),
            inputs::Shape::InvoiceHistory
        );
        assert_eq!(
            shape("N° règlement;Client;Date règlement;N° facture;Montant imputé\nR1;C;2024-01-31;F1;1,00"),
            inputs::Shape::Receipts
        );
        assert!(proposed("Fournisseur;N° facture;Date;Montant\nX;F1;2024-01-31;1,00").is_other.is_some());
        assert!(proposed("Date;Libellé;Débit;Crédit;Solde\n2024-01-31;VIR;;1,00;3,00").is_other.is_some());
    }

    proptest! {
        #[test]
        fn every_proposal_can_be_read_back(header in proptest::collection::vec("\\PC{1,12}", 1..8), cells in proptest::collection::vec("\\PC{0,8}", 8)) {
            let (names, currencies) = (samples::column_names(), samples::currencies());
            let proposal = propose(&header, &[cells.clone(), cells], Some('\t'), "list.csv", (&names, &currencies), None);
            prop_assert!(proposal.mapping.parse::<toml::Table>().is_ok(), "{}", proposal.mapping);
        }
    }
}
