//! Kernels that change several sites a step: one law over sets of moves each, one Metropolis-Hastings for all.

mod adapt;
mod cyclical;
mod dlmc;
mod gumbel;
mod langevin;
mod pairs;
mod path;
mod proposal;
mod repeated;
mod sites;
mod unadjusted;

pub use adapt::TARGET_ACCEPTANCE;
pub use cyclical::{Cyclical, Phase};
pub use dlmc::Dlmc;
pub use langevin::Langevin;
pub use pairs::Pairs;
pub use path::Path;
#[cfg(feature = "check")]
pub(crate) use path::length_probability;
pub use proposal::{Drawn, Proposal, Setting, lens_for, spare_len};
pub use repeated::Repeated;
pub use unadjusted::UnadjustedLangevin;

use super::{Kernel, Tally, WalkerOf};
use crate::neighbourhood::{Plan, Surveys, refresh_interval};
use crate::{Bits, Differences, Error, Lens, Memory, Move, Real, Space, Target, Walker, accept};

/// The walker of every kernel of this module.
type On<'a, T> = Walker<'a, <T as Target>::Real, Surveys<'a, <T as Target>::Real>>;

/// Draws a set of moves by the proposal `P`, makes them all, then Metropolis-Hastings.
///
/// | `P` | a step | tuning |
/// |---|---|---|
/// | [`Repeated`] | GWG-n: `n` moves drawn with replacement | mean `n` |
/// | [`Path`] | PAS, PAFS: `R` sites drawn without replacement | mean `R` |
/// | [`Langevin`] | DMALA: every site for itself | step size `alpha` |
/// | [`Cyclical`] | ACS: DMALA, step sizes in a cycle | - |
/// | [`Dlmc`] | DLMC, DLMCf: every site by a short jump process | mean number of moves |
/// | [`Pairs`] | GWG with window 2: one site or two | - |
///
/// All of them on [`Taylor`](crate::Taylor) or on [`Exact`](crate::Exact) differences.
///
/// # Acceptance
/// `min(1, exp(beta (f(y) - f(x))) q(way back|y) / q(path|x))`, both of one function, [`Proposal::log_prob`].
///
/// # Cost
/// One evaluation a step for a whole block of walkers, and what the proposal says. Memory: [`lens_for`].
///
/// # Warm-up
/// [`Kernel::adapt`] moves each walker's tuning parameter towards [`TARGET_ACCEPTANCE`]; where it is not
/// called, the parameter stays. It lives in the walker's state, and [`Kernel::init`] keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Informed<P> {
    proposal: P,
}

impl<P: Proposal> Informed<P> {
    /// The kernel with this proposal.
    #[must_use]
    pub const fn new(proposal: P) -> Self {
        Self { proposal }
    }

    /// The proposal.
    #[must_use]
    pub const fn proposal(&self) -> &P {
        &self.proposal
    }

