use super::{Informed, Langevin, Proposal};
use crate::kernel::{Kernel, Tally, WalkerOf};
use crate::neighbourhood::Surveys;
use crate::{Balance, Bits, Differences, Error, Lens, Memory};

/// **Biased.** DULA: the moves of [`Langevin`] without Metropolis-Hastings (Zhang, Liu and Liu 2022).
///
/// What it samples is near `exp(beta f)` for small steps, but is not it: the bias falls with `alpha` and never
/// vanishes, and differences that are not exact add theirs. For comparisons. Everything else of this crate that is a
/// [`Kernel`] leaves the target invariant.
///
/// # Cost
/// That of [`Langevin`].
#[derive(Clone, Copy, Debug)]
pub struct UnadjustedLangevin<G> {
    inner: Informed<Langevin<G>>,
}

impl<G: Balance> UnadjustedLangevin<G> {
    /// Without acceptance; the paper's choice of `alpha` here is 0.1.
    #[must_use]
    pub const fn biased(proposal: Langevin<G>) -> Self {
        Self {
            inner: Informed::new(proposal),
        }
    }

    /// The kernel with acceptance.
    #[must_use]
    pub const fn adjusted(&self) -> &Informed<Langevin<G>> {
        &self.inner
    }
}

impl<T: Differences, G: Balance> Kernel<T> for UnadjustedLangevin<G>
where
    Langevin<G>: Proposal,
{
    type State<'a> = Surveys<'a, T::Real>;

    fn lockstep(&self) -> bool {
        true
    }

    fn lens(&self, target: &T) -> Lens {
        self.inner.lens(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.survey_scratch_len(walkers)
    }

    fn state<'a>(
        &self,
        target: &T,
        memory: Memory<'a, T::Real>,
    ) -> Result<Surveys<'a, T::Real>, Error> {
        self.inner.state(target, memory)
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], scratch: &mut [T::Real]) {
        self.inner.init(target, walkers, scratch);
    }

    fn retemper<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.inner.retemper(target, walkers, scratch);
    }

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        tally: &mut [Tally],
    ) {
        self.inner
            .round(target, walkers, scratch, bits, tally, |_, _| true);
    }
}
