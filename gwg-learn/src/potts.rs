//! Potts models with couplings between all pairs of sites.

mod ascend;
mod chains;
mod correlations;
mod dense;
mod gauge;
mod mean_f;
mod memory;
mod metropolis;
mod moments;
mod mutations;
mod options;
mod pairs;
mod resampled;
mod save;
mod sparse;
mod sweep;
mod tables;
mod train;

pub use chains::PottsChains;
pub use correlations::Correlations;
pub use gauge::zero_sum;
pub use moments::Moments;
pub(crate) use moments::pair_frequencies;
pub use mutations::mutations;
pub use options::PottsOptions;
pub(crate) use pairs::split_pairs;
pub use pairs::{PairPotts, PairPottsError};
pub use sparse::{Activation, Decimation, GraphEnd, PottsGraph};
pub use tables::{PottsMoves, PottsTables};
pub use train::{PottsTrainer, PottsUpdate};
