//! A message as an e-mail: plain text, HTML that holds in common mail programs, and files beside them.

use std::fmt::Write;
use std::time::SystemTime;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::error::OutreachError;
use super::message::{Block, Draft, Letter, Table};

/// A file that goes with it.
#[derive(Clone, Debug)]
pub struct Enclosure {
    /// Its name.
    pub name: String,
    /// Its bytes, a PDF.
    pub bytes: Vec<u8>,
}

/// The bytes of the e-mail, as they are kept and sent.
///
/// # Errors
/// When an address is none.
pub fn email(
    draft: &Draft,
    letter: &Letter,
    enclosures: Vec<Enclosure>,
    written: SystemTime,
) -> Result<Vec<u8>, OutreachError> {
    let refuse = |cause: String| OutreachError::Email { message_id: draft.message_id.clone(), cause };
    let address = |text: &str| {
        text.trim().parse::<Address>().map_err(|cause| refuse(format!("`{text}` is no e-mail address ({cause})")))
    };
    let from = address(&draft.sender.email)?;
    let answers = if draft.signer.email.is_empty() { from.clone() } else { address(&draft.signer.email)? };
    let signer = if draft.signer.name.is_empty() { &draft.sender.name } else { &draft.signer.name };
    let id = format!("<{}@{}>", draft.message_id, from.domain());
    let builder = Message::builder()
        .date(written)
        .from(Mailbox::new(Some(signer.clone()), from))
        .reply_to(Mailbox::new(Some(signer.clone()), answers))
        .to(Mailbox::new(Some(draft.addressee.clone()), address(&draft.address)?))
        .subject(&letter.subject)
        .message_id(Some(id));
    let words = MultiPart::alternative_plain_html(letter.plain(), html(draft, letter));
    let body = if enclosures.is_empty() {
        builder.multipart(words)
    } else {
        let pdf = ContentType::parse("application/pdf").map_err(|cause| refuse(cause.to_string()))?;
        let parts = enclosures
            .into_iter()
            .map(|file| -> SinglePart { Attachment::new(file.name).body(file.bytes, pdf.clone()) });
        builder.multipart(parts.fold(MultiPart::mixed().multipart(words), MultiPart::singlepart))
    };
    Ok(body.map_err(|cause| refuse(cause.to_string()))?.formatted())
}

/// Characters of a cell that no line break parts.
const SHORT: usize = 14;
const INK: &str = "#1d2a30";
const ACCENT: &str = "#1f4e5f";
const QUIET: &str = "#5c6b73";
const LINE: &str = "#d5dde0";

/// One column of at most 640 pixels, styles on each element: some mail programs drop the style sheet, which only serves narrow screens.
fn html(draft: &Draft, letter: &Letter) -> String {
    let mut body = String::new();
    for block in &letter.blocks {
        match block {
            Block::Paragraph(text) => {
                let lines: Vec<String> = text.lines().map(escaped).collect();
                put(&mut body, format_args!("<p style=\"margin:0 0 16px\">{}</p>", lines.join("<br>")));
            }
            Block::Table(table) => table_html(&mut body, table),
        }
    }
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{subject}</title><style>@media (max-width:480px){{\
         .between{{display:none!important}}.beneath{{display:block!important}}}}</style></head>\
         <body style=\"margin:0;padding:24px 12px\"><div style=\"max-width:640px;margin:0 auto;\
         font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:{INK};overflow-wrap:anywhere\">\
         {body}</div></body></html>",
        language = escaped(&draft.language),
        subject = escaped(&letter.subject),
    )
}

/// Columns that fit on a telephone.
const FEW_COLUMNS: usize = 4;

/// A table. Of one with many columns a narrow screen shows the first and the last, what stands between them beneath the first.
fn table_html(body: &mut String, table: &Table) {
    let is_number = |column: usize| table.is_number.get(column).copied().unwrap_or_default();
    let align = |column: usize| if is_number(column) { "right" } else { "left" };
    let last = table.headers.len().saturating_sub(1);
    let is_wide = table.headers.len() > FEW_COLUMNS;
    let class = |column: usize| if is_wide && column > 0 && column < last { " class=\"between\"" } else { "" };
    // numbers, dates and short codes stay on one line
    let nowrap = |column: usize, cell: &str| {
        if is_number(column) || cell.chars().count() <= SHORT { ";white-space:nowrap" } else { "" }
    };
    if !table.title.is_empty() {
        put(body, format_args!("<p style=\"margin:0 0 6px;font-weight:600\">{}</p>", escaped(&table.title)));
    }
    body.push_str("<table role=\"presentation\" cellspacing=\"0\" cellpadding=\"0\" style=\"border-collapse:collapse;width:100%;margin:0 0 20px;font-size:14px\">");
    if !table.headers.is_empty() {
        body.push_str("<tr>");
        for (column, head) in table.headers.iter().enumerate() {
            put(
                body,
                format_args!(
                    "<th{} style=\"text-align:{};padding:4px 8px 6px 0;font-weight:600;color:{QUIET};border-bottom:2px solid {LINE}\">{}</th>",
                    class(column),
                    align(column),
                    escaped(head)
                ),
            );
        }
        body.push_str("</tr>");
    }
    for (number, row) in table.rows.iter().enumerate() {
        body.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let link = table.links.get(number).filter(|_| column + 1 == row.len());
            let mut shown = link.map_or_else(
                || escaped(cell),
                |link| format!("<a href=\"{}\" style=\"color:{ACCENT}\">{}</a>", escaped(link), escaped(cell)),
            );
            if is_wide && column == 0 {
                let is_short = cell.chars().count() <= SHORT;
                let number =
                    if is_short { format!("<span style=\"white-space:nowrap\">{shown}</span>") } else { shown };
                shown = number + &beneath(table, row);
            }
            put(
                body,
                format_args!(
                    "<td{} style=\"text-align:{};padding:6px 8px 6px 0;border-bottom:1px solid {LINE};vertical-align:top{}\">{shown}</td>",
                    class(column),
                    align(column),
                    if is_wide && column == 0 { "" } else { nowrap(column, cell) },
                ),
            );
        }
        body.push_str("</tr>");
    }
    for (label, sum) in &table.totals {
        let count = table.headers.len().max(2);
        put(body, format_args!("<tr><td style=\"padding:8px 8px 0 0;font-weight:600\">{}</td>", escaped(label)));
        (1..count - 1).for_each(|column| put(body, format_args!("<td{}></td>", class(column))));
        put(
            body,
            format_args!(
                "<td style=\"text-align:right;padding:8px 8px 0 0;font-weight:600;white-space:nowrap\">{}</td></tr>",
                escaped(sum)
            ),
        );
    }
    body.push_str("</table>");
}

/// What stands between the first and the last cell of a row, for narrow screens only.
fn beneath(table: &Table, row: &[String]) -> String {
    let between = table.headers.iter().zip(row).skip(1).take(row.len().saturating_sub(2));
    let told = between.filter(|(_, cell)| !cell.is_empty());
    let told: Vec<String> = told.map(|(head, cell)| format!("{} {}", escaped(head), escaped(cell))).collect();
    format!(
        "<div class=\"beneath\" style=\"display:none;mso-hide:all;font-size:13px;color:{QUIET}\">{}</div>",
        told.join(" · ")
    )
}

fn put(text: &mut String, part: std::fmt::Arguments) {
    // writing to a text cannot fail
    let _ = text.write_fmt(part);
}

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for mark in text.chars() {
        match mark {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(mark),
        }
    }
    safe
}
