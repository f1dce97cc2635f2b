//! Runs of continuous relaxations, with the figures by which they are compared with samplers of the discrete target.
//!
//! | item | what it is |
//! |---|---|
//! | [`RelaxedMethod`] | Langevin, Hamiltonian or particle method on the relaxed density of a binary model at a temperature |
//! | [`RelaxedChains`] | many chains of such a method, advanced in parallel: rounded states and their log-weights |
//! | [`RelaxedParticles`] | the particles of Stein variational gradient descent |
//! | [`WeightedRun`] | means of many chains with importance weights, and the effective share of the draws |
//!
//! What each of them samples, and how biased it is: [`gwg_relax`].

mod chains;
mod method;
mod particles;
mod weighted;

pub use chains::{RelaxedChains, RelaxedDraws};
pub use method::{LEAPFROG, RelaxedMethod};
pub use particles::{MOST_UPDATES, RelaxedParticles};
pub use weighted::WeightedRun;

/// The temperatures at which relaxations are compared.
pub const TEMPERATURES: [f64; 3] = [0.1, 0.5, 1.0];

/// The sides of the Ising lattices of the standard comparison: 100 to 900 sites.
pub const SIDES: [usize; 4] = [10, 15, 20, 30];

/// An error of a run of a relaxation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RelaxationsError {
    /// A method of chains is run by [`RelaxedChains`].
    #[error(
        "method {method}: it is of particles, allowed are ula, mala and hmc; `RelaxedParticles` runs it"
    )]
    Particles {
        /// The method.
        method: RelaxedMethod,
    },
    /// The model and the temperature have a relaxed density.
    #[error(transparent)]
    Relax(#[from] gwg_relax::RelaxError),
}
