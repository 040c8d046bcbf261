//! A whole page: every panel of a report filled from answers and facts, in the reader's language.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, HtmlEscape, UndefinedBehavior, Value as Shown, context};

use super::chart::chart;
use super::cockpit::cockpit;
use super::content_policy::content_policy;
use super::grid::{Reader, amounts_caption, cell_text, digits};
use super::input::{CheckResult, LoadFacts, PageInput};
use super::needs::Known;
use super::panels::{Audience, ChartSpec, Layout, PanelSpec, Shape};
use super::tables::table;
use super::tiles::tiles;
use super::{Card, Formats, ReportError, Templates, Way, Words, visible};
use crate::model::{Answer, Date, Value};

/// The page as one self-contained HTML file.
///
/// # Errors
/// A word, template or column that the page asks for and nobody has: [`ReportError`].
pub fn render_html(input: &PageInput, templates: &Templates) -> Result<String, ReportError> {
    let Known { spec, missing } = templates.report(input.report_name)?.told(input.absent_tables);
    let words = templates.words(input.language)?;
    let formats = Formats::new(&words)?;
    let reader = Reader::of(input, &words, &formats, &input.links);
    let mut panels = Vec::new();
    let mut sections: Vec<Shown> = Vec::new();
    let mut section = None;
    for panel in &spec.panels {
        let starts = panel.section.as_ref().filter(|name| section != Some(*name));
        let starts = starts.map(|name| words.get(&format!("sections.{name}"))).transpose()?;
        if panel.section.is_some() {
            section = panel.section.as_ref();
        }
        if let (Some(title), Some(name)) = (starts, &panel.section) {
            sections.push(context! { name, title });
        }
        let shown = panel_context(panel, spec.audience, input, &reader)?;
        panels.push(context! { section => &panel.section, section_title => starts, ..shown });
    }
    let style = templates.get("page.css")?;
    let script = templates.get("page.js")?;
    let title = words.get(&format!("pages.{}.title", input.report_name))?;
    let page = context! {
        language => input.language.code(),
        policy => content_policy(&style, &script),
        style => Shown::from_safe_string(style.clone().into_owned()),
        script => Shown::from_safe_string(script.clone().into_owned()),
        company_id => visible(input.company_id), company_name => input.company_name.map(visible),
        as_of => formats.long_day(input.as_of), as_of_short => formats.day(input.as_of), as_of_plain => input.as_of.to_string(),
        ages_from_issue => input.ages_from_issue, beyond => beyond_books(input, &reader)?,
        load => load_context(&input.load, &reader),
        addressee => input.addressee.as_ref().map(|addressee| context! {
            customer_id => visible(&addressee.customer_id), name => visible(&addressee.name),
            since => formats.long_day(addressee.since), since_plain => addressee.since.to_string(),
            address_lines => shown_lines(&addressee.address_lines),
            seller => addressee.seller.as_ref().map(|seller| context! {
                name => visible(&seller.name), address_lines => shown_lines(&seller.address_lines),
                registration => visible(&seller.registration), contact => visible(&seller.contact),
                email => visible(&seller.email), phone => visible(&seller.phone),
                iban => visible(&seller.iban), bic => visible(&seller.bic),
            }),
        }),
        subject => input.subject.as_deref().map(visible),
        is_for_company => spec.audience == Audience::Company,
        is_landscape => spec.landscape_print, is_board => spec.layout == Layout::Board,
        generated_note => visible(input.generated_note),
        report_title => title, sections, filters => reader.filters.choices(&reader),
        not_loaded => missing.iter().map(|table| Ok(words.get(&format!("not_loaded.{table}"))?.to_owned())).collect::<Result<Vec<String>, ReportError>>()?,
        up => input.ways.up.iter().map(way_context).collect::<Vec<_>>(),
        beside => input.ways.beside.iter().map(way_context).collect::<Vec<_>>(),
        panels,
    };
    let source = templates.get(&spec.template)?;
    render(&spec.template, &source, page, &words)
}

fn render(name: &str, source: &str, page: Shown, words: &Arc<Words>) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    // a name that the page misspells must stop it, not print nothing
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let shared = words.clone();
    environment.add_function("word", move |key: String| {
        let found = shared.get(&key).map(str::to_owned);
        found.map_err(|missing| {
            minijinja::Error::new(ErrorKind::InvalidOperation, missing.to_string()).with_source(missing)
        })
    });
    let abbreviations: BTreeMap<String, String> =
        words.under("abbreviations").map(|(short, long)| (short.to_owned(), long.to_owned())).collect();
    environment
        .add_filter("abbreviated", move |text: String| Shown::from_safe_string(abbreviated(&text, &abbreviations)));

    let failed = |error: minijinja::Error| {
        let missing = error.source().and_then(|source| source.downcast_ref::<ReportError>());
        missing
            .cloned()
            .unwrap_or_else(|| ReportError::TemplateFailed { name: name.to_owned(), cause: format!("{error:#}") })
    };
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?);
    // a template of any file name writes HTML here: escaping does not hang on an extension
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment.add_template(name, source).map_err(failed)?;
    environment.get_template(name).and_then(|template| template.render(page)).map_err(failed)
}

