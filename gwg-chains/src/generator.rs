use gwg_core::{Bits, SplitMix64};
use rand_pcg::Pcg64Mcg;
use std::collections::BTreeSet;

/// The generator of one chain.
pub type Generator = Pcg64Mcg;

/// A chain number that no chain has: the stream of the run's own random numbers.
pub(crate) const RUN: u64 = u64::MAX;

/// The generator of chain `chain` of a run with `seed`.
///
/// Each chain's 128 bits of state are hashed from both numbers. The streams of one PCG are not used:
/// they may be correlated, and neighboring seeds must not give neighboring chains.
#[must_use]
pub fn generator(seed: u64, chain: u64) -> Generator {
    let of_seed = SplitMix64::mix(seed ^ 0x6a09_e667_f3bc_c908);
    let mut hash = SplitMix64::new(SplitMix64::mix(
        of_seed ^ SplitMix64::mix(chain.wrapping_add(1)),
    ));
    let low = u128::from(hash.next_u64());
    Pcg64Mcg::new(low | u128::from(hash.next_u64()) << 64)
}

/// A replica number that no replica has: the stream of a chain's swaps.
pub(crate) const SWAPS: u64 = u64::MAX;

/// The generator of replica `replica` of chain `chain` of a run with `seed`; the first replica has the
/// [`generator`] of its chain.
#[must_use]
pub fn replica_generator(seed: u64, chain: u64, replica: u64) -> Generator {
    if replica == 0 {
        return generator(seed, chain);
    }
    let of_seed = SplitMix64::mix(seed ^ 0xbb67_ae85_84ca_a73b);
    let of_chain = SplitMix64::mix(of_seed ^ SplitMix64::mix(chain.wrapping_add(1)));
    generator(of_chain, replica)
}

/// `n` distinct numbers below `all`, ascending, each set with the same probability; all of them where there are no more.
///
/// # Cost
/// `O(n log n)`, whatever `all` (Bentley and Floyd 1987).
#[must_use]
pub fn distinct(all: usize, n: usize, bits: &mut impl Bits) -> Vec<usize> {
    let mut chosen = BTreeSet::new();
    for k in all.saturating_sub(n)..all {
        let drawn = bits.below(k + 1);
        if !chosen.insert(drawn) {
            chosen.insert(k);
        }
    }
    chosen.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn distinct_numbers_are_drawn_with_equal_probability() {
        let mut bits = generator(1, 2);
        let mut counts = [0_u32; 6];
        for _ in 0..30_000 {
            let drawn = distinct(6, 2, &mut bits);
            assert!(drawn.len() == 2 && drawn[0] < drawn[1]);
            drawn.iter().for_each(|&k| counts[k] += 1);
        }
        // Binomial, 10,000 with a standard deviation of 82: five of them.
        assert!(
            counts.iter().all(|n| n.abs_diff(10_000) < 408),
            "{counts:?}"
        );
        assert_eq!(distinct(3, 9, &mut bits), [0, 1, 2]);
    }

    #[test]
    fn neighboring_seeds_and_chains_share_nothing() {
        let mut seen = HashSet::new();
        for seed in 0..50 {
            for chain in (0..50).chain([RUN]) {
                let mut bits = generator(seed, chain);
                for _ in 0..4 {
                    assert!(seen.insert(Bits::next_u64(&mut bits)));
                }
            }
        }
    }

    #[test]
    fn neighboring_replicas_share_nothing() {
        let mut seen = HashSet::new();
        for seed in 0..8 {
            for chain in 0..20 {
                for replica in (0..20).chain([SWAPS]) {
                    let mut bits = replica_generator(seed, chain, replica);
                    for _ in 0..4 {
                        assert!(seen.insert(Bits::next_u64(&mut bits)));
                    }
                }
            }
        }
        assert_eq!(replica_generator(3, 4, 0), generator(3, 4));
    }

    #[test]
    fn the_stream_of_a_replica_is_fixed() {
        let mut bits = replica_generator(0, 0, 1);
        let first: Vec<u64> = (0..3).map(|_| Bits::next_u64(&mut bits)).collect();
        assert_eq!(
            first, STABLE_REPLICA,
            "value-breaking: say so in the changelog"
        );
    }

    #[test]
    fn the_stream_of_a_chain_is_fixed() {
        let mut bits = generator(0, 0);
        let first: Vec<u64> = (0..3).map(|_| Bits::next_u64(&mut bits)).collect();
        assert_eq!(first, STABLE, "value-breaking: say so in the changelog");
    }

    const STABLE_REPLICA: [u64; 3] = [
        12_098_775_293_609_989_514,
        7_460_631_236_688_072_374,
        2_778_435_900_457_862_916,
    ];
    const STABLE: [u64; 3] = [
        7_459_237_841_309_339_601,
        11_681_308_854_682_514_631,
        13_636_357_669_757_176_625,
    ];
}
