//! What a gateway calls back and what a carrier writes of its letters: files of JSON or CSV, read as `channels.toml` describes.

use serde_json::Value;

use super::channels::config::Callbacks;

/// A status that means nothing to us.
const NOTHING: &str = "none";

/// What became of a message, as a stranger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The gateway's own number of the message; empty where it gives none.
    pub own_id: String,
    /// Our `message_id`; empty where it gives none back.
    pub message_id: String,
    /// A code of `message_statuses`.
    pub event: String,
    /// When, in universal time: `2025-12-31T08:30:00Z`.
    pub time: String,
    /// What more it says.
    pub detail: String,
}

/// What a file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Its calls.
    pub calls: Vec<Call>,
    /// Those that say nothing of the kind that is wanted: `none` in the list of statuses.
    pub silent: usize,
}

/// Reads a file of callbacks: an object a line, a list of objects, or CSV with a header.
///
/// # Errors
/// What was found and what was wanted, with the row: a status that nobody explained, a time that is none.
pub fn calls(bytes: &[u8], of: &Callbacks) -> Result<Calls, String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let rows = if text.trim_start().starts_with(['{', '[']) { json_rows(text)? } else { csv_rows(text)? };
    if of.id_at.is_empty() && of.message_id_at.is_empty() {
        return Err("neither `id_at` nor `message_id_at` says where it names the message".to_owned());
    }
    let mut told = Calls::default();
    for (number, row) in rows.iter().enumerate() {
        let at = |path: &str| found(row, path).unwrap_or_default();
        let refuse = |cause: String| format!("row {}: {cause}", number + 1);
        let status = at(&of.status_at);
        let Some(event) = of.statuses.get(&status) else {
            return Err(refuse(format!("the status `{status}` at `{}` is not one of `statuses`", of.status_at)));
        };
        if event == NOTHING {
            told.silent += 1;
            continue;
        }
        let time = at(&of.time_at);
        let time = moment(&time).ok_or_else(|| {
            refuse(format!("`{time}` at `{}` is no day and time: `2025-12-31T08:30:00Z` was wanted", of.time_at))
        })?;
        told.calls.push(Call {
            own_id: at(&of.id_at),
            message_id: at(&of.message_id_at),
            event: event.clone(),
            time,
            detail: at(&of.detail_at),
        });
    }
    Ok(told)
}

fn json_rows(text: &str) -> Result<Vec<Value>, String> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let values: Vec<Value> = values.collect::<Result<_, _>>().map_err(|cause| format!("it is no JSON: {cause}"))?;
    Ok(values
        .into_iter()
        .flat_map(|value| match value {
            Value::Array(rows) => rows,
            other => vec![other],
        })
        .collect())
}

fn csv_rows(text: &str) -> Result<Vec<Value>, String> {
    let header = text.lines().next().unwrap_or_default();
    let separator = if header.contains(';') { b';' } else { b',' };
    let mut csv = csv::ReaderBuilder::new().delimiter(separator).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = csv.headers().map_err(|cause| cause.to_string())?.clone();
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(|cause| cause.to_string())?;
        let cells = header.iter().zip(&row).map(|(name, cell)| (name.to_owned(), Value::from(cell)));
        Ok(Value::Object(cells.collect()))
    };
    csv.records().map(row).collect()
}

/// The value at a path: a name, or names and places with dots between them: `data.0.id`.
#[must_use]
pub fn found(value: &Value, path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    // a column may bear a dot in its name
    let whole = value.get(path);
    let found = whole.or_else(|| {
        path.split('.').try_fold(value, |value, name| match value {
            Value::Array(parts) => parts.get(name.parse::<usize>().ok()?),
            _ => value.get(name),
        })
    })?;
    match found {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A day and time in universal time, from the forms that services write; a time without a zone is taken as universal.
fn moment(text: &str) -> Option<String> {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok()
        .map(|time| time.with_timezone(&Utc).naive_utc());
    let plain = || {
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    };
    let day = || {
        ["%Y-%m-%d", "%d/%m/%Y"]
            .iter()
            .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
            .and_then(|day| day.and_hms_opt(12, 0, 0))
    };
    let counted = || {
        let number: i64 = text.parse().ok()?;
        // thousandths of seconds are as common as seconds
        let seconds = if number > 100_000_000_000 { number / 1000 } else { number };
        DateTime::from_timestamp(seconds, 0).map(|time| time.naive_utc())
    };
    let time = zoned.or_else(plain).or_else(day).or_else(counted)?;
    Some(time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]
mod tests {
    use super::*;

    fn of(statuses: &[(&str, &str)]) -> Callbacks {
        Callbacks {
            id_at: "data.id".to_owned(),
            status_at: "data.status".to_owned(),
            time_at: "at".to_owned(),
            detail_at: "data.error".to_owned(),
            statuses: statuses.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect(),
            ..Callbacks::default()
        }
    }

    #[test]
    fn a_gateways_calls_are_read_in_either_form() {
        let statuses = [("DELIVRD", "delivered"), ("UNDELIV", "bounced"), ("ENROUTE", "none")];
        let lines = "{\"at\":1767168000,\"data\":{\"id\":7,\"status\":\"DELIVRD\"}}\n\
                     {\"at\":\"2025-12-31T09:00:00+01:00\",\"data\":{\"id\":\"8\",\"status\":\"UNDELIV\",\"error\":\"absent\"}}\n\
                     {\"at\":1,\"data\":{\"status\":\"ENROUTE\"}}";
        let told = calls(lines.as_bytes(), &of(&statuses)).unwrap();
        assert_eq!(told.silent, 1);
        let call = |id: &str, event: &str, time: &str, detail: &str| Call {
            own_id: id.to_owned(),
            message_id: String::new(),
            event: event.to_owned(),
            time: time.to_owned(),
            detail: detail.to_owned(),
        };
        let expected = [
            call("7", "delivered", "2025-12-31T08:00:00Z", ""),
            call("8", "bounced", "2025-12-31T08:00:00Z", "absent"),
        ];
        assert_eq!(told.calls, expected);
        let list = format!("[{}]", lines.replace('\n', ","));
        assert_eq!(calls(list.as_bytes(), &of(&statuses)).unwrap().calls, expected);
    }

    #[test]
    fn a_carriers_list_is_csv_and_what_nobody_explained_is_refused() {
        let form = Callbacks {
            message_id_at: "Votre référence".to_owned(),
            status_at: "Statut".to_owned(),
            time_at: "Date".to_owned(),
            statuses: [("Distribué".to_owned(), "delivered".to_owned())].into(),
            ..Callbacks::default()
        };
        let told = calls("Votre référence;Statut;Date\nm1;Distribué;31/12/2025 09:15\n".as_bytes(), &form).unwrap();
        assert_eq!((told.calls[0].message_id.as_str(), told.calls[0].time.as_str()), ("m1", "2025-12-31T09:15:00Z"));
        let refused = calls("Votre référence;Statut;Date\nm1;Perdu;31/12/2025\n".as_bytes(), &form).unwrap_err();
        assert!(refused.contains("row 1") && refused.contains("`Perdu`"), "{refused}");
        let refused = calls("Votre référence;Statut;Date\nm1;Distribué;hier\n".as_bytes(), &form).unwrap_err();
        assert!(refused.contains("`hier`"), "{refused}");
    }
}
