//! What a message says, in its reader's language: the answers of the plan as facts and tables of a draft.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::commands::remind::plan::Plan;
use crate::commands::{report, shared};
use crate::error::Error;
use crate::model::{Answer, Date, Value};
use crate::outreach::{Block, Draft, Letter, Sender, Signer, Table};
use crate::report::{Formats, Language, Words, visible};
use crate::settings::Settings;

/// Characters of a text of a ledger that a message shows.
const LONGEST_TEXT: usize = 160;
/// What stands for anybody in `signers.csv` and `senders.csv`.
const ANY: &str = "*";

/// What all messages of a plan are made from.
pub(super) struct Facts {
    as_of: Date,
    items: Answer,
    beside: Answer,
    disputes: Answer,
    penalties: Answer,
    accounts: Answer,
    item_rows: BTreeMap<String, Vec<usize>>,
    fact_rows: BTreeMap<String, usize>,
    dispute_rows: BTreeMap<String, Vec<usize>>,
    penalty_rows: BTreeMap<String, Vec<usize>>,
    account_rows: BTreeMap<String, Vec<usize>>,
    readers: Vec<Reader>,
    default_language: Language,
    senders: Vec<BTreeMap<String, String>>,
    signers: Vec<BTreeMap<String, String>>,
    contest_reasons: Vec<String>,
    currency_code: String,
    decimals: u8,
}

