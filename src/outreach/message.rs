//! A message before it has a form: what it says, in the reader's language, and what its channel needs.

use serde_json::Value;

/// What is known of a message when it is written: facts for its template, tables, and whom it goes to.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The same for customer, policy, level, day and channel.
    pub message_id: String,
    /// Which template.
    pub tone: String,
    /// `fr` or `en`.
    pub language: String,
    /// Through which channel.
    pub channel: String,
    /// Where to: an e-mail address, a telephone number, or the lines of a postal address.
    pub address: String,
    /// Who is written to: the person, or else the customer.
    pub addressee: String,
    /// The customer's name.
    pub customer: String,
    /// Who writes.
    pub sender: Sender,
    /// Who signs and gets the answers.
    pub signer: Signer,
    /// What the template may name.
    pub facts: Value,
    /// Tables and boxes that a line of the template stands for: `items`, `penalties`, `disputes`, `payment`, `contest`.
    pub tables: Vec<(String, Table)>,
    /// Words of the letter's form, by name.
    pub words: Value,
}

/// Whom messages come from.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    /// Its name.
    pub name: String,
    /// Its postal address, line by line.
    pub address_lines: Vec<String>,
    /// Its number in the register.
    pub registration: String,
    /// Its address for answers where nobody signs.
    pub email: String,
    /// Its telephone.
    pub phone: String,
}

/// Who signs a message.
#[derive(Clone, Debug, Default)]
pub struct Signer {
    /// The name.
    pub name: String,
    /// What the person does.
    pub role: String,
    /// The telephone.
    pub phone: String,
    /// The address that answers go to.
    pub email: String,
}

/// A table of a message, its cells as the reader's language writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it is called; empty where its place says it.
    pub title: String,
    /// The heads of its columns; empty where its rows are labels and values.
    pub headers: Vec<String>,
    /// Which columns are amounts or numbers.
    pub is_number: Vec<bool>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
    /// Label and sum of each currency.
    pub totals: Vec<(String, String)>,
    /// Where the last cell of each row leads in an e-mail; empty where nowhere.
    pub links: Vec<String>,
}

/// What a message says, before a channel gives it a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject; empty for short messages.
    pub subject: String,
    /// Paragraphs and tables, in order.
    pub blocks: Vec<Block>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together.
    Paragraph(String),
    /// A table or box.
    Table(Table),
}

impl Letter {
    /// A filled template: the subject in its first line, then paragraphs between empty lines; a line that begins with
    /// [`TABLE_MARK`] stands for the table of that name, and for nothing where the message has none.
    #[must_use]
    pub fn of(text: &str, draft: &Draft) -> Self {
        let (subject, body) = match text.split_once('\n') {
            Some((first, body)) if first.starts_with("Subject:") => (first["Subject:".len()..].trim(), body),
            _ => ("", text),
        };
        let mut blocks = Vec::new();
        let mut lines: Vec<&str> = Vec::new();
        let finish = |lines: &mut Vec<&str>, blocks: &mut Vec<Block>| {
            if !lines.is_empty() {
                blocks.push(Block::Paragraph(lines.join("\n")));
                lines.clear();
            }
        };
        for line in body.lines().map(str::trim) {
            match line.strip_prefix(TABLE_MARK) {
                Some(name) => {
                    finish(&mut lines, &mut blocks);
                    let found = draft.tables.iter().find(|(of, _)| of == name);
                    blocks.extend(found.map(|(_, table)| Block::Table(table.clone())));
                }
                None if line.is_empty() => finish(&mut lines, &mut blocks),
                None => lines.push(line),
            }
        }
        finish(&mut lines, &mut blocks);
        Self { subject: subject.to_owned(), blocks }
    }

    /// The same as plain text: what short messages and the text part of e-mails send.
    #[must_use]
    pub fn plain(&self) -> String {
        let parts: Vec<String> = self.blocks.iter().map(Block::plain).collect();
        parts.join("\n\n") + "\n"
    }
}

/// What a line of a template may stand for, in brackets: `[items]`.
pub const TABLES: [&str; 5] = ["items", "penalties", "disputes", "payment", "contest"];
/// How such a line begins once its template is read. No fact holds this character, so that none can be taken for a table.
pub const TABLE_MARK: char = '\u{e000}';

impl Block {
    fn plain(&self) -> String {
        match self {
            Self::Paragraph(text) => text.clone(),
            Self::Table(table) => table.plain(),
        }
    }
}

impl Table {
    /// One line a row: mail programs show plain text in letters of any width, so nothing is aligned.
    fn plain(&self) -> String {
        let head = (!self.headers.is_empty()).then(|| self.headers.join(" · "));
        let joiner = if self.headers.is_empty() { " : " } else { " · " };
        let rows = self.rows.iter().map(|row| row.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>());
        let title = (!self.title.is_empty()).then(|| self.title.clone());
        let totals = self.totals.iter().map(|(label, sum)| format!("{label} : {sum}"));
        let lines = title.into_iter().chain(head).chain(rows.map(|row| row.join(joiner))).chain(totals);
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(tables: Vec<(String, Table)>) -> Draft {
        Draft {
            message_id: "m".to_owned(),
            tone: "friendly".to_owned(),
            language: "en".to_owned(),
            channel: "email".to_owned(),
            address: String::new(),
            addressee: String::new(),
            customer: String::new(),
            sender: Sender::default(),
            signer: Signer::default(),
            facts: Value::Null,
            tables,
            words: Value::Null,
        }
    }

    #[test]
    fn a_marked_line_stands_for_its_table_and_any_other_for_itself() {
        let table = Table { rows: vec![vec!["F1".to_owned(), "10.00".to_owned()]], ..Table::default() };
        let draft = draft(vec![("items".to_owned(), table.clone())]);
        let letter = Letter::of(
            "Subject: Two words\n\nDear you,\nand all\n\n\u{e000}items\n\u{e000}penalties\n[items]\n",
            &draft,
        );
        assert_eq!(letter.subject, "Two words");
        let paragraph = |text: &str| Block::Paragraph(text.to_owned());
        assert_eq!(letter.blocks, [paragraph("Dear you,\nand all"), Block::Table(table), paragraph("[items]")]);
        assert_eq!(letter.plain(), "Dear you,\nand all\n\nF1 : 10.00\n\n[items]\n");
    }
}
