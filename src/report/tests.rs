//! The whole page: what a hostile ledger may not do to it, and what a reader must find in it.
#![expect(clippy::unwrap_used, reason = "a page that does not render must stop the test")]

use super::sample::{HOSTILE_NAMES, alerts, own_report, page, payers, reasons, tie_out, worklist};
use super::*;
use crate::model::{Answer, ColumnKind, Date, Value};

fn html(input: &PageInput) -> String {
    render_html(input, &Templates::built_in()).unwrap()
}

/// The text between two marks, the first time they occur.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

/// The page before its script, the rows kept for the search left out.
fn markup(html: &str) -> String {
    let before = html.rsplit_once("<script>").unwrap().0;
    // blocks of data are no mark-up
    let mut parts = before.split("<script type");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |markup, part| markup + part.split_once("</script>").unwrap().1)
}

/// Every tag of the page below its head, without its angle brackets.
fn tags(html: &str) -> Vec<&str> {
    let body = html.split_once("</style>").unwrap().1;
    body.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0)).collect()
}

fn workbook_of(input: &PageInput<'_>) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    render_workbook(input, &Templates::built_in(), &mut bytes).unwrap();
    bytes.into_inner()
}

#[test]
fn hostile_names_are_text_in_both_languages() {
    for language in Language::ALL {
        let mut input = page(language);
        input.company_name = Some(HOSTILE_NAMES[0]);
        input.company_id = HOSTILE_NAMES[3];
        input.load.sources[0].file_name = HOSTILE_NAMES[3].to_owned();
        input.load.load_id = HOSTILE_NAMES[2].to_owned();
        let html = html(&input);
        assert!(html.contains("<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>"));
        assert!(html.contains("<bdi>=cmd|&#x27;&#x2f;c calc&#x27;!A1</bdi>"));
        assert!(html.contains("<bdi>Groupe [U+202E]gnp.erutcaf</bdi>"));
        assert!(html.contains("&lt;script&gt;") && html.contains("␛[2J"));
        assert!(
            !html.contains("<img")
                && !html.contains("<script>alert")
                && !html.contains('\u{202e}')
                && !html.contains('\u{1b}')
        );
    }
}

#[test]
fn a_users_style_with_other_line_ends_is_still_admitted() {
    let own = Templates::with_own([("page.css".to_owned(), "body { color: red; }\r\n".to_owned())].into());
    let html = render_html(&page(Language::En), &own).unwrap();
    assert_eq!(between(&html, "<style>", "</style>"), "body { color: red; }\n");
    let script = between(&html, "<script>", "</script>");
    assert!(html.contains(&content_policy::content_policy("body { color: red; }\n", script)));
}

#[test]
fn every_tag_that_opens_closes() {
    let html = html(&page(Language::Fr));
    let markup = markup(&html) + html.rsplit_once("</script>").unwrap().1;
    let mut open: Vec<&str> = Vec::new();
    for tag in tags(&markup) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        if tag.ends_with('/') || ["meta", "input"].contains(&name) {
            continue;
        }
        if tag.starts_with('/') {
            let opened = open.pop();
            // <html> and <head> open before the style, where this reading begins
            assert!(
                opened == Some(name) || (opened.is_none() && (name == "head" || name == "html")),
                "</{name}> closes {opened:?}"
            );
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn whoever_cannot_see_finds_the_way() {
    let html = html(&page(Language::Fr));
    for wanted in [
        "<html lang=\"fr\">",
        "<a class=\"skip\" href=\"#content\">",
        "<header",
        "<nav class=\"contents\" aria-label=\"Sommaire\">",
        "<main id=\"content\"",
        "<footer class=\"foot\">",
        "<abbr title=",
    ] {
        assert!(html.contains(wanted), "{wanted}");
    }
    assert_eq!(html.matches("<h1").count(), 1);
    assert_eq!(html.matches("<table").count(), html.matches("<caption>").count());
    assert_eq!(
        html.matches("class=\"scroll").count(),
        html.matches("role=\"region\" tabindex=\"0\" aria-label=\"").count()
    );
    for tag in tags(&html) {
        assert!(tag.split(' ').next() != Some("th") || tag.contains("scope=\""), "<{tag}>");
    }
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "an id twice: {ids:?}");
    for link in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        let place = link.split('?').next().unwrap();
        assert!(ids.contains(&place), "#{link} leads nowhere");
    }
}

