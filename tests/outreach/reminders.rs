//! Reminders: the known cases of levels, laws over random histories, messages written, sent by a real mail server, and what comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use chrono::{Datelike, Days, Weekday};
use encours::model::Date;
use mail_parser::MessageParser;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::company::{
    ALLOCATIONS, CONTACTS, DAY_4, DAY_5, DAY_20, DAY_30, DAY_40, DUE, ITEMS, addressed, asked, company, files_below,
    left_out, loaded, record, signed, statuses, written,
};
use super::servers::{MailServer, Mailbox};
use crate::desk::{Desk, Said, day};

#[test]
fn levels_rise_one_at_a_time_once_the_one_before_was_sent() {
    let desk = company(&[("F1", "C1", DUE, "1000.00")]);
    assert_eq!(asked(&desk, DAY_4), [""; 0]);
    assert_eq!(left_out(&desk, DAY_4), ["not_yet 1000.00"]);
    assert_eq!(asked(&desk, DAY_5), ["F1 1 1000.00"]);
    assert_eq!(
        asked(&desk, DAY_30),
        ["F1 1 1000.00"],
        "missed days are caught up by one message, at the level reached"
    );
    written(&desk, DAY_5, "written");
    assert_eq!(asked(&desk, DAY_30), ["F1 1 1000.00"], "what was written and not sent raises nothing");
    written(&desk, DAY_5, "failed");
    assert_eq!(asked(&desk, DAY_30), [""; 0], "no other channel reaches the customer");
    assert_eq!(left_out(&desk, DAY_30), ["no_contact 1000.00"]);
    let again = company(&[("F1", "C1", DUE, "1000.00")]);
    written(&again, DAY_5, "accepted");
    assert_eq!(left_out(&again, "2025-03-14"), ["too_soon 1000.00"]);
    assert_eq!(left_out(&again, "2025-03-20"), ["not_yet 1000.00"]);
    assert_eq!(asked(&again, DAY_20), ["F1 2 1000.00"]);
    written(&again, DAY_20, "accepted");
    assert_eq!(asked(&again, DAY_40), ["F1 3 1000.00"]);
    written(&again, DAY_40, "accepted");
    assert_eq!(left_out(&again, "2025-05-12"), ["manual_only 1000.00"], "a formal notice is a person's to send");
}

#[test]
fn blocks_disputes_and_payments_hold_a_message_back_and_lose_no_level() {
    let desk = company(&[("F1", "C1", DUE, "1000.00"), ("F2", "C2", DUE, "800.00"), ("F3", "C3", DUE, "600.00")]);
    written(&desk, DAY_5, "accepted");
    loaded(
        &desk,
        "reminder_blocks.csv",
        "block_id,customer_id,from_date,until_date,blocked_by\nB1,C1,2025-03-20,2025-04-04,Camille\n",
    );
    loaded(
        &desk,
        "disputes.csv",
        "dispute_id,item_id,reason_code,opened_date,closed_date\nL1,F2,wrong_price,2025-03-18,2025-04-03\n",
    );
    let receipt = format!("{ITEMS}R3,C3,receipt,2025-03-25,,-250.00,EUR\n");
    let allocation = format!("{ALLOCATIONS}F3,R3,2025-03-25,250.00\n");
    desk.load(&[&desk.file("receipt.csv", receipt), &desk.file("allocation.csv", allocation)]);
    assert_eq!(asked(&desk, DAY_20), ["F3 2 350.00"], "partly paid: the rest only");
    let reasons: Vec<String> = {
        let rows = desk.ask(DAY_20).rows("reminder_excluded");
        rows.iter()
            .map(|row| ["reason_code", "until_date", "detail_text"].map(|name| row[name].clone()).join(" "))
            .collect()
    };
    assert_eq!(reasons, ["blocked 2025-04-04 Camille", "disputed  pricing"]);
    assert_eq!(asked(&desk, DAY_30), ["F1 2 1000.00", "F2 2 800.00", "F3 2 350.00"], "both go on where they were");
    let paid = format!("{ITEMS}R1,C1,receipt,2025-04-01,,-1000.00,EUR\n");
    let allocation = format!("{ALLOCATIONS}F1,R1,2025-04-01,1000.00\n");
    desk.load(&[&desk.file("paid.csv", paid), &desk.file("paid-allocation.csv", allocation)]);
    assert_eq!(asked(&desk, DAY_30), ["F2 2 800.00", "F3 2 350.00"], "what is paid leaves at once");
}

