//! Draws an index with probability proportional to weights, by inverting the cumulative sum.
//!
//! Two-level draws with floating-point weights use fresh random bits at each level: after the first level, one
//! uniform number has too few bits left to resolve the entries of the second. Integer weights are exact, and one
//! threshold serves all levels of a tree.

pub mod gumbel;

use crate::{Bits, Real, math};

/// Numbers per row of a node: as many as the narrowest vector registers add in a few instructions.
const LANES: usize = 4;
/// Rows per node.
const ROWS: usize = 4;
/// The number of entries of a tree node.
pub const FAN: usize = ROWS * LANES;

/// The entry of a node that contains `threshold`, and the sum of the entries before it: each entry `k` covers
/// `weight[k]` of the integers from 0 to the total, in the order of the first lane's rows, then the second's, and so
/// on.
///
/// Exact and branch-free: lanes are summed as vectors; the lane and the row in it are found by comparisons.
/// `threshold` must be below the sum of the node, which must be below `2^63`.
#[inline(always)]
#[must_use]
pub fn of_node(weight: &[u64; FAN], threshold: u64) -> (usize, u64) {
    let mut lanes = [0u64; LANES];
    for row in weight.as_chunks::<LANES>().0 {
        for (sum, &w) in lanes.iter_mut().zip(row) {
            *sum = sum.wrapping_add(w);
        }
    }
    let [a, b, c, _] = lanes;
    let (lane, before) = interval([a, b, c], threshold);
    let [a, b, c] = [lane, LANES + lane, 2 * LANES + lane].map(|k| weight[k % FAN]);
    let (row, within) = interval([a, b, c], threshold.wrapping_sub(before));
    ((row * LANES + lane) % FAN, before.wrapping_add(within))
}

/// The index of the one of four adjacent intervals (of lengths `a`, `b`, `c`, and the rest) that contains the
/// threshold, and the start of that interval.
#[inline(always)]
fn interval([a, b, c]: [u64; 3], threshold: u64) -> (usize, u64) {
    let second = a.wrapping_add(b);
    let third = second.wrapping_add(c);
    let past = [a <= threshold, second <= threshold, third <= threshold];
    let start = if past[2] {
        third
    } else if past[1] {
        second
    } else if past[0] {
        a
    } else {
        0
    };
    (past.iter().map(|&p| usize::from(p)).sum(), start)
}

/// Returns the index `k` with probability `weight[k] / total`, in one pass, for a nonnegative threshold
/// and nonnegative weights. `None` if no weight is positive.
#[inline]
pub fn of_slice<R: Real>(weight: &[R], threshold: R) -> Option<usize> {
    let mut sum = R::ZERO;
    for (k, &w) in weight.iter().enumerate() {
        sum += w;
        // Skips weights of 0, which leave the sum unchanged.
        if sum > threshold {
            return Some(k);
        }
    }
    weight.iter().rposition(|&w| w > R::ZERO)
}

/// The number of children of a node of [`of_weights`].
const CHILDREN: usize = 32;

/// Draws the index `k` with probability proportional to `weight[k]`, for slices of any length. `None` if no weight is
/// positive.
///
/// One of the 32 children of a node, each with the sum of its weights, is drawn with fresh bits, and so on down to
/// the entries. No sum has more than 32 rounded additions: in `f32` the relative error of an entry's probability is
/// `64 u` (4e-6) per level if its node's share is not far below 1/32, and larger in inverse proportion to smaller
/// shares. A million entries take 4 levels. The error of a single pass ([`of_slice`]) is up to `u` times the squared
/// number of entries.
///
/// # Cost
/// Two vector sums of all weights, and 64 additions per level.
#[inline(always)]
pub fn of_weights<R: Real, B: Bits + ?Sized>(weight: &[R], bits: &mut B) -> Option<usize> {
    let (mut start, mut all) = (0, weight);
    loop {
        let mut size = 1;
        while size * CHILDREN < all.len() {
            size *= CHILDREN;
        }
        if size == 1 {
            let total = all.iter().fold(R::ZERO, |sum, &w| sum + w);
            return Some(start + of_slice(all, bits.unit::<R>() * total)?);
        }
        let child = |k: usize| {
            let end = all.len().min((k + 1) * size);
            all.get(k * size..end).unwrap_or(&[])
        };
        let mut sums = [R::ZERO; CHILDREN];
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum = math::sum(child(k));
        }
        let total = sums.iter().fold(R::ZERO, |sum, &w| sum + w);
        let drawn = of_slice(&sums, bits.unit::<R>() * total)?;
        (start, all) = (start + drawn * size, child(drawn));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_of_a_node_covers_its_weight_in_thresholds() {
        let mut bits = crate::SplitMix64::new(3);
        for _ in 0..50 {
            let weight: [u64; FAN] = core::array::from_fn(|_| Bits::below(&mut bits, 6) as u64);
            let total = weight.iter().sum();
            let mut owned = [0; FAN];
            for threshold in 0..total {
                let (k, before) = of_node(&weight, threshold);
                assert!(before <= threshold && threshold < before + weight[k]);
                owned[k] += 1;
            }
            assert_eq!(owned, weight);
        }
    }

    #[test]
    fn large_weights_are_exact() {
        let mut weight = [0; FAN];
        (weight[5], weight[6], weight[15]) = (1, 1 << 62, 1);
        // Lane by lane: 5 is in the second, 6 in the third, 15 in the last.
        assert_eq!(of_node(&weight, 0), (5, 0));
        assert_eq!(of_node(&weight, 1), (6, 1));
        assert_eq!(of_node(&weight, 1 << 62), (6, 1));
        assert_eq!(of_node(&weight, (1 << 62) + 1), (15, (1 << 62) + 1));
    }

    #[test]
    fn each_index_of_a_slice_covers_its_weight() {
        let ranked = [0.0, 1.0, 0.0, 2.0, 4.0, 0.0, 1.0, 0.0];
        for (u, want) in [
            (0.0, 1),
            (0.9, 1),
            (1.0, 3),
            (2.9, 3),
            (3.0, 4),
            (7.5, 6),
            (9.0, 6),
        ] {
            assert_eq!(of_slice(&ranked, u), Some(want));
        }
        assert_eq!(of_slice(&[0.0f32; 3], 0.0), None);
    }
}
