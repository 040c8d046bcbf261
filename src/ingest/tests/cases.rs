//! The catalogue of ledger variants (`data/cases/README.md`): every case is read as its line says.

use super::*;

const CATALOGUE: &str = include_str!("../../../data/cases/README.md");

/// One line of the catalogue.
struct Case {
    name: String,
    accepted_count: u64,
    refused: BTreeMap<String, u64>,
    notes: Vec<String>,
    control_debit: String,
}

/// The table below a heading.
fn catalogue(heading: &str) -> Vec<Case> {
    let section = CATALOGUE.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let words = |cell: &str| -> Vec<String> {
            cell.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let counted = |word: String| match word.split_once(' ') {
            Some((reason, count)) => (reason.to_owned(), count.parse().unwrap()),
            None => (word, 1),
        };
        Case {
            name: cells[0].trim_matches('`').to_owned(),
            accepted_count: cells[1].parse().unwrap(),
            refused: words(cells[2]).into_iter().map(counted).collect(),
            notes: words(cells[3]),
            control_debit: cells[4].to_owned(),
        }
    })
    .collect()
}

/// Reads every case of a folder; the folder holds nothing else.
fn check(folder: &Path, cases: &[Case]) -> Vec<(SourceReport, Collected)> {
    let desk = Desk::new();
    let is_case = |path: &Path| path.extension().is_some_and(|end| end == "txt" || end == "xml");
    let files = std::fs::read_dir(folder).unwrap().filter(|entry| is_case(&entry.as_ref().unwrap().path())).count();
    assert_eq!(files, cases.len(), "every file of {} is in the catalogue", folder.display());
    let read_case = |case: &Case| {
        let (report, rows) = read_path(&folder.join(&case.name), &desk.options()).unwrap();
        let name = &case.name;
        assert_eq!(report.accepted_count, case.accepted_count, "{name}");
        let refused: BTreeMap<String, u64> =
            reject_codes(&report).into_iter().map(|(code, count)| (code.to_owned(), count)).collect();
        assert_eq!(refused, case.refused, "{name}");
        let notes: Vec<&str> = report.notes.iter().map(|note| note.code).collect();
        assert_eq!(notes, case.notes, "{name}");
        let debit = crate::model::money::money_text(rows.sum("control_movements", "debit_amount"), 2);
        assert_eq!(debit, case.control_debit, "{name}");
        (report, rows)
    };
    cases.iter().map(read_case).collect()
}

#[test]
fn our_variants_get_what_the_catalogue_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cases");
    let cases = catalogue("Ours");
    for (case, (report, rows)) in cases.iter().zip(check(&folder, &cases)) {
        let name = &rows.column("ledger_lines", "auxiliary_name")[0];
        if !["hostile", "few_columns", ".xml"].iter().any(|part| case.name.contains(part)) {
            assert_eq!(name, "Boulangerie Éclair", "{}", case.name);
        }
        if case.name.contains("FEC20241231") {
            assert_eq!(report.source_key, "000000000/2024-12-31", "{}", case.name);
        }
        if case.name.contains("long_year") {
            let year = report.fiscal_year.unwrap();
            assert_eq!((year.year_start.to_string(), year.has_openings), ("2023-09-01".to_owned(), true));
        }
    }
}

#[test]
fn the_cases_of_the_official_checker_get_what_the_catalogue_says() {
    let Some(folder) = real("fec_cases") else { return };
    let cases = catalogue("The administration's");
    for (case, (report, rows)) in cases.iter().zip(check(&folder, &cases)) {
        assert_eq!(report.fiscal_year.unwrap().year_end.to_string(), "2024-12-31", "{}", case.name);
        let customers = rows.column("ledger_lines", "auxiliary_name");
        assert!(report.rejected_count > 0 || customers[0] == "Société Éric", "{}: {}", case.name, customers[0]);
    }
}
