//! Every report of a lake on a day, the lists of the day and the customers' pages, all leading to each other, and an index.

use std::path::{Path, PathBuf};

use super::payers::{self, PAYERS};
use super::reporter::{About, Reporter, Target, prepare};
use crate::commands::{shared, worklist};
use crate::error::{Error, Outcome};
use crate::report::{Card, Way, Ways, Words};
use crate::settings::Settings;
use crate::store;

/// The reports for the company as a whole, in the order of the index.
const REPORTS: [&str; 5] = ["controller", "treasury", "collections", "process", "reminders"];
/// The report that leads to all others.
const INDEX: &str = "index";

/// What was written.
pub(in crate::commands) struct All {
    pub index: PathBuf,
    pub outcome: Outcome,
}

impl All {
    pub(super) fn print(self) -> Result<Outcome, Error> {
        shared::print(&self.index.display().to_string())?;
        Ok(self.outcome)
    }
}

/// Writes all of it in the language of the settings, with `index.html`.
pub(super) async fn all(settings: &Settings, folder: &Path) -> Result<All, Error> {
    all_as(settings, folder, INDEX, Vec::new()).await
}

/// Writes all of it, with an index of that name; `languages` are the indexes of the same in other languages.
pub(in crate::commands) async fn all_as(
    settings: &Settings,
    folder: &Path,
    index: &str,
    languages: Vec<Way>,
) -> Result<All, Error> {
    store::make_folder_for(folder, settings.readable_by).map_err(|cause| Error::Disk(folder.to_owned(), cause))?;
    let words = shared::words(settings)?;
    let mut steps = shared::Steps::of(settings);
    let mut reporter = Reporter::open(settings).await?;
    reporter.kept.push(PAYERS);
    let customers = payers::with_pages(&mut reporter).await?;
    let links = payers::links(&customers);
    steps.done(words.get("progress.customers")?);

    let mut outcome = Outcome::Done;
    let mut note = |found: Outcome| {
        if found != Outcome::Done {
            outcome = found;
        }
    };
    let reports: Vec<&str> = REPORTS.into_iter().chain([PAYERS]).collect();
    let ways = ways(&reporter, &words, &reports, index)?;
    for name in REPORTS {
        let about = About { links: links.clone(), ways: ways.clone(), ..About::default() };
        note(reporter.write(name, folder, about).await?.outcome);
        steps.done(words.get(&format!("pages.{name}.title"))?);
    }
    let (board, pdf) =
        reporter.board(folder, About { links: links.clone(), ways: ways.clone(), ..About::default() }).await?;
    note(board.outcome);
    steps.done(words.get("pages.board.title")?);
    note(payers::write(&mut reporter, &customers, &ways, folder).await?.outcome);
    steps.done(words.get(&format!("pages.{PAYERS}.title"))?);
    // a list looks at its own day only: its questions are others
    let lists = worklist::write(settings, folder, &links, &ways).await?;
    note(lists.outcome);
    steps.done(words.get("pages.worklist.title")?);

    let card = |name: &&str| {
        let stem = reporter.stem(name);
        Ok::<_, Error>(Card {
            way: Way { title: words.get(&format!("pages.{name}.title"))?.to_owned(), address: format!("{stem}.html") },
            about: words.get(&format!("pages.{name}.about"))?.to_owned(),
            files: vec![workbook(&words, &stem)?],
        })
    };
    let mut report_cards = reports.iter().map(card).collect::<Result<Vec<_>, Error>>()?;
    let printed = Way { title: "PDF".to_owned(), address: shared::file_name(&pdf).unwrap_or_default() };
    let board = card(&"board")?;
    report_cards.insert(1, Card { files: board.files.into_iter().chain([printed]).collect(), ..board });
    let cards = [("index_reports".to_owned(), report_cards), ("index_lists".to_owned(), lists.cards(&words)?)];
    let about =
        About { links, ways: Ways { up: Vec::new(), beside: languages }, cards: cards.into(), ..About::default() };
    let target = Target { folder, stem: index.to_owned() };
    let Reporter { engine, origin, .. } = &mut reporter;
    let prepared = prepare(settings, origin, engine, INDEX, about, &target).await?;
    let index = prepared.write_page()?;
    steps.done(words.get(&format!("pages.{INDEX}.title"))?);
    steps.say();
    Ok(All { index, outcome })
}

/// From every report to the index and to the others.
fn ways(reporter: &Reporter<'_>, words: &Words, reports: &[&str], index: &str) -> Result<Ways, Error> {
    let title = |name: &str| Ok::<_, Error>(words.get(&format!("pages.{name}.title"))?.to_owned());
    let beside =
        |name: &&str| Ok::<_, Error>(Way { title: title(name)?, address: format!("{}.html", reporter.stem(name)) });
    Ok(Ways {
        up: vec![Way { title: title(INDEX)?, address: format!("{index}.html") }],
        beside: reports.iter().map(beside).collect::<Result<_, _>>()?,
    })
}

/// The workbook of a page.
pub(in crate::commands) fn workbook(words: &Words, stem: &str) -> Result<Way, Error> {
    Ok(Way { title: words.get("index.workbook")?.to_owned(), address: format!("{stem}.xlsx") })
}
