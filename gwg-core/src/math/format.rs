//! The constants, coefficients and bit fields of the two floating-point formats.
//!
//! The coefficients are minimax fits in 60 digits (Remez exchange on the relative error of the
//! finished function), rounded to the format.

use super::words;

/// A floating-point format, with what the formulas of this module require.
///
/// Not accessible outside the crate, which seals [`Real`](crate::Real).
pub trait Format: Sized {
    /// Not a number.
    const NAN: Self;
    /// The lower end of the interval up to 1/2 in which ln(1 + x) needs no reduction: -1/3 or slightly above.
    const LOG1P_LOW: Self;
    /// 1 / ln 2.
    const LOG2_E: Self;
    /// The leading bits of ln 2: few enough that a product with an exponent is exact.
    const LN_2_HIGH: Self;
    /// The rest of ln 2.
    const LN_2_LOW: Self;
    /// Below this, e^x is less than half of the smallest subnormal.
    const EXP_LOWEST: Self;
    /// A bound above the largest x whose e^x is finite.
    const EXP_HIGHEST: Self;
    /// Adding it rounds to an integer n and leaves n plus twice the exponent bias in the low bits.
    const ROUNDER: Self;

    /// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2.
    fn exp_tail(r: Self) -> Self;

    /// (2 atanh(s) - 2 s) / (s z) at z = s^2, for z <= 0.04.
    fn atanh_tail(z: Self) -> Self;

    /// Two powers of two with product 2^n, where `rounded` is n + [`Format::ROUNDER`].
    fn powers(rounded: Self) -> (Self, Self);

    /// (k, m) with x = 2^k m and m in [sqrt(1/2), sqrt(2)), for x positive and finite.
    fn split(x: Self) -> (Self, Self);

    /// 2^n, for n in the range of normal exponents.
    fn power_of_two(n: i32) -> Self;

    /// The integer part of a number in `[0, 2^63)`; 0 for NaN. Implemented with signed conversions, which are one
    /// instruction where unsigned ones are not.
    fn to_word(self) -> u64;

    /// The number nearest to an integer below `2^63`.
    fn from_word(n: u64) -> Self;

    /// True if the bits are equal: no floating-point operation.
    fn same_bits(self, other: Self) -> bool;

    /// e^x by libm.
    #[cfg(feature = "libm")]
    fn libm_exp(x: Self) -> Self;

    /// ln x by libm.
    #[cfg(feature = "libm")]
    fn libm_ln(x: Self) -> Self;

    /// ln(1 + x) by libm.
    #[cfg(feature = "libm")]
    fn libm_log1p(x: Self) -> Self;
}

impl Format for f32 {
    const NAN: Self = f32::NAN;
    const LOG1P_LOW: Self = -0.333;
    const LOG2_E: Self = core::f32::consts::LOG2_E;
    const LN_2_HIGH: Self = 0.693_145_75;
    const LN_2_LOW: Self = 1.428_606_8e-6;
    const EXP_LOWEST: Self = -104.0;
    const EXP_HIGHEST: Self = 89.0;
    const ROUNDER: Self = 12_582_912.0 + 254.0;

    #[inline(always)]
    fn exp_tail(r: Self) -> Self {
        let z = r * r;
        let low = 0.166_665_33 + r * 0.041_667_238;
        let high = 0.008_367_524 + r * 0.001_386_391_8;
        0.5 + r * (low + z * high)
    }

    #[inline(always)]
    fn atanh_tail(z: Self) -> Self {
        0.666_669_5 + z * (0.399_576_75 + z * 0.303_639_23)
    }

    #[inline(always)]
    fn powers(rounded: Self) -> (Self, Self) {
        let both = rounded.to_bits();
        let half = both >> 1;
        (
            Self::from_bits(half << 23),
            Self::from_bits(both.wrapping_sub(half) << 23),
        )
    }

    #[inline(always)]
    fn split(x: Self) -> (Self, Self) {
        const SQRT_HALF: u32 = core::f32::consts::FRAC_1_SQRT_2.to_bits();
        const ONE: u32 = 1.0_f32.to_bits();
        // An integer below 2^23 in the low bits of this float adds itself to its value.
        const INTEGER: f32 = 8_388_608.0;

        let subnormal = x < Self::MIN_POSITIVE;
        let (scale, shift) = if subnormal {
            (33_554_432.0, 25.0)
        } else {
            (1.0, 0.0)
        };
        let bits = (x * scale).to_bits().wrapping_add(ONE - SQRT_HALF);
        let k = Self::from_bits((bits >> 23) | INTEGER.to_bits()) - (INTEGER + 127.0) - shift;
        let m = Self::from_bits((bits & 0x007f_ffff).wrapping_add(SQRT_HALF));
        (k, m)
    }

