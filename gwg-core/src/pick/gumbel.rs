//! Draws of an index by the Gumbel-max trick: the largest of log-weights with independent noise.
//!
//! `argmax_k(l_k + g_k)` with independent standard Gumbel numbers `g_k` is `k` with probability
//! `exp(l_k) / sum exp(l)` (Gumbel 1954; Maddison, Tarlow, Minka 2014); the `r` largest, in order, are a draw without
//! replacement (Kool, van Hoof, Welling 2019). No sum is needed and nothing overflows, but every entry costs two
//! logarithms and 64 random bits.
//!
//! The kernels draw by inverting the cumulative sum instead ([`of_slice`](super::of_slice) and the nodes of the
//! tree), which is faster. CPU time of one draw from log-weights, including exponentials and the sum, in nanoseconds
//! (x86-64 without extensions, one core, best of five runs of 4e7 entries):
//!
//! | entries | f32 inverse | f32 Gumbel | f64 inverse | f64 Gumbel |
//! |---|---|---|---|---|
//! | 16 | 48 | 137 | 79 | 286 |
//! | 100 | 164 | 912 | 371 | 1961 |
//! | 1024 | 1258 | 8104 | 3096 | 17598 |
//!
//! If the weights are already available, as in every informed kernel, the inverse takes 0.4 ns per entry.

use crate::math::LANES;
use crate::{Bits, Real};

/// Writes independent standard Gumbel numbers, `-ln(-ln(1 - v))` with `v` uniform in the open interval `(0, 1)`.
///
/// The large ones, which decide an argmax, come from small `v`, where floats are dense: they reach 37.4 in both
/// precisions, as `v` is at least `2^-54`. With a 24-bit uniform number *near one* they would be limited to 16.6. The
/// small ones are limited to -2.8 (f32) and -3.6 (f64); the probability below is `2^-24` and `2^-53`.
#[inline(always)]
pub fn noise<R: Real, B: Bits + ?Sized, const N: usize>(bits: &mut B) -> [R; N] {
    const STEP: f64 = 1.0 / (1u64 << 53) as f64;
    let below_one = R::ONE - R::EPSILON * R::HALF;
    let mut g = [R::ZERO; N];
    for v in &mut g {
        *v = R::from_f64(((bits.next_u64() >> 11) as i64 as f64 + 0.5) * STEP);
    }
    for v in &mut g {
        *v = -(-(-v.min(below_one)).log1p()).ln();
    }
    g
}

/// Calls `visit(k, key)` for every entry with positive weight, with its log-weight plus noise as `key`.
#[inline(always)]
fn keys<R: Real, B: Bits + ?Sized>(
    log_weight: &[R],
    bits: &mut B,
    mut visit: impl FnMut(usize, R),
) {
    for (block, l) in log_weight.chunks(LANES).enumerate() {
        let noise: [R; LANES] = noise(bits);
        for (k, (&l, &g)) in l.iter().zip(&noise).enumerate() {
            if l > R::NEG_INFINITY {
                visit(block * LANES + k, l + g);
            }
        }
    }
}

/// Draws the index `k` with probability `exp(log_weight[k]) / sum exp(log_weight)`. `None` if no weight is positive.
///
/// Minus infinity is a weight of 0; a NaN is never drawn.
#[inline]
pub fn of_log_weights<R: Real, B: Bits + ?Sized>(log_weight: &[R], bits: &mut B) -> Option<usize> {
    let (mut largest, mut drawn) = (R::NEG_INFINITY, None);
    keys(log_weight, bits, |k, key| {
        if key > largest {
            (largest, drawn) = (key, Some(k));
        }
    });
    drawn
}

/// Draws indices *without replacement*, one after the other with probabilities proportional to the remaining weights:
/// `chosen.len()` of them, or as many as have a positive weight. Returns their number.
///
/// `key` is scratch with the length of `chosen`. One pass; `O(chosen)` for each entry that is among the largest so far.
#[inline]
pub fn top<R: Real, B: Bits + ?Sized>(
    log_weight: &[R],
    key: &mut [R],
    chosen: &mut [u32],
    bits: &mut B,
) -> usize {
    let room = chosen.len().min(key.len());
    let key = key.get_mut(..room).unwrap_or(&mut []);
    let mut count = 0;
    keys(log_weight, bits, |k, own| {
        if count < room {
            count += 1;
        } else if key.last().is_none_or(|&least| own <= least) {
            return;
        }
        insert(key, chosen, count, (own, k as u32));
    });
    count
}

