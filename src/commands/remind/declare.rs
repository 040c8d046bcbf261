//! `encours remind declare`: the claim on a customer in insolvency, declared to whom the notice names, as it stood on the day of the
//! judgment, with its file. The customer itself gets nothing.

use std::collections::BTreeMap;

use serde_json::json;

use crate::cli::RemindDeclareArguments;
use crate::commands::remind::facts::form_words;
use crate::commands::remind::reader::{Readers, clean};
use crate::commands::remind::record::{self, ITEMS, MESSAGES, Record};
use crate::commands::remind::send::Asked;
use crate::commands::remind::signatories::Signatories;
use crate::commands::remind::tables::{Items, Part, Penalties};
use crate::commands::remind::write::{self, Forms};
use crate::commands::{legal_file, report, shared};
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::model::money::decimal_text;
use crate::model::{Answer, CustomerKey, Date, Value};
use crate::outreach::{Draft, MessageTemplates, Outbox};
use crate::settings::Settings;

/// The template of declarations, and what tells them from reminders.
pub(super) const TONE: &str = "declaration";
/// They belong to no policy of reminders.
const POLICY: &str = "insolvency";
const CHANNEL: &str = "registered_letter";

pub(super) async fn run(settings: &Settings, arguments: &RemindDeclareArguments) -> Result<Outcome, Error> {
    let (engine, notices) = notices(settings).await?;
    let as_of = engine.scope().as_of;
    let written = engine.ask_step("select messages.message_id from messages").await?;
    let written: Vec<String> = (0..written.len()).map(|row| written.value(row, "message_id").plain()).collect();
    let is_meant = |row: &usize| {
        let customer = notices.value(*row, "customer_id").plain();
        arguments.customer.as_ref().is_none_or(|asked| *asked == customer)
    };
    let found: Vec<usize> = (0..notices.len()).filter(is_meant).collect();
    if let (true, Some(customer)) = (found.is_empty(), &arguments.customer) {
        return Err(Error::Plain(
            format!("no notice names the customer `{customer}` on {as_of}"),
            "notices match customers by `registration_id`: `encours query insolvencies` lists those found".to_owned(),
        ));
    }
    let outbox = Outbox::at(arguments.outbox.clone());
    let templates = MessageTemplates::load(write::own_templates(settings))?;
    let time = record::now();
    let mut record = Record::default();
    let (mut rows, mut item_rows, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for row in found {
        let notice = Notice::of(&notices, row);
        let is_written = written.contains(&notice.declaration_id);
        if let Some(why) = notice.hindrance(is_written) {
            shared::say(settings, &format!("{}: {why}", notice.name));
            continue;
        }
        let claim = Claim::of(settings, &notice).await?;
        let draft = claim.draft(settings, &notice, as_of)?;
        let letter = templates.fill(&draft)?;
        let bytes = Forms::new(settings, as_of).letter(&draft, &letter, Some(&claim.file))?;
        let file_name = format!("{as_of}/{}.pdf", notice.declaration_id);
        let hash = outbox.keep(&file_name, &bytes)?;
        let run = as_of.to_string();
        let (company, id, customer) = (&notice.key.company_id, &notice.declaration_id, &notice.key.customer_id);
        let cells: [&str; 18] = [
            company,
            id,
            &run,
            &run,
            customer,
            "",
            POLICY,
            "",
            "",
            "manual",
            CHANNEL,
            &draft.address,
            &draft.language,
            TONE,
            &letter.subject,
            &hash,
            &file_name,
            &time,
        ];
        rows.push(cells.map(str::to_owned).to_vec());
        for (item, (amount, currency)) in claim.asked_items() {
            let amount = decimal_text(amount, 3);
            item_rows.push(vec![company.clone(), id.clone(), item, String::new(), amount, currency]);
        }
        events.push(write::event(company, id, "written", &time, ""));
        shared::print(&format!("{id} {CHANNEL} {} {}", notice.name, letter.subject))?;
    }
    let count = rows.len();
    let mut head = MESSAGES.to_vec();
    head.push("written_time");
    record.add("messages", &head, rows);
    record.add("message_items", &ITEMS, item_rows);
    record.add_events(&events, |_| as_of.to_string());
    record.load(settings).await?;
    shared::say(
        settings,
        &format!(
            "{count} declarations written below {}; look at them, then `encours remind send`",
            outbox.folder().join(as_of.to_string()).display()
        ),
    );
    Ok(Outcome::Done)
}

/// What the declarations among `waiting` would ask for, written now; one whose notice or claim is gone asks for nothing.
pub(super) async fn asked_now(settings: &Settings, waiting: &Answer) -> Result<Asked, Error> {
    let ids: Vec<String> = (0..waiting.len())
        .filter(|row| waiting.value(*row, "tone_code").plain() == TONE)
        .map(|row| waiting.value(row, "message_id").plain())
        .collect();
    let mut now = Asked::new();
    if ids.is_empty() {
        return Ok(now);
    }
    let (_, notices) = notices(settings).await?;
    for row in 0..notices.len() {
        let notice = Notice::of(&notices, row);
        if ids.contains(&notice.declaration_id) && !notice.is_declared {
            let items = Claim::of(settings, &notice).await?.asked_items();
            let asked = items.into_iter().map(|(item, (amount, _))| (item, amount)).collect();
            now.insert(notice.declaration_id, asked);
        }
    }
    Ok(now)
}

async fn notices(settings: &Settings) -> Result<(Engine, Answer), Error> {
    let snapshot = shared::snapshot(settings).await?;
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let mut engine = shared::engine(&quiet, &snapshot).await?;
    let notices = engine.ask("insolvencies").await?;
    Ok((engine, notices))
}

/// A notice about a customer, as `insolvencies` tells it.
struct Notice {
    key: CustomerKey,
    name: String,
    declaration_id: String,
    judgment_text: String,
    judged: Date,
    published: Date,
    deadline: Option<Date>,
    relief: String,
    left_days: i64,
    administrator: String,
    is_declared: bool,
}

impl Notice {
    fn of(notices: &Answer, row: usize) -> Self {
        let value = |name: &str| notices.value(row, name);
        let day = |name: &str| super::reader::date(&value(name));
        let published = day("published_date").unwrap_or_default();
        Self {
            key: notices.customer(row),
            name: clean(&value("customer_name").plain()),
            declaration_id: value("declaration_id").plain(),
            judgment_text: clean(&value("judgment_text").plain()),
            judged: day("judgment_date").unwrap_or(published),
            published,
            deadline: day("deadline_date"),
            relief: value("relief_date").plain(),
            left_days: shared::count(&value("left_days")),
            administrator: value("administrator_text").plain(),
            is_declared: value("is_declared") == Value::Flag(true),
        }
    }

    /// Why no declaration is written.
    fn hindrance(&self, is_written: bool) -> Option<String> {
        if self.is_declared {
            return Some("the claim is declared".to_owned());
        }
        if is_written {
            return Some("the declaration is written already, and waits to be sent".to_owned());
        }
        if self.left_days < 0 {
            return Some(format!("the time to declare is over; relief can be asked for until {}", self.relief));
        }
        if self.administrator.is_empty() {
            return Some(
                "the notice names nobody to declare to: add `administrator_text` (name and address) to the notice and load it again"
                    .to_owned(),
            );
        }
        None
    }
}

/// What a customer owed on the day of the judgment.
struct Claim {
    items: Answer,
    /// What is owed to us, and what is in the customer's favour.
    owed: Vec<usize>,
    credits: Vec<usize>,
    penalties: Answer,
    file: serde_json::Value,
    currency_code: String,
    decimals: u8,
}

impl Claim {
    async fn of(settings: &Settings, notice: &Notice) -> Result<Self, Error> {
        let settings = Settings { as_of: Some(notice.judged), is_quiet: true, ..settings.clone() };
        let snapshot = shared::snapshot(&settings).await?;
        let mut engine = shared::engine(&settings, &snapshot).await?;
        let file = legal_file::data(&settings, &mut engine, &notice.key).await?;
        let asked = engine.ask_all(&["declared_items", "declared_penalties"]).await?;
        let [items, penalties] = asked.try_into().unwrap_or_default();
        let (items, penalties) = (
            items.filtered(|row| items.customer(row) == notice.key),
            penalties.filtered(|row| penalties.customer(row) == notice.key),
        );
        let is_owed = |row: &usize| items.value(*row, "asked_amount").thousandths().unwrap_or_default() > 0;
        let (owed, credits) = (0..items.len()).partition(is_owed);
        Ok(Self {
            owed,
            credits,
            penalties,
            file,
            currency_code: report::currency(&settings, &engine).await?,
            decimals: engine.scope().decimals,
            items,
        })
    }

    /// Amount and currency of each item that is owed to us.
    fn asked_items(&self) -> BTreeMap<String, (i128, String)> {
        let item = |row: &usize| {
            let value = |name: &str| self.items.value(*row, name);
            let amount = value("asked_amount").thousandths().unwrap_or_default();
            (value("item_id").plain(), (amount, value("currency_code").plain()))
        };
        self.owed.iter().map(item).collect()
    }

    fn sum(&self, rows: &[usize], is_wanted: impl Fn(usize) -> bool) -> i128 {
        let amount = |row: &usize| self.items.value(*row, "amount").thousandths().unwrap_or_default();
        rows.iter().filter(|row| is_wanted(**row)).map(amount).sum()
    }

    /// The letter to whom the notice names, in the user's language.
    fn draft(&self, settings: &Settings, notice: &Notice, as_of: Date) -> Result<Draft, Error> {
        let readers = Readers::of(settings)?;
        let reader = readers.reader(settings.language)?;
        let signatories = Signatories::of(settings)?;
        let (sender, _) = signatories.sender(&notice.key.company_id)?;
        let signer = signatories.signer("", &sender)?;
        let items = Items(Part { reader, answer: &self.items, rows: &self.owed });
        let all: Vec<usize> = (0..self.penalties.len()).collect();
        let penalties = Penalties {
            of: Part { reader, answer: &self.penalties, rows: &all },
            decimals: self.decimals,
            currency_code: &self.currency_code,
        };
        let (interest, fees) = penalties.sums()?;
        let money = |thousandths: i128| match thousandths {
            0 => String::new(),
            _ => reader.money(thousandths, self.decimals, &self.currency_code),
        };
        let is_due = |row: usize| shared::count(&self.items.value(row, "past_due_days")) >= 0;
        let due = self.sum(&self.owed, is_due);
        let to_fall_due = self.sum(&self.owed, |row| !is_due(row));
        let credits = -self.sum(&self.credits, |_| true);
        let long = |day: Date| reader.formats.long_day(day);
        let facts = json!({
            "customer": { "name": notice.name, "id": clean(&notice.key.customer_id) },
            "company": { "name": sender.name },
            "signer": { "name": signer.name, "role": signer.role, "phone": signer.phone, "email": signer.email },
            "message": { "reference": notice.declaration_id, "date": long(as_of) },
            "insolvency": {
                "administrator": clean(&notice.administrator.replace('|', ", ")),
                "judgment_date": long(notice.judged),
                "nature": notice.judgment_text,
                "published_date": long(notice.published),
                "deadline_date": notice.deadline.map(long).unwrap_or_default(),
            },
            "due_at_judgment_amount": money(due),
            "to_fall_due_amount": money(to_fall_due),
            "interest_amount": money(interest),
            "fee_amount": money(fees),
            "claimed_total": money(due + to_fall_due + interest + fees),
            "credit_amount": money(credits),
        });
        let mut tables = vec![("items".to_owned(), items.table()?)];
        if !all.is_empty() {
            tables.push(("penalties".to_owned(), penalties.table()?));
        }
        // a notice writes name and address in one line
        let address = if notice.administrator.contains('|') {
            notice.administrator.clone()
        } else {
            notice.administrator.split(", ").collect::<Vec<_>>().join("|")
        };
        Ok(Draft {
            message_id: notice.declaration_id.clone(),
            tone: TONE.to_owned(),
            language: reader.language.code().to_owned(),
            channel: CHANNEL.to_owned(),
            address,
            addressee: notice.name.clone(),
            customer: notice.name.clone(),
            sender,
            signer,
            facts,
            tables,
            words: form_words(reader, &notice.declaration_id, as_of)?,
        })
    }
}
