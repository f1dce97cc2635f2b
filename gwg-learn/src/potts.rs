//! Potts models with couplings between all pairs of sites.

mod pairs;

pub use pairs::{PairPotts, PairPottsError};
