//! Restricted Boltzmann machines.

mod ascend;
mod chains;
mod couplings;
mod gradient;
mod layers;
mod means;
mod one_hot;
mod options;
mod resampled;
mod save;
mod train;

pub use chains::RbmChains;
pub use couplings::effective_couplings;
pub use layers::RbmLayers;
pub use options::RbmOptions;
pub use train::{RbmTrainer, RbmUpdate};
