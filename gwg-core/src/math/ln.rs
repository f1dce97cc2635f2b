//! ln x and ln(1 + x) by the series of atanh in s = f / (2 + f).

use crate::real::Real;

/// k ln 2 + ln(1 + f) + `rest`, for |s| <= 0.2 and a `rest` below the last bit of f.
///
/// With s = f / (2 + f), ln(1 + f) = 2 atanh(s) = f - (h - s (h + t)), where h = f^2 / 2 and t = 2 atanh(s) / s - 2.
/// The rounding of the division therefore only affects a small correction to f.
#[cfg(not(feature = "libm"))]
#[inline(always)]
fn assemble<R: Real>(k: R, f: R, rest: R) -> R {
    let s = f / (R::TWO + f);
    let z = s * s;
    let h = R::HALF * f * f;
    let small = s * (h + z * R::atanh_tail(z)) + (k * R::LN_2_LOW + rest);
    k * R::LN_2_HIGH - ((h - small) - f)
}

/// ln x = k ln 2 + ln m with m within a factor sqrt(2) of 1.
#[cfg(not(feature = "libm"))]
#[inline(always)]
pub(crate) fn ln<R: Real>(x: R) -> R {
    let (k, m) = R::split(x);
    let y = assemble(k, m - R::ONE, R::ZERO);
    let y = if x < R::INFINITY { y } else { x };
    let y = if x < R::ZERO { R::NAN } else { y };
    if x == R::ZERO { R::NEG_INFINITY } else { y }
}

/// ln(1 + x): directly from f = x near 0, otherwise from the rounded 1 + x and its rounding error.
#[cfg(not(feature = "libm"))]
#[inline(always)]
pub(crate) fn log1p<R: Real>(x: R) -> R {
    let sum = R::ONE + x;
    let back = sum - R::ONE;
    let error = (R::ONE - (sum - back)) + (x - back);
    let (k, m) = R::split(sum);
    let near = (x > R::LOG1P_LOW) & (x < R::HALF);
    let k = if near { R::ZERO } else { k };
    let f = if near { x } else { m - R::ONE };
    let rest = if near { R::ZERO } else { error / sum };
    let y = assemble(k, f, rest);
    let y = if x < R::INFINITY { y } else { x };
    let y = if x < -R::ONE { R::NAN } else { y };
    let y = if x == -R::ONE { R::NEG_INFINITY } else { y };
    if x == R::ZERO { x } else { y }
}

/// ln(1 + e) for e in [0, 1]: f is exact on both sides of 1/2, so nothing else is needed.
#[cfg(not(feature = "libm"))]
#[inline(always)]
pub(crate) fn log1p_unit<R: Real>(e: R) -> R {
    let k = if e >= R::HALF { R::ONE } else { R::ZERO };
    let half = R::HALF * k;
    assemble(k, e * (R::ONE - half) - half, R::ZERO)
}

#[cfg(feature = "libm")]
#[inline(always)]
pub(crate) fn ln<R: Real>(x: R) -> R {
    R::libm_ln(x)
}

#[cfg(feature = "libm")]
#[inline(always)]
pub(crate) fn log1p<R: Real>(x: R) -> R {
    R::libm_log1p(x)
}

#[cfg(feature = "libm")]
#[inline(always)]
pub(crate) fn log1p_unit<R: Real>(e: R) -> R {
    R::libm_log1p(e)
}