/// A language with its words and forms.
struct Reader {
    language: Language,
    words: Arc<Words>,
    formats: Formats,
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
        let by_message = |answer: &Answer| {
            let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for row in 0..answer.len() {
                rows.entry(answer.value(row, "message_id").plain()).or_default().push(row);
            }
            rows
        };
        let templates = shared::templates(settings);
        let readers = Language::ALL.into_iter().map(|language| {
            let words = templates.words(language)?;
            Ok(Reader { language, formats: Formats::new(&words)?, words })
        });
        let fact_rows = by_message(&facts).into_iter().filter_map(|(id, rows)| Some((id, *rows.first()?)));
        let contest_reasons = table(settings, "contest_reasons")?;
        Ok(Self {
            as_of: plan.engine.scope().as_of,
            item_rows: by_message(&items),
            fact_rows: fact_rows.collect(),
            dispute_rows: by_message(&disputes),
            penalty_rows: by_message(&penalties),
            account_rows: by_message(&accounts),
            readers: readers.collect::<Result<_, Error>>()?,
            default_language: settings.language,
            senders: table(settings, "senders")?,
            signers: table(settings, "signers")?,
            contest_reasons: contest_reasons.into_iter().filter_map(|mut row| row.remove("reason_code")).collect(),
            currency_code: report::currency(settings, &plan.engine).await?,
            decimals: plan.engine.scope().decimals,
            items,
            beside: facts,
            disputes,
            penalties,
            accounts,
        })
    }

    /// The draft of a message of the plan.
    pub(super) fn draft(&self, plan: &Answer, row: usize) -> Result<Draft, Error> {
        let text = |name: &str| clean(&plan.value(row, name).plain());
        let message_id = text("message_id");
        let company_id = text("company_id");
        let language = Language::parse(&text("language_code")).unwrap_or(self.default_language);
        let reader = self.reader(language.code())?;
        let sender = self.sender(&company_id)?;
        let signer = self.signer(&text("signer_id"), &sender.0)?;
        let items = self.item_rows.get(&message_id).map(Vec::as_slice).unwrap_or_default();
        let disputes = self.dispute_rows.get(&message_id).map(Vec::as_slice).unwrap_or_default();
        let fact = self.fact_rows.get(&message_id).copied();
        let fact = |name: &str| fact.map_or(Value::Null, |row| self.beside.value(row, name));
        let own = |value: &Value| match value.thousandths() {
            Some(thousandths) => reader.money(thousandths, self.decimals, &self.currency_code),
            None => String::new(),
        };
        let day = |value: &Value| match value {
            Value::Date(day) => reader.formats.long_day(*day),
            _ => String::new(),
        };
        let code = language.code();
        let contact = text("contact_name");
        let customer = text("customer_name");
        let oldest = items.iter().filter_map(|row| date(&self.items.value(*row, "due_date"))).min();
        let asked = self.asked(reader, items);
        let penalties = self.penalty_rows.get(&message_id).map(Vec::as_slice).unwrap_or_default();
        let (interest, fees) = self.penalty_sums(penalties)?;
        let penalty = |thousandths: i128| match penalties {
            [] => String::new(),
            _ => reader.money(thousandths, self.decimals, &self.currency_code),
        };
        // one sum only where all is owed in the currency of the answer
        let sums = self.sums(items);
        let claimed = match sums.iter().next() {
            Some((code, (sum, _))) if sums.len() == 1 && *code == self.currency_code => penalty(sum + interest + fees),
            _ => String::new(),
        };
        let facts = json!({
            "customer": { "name": customer, "id": text("customer_id") },
            "contact": { "name": contact, "salutation": contact },
            "company": { "name": sender.0.name },
            "signer": { "name": signer.name, "role": signer.role, "phone": signer.phone, "email": signer.email },
            "salesperson": clean(&fact("salesperson_text").plain()),
            "message": { "reference": message_id, "date": reader.formats.long_day(self.as_of) },
            "item_count": items.len(),
            "items": items.iter().map(|row| self.item(reader, *row)).collect::<Vec<_>>(),
            "open_amount": asked,
            "oldest_due_date": oldest.map(|day| reader.formats.long_day(day)).unwrap_or_default(),
            "oldest_days": shared::count(&plan.value(row, "oldest_days")),
            "not_due_amount": own(&fact("not_due_amount")),
            "credit_amount": own(&fact("credit_amount")),
            "last_message_date": day(&fact("last_sent_date")),
            "promise_date": day(&fact("promised_date")),
            "promise_amount": own(&fact("promised_amount")),
            "deadline_date": day(&plan.value(row, "deadline_date")),
            "interest_amount": penalty(interest),
            "fee_amount": penalty(fees),
            "penalty_total": penalty(interest + fees),
            "claimed_total": claimed,
            "history_sentence": clean(&fact(&format!("history_text_{code}")).plain()),
            "offer_sentence": clean(&fact(&format!("offer_text_{code}")).plain()),
            "disputes": disputes.iter().map(|row| self.dispute(reader, *row)).collect::<Vec<_>>(),
            "names_penalties": plan.value(row, "has_penalties") == Value::Flag(true),
        });
        let mut tables = vec![("items".to_owned(), self.items_table(reader, items)?)];
        if !disputes.is_empty() {
            tables.push(("disputes".to_owned(), self.disputes_table(reader, disputes)?));
        }
        if !penalties.is_empty() {
            tables.push(("penalties".to_owned(), self.penalties_table(reader, penalties)?));
        }
        // a formal notice demands the whole claim
        let claimed = facts["claimed_total"].as_str().unwrap_or_default();
        let payable = if text("tone_code") == "formal_notice" && !claimed.is_empty() { claimed } else { &asked };
        tables.push(("payment".to_owned(), payment_table(reader, &sender, &text("customer_id"), payable)?));
        tables.push(("contest".to_owned(), self.contest_table(reader)?));
        let channel = text("channel_code");
        let is_letter = matches!(channel.as_str(), "letter" | "registered_letter");
        // lines of a postal address are told apart by `|`
        let address = plan.value(row, "address_text").plain();
        let address = if is_letter { address } else { clean(&address) };
        let message_reference = message_id.clone();
        Ok(Draft {
            message_id,
            tone: text("tone_code"),
            language: code.to_owned(),
            channel,
            address,
            addressee: if contact.is_empty() { customer.clone() } else { contact },
            customer,
            sender: sender.0,
            signer,
            facts,
            tables,
            words: json!({
                "day": reader.formats.long_day(self.as_of),
                "reference": reader.words.fill("messages.our_reference", &[("id", &message_reference)])?,
                "registered": reader.words.get("messages.registered")?,
                "page": reader.words.get("messages.page")?,
                "page_of": reader.words.get("messages.page_of")?,
            }),
        })
    }

    /// The items of a message as rows of `message_items`.
    pub(super) fn item_rows_of(&self, message_id: &str) -> Vec<Vec<String>> {
        let rows = self.item_rows.get(message_id).map(Vec::as_slice).unwrap_or_default();
        let names = ["company_id", "message_id", "item_id", "level_order", "asked_amount", "currency_code"];
        rows.iter().map(|row| names.map(|name| self.items.value(*row, name).plain()).to_vec()).collect()
    }

    /// The customer's statement: all that is open, as a letter of its own.
    pub(super) fn statement(&self, draft: &Draft) -> Result<Letter, Error> {
        let reader = self.reader(&draft.language)?;
        let word = |name: &str| reader.words.get(&format!("messages.{name}")).map(str::to_owned);
        let rows = self.account_rows.get(&draft.message_id).map(Vec::as_slice).unwrap_or_default();
        let mut sums: BTreeMap<String, (i128, u8)> = BTreeMap::new();
        let mut cells = Vec::new();
        for row in rows {
            let value = |name: &str| self.accounts.value(*row, name);
            let day = |name: &str| date(&value(name)).map(|day| reader.formats.day(day)).unwrap_or_default();
            let decimals = u8::try_from(shared::count(&value("decimal_count"))).unwrap_or(2);
            let (open, code) = (value("open_amount").thousandths().unwrap_or_default(), value("currency_code").plain());
            let days = shared::count(&value("past_due_days"));
            let kind = value("kind").plain();
            cells.push(vec![
                clean(&value("document_text").plain()),
                reader.words.of_code("kind", &kind).unwrap_or(&kind).to_owned(),
                day("issued_date"),
                day("due_date"),
                if days > 0 { days.to_string() } else { String::new() },
                reader.money(open, decimals, &code),
            ]);
            let sum = sums.entry(code).or_insert((0, decimals));
            sum.0 += open;
        }
        let total = word("total")?;
        let heads = ["document", "kind", "issued", "due", "days", "balance"];
        let table = Table {
            title: String::new(),
            headers: heads.into_iter().map(word).collect::<Result<_, _>>()?,
            is_number: (0..heads.len()).map(|place| place >= 4).collect(),
            rows: cells,
            totals: sums
                .iter()
                .map(|(code, (sum, decimals))| (total.clone(), reader.money(*sum, *decimals, code)))
                .collect(),
        };
        let day = reader.formats.long_day(self.as_of);
        Ok(Letter {
            subject: reader.words.fill("messages.statement", &[("day", &day)])?,
            blocks: vec![Block::Table(table)],
        })
    }

    fn reader(&self, language: &str) -> Result<&Reader, Error> {
        let found = self.readers.iter().find(|reader| reader.language.code() == language).or(self.readers.first());
        found.ok_or_else(|| Error::Plain("there are no words in any language".to_owned(), String::new()))
    }

    /// Whom messages of the company come from, with its bank account.
    fn sender(&self, company_id: &str) -> Result<(Sender, [String; 2]), Error> {
        let of = |code: &str| self.senders.iter().find(|row| row.get("company_id").is_some_and(|id| id == code));
        let Some(row) = of(company_id).or_else(|| of(ANY)) else {
            return Err(unsigned("senders.csv", &format!("names no sender for the company `{company_id}`")));
        };
        let text = |name: &str| clean(row.get(name).map_or("", String::as_str));
        let sender = Sender {
            name: text("sender_name"),
            address_lines: row.get("sender_address_text").map_or("", String::as_str).split('|').map(clean).collect(),
            registration: text("sender_registration_text"),
            email: text("sender_email_text"),
            phone: text("sender_phone_text"),
        };
        for (what, found) in [("sender_name", &sender.name), ("sender_email_text", &sender.email)] {
            if found.is_empty() {
                return Err(unsigned("senders.csv", &format!("has an empty `{what}`")));
            }
        }
        Ok((sender, [text("iban_text"), text("bic_text")]))
    }

    /// Who signs: a person that can be answered.
    fn signer(&self, signer_id: &str, sender: &Sender) -> Result<Signer, Error> {
        let of = |code: &str| self.signers.iter().find(|row| row.get("signer_id").is_some_and(|id| id == code));
        let Some(row) = of(signer_id).filter(|_| !signer_id.is_empty()).or_else(|| of(ANY)) else {
            return Err(unsigned(
                "signers.csv",
                &format!("names nobody who signs (`{signer_id}`, or `{ANY}` for all)"),
            ));
        };
        let text = |name: &str, otherwise: &str| {
            let found = clean(row.get(name).map_or("", String::as_str));
            if found.is_empty() { otherwise.to_owned() } else { found }
        };
        let signer = Signer {
            name: text("signer_name", ""),
            role: text("signer_role_text", ""),
            phone: text("signer_phone_text", &sender.phone),
            email: text("signer_email_text", &sender.email),
        };
        for (what, found) in
            [("signer_name", &signer.name), ("signer_role_text", &signer.role), ("signer_phone_text", &signer.phone)]
        {
            if found.is_empty() {
                return Err(unsigned("signers.csv", &format!("has an empty `{what}`")));
            }
        }
        Ok(signer)
    }

    fn item(&self, reader: &Reader, row: usize) -> Json {
        let value = |name: &str| self.items.value(row, name);
        let day = |name: &str| date(&value(name)).map(|day| reader.formats.long_day(day)).unwrap_or_default();
        json!({
            "document": clean(&value("document_text").plain()),
            "issued_date": day("issued_date"),
            "due_date": day("due_date"),
            "past_due_days": shared::count(&value("past_due_days")),
            "amount": self.money_of_item(reader, row, "item_amount"),
            "open_amount": self.money_of_item(reader, row, "asked_amount"),
            "order": clean(&value("order_id").plain()),
            "level": shared::count(&value("level_order")),
        })
    }

    /// An amount of an item, in its own currency.
    fn money_of_item(&self, reader: &Reader, row: usize, name: &str) -> String {
        let decimals = u8::try_from(shared::count(&self.items.value(row, "decimal_count"))).unwrap_or(2);
        let thousandths = self.items.value(row, name).thousandths().unwrap_or_default();
        reader.money(thousandths, decimals, &self.items.value(row, "currency_code").plain())
    }

    /// What the message asks for, currency by currency.
    fn sums(&self, items: &[usize]) -> BTreeMap<String, (i128, u8)> {
        let mut sums: BTreeMap<String, (i128, u8)> = BTreeMap::new();
        for row in items {
            let decimals = u8::try_from(shared::count(&self.items.value(*row, "decimal_count"))).unwrap_or(2);
            let sum = sums.entry(self.items.value(*row, "currency_code").plain()).or_insert((0, decimals));
            sum.0 += self.items.value(*row, "asked_amount").thousandths().unwrap_or_default();
        }
        sums
    }

    fn asked(&self, reader: &Reader, items: &[usize]) -> String {
        let sums = self.sums(items);
        let sums: Vec<String> =
            sums.iter().map(|(code, (sum, decimals))| reader.money(*sum, *decimals, code)).collect();
        sums.join(" + ")
    }

    fn items_table(&self, reader: &Reader, items: &[usize]) -> Result<Table, Error> {
        let word = |name: &str| reader.words.get(&format!("messages.{name}")).map(str::to_owned);
        let heads = ["document", "order", "issued", "due", "days", "open"];
        let has_orders = items.iter().any(|row| !self.items.value(*row, "order_id").is_null());
        let is_shown = |place: usize| has_orders || place != 1;
        let cells = |row: usize| {
            let item = self.item(reader, row);
            let day =
                |name: &str| date(&self.items.value(row, name)).map(|day| reader.formats.day(day)).unwrap_or_default();
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let days = shared::count(&self.items.value(row, "past_due_days"));
            let days = if days > 0 { days.to_string() } else { String::new() };
            let cells =
                [text("document"), text("order"), day("issued_date"), day("due_date"), days, text("open_amount")];
            cells.into_iter().enumerate().filter(|(place, _)| is_shown(*place)).map(|(_, cell)| cell).collect()
        };
        let total = word("total")?;
        let sums = self.sums(items);
        let heads = heads.iter().enumerate().filter(|(place, _)| is_shown(*place));
        Ok(Table {
            title: String::new(),
            headers: heads.clone().map(|(_, name)| word(name)).collect::<Result<_, _>>()?,
            is_number: heads.map(|(place, _)| place >= 4).collect(),
            rows: items.iter().map(|row| cells(*row)).collect(),
            totals: sums
                .iter()
                .map(|(code, (sum, decimals))| (total.clone(), reader.money(*sum, *decimals, code)))
                .collect(),
        })
    }

    fn dispute(&self, reader: &Reader, row: usize) -> Json {
        let value = |name: &str| clean(&self.disputes.value(row, name).plain());
        let (reason, owner) = (value("reason_code"), value("owner"));
        let since = date(&self.disputes.value(row, "from_date"));
        json!({
            "document": value("document_text"),
            "reason": reader.words.of_code("reason_code", &reason).unwrap_or(&reason),
            "opened_date": since.map(|day| reader.formats.long_day(day)).unwrap_or_default(),
            "owner": reader.words.of_code("owner", &owner).unwrap_or(&owner),
        })
    }

    fn disputes_table(&self, reader: &Reader, disputes: &[usize]) -> Result<Table, Error> {
        let word = |name: &str| reader.words.get(&format!("messages.{name}")).map(str::to_owned);
        let names = ["document", "reason", "opened_date", "owner"];
        let cells = |row: usize| {
            let dispute = self.dispute(reader, row);
            names.iter().map(|name| dispute[name].as_str().unwrap_or_default().to_owned()).collect()
        };
        Ok(Table {
            title: String::new(),
            headers: vec![word("document")?, word("reason")?, word("since")?, word("owner")?],
            is_number: vec![false; names.len()],
            rows: disputes.iter().map(|row| cells(*row)).collect(),
            totals: Vec::new(),
        })
    }

    /// Interest and fees that a message names. A half-year without a rate is an error that names it: never no interest.
    fn penalty_sums(&self, penalties: &[usize]) -> Result<(i128, i128), Error> {
        let (mut interest, mut fees) = (0, 0);
        for row in penalties {
            let value = |name: &str| self.penalties.value(*row, name);
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

    fn penalties_table(&self, reader: &Reader, penalties: &[usize]) -> Result<Table, Error> {
        let word = |name: &str| reader.words.get(&format!("messages.{name}")).map(str::to_owned);
        let cells = |row: usize| {
            let value = |name: &str| self.penalties.value(row, name);
            let day = |name: &str| date(&value(name)).map(|day| reader.formats.day(day)).unwrap_or_default();
            let money = |name: &str| {
                let thousandths = value(name).thousandths().unwrap_or_default();
                reader.money(thousandths, self.decimals, &self.currency_code)
            };
            let rate = match value("rate_ratio") {
                Value::Decimal { digits, scale } => reader.rate(digits, scale),
                _ => String::new(),
            };
            vec![
                clean(&value("document_text").plain()),
                day("overdue_from_date"),
                day("to_date"),
                value("day_count").plain(),
                money("overdue_amount"),
                rate,
                money("interest_amount"),
                money("recovery_fee_amount"),
            ]
        };
        let (interest, fees) = self.penalty_sums(penalties)?;
        let heads = ["document", "from", "to", "day_count", "overdue", "rate", "interest", "fee"];
        Ok(Table {
            title: String::new(),
            headers: heads.into_iter().map(word).collect::<Result<_, _>>()?,
            is_number: (0..heads.len()).map(|place| place >= 3).collect(),
            rows: penalties.iter().map(|row| cells(*row)).collect(),
            totals: vec![(word("total")?, reader.money(interest + fees, self.decimals, &self.currency_code))],
        })
    }

    /// Reasons that an answer may name.
    fn contest_table(&self, reader: &Reader) -> Result<Table, Error> {
        let word = |code: &String| reader.words.of_code("reason_code", code).unwrap_or(code).to_owned();
        Ok(Table {
            title: reader.words.get("messages.contest")?.to_owned(),
            rows: self.contest_reasons.iter().map(|code| vec![word(code)]).collect(),
            ..Table::default()
        })
    }
}

/// Where the money is to go, and what to write on the transfer.
fn payment_table(
    reader: &Reader,
    (sender, [iban, bic]): &(Sender, [String; 2]),
    customer_id: &str,
    asked: &str,
) -> Result<Table, Error> {
    let word = |name: &str| reader.words.get(&format!("messages.{name}")).map(str::to_owned);
    let rows = [
        ("amount", asked),
        ("beneficiary", sender.name.as_str()),
        ("iban", iban.as_str()),
        ("bic", bic.as_str()),
        ("transfer_reference", customer_id),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    Ok(Table {
        title: word("payment")?,
        rows: rows.map(|(name, value)| Ok(vec![word(name)?, value.to_owned()])).collect::<Result<_, Error>>()?,
        ..Table::default()
    })
}

impl Reader {
    /// A yearly rate, with all its decimals: `13,15 %`.
    fn rate(&self, digits: i128, scale: u8) -> String {
        let number = self.formats.rounded(digits * 100, scale, 2);
        if self.language == Language::Fr { format!("{number}\u{a0}%") } else { format!("{number}%") }
    }

    /// An amount with its currency: `1 234,50 €`, `€1,234.50`, `1 200 JPY`, `JPY 1,200`.
    fn money(&self, thousandths: i128, decimals: u8, currency_code: &str) -> String {
        let number = self.formats.money(thousandths.abs(), decimals);
        let minus = if thousandths < 0 { "\u{2212}" } else { "" };
        match (self.language, currency_code) {
            (_, "" | "XXX") => format!("{minus}{number}"),
            (Language::Fr, "EUR") => format!("{minus}{number}\u{a0}€"),
            (Language::En, "EUR") => format!("{minus}€{number}"),
            (Language::Fr, code) => format!("{minus}{number}\u{a0}{code}"),
            (Language::En, code) => format!("{minus}{code}\u{a0}{number}"),
        }
    }
}

fn date(value: &Value) -> Option<Date> {
    match value {
        Value::Date(day) => Some(*day),
        _ => None,
    }
}

/// A text of a ledger as a message shows it: one line, nothing that a reader cannot see, not without end.
fn clean(text: &str) -> String {
    let line: String = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let private = |mark: &char| !('\u{e000}'..='\u{f8ff}').contains(mark);
    let mut shown: String = line.chars().filter(private).take(LONGEST_TEXT).collect();
    if line.chars().count() > LONGEST_TEXT {
        shown.push('…');
    }
    shown
}

/// Nobody signs, or nobody is written from.
fn unsigned(file: &str, what: &str) -> Error {
    Error::Plain(
        format!("`{file}` {what}"),
        format!(
            "write `{file}` into a folder of `reference` in encours.toml (README.md shows one): messages are signed by a person, and can be answered"
        ),
    )
}

/// What the senders' file calls a company, else the settings, else its code.
pub(in crate::commands) fn sender_of(settings: &Settings, company_id: &str) -> Result<String, Error> {
    let senders = table(settings, "senders")?;
    let of = |code: &str| senders.iter().find(|row| row.get("company_id").is_some_and(|id| id == code));
    let named =
        of(company_id).or_else(|| of(ANY)).and_then(|row| row.get("sender_name")).filter(|name| !name.is_empty());
    Ok(named.cloned().or_else(|| settings.company_name.clone()).unwrap_or_else(|| company_id.to_owned()))
}

/// The rows of a table of `data/reference`, by column.
fn table(settings: &Settings, name: &str) -> Result<Vec<BTreeMap<String, String>>, Error> {
    let text = settings.references.get(name).map_or("", String::as_str);
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Result<Vec<_>, csv::Error> = csv.deserialize().collect();
    rows.map_err(|cause| {
        Error::Plain(
            format!("`{name}.csv` cannot be read: {cause}"),
            "mend it, or remove it from your folder".to_owned(),
        )
    })
}
