//! Potts models with couplings between all pairs of sites.

mod gauge;
mod mutations;
mod pairs;

pub use gauge::zero_sum;
pub use mutations::mutations;
pub(crate) use pairs::split_by_site;
pub use pairs::{PairPotts, PairPottsError};
