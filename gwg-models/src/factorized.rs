//! Models of independent sites: exactly solvable, and so the first thing to try a sampler on.

mod binary;
mod categorical;

pub use binary::Factorized;
pub use categorical::FactorizedCategorical;
