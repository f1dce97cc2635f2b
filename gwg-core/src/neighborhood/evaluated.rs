use super::evaluation::{BLOCK, Evaluation, Evaluations};
use super::{CurrentStates, ProposedStates};
use super::{Neighborhood, Temperature, WalkerOn, refresh_interval};
use crate::kernel::StateVisitor;
use crate::target::SymbolOf;
use crate::{Balance, Bits, Differences, Error, Memory, MemoryLayout, MoveLog, Real, Space};
use core::slice;

/// The neighborhood as a double buffer of evaluations: for any target, and the only choice if each move changes all
/// differences.
///
/// # Cost
/// Per step: one evaluation of all differences, one exponential per move, and one draw in `O(moves / 32 + 32)`.
/// Memory per walker: [`Evaluated::layout_for`].
#[derive(Clone, Copy, Debug)]
pub struct Evaluated<G> {
    pub(crate) balance: G,
    pub(crate) temperature: Temperature,
}

impl<G> Evaluated<G> {
    /// The memory of one walker: two evaluations of `moves` differences and weights, each with `memory` numbers of
    /// the target's cache.
    #[must_use]
    pub const fn layout_for(moves: usize, memory: usize) -> MemoryLayout {
        MemoryLayout {
            reals: 2 * (memory + 2 * moves + moves.div_ceil(BLOCK)),
            words: 0,
            indices: 0,
            moves: 1,
        }
    }

    fn scale<R: Real>(&self, beta: R) -> R {
        self.temperature.scale(beta)
    }
}

impl<T: Differences, G: Balance> Neighborhood<T> for Evaluated<G> {
    type State<'a> = Evaluations<'a, T::Real>;
    const LOCKSTEP: bool = true;
    const EVALUATIONS: (u64, u64) = (1, 1);
    const LOGS_MOVES: bool = MoveLog::ENABLED;

    fn layout(&self, target: &T) -> MemoryLayout {
        Self::layout_for(target.space().moves(), target.evaluation_cache_len())
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.evaluation_scratch_len(walkers)
    }

    #[inline(always)]
    fn state<'a>(
        &self,
        target: &T,
        mut memory: Memory<'a, T::Real>,
    ) -> Result<Evaluations<'a, T::Real>, Error> {
        let layout = (target.evaluation_cache_len(), target.space().moves());
        Evaluations::new(&mut memory, layout, 1)
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        target.evaluate_differences(&mut CurrentStates::of(walkers), scratch);
        for w in walkers.iter_mut() {
            w.log_prob = w.state.current.log_prob;
            w.state.changed = 0;
            w.state.age = 0;
        }
        self.reweight(target, walkers, scratch);
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        state.visit(visitor);
    }

    /// The differences are kept; only the weights change.
    fn reweight<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            let scale = self.scale(w.beta);
            let current = &mut w.state.current;
            current.weigh(target.space(), w.x, &self.balance, scale);
        }
    }

    #[inline]
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64 {
        let Evaluation { total, shift, .. } = &walker.state.current;
        Real::ln(total.to_f64()) + shift.to_f64()
    }

    #[inline]
    fn draw<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        bits: &mut B,
    ) -> bool {
        walker.state.changed = 0;
        let Some(m) = walker.state.current.pick(bits) else {
            return false;
        };
        make(target, walker, m);
        true
    }

    fn select<'a>(&self, target: &T, walker: &mut WalkerOn<'a, T, Self>, m: usize) -> T::Real {
        let scale = self.scale(walker.beta);
        make(target, walker, m);
        let current = &walker.state.current;
        current.log_probability(&self.balance, scale, m).exp()
    }

    #[inline(always)]
    fn propose<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        target.evaluate_differences(&mut ProposedStates::of(walkers), scratch);
        for w in walkers {
            let scale = self.scale(w.beta);
            let Evaluations {
                current, proposed, ..
            } = &mut w.state;
            proposed.weigh_after(Some(current), target.space(), w.x, &self.balance, scale);
        }
    }

    #[inline]
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let Evaluations {
            current, proposed, ..
        } = &walker.state;
        let Some(&mv) = walker.state.changes().first() else {
            return T::Real::ZERO;
        };
        let scale = self.scale(walker.beta);
        let m = walker.state.drawn;
        let back = proposed.log_probability(&self.balance, scale, target.space().undo(m, mv));
        let forth = current.log_probability(&self.balance, scale, m);
        (walker.beta * proposed.log_prob.less(&current.log_prob) + back - forth).exp()
    }

    #[inline]
    fn rate_ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let Evaluations {
            current, proposed, ..
        } = &walker.state;
        let Some(&mv) = walker.state.changes().first() else {
            return T::Real::ZERO;
        };
        let scale = self.scale(walker.beta);
        let m = walker.state.drawn;
        let back = proposed.log_weight(&self.balance, scale, target.space().undo(m, mv));
        let forth = current.log_weight(&self.balance, scale, m);
        (walker.beta * proposed.log_prob.less(&current.log_prob) + back - forth).exp()
    }

    #[inline]
    fn commit_or_revert<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) {
        if accepted {
            let state = &mut walker.state;
            core::mem::swap(&mut state.current, &mut state.proposed);
            walker.log_prob = state.current.log_prob;
            state.age += 1;
            if let Some(&mv) = state.changes().first() {
                walker.moves.add(mv);
            }
            if state.age >= refresh_interval(target.space().sites()) {
                self.reevaluate(target, slice::from_mut(walker), scratch);
            }
        } else if let Some(mv) = walker.state.changes().first() {
            mv.revert(walker.x);
        }
    }
}

#[inline]
fn make<T: Differences>(
    target: &T,
    walker: &mut crate::Walker<'_, T::Real, Evaluations<'_, T::Real>, SymbolOf<T>>,
    m: usize,
) {
    let mv = target.space().decode(walker.x, m);
    mv.apply(walker.x);
    let state = &mut walker.state;
    state.drawn = m;
    if let Some(change) = state.changes.first_mut() {
        *change = mv;
        state.changed = 1;
    }
}
