//! A load killed at any moment leaves the answers of before; two loads at once both end up in; a correction can be
//! taken back; loading twice is loading once; the past can be asked as known then.

use std::time::Instant;

use crate::books::Ledger;
use crate::desk::Desk;

fn open(desk: &Desk) -> String {
    desk.ask("2024-12-31").first("receivables", "open_amount")
}

#[test]
fn a_load_killed_at_any_moment_leaves_the_answers_of_before() {
    let desk = Desk::new();
    let first =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").text());
    desk.load(&[&first]);
    let mut big = Ledger::new(2024);
    for number in 0..3000 {
        big = big.invoice("C2", &format!("G{number}"), "2024-04-01", "12.00");
    }
    let second = desk.file("222222222FEC20241231.txt", big.text());
    let start = Instant::now();
    desk.run(&["load", second.to_str().unwrap(), "--lake", "other"]).ended(0);
    let undisturbed = start.elapsed();
    let mut was_killed = 0;
    for sixteenths in 1..=20 {
        let mut load = desk.command(&["load", second.to_str().unwrap()]).spawn().unwrap();
        let moment = undisturbed * sixteenths / 16;
        std::thread::sleep(moment);
        let is_running = load.try_wait().unwrap().is_none();
        load.kill().unwrap();
        load.wait().unwrap();
        let found = open(&desk);
        let has_loaded = found == "36120.00";
        assert!(found == "120.00" || has_loaded, "after {moment:?} of {undisturbed:?}: {found}");
        was_killed += u32::from(is_running);
        if has_loaded {
            break;
        }
    }
    assert!(was_killed > 3, "only {was_killed} loads were killed in mid-work");
    // the next load heals what the killed ones left
    desk.run(&["load", second.to_str().unwrap()]).ended(0);
    assert_eq!(open(&desk), "36120.00");
    assert_eq!(desk.ask("2024-12-31").first("receivables", "tie_out_amount"), "0.00");
}

#[test]
fn loads_at_once_all_end_up_in() {
    let desk = Desk::new();
    let files: Vec<_> = (1..=4)
        .map(|number| {
            let siren = number.to_string().repeat(9);
            let ledger = Ledger::new(2024).invoice("C1", "F1", "2024-03-05", &format!("{number}00.00"));
            desk.file(&format!("{siren}FEC20241231.txt"), ledger.text())
        })
        .collect();
    let loads: Vec<_> =
        files.iter().map(|file| desk.command(&["load", file.to_str().unwrap()]).spawn().unwrap()).collect();
    for mut load in loads {
        assert!(load.wait().unwrap().success());
    }
    assert_eq!(open(&desk), "1000.00");
    let history = desk.run(&["history", "--output", "csv"]).ended(0);
    assert_eq!(history.stdout.lines().count(), 5, "{}", history.stdout);
}

#[test]
fn a_then_corrected_b_then_a_gives_a() {
    for (name, first, second) in [
        (
            "111111111FEC20241231.txt",
            Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").text(),
            Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "132.00").text(),
        ),
        (
            "items.csv",
            "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2024-03-05,120.00\n".to_owned(),
            "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2024-03-05,132.00\n".to_owned(),
        ),
    ] {
        let desk = Desk::new();
        let file = desk.file(name, &first);
        desk.load(&[&file]);
        assert_eq!(open(&desk), "120.00");
        desk.file(name, &second);
        desk.load(&[&file]);
        assert_eq!(open(&desk), "132.00", "{name}");
        desk.file(name, &first);
        desk.load(&[&file]);
        assert_eq!(open(&desk), "120.00", "{name}");
        let said = desk.load(&[&file]);
        assert!(said.stdout.contains("already holds"), "{}", said.stdout);
        assert_eq!(
            desk.run(&["history", "--output", "csv"]).stdout.lines().count(),
            4,
            "loading twice is loading once"
        );
        let known = desk.run(&["query", "receivables", "--as-of", "2024-12-31", "--known-at", "2", "--output", "json"]);
        assert!(known.ended(0).stdout.contains("\"open_amount\": 132.00"), "the past is asked as known then");
    }
}

#[test]
fn a_plain_file_under_another_name_can_be_taken_back_too() {
    let desk = Desk::new();
    let header = "item_id,customer_id,kind,issued_date,amount\n";
    let first = desk.file("a.csv", format!("{header}F1,C1,invoice,2024-03-05,120.00\nF2,C1,invoice,2024-03-06,1.00\n"));
    let second = desk.file("b.csv", format!("{header}F1,C1,invoice,2024-03-05,132.00\n"));
    desk.load(&[&first]);
    desk.load(&[&second]);
    assert_eq!(open(&desk), "133.00", "a row missing from a later file stays");
    desk.load(&[&first]);
    assert_eq!(open(&desk), "121.00");
    let said = desk.run(&["load", second.to_str().unwrap(), "--replace", "main/a.csv"]).ended(0);
    assert_eq!(open(&desk), "132.00", "{}", said.stdout);
}

#[test]
fn a_reject_is_gone_once_its_file_is_corrected() {
    let desk = Desk::new();
    let sound = Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").text();
    let file = desk.file("111111111FEC20241231.txt", sound.replacen("\t20240305\t", "\t20240231\t", 1));
    desk.run(&["load", file.to_str().unwrap()]).ended(1);
    let rejects = desk.run(&["rejects", "--output", "csv"]).ended(0);
    assert!(rejects.stdout.contains("date_impossible"), "{}", rejects.stdout);
    desk.file("111111111FEC20241231.txt", sound);
    desk.load(&[&file]);
    assert_eq!(desk.run(&["rejects", "--output", "json"]).ended(0).stdout.trim(), "[]");
    let then = desk.run(&["rejects", "--output", "csv", "--known-at", "1"]).ended(0);
    assert!(then.stdout.contains("date_impossible"), "what was refused then can be asked again");
}
