//! What a ledger without known accounts of customers may mean by them.

use std::collections::BTreeMap;

use crate::model::Money;

/// Accounts that look like receivables, for a ledger that has none of those known: amounts owed by parties that it names.
#[derive(Default)]
pub struct LikelyAccounts {
    debit_counts: BTreeMap<String, u64>,
}

impl LikelyAccounts {
    /// Takes a line of an account.
    pub fn add(&mut self, account: &str, auxiliary: &str, debit: Money) {
        // suppliers, staff, the state: accounts 40, 42 to 45 of the French chart
        let is_other = ["40", "42", "43", "44", "45"].iter().any(|class| account.starts_with(class));
        let names_party = !auxiliary.is_empty() || account.starts_with("46");
        if names_party && !is_other && debit > Money::ZERO {
            *self.debit_counts.entry(account.chars().take(3).collect()).or_default() += 1;
        }
    }

    /// What is said of them; nothing where none looks like one.
    #[must_use]
    pub fn told(&self, file_name: &str) -> Option<String> {
        let mut likely: Vec<(&String, &u64)> = self.debit_counts.iter().collect();
        likely.sort_by_key(|(account, count)| (std::cmp::Reverse(**count), (*account).clone()));
        let named: Vec<String> = likely.iter().take(3).map(|(account, _)| format!("{account}…")).collect();
        (!named.is_empty()).then(|| {
            format!(
                "`{file_name}` has no account of customers that is known (411, 413, 416…): {} look like some; give them a role in \
                 `account_roles.csv` of your reference folder and load again",
                named.join(", ")
            )
        })
    }
}
