//! Pages as their readers open them: in headless Chromium, in both themes, on a phone and on paper, without a serious
//! finding of axe-core; and every figure on them is its query's, to the cent.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use encours::demo::DemoOptions;

use crate::desk::{Desk, Row};
use crate::reports::{Answers, Report, company, hostile, links, real_controller, write_all};
use crate::skips::skip;

/// The folder of the packages that drive the browser; nothing, said, where it or the browser is absent.
pub fn packages() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder = std::env::var_os("ENCOURS_BROWSER").map_or_else(|| home.join(".cache/encours/browser"), PathBuf::from);
    let is_there =
        folder.join("node_modules/playwright-core").exists() && folder.join("node_modules/axe-core").exists();
    if is_there && Path::new("/usr/bin/chromium").exists() {
        return Some(folder);
    }
    skip(&format!("Chromium or {} is not there; tests/run says how to have them", folder.display()));
    None
}

/// What the browser finds on each page.
fn look(pages: &[PathBuf], search: &str) -> Option<Vec<Json>> {
    let output = Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/look.mjs"))
        .arg(packages()?)
        .args(pages)
        .env("SEARCH", search)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let found: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), pages.len());
    Some(found)
}

/// What every page must be, whatever it shows.
#[track_caller]
fn assert_sound(page: &Json) {
    let file = &page["file"];
    let none = Json::Array(Vec::new());
    assert_eq!(page["messages"], none, "{file}: the console is silent, nothing is asked of a network");
    assert_eq!(page["injected"], 0, "{file}");
    assert_eq!(page["skip"], "#content", "{file}");
    for (where_, found) in [("light", &page["serious"]["light"]), ("dark", &page["serious"]["dark"])] {
        assert_eq!(*found, none, "{file}: axe-core, {where_}");
    }
    assert_eq!(page["phone"]["serious"], none, "{file}: axe-core, phone");
    assert_eq!(
        (&page["wide"], &page["phone"]["wide"]),
        (&Json::from(0), &Json::from(0)),
        "{file}: wider than the screen"
    );
    let grounds: Vec<&str> =
        page["grounds"].as_array().unwrap().iter().map(|ground| ground.as_str().unwrap()).collect();
    let [light, dark, chosen_light, chosen_dark] = grounds[..] else { panic!("{grounds:?}") };
    assert_ne!(light, dark, "{file}");
    assert_eq!((chosen_light, chosen_dark), (light, dark), "{file}: a chosen theme wins over the system's");
    for chart in page["charts"].as_array().unwrap() {
        let panel = &chart["panel"];
        assert_eq!(chart["shown"], 1, "{file} {panel}");
        assert!(chart["marks"].as_u64().unwrap() > 1 && chart["hits"].as_u64().unwrap() > 0, "{file} {panel}: {chart}");
        assert!(chart["name"].as_str().unwrap().len() > 40, "{file} {panel}: told in words");
        assert_ne!(chart["colours"], chart["dark_colours"], "{file} {panel}: colours are the theme's");
    }
    assert!(page["phone"]["charts"].as_array().unwrap().iter().all(|shown| *shown == 1), "{file}");
    for sorted in page["sorted"].as_array().unwrap() {
        assert!(
            sorted["falls"] == true && sorted["rises"] == true && sorted["aria"] == "ascending",
            "{file}: {sorted}"
        );
    }
    assert_eq!(page["print"]["wide"], none, "{file}: cut on paper");
    assert_eq!((&page["print"]["clipped"], &page["print"]["hidden"]), (&Json::from(0), &Json::from(0)), "{file}");
    for panel in page["panels"].as_array().unwrap() {
        assert!(panel["text_length"].as_u64().unwrap() > 40, "{file}: panel {} is empty", panel["id"]);
    }
}

/// A number as a page writes it, as plain text: `−1 234,50` → `-1234.50`; a percentage keeps its hundred.
fn plain(text: &str, is_french: bool) -> Option<String> {
    let kept =
        text.chars().filter(|mark| !matches!(mark, ' ' | '\u{a0}' | '\u{202f}' | '%') && (is_french || *mark != ','));
    let number: String = kept
        .map(|mark| {
            if mark == '\u{2212}' {
                '-'
            } else if mark == ',' {
                '.'
            } else {
                mark
            }
        })
        .collect();
    number.parse::<f64>().ok().map(|_| number)
}