/// `text` escaped, with each abbreviation that stands alone in it spelled out for whoever asks.
fn abbreviated(text: &str, abbreviations: &BTreeMap<String, String>) -> String {
    let escaped = |text: &str| HtmlEscape(text).to_string();
    let mut html = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != is_word).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match abbreviations.get(run) {
            Some(long) => html.extend(["<abbr title=\"", &escaped(long), "\">", &escaped(run), "</abbr>"]),
            None => html.push_str(&escaped(run)),
        }
        rest = after;
    }
    html
}

/// What the books lack for a chart whose first figure is unknown throughout: it is said where the chart would stand.
fn missing_text(spec: &ChartSpec, answer: &Answer) -> Option<String> {
    let figures = answer.position(spec.series.first()?)?;
    let text = answer.position("missing_text")?;
    if (0..answer.len()).any(|row| answer.at(row, figures) != Value::Null) {
        return None;
    }
    (0..answer.len()).map(|row| answer.at(row, text).plain()).find(|text| !text.is_empty())
}

fn panel_context(
    panel: &PanelSpec,
    audience: Audience,
    input: &PageInput,
    reader: &Reader,
) -> Result<Shown, ReportError> {
    let answer = |query: &str| input.answers.get(query);
    let first = panel.query.as_deref().and_then(answer);
    let mut drawing = None;
    let mut missing = None;
    let mut shown_tables = Vec::new();
    let mut is_asked = true;
    let content = match panel.shape {
        Shape::TieOut => first.map(|first| tie_out_context(panel, first, input, reader)).transpose()?.flatten(),
        Shape::Assumptions => first.map(|first| assumptions_context(first, reader)).transpose()?.flatten(),
        Shape::Tiles => {
            first.map(|first| tiles(panel, first, &input.answers, input.as_of, reader)).transpose()?.flatten()
        }
        Shape::Sentences => first.map(|first| sentences_context(panel, first, reader)).transpose()?.flatten(),
        Shape::Cockpit => cockpit(panel, input, reader)?,
        Shape::Cards => cards_context(input.cards.get(&panel.id)),
        Shape::Load => Some(load_panel_context(&input.load, reader)?),
        Shape::Checks => checks_context(&input.checks, reader)?,
        Shape::Table => {
            for (order, view) in panel.tables.iter().enumerate() {
                let Some(found) = answer(&view.query) else {
                    is_asked = false;
                    continue;
                };
                if let Some(shown) = table(&panel.id, view, found, reader)? {
                    // a panel's first table bears its title; the others have their own
                    let title = match order {
                        0 => reader.words.get(&format!("panels.{}.title", panel.id))?,
                        _ => reader.words.get(&format!("tables.{}", view.query))?,
                    };
                    shown_tables.push(context! { title, is_first => order == 0, ..shown });
                }
            }
            if let Some(spec) = &panel.chart {
                let query = spec.query.as_deref().or_else(|| Some(panel.tables.first()?.query.as_str()));
                if let Some(found) = query.and_then(answer) {
                    let marked = spec.marks.as_ref().and_then(|marks| answer(&marks.query));
                    missing = missing_text(spec, found);
                    if missing.is_none() {
                        drawing = chart(panel, spec, found, marked, reader)?;
                    }
                }
            }
            (!shown_tables.is_empty() || (panel.tables.is_empty() && drawing.is_some())).then(|| Shown::from(true))
        }
    };
    if panel.query.is_some() && first.is_none() {
        is_asked = false;
    }
    let word = |part: &str| reader.words.get(&format!("panels.{}.{part}", panel.id));
    // a first table without rows says so, whatever the others hold
    let is_first_there =
        shown_tables.first().is_none_or(|first| first.get_attr("is_first").is_ok_and(|is| is.is_true()));
    let empty = match (&content, is_asked) {
        (Some(_), _) if is_first_there => None,
        (_, true) => Some(word("empty")?),
        (_, false) => Some(reader.words.get("page.not_asked")?),
    };
    let mut commands: Vec<String> = panel.queries().map(|query| command_of(&format!("query {query}"), input)).collect();
    let mut queries: Vec<&str> = panel.queries().collect();
    commands.dedup();
    queries.dedup();
    if panel.shape == Shape::Checks && content.is_some() {
        commands.push(command_of("check", input));
    }
    if panel.shape == Shape::Load {
        commands.push(command_of("history", input));
    }
    if audience == Audience::Customer {
        commands.clear();
    }
    // a chart that would be empty says so, where its table has rows
    let undrawn = if panel.chart.is_some() && drawing.is_none() && content.is_some() {
        Some(missing.as_deref().unwrap_or(reader.words.get("chart.nothing")?))
    } else {
        None
    };
    Ok(context! {
        id => &panel.id, shape => panel.shape.code(), is_half => panel.is_half, title => word("title")?,
        question => word("question")?, note => reader.words.find(&format!("panels.{}.note", panel.id)),
        content, drawing, undrawn, tables => shown_tables, empty, commands, queries => queries.join(", "),
        comments => panel_comments(input, &panel.id),
    })
}