#[test]
fn an_item_reminded_lately_does_not_silence_the_others() {
    let desk = company(&[("F1", "C1", DUE, "1000.00"), ("F2", "C1", "2025-03-11", "500.00")]);
    assert_eq!(asked(&desk, DAY_5), ["F1 1 1000.00"], "F2 is two days past due");
    written(&desk, DAY_5, "accepted");
    assert_eq!(asked(&desk, "2025-03-18"), ["F2 1 500.00"]);
    assert_eq!(left_out(&desk, "2025-03-18"), ["too_soon 1000.00"]);
    let uncertain = company(&[("F1", "C1", DUE, "1000.00")]);
    written(&uncertain, DAY_5, "uncertain");
    assert_eq!(left_out(&uncertain, DAY_30), ["uncertain 1000.00"], "what may have been sent is not sent again");
    loaded(&uncertain, "found.csv", &{
        let id = uncertain.ask(DAY_5).rows("outgoing_messages")[0]["message_id"].clone();
        format!("message_id,event_code,event_date,event_time\n{id},accepted,{DAY_5},{DAY_5}T12:00:00Z\n")
    });
    assert_eq!(asked(&uncertain, DAY_30), ["F1 2 1000.00"], "once a person has found out, it goes on");
}

#[test]
fn nothing_goes_to_whom_it_must_not() {
    let desk = company(&[
        ("F1", "C1", DUE, "1000.00"),
        ("F2", "C2", DUE, "900.00"),
        ("F3", "C3", DUE, "800.00"),
        ("F4", "C4", DUE, "700.00"),
        ("F5", "C5", DUE, "10.00"),
        ("F6", "C6", DUE, "600.00"),
    ]);
    loaded(&desk, "customers.csv", "customer_id,name,registration_id\nC1,Alpha,123 456 789 00012\nC2,Beta,987654321\n");
    loaded(
        &desk,
        "notices.csv",
        "notice_id,registration_id,published_date,judgment_date,judgment_text\nA1,123456789,2025-03-10,2025-03-03,Liquidation judiciaire\n",
    );
    loaded(
        &desk,
        "more.csv",
        "customer_id,contact_id,name,email,opted_out_channels\nC3,1,Claude Martin,c3@client.example,email|sms\nC4,1,Claude Martin,c4 at client,\n",
    );
    loaded(&desk, "blocks.csv", "block_id,customer_id,contact_id,from_date,blocked_by\nB1,C6,1,2025-03-01,Dominique\n");
    assert_eq!(asked(&desk, DAY_5), ["F2 1 900.00"]);
    assert_eq!(
        left_out(&desk, DAY_5),
        ["insolvent 1000.00", "opted_out 800.00", "no_contact 700.00", "blocked 600.00", "below_minimum 10.00"]
    );
    assert_eq!(left_out(&desk, "2025-03-16").last().unwrap(), "below_minimum 10.00");
    assert!(left_out(&desk, "2025-03-16").contains(&"holiday 900.00".to_owned()), "no message on a Sunday");
}

/// What a random customer has, and what is to be expected of it.
struct Case {
    customer: String,
    has_email: bool,
    block: Option<(Date, Date)>,
    items: Vec<CaseItem>,
}

struct CaseItem {
    item: String,
    due: Date,
    amount: i64,
    paid: Option<Date>,
    dispute: Option<(Date, Date)>,
    level: i64,
    was_before: bool,
    last_sent: Option<Date>,
}

/// Days past due from which the levels hold, and their smallest sums: `reminder_levels.csv`.
const LEVELS: [(i64, i64, i64); 4] = [(1, 5, 1_500), (2, 20, 1_500), (3, 40, 5_000), (4, 60, 15_000)];
/// The same of the reminder before the due date.
const BEFORE: (i64, i64) = (-5, 50_000);
const WAIT: i64 = 7;

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound
    }

    fn day(&mut self, first: Date, span: u32) -> Date {
        first + Days::new(u64::from(self.below(span)))
    }

    fn span(&mut self, first: Date) -> (Date, Date) {
        let from = self.day(first, 90);
        (from, from + Days::new(u64::from(self.below(40))))
    }
}

