//! `encours remind plan`: the messages of a day and what is left out; together they are what is overdue.

use std::collections::BTreeMap;

use crate::cli::{Output, RemindChoice};
use crate::commands::reference;
use crate::commands::shared;
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::model::{Answer, Date, Value};
use crate::report::Formats;
use crate::settings::Settings;

/// The table of `data/reference` that names whom a person chose.
const ORDERS: &str = "reminder_orders";

/// The table of policies, and its column of the number of messages after which a person takes over.
const POLICIES: &str = "reminder_policies";
const WORN_OUT: &str = "worn_out_count";

/// A plan with the session that made it.
pub(super) struct Plan {
    pub engine: Engine,
    /// `reminder_plan`
    pub messages: Answer,
    /// `reminder_excluded`
    pub excluded: Answer,
    /// What is overdue.
    pub overdue: i128,
}

pub(super) async fn run(settings: &Settings, choice: &RemindChoice, output: Output) -> Result<Outcome, Error> {
    let plan = Plan::make(settings, choice).await?;
    shared::write(settings, &plan.messages, output)?;
    plan.say(settings)?;
    Ok(Outcome::Done)
}

impl Plan {
    /// The plan of the day, or of the customers that a person chose. A day before the last run has none.
    pub(super) async fn make(settings: &Settings, choice: &RemindChoice) -> Result<Self, Error> {
        let plan = Self::make_again(settings, choice).await?;
        let known = |customer: &&String| is_known(customer, &plan.messages, &plan.excluded);
        if let Some(unknown) = choice.customers.iter().find(|customer| !known(customer)) {
            return Err(Error::Plain(
                format!("nothing can be asked of the customer `{unknown}` on {}", plan.engine.scope().as_of),
                "`encours query aging_by_customer` lists those who owe; identifiers are case-sensitive".to_owned(),
            ));
        }
        Ok(plan)
    }

    /// The same, whoever of those chosen is left to be asked.
    pub(super) async fn make_again(settings: &Settings, choice: &RemindChoice) -> Result<Self, Error> {
        let settings = measured(&chosen(settings, choice)).await?;
        let snapshot = shared::snapshot(&settings).await?;
        let mut engine = shared::engine(&settings, &snapshot).await?;
        engine.look_at_today_only();
        let as_of = engine.scope().as_of;
        if let Some(last) = last_run(&engine).await?.filter(|last| *last > as_of) {
            return Err(Error::Plain(
                format!("messages of {last} are in the lake already: a run of {as_of} would come before them"),
                format!("ask for {last} or a later day with `--as-of`"),
            ));
        }
        let asked = engine.ask_all(&["reminder_plan", "reminder_excluded", "receivables"]).await?;
        let [messages, excluded, receivables] = asked.try_into().unwrap_or_default();
        let overdue = receivables.value(0, "overdue_amount").thousandths().unwrap_or_default();
        let parts = sum(&messages) + sum(&excluded);
        assert_eq!(parts, overdue, "what is on messages and what is left out sum to what is overdue");
        let messages = if choice.customers.is_empty() {
            messages
        } else {
            messages.filtered(|row| choice.customers.contains(&messages.value(row, "customer_id").plain()))
        };
        Ok(Self { engine, messages, excluded, overdue })
    }

