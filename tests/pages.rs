//! Pages as their readers open them: in headless Chromium, in both themes, on a phone and on paper, without a serious
//! finding of axe-core; and every figure on them is its query's, to the cent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::books::Ledger;
use crate::desk::{Asked, Desk, Row, real};

/// The folder of the packages that drive the browser; nothing, said, where it or the browser is absent.
fn packages() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder = std::env::var_os("ENCOURS_BROWSER").map_or_else(|| home.join(".cache/encours/browser"), PathBuf::from);
    let is_there =
        folder.join("node_modules/playwright-core").exists() && folder.join("node_modules/axe-core").exists();
    if is_there && Path::new("/usr/bin/chromium").exists() {
        return Some(folder);
    }
    // `tests/run` installs them: there, a skipped test would be a test lost
    assert!(std::env::var_os("CI").is_none(), "Chromium or {} is missing; run tests/run", folder.display());
    println!("skipped: Chromium or {} is not there; tests/run installs them", folder.display());
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
        assert!(chart["marks"].as_u64().unwrap() > 3 && chart["hits"].as_u64().unwrap() > 0, "{file} {panel}: {chart}");
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

/// Every number of a page is written as it is kept, and what is kept is a row of its query.
#[track_caller]
fn assert_figures_are_those_of_the_queries(page: &Json, asked: &mut Asked, is_french: bool) {
    let mut count = 0;
    let mut answers: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for table in page["tables"].as_array().unwrap() {
        let query = table["query"].as_str().unwrap();
        let rows = answers.entry(query.to_owned()).or_insert_with(|| asked.rows(query));
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
                    let value =
                        ["open_amount", "roll_ratio"].into_iter().find(|value| rows[0].contains_key(*value)).unwrap();
                    assert!(
                        rows.iter().any(|row| row[value] == kept
                            && row.values().any(|code| code == name)
                            && wanted.iter().all(|(key, kept)| row[*key] == *kept)),
                        "{query}: no row holds {kept} for {name} and {wanted:?}"
                    );
                }
            }
            let is_row = rows.iter().any(|row| wanted.iter().all(|(name, kept)| row[*name] == *kept));
            assert!(is_row, "{query}: no row is {wanted:?}");
        }
    }
    let day = asked.first("receivables", "as_of_date");
    let figures = asked.rows("key_figures").into_iter().find(|row| row["as_of_date"] == day).unwrap();
    for tile in page["tiles"].as_array().unwrap() {
        let name = tile["name"].as_str().unwrap();
        assert_eq!(tile["plain"].as_str().unwrap(), figures[name], "{name}");
        if let Some(written) = plain(tile["text"].as_str().unwrap(), is_french) {
            let exact = if name.ends_with("_ratio") { times_hundred(&figures[name]) } else { figures[name].clone() };
            assert!(is_rounding(&written, &exact), "{tile}");
            count += 1;
        }
    }
    assert!(count > 100, "only {count} figures were read");
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

#[test]
fn the_demos_pages_are_sound_and_their_figures_are_those_of_the_queries() {
    if packages().is_none() {
        return;
    }
    let desk = Desk::new();
    desk.run(&["demo", "--quiet"]).ended(0);
    let options = ["--lake", "encours-demo/lake", "--as-of", "2025-12-31"];
    desk.run(&[&["comment", "aging", "Deux clients <b>attendent</b>\nun avoir."], &options[..]].concat()).ended(0);
    desk.run(&[&["report", "--out", "pages", "--lang", "fr"], &options[..]].concat()).ended(0);
    desk.run(
        &[&["customer_statement", "--customer", "C00003", "--out", "pages", "--lang", "en"], &options[..]].concat(),
    )
    .ended(0);
    let pages = ["pages/controller-2025-12-31-fr.html", "pages/customer_statement-C00003-2025-12-31-en.html"];
    let pages: Vec<PathBuf> = pages.iter().map(|page| desk.path(page)).collect();
    let found = look(&pages, "negoce").unwrap();
    found.iter().for_each(assert_sound);
    let mut asked = Asked::of(&desk.path("encours-demo/lake"), "2025-12-31");
    assert_figures_are_those_of_the_queries(&found[0], &mut asked, true);
    // the search reaches rows that are not shown, whatever the accents
    let searched = &found[0]["searched"];
    let rows = searched["rows"].as_array().unwrap();
    let open = asked.rows("open_items");
    let all = open.iter().filter(|row| row["customer_name"].contains("Négoce")).count();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.as_str().unwrap().contains("Négoce")), "{searched}");
    assert_eq!(searched["said"].as_str().unwrap(), format!("{all} lignes trouvées, {} affichées", rows.len()));
    let html = std::fs::read_to_string(&pages[0]).unwrap();
    assert_search_holds_the_rest(&html, &open, 200);
    assert!(html.contains("<p><bdi>Deux clients &lt;b&gt;attendent&lt;&#x2f;b&gt;</bdi></p>"), "a comment is text");
    for panel in found[0]["panels"].as_array().unwrap() {
        assert_eq!(panel["has_source"], true, "{panel}");
        assert_eq!(panel["is_said_empty"], false, "{panel}");
    }
    // nothing of the lake is shown to a customer
    let statement = std::fs::read_to_string(&pages[1]).unwrap();
    assert!(!statement.contains("encours query") && !statement.contains(desk.path("").to_str().unwrap()));
    assert!(found[1]["panels"].as_array().unwrap().iter().all(|panel| panel["has_source"] == false));
}

