//! The agenda of a list as iCalendar (RFC 5545): each customer to act on has its time, within the hours of its contact, with
//! all that there is to do; who waits for a call has it on its own day. An alarm goes off shortly before.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use icalendar::{Alarm, Calendar, CalendarDateTime, Component, Event, EventLike, Property, Related};

use crate::model::money::shown;
use crate::model::{Answer, CustomerKey, Date, Value};

/// Nothing takes longer, in minutes.
const LONGEST_MINUTES: u32 = 240;

/// When people work, in minutes after midnight.
const WORKING_HOURS: [(u32, u32); 2] = [(9 * 60, 12 * 60 + 30), (13 * 60 + 30, 18 * 60)];

/// What an agenda is made of.
pub struct Agenda<'a> {
    /// The day.
    pub day: Date,
    /// The lines of one assignee: rows of the query `worklist`.
    pub lines: &'a Answer,
    /// What to say on each call, by line.
    pub guides: &'a BTreeMap<String, String>,
    /// The word of a code in a column, in the reader's language.
    pub word: &'a dyn Fn(&str, &str) -> String,
    /// A value as the reader's language writes it.
    pub text: &'a dyn Fn(&Value, &str) -> String,
}

/// So many minutes before a customer's time the alarm goes off.
const ALARM_MINUTES: i64 = 5;

/// A customer that waits for its time: its lines, their minutes, and the hours of its contact.
type Waiting = (Vec<usize>, u32, Option<(u32, u32)>);

/// A customer that has its time.
struct Slot {
    /// Its lines, in the order of rank.
    rows: Vec<usize>,
    day: Date,
    /// In minutes after midnight.
    start: u32,
    minutes: u32,
}

/// The bytes of the file: the same lines, the same bytes.
#[must_use]
pub fn agenda(agenda: &Agenda) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Encours//worklist//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    for (day, rows) in agenda.days() {
        for slot in agenda.slots(day, &rows) {
            calendar.push(agenda.event(&slot));
        }
    }
    calendar.done().to_string()
}

impl Agenda<'_> {
    /// The lines of each day: what is to be done on the day of the list, and calls that wait for theirs.
    fn days(&self) -> BTreeMap<Date, Vec<usize>> {
        let mut days: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        for row in 0..self.lines.len() {
            let text = |column: &str| self.lines.value(row, column).plain();
            match (text("status_code").as_str(), self.lines.value(row, "when_date")) {
                ("act", _) => days.entry(self.day).or_default().push(row),
                ("wait", Value::Date(day)) if day > self.day && text("channel_code") == "phone" => {
                    days.entry(day).or_default().push(row);
                }
                _ => {}
            }
        }
        days
    }

    /// The lines of each customer, in the order in which the first of them stands.
    fn customers(&self, rows: &[usize]) -> Vec<Vec<usize>> {
        let mut customers: Vec<(CustomerKey, Vec<usize>)> = Vec::new();
        for row in rows {
            let key = self.lines.customer(*row);
            match customers.iter_mut().find(|(known, _)| *known == key) {
                Some((_, own)) => own.push(*row),
                None => customers.push((key, vec![*row])),
            }
        }
        customers.into_iter().map(|(_, own)| own).collect()
    }

    /// Customer after customer in the order of rank; one whose contact cannot be reached at that time lets the next go first.
    fn slots(&self, day: Date, rows: &[usize]) -> Vec<Slot> {
        let waits = |rows: Vec<usize>| {
            let minutes = rows.iter().map(|row| self.minutes(*row)).sum::<u32>().min(LONGEST_MINUTES);
            let hours = rows.first().and_then(|row| hours(&self.lines.value(*row, "hours_text").plain()));
            (rows, minutes, hours)
        };
        let mut waiting: Vec<Waiting> = self.customers(rows).into_iter().map(waits).collect();
        let mut slots = Vec::new();
        let mut now = WORKING_HOURS[0].0;
        while !waiting.is_empty() {
            let is_open =
                |(_, minutes, hours): &Waiting| hours.is_none_or(|(from, to)| from <= now && now + minutes <= to);
            let later =
                waiting.iter().filter_map(|(_, _, hours)| hours.map(|(from, _)| from)).filter(|from| *from > now);
            let place = match (waiting.iter().position(is_open), later.min()) {
                (Some(place), _) => place,
                (None, Some(opens)) => {
                    now = opens;
                    continue;
                }
                // whoever could be reached earlier only is tried all the same
                (None, None) => 0,
            };
            let (rows, minutes, _) = waiting.remove(place);
            let start = within_working_hours(now, minutes);
            slots.push(Slot { rows, day, start, minutes });
            now = start + minutes;
        }
        slots
    }

    fn minutes(&self, row: usize) -> u32 {
        match self.lines.value(row, "minute_count") {
            Value::Int(minutes) => u32::try_from(minutes).unwrap_or(10).clamp(1, LONGEST_MINUTES),
            _ => 10,
        }
    }

    /// What a line is about: what is contested, due or not, of a dispute; of anything else what is overdue, or else not yet due.
    fn amount(&self, row: usize) -> i128 {
        let amount = |column: &str| self.lines.value(row, column).thousandths().unwrap_or_default();
        match (amount("overdue_amount"), amount("not_due_amount")) {
            (overdue, not_due) if self.lines.value(row, "reason_code").plain() == "open_dispute" => overdue + not_due,
            (0, not_due) => not_due,
            (overdue, _) => overdue,
        }
    }

    fn event(&self, slot: &Slot) -> Event {
        let Some(first) = slot.rows.first().copied() else { return Event::new() };
        let plain = |column: &str| self.lines.value(first, column).plain();
        let text = |row: usize, column: &str| (self.text)(&self.lines.value(row, column), column);
        let code = |row: usize, column: &str| (self.word)(column, &self.lines.value(row, column).plain());
        let decimals = self.lines.position("overdue_amount").map_or(2, |position| self.lines.decimals(position));
        let written = |amount: i128| {
            let (digits, scale) = shown(amount, decimals);
            (self.text)(&Value::Decimal { digits, scale }, "overdue_amount")
        };
        let amount: i128 = slot.rows.iter().map(|row| self.amount(*row)).sum();
        let mut summary = vec![code(first, "action_code"), text(first, "customer_name")];
        if amount != 0 {
            summary.push(written(amount));
        }
        let contact = ["contact_name", "phone_text", "email_text", "hours_text"].map(|column| text(first, column));
        let mut lines = vec![contact.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")];
        for row in &slot.rows {
            let amount = match self.amount(*row) {
                0 => String::new(),
                amount => format!(" · {}", written(amount)),
            };
            lines.extend([
                format!("{} ({}){amount}", code(*row, "action_code"), code(*row, "channel_code")),
                text(*row, "documents_text"),
                text(*row, "why_rank_text"),
            ]);
        }
        lines.extend([text(first, "why_text"), text(first, "last_note_text")]);
        let guides = slot.rows.iter().filter_map(|row| self.guides.get(&self.lines.value(*row, "line_id").plain()));
        lines.extend(guides.cloned());
        let description = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        let summary = summary.join(" · ");
        let uid = format!("{}@encours", plain("line_id").replace(' ', "-"));
        let mut event = Event::new();
        event
            .uid(&uid)
            .summary(&summary)
            .description(&description)
            .starts(CalendarDateTime::Floating(moment(slot.day, slot.start)))
            .ends(CalendarDateTime::Floating(moment(slot.day, slot.start + slot.minutes)));
        // the moment of writing would make two files of one list, and so would an identifier drawn for the alarm
        event.add_property("DTSTAMP", format!("{}T000000Z", self.day.format("%Y%m%d")));
        let mut alarm = Alarm::display(&summary, (TimeDelta::minutes(-ALARM_MINUTES), Related::Start));
        alarm.uid(&format!("alarm-{uid}"));
        alarm.add_property("DTSTAMP", format!("{}T000000Z", self.day.format("%Y%m%d")));
        event.alarm(alarm);
        event.done()
    }
}

