use super::joint::follow;
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::{above_zero, is_long, refresh_interval};
use crate::space::Symbol;
use crate::{Bits, Delta, Error, Memory, MemoryLayout, Move, MoveLog, Real, Space, math, pick};

/// The order in which Gibbs steps update sites; observed sites are skipped at no cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scan {
    /// Free sites in ascending order, cyclically. Leaves the target invariant, but is not reversible.
    #[default]
    Systematic,
    /// A uniformly drawn free site. Reversible.
    Random,
}

/// Gibbs sampling: draws one site from its exact conditional distribution.
///
/// # Proposal
/// `p(x_i = a | x_-i) = softmax_a(beta (f(x with x_i = a) - f(x)))`; never rejected.
///
/// # Cost
/// One [`Delta::delta`] per other state of the site, one exponential per state. A step updates *one site*: a sweep
/// has as many steps as there are free sites. If all sites are observed, a step changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gibbs {
    /// The order of the sites.
    pub scan: Scan,
}

/// The per-walker state of Gibbs sampling.
#[derive(Debug)]
pub struct GibbsState<'a, R> {
    cache: &'a mut [R],
    delta: &'a mut [R],
    weight: &'a mut [R],
    next: usize,
    age: u64,
}

impl<'a, R> GibbsState<'a, R> {
    /// The index, among the free sites, of the site that the next systematic step updates.
    #[must_use]
    pub const fn next_site(&self) -> usize {
        self.next
    }

    /// The weights of the states of the current site.
    #[inline(always)]
    pub(super) fn weights_mut(&mut self, states: usize) -> &mut [R] {
        self.weight.get_mut(..states).unwrap_or(&mut [])
    }

    #[cfg(feature = "check")]
    pub(crate) fn set_next_site(&mut self, place: usize) {
        self.next = place;
    }

    /// The weights of the states of the current site, which come first.
    #[cfg(feature = "check")]
    pub(crate) fn weights(&self) -> &[R] {
        self.weight
    }
}

impl Gibbs {
    /// The memory of one walker on sites with `states` states, for a target with a cache of `memory` numbers
    /// ([`Delta::cache_len`]).
    #[must_use]
    pub const fn layout_for(states: usize, memory: usize) -> MemoryLayout {
        MemoryLayout {
            reals: memory + 2 * states,
            words: 0,
            indices: 0,
            moves: 0,
        }
    }

    /// The index, among `free` free sites, of the site that this step updates.
    #[inline(always)]
    pub(super) fn choose<R, B: Bits>(
        self,
        state: &mut GibbsState<'_, R>,
        free: usize,
        bits: &mut B,
    ) -> usize {
        let place = match self.scan {
            Scan::Random => bits.below(free),
            // A restored index may be out of range.
            Scan::Systematic if state.next < free => state.next,
            Scan::Systematic => 0,
        };
        state.next = if place + 1 == free { 0 } else { place + 1 };
        place
    }

    /// Recomputes running sums when they are due.
    #[inline(always)]
    pub(super) fn refresh<T: Delta>(
        self,
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        scratch: &mut [T::Real],
    ) {
        if walker.state.age >= refresh_interval(target.space().sites()) {
            self.reevaluate(target, core::slice::from_mut(walker), scratch);
        }
    }

    /// Fills `delta` and `weight` for a site's states; returns the sum of the weights.
    #[inline(always)]
    pub(crate) fn conditional<T: Delta>(
        target: &T,
        walker: &mut WalkerOf<'_, T, Self>,
        site: usize,
    ) -> T::Real {
        let beta = above_zero(walker.beta);
        let state = &mut walker.state;
        let states = target.space().states_at(site);
        let deltas = state.delta.get_mut(..states).unwrap_or(&mut []);
        let weights = state.weight.get_mut(..states).unwrap_or(&mut []);
        let from = walker.x.get(site).copied().unwrap_or_default().widen();
        for (to, d) in (0..=u16::MAX).zip(deltas.iter_mut()) {
            *d = if to == from {
                T::Real::ZERO
            } else {
                target.delta(walker.x, state.cache, Move { site, from, to })
            };
        }
        if let ([to_zero, to_one], [at_zero, at_one]) = (&*deltas, &mut *weights) {
            // Two states: one logistic function instead of a softmax.
            let d = if from == 0 { *to_one } else { *to_zero };
            let p = (beta * d).sigmoid();
            let q = T::Real::ONE - p;
            (*at_zero, *at_one) = if from == 0 { (q, p) } else { (p, q) };
            // 1, or NaN if `p` is.
            return p * T::Real::ZERO + T::Real::ONE;
        }
        let largest = math::max(deltas) * beta;
        for (w, &d) in weights.iter_mut().zip(deltas.iter()) {
            *w = beta * d - largest;
        }
        math::exp_in_place(weights);
        math::sum(weights)
    }
}

impl<T: Delta> Kernel<T> for Gibbs {
    type State<'a> = GibbsState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        Self::layout_for(target.space().states(), target.cache_len())
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        memory.make(self.layout(target), |mut memory| {
            let states = target.space().states();
            Ok(GibbsState {
                cache: memory.reals(target.cache_len())?,
                delta: memory.reals(states)?,
                weight: memory.reals(states)?,
                next: 0,
                age: 0,
            })
        })
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        state.next = 0;
    }

    fn reevaluate<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.log_prob = target.init_cache(w.x, w.state.cache).into();
            w.state.age = 0;
        }
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        let state = &mut walker.state;
        state.age += changes.len() as u64;
        let possible = follow(target, walker.x, state.cache, changes);
        self.refresh(target, walker, scratch);
        possible
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        let GibbsState {
            cache: _,
            delta: _,
            weight: _,
            next,
            age,
        } = state;
        visitor.count(next);
        visitor.word(age);
    }

    /// The state does not depend on `beta`.
    fn reweight<'a>(&self, _: &T, _: &mut [WalkerOf<'a, T, Self>], _: &mut [T::Real]) {}

    #[inline(always)]
    fn step<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let free = target.space().free();
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            counts.steps += 1;
            counts.accepted += 1;
            if free == 0 {
                continue;
            }
            let site = target
                .space()
                .free_site(self.choose(&mut w.state, free, bits));
            let total = Self::conditional(target, w, site);
            counts.invalid += u64::from(total.is_nan());
            let weight = w.state.weight.get(..target.space().states_at(site));
            let weight = weight.unwrap_or(&[]);
            let drawn = if is_long::<T::Real>(weight.len()) {
                pick::of_weights(weight, bits)
            } else {
                pick::of_slice(weight, bits.unit::<T::Real>() * total)
            };
            if let Some(to) = drawn {
                counts.sites_changed += u64::from(set(target, w, site, to as u16));
            }
            self.refresh(target, w, scratch);
        }
    }
}

/// Sets the symbol of a site; returns true if that changes it.
#[inline(always)]
pub(super) fn set<T: Delta>(
    target: &T,
    walker: &mut WalkerOf<'_, T, Gibbs>,
    site: usize,
    to: u16,
) -> bool {
    let from = walker.x.get(site).copied().unwrap_or_default().widen();
    if from == to {
        return false;
    }
    let mv = Move { site, from, to };
    let state = &mut walker.state;
    let delta = state.delta.get(usize::from(to)).copied();
    walker.log_prob.add(delta.unwrap_or(T::Real::ZERO));
    mv.apply(walker.x);
    target.update(walker.x, state.cache, mv);
    state.age += 1;
    walker.moves.add(mv);
    true
}
