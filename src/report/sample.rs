//! Answers of an invented manufacturer with 12 M€ open, for tests. Panels that have none here say they were not asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::{Assumption, CheckResult, Language, LoadFacts, PageInput, SourceFacts, Templates};
use crate::model::calendar::{add_days, add_months, month_end};
use crate::model::{Answer, AnswerColumn, ColumnKind, Date, Value};

static ABSENT: OnceLock<BTreeSet<String>> = OnceLock::new();

/// Texts that a ledger might carry to do harm.
pub(crate) const HOSTILE_NAMES: [&str; 4] = [
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "Groupe \u{202e}gnp.erutcaf",
    "\"><script>alert('x')</script>\u{1b}[2J",
];

const HONEST_NAMES: [&str; 24] = [
    "Société Dauphinoise d’Équipement",
    "Ferronnerie Brossard & Fils",
    "Transports Mollard",
    "Centre hospitalier de Voiron",
    "Comptoir des Métaux du Rhône",
    "Maschinenbau Gräf GmbH",
    "Papeteries de Lancey",
    "شركة النور للتجهيزات",
    "Établissements Chapuis",
    "Robinetterie de l’Isère",
    "Ville de Seyssins",
    "Chaudronnerie Peyre",
    "Aciers Lombard",
    "Coopérative des Terres-Froides",
    "Hydrelec SA",
    "Outillage Ravix",
    "Bâti-Alpes",
    "Scierie du Vercors",
    "Fonderies Giroud",
    "Nordisk Ventilasjon AS",
    "Câbleries de Pont-de-Claix",
    "Ateliers Tournier",
    "Industrie Cantal",
    "Mécanique Berthon",
];

/// The day of the sample.
pub(crate) fn as_of() -> Date {
    Date::from_ymd_opt(2025, 12, 31).unwrap_or_default()
}

fn answer(columns: &[(&str, ColumnKind)], rows: Vec<Vec<Value<'static>>>) -> Answer {
    let columns = columns.iter().map(|(name, kind)| AnswerColumn { name: (*name).to_owned(), kind: *kind }).collect();
    Answer::of(columns, rows)
}

fn text(text: &str) -> Value<'static> {
    Value::text(text.to_owned())
}

const fn money(hundredths: i128) -> Value<'static> {
    Value::Decimal { digits: hundredths, scale: 2 }
}

const fn days(ten_thousandths: i128) -> Value<'static> {
    Value::Decimal { digits: ten_thousandths, scale: 4 }
}

/// The whole page in one language: it ties to the ledger, two checks found faults.
pub(crate) fn page(language: Language) -> PageInput<'static> {
    PageInput {
        report_name: "controller",
        language,
        company_id: "999999998",
        company_name: Some("Ateliers de la Valdaine"),
        currency_code: "EUR",
        decimals: 2,
        ages_from_issue: false,
        as_of: as_of(),
        books_end: Date::from_ymd_opt(2025, 12, 31),
        load: load(),
        answers: answers(),
        checks: checks(),
        comments: Vec::new(),
        addressee: None,
        subject: None,
        links: BTreeMap::new(),
        absent_tables: ABSENT.get_or_init(BTreeSet::new),
        ways: crate::report::Ways::default(),
        cards: BTreeMap::new(),
        query_options: Vec::new(),
        generated_note: "encours 0.1.0",
    }
}

fn load() -> LoadFacts {
    let source = |file_name: &str, line_count, rejected_count| SourceFacts {
        file_name: file_name.to_owned(),
        line_count,
        accepted_count: line_count - rejected_count,
        rejected_count,
    };
    let assumption = |code: &str, line_count, hundredths: i128| Assumption {
        code: code.to_owned(),
        line_count,
        amount: Some(hundredths * 10),
    };
    LoadFacts {
        load_id: "3".to_owned(),
        loaded_at: "2026-01-08T07:42:10Z".to_owned(),
        is_latest: true,
        sources: vec![
            source("999999998FEC20231231.txt", 48_211, 0),
            source("999999998FEC20241231.txt", 51_904, 0),
            source("999999998FEC20251231.txt", 53_377, 2),
            source("disputes.csv", 184, 0),
        ],
        assumptions: vec![
            assumption("due_date_derived", 11_982, 14_377_120_433),
            assumption("allocation_inferred", 214, 128_450_917),
            assumption("age_unknown", 37, 4_219_860),
        ],
    }
}

