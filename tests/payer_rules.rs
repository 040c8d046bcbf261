//! Payers by one's own rules and thresholds, moves between segments, promises and terms, and ledgers that are odd.

use std::fmt::Write;
use std::path::Path;

use chrono::TimeDelta;
use encours::model::Date;
use encours::model::calendar::{add_months, month_end};

use crate::desk::{Desk, Row, day};
use crate::payers::{lake, of, small_company};

fn count(text: &str) -> i64 {
    text.parse().unwrap()
}

fn cents(amount: &str) -> i64 {
    count(&amount.replace('.', ""))
}

#[test]
fn who_moves_between_segments_was_somewhere_and_owes_what_is_open() {
    let desk = small_company();
    let mut asked = desk.ask("2025-12-15");
    let moves = asked.rows("payer_migration");
    let history = asked.rows("receivables_history");
    let month_ends: Vec<Date> = (1..=12).rev().map(|back| month_end(add_months(day("2025-12-15"), -back))).collect();
    let sum = |month: &Date, column: &str, is_wanted: &dyn Fn(&Row) -> bool| -> i64 {
        let wanted = moves.iter().filter(|row| row["month_end_date"] == month.to_string() && is_wanted(row));
        wanted.map(|row| cents(&row[column])).sum()
    };
    for month in &month_ends {
        let open = history.iter().find(|row| row["month_end_date"] == month.to_string()).unwrap();
        assert_eq!(sum(month, "open_amount", &|_| true), cents(&open["open_amount"]), "{month}: open");
    }
    assert!(moves.iter().all(|row| month_ends.contains(&day(&row["month_end_date"]))), "twelve complete months");
    // whoever arrives in a segment leaves it or stays in it a month later
    for pair in month_ends.windows(2) {
        let arrived = |segment: &str| sum(&pair[0], "customer_count", &|row| row["to_segment_code"] == segment);
        let left = |segment: &str| sum(&pair[1], "customer_count", &|row| row["from_segment_code"] == segment);
        for row in &moves {
            let segment = &row["to_segment_code"];
            assert_eq!(arrived(segment), left(segment), "{}: {segment}", pair[0]);
        }
    }
    for month in [month_ends[0], month_ends[6], month_ends[11]] {
        let payers = asked.at(&month.to_string()).rows("payers");
        assert_eq!(sum(&month, "customer_count", &|_| true), i64::try_from(payers.len()).unwrap(), "{month}: known");
        for row in &payers {
            let in_segment = |found: &&Row| found["segment_code"] == row["segment_code"];
            let known = i64::try_from(payers.iter().filter(in_segment).count()).unwrap();
            let found = sum(&month, "customer_count", &|found| found["to_segment_code"] == row["segment_code"]);
            assert_eq!(found, known, "{month}: {}", row["segment_code"]);
        }
    }
}

/// `payers` of the desk as the command answers it, with the user's own reference files.
fn own_payers(desk: &Desk, as_of: &str) -> Vec<Row> {
    desk.file("encours.toml", "reference = [\"own\"]\n");
    desk.csv_rows(&["query", "payers", "--as-of", as_of, "--lang", "en"])
}

const CONDITIONS: &str = "rule_code,feature_code,least_number_ratio,below_number_ratio,codes_text\n";

/// Rules `code segment` in their order.
fn rules(rules: &[(&str, &str)]) -> String {
    let mut text =
        "rule_order,rule_code,segment_code,action_code,who_code,channel_code,cadence_days,is_pre_due\n".to_owned();
    for (place, (rule, segment)) in rules.iter().enumerate() {
        writeln!(text, "{place},{rule},{segment},visit,sales,visit,30,true").unwrap();
    }
    text
}

