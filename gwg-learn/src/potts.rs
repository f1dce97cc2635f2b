//! Potts models with couplings between all pairs of sites.

mod chains;
mod correlations;
mod moments;
mod pairs;
mod tables;
mod train;

pub use chains::PottsChains;
pub use correlations::Correlations;
pub use moments::Moments;
pub use pairs::{PairPotts, PairPottsError};
pub use tables::PottsTables;
pub use train::{PottsOptions, PottsTrainer, PottsUpdate};
