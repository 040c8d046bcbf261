//! The tables of a message, from rows of answers: what is owed, what is contested, what late payment costs, how to answer and pay.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::commands::reference;
use crate::commands::remind::reader::{Reader, clean};
use crate::commands::shared;
use crate::error::Error;
use crate::model::{Answer, Value};
use crate::outreach::{Sender, Table};
use crate::settings::Settings;

/// Documents that the answer of a link lists.
const DOCUMENTS_IN_ANSWER: usize = 20;

/// Part of an answer for one reader.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub reader: &'a Reader,
    pub answer: &'a Answer,
    pub rows: &'a [usize],
}

/// What is owed: rows of `reminder_items`, or of `declared_items`.
pub(super) struct Items<'a>(pub Part<'a>);

impl Items<'_> {
    /// Each as a template may name it.
    pub(super) fn facts(&self) -> Vec<Json> {
        self.0.rows.iter().map(|row| self.item(*row)).collect()
    }

    fn item(&self, row: usize) -> Json {
        let Part { reader, answer, .. } = self.0;
        let value = |name: &str| answer.value(row, name);
        json!({
            "document": clean(&value("document_text").plain()),
            "issued_date": reader.long_day(&value("issued_date")),
            "due_date": reader.long_day(&value("due_date")),
            "past_due_days": shared::count(&value("past_due_days")),
            "amount": self.money(row, "item_amount"),
            "open_amount": self.money(row, "asked_amount"),
            "order": clean(&value("order_id").plain()),
            "level": shared::count(&value("level_order")),
        })
    }

    /// An amount of an item, in its own currency.
    fn money(&self, row: usize, name: &str) -> String {
        let Part { reader, answer, .. } = self.0;
        let decimals = decimals(answer, row);
        let thousandths = answer.value(row, name).thousandths().unwrap_or_default();
        reader.money(thousandths, decimals, &answer.value(row, "currency_code").plain())
    }

    /// What is asked for, currency by currency, with its decimals.
    pub(super) fn sums(&self) -> BTreeMap<String, (i128, u8)> {
        let mut sums: BTreeMap<String, (i128, u8)> = BTreeMap::new();
        for row in self.0.rows {
            let code = self.0.answer.value(*row, "currency_code").plain();
            let sum = sums.entry(code).or_insert((0, decimals(self.0.answer, *row)));
            sum.0 += self.0.answer.value(*row, "asked_amount").thousandths().unwrap_or_default();
        }
        sums
    }

    /// The same in words.
    pub(super) fn asked(&self) -> String {
        amounts(self.0.reader, &self.sums()).join(" + ")
    }

    /// Numbers of the documents.
    fn documents(&self) -> impl Iterator<Item = String> {
        self.0.rows.iter().map(|row| clean(&self.0.answer.value(*row, "document_text").plain()))
    }

    pub(super) fn table(&self) -> Result<Table, Error> {
        let Part { reader, answer, rows } = self.0;
        let heads = ["document", "order", "issued", "due", "days", "open"];
        let has_orders = rows.iter().any(|row| !answer.value(*row, "order_id").is_null());
        let is_shown = |place: usize| has_orders || place != 1;
        let cells = |row: usize| {
            let item = self.item(row);
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let days = shared::count(&answer.value(row, "past_due_days"));
            let cells = [
                text("document"),
                text("order"),
                reader.day(answer, row, "issued_date"),
                reader.day(answer, row, "due_date"),
                if days > 0 { days.to_string() } else { String::new() },
                text("open_amount"),
            ];
            cells.into_iter().enumerate().filter(|(place, _)| is_shown(*place)).map(|(_, cell)| cell).collect()
        };
        let heads = heads.iter().enumerate().filter(|(place, _)| is_shown(*place));
        Ok(Table {
            headers: heads.clone().map(|(_, name)| reader.word(name)).collect::<Result<_, _>>()?,
            is_number: heads.map(|(place, _)| place >= 4).collect(),
            rows: rows.iter().map(|row| cells(*row)).collect(),
            totals: totals(reader, &self.sums())?,
            ..Table::default()
        })
    }
}

