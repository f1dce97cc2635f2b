use crate::mixing::Adaptation;
use crate::optimizer::{Optimizer, Penalty, Schedule};

/// How a restricted Boltzmann machine is learned.
#[derive(Clone, Debug, PartialEq)]
pub struct RbmOptions {
    /// Hidden units.
    pub hidden: usize,
    /// Persistent chains.
    pub chains: usize,
    /// Rows of data per update.
    pub batch: usize,
    /// Sweeps of every chain per update.
    pub sweeps: usize,
    /// Whether the sweeps, and then the learning rate, follow how far chains move.
    pub adapt: Option<Adaptation>,
    /// The learning rate.
    pub schedule: Schedule,
    /// How parameters follow the gradient.
    pub optimizer: Optimizer,
    /// What is taken from the weights.
    pub penalty: Penalty,
    /// The gradient of centered units, whose steps do not depend on which state of a unit is called 1, nor on the gauge of categorical sites; else the plain
    /// one. Adam, whose steps are no sums of gradients, takes them in the centered variables.
    pub centered: bool,
    /// The largest Euclidean norm of the gradient, which is scaled down to it; 0: any.
    pub clip: f64,
    /// The part that an exponential moving average of the parameters keeps per update; 0: no average.
    pub average: f64,
    /// The standard deviation of the weights at the start.
    pub scale: f64,
    /// Every update begins at the rows of the batch: contrastive divergence with as many sweeps, not persistent.
    pub from_data: bool,
    /// Of the chains, the batches and the weights at the start.
    pub seed: u64,
}

impl Default for RbmOptions {
    fn default() -> Self {
        Self {
            hidden: 100,
            chains: 100,
            batch: 100,
            sweeps: 1,
            adapt: None,
            schedule: Schedule::constant(0.01),
            optimizer: Optimizer::Sgd,
            penalty: Penalty::default(),
            centered: true,
            clip: 0.0,
            average: 0.0,
            scale: 1e-2,
            from_data: false,
            seed: 0,
        }
    }
}

impl RbmOptions {
    /// Chains that begin at the rows of every update are like the data whatever the rate is.
    pub(super) fn adaptation(&self) -> Option<Adaptation> {
        let excess = if self.from_data {
            [0.0, f64::INFINITY]
        } else {
            self.adapt?.excess
        };
        self.adapt.map(|adapt| Adaptation { excess, ..adapt })
    }
}
