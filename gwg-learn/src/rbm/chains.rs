//! Two-block Gibbs sampling of many chains of one restricted Boltzmann machine.

use super::layers::RbmLayers;
use super::means::Means;
use super::one_hot::{draw_rows as draw_sites, draw_start};
use crate::one_hot;
use gwg_chains::{Generator, Stop, Threads, generator};
use gwg_core::math;
use gwg_linalg::padded_rows;
use gwg_models::rbm::draw_units;

/// Chains in a block at most: its layers are in the second-level cache.
const BLOCK: usize = 128;

/// Units whose probabilities are on the stack together.
const UNITS: usize = 64;

/// Chains of a restricted Boltzmann machine that are moved by two-block Gibbs sampling: all hidden units given the visible ones, then all visible
/// units, those of a categorical site together.
///
/// Each chain has its own generator, so that its path depends on the seed and its number alone: not on threads or other chains.
///
/// # Cost
/// Two matrix products and a random number for each unit per sweep; of categorical sites, one product, a sum of one row of the weights per site, and a random
/// number for each hidden unit and each site.
#[derive(Clone, Debug)]
pub struct RbmChains {
    /// Visible units.
    visible: usize,
    /// Those of a site.
    units: usize,
    hidden: usize,
    chains: usize,
    blocks: Vec<Block>,
    threads: Threads,
}

/// Chains that one thread moves.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Zeros and ones, shape (chains or 2, visible): of categorical sites, one-hot.
    pub(super) v: Vec<f32>,
    /// Shape (chains or 2, hidden).
    pub(super) h: Vec<f32>,
    /// `sum_j softplus(c_j + (v W)_j)` of each row, of the last [`means`](Self::means).
    pub(super) softplus: Vec<f64>,
    generators: Vec<Generator>,
}

impl RbmChains {
    /// Chains of binary sites that begin at independent ones, with the probability of symbol 1 of each.
    #[must_use]
    pub fn new(
        hidden: usize,
        chains: usize,
        seed: u64,
        probabilities: &[f64],
        threads: &Threads,
    ) -> Self {
        let both: Vec<f64> = probabilities.iter().flat_map(|&p| [1.0 - p, p]).collect();
        Self::start(
            (probabilities.len(), 1, hidden),
            chains,
            seed,
            &both,
            threads,
        )
    }

    /// Chains of a machine that begin at independent sites, with the probabilities of their symbols, shape (sites, states).
    #[must_use]
    pub fn independent(
        layers: &RbmLayers,
        chains: usize,
        seed: u64,
        frequencies: &[f64],
        threads: &Threads,
    ) -> Self {
        let shape = (layers.visible(), layers.units, layers.hidden());
        Self::start(shape, chains, seed, frequencies, threads)
    }

    fn start(
        (visible, units, hidden): (usize, usize, usize),
        chains: usize,
        seed: u64,
        frequencies: &[f64],
        threads: &Threads,
    ) -> Self {
        let share = chains.div_ceil(threads.count()).clamp(1, BLOCK);
        let blocks = (0..chains).step_by(share).map(|first| {
            let own = share.min(chains - first);
            let rows = padded_rows(own);
            let mut block = Block {
                v: vec![0.0; rows * visible],
                h: vec![0.0; rows * hidden],
                softplus: vec![0.0; own],
                generators: (first..first + own)
                    .map(|chain| generator(seed, chain as u64))
                    .collect(),
            };
            for (v, bits) in block.v.chunks_exact_mut(visible).zip(&mut block.generators) {
                draw_start(v, frequencies, units, bits);
            }
            block
        });
        Self {
            visible,
            units,
            hidden,
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
    /// If the machine has other layers.
    pub fn sweep(&mut self, layers: &RbmLayers, sweeps: usize) {
        self.sweep_until(layers, sweeps, Stop::never());
    }

    /// [`sweep`](Self::sweep) that ends early once `stop` is due, after another number of sweeps of each chain.
    pub(crate) fn sweep_until(&mut self, layers: &RbmLayers, sweeps: usize, stop: Stop<'_>) {
        self.check(layers);
        self.threads.each(&mut self.blocks, |block| {
            for _ in 0..sweeps {
                if stop.is_due() {
                    return;
                }
                block.sweep(layers);
            }
        });
    }

    /// `f` of every chain.
    ///
    /// # Panics
    /// If the machine has other layers.
    #[must_use]
    pub fn log_prob(&mut self, layers: &RbmLayers) -> Vec<f64> {
        self.check(layers);
        let (visible, hidden) = (self.visible, self.hidden);
        let mut parts: Vec<_> = self.blocks.iter_mut().map(|b| (b, Vec::new())).collect();
        self.threads.each(&mut parts, |(block, f)| {
            let rows = block.rows();
            layers.up(rows, &mut block.v, &mut block.h);
            let layer = block
                .v
                .chunks_exact(visible)
                .zip(block.h.chunks_exact(hidden));
            f.extend(layer.take(rows).map(|(v, a)| layers.log_prob(v, a)));
        });
        parts.into_iter().flat_map(|(_, f)| f).collect()
    }

    /// The symbols of all chains, row-major.
    #[must_use]
    pub fn rows(&self) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.chains * self.visible / self.units);
        for block in &self.blocks {
            let units = &block.v[..block.rows() * self.visible];
            rows.extend(one_hot::decode(units, self.units));
        }
        rows
    }

