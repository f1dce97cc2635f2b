//! Drawing an index in proportion to weights, by the inverse of the cumulated sum.
//!
//! Every level of a two-level or tree-wise draw takes fresh random bits: what is left of one uniform
//! number after the first level has too few bits to tell the entries of the second apart.

pub mod gumbel;

use crate::Real;

/// Numbers of a node in a row: as many as the narrowest vector register holds.
const LANES: usize = 4;
/// Rows of a node.
const ROWS: usize = 4;
/// How many entries a tree node sums up.
pub const FAN: usize = ROWS * LANES;

/// Inclusive prefix sums of a node, in the order of *ranks*: down the rows of the first lane, then of
/// the second, and so on. The rank of entry `k` is `k % LANES * ROWS + k / LANES`.
///
/// Rows are added to rows, so that this is a handful of vector additions; any order of the entries
/// serves a draw. A function of the numbers alone: a sum kept up to date has the bits of one made anew.
#[inline(always)]
#[must_use]
pub fn prefix<R: Real>(a: &[R; FAN]) -> [R; FAN] {
    let mut rows = rows(a);
    for r in 1..ROWS {
        let above = rows[r - 1];
        for (sum, &above) in rows[r].iter_mut().zip(&above) {
            *sum += above;
        }
    }
    let before = before(&rows[ROWS - 1]);
    for row in &mut rows {
        for (sum, &before) in row.iter_mut().zip(&before) {
            *sum += before;
        }
    }
    let mut out = [R::ZERO; FAN];
    for (out, row) in out.chunks_exact_mut(LANES).zip(&rows) {
        out.copy_from_slice(row);
    }
    out
}

/// The last entry of [`prefix`], without the others.
#[inline(always)]
#[must_use]
pub fn total<R: Real>(a: &[R; FAN]) -> R {
    let rows = rows(a);
    let mut lanes = rows[0];
    for row in &rows[1..] {
        for (sum, &entry) in lanes.iter_mut().zip(row) {
            *sum = entry + *sum;
        }
    }
    let [.., before] = before(&lanes);
    let [.., last] = lanes;
    last + before
}

#[inline(always)]
fn rows<R: Real>(a: &[R; FAN]) -> [[R; LANES]; ROWS] {
    let mut rows = [[R::ZERO; LANES]; ROWS];
    for (row, from) in rows.iter_mut().zip(a.chunks_exact(LANES)) {
        row.copy_from_slice(from);
    }
    rows
}

/// What the lanes before each hold.
#[inline(always)]
fn before<R: Real>(lanes: &[R; LANES]) -> [R; LANES] {
    let [a, b, c, _] = *lanes;
    let ab = a + b;
    [R::ZERO, a, ab, ab + c]
}

/// The index `k` with probability `weight[k] / prefix.last()`, where `prefix` is that of `weight` and
/// `unit` is uniform in `[0, 1)`. `None` where all weights are 0.
#[inline(always)]
pub fn of_node<R: Real>(weight: &[R; FAN], prefix: &[R; FAN], unit: R) -> Option<usize> {
    let [.., total] = *prefix;
    let threshold = unit * total;
    let mut rank = 0u32;
    for &p in prefix {
        rank += u32::from(p <= threshold);
    }
    let k = (rank as usize % ROWS) * LANES + rank as usize / ROWS;
    match weight.get(k) {
        Some(&w) if w > R::ZERO => Some(k),
        // Rounding carried the threshold past the end (or onto an entry whose prefix it swallowed).
        _ => last_positive(weight),
    }
}

#[cold]
#[inline(never)]
fn last_positive<R: Real>(weight: &[R]) -> Option<usize> {
    weight
        .iter()
        .enumerate()
        .filter(|&(_, &w)| w > R::ZERO)
        .last()
        .map(|(k, _)| k)
}

/// The index `k` with probability `weight[k] / total`, in one pass. `None` where no weight is positive.
#[inline]
pub fn of_slice<R: Real>(weight: &[R], threshold: R) -> Option<usize> {
    let mut sum = R::ZERO;
    let mut last = None;
    for (k, &w) in weight.iter().enumerate() {
        if w > R::ZERO {
            sum += w;
            last = Some(k);
            if sum > threshold {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_rank(rank: usize) -> usize {
        rank % ROWS * LANES + rank / ROWS
    }

    #[test]
    fn prefix_of_integers_is_exact() {
        let a: [f32; FAN] = core::array::from_fn(|i| (i * i % 7) as f32);
        let prefix = prefix(&a);
        let mut sum = 0.0;
        for rank in 0..FAN {
            sum += a[by_rank(rank)];
            assert_eq!(prefix[by_rank(rank)], sum);
        }
        assert_eq!(total(&a), sum);
    }

    #[test]
    fn the_total_has_the_bits_of_the_last_prefix() {
        let mut bits = crate::SplitMix64::new(3);
        for _ in 0..1000 {
            let a: [f32; FAN] = core::array::from_fn(|_| crate::Bits::unit::<f32>(&mut bits) * 3.0);
            assert_eq!(total(&a).to_bits(), prefix(&a)[FAN - 1].to_bits());
        }
    }

    #[test]
    fn every_index_gets_its_interval() {
        let ranked = [0.0, 1.0, 0.0, 2.0, 4.0, 0.0, 1.0, 0.0];
        let mut w = [0.0; FAN];
        for (rank, &weight) in ranked.iter().enumerate() {
            w[by_rank(rank)] = weight;
        }
        let p = prefix(&w);
        for (u, rank) in [(0.0, 1), (0.124, 1), (0.125, 3), (0.375, 4), (0.875, 6)] {
            assert_eq!(of_node(&w, &p, u), Some(by_rank(rank)));
        }
        let end = of_node(&w, &p, 1.0f64).unwrap();
        assert!(
            w[end] > 0.0,
            "a threshold at the end falls back on a positive weight"
        );
        assert_eq!(of_node(&[0.0; FAN], &[0.0; FAN], 0.5), None);
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
