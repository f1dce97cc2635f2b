use crate::optimizer::{Optimizer, Penalty, Schedule};

/// How a Potts model is learned.
#[derive(Clone, Debug, PartialEq)]
pub struct PottsOptions {
    /// Persistent chains.
    pub chains: usize,
    /// Gibbs sweeps of every chain per update.
    pub sweeps: usize,
    /// The learning rate.
    pub schedule: Schedule,
    /// How parameters follow the gradient.
    pub optimizer: Optimizer,
    /// What is taken from the couplings.
    pub penalty: Penalty,
    /// The weight of uniform frequencies in those of the data; `None`: one over the effective number of rows, at most 1/2.
    pub pseudocount: Option<f64>,
    /// The gradient of centered variables, which keeps the couplings in the zero-sum gauge and is as steep in any other; else the plain one.
    pub centered: bool,
    /// Of the chains.
    pub seed: u64,
}

impl Default for PottsOptions {
    fn default() -> Self {
        Self {
            chains: 2000,
            sweeps: 10,
            schedule: Schedule::constant(0.05),
            optimizer: Optimizer::Sgd,
            penalty: Penalty::default(),
            pseudocount: None,
            centered: true,
            seed: 0,
        }
    }
}
