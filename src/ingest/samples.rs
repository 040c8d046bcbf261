//! The shipped reference tables and small files, for the tests of this room.

use super::{AccountRoles, ActionCodes, ColumnNames, CounterpartClasses, Currencies, OpeningJournals, WrittenForms};

pub fn roles() -> AccountRoles {
    AccountRoles::parse(include_str!("../../data/reference/account_roles.csv")).unwrap()
}

pub fn classes() -> CounterpartClasses {
    CounterpartClasses::parse(include_str!("../../data/reference/counterpart_classes.csv")).unwrap()
}

pub fn opening_journals() -> OpeningJournals {
    OpeningJournals::parse(include_str!("../../data/reference/opening_journals.csv")).unwrap()
}

pub fn currencies() -> Currencies {
    Currencies::parse(include_str!("../../data/reference/currencies.csv")).unwrap()
}

pub fn written_forms() -> WrittenForms {
    WrittenForms::parse(include_str!("../../data/reference/written_forms.csv")).unwrap()
}

pub fn column_names() -> ColumnNames {
    let words = include_str!("../../data/reference/column_words.csv");
    ColumnNames::parse(words, include_str!("../../data/reference/column_roles.csv")).unwrap()
}

pub fn action_codes() -> ActionCodes {
    let results = include_str!("../../data/reference/results.csv");
    ActionCodes::parse(results, include_str!("../../data/reference/reasons.csv")).unwrap()
}

pub fn mappings() -> Vec<super::Mapping> {
    [
        ("late_payment", include_str!("../../data/mappings/late_payment.toml")),
        ("french_items", include_str!("../../data/mappings/french_items.toml")),
        ("worklist_results", include_str!("../../data/mappings/worklist_results.toml")),
        ("french_receipts", include_str!("../../data/mappings/french_receipts.toml")),
    ]
    .into_iter()
    .map(|(name, text)| super::Mapping::parse(name, text).unwrap())
    .collect()
}
