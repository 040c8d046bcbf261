//! The worklist: filled in a real spreadsheet, loaded, and the next day's list goes by it; capacity, calendar, portfolio.

use std::collections::BTreeSet;

use crate::desk::{Desk, Row};
use crate::reports::company;
use crate::spreadsheet::{self, fill};

fn list(desk: &Desk, day: &str) -> Vec<Row> {
    desk.ask(day).months(1).rows("worklist")
}

#[track_caller]
fn line<'a>(list: &'a [Row], customer: &str, reason: &str) -> &'a Row {
    let found = list.iter().find(|row| row["customer_id"] == customer && row["reason_code"] == reason);
    found.unwrap_or_else(|| {
        let of_customer: Vec<&Row> = list.iter().filter(|row| row["customer_id"] == customer).collect();
        panic!("no line of {customer} for {reason}; there are {of_customer:#?}")
    })
}

#[test]
fn a_filled_list_comes_back_and_the_next_days_list_goes_by_it() {
    if !spreadsheet::is_there() {
        return;
    }
    let desk = company(400);
    let monday = "2025-12-29";
    desk.run(&["worklist", "--as-of", monday, "--lang", "fr", "--out", "lists"]).ended(0);
    let lines = list(&desk, monday);
    let untouched = list(&desk, "2026-01-08");
    // the collector with most calls to make on customers who pay nothing in the days that follow
    let calls = |collector: &str| -> Vec<&Row> {
        let is_call = |row: &&Row| {
            let is_same = |later: &&Row| later["customer_id"] == row["customer_id"] && later["block_code"] == "collect";
            row["assignee_id"] == collector
                && row["status_code"] == "act"
                && row["reason_code"] == "due"
                && row["channel_code"] == "phone"
                && untouched.iter().find(is_same).is_some_and(|later| later["overdue_amount"] == row["overdue_amount"])
        };
        lines.iter().filter(is_call).collect()
    };
    let collector =
        ["COL1", "COL2", "COL3", "COL4"].into_iter().max_by_key(|collector| calls(collector).len()).unwrap();
    let mut calls = calls(collector);
    // a customer of whom nothing else is listed
    let has_more = |call: &Row| {
        let of_customer = |list: &[Row]| list.iter().filter(|row| row["customer_id"] == call["customer_id"]).count();
        of_customer(&lines) > 1 || of_customer(&untouched) > 1
    };
    let disputing = calls.remove(calls.iter().rposition(|call| !has_more(call)).expect("one with a single line"));
    let [reached, promising, garbled, undated, missed, ..] = calls.as_slice() else {
        panic!("{} lines to fill in are too few", calls.len())
    };
    let workbook = desk.path(&format!("lists/worklist-{monday}-{collector}-fr.xlsx"));
    let id = |row: &Row| row["line_id"].clone();
    let ids = [reached, promising, disputing, garbled, undated, missed].map(id);
    let [reached_id, promising_id, disputing_id, garbled_id, undated_id, missed_id] =
        ids.each_ref().map(String::as_str);
    let filled = fill(
        &workbook,
        &[
            (reached_id, "result_code", "Joint, sans promesse"),
            (reached_id, "note", "=demande \"un duplicata\"; <b>urgent</b>"),
            (promising_id, "result_code", "Promesse"),
            (promising_id, "promised_date", "2026-01-05"),
            (promising_id, "promised_amount", &promising["overdue_amount"]),
            (disputing_id, "result_code", "Litige"),
            (disputing_id, "reason_code", "Prix erroné"),
            (garbled_id, "result_code", "Bonjour"),
            (undated_id, "result_code", "Promesse"),
            (missed_id, "result_code", "Sans réponse"),
        ],
    );
    let said = desk.run(&["load", filled.to_str().unwrap()]).ended(1);
    let items = disputing["item_count"].parse::<usize>().unwrap();
    assert!(said.last_line().starts_with("lines read: 6 = accepted: 4 + rejected: 2"), "{}", said.last_line());
    let rejects = desk.run(&["rejects", "--output", "csv"]).ended(0).stdout;
    for (customer, reason) in
        [(&garbled["customer_name"], "result_unknown"), (&undated["customer_name"], "promise_incomplete")]
    {
        assert!(rejects.lines().any(|row| row.contains(reason) && row.contains(customer.as_str())), "{rejects}");
    }
    let brought = |desk: &Desk| -> Vec<Row> {
        desk.ask(monday).sql("select actions.action_id, actions.note, actions.promised_amount from actions where actions.action_id like '2025%' order by 1")
    };
    let actions = brought(&desk);
    assert_eq!(actions.len(), 3 + items, "one action a line, one a contested item: {actions:#?}");
    assert!(actions.iter().any(|row| row["note"] == "=demande \"un duplicata\"; <b>urgent</b>"), "{actions:#?}");

    // twice counts once, under another name too
    let again = desk.run(&["load", filled.to_str().unwrap()]).ended(0);
    assert!(again.stdout.contains("the lake already holds it"), "{}", again.stdout);
    let copy = desk.file("copy.xlsx", std::fs::read(&filled).unwrap());
    desk.run(&["load", copy.to_str().unwrap()]).ended(1);
    assert_eq!(brought(&desk), actions);

    let tuesday = list(&desk, "2025-12-30");
    for called in [reached, missed] {
        let row = line(&tuesday, &called["customer_id"], "contacted");
        assert_eq!(row["status_code"], "wait", "called today, not tomorrow: {row:#?}");
    }
    let promised = line(&tuesday, &promising["customer_id"], "promise_open");
    assert_eq!((&*promised["status_code"], &*promised["when_date"]), ("wait", "2026-01-08"));
    let disputed = line(&tuesday, &disputing["customer_id"], "open_dispute");
    assert_eq!((&*disputed["assignee_id"], &*disputed["contest_code"]), ("pricing", "wrong_price"));
    assert_eq!(disputed["overdue_amount"], disputing["overdue_amount"]);
    for refused in [garbled, undated] {
        let row = line(&tuesday, &refused["customer_id"], "due");
        assert_eq!(row["status_code"], "act", "what was refused changes nothing: {row:#?}");
    }

    // nothing came in by the end of the tolerance
    let after = list(&desk, "2026-01-08");
    let broken = line(&after, &promising["customer_id"], "broken_promise");
    assert_eq!((&*broken["status_code"], &*broken["channel_code"]), ("act", "phone"));
    let above = after.iter().filter(|row| {
        row["assignee_id"] == broken["assignee_id"]
            && row["block_code"] == "collect"
            && row["status_code"] == "act"
            && row["rank_order"].parse::<u32>().unwrap() < broken["rank_order"].parse::<u32>().unwrap()
    });
    for row in above {
        assert!(["broken_promise", "deadline"].contains(&&*row["reason_code"]), "back on top, below {row:#?}");
    }
}

