//! Exports of real kinds, read by a mapping that nobody wrote: none wrong, nearly all right, the rest asked.
//!
//! `tests/corpus` holds invented files in the layouts of real software, and in `answers.toml` what an accountant reads in each.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use encours::engine::CellSql;
use encours::ingest::{
    self, AccountRoles, ActionCodes, BoxedError, ColumnNames, CounterpartClasses, Currencies, Mapping, OpeningJournals,
    ReadOptions, Sink, WrittenForms,
};
use encours::model::{AgreedTerms, Money, Rows, Terms, Values};

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    Asked(String),
    Wrong(String),
}

/// Sums the items of a file.
#[derive(Default)]
struct Sum {
    thousandths: i64,
    item_count: usize,
}

impl Sink for Sum {
    fn rows(&mut self, rows: Rows) -> Result<(), BoxedError> {
        if ["items", "listed_items"].contains(&rows.table.name) {
            let column = |name: &str| match &rows.columns[rows.table.position(name).unwrap()] {
                Values::Money(amounts) => amounts,
                _ => unreachable!(),
            };
            // in the currency of the books, where the file gives it
            let both = column("amount").iter().zip(column("base_amount"));
            self.thousandths += both.filter_map(|(amount, base)| base.or(*amount)).map(Money::thousandths).sum::<i64>();
            self.item_count += rows.len();
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), BoxedError> {
        *self = Self::default();
        Ok(())
    }
}

/// The reference tables as shipped.
struct References {
    roles: AccountRoles,
    classes: CounterpartClasses,
    journals: OpeningJournals,
    currencies: Currencies,
    forms: WrittenForms,
    names: ColumnNames,
    codes: ActionCodes,
    terms: AgreedTerms,
}

impl References {
    fn shipped() -> Self {
        let table = |name: &str| fs::read_to_string(root().join(format!("data/reference/{name}.csv"))).unwrap();
        Self {
            roles: AccountRoles::parse(&table("account_roles")).unwrap(),
            classes: CounterpartClasses::parse(&table("counterpart_classes")).unwrap(),
            journals: OpeningJournals::parse(&table("opening_journals")).unwrap(),
            currencies: Currencies::parse(&table("currencies")).unwrap(),
            forms: WrittenForms::parse(&table("written_forms")).unwrap(),
            names: ColumnNames::parse(&table("column_words"), &table("column_roles")).unwrap(),
            codes: ActionCodes::parse(&table("results"), &table("reasons")).unwrap(),
            terms: Terms::STATUTORY.into(),
        }
    }

