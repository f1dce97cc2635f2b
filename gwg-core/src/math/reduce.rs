//! Reductions of slices over 16 fixed lanes.

use super::lanes::{Block, LANES, VECTORS, common, fold, pad};
use crate::real::Real;

/// The number of elements that the lanes sum before their sums are added with compensation: 32 per lane in `f32`;
/// unlimited in `f64`, whose precision exceeds the error of any sum. Unlimited on machines without vectors, too,
/// which store few numbers and little code.
const fn stretch<R>() -> usize {
    if VECTORS && size_of::<R>() < size_of::<f64>() {
        32 * LANES
    } else {
        usize::MAX
    }
}

/// Sums `part(start, end)` over the stretches of a slice of `len` elements.
#[inline(always)]
fn in_stretches<R: Real>(len: usize, part: impl Fn(usize, usize) -> Block<R>) -> R {
    let (mut high, mut low) = ([R::ZERO; LANES], [R::ZERO; LANES]);
    let mut start = 0;
    while start < len {
        let end = len.min(start.saturating_add(stretch::<R>()));
        add_exactly(&mut high, &mut low, &part(start, end));
        start = end;
    }
    add(&mut high, &low);
    fold(high, |a, b| a + b)
}

/// Adds to a sum of twice the precision (Knuth, The Art of Computer Programming 2, section 4.2.2).
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn add_exactly<R: Real>(high: &mut Block<R>, low: &mut Block<R>, x: &Block<R>) {
    for ((high, low), &x) in high.iter_mut().zip(low).zip(x) {
        let sum = *high + x;
        let added = sum - *high;
        let lost = (*high - (sum - added)) + (x - added);
        *high = sum;
        // For an infinite sum the error is NaN; the sum itself is kept.
        *low += if lost.is_nan() { R::ZERO } else { lost };
    }
}

/// The sum of `x`; 0 for an empty slice.
///
/// Element i is added to running sum i mod 16, and the 16 are added pairwise, so the bits do not depend on the vector
/// width of the machine. In `f32` the running sums are restarted every 512 elements and accumulated with twice the
/// digits: the error is at most `38 u sum |x|` with `u = 2^-24` (2.3e-6 of a sum of positive numbers), for any number
/// of elements. In `f64` it is at most `(n / 16 + 4) u sum |x|` with `u = 2^-53`.
#[inline(always)]
#[must_use]
pub fn sum<R: Real>(x: &[R]) -> R {
    if x.len() > stretch::<R>() {
        return long_sum(x);
    }
    if !VECTORS && let Ok(only) = x.try_into() {
        return sum_of_row(only);
    }
    fold(sums_of_lanes(x), |a, b| a + b)
}

// Not inlined: otherwise the compiler puts two lanes instead of four into a register of the short sum.
#[inline(never)]
fn long_sum<R: Real>(x: &[R]) -> R {
    in_stretches(x.len(), |start, end| {
        sums_of_lanes(x.get(start..end).unwrap_or(&[]))
    })
}

/// Adds element i to running sum i mod 16. On machines without vectors, the additions of the padding are omitted;
/// they do not change the result, because no lane is ever -0.
#[inline(always)]
fn sums_of_lanes<R: Real>(x: &[R]) -> Block<R> {
    let mut lanes = [R::ZERO; LANES];
    if !VECTORS {
        for row in x.chunks(LANES) {
            for (lane, &x) in lanes.iter_mut().zip(row) {
                *lane += x;
            }
        }
        return lanes;
    }
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        add(&mut lanes, block);
    }
    if !tail.is_empty() {
        add(&mut lanes, &pad(tail, R::ZERO));
    }
    lanes
}

/// Sums a row without copying it. A lane may be -0, which only matters in a sum of zeros; adding 0 removes it.
#[inline(never)]
fn sum_of_row<R: Real>(row: &Block<R>) -> R {
    R::ZERO + fold(*row, |a, b| a + b)
}

#[inline(always)]
fn add<R: Real>(lanes: &mut Block<R>, x: &Block<R>) {
    for (lane, x) in lanes.iter_mut().zip(x) {
        *lane += *x;
    }
}

/// The sum of `x` with 64-bit accumulators; 0 for an empty slice. Lanes as in [`sum`].
#[inline(always)]
#[must_use]
pub fn sum_wide<R: Real>(x: &[R]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        add_wide(&mut lanes, block);
    }
    if !tail.is_empty() {
        add_wide(&mut lanes, &pad(tail, R::ZERO));
    }
    fold(lanes, |a, b| a + b)
}

#[inline(always)]
fn add_wide<R: Real>(lanes: &mut Block<f64>, x: &Block<R>) {
    for (lane, x) in lanes.iter_mut().zip(x) {
        *lane += x.to_f64();
    }
}

