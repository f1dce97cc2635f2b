//! The parts of a step of [`Informed`]: draw, make the moves, evaluate, decide, commit or revert.

use super::{Drawn, Informed, Proposal, ProposalContext};
use crate::kernel::StepCounts;
use crate::neighborhood::{
    ByDistance, CurrentStates, Evaluations, Plan, ProposedStates, above_zero, refresh_interval,
};
use crate::space::Symbol;
use crate::target::SymbolOf;
use crate::{Bits, Differences, Move, Real, Space, Target, Walker, accept};

/// The walker of every kernel in this module.
type On<'a, T> = Walker<'a, <T as Target>::Real, Evaluations<'a, <T as Target>::Real>, SymbolOf<T>>;

impl<P: Proposal> Informed<P> {
    #[inline(always)]
    pub(super) fn weigh_here<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Evaluations { current, plan, .. } = &mut walker.state;
        self.proposal.weigh(&at, current, plan.scratch);
    }

    /// Not inlined: called rarely, so that another copy of the code would not pay.
    #[inline(never)]
    pub(super) fn weigh_seldom<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        self.weigh_here(target, walker);
    }

    /// Draws a path and makes its moves in `x`.
    #[inline(always)]
    fn draw<T: Differences, B: Bits>(&self, target: &T, walker: &mut On<'_, T>, bits: &mut B) {
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Evaluations { current, plan, .. } = &mut walker.state;
        let (length, intended) = self
            .proposal
            .draw(&at, current, plan.scratch, plan.path, bits);
        (plan.length, plan.intended) = (length, intended);
        self.depart(target, walker);
    }

    /// Makes the moves of the drawn path in `x`, and stores what the acceptance needs of `current`.
    #[inline(always)]
    pub(crate) fn depart<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) {
        let space = target.space();
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Evaluations {
            current,
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
        plan.forth = self.proposal.log_prob(&at, current, plan.scratch, drawn);
        *changed = net_changes(space, walker.x, path, changes, P::REPEATS);
        let changes = changes.get(..*changed).unwrap_or(&[]);
        let back = plan.back.get_mut(..path.len()).unwrap_or(&mut []);
        plan.returns = self
            .proposal
            .reverse_path(space, walker.x, path, changes, back);
        for mv in changes {
            mv.apply(walker.x);
        }
    }

    /// Evaluates the proposals of all walkers.
    #[inline(always)]
    pub(crate) fn arrive<T: Differences>(
        &self,
        target: &T,
        walkers: &mut [On<'_, T>],
        scratch: &mut [T::Real],
    ) {
        target.evaluate_differences(&mut ProposedStates::of(walkers), scratch);
        for w in walkers {
            let at = setting(target, w.x, w.beta, &w.state.plan);
            let Evaluations { proposed, plan, .. } = &mut w.state;
            self.proposal.weigh(&at, proposed, plan.scratch);
        }
    }

    /// The Metropolis-Hastings ratio of a walker whose proposal has been evaluated.
    #[inline(always)]
    pub(crate) fn ratio<T: Differences>(&self, target: &T, walker: &mut On<'_, T>) -> T::Real {
        let at = setting(target, walker.x, walker.beta, &walker.state.plan);
        let Evaluations {
            current,
            proposed,
            plan,
            ..
        } = &mut walker.state;
        if !plan.returns {
            return T::Real::ZERO;
        }
        let drawn = Drawn {
            path: plan.back.get(..plan.length).unwrap_or(&[]),
            intended: plan.intended,
        };
        let back = self.proposal.log_prob(&at, proposed, plan.scratch, drawn);
        let gain = walker.beta.to_f64() * (proposed.log_prob() - current.log_prob());
        T::Real::from_f64(gain + back - plan.forth).exp()
    }

    /// Ends the step; returns the number of sites changed.
    #[inline(always)]
    pub(crate) fn commit_or_revert<T: Differences>(
        &self,
        target: &T,
        walker: &mut On<'_, T>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) -> u64 {
        let state = &mut walker.state;
        let mut hops = 0;
        if accepted {
            core::mem::swap(&mut state.current, &mut state.proposed);
            walker.log_prob = state.current.log_prob;
            hops = state.changed as u64;
            state.age += hops;
            walker.moves.add_changes(state.changes().iter().copied());
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
            self.refresh(target, core::slice::from_mut(walker), scratch);
        }
        if phases > 1 {
            self.weigh_here(target, walker);
        }
        hops
    }

    /// Reverts the changes in `x`.
    pub(crate) fn return_from<R: Real, Y: Symbol>(
        &self,
        walker: &mut Walker<'_, R, Evaluations<'_, R>, Y>,
    ) {
        for mv in walker.state.changes() {
            mv.revert(walker.x);
        }
    }

    #[inline(never)]
    pub(super) fn refresh<T: Differences>(
        &self,
        target: &T,
        walkers: &mut [On<'_, T>],
        scratch: &mut [T::Real],
    ) {
        target.evaluate_differences(&mut CurrentStates::of(walkers), scratch);
        for w in walkers {
            w.log_prob = w.state.current.log_prob;
            w.state.changed = 0;
            w.state.age = 0;
            self.weigh_seldom(target, w);
        }
    }

    /// Makes a step with `decide` in place of the Metropolis-Hastings decision.
    #[inline(always)]
    pub(super) fn round<T: Differences, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [On<'_, T>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
        decide: impl Fn(T::Real, &mut B) -> bool,
    ) {
        // A walker without counts does not step, so it must not draw either.
        for ((w, bits), _) in walkers.iter_mut().zip(bits.iter_mut()).zip(&*counts) {
            self.draw(target, w, bits);
        }
        self.arrive(target, walkers, scratch);
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let ratio = self.ratio(target, w);
            w.state.plan.acceptance = accept::probability(ratio).to_f64();
            if ByDistance::waits_for_step(w.state.plan.distance) {
                self.note_slopes(target, w);
            }
            let accepted = decide(ratio, bits);
            counts.sites_changed += self.commit_or_revert(target, w, accepted, scratch);
            counts.steps += 1;
            counts.accepted += u64::from(accepted);
            counts.values += 1;
            counts.gradients += 1;
            counts.invalid += u64::from(ratio.is_nan());
        }
    }
}

#[inline(always)]
pub(super) fn setting<'s, T: Target>(
    target: &'s T,
    x: &'s [SymbolOf<T>],
    beta: T::Real,
    plan: &Plan<'_, T::Real>,
) -> ProposalContext<'s, T::Space, T::Real> {
    ProposalContext {
        space: target.space(),
        x,
        beta: above_zero(beta),
        tuning: plan.tuning,
        exponent: ByDistance::exponent_in(plan.distance),
        phase: plan.phase,
    }
}

