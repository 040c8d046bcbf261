//! What scripts rely on: outputs, exit status, and errors that say what was found, wanted and to do.

use std::process::Command;

use calamine::{Reader, open_workbook_auto};

use crate::books::Ledger;
use crate::desk::Desk;
use crate::skips;

fn desk() -> Desk {
    let desk = Desk::new();
    let ledger =
        Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").receipt("C1", "R1", "2024-04-05", "20.00", "");
    let file = desk.file("111111111FEC20241231.txt", ledger.text());
    desk.load(&[&file]);
    desk
}

#[test]
fn answers_come_as_table_csv_json_and_parquet() {
    let desk = desk();
    let json = desk.run(&["query", "aging", "--as-of", "2024-12-31", "--output", "json"]).ended(0);
    assert!(
        json.stdout.contains(r#"{"bucket_code": "91+", "bucket_order": 4, "open_amount": 100.00, "open_count": 2}"#),
        "{}",
        json.stdout
    );
    assert_eq!(json.stderr, "");
    let csv = desk.run(&["query", "aging", "--as-of", "2024-12-31", "--output", "csv"]).ended(0);
    assert!(csv.stdout.starts_with("bucket_code,bucket_order,open_amount,open_count\n"), "{}", csv.stdout);
    let table = desk.run(&["query", "aging", "--as-of", "2024-12-31", "--lang", "fr"]).ended(0);
    assert!(table.stdout.contains("100,00"), "{}", table.stdout);
    let parquet = desk.command(&["query", "aging", "--as-of", "2024-12-31", "--output", "parquet"]).output().unwrap();
    assert!(parquet.stdout.starts_with(b"PAR1") && parquet.stdout.ends_with(b"PAR1"));
    let none = desk.run(&["query", "tie_out", "--as-of", "2024-12-31", "--output", "json"]).ended(0);
    assert_eq!(none.stdout, "[]\n");
}

#[test]
fn the_default_day_is_the_latest_posted_one_and_is_said() {
    let desk = desk();
    let said = desk.run(&["query", "receivables", "--output", "csv"]).ended(0);
    assert!(said.stderr.contains("as of 5 Apr 2024"), "{}", said.stderr);
    assert!(said.stdout.contains("\n2024-04-05,"), "{}", said.stdout);
    assert_eq!(desk.run(&["query", "receivables", "--quiet"]).ended(0).stderr, "");
}

#[test]
fn sql_reads_and_never_writes() {
    let desk = desk();
    let said = desk.run(&["query", "--sql", "select count(*) as item_count from items", "--output", "json", "--quiet"]);
    assert_eq!(said.ended(0).stdout, "[\n{\"item_count\": 2}\n]\n");
    let said = desk.run(&["query", "--sql", "create table x as select 1", "--quiet"]).ended(2);
    assert!(said.stderr.starts_with("error: only questions are answered here"), "{}", said.stderr);
    let base = desk.run(&[
        "query",
        "--as-of",
        "2024-12-31",
        "--sql",
        "select count(*) as step_count from item_steps",
        "--quiet",
    ]);
    base.ended(0);
}

#[test]
fn every_query_is_listed_with_its_columns() {
    let said = Desk::new().run(&["query", "--list", "--output", "csv"]).ended(0);
    for name in [
        "receivables",
        "open_items",
        "aging",
        "aging_by_customer",
        "dso",
        "dso_bridge",
        "collection_effectiveness",
        "days_late",
        "roll_rates",
        "receivables_history",
        "roll_forward",
        "top_debtors",
        "provision_matrix",
        "late_payment_table",
        "tie_out",
    ] {
        assert!(said.stdout.contains(&format!("\n{name},")), "{name}");
    }
}

#[test]
fn errors_say_what_was_found_and_what_to_do() {
    let empty = Desk::new();
    let sound = desk();
    for (desk, arguments, error, hint) in [
        (&empty, ["query", "aging"].as_slice(), "there is no lake in", "encours load"),
        (&sound, &["query", "agin"], "no query is named `agin`", "aging"),
        (&sound, &["query", "aging", "--as-of", "31/12/2024"], "found `--as-of 31/12/2024`", "year first"),
        (&sound, &["query", "aging", "--known-at", "9"], "no load is known at `9`", "encours history"),
        (&sound, &["query", "aging", "--lang", "de"], "de", "fr"),
        (&sound, &["load", "nowhere.txt"], "nowhere.txt", ""),
        (&sound, &["query", "aging", "--company", "NOPE"], "no company `NOPE`", "111111111"),
        (&sound, &["query", "aging", "--currency", "USD"], "no currency `USD`", ""),
        (&sound, &["query", "aging", "--company", ""], "empty `company`", ""),
        (&sound, &["load", "--replace", "111111111/1999-12-31"], "holds no such source", "history"),
        (&sound, &["load", "."], "is no file", ""),
        (&sound, &["report", "treasurer"], "treasurer", "controller"),
    ] {
        let said = desk.run(arguments).ended(2);
        let first = said.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: ") && first.contains(error), "{arguments:?}: {}", said.stderr);
        let last = said.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("hint: ") && last.contains(hint), "{arguments:?}: {}", said.stderr);
        assert_eq!(said.stdout, "", "{arguments:?}");
    }
}

