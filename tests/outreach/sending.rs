//! Ways out beside e-mail, runs that go by themselves, and what happens where the disk is full.

use std::fmt::Write;
use std::process::{Command, Stdio};

use super::company::{CONTACTS, DAY_5, DAY_20, DUE, ITEMS, addressed, files_below, signed, statuses};
use super::servers::{Gateway, MailServer};
use crate::desk::{Desk, Row, Said};

const LEVELS: &str = "policy_code,level_order,trigger_code,trigger_days,channels_text,mode_code,tone_code,variant_tone_code,\
                      minimum_amount,has_penalties,deadline_days,weekdays_text,hours_text,signer_id\n";

/// Customers known by their telephone and fax only, reminded by texts without anybody's word.
fn by_telephone(endings: &[&str], level: &str) -> Desk {
    let desk = Desk::new();
    let mut items = ITEMS.to_owned();
    let mut contacts = "customer_id,contact_id,name,phone,fax\n".to_owned();
    for (place, ending) in endings.iter().enumerate() {
        writeln!(items, "F{place},C{place},invoice,2025-02-03,{DUE},100.00,EUR").unwrap();
        writeln!(contacts, "C{place},1,Claude Martin,06 00 00 00 {ending},01 00 00 00 {ending}").unwrap();
    }
    desk.load(&[&desk.file("items.csv", items), &desk.file("contacts.csv", contacts)]);
    signed(&desk);
    desk.file("own/reminder_levels.csv", format!("{LEVELS}{level}\n"));
    desk
}

fn by_number(desk: &Desk) -> Vec<String> {
    let rows = desk.ask(DAY_20).rows("outgoing_messages");
    let mut told: Vec<String> =
        rows.iter().map(|row| format!("{} {}", &row["address_text"][12..], row["status_code"])).collect();
    told.sort();
    told
}

fn gateway_of(port: &str, live: bool, more: &str) -> String {
    format!(
        "{more}\n[gateway.sms]\nlive = {live}\nurl = \"http://127.0.0.1:{port}/texts\"\nid_at = \"data.id\"\n\
         headers = {{ authorization = \"Bearer $SMS_KEY\" }}\nbody = {{ to = \"{{address}}\", text = \"{{text}}\" }}\n\
         [callbacks.sms]\nid_at = \"data.id\"\nstatus_at = \"data.status\"\ntime_at = \"at\"\n\
         statuses = {{ DELIVRD = \"delivered\", UNDELIV = \"bounced\" }}\n[retry]\ntries = 2\npause_seconds = 0.05\n"
    )
}

#[test]
fn texts_leave_by_a_gateway_without_a_word_where_a_policy_says_so_and_its_calls_are_kept() {
    let level = "standard,1,days,5,sms,automatic,friendly,,15.00,false,,12345,,";
    let desk = by_telephone(&["01", "02", "03", "04", "05", "06"], level);
    let Some(gateway) = Gateway::start(&desk) else { return };
    let run = |key: &str| Said::of(desk.command(&["remind", "run", "--as-of", DAY_5]).env("SMS_KEY", key));
    desk.file("channels.toml", gateway_of(&gateway.port, false, ""));
    let said = run("s3cret").ended(0);
    assert!(said.stderr.contains("6 messages stay: channel `sms` is not live"), "{}", said.stderr);
    desk.file("channels.toml", gateway_of(&gateway.port, true, "quiet_hours = \"0-24\""));
    let said = run("s3cret").ended(0);
    assert!(said.stderr.contains("6 messages stay: quiet hours"), "{}", said.stderr);
    assert_eq!(gateway.numbers(), [""; 0]);
    desk.file("channels.toml", gateway_of(&gateway.port, true, ""));
    let said = run("s3cret").ended(1);
    assert!(said.stdout.contains("sent: 3, failed: 1, waiting: 1, uncertain: 1"), "{} {}", said.stdout, said.stderr);
    let expected = ["01 accepted", "02 accepted", "03 deferred", "04 failed", "05 uncertain", "06 accepted"];
    assert_eq!(by_number(&desk), expected);
    // the day's run again: what waits is tried, what was taken is not
    let said = run("s3cret").ended(1);
    assert!(said.stdout.contains("sent: 0, failed: 0, waiting: 1"), "{} {}", said.stdout, said.stderr);
    assert_eq!(gateway.numbers(), ["01", "02", "05", "06"].map(|ending| format!("06 00 00 00 {ending}")));
    let posts = gateway.posts();
    assert!(posts.iter().all(|post| post["text"].as_str().unwrap().contains("Encre & Fils")), "{posts:?}");
    assert!(posts.iter().all(|post| post["key"].as_str().is_some_and(|key| key.len() == 16)), "{posts:?}");
    // what it called back
    let calls = desk.path("gateway/calls.jsonl");
    let calls = calls.to_str().unwrap();
    let read = desk.run(&["remind", "receipts", "--callbacks", calls, "--as", "sms"]).ended(0);
    assert!(
        read.stdout.contains("rows read: 3, of no message of ours: 0; events: bounced 1, delivered 2"),
        "{}",
        read.stdout
    );
    let expected = ["01 delivered", "02 delivered", "03 deferred", "04 failed", "05 uncertain", "06 bounced"];
    assert_eq!(by_number(&desk), expected);
    let unknown = desk.run(&["remind", "receipts", "--callbacks", calls, "--as", "carrier"]).ended(2);
    assert!(unknown.stderr.contains("[callbacks.carrier]"), "{}", unknown.stderr);
    // what may have left is a person's to look into, an address that fails is none
    let said = desk.run(&["query", "reminder_excluded", "--as-of", DAY_20, "--output", "csv"]).ended(0);
    let mut csv = csv::Reader::from_reader(said.stdout.as_bytes());
    let rows: Vec<Row> = csv.deserialize().map(Result::unwrap).collect();
    let mut reasons: Vec<String> =
        rows.iter().map(|row| format!("{} {}", row["customer_id"], row["reason_code"])).collect();
    reasons.sort();
    // two were reminded, one waits for another try
    assert_eq!(reasons, ["C0 levels_done", "C1 levels_done", "C3 no_contact", "C4 uncertain", "C5 no_contact"]);
}

