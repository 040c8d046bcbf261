//! Messages to customers: their words, their forms, the outbox they wait in, the channels they leave by.
//!
//! In: drafts of a plan ([`Draft`]: facts and tables of the engine's answers), templates (`reports/messages`), `channels.toml`.
//! Out: the bytes of messages ([`email()`], [`short_text`]), kept in an [`Outbox`]; events of what became of them.
//! Refused: a template that names what nobody has, an address that is none, a server that takes nothing ([`OutreachError`]).
//!
//! Whom to write to is SQL (`queries/outreach`): nothing here decides that. A message leaves at most once: the journal says
//! `sending`, on the disk, before the first byte leaves. Texts of ledgers are hostile: facts bear no control characters, and
//! each form escapes what it shows.

mod answers;
mod callbacks;
pub mod channels;
mod email;
mod error;
mod hours;
mod letter;
pub mod mailbox;
mod message;
mod outbox;
pub mod receipts;
mod short;
mod templates;
mod typeset;

pub use callbacks::calls;
pub use email::{Enclosure, email};
pub use error::OutreachError;
pub use hours::Hours;
pub use letter::{FORM, file, letter};
pub use message::{Block, Draft, Letter, Sender, Signer, Table};
pub use outbox::{Event, Journal, Outbox};
pub use short::{Short, short_text};
pub use templates::MessageTemplates;
pub use typeset::Typesetter;
