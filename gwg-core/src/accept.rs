//! Metropolis-Hastings in log space.

use crate::{Bits, Real};

/// Decides with probability `min(1, exp(log_ratio))`; a NaN is never accepted.
///
/// Always draws one uniform number, also where the answer is certain: the stream of a chain then does
/// not depend on rounding at zero, and the branch that follows is the only unpredictable one.
#[inline]
pub fn accept<R: Real, B: Bits + ?Sized>(log_ratio: R, bits: &mut B) -> bool {
    let u: R = bits.unit();
    log_ratio >= R::ZERO || u < log_ratio.exp()
}

/// `min(1, exp(log_ratio))`, the probability that [`accept`] says yes; 0 for NaN.
#[inline]
#[must_use]
pub fn probability<R: Real>(log_ratio: R) -> R {
    if log_ratio >= R::ZERO {
        R::ONE
    } else if log_ratio.is_nan() {
        R::ZERO
    } else {
        log_ratio.exp()
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
            assert!(accept(0.0f64, &mut bits));
            assert!(accept(f32::INFINITY, &mut bits));
            assert!(!accept(f64::NEG_INFINITY, &mut bits));
            assert!(!accept(f64::NAN, &mut bits));
        }
    }

    #[test]
    fn frequency_is_the_ratio() {
        let mut bits = SplitMix64::new(2);
        let n = 100_000;
        let yes = (0..n).filter(|_| accept(-1.0f64, &mut bits)).count() as f64;
        let p = (-1.0f64).exp();
        // Binomial: 5 sd.
        assert!((yes - n as f64 * p).abs() < 5.0 * (n as f64 * p * (1.0 - p)).sqrt());
    }
}
