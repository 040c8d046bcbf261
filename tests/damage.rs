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

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// Changes a bit of a file, whose length stays.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// The files of the desk's lake that loads wrote, by their names within it.
fn lake_files(desk: &Desk) -> Vec<String> {
    let lake = desk.path("lake");
    let names = files(&lake, "").into_iter().map(|path| path.strip_prefix(&lake).unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name.contains('/') && !name.starts_with('_') && !name.ends_with("_last_load")).collect()
}

#[test]
fn a_bit_that_changed_anywhere_is_found_and_a_copy_brings_the_file_back() {
    let desk = two_loads();
    let said = desk.run(&["lake", "verify"]).ended(0).stdout;
    assert!(said.starts_with("loads: 2; files: ") && said.ends_with("; none is damaged\n"), "{said}");
    copy(&desk.path("lake"), &desk.path("copy"));
    for name in lake_files(&desk) {
        flip(&desk.path("lake").join(&name));
        let said = desk.run(&["lake", "verify"]).ended(1).stdout;
        assert!(said.contains(&format!("{name}: found ")), "{name}: {said}");
        let said = desk.run(&["lake", "repair", "--from", "copy", "--dry-run"]).ended(1).stdout;
        assert!(said.contains("is brought from it") && said.ends_with("nothing was changed\n"), "{name}: {said}");
        let said = desk.run(&["lake", "repair", "--from", "copy"]).ended(0).stdout;
        assert!(said.contains(&format!("brought from the copy: {name}")), "{name}: {said}");
        assert_eq!(
            fs::read(desk.path("lake").join(&name)).unwrap(),
            fs::read(desk.path("copy").join(&name)).unwrap(),
            "{name}"
        );
    }
    assert_eq!(open(&desk), "120.00");
    assert_eq!(files(&desk.path("lake/_set_aside"), "").len(), lake_files(&desk).len(), "what was damaged is kept");
    load(&desk, "F3", "3.00").ended(0);
    assert_eq!(open(&desk), "123.00");
    // and so do the log of loads and a table, where they are gone
    copy(&desk.path("lake"), &desk.path("copy-of-three"));
    for gone in ["loads", "items", "loads/_delta_log"] {
        fs::remove_dir_all(desk.path("lake").join(gone)).unwrap();
        desk.run(&["lake", "repair", "--from", "copy-of-three"]).ended(0);
        assert_eq!(open(&desk), "123.00", "{gone}");
    }
    // a copy of another lake brings nothing
    let other = Desk::new();
    load(&other, "G1", "7.00").ended(0);
    flip(&desk.path("lake").join(&lake_files(&desk)[0]));
    let said = desk.run(&["lake", "repair", "--from", other.path("lake").to_str().unwrap()]).ended(2);
    assert!(said.stderr.contains("is no copy of this lake"), "{}", said.stderr);
}

/// The log of loads says what cannot be understood, and is JSON still: its checksum stands in rows that this very log names.
#[test]
fn a_log_of_loads_that_is_json_but_no_log_is_found_and_brought_back() {
    let desk = two_loads();
    copy(&desk.path("lake"), &desk.path("copy"));
    let log = desk.path("lake/loads/_delta_log/00000000000000000000.json");
    let written = fs::read_to_string(&log).unwrap();
    for key in ["metaData", "format", "schemaString", "protocol"] {
        fs::write(&log, written.replacen(key, &key.to_uppercase(), 1)).unwrap();
        let said = desk.run(&["lake", "verify"]).ended(1).stdout;
        assert!(said.contains("loads/_delta_log/00000000000000000000.json: found "), "{key}: {said}");
        desk.run(&["lake", "repair", "--from", "copy"]).ended(0);
        assert_eq!(open(&desk), "120.00", "{key}");
    }
    // and where the checksums of the last load are themselves what is damaged
    let last = desk.path("lake/loads/_last_load");
    let written = fs::read_to_string(&last).unwrap();
    let digit = written.find('\n').unwrap() + 5;
    let other = if &written[digit..=digit] == "0" { "1" } else { "0" };
    fs::write(&last, format!("{}{other}{}", &written[..digit], &written[digit + 1..])).unwrap();
    desk.run(&["lake", "verify"]).ended(1);
    let said = desk.run(&["lake", "repair", "--from", "copy"]).ended(0).stdout;
    assert!(said.contains("brought from the copy: loads/_last_load"), "{said}");
    assert_eq!(open(&desk), "120.00");
}

