//! Estimates of the partition function `Z = sum_x exp(f(x))`, each with its error, and a verdict on all of them.
//!
//! | item | what it is | from |
//! |---|---|---|
//! | [`Annealing`] | annealed importance sampling, forward and reverse; RAISE scores of data | a [`Path`] |
//! | [`bar`](fn@bar), [`PathWeights::bar`] | the Bennett acceptance ratio | forward and reverse weights |
//! | [`integrate`](fn@integrate), [`LevelDraws`] | thermodynamic integration | draws at all levels |
//! | [`mbar`](fn@mbar), [`LevelDraws::mbar`] | the multistate Bennett acceptance ratio | draws at all levels |
//! | [`ExactTable`], [`ExactRbm`], [`exact_rbm`] | enumeration, and exact draws for reverse runs | small models |
//! | [`verdict`](fn@verdict) | one number if they agree, reasons if not | [`Estimate`]s |
//!
//! Paths: [`GeometricPath`] to any model with any sampler, [`RbmPath`] to Boltzmann machines with block Gibbs sampling.

mod anneal;
mod bar;
mod base;
mod error;
mod estimate;
mod exact;
mod integrate;
mod levels;
mod mbar;
mod path;
mod raise;
mod schedule;
mod verdict;
mod weights;

pub use anneal::{Annealing, Origin, PathWeights};
pub use bar::bar;
pub use base::{Base, bernoulli_base, categorical_base};
pub use error::LogZError;
pub use estimate::{Estimate, Method};
pub use exact::{ExactRbm, ExactTable, exact_rbm};
pub use integrate::{Quadrature, integrate, quadrature};
pub use levels::{Dwell, LevelDraws};
pub use mbar::{Mbar, mbar};
pub use path::{GeometricPath, Particles, Path, RbmPath, Start, With};
pub use schedule::Schedule;
pub use verdict::{Verdict, verdict};
pub use weights::{LogMean, Spread, jackknife, log_mean};
