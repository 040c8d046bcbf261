//! `encours legal_file`: all that a court or an agency needs of a customer: the claim item by item with its sources, penalties,
//! messages with their proofs, what was contested and promised. Nothing that the lake does not hold is written as a fact.

use std::fs;

use serde_json::{Value as Json, json};

use crate::cli::LegalFileArguments;
use crate::commands::{remind, report, shared};
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::model::{Answer, ColumnKind, CustomerKey, Value};
use crate::outreach::{self, OutreachError, Typesetter};
use crate::report::{Formats, Words, outputs, visible};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &LegalFileArguments) -> Result<Outcome, Error> {
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    let key = shared::one_customer(&engine, &arguments.customer).await?;
    engine.set_customers(std::slice::from_ref(&key), None).await?;
    let claim = Claim::of(&mut engine, &key).await?;
    if claim.items.is_empty() {
        return Err(Error::Plain(
            format!("nothing is open on {} of the customer `{}`", engine.scope().as_of, arguments.customer),
            "`encours query aging_by_customer` lists those who owe; identifiers are case-sensitive".to_owned(),
        ));
    }
    let as_of = engine.scope().as_of;
    let data = data_of(settings, &engine, &claim, &key, false).await?;
    let pdf = {
        let typesetter = Typesetter::new().map_err(|cause| typeset(&arguments.customer, cause))?;
        outreach::file(&typesetter, &data, as_of).map_err(|cause| typeset(&arguments.customer, cause))?
    };
    let stem = format!("legal_file-{}-{as_of}", shared::as_file_name(&arguments.customer));
    fs::create_dir_all(&arguments.out).map_err(|cause| Error::Disk(arguments.out.clone(), cause))?;
    let mut files = vec![(format!("{stem}.pdf"), pdf)];
    let agency = engine.ask("agency_claims").await?;
    let agency = agency.filtered(|row| agency.customer(row) == key);
    let tables =
        [("claim", &claim.items), ("penalties", &claim.penalties), ("messages", &claim.messages), ("agency", &agency)];
    for (name, answer) in tables {
        let mut csv = Vec::new();
        let path = arguments.out.join(name);
        outputs::write_csv(answer, &mut csv).map_err(|cause| Error::Disk(path, cause))?;
        files.push((format!("{stem}-{name}.csv"), csv));
    }
    for (name, bytes) in files {
        let path = arguments.out.join(name);
        fs::write(&path, bytes).map_err(|cause| Error::Disk(path.clone(), cause))?;
        shared::print(&path.display().to_string())?;
    }
    Ok(Outcome::Done)
}

/// What the file of a claim that is declared says, as the day asked knows it: the letter encloses it.
pub(super) async fn data(settings: &Settings, engine: &mut Engine, key: &CustomerKey) -> Result<Json, Error> {
    engine.set_customers(std::slice::from_ref(key), None).await?;
    let claim = Claim::of(engine, key).await?;
    data_of(settings, engine, &claim, key, true).await
}

async fn data_of(
    settings: &Settings,
    engine: &Engine,
    claim: &Claim,
    key: &CustomerKey,
    is_declared: bool,
) -> Result<Json, Error> {
    let words = shared::words(settings)?;
    let formats = Formats::new(&words)?;
    let currency = report::currency(settings, engine).await?;
    let creditor = remind::sender_of(settings, &key.company_id)?;
    let writer = Writer {
        is_declared,
        creditor,
        words: &words,
        formats: &formats,
        currency: &currency,
        decimals: engine.scope().decimals,
    };
    writer.data(claim, engine.scope().as_of)
}

fn typeset(customer: &str, cause: String) -> Error {
    OutreachError::Typeset { message_id: customer.to_owned(), cause }.into()
}

/// What the lake holds of a claim.
struct Claim {
    customer: Answer,
    items: Answer,
    penalties: Answer,
    messages: Answer,
    events: Answer,
    contests: Answer,
    promises: Answer,
    details: Answer,
}

impl Claim {
    async fn of(engine: &mut Engine, key: &CustomerKey) -> Result<Self, Error> {
        let names =
            ["open_items", "late_payment_penalties", "messages", "message_events", "payer_contests", "payer_promises"];
        let asked = engine.ask_all(&names).await?;
        let [items, penalties, messages, events, contests, promises] = asked.try_into().unwrap_or_default();
        let own = |answer: Answer| answer.filtered(|row| answer.customer(row) == *key);
        let (items, penalties, messages) = (own(items), own(penalties), own(messages));
        let is_sent = |id: &str| (0..messages.len()).any(|row| messages.value(row, "message_id").plain() == id);
        let events = events.filtered(|row| is_sent(&events.value(row, "message_id").plain()));
        let is_asked =
            |row: usize| !["waived", "invoiced"].contains(&penalties.value(row, "claim_code").plain().as_str());
        let customers = engine.ask_step("select customers.* from customers").await?;
        let customer = customers.filtered(|row| {
            customers.value(row, "customer_id").plain() == key.customer_id
                && customers.value(row, "company_id").plain() == key.company_id
        });
        let details = engine.ask("reminder_details").await?;
        Ok(Self {
            customer,
            penalties: penalties.filtered(is_asked),
            items,
            messages,
            events,
            contests,
            promises,
            details: details.filtered(|row| details.customer(row) == *key),
        })
    }
}

/// Answers in the reader's words.
struct Writer<'a> {
    /// Whether the claim is declared in insolvency: then with the interest on what is contested, which is lost otherwise.
    is_declared: bool,
    /// Who claims, as the senders' file names it.
    creditor: String,
    words: &'a Words,
    formats: &'a Formats,
    currency: &'a str,
    decimals: u8,
}

