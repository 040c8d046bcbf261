//! `encours demo`: the demo company is generated, loaded, checked, and its pages are written.

use std::fs;
use std::path::PathBuf;

use crate::cli::{Common, DemoArguments, LoadArguments, Output};
use crate::commands::{check, load, report, shared};
use crate::demo::{self, DemoOptions};
use crate::error::{Error, Outcome};
use crate::report::{Language, Way};
use crate::settings::Settings;

/// What the demo's folder holds beside sources, lake and pages: who writes to customers, how often, who signs, who collects, what
/// is aimed at, and settings that name them.
const SETTINGS: [(&str, &str); 8] = [
    ("encours.toml", include_str!("../../data/demo/encours.toml")),
    ("reference/senders.csv", include_str!("../../data/demo/reference/senders.csv")),
    ("reference/reminder_policies.csv", include_str!("../../data/demo/reference/reminder_policies.csv")),
    ("reference/collectors.csv", include_str!("../../data/demo/reference/collectors.csv")),
    ("reference/targets.csv", include_str!("../../data/demo/reference/targets.csv")),
    ("reference/monthly_targets.csv", include_str!("../../data/demo/reference/monthly_targets.csv")),
    ("reference/planned_sales.csv", include_str!("../../data/demo/reference/planned_sales.csv")),
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
        as_of: settings.as_of.or(Some(options.last_year_end)),
        language: settings.language,
        is_quiet: settings.is_quiet,
        memory_limit: settings.memory_limit,
        company_name: Some(written.company_name.to_owned()),
        ..Settings::settle_in(&folder, &Common::default())?
    };
    let mut steps = shared::Steps::of(settings);
    let loaded = load::load(&demo, &files, &LoadArguments::default()).await?;
    steps.done(words.get("progress.load")?);
    let checked = check::look(&demo, Output::Table).await?;
    steps.done(words.get("progress.check")?);
    steps.say();
    let mut outcome = if loaded == Outcome::Done { checked } else { loaded };
    // the reader's language last: its index bears the plain name
    let index = |language: Language| {
        if language == settings.language { "index".to_owned() } else { format!("index-{}", language.code()) }
    };
    let mut languages = Language::ALL;
    languages.sort_by_key(|language| *language == settings.language);
    let mut open = PathBuf::new();
    for language in languages {
        let reader = Settings { language, ..demo.clone() };
        let others = languages.into_iter().filter(|other| *other != language);
        let way = |other: Language| Way { title: other.name().to_owned(), address: format!("{}.html", index(other)) };
        let ways = others.map(way).collect();
        let written = report::all_as(&reader, &folder.join("pages"), &index(language), ways).await?;
        if written.outcome != Outcome::Done {
            outcome = written.outcome;
        }
        open = written.index;
    }
    shared::print(&words.fill("demo.open", &[("page", &open.display().to_string())])?)?;
    Ok(outcome)
}
