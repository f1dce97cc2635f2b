//! Sweeps of many chains of one Potts model.

use super::metropolis::Metropolis;
use super::sweep::Sweep;
use super::tables::{LANES, PottsMoves, PottsTables};
use crate::draw;
use gwg_chains::{Generator, Stop, Threads, generator};

/// Chains whose sums are in the first-level cache together.
pub(super) const GROUP: usize = 64;

/// Chains in a block at most: their symbols are in the second-level cache.
const BLOCK: usize = 1024;

/// Chains of a Potts model that are updated by sweeps, the chains in the inner loop.
///
/// A sweep changes every site once, in ascending order, by the moves of the tables ([`PottsMoves`]). Each chain has its own generator, so that its path depends on
/// the seed and its number alone: not on threads or other chains.
///
/// # Cost
/// A Gibbs draw of a site adds `L` rows of `q` numbers; the rows of one site, `L q^2` numbers, are read from the second-level cache. A Metropolis
/// move of more than 8 states adds `2 L` numbers; of at most 8 states, chains keep `L q` numbers while they are moved, an accepted move adds two rows of
/// as many, and others cost a few operations.
#[derive(Clone, Debug)]
pub struct PottsChains {
    sites: usize,
    states: usize,
    chains: usize,
    blocks: Vec<Block>,
    threads: Threads,
}

/// Chains that one thread updates.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Chains, rounded up to a multiple of [`LANES`].
    pub(super) lanes: usize,
    /// The symbol of each site and chain; those of lanes beyond the chains are 0.
    pub(super) symbols: Vec<u8>,
    pub(super) generators: Vec<Generator>,
}

impl Block {
    /// The symbols of a site: one for each chain.
    pub(super) fn site(&self, site: usize) -> &[u8] {
        let start = site * self.lanes;
        &self.symbols[start..start + self.generators.len()]
    }
}

impl PottsChains {
    /// Chains that begin at independent draws of each site, with the probabilities of shape (sites, states).
    ///
    /// # Panics
    /// If there are not as many probabilities as sites and states imply.
    #[must_use]
    pub fn new(
        (sites, states): (usize, usize),
        chains: usize,
        seed: u64,
        probabilities: &[f64],
        threads: &Threads,
    ) -> Self {
        assert_eq!(probabilities.len(), sites * states, "one for each symbol");
        let share = chains.div_ceil(threads.count()).next_multiple_of(GROUP);
        let share = share.clamp(GROUP, BLOCK);
        let blocks = (0..chains).step_by(share).map(|first| {
            let own = share.min(chains - first);
            let mut block = Block {
                lanes: own.next_multiple_of(LANES),
                symbols: vec![0; sites * own.next_multiple_of(LANES)],
                generators: (first..first + own)
                    .map(|chain| generator(seed, chain as u64))
                    .collect(),
            };
            block.start(probabilities, states);
            block
        });
        Self {
            sites,
            states,
            chains,
            blocks: blocks.collect(),
            threads: threads.clone(),
        }
    }

    /// The number of chains.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chains
    }

    /// True without chains.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chains == 0
    }

    /// Sweeps of every chain.
    ///
    /// # Panics
    /// If the tables have another shape.
    pub fn sweep(&mut self, tables: &PottsTables, sweeps: usize) {
        self.sweep_until(tables, sweeps, Stop::never());
    }

    /// [`sweep`](Self::sweep) that ends early once `stop` is due, at another site of each chain.
    pub(crate) fn sweep_until(&mut self, tables: &PottsTables, sweeps: usize, stop: Stop<'_>) {
        let shape = (tables.sites(), tables.states());
        assert_eq!(shape, (self.sites, self.states), "a model of one shape");
        self.threads.each(&mut self.blocks, |block| {
            block.sweep(tables, sweeps, stop);
        });
    }

    /// The states of all chains, row-major.
    #[must_use]
    pub fn rows(&self) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.chains * self.sites);
        for block in &self.blocks {
            for chain in 0..block.generators.len() {
                rows.extend((0..self.sites).map(|i| block.symbols[i * block.lanes + chain]));
            }
        }
        rows
    }

    /// Replaces the states of all chains.
    ///
    /// # Panics
    /// If there are not as many symbols as chains and sites imply, or one is not below the number of states.
    pub fn set_rows(&mut self, rows: &[u8]) {
        assert_eq!(rows.len(), self.chains * self.sites, "a row for each chain");
        assert!(
            rows.iter().all(|&a| usize::from(a) < self.states),
            "symbols of the space"
        );
        let mut rows = rows.chunks_exact(self.sites);
        for block in &mut self.blocks {
            for chain in 0..block.generators.len() {
                let row = rows.next().unwrap_or_default();
                for (i, &symbol) in row.iter().enumerate() {
                    block.symbols[i * block.lanes + chain] = symbol;
                }
            }
        }
    }

    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The state of each chain's generator.
    pub(crate) fn generators(&self) -> Vec<u128> {
        let all = self.blocks.iter().flat_map(|block| &block.generators);
        all.map(Generator::state).collect()
    }

    /// Replaces the generators, as many as there are chains.
    pub(crate) fn set_generators(&mut self, states: &[u128]) {
        let all = self.blocks.iter_mut().flat_map(|b| &mut b.generators);
        for (bits, &state) in all.zip(states) {
            *bits = Generator::new(state);
        }
    }
}

impl Block {
    /// Draws each site of each chain from its own distribution.
    fn start(&mut self, probabilities: &[f64], states: usize) {
        for (chain, bits) in self.generators.iter_mut().enumerate() {
            for (site, p) in probabilities.chunks_exact(states).enumerate() {
                self.symbols[site * self.lanes + chain] = draw::symbol(states, |a| p[a], bits);
            }
        }
    }

    fn sweep(&mut self, tables: &PottsTables, sweeps: usize, stop: Stop<'_>) {
        let block = self;
        match tables.moves() {
            PottsMoves::Gibbs => pulp::Arch::new().dispatch(Sweep {
                block,
                tables,
                sweeps,
                stop,
            }),
            PottsMoves::Metropolis => pulp::Arch::new().dispatch(Metropolis {
                block,
                tables,
                sweeps,
                stop,
            }),
        }
    }
}
