//! `encours query`: ask a question by name or in SQL.

use crate::cli::{Output, QueryArguments};
use crate::commands::shared;
use crate::engine::{Catalogue, Query, Room};
use crate::error::{Error, Outcome};
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &QueryArguments, output: Output) -> Result<Outcome, Error> {
    if arguments.list || (arguments.name.is_none() && arguments.sql.is_none()) {
        shared::write(settings, &list(&settings.catalogue()?), output)?;
        return Ok(Outcome::Done);
    }
    if let Some(name) = &arguments.name {
        let catalogue = settings.catalogue()?;
        let query = catalogue.get(name)?;
        if arguments.describe {
            shared::say(settings, &format!("{}: {}", query.header.name, query.header.sentence));
            shared::say(settings, &format!("a row is {}", query.header.grain));
            shared::write(settings, &describe(query), output)?;
            return Ok(Outcome::Done);
        }
    }
    let settings = &settings.on_cluster(&arguments.place)?;
    let snapshot = shared::snapshot(settings).await?;
    let mut engine = shared::engine(settings, &snapshot).await?;
    engine.set_months(arguments.months.into());
    if let Some(customer) = &arguments.customer {
        let since = arguments.since.as_deref().map(|text| Settings::day("since", text)).transpose()?;
        let customers = engine.customers_of_code(customer).await?;
        engine.set_customers(&customers, since).await?;
    }
    let answer = match (&arguments.name, &arguments.sql) {
        (Some(name), _) => engine.ask(name).await?,
        (None, Some(sql)) => engine.ask_sql(sql, settings.sql_seconds).await?,
        (None, None) => Answer::default(),
    };
    shared::write(settings, &answer, output)?;
    shared::tie_out(&mut engine).await
}

/// The rooms of queries, in the order in which a reader looks for one.
const THEMES: [Room; 8] = [
    Room::Metrics,
    Room::Worklists,
    Room::Forecasts,
    Room::Outreach,
    Room::Customers,
    Room::Statements,
    Room::Checks,
    Room::Base,
];

/// One row a query.
fn list(catalogue: &Catalogue) -> Answer {
    let queries = THEMES.into_iter().flat_map(|room| catalogue.in_room(room).map(move |query| (room, query)));
    let row = |(room, query): (Room, &Query)| {
        [query.header.name.clone(), room.folder().to_owned(), query.header.sentence.clone()].map(Value::text).to_vec()
    };
    Answer::of(texts(["query_name", "theme_code", "answers_text"]), queries.map(row))
}

/// One row a column of a query.
fn describe(query: &Query) -> Answer {
    let row = |(name, kind, meaning): &(String, ColumnKind, String)| {
        [name.clone(), kind.code().to_owned(), meaning.clone()].map(Value::text).to_vec()
    };
    Answer::of(texts(["column_name", "kind_code", "column_text"]), query.header.columns.iter().map(row))
}

fn texts<const N: usize>(names: [&str; N]) -> Vec<AnswerColumn> {
    names.map(|name| AnswerColumn { name: name.to_owned(), kind: ColumnKind::Text }).to_vec()
}
