//! Guides of calls: what to say, which question, which offer, which answer to which objection, beside each line of a day's list.

use std::collections::BTreeMap;

use crate::commands::remind::facts::Facts;
use crate::commands::remind::write::own_templates;
use crate::commands::shared;
use crate::engine::Engine;
use crate::error::Error;
use crate::model::{Answer, Value};
use crate::outreach::{Draft, MessageTemplates};
use crate::settings::Settings;

/// How messages by telephone are called.
const CHANNEL: &str = "phone";

/// The rows of `call_guides` with their texts. Without anybody who signs there are none, and it is said why.
pub(in crate::commands) async fn call_guides(settings: &Settings, engine: &mut Engine) -> Result<Answer, Error> {
    let guides = engine.ask("call_guides").await?;
    if guides.is_empty() {
        return Ok(guides);
    }
    let facts = Facts::of_calls(settings, engine, &guides).await?;
    let templates = MessageTemplates::load(own_templates(settings))?;
    let mut texts: BTreeMap<usize, String> = BTreeMap::new();
    for row in 0..guides.len() {
        // what a line is about may have been paid, promised or contested since
        if !facts.asks(&guides.value(row, "message_id").plain()) {
            continue;
        }
        let draft = match facts.draft(&guides, row) {
            Ok(draft) => Draft { channel: CHANNEL.to_owned(), ..draft },
            Err(cause) => {
                shared::say(settings, &format!("no guides for calls: {cause}"));
                return Ok(guides.filtered(|_| false));
            }
        };
        texts.insert(row, templates.fill(&draft)?.plain());
    }
    let place = guides.position("guide_text");
    let filled = (0..guides.len()).filter_map(|row| {
        let text = texts.get(&row)?;
        let cells = (0..guides.columns.len())
            .map(|column| if Some(column) == place { Value::text(text.clone()) } else { guides.at(row, column) });
        Some(cells.collect::<Vec<_>>())
    });
    Ok(Answer::of(guides.columns.clone(), filled))
}
