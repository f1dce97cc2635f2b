//! Targets: the capabilities of a model.
//!
//! | trait | provides | used by |
//! |---|---|---|
//! | [`Target`] | a space and `f(x)` | everything |
//! | [`Gradient`] | `f(x)` and its gradient | [`Taylor`](crate::Taylor) differences: Gibbs-With-Gradients |
//! | [`Delta`] | `f(x after one move) - f(x)`, cheaply | [`Exact`](crate::Exact) differences, [`Gibbs`](crate::Gibbs) |
//! | [`Local`] | the differences that a move changes | [`SumTree`](crate::SumTree): steps in `O(degree log D)` |
//! | [`Sweep`] | block-Gibbs updates of all sites | [`BlockSweep`](crate::BlockSweep): checkerboards, the two layers of an RBM |
//! | [`Pairwise`] | bonds with couplings, and fields | cluster moves: [`SwendsenWang`](crate::SwendsenWang), [`Wolff`](crate::Wolff) |
//! | [`Multilinear`] | the guarantee that first-order differences *are* exact | [`Taylor`](crate::Taylor) on the paths for exact differences |
//!
//! [`Clamp`] is a target conditioned on observed values at some of its sites; [`Bridge`] is the weighted sum of two targets.
//!
//! Methods that receive a move share one convention: the move has **already been made** in `x`, and the model's cache
//! is that from **before** it.

mod affected;
mod batch;
mod bridge;
mod clamp;
mod held;
mod pairwise;
mod parametric;
mod sweep;

pub use affected::AffectedMoves;
pub use batch::{Batch, Before, Row};
pub use bridge::Bridge;
pub use clamp::Clamp;
pub use held::{Held, HeldRows};
pub use pairwise::Pairwise;
pub use parametric::{Dims, MAX_DIMENSIONS, ParameterError, Parametric, Symmetry, Tensor};
pub use parametric::{check_batch, check_parameters, tensors};
pub use sweep::{Sweep, SweepBatch, SweepRow};

use crate::{Move, Real, Space};

/// The value of one site of a target's space.
pub type SymbolOf<T> = <<T as Target>::Space as Space>::Symbol;

/// A distribution over a discrete space, known up to a constant: `p(x) = exp(f(x)) / Z`.
pub trait Target {
    /// The precision of all computations of this target: `f32` or `f64`.
    type Real: Real;
    /// The space of configurations.
    type Space: Space;

    /// The space.
    fn space(&self) -> &Self::Space;

    /// `f(x)`, the log-probability up to a constant (the negative energy).
    ///
    /// Negative infinity means that `x` is impossible at every `beta`: a hard constraint. Chains must start where `f`
    /// is finite, and single-site moves (or moves of as many sites as the kernel changes at once) must connect all
    /// possible states. NaN and positive infinity are errors of the model.
    fn log_prob(&self, x: &[SymbolOf<Self>]) -> f64;

    /// The error of a failed evaluation, if there is one; `None`, the default, for models that cannot fail.
    ///
    /// For models that call an interpreter or a device: if a call fails, the evaluation stores the error, returns NaN,
    /// and continues to return NaN without further calls. Programs that run chains call this method every few hundred steps and end the run
    /// with the error (`gwg_chains::FailureCell` stores it). A wrapper forwards this method to the target inside.
    fn failure(&self) -> Option<&Failure> {
        None
    }
}

/// The error of a failed evaluation: see [`Target::failure`].
pub type Failure = dyn core::error::Error + Send + Sync + 'static;

/// A target whose `f` extends to a differentiable function on the convex hull of the space.
///
/// The extension matters: a term that is constant on the configurations (a self-coupling) still contributes to the
/// gradient and makes the differences inaccurate.
///
/// Only one method is required. [`evaluate`](Self::evaluate) can be overridden to evaluate many states at once (one
/// matrix product) or incrementally from the cache of the last evaluation (one row); the results for a state must not
/// depend on the rest of the batch.
pub trait Gradient: Target {
    /// Writes the gradient of `f` at `x` (`space().gradient_len()` numbers) to `gradient`, and returns `f(x)`.
    /// `scratch` has [`gradient_scratch_len(1)`](Self::gradient_scratch_len) numbers of unspecified content, so that
    /// nothing needs to be allocated here.
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<Self>],
        gradient: &mut [Self::Real],
        scratch: &mut [Self::Real],
    ) -> f64;

    /// The length of the model's cache per state (fields, pre-activations): that of [`Row::cache`].
    fn gradient_cache_len(&self) -> usize {
        0
    }

    /// The length of the scratch slice for a batch of `rows` states.
    fn gradient_scratch_len(&self, rows: usize) -> usize {
        let _ = rows;
        0
    }

    /// Writes the cache, the first-order differences and `f` of every state of the batch. The default calls
    /// [`value_and_gradient`](Self::value_and_gradient) for one state after the other.
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
    /// The length of the model's cache per chain.
    fn cache_len(&self) -> usize {
        0
    }

    /// Fills `cache` for `x` and returns `f(x)`.
    fn init_cache(&self, x: &[SymbolOf<Self>], cache: &mut [Self::Real]) -> f64 {
        let _ = cache;
        self.log_prob(x)
    }

    /// `f(x after mv) - f(x)`. In contrast to the other methods, `mv` has *not* been made here; `cache` is that of `x`.
    fn delta(&self, x: &[SymbolOf<Self>], cache: &[Self::Real], mv: Move) -> Self::Real;

    /// Updates `cache` to `x`, in which `mv` has just been made.
    fn update(&self, x: &[SymbolOf<Self>], cache: &mut [Self::Real], mv: Move) {
        let _ = (x, cache, mv);
    }
}

/// A target in which a move changes few differences.
pub trait Local: Delta {
    /// The largest number of differences that one move changes, including those of its own site.
    fn max_affected(&self) -> usize;

    /// Appends to `affected` every move index `m` whose exact difference is changed by `mv`, once each, with its new
    /// difference `d`, and updates `cache` as [`update`](Delta::update) does; idle moves are omitted. `mv` has been made in
    /// `x`; `cache` is that from before it.
    ///
    /// A model without a cache only appends; one with a cache may update it first and then compute each `d` with
    /// [`delta`](Delta::delta).
    fn update_affected(
        &self,
        x: &[SymbolOf<Self>],
        cache: &mut [Self::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, Self::Real>,
    );
}

/// A guarantee: `f` is multilinear in the encoding of its gradient (0/1, one-hot, or the integer of an ordinal site).
/// A first-order Taylor expansion along one site is then exact, and [`Taylor`](crate::Taylor) and
/// [`Exact`](crate::Exact) give the same kernel.
///
/// It holds for every Ising and Potts model without self-couplings. In the one-hot encoding, every `f` with terms of
/// at most two sites is multilinear; with integers, one with a term `x_i^2` is not.
#[diagnostic::on_unimplemented(
    message = "the gradient of `{Self}` is not guaranteed to give exact differences",
    note = "run kernels that need exact differences on the model itself or on `Exact(model)`, not on `Taylor(model)`",
    note = "to alternate kernels with first-order and with exact differences, see `kernel::AnyKernel`"
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

/// Forwards [`Delta`] to the target inside a wrapper.
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

/// Forwards [`Local`] to the target inside a wrapper.
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
