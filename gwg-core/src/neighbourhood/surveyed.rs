use super::survey::{BLOCK, Survey, Surveys};
use super::{Neighbourhood, WalkerOn, refresh_interval};
use crate::{Balance, Bits, Differences, Error, Lens, Memory, Real, Space};
use core::slice;

/// The neighbourhood as a double buffer of surveys: for every target, and the only one for targets
/// whose differences all change with each move.
///
/// # Cost
/// A step is one evaluation of all differences, one exponential per move and one draw in
/// `O(moves / 32 + 32)`. Memory per walker: [`Surveyed::lens_for`].
#[derive(Clone, Copy, Debug)]
pub struct Surveyed<G> {
    pub(crate) balance: G,
    pub(crate) temperature: f64,
}

impl<G> Surveyed<G> {
    /// The memory of one walker: two surveys of `moves` differences and weights, each with `memory`
    /// numbers of the target's own.
    #[must_use]
    pub const fn lens_for(moves: usize, memory: usize) -> Lens {
        Lens {
            reals: 2 * (memory + 2 * moves + moves.div_ceil(BLOCK)),
            words: 0,
            indices: 0,
            moves: 1,
        }
    }

    fn scale<R: Real>(&self, beta: R) -> R {
        super::scale(beta, self.temperature)
    }
}

impl<T: Differences, G: Balance> Neighbourhood<T> for Surveyed<G> {
    type State<'a> = Surveys<'a, T::Real>;
    const LOCKSTEP: bool = true;
    const EVALUATIONS: (u64, u64) = (1, 1);

    fn lens(&self, target: &T) -> Lens {
        Self::lens_for(target.space().moves(), target.survey_memory_len())
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        target.survey_scratch_len(walkers)
    }

    fn state<'a>(
        &self,
        target: &T,
        mut memory: Memory<'a, T::Real>,
    ) -> Result<Surveys<'a, T::Real>, Error> {
        let lens = (target.survey_memory_len(), target.space().moves());
        Surveys::new(&mut memory, lens, 1)
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], scratch: &mut [T::Real]) {
        target.survey_all(walkers, scratch);
        for w in walkers.iter_mut() {
            w.log_prob = w.state.here.log_prob;
            w.state.changed = 0;
            w.state.age = 0;
        }
        self.retemper(target, walkers, scratch);
    }

    /// The differences are there.
    fn retemper<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            let scale = self.scale(w.beta);
            let here = &mut w.state.here;
            here.weigh(target.space(), w.x, &self.balance, scale);
        }
    }

    #[inline]
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64 {
        let Survey { total, shift, .. } = &walker.state.here;
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
        let Some(m) = walker.state.here.pick(bits) else {
            return false;
        };
        make(target, walker, m);
        true
    }

    fn select<'a>(&self, target: &T, walker: &mut WalkerOn<'a, T, Self>, m: usize) -> T::Real {
        let scale = self.scale(walker.beta);
        make(target, walker, m);
        let here = &walker.state.here;
        here.log_probability(&self.balance, scale, m).exp()
    }

    #[inline(always)]
    fn propose<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        target.resurvey_all(walkers, scratch);
        for w in walkers {
            let scale = self.scale(w.beta);
            let Surveys { here, there, .. } = &mut w.state;
            there.weigh_after(Some(here), target.space(), w.x, &self.balance, scale);
        }
    }

    #[inline]
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let Surveys { here, there, .. } = &walker.state;
        let Some(&mv) = walker.state.changes().first() else {
            return T::Real::ZERO;
        };
        let scale = self.scale(walker.beta);
        let m = walker.state.drawn;
        let back = there.log_probability(&self.balance, scale, target.space().undo(m, mv));
        let forth = here.log_probability(&self.balance, scale, m);
        (walker.beta * there.log_prob.less(&here.log_prob) + back - forth).exp()
    }

    #[inline]
    fn rate_ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let Surveys { here, there, .. } = &walker.state;
        let Some(&mv) = walker.state.changes().first() else {
            return T::Real::ZERO;
        };
        let scale = self.scale(walker.beta);
        let m = walker.state.drawn;
        let back = there.log_weight(&self.balance, scale, target.space().undo(m, mv));
        let forth = here.log_weight(&self.balance, scale, m);
        (walker.beta * there.log_prob.less(&here.log_prob) + back - forth).exp()
    }

    #[inline]
    fn settle<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        scratch: &mut [T::Real],
    ) {
        if accepted {
            let state = &mut walker.state;
            core::mem::swap(&mut state.here, &mut state.there);
            walker.log_prob = state.here.log_prob;
            state.age += 1;
            if state.age >= refresh_interval(target.space().sites()) {
                self.init(target, slice::from_mut(walker), scratch);
            }
        } else if let Some(mv) = walker.state.changes().first() {
            mv.revert(walker.x);
        }
    }
}

#[inline]
fn make<T: Differences>(
    target: &T,
    walker: &mut crate::Walker<'_, T::Real, Surveys<'_, T::Real>>,
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