impl Writer<'_> {
    fn data(&self, claim: &Claim, as_of: crate::model::Date) -> Result<Json, Error> {
        let word = |name: &str| self.words.get(&format!("legal_file.{name}")).map(str::to_owned);
        let of_customer = |name: &str| plain(&claim.customer.value(0, name));
        let name =
            if claim.customer.is_empty() { plain(&claim.items.value(0, "customer_name")) } else { of_customer("name") };
        let sum = |answer: &Answer, name: &str| -> i128 {
            (0..answer.len()).map(|row| answer.value(row, name).thousandths().unwrap_or_default()).sum()
        };
        let open = sum(&claim.items, "open_amount");
        let disputed = if self.is_declared { 0 } else { sum(&claim.penalties, "disputed_interest_amount") };
        let interest = sum(&claim.penalties, "interest_amount") - disputed;
        let fees = sum(&claim.penalties, "recovery_fee_amount");
        let money = |thousandths: i128| format!("{} {}", self.formats.money(thousandths, self.decimals), self.currency);
        let address = of_customer("address_text").replace('|', ", ");
        let pairs = [
            ("debtor", name.clone()),
            ("customer", plain(&claim.items.value(0, "customer_id"))),
            ("registration", of_customer("registration_id")),
            ("address", address),
            ("creditor", self.creditor.clone()),
            ("open", money(open)),
            ("interest", money(interest)),
            ("fees", money(fees)),
            ("total", money(open + interest + fees)),
        ];
        let facts = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let facts = facts.map(|(name, value)| Ok(json!([word(name)?, value]))).collect::<Result<Vec<_>, Error>>()?;
        let sections = [
            (
                "items",
                &claim.items,
                &["reference", "issued_date", "due_date", "past_due_days", "amount", "open_amount"][..],
                Some("open_amount"),
            ),
            (
                "details",
                &claim.details,
                &["document_text", "order_id", "delivered_date", "site", "source_file", "source_line"],
                None,
            ),
            (
                "penalties",
                &claim.penalties,
                &[
                    "reference",
                    "overdue_from_date",
                    "to_date",
                    "day_count",
                    "overdue_amount",
                    "rate_ratio",
                    "interest_amount",
                    "recovery_fee_amount",
                ],
                None,
            ),
            (
                "messages",
                &claim.messages,
                &["run_date", "tone_code", "channel_code", "address_text", "status_code", "asked_amount"],
                None,
            ),
            (
                "events",
                &claim.events,
                &["message_id", "event_code", "event_date", "time_text", "source_code", "detail_text"],
                None,
            ),
            (
                "contests",
                &claim.contests,
                &["document_text", "reason_code", "from_date", "ended_date", "contested_amount", "outcome_code"],
                None,
            ),
            (
                "promises",
                &claim.promises,
                &["action_date", "promised_date", "promised_amount", "received_amount", "status_code"],
                None,
            ),
        ];
        let sections = sections.into_iter().map(|(name, answer, columns, total)| {
            Ok(json!({
                "title": word(&format!("{name}_title"))?,
                "note": word(&format!("{name}_note"))?,
                "empty": word("empty")?,
                "table": self.table(answer, columns, total)?,
            }))
        });
        let sections = sections.collect::<Result<Vec<_>, Error>>()?;
        Ok(json!({
            "language": self.words.language().code(),
            "title": format!("{} {name}", word("title")?),
            "subtitle": self.words.fill("legal_file.subtitle", &[("day", &self.formats.long_day(as_of))])?,
            "author": self.creditor,
            "day": self.formats.long_day(as_of),
            "contents": word("contents")?,
            "facts": facts,
            "sections": sections,
            "footer": word("footer")?,
            "page_words": [self.words.get("messages.page")?, self.words.get("messages.page_of")?],
        }))
    }

    fn table(&self, answer: &Answer, columns: &[&str], total: Option<&str>) -> Result<Json, Error> {
        let found: Vec<(usize, &str)> =
            columns.iter().filter_map(|name| Some((answer.position(name)?, *name))).collect();
        let heads = found.iter().map(|(_, name)| self.words.get(&format!("columns.{name}")).map(str::to_owned));
        let is_number = |position: usize| {
            !matches!(answer.columns[position].kind, ColumnKind::Text | ColumnKind::Date | ColumnKind::Flag)
        };
        let cell = |row: usize, (position, name): (usize, &str)| match answer.at(row, position) {
            Value::Null => String::new(),
            Value::Text(code) => {
                self.words.of_code(name, &code).map_or_else(|| visible(&code).into_owned(), str::to_owned)
            }
            // a rate of law is told with all its decimals
            Value::Decimal { digits, scale } if name == "rate_ratio" => {
                format!("{}\u{a0}%", self.formats.rounded(digits * 100, scale, 2))
            }
            value => self.formats.value(&value, &answer.columns[position]),
        };
        let rows: Vec<Vec<String>> =
            (0..answer.len()).map(|row| found.iter().map(|column| cell(row, *column)).collect()).collect();
        let total = total.map(|name| {
            let sum: i128 =
                (0..answer.len()).map(|row| answer.value(row, name).thousandths().unwrap_or_default()).sum();
            self.formats.money(sum, self.decimals)
        });
        Ok(json!({
            "headers": heads.collect::<Result<Vec<_>, _>>()?,
            "right_aligned": found.iter().map(|(position, _)| is_number(*position)).collect::<Vec<_>>(),
            "rows": rows,
            "total_label": self.words.get("messages.total")?,
            "total": total.unwrap_or_default(),
        }))
    }
}

fn plain(value: &Value) -> String {
    visible(&value.plain()).into_owned()
}
