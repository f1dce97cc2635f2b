//! The machine sampled from independent starts.

use super::{RbmChains, RbmTrainer};
use crate::resample::{ResampleOptions, correlations};
use crate::{Correlations, Moments};

impl RbmTrainer {
    /// The same as [`PottsTrainer::resampled`](crate::PottsTrainer::resampled) of the visible units; `target` are the frequencies of the data, or of some of their rows.
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
