//! Workbooks as a spreadsheet reads them: `LibreOffice` opens each and writes its sheets as CSV; every number is its
//! query's to the cent, no text became a formula, and the same inputs give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use encours::report::{Language, Templates};

use crate::books::Ledger;
use crate::desk::{Desk, Row};
use crate::reports::{Answers, Report, company, hostile, real_controller, write_all};
use crate::spreadsheet::{self, converted, own_form};

/// A sheet: rows of cells as text, as the spreadsheet holds them.
type Sheet = Vec<Vec<String>>;

/// Every sheet of a workbook, with numbers in full.
fn sheets(file: &Path) -> Vec<Sheet> {
    let every_sheet = ["Text - txt - csv (StarCalc)", "44,34,76,1,,0,false,false,false,false,false,-1"];
    let read = |path: &PathBuf| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    converted(file, "csv", &every_sheet).iter().map(read).collect()
}

/// A number of a sheet as hundred-millionths, a day as `2025-12-31`; nothing for anything else.
fn value(cell: &str) -> Option<String> {
    if let [month, day, year] = cell.split('/').collect::<Vec<_>>()[..] {
        return Some(format!("{year}-{month}-{day}"));
    }
    let (number, shift) = cell.strip_suffix('%').map_or((cell, 8), |number| (number, 6));
    let digits = number.trim_start_matches('-');
    // a spreadsheet writes very small numbers by powers of ten
    let small = digits.split_once("E-").and_then(|(digits, power)| {
        let power: usize = power.parse().ok()?;
        Some(format!("0.{:0>power$}{}", digits.get(..1)?, digits.get(2..).unwrap_or_default()))
    });
    let digits = small.as_deref().unwrap_or(digits);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let is_number = !whole.is_empty() && (whole.to_owned() + part).bytes().all(|digit| digit.is_ascii_digit());
    if !is_number || part.len() > shift {
        return None;
    }
    let units: i128 = format!("{whole}{part:0<shift$}").parse().ok()?;
    Some(if number.starts_with('-') { -units } else { units }.to_string())
}

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values
}

/// What the columns of numbers and days of a view may hold, whole columns each.
fn columns_of(view: &View, rows: &[Row]) -> Vec<Vec<String>> {
    let Some(first) = rows.first() else { return Vec::new() };
    let Some((across, laid_out)) = &view.pivot else {
        let of = |column: &String| sorted(rows.iter().filter_map(|row| value_of(&row[column])).collect());
        return first.keys().map(of).collect();
    };
    let mut by_code: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows {
        by_code.entry(&row[across]).or_default().extend(value_of(&row[laid_out]));
    }
    // and what they are laid out by, once each
    let keys: BTreeSet<Vec<&String>> = rows.iter().map(|row| view.keys.iter().map(|key| &row[key]).collect()).collect();
    let key = |at: usize| sorted(keys.iter().filter_map(|key| value_of(key[at])).collect());
    by_code.into_values().map(sorted).chain((0..view.keys.len()).map(key)).collect()
}

/// Every column of numbers or days of a sheet is one of these, whole; how many were found, and how many not.
fn columns_found(sheet: &Sheet, candidates: &[Vec<String>]) -> (usize, Vec<String>) {
    let header = &sheet[4];
    let body: Vec<&Vec<String>> = sheet[5..].iter().filter(|row| row[0] != "Total").collect();
    let (mut found, mut missing) = (0, Vec::new());
    for (at, label) in header.iter().enumerate() {
        let values: Vec<String> = body.iter().filter_map(|row| value(row.get(at)?)).collect();
        if values.is_empty() {
            continue;
        }
        if candidates.contains(&sorted(values)) {
            found += 1;
        } else {
            missing.push(label.clone());
        }
    }
    (found, missing)
}

/// A value of an answer, as [`value`] writes those of a sheet. Identifiers that are digits stay out: they are texts.
fn value_of(plain: &str) -> Option<String> {
    if plain.len() == 10 && plain.as_bytes()[4] == b'-' {
        return Some(plain.to_owned());
    }
    value(plain)
}

/// The query that a sheet says it comes from.
fn query_of(sheet: &Sheet) -> Option<&str> {
    sheet.get(2)?.first()?.split("encours query ").nth(1)?.split(' ').next()
}

