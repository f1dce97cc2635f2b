//! The memory that training takes.

use super::options::PottsOptions;
use super::sparse::PottsGraph;
use super::tables::LANES;
use super::train::PottsTrainer;

impl PottsTrainer {
    /// The bytes that a trainer takes at most: parameters, frequencies, tables, what the optimizer keeps, and the chains.
    #[must_use]
    pub fn memory_needed(sites: usize, states: usize, options: &PottsOptions) -> u64 {
        let (l, q) = (sites as u64, states as u64);
        let couplings = product(&[l, l.saturating_sub(1), q, q]) / 2;
        let average = u64::from(options.average > 0.0);
        // Scores of couplings, and a copy of them that is sorted.
        let scores = if options.graph == PottsGraph::Full {
            0
        } else {
            2
        };
        let numbers = 2 + options.optimizer.memory() as u64 + average + scores;
        let tables = Self::memory_of_tables(sites, states);
        let chains = product(&[options.chains as u64, l.saturating_add(16)]);
        let parameters = product(&[4, numbers, couplings]);
        parameters.saturating_add(tables).saturating_add(chains)
    }

    /// The bytes of the tables, which [`free_tables`](Self::free_tables) frees.
    #[must_use]
    pub fn memory_of_tables(sites: usize, states: usize) -> u64 {
        let (l, q) = (sites as u64, states as u64);
        let width = states.next_multiple_of(LANES) as u64;
        product(&[4, l, l, q, width])
    }

    /// Frees the tables until the next update, which makes them anew: more than half of the memory, where a finished model is written.
    pub fn free_tables(&mut self) {
        self.tables.free();
    }
}

fn product(factors: &[u64]) -> u64 {
    factors
        .iter()
        .fold(1, |n, &factor| n.saturating_mul(factor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Optimizer;

    #[test]
    fn the_memory_of_large_models() {
        let mut options = PottsOptions::default();
        let of = |options: &PottsOptions| PottsTrainer::memory_needed(500, 21, options);
        // 2 * 220 MB and 504 MB.
        assert_eq!(of(&options) / 1_000_000, 945);
        options.optimizer = Optimizer::adam();
        assert_eq!(of(&options) / 1_000_000, 1385);
        let most = PottsTrainer::memory_needed(usize::MAX, 256, &options);
        assert_eq!(most, u64::MAX);
    }
}