#[test]
fn a_rule_of_ones_own_may_name_any_figure_or_code_of_the_payer() {
    let desk = small_company();
    let payers = desk.ask("2025-12-31").rows("payers");
    // a rule a customer, that asks for each of its figures and codes exactly: nobody else is in its segment
    let figures = |name: &str| {
        ["_amount", "_count", "_ratio", "_days"].iter().any(|ending| name.ends_with(ending)) && name != "cadence_days"
    };
    let codes =
        ["status_code", "behaviour_code", "is_regular", "cause_code", "stake_code", "drift_code", "customer_id"];
    let more_codes = ["country_code", "payment_method", "payment_pattern_code", "payment_days_text"];
    let mut conditions = CONDITIONS.to_owned();
    for row in &payers {
        let rule = &row["customer_id"];
        for (name, value) in row.iter().filter(|(_, value)| !value.is_empty()) {
            if figures(name) {
                // 1.5 ≤ figure < 1.500001
                let least: i128 = format!("{value}.").split('.').take(2).collect::<String>().parse().unwrap();
                let scale = value.split_once('.').map_or(0, |(_, part)| part.len());
                let millionths = least * 10_i128.pow(6 - u32::try_from(scale).unwrap()) + 1;
                let above = millionths.unsigned_abs();
                let sign = if millionths < 0 { "-" } else { "" };
                writeln!(conditions, "{rule},{name},{value},{sign}{}.{:06},", above / 1_000_000, above % 1_000_000)
                    .unwrap();
            } else if codes.contains(&name.as_str()) || more_codes.contains(&name.as_str()) {
                writeln!(conditions, "{rule},{name},,,\"no_such|{value}\"").unwrap();
            }
        }
    }
    let listed: Vec<(&str, &str)> =
        payers.iter().map(|row| (&*row["customer_id"], &*row["customer_id"])).chain([("rest", "rest")]).collect();
    desk.file("own/segments.csv", rules(&listed));
    desk.file("own/segment_conditions.csv", &conditions);
    for row in own_payers(&desk, "2025-12-31") {
        assert_eq!(row["segment_code"], row["customer_id"]);
    }
    // an upper bound is not reached, and a figure that is unknown is not below it
    desk.file("own/segments.csv", rules(&[("few", "few"), ("rest", "rest")]));
    desk.file(
        "own/segment_conditions.csv",
        format!("{CONDITIONS}few,settled_count,,5,\nfew,broken_promise_ratio,,1,\n"),
    );
    for row in own_payers(&desk, "2025-12-31") {
        let ratio = &row["broken_promise_ratio"];
        let is_few = count(&row["settled_count"]) < 5 && !ratio.is_empty() && ratio != "1.000000";
        assert_eq!(row["segment_code"], if is_few { "few" } else { "rest" }, "{}", row["customer_id"]);
    }
}

/// Twelve invoices a customer in 2024, due on the 15th, paid so many days later.
fn steady_payers(payers: &[(&str, u32, &str)]) -> Desk {
    let mut items = "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned();
    let mut allocations = "debit_item_id,credit_item_id,allocated_date,amount\n".to_owned();
    for (customer, late_days, amount) in payers {
        for month in 1..=12 {
            let paid = format!("2024-{month:02}-{:02}", 15 + late_days);
            writeln!(items, "{customer}{month},{customer},invoice,2024-{month:02}-01,2024-{month:02}-15,{amount}")
                .unwrap();
            writeln!(items, "R{customer}{month},{customer},receipt,{paid},{paid},-{amount}").unwrap();
            writeln!(allocations, "{customer}{month},R{customer}{month},{paid},{amount}").unwrap();
        }
    }
    lake(&[("items.csv", &items), ("allocations.csv", &allocations)])
}

