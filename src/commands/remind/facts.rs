//! What a message says, in its reader's language: the answers of the plan as facts and tables of a draft.

use std::collections::BTreeMap;

use serde_json::json;

use crate::commands::remind::plan::Plan;
use crate::commands::remind::reader::{Reader, Readers, clean, date};
use crate::commands::remind::signatories::Signatories;
use crate::commands::remind::tables::{self, Disputes, Items, Part, Penalties};
use crate::commands::{report, shared};
use crate::engine::Engine;
use crate::error::Error;
use crate::model::{Answer, Date, Value};
use crate::outreach::{Block, Draft, Letter};
use crate::report::Language;
use crate::settings::Settings;

/// What all messages of a plan are made from.
pub(super) struct Facts {
    as_of: Date,
    items: OfMessages,
    beside: OfMessages,
    disputes: OfMessages,
    penalties: OfMessages,
    accounts: OfMessages,
    readers: Readers,
    default_language: Language,
    signatories: Signatories,
    contest_reasons: Vec<(i64, String)>,
    currency_code: String,
    decimals: u8,
}

/// An answer with its rows by message.
#[derive(Default)]
struct OfMessages {
    answer: Answer,
    rows: BTreeMap<String, Vec<usize>>,
}

impl OfMessages {
    fn new(answer: Answer) -> Self {
        let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for row in 0..answer.len() {
            rows.entry(answer.value(row, "message_id").plain()).or_default().push(row);
        }
        Self { answer, rows }
    }

    fn rows(&self, message_id: &str) -> &[usize] {
        self.rows.get(message_id).map(Vec::as_slice).unwrap_or_default()
    }

    fn of<'a>(&'a self, reader: &'a Reader, message_id: &str) -> Part<'a> {
        Part { reader, answer: &self.answer, rows: self.rows(message_id) }
    }
}

impl Facts {
    /// Asks for all that messages of the plan say.
    pub(super) async fn of(settings: &Settings, plan: &mut Plan) -> Result<Self, Error> {
        let asked = plan
            .engine
            .ask_all(&["reminder_items", "reminder_facts", "reminder_disputes", "reminder_accounts"])
            .await?;
        let [items, facts, disputes, accounts] = asked.try_into().unwrap_or_default();
        let names_penalties = |row: usize| plan.messages.value(row, "has_penalties") == Value::Flag(true);
        let penalties = if (0..plan.messages.len()).any(names_penalties) {
            plan.engine.ask("reminder_penalties").await?
        } else {
            Answer::default()
        };
        Ok(Self {
            as_of: plan.engine.scope().as_of,
            items: OfMessages::new(items),
            beside: OfMessages::new(facts),
            disputes: OfMessages::new(disputes),
            penalties: OfMessages::new(penalties),
            accounts: OfMessages::new(accounts),
            readers: Readers::of(settings)?,
            default_language: settings.language,
            signatories: Signatories::of(settings)?,
            contest_reasons: tables::contest_reasons(settings)?,
            currency_code: report::currency(settings, &plan.engine).await?,
            decimals: plan.engine.scope().decimals,
        })
    }

    /// Asks for all that guides of calls say: the lines of `call_guides` take the place of a plan, in the caller's language.
    pub(super) async fn of_calls(settings: &Settings, engine: &mut Engine, guides: &Answer) -> Result<Self, Error> {
        let asked = engine.ask_all(&["call_items", "call_disputes"]).await?;
        let [items, disputes] = asked.try_into().unwrap_or_default();
        Ok(Self {
            as_of: engine.scope().as_of,
            items: OfMessages::new(items),
            beside: OfMessages::new(guides.clone()),
            disputes: OfMessages::new(disputes),
            penalties: OfMessages::default(),
            accounts: OfMessages::default(),
            readers: Readers::of(settings)?,
            default_language: settings.language,
            signatories: Signatories::of(settings)?,
            contest_reasons: Vec::new(),
            currency_code: report::currency(settings, engine).await?,
            decimals: engine.scope().decimals,
        })
    }

