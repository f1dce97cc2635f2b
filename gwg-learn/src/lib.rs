//! Learning of energy-based models of discrete data.
//!
//! - [`Data`]: rows of symbols with weights;
//! - [`log_likelihood`]: the mean log-likelihood of data, in nats and bits per dimension;
//! - [`log_z`]: the partition function, by annealed importance sampling and other methods;
//! - [`PairPotts`]: the parameters of a Potts model, each pair of sites once.

mod data;
mod evaluate;
pub mod log_z;
mod potts;

pub use data::{Data, DataError};
pub use evaluate::{EvaluateError, LogLikelihood, check_total_probability, log_likelihood};
pub use potts::{PairPotts, PairPottsError};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