/// A table of a report: where its sheet's title comes from, and which rows of which answer it holds.
struct View {
    title: String,
    query: String,
    only: BTreeMap<String, String>,
    /// The column laid out across, and the one that fills it.
    pivot: Option<(String, String)>,
    keys: Vec<String>,
    /// Shares that the view works out: no columns of the answer.
    worked_out: usize,
}

/// The tables of a report, in English, as its panels say.
fn views(report: &Report, answers: &mut Answers) -> Vec<View> {
    let words = Templates::built_in().words(Language::En).unwrap();
    let word = |key: &str| words.get(key).unwrap().to_owned();
    let mut views = Vec::new();
    for panel in answers.spec(report).panels {
        // what is typed on the page stands in the lists' own sheets
        if panel.shape.code() == "cockpit" {
            continue;
        }
        let title = word(&format!("panels.{}.title", panel.id));
        if !panel.tiles.is_empty() {
            let query = panel.query.clone().unwrap();
            let (only, keys) = (BTreeMap::new(), Vec::new());
            views.push(View { title: title.clone(), query, only, pivot: None, keys, worked_out: 0 });
        }
        for (order, table) in panel.tables.into_iter().enumerate() {
            let title = if order == 0 { title.clone() } else { word(&format!("tables.{}", table.query)) };
            let keys = table.columns.iter().chain(&table.workbook_columns).cloned().collect();
            let pivot = table.pivot.map(|pivot| (pivot.across, pivot.value));
            views.push(View {
                title,
                query: table.query,
                only: table.only,
                pivot,
                keys,
                worked_out: table.ratios.len(),
            });
        }
    }
    views
}

/// Every sheet of a report is the answer of its query, narrowed as its panel says, to the cent; and every table with
/// rows has a sheet.
#[track_caller]
fn assert_sheets_are_the_answers(report: &Report, answers: &mut Answers) {
    let views = views(report, answers);
    let mut total = 0;
    let mut seen = BTreeSet::new();
    for sheet in sheets(&report.workbook) {
        let Some(title) = sheet.first().and_then(|row| row.first()) else { continue };
        let of_title: Vec<&View> = views.iter().filter(|view| view.title == *title).collect();
        if of_title.is_empty() {
            continue;
        }
        seen.insert(title.clone());
        let mut candidates = Vec::new();
        let mut is_empty = true;
        let mut least = usize::MAX;
        for view in &of_title {
            let rows = rows_of(report, view, answers);
            is_empty = is_empty && rows.is_empty();
            least = least.min(if view.pivot.is_some() { 1 } else { rows.len() });
            candidates.extend(columns_of(view, &rows));
        }
        if is_empty {
            assert!(sheet.len() <= 5, "{}, {title}: {sheet:?}", report.name);
            continue;
        }
        let (found, missing) = columns_found(&sheet, &candidates);
        let worked_out = of_title.iter().map(|view| view.worked_out).max().unwrap_or(0);
        assert!(missing.len() <= worked_out, "{}, {title}: {missing:?} are no columns of its query", report.name);
        // three lines of head and the names of columns; a blank line of a single column is none for a reader of CSV
        let written = sheet.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).count();
        assert!(written >= 4 + least, "{}, {title}: rows are missing", report.name);
        total += found;
    }
    // who carries a difference has a sheet only where there is one
    let wanted: BTreeSet<String> = views
        .iter()
        .filter(|view| !["tie_out", "open_assumptions"].contains(&&*view.query))
        .map(|view| view.title.clone())
        .collect();
    assert!(seen.is_superset(&wanted), "{}: {:?}", report.name, wanted.difference(&seen));
    assert!(total > 3, "{}: only {total} columns were compared", report.name);
}

/// The rows that a view shows.
fn rows_of(report: &Report, view: &View, answers: &mut Answers) -> Vec<Row> {
    let holds = |row: &Row, column: &str, values: &str| values.split('|').any(|value| row[column] == value);
    let is_wanted = |row: &Row| {
        view.only.iter().all(|(column, values)| match values.strip_prefix('!') {
            Some(others) => !holds(row, column, others),
            None => holds(row, column, values),
        })
    };
    answers.rows(report, &view.query).into_iter().filter(is_wanted).collect()
}

#[test]
fn every_workbook_holds_every_answer_to_the_cent_and_has_the_same_bytes_each_time() {
    if !spreadsheet::is_there() {
        return;
    }
    let desk = company(80);
    let as_of = "2025-12-31";
    let customer = desk.ask(as_of).first("payers", "customer_id");
    let reports = write_all(&desk, as_of, "en", &customer, "one");
    let again = write_all(&desk, as_of, "en", &customer, "other");
    let mut answers = Answers::of(&desk, as_of);
    for (report, again) in reports.iter().zip(&again) {
        let bytes = |report: &Report| std::fs::read(&report.workbook).unwrap();
        assert_eq!(bytes(report), bytes(again), "{}", report.name);
        assert_sheets_are_the_answers(report, &mut answers);
    }
}

