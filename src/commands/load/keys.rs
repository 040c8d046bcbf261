//! Keys of rows as hashes: whether a row is among others is asked without sorting or joining them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::engine::{Batch, Engine, Texts};
use crate::error::Error;
use crate::model::TableSpec;

/// A map whose keys are hashes already.
pub(super) type ByHash<K, V> = HashMap<K, V, BuildHasherDefault<Given>>;

/// Takes a hash as it is.
#[derive(Default)]
pub(super) struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write_u128(&mut self, hash: u128) {
        let [.., low] = [hash >> 64, hash & u128::from(u64::MAX)];
        self.0 = u64::try_from(low).unwrap_or_default();
    }
}

/// Keys asked for, and which of them were met. 128 bits of a hash: two keys of one lake do not share them.
#[derive(Default)]
pub(super) struct Keys(ByHash<u128, bool>);

impl Keys {
    /// The key of some columns of a row.
    pub(super) fn key<'a>(texts: impl IntoIterator<Item = &'a str>) -> u128 {
        texts.into_iter().fold(0, |key, text| {
            // each text is hashed apart, so that `ab|c` is not `a|bc`; both halves of what came before are its seed
            let [high, low] =
                [key >> 64, key & u128::from(u64::MAX)].map(|half| u64::try_from(half).unwrap_or_default());
            xxh3_128_with_seed(text.as_bytes(), low ^ high.rotate_left(29))
        })
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

/// Hands some columns of a registered table to `see`, as texts, a batch at a time.
pub(super) async fn each_batch(
    engine: &Engine,
    table: &'static TableSpec,
    registered: &str,
    columns: &[&str],
    mut see: impl FnMut(&Batch, &[Texts<'_>]),
) -> Result<(), Error> {
    let named = columns.iter().map(|column| format!("cast({registered}.{column} as text) as {column}"));
    let sql = format!("select {} from {registered}", named.collect::<Vec<_>>().join(", "));
    let mut rows = engine.stream_table(table, &sql).await?;
    while let Some(batch) = rows.next_batch().await? {
        let texts: Vec<Texts<'_>> = columns.iter().map(|column| batch.texts(column)).collect();
        see(&batch, &texts);
    }
    Ok(())
}
