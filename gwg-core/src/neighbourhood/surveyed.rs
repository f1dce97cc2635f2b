use super::{Neighbourhood, Plan, WalkerOn, refresh_interval};
use crate::math::AT_ONCE;
use crate::walker::RunningSum;
use crate::{Balance, Bits, Differences, Error, Lens, Memory, Move, Real, Space, pick};

/// How many weights one partial sum of a survey covers.
pub(crate) const BLOCK: usize = 32;

/// Everything a kernel knows of the moves out of one configuration.
#[derive(Debug)]
pub struct Survey<'a, R> {
    /// What the target keeps for itself: fields, pre-activations.
    pub memory: &'a mut [R],
    /// `d_m`, the estimate of `f(x after m) - f(x)`, for every move index; anything at idle moves.
    pub difference: &'a mut [R],
    pub(crate) log_prob: RunningSum<R>,
    pub(crate) weight: &'a mut [R],
    pub(crate) sums: &'a mut [R],
    total: R,
    /// `ln` of the total, for the probabilities of two steps.
    log_sum: R,
    shift: R,
    /// The log of what the weights of a law over *sets* of moves add up to.
    pub(crate) log_total: f64,
}

/// Two surveys: where the walker stands, and where it thinks of going. Acceptance exchanges them.
#[derive(Debug)]
pub struct Surveys<'a, R> {
    /// The survey of the configuration the walker stands at.
    pub here: Survey<'a, R>,
    /// The survey of the proposal.
    pub there: Survey<'a, R>,
    pub(crate) changes: &'a mut [Move],
    pub(crate) changed: usize,
    /// The move index drawn; its log-probability is taken from the two surveys when the ratio is.
    drawn: usize,
    pub(crate) age: u64,
    /// Of a kernel that changes several sites a step.
    pub(crate) plan: Plan<'a, R>,
}

impl<'a, R: Real> Survey<'a, R> {
    fn new(memory: &mut Memory<'a, R>, own: usize, moves: usize) -> Result<Self, Error> {
        Ok(Self {
            memory: memory.reals(own)?,
            difference: memory.reals(moves)?,
            log_prob: 0.0.into(),
            weight: memory.reals(moves)?,
            sums: memory.reals(moves.div_ceil(BLOCK))?,
            total: R::ZERO,
            log_sum: R::NEG_INFINITY,
            shift: R::ZERO,
            log_total: 0.0,
        })
    }

    /// `f(x)`.
    #[inline(always)]
    pub fn log_prob(&self) -> f64 {
        self.log_prob.value()
    }

    /// Says what `f(x)` is: a target does, when it fills the survey.
    #[inline(always)]
    pub fn set_log_prob(&mut self, log_prob: f64) {
        self.log_prob = log_prob.into();
    }

    /// The weight of every move, 0 for idle ones, as the last call of [`weigh`](Self::weigh) made them.
    #[must_use]
    pub const fn weights(&self) -> &[R] {
        self.weight
    }

    /// Weights `g(exp(scale d - shift))`, their partial sums and their total, from the differences.
    ///
    /// The shift is 0 unless the total would leave the comfortable range: then it is the largest
    /// log-weight. Either way it depends on the differences alone.
    #[inline(always)]
    pub fn weigh<S: Space, G: Balance>(&mut self, space: &S, x: &[u8], balance: &G, scale: R) {
        self.weigh_after(None, space, x, balance, scale);
    }