#[test]
fn thresholds_rules_and_sentences_are_data() {
    let desk = steady_payers(&[("ann", 0, "100.00"), ("bea", 9, "80.00"), ("cid", 13, "10.00")]);
    std::fs::create_dir_all(desk.path("own")).unwrap();
    let segments = |desk: &Desk| -> Vec<String> {
        let rows = own_payers(desk, "2024-12-31");
        ["ann", "bea", "cid"].iter().map(|customer| of(&rows, customer)["segment_code"].clone()).collect()
    };
    assert_eq!(segments(&desk), ["prompt", "habitual", "habitual"]);
    let thresholds = |new_count: u32, regular_days: i32| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/reference/payer_thresholds.csv");
        let built_in = std::fs::read_to_string(path).unwrap();
        let header = built_in.lines().find(|line| !line.starts_with('#')).unwrap();
        let values = built_in.lines().last().unwrap();
        let cell = |(name, value): (&str, &str)| match name {
            "new_item_count" => new_count.to_string(),
            "regular_days" => regular_days.to_string(),
            _ => value.to_owned(),
        };
        let values: Vec<String> = header.split(',').zip(values.split(',')).map(cell).collect();
        format!("{header}\n{}\n", values.join(","))
    };
    desk.file("own/payer_thresholds.csv", thresholds(13, 7));
    assert_eq!(segments(&desk), ["little_known", "little_known", "little_known"]);
    desk.file("own/payer_thresholds.csv", thresholds(12, -1));
    assert_eq!(segments(&desk), ["prompt", "forgetful", "forgetful"]);
    desk.file("own/behaviours.csv", "behaviour_code,behaviour_order,last_days\nprompt,1,9\nlate,2,\n");
    assert_eq!(segments(&desk), ["prompt", "prompt", "late"]);
    // the first rule that holds wins; two of one order go by their codes; who matches none is said to match none
    let own = rules(&[("large", "key"), ("slow", "watched")]);
    desk.file("own/segments.csv", format!("{own}1,slower,twice,visit,sales,visit,30,true\n"));
    desk.file(
        "own/segment_conditions.csv",
        format!("{CONDITIONS}large,billed_amount,1200,,\nslow,median_late_days,10,,\nslower,median_late_days,5,,\n"),
    );
    let rows = own_payers(&desk, "2024-12-31");
    let told = |customer: &str| [&*of(&rows, customer)["segment_code"], &*of(&rows, customer)["rule_code"]];
    assert_eq!([told("ann"), told("bea"), told("cid")], [["key", "large"], ["twice", "slower"], ["watched", "slow"]]);
    // a rule without a sentence of its own is explained by the figures all have
    let why = "12 items paid in 12 months and 0 past due, 100% of them late; 13.0 weighted days late, spread 0.0 days.";
    assert_eq!(of(&rows, "cid")["why_text"], why);
    assert_eq!(of(&rows, "cid")["action_code"], "visit");
    desk.file(
        "own/segment_conditions.csv",
        format!("{CONDITIONS}large,billed_amount,1200,,\nslow,late_ratio,2,,\nslower,late_ratio,2,,\n"),
    );
    assert_eq!(segments(&desk), ["key", "unsegmented", "unsegmented"]);
}

#[test]
fn terms_are_compared_with_what_was_agreed_and_with_each_cap_of_the_law() {
    let desk = lake(&[
        (
            "items.csv",
            "item_id,customer_id,kind,issued_date,due_date,amount
A1,K1,invoice,2024-01-10,2024-02-09,365.00
A2,K1,invoice,2024-03-01,2024-05-01,730.00
A3,K2,invoice,2024-01-31,2024-03-31,1000.00
A4,K3,invoice,2024-02-01,2024-04-14,500.00
A5,K4,invoice,2024-06-03,2024-09-30,250.00
A6,K4,invoice,2023-12-31,2024-12-31,999.00
R1,K1,receipt,2024-02-29,2024-02-29,-365.00
R2,K1,receipt,2024-05-01,2024-05-01,-730.00
R4,K3,receipt,2024-04-10,2024-04-10,-500.00
",
        ),
        (
            "allocations.csv",
            "debit_item_id,credit_item_id,allocated_date,amount
A1,R1,2024-02-29,365.00
A2,R2,2024-05-01,730.00
A4,R4,2024-04-10,500.00
",
        ),
        ("customers.csv", "customer_id,name,terms_code\nK1,One,30\nK2,Two,45 EOM\nK3,Three,eom45\nK4,Four,\n"),
    ]);
    let rows = desk.ask("2024-12-31").rows("terms_compliance");
    let columns = ["item_count", "granted_days", "agreed_days", "real_days", "freed_amount"];
    let caps = ["beyond_60_count", "beyond_45eom_count", "beyond_eom45_count", "beyond_all_count", "beyond_all_amount"];
    for (dimension, value, figures, counts) in [
        // granted (30×365 + 61×730 + 60×1000 + 73×500 + 119×250) / 2845; agreed 129 350 / 2595; real 97 280 / 1595;
        // freed (20×365 + 31×730) / 365: A1 paid 20 days after the 30 agreed, A2 31
        ("company", "all", ["5", "63.8770", "49.8459", "60.9906", "82.00"], ["3", "3", "2", "1", "250.00"]),
        // A2: 61 days and a day after 30 April, but before 15 May, 45 days from the end of March: lawful so written
        ("customer", "K1", ["2", "50.6667", "30.0000", "57.3333", "82.00"], ["1", "1", "0", "0", "0.00"]),
        // A3: 31 January + 45 days, to the end of March: 60 days, yet 60 from the end of January
        ("customer", "K2", ["1", "60.0000", "60.0000", "", "0.00"], ["0", "0", "1", "0", "0.00"]),
        // A4: 1 February, 29 February + 45 days: 73 days, beyond 31 March; paid before it was due frees nothing
        ("customer", "K3", ["1", "73.0000", "73.0000", "69.0000", "0.00"], ["1", "1", "0", "0", "0.00"]),
        // A5: unlawful under all three; A6 was issued a day too early to count
        ("customer", "K4", ["1", "119.0000", "", "", ""], ["1", "1", "1", "1", "250.00"]),
    ] {
        let row = rows.iter().find(|row| row["dimension_code"] == dimension && row["value_id"] == value).unwrap();
        assert_eq!(columns.map(|column| &*row[column]), figures, "{value}");
        assert_eq!(caps.map(|column| &*row[column]), counts, "{value}");
    }
}

