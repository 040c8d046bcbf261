//! What a load called done stays done, and a lake that lacks something of it answers nothing: an error names the file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::{Desk, Said};

const HEADER: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n";

/// Loads one invoice; it takes the place of the one of the same number.
fn load(desk: &Desk, invoice: &str, amount: &str) -> Said {
    let row = format!("{invoice},C1,invoice,2024-03-05,2024-04-04,{amount},EUR\n");
    let file = desk.file(&format!("{invoice}.csv"), format!("{HEADER}{row}"));
    desk.run(&["load", "--quiet", file.to_str().unwrap()])
}

fn open(desk: &Desk) -> String {
    desk.ask("2024-12-31").first("receivables", "open_amount")
}

/// The files below a folder whose path has a part.
fn files(folder: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, part));
        } else if path.to_str().unwrap().contains(part) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_checkpoint_that_cannot_be_written_takes_nothing_from_its_load() {
    let desk = Desk::new();
    for number in 1..20 {
        load(&desk, "F1", &format!("{number}.00")).ended(0);
    }
    // stands for a full disk or a lost right: it cannot be given its name
    let checkpoint = desk.path("lake/items/_delta_log/00000000000000000019.checkpoint.parquet");
    fs::create_dir_all(checkpoint.join("x")).unwrap();
    let said = load(&desk, "F1", "20.00").ended(0);
    assert!(said.stderr.starts_with("warning: the load is done; "), "{}", said.stderr);
    assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
    fs::remove_dir_all(&checkpoint).unwrap();
    assert_eq!(open(&desk), "20.00");
    let again = desk.run(&["load", desk.path("F1.csv").to_str().unwrap()]).ended(0);
    assert!(again.stdout.contains("already holds"), "{}", again.stdout);
    for number in 21..=40 {
        load(&desk, "F1", &format!("{number}.00")).ended(0);
    }
    assert!(desk.path("lake/items/_delta_log/00000000000000000039.checkpoint.parquet").is_file(), "the next one is");
    assert_eq!(open(&desk), "40.00");
}

/// A lake of two loads, with an invoice each.
fn two_loads() -> Desk {
    Desk::like("two-loads", |desk| {
        load(desk, "F1", "100.00").ended(0);
        load(desk, "F2", "20.00").ended(0);
    })
}

/// Nothing is answered, nothing is loaded, and what is said names a file of the lake.
#[track_caller]
fn assert_told(desk: &Desk, what: &str) {
    let as_of = ["--as-of", "2024-12-31"];
    for command in [
        &["query", "receivables"][..],
        &["query", "--sql", "select count(*) as item_count from items"],
        &["check"],
        &["report", "controller", "--out", "pages"],
    ] {
        let said = desk.run(&[command, &as_of].concat());
        assert_eq!(said.status, 2, "{what}: {command:?} says {} {}", said.stdout, said.stderr);
        assert!(said.stderr.contains("the lake is damaged at `"), "{what}: {command:?} says {}", said.stderr);
        assert!(said.stderr.contains("hint: "), "{what}: {}", said.stderr);
    }
    let said = load(desk, "F3", "3.00");
    assert_eq!(said.status, 2, "{what}: a load says {} {}", said.stdout, said.stderr);
    assert!(said.stderr.contains("the lake is damaged at `"), "{what}: a load says {}", said.stderr);
}

#[test]
fn a_data_file_that_is_missing_empty_cut_or_longer_is_named() {
    for table in ["items", "open_changes", "item_days", "loads"] {
        for damage in ["missing", "empty", "cut", "longer"] {
            let desk = two_loads();
            let path = files(&desk.path(&format!("lake/{table}")), ".parquet").pop().unwrap();
            let bytes = fs::read(&path).unwrap();
            match damage {
                "missing" => fs::remove_file(&path).unwrap(),
                "empty" => fs::write(&path, []).unwrap(),
                "cut" => fs::write(&path, &bytes[..bytes.len() / 2]).unwrap(),
                _ => fs::write(&path, [&bytes[..], b"x"].concat()).unwrap(),
            }
            assert_told(&desk, &format!("{table}, {damage}"));
            // put back, all is as before
            fs::write(&path, bytes).unwrap();
            assert_eq!(open(&desk), "120.00", "{table}, {damage}");
        }
    }
}

