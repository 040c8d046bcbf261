//! Who writes and who signs: `senders.csv` and `signers.csv`, which the user fills in.

use std::collections::BTreeMap;

use crate::commands::reference;
use crate::commands::remind::reader::clean;
use crate::error::Error;
use crate::outreach::{Sender, Signer};
use crate::settings::Settings;

/// What stands for anybody in `signers.csv` and `senders.csv`.
const ANY: &str = "*";

/// Rows of both files.
pub(in crate::commands) struct Signatories {
    senders: Vec<BTreeMap<String, String>>,
    signers: Vec<BTreeMap<String, String>>,
}

impl Signatories {
    pub(in crate::commands) fn of(settings: &Settings) -> Result<Self, Error> {
        Ok(Self { senders: reference::rows(settings, "senders")?, signers: reference::rows(settings, "signers")? })
    }

    /// Whom messages of the company come from, with its bank account.
    pub(in crate::commands) fn sender(&self, company_id: &str) -> Result<(Sender, [String; 2]), Error> {
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
    pub(in crate::commands) fn signer(&self, signer_id: &str, sender: &Sender) -> Result<Signer, Error> {
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
    let senders = reference::rows(settings, "senders")?;
    let of = |code: &str| senders.iter().find(|row| row.get("company_id").is_some_and(|id| id == code));
    let named =
        of(company_id).or_else(|| of(ANY)).and_then(|row| row.get("sender_name")).filter(|name| !name.is_empty());
    Ok(named.cloned().or_else(|| settings.company_name.clone()).unwrap_or_else(|| company_id.to_owned()))
}