/// Where nobody told a due date nor terms, they are those of the law, which proves nothing of what was granted.
#[test]
fn terms_that_were_assumed_prove_nothing_and_those_of_the_customer_do() {
    let desk = lake(&[
        (
            "items.csv",
            "item_id,customer_id,kind,issued_date,amount
A1,K1,invoice,2024-01-10,365.00
A2,K2,invoice,2024-03-01,730.00
",
        ),
        ("customers.csv", "customer_id,name,terms_code\nK1,One,\nK2,Two,90\n"),
    ]);
    let rows = desk.ask("2024-12-31").rows("terms_compliance");
    let columns =
        ["item_count", "granted_days", "derived_count", "assumed_count", "beyond_60_count", "beyond_all_amount"];
    for (dimension, value, figures) in [
        ("customer", "K1", ["1", "", "1", "1", "", ""]),
        ("customer", "K2", ["1", "90.0000", "1", "0", "1", "730.00"]),
        ("company", "all", ["2", "90.0000", "2", "1", "1", "730.00"]),
    ] {
        let row = rows.iter().find(|row| row["dimension_code"] == dimension && row["value_id"] == value).unwrap();
        assert_eq!(columns.map(|column| &*row[column]), figures, "{value}");
    }
}

/// Twelve customers that pay within two days, one invoice in so many never: what has been open since long before the last three
/// months is no habit of theirs. One that slows down and one that stops paying drift all the same.
#[test]
fn what_is_never_paid_is_no_drift_and_who_slows_down_or_stops_drifts() {
    for one_in in [4, 10] {
        let mut items = "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned();
        let mut allocations = "debit_item_id,credit_item_id,allocated_date,amount\n".to_owned();
        let mut invoice = |customer: &str, month: i64, late_days: Option<i64>| {
            let id = format!("{customer}-{month}");
            let issued = day("2023-01-05") + TimeDelta::days(30 * month);
            let due = issued + TimeDelta::days(30);
            writeln!(items, "F{id},{customer},invoice,{issued},{due},100.00").unwrap();
            if let Some(days) = late_days {
                let paid = due + TimeDelta::days(days);
                writeln!(items, "R{id},{customer},receipt,{paid},{paid},-100.00").unwrap();
                writeln!(allocations, "F{id},R{id},{paid},100.00").unwrap();
            }
        };
        for month in 0..18 {
            for customer in 0..12 {
                let is_paid = (18 * customer + month + 1) % one_in != 0;
                invoice(&format!("C{customer}"), month, is_paid.then_some((customer + 7 * month) % 5 - 2));
            }
            invoice("SLOWER", month, if month < 14 { Some(0) } else { (month < 17).then_some(25) });
            invoice("STOPS", month, (month < 15).then_some(0));
        }
        let desk = lake(&[("items.csv", &items), ("allocations.csv", &allocations)]);
        let rows = desk.ask("2024-07-04").rows("payers");
        let drifting = rows.iter().filter(|row| row["drift_code"] != "stable");
        let mut found: Vec<&str> = drifting.map(|row| &*row["customer_id"]).collect();
        found.sort_unstable();
        assert_eq!(found, ["SLOWER", "STOPS"], "one in {one_in}");
    }
}

