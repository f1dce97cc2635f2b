use super::EmError;
use crate::{Optimizer, Schedule};

/// How a model is learned by [`MonteCarloEm`](super::MonteCarloEm).
#[derive(Clone, Debug, PartialEq)]
pub struct EmOptions {
    /// Chains of the posterior of each row.
    pub chains: usize,
    /// Steps of the sampler per update.
    pub steps: u64,
    /// Rows per update; as many as there are, or more: all.
    pub batch: usize,
    /// Steps of the optimizer per update, all with the same states.
    pub ascents: u64,
    /// The learning rate, by the number of the update.
    pub schedule: Schedule,
    /// How parameters follow the gradient.
    pub optimizer: Optimizer,
    /// Updates in which the inverse temperature of the posterior rises linearly to 1; 0: it is 1 from the first on. Deterministic annealing (Ueda and Nakano 1998): the
    /// states are nearly uniform at first, and the parameters follow what is common to many of them, so that fewer runs end at a poor local maximum.
    pub anneal: u64,
    /// The part that an exponential moving average of the parameters keeps per update; 0: no average.
    pub average: f64,
    /// Of the first states, the batches and the chains.
    pub seed: u64,
}

impl Default for EmOptions {
    fn default() -> Self {
        Self {
            chains: 1,
            steps: 20,
            batch: 100,
            ascents: 1,
            schedule: Schedule::constant(1e-2),
            optimizer: Optimizer::adam(),
            anneal: 0,
            average: 0.0,
            seed: 0,
        }
    }
}

impl EmOptions {
    /// The inverse temperature of an update, which counts from 1.
    pub(super) fn beta(&self, update: u64) -> f64 {
        if update < self.anneal {
            update as f64 / self.anneal as f64
        } else {
            1.0
        }
    }

    pub(super) fn check(&self) -> Result<(), EmError> {
        let least = [
            ("chains", self.chains as u64),
            ("steps", self.steps),
            ("batch", self.batch as u64),
            ("ascents", self.ascents),
        ];
        let refused = |name, found, allowed| {
            Err(EmError::Options {
                name,
                found,
                allowed,
            })
        };
        if let Some(&(name, _)) = least.iter().find(|(_, n)| *n == 0) {
            return refused(name, 0.0, "at least 1");
        }
        if !(0.0..1.0).contains(&self.average) {
            return refused("average", self.average, "at least 0 and less than 1");
        }
        Ok(())
    }
}
