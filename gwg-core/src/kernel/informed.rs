//! Kernels that change several sites per step: each is a distribution over sets of moves, with a common
//! Metropolis-Hastings step.

mod adapt;
mod cyclical_langevin;
mod discrete_langevin;
mod distance;
mod dlmc;
mod gumbel;
mod hamming_window;
mod multi_flip;
mod path_auxiliary;
mod proposal;
mod remaining;
mod sites;
mod step;
mod unadjusted;

pub use adapt::TARGET_ACCEPTANCE;
pub use cyclical_langevin::{CyclicalLangevin, Phase};
pub use discrete_langevin::DiscreteLangevin;
pub use dlmc::Dlmc;
pub use hamming_window::HammingWindow2;
pub use multi_flip::MultiFlip;
pub use path_auxiliary::PathAuxiliary;
#[cfg(feature = "check")]
pub(crate) use path_auxiliary::length_probability;
pub use proposal::{Drawn, Proposal, ProposalContext, Slopes, layout_for, proposal_scratch_len};
pub use unadjusted::UnadjustedLangevin;

use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::{ByDistance, Evaluations};
use crate::{Bits, Differences, Error, Memory, MemoryLayout, MoveLog, Space, accept};

/// Draws a set of moves from the proposal `P`, makes them all, then accepts or rejects with Metropolis-Hastings.
///
/// | `P` | a step | tuning parameter |
/// |---|---|---|
/// | [`MultiFlip`] | GWG-n: `n` moves drawn with replacement | mean `n` |
/// | [`PathAuxiliary`] | PAS, PAFS: `R` sites drawn without replacement | mean `R` |
/// | [`DiscreteLangevin`] | DMALA: all sites independently | step size `alpha`, temperature |
/// | [`CyclicalLangevin`] | ACS: DMALA with a cycle of step sizes | a factor of all step sizes |
/// | [`Dlmc`] | DLMC, DLMCf: all sites independently, by a short jump process | mean number of moves |
/// | [`HammingWindow2`] | GWG with window 2: one site or two | - |
///
/// All of them use [`Taylor`](crate::Taylor) or [`Exact`](crate::Exact) differences.
///
/// # Acceptance
/// `min(1, exp(beta (f(y) - f(x))) q(reverse path|y) / q(path|x))`, with both probabilities computed by
/// [`Proposal::log_prob`], times [`accept::KEEP`]: a proposal of one site, or of one free site, has period two without.
///
/// # Cost
/// One evaluation per step for a whole block of walkers, and the cost of the proposal. Memory: [`layout_for`].
///
/// # Warm-up
/// [`Kernel::adapt`] adapts each walker's tuning parameter to the acceptance rate [`TARGET_ACCEPTANCE`], before the factor; without
/// calls of it, the parameter is constant. A proposal with a second parameter ([`Proposal::exponent`]) has both adapted for the largest mean squared distance
/// of a step instead. They are part of the walker's state, and [`Kernel::init`] keeps them.
#[derive(Clone, Copy, Debug)]
pub struct Informed<P> {
    proposal: P,
    fixed: bool,
}

impl<P: Proposal> Informed<P> {
    /// Creates the kernel with this proposal.
    #[must_use]
    pub const fn new(proposal: P) -> Self {
        Self {
            proposal,
            fixed: false,
        }
    }

    /// Keeps the tuning parameter at the proposal's value, during warm-up too.
    #[must_use]
    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// The proposal.
    #[must_use]
    pub const fn proposal(&self) -> &P {
        &self.proposal
    }

    /// Sets the phase of a cyclical schedule, which is 0 after `init`.
    pub fn set_phase<T: Differences>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        phase: usize,
    ) {
        walker.state.plan.phase = phase;
        self.weigh_seldom(target, walker);
    }

    /// Sets the tuning parameter of an initialized walker, limited to its range.
    pub fn set_tuning<T: Differences>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        tuning: f64,
    ) {
        let range = self.proposal.range(target.space());
        walker.state.plan.tuning = adapt::within(tuning, range);
        self.weigh_seldom(target, walker);
    }

    /// Sets the second tuning parameter of an initialized walker, where the proposal has one: a temperature, limited to 1 to 4.
    pub fn set_temperature<T: Differences>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        temperature: f64,
    ) {
        let words = &mut *walker.state.plan.distance;
        let mut tuning = ByDistance::load(words);
        tuning.exponent = distance::exponent(temperature);
        tuning.store(words);
        self.weigh_seldom(target, walker);
    }
}

impl<T: Differences, P: Proposal> Kernel<T> for Informed<P> {
    type State<'a> = Evaluations<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        true
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        let space = target.space();
        let words = self.proposal.exponent().map_or(0, |_| ByDistance::WORDS);
        MemoryLayout {
            words,
            ..layout_for(space.sites(), space.moves(), target.evaluation_cache_len())
        }
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.evaluation_scratch_len(walkers)
    }

    fn state<'a>(
        &self,
        target: &T,
        memory: Memory<'a, T::Real>,
    ) -> Result<Evaluations<'a, T::Real>, Error> {
        memory.make(self.layout(target), |mut memory| {
            let (sites, moves) = (target.space().sites(), target.space().moves());
            let layout = (target.evaluation_cache_len(), moves);
            let mut state = Evaluations::new(&mut memory, layout, sites)?;
            state.plan.scratch = memory.reals(proposal_scratch_len(sites, moves))?;
            state.plan.path = memory.indices(sites)?;
            state.plan.back = memory.indices(sites)?;
            let start = self.proposal.start().unwrap_or(1.0);
            state.plan.tuning = adapt::within(start, self.proposal.range(target.space()));
            if let Some(exponent) = self.proposal.exponent() {
                state.plan.distance = memory.words(ByDistance::WORDS)?;
                let fresh = ByDistance::default();
                ByDistance { exponent, ..fresh }.store(state.plan.distance);
            }
            Ok(state)
        })
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        state.plan.phase = 0;
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.refresh(target, walkers, scratch);
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        state.visit(visitor);
        // A state is made anew for each call; tuned numbers outlive it.
        for word in state.plan.distance.iter_mut() {
            visitor.word(word);
        }
    }

    fn reweight<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            self.weigh_seldom(target, w);
        }
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
        self.round(target, walkers, scratch, bits, counts, |ratio, bits| {
            accept::lazy(ratio, bits)
        });
    }

    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        if self.proposal.exponent().is_some() {
            for w in walkers {
                self.adapt_by_distance(target.space(), &mut w.state.plan);
                self.weigh_seldom(target, w);
            }
            return;
        }
        if self.fixed || self.proposal.start().is_none() {
            return;
        }
        let range = self.proposal.range(target.space());
        for w in walkers {
            let plan = &mut w.state.plan;
            plan.tuning = adapt::adapted(plan.tuning, plan.acceptance, plan.adaptations, range);
            plan.adaptations += 1;
            if P::WEIGHS_BY_TUNING {
                self.weigh_seldom(target, w);
            }
        }
    }

    fn tuning<'a>(&self, _: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        let plan = &state.plan;
        let first = (!self.fixed && self.proposal.start().is_some()).then_some(plan.tuning);
        let exponent = self.proposal.exponent();
        let second = exponent.map(|_| 1.0 / ByDistance::exponent_in(plan.distance));
        [first, second].into_iter().flatten().nth(k)
    }
}
