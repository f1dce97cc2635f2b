use super::PcdError;
use crate::{Optimizer, Penalty, Schedule};

/// How a model is learned by [`Pcd`](super::Pcd).
#[derive(Clone, Debug, PartialEq)]
pub struct PcdOptions {
    /// States of the model that are kept.
    pub buffer: usize,
    /// States that are moved per update; at most as many as there are.
    pub chains: usize,
    /// Steps of the sampler per update.
    pub steps: u64,
    /// Rows of data per update; as many as there are, or more: all.
    pub batch: usize,
    /// The probability with which a state that is moved is first drawn anew from independent sites.
    pub restart: f64,
    /// The learning rate.
    pub schedule: Schedule,
    /// How parameters follow the gradient.
    pub optimizer: Optimizer,
    /// What is taken from tensors of more than one dimension; the norm of blocks is that of a whole tensor.
    pub penalty: Penalty,
    /// The weight of the penalty `mean of f^2 over the batch + mean of f^2 over the states`, which keeps the values of a network from growing together;
    /// 0: none.
    pub value_l2: f64,
    /// The largest Euclidean norm of the gradient, which is scaled down to it; 0: any.
    pub clip: f64,
    /// The part that an exponential moving average of the parameters keeps per update; 0: no average.
    pub average: f64,
    /// Of the buffer, the batches and the chains.
    pub seed: u64,
}

impl Default for PcdOptions {
    fn default() -> Self {
        Self {
            buffer: 1000,
            chains: 100,
            steps: 50,
            batch: 100,
            restart: 0.0,
            schedule: Schedule::constant(1e-3),
            optimizer: Optimizer::adam(),
            penalty: Penalty::default(),
            value_l2: 0.0,
            clip: 0.0,
            average: 0.0,
            seed: 0,
        }
    }
}

impl PcdOptions {
    pub(super) fn check(&self) -> Result<(), PcdError> {
        let of = |name, found: f64, allowed| {
            Err(PcdError::Options {
                name,
                found,
                allowed,
            })
        };
        if self.chains == 0 || self.chains > self.buffer {
            return of("chains", self.chains as f64, "1 to the size of the buffer");
        }
        if self.batch == 0 {
            return of("batch", 0.0, "at least 1");
        }
        if self.steps == 0 {
            return of("steps", 0.0, "at least 1");
        }
        if !(0.0..=1.0).contains(&self.restart) {
            return of("restart", self.restart, "0 to 1");
        }
        if !(0.0..1.0).contains(&self.average) {
            return of("average", self.average, "at least 0 and less than 1");
        }
        if !(self.value_l2.is_finite() && self.value_l2 >= 0.0) {
            return of("value_l2", self.value_l2, "at least 0");
        }
        if self.clip.is_nan() || self.clip < 0.0 {
            return of("clip", self.clip, "at least 0");
        }
        Ok(())
    }
}
