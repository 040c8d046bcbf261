//! `encours comment`: a comment beside a panel becomes data of the lake, for the figures of a day, as one load.

use std::fs;

use crate::cli::{CommentArguments, LoadArguments};
use crate::commands::{load, shared};
use crate::error::{Error, Outcome};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &CommentArguments) -> Result<Outcome, Error> {
    let spec = shared::templates(settings).report(&arguments.report)?;
    let panels: Vec<&str> = spec.panels.iter().map(|panel| panel.id.as_str()).collect();
    if !panels.contains(&arguments.panel.as_str()) {
        return Err(Error::Plain(
            format!("report `{}` has no panel `{}`", arguments.report, arguments.panel),
            format!("it has {}", panels.join(", ")),
        ));
    }
    // for which day, and that there is a lake to speak of
    let snapshot = shared::snapshot(settings).await?;
    let as_of = shared::engine(settings, &snapshot).await?.scope().as_of;
    let mut text = Vec::new();
    let written = {
        let mut csv = csv::Writer::from_writer(&mut text);
        csv.write_record(["company_id", "report_code", "panel_code", "as_of_date", "comment_text"])
            .and_then(|()| {
                let company = settings.company.as_deref().unwrap_or_default();
                let as_of = as_of.to_string();
                csv.write_record([company, &arguments.report, &arguments.panel, &as_of, &arguments.text])
            })
            .map_err(std::io::Error::from)
            .and_then(|()| csv.flush())
    };
    let folder = std::env::temp_dir().join(format!("encours-comment-{}", std::process::id()));
    let path = folder.join("comments.csv");
    let failed = |cause| Error::Disk(path.clone(), cause);
    written.and_then(|()| fs::create_dir_all(&folder)).and_then(|()| fs::write(&path, &text)).map_err(failed)?;
    let loaded = load::load(settings, std::slice::from_ref(&path), &LoadArguments::default()).await;
    fs::remove_dir_all(&folder).map_err(|cause| Error::Disk(folder, cause))?;
    loaded
}
