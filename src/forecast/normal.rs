//! The normal distribution, as fast as a table.

use std::sync::LazyLock;

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::erf::erfc;

/// ln √(2π).
pub(super) const LN_ROOT_TAU: f64 = 0.918_938_533_204_672_8;
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

/// The chance to lie between two values, and mean and variance of what does.
pub(super) fn between(low: f64, high: f64) -> (f64, f64, f64) {
    // far above the middle chances differ by what is left of them, far below by what is left on the other side
    let chance = if low + high > 0.0 {
        ln_above(low).exp() - ln_above(high).exp()
    } else {
        ln_above(-high).exp() - ln_above(-low).exp()
    };
    if chance < LEAST_CHANCE {
        return (chance.max(0.0), if low > 0.0 { low } else { high }, 0.0);
    }
    let weighted = |z: f64| if z.is_finite() { z * density(z) } else { 0.0 };
    let mean = ((density(low) - density(high)) / chance).clamp(low, high);
    let variance = (1.0 + (weighted(low) - weighted(high)) / chance - mean * mean).clamp(0.0, 1.0);
    (chance, mean, variance)
}

/// Below it the table tells no differences.
const LEAST_CHANCE: f64 = 1e-9;

/// The value below which lies a share of all.
pub(super) fn quantile(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share.clamp(1e-9, 1.0 - 1e-9))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step of the table, between 0 and 1152")]
fn index(step: f64) -> usize {
    step.clamp(0.0, 1152.0) as usize
}
