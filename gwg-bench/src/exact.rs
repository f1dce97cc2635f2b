//! Exact properties of an enumerated kernel: spectral gaps, asymptotic variances, mixing times, and comparisons of two kernels.
//!
//! All functions take a [`TransitionMatrix`], which `gwg-core` enumerates from a kernel's own code.
//!
//! | item | what it computes |
//! |---|---|
//! | [`gaps`] | 1 - the second largest eigenvalue, and the absolute gap |
//! | [`asymptotic_variances`] | `lim T Var(mean of h)`, of any irreducible kernel |
//! | [`compare`] | the extremal ratios of two Dirichlet forms, hence of two asymptotic variances, and the extremal functions |
//! | [`mixing_time`] | the number of steps until the total variation distance is at most 1/4 from every initial state |

mod comparison;
mod error;
mod gap;
mod lanczos;
mod mixing;
mod symmetrized;
mod variance;

pub use comparison::{Comparison, compare};
pub use error::AnalysisError;
pub use gap::{Gaps, gaps};
pub use mixing::mixing_time;
pub use symmetrized::{Symmetrized, Symmetry};
pub use variance::{asymptotic_variances, variance};

pub use gwg_core::check::TransitionMatrix;
