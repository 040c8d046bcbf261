//! Every report there is, written of one lake: what the tests of pages and of workbooks open, all in the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use encours::demo::DemoOptions;
use encours::report::{PageSpec, TableView, Templates};
use serde::{Deserialize, Serialize};

use crate::books::Ledger;
use crate::desk::{Asked, Desk, Row};
use crate::skips::real;

/// A report that was written.
#[derive(Debug, Deserialize, Serialize)]
pub struct Report {
    pub name: String,
    /// Whom it is about, or sent to.
    pub customer: Option<String>,
    /// Whose list it is.
    pub assignee: Option<String>,
    pub page: PathBuf,
    pub workbook: PathBuf,
}

/// What a statement tells the moves since.
const SINCE: &str = "2000-01-01";

/// The answers of a lake on a day as the commands that write reports ask for them, each asked once.
pub struct Answers {
    asked: Asked,
    /// A day's list looks at one month-end.
    of_day: Asked,
    known: BTreeMap<(String, Option<String>, bool), Vec<Row>>,
}

impl Answers {
    pub fn of(desk: &Desk, as_of: &str) -> Self {
        Self { asked: desk.ask(as_of), of_day: desk.ask(as_of).months(1), known: BTreeMap::new() }
    }

    /// The panels of a report, as far as the lake can tell them.
    pub fn spec(&mut self, report: &Report) -> PageSpec {
        let spec = Templates::built_in().report(&report.name).unwrap();
        let of_view = |view: &TableView| -> Vec<String> {
            view.column_needs.values().chain(view.row_needs.values()).cloned().collect()
        };
        let needs = spec.panels.iter().flat_map(|panel| {
            let of_tiles = panel.tiles.iter().filter_map(|tile| tile.needs.clone());
            panel.needs.iter().cloned().chain(of_tiles).chain(panel.tables.iter().flat_map(of_view))
        });
        let tables: BTreeSet<String> =
            needs.flat_map(|need| need.split('|').map(str::to_owned).collect::<Vec<_>>()).collect();
        let is_absent = |table: &String| {
            self.asked.sql(&format!("select count(*) as row_count from {table}"))[0]["row_count"] == "0"
        };
        let absent: BTreeSet<String> = tables.into_iter().filter(is_absent).collect();
        spec.known(&absent)
    }

    /// The rows of a query that a report could show: of its customer, of its assignee.
    pub fn rows(&mut self, report: &Report, query: &str) -> Vec<Row> {
        let is_of_day = report.name == "worklist";
        // only what a customer's own queries answer hangs on it
        let customer =
            report.customer.clone().filter(|_| query.starts_with("payer_") || query.starts_with("statement_"));
        let key = (query.to_owned(), customer, is_of_day);
        if !self.known.contains_key(&key) {
            let asked = if is_of_day { &mut self.of_day } else { &mut self.asked };
            match &key.1 {
                Some(customer) => asked.about(customer, SINCE),
                None => asked.about_all(),
            }
            let rows = asked.rows(query);
            self.known.insert(key.clone(), rows);
        }
        let is_listed = |row: &&Row| {
            let of = row.get("assignee_id").filter(|_| report.assignee.is_some());
            of.is_none_or(|of| Some(of) == report.assignee.as_ref())
        };
        self.known[&key].iter().filter(is_listed).cloned().collect()
    }
}

/// A demo company of so many customers on a desk, loaded.
pub fn company(customer_count: usize) -> Desk {
    Desk::demo(&DemoOptions { customer_count, invoice_count: 22 * customer_count, ..DemoOptions::default() })
}

/// The controller's report alone.
pub fn controller(desk: &Desk, as_of: &str) -> Report {
    desk.run(&["report", "--as-of", as_of, "--out", "pages", "--lang", "en"]).ended(0);
    let page = desk.path(&format!("pages/controller-{as_of}-en.html"));
    Report {
        name: "controller".to_owned(),
        customer: None,
        assignee: None,
        workbook: page.with_extension("xlsx"),
        page,
    }
}

/// Names that are mark-up, formulas and turned text.
pub const HOSTILE: [&str; 6] = [
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "\"><script>alert(2)</script>",
    "\u{202e}gnp.exe",
    "</script><b>",
    "شركة البيع المحدودة",
];

/// A desk whose ledger bears [`HOSTILE`] names, sixty items each, and every report of it in English.
pub fn hostile() -> (Desk, Vec<Report>) {
    let desk = Desk::like("hostile", |desk| {
        load_hostile(desk, 60);
        keep(desk, &write_all(desk, "2024-12-31", "en", HOSTILE[0], "pages"));
    });
    let reports = kept(&desk);
    (desk, reports)
}

/// The controller's report of a real ledger, in English; made once a run.
pub fn real_controller(name: &str, as_of: &str) -> Option<(Desk, Report)> {
    let file = real(name)?;
    let desk = Desk::like(&format!("controller-{}", name.replace('/', "-")), |desk| {
        desk.load(&[&file]);
        keep(desk, &[controller(desk, as_of)]);
    });
    let report = kept(&desk).remove(0);
    Some((desk, report))
}

