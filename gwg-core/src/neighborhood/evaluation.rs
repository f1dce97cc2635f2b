use super::Plan;
use crate::kernel::StateVisitor;
use crate::math::AT_ONCE;
use crate::walker::RunningSum;
use crate::{Balance, Bits, Error, Memory, Move, Real, Space, pick};
use core::slice;

/// True if one pass over `len` numbers would lose too much precision for a draw. Always false on machines without
/// vectors, which store few numbers and little code.
#[inline(always)]
pub(crate) const fn is_long<R>(len: usize) -> bool {
    AT_ONCE > 1 && len > 256 && size_of::<R>() < size_of::<f64>()
}

/// The number of weights per partial sum of an evaluation.
pub(crate) const BLOCK: usize = 32;

/// The differences and weights of all moves from one configuration.
#[derive(Debug)]
pub struct Evaluation<'a, R> {
    /// The target's cache: fields, pre-activations.
    pub cache: &'a mut [R],
    /// `d_m`, the estimate of `f(x after m) - f(x)`, for every move index; unspecified for idle moves.
    pub differences: &'a mut [R],
    pub(crate) log_prob: RunningSum<R>,
    pub(crate) weight: &'a mut [R],
    pub(crate) sums: &'a mut [R],
    pub(super) total: R,
    /// `ln` of the total, for the probabilities of two steps.
    log_sum: R,
    pub(super) shift: R,
    /// The log of the total weight in a distribution over *sets* of moves.
    pub(crate) log_total: f64,
}

/// The evaluations of a walker's state and of its proposal, exchanged on acceptance.
#[derive(Debug)]
pub struct Evaluations<'a, R> {
    /// The evaluation of the walker's state.
    pub current: Evaluation<'a, R>,
    /// The evaluation of the proposal.
    pub proposed: Evaluation<'a, R>,
    pub(crate) changes: &'a mut [Move],
    pub(crate) changed: usize,
    /// The move index drawn; its log-probability is computed from the two evaluations together with the ratio.
    pub(super) drawn: usize,
    pub(crate) age: u64,
    /// The data of kernels that change several sites per step.
    pub(crate) plan: Plan<'a, R>,
}

