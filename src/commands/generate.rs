//! `encours generate`: receivables of any size, as plain CSV, Parquet or yearly ledgers, to measure with.

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::{GenerateArguments, GenerateFormat};
use crate::commands::shared;
use crate::demo::habits::{Habit, HabitOptions, HabitReport, write_habits};
use crate::demo::volume::tables::{ALLOCATIONS, CUSTOMERS, DISPUTES, ITEMS};
use crate::demo::volume::{
    self, Allocation, CsvFiles, Customer, Dispute, FecFiles, Item, Sink, VolumeOptions, VolumeReport, customer_id,
    day_folder,
};
use crate::error::{Error, Outcome};
use crate::ingest::staging::TableFile;
use crate::model::rows::Cell;
use crate::model::{Money, Rows, TableSpec};
use crate::settings::Settings;

/// Rows handed over at once.
const ROWS_AT_ONCE: usize = 16_384;

pub(super) fn run(settings: &Settings, arguments: &GenerateArguments) -> Result<Outcome, Error> {
    if let Some(habit) = arguments.habit {
        return plant(settings, arguments, habit);
    }
    let options = VolumeOptions {
        seed: arguments.seed,
        item_count: arguments.items.unwrap_or_default(),
        is_of_whole_years: arguments.format == GenerateFormat::Fec,
        more_days: arguments.more_days,
    };
    let folder = arguments.out.as_path();
    let unwritable = |cause: io::Error| Error::Disk(folder.to_owned(), cause);
    let report = match arguments.format {
        GenerateFormat::Fec if arguments.more_days > 0 => {
            return Err(Error::Plain(
                format!("found `--more-days {}` with `--format fec`", arguments.more_days),
                "ledgers are written by the year; take `--format csv` for days that come after".to_owned(),
            ));
        }
        GenerateFormat::Csv => {
            let mut files = CsvFiles::create(folder).map_err(unwritable)?;
            let report = volume::generate(&options, &mut files).map_err(unwritable)?;
            files.finish().map_err(unwritable)?;
            report
        }
        GenerateFormat::Fec => {
            let mut files = FecFiles::create(folder).map_err(unwritable)?;
            let report = volume::generate(&options, &mut files).map_err(unwritable)?;
            files.finish().map_err(unwritable)?;
            report
        }
        GenerateFormat::Parquet => {
            let mut files = ParquetFiles { folder: folder.to_owned(), day: folder.to_owned(), open: Vec::new() };
            let report = volume::generate(&options, &mut files)?;
            files.finish()?;
            report
        }
    };
    say(settings, &report);
    Ok(Outcome::Done)
}

/// Books of one planted habit.
fn plant(settings: &Settings, arguments: &GenerateArguments, habit: Habit) -> Result<Outcome, Error> {
    let options = HabitOptions { never_percent: arguments.never_paid, ..HabitOptions::new(habit, arguments.seed) };
    let HabitReport { customer_count, invoice_count, receipt_count } = write_habits(&options, &arguments.out)?;
    let open_count = invoice_count - receipt_count;
    shared::say(
        settings,
        &format!(
            "customers: {customer_count}; invoices: {invoice_count} = paid: {receipt_count} + open: {open_count}; last day: {}",
            options.last_day
        ),
    );
    Ok(Outcome::Done)
}

fn say(settings: &Settings, report: &VolumeReport) {
    let VolumeReport { customer_count, invoice_count, receipt_count, credit_note_count, .. } = report;
    let item_count = invoice_count + receipt_count + credit_note_count;
    shared::say(
        settings,
        &format!(
            "customers: {customer_count}; items: {item_count} = invoices: {invoice_count} + receipts: {receipt_count} + \
             credit notes: {credit_note_count}; allocations: {}; disputes: {}; last day: {}",
            report.allocation_count, report.dispute_count, report.last_day
        ),
    );
}

/// The rows as a Parquet file a table.
struct ParquetFiles {
    folder: PathBuf,
    /// Where the files of the day go.
    day: PathBuf,
    open: Vec<(TableFile, Rows)>,
}

impl ParquetFiles {
    fn push(&mut self, table: &'static TableSpec, cells: Vec<Cell>) -> Result<(), Error> {
        let place = self.open.iter().position(|(_, rows)| std::ptr::eq(rows.table, table));
        let place = if let Some(place) = place {
            place
        } else {
            let path = self.day.join(table.name).with_extension("parquet");
            let file = TableFile::create(table, path).map_err(|cause| unwritable(&self.day, &cause))?;
            self.open.push((file, Rows::new(table)));
            self.open.len() - 1
        };
        let (file, rows) = &mut self.open[place];
        rows.push(cells);
        if rows.len() >= ROWS_AT_ONCE {
            let full = std::mem::replace(rows, Rows::new(table));
            file.append(full, "").map_err(|cause| unwritable(&self.day, &cause))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        for (mut file, rows) in self.open.drain(..) {
            let written = file.append(rows, "").and_then(|()| file.close(String::new()));
            written.map_err(|cause| unwritable(&self.day, &cause))?;
        }
        Ok(())
    }
}

fn unwritable(folder: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::Disk(folder.to_owned(), io::Error::other(cause.to_string()))
}

impl Sink for ParquetFiles {
    type Error = Error;

    fn customer(&mut self, customer: &Customer) -> Result<(), Error> {
        let texts = [&customer.id, &customer.name, customer.country_code, &customer.terms_days.to_string()];
        self.push(&CUSTOMERS, texts.map(Cell::text).to_vec())
    }

    fn item(&mut self, item: &Item) -> Result<(), Error> {
        let cells = vec![
            Cell::text(item.id.to_string()),
            Cell::text(customer_id(item.customer)),
            Cell::text(item.id.kind.code()),
            Cell::Date(item.day),
            Cell::date(item.due),
            Cell::text("EUR"),
            Cell::money(Money::from_hundredths(item.amount)),
        ];
        self.push(&ITEMS, cells)
    }

    fn allocation(&mut self, allocation: &Allocation) -> Result<(), Error> {
        let cells = vec![
            Cell::text(allocation.debit.to_string()),
            Cell::text(allocation.credit.to_string()),
            Cell::Date(allocation.day),
            Cell::money(Money::from_hundredths(allocation.amount)),
        ];
        self.push(&ALLOCATIONS, cells)
    }

    fn dispute(&mut self, dispute: &Dispute) -> Result<(), Error> {
        let cells = vec![
            Cell::text(format!("L{}", dispute.invoice.number)),
            Cell::text(dispute.invoice.to_string()),
            Cell::text(dispute.reason_code),
            Cell::Date(dispute.opened),
            Cell::Date(dispute.closed),
            Cell::money(Money::from_hundredths(dispute.amount)),
        ];
        self.push(&DISPUTES, cells)
    }

    fn next_day(&mut self, number: u16) -> Result<(), Error> {
        self.finish()?;
        self.day = day_folder(&self.folder, number);
        Ok(())
    }
}
