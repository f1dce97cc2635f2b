//! Restricted Boltzmann machines.

mod ascend;
mod chains;
mod gradient;
mod layers;
mod means;
mod options;
mod resampled;
mod save;
mod train;

pub use chains::RbmChains;
pub use layers::RbmLayers;
pub use options::RbmOptions;
pub use train::{RbmTrainer, RbmUpdate};
