//! The normal distribution, as fast as a table.

use std::sync::LazyLock;

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::erf::erfc;

/// ln √(2π).
const LN_ROOT_TAU: f64 = 0.918_938_533_204_672_8;
const FIRST: f64 = -9.0;
const LAST: f64 = 9.0;
const STEPS_PER_UNIT: f64 = 64.0;

/// The density.
pub(super) fn density(z: f64) -> f64 {
    (-0.5 * z * z - LN_ROOT_TAU).exp()
}

/// ln of the chance to lie above `z`, far out in the tails too: within 1e-4 of the exact value.
pub(super) fn ln_above(z: f64) -> f64 {
    static TABLE: LazyLock<Vec<f64>> =
        LazyLock::new(|| (0..=1152_u32).map(|step| ln_above_exact(FIRST + f64::from(step) / STEPS_PER_UNIT)).collect());
    if z <= FIRST {
        return 0.0;
    }
    if z >= LAST {
        return ln_above_exact(z);
    }
    let at = (z - FIRST) * STEPS_PER_UNIT;
    let whole = at.floor();
    let step = index(whole);
    let (low, high) = (TABLE[step], TABLE[(step + 1).min(1152)]);
    low + (high - low) * (at - whole)
}

fn ln_above_exact(z: f64) -> f64 {
    if z < 8.0 {
        return (0.5 * erfc(z * std::f64::consts::FRAC_1_SQRT_2)).ln();
    }
    // the first terms of the asymptotic series (Abramowitz and Stegun 26.2.12)
    let square = z * z;
    -0.5 * square - LN_ROOT_TAU - z.ln() + (1.0 - 1.0 / square + 3.0 / (square * square)).ln()
}

/// The value below which lies a share of all.
pub(super) fn quantile(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share.clamp(1e-9, 1.0 - 1e-9))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step of the table, between 0 and 1152")]
fn index(step: f64) -> usize {
    step.clamp(0.0, 1152.0) as usize
}
