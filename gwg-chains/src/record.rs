//! What is computed from each draw, in passes over symbols that vectorize: recording must not cost more than a step.

mod symbol_counts;

use gwg_core::Symbol;
pub(crate) use symbol_counts::{Counting, SymbolCounts};

/// Hamming distance of two states: the number of sites at which they differ.
#[must_use]
pub fn hamming<S: Symbol>(a: &[S], b: &[S]) -> usize {
    // Blocks of fewer than 256 bytes, so that a byte can count.
    a.chunks(128)
        .zip(b.chunks(128))
        .map(|(a, b)| usize::from(a.iter().zip(b).map(|(a, b)| u8::from(a != b)).sum::<u8>()))
        .sum()
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
    }
}