    /// Replaces the symbols of all chains.
    ///
    /// # Panics
    /// If there are not as many symbols as chains and sites imply.
    pub fn set_rows(&mut self, rows: &[u8]) {
        let sites = self.visible / self.units;
        assert_eq!(rows.len(), self.chains * sites, "a row per chain");
        let mut rest = rows;
        for block in &mut self.blocks {
            let (own, others) = rest.split_at(block.rows() * sites);
            one_hot::encode(own, self.units, &mut block.v);
            rest = others;
        }
    }

    /// Replaces the hidden layer of every chain by its probabilities given the visible one.
    pub(super) fn hidden_means(&mut self, layers: &RbmLayers) {
        self.threads
            .each(&mut self.blocks, |block| block.means(layers));
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

    fn check(&self, layers: &RbmLayers) {
        let found = (layers.visible(), layers.units, layers.hidden());
        let own = (self.visible, self.units, self.hidden);
        assert_eq!(found, own, "a machine of one shape");
    }
}

impl Block {
    /// Rows of data, whose hidden layer is to be computed.
    pub(super) fn of_data(rows: usize, visible: usize, hidden: usize) -> Self {
        Self {
            v: vec![0.0; padded_rows(rows) * visible],
            h: vec![0.0; padded_rows(rows) * hidden],
            softplus: vec![0.0; rows],
            generators: vec![generator(0, 0); rows],
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.generators.len()
    }

    /// The symbols of its rows.
    pub(super) fn symbols(&self, layers: &RbmLayers) -> impl Iterator<Item = u8> {
        one_hot::decode(&self.v[..self.rows() * layers.visible()], layers.units)
    }

    fn sweep(&mut self, layers: &RbmLayers) {
        let rows = self.rows();
        layers.up(rows, &mut self.v, &mut self.h);
        draw_rows(&mut self.h, layers.hidden(), &mut self.generators);
        layers.down(rows, &mut self.h, &mut self.v);
        let visible = layers.visible();
        match layers.units {
            1 => draw_rows(&mut self.v, visible, &mut self.generators),
            units => draw_sites(&mut self.v, (visible, units), &mut self.generators),
        }
    }

    pub(super) fn means(&mut self, layers: &RbmLayers) {
        let rows = self.rows();
        layers.up(rows, &mut self.v, &mut self.h);
        pulp::Arch::new().dispatch(Means {
            logits: &mut self.h,
            units: layers.hidden(),
            softplus: &mut self.softplus,
        });
    }
}

/// Replaces the logits of each row by draws.
fn draw_rows(logits: &mut [f32], units: usize, generators: &mut [Generator]) {
    pulp::Arch::new().dispatch(Draw {
        logits,
        units,
        generators,
    });
}

struct Draw<'d> {
    logits: &'d mut [f32],
    units: usize,
    generators: &'d mut [Generator],
}

impl pulp::WithSimd for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let mut p = [0.0; UNITS];
        let rows = self.logits.chunks_exact_mut(self.units);
        for (row, bits) in rows.zip(self.generators) {
            for units in row.chunks_mut(UNITS) {
                math::sigmoid_slice(units, &mut p);
                draw_units(&p[..units.len()], units, bits);
            }
        }
    }
}
