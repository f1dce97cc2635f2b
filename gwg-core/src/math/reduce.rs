//! Reductions of slices over 16 fixed lanes.

use super::lanes::{Block, LANES, VECTORS, common, fold, pad};
use crate::real::Real;

/// The sum of `x`; 0 for an empty slice.
///
/// Element i is added to running sum i mod 16, and the 16 are added pairwise, so the bits do not
/// depend on the vector width of the machine. The rounding error grows with n / 16.
#[inline(always)]
#[must_use]
pub fn sum<R: Real>(x: &[R]) -> R {
    if !VECTORS {
        return sum_in_rows(x);
    }
    let mut lanes = [R::ZERO; LANES];
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        add(&mut lanes, block);
    }
    if !tail.is_empty() {
        add(&mut lanes, &pad(tail, R::ZERO));
    }
    fold(lanes, |a, b| a + b)
}

/// [`sum`] without the additions of the padding, which do not change the result: no lane is ever -0.
#[inline(always)]
fn sum_in_rows<R: Real>(x: &[R]) -> R {
    if let Ok(only) = x.try_into() {
        return sum_of_row(only);
    }
    let mut lanes = [R::ZERO; LANES];
    for row in x.chunks(LANES) {
        for (lane, &x) in lanes.iter_mut().zip(row) {
            *lane += x;
        }
    }
    fold(lanes, |a, b| a + b)
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

/// The inner product over the shorter of the two lengths. Lanes as in [`sum`].
#[inline(always)]
#[must_use]
pub fn dot<R: Real>(x: &[R], y: &[R]) -> R {
    let (x, y) = common(x, y);
    let (x_blocks, x_tail) = x.as_chunks::<LANES>();
    let (y_blocks, y_tail) = y.as_chunks::<LANES>();
    let mut lanes = [R::ZERO; LANES];
    for (x, y) in x_blocks.iter().zip(y_blocks) {
        add_products(&mut lanes, x, y);
    }
    if !x_tail.is_empty() {
        add_products(&mut lanes, &pad(x_tail, R::ZERO), &pad(y_tail, R::ZERO));
    }
    fold(lanes, |a, b| a + b)
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
    let mut lanes = [R::ZERO; LANES];
    let (blocks, tail) = x.as_chunks::<LANES>();
    for block in blocks {
        add_exp(&mut lanes, block, shift);
    }
    if !tail.is_empty() {
        add_exp(&mut lanes, &pad(tail, R::NEG_INFINITY), shift);
    }
    shift + fold(lanes, |a, b| a + b).ln()
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

    #[test]
    fn sums_without_vectors_have_the_same_bits() {
        let mut bits = SplitMix64::new(3);
        for n in 0..100 {
            let x: Vec<f32> = (0..n).map(|_| bits.unit::<f32>() - 0.3).collect();
            assert_eq!(sum_in_rows(&x).to_bits(), sum(&x).to_bits(), "{n}");
        }
        for n in [0, 3, 16, 40] {
            let zeros = std::vec![-0.0f64; n];
            assert_eq!(sum_in_rows(&zeros).to_bits(), sum(&zeros).to_bits(), "{n}");
        }
    }
}
