//! A checked view of the draws of one scalar quantity.

use thiserror::Error;

/// The draws of one scalar quantity: one slice per chain, all of one length, at least one chain.
#[derive(Clone, Debug)]
pub struct Draws<'a> {
    chains: Vec<&'a [f64]>,
    draws: usize,
    /// Neighbors in rising order that differ by at most this share of the largest magnitude are equal.
    pub(super) tie: f64,
}

/// Slices that are not draws of chains.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DrawsError {
    /// `chains == 0`.
    #[error("diagnostics: no chain was given; at least 1 is needed")]
    NoChain,
    /// A chain's length differs from that of chain 0.
    #[error(
        "diagnostics: chain {chain} has {found} draws but chain 0 has {expected}; all chains need equally many"
    )]
    UnequalLengths {
        /// The first chain of another length.
        chain: usize,
        /// Its draws.
        found: usize,
        /// The draws of chain 0.
        expected: usize,
    },
    /// A flat slice's length is not `chains * draws`.
    #[error("diagnostics: {found} values were given for {chains} chains of {draws} draws each")]
    FlatLength {
        /// Values in the slice.
        found: usize,
        /// Chains requested.
        chains: usize,
        /// Draws per chain requested.
        draws: usize,
    },
}

impl<'a> Draws<'a> {
    /// From one slice per chain. Values that are not finite make the diagnostics `None`; they are not an error.
    ///
    /// # Errors
    /// No chain, or chains of different lengths.
    pub fn new(chains: &[&'a [f64]]) -> Result<Self, DrawsError> {
        let expected = chains.first().ok_or(DrawsError::NoChain)?.len();
        if let Some(chain) = chains.iter().position(|c| c.len() != expected) {
            let found = chains[chain].len();
            return Err(DrawsError::UnequalLengths {
                chain,
                found,
                expected,
            });
        }
        Ok(Self {
            chains: chains.to_vec(),
            draws: expected,
            tie: 0.0,
        })
    }

    /// From a row-major (chain, draw) slice.
    ///
    /// # Errors
    /// No chain, or a slice whose length is not `chains * draws`.
    pub fn from_flat(flat: &'a [f64], chains: usize, draws: usize) -> Result<Self, DrawsError> {
        if chains == 0 {
            return Err(DrawsError::NoChain);
        }
        if chains.checked_mul(draws) != Some(flat.len()) {
            return Err(DrawsError::FlatLength {
                found: flat.len(),
                chains,
                draws,
            });
        }
        let rows = (0..chains).map(|c| &flat[c * draws..(c + 1) * draws]);
        Ok(Self {
            chains: rows.collect(),
            draws,
            tie: 0.0,
        })
    }

    /// The same draws of a sum, whose rounding errors depend on the order of its terms, such as `f`: neighbors in rising order that differ by at
    /// most 2^-38 of the largest magnitude have equal ranks, as they would have without those errors.
    ///
    /// Ranks of ArviZ depend on them: where a sum takes few values, its R-hat and bulk ESS may be those of the errors.
    #[must_use]
    pub const fn of_sum(mut self) -> Self {
        self.tie = 1.0 / (1_u64 << 38) as f64;
        self
    }

    /// Number of chains, at least 1.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.chains.len()
    }

    /// Number of draws of each chain.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Every draw, chain after chain.
    pub fn iter(&self) -> impl Iterator<Item = f64> + Clone + '_ {
        self.chains.iter().flat_map(|chain| chain.iter().copied())
    }

    /// Draws of half a chain.
    pub(super) fn half(&self) -> usize {
        self.draws / 2
    }

    /// The half chains, two rows of [`half`](Self::half) per chain; the middle draw of an odd chain is in neither.
    pub(super) fn split(&self) -> Vec<f64> {
        let half = self.half();
        let halves = |chain: &&'a [f64]| [&chain[..half], &chain[chain.len() - half..]];
        self.chains
            .iter()
            .flat_map(halves)
            .flatten()
            .copied()
            .collect()
    }

    /// The index of draw `flat` (chain-major) in [`split`](Self::split); `None` of a middle draw.
    pub(super) fn split_index(&self, flat: usize) -> Option<usize> {
        let half = self.half();
        if self.draws == 2 * half {
            return Some(flat);
        }
        let (chain, draw) = (flat / self.draws, flat % self.draws);
        (draw != half).then(|| 2 * half * chain + draw - usize::from(draw > half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_chains_lose_their_middle() {
        let flat: Vec<f64> = (0..10).map(f64::from).collect();
        let draws = Draws::from_flat(&flat, 2, 5).unwrap();
        let split = draws.split();
        assert_eq!(split, [0.0, 1.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0]);
        for (flat, value) in draws.iter().enumerate() {
            match draws.split_index(flat) {
                Some(at) => assert_eq!(split[at], value),
                None => assert!(value == 2.0 || value == 7.0),
            }
        }
    }

    #[test]
    fn refuses_ragged_and_empty() {
        assert_eq!(Draws::new(&[]).unwrap_err(), DrawsError::NoChain);
        assert!(matches!(
            Draws::new(&[&[1.0, 2.0], &[1.0]]),
            Err(DrawsError::UnequalLengths {
                chain: 1,
                found: 1,
                expected: 2
            })
        ));
        assert!(Draws::from_flat(&[1.0; 6], 4, 2).is_err());
        assert!(Draws::from_flat(&[], usize::MAX, usize::MAX).is_err());
        assert_eq!(Draws::from_flat(&[], 3, 0).unwrap().draws(), 0);
    }
}
