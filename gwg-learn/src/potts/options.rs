use super::sparse::PottsGraph;
use super::tables::PottsMoves;
use crate::mixing::Adaptation;
use crate::optimizer::{Optimizer, Penalty, Schedule};
use crate::train_error::{TrainError, check_steps};

/// How a Potts model is learned.
#[derive(Clone, Debug, PartialEq)]
pub struct PottsOptions {
    /// Persistent chains.
    pub chains: usize,
    /// Sweeps of every chain per update.
    pub sweeps: usize,
    /// Whether the sweeps, and then the learning rate, follow how far chains move and how far they are from the data.
    pub adapt: Option<Adaptation>,
    /// How a sweep changes a site.
    pub moves: PottsMoves,
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
    /// The largest Euclidean norm of the gradient, which is scaled down to it; 0: any. Frequencies of pairs are then counted twice per update.
    pub clip: f64,
    /// The part that an exponential moving average of the parameters keeps per update; 0: no average.
    pub average: f64,
    /// Which couplings are learned.
    pub graph: PottsGraph,
    /// Of the chains.
    pub seed: u64,
}

impl Default for PottsOptions {
    fn default() -> Self {
        Self {
            chains: 2000,
            sweeps: 10,
            adapt: None,
            moves: PottsMoves::Gibbs,
            schedule: Schedule::constant(0.05),
            optimizer: Optimizer::Sgd,
            penalty: Penalty::default(),
            pseudocount: None,
            centered: true,
            clip: 0.0,
            average: 0.0,
            graph: PottsGraph::Full,
            seed: 0,
        }
    }
}

impl PottsOptions {
    pub(super) fn check(&self) -> Result<(), TrainError> {
        check_steps(self.clip, self.average)?;
        let fault = self.graph.fault();
        let fault = fault.or((self.chains == 0).then_some(("chains", 0.0, "at least 1")));
        match fault {
            Some((name, found, allowed)) => Err(TrainError::Option {
                name,
                found,
                allowed,
            }),
            None => Ok(()),
        }
    }
}
