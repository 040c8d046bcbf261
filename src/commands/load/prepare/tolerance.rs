//! What may be left of a claim when it counts as settled: the last cent written off decides nothing.

use crate::error::Error;

/// The larger of an amount and a share, as `settlement_tolerance.csv` says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    /// In thousandths.
    amount: i64,
    /// In millionths.
    ratio: i64,
}

impl Tolerance {
    /// Reads `tolerance_amount,tolerance_ratio` with a header.
    ///
    /// # Errors
    /// When it is not one line of two decimal numbers.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).skip(1);
        let line = lines.next().unwrap_or_default();
        let refused = || {
            Error::Plain(
                format!("settlement_tolerance.csv holds `{line}`"),
                "write one line of an amount and a share under `tolerance_amount,tolerance_ratio`, as `1.00,0.005`"
                    .to_owned(),
            )
        };
        let (amount, ratio) = line.split_once(',').ok_or_else(refused)?;
        let digits = |text: &str, decimals| digits(text.trim(), decimals).ok_or_else(refused);
        Ok(Self { amount: digits(amount, 3)?, ratio: digits(ratio, 6)? })
    }

    /// Of an item, in thousandths; nothing where the whole item would be within it.
    pub(super) fn of(self, amount: i64) -> i64 {
        let share = i128::from(amount.abs()) * i128::from(self.ratio) / 1_000_000;
        let tolerance = self.amount.max(i64::try_from(share).unwrap_or(i64::MAX));
        if amount.abs() <= tolerance { 0 } else { tolerance }
    }
}

/// All digits of a decimal number with so many decimals.
fn digits(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = !whole.is_empty() && format!("{whole}{part}").bytes().all(|byte| byte.is_ascii_digit());
    if is_number && part.len() <= decimals { format!("{whole}{part:0<decimals$}").parse().ok() } else { None }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a case that cannot be made must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn the_larger_of_an_amount_and_a_share_but_never_all_of_it() {
        let tolerance = Tolerance::parse("tolerance_amount,tolerance_ratio\n1.00,0.005\n").unwrap();
        assert_eq!(
            [215_280, 1_000_000, 1_000, 1_010, -500_000].map(|amount| tolerance.of(amount)),
            [1_076, 5_000, 0, 1_000, 2_500]
        );
        assert!(Tolerance::parse("tolerance_amount,tolerance_ratio\n1.00\n").is_err());
        assert!(Tolerance::parse("tolerance_amount,tolerance_ratio\n1,00;0,5\n").is_err());
    }
}
