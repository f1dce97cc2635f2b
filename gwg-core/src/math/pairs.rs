//! Sums over pairs of elements.

use super::lanes::{Block, LANES, Map, fold, visit_blocks};
use crate::real::Real;

/// The sum of `w`, and the sum of the products of all pairs of different elements, for nonnegative `w`: in one pass,
/// with positive terms only, in `f64`.
#[inline(always)]
pub(crate) fn pair_sums<R: Real>(w: &[R]) -> (f64, f64) {
    let mut lanes = Pairs([(0.0, 0.0); LANES]);
    visit_blocks(w, R::ZERO, &mut lanes);
    // The sum over pairs across two groups is the product of their sums.
    fold(lanes.0, |a, b| (a.0 + b.0, a.1 + b.1 + a.0 * b.0))
}

struct Pairs([(f64, f64); LANES]);

impl<R: Real> Map<R> for Pairs {
    #[inline(always)]
    fn map(&mut self, w: &Block<R>) -> Block<R> {
        for ((sum, pairs), w) in self.0.iter_mut().zip(w) {
            *pairs += *sum * w.to_f64();
            *sum += w.to_f64();
        }
        *w
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn pair_sums_of_integers_are_exact() {
        for n in [0usize, 1, 2, 16, 17, 100] {
            let w: Vec<f32> = (0..n).map(|k| (k * k % 11) as f32).collect();
            let mut pairs = 0.0;
            for (i, a) in w.iter().enumerate() {
                pairs += f64::from(*a) * w[..i].iter().map(|&b| f64::from(b)).sum::<f64>();
            }
            let sum: f32 = w.iter().sum();
            assert_eq!(pair_sums(&w), (f64::from(sum), pairs));
        }
    }
}
