//! A simulated month on the demo: every day the list says where each overdue amount is, and working in its order brings
//! in more money than oldest first or largest first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use encours::demo::{self, Behaviour, DemoOptions};
use encours::model::Date;

use crate::desk::{Asked, Desk, Row, day};

/// The month. The ledger goes on for a month after it, so that what would have come in anyway is known.
const FIRST: &str = "2025-11-01";
const DAYS: u64 = 30;

/// Minutes of contacts a collector has a day: two calls, too few for everybody, as in life.
const MINUTES: i64 = 24;

/// A contact brings what it brings within so many days; what comes within them by itself is no merit of it.
const RESPONSE_DAYS: u64 = 14;

/// How many of a hundred such payers pay because of a call, if they were not about to. Assumed from what is planted:
/// whoever forgets pays when told, whoever waits for a run or a validation does not, whoever cannot pay does not.
fn response_percent(behaviour: Behaviour) -> i64 {
    match behaviour {
        Behaviour::Ordinary | Behaviour::Erratic | Behaviour::New => 55,
        Behaviour::Deteriorating | Behaviour::PartialPayer | Behaviour::DisputesOften => 40,
        Behaviour::RegularLate | Behaviour::Improving | Behaviour::Dormant | Behaviour::DiscountTaker => 25,
        Behaviour::Prompt => 60,
        Behaviour::PaymentRun | Behaviour::Statement | Behaviour::PublicBody => 10,
        Behaviour::Doubtful => 2,
    }
}

/// What a channel moves, in percent of what a call does.
fn channel_percent(channel: &str) -> i64 {
    if channel == "email" { 45 } else { 100 }
}

fn hundredths(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("{text} is an amount"))
}

fn plus(day: Date, days: u64) -> Date {
    day + chrono::Days::new(days)
}

/// What an order of contacts brought, in hundredths: the expected value, no dice are thrown.
#[derive(Default)]
struct Outcome {
    gained: i64,
    contacts: usize,
    /// For each item, how much of it is not yet brought in, in percent of a percent.
    unmoved: BTreeMap<String, i64>,
    last_contact: BTreeMap<String, Date>,
}

/// What is known of the company beside the list.
struct Company {
    behaviours: BTreeMap<String, Behaviour>,
    /// When each item was paid in the end without any contact of ours.
    paid: BTreeMap<String, Date>,
}

impl Outcome {
    /// Contacts in this order as long as the day's minutes last; nobody twice within eight days.
    fn work(
        &mut self,
        today: Date,
        order: &[(String, String, i64)],
        items: &BTreeMap<String, Vec<Row>>,
        company: &Company,
    ) {
        let mut minutes = MINUTES;
        for (customer, channel, cost) in order {
            if self.last_contact.get(customer).is_some_and(|last| plus(*last, 8) > today) {
                continue;
            }
            if *cost > minutes {
                continue;
            }
            minutes -= cost;
            self.contacts += 1;
            self.last_contact.insert(customer.clone(), today);
            // nothing is planted in customers of the sister company
            let behaviour = company.behaviours.get(customer).copied().unwrap_or(Behaviour::Ordinary);
            let percent = response_percent(behaviour) * channel_percent(channel) / 100;
            for item in items.get(customer).into_iter().flatten() {
                // neither a dispute nor a promise is solved by a reminder: what is free counts
                let by_itself = company.paid.get(&item["item_id"]);
                if by_itself.is_none_or(|paid| *paid > plus(today, RESPONSE_DAYS)) {
                    let left = self.unmoved.entry(item["item_id"].clone()).or_insert(10_000);
                    let moved = *left * percent / 100;
                    *left -= moved;
                    self.gained += hundredths(&item["free_amount"]) * moved / 10_000;
                }
            }
        }
    }
}

/// The law of the list: what it lists and what it excludes is what is overdue.
fn everything_overdue_is_somewhere(asked: &mut Asked, lines: &[Row], today: Date) {
    let sum = |rows: &[Row]| rows.iter().map(|row| hundredths(&row["overdue_amount"])).sum::<i64>();
    let listed = sum(lines);
    let excluded = sum(&asked.rows("worklist_excluded"));
    let overdue = hundredths(&asked.first("receivables", "overdue_amount"));
    assert_eq!(listed + excluded, overdue, "on {today}");
}

fn assumptions_are_told() {
    println!("a month of {DAYS} days from {FIRST}, four collectors of {MINUTES} minutes a day, seed 42");
    println!(
        "counted: what a contact brings within {RESPONSE_DAYS} days and would not have come within them by itself"
    );
    println!("assumed: percent of payers that a call moves, from what is planted in them:");
    for behaviour in Behaviour::ALL {
        println!("  {:<16}{:>4}", behaviour.code(), response_percent(behaviour));
    }
    println!("  an e-mail moves 45 % of that, a letter and a portal as much; nobody is contacted twice within 8 days;");
    println!(
        "  contested, promised or received amounts are moved by nobody; without a number, an e-mail in every order"
    );
}

