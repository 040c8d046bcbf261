//! Which rows count and what sign they have: kinds of documents, states of invoices, entries matched with each other.

use std::collections::BTreeMap;

use super::super::super::cells;
use super::super::super::names::fold;
use super::codes::{self, State};
use super::profile::Profile;
use super::{Columns, Taken, sql_name};

impl Columns<'_> {
    /// The kinds of documents, and whether their signs are those of the amounts.
    pub(super) fn choose_kind(&mut self) {
        let is_told = |profile: &Profile| {
            let known = profile.values.keys().filter(|value| codes::kind_of(value).is_some()).count();
            !profile.is_empty() && known * 2 >= profile.values.len() && profile.values.len() <= 20
        };
        let Some((_, column)) = self.ranked("kind", is_told).first().copied() else { return };
        self.take("kind", column, "");
        let values: Vec<String> = self.profiles[column].values.keys().cloned().collect();
        let is_of_si = values.iter().any(|value| value == "SI");
        let (mut kinds, mut others) = (Vec::new(), Vec::new());
        for value in values {
            match codes::kind_of(&value) {
                Some("none") => others.push(value),
                // SA is a journal entry with some, and a payment on account beside SI and SC
                Some("adjustment") if value == "SA" && is_of_si => kinds.push((value, "receipt")),
                kind => kinds.push((value, kind.unwrap_or("adjustment"))),
            }
        }
        if !others.is_empty() {
            self.leave_out(column, &others);
        }
        self.kinds = kinds;
        let lowers = |kind: &str| matches!(kind, "credit_note" | "receipt" | "write_off" | "discount");
        let has_lowering = self.kinds.iter().any(|(_, kind)| lowers(kind));
        let amount = match self.taken.get("amount") {
            Some((Taken::Column(column), _)) => Some(*column),
            _ => None,
        };
        let is_unsigned = amount.is_some_and(|amount| self.profiles[amount].negative_count == 0);
        if has_lowering && is_unsigned && self.sign == "as_is" {
            self.sign = "by_kind";
        }
        let unknown: Vec<&String> =
            self.kinds.iter().filter(|(_, kind)| *kind == "adjustment").map(|(value, _)| value).collect();
        if !unknown.is_empty() && is_unsigned && matches!(self.sign, "as_is" | "by_kind") {
            let listed: Vec<String> = unknown.iter().map(|value| format!("`{value}`")).collect();
            self.questions.push(format!("`kind`: whether {} is owed or lowers what is owed", listed.join(", ")));
        }
    }

    /// Rows whose column holds one of these values do not count.
    pub(super) fn leave_out(&mut self, column: usize, values: &[String]) {
        let listed: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
        self.add_condition(format!("coalesce({}, '') not in ({})", sql_name(&self.header[column]), listed.join(", ")));
    }

    pub(super) fn add_condition(&mut self, clause: String) {
        self.condition = Some(match self.condition.take() {
            Some(before) => format!("{before} and {clause}"),
            None => clause,
        });
    }

    /// Drafts and cancelled invoices owe nothing; paid ones neither, where no column tells what was paid.
    pub(super) fn choose_status(&mut self) {
        let tells_paid =
            ["settled_date", "paid_amount"].iter().any(|role| self.taken.contains_key(role)) || self.amount_is_left();
        for (_, column) in self.ranked("status", |profile| profile.values.len() <= 20 && !profile.is_empty()) {
            let is_of_completion = self.said[column].has("complete");
            let values: Vec<String> = self.profiles[column].values.keys().cloned().collect();
            let is_left = |value: &&String| match codes::state_of(value) {
                // "Complete: No" is not issued yet; "Open: No" is settled
                _ if is_of_completion => cells::flag(value) == Some(false),
                State::Void => true,
                State::Paid => !tells_paid,
                State::Owed => false,
            };
            let left: Vec<String> = values.iter().filter(is_left).cloned().collect();
            if !left.is_empty() {
                self.used.push(column);
                self.leave_out(column, &left);
            }
        }
    }

    /// Whether the amount taken is what is left, by its name.
    pub(super) fn amount_is_left(&self) -> bool {
        match self.taken.get("amount") {
            Some((Taken::Column(column), _)) => {
                ["open", "balance", "overdue"].iter().any(|concept| self.said[*column].has(concept))
            }
            _ => false,
        }
    }

    /// "Settled: yes" owes nothing, where the amount is not what is left.
    pub(super) fn choose_paid_flag(&mut self) {
        let is_flag =
            |profile: &Profile| !profile.is_empty() && profile.values.keys().all(|value| cells::flag(value).is_some());
        let tells_open = self.amount_is_left();
        let Some((_, column)) = self.ranked("paid_flag", is_flag).first().copied().filter(|_| !tells_open) else {
            return;
        };
        let is_paid = |value: &&String| cells::flag(value) == Some(true);
        let paid: Vec<String> = self.profiles[column].values.keys().filter(is_paid).cloned().collect();
        if !paid.is_empty() {
            self.used.push(column);
            self.leave_out(column, &paid);
        }
    }

    /// Entries matched with each other owe nothing: where every code of matching adds up to nothing, those rows do not count.
    pub(super) fn leave_out_matched(&mut self) {
        let (Some((Taken::Column(debit), _)), Some((Taken::Column(credit), _))) =
            (self.taken.get("debit_amount"), self.taken.get("credit_amount"))
        else {
            return;
        };
        let (debits, credits) = (self.sample.amounts(*debit), self.sample.amounts(*credit));
        let matched = (0..self.header.len()).find(|column| {
            let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
            for (row, cells) in self.sample.rows.iter().enumerate() {
                if !cells[*column].is_empty() {
                    *sums.entry(&cells[*column]).or_default() += debits[row] - credits[row];
                }
            }
            let is_matching = self.said[*column].has("settled") && !self.profiles[*column].is_date();
            is_matching && !self.used.contains(column) && !sums.is_empty() && sums.values().all(|sum| *sum == 0)
        });
        if let Some(column) = matched {
            self.used.push(column);
            self.add_condition(format!("coalesce({}, '') = ''", sql_name(&self.header[column])));
        }
    }

    /// A balance of credit less debit, or invoices that are negative, turn the sign.
    pub(super) fn choose_sign(&mut self) {
        let Some((Taken::Column(amount), _)) = self.taken.get("amount").cloned() else { return };
        if self.sign != "as_is" {
            return;
        }
        let said = &self.said[amount];
        let first = |words: &[&str]| {
            let folded = fold(&self.header[amount]);
            words.iter().filter_map(|word| folded.find(word)).min()
        };
        let is_credit_first = said.has("credit")
            && said.has("debit")
            && first(&["credit", "haben", "haber"]) < first(&["debit", "soll", "debe"]);
        let invoices = match self.taken.get("kind") {
            Some((Taken::Column(kind), _)) => {
                let is_invoice = |row: &&Vec<String>| codes::kind_of(&row[*kind]) == Some("invoice");
                self.sample
                    .rows
                    .iter()
                    .filter(is_invoice)
                    .map(|row| self.sample.thousandths(&row[amount]).unwrap_or_default())
                    .collect()
            }
            _ => Vec::new(),
        };
        let are_negative =
            invoices.len() > 1 && invoices.iter().filter(|amount| **amount < 0).count() * 10 >= invoices.len() * 9;
        let is_credit_only = said.has("credit") && !said.has("debit") && said.has("balance");
        if is_credit_first || is_credit_only || are_negative {
            self.sign = "reversed";
        } else if self.sample.amounts(amount).iter().sum::<i64>() < 0 {
            self.questions
                .push("`sign`: the amounts sum to less than nothing: whether minus is what is owed".to_owned());
        }
    }
}
