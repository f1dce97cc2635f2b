//! 64-bit integers from and to `f32` where no instruction does it, shorter than what the compiler brings: no sign, no overflow.

/// Whether an instruction does it.
pub(super) const NATIVE: bool = cfg!(any(target_pointer_width = "64", target_family = "wasm"));

/// The integer below a number in `[0, 2^63)`; 0 for NaN.
#[inline(always)]
pub(super) fn of_f32(x: f32) -> u64 {
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
    let zeros = n.leading_zeros();
    let n = n << (zeros % 64);
    // The digits that a rounding sees, and whether there are others.
    let leading = (n >> 32) as u32 | u32::from(n as u32 != 0);
    leading as f32 * f32::from_bits((127 + 32 - zeros) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bits, SplitMix64};

    #[test]
    fn the_bits_are_those_of_the_compilers() {
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
                assert_eq!(of_f32(x), x as u64, "{x}");
            }
            assert_eq!(of_f32(x / 4096.0), (x / 4096.0) as u64, "{x}");
        }
        for x in [0.0, -0.0, 0.5, f32::NAN, f32::MIN_POSITIVE] {
            assert_eq!(of_f32(x), 0);
        }
    }
}
