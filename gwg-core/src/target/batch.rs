use crate::walker::RunningSum;
use crate::{Move, Real, Space};

/// A batch of states to be evaluated: the argument of [`Gradient::evaluate`](crate::Gradient::evaluate).
///
/// A model accesses the rows one after the other, as often as necessary: for example a first pass to fill the operand
/// of a matrix product, and a second one to write its results.
pub trait Batch<R, S> {
    /// The number of states.
    fn rows(&self) -> usize;

    /// State `k`, below [`rows`](Self::rows).
    fn row(&mut self, k: usize) -> Row<'_, R, S>;
}

/// One state of a [`Batch`]: the inputs and outputs of its evaluation.
#[derive(Debug)]
pub struct Row<'r, R, S> {
    /// The state, with all `changes` made. The model must not change it.
    pub x: &'r mut [S],
    /// The moves that lead here from the state of `before`, at most one per site; empty without `before`.
    pub changes: &'r [Move],
    /// The evaluation of the state before the changes; `None` if this evaluation is to be computed from `x` alone.
    pub before: Option<Before<'r, R>>,
    /// Output: the model's cache for this state
    /// ([`Gradient::gradient_cache_len`](crate::Gradient::gradient_cache_len) numbers).
    pub cache: &'r mut [R],
    /// Output: `d_m`, the estimate of `f(x after m) - f(x)`, for every move index; unspecified for idle moves.
    pub differences: &'r mut [R],
    pub(crate) log_prob: &'r mut RunningSum<R>,
}

/// The evaluation that an incremental evaluation starts from.
#[derive(Clone, Copy, Debug)]
pub struct Before<'r, R> {
    /// What the model wrote to [`Row::cache`].
    pub cache: &'r [R],
    /// What the model wrote to [`Row::differences`].
    pub differences: &'r [R],
    pub(crate) log_prob: RunningSum<R>,
}

impl<'r, R: Real> Before<'r, R> {
    /// Creates an evaluation with this `f`, for custom implementations of [`Batch`].
    pub const fn new(cache: &'r [R], differences: &'r [R], log_prob: RunningSum<R>) -> Self {
        Self {
            cache,
            differences,
            log_prob,
        }
    }

    /// `f` of the state before the changes.
    #[inline(always)]
    #[must_use]
    pub fn log_prob(&self) -> f64 {
        self.log_prob.value()
    }
}

impl<'r, R: Real, S> Row<'r, R, S> {
    /// Creates a state whose `f` is written to `log_prob`, for custom implementations of [`Batch`].
    pub const fn new(
        x: &'r mut [S],
        (changes, before): (&'r [Move], Option<Before<'r, R>>),
        (cache, differences): (&'r mut [R], &'r mut [R]),
        log_prob: &'r mut RunningSum<R>,
    ) -> Self {
        Self {
            x,
            changes,
            before,
            cache,
            differences,
            log_prob,
        }
    }

    /// Sets `f(x)`.
    #[inline(always)]
    pub fn set_log_prob(&mut self, log_prob: f64) {
        *self.log_prob = log_prob.into();
    }

    /// Converts the gradient in the first numbers of `differences` to first-order differences, in place.
    #[inline(always)]
    pub fn differences_from_gradient<P: Space<Symbol = S>>(&mut self, space: &P) {
        space.differences(self.x, self.differences);
    }
}
