//! From a header to a plan: which column gives which value, and what the file is.

use std::collections::HashMap;

use super::super::amount::Decimal;
use super::super::dates::DateOrder;
use super::super::names::fold;
use super::super::outcome::ColumnFinding;
use super::super::{IngestError, ReadOptions};
use super::grid::Row;
use super::inputs::{Input, Shape, WRITTEN, is_ours};
use super::mapping::{Mapping, Origin, Sign};
use super::shaped::{HEADING, Shaping, begins_sum, is_bare_sum, is_heading, is_sum, is_sum_label};
use crate::model::{Date, TableSpec, tables};

/// Where the value of an input comes from, in this file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The column at that place.
    Column(usize),
    /// The same on every row.
    Constant(String),
    /// Nowhere.
    Absent,
}

/// How a file is read.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The table's name, or `mapping:<name>`.
    pub format_code: String,
    /// What a row is.
    pub shape: Shape,
    /// What a row may bring.
    pub inputs: Vec<Input>,
    /// Where each input comes from.
    pub sources: Vec<Source>,
    /// For each input, what values of the file (folded) stand for.
    pub translations: Vec<Option<HashMap<String, String>>>,
    /// What signs mean.
    pub sign: Sign,
    /// What the mapping does to the rows.
    pub shaping: Shaping,
    /// Whether rows repeat their document, which counts once.
    pub repeats: bool,
    /// The day of the list, where the mapping says it.
    pub list_day: Option<Date>,
    /// Whether the mapping says that the file lists what is open on a day.
    pub is_list: bool,
    /// The day on which what the file lists was open, where it is such a list.
    pub listed_on: Option<Date>,
    /// Whether its amounts were taken for what is open, by the name of their column.
    pub is_of_balances: bool,
    /// The order of dates, where the mapping says it.
    pub date_order: Option<DateOrder>,
    /// The decimal mark, where the mapping says it.
    pub decimal: Option<Decimal>,
    /// The header.
    pub header: Vec<String>,
}

impl Plan {
    /// What the columns of the header are taken for.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnFinding> {
        let known_as = |place: usize| {
            let source = self.sources.iter().position(|source| *source == Source::Column(place))?;
            Some(self.inputs[source].name.to_owned())
        };
        let finding =
            |(place, header): (usize, &String)| ColumnFinding { header: header.clone(), known_as: known_as(place) };
        self.header.iter().enumerate().map(finding).collect()
    }

    /// Whether nobody wrote anything on a line of a worklist.
    pub fn is_unfilled(&self, row: &dyn Row) -> bool {
        let is_blank = |(input, source): (&Input, &Source)| match source {
            Source::Column(place) if WRITTEN.contains(&input.name) => row.cell(*place).text().trim().is_empty(),
            _ => true,
        };
        self.shape == Shape::WorklistResults && self.inputs.iter().zip(&self.sources).all(is_blank)
    }

    /// Whether rows are items, and nothing tells when they were settled.
    #[must_use]
    pub fn could_be_list(&self) -> bool {
        let gives = |name: &str| {
            let inputs = self.inputs.iter().zip(&self.sources);
            inputs.into_iter().any(|(input, source)| input.name == name && *source != Source::Absent)
        };
        let are_items = self.shape == Shape::Table(&tables::ITEMS) || self.shape == Shape::InvoiceHistory;
        are_items && !gives("settled_date")
    }

    /// The column of amounts, where they stand in one, as they are.
    #[must_use]
    pub fn amount_column(&self) -> Option<usize> {
        let of_input = |name: &str| {
            let mut inputs = self.inputs.iter().zip(&self.sources);
            inputs.find(|(input, _)| input.name == name).map(|(_, source)| source)
        };
        let is_other = |name: &str| of_input(name).is_some_and(|source| *source != Source::Absent);
        match of_input("amount") {
            Some(Source::Column(place)) if !is_other("paid_amount") && !is_other("side") => Some(*place),
            _ => None,
        }
    }

    /// Whether a row that was refused says nothing of its own: it sums others, or stands above them.
    pub fn says_nothing(&self, row: &dyn Row) -> bool {
        is_bare_sum(row) || (self.is_keyless(row) && (is_sum(row) || is_heading(row)))
    }

    /// Whether a row has neither key nor day. Never where nothing is a key.
    fn is_keyless(&self, row: &dyn Row) -> bool {
        const KEYS: [&str; 7] =
            ["item_id", "issued_date", "due_date", "receipt_id", "receipt_date", "invoice_id", "settled_date"];
        let keys = self.inputs.iter().zip(&self.sources).filter(|(input, _)| KEYS.contains(&input.name));
        let mut columns = keys.filter_map(|(_, source)| match source {
            Source::Column(place) => Some(*place),
            _ => None,
        });
        let mut has_key = false;
        let are_empty = columns.all(|place| {
            has_key = true;
            let cell = row.cell(place);
            let text = cell.text();
            text.is_empty() || begins_sum(&text) || is_sum_label(&text)
        });
        has_key && are_empty
    }

    /// Inputs that the file does not bring.
    #[must_use]
    pub fn absent(&self) -> Vec<String> {
        let inputs = self.inputs.iter().zip(&self.sources);
        let is_absent = |(input, source): &(&Input, &Source)| {
            **source == Source::Absent && !is_ours(input.name) && !input.name.contains('.')
        };
        inputs.filter(is_absent).map(|(input, _)| input.name.to_owned()).collect()
    }
}

