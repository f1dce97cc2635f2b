use super::gibbs::{Gibbs, GibbsState, Scan, set};
use super::{Kernel, StateVisitor, StepCounts, WalkerOf};
use crate::neighborhood::is_long;
use crate::space::Symbol;
use crate::{
    Bits, Delta, Error, Memory, MemoryLayout, Move, MoveLog, Real, Space, accept, math, pick,
};

/// Metropolized Gibbs sampling: proposes, for one site, a value *other than its current one* (Liu 1996).
///
/// # Proposal
/// `q(a | x) = p(x_i = a | x_-i) / (1 - p(x_i | x_-i))` for `a` other than `x_i`.
///
/// # Acceptance
/// `min(1, (1 - p(x_i | x_-i)) / (1 - p(a | x_-i)))`, times [`accept::KEEP`]. A site changes more often than under
/// [`Gibbs`], which may draw the current value again: without the factor, the asymptotic variance of every function is
/// at most that of Gibbs sampling with random scan (Peskun 1973).
///
/// # Scan
/// Random by default. In systematic order the kernel can be slow: two states of equal probability are exchanged with
/// probability [`accept::KEEP`], so that sites without neighbors and fields change together in nearly every sweep.
///
/// # Cost
/// That of [`Gibbs`]: one [`Delta::delta`] per other state of the site, one exponential per state. A step updates
/// *one site*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetropolizedGibbs {
    /// The order of the sites.
    pub scan: Scan,
}

impl Default for MetropolizedGibbs {
    fn default() -> Self {
        Self { scan: Scan::Random }
    }
}

impl MetropolizedGibbs {
    const fn gibbs(self) -> Gibbs {
        Gibbs { scan: self.scan }
    }

    /// The sum of the weights of all states but one, summed directly: a difference would lose the digits of a small sum.
    #[inline(always)]
    pub(crate) fn without<R: Real>(weights: &mut [R], state: usize) -> R {
        let own = weights
            .get_mut(state)
            .map(|w| core::mem::replace(w, R::ZERO));
        let sum = math::sum(weights);
        if let (Some(slot), Some(own)) = (weights.get_mut(state), own) {
            *slot = own;
        }
        sum
    }
}

impl<T: Delta> Kernel<T> for MetropolizedGibbs {
    type State<'a> = GibbsState<'a, T::Real>;

    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        self.gibbs().layout(target)
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        self.gibbs().state(target, memory)
    }

    fn restart<'a>(&self, state: &mut Self::State<'a>) {
        Kernel::<T>::restart(&self.gibbs(), state);
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        self.gibbs().reevaluate(target, walkers, scratch);
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        self.gibbs().follow(target, walker, scratch, changes)
    }

    fn logs_moves(&self) -> bool {
        MoveLog::ENABLED
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        Kernel::<T>::visit_state(&self.gibbs(), state, visitor);
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
            if free == 0 {
                continue;
            }
            let place = self.gibbs().choose(&mut w.state, free, bits);
            let site = target.space().free_site(place);
            Gibbs::conditional(target, w, site);
            let from = w.x.get(site).copied().unwrap_or_default().index();
            let weights = w.state.weights_mut(target.space().states_at(site));
            let leave = Self::without(weights, from);
            counts.invalid += u64::from(leave.is_nan());
            let drawn = if is_long::<T::Real>(weights.len()) {
                draw_other_of_many(weights, from, bits)
            } else {
                // The draw excludes the current value.
                let mut threshold = bits.unit::<T::Real>() * leave;
                draw_other(weights, from, &mut threshold)
            };
            if let Some(to) = drawn {
                let ratio = leave / Self::without(weights, to);
                if accept::lazy(ratio, bits) {
                    counts.accepted += 1;
                    counts.sites_changed += u64::from(set(target, w, site, to as u16));
                }
            }
            self.gibbs().refresh(target, w, scratch);
        }
    }
}

/// [`draw_other`] in `f32` for more states than one pass has the precision for.
#[inline(always)]
fn draw_other_of_many<R: Real, B: Bits>(
    weights: &mut [R],
    from: usize,
    bits: &mut B,
) -> Option<usize> {
    let own = core::mem::replace(weights.get_mut(from)?, R::ZERO);
    let drawn = pick::of_weights(weights, bits);
    *weights.get_mut(from)? = own;
    drawn
}

/// Draws a state other than `from` with probability proportional to its weight; `None` if none has a positive one.
#[inline(always)]
fn draw_other<R: Real>(weights: &[R], from: usize, threshold: &mut R) -> Option<usize> {
    let mut last = None;
    for (k, &w) in weights.iter().enumerate() {
        if k != from && w > R::ZERO {
            last = Some(k);
            *threshold -= w;
            if *threshold < R::ZERO {
                break;
            }
        }
    }
    last
}

#[cfg(feature = "check")]
impl<T: Delta> crate::check::Transitions<T> for MetropolizedGibbs {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        visit: &mut dyn FnMut(&[crate::SymbolOf<T>], f64),
    ) {
        let (space, next) = (target.space(), walker.state.next_site());
        let (places, share) = match self.scan {
            Scan::Random => (0..space.free(), 1.0 / space.free() as f64),
            Scan::Systematic => (next..space.free().min(next + 1), 1.0),
        };
        for site in places.map(|place| space.free_site(place)) {
            Gibbs::conditional(target, walker, site);
            let from = walker.x[site].index();
            let states = space.states_at(site);
            let mut weights = std::vec::Vec::from(&*walker.state.weights_mut(states));
            let leave = Self::without(&mut weights, from);
            for to in (0..states).filter(|&to| to != from) {
                let ratio = accept::lazy_probability(leave / Self::without(&mut weights, to));
                let proposed = (weights[to] / leave).to_f64();
                let mv = Move {
                    site,
                    from: from as u16,
                    to: to as u16,
                };
                mv.apply(walker.x);
                visit(walker.x, share * proposed * ratio.to_f64());
                mv.revert(walker.x);
            }
        }
    }
}