/// `written` is `exact` with the decimals it has, rounded half away from zero.
fn is_rounding(written: &str, exact: &str) -> bool {
    let parts = |text: &str| -> (i128, u32) {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        (format!("{whole}{part}").parse().unwrap(), u32::try_from(part.len()).unwrap())
    };
    let ((written, decimals), (exact, exact_decimals)) = (parts(written), parts(exact));
    if exact_decimals <= decimals {
        return written == exact * 10_i128.pow(decimals - exact_decimals);
    }
    let unit = 10_i128.pow(exact_decimals - decimals);
    let half = if exact < 0 { -unit / 2 } else { unit / 2 };
    written == (exact + half) / unit
}

/// Every number of a page is written as it is kept, and what is kept is a row of its query; how many were read.
#[track_caller]
fn figures_are_those_of_the_queries(page: &Json, report: &Report, answers: &mut Answers) -> usize {
    let is_french = page["language"] == "fr";
    let mut count = 0;
    for table in page["tables"].as_array().unwrap() {
        let query = table["query"].as_str().unwrap();
        let rows = answers.rows(report, query);
        let names: Vec<&str> = table["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        for cells in table["rows"].as_array().unwrap() {
            let mut wanted: Vec<(&str, &str)> = Vec::new();
            for (name, cell) in names.iter().zip(cells.as_array().unwrap()) {
                let Some(kept) = cell["plain"].as_str() else { continue };
                if let Some(mut written) = plain(cell["text"].as_str().unwrap(), is_french) {
                    // shares are written in hundredths
                    let exact = if cell["text"].as_str().unwrap().contains('%') {
                        times_hundred(kept)
                    } else {
                        kept.to_owned()
                    };
                    if written == "-0" {
                        written.remove(0);
                    }
                    assert!(is_rounding(&written, &exact), "{query} {name}: {cell}");
                    count += 1;
                }
                if rows[0].contains_key(*name) {
                    wanted.push((name, kept));
                } else if !name.ends_with("_ratio") {
                    // a value of a column laid out across
                    let holds = |row: &Row| {
                        row.values().any(|value| value == kept)
                            && row.values().any(|code| code == name)
                            && wanted.iter().all(|(key, kept)| row[*key] == *kept)
                    };
                    assert!(rows.iter().any(holds), "{query}: no row holds {kept} for {name} and {wanted:?}");
                }
            }
            let is_row = rows.iter().any(|row| wanted.iter().all(|(name, kept)| row[*name] == *kept));
            assert!(is_row, "{query}: no row is {wanted:?}");
        }
    }
    for tile in page["tiles"].as_array().unwrap() {
        let name = tile["name"].as_str().unwrap();
        let spec = answers.spec(report);
        let panel = spec.panels.iter().find(|panel| panel.tiles.iter().any(|tile| tile.value == name)).unwrap();
        let own = panel.tiles.iter().find(|tile| tile.value == name).and_then(|tile| tile.query.clone());
        let figures = answers.rows(report, &own.or_else(|| panel.query.clone()).unwrap()).pop().unwrap();
        assert_eq!(tile["plain"].as_str().unwrap(), figures[name], "{name}");
        if let Some(written) = plain(tile["text"].as_str().unwrap(), is_french) {
            let exact = if name.ends_with("_ratio") { times_hundred(&figures[name]) } else { figures[name].clone() };
            assert!(is_rounding(&written, &exact), "{tile}");
            count += 1;
        }
    }
    count
}

fn times_hundred(ratio: &str) -> String {
    let (whole, part) = ratio.split_once('.').unwrap();
    let digits = format!("{whole}{}", &part[..2]);
    let sign = if digits.starts_with('-') { "-" } else { "" };
    format!("{sign}{}.{}", digits.trim_start_matches('-').parse::<i64>().unwrap(), &part[2..])
}

