//! The rows as a ledger a fiscal year (LPF art. A47 A-1), chained: each year opens with one line an open posting, which
//! bears the letter under which it is settled. A letter stands only on groups that are complete by the year's end.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::Datelike;

use super::customers::customer_id;
use super::tables::{CUSTOMERS, DISPUTES, header};
use super::{Allocation, Customer, Dispute, Item, ItemId, Sink, first_day};
use crate::demo::fec::{HEADER, day_text, decimal};
use crate::model::{Date, ItemKind};

/// The company. The Luhn digit of its SIREN is wrong on purpose: no register can hold it.
const SIREN: &str = "999999996";

/// Files in a folder: a ledger a year, `customers.csv` and `disputes.csv`.
pub struct FecFiles {
    folder: PathBuf,
    customers: BufWriter<File>,
    disputes: BufWriter<File>,
    names: Vec<String>,
    ledger: Ledger,
    /// Postings without a letter in their year so far.
    open: BTreeMap<ItemId, Item>,
    /// What every account but 411 holds, in hundredths.
    balances: BTreeMap<&'static str, i64>,
}

/// The file of a year.
struct Ledger {
    year: i32,
    file: BufWriter<File>,
    /// The last number of each journal.
    numbers: BTreeMap<&'static str, u64>,
}

/// An entry: journal, day, piece, label.
struct Entry<'a> {
    journal: (&'static str, &'static str),
    day: Date,
    piece: &'a str,
    label: &'a str,
}

/// A line of it: account, its name, customer, amount in hundredths, group.
struct Line<'a> {
    account: (&'static str, &'static str),
    customer: Option<(&'a str, &'a str)>,
    amount: i64,
    group: Option<(u64, Date)>,
}

const RECEIVABLE: (&str, &str) = ("411000", "Clients");
const BANK: (&str, &str) = ("512000", "Banque");
const SALES: (&str, &str) = ("707000", "Ventes de marchandises");
const VAT: (&str, &str) = ("445710", "TVA collectée");
const RESULT: (&str, &str) = ("120000", "Résultat de l'exercice");

impl FecFiles {
    /// Opens the files; the folder is made if missing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut customers = BufWriter::new(File::create(folder.join("customers.csv"))?);
        writeln!(customers, "{}", header(&CUSTOMERS))?;
        let mut disputes = BufWriter::new(File::create(folder.join("disputes.csv"))?);
        writeln!(disputes, "{}", header(&DISPUTES))?;
        Ok(Self {
            folder: folder.to_owned(),
            customers,
            disputes,
            names: Vec::new(),
            ledger: Ledger::create(folder, first_day().year())?,
            open: BTreeMap::new(),
            balances: BTreeMap::new(),
        })
    }

    /// Closes the files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> io::Result<()> {
        self.ledger.file.flush()?;
        self.disputes.flush()?;
        self.customers.flush()
    }

    /// Begins the file of another year with what is open.
    fn turn_year(&mut self, year: i32) -> io::Result<()> {
        self.ledger.file.flush()?;
        let closed = self.ledger.year;
        self.open.retain(|_, item| item.group.is_none_or(|(_, complete)| complete.year() > closed));
        self.ledger = Ledger::create(&self.folder, year)?;
        let entry = Entry {
            journal: ("AN", "A nouveaux"),
            day: Date::from_ymd_opt(year, 1, 1).unwrap_or_default(),
            piece: "AN",
            label: "A nouveau",
        };
        let number = self.ledger.next_number("AN");
        let mut result = 0;
        for item in self.open.values() {
            let (piece, id) = (item.id.to_string(), customer_id(item.customer));
            let customer = Some((id.as_str(), self.names[place(item.customer)].as_str()));
            let line = Line { account: RECEIVABLE, customer, amount: item.amount, group: item.group };
            self.ledger.line(&Entry { piece: &piece, ..entry }, &number, &line)?;
            result += item.amount;
        }
        for account in [VAT, BANK] {
            let amount = self.balances.get(account.0).copied().unwrap_or_default();
            result += amount;
            self.ledger.line(&entry, &number, &Line { account, customer: None, amount, group: None })?;
        }
        self.ledger.line(&entry, &number, &Line { account: RESULT, customer: None, amount: -result, group: None })
    }
}

