//! The rooms and their doors, and how files look: the style guide, as far as a machine can read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    found.sort();
    assert!(!found.is_empty(), "there are .{ending} files in {folder}");
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        (name, text)
    };
    found.into_iter().map(named).collect()
}

/// The room of a source file: the first folder, or the file of the house itself.
fn room(name: &str) -> &str {
    name.trim_start_matches("src/").split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn rooms_import_only_what_they_may_see() {
    let may: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("model", [].as_slice()),
        ("ingest", &["model"]),
        ("ledger", &["model"]),
        ("store", &[]),
        ("lake", &["model", "store"]),
        ("engine", &["model", "lake", "store"]),
        ("report", &["model"]),
        ("forecast", &["model", "engine"]),
        ("demo", &["model"]),
        ("outreach", &["model"]),
    ]);
    for (name, text) in files("src", "rs") {
        let here = room(&name);
        let Some(allowed) = may.get(here) else { continue };
        for (number, line) in text.lines().enumerate() {
            for part in line.split("crate::").skip(1) {
                let seen =
                    part.split(|character: char| !character.is_alphanumeric() && character != '_').next().unwrap();
                let is_allowed = seen == here || seen.is_empty() || allowed.contains(&seen);
                assert!(is_allowed, "{name}:{}: `{here}` may not see `{seen}`", number + 1);
            }
        }
    }
}

#[test]
fn heavy_crates_have_one_door() {
    for (crate_name, door) in [
        ("parquet", "src/ingest/staging/"),
        ("arrow_array", "src/ingest/staging/"),
        ("deltalake_core", "src/lake/"),
        ("datafusion", "src/engine/"),
        ("ballista_core", "src/engine/cluster/"),
        ("ballista_scheduler", "src/engine/cluster/"),
        ("ballista_executor", "src/engine/cluster/"),
        ("object_store", "src/store/"),
        ("lettre", "src/outreach/"),
        ("async_imap", "src/outreach/mailbox.rs"),
        ("mail_parser", "src/outreach/receipts.rs"),
        ("typst", "src/outreach/typeset.rs"),
        ("typst_pdf", "src/outreach/typeset.rs"),
        ("plotters", "src/report/chart/canvas.rs"),
        ("icu_decimal", "src/report/"),
        ("calamine", "src/ingest/"),
        ("clap", "src/cli/"),
        ("indicatif", "src/commands/"),
    ] {
        let uses = format!("use {crate_name}::");
        for (name, text) in files("src", "rs") {
            assert!(name.starts_with(door) || !text.contains(&uses), "{name} uses {crate_name}, whose door is {door}");
        }
    }
}

#[test]
fn every_file_says_first_what_it_is() {
    let firsts = [("src", "rs", "//! "), ("tests", "rs", "//! "), ("queries", "sql", "-- ")];
    for (folder, ending, first) in firsts {
        for (name, text) in files(folder, ending) {
            assert!(text.starts_with(first), "{name} begins with `{first}` and says what it is");
        }
    }
}

#[test]
fn no_room_is_crowded() {
    for (name, text) in files("src", "rs") {
        assert!(text.len() <= 28 * 1024, "{name} has {} bytes: split it by idea", text.len());
    }
}

#[test]
fn queries_keep_their_style() {
    for (name, text) in files("queries", "sql") {
        let unites = text.contains("union all");
        for (number, line) in text.lines().enumerate() {
            let place = format!("{name}:{}", number + 1);
            assert!(line.chars().count() <= 100, "{place} is longer than 100 columns");
            assert!(!line.ends_with(' ') && !line.contains('\t'), "{place} has stray white space");
            let code = line.split("--").next().unwrap();
            let is_bare = !code.contains('\'');
            assert!(!is_bare || code == code.to_lowercase(), "{place} is lower case");
            assert!(!code.contains("select *"), "{place} names its columns");
            // 2026-11-30, DataFusion 55.2: of rows equal but for a text that each part of a union writes itself, a limit
            // keeps another one from run to run
            assert!(!unites || !code.contains("limit "), "{place} unites rows: `row_number()` chooses among them");
            for clock in ["now()", "current_date", "current_timestamp", "today()"] {
                assert!(!code.contains(clock), "{place} reads no clock");
            }
        }
    }
}

