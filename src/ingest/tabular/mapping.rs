//! Mappings: how the tables that other software exports become ours, said in TOML.
//!
//! ```toml
//! description = "Open items of an accounting package"
//! shape = "items"                  # items, open_items (what is open on a day, all of it), receipts, invoice_history,
//!                                  # worklist_results, or table with `table = "…"`
//! header = ["N° facture", "Client"] # the columns that tell such a file; all of [columns] when absent
//! separator = ";"                  # found when absent
//! encoding = "windows-1252"        # found when absent
//! sheet = "Feuil1"                 # of a workbook; the first with rows when absent
//! dates = "dmy"                    # auto, dmy, mdy
//! decimal = ","                    # auto, "," or "."
//! sign = "by_kind"                 # as_is, by_kind, by_side, reversed, debit_credit
//! where = "\"Statut\" <> 'Brouillon'" # SQL: the rows that count; all when absent
//! fill_down = ["Client"]           # columns whose empty cells hold what stands above
//! repeated_rows = "once"           # rows of one key repeat what their document owes: the first counts
//! list_date = "2025-01-31"         # the day of an aged balance, which its title or name may tell too
//! [columns]
//! item_id = "N° facture"           # a column of the file
//! item_id = ["N° facture", "N° échéance"] # several of them, joined by `/`
//! amount = { sql = "amount(\"TTC\") - amount(\"Réglé\")" } # SQL over its columns, which are text until amount() or day() reads them
//! customer_id = "(heading)"        # the row above that holds nothing else
//! [constants]
//! currency_code = "EUR"
//! [values.kind]
//! "AV" = "credit_note"
//! [buckets]                        # of an aged balance: each amount is an item, due so many days before the list's day
//! "31-60" = 31                     # its name, amount and day are "(bucket)", "(bucket amount)" and "(bucket day)"
//! [customer]                       # columns of `customers`, one row a customer
//! name = "Nom"
//! ```

use std::collections::HashMap;

use super::super::IngestError;
use super::super::amount::Decimal;
use super::super::dates::DateOrder;
use super::super::encoding::Encoding;
use super::super::fields::SEPARATORS;
use super::super::names::fold;
use super::inputs::{Input, Shape};
use super::shaped::Shaping;
use crate::model::{Date, ItemKind, tables};

/// What an amount's sign means in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// + is owed to us.
    #[default]
    AsIs,
    /// Amounts have no sign, kinds have: a positive credit note or receipt lowers what is owed. What is already
    /// negative stays so.
    ByKind,
    /// − is owed to us.
    Reversed,
    /// Two columns, `debit_amount` and `credit_amount`.
    DebitCredit,
    /// A column says on which side an amount stands: what is on the credit side lowers what is owed.
    BySide,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The column of that name.
    Column(String),
    /// What SQL makes of the columns.
    Sql(String),
    /// The same on every row.
    Constant(String),
}

/// A mapping, read and checked.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name, for `--mapping`.
    pub name: String,
    /// What files it is for.
    pub description: String,
    /// What a row of the file is.
    pub shape: Shape,
    /// The folded names of the columns that tell such a file.
    pub header: Vec<String>,
    /// The mark between fields, when it is always the same.
    pub separator: Option<char>,
    /// The encoding, when it is always the same.
    pub encoding: Option<Encoding>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The order of days and months, when it is always the same.
    pub date_order: Option<DateOrder>,
    /// The decimal mark, when it is always the same.
    pub decimal: Option<Decimal>,
    /// What signs mean.
    pub sign: Sign,
    /// The rows that count, in SQL.
    pub condition: Option<String>,
    /// Columns whose empty cells hold what stands above.
    pub filled_down: Vec<String>,
    /// Whether rows repeat their document, which counts once.
    pub repeats: bool,
    /// The day of the list.
    pub list_day: Option<Date>,
    /// Whether the file lists what is open on a day: a later list takes its place.
    pub is_list: bool,
    /// Columns of an aged balance, and from how many days past due they are.
    pub buckets: Vec<(String, i64)>,
    /// Where each input comes from.
    pub origins: HashMap<&'static str, Origin>,
    /// For an input, what a value of the file (folded) stands for.
    pub values: HashMap<&'static str, HashMap<String, String>>,
}