#[test]
fn a_log_with_a_gap_an_empty_entry_or_none_at_its_end_is_named() {
    for table in ["items", "loads"] {
        let count = files(&two_loads().path(&format!("lake/{table}/_delta_log")), ".json").len();
        for entry in 0..count {
            for damage in ["missing", "empty"] {
                let desk = two_loads();
                let path = files(&desk.path(&format!("lake/{table}/_delta_log")), ".json").remove(entry);
                let bytes = fs::read(&path).unwrap();
                if damage == "missing" {
                    fs::remove_file(&path).unwrap();
                } else {
                    fs::write(&path, []).unwrap();
                }
                assert_told(&desk, &format!("entry {entry} of the log of {table}, {damage}"));
                fs::write(&path, bytes).unwrap();
                assert_eq!(open(&desk), "120.00");
            }
        }
    }
}

#[test]
fn a_table_or_its_log_that_is_gone_is_named() {
    for gone in ["items", "open_changes", "loads", "items/_delta_log", "loads/_delta_log"] {
        let desk = two_loads();
        fs::rename(desk.path(&format!("lake/{gone}")), desk.path("gone")).unwrap();
        assert_told(&desk, gone);
        let _made_anew = fs::remove_dir_all(desk.path(&format!("lake/{gone}")));
        fs::rename(desk.path("gone"), desk.path(&format!("lake/{gone}"))).unwrap();
        assert_eq!(open(&desk), "120.00", "{gone}");
    }
}

/// What a power cut left of lakes whose files were not flushed: all that is newer is empty.
#[test]
fn a_load_of_which_only_names_are_left_is_named() {
    let desk = Desk::new();
    load(&desk, "F1", "100.00").ended(0);
    let before: Vec<PathBuf> = files(&desk.path("lake"), "");
    load(&desk, "F2", "20.00").ended(0);
    for path in files(&desk.path("lake"), "").iter().filter(|path| !before.contains(path)) {
        fs::write(path, []).unwrap();
    }
    assert_told(&desk, "a load of empty files");
}

#[test]
fn a_lake_is_the_folder_it_is_called_and_no_other() {
    let desk = Desk::new();
    let first = desk.file("i.csv", format!("{HEADER}F1,C1,invoice,2024-03-05,2024-04-04,20.00,EUR\n"));
    let second = desk.file("j.csv", format!("{HEADER}G1,C1,invoice,2024-03-05,2024-04-04,7.00,EUR\n"));
    let open_in = |lake: &str| {
        let said = desk.run(&["query", "receivables", "--as-of", "2024-12-31", "--output", "csv", "--lake", lake]);
        said.ended(0).stdout.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned()
    };
    for lake in ["AB", "100%", "a b", "été", "q?#x", "it's \"it\""] {
        desk.run(&["load", "--quiet", first.to_str().unwrap(), "--lake", lake]).ended(0);
        assert_eq!(open_in(lake), "20.00", "{lake}");
        assert!(desk.path(lake).join("loads").is_dir(), "{lake}");
    }
    // names that could be taken for another are refused before anything is written
    for lake in ["%41B", "back\\slash", "new\nline"] {
        let said = desk.run(&["load", "--quiet", second.to_str().unwrap(), "--lake", lake]).ended(2);
        assert!(
            said.stderr.contains("as an address this path means another") && said.stderr.contains("hint: "),
            "{}",
            said.stderr
        );
    }
    assert_eq!(open_in("AB"), "20.00");
    let folders = fs::read_dir(desk.path("")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), 6, "a folder for each lake, and no other");
}

#[test]
fn a_run_that_needs_more_memory_than_it_may_take_ends_with_an_error_and_changes_nothing() {
    let desk = two_loads();
    desk.file("encours.toml", "memory_megabytes = 5\n");
    for said in [load(&desk, "F3", "3.00"), desk.run(&["report", "controller", "--as-of", "2024-12-31"])] {
        assert_eq!(said.status, 2, "{} {}", said.stdout, said.stderr);
        assert!(said.stderr.contains("more memory than the 5 MB") && said.stderr.contains("hint: "), "{}", said.stderr);
    }
    fs::remove_file(desk.path("encours.toml")).unwrap();
    assert_eq!(open(&desk), "120.00");
}