    /// Sets the phase of a cyclical schedule; it is 0 after `init`.
    pub fn set_phase<T: Differences>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        phase: usize,
    ) {
        walker.state.plan.phase = phase;
        self.weigh_seldom(target, walker);
    }

    /// Sets the tuning parameter of a walker that `init` has made ready, within its range.
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

    #[inline(always)]
    fn weigh_here<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Surveys { here, plan, .. } = &mut walker.state;
        self.proposal.weigh(&at, here, plan.spare);
    }

    /// The same out of line: where it is seldom wanted, another copy of it would not pay.
    #[inline(never)]
    fn weigh_seldom<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        self.weigh_here(target, walker);
    }

    /// Draws a path, and makes its moves in `x`.
    #[inline(always)]
    fn draw<T: Differences, B: Bits>(&self, target: &T, walker: &mut On<'_, T>, bits: &mut B) {
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Surveys { here, plan, .. } = &mut walker.state;
        let (length, intended) = self.proposal.draw(&at, here, plan.spare, plan.path, bits);
        (plan.length, plan.intended) = (length, intended);
        self.depart(target, walker);
    }

    /// Makes the moves of the path at hand in `x`, with what acceptance needs to know of `here`.
    #[inline(always)]
    pub(crate) fn depart<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        let space = target.space();
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Surveys {
            here,
            changes,
            changed,
            plan,
            ..
        } = &mut walker.state;
        let path = plan.path.get(..plan.length).unwrap_or(&[]);
        let drawn = Drawn {
            path,
            intended: plan.intended,
        };
        plan.forth = self.proposal.log_prob(&at, here, plan.spare, drawn);
        *changed = net_changes(space, walker.x, path, changes, P::REPEATS);
        let changes = changes.get(..*changed).unwrap_or(&[]);
        let back = plan.back.get_mut(..path.len()).unwrap_or(&mut []);
        plan.returns = self.proposal.way_back(space, walker.x, path, changes, back);
        for mv in changes {
            mv.apply(walker.x);
        }
    }

    /// Surveys the proposals of all walkers.
    #[inline(always)]
    pub(crate) fn arrive<T: Differences>(
        &self,
        target: &T,
        walkers: &mut [On<'_, T>],
        scratch: &mut [T::Real],
    ) {
        target.resurvey_all(walkers, scratch);
        for w in walkers {
            let at = setting(target, w.x, w.beta, &w.state.plan);
            let Surveys { there, plan, .. } = &mut w.state;
            self.proposal.weigh(&at, there, plan.spare);
        }
    }

    /// The Metropolis-Hastings ratio of a walker that has arrived.
    #[inline(always)]
    pub(crate) fn ratio<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) -> T::Real {
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Surveys {
            here, there, plan, ..
        } = &mut walker.state;
        if !plan.returns {
            return T::Real::ZERO;
        }
        let drawn = Drawn {
            path: plan.back.get(..plan.length).unwrap_or(&[]),
            intended: plan.intended,
        };
        let back = self.proposal.log_prob(&at, there, plan.spare, drawn);
        let gain = walker.beta.to_f64() * (there.log_prob - here.log_prob);
        T::Real::from_f64(gain + back - plan.forth).exp()
    }

    /// Ends the step; returns the number of sites that changed.
    #[inline(always)]
    pub(crate) fn settle<T: Differences>(
        &self,
        target: &T,
        walker: &mut On<'_, T>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) -> u64 {
        let state = &mut walker.state;
        let mut hops = 0;
        if accepted {
            core::mem::swap(&mut state.here, &mut state.there);
            walker.log_prob = state.here.log_prob;
            hops = state.changed as u64;
            state.age += hops;
        } else {
            self.return_from(walker);
        }
        let phases = self.proposal.phases();
        let state = &mut walker.state;
        if phases > 1 {
            let next = state.plan.phase + 1;
            state.plan.phase = if next < phases { next } else { 0 };
        }
        if state.age >= refresh_interval(target.space().sites()) {
            let phase = state.plan.phase;
            self.refresh(target, core::slice::from_mut(walker), scratch);
            walker.state.plan.phase = phase;
        }
        if phases > 1 {
            self.weigh_here(target, walker);
        }
        hops
    }

    /// Takes the changes in `x` back.
    pub(crate) fn return_from<R: Real>(&self, walker: &mut Walker<'_, R, Surveys<'_, R>>) {
        for mv in walker.state.changes() {
            mv.revert(walker.x);
        }
    }

    #[inline(never)]
    fn refresh<T: Differences>(
        &self,
        target: &T,
        walkers: &mut [On<'_, T>],
        scratch: &mut [T::Real],
    ) {
        target.survey_all(walkers, scratch);
        for w in walkers {
            w.log_prob = w.state.here.log_prob;
            w.state.changed = 0;
            w.state.age = 0;
            w.state.plan.phase = 0;
            self.weigh_seldom(target, w);
        }
    }

    /// A step, with `decide` in place of Metropolis-Hastings.
    #[inline(always)]
    fn round<T: Differences, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [On<'_, T>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        tally: &mut [Tally],
        decide: impl Fn(T::Real, &mut B) -> bool,
    ) {
        for (w, bits) in walkers.iter_mut().zip(bits.iter_mut()) {
            self.draw(target, w, bits);
        }
        self.arrive(target, walkers, scratch);
        for ((w, bits), tally) in walkers.iter_mut().zip(bits).zip(tally) {
            let ratio = self.ratio(target, w);
            w.state.plan.acceptance = accept::probability(ratio).to_f64();
            let accepted = decide(ratio, bits);
            tally.hops += self.settle(target, w, accepted, scratch);
            tally.steps += 1;
            tally.accepted += u64::from(accepted);
            tally.values += 1;
            tally.gradients += 1;
        }
    }
}

#[inline(always)]
fn setting<'s, T: Target>(
    target: &'s T,
    x: &'s [u8],
    beta: T::Real,
    plan: &Plan<'_, T::Real>,
) -> Setting<'s, T::Space, T::Real> {
    Setting {
        space: target.space(),
        x,
        beta,
        tuning: plan.tuning,
        phase: plan.phase,
    }
}

/// Writes the moves of `path` to `changes`, of each site the first alone; returns how many there are.
#[inline(always)]
fn net_changes<S: Space>(
    space: &S,
    x: &[u8],
    path: &[u32],
    changes: &mut [Move],
    repeats: bool,
) -> usize {
    let mut changed = 0;
    for &m in path {
        let mv = space.decode(x, m as usize);
        let (made, free) = changes
            .split_at_mut_checked(changed)
            .unwrap_or((&mut [], &mut []));
        if repeats && made.iter().any(|c| c.site == mv.site) {
            continue;
        }
        if let Some(slot) = free.first_mut() {
            *slot = mv;
            changed += 1;
        }
    }
    changed
}

impl<T: Differences, P: Proposal> Kernel<T> for Informed<P> {
    type State<'a> = Surveys<'a, T::Real>;

    fn lockstep(&self) -> bool {
        true
    }

    fn lens(&self, target: &T) -> Lens {
        let space = target.space();
        lens_for(space.sites(), space.moves(), target.survey_memory_len())
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.survey_scratch_len(walkers)
    }

    fn state<'a>(
        &self,
        target: &T,
        mut memory: Memory<'a, T::Real>,
    ) -> Result<Surveys<'a, T::Real>, Error> {
        let (sites, moves) = (target.space().sites(), target.space().moves());
        let lens = (target.survey_memory_len(), moves);
        let mut state = Surveys::new(&mut memory, lens, sites)?;
        state.plan.spare = memory.reals(spare_len(sites, moves))?;
        state.plan.path = memory.indices(sites)?;
        state.plan.back = memory.indices(sites)?;
        let start = self.proposal.start().unwrap_or(1.0);
        state.plan.tuning = adapt::within(start, self.proposal.range(target.space()));
        Ok(state)
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], scratch: &mut [T::Real]) {
        self.refresh(target, walkers, scratch);
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
        self.round(target, walkers, scratch, bits, tally, |ratio, bits| {
            accept::accept(ratio, bits)
        });
    }

    fn adapt<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        if self.proposal.start().is_none() {
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

    fn tuning<'a>(&self, _: &T, walker: &WalkerOf<'a, T, Self>) -> Option<f64> {
        self.proposal.start().map(|_| walker.state.plan.tuning)
    }
}