/// Finds the plan for a header; `None` when nobody knows it.
///
/// A mapping asked for is used. Else a table whose required columns are all there (of several, the one that knows
/// most columns; of one with a single required column, where it knows all of them), else the one mapping that knows the header.
///
/// # Errors
/// Two mappings, two columns of one meaning, or a mapping asked for whose columns are missing.
pub fn find(header: &[String], file: &str, options: &ReadOptions<'_>) -> Result<Option<Plan>, IngestError> {
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    if let Some(mapping) = options.mapping {
        return of_mapping(mapping, header, &folded, file, options).map(Some);
    }
    let known = |table: &TableSpec| table.columns.iter().filter(|column| folded.contains(&fold(column.name))).count();
    let named = folded.iter().filter(|name| !name.is_empty()).count();
    // one required column tells little: then no other may be unknown
    let is_told = |table: &TableSpec| {
        let required = table.columns.iter().filter(|column| column.is_required).count();
        required > 1 || (known(table) > 1 && known(table) == named)
    };
    let complete =
        tables::TABLES.iter().copied().filter(|table| table.is_loadable && missing(table, &folded).is_empty());
    let complete = complete.filter(|table| is_told(table));
    if let Some(table) =
        complete.max_by_key(|table| (known(table), table.columns.iter().filter(|column| column.is_required).count()))
    {
        return of_table(table, header, &folded, file).map(Some);
    }
    let selected: Vec<&Mapping> = options.mappings.iter().filter(|mapping| mapping.selects(&folded)).collect();
    match selected[..] {
        [] => Ok(None),
        [mapping] => of_mapping(mapping, header, &folded, file, options).map(Some),
        _ => Err(IngestError::MappingAmbiguous {
            file: file.to_owned(),
            names: selected.iter().map(|mapping| mapping.name.clone()).collect(),
        }),
    }
}

/// For a header nobody knows: the table it comes near to, and what it lacks of it.
#[must_use]
pub fn nearest(header: &[String]) -> Option<(&'static str, Vec<String>)> {
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    let known = |table: &TableSpec| table.columns.iter().filter(|column| folded.contains(&fold(column.name))).count();
    let near = tables::TABLES.iter().filter(|table| table.is_loadable).max_by_key(|table| known(table))?;
    let missing = missing(near, &folded);
    let required = near.columns.iter().filter(|column| column.is_required).count();
    let is_near = required - missing.len() >= 2 && 2 * known(near) >= folded.len();
    is_near.then_some((near.name, missing))
}

/// Every name, folded, that tables or mappings know: what a separator must bring to light.
pub fn known_names<'a>(options: &'a ReadOptions<'_>) -> impl Fn(&str) -> bool + use<'a> {
    let columns = tables::TABLES.iter().filter(|table| table.is_loadable).flat_map(|table| table.columns);
    let mut names: Vec<String> = columns.map(|column| fold(column.name)).collect();
    for mapping in options.mappings.iter().chain(options.mapping) {
        names.extend(mapping.header.iter().cloned());
    }
    move |name: &str| names.contains(&fold(name))
}

/// The required columns of a table that a header lacks.
fn missing(table: &TableSpec, folded: &[String]) -> Vec<String> {
    let is_missing = |name: &str| !folded.contains(&fold(name));
    table
        .columns
        .iter()
        .filter(|column| column.is_required && is_missing(column.name))
        .map(|column| column.name.to_owned())
        .collect()
}

