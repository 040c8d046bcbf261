//! What the demo company is made of, read from `data/demo/`: names, payer behaviours, causes of disputes.

use super::error::DemoError;
use std::collections::BTreeMap;

const NAMES: &str = include_str!("../../data/demo/names.csv");
const BEHAVIOURS: &str = include_str!("../../data/demo/behaviours.csv");
const CAUSES: &str = include_str!("../../data/demo/causes.csv");

/// A way of paying that is planted in customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// Around the due date; the background.
    Ordinary,
    /// On time.
    Prompt,
    /// Always the same number of days late.
    RegularLate,
    /// On two fixed days a month.
    PaymentRun,
    /// A public body with a slow validation.
    PublicBody,
    /// Later and later in the last year.
    Deteriorating,
    /// Late at first, on time at last.
    Improving,
    /// In two parts.
    PartialPayer,
    /// Contests often.
    DisputesOften,
    /// Early, less a discount.
    DiscountTaker,
    /// Without a pattern.
    Erratic,
    /// Late, then no more.
    Doubtful,
    /// All of a month at once.
    Statement,
    /// Known for four months only.
    New,
    /// Not invoiced for months.
    Dormant,
}

impl Behaviour {
    /// Every behaviour.
    pub const ALL: [Self; 15] = [
        Self::Ordinary,
        Self::Prompt,
        Self::RegularLate,
        Self::PaymentRun,
        Self::PublicBody,
        Self::Deteriorating,
        Self::Improving,
        Self::PartialPayer,
        Self::DisputesOften,
        Self::DiscountTaker,
        Self::Erratic,
        Self::Doubtful,
        Self::Statement,
        Self::New,
        Self::Dormant,
    ];

    /// The code in `behaviours.csv` and in the report.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Prompt => "prompt",
            Self::RegularLate => "regular_late",
            Self::PaymentRun => "payment_run",
            Self::PublicBody => "public_body",
            Self::Deteriorating => "deteriorating",
            Self::Improving => "improving",
            Self::PartialPayer => "partial_payer",
            Self::DisputesOften => "disputes_often",
            Self::DiscountTaker => "discount_taker",
            Self::Erratic => "erratic",
            Self::Doubtful => "doubtful",
            Self::Statement => "statement",
            Self::New => "new",
            Self::Dormant => "dormant",
        }
    }
}

/// The figures of a behaviour.
#[derive(Clone, Debug)]
pub(super) struct BehaviourFigures {
    pub(super) behaviour: Behaviour,
    /// How many customers of a thousand.
    pub(super) share_permille: i64,
    /// Days from the due date to the payment, at least.
    pub(super) earliest_days: i64,
    /// Days from the due date to the payment, at most.
    pub(super) latest_days: i64,
    pub(super) description: String,
}

/// Whose invoices a cause strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Everyone,
    OrderGroup,
    WrongContact,
    DisputesOften,
}

/// A planted cause of disputes and its figures.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    pub(super) code: String,
    pub(super) reason_code: String,
    pub(super) target: Target,
    /// Only invoices of this site; empty for all.
    pub(super) site_code: String,
    /// Only invoices of this product line; empty for all.
    pub(super) product_line: String,
    /// First and last month, counted back from the company's last month, which is 1.
    pub(super) months_back: (i32, i32),
    /// How many of a hundred such invoices are contested.
    pub(super) rate_percent: i64,
    /// How many days later than usual they are paid.
    pub(super) extra_days: (i64, i64),
    /// How many of a hundred disputes end in a credit note.
    pub(super) credited_percent: i64,
    /// Which share of the invoice is credited.
    pub(super) credit_percent: (i64, i64),
    pub(super) description: String,
}

/// All parameters.
#[derive(Debug)]
pub(super) struct Parameters {
    names: BTreeMap<String, Vec<(String, String)>>,
    pub(super) behaviours: Vec<BehaviourFigures>,
    pub(super) causes: Vec<Cause>,
}

impl Parameters {
    /// Reads the files built into the program.
    pub(super) fn read() -> Result<Self, DemoError> {
        let mut names: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for row in table("names.csv", NAMES, 3)? {
            names.entry(row.text(0)).or_default().push((row.text(1), row.text(2)));
        }
        let behaviours = table("behaviours.csv", BEHAVIOURS, 5)?.iter().map(behaviour).collect::<Result<_, _>>()?;
        let causes = table("causes.csv", CAUSES, 14)?.iter().map(cause).collect::<Result<_, _>>()?;
        Ok(Self { names, behaviours, causes })
    }

