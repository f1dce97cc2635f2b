//! Models (targets) for gradient-informed sampling of discrete distributions.
//!
//! Every model is generic over the precision, implements the traits of [`gwg_core::target`] with the cheapest exact
//! updates for its structure, and rejects invalid parameters with a [`ModelError`] that contains the first invalid
//! entry.
//!
//! | model | space | cost per step | feature |
//! |---|---|---|---|
//! | [`LatticeIsing`], [`SparseIsing`] | binary | local: `O(degree log D)` | |
//! | [`LatticePotts`] | categorical | local | |
//! | [`LatticeOrdinal`] | ordinal | local; first-order differences approximate | |
//! | [`FactorGraph`] | a different number of states at each site | local | |
//! | [`Fhmm`], [`QuadraticFhmm`] | binary | local: `O(factors log D)`; exact posterior by filtering | |
//! | [`Factorized`], [`FactorizedCategorical`] | binary, categorical | local; exactly solvable | |
//! | [`DenseIsing`] | binary | one row: `O(D)` | `dense` |
//! | [`DensePotts`] | categorical | two rows: `O(D)` | `dense` |
//! | [`Rbm`] | binary | one matrix product per block of walkers | `dense` |
//! | [`CategoricalRbm`] | categorical | one matrix product per block of walkers | `dense` |
//! | [`LogBilinear`] | categorical, up to 65,536 words | one matrix product; few rows of it after a move | `dense` |
//!
//! [`MultiSpin`] sweeps 64 chains of an Ising model with couplings of one magnitude, or 64 sites of one chain, in the bits of words.
//!
//! [`exact`] computes exact results: closed forms, enumeration, sums over a layer.
//!
//! `io` (feature `io`) reads and writes model files; the crate `gwg-registry` builds models from one-line specs
//! (`ising-lattice:side=40,theta=0.2`). All Ising and Potts models count each pair twice, as in W. Grathwohl,
//! K. Swersky, M. Hashemi, D. Duvenaud, C. Maddison, "Oops I Took A Gradient: Scalable Sampling for Discrete
//! Distributions", ICML 2021.
//!
//! ```
//! use gwg_core::{Exact, Kernel, LocallyBalanced, Memory, Sqrt, SplitMix64, StepCounts, Walker};
//! use gwg_models::LatticeIsing;
//!
//! let target = Exact(LatticeIsing::<f32>::new(2, 40, 0.2, 0.0)?);
//! let kernel = LocallyBalanced::local(Sqrt);
//! let layout = kernel.layout(&target);
//! let mut reals = vec![0.0; layout.reals];
//! let (mut words, mut indices) = (vec![0; layout.words], vec![0; layout.indices]);
//! let memory = Memory { reals: &mut reals, words: &mut words, indices: &mut indices, ..Memory::default() };
//! let mut x = vec![0u8; 1600];
//! let mut walkers = [Walker::new(&mut x, 1.0, kernel.state(&target, memory)?)];
//! kernel.init(&target, &mut walkers, &mut []);
//! let (mut bits, mut counts) = ([SplitMix64::new(1)], [StepCounts::default()]);
//! kernel.advance(&target, &mut walkers, &mut [], &mut bits, &mut counts, 10_000);
//! assert!(counts[0].accepted > 9_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bonds;
mod checkerboard;
mod classes;
mod coloring;
mod conditional;
mod error;
pub mod exact;
pub mod factor_graph;
pub mod factorized;
pub mod fhmm;

#[cfg(feature = "io")]
pub mod io;
pub mod ising;
#[cfg(feature = "dense")]
mod log_bilinear;
pub mod multispin;
mod number;
pub mod ordinal;
mod parametric;
pub mod potts;
mod random;
#[cfg(feature = "dense")]
pub mod rbm;
mod space;
mod torus;

pub use error::{EdgeFault, ModelError};
pub use factor_graph::{Coupling, FactorGraph, PairFactor};
pub use factorized::{Factorized, FactorizedCategorical};
pub use fhmm::{Fhmm, QuadraticFhmm};
#[cfg(feature = "dense")]
pub use gwg_linalg::Scalar;
#[cfg(feature = "dense")]
pub use ising::DenseIsing;
pub use ising::{LatticeIsing, SparseIsing};
#[cfg(feature = "dense")]
pub use log_bilinear::LogBilinear;
pub use multispin::{MultiSpin, Spins};
pub use ordinal::LatticeOrdinal;
#[cfg(feature = "dense")]
pub use potts::DensePotts;
pub use potts::LatticePotts;
#[cfg(feature = "dense")]
pub use rbm::{CategoricalRbm, Rbm};
pub use space::{OwnedMixed, OwnedSpace};
