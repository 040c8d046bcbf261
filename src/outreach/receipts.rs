//! What comes back of messages: delivery notices (RFC 3464), disposition notices (RFC 8098) and answers, as e-mails.
//!
//! A message of ours is known by its `Message-ID`, which begins with `message_id`. Received is not read: a next server that
//! took a message, a mailbox that has it, and a person who opened it are three events.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};

use super::answers::Answered;
use super::outbox::Event;

/// What an e-mail tells of a message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What happened.
    pub event: Event,
    /// What a person answered; none for notices.
    pub answered: Option<Answered>,
}

/// What one e-mail tells of messages that `is_ours` knows, told by their identifiers.
#[must_use]
pub fn receipts_of(bytes: &[u8], is_ours: &dyn Fn(&str) -> bool) -> Vec<Receipt> {
    let Some(mail) = MessageParser::default().parse(bytes) else { return Vec::new() };
    let time = mail.date().and_then(|date| chrono::DateTime::from_timestamp(date.to_timestamp(), 0));
    let Some(time) = time.map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string()) else { return Vec::new() };
    let told = Told::of(&mail);
    let mut ids: Vec<&str> = told.ids.iter().map(String::as_str).filter(|id| is_ours(id)).collect();
    ids.sort_unstable();
    ids.dedup();
    let event = |id: &str| Event {
        company_id: String::new(),
        message_id: id.to_owned(),
        event: told.event.to_owned(),
        time: time.clone(),
        detail: told.detail.chars().filter(|mark| !mark.is_control()).take(500).collect(),
        source: "mailbox".to_owned(),
    };
    if told.event.is_empty() {
        return Vec::new();
    }
    let receipt = |id| Receipt { event: event(id), answered: told.answered.clone() };
    ids.into_iter().map(receipt).collect()
}

/// What an e-mail says, and of which messages it may speak.
#[derive(Default)]
struct Told {
    event: &'static str,
    detail: String,
    ids: Vec<String>,
    is_notice: bool,
    answered: Option<Answered>,
}

impl Told {
    fn of(mail: &Message) -> Self {
        let mut told = Self::default();
        for part in &mail.parts {
            let kind = part.content_type().map(|kind| {
                let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
                kind.to_ascii_lowercase()
            });
            match (kind.as_deref(), &part.body) {
                (Some("message/delivery-status" | "message/global-delivery-status"), _) => {
                    told.delivery(part.contents());
                }
                (Some("message/disposition-notification"), _) => told.disposition(part.contents()),
                // what is given back bears the identifier that it was sent with
                (Some("text/rfc822-headers" | "message/global-headers"), _) => {
                    let sent = MessageParser::default().parse(part.contents());
                    told.ids.extend(sent.as_ref().and_then(Message::message_id).map(own_id));
                }
                (_, PartType::Message(sent)) => told.ids.extend(sent.message_id().map(own_id)),
                _ => {}
            }
        }
        // a notice that says nothing yet is no answer
        if !told.is_notice {
            told.answer(mail);
        }
        told
    }

    /// RFC 3464: fields of the message, then of each recipient.
    fn delivery(&mut self, contents: &[u8]) {
        self.is_notice = true;
        for (name, value) in fields(contents) {
            match name.as_str() {
                "action" => {
                    self.event = match value.to_ascii_lowercase().as_str() {
                        "failed" => "bounced",
                        "delivered" => "delivered",
                        "relayed" | "expanded" => "accepted",
                        // still on its way
                        _ => "",
                    };
                }
                // given up, and the address may be right: 4.x.x (RFC 3463)
                "status" => {
                    if self.event == "bounced" && value.starts_with('4') {
                        self.event = "expired";
                    }
                    self.add(&value);
                }
                "diagnostic-code" => self.add(&value),
                "original-message-id" | "x-original-message-id" => self.ids.push(own_id(&value)),
                _ => {}
            }
        }
    }

    fn add(&mut self, part: &str) {
        if !self.detail.is_empty() {
            self.detail.push(' ');
        }
        self.detail.push_str(part);
    }

