//! Values that many rows share, as numbers.

use std::collections::HashMap;
use std::hash::Hash;

use crate::commands::load::keys::{ByHash, Keys};

/// Values by number, in the order in which they were met.
pub(super) struct Shared<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
    last: u32,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new(), last: 0 }
    }
}

impl<T: Clone + Eq + Hash> Shared<T> {
    pub(super) fn number(&mut self, value: T) -> u32 {
        if self.values.get(place(self.last)) == Some(&value) {
            return self.last;
        }
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.last = *self.numbers.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            next
        });
        self.last
    }

    pub(super) fn value(&self, number: u32) -> &T {
        &self.values[place(number)]
    }
}

/// How many columns texts may come from.
const COLUMNS: usize = 5;

/// Texts by number, found by 128 bits of a hash.
#[derive(Default)]
pub(super) struct SharedTexts {
    numbers: ByHash<u128, u32>,
    texts: Vec<String>,
    /// What each column held last.
    last: [u32; COLUMNS],
}

impl SharedTexts {
    /// The number of a text, which is copied the first time only. `column` tells apart where it comes from: most columns
    /// hold the same row after row.
    pub(super) fn number(&mut self, column: usize, text: &str) -> u32 {
        let last = self.last[column];
        if self.texts.get(place(last)).is_some_and(|last| last == text) {
            return last;
        }
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(Keys::key([text])).or_insert_with(|| {
            self.texts.push(text.to_owned());
            next
        });
        self.last[column] = number;
        number
    }

    pub(super) fn value(&self, number: u32) -> &str {
        &self.texts[place(number)]
    }
}

pub(super) fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
