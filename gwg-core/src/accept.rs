//! Metropolis-Hastings.

use crate::{Bits, Real};

/// Decides with probability `min(1, ratio)`; a NaN is never accepted.
///
/// Always draws one uniform number, also where the answer is certain: the stream of a chain then does
/// not depend on rounding at one, and the branch that follows is the only unpredictable one.
#[inline(always)]
pub fn accept<R: Real, B: Bits + ?Sized>(ratio: R, bits: &mut B) -> bool {
    bits.unit::<R>() < ratio
}

/// `min(1, ratio)`, the probability that [`accept`] says yes; 0 for NaN.
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
    fn certain_answers() {
        let mut bits = SplitMix64::new(1);
        for _ in 0..100 {
            assert!(accept(1.0f64, &mut bits));
            assert!(accept(f32::INFINITY, &mut bits));
            assert!(!accept(0.0f64, &mut bits));
            assert!(!accept(f64::NAN, &mut bits));
        }
    }

    #[test]
    fn frequency_is_the_ratio() {
        let mut bits = SplitMix64::new(2);
        let n = 100_000;
        let yes = (0..n)
            .filter(|_| accept((-1.0f64).exp(), &mut bits))
            .count() as f64;
        let p = (-1.0f64).exp();
        // Binomial: 5 sd.
        assert!((yes - n as f64 * p).abs() < 5.0 * (n as f64 * p * (1.0 - p)).sqrt());
    }
}