#[test]
fn errors_and_talk_are_french_for_who_reads_french() {
    let empty = Desk::new();
    let sound = desk();
    for (desk, arguments, error, hint) in [
        (&empty, ["query", "aging"].as_slice(), "il n’y a pas de lac dans `", "encours load"),
        (&sound, &["query", "agin"], "aucune requête ne s’appelle `agin`", "aging"),
        (&sound, &["query", "aging", "--as-of", "31/12/2024"], "`--as-of 31/12/2024`", "l’année d’abord"),
        (&sound, &["query", "aging", "--known-at", "9"], "`9`", "encours history"),
        (&sound, &["load", "nowhere.txt"], "impossible de lire `", "vérifiez que le fichier existe"),
        (&sound, &["query", "aging", "--company", "NOPE"], "le lac ne contient aucune société `NOPE`", "111111111"),
        (&sound, &["load", "."], "n’est pas un fichier", ""),
        (&sound, &["report", "treasurer"], "treasurer", "controller"),
    ] {
        let said = desk.run(&[arguments, &["--lang", "fr"]].concat()).ended(2);
        let first = said.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("erreur\u{a0}: ") && first.contains(error), "{arguments:?}: {}", said.stderr);
        let last = said.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("conseil\u{a0}: ") && last.contains(hint), "{arguments:?}: {}", said.stderr);
    }
    let said = sound.run(&["query", "aging", "--lang", "fr"]).ended(0);
    assert!(said.stderr.contains("au 05/04/2024, dernier jour"), "{}", said.stderr);
    let said = sound.run(&["load", "111111111FEC20241231.txt", "--lang", "fr"]).ended(0);
    assert!(said.stdout.contains("déjà dans le lac"), "{}", said.stdout);
}

#[test]
fn a_query_of_the_users_own_takes_the_place_of_the_built_in_one() {
    let desk = desk();
    let own = "-- aging: one bucket.\n--\n-- grain:   the lake\n-- key:\n-- source:  items\n-- params:  $as_of date\n-- columns:\n\
        --   item_count  int  items posted\nselect count(*) as item_count from items where items.posted_date <= $as_of\n";
    desk.file("own/metrics/aging.sql", own);
    desk.file("encours.toml", "queries = [\"own\"]\n");
    let said = desk.run(&["query", "aging", "--as-of", "2024-03-31", "--output", "csv"]).ended(0);
    assert_eq!(said.stdout, "item_count\n1\n");
    desk.file("own/metrics/aging.sql", own.replace("int  items", "money  items"));
    let said = desk.run(&["query", "aging", "--as-of", "2024-03-31"]).ended(2);
    assert!(said.stderr.contains("breaks its header: column `item_count`"), "{}", said.stderr);
}

#[test]
fn a_difference_with_the_control_accounts_exits_1_and_is_on_the_page() {
    let desk = Desk::new();
    let text =
        Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").invoice("C2", "F2", "2024-03-06", "50.00").text();
    // a field too many refuses the line; the control account still counts it
    let broken = text.replacen("F2 C2\t50,00\t0,00\t\t\t20240306\t\t", "F2 C2\t50,00\t0,00\t\t\t20240306\t\t\tx", 1);
    assert_ne!(text, broken);
    let file = desk.file("111111111FEC20241231.txt", broken);
    desk.run(&["load", file.to_str().unwrap()]).ended(1);
    let said = desk.run(&["query", "tie_out", "--as-of", "2024-12-31", "--output", "csv"]).ended(1);
    assert!(said.stdout.contains("-50.00"), "{}", said.stdout);
    let said = desk.run(&["report", "controller", "--as-of", "2024-12-31", "--out", "pages"]).ended(1);
    let page = std::fs::read_to_string(desk.path(said.stdout.lines().next().unwrap())).unwrap();
    assert!(page.contains("50.00") && page.contains("C2"));
}

