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
/// # Process
/// In continuous time, move `m` from `x` occurs at rate `g(exp(beta d_m))`. With exact differences the process is
/// reversible with respect to `exp(beta f)` for every balancing function `g`, rejects nothing, and stays in `x` for
/// an exponential time with mean `1 / Z(x)`, where `Z` is the sum of the rates. On [`NFold`] classes this is the
/// n-fold way of Bortz, Kalos and Lebowitz (1975).
///
/// With first-order differences these rates have another stationary distribution. The process is corrected, for any
/// rates `w` including rates rounded to integers, by Metropolis-Hastings on *rates*: a proposed jump is accepted with
/// probability `min(1, p(y) w(y, x) / (p(x) w(x, y)))`. This is 1 if differences are exact.
///
/// # Step
/// A step runs the process for a fixed time `interval` and ends in the state at that time: an ordinary kernel that
/// leaves `exp(beta f)` invariant, whose draws all have equal weight. It may contain none, one or many jumps, which
/// are counted in `sites_changed`. [`next_jump`](Self::next_jump) advances from jump to jump instead, and returns the
/// weight of the state that it leaves: the sequence of visited states is *not* a sample of `exp(beta f)` unless it is
/// weighted. A step is reversible.
///
/// # Cost
/// For each proposed jump, that of a step of the neighborhood; nothing if there is none.
///
/// # The interval
/// By default it starts at one over the number of moves that change `x`. At equilibrium the mean rate of a move is at
/// most 1 under `sqrt`, `barker` and `min` (by the Cauchy-Schwarz inequality for the first) and 2 under `max`, so a
/// step has at most one or two jumps on average, and fewer for colder targets. [`Kernel::adapt`] then adapts it until
/// steps with two or more jumps are as frequent as steps without a jump, about one jump per step; the interval stays
/// within a factor of 10^4 of its start, because a chain that has not moved yet gives no information about the number
/// of jumps per step. The interval is part of the walker's state, and must not depend on `x` while sampling: stopping
/// at a time that depends on the path leaves another distribution invariant.
#[derive(Clone, Copy, Debug)]
pub struct Jump<N> {
    neighborhood: N,
    interval: Option<f64>,
}

/// Jumps from one call of `stop` to the next: a long interval has any number of jumps.
const JUMPS_PER_LOOK: u32 = 16;

/// The per-walker state of a [`Jump`] process.
#[derive(Debug)]
pub struct JumpState<S> {
    inner: Option<S>,
    interval: f64,
    /// One over the number of moves.
    unit: f64,
    /// The number of jumps in the last step.
    jumps: u64,
    adaptations: u64,
}

impl<S> JumpState<S> {
    /// The process time per step.
    #[must_use]
    pub const fn interval(&self) -> f64 {
        self.interval
    }

    /// Sets the process time per step; values that are not positive and finite are ignored.
    pub const fn set_interval(&mut self, interval: f64) {
        if interval > 0.0 && interval.is_finite() {
            self.interval = interval;
        }
    }
}

impl<G: Balance> Jump<Evaluated<G>> {
    /// Creates the process with the balancing function `balance`, on evaluations.
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
    /// Creates the process with the balancing function `balance`, on a tree of rates: for [`Local`](crate::Local) targets.
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
    /// Creates the process with the balancing function `balance`, on classes of equal rate: for
    /// [`Leveled`](crate::Leveled) targets.
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
    /// Fixes the process time per step, which is then not adapted.
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

    /// The neighborhood, for its enumeration.
    #[must_use]
    pub const fn neighborhood(&self) -> &N {
        &self.neighborhood
    }
}

impl<S> JumpState<S> {
    /// The neighborhood's part of the state.
    pub(crate) const fn inner_mut(&mut self) -> &mut Option<S> {
        &mut self.inner
    }
}

impl<N> Jump<N> {
    /// Makes one jump from the walker's state, and returns the mean time `1 / Z(x)` until that jump, which is the
    /// weight of this visit in averages over `exp(beta f)`.
    ///
    /// If differences are not exact, the jump may be rejected, which counts as another visit of the same state. If no
    /// move is possible, the time is infinite and the walker stays.
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

    /// Proposes a jump, and accepts or rejects it. Returns false if no jump is possible.
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

    /// Runs the process for a time `left`, or until `stop`.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "those of a step, and a time")]
    fn run<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, N>,
        scratch: &mut [T::Real],
        bits: &mut B,
        counts: &mut StepCounts,
        mut left: f64,
        stop: &dyn Fn() -> bool,
    ) where
        T: Target,
        N: Neighborhood<T>,
    {
        let mut until_look = JUMPS_PER_LOOK;
        loop {
            // An exponential variable: -ln(1 - u), u in [0, 1).
            let age = -Real::log1p(-bits.unit::<f64>());
            left -= age * Real::exp(-self.neighborhood.log_total(walker));
            // The process is memoryless, so the rest of an interval is treated like a new one. A NaN ends it.
            let goes_on = left > 0.0;
            if !goes_on || !self.jump(target, walker, scratch, bits, counts) {
                return;
            }
            until_look -= 1;
            if until_look == 0 {
                if stop() {
                    return;
                }
                until_look = JUMPS_PER_LOOK;
            }
        }
    }
}

impl<T: Target, N: Neighborhood<T>> Kernel<T> for Jump<N> {
    type State<'a> = JumpState<N::State<'a>>;

    /// Walkers jump at different times.
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
        self.step_until(target, walkers, scratch, bits, counts, &|| false);
    }

    #[inline(always)]
    fn step_until<'a, B: Bits>(
        &self,
        target: &T,
        walkers: &mut [WalkerOf<'a, T, Self>],
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
        stop: &dyn Fn() -> bool,
    ) {
        for ((w, bits), counts) in walkers.iter_mut().zip(bits).zip(counts) {
            let (interval, before) = (w.state.interval, counts.sites_changed);
            lend(w, JumpState::inner_mut, |w| {
                self.run(target, w, scratch, bits, counts, interval, stop);
            });
            w.state.jumps = counts.sites_changed - before;
            counts.steps += 1;
            counts.accepted += 1;
        }
    }
}