#[test]
fn without_a_copy_the_lake_goes_back_to_its_last_whole_load_and_the_sources_are_named() {
    for damage in ["flipped", "missing", "empty"] {
        for part in [
            "items/source-main.f2",
            "loads/00000002",
            "loads/_delta_log/00000000000000000002",
            "items/_delta_log/00000000000000000001",
        ] {
            let desk = two_loads();
            let path = files(&desk.path("lake"), part).pop().unwrap_or_else(|| panic!("no {part}"));
            match damage {
                "flipped" => flip(&path),
                "missing" => fs::remove_file(&path).unwrap(),
                _ => fs::write(&path, []).unwrap(),
            }
            let what = format!("{part}, {damage}");
            let before = files(&desk.path("lake"), "");
            let said = desk.run(&["lake", "repair", "--dry-run"]);
            assert_eq!(said.status, 1, "{what}: {} {}", said.stdout, said.stderr);
            assert!(said.stdout.contains("goes back from load 2 to load 1 of "), "{what}: {}", said.stdout);
            assert_eq!(files(&desk.path("lake"), ""), before, "{what}: a dry run changes nothing");
            let said = desk.run(&["lake", "repair"]);
            assert_eq!(said.status, 0, "{what}: {} {}", said.stdout, said.stderr);
            assert_eq!(open(&desk), "100.00", "{what}");
            // nothing of it is lost but what was damaged
            let kept = files(&desk.path("lake"), "").len();
            assert_eq!(kept, before.len(), "{what}");
            load(&desk, "F2", "20.00").ended(0);
            assert_eq!(open(&desk), "120.00", "{what}");
            desk.run(&["lake", "verify"]).ended(0);
        }
    }
    // the first load is reached by all
    let desk = two_loads();
    flip(&files(&desk.path("lake/items"), "source-main.f1").pop().unwrap());
    let said = desk.run(&["lake", "repair"]).ended(2);
    assert!(said.stderr.contains("no load of this lake is whole") && said.stderr.contains("F1.csv"), "{}", said.stderr);
}

#[test]
fn what_killed_loads_left_goes_with_the_next_load_and_what_is_at_work_stays() {
    let desk = two_loads();
    let file = files(&desk.path("lake/items"), "source-main.f1").pop().unwrap();
    let left = |load_id: &str| {
        let path = desk.path(&format!("lake/items/source-x-{load_id}0.parquet"));
        fs::copy(&file, &path).unwrap();
        path
    };
    let (killed, working, foreign) =
        (left("20260101t000000z-aaaaaa"), left("20260101t000000z-bbbbbb"), left("20260101t000000z-cccccc"));
    let locks = desk.path("lake/_loading");
    fs::create_dir_all(&locks).unwrap();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    fs::write(locks.join("20260101t000000z-aaaaaa"), &host).unwrap();
    fs::write(locks.join("20260101t000000z-bbbbbb"), &host).unwrap();
    fs::write(locks.join("20260101t000000z-cccccc"), "another machine\n").unwrap();
    let lock = fs::File::options().write(true).open(locks.join("20260101t000000z-bbbbbb")).unwrap();
    lock.lock().unwrap();
    load(&desk, "F3", "3.00").ended(0);
    assert!(!killed.exists(), "what a killed load left goes");
    assert!(working.exists(), "what a load at work wrote stays");
    assert!(foreign.exists(), "what another machine may be at work on stays for a day");
    assert_eq!(open(&desk), "123.00");
    drop(lock);
    let day_before = std::time::SystemTime::now() - std::time::Duration::from_hours(25);
    for path in [&foreign, &locks.join("20260101t000000z-cccccc")] {
        fs::File::options().write(true).open(path).unwrap().set_modified(day_before).unwrap();
    }
    let said = desk.run(&["lake", "clean"]).ended(0).stdout;
    assert!(said.starts_with("cleared of killed loads: 4 files, "), "{said}");
    assert!(!working.exists() && !foreign.exists());
    assert_eq!(fs::read_dir(&locks).unwrap().count(), 0, "no lock is left");
    assert_eq!(open(&desk), "123.00");
    desk.run(&["lake", "verify"]).ended(0);
}

