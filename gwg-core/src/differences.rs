//! Estimates `d(x)` of the differences of `f`: first-order from one gradient, or exact.

use crate::target::{Batch, Before, Failure, SymbolOf, forward_delta, forward_local};
use crate::{Delta, Gradient, Local, Move, Multilinear, Space, Target};

/// A target together with an estimate of its differences, as required by kernels on [`Evaluated`](crate::Evaluated).
///
/// Implemented by [`Taylor`] and [`Exact`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not define which differences to use",
    note = "`Taylor(model)` uses first-order differences from the gradient, `Exact(model)` exact ones"
)]
pub trait Differences: Target {
    /// The length of the target's cache in each evaluation, in numbers.
    fn evaluation_cache_len(&self) -> usize;

    /// The length of the scratch slice for a batch of `rows` states.
    fn evaluation_scratch_len(&self, rows: usize) -> usize;

    /// Writes the cache, the differences and `f` of every state, under the contract of [`Gradient::evaluate`].
    fn evaluate_differences(
        &self,
        batch: &mut dyn Batch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
    );
}

/// First-order differences: the `d(x)` computed from one gradient. With these,
/// [`LocallyBalanced`](crate::LocallyBalanced) is Gibbs-With-Gradients (Grathwohl et al. 2021).
#[derive(Clone, Copy, Debug)]
pub struct Taylor<T>(pub T);

/// Exact differences, one per move. With these, [`LocallyBalanced`](crate::LocallyBalanced) is the locally informed
/// kernel of Zanella (2020). Cost per step: the number of moves times that of [`Delta::delta`].
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
    fn log_prob(&self, x: &[SymbolOf<Self>]) -> f64 {
        self.0.log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.0.failure()
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
    fn log_prob(&self, x: &[SymbolOf<Self>]) -> f64 {
        self.0.log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.0.failure()
    }
}

forward_delta!([T: Delta] Exact<T>, self => self.0);
forward_local!([T: Local] Exact<T>, self => self.0);

// Only for a multilinear model do exact differences equal first-order ones.
forward_delta!([T: Delta + Multilinear] Taylor<T>, self => self.0);
forward_local!([T: Local + Multilinear] Taylor<T>, self => self.0);
impl<T: Multilinear> Multilinear for Taylor<T> {}
impl<T: Multilinear> Multilinear for Exact<T> {}

impl<T: Gradient> Differences for Taylor<T> {
    fn evaluation_cache_len(&self) -> usize {
        self.0.gradient_cache_len()
    }

    fn evaluation_scratch_len(&self, rows: usize) -> usize {
        self.0.gradient_scratch_len(rows)
    }

    #[inline(always)]
    fn evaluate_differences(
        &self,
        batch: &mut dyn Batch<Self::Real, SymbolOf<Self>>,
        scratch: &mut [Self::Real],
    ) {
        self.0.evaluate(batch, scratch);
    }
}

impl<T: Delta> Differences for Exact<T> {
    fn evaluation_cache_len(&self) -> usize {
        self.0.cache_len()
    }

    fn evaluation_scratch_len(&self, _: usize) -> usize {
        0
    }

    #[inline(always)]
    fn evaluate_differences(
        &self,
        batch: &mut dyn Batch<Self::Real, SymbolOf<Self>>,
        _: &mut [Self::Real],
    ) {
        for k in 0..batch.rows() {
            let row = batch.row(k);
            match row.before {
                None => *row.log_prob = self.0.init_cache(row.x, row.cache).into(),
                Some(Before {
                    cache, log_prob, ..
                }) => {
                    for (to, &from) in row.cache.iter_mut().zip(cache) {
                        *to = from;
                    }
                    *row.log_prob = log_prob;
                    // `delta` takes a move that has not been made, `update` one that has: undo the path, then walk it again.
                    for mv in row.changes.iter().rev() {
                        mv.revert(row.x);
                    }
                    for &mv in row.changes {
                        row.log_prob.add(self.0.delta(row.x, row.cache, mv));
                        mv.apply(row.x);
                        self.0.update(row.x, row.cache, mv);
                    }
                }
            }
            all_deltas(&self.0, row.x, row.cache, row.differences);
        }
    }
}

#[inline(always)]
fn all_deltas<T: Delta>(
    target: &T,
    x: &[SymbolOf<T>],
    cache: &[T::Real],
    differences: &mut [T::Real],
) {
    let mut slots = differences.iter_mut();
    target.space().each_move(x, |mv| {
        if let Some(d) = slots.next() {
            *d = target.delta(x, cache, mv);
        }
    });
}
