//! A proposal written as a mapping, each choice with its reason.

use std::fmt::Write as _;

use super::super::shaped::{BUCKET_AMOUNT, BUCKET_DAY};
use super::{Columns, Proposal, Shape, Taken, sql_name};

/// Roles in the order they are written, and the input that each is in a shape.
const ORDER: [&str; 40] = [
    "company_id",
    "item_id",
    "receipt_id",
    "invoice_id",
    "dispute_id",
    "customer_id",
    "customer_name",
    "contact_name",
    "kind",
    "side",
    "issued_date",
    "posted_date",
    "due_date",
    "settled_date",
    "receipt_date",
    "opened_date",
    "amount",
    "base_amount",
    "debit_amount",
    "credit_amount",
    "paid_amount",
    "settled_amount",
    "open_amount",
    "total_amount",
    "currency_code",
    "is_disputed",
    "dispute_reason_code",
    "reference",
    "order_id",
    "label",
    "site",
    "salesperson",
    "delivered_date",
    "country_code",
    "group_id",
    "terms_code",
    "credit_limit_amount",
    "payment_method",
    "collector_id",
    "email",
];

/// The input that a role gives in a shape; `customer.` inputs go into their own section.
fn input_of(shape: Shape, role: &'static str) -> Option<&'static str> {
    Some(match (shape, role) {
        (Shape::Receipts, "customer_name") | (_, "open_amount" | "total_amount")
            if shape != Shape::Table("disputes") =>
        {
            return None;
        }
        (Shape::Table("disputes"), "open_amount" | "total_amount") => "disputed_amount",
        (Shape::Table("disputes"), "dispute_reason_code") => "reason_code",
        (Shape::Table(_), "customer_name" | "contact_name") => "name",
        (Shape::Items | Shape::InvoiceHistory, "customer_name") => "customer.name",
        (Shape::Items | Shape::InvoiceHistory, "country_code") => "customer.country_code",
        (_, role) => role,
    })
}

impl Columns<'_> {
    pub(super) fn proposal(self, shape: Shape, separator: Option<char>) -> Proposal {
        let mut lines = vec![
            "# proposed from the header and the first rows: check every line before use".to_owned(),
            "description = \"what this file is and where it comes from\"".to_owned(),
        ];
        match shape {
            Shape::Table(table) => lines.push(format!("table = \"{table}\"")),
            Shape::Items => lines.push("shape = \"items\"".to_owned()),
            Shape::InvoiceHistory => lines.push("shape = \"invoice_history\"".to_owned()),
            Shape::Receipts => lines.push("shape = \"receipts\"".to_owned()),
        }
        if let Some(separator) = separator {
            lines.push(format!("separator = {}", quoted(&separator.to_string())));
        }
        lines.push("dates = \"auto\"    # or dmy, mdy".to_owned());
        lines.push("decimal = \"auto\"  # or \",\" or \".\"".to_owned());
        if matches!(shape, Shape::Items | Shape::InvoiceHistory) {
            lines.push(format!("sign = \"{}\"      # or as_is, by_kind, by_side, reversed, debit_credit", self.sign));
        }
        if let Some(condition) = &self.condition {
            lines.push(format!("where = {}  # the rows that count", quoted(condition)));
        }
        let mut filled_down = Vec::new();
        if self.repeats {
            lines.push("repeated_rows = \"once\"  # rows repeat their document".to_owned());
        }
        if !self.filled_down.is_empty() {
            let named: Vec<String> = self.filled_down.iter().map(|column| quoted(&self.header[*column])).collect();
            lines.push(format!("fill_down = [{}]", named.join(", ")));
            filled_down.push(format!("fill_down = {}", named.join(", ")));
        }
        lines.push(String::new());
        lines.push("[columns]".to_owned());
        let (mut of_customer, mut choices) = (Vec::new(), filled_down);
        for role in ORDER {
            let Some((taken, why)) = self.taken.get(role) else { continue };
            let Some(input) = input_of(shape, role) else { continue };
            let (value, told) = self.value(taken);
            let reason = if why.is_empty() { String::new() } else { format!("  # {}", one_line(why)) };
            if let Some(told) = told {
                choices.push(format!("{input} = {told}"));
            }
            match input.strip_prefix("customer.") {
                Some(input) => of_customer.push(format!("{input} = {value}{reason}")),
                None => lines.push(format!("{input} = {value}{reason}")),
            }
        }
        if !self.buckets.is_empty() {
            lines.push(format!("amount = \"{BUCKET_AMOUNT}\""));
            lines.push(format!("issued_date = \"{BUCKET_DAY}\"  # the first day that the bucket allows"));
            lines.push(format!("due_date = \"{BUCKET_DAY}\""));
            choices.push("amounts by age".to_owned());
        }
        self.contact_key(shape, &mut lines);
        let used = |column: &usize| {
            self.used.contains(column) || self.taken.values().any(|(taken, _)| *taken == Taken::Column(*column))
        };
        for column in (0..self.header.len()).filter(|column| !used(column)) {
            lines.push(format!("# not used: {}", quoted(&self.header[column])));
        }
        if !self.kinds.is_empty() && matches!(shape, Shape::Items | Shape::InvoiceHistory) {
            lines.push(String::new());
            lines.push("[values.kind]".to_owned());
            lines.extend(self.kinds.iter().map(|(value, kind)| format!("{} = \"{kind}\"", quoted(value))));
        }
        if !self.buckets.is_empty() {
            lines.push(String::new());
            lines.push("[constants]".to_owned());
            lines.push("kind = \"opening\"".to_owned());
            lines.push(String::new());
            lines.push("[buckets]  # from how many days past due; 0 for what is not due".to_owned());
            lines.extend(
                self.buckets.iter().map(|(column, days)| format!("{} = {days}", quoted(&self.header[*column]))),
            );
        }
        if !of_customer.is_empty() {
            lines.push(String::new());
            lines.push("[customer]".to_owned());
            lines.extend(of_customer);
        }
        lines.push(String::new());
        let sums = self.sample.sums.iter().flat_map(|sums| self.header.iter().zip(sums));
        let own_sums = sums.filter(|(_, sum)| self.sample.thousandths(sum).is_some());
        let own_sums = own_sums.map(|(header, sum)| (header.clone(), sum.clone())).collect();
        Proposal { mapping: lines.join("\n"), questions: self.questions, is_other: None, choices, own_sums }
    }

    /// A value as TOML, and in words.
    fn value(&self, taken: &Taken) -> (String, Option<String>) {
        let name = |column: &usize| self.header[*column].clone();
        match taken {
            Taken::Column(column) => (quoted(&name(column)), Some(format!("`{}`", name(column)))),
            Taken::Columns(columns) => {
                let named: Vec<String> = columns.iter().map(name).collect();
                let listed: Vec<String> = named.iter().map(|name| quoted(name)).collect();
                (format!("[{}]", listed.join(", ")), Some(format!("`{}`", named.join("` and `"))))
            }
            Taken::Sql(sql) => (format!("{{ sql = {} }}", quoted(sql)), Some(format!("`{sql}`"))),
            Taken::Heading => (quoted(Self::heading()), Some("the row above".to_owned())),
            Taken::Asked => ("\"?\"".to_owned(), None),
        }
    }

    /// A contact without a number of its own is known by its e-mail, else its name.
    fn contact_key(&self, shape: Shape, lines: &mut Vec<String>) {
        if shape != Shape::Table("contacts") {
            return;
        }
        let column = |role: &str| match self.taken.get(role) {
            Some((Taken::Column(column), _)) => Some(sql_name(&self.header[*column])),
            _ => None,
        };
        let named: Vec<String> = ["email", "contact_name"].iter().filter_map(|role| column(role)).collect();
        if !named.is_empty() {
            lines.push(format!("contact_id = {{ sql = {} }}", quoted(&format!("coalesce({})", named.join(", ")))));
        }
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A text between quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                written.push('\\');
                written.push(letter);
            }
            '\t' => written.push_str("\\t"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            letter if letter.is_control() => {
                // writing to a text cannot fail
                let _written = write!(written, "\\u{:04x}", u32::from(letter));
            }
            letter => written.push(letter),
        }
    }
    written.push('"');
    written
}