#[test]
fn sql_ends_with_an_error_where_whole_numbers_end_or_it_is_nested_too_deep() {
    let desk = two_loads();
    let ask = |sql: &str| desk.run(&["query", "--as-of", "2024-12-31", "--output", "csv", "--sql", sql]);
    let values = "(values (1), (2)) as t(x)";
    for (sql, answer) in [
        ("select sum(x) as n, sum(x) - 1 as m, max(x * x + 1) as k from {}", "n,m,k\n3,2,5\n"),
        ("select x + 1 from {} order by x", "t.x + Int64(1)\n2\n3\n"),
        ("select sum(amount) as s, count(*) as n from items", "s,n\n120.00,2\n"),
        ("select x from {} where x in (select max(y + 0) from (values (2)) as u(y))", "x\n2\n"),
        ("select sum(x) as n from {} where x > 9", "n\n\"\"\n"),
    ] {
        let said = ask(&sql.replace("{}", values));
        assert_eq!((said.status, &*said.stdout), (0, answer), "{sql}: {}", said.stderr);
    }
    for sql in [
        "select sum(9223372036854775807 + 0 * x) as n from {}",
        "select 9223372036854775807 + x as n from {}",
        "select x * 9223372036854775807 as n from {} where x > 1",
        "select -9223372036854775807 - x as n from {}",
        "select n from (select sum(9223372036854775807) as n from {}) as s",
    ] {
        let said = ask(&sql.replace("{}", values)).ended(2);
        assert!(said.stderr.contains("error: ") && said.stderr.contains("hint: "), "{sql}: {}", said.stderr);
        assert_eq!(said.stdout, "", "{sql}");
    }
    for count in [2_500, 20_000] {
        let said = ask(&format!("select {}1 as c", "1+".repeat(count))).ended(2);
        assert!(said.stderr.contains("operators, joins and unions; at most 2000 can be nested"), "{}", said.stderr);
    }
    let said = ask(&format!("select {}1 as c", "1+".repeat(1_900))).ended(0);
    assert_eq!(said.stdout, "c\n1901\n");
    desk.file("encours.toml", "sql_seconds = 1\n");
    let numbers = "(select unnest(range(100000)) as n)";
    let said = ask(&format!("select count(*) as c from {numbers} as a cross join {numbers} as b where a.n * b.n < 0"))
        .ended(2);
    assert!(said.stderr.contains("was not answered within 1 s"), "{}", said.stderr);
}

#[cfg(unix)]
#[test]
fn lakes_and_pages_are_their_owners_alone_unless_the_settings_open_them() {
    use std::os::unix::fs::PermissionsExt;
    let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (setting, folder, file) in [("", 0o700, 0o600), ("group", 0o750, 0o640), ("everyone", 0o755, 0o644)] {
        let desk = Desk::new();
        if !setting.is_empty() {
            desk.file("encours.toml", format!("readable_by = \"{setting}\"\n"));
        }
        load(&desk, "F1", "100.00").ended(0);
        desk.run(&["report", "controller", "--as-of", "2024-12-31", "--out", "pages", "--lang", "en"]).ended(0);
        assert_eq!(rights(&desk.path("lake")), folder, "{setting}");
        assert_eq!(rights(&desk.path("pages")), folder, "{setting}");
        let pages = files(&desk.path("pages"), "controller");
        assert_eq!(pages.len(), 2);
        for page in pages {
            assert_eq!(rights(&page), file, "{setting}: {}", page.display());
        }
        // what is there keeps its readers
        fs::set_permissions(desk.path("pages"), fs::Permissions::from_mode(0o711)).unwrap();
        desk.run(&["report", "controller", "--as-of", "2024-12-31", "--out", "pages", "--lang", "en"]).ended(0);
        assert_eq!(rights(&desk.path("pages")), 0o711, "{setting}");
    }
}

#[test]
fn a_device_or_a_folder_is_no_file_to_read() {
    let desk = Desk::new();
    for path in ["/dev/zero", "/dev", "/dev/stdin"] {
        for command in ["inspect", "load"] {
            let said = desk.run(&[command, path]).ended(2);
            assert!(said.stderr.contains(&format!("`{path}` is no file")), "{command} {path}: {}", said.stderr);
        }
    }
}

#[test]
fn what_cannot_be_typed_is_an_error_with_a_hint() {
    let desk = Desk::new();
    for words in [&["frobnicate"][..], &["query", "--format", "x"], &["load", "--date-order"], &["lake"]] {
        let said = desk.run(words).ended(2);
        assert!(said.stderr.contains("hint: `encours help` lists the commands"), "{words:?}: {}", said.stderr);
    }
}
