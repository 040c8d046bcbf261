//! Who the customers are and how they pay: drawn from the seed and the position, never held.

use super::Customer;
use crate::demo::dice::{Dice, Purpose};
use crate::model::Date;
use crate::model::calendar::add_days;
use chrono::Datelike;

const FIRST_NAMES: [&str; 16] = [
    "Atelier",
    "Comptoir",
    "Société",
    "Maison",
    "Établissements",
    "Groupe",
    "Fonderie",
    "Imprimerie",
    "Transports",
    "Menuiserie",
    "Laboratoire",
    "Coopérative",
    "Chantiers",
    "Verrerie",
    "Papeterie",
    "Minoterie",
];
const LAST_NAMES: [&str; 24] = [
    "Auber",
    "Brisson",
    "Carnot",
    "Delmas",
    "Estève",
    "Fabre",
    "Garnier",
    "Hébrard",
    "Issoire",
    "Joubert",
    "Keller",
    "Lacombe",
    "Marchand",
    "Noël",
    "Ormesson",
    "Pélissier",
    "Quentin",
    "Roussel",
    "Sabatier",
    "Tessier",
    "Ugine",
    "Vasseur",
    "Wagner",
    "Ysengrin",
];
const COUNTRIES: [&str; 6] = ["FR", "FR", "FR", "DE", "BE", "ES"];
const TERMS: [i64; 4] = [30, 30, 45, 60];
/// Days of the month on which a large customer pays.
const PAYMENT_DAYS: [[u32; 2]; 4] = [[10, 25], [5, 20], [15, 30], [1, 15]];

/// How a customer pays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit {
    pub(super) terms_days: i64,
    /// Days after the due date, on average.
    pub(super) late_days: i64,
    /// How far a payment strays from that.
    pub(super) stray_days: i64,
    /// The days on which it pays all that is due with one receipt.
    pays_on: Option<[u32; 2]>,
}

/// The customers of a seed.
pub(super) struct Customers {
    seed: u64,
    pub(super) count: u32,
}

impl Customers {
    /// One customer for about 200 items, two million at most.
    pub(super) fn of(seed: u64, item_count: u64) -> Self {
        let count = u32::try_from(item_count / 200).unwrap_or(u32::MAX).clamp(1, 2_000_000);
        Self { seed, count }
    }

    /// The customer that gets an invoice: the first hundredth of them gets a fifth of all.
    pub(super) fn drawn(&self, dice: &mut Dice) -> u32 {
        let draw = u128::from(dice.below(1 << 32));
        u32::try_from((draw * draw * draw * u128::from(self.count)) >> 96).unwrap_or_default()
    }

    pub(super) fn habit(&self, position: u32) -> Habit {
        let mut dice = self.dice(position);
        let terms_days = TERMS[dice.position(TERMS.len())];
        let late_days = [-2, 0, 1, 3, 6, 10, 16, 28][dice.position(8)];
        let stray_days = dice.between(2, 12);
        let is_large = position < self.count.div_ceil(50);
        let payment_days = PAYMENT_DAYS[dice.position(PAYMENT_DAYS.len())];
        Habit { terms_days, late_days, stray_days, pays_on: is_large.then_some(payment_days) }
    }

    pub(super) fn customer(&self, position: u32) -> Customer {
        let terms_days = self.habit(position).terms_days;
        let mut dice = self.dice(position);
        // beside the draws of the habit
        (0..4).for_each(|_| {
            dice.below(8);
        });
        let name = format!(
            "{} {} {}",
            FIRST_NAMES[dice.position(FIRST_NAMES.len())],
            LAST_NAMES[dice.position(LAST_NAMES.len())],
            position + 1
        );
        let country_code = COUNTRIES[dice.position(COUNTRIES.len())];
        Customer { id: customer_id(position), name, terms_days, country_code }
    }

    fn dice(&self, position: u32) -> Dice {
        Dice::new(self.seed, Purpose::Volume, usize::try_from(position).unwrap_or_default() + 1)
    }
}

/// A customer's identifier, `C0000001`.
#[must_use]
pub fn customer_id(position: u32) -> String {
    format!("C{:07}", position + 1)
}

impl Habit {
    /// The first payment day from that day on; the day itself where the customer has none.
    pub(super) fn payment_day(&self, day: Date) -> Date {
        let Some(days) = self.pays_on else { return day };
        (0..31).map(|later| add_days(day, later)).find(|day| days.contains(&day.day())).unwrap_or(day)
    }

    /// Whether many invoices are paid with one receipt.
    pub(super) const fn pays_in_runs(&self) -> bool {
        self.pays_on.is_some()
    }
}