#[test]
fn a_gateway_that_knows_no_key_took_nothing_and_the_key_is_not_shown() {
    let level = "standard,1,days,5,sms,automatic,friendly,,15.00,false,,12345,,";
    let desk = by_telephone(&["01"], level);
    let Some(gateway) = Gateway::start(&desk) else { return };
    desk.file("channels.toml", gateway_of(&gateway.port, true, ""));
    let unset = desk.run(&["remind", "run", "--as-of", DAY_5]).ended(2);
    assert!(unset.stderr.contains("SMS_KEY"), "{}", unset.stderr);
    let said = Said::of(desk.command(&["remind", "run", "--as-of", DAY_5]).env("SMS_KEY", "guessed")).ended(1);
    assert!(!said.stderr.contains("guessed") && !said.stdout.contains("guessed"), "{} {}", said.stdout, said.stderr);
    assert_eq!(gateway.numbers(), [""; 0]);
}

#[test]
fn what_a_person_must_approve_waits_whatever_runs_by_itself() {
    let desk = by_telephone(&["01"], "standard,1,days,5,sms,approve,friendly,,15.00,false,,12345,,");
    let Some(gateway) = Gateway::start(&desk) else { return };
    desk.file("channels.toml", gateway_of(&gateway.port, true, ""));
    let run = || Said::of(desk.command(&["remind", "run", "--as-of", DAY_5]).env("SMS_KEY", "s3cret"));
    assert!(run().ended(0).stderr.contains("1 messages stay: not approved yet"));
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    assert!(run().ended(0).stderr.contains("`encours remind send --confirm` sends them"));
    assert_eq!(gateway.numbers(), [""; 0]);
    let mut send = desk.command(&["remind", "send", "--confirm"]);
    assert!(Said::of(send.env("SMS_KEY", "s3cret")).ended(0).stdout.contains("sent: 1"));
}

#[test]
fn a_level_leaves_within_its_hours() {
    let now = chrono::Local::now();
    let later = (now + chrono::Duration::hours(2)).format("%H:%M");
    let end = (now + chrono::Duration::hours(3)).format("%H:%M");
    let level = format!("standard,1,days,5,sms,automatic,friendly,,15.00,false,,12345,{later}-{end},");
    let desk = by_telephone(&["01"], &level);
    desk.file("channels.toml", gateway_of("1", true, ""));
    let said = desk.run(&["remind", "run", "--as-of", DAY_5]).ended(0);
    assert!(said.stderr.contains("1 messages stay: their level leaves between"), "{}", said.stderr);
}

#[test]
fn faxes_are_letters_that_a_gateway_takes_as_files() {
    let desk = by_telephone(&["01"], "standard,1,days,5,fax,automatic,friendly,,15.00,false,,12345,,");
    let Some(gateway) = Gateway::start(&desk) else { return };
    desk.file(
        "channels.toml",
        format!(
            "[gateway.fax]\nlive = true\nurl = \"http://127.0.0.1:{}/faxes\"\nid_at = \"data.id\"\n\
             headers = {{ authorization = \"Bearer $FAX_KEY\" }}\nbody = {{ to = \"{{address}}\", pdf = \"{{file}}\" }}\n",
            gateway.port
        ),
    );
    let said = Said::of(desk.command(&["remind", "run", "--as-of", DAY_5]).env("FAX_KEY", "s3cret")).ended(0);
    assert!(said.stdout.contains("sent: 1"), "{} {}", said.stdout, said.stderr);
    // a PDF in base64
    assert!(gateway.posts()[0]["pdf"].as_str().unwrap().starts_with("JVBERi"));
}

