//! Random words, and draws of many bits of given probabilities.

use super::words::{GROUP, Words};
use gwg_core::{Bits, SplitMix64};

/// Bits of a probability.
pub(super) const BITS: usize = 64;

/// Bits that are compared before the first look whether all lanes are decided: nearly always too few for 256 of them.
const AT_ONCE: usize = 8;

/// Four generators side by side: xoshiro256++ (Blackman and Vigna 2021).
#[derive(Clone, Copy)]
pub(super) struct Random<W: Words>([W::Group; 4]);

impl<W: Words> Random<W> {
    /// The words of one sweep of the chains that share a key.
    #[inline(always)]
    pub(super) fn new(words: W, key: u64, sweep: u64) -> Self {
        let mut hash = SplitMix64::new(SplitMix64::mix(
            key ^ SplitMix64::mix(sweep.wrapping_add(1)),
        ));
        Self(std::array::from_fn(|_| {
            words.load(std::array::from_fn::<_, GROUP, _>(|_| hash.next_u64()))
        }))
    }

    #[inline(always)]
    pub(super) fn next(&mut self, words: W) -> W::Group {
        let [a, b, c, d] = self.0;
        let out = words.add(words.rotate::<23, 41>(words.add(a, d)), a);
        let shifted = words.shift_left::<17>(b);
        let (c, d) = (words.xor(c, a), words.xor(d, b));
        let (b, a) = (words.xor(b, c), words.xor(a, d));
        self.0 = [a, b, words.xor(c, shifted), words.rotate::<45, 19>(d)];
        out
    }
}

/// Comparisons of one uniform number per lane with several probabilities, from the highest bit on: `below` where it is below,
/// `open` where all bits so far are equal.
struct Compared<W: Words, const T: usize> {
    open: [W::Group; T],
    below: [W::Group; T],
}

impl<W: Words, const T: usize> Compared<W, T> {
    #[inline(always)]
    fn bit(&mut self, words: W, random: W::Group, bits: &[u64; T]) {
        for ((open, below), &bit) in self.open.iter_mut().zip(&mut self.below).zip(bits) {
            let bit = words.splat(bit);
            let decided = words.and(*open, words.xor(random, bit));
            *below = words.or(*below, words.and(decided, bit));
            *open = words.without(*open, decided);
        }
    }

    #[inline(always)]
    fn rest(mut self, words: W, bits: &[[u64; T]], random: &mut Random<W>) -> [W::Group; T] {
        let (first, last) = bits.split_at(AT_ONCE.min(bits.len()));
        for bits in first {
            self.bit(words, random.next(words), bits);
        }
        for bits in last {
            let open = self
                .open
                .iter()
                .fold(words.splat(0), |all, &open| words.or(all, open));
            if words.is_zero(open) {
                break;
            }
            self.bit(words, random.next(words), bits);
        }
        self.below
    }
}

/// For each probability, in which lanes one uniform number of each lane is below it. `bits` are those of the probabilities, the highest
/// first, each as a word of ones or of zeros.
///
/// As many random words are drawn as some lane needs: that depends on these words alone, so that a lane's number does not depend on what other
/// lanes are for.
#[inline(always)]
pub(super) fn below<W: Words, const T: usize>(
    words: W,
    bits: &[[u64; T]],
    random: &mut Random<W>,
) -> [W::Group; T] {
    let compared = Compared {
        open: [words.splat(!0); T],
        below: [words.splat(0); T],
    };
    compared.rest(words, bits, random)
}

/// The same of probabilities below 1/2, of which `bits` are those after the highest; and in which lanes the number is below 1/2.
#[inline(always)]
pub(super) fn coin_and_below<W: Words, const T: usize>(
    words: W,
    bits: &[[u64; T]],
    random: &mut Random<W>,
) -> (W::Group, [W::Group; T]) {
    let coin = words.not(random.next(words));
    let compared = Compared {
        open: [coin; T],
        below: [words.splat(0); T],
    };
    (coin, compared.rest(words, bits, random))
}

/// Bit `bit` of a probability, from the highest on, as a word of ones or of zeros.
pub(super) fn bit_of(p: u64, bit: usize) -> u64 {
    (p >> (BITS - 1 - bit) & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::super::words::Plain;
    use super::*;

    /// The uniform number of each lane, from all 64 of its bits.
    fn uniform(random: &mut Random<Plain>) -> [[u64; 64]; GROUP] {
        let mut numbers = [[0; 64]; GROUP];
        for _ in 0..BITS {
            for (numbers, word) in numbers.iter_mut().zip(random.next(Plain)) {
                for (lane, number) in numbers.iter_mut().enumerate() {
                    *number = *number << 1 | word >> lane & 1;
                }
            }
        }
        numbers
    }

    fn columns<const T: usize>(p: [u64; T], from: usize) -> Vec<[u64; T]> {
        (from..BITS).map(|bit| p.map(|p| bit_of(p, bit))).collect()
    }

    fn check(found: [u64; GROUP], numbers: &[[u64; 64]; GROUP], p: u64) {
        for (word, numbers) in found.iter().zip(numbers) {
            for (lane, &number) in numbers.iter().enumerate() {
                assert_eq!(word >> lane & 1 == 1, number < p, "{number} and {p}");
            }
        }
    }

    #[test]
    fn lanes_compare_one_number_with_all_probabilities() {
        for turn in 0..500 {
            let start = Random::new(Plain, turn, 0);
            let numbers = uniform(&mut start.clone());
            // Among them numbers that are drawn, and their neighbors: all bits are needed.
            let [a, b] = [numbers[1][7], numbers[2][40].wrapping_add(1)];
            let p = [0, 1 << 40, a, b, u64::MAX];
            let found = below(Plain, &columns(p, 0), &mut start.clone());
            for (found, p) in found.into_iter().zip(p) {
                check(found, &numbers, p);
            }
            let p = [a >> 1, 3, (1 << 63) - 1];
            let (coin, found) = coin_and_below(Plain, &columns(p, 1), &mut start.clone());
            check(coin, &numbers, 1 << 63);
            for (found, p) in found.into_iter().zip(p) {
                check(found, &numbers, p);
            }
        }
    }

    #[test]
    fn the_words_of_a_sweep_are_fixed() {
        let mut random = Random::new(Plain, 0, 0);
        assert_eq!(
            random.next(Plain),
            STABLE,
            "value-breaking: say so in the changelog"
        );
    }

    const STABLE: [u64; GROUP] = [
        14_454_119_472_952_364_923,
        6_612_027_578_938_050_944,
        7_244_249_352_890_310_486,
        4_652_026_860_121_007_149,
    ];
}