#[test]
fn real_ledgers_give_pages_without_an_empty_panel_that_does_not_say_why() {
    let ledgers = [
        ("fec/quadra_123456789FEC20190731.txt", "2019-07-31"),
        ("fec/odicom_123456789FEC20200331.txt", "2020-03-31"),
        ("fec/cegid_0000000001FEC20220831.txt", "2022-08-31"),
        ("ibm/WA_Fn-UseC_-Accounts-Receivable.csv", "2012-12-31"),
    ];
    for (name, as_of) in ledgers {
        let Some(file) = real(name) else { return };
        if packages().is_none() {
            return;
        }
        let desk = Desk::new();
        desk.load(&[&file]);
        desk.run(&["report", "--as-of", as_of, "--out", "pages", "--lang", "en"]).ended(0);
        let pages = [desk.path(&format!("pages/controller-{as_of}-en.html"))];
        let found = look(&pages, "invoice").unwrap();
        assert_sound(&found[0]);
        let mut asked = desk.ask(as_of);
        assert_figures_are_those_of_the_queries(&found[0], &mut asked, false);
    }
}

#[test]
fn hostile_names_are_text_wherever_they_stand() {
    if packages().is_none() {
        return;
    }
    let desk = Desk::new();
    let names = [
        "<img src=x onerror=alert(1)>",
        "=cmd|'/c calc'!A1",
        "\"><script>alert(2)</script>",
        "\u{202e}gnp.exe",
        "</script><b>",
    ];
    let mut ledger = Ledger::new(2024);
    for (order, name) in names.iter().enumerate() {
        // more items than a page shows, so that some of them are rows of data only
        for item in 0..60 {
            let amount = format!("{}.00", 100 + item);
            ledger = ledger.invoice(name, &format!("{name}{order}-{item}"), "2024-03-05", &amount);
        }
    }
    let file = desk.file("123456789FEC20241231.txt", ledger.text());
    desk.load(&[&file]);
    desk.file("encours.toml", "company_name = \"<script>alert(3)</script>\"\n");
    desk.run(&["report", "--as-of", "2024-12-31", "--out", "pages", "--lang", "en"]).ended(0);
    let statement =
        ["customer_statement", "--customer", names[0], "--as-of", "2024-12-31", "--out", "pages", "--lang", "fr"];
    let said = desk.run(&statement).ended(0);
    let statement = said.stdout.lines().next().unwrap().to_owned();
    assert!(!Path::new(&statement).file_name().unwrap().to_str().unwrap().contains(['<', ' ', '/']), "{statement}");
    let pages = [desk.path("pages/controller-2024-12-31-en.html"), desk.path(&statement)];
    let found = look(&pages, "cmd").unwrap();
    found.iter().for_each(assert_sound);
    let rows = found[0]["searched"]["rows"].as_array().unwrap();
    assert!(rows.len() == 60 && rows.iter().all(|row| row.as_str().unwrap().contains("=cmd|'/c calc'!A1")), "{rows:?}");
}
