//! Values that many rows share, as numbers.

use std::collections::HashMap;
use std::hash::Hash;

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

impl Shared<String> {
    /// The number of a text, which is copied the first time only.
    pub(super) fn text(&mut self, text: &str) -> u32 {
        if self.values.get(place(self.last)).is_some_and(|last| last == text) {
            return self.last;
        }
        if let Some(number) = self.numbers.get(text) {
            self.last = *number;
            return *number;
        }
        self.number(text.to_owned())
    }
}

pub(super) fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
