//! Conversions between 64-bit integers and `f32` on machines without an instruction for them; shorter than the
//! compiler's library, because signs and overflow are not handled.

/// True if there is an instruction for the conversion.
pub(super) const NATIVE: bool = cfg!(any(target_pointer_width = "64", target_family = "wasm"));

/// True if there are at least instructions for 32-bit integers.
const HALVES: bool = cfg!(target_abi = "eabihf");

/// The integer part of a number in `[0, 2^63)`; 0 for NaN.
#[inline(always)]
pub(super) fn of_f32(x: f32) -> u64 {
    if HALVES { of_halves(x) } else { of_bits(x) }
}

/// Uses conversions of 32 bits: every product and difference is exact.
#[inline(always)]
fn of_halves(x: f32) -> u64 {
    const WORD: f32 = 4_294_967_296.0;
    let high = (x * (1.0 / WORD)) as u32;
    let low = (x - high as f32 * WORD) as u32;
    u64::from(high) << 32 | u64::from(low)
}

#[inline(always)]
fn of_bits(x: f32) -> u64 {
    if x >= 1.0 {
        let exponent = (x.to_bits() >> 23).wrapping_sub(127);
        let mantissa = u64::from(x.to_bits() << 8 | 1 << 31) << 32;
        mantissa >> (63 - exponent.min(63))
    } else {
        0
    }
}

/// The number nearest to an integer.
#[inline(never)]
pub(super) fn to_f32(n: u64) -> f32 {
    let (high, low) = ((n >> 32) as u32, n as u32);
    let (leading, exponent) = if high == 0 {
        (low, 127)
    } else {
        // The digits that the rounding depends on, and whether there are others.
        let zeros = high.leading_zeros() % 32;
        let leading = high << zeros | low >> 1 >> (31 - zeros);
        (leading | u32::from(low << zeros != 0), 127 + 32 - zeros)
    };
    leading as f32 * f32::from_bits(exponent << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bits, SplitMix64};

    fn whole(x: f32) {
        assert_eq!(of_bits(x), x as u64, "{x}");
        assert_eq!(of_halves(x), x as u64, "{x}");
    }

    #[test]
    fn conversions_have_the_bits_of_the_compiler() {
        let mut bits = SplitMix64::new(8);
        let random = |k: u32| bits.next_u64() >> (1 + k % 63);
        let special = [
            0,
            1,
            2,
            (1 << 24) + 1,
            (1 << 25) + 2,
            (1 << 25) + 6,
            (1 << 62) + (1 << 38) + 1,
        ];
        for n in (0..200_000).map(random).chain(special) {
            assert_eq!(to_f32(n), n as f32, "{n}");
            let x = n as f32;
            if x < 9e18 {
                whole(x);
            }
            whole(x / 4096.0);
        }
        for x in [0.0, -0.0, 0.5, f32::NAN, f32::MIN_POSITIVE] {
            whole(x);
        }
    }
}
