//! Learning of energy-based models of discrete data.
//!
//! - [`Data`]: rows of symbols with weights;
//! - [`log_z`]: the partition function, by annealed importance sampling and other methods;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod data;
pub mod log_z;
mod potts;

pub use data::{Data, DataError};
pub use potts::{PairPotts, PairPottsError};
