//! What a model says of itself.
//!
//! | trait | asks for | serves |
//! |---|---|---|
//! | [`Target`] | a space and `f(x)` | everything |
//! | [`Gradient`] | `f(x)` and its gradient | [`Taylor`](crate::Taylor) differences: Gibbs-With-Gradients |
//! | [`Delta`] | `f(x after one move) - f(x)`, cheaply | [`Exact`](crate::Exact) differences, [`Gibbs`](crate::Gibbs) |
//! | [`Local`] | which differences a move changes | the [`SumTree`](crate::SumTree): steps in `O(degree log D)` |
//! | [`Sweep`] | a draw of all sites, class after class | [`BlockSweep`](crate::BlockSweep): checkerboards, two layers |
//! | [`Multilinear`] | a promise | first-order differences *are* the exact ones |
//!
//! [`Clamp`] is a target of its own: another one, given what was observed at some of its sites. [`Bridge`] is the weighted sum of two.
//!
//! One convention for all: a method that is told of a move sees `x` with the move **already made**, and
//! the model's memory as it was **before** it.

mod affected;
mod batch;
mod bridge;
mod clamp;
mod held;
mod parametric;
mod sweep;

pub use affected::AffectedMoves;
pub use batch::{Batch, Before, Row};
pub use bridge::Bridge;
pub use clamp::Clamp;
pub use held::{Held, HeldRows};
pub use parametric::{Dims, MAX_DIMENSIONS, ParameterError, Parametric, Symmetry, Tensor};
pub use parametric::{check_batch, check_parameters, tensors};
pub use sweep::{Sweep, SweepBatch, SweepRow};

use crate::{Move, Real, Space};

/// The value of one site of a target's space.
pub type SymbolOf<T> = <<T as Target>::Space as Space>::Symbol;

/// A distribution over a discrete space, known up to a constant: `p(x) = exp(f(x)) / Z`.
pub trait Target {
    /// The precision everything of this target is computed in: `f32` or `f64`.
    type Real: Real;
    /// The space of configurations.
    type Space: Space;

    /// The space.
    fn space(&self) -> &Self::Space;

    /// `f(x)`, the log-probability up to a constant (the negative energy).
    ///
    /// Negative infinity says that `x` is impossible, at every `beta`: a hard constraint. Chains must start where `f` is
    /// finite, and moves of one site (or of as many as the kernel changes at once) must lead from anywhere possible to
    /// anywhere else. NaN and positive infinity are errors of the model.
    fn log_prob(&self, x: &[SymbolOf<Self>]) -> f64;

    /// Why an evaluation has failed, where one has; `None`, by default, for a model that cannot fail.
    ///
    /// For a model that calls out, to an interpreter or a device: where a call fails, the evaluation keeps the error, returns NaN,
    /// and goes on to return NaN without a call. Programs that run chains call this method every few hundred steps and end the run
    /// with the error (`gwg_chains::FailureCell` keeps it). A wrapper forwards this method to the target that it holds.
    fn failure(&self) -> Option<&Failure> {
        None
    }
}

/// The error of a model whose evaluation has failed: see [`Target::failure`].
pub type Failure = dyn core::error::Error + Send + Sync + 'static;

/// A target whose `f` extends to a differentiable function on the convex hull of the space.
///
/// The extension matters: a term that is constant on the configurations (a self-coupling) still adds
/// to the gradient and spoils the differences.
///
/// The one required method is enough. [`evaluate`](Self::evaluate) lets a model evaluate many states at once
/// (one matrix product) or from what it kept of the last evaluation (a row); the numbers of a state must
/// not depend on which others are in the batch.
pub trait Gradient: Target {
    /// Writes the gradient of `f` at `x` (`space().gradient_len()` numbers) and returns `f(x)`. `scratch` has
    /// [`gradient_scratch_len(1)`](Self::gradient_scratch_len) numbers that hold nothing: nothing is to be allocated here.
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<Self>],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64;

    /// Numbers per state that the model keeps for itself (fields, pre-activations): the length of [`Row::cache`].
    fn gradient_cache_len(&self) -> usize {
        0
    }

    /// Numbers of scratch for a batch of `rows` states.
    fn gradient_scratch_len(&self, rows: usize) -> usize {
        let _ = rows;
        0
    }

    /// Writes the cache, the first-order differences and `f` of every state of the batch. By default
    /// [`value_and_gradient`](Self::value_and_gradient) of one after the other.
    ///
    /// `scratch` has [`gradient_scratch_len(batch.rows())`](Self::gradient_scratch_len) numbers.
    #[inline(always)]
    fn evaluate(
        &self,
        batch: &mut dyn Batch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
    ) {
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let gradient = row.differences.get_mut(..self.space().gradient_len());
            let f = self.value_and_gradient(row.x, gradient.unwrap_or(&mut []), scratch);
            row.set_log_prob(f);
            row.differences_from_gradient(self.space());
        }
    }
}

/// A target with cheap exact differences of single moves, usually from a few cached numbers.
pub trait Delta: Target {
    /// Numbers that the model caches per chain.
    fn cache_len(&self) -> usize {
        0
    }

