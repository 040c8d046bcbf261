//! Exact money: a whole number of hundredths, at most 18 digits, never a float.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount in hundredths of its currency. The lake stores it as `decimal(18, 2)`.
///
/// Values built through [`Money::from_hundredths`] stay within ±9 999 999 999 999 999.99; sums that may
/// leave that range are done in `i128` by the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Nothing owed.
    pub const ZERO: Self = Self(0);
    /// The largest amount `decimal(18, 2)` holds, in hundredths.
    pub const LIMIT: i64 = 999_999_999_999_999_999;

    /// `None` when the amount has more than 18 digits.
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Option<Self> {
        if hundredths > Self::LIMIT || hundredths < -Self::LIMIT { None } else { Some(Self(hundredths)) }
    }

    /// As [`Money::from_hundredths`], from a wide sum.
    #[must_use]
    pub fn from_wide(hundredths: i128) -> Option<Self> {
        i64::try_from(hundredths).ok().and_then(Self::from_hundredths)
    }

    /// Whole hundredths (cents, for most currencies).
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Hundredths, wide enough for any sum of amounts.
    #[must_use]
    pub fn wide(self) -> i128 {
        i128::from(self.0)
    }

    /// Distance from zero.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// `-1234.50`: a plain decimal point, no grouping; what CSV and JSON carry.
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&decimal_text(self.wide(), 2))
    }
}

/// A scaled whole number as a plain decimal: `(-5, 2)` is `-0.05`.
#[must_use]
pub fn decimal_text(digits: i128, scale: u8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let width = usize::from(scale);
    let text = format!("{:0>1$}", digits.unsigned_abs().to_string(), width + 1);
    let (whole, part) = text.split_at(text.len() - width);
    if width == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_hundredths_as_a_decimal() {
        for (hundredths, text) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_450, "1234.50"), (-100, "-1.00")] {
            assert_eq!(Money::from_hundredths(hundredths).unwrap_or_default().to_string(), text);
        }
    }

    #[test]
    fn eighteen_digits_fit_and_nineteen_do_not() {
        assert!(Money::from_hundredths(Money::LIMIT).is_some());
        assert!(Money::from_hundredths(Money::LIMIT + 1).is_none());
        assert!(Money::from_hundredths(-Money::LIMIT - 1).is_none());
    }
}
