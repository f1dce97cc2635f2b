//! The estimates `d(x)`: from one gradient, or exact.

use crate::neighborhood::Evaluations;
use crate::target::{forward_delta, forward_local};
use crate::{Delta, Gradient, Local, Move, Multilinear, Space, Target, Walker};

/// A target asked through a particular estimate of its differences: what a evaluated kernel needs.
///
/// Implemented by [`Taylor`] and [`Exact`]; the contracts are those of [`Gradient::evaluate_batch`] and
/// [`Gradient::reevaluate`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which differences are meant",
    note = "`Taylor(model)` takes those of its gradient, `Exact(model)` the exact ones"
)]
pub trait Differences: Target {
    /// Numbers kept in each evaluation beside the differences.
    fn cache_len(&self) -> usize;

    /// Numbers of scratch for a block of so many walkers.
    fn scratch_len(&self, walkers: usize) -> usize;

    /// Fills the evaluation `current` of every walker from its `x`.
    fn evaluate_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    );

    /// Fills the evaluation `proposed` of every walker, its changes already made in `x`.
    fn reevaluate_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    );
}

/// First-order differences, `d(x)` of one gradient: with them [`LocallyBalanced`](crate::LocallyBalanced)
/// is Gibbs-With-Gradients (Grathwohl et al. 2021).
#[derive(Clone, Copy, Debug)]
pub struct Taylor<T>(pub T);

/// Exact differences, one for every move: with them [`LocallyBalanced`](crate::LocallyBalanced) is the
/// locally informed kernel of Zanella (2020). Costs [`Delta::delta`] times the number of moves a step.
#[derive(Clone, Copy, Debug)]
pub struct Exact<T>(pub T);

impl<T: Target> Target for Taylor<T> {
    type Real = T::Real;
    type Space = T::Space;

    #[inline]
    fn space(&self) -> &Self::Space {
        self.0.space()
    }

    #[inline]
    fn log_prob(&self, x: &[u8]) -> f64 {
        self.0.log_prob(x)
    }
}

impl<T: Target> Target for Exact<T> {
    type Real = T::Real;
    type Space = T::Space;

    #[inline]
    fn space(&self) -> &Self::Space {
        self.0.space()
    }

    #[inline]
    fn log_prob(&self, x: &[u8]) -> f64 {
        self.0.log_prob(x)
    }
}

forward_delta!([T: Delta] Exact<T>, self => self.0);
forward_local!([T: Local] Exact<T>, self => self.0);

// Only a multilinear model may answer for its first-order differences with exact ones.
forward_delta!([T: Delta + Multilinear] Taylor<T>, self => self.0);
forward_local!([T: Local + Multilinear] Taylor<T>, self => self.0);
impl<T: Multilinear> Multilinear for Taylor<T> {}
impl<T: Multilinear> Multilinear for Exact<T> {}

impl<T: Gradient> Differences for Taylor<T> {
    fn cache_len(&self) -> usize {
        self.0.gradient_cache_len()
    }

    fn scratch_len(&self, walkers: usize) -> usize {
        self.0.gradient_scratch_len(walkers)
    }

    #[inline(always)]
    fn evaluate_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        self.0.evaluate_batch(walkers, scratch);
    }

    #[inline(always)]
    fn reevaluate_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        self.0.reevaluate(walkers, scratch);
    }
}

impl<T: Delta> Differences for Exact<T> {
    fn cache_len(&self) -> usize {
        self.0.cache_len()
    }

    fn scratch_len(&self, _: usize) -> usize {
        0
    }

    #[inline(always)]
    fn evaluate_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        _: &mut [Self::Real],
    ) {
        for w in walkers {
            let current = &mut w.state.current;
            current.log_prob = self.0.init_cache(w.x, current.memory).into();
            all_deltas(&self.0, w.x, current.memory, current.difference);
        }
    }

    #[inline(always)]
    fn reevaluate_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Evaluations<'_, Self::Real>>],
        _: &mut [Self::Real],
    ) {
        for w in walkers {
            let Evaluations {
                current,
                proposed,
                changes,
                changed,
                ..
            } = &mut w.state;
            let changes = changes.get(..*changed).unwrap_or(&[]);
            for (to, &from) in proposed.memory.iter_mut().zip(current.memory.iter()) {
                *to = from;
            }
            proposed.log_prob = current.log_prob;
            // A delta is asked before its move is made, an update after it: walk the path again.
            for mv in changes.iter().rev() {
                mv.revert(w.x);
            }
            for &mv in changes {
                proposed
                    .log_prob
                    .add(self.0.delta(w.x, proposed.memory, mv));
                mv.apply(w.x);
                self.0.update(w.x, proposed.memory, mv);
            }
            all_deltas(&self.0, w.x, proposed.memory, proposed.difference);
        }
    }
}

#[inline(always)]
fn all_deltas<T: Delta>(target: &T, x: &[u8], memory: &[T::Real], difference: &mut [T::Real]) {
    let mut slots = difference.iter_mut();
    target.space().each_move(x, |mv| {
        if let Some(d) = slots.next() {
            *d = target.delta(x, memory, mv);
        }
    });
}
