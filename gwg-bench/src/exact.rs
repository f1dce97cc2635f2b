//! What an enumerated kernel is worth, exactly: gaps, asymptotic variances, mixing times, and one kernel against another.
//!
//! Everything starts from a [`TransitionMatrix`], which `gwg-core` enumerates from a kernel's own code.
//!
//! | item | what it tells |
//! |---|---|
//! | [`gaps`] | 1 - the second largest eigenvalue, and the absolute gap |
//! | [`asymptotic_variances`] | `lim T Var(mean of h)`, of any irreducible kernel |
//! | [`compare`] | the least ratio of two Dirichlet forms, which is that of two variances turned over, and where it is taken |
//! | [`mixing_time`] | steps until the worst start is within 1/4 of the law |

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