#[test]
fn figures_are_written_for_the_reader() {
    let french = html(&page(Language::Fr));
    assert!(french.contains("au <time datetime=\"2025-12-31\">31 décembre 2025</time>"));
    assert!(french.contains("12\u{202f}034\u{202f}567<span class=\"cents\">,89</span>"));
    assert!(french.contains("28,4\u{202f}% des postes débiteurs"));
    assert!(french.contains("Montants en EUR."));
    let english = html(&page(Language::En));
    assert!(english.contains("as of <time datetime=\"2025-12-31\">31 December 2025</time>"));
    assert!(english.contains("12,034,567<span class=\"cents\">.89</span>"));
    assert!(english.contains("28.4% of debit items"));
    for html in [french, english] {
        let markup = markup(&html);
        let body = markup.split_once("</style>").unwrap().1.replace("{found}", "").replace("{shown}", "");
        assert!(!body.contains('{'), "a place was left to fill: {}", between(&body, "{", "<"));
    }
}

#[test]
fn an_unknown_currency_is_not_shown() {
    let mut input = page(Language::En);
    input.currency_code = "XXX";
    let html = html(&input);
    assert!(!html.contains("XXX"));
    assert!(html.contains("Amounts in the currency of the files"));
}

#[test]
fn the_first_panel_says_whether_the_total_ties_to_the_ledger() {
    let html_of = |control: Value, difference: Value, rows: Answer| {
        let mut input = page(Language::En);
        let receivables = input.answers.get_mut("receivables").unwrap();
        let (control_at, tie_out_at) =
            (receivables.position("control_amount").unwrap(), receivables.position("tie_out_amount").unwrap());
        let parts = [(control_at, control), (tie_out_at, difference)];
        let told = |at: usize| parts.iter().find(|(place, _)| *place == at).map(|(_, value)| value.clone());
        let mut other = Answer::new(receivables.columns.clone());
        other.extend(1, |at, row| told(at).unwrap_or_else(|| receivables.at(row, at)));
        *receivables = other;
        input.answers.insert("tie_out".to_owned(), rows);
        let html = html(&input);
        between(&html, "<main", "id=\"key_figures\"").to_owned()
    };
    let money = |digits| Value::Decimal { digits, scale: 2 };
    let proven = html_of(money(1_203_456_789), money(0), tie_out(&[]));
    assert!(
        proven.contains("class=\"tie-out proven\"")
            && proven
                .contains("Open items 12,034,567.89\u{a0}EUR = balance of the control accounts 12,034,567.89\u{a0}EUR")
    );
    let different = html_of(money(1_203_456_089), money(700), tie_out(&[("Transports Mollard", 700, 0)]));
    assert!(
        different.contains("class=\"tie-out different\"")
            && different.contains("differ by 7.00\u{a0}EUR")
            && different.contains("Transports Mollard")
    );
    let unproven = html_of(Value::Null, Value::Null, tie_out(&[]));
    assert!(
        unproven.contains("class=\"tie-out unproven\"")
            && unproven.contains("nothing proves this total of 12,034,567.89\u{a0}EUR")
    );
    let crossed =
        html_of(money(1_203_456_789), money(0), tie_out(&[("Transports Mollard", 700, 0), ("Bâti-Alpes", 0, 700)]));
    assert!(crossed.contains("class=\"tie-out different\"") && crossed.contains("cancel out between customers"));
}

