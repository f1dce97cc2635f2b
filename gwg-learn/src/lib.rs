//! Learning of energy-based models of discrete data.
//!
//! - [`Data`]: rows of symbols with weights;
//! - [`log_likelihood`]: the mean log-likelihood of data, in nats and bits per dimension;
//! - [`log_z`]: the partition function, by annealed importance sampling and other methods;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod data;
mod evaluate;
pub mod log_z;
mod optimizer;
mod potts;
mod rbm;

pub use data::{Data, DataError};
pub use evaluate::{EvaluateError, LogLikelihood, check_total_probability, log_likelihood};
pub use optimizer::{Optimizer, Penalty, Schedule};
pub use potts::{
    Correlations, Moments, PairPotts, PairPottsError, PottsChains, PottsOptions, PottsTables,
    PottsTrainer, PottsUpdate,
};
pub use rbm::{RbmChains, RbmLayers, RbmOptions, RbmTrainer, RbmUpdate};
