//! The instrument of the workspace: what is claimed of the samplers, checked and measured.
//!
//! | item | what it does |
//! |---|---|
//! | [`Lent`], [`Block`] | a block of walkers on memory of its own, for the criterion suites |
//! | [`discrepancy`] | how far samples are from a law: MMD, kernel Stein discrepancy, errors of means, Hamming ESS |
//! | [`oracle`] | exact answers: Kaufman's torus, enumeration, Boltzmann machines |

mod block;
pub mod discrepancy;
pub mod oracle;

pub use block::{Block, Lent};
