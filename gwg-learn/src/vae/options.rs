use crate::{Optimizer, Schedule};

/// How a [`Vae`](super::Vae) is learned.
#[derive(Clone, Debug, PartialEq)]
pub struct VaeOptions {
    /// The number of numbers of `z`.
    pub latent: usize,
    /// Features of each layer between.
    pub hidden: usize,
    /// How many such layers encoder and decoder have.
    pub layers: usize,
    /// Rows of data per update; as many as there are, or more: all.
    pub batch: usize,
    /// The learning rate.
    pub schedule: Schedule,
    /// How parameters follow the gradient.
    pub optimizer: Optimizer,
    /// Of weights, batches and noise.
    pub seed: u64,
}

impl Default for VaeOptions {
    fn default() -> Self {
        Self {
            latent: 50,
            hidden: 200,
            layers: 2,
            batch: 100,
            schedule: Schedule::constant(1e-3),
            optimizer: Optimizer::adam(),
            seed: 0,
        }
    }
}
