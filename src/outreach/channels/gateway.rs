//! SMS, voice, fax and whatever else a service takes by HTTP, as `channels.toml` describes it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::config::HttpGateway;
use super::email::secret;
use super::{Channel, Connection, Outgoing, Refusal};
use crate::outreach::callbacks::found;

/// Characters of an answer that are kept.
const LONGEST_ANSWER: usize = 300;

pub(super) struct Gateway {
    way: HttpGateway,
}

impl Gateway {
    pub(super) const fn new(way: HttpGateway) -> Self {
        Self { way }
    }
}

impl Channel for Gateway {
    fn open(&self) -> Result<Box<dyn Connection>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let timeout = Duration::from_secs(self.way.timeout_seconds);
        let client = reqwest::Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none()).build();
        Ok(Box::new(Open {
            runtime: runtime.map_err(|cause| cause.to_string())?,
            client: client.map_err(|cause| cause.to_string())?,
            headers: self
                .way
                .headers
                .iter()
                .map(|(name, value)| Ok((name.clone(), filled_from_environment(value)?)))
                .collect::<Result<_, String>>()?,
            way: self.way.clone(),
        }))
    }
}

/// A header's value with each `$NAME` replaced by that environment variable.
fn filled_from_environment(value: &str) -> Result<String, String> {
    let mut parts = value.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|mark: char| !mark.is_ascii_alphanumeric() && mark != '_').unwrap_or(part.len());
        text.push_str(&secret(&part[..end])?);
        text.push_str(&part[end..]);
    }
    Ok(text)
}

struct Open {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    headers: Vec<(String, String)>,
    way: HttpGateway,
}

impl Connection for Open {
    fn send(&mut self, message: &Outgoing, bytes: &[u8]) -> Result<String, Refusal> {
        let body = filled(&self.way.body, message, bytes).to_string();
        // the gateway knows a message by its number: one that arrives twice is one
        let mut request = self.client.post(&self.way.url).header("content-type", "application/json");
        request = request.header("idempotency-key", &message.message_id);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(body);
        self.runtime.block_on(async {
            let answer = request.send().await.map_err(|cause| {
                // a service that cannot be reached has taken nothing
                if cause.is_connect() || cause.is_builder() {
                    Refusal::Later(plain(&cause))
                } else {
                    Refusal::Unknown(plain(&cause))
                }
            })?;
            let status = answer.status();
            let text = answer.text().await.map_err(|cause| Refusal::Unknown(plain(&cause)))?;
            let said: String = text.chars().take(LONGEST_ANSWER).collect();
            if status.is_success() {
                Ok(id_of(&text, &self.way.id_at).unwrap_or(said))
            } else if status.is_server_error() || status.as_u16() == 429 {
                Err(Refusal::Later(format!("{status}: {said}")))
            } else {
                Err(Refusal::Never(format!("{status}: {said}")))
            }
        })
    }
}

/// An error without the address, which may bear a secret.
fn plain(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

/// The body with its places filled: within the texts of JSON, so that nothing in a message is more than text.
fn filled(body: &Value, message: &Outgoing, bytes: &[u8]) -> Value {
    match body {
        Value::String(text) => Value::String(
            text.replace("{message_id}", &message.message_id)
                .replace("{address}", &message.address)
                .replace("{file}", &if text.contains("{file}") { STANDARD.encode(bytes) } else { String::new() })
                .replace("{text}", String::from_utf8_lossy(bytes).trim_end()),
        ),
        Value::Array(parts) => Value::Array(parts.iter().map(|part| filled(part, message, bytes)).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, part)| (name.clone(), filled(part, message, bytes))).collect())
        }
        other => other.clone(),
    }
}

/// The gateway's own number of the message, where its answer bears it.
fn id_of(answer: &str, path: &str) -> Option<String> {
    found(&serde_json::from_str(answer).ok()?, path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_message_says_is_only_text() {
        let message = Outgoing {
            company_id: String::new(),
            message_id: "m1".to_owned(),
            address: "+33600000000\",\"to\":\"x".to_owned(),
            file_name: String::new(),
            content_hash: String::new(),
        };
        let body = json!({ "to": "{address}", "text": "{text}", "tags": ["{message_id}"], "count": 1 });
        let filled = filled(&body, &message, "Bonjour {address}\n".as_bytes());
        assert_eq!(
            filled,
            json!({ "to": "+33600000000\",\"to\":\"x", "text": "Bonjour {address}", "tags": ["m1"], "count": 1 })
        );
        assert_eq!(id_of("{\"data\":[{\"id\":7}]}", "data.0.id").as_deref(), Some("7"));
    }
}