fn checks() -> Vec<CheckResult> {
    let counts = [
        ("control_differs", 0),
        ("over_allocated", 0),
        ("allocation_wrong_side", 0),
        ("allocation_of_other_customer", 0),
        ("entry_unbalanced", 1),
        ("ledger_unbalanced", 0),
        ("date_outside_year", 0),
        ("line_duplicated", 0),
        ("line_rejected", 2),
        ("odd_lettering", 0),
        ("opening_differs", 0),
        ("due_before_issued", 0),
        ("dispute_item_unknown", 0),
        ("year_missing", 0),
    ];
    let result = |(name, fault_count): (&str, u64)| CheckResult {
        name: name.to_owned(),
        fault_count,
        fault: "the header's own sentence".to_owned(),
        todo: "the header's own advice".to_owned(),
    };
    counts.into_iter().map(result).collect()
}

/// The amounts of a `receivables` row from open to tie-out, consistent with one another.
fn balances(open: i128, overdue: i128) -> Vec<Value<'static>> {
    let unallocated = -open / 38;
    let age_unknown = 4_219_860;
    let amounts = [
        open,
        open - overdue - age_unknown,
        overdue,
        age_unknown,
        overdue - unallocated / 2,
        unallocated,
        -18_400_000,
        21_633_742,
        38_215_090,
    ];
    let mut row: Vec<Value> = amounts.map(money).to_vec();
    row.push(Value::Int(i64::try_from(open / 600_000).unwrap_or_default()));
    row.push(money(open));
    row.push(money(0));
    row.push(money(0));
    row
}

const BALANCES: [(&str, ColumnKind); 13] = [
    ("open_amount", ColumnKind::Money),
    ("not_due_amount", ColumnKind::Money),
    ("overdue_amount", ColumnKind::Money),
    ("age_unknown_amount", ColumnKind::Money),
    ("gross_overdue_amount", ColumnKind::Money),
    ("unallocated_amount", ColumnKind::Money),
    ("advances_amount", ColumnKind::Money),
    ("doubtful_amount", ColumnKind::Money),
    ("disputed_amount", ColumnKind::Money),
    ("open_count", ColumnKind::Int),
    ("control_amount", ColumnKind::Money),
    ("uncontrolled_amount", ColumnKind::Money),
    ("tie_out_amount", ColumnKind::Money),
];

const OPEN: i128 = 1_203_456_789;
const OVERDUE: i128 = 341_907_415;

fn answers() -> BTreeMap<String, Answer> {
    let named = [
        ("receivables", receivables()),
        ("tie_out", tie_out(&[])),
        ("key_figures", key_figures()),
        ("aging", aging()),
        ("aging_history", aging_history()),
        ("dso", dso()),
        ("dso_bridge", dso_bridge()),
        ("receivables_history", history()),
        ("roll_forward", roll_forward()),
        ("top_debtors", top_debtors()),
        ("open_items", open_items()),
    ];
    named.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect()
}

/// One row; `page` ties to the ledger.
pub(crate) fn receivables() -> Answer {
    let mut columns = vec![("as_of_date", ColumnKind::Date)];
    columns.extend(BALANCES);
    let mut row = vec![Value::Date(as_of())];
    row.extend(balances(OPEN, OVERDUE));
    answer(&columns, vec![row])
}

/// Customers whose open items are not the balance of their account.
pub(crate) fn tie_out(differences: &[(&str, i128, i128)]) -> Answer {
    let columns = [
        ("customer_id", ColumnKind::Text),
        ("customer_name", ColumnKind::Text),
        ("account", ColumnKind::Text),
        ("open_amount", ColumnKind::Money),
        ("control_amount", ColumnKind::Money),
        ("difference_amount", ColumnKind::Money),
        ("exchange_amount", ColumnKind::Money),
    ];
    let row = |(name, open, control): &(&str, i128, i128)| {
        vec![text("C00042"), text(name), text("411000"), money(*open), money(*control), money(open - control), money(0)]
    };
    answer(&columns, differences.iter().map(row).collect())
}

