//! Messages and their events become data of the lake as anything else does: as files that are loaded.

use std::fs;
use std::path::PathBuf;

use crate::cli::{LoadArguments, ReadingArguments};
use crate::commands::load;
use crate::error::{Error, Outcome};
use crate::outreach::Event;
use crate::settings::Settings;

/// Heads of the files, as plain CSV bears them.
pub(super) const MESSAGES: [&str; 17] = [
    "company_id",
    "message_id",
    "run_id",
    "run_date",
    "customer_id",
    "contact_id",
    "policy_code",
    "variant_code",
    "level_order",
    "mode_code",
    "channel_code",
    "address_text",
    "language",
    "tone_code",
    "subject",
    "content_hash",
    "file_name",
];
pub(super) const ITEMS: [&str; 6] =
    ["company_id", "message_id", "item_id", "level_order", "asked_amount", "currency_code"];
const EVENTS: [&str; 7] =
    ["company_id", "message_id", "event_code", "event_date", "event_time", "detail", "source_code"];

/// Rows that one load brings.
#[derive(Default)]
pub(super) struct Record {
    files: Vec<(String, Vec<u8>)>,
}

impl Record {
    /// A table's rows; none is no file.
    pub(super) fn add(&mut self, table: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut count = 0;
        // writing to memory cannot fail
        drop(csv.write_record(head));
        for row in rows {
            count += 1;
            drop(csv.write_record(row));
        }
        if count > 0 {
            self.files.push((format!("encours-{table}.csv"), csv.into_inner().unwrap_or_default()));
        }
    }

    /// Events, each of the day that `day` gives it.
    pub(super) fn add_events(&mut self, events: &[Event], day: impl Fn(&Event) -> String) {
        let row = |event: &Event| {
            let day = day(event);
            let Event { company_id, message_id, event, time, detail, source } = event;
            [company_id, message_id, event, &day, time, detail, source].map(Clone::clone).to_vec()
        };
        self.add("message_events", &EVENTS, events.iter().map(row));
    }

    /// Loads them; nothing of them is loaded where one line is refused.
    pub(super) async fn load(self, settings: &Settings) -> Result<(), Error> {
        if self.files.is_empty() {
            return Ok(());
        }
        let folder = tempfile::tempdir().map_err(|cause| Error::Disk(std::env::temp_dir(), cause))?;
        let mut paths: Vec<PathBuf> = Vec::new();
        for (name, bytes) in &self.files {
            let path = folder.path().join(name);
            fs::write(&path, bytes).map_err(|cause| Error::Disk(path.clone(), cause))?;
            paths.push(path);
        }
        let settings = Settings { is_quiet: true, company: None, ..settings.clone() };
        // amounts are written as we write them, with as many decimals as their currency has: three look like thousands
        let reading = ReadingArguments { decimal: Some(".".to_owned()), ..ReadingArguments::default() };
        match load::load(&settings, &paths, &LoadArguments { reading, ..LoadArguments::default() }).await? {
            Outcome::Done => Ok(()),
            _ => Err(Error::Plain(
                "the lake refused lines about messages".to_owned(),
                "`encours rejects` lists them: this is a fault of the program".to_owned(),
            )),
        }
    }
}

/// The moment, in universal time, as events bear it.
pub(super) fn now() -> String {
    chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
