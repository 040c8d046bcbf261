//! Payers: an independent computation of every figure the late-payment file can tell, their sentences, and no look-ahead.

use std::path::{Path, PathBuf};
use std::process::Command;

use encours::demo::DemoOptions;
use encours::engine::Scope;
use encours::model::calendar::add_months;

use crate::desk::{Asked, Desk, Row, day};
use crate::skips::real;

const FILE: &str = "ibm/WA_Fn-UseC_-Accounts-Receivable.csv";

/// A demo company small enough to be asked many times.
pub fn small_company() -> Desk {
    Desk::demo(&DemoOptions { customer_count: 120, invoice_count: 3000, ..DemoOptions::default() })
}

/// A lake of plain CSV files, by name.
pub fn lake(files: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    let files: Vec<PathBuf> = files.iter().map(|(name, text)| desk.file(name, text)).collect();
    desk.load(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    desk
}

pub fn of<'a>(rows: &'a [Row], customer: &str) -> &'a Row {
    rows.iter().find(|row| row["customer_id"] == customer).unwrap()
}

/// Recomputes each payer from the lines of the file, with Python's own fractions and decimals, sharing nothing with us.
const ORACLE: &str = r#"
import calendar, csv, sys
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal, ROUND_HALF_UP
from fractions import Fraction

def day(text):
    month, number, year = map(int, text.split("/"))
    return date(year, month, number)

def months_before(t, months):
    number = t.year * 12 + t.month - 1 - months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(t.day, calendar.monthrange(year, month + 1)[1]))

def rounded(value, places):
    if value is None:
        return ""
    value = Fraction(value)
    exact = Decimal(value.numerator) * 10 ** 30 / Decimal(value.denominator)
    return format(exact.scaleb(-30).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")

def quantile(values, share):
    if not values:
        return None
    values = sorted(values)
    place = Fraction(share) * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)

def weighted(lateness):
    weight = sum(w for _, w in lateness)
    return Fraction(sum(d * w for d, w in lateness)) / Fraction(weight) if weight else None

BY_COUNTRY = {}
rows = defaultdict(list)
for r in csv.DictReader(open(sys.argv[1], newline="")):
    rows[r["customerID"]].append((day(r["InvoiceDate"]), day(r["DueDate"]), day(r["SettledDate"]),
        Decimal(r["InvoiceAmount"]), r["Disputed"] == "Yes"))
    BY_COUNTRY[r["customerID"]] = r["countryCode"]
HALF, NINE_TENTHS = Fraction(1, 2), Fraction(9, 10)
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

def pattern(days):
    if len(days) < 4:
        return "unknown", ""
    starts = Counter(d.day - shift for d in days for shift in (0, 1, 2) if d.day > shift)
    ranked = lambda found: max(found, key=lambda start: (starts[start], start), default=None)
    first = ranked(starts)
    second = ranked([start for start in starts if abs(start - first) >= 3])
    both = starts[first] + (starts[second] if second else 0)
    weeks = Counter(d.isoweekday() % 7 for d in days)
    week = min(weeks, key=lambda number: (-weeks[number], number))
    enough = lambda count: 10 * count >= 9 * len(days)
    if len(days) < 6 and not enough(starts[first]):
        return "unknown", ""
    code = "month_days" if enough(both) else WEEK[week - 1] if enough(weeks[week]) else "none"
    text = str(first) if enough(starts[first]) else f"{min(first, second)}, {max(first, second)}" if enough(both) else ""
    return code, text