fn cases(seed: u64, count: usize) -> Vec<Case> {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let first = day("2025-02-03");
    let customer = |place: usize, dice: &mut Dice| Case {
        customer: format!("C{place}"),
        has_email: dice.below(8) > 0,
        block: (dice.below(4) == 0).then(|| dice.span(first)),
        items: (0..=dice.below(4))
            .map(|number| CaseItem {
                item: format!("C{place}/{number}"),
                due: dice.day(first, 80),
                amount: i64::from(500 + dice.below(40) * dice.below(4_000)),
                paid: (dice.below(2) == 0).then(|| dice.day(first, 140)),
                dispute: (dice.below(4) == 0).then(|| dice.span(first)),
                level: 0,
                was_before: false,
                last_sent: None,
            })
            .collect(),
    };
    (0..count).map(|place| customer(place, &mut dice)).collect()
}

impl Case {
    /// Whether the reminder before the due date is ready for an item.
    fn is_before(&self, item: &CaseItem, today: Date) -> bool {
        let late = (today - item.due).num_days();
        let is_within = |span: Option<(Date, Date)>| span.is_some_and(|(from, to)| from <= today && today <= to);
        (BEFORE.0..=0).contains(&late)
            && !item.was_before
            && item.paid.is_none_or(|paid| paid > today)
            && !item.dispute.is_some_and(|(from, to)| from <= today && today < to)
            && !is_within(self.block)
            && item.last_sent.is_none_or(|sent| (today - sent).num_days() >= WAIT)
    }

    /// Level or reason of each overdue item on a day, told by the rules in plain words.
    fn expected(&self, today: Date) -> BTreeMap<String, Result<i64, &'static str>> {
        let is_within = |span: Option<(Date, Date)>| span.is_some_and(|(from, to)| from <= today && today <= to);
        let mut told = BTreeMap::new();
        let mut due = Vec::new();
        for item in &self.items {
            let late = (today - item.due).num_days();
            if late <= 0 || item.paid.is_some_and(|paid| paid <= today) {
                continue;
            }
            let (level, from, _) = LEVELS[usize::try_from(item.level).unwrap()];
            let reason = if item.dispute.is_some_and(|(from, to)| from <= today && today < to) {
                "disputed"
            } else if is_within(self.block) {
                "blocked"
            } else if item.last_sent.is_some_and(|sent| (today - sent).num_days() < WAIT) {
                "too_soon"
            } else if late < from {
                "not_yet"
            } else if level == 4 {
                "manual_only"
            } else {
                due.push((item, level));
                continue;
            };
            told.insert(item.item.clone(), Err(reason));
        }
        if due.is_empty() {
            let before: Vec<&CaseItem> = self.items.iter().filter(|item| self.is_before(item, today)).collect();
            // what is not yet due has no reason to be left out: it is told only where it is asked for
            if before.iter().map(|item| item.amount).sum::<i64>() >= BEFORE.1 && self.has_email {
                told.extend(before.into_iter().map(|item| (item.item.clone(), Ok(0))));
            }
        }
        if let Some(level) = due.iter().map(|(_, level)| *level).max() {
            let sum: i64 = due.iter().map(|(item, _)| item.amount).sum();
            let reason = if sum < LEVELS[usize::try_from(level - 1).unwrap()].2 {
                Some("below_minimum")
            } else if !self.has_email {
                Some("no_contact")
            } else {
                None
            };
            told.extend(due.into_iter().map(|(item, level)| (item.item.clone(), reason.map_or(Ok(level), Err))));
        }
        told
    }
}

fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[test]
fn over_random_histories_the_plan_is_what_the_rules_say_in_plain_words() {
    let seed = 20_251_130;
    let count = std::env::var("ENCOURS_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(16);
    let mut cases = cases(seed, count);
    let desk = Desk::new();
    let (mut items, mut allocations, mut disputes) =
        (ITEMS.to_owned(), ALLOCATIONS.to_owned(), "dispute_id,item_id,opened_date,closed_date\n".to_owned());
    let mut contacts = CONTACTS.to_owned();
    let mut blocks = "block_id,customer_id,from_date,until_date,blocked_by\n".to_owned();
    for case in &cases {
        let customer = &case.customer;
        if case.has_email {
            writeln!(contacts, "{customer},1,Claude,{customer}@client.example").unwrap();
        }
        if let Some((from, to)) = case.block {
            writeln!(blocks, "B{customer},{customer},{from},{to},Camille").unwrap();
        }
        for item in &case.items {
            let (id, amount) = (&item.item, money(item.amount));
            writeln!(items, "{id},{customer},invoice,2025-01-06,{},{amount},EUR", item.due).unwrap();
            if let Some(paid) = item.paid {
                writeln!(items, "{id}/R,{customer},receipt,{paid},,-{amount},EUR").unwrap();
                writeln!(allocations, "{id},{id}/R,{paid},{amount}").unwrap();
            }
            if let Some((from, to)) = item.dispute {
                writeln!(disputes, "L{id},{id},{from},{to}").unwrap();
            }
        }
    }
    let files = [
        ("items.csv", items),
        ("allocations.csv", allocations),
        ("disputes.csv", disputes),
        ("contacts.csv", contacts),
        ("blocks.csv", blocks),
    ];
    let files = files.map(|(name, text)| desk.file(name, text));
    desk.load(&files.each_ref().map(PathBuf::as_path));
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed + 1));
    let (mut today, mut runs, mut sent) = (day("2025-02-24"), 0, 0);
    while today < day("2025-05-30") {
        today = today + Days::new(u64::from(2 + dice.below(8)));
        let as_of = today.to_string();
        let mut asked = desk.ask(&as_of);
        let plan = asked.rows("reminder_plan");
        let items = asked.rows("reminder_items");
        let parts = asked.sql(
            "select reminder_parts.item_id, reminder_parts.reason_code, reminder_parts.level_order from reminder_parts where reminder_parts.past_due_days > 0 or reminder_parts.reason_code = ''",
        );
        let told: BTreeMap<String, Result<i64, String>> = parts
            .iter()
            .map(|row| {
                let reason = row["reason_code"].clone();
                let level = row["level_order"].parse().unwrap_or(-1);
                (row["item_id"].clone(), if reason.is_empty() { Ok(level) } else { Err(reason) })
            })
            .collect();
        let is_working = !matches!(today.weekday(), Weekday::Sat | Weekday::Sun)
            && asked
                .sql(&format!("select holidays.* from holidays where holidays.holiday_date = date '{as_of}'"))
                .is_empty();
        let expected: BTreeMap<String, Result<i64, String>> = cases
            .iter()
            .flat_map(|case| case.expected(today))
            .map(|(item, result)| match result {
                Ok(0) if !is_working => (String::new(), Ok(0)),
                Ok(_) if !is_working => (item, Err("holiday".to_owned())),
                Ok(level) => (item, Ok(level)),
                Err(reason) => (item, Err(reason.to_owned())),
            })
            .filter(|(item, _)| !item.is_empty())
            .collect();
        assert_eq!(told, expected, "seed {seed}, {as_of}");
        let customers: BTreeSet<&String> = plan.iter().map(|row| &row["customer_id"]).collect();
        assert_eq!(customers.len(), plan.len(), "one message a customer and run");
        runs += 1;
        // every third run is written and never sent
        let is_sent = dice.below(3) > 0;
        record(&desk, &as_of, if is_sent { "accepted" } else { "written" }, &plan, &items);
        if is_sent {
            for item in cases.iter_mut().flat_map(|case| &mut case.items) {
                if let Some(Ok(level)) = expected.get(&item.item) {
                    assert!(*level == item.level + 1 || (*level == 0 && item.level == 0), "no level is skipped");
                    item.was_before |= *level == 0;
                    (item.level, item.last_sent) = (*level, Some(today));
                    sent += 1;
                }
            }
        }
    }
    println!("seed {seed}: {count} customers, {runs} runs, {sent} items reminded");
    assert!(sent > count, "the histories are too quiet to show anything");
}

