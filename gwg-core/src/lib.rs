//! Gibbs-With-Gradients and related samplers of discrete distributions: no `std`, no `alloc`, no dependencies.
//!
//! A *locally balanced* kernel on a discrete space draws a move `m` from `x` with probability proportional to
//! `g(exp(beta * d_m))`, where `d_m` estimates `f(x after m) - f(x)` and `g(t) = t g(1/t)`, and accepts or rejects it
//! with Metropolis-Hastings. With first-order differences from one gradient and `g(t) = sqrt(t)` this is
//! Gibbs-With-Gradients[^gwg]; with exact differences it is the locally informed kernel[^zanella] that the former
//! approximates. In this crate both are [`LocallyBalanced`], on [`Taylor`]`(model)` or on [`Exact`]`(model)`.
//!
//! From the bottom up:
//!
//! | module | content |
//! |---|---|
//! | [`math`] | `exp`, `ln` and related functions as branch-free polynomials: the same bits on every machine |
//! | [`bits`] | sources of random bits |
//! | [`space`] | configurations, and the moves between them |
//! | [`balance`] | balancing functions `g` |
//! | [`target`] | the capabilities of a model: values, gradients, cheap exact differences |
//! | [`differences`] | estimates `d(x)`: [`Taylor`] and [`Exact`] |
//! | [`leveled`] | targets whose differences take few distinct values |
//! | [`neighborhood`] | the distribution of a single move, in three forms: [`Evaluated`] (a double buffer), [`SumTree`], and [`NFold`] classes |
//! | [`pick`] | drawing an index with probability proportional to weights, by cumulative sums or Gumbel noise |
//! | [`accept`] | the Metropolis-Hastings decision, and its form for kernels that must not have a period |
//! | [`kernel`] | [`LocallyBalanced`], [`Gibbs`], [`BlockGibbs`], [`HammingBall`], [`RandomWalk`], [`Jump`], [`BlockSweep`], [`Informed`] for several sites per step; [`SwendsenWang`] and [`Wolff`] for clusters; [`TrajectoryTempering`] with other models beside the target; [`Cycle`] and [`Mixture`] to compose them |
//! | [`temper`] | temperature ladders, swaps on them, annealing schedules |
//! | `check` | (feature `check`) the conformance kit: enumerated transition matrices, fast paths compared with slow ones |
//!
//! # Memory
//!
//! Configuration (a target, a kernel) is `&self`. A chain is a [`Walker`]: slices that the caller provides, whose
//! lengths are given by [`Kernel::layout`] (and by `const fn`s of the neighborhoods, so that firmware can size its
//! statics). No step allocates. A step advances a block of walkers, so that a target that needs a matrix product
//! computes one for the whole block; a microcontroller passes a block of one.
//!
//! # Out of scope
//!
//! Automatic differentiation, type-level dimensions, logging, a global generator, a heap. Symbols are `u8` or `u16`
//! ([`Symbol`]): an alphabet has at most 65,536 states.
//!
//! [^gwg]: W. Grathwohl, K. Swersky, M. Hashemi, D. Duvenaud, C. Maddison, "Oops I Took A Gradient:
//!     Scalable Sampling for Discrete Distributions", ICML 2021.
//! [^zanella]: G. Zanella, "Informed proposals for local MCMC in discrete spaces", JASA 115 (2020).
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(test, feature = "check"))]
extern crate std;

pub mod accept;
pub mod balance;
pub mod bits;
#[cfg(feature = "check")]
pub mod check;
pub mod differences;
mod error;
pub mod kernel;
pub mod leveled;
pub mod math;
pub mod neighborhood;
pub mod pick;
mod real;
pub mod space;
pub mod target;
pub mod temper;
mod walker;

pub use balance::{AnyBalance, Balance, Barker, Max, Min, Sqrt};
pub use bits::{Bits, SplitMix64};
pub use differences::{Differences, Exact, Taylor};
pub use error::Error;
pub use kernel::{
    BlockGibbs, BlockSweep, Cycle, HammingBall, Jump, Mixture, RandomWalk, SwendsenWang,
    TrajectoryTempering, Wolff,
};
pub use kernel::{Gibbs, Informed, Kernel, LocallyBalanced, Scan, StepCounts};
pub use leveled::{Leveled, Levels};
pub use neighborhood::{Evaluated, NFold, Neighborhood, SumTree};
pub use real::Real;
pub use space::{AnySpace, Binary, Categorical, Clamped, Mixed, Move, Ordinal, Space, Symbol};
pub use target::{AffectedMoves, Batch, Bridge, Clamp, Delta, Gradient, Local, Multilinear, Row};
pub use target::{Pairwise, ParameterError, Parametric};
pub use target::{Sweep, SymbolOf, Target};
pub use walker::{Memory, MemoryLayout, MoveLog, RunningSum, Walker};

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctest;