/// A customer's account: rows of `reminder_accounts`.
pub(super) fn account_table(of: Part) -> Result<Table, Error> {
    let Part { reader, answer, rows } = of;
    let mut sums: BTreeMap<String, (i128, u8)> = BTreeMap::new();
    let mut cells = Vec::new();
    for row in rows {
        let value = |name: &str| answer.value(*row, name);
        let (open, code) = (value("open_amount").thousandths().unwrap_or_default(), value("currency_code").plain());
        let days = shared::count(&value("past_due_days"));
        let kind = value("kind").plain();
        let decimals = decimals(answer, *row);
        cells.push(vec![
            clean(&value("document_text").plain()),
            reader.words.of_code("kind", &kind).unwrap_or(&kind).to_owned(),
            reader.day(answer, *row, "issued_date"),
            reader.day(answer, *row, "due_date"),
            if days > 0 { days.to_string() } else { String::new() },
            reader.money(open, decimals, &code),
        ]);
        let sum = sums.entry(code).or_insert((0, decimals));
        sum.0 += open;
    }
    let heads = ["document", "kind", "issued", "due", "days", "balance"];
    Ok(Table {
        headers: heads.into_iter().map(|name| reader.word(name)).collect::<Result<_, _>>()?,
        is_number: (0..heads.len()).map(|place| place >= 4).collect(),
        rows: cells,
        totals: totals(reader, &sums)?,
        ..Table::default()
    })
}

fn decimals(answer: &Answer, row: usize) -> u8 {
    u8::try_from(shared::count(&answer.value(row, "decimal_count"))).unwrap_or(2)
}

fn amounts(reader: &Reader, sums: &BTreeMap<String, (i128, u8)>) -> Vec<String> {
    sums.iter().map(|(code, (sum, decimals))| reader.money(*sum, *decimals, code)).collect()
}

fn totals(reader: &Reader, sums: &BTreeMap<String, (i128, u8)>) -> Result<Vec<(String, String)>, Error> {
    let total = reader.word("total")?;
    Ok(amounts(reader, sums).into_iter().map(|sum| (total.clone(), sum)).collect())
}

/// What is contested: rows of `reminder_disputes`.
pub(super) struct Disputes<'a>(pub Part<'a>);

impl Disputes<'_> {
    pub(super) fn facts(&self) -> Vec<Json> {
        self.0.rows.iter().map(|row| self.dispute(*row)).collect()
    }

    fn dispute(&self, row: usize) -> Json {
        let Part { reader, answer, .. } = self.0;
        let value = |name: &str| clean(&answer.value(row, name).plain());
        let (reason, owner) = (value("reason_code"), value("owner"));
        json!({
            "document": value("document_text"),
            "reason": reader.words.of_code("reason_code", &reason).unwrap_or(&reason),
            "opened_date": reader.long_day(&answer.value(row, "from_date")),
            "owner": reader.words.of_code("owner", &owner).unwrap_or(&owner),
        })
    }

    pub(super) fn table(&self) -> Result<Table, Error> {
        let reader = self.0.reader;
        let names = ["document", "reason", "opened_date", "owner"];
        let cells = |row: usize| {
            let dispute = self.dispute(row);
            names.iter().map(|name| dispute[name].as_str().unwrap_or_default().to_owned()).collect()
        };
        let heads = ["document", "reason", "since", "owner"];
        Ok(Table {
            headers: heads.into_iter().map(|name| reader.word(name)).collect::<Result<_, _>>()?,
            is_number: vec![false; names.len()],
            rows: self.0.rows.iter().map(|row| cells(*row)).collect(),
            ..Table::default()
        })
    }
}

/// Interest and fees of late payment: rows of `reminder_penalties`, or of `declared_penalties`.
pub(super) struct Penalties<'a> {
    pub of: Part<'a>,
    /// Of the currency of the answer.
    pub decimals: u8,
    pub currency_code: &'a str,
}

