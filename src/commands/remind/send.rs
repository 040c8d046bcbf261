//! `encours remind send`: what waits leaves, each message at most once. Without `--confirm` it only says what would leave.
//!
//! Messages of levels marked `automatic` need no `--confirm` where `encours remind run` sends them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::NaiveTime;

use crate::cli::{RemindChoice, RemindSendArguments};
use crate::commands::remind::declare;
use crate::commands::remind::plan::Plan;
use crate::commands::remind::record::{self, Record};
use crate::commands::remind::write::event;
use crate::commands::shared;
use crate::engine::Engine;
use crate::error::{Error, Outcome};
use crate::model::{Answer, Value};
use crate::outreach::channels::config::Channels;
use crate::outreach::channels::{self, Outgoing, Pace, Sent};
use crate::outreach::{Event, Hours, Journal, Outbox};
use crate::settings::Settings;

/// What may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// Nothing: it is only said what would.
    Nothing,
    /// What a policy marks as automatic.
    Automatic,
    /// All that is approved, or that needs no approval.
    All,
}

pub(super) async fn run(settings: &Settings, arguments: &RemindSendArguments) -> Result<Outcome, Error> {
    send(settings, arguments, if arguments.confirm { Leave::All } else { Leave::Nothing }).await
}

pub(super) async fn send(settings: &Settings, arguments: &RemindSendArguments, leave: Leave) -> Result<Outcome, Error> {
    let outbox = Outbox::at(arguments.outbox.clone());
    let mut journal = outbox.journal()?;
    // what a killed program left is told first: what it may have sent is not sent again
    tell(settings, &mut journal).await?;
    let (engine, waiting) = waiting(settings).await?;
    let stale = stale(settings, &waiting).await?;
    let channels = Channels::read(&arguments.channels)?;
    let mut chosen = Chosen::default();
    for row in 0..waiting.len() {
        chosen.judge(&waiting, row, &stale, &channels, arguments, leave);
    }
    drop(engine);
    chosen.say(settings);
    let withdrawn = chosen.withdrawn.clone();
    if leave == Leave::Nothing {
        shared::say(settings, "nothing was sent: `--confirm` sends");
        return Ok(Outcome::Done);
    }
    let mut record = Record::default();
    record.add_events(&withdrawn.iter().map(|(event, _)| event.clone()).collect::<Vec<_>>(), |event| {
        day_of(&withdrawn, event)
    });
    record.load(settings).await?;
    let mut sent = Sent::default();
    let mut failed = None;
    for (code, messages) in chosen.by_channel {
        let Some(channel) = channels::channel(&channels, &code, &batch(&messages)) else { continue };
        let connections =
            if code == "email" { channels.email.as_ref().map_or(1, |server| server.connections) } else { 1 };
        let pace = Pace {
            connections,
            tries: channels.retry.tries.max(1),
            is_redirected: arguments.redirect_to.is_some(),
            pause: Duration::from_secs_f64(channels.retry.pause_seconds.clamp(0.0, 3600.0)),
        };
        match channels::send_all(&code, &*channel, messages, &outbox, &journal, pace) {
            Ok(of_channel) => sent = sum(sent, of_channel),
            Err(cause) => failed = Some(cause),
        }
    }
    drop(journal);
    let mut journal = outbox.journal()?;
    let told = tell(settings, &mut journal).await?;
    shared::tell(
        settings,
        &format!(
            "sent: {}, failed: {}, waiting: {}, uncertain: {}",
            told.accepted, told.failed, told.deferred, told.uncertain
        ),
    )?;
    if let Some(cause) = failed {
        return Err(cause.into());
    }
    Ok(if sent.failed + sent.deferred + sent.uncertain > 0 { Outcome::Doubtful } else { Outcome::Done })
}

/// The messages of the last run that wait to be sent.
pub(super) async fn waiting(settings: &Settings) -> Result<(Engine, Answer), Error> {
    let snapshot = shared::snapshot(settings).await?;
    let settings = Settings { is_quiet: true, ..settings.clone() };
    let mut engine = shared::engine(&settings, &snapshot).await?;
    let messages = engine.ask("outgoing_messages").await?;
    let is_declaration = |row: usize| messages.value(row, "tone_code").plain() == declare::TONE;
    let runs = (0..messages.len()).filter(|row| !is_declaration(*row));
    let last = runs.map(|row| messages.value(row, "run_id").plain()).max().unwrap_or_default();
    // what a run did not send gives way to the next one; a claim waits until it is declared
    let waiting = messages.filtered(|row| {
        let is_last = messages.value(row, "run_id").plain() == last;
        messages.value(row, "is_waiting") == Value::Flag(true) && (is_last || is_declaration(row))
    });
    Ok((engine, waiting))
}