/// Where the built-in files say nobody signs.
#[test]
fn messages_are_written_once_and_nothing_leaves_without_a_word() {
    let desk = company(&[("F1", "C1", DUE, "1000.00"), ("F2", "C2", DUE, "800.00")]);
    let run = |arguments: &[&str]| desk.run(&[&["remind"], arguments].concat());
    let unsigned = run(&["write", "--as-of", DAY_5]).ended(2);
    assert!(unsigned.stderr.contains("senders.csv"), "{}", unsigned.stderr);
    signed(&desk);
    let planned = run(&["plan", "--as-of", DAY_5, "--output", "csv"]).ended(0);
    assert!(
        planned.stderr.contains("2 messages ask for 1,800.00 of 1,800.00 overdue; left out: nothing"),
        "{}",
        planned.stderr
    );
    run(&["write", "--as-of", DAY_5]).ended(0);
    let folder = desk.path("outbox").join(DAY_5);
    assert_eq!(files_below(&folder).len(), 2);
    let again = run(&["write", "--as-of", DAY_5]).ended(0);
    assert!(again.stderr.contains("no message to write"), "{}", again.stderr);
    let earlier = run(&["plan", "--as-of", DAY_4]).ended(2);
    assert!(earlier.stderr.contains(DAY_5), "{}", earlier.stderr);
    let dry = run(&["send"]).ended(0);
    assert!(dry.stderr.contains("2 messages stay: not approved yet"), "{}", dry.stderr);
    run(&["approve", "--by", "Camille"]).ended(0);
    let undescribed = run(&["send", "--confirm"]).ended(0);
    assert!(undescribed.stderr.contains("channel `email` is not described"), "{}", undescribed.stderr);
    assert_eq!(desk.ask(DAY_5).rows("reminder_plan")[0]["status_code"], "approved");
    // a day later, unsent ones give way to new ones of the same level
    run(&["write", "--as-of", "2025-03-14"]).ended(0);
    let states: Vec<String> =
        desk.ask("2025-03-14").rows("outgoing_messages").iter().map(|row| row["status_code"].clone()).collect();
    assert_eq!(states, ["withdrawn", "withdrawn", "written", "written"]);
}

#[test]
fn a_person_chooses_customers_channel_and_tone_and_a_customer_gets_one_message() {
    let desk =
        company(&[("F1", "C1", DUE, "1000.00"), ("F2", "C2", DUE, "800.00"), ("F3", "C3", "2025-04-30", "90.00")]);
    signed(&desk);
    loaded(
        &desk,
        "customers.csv",
        "customer_id,name,address_text\nC1,Alpha,1 rue du Port|29200 Brest\nC3,Gamma,2 rue du Port|29200 Brest\n",
    );
    let run = |arguments: &[&str]| desk.run(&[&["remind"], arguments].concat());
    run(&["write", "--as-of", DAY_5]).ended(0);
    run(&["write", "--as-of", DAY_5, "--customer", "C1", "--channel", "letter", "--tone", "reminder"]).ended(0);
    let told = |desk: &Desk| -> Vec<String> {
        let rows = desk.ask(DAY_5).rows("outgoing_messages");
        rows.iter()
            .map(|row| {
                ["customer_id", "channel_code", "tone_code", "mode_code", "status_code"]
                    .map(|name| row[name].clone())
                    .join(" ")
            })
            .collect()
    };
    let mut found = told(&desk);
    found.sort();
    assert_eq!(
        found,
        [
            "C1 email friendly approve withdrawn",
            "C1 letter reminder manual written",
            "C2 email friendly approve written"
        ]
    );
    // nothing is due of this one before the end of April, and a person may not ask for what is not due
    let early = run(&["write", "--as-of", DAY_5, "--customer", "C9"]).ended(2);
    assert!(early.stderr.contains("C9"), "{}", early.stderr);
    desk.file("channels.toml", "[letter]\nlive = true\nfolder = \"to-print\"\n");
    let said = run(&["send", "--confirm"]).ended(0);
    assert!(said.stdout.contains("sent: 1, failed: 0"), "{} {}", said.stdout, said.stderr);
    let batch = desk.path(&format!("to-print/{DAY_5}-letter"));
    assert_eq!(files_below(&batch).len(), 2, "the letter and the list of the batch");
    let list = std::fs::read_to_string(batch.join("manifest.csv")).unwrap();
    assert!(list.contains("1 rue du Port|29200 Brest"), "{list}");
    // what was paid meanwhile does not leave
    let paid = format!("{ITEMS}R2,C2,receipt,{DAY_5},,-800.00,EUR\n");
    let allocation = format!("{ALLOCATIONS}F2,R2,{DAY_5},800.00\n");
    desk.load(&[&desk.file("paid.csv", paid), &desk.file("paid-allocation.csv", allocation)]);
    run(&["approve", "--by", "Camille"]).ended(0);
    let said = run(&["send", "--confirm"]).ended(0);
    assert!(said.stderr.contains("what they ask for has changed"), "{}", said.stderr);
    assert!(told(&desk).contains(&"C2 email friendly approve withdrawn".to_owned()), "{:?}", told(&desk));
}