#[test]
fn the_same_inputs_give_the_same_lists_byte_for_byte() {
    let desk = company(120);
    for folder in ["first", "second"] {
        desk.run(&["worklist", "--as-of", "2025-12-30", "--lang", "en", "--out", folder]).ended(0);
    }
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(desk.path(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("first"), names("second"));
    assert!(names("first").len() >= 12, "{:?}", names("first"));
    for name in names("first") {
        let read = |folder: &str| std::fs::read(desk.path(folder).join(&name)).unwrap();
        assert!(read("first") == read("second"), "{name}");
    }
    let agenda = std::fs::read_to_string(desk.path("first/worklist-2025-12-30-COL1-en.ics")).unwrap();
    assert!(agenda.starts_with("BEGIN:VCALENDAR\r\n") && agenda.ends_with("END:VCALENDAR\r\n"), "{agenda}");
}

#[test]
fn capacity_calendar_absence_and_portfolio_are_data() {
    let desk = company(120);
    let asked = |day: &str| desk.csv_rows(&["query", "worklist", "--as-of", day, "--months", "1"]);
    let count = |rows: &[Row], assignee: &str, status: &str| {
        rows.iter().filter(|row| row["assignee_id"] == assignee && row["status_code"] == status).count()
    };
    let usual = asked("2025-12-30");
    assert!(count(&usual, "COL1", "act") > 2 && count(&usual, "COL1", "not_assigned") == 0);
    desk.file("encours.toml", "reference = [\"own\"]\n");
    desk.file("own/collectors.csv", "collector_id,collector_name,daily_minute_count,language_codes_text,skill_codes_text,agency_code\nCOL1,Anne,20,,,\n*,,300,,,\n");
    let scarce = asked("2025-12-30");
    let minutes: u32 = scarce
        .iter()
        .filter(|row| row["assignee_id"] == "COL1" && row["status_code"] == "act")
        .map(|row| row["minute_count"].parse::<u32>().unwrap())
        .sum();
    assert!(minutes <= 20 && count(&scarce, "COL1", "not_assigned") > 0, "{minutes} minutes");
    assert_eq!(count(&scarce, "COL1", "act") + count(&scarce, "COL1", "not_assigned"), count(&usual, "COL1", "act"));
    assert!(scarce.iter().any(|row| row["assignee_name"] == "Anne"));

    // Christmas: nobody collects, owners keep their disputes
    let christmas = asked("2025-12-25");
    assert!(["COL1", "COL2", "COL3", "COL4"].iter().all(|collector| count(&christmas, collector, "act") == 0));
    assert!(count(&christmas, "COL2", "not_assigned") > 0);

    desk.file(
        "own/collector_absences.csv",
        "collector_id,from_date,to_date,stand_in_id\nCOL1,2025-12-29,2025-12-31,COL2\nCOL3,2025-12-30,2025-12-30,\n",
    );
    let away = asked("2025-12-30");
    assert_eq!(count(&away, "COL1", "act") + count(&away, "COL1", "not_assigned"), 0, "Anne's work is her stand-in's");
    assert!(count(&away, "COL2", "act") > count(&usual, "COL2", "act"));
    assert_eq!(count(&away, "COL3", "act"), 0, "nobody stands in");
    assert_eq!(count(&away, "COL3", "not_assigned"), count(&usual, "COL3", "act"));

    desk.file("own/portfolios.csv", "portfolio_order,collector_id,segment_code,country_code,language_code,skill_code\n1,PUBLIC,public,,,\n2,EXPORT,,,en,\n");
    let shared_out = asked("2025-12-30");
    let collectors_of = |segment: &str| -> BTreeSet<String> {
        let own = shared_out.iter().filter(|row| {
            row["segment_code"] == segment
                && row["assignee_id"].chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        });
        own.map(|row| row["assignee_id"].clone()).collect()
    };
    assert_eq!(collectors_of("public"), BTreeSet::from(["PUBLIC".to_owned()]));
}