impl Penalties<'_> {
    /// Interest and fees. A half-year without a rate is an error that names it: never no interest.
    pub(super) fn sums(&self) -> Result<(i128, i128), Error> {
        let (mut interest, mut fees) = (0, 0);
        for row in self.of.rows {
            let value = |name: &str| self.of.answer.value(*row, name);
            if value("rate_ratio").is_null() {
                return Err(Error::Plain(
                    format!("late payment from {} on has no rate", value("overdue_from_date").plain()),
                    "add the line of its half-year to `penalty_rates.csv`: the ECB's main refinancing rate on its first day"
                        .to_owned(),
                ));
            }
            interest += value("interest_amount").thousandths().unwrap_or_default();
            fees += value("recovery_fee_amount").thousandths().unwrap_or_default();
        }
        Ok((interest, fees))
    }

    /// An amount in the currency of the answer; empty where no penalties are named.
    pub(super) fn money(&self, thousandths: i128) -> String {
        if self.of.rows.is_empty() {
            return String::new();
        }
        self.of.reader.money(thousandths, self.decimals, self.currency_code)
    }

    pub(super) fn table(&self) -> Result<Table, Error> {
        let Part { reader, answer, rows } = self.of;
        let cells = |row: usize| {
            let value = |name: &str| answer.value(row, name);
            let money = |name: &str| self.money(value(name).thousandths().unwrap_or_default());
            let rate = match value("rate_ratio") {
                Value::Decimal { digits, scale } => reader.rate(digits, scale),
                _ => String::new(),
            };
            vec![
                clean(&value("document_text").plain()),
                reader.day(answer, row, "overdue_from_date"),
                reader.day(answer, row, "to_date"),
                value("day_count").plain(),
                money("overdue_amount"),
                rate,
                money("interest_amount"),
                money("recovery_fee_amount"),
            ]
        };
        let (interest, fees) = self.sums()?;
        let heads = ["document", "from", "to", "day_count", "overdue", "rate", "interest", "fee"];
        Ok(Table {
            headers: heads.into_iter().map(|name| reader.word(name)).collect::<Result<_, _>>()?,
            is_number: (0..heads.len()).map(|place| place >= 3).collect(),
            rows: rows.iter().map(|row| cells(*row)).collect(),
            totals: vec![(reader.word("total")?, self.money(interest + fees))],
            ..Table::default()
        })
    }
}

/// Reasons that an answer may name, each with its code and, in an e-mail, a link that begins the answer.
pub(super) fn contest_table(
    items: &Items,
    reasons: &[(i64, String)],
    answer_to: &str,
    message_id: &str,
) -> Result<Table, Error> {
    let reader = items.0.reader;
    let word = |code: &String| reader.words.of_code("reason_code", code).unwrap_or(code).to_owned();
    let documents: Vec<String> = items.documents().take(DOCUMENTS_IN_ANSWER).collect();
    let about = reader.words.fill("messages.contest_about", &[("documents", &documents.join("\n"))])?;
    let subject = reader.words.fill("messages.contest_subject", &[("id", message_id)])?;
    // line ends as RFC 6068 wants them
    let encoded = |text: &str| utf8_percent_encode(&text.replace('\n', "\r\n"), NON_ALPHANUMERIC).to_string();
    let link = |order: i64| {
        let subject = encoded(&format!("{subject} R{order}"));
        format!("mailto:{answer_to}?subject={subject}&body={}", encoded(&about))
    };
    Ok(Table {
        title: reader.words.fill("messages.contest", &[("id", message_id)])?,
        rows: reasons.iter().map(|(order, code)| vec![format!("R{order}"), word(code)]).collect(),
        links: reasons.iter().map(|(order, _)| link(*order)).collect(),
        ..Table::default()
    })
}

/// Number and reason of the answers that a message offers.
pub(super) fn contest_reasons(settings: &Settings) -> Result<Vec<(i64, String)>, Error> {
    let rows = reference::rows(settings, "contest_reasons")?;
    let row = |mut row: BTreeMap<String, String>| {
        let order = row.remove("answer_order")?.parse().ok()?;
        Some((order, row.remove("reason_code")?))
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// Where the money is to go, and what to write on the transfer.
pub(super) fn payment_table(
    reader: &Reader,
    (sender, [iban, bic]): &(Sender, [String; 2]),
    customer_id: &str,
    asked: &str,
) -> Result<Table, Error> {
    let rows = [
        ("amount", asked),
        ("beneficiary", sender.name.as_str()),
        ("iban", iban.as_str()),
        ("bic", bic.as_str()),
        ("transfer_reference", customer_id),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let rows = rows.map(|(name, value)| Ok(vec![reader.word(name)?, value.to_owned()]));
    Ok(Table { title: reader.word("payment")?, rows: rows.collect::<Result<_, Error>>()?, ..Table::default() })
}
