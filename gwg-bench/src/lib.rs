//! Exact analysis, oracles and measurements that check the claims made about the samplers.
//!
//! | item | what it does |
//! |---|---|
//! | [`exact`] | spectral gaps, asymptotic variances, extremal functions and mixing times of enumerated kernels |
//! | [`theory`] | the efficiency theorem of Gibbs-With-Gradients, checked by enumeration |
//! | `kernels` (a feature, on by default) | every kernel on every space: invariance, spectral gap, acceptance, evaluations |
//! | [`discrepancy`] | distances between samples and a distribution: MMD, kernel Stein discrepancy, errors of means, Hamming ESS |
//! | [`relaxations`] | runs of continuous relaxations, to be compared with samplers of the discrete target |
//! | [`oracle`] | exact results: Ising tori (Kaufman), enumeration, Boltzmann machines |

pub mod discrepancy;
pub mod exact;
#[cfg(feature = "kernels")]
pub mod kernels;
pub mod oracle;
pub mod relaxations;
pub mod theory;
