//! The machine sampled from independent starts.

use super::{RbmChains, RbmTrainer};
use crate::resample::{ResampleOptions, correlations};
use crate::{Correlations, Moments};

impl RbmTrainer {
    /// The same as [`PottsTrainer::resampled`](crate::PottsTrainer::resampled) of the visible units; `target` are the frequencies of the data, or of some of their rows.
    #[must_use]
    pub fn resampled(&self, target: &Moments, options: &ResampleOptions) -> Correlations {
        let frequencies: Vec<f64> = target.single.iter().map(|&f| f64::from(f)).collect();
        let (layers, count, seed) = (self.layers(), options.chains, options.seed);
        let mut chains = RbmChains::independent(layers, count, seed, &frequencies, &self.threads);
        chains.sweep(layers, options.sweeps);
        let shape = (layers.sites(), layers.states());
        correlations(target, chains.rows(), shape, &self.threads)
    }
}
