//! `encours inspect`: what a file is, what was recognised, a mapping to save, the first rejects.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::InspectArguments;
use crate::commands::fetched::Fetched;
use crate::commands::{load, shared};
use crate::error::{Error, Outcome};
use crate::ingest::{self, Inspection};
use crate::report::{Formats, Words, visible};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &InspectArguments) -> Result<Outcome, Error> {
    let fetched = Fetched::bring(std::slice::from_ref(&arguments.file)).await?;
    let rules = load::Rules::settle(settings, &arguments.reading)?;
    let words = shared::words(settings)?;
    let formats = Formats::new(&words)?;
    let mut is_doubtful = false;
    // an archive holds several
    for file in &fetched.files {
        let inspection = ingest::inspect(file, &rules.options(&|_| {}))?;
        for line in lines(&inspection, &words, &formats, settings)? {
            shared::print(&line)?;
        }
        if let (Some(path), Some(proposal)) = (&arguments.save, &inspection.proposal)
            && proposal.is_other.is_none()
        {
            save(path, &proposal.mapping)?;
            shared::say(settings, &words.fill("inspect.saved", &[("path", &path.display().to_string())])?);
        }
        is_doubtful |= inspection.report.as_ref().is_none_or(|report| report.rejected_count > 0);
    }
    Ok(if is_doubtful { Outcome::Doubtful } else { Outcome::Done })
}

/// Writes a mapping to a new file: one that is there may hold corrections.
fn save(path: &Path, mapping: &str) -> Result<(), Error> {
    let mut file = File::create_new(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => Error::Plain(
            format!("`{}` is there already, and may hold corrections", path.display()),
            "name a new file with `--save`, or remove this one".to_owned(),
        ),
        _ => Error::Disk(path.to_owned(), cause),
    })?;
    file.write_all(mapping.as_bytes()).map_err(|cause| Error::Disk(path.to_owned(), cause))
}

fn lines(found: &Inspection, words: &Words, formats: &Formats, settings: &Settings) -> Result<Vec<String>, Error> {
    let decimals = settings.ledger_decimals()?;
    let mut lines = Vec::new();
    let number = |count: u64| formats.number(i128::from(count), 0);
    let mut fact = |key: &str, text: &str| -> Result<(), Error> {
        lines.push(words.fill(&format!("inspect.{key}"), &[("text", &visible(text))])?);
        Ok(())
    };
    fact("file", &found.file_name)?;
    fact("size", &number(found.byte_count))?;
    let is_proposed = found.proposal.as_ref().is_some_and(|proposal| proposal.is_other.is_none());
    fact("format", if is_proposed { words.get("inspect.proposed")? } else { &found.format_code })?;
    fact("encoding", found.encoding_code)?;
    if let Some(code) = found.line_end_code {
        fact("line_end", code)?;
    }
    if let Some(separator) = found.separator {
        fact("separator", &separator.escape_default().to_string())?;
    }
    // what is proposed names each column once more
    for column in found.columns.iter().filter(|_| !is_proposed) {
        match &column.known_as {
            Some(name) => fact("column_known", &format!("{} → {name}", column.header))?,
            None => fact("column_unknown", &column.header)?,
        }
    }
    if !found.missing_columns.is_empty() {
        fact("columns_missing", &found.missing_columns.join(", "))?;
    }
    if let Some(report) = &found.report {
        if let Some(year) = report.fiscal_year {
            fact("fiscal_year", &format!("{} – {}", formats.day(year.year_start), formats.day(year.year_end)))?;
        }
        fact("source", &report.source_key)?;
        fact("lines", &number(report.line_count))?;
        fact("accepted", &number(report.accepted_count))?;
        fact("rejected", &number(report.rejected_count))?;
        fact("receivable", &number(report.receivable_count))?;
        let sums = load::sums_of(settings, std::iter::once(report));
        fact("debit", &load::sums_text(settings, formats, &sums, |sum| sum.debit)?)?;
        fact("credit", &load::sums_text(settings, formats, &sums, |sum| sum.credit)?)?;
        if report.fiscal_year.is_none() && report.receivable_count > 0 {
            fact("net", &load::sums_text(settings, formats, &sums, |sum| sum.debit - sum.credit)?)?;
        }
        for note in &report.notes {
            let amount = note.amount.filter(|_| sums.len() < 2);
            fact("note", &load::assumption(words, formats, note.code, note.line_count, amount, decimals)?)?;
        }
    }
    for reject in &found.first_rejects {
        let reason = words.find(&format!("reasons.{}", reject.reason.code())).unwrap_or(reject.reason.code());
        let values = [
            ("line", reject.line.to_string()),
            ("reason", reason.to_owned()),
            ("found", visible(&reject.found).into_owned()),
            ("text", visible(&reject.text).into_owned()),
        ];
        let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
        lines.push(words.fill("inspect.reject", &values)?);
    }
    if let Some(proposal) = &found.proposal {
        if let Some(what) = &proposal.is_other {
            lines.push(words.fill("inspect.other", &[("text", what)])?);
            return Ok(lines);
        }
        for (header, sum) in &found.own_sums {
            lines.push(words.fill("inspect.own_sum", &[("header", &visible(header)), ("sum", &visible(sum))])?);
        }
        for question in &proposal.questions {
            lines.push(words.fill("inspect.question", &[("text", &visible(question))])?);
        }
        lines.push(words.get("inspect.mapping")?.to_owned());
        lines.push(proposal.mapping.trim_end().to_owned());
    }
    Ok(lines)
}
