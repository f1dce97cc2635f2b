//! The instrument of the workspace: what is claimed of the samplers, checked and measured.
//!
//! | item | what it does |
//! |---|---|
//! | [`Lent`], [`Block`] | a block of walkers on memory of its own, for the criterion suites |
//! | [`kernels`] | every kernel on every space: invariance, spectral gap, acceptance, evaluations |

mod block;
pub mod kernels;

pub use block::{Block, Lent};