/// Writes the moves of `path` to `changes`, only the first for each site; returns their number.
#[inline(always)]
fn net_changes<S: Space>(
    space: &S,
    x: &[S::Symbol],
    path: &[u32],
    changes: &mut [Move],
    repeats: bool,
) -> usize {
    let mut changed = 0;
    let mut seen = Seen::default();
    for &m in path {
        let mv = space.decode(x, m as usize);
        let (made, free) = changes
            .split_at_mut_checked(changed)
            .unwrap_or((&mut [], &mut []));
        if repeats && seen.perhaps(mv.site) && made.iter().any(|c| c.site == mv.site) {
            continue;
        }
        if let Some(slot) = free.first_mut() {
            *slot = mv;
            changed += 1;
        }
    }
    changed
}

/// A filter of the sites seen so far, by the low bits of their indices: most new sites are recognized without a search.
#[derive(Default)]
struct Seen([u64; 16]);

impl Seen {
    /// Adds the site; returns false if it is certainly new.
    #[inline(always)]
    fn perhaps(&mut self, site: usize) -> bool {
        let bit = 1 << (site % 64);
        let Some(word) = self.0.get_mut(site / 64 % 16) else {
            return true;
        };
        let before = *word;
        *word |= bit;
        before & bit != 0
    }
}