def picture(t):
    window, recent = months_before(t, 12), months_before(t, 3)
    # whether somebody is new, only books tell that reach back beyond the window
    reach_back = min((i[0] for items in rows.values() for i in items), default=t) <= window
    known = {}
    for customer, all_items in rows.items():
        items = [i for i in all_items if i[0] <= t]
        if not items:
            continue
        f = known[customer] = {}
        issued = [i for i in items if i[0] > window]
        settled = [i for i in items if window < i[2] <= t]
        open_items = [i for i in items if i[2] > t]
        overdue = [i for i in open_items if i[1] < t]
        late = [((i[2] - i[1]).days, i[3]) for i in settled]
        past_due = [((t - i[1]).days, i[3]) for i in overdue]
        all_late = late + past_due
        days = [d for d, _ in all_late]
        free = [i for i in settled if not i[4]]
        new = [(i[2] - i[1]).days for i in free if i[2] > recent] + [(t - i[1]).days for i in overdue if not i[4] and i[1] > recent]
        old = [(i[2] - i[1]).days for i in free if i[2] <= recent]
        f["item_count"] = len(issued)
        f["billed_amount"] = sum((i[3] for i in issued), Decimal(0))
        f["last_issued_date"] = max(i[0] for i in items)
        f["ever_settled_count"] = sum(i[2] <= t for i in items)
        f["settled_count"], f["past_due_count"] = len(settled), len(overdue)
        f["late_ratio"] = Fraction(sum(d > 0 for d in days), len(days)) if days else None
        f["late_amount_ratio"] = weighted([(int(d > 0), w) for d, w in all_late])
        f["settled_late_days"], f["at_risk_late_days"] = weighted(late), weighted(all_late)
        f["median_late_days"], f["p90_late_days"] = quantile(days, HALF), quantile(days, NINE_TENTHS)
        f["spread_days"] = f["p90_late_days"] - f["median_late_days"] if days else None
        f["recent_late_days"], f["previous_late_days"] = quantile(new, HALF), quantile(old, HALF)
        f["trend_days"] = f["recent_late_days"] - f["previous_late_days"] if new and old else None
        f["disputed_ratio"] = Fraction(sum(i[4] for i in issued), len(issued)) if issued else None
        f["last_late_date"] = max([i[2] for i in settled if i[2] > i[1]] + [t for _ in past_due], default="")
        f["open_amount"] = sum((i[3] for i in open_items), Decimal(0))
        f["overdue_amount"] = sum((i[3] for i in overdue), Decimal(0))
        f["payment_pattern_code"], f["payment_days_text"] = pattern({i[2] for i in free})
        little = f["_few"] = f["ever_settled_count"] < 5
        f["status_code"] = ("new" if little and reach_back and min(i[0] for i in items) > window
            else "dormant" if (t - f["last_issued_date"]).days > 183
            else "" if little and not reach_back else "active")
        risk = f["at_risk_late_days"]
        f["behaviour_code"] = ("no_verdict" if little else "none" if risk is None
            else "prompt" if risk <= 0 else "slightly_late" if risk <= 15 else "late" if risk <= 30
            else "very_late" if risk <= 60 else "critical")
        f["is_regular"] = ("" if little or not days else "true" if f["spread_days"] <= 7 else "false")
        f["cause_code"] = "unknown"
        trend, outside = f["trend_days"], False
        if trend is not None and min(len(new), len(old)) >= 3 and abs(trend) >= 7:
            spread = quantile(old, NINE_TENTHS) - quantile(old, HALF)
            outside = 4 * trend ** 2 > 25 * spread ** 2 * (Fraction(1, len(new)) + Fraction(1, len(old)))
        f["drift_code"] = ("stable" if little or not outside
            else "deteriorating" if trend > 0 else "improving")
    owed = sum(max(f["open_amount"], 0) for f in known.values())
    billed, so_far = sum(f["billed_amount"] for f in known.values()), Decimal(0)
    for customer in sorted(known, key=lambda c: (-known[c]["billed_amount"], c)):
        f = known[customer]
        f["exposure_ratio"] = Fraction(f["open_amount"]) / Fraction(owed) if owed else Fraction(0)
        f["stake_code"] = "A" if so_far < billed * Decimal("0.8") else "B" if so_far < billed * Decimal("0.95") else "C"
        so_far += f["billed_amount"]
        peers = [Decimal(rounded(p["at_risk_late_days"], 4)) for other, p in known.items()
            if p["status_code"] == "active" and not p["_few"] and BY_COUNTRY[other] == BY_COUNTRY[customer]
            and p["at_risk_late_days"] is not None]
        f["peer_late_days"] = Fraction(sum(peers)) / len(peers) if peers else None
        regular, behaviour = f["is_regular"], f["behaviour_code"]
        f["segment_code"] = (f["status_code"] if f["status_code"] in ("new", "dormant")
            else "drifting" if f["drift_code"] == "deteriorating"
            else "chronic" if behaviour in ("very_late", "critical") else "late" if behaviour == "late"
            else "habitual" if behaviour == "slightly_late" and regular == "true"
            else "forgetful" if behaviour == "slightly_late" else "prompt" if behaviour == "prompt"
            else "little_known" if behaviour == "no_verdict" else "other")
    return known

