//! Estimates of the partition function, each with its error.

mod bar;
mod error;
mod estimate;
mod integrate;
mod mbar;
mod schedule;
mod weights;

pub use bar::bar;
pub use error::LogZError;
pub use estimate::{Estimate, Method};
pub use integrate::{Quadrature, integrate, quadrature};
pub use mbar::{Mbar, mbar};
pub use schedule::Schedule;
pub use weights::{LogMean, Spread, jackknife, log_mean};
