//! Restricted Boltzmann machines.

mod chains;
mod layers;
mod train;

pub use chains::RbmChains;
pub use layers::RbmLayers;
pub use train::{RbmOptions, RbmTrainer, RbmUpdate};