/// Writes down which reports a desk has, by names within it, for its copies.
fn keep(desk: &Desk, reports: &[Report]) {
    let within = |path: &Path| path.strip_prefix(desk.path("")).unwrap().to_owned();
    let of_desk = |report: &Report| Report {
        name: report.name.clone(),
        customer: report.customer.clone(),
        assignee: report.assignee.clone(),
        page: within(&report.page),
        workbook: within(&report.workbook),
    };
    let reports: Vec<Report> = reports.iter().map(of_desk).collect();
    desk.file("reports.json", serde_json::to_vec(&reports).unwrap());
}

fn kept(desk: &Desk) -> Vec<Report> {
    let mut reports: Vec<Report> = serde_json::from_slice(&std::fs::read(desk.path("reports.json")).unwrap()).unwrap();
    for report in &mut reports {
        (report.page, report.workbook) = (desk.path("").join(&report.page), desk.path("").join(&report.workbook));
    }
    reports
}

fn load_hostile(desk: &Desk, item_count: usize) {
    let mut ledger = Ledger::new(2024);
    for (order, name) in HOSTILE.iter().enumerate() {
        for item in 0..item_count {
            let amount = format!("{}.00", 100 + item);
            ledger = ledger.invoice(name, &format!("{name}{order}-{item}"), "2024-03-05", &amount);
        }
    }
    let file = desk.file("123456789FEC20241231.txt", ledger.text());
    // who collects from them is called so too
    let mut customers = csv::Writer::from_writer(Vec::new());
    customers.write_record(["customer_id", "name", "collector_id"]).unwrap();
    for name in HOSTILE {
        customers.write_record([name, name, name]).unwrap();
    }
    let customers = desk.file("customers.csv", customers.into_inner().unwrap());
    desk.load(&[&file, &customers]);
    desk.file("encours.toml", "company_name = \"<script>alert(3)</script>\"\n");
}

/// Every report of the desk's lake, in a folder; of worklists, the first and the last.
pub fn write_all(desk: &Desk, as_of: &str, language: &str, customer: &str, folder: &str) -> Vec<Report> {
    let written = |command: &[&str]| -> Vec<PathBuf> {
        let options = ["--as-of", as_of, "--lang", language, "--out", folder, "--quiet"];
        let said = desk.run(&[command, &options[..]].concat()).ended(0);
        said.stdout.lines().map(|line| desk.path(line)).collect()
    };
    let report = |name: &str, customer: Option<&str>, files: &[PathBuf]| {
        let [page, workbook, ..] = files else { panic!("{name}: {files:?}") };
        assert!(page.exists() && workbook.exists(), "{name}: {files:?}");
        let (name, customer) = (name.to_owned(), customer.map(str::to_owned));
        Report { name, customer, assignee: None, page: page.clone(), workbook: workbook.clone() }
    };
    let mut reports = Vec::new();
    for name in ["controller", "payers", "process", "collections", "treasury", "reminders"] {
        reports.push(report(name, None, &written(&["report", name])));
    }
    reports.push(report("board", None, &written(&["report", "controller", "--print", "board"])));
    reports.push(report("payer", Some(customer), &written(&["report", "payer", "--customer", customer])));
    let statement = written(&["customer_statement", "--customer", customer, "--since", SINCE]);
    reports.push(report("customer_statement", Some(customer), &statement));
    let lists = written(&["worklist"]);
    let lists: Vec<&[PathBuf]> = lists.chunks(3).collect();
    let mut assignees: Vec<String> =
        desk.ask(as_of).months(1).rows("worklist").into_iter().map(|row| row["assignee_id"].clone()).collect();
    assignees.sort();
    assignees.dedup();
    assert_eq!(lists.len(), assignees.len(), "a list for each who has something to do");
    let mut lists: Vec<Report> = lists.into_iter().map(|files| report("worklist", None, files)).collect();
    for list in &mut lists {
        // the file bears the identifier, as far as a path can
        let plain = |text: &str| text.chars().filter(|mark| mark.is_alphanumeric()).collect::<String>();
        let stem = list.page.file_stem().unwrap().to_str().unwrap();
        let stem = stem.trim_start_matches(&format!("worklist-{as_of}-")).trim_end_matches(&format!("-{language}"));
        list.assignee = assignees.iter().find(|assignee| plain(assignee) == plain(stem)).cloned();
        assert!(list.assignee.is_some(), "{stem}: {assignees:?}");
    }
    let last = lists.pop();
    reports.extend(lists.drain(..lists.len().min(1)).chain(last));
    let mut names: Vec<&str> = reports.iter().map(|report| report.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    // the index is written with all of them (`tests/ways.rs`)
    let known: Vec<String> = Templates::built_in().report_names().into_iter().filter(|name| name != "index").collect();
    assert_eq!(names, known, "none is forgotten");
    reports
}

/// The pages of customers that a page leads to, from its folder.
pub fn links(page: &Path) -> Vec<PathBuf> {
    let html = std::fs::read_to_string(page).unwrap();
    let ends = html.split("<a href=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
    let folder = page.parent().unwrap();
    ends.filter(|end| !end.starts_with('#')).map(|end| folder.join(end.replace("&#x2f;", "/"))).collect()
}
