//! What pages call the company of a load: asked once, of a person at a terminal; anybody else is told how to name it.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use super::sources::company_names;
use super::stage::Source;
use crate::commands::{reference, shared};
use crate::error::Error;
use crate::lake::LoadRecord;
use crate::report::visible;
use crate::settings::Settings;
use crate::speech::said_in;

/// The settings with the name of the only company of these files, where nothing names it yet and a person does.
pub(super) fn with_name(settings: &Settings, staged: &[Source], history: &[LoadRecord]) -> Result<Settings, Error> {
    let mut settings = settings.clone();
    let Some(company) = nameless(&settings, staged, history)? else { return Ok(settings) };
    if io::stdin().is_terminal() && io::stderr().is_terminal() && !settings.is_quiet {
        settings.company_name = asked(&settings, &company)?;
    }
    if settings.company_name.is_none() {
        let text = format!(
            "company `{company}` has no name, and pages bear its number: `load --company-name NAME`, `company_name` in \
             encours.toml or `senders.csv` gives it one"
        );
        shared::say(&settings, &text);
    }
    Ok(settings)
}

/// The only company of these files, where it owes its pages a name: its receivables come for the first time, and neither
/// the settings, nor a load, nor its letters name it.
fn nameless(settings: &Settings, staged: &[Source], history: &[LoadRecord]) -> Result<Option<String>, Error> {
    let [first, others @ ..] = staged else { return Ok(None) };
    let company = &first.report.company_id;
    let is_only = others.iter().all(|source| source.report.company_id == *company);
    let brings_items =
        staged.iter().any(|source| ["ledger_lines", "items", "listed_items"].iter().any(|name| source.brings(name)));
    let is_known = history.iter().any(|load| load.company_id.split(',').any(|known| known == company));
    if settings.company_name.is_some() || !is_only || !brings_items || is_known || company.is_empty() {
        return Ok(None);
    }
    if company_names(history).contains_key(company) {
        return Ok(None);
    }
    let senders = reference::rows(settings, "senders")?;
    let signs = |sender: &BTreeMap<String, String>| sender.get("company_id") == Some(company);
    Ok((!senders.iter().any(signs)).then(|| company.clone()))
}

/// What a person types.
fn asked(settings: &Settings, company: &str) -> Result<Option<String>, Error> {
    let question = format!("What is company `{company}` called? (Enter: pages bear its number) ");
    let failed = |cause| Error::Disk("stdin".into(), cause);
    write!(io::stderr(), "{}", visible(&said_in(settings.language, &question))).map_err(failed)?;
    let mut name = String::new();
    io::stdin().read_line(&mut name).map_err(failed)?;
    Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty()))
}