/// What was written beside a panel, paragraph by paragraph.
pub(super) fn panel_comments(input: &PageInput, panel: &str) -> Vec<String> {
    let of_panel = input.comments.iter().filter(|(of, _)| of == panel);
    let paragraphs = of_panel.flat_map(|(_, text)| text.lines().map(str::trim).filter(|line| !line.is_empty()));
    paragraphs.map(|line| visible(line).into_owned()).collect()
}

/// The command that asks a panel's question again, ready to paste into a POSIX shell.
pub(super) fn command_of(question: &str, input: &PageInput) -> String {
    let mut command = format!("encours {question} --as-of {}", input.as_of);
    for option in &input.query_options {
        command.push(' ');
        command.push_str(&quoted(&visible(option)));
    }
    command
}

fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// Whether open items are the balance of the control accounts, and the amounts that say so.
struct TieOut {
    state: &'static str,
    sentence: String,
}

fn tie_out(panel: &str, answer: &Answer, reader: &Reader) -> Result<Option<TieOut>, ReportError> {
    let amount = |name: &str| answer.value(0, name).thousandths();
    let Some(open) = amount("open_amount") else { return Ok(None) };
    let money = |amount: i128| amount_with_currency(amount, reader);
    let control = amount("control_amount");
    let uncontrolled = amount("uncontrolled_amount").unwrap_or(0);
    let difference = amount("tie_out_amount");
    let state = match difference {
        Some(0) => "proven",
        Some(_) => "different",
        None => "unproven",
    };
    let values = [
        ("open", money(open - uncontrolled)),
        ("control", control.map_or_else(String::new, money)),
        ("difference", difference.map_or_else(String::new, money)),
        ("uncontrolled", money(uncontrolled)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut sentence = reader.words.fill(&format!("panels.{panel}.{state}"), &values)?;
    if uncontrolled != 0 {
        sentence = format!("{sentence} {}", reader.words.fill(&format!("panels.{panel}.uncontrolled"), &values)?);
    }
    Ok(Some(TieOut { state, sentence }))
}

/// The line that proves the total, for the index of a workbook; `None` where it was not asked.
pub(super) fn tie_out_sentence(input: &PageInput, reader: &Reader) -> Result<Option<String>, ReportError> {
    let found = input.answers.get("receivables").map(|answer| tie_out("tie_out", answer, reader)).transpose()?;
    Ok(found.flatten().map(|tie_out| tie_out.sentence))
}

fn tie_out_context(
    panel: &PanelSpec,
    answer: &Answer,
    input: &PageInput,
    reader: &Reader,
) -> Result<Option<Shown>, ReportError> {
    let Some(TieOut { state, sentence }) = tie_out(&panel.id, answer, reader)? else { return Ok(None) };
    let label = reader.words.get(&format!("panels.{}.{state}_label", panel.id))?;
    // net to zero and yet wrong: two customers whose differences cancel are shown too
    let customers = match panel.tables.first().and_then(|view| Some((view, input.answers.get(&view.query)?))) {
        Some((view, answer)) => table(&panel.id, view, answer, reader)?,
        None => None,
    };
    let crossed =
        (state == "proven" && customers.is_some()).then(|| reader.words.get(&format!("panels.{}.crossed", panel.id)));
    let state = if crossed.is_some() { "different" } else { state };
    Ok(Some(context! {
        state, label, sentence, crossed => crossed.transpose()?, customers,
    }))
}

/// An assumption is said first where more than this hangs on it, in millionths of what is open.
const SAID_FIRST: i128 = 50_000;

/// What more than a twentieth of the balance rests on; `None` where nothing does.
fn assumptions_context(answer: &Answer, reader: &Reader) -> Result<Option<Shown>, ReportError> {
    let mut sentences = Vec::new();
    for row in 0..answer.len() {
        let share = answer.value(row, "share_ratio");
        // what settled is no share of what is open
        if digits(&share).is_some_and(|share| share < SAID_FIRST) {
            continue;
        }
        let text = |name: &str| {
            let column = answer.position(name).map(|position| &answer.columns[position]);
            column.map_or_else(String::new, |column| cell_text(&answer.value(row, name), column, false, reader).text)
        };
        let code = answer.value(row, "assumption_code").plain();
        let amount = answer.value(row, "amount").thousandths().unwrap_or(0);
        let sentence = reader.words.find(&format!("assumptions.{code}")).map_or_else(|| code.clone(), str::to_owned);
        let values = [
            ("assumption", sentence),
            ("ratio", text("share_ratio")),
            ("amount", amount_with_currency(amount, reader)),
            ("count", text("item_count")),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let key = if share.is_null() { "first.assumption_settled" } else { "first.assumption" };
        sentences.push(reader.words.fill(key, &values)?);
    }
    Ok((!sentences.is_empty()).then(|| Shown::from(sentences)))
}

/// The sentences of an answer, in its order; `None` where it has none.
fn sentences_context(panel: &PanelSpec, answer: &Answer, reader: &Reader) -> Result<Option<Shown>, ReportError> {
    let position = answer.columns.iter().position(|column| column.name.ends_with("_text"));
    let position = position.ok_or_else(|| ReportError::ColumnMissing {
        panel: panel.id.clone(),
        query: panel.query.clone().unwrap_or_default(),
        column: "…_text".to_owned(),
    })?;
    let sentences: Vec<String> = (0..answer.len())
        .map(|row| visible(&spelled_out(&answer.at(row, position).plain(), reader)).into_owned())
        .collect();
    Ok((!sentences.is_empty()).then(|| Shown::from(sentences)))
}

/// So many days after the last posting a picture is told to be of what nobody knows.
pub const SILENT_DAYS: i64 = 10;

/// What a reader must know of a day that the books do not reach, or begin after.
fn beyond_books(input: &PageInput, reader: &Reader) -> Result<Option<String>, ReportError> {
    match input.books_end {
        Some(last) if (input.as_of - last).num_days() > SILENT_DAYS => {
            Ok(Some(reader.words.fill("page.beyond_books", &[("last", &reader.formats.long_day(last))])?))
        }
        Some(_) => Ok(None),
        None => Ok(Some(reader.words.get("page.before_books")?.to_owned())),
    }
}

fn shown_lines(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| visible(line).into_owned()).collect()
}

fn way_context(way: &Way) -> Shown {
    context! { title => visible(&way.title), address => &way.address }
}

/// The pages that a panel leads to; `None` where there is none.
fn cards_context(cards: Option<&Vec<Card>>) -> Option<Shown> {
    let card = |card: &Card| {
        let files: Vec<Shown> = card.files.iter().map(way_context).collect();
        context! { about => visible(&card.about), files, ..way_context(&card.way) }
    };
    let cards: Vec<Shown> = cards.into_iter().flatten().map(card).collect();
    (!cards.is_empty()).then(|| Shown::from(cards))
}

/// A sentence of an answer with its codes as the reader's words: `{reason_code=late_delivery}`.
pub(super) fn spelled_out(sentence: &str, reader: &Reader) -> String {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let named = after.split_once('}').and_then(|(name, behind)| Some((name.split_once('=')?, behind)));
        let word = named.and_then(|((column, code), behind)| Some((reader.words.of_code(column, code)?, behind)));
        if let Some((word, behind)) = word {
            text.push_str(word);
            rest = behind;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text + rest
}

fn amount_with_currency(thousandths: i128, reader: &Reader) -> String {
    let amount = reader.formats.money(thousandths, reader.decimals);
    match reader.currency_code {
        "XXX" | "" => amount,
        code => format!("{amount}\u{a0}{}", visible(code)),
    }
}

fn load_context(load: &LoadFacts, reader: &Reader) -> Shown {
    context! { load_id => visible(&load.load_id), loaded_at => moment(&load.loaded_at, reader.formats), is_latest => load.is_latest }
}

/// `2026-01-04T08:12:33Z` as `4 janvier 2026, 08:12 UTC`; any other text as it is.
fn moment(loaded_at: &str, formats: &Formats) -> String {
    let read = || {
        let (day, rest) = loaded_at.split_at_checked(10)?;
        let day: Date = day.parse().ok()?;
        let time = rest.strip_prefix(['T', ' '])?.get(..5)?;
        let is_time = time.chars().enumerate().all(|(place, c)| if place == 2 { c == ':' } else { c.is_ascii_digit() });
        let is_utc = rest.ends_with('Z') || rest.ends_with("+00:00");
        (is_time && is_utc).then(|| format!("{}, {time}\u{a0}UTC", formats.long_day(day)))
    };
    read().unwrap_or_else(|| visible(loaded_at).into_owned())
}

fn load_panel_context(load: &LoadFacts, reader: &Reader) -> Result<Shown, ReportError> {
    let count = |number: u64| reader.formats.number(i128::from(number), 0);
    let mut sources = Vec::new();
    for source in &load.sources {
        sources.push(context! {
            file_name => visible(&source.file_name), line_count => count(source.line_count), accepted_count => count(source.accepted_count),
            rejected_count => count(source.rejected_count), has_rejects => source.rejected_count > 0,
        });
    }
    let mut assumptions = Vec::new();
    for assumption in &load.assumptions {
        let sentence = reader.words.find(&format!("assumptions.{}", assumption.code));
        assumptions.push(context! {
            sentence => sentence.map_or_else(|| visible(&assumption.code).into_owned(), str::to_owned),
            line_count => match assumption.line_count {
                // a note on the file as a whole counts no lines
                0 => reader.words.get("load_table.whole_file")?.to_owned(),
                lines => count(lines),
            },
            // years and letterings that sum to nothing: a zero would say that nothing hangs on them
            amount => match assumption.amount.filter(|amount| *amount != 0) {
                Some(amount) => reader.formats.money(amount, reader.decimals),
                None => String::new(),
            },
        });
    }
    let caption =
        format!("{} {}", amounts_caption(false, reader)?, reader.words.get("load_table.assumptions_caption")?);
    Ok(context! { sources, assumptions, caption })
}

fn checks_context(checks: &[CheckResult], reader: &Reader) -> Result<Option<Shown>, ReportError> {
    if checks.is_empty() {
        return Ok(None);
    }
    let mut faulty = Vec::new();
    let mut sound = Vec::new();
    for check in checks {
        let word = |part: &str, own: &str| {
            let word = reader.words.find(&format!("checks.{}.{part}", check.name));
            word.map_or_else(|| visible(own).into_owned(), str::to_owned)
        };
        let title = word("title", &check.name);
        if check.fault_count == 0 {
            sound.push(title);
        } else {
            let count = reader.formats.number(i128::from(check.fault_count), 0);
            faulty.push(context! {
                title, count, fault => word("fault", &check.fault), todo => word("todo", &check.todo), name => visible(&check.name),
            });
        }
    }
    let count = |number: usize| reader.formats.number(number.try_into().unwrap_or(i128::MAX), 0);
    let key = if faulty.is_empty() { "panels.checks.sound" } else { "panels.checks.faulty" };
    let values = [("faulty", count(faulty.len())), ("total", count(checks.len()))];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let sentence = reader.words.fill(key, &values)?;
    Ok(Some(context! { is_sound => faulty.is_empty(), sentence, faulty, sound }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "formats that do not load must stop the test")]
mod tests {
    use super::super::Language;
    use super::*;

    #[test]
    fn an_abbreviation_is_spelled_out_only_where_it_stands_alone() {
        let known = [("DSO".to_owned(), "days \"sales\"".to_owned())].into();
        assert_eq!(abbreviated("DSO & DSOs", &known), "<abbr title=\"days &quot;sales&quot;\">DSO</abbr> &amp; DSOs");
    }

    #[test]
    fn options_are_quoted_for_a_shell() {
        for (found, shown) in
            [("--lake", "--lake"), ("./my lake", "'./my lake'"), ("a'b$(x)", r"'a'\''b$(x)'"), ("", "''")]
        {
            assert_eq!(quoted(found), shown);
        }
    }

    #[test]
    fn the_moment_of_a_load_is_written_out_and_anything_else_stays() {
        let formats = Formats::new(&Words::load(Language::Fr, None).unwrap()).unwrap();
        assert_eq!(moment("2026-01-04T08:12:33Z", &formats), "4 janvier 2026, 08:12\u{a0}UTC");
        for odd in ["yesterday", "2026-01-04", "2026-13-04T08:12:33Z", "2026-01-04T08:12:33+02:00", "2026-01-0é"] {
            assert_eq!(moment(odd, &formats), odd);
        }
    }
}