impl<'a, R: Real> Evaluation<'a, R> {
    #[inline(always)]
    fn new(memory: &mut Memory<'a, R>, own: usize, moves: usize) -> Result<Self, Error> {
        Ok(Self {
            cache: memory.reals(own)?,
            differences: memory.reals(moves)?,
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

    /// Sets `f(x)`: called by a target when it fills the evaluation.
    #[inline(always)]
    pub fn set_log_prob(&mut self, log_prob: f64) {
        self.log_prob = log_prob.into();
    }

    /// The weight of every move, 0 for idle ones, as computed by the last call of [`weigh`](Self::weigh).
    #[must_use]
    pub const fn weights(&self) -> &[R] {
        self.weight
    }

    /// Computes the weights `g(exp(scale d)) exp(-shift)`, their partial sums and their total from the differences.
    ///
    /// The shift is 0 unless the total would leave a safe range; then it is the largest log-weight. In both cases it
    /// depends only on the differences.
    #[inline(always)]
    pub fn weigh<S: Space, G: Balance>(
        &mut self,
        space: &S,
        x: &[S::Symbol],
        balance: &G,
        scale: R,
    ) {
        self.weigh_after(None, space, x, balance, scale);
    }

    /// Does the work of [`weigh`](Self::weigh) after a change to the evaluation `before`, at the same scale. Without
    /// vector instructions, an exponential costs more than a comparison that finds a difference unchanged.
    // One copy of the code on small machines.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn weigh_after<S: Space, G: Balance>(
        &mut self,
        before: Option<&Self>,
        space: &S,
        x: &[S::Symbol],
        balance: &G,
        scale: R,
    ) {
        self.shift = R::ZERO;
        let mut before = before.filter(|b| AT_ONCE == 1 && b.shift == R::ZERO);
        // A loop, so that the rarely taken second round is not a second copy of the code.
        loop {
            if AT_ONCE == 1 {
                self.weigh_each(before.take(), balance, scale);
            } else {
                balance.weigh(scale, self.shift, self.differences, self.weight);
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
        x: &[S::Symbol],
        balance: &G,
        scale: R,
    ) -> R {
        let mut largest = R::NEG_INFINITY;
        for (m, &d) in self.differences.iter().enumerate() {
            let mv = space.decode(x, m);
            if mv.from != mv.to {
                largest = largest.max(balance.log_weight(scale * d));
            }
        }
        largest
    }

    #[inline(always)]
    fn weigh_each<G: Balance>(&mut self, before: Option<&Self>, balance: &G, scale: R) {
        let shift = self.shift;
        let new = self.weight.iter_mut().zip(&*self.differences);
        let Some(before) = before else {
            for (w, d) in new {
                weigh_one(balance, scale, shift, d, w);
            }
            return;
        };
        let old = before.weight.iter().zip(&*before.differences);
        for ((w, d), (weight, known)) in new.zip(old) {
            // A weight of 0 may be that of a move that was idle.
            if known.same_bits(*d) && !weight.same_bits(R::ZERO) {
                *w = *weight;
            } else {
                weigh_one(balance, scale, shift, d, w);
            }
        }
    }

    /// Computes partial sums and the total of the weights.
    #[inline(always)]
    pub(crate) fn add_up(&mut self) {
        for (sum, block) in self.sums.iter_mut().zip(self.weight.chunks(BLOCK)) {
            *sum = add_up(block);
        }
        self.total = match &*self.sums {
            [only] => *only,
            sums => add_up(sums),
        };
    }

    /// Draws a move with probability proportional to its weight; `None` if no weight is positive. Cost:
    /// `O(moves / 32 + 32)`.
    #[inline]
    pub fn pick<B: Bits + ?Sized>(&self, bits: &mut B) -> Option<usize> {
        let block = if is_long::<R>(self.sums.len()) {
            pick::of_weights(self.sums, bits)?
        } else {
            pick::of_slice(self.sums, bits.unit::<R>() * self.total)?
        };
        let sum = self.sums.get(block)?;
        let start = block * BLOCK;
        let end = self.weight.len().min(start + BLOCK);
        let within = pick::of_slice(self.weight.get(start..end)?, bits.unit::<R>() * *sum)?;
        Some(start + within)
    }

    /// `log g(exp(scale d_m))`.
    #[inline]
    pub(super) fn log_weight<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        match self.differences.get(m) {
            Some(&d) => balance.log_weight(scale * d),
            None => R::NEG_INFINITY,
        }
    }

    /// The log of a weight, computed from the difference: exact even if the weight has underflowed.
    #[inline]
    pub(crate) fn log_shifted<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        self.log_weight(balance, scale, m) - self.shift
    }

    /// `log q(m)` of one draw, computed from the difference: exact even if the weight has underflowed.
    #[inline]
    pub fn log_probability<G: Balance>(&self, balance: &G, scale: R, m: usize) -> R {
        self.log_shifted(balance, scale, m) - self.log_sum
    }
}

impl<'a, R: Real> Evaluations<'a, R> {
    /// Visits what is not in the memory slices: which of the two evaluations is the current one, its sums, the schedule.
    #[inline(always)]
    pub(crate) fn visit<V: StateVisitor>(&mut self, visitor: &mut V) {
        // The two are adjacent in memory and are exchanged on every acceptance.
        let exchanged = self.current.weight.as_ptr() > self.proposed.weight.as_ptr();
        let mut wanted = exchanged;
        visitor.flag(&mut wanted);
        if wanted != exchanged {
            core::mem::swap(&mut self.current, &mut self.proposed);
        }
        let Self {
            current,
            proposed: _,
            changes: _,
            changed: _,
            drawn: _,
            age,
            plan,
        } = self;
        let Evaluation {
            cache: _,
            differences: _,
            log_prob,
            weight: _,
            sums: _,
            total,
            log_sum,
            shift,
            log_total,
        } = current;
        log_prob.visit(visitor);
        visitor.real(total);
        visitor.real(log_sum);
        visitor.real(shift);
        visitor.real(log_total);
        visitor.word(age);
        plan.visit(visitor);
    }

    /// Two evaluations, and memory for `changes` changed sites.
    #[inline(always)]
    pub(crate) fn new(
        memory: &mut Memory<'a, R>,
        (own, moves): (usize, usize),
        changes: usize,
    ) -> Result<Self, Error> {
        Ok(Self {
            current: Evaluation::new(memory, own, moves)?,
            proposed: Evaluation::new(memory, own, moves)?,
            changes: memory.moves(changes)?,
            changed: 0,
            drawn: 0,
            age: 0,
            plan: Plan::default(),
        })
    }

    /// The changes made in `x` since the evaluation `current`, in order.
    #[inline]
    #[must_use]
    pub fn changes(&self) -> &[Move] {
        self.changes.get(..self.changed).unwrap_or(&[])
    }
}

/// Not inlined: numbers that need no floating-point register are then not loaded into one.
#[inline(never)]
fn weigh_one<R: Real, G: Balance>(balance: &G, scale: R, shift: R, difference: &R, weight: &mut R) {
    let (difference, weight) = (slice::from_ref(difference), slice::from_mut(weight));
    balance.weigh(scale, shift, difference, weight);
}

// One copy of the code on small machines.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn add_up<R: Real>(x: &[R]) -> R {
    crate::math::sum(x)
}