impl Ledger {
    fn create(folder: &Path, year: i32) -> io::Result<Self> {
        let file = File::create(folder.join(format!("{SIREN}FEC{year}1231.txt")))?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(HEADER.as_bytes())?;
        Ok(Self { year, file, numbers: BTreeMap::new() })
    }

    fn next_number(&mut self, journal: &'static str) -> String {
        let number = self.numbers.entry(journal).or_default();
        *number += 1;
        format!("{number:09}")
    }

    fn line(&mut self, entry: &Entry<'_>, number: &str, line: &Line<'_>) -> io::Result<()> {
        let (journal, journal_name) = entry.journal;
        let (account, account_name) = line.account;
        let (customer, name) = line.customer.unwrap_or_default();
        let day = day_text(entry.day);
        let (debit, credit) = (decimal(line.amount.max(0)), decimal((-line.amount).max(0)));
        let complete = line.group.filter(|(_, complete)| complete.year() <= self.year);
        let letter = complete.map(|(group, _)| letter(group)).unwrap_or_default();
        let lettered = complete.map(|(_, complete)| day_text(complete)).unwrap_or_default();
        let Entry { piece, label, .. } = entry;
        writeln!(
            self.file,
            "{journal}\t{journal_name}\t{number}\t{day}\t{account}\t{account_name}\t{customer}\t{name}\t{piece}\t{day}\t{label}\t\
             {debit}\t{credit}\t{letter}\t{lettered}\t{day}\t\t"
        )
    }
}

impl Sink for FecFiles {
    type Error = io::Error;

    fn customer(&mut self, customer: &Customer) -> io::Result<()> {
        let Customer { id, name, terms_days, country_code } = customer;
        self.names.push(name.clone());
        writeln!(self.customers, "{id},{name},{country_code},{terms_days}")
    }

    fn item(&mut self, item: &Item) -> io::Result<()> {
        if item.day.year() > self.ledger.year {
            self.turn_year(item.day.year())?;
        }
        let (piece, id) = (item.id.to_string(), customer_id(item.customer));
        let (journal, label) = match item.id.kind {
            ItemKind::Receipt => (("BQ", "Banque"), "Règlement client"),
            ItemKind::CreditNote => (("VE", "Ventes"), "Avoir"),
            _ => (("VE", "Ventes"), "Facture"),
        };
        let entry = Entry { journal, day: item.day, piece: &piece, label };
        let number = self.ledger.next_number(journal.0);
        let customer = Some((id.as_str(), self.names[place(item.customer)].as_str()));
        let line = Line { account: RECEIVABLE, customer, amount: item.amount, group: item.group };
        self.ledger.line(&entry, &number, &line)?;
        let counterparts = if item.id.kind == ItemKind::Receipt {
            vec![(BANK, -item.amount)]
        } else {
            // VAT of 20 % in what the invoice says
            let vat = item.amount / 6;
            vec![(SALES, vat - item.amount), (VAT, -vat)]
        };
        for (account, amount) in counterparts {
            *self.balances.entry(account.0).or_default() += amount;
            self.ledger.line(&entry, &number, &Line { account, customer: None, amount, group: None })?;
        }
        if item.group.is_none_or(|(_, complete)| complete.year() > self.ledger.year) {
            self.open.insert(item.id, *item);
        }
        Ok(())
    }

    fn allocation(&mut self, _: &Allocation) -> io::Result<()> {
        // the letters say it
        Ok(())
    }

    fn dispute(&mut self, dispute: &Dispute) -> io::Result<()> {
        let Dispute { invoice, reason_code, opened, closed, amount } = dispute;
        let amount = crate::model::money::decimal_text((*amount).into(), 2);
        writeln!(self.disputes, "L{},{invoice},{reason_code},{opened},{closed},{amount}", invoice.number)
    }

    fn next_day(&mut self, _: u16) -> io::Result<()> {
        Err(io::Error::other("a ledger is written by the year, and a day cannot stand beside it"))
    }
}

/// `A`, `B`… `Z`, `AA`…: never the same twice.
fn letter(group: u64) -> String {
    let mut left = group;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(b'A' + u8::try_from((left - 1) % 26).unwrap_or_default());
        left = (left - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

fn place(position: u32) -> usize {
    usize::try_from(position).unwrap_or_default()
}