#[test]
fn a_panel_without_data_says_why() {
    let mut input = page(Language::Fr);
    let open_items = input.answers.get_mut("open_items").unwrap();
    *open_items = open_items.filtered(|_| false);
    input.answers.remove("top_debtors");
    input.checks.clear();
    let html = html(&input);
    for sentence in [
        "Aucun poste ouvert à cette date.",
        "Cette question n’a pas été posée pour cette page.",
        "Les contrôles n’ont pas été lancés pour cette page.",
    ] {
        assert!(html.contains(sentence), "{sentence}");
    }
}

#[test]
fn an_empty_lake_still_makes_a_page() {
    for language in Language::ALL {
        let mut input = page(language);
        for answer in input.answers.values_mut() {
            *answer = answer.filtered(|_| false);
        }
        input.load = LoadFacts::default();
        html(&input);
    }
}

#[test]
fn long_lists_say_how_many_rows_are_not_shown() {
    let html = html(&page(Language::En));
    assert!(html.contains("200 of 240 rows shown; search and sorting reach all of them, as does the workbook."));
    assert!(html.contains("20 of 24 rows shown; 4 more in the workbook."));
    assert!(html.contains("<summary>Earlier months (24)</summary>"));
}

#[test]
fn movements_that_never_happened_are_left_out_and_named() {
    let html = html(&page(Language::En));
    let panel = between(&html, "id=\"roll_forward\"", "</section>");
    assert!(panel.contains("in these rows, so not shown: brought forward,"), "{panel}");
    assert!(!panel.contains(">Factored</th>"));
}

#[test]
fn a_company_without_a_name_is_called_by_its_identifier_once() {
    let mut input = page(Language::Fr);
    input.company_name = None;
    let html = html(&input);
    let head = between(&html, "<header", "</header>");
    assert!(head.contains("<h1>Société <bdi>999999998</bdi></h1>"), "{head}");
    assert_eq!(head.matches("999999998").count(), 1);
}

#[test]
fn an_assumption_on_no_amount_shows_none() {
    let mut input = page(Language::En);
    let assumption = |amount| Assumption { code: "year_carried_forward".to_owned(), line_count: 1, amount };
    input.load.assumptions = vec![assumption(Some(0))];
    let html = html(&input);
    let panel = between(&html, "id=\"load\"", "</section>");
    assert!(panel.contains("years without openings") && !panel.contains("0.00"), "{panel}");
}

#[test]
fn a_check_of_ones_own_speaks_with_its_header() {
    let mut input = page(Language::Fr);
    let own = CheckResult {
        name: "no_tuesday".to_owned(),
        fault_count: 3,
        fault: "posted <b>on</b> a Tuesday".to_owned(),
        todo: "ask why".to_owned(),
    };
    input.checks.push(own);
    let html = html(&input);
    assert!(html.contains("posted &lt;b&gt;on&lt;&#x2f;b&gt; a Tuesday"));
    assert!(html.contains("Une ligne d’un fichier n’a pas pu être lue."));
}

#[test]
fn an_earlier_load_is_said_to_be_one() {
    let mut input = page(Language::En);
    input.load.is_latest = false;
    assert!(html(&input).contains("as known at that load"));
}

#[test]
fn a_column_that_the_answer_lacks_is_named() {
    let mut input = page(Language::En);
    input.answers.get_mut("aging").unwrap().columns[2].name = "amount_open".to_owned();
    let error = render_html(&input, &Templates::built_in()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "panel `aging` wants column `open_amount`, which the answer of `aging` does not have"
    );
}

