//! What a load says of itself: its row in `loads`, and the lines a controller reads.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::references::Refused;
use super::stage::Source;
use crate::commands::shared;
use crate::error::Error;
use crate::ingest::{Currencies, CurrencySum, Reason, SourceReport};
use crate::lake::LoadRecord;
use crate::model::money::{money_text, thousandths_of};
use crate::model::tables::PREPARED_CODE;
use crate::report::Formats;
use crate::settings::Settings;

/// The load's row, but for its number and the versions of the tables.
pub(super) fn record(
    settings: &Settings,
    staged: &[Source],
    removed: &[String],
    refused: &Refused,
    assumptions: Vec<Json>,
    load_id: &str,
) -> LoadRecord {
    let refused_of = |source: &Source| refused.get(&source.report.source_key).copied().unwrap_or_default();
    // one name is one company's
    let is_one = staged.windows(2).all(|pair| pair[0].report.company_id == pair[1].report.company_id);
    let company_name = settings.company_name.as_deref().filter(|_| is_one);
    let mut sources: Vec<Json> = staged.iter().map(|source| facts(source, refused_of(source), company_name)).collect();
    sources.extend(removed.iter().map(|key| json!({ "key": key, "is_removed": true })));
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let sum = |of: fn(&Source) -> u64| whole(staged.iter().map(of).sum());
    let refused_count = whole(refused.values().sum());
    let mut companies: Vec<&str> = staged.iter().map(|source| source.report.company_id.as_str()).collect();
    companies.sort_unstable();
    companies.dedup();
    LoadRecord {
        version: 0,
        load_id: load_id.to_owned(),
        company_id: companies.join(","),
        loaded_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        line_count: sum(|source| source.report.line_count),
        accepted_count: sum(|source| source.report.accepted_count) - refused_count,
        rejected_count: sum(|source| source.report.rejected_count) + refused_count,
        debit_total: staged.iter().map(|source| source.report.debit_total).sum(),
        credit_total: staged.iter().map(|source| source.report.credit_total).sum(),
        sources: Json::Array(sources),
        assumptions: Json::Array(assumptions),
        versions: BTreeMap::new(),
        checksums: BTreeMap::new(),
        prepared_code: PREPARED_CODE.to_owned(),
    }
}

fn facts(source: &Source, refused: u64, company_name: Option<&str>) -> Json {
    let report = &source.report;
    let notes: Vec<Json> = report
        .notes
        .iter()
        .map(|note| {
            json!({
                "code": note.code,
                "line_count": note.line_count,
                "amount": note.amount.map(|amount| money_text(amount, 2)),
                "text": note.text,
            })
        })
        .collect();
    json!({
        "key": report.source_key,
        "file": report.file_name,
        "hash": source.hash,
        "meaning": source.meaning,
        "fingerprint": source.fingerprint,
        "list_key": source.list_key(),
        "format": report.format_code,
        "encoding": report.encoding_code,
        "is_ledger": source.year.is_some(),
        "company_id": report.company_id,
        "company_name": company_name,
        "line_count": report.line_count,
        "accepted_count": report.accepted_count - refused,
        "rejected_count": report.rejected_count + refused,
        "receivable_count": report.receivable_count,
        "debit_amount": money_text(report.debit_total, 2),
        "credit_amount": money_text(report.credit_total, 2),
        "notes": notes,
    })
}

