//! What was planted, so that whoever reads the demo company knows what there is to find.

use super::company::Company;
use super::customers::Trait;
use super::parameters::Behaviour;
use super::tables;
use super::{DemoOptions, SIREN};
use crate::model::Money;
use crate::model::money::money_text;
use std::fmt::Write;

/// The name the company goes by.
const COMPANY_NAME: &str = "Manufacture de Seyssolles";

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoFile {
    /// Its name in the folder.
    pub name: String,
    /// Lines without the header.
    pub line_count: usize,
    /// Sum of the debits of a ledger; none for other files.
    pub debit_amount: Option<Money>,
    /// Sum of the credits of a ledger.
    pub credit_amount: Option<Money>,
}

/// The truth about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantedPayer {
    /// The customer, `CompAuxNum` in the ledger.
    pub customer_id: String,
    /// Its name.
    pub name: String,
    /// How it pays.
    pub behaviour: Behaviour,
    /// What else is particular about it.
    pub traits: Vec<Trait>,
}

/// The truth about a cause of disputes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantedCause {
    /// Its name in `data/demo/causes.csv`.
    pub cause_code: String,
    /// The reason the disputes bear.
    pub reason_code: String,
    /// What happens, in words.
    pub description: String,
    /// How many days later than usual the invoices are paid, at least and at most.
    pub extra_days: (i64, i64),
    /// How many disputes were opened by the end.
    pub dispute_count: usize,
    /// How many of them ended in a credit note.
    pub credited_count: usize,
    /// What the contested invoices were worth, VAT included, in thousandths.
    pub invoiced_amount: i128,
}

/// What the generator wrote and planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoReport {
    /// The company in the ledger files' names.
    pub company_id: &'static str,
    /// Its name.
    pub company_name: &'static str,
    /// What was asked.
    pub options: DemoOptions,
    /// The files, in the order they were written.
    pub files: Vec<DemoFile>,
    /// Invoices posted in the three years.
    pub invoice_count: usize,
    /// Sales of each year, without VAT and before credit notes.
    pub sales_amounts: Vec<Money>,
    /// One row a customer.
    pub payers: Vec<PlantedPayer>,
    /// One row a cause.
    pub causes: Vec<PlantedCause>,
    /// What each behaviour does, in words.
    pub behaviours: Vec<(Behaviour, String)>,
}

/// The report on a company whose files are written.
pub(super) fn report(company: &Company, files: Vec<DemoFile>) -> DemoReport {
    let years = &company.years;
    let within = company.invoices.iter().filter(|invoice| invoice.posted >= years.first_day());
    let mut sales = vec![0_i64; 3];
    for invoice in within.clone() {
        sales[years.index_of(invoice.posted)] += invoice.net;
    }
    let payers = company.customers.iter().map(|customer| PlantedPayer {
        customer_id: customer.id.clone(),
        name: customer.name.clone(),
        behaviour: customer.behaviour,
        traits: customer.traits.iter().copied().collect(),
    });
    DemoReport {
        company_id: SIREN,
        company_name: COMPANY_NAME,
        options: company.options,
        files,
        invoice_count: within.count(),
        sales_amounts: sales.into_iter().filter_map(Money::from_hundredths).collect(),
        payers: payers.collect(),
        causes: causes(company),
        behaviours: company
            .parameters
            .behaviours
            .iter()
            .map(|figures| (figures.behaviour, figures.description.clone()))
            .collect(),
    }
}

fn causes(company: &Company) -> Vec<PlantedCause> {
    let mut causes: Vec<PlantedCause> = company
        .parameters
        .causes
        .iter()
        .map(|cause| PlantedCause {
            cause_code: cause.code.clone(),
            reason_code: cause.reason_code.clone(),
            description: cause.description.clone(),
            extra_days: cause.extra_days,
            dispute_count: 0,
            credited_count: 0,
            invoiced_amount: 0,
        })
        .collect();
    for (position, invoice) in company.invoices.iter().enumerate() {
        let Some(row) = tables::dispute(company, position, invoice) else { continue };
        let cause = &mut causes[row.cause];
        cause.dispute_count += 1;
        cause.credited_count += usize::from(row.outcome == Some("credited"));
        cause.invoiced_amount += i128::from(invoice.gross()) * 10;
    }
    causes
}

/// The planted truth as Markdown, for `data/README.md` and for whoever judges what a report finds.
#[must_use]
pub fn planted_markdown(report: &DemoReport) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = sections(report, &mut text);
    text
}

fn sections(report: &DemoReport, text: &mut String) -> std::fmt::Result {
    let options = &report.options;
    writeln!(
        text,
        "### The demo company: {} (SIREN {}, fictitious)\n\nSeed {}, {} customers, {} invoices in the three years up to {}. Sales without VAT: {}.\n",
        report.company_name,
        report.company_id,
        options.seed,
        options.customer_count,
        report.invoice_count,
        options.last_year_end,
        report.sales_amounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    )?;
    writeln!(text, "| file | lines | debits = credits |\n|---|---|---|")?;
    for file in &report.files {
        writeln!(
            text,
            "| `{}` | {} | {} |",
            file.name,
            file.line_count,
            file.debit_amount.map(|amount| amount.to_string()).unwrap_or_default()
        )?;
    }
    writeln!(
        text,
        "\nBeside it `{}`, a sister company abroad that is known by its lists alone: it sells in euros, yen and dinars to two \
         groups whose head office pays for all, and to others; it keeps back retentions, grants discounts that are booked at the \
         end of the month, and lacks a few cents here and there. Its balances by account prove its items.",
        super::sister::SISTER,
    )?;
    writeln!(text, "\n| behaviour | what it does | customers |\n|---|---|---|")?;
    for (behaviour, description) in &report.behaviours {
        let payers = report.payers.iter().filter(|payer| payer.behaviour == *behaviour);
        let ids: Vec<&str> = payers.map(|payer| payer.customer_id.as_str()).collect();
        let listed = if *behaviour == Behaviour::Ordinary { "all others".to_owned() } else { ids.join(" ") };
        writeln!(text, "| `{}` ({}) | {description} | {listed} |", behaviour.code(), ids.len())?;
    }
    writeln!(text, "\n| particular | customers |\n|---|---|")?;
    for planted in Trait::ALL {
        let ids: Vec<&str> = report
            .payers
            .iter()
            .filter(|payer| payer.traits.contains(&planted))
            .map(|payer| payer.customer_id.as_str())
            .collect();
        writeln!(text, "| `{}`: {} | {} |", planted.code(), planted.description(), ids.join(" "))?;
    }
    writeln!(
        text,
        "\n| cause | reason_code | what happens | paid later by | disputes | credited | invoiced |\n|---|---|---|---|---|---|---|"
    )?;
    for cause in &report.causes {
        writeln!(
            text,
            "| `{}` | `{}` | {} | {} to {} days | {} | {} | {} |",
            cause.cause_code,
            cause.reason_code,
            cause.description,
            cause.extra_days.0,
            cause.extra_days.1,
            cause.dispute_count,
            cause.credited_count,
            money_text(cause.invoiced_amount, 2),
        )?;
    }
    Ok(())
}