    fn options<'a>(&'a self, mapping: Option<&'a Mapping>) -> ReadOptions<'a> {
        ReadOptions {
            company_id: None,
            default_company_id: "main",
            base_currency: Some("EUR"),
            encoding: None,
            date_order: None,
            decimal: None,
            mapping,
            mappings: &[],
            default_terms: &self.terms,
            usual_year_end: None,
            roles: &self.roles,
            classes: &self.classes,
            opening_journals: &self.journals,
            currencies: &self.currencies,
            written_forms: self.forms,
            column_names: &self.names,
            expressions: &CellSql,
            action_codes: &self.codes,
            // who loads a list says its day where it does not
            list_day: "2025-03-31".parse().ok(),
            is_no_list: false,
            are_totals_accepted: false,
            progress: &|_| {},
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A text of an answer.
fn text<'a>(answer: &'a toml::Table, key: &str) -> Option<&'a str> {
    answer.get(key).and_then(toml::Value::as_str)
}

/// The names of a list in an answer.
fn names(answer: &toml::Table, key: &str) -> Vec<String> {
    let list = answer.get(key).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// What a mapping takes an input from: columns of the file by name.
fn taken(mapping: &toml::Table, input: &str) -> Vec<String> {
    let of = |value: &toml::Value| match value {
        toml::Value::String(name) => vec![name.clone()],
        toml::Value::Array(list) => list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        other => vec![other.to_string()],
    };
    let section = |name: &str| mapping.get(name).and_then(toml::Value::as_table);
    let (place, key) = match input.strip_prefix("customer.") {
        Some(key) => ("customer", key),
        None => ("columns", input),
    };
    section(place).and_then(|section| section.get(key)).map(of).unwrap_or_default()
}

fn judge(path: &Path, answer: &toml::Table, references: &References) -> Verdict {
    let options = references.options(None);
    let table = text(answer, "table").unwrap();
    let found = match ingest::inspect(path, &options) {
        Ok(found) => found,
        Err(cause) => {
            return if cause.to_string().contains("may be day first") {
                Verdict::Asked(cause.to_string())
            } else {
                Verdict::Wrong(cause.to_string())
            };
        }
    };
    let Some(proposal) = found.proposal else {
        return Verdict::Wrong(format!("taken for {} without being asked", found.format_code));
    };
    if let Some(what) = &proposal.is_other {
        return if table == "none" { Verdict::Right } else { Verdict::Wrong(format!("said to be {what}")) };
    }
    if !proposal.is_clear() {
        return Verdict::Asked(proposal.questions.join("; "));
    }
    if table == "none" {
        return Verdict::Wrong("no receivables, and taken for some".to_owned());
    }
    let parsed: toml::Table = proposal.mapping.parse().unwrap();
    let shape = text(&parsed, "table").or_else(|| text(&parsed, "shape")).unwrap();
    // an undated dispute makes a history of a list, which loses nothing
    let is_aged = parsed.contains_key("buckets");
    let is_same = (table == "aged_balances" && is_aged)
        || (!is_aged && (shape == table || (table == "items" && shape == "invoice_history")));
    if !is_same {
        return Verdict::Wrong(format!("taken for {shape}, is {table}"));
    }
    if text(answer, "amount_is") == Some("ask") {
        return Verdict::Wrong("nobody could tell the amount, and it was taken".to_owned());
    }
    let mut wrong = Vec::new();
    let mut expect = |input: &str, wanted: Vec<String>, also: &[&str]| {
        let got = taken(&parsed, input);
        let is_also = also.iter().any(|name| got == [(*name).to_owned()]);
        if !wanted.is_empty() && got != wanted && !is_also {
            wrong.push(format!("{input}: {got:?} instead of {wanted:?}"));
        }
    };
    let one = |key: &str| text(answer, key).map(|name| vec![name.to_owned()]).unwrap_or_default();
    if table == "items" || table == "invoice_history" {
        if text(answer, "sign") == Some("by_side") {
            expect("side", one("side"), &[]);
        }
        // a number in each company is told by both
        let company = taken(&parsed, "company_id");
        let key: Vec<String> = names(answer, "item_id").into_iter().filter(|name| !company.contains(name)).collect();
        expect("item_id", key, &[]);
        expect("customer_id", one("customer_id"), &[]);
        expect("issued_date", one("issued_date"), &[]);
        expect("due_date", one("due_date"), &[]);
        if table == "invoice_history" {
            expect("settled_date", one("settled_date"), &[]);
        }
        // a history is told by its total and what settled it, or by what is left
        let is_told_otherwise = table == "invoice_history" || text(answer, "amount_is") == Some("difference");
        if names(answer, "amount").len() == 1 && !is_told_otherwise {
            let base = taken(&parsed, "base_amount");
            if base != names(answer, "amount") {
                expect("amount", names(answer, "amount"), &[]);
            }
        }
    } else if table != "disputes" {
        expect("customer_id", one("customer_id"), &[]);
    }
    if !wrong.is_empty() {
        return Verdict::Wrong(wrong.join("; "));
    }
    // what it sums to is what an accountant reads in it
    let mapping = Mapping::parse("proposed", &proposal.mapping).unwrap();
    let mut sum = Sum::default();
    match ingest::read(path, &references.options(Some(&mapping)), &mut sum) {
        Ok(report) => {
            let refused: u64 = report.rejected_count;
            if let Some(total) = text(answer, "open_total") {
                let wanted = encours::model::money::thousandths_of(total).unwrap();
                if i128::from(sum.thousandths) != wanted {
                    let got = encours::model::money::money_text(i128::from(sum.thousandths), 2);
                    return Verdict::Wrong(format!("sums to {got} instead of {total}, {refused} refused"));
                }
            }
            if refused > 0 {
                Verdict::Wrong(format!("{refused} refused: {:?}", report.reject_counts))
            } else {
                Verdict::Right
            }
        }
        Err(cause) if cause.to_string().contains("may be day first") => Verdict::Asked(cause.to_string()),
        Err(cause) => Verdict::Wrong(cause.to_string()),
    }
}

#[test]
fn exports_of_real_kinds_are_read_rightly_or_asked() {
    let folder = root().join("tests/corpus");
    let answers: toml::Table = fs::read_to_string(folder.join("answers.toml")).unwrap().parse().unwrap();
    let references = References::shipped();
    let mut table = String::new();
    let (mut right, mut asked, mut wrong, mut may_ask) = (0, 0, 0, 0);
    for answer in answers["file"].as_array().unwrap() {
        let answer = answer.as_table().unwrap();
        let name = text(answer, "name").unwrap();
        let verdict = judge(&folder.join(name), answer, &references);
        // where nobody could tell, to ask is right
        let is_to_be_asked = text(answer, "amount_is") == Some("ask") || text(answer, "dates") == Some("undecided");
        let line = match &verdict {
            Verdict::Right => "right".to_owned(),
            Verdict::Asked(_) if is_to_be_asked => "right: asked, as nobody could tell".to_owned(),
            Verdict::Asked(what) => format!("asked: {what}"),
            Verdict::Wrong(what) => format!("WRONG: {what}"),
        };
        may_ask += usize::from(is_to_be_asked && matches!(verdict, Verdict::Asked(_)));
        match verdict {
            Verdict::Right => right += 1,
            Verdict::Asked(_) => asked += 1,
            Verdict::Wrong(_) => wrong += 1,
        }
        writeln!(table, "{name:46} {line}").unwrap();
    }
    let count = right + asked + wrong;
    println!("{table}\n{count} files: {right} right, {asked} asked ({may_ask} of them rightly), {wrong} wrong");
    assert!(count >= 80, "{count} files");
    assert_eq!(wrong, 0, "{table}");
    assert!((right + may_ask) * 10 >= count * 9, "{right} right and {may_ask} rightly asked of {count}\n{table}");
}