#[test]
fn names_of_customers_are_text_on_the_page() {
    let desk = Desk::new();
    let hostile =
        ["<img src=x onerror=alert(1)>", "=cmd|'/c calc'!A1", "O'Brien & \"Sons\"", "\u{202e}gnp.exe", "شركة الاختبار"];
    let table = |header: &str, row: &dyn Fn(usize, &str) -> String| {
        hostile.iter().enumerate().fold(header.to_owned(), |text, (number, name)| text + &row(number, name))
    };
    let rows = table("customer_id,name\n", &|number, name| format!("C{number},\"{}\"\n", name.replace('"', "\"\"")));
    let items = table("item_id,customer_id,kind,issued_date,amount\n", &|number, _| {
        format!("F{number},C{number},invoice,2024-01-0{},10.00\n", number + 1)
    });
    let (customers, items) = (desk.file("customers.csv", rows), desk.file("items.csv", items));
    desk.load(&[&customers, &items]);
    let said = desk.run(&["report", "controller", "--as-of", "2024-12-31", "--lang", "fr"]).ended(0);
    let page = std::fs::read_to_string(desk.path(said.stdout.lines().next().unwrap())).unwrap();
    assert!(page.contains("&lt;img src=x") && !page.contains("<img"), "HTML is escaped");
    assert!(page.contains("Content-Security-Policy") && !page.contains("<script src"));
    let csv = desk.run(&["query", "aging_by_customer", "--as-of", "2024-12-31", "--output", "csv"]).ended(0);
    assert!(csv.stdout.contains("'=cmd|"), "{}", csv.stdout);
}

/// A page that is sent to a customer or an auditor told where the lake lies on the sender's disk.
#[test]
fn pages_and_workbooks_tell_nobody_where_the_lake_lies() {
    let desk = Desk::new();
    let file =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").text());
    desk.load(&[&file]);
    let here = desk.path("");
    let folder = here.file_name().unwrap().to_str().unwrap();
    let statement = ["customer_statement", "--customer", "C1", "--as-of", "2024-12-31"];
    for written in [&["report", "controller", "--as-of", "2024-12-31"], &statement[..]] {
        let said = desk.run(written);
        assert_ne!(said.status, 2, "{}", said.stderr);
        for name in said.stdout.lines() {
            let path = desk.path(name);
            let text = match open_workbook_auto(&path) {
                Ok(mut workbook) => format!("{:?}", workbook.worksheets()),
                Err(_) => std::fs::read_to_string(path).unwrap(),
            };
            // what a customer gets tells no commands
            assert!(!text.contains(folder) && (written[0] != "report" || text.contains("--lake lake")), "{name}");
        }
    }
    // what is said there can be asked again where the lake lies
    desk.run(&["query", "receivables", "--as-of", "2024-12-31", "--lake", "lake"]).ended(0);
}

/// Types a line at a terminal where the program asks for one, and prints what the terminal showed.
const TYPIST: &str = r#"
import os, pty, sys
answer, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown, is_typed = b"", False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if b"called?" in shown and not is_typed:
        os.write(terminal, answer.encode() + b"\n")
        is_typed = True
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

#[test]
fn the_name_of_a_company_is_asked_once_at_a_terminal_and_is_on_its_pages() {
    if Command::new("python3").arg("--version").output().is_err() {
        skips::skip("python3 is not there");
        return;
    }
    let desk = Desk::new();
    let invoice = |number: &str, day: &str| Ledger::new(2024).invoice("C1", number, day, "120.00").text();
    let file = desk.file("111111111FEC20241231.txt", invoice("F1", "2024-03-05"));
    let typed = |answer: &str, file: &std::path::Path| {
        let output = Command::new("python3")
            .args(["-c", TYPIST, answer, env!("CARGO_BIN_EXE_encours"), "load"])
            .arg(file)
            .current_dir(desk.path("."))
            .env("LC_ALL", "en_GB.UTF-8")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let shown = typed("Menuiserie Lebrun & fils", &file);
    assert!(shown.contains("What is company `111111111` called?"), "{shown}");
    // with a second ledger of the same company nothing is asked
    let ledger = Ledger::new(2025).invoice("C1", "F2", "2025-03-05", "60.00");
    let later = desk.file("111111111FEC20251231.txt", ledger.text());
    let shown = typed("", &later);
    assert!(!shown.contains("called?"), "{shown}");
    let page = desk.run(&["report", "controller", "--out", "pages", "--lang", "en"]).ended(0);
    let page = std::fs::read_to_string(desk.path(page.stdout.lines().next().unwrap())).unwrap();
    assert!(page.contains("Menuiserie Lebrun &amp; fils"), "the page bears the name");
}

#[test]
fn whoever_cannot_be_asked_is_told_how_a_company_gets_its_name() {
    let desk = Desk::new();
    let ledger = Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00");
    let file = desk.file("111111111FEC20241231.txt", ledger.text());
    let said = desk.load(&[&file]);
    assert!(said.stderr.contains("company `111111111` has no name"), "{}", said.stderr);
    let ledger = Ledger::new(2024).invoice("C2", "F7", "2024-04-15", "80.00");
    let other = desk.file("222222222FEC20241231.txt", ledger.text());
    let said = desk.run(&["load", other.to_str().unwrap(), "--company-name", "Atelier Nord"]).ended(0);
    assert!(!said.stderr.contains("has no name"), "{}", said.stderr);
}
