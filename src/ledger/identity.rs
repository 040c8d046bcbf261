//! The identity of an item: made of its content, so that it survives a corrected file (FEC.md 12).

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::Line;

/// Gives items of one account and customer their identifiers.
pub(super) struct Identities<'a> {
    account: &'a str,
    customer: &'a str,
    seen: HashMap<String, u32>,
}

impl<'a> Identities<'a> {
    pub(super) fn new(account: &'a str, customer: &'a str) -> Self {
        Self { account, customer, seen: HashMap::new() }
    }

    /// From account, customer, journal, entry, piece, day, amount and, among twins, occurrence; never from the line.
    pub(super) fn of_line(&mut self, line: &Line) -> String {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let content = [
            text(line.journal.as_deref()),
            text(line.entry_number.as_deref()),
            text(line.piece_reference.as_deref()),
            line.posted.to_string(),
            line.amount.to_string(),
        ];
        self.of_content(&content)
    }

    /// For an item that stands for a difference and has no line.
    pub(super) fn of_content(&mut self, content: &[String]) -> String {
        let mut digest = Sha256::new();
        for part in [self.account, self.customer].into_iter().chain(content.iter().map(String::as_str)) {
            // the length keeps `ab|c` apart from `a|bc`
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        let bytes = digest.finalize();
        let mut id = String::with_capacity(20);
        for byte in &bytes[..8] {
            let written = write!(id, "{byte:02x}");
            debug_assert!(written.is_ok(), "writing to text cannot fail");
        }
        let occurrence = self.seen.entry(id.clone()).or_default();
        *occurrence += 1;
        if *occurrence > 1 {
            let written = write!(id, "-{occurrence}");
            debug_assert!(written.is_ok(), "writing to text cannot fail");
        }
        id
    }
}
