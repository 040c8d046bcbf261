//! How far the reading of a file has come, over all the times it is read through.

use std::cell::Cell;

/// Turns the passes over a file into one number that ends at its size.
pub struct Progress<'a> {
    report: &'a dyn Fn(u64),
    /// Tenths of bytes done so far.
    tenths: Cell<u64>,
}

impl<'a> Progress<'a> {
    /// Reports to `report`, in bytes.
    #[must_use]
    pub const fn new(report: &'a dyn Fn(u64)) -> Self {
        Self { report, tenths: Cell::new(0) }
    }

    /// Listens to one pass, whose bytes count for `share` tenths.
    pub fn pass(&self, share: u64) -> impl FnMut(u64) + use<'_, 'a> {
        move |bytes| {
            self.tenths.set(self.tenths.get() + share * bytes);
            (self.report)(self.tenths.get() / 10);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_passes_end_at_the_size_of_the_file() {
        let seen = Cell::new(0);
        let report = |bytes: u64| seen.set(bytes);
        let progress = Progress::new(&report);
        for share in [1, 3, 6] {
            progress.pass(share)(600);
            progress.pass(share)(400);
        }
        assert_eq!(seen.get(), 1000);
    }
}
