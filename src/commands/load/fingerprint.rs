//! What tells that two sources hold the same entries, or the same items, under two names.

use xxhash_rust::xxh3::Xxh3;

use crate::model::{Money, Rows, Values};

/// Rows below which two sources may well hold the same by chance.
const FEWEST_ROWS: u64 = 2;
/// What makes an entry or an item, whatever its company and its file.
const FACTS: [(&str, &[&str]); 2] = [
    ("items", &["item_id", "customer_id", "issued_date", "amount"]),
    ("ledger_lines", &["posted_date", "account", "auxiliary_id", "piece_reference", "debit_amount", "credit_amount"]),
];

/// Sums of hashes of rows: the same whatever their order.
#[derive(Default)]
pub(super) struct Fingerprint {
    row_count: u64,
    sum: u128,
}

impl Fingerprint {
    /// Takes rows that make entries or items; others say nothing.
    pub(super) fn take(&mut self, rows: &Rows) {
        let Some((_, facts)) = FACTS.iter().find(|(table, _)| *table == rows.table.name) else { return };
        let column = |name: &&str| {
            let position = rows.table.position(name);
            &rows.columns[position.unwrap_or_else(|| unreachable!("`{}` has a column `{name}`", rows.table.name))]
        };
        let columns: Vec<&Values> = facts.iter().map(column).collect();
        for row in 0..rows.len() {
            let mut hash = Xxh3::new();
            for column in &columns {
                match column {
                    Values::Text(list) => hash.update(list.get(row).unwrap_or_default().as_bytes()),
                    Values::Date(list) => hash.update(&list[row].map_or(0, |day| day.to_epoch_days()).to_le_bytes()),
                    Values::Money(list) => hash.update(&list[row].map_or(0, Money::wide).to_le_bytes()),
                    Values::Int(list) => hash.update(&list[row].unwrap_or_default().to_le_bytes()),
                    Values::Flag(list) => hash.update(&[u8::from(list[row] == Some(true))]),
                }
                // where one ends another begins
                hash.update(&[0xff]);
            }
            self.sum = self.sum.wrapping_add(hash.digest128());
        }
        self.row_count += rows.len() as u64;
    }

    /// As text; `None` where there is too little to tell.
    pub(super) fn told(&self) -> Option<String> {
        (self.row_count >= FEWEST_ROWS).then(|| format!("{}-{:032x}", self.row_count, self.sum))
    }
}
