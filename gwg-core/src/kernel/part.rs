//! Parts of composed kernels: each part has its own state, and receives the walker while it steps.

use super::{Kernel, StateVisitor};
use crate::{Error, Memory, MemoryLayout, Target, Walker};
use core::mem::take;

/// Calls `work` with the walker's `x` and a part of its state, as a walker of that part. `None` if the part is
/// missing, which only happens after a panic in `work`.
///
/// Only references and the few numbers of a state are copied.
#[inline(always)]
pub(crate) fn lend<'a, R: Copy, S, Y, P, O>(
    walker: &mut Walker<'a, R, S, Y>,
    part: impl Fn(&mut S) -> &mut Option<P>,
    work: impl FnOnce(&mut Walker<'a, R, P, Y>) -> O,
) -> Option<O> {
    let state = part(&mut walker.state).take()?;
    let mut lent = with(walker, state);
    let out = work(&mut lent);
    *part(&mut walker.state) = Some(back(walker, lent));
    Some(out)
}

/// The walker with a state of another type.
#[inline(always)]
pub(super) fn with<'a, R: Copy, S, Y, P>(
    walker: &mut Walker<'a, R, S, Y>,
    state: P,
) -> Walker<'a, R, P, Y> {
    Walker {
        x: take(&mut walker.x),
        log_prob: walker.log_prob,
        beta: walker.beta,
        state,
        moves: take(&mut walker.moves),
    }
}

/// Returns to the walker what [`with`] took, except the state of the part.
#[inline(always)]
pub(super) fn back<'a, R, S, Y, P>(
    walker: &mut Walker<'a, R, S, Y>,
    lent: Walker<'a, R, P, Y>,
) -> P {
    walker.x = lent.x;
    walker.log_prob = lent.log_prob;
    walker.moves = lent.moves;
    lent.state
}

/// The per-walker state of a composition of two kernels.
#[derive(Debug)]
pub struct PairState<A, B> {
    first: Option<A>,
    second: Option<B>,
    /// True if the second kernel's state is the one that is up to date with `x`.
    pub(crate) second_is_up: bool,
}

impl<A, B> PairState<A, B> {
    /// The first kernel's state, for reading or setting its tuned values.
    #[must_use]
    pub const fn first_mut(&mut self) -> Option<&mut A> {
        self.first.as_mut()
    }

    /// The second kernel's state.
    #[must_use]
    pub const fn second_mut(&mut self) -> Option<&mut B> {
        self.second.as_mut()
    }

    pub(crate) const fn first_part(&mut self) -> &mut Option<A> {
        &mut self.first
    }

    pub(crate) const fn second_part(&mut self) -> &mut Option<B> {
        &mut self.second
    }
}

/// The memory of two kernels.
pub(super) fn layout<T: Target, A: Kernel<T>, B: Kernel<T>>(
    target: &T,
    a: &A,
    b: &B,
) -> MemoryLayout {
    a.layout(target).plus(b.layout(target))
}

/// The scratch of one walker of two kernels, which use it in turn.
pub(super) fn scratch_len<T: Target, A: Kernel<T>, B: Kernel<T>>(
    target: &T,
    a: &A,
    b: &B,
) -> usize {
    a.scratch_len(target, 1).max(b.scratch_len(target, 1))
}

/// The states of two kernels, with their memory one after the other.
pub(super) fn state<'a, T: Target, A: Kernel<T>, B: Kernel<T>>(
    target: &T,
    (a, b): (&A, &B),
    memory: Memory<'a, T::Real>,
) -> Result<PairState<A::State<'a>, B::State<'a>>, Error> {
    memory.make(layout(target, a, b), |mut memory| {
        let own = a.layout(target);
        let front = Memory {
            reals: memory.reals(own.reals)?,
            words: memory.words(own.words)?,
            indices: memory.indices(own.indices)?,
            moves: memory.moves(own.moves)?,
        };
        Ok(PairState {
            first: Some(a.state(target, front)?),
            second: Some(b.state(target, memory)?),
            second_is_up: false,
        })
    })
}

/// The `k`-th tuning parameter of two kernels, those of the first kernel first.
pub(super) fn tuning<'a, T: Target, A: Kernel<T>, B: Kernel<T>>(
    target: &T,
    (a, b): (&A, &B),
    state: &PairState<A::State<'a>, B::State<'a>>,
    k: usize,
) -> Option<f64> {
    let first = state.first.as_ref()?;
    let of_first = |k: &usize| a.tuning(target, first, *k).is_some();
    let before = (0..k).take_while(of_first).count();
    if before == k
        && let Some(found) = a.tuning(target, first, k)
    {
        return Some(found);
    }
    b.tuning(target, state.second.as_ref()?, k - before)
}

/// Resets the schedules of two kernels.
pub(super) fn restart<'a, T: Target, A: Kernel<T>, B: Kernel<T>>(
    (a, b): (&A, &B),
    state: &mut PairState<A::State<'a>, B::State<'a>>,
) {
    if let (Some(first), Some(second)) = (&mut state.first, &mut state.second) {
        a.restart(first);
        b.restart(second);
    }
}

/// Visits the states of two kernels, and which of them is up to date with `x`.
pub(super) fn visit<'a, T: Target, A: Kernel<T>, B: Kernel<T>, V: StateVisitor>(
    (a, b): (&A, &B),
    state: &mut PairState<A::State<'a>, B::State<'a>>,
    visitor: &mut V,
) {
    let PairState {
        first,
        second,
        second_is_up,
    } = state;
    if let (Some(first), Some(second)) = (first, second) {
        a.visit_state(first, visitor);
        b.visit_state(second, visitor);
    }
    visitor.flag(second_is_up);
}