    #[inline(always)]
    fn power_of_two(n: i32) -> Self {
        Self::from_bits((n.wrapping_add(127) as u32) << 23)
    }

    #[inline(always)]
    fn to_word(self) -> u64 {
        if words::NATIVE {
            self as i64 as u64
        } else {
            words::of_f32(self)
        }
    }

    #[inline(always)]
    fn from_word(n: u64) -> Self {
        if words::NATIVE {
            n as i64 as Self
        } else {
            words::to_f32(n)
        }
    }

    #[inline(always)]
    fn same_bits(self, other: Self) -> bool {
        self.to_bits() == other.to_bits()
    }

    #[cfg(feature = "libm")]
    #[inline]
    fn libm_exp(x: Self) -> Self {
        libm::expf(x)
    }

    #[cfg(feature = "libm")]
    #[inline]
    fn libm_ln(x: Self) -> Self {
        libm::logf(x)
    }

    #[cfg(feature = "libm")]
    #[inline]
    fn libm_log1p(x: Self) -> Self {
        libm::log1pf(x)
    }
}

impl Format for f64 {
    const NAN: Self = f64::NAN;
    const LOG1P_LOW: Self = -0.333;
    const LOG2_E: Self = core::f64::consts::LOG2_E;
    const LN_2_HIGH: Self = 0.693_147_180_559_890_3;
    const LN_2_LOW: Self = 5.497_923_018_708_371e-14;
    const EXP_LOWEST: Self = -746.0;
    const EXP_HIGHEST: Self = 710.0;
    const ROUNDER: Self = 6_755_399_441_055_744.0 + 2046.0;

    #[inline(always)]
    fn exp_tail(r: Self) -> Self {
        let z = r * r;
        let odd = 2.480_150_843_254_721e-5 + z * 2.762_529_477_886_94e-7;
        let odd = 0.041_666_666_666_603_56 + z * (0.001_388_888_892_697_684_5 + z * odd);
        let even = 2.755_763_990_587_293_7e-6 + z * 2.497_885_171_341_258e-8;
        let even = 0.008_333_333_333_499_946 + z * (0.000_198_412_694_667_953_4 + z * even);
        0.5 + r * ((0.166_666_666_666_664_33 + z * even) + r * odd)
    }

    #[inline(always)]
    fn atanh_tail(z: Self) -> Self {
        let w = z * z;
        let even = 0.181_816_657_238_105_58 + w * 0.131_735_036_648_281_32;
        let even = 0.666_666_666_666_666 + w * (0.285_714_285_558_115_1 + w * even);
        let odd = 0.153_911_173_092_314_6 + w * 0.138_437_179_119_989_96;
        let odd = 0.400_000_000_000_567_24 + w * (0.222_222_242_987_406_42 + w * odd);
        even + z * odd
    }

    #[inline(always)]
    fn powers(rounded: Self) -> (Self, Self) {
        let both = rounded.to_bits();
        let half = both >> 1;
        (
            Self::from_bits(half << 52),
            Self::from_bits(both.wrapping_sub(half) << 52),
        )
    }

    #[inline(always)]
    fn split(x: Self) -> (Self, Self) {
        const SQRT_HALF: u64 = core::f64::consts::FRAC_1_SQRT_2.to_bits();
        const ONE: u64 = 1.0_f64.to_bits();
        const INTEGER: f64 = 4_503_599_627_370_496.0;

        let subnormal = x < Self::MIN_POSITIVE;
        let (scale, shift) = if subnormal {
            (18_014_398_509_481_984.0, 54.0)
        } else {
            (1.0, 0.0)
        };
        let bits = (x * scale).to_bits().wrapping_add(ONE - SQRT_HALF);
        let k = Self::from_bits((bits >> 52) | INTEGER.to_bits()) - (INTEGER + 1023.0) - shift;
        let m = Self::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(SQRT_HALF));
        (k, m)
    }

    #[inline(always)]
    fn power_of_two(n: i32) -> Self {
        Self::from_bits((n.wrapping_add(1023) as u64) << 52)
    }

    #[inline(always)]
    fn to_word(self) -> u64 {
        self as i64 as u64
    }

    #[inline(always)]
    fn from_word(n: u64) -> Self {
        n as i64 as Self
    }

    #[inline(always)]
    fn same_bits(self, other: Self) -> bool {
        self.to_bits() == other.to_bits()
    }

    #[cfg(feature = "libm")]
    #[inline]
    fn libm_exp(x: Self) -> Self {
        libm::exp(x)
    }

    #[cfg(feature = "libm")]
    #[inline]
    fn libm_ln(x: Self) -> Self {
        libm::log(x)
    }

    #[cfg(feature = "libm")]
    #[inline]
    fn libm_log1p(x: Self) -> Self {
        libm::log1p(x)
    }
}
