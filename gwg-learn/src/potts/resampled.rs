//! The model sampled from independent starts.

use super::{Correlations, PottsChains, PottsTrainer};
use crate::resample::{ResampleOptions, correlations};

impl PottsTrainer {
    /// The connected correlations of data and of chains that began at independent sites, with the frequencies of the data, after some sweeps.
    ///
    /// The chains of a training run may reproduce the data where the model does not: they have not come from it, but gone along with it. Newly started
    /// chains show what others will sample from the model in as many sweeps. Where their correlation with the data rises and later falls while that of the
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
