//! Drawing an index in proportion to weights, by the inverse of the cumulated sum.
//!
//! Every level of a two-level or tree-wise draw takes fresh random bits: what is left of one uniform
//! number after the first level has too few bits to tell the entries of the second apart.

use crate::Real;

/// How many entries a tree node sums up.
pub const FAN: usize = 8;

/// Inclusive prefix sums of eight numbers in three dependent additions.
///
/// The last entry is `((a7+a6)+(a5+a4)) + ((a3+a2)+(a1+a0))`: a function of the numbers alone, so
/// that a sum kept up to date has the bits of one made anew.
#[inline(always)]
#[must_use]
pub fn prefix<R: Real>(a: &[R; FAN]) -> [R; FAN] {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    let (b1, b2, b3) = (a1 + a0, a2 + a1, a3 + a2);
    let (b4, b5, b6, b7) = (a4 + a3, a5 + a4, a6 + a5, a7 + a6);
    let (c2, c3) = (b2 + a0, b3 + b1);
    let (c4, c5, c6, c7) = (b4 + b2, b5 + b3, b6 + b4, b7 + b5);
    [a0, b1, c2, c3, c4 + a0, c5 + b1, c6 + c2, c7 + c3]
}

/// The index `k` with probability `weight[k] / prefix[7]`, where `prefix` is that of `weight` and
/// `unit` is uniform in `[0, 1)`. `None` where all weights are 0.
#[inline(always)]
pub fn of_eight<R: Real>(weight: &[R], prefix: &[R; FAN], unit: R) -> Option<usize> {
    let [.., total] = *prefix;
    let threshold = unit * total;
    let mut k = 0;
    for &p in prefix {
        k += usize::from(p <= threshold);
    }
    match weight.get(k) {
        Some(&w) if w > R::ZERO => Some(k),
        // Rounding carried the threshold past the end (or onto an entry whose prefix it swallowed).
        _ => weight.iter().take(FAN).rposition_positive(),
    }
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

trait LastPositive {
    fn rposition_positive(self) -> Option<usize>;
}

impl<'a, R: Real, I: Iterator<Item = &'a R>> LastPositive for I {
    fn rposition_positive(self) -> Option<usize> {
        self.enumerate()
            .filter(|&(_, &w)| w > R::ZERO)
            .last()
            .map(|(k, _)| k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_of_integers_is_exact() {
        let p = prefix(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(p, [1.0, 3.0, 6.0, 10.0, 15.0, 21.0, 28.0, 36.0]);
    }

    #[test]
    fn every_index_gets_its_interval() {
        let w = [0.0, 1.0, 0.0, 2.0, 4.0, 0.0, 1.0, 0.0];
        let p = prefix(&w);
        let at = |u: f64| of_eight(&w, &p, u);
        assert_eq!(at(0.0), Some(1));
        assert_eq!(at(0.124), Some(1));
        assert_eq!(at(0.125), Some(3));
        assert_eq!(at(0.375), Some(4));
        assert_eq!(at(0.875), Some(6));
        assert_eq!(
            at(1.0),
            Some(6),
            "a threshold at the end falls back on the last positive weight"
        );
        assert_eq!(of_eight(&[0.0; 8], &[0.0; 8], 0.5), None);
        for (u, want) in [
            (0.0, 1),
            (0.9, 1),
            (1.0, 3),
            (2.9, 3),
            (3.0, 4),
            (7.5, 6),
            (9.0, 6),
        ] {
            assert_eq!(of_slice(&w, u), Some(want));
        }
        assert_eq!(of_slice(&[0.0f32; 3], 0.0), None);
    }
}
