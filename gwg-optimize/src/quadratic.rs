//! Quadratic functions of binary variables: max-cut, QUBO, Ising ground states.

mod anneal;
mod best;
mod buckets;
mod combine;
mod model;
mod population;
mod rejection_free;
mod rlsa;
mod search;
mod state;
mod tabu;
mod tempering;
mod terms;
#[cfg(test)]
mod tests;
mod weight;

pub use search::{Method, Quadratic};
pub use terms::Terms;

/// Terms that make no problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuadraticError {
    /// No variable, or more than can be numbered.
    #[error("found {found} variables, allowed are 1 to {}", u32::MAX)]
    Sites {
        /// The number.
        found: usize,
    },
    /// A variable that does not exist.
    #[error("variable {found} (from 0): there are {sites}")]
    Variable {
        /// The variable.
        found: usize,
        /// The number of variables.
        sites: usize,
    },
    /// Weights without a finite sum.
    #[error(
        "the sum of the magnitudes of all weights is above 1e150 or not a number; allowed are smaller weights"
    )]
    Sum,
}