SCALES = [("amount", 2), ("ratio", 6), ("days", 4)]
for text in sys.argv[2:]:
    t = date.fromisoformat(text)
    now, three, twelve = picture(t), picture(months_before(t, 3)), picture(months_before(t, 12))
    for customer, f in sorted(now.items()):
        f["segment_3_months_ago_code"] = three.get(customer, {}).get("segment_code", "")
        f["segment_12_months_ago_code"] = twelve.get(customer, {}).get("segment_code", "")
        cells = []
        for name, value in f.items():
            if name == "_few":
                continue
            places = next((places for ending, places in SCALES if name.endswith("_" + ending)), None)
            cells.append(f"{name}={value if places is None else rounded(value, places)}")
        print(text, customer, *sorted(cells), sep="|")
"#;

/// Ends of years and months, the end of February among them, and a day in a month.
const DAYS: [&str; 6] = ["2012-02-29", "2012-12-31", "2013-05-15", "2013-05-31", "2013-12-31", "2014-01-31"];

#[test]
fn every_payer_of_the_late_payment_file_is_what_an_independent_computation_says() {
    let Some(file) = real(FILE) else { return };
    let desk = Desk::new();
    desk.load(&[&file]);
    let output = Command::new("python3").arg("-c").arg(ORACLE).arg(&file).args(DAYS).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = String::from_utf8(output.stdout).unwrap();
    let mut asked = desk.ask(DAYS[0]);
    for as_of in DAYS {
        let rows = asked.at(as_of).rows("payers");
        let lines: Vec<&str> = expected.lines().filter(|line| line.starts_with(as_of)).collect();
        assert_eq!(lines.len(), rows.len(), "{as_of}: customers");
        for line in lines {
            let mut cells = line.split('|').skip(1);
            let customer = cells.next().unwrap();
            let row = of(&rows, customer);
            for (column, value) in cells.map(|cell| cell.split_once('=').unwrap()) {
                assert_eq!(row[column], value, "{as_of}, {customer}: {column}");
            }
        }
    }
    // all hundred customers are known by the end
    assert_eq!(expected.lines().filter(|line| line.starts_with("2013-12-31")).count(), 100);
}

