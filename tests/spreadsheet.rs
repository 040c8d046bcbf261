//! A real spreadsheet: `LibreOffice` opens, saves and fills workbooks, through `tests/spreadsheet/office.py`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::skips::skip;

/// The Python that speaks with `LibreOffice`.
const PYTHON: &str = "/usr/bin/python3";

/// Whether `LibreOffice` and its Python bridge are there; a skip where not.
pub fn is_there() -> bool {
    let speaks = || Command::new(PYTHON).args(["-c", "import uno"]).output().is_ok_and(|said| said.status.success());
    if Path::new("/usr/bin/soffice").exists() && speaks() {
        return true;
    }
    skip("LibreOffice or its Python bridge is not there; tests/run says how to have them");
    false
}

fn office(operation: &str, paths: [&Path; 2], more: &[&str]) -> String {
    let output = Command::new(PYTHON)
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spreadsheet/office.py"), operation])
        .args(paths)
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success(), "{operation}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Has `LibreOffice` save a file in another form; what it wrote, by name.
pub fn converted(file: &Path, ending: &str, filter: &[&str]) -> Vec<PathBuf> {
    let folder = file.with_extension("converted");
    office("convert", [file, &folder], &[&[ending], filter].concat());
    let of_ending = |path: &PathBuf| path.extension().is_some_and(|found| found == ending);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(of_ending).collect();
    assert!(!files.is_empty(), "{} became nothing", file.display());
    files.sort();
    files
}

/// The workbook in the spreadsheet's own form, which says what it took each cell for.
pub fn own_form(workbook: &Path) -> String {
    std::fs::read_to_string(&converted(workbook, "fods", &["OpenDocument Spreadsheet Flat XML"])[0]).unwrap()
}

/// Types texts into a worklist, each into the column of a line; the filled workbook.
pub fn fill(workbook: &Path, entries: &[(&str, &str, &str)]) -> PathBuf {
    let folder = workbook.parent().unwrap();
    let target = folder.join(format!("filled-{}", workbook.file_name().unwrap().to_str().unwrap()));
    let listed = folder.join("entries.tsv");
    let rows: Vec<String> = entries.iter().map(|(line, column, text)| format!("{line}\t{column}\t{text}\n")).collect();
    std::fs::write(&listed, rows.concat()).unwrap();
    let said = office("fill", [workbook, &target], &[listed.to_str().unwrap()]);
    assert_eq!(said.trim(), entries.len().to_string());
    target
}
