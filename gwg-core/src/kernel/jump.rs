use super::joint::possible_moves;
use super::part::lend;
use super::{Kernel, StateVisitor, StepCounts, WalkerOf, adapt};
use crate::neighborhood::{Temperature, WalkerOn};
use crate::{
    Balance, Bits, Error, Evaluated, Memory, MemoryLayout, Move, NFold, Neighborhood, Real,
    SumTree, Target, accept,
};
use core::slice::from_mut;

/// The jump process of locally balanced rates (Zanella 2020; Power and Goldman 2019).
///
/// # Law
/// In continuous time, move `m` out of `x` happens at rate `g(exp(beta d_m))`. With exact differences the process is
/// reversible with respect to `exp(beta f)` for every balancing function `g`, rejects nothing, and stays in
/// `x` for an exponential time of mean `1 / Z(x)`, `Z` the sum of the rates. On
/// [`NFold`] classes this is the n-fold way of Bortz, Kalos and Lebowitz (1975).
///
/// With first-order differences those rates have another stationary law. What makes the process right for any
/// rates `w`, those rounded to integers included, is Metropolis-Hastings on *rates*: a jump that comes up goes ahead with
/// probability `min(1, p(y) w(y, x) / (p(x) w(x, y)))`. That is 1 where differences are exact.
///
/// # Step
/// A step runs the process for a fixed `interval` of its time and stops wherever it is then: an ordinary
/// kernel that leaves `exp(beta f)` invariant, whose draws all weigh the same. None, one or many jumps
/// may happen in it; the counts's `sites_changed` count them. [`next_jump`](Self::next_jump) goes from jump to jump
/// instead, and tells how much the state it leaves weighs: the sequence of states visited is *not* a
/// sample of `exp(beta f)` unless it is weighted so. A step is reversible.
///
/// # Cost
/// For each jump that comes up that of a step of the neighborhood, and nothing where none does.
///
/// # The interval
/// Unless given it is one over the number of moves that change `x`: at equilibrium a move happens at a mean rate
/// of at most 1 under `sqrt`, `barker` and `min` (Cauchy and Schwarz for the first) and 2 under `max`, so that
/// a step has at most one jump or two on average, and fewer the colder the target. From there [`Kernel::adapt`] brings it to
/// as many steps with two jumps or more as with none, about one jump a step; within a factor of 10^4 of where it began,
/// because a chain that has not moved yet says nothing of how many jumps a step costs once it does.
/// The interval is the walker's own, and must not follow `x` while sampling: stopping at a time that depends on the
/// path leaves another law invariant.
#[derive(Clone, Copy, Debug)]
pub struct Jump<N> {
    neighborhood: N,
    interval: Option<f64>,
}

/// What a walker keeps between steps of a [`Jump`] process.
#[derive(Debug)]
pub struct JumpState<S> {
    inner: Option<S>,
    interval: f64,
    /// One over the number of moves.
    unit: f64,
    /// Of the last step.
    jumps: u64,
    adaptations: u64,
}

impl<S> JumpState<S> {
    /// The time that a step takes.
    #[must_use]
    pub const fn interval(&self) -> f64 {
        self.interval
    }

    /// Sets the time that a step takes; what is not positive and finite is ignored.
    pub const fn set_interval(&mut self, interval: f64) {
        if interval > 0.0 && interval.is_finite() {
            self.interval = interval;
        }
    }
}

impl<G: Balance> Jump<Evaluated<G>> {
    /// With the balancing function `balance`, on evaluations.
    #[must_use]
    pub const fn evaluated(balance: G) -> Self {
        Self {
            neighborhood: Evaluated {
                balance,
                temperature: Temperature::TWO,
            },
            interval: None,
        }
    }
}

impl<G: Balance> Jump<SumTree<G>> {
    /// With the balancing function `balance`, on a tree of rates: for [`Local`](crate::Local) targets.
    #[must_use]
    pub const fn local(balance: G) -> Self {
        Self {
            neighborhood: SumTree {
                balance,
                temperature: Temperature::TWO,
            },
            interval: None,
        }
    }
}

impl<G: Balance> Jump<NFold<G>> {
    /// With the balancing function `balance`, on classes of equal rate: for [`Leveled`](crate::Leveled) targets.
    #[must_use]
    pub const fn n_fold(balance: G) -> Self {
        Self {
            neighborhood: NFold {
                balance,
                temperature: Temperature::TWO,
            },
            interval: None,
        }
    }
}

impl<N> Jump<N> {
    /// With steps of a given length of the process's time, not adapted.
    ///
    /// # Errors
    /// [`Error::Interval`] unless it is positive and finite.
    pub fn with_interval(mut self, interval: f64) -> Result<Self, Error> {
        if interval > 0.0 && interval.is_finite() {
            self.interval = Some(interval);
            Ok(self)
        } else {
            Err(Error::Interval)
        }
    }

    /// The neighborhood, for enumerating it.
    #[must_use]
    pub const fn neighborhood(&self) -> &N {
        &self.neighborhood
    }
}

impl<S> JumpState<S> {
    /// The part of the state that is the neighborhood's.
    pub(crate) const fn inner_mut(&mut self) -> &mut Option<S> {
        &mut self.inner
    }
}

