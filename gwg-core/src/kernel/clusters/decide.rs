use crate::kernel::joint::draw;
use crate::{Bits, Real, accept, math};

/// The random decisions of a cluster move: drawn, or taken from a script that visits all of them.
pub(crate) trait Decide {
    /// True with probability `threshold / 2^64`: a bond.
    fn bond(&mut self, threshold: u64) -> bool;

    /// Writes `bits` random bits.
    fn coins(&mut self, words: &mut [u64], bits: usize);

    /// A uniform integer in `0..n`.
    fn below(&mut self, n: usize) -> usize;

    /// True with probability `1 / (1 + exp(-gain))`: a draw between two states from their distribution.
    fn heat_bath<R: Real>(&mut self, gain: R) -> bool;

    /// True with probability `KEEP min(1, ratio)`: see [`accept::KEEP`].
    fn lazy<R: Real>(&mut self, ratio: R) -> bool;

    /// The index `k` with probability `weights[k] / sum of weights`; 0 if there are none.
    fn index<R: Real>(&mut self, weights: &[R]) -> usize;
}

/// Random decisions. A word of 64 bits serves four bonds: the first 16 bits of a number below 1 decide, unless they are those of the threshold, once
/// in 65,536 times; then the other 48 are drawn.
pub(crate) struct Random<'b, B> {
    bits: &'b mut B,
    word: u64,
    left: u32,
}

impl<'b, B: Bits> Random<'b, B> {
    pub(crate) const fn new(bits: &'b mut B) -> Self {
        Self {
            bits,
            word: 0,
            left: 0,
        }
    }
}

impl<B: Bits> Decide for Random<'_, B> {
    #[inline(always)]
    fn bond(&mut self, threshold: u64) -> bool {
        if self.left == 0 {
            self.word = self.bits.next_u64();
            self.left = 4;
        }
        let (first, leading) = (self.word & 0xffff, threshold >> 48);
        self.word >>= 16;
        self.left -= 1;
        if first == leading {
            return self.bits.next_u64() >> 16 < threshold & 0xffff_ffff_ffff;
        }
        first < leading
    }

    #[inline(always)]
    fn coins(&mut self, words: &mut [u64], bits: usize) {
        for word in words.iter_mut().take(bits.div_ceil(64)) {
            *word = self.bits.next_u64();
        }
    }

    #[inline(always)]
    fn below(&mut self, n: usize) -> usize {
        self.bits.below(n)
    }

    #[inline(always)]
    fn heat_bath<R: Real>(&mut self, gain: R) -> bool {
        accept::accept(gain.sigmoid(), self.bits)
    }

    #[inline(always)]
    fn lazy<R: Real>(&mut self, ratio: R) -> bool {
        accept::lazy(ratio, self.bits)
    }

    #[inline(always)]
    fn index<R: Real>(&mut self, weights: &[R]) -> usize {
        let total = math::sum_wide(weights);
        draw(weights, self.bits.unit::<f64>() * total).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SplitMix64;

    /// Words whose first 16 bits are all those of a threshold, so that the other 48 decide.
    struct Ties(SplitMix64, bool);

    impl Bits for Ties {
        fn next_u32(&mut self) -> u32 {
            self.0.next_u32()
        }

        fn next_u64(&mut self) -> u64 {
            self.1 = !self.1;
            if self.1 {
                return 0x8001_8001_8001_8001;
            }
            self.0.next_u64()
        }
    }

    fn frequency(bits: &mut impl Bits, threshold: u64) -> f64 {
        let n = 400_000;
        let yes = (0..n)
            .filter(|_| {
                // A new one each time: one word for each bond.
                Random::new(bits).bond(threshold)
            })
            .count();
        yes as f64 / f64::from(n)
    }

    #[test]
    fn bonds_have_the_probability_of_their_threshold_to_the_last_bit() {
        // Binomial standard deviation 8e-4, times 5.
        for p in [0.0, 0.1, 0.5, 0.93, 1.0] {
            let found = frequency(&mut SplitMix64::new(3), (p * super::super::WHOLE) as u64);
            assert!((found - p).abs() < 4e-3, "{p}: {found}");
            let tied = 0x8001 << 48 | ((p * super::super::WHOLE) as u64 >> 16);
            let found = frequency(&mut Ties(SplitMix64::new(4), false), tied);
            assert!((found - p).abs() < 4e-3, "{p} after a tie: {found}");
        }
    }

    #[test]
    fn a_word_serves_four_bonds() {
        let (mut one, mut two) = (SplitMix64::new(5), SplitMix64::new(5));
        let mut random = Random::new(&mut one);
        for _ in 0..8 {
            random.bond(1 << 63 | 1 << 40);
        }
        assert_ne!(two.next_u64(), two.next_u64());
        assert_eq!(one, two, "no tie among these");
    }
}