    /// [`weigh`](Self::weigh) after a change to the survey `before`, at the same scale. Where there are no vectors an
    /// exponential costs more than to see that a difference is what it was.
    // One copy on a small machine.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn weigh_after<S: Space, G: Balance>(
        &mut self,
        before: Option<&Self>,
        space: &S,
        x: &[u8],
        balance: &G,
        scale: R,
    ) {
        self.shift = R::ZERO;
        let mut before = before.filter(|b| AT_ONCE == 1 && b.shift == R::ZERO);
        // Written as a loop so that the second round, hardly ever taken, is not a second copy of the code.
        loop {
            if AT_ONCE == 1 {
                self.weigh_each(before.take(), balance, scale);
            } else {
                balance.weigh(scale, self.shift, self.difference, self.weight);
            }
            space.mask(x, self.weight);
            self.add_up();
            let comfortable = self.total > R::from_f64(1e-20) && self.total < R::from_f64(1e20);
            if comfortable || self.shift != R::ZERO {
                break;
            }
            let largest = self.largest_log_weight(space, x, balance, scale);
            if !largest.is_finite() || largest == R::ZERO {
                break;
            }
            self.shift = largest;
        }
        self.log_sum = self.total.ln();
    }

    #[cold]
    #[inline(never)]
    fn largest_log_weight<S: Space, G: Balance>(
        &self,
        space: &S,
        x: &[u8],
        balance: &G,
        scale: R,
    ) -> R {
        let mut largest = R::NEG_INFINITY;
        for (m, &d) in self.difference.iter().enumerate() {
            let mv = space.decode(x, m);
            if mv.from != mv.to {
                largest = largest.max(balance.log_weight(scale * d));
            }
        }
        largest
    }

    #[inline(always)]
    fn weigh_each<G: Balance>(&mut self, before: Option<&Self>, balance: &G, scale: R) {
        let (known, weights) = match before {
            Some(before) => (&*before.difference, &*before.weight),
            None => (&[][..], &[][..]),
        };
        for (m, (w, d)) in self.weight.iter_mut().zip(&*self.difference).enumerate() {
            match (known.get(m), weights.get(m)) {
                // A weight of 0 may be that of a move that was idle.
                (Some(known), Some(&weight)) if known == d && weight > R::ZERO => *w = weight,
                _ => {
                    let mut one = [R::ZERO];
                    balance.weigh(scale, self.shift, &[*d], &mut one);
                    [*w] = one;
                }
            }
        }
    }

    /// Partial sums and total of the weights.
    #[inline(always)]
    pub(crate) fn add_up(&mut self) {
        for (sum, block) in self.sums.iter_mut().zip(self.weight.chunks(BLOCK)) {
            *sum = crate::math::sum(block);
        }
        self.total = match &*self.sums {
            [only] => *only,
            sums => crate::math::sum(sums),
        };
    }

    /// A move in proportion to the weights; `None` where none is positive. `O(moves / 32 + 32)`.
    #[inline]
    pub fn pick<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        self.pick_of(self.total, bits)
    }

    /// [`pick`](Self::pick), where weights have changed since the total was made.
    #[inline]
    pub(crate) fn pick_of<B: Bits + ?Sized>(&self, total: R, bits: &mut B) -> Option<usize> {
        let block = pick::of_slice(self.sums, bits.unit::<R>() * total)?;
        let sum = self.sums.get(block)?;
        let start = block * BLOCK;
        let end = self.weight.len().min(start + BLOCK);
        let within = pick::of_slice(self.weight.get(start..end)?, bits.unit::<R>() * *sum)?;
        Some(start + within)
    }

    /// `log g(exp(scale d_m))`.
    #[inline]
    fn log_weight<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        match self.difference.get(m) {
            Some(&d) => balance.log_weight(scale * d),
            None => R::NEG_INFINITY,
        }
    }

    /// The log of a weight, from the difference: exact where the weight has underflowed.
    #[inline]
    pub(crate) fn log_shifted<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        self.log_weight(balance, scale, m) - self.shift
    }

    /// `log q(m)` of one draw, from the difference rather than the weight: exact where the weight has underflowed.
    #[inline]
    pub fn log_probability<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        self.log_shifted(balance, scale, m) - self.log_sum
    }
}

impl<'a, R: Real> Surveys<'a, R> {
    /// Two surveys, and memory for `changes` changed sites.
    pub(crate) fn new(
        memory: &mut Memory<'a, R>,
        (own, moves): (usize, usize),
        changes: usize,
    ) -> Result<Self, Error> {
        Ok(Self {
            here: Survey::new(memory, own, moves)?,
            there: Survey::new(memory, own, moves)?,
            changes: memory.moves(changes)?,
            changed: 0,
            drawn: 0,
            age: 0,
            plan: Plan::default(),
        })
    }

    /// The changes made in `x` since the survey `here`, in order.
    #[inline]
    #[must_use]
    pub fn changes(&self) -> &[Move] {
        self.changes.get(..self.changed).unwrap_or(&[])
    }
}

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
        beta * R::from_f64(2.0 / self.temperature)
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
                self.init(target, core::slice::from_mut(walker), scratch);
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