#[test]
fn mail_carries_faxes_to_a_service() {
    let desk = by_telephone(&["01"], "standard,1,days,5,fax,automatic,friendly,,15.00,false,,12345,,");
    let Some(server) = MailServer::start(&desk, &[]) else { return };
    server.channels(&desk, "[fax]\nlive = true\nto = \"{number}@fax.example\"");
    let said = desk.run(&["remind", "run", "--as-of", DAY_5]).ended(0);
    assert!(said.stdout.contains("sent: 1"), "{} {}", said.stdout, said.stderr);
    let (to, mail) = server.messages().remove(0);
    assert_eq!(to, "0100000001@fax.example");
    assert!(mail.contains("application/pdf") && mail.contains("JVBERi"), "{mail}");
}

#[test]
fn mail_of_a_run_whose_disk_is_full_is_sent_once_when_there_is_room_again() {
    let names: Vec<String> = (0..40).map(|number| format!("good{number}")).collect();
    let desk = addressed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let Some(server) = MailServer::start(&desk, &[]) else { return };
    server.channels(&desk, "connections = 2");
    desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    // no file may grow beyond four thousand bytes: the journal is full after a few messages
    let mut full = Command::new("sh");
    full.current_dir(desk.path("")).stdin(Stdio::null());
    let program = desk.command(&[]).get_program().to_owned();
    full.arg("-c").arg("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"").arg(program);
    let said = Said::of(full.args(["remind", "send", "--confirm"]));
    assert_eq!(said.status, 2, "{} {}", said.stdout, said.stderr);
    assert!(said.stderr.contains("journal.jsonl") || said.stderr.contains("lake"), "{}", said.stderr);
    let before = server.recipients().len();
    assert!(before < names.len(), "the run stopped");
    desk.run(&["remind", "send", "--confirm"]);
    let taken = server.recipients();
    let mut unlike = taken.clone();
    unlike.dedup();
    assert_eq!(unlike, taken, "no message twice");
    let statuses = statuses(&desk);
    let count = |status: &str| statuses.values().filter(|found| *found == status).count();
    assert_eq!(count("accepted") + count("uncertain"), names.len(), "none is lost: {statuses:?}");
    assert!(count("uncertain") <= 2, "at most one a connection: {statuses:?}");
    println!("{before} sent before the disk was full, {} uncertain", count("uncertain"));
}

#[test]
fn letters_show_every_amount_that_the_plan_asks_for() {
    if !Command::new("pdftotext").arg("-v").output().is_ok_and(|said| said.status.success()) {
        crate::skips::skip("pdftotext is not there (apt-get install poppler-utils)");
        return;
    }
    let desk = Desk::new();
    let items =
        format!("{ITEMS}F1,C1,invoice,2025-02-03,{DUE},1234.56,EUR\nF2,C1,invoice,2025-02-10,{DUE},78.90,EUR\n");
    let customers = "customer_id,name,address_text,language,is_public_body\nC1,Mairie de Port-Blanc,1 place du Port|29200 Brest,fr,true\n";
    desk.load(&[
        &desk.file("items.csv", items),
        &desk.file("customers.csv", customers),
        &desk.file("contacts.csv", CONTACTS.to_owned() + "C1,1,Ann,a@c1.example\n"),
    ]);
    signed(&desk);
    let notice = ["remind", "write", "--as-of", DAY_20, "--customer", "C1", "--channel", "registered_letter", "--tone"];
    desk.run(&[&notice[..], &["formal_notice"]].concat()).ended(0);
    let folder = desk.path("outbox").join(DAY_20);
    let file = folder.join(files_below(&folder).remove(0));
    let text = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in
        ["Mairie de Port-Blanc", "29200 Brest", "F1", "1 234,56 €", "F2", "78,90 €", "1 313,46 €", "Mise en demeure"]
    {
        assert!(words.contains(part), "{part} in {words}");
    }
    // a public buyer's interest is that of the code of public procurement
    assert!(words.contains("L.2192-13") && !words.contains("L.441-10"), "{words}");
}

#[test]
fn a_server_that_is_not_there_gets_nothing_and_what_waits_stays() {
    let desk = addressed(&["good"]);
    desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    // a port that nobody listens on
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let channels = format!(
        "[email]\nlive = true\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nfrom = \"compta@nous.example\"\n"
    );
    desk.file("channels.toml", channels);
    let said = desk.run(&["remind", "send", "--confirm"]).ended(2);
    assert!(said.stderr.contains("channel `email`") || said.stderr.contains("`email`"), "{}", said.stderr);
    assert!(said.stderr.contains("hint:") && said.stderr.contains("waits in the outbox"), "{}", said.stderr);
    assert_eq!(statuses(&desk)["good"], "approved");
    // a gateway that is not there has taken nothing either
    let level = "standard,1,days,5,sms,automatic,friendly,,15.00,false,,12345,,";
    let desk = by_telephone(&["01"], level);
    desk.file("channels.toml", gateway_of(&port.to_string(), true, ""));
    let said = Said::of(desk.command(&["remind", "run", "--as-of", DAY_5]).env("SMS_KEY", "s3cret")).ended(1);
    assert!(said.stdout.contains("sent: 0, failed: 0, waiting: 1, uncertain: 0"), "{} {}", said.stdout, said.stderr);
}
