//! One lake, one day, one language: its questions are asked once for all reports that are written of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::{Prepared, Written};
use super::origin::{Origin, query_options};
use crate::commands::{check, shared};
use crate::engine::{Engine, Query};
use crate::error::{Error, Outcome};
use crate::model::{Answer, CustomerKey};
use crate::report::{Addressee, Card, CheckResult, PageInput, PageSpec, Ways};
use crate::settings::Settings;
use crate::store;

/// What the board reads.
const BOARD: &str = "board";
/// What differs from the control accounts.
const TIE_OUT: &str = "tie_out";

/// Who writes reports.
pub(super) struct Reporter<'a> {
    pub settings: &'a Settings,
    pub engine: Engine,
    pub origin: Origin,
    /// What the checks found, once they were run.
    checks: Option<Vec<CheckResult>>,
    /// Answers that later reports need again, whatever else is let go of.
    pub kept: Vec<&'static str>,
}

impl<'a> Reporter<'a> {
    pub(super) async fn open(settings: &'a Settings) -> Result<Self, Error> {
        let snapshot = shared::snapshot(settings).await?;
        let engine = shared::engine(settings, &snapshot).await?;
        let origin = Origin::of(settings, &snapshot, &engine).await?;
        Ok(Self { settings, engine, origin, checks: None, kept: Vec::new() })
    }

    /// The stem of the files of a report.
    pub(super) fn stem(&self, name: &str) -> String {
        format!("{name}-{}-{}", self.engine.scope().as_of, self.settings.language.code())
    }

    /// Writes the page and the workbook of a report.
    pub(super) async fn write(&mut self, name: &str, folder: &Path, about: About) -> Result<Written, Error> {
        let spec = self.origin.templates.report(name)?.known(&self.origin.absent_tables);
        let checks = self.checks().await?;
        let comments = comments(&self.engine.ask("comments").await?, name);
        let mut asked = asked_by(&spec);
        // what the checks alone read makes room for the questions
        self.let_go_but(&asked)?;
        // lists of items come last: those of millions, their page and their workbook want the memory for themselves
        let lists = spec.lists();
        asked.retain(|query| !lists.contains(query));
        let mut answers = about.answers;
        for (asked, still) in [(&asked, &lists[..]), (&lists, &[])] {
            let found = self.engine.ask_all(asked).await?;
            answers.extend(asked.iter().map(|query| (*query).to_owned()).zip(found));
            self.let_go_but(still)?;
        }
        let about = About { checks, comments, answers, ..about };
        let target = Target { folder, stem: self.stem(name) };
        write_files(self.settings, &self.origin, &mut self.engine, name, about, &target).await
    }

    /// Writes the board's page, its workbook and its PDF.
    pub(super) async fn board(&mut self, folder: &Path, about: About) -> Result<(Written, PathBuf), Error> {
        let target = Target { folder, stem: self.stem(BOARD) };
        let Self { settings, engine, origin, .. } = self;
        prepare(settings, origin, engine, BOARD, about, &target).await?.write_board()
    }

    /// The checks are run once for all reports.
    async fn checks(&mut self) -> Result<Vec<CheckResult>, Error> {
        if let Some(checks) = &self.checks {
            return Ok(checks.clone());
        }
        let found: Vec<CheckResult> =
            check::run_all(&mut self.engine).await?.into_iter().map(|(found, _)| found).collect();
        self.checks = Some(found.clone());
        Ok(found)
    }

    fn let_go_but(&mut self, names: &[&str]) -> Result<(), Error> {
        let names: Vec<&str> = names.iter().chain(&self.kept).copied().collect();
        Ok(self.engine.let_go_but(&names)?)
    }
}

/// What all pages of a report show alike: the answers of its queries that are wanted, by name.
pub(in crate::commands) async fn asked_once(
    origin: &Origin,
    engine: &mut Engine,
    report: &str,
    is_wanted: impl Fn(&Query) -> bool,
) -> Result<BTreeMap<String, Answer>, Error> {
    let spec = origin.templates.report(report)?.known(&origin.absent_tables);
    let mut asked = asked_by(&spec);
    asked.retain(|query| engine.catalogue().get(query).is_ok_and(&is_wanted));
    let found = engine.ask_all(&asked).await?;
    Ok(asked.into_iter().map(str::to_owned).zip(found).collect())
}

