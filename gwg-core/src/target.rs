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
//! [`Clamp`] is a target of its own: another one, given what was observed at some of its sites.
//!
//! One convention for all: a method that is told of a move sees `x` with the move **already made**, and
//! the model's memory as it was **before** it.

mod clamp;
mod parametric;
mod sweep;

pub use clamp::Clamp;
pub use parametric::{Dims, MAX_DIMENSIONS, ParameterError, Parametric, Symmetry, Tensor};
pub use parametric::{check_batch, check_parameters, tensors};
pub use sweep::Sweep;

use crate::neighborhood::Evaluations;
use crate::{Move, Real, Space, Walker};

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
    /// anywhere else. NaN and positive infinity are errors of the model, which a run does not always notice.
    fn log_prob(&self, x: &[u8]) -> f64;
}

/// A target whose `f` extends to a differentiable function on the convex hull of the space.
///
/// The extension matters: a term that is constant on the configurations (a self-coupling) still adds
/// to the gradient and spoils the differences.
///
/// The one required method is enough. The others let a model evaluate a block of walkers at once
/// (one matrix product) or from what it kept of the last evaluation (a row); a walker's numbers must
/// not depend on which others are in the block.
pub trait Gradient: Target {
    /// Writes the gradient of `f` at `x` (`space().gradient_len()` numbers) and returns `f(x)`.
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [Self::Real]) -> f64;

    /// Numbers per evaluation that the model keeps for itself (fields, pre-activations).
    fn gradient_cache_len(&self) -> usize {
        0
    }

    /// Numbers of scratch for a block of so many walkers.
    fn gradient_scratch_len(&self, walkers: usize) -> usize {
        let _ = walkers;
        0
    }

    /// Fills `memory`, `difference` and `log_prob` of every walker's evaluation `current`, from its `x` alone.
    fn evaluate_batch(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        let _ = scratch;
        for w in walkers {
            let current = &mut w.state.current;
            current.log_prob = first_order(self, w.x, current.difference).into();
        }
    }

    /// Fills `memory`, `difference` and `log_prob` of every walker's evaluation `proposed`, for its `x` with
    /// `changes()` already made; `current` is the evaluation from before them.
    fn reevaluate(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        let _ = scratch;
        for w in walkers {
            let proposed = &mut w.state.proposed;
            proposed.log_prob = first_order(self, w.x, proposed.difference).into();
        }
    }
}

/// First-order differences at `x`, into a slice of `space().moves()` numbers; returns `f(x)`.
#[inline]
fn first_order<T: Gradient + ?Sized>(target: &T, x: &[u8], difference: &mut [T::Real]) -> f64 {
    let gradient = difference.get_mut(..target.space().gradient_len());
    let f = target.value_and_gradient(x, gradient.unwrap_or(&mut []));
    target.space().differences(x, difference);
    f
}

/// A target that tells the exact difference of one move, usually from a little memory.
pub trait Delta: Target {
    /// Numbers that the model keeps per walker.
    fn cache_len(&self) -> usize {
        0
    }

    /// Fills `memory` for `x`, and returns `f(x)`.
    fn init_cache(&self, x: &[u8], memory: &mut [Self::Real]) -> f64 {
        let _ = memory;
        self.log_prob(x)
    }

    /// `f(x after mv) - f(x)`. Here alone, `mv` has *not* been made; `memory` is that of `x`.
    fn delta(&self, x: &[u8], memory: &[Self::Real], mv: Move) -> Self::Real;

    /// Brings `memory` up to `x`, in which `mv` has just been made.
    fn update(&self, x: &[u8], memory: &mut [Self::Real], mv: Move) {
        let _ = (x, memory, mv);
    }
}

/// A target in which a move changes few differences.
pub trait Local: Delta {
    /// The largest number of differences that one move changes, its own site's included.
    fn max_affected(&self) -> usize;

    /// Calls `visit(m, d)` for every move index `m` whose exact difference `mv` has changed, each
    /// once, with its new difference `d`; idle moves are left out. `mv` has been made in `x`,
    /// `memory` is that from before it.
    fn affected_moves(
        &self,
        x: &[u8],
        memory: &[Self::Real],
        mv: Move,
        visit: impl FnMut(usize, Self::Real),
    );

    /// [`touched`](Self::affected_moves), then [`update`](Delta::update), for a model that can do both in one pass.
    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [Self::Real],
        mv: Move,
        visit: impl FnMut(usize, Self::Real),
    ) {
        self.affected_moves(x, memory, mv, visit);
        self.update(x, memory, mv);
    }
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
    fn log_prob(&self, x: &[u8]) -> f64 {
        (**self).log_prob(x)
    }
}

impl<T: Gradient + ?Sized> Gradient for &T {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [Self::Real]) -> f64 {
        (**self).value_and_gradient(x, gradient)
    }

    fn gradient_cache_len(&self) -> usize {
        (**self).gradient_cache_len()
    }

    fn gradient_scratch_len(&self, walkers: usize) -> usize {
        (**self).gradient_scratch_len(walkers)
    }

    #[inline(always)]
    fn evaluate_batch(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        (**self).evaluate_batch(walkers, scratch);
    }

    #[inline(always)]
    fn reevaluate(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        (**self).reevaluate(walkers, scratch);
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
            fn init_cache(&$self, x: &[u8], memory: &mut [Self::Real]) -> f64 {
                $inner.init_cache(x, memory)
            }

            #[inline(always)]
            fn delta(&$self, x: &[u8], memory: &[Self::Real], mv: Move) -> Self::Real {
                $inner.delta(x, memory, mv)
            }

            #[inline(always)]
            fn update(&$self, x: &[u8], memory: &mut [Self::Real], mv: Move) {
                $inner.update(x, memory, mv);
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
            fn affected_moves(
                &$self,
                x: &[u8],
                memory: &[Self::Real],
                mv: Move,
                visit: impl FnMut(usize, Self::Real),
            ) {
                $inner.affected_moves(x, memory, mv, visit);
            }

            #[inline(always)]
            fn update_affected(
                &$self,
                x: &[u8],
                memory: &mut [Self::Real],
                mv: Move,
                visit: impl FnMut(usize, Self::Real),
            ) {
                $inner.update_affected(x, memory, mv, visit);
            }
        }
    };
}
pub(crate) use forward_local;

forward_delta!([T: Delta + ?Sized] &T, self => (**self));
forward_local!([T: Local + ?Sized] &T, self => (**self));
impl<T: Multilinear> Multilinear for &T {}
