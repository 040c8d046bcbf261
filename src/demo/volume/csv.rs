//! The rows as plain CSV with our own columns: `customers.csv`, `items.csv`, `allocations.csv`, `disputes.csv`.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::customers::customer_id;
use super::tables::{ALLOCATIONS, CUSTOMERS, DISPUTES, ITEMS, header};
use super::{Allocation, Customer, Dispute, Item, Sink, day_folder};
use crate::model::TableSpec;
use crate::model::money::decimal_text;

/// Files in a folder; those of an added day in `day-01`, `day-02`… below it.
pub struct CsvFiles {
    folder: PathBuf,
    customers: BufWriter<File>,
    items: BufWriter<File>,
    allocations: BufWriter<File>,
    disputes: BufWriter<File>,
}

impl CsvFiles {
    /// Opens the files; the folder is made if missing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let customers = open(folder, &CUSTOMERS)?;
        let [items, allocations, disputes] = daily(folder)?;
        Ok(Self { folder: folder.to_owned(), customers, items, allocations, disputes })
    }

    /// Closes the files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> io::Result<()> {
        self.customers.flush()?;
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        [&mut self.items, &mut self.allocations, &mut self.disputes].into_iter().try_for_each(BufWriter::flush)
    }
}

fn open(folder: &Path, table: &TableSpec) -> io::Result<BufWriter<File>> {
    let file = File::create(folder.join(table.name).with_extension("csv"))?;
    let mut file = BufWriter::with_capacity(1 << 18, file);
    writeln!(file, "{}", header(table))?;
    Ok(file)
}

fn daily(folder: &Path) -> io::Result<[BufWriter<File>; 3]> {
    Ok([open(folder, &ITEMS)?, open(folder, &ALLOCATIONS)?, open(folder, &DISPUTES)?])
}

/// In hundredths.
fn amount(hundredths: i64) -> String {
    decimal_text(hundredths.into(), 2)
}

impl Sink for CsvFiles {
    type Error = io::Error;

    fn customer(&mut self, customer: &Customer) -> io::Result<()> {
        let Customer { id, name, terms_days, country_code } = customer;
        writeln!(self.customers, "{id},{name},{country_code},{terms_days}")
    }

    fn item(&mut self, item: &Item) -> io::Result<()> {
        let due: &dyn Display = match &item.due {
            Some(day) => day,
            None => &"",
        };
        let (customer, kind) = (customer_id(item.customer), item.id.kind.code());
        writeln!(self.items, "{},{customer},{kind},{},{due},EUR,{}", item.id, item.day, amount(item.amount))
    }

    fn allocation(&mut self, allocation: &Allocation) -> io::Result<()> {
        let Allocation { debit, credit, day, amount: hundredths } = allocation;
        writeln!(self.allocations, "{debit},{credit},{day},{}", amount(*hundredths))
    }

    fn dispute(&mut self, dispute: &Dispute) -> io::Result<()> {
        let Dispute { invoice, reason_code, opened, closed, amount: hundredths } = dispute;
        let disputed = amount(*hundredths);
        writeln!(self.disputes, "L{},{invoice},{reason_code},{opened},{closed},{disputed}", invoice.number)
    }

    fn next_day(&mut self, number: u16) -> io::Result<()> {
        self.flush()?;
        let folder = day_folder(&self.folder, number);
        fs::create_dir_all(&folder)?;
        [self.items, self.allocations, self.disputes] = daily(&folder)?;
        Ok(())
    }
}
