//! Exact results that samplers are compared with: those of [`gwg_models::exact`], and long runs where there is none.
//!
//! | item | scope | cost |
//! |---|---|---|
//! | [`kaufman`], [`lattice_ising`] | the two-dimensional Ising model without a field, any size | `O(columns)` |
//! | [`enumerate`] | any target of up to `2^24` configurations | one difference per configuration |
//! | [`rbm_log_z`], [`rbm_exact`] | Boltzmann machines with a layer of up to 25 units | `2^smaller * larger` |
//! | [`ground_truth`] | Boltzmann machines of any size, with a Monte Carlo error | long two-block Gibbs sampling |

mod ground_truth;

pub use ground_truth::{GroundTruth, RHAT, ground_truth, ground_truth_of};
pub use gwg_models::exact::*;

/// The reason why a long run has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// The computation was not stopped early.
    #[error("stopped before the end")]
    Stopped,
    /// The run succeeds.
    #[error(transparent)]
    Run(#[from] gwg_chains::RunError),
}
