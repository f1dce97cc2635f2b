use crate::walker::RunningSum;
use crate::{Move, Real, Space};

/// States to be evaluated together: what a [`Gradient`](crate::Gradient) receives.
///
/// A model asks for the rows one after the other, as often as it needs: a first pass that fills the operand of a matrix
/// product, a second one that writes what comes of it.
pub trait Batch<R, S> {
    /// The number of states.
    fn rows(&self) -> usize;

    /// State `k`, below [`rows`](Self::rows).
    fn row(&mut self, k: usize) -> Row<'_, R, S>;
}

/// One state of a [`Batch`]: what is known of it, and where its evaluation is written.
#[derive(Debug)]
pub struct Row<'r, R, S> {
    /// The state, with all `changes` made. To be left as it is.
    pub x: &'r mut [S],
    /// The moves that led here from the state that `before` is of, each site at most once; empty without `before`.
    pub changes: &'r [Move],
    /// The evaluation of the state before the changes; `None` where this one is to be made from `x` alone.
    pub before: Option<Before<'r, R>>,
    /// The model's own numbers of this state, to be written ([`Gradient::gradient_cache_len`](crate::Gradient::gradient_cache_len)).
    pub cache: &'r mut [R],
    /// `d_m`, the estimate of `f(x after m) - f(x)` for every move index, to be written; anything at idle moves.
    pub differences: &'r mut [R],
    pub(crate) log_prob: &'r mut RunningSum<R>,
}

/// The evaluation that an incremental one begins with.
#[derive(Clone, Copy, Debug)]
pub struct Before<'r, R> {
    /// What the model wrote to [`Row::cache`].
    pub cache: &'r [R],
    /// What it wrote to [`Row::differences`].
    pub differences: &'r [R],
    pub(crate) log_prob: RunningSum<R>,
}

impl<'r, R: Real> Before<'r, R> {
    /// An evaluation with this `f`: for a [`Batch`] of one's own.
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
    /// A state whose `f` is to be written to `log_prob`: for a [`Batch`] of one's own.
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

    /// Turns the gradient in the first numbers of `differences` into first-order differences, in place.
    #[inline(always)]
    pub fn differences_from_gradient<P: Space<Symbol = S>>(&mut self, space: &P) {
        space.differences(self.x, self.differences);
    }
}
