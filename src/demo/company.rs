//! The demo company put together: customers, invoices, accounts, entries; and its files.

use super::DemoOptions;
use super::accounts::{self, CustomerAccounts};
use super::books::{self, Entry, Sources};
use super::customers::{self, Customer, Trait};
use super::dice::{Dice, Purpose};
use super::error::DemoError;
use super::fec::{self, Directory};
use super::invoices::{self, Invoice};
use super::letters::Scope;
use super::messages;
use super::outreach;
use super::parameters::Parameters;
use super::portals;
use super::sister::Sister;
use super::tables;
use super::truth::{self, DemoFile, DemoReport};
use super::years::{YEAR_COUNT, Years};
use crate::model::Money;
use chrono::Datelike;
use std::path::Path;

/// How many suppliers the company has beside customers that sell to it.
const SUPPLIER_COUNT: usize = 40;

/// Everything that is written, before it is.
pub(super) struct Company {
    pub(super) options: DemoOptions,
    pub(super) years: Years,
    pub(super) parameters: Parameters,
    pub(super) customers: Vec<Customer>,
    pub(super) invoices: Vec<Invoice>,
    pub(super) accounts: Vec<CustomerAccounts>,
    suppliers: Vec<String>,
}

/// A file ready to be written.
pub(super) struct FileText {
    pub(super) listed: DemoFile,
    pub(super) text: String,
}

impl Company {
    /// Makes the company of the options.
    pub(super) fn make(options: &DemoOptions) -> Result<Self, DemoError> {
        check(options)?;
        let parameters = Parameters::read()?;
        let years = Years::ending(options.last_year_end);
        let customers = customers::cast(options.seed, options.customer_count, &years, &parameters);
        let invoices = invoices::draw(options.seed, options.invoice_count, &customers, &years, &parameters);
        let mut of_customer: Vec<Vec<(usize, &Invoice)>> = vec![Vec::new(); customers.len()];
        for (position, invoice) in invoices.iter().enumerate() {
            of_customer[invoice.customer].push((position, invoice));
        }
        let accounts = customers
            .iter()
            .enumerate()
            .map(|(position, customer)| {
                accounts::keep(options.seed, position, customer, &of_customer[position], &years, &parameters)
            })
            .collect();
        let suppliers = suppliers(options.seed, &customers, &parameters);
        Ok(Self { options: *options, years, parameters, customers, invoices, accounts, suppliers })
    }

    /// The ledger's entries and where they come from.
    fn sources(&self) -> Sources<'_> {
        Sources {
            seed: self.options.seed,
            years: &self.years,
            customers: &self.customers,
            invoices: &self.invoices,
            accounts: &self.accounts,
            supplier_count: SUPPLIER_COUNT,
        }
    }

    /// All entries but the openings.
    pub(super) fn entries(&self) -> Vec<Entry> {
        books::entries(&self.sources())
    }

    /// One FEC a year and the CSV files.
    pub(super) fn yearly_files(&self) -> Vec<FileText> {
        let scopes: Vec<Scope> = (0..YEAR_COUNT).map(Scope::Year).collect();
        self.files(&scopes)
    }

    /// One FEC over all years and the CSV files.
    pub(super) fn continuous_files(&self) -> Vec<FileText> {
        self.files(&[Scope::Continuous])
    }

    fn files(&self, scopes: &[Scope]) -> Vec<FileText> {
        let entries = self.entries();
        let sources = self.sources();
        let directory = Directory { sources: &sources, suppliers: &self.suppliers };
        let mut files: Vec<FileText> = scopes
            .iter()
            .map(|scope| {
                let written = fec::write(&directory, &entries, *scope);
                let closed = scope.days(&self.years).1;
                let listed = DemoFile {
                    name: format!("{}FEC{}.txt", super::SIREN, closed.format("%Y%m%d")),
                    line_count: written.line_count,
                    debit_amount: Money::from_hundredths(written.debit),
                    credit_amount: Money::from_hundredths(written.credit),
                };
                FileText { listed, text: written.text }
            })
            .collect();
        let sister = Sister::of(self);
        files.extend([
            tables::customers(self, &sister),
            tables::contacts(self, &sister),
            tables::disputes(self),
            tables::actions(self, &sister),
            portals::invoice_details(self),
            portals::payer_processes(self),
            portals::invoice_events(self),
            outreach::notices(self),
        ]);
        files.extend(messages::files(self));
        files.extend(sister.files());
        files
    }

    /// Writes files into a folder, made if missing, and reports what was planted.
    pub(super) fn save(&self, files: &[FileText], folder: &Path) -> Result<DemoReport, DemoError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| DemoError::Write { path, source }
        };
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
        for file in files {
            let path = folder.join(&file.listed.name);
            std::fs::write(&path, &file.text).map_err(failed(&path))?;
        }
        Ok(truth::report(self, files.iter().map(|file| file.listed.clone()).collect()))
    }
}

fn check(options: &DemoOptions) -> Result<(), DemoError> {
    let refuse = |found: String, wanted: &str| Err(DemoError::Options { found, wanted: wanted.to_owned() });
    let DemoOptions { customer_count, invoice_count, last_year_end, .. } = *options;
    if !(60..=20_000).contains(&customer_count) {
        return refuse(format!("{customer_count} customers"), "60 to 20000, so that every behaviour finds one");
    }
    if invoice_count < 10 * customer_count || invoice_count > 2_000_000 {
        return refuse(
            format!("{invoice_count} invoices for {customer_count} customers"),
            "at least 10 a customer, at most 2000000",
        );
    }
    let is_year_end = last_year_end.month() == 12 && last_year_end.day() == 31;
    if !is_year_end || !(1990..=2090).contains(&last_year_end.year()) {
        return refuse(format!("a last year ending on {last_year_end}"), "a 31 December from 1990 to 2090");
    }
    Ok(())
}

/// Names of suppliers; the customers that sell to us come last, under their own names.
fn suppliers(seed: u64, customers: &[Customer], parameters: &Parameters) -> Vec<String> {
    let mut dice = Dice::new(seed, Purpose::Books, 2);
    let mut word = |list: &str| {
        let words = parameters.list(list);
        words.get(dice.position(words.len())).map(|(word, _)| word.clone()).unwrap_or_default()
    };
    let drawn: Vec<String> = (0..SUPPLIER_COUNT)
        .map(|_| word("supplier").replace("{surname}", &word("surname")).replace("{town}", &word("town")))
        .collect();
    let both = customers.iter().filter(|customer| customer.has(Trait::Supplier)).map(|customer| customer.name.clone());
    drawn.into_iter().chain(both).collect()
}