    /// The values of a list of names, each with its country.
    pub(super) fn list(&self, code: &str) -> &[(String, String)] {
        self.names.get(code).map_or(&[], Vec::as_slice)
    }

    /// Days from due date to payment, at least and at most.
    pub(super) fn days(&self, behaviour: Behaviour) -> (i64, i64) {
        let found = self.behaviours.iter().find(|figures| figures.behaviour == behaviour);
        found.map_or((0, 0), |figures| (figures.earliest_days, figures.latest_days))
    }
}

/// One row of a parameter file.
struct Row {
    file: &'static str,
    cells: csv::StringRecord,
}

impl Row {
    fn text(&self, column: usize) -> String {
        self.cells.get(column).unwrap_or_default().to_owned()
    }

    fn number(&self, column: usize) -> Result<i64, DemoError> {
        let text = self.text(column);
        text.parse().map_err(|_| self.fault(&text, "a whole number"))
    }

    fn month(&self, column: usize) -> Result<i32, DemoError> {
        let text = self.text(column);
        text.parse().map_err(|_| self.fault(&text, "a count of months"))
    }

    fn fault(&self, found: &str, wanted: &'static str) -> DemoError {
        DemoError::Parameters { file: self.file, found: format!("`{found}`"), wanted }
    }
}

fn table(file: &'static str, text: &str, width: usize) -> Result<Vec<Row>, DemoError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let cells = record.map_err(|fault| DemoError::Parameters {
            file,
            found: fault.to_string(),
            wanted: "rows as wide as the header",
        })?;
        if cells.len() != width {
            return Err(DemoError::Parameters {
                file,
                found: format!("a row of {} cells", cells.len()),
                wanted: "one cell for each column the generator reads",
            });
        }
        rows.push(Row { file, cells });
    }
    Ok(rows)
}

fn behaviour(row: &Row) -> Result<BehaviourFigures, DemoError> {
    let code = row.text(0);
    let behaviour = Behaviour::ALL.into_iter().find(|behaviour| behaviour.code() == code);
    Ok(BehaviourFigures {
        behaviour: behaviour.ok_or_else(|| row.fault(&code, "a behaviour the generator knows"))?,
        share_permille: row.number(1)?,
        earliest_days: row.number(2)?,
        latest_days: row.number(3)?,
        description: row.text(4),
    })
}

fn cause(row: &Row) -> Result<Cause, DemoError> {
    let target_code = row.text(2);
    let target = match target_code.as_str() {
        "everyone" => Target::Everyone,
        "order_group" => Target::OrderGroup,
        "wrong_contact" => Target::WrongContact,
        "disputes_often" => Target::DisputesOften,
        _ => return Err(row.fault(&target_code, "a target the generator knows")),
    };
    Ok(Cause {
        code: row.text(0),
        reason_code: row.text(1),
        target,
        site_code: row.text(3),
        product_line: row.text(4),
        months_back: (row.month(5)?, row.month(6)?),
        rate_percent: row.number(7)?,
        extra_days: (row.number(8)?, row.number(9)?),
        credited_percent: row.number(10)?,
        credit_percent: (row.number(11)?, row.number(12)?),
        description: row.text(13),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a parameter file that cannot be read must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn every_behaviour_has_figures_and_their_shares_make_a_thousand() {
        let parameters = Parameters::read().unwrap();
        for behaviour in Behaviour::ALL {
            assert_eq!(parameters.behaviours.iter().filter(|figures| figures.behaviour == behaviour).count(), 1);
        }
        assert_eq!(parameters.behaviours.iter().map(|figures| figures.share_permille).sum::<i64>(), 1000);
    }

    #[test]
    fn every_list_of_names_the_generator_draws_from_is_there() {
        let parameters = Parameters::read().unwrap();
        for list in [
            "town",
            "surname",
            "first_name",
            "distribution",
            "industry",
            "public",
            "export",
            "stem",
            "group",
            "supplier",
            "difficult",
        ] {
            assert!(!parameters.list(list).is_empty(), "`{list}` has names");
        }
        assert!(parameters.list("difficult").iter().any(|(name, _)| name.starts_with('=')));
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let rows = table("causes.csv", "a,b\nx,y\n", 2).unwrap();
        assert_eq!(rows[0].number(1).unwrap_err().to_string(), "`data/demo/causes.csv` has `y`; wanted a whole number");
    }
}
