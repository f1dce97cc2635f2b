//! e^x by reduction to |r| <= ln(2) / 2 and a polynomial.

use crate::real::Real;

/// e^x = 2^n e^r with n the integer nearest to x / ln 2, and r = x - n ln 2.
///
/// The power is applied as two factors, because 2^n overflows or underflows before e^x does. NaN passes both
/// comparisons of the clamp, and every operation, unchanged.
#[cfg(not(feature = "libm"))]
#[inline(always)]
pub(crate) fn exp<R: Real>(x: R) -> R {
    let x = if x < R::EXP_LOWEST { R::EXP_LOWEST } else { x };
    let x = if x > R::EXP_HIGHEST {
        R::EXP_HIGHEST
    } else {
        x
    };
    let rounded = x * R::LOG2_E + R::ROUNDER;
    let n = rounded - R::ROUNDER;
    let r = (x - n * R::LN_2_HIGH) - n * R::LN_2_LOW;
    let (first, second) = R::powers(rounded);
    (R::ONE + (r + r * r * R::exp_tail(r))) * first * second
}

#[cfg(feature = "libm")]
#[inline(always)]
pub(crate) fn exp<R: Real>(x: R) -> R {
    R::libm_exp(x)
}
