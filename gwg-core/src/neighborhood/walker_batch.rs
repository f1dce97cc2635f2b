//! The walkers of a block as the batch that a model evaluates.

use super::{Evaluation, Evaluations};
use crate::target::{Batch, Before, Row};
use crate::walker::RunningSum;
use crate::{Real, Walker};

type Walkers<'w, 'a, R, Y> = &'w mut [Walker<'a, R, Evaluations<'a, R>, Y>];

/// The current states of the walkers, each to be evaluated from `x` alone.
pub(crate) struct CurrentStates<'w, 'a, R, Y> {
    walkers: Walkers<'w, 'a, R, Y>,
    unused: RunningSum<R>,
}

/// The proposals, each a few changes away from an evaluated state.
pub(crate) struct ProposedStates<'w, 'a, R, Y> {
    walkers: Walkers<'w, 'a, R, Y>,
    unused: RunningSum<R>,
}

impl<'w, 'a, R: Real, Y> CurrentStates<'w, 'a, R, Y> {
    #[inline(always)]
    pub(crate) fn of(walkers: Walkers<'w, 'a, R, Y>) -> Self {
        let unused = 0.0.into();
        Self { walkers, unused }
    }
}

impl<'w, 'a, R: Real, Y> ProposedStates<'w, 'a, R, Y> {
    #[inline(always)]
    pub(crate) fn of(walkers: Walkers<'w, 'a, R, Y>) -> Self {
        let unused = 0.0.into();
        Self { walkers, unused }
    }
}

/// An empty row, for indices past the last one.
#[inline(always)]
fn empty<R, Y>(unused: &mut RunningSum<R>) -> Row<'_, R, Y> {
    Row {
        x: &mut [],
        changes: &[],
        before: None,
        cache: &mut [],
        differences: &mut [],
        log_prob: unused,
    }
}

impl<R: Real, Y> Batch<R, Y> for CurrentStates<'_, '_, R, Y> {
    #[inline(always)]
    fn rows(&self) -> usize {
        self.walkers.len()
    }

    #[inline(always)]
    fn row(&mut self, k: usize) -> Row<'_, R, Y> {
        let Some(w) = self.walkers.get_mut(k) else {
            return empty(&mut self.unused);
        };
        let Evaluation {
            cache,
            differences,
            log_prob,
            ..
        } = &mut w.state.current;
        Row {
            x: w.x,
            changes: &[],
            before: None,
            cache,
            differences,
            log_prob,
        }
    }
}

impl<R: Real, Y> Batch<R, Y> for ProposedStates<'_, '_, R, Y> {
    #[inline(always)]
    fn rows(&self) -> usize {
        self.walkers.len()
    }

    #[inline(always)]
    fn row(&mut self, k: usize) -> Row<'_, R, Y> {
        let Some(w) = self.walkers.get_mut(k) else {
            return empty(&mut self.unused);
        };
        let Evaluations {
            current,
            proposed,
            changes,
            changed,
            ..
        } = &mut w.state;
        Row {
            x: w.x,
            changes: changes.get(..*changed).unwrap_or(&[]),
            before: Some(Before {
                cache: current.cache,
                differences: current.differences,
                log_prob: current.log_prob,
            }),
            cache: proposed.cache,
            differences: proposed.differences,
            log_prob: &mut proposed.log_prob,
        }
    }
}