    /// The draft of a message of the plan.
    pub(super) fn draft(&self, plan: &Answer, row: usize) -> Result<Draft, Error> {
        let text = |name: &str| clean(&plan.value(row, name).plain());
        let message_id = text("message_id");
        let language = Language::parse(&text("language_code")).unwrap_or(self.default_language);
        let reader = self.readers.reader(language)?;
        let sender = self.signatories.sender(&text("company_id"))?;
        let mut signer = self.signatories.signer(&text("signer_id"), &sender.0)?;
        // who calls says its own name
        let caller = text("signer_name");
        if !caller.is_empty() {
            signer.name = caller;
        }
        let items = Items(self.items.of(reader, &message_id));
        let disputes = Disputes(self.disputes.of(reader, &message_id));
        let penalties = Penalties {
            of: self.penalties.of(reader, &message_id),
            decimals: self.decimals,
            currency_code: &self.currency_code,
        };
        let beside = self.beside.rows(&message_id).first().copied();
        let fact = |name: &str| beside.map_or(Value::Null, |row| self.beside.answer.value(row, name));
        let own = |value: &Value| match value.thousandths() {
            Some(thousandths) => reader.money(thousandths, self.decimals, &self.currency_code),
            None => String::new(),
        };
        let code = language.code();
        let (contact, customer) = (text("contact_name"), text("customer_name"));
        let oldest = items.0.rows.iter().filter_map(|row| date(&self.items.answer.value(*row, "due_date"))).min();
        let asked = items.asked();
        let (interest, fees) = penalties.sums()?;
        // one sum only where all is owed in the currency of the answer
        let sums = items.sums();
        let claimed = match sums.iter().next() {
            Some((code, (sum, _))) if sums.len() == 1 && *code == self.currency_code => {
                penalties.money(sum + interest + fees)
            }
            _ => String::new(),
        };
        let debtor = if fact("is_public_body") == Value::Flag(true) { "public_body" } else { "company" };
        let facts = json!({
            "customer": { "name": customer, "id": text("customer_id") },
            "contact": { "name": contact, "salutation": contact },
            "company": { "name": sender.0.name },
            "signer": { "name": signer.name, "role": signer.role, "phone": signer.phone, "email": signer.email },
            "salesperson": clean(&fact("salesperson_text").plain()),
            "message": { "reference": message_id, "date": reader.formats.long_day(self.as_of) },
            "item_count": items.0.rows.len(),
            "items": items.facts(),
            "open_amount": asked,
            "oldest_due_date": oldest.map(|day| reader.formats.long_day(day)).unwrap_or_default(),
            "oldest_days": shared::count(&plan.value(row, "oldest_days")),
            "not_due_amount": own(&fact("not_due_amount")),
            "credit_amount": own(&fact("credit_amount")),
            "last_message_date": reader.long_day(&fact("last_sent_date")),
            "promise_date": reader.long_day(&fact("promised_date")),
            "promise_amount": own(&fact("promised_amount")),
            "deadline_date": reader.long_day(&plan.value(row, "deadline_date")),
            "interest_amount": penalties.money(interest),
            "fee_amount": penalties.money(fees),
            "penalty_total": penalties.money(interest + fees),
            "claimed_total": claimed,
            "history_sentence": clean(&fact(&format!("history_text_{code}")).plain()),
            "offer_sentence": clean(&fact(&format!("offer_text_{code}")).plain()),
            "disputes": disputes.facts(),
            "names_penalties": plan.value(row, "has_penalties") == Value::Flag(true),
            "interest_law": reader.word(&format!("interest_law_{debtor}"))?,
            "codes": reader.codes(),
            "fee_law": reader.word(&format!("fee_law_{debtor}"))?,
        });
        let mut tables = vec![("items".to_owned(), items.table()?)];
        if !disputes.0.rows.is_empty() {
            tables.push(("disputes".to_owned(), disputes.table()?));
        }
        if !penalties.of.rows.is_empty() {
            tables.push(("penalties".to_owned(), penalties.table()?));
        }
        // a formal notice demands the whole claim
        let claimed = facts["claimed_total"].as_str().unwrap_or_default();
        let payable = if text("tone_code") == "formal_notice" && !claimed.is_empty() { claimed } else { &asked };
        tables.push(("payment".to_owned(), tables::payment_table(reader, &sender, &text("customer_id"), payable)?));
        let contest = tables::contest_table(&items, &self.contest_reasons, &signer.email, &message_id)?;
        tables.push(("contest".to_owned(), contest));
        let channel = text("channel_code");
        let is_letter = matches!(channel.as_str(), "letter" | "registered_letter");
        // lines of a postal address are told apart by `|`
        let address = plan.value(row, "address_text").plain();
        let words = form_words(reader, &message_id, self.as_of)?;
        Ok(Draft {
            message_id,
            tone: text("tone_code"),
            language: code.to_owned(),
            channel,
            address: if is_letter { address } else { clean(&address) },
            addressee: if contact.is_empty() { customer.clone() } else { contact },
            customer,
            sender: sender.0,
            signer,
            facts,
            tables,
            words,
        })
    }

    /// Whether a message asks for anything.
    pub(super) fn asks(&self, message_id: &str) -> bool {
        !self.items.rows(message_id).is_empty()
    }

    /// The items of a message as rows of `message_items`.
    pub(super) fn item_rows_of(&self, message_id: &str) -> Vec<Vec<String>> {
        let names = ["company_id", "message_id", "item_id", "level_order", "asked_amount", "currency_code"];
        let cells = |row: &usize| names.map(|name| self.items.answer.value(*row, name).plain()).to_vec();
        self.items.rows(message_id).iter().map(cells).collect()
    }

    /// The customer's statement: all that is open, as a letter of its own.
    pub(super) fn statement(&self, draft: &Draft) -> Result<Letter, Error> {
        let language = Language::parse(&draft.language).unwrap_or(self.default_language);
        let reader = self.readers.reader(language)?;
        let table = tables::account_table(self.accounts.of(reader, &draft.message_id))?;
        let day = reader.formats.long_day(self.as_of);
        Ok(Letter {
            subject: reader.words.fill("messages.statement", &[("day", &day)])?,
            blocks: vec![Block::Table(table)],
        })
    }
}

/// What a letter's form says beside its text.
pub(super) fn form_words(reader: &Reader, message_id: &str, day: Date) -> Result<serde_json::Value, Error> {
    Ok(json!({
        "day": reader.formats.long_day(day),
        "reference": reader.words.fill("messages.our_reference", &[("id", message_id)])?,
        "registered": reader.word("registered")?,
        "page": reader.word("page")?,
        "page_of": reader.word("page_of")?,
    }))
}
