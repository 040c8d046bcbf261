//! Who owes: a code, a name, or the heading above; two that may be meant are asked.

use super::profile::Profile;
use super::{Columns, NEAR, Taken};

impl Columns<'_> {
    /// Who owes: a code, else a name, else the heading above.
    pub(super) fn choose_customer(&mut self) {
        let filled = |profile: &Profile| !profile.is_empty() && !profile.is_date();
        let mut identified = self.ranked("customer_id", filled);
        // of two as good by their names, the one that is filled more
        identified
            .sort_by_key(|(score, column)| (-score, self.sample.rows.len() - self.profiles[*column].filled_count));
        let is_code =
            |column: usize| self.profiles[column].values.keys().all(|value| !value.contains(' ') && value.len() <= 20);
        // a column that is only called customer holds names where a code goes with it, each with its own
        let plain = identified.iter().position(|(_, column)| {
            self.said[*column].concepts.len() == 1 && self.said[*column].has("customer") && !is_code(*column)
        });
        if let Some(plain) = plain {
            let called = identified[plain].1;
            let filled_count = |column: usize| self.profiles[column].filled_count;
            let coded = identified.iter().find(|(score, column)| {
                *column != called
                    && *score > 35
                    && is_code(*column)
                    && filled_count(*column) == filled_count(called)
                    && self.sample.go_together(*column, called)
                    && !self.is_bare()
            });
            if let Some((_, code)) = coded.copied() {
                self.take("customer_id", code, "");
                self.take("customer_name", called, "");
                return;
            }
        }
        // an account or a code without a word of customers is one only where names go with it, or it stands alone
        let beside = self.ranked("customer_name", |profile| filled(profile) && !profile.is_number_like());
        identified.retain(|(score, column)| {
            let is_weak = *score < 60 && !self.said[*column].has("customer") && !self.said[*column].has("auxiliary");
            !is_weak
                || beside.is_empty()
                || beside.iter().any(|(_, name)| name != column && self.sample.go_together(*column, *name))
        });
        let called = self.ranked("customer_name", |profile| filled(profile) && !profile.is_number_like());
        let chosen = identified.first().copied();
        // one column may be both: then it is the chosen, unless another is a better one
        let name = called.iter().find(|(score, column)| {
            chosen.is_none_or(|(chosen_score, chosen)| chosen != *column || *score > chosen_score)
        });
        let chosen = match (chosen, name) {
            (Some((chosen_score, column)), Some((name_score, named)))
                if column == *named && *name_score > chosen_score =>
            {
                identified.iter().find(|(_, other)| other != named).copied()
            }
            (chosen, _) => chosen,
        };
        if let Some((score, column)) = chosen {
            let filled_count = self.profiles[column].filled_count;
            let rival = identified.iter().find(|(other, rival)| {
                *rival != column
                    && self.profiles[*rival].filled_count >= filled_count
                    && score - other <= NEAR
                    && Some(*rival) != name.map(|(_, name)| *name)
            });
            if let Some((_, rival)) = rival.filter(|(_, rival)| !self.are_same(column, *rival)) {
                let among = [column, *rival];
                self.ask("customer_id", &among, "the customer");
                if let Some((_, named)) = name.filter(|(_, named)| !among.contains(named)).copied() {
                    self.take("customer_name", named, "");
                }
                return;
            }
            self.take("customer_id", column, "");
        }
        if let Some((_, column)) = name.filter(|(_, column)| !self.used.contains(column)) {
            self.take("customer_name", *column, "");
        }
        if !self.taken.contains_key("customer_id") {
            if let Some((Taken::Column(name), _)) = self.taken.get("customer_name").cloned() {
                self.taken.insert(
                    "customer_id",
                    (Taken::Column(name), "no column holds a code: the name stands for it".to_owned()),
                );
            } else if self.sample.heading_count > 0 {
                let why = "customers stand in rows of their own, above their items";
                self.taken.insert("customer_id", (Taken::Heading, why.to_owned()));
                return;
            } else {
                self.customer_by_values();
            }
        }
        // a customer written once above its items
        if let Some((Taken::Column(column), _)) = self.taken.get("customer_id").cloned() {
            let (filled, all) = (self.profiles[column].filled_count, self.sample.rows.len());
            let is_first_filled = self.sample.rows.first().is_some_and(|row| !row[column].is_empty());
            // one blank cell is a blank cell: most rows of a block have none
            if filled * 10 <= all * 7 && is_first_filled {
                self.filled_down.push(column);
            }
        }
    }

    /// Texts that come again and again under a header that says nothing; several are asked.
    pub(super) fn customer_by_values(&mut self) {
        let count = self.sample.rows.len();
        let fitting: Vec<usize> = (0..self.header.len())
            .filter(|column| !self.used.contains(column) && !self.header[*column].is_empty())
            .filter(|column| {
                let profile = &self.profiles[*column];
                let is_money = profile.is_amount() && profile.marked_count > 0;
                let is_code = !(is_money || profile.is_date() || profile.is_currency());
                let repeats = profile.values.len() < count || count == 1;
                let says_other = !self.said[*column].concepts.is_empty();
                profile.filled_count == count && count > 0 && is_code && repeats && !says_other
            })
            .collect();
        match fitting[..] {
            [only] => self.take("customer_id", only, "by its values"),
            _ => self.ask("customer_id", &fitting, "the customer"),
        }
    }
}
