use super::joint::alphabet;
use super::part::lend;
use super::{Kernel, Tally, WalkerOf, adapt};
use crate::neighbourhood::WalkerOn;
use crate::{
    Balance, Bits, Delta, Error, Lens, Memory, Neighbourhood, Real, Space, SumTree, Surveyed,
};
use core::slice::from_mut;

/// The rejection-free jump process of locally balanced rates (Zanella 2020; Power and Goldman 2019).
///
/// # Law
/// In continuous time, move `m` out of `x` happens at rate `g(exp(beta d_m))`, `d` exact. The process is
/// reversible with respect to `exp(beta f)` for every balancing function `g`, and stays in `x` for an
/// exponential time of mean `1 / Z(x)`, `Z` the sum of the rates.
///
/// # Step
/// A step runs the process for a fixed `interval` of its time and stops wherever it is then: an ordinary
/// kernel that leaves `exp(beta f)` invariant, whose draws all weigh the same. None, one or many jumps
/// may happen in it; the tally's `hops` count them. [`leave`](Self::leave) goes from jump to jump
/// instead, and tells how much the state it leaves weighs: the sequence of states visited is *not* a
/// sample of `exp(beta f)` unless it is weighted so.
///
/// Differences must be exact: with first-order ones the process has another stationary law. The bound
/// `T: Delta` sees to that: on surveys the target is [`Exact`](crate::Exact), or [`Taylor`](crate::Taylor) of a
/// [`Multilinear`](crate::Multilinear) one.
///
/// ```compile_fail,E0277
/// # use gwg_core::{Gradient, Jump, Kernel, Sqrt, Target, Taylor};
/// fn run<T: Target, K: Kernel<T>>(_: T, _: K) {}
///
/// fn biased<T: Gradient>(model: T) {
///     run(Taylor(model), Jump::surveyed(Sqrt));
/// }
/// ```
///
/// # Cost
/// For each jump that of a step of the neighbourhood, and nothing where none happens.
///
/// # The interval
/// Unless given it is one over the number of moves that change `x`: at equilibrium a move happens at a mean rate
/// of at most 1 under `sqrt`, `barker` and `min` (Cauchy and Schwarz for the first) and 2 under `max`, so that
/// a step has at most one jump or two on average, and fewer the colder the target. [`adapt`](Self::adapt) may bring it to a
/// mean number of jumps during a warm-up. It is the walker's own, and must not follow `x` while
/// sampling: stopping at a time that depends on the path leaves another law invariant.
#[derive(Clone, Copy, Debug)]
pub struct Jump<N> {
    neighbourhood: N,
    interval: Option<f64>,
}

/// What a walker keeps between steps of a [`Jump`] process.
#[derive(Debug)]
pub struct JumpState<S> {
    inner: Option<S>,
    interval: f64,
    /// One over the number of moves.
    unit: f64,
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

impl<G: Balance> Jump<Surveyed<G>> {
    /// With the balancing function `balance`, on surveys.
    #[must_use]
    pub const fn surveyed(balance: G) -> Self {
        Self {
            neighbourhood: Surveyed {
                balance,
                temperature: 2.0,
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
            neighbourhood: SumTree {
                balance,
                temperature: 2.0,
            },
            interval: None,
        }
    }
}

impl<N> Jump<N> {
    /// With steps of a given length of the process's time.
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

    /// Brings a walker's interval nearer to `jumps` jumps a step, after the steps of `tally`, in round
    /// `round` (from 0) of a warm-up. To be left alone once sampling has begun.
    ///
    /// It stays within a factor of 10^4 of its default: a chain that has not moved yet says nothing of how many
    /// jumps a step costs once it does.
    pub fn adapt<S>(&self, state: &mut JumpState<S>, tally: &Tally, jumps: f64, round: u64) {
        let found = tally.hops as f64 / tally.steps.max(1) as f64;
        // No more than by a factor of e^2 in a round: a start far from equilibrium misleads.
        let short = Real::max(Real::min(Real::ln(jumps / found), 1.0), -1.0);
        let interval = adapt::towards(state.interval, short, 0.0, round);
        let (least, most) = (1e-4 * state.unit, 1e4 * state.unit);
        state.set_interval(Real::max(Real::min(interval, most), least));
    }