    /// The identifiers of its messages.
    pub(super) fn ids(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.messages.len()).map(|row| self.messages.value(row, "message_id").plain())
    }

    /// In a sentence: how many messages, what they ask for, what is left out and why.
    pub(super) fn say(&self, settings: &Settings) -> Result<(), Error> {
        let words = shared::words(settings)?;
        let formats = Formats::new(&words)?;
        let decimals = self.engine.scope().decimals;
        let money = |thousandths: i128| formats.money(thousandths, decimals);
        let mut left: BTreeMap<String, i128> = BTreeMap::new();
        for row in 0..self.excluded.len() {
            let amount = self.excluded.value(row, "overdue_amount").thousandths().unwrap_or_default();
            *left.entry(self.excluded.value(row, "reason_code").plain()).or_default() += amount;
        }
        let mut reasons: Vec<(String, i128)> = left.into_iter().collect();
        reasons.sort_by_key(|(reason, amount)| (-amount, reason.clone()));
        let word = |code: &str| words.of_code("reason_code", code).unwrap_or(code).to_owned();
        let reasons: Vec<String> =
            reasons.into_iter().map(|(reason, amount)| format!("{} {}", word(&reason), money(amount))).collect();
        let asked = sum(&self.messages);
        shared::say(
            settings,
            &format!(
                "{} messages ask for {} of {} overdue; left out: {}",
                self.messages.len(),
                money(asked),
                money(self.overdue),
                if reasons.is_empty() { "nothing".to_owned() } else { reasons.join(", ") }
            ),
        );
        Ok(())
    }
}

fn sum(parts: &Answer) -> i128 {
    (0..parts.len()).map(|row| parts.value(row, "overdue_amount").thousandths().unwrap_or_default()).sum()
}

fn is_known(customer: &str, messages: &Answer, excluded: &Answer) -> bool {
    let names = |answer: &Answer| (0..answer.len()).any(|row| answer.value(row, "customer_id").plain() == customer);
    names(messages) || names(excluded)
}

/// The settings with what a person chose as the reference table of orders.
pub(super) fn chosen(settings: &Settings, choice: &RemindChoice) -> Settings {
    let mut settings = settings.clone();
    if !choice.customers.is_empty() {
        let mut csv = csv::Writer::from_writer(Vec::new());
        // writing to memory cannot fail
        drop(csv.write_record(["company_id", "customer_id", "channel_code", "contact_id", "tone_code"]));
        let text = |option: &Option<String>| option.clone().unwrap_or_default();
        for customer in &choice.customers {
            let company = text(&settings.company);
            drop(csv.write_record([
                &company,
                customer,
                &text(&choice.channel),
                &text(&choice.contact),
                &text(&choice.tone),
            ]));
        }
        let bytes = csv.into_inner().unwrap_or_default();
        settings.references.insert(ORDERS.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }
    settings
}

/// The settings with the number of messages after which customers no longer answer, where a policy leaves it to what is measured.
async fn measured(settings: &Settings) -> Result<Settings, Error> {
    let mut policies = reference::rows(settings, POLICIES)?;
    let is_left = |policy: &BTreeMap<String, String>| policy.get(WORN_OUT).is_some_and(String::is_empty);
    if !policies.iter().any(is_left) {
        return Ok(settings.clone());
    }
    let snapshot = shared::snapshot(settings).await?;
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let mut engine = shared::engine(&quiet, &snapshot).await?;
    let shown = engine.ask("wear_out").await?;
    // where reminders are not known to help at all, no number says when they stop
    let helping = (0..shown.len()).filter(|row| shown.value(*row, "helps") == Value::Flag(true));
    let Some(most) = helping.map(|row| shared::count(&shown.value(row, "before_count"))).max() else {
        return Ok(settings.clone());
    };
    shared::say(
        settings,
        &format!("after {} messages within 90 days a person takes over, as `wear_out` shows", most + 1),
    );
    for policy in policies.iter_mut().filter(|policy| is_left(policy)) {
        policy.insert(WORN_OUT.to_owned(), (most + 1).to_string());
    }
    let mut settings = settings.clone();
    settings.references.insert(POLICIES.to_owned(), reference::csv_of(&policies));
    Ok(settings)
}

/// The day of the last run, whose messages are in the lake.
async fn last_run(engine: &Engine) -> Result<Option<Date>, Error> {
    let answer = engine.ask_step("select max(messages.run_date) as run_date from messages").await?;
    Ok(match answer.value(0, "run_date") {
        Value::Date(day) => Some(day),
        _ => None,
    })
}