fn of_table(table: &'static TableSpec, header: &[String], folded: &[String], file: &str) -> Result<Plan, IngestError> {
    let shape = Shape::Table(table);
    let inputs = shape.inputs();
    let mut sources = vec![Source::Absent; inputs.len()];
    for (source, input) in sources.iter_mut().zip(&inputs).filter(|(_, input)| !is_ours(input.name)) {
        let is_column = table.position(input.name).is_some();
        if let Some(place) = place_of(input.name, &[], folded, file)?.filter(|_| is_column) {
            *source = Source::Column(place);
        }
    }
    Ok(Plan {
        format_code: table.name.to_owned(),
        translations: vec![None; inputs.len()],
        shape,
        inputs,
        sources,
        sign: Sign::AsIs,
        shaping: Shaping::default(),
        repeats: false,
        list_day: None,
        is_list: false,
        listed_on: None,
        is_of_balances: false,
        date_order: None,
        decimal: None,
        header: header.to_vec(),
    })
}

/// Whether the column of amounts is called what is open or left.
fn is_of_balances(mapping: &Mapping, options: &ReadOptions<'_>) -> bool {
    match mapping.origins.get("amount") {
        Some(Origin::Column(name)) => {
            let said = options.column_names.said(name);
            said.has("open") || said.has("balance") || (said.has("amount") && said.has("due"))
        }
        _ => false,
    }
}

fn of_mapping(
    mapping: &Mapping,
    header: &[String],
    folded: &[String],
    file: &str,
    options: &ReadOptions<'_>,
) -> Result<Plan, IngestError> {
    let mut inputs = mapping.shape.inputs();
    for input in inputs.iter_mut().filter(|input| input.name == "kind" && mapping.has_kind_by_sign()) {
        input.is_required = false;
    }
    let mut shaping = Shaping { condition: mapping.condition.clone(), ..Shaping::default() };
    let mut missing = Vec::new();
    for (name, days) in &mapping.buckets {
        match place_of(name, header, folded, file)? {
            Some(place) => shaping.buckets.push((place, name.clone(), *days)),
            None => missing.push(name.clone()),
        }
    }
    for name in &mapping.filled_down {
        match place_of(name, header, folded, file)? {
            Some(place) => shaping.filled_down.push(place),
            None => missing.push(name.clone()),
        }
    }
    let mut sources = Vec::with_capacity(inputs.len());
    for input in &inputs {
        sources.push(match mapping.origins.get(input.name) {
            None => Source::Absent,
            Some(Origin::Constant(text)) => Source::Constant(text.clone()),
            Some(Origin::Sql(sql)) => {
                shaping.has_headings |= sql.contains(HEADING);
                shaping.expressions.push(sql.clone());
                Source::Column(Shaping::column(shaping.expressions.len() - 1))
            }
            Some(Origin::Column(name)) if Shaping::own_column(name).is_some() => {
                shaping.has_headings |= name == HEADING;
                Shaping::own_column(name).map_or(Source::Absent, Source::Column)
            }
            Some(Origin::Column(name)) => {
                let place = place_of(name, header, folded, file)?;
                // a column that only some exports have does not stop the others
                if place.is_none() && (input.is_required || mapping.header.contains(&fold(name))) {
                    missing.push(name.clone());
                }
                place.map_or(Source::Absent, Source::Column)
            }
        });
    }
    if !missing.is_empty() {
        let format = format!("mapping:{}", mapping.name);
        return Err(IngestError::ColumnsMissing { file: file.to_owned(), format, missing });
    }
    Ok(Plan {
        format_code: format!("mapping:{}", mapping.name),
        shape: mapping.shape,
        translations: inputs.iter().map(|input| mapping.values.get(input.name).cloned()).collect(),
        inputs,
        sources,
        sign: mapping.sign,
        shaping,
        repeats: mapping.repeats,
        list_day: mapping.list_day,
        is_list: mapping.is_list,
        listed_on: None,
        is_of_balances: is_of_balances(mapping, options),
        date_order: mapping.date_order,
        decimal: mapping.decimal,
        header: header.to_vec(),
    })
}

/// The column of a name: the one that is written so, else the one that is when case, accents and marks do not count.
fn place_of(name: &str, header: &[String], folded: &[String], file: &str) -> Result<Option<usize>, IngestError> {
    let wanted = fold(name);
    let mut written = header.iter().enumerate().filter(|(_, column)| *column == name).map(|(place, _)| place);
    if let (Some(place), None) = (written.next(), written.next()) {
        return Ok(Some(place));
    }
    let mut places = folded.iter().enumerate().filter(|(_, column)| **column == wanted).map(|(place, _)| place);
    let place = places.next();
    match places.next() {
        Some(_) => Err(IngestError::ColumnTwice { file: file.to_owned(), column: name.to_owned() }),
        None => Ok(place),
    }
}
