//! The commands of the README run as they stand, and the settings it lists are those there are.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::books::Ledger;
use crate::buckets::Server;
use crate::desk::Desk;

/// The blocks of the README in a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line.trim() == format!("```{language}") {
            let indent = line.len() - line.trim_start().len();
            let block = lines.by_ref().take_while(|line| line.trim() != "```");
            blocks.push(block.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect());
        }
    }
    blocks
}

/// The block in a language that begins so.
fn block(language: &str, beginning: &str) -> String {
    blocks(language).into_iter().find(|block| block.starts_with(beginning)).unwrap()
}

/// A command that serves until the test ends.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn every_encours_command_of_the_readme_runs() {
    let desk = Desk::new();
    let ledger =
        Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").receipt("C1", "R1", "2024-04-05", "20.00", "");
    desk.file("123456789FEC20241231.txt", ledger.text());
    desk.file(
        "open_invoices.csv",
        "Invoice No,Customer,Invoice date,Due date,Amount,Balance due\nF1,C1,2024-11-15,2024-12-15,120.00,100.00\n",
    );
    let server = Server::start();
    let mut parts = Vec::new();
    let mut count = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let command = line.split('#').next().unwrap().trim();
        let Some(arguments) = command.strip_prefix("encours ") else { continue };
        // a shell reads the quotes
        let script = format!("\"{}\" {arguments}", env!("CARGO_BIN_EXE_encours"));
        let shell = || {
            let mut shell = Command::new("sh");
            // the shell becomes the command, so that ending one ends the other
            shell.arg("-c").arg(format!("exec {script}")).current_dir(desk.path(""));
            server.environment(&mut shell);
            shell
        };
        count += 1;
        if arguments.starts_with("cluster ") {
            parts.push(Served(shell().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()));
            continue;
        }
        let start = Instant::now();
        loop {
            let output = shell().output().unwrap();
            if output.status.success() {
                break;
            }
            // what serves takes a moment to start
            let is_early = arguments.contains("--cluster") && start.elapsed() < Duration::from_mins(1);
            assert!(is_early, "{command}: {}", String::from_utf8_lossy(&output.stderr));
            std::thread::sleep(Duration::from_millis(500));
        }
    }
    assert!(count >= 8, "only {count} commands were found");
    assert_eq!(parts.len(), 2, "a scheduler and an executor");
}

#[test]
fn the_two_commands_are_there() {
    let shell = blocks("sh").concat();
    assert!(shell.contains("cargo run -- demo") && shell.contains("tests/run"));
    assert!(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run")).exists());
}

#[test]
fn the_csv_of_the_readme_loads() {
    let desk = Desk::new();
    let file = desk.file("items.csv", block("csv", "item_id,"));
    desk.load(&[&file]);
    assert_eq!(desk.ask("2024-12-31").first("receivables", "open_count"), "2");
}

#[test]
fn the_settings_of_the_readme_are_those_there_are() {
    let desk = Desk::new();
    desk.file("encours.toml", block("toml", "company = "));
    let missing = desk.run(&["load"]).ended(2);
    assert!(missing.stderr.contains("own/queries"), "{}", missing.stderr);
    for folder in ["queries", "mappings", "reference", "reports"] {
        std::fs::create_dir_all(desk.path(&format!("own/{folder}"))).unwrap();
    }
    let ledger = desk
        .file("ledgers/123456789FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-01-20", "10.00").text());
    assert!(ledger.exists());
    let said = desk.run(&["load"]).ended(0);
    assert!(said.last_line().contains("10,00"), "the settings speak French: {}", said.last_line());
    let due = desk.ask("2024-12-31").first("open_items", "due_date");
    assert_eq!(due, "2024-03-31", "45EOM");
    desk.file("encours.toml", "compny = \"1\"\n");
    let said = desk.run(&["history"]).ended(2);
    assert!(said.stderr.contains("compny"), "{}", said.stderr);
}

#[test]
fn the_senders_signers_and_channels_of_the_readme_write_a_message() {
    let desk = Desk::new();
    let items = desk.file(
        "items.csv",
        "item_id,customer_id,kind,issued_date,due_date,amount\nF1,C1,invoice,2024-11-04,2024-12-04,1200.00\n",
    );
    let contacts =
        desk.file("contacts.csv", "customer_id,contact_id,name,email\nC1,1,Claude Martin,c1@client.example\n");
    desk.load(&[&items, &contacts]);
    desk.file("own/senders.csv", block("csv", "company_id,sender_name"));
    desk.file("own/signers.csv", block("csv", "signer_id,"));
    desk.file("channels.toml", block("toml", "[email]"));
    desk.file("encours.toml", "reference = [\"own\"]\n");
    desk.run(&["remind", "write", "--as-of", "2024-12-31"]).ended(0);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    let said = desk.run(&["remind", "send"]).ended(0);
    assert!(said.stderr.contains("email: 1 messages to send"), "{}", said.stderr);
}
