//! What customers contest in their answers becomes disputes: the reason by its code, the documents that the answer names.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::remind::receipts::Known;
use crate::commands::remind::tables;
use crate::engine::Engine;
use crate::error::Error;
use crate::outreach::receipts::Receipt;
use crate::settings::Settings;

/// Heads of the file of disputes.
pub(super) const DISPUTES: [&str; 5] = ["company_id", "dispute_id", "item_id", "reason_code", "opened_date"];

/// What answers open, and which of them a person must read.
#[derive(Default)]
pub(super) struct Contested {
    /// Rows of `disputes` that the lake does not hold yet.
    pub disputes: Vec<Vec<String>>,
    /// Answers that name a reason but no invoice among several.
    pub unclear: usize,
}

/// The disputes that answers open: on the documents that an answer names, or on the only one that the message asked for.
pub(super) async fn contested(
    settings: &Settings,
    engine: &Engine,
    known: &Known,
    receipts: &[Receipt],
) -> Result<Contested, Error> {
    let reasons = reasons(settings)?;
    let mut found = Contested::default();
    let named = receipts.iter().filter_map(|receipt| {
        let order = receipt.answered.as_ref()?.reason_order?;
        Some((receipt, reasons.get(&order)?))
    });
    let named: Vec<(&Receipt, &String)> = named.collect();
    if named.is_empty() {
        return Ok(found);
    }
    let documents = documents(engine).await?;
    let told = engine.ask_step("select disputes.dispute_id from disputes").await?;
    let told: BTreeSet<String> = (0..told.len()).map(|row| told.value(row, "dispute_id").plain()).collect();
    for (receipt, reason) in named {
        let (event, answered) = (&receipt.event, receipt.answered.clone().unwrap_or_default());
        let asked = documents.get(&event.message_id).map(Vec::as_slice).unwrap_or_default();
        let items: Vec<&String> = match asked {
            [(item, _)] => vec![item],
            _ => asked.iter().filter(|(_, number)| answered.names(number)).map(|(item, _)| item).collect(),
        };
        if items.is_empty() {
            found.unclear += 1;
        }
        for item in items {
            let id = format!("answer-{}-{item}", event.message_id);
            if told.contains(&id) || found.disputes.iter().any(|row| row[1] == id) {
                continue;
            }
            let day = receipt.day(known);
            found.disputes.push(vec![event.company_id.clone(), id, item.clone(), reason.clone(), day]);
        }
    }
    Ok(found)
}

/// Reasons by their number in `contest_reasons.csv`.
fn reasons(settings: &Settings) -> Result<BTreeMap<i64, String>, Error> {
    let rows = tables::contest_reasons(settings)?;
    Ok(rows.into_iter().collect())
}

/// Item and number of each document that a message asked for.
async fn documents(engine: &Engine) -> Result<BTreeMap<String, Vec<(String, String)>>, Error> {
    let asked = "select message_items.message_id, message_items.item_id, \
                 coalesce(min(items.reference), message_items.item_id) as document_text \
                 from message_items left join items on message_items.item_id = items.item_id \
                 and coalesce(message_items.company_id, '') = coalesce(items.company_id, '') \
                 group by message_items.message_id, message_items.item_id";
    let asked = engine.ask_step(asked).await?;
    let mut documents: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in 0..asked.len() {
        let text = |name: &str| asked.value(row, name).plain();
        documents.entry(text("message_id")).or_default().push((text("item_id"), text("document_text")));
    }
    Ok(documents)
}
