//! Workbooks as a spreadsheet reads them: `LibreOffice` opens each and writes its sheets as CSV; every number is its
//! query's to the cent, no text became a formula, and the same inputs give the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::books::Ledger;
use crate::desk::{Asked, Desk, Row, real};

/// A sheet: rows of cells as text, as the spreadsheet holds them.
type Sheet = Vec<Vec<String>>;

fn has_spreadsheet() -> bool {
    if Path::new("/usr/bin/soffice").exists() {
        return true;
    }
    // `tests/run` installs it: there, a skipped test would be a test lost
    assert!(std::env::var_os("CI").is_none(), "LibreOffice is missing; run tests/run");
    println!("skipped: LibreOffice is not there; tests/run installs it");
    false
}

/// Has `LibreOffice` convert a file; what it wrote, by name.
fn converted(file: &Path, filter: &str) -> Vec<PathBuf> {
    let folder = file.parent().unwrap().join("converted");
    let profile = url::Url::from_directory_path(file.parent().unwrap().join("spreadsheet")).unwrap();
    let output = Command::new("soffice")
        .args([
            "--headless",
            "--norestore",
            &format!("-env:UserInstallation={profile}"),
            "--convert-to",
            filter,
            "--outdir",
        ])
        .arg(&folder)
        .arg(file)
        .output()
        .unwrap();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    files.sort();
    files
}

/// Every sheet of a workbook, with numbers in full.
fn sheets(file: &Path) -> Vec<Sheet> {
    let every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";
    let read = |path: &PathBuf| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    converted(file, every_sheet).iter().map(read).collect()
}

/// A number of a sheet as hundred-millionths, a day as `2025-12-31`; nothing for anything else.
fn value(cell: &str) -> Option<String> {
    if let [month, day, year] = cell.split('/').collect::<Vec<_>>()[..] {
        return Some(format!("{year}-{month}-{day}"));
    }
    let (number, shift) = cell.strip_suffix('%').map_or((cell, 8), |number| (number, 6));
    let digits = number.trim_start_matches('-');
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
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

/// Every column of numbers or days of a sheet is a column of its query, whole; how many were found, and how many not.
fn columns_found(sheet: &Sheet, rows: &[Row]) -> (usize, Vec<String>) {
    let header = &sheet[4];
    let body: Vec<&Vec<String>> = sheet[5..].iter().filter(|row| row[0] != "Total").collect();
    let mut candidates: Vec<Vec<String>> = Vec::new();
    for column in rows[0].keys() {
        candidates.push(sorted(rows.iter().filter_map(|row| value_of(&row[column])).collect()));
    }
    // columns laid out across: the values of one code
    for (value_column, code_column) in [("open_amount", "bucket_code"), ("roll_ratio", "to_bucket_code")] {
        let mut by_code: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.contains_key(value_column) && row.contains_key(code_column)) {
            by_code.entry(&row[code_column]).or_default().extend(value_of(&row[value_column]));
        }
        candidates.extend(by_code.into_values().map(sorted));
        // and the days they are laid out by, once each
        if let Some(days) =
            rows[0].contains_key("month_end_date").then(|| rows.iter().map(|row| row["month_end_date"].clone()))
        {
            let mut days = sorted(days.collect());
            days.dedup();
            candidates.push(days);
            let pairs: std::collections::BTreeSet<(String, String)> = rows
                .iter()
                .filter_map(|row| Some((row["month_end_date"].clone(), row.get("from_bucket_code")?.clone())))
                .collect();
            candidates.push(pairs.into_iter().map(|(day, _)| day).collect());
        }
    }
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

#[track_caller]
fn assert_sheets_are_the_answers(file: &Path, asked: &mut Asked) {
    let mut total = 0;
    let mut queries = Vec::new();
    for sheet in sheets(file) {
        let Some(query) = query_of(&sheet) else { continue };
        queries.push(query.to_owned());
        let rows = asked.rows(query);
        if rows.is_empty() {
            assert!(sheet.len() <= 5, "{query}: {sheet:?}");
            continue;
        }
        let (found, missing) = columns_found(&sheet, &rows);
        // shares that the view works out are no column of the answer
        let worked_out = usize::from(["aging", "receivables_history"].contains(&query));
        assert!(missing.len() <= worked_out, "{query}: {missing:?} are no columns of it");
        let is_all_unknown = rows.iter().flat_map(Row::values).all(|plain| value_of(plain).is_none());
        assert!(found > 0 || is_all_unknown, "{query}");
        total += found;
    }
    assert!(queries.iter().any(|query| query == "open_items") && queries.len() >= 18, "{queries:?}");
    assert!(total > 90, "only {total} columns were compared");
}

#[test]
fn the_demos_workbook_holds_every_answer_to_the_cent_and_has_the_same_bytes_each_time() {
    if !has_spreadsheet() {
        return;
    }
    let desk = Desk::new();
    desk.run(&["demo", "--quiet"]).ended(0);
    let report = |folder: &str| {
        let options = ["--lake", "encours-demo/lake", "--as-of", "2025-12-31", "--lang", "en", "--out", folder];
        desk.run(&[&["report"], &options[..]].concat()).ended(0);
        desk.path(&format!("{folder}/controller-2025-12-31-en.xlsx"))
    };
    let (one, other) = (report("one"), report("other"));
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(other).unwrap());
    assert_sheets_are_the_answers(&one, &mut Asked::of(&desk.path("encours-demo/lake"), "2025-12-31"));
}

#[test]
fn workbooks_of_real_ledgers_hold_every_answer_to_the_cent() {
    let ledgers = [
        ("fec/quadra_123456789FEC20190731.txt", "2019-07-31"),
        ("ibm/WA_Fn-UseC_-Accounts-Receivable.csv", "2012-12-31"),
    ];
    for (name, as_of) in ledgers {
        let Some(file) = real(name) else { return };
        if !has_spreadsheet() {
            return;
        }
        let desk = Desk::new();
        desk.load(&[&file]);
        desk.run(&["report", "--as-of", as_of, "--out", "out", "--lang", "en"]).ended(0);
        assert_sheets_are_the_answers(&desk.path(&format!("out/controller-{as_of}-en.xlsx")), &mut desk.ask(as_of));
    }
}

#[test]
fn no_text_of_a_ledger_is_a_formula_and_loading_a_workbook_back_gives_the_names_back() {
    if !has_spreadsheet() {
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
    let flat = converted(&workbook, "fods").into_iter().find(|path| path.extension().is_some_and(|end| end == "fods"));
    let text = std::fs::read_to_string(flat.unwrap()).unwrap();
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
    if !has_spreadsheet() {
        return;
    }
    let desk = Desk::new();
    let items = "item_id,customer_id,kind,issued_date,due_date,amount\n\
                 F1,C1,invoice,1899-05-01,1899-06-01,9998999999999999.98\nF2,C1,invoice,2099-11-01,2099-12-31,1000000000000.01\n";
    desk.load(&[&desk.file("items.csv", items)]);
    desk.run(&["report", "--as-of", "2099-12-31", "--out", "out", "--lang", "en"]).ended(0);
    let all = sheets(&desk.path("out/controller-2099-12-31-en.xlsx"));
    let items = all.iter().find(|sheet| query_of(sheet) == Some("open_items")).unwrap();
    assert!(
        items
            .iter()
            .any(|row| row.contains(&"9998999999999999.98".to_owned()) && row.contains(&"1899-06-01".to_owned()))
    );
    assert!(items.iter().any(|row| row.contains(&"12/31/2099".to_owned())), "{items:?}");
}
