use super::part::{self, PairState, lend};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf, walk_until};
use crate::{Bits, Error, Memory, MemoryLayout, Target};
use core::slice::from_mut;

/// A cycle of two kernels: some steps of the first, then some of the second.
///
/// Leaves the target invariant if both kernels do; not reversible, even if both are. Nest cycles to compose more
/// kernels. One step is one whole turn of both; the counts are those of the steps of each.
///
/// # Cost
/// That of the steps, and one update of each kernel per turn, because its differences are stale after steps of the
/// other: a turn should therefore have many steps (about a sweep). Systematic scans and cycles of step sizes continue
/// from turn to turn. Walkers step one by one, so matrix products are not shared by a block. Memory: that of both
/// kernels, [`MemoryLayout::plus`].
///
/// # Example
/// Gibbs-With-Gradients, which uses first-order differences, then Gibbs, which uses exact ones, on a model for which
/// the two differ: both run on the model itself as [`AnyKernel`](super::AnyKernel).
///
/// ```
/// use gwg_core::kernel::{AnyKernel, Cycle};
/// use gwg_core::{AnyBalance, Gibbs, Kernel, LocallyBalanced};
/// # fn memory<T: gwg_core::Gradient + gwg_core::Delta>(model: &T) -> Result<usize, gwg_core::Error> {
///
/// let gwg = LocallyBalanced::evaluated(AnyBalance::Sqrt);
/// let kernel = Cycle::new(AnyKernel::from(gwg), AnyKernel::from(Gibbs::default()), (20, 1))?;
/// let reals = kernel.layout(model).reals;
/// # Ok(reals)
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cycle<A, B> {
    first: A,
    second: B,
    steps: (u64, u64),
}

impl<A, B> Cycle<A, B> {
    /// Creates a cycle of `steps.0` steps of `first`, then `steps.1` steps of `second`.
    ///
    /// # Errors
    /// [`Error::Steps`] if one of the two is 0.
    pub fn new(first: A, second: B, steps: (u64, u64)) -> Result<Self, Error> {
        if steps.0 == 0 || steps.1 == 0 {
            return Err(Error::Steps);
        }
        Ok(Self {
            first,
            second,
            steps,
        })
    }

    /// The two kernels.
    #[must_use]
    pub const fn kernels(&self) -> (&A, &B) {
        (&self.first, &self.second)
    }

    /// The numbers of steps of each kernel per turn.
    #[must_use]
    pub const fn steps(&self) -> (u64, u64) {
        self.steps
    }
}

impl<T: Target, A: Kernel<T>, B: Kernel<T>> Kernel<T> for Cycle<A, B> {
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

    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            lend(w, PairState::first_part, |w| {
                self.first.reweight(target, from_mut(w), scratch);
            });
        }
    }

    /// Adapts both kernels to the last step of each.
    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        for w in walkers {
            lend(w, PairState::first_part, |w| {
                self.first.adapt(target, from_mut(w));
            });
            lend(w, PairState::second_part, |w| {
                self.second.adapt(target, from_mut(w));
            });
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
        let Self {
            first,
            second,
            steps,
        } = self;
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let (bits, counts) = (from_mut(bits), from_mut(counts));
            lend(w, PairState::first_part, |w| {
                let w = from_mut(w);
                walk_until(
                    first, target, w, scratch, bits, counts, steps.0, false, &stop,
                );
            });
            lend(w, PairState::second_part, |w| {
                second.reevaluate(target, from_mut(w), scratch);
                let w = from_mut(w);
                walk_until(
                    second, target, w, scratch, bits, counts, steps.1, false, &stop,
                );
            });
            lend(w, PairState::first_part, |w| {
                first.reevaluate(target, from_mut(w), scratch);
            });
        }
    }
}
