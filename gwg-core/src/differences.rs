//! The estimates `d(x)`: from one gradient, or exact.

use crate::neighbourhood::Surveys;
use crate::target::{forward_delta, forward_local};
use crate::{Delta, Gradient, Local, Move, Multilinear, Space, Target, Walker};

/// A target asked through a particular estimate of its differences: what a surveyed kernel needs.
///
/// Implemented by [`Taylor`] and [`Exact`]; the contracts are those of [`Gradient::survey`] and
/// [`Gradient::resurvey`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which differences are meant",
    note = "`Taylor(model)` takes those of its gradient, `Exact(model)` the exact ones"
)]
pub trait Differences: Target {
    /// Numbers kept in each survey beside the differences.
    fn survey_memory_len(&self) -> usize;

    /// Numbers of scratch for a block of so many walkers.
    fn survey_scratch_len(&self, walkers: usize) -> usize;

    /// Fills the survey `here` of every walker from its `x`.
    fn survey_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Surveys<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    );

    /// Fills the survey `there` of every walker, its changes already made in `x`.
    fn resurvey_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Surveys<'_, Self::Real>>],
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
    fn survey_memory_len(&self) -> usize {
        self.0.gradient_memory_len()
    }

    fn survey_scratch_len(&self, walkers: usize) -> usize {
        self.0.gradient_scratch_len(walkers)
    }

    #[inline(always)]
    fn survey_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Surveys<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        self.0.survey(walkers, scratch);
    }

    #[inline(always)]
    fn resurvey_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Surveys<'_, Self::Real>>],
        scratch: &mut [Self::Real],
    ) {
        self.0.resurvey(walkers, scratch);
    }
}

impl<T: Delta> Differences for Exact<T> {
    fn survey_memory_len(&self) -> usize {
        self.0.memory_len()
    }

    fn survey_scratch_len(&self, _: usize) -> usize {
        0
    }

    #[inline(always)]
    fn survey_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Surveys<'_, Self::Real>>],
        _: &mut [Self::Real],
    ) {
        for w in walkers {
            let here = &mut w.state.here;
            here.log_prob = self.0.remember(w.x, here.memory).into();
            all_deltas(&self.0, w.x, here.memory, here.difference);
        }
    }

    #[inline(always)]
    fn resurvey_all(
        &self,
        walkers: &mut [Walker<'_, Self::Real, Surveys<'_, Self::Real>>],
        _: &mut [Self::Real],
    ) {
        for w in walkers {
            let Surveys {
                here,
                there,
                changes,
                changed,
                ..
            } = &mut w.state;
            let changes = changes.get(..*changed).unwrap_or(&[]);
            for (to, &from) in there.memory.iter_mut().zip(here.memory.iter()) {
                *to = from;
            }
            there.log_prob = here.log_prob;
            // A delta is asked before its move is made, an update after it: walk the path again.
            for mv in changes.iter().rev() {
                mv.revert(w.x);
            }
            for &mv in changes {
                there.log_prob.add(self.0.delta(w.x, there.memory, mv));
                mv.apply(w.x);
                self.0.update(w.x, there.memory, mv);
            }
            all_deltas(&self.0, w.x, there.memory, there.difference);
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
