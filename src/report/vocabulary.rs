//! Every report speaks in words: what its file of panels names, and the codes of reference data and queries, in every
//! language.

#![expect(clippy::unwrap_used, reason = "a file of ours that cannot be read must stop the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::panels::{EntryKind, PanelSpec, Shape, TableView};
use super::{Language, PageSpec, Templates, Words};

/// Codes that are their own words: classes, and codes of standards.
const SPEAK_FOR_THEMSELVES: [&str; 3] = ["country_code", "currency_code", "stake_code"];

fn words() -> Vec<Words> {
    Language::ALL.into_iter().map(|language| Words::load(language, None).unwrap()).collect()
}

/// Every report's panels, by the name of the report.
fn reports() -> Vec<(String, PageSpec)> {
    let templates = Templates::built_in();
    let names = templates.report_names();
    names.into_iter().map(|name| (name.clone(), PageSpec::load(&name, &templates).unwrap())).collect()
}

/// The columns a table shows, on the page or in the workbook.
fn columns(view: &TableView) -> impl Iterator<Item = &str> {
    let names = view.columns.iter().chain(&view.workbook_columns).chain(view.beneath.values()).chain(&view.parts);
    let across = view.pivot.iter().map(|pivot| &pivot.across);
    names.chain(across).map(|name| name.trim_end_matches('?'))
}

/// The columns whose codes a panel shows.
fn coded(panel: &PanelSpec) -> BTreeSet<&str> {
    let of_chart = panel.chart.iter().flat_map(|chart| [&chart.label, &chart.split_by, &chart.colour_by]);
    let of_chart = of_chart.flatten().map(String::as_str);
    let shown = panel.tables.iter().flat_map(columns).chain(of_chart);
    shown.filter(|name| name.ends_with("_code") && !SPEAK_FOR_THEMSELVES.contains(name)).collect()
}

/// The words of a column's codes.
fn codes_of(words: &Words, column: &str) -> BTreeMap<String, String> {
    let group =
        |name: &str| words.under(&format!("codes.{name}")).map(|(code, word)| (code.to_owned(), word.to_owned()));
    let shared = words.find(&format!("same_codes.{column}"));
    group(column).chain(shared.into_iter().flat_map(group)).collect()
}

#[track_caller]
fn assert_word(words: &Words, key: &str, of: &str) {
    assert!(words.find(key).is_some(), "{of}: no word `{key}` in {}", words.language().words_name());
}

#[test]
fn every_panel_column_and_group_of_codes_of_a_report_has_its_words() {
    for words in words() {
        for (report, page) in reports() {
            assert_word(&words, &format!("pages.{report}.title"), &report);
            for panel in &page.panels {
                let id = &panel.id;
                let of = format!("{report}, panel {id}");
                for part in ["title", "question", "empty"] {
                    assert_word(&words, &format!("panels.{id}.{part}"), &of);
                }
                if let Some(section) = &panel.section {
                    assert_word(&words, &format!("sections.{section}"), &of);
                }
                for tile in &panel.tiles {
                    assert_word(&words, &format!("columns.{}", tile.value), &of);
                    if let Some(beneath) = &tile.beneath {
                        assert_word(&words, &format!("tiles.{beneath}"), &of);
                    }
                }
                for (order, view) in panel.tables.iter().enumerate() {
                    if order > 0 && panel.shape == Shape::Table {
                        assert_word(&words, &format!("tables.{}", view.query), &of);
                    }
                    let entries = view.entries.iter().map(|entry| entry.name.as_str());
                    for column in columns(view).chain(entries) {
                        let own = |of: &str| words.find(&format!("labels.{of}.{column}"));
                        if own(id).or_else(|| own(&view.query)).is_none() {
                            assert_word(&words, &format!("columns.{column}"), &of);
                        }
                    }
                    for entry in view.entries.iter().filter(|entry| entry.kind == EntryKind::List) {
                        assert!(!codes_of(&words, &entry.of).is_empty(), "{of}: no words for `{}`", entry.of);
                        for code in &entry.codes {
                            assert_word(&words, &format!("codes.{}.{code}", entry.of), &of);
                        }
                    }
                }
                if let Some(chart) = &panel.chart {
                    // series laid out by codes have their words among those
                    let series = chart.series.iter().filter(|_| chart.split_by.is_none());
                    for column in series.chain(&chart.x).chain(&chart.y).chain(&chart.size) {
                        assert_word(&words, &format!("columns.{column}"), &of);
                    }
                }
                for column in coded(panel) {
                    assert!(!codes_of(&words, column).is_empty(), "{of}: no words for the codes of `{column}`");
                }
            }
        }
    }
}

/// The files with an ending in a folder of this project and those in it.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                files.push(path);
            }
        }
    }
    files
}

/// The rows of a reference table: column and value, for values that are there.
fn cells(path: &Path) -> Vec<(String, String)> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(Result::unwrap);
    let cells = rows.flat_map(|row| {
        let pairs = header.iter().zip(row.iter()).filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    });
    cells.collect()
}