    /// Fills `cache` for `x`, and returns `f(x)`.
    fn init_cache(&self, x: &[SymbolOf<Self>], cache: &mut [Self::Real]) -> f64 {
        let _ = cache;
        self.log_prob(x)
    }

    /// `f(x after mv) - f(x)`. Here alone, `mv` has *not* been made; `cache` is that of `x`.
    fn delta(&self, x: &[SymbolOf<Self>], cache: &[Self::Real], mv: Move) -> Self::Real;

    /// Brings `cache` up to `x`, in which `mv` has just been made.
    fn update(&self, x: &[SymbolOf<Self>], cache: &mut [Self::Real], mv: Move) {
        let _ = (x, cache, mv);
    }
}

/// A target in which a move changes few differences.
pub trait Local: Delta {
    /// The largest number of differences that one move changes, its own site's included.
    fn max_affected(&self) -> usize;

    /// Brings `cache` up to `x`, in which `mv` has just been made, as [`update`](Delta::update) does, and adds every move index
    /// `m` whose exact difference `mv` has changed to `affected`, each once, with its new difference `d`; idle moves are left out.
    ///
    /// A model without a cache only adds; one with a cache may update it first and then compute each `d` with
    /// [`delta`](Delta::delta).
    fn update_affected(
        &self,
        x: &[SymbolOf<Self>],
        cache: &mut [Self::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, Self::Real>,
    );
}

/// A promise: `f` is multilinear in the encoding that its gradient is taken in (0/1, one-hot, or the
/// integer of an ordinal site), so that a first-order Taylor expansion along one site is exact and
/// [`Taylor`](crate::Taylor) and [`Exact`](crate::Exact) are the same kernel.
///
/// Holds for every Ising and Potts model without self-couplings. In the one-hot encoding every `f` of
/// pairs is multilinear; in integers one with a term `x_i^2` is not.
#[diagnostic::on_unimplemented(
    message = "the gradient of `{Self}` is not promised to give its exact differences",
    note = "a kernel of exact differences asks the bare model, or `Exact(model)`; not `Taylor(model)`",
    note = "for a kernel of first-order differences and one of exact ones in turn, see `kernel::AnyKernel`"
)]
pub trait Multilinear: Target {}

impl<T: Target + ?Sized> Target for &T {
    type Real = T::Real;
    type Space = T::Space;

    #[inline]
    fn space(&self) -> &Self::Space {
        (**self).space()
    }

    #[inline]
    fn log_prob(&self, x: &[SymbolOf<Self>]) -> f64 {
        (**self).log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        (**self).failure()
    }
}

impl<T: Gradient + ?Sized> Gradient for &T {
    #[inline(always)]
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<Self>],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64 {
        (**self).value_and_gradient(x, gradient, scratch)
    }

    fn gradient_cache_len(&self) -> usize {
        (**self).gradient_cache_len()
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        (**self).gradient_scratch_len(rows)
    }

    #[inline(always)]
    fn evaluate(
        &self,
        batch: &mut dyn Batch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
    ) {
        (**self).evaluate(batch, scratch);
    }
}

/// Forwards [`Delta`] to what a wrapper holds.
macro_rules! forward_delta {
    ([$($generics:tt)*] $outer:ty, $self:ident => $inner:expr) => {
        impl<$($generics)*> Delta for $outer {
            #[inline]
            fn cache_len(&$self) -> usize {
                $inner.cache_len()
            }

            #[inline]
            fn init_cache(&$self, x: &[$crate::target::SymbolOf<Self>], cache: &mut [Self::Real]) -> f64 {
                $inner.init_cache(x, cache)
            }

            #[inline(always)]
            fn delta(&$self, x: &[$crate::target::SymbolOf<Self>], cache: &[Self::Real], mv: Move) -> Self::Real {
                $inner.delta(x, cache, mv)
            }

            #[inline(always)]
            fn update(&$self, x: &[$crate::target::SymbolOf<Self>], cache: &mut [Self::Real], mv: Move) {
                $inner.update(x, cache, mv);
            }
        }
    };
}
pub(crate) use forward_delta;

/// Forwards [`Local`] to what a wrapper holds.
macro_rules! forward_local {
    ([$($generics:tt)*] $outer:ty, $self:ident => $inner:expr) => {
        impl<$($generics)*> Local for $outer {
            #[inline]
            fn max_affected(&$self) -> usize {
                $inner.max_affected()
            }

            #[inline(always)]
            fn update_affected(
                &$self,
                x: &[$crate::target::SymbolOf<Self>],
                cache: &mut [Self::Real],
                mv: Move,
                affected: &mut $crate::target::AffectedMoves<'_, Self::Real>,
            ) {
                $inner.update_affected(x, cache, mv, affected);
            }
        }
    };
}
pub(crate) use forward_local;

forward_delta!([T: Delta + ?Sized] &T, self => (**self));
forward_local!([T: Local + ?Sized] &T, self => (**self));
impl<T: Multilinear> Multilinear for &T {}
