use super::part::{self, PairState, lend};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::{Bits, Error, Memory, MemoryLayout, Target};
use core::slice::from_mut;

/// A mixture of two kernels: each step is one of the first kernel with a fixed probability, otherwise one of the second.
///
/// Leaves the target invariant if both kernels do; reversible if both are; irreducible if one of them is. The
/// probability must not depend on `x`.
///
/// # Cost
/// That of the steps, and one update of a kernel whenever the previous step was one of the other: a fraction
/// `2 p (1 - p)` of the steps. If reversibility does not matter, a [`Cycle`](super::Cycle) avoids most of these.
/// Walkers step one by one, so matrix products are not shared by a block. Memory: that of both kernels.
#[derive(Clone, Copy, Debug)]
pub struct Mixture<A, B> {
    first: A,
    second: B,
    probability: f64,
}

impl<A, B> Mixture<A, B> {
    /// Creates a mixture: a step of `first` with probability `probability`, otherwise one of `second`.
    ///
    /// # Errors
    /// [`Error::Probability`] unless it is in `[0, 1]`.
    pub fn new(first: A, second: B, probability: f64) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&probability) {
            Ok(Self {
                first,
                second,
                probability,
            })
        } else {
            Err(Error::Probability)
        }
    }

    /// The two kernels.
    #[must_use]
    pub const fn kernels(&self) -> (&A, &B) {
        (&self.first, &self.second)
    }

    /// The probability that a step is one of the first kernel.
    #[must_use]
    pub const fn probability(&self) -> f64 {
        self.probability
    }
}

impl<T: Target, A: Kernel<T>, B: Kernel<T>> Kernel<T> for Mixture<A, B> {
    type State<'a> = PairState<A::State<'a>, B::State<'a>>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        part::layout(target, &self.first, &self.second)
    }

    fn scratch_len(&self, target: &T, _: usize) -> usize {
        part::scratch_len(target, &self.first, &self.second)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        part::state(target, (&self.first, &self.second), memory)
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        part::restart::<T, A, B>((&self.first, &self.second), state);
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            w.state.second_is_up = false;
            lend(w, PairState::first_part, |w| {
                self.first.reevaluate(target, from_mut(w), scratch);
            });
        }
    }

    fn logs_moves(&self) -> bool {
        self.first.logs_moves() && self.second.logs_moves()
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        part::visit::<T, A, B, V>((&self.first, &self.second), state, visitor);
    }

    /// Only the kernel that stepped last: the other one is updated before its next step.
    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            if w.state.second_is_up {
                lend(w, PairState::second_part, |w| {
                    self.second.reweight(target, from_mut(w), scratch);
                });
            } else {
                lend(w, PairState::first_part, |w| {
                    self.first.reweight(target, from_mut(w), scratch);
                });
            }
        }
    }

    /// Adapts the kernel that stepped last.
    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        for w in walkers {
            if w.state.second_is_up {
                lend(w, PairState::second_part, |w| {
                    self.second.adapt(target, from_mut(w));
                });
            } else {
                lend(w, PairState::first_part, |w| {
                    self.first.adapt(target, from_mut(w));
                });
            }
        }
    }

    fn tuning<'a>(&self, target: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        part::tuning(target, (&self.first, &self.second), state, k)
    }

    #[inline(always)]
    fn step<'a, G: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [G],
        counts: &mut [StepCounts],
    ) {
        self.step_until(target, walkers, scratch, bits, counts, &|| false);
    }

    #[inline(always)]
    fn step_until<'a, G: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [G],
        counts: &mut [StepCounts],
        stop: &dyn Fn() -> bool,
    ) {
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let second = bits.unit::<f64>() >= self.probability;
            let stale = w.state.second_is_up != second;
            w.state.second_is_up = second;
            let (bits, counts) = (from_mut(bits), from_mut(counts));
            if second {
                lend(w, PairState::second_part, |w| {
                    turn(&self.second, stale, target, w, scratch, bits, counts, stop);
                });
            } else {
                lend(w, PairState::first_part, |w| {
                    turn(&self.first, stale, target, w, scratch, bits, counts, stop);
                });
            }
        }
    }
}

/// Makes one step of a kernel, which is updated first if the other one has stepped.
#[inline(always)]
#[expect(
    clippy::too_many_arguments,
    reason = "those of a step, and whether it is up to date"
)]
fn turn<'a, T: Target, K: Kernel<T>, G: Bits>(
    kernel: &K,
    stale: bool,
    target: &T,
    walker: &mut WalkerOf<'a, T, K>,
    scratch: &mut [T::Real],
    bits: &mut [G],
    counts: &mut [StepCounts],
    stop: &dyn Fn() -> bool,
) {
    if stale {
        kernel.reevaluate(target, from_mut(walker), scratch);
    }
    kernel.step_until(target, from_mut(walker), scratch, bits, counts, stop);
}