fn aging() -> Answer {
    let columns = [
        ("bucket_code", ColumnKind::Text),
        ("bucket_order", ColumnKind::Int),
        ("open_amount", ColumnKind::Money),
        ("open_count", ColumnKind::Int),
    ];
    let buckets = [
        ("age_unknown", -1, 4_219_860, 37),
        ("not_due", 0, 857_329_514, 1_204),
        ("1-30", 1, 198_301_122, 402),
        ("31-60", 2, 71_846_250, 171),
        ("61-90", 3, 33_127_008, 88),
        ("91+", 4, 38_633_035, 103),
    ];
    answer(
        &columns,
        buckets
            .into_iter()
            .map(|(code, order, open, count)| vec![text(code), Value::Int(order), money(open), Value::Int(count)])
            .collect(),
    )
}

/// The last thirteen month-ends; half a million of gross overdue more than the month before.
fn key_figures() -> Answer {
    let columns = [
        ("as_of_date", ColumnKind::Date),
        ("open_amount", ColumnKind::Money),
        ("debit_amount", ColumnKind::Money),
        ("gross_overdue_amount", ColumnKind::Money),
        ("gross_overdue_ratio", ColumnKind::Ratio),
        ("over_60_amount", ColumnKind::Money),
        ("over_60_ratio", ColumnKind::Ratio),
        ("over_90_amount", ColumnKind::Money),
        ("over_90_ratio", ColumnKind::Ratio),
        ("disputed_amount", ColumnKind::Money),
        ("disputed_ratio", ColumnKind::Ratio),
        ("unallocated_amount", ColumnKind::Money),
        ("unallocated_ratio", ColumnKind::Ratio),
        ("dso_count_back_days", ColumnKind::Decimal),
        ("dso_best_possible_count_back_days", ColumnKind::Decimal),
        ("dso_day_amount", ColumnKind::Money),
        ("cei_book_ratio", ColumnKind::Ratio),
        ("cei_cash_ratio", ColumnKind::Ratio),
        ("open_count", ColumnKind::Int),
    ];
    let row = |back: i32| {
        let overdue = OVERDUE - if back == 0 { 0 } else { 50_000_000 } + swing(back, 900);
        let share = |part: i128| Value::Decimal { digits: part * 1_000_000 / OPEN, scale: 6 };
        vec![
            Value::Date(month_end(add_months(as_of(), -back))),
            money(OPEN),
            money(OPEN),
            money(overdue),
            share(overdue),
            money(overdue / 4),
            share(overdue / 4),
            money(overdue / 9),
            share(overdue / 9),
            money(38_215_090),
            share(38_215_090),
            money(-31_669_915),
            share(-31_669_915),
            days(538_774 + swing(back, 20_000)),
            days(388_021),
            money(22_000_000),
            Value::Decimal { digits: 812_000 + swing(back, 40_000), scale: 6 },
            Value::Null,
            Value::Int(2005),
        ]
    };
    answer(&columns, (0..13).rev().map(row).collect())
}

/// Twelve month-ends, the first six before the books.
fn aging_history() -> Answer {
    let columns = [
        ("month_end_date", ColumnKind::Date),
        ("bucket_code", ColumnKind::Text),
        ("bucket_order", ColumnKind::Int),
        ("open_amount", ColumnKind::Money),
        ("open_count", ColumnKind::Int),
    ];
    let buckets = ["age_unknown", "not_due", "1-30", "31-60", "61-90", "91+"];
    let month = |back: i32| {
        buckets.into_iter().zip(-1_i64..).map(move |(code, order)| {
            let open = if back >= 6 { 0 } else { 800_000_000 / (i128::from(order) + 2) };
            let day = Value::Date(month_end(add_months(as_of(), -back)));
            vec![day, text(code), Value::Int(order), money(open), Value::Int(i64::from(back < 6))]
        })
    };
    answer(&columns, (0..12).rev().flat_map(month).collect())
}

fn dso() -> Answer {
    let columns = [
        ("method_code", ColumnKind::Text),
        ("dso_days", ColumnKind::Decimal),
        ("is_capped", ColumnKind::Flag),
        ("missing_text", ColumnKind::Text),
    ];
    let methods = [
        ("simple", days(552_310)),
        ("count_back", days(538_774)),
        ("best_possible_simple", days(393_466)),
        ("best_possible_count_back", days(388_021)),
        ("delinquent", days(158_844)),
        ("true", days(561_209)),
        ("count_back_trade", Value::Null),
    ];
    answer(
        &columns,
        methods
            .into_iter()
            .map(|(code, value)| vec![text(code), value, Value::Flag(code == "true"), Value::Null])
            .collect(),
    )
}