/// A line a file, one a doubt, and last the line a controller checks.
pub(super) fn lines(settings: &Settings, staged: &[Source], record: &LoadRecord) -> Result<Vec<String>, Error> {
    let words = shared::words(settings)?;
    let formats = Formats::new(&words)?;
    let decimals = settings.ledger_decimals()?;
    let number = |count: u64| formats.number(i128::from(count), 0);
    let sums = sums_of(settings, staged.iter().map(|source| &source.report));
    // what is assumed of several currencies has no one amount
    let of_one = |amount: Option<i128>| amount.filter(|_| sums.len() < 2);
    let mut lines = Vec::new();
    let mut assumed: Vec<String> = Vec::new();
    for source in staged {
        let report = &source.report;
        lines.push(words.fill(
            "load.file",
            &[
                ("file", &crate::report::visible(&report.file_name)),
                ("format", &report.format_code),
                ("encoding", report.encoding_code),
                ("source", &report.source_key),
            ],
        )?);
        if let Some(proposal) = &report.proposal {
            let choices = crate::report::visible(&proposal.choices.join(", ")).into_owned();
            lines.push(words.fill(
                "load.proposed",
                &[("file", &crate::report::visible(&report.file_name)), ("choices", &choices)],
            )?);
        }
        // items that nobody knows are found after reading, and only in the load's own record
        let facts = record.sources.as_array().into_iter().flatten().find(|facts| facts["key"] == report.source_key);
        let rejected = facts.and_then(|facts| facts["rejected_count"].as_u64()).unwrap_or_default();
        let unknown = Some((&Reason::ItemUnknown, rejected.saturating_sub(report.rejected_count)));
        let found = report.reject_counts.iter().map(|(reason, count)| (reason, *count));
        for (reason, count) in found.chain(unknown.filter(|(_, count)| *count > 0)) {
            let reason = words.find(&format!("reasons.{}", reason.code())).unwrap_or(reason.code());
            lines.push(words.fill("load.reject", &[("count", &number(count)), ("reason", reason)])?);
        }
        for note in &report.notes {
            assumed.push(assumption(&words, &formats, note.code, note.line_count, of_one(note.amount), decimals)?);
        }
    }
    for fact in record.assumptions.as_array().into_iter().flatten() {
        let amount = fact["amount"].as_str().and_then(thousandths_of);
        let code = fact["code"].as_str().unwrap_or_default();
        assumed.push(assumption(
            &words,
            &formats,
            code,
            fact["line_count"].as_u64().unwrap_or_default(),
            of_one(amount),
            decimals,
        )?);
    }
    let count = |count: i64| formats.number(i128::from(count), 0);
    let none = words.get("load.no_assumption")?.to_owned();
    let receivable = staged.iter().map(|source| source.report.receivable_count).sum();
    lines.push(words.fill(
        "load.total",
        &[
            ("lines", &count(record.line_count)),
            ("accepted", &count(record.accepted_count)),
            ("rejected", &count(record.rejected_count)),
            ("receivable", &number(receivable)),
            ("debit", &sums_text(settings, &formats, &sums, |sum| sum.debit)?),
            ("credit", &sums_text(settings, &formats, &sums, |sum| sum.credit)?),
            ("assumptions", &if assumed.is_empty() { none } else { assumed.join(", ") }),
        ],
    )?);
    Ok(lines)
}

/// What files come to, a sum a currency: amounts of several are never added up.
pub(in crate::commands) fn sums_of<'a>(
    settings: &Settings,
    reports: impl Iterator<Item = &'a SourceReport>,
) -> Vec<CurrencySum> {
    let mut sums = Vec::new();
    for report in reports {
        // a ledger is kept in one currency, whatever its documents bear
        if report.sums.is_empty() && (report.debit_total, report.credit_total) != (0, 0) {
            CurrencySum::add(&mut sums, settings.ledger_currency(), report.debit_total, report.credit_total);
        }
        for sum in &report.sums {
            CurrencySum::add(&mut sums, &sum.currency_code, sum.debit, sum.credit);
        }
    }
    sums
}

/// One side of sums, as a reader says it: the currency is named where there are several.
pub(in crate::commands) fn sums_text(
    settings: &Settings,
    formats: &Formats,
    sums: &[CurrencySum],
    side: fn(&CurrencySum) -> i128,
) -> Result<String, Error> {
    let currencies = Currencies::parse(settings.reference("currencies"))?;
    let text = |sum: &CurrencySum| formats.money(side(sum), currencies.decimals(Some(&sum.currency_code)));
    Ok(match sums {
        [] => formats.money(0, settings.ledger_decimals()?),
        [sum] => text(sum),
        _ => {
            let named = sums.iter().map(|sum| format!("{}\u{a0}{}", text(sum), sum.currency_code));
            named.collect::<Vec<_>>().join(" + ")
        }
    })
}

/// What was assumed, as a reader says it: on how many lines and how much, or on the file as a whole.
pub(in crate::commands) fn assumption(
    words: &crate::report::Words,
    formats: &Formats,
    code: &str,
    line_count: u64,
    amount: Option<i128>,
    decimals: u8,
) -> Result<String, Error> {
    let name = words.find(&format!("assumptions.{code}")).unwrap_or(code);
    let count = formats.number(i128::from(line_count), 0);
    Ok(match amount.filter(|amount| *amount != 0) {
        _ if line_count == 0 => words.fill("load.assumption_of_file", &[("name", name)])?,
        Some(amount) => words.fill(
            "load.assumption",
            &[("name", name), ("count", &count), ("amount", &formats.money(amount, decimals))],
        )?,
        None => words.fill("load.assumption_without_amount", &[("name", name), ("count", &count)])?,
    })
}
