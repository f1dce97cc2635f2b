use super::{DiscreteLangevin, Informed, Proposal};
use crate::kernel::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::Evaluations;
use crate::{Balance, Bits, Differences, Error, Memory, MemoryLayout, MoveLog};

/// **Biased.** DULA: the moves of [`DiscreteLangevin`] without Metropolis-Hastings (Zhang, Liu and Liu 2022).
///
/// For small steps its stationary distribution is near `exp(beta f)`, but not equal to it: the bias decreases with
/// `alpha` and never vanishes, and inexact differences add to it. For comparisons only. All other [`Kernel`]s of this
/// crate leave the target invariant.
///
/// # Cost
/// That of [`DiscreteLangevin`].
#[derive(Clone, Copy, Debug)]
pub struct UnadjustedLangevin<G> {
    inner: Informed<DiscreteLangevin<G>>,
}

impl<G: Balance> UnadjustedLangevin<G> {
    /// Creates the kernel; the paper uses `alpha` = 0.1 without acceptance.
    #[must_use]
    pub const fn biased(proposal: DiscreteLangevin<G>) -> Self {
        Self {
            inner: Informed::new(proposal),
        }
    }

    /// The corresponding kernel with acceptance.
    #[must_use]
    pub const fn adjusted(&self) -> &Informed<DiscreteLangevin<G>> {
        &self.inner
    }
}

impl<T: Differences, G: Balance> Kernel<T> for UnadjustedLangevin<G>
where
    DiscreteLangevin<G>: Proposal,
{
    type State<'a> = Evaluations<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        true
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        self.inner.layout(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.evaluation_scratch_len(walkers)
    }

    fn state<'a>(
        &self,
        target: &T,
        memory: Memory<'a, T::Real>,
    ) -> Result<Evaluations<'a, T::Real>, Error> {
        self.inner.state(target, memory)
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        Kernel::<T>::restart(&self.inner, state);
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.inner.reevaluate(target, walkers, scratch);
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        state.visit(visitor);
    }

    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.inner.reweight(target, walkers, scratch);
    }

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        self.inner
            .round(target, walkers, scratch, bits, counts, |_, _| true);
    }
}