fn dso_bridge() -> Answer {
    let columns = [("component_code", ColumnKind::Text), ("dso_days", ColumnKind::Decimal)];
    let parts =
        [("not_due", 393_466), ("past_due_disputed", 17_538), ("past_due_undisputed", 141_306), ("total", 552_310)];
    answer(&columns, parts.into_iter().map(|(code, value)| vec![text(code), days(value)]).collect())
}

/// A number that goes up and down over the months and never repeats the step before.
fn swing(month: i32, size: i128) -> i128 {
    (i128::from(month * month * 37 + month * 611) % 1_000 - 500) * size / 500
}

fn history() -> Answer {
    let mut columns = vec![("month_end_date", ColumnKind::Date)];
    columns.extend(BALANCES);
    for method in [
        "dso_simple_days",
        "dso_count_back_days",
        "dso_best_possible_simple_days",
        "dso_best_possible_count_back_days",
        "dso_delinquent_days",
    ] {
        columns.push((method, ColumnKind::Decimal));
    }
    let row = |back: i32| {
        let is_now = back == 0;
        let open = if is_now { OPEN } else { 1_180_000_000 - i128::from(back) * 7_300_000 + swing(back, 74_000_000) };
        let overdue = if is_now { OVERDUE } else { open * (270 + swing(back + 3, 45)) / 1_000 };
        let mut row = vec![Value::Date(month_end(add_months(as_of(), -back)))];
        row.extend(balances(open, overdue));
        for around in [552_310, 538_774, 393_466, 388_021, 158_844] {
            row.push(if back > 33 { Value::Null } else { days(around + if is_now { 0 } else { swing(back, 31_000) }) });
        }
        row
    };
    answer(&columns, (0..36).rev().map(row).collect())
}

fn roll_forward() -> Answer {
    let kinds = [
        "opening",
        "invoices",
        "credit_notes",
        "receipts",
        "returned_receipts",
        "refunds",
        "discounts",
        "write_offs",
        "offsets",
        "factored",
        "transfers",
        "adjustments",
        "openings",
        "closing",
    ];
    let names: Vec<String> = kinds.iter().map(|kind| format!("{kind}_amount")).collect();
    let mut columns = vec![("month_end_date", ColumnKind::Date)];
    columns.extend(names.iter().map(|name| (name.as_str(), ColumnKind::Money)));
    let mut rows = Vec::new();
    let mut opening = 1_091_220_000;
    for back in (0..36).rev() {
        let invoices = 398_000_000 + swing(back, 61_000_000);
        let movements = [
            invoices,
            -invoices / 31,
            -385_400_000 + swing(back + 1, 52_000_000),
            1_214_000,
            0,
            -invoices / 420,
            if back % 3 == 0 { -1_863_400 } else { 0 },
            -2_250_000,
            0,
            0,
            if back == 7 { 1_240 } else { 0 },
            0,
        ];
        let closing = opening + movements.iter().sum::<i128>();
        let mut row = vec![Value::Date(month_end(add_months(as_of(), -back))), money(opening)];
        row.extend(movements.map(money));
        row.push(money(closing));
        rows.push(row);
        opening = closing;
    }
    answer(&columns, rows)
}

