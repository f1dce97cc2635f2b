//! What is kept of each draw, in passes over bytes that vectorize: recording must not cost more than stepping.

mod quantizer;

use gwg_core::Symbol;
pub(crate) use quantizer::Quantizer;

/// Hamming distance of two configurations.
#[must_use]
pub fn hamming<S: Symbol>(a: &[S], b: &[S]) -> usize {
    // Blocks of fewer than 256 bytes, so that a byte can count.
    a.chunks(128)
        .zip(b.chunks(128))
        .map(|(a, b)| usize::from(a.iter().zip(b).map(|(a, b)| u8::from(a != b)).sum::<u8>()))
        .sum()
}

/// How often each site had each symbol, over all draws of some chains.
///
/// Integers: the sum is the same in any order. With two states only the ones are counted.
#[derive(Clone, Debug)]
pub(crate) struct SymbolCounts {
    states: usize,
    counts: Vec<u64>,
    /// Counts of the latest draws, in bytes (two states only).
    recent: Vec<u8>,
    draws_in_recent: u8,
}

impl SymbolCounts {
    pub(crate) fn new(sites: usize, states: usize) -> Self {
        let cells = if states == 2 { sites } else { sites * states };
        Self {
            states,
            counts: vec![0; cells],
            recent: vec![0; if states == 2 { sites } else { 0 }],
            draws_in_recent: 0,
        }
    }

    pub(crate) fn add<S: Symbol>(&mut self, x: &[S]) {
        if self.states == 2 {
            for (count, &s) in self.recent.iter_mut().zip(x) {
                *count = count.wrapping_add(s.index() as u8);
            }
            self.draws_in_recent += 1;
            if self.draws_in_recent == u8::MAX {
                self.flush();
            }
        } else {
            for (row, &s) in self.counts.chunks_exact_mut(self.states).zip(x) {
                if let Some(count) = row.get_mut(s.index()) {
                    *count += 1;
                }
            }
        }
    }

    fn flush(&mut self) {
        for (count, recent) in self.counts.iter_mut().zip(&mut self.recent) {
            *count += u64::from(std::mem::take(recent));
        }
        self.draws_in_recent = 0;
    }

    /// Takes all that `other` has counted, which begins anew.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        other.flush();
        for (a, b) in self.counts.iter_mut().zip(&other.counts) {
            *a += b;
        }
        other.counts.fill(0);
    }

    pub(crate) fn into_counts(mut self) -> Vec<u64> {
        self.flush();
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distance_is_the_number_of_differing_sites(pairs in prop::collection::vec((0u8..3, 0u8..3), 0..700)) {
            let (a, b): (Vec<u8>, Vec<u8>) = pairs.iter().copied().unzip();
            prop_assert_eq!(hamming(&a, &b), pairs.iter().filter(|(a, b)| a != b).count());
        }

        #[test]
        fn counts_are_the_plain_sums(states in 2usize..4, sites in 1usize..40, draws in 0usize..600, seed in any::<u64>()) {
            let mut bits = gwg_core::SplitMix64::new(seed);
            let mut parts = [SymbolCounts::new(sites, states), SymbolCounts::new(sites, states)];
            let mut plain = vec![0u64; sites * states];
            for t in 0..draws {
                let x: Vec<u8> = (0..sites).map(|_| gwg_core::Bits::below(&mut bits, states) as u8).collect();
                parts[t % 2].add(&x);
                for (i, &s) in x.iter().enumerate() {
                    plain[i * states + usize::from(s)] += 1;
                }
            }
            let [mut all, mut other] = parts;
            all.merge(&mut other);
            if states == 2 {
                plain = plain.chunks(2).map(|c| c[1]).collect();
            }
            prop_assert_eq!(all.into_counts(), plain);
        }
    }
}