/// What a mapping may say.
const KEYS: [&str; 19] = [
    "description",
    "shape",
    "table",
    "header",
    "separator",
    "encoding",
    "sheet",
    "dates",
    "decimal",
    "sign",
    "where",
    "fill_down",
    "repeated_rows",
    "list_date",
    "buckets",
    "columns",
    "constants",
    "values",
    "customer",
];

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`IngestError::MappingBroken`] for TOML that is none, words it has not, columns the shape does not know or misses.
    pub fn parse(name: &str, text: &str) -> Result<Self, IngestError> {
        let broken = Broken { name };
        let document: toml::Table =
            text.parse().map_err(|error: toml::de::Error| broken.found(error.message(), "a document in TOML"))?;
        if let Some(key) = document.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(broken.found(&format!("`{key}`"), &format!("only {}", KEYS.join(", "))));
        }
        let word = |key: &str| broken.word(&document, key);
        let table = word("table")?;
        let shape_word = word("shape")?.unwrap_or(if table.is_some() { "table" } else { "items" });
        let shape = match (shape_word, table) {
            ("items" | "open_items", None | Some("items")) => Shape::Table(&tables::ITEMS),
            ("receipts", None) => Shape::Receipts,
            ("invoice_history", None) => Shape::InvoiceHistory,
            ("worklist_results", None) => Shape::WorklistResults,
            ("table", Some(table)) => tables::table(table)
                .filter(|table| table.is_loadable)
                .map(Shape::Table)
                .ok_or_else(|| broken.found(&format!("table `{table}`"), "a table that files may bring"))?,
            (other, _) => {
                let wanted = "shape `items`, `open_items`, `receipts`, `invoice_history`, `worklist_results`, or `table` with `table = \"…\"`";
                return Err(broken.found(&format!("shape `{other}`"), wanted));
            }
        };
        let inputs = shape.inputs();
        let known = |key: &str| broken.input(&inputs, key);
        let mut origins = HashMap::new();
        for (key, value) in broken.section(&document, "columns")? {
            origins.insert(known(key)?, broken.origin(key, value)?);
        }
        for (key, value) in broken.section(&document, "customer")? {
            origins.insert(known(&format!("customer.{key}"))?, broken.origin(key, value)?);
        }
        for (key, value) in broken.section(&document, "constants")? {
            if origins.insert(known(key)?, Origin::Constant(broken.text(key, value)?)).is_some() {
                return Err(broken.found(&format!("`{key}` as column and constant"), "one of them"));
            }
        }
        let mut values = HashMap::new();
        for (key, list) in broken.section(&document, "values")? {
            let toml::Value::Table(list) = list else {
                return Err(broken.found(&format!("values of `{key}`"), "a list of `\"theirs\" = \"ours\"`"));
            };
            let translated = list.iter().map(|(theirs, ours)| Ok((fold(theirs), broken.text(key, ours)?)));
            values.insert(known(key)?, translated.collect::<Result<HashMap<String, String>, IngestError>>()?);
        }
        let sign = match word("sign")? {
            None | Some("as_is") => Sign::AsIs,
            Some("by_kind") => Sign::ByKind,
            Some("reversed") => Sign::Reversed,
            Some("debit_credit") => Sign::DebitCredit,
            Some("by_side") => Sign::BySide,
            Some(other) => {
                let wanted = "as_is, by_kind, by_side, reversed or debit_credit";
                return Err(broken.found(&format!("sign `{other}`"), wanted));
            }
        };
        let mapping = Self {
            name: name.to_owned(),
            description: word("description")?.unwrap_or_default().to_owned(),
            header: broken.header(&document, &origins)?,
            separator: broken.separator(word("separator")?)?,
            encoding: broken.chosen(
                word("encoding")?,
                Encoding::parse,
                "an encoding such as utf-8, windows-1252, cp850",
            )?,
            sheet: word("sheet")?.map(str::to_owned),
            date_order: match word("dates")? {
                None | Some("auto") => None,
                order => broken.chosen(order, DateOrder::parse, "dates as auto, dmy or mdy")?,
            },
            decimal: match word("decimal")? {
                None | Some("auto") => None,
                Some(",") => Some(Decimal::Comma),
                Some(".") => Some(Decimal::Dot),
                Some(other) => return Err(broken.found(&format!("decimal `{other}`"), "auto, `,` or `.`")),
            },
            condition: word("where")?.map(str::to_owned),
            filled_down: broken.names(&document, "fill_down")?.unwrap_or_default(),
            is_list: shape_word == "open_items",
            repeats: match word("repeated_rows")? {
                None => false,
                Some("once") => true,
                Some(other) => return Err(broken.found(&format!("repeated_rows `{other}`"), "`once`")),
            },
            list_day: broken.chosen(word("list_date")?, |day| day.parse().ok(), "a day such as 2025-01-31")?,
            buckets: broken.buckets(&document)?,
            shape,
            sign,
            origins,
            values,
        };
        mapping.check(&inputs, broken)?;
        Ok(mapping)
    }

    /// Whether every input the shape needs has an origin, and every constant and value is one of ours.
    fn check(&self, inputs: &[Input], broken: Broken<'_>) -> Result<(), IngestError> {
        let has = |name: &str| self.origins.contains_key(name);
        let by_sides = self.sign == Sign::DebitCredit;
        if by_sides && !(has("debit_amount") && has("credit_amount")) {
            return Err(broken.found("sign `debit_credit`", "columns for `debit_amount` and `credit_amount`"));
        }
        if self.sign == Sign::BySide && !has("side") {
            return Err(broken.found("sign `by_side`", "a column for `side`"));
        }
        // without a kind, what is owed is an invoice and what lowers it a credit note
        let is_spared = |name: &str| (by_sides && name == "amount") || (self.has_kind_by_sign() && name == "kind");
        let is_missing = |input: &&Input| input.is_required && !has(input.name) && !is_spared(input.name);
        if let Some(input) = inputs.iter().find(is_missing) {
            return Err(broken.found(&format!("no `{}`", input.name), "a column or a constant for it"));
        }
        let kinds = self.values.get("kind").into_iter().flat_map(HashMap::values);
        let constant = match self.origins.get("kind") {
            Some(Origin::Constant(kind)) => Some(kind),
            _ => None,
        };
        if let Some(kind) = kinds.chain(constant).find(|kind| ItemKind::parse(kind).is_none()) {
            let known = ItemKind::ALL.map(ItemKind::code).join(", ");
            return Err(broken.found(&format!("kind `{kind}`"), &format!("one of {known}")));
        }
        Ok(())
    }

    /// Whether an item's sign tells its kind, since nothing else does.
    #[must_use]
    pub fn has_kind_by_sign(&self) -> bool {
        self.shape == Shape::Table(&tables::ITEMS) && !self.origins.contains_key("kind")
    }

    /// Whether a header, its names folded, has every column that tells such a file.
    #[must_use]
    pub fn selects(&self, folded: &[String]) -> bool {
        self.header.iter().all(|name| folded.contains(name))
    }
}