#[test]
fn a_promise_is_what_cash_made_of_it() {
    let mut items = "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned();
    let mut actions = "action_id,customer_id,action_date,channel_code,promised_date,promised_amount\n".to_owned();
    let cases: [(&str, [&str; 3], &str, &str); 13] = [
        ("before_the_day", ["2024-03-01", "2024-03-10", "100.00"], "2024-03-04 100.00", "kept 100.00"),
        ("within_three_days", ["2024-03-01", "2024-03-10", "100.00"], "2024-03-13 100.00", "kept 100.00"),
        ("a_day_too_late", ["2024-03-01", "2024-03-10", "100.00"], "2024-03-14 100.00", "broken 0.00"),
        ("a_quarter", ["2024-03-01", "2024-03-10", "100.00"], "2024-03-10 25.00", "partially_kept 25.00"),
        ("less_than_a_quarter", ["2024-03-01", "2024-03-10", "100.00"], "2024-03-10 24.99", "broken 24.99"),
        ("paid_before_it_said_so", ["2024-03-01", "2024-03-10", "100.00"], "2024-02-29 100.00", "broken 0.00"),
        ("paid_as_it_said_so", ["2024-03-01", "2024-03-10", "100.00"], "2024-03-01 100.00", "kept 100.00"),
        ("ahead", ["2024-03-20", "2024-04-10", "100.00"], "2024-03-25 40.00", "open 40.00"),
        ("ahead_and_paid", ["2024-03-20", "2024-04-10", "100.00"], "2024-03-25 100.00", "kept 100.00"),
        ("tolerance_ends_that_day", ["2024-03-20", "2024-03-28", "100.00"], "", "broken 0.00"),
        ("tolerance_ends_the_day_after", ["2024-03-20", "2024-03-29", "100.00"], "", "open 0.00"),
        ("no_amount_and_nothing", ["2024-03-01", "2024-03-10", ""], "", "broken "),
        ("two_for_one_receipt", ["2024-03-01", "2024-03-12", "60.00"], "2024-03-05 100.00", "partially_kept 40.00"),
    ];
    for (customer, [made, promised, amount], receipt, _) in &cases {
        writeln!(items, "F{customer},{customer},invoice,2024-01-02,2024-02-01,1000.00").unwrap();
        if let Some((day, received)) = receipt.split_once(' ') {
            writeln!(items, "R{customer},{customer},receipt,{day},{day},-{received}").unwrap();
        }
        writeln!(actions, "{customer},{customer},{made},phone,{promised},{amount}").unwrap();
    }
    // the older of the two takes 60 of the 100 that came in
    writeln!(actions, "older,two_for_one_receipt,2024-03-02,phone,2024-03-10,60.00").unwrap();
    // without an amount it is one of all that was due: 5 of 1000 do not keep it
    writeln!(items, "Fany,any,invoice,2024-01-02,2024-02-01,1000.00\nRany,any,receipt,2024-03-08,2024-03-08,-5.00")
        .unwrap();
    writeln!(actions, "any,any,2024-03-01,phone,2024-03-10,\nlater,any,2024-04-01,phone,2024-04-10,10.00").unwrap();
    let desk = lake(&[("items.csv", &items), ("actions.csv", &actions)]);
    let mut asked = desk.ask("2024-03-31");
    let found = asked.sql("select action_id, status_code, received_amount from promise_outcomes");
    let outcome = |action: &str| {
        let row = found.iter().find(|row| row["action_id"] == action)?;
        Some(format!("{} {}", row["status_code"], row["received_amount"]))
    };
    for (customer, _, _, expected) in &cases {
        assert_eq!(outcome(customer).unwrap(), *expected, "{customer}");
    }
    assert_eq!(outcome("older").unwrap(), "kept 60.00");
    assert!(outcome("any").unwrap().starts_with("broken "));
    assert_eq!(outcome("later"), None, "a promise not yet made is not known");
    let payers = asked.rows("payers");
    for (customer, promises, broken) in [
        ("less_than_a_quarter", "1", "1.000000"),
        ("a_quarter", "1", "0.000000"),
        ("two_for_one_receipt", "2", "0.000000"),
        ("ahead", "0", ""),
    ] {
        let row = of(&payers, customer);
        assert_eq!([&*row["promise_count"], &*row["broken_promise_ratio"]], [promises, broken], "{customer}");
    }
}

#[test]
fn names_meant_to_harm_stay_names() {
    let names = [
        "<script>alert(1)</script>",
        "say \"hi\" & 'co'",
        "=HYPERLINK(\"http://exemple.invalid\")",
        "\u{202e}شركة\u{202c} العربية",
        "{open_amount}",
        "a|b\\n%s",
        "'; drop table items; --",
    ];
    let mut customers = "customer_id,name\n".to_owned();
    let mut items = "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned();
    for (place, name) in names.iter().enumerate() {
        writeln!(customers, "C{place},\"{}\"", name.replace('"', "\"\"")).unwrap();
        writeln!(items, "F{place},C{place},invoice,2024-01-05,2024-02-01,10.00").unwrap();
    }
    let desk = lake(&[("items.csv", &items), ("customers.csv", &customers)]);
    let rows = desk.ask("2024-12-31").rows("payers");
    for (place, name) in names.iter().enumerate() {
        assert_eq!(of(&rows, &format!("C{place}"))["customer_name"], *name);
    }
}

