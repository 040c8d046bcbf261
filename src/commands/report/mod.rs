//! `encours report`: the answers of a report's queries become a page and a workbook; `report all` writes every report, the
//! lists of the day, a page for each customer that matters, and an index that leads to them.

mod all;
mod files;
mod origin;
mod payers;
mod reporter;

use std::path::{Path, PathBuf};

pub(super) use self::all::all_as;
pub(super) use self::files::{Written, write_all, write_file};
pub(super) use self::origin::{Origin, currency};
pub(super) use self::reporter::{About, Target, asked_once, prepare, write_files};

use self::all::all;
use self::payers::{PAYER, PAYERS};
use self::reporter::Reporter;
use crate::cli::ReportArguments;
use crate::commands::shared;
use crate::error::{Error, Outcome};
use crate::report::{Audience, Ways};
use crate::settings::Settings;
use crate::store;

/// The report whose first page the board reads, and that page.
const CONTROLLER: &str = "controller";
const BOARD: &str = "board";
/// The name that stands for every report.
const ALL: &str = "all";

pub(super) async fn run(settings: &Settings, arguments: &ReportArguments) -> Result<Outcome, Error> {
    let settings = &settings.on_cluster(&arguments.place)?;
    let written = match (&*arguments.name, &arguments.customer) {
        (ALL, None) => return all(settings, &arguments.out).await?.print(),
        (PAYER, Some(customer)) => payers::one(settings, customer, &arguments.out).await?,
        _ if arguments.print.is_some() => {
            let (written, pdf) = board(settings, &arguments.name, &arguments.out).await?;
            written.print()?;
            shared::print(&pdf.display().to_string())?;
            return Ok(written.outcome);
        }
        _ => write(settings, &arguments.name, &arguments.out).await?,
    };
    written.print()?;
    Ok(written.outcome)
}

/// Writes what the board reads of the controller's report: one A4, as page and as PDF.
async fn board(settings: &Settings, name: &str, folder: &Path) -> Result<(Written, PathBuf), Error> {
    if name != CONTROLLER {
        return Err(Error::Plain(
            format!("found `--print board` for the report `{name}`"),
            "the board's page is one of the controller: `encours report controller --print board`".to_owned(),
        ));
    }
    store::make_folder_for(folder, settings.readable_by).map_err(|cause| Error::Disk(folder.to_owned(), cause))?;
    let progress = shared::progress(settings, BOARD);
    let mut reporter = Reporter::open(settings).await?;
    let written = reporter.board(folder, About::default()).await;
    progress.finish_and_clear();
    written
}

/// Writes the page and the workbook of a report.
async fn write(settings: &Settings, name: &str, folder: &Path) -> Result<Written, Error> {
    // a report nobody wrote is refused before the work starts
    let spec = shared::templates(settings).report(name)?;
    if spec.audience == Audience::Customer {
        return Err(Error::Plain(
            format!("report `{name}` is written for one customer"),
            "write it with `encours customer_statement --customer ID`".to_owned(),
        ));
    }
    if name == PAYER {
        return Err(Error::Plain(
            "report `payer` is about one customer".to_owned(),
            "name it: `encours report payer --customer ID`; `encours report payers` writes those that matter"
                .to_owned(),
        ));
    }
    // and so is a folder that cannot be
    store::make_folder_for(folder, settings.readable_by).map_err(|cause| Error::Disk(folder.to_owned(), cause))?;
    let progress = shared::progress(settings, name);
    let mut reporter = Reporter::open(settings).await?;
    let written = match name {
        PAYERS => {
            let customers = payers::with_pages(&mut reporter).await?;
            payers::write(&mut reporter, &customers, &Ways::default(), folder).await
        }
        _ => reporter.write(name, folder, About::default()).await,
    };
    progress.finish_and_clear();
    written
}