#[test]
fn workbooks_of_real_ledgers_hold_every_answer_to_the_cent() {
    let ledgers = [
        ("fec/quadra_123456789FEC20190731.txt", "2019-07-31"),
        ("ibm/WA_Fn-UseC_-Accounts-Receivable.csv", "2012-12-31"),
    ];
    for (name, as_of) in ledgers {
        if !spreadsheet::is_there() {
            return;
        }
        let Some((desk, report)) = real_controller(name, as_of) else { return };
        assert_sheets_are_the_answers(&report, &mut Answers::of(&desk, as_of));
    }
}

#[test]
fn no_text_of_a_ledger_is_a_formula_in_any_report() {
    if !spreadsheet::is_there() {
        return;
    }
    let (_desk, reports) = hostile();
    for report in reports {
        // the spreadsheet's own form says what it took each cell for
        let text = own_form(&report.workbook);
        assert!(!text.contains("table:formula"), "{}: a cell is a formula", report.name);
    }
}

#[test]
fn no_text_of_a_ledger_is_a_formula_and_loading_a_workbook_back_gives_the_names_back() {
    if !spreadsheet::is_there() {
        return;
    }
    let desk = Desk::new();
    let names = ["=cmd|'/c calc'!A1", "+33612345678", "@SUM(1)", "-12", "<img src=x>"];
    let ledger =
        names.iter().fold(Ledger::new(2024), |ledger, name| ledger.invoice(name, name, "2024-03-05", "120.00"));
    let file = desk.file("123456789FEC20241231.txt", ledger.text());
    desk.load(&[&file]);
    desk.run(&["report", "--as-of", "2024-12-31", "--out", "out", "--lang", "en"]).ended(0);
    let workbook = desk.path("out/controller-2024-12-31-en.xlsx");
    let all = sheets(&workbook);
    let items = all.iter().find(|sheet| query_of(sheet) == Some("open_items")).unwrap();
    for name in names {
        assert!(items.iter().any(|row| row[1] == name), "{name}: {items:?}");
    }
    // the spreadsheet's own form says what it took each cell for
    let text = own_form(&workbook);
    assert!(text.contains("=cmd|"), "the names are there");
    assert!(!text.contains("table:formula"), "a cell is a formula");
    // items as CSV, then loaded by another lake: the mark of a text is taken away again
    let csv = desk.run(&["query", "open_items", "--as-of", "2024-12-31", "--output", "csv"]).ended(0).stdout;
    assert!(csv.contains("'=cmd|'/c calc'!A1") && csv.contains("'+33612345678"), "{csv}");
    let back = desk.file("items.csv", csv.replace("past_due_days", "days"));
    let other = Desk::new();
    other.load(&[&back]);
    let known: Vec<String> =
        other.ask("2024-12-31").rows("open_items").iter().map(|row| row["customer_id"].clone()).collect();
    for name in names {
        assert!(known.contains(&name.to_owned()), "{name}: {known:?}");
    }
}

#[test]
fn amounts_beyond_a_spreadsheets_digits_and_days_before_its_calendar_stay_exact() {
    if !spreadsheet::is_there() {
        return;
    }
    let desk = Desk::new();
    let items = "item_id,customer_id,kind,issued_date,due_date,amount\n\
                 F1,C1,invoice,1899-05-01,1899-06-01,998999999999999.98\nF2,C1,invoice,2099-11-01,2099-12-31,1000000000000.01\n";
    desk.load(&[&desk.file("items.csv", items)]);
    desk.run(&["report", "--as-of", "2099-12-31", "--out", "out", "--lang", "en"]).ended(0);
    let all = sheets(&desk.path("out/controller-2099-12-31-en.xlsx"));
    let items = all.iter().find(|sheet| query_of(sheet) == Some("open_items")).unwrap();
    assert!(
        items
            .iter()
            .any(|row| row.contains(&"998999999999999.98".to_owned()) && row.contains(&"1899-06-01".to_owned()))
    );
    assert!(items.iter().any(|row| row.contains(&"12/31/2099".to_owned())), "{items:?}");
}