fn top_debtors() -> Answer {
    let columns = [
        ("rank_order", ColumnKind::Int),
        ("customer_id", ColumnKind::Text),
        ("customer_name", ColumnKind::Text),
        ("open_amount", ColumnKind::Money),
        ("overdue_amount", ColumnKind::Money),
        ("share_ratio", ColumnKind::Ratio),
        ("cumulative_ratio", ColumnKind::Ratio),
        ("weighted_past_due_days", ColumnKind::Decimal),
        ("age_unknown_amount", ColumnKind::Money),
        ("not_due_amount", ColumnKind::Money),
        ("days_1_30_amount", ColumnKind::Money),
        ("days_31_60_amount", ColumnKind::Money),
        ("days_61_90_amount", ColumnKind::Money),
        ("days_91_plus_amount", ColumnKind::Money),
        ("other_buckets_amount", ColumnKind::Money),
    ];
    let mut rows = Vec::new();
    let mut cumulated = 0;
    for (rank, name) in (1_i64..).zip(HONEST_NAMES) {
        let open = 131_880_455 * 10 / (10 + i128::from(rank) * 3);
        cumulated += open;
        let overdue = if rank % 4 == 0 { 0 } else { open * (30 + i128::from(rank * 37 % 60)) / 200 };
        let ratio = |part: i128| Value::Decimal { digits: part * 1_000_000 / OPEN, scale: 6 };
        rows.push(vec![
            Value::Int(rank),
            text(&format!("C{:05}", 40 + rank * 13)),
            text(name),
            money(open),
            money(overdue),
            ratio(open),
            ratio(cumulated),
            if overdue == 0 { Value::Null } else { days(i128::from(rank * 71 % 97) * 6_173 + 21_400) },
            money(0),
            money(open - overdue),
            money(overdue),
            money(0),
            money(0),
            money(0),
            money(0),
        ]);
    }
    answer(&columns, rows)
}

/// Reasons of late payment by site: `value`, of a kind, as digits; a pair without any has no row.
pub(crate) fn reasons(kind: ColumnKind, value: impl Fn(i64) -> Value<'static>) -> Answer {
    let columns = [("reason_code", ColumnKind::Text), ("site", ColumnKind::Text), ("value", kind)];
    let row = |(reason, site, size): (&str, &str, i64)| vec![text(reason), text(site), value(size)];
    let rows = [
        ("price", "Voiron", 800),
        ("price", "Lancey", 100),
        ("proof", "Voiron", 401),
        ("proof", "Lancey", 0),
        ("order", "Voiron", -50),
        ("total", "Voiron", 1_151),
        ("total", "Lancey", 100),
    ];
    answer(&columns, rows.into_iter().map(row).collect())
}

/// Actions of a day, with texts that a spreadsheet might take for something else.
pub(crate) fn worklist() -> Answer {
    let columns = [
        ("action_id", ColumnKind::Text),
        ("customer_name", ColumnKind::Text),
        ("channel_code", ColumnKind::Text),
        ("due_date", ColumnKind::Date),
        ("open_amount", ColumnKind::Money),
    ];
    let row = |(action, name, amount): (&str, &str, i128)| {
        vec![text(action), text(name), text("telephone"), Value::Date(as_of()), money(amount)]
    };
    let rows = [("007", "Ville de Seyssins", 1_204_530), ("=A1", HOSTILE_NAMES[1], 99), ("A-3", "Aciers Lombard", 5)];
    answer(&columns, rows.into_iter().map(row).collect())
}

/// Alerts by the day since which they hold.
pub(crate) fn alerts(since: &[(Date, &str)]) -> Answer {
    let columns = [("since_date", ColumnKind::Date), ("alert_text", ColumnKind::Text)];
    answer(&columns, since.iter().map(|(day, said)| vec![Value::Date(*day), text(said)]).collect())
}

/// A report of one panel, `own`, with words for what no report of ours shows yet.
pub(crate) fn own_report(panel: &str) -> Templates {
    let words = "[panels.own]\ntitle = \"Own\"\nquestion = \"Own?\"\nempty = \"Empty.\"\n[columns]\n\
        at_risk_late_days = \"Days late, weighted\"\nbehaviour_code = \"Behaviour\"\nreason_code = \"Reason\"\n\
        channel_code = \"Channel\"\nresult_code = \"Result\"\npromised_date = \"Promised for\"\n\
        promised_amount = \"Amount promised\"\nnote_text = \"Note\"\n[codes.behaviour_code]\n\
        no_verdict = \"No verdict\"\nprompt = \"Prompt\"\nslightly_late = \"Slightly late\"\nlate = \"Late\"\n\
        very_late = \"Very late\"\ncritical = \"Critical\"\n[codes.channel_code]\ntelephone = \"Telephone\"\n\
        [codes.own_result]\npromise = \"Promise, to pay\"\ndispute = \"Dispute\"\nno_answer = \"No answer\"\n\
        [codes.reason_code]\nprice = \"Price\"\n\
        proof = \"Proof of delivery\"\norder = \"Order number\"\ntotal = \"All\"\n";
    let files = [
        (
            "controller.toml",
            format!("template = \"page.html\"\nlandscape_print = true\n[[panels]]\nid = \"own\"\n{panel}"),
        ),
        ("words.en.toml", words.to_owned()),
        ("words.fr.toml", words.to_owned()),
    ];
    Templates::with_own(files.map(|(name, text)| (name.to_owned(), text)).into())
}

