//! Keys of rows as hashes: whether a row is among others is asked without sorting or joining them.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::engine::Engine;
use crate::error::Error;
use crate::model::{Answer, TableSpec};

/// Keys asked for, and which of them were met. 128 bits of a hash: two keys of one lake do not share them.
#[derive(Default)]
pub(super) struct Keys(HashMap<u128, bool>);

impl Keys {
    /// The key of some columns of a row.
    pub(super) fn key(answer: &Answer, row: usize, columns: &[usize]) -> u128 {
        let mut digest = Sha256::new();
        for column in columns {
            let text = answer.rows[row][*column].plain();
            // the length keeps `ab|c` apart from `a|bc`
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        }
        let bytes = digest.finalize();
        bytes[..16].iter().fold(0, |key, byte| key << 8 | u128::from(*byte))
    }

    pub(super) fn ask(&mut self, key: u128) {
        self.0.entry(key).or_insert(false);
    }

    pub(super) fn holds(&self, key: u128) -> bool {
        self.0.contains_key(&key)
    }

    pub(super) fn meet(&mut self, key: u128) {
        if let Some(is_met) = self.0.get_mut(&key) {
            *is_met = true;
        }
    }

    pub(super) fn is_met(&self, key: u128) -> bool {
        self.0.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn are_all_met(&self) -> bool {
        self.0.values().all(|is_met| *is_met)
    }
}

/// Hands every row of some columns of a registered table to `see`, a batch at a time.
pub(super) async fn each_row(
    engine: &Engine,
    table: &'static TableSpec,
    registered: &str,
    columns: &[&str],
    mut see: impl FnMut(&Answer, usize),
) -> Result<(), Error> {
    let columns: Vec<String> = columns.iter().map(|column| format!("{registered}.{column}")).collect();
    let sql = format!("select {} from {registered}", columns.join(", "));
    let mut rows = engine.stream_table(table, &sql).await?;
    while let Some(answer) = rows.next().await? {
        (0..answer.rows.len()).for_each(|row| see(&answer, row));
    }
    Ok(())
}
