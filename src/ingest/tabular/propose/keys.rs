//! What tells one row from another: a number, with an instalment, a series or a company where it comes several times.

use std::collections::BTreeMap;

use super::profile::Profile;
use super::{Columns, Taken};

impl Columns<'_> {
    /// What tells one row from another.
    pub(super) fn choose_key(&mut self) {
        let filled = |profile: &Profile| !profile.is_empty() && !profile.is_date();
        let mut ranked = self.ranked("item_id", filled);
        // a bare name is a number where it looks like one
        ranked.retain(|(_, column)| {
            let said = &self.said[*column];
            !(said.concepts.len() == 1 && said.has("name")) || self.profiles[*column].is_number_like()
        });
        let Some((score, first)) = ranked.first().copied() else {
            let unique: Vec<usize> = (0..self.header.len())
                .filter(|column| !self.used.contains(column) && !self.header[*column].is_empty())
                .filter(|column| self.sample.is_unique(&[*column]) && !self.profiles[*column].is_date())
                .filter(|column| self.profiles[*column].marked_count == 0 && self.said[*column].concepts.is_empty())
                .collect();
            match unique[..] {
                [only] if !self.is_bare() => self.take("item_id", only, "by its values: no two rows share one"),
                _ => self.ask("item_id", &unique, "the number of the document"),
            }
            return;
        };
        if self.is_bare() || self.sample.is_unique(&[first]) {
            self.take("item_id", first, "");
            return;
        }
        // rows that repeat their document with all it owes: lines of one invoice
        if self.repeats_amounts(first) {
            self.repeats = true;
            self.take("item_id", first, "rows repeat their document: each counts once");
            return;
        }
        // instalments of one invoice, series of numbers, companies: a second column tells them apart
        let filled = |profile: &Profile| !profile.is_empty();
        let of = |role: &str| match self.taken.get(role) {
            Some((Taken::Column(column), _)) => Some(*column),
            _ => None,
        };
        if let Some(company) = of("company_id")
            && self.sample.is_unique(&[company, first])
        {
            self.take("item_id", first, "a number in each company");
            return;
        }
        let named: Vec<usize> = ["instalment", "series"]
            .iter()
            .flat_map(|role| self.ranked(role, filled))
            .map(|(_, column)| column)
            .chain(of("due_date"))
            .collect();
        if let Some(second) = named.into_iter().find(|second| self.sample.is_unique(&[first, *second])) {
            self.used.extend([first, second]);
            let why = "the number alone comes several times".to_owned();
            let columns = if self.said[second].has("series") { vec![second, first] } else { vec![first, second] };
            self.taken.insert("item_id", (Taken::Columns(columns), why));
            return;
        }
        // another number that tells every row, nearly as good by its name
        let other = ranked
            .iter()
            .find(|(other, column)| *column != first && score - other <= 30 && self.sample.is_unique(&[*column]));
        if let Some((_, column)) = other.copied() {
            let why = format!("no two rows share one, as they do in {}", self.name(first));
            self.take("item_id", column, &why);
            return;
        }
        self.ask("item_id", &[first], "the number of the document, but rows share it");
    }

    /// Whether rows of one document bear one amount: each is a line of it, and repeats its total.
    pub(super) fn repeats_amounts(&self, column: usize) -> bool {
        let Some((Taken::Column(amount), _)) = self.taken.get("amount") else { return false };
        let of = |role: &str| match self.taken.get(role) {
            Some((Taken::Column(column), _)) => Some(*column),
            _ => None,
        };
        let told = [Some(*amount), of("customer_id"), of("issued_date")];
        let mut by_document: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
        for row in &self.sample.rows {
            let cells = told.iter().flatten().map(|column| row[*column].as_str()).collect();
            by_document.entry(&row[column]).or_default().push(cells);
        }
        let several: Vec<&Vec<Vec<&str>>> = by_document.values().filter(|amounts| amounts.len() > 1).collect();
        let due_differs = match self.taken.get("due_date") {
            Some((Taken::Column(due), _)) => self.sample.rows.iter().enumerate().any(|(position, row)| {
                self.sample.rows[..position]
                    .iter()
                    .any(|other| other[column] == row[column] && other[*due] != row[*due])
            }),
            _ => false,
        };
        !several.is_empty()
            && !due_differs
            && several.iter().all(|amounts| amounts.iter().all(|amount| *amount == amounts[0]))
    }
}
