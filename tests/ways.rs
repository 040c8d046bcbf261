//! All pages of a company together: an index leads to each, every link leads somewhere, and one label bears one figure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::desk::Desk;
use crate::reports::company;
use crate::skips::real;

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split_once(to)).map(|(found, _)| found)
}

fn pages_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages_in(&path));
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The demo writes everything in both languages and ends with one address; from there every page is reached, and no link of
/// any page leads nowhere.
#[test]
fn the_demo_ends_with_one_address_from_which_every_page_is_reached() {
    let desk = Desk::new();
    let said = desk.run(&["demo", "--lang", "en"]).ended(0);
    let last = said.last_line();
    assert!(last.starts_with("page to open: ") && last.ends_with("encours-demo/pages/index.html"), "{last}");
    let timed = said.stderr.lines().filter(|line| line.contains(" s  ")).count();
    assert!(timed > 20, "each step with its time: {}", said.stderr);

    let folder = desk.path("encours-demo/pages");
    let pages = pages_in(&folder);
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    let mut open = vec![folder.join("index.html")];
    while let Some(page) = open.pop() {
        if !reached.insert(page.clone()) {
            continue;
        }
        let html = std::fs::read_to_string(&page).unwrap();
        // rows that the page holds as data lead to customers as those that it shows
        let held = between(&html, "\"payers-", "\"").map(|rest| format!("payers-{rest}"));
        let held = held.filter(|address| address.contains("payer-")).collect::<Vec<_>>();
        for href in between(&html, "href=\"", "\"").chain(held.iter().map(String::as_str)) {
            if href.starts_with('#') || href.contains(':') {
                continue;
            }
            let href = &*href.replace("&#x2f;", "/");
            let target = page.parent().unwrap().join(href).canonicalize();
            let target = target.unwrap_or_else(|_| panic!("{} leads to {href}, which is not there", name(&page)));
            if target.extension().is_some_and(|ending| ending == "html") {
                open.push(target);
            }
        }
        assert!(!html.contains("Company 999999997") && !html.contains("Société 999999997"), "{}", name(&page));
    }
    let known: BTreeSet<PathBuf> = pages.iter().map(|page| page.canonicalize().unwrap()).collect();
    let reached: BTreeSet<PathBuf> = reached.iter().map(|page| page.canonicalize().unwrap()).collect();
    assert_eq!(reached, known);
    for report in ["controller", "treasury", "collections", "process", "reminders", "payers", "board"] {
        for language in ["fr", "en"] {
            assert!(folder.join(format!("{report}-2025-12-31-{language}.html")).is_file(), "{report} {language}");
        }
    }
    assert!(folder.join("board-2025-12-31-fr.pdf").is_file());
    // the customers' pages lead back
    let customer = pages.iter().find(|page| name(page).starts_with("payer-")).unwrap();
    let html = std::fs::read_to_string(customer).unwrap().replace("&#x2f;", "/");
    assert!(html.contains("href=\"../index") && html.contains("href=\"../payers-2025-12-31-"), "{}", name(customer));
}

/// The tiles of a page: label and exact figure.
fn tiles(html: &str) -> Vec<(String, String)> {
    let tile = |tile: &str| {
        let label = between(tile, "<dt>", "</dt>").next()?;
        let value = between(tile, "data-v=\"", "\"").next()?;
        Some((text_of(label), value.to_owned()))
    };
    between(html, "<div class=\"tile\">", "</div>").filter_map(tile).collect()
}

