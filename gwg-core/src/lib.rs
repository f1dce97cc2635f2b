//! Gibbs-With-Gradients for machines of any size: no `std`, no `alloc`, no dependency.
//!
//! A *locally balanced* kernel on a discrete space draws one move `m` out of `x` in proportion to
//! `g(exp(beta * d_m))`, where `d_m` estimates `f(x after m) - f(x)` and `g(t) = t g(1/t)`, applies
//! it, and accepts or rejects with Metropolis-Hastings. With first-order differences from one
//! gradient and `g(t) = sqrt(t)` this is Gibbs-With-Gradients[^gwg]; with exact differences it is
//! the locally informed kernel it approximates[^zanella]. The crate says it the same way:
//! [`LocallyBalanced`] asked of [`Taylor`]`(model)` or of [`Exact`]`(model)`.
//!
//! From the bottom up:
//!
//! | module | what it knows |
//! |---|---|
//! | [`math`] | `exp`, `ln` and their kin as branch-free polynomials: the same bits on every target |
//! | [`bits`] | where randomness comes from |
//! | [`space`] | which configurations there are, and which moves lead from one to the next |
//! | [`balance`] | the functions `g` |
//! | [`target`] | what a model says of itself: values, gradients, cheap exact differences |
//! | [`differences`] | the estimates `d(x)`: [`Taylor`] and [`Exact`] |
//! | [`leveled`] | targets whose differences take few values |
//! | [`neighborhood`] | the law of a single move, in three forms: a [`Evaluated`] double buffer, a [`SumTree`], and [`NFold`] classes |
//! | [`pick`] | drawing an index in proportion to weights: by the cumulated sum, or by Gumbel noise |
//! | [`accept`] | Metropolis-Hastings |
//! | [`kernel`] | [`LocallyBalanced`], [`Gibbs`], [`BlockGibbs`], [`HammingBall`], [`RandomWalk`], [`Jump`], [`BlockSweep`], [`Informed`] for several sites a step; [`Cycle`] and [`Mixture`] of them |
//! | [`temper`] | ladders of temperatures and the swaps on them, annealing schedules |
//! | `check` | (feature `check`) the conformance kit: enumerated transition matrices, fast paths against slow ones |
//!
//! # Memory
//!
//! Configuration (a target, a kernel) is `&self`. A chain is a [`Walker`]: slices that the caller
//! provides, with the lengths of [`Kernel::layout`] (and of `const fn`s of the two neighborhoods, so
//! that firmware can size its statics). No step allocates. The unit of a step is a block
//! of walkers, so that a target with a matrix product inside makes one product for all of them; a
//! microcontroller passes a block of one.
//!
//! # What it refuses to be
//!
//! No automatic differentiation, no type-level dimensions, no logging, no global generator, no
//! heap. Symbols are `u8` or `u16` ([`Symbol`]): an alphabet has at most
//! 65,536 states.
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
pub use kernel::{BlockGibbs, BlockSweep, Cycle, HammingBall, Jump, Mixture, RandomWalk};
pub use kernel::{Gibbs, Informed, Kernel, LocallyBalanced, Scan, StepCounts};
pub use leveled::{Leveled, Levels};
pub use neighborhood::{Evaluated, NFold, Neighborhood, SumTree};
pub use real::Real;
pub use space::{AnySpace, Binary, Categorical, Clamped, Mixed, Move, Ordinal, Space, Symbol};
pub use target::{AffectedMoves, Batch, Bridge, Clamp, Delta, Gradient, Local, Multilinear, Row};
pub use target::{ParameterError, Parametric};
pub use target::{Sweep, SymbolOf, Target};
pub use walker::{Memory, MemoryLayout, MoveLog, RunningSum, Walker};

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctest;
