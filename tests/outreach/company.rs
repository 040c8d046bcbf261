//! Small companies to remind, what their plan says, and messages recorded as if they had left.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::desk::{Desk, Row};

pub const ITEMS: &str = "item_id,customer_id,kind,issued_date,due_date,amount,currency_code\n";
pub const ALLOCATIONS: &str = "debit_item_id,credit_item_id,allocated_date,amount\n";
pub const CONTACTS: &str = "customer_id,contact_id,name,email\n";

// due on a Saturday: the days 4, 5, 20, 30 and 40 after it are working days
pub const DUE: &str = "2025-03-08";
pub const DAY_4: &str = "2025-03-12";
pub const DAY_5: &str = "2025-03-13";
pub const DAY_20: &str = "2025-03-28";
pub const DAY_30: &str = "2025-04-07";
pub const DAY_40: &str = "2025-04-17";

/// A company with these items, each customer reachable by e-mail.
pub fn company(items: &[(&str, &str, &str, &str)]) -> Desk {
    let desk = Desk::new();
    let mut text = ITEMS.to_owned();
    for (item, customer, due, amount) in items {
        writeln!(text, "{item},{customer},invoice,2025-02-03,{due},{amount},EUR").unwrap();
    }
    let customers: BTreeSet<&str> = items.iter().map(|(_, customer, ..)| *customer).collect();
    let contacts = customers.iter().fold(CONTACTS.to_owned(), |text, customer| {
        text + &format!("{customer},1,Claude Martin,{}@client.example\n", customer.to_lowercase())
    });
    desk.load(&[&desk.file("items.csv", text), &desk.file("contacts.csv", contacts)]);
    desk
}

/// `item level` of what the plan of a day asks for.
pub fn asked(desk: &Desk, as_of: &str) -> Vec<String> {
    let rows = desk.ask(as_of).rows("reminder_items");
    rows.iter().map(|row| format!("{} {} {}", row["item_id"], row["level_order"], row["asked_amount"])).collect()
}

/// `reason amount` of what it leaves out.
pub fn left_out(desk: &Desk, as_of: &str) -> Vec<String> {
    let rows = desk.ask(as_of).rows("reminder_excluded");
    rows.iter().map(|row| format!("{} {}", row["reason_code"], row["overdue_amount"])).collect()
}

/// The plan of a day, written and, where it is, taken by a server.
pub fn written(desk: &Desk, as_of: &str, event: &str) {
    let mut asked = desk.ask(as_of);
    let (plan, items) = (asked.rows("reminder_plan"), asked.rows("reminder_items"));
    record(desk, as_of, event, &plan, &items);
}

pub fn record(desk: &Desk, as_of: &str, event: &str, plan: &[Row], items: &[Row]) {
    if plan.is_empty() {
        return;
    }
    let mut messages =
        "message_id,run_id,run_date,customer_id,policy_code,level_order,mode_code,channel_code,address_text,\
                        tone_code,content_hash,file_name,written_time\n"
            .to_owned();
    let mut events = "message_id,event_code,event_date,event_time\n".to_owned();
    for row in plan {
        let text = |name: &str| &row[name];
        writeln!(
            messages,
            "{},{as_of},{as_of},{},{},{},{},{},{},{},0,{}.eml,{as_of}T08:00:00Z",
            text("message_id"),
            text("customer_id"),
            text("policy_code"),
            text("level_order"),
            text("mode_code"),
            text("channel_code"),
            text("address_text"),
            text("tone_code"),
            text("message_id"),
        )
        .unwrap();
        writeln!(events, "{},{event},{as_of},{as_of}T09:00:00Z", text("message_id")).unwrap();
    }
    let mut lines = "message_id,item_id,level_order,asked_amount,currency_code\n".to_owned();
    for row in items {
        let [message, item, level, amount, currency] =
            ["message_id", "item_id", "level_order", "asked_amount", "currency_code"].map(|name| &row[name]);
        writeln!(lines, "{message},{item},{level},{amount},{currency}").unwrap();
    }
    let files = [("messages.csv", messages), ("message_items.csv", lines), ("message_events.csv", events)];
    // an apology asks for no item
    let files = files.into_iter().filter(|(_, text)| text.lines().count() > 1);
    let files: Vec<PathBuf> = files.map(|(name, text)| desk.file(name, text)).collect();
    desk.load(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
}

pub fn loaded(desk: &Desk, name: &str, text: &str) {
    desk.load(&[&desk.file(name, text)]);
}

pub fn signed(desk: &Desk) {
    desk.file(
        "own/senders.csv",
        "company_id,sender_name,sender_address_text,sender_registration_text,sender_email_text,sender_phone_text,iban_text,bic_text\n\
         *,Encre & Fils,1 rue du Port|29200 Brest,RCS Brest 999 999 997,compta@nous.example,02 98 00 00 00,FR76 3000 4000 0100 0001 2345 678,BNPAFRPP\n",
    );
    desk.file(
        "own/signers.csv",
        "signer_id,signer_name,signer_role_text,signer_phone_text,signer_email_text\n*,Hélène Besson,Credit manager,02 98 00 00 01,helene@nous.example\n",
    );
    desk.file("encours.toml", "language = \"en\"\nreference = [\"own\"]\n");
}

pub fn files_below(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

pub fn statuses(desk: &Desk) -> BTreeMap<String, String> {
    let rows = desk.ask(DAY_5).rows("outgoing_messages");
    rows.into_iter()
        .map(|row| (row["address_text"].split('@').next().unwrap().to_owned(), row["status_code"].clone()))
        .collect()
}

/// A company whose customers' addresses say what the server does with them.
pub fn addressed(names: &[&str]) -> Desk {
    let desk = Desk::new();
    let rows = |row: &dyn Fn(usize, &str) -> String| {
        names.iter().enumerate().fold(String::new(), |text, (place, name)| text + &row(place, name) + "\n")
    };
    let items = ITEMS.to_owned()
        + &rows(&|place, _| format!("F{place},C{place},invoice,2025-02-03,{DUE},{}00.00,EUR", place + 1));
    let contacts =
        CONTACTS.to_owned() + &rows(&|place, name| format!("C{place},1,Claude Martin,{name}@client.example"));
    desk.load(&[&desk.file("items.csv", items), &desk.file("contacts.csv", contacts)]);
    signed(&desk);
    desk
}