/// Mark-up taken away.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for mark in html.chars() {
        match mark {
            '<' => is_tag = true,
            '>' => is_tag = false,
            mark if !is_tag => text.push(mark),
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// Totals of whole tables over the company: label of the column and what the foot says, of tables that bear totals.
fn totals(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for table in between(html, "<table", "</table>") {
        let Some(foot) = between(table, "<tfoot>", "</tfoot>").next() else { continue };
        let labels: Vec<String> = between(table, "data-name=\"", "</th>")
            .filter_map(|header| header.split_once('>'))
            .map(|(_, text)| text_of(text))
            .collect();
        let cells =
            between(foot, "<td", "</td>").filter_map(|cell| cell.split_once('>')).map(|(_, text)| text_of(text));
        found.extend(labels.into_iter().skip(1).zip(cells).filter(|(_, total)| !total.is_empty()));
    }
    found
}

/// On all pages of a lake and day, figures of the company that bear the same label are equal, and what tables of the whole
/// company call overdue is the headline.
#[track_caller]
fn assert_one_label_bears_one_figure(pages: &Path) {
    let mut tile_values: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut overdue: BTreeMap<String, String> = BTreeMap::new();
    for page in pages_in(pages) {
        let file = name(&page);
        // a list, or a customer's page, tells of a part
        if file.starts_with("worklist-") || file.starts_with("payer-") {
            continue;
        }
        let html = std::fs::read_to_string(&page).unwrap();
        for (label, value) in tiles(&html) {
            tile_values.entry(label).or_default().insert(value, file.clone());
        }
        for (label, total) in totals(&html) {
            if label == "Overdue" {
                overdue.insert(total, file.clone());
            }
        }
    }
    assert!(tile_values.len() > 10, "{tile_values:?}");
    for (label, values) in &tile_values {
        assert_eq!(values.len(), 1, "`{label}` is {values:?}");
    }
    let headline = tile_values["Overdue"].keys().next().unwrap().split('.').next().unwrap().to_owned();
    let whole = |total: &str| total.split('.').next().unwrap().replace(',', "");
    for (total, file) in &overdue {
        let difference = whole(total).parse::<i64>().unwrap() - headline.parse::<i64>().unwrap();
        assert!(difference.abs() <= 1, "{file}: overdue {total}, the headline {headline}");
    }
}

#[test]
fn one_label_bears_one_figure_on_all_pages() {
    let desk = company(80);
    desk.run(&["report", "all", "--as-of", "2025-12-31", "--lang", "en", "--out", "pages"]).ended(0);
    assert_one_label_bears_one_figure(&desk.path("pages"));
}

/// Whether a figure on a page is zero, whatever its unit and decimals.
fn is_zero(figure: &str) -> bool {
    let digits: String = figure.chars().filter(char::is_ascii_digit).collect();
    !digits.is_empty() && digits.chars().all(|digit| digit == '0')
}

/// Labels of a page whose figures are all zero: of its tiles, and of the columns and rows of its tables.
fn labels_of_zeros(html: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> =
        tiles(html).into_iter().filter(|(_, value)| is_zero(value)).map(|(label, _)| label).collect();
    for table in between(html, "<table", "</table>") {
        let Some(body) = between(table, "<tbody>", "</tbody>").next() else { continue };
        let labels: Vec<String> = between(table, "data-name=\"", "</th>")
            .filter_map(|header| header.split_once('>'))
            .map(|(_, text)| text_of(text))
            .collect();
        let cells = |row: &str| -> Vec<String> {
            let row = row.replace("<th", "<td").replace("</th>", "</td>");
            between(&row, "<td", "</td>")
                .filter_map(|cell| cell.split_once('>'))
                .map(|(_, text)| text_of(text))
                .collect()
        };
        let rows: Vec<Vec<String>> = between(body, "<tr", "</tr>").map(cells).collect();
        let tells = |figure: &&String| !figure.is_empty() && *figure != "–";
        let is_nothing = |figures: Vec<&String>| !figures.is_empty() && figures.iter().all(|figure| is_zero(figure));
        for (place, label) in labels.iter().enumerate() {
            if is_nothing(rows.iter().filter_map(|row| row.get(place)).filter(tells).collect()) {
                found.insert(label.clone());
            }
        }
        for row in &rows {
            if is_nothing(row.iter().skip(1).filter(tells).collect()) {
                found.insert(row[0].clone());
            }
        }
    }
    found
}

/// Words of what no ledger tells.
const UNTOLD: [&str; 12] = [
    "disput",
    "contest",
    "promis",
    "contact",
    "limit",
    "target",
    "budget",
    "deliver",
    "reminder",
    "message",
    "legal cap",
    "discount taken",
];

/// Three ledgers of others, into which nothing else was loaded: each page says what it knows, one label bears one figure,
/// and nothing that was never loaded is a zero.
#[test]
fn pages_of_ledgers_alone_keep_their_labels_and_show_no_zero_of_what_was_never_loaded() {
    for file in [
        "fec/quadra_123456789FEC20190731.txt",
        "fec/odicom_123456789FEC20200331.txt",
        "fec/cegid_0000000001FEC20220831.txt",
    ] {
        let Some(ledger) = real(file) else { return };
        let desk = Desk::new();
        desk.run(&["load", ledger.to_str().unwrap(), "--company-name", "Essai SA"]);
        desk.run(&["report", "all", "--lang", "en", "--out", "pages"]).ended(0);
        assert_one_label_bears_one_figure(&desk.path("pages"));
        let mut count = 0;
        for page in pages_in(&desk.path("pages")) {
            let html = std::fs::read_to_string(&page).unwrap();
            for label in labels_of_zeros(&html) {
                count += 1;
                let untold = UNTOLD.iter().find(|word| label.to_lowercase().contains(**word));
                assert_eq!(untold, None, "{file}, {}: `{label}` is zero, and nobody told it", name(&page));
            }
            assert!(html.len() < 2_000_000, "{file}, {}: {} bytes", name(&page), html.len());
        }
        assert!(count > 10, "{file}: only {count} labels of zeros were read");
    }
}

/// A lake into which nothing but a ledger was loaded shows no zero for what was never loaded: it says once what is missing.
#[test]
fn what_was_never_loaded_is_named_once_and_never_a_zero() {
    let desk = Desk::new();
    let ledger = crate::books::Ledger::new(2024)
        .invoice("C1", "F1", "2024-01-05", "1250.50")
        .invoice("C1", "F2", "2024-06-05", "310.00")
        .invoice("C2", "F3", "2024-03-05", "88.10");
    desk.load(&[&desk.file("123456789FEC20241231.txt", ledger.text())]);
    desk.run(&["report", "all", "--as-of", "2024-12-31", "--lang", "en", "--out", "pages"]).ended(0);
    for page in pages_in(&desk.path("pages")) {
        let (html, file) = (std::fs::read_to_string(&page).unwrap(), name(&page));
        for silent in
            ["root_causes", "disputes_open", "promises", "payer_gaps", "messages", "wear_out", "target_achievement"]
        {
            assert!(!html.contains(&format!("id=\"{silent}\"")), "{file}: panel {silent}");
        }
        for label in ["<dt>Disputed</dt>", "Disputed</a></dt>", ">Target receipts<"] {
            assert!(!html.contains(label), "{file}: {label}");
        }
        assert!(html.matches("a file disputes.csv").count() <= 1, "{file}");
    }
    let controller = std::fs::read_to_string(desk.path("pages/controller-2024-12-31-en.html")).unwrap();
    assert_eq!(controller.matches("a file disputes.csv").count(), 1);
    // after the last posting it is said loudly, on the page and on the terminal
    let late = desk.run(&["report", "--as-of", "2025-06-30", "--lang", "en", "--out", "pages"]).ended(0);
    assert!(late.stderr.contains("warning: the books end on 31 Dec 2024"), "{}", late.stderr);
    let page = std::fs::read_to_string(desk.path("pages/controller-2025-06-30-en.html")).unwrap();
    assert!(page.contains("The books end on 31 December 2024"), "said on the page");
}
