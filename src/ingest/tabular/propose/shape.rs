//! What a file is: the table it seems to be, or something that holds no receivables.

use super::profile::Profile;
use super::{Columns, LEAST_SCORE, Shape, codes};

impl Columns<'_> {
    /// What the file is, where it holds no receivables.
    pub(super) fn other(&self) -> Option<&'static str> {
        const SUPPLIERS: &str = "a list of suppliers or of their invoices: what you owe, not what is owed to you";
        const OFFERS: &str = "a list of offers: nothing is owed before there is an invoice";
        const ORDERS: &str = "a list of orders: nothing is owed before there is an invoice";
        const CONTRA: &str =
            "a journal that names an account and its contra account on each line: load one account a line, or a FEC";
        let names_account = self.said.iter().any(|said| said.has("account") && !said.has("contra"));
        let tells_claims = ["customer", "due", "open", "balance"].iter().any(|concept| self.has(concept));
        if self.has("contra") && names_account && !tells_claims && (self.has("debit") || self.has("side")) {
            return Some(CONTRA);
        }
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
    pub(super) fn has_buckets(&self) -> bool {
        self.buckets().len() > 2
    }

    /// The columns that are buckets, and from how many days past due on.
    pub(super) fn buckets(&self) -> Vec<(usize, i64)> {
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

    /// The table a file seems to be, by what its columns are called.
    pub(super) fn shape(&self) -> Shape {
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
    pub(super) fn bare_or(&self, fits: impl Fn(&Profile) -> bool) -> bool {
        self.is_bare() || self.profiles.iter().any(fits)
    }
}
