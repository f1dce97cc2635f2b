//! The logistic function, its integral, and sums of the latter.

use super::lanes::{Block, LANES, Map, fold, map_blocks, visit_blocks};
use super::ln::log1p_unit;
use crate::real::Real;

/// 1 / (1 + e^-x), computed from e^-|x| so that neither tail loses digits.
#[inline(always)]
pub(crate) fn sigmoid<R: Real>(x: R) -> R {
    sigmoid_from(x, (-x.abs()).exp())
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).
#[inline(always)]
pub(crate) fn softplus<R: Real>(x: R) -> R {
    softplus_from(x, (-x.abs()).exp())
}

#[inline(always)]
fn softplus_from<R: Real>(x: R, e: R) -> R {
    x.max(R::ZERO) + log1p_unit(e)
}

#[inline(always)]
fn sigmoid_from<R: Real>(x: R, e: R) -> R {
    let numerator = if x < R::ZERO { e } else { R::ONE };
    numerator / (R::ONE + e)
}

/// e^-|x| of each element.
///
/// A separate loop, so that it is vectorized at the width of `R` whatever the result is used for, and so that the
/// long dependency chains of e^x and of ln(1 + x) do not wait for each other.
#[inline(always)]
fn decay<R: Real>(x: &Block<R>) -> Block<R> {
    let mut e = [R::ZERO; LANES];
    for (e, x) in e.iter_mut().zip(x) {
        *e = (-x.abs()).exp();
    }
    e
}

/// Writes ln(1 + e^x).
///
/// Uses the shorter of the two lengths; each element has the bits of the scalar function.
#[inline(always)]
pub fn softplus_slice<R: Real>(x: &[R], out: &mut [R]) {
    map_blocks(x, out, R::ZERO, &mut Softplus);
}

struct Softplus;

impl<R: Real> Map<R> for Softplus {
    #[inline(always)]
    fn map(&mut self, x: &Block<R>) -> Block<R> {
        let mut out = [R::ZERO; LANES];
        for ((to, x), e) in out.iter_mut().zip(x).zip(decay(x)) {
            *to = softplus_from(*x, e);
        }
        out
    }
}

/// The sum of ln(1 + e^x); 0 for an empty slice.
///
/// One e^-|x| per element and one logarithm per 1008 elements: the factors 1 + e^-|x| are multiplied first. The
/// product is stored as 1 + q, with (1 + q)(1 + e) = 1 + (q + e + q e), a sum of positive terms, so that a small sum
/// keeps its relative accuracy.
///
/// ```
/// use gwg_core::math::softplus_sum;
///
/// let ten = [0.0_f32; 10];
/// assert!((softplus_sum(&ten) - 10.0 * core::f64::consts::LN_2).abs() < 1e-6);
/// ```
#[inline(always)]
#[must_use]
pub fn softplus_sum<R: Real>(x: &[R]) -> f64 {
    let mut total = SoftplusSum::new();
    visit_blocks(x, R::NEG_INFINITY, &mut total);
    total.finish()
}

/// Writes 1 / (1 + e^-x) to `sigmoid` and returns the sum of ln(1 + e^x), with one e^-|x| per element.
///
/// Uses the shorter of the two lengths. The bits are those of [`sigmoid_slice`](super::sigmoid_slice) and [`softplus_sum`].
#[inline(always)]
pub fn sigmoid_softplus<R: Real>(x: &[R], sigmoid: &mut [R]) -> f64 {
    let mut total = SoftplusSum::new();
    map_blocks(x, sigmoid, R::NEG_INFINITY, &mut total);
    total.finish()
}

/// A running sum of softplus: the positive parts, and the product of the 1 + e^-|x|, less 1.
struct SoftplusSum {
    positive: [f64; LANES],
    excess: [f64; LANES],
    rows: u32,
    logs: f64,
}

impl SoftplusSum {
    /// The product of 16 lanes of this many factors, none above 2, stays below 2^1024.
    const ROWS: u32 = 63;

    #[inline(always)]
    fn new() -> Self {
        Self {
            positive: [0.0; LANES],
            excess: [0.0; LANES],
            rows: 0,
            logs: 0.0,
        }
    }

    #[inline(never)]
    fn take_logarithm(&mut self) {
        self.logs += fold(self.excess, times).log1p();
        self.excess = [0.0; LANES];
        self.rows = 0;
    }

    #[inline(always)]
    fn finish(mut self) -> f64 {
        self.take_logarithm();
        fold(self.positive, |a, b| a + b) + self.logs
    }
}

impl<R: Real> Map<R> for SoftplusSum {
    /// Adds a block and returns the logistic function of it.
    #[inline(always)]
    fn map(&mut self, x: &Block<R>) -> Block<R> {
        let e = decay(x);
        for (lane, x) in self.positive.iter_mut().zip(x) {
            *lane += x.max(R::ZERO).to_f64();
        }
        for (lane, e) in self.excess.iter_mut().zip(&e) {
            *lane = times(*lane, e.to_f64());
        }
        let mut out = [R::ZERO; LANES];
        for ((to, x), e) in out.iter_mut().zip(x).zip(e) {
            *to = sigmoid_from(*x, e);
        }
        self.rows += 1;
        if self.rows == Self::ROWS {
            self.take_logarithm();
        }
        out
    }
}

/// (1 + a)(1 + b) - 1.
#[inline(always)]
fn times(a: f64, b: f64) -> f64 {
    (a + b) + a * b
}