/// What each message asks for, item by item.
pub(super) type Asked = BTreeMap<String, BTreeMap<String, i128>>;

/// Messages whose plan, made again with what the lake knows now, does not ask for the same: something was paid, contested
/// or blocked since they were written.
async fn stale(settings: &Settings, waiting: &Answer) -> Result<BTreeSet<String>, Error> {
    let text = |row: usize, name: &str| waiting.value(row, name).plain();
    let mut now = declare::asked_now(settings, waiting).await?;
    let is_of_run = |row: &usize| text(*row, "tone_code") != declare::TONE;
    let day = (0..waiting.len()).find(is_of_run).map(|row| waiting.value(row, "run_date"));
    let Some(Value::Date(day)) = day else {
        return changed(settings, waiting, &now).await;
    };
    // those that policies chose, then those that a person chose, channel by channel: the channel is a part of what they are
    let mut choices: BTreeMap<Option<String>, RemindChoice> = BTreeMap::new();
    for row in (0..waiting.len()).filter(is_of_run) {
        let channel = (text(row, "mode_code") == "manual").then(|| text(row, "channel_code"));
        let choice = choices.entry(channel.clone()).or_default();
        if channel.is_some() {
            choice.channel = channel;
            choice.customers.push(text(row, "customer_id"));
        }
    }
    let settings = Settings { as_of: Some(day), is_quiet: true, ..settings.clone() };
    for choice in choices.values() {
        let mut plan = Plan::make_again(&settings, choice).await?;
        // apologies ask for nothing, and are planned all the same
        let mut planned: Asked = plan.ids().map(|id| (id, BTreeMap::new())).collect();
        planned.append(&mut asked(&plan.engine.ask("reminder_items").await?));
        now.append(&mut planned);
    }
    changed(&settings, waiting, &now).await
}

/// Messages that do not ask for what is to be asked now.
async fn changed(settings: &Settings, waiting: &Answer, now: &Asked) -> Result<BTreeSet<String>, Error> {
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let snapshot = shared::snapshot(&quiet).await?;
    let engine = shared::engine(&quiet, &snapshot).await?;
    let items = "select message_items.message_id, message_items.item_id, message_items.asked_amount from message_items";
    let written = asked(&engine.ask_step(items).await?);
    let nothing = BTreeMap::new();
    let ids = (0..waiting.len()).map(|row| waiting.value(row, "message_id").plain());
    Ok(ids.filter(|id| now.get(id) != Some(written.get(id).unwrap_or(&nothing))).collect())
}

fn asked(items: &Answer) -> Asked {
    let mut asked = Asked::new();
    for row in 0..items.len() {
        let text = |name: &str| items.value(row, name).plain();
        asked
            .entry(text("message_id"))
            .or_default()
            .insert(text("item_id"), thousandths(&items.value(row, "asked_amount")));
    }
    asked
}

fn thousandths(value: &Value) -> i128 {
    value.thousandths().unwrap_or_default()
}

/// What leaves, and why the rest does not.
#[derive(Default)]
struct Chosen {
    by_channel: BTreeMap<String, Vec<Outgoing>>,
    withdrawn: Vec<(Event, String)>,
    waits: BTreeMap<String, usize>,
    count: usize,
}

impl Chosen {
    fn judge(
        &mut self,
        waiting: &Answer,
        row: usize,
        stale: &BTreeSet<String>,
        channels: &Channels,
        arguments: &RemindSendArguments,
        leave: Leave,
    ) {
        let text = |name: &str| waiting.value(row, name).plain();
        let (id, channel, mode) = (text("message_id"), text("channel_code"), text("mode_code"));
        if stale.contains(&id) {
            let event = event(&text("company_id"), &id, "withdrawn", &record::now(), "what it asks for has changed");
            self.withdrawn.push((event, text("run_date")));
            self.wait("withdrawn: what they ask for has changed");
            return;
        }
        let is_approved = waiting.value(row, "is_approved") == Value::Flag(true);
        if mode == "approve" && !is_approved {
            return self.wait("not approved yet");
        }
        if leave == Leave::Automatic && mode != "automatic" {
            return self.wait("chosen or approved by a person: `encours remind send --confirm` sends them");
        }
        if let Some(why) = quiet(&text("hours_text"), channels, chrono::Local::now().time()) {
            return self.wait(&why);
        }
        if channels::channel(channels, &channel, "").is_none() {
            return self.wait(&format!("channel `{channel}` is not described in {}", arguments.channels.display()));
        }
        if channel != "email" && arguments.redirect_to.is_some() {
            return self.wait("only e-mails can be redirected");
        }
        if !channels.is_live(&channel) && arguments.redirect_to.is_none() {
            return self.wait(&format!("channel `{channel}` is not live"));
        }
        if arguments.limit.is_some_and(|limit| self.count >= limit) {
            return self.wait("beyond the limit");
        }
        let address =
            arguments.redirect_to.clone().filter(|_| channel == "email").unwrap_or_else(|| text("address_text"));
        if !arguments.allow.is_empty() && !arguments.allow.iter().any(|part| address.contains(part.as_str())) {
            return self.wait("not on the list of those allowed");
        }
        self.count += 1;
        self.by_channel.entry(channel).or_default().push(Outgoing {
            company_id: text("company_id"),
            message_id: id,
            address,
            file_name: text("file_name"),
            content_hash: text("content_hash"),
        });
    }