/// So many payers; each seventh owes nothing, each fiftieth was never late nor early.
pub(crate) fn payers(count: i64) -> Answer {
    let columns = [
        ("customer_name", ColumnKind::Text),
        ("at_risk_late_days", ColumnKind::Decimal),
        ("open_amount", ColumnKind::Money),
        ("behaviour_code", ColumnKind::Text),
    ];
    let behaviours = [(0, "prompt"), (15, "slightly_late"), (30, "late"), (60, "very_late")];
    let row = |number: i64| {
        let name = HONEST_NAMES.iter().chain(&HOSTILE_NAMES).cycle().nth(usize::try_from(number).unwrap_or_default());
        let late = (number * 7_919 % 61) + (number * 31 % 47) - 28 + if number % 23 == 4 { 120 } else { 0 };
        let behaviour = behaviours.iter().find(|(last, _)| late <= *last).map_or("critical", |(_, code)| code);
        let open =
            190_000_000 / (i128::from(number) * i128::from(number) / 9 + 1) + i128::from(number * 101 % 977) * 900;
        vec![
            text(name.copied().unwrap_or_default()),
            if number % 50 == 49 { Value::Null } else { days(i128::from(late) * 10_000 + 3_000) },
            money(if number % 7 == 6 { 0 } else { open }),
            text(if number % 31 == 30 { "no_verdict" } else { behaviour }),
        ]
    };
    answer(&columns, (0..count).map(row).collect())
}

fn open_items() -> Answer {
    let columns = [
        ("item_id", ColumnKind::Text),
        ("customer_id", ColumnKind::Text),
        ("customer_name", ColumnKind::Text),
        ("kind", ColumnKind::Text),
        ("reference", ColumnKind::Text),
        ("issued_date", ColumnKind::Date),
        ("due_date", ColumnKind::Date),
        ("due_is_derived", ColumnKind::Flag),
        ("past_due_days", ColumnKind::Int),
        ("bucket_code", ColumnKind::Text),
        ("amount", ColumnKind::Money),
        ("open_amount", ColumnKind::Money),
        ("currency_code", ColumnKind::Text),
        ("is_disputed", ColumnKind::Flag),
        ("source_file", ColumnKind::Text),
        ("source_line", ColumnKind::Int),
        ("account", ColumnKind::Text),
        ("company_id", ColumnKind::Text),
    ];
    let row = |number: i64| {
        let names = HOSTILE_NAMES.iter().chain(&HONEST_NAMES);
        let name = names.cycle().nth(usize::try_from(number).unwrap_or_default()).copied().unwrap_or_default();
        let is_credit = number % 11 == 5;
        let due = add_days(as_of(), number * 37 % 96 - 70);
        let past_due = as_of().signed_duration_since(due).num_days();
        let amount = (8_412_366 - i128::from(number) * 27_301 + i128::from(number * 7_919 % 10_007))
            * if is_credit { -1 } else { 1 };
        let open = if number % 6 == 1 { amount / 2 } else { amount };
        vec![
            text(&format!("I{number}")),
            text(&format!("C{:05}", number * 17 % 400)),
            text(name),
            text(if is_credit { "receipt" } else { "invoice" }),
            text(&format!("F25-{:05}", 4_100 + number)),
            Value::Date(add_days(due, -45)),
            Value::Date(due),
            Value::Flag(!is_credit),
            Value::Int(past_due),
            text(if past_due > 0 { "1-30" } else { "not_due" }),
            money(amount),
            money(open),
            text("EUR"),
            Value::Flag(number % 9 == 2),
            text("999999998FEC20251231.txt"),
            Value::Int(1_000 + number),
            text("411000"),
            text("999999998"),
        ]
    };
    answer(&columns, (0..240).map(row).collect())
}
