//! Faxes by e-mail: the letter goes to a service's address that bears the number.

use lettre::message::header::ContentType;
use lettre::message::{Attachment, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::config::{FaxByEmail, Smtp as Server};
use super::email::Smtp;
use super::{Channel, Connection, Outgoing, Refusal};

pub(super) struct Fax {
    mail: Smtp,
    from: String,
    to: String,
}

impl Fax {
    pub(super) fn new(fax: &FaxByEmail, server: Server) -> Self {
        Self { from: server.from.clone(), mail: Smtp::new(server), to: fax.to.clone() }
    }
}

impl Channel for Fax {
    fn open(&self) -> Result<Box<dyn Connection>, String> {
        Ok(Box::new(Open { connection: self.mail.open()?, from: self.from.clone(), to: self.to.clone() }))
    }
}

struct Open {
    connection: Box<dyn Connection>,
    from: String,
    to: String,
}

impl Connection for Open {
    fn send(&mut self, message: &Outgoing, bytes: &[u8]) -> Result<String, Refusal> {
        let digits: String = message.address.chars().filter(char::is_ascii_digit).collect();
        let address = self.to.replace("{number}", &digits);
        let mail = enclosed(&self.from, &address, &message.message_id, bytes).map_err(Refusal::Never)?;
        self.connection.send(&Outgoing { address, ..message.clone() }, &mail)
    }
}

/// An e-mail that says nothing but bears the letter.
fn enclosed(from: &str, to: &str, message_id: &str, letter: &[u8]) -> Result<Vec<u8>, String> {
    let address = |text: &str| text.parse::<Address>().map_err(|cause| format!("`{text}` is no address: {cause}"));
    let from = address(from)?;
    let id = format!("<{message_id}@{}>", from.domain());
    let pdf = ContentType::parse("application/pdf").map_err(|cause| cause.to_string())?;
    let parts = MultiPart::mixed()
        .singlepart(SinglePart::plain(String::new()))
        .singlepart(Attachment::new(format!("{message_id}.pdf")).body(letter.to_vec(), pdf));
    let mail = Message::builder()
        .from(from.into())
        .to(address(to)?.into())
        .subject(message_id)
        .message_id(Some(id))
        .multipart(parts);
    Ok(mail.map_err(|cause| cause.to_string())?.formatted())
}
