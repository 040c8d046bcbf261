//! Seeded whole-number draws: the same numbers on every machine, whatever order the company is built in.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What a stream of draws is for. Each purpose and index has a stream of its own, so that one more draw for
/// an invoice leaves every other invoice as it was.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Who the customers are.
    Cast = 1,
    /// Which customer is invoiced when.
    Calendar = 2,
    /// What one invoice holds and how it is settled.
    Invoice = 3,
    /// What a customer's account holds beside invoices.
    Account = 4,
    /// Purchases, pay, bank.
    Books = 5,
    /// Contacts and reminders.
    Desk = 6,
    /// What stands beside an invoice or customer without changing either: margins, portals, payers' processes.
    Beside = 7,
    /// Receivables of any size.
    Volume = 8,
    /// What the sister company sells.
    Sister = 9,
    /// Where customers are written to.
    Outreach = 10,
    /// What came back of messages.
    Messages = 11,
    /// How customers of planted habits pay.
    Habit = 12,
}

/// One stream of draws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `seed` for a purpose and an index.
    pub(super) fn new(seed: u64, purpose: Purpose, index: usize) -> Self {
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = purpose as u8;
        key[16..24].copy_from_slice(&index.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number from 0 to `bound` − 1, each as likely as the other; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let fair = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.0.next_u64();
            if drawn < fair {
                return drawn % bound;
            }
        }
    }

    /// A number from `low` to `high`, both possible; `low` when `high` is not above it.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0);
        low + i64::try_from(self.below(width + 1)).unwrap_or(0)
    }

    /// Yes, `chance` times in a hundred.
    pub(super) fn percent(&mut self, chance: i64) -> bool {
        self.between(0, 99) < chance
    }

    /// Yes, `chance` times in a thousand.
    pub(super) fn permille(&mut self, chance: i64) -> bool {
        self.between(0, 999) < chance
    }

    /// A position in a list of `count`; 0 when the list is empty.
    pub(super) fn position(&mut self, count: usize) -> usize {
        usize::try_from(self.below(u64::try_from(count).unwrap_or(0))).unwrap_or(0)
    }

    /// Brings a list into a drawn order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.position(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_itself_and_differs_from_its_neighbours() {
        let draw = |seed, purpose, index| {
            let mut dice = Dice::new(seed, purpose, index);
            (0..8).map(|_| dice.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, Purpose::Invoice, 3), draw(7, Purpose::Invoice, 3));
        assert_ne!(draw(7, Purpose::Invoice, 3), draw(7, Purpose::Invoice, 4));
        assert_ne!(draw(7, Purpose::Invoice, 3), draw(7, Purpose::Desk, 3));
        assert_ne!(draw(7, Purpose::Invoice, 3), draw(8, Purpose::Invoice, 3));
    }

    #[test]
    fn both_ends_of_an_interval_are_drawn() {
        let mut dice = Dice::new(1, Purpose::Cast, 0);
        let drawn: std::collections::BTreeSet<i64> = (0..200).map(|_| dice.between(-2, 2)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
    }
}