/// Every reader of payers answers at each day, and who is known is told why.
fn answered(desk: &Desk, days: &[&str]) -> Vec<Vec<Row>> {
    let mut asked = desk.ask(days[0]);
    let mut payers = Vec::new();
    for day in days {
        for query in ["payer_migration", "terms_compliance"] {
            asked.at(day).answer(query);
        }
        let rows = asked.at(day).rows("payers");
        for row in &rows {
            assert!(!row["why_text"].is_empty() && !row["why_text"].contains('{'), "{day}: {}", row["why_text"]);
        }
        payers.push(rows);
    }
    payers
}

#[test]
fn odd_ledgers_are_answered() {
    let items = "item_id,customer_id,kind,issued_date,due_date,amount
F1,one_item,invoice,2024-01-05,2024-02-01,10.00
N1,credit_only,credit_note,2024-01-05,,-10.00
F2,all_disputed,invoice,2024-01-05,2024-02-01,10.00
F3,all_disputed,invoice,2024-01-06,2024-02-01,10.00
F4,of_another_century,invoice,1899-12-31,1900-01-30,10.00
F5,of_the_end_of_ours,invoice,2099-11-01,2099-12-31,10.00
";
    let desk = lake(&[("items.csv", items), ("disputes.csv", "dispute_id,item_id\nD2,F2\nD3,F3\n")]);
    let payers = answered(&desk, &["1899-01-01", "1899-12-31", "2024-03-31", "2099-12-31"]);
    assert_eq!(payers.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 4, 5]);
    let figures = |customer: &str| {
        let columns = ["status_code", "past_due_count", "at_risk_late_days", "disputed_ratio", "open_amount"];
        columns.map(|column| of(&payers[2], customer)[column].clone())
    };
    assert_eq!(figures("one_item"), ["new", "1", "59.0000", "0.000000", "10.00"]);
    assert_eq!(figures("credit_only"), ["new", "0", "", "", "-10.00"]);
    assert_eq!(figures("all_disputed"), ["new", "2", "59.0000", "1.000000", "20.00"]);
    // from 30 January 1900
    assert_eq!(figures("of_another_century"), ["dormant", "1", "45351.0000", "", "10.00"]);
    // the largest amount there is, late for years: amount × days has more digits than an amount
    let items = "item_id,customer_id,kind,issued_date,due_date,amount
F1,large,invoice,2024-01-05,2024-02-01,999999999999999.99
";
    let payers = answered(&lake(&[("items.csv", items)]), &["2024-12-31", "2099-12-31"]);
    let columns = ["billed_amount", "at_risk_late_days", "open_amount", "exposure_ratio"];
    let large = "999999999999999.99";
    assert_eq!(columns.map(|column| &*payers[0][0][column]), [large, "334.0000", large, "1.000000"]);
}

#[test]
fn what_is_paid_as_it_is_posted_counts_as_paid_on_time() {
    // paid at once, and paid in advance: nothing is ever open
    let mut items = "item_id,customer_id,kind,issued_date,due_date,amount\n".to_owned();
    let mut allocations = "debit_item_id,credit_item_id,allocated_date,amount\n".to_owned();
    for month in 1..=6 {
        let (advance, issued, due) =
            (format!("2024-{month:02}-02"), format!("2024-{month:02}-05"), format!("2024-{month:02}-25"));
        for (customer, paid) in [("cash", &issued), ("advance", &advance)] {
            writeln!(items, "{customer}{month},{customer},invoice,{issued},{due},10.00").unwrap();
            writeln!(items, "R{customer}{month},{customer},receipt,{paid},{paid},-10.00").unwrap();
            writeln!(allocations, "{customer}{month},R{customer}{month},{paid},10.00").unwrap();
        }
    }
    let desk = lake(&[("items.csv", &items), ("allocations.csv", &allocations)]);
    let mut asked = desk.ask("2024-12-31");
    let rows = asked.rows("payers");
    for customer in ["cash", "advance"] {
        let row = of(&rows, customer);
        assert_eq!(
            [&*row["settled_count"], &*row["settled_late_days"], &*row["behaviour_code"]],
            ["6", "-20.0000", "prompt"]
        );
    }
    assert_eq!(asked.first("days_late", "item_count"), "12");
}
