//! Exact analysis, oracles and measurements that check the claims made about the samplers.
//!
//! | item | what it does |
//! |---|---|
//! | [`exact`] | spectral gaps, asymptotic variances, extremal functions and mixing times of enumerated kernels |
//! | [`theory`] | the efficiency theorem of Gibbs-With-Gradients, checked by enumeration |
//! | [`Block`] | a block of walkers in separately allocated memory ([`Lent`]), for the criterion suites |
//! | [`kernels`] | every kernel on every space: invariance, spectral gap, acceptance, evaluations |
//! | [`discrepancy`] | distances between samples and a distribution: MMD, kernel Stein discrepancy, errors of means, Hamming ESS |
//! | [`oracle`] | exact results: Ising tori (Kaufman), enumeration, Boltzmann machines |

mod block;
pub mod discrepancy;
pub mod exact;
pub mod kernels;
pub mod oracle;
pub mod theory;

pub use block::Block;
pub use gwg_core::check::Lent;
