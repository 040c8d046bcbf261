//! A message as a letter: what its template says, laid out for a window envelope.

use serde_json::{Value, json};

use super::error::OutreachError;
use super::message::{Block, Draft, Letter, Table};
use super::typeset::Typesetter;
use crate::model::Date;

/// The letter's form: built in, or the user's own (`letters/letter.typ` in a folder of `reports`).
pub const FORM: &str = include_str!("../../reports/letters/letter.typ");
/// What letters and files share, before either.
const COMMON: &str = include_str!("../../reports/letters/common.typ");
/// What parts a letter from the file that it encloses.
const ENCLOSED: &str = "\n#pagebreak()\n#let data = field(data, \"enclosed\")\n";
/// The form of a file for a court or an agency.
const FILE_FORM: &str = include_str!("../../reports/letters/file.typ");

/// The bytes of the letter, a PDF/A, with the file that it encloses.
///
/// # Errors
/// When the form cannot be laid out.
pub fn letter(
    typesetter: &Typesetter,
    form: &str,
    draft: &Draft,
    letter: &Letter,
    enclosed: Option<&Value>,
    day: Date,
) -> Result<Vec<u8>, OutreachError> {
    use chrono::Datelike;
    let word = |name: &str| draft.words[name].as_str().unwrap_or_default().to_owned();
    // an e-mail's enclosure has no place for a window
    let lines = if draft.channel == "email" { "" } else { draft.address.as_str() };
    let address: Vec<&str> = lines.split('|').map(str::trim).filter(|line| !line.is_empty()).collect();
    let contact = if draft.addressee == draft.customer { "" } else { draft.addressee.as_str() };
    // these say it in their own words
    let is_registered =
        draft.channel == "registered_letter" && !["formal_notice", "declaration"].contains(&draft.tone.as_str());
    // a claim is declared to whom the notice names, not to the customer
    let recipient = match address.split_first() {
        Some((name, lines)) if draft.tone == "declaration" => json!({ "name": name, "address_lines": lines }),
        _ => json!({ "name": draft.customer, "contact_name": contact, "address_lines": address }),
    };
    let data = json!({
        "language": draft.language,
        "sender": {
            "name": draft.sender.name,
            "address_lines": draft.sender.address_lines,
            "email": draft.sender.email,
            "phone": draft.sender.phone,
            "registration": draft.sender.registration,
        },
        "recipient": recipient,
        "place_and_date": word("day"),
        "reference": word("reference"),
        "registered": is_registered,
        "registered_words": word("registered"),
        "subject": letter.subject,
        "blocks": letter.blocks.iter().map(block).collect::<Vec<_>>(),
        "page_words": [word("page"), word("page_of"), ""],
        "footer": format!("{} · {}", draft.sender.name, draft.sender.registration),
        "enclosed": enclosed,
    });
    let failed = |cause: String| OutreachError::Typeset { message_id: draft.message_id.clone(), cause };
    let bytes = serde_json::to_vec(&data).map_err(|cause| failed(cause.to_string()))?;
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    // the letter gives the whole its title
    let of_file = FILE_FORM.lines().filter(|line| !line.starts_with("#set document"));
    let file = enclosed.map(|_| format!("{ENCLOSED}{}", of_file.collect::<Vec<_>>().join("\n"))).unwrap_or_default();
    typesetter
        .pdf(&format!("{COMMON}\n{form}{file}"), &bytes, (day.year(), part(day.month()), part(day.day())))
        .map_err(failed)
}

fn block(block: &Block) -> Value {
    match block {
        Block::Paragraph(text) => json!({ "kind": "paragraph", "lines": text.lines().collect::<Vec<_>>() }),
        Block::Table(Table { title, headers, is_number, rows, totals, .. }) if !headers.is_empty() => {
            let total = totals.iter().map(|(_, sum)| sum.clone()).collect::<Vec<_>>().join(" + ");
            json!({
                "kind": "table",
                "title": title,
                "headers": headers,
                "right_aligned": is_number,
                "rows": rows,
                "total_label": totals.first().map_or("", |(label, _)| label.as_str()),
                "total": total,
            })
        }
        Block::Table(table) => json!({ "kind": "panel", "title": table.title, "rows": table.rows }),
    }
}

/// A file for a court or an agency, a PDF/A with a table of contents.
///
/// # Errors
/// What the typesetter says.
pub fn file(typesetter: &Typesetter, data: &Value, day: Date) -> Result<Vec<u8>, String> {
    use chrono::Datelike;
    let bytes = serde_json::to_vec(data).map_err(|cause| cause.to_string())?;
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    typesetter.pdf(&format!("{COMMON}\n{FILE_FORM}"), &bytes, (day.year(), part(day.month()), part(day.day())))
}
