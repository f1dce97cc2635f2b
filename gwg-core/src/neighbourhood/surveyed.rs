use super::{Neighbourhood, WalkerOn, refresh_interval};
use crate::{Balance, Bits, Differences, Error, Lens, Memory, Move, Real, Space, pick};

/// How many weights one partial sum of a survey covers.
const BLOCK: usize = 32;

/// Everything a kernel knows of the moves out of one configuration.
#[derive(Debug)]
pub struct Survey<'a, R> {
    /// What the target keeps for itself: fields, pre-activations.
    pub memory: &'a mut [R],
    /// `d_m`, the estimate of `f(x after m) - f(x)`, for every move index; anything at idle moves.
    pub difference: &'a mut [R],
    /// `f(x)`.
    pub log_prob: f64,
    weight: &'a mut [R],
    sums: &'a mut [R],
    total: R,
    /// `ln` of the total, for the probabilities of two steps.
    log_total: R,
    shift: R,
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
    age: u64,
}

impl<'a, R: Real> Survey<'a, R> {
    fn new(memory: &mut Memory<'a, R>, own: usize, moves: usize) -> Result<Self, Error> {
        Ok(Self {
            memory: memory.reals(own)?,
            difference: memory.reals(moves)?,
            log_prob: 0.0,
            weight: memory.reals(moves)?,
            sums: memory.reals(moves.div_ceil(BLOCK))?,
            total: R::ZERO,
            log_total: R::NEG_INFINITY,
            shift: R::ZERO,
        })
    }

    /// Weights, partial sums and total from the differences.
    ///
    /// The shift is 0 unless the total would leave the comfortable range: then it is the largest
    /// log-weight. Either way it depends on the differences alone.
    #[inline(always)]
    fn weigh<S: Space, G: Balance>(&mut self, space: &S, x: &[u8], balance: &G, scale: R) {
        self.shift = R::ZERO;
        // Written as a loop so that the second round, hardly ever taken, is not a second copy of the code.
        loop {
            self.weigh_with_shift(space, x, balance, scale);
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
        self.log_total = self.total.ln();
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
    fn weigh_with_shift<S: Space, G: Balance>(
        &mut self,
        space: &S,
        x: &[u8],
        balance: &G,
        scale: R,
    ) {
        balance.weigh(scale, self.shift, self.difference, self.weight);
        space.mask(x, self.weight);
        for (sum, block) in self.sums.iter_mut().zip(self.weight.chunks(BLOCK)) {
            *sum = crate::math::sum(block);
        }
        self.total = match &*self.sums {
            [only] => *only,
            sums => crate::math::sum(sums),
        };
    }

    #[inline]
    fn pick<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        let block = pick::of_slice(self.sums, bits.unit::<R>() * self.total)?;
        let sum = self.sums.get(block)?;
        let start = block * BLOCK;
        let end = self.weight.len().min(start + BLOCK);
        let within = pick::of_slice(self.weight.get(start..end)?, bits.unit::<R>() * *sum)?;
        Some(start + within)
    }

    /// `log q(m)`, from the difference rather than the weight: exact where the weight has underflowed.
    #[inline]
    fn log_probability<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        match self.difference.get(m) {
            Some(&d) => balance.log_weight(scale * d) - self.shift - self.log_total,
            None => R::NEG_INFINITY,
        }
    }
}

impl<R: Real> Surveys<'_, R> {
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
        let (own, moves) = (target.survey_memory_len(), target.space().moves());
        Ok(Surveys {
            here: Survey::new(&mut memory, own, moves)?,
            there: Survey::new(&mut memory, own, moves)?,
            changes: memory.moves(1)?,
            changed: 0,
            drawn: 0,
            age: 0,
        })
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], scratch: &mut [T::Real]) {
        target.survey_all(walkers, scratch);
        for w in walkers {
            let scale = self.scale(w.beta);
            w.state
                .here
                .weigh(target.space(), w.x, &self.balance, scale);
            w.log_prob = w.state.here.log_prob;
            w.state.changed = 0;
            w.state.age = 0;
        }
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
            w.state
                .there
                .weigh(target.space(), w.x, &self.balance, scale);
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
        (walker.beta * T::Real::from_f64(there.log_prob - here.log_prob) + back - forth).exp()
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