/// Says what is wrong with a mapping.
#[derive(Clone, Copy)]
struct Broken<'a> {
    name: &'a str,
}

impl Broken<'_> {
    fn found(self, found: &str, wanted: &str) -> IngestError {
        IngestError::MappingBroken { name: self.name.to_owned(), found: found.to_owned(), wanted: wanted.to_owned() }
    }

    fn word<'t>(self, document: &'t toml::Table, key: &str) -> Result<Option<&'t str>, IngestError> {
        match document.get(key) {
            None => Ok(None),
            Some(toml::Value::String(word)) => Ok(Some(word)),
            Some(other) => Err(self.found(&format!("`{key} = {other}`"), "a text between quotes")),
        }
    }

    fn section<'t>(self, document: &'t toml::Table, key: &str) -> Result<Vec<(&'t str, &'t toml::Value)>, IngestError> {
        match document.get(key) {
            None => Ok(Vec::new()),
            Some(toml::Value::Table(table)) => Ok(table.iter().map(|(key, value)| (key.as_str(), value)).collect()),
            Some(_) => Err(self.found(&format!("`{key}`"), &format!("a section `[{key}]`"))),
        }
    }

    fn text(self, key: &str, value: &toml::Value) -> Result<String, IngestError> {
        match value {
            toml::Value::String(text) if !text.trim().is_empty() => Ok(text.clone()),
            toml::Value::Boolean(_) | toml::Value::Integer(_) => Ok(value.to_string()),
            other => Err(self.found(&format!("`{key} = {other}`"), "a text between quotes")),
        }
    }

    /// A column, several of them, or SQL.
    fn origin(self, key: &str, value: &toml::Value) -> Result<Origin, IngestError> {
        match value {
            toml::Value::String(name) if name.trim() == "?" => {
                Err(self.found(&format!("`{key}` is still `?`"), "the name of the column that holds it"))
            }
            toml::Value::Array(names) => {
                let names = names.iter().map(|name| self.text(key, name)).collect::<Result<Vec<String>, _>>()?;
                let quoted: Vec<String> =
                    names.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
                Ok(Origin::Sql(format!("concat_ws('/', {})", quoted.join(", "))))
            }
            toml::Value::Table(table) => match table.get("sql") {
                Some(toml::Value::String(sql)) if table.len() == 1 && !sql.trim().is_empty() => {
                    Ok(Origin::Sql(sql.clone()))
                }
                _ => Err(self.found(&format!("`{key} = {value}`"), "`{ sql = \"…\" }`")),
            },
            value => Ok(Origin::Column(self.text(key, value)?)),
        }
    }

    /// The columns of an aged balance.
    fn buckets(self, document: &toml::Table) -> Result<Vec<(String, i64)>, IngestError> {
        let bucket = |(name, days): (&str, &toml::Value)| match days
            .as_integer()
            .filter(|days| (0..=9_999).contains(days))
        {
            Some(days) => Ok((name.to_owned(), days)),
            None => Err(self.found(&format!("bucket `{name} = {days}`"), "from how many days past due, such as 31")),
        };
        self.section(document, "buckets")?.into_iter().map(bucket).collect()
    }

    /// A list of names, where there is one.
    fn names(self, document: &toml::Table, key: &str) -> Result<Option<Vec<String>>, IngestError> {
        match document.get(key) {
            None => Ok(None),
            Some(toml::Value::Array(list)) => {
                list.iter().map(|name| self.text(key, name)).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(self.found(&format!("`{key}`"), "a list of column names")),
        }
    }

    fn input(self, inputs: &[Input], key: &str) -> Result<&'static str, IngestError> {
        inputs.iter().find(|input| input.name == key).map(|input| input.name).ok_or_else(|| {
            let known: Vec<&str> = inputs.iter().map(|input| input.name).collect();
            self.found(&format!("column `{key}`"), &format!("one of {}", known.join(", ")))
        })
    }

    fn chosen<T>(
        self,
        word: Option<&str>,
        parse: impl Fn(&str) -> Option<T>,
        wanted: &str,
    ) -> Result<Option<T>, IngestError> {
        word.map(|word| parse(word).ok_or_else(|| self.found(&format!("`{word}`"), wanted))).transpose()
    }

    fn separator(self, word: Option<&str>) -> Result<Option<char>, IngestError> {
        let parse = |word: &str| SEPARATORS.into_iter().find(|separator| word == separator.to_string());
        self.chosen(word, parse, "a separator: tab, `;`, `|` or `,`")
    }

    fn header(
        self,
        document: &toml::Table,
        origins: &HashMap<&'static str, Origin>,
    ) -> Result<Vec<String>, IngestError> {
        let mut names: Vec<String> = match self.names(document, "header")? {
            Some(names) => names.iter().map(|name| fold(name)).collect(),
            None => origins
                .values()
                .filter_map(|origin| match origin {
                    Origin::Column(name) if Shaping::own_column(name).is_none() => Some(fold(name)),
                    _ => None,
                })
                .collect(),
        };
        names.sort();
        names.dedup();
        if names.is_empty() { Err(self.found("no column", "at least one column of the file")) } else { Ok(names) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a shipped mapping that cannot be read must stop the test")]
mod tests {
    use super::*;
    use crate::ingest::samples;

    #[test]
    fn the_shipped_mappings_can_be_read() {
        for mapping in samples::mappings() {
            assert!(!mapping.description.is_empty(), "{}", mapping.name);
        }
    }

    #[test]
    fn a_broken_mapping_says_what_it_may_say() {
        let columns = "[columns]\nitem_id = \"n\"\ncustomer_id = \"c\"\nissued_date = \"d\"\namount = \"a\"\n";
        for (text, found) in [
            ("shape = ", "string values must be quoted"),
            ("colour = \"red\"", "found `colour`"),
            ("shape = \"cube\"", "found shape `cube`"),
            ("table = \"loads\"", "found table `loads`"),
            ("[columns]\ncolour = \"c\"", "found column `colour`"),
            ("[columns]\nitem_id = \"?\"", "found `item_id` is still `?`"),
            ("[columns]\nitem_id = { sql = 3 }", "found `item_id = { sql = 3 }`"),
            ("[columns]\nitem_id = \"n\"\n", "found no `customer_id`"),
            (&format!("sign = \"by_side\"\n{columns}"), "found sign `by_side`"),
            (&format!("{columns}[constants]\nkind = \"bill\"\n"), "found kind `bill`"),
            (&format!("dates = \"ymd\"\n{columns}"), "found `ymd`"),
            (
                &format!("sign = \"debit_credit\"\n{columns}[constants]\nkind = \"invoice\"\n"),
                "found sign `debit_credit`",
            ),
            (
                &format!("{columns}[constants]\nkind = \"invoice\"\namount = \"1\"\n"),
                "found `amount` as column and constant",
            ),
        ] {
            let message = Mapping::parse("m", text).unwrap_err().to_string();
            assert!(message.starts_with("mapping `m` cannot be used: ") && message.contains(found), "{message}");
        }
    }
}