/// Whether what a code of reference data means is shown to a reader of pages.
fn is_shown(table: &str, column: &str) -> bool {
    let is_for_machines = matches!(
        (table, column),
        // roles of accounts, statuses of platforms, rules and skills stand on no page
        ("account_roles", "role_code" | "terms_code") | ("event_statuses", "status_code" | "meaning_code")
    );
    let is_code = column.ends_with("_code") || column == "owner";
    let is_private = [
        "class_code",
        "rule_code",
        "feature_code",
        "sentence_code",
        "skill_code",
        "agency_code",
        "language_code",
        "address_code",
        "debtor_code",
        "offer_code",
        "policy_code",
        "trigger_code",
    ];
    is_code && !is_for_machines && !is_private.contains(&column) && !SPEAK_FOR_THEMSELVES.contains(&column)
}

#[test]
fn every_code_of_reference_data_has_its_word() {
    let tables = files("data/reference", "csv");
    let mut count = 0;
    for words in words() {
        for path in &tables {
            let table = path.file_stem().unwrap().to_str().unwrap();
            for (column, code) in cells(path).into_iter().filter(|(column, _)| is_shown(table, column)) {
                let known = codes_of(&words, &column);
                assert!(
                    known.contains_key(&code),
                    "{table}: `codes.{column}.{code}` in {}",
                    words.language().words_name()
                );
                count += 1;
            }
        }
    }
    assert!(count > 300, "only {count} codes were compared");
}

/// The codes that a query gives to a column by itself: `'none' as gap_code`, and each branch of a `case`.
fn given(sql: &str) -> Vec<(String, String)> {
    let text: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let quoted = |token: &str| {
        let inside = token.trim_end_matches([',', ')']).strip_prefix('\'')?.strip_suffix('\'')?;
        Some(inside.to_owned())
    };
    let mut found = Vec::new();
    for (at, window) in tokens.windows(3).enumerate() {
        let name = window[2].trim_end_matches([',', ')']);
        if window[1] != "as" || !name.ends_with("_code") {
            continue;
        }
        if window[0] == "end" {
            let branches = tokens[..at].iter().rposition(|token| token.trim_start_matches('(') == "case");
            let branches = &tokens[branches.unwrap_or(at)..at];
            let codes = branches.windows(2).filter(|pair| ["then", "else"].contains(&pair[0]));
            found.extend(codes.filter_map(|pair| Some((name.to_owned(), quoted(pair[1])?))));
        } else {
            found.extend(quoted(window[0]).map(|code| (name.to_owned(), code)));
        }
    }
    found
}

#[test]
fn every_code_that_a_query_gives_to_a_column_with_words_has_its_word() {
    let mut count = 0;
    for words in words() {
        for path in files("queries", "sql") {
            for (column, code) in given(&std::fs::read_to_string(&path).unwrap()) {
                let known = codes_of(&words, &column);
                if known.is_empty() {
                    continue;
                }
                let file = path.file_name().unwrap().display();
                assert!(
                    known.contains_key(&code),
                    "{file}: `codes.{column}.{code}` in {}",
                    words.language().words_name()
                );
                count += 1;
            }
        }
    }
    assert!(count > 150, "only {count} codes were compared");
}

#[test]
fn what_can_be_filled_in_is_every_result_and_every_reason_and_nothing_else() {
    let of_table = |table: &str, column: &str| -> BTreeSet<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/reference/{table}.csv"));
        cells(&path).into_iter().filter(|(name, _)| name == column).map(|(_, code)| code).collect()
    };
    let wanted = BTreeMap::from([
        ("result_code".to_owned(), of_table("results", "result_code")),
        ("reason_code".to_owned(), of_table("reasons", "reason_code")),
    ]);
    let page = PageSpec::load("worklist", &Templates::built_in()).unwrap();
    let lists: Vec<_> =
        page.panels.iter().flat_map(|panel| &panel.tables).filter(|view| !view.entries.is_empty()).collect();
    assert_eq!(lists.len(), 3);
    assert!(
        lists.iter().all(|view| view.entries == lists[0].entries),
        "the lists and what is typed on the page are read back as one"
    );
    let words = &words()[0];
    let offered: BTreeMap<String, BTreeSet<String>> = lists[0]
        .entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::List)
        .map(|entry| {
            let all = || codes_of(words, &entry.of).into_keys().collect::<BTreeSet<String>>();
            let codes: BTreeSet<String> = entry.codes.iter().cloned().collect();
            (entry.name.clone(), if codes.is_empty() { all() } else { codes })
        })
        .collect();
    assert_eq!(offered, wanted);
}

#[test]
fn every_word_that_can_be_filled_in_is_read_back_as_its_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mappings/worklist_results.toml");
    let mapping: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    // neither case nor punctuation counts when a sheet is read back
    let plain = |text: &str| text.chars().filter(|mark| mark.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let page = PageSpec::load("worklist", &Templates::built_in()).unwrap();
    let lists = page.panels.iter().flat_map(|panel| &panel.tables).flat_map(|view| &view.entries);
    for entry in lists.filter(|entry| entry.kind == EntryKind::List) {
        let values = mapping["values"][&entry.name].as_table().unwrap();
        let mut read: BTreeMap<String, &str> = BTreeMap::new();
        for (word, code) in values {
            let before = read.insert(plain(word), code.as_str().unwrap());
            assert!(before.is_none_or(|before| before == code.as_str().unwrap()), "`{word}` would be two codes");
        }
        for words in words() {
            for code in &entry.codes {
                let word = words.get(&format!("codes.{}.{code}", entry.of)).unwrap();
                assert_eq!(read.get(&plain(word)), Some(&code.as_str()), "`{word}` of `{}`", entry.name);
            }
        }
    }
}
