//! Random bits: the trait [`Bits`], and a small generator for seeding others.

use crate::Real;

/// A source of independent, uniformly distributed random bits.
///
/// With the feature `rand_core`, every `rand_core::Rng` implements this trait. Firmware implements the one required
/// method with its own or a hardware generator.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of random bits",
    note = "with feature `rand_core`, every `rand_core::Rng` is a source of bits; otherwise implement `next_u32`"
)]
pub trait Bits {
    /// 32 random bits.
    fn next_u32(&mut self) -> u32;

    /// 64 random bits; by default two calls of [`next_u32`](Self::next_u32), low half first.
    #[inline]
    fn next_u64(&mut self) -> u64 {
        let low = u64::from(self.next_u32());
        low | u64::from(self.next_u32()) << 32
    }

    /// A uniform number in `[0, 1)`: a multiple of `2^-24` (f32, from 32 bits) or `2^-53` (f64).
    #[inline]
    fn unit<R: Real>(&mut self) -> R {
        // Decided at compile time, so that 32-bit machines do not draw bits that an f32 drops.
        if size_of::<R>() == 4 {
            R::unit(u64::from(self.next_u32()) << 32)
        } else {
            R::unit(self.next_u64())
        }
    }

    /// A uniform integer in `0..n` (0 for `n = 0`): the high half of a 64 x 64 bit product, whose deviation from
    /// uniform is less than `n * 2^-64`.
    #[inline]
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }
}

#[cfg(feature = "rand_core")]
impl<G: rand_core::Rng + ?Sized> Bits for G {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        rand_core::Rng::next_u32(self)
    }

    #[inline]
    fn next_u64(&mut self) -> u64 {
        rand_core::Rng::next_u64(self)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, equidistributed, with no weak seeds.
///
/// Intended for seeding other generators by hashing; sufficient for small programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Creates a generator with the state `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The output function alone: a bijection of 64-bit integers in which every input bit affects every output bit.
    #[must_use]
    // Not inlined on small machines, where 64-bit products are long.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub const fn mix(z: u64) -> u64 {
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn advance(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        Self::mix(self.0)
    }
}

impl Bits for SplitMix64 {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        (self.advance() >> 32) as u32
    }

    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.advance()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_matches_its_published_first_output() {
        // The first two outputs of the reference implementation from state 0.
        let mut bits = SplitMix64::new(0);
        assert_eq!(bits.next_u64(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(bits.next_u64(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn below_covers_its_range_evenly() {
        let mut bits = SplitMix64::new(7);
        let mut counts = [0u32; 5];
        for _ in 0..50_000 {
            counts[bits.below(5)] += 1;
        }
        // Binomial(50000, 1/5): sd 89; 6 sd has probability 2e-9.
        assert!(
            counts.iter().all(|&c| c.abs_diff(10_000) < 540),
            "{counts:?}"
        );
        assert_eq!(bits.below(0), 0);
    }
}
