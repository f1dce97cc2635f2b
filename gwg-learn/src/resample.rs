//! Samples of a model from independent starts, held against the data.

use crate::{Correlations, Data, Moments, PottsChains, PottsTrainer, RbmChains, RbmTrainer};
use gwg_chains::Threads;

/// How a model is sampled anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResampleOptions {
    /// Chains.
    pub chains: usize,
    /// Sweeps of each.
    pub sweeps: usize,
    /// Of starts and sweeps.
    pub seed: u64,
}

impl PottsTrainer {
    /// The connected correlations of data and of chains that began at independent sites, with the frequencies of the data, after some sweeps.
    ///
    /// The chains of a training run may reproduce the data where the model does not: they have not come from it, but gone along with it. Chains that begin
    /// anew show what others will sample from the model in as many sweeps. Where their correlation with the data rises and later falls while that of the
    /// persistent chains goes on rising, training has left equilibrium (Decelle, Furtlehner and Seoane 2021).
    ///
    /// # Cost
    /// The sweeps, and a pass over all pairs of sites of every chain.
    #[must_use]
    pub fn resampled(&self, options: &ResampleOptions) -> Correlations {
        let shape = (self.model().sites(), self.model().states());
        let start = self.target().single.iter();
        let start: Vec<f64> = start.map(|&f| f64::from(f)).collect();
        let mut chains =
            PottsChains::new(shape, options.chains, options.seed, &start, &self.threads);
        chains.sweep(&self.tables, options.sweeps);
        correlations(self.target(), chains.rows(), shape, &self.threads)
    }
}

impl RbmTrainer {
    /// The same as [`PottsTrainer::resampled`] of the visible units; `target` are the frequencies of the data, or of some of their rows.
    #[must_use]
    pub fn resampled(&self, target: &Moments, options: &ResampleOptions) -> Correlations {
        let ones = target.single.iter().skip(1).step_by(2);
        let ones: Vec<f64> = ones.map(|&f| f64::from(f)).collect();
        let layers = self.layers();
        let hidden = layers.hidden();
        let mut chains = RbmChains::new(hidden, options.chains, options.seed, &ones, &self.threads);
        chains.sweep(layers, options.sweeps);
        correlations(target, chains.rows(), (layers.visible(), 2), &self.threads)
    }
}

fn correlations(
    target: &Moments,
    rows: Vec<u8>,
    (sites, states): (usize, usize),
    threads: &Threads,
) -> Correlations {
    match Data::new(rows, sites, states) {
        Ok(data) => Correlations::of(target, &Moments::new(&data, 0.0, threads), sites, states),
        // Without a chain.
        Err(_) => Correlations::default(),
    }
}