/// The inner product up to the shorter of the two lengths. Lanes and error as in [`sum`], for the products, plus one
/// rounding.
#[inline(always)]
#[must_use]
pub fn dot<R: Real>(x: &[R], y: &[R]) -> R {
    let (x, y) = common(x, y);
    if x.len() > stretch::<R>() {
        return long_dot(x, y);
    }
    fold(products_of_lanes(x, y), |a, b| a + b)
}

#[inline(never)]
fn long_dot<R: Real>(x: &[R], y: &[R]) -> R {
    in_stretches(x.len(), |start, end| {
        let (x, y) = (x.get(start..end), y.get(start..end));
        products_of_lanes(x.unwrap_or(&[]), y.unwrap_or(&[]))
    })
}

#[inline(always)]
fn products_of_lanes<R: Real>(x: &[R], y: &[R]) -> Block<R> {
    let (x_blocks, x_tail) = x.as_chunks::<LANES>();
    let (y_blocks, y_tail) = y.as_chunks::<LANES>();
    let mut lanes = [R::ZERO; LANES];
    for (x, y) in x_blocks.iter().zip(y_blocks) {
        add_products(&mut lanes, x, y);
    }
    if !x_tail.is_empty() {
        add_products(&mut lanes, &pad(x_tail, R::ZERO), &pad(y_tail, R::ZERO));
    }
    lanes
}

#[inline(always)]
fn add_products<R: Real>(lanes: &mut Block<R>, x: &Block<R>, y: &Block<R>) {
    for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
        *lane += *x * *y;
    }
}

/// The largest element, ignoring NaN; negative infinity if there is none.
#[inline(always)]
#[must_use]
pub fn max<R: Real>(x: &[R]) -> R {
    let mut lanes = [R::NEG_INFINITY; LANES];
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        raise(&mut lanes, block);
    }
    if !tail.is_empty() {
        raise(&mut lanes, &pad(tail, R::NEG_INFINITY));
    }
    fold(lanes, |a, b| a.max(b))
}

#[inline(always)]
fn raise<R: Real>(lanes: &mut Block<R>, x: &Block<R>) {
    for (lane, x) in lanes.iter_mut().zip(x) {
        *lane = x.max(*lane);
    }
}

/// ln(sum of e^x), without overflow; two passes, one e^x per element.
///
/// Negative infinity if `x` is empty or contains nothing else; positive infinity if one element is; NaN if one element is.
///
/// ```
/// use gwg_core::math::logsumexp;
///
/// assert_eq!(logsumexp(&[-1000.0_f64, -1000.0]), -1000.0 + core::f64::consts::LN_2);
/// assert_eq!(logsumexp::<f64>(&[]), f64::NEG_INFINITY);
/// ```
#[inline(always)]
#[must_use]
pub fn logsumexp<R: Real>(x: &[R]) -> R {
    let largest = max(x);
    // An infinite shift would turn its own element into NaN; without a shift the limits are correct.
    let shift = if largest.is_finite() {
        largest
    } else {
        R::ZERO
    };
    let sum = if x.len() > stretch::<R>() {
        in_stretches(x.len(), |start, end| {
            exp_of_lanes(x.get(start..end).unwrap_or(&[]), shift)
        })
    } else {
        fold(exp_of_lanes(x, shift), |a, b| a + b)
    };
    shift + sum.ln()
}

/// The sum of `e^(x - shift)` in each lane.
#[inline(always)]
fn exp_of_lanes<R: Real>(x: &[R], shift: R) -> Block<R> {
    let mut lanes = [R::ZERO; LANES];
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        add_exp(&mut lanes, block, shift);
    }
    if !tail.is_empty() {
        add_exp(&mut lanes, &pad(tail, R::NEG_INFINITY), shift);
    }
    lanes
}

#[inline(always)]
fn add_exp<R: Real>(lanes: &mut Block<R>, x: &Block<R>, shift: R) {
    for (lane, x) in lanes.iter_mut().zip(x) {
        *lane += (*x - shift).exp();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bits, SplitMix64};
    use std::vec::Vec;

    /// The sum as computed on machines without vectors.
    fn in_rows(x: &[f32]) -> f32 {
        let mut lanes = [0.0; LANES];
        for row in x.chunks(LANES) {
            for (lane, &x) in lanes.iter_mut().zip(row) {
                *lane += x;
            }
        }
        fold(lanes, |a, b| a + b)
    }

    #[test]
    fn sums_without_vectors_have_the_same_bits() {
        let mut bits = SplitMix64::new(3);
        for n in 0..100 {
            let x: Vec<f32> = (0..n).map(|_| bits.unit::<f32>() - 0.3).collect();
            assert_eq!(in_rows(&x).to_bits(), sum(&x).to_bits(), "{n}");
            if let Ok(row) = x.as_slice().try_into() {
                assert_eq!(sum_of_row(row).to_bits(), sum(&x).to_bits());
            }
        }
        let zeros = [-0.0f32; LANES];
        assert_eq!(sum_of_row(&zeros).to_bits(), sum(&zeros).to_bits());
    }
}
