//! Samplers of densities on `R^n`.

mod chain;
mod dual_averaging;
mod hmc;
mod langevin;
mod mala;
mod stochastic;
mod tune;

pub use chain::Chain;
pub use dual_averaging::DualAveraging;
pub use hmc::Hmc;
pub use langevin::Langevin;
pub use mala::Mala;
pub use stochastic::{MiniBatch, Noisy, StepDecay, StochasticGradient, StochasticLangevin};
pub use tune::{Adjusted, tune};

use crate::Density;
use gwg_core::Bits;

/// A Markov transition on `R^n`.
///
/// Steps depend on the density, the chain's own state and the bits, and on nothing else: the same seed gives the same path.
pub trait Sampler<D: Density> {
    /// Makes one step and returns the probability with which it was accepted (1 without a decision).
    ///
    /// The chain must have been initialized on this density: by [`Chain::new`], or by [`Chain::reevaluate`] after a change.
    fn step<B: Bits>(&self, density: &D, chain: &mut Chain<D::Real>, bits: &mut B) -> f64;
}
