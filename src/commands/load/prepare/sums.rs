//! Sums by day: a row is written when its sum is complete, or would no longer fit an amount.

use std::collections::HashMap;
use std::hash::Hash;

use super::Output;
use crate::error::Error;
use crate::model::{Money, Rows, TableSpec};

/// Sums of `N` amounts in thousandths and `M` counts, by key.
pub(super) struct Sums<K, const N: usize, const M: usize> {
    table: &'static TableSpec,
    growing: HashMap<K, ([i64; N], [i64; M])>,
    /// Sums that are full: more of their key comes in a row of its own.
    full: Vec<(K, [i64; N], [i64; M])>,
}

impl<K: Copy + Eq + Hash + Ord, const N: usize, const M: usize> Sums<K, N, M> {
    pub(super) fn new(table: &'static TableSpec) -> Self {
        Self { table, growing: HashMap::new(), full: Vec::new() }
    }

    pub(super) fn add(&mut self, key: K, amounts: [i64; N], counts: [i64; M]) {
        let (sums, counted) = self.growing.entry(key).or_insert(([0; N], [0; M]));
        let is_full = |(sum, amount): (&i64, &i64)| sum.checked_add(*amount).is_none_or(|sum| sum.abs() > Money::LIMIT);
        if sums.iter().zip(&amounts).any(is_full) {
            self.full.push((key, *sums, *counted));
            (*sums, *counted) = (amounts, counts);
            return;
        }
        sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
        counted.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }

    /// Writes the rows that say something, in the order of their keys.
    pub(super) fn write(
        self,
        output: &mut Output<'_>,
        mut row: impl FnMut(&mut Rows, K, [Option<Money>; N], [Option<i64>; M]),
    ) -> Result<(), Error> {
        let sums = self.growing.into_iter().map(|(key, (amounts, counts))| (key, amounts, counts));
        let mut sums: Vec<_> = self.full.into_iter().chain(sums).collect();
        sums.retain(|(_, amounts, counts)| amounts.iter().chain(counts).any(|sum| *sum != 0));
        sums.sort_unstable();
        let mut rows = Rows::new(self.table);
        for (key, amounts, counts) in sums {
            row(&mut rows, key, amounts.map(Money::from_thousandths), counts.map(Some));
            output.offer(&mut rows)?;
        }
        output.write(&mut rows)
    }
}
