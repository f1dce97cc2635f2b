//! Learning of energy-based models of discrete data.
//!
//! - [`Data`]: rows of symbols with weights;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod data;
mod potts;

pub use data::{Data, DataError};
pub use potts::{PairPotts, PairPottsError};