    /// The neighbourhood, for enumerating it.
    #[must_use]
    pub const fn neighbourhood(&self) -> &N {
        &self.neighbourhood
    }
}

impl<S> JumpState<S> {
    /// The part of the state that is the neighbourhood's.
    pub(crate) const fn inner_mut(&mut self) -> &mut Option<S> {
        &mut self.inner
    }
}

impl<N> Jump<N> {
    /// One jump: leaves the state where the walker stands, and returns the mean time `1 / Z(x)` that the
    /// process stays there, which is what that state weighs in an average over `exp(beta f)`.
    ///
    /// Infinite where no move is possible; the walker then stays.
    pub fn leave<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        bits: &mut B,
    ) -> f64
    where
        T: Delta,
        N: Neighbourhood<T>,
    {
        lend(walker, JumpState::inner_mut, |w| {
            let stay = Real::exp(-self.neighbourhood.log_total(w));
            self.jump(target, w, scratch, bits);
            stay
        })
        .unwrap_or(f64::INFINITY)
    }

    #[inline(always)]
    fn jump<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, N>,
        scratch: &mut [T::Real],
        bits: &mut B,
    ) -> bool
    where
        T: Delta,
        N: Neighbourhood<T>,
    {
        let jumped = self.neighbourhood.draw(target, walker, bits);
        if jumped {
            self.neighbourhood
                .propose(target, from_mut(walker), scratch);
            self.neighbourhood.settle(target, walker, true, scratch);
        }
        jumped
    }

    /// Runs the process for a time `left`; returns how often it jumped.
    #[inline(always)]
    fn run<'a, T, B: Bits>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, N>,
        scratch: &mut [T::Real],
        bits: &mut B,
        mut left: f64,
    ) -> u64
    where
        T: Delta,
        N: Neighbourhood<T>,
    {
        let mut jumps = 0;
        loop {
            // An exponential number: -ln(1 - u), u in [0, 1).
            let age = -Real::log1p(-bits.unit::<f64>());
            left -= age * Real::exp(-self.neighbourhood.log_total(walker));
            // What is left of an interval is as good as new: the process has no memory. A NaN ends it.
            let goes_on = left > 0.0;
            if !goes_on || !self.jump(target, walker, scratch, bits) {
                return jumps;
            }
            jumps += 1;
        }
    }
}

impl<T: Delta, N: Neighbourhood<T>> Kernel<T> for Jump<N> {
    type State<'a> = JumpState<N::State<'a>>;

    /// Never: walkers jump at times of their own.
    fn lockstep(&self) -> bool {
        false
    }

    fn lens(&self, target: &T) -> Lens {
        self.neighbourhood.lens(target)
    }

    fn scratch_len(&self, target: &T, walkers: usize) -> usize {
        self.neighbourhood.scratch_len(target, walkers)
    }

    fn state<'a>(&self, target: &T, memory: Memory<'a, T::Real>) -> Result<Self::State<'a>, Error> {
        let space = target.space();
        let moves: usize = (0..space.sites())
            .map(|site| alphabet(space, site).get() - 1)
            .sum();
        let unit = 1.0 / moves.max(1) as f64;
        Ok(JumpState {
            inner: Some(self.neighbourhood.state(target, memory)?),
            interval: self.interval.unwrap_or(unit),
            unit,
        })
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOf<'a, T, Self>], scratch: &mut [T::Real]) {
        for w in walkers {
            lend(w, JumpState::inner_mut, |w| {
                self.neighbourhood.init(target, from_mut(w), scratch);
            });
        }
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
        let (values, gradients) = N::EVALUATIONS;
        for ((w, bits), tally) in walkers.iter_mut().zip(bits).zip(tally) {
            let interval = w.state.interval;
            let jumps = lend(w, JumpState::inner_mut, |w| {
                self.run(target, w, scratch, bits, interval)
            });
            let jumps = jumps.unwrap_or(0);
            tally.steps += 1;
            tally.accepted += 1;
            tally.hops += jumps;
            tally.values += jumps * values;
            tally.gradients += jumps * gradients;
        }
    }
}