/// A number as a sentence of that language writes it, from the digits of a published figure.
fn written(figure: &str, places: usize, language: &str) -> String {
    let (sign, digits) = figure.strip_prefix('-').map_or(("", figure), |digits| ("\u{2212}", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let kept: i128 = format!("{whole}{part:0<places$.places$}").parse().unwrap();
    let is_up = part.as_bytes().get(places).is_some_and(|digit| *digit >= b'5');
    let rounded = kept + i128::from(is_up);
    let text = format!("{rounded:0>width$}", width = places + 1);
    let (whole, part) = text.split_at(text.len() - places);
    let (group, mark) = if language == "fr" { ("\u{202f}", ",") } else { (",", ".") };
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    let sign = if rounded == 0 { "" } else { sign };
    let part = if places == 0 { String::new() } else { format!("{mark}{part}") };
    format!("{sign}{}{part}", groups.join(group))
}

/// A share of one as a whole percentage.
fn percent(ratio: &str, language: &str) -> String {
    let (sign, digits) = ratio.strip_prefix('-').map_or(("", ratio), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap();
    let hundredfold = format!("{sign}{}.{}", format!("{whole}{}", &part[..2]).trim_start_matches('0'), &part[2..]);
    let hundredfold = if hundredfold.starts_with('.') { format!("0{hundredfold}") } else { hundredfold };
    written(&hundredfold, 0, language) + if language == "fr" { "\u{202f}%" } else { "%" }
}

/// The sentence of a rule, filled with the figures that stand in the row.
fn expected_sentence(row: &Row, as_of: &str, language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/reference/sentences.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let column = if language == "fr" { 2 } else { 1 };
    let code = format!("why.{}", row["rule_code"]);
    let lines = reader.records().map(Result::unwrap).collect::<Vec<_>>();
    let template = lines.iter().find(|line| line[0] == code).unwrap()[column].to_owned();
    let idle_days = || (day(as_of) - day(&row["last_issued_date"])).num_days().to_string();
    let figure = |name: &str| match name {
        "open_amount" | "overdue_amount" | "settled_count" | "past_due_count" => (row[name].clone(), 0),
        "ever_count" => (row["ever_settled_count"].clone(), 0),
        "idle_days" => (idle_days(), 0),
        "trend_days" => (row[name].clone(), 1),
        "spread_days" => (row["spread_days"].clone(), 1),
        name => (row[&name.replace("_days", "_late_days")].clone(), 1),
    };
    let value = |name: &str| {
        if let Some(stem) = name.strip_suffix("_percent") {
            let ratio = &row[&format!("{stem}_ratio")];
            return if ratio.is_empty() { "–".to_owned() } else { percent(ratio, language) };
        }
        // late or early, in words: no day is below zero
        if let Some(stem) = name.strip_suffix("_lateness") {
            let (of, mark) = if stem == "weighted" { ("at_risk", "weighted_") } else { (stem, "") };
            let days = &row[&format!("{of}_late_days")];
            let way = if days.starts_with('-') { "early" } else { "late" };
            let phrase = &lines.iter().find(|line| line[0] == format!("lateness.{mark}{way}")).unwrap()[column];
            let days = match days.trim_start_matches('-') {
                "" => "–".to_owned(),
                days => written(days, 1, language),
            };
            return filled(phrase, |_| days.clone());
        }
        let (text, places) = figure(name);
        match text.as_str() {
            "" => "–".to_owned(),
            text if name == "trend_days" && !text.starts_with('-') => format!("+{}", written(text, places, language)),
            text => written(text, places, language),
        }
    };
    filled(&template, value)
}

/// A sentence with its values; of two forms the first where the value is one.
fn filled(template: &str, value: impl Fn(&str) -> String) -> String {
    let (mut text, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        text += before;
        text += &match name.split_once('?') {
            None => value(name),
            Some((name, forms)) => {
                let (one, many) = forms.split_once('|').unwrap();
                if ["1", "+1", "−1"].contains(&value(name).as_str()) { one } else { many }.to_owned()
            }
        };
        rest = after;
    }
    text + rest
}

#[test]
fn every_payer_is_told_why_with_the_figures_of_its_row_in_both_languages() {
    let desk = small_company();
    let as_of = "2025-12-31";
    let mut texts: Vec<Vec<String>> = Vec::new();
    for language_code in ["en", "fr"] {
        let scope = Scope { language_code, ..Scope::at(day(as_of)) };
        let rows = Asked::scoped(&desk.path("lake"), scope).rows("payers");
        // those of the ledgers, and twelve of the sister company
        assert_eq!(rows.len(), 120 + 12);
        for row in &rows {
            let customer = &row["customer_id"];
            for axis in ["status_code", "behaviour_code", "cause_code", "stake_code", "drift_code", "segment_code"] {
                assert_ne!(row[axis], "", "{customer}: {axis}");
            }
            assert!(!row["why_text"].contains('{'), "{customer}: {}", row["why_text"]);
            assert_eq!(row["why_text"], expected_sentence(row, as_of, language_code), "{customer}, {language_code}");
        }
        texts.push(rows.iter().map(|row| row["why_text"].clone()).collect());
    }
    assert!(texts[0].iter().zip(&texts[1]).all(|(english, french)| english != french));
}

#[test]
fn the_segment_of_months_ago_is_what_was_said_then() {
    let desk = small_company();
    let mut asked = desk.ask("2025-12-31");
    for as_of in ["2025-12-31", "2025-05-31"] {
        let now = asked.at(as_of).rows("payers");
        for (months, column) in [(3, "segment_3_months_ago_code"), (12, "segment_12_months_ago_code")] {
            let earlier = add_months(day(as_of), -months);
            let then = asked.at(&earlier.to_string()).rows("payers");
            assert!(!then.is_empty(), "{earlier}");
            for row in &now {
                let found = then.iter().find(|found| found["customer_id"] == row["customer_id"]);
                let said = found.map_or("", |found| &found["segment_code"]);
                assert_eq!(row[column], said, "{as_of}, {}: {column}", row["customer_id"]);
            }
        }
    }
}