#[test]
fn messages_are_sent_once_by_a_real_server_and_what_it_says_is_kept() {
    let desk = addressed(&["good", "refused", "later", "full", "rejected", "dropped"]);
    let Some(server) = MailServer::start(&desk, &["encours", "s3cret"]) else { return };
    let send = |more: &[&str]| {
        let mut command = desk.command(&[&["remind", "send", "--confirm"], more].concat());
        Said::of(command.env("MAIL_USER", "encours").env("MAIL_PASSWORD", "s3cret"))
    };
    desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    server.channels(&desk, "user_from = \"MAIL_USER\"\npassword_from = \"MAIL_WRONG\"");
    let unset = send(&[]).ended(2);
    assert!(unset.stderr.contains("MAIL_WRONG"), "{}", unset.stderr);
    let mut wrong = desk.command(&["remind", "send", "--confirm"]);
    let wrong = Said::of(wrong.env("MAIL_USER", "encours").env("MAIL_WRONG", "guessed")).ended(2);
    assert!(wrong.stderr.contains("535") && !wrong.stderr.contains("guessed"), "{}", wrong.stderr);
    assert_eq!(server.recipients(), [""; 0], "a server that takes nothing got nothing");
    server.channels(&desk, "user_from = \"MAIL_USER\"\npassword_from = \"MAIL_PASSWORD\"");
    let said = send(&[]).ended(1);
    assert!(said.stdout.contains("sent: 2, failed: 2, waiting: 1, uncertain: 1"), "{} {}", said.stdout, said.stderr);
    let expected = [
        ("dropped", "uncertain"),
        ("full", "deferred"),
        ("good", "accepted"),
        ("later", "accepted"),
        ("refused", "failed"),
        ("rejected", "failed"),
    ];
    assert_eq!(statuses(&desk), expected.map(|(name, status)| (name.to_owned(), status.to_owned())).into());
    // again: what is done is done, what waits is tried, what may have been sent is not
    let said = send(&[]).ended(1);
    assert!(said.stdout.contains("sent: 0, failed: 0, waiting: 1, uncertain: 0"), "{} {}", said.stdout, said.stderr);
    assert_eq!(server.recipients(), ["dropped", "good", "later"].map(|name| format!("{name}@client.example")));
    let mail = &server.messages().into_iter().find(|(to, _)| to.starts_with("good")).unwrap().1;
    for part in
        ["To: \"Claude Martin\" <good@client.example>", "Reply-To: ", "helene@nous.example", "text/plain", "text/html"]
    {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    let id = desk
        .ask(DAY_5)
        .rows("outgoing_messages")
        .into_iter()
        .find(|row| row["address_text"].starts_with("good"))
        .unwrap();
    desk.run(&["proof", &id["message_id"]]).ended(0);
    let folder = desk.path(&format!("proof-{}", id["message_id"]));
    assert_eq!(files_below(&folder), ["events.csv", "items.csv", "message.csv", "message.eml", "sha256.txt"]);
    let kept = std::fs::read_to_string(folder.join("message.eml")).unwrap();
    assert_eq!(
        kept.replace("\r\n", "\n").trim_end(),
        mail.replace("\r\n", "\n").trim_end(),
        "the bytes that were sent"
    );
    // what comes back
    desk.file(
        "inbox/cur/1",
        format!(
            "From: good@client.example\r\nDate: Fri, 14 Mar 2025 09:00:00 +0100\r\nIn-Reply-To: <{}@nous.example>\r\nSubject: Re\r\n\r\nOui.\r\n",
            id["message_id"]
        ),
    );
    let read = desk.run(&["remind", "receipts", "inbox"]).ended(0);
    assert!(read.stdout.contains("events: replied 1"), "{}", read.stdout);
    assert_eq!(statuses(&desk)["good"], "replied");
}

#[test]
fn messages_are_sent_to_one_place_to_try_and_no_level_rises() {
    let desk = addressed(&["good", "refused"]);
    let Some(server) = MailServer::start(&desk, &[]) else { return };
    server.channels(&desk, "");
    let channels = std::fs::read_to_string(desk.path("channels.toml")).unwrap();
    desk.file("channels.toml", channels.replace("live = true", "live = false"));
    desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    desk.run(&["remind", "send", "--confirm"]).ended(0);
    assert_eq!(server.recipients(), [""; 0], "what is not live does not leave");
    desk.run(&["remind", "send", "--confirm", "--redirect-to", "us@nous.example"]).ended(0);
    assert_eq!(server.recipients(), ["us@nous.example"; 2]);
    assert!(statuses(&desk).values().all(|status| status == "approved"), "{:?}", statuses(&desk));
    assert_eq!(asked(&desk, DAY_30), ["F0 1 100.00", "F1 1 200.00"], "no customer got anything");
    // from another folder there is no such outbox: nothing is sent, and no address is blamed
    desk.file("channels.toml", channels);
    let elsewhere = desk.run(&["remind", "send", "--confirm", "--outbox", "elsewhere"]).ended(2);
    assert!(elsewhere.stderr.contains("elsewhere"), "{}", elsewhere.stderr);
    assert!(statuses(&desk).values().all(|status| status == "approved"), "{:?}", statuses(&desk));
}

#[test]
fn a_mailbox_is_read_over_imap_and_nothing_in_it_is_changed() {
    let desk = addressed(&["good", "gone"]);
    written(&desk, DAY_5, "accepted");
    let ids: Vec<String> =
        desk.ask(DAY_5).rows("outgoing_messages").iter().map(|row| row["message_id"].clone()).collect();
    let folder = desk.path("mailbox");
    for part in ["Maildir/cur", "Maildir/new", "Maildir/tmp", "home"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
    let answer = format!(
        "From: good@client.example\r\nDate: Fri, 14 Mar 2025 09:00:00 +0100\r\nIn-Reply-To: <{}@nous.example>\r\nSubject: Re\r\n\r\nOui.\r\n",
        ids[0]
    );
    let bounce = format!(
        "From: MAILER-DAEMON@mx.example\r\nDate: Thu, 13 Mar 2025 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}@nous.example>\r\n\r\n--b--\r\n",
        ids[1]
    );
    std::fs::write(folder.join("Maildir/new/1"), answer).unwrap();
    std::fs::write(folder.join("Maildir/new/2"), bounce).unwrap();
    std::fs::write(folder.join("Maildir/new/3"), "From: x@y.example\r\nSubject: other\r\n\r\n").unwrap();
    let Some(mailbox) = Mailbox::start(&folder) else { return };
    desk.file(
        "channels.toml",
        format!(
            "[mailbox]\nserver = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser_from = \"BOX_USER\"\npassword_from = \"BOX_PASSWORD\"\n",
            mailbox.port
        ),
    );
    let receipts = |password: &str| {
        let mut command = desk.command(&["remind", "receipts"]);
        Said::of(command.env("BOX_USER", "encours").env("BOX_PASSWORD", password))
    };
    let wrong = receipts("guessed").ended(2);
    assert!(wrong.stderr.contains("mailbox") && !wrong.stderr.contains("guessed"), "{}", wrong.stderr);
    for _ in 0..2 {
        let read = receipts("s3cret").ended(0);
        assert!(
            read.stdout.contains("e-mails read: 3, of no message of ours: 1; events: bounced 1, replied 1"),
            "{}",
            read.stdout
        );
    }
    assert_eq!(files_below(&folder.join("Maildir/cur")), [""; 0], "nothing is marked as seen");
    let found: Vec<String> =
        desk.ask("2025-03-14").rows("messages").iter().map(|row| row["status_code"].clone()).collect();
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), ["bounced", "replied"].into());
    // an address that gave a message back is none: the next plan says so
    assert!(left_out(&desk, DAY_20).iter().any(|line| line.starts_with("no_contact")), "{:?}", left_out(&desk, DAY_20));
}