/// Inserts an entry at its position among the first `count` in descending order of keys; the last of them is overwritten.
#[inline]
fn insert<R: Real>(key: &mut [R], chosen: &mut [u32], count: usize, entry: (R, u32)) {
    let mut entry = entry;
    let last = count.saturating_sub(1);
    let larger = key.iter().take(last).take_while(|&&k| k >= entry.0);
    let start = larger.count();
    let slots = key.iter_mut().zip(chosen.iter_mut()).take(count);
    for (key, chosen) in slots.skip(start) {
        let old = (*key, *chosen);
        (*key, *chosen) = entry;
        entry = old;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;
    use std::{vec, vec::Vec};

    /// All bits equal: the ends of the range.
    struct Constant(u64);

    impl Bits for Constant {
        fn next_u32(&mut self) -> u32 {
            (self.0 >> 32) as u32
        }

        fn next_u64(&mut self) -> u64 {
            self.0
        }
    }

    #[test]
    fn gumbel_noise_is_finite_for_extreme_bits() {
        let [f]: [f32; 1] = noise(&mut Constant(0));
        let [d]: [f64; 1] = noise(&mut Constant(0));
        assert!(
            (f - 37.43).abs() < 0.01 && (d - 37.43).abs() < 0.01,
            "{f} {d}"
        );
        let [f]: [f32; 1] = noise(&mut Constant(u64::MAX));
        let [d]: [f64; 1] = noise(&mut Constant(u64::MAX));
        assert!(
            (f + 2.81).abs() < 0.01 && (d + 3.60).abs() < 0.01,
            "{f} {d}"
        );
    }

    #[test]
    fn gumbel_noise_has_the_standard_mean_and_variance() {
        let mut bits = SplitMix64::new(8);
        let draws: Vec<f64> = (0..20_000)
            .flat_map(|_| noise::<f32, _, 16>(&mut bits))
            .map(f64::from)
            .collect();
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let variance = draws.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / n;
        // sd of the mean 0.0023; of the variance (kurtosis 5.4) 0.0061. Five of them each.
        assert!((mean - 0.577_216).abs() < 0.0115, "{mean}");
        assert!((variance - 1.644_934).abs() < 0.031, "{variance}");
    }

    #[test]
    fn zero_weights_draw_nothing() {
        let mut bits = SplitMix64::new(1);
        assert_eq!(of_log_weights::<f32, _>(&[], &mut bits), None);
        let none = [f64::NEG_INFINITY; 20];
        assert_eq!(of_log_weights(&none, &mut bits), None);
        assert_eq!(of_log_weights(&[f64::NAN; 3], &mut bits), None);
        assert_eq!(top(&none, &mut [0.0; 2], &mut [0; 2], &mut bits), 0);
        assert_eq!(top(&[0.0f32; 9], &mut [], &mut [0; 2], &mut bits), 0);
        assert_eq!(top(&[0.0f32; 9], &mut [0.0; 2], &mut [], &mut bits), 0);
    }

    #[test]
    fn draws_without_replacement_are_distinct_and_exhaustive() {
        let mut bits = SplitMix64::new(2);
        let mut weights = vec![f64::NEG_INFINITY; 40];
        for k in [3, 17, 18, 39] {
            weights[k] = k as f64;
        }
        for room in 1..8 {
            let (mut key, mut chosen) = (vec![0.0; room], vec![0; room]);
            let count = top(&weights, &mut key, &mut chosen, &mut bits);
            assert_eq!(count, room.min(4));
            assert!(key[..count].is_sorted_by(|a, b| a >= b));
            let mut found = chosen[..count].to_vec();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), count);
            assert!(found.iter().all(|k| [3, 17, 18, 39].contains(k)));
        }
    }
}