#[test]
fn a_template_that_asks_for_a_word_nobody_wrote_is_stopped_by_its_key() {
    let own = Templates::with_own([("page.html".to_owned(), "{{ word(\"page.horoscope\") }}".to_owned())].into());
    let error = render_html(&page(Language::Fr), &own).unwrap_err();
    assert_eq!(error, ReportError::WordMissing { key: "page.horoscope".to_owned(), name: "words.fr.toml".to_owned() });
    let own = Templates::with_own([("page.html".to_owned(), "{{ nobody }}".to_owned())].into());
    let error = render_html(&page(Language::Fr), &own).unwrap_err();
    assert!(error.to_string().starts_with("template `page.html` does not run: "), "{error}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(html(&page(Language::Fr)), html(&page(Language::Fr)));
    let workbook = || workbook_of(&page(Language::Fr));
    assert_eq!(workbook(), workbook());
}

#[test]
fn a_large_sheet_goes_to_disk_and_holds_every_row_and_its_total() {
    let mut input = page(Language::En);
    let few = input.answers["open_items"].clone();
    let mut many = Answer::new(few.columns.clone());
    many.extend(few.len() * 90, |at, row| few.at(row % few.len(), at));
    let total: i128 = (0..many.len()).filter_map(|row| many.at(row, 11).thousandths()).sum();
    input.answers.insert("open_items".to_owned(), many);
    let bytes = workbook_of(&input);
    assert_eq!(bytes, workbook_of(&input));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheets = calamine::Reader::worksheets(&mut book);
    let (_, sheet) = sheets.iter().find(|(_, sheet)| sheet.height() > 20_000).unwrap();
    let amounts = |column: usize| -> Vec<i128> {
        let cells = sheet.rows().filter_map(|row| calamine::DataType::get_float(&row[column]));
        cells.map(|amount| format!("{amount:.3}").replace('.', "").parse().unwrap()).collect()
    };
    let place = (0..sheet.width()).find(|column| amounts(*column).iter().sum::<i128>() == 2 * total);
    let found = amounts(place.unwrap());
    assert_eq!((found.len(), found.last()), (few.len() * 90 + 1, Some(&total)), "every row, then the total");
    let names = sheet.rows().flat_map(|row| row.iter().map(ToString::to_string));
    assert_eq!(names.filter(|text| text == "I7" || text == "F25-04107").count() % 90, 0);
}

#[test]
fn the_page_loads_nothing_and_runs_only_its_own_script() {
    for language in Language::ALL {
        let html = html(&page(language));
        let (before, rest) = html.rsplit_once("<script>").unwrap();
        assert!(!before.contains("<script>"), "one script");
        let markup = markup(&html);
        for forbidden in [
            "http://",
            "https://",
            "//cdn",
            "<link",
            "<iframe",
            "<object",
            "url(",
            "@import",
            "javascript:",
            "<style",
            "<img",
        ] {
            assert!(
                !rest.contains(forbidden) && !before.split_once("<style>").unwrap().1.contains(forbidden),
                "{forbidden}"
            );
        }
        for tag in tags(&markup) {
            for attribute in tag.split_whitespace().skip(1) {
                let name = attribute.split('=').next().unwrap_or_default();
                assert!(!name.starts_with("on") && name != "style" && name != "src" && name != "srcset", "{tag}");
            }
        }
    }
}

#[test]
fn the_policy_admits_this_style_and_this_script_and_no_others() {
    let html = html(&page(Language::Fr));
    let style = between(&html, "<style>", "</style>");
    let script = between(&html, "<script>", "</script>");
    let policy = between(&html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert_eq!(policy, content_policy::content_policy(style, script));
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert_eq!((html.matches("<style").count(), html.matches("<script>").count()), (1, 1));
}

#[test]
fn rows_kept_for_the_search_cannot_end_their_block() {
    let html = html(&page(Language::Fr));
    let block = between(&html, "class=\"hidden-rows\">", "</script>");
    let data: serde_json::Value = serde_json::from_str(block).unwrap();
    assert_eq!(data["rows"].as_array().unwrap().len(), 40);
    assert!(!block.contains('<') && block.contains("\\u003cimg src=x onerror=alert(1)>"), "{}", &block[..2000]);
}

#[test]
fn tiles_say_how_they_changed_and_whether_that_is_better() {
    let html = html(&page(Language::En));
    let tile = between(&html, "Overdue</a></dt>", "</div>");
    assert!(tile.contains("data-v=\"3419065.15\"") && tile.contains("28.4% of debit items"), "{tile}");
    assert!(
        tile.contains("change worse\">+499,988") && tile.contains("on the month<span class=\"aside\"> (worse)"),
        "{tile}"
    );
    assert!(tile.contains("<polyline points=\"3,"), "{tile}");
    assert!(html.contains("Month: since 30 Nov 2025. Year: since 31 Dec 2024."));
}

#[test]
fn months_before_the_books_are_left_out_of_table_and_chart() {
    let html = html(&page(Language::En));
    let panel = between(&html, "id=\"aging_history\"", "</section>");
    assert!(panel.contains("Nothing open before Jul 2025."), "{panel}");
    // a place to point at for each of the six months, for wide and for narrow screens
    assert_eq!(panel.matches("<title>").count(), 12);
}

#[test]
fn what_the_controller_wrote_stands_in_its_panel_as_text() {
    let mut input = page(Language::Fr);
    input.comments = vec![("aging".to_owned(), "Deux <b>gros</b> clients.\n\nRelance le 5.".to_owned())];
    let html = html(&input);
    let panel = between(&html, "id=\"aging\"", "</section>");
    assert!(
        panel.contains("<p><bdi>Deux &lt;b&gt;gros&lt;&#x2f;b&gt; clients.</bdi></p>")
            && panel.contains("Relance le 5.")
    );
    assert_eq!(html.matches("class=\"comment\"").count(), 1);
}

#[test]
fn commands_can_be_pasted() {
    let mut input = page(Language::En);
    let options = ["--lake".to_owned(), "./my lake".to_owned()];
    input.query_options = options.to_vec();
    let html = html(&input);
    for command in ["query aging", "query dso_bridge", "check"] {
        let whole = format!("<code>encours {command} --as-of 2025-12-31 --lake &#x27;.&#x2f;my lake&#x27;</code>");
        assert!(html.contains(&whole), "{command}");
    }
}

/// The one panel of a report of one's own over one answer.
fn own_panel(panel: &str, query: &str, answer: Answer) -> String {
    let mut input = page(Language::En);
    input.answers.insert(query.to_owned(), answer);
    let html = render_html(&input, &own_report(panel)).unwrap();
    between(&html, "id=\"own\"", "</section>").to_owned()
}

const MAP: &str = "
[panels.chart]
kind = \"points\"
query = \"payers\"
x = \"at_risk_late_days\"
y = \"open_amount\"
size = \"open_amount\"
label = \"customer_name\"
colour_by = \"behaviour_code\"
colours = [\"no_verdict\", \"prompt\", \"slightly_late\", \"late\", \"very_late\", \"critical\"]
palette = \"age\"
y_spread = \"root\"
x_bounds = [30]
[[panels.tables]]
query = \"payers\"
columns = [\"customer_name\", \"at_risk_late_days\", \"open_amount\", \"behaviour_code\"]
first_rows = 5
";

#[test]
fn a_map_places_every_row_that_has_figures_and_says_which_have_none() {
    let panel = own_panel(MAP, "payers", payers(100));
    // for wide and for narrow screens
    assert_eq!(panel.matches("<circle").count(), 2 * 2 * 98, "{panel}");
    assert_eq!(
        panel
            .matches(
                "<title>Société Dauphinoise d’Équipement — Days late, weighted −27.7, Open 1,900,000, Prompt</title>"
            )
            .count(),
        2
    );
    assert!(panel.contains("Area of a disc: Open. Open: square-root scale. Not drawn, for want of a figure: 2.</p>"));
    for told in ["Across: Days late, weighted. Upwards: Open.", "No verdict: 3.", "The largest: Transports Mollard — "]
    {
        assert!(panel.contains(told), "{told}");
    }
    // colours are those of the codes' places, whichever come first
    let legend = between(&panel, "class=\"legend\"", "</div>");
    for (place, code) in ["No verdict", "Prompt", "Slightly late", "Late", "Very late", "Critical"].iter().enumerate() {
        assert!(legend.contains(&format!("<span class=\"swatch age-{place}\"></span>{code}</span>")), "{legend}");
    }
    // names of ledgers stay text
    assert!(panel.contains("<title>&lt;img src=x") && !panel.contains("<img") && !panel.contains("<script"));
}

#[test]
fn a_map_of_many_rows_draws_the_largest_and_says_how_much_they_hold() {
    let panel = own_panel(MAP, "payers", payers(20_000));
    assert_eq!(panel.matches("<circle").count(), 2 * 2 * 400);
    assert!(
        panel.contains("Drawn: the 400 largest of 19,600, with "),
        "{}",
        between(&panel, "aria-hidden=\"true\">Area", "<")
    );
    assert!(panel.len() < 300_000, "{}", panel.len());
}

#[test]
fn a_map_of_nothing_says_so() {
    let few = payers(3);
    let mut answer = Answer::new(few.columns.clone());
    answer.extend(few.len(), |at, row| if at == 1 { Value::Null } else { few.at(row, at) });
    let panel = own_panel(MAP, "payers", answer);
    assert!(panel.contains("Nothing to draw") && !panel.contains("<circle"), "{panel}");
}

#[test]
fn shares_counts_and_amounts_are_shaded_beside_the_largest_of_their_table() {
    let heat = "
[[panels.tables]]
query = \"reasons\"
columns = [\"reason_code\"]
pivot = { across = \"site\", value = \"value\" }
is_shaded = true
";
    let of_scale = |scale: u8| move |size: i64| Value::Decimal { digits: i128::from(size), scale };
    for (kind, answer) in [
        ("counts", reasons(ColumnKind::Int, Value::Int)),
        ("amounts", reasons(ColumnKind::Money, of_scale(2))),
        ("shares", reasons(ColumnKind::Ratio, of_scale(6))),
    ] {
        let panel = own_panel(heat, "reasons", answer);
        let shades: Vec<&str> = panel.split("shade-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        // half and a little more, nothing, below zero, unknown; the row of totals is not shaded
        assert_eq!(shades, ["8", "1", "5", "0", "0", "0"], "{kind}: {panel}");
    }
}

#[test]
fn months_in_which_something_began_are_marked_and_said() {
    let day = |year, month, day| Date::from_ymd_opt(year, month, day).unwrap();
    let since = [
        (day(2025, 9, 12), "Voiron: prices <b>wrong</b>"),
        (day(2025, 11, 30), "Lancey: proofs missing"),
        (day(2025, 11, 2), "Voiron: orders missing"),
        (day(2025, 11, 2), "Voiron: orders missing"),
        // before the first month that is drawn
        (day(2019, 3, 2), "long ago"),
    ];
    for (kind, query, more) in [
        ("stacked", "aging_history", "split_by = \"bucket_code\"\nseries = [\"open_amount\"]"),
        ("lines", "receivables_history", "series = [\"open_amount\", \"overdue_amount\"]"),
    ] {
        let spec = format!(
            "
[[panels.tables]]
query = \"{query}\"
columns = [\"month_end_date\", \"open_amount\"]
[panels.chart]
kind = \"{kind}\"
label = \"month_end_date\"
marks = {{ query = \"alerts\", at = \"since_date\", text = \"alert_text\" }}
{more}
"
        );
        let plain = own_panel(&spec, "other", alerts(&[]));
        let panel = own_panel(&spec, "alerts", alerts(&since));
        for said in [
            "Marked, Sept 2025: Voiron: prices &lt;b&gt;wrong&lt;&#x2f;b&gt;. ",
            "Marked, Nov 2025: Lancey: proofs missing; Voiron: orders missing.",
            " — Lancey: proofs missing; Voiron: orders missing</title>",
        ] {
            assert_eq!(panel.matches(said).count(), 2, "{kind}: {said}");
        }
        assert!(!panel.contains("long ago"), "{kind}");
        // a line and a dot a month, for wide and for narrow screens
        for mark in ["<circle", "<polyline"] {
            assert_eq!(panel.matches(mark).count(), plain.matches(mark).count() + 4, "{kind}: {mark}");
        }
    }
}

#[test]
fn many_marks_of_one_month_are_counted() {
    let day = Date::from_ymd_opt(2025, 11, 2).unwrap();
    let texts: Vec<String> = (0..9).map(|number| format!("alert {number}")).collect();
    let since: Vec<(Date, &str)> = texts.iter().map(|text| (day, text.as_str())).collect();
    let spec = "
[[panels.tables]]
query = \"aging_history\"
columns = [\"month_end_date\"]
[panels.chart]
kind = \"stacked\"
label = \"month_end_date\"
split_by = \"bucket_code\"
series = [\"open_amount\"]
marks = { query = \"alerts\", at = \"since_date\", text = \"alert_text\" }
";
    let panel = own_panel(spec, "alerts", alerts(&since));
    assert!(panel.contains("Marked, Nov 2025: alert 0; alert 1; alert 2; alert 3; 5 more."), "{panel}");
}

#[test]
fn what_is_to_be_filled_in_is_an_empty_cell_on_paper() {
    let list = "
[[panels.tables]]
query = \"worklist\"
columns = [\"customer_name\", \"open_amount\"]
totals = [\"open_amount\"]
entries = [{ name = \"promised_date\", kind = \"date\" }, { name = \"note_text\", kind = \"text\" }]
";
    let panel = own_panel(list, "worklist", worklist());
    assert!(panel.contains("<th scope=\"col\" class=\"entry\">Promised for</th>"), "{panel}");
    // three rows and their total
    assert_eq!(panel.matches("<td class=\"entry\"></td><td class=\"entry\"></td>").count(), 4, "{panel}");
}

#[test]
fn a_report_may_be_printed_across() {
    let mut input = page(Language::En);
    assert!(html(&input).contains("\n<body>\n"));
    input.answers.insert("worklist".to_owned(), worklist());
    let across = render_html(&input, &own_report("[[panels.tables]]\nquery = \"worklist\"\n")).unwrap();
    assert!(across.contains("\n<body class=\"landscape\">\n"));
}

/// The relative luminance of a colour, and the contrast of two, as WCAG 2.2 defines them.
#[expect(clippy::float_arithmetic, reason = "light is not money")]
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] = colour.map(|part| {
            let part = part / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        red.mul_add(0.2126, green.mul_add(0.7152, blue * 0.0722))
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn figures_are_read_on_every_shade_in_both_themes() {
    let style = Templates::built_in().get("page.css").unwrap().into_owned();
    let colour = |name: &str, theme: usize| -> [f64; 3] {
        let pair = between(&style, &format!("{name}: light-dark("), ")");
        let hex = pair.split(", ").nth(theme).unwrap().trim_start_matches('#').to_owned();
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()))
    };
    for theme in [0, 1] {
        let (ink, card, series) = (colour("--ink", theme), colour("--card", theme), colour("--series-0", theme));
        for shade in 1..=8 {
            let mixed =
                between(&style, &format!(".shade-{shade} {{ background: color-mix(in srgb, var(--series-0) "), "%");
            let share = mixed.parse::<f64>().unwrap() / 100.0;
            let ground = [0, 1, 2].map(|part| series[part].mul_add(share, card[part] * (1.0 - share)));
            let contrast = contrast(ink, ground);
            assert!(contrast >= 4.5, "theme {theme}, shade {shade}: {contrast}");
        }
    }
}
