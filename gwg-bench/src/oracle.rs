//! Exact answers, for samplers to be measured against.
//!
//! | item | of | cost |
//! |---|---|---|
//! | [`kaufman`], [`lattice_ising`] | the two-dimensional Ising model without a field, any size | `O(columns)` |
//! | [`enumerate`] | any target of up to `2^24` configurations | one difference a configuration |
//! | [`rbm_log_z`], [`rbm_exact`] | Boltzmann machines with a layer of up to 25 units | `2^smaller * larger` |
//! | [`ground_truth`] | Boltzmann machines of any size | long two-block Gibbs sampling, with its error |

mod enumerate;
mod kaufman;
mod rbm;
mod stream;

pub use enumerate::{Enumeration, MAX_CONFIGURATIONS, enumerate};
pub use kaufman::{Torus, kaufman, lattice_ising};
pub use rbm::{
    GroundTruth, MAX_UNITS, RHAT, RbmExact, ground_truth, ground_truth_of, rbm_exact,
    rbm_exact_unless, rbm_log_z,
};

/// Why there is no exact answer. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// Sides of a torus are 3 or more: a shorter one has double bonds.
    #[error("torus: found {rows} x {columns}, sides of at least 3 are needed")]
    Side {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// The coupling is finite; a negative one has no closed form here where a side is odd.
    #[error(
        "coupling: found {found} on a torus of {rows} x {columns}; allowed are finite numbers from 0, and negative ones where both sides are even"
    )]
    Coupling {
        /// What was found.
        found: f64,
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// Kaufman's formula is of two dimensions and no field.
    #[error(
        "lattice of {dims} dimensions with bias {bias}: the closed form is that of 2 dimensions and bias 0"
    )]
    Lattice {
        /// Dimensions.
        dims: usize,
        /// The field.
        bias: f64,
    },
    /// What is enumerated is small enough.
    #[error("{what}: found {found}, at most {allowed} can be enumerated")]
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// How many there are; the largest number where they are more.
        found: usize,
        /// The most.
        allowed: usize,
    },
    /// `f` is finite somewhere, and nowhere NaN.
    #[error("log_prob: found {found}; it must be finite somewhere, and nowhere NaN")]
    NotFinite {
        /// What was found.
        found: f64,
    },
    /// Nobody ends it early.
    #[error("stopped before the end")]
    Stopped,
    /// The run goes.
    #[error(transparent)]
    Run(#[from] gwg_chains::RunError),
}
