//! Exact money: a whole number of thousandths, at most 18 digits, never a float.
//!
//! The currencies of ISO 4217 have no decimal, two or three; thousandths hold them all, and are shown with the decimals of
//! their currency.

use std::fmt;
use std::ops::Neg;

/// The decimals that every amount is held with.
pub const SCALE: u8 = 3;

/// An amount in thousandths of its currency. The lake stores it as `decimal(18, 3)`.
///
/// Values built through [`Money::from_thousandths`] stay within ±999 999 999 999 999.999; sums that may
/// leave that range are done in `i128` by the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Nothing owed.
    pub const ZERO: Self = Self(0);
    /// The largest amount `decimal(18, 3)` holds, in thousandths.
    pub const LIMIT: i64 = 999_999_999_999_999_999;

    /// `None` when the amount has more than 18 digits, three of them decimals.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Option<Self> {
        if thousandths > Self::LIMIT || thousandths < -Self::LIMIT { None } else { Some(Self(thousandths)) }
    }

    /// As [`Money::from_thousandths`], from whole hundredths: cents, for most currencies.
    #[must_use]
    pub fn from_hundredths(hundredths: i64) -> Option<Self> {
        hundredths.checked_mul(10).and_then(Self::from_thousandths)
    }

    /// As [`Money::from_thousandths`], from a wide sum.
    #[must_use]
    pub fn from_wide(thousandths: i128) -> Option<Self> {
        i64::try_from(thousandths).ok().and_then(Self::from_thousandths)
    }

    /// Whole thousandths.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Whether it has no more decimals than that.
    #[must_use]
    pub const fn fits(self, decimals: u8) -> bool {
        self.0 % 10_i64.pow(SCALE.saturating_sub(decimals) as u32) == 0
    }

    /// Thousandths, wide enough for any sum of amounts.
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

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
/// `-1234.50`: a plain decimal point, no grouping; what CSV and JSON carry.
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&money_text(self.wide(), 2))
    }
}

/// The smallest amount of a currency with so many decimals, in thousandths: 10 for a cent.
#[must_use]
pub const fn smallest(decimals: u8) -> i128 {
    10_i128.pow(SCALE.saturating_sub(decimals) as u32)
}

/// Thousandths as digits and their scale, with the decimals of a currency; with more where the amount has more: nothing is
/// cut off.
#[must_use]
pub fn shown(thousandths: i128, decimals: u8) -> (i128, u8) {
    let needed = needed_decimals(thousandths).max(decimals.min(SCALE));
    let digits = match i64::try_from(thousandths) {
        Ok(thousandths) => (thousandths / 10_i64.pow(u32::from(SCALE - needed))).into(),
        Err(_) => thousandths / smallest(needed),
    };
    (digits, needed)
}

/// The decimals that tell all of an amount: none, two or three.
#[must_use]
pub fn needed_decimals(thousandths: i128) -> u8 {
    // the last three digits tell; nearly all amounts are small enough for a quick division
    let part = match i64::try_from(thousandths) {
        Ok(small) => i128::from(small % 1_000),
        Err(_) => thousandths % 1_000,
    };
    if part == 0 {
        0
    } else if part % 10 == 0 {
        2
    } else {
        SCALE
    }
}

/// The thousandths of a plain decimal, as [`money_text`] writes one.
#[must_use]
pub fn thousandths_of(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_plain =
        !whole.is_empty() && part.len() <= usize::from(SCALE) && part.bytes().all(|byte| byte.is_ascii_digit());
    let digits = is_plain.then(|| format!("{whole}{part:0<width$}", width = usize::from(SCALE)))?;
    digits.parse().ok()
}

/// Thousandths as a plain decimal, with the decimals of a currency at least.
#[must_use]
pub fn money_text(thousandths: i128, decimals: u8) -> String {
    let (digits, scale) = shown(thousandths, decimals);
    decimal_text(digits, scale)
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
    fn writes_the_decimals_of_its_currency_and_all_it_has() {
        for (thousandths, text) in [
            (0, "0.00"),
            (50, "0.05"),
            (-50, "-0.05"),
            (1_234_500, "1234.50"),
            (-1_000, "-1.00"),
            (1_234_567, "1234.567"),
        ] {
            assert_eq!(Money::from_thousandths(thousandths).unwrap_or_default().to_string(), text);
        }
        assert_eq!(
            [money_text(1_250_000, 0), money_text(1_250_500, 3), money_text(12_340, 0)],
            ["1250", "1250.500", "12.34"]
        );
        assert_eq!(["-0.05", "1250", "1234.567"].map(thousandths_of), [-50, 1_250_000, 1_234_567].map(Some));
        assert_eq!(["", "1.2345", "a", "1.-5"].map(thousandths_of), [None; 4]);
        let amount = Money::from_thousandths(12_340).unwrap_or_default();
        assert_eq!([amount.fits(0), amount.fits(2), amount.fits(3)], [false, true, true]);
    }

    #[test]
    fn eighteen_digits_fit_and_nineteen_do_not() {
        assert!(Money::from_thousandths(Money::LIMIT).is_some());
        assert!(Money::from_thousandths(Money::LIMIT + 1).is_none());
        assert!(Money::from_thousandths(-Money::LIMIT - 1).is_none());
        assert!(Money::from_hundredths(Money::LIMIT).is_none());
    }
}
