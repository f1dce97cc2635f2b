use super::part::{self, PairState, lend};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::{Bits, Error, Memory, MemoryLayout, Target};
use core::slice::from_mut;

/// Two kernels in turn: some steps of the first, then some of the second.
///
/// Leaves invariant what both do; not reversible, even where both are. Kernels of kernels make longer
/// cycles. A step is one whole turn of both; the counts counts the steps of each.
///
/// # Cost
/// That of the steps, and one [`Kernel::reevaluate`] of each kernel per turn: a kernel that comes after another finds
/// its differences stale. So a turn should have many steps (of the order of a sweep). Systematic scans and cycles of step
/// sizes go on from turn to turn. Walkers step one by one, so a matrix product shared by a block is shared no more.
/// Memory: that of both kernels, [`MemoryLayout::plus`].
///
/// # Example
/// Gibbs-With-Gradients, which asks for first-order differences, and then Gibbs, which asks for exact ones, on a model
/// where the two differ: each asks the model itself as [`AnyKernel`](super::AnyKernel).
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
    /// `steps.0` steps of `first`, then `steps.1` of `second`, and so on.
    ///
    /// # Errors
    /// [`Error::Steps`] where one of the two is 0.
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

    /// How many steps of each make a turn.
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

    /// Both kernels, by the last step of each.
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
        let Self {
            first,
            second,
            steps,
        } = self;
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let (bits, counts) = (from_mut(bits), from_mut(counts));
            lend(w, PairState::first_part, |w| {
                first.advance(target, from_mut(w), scratch, bits, counts, steps.0);
            });
            lend(w, PairState::second_part, |w| {
                second.reevaluate(target, from_mut(w), scratch);
                second.advance(target, from_mut(w), scratch, bits, counts, steps.1);
            });
            lend(w, PairState::first_part, |w| {
                first.reevaluate(target, from_mut(w), scratch);
            });
        }
    }
}