/// The rows that a page holds for its search are the open items it does not show, to the cent.
#[track_caller]
fn assert_search_holds_the_rest(html: &str, open: &[Row], shown_count: usize) {
    let block = html.split_once("class=\"hidden-rows\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: Json = serde_json::from_str(block).unwrap();
    let names: Vec<&str> =
        data["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    let at = |name: &str| names.iter().position(|known| *known == name).unwrap();
    let mut held: Vec<(i64, i64, String)> = data["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let reference = &data["columns"][at("reference")]["texts"]
                [usize::try_from(row[at("reference")].as_u64().unwrap()).unwrap()];
            let number = |name: &str| row[at(name)].as_i64().unwrap_or_default();
            (number("open_amount").abs(), number("amount"), reference.as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let cents = |row: &Row, name: &str| row[name].replace('.', "").parse::<i64>().unwrap();
    let mut wanted: Vec<(i64, i64, String)> = open
        .iter()
        .map(|row| (cents(row, "open_amount").abs(), cents(row, "amount"), row["reference"].clone()))
        .collect();
    held.sort();
    wanted.sort_by_key(|row| std::cmp::Reverse(row.0));
    // equal amounts may stand on either side of the line between shown and held
    let line = wanted[shown_count].0;
    assert_eq!(held.len(), wanted.len() - shown_count);
    let mut rest: Vec<(i64, i64, String)> = wanted.into_iter().filter(|row| row.0 < line).collect();
    rest.sort();
    held.retain(|row| row.0 < line);
    assert_eq!(held, rest);
}

/// Looks at every report: each is sound, in its language, free of codes, no wider than its panel; each says where its
/// figures come from, or nothing of the lake where a customer reads it; and its figures are those of its queries.
#[track_caller]
fn assert_all_are_sound_and_true(desk: &Desk, reports: &[Report], as_of: &str, search: &str) -> Vec<Json> {
    let pages: Vec<PathBuf> = reports.iter().map(|report| report.page.clone()).collect();
    let found = look(&pages, search).unwrap();
    let mut answers = Answers::of(desk, as_of);
    for (page, report) in found.iter().zip(reports) {
        let file = &page["file"];
        assert_sound(page);
        let stem = report.page.file_stem().unwrap().to_str().unwrap();
        assert!(stem.ends_with(page["language"].as_str().unwrap()), "{file}: {}", page["language"]);
        assert_eq!(page["codes"], Json::Array(Vec::new()), "{file}: codes without words");
        assert_eq!(page["overflowing"], Json::Array(Vec::new()), "{file}: tables wider than their panels");
        let is_for_customer = report.name == "customer_statement";
        for panel in page["panels"].as_array().unwrap() {
            // what is not loaded comes from nowhere
            let has_source = !is_for_customer && panel["id"] != "not_loaded";
            assert_eq!(panel["has_source"], has_source, "{file}: {panel}");
        }
        let html = std::fs::read_to_string(&report.page).unwrap();
        if is_for_customer {
            let folders = std::env::temp_dir();
            assert!(!html.contains("encours query") && !html.contains(folders.to_str().unwrap()), "{file}");
        }
        let count = figures_are_those_of_the_queries(page, report, &mut answers);
        // a ledger alone tells little of what holds invoices up
        assert!(count > 0, "{file}: only {count} figures were read");
    }
    found
}

#[test]
fn every_report_of_a_company_is_sound_and_its_figures_are_those_of_its_queries() {
    if packages().is_none() {
        return;
    }
    let desk = company(80);
    let as_of = "2025-12-31";
    let payers = desk.ask(as_of).rows("payers");
    // of several companies the file bears its company too
    let file = |row: &Row| format!("{}_{}", row["company_id"], row["customer_id"]);
    let matter: BTreeSet<String> = payers
        .iter()
        .filter(|row| row["stake_code"] == "A" || row["overdue_amount"].parse::<f64>().unwrap() > 0.0)
        .map(file)
        .collect();
    let customer = payers.iter().find(|row| row["stake_code"] == "A").unwrap()["customer_id"].clone();
    let reports = write_all(&desk, as_of, "fr", &customer, "pages");
    let found = assert_all_are_sound_and_true(&desk, &reports, as_of, &customer);
    let payers = reports.iter().position(|report| report.name == "payers").unwrap();
    // the payers that matter have a page of their own
    let links = links(&reports[payers].page);
    let stem = |page: &PathBuf| page.file_stem().unwrap().to_str().unwrap().trim_start_matches("payer-").to_owned();
    let linked: BTreeSet<String> = links.iter().map(stem).collect();
    assert!(linked.len() > 5 && linked.is_subset(&matter), "{linked:?}");
    assert!(links.iter().all(|page| page.exists()), "{links:?}");
    let searched = &found[payers]["searched"];
    assert!(searched["panel"] == "payers" && searched["rows"].as_array().unwrap().len() == 1, "{searched}");
    // lists are for writing on
    for (page, report) in found.iter().zip(&reports) {
        let entries = page["print"]["entries"].as_u64().unwrap();
        assert_eq!(entries > 0, report.name == "worklist", "{}: {}", report.name, page["print"]);
    }
}

#[test]
fn the_search_of_a_page_reaches_what_it_does_not_show_and_a_comment_is_text() {
    if packages().is_none() {
        return;
    }
    let desk = Desk::demo(&DemoOptions::default());
    let options = ["--as-of", "2025-12-31"];
    desk.run(&[&["comment", "aging", "Deux clients <b>attendent</b>\nun avoir."], &options[..]].concat()).ended(0);
    desk.run(&[&["report", "--out", "pages", "--lang", "fr"], &options[..]].concat()).ended(0);
    let page = desk.path("pages/controller-2025-12-31-fr.html");
    let found = look(std::slice::from_ref(&page), "negoce").unwrap();
    assert_sound(&found[0]);
    let mut asked = desk.ask("2025-12-31");
    let searched = &found[0]["searched"];
    let rows = searched["rows"].as_array().unwrap();
    let open = asked.rows("open_items");
    let all = open.iter().filter(|row| row["customer_name"].contains("Négoce")).count();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.as_str().unwrap().contains("Négoce")), "{searched}");
    assert_eq!(searched["said"].as_str().unwrap(), format!("{all} lignes trouvées, {} affichées", rows.len()));
    let html = std::fs::read_to_string(&page).unwrap();
    assert_search_holds_the_rest(&html, &open, 200);
    assert!(html.contains("<p><bdi>Deux clients &lt;b&gt;attendent&lt;&#x2f;b&gt;</bdi></p>"), "a comment is text");
    for panel in found[0]["panels"].as_array().unwrap() {
        assert_eq!(panel["is_said_empty"], false, "{panel}");
    }
}

#[test]
fn one_item_is_enough_for_every_report() {
    if packages().is_none() {
        return;
    }
    let desk = Desk::new();
    let items = "item_id,customer_id,kind,issued_date,due_date,amount\nF1,C1,invoice,2025-03-05,2025-04-04,1200.00\n";
    desk.load(&[&desk.file("items.csv", items)]);
    let reports = write_all(&desk, "2025-12-31", "en", "C1", "pages");
    assert_all_are_sound_and_true(&desk, &reports, "2025-12-31", "C1");
}

#[test]
fn real_ledgers_give_pages_without_an_empty_panel_that_does_not_say_why() {
    // every report of the payment history, which knows nothing but invoices; of ledgers, the controller's
    let ledgers = [
        ("fec/quadra_123456789FEC20190731.txt", "2019-07-31", None),
        ("fec/odicom_123456789FEC20200331.txt", "2020-03-31", None),
        ("fec/cegid_0000000001FEC20220831.txt", "2022-08-31", None),
        ("ibm/WA_Fn-UseC_-Accounts-Receivable.csv", "2012-12-31", Some("0379-NEVHP")),
    ];
    for (name, as_of, customer) in ledgers {
        if packages().is_none() {
            return;
        }
        let Some((desk, controller)) = real_controller(name, as_of) else { return };
        let reports = match customer {
            Some(customer) => write_all(&desk, as_of, "en", customer, "pages"),
            None => vec![controller],
        };
        assert_all_are_sound_and_true(&desk, &reports, as_of, "invoice");
    }
}

#[test]
fn hostile_names_are_text_wherever_they_stand() {
    if packages().is_none() {
        return;
    }
    let (desk, reports) = hostile();
    for report in &reports {
        let file = report.page.file_name().unwrap().to_str().unwrap();
        assert!(!file.contains(['<', ' ', '/']), "{file}");
    }
    let found = assert_all_are_sound_and_true(&desk, &reports, "2024-12-31", "cmd");
    let rows = found[0]["searched"]["rows"].as_array().unwrap();
    assert!(rows.len() == 60 && rows.iter().all(|row| row.as_str().unwrap().contains("=cmd|'/c calc'!A1")), "{rows:?}");
}