#[test]
fn over_a_month_the_list_forgets_nothing_and_beats_oldest_first_and_largest_first() {
    let desk = Desk::new();
    let written = demo::write(&DemoOptions::default(), &desk.path("sources")).unwrap();
    // nobody was contacted before: every order starts alike
    let files = written.files.iter().filter(|file| file.name != "actions.csv");
    let files: Vec<PathBuf> = files.map(|file| desk.path("sources").join(&file.name)).collect();
    desk.load(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let behaviours = written.payers.iter().map(|payer| (payer.customer_id.clone(), payer.behaviour)).collect();
    let mut known = desk.ask("2025-12-31").months(1);
    let settled = known.sql(
        "select known_items.item_id, max(settled_spells.settled_date) as settled_date from settled_spells \
         inner join known_items on settled_spells.item_number = known_items.item_number \
         where settled_spells.until_date is null group by known_items.item_id",
    );
    let paid = settled.iter().map(|row| (row["item_id"].clone(), day(&row["settled_date"]))).collect();
    let company = Company { behaviours, paid };

    let mut ours = Outcome::default();
    let mut oldest = Outcome::default();
    let mut largest = Outcome::default();
    let mut oldest_of_ours = Outcome::default();
    let mut largest_of_ours = Outcome::default();
    let mut asked = desk.ask(FIRST).months(1);
    for number in 0..DAYS {
        let today = plus(day(FIRST), number);
        asked.at(&today.to_string());
        let lines = asked.rows("worklist");
        everything_overdue_is_somewhere(&mut asked, &lines, today);
        let items = asked.sql(
            "select customer_id, item_id, past_due_days, open_amount, free_amount from work_items \
             where past_due_days > 0 order by customer_id, item_id",
        );
        let mut by_customer: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for item in items {
            by_customer.entry(item["customer_id"].clone()).or_default().push(item);
        }
        let collectors: Vec<&str> = vec!["COL1", "COL2", "COL3", "COL4"];
        let of_collector: BTreeMap<&str, &str> = lines
            .iter()
            .filter(|row| collectors.contains(&&*row["assignee_id"]))
            .map(|row| (&*row["customer_id"], &*row["assignee_id"]))
            .collect();
        if lines.iter().all(|row| row["status_code"] != "act" || !collectors.contains(&&*row["assignee_id"])) {
            continue; // nobody works today
        }
        for collector in collectors {
            let mut to_call: Vec<&Row> = lines
                .iter()
                .filter(|row| row["assignee_id"] == collector && row["block_code"] == "collect")
                .filter(|row| ["act", "not_assigned"].contains(&&*row["status_code"]))
                .collect();
            let contact = |row: &Row| {
                (row["customer_id"].clone(), row["channel_code"].clone(), row["minute_count"].parse().unwrap())
            };
            let in_order = |rows: &[&Row]| rows.iter().map(|row| contact(row)).collect::<Vec<_>>();
            to_call.sort_by_key(|row| (row["status_code"].clone(), row["rank_order"].parse::<u32>().unwrap()));
            ours.work(today, &in_order(&to_call), &by_customer, &company);
            // the same lines, channels and minutes, in another order
            to_call.sort_by_key(|row| -row["oldest_days"].parse::<i64>().unwrap());
            oldest_of_ours.work(today, &in_order(&to_call), &by_customer, &company);
            to_call.sort_by_key(|row| -hundredths(&row["overdue_amount"]));
            largest_of_ours.work(today, &in_order(&to_call), &by_customer, &company);
            // what a list of open items in a spreadsheet gives: everybody overdue, called
            let mut overdue: Vec<(i64, i64, String)> = by_customer
                .iter()
                .filter(|(customer, _)| of_collector.get(customer.as_str()) == Some(&collector))
                .map(|(customer, items)| {
                    let oldest = items.iter().map(|item| item["past_due_days"].parse::<i64>().unwrap()).max().unwrap();
                    (oldest, items.iter().map(|item| hundredths(&item["open_amount"])).sum(), customer.clone())
                })
                .collect();
            // whoever has no telephone number is written to, in every order
            let has_phone = |customer: &str| {
                lines.iter().find(|row| row["customer_id"] == customer).is_some_and(|row| !row["phone_text"].is_empty())
            };
            let called = |overdue: &[(i64, i64, String)]| {
                let contact = |(_, _, customer): &(i64, i64, String)| {
                    let (channel, minutes) = if has_phone(customer) { ("phone", 12) } else { ("email", 3) };
                    (customer.clone(), channel.to_owned(), minutes)
                };
                overdue.iter().map(contact).collect::<Vec<_>>()
            };
            overdue.sort_by_key(|(days, _, customer)| (-*days, customer.clone()));
            oldest.work(today, &called(&overdue), &by_customer, &company);
            overdue.sort_by_key(|(_, amount, customer)| (-*amount, customer.clone()));
            largest.work(today, &called(&overdue), &by_customer, &company);
        }
    }
    assumptions_are_told();
    for (name, outcome) in [
        ("the list", &ours),
        ("its lines, oldest first", &oldest_of_ours),
        ("its lines, largest first", &largest_of_ours),
        ("everybody, oldest first", &oldest),
        ("everybody, largest first", &largest),
    ] {
        println!("{name:<26}{:>14} brought in, {:>4} contacts", outcome.gained / 100, outcome.contacts);
    }
    for (name, other) in [
        ("oldest first", &oldest),
        ("largest first", &largest),
        ("its own lines oldest first", &oldest_of_ours),
        ("its own lines largest first", &largest_of_ours),
    ] {
        assert!(ours.gained > other.gained, "the list brings in more than {name}");
    }
}
