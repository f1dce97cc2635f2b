//! Learning of energy-based models of discrete data.
//!
//! - [`Data`]: rows of symbols with weights;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod data;
mod optimizer;
mod potts;
mod rbm;

pub use data::{Data, DataError};
pub use optimizer::{Optimizer, Penalty, Schedule};
pub use potts::{
    Correlations, Moments, PairPotts, PairPottsError, PottsChains, PottsOptions, PottsTables,
    PottsTrainer, PottsUpdate,
};
pub use rbm::{RbmChains, RbmLayers, RbmOptions, RbmTrainer, RbmUpdate};
