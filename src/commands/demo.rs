//! `encours demo`: the demo company is generated, loaded, checked, and its pages are written.

use std::fs;
use std::path::PathBuf;

use crate::cli::{DemoArguments, LoadArguments, Output};
use crate::commands::{check, load, report, shared};
use crate::demo::{self, DemoOptions};
use crate::error::{Error, Outcome};
use crate::lake::Lake;
use crate::report::Language;
use crate::settings::Settings;
use crate::store::Place;

/// What the demo's folder holds beside sources, lake and pages: who writes to customers, how often, who signs, and settings that name them.
const SETTINGS: [(&str, &str); 4] = [
    ("encours.toml", include_str!("../../data/demo/encours.toml")),
    ("reference/senders.csv", include_str!("../../data/demo/reference/senders.csv")),
    ("reference/reminder_policies.csv", include_str!("../../data/demo/reference/reminder_policies.csv")),
    ("reference/signers.csv", include_str!("../../data/demo/reference/signers.csv")),
];

pub(super) async fn run(settings: &Settings, arguments: &DemoArguments) -> Result<Outcome, Error> {
    let words = shared::words(settings)?;
    let folder = std::path::absolute(&arguments.out).map_err(|cause| Error::Disk(arguments.out.clone(), cause))?;
    let options = DemoOptions { seed: arguments.seed, ..DemoOptions::default() };
    let sources = folder.join("sources");
    let written = demo::write(&options, &sources)?;
    let files: Vec<PathBuf> = written.files.iter().map(|file| sources.join(&file.name)).collect();
    for (name, text) in SETTINGS {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        made.map_err(|cause| Error::Disk(path.clone(), cause))?;
    }
    shared::print(&words.fill("demo.generated", &[("folder", &sources.display().to_string())])?)?;

    let demo = Settings {
        lake: Lake::at(Place::folder(&folder.join("lake")))?,
        company: None,
        company_name: Some(written.company_name.to_owned()),
        as_of: settings.as_of.or(Some(options.last_year_end)),
        ..settings.clone()
    };
    let loaded = load::load(&demo, &files, &LoadArguments::default()).await?;
    let checked = check::look(&demo, Output::Table).await?;
    let mut outcome = if loaded == Outcome::Done { checked } else { loaded };
    for language in Language::ALL {
        let reader = Settings { language, ..demo.clone() };
        let written = report::write(&reader, "controller", &folder.join("pages")).await?;
        shared::print(&words.fill("demo.open", &[("page", &written.page.display().to_string())])?)?;
        if written.outcome != Outcome::Done {
            outcome = written.outcome;
        }
    }
    Ok(outcome)
}