#[test]
fn messages_are_sent_at_most_once_whenever_the_program_is_killed() {
    let names: Vec<String> = (0..60).map(|number| format!("slow{number}")).collect();
    let desk = addressed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let Some(server) = MailServer::start(&desk, &[]) else { return };
    server.channels(&desk, "connections = 2");
    desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    desk.run(&["remind", "approve", "--by", "Camille"]).ended(0);
    let seed = 20_251_130;
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let kills: usize = std::env::var("ENCOURS_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16) * 50 / 64;
    let mut hit = 0;
    for _ in 0..kills {
        let before = server.recipients().len();
        let mut process =
            desk.command(&["remind", "send", "--confirm"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // from when it sends on, any moment may be the last
        while server.recipients().len() == before && process.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(3));
        }
        std::thread::sleep(Duration::from_millis(u64::from(dice.below(120))));
        drop(process.kill());
        process.wait().unwrap();
        hit += usize::from(server.recipients().len() < names.len());
    }
    let said = desk.run(&["remind", "send", "--confirm"]);
    let taken = server.recipients();
    let unlike: BTreeSet<&String> = taken.iter().collect();
    assert_eq!(unlike.len(), taken.len(), "seed {seed}: no message twice");
    let statuses = statuses(&desk);
    let count = |status: &str| statuses.values().filter(|found| *found == status).count();
    assert_eq!(count("accepted") + count("uncertain"), names.len(), "none is lost: {statuses:?} {}", said.stderr);
    assert!(count("uncertain") <= 2 * kills, "at most one a connection and kill");
    let is_taken = |name: &String| taken.contains(&format!("{name}@client.example"));
    assert!(statuses.iter().filter(|(_, status)| *status == "accepted").all(|(name, _)| is_taken(name)));
    println!("seed {seed}: {hit} of {kills} kills amid sending, {} uncertain of {}", count("uncertain"), names.len());
}

#[test]
fn a_hostile_customer_changes_no_header_no_layout_and_no_other_message() {
    let desk = Desk::new();
    let long = "x".repeat(10_000);
    let names = [
        "\"Eve\r\nBcc: eve@evil.example\r\n\r\nHello\"".to_owned(),
        "\"<b>Bold</b><script>alert(1)</script> {{ 7 * 7 }} {% raw %}\"".to_owned(),
        format!("\"{long}\""),
        "\"\u{202e}\u{5d0}\u{5d1} right to left\"".to_owned(),
        "\"[penalties]\"".to_owned(),
        "\"Subject: other\"".to_owned(),
    ];
    let mut items = ITEMS.to_owned();
    let (mut customers, mut contacts) = ("customer_id,name\n".to_owned(), CONTACTS.to_owned());
    for (place, name) in names.iter().enumerate() {
        writeln!(items, "F{place},C{place},invoice,2025-02-03,{DUE},100.00,EUR").unwrap();
        writeln!(customers, "C{place},{name}").unwrap();
        writeln!(contacts, "C{place},1,{name},c{place}@client.example").unwrap();
    }
    desk.load(&[
        &desk.file("items.csv", items),
        &desk.file("customers.csv", customers),
        &desk.file("contacts.csv", contacts),
    ]);
    signed(&desk);
    desk.run(&["remind", "write", "--as-of", DAY_5]).ended(0);
    let folder = desk.path("outbox").join(DAY_5);
    let files = files_below(&folder);
    assert_eq!(files.len(), names.len());
    let mut hostile = 0;
    for file in files {
        let mail = std::fs::read_to_string(folder.join(&file)).unwrap();
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
        let (plain, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        // a line that is folded goes on with a space
        let heads: BTreeSet<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert_eq!(
            heads,
            ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"].into(),
            "{head}"
        );
        assert!(mail.len() < 60_000, "a name without end is cut: {} bytes", mail.len());
        assert!(!html.contains("<script>") && !html.contains("<b>Bold"), "{html}");
        if plain.contains("<b>Bold") {
            assert!(plain.contains("{{ 7 * 7 }} {% raw %}"), "a name is text, never a template: {plain}");
            hostile += 1;
        }
        assert_eq!(plain.matches("Total : ").count(), 1, "no name stands for a table: {plain}");
    }
    assert_eq!(hostile, 1, "the hostile name was looked at");
}

#[test]
fn a_template_that_names_what_nobody_has_stops_the_run_before_anything_is_written() {
    let desk = addressed(&["good", "other"]);
    desk.file("mine/messages/friendly.en.txt", "Subject: {{ customer.name }}\n\nDear {{ customer.nmae }},\n");
    desk.file("encours.toml", "language = \"en\"\nreference = [\"own\"]\nreports = [\"mine\"]\n");
    let said = desk.run(&["remind", "write", "--as-of", DAY_5]).ended(2);
    assert!(said.stderr.contains("friendly.en.txt") && said.stderr.contains("line 3"), "{}", said.stderr);
    assert!(!desk.path("outbox").exists(), "nothing was kept");
    assert_eq!(desk.ask(DAY_5).rows("outgoing_messages").len(), 0);
}