/// Not before work begins, not over its breaks; what no longer fits stands behind the end of the day.
fn within_working_hours(now: u32, minutes: u32) -> u32 {
    let fits = WORKING_HOURS.iter().find(|(_, ends)| now + minutes <= *ends);
    fits.map_or(now, |(begins, _)| now.max(*begins))
}

/// `09:00-12:00` in minutes after midnight.
fn hours(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let minutes = |text: &str| {
        let (hour, minute) = text.trim().split_once([':', 'h'])?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let (from, to) = (minutes(from)?, minutes(to)?);
    (from < to).then_some((from, to))
}

fn moment(day: Date, minutes: u32) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AnswerColumn, ColumnKind};

    fn lines(of: &[(&str, i64, &str)]) -> Answer {
        let column = |name: &str, kind| AnswerColumn { name: name.to_owned(), kind };
        let texts = ["line_id", "status_code", "hours_text", "customer_name", "action_code", "customer_id"];
        let mut columns: Vec<AnswerColumn> = texts.map(|name| column(name, ColumnKind::Text)).into();
        columns.push(column("minute_count", ColumnKind::Int));
        let text = |text: &str| Value::text(text.to_owned());
        let row = |(id, minutes, hours): &(&str, i64, &str)| {
            let name = format!("{id}, \"Söhne\"; <b>");
            vec![text(id), text("act"), text(hours), text(&name), text("call"), text(id), Value::Int(*minutes)]
        };
        Answer::of(columns, of.iter().map(row))
    }

    fn written(of: &[(&str, i64, &str)]) -> String {
        let day = Date::from_ymd_opt(2025, 12, 31).unwrap_or_default();
        let lines = lines(of);
        let guides = BTreeMap::from([("a".to_owned(), "Say first".to_owned())]);
        let word = |_: &str, code: &str| code.to_owned();
        let text = |value: &Value, _: &str| value.plain();
        agenda(&Agenda { day, lines: &lines, guides: &guides, word: &word, text: &text })
    }

    fn starts(text: &str) -> Vec<(String, String)> {
        let of = |event: &str, name: &str| {
            let line = event.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map_or_else(String::new, |(_, value)| value.to_owned())
        };
        text.split("BEGIN:VEVENT").skip(1).map(|event| (of(event, "UID"), of(event, "DTSTART"))).collect()
    }

    #[test]
    fn a_contact_is_called_within_its_hours_and_the_break_is_kept() {
        let text = written(&[("a", 60, "14:00-16:00"), ("b", 120, ""), ("c", 60, ""), ("d", 30, "")]);
        let found = starts(&text);
        let expected = [("b", "0900"), ("c", "1100"), ("d", "1200"), ("a", "1400")];
        let expected = expected.map(|(id, time)| (format!("{id}@encours"), format!("20251231T{time}00")));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_same_lines_give_the_same_bytes_and_marks_of_the_format_are_escaped() {
        let of = [("a", 12, "")];
        let text = written(&of);
        assert_eq!(text, written(&of));
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("a\\, \"Söhne\"\\; <b>"), "{unfolded}");
        assert!(unfolded.contains("Say first"), "{unfolded}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{text}");
    }
}