    /// RFC 8098: what the reader's program did with the message.
    fn disposition(&mut self, contents: &[u8]) {
        self.is_notice = true;
        for (name, value) in fields(contents) {
            match name.as_str() {
                "disposition" => {
                    let done = value.rsplit(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                    // deleted or denied unread is not read
                    self.event = if done.starts_with("displayed") { "read" } else { "delivered" };
                    self.detail = value;
                }
                "original-message-id" => self.ids.push(own_id(&value)),
                _ => {}
            }
        }
    }

    /// An answer of a person, or of a program that answers for one.
    fn answer(&mut self, mail: &Message) {
        for header in [mail.in_reply_to(), mail.references()] {
            match header {
                HeaderValue::Text(id) => self.ids.push(own_id(id)),
                HeaderValue::TextList(ids) => self.ids.extend(ids.iter().map(|id| own_id(id))),
                _ => {}
            }
        }
        let subject = mail.subject().unwrap_or_default();
        let answered = Answered::of(subject, &mail.body_text(0).unwrap_or_default());
        // a new e-mail names our reference
        if self.ids.is_empty() {
            let words = format!("{subject}\n{}", answered.words);
            let words = words.split(|mark: char| !mark.is_ascii_hexdigit());
            self.ids.extend(words.filter(|word| word.len() == ID_LENGTH).map(str::to_owned));
        }
        if self.ids.is_empty() {
            return;
        }
        let is_automatic =
            mail.header_raw("Auto-Submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"))
                || mail.header_raw("X-Autoreply").is_some()
                || mail.header_raw("Precedence").is_some_and(|value| value.trim().eq_ignore_ascii_case("auto_reply"));
        self.event = if is_automatic { "delivered" } else { "replied" };
        self.answered = (!is_automatic).then_some(answered);
        self.detail = if is_automatic { format!("automatic answer: {subject}") } else { subject.to_owned() };
    }
}

/// Characters of a `message_id`.
const ID_LENGTH: usize = 16;

/// The part of a `Message-ID` before the `@`.
fn own_id(id: &str) -> String {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    id.split('@').next().unwrap_or_default().to_owned()
}

/// Fields of all groups, their folded lines joined.
fn fields(contents: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(contents);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

/// The e-mails below a folder: a Maildir (`cur`, `new`) or files as a mail program saves them.
///
/// # Errors
/// When the folder cannot be read.
pub fn mails_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut mails = Vec::new();
    let is_maildir = folder.join("cur").is_dir();
    let folders = if is_maildir { vec![folder.join("cur"), folder.join("new")] } else { vec![folder.to_owned()] };
    for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_file() {
                mails.push(path);
            }
        }
    }
    mails.sort();
    Ok(mails)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "4f5c0123456789ab";

    fn told(mail: &str) -> Vec<(String, String)> {
        let mail = mail.replace('\n', "\r\n");
        let receipts = receipts_of(mail.as_bytes(), &|id| id == SENT);
        receipts.into_iter().map(|receipt| (receipt.event.event, receipt.event.detail)).collect()
    }

    fn report(kind: &str, fields: &str, sent: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\nTo: compta@nous.example\nDate: Wed, 31 Dec 2025 09:15:00 +0100\n\
             Subject: Notice\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=x; boundary=\"b\"\n\n\
             --b\nContent-Type: text/plain\n\nSee below.\n\n--b\nContent-Type: {kind}\n\n{fields}\n\n--b\n\
             Content-Type: message/rfc822\n\nFrom: compta@nous.example\nMessage-ID: <{sent}@nous.example>\nSubject: Facture\n\nBonjour\n\n--b--\n"
        )
    }

    #[test]
    fn a_notice_tells_what_became_of_the_message_it_gives_back() {
        let status = |action: &str, status: &str| {
            let fields = format!(
                "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}\n\
                 Diagnostic-Code: smtp; 550 no such\n user"
            );
            told(&report("message/delivery-status", &fields, SENT))
        };
        let one = |event: &str, detail: &str| vec![(event.to_owned(), detail.to_owned())];
        assert_eq!(status("failed", "5.1.1"), one("bounced", "5.1.1 smtp; 550 no such user"));
        assert_eq!(status("failed", "4.4.7"), one("expired", "4.4.7 smtp; 550 no such user"));
        assert_eq!(status("delivered", "2.0.0"), one("delivered", "2.0.0 smtp; 550 no such user"));
        assert_eq!(status("delayed", "4.4.1"), []);
        let read = "Final-Recipient: rfc822; a@b.example\nDisposition: manual-action/MDN-sent-manually; displayed";
        let event = told(&report("message/disposition-notification", read, SENT));
        assert_eq!(event, one("read", "manual-action/MDN-sent-manually; displayed"));
        let deleted = "Disposition: manual-action/MDN-sent-automatically; deleted";
        assert_eq!(told(&report("message/disposition-notification", deleted, SENT))[0].0, "delivered");
        assert_eq!(told(&report("message/delivery-status", "Action: failed\nStatus: 5.1.1", "another")), []);
    }

    #[test]
    fn an_answer_is_a_persons_unless_a_program_gave_it() {
        let answer = |headers: &str| {
            told(&format!(
                "From: a@b.example\nDate: Wed, 31 Dec 2025 09:15:00 +0100\nSubject: Re: Facture\n\
                 In-Reply-To: <{SENT}@nous.example>\n{headers}\nBien reçu.\n"
            ))
        };
        assert_eq!(answer(""), [("replied".to_owned(), "Re: Facture".to_owned())]);
        assert_eq!(answer("Auto-Submitted: auto-replied\n")[0].0, "delivered");
        assert_eq!(told("From: a@b.example\nDate: Wed, 31 Dec 2025 09:15:00 +0100\nSubject: Hello\n\nHi\n"), []);
    }
}
