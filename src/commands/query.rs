//! `encours query`: ask a question by name or in SQL.

use crate::cli::{Output, QueryArguments};
use crate::commands::shared;
use crate::engine::{Catalogue, Room};
use crate::error::{Error, Outcome};
use crate::model::{Answer, AnswerColumn, ColumnKind, Value};
use crate::settings::Settings;

pub(super) async fn run(settings: &Settings, arguments: &QueryArguments, output: Output) -> Result<Outcome, Error> {
    if arguments.list || (arguments.name.is_none() && arguments.sql.is_none()) {
        shared::write(settings, &list(&settings.catalogue()?), output)?;
        return Ok(Outcome::Done);
    }
    if let Some(name) = &arguments.name {
        settings.catalogue()?.get(name)?;
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

/// One row a column of a query.
fn list(catalogue: &Catalogue) -> Answer {
    let columns = ["query_name", "answers_text", "grain_text", "column_name", "kind_code", "column_text"];
    let columns = columns.map(|name| AnswerColumn { name: name.to_owned(), kind: ColumnKind::Text }).to_vec();
    let mut rows = Vec::new();
    let rooms = [
        Room::Metrics,
        Room::Worklists,
        Room::Forecasts,
        Room::Outreach,
        Room::Customers,
        Room::Statements,
        Room::Checks,
        Room::Base,
    ];
    for query in rooms.into_iter().flat_map(|room| catalogue.in_room(room)) {
        for (position, (name, kind, meaning)) in query.header.columns.iter().enumerate() {
            // said once a query
            let once = |text: &str| if position == 0 { Value::text(text.to_owned()) } else { Value::Null };
            rows.push(vec![
                Value::text(query.header.name.clone()),
                once(&query.header.sentence),
                once(&query.header.grain),
                Value::text(name.clone()),
                Value::text(kind.code().to_owned()),
                Value::text(meaning.clone()),
            ]);
        }
    }
    Answer::of(columns, rows)
}
