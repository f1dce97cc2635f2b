//! The Metropolis-Hastings decision.

use crate::{Bits, Real};

/// The probability with which a kernel makes a step at all: `31/32`, exact in `f32` and `f64`.
///
/// A kernel that flips one binary symbol and accepts always changes the parity of `x` in every step: it has period two,
/// and draws an even number of steps apart are of half of the states. Flat and hot targets are such, and weakly coupled
/// ones nearly so: the ratio of a locally balanced proposal tends to 1 with the number of sites.
///
/// Kernels therefore decide by [`lazy`]. With `P` the transition matrix of plain Metropolis-Hastings, theirs is
/// `KEEP P + (1 - KEEP) I`: it leaves the same distribution invariant, and is reversible if `P` is. An eigenvalue
/// `l` of `P` becomes `1 - KEEP (1 - l)`, so that of a reversible kernel none is below `1 - 2 KEEP = -15/16`
/// (the lazy chain of Levin and Peres, Markov Chains and Mixing Times, section 1.3, whose `KEEP` is 1/2).
///
/// # Cost
/// One multiplication, and one step in 32: spectral gaps are smaller by this factor, and asymptotic variances larger by
/// `(1 + 1/t) / 31` of themselves, `t` being the integrated autocorrelation time in steps. In return parity, the slowest
/// of all functions if nothing is rejected, has an autocorrelation of `(15/16)^k` at `k` steps for even `k`, which is
/// that of single sites of a flat model of 32 sites.
pub const KEEP: f64 = 31.0 / 32.0;

/// Returns true with probability `min(1, ratio)`; never for a NaN.
///
/// Always draws one uniform number, even if the outcome is certain: the number of bits that a chain consumes then
/// does not depend on rounding near 1, and only one branch is unpredictable.
///
/// For swaps of temperatures, jumps in continuous time and proposals that include the current state; others are
/// periodic where nothing is rejected, and decide by [`lazy`].
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

/// Returns true with probability `KEEP min(1, ratio)`: [`accept`] for kernels that would otherwise have a period, see
/// [`KEEP`]. Draws one uniform number.
#[inline(always)]
pub fn lazy<R: Real, B: Bits + ?Sized>(ratio: R, bits: &mut B) -> bool {
    let (unit, keep) = (bits.unit::<R>(), R::from_f64(KEEP));
    (unit < keep) & (unit < keep * ratio)
}

/// `KEEP min(1, ratio)`, the probability that [`lazy`] returns true; 0 for NaN.
#[inline]
#[must_use]
pub fn lazy_probability<R: Real>(ratio: R) -> R {
    R::from_f64(KEEP) * probability(ratio)
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
            assert!(!lazy(0.0f64, &mut bits));
            assert!(!lazy(f32::NAN, &mut bits));
        }
    }

    fn agrees(p: f64, mut decide: impl FnMut(&mut SplitMix64) -> bool) {
        let mut bits = SplitMix64::new(2);
        let n = 100_000;
        let yes = (0..n).filter(|_| decide(&mut bits)).count() as f64;
        // Binomial standard deviation, times 5.
        assert!((yes - n as f64 * p).abs() < 5.0 * (n as f64 * p * (1.0 - p)).sqrt());
    }

    #[test]
    fn frequencies_equal_probabilities() {
        let p = (-1.0f64).exp();
        agrees(p, |bits| accept(p, bits));
        for ratio in [p, 1.0, 7.0, f64::INFINITY] {
            agrees(lazy_probability(ratio), |bits| lazy(ratio, bits));
            let single = ratio as f32;
            agrees(lazy_probability(single).into(), |bits| lazy(single, bits));
        }
    }

    struct Largest;

    impl Bits for Largest {
        fn next_u32(&mut self) -> u32 {
            u32::MAX
        }

        fn next_u64(&mut self) -> u64 {
            u64::MAX
        }
    }

    #[test]
    fn no_ratio_is_certain() {
        assert!(!lazy(f64::INFINITY, &mut Largest) && !lazy(f32::INFINITY, &mut Largest));
        assert_eq!(lazy_probability(1e300), KEEP);
        assert_eq!(f64::from(lazy_probability(2.0f32)), KEEP);
        assert_eq!(lazy_probability(f64::NAN), 0.0);
        assert_eq!(lazy_probability(-1.0), 0.0);
        // Detailed balance: a(r) = r a(1 / r).
        for ratio in [0.01, 0.9, 1.0, 1.1, 40.0] {
            let [there, back] = [ratio, 1.0 / ratio].map(lazy_probability);
            assert!((there - ratio * back).abs() < 1e-15);
        }
    }
}