/// What a report asks: its queries, and whether all ties out.
fn asked_by(spec: &PageSpec) -> Vec<&str> {
    let mut asked = spec.queries();
    if !asked.contains(&TIE_OUT) {
        asked.push(TIE_OUT);
    }
    asked
}

/// What a report says beside the answers of its queries.
#[derive(Default)]
pub(in crate::commands) struct About {
    pub checks: Vec<CheckResult>,
    pub comments: Vec<(String, String)>,
    pub addressee: Option<Addressee>,
    /// Whom or what it is about, where that is not the company as a whole.
    pub subject: Option<String>,
    /// The one customer whose questions it shows.
    pub customer: Option<CustomerKey>,
    /// Pages of customers, as addresses from the report's folder.
    pub links: BTreeMap<CustomerKey, String>,
    /// Where it stands among other pages.
    pub ways: Ways,
    /// What its panels of cards lead to, by panel.
    pub cards: BTreeMap<String, Vec<Card>>,
    /// Answers that are not to be asked again, or tell of a part only.
    pub answers: BTreeMap<String, Answer>,
}

/// Where a report is written: `<folder>/<stem>.html` and `.xlsx`.
pub(in crate::commands) struct Target<'a> {
    pub folder: &'a Path,
    pub stem: String,
}

/// Asks the queries of a report and writes its files.
pub(in crate::commands) async fn write_files(
    settings: &Settings,
    origin: &Origin,
    engine: &mut Engine,
    name: &str,
    about: About,
    target: &Target<'_>,
) -> Result<Written, Error> {
    prepare(settings, origin, engine, name, about, target).await?.write()
}

/// Asks the queries of a report that nobody asked yet.
pub(in crate::commands) async fn prepare<'a>(
    settings: &'a Settings,
    origin: &'a Origin,
    engine: &mut Engine,
    name: &'a str,
    about: About,
    target: &Target<'_>,
) -> Result<Prepared<'a>, Error> {
    let spec = origin.templates.report(name)?.known(&origin.absent_tables);
    store::make_folder_for(target.folder, settings.readable_by)
        .map_err(|cause| Error::Disk(target.folder.to_owned(), cause))?;
    let mut answers = about.answers;
    let mut asked = asked_by(&spec);
    asked.retain(|query| !answers.contains_key(*query));
    let found = engine.ask_all(&asked).await?;
    answers.extend(asked.into_iter().map(str::to_owned).zip(found));
    let is_sound = answers.get(TIE_OUT).is_some_and(Answer::is_empty);
    let outcome = if is_sound { Outcome::Done } else { Outcome::Doubtful };
    let input = PageInput {
        report_name: name,
        language: settings.language,
        company_id: &origin.company_id,
        company_name: origin.company_name.as_deref(),
        currency_code: &origin.currency_code,
        decimals: origin.decimals,
        ages_from_issue: engine.scope().ages_from_issue,
        as_of: engine.scope().as_of,
        books_end: origin.books_end,
        load: origin.load.clone(),
        answers,
        checks: about.checks,
        comments: about.comments,
        addressee: about.addressee,
        subject: about.subject,
        links: about.links,
        absent_tables: &origin.absent_tables,
        ways: about.ways,
        cards: about.cards,
        query_options: query_options(settings, about.customer.as_ref()),
        generated_note: concat!("encours ", env!("CARGO_PKG_VERSION")),
    };
    let page = target.folder.join(format!("{}.html", target.stem));
    let workbook = target.folder.join(format!("{}.xlsx", target.stem));
    let files = Written { page, workbook, outcome };
    Ok(Prepared { input, templates: &origin.templates, readers: settings.readable_by, files })
}

/// What was written beside the panels of a report.
fn comments(answer: &Answer, report: &str) -> Vec<(String, String)> {
    let of_report = (0..answer.len()).filter(|row| answer.value(*row, "report_code").plain() == report);
    of_report.map(|row| (answer.value(row, "panel_code").plain(), answer.value(row, "comment_text").plain())).collect()
}