impl<N> Jump<N> {
    /// One jump: leaves the state where the walker stands, and returns the mean time `1 / Z(x)` until the
    /// jump, which is what this visit weighs in an average over `exp(beta f)`.
    ///
    /// Where differences are not exact the jump may not go ahead: that is another visit of the same state. The time is
    /// infinite where no move is possible; the walker then stays.
    pub fn next_jump<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        bits: &mut B,
    ) -> f64
    where
        T: Target,
        N: Neighborhood<T>,
    {
        lend(walker, JumpState::inner_mut, |w| {
            let stay = Real::exp(-self.neighborhood.log_total(w));
            self.jump(target, w, scratch, bits, &mut StepCounts::default());
            stay
        })
        .unwrap_or(f64::INFINITY)
    }

    /// A jump comes up, and goes ahead or not. False where there is none to come up.
    #[inline(always)]
    fn jump<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, N>,
        scratch: &mut [T::Real],
        bits: &mut B,
        counts: &mut StepCounts,
    ) -> bool
    where
        T: Target,
        N: Neighborhood<T>,
    {
        let law = &self.neighborhood;
        if !law.draw(target, walker, bits) {
            return false;
        }
        law.propose(target, from_mut(walker), scratch);
        let goes_ahead = accept::accept(law.rate_ratio(target, walker), bits);
        law.commit_or_revert(target, walker, goes_ahead, scratch);
        let (values, gradients) = N::EVALUATIONS;
        counts.sites_changed += u64::from(goes_ahead);
        counts.values += values;
        counts.gradients += gradients;
        true
    }

    /// Runs the process for a time `left`.
    #[inline(always)]
    fn run<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, N>,
        scratch: &mut [T::Real],
        bits: &mut B,
        counts: &mut StepCounts,
        mut left: f64,
    ) where
        T: Target,
        N: Neighborhood<T>,
    {
        loop {
            // An exponential number: -ln(1 - u), u in [0, 1).
            let age = -Real::log1p(-bits.unit::<f64>());
            left -= age * Real::exp(-self.neighborhood.log_total(walker));
            // What is left of an interval is as good as new: the process has no memory. A NaN ends it.
            let goes_on = left > 0.0;
            if !goes_on || !self.jump(target, walker, scratch, bits, counts) {
                return;
            }
        }
    }
}

impl<T: Target, N: Neighborhood<T>> Kernel<T> for Jump<N> {
    type State<'a> = JumpState<N::State<'a>>;

    /// Never: walkers jump at times of their own.
    fn lockstep(&self, _: &T) -> bool {
        false
    }

    fn layout(&self, target: &T) -> MemoryLayout {
        self.neighborhood.layout(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        self.neighborhood.scratch_len(target, walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        let unit = 1.0 / possible_moves(target.space()).max(1) as f64;
        let law = &self.neighborhood;
        let inner = memory.make(law.layout(target), |memory| law.state(target, memory))?;
        Ok(JumpState {
            inner: Some(inner),
            interval: self.interval.unwrap_or(unit),
            unit,
            jumps: 0,
            adaptations: 0,
        })
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            lend(w, JumpState::inner_mut, |w| {
                self.neighborhood.reevaluate(target, from_mut(w), scratch);
            });
        }
    }

    fn follow<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        changes: &[Move],
    ) -> bool {
        lend(walker, JumpState::inner_mut, |w| {
            self.neighborhood.follow(target, w, scratch, changes)
        })
        .unwrap_or(false)
    }

    fn logs_moves(&self) -> bool {
        N::LOGS_MOVES
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        let JumpState {
            inner,
            interval,
            unit: _,
            jumps,
            adaptations,
        } = state;
        if let Some(inner) = inner {
            self.neighborhood.visit_state(inner, visitor);
        }
        visitor.real(interval);
        visitor.word(jumps);
        visitor.word(adaptations);
    }

    fn reweight<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers {
            lend(w, JumpState::inner_mut, |w| {
                self.neighborhood.reweight(target, from_mut(w), scratch);
            });
        }
    }

    fn adapt<'a>(&self, _: &T, walkers: &mut [WalkerOf<'a, T, Self>]) {
        if self.interval.is_some() {
            return;
        }
        for w in walkers {
            let state = &mut w.state;
            let signal = match state.jumps {
                0 => 1.0,
                1 => 0.0,
                _ => -1.0,
            };
            let interval = adapt::adapted(state.interval, signal, state.adaptations);
            let (least, most) = (1e-4 * state.unit, 1e4 * state.unit);
            state.set_interval(Real::max(Real::min(interval, most), least));
            state.adaptations += 1;
        }
    }

    fn tuning<'a>(&self, _: &T, state: &Self::State<'a>, k: usize) -> Option<f64> {
        (k == 0 && self.interval.is_none()).then_some(state.interval)
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
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let (interval, before) = (w.state.interval, counts.sites_changed);
            lend(w, JumpState::inner_mut, |w| {
                self.run(target, w, scratch, bits, counts, interval);
            });
            w.state.jumps = counts.sites_changed - before;
            counts.steps += 1;
            counts.accepted += 1;
        }
    }
}
