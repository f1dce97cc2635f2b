//! The Metropolis-Hastings decision.

use crate::{Bits, Real};

/// Returns true with probability `min(1, ratio)`; never for a NaN.
///
/// Always draws one uniform number, even if the outcome is certain: the number of bits that a chain consumes then
/// does not depend on rounding near 1, and only one branch is unpredictable.
#[inline(always)]
pub fn accept<R: Real, B: Bits + ?Sized>(ratio: R, bits: &mut B) -> bool {
    bits.unit::<R>() < ratio
}

/// `min(1, ratio)`, the probability that [`accept`] returns true; 0 for NaN.
#[inline]
#[must_use]
pub fn probability<R: Real>(ratio: R) -> R {
    if ratio >= R::ONE {
        R::ONE
    } else if ratio >= R::ZERO {
        ratio
    } else {
        R::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;

    #[test]
    fn ratios_of_one_and_zero_decide_with_certainty() {
        let mut bits = SplitMix64::new(1);
        for _ in 0..100 {
            assert!(accept(1.0f64, &mut bits));
            assert!(accept(f32::INFINITY, &mut bits));
            assert!(!accept(0.0f64, &mut bits));
            assert!(!accept(f64::NAN, &mut bits));
        }
    }

    #[test]
    fn acceptance_frequency_equals_the_ratio() {
        let mut bits = SplitMix64::new(2);
        let n = 100_000;
        let yes = (0..n)
            .filter(|_| accept((-1.0f64).exp(), &mut bits))
            .count() as f64;
        let p = (-1.0f64).exp();
        // Binomial standard deviation, times 5.
        assert!((yes - n as f64 * p).abs() < 5.0 * (n as f64 * p * (1.0 - p)).sqrt());
    }
}