    fn wait(&mut self, why: &str) {
        *self.waits.entry(why.to_owned()).or_default() += 1;
    }

    fn say(&self, settings: &Settings) {
        for (channel, messages) in &self.by_channel {
            shared::say(settings, &format!("{channel}: {} messages to send", messages.len()));
        }
        for (why, count) in &self.waits {
            shared::say(settings, &format!("{count} messages stay: {why}"));
        }
        if self.count == 0 && self.waits.is_empty() {
            shared::say(settings, "no message waits to be sent");
        }
    }
}

/// Why a message may not leave at this time of the day.
fn quiet(hours: &str, channels: &Channels, now: NaiveTime) -> Option<String> {
    if channels.quiet_hours.is_some_and(|quiet| quiet.hold(now)) {
        return Some("quiet hours".to_owned());
    }
    if hours.is_empty() {
        return None;
    }
    match hours.parse::<Hours>() {
        Ok(of_level) if of_level.hold(now) => None,
        Ok(of_level) => Some(format!("their level leaves between {of_level}")),
        Err(cause) => Some(format!("`hours_text` of their level: {cause}")),
    }
}

fn batch(messages: &[Outgoing]) -> String {
    let first = messages.first().map_or("", |message| message.file_name.as_str());
    first.split('/').next().unwrap_or_default().to_owned()
}

fn sum(one: Sent, other: Sent) -> Sent {
    Sent {
        accepted: one.accepted + other.accepted,
        failed: one.failed + other.failed,
        deferred: one.deferred + other.deferred,
        uncertain: one.uncertain + other.uncertain,
    }
}

fn day_of(events: &[(Event, String)], event: &Event) -> String {
    events.iter().find(|(of, _)| of == event).map(|(_, day)| day.clone()).unwrap_or_default()
}

/// Tells the lake what stands in the journal, then begins a new one. What was begun and not ended is uncertain, and listed.
async fn tell(settings: &Settings, journal: &mut Journal) -> Result<Sent, Error> {
    let events = journal.left();
    if events.is_empty() {
        return Ok(Sent::default());
    }
    let snapshot = shared::snapshot(settings).await?;
    let quiet = Settings { is_quiet: true, ..settings.clone() };
    let engine = shared::engine(&quiet, &snapshot).await?;
    let days = engine.ask_step("select messages.message_id, messages.run_date from messages").await?;
    let days: BTreeMap<String, String> = (0..days.len())
        .map(|row| (days.value(row, "message_id").plain(), days.value(row, "run_date").plain()))
        .collect();
    let mut record = Record::default();
    // what we do ourselves is of the run's day, whenever the clock says it was done
    record.add_events(&events, |event| days.get(&event.message_id).cloned().unwrap_or_default());
    record.load(settings).await?;
    journal.clear()?;
    let mut sent = Sent::default();
    // of a message that was tried again, what came last
    let last: BTreeMap<&str, &Event> = events.iter().map(|event| (event.message_id.as_str(), event)).collect();
    for event in last.into_values() {
        match event.event.as_str() {
            "accepted" | "redirected" => sent.accepted += 1,
            "failed" => sent.failed += 1,
            "deferred" => sent.deferred += 1,
            "uncertain" => {
                sent.uncertain += 1;
                shared::warn(
                    settings,
                    &format!(
                        "message {} may have been sent: {}; it is not sent again by itself",
                        event.message_id, event.detail
                    ),
                );
            }
            _ => {}
        }
    }
    Ok(sent)
}
