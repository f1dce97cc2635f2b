//! The instrument of the workspace: what is claimed of the samplers, checked and measured.
//!
//! | item | what it does |
//! |---|---|
//! | [`exact`] | gaps, asymptotic variances, extremal functions and mixing times of enumerated kernels |
//! | [`theory`] | the efficiency theorem of Gibbs-With-Gradients against enumeration |
//! | [`Block`] | a block of walkers on memory of its own ([`Lent`]), for the criterion suites |
//! | [`kernels`] | every kernel on every space: invariance, spectral gap, acceptance, evaluations |
//! | [`discrepancy`] | how far samples are from a law: MMD, kernel Stein discrepancy, errors of means, Hamming ESS |
//! | [`oracle`] | exact answers: Kaufman's torus, enumeration, Boltzmann machines |

mod block;
pub mod discrepancy;
pub mod exact;
pub mod kernels;
pub mod oracle;
pub mod theory;

pub use block::Block;
pub use gwg_core::check::Lent;
