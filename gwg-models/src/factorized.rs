//! Models of independent sites: exactly solvable, and therefore useful as a first test of a sampler.

mod binary;
mod categorical;

pub use binary::Factorized;
pub use categorical::FactorizedCategorical;
