//! The two floating-point types that the crate is generic over.

use core::fmt::{Debug, Display};
use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::math::{exp, format::Format, ln, logistic};

/// `f32` or `f64`: the type of differences, gradients and log-probabilities.
///
/// Sealed. `f32` is for speed and for microcontrollers with a single-precision unit, `f64` for proofs. The elementary
/// functions are those of [`math`](crate::math), which documents their accuracy: the same bits on every machine.
///
/// The comparisons [`max`](Real::max) and [`min`](Real::min) are plain selections, one machine instruction on most
/// targets; each documents its treatment of NaN.
///
/// On a concrete `f32` or `f64` in a program with `std`, `x.exp()` and `x.ln()` call the inherent methods of the
/// standard library instead. Write `Real::exp(x)`, or stay generic.
///
/// ```
/// use gwg_core::Real;
///
/// fn odds<R: Real>(probability: R) -> R {
///     probability / (R::ONE - probability)
/// }
/// assert_eq!(odds(0.75_f32), 3.0);
/// assert_eq!(Real::exp(0.0_f64), 1.0);
/// ```
pub trait Real:
    Format
    + Copy
    + PartialOrd
    + PartialEq
    + Debug
    + Display
    + Default
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// 2.
    const TWO: Self;
    /// 1/2.
    const HALF: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Negative infinity.
    const NEG_INFINITY: Self;
    /// The distance from 1 to the next larger number: 2^-23 or 2^-52.
    const EPSILON: Self;
    /// The largest finite number.
    const MAX: Self;
    /// The smallest positive normal number: 2^-126 or 2^-1022.
    const MIN_POSITIVE: Self;

    /// The number nearest to `x`.
    #[must_use]
    fn from_f64(x: f64) -> Self;

    /// The same number as an `f64`; exact.
    #[must_use]
    fn to_f64(self) -> f64;

    /// The number nearest to `n`.
    #[must_use]
    fn from_usize(n: usize) -> Self;

    /// Converts a small integer, in few instructions when vectorized.
    #[must_use]
    fn from_byte(n: u8) -> Self;

    /// Whichever of the two representations of a number has this precision.
    #[must_use]
    fn from_either(narrow: f32, wide: f64) -> Self;

    /// A uniform number in [0, 1) from the top bits of 64 random bits: a multiple of 2^-24 from 24 bits (`f32`) or of
    /// 2^-53 from 53 bits (`f64`).
    #[must_use]
    fn unit(bits: u64) -> Self;

    /// The absolute value.
    #[must_use]
    fn abs(self) -> Self;

    /// True if the number is neither infinite nor NaN.
    #[must_use]
    fn is_finite(self) -> bool;

    /// True if the number is NaN.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::eq_op, reason = "only NaN is unequal to itself")]
    fn is_nan(self) -> bool {
        self != self
    }

    /// `self` if it is larger than `other`, else `other`; so `other` when either is NaN.
    #[must_use]
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    /// `self` if it is smaller than `other`, else `other`; so `other` when either is NaN.
    #[must_use]
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    /// e^x, over the full range: gradual underflow to 0, overflow to infinity.
    #[must_use]
    #[inline(always)]
    fn exp(self) -> Self {
        exp::exp(self)
    }

    /// The natural logarithm: negative infinity at 0, NaN below.
    #[must_use]
    #[inline(always)]
    fn ln(self) -> Self {
        ln::ln(self)
    }

    /// ln(1 + x), accurate near 0: negative infinity at -1, NaN below.
    #[must_use]
    #[inline(always)]
    fn log1p(self) -> Self {
        ln::log1p(self)
    }

    /// 1 / (1 + e^-x), accurate in both tails.
    #[must_use]
    #[inline(always)]
    fn sigmoid(self) -> Self {
        logistic::sigmoid(self)
    }

    /// ln(1 + e^x), accurate in both tails.
    #[must_use]
    #[inline(always)]
    fn softplus(self) -> Self {
        logistic::softplus(self)
    }
}

macro_rules! real {
    ($float:ident, random bits: $bits:literal, in: $integer:ident, either: |$narrow:ident, $wide:ident| $own:ident) => {
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const TWO: Self = 2.0;
            const HALF: Self = 0.5;
            const INFINITY: Self = $float::INFINITY;
            const NEG_INFINITY: Self = $float::NEG_INFINITY;
            const EPSILON: Self = $float::EPSILON;
            const MAX: Self = $float::MAX;
            const MIN_POSITIVE: Self = $float::MIN_POSITIVE;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as Self
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn from_usize(n: usize) -> Self {
                n as Self
            }

            #[inline(always)]
            fn from_byte(n: u8) -> Self {
                Self::from(n)
            }

            #[inline(always)]
            #[expect(unused_variables, reason = "each type uses one of the two")]
            fn from_either($narrow: f32, $wide: f64) -> Self {
                $own
            }

            #[inline(always)]
            fn unit(bits: u64) -> Self {
                const STEP: $float = 1.0 / (1_u64 << $bits) as $float;
                // Signed, because this conversion is one instruction and the unsigned one is not.
                (bits >> (64 - $bits)) as $integer as Self * STEP
            }

            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
        }
    };
}

real!(f32, random bits: 24, in: i32, either: |narrow, wide| narrow);
real!(f64, random bits: 53, in: i64, either: |narrow, wide| wide);