#[test]
fn every_input_has_its_line_in_the_readme_of_data() {
    let readme = fs::read_to_string(root().join("data/README.md")).unwrap();
    for folder in ["data/reference", "data/mappings"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(readme.contains(&name), "data/README.md says what {folder}/{name} is");
        }
    }
}

#[test]
fn groups_of_tests_name_tests_there_are() {
    let script = fs::read_to_string(root().join("tests/run")).unwrap();
    let groups = script.split_once("GROUPS = {").unwrap().1.split_once("\n}").unwrap().0;
    let beginnings: Vec<&str> = groups.split('"').filter(|text| text.contains("::")).collect();
    assert!(beginnings.len() > 3, "{beginnings:?}");
    for beginning in beginnings {
        let (module, name) = beginning.rsplit_once("::").unwrap();
        let file = format!("tests/{}.rs", module.replace("::", "/"));
        let text = fs::read_to_string(root().join(file)).unwrap_or_default();
        assert!(text.contains(&format!("#[test]\nfn {name}")), "no test begins with `{beginning}`");
    }
}

/// The texts of a source file that the program says: in attributes of errors, as what an error tells, as a hint, and as
/// talk; those of its tests left out.
fn texts_said(source: &str) -> Vec<String> {
    let (told, _) = source.split_once("#[cfg(test)]\nmod tests").unwrap_or((source, ""));
    let mut texts = Vec::new();
    walk_said(told.parse().unwrap(), false, &mut texts);
    texts
}

fn walk_said(tokens: TokenStream, is_said: bool, texts: &mut Vec<String>) {
    let mut before = String::new();
    for token in tokens {
        match &token {
            TokenTree::Group(group) => {
                let says = match group.delimiter() {
                    Delimiter::Parenthesis => ["error", "Plain", "say", "tell", "warn"].contains(&before.as_str()),
                    Delimiter::Brace => before == "hint",
                    _ => false,
                };
                walk_said(group.stream(), is_said || says, texts);
            }
            TokenTree::Ident(name) if before == "fn" && name == "hint" => "hint".clone_into(&mut before),
            // between the name of that function and its body
            TokenTree::Ident(_) | TokenTree::Punct(_) if before == "hint" => {}
            TokenTree::Ident(name) => before = name.to_string(),
            TokenTree::Literal(literal) if is_said => {
                texts.extend(syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value()));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => before.clear(),
        }
    }
}

/// A message without the names between its braces.
fn unnamed(message: &str) -> String {
    let mut rest = message.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        text += before;
        text += "{}";
        rest = after.split_once('}').map_or("", |(_, after)| after).to_owned();
    }
    text + &rest
}

#[test]
fn what_is_said_on_the_terminal_has_its_french() {
    let french: BTreeMap<String, String> =
        toml::from_str(&fs::read_to_string(root().join("reports/messages.fr.toml")).unwrap()).unwrap();
    let known: BTreeSet<String> = french.keys().map(|english| unnamed(english)).collect();
    let is_sentence = |text: &String| {
        let words = unnamed(text).split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count();
        words >= 3
    };
    let (mut count, mut missing) = (0, Vec::new());
    for (name, source) in files("src", "rs") {
        // a file of tests of its own
        if name.contains("/tests") {
            continue;
        }
        for text in texts_said(&source).into_iter().filter(is_sentence) {
            count += 1;
            if !known.contains(&unnamed(&text)) {
                missing.push(format!("{name}: {text}"));
            }
        }
    }
    assert!(count > 250, "{count} messages are found in the source");
    assert!(missing.is_empty(), "reports/messages.fr.toml holds no French of these:\n{}", missing.join("\n"));
}
